//! Values as one line of YAML, and back: what a field shows of a value that has no form of its own.

use crate::diag::{Severity, Source};
use crate::dsl;
use crate::model::{Map, Value};

/// A value on one line, as it could stand in a blueprint.
pub fn flow(value: &Value) -> String {
    match value {
        Value::List(list) if list.is_empty() => "[]".to_owned(),
        Value::Map(map) if map.is_empty() => "{}".to_owned(),
        Value::List(list) => {
            let items: Vec<String> = list.iter().map(inner).collect();
            format!("[ {} ]", items.join(", "))
        }
        Value::Map(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", inner(&Value::string(key)), inner(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::String(text) if text.contains('\n') => Value::string(text).to_json().to_string(),
        scalar => dsl::write(scalar).trim_end().to_owned(),
    }
}

/// As [`flow`], where brackets are around it.
fn inner(value: &Value) -> String {
    match value {
        Value::String(text)
            if text.contains([',', '[', ']', '{', '}', ':', '#', '?']) && !text.contains('\n') =>
        {
            format!("'{}'", text.replace('\'', "''"))
        }
        value => flow(value),
    }
}

/// The value that a text says as YAML, or what is wrong with it.
pub fn parse(text: &str) -> Result<Value, String> {
    let (value, _, problems) = dsl::read_value(&Source::new("field", text));
    match problems.iter().find(|problem| problem.severity == Severity::Error) {
        Some(problem) => Err(problem.message.clone()),
        None => Ok(value),
    }
}

/// The one entry that `NAME: VALUE` says; a name alone has an empty text.
pub fn parse_entry(text: &str) -> Result<(String, Value), String> {
    let single = |map: Map| match map.into_iter().collect::<Vec<_>>().as_mut_slice() {
        [entry] => Ok(std::mem::take(entry)),
        _ => Err("give one entry, as `NAME: VALUE`".to_owned()),
    };
    match parse(text)? {
        Value::Map(map) => single(map),
        Value::List(_) | Value::Null => Err("give one entry, as `NAME: VALUE`".to_owned()),
        name => Ok((name.to_string(), Value::string(""))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_reads_back_as_the_same_value() {
        let json = r#"{"concat":["a: b","it's, [x]","",{"get_input":"port"},1,2.5,true,null,"yes","12","two\nlines",[],{}]}"#;
        let value: Value = serde_json::from_str(json).unwrap();
        let text = flow(&value);
        assert_eq!(parse(&text), Ok(value), "{text}");
        assert!(!text.contains('\n'));
    }

    #[test]
    fn entries_and_broken_text() {
        assert_eq!(parse_entry("PORT: 80"), Ok(("PORT".into(), Value::Int(80))));
        assert_eq!(parse_entry("PORT"), Ok(("PORT".into(), Value::string(""))));
        assert!(parse_entry("a: 1\nb: 2").is_err());
        assert!(parse("{ get_input: x").is_err());
    }
}
