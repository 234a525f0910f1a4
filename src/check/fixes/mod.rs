//! Quick fixes: for each problem that can be mended without knowing what was meant, what to write where.
//!
//! Owns which code is mended how; applied as an edit by whoever shows the problem, never silently. A fix touches only the
//! lines that it must, and only texts that are not built in.

mod inputs;
mod missing;
mod names;
mod text;
mod version;

use super::topology::Topology;
use crate::diag::{Diagnostic, Diagnostics, Fix};
use crate::dsl::Reading;
use text::Texts;

/// Gives every problem that has none the fix that there is for it.
pub(super) fn add(diagnostics: &mut Diagnostics, reading: &Reading, topology: &Topology) {
    let texts = Texts { reading };
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.fix.is_none()) {
        let ours = diagnostic.place.as_ref().is_none_or(|place| place.file.starts_with("built-in:"));
        if !ours {
            diagnostic.fix = fix(diagnostic, &texts, topology);
        }
    }
}

fn fix(diagnostic: &Diagnostic, texts: &Texts<'_>, topology: &Topology) -> Option<Fix> {
    let path = &diagnostic.path;
    let found = match diagnostic.code {
        "missing-version" => version::first_line(texts),
        "unknown-version" => version::known(diagnostic, texts),
        "version-gate" | "import-newer-version" | "section-not-mergeable" => {
            version::raise(diagnostic, texts)
        }
        "duplicate-key" => texts.remove_duplicate(diagnostic),
        "duplicate-name" => names::second(diagnostic, texts),
        "duplicate-import" => texts.remove(path, "remove the second import"),
        "unused-input" => inputs::remove_unused(path, texts),
        "hidden-required-input" => texts.insert(path, "required", "false"),
        "missing-property" => missing::property(diagnostic, texts, topology),
        "function-failed" => names::attribute(diagnostic, texts),
        "two-instance-counts" => missing::one_count(path, texts),
        "deprecated-instances" => missing::scalable(path, texts, topology),
        "obsolete-section" | "item-type-without-list" | "display-not-textarea" => {
            texts.remove(path, &format!("remove `{}`", text::last_key(path)?))
        }
        "self-relationship" => texts.remove(&path.parent()?, "remove the relationship"),
        "unsupported-policy" => texts.replace(path, "cloudify.policies.scaling"),
        "value-type-mismatch" => missing::unquoted(diagnostic, texts),
        "key-not-text" => texts.quote_key(path),
        "unreadable-value" | "number-too-long" => texts.quote(diagnostic.place.as_ref()?),
        "namespace-on-basic-types" => names::without_namespace(path, texts),
        "blueprint-without-namespace" => names::with_namespace(path, texts),
        "bare-function" => texts.brace(path),
        "markdown-damage" => names::undamaged(path, texts),
        _ => None,
    };
    found.or_else(|| names::meant(diagnostic, texts)).or_else(|| missing::import(diagnostic, texts))
}
