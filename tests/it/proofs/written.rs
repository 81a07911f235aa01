//! Small policies as text, made from a list of numbers: few fields with few values, and everything that is proved of declarations.

use crate::generate::Choices;
use std::fmt::Write;

/// People, queues and promises that every policy has.
const PEOPLE: &str = r#"
team red   { rep ana "ana@acme.test"  rep eva "eva@acme.test" { inactive  delegate ana } }
team blue  { rep ben "ben@acme.test" { delegate eva }  rep dan "dan@acme.test" }
team green { manager ana  rep dan }
queue first  { worked by red }
queue second { worked by blue }
queue third
"#;

const QUEUES: [&str; 3] = ["queue third", "queue first", "queue second"];
const TARGETS: [&str; 14] = [
    "queue third",
    "queue first",
    "queue second",
    "pool one",
    "pool two",
    "team red",
    "rep ben",
    "rep eva",
    "account.owner",
    "team of account.owner",
    "desk",
    "team green",
    "manager of account.owner",
    "desk.pool",
];

/// Names that a condition may speak of.
type Names = Vec<String>;

pub fn leaf(choices: &mut Choices, names: &Names) -> String {
    let size = choices.below(5);
    let kind = *choices.pick(&["a", "b", "c"]);
    match choices.below(14) {
        0 => "flag".to_owned(),
        1 => format!("size >= {}", size.min(3)),
        2 => format!("size < {}", size.max(1)),
        3 => format!("size in {}..{}", size.min(2), size.min(2) + 1),
        4 => format!("kind = {kind}"),
        5 => format!("kind in {kind}, {}", if kind == "a" { "c" } else { "a" }),
        6 => format!("kind != {kind}"),
        7 => format!("{} is missing", choices.pick(&["size", "kind", "flag"])),
        8 => format!("{} is present", choices.pick(&["size", "kind", "flag"])),
        9 => "account.vip".to_owned(),
        10 => "not flag".to_owned(),
        _ if !names.is_empty() => choices.pick(names).clone(),
        11 => "account.owner is present".to_owned(),
        12 => "must".to_owned(),
        _ => "not account.vip".to_owned(),
    }
}

/// A condition that may stand alone; inside others it is bracketed.
pub fn condition(choices: &mut Choices, names: &Names, depth: usize) -> String {
    let part = |choices: &mut Choices| match choices.below(4) {
        0 if depth > 0 => format!("({})", condition(choices, names, depth - 1)),
        1 if depth > 0 => format!("not ({})", condition(choices, names, depth - 1)),
        _ => leaf(choices, names),
    };
    let count = [1, 2, 2, 3][choices.below(4)];
    let parts: Vec<String> = (0..count).map(|_| part(choices)).collect();
    parts.join(if choices.below(2) == 0 { " and " } else { " or " })
}

fn targets(choices: &mut Choices) -> String {
    let mut all = vec![*choices.pick(&TARGETS)];
    while choices.below(2) == 1 && !all.last().unwrap().starts_with(['q', 'p']) {
        all.push(*choices.pick(&TARGETS));
    }
    if !all.last().unwrap().starts_with(['q', 'p', 't']) {
        all.push(*choices.pick(&QUEUES));
    }
    all.join(", else ")
}

fn claim(choices: &mut Choices, names: &Names) -> String {
    let who = *choices.pick(&["no lead", "every lead"]);
    let when = if choices.below(3) == 0 { String::new() } else { format!(" where {}", condition(choices, names, 1)) };
    let what = match choices.below(8) {
        0 => "has an sla".to_owned(),
        1 => "has sla fast".to_owned(),
        2 => "has priority 2..".to_owned(),
        3 => "is in territory north or inner".to_owned(),
        4 => "is taken by rule \"r0\"".to_owned(),
        5 => format!("goes to {} or {}", choices.pick(&TARGETS), choices.pick(&TARGETS)),
        _ => format!("goes to {}", choices.pick(&TARGETS)),
    };
    format!("{who}{when} {what}")
}

