//! Coverage over the text of a policy: as LCOV for editors and CI, as a page for people.

use super::{Coverage, Item, Kind};
use crate::source::{FileId, SourceFile, Sources};
use std::fmt::Write;

/// LCOV's trace format (geninfo(1)): a rule and every other named thing is a line that was run or not, each question a branch
/// with two ways, which are run where the question decided so. Rows of data files are not in it, since no line of a policy is theirs.
pub fn lcov(coverage: &Coverage, sources: &Sources) -> String {
    let mut out = String::new();
    for (id, file) in sources.iter() {
        // Writing to a string cannot fail.
        let _ = lcov_file(&mut out, file, &of_file(coverage, id));
    }
    out
}

fn of_file(coverage: &Coverage, id: FileId) -> Vec<&Item> {
    coverage.items.iter().filter(|item| item.span.file == id && item.line.is_none()).collect()
}

fn lcov_file(out: &mut String, file: &SourceFile, items: &[&Item]) -> std::fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(out, "TN:leadway\nSF:{}", file.name)?;
    let line = |item: &Item| file.place(item.span.start).line;
    let (mut branches, mut branches_hit) = (0, 0);
    for (at, item) in items.iter().enumerate() {
        let Some(answers) = &item.answers else { continue };
        for (way, count) in [answers.held_and_decided, answers.failed_and_decided].into_iter().enumerate() {
            branches += 1;
            branches_hit += u32::from(count > 0);
            writeln!(out, "BRDA:{},{at},{way},{count}", line(item))?;
        }
    }
    writeln!(out, "BRF:{branches}\nBRH:{branches_hit}")?;
    let mut lines: std::collections::BTreeMap<u32, u32> = std::collections::BTreeMap::new();
    for item in items {
        let asked = item.hits + item.answers.map_or(0, |answers| answers.failed);
        lines.entry(line(item)).and_modify(|hits| *hits = (*hits).max(asked)).or_insert(asked);
    }
    for (line, hits) in &lines {
        writeln!(out, "DA:{line},{hits}")?;
    }
    let hit = lines.values().filter(|hits| **hits > 0).count();
    writeln!(out, "LF:{}\nLH:{hit}\nend_of_record", lines.len())
}

const STYLE: &str = "\
:root { color-scheme: light dark; --full: #d8f3dc; --part: #fff1c2; --none: #ffd6d6; --dim: #777 }
@media (prefers-color-scheme: dark) { :root { --full: #16391f; --part: #4a3b08; --none: #561d1d; --dim: #999 } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse } td, th { padding: .15rem .8rem .15rem 0; text-align: left } td.n { text-align: right }
pre { font: 13px/1.55 ui-monospace, monospace; overflow-x: auto; border: 1px solid #8884; padding: .8rem; border-radius: 6px }
.full { background: var(--full) } .part { background: var(--part) } .none { background: var(--none) }
.line { color: var(--dim); user-select: none; display: inline-block; width: 3.5em }
";

/// One page without anything from elsewhere: the shares, then every file with what was reached in green, what was reached in
/// one way alone in yellow, and what was not in red. A painted place says on hovering what is missing.
pub fn html(coverage: &Coverage, sources: &Sources, title: &str) -> String {
    let mut out = String::new();
    let _ = page(&mut out, coverage, sources, title);
    out
}

fn page(out: &mut String, coverage: &Coverage, sources: &Sources, title: &str) -> std::fmt::Result {
    let title = escaped(title);
    write!(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Coverage of {title}</title>\n")?;
    write!(out, "<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n{STYLE}</style>\n")?;
    writeln!(out, "<h1>What the tests of {title} reach</h1>\n<table>")?;
    for share in coverage.shares() {
        let (words, reached, all) = (share.kind.words(), share.reached, share.all);
        writeln!(out, "<tr><th>{words}<td class=n>{reached} of {all}<td class=n>{:.1}%", share.percent())?;
    }
    out.push_str("</table>\n");
    for (id, file) in sources.iter() {
        let items = of_file(coverage, id);
        if !items.is_empty() {
            writeln!(out, "<h2>{}</h2>\n<pre>", escaped(&file.name))?;
            painted(out, file, &items)?;
            out.push_str("</pre>\n");
        }
    }
    Ok(())
}

/// The places that are painted: questions, and of what has a name the name.
fn painted(out: &mut String, file: &SourceFile, items: &[&Item]) -> std::fmt::Result {
    let mut at = 0;
    let mut places: Vec<&Item> = items.iter().copied().filter(|item| item.kind != Kind::TableRow).collect();
    places.sort_by_key(|item| (item.span.start, std::cmp::Reverse(item.span.end)));
    let mut line = 1;
    write!(out, "<span class=line>1</span>")?;
    let mut at_end = 0;
    for item in places {
        let (start, end) = (item.span.start as usize, item.span.end as usize);
        if start < at_end {
            continue;
        }
        text(out, file.text.get(at..start).unwrap_or(""), &mut line)?;
        write!(out, "<span class={} title=\"{}\">", class(item), escaped(&told(item)))?;
        text(out, file.text.get(start..end).unwrap_or(""), &mut line)?;
        out.push_str("</span>");
        (at, at_end) = (end, end);
    }
    text(out, file.text.get(at..).unwrap_or(""), &mut line)
}

fn text(out: &mut String, text: &str, line: &mut u32) -> std::fmt::Result {
    for (at, part) in text.split('\n').enumerate() {
        if at > 0 {
            *line += 1;
            write!(out, "\n<span class=line>{line}</span>")?;
        }
        out.push_str(&escaped(part));
    }
    Ok(())
}

fn class(item: &Item) -> &'static str {
    match item.goals() {
        (all, reached) if all == reached => "full",
        (_, 0) => "none",
        _ => "part",
    }
}

/// What is known of an item in a line.
pub fn told(item: &Item) -> String {
    let Some(answers) = &item.answers else {
        return match item.hits {
            0 => format!("{}: no test reaches it", item.name),
            1 => format!("{}: one test reaches it", item.name),
            hits => format!("{}: {hits} tests reach it", item.name),
        };
    };
    let way = |asked: u32, decided: u32, word: &str| match (asked, decided) {
        (0, _) => format!("never seen to {word}"),
        (_, 0) => format!("seen to {word}, but never deciding"),
        (_, decided) => format!("seen to {word} and decide in {decided}"),
    };
    let holds = way(item.hits, answers.held_and_decided, "hold");
    let fails = way(answers.failed, answers.failed_and_decided, "fail");
    format!("{}: {holds}; {fails}", item.name)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
