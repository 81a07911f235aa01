//! `leadway snapshot review`: each group that changed, and what is to be done with it.

use super::{Chosen, files, text};
use crate::cli::{Exit, Failure, explain, output};
use crate::suite::snapshot::Move;
use crate::world;

/// Ids that stand on a line of the list.
const ON_A_LINE: usize = 8;

pub(super) fn review(chosen: &Chosen) -> Result<Exit, Failure> {
    if !world::is_typed() {
        return Err(Failure::new("nobody is there to be asked, since standard input is no terminal")
            .help("use `leadway snapshot accept` and `reject`, with `--group N` for one group"));
    }
    let mut left = 0;
    for mut file in files::pending_of(&chosen.policy, chosen.name.as_deref())? {
        output::print(&format!("{}\n", file.shown()))?;
        let groups: Vec<(usize, Move)> = (1..).zip(file.groups()).collect();
        let groups: Vec<(usize, Move)> =
            groups.into_iter().filter(|(number, _)| chosen.group.is_empty() || chosen.group.contains(number)).collect();
        let (answers, quits) = ask_all(chosen, &file, &groups)?;
        // Only what was answered is done, and all of it at once: until then every answer can be taken back.
        for ((_, group), answer) in groups.into_iter().zip(answers) {
            match answer {
                Answer::Accept => file.accept(&[group]),
                Answer::Reject => file.reject(&[group]),
                _ => {}
            }
        }
        left += file.store()?;
        if quits {
            return Ok(Exit::Findings);
        }
    }
    Ok(if left == 0 { Exit::Fine } else { Exit::Findings })
}

/// An answer for each group that was asked of, and whether somebody had enough before the last.
fn ask_all(chosen: &Chosen, file: &files::File, groups: &[(usize, Move)]) -> Result<(Vec<Answer>, bool), Failure> {
    let mut answers: Vec<Answer> = Vec::new();
    while let Some((number, group)) = groups.get(answers.len()) {
        output::print(&text::group(*number, group))?;
        match ask(answers.len() + 1, groups.len())? {
            Answer::Back => {
                if answers.pop().is_none() {
                    output::print("  this is the first\n")?;
                }
            }
            Answer::Why => why(chosen, file, group)?,
            Answer::List => list(group)?,
            Answer::AcceptAll => answers.resize(groups.len(), Answer::Accept),
            Answer::RejectAll => answers.resize(groups.len(), Answer::Reject),
            Answer::Quit => return Ok((answers, true)),
            answer => answers.push(answer),
        }
    }
    Ok((answers, false))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Accept,
    Reject,
    Skip,
    Back,
    Why,
    List,
    AcceptAll,
    RejectAll,
    Quit,
}

fn ask(number: usize, all: usize) -> Result<Answer, Failure> {
    loop {
        output::print(&format!(
            "  {number} of {all}: (a)ccept (r)eject (s)kip (b)ack (w)hy (l)ist (q)uit, (A)ccept or (R)eject all from here > "
        ))?;
        let Some(line) = world::read_line()? else { return Ok(Answer::Quit) };
        match line.trim() {
            "a" | "accept" => return Ok(Answer::Accept),
            "r" | "reject" => return Ok(Answer::Reject),
            "s" | "skip" => return Ok(Answer::Skip),
            "b" | "back" => return Ok(Answer::Back),
            "w" | "why" => return Ok(Answer::Why),
            "l" | "list" => return Ok(Answer::List),
            "A" => return Ok(Answer::AcceptAll),
            "R" => return Ok(Answer::RejectAll),
            "q" | "quit" => return Ok(Answer::Quit),
            _ => output::print("  write one of a, r, s, b, w, l, q, A and R\n")?,
        }
    }
}

/// Why the first lead of a group goes where it goes now.
fn why(chosen: &Chosen, file: &files::File, group: &Move) -> Result<(), Failure> {
    let (leads, at) = file.decided();
    let leads = files::folder_of(&chosen.policy).join(leads);
    let Some(id) = group.ids.first() else { return Ok(()) };
    match explain::why(&chosen.policy, &leads, id, at) {
        Ok(text) => output::print(&format!("\n{text}\n"))?,
        Err(failure) => output::print(&format!("  {}\n", failure.message))?,
    }
    Ok(())
}

fn list(group: &Move) -> Result<(), Failure> {
    let lines = group.ids.chunks(ON_A_LINE).map(|ids| format!("     {}\n", ids.join(", ")));
    Ok(output::print(&lines.collect::<String>())?)
}