/// The policy, and the file of accounts.
pub fn policy(choices: &mut Choices) -> (String, String) {
    let mut text = String::from(
        "lead { id text required  flag boolean  size integer 0..3  kind one of a, b, c  must boolean required }\n",
    );
    text.push_str(PEOPLE);
    let queue = |choices: &mut Choices| *choices.pick(&QUEUES);
    let over = if choices.below(2) == 1 { "use pool two, then " } else { "" };
    writeln!(text, "pool one of red {{ round robin  when empty {over}{} }}", queue(choices)).unwrap();
    let wide =
        if choices.one_in(3) { format!("after 10 minutes untouched try {}", queue(choices)) } else { String::new() };
    writeln!(text, "pool two of blue {{ round robin  {wide}  when empty {} }}", queue(choices)).unwrap();
    let breach =
        if choices.one_in(3) { format!("on breach {{ recycle to {} }}", queue(choices)) } else { String::new() };
    writeln!(text, "sla fast {{ respond within 1 hour  {breach} }}\nsla slow {{ respond within 1 day }}").unwrap();
    let tie = if choices.one_in(4) { "queue second" } else { "no match" };
    writeln!(
        text,
        "records account from \"accounts.csv\" {{ site text required  owner rep  vip boolean  match by site = lead.id  on tie {tie} }}"
    )
    .unwrap();

    let mut names = Names::new();
    for at in 0..choices.below(3) {
        writeln!(text, "segment s{at} when {}", condition(choices, &names, 1)).unwrap();
        names.push(format!("s{at}"));
    }
    let rest = if choices.below(2) == 1 { "  rest otherwise" } else { "" };
    let parts = (condition(choices, &names, 1), condition(choices, &names, 1));
    writeln!(text, "segments part {{ some when {}  others when {}{rest} }}", parts.0, parts.1).unwrap();
    names.push("some".to_owned());
    let terms: Vec<String> =
        (0..3).map(|_| format!("{} when {}", choices.pick(&["+3", "+4", "-2"]), leaf(choices, &names))).collect();
    writeln!(text, "score fit 0..10 {{ {} }}", terms.join("  ")).unwrap();
    let cold = if choices.below(2) == 1 { ", cold otherwise" } else { "" };
    writeln!(text, "grade tier of fit {{ hot from 7, warm from 3{cold} }}").unwrap();
    names.push("tier = warm".to_owned());
    names.push("fit >= 4".to_owned());
    let covered = if choices.below(2) == 1 { "covered " } else { "" };
    let whens: Vec<String> = (0..4).map(|_| condition(choices, &names, 1)).collect();
    writeln!(
        text,
        "territories {{ north when {} {covered}{{ inner when {}  outer when {} }}  south when {} }}",
        whens[0], whens[1], whens[2], whens[3]
    )
    .unwrap();
    names.push("north".to_owned());
    if choices.one_in(3) {
        writeln!(text, "exclude \"E\" when {}", condition(choices, &names, 1)).unwrap();
    }
    let rows: Vec<String> = (0..2)
        .map(|_| {
            let cells =
                (choices.pick(&["a", "b | c", "any", "missing"]), choices.pick(&["any", "0..1", "2..", "present"]));
            let given = choices.pick(&["pool one", "queue first", "pool two, sla slow", "team blue, priority 3"]);
            format!("{}, {} -> {given}", cells.0, cells.1)
        })
        .collect();
    // All rows give the same kinds of things, or the policy is not sound and left out.
    writeln!(text, "table desk by kind, size first row wins {{ {} }}", rows.join("  ")).unwrap();

    text.push_str("route main {\n");
    for at in 0..1 + choices.below(3) {
        let sla = choices.pick(&["", "sla fast", "sla slow"]);
        let priority = choices.pick(&["", "priority 1", "priority 2"]);
        let when = condition(choices, &names, 1);
        writeln!(text, "  rule \"r{at}\" {{ match {when}  assign {}  {sla}  {priority} }}", targets(choices)).unwrap();
    }
    if choices.one_in(4) {
        writeln!(text, "  continue in side when {}", condition(choices, &names, 0)).unwrap();
    }
    if !choices.one_in(4) {
        text.push_str("  otherwise { assign queue third }\n");
    }
    text.push_str("}\n");
    if text.contains("continue in side") {
        writeln!(text, "route side {{ rule \"s\" {{ match {}  assign queue first }} }}", leaf(choices, &names))
            .unwrap();
    }
    if choices.one_in(4) {
        writeln!(text, "experiment trial on rule \"r0\" by id {{ 50% control  50% assign {} }}", queue(choices))
            .unwrap();
    }
    for at in 0..2 {
        writeln!(text, "guarantee \"g{at}\" {{ {} }}", claim(choices, &names)).unwrap();
    }
    let owners = choices.pick(&["ana", "ben", "", "nobody", "eva"]);
    (text, format!("site,owner,vip\nx,{owners},yes\ny,{},no\n", choices.pick(&["", "ben", "dan"])))
}
