//! iCalendar text in, days and warnings out.

use leadway::data::icalendar::{IcsFault, holidays};
use std::fmt::Write;

/// The days and warnings of events, or the fault, as lines.
fn read(events: &str) -> String {
    let text = format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR\n", events.trim());
    show(text.as_bytes())
}

fn show(bytes: &[u8]) -> String {
    let mut out = String::new();
    match holidays(bytes) {
        Err(IcsFault { line, message }) => writeln!(out, "fault {line}: {message}").unwrap(),
        Ok(read) => {
            let days: Vec<String> = read.days.iter().map(ToString::to_string).collect();
            match days.len() {
                0..=12 => writeln!(out, "{}", days.join(" ")).unwrap(),
                count => writeln!(out, "{count} days, {} to {}", days[0], days[count - 1]).unwrap(),
            }
            if read.listed_until != read.days.last().copied() {
                writeln!(out, "listed until {:?}", read.listed_until).unwrap();
            }
            for warning in read.warnings {
                writeln!(out, "warning {}: {}", warning.line, warning.message).unwrap();
            }
        }
    }
    out
}

fn event(properties: &str) -> String {
    read(&format!("BEGIN:VEVENT\nSUMMARY:Feast\n{}\nEND:VEVENT", properties.trim()))
}

#[test]
fn days_of_one_event() {
    let cases = [
        "DTSTART;VALUE=DATE:20261225",
        "DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261225",
        "DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227",
        "DTSTART:20261225\nDURATION:P1D",
        "DTSTART;VALUE=DATE:20261231\nDURATION:P1W",
        "DTSTART;VALUE=DATE:20261225\nDURATION:PT36H",
        "DTSTART;TZID=\"/x:y/Asia/Tokyo\";VALUE=DATE:20261225",
        "DTSTART;TZID=Europe/Berlin:20261224T000000\nDTEND;TZID=Europe/Berlin:20261226T000000",
        "DTSTART:20261224T140000\nDTEND:20261226T080000",
        "DTSTART:20261224T140000Z\nDTEND:20261224T180000Z",
        "DTSTART;VALUE=DATE:20261225\nSTATUS:CANCELLED",
        "DTSTART;VALUE=DATE:20261225\nBEGIN:VALARM\nTRIGGER:-P1D\nDURATION:P9D\nEND:VALARM",
        "DTSTART;VALUE=DATE:19690101\nDTEND;VALUE=DATE:19700102",
        "DTSTART;VALUE=DATE:20200101\nDTEND;VALUE=DATE:20230101",
    ];
    let shown: String =
        cases.iter().map(|case| format!("{case}\n  => {}\n", event(case).replace('\n', "\n     "))).collect();
    insta::assert_snapshot!(shown);
}

#[test]
fn recurring_events() {
    let cases = [
        "DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;COUNT=4",
        "DTSTART;VALUE=DATE:16010101\nRRULE:FREQ=YEARLY;BYMONTH=1",
        "DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY;UNTIL=20230101",
        "DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY;UNTIL=20230101T000000Z;BYMONTHDAY=1;BYMONTH=1",
        "DTSTART;VALUE=DATE:20260525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=3",
        "DTSTART;VALUE=DATE:20260112\nRRULE:FREQ=MONTHLY;INTERVAL=12;BYDAY=2MO;COUNT=3",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE;VALUE=DATE:20270101\nRDATE;VALUE=DATE:20270102,20270103",
        "DTSTART;VALUE=DATE:20260101\nRDATE;VALUE=PERIOD:20260601T000000Z/P1D",
        "DTSTART;VALUE=DATE:20120321\nDTEND;VALUE=DATE:20120610\nRDATE;VALUE=DATE:20120321\nEXDATE;VALUE=DATE:20120321",
        "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261226\nRRULE:FREQ=YEARLY;COUNT=2",
        "DTSTART:20261224T120000\nDTEND:20261227T000000\nRRULE:FREQ=YEARLY;COUNT=2",
        "DTSTART;VALUE=DATE:20260103\nRRULE:FREQ=WEEKLY;BYDAY=SA,SU;COUNT=4",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=HOURLY",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=SOMETIMES",
        "DTSTART;VALUE=DATE:20260101\nRRULE:BYMONTH=13;FREQ=YEARLY",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;INTERVAL=0",
    ];
    let shown: String =
        cases.iter().map(|case| format!("{case}\n  => {}\n", event(case).replace('\n', "\n     "))).collect();
    insta::assert_snapshot!(shown);
}

