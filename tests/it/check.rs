//! The checker: the worked example, and the corpus in tests/cases/check.
//!
//! A file of the corpus holds many small policies. A line `#: TITLE` starts one, `#= PATH` starts a data file of it whose lines follow behind `#| `. What
//! nearly every policy needs (`lead`, a queue, a main route) is added at its end where it is left out, so that lines keep their numbers.

use leadway::accepted;
use leadway::analysis::{Budget, Prover, Told};
use leadway::diagnostic::Severity;
use leadway::load::{Compiled, Reader, compile};
use leadway::policy::Policy;
use leadway::source::Span;
use leadway::staffing;
use leadway::world::Folder;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

const LEAD: &str = r#"lead {
  id           text       required
  created_at   time       required
  email        email
  company      text
  country      country
  state        region of country
  postal_code  postal code of country
  employees    integer 1..
  revenue      money in USD
  likelihood   decimal 0..1
  industry     one of fintech, saas, retail, other
  size_band    one of "1-49", "50+"
  source       one of demo, event, partner
  intent       integer 0..100
  subscribed   boolean
  language     language
  tech_stack   set of text
  renewal      date
}
"#;

const QUEUE: &str = "queue triage { worked by desk }\nteam desk { rep ana \"ana@acme.test\" }\n";

const ROUTE: &str = "route main { otherwise { assign queue triage } }\n";

/// Behind a title: nothing is added to the policy.
const AS_IT_IS: &str = "(as it is)";

type Files = BTreeMap<String, Arc<[u8]>>;

struct Case {
    title: String,
    files: Files,
}

fn cases(corpus: &str) -> Vec<Case> {
    let sections = corpus.split("#: ").skip(1).map(|section| section.split_once('\n').unwrap());
    sections
        .map(|(title, body)| {
            let mut parts = body.split("\n#= ");
            let policy = parts.next().unwrap().trim_end();
            let policy = if title.ends_with(AS_IT_IS) { policy.to_string() } else { completed(policy) };
            let mut files: Files = parts.map(data_file).collect();
            files.insert("main.leadway".to_string(), policy.into_bytes().into());
            Case { title: title.to_string(), files }
        })
        .collect()
}

/// With what is left out added at the end.
fn completed(policy: &str) -> String {
    let mut policy = format!("{policy}\n");
    let declares = |policy: &str, start: &str| policy.lines().any(|line| line.starts_with(start));
    for (start, text) in [("lead", LEAD), ("route main", ROUTE)] {
        if !declares(&policy, start) {
            policy.push_str(text);
        }
    }
    if policy.contains("triage") && !declares(&policy, "queue triage") {
        policy.push_str(QUEUE);
    }
    policy
}

fn data_file(part: &str) -> (String, Arc<[u8]>) {
    let (path, lines) = part.split_once('\n').unwrap_or((part, ""));
    let lines: Vec<&str> = lines.lines().filter_map(|line| line.strip_prefix("#| ")).collect();
    (path.trim().to_string(), lines.join("\n").into_bytes().into())
}

fn compiled(files: &dyn Reader) -> Compiled {
    compile("main.leadway", files).unwrap()
}

/// Findings as text: severity, code and place, then everything else a line each.
fn findings(compiled: &Compiled, told: Told) -> String {
    let file = compiled.sources.iter().next().unwrap().1;
    let at = |span: Span| {
        let place = file.place(span.start);
        format!("{}:{} `{}`", place.line, place.column, file.slice(span))
    };
    let mut text = String::new();
    for finding in &accepted::accept(compiled, told.diagnostics, told.undecided, None).diagnostics {
        let (severity, code) = (finding.severity.name(), finding.code);
        writeln!(text, "{severity}[{code}] {}: {}", at(finding.primary.span), finding.message).unwrap();
        if !finding.primary.message.is_empty() {
            writeln!(text, "  here: {}", finding.primary.message).unwrap();
        }
        for label in &finding.secondary {
            writeln!(text, "  also {}: {}", at(label.span), label.message).unwrap();
        }
        for note in &finding.notes {
            writeln!(text, "  note: {note}").unwrap();
        }
        for fix in &finding.fixes {
            let safe = if fix.safe { "safe fix" } else { "fix" };
            writeln!(text, "  {safe} {}: {}", at(fix.span), fix.text).unwrap();
        }
        if let Some(help) = &finding.help {
            writeln!(text, "  help: {help}").unwrap();
        }
    }
    if text.is_empty() { "no finding\n".to_string() } else { text }
}

