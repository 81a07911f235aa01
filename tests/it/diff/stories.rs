//! Refactorings that change nothing, and changes that are told in full.

use super::{side, version};
use leadway::analysis::Budget;
use leadway::diff::Difference;
use leadway::diff::routing::{Routing, Verdict};

const POLICY: &str = r#"
lead {
  id        text required
  country   country
  size      integer 1..
  email     email
  source    one of web, event, partner
  company   text
}
list dach = DE, AT, CH
list trade = "Fair", "Congress", "Expo"
records account from "accounts.csv" {
  id text required
  website domain
  owner rep
  customer boolean
  match by website = lead.email_domain
}
let email_domain = domain of email
segment large when size >= 1000
score fit 0..100 { +40 when large  +30 when country in dach  +30 when source = partner }
grade heat of fit { hot from 60, cold otherwise }
calendar office { zone "Europe/Berlin"  mon..fri 09:00-17:00 }
team sellers { rep ana "ana@acme.test"  rep ben "ben@acme.test" }
queue desk
queue fair
pool first of sellers  { round robin  when empty queue desk }
pool second of sellers { round robin  when empty queue desk }
sla quick { respond within 1 hour }
table lands by country {
  FR -> pool first, sla quick
  ES -> pool second, sla quick
}
exclude "Ours" when company = "Acme"
route main {
  rule "Customers" { match account.customer  assign account.owner, else queue desk  sla quick }
  rule "Hot"       { match heat = hot  assign pool first  sla quick  priority 1 }
  rule "DACH"      { match country in dach and size in 100..999  assign pool second }
  rule "Fairs"     { match company contains "fair" or company in trade  assign queue fair }
  rule "Office"    { match source = web and arrives during office  assign pool first }
  rule "Lands"     { assign lands }
  otherwise { assign queue desk }
}
experiment split on rule "DACH" by email_domain, else id { 50% control  50% assign pool first }
"#;

const ACCOUNTS: &str = "id,website,owner,customer\n1,bolt.test,ana,yes\n";

fn routing(edits: &[(&str, &str)]) -> Routing {
    routing_with(edits, ACCOUNTS)
}

fn routing_with(edits: &[(&str, &str)], accounts: &str) -> Routing {
    let mut text = POLICY.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "`{from}` is not there");
        text = text.replace(from, to);
    }
    let old = version(&[("main.leadway", POLICY), ("accounts.csv", ACCOUNTS)]);
    let new = version(&[("main.leadway", &text), ("accounts.csv", accounts)]);
    let budget = Budget::steps(100_000_000);
    Difference::new(("old".to_owned(), side(&old)), ("new".to_owned(), side(&new)), &budget).routing
}

