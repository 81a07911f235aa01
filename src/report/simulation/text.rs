//! A simulation for people at a terminal.

use super::words::{answer, count, interval, minute, part, percent, points, share, steps_taken, time};
use super::{Experiment, Goal, Numbers, Part, Simulation};
use comfy_table::{CellAlignment, Table, presets};

/// So many rows of a table are shown before it is said how many more there are.
const ROWS: usize = 15;

impl Simulation {
    pub fn text(&self) -> String {
        let mut page = Page(String::new());
        let new = &self.policy;
        let period = match (&self.from, &self.to) {
            (Some(from), Some(to)) => format!(" from {} to {}", day(from), day(to)),
            _ => String::new(),
        };
        page.line(&format!("{}: {} leads{period}", new.title, count(new.leads.leads)));
        if let Some(old) = &self.against {
            let same = if old.title == new.title { ", another version" } else { "" };
            page.line(&format!("against {}{same}: the same leads, the same chances", old.title));
        }
        self.leads(&mut page);
        self.speed(&mut page);
        goals(&mut page, &new.goals);
        self.promises(&mut page);
        self.reps(&mut page);
        self.hours(&mut page);
        self.pools(&mut page);
        self.conversion(&mut page);
        experiments(&mut page, &new.experiments);
        self.changes(&mut page);
        page.title("Taken for granted");
        self.assumptions.iter().for_each(|said| page.line(&format!("- {said}")));
        page.0
    }

    /// The numbers of this policy and, where there is one, of the other.
    fn both<T>(&self, one: impl Fn(&Numbers) -> T) -> Vec<T> {
        [Some(&self.policy), self.against.as_ref()].into_iter().flatten().map(one).collect()
    }

    /// `[first, "this policy", "the other"]` with two policies.
    fn header(&self, first: &str, second: &str) -> Vec<String> {
        match self.against {
            Some(_) => [first, "this policy", "the other"].map(str::to_owned).to_vec(),
            None => vec![first.to_owned(), second.to_owned()],
        }
    }

    fn leads(&self, page: &mut Page) {
        let row = |name: &str, of: fn(&super::Leads) -> u64| {
            let told = self.both(|numbers| {
                let leads = of(&numbers.leads);
                format!("{} {:>6}", count(leads), part(leads, numbers.leads.leads))
            });
            [vec![name.to_owned()], told].concat()
        };
        let rows = vec![
            row("with a rep", |leads| leads.with_rep),
            row("in a queue", |leads| leads.in_queue),
            row("excluded", |leads| leads.excluded),
            row("nowhere", |leads| leads.nowhere),
            row("errors", |leads| leads.errors),
        ];
        page.table("At the end", self.header("", "leads"), rows);
        let rows =
            self.policy.queues.iter().map(|queue| {
                vec![queue.name.clone(), count(queue.count), count(queue.recycled), minute(&queue.oldest)]
            });
        page.rows(["queue", "leads", "recycled", "the oldest came"].map(str::to_owned).to_vec(), rows.collect());
    }

    fn speed(&self, page: &mut Page) {
        let mut rows = Vec::new();
        let mut add = |name: &str, of: fn(&super::Speed) -> Option<i64>| {
            let told = self.both(|numbers| answer(of(&numbers.speed)));
            let past = self.history.as_ref().and_then(|past| past.speed.as_ref()).map(of);
            let past = past.map(|seconds| if name.contains("business") { "-".to_owned() } else { answer(seconds) });
            rows.push([vec![name.to_owned()], told, past.into_iter().collect()].concat());
        };
        add("median, business time", |speed| speed.business_median);
        add("9 of 10, business time", |speed| speed.business_p90);
        add("median, on the wall", |speed| speed.median);
        add("9 of 10, on the wall", |speed| speed.p90);
        let told = self.both(|numbers| part(numbers.speed.answered, numbers.speed.leads));
        let past = self.history.as_ref().and_then(|past| past.speed.as_ref());
        let past_answered = past.map(|speed| part(speed.answered, speed.leads));
        rows.push([vec!["answered".to_owned()], told, past_answered.into_iter().collect()].concat());
        let mut header = self.header("", "simulated");
        header.extend(past.map(|_| "as it was".to_owned()));
        page.table("Speed to lead", header, rows);
    }

