//! Holidays from an iCalendar file (RFC 5545): the whole days that its events cover.
//!
//! - An event without times of day closes the days from DTSTART to before DTEND, or for its DURATION, or one day.
//! - An event with times of day closes the days that it covers from midnight to midnight on the clock it is written in; one
//!   that covers none closes nothing, and that is said.
//! - RRULE and RDATE add days, EXDATE takes them away, an event with a RECURRENCE-ID stands in for that day of the event
//!   with its UID, and a cancelled event closes nothing. DTSTART is always a day of the event.
//! - TRANSP is not read: most published calendars mark every holiday as free time.
//! - Nothing in the format says that a holiday is one of a part of the country. Where an event lets it be seen, that is said.
//! - Only days from 1970 to 2100 are kept, so a rule may recur for ever.
//!
//! Lines are read here and not by a crate, because a fault names its line and one odd line must not lose a published file.

pub mod content_line;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use content_line::{ContentLine, ContentLines, content_lines};
use rrule::{Frequency, RRule, RRuleError, RRuleSet, Unvalidated};
use std::collections::{BTreeMap, BTreeSet};

/// Files above this are refused: a national calendar of twenty years has 150 kB.
const MAX_BYTES: usize = 8 << 20;
/// Occurrences of all rules of a file, those before 1970 too.
const MAX_OCCURRENCES: usize = 200_000;
/// Rules of a file: what lies between the occurrences of a rare one is searched too.
const MAX_RULES: usize = 500;
/// Longer events are faults of the file rather than holidays.
const MAX_LENGTH: i64 = 366;

/// The days that a calendar closes, and what its reader left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays {
    pub days: BTreeSet<NaiveDate>,
    /// The last day that no endless rule gives. After it the file knows no movable feast, and perhaps nothing at all.
    pub listed_until: Option<NaiveDate>,
    pub warnings: Vec<IcsWarning>,
}

/// Something that was not used, at a line from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IcsWarning {
    pub line: u32,
    pub message: String,
}

/// Why a file gives no holidays, at a line from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IcsFault {
    pub line: u32,
    pub message: String,
}

fn fault(line: u32, message: impl Into<String>) -> IcsFault {
    IcsFault { line, message: message.into() }
}

/// The holidays of the bytes of one file.
pub fn holidays(bytes: &[u8]) -> Result<Holidays, IcsFault> {
    if bytes.len() > MAX_BYTES {
        return Err(fault(1, "the file is larger than 8 MiB, which no calendar of holidays is"));
    }
    let read = content_lines(bytes);
    let events = events(&read.lines)?;
    let moved = moved_days(&events)?;
    let mut out = Holidays { warnings: reading_warnings(&read), ..Holidays::default() };
    let mut budget = Budget { rules: MAX_RULES, occurrences: MAX_OCCURRENCES };
    let mut timed: Vec<&Event> = Vec::new();
    let mut regional: Vec<&Event> = Vec::new();
    for event in &events {
        if event.is("STATUS", "CANCELLED") {
            continue;
        }
        let Some(start) = event.first("DTSTART") else {
            return Err(fault(event.line, format!("the event `{}` has no DTSTART", event.title())));
        };
        let Some(span) = span(event, start)? else {
            timed.push(event);
            continue;
        };
        if span.length > MAX_LENGTH {
            let message = format!("`{}` lasts {} days and is left out: a holiday ends", event.title(), span.length);
            out.warnings.push(IcsWarning { line: event.line, message });
            continue;
        }
        if event.is_regional() {
            regional.push(event);
        }
        let mut last = None;
        for first in occurrences(event, span.start, &moved, &mut budget)? {
            last = days_from(first, span.offset, span.length).last();
            out.days.extend(days_from(first, span.offset, span.length).filter(in_horizon));
        }
        if !event.recurs_for_ever() {
            out.listed_until = out.listed_until.max(last);
        }
    }
    if let Some(first) = timed.first() {
        let count = timed.len();
        let message = match count {
            1 => format!("`{}` has times of day and closes no whole day", first.title()),
            _ => format!("{count} events have times of day and close no whole day, the first is `{}`", first.title()),
        };
        out.warnings.push(IcsWarning { line: first.line, message });
    }
    if let Some(first) = regional.first() {
        let message = match regional.len() {
            1 => format!("`{}` seems to be a holiday of a part of the country, and closes the day", first.title()),
            count => format!(
                "{count} events seem to be holidays of a part of the country, and close their days; the first is `{}`",
                first.title()
            ),
        };
        out.warnings.push(IcsWarning { line: first.line, message });
    }
    out.warnings.sort_by_key(|warning| warning.line);
    Ok(out)
}

