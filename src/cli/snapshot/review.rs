//! `leadway snapshot review`: each group that changed, and what is to be done with it.

use super::{Chosen, files, text};
use crate::cli::{Exit, Failure, output};
use crate::world;

pub(super) fn review(chosen: &Chosen) -> Result<Exit, Failure> {
    if !world::is_typed() {
        return Err(Failure::new("nobody is there to be asked, since standard input is no terminal")
            .help("use `leadway snapshot accept` and `reject`, with `--group N` for one group"));
    }
    let mut left = 0;
    for mut file in files::pending_of(&chosen.policy, chosen.name.as_deref())? {
        output::print(&format!("{}\n", file.shown()))?;
        for (number, group) in (1..).zip(file.groups()) {
            if !chosen.group.is_empty() && !chosen.group.contains(&number) {
                continue;
            }
            output::print(&text::group(number, &group))?;
            match ask()? {
                Answer::Accept => file.accept(&[group]),
                Answer::Reject => file.reject(&[group]),
                Answer::Skip => {}
                Answer::Quit => {
                    file.store()?;
                    return Ok(Exit::Findings);
                }
            }
        }
        left += file.store()?;
    }
    Ok(if left == 0 { Exit::Fine } else { Exit::Findings })
}

enum Answer {
    Accept,
    Reject,
    Skip,
    Quit,
}

fn ask() -> Result<Answer, Failure> {
    loop {
        output::print("  (a)ccept  (r)eject  (s)kip  (q)uit > ")?;
        let Some(line) = world::read_line()? else { return Ok(Answer::Quit) };
        match line.trim().to_lowercase().as_str() {
            "a" | "accept" => return Ok(Answer::Accept),
            "r" | "reject" => return Ok(Answer::Reject),
            "s" | "skip" => return Ok(Answer::Skip),
            "q" | "quit" => return Ok(Answer::Quit),
            _ => output::print("  write one of a, r, s and q\n")?,
        }
    }
}
