//! The checked policy: typed, resolved, spans kept. It is plain data that every later stage reads.
//!
//! Ids are places in the vectors of [`Policy`]. Conditions speak of values that were normalised (data/), so that matching one
//! is a comparison and never a conversion.

mod conditions;
pub mod guarantees;
pub mod meaning;
pub mod tests;
pub mod turns;
pub mod ways;
pub mod words;

use crate::source::Span;
use crate::syntax::ast;
use chrono::NaiveDate;
use chrono_tz::Tz;
use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(pub u32);
        impl $name {
            pub fn at(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}

ids! {
    /// A field of the lead: its place in [`Policy::fields`].
    FieldId,
    LetId,
    RecordsId,
    /// A column of one [`Records`].
    ColumnId,
    SegmentId,
    ScoreId,
    GradeId,
    TerritoryId,
    CalendarId,
    TeamId,
    RepId,
    QueueId,
    PoolId,
    SlaId,
    TableId,
    RouteId,
    ListId,
    ExperimentId,
    /// A rule or an `otherwise`: its place in [`Policy::rules`], unique over all routes.
    RuleId,
}

/// A policy that has no error.
#[derive(Debug, Clone, Serialize)]
pub struct Policy {
    pub title: SmolStr,
    /// The zone for days, caps and dates that name no other.
    pub zone: Tz,
    pub on_bad_lead: Option<QueueId>,
    /// Spellings that stand for no value, for every field, as written.
    pub missing: Vec<SmolStr>,
    pub fields: Vec<Field>,
    pub lists: Vec<List>,
    pub lets: Vec<Let>,
    pub records: Vec<Records>,
    pub segments: Vec<Segment>,
    /// Partitions: `segments NAME { ... }`; their parts are in `segments`.
    pub partitions: Vec<Partition>,
    pub scores: Vec<Score>,
    pub grades: Vec<Grade>,
    /// Sets of territories, those without a start first, then by start.
    pub territory_sets: Vec<TerritorySet>,
    /// The territories of all sets; a parent stands before its children.
    pub territories: Vec<Territory>,
    pub calendars: Vec<Calendar>,
    pub teams: Vec<Team>,
    pub reps: Vec<Rep>,
    pub queues: Vec<Queue>,
    pub pools: Vec<Pool>,
    pub slas: Vec<Sla>,
    pub excludes: Vec<Exclude>,
    pub tables: Vec<Table>,
    pub routes: Vec<Route>,
    /// The route named `main`.
    pub main: RouteId,
    pub rules: Vec<Rule>,
    pub statuses: Vec<SmolStr>,
    pub returning: Option<ast::Returning>,
    pub experiments: Vec<Experiment>,
    /// Tiers, from above to below, as declared.
    pub tiers: Vec<Vec<SmolStr>>,
    pub guarantees: Vec<guarantees::Guarantee>,
    pub goals: Vec<Goal>,
    #[serde(skip)]
    pub tests: Vec<tests::TestCase>,
    /// SHA-256, in hexadecimal, of everything that a decision depends on: the policy's meaning and its data files.
    pub hash: String,
}

// ---- leads ----

/// A field of a lead or a column of a record.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub ty: Type,
    pub required: bool,
    /// Columns or keys under which the field is read, in order; its own name where none is written.
    pub columns: Vec<SmolStr>,
    /// Spellings of the source and the value that each means, looked up trimmed and case-folded before the type's own reading.
    pub spellings: Vec<(SmolStr, Value)>,
    /// Spellings of this field alone that stand for no value.
    pub missing: Vec<SmolStr>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Type {
    Text,
    /// Both ends are in it; a value outside is a bad value.
    Integer {
        low: Option<i64>,
        high: Option<i64>,
    },
    Decimal {
        low: Option<Decimal>,
        high: Option<Decimal>,
    },
    /// The ISO 4217 code that amounts are in, where one is declared.
    Money {
        currency: Option<SmolStr>,
    },
    Boolean,
    Date,
    Time,
    Email,
    Domain,
    Country,
    /// ISO 3166-2, read together with this country field (same lead or same record), where one is named.
    Region {
        of: Option<u32>,
    },
    PostalCode {
        of: Option<u32>,
    },
    Language,
    /// A rep by name or email (records only); its value is [`Value::Text`] of what was written, folded; see [`Policy::rep_named`].
    Rep,
    /// The values in the order declared, as written.
    OneOf(Vec<SmolStr>),
    /// `Text` or `OneOf`.
    SetOf(Box<Type>),
}

/// A normalised value. The text-like types (text, email, domain, country, region, postal code, language, enum, rep) are [`Value::Text`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Value {
    Missing,
    Boolean(bool),
    Integer(i64),
    /// Decimals and money.
    Decimal(Decimal),
    Date(NaiveDate),
    Time(Instant),
    Text(Text),
    /// Sorted by the folded form, without repetition.
    Set(Vec<Text>),
}

