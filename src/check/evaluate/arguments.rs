//! What the functions of run time take: judged where they are written, and again when a deployment is made and what was a
//! function in them is known.

use super::{EvaluationError, illegal, text};
use crate::model::Value;

/// A text, or what may come to one.
pub(in crate::check) fn is_text(value: &Value) -> bool {
    value.as_str().is_some() || value.call().is_some()
}

/// Something that a path can lead along, or what may come to it.
fn is_step(value: &Value) -> bool {
    value.call().is_some()
        || matches!(value, Value::String(_) | Value::Int(_) | Value::BigInt(_) | Value::Bool(_))
}

/// At least `from` steps.
pub(in crate::check) fn is_path(argument: &Value, from: usize) -> bool {
    argument.as_list().is_some_and(|list| list.len() >= from && list.iter().all(is_step))
}

/// Whether the argument of `name` has the form that the function takes; what it names is not looked at.
///
/// # Errors
/// Says what the function takes.
pub(in crate::check) fn fit(name: &str, argument: &Value) -> Result<(), EvaluationError> {
    let list = argument.as_list();
    let wrong = |what: &str| Err(illegal(format!("`{name}` takes {what}")));
    let invalid = |what: &str| Err(text::invalid(format!("`{name}` takes {what}")));
    match name {
        "get_secret" if is_text(argument) || list.is_some_and(|list| list.len() > 1) => Ok(()),
        "get_secret" => invalid("a name, or a list of it and a path"),
        "get_capability" if !is_path(argument, 2) => wrong("a deployment, a capability, and a path"),
        "get_group_capability" => match list {
            Some(list) if list.len() >= 2 => {
                let fits = |(at, item): (usize, &Value)| is_step(item) || at == 1 && item.as_list().is_some();
                if list.iter().enumerate().all(fits) {
                    Ok(())
                } else {
                    wrong("a group, a capability (or a list of them), and a path")
                }
            }
            _ => wrong("a group and a capability"),
        },
        "get_environment_capability" => match argument {
            Value::String(_) => Ok(()),
            _ if is_path(argument, 2) => Ok(()),
            Value::List(list) if list.len() >= 2 => wrong("a name, or a name and a path"),
            _ => invalid("a name, or a name and a path"),
        },
        "get_label" => match list {
            None if is_text(argument) => Ok(()),
            Some([key, Value::Int(_)]) if is_text(key) => Ok(()),
            Some([key, Value::String(index)]) if is_text(key) && index.parse::<u64>().is_ok() => Ok(()),
            _ => invalid("a key, or a key and an index"),
        },
        "get_sys" => match list {
            Some([entity, property, ..]) if is_step(entity) && is_step(property) => Ok(()),
            _ => wrong("an entity and a property: [deployment, id]"),
        },
        "get_consumers" => match argument.as_str() {
            Some("ids" | "names" | "count") => Ok(()),
            _ => wrong("`ids`, `names` or `count`"),
        },
        "get_attributes_dict" => {
            let Some((node, paths)) = list.and_then(<[Value]>::split_first) else {
                return wrong("a node and names or paths");
            };
            let is_name = |path: &Value| match path {
                Value::List(steps) => !steps.is_empty() && steps.iter().all(is_step),
                step => is_step(step),
            };
            if is_step(node) && paths.iter().all(is_name) {
                Ok(())
            } else {
                wrong("a node and names or paths")
            }
        }
        _ => Ok(()),
    }
}
