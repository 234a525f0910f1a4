//! Constraints of inputs: whether they are well formed, and whether a value keeps them (DSL reference, "inputs").
//!
//! Patterns are read and run by [`super::pattern`].

use super::{pattern, schema};
use crate::diag::{Diagnostic, Path, closest, did_you_mean};
use crate::model::Value;

/// The operators, in the order in which they are listed to people.
pub(super) const OPERATORS: &[&str] = &[
    "equal",
    "greater_than",
    "greater_or_equal",
    "less_than",
    "less_or_equal",
    "in_range",
    "valid_values",
    "length",
    "min_length",
    "max_length",
    "pattern",
    "filter_id",
    "labels",
    "tenants",
    "name_pattern",
    "deployment_id",
];

/// Types whose values are names of things that a manager knows.
pub(super) const OBJECT_TYPES: &[&str] = &[
    "blueprint_id",
    "deployment_id",
    "capability_value",
    "scaling_group",
    "node_id",
    "node_type",
    "node_instance",
    "secret_key",
    "operation_name",
];

/// Operators for values of [`OBJECT_TYPES`].
const OF_OBJECTS: &[&str] = &["filter_id", "labels", "tenants", "name_pattern", "deployment_id"];

/// What is wrong with the form of one constraint.
pub(super) fn malformed(constraint: &Value, minor: u32, path: &Path) -> Option<Diagnostic> {
    let map = constraint.as_map()?;
    let unknown = |message: String| {
        Diagnostic::error("invalid-constraint", path.clone(), message)
            .with_hint(format!("operators: {}", OPERATORS.join(", ")))
            .with_reference("DSLParsingLogicException", Some(103))
    };
    if map.len() > 1 && minor < 5 {
        return Some(
            Diagnostic::error(
                "version-gate",
                path.clone(),
                "a constraint with more than its operator came with `cloudify_dsl_1_5`",
            )
            .with_reference("DSLParsingLogicException", Some(102)),
        );
    }
    let Some(name) = map.keys().find(|key| *key != "error_message") else {
        return Some(unknown("a constraint names an operator".into()));
    };
    if !OPERATORS.contains(&name.as_str()) {
        let mut diagnostic = unknown(format!("there is no constraint `{name}`"));
        if let Some(near) = closest(name, OPERATORS.iter().copied()) {
            diagnostic = diagnostic.with_hint(did_you_mean(near));
        }
        return Some(diagnostic);
    }
    let argument = map.get(name)?;
    if argument.call().is_some() {
        return None;
    }
    let number = |value: &Value| matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Float(_));
    let (fits, wanted) = match name.as_str() {
        "in_range" => (
            argument.as_list().is_some_and(|list| list.len() == 2 && list.iter().all(number)),
            "a list of two numbers",
        ),
        "valid_values" | "labels" | "tenants" => (argument.as_list().is_some(), "a list"),
        "pattern" => (argument.as_str().is_some_and(pattern::is_pattern), "a regular expression"),
        "filter_id" | "deployment_id" => (argument.as_str().is_some(), "text"),
        "name_pattern" => (argument.as_map().is_some(), "a map"),
        _ => (number(argument), "a number"),
    };
    (!fits).then(|| {
        let message = format!("the constraint `{name}` takes {wanted}, not `{argument}`");
        Diagnostic::error("invalid-constraint-argument", path.clone(), message)
            .with_reference("DSLParsingLogicException", Some(212))
    })
}

/// What a value of an input does against its declaration; the class and number are those of the reference parser.
pub(super) fn violation(name: &str, declaration: &Value, value: &Value, path: &Path) -> Option<Diagnostic> {
    let constraints = declaration.get("constraints").and_then(Value::as_list).unwrap_or_default();
    let kind = declaration.get("type").and_then(Value::as_str).unwrap_or_default();
    let item_kind = declaration.get("item_type").and_then(Value::as_str);
    match (kind, item_kind, value) {
        ("list", Some(item_kind), Value::List(items)) => items.iter().find_map(|item| {
            if !schema::is_kind(item, item_kind) {
                let message =
                    format!("an element of input `{name}` is {}, and {item_kind} is declared", item.a_kind());
                return Some(
                    Diagnostic::error("value-type-mismatch", path.clone(), message)
                        .with_reference("DSLParsingLogicException", Some(105)),
                );
            }
            violated(name, constraints, item_kind, item, path)
        }),
        _ => violated(name, constraints, kind, value, path),
    }
}

