//! A difference as a comment on a pull request: what matters first, the details folded.

use super::leads::Leads;
use super::routing::Routing;
use super::text::{headline, named, place, regions, rules, who};
use super::{Difference, counted};

/// GitHub refuses longer comments (65,536 characters); what is left out is said.
const LONGEST: usize = 60_000;

/// Markdown as GitHub and GitLab render it.
pub fn markdown(difference: &Difference) -> String {
    let mut out = format!("### Routing: {} → {}\n\n", code(&difference.old), code(&difference.new));
    of_all_leads(&mut out, &difference.routing);
    if let Some(leads) = &difference.leads {
        of_leads(&mut out, leads);
    }
    parts(&mut out, difference);
    cut(out)
}

fn of_all_leads(out: &mut String, routing: &Routing) {
    let line = headline(routing);
    let mut letters = line.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    out.push_str(&format!("**{first}{}.**\n\n", cell(letters.as_str())));
    if !routing.changes.is_empty() {
        out.push_str("| Was | Now | Such as |\n|---|---|---|\n");
        for change in &routing.changes {
            let shown = change.cases.first().map_or("", |case| case.witness.words.as_str());
            let (old, new) = (cell(&change.old.to_string()), cell(&change.new.to_string()));
            out.push_str(&format!("| {old} | {new} | {} |\n", cell(shown)));
        }
        out.push_str("\n<details><summary>Which leads, and which rules, with a lead for each</summary>\n\n");
        for change in &routing.changes {
            out.push_str(&format!("- {} → {}\n", cell(&change.old.to_string()), cell(&change.new.to_string())));
            for region in regions(change) {
                out.push_str(&format!("  - {}\n", cell(&region)));
            }
            for case in &change.cases {
                out.push_str(&format!("  - {}, such as {}\n", cell(&rules(case)), cell(&case.witness.words)));
            }
            if change.more {
                out.push_str("  - and by other rules\n");
            }
        }
        out.push_str("\n</details>\n\n");
    }
    if !routing.territories.is_empty() {
        out.push_str("| Territory was | is | Such as |\n|---|---|---|\n");
        for moved in &routing.territories {
            let name = |name: &Option<smol_str::SmolStr>| cell(name.as_deref().unwrap_or("(none)"));
            out.push_str(&format!(
                "| {} | {} | {} |\n",
                name(&moved.old),
                name(&moved.new),
                cell(&moved.witness.words)
            ));
        }
        out.push('\n');
    }
    if !routing.unknown.is_empty() {
        out.push_str("Not decided:\n\n");
        routing.unknown.iter().for_each(|why| out.push_str(&format!("- {}\n", quoted(why))));
        out.push('\n');
    }
}

fn of_leads(out: &mut String, leads: &Leads) {
    let all = counted(leads.leads, "lead", "leads");
    if leads.moves.is_empty() {
        out.push_str(&format!("None of {all} in {} is decided otherwise.\n\n", code(&leads.file)));
    } else {
        let are = if leads.differ == 1 { "is" } else { "are" };
        out.push_str(&format!("**{} of {all}** in {} {are} decided otherwise.\n\n", leads.differ, code(&leads.file)));
        out.push_str("| Leads | Was | Now |\n|--:|---|---|\n");
        for moved in &leads.moves {
            out.push_str(&format!(
                "| {} | {} | {} |\n",
                moved.leads,
                cell(&moved.old.to_string()),
                cell(&moved.new.to_string())
            ));
        }
        out.push_str("\n<details><summary>Which leads, and which rules decided</summary>\n\n");
        for moved in &leads.moves {
            out.push_str(&format!(
                "- {} → {}: {}\n",
                cell(&moved.old.to_string()),
                cell(&moved.new.to_string()),
                cell(&named(&moved.ids))
            ));
            for by in &moved.by {
                out.push_str(&format!("  - {} by {} → {}\n", by.leads, cell(who(&by.old)), cell(who(&by.new))));
            }
        }
        out.push_str("\n</details>\n\n");
    }
    if !leads.territories.is_empty() {
        out.push_str("| Leads | Territory was | is |\n|--:|---|---|\n");
        for moved in &leads.territories {
            out.push_str(&format!("| {} | {} | {} |\n", moved.leads, cell(place(&moved.old)), cell(place(&moved.new))));
        }
        out.push('\n');
    }
}

fn parts(out: &mut String, difference: &Difference) {
    if difference.parts.is_empty() {
        out.push_str("Nothing else is said otherwise.\n");
        return;
    }
    let count = counted(difference.parts.len() as u64, "thing is", "things are");
    out.push_str(&format!("<details><summary>{count} said otherwise</summary>\n\n"));
    for part in &difference.parts {
        out.push_str(&format!("- **{}**\n", cell(&part.headline())));
        part.details.iter().for_each(|detail| out.push_str(&format!("  - {}\n", quoted(detail))));
    }
    out.push_str("\n</details>\n");
}

/// A text in a code span; a backtick in it is no end of it.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// A text that stands as it is: nothing in it is Markdown or HTML.
fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '#' | '~' => escaped.extend(['\\', letter]),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A mention would write to somebody.
            '@' => escaped.push_str("&#64;"),
            '\n' | '\r' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A detail, whose backticks mark what the policy says.
fn quoted(detail: &str) -> String {
    let parts: Vec<&str> = detail.split('`').collect();
    // Backticks that do not come in pairs are text.
    if parts.len().is_multiple_of(2) {
        return cell(detail);
    }
    let part =
        |(at, text): (usize, &str)| if at % 2 == 1 { format!("`{}`", text.replace('\n', " ")) } else { cell(text) };
    parts.into_iter().enumerate().map(part).collect()
}

fn cut(mut text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST).last().unwrap_or(0);
    let end = text.get(..end).and_then(|kept| kept.rfind('\n')).unwrap_or(end);
    text.truncate(end);
    let open = text.matches("<details>").count() > text.matches("</details>").count();
    text.push_str(if open { "\n\n</details>\n" } else { "\n" });
    text.push_str("\nThe rest is left out: it is too long for a comment. `leadway diff` shows all.\n");
    text
}
