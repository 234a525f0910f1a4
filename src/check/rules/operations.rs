//! Operations: where they run and how often they are tried.

use crate::check::Checker;
use crate::diag::{Diagnostic, Path};
use crate::model::{Map, Value};

/// Tells executors that do not exist and negative numbers of tries and seconds.
pub(super) fn check(cx: &mut Checker<'_>) {
    let blueprint = cx.blueprint;
    for section in ["node_types", "relationships", "node_templates"] {
        for (name, entity) in blueprint.section(section).into_iter().flatten() {
            let path = Path::of([section, name]);
            all(cx, entity, &path);
            let list = entity.get("relationships").and_then(Value::as_list).unwrap_or_default();
            for (index, relationship) in list.iter().enumerate() {
                all(cx, relationship, &path.key("relationships").index(index));
            }
        }
    }
}

fn all(cx: &mut Checker<'_>, entity: &Value, path: &Path) {
    let empty = Map::new();
    for key in ["interfaces", "source_interfaces", "target_interfaces"] {
        let Some(interfaces) = entity.get(key).and_then(Value::as_map) else { continue };
        for (interface, operations) in interfaces {
            for (name, operation) in operations.as_map().unwrap_or(&empty) {
                if operation.as_map().is_some_and(|map| !map.is_empty()) {
                    one(cx, operation, &path.key(key).key(interface).key(name));
                }
            }
        }
    }
}

fn one(cx: &mut Checker<'_>, operation: &Value, path: &Path) {
    if let Some(executor) = operation.get("executor").and_then(Value::as_str)
        && !super::plugins::EXECUTORS.contains(&executor)
    {
        let message = format!("the operation runs on `{executor}`, which is no place to run");
        cx.diagnostics.push(
            Diagnostic::error("operation-executor", path.key("executor"), message)
                .with_hint(format!("executors: {}", super::plugins::EXECUTORS.join(", ")))
                .with_reference("DSLParsingLogicException", Some(28)),
        );
    }
    for (key, least) in [("max_retries", -1.0), ("retry_interval", 0.0), ("timeout", 0.0)] {
        let number = match operation.get(key) {
            Some(Value::Int(number)) => *number as f64,
            Some(Value::Float(number)) => *number,
            _ => continue,
        };
        if number < least {
            let message = if least < 0.0 {
                format!("`{key}` is -1 (for ever) or more, not {number}")
            } else {
                format!("`{key}` can't be negative")
            };
            cx.diagnostics.push(
                Diagnostic::error("negative-retries", path.key(key), message)
                    .with_reference("ValueError", None),
            );
        }
    }
}
