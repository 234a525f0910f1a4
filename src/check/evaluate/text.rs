//! The functions on texts and maps: `concat`, `merge`, `string_*`.

use super::path::Step;
use super::{EvaluationError, TEXT, failed, too_large};
use crate::model::{Map, Value};

/// `FunctionValidationError`: an argument of the wrong form.
pub(super) fn invalid(message: impl Into<String>) -> EvaluationError {
    EvaluationError { code: "function-arguments", class: "FunctionValidationError", message: message.into() }
}

/// `a.b[0]`.
pub(super) fn dotted(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Index(index) => out.push_str(&format!("[{index}]")),
            Step::Key(key) if out.is_empty() => out.push_str(key),
            Step::Key(key) => {
                out.push('.');
                out.push_str(key);
            }
        }
    }
    out
}

/// A value as `concat` joins it: Cloudify writes what Python's `str` does.
pub(crate) fn python(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(number) => number.to_string(),
        Value::BigInt(digits) => digits.clone(),
        Value::Float(number) => float(*number),
        Value::String(text) => quoted(text),
        Value::List(list) => format!("[{}]", list.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Map(map) => {
            let items: Vec<String> =
                map.iter().map(|(key, item)| format!("{}: {}", quoted(key), repr(item))).collect();
            format!("{{{}}}", items.join(", "))
        }
    }
}

fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf".into() } else { "-inf".into() };
    }
    if number != 0.0 && !(1e-4..1e16).contains(&number.abs()) {
        let text = format!("{number:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, digits) = exponent.strip_prefix('-').map_or(("+", exponent), |digits| ("-", digits));
        return format!("{mantissa}e{sign}{digits:0>2}");
    }
    format!("{number:?}")
}

fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Maps into one: later ones win, key by key of the first level.
pub(super) fn merge(list: &[Value]) -> Result<Value, EvaluationError> {
    let mut merged = Map::new();
    for item in list {
        let Value::Map(map) = item else {
            return Err(invalid(format!("`merge` takes maps, not {}", item.a_kind())));
        };
        merged.extend(map.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    Ok(Value::Map(merged))
}

/// Refuses what would come to a text beyond all use.
fn may_replace(haystack: &str, needle: &str, replacement: &str) -> Result<(), EvaluationError> {
    let times = haystack.matches(needle).count();
    if haystack.len().saturating_add(times.saturating_mul(replacement.len())) > TEXT {
        return Err(too_large());
    }
    Ok(())
}

/// The text of a function that takes nothing else.
fn alone<'v>(name: &str, argument: &'v Value) -> Result<&'v str, EvaluationError> {
    let message = || format!("`{name}` takes one text, not {}", argument.a_kind());
    argument.as_str().ok_or_else(|| match argument {
        Value::Map(_) => failed(message()),
        _ => invalid(message()),
    })
}

/// A whole number, or a truth value for one.
fn whole(value: &Value) -> Option<i64> {
    value.as_int().or_else(|| value.as_bool().map(i64::from))
}

/// `string_find`, `string_replace`, `string_split`, `string_lower`, `string_upper`.
pub(super) fn string(name: &str, argument: &Value) -> Result<Value, EvaluationError> {
    let text = |value: &Value, what: &str| {
        value
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| failed(format!("the {what} of `{name}` is text, not {}", value.a_kind())))
    };
    let list = argument.as_list().unwrap_or_default();
    match (name, list) {
        ("string_lower", _) => Ok(alone(name, argument)?.to_lowercase().into()),
        ("string_upper", _) => Ok(alone(name, argument)?.to_uppercase().into()),
        ("string_find", [haystack, needle]) => {
            let (haystack, needle) = (text(haystack, "text")?, text(needle, "needle")?);
            let found = haystack.find(&needle).map(|at| haystack[..at].chars().count() as i64);
            Ok(Value::Int(found.unwrap_or(-1)))
        }
        (
            "string_replace",
            [haystack, needle, replacement] | [haystack, needle, replacement, Value::Null],
        ) => {
            let (haystack, needle, replacement) =
                (text(haystack, "text")?, text(needle, "needle")?, text(replacement, "replacement")?);
            may_replace(&haystack, &needle, &replacement)?;
            Ok(haystack.replace(&needle, &replacement).into())
        }
        ("string_replace", [haystack, needle, replacement, count]) => {
            let (haystack, needle, replacement) =
                (text(haystack, "text")?, text(needle, "needle")?, text(replacement, "replacement")?);
            may_replace(&haystack, &needle, &replacement)?;
            let count = whole(count).ok_or_else(|| {
                failed(format!("the count of `{name}` is a whole number, not {}", count.a_kind()))
            })?;
            Ok(match usize::try_from(count) {
                Ok(count) => haystack.replacen(&needle, &replacement, count).into(),
                Err(_) => haystack.replace(&needle, &replacement).into(),
            })
        }
        ("string_split", [input, separator] | [input, separator, Value::Null]) => {
            split(&text(input, "text")?, &text(separator, "separator")?)
        }
        ("string_split", [input, separator, index]) => {
            let parts = split(&text(input, "text")?, &text(separator, "separator")?)?;
            let index = whole(index).ok_or_else(|| {
                failed(format!("the index of `{name}` is a whole number, not {}", index.a_kind()))
            })?;
            super::path::index(parts.as_list().unwrap_or_default(), index).cloned().ok_or_else(|| {
                EvaluationError {
                    code: "function-failed",
                    class: "IndexError",
                    message: format!("`{name}` gives no part {index}"),
                }
            })
        }
        _ => Err(invalid(format!("`{name}` has a wrong number of arguments"))),
    }
}

fn split(text: &str, separator: &str) -> Result<Value, EvaluationError> {
    if separator.is_empty() {
        return Err(EvaluationError {
            code: "function-failed",
            class: "ValueError",
            message: "the separator of `string_split` is empty".into(),
        });
    }
    Ok(Value::List(text.split(separator).map(Value::from).collect()))
}
