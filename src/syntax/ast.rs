//! The tree of a policy file, as it was written: names are not resolved, values are not typed.
//!
//! Spans say where a node stands; they are left out when a tree is serialised, so that two trees are the same when their
//! serialised forms are. The order of everything is the order written.

use crate::source::Span;
use serde::Serialize;
use smol_str::SmolStr;

/// A word that names or refers to something, or a quoted name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Name {
    pub text: SmolStr,
    /// Written with quotes.
    pub quoted: bool,
    #[serde(skip)]
    pub span: Span,
}

/// A quoted text, with its escapes resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    pub text: SmolStr,
    #[serde(skip)]
    pub span: Span,
}

/// A whole number without sign or with `-`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Whole {
    pub value: i64,
    #[serde(skip)]
    pub span: Span,
}

/// A file that was parsed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct File {
    pub items: Vec<Item>,
}

/// One declaration.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    pub kind: ItemKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum ItemKind {
    /// `include "territories.leadway"`
    Include(Text),
    Policy(PolicyBlock),
    Lead(LeadBlock),
    /// `status new, working, ...`: the policy's own list of statuses.
    Status(Vec<Name>),
    List(List),
    Let(Let),
    Records(Records),
    /// `segment NAME when ...`
    Segment(Segment),
    /// `segments NAME { ... }`
    Segments(Segments),
    Score(Score),
    Grade(Grade),
    Territories(Territories),
    Calendar(Calendar),
    Team(Team),
    Queue(Queue),
    Pool(Pool),
    Sla(Sla),
    /// `exclude "..." when ...`
    Exclude(Exclude),
    Returning(Returning),
    Table(Table),
    Route(Route),
    /// `tier A above B`
    Tier(Tier),
    Experiment(Experiment),
    Guarantee(Guarantee),
    Goal(Goal),
    Test(Test),
}

// ---- literals and conditions ----

/// A value as written. Dates and times are checked to exist by the parser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Literal {
    pub kind: LiteralKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum LiteralKind {
    /// A lower-case word: an enum value, `true`, a grade.
    Word(SmolStr),
    /// Upper-case code: `DE`, `US-CA`, `USD`.
    Code(SmolStr),
    Text(SmolStr),
    /// `exactly "X"`
    Exactly(SmolStr),
    /// `12`, `-3`, `1_000.50`; underscores left out.
    Number(rust_decimal::Decimal),
    /// `5_000_000 USD`
    Money(rust_decimal::Decimal, SmolStr),
    Date(chrono::NaiveDate),
    /// A local time, or with an offset in seconds east where one was written (`Z` is 0).
    Time(chrono::NaiveDateTime, Option<i32>),
}

/// A member of a list of values, in a condition, a table cell or a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Operand {
    One(Literal),
    /// `200..999`, `1000..`, `..10`: both ends are in it.
    Range {
        low: Option<Literal>,
        high: Option<Literal>,
        #[serde(skip)]
        span: Span,
    },
}

/// What a condition asks about: `employees`, `account.customer`, `domain of email`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The word before `of`: `domain` in `domain of email`.
    pub function: Option<Name>,
    /// `account` in `account.customer`.
    pub record: Option<Name>,
    pub name: Name,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    pub kind: ConditionKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum ConditionKind {
    /// Two or more, joined by `and`.
    And(Vec<Condition>),
    /// Two or more, joined by `or`.
    Or(Vec<Condition>),
    Not(Box<Condition>),
    /// What stands alone: a segment, a territory, a boolean field or let, `account.customer`.
    Holds(Subject),
    /// `S = V`, `S in V, W`, `S starts with V`, ...
    Compare {
        subject: Subject,
        op: Op,
        values: Vec<Operand>,
        #[serde(skip)]
        op_span: Span,
    },
    /// `S is missing`
    Missing(Subject),
    /// `S is present`
    Present(Subject),
    /// `arrives during CALENDAR`, or `arrives outside CALENDAR` where `outside`.
    Arrives {
        outside: bool,
        calendar: Name,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Op {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    StartsWith,
    EndsWith,
    Contains,
    HasWord,
    Matches,
    HasAnyOf,
    HasAllOf,
    HasNoneOf,
}

impl Op {
    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Op::Equal => "=",
            Op::NotEqual => "!=",
            Op::Less => "<",
            Op::LessOrEqual => "<=",
            Op::Greater => ">",
            Op::GreaterOrEqual => ">=",
            Op::In => "in",
            Op::NotIn => "not in",
            Op::StartsWith => "starts with",
            Op::EndsWith => "ends with",
            Op::Contains => "contains",
            Op::HasWord => "has word",
            Op::Matches => "matches",
            Op::HasAnyOf => "has any of",
            Op::HasAllOf => "has all of",
            Op::HasNoneOf => "has none of",
        }
    }
}