#[test]
fn an_exception_stands_in_for_its_day() {
    let shown = read(
        "BEGIN:VEVENT\nUID:boxing\nDTSTART;VALUE=DATE:20251226\nRRULE:FREQ=YEARLY;UNTIL=20271231\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:boxing\nRECURRENCE-ID;VALUE=DATE:20261226\nDTSTART;VALUE=DATE:20261228\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:boxing\nRECURRENCE-ID;VALUE=DATE:20271226\nDTSTART;VALUE=DATE:20271226\nSTATUS:CANCELLED\nEND:VEVENT",
    );
    assert_eq!(shown, "2025-12-26 2026-12-28\n");
}

#[test]
fn broken_files() {
    let endless = |rules: usize| {
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY\nEND:VEVENT\n".repeat(rules).trim().to_owned()
    };
    let cases = [
        ("empty", show(b"")),
        ("a web page", show(b"\n<!DOCTYPE html>\n<title>x</title>: y")),
        ("NUL", show(b"BEGIN:VCALENDAR\nX:\0\nEND:VCALENDAR")),
        ("cut off", show(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nSUMM")),
        ("crossed", show(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT")),
        ("closed twice", show(b"BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR")),
        ("no start", event("UID:1")),
        ("a day that is not", event("DTSTART:20260230")),
        ("a wide digit", event("DTSTART:2026012\u{0667}")),
        ("a time that is not", event("DTSTART:20260201T250000")),
        ("ends before", event("DTSTART:20260201\nDTEND:20260131")),
        ("duration", event("DTSTART:20260201\nDURATION:1D")),
        ("endless duration", event("DTSTART:20260201\nDURATION:P99999999999999999D")),
        ("excluded", event("DTSTART:20260201\nEXDATE:yesterday")),
        ("three for ever", read(&endless(3))),
        ("many for ever", read(&endless(9))),
        ("no colon", read("BEGIN:VEVENT\nDTSTART:20260201\nplain words\nmore\nEND:VEVENT")),
        ("Windows-1252", show(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:F\xeate\r\nDTSTART:20260714T090000\r\nEND:VEVENT\r\nEND:VCALENDAR")),
        ("folded inside a letter", show(b"\xef\xbb\xbfBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:F\xc3\n \xaate\nDTSTART:2026\r\n\t0714T09\n 0000\nEND:VEVENT\nEND:VCALENDAR")),
        ("huge", show(&vec![b' '; 9 << 20])),
    ];
    let shown: String = cases.iter().map(|(name, shown)| format!("{name}: {shown}")).collect();
    insta::assert_snapshot!(shown);
}

#[test]
fn utf_16() {
    let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260714\r\nEND:VEVENT\r\nEND:VCALENDAR";
    let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(show(&bytes), "2026-07-14\n");
}

#[test]
fn holidays_of_a_part_of_a_country_are_said() {
    let event = |properties: &str| format!("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260608\n{properties}\nEND:VEVENT\n");
    let said = |properties: &str| {
        let shown = read(&event(properties));
        assert!(shown.starts_with("2026-06-08\n"), "the day is closed all the same: {shown}");
        shown.contains("seems to be a holiday of a part of the country")
    };
    for regional in [
        "SUMMARY:King's Birthday (QLD)",
        "SUMMARY:Labour Day (ACT\\, NSW\\, SA)",
        "SUMMARY:Bettag [SO]",
        "SUMMARY:Assumption\nLOCATION:LU/UR/SZ",
        "SUMMARY:Epiphany\nDESCRIPTION:Nur in Baden-W\u{fc}rttemberg und\n  Bayern.",
    ] {
        assert!(said(regional), "{regional}");
    }
    for of_all in
        ["SUMMARY:Whit Monday", "SUMMARY:Canada Day (All)", "SUMMARY:New Year\nLOCATION:", "SUMMARY:May Day ()"]
    {
        assert!(!said(of_all), "{of_all}");
    }
    let two = event("SUMMARY:Sechsel\u{e4}uten\nLOCATION:ZH") + &event("SUMMARY:Fest (BE)");
    assert_eq!(
        read(&two),
        "2026-06-08\nwarning 2: 2 events seem to be holidays of a part of the country, and close their days; the first is `Sechsel\u{e4}uten`\n"
    );
}
