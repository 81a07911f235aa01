//! A simulation as one page: its numbers as text and tables, and charts that are drawn from numbers in the page itself.
//!
//! Nothing is fetched: the chart library (uPlot by Leon Sorokin, MIT, beside this file with its licence), the style and the numbers
//! stand in the page, and its content security policy forbids the rest.

mod markup;

use super::words::{answer, count, interval, minute, part, percent, points, share, steps_taken, time};
use super::{Count, Experiment, Numbers, Part, Rep, Share, Simulation};
use chrono::NaiveDate;
use markup::{Cell, Page, escaped, load, span};
use serde_json::json;
use std::fmt::Write;

const UPLOT: &str = include_str!("page/uplot/uPlot.iife.min.js");
const UPLOT_STYLE: &str = include_str!("page/uplot/uPlot.min.css");
const STYLE: &str = include_str!("page/page.css");
const CHARTS: &str = include_str!("page/charts.js");
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
/// More days than this are told by week.
const DAYS: usize = 180;

impl Simulation {
    pub fn html(&self) -> String {
        Sections(self).page()
    }
}

/// The page, section by section.
struct Sections<'s>(&'s Simulation);

impl Sections<'_> {
    fn page(&self) -> String {
        let mut page = Page(String::with_capacity(160_000));
        let title = escaped(&self.0.policy.title);
        page.push(&format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <title>{title}: simulation</title>\n<style>\n{UPLOT_STYLE}\n{STYLE}</style>\n</head>\n<body>\n<main>\n"
        ));
        self.header(&mut page);
        self.cards(&mut page);
        self.goals(&mut page);
        self.charts(&mut page);
        self.reps(&mut page);
        self.pools(&mut page);
        self.promises(&mut page);
        self.conversion(&mut page);
        self.0.policy.experiments.iter().for_each(|experiment| arms(&mut page, experiment));
        self.changes(&mut page);
        self.flow(&mut page);
        self.footer(&mut page);
        page.push("</main>\n<script type=\"application/json\" id=\"numbers\">");
        // A `<` could end the element.
        page.push(&self.chart_numbers().to_string().replace('<', "\\u003c"));
        page.push(&format!("</script>\n<script>\n{UPLOT}\n</script>\n<script>\n{CHARTS}</script>\n</body>\n</html>\n"));
        page.0
    }

    fn header(&self, page: &mut Page) {
        page.push(&format!("<header>\n<h1>{}</h1>\n", escaped(&self.0.policy.title)));
        let period = match (&self.0.from, &self.0.to) {
            (Some(from), Some(to)) => format!(" that came from {} to {}", long_day(from), long_day(to)),
            _ => String::new(),
        };
        let leads = count(self.0.policy.leads.leads);
        let mut said = format!("{leads} leads{period}, replayed through this policy.");
        if let Some(old) = &self.0.against {
            let _ = write!(said, " Compared with “{}” on the same leads, with the same chances.", old.title);
        }
        page.push(&format!("<p class=\"lead\">{}</p>\n</header>\n", escaped(&said)));
    }

    fn cards(&self, page: &mut Page) {
        let new = &self.0.policy;
        let card = |title: &str, note: String, told: &dyn Fn(&Numbers) -> String| {
            let other = self.0.against.as_ref().map(|old| format!("other policy: {}", told(old)));
            format!(
                "<div class=\"card\"><h2>{title}</h2><div class=\"figure\">{}</div><div class=\"note\">{}</div><div class=\"was\">{}</div></div>\n",
                escaped(&told(new)),
                escaped(&note),
                escaped(&other.unwrap_or_default()),
            )
        };
        let wall = |seconds| format!("business time; {} on the wall", answer(seconds));
        let (kept, of) = kept(new);
        let leads = &new.leads;
        let mut cards = vec![
            card("Median answer", wall(new.speed.median), &|numbers| answer(numbers.speed.business_median)),
            card("9 of 10 answered within", wall(new.speed.p90), &|numbers| answer(numbers.speed.business_p90)),
            card("Promises kept", format!("{} of {}", count(kept), count(of)), &|numbers| {
                let (kept, of) = self::kept(numbers);
                part(kept, of)
            }),
            card("With a rep at the end", format!("{} of {}", count(leads.with_rep), count(leads.leads)), &|numbers| {
                part(numbers.leads.with_rep, numbers.leads.leads)
            }),
        ];
        if let Some(all) = &new.conversion.all {
            let note = format!("{} of {} with an outcome", count(all.count), count(all.of));
            let told = |numbers: &Numbers| numbers.conversion.all.as_ref().map_or_else(|| "-".to_owned(), share);
            cards.push(card("Converted", note, &told));
        }
        page.push(&format!("<div class=\"cards\">\n{}</div>\n", cards.concat()));
    }

    fn goals(&self, page: &mut Page) {
        if self.0.policy.goals.is_empty() {
            return;
        }
        let old = |goal: usize, measure: usize| {
            let measure = self.0.against.as_ref()?.goals.get(goal)?.measures.get(measure)?;
            Some(measure.measured.clone())
        };
        let mut rows = Vec::new();
        for (at, goal) in self.0.policy.goals.iter().enumerate() {
            for (place, measure) in goal.measures.iter().enumerate() {
                let (class, word) = match measure.met {
                    Some(true) => ("met", "met"),
                    Some(false) => ("missed", "missed"),
                    None => ("none", "no data"),
                };
                let mut row = vec![
                    Cell::text(&goal.title),
                    Cell::markup(format!("<span class=\"{class}\">{word}</span>")).left(),
                    Cell::text(&measure.goal),
                    Cell::number(measure.measured.clone()),
                    Cell::number(count(goal.leads)),
                ];
                if self.0.against.is_some() {
                    row.push(Cell::number(old(at, place).unwrap_or_default()));
                }
                rows.push(row);
            }
        }
        let mut header = vec!["Goal", "", "Wanted", "Measured", "Leads"];
        header.extend(self.0.against.as_ref().map(|_| "Other policy"));
        page.section("Goals", "What the policy sets out to reach, and what came of it.");
        page.table(&header, rows);
        page.end();
    }

    fn charts(&self, page: &mut Page) {
        let by = if self.0.policy.days.len() > DAYS { "week" } else { "day" };
        let other = self.0.against.as_ref().map(|_| ("other", "other policy")).into_iter();
        page.push("<div class=\"pair\">\n");
        let hint = "Share of all leads that were answered so soon after they came, nights and weekends counted.";
        page.section("How soon leads are answered", hint);
        let spoken = self.0.policy.answered_within.iter().filter(|step| [300, 3_600, 86_400].contains(&step.seconds));
        let spoken = spoken.map(|step| format!("{} within {}", percent(step.share), time(step.seconds)));
        page.chart("within", &format!("Answered: {}", spoken.collect::<Vec<_>>().join(", ")));
        page.legend([("main", "this policy")].into_iter().chain(other.clone()));
        let rows = self.0.policy.answered_within.iter().enumerate().map(|(at, step)| {
            let old = self.0.against.as_ref().and_then(|old| old.answered_within.get(at));
            let old = old.map(|step| Cell::number(percent(step.share)));
            [Cell::number(time(step.seconds)), Cell::number(percent(step.share))].into_iter().chain(old).collect()
        });
        let header = ["Within", "Answered"].into_iter().chain(self.0.against.as_ref().map(|_| "Other policy"));
        page.details(&header.collect::<Vec<_>>(), rows.collect());
        page.end();
        let hint = format!("In {}. Red: leads that arrived in this hour and had a promise broken.", self.0.zone);
        page.section("When leads arrive", &hint);
        let busiest = self.0.policy.hours.iter().max_by_key(|hour| hour.arrived);
        let spoken = busiest.map(|hour| format!("Most leads arrive at {:02}:00: {}", hour.hour, count(hour.arrived)));
        page.chart("hours", &spoken.unwrap_or_default());
        page.legend([("main", "arrived"), ("bad", "promise broken")].into_iter());
        let rows = self.0.policy.hours.iter().map(|hour| {
            vec![
                Cell::text(&format!("{:02}:00", hour.hour)),
                Cell::number(count(hour.arrived)),
                Cell::number(count(hour.broken)),
                Cell::number(answer(hour.median.filter(|_| hour.arrived > 0))),
            ]
        });
        page.details(&["Hour", "Arrived", "Promise broken", "Median answer, on the wall"], rows.collect());
        page.end();
        page.push("</div>\n");
        page.section(&format!("Leads by {by}"), "Arrivals, and leads of that time whose promise was broken.");
        let broken: u64 = self.0.policy.days.iter().map(|day| day.broken).sum();
        let arrived: u64 = self.0.policy.days.iter().map(|day| day.arrived).sum();
        page.chart("days", &format!("{} leads arrived, {} had a promise broken", count(arrived), count(broken)));
        page.legend([("main", "arrived"), ("bad", "promise broken")].into_iter().chain(other));
        let rows = self.0.policy.days.iter().map(|day| {
            let numbers =
                [day.arrived, day.with_rep, day.in_queue, day.broken].map(|number| Cell::number(count(number)));
            [vec![Cell::text(&day.day)], numbers.to_vec()].concat()
        });
        page.details(&["Day", "Arrived", "With a rep", "In a queue", "Promise broken"], rows.collect());
        page.end();
    }

    fn reps(&self, page: &mut Page) {
        let reps = &self.0.policy.reps;
        if reps.is_empty() {
            return;
        }
        let had = reps.iter().any(|rep| rep.had.is_some());
        let old = |rep: &Rep| self.0.against.as_ref()?.reps.iter().find(|old| old.rep == rep.rep);
        let most = reps.iter().map(|rep| rep.due.max(rep.given.max(rep.had.unwrap_or(0)) as f64)).fold(1.0, f64::max);
        let rows = reps.iter().map(|rep| {
            let mut row = vec![
                Cell::text(&rep.rep),
                Cell::markup(load(rep, most)),
                Cell::number(count(rep.given)),
                Cell::number(percent(rep.share)),
                Cell::number(if rep.due > 0.0 { format!("{:.1}", rep.due) } else { String::new() }),
                Cell::number(rep.median.map_or_else(String::new, time)),
                Cell::number(count(rep.broken)),
            ];
            if had {
                row.push(Cell::number(rep.had.map_or_else(String::new, count)));
            }
            if self.0.against.is_some() {
                row.push(Cell::number(old(rep).map_or_else(|| "0".to_owned(), |old| count(old.given))));
            }
            row
        });
        let mut header = vec!["Rep", "", "Leads", "Share", "Due by pools", "Median answer", "Promises broken"];
        header.extend(had.then_some("Had"));
        header.extend(self.0.against.as_ref().map(|_| "Other policy"));
        let hint = match had {
            true => {
                "Bars are leads given. The line is what the pools owed by weight while the rep might be picked; the ring is what the rep had in the history."
            }
            false => "Bars are leads given. The line is what the pools owed by weight while the rep might be picked.",
        };
        page.section("Who gets the leads", hint);
        page.table(&header, rows.collect());
        counts(page, "By the zone of the rep", &self.0.policy.zones);
        page.end();
    }

    fn pools(&self, page: &mut Page) {
        if self.0.policy.pools.is_empty() {
            return;
        }
        let rows = self.0.policy.pools.iter().map(|pool| {
            let numbers = [count(pool.given), count(pool.reps.len() as u64), format!("{:.2}", pool.furthest)];
            [vec![Cell::text(&pool.pools.join(", "))], numbers.map(Cell::number).to_vec()].concat()
        });
        let hint = "How far the rep who is furthest from the share due to him is from it, in leads.";
        page.section("Fairness", hint);
        page.table(&["Pool", "Leads", "Reps", "Furthest from due"], rows.collect());
        page.end();
    }

    fn promises(&self, page: &mut Page) {
        if self.0.policy.slas.is_empty() {
            return;
        }
        let old = |sla: &str, stage: &str| {
            let slas = &self.0.against.as_ref()?.slas;
            slas.iter().find(|promise| promise.sla == sla && promise.stage == stage)
        };
        let rows = self.0.policy.slas.iter().map(|promise| {
            let mut row = vec![
                Cell::text(&format!("{}: {}", promise.sla, promise.stage)),
                Cell::number(count(promise.kept.of + promise.open)),
                Cell::number(share(&promise.kept)),
                Cell::number(count(promise.broken)),
                Cell::number(count(promise.open)),
            ];
            if self.0.against.is_some() {
                let old = old(&promise.sla, promise.stage).map(|old| share(&old.kept));
                row.push(Cell::number(old.unwrap_or_default()));
            }
            row
        });
        let mut header = vec!["Promise", "Leads", "Kept", "Broken", "Open"];
        header.extend(self.0.against.as_ref().map(|_| "Kept by the other"));
        page.section("Promises", "Each promise of each SLA, on its own clock.");
        page.table(&header, rows.collect());
        let steps = &self.0.policy.steps;
        let waited = (steps.waited > 0).then(|| format!("{} waited for a rep", count(steps.waited)));
        let told: Vec<String> = steps_taken(steps).chain(waited).collect();
        if !told.is_empty() {
            page.push(&format!("<p class=\"hint\">Steps taken: {}.</p>\n", told.join(", ")));
        }
        page.end();
    }

    fn conversion(&self, page: &mut Page) {
        let conversion = &self.0.policy.conversion;
        let Some(all) = &conversion.all else { return };
        let hint = format!(
            "{} of {} leads with a known outcome converted: {}. Lines are 95% intervals; where they overlap widely, chance alone may be the difference.",
            count(all.count),
            count(all.of),
            share(all)
        );
        page.section("Conversion", &hint);
        let by = conversion.by.as_deref().unwrap_or("group");
        let parts = [
            ("Rule", &conversion.rules),
            ("Segment", &conversion.segments),
            (by, &conversion.groups),
            ("Rep", &conversion.reps),
        ];
        for (name, parts) in parts.into_iter().filter(|(_, parts)| !parts.is_empty()) {
            let most = parts.iter().filter_map(|part| part.conversion.high).fold(0.01, f64::max);
            let rows = parts.iter().map(|part| conversion_row(part, most, all));
            page.table(&[name, "Leads", "Outcome known", "Converted", "95% interval", ""], rows.collect());
        }
        page.end();
    }

    fn changes(&self, page: &mut Page) {
        let Some(changes) = &self.0.changes else { return };
        let told = [
            ("fare differently", changes.leads),
            ("match another rule", changes.another_rule),
            ("end elsewhere", changes.another_holder),
            ("are answered sooner", changes.sooner),
            ("are answered later", changes.later),
        ];
        page.section("What differs from the other policy", "The same leads, one by one.");
        let rows = told.map(|(what, number)| vec![Cell::text(what), Cell::number(count(number))]);
        page.table(&["Leads that", ""], rows.to_vec());
        if !changes.moves.is_empty() {
            let rows = changes
                .moves
                .iter()
                .map(|one| vec![Cell::text(&one.from), Cell::text(&one.to), Cell::number(count(one.leads))]);
            page.table(&["From the rule", "To the rule", "Leads"], rows.collect());
        }
        page.end();
    }

    fn flow(&self, page: &mut Page) {
        let row = |name: &str, of: fn(&super::Leads) -> u64| {
            let told = [Some(&self.0.policy), self.0.against.as_ref()].into_iter().flatten();
            let told = told.map(|numbers| Cell::number(count(of(&numbers.leads))));
            [Cell::text(name)].into_iter().chain(told).collect::<Vec<_>>()
        };
        let rows = vec![
            row("With a rep at the end", |leads| leads.with_rep),
            row("In a queue at the end", |leads| leads.in_queue),
            row("Excluded", |leads| leads.excluded),
            row("Nowhere: no rule or target took it", |leads| leads.nowhere),
            row("Errors: records that are no lead", |leads| leads.errors),
            row("Leads in", |leads| leads.leads),
        ];
        let mut header = vec!["", "Leads"];
        header.extend(self.0.against.as_ref().map(|_| "Other policy"));
        page.section("Where every lead ended", "Nothing is dropped: the lines add up to the last.");
        page.table(&header, rows);
        let rows = self.0.policy.queues.iter().map(|queue| {
            let numbers = [queue.count, queue.recycled].map(|number| Cell::number(count(number)));
            [vec![Cell::text(&queue.name)], numbers.to_vec(), vec![Cell::text(&minute(&queue.oldest))]].concat()
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            page.table(&["Queue", "Leads", "Recycled", "The oldest came"], rows);
        }
        counts(page, "Values that could not be read, by field", &self.0.bad_values);
        page.end();
    }

    fn footer(&self, page: &mut Page) {
        page.section("Taken for granted", "");
        page.push("<ul>\n");
        self.0.assumptions.iter().for_each(|said| page.push(&format!("<li>{}</li>\n", escaped(said))));
        page.push("</ul>\n");
        page.end();
        let hashes = [Some(&self.0.policy), self.0.against.as_ref()].into_iter().flatten();
        let hashes: Vec<String> = hashes.map(|numbers| numbers.hash.clone()).collect();
        page.push(&format!(
            "<footer>Seed {}. Policy {}. The same policy, history and seed give this page again.</footer>\n",
            self.0.seed,
            hashes.join(", against ")
        ));
    }

    fn chart_numbers(&self) -> serde_json::Value {
        let new = &self.0.policy;
        let weekly = new.days.len() > DAYS;
        let step = if weekly { 7 } else { 1 };
        let sums = |numbers: &Numbers, of: fn(&super::Day) -> u64| -> Vec<u64> {
            numbers.days.chunks(step).map(|days| days.iter().map(of).sum()).collect()
        };
        let starts: Vec<&str> = new.days.chunks(step).filter_map(|days| Some(days.first()?.day.as_str())).collect();
        let at = starts.iter().filter_map(|day| day.parse::<NaiveDate>().ok());
        let at: Vec<i64> = at.map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp()).collect();
        let names = starts.iter().map(|day| if weekly { format!("week of {day}") } else { (*day).to_owned() });
        let shares = |numbers: &Numbers| numbers.answered_within.iter().map(|step| step.share).collect::<Vec<_>>();
        json!({
            "days": {
                "at": at,
                "names": names.collect::<Vec<_>>(),
                "arrived": sums(new, |day| day.arrived),
                "broken": sums(new, |day| day.broken),
                "other": self.0.against.as_ref().map(|old| sums(old, |day| day.broken)),
            },
            "within": {
                "seconds": new.answered_within.iter().map(|step| step.seconds).collect::<Vec<_>>(),
                "share": shares(new),
                "other": self.0.against.as_ref().map(shares),
            },
            "hours": {
                "hour": new.hours.iter().map(|hour| hour.hour).collect::<Vec<_>>(),
                "arrived": new.hours.iter().map(|hour| hour.arrived).collect::<Vec<_>>(),
                "broken": new.hours.iter().map(|hour| hour.broken).collect::<Vec<_>>(),
            },
        })
    }
}