/// `5 minutes`, `1 business day`, `30 days`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duration {
    pub count: i64,
    pub unit: Unit,
    /// `1 business day`
    pub business: bool,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

/// One day as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day {
    pub date: chrono::NaiveDate,
    #[serde(skip)]
    pub span: Span,
}

/// Days, both included; an open end where one side is not written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DateRange {
    pub from: Option<chrono::NaiveDate>,
    pub to: Option<chrono::NaiveDate>,
    #[serde(skip)]
    pub span: Span,
}

/// A zone of days: `in zone "Europe/Berlin"`, or `in zone of rep`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum ZoneRef {
    Named(Text),
    OfRep(#[serde(skip)] Span),
}

// ---- the policy and its leads ----

#[derive(Debug, Clone, Serialize)]
pub struct PolicyBlock {
    pub title: Text,
    pub clauses: Vec<PolicyClause>,
}

#[derive(Debug, Clone, Serialize)]
pub enum PolicyClause {
    /// `timezone "America/New_York"`
    Timezone(Text),
    /// `on bad lead queue data_stewards`
    OnBadLead(Name),
}

#[derive(Debug, Clone, Serialize)]
pub struct LeadBlock {
    /// `missing means "", "Select"`, for every field; each clause by itself.
    pub missing: Vec<Vec<Text>>,
    pub fields: Vec<Field>,
}

/// A field of a lead, or a column of a record.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    pub name: Name,
    pub ty: Type,
    pub required: bool,
    pub from: Option<FromColumns>,
    /// `missing means "-1"` on one field.
    pub missing: Vec<Text>,
    #[serde(skip)]
    pub span: Span,
}

