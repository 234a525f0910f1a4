//! Labels: their values are texts, those of a deployment may be functions that are known at its creation.

use crate::check::Checker;
use crate::diag::{Diagnostic, Path};
use crate::model::Value;

/// Tells values of labels that can't be.
pub(super) fn check(cx: &mut Checker<'_>) {
    for (section, functions) in [("labels", true), ("blueprint_labels", false)] {
        for (name, label) in cx.blueprint.section(section).into_iter().flatten() {
            for (index, value) in
                label.get("values").and_then(Value::as_list).unwrap_or_default().iter().enumerate()
            {
                let message = match value {
                    Value::String(_) => continue,
                    Value::Map(map) if functions && !map.contains_key("get_attribute") => continue,
                    Value::Map(_) if functions => {
                        format!(
                            "label `{name}` is set when the deployment is made: no attribute is known then"
                        )
                    }
                    _ if functions => format!("a value of label `{name}` is text or a function"),
                    _ => format!("a value of label `{name}` of a blueprint is text"),
                };
                let path = Path::of([section, name, "values"]).index(index);
                cx.diagnostics.push(
                    Diagnostic::error("label-value", path, message)
                        .with_reference("DSLParsingException", Some(1)),
                );
            }
        }
    }
}