/// Every case of a file of the corpus with its findings.
fn report(corpus: &str, prove: fn(&Policy) -> Told) -> String {
    let mut report = String::new();
    for case in cases(corpus) {
        let compiled = compiled(&case.files);
        let errors = compiled.diagnostics.iter().any(|finding| finding.severity == Severity::Error);
        assert_eq!(compiled.policy.is_none(), errors, "{}", case.title);
        let told = compiled.policy.as_ref().map(prove).unwrap_or_default();
        writeln!(report, "# {}\n{}", case.title, findings(&compiled, told)).unwrap();
    }
    report
}

macro_rules! corpus {
    ($folder:literal, $prove:expr, $($name:ident),* $(,)?) => { $(
        #[test]
        fn $name() {
            let corpus = include_str!(concat!("../cases/", $folder, "/", stringify!($name), ".leadway"));
            insta::assert_snapshot!(report(corpus, $prove));
        }
    )* };
}

/// What the proofs say, and how many claims of guarantees hold.
fn proved(policy: &Policy) -> Told {
    Prover::new(policy, &Budget::steps(10_000_000)).run()
}

corpus!("proofs", proved, conditions, guarantees, partitions, territories, ways);

corpus!(
    "check",
    |_| Told::default(),
    allow,
    names,
    types,
    values,
    ranges,
    missing,
    order,
    unused,
    cycles,
    people,
    pools,
    tables,
    records,
    lists,
    clocks,
    experiments,
    tests
);

fn staffed_in_2026(policy: &Policy) -> Told {
    let year = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    Told { diagnostics: staffing::findings(policy, year), ..Told::default() }
}

#[test]
fn staffing_of_a_year() {
    insta::assert_snapshot!(report(include_str!("../cases/check/staffing.leadway"), staffed_in_2026));
}

#[test]
fn the_examples_are_staffed() {
    for example in ["three_offices", "education"] {
        let (folder, name) = Folder::of(&Path::new("examples").join(example).join("main.leadway"));
        let policy = compile(&name, &folder).unwrap().policy.unwrap();
        assert_eq!(staffed_in_2026(&policy).diagnostics, [], "{example}");
    }
}

#[test]
fn the_worked_example_has_no_finding() {
    let (folder, name) = Folder::of(Path::new("examples/software_inbound/main.leadway"));
    let compiled = compile(&name, &folder).unwrap();
    assert_eq!(compiled.diagnostics, []);
    assert!(compiled.policy.is_some());
}

#[test]
fn conditions_become_tests_of_normalised_values() {
    const DECLARED: &str = "list dach = DE, AT, CH\nlet home = domain of email\nscore fit 0..100 { +10 when employees > 5 }\n\
        grade tier of fit { hot from 7, warm from 3, cold otherwise }\nsegments size { large when employees > 500  small otherwise }";
    let conditions = [
        "employees < 200 and employees >= 5",
        "employees in 200..300, 301..999, 5, 1..3, 4",
        "revenue > 5_000 USD or revenue in ..10.5",
        "renewal <= 2026-03-04 and renewal > 2026-01-01",
        "created_at = 2026-03-29 and created_at > 2026-03-29",
        "created_at >= 2026-03-29 10:00",
        "country in dach, FR",
        "country != US and country is present",
        "industry = \"RETAIL\" or industry in saas",
        "company = \"Straße GmbH\" or company = exactly \"ACME\"",
        "company starts with \"Acme\", \"Apex\" or company ends with \"Inc\" or company contains \"bank\"",
        "company has word \"IT\" or company matches \"^a.c\"",
        "tech_stack has all of \"Salesforce\", \"HubSpot\" or tech_stack has any of \"SAP\"",
        "subscribed = no or subscribed = yes or subscribed",
        "home = \"https://WWW.Acme.test/\" or domain of email = \"b.test\"",
        "postal_code in \"94000\"..\"96199\"",
        "language = de",
        "fit >= 70 and tier in hot, warm and size = small",
    ];
    let lowered = conditions.map(|condition| {
        let text = format!("policy \"P\" {{ timezone \"Europe/Berlin\" }}\n{DECLARED}\nsegment asked when {condition}");
        let policy = policy(&text);
        let asked = policy.segments.iter().find(|segment| segment.name == "asked").unwrap();
        format!("{condition}\n  {}\n", serde_json::to_string(&asked.when.kind).unwrap())
    });
    insta::assert_snapshot!(lowered.concat());
}