    fn promises(&self, page: &mut Page) {
        let old = |sla: &str, stage: &str| {
            let of = self.against.as_ref()?.slas.iter().find(|promise| promise.sla == sla && promise.stage == stage)?;
            Some(share(&of.kept))
        };
        let rows = self.policy.slas.iter().map(|promise| {
            let mut row = vec![
                format!("{}: {}", promise.sla, promise.stage),
                count(promise.kept.of + promise.open),
                share(&promise.kept),
                count(promise.broken),
            ];
            if self.against.is_some() {
                row.push(old(&promise.sla, promise.stage).unwrap_or_else(|| "-".to_owned()));
            }
            row
        });
        let mut header = ["promise", "leads", "kept", "broken"].map(str::to_owned).to_vec();
        header.extend(self.against.as_ref().map(|_| "kept by the other".to_owned()));
        page.table("Promises", header, rows.collect());
        let steps = &self.policy.steps;
        let told: Vec<String> = steps_taken(steps).collect();
        if !told.is_empty() {
            page.line(&format!("  steps: {}", told.join(", ")));
        }
        if steps.waited > 0 {
            let longest = time(steps.longest_wait);
            page.line(&format!("  {} waited for a rep, the longest {longest}", count(steps.waited)));
        }
    }

    fn reps(&self, page: &mut Page) {
        let had = self.policy.reps.iter().any(|rep| rep.had.is_some());
        let rows = self.policy.reps.iter().map(|rep| {
            let mut row = vec![
                rep.rep.clone(),
                count(rep.given),
                percent(rep.share),
                if rep.due > 0.0 { format!("{:.1}", rep.due) } else { "-".to_owned() },
                rep.median.map_or_else(|| "-".to_owned(), time),
                count(rep.broken),
            ];
            row.extend(rep.had.filter(|_| had).map(count));
            row
        });
        let mut header =
            ["rep", "leads", "share", "due by pools", "median answer", "broken"].map(str::to_owned).to_vec();
        if had {
            header.push("had".to_owned());
        }
        page.table("Load", header, rows.collect());
    }

    /// When leads come and which promises are broken, and in which zones the reps are who have the leads.
    fn hours(&self, page: &mut Page) {
        if self.policy.hours.iter().all(|hour| hour.arrived == 0) {
            return;
        }
        page.title(&format!("By hour of arrival, in {}", self.zone));
        for half in self.policy.hours.chunks(12) {
            let row = |name: &str, of: fn(&super::Hour) -> u64| {
                std::iter::once(name.to_owned()).chain(half.iter().map(|hour| count(of(hour)))).collect::<Vec<_>>()
            };
            let header = std::iter::once("hour".to_owned()).chain(half.iter().map(|hour| format!("{:02}", hour.hour)));
            page.rows(header.collect(), vec![row("leads", |hour| hour.arrived), row("broken", |hour| hour.broken)]);
        }
        let rows = self.policy.zones.iter().map(|zone| vec![zone.name.clone(), count(zone.count)]);
        page.rows(["zone of the rep", "leads"].map(str::to_owned).to_vec(), rows.collect());
    }

    fn pools(&self, page: &mut Page) {
        let rows = self.policy.pools.iter().map(|pool| {
            vec![
                pool.pools.join(", "),
                count(pool.given),
                count(pool.reps.len() as u64),
                format!("{:.2}", pool.furthest),
            ]
        });
        let header = ["pool", "leads", "reps", "furthest from due"].map(str::to_owned).to_vec();
        page.table("Fairness", header, rows.collect());
    }

