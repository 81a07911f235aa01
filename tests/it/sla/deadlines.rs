//! Where the arithmetic of deadlines breaks elsewhere: clock changes, holidays, lunch breaks, pauses, and all of them at once.

use super::router;
use leadway::policy::SlaId;
use leadway::router::Router;
use leadway::sla::{Event, FollowUp, Given, Holder};
use leadway::syntax::ast::Stage;

const POLICY: &str = r#"policy "P" { timezone "Europe/Berlin" }
lead { id text required }
calendar berlin {
  zone "Europe/Berlin"
  mon..fri 09:00-12:30, 13:30-18:00
  sat..sun 01:00-05:00
  holidays 2026-04-03, 2026-04-06
}
team sales { rep ana { hours berlin } }
queue triage { worked by sales }
pool p of sales { when empty queue triage }
sla hours { respond within 6 hours of business time of assignee }
sla days  { respond within 2 business days in berlin }
sla wall  { respond within 3 days }
route main { rule "D" { match id = "1"  assign pool p  sla days }  rule "W" { match id = "2"  assign pool p  sla wall }  otherwise { assign pool p  sla hours } }
"#;

fn due(router: &Router, sla: u32, start: &str, events: &[(&str, Event)]) -> String {
    let at = |text: &str| router.instant(text).unwrap().micros;
    let given = Given { holder: Holder::Rep(leadway::policy::RepId(0)), pool: Some(leadway::policy::PoolId(0)) };
    let (people, policy) = (router.people(), router.policy());
    let mut follow_up = FollowUp::start(policy, people, SlaId(sla), given, at(start), at(start)).unwrap();
    for (when, event) in events {
        assert_eq!(follow_up.step(event, at(when)), []);
    }
    let due = chrono::DateTime::from_timestamp_micros(follow_up.due(Stage::Respond).unwrap()).unwrap();
    due.with_timezone(&policy.zone).format("%a %Y-%m-%d %H:%M %Z").to_string()
}

#[test]
fn deadlines_hold_over_clock_changes_holidays_lunch_and_pauses() {
    let router = router(POLICY);
    let due = |sla, start, events: &[(&str, Event)]| due(&router, sla, start, events);
    // A lunch break takes no time.
    assert_eq!(due(0, "2026-03-04 10:00", &[]), "Wed 2026-03-04 17:00 CET");
    // Good Friday and Easter Monday are closed; at Easter's weekend nights are open.
    assert_eq!(due(0, "2026-04-02 16:00", &[]), "Sat 2026-04-04 05:00 CEST");
    // In the night of the 29th of March the hours from one to five are three, in that of the 25th of October five.
    assert_eq!(due(0, "2026-03-28 04:00", &[]), "Mon 2026-03-30 11:00 CEST");
    assert_eq!(due(0, "2026-10-24 04:00", &[]), "Sun 2026-10-25 05:00 CET");
    // Three days on the wall end at the same time of day, though one of them has 23 hours.
    assert_eq!(due(2, "2026-03-27 10:00", &[]), "Mon 2026-03-30 10:00 CEST");
    // Business days go round what is closed, and begin where it opens; the weekend's nights make business days too.
    assert_eq!(due(1, "2026-04-06 15:00", &[]), "Thu 2026-04-09 09:00 CEST");
    // A pause counts as far as the hours that it covers: half an hour before lunch and one after it.
    let pause = |from, to| [(from, Event::Paused), (to, Event::Resumed)];
    assert_eq!(due(0, "2026-03-04 10:00", &pause("2026-03-04 12:00", "2026-03-04 14:30")), "Thu 2026-03-05 09:30 CET");
    // At night and over a holiday it changes nothing.
    let quiet = due(0, "2026-04-02 17:00", &[]);
    assert_eq!(due(0, "2026-04-02 17:00", &pause("2026-04-02 18:00", "2026-04-04 00:59")), quiet);
    // Over the change of clocks it is as long as the clocks show: three hours are open that night, one of them is paused away.
    assert_eq!(due(0, "2026-03-28 04:00", &pause("2026-03-29 01:30", "2026-03-29 03:30")), "Mon 2026-03-30 12:00 CEST");
}