/// A text as it came (trimmed) and its comparison form: Unicode case folding for free text and enums; for typed codes
/// (country, region, domain, ...) the canonical spelling in both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Text {
    pub folded: SmolStr,
    pub written: SmolStr,
}

/// An instant: microseconds since 1970-01-01T00:00:00Z; the offset in seconds east that it was written with is kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Instant {
    pub micros: i64,
    pub offset: i32,
}

// ---- conditions ----

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Condition {
    pub kind: ConditionKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum ConditionKind {
    Constant(bool),
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
    Segment(SegmentId),
    /// A `let` that is a condition.
    Let(LetId),
    /// The lead is in this territory or below, in whichever set is in force: all territories of that name, one a set.
    Territory(Vec<TerritoryId>),
    /// The grade is one of these steps (places in [`Grade::steps`]).
    Grade(GradeId, Vec<u32>),
    /// The decision's instant is in the calendar (`Not` of it is `arrives outside`).
    ArrivesDuring(CalendarId),
}

/// A question about one value. A missing value fails every test but [`Predicate::Missing`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Test {
    pub subject: Subject,
    pub predicate: Predicate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Subject {
    Field(FieldId),
    /// A `let` that is a value: the domain of an email.
    Let(LetId),
    /// A column of the record that the lead matched; missing where none did.
    Record(RecordsId, ColumnId),
    Score(ScoreId),
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Predicate {
    Missing,
    /// Booleans.
    True,
    /// Integers, decimals, money, dates (days since 1970-01-01), times (microseconds) and scores, all as exact decimals: the value is in one of
    /// these intervals, which are sorted, disjoint and not empty.
    InRanges(Vec<Range>),
    /// Text-like types, compared in the folded form.
    InTexts(TextSet),
    /// The written form, to the letter.
    Exactly(BTreeSet<SmolStr>),
    /// Folded.
    EndsWith(SmolStr),
    /// Folded.
    Contains(SmolStr),
    /// Folded; a whole word: no letter or digit directly before or after it.
    HasWord(SmolStr),
    /// A regular expression (crate `regex`), case-insensitive, found anywhere.
    Matches(SmolStr),
    /// Sets: holds one of these (folded).
    HasAnyOf(BTreeSet<SmolStr>),
}

/// An interval of an ordered type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Range {
    pub low: Bound<Decimal>,
    pub high: Bound<Decimal>,
}

/// Texts to compare with. A list is shared, since it may have thousands of entries and stand in many conditions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextSet {
    /// Folded.
    pub values: Arc<BTreeSet<SmolStr>>,
    /// Ranges of text as of postal codes, in byte order of the folded form: `low <= value`, and `value <= high` or `value` starts with
    /// `high`. `starts with "x"` is the range from x to x.
    pub ranges: Vec<(SmolStr, SmolStr)>,
    /// The list that the values come from, for words and messages.
    pub list: Option<ListId>,
}

