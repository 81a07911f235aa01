//! What is seen of one column of an export, a value at a time.

use crate::data::text;
use crate::data::time::{DateOrder, order_shown};
use crate::data::value::{self, Context, Good};
use crate::init::{decide, name};
use crate::policy::{Type, Value};
use chrono_tz::Tz;
use indexmap::{IndexMap, IndexSet};
use rust_decimal::Decimal;
use rustc_hash::{FxBuildHasher, FxHashSet, FxHasher};
use smol_str::SmolStr;
use std::hash::{Hash, Hasher};

/// Distinct values past this many are read but not kept.
const MAX_VALUES: usize = 2_000;
/// So many values of a wrong type can be listed; more are only counted.
pub(super) const MAX_BAD: usize = 5;
/// A candidate is given up after so many values at the earliest.
const FAIR_TRIAL: u64 = 200;
/// Spellings that stand for no value wherever they occur, folded.
const STAND_INS: [&str; 22] = [
    "select",
    "please select",
    "-select-",
    "--select--",
    "- select -",
    "unknown",
    "n/a",
    "#n/a",
    "na",
    "n.a.",
    "null",
    "nil",
    "nan",
    "undefined",
    "not set",
    "not provided",
    "not available",
    "-none-",
    "--none--",
    "-",
    "--",
    "?",
];

/// A distinct value.
#[derive(Debug)]
pub(super) struct Seen {
    /// As it was first written.
    pub written: SmolStr,
    pub count: u64,
    /// Whether it reads, for each candidate; none where the candidate was given up before.
    read: Vec<Option<bool>>,
}

/// A type that a column may be of, and how its values read.
#[derive(Debug)]
pub(super) struct Candidate {
    pub ty: Type,
    /// The order of dates that it reads with.
    pub dates: Option<DateOrder>,
    pub good: u64,
    pub bad: u64,
    /// The first values that did not read.
    pub bad_values: IndexSet<SmolStr>,
}

/// One column and all that its type is decided by.
#[derive(Debug)]
pub(super) struct Column {
    pub header: String,
    /// The words of the header, which hint at a type.
    pub words: Vec<String>,
    pub blank: u64,
    /// Values that were neither blank nor a stand-in.
    pub present: u64,
    /// Spellings that stand for no value, as written, and how often each occurs.
    pub stand_ins: IndexMap<SmolStr, u64>,
    /// Distinct values, by folded form.
    pub values: IndexMap<SmolStr, Seen, FxBuildHasher>,
    /// There were more distinct values than are kept.
    pub many: bool,
    pub candidates: Vec<Candidate>,
    pub numbers: Numbers,
    pub orders: Orders,
    /// A value has a time of day.
    pub clock: bool,
    /// A whole number is written with a zero in front: it is a code.
    pub leading_zero: bool,
    /// Hashes of all values as long as no value came twice.
    unique: Option<FxHashSet<u64>>,
}

#[derive(Debug, Default)]
pub(super) struct Numbers {
    pub low: Option<Decimal>,
    pub high: Option<Decimal>,
    /// The lowest but -1.
    pub low_but_minus_one: Option<Decimal>,
}

/// Which orders of day and month the dates of a column show.
#[derive(Debug, Default)]
pub(super) struct Orders {
    pub day_first: bool,
    pub month_first: bool,
}

