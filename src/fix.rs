//! Mending a policy: the fixes of its findings that keep the meaning, put into the text.
//!
//! A fix is proved alone, and two of them may not go together (of two conditions that imply each other either may go, not both). So
//! what comes out is proved as a whole, and where that fails, in halves.

use crate::diagnostic::{Diagnostic, Fix};
use crate::format;
use crate::load::{self, Compiled, ReadFault, Reader};
use crate::policy::Policy;
use crate::source::FileId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How often findings are asked for anew: each fix may bring another to light.
const ROUNDS: usize = 16;

/// A policy after mending.
#[derive(Debug)]
pub struct Mended {
    /// The files that changed, by name: the text before and after.
    pub files: BTreeMap<String, (String, String)>,
    /// How many fixes were put in.
    pub fixes: usize,
    /// How many were left out, since it could not be proved that the policy means the same with them.
    pub left_out: usize,
}

/// Puts in all safe fixes until none is left. `findings` gives the findings of a policy, `same` says whether two policies are proved
/// to mean the same. Data files are never touched.
///
/// # Errors
/// Where the policy cannot be read.
pub fn fix(
    name: &str,
    reader: &dyn Reader,
    findings: &dyn Fn(&Compiled) -> Vec<Diagnostic>,
    same: &dyn Fn(&Policy, &Policy) -> bool,
) -> Result<Mended, ReadFault> {
    let mut mended = Mended { files: BTreeMap::new(), fixes: 0, left_out: 0 };
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let now = load::compile(name, &Over { reader, texts: &texts })?;
        let Some(policy) = &now.policy else { break };
        let fixes: Vec<Fix> = findings(&now).into_iter().flat_map(|found| found.fixes).filter(|fix| fix.safe).collect();
        let mut round = Round { name, reader, now: &now, policy, texts: &texts, same, taken: Vec::new(), left_out: 0 };
        let mut open = fixes;
        while !open.is_empty() {
            let (apart, others) = apart(open);
            round.put_in(&apart);
            // What touches a fix that went in is told anew of what comes out; what touches one that was left out has its turn.
            open = others.into_iter().filter(|fix| !round.taken.iter().any(|taken| touch(taken, fix))).collect();
        }
        let (taken, left_out) = (round.taken.len(), round.left_out);
        let changed = round.texts_with(&[]);
        mended.left_out = left_out;
        if taken == 0 {
            break;
        }
        mended.fixes += taken;
        texts = changed;
    }
    // By the names of the reader, not by those that messages show.
    let before = load::load(name, &Over { reader, texts: &BTreeMap::new() })?;
    for (_, source) in before.sources.iter() {
        if let Some(after) = texts.remove(&source.name).filter(|after| **after != *source.text) {
            mended.files.insert(source.name.clone(), (source.text.to_string(), after));
        }
    }
    Ok(mended)
}

/// The fixes in the order of the text, each once, those apart that touch one before.
fn apart(mut fixes: Vec<Fix>) -> (Vec<Fix>, Vec<Fix>) {
    fixes.sort_by(|a, b| (a.span, &a.text).cmp(&(b.span, &b.text)));
    fixes.dedup();
    let (mut kept, mut others): (Vec<Fix>, Vec<Fix>) = (Vec::with_capacity(fixes.len()), Vec::new());
    for fix in fixes {
        let free = kept.last().is_none_or(|last| !touch(last, &fix));
        if free { kept.push(fix) } else { others.push(fix) }
    }
    (kept, others)
}

/// Whether two fixes speak of one stretch of text.
fn touch(one: &Fix, other: &Fix) -> bool {
    let (first, second) = if one.span <= other.span { (one.span, other.span) } else { (other.span, one.span) };
    first.file == second.file && second.start < first.end
}

struct Round<'a> {
    name: &'a str,
    reader: &'a dyn Reader,
    now: &'a Compiled,
    policy: &'a Policy,
    /// Texts that are newer than what the reader gives.
    texts: &'a BTreeMap<String, String>,
    same: &'a dyn Fn(&Policy, &Policy) -> bool,
    taken: Vec<Fix>,
    left_out: usize,
}