/// `from "Lead Source" { "Demo Request" = demo_request }`: columns are tried in the order written.
#[derive(Debug, Clone, Serialize)]
pub struct FromColumns {
    pub columns: Vec<Text>,
    pub spellings: Vec<(Text, Literal)>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct Type {
    pub kind: TypeKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum TypeKind {
    Text,
    /// With a range where one is written.
    Integer(Option<Operand>),
    Decimal(Option<Operand>),
    /// `money in USD`
    Money(Option<Literal>),
    Boolean,
    Date,
    Time,
    Email,
    Domain,
    Country,
    /// `region of country`: the field that says the country.
    Region(Option<Name>),
    PostalCode(Option<Name>),
    Language,
    /// A rep, by name or email; only in records.
    Rep,
    OneOf(Vec<Literal>),
    /// `set of text`, `set of one of a, b`
    SetOf(Box<Type>),
}

/// `list NAME = DE, AT` or `list NAME from "file" column domain`.
#[derive(Debug, Clone, Serialize)]
pub struct List {
    pub name: Name,
    pub source: ListSource,
}

#[derive(Debug, Clone, Serialize)]
pub enum ListSource {
    Values(Vec<Operand>),
    File { path: Text, column: Option<Name> },
}

/// `let NAME = domain of email` or `let NAME = CONDITION`.
#[derive(Debug, Clone, Serialize)]
pub struct Let {
    pub name: Name,
    pub value: LetValue,
}

#[derive(Debug, Clone, Serialize)]
pub enum LetValue {
    /// A value taken from a field: `domain of email`.
    Value(Subject),
    Condition(Condition),
}

// ---- records ----

/// `records account from "accounts.csv" { ... }`
#[derive(Debug, Clone, Serialize)]
pub struct Records {
    pub name: Name,
    pub path: Text,
    /// `missing means ...` for every column.
    pub missing: Vec<Vec<Text>>,
    pub columns: Vec<Field>,
    pub clauses: Vec<RecordClause>,
}

#[derive(Debug, Clone, Serialize)]
pub enum RecordClause {
    MatchBy {
        keys: Vec<MatchKey>,
        unless: Option<Condition>,
        #[serde(skip)]
        span: Span,
    },
    /// `prefer country = lead.country, then customer, then latest last_activity`
    Prefer {
        order: Vec<Preference>,
        #[serde(skip)]
        span: Span,
    },
    OnTie {
        target: TieTarget,
        #[serde(skip)]
        span: Span,
    },
}

/// `website = lead.company_domain`, `name like lead.company`.
#[derive(Debug, Clone, Serialize)]
pub struct MatchKey {
    pub column: Name,
    pub like: bool,
    /// The lead's field or let, after `lead.`.
    pub field: Name,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum Preference {
    /// A boolean column.
    Holds(Name),
    /// `country = lead.country`
    Same {
        column: Name,
        field: Name,
    },
    Latest(Name),
    Earliest(Name),
    Highest(Name),
    Lowest(Name),
}

#[derive(Debug, Clone, Serialize)]
pub enum TieTarget {
    NoMatch,
    Queue(Name),
}

// ---- segments, scores, territories ----

#[derive(Debug, Clone, Serialize)]
pub struct Segment {
    pub name: Name,
    pub when: Condition,
}

#[derive(Debug, Clone, Serialize)]
pub struct Segments {
    pub name: Name,
    pub parts: Vec<SegmentPart>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SegmentPart {
    pub name: Name,
    /// None is `otherwise`.
    pub when: Option<Condition>,
    #[serde(skip)]
    pub span: Span,
}

/// `score fit 0..100 { +40 when enterprise }`
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    pub name: Name,
    pub low: Whole,
    pub high: Whole,
    pub terms: Vec<ScoreTerm>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ScoreTerm {
    pub points: Whole,
    /// None: always (`+10`).
    pub when: Option<Condition>,
    #[serde(skip)]
    pub span: Span,
}

/// `grade tier of fit { hot from 70, warm from 40, cold otherwise }`
#[derive(Debug, Clone, Serialize)]
pub struct Grade {
    pub name: Name,
    pub score: Name,
    pub steps: Vec<GradeStep>,
}

#[derive(Debug, Clone, Serialize)]
pub struct GradeStep {
    pub name: Name,
    /// None is `otherwise`.
    pub from: Option<Whole>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Territories {
    pub title: Option<Text>,
    pub from: Option<Day>,
    pub roots: Vec<Territory>,
    /// `move open leads when untouched`
    pub move_open_leads: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Territory {
    pub name: Name,
    pub title: Option<Text>,
    /// None where a territory is just the sum of its children (`emea { ... }`).
    pub when: Option<Condition>,
    /// `covered`: declared to be covered by its children.
    pub covered: bool,
    pub children: Vec<Territory>,
    #[serde(skip)]
    pub span: Span,
}

// ---- calendars ----

#[derive(Debug, Clone, Serialize)]
pub struct Calendar {
    pub name: Name,
    pub body: CalendarBody,
}

#[derive(Debug, Clone, Serialize)]
pub enum CalendarBody {
    Block(Vec<CalendarClause>),
    /// `london or sydney except bank_holidays`; of one kind of operator unless bracketed.
    Combined(CalendarExpr),
}

#[derive(Debug, Clone, Serialize)]
pub enum CalendarExpr {
    Name(Name),
    Or(Vec<CalendarExpr>),
    And(Vec<CalendarExpr>),
    /// The first, less the others.
    Except(Vec<CalendarExpr>),
}

#[derive(Debug, Clone, Serialize)]
pub enum CalendarClause {
    Zone(Text),
    /// `mon..fri 09:00-12:30, 13:30-18:00`, `sat closed`; a season where `during` is written.
    Hours {
        days: Vec<DaySpan>,
        hours: Vec<HourSpan>,
        during: Option<DateRange>,
        #[serde(skip)]
        span: Span,
    },
    /// `holidays "calendars/gb.ics"`
    HolidaysFile(Text),
    /// `holidays 2026-12-24, 2026-12-27..2026-12-31`
    HolidayDates(Vec<DateRange>),
    /// `on 2026-12-24 09:00-12:00`, `on 2026-12-24 closed`: an exception for dates.
    On {
        dates: Vec<DateRange>,
        hours: Vec<HourSpan>,
        #[serde(skip)]
        span: Span,
    },
}

/// `mon..fri` or `sat` (both ends the same).
#[derive(Debug, Clone, Serialize)]
pub struct DaySpan {
    pub from: chrono::Weekday,
    pub to: chrono::Weekday,
}

/// `09:00-17:30`, in minutes after midnight; `to` may be 1440 (`24:00`).
#[derive(Debug, Clone, Serialize)]
pub struct HourSpan {
    pub from: u16,
    pub to: u16,
    #[serde(skip)]
    pub span: Span,
}

// ---- people ----

#[derive(Debug, Clone, Serialize)]
pub struct Team {
    pub name: Name,
    pub manager: Option<Name>,
    pub members: Vec<Members>,
    pub reps: Vec<Rep>,
}

/// `members from "roster.csv" where team = "dach_aes"`
#[derive(Debug, Clone, Serialize)]
pub struct Members {
    pub path: Text,
    pub filter: Option<Condition>,
    #[serde(skip)]
    pub span: Span,
}

/// `rep ana "ana@acme.test" { ... }`
#[derive(Debug, Clone, Serialize)]
pub struct Rep {
    pub name: Name,
    pub email: Option<Text>,
    pub clauses: Vec<RepClause>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum RepClause {
    Hours(Name),
    Zone(Text),
    Weight(Whole),
    /// `cap 20 per day in zone "..."`
    Cap {
        count: Whole,
        per: Unit,
        zone: Option<ZoneRef>,
    },
    Speaks(Vec<Name>),
    Level(Whole),
    /// `away 2026-03-02..2026-03-13`
    Away(Vec<DateRange>),
    /// `delegate omar`: takes over while the rep is away or gone.
    Delegate(Name),
    Territory(Name),
    /// `since 2026-01-15`: the day on which the rep joins.
    Since(Day),
    Inactive(#[serde(skip)] Span),
}

/// `queue triage { worked by emea_sdrs }`
#[derive(Debug, Clone, Serialize)]
pub struct Queue {
    pub name: Name,
    pub worked_by: Vec<Name>,
}

// ---- pools ----

#[derive(Debug, Clone, Serialize)]
pub struct Pool {
    pub name: Name,
    pub teams: Vec<Name>,
    pub filter: Option<Condition>,
    pub clauses: Vec<PoolClause>,
}

#[derive(Debug, Clone, Serialize)]
pub struct PoolClause {
    pub kind: PoolClauseKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum PoolClauseKind {
    Strategy(Strategy),
    /// `only reps on duty, under cap, online`
    Only(Vec<Eligible>),
    /// `cap 5 hot per day in zone of rep, credited back on duplicate, wrong_territory`
    Cap {
        count: Whole,
        of: Option<Name>,
        per: Unit,
        zone: Option<ZoneRef>,
        credited_back_on: Vec<Name>,
    },
    /// `prefer reps who speak language, then level, then same territory`
    Prefer(Vec<RepPreference>),
    Joiners(Start),
    Returners(Start),
    WhenEmpty(Vec<Fallback>),
    /// `share turns with dach_enterprise`
    ShareTurnsWith(Vec<Name>),
    /// `after 10 minutes untouched try pool X`
    After {
        wait: Duration,
        fallback: Fallback,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Strategy {
    RoundRobin,
    RoundRobinWeighted,
    LeastLoaded,
    InOrder,
    /// `sticky by account`
    StickyByAccount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Eligible {
    OnDuty,
    UnderCap,
    Online,
}

#[derive(Debug, Clone, Serialize)]
pub enum RepPreference {
    /// `reps who speak language`: the lead's field.
    Speak(Name),
    /// `highest level`
    HighestLevel(#[serde(skip)] Span),
    /// `same territory`
    SameTerritory(#[serde(skip)] Span),
}

#[derive(Debug, Clone, Serialize)]
pub enum Start {
    /// `start level`
    Level,
    /// `made whole`
    MadeWhole,
    /// `catch up by 2 per day`
    CatchUp { by: Whole, per: Unit },
}

#[derive(Debug, Clone, Serialize)]
pub enum Fallback {
    Pool(Name),
    Queue(Name),
    /// `wait at most 4 hours`
    WaitAtMost(Duration),
    /// `wait until next opening`
    WaitUntilOpening(#[serde(skip)] Span),
}

// ---- SLAs and what precedes and follows ----

#[derive(Debug, Clone, Serialize)]
pub struct Sla {
    pub name: Name,
    pub clauses: Vec<SlaClause>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SlaClause {
    pub kind: SlaClauseKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum SlaClauseKind {
    /// `respond within 5 minutes of business time of assignee`
    Within {
        stage: Stage,
        within: Duration,
        clock: SlaClock,
    },
    /// `pause while waiting_on_prospect`
    PauseWhile(Vec<Name>),
    /// `at 80% { ... }`
    At {
        percent: Whole,
        steps: Vec<Step>,
    },
    OnBreach(Vec<Step>),
    Finally(Vec<Step>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Stage {
    Accept,
    Respond,
    /// `meet within ...`: the first meeting.
    Meet,
}

impl Stage {
    /// The word that promises it.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Accept => "accept",
            Stage::Respond => "respond",
            Stage::Meet => "meet",
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub enum SlaClock {
    /// Time on the wall.
    Elapsed,
    /// `of business time of assignee`
    OfAssignee,
    /// `of business time of pool`
    OfPool,
    /// `of business time in follow_the_sun`, `within 1 business day in berlin`
    In(Name),
}

#[derive(Debug, Clone, Serialize)]
pub struct Step {
    pub kind: StepKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum StepKind {
    Notify(Vec<Recipient>),
    /// `reassign in pool, never to a rep who had it, at most 2 times, restart clock`
    Reassign {
        never_who_had_it: bool,
        at_most: Option<Whole>,
        restart_clock: bool,
    },
    /// `escalate to manager of assignee`
    Escalate(Recipient),
    /// `recycle to queue triage`
    Recycle(Name),
    /// `recall to queue partners`
    Recall(Name),
    Reopen,
}

#[derive(Debug, Clone, Serialize)]
pub enum Recipient {
    Assignee,
    ManagerOfAssignee,
    Email(Text),
    /// A rep, by name.
    Rep(Name),
}

#[derive(Debug, Clone, Serialize)]
pub struct Exclude {
    pub title: Text,
    pub when: Condition,
}

/// `returning leads by email, then account { ... }`
#[derive(Debug, Clone, Serialize)]
pub struct Returning {
    pub by: Vec<Name>,
    pub clauses: Vec<ReturningClause>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ReturningClause {
    pub within: Duration,
    pub kind: ReturningKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum ReturningKind {
    KeepOwner,
    JoinSameOwner,
}

// ---- tables ----

/// `table reach by size, prefix of postal_code first row wins { ... }` or `table desk by state -> pool from "desks.csv"`
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    pub name: Name,
    pub inputs: Vec<TableInput>,
    /// The outputs that are named in the head: `-> pool, sla`. Empty where each row says what it gives.
    pub outputs: Vec<OutputKind>,
    pub first_row_wins: bool,
    pub rows: TableRows,
}

#[derive(Debug, Clone, Serialize)]
pub struct TableInput {
    /// `prefix of postal_code`
    pub prefix: bool,
    /// A field, let, partition of segments, grade, score, or `account.x`.
    pub subject: Subject,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum OutputKind {
    Pool,
    Queue,
    Team,
    Rep,
    Sla,
    Priority,
}

#[derive(Debug, Clone, Serialize)]
pub enum TableRows {
    File(Text),
    Written(Vec<TableRow>),
}

#[derive(Debug, Clone, Serialize)]
pub struct TableRow {
    pub cells: Vec<Cell>,
    pub outputs: Vec<Output>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct Cell {
    pub kind: CellKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum CellKind {
    Any,
    Missing,
    Present,
    /// `34..39 | 111..113`
    Values(Vec<Operand>),
}

/// `pool emea_overflow`, `sla hot`, `priority 1`
#[derive(Debug, Clone, Serialize)]
pub enum Output {
    Target(Target),
    Sla(Name),
    Priority(Whole),
}

// ---- routes ----

#[derive(Debug, Clone, Serialize)]
pub struct Route {
    pub name: Name,
    pub exclusive: bool,
    pub entries: Vec<RouteEntry>,
}

#[derive(Debug, Clone, Serialize)]
pub enum RouteEntry {
    Rule(Rule),
    /// `continue in emea_route when emea`
    Continue {
        route: Name,
        when: Option<Condition>,
        #[serde(skip)]
        span: Span,
    },
    Otherwise(Otherwise),
}

#[derive(Debug, Clone, Serialize)]
pub struct Rule {
    pub title: Text,
    pub clauses: Vec<RuleClause>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct RuleClause {
    pub kind: RuleClauseKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum RuleClauseKind {
    /// `only 2026-05-04..2026-05-08 in zone "Europe/Berlin"`
    Only {
        dates: Vec<DateRange>,
        zone: Option<ZoneRef>,
    },
    Match(Condition),
    /// `assign X, else Y, else Z`
    Assign(Vec<Target>),
    Sla(Name),
    Priority(Whole),
    /// `tier named`
    Tier(Name),
    /// `overrides rule "X"`
    Overrides(Vec<Text>),
}

#[derive(Debug, Clone, Serialize)]
pub struct Otherwise {
    pub clauses: Vec<RuleClause>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct Target {
    pub kind: TargetKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum TargetKind {
    Pool(Name),
    Queue(Name),
    Team(Name),
    Rep(Name),
    /// `account.owner`, with `under cap` where written.
    Owner {
        record: Name,
        column: Name,
        under_cap: bool,
    },
    /// `team of account.owner`
    TeamOfOwner {
        record: Name,
        column: Name,
    },
    /// `manager of account.owner`
    ManagerOfOwner {
        record: Name,
        column: Name,
    },
    /// `desk.pool`: one output of a table's row.
    TableOutput {
        table: Name,
        output: OutputKind,
    },
    /// `reach`: the target that a table's row gives.
    Table(Name),
}

#[derive(Debug, Clone, Serialize)]
pub struct Tier {
    /// From above to below: `tier a above b above c`.
    pub order: Vec<Name>,
}

// ---- experiments, guarantees, goals, tests ----

/// `experiment ae_first on rule "..." by company_domain unless personal, else email, else id { ... }`
#[derive(Debug, Clone, Serialize)]
pub struct Experiment {
    pub name: Name,
    pub rule: Text,
    pub keys: Vec<ExperimentKey>,
    pub arms: Vec<Arm>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ExperimentKey {
    pub field: Subject,
    pub unless: Option<Condition>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Arm {
    /// Of a hundred; decimals allowed.
    pub percent: rust_decimal::Decimal,
    /// Empty is `control`.
    pub clauses: Vec<RuleClause>,
    /// A name of the arm where one is written (`50% direct: assign ...`).
    pub name: Option<Name>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct Guarantee {
    pub title: Text,
    pub claims: Vec<Claim>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Claim {
    /// `every lead` rather than `no lead`.
    pub every: bool,
    pub when: Option<Condition>,
    pub outcome: Outcome,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum Outcome {
    /// `goes to team dach_aes`; several are joined by `or`.
    GoesTo(Vec<Target>),
    /// `has an sla`
    HasAnSla,
    /// `has sla hot or standard`
    HasSla(Vec<Name>),
    /// `has priority 1`, `has priority 1..3`
    HasPriority(Operand),
    /// `is in territory emea`
    InTerritory(Vec<Name>),
    /// `is taken by rule "X"`
    TakenBy(Vec<Text>),
}

#[derive(Debug, Clone, Serialize)]
pub struct Goal {
    pub title: Text,
    pub when: Option<Condition>,
    pub measures: Vec<Measure>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Measure {
    pub kind: MeasureKind,
    pub op: Op,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum MeasureKind {
    /// `median response <= 5 minutes`
    MedianResponse(Duration),
    /// `95% of responses <= 15 minutes`
    ShareOfResponses { percent: Whole, within: Duration },
    /// `assigned to a rep >= 98%`
    AssignedToRep(Whole),
    /// `breaches <= 2%`
    Breaches(Whole),
    /// `conversion >= 10%`
    Conversion(Whole),
}

#[derive(Debug, Clone, Serialize)]
pub struct Test {
    pub title: Text,
    pub lead: Vec<TestField>,
    /// Leads and what is expected of each, in a CSV file.
    pub leads: Option<Text>,
    pub cases: Option<Cases>,
    pub at: Option<TestInstant>,
    /// The arm of an experiment, and the experiment; without it the test sees no experiment.
    pub arm: Option<(Name, Name)>,
    pub given: Vec<Given>,
    /// What happens later, in the order written.
    pub after: Vec<After>,
    pub expect: Vec<Expectation>,
}

/// How things stand when the lead comes: a rep, and what is so of it.
#[derive(Debug, Clone, Serialize)]
pub struct Given {
    pub rep: Name,
    pub kind: GivenKind,
}

#[derive(Debug, Clone, Serialize)]
pub enum GivenKind {
    Away,
    Offline,
    AtCap,
    /// In this pool.
    HadLastTurn(Name),
}

/// Something that happens a while after the decision, and what is expected then.
#[derive(Debug, Clone, Serialize)]
pub struct After {
    pub wait: Duration,
    pub happening: Option<Happening>,
    pub expect: Vec<Expectation>,
}

#[derive(Debug, Clone, Serialize)]
pub enum Happening {
    Status(Name),
    Accepted,
    Responded,
    Met,
    /// For this reason.
    Returned(Name),
    Paused,
    Resumed,
}

/// Leads that differ in a few fields, a row each.
#[derive(Debug, Clone, Serialize)]
pub struct Cases {
    pub fields: Vec<Name>,
    pub rows: Vec<Case>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Case {
    /// One for each field: its values, none for `missing`.
    pub values: Vec<Vec<Literal>>,
    pub expect: Vec<Expectation>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct TestField {
    pub name: Name,
    /// None is `missing`; several for a set.
    pub values: Vec<Literal>,
}

#[derive(Debug, Clone, Serialize)]
pub struct TestInstant {
    /// A date alone is its midnight.
    pub at: Literal,
    pub zone: Option<Text>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Expectation {
    /// `not` stands before it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub negated: bool,
    pub kind: ExpectationKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum ExpectationKind {
    Rule(Text),
    /// `rule "X" fails on employees`: it is tried, and this is the first question that fails.
    Fails {
        rule: Text,
        record: Option<Name>,
        name: Name,
    },
    /// `otherwise`
    Otherwise,
    /// `excluded`, `excluded "Sanctioned countries"`
    Excluded(Option<Text>),
    Target(Target),
    Assignee(Name),
    Sla(Name),
    NoSla,
    /// A promise was broken by then.
    Breach,
    Notified(Recipient),
    EscalatedTo(Recipient),
    Status(Name),
    Priority(Whole),
    Due(Literal),
    Territory(Name),
    Segment(Name),
    Score {
        name: Name,
        value: Whole,
    },
    Grade {
        name: Name,
        value: Name,
    },
}
