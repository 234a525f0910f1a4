//! Operations: where they run and how often they are tried.

use crate::check::Checker;
use crate::diag::{Diagnostic, Trail};
use crate::model::{Map, Value};

/// Tells executors that do not exist and negative numbers of tries and seconds.
pub(super) fn check(cx: &mut Checker<'_>) {
    let blueprint = cx.blueprint;
    for section in ["node_types", "relationships", "node_templates"] {
        for (name, entity) in blueprint.section(section).into_iter().flatten() {
            let path = Trail::section(section);
            let path = path.key(name);
            all(cx, entity, &path);
            let list = entity.get("relationships").and_then(Value::as_list).unwrap_or_default();
            let path = path.key("relationships");
            for (index, relationship) in list.iter().enumerate() {
                all(cx, relationship, &path.index(index));
            }
        }
    }
}

fn all(cx: &mut Checker<'_>, entity: &Value, path: &Trail<'_>) {
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

fn one(cx: &mut Checker<'_>, operation: &Value, path: &Trail<'_>) {
    if let Some(executor) = operation.get("executor").and_then(Value::as_str)
        && !super::plugins::EXECUTORS.contains(&executor)
    {
        let message = format!("the operation runs on `{executor}`, which is no place to run");
        cx.diagnostics.push(
            Diagnostic::error("operation-executor", path.key("executor").path(), message)
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
                Diagnostic::error("negative-retries", path.key(key).path(), message)
                    .with_reference("ValueError", None),
            );
        }
    }
}
