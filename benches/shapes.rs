//! Policies of the shapes that proofs are measured on, as text.

use leadway::load;
use leadway::policy::Policy;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// xorshift64*, so that every run has the same policies.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, count: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % count
    }

    pub fn some<'a>(&mut self, of: &[&'a str], most: u64) -> String {
        let count = 1 + self.below(most);
        let mut all: Vec<&'a str> = (0..count).map(|_| of[self.below(of.len() as u64) as usize]).collect();
        all.sort_unstable();
        all.dedup();
        all.join(", ")
    }
}

const COUNTRIES: [&str; 40] = [
    "US", "CA", "MX", "BR", "AR", "GB", "IE", "FR", "DE", "AT", "CH", "ES", "PT", "IT", "NL", "BE", "LU", "DK", "SE",
    "NO", "FI", "PL", "CZ", "HU", "RO", "GR", "TR", "ZA", "NG", "EG", "AE", "IN", "CN", "JP", "KR", "SG", "MY", "TH",
    "AU", "NZ",
];
const INDUSTRIES: [&str; 12] = [
    "fintech",
    "saas",
    "retail",
    "healthcare",
    "education",
    "media",
    "energy",
    "steel",
    "travel",
    "food",
    "law",
    "other",
];
const SOURCES: [&str; 6] = ["demo", "contact", "event", "mql", "outbound", "partner"];

fn heading() -> String {
    let mut text =
        String::from("policy \"Bench\" { timezone \"UTC\" }\nlead {\n  id text required\n  country country\n");
    writeln!(text, "  industry one of {}", INDUSTRIES.join(", ")).unwrap();
    writeln!(text, "  source one of {}", SOURCES.join(", ")).unwrap();
    text.push_str("  employees integer 1..\n  revenue money in USD\n  intent integer 0..100\n  customer boolean\n");
    text.push_str("  city text\n  title text\n  company text\n  plan one of free, basic, team, business\n");
    text.push_str("  size one of s, m, l, xl\n  postal_code text\n}\n");
    for queue in 0..50 {
        writeln!(text, "queue q{queue} {{ }}").unwrap();
    }
    text
}

/// A country each, most with a band of postal codes or sizes, as a territory model gives.
pub fn territories(rules: u64) -> String {
    let numbers = &mut Numbers(7);
    let mut text = heading() + "route main {\n";
    for at in 0..rules {
        let country = COUNTRIES[numbers.below(40) as usize];
        let from = numbers.below(90_000);
        let band = [1, 50, 200, 1_000][numbers.below(4) as usize];
        let mut when =
            format!("country = {country} and postal_code in \"{:05}\"..\"{:05}\"", from, from + numbers.below(400));
        match numbers.below(4) {
            0 => write!(when, " and employees >= {band}").unwrap(),
            1 => write!(when, " and industry in {}", numbers.some(&INDUSTRIES, 3)).unwrap(),
            _ => {}
        }
        writeln!(text, "  rule \"R{at}\" {{ match {when} assign queue q{} }}", numbers.below(50)).unwrap();
    }
    text + "}\n"
}

/// Two to four conditions on fields of every kind.
pub fn narrow(rules: u64) -> String {
    let numbers = &mut Numbers(11);
    let mut text = heading() + "route main {\n";
    for at in 0..rules {
        let mut fields: Vec<u64> = (0..2 + numbers.below(3)).map(|_| numbers.below(12)).collect();
        fields.sort_unstable();
        fields.dedup();
        let tests: Vec<String> = fields
            .iter()
            .map(|field| match field {
                0 => format!("country in {}", numbers.some(&COUNTRIES, 4)),
                1 => format!("industry in {}", numbers.some(&INDUSTRIES, 3)),
                2 => format!("source in {}", numbers.some(&SOURCES, 2)),
                3 => format!("employees >= {}", 1 + numbers.below(200) * 50),
                4 => format!("revenue in {}..{}", numbers.below(100) * 1_000, 100_000 + numbers.below(400) * 1_000),
                5 => format!("intent >= {}", 1 + numbers.below(100)),
                6 => "customer".to_owned(),
                7 => format!("city in \"city{}\", \"city{}\"", numbers.below(300), numbers.below(300)),
                8 => format!("title = \"title{}\"", numbers.below(60)),
                9 => format!("company starts with \"co{}\"", numbers.below(500)),
                10 => format!("plan = {}", ["free", "basic", "team", "business"][numbers.below(4) as usize]),
                _ => format!("size in {}", ["s, m", "l", "l, xl", "s"][numbers.below(4) as usize]),
            })
            .collect();
        writeln!(text, "  rule \"R{at}\" {{ match {} assign queue q{} }}", tests.join(" and "), numbers.below(50))
            .unwrap();
    }
    text + "}\n"
}

/// A table whose rows cut seven columns, apart but for a few.
pub fn table(rows: u64) -> String {
    let numbers = &mut Numbers(13);
    let mut text = heading();
    text.push_str("table grid by country, industry, source, employees, intent, plan, size {\n");
    for at in 0..rows {
        let country = COUNTRIES[(at % 40) as usize];
        let low = at / 40 * 100;
        let other = |numbers: &mut Numbers, of: &[&str]| match numbers.below(3) {
            0 => "any".to_owned(),
            _ => numbers.some(of, 2).replace(", ", " | "),
        };
        let (industry, source) = (other(numbers, &INDUSTRIES), other(numbers, &SOURCES));
        let plan = other(numbers, &["free", "basic", "team", "business"]);
        let size = other(numbers, &["s", "m", "l", "xl"]);
        writeln!(
            text,
            "  {country}, {industry}, {source}, {}..{}, {}.., {plan}, {size} -> queue q{}",
            low + 1,
            low + if numbers.below(100) == 0 { 110 } else { 100 },
            1 + numbers.below(50),
            numbers.below(50)
        )
        .unwrap();
    }
    text + "}\nroute main { rule \"Grid\" { assign grid } }\n"
}

/// The policy of a text that has no errors.
pub fn policy(text: &str) -> Policy {
    let files = BTreeMap::from([("main.leadway".to_owned(), Arc::from(text.as_bytes()))]);
    let compiled = load::compile("main.leadway", &files).unwrap();
    let first = compiled.diagnostics.first().map(|found| found.message.clone());
    compiled.policy.unwrap_or_else(|| panic!("{first:?}"))
}