impl Column {
    pub fn new(header: &str) -> Self {
        let words = name::words(header);
        let mut candidates: Vec<Candidate> = [
            Type::Boolean,
            Type::Integer { low: None, high: None },
            Type::Decimal { low: None, high: None },
            Type::Money { currency: None },
            Type::Email,
            Type::Country,
            Type::Language,
            Type::Domain,
        ]
        .into_iter()
        .map(|ty| Candidate::new(ty, None))
        .collect();
        for dates in [None, Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)] {
            candidates.push(Candidate::new(Type::Date, dates));
            candidates.push(Candidate::new(Type::Time, dates));
        }
        Column {
            header: header.to_string(),
            words,
            blank: 0,
            present: 0,
            stand_ins: IndexMap::new(),
            values: IndexMap::default(),
            many: false,
            candidates,
            numbers: Numbers::default(),
            orders: Orders::default(),
            clock: false,
            leading_zero: false,
            unique: Some(FxHashSet::default()),
        }
    }

    pub fn see(&mut self, raw: &str) {
        let raw = text::trim(raw);
        if raw.is_empty() {
            self.blank += 1;
            return;
        }
        let folded = text::fold(raw);
        if let Some(seen) = self.values.get_mut(&folded) {
            seen.count += 1;
            self.present += 1;
            self.unique = None;
            for (candidate, read) in self.candidates.iter_mut().zip(&seen.read) {
                candidate.count(*read);
            }
            return;
        }
        // `NA` is Namibia where countries stand.
        if STAND_INS.contains(&folded.as_str()) && !(folded == "na" && self.hints(&decide::COUNTRY)) {
            *self.stand_ins.entry(raw.into()).or_default() += 1;
            return;
        }
        self.present += 1;
        self.see_new(raw, folded);
    }

    /// Sees a value for the first time, or again where there were too many to keep it.
    fn see_new(&mut self, raw: &str, folded: SmolStr) {
        let mut hasher = FxHasher::default();
        folded.hash(&mut hasher);
        if self.unique.as_mut().is_some_and(|seen| !seen.insert(hasher.finish())) {
            self.unique = None;
        }
        match order_shown(raw) {
            Some(DateOrder::DayFirst) => self.orders.day_first = true,
            Some(DateOrder::MonthFirst) => self.orders.month_first = true,
            None => {}
        }
        self.clock |= raw.contains(':');
        self.leading_zero |= raw.len() > 1 && raw.starts_with('0') && raw.bytes().all(|byte| byte.is_ascii_digit());
        let mut read = Vec::new();
        for candidate in &mut self.candidates {
            let reads = candidate.lives().then(|| candidate.read(raw, &mut self.numbers));
            candidate.count(reads);
            if reads == Some(false) && candidate.bad_values.len() <= MAX_BAD {
                candidate.bad_values.insert(raw.into());
            }
            read.push(reads);
        }
        match self.values.len() < MAX_VALUES {
            true => _ = self.values.insert(folded, Seen { written: raw.into(), count: 1, read }),
            false => self.many = true,
        }
    }

    /// How often -1 stands for no value: it is the only negative number, and not a rare one.
    pub fn missing_minus_ones(&self) -> Option<u64> {
        let count = self.values.get("-1").map_or(0, |seen| seen.count);
        let only = self.numbers.low_but_minus_one.is_some_and(|low| !low.is_sign_negative());
        (only && count > 0 && count * 100 >= self.present).then_some(count)
    }

    /// Whether the header has one of these words.
    pub fn hints(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.as_str()))
    }

    /// Whether the header's last word is one of these.
    pub fn ends_in(&self, words: &[&str]) -> bool {
        self.words.last().is_some_and(|word| words.contains(&word.as_str()))
    }

    /// No lead is without a value, and no value comes twice.
    pub fn is_key(&self) -> bool {
        self.is_full() && self.unique.is_some()
    }

    pub fn is_full(&self) -> bool {
        self.present > 0 && self.blank == 0 && self.stand_ins.is_empty()
    }

    /// The candidate of a type that reads every value.
    pub fn reads(&self, ty: impl Fn(&Type) -> bool) -> Option<&Candidate> {
        self.mostly_reads(ty).filter(|candidate| candidate.good == self.present)
    }

    /// The candidate of a type that reads all values but one in twenty, with the order of dates that the column shows.
    pub fn mostly_reads(&self, ty: impl Fn(&Type) -> bool) -> Option<&Candidate> {
        let dates = match (self.orders.day_first, self.orders.month_first) {
            (true, false) => Some(DateOrder::DayFirst),
            (false, true) => Some(DateOrder::MonthFirst),
            _ => None,
        };
        let ordered = |ty: &Type| matches!(ty, Type::Date | Type::Time);
        self.candidates
            .iter()
            .find(|candidate| ty(&candidate.ty) && (!ordered(&candidate.ty) || candidate.dates == dates))
            .filter(|candidate| candidate.good > 0 && candidate.good * 20 >= self.present * 19)
    }
}

impl Candidate {
    fn new(ty: Type, dates: Option<DateOrder>) -> Self {
        Candidate { ty, dates, good: 0, bad: 0, bad_values: IndexSet::new() }
    }

    /// Given up once it fails on more than one value in twenty.
    fn lives(&self) -> bool {
        self.good + self.bad < FAIR_TRIAL || self.bad * 20 <= self.good
    }

    /// Whether the type reads a value.
    fn read(&self, raw: &str, numbers: &mut Numbers) -> bool {
        let context = Context { dates: self.dates, ..Context::in_zone(Tz::UTC) };
        let read = value::read(&self.ty, raw, &context);
        if let (Type::Decimal { .. }, Ok(Good { value: Value::Decimal(number), .. })) = (&self.ty, &read) {
            numbers.see(*number);
        }
        read.is_ok()
    }

    /// Counts a value, which was read or not; none says that nobody asked.
    fn count(&mut self, read: Option<bool>) {
        self.good += u64::from(read == Some(true));
        self.bad += u64::from(read == Some(false));
    }
}

impl Numbers {
    fn see(&mut self, number: Decimal) {
        let lower = |known: Option<Decimal>| Some(known.map_or(number, |known| known.min(number)));
        self.low = lower(self.low);
        self.high = Some(self.high.map_or(number, |known| known.max(number)));
        if number != Decimal::NEGATIVE_ONE {
            self.low_but_minus_one = lower(self.low_but_minus_one);
        }
    }
}
