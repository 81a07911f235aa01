//! `check` with findings that are allowed, known from before, or fixed.

use super::{folder, json, run_in};

/// Two findings that may stay, one in an included file.
const MAIN: &str = r#"include "segments.leadway"
lead {
  id        text  required
  country   country
}
queue triage
queue spare
route main {
  rule "Not here" { match country != US  assign queue triage  priority 1 }
  otherwise { assign queue triage }
}
"#;
const SEGMENTS: &str = "list dach = DE, AT\n";

#[test]
fn known_findings_are_passed_over_wherever_they_stand() {
    let folder = folder(&[("main.leadway", MAIN), ("segments.leadway", SEGMENTS)]);
    let run = |rest: &str| run_in(folder.path(), &format!("check main.leadway {rest}"), "");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(run("--baseline known.txt").exits(2).err.contains("there is no baseline `known.txt`"));
    let ran = run("--baseline known.txt --write-baseline").exits(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", "wrote 3 findings to known.txt\n"));
    insta::assert_snapshot!(read("known.txt"));
    let ran = run("--baseline known.txt --deny-warnings").exits(0);
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        ("", "main.leadway: no findings\n3 findings are known by known.txt\n")
    );

    // Lines move, the finding is the same; another of its kind is new; one is gone.
    write("segments.leadway", "");
    write(
        "main.leadway",
        &format!("# A policy.\n\n\n{MAIN}list nordic = SE\n").replace("queue spare", "queue   spare"),
    );
    let ran = run("--baseline known.txt --deny-warnings").exits(1);
    assert!(ran.out.contains("the list `nordic` is not used") && ran.out.ends_with("1 warning\n"), "{}", ran.out);
    assert_eq!(
        ran.err,
        "2 findings are known by known.txt\n1 finding of known.txt can be taken out, since nothing is found any more:\n  unused: list dach\n"
    );

    // Errors stay, and say nothing of what is gone.
    write("main.leadway", &MAIN.replace("match country", "match contry"));
    let ran = run("--baseline known.txt").exits(1);
    assert!(ran.out.contains("unknown-name") && !ran.err.contains("taken out"), "{ran:?}");
    let before = read("known.txt");
    assert!(run("--baseline known.txt --write-baseline").exits(1).out.contains("unknown-name"));
    assert_eq!(read("known.txt"), before);

    write("foreign.txt", "id,country\n");
    assert!(run("--baseline foreign.txt").exits(2).err.contains("`foreign.txt` is no baseline"));
    write("newer.txt", "leadway baseline 2\n");
    assert!(run("--baseline newer.txt").exits(2).err.contains("another version"));
}

#[test]
fn fixes_that_keep_the_meaning_are_made() {
    let main = MAIN.replace("queue triage\n", "queue triage  # allow unused: it was\n");
    let segments = "# Lists.\n# allow unused: for later\nlist dach = DE, AT\n# allow cycle: never\nlist nordic = SE  # allow unused: next year\n";
    let folder = folder(&[("main.leadway", main.as_str()), ("segments.leadway", segments)]);
    let run = |rest: &str| run_in(folder.path(), &format!("check main.leadway {rest}"), "");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let ran = run("--fix --diff").exits(1);
    insta::assert_snapshot!(ran.out);
    assert_eq!(ran.err, "2 fixes in 2 files would be made\n");
    assert_eq!((read("main.leadway"), read("segments.leadway")), (main, segments.to_owned()));
    let ran = run("--fix").exits(0);
    assert!(ran.err.contains("made 2 fixes in 2 files\n2 findings are allowed by a comment\n"), "{}", ran.err);
    assert_eq!(read("main.leadway"), MAIN);
    assert_eq!(read("segments.leadway"), segments.replace("# allow cycle: never\n", ""));
    assert!(run("--fix").exits(0).err.starts_with("nothing to fix\n"));
    assert_eq!(run("--fix --diff").exits(0).out, "");
}

