//! Whatever comes in: a clear word and the right exit code, never a panic, a hang or a silent blank.

use super::{LEADS, POLICY, Ran, folder, json, run_in};

/// The findings of checking a policy, `CODE at LINE`.
fn findings(policy: impl AsRef<[u8]>) -> (i32, Vec<String>) {
    let folder = folder(&[("main.leadway", policy)]);
    found(run_in(folder.path(), "check main.leadway --format json", ""))
}

fn found(ran: Ran) -> (i32, Vec<String>) {
    assert!(ran.code < 2, "{ran:?}");
    let findings = json(&ran.out)["findings"].as_array().unwrap().clone();
    let found = |one: &serde_json::Value| format!("{} at {}", one["code"].as_str().unwrap(), one["start"]["line"]);
    (ran.code, findings.iter().map(found).collect())
}

/// The small policy with another condition in its first rule, which stands on line 18.
fn with_condition(condition: &str) -> String {
    POLICY.replace("match large ", &format!("match large and {condition} "))
}

#[test]
fn policies_that_no_one_writes() {
    let long = "x".repeat(1_000_000);
    let nested =
        |levels: usize| with_condition(&format!("{}employees < 2000{}", "(".repeat(levels), ")".repeat(levels)));
    let names: Vec<String> = (0..100_000).map(|at| format!("\"c{at}\"")).collect();
    let fine: [String; 4] = [
        format!("# {long}\n{POLICY}"),
        format!("{POLICY}\nsegment {long} when large\n"),
        with_condition(&format!("company in {}", names.join(", "))),
        nested(60),
    ];
    for policy in fine {
        assert_eq!(findings(&policy), (0, Vec::new()), "{}", &policy[..60]);
    }
    let latin = POLICY.replace("Large", "Gro\u{1}e").bytes().map(|byte| if byte == 1 { 0xdf } else { byte }).collect();
    let faulty: [(Vec<u8>, &str); 9] = [
        (nested(100).into(), "nested-too-deep at 18"),
        (with_condition(&format!("{}large{}", "not (".repeat(100), ")".repeat(100))).into(), "nested-too-deep at 18"),
        (format!("{POLICY}\n{}", "(".repeat(1_000_000)).into(), "nested-too-deep at 29"),
        (format!("{POLICY}\n{}", "{".repeat(1_000_000)).into(), "nested-too-deep at 29"),
        (format!("{POLICY}\nsegment {long} when largee\n").into(), "unknown-name at 29"),
        (latin, "not-utf-8 at 18"),
        (format!("{POLICY}\0").into(), "bad-character at 28"),
        (POLICY.replace("\"Large\"", "\"La\0rge\"").into(), "bad-character at 18"),
        (POLICY.replace("queue late\n", "queue late # \u{1}\n").into(), "bad-character at 11"),
    ];
    for (policy, expected) in faulty {
        let (code, found) = findings(&policy);
        let start = String::from_utf8_lossy(&policy[..60]).into_owned();
        assert_eq!((code, found.first().map(String::as_str)), (1, Some(expected)), "{start}: {found:?}");
    }
    let rules: String = (0..600_000)
        .map(|at| format!("  rule \"R{at}\" {{ match employees = {at} and country in DE, AT  assign queue big }}\n"))
        .collect();
    let huge = format!("{POLICY}route huge {{\n{rules}}}\n");
    assert!(huge.len() > 48 << 20);
    assert_eq!(findings(&huge), (1, vec!["file-too-long at 1".to_owned()]));
    for empty in ["", " \n\n", "# only words\n"] {
        assert_eq!(findings(empty), (1, vec!["no-main-route at 1".to_owned()]));
    }
}