    fn conversion(&self, page: &mut Page) {
        let conversion = &self.policy.conversion;
        let Some(all) = &conversion.all else { return };
        let mut parts: Vec<(&str, &[Part])> =
            vec![("rule", &conversion.rules), ("segment", &conversion.segments), ("rep", &conversion.reps)];
        if let Some(by) = &conversion.by {
            parts.insert(2, (by, &conversion.groups));
        }
        page.title(&format!("Conversion: {} ({} of {})", share(all), count(all.count), count(all.of)));
        for (name, parts) in parts {
            let rows = parts.iter().map(|part| {
                let (share, interval) = (share(&part.conversion), interval(&part.conversion));
                vec![part.name.clone(), count(part.leads), count(part.conversion.of), share, interval]
            });
            let header = [name, "leads", "outcome known", "converted", "95% interval"].map(str::to_owned).to_vec();
            page.rows(header, rows.collect());
        }
    }

    fn changes(&self, page: &mut Page) {
        let Some(changes) = &self.changes else { return };
        page.title("What differs from the other policy");
        let told = [
            (changes.leads, "leads fare differently"),
            (changes.another_rule, "match another rule"),
            (changes.another_holder, "end elsewhere"),
            (changes.sooner, "are answered sooner"),
            (changes.later, "are answered later"),
        ];
        told.iter().for_each(|(number, what)| page.line(&format!("  {:>9} {what}", count(*number))));
        if changes.conversions != 0 {
            page.line(&format!("  {:>+9} conversions", changes.conversions));
        }
        let rows = changes.moves.iter().map(|one| vec![one.from.clone(), one.to.clone(), count(one.leads)]);
        page.rows(["from the rule", "to the rule", "leads"].map(str::to_owned).to_vec(), rows.collect());
    }
}

fn goals(page: &mut Page, goals: &[Goal]) {
    let rows = goals.iter().flat_map(|goal| {
        goal.measures.iter().map(|measure| {
            let met = match measure.met {
                Some(true) => "met",
                Some(false) => "MISSED",
                None => "no data",
            };
            vec![met.to_owned(), goal.title.clone(), measure.goal.clone(), measure.measured.clone()]
        })
    });
    page.table("Goals", ["", "goal", "wanted", "measured"].map(str::to_owned).to_vec(), rows.collect());
}

fn experiments(page: &mut Page, experiments: &[Experiment]) {
    for experiment in experiments {
        let rows = experiment.arms.iter().map(|arm| {
            let difference = |found: &Option<super::Difference>| {
                found.as_ref().map_or_else(String::new, |found| {
                    let clear = if found.clear { "" } else { ", not clear" };
                    format!("{}{clear}", points(found.difference))
                })
            };
            vec![
                arm.arm.clone(),
                count(arm.leads),
                answer(arm.speed.business_median),
                share(&arm.kept),
                difference(&arm.kept_difference),
                share(&arm.conversion),
                difference(&arm.conversion_difference),
            ]
        });
        let header = ["arm", "leads", "median answer", "kept", "against the first", "converted", "against the first"];
        let title = format!("Experiment {} on {}", experiment.experiment, experiment.rule);
        page.table(&title, header.map(str::to_owned).to_vec(), rows.collect());
    }
}

/// The day of an instant in RFC 3339.
fn day(instant: &str) -> &str {
    instant.get(..10).unwrap_or(instant)
}

struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    fn title(&mut self, text: &str) {
        self.line("");
        self.line(text);
    }

    fn table(&mut self, title: &str, header: Vec<String>, rows: Vec<Vec<String>>) {
        if !rows.is_empty() {
            self.title(title);
            self.rows(header, rows);
        }
    }

    /// The first column stands left, columns of text too; numbers stand right.
    fn rows(&mut self, header: Vec<String>, rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            return;
        }
        let more = rows.len().saturating_sub(ROWS + 1);
        let shown = if more > 0 { ROWS } else { rows.len() };
        let is_number = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).all(|cell| {
                cell.is_empty() || cell.starts_with(|first: char| first.is_ascii_digit() || "-+".contains(first))
            })
        };
        let numbers: Vec<bool> = (0..header.len()).map(is_number).collect();
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(header);
        rows.iter().take(shown).for_each(|row| {
            table.add_row(row.clone());
        });
        for (column, number) in table.column_iter_mut().zip(numbers) {
            if number {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.lines().for_each(|line| self.line(&format!(" {line}")));
        if more > 0 {
            self.line(&format!("  and {} more; `--format json` and `--html` show all", rows.len() - shown));
        }
    }
}