/// Promises that were kept, and those that were kept or broken.
fn kept(numbers: &Numbers) -> (u64, u64) {
    let sum = |of: fn(&super::Promise) -> u64| numbers.slas.iter().map(of).sum();
    (sum(|promise| promise.kept.count), sum(|promise| promise.kept.of))
}

fn counts(page: &mut Page, title: &str, counts: &[Count]) {
    if counts.is_empty() {
        return;
    }
    let rows = counts.iter().map(|one| vec![Cell::text(&one.name), Cell::number(count(one.count))]);
    page.table(&[title, "Leads"], rows.collect());
}

fn conversion_row(part: &Part, most: f64, all: &Share) -> Vec<Cell> {
    vec![
        Cell::text(&part.name),
        Cell::number(count(part.leads)),
        Cell::number(count(part.conversion.of)),
        Cell::number(share(&part.conversion)),
        Cell::number(interval(&part.conversion)),
        Cell::markup(span(&part.conversion, most, all)),
    ]
}

fn arms(page: &mut Page, experiment: &Experiment) {
    let difference = |found: &Option<super::Difference>| match found {
        Some(found) => {
            let clear = if found.clear { "clear" } else { "may be chance" };
            let (low, high) = (points(found.low), points(found.high));
            let told = format!("{} ({low} to {high}; {clear})", points(found.difference));
            Cell::markup(format!("<span class=\"long\">{told}</span>"))
        }
        None => Cell::number(String::new()),
    };
    let rows = experiment.arms.iter().map(|arm| {
        vec![
            Cell::text(&arm.arm),
            Cell::number(count(arm.leads)),
            Cell::number(answer(arm.speed.business_median)),
            Cell::number(share(&arm.kept)),
            difference(&arm.kept_difference),
            Cell::number(share(&arm.conversion)),
            difference(&arm.conversion_difference),
        ]
    });
    let title = format!("Experiment: {}", experiment.experiment);
    let hint = format!("Arms of the rule “{}”, each against the first, with 95% intervals.", experiment.rule);
    page.section(&title, &hint);
    let header =
        ["Arm", "Leads", "Median answer", "Promises kept", "Against the first", "Converted", "Against the first"];
    page.table(&header, rows.collect());
    page.end();
}

/// `4 March 2026`, of an instant in RFC 3339.
fn long_day(instant: &str) -> String {
    let day = instant.get(..10).and_then(|day| day.parse::<NaiveDate>().ok());
    day.map_or_else(|| instant.to_owned(), |day| day.format("%-d %B %Y").to_string())
}