#[test]
fn a_lost_item_is_one_finding() {
    let lost = POLICY.replace("queue late\n", "queue late {{\n");
    assert_eq!(findings(lost).1.len(), 1);
    let lost = POLICY.replace("segment large when", "segment large wen");
    assert_eq!(findings(lost).1, ["syntax-error at 13"]);
    // What nothing lost could have declared, used or completed is still told.
    let lost = POLICY.replace("segment large when", "segment large wen").replace("queue late\n", "queue lat\n");
    assert_eq!(findings(lost).1, ["unused at 11", "syntax-error at 13", "unknown-name at 25"]);
    let spare = POLICY.replace("queue late\n", "queue late\nqueue spare\nlist codes = 01\n");
    assert_eq!(findings(spare).1, ["unused at 12", "bad-number at 13"]);
    for (from, to, expected) in [
        ("  employees   integer 1..", "  employees   integr 1..", "syntax-error at 6"),
        ("assign queue big", "asign queue big", "syntax-error at 18"),
        ("match large ", "mtch large ", "syntax-error at 18"),
        ("  otherwise { assign queue triage }", "  othrwise { assign queue triage }", "syntax-error at 20"),
        ("route main", "rote main", "unknown-item at 17"),
        ("continue in europe", "contnue in europe", "syntax-error at 19"),
        ("queue late\n", "queue late {\n  wrked by x\n}\n", "syntax-error at 12"),
    ] {
        assert_eq!(findings(POLICY.replacen(from, to, 1)).1, [expected], "{to}");
    }
}