/// A rule that goes takes its line along, in a file of any layout.
#[test]
fn a_fix_leaves_no_empty_line() {
    let text = "lead {\n    id text required\n    country country\n}\nqueue a\nroute main {\n    # the small ones\n    rule \"NL\" { match country = NL assign queue a }\n    # allow cycle: never\n    rule \"NL and BE\" { match country in NL, BE assign queue a }\n    rule \"FR\" { match country = FR\n      assign queue a }\n    rule \"West\" { match country in FR, BE assign queue a priority 1 }\n    rule \"FR again\" { match country = FR\n      assign queue a }\n}\n";
    let folder = folder(&[("main.leadway", text)]);
    insta::assert_snapshot!(run_in(folder.path(), "check main.leadway --fix --diff", "").exits(1).out);
    insta::assert_snapshot!(run_in(folder.path(), "check main.leadway", "").out);
}

#[test]
fn nothing_is_fixed_in_a_policy_that_does_not_run() {
    let broken = format!("{MAIN}# allow cycle: never\nqueue {{\n");
    let folder = folder(&[("main.leadway", broken.as_str()), ("segments.leadway", SEGMENTS)]);
    assert!(run_in(folder.path(), "check main.leadway --fix", "").exits(1).err.contains("nothing to fix"));
    assert_eq!(std::fs::read_to_string(folder.path().join("main.leadway")).unwrap(), broken);
}

/// The parts of a policy that an error does not touch are proved all the same.
#[test]
fn what_an_error_does_not_touch_is_looked_at() {
    let text = "lead {\n  id text required\n  size integer 1..\n  country country\n}\nqueue desk\nsegment large when size >= 100\nsegment odd when sise = 1\nroute main {\n  rule \"Large\"  { match large  assign queue desk  priority 1 }\n  rule \"Odd\"    { match odd  assign queue desk }\n  rule \"Huge\"   { match size >= 1000  assign queue desk }\n  rule \"Never\"  { match size < 5 and size > 9  assign queue desk }\n}\n";
    let folder = folder(&[("main.leadway", text)]);
    let ran = run_in(folder.path(), "check main.leadway", "").exits(1);
    insta::assert_snapshot!(ran.out + &ran.err);
    let ran = run_in(folder.path(), "check main.leadway --format json", "").exits(1);
    let found = json(&ran.out);
    let codes: Vec<&str> =
        found["findings"].as_array().unwrap().iter().map(|found| found["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["unknown-name", "no-otherwise", "shadowed-rule", "contradictory-condition"]);
}

#[test]
fn a_quoted_name_with_an_error_takes_along_what_speaks_of_it() {
    let text = |name: &str, broken: &str| {
        format!(
            "lead {{\n  id text required\n  employees integer 1..\n}}\nqueue desk\nsegment {name} {broken}\nroute main {{\n  rule \"Small\" {{ match not {name} and employees is present  assign queue desk }}\n  rule \"Big\"   {{ match employees >= 5  assign queue desk  priority 1 }}\n  otherwise {{ assign queue desk }}\n}}\n"
        )
    };
    let codes = |text: String| {
        let ran = run_in(folder(&[("main.leadway", text)]).path(), "check main.leadway --format json", "").exits(1);
        let found = json(&ran.out)["findings"].as_array().unwrap().clone();
        found.iter().map(|found| found["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for name in ["very_big", "\"very big\"", "\"very-big\""] {
        assert_eq!(codes(text(name, "when emplyees >= 1000")), ["unknown-name"], "{name}");
        assert_eq!(codes(text(name, "whn employees >= 1000")), ["syntax-error"], "{name}");
    }
}

#[test]
fn a_rule_that_a_test_expects_is_not_taken_out() {
    let policy = |test: &str| {
        format!(
            "lead {{\n  id         text     required\n  employees  integer  1..\n}}\n\nqueue desk\n\nroute main {{\n  rule \"Large\" {{ match employees >= 10  assign queue desk }}\n  rule \"Huge\" {{ match employees >= 100  assign queue desk }}\n  otherwise {{ assign queue desk }}\n}}\n{test}"
        )
    };
    let offered = |test: &str| {
        let folder = folder(&[("main.leadway", policy(test))]);
        run_in(folder.path(), "check main.leadway --fix --diff", "").out.contains("-  rule \"Huge\"")
    };
    assert!(offered(""));
    assert!(
        offered("test \"Huge leads\" { lead { id \"1\", employees 5 } expect otherwise }\n"),
        "only its title has the word"
    );
    assert!(!offered("test \"x\" { lead { id \"1\", employees 5 } expect not rule \"Huge\" }\n"));
}
