//! Business time against answers of Python's zoneinfo, recorded by tests/oracle/calendar.py.

use leadway::calendar::Calendars;
use leadway::load;
use leadway::policy::CalendarId;
use std::collections::BTreeMap;
use std::sync::Arc;

const MINUTE: i64 = 60_000_000;
/// What the policies of the oracle promise.
const PROMISED: i64 = 95 * MINUTE;

#[test]
fn calendars_answer_as_the_recorded_oracle() {
    let mut compared = 0;
    for section in include_str!("../../oracle/calendar.answers").split("# ").skip(1) {
        let (zone, lines) = section.split_once('\n').unwrap();
        let policy: String = lines.lines().filter_map(|line| line.strip_prefix("| ")).flat_map(|l| [l, "\n"]).collect();
        let files = BTreeMap::from([("main.leadway".to_owned(), Arc::<[u8]>::from(policy.into_bytes()))]);
        let compiled = load::compile("main.leadway", &files).unwrap();
        let policy = compiled.policy.unwrap_or_else(|| panic!("{zone}: {:?}", compiled.diagnostics));
        let calendars = Calendars::new(&policy.calendars);
        for line in lines.lines().filter(|line| !line.starts_with("| ")) {
            let [minute, open, within] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
            let at = minute.parse::<i64>().unwrap() * MINUTE;
            let due = calendars.deadline(CalendarId(0), at, PROMISED);
            let said = (calendars.contains(CalendarId(0), at), due.map(|due| (due - at) / MINUTE));
            assert_eq!(said, (open == "o", Some(within.parse().unwrap())), "{zone}, minute {minute}");
            compared += 1;
        }
    }
    assert!(compared > 5_000, "{compared}");
}
