//! Counts of instances in the form of the first versions: our own finding, a hint.

use crate::check::Checker;
use crate::diag::{Diagnostic, Path};

/// Tells `instances.deploy` where the blueprint's version has `capabilities.scalable`.
pub(super) fn check(cx: &mut Checker<'_>) {
    if cx.minor < 3 {
        return;
    }
    for (name, template) in cx.blueprint.section("node_templates").into_iter().flatten() {
        let counted = template.get("instances").is_some_and(|instances| instances.get("deploy").is_some());
        if !counted || template.get("capabilities").is_some() {
            continue;
        }
        let path = Path::of(["node_templates", name, "instances"]);
        let message = "`instances` is the way of the first versions to say how many";
        cx.diagnostics.push(
            Diagnostic::hint("deprecated-instances", path, message)
                .with_hint("`capabilities.scalable` says it too, and the least and the most"),
        );
    }
}