fn violated(name: &str, constraints: &[Value], kind: &str, value: &Value, path: &Path) -> Option<Diagnostic> {
    if value.call().is_some() && !constraints.is_empty() {
        let message = format!("the value of input `{name}` is a function, and the input has constraints");
        return Some(
            Diagnostic::error("constrained-function", path.clone(), message)
                .with_reference("DSLParsingException", Some(213)),
        );
    }
    // Names of things that a manager knows can't be judged here.
    if OBJECT_TYPES.contains(&kind) {
        let message = format!("whether there is a {kind} `{value}` for input `{name}` is not known here");
        return Some(
            Diagnostic::hint("unchecked-input", path.clone(), message)
                .with_reference("ConstraintException", None),
        );
    }
    constraints.iter().filter_map(Value::as_map).find_map(|constraint| {
        let (operator, argument) = constraint.iter().find(|(key, _)| *key != "error_message")?;
        let kept = if OF_OBJECTS.contains(&operator.as_str()) {
            Err(format!("`{operator}` is for names of things that a manager knows"))
        } else if argument.call().is_some() {
            Err(format!("the argument of `{operator}` is a function, and nothing evaluates it"))
        } else {
            keeps(operator, argument, value)
        };
        let told = match kept {
            Ok(true) => return None,
            Ok(false) => constraint.get("error_message").and_then(Value::as_str).map(str::to_owned),
            Err(message) => Some(message),
        };
        let message = match told {
            Some(told) => format!("`{value}` is no value for input `{name}`: {told}"),
            None => {
                format!("`{value}` is no value for input `{name}`: it must keep `{operator}: {argument}`")
            }
        };
        Some(
            Diagnostic::error("constraint-violated", path.clone(), message)
                .with_reference("ConstraintException", None),
        )
    })
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::BigInt(digits) => digits.parse().ok(),
        Value::Bool(truth) => Some(f64::from(u8::from(*truth))),
        _ => None,
    }
}

fn length(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.chars().count()),
        Value::List(list) => Some(list.len()),
        Value::Map(map) => Some(map.len()),
        _ => None,
    }
}

/// Whether the value keeps the constraint, or why that can't be said.
fn keeps(operator: &str, argument: &Value, value: &Value) -> Result<bool, String> {
    let compare = |with: &Value, test: fn(f64, f64) -> bool| {
        let (Some(a), Some(b)) = (number(value), number(with)) else {
            return Err(format!("a {} can't be compared with a number", value.kind()));
        };
        Ok(test(a, b))
    };
    let long = |test: fn(f64, f64) -> bool| {
        let Some(length) = length(value) else { return Err(format!("a {} has no length", value.kind())) };
        Ok(test(length as f64, number(argument).unwrap_or_default()))
    };
    match operator {
        "equal" => Ok(equal(value, argument)),
        "greater_than" => compare(argument, |a, b| a > b),
        "greater_or_equal" => compare(argument, |a, b| a >= b),
        "less_than" => compare(argument, |a, b| a < b),
        "less_or_equal" => compare(argument, |a, b| a <= b),
        "in_range" => match argument.as_list() {
            Some([low, high]) => Ok(compare(low, |a, b| a >= b)? && compare(high, |a, b| a <= b)?),
            _ => Ok(true),
        },
        "valid_values" => Ok(argument.as_list().unwrap_or_default().iter().any(|valid| equal(valid, value))),
        "length" => long(|a, b| (a - b).abs() < 0.5 && b.fract() == 0.0),
        "min_length" => long(|a, b| a >= b),
        "max_length" => long(|a, b| a <= b),
        "pattern" => {
            let Some(text) = value.as_str() else {
                return Err(format!("a pattern is for text, not for {}", value.a_kind()));
            };
            Ok(pattern::matches(argument.as_str().unwrap_or_default(), text))
        }
        _ => Ok(true),
    }
}

/// Equality in which `1`, `1.0` and `true` are the same, as in the reference parser.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (
            Value::Int(_) | Value::Float(_) | Value::Bool(_),
            Value::Int(_) | Value::Float(_) | Value::Bool(_),
        ) => match (number(a), number(b)) {
            (Some(a), Some(b)) => (a - b).abs() == 0.0,
            _ => false,
        },
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn values_keep_or_violate() {
        let check = |constraint: &str, value: &str| {
            let declaration = json(&format!(r#"{{"constraints": [{constraint}]}}"#));
            violation("x", &declaration, &json(value), &Path::root()).is_none()
        };
        assert!(check(r#"{"in_range": [1, 5]}"#, "5"));
        assert!(!check(r#"{"in_range": [1, 5]}"#, "6"));
        assert!(check(r#"{"pattern": "ab+"}"#, r#""abbc""#));
        assert!(!check(r#"{"pattern": "ab+"}"#, r#""xab""#));
        assert!(!check(r#"{"min_length": 3}"#, r#""ab""#));
        assert!(!check(r#"{"valid_values": ["a"]}"#, r#""b""#));
        assert!(check(r#"{"pattern": "^(a+)+$"}"#, &format!("\"{}\"", "a".repeat(40))));
    }

    #[test]
    fn forms_are_judged() {
        let number = |text: &str, minor| {
            malformed(&json(text), minor, &Path::root()).and_then(|d| d.reference).and_then(|r| r.code)
        };
        assert_eq!(number(r#"{"patern": "x"}"#, 5), Some(103));
        assert_eq!(number(r#"{"pattern": "("}"#, 5), Some(212));
        assert_eq!(number(r#"{"pattern": "(?=a)"}"#, 5), None);
        assert_eq!(number(r#"{"min_length": "3"}"#, 5), Some(212));
        assert_eq!(number(r#"{"min_length": 3, "error_message": "x"}"#, 4), Some(102));
        assert_eq!(number(r#"{"min_length": 3, "error_message": "x"}"#, 5), None);
    }
}