/// The values of a list are serialised once, with the list.
impl Serialize for TextSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.list {
            Some(list) => (list, &self.ranges).serialize(serializer),
            None => (&self.values, &self.ranges).serialize(serializer),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct List {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    /// Folded as its uses' types ask; numbers and dates in `ranges`.
    pub values: Arc<BTreeSet<SmolStr>>,
    pub ranges: Vec<Range>,
    pub text_ranges: Vec<(SmolStr, SmolStr)>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Let {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub value: LetValue,
}

#[derive(Debug, Clone, Serialize)]
pub enum LetValue {
    Condition(Condition),
    /// The domain of an email field (also of a domain field: itself); missing where that is missing.
    DomainOf(Subject),
}

// ---- records ----

/// Reference data with the way a lead finds its row.
#[derive(Debug, Clone, Serialize)]
pub struct Records {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub columns: Vec<Field>,
    pub keys: Vec<MatchKey>,
    pub prefer: Vec<Preference>,
    /// A tie that `prefer` cannot break: this queue, or no match.
    pub on_tie: Option<QueueId>,
    /// The rows, one value a column, in file order; a bad value is missing (and was said when the policy was checked).
    #[serde(skip)]
    pub rows: Arc<Vec<Vec<Value>>>,
}

#[derive(Debug, Clone, Serialize)]
pub struct MatchKey {
    /// All must hold; a missing value on either side never matches.
    pub parts: Vec<KeyPart>,
    pub unless: Option<Condition>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct KeyPart {
    pub column: ColumnId,
    pub subject: Subject,
    /// Compare company names: normalised, then by similarity.
    pub like: bool,
}

#[derive(Debug, Clone, Serialize)]
pub enum Preference {
    Holds(ColumnId),
    Same {
        column: ColumnId,
        subject: Subject,
    },
    /// `latest`, `highest`.
    Most(ColumnId),
    /// `earliest`, `lowest`.
    Least(ColumnId),
}

// ---- segments, scores, territories ----

#[derive(Debug, Clone, Serialize)]
pub struct Segment {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    /// For a part that is `otherwise`: none of its siblings.
    pub when: Condition,
    /// The partition it is a part of: its place in [`Policy::partitions`].
    pub partition: Option<u32>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Partition {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub parts: Vec<SegmentId>,
}

/// A sum of points, then held within low and high.
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub low: i64,
    pub high: i64,
    /// `None`: always.
    pub terms: Vec<ScoreTerm>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ScoreTerm {
    pub points: i64,
    pub when: Option<Condition>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct Grade {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub score: ScoreId,
    /// The first step whose `from` the score reaches; `None` is `otherwise`. In the order written. A score below all has no grade.
    pub steps: Vec<(SmolStr, Option<i64>)>,
}

#[derive(Debug, Clone, Serialize)]
pub struct TerritorySet {
    pub title: Option<SmolStr>,
    #[serde(skip)]
    pub span: Span,
    /// The day it begins, in the policy's zone; until the day before the next set begins.
    pub from: Option<NaiveDate>,
    pub roots: Vec<TerritoryId>,
    pub move_open_leads: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Territory {
    pub name: SmolStr,
    pub title: Option<SmolStr>,
    #[serde(skip)]
    pub span: Span,
    /// Its place in [`Policy::territory_sets`].
    pub set: u32,
    pub parent: Option<TerritoryId>,
    pub children: Vec<TerritoryId>,
    /// As written, without the parent's; where none was written, any of the children.
    pub when: Condition,
    pub covered: bool,
}

// ---- calendars ----

#[derive(Debug, Clone, Serialize)]
pub struct Calendar {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub kind: CalendarKind,
}

#[allow(clippy::large_enum_variant, reason = "a policy has few calendars")]
#[derive(Debug, Clone, Serialize)]
pub enum CalendarKind {
    Hours(Hours),
    Or(Vec<CalendarKind>),
    And(Vec<CalendarKind>),
    /// The first, less the others.
    Except(Vec<CalendarKind>),
    Named(CalendarId),
}

/// Weekly hours in one zone. For a day: an exception where there is one, else closed on a holiday, else the last season written that
/// holds the day and speaks of its weekday, else the weekly hours.
#[derive(Debug, Clone, Serialize)]
pub struct Hours {
    pub zone: Tz,
    pub weekly: Week,
    pub seasons: Vec<Season>,
    pub exceptions: BTreeMap<NaiveDate, Vec<DayHours>>,
    pub holidays: BTreeSet<NaiveDate>,
}

/// Monday first; each day's spans sorted and disjoint.
pub type Week = [Vec<DayHours>; 7];

#[derive(Debug, Clone, Serialize)]
pub struct Season {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// `None` for a weekday that the season does not speak of.
    pub week: [Option<Vec<DayHours>>; 7],
}

/// Local minutes after midnight; `from < to`, `to` at most 1440.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DayHours {
    pub from: u16,
    pub to: u16,
}

// ---- people ----

#[derive(Debug, Clone, Serialize)]
pub struct Team {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub manager: Option<RepId>,
    /// In the order declared, roster files in place.
    pub members: Vec<RepId>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Rep {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub email: Option<SmolStr>,
    pub hours: Option<CalendarId>,
    pub zone: Option<Tz>,
    pub weight: i64,
    pub caps: Vec<Cap>,
    /// BCP 47 tags, canonical.
    pub speaks: Vec<SmolStr>,
    pub level: Option<i64>,
    /// Days in the rep's zone (else its calendar's, else the policy's), both included.
    pub away: Vec<(Option<NaiveDate>, Option<NaiveDate>)>,
    pub delegate: Option<RepId>,
    /// A territory's name.
    pub territory: Option<SmolStr>,
    pub since: Option<NaiveDate>,
    pub active: bool,
    /// The other columns of the roster, by name, for `where`.
    pub attributes: BTreeMap<SmolStr, Value>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Cap {
    pub count: i64,
    pub per: ast::Unit,
    /// A step of a grade that alone is counted: `cap 5 hot per day`.
    pub of: Option<(GradeId, u32)>,
    pub zone: CapZone,
    pub credited_back_on: Vec<SmolStr>,
}

#[derive(Debug, Clone, Serialize)]
pub enum CapZone {
    Policy,
    Named(Tz),
    OfRep,
}

#[derive(Debug, Clone, Serialize)]
pub struct Queue {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub worked_by: Vec<TeamId>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Pool {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    /// Members after `where`, in the order of the teams.
    pub members: Vec<RepId>,
    pub strategy: ast::Strategy,
    pub only_on_duty: bool,
    pub only_under_cap: bool,
    pub only_online: bool,
    pub caps: Vec<Cap>,
    pub prefer: Vec<ast::RepPreference>,
    pub joiners: ast::Start,
    pub returners: ast::Start,
    pub when_empty: Vec<Fallback>,
    pub shares_turns_with: Vec<PoolId>,
    #[serde(serialize_with = "without_spans")]
    pub after: Vec<(Span, ast::Duration, Fallback)>,
}

fn without_spans<S: Serializer>(after: &[(Span, ast::Duration, Fallback)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(after.iter().map(|(_, wait, fallback)| (wait, fallback)))
}

#[derive(Debug, Clone, Serialize)]
pub enum Fallback {
    Pool(PoolId),
    Queue(QueueId),
    WaitAtMost(ast::Duration),
    WaitUntilOpening,
}

// ---- SLAs ----

#[derive(Debug, Clone, Serialize)]
pub struct Sla {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub promises: Vec<Promise>,
    /// Places in [`Policy::statuses`]: while a lead has one of these, the clocks stand still.
    pub pause_while: Vec<u32>,
    /// By share, the smallest first.
    pub warnings: Vec<Warning>,
    pub on_breach: Vec<Step>,
    /// When nothing of `on_breach` moves the lead on.
    pub finally: Vec<Step>,
}

/// One promise; an SLA has at most one a stage.
#[derive(Debug, Clone, Serialize)]
pub struct Promise {
    #[serde(skip)]
    pub span: Span,
    pub stage: ast::Stage,
    pub within: ast::Duration,
    pub clock: Clock,
}

#[derive(Debug, Clone, Serialize)]
pub enum Clock {
    Elapsed,
    OfAssignee,
    OfPool,
    In(CalendarId),
}

/// What is done when a share of a promise's time is gone.
#[derive(Debug, Clone, Serialize)]
pub struct Warning {
    /// Of a hundred, from 1 to 99.
    pub percent: u8,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, Serialize)]
pub enum Step {
    Notify(Vec<Recipient>),
    Reassign {
        never_who_had_it: bool,
        at_most: Option<u32>,
        restart_clock: bool,
        #[serde(skip)]
        span: Span,
    },
    Escalate(Recipient),
    Recycle(QueueId),
    Recall(QueueId),
    Reopen,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Recipient {
    Assignee,
    ManagerOfAssignee,
    Rep(RepId),
    /// Lower case.
    Email(SmolStr),
}

// ---- routes ----

#[derive(Debug, Clone, Serialize)]
pub struct Exclude {
    pub title: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub when: Condition,
}

/// A mapping of many rows.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub first_row_wins: bool,
    /// The questions that cells ask, for words in a trace.
    pub inputs: Vec<SmolStr>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// One condition an input (`any` is `Constant(true)`); all must hold.
    pub cells: Vec<Condition>,
    pub target: Option<Target>,
    pub sla: Option<SlaId>,
    pub priority: Option<i64>,
    /// Where the row is written; a row of a CSV file has the span of the file's name in the policy.
    #[serde(skip)]
    pub span: Span,
    /// The line of the CSV file, from 1 (the header is 1).
    pub line: Option<u32>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Route {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub exclusive: bool,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone, Serialize)]
pub enum Entry {
    Rule(RuleId),
    /// Enter another route; come back where nothing there matches.
    Continue {
        route: RouteId,
        when: Option<Condition>,
        #[serde(skip)]
        span: Span,
    },
}

/// A rule; an `otherwise` is one without `when` whose title is `otherwise`.
#[derive(Debug, Clone, Serialize)]
pub struct Rule {
    pub title: SmolStr,
    pub route: RouteId,
    #[serde(skip)]
    pub span: Span,
    /// From its first word to its closing brace.
    #[serde(skip)]
    pub whole: Span,
    pub otherwise: bool,
    pub only: Vec<Period>,
    pub when: Option<Condition>,
    /// Tried in order. Never empty.
    pub assign: Vec<Target>,
    pub sla: Option<SlaId>,
    pub priority: Option<i64>,
    pub tier: Option<SmolStr>,
    pub overrides: Vec<RuleId>,
}

/// Days in a zone, both included.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Period {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub zone: Tz,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Target {
    Pool(PoolId),
    Queue(QueueId),
    Team(TeamId),
    Rep(RepId),
    Owner {
        records: RecordsId,
        column: ColumnId,
        under_cap: bool,
    },
    TeamOfOwner {
        records: RecordsId,
        column: ColumnId,
    },
    ManagerOfOwner {
        records: RecordsId,
        column: ColumnId,
    },
    /// What the row of the table gives; a rule that assigns it matches only where there is a row that gives it.
    Table {
        table: TableId,
        output: Option<ast::OutputKind>,
    },
}

#[derive(Debug, Clone, Serialize)]
pub struct Experiment {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub rule: RuleId,
    /// The last has no `unless` and its field is required.
    pub keys: Vec<(Subject, Option<Condition>)>,
    pub arms: Vec<Arm>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Arm {
    pub name: SmolStr,
    /// Of a hundred; the arms' sum is 100.
    pub percent: Decimal,
    /// Empty: what the rule says.
    pub assign: Vec<Target>,
    pub sla: Option<SlaId>,
    pub priority: Option<i64>,
}

/// What is to be reached, measured over many leads. It changes no decision.
#[derive(Debug, Clone, Serialize)]
pub struct Goal {
    pub written: ast::Goal,
    /// The leads that count; `None`: all.
    #[serde(skip)]
    pub when: Option<Condition>,
}

impl Policy {
    /// The zone of a calendar of weekly hours; a combination has none.
    pub fn calendar_zone(&self, calendar: CalendarId) -> Option<Tz> {
        match &self.calendars.get(calendar.at())?.kind {
            CalendarKind::Hours(hours) => Some(hours.zone),
            _ => None,
        }
    }

    /// The field that names a lead: `id`, else the first that is required, else none.
    pub fn id_field(&self) -> Option<FieldId> {
        let named = self.fields.iter().position(|field| field.name == "id");
        named.or_else(|| self.fields.iter().position(|field| field.required)).map(|at| FieldId(at as u32))
    }

    /// The rep whose name or email this is (any case).
    pub fn rep_named(&self, folded: &str) -> Option<RepId> {
        let by_email =
            self.reps.iter().position(|rep| rep.email.as_ref().is_some_and(|email| email.to_lowercase() == folded));
        by_email
            .or_else(|| self.reps.iter().position(|rep| rep.name.to_lowercase() == folded))
            .map(|at| RepId(at as u32))
    }
}

/// Everything that data files gave: their content by the path written in the policy, or why one could not be read.
pub type DataFiles = IndexMap<String, Result<Arc<[u8]>, String>>;