impl Round<'_> {
    fn put_in(&mut self, fixes: &[Fix]) {
        if fixes.is_empty() {
            return;
        }
        if self.keeps_the_meaning(fixes) {
            self.taken.extend_from_slice(fixes);
        } else if fixes.len() == 1 {
            self.left_out += 1;
        } else {
            let (first, second) = fixes.split_at(fixes.len() / 2);
            self.put_in(first);
            self.put_in(second);
        }
    }

    fn keeps_the_meaning(&self, fixes: &[Fix]) -> bool {
        let texts = self.texts_with(fixes);
        let after = load::compile(self.name, &Over { reader: self.reader, texts: &texts });
        let after = after.ok().and_then(|after| after.policy);
        after.is_some_and(|after| after.hash == self.policy.hash || (self.same)(self.policy, &after))
    }

    /// All texts that differ from the reader's, with the fixes taken so far and these.
    fn texts_with(&self, fixes: &[Fix]) -> BTreeMap<String, String> {
        let mut texts = self.texts.clone();
        for (file, source) in self.now.sources.iter() {
            let mut here: Vec<&Fix> = self.taken.iter().chain(fixes).filter(|fix| fix.span.file == file).collect();
            if !here.is_empty() {
                here.sort_by_key(|fix| fix.span);
                texts.insert(source.name.clone(), self.mend(file, &source.text, &here));
            }
        }
        texts
    }

    /// One file with fixes that are apart and in order. It stays in canonical form if it was.
    fn mend(&self, file: FileId, text: &str, fixes: &[&Fix]) -> String {
        let mut mended = String::with_capacity(text.len());
        let mut at = 0;
        for fix in fixes {
            let (start, end) = (fix.span.start as usize, fix.span.end as usize);
            mended.push_str(text.get(at..start).unwrap_or(""));
            let kept = self.comments_in(fix, text);
            mended.push_str(&kept);
            mended.push_str(&fix.text);
            at = end;
            // A line of which nothing is left goes as a whole.
            let rest = text.get(end..).unwrap_or("");
            let line_end = rest.find('\n').map_or(rest.len(), |place| place + 1);
            let line_start = mended.rfind('\n').map_or(0, |place| place + 1);
            let blank = |text: Option<&str>| text.is_some_and(|text| text.trim().is_empty());
            if kept.is_empty() && fix.text.is_empty() && blank(mended.get(line_start..)) && blank(rest.get(..line_end))
            {
                mended.truncate(line_start);
                at = end + line_end;
            }
        }
        mended.push_str(text.get(at..).unwrap_or(""));
        let canonical = |text: &str| format::format(&crate::syntax::parse(file, text), text).ok();
        if canonical(text).as_deref() != Some(text) {
            return mended;
        }
        canonical(&mended).unwrap_or(mended)
    }

    /// The comments that a fix would take with it, a line each. A fix that takes out a comment starts with it.
    fn comments_in(&self, fix: &Fix, text: &str) -> String {
        let span = fix.span;
        let written = text.get(span.start as usize..span.end as usize).unwrap_or("");
        if written.trim_start().starts_with('#') {
            return String::new();
        }
        let parsed = self.now.files.iter().find(|(file, _)| *file == span.file).map(|(_, parsed)| parsed);
        let comments = parsed.map_or(&[][..], |parsed| &parsed.comments);
        let from = comments.partition_point(|comment| comment.span.start < span.start);
        let lost = comments.get(from..).unwrap_or(&[]).iter().take_while(|comment| comment.span.end <= span.end);
        lost.filter(|comment| !fix.text.contains(comment.text.as_str()))
            .map(|comment| format!("{}\n", comment.text))
            .collect()
    }
}

/// A reader whose files are partly mended.
struct Over<'a> {
    reader: &'a dyn Reader,
    texts: &'a BTreeMap<String, String>,
}

impl Reader for Over<'_> {
    fn read(&self, name: &str) -> Result<Arc<[u8]>, ReadFault> {
        match self.texts.get(name) {
            Some(text) => Ok(text.as_bytes().into()),
            None => self.reader.read(name),
        }
    }
}