fn reading_warnings(read: &ContentLines) -> Vec<IcsWarning> {
    let mut warnings = Vec::new();
    if read.windows_1252 {
        warnings.push(IcsWarning { line: 1, message: "the file is not UTF-8; it is read as Windows-1252".into() });
    }
    if let Some(&line) = read.unreadable.first() {
        let message = match read.unreadable.len() {
            1 => "a line that is not `NAME:value` is left out".to_owned(),
            count => format!("{count} lines that are not `NAME:value` are left out, this is the first"),
        };
        warnings.push(IcsWarning { line, message });
    }
    warnings
}

// ---- events ----

/// The properties of one VEVENT, without those of the alarms in it.
struct Event<'a> {
    line: u32,
    properties: Vec<&'a ContentLine>,
}

impl<'a> Event<'a> {
    fn all(&self, name: &'a str) -> impl Iterator<Item = &'a ContentLine> {
        self.properties.iter().copied().filter(move |line| line.name == name)
    }

    fn first(&self, name: &'a str) -> Option<&'a ContentLine> {
        self.all(name).next()
    }

    fn is(&self, name: &'a str, value: &str) -> bool {
        self.first(name).is_some_and(|line| line.value.eq_ignore_ascii_case(value))
    }

    fn uid(&self) -> Option<&'a str> {
        self.first("UID").map(|line| line.value.as_str())
    }

    fn recurs_for_ever(&self) -> bool {
        let ends = |part: &str| matches!(part.split_once('='), Some(("COUNT" | "UNTIL", _)));
        self.all("RRULE").any(|line| !line.value.to_ascii_uppercase().split(';').any(ends))
    }

    fn title(&self) -> String {
        self.text("SUMMARY").unwrap_or_else(|| "without a summary".to_owned())
    }

    /// A text without its escapes (RFC 5545, section 3.3.11); none where it is blank.
    fn text(&self, name: &'a str) -> Option<String> {
        let text = self.first(name)?.value.replace("\\n", " ").replace("\\N", " ").replace('\\', "");
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Whether it names where it holds: a place, `Queen's Birthday (QLD)`, `only in Bavaria`.
    fn is_regional(&self) -> bool {
        let title = self.text("SUMMARY").unwrap_or_default();
        let codes = title.rsplit_once(['(', '[']).and_then(|(_, end)| end.strip_suffix([')', ']']));
        let is_code = |word: &str| (2..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
        let of_codes = codes.is_some_and(|codes| {
            let mut words = codes.split([',', '/', ' ']).filter(|word| !word.is_empty()).peekable();
            words.peek().is_some() && words.all(is_code)
        });
        let described = self.text("DESCRIPTION").unwrap_or_default().to_lowercase();
        let only = ["nur in ", "only in ", "uniquement en ", "solo en ", "solo in ", "somente em ", "alleen in "];
        of_codes || self.text("LOCATION").is_some() || only.iter().any(|words| described.contains(words))
    }
}

/// The events of a file, whose components must open and close in order.
fn events(lines: &[ContentLine]) -> Result<Vec<Event<'_>>, IcsFault> {
    let starts = |line: &&ContentLine| line.name == "BEGIN" && line.value.eq_ignore_ascii_case("VCALENDAR");
    if lines.first().filter(starts).is_none() {
        let number = lines.first().map_or(1, |line| line.number);
        return Err(fault(number, "this is not an iCalendar file: it does not start with `BEGIN:VCALENDAR`"));
    }
    let mut events: Vec<Event> = Vec::new();
    let mut open: Vec<&ContentLine> = Vec::new();
    for line in lines {
        match line.name.as_str() {
            "BEGIN" => {
                if line.value.eq_ignore_ascii_case("VEVENT") {
                    events.push(Event { line: line.number, properties: Vec::new() });
                }
                open.push(line);
            }
            "END" => match open.pop() {
                Some(begin) if begin.value.eq_ignore_ascii_case(&line.value) => {}
                Some(begin) => {
                    let message = format!(
                        "`END:{}` where `END:{}` is expected, for line {}",
                        line.value, begin.value, begin.number
                    );
                    return Err(fault(line.number, message));
                }
                None => return Err(fault(line.number, format!("`END:{}` without its `BEGIN`", line.value))),
            },
            _ => {
                if let (Some(inside), Some(event)) = (open.last(), events.last_mut())
                    && inside.value.eq_ignore_ascii_case("VEVENT")
                {
                    event.properties.push(line);
                }
            }
        }
    }
    match open.last() {
        Some(begin) => Err(fault(begin.number, format!("`BEGIN:{}` has no `END`: the file is cut off", begin.value))),
        None => Ok(events),
    }
}

/// For each UID, the days of its event that another event stands in for.
fn moved_days<'a>(events: &[Event<'a>]) -> Result<BTreeMap<&'a str, BTreeSet<NaiveDate>>, IcsFault> {
    let mut moved: BTreeMap<&str, BTreeSet<NaiveDate>> = BTreeMap::new();
    for event in events {
        if let (Some(uid), Some(line)) = (event.uid(), event.first("RECURRENCE-ID")) {
            moved.entry(uid).or_default().insert(moment(line, &line.value)?.at.date());
        }
    }
    Ok(moved)
}

