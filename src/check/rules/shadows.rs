//! Names that hide others: our own finding, a warning. Types that hide types are told where files are merged.

use crate::check::Checker;
use crate::diag::{Diagnostic, Path};

/// Words that functions understand where a node's name stands.
const WORDS: &[&str] = &["SELF", "SOURCE", "TARGET"];

/// Tells nodes that no function can name, because their name means something else there.
pub(super) fn check(cx: &mut Checker<'_>) {
    let templates = cx.blueprint.section("node_templates");
    for name in templates.into_iter().flatten().map(|(name, _)| name) {
        if WORDS.contains(&name.as_str()) {
            let message =
                format!("functions take `{name}` for the node that they stand in, never for this one");
            cx.diagnostics.push(
                Diagnostic::warning("shadowed-name", Path::of(["node_templates", name]), message)
                    .with_hint("give the node another name"),
            );
        }
    }
}
