//! What is said otherwise, in words.

use super::{side, version};
use leadway::analysis::Budget;
use leadway::diff::Difference;
use leadway::diff::text::text;

const OLD: &str = r#"policy "Words" { timezone "Europe/Berlin"  on bad lead queue desk }
lead {
  missing means "", "n/a"
  id         text required
  country    country
  size       integer 1..
  email      email
  company    text
  source     one of web, event from "Source" { "Site" = web }
  old_field  text
}
list gulf  = AE, SA, QA
list trade = "Trade Fair", "Congress"
list mail  from "mail.txt"
let mail_domain = domain of email
let business = email is present and mail_domain not in mail
records account from "accounts.csv" {
  id     text required
  name   text
  owner  rep
  match by name like lead.company
  on tie no match
}
segment large when size >= 1000
segments width { wide when size >= 500  narrow otherwise }
score fit 0..100 { +40 when large  +20 when country in gulf }
grade heat of fit { hot from 50, cold otherwise }
territories { south when country in gulf { emirates when country = AE }  north when country = DE }
calendar office { zone "Europe/Berlin"  mon..fri 09:00-17:00  holidays 2026-12-25, 2026-12-26 }
calendar late   { zone "Europe/Berlin"  mon..fri 17:00-20:00 }
calendar long = office or late
team sellers {
  manager mia
  rep ana "ana@acme.test" { weight 2  cap 20 per day  speaks en, de  away 2026-03-02..2026-03-13 }
  rep ben "ben@acme.test" { hours office }
  rep mia "mia@acme.test"
}
queue desk  { worked by sellers }
queue night { worked by sellers }
pool first of sellers {
  round robin weighted
  only reps on duty, under cap
  cap 5 hot per day in zone of rep
  when empty wait at most 4 hours, then queue desk
}
pool second of sellers { least loaded  when empty queue desk }
sla quick {
  respond within 5 minutes of business time of assignee
  at 80%    { notify assignee }
  on breach { notify manager of assignee  reassign in pool, at most 2 times }
}
sla slow { accept within 1 business day in office }
exclude "Nobody" when country = QA
returning leads by email { within 30 days keep owner }
table desks by country first row wins {
  DE      -> pool second
  AT      -> queue desk
}
route main {
  rule "Large"  { match large and business  assign pool first  sla quick  priority 1 }
  rule "Web"    { match source = web  assign pool second  sla slow }
  rule "Gulf"   { match country in gulf  assign account.owner, else pool first  sla slow }
  rule "Fair"   { match source = event  assign pool second }
  rule "Table"  { assign desks }
  otherwise { assign queue desk }
}
experiment split on rule "Web" by email, else id { 50% control  50% assign pool first }
guarantee "Large is quick" { every lead where large has sla quick }
goal "Quick" for large { median response <= 5 minutes }
"#;

const FILES: [(&str, &str); 2] =
    [("mail.txt", "gmail.test\nmail.test\n"), ("accounts.csv", "id,name,owner\n1,Bolt,ana\n2,Nut,ben\n3,Gear,ben\n")];

/// The old policy and files with texts replaced, in words.
fn after(edits: &[(&str, &str)]) -> String {
    let mut files: Vec<(&str, String)> = vec![("main.leadway", OLD.to_owned())];
    files.extend(FILES.map(|(name, text)| (name, text.to_owned())));
    let plain = |files: &[(&str, String)]| version(&files.iter().map(|(n, t)| (*n, t.as_str())).collect::<Vec<_>>());
    let old = plain(&files);
    for (from, to) in edits {
        let found = files.iter().filter(|(_, text)| text.contains(from)).count();
        assert!(found > 0, "`{from}` is not there");
        files.iter_mut().for_each(|(_, text)| *text = text.replace(from, to));
    }
    let new = plain(&files);
    let budget = Budget::steps(50_000_000);
    let words = text(&Difference::new(("old".to_owned(), side(&old)), ("new".to_owned(), side(&new)), &budget));
    words.split_once("\nwhat is said").map_or(words.clone(), |(_, parts)| format!("what is said{parts}"))
}

#[test]
fn nothing_is_said_of_layout_and_comments() {
    let words = after(&[("queue desk  { worked by sellers }", "# the desk\nqueue desk {\n  worked by sellers\n}\n")]);
    assert!(words.contains("nothing else is said otherwise"), "{words}");
}