#[test]
fn refactorings_are_proved_to_change_nothing() {
    let fairs = "  rule \"Fairs\"     { match company contains \"fair\" or company in trade  assign queue fair }\n";
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("nothing", &[]),
        ("a rule gets another title", &[("\"Hot\"", "\"Burning\"")]),
        ("a segment is renamed", &[("large", "big")]),
        (
            "a condition becomes a segment",
            &[
                ("segment large", "segment middle when size in 100..999\nsegment large"),
                ("country in dach and size in 100..999", "country in dach and middle"),
            ],
        ),
        ("a list is split", &[("list dach = DE, AT, CH", "list alps = AT, CH"), ("in dach", "in alps, DE")]),
        (
            "a rule is split in two",
            &[(
                fairs,
                "  rule \"By name\" { match company contains \"fair\"  assign queue fair }\n  rule \"By list\" { match company in trade  assign queue fair }\n",
            )],
        ),
        ("a shadowed entry goes", &[("\"Fair\", \"Congress\", \"Expo\"", "\"Congress\", \"Expo\"")]),
        (
            "disjoint rows change places",
            &[(
                "  FR -> pool first, sla quick\n  ES -> pool second, sla quick\n",
                "  ES -> pool second, sla quick\n  FR -> pool first, sla quick\n",
            )],
        ),
        (
            "a table becomes rules",
            &[
                (
                    "  rule \"Lands\"     { assign lands }\n",
                    "  rule \"France\" { match country = FR  assign pool first  sla quick }\n  rule \"Spain\" { match country = ES  assign pool second  sla quick }\n",
                ),
                ("table lands by country {\n  FR -> pool first, sla quick\n  ES -> pool second, sla quick\n}\n", ""),
            ],
        ),
        ("a range is written otherwise", &[("size in 100..999", "size >= 100 and not (size >= 1000)")]),
        ("points are shared out", &[("+40 when large", "+20 when large  +20 when size >= 1000")]),
        (
            "a rule that takes nothing comes",
            &[(
                "  rule \"Lands\" ",
                "  rule \"Never\" { match size < 5 and large  assign queue fair }\n  rule \"Lands\" ",
            )],
        ),
        (
            "a route is taken out",
            &[
                ("  rule \"Lands\"     { assign lands }\n  otherwise", "  continue in rest\n  otherwise"),
                ("experiment split", "route rest { rule \"Lands\" { assign lands } }\nexperiment split"),
            ],
        ),
    ];
    for (what, edits) in cases {
        let routing = routing(edits);
        assert_eq!(routing.verdict, Verdict::Same, "{what}: {routing:#?}");
        assert_eq!(routing.assuming, Vec::<String>::new(), "{what}");
    }
}

#[test]
fn changes_are_told_in_full() {
    let edits = [
        ("priority 1", "priority 2"),
        ("hot from 60", "hot from 70"),
        ("when company = \"Acme\"", "when company in \"Acme\", \"Zenith\""),
        ("ES -> pool second", "ES -> pool first"),
        ("50% control  50%", "40% control  60%"),
        ("mon..fri 09:00-17:00", "mon..fri 09:00-16:00"),
        ("contains \"fair\"", "contains \"fairs\""),
        ("assign account.owner, else queue desk", "assign account.owner, else team sellers"),
        ("on rule \"DACH\" by email_domain", "on rule \"DACH\" by email"),
    ];
    let told: String = edits
        .iter()
        .map(|(from, to)| {
            let routing = routing(&[(from, to)]);
            assert_eq!(routing.unknown, Vec::<String>::new(), "{from}");
            let changes = routing.changes.iter().map(|change| format!("  {} -> {}\n", change.old, change.new));
            format!("{from} -> {to}\n{}", changes.collect::<String>())
        })
        .collect();
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_read_otherwise_is_not_called_proved() {
    let unknown = |edits: &[(&str, &str)]| {
        let routing = routing(edits);
        assert_eq!(routing.verdict, Verdict::Unknown, "{routing:#?}");
        routing.unknown.join("\n")
    };
    assert!(
        unknown(&[("source    one of web, event, partner", "source    one of web, event, partner from \"Src\"")])
            .contains("`source` is read otherwise (from other columns)")
    );
    assert!(
        unknown(&[("match by website = lead.email_domain", "match by website = lead.email_domain unless lead.large")])
            .contains("leads find their row of account in another way")
    );
    // What nothing asks about may be read as it likes.
    assert_eq!(
        routing(&[("  id        text required\n", "  id        text required\n  fax text\n")]).verdict,
        Verdict::Same
    );
    let routing = routing_with(&[], "id,website,owner,customer\n1,bolt.test,ana,no\n");
    assert_eq!((routing.verdict, routing.assuming.len()), (Verdict::Same, 1));
}

#[test]
fn options_and_required_fields_are_part_of_the_routing() {
    let routing = routing(&[("  size      integer 1..", "  size      integer 1.. required")]);
    assert!(routing.changes.iter().all(|change| change.new.to_string() == "the error output"), "{routing:#?}");
    assert!(routing.changes.len() > 3, "{routing:#?}");
    let routing =
        self::routing(&[("source    one of web, event, partner", "source    one of web, event, partner, post")]);
    assert_eq!(routing.verdict, Verdict::Same, "{routing:#?}");
}