/// The worked example's files, by name.
fn example() -> Files {
    let folder = Path::new("examples/software_inbound");
    ["main.leadway", "accounts.csv", "roster.csv", "desks.csv", "calendars/gb.ics", "calendars/de.ics"]
        .into_iter()
        .chain(["lists/free-mail.txt", "lists/sanctioned.txt", "lists/named-accounts.csv"])
        .map(|name| (name.to_string(), std::fs::read(folder.join(name)).unwrap().into()))
        .collect()
}

/// A text with one of its words taken out, doubled, or put in another's place.
fn disturbed(text: &str, (from, to, how): (Index, Index, u8)) -> String {
    let mut words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let (from, to) = (from.index(words.len()), to.index(words.len()));
    match how {
        0 => drop(words.remove(from)),
        1 => words.insert(to, words[from]),
        _ => words.swap(from, to),
    }
    words.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is wrong with a policy and its files is a finding: there is a policy, or an error that says why not.
    #[test]
    fn disturbed_policies_are_told(
        file in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), any::<Index>(), 0..3u8), 1..6),
    ) {
        let mut files = example();
        // Every second time the policy itself, else one of its data files.
        let names: Vec<String> = files.keys().cloned().collect();
        let at = file.index(2 * names.len());
        let name = names.get(at).map_or("main.leadway", String::as_str).to_string();
        let text = String::from_utf8(files[&name].to_vec()).unwrap();
        let text = changes.into_iter().fold(text, |text, change| disturbed(&text, change));
        files.insert(name, text.into_bytes().into());
        let compiled = compiled(&files);
        let errors = compiled.diagnostics.iter().any(|finding| finding.severity == Severity::Error);
        prop_assert_eq!(compiled.policy.is_none(), errors);
    }
}

fn policy(text: &str) -> Policy {
    let corpus = format!("#: a policy\n{text}");
    let compiled = compiled(&cases(&corpus)[0].files);
    compiled.policy.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

#[test]
fn the_hash_is_of_the_meaning() {
    let text = "segment big when employees >= 200";
    let hash = policy(text).hash;
    assert_eq!(hash.len(), 64);
    assert_eq!(policy("# a comment\nsegment   big when\n  employees >= 200").hash, hash);
    assert_eq!(
        policy(&format!("{text}\ntest \"t\" {{ lead {{ id \"1\" }} at 2026-01-01 expect queue triage }}")).hash,
        hash
    );
    assert_ne!(policy("segment big when employees >= 201").hash, hash);
}

#[test]
fn the_hash_is_of_the_data() {
    let with = |data: &str| {
        policy(&format!(
            "list free from \"free.txt\"\nsegment private when domain of email in free\n#= free.txt\n#| {data}\n"
        ))
        .hash
    };
    assert_eq!(with("free.test"), with("Free.TEST"));
    assert_ne!(with("free.test"), with("other.test"));
}

#[test]
fn ten_thousand_unknown_names_are_told_in_time() {
    let mut text = String::from("#: many (as it is)\nlead { id text required }\nqueue q\nroute main {\n");
    for at in 0..10_000 {
        writeln!(text, "  rule \"r{at}\" {{ match unknown_{at} = 1 assign queue q }}").unwrap();
    }
    text.push_str("  otherwise { assign queue q }\n}\n");
    assert_eq!(compiled(&cases(&text)[0].files).diagnostics.len(), 10_000);
}