#[test]
fn people_pools_and_promises() {
    insta::assert_snapshot!(after(&[
        ("weight 2  cap 20 per day  speaks en, de  away 2026-03-02..2026-03-13", "weight 3  cap 15 per day  speaks en"),
        ("rep ben \"ben@acme.test\" { hours office }", "rep zoe \"zoe@acme.test\""),
        (",ben\n", ",zoe\n"),
        ("round robin weighted", "in order"),
        ("only reps on duty, under cap", "only reps on duty"),
        ("wait at most 4 hours", "wait at most 2 hours"),
        ("least loaded", "least loaded  joiners catch up by 2 per day"),
        ("within 5 minutes", "within 10 minutes"),
        ("at 80%    { notify assignee }", ""),
        ("at most 2 times", "never to a rep who had it, at most 3 times, restart clock"),
        ("accept within 1 business day in office", "accept within 1 business day in long"),
        ("within 30 days keep owner", "within 60 days keep owner"),
        ("queue night { worked by sellers }", "queue evening { worked by sellers }"),
    ]));
}

#[test]
fn calendars_lists_tables_and_records() {
    insta::assert_snapshot!(after(&[
        (
            "mon..fri 09:00-17:00  holidays 2026-12-25, 2026-12-26",
            "mon..thu 08:00-17:00  fri 08:00-12:00  on 2026-12-24 09:00-12:00  holidays 2026-12-26, 2027-01-01"
        ),
        ("calendar long = office or late", "calendar long = office except late"),
        ("AE, SA, QA\n", "AE, SA, KW\n"),
        ("gmail.test\n", "gmail.test\nweb.test\n"),
        ("  DE      -> pool second\n", "  DE      -> pool first\n  CH      -> pool second\n"),
        ("2,Nut,ben\n3,Gear,ben", "2,Nut,ana\n4,Pin,ben"),
        ("match by name like lead.company", "match by name = lead.company"),
    ]));
}

#[test]
fn rules_and_what_they_are_written_with() {
    insta::assert_snapshot!(after(&[
        ("match large and business", "match big and business"),
        ("segment large when", "segment big when"),
        ("+40 when large  +20", "+40 when big  +25"),
        ("where large has", "where big has"),
        ("for large {", "for big {"),
        ("hot from 50", "hot from 60"),
        ("rule \"Web\"    { match source = web", "rule \"Site\"   { match source = web"),
        ("on rule \"Web\"", "on rule \"Site\""),
        ("50% control  50%", "20% control  80%"),
        (
            "assign account.owner, else pool first  sla slow",
            "assign account.owner, else pool second  sla quick  priority 2"
        ),
        ("  rule \"Fair\"   { match source = event  assign pool second }\n", ""),
        (
            "  rule \"Table\"  { assign desks }\n",
            "  rule \"Table\"  { assign desks }\n  rule \"New\" { match size < 3  assign queue night }\n"
        ),
        ("when country = QA", "when country = KW"),
        ("emirates when country = AE", "emirates when country in AE, SA"),
        ("median response <= 5 minutes", "median response <= 6 minutes"),
    ]));
}

#[test]
fn a_rule_that_moves_is_told_once() {
    let rule = "  rule \"Large\"  { match large and business  assign pool first  sla quick  priority 1 }\n";
    let words = after(&[
        (rule, ""),
        ("  otherwise { assign queue desk }\n", &format!("{rule}  otherwise {{ assign queue desk }}\n")),
    ]);
    assert_eq!(words, "what is said otherwise\n  rule \"Large\"\n    stands after rule \"Table\" now\n");
}

#[test]
fn the_leads_and_how_they_are_read() {
    insta::assert_snapshot!(after(&[
        ("missing means \"\", \"n/a\"", "missing means \"\", \"none\""),
        ("timezone \"Europe/Berlin\"  on bad lead queue desk", "timezone \"Europe/Paris\"  on bad lead queue night"),
        ("  size       integer 1..\n", "  size       integer 0..99999 required\n"),
        (
            "one of web, event from \"Source\" { \"Site\" = web }",
            "one of web, event, fair from \"Source\", \"Origin\" { \"Fair\" = fair }"
        ),
        ("  old_field  text\n", "  new_field  set of text\n"),
    ]));
}
