//! How long a comparison of two policies takes: 10,000 territory-shaped rules, with one rule edited and with a hundred edits.
//!
//! `cargo bench --bench diff` prints medians and the worst. Every comparison is of the real [`compare`]; what it finds is printed, so
//! that a fast answer that is empty would be seen.
#![allow(clippy::disallowed_methods, reason = "benches read the clock")]

use leadway::analysis::Budget;
use leadway::diff::routing::{Comparison, Routing, Verdict};
use leadway::load;
use leadway::policy::{Condition, ConditionKind, Entry, Policy, Predicate, QueueId, RuleId, Target};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

const COUNTRIES: [&str; 24] = [
    "DE", "FR", "GB", "IE", "ES", "IT", "NL", "BE", "AT", "CH", "SE", "NO", "DK", "FI", "PL", "PT", "US", "CA", "MX",
    "BR", "JP", "KR", "AU", "IN",
];
const INDUSTRIES: [&str; 10] =
    ["fintech", "saas", "healthcare", "retail", "energy", "media", "public", "travel", "food", "other"];

/// Numbers without a library (Marsaglia, "Xorshift RNGs", 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % count as u64) as usize
    }
}

/// Rules as territories are written: a country, a run of postal codes or of company sizes, often an industry.
fn policy(rules: usize, random: &mut Random) -> Policy {
    let mut text = format!(
        "lead {{\n  id text required\n  country country\n  industry one of {}\n  employees integer 1..\n  postal_code postal code of country\n}}\n",
        INDUSTRIES.join(", ")
    );
    for queue in 0..50 {
        text.push_str(&format!("queue queue_{queue}\n"));
    }
    text.push_str("route main {\n");
    for rule in 0..rules {
        let country = COUNTRIES[random.below(COUNTRIES.len())];
        let mut when = format!("country = {country}");
        if random.below(2) == 0 {
            let low = random.below(9_000) + 1;
            when.push_str(&format!(" and employees in {low}..{}", low + random.below(400) + 1));
        } else {
            let low = 10_000 + random.below(80_000);
            when.push_str(&format!(" and postal_code in \"{low}\"..\"{}\"", low + random.below(90)));
        }
        if random.below(3) > 0 {
            when.push_str(&format!(" and industry = {}", INDUSTRIES[random.below(INDUSTRIES.len())]));
        }
        text.push_str(&format!("  rule \"Rule {rule}\" {{ match {when}  assign queue queue_{} }}\n", random.below(50)));
    }
    text.push_str("  otherwise { assign queue queue_0 }\n}\n");
    let files = BTreeMap::from([("main".to_owned(), Arc::from(text.as_bytes()))]);
    let compiled = load::compile("main", &files).expect("it is there");
    compiled.policy.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics.first()))
}

/// One change, as a person makes it: another target, another range, a rule gone, a rule moved.
fn edit(policy: &mut Policy, random: &mut Random) {
    let at = random.below(policy.rules.len() - 1);
    match random.below(4) {
        0 => policy.rules[at].assign = vec![Target::Queue(QueueId(random.below(50) as u32))],
        1 => {
            if let Some(Condition { kind: ConditionKind::And(parts), .. }) = &mut policy.rules[at].when {
                for part in parts {
                    if let ConditionKind::Test(test) = &mut part.kind
                        && let Predicate::InRanges(ranges) = &mut test.predicate
                    {
                        ranges[0].low = std::ops::Bound::Included(rust_decimal::Decimal::ONE);
                    }
                }
            }
        }
        2 => {
            policy.routes[0].entries.retain(|entry| !matches!(entry, Entry::Rule(RuleId(rule)) if *rule as usize == at))
        }
        _ => {
            let entries = &mut policy.routes[0].entries;
            let last = entries.len() - 1;
            let (from, to) = (random.below(last), random.below(last));
            let moved = entries.remove(from);
            entries.insert(to, moved);
        }
    }
}

/// Milliseconds until two policies are ready to be asked about, and milliseconds of the question itself.
fn timed(old: &Policy, new: &Policy) -> ([f64; 2], Routing) {
    let start = Instant::now();
    let mut comparison = Comparison::new(old, new);
    let ready = start.elapsed().as_secs_f64() * 1e3;
    let start = Instant::now();
    let routing = comparison.routing(&Budget::steps(u64::MAX >> 2));
    ([ready, start.elapsed().as_secs_f64() * 1e3], routing)
}

fn main() {
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    for count in [1_000, 10_000] {
        let mut random = Random(88_172_645_463_325_252);
        let old = policy(count, &mut random);
        let new = old.clone();
        let ([ready, same], routing) = timed(&old, &new);
        assert_eq!(routing.verdict, Verdict::Same);
        println!("{count:>6} rules, no edit: ready after {ready:.1} ms, answered after {same:.2} ms");
        let (mut ready, mut proofs, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        let mut cases = 0;
        for _ in 0..51 {
            let mut new = old.clone();
            edit(&mut new, &mut random);
            let (times, routing) = timed(&old, &new);
            ready.push(times[0]);
            answers.push(times[1]);
            let found = routing.changes.iter().map(|change| change.cases.len()).sum::<usize>();
            cases += found;
            let mut comparison = Comparison::new(&old, &new);
            let start = Instant::now();
            let counted = comparison.count(&Budget::steps(u64::MAX >> 2));
            proofs.push(start.elapsed().as_secs_f64() * 1e3);
            assert!(counted.is_some_and(|(count, undecided)| count >= found && undecided == 0), "{counted:?}, {found}");
        }
        for (what, times) in [("ready", &mut ready), ("proofs alone", &mut proofs), ("answered", &mut answers)] {
            times.sort_by(f64::total_cmp);
            let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
            println!("{count:>6} rules, one edit: {what}, median {median:.2} ms, worst {worst:.2} ms");
        }
        println!("{count:>6} rules, one edit: {cases} cases with a witness in 51 edits");
        let mut new = old.clone();
        for _ in 0..100 {
            edit(&mut new, &mut random);
        }
        let ([ready, hundred], routing) = timed(&old, &new);
        let cases: usize = routing.changes.iter().map(|change| change.cases.len()).sum();
        println!(
            "{count:>6} rules, 100 edits: ready after {ready:.1} ms, answered after {hundred:.1} ms ({} changes, {cases} cases with a witness, {} not decided)",
            routing.changes.len(),
            routing.unknown.len()
        );
    }
}
