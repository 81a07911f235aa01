//! The policy for an export: a lead block with what was seen beside it, and a route that takes every lead.

use crate::format;
use crate::init::decide::thousands;
use crate::init::infer::{Choice, Inferred, InferredField, InferredType};
use crate::source::FileId;
use crate::syntax;

/// The values of an enum are broken near this column, so that the clauses behind them stay on the screen.
const VALUES_WIDTH: usize = 64;
/// Spellings stand on their own lines and may be longer.
const SPELLINGS_WIDTH: usize = 100;

/// A policy that checks and routes the export that it was inferred from; none where no column has a name and a value.
/// `file` is the export's name.
pub fn policy(inferred: &Inferred, file: &str) -> Option<String> {
    if inferred.fields.is_empty() {
        return None;
    }
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let title = file.split('.').next().unwrap_or(file);
    let leads = format!("{} lead{}", thousands(inferred.rows), if inferred.rows == 1 { "" } else { "s" });
    let mut out = format!(
        "# Inferred from {leads} of {}. Read it, change what is wrong, then write rules into `route main`.\n\n\
        policy {} {{\n  timezone \"UTC\"  # of times that name no zone: put yours\n  on bad lead queue triage\n}}\n\nlead {{\n",
        one_line(file),
        quote(title)
    );
    let missing: Vec<String> = inferred.missing.iter().map(|(spelling, _)| quote(spelling)).collect();
    let counted: u64 = inferred.missing.iter().map(|(_, count)| count).sum();
    let seen = if counted > 0 { format!("  # {} values", thousands(counted)) } else { String::new() };
    out.push_str(&format!("  missing means {}{seen}\n\n", [vec![quote("")], missing].concat().join(", ")));
    for field in &inferred.fields {
        write_field(field, &mut out);
    }
    if !inferred.left_out.is_empty() {
        out.push_str("\n  # Columns left out:\n");
    }
    for (column, why) in &inferred.left_out {
        out.push_str(&format!("  #   {}: {why}\n", quote(&one_line(column))));
    }
    out.push_str("}\n\nqueue triage\n\nroute main {\n  otherwise { assign queue triage }\n}\n");
    let parsed = syntax::parse(FileId(0), &out);
    Some(format::format(&parsed, &out).unwrap_or(out))
}

fn write_field(field: &InferredField, out: &mut String) {
    let required = if field.required { " required" } else { "" };
    let missing: Vec<String> = field.missing.iter().map(|spelling| quote(spelling)).collect();
    let missing = if missing.is_empty() { String::new() } else { format!(" missing means {}", missing.join(", ")) };
    let from = if field.column == field.name { String::new() } else { format!(" from {}", quote(&field.column)) };
    match &field.ty {
        InferredType::Plain(ty) => {
            out.push_str(&format!("  {} {ty}{required}{from}{missing}  # {}\n", field.name, field.seen));
        }
        InferredType::OneOf(choices) => {
            let values: Vec<String> = choices.iter().map(|choice| literal(&choice.value)).collect();
            let spellings: Vec<String> = choices.iter().flat_map(spellings).collect();
            out.push_str(&format!("  # {}\n  {} one of ", field.seen, field.name));
            push_wrapped(&values, VALUES_WIDTH, out);
            out.push_str(&format!("{required}{missing}"));
            if !spellings.is_empty() {
                out.push_str(&format!("\n    from {} {{ ", quote(&field.column)));
                push_wrapped(&spellings, SPELLINGS_WIDTH, out);
                out.push_str(" }");
            } else {
                out.push_str(&from);
            }
            out.push('\n');
        }
    }
}

/// The spellings of a value that are not the value itself.
fn spellings(choice: &Choice) -> impl Iterator<Item = String> {
    let value = literal(&choice.value);
    let others = choice.spellings.iter().filter(|spelling| **spelling != choice.value);
    others.map(move |spelling| format!("{} = {value}", quote(spelling)))
}

/// A list with commas, broken into lines.
fn push_wrapped(parts: &[String], width: usize, out: &mut String) {
    let mut column = out.len() - out.rfind('\n').map_or(0, |at| at + 1);
    for (at, part) in parts.iter().enumerate() {
        if at > 0 && column + part.len() > width {
            out.push_str(",\n      ");
            column = 6;
        } else if at > 0 {
            out.push_str(", ");
            column += 2;
        }
        out.push_str(part);
        column += part.len();
    }
}

/// A value of an enum: a word where it is one, else quoted.
fn literal(value: &str) -> String {
    let word = crate::init::name::of_value(value).is_some_and(|word| word == value);
    if word { value.to_string() } else { quote(value) }
}

/// A quoted text of the language.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}