// ---- dates and durations ----

/// A DATE (at midnight) or a DATE-TIME on the clock it is written in.
struct Moment {
    at: NaiveDateTime,
    has_time: bool,
}

fn moment(line: &ContentLine, text: &str) -> Result<Moment, IcsFault> {
    let (day, time) = match text.split_once(['T', 't']) {
        Some((day, time)) => (day, Some(time.trim_end_matches(['Z', 'z']))),
        None => (text, None),
    };
    let all_digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let date = all_digits(day, 8).then(|| NaiveDate::parse_from_str(day, "%Y%m%d").ok()).flatten();
    let time = match time {
        None => Some(NaiveTime::MIN),
        Some(time) => all_digits(time, 6).then(|| NaiveTime::parse_from_str(time, "%H%M%S").ok()).flatten(),
    };
    match (date, time) {
        (Some(date), Some(time)) => Ok(Moment { at: date.and_time(time), has_time: text.len() > 8 }),
        _ => {
            let message = format!("`{text}` in {} is not a date as in `20261225` or `20261225T000000`", line.name);
            Err(fault(line.number, message))
        }
    }
}

/// The whole days of one occurrence: `length` days from `offset` days after the day that it starts on.
struct WholeDays {
    start: NaiveDate,
    offset: u64,
    length: i64,
}

/// `None` where the event covers no whole day.
fn span(event: &Event, start_line: &ContentLine) -> Result<Option<WholeDays>, IcsFault> {
    let start = moment(start_line, &start_line.value)?;
    let end = match (event.first("DTEND"), event.first("DURATION")) {
        (Some(line), _) => {
            let end = moment(line, &line.value)?.at;
            if end < start.at {
                return Err(fault(line.number, format!("`{}` ends before it starts", event.title())));
            }
            end
        }
        (None, Some(line)) => {
            let end = duration(&line.value).and_then(|seconds| start.at.checked_add_signed(seconds));
            end.ok_or_else(|| fault(line.number, format!("`{}` is not a duration as in `P1D`", line.value)))?
        }
        (None, None) => start.at,
    };
    let first = if start.at.time() == NaiveTime::MIN { start.at.date() } else { next_day(start.at.date()) };
    let mut length = (end.date() - first).num_days();
    if !start.has_time {
        length = length.max(1);
    }
    let offset = if first == start.at.date() { 0 } else { 1 };
    Ok((length > 0).then(|| WholeDays { start: start.at.date(), offset, length }))
}

/// RFC 5545, section 3.3.6: `P2W`, `P1D`, `P1DT12H30M`.
fn duration(text: &str) -> Option<chrono::TimeDelta> {
    let text = text.trim_start_matches('+').strip_prefix('P')?;
    let (days, clock) = text.split_once('T').unwrap_or((text, ""));
    let mut seconds: i64 = 0;
    for (part, units) in
        [(days, [('W', 604_800), ('D', 86_400), ('D', 86_400)]), (clock, [('H', 3_600), ('M', 60), ('S', 1)])]
    {
        let mut rest = part;
        while let Some(at) = rest.find(|found: char| !found.is_ascii_digit()) {
            let (count, unit) = rest.split_at_checked(at)?;
            let unit_name = unit.chars().next()?;
            let (_, each) = units.iter().find(|(name, _)| *name == unit_name)?;
            seconds = seconds.checked_add(count.parse::<i64>().ok()?.checked_mul(*each)?)?;
            rest = unit.get(1..)?;
        }
        if !rest.is_empty() {
            return None;
        }
    }
    chrono::TimeDelta::try_seconds(seconds)
}