#[test]
fn files_that_a_policy_names() {
    let names = "include \"two.leadway\"\ninclude \"../x.leadway\"\ninclude \"/etc/hostname\"\ninclude \"none.leadway\"\n\
        include \"data\"\ninclude \"link.leadway\"\nlist a from \"none.txt\"\nlist b from \"../none.txt\"\nlist c from \"data\"\n\
        list d from \"empty.csv\" column x\nlist e from \"link.leadway\"\n";
    let uses = "segment s when company in a or company in b or company in c or company in d or company in e\n";
    let outside = folder(&[("x.leadway", "queue outside\n")]);
    let folder = folder(&[
        ("main.leadway", format!("{names}{uses}{POLICY}")),
        ("two.leadway", "include \"./three.leadway\"\n".to_owned()),
        ("three.leadway", "include \"main.leadway\"\n".to_owned()),
        ("empty.csv", String::new()),
        ("data/x.csv", String::new()),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path().join("x.leadway"), folder.path().join("link.leadway")).unwrap();
    let (code, mut found) = found(run_in(folder.path(), "check main.leadway --format json", ""));
    found.sort_by_key(|found| found.rsplit(' ').next().unwrap().parse::<u32>().unwrap());
    assert_eq!(code, 1);
    let expected = [
        "include-loops at 1",
        "include-outside at 2",
        "include-outside at 3",
        "include-not-found at 4",
        "include-not-found at 5",
        "include-outside at 6",
        "missing-file at 7",
        "missing-file at 8",
        "missing-file at 9",
        "bad-data at 10",
        "missing-file at 11",
    ];
    assert_eq!(found, expected);
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_data_does_not_hang() {
    let folder = folder(&[("main.leadway", format!("list a from \"pipe\"\nsegment s when company in a\n{POLICY}"))]);
    assert!(std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
    let ran = run_in(folder.path(), "check main.leadway", "").exits(1);
    assert!(ran.out.contains("it is a pipe or a device, not a file"), "{}", ran.out);
}

/// What routing this input says and how it exits.
fn routed(name: &str, leads: impl AsRef<[u8]>) -> Ran {
    let folder = folder(&[("main.leadway", POLICY.as_bytes()), (name, leads.as_ref())]);
    run_in(folder.path(), &format!("route main.leadway --leads {name} --format ndjson"), "")
}

#[test]
fn leads_that_are_told_and_passed_over() {
    let long = "x".repeat(1_000_000);
    let header = LEADS.lines().next().unwrap();
    let latin = [header.as_bytes(), b"\nL1,,DE,M\xfcller,5\n"].concat();
    let nested =
        |levels: usize| format!("{{\"id\": \"1\", \"company\": {}{}}}\n", "[".repeat(levels), "]".repeat(levels));
    for (name, leads, code, decisions, said) in [
        ("long.csv", format!("{header}\nL1,,DE,{long},5\nL2,,DE,x,6\n").into_bytes(), 0, 2, ""),
        ("long.ndjson", format!("{{\"id\": \"1\", \"company\": \"{long}\"}}\n{{\"id\": \"2\"}}\n").into(), 0, 2, ""),
        ("head.csv", format!("id,{long}\n1,2\n").into(), 0, 1, "no field reads the column `xxx"),
        ("huge.csv", format!("{header}\n{}\nL2,,DE,x,6\n", long.repeat(17)).into(), 1, 1, "a lead of at most 16 MiB"),
        ("short.csv", format!("{header}\nL1,,DE\nL2,,DE,x,6\n").into(), 0, 2, "1 row with fewer cells than the header"),
        (
            "wide.csv",
            format!("{header}\nL1,,DE,x,6,7\nL2,,DE,x,6\n").into(),
            1,
            1,
            "expected 5 cells, as in the header; there are 6",
        ),
        ("quote.csv", format!("{header}\nL1,,DE,\"x,6\nL2,,DE,x,6\n").into(), 1, 1, "never closed"),
        ("latin.csv", latin, 0, 1, "line 2: read as Windows-1252, since it is not UTF-8"),
        ("nul.csv", format!("{header}\nL1,,DE,a\0b,6\n").into(), 0, 1, "line 2: holds the character NUL"),
        ("less.csv", "id,country\nL1,DE\n".into(), 0, 1, "there are no columns `created_at`, `company`, `employees`"),
        ("deep.ndjson", format!("{}{{\"id\": \"2\"}}\n", nested(100)).into(), 1, 1, "at most 64 levels"),
        ("deep.json", format!("[{},{{\"id\": \"2\"}}]", nested(100_000)).into(), 1, 1, "at most 64 levels"),
        ("open.json", "[{\"id\": \"1\"}, {\"id\": \"2\"".into(), 1, 1, "the file ends inside it"),
        (
            "junk.ndjson",
            "{\"id\": \"1\"}\nhello\n[1]\n".into(),
            1,
            1,
            "line 2: the record is `hello`; expected a JSON object",
        ),
        ("twice.ndjson", "{\"id\": \"1\", \"id\": \"2\"}\n".into(), 0, 1, "1 object with a key twice"),
        ("header.csv", format!("{header}\n").into(), 0, 0, "0 leads in"),
        ("none.json", "[]".into(), 0, 0, "0 leads in"),
    ] {
        let ran = routed(name, leads).exits(code);
        assert_eq!(ran.out.lines().count(), decisions, "{name}: {}", ran.err);
        assert!(ran.err.contains(said) && ran.err.len() < 3000, "{name}: {}", ran.err);
    }
}

#[test]
fn files_that_are_no_leads() {
    for (name, leads, said) in [
        ("empty.csv", "", "the file is empty: leads were expected"),
        ("empty.ndjson", "", "the file is empty: leads were expected"),
        ("blank.csv", "\n \n", "the file is empty: leads were expected"),
        ("mark.csv", "\u{feff}", "the file is empty: leads were expected"),
        ("names.csv", "country,company\nDE,x\n", "there is no column `id`"),
        (
            "twice.csv",
            "id,country,company,country\n1,DE,x,FR\n",
            "two columns could be `country`: `country`, which is column 2",
        ),
        ("sheet.csv", "PK\u{3}\u{4}", "this is a spreadsheet or a zip archive, not leads"),
        ("cut.csv", "\u{1f}", "not leads"),
    ] {
        let ran = routed(name, leads).exits(2);
        assert!(ran.err.contains(said), "{name}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
    let whole = {
        use std::io::Write;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(LEADS.as_bytes()).unwrap();
        gzip.finish().unwrap()
    };
    let ran = routed("cut.csv.gz", &whole[..whole.len() / 2]).exits(2);
    assert!(ran.err.contains("the leads cannot be read"), "{}", ran.err);
}

#[test]
fn places_that_cannot_be_read_or_written() {
    let folder = folder(&[("main.leadway", POLICY), ("leads.csv", LEADS), ("folder/x", "")]);
    for (line, said) in [
        ("check none.leadway", "there is no policy `none.leadway`\n  help: `leadway init FOLDER` starts one"),
        ("check folder", "cannot read the policy `folder`: it is a folder"),
        ("route main.leadway --leads folder", "cannot read `folder`: it is a folder"),
        ("route main.leadway --leads none.csv", "cannot read `none.csv`: no such file or directory"),
        ("route main.leadway --leads leads.csv --out none/d", "there is no folder `none`"),
        ("route main.leadway --leads leads.csv --out folder", "cannot write `folder`"),
        ("route main.leadway --leads leads.csv --errors none/e", "there is no folder `none`"),
        ("route main.leadway --leads leads.csv --summary none/s", "there is no folder `none`"),
        ("fmt folder", "cannot read `folder`: it is a folder"),
        ("init --from none.csv --print", "cannot read `none.csv`"),
        ("init leads.csv", "leads.csv"),
    ] {
        let ran = run_in(folder.path(), line, "").exits(2);
        assert!(ran.err.starts_with("error: ") && ran.err.contains(said), "{line}: {}", ran.err);
    }
}

const PEOPLE: &str = r#"lead { id text required }
calendar office { zone "Europe/Berlin"  mon..fri 09:00-17:00  holidays "days.ics" }
team sales { members from "roster.csv" where team = "sales"  rep dan { hours office  weight 2  cap 5 per day } }
queue triage { worked by sales }
pool turns of sales { round robin weighted  only reps on duty, under cap  when empty wait until next opening, then queue triage }
route main { otherwise { assign pool turns } }
"#;
const ROSTER: &str = "name,email,team,weight,hours,zone,cap\nAna,ana@acme.test,sales,2,office,Europe/Berlin,20\n";
const DAYS: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n";

/// What checking people and hours says, in one line.
fn people(policy: &str, roster: &str, days: &[u8]) -> (i32, String) {
    let files = [("main.leadway", policy.as_bytes()), ("roster.csv", roster.as_bytes()), ("days.ics", days)];
    let ran = run_in(folder(&files).path(), "check main.leadway --from 2026-03-01 --format json", "");
    let findings = json(&ran.out)["findings"].as_array().unwrap().clone();
    let told = findings.iter().map(|one| {
        let notes = one["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap());
        let place = format!("{}:{}", one["file"].as_str().unwrap(), one["start"]["line"]);
        let help = one["help"].as_str().unwrap_or_default();
        format!("{place}: {}; {}; {help}\n", one["message"].as_str().unwrap(), notes.collect::<Vec<_>>().join("; "))
    });
    (ran.code, told.collect())
}

#[test]
fn people_that_cannot_be() {
    assert_eq!(people(PEOPLE, ROSTER, DAYS.as_bytes()), (0, String::new()));
    let with = |row: &str| format!("{ROSTER}{row}\n");
    for (row, said) in [
        ("Ben,ben@acme.test,salez,1,,,", "line 3: no team takes anybody of `salez`; did you mean `sales`?"),
        ("Anna,ana@acme.test,sales,1,,,", "line 3: `ana@acme.test` stands in line 2 already; the first counts"),
        ("Ben,ben@acme.test,sales,1,,Europe/Pariz,", "line 3: `zone` is `Europe/Pariz`; expected a time zone"),
        (
            "Ben,ben@acme.test,sales,1,offise,,",
            "line 3: `hours` is `offise`; there is no calendar of this name; did you mean `office`?",
        ),
        ("Ben,ben@acme.test,sales,0,,,", "line 3: `weight` is `0`; expected a whole number from 1 to 1000000"),
        ("Ben,ben@acme.test,sales,1000000000,,,", "line 3: `weight` is `1000000000`; expected a whole number"),
        ("Ben,ben@acme.test,sales,1,,,0", "line 3: `cap` is `0`; expected a number of leads a day"),
    ] {
        let (code, told) = people(PEOPLE, &with(row), DAYS.as_bytes());
        // How many leads a rep gets, and when, is never guessed.
        let decides = ["`weight`", "`cap`", "`zone`"].iter().any(|column| said.contains(column));
        assert_eq!(code, i32::from(decides), "{row}: {told}");
        assert!(told.starts_with("main.leadway:3: `roster.csv` has 1 fault") && told.contains(said), "{row}: {told}");
    }
    for (from, to, said) in [
        ("Europe/Berlin", "Europe/Berln", "main.leadway:2: there is no time zone `Europe/Berln`"),
        ("09:00-17:00", "17:00-09:00", "main.leadway:2: the hours end at 09:00, before they start at 17:00"),
        ("weight 2", "weight 0", "main.leadway:3: a weight is at least 1, not 0"),
        ("weight 2", "weight 1_000_000_000", "main.leadway:3: a weight is at most 1000000, not 1000000000"),
        ("cap 5", "cap 0", "main.leadway:3: a cap is at least 1, not 0"),
        ("rep dan", "rep dan \"ana@acme.test\" { }  rep ana \"ben@acme.test\"", "`ana` has two emails"),
    ] {
        let (code, told) = people(&PEOPLE.replacen(from, to, 1), ROSTER, DAYS.as_bytes());
        assert!(code == 1 && told.contains(said), "{to}: {told}");
    }
}

#[test]
fn holidays_that_cannot_be() {
    let event = |properties: &str| format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{properties}\nEND:VEVENT\nEND:VCALENDAR\n");
    let huge = DAYS.to_owned() + &"X-FILL:0123456789\n".repeat(500_000);
    let many = format!(
        "BEGIN:VCALENDAR\n{}END:VCALENDAR\n",
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY\nEND:VEVENT\n".repeat(9)
    );
    let broken: [(String, &str); 6] = [
        ("hello\n".to_owned(), "line 1: this is not an iCalendar file"),
        (DAYS[..DAYS.len() / 2].to_owned(), "the file is cut off"),
        (event("DTSTART;VALUE=DATE:20260230"), "line 3: `20260230` in DTSTART is not a date"),
        (event("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=HOURLY"), "line 4: `FREQ=HOURLY` is not a recurrence rule"),
        (huge, "line 1: the file is larger than 8 MiB"),
        (many, "occur more than 200000 times"),
    ];
    for (days, said) in broken {
        let (code, told) = people(PEOPLE, ROSTER, days.as_bytes());
        assert_eq!(code, 1, "{told}");
        assert!(told.starts_with("main.leadway:2: `days.ics` is not a calendar of holidays; line "), "{told}");
        assert!(told.contains(said), "{told}");
    }
    let (code, told) = people(PEOPLE, ROSTER, event("DTSTART;VALUE=DATE:20220418").as_bytes());
    assert_eq!(code, 0);
    assert!(
        told.contains("`days.ics` lists holidays until 2022-04-18, and after that only those that recur"),
        "{told}"
    );
    // A holiday that recurs for ever is one of each year that calendars know.
    assert_eq!(people(PEOPLE, ROSTER, event("DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY").as_bytes()).0, 0);
    let (code, told) = people(PEOPLE, ROSTER, event("DTSTART;VALUE=DATE:20260608\nSUMMARY:Fest (QLD)").as_bytes());
    assert_eq!(code, 0);
    assert!(
        told.contains("main.leadway:2: `days.ics` has 1 fault; line 2: `Fest (QLD)` seems to be a holiday"),
        "{told}"
    );
}
