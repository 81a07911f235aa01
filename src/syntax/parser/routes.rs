//! Tables, routes, rules and their targets.

use super::{Builder, Pair, Parts, Rule};
use crate::syntax::ast;
use crate::syntax::ast::{
    Cell, CellKind, ItemKind, Name, Otherwise, Output, OutputKind, Route, RouteEntry, RuleClause, RuleClauseKind,
    Table, TableInput, TableRow, TableRows, Target, TargetKind, Tier,
};

impl Builder<'_> {
    pub(super) fn table(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let name = self.name(&mut parts)?;
        let mut inputs = Vec::new();
        for input in parts.take_all(Rule::table_input) {
            let mut input = Parts::of(&input);
            inputs.push(TableInput { prefix: input.has(Rule::k_prefix), subject: self.subject(&mut input)? });
        }
        let outputs = match parts.take(Rule::table_outputs) {
            Some(outputs) => {
                let mut outputs = Parts::of(&outputs);
                outputs.take(Rule::arrow)?;
                outputs.take_all(Rule::output_kind).map(|kind| output_kind(&kind)).collect::<Option<_>>()?
            }
            None => Vec::new(),
        };
        let first_row_wins = parts.take(Rule::first_row_wins).is_some();
        let rows = match parts.take(Rule::table_rows) {
            Some(block) => {
                TableRows::Written(
                    self.clauses(Parts::of(&block), Rule::table_row_alone, |builder, pair| builder.table_row(&pair)),
                )
            }
            None => TableRows::File(self.text(&mut parts)?),
        };
        Some(ItemKind::Table(Table { name, inputs, outputs, first_row_wins, rows }))
    }

    fn table_row(&mut self, pair: &Pair<'_, Rule>) -> Option<TableRow> {
        let mut parts = Parts::of(pair);
        let cells = parts.take_all(Rule::cell).map(|cell| self.cell(&cell)).collect::<Option<_>>()?;
        parts.take(Rule::arrow)?;
        let outputs = parts.take_all(Rule::output).map(|output| self.output(&output)).collect::<Option<_>>()?;
        Some(TableRow { cells, outputs, span: self.span(pair) })
    }

    fn cell(&mut self, pair: &Pair<'_, Rule>) -> Option<Cell> {
        let mut parts = Parts::of(pair);
        let kind = match parts.next_rule()? {
            Rule::k_any => CellKind::Any,
            Rule::k_missing => CellKind::Missing,
            Rule::k_present => CellKind::Present,
            _ => CellKind::Values(self.operands(&mut parts)?),
        };
        Some(Cell { kind, span: self.span(pair) })
    }

    fn output(&mut self, pair: &Pair<'_, Rule>) -> Option<Output> {
        let mut parts = Parts::of(pair);
        Some(match parts.next_rule()? {
            Rule::k_sla => Output::Sla(self.name(&mut parts)?),
            Rule::k_priority => Output::Priority(self.whole(&mut parts)?),
            _ => Output::Target(self.target(&mut parts)?),
        })
    }

    pub(super) fn route(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let name = self.name(&mut parts)?;
        let exclusive = parts.next_rule() == Some(Rule::k_exclusive);
        let entries = self
            .clauses(parts, Rule::route_entry_alone, |builder, pair| builder.route_entry(&Parts::of(&pair).0.next()?));
        Some(ItemKind::Route(Route { name, exclusive, entries }))
    }

    fn route_entry(&mut self, pair: &Pair<'_, Rule>) -> Option<RouteEntry> {
        let mut parts = Parts::of(pair);
        let span = self.span(pair);
        Some(match pair.as_rule() {
            Rule::route_rule => {
                let title = self.text(&mut parts)?;
                RouteEntry::Rule(ast::Rule { title, clauses: self.rule_clauses(parts), span })
            }
            Rule::continue_in => {
                RouteEntry::Continue { route: self.name(&mut parts)?, when: self.condition(&mut parts), span }
            }
            Rule::otherwise => RouteEntry::Otherwise(Otherwise { clauses: self.rule_clauses(parts), span }),
            _ => return None,
        })
    }

    fn rule_clauses(&mut self, parts: Parts<'_>) -> Vec<RuleClause> {
        self.clauses(parts, Rule::rule_clause_alone, |builder, pair| builder.clause_of_rule(&pair))
    }

    pub(super) fn clause_of_rule(&mut self, pair: &Pair<'_, Rule>) -> Option<RuleClause> {
        let inner = Parts::of(pair).0.next()?;
        Some(RuleClause { kind: self.rule_clause(&inner)?, span: self.span(pair) })
    }

    fn rule_clause(&mut self, pair: &Pair<'_, Rule>) -> Option<RuleClauseKind> {
        let mut parts = Parts::of(pair);
        Some(match pair.as_rule() {
            Rule::only_days => {
                RuleClauseKind::Only { dates: self.date_ranges(&mut parts)?, zone: self.zone(&mut parts) }
            }
            Rule::match_clause => RuleClauseKind::Match(self.condition(&mut parts)?),
            Rule::assign_clause => RuleClauseKind::Assign(std::iter::from_fn(|| self.target(&mut parts)).collect()),
            Rule::sla_clause_of_rule => RuleClauseKind::Sla(self.name(&mut parts)?),
            Rule::priority_clause => RuleClauseKind::Priority(self.whole(&mut parts)?),
            Rule::tier_clause => RuleClauseKind::Tier(self.name(&mut parts)?),
            Rule::overrides => RuleClauseKind::Overrides(self.texts(&mut parts)),
            _ => return None,
        })
    }

    /// The next part, if it is a target.
    pub(super) fn target(&mut self, parts: &mut Parts<'_>) -> Option<Target> {
        let pair = parts.take(Rule::target)?;
        let mut inner = Parts::of(&pair);
        let kind = match inner.next_rule()? {
            Rule::k_pool => TargetKind::Pool(self.name(&mut inner)?),
            Rule::k_queue => TargetKind::Queue(self.name(&mut inner)?),
            Rule::k_team => TargetKind::Team(self.name(&mut inner)?),
            Rule::k_rep => TargetKind::Rep(self.name(&mut inner)?),
            Rule::of_owner => self.of_owner(Parts::of(&inner.take(Rule::of_owner)?))?,
            _ => {
                let path = self.path(&mut inner)?;
                owner_or_table(path, inner.take(Rule::under_cap).is_some())
            }
        };
        Some(Target { kind, span: self.span(&pair) })
    }

    /// `team of account.owner`, `manager of account.owner`
    fn of_owner(&mut self, mut parts: Parts<'_>) -> Option<TargetKind> {
        let manager = parts.has(Rule::k_manager);
        let (record, column) = self.record_path(&mut parts)?;
        Some(match manager {
            true => TargetKind::ManagerOfOwner { record, column },
            false => TargetKind::TeamOfOwner { record, column },
        })
    }

    fn record_path(&mut self, parts: &mut Parts<'_>) -> Option<(Name, Name)> {
        let mut inner = Parts::of(&parts.take(Rule::record_path)?);
        Some((self.name(&mut inner)?, self.name(&mut inner)?))
    }

    pub(super) fn tier(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        Some(ItemKind::Tier(Tier { order: self.names(&mut parts) }))
    }
}

/// `account.owner`; `desk.pool`, which is an output of a table; or `reach`, a table.
fn owner_or_table((first, second): (Option<Name>, Name), under_cap: bool) -> TargetKind {
    let Some(first) = first else { return TargetKind::Table(second) };
    let output = match second.text.as_str() {
        _ if second.quoted => None,
        "pool" => Some(OutputKind::Pool),
        "queue" => Some(OutputKind::Queue),
        "team" => Some(OutputKind::Team),
        "rep" => Some(OutputKind::Rep),
        _ => None,
    };
    match output {
        Some(output) => TargetKind::TableOutput { table: first, output },
        None => TargetKind::Owner { record: first, column: second, under_cap },
    }
}

fn output_kind(pair: &Pair<'_, Rule>) -> Option<OutputKind> {
    Some(match Parts::of(pair).next_rule()? {
        Rule::k_pool => OutputKind::Pool,
        Rule::k_queue => OutputKind::Queue,
        Rule::k_team => OutputKind::Team,
        Rule::k_rep => OutputKind::Rep,
        Rule::k_sla => OutputKind::Sla,
        Rule::k_priority => OutputKind::Priority,
        _ => return None,
    })
}
