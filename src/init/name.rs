//! Names for a policy, made from what an export calls its columns and values.

/// The words that the language keeps for itself: no name may be one.
const RESERVED: [&str; 28] = [
    "and",
    "or",
    "not",
    "in",
    "is",
    "of",
    "when",
    "where",
    "then",
    "else",
    "otherwise",
    "any",
    "missing",
    "present",
    "match",
    "assign",
    "sla",
    "priority",
    "rule",
    "continue",
    "only",
    "by",
    "from",
    "to",
    "required",
    "like",
    "true",
    "false",
];
/// A longer name is cut, between words where it can be.
const MAX_NAME: usize = 40;

/// The name of a field for a column: `Lead Source` is `lead_source`, `TotalVisits` is `total_visits`. The place of the
/// column, from 1, names one whose header has no letter to make a name of.
pub(super) fn of_column(header: &str, place: usize) -> String {
    let name = cut(words(header).join("_"));
    match name.chars().next() {
        None => format!("column_{place}"),
        Some(first) if first.is_ascii_digit() => format!("column_{name}"),
        _ if RESERVED.contains(&name.as_str()) => format!("lead_{name}"),
        _ => name,
    }
}

/// The word for a value of an enum, where one can be made that loses nothing: `Demo Request` is `demo_request`, `02.Medium`
/// is `medium`. Values such as `1-49`, `A+` or `東京` have none.
pub(super) fn of_value(value: &str) -> Option<String> {
    let ordinal = value.trim_start_matches(|c: char| c.is_ascii_digit());
    let value = if ordinal.len() < value.len() { ordinal.strip_prefix(['.', ')']).unwrap_or(value) } else { value };
    let plain = |c: char| c.is_ascii_alphanumeric() || " _-&/.,:'()".contains(c);
    // `A-` is not `A`.
    let whole = !value.starts_with(['-', '/', ':', '&']) && !value.ends_with(['-', '/', ':', '&']);
    let name = words(value).join("_");
    let fine = whole
        && value.chars().all(plain)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= MAX_NAME;
    (fine && !RESERVED.contains(&name.as_str())).then_some(name)
}

/// The lower-case words of a text: cut at whatever is no letter or digit, and where a small letter meets a capital.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small_before = false;
    for c in text.replace('&', " and ").chars() {
        let starts_word = c.is_ascii_uppercase() && small_before;
        if (starts_word || !c.is_ascii_alphanumeric()) && c != '\'' {
            words.push(String::new());
        }
        if c.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_lowercase());
        }
        small_before = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn cut(name: String) -> String {
    match name.get(..MAX_NAME) {
        Some(start) if name.len() > MAX_NAME => {
            let whole_words = start.rsplit_once('_').map_or(start, |(whole_words, _)| whole_words);
            whole_words.to_string()
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_names() {
        let cases = [
            ("Lead Source", "lead_source"),
            ("TotalVisits", "total_visits"),
            ("leadID", "lead_id"),
            ("How did you hear about us?", "how_did_you_hear_about_us"),
            ("Priority", "lead_priority"),
            ("2nd contact", "column_2nd_contact"),
            ("売上", "column_7"),
            ("What matters most to you in choosing a course of ours", "what_matters_most_to_you_in_choosing_a"),
            ("don't call", "dont_call"),
            ("", "column_7"),
        ];
        for (header, name) in cases {
            assert_eq!(of_column(header, 7), name, "{header}");
        }
    }

    #[test]
    fn values_become_words_where_nothing_is_lost() {
        let cases = [
            ("Demo Request", Some("demo_request")),
            ("02.Medium", Some("medium")),
            ("Flexibility & Convenience", Some("flexibility_and_convenience")),
            ("blue-collar", Some("blue_collar")),
            ("1-49", None),
            ("A+", None),
            ("A-", None),
            ("東京", None),
            ("Any", None),
            ("Yes!", None),
        ];
        for (value, name) in cases {
            assert_eq!(of_value(value).as_deref(), name, "{value}");
        }
    }
}
