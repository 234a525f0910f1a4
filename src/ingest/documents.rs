//! The YAML documents of a foreign file, one by one, so that a broken one costs only itself.

use serde::Deserialize as _;

use crate::model::{Map, Value};

/// Values that a document may come to, aliases written out.
const MAX_WEIGHT: usize = 400_000;

/// The text of one document.
pub(super) struct Document {
    /// Line of the file on which it begins, from 1.
    pub line: usize,
    /// Its text, without the marks around it.
    pub text: String,
}

/// Why a document can't be read.
pub(super) struct Problem {
    /// Line of the file, from 1.
    pub line: usize,
    pub message: String,
}

/// A document begins behind each line that begins with `---`: such a line can be part of no value.
pub(super) fn split(text: &str) -> Vec<Document> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found = vec![Document { line: 1, text: String::new() }];
    for (position, line) in text.lines().enumerate() {
        let rest = line.strip_prefix("---").filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
        if let Some(rest) = rest {
            found.push(Document { line: position + 1, text: format!("   {rest}\n") });
        } else if line.trim_end() == "..." {
            found.push(Document { line: position + 2, text: String::new() });
        } else if let Some(last) = found.last_mut() {
            // Directives stand before a document, and say nothing that matters here.
            let is_directive = line.starts_with('%') && last.text.trim().is_empty();
            last.text.push_str(if is_directive { "" } else { line });
            last.text.push('\n');
        }
    }
    found.retain(|document| {
        document.text.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
    });
    found
}

/// What a document says, with merge keys (`<<`) written out.
pub(super) fn parse(document: &Document) -> Result<Value, Problem> {
    let problem = |error: serde_yaml::Error| {
        let at = error.location().map_or(0, |place| place.line().saturating_sub(1));
        let told = error.to_string();
        let message = told.split(" at line ").next().unwrap_or_default().to_owned();
        Problem { line: document.line + at, message }
    };
    let value = Value::deserialize(serde_yaml::Deserializer::from_str(&document.text)).map_err(problem)?;
    let value = merged(value);
    if value.weight() > MAX_WEIGHT {
        let message = format!("it comes to more than {MAX_WEIGHT} values, written out");
        return Err(Problem { line: document.line, message });
    }
    Ok(value)
}

/// A map's own entries go before those that it merges.
fn merged(value: Value) -> Value {
    match value {
        Value::List(list) => Value::List(list.into_iter().map(merged).collect()),
        Value::Map(map) => {
            let mut own = Map::new();
            let mut others: Vec<Value> = Vec::new();
            for (key, value) in map {
                match (key.as_str(), merged(value)) {
                    ("<<", Value::List(list)) => others.extend(list),
                    ("<<", one) => others.push(one),
                    (_, value) => drop(own.insert(key, value)),
                }
            }
            for other in others {
                let Value::Map(other) = other else { continue };
                for (key, value) in other {
                    own.get_or_insert_with(key, || value);
                }
            }
            Value::Map(own)
        }
        other => other,
    }
}