fn next_day(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

fn in_horizon(day: &NaiveDate) -> bool {
    (1970..=2100).contains(&day.year())
}

fn days_from(first: NaiveDate, offset: u64, length: i64) -> impl Iterator<Item = NaiveDate> {
    let first = first.checked_add_days(Days::new(offset)).unwrap_or(NaiveDate::MAX);
    first.iter_days().take(usize::try_from(length).unwrap_or(0))
}

// ---- recurrence ----

/// What is left of the file's limits.
struct Budget {
    rules: usize,
    occurrences: usize,
}

/// The days on which an event starts, from DTSTART on.
fn occurrences(
    event: &Event,
    start: NaiveDate,
    moved: &BTreeMap<&str, BTreeSet<NaiveDate>>,
    budget: &mut Budget,
) -> Result<BTreeSet<NaiveDate>, IcsFault> {
    let mut days = BTreeSet::from([start]);
    for line in event.all("RRULE") {
        budget.rules = budget
            .rules
            .checked_sub(1)
            .ok_or_else(|| fault(line.number, format!("the file has more than {MAX_RULES} recurring events")))?;
        days.extend(rule_days(line, start, budget)?);
    }
    for line in event.all("RDATE") {
        for text in line.value.split(',') {
            // A period is a moment, a slash and an end; the event's own length stands.
            days.insert(moment(line, text.split('/').next().unwrap_or(text))?.at.date());
        }
    }
    for line in event.all("EXDATE") {
        for text in line.value.split(',') {
            days.remove(&moment(line, text)?.at.date());
        }
    }
    if event.first("RECURRENCE-ID").is_none()
        && let Some(moved) = event.uid().and_then(|uid| moved.get(uid))
    {
        days.retain(|day| !moved.contains(day));
    }
    Ok(days)
}

/// The days of one rule up to 2100. UNTIL is compared by day here, because its zone does not matter to a whole day.
fn rule_days(line: &ContentLine, start: NaiveDate, budget: &mut Budget) -> Result<Vec<NaiveDate>, IcsFault> {
    let wrong =
        |what: &dyn std::fmt::Display| fault(line.number, format!("`{}` is not a recurrence rule: {what}", line.value));
    let mut parts: Vec<&str> = Vec::new();
    let mut until = NaiveDate::MAX;
    for part in line.value.split(';').filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some((name, day)) if name.eq_ignore_ascii_case("UNTIL") => until = moment(line, day)?.at.date(),
            _ => parts.push(part),
        }
    }
    let rule: RRule<Unvalidated> = parts.join(";").parse().map_err(|error| wrong(&reason(error)))?;
    if !matches!(rule.get_freq(), Frequency::Yearly | Frequency::Monthly | Frequency::Weekly | Frequency::Daily) {
        return Err(wrong(&"whole days recur by day, week, month or year"));
    }
    if rule.get_interval() == 0 {
        return Err(wrong(&"its interval is 0"));
    }
    let midnight = rrule::Tz::UTC.from_utc_datetime(&start.and_time(NaiveTime::MIN));
    let rule = rule.validate(midnight).map_err(|error| wrong(&reason(error)))?;
    let mut days = Vec::new();
    let mut rule_days = RRuleSet::new(midnight).rrule(rule).limit().into_iter().map(|at| at.date_naive()).peekable();
    if rule_days.peek().is_none() {
        return Err(wrong(&"no day is like that"));
    }
    for day in rule_days {
        if day > until || day.year() > 2100 {
            break;
        }
        budget.occurrences = budget.occurrences.checked_sub(1).ok_or_else(|| {
            fault(line.number, format!("the events of the file occur more than {MAX_OCCURRENCES} times"))
        })?;
        days.push(day);
    }
    Ok(days)
}

/// The crate's own words, without what kind of error it is.
fn reason(error: RRuleError) -> String {
    let words = match error {
        RRuleError::ParserError(error) => error.to_string(),
        RRuleError::ValidationError(error) => error.to_string(),
        RRuleError::IterError(words) => words,
    };
    words.trim_end_matches('.').to_owned()
}
