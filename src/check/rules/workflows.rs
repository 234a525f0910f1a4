//! Workflows: when they are available.

use crate::check::Checker;
use crate::diag::{Diagnostic, Path};
use crate::model::Value;

const STATES: &[&str] = &["all", "partial", "none"];

/// Tells availability rules that name no state of a deployment.
pub(super) fn check(cx: &mut Checker<'_>) {
    for (name, workflow) in cx.blueprint.section("workflows").into_iter().flatten() {
        let active = workflow.get("availability_rules").and_then(|rules| rules.get("node_instances_active"));
        for (index, state) in active.and_then(Value::as_list).unwrap_or_default().iter().enumerate() {
            if state.as_str().is_some_and(|state| STATES.contains(&state)) {
                continue;
            }
            let path =
                Path::of(["workflows", name, "availability_rules", "node_instances_active"]).index(index);
            cx.diagnostics.push(
                Diagnostic::error(
                    "availability-rule",
                    path,
                    format!("`{state}` is no share of active instances"),
                )
                .with_hint(format!("known: {}", STATES.join(", ")))
                .with_reference("DSLParsingLogicException", Some(103)),
            );
        }
    }
}
