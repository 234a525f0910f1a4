//! Inputs that nothing reads.

use super::text::{Texts, last_key};
use crate::diag::{Fix, Path};

/// Takes an unused input away, and with the last one the section.
pub(super) fn remove_unused(path: &Path, texts: &Texts<'_>) -> Option<Fix> {
    let label = format!("remove the input `{}`", last_key(path)?);
    let section = path.parent()?;
    let alone = texts.reading.blueprint.section("inputs").is_some_and(|inputs| inputs.len() == 1);
    texts.remove(if alone { &section } else { path }, &label)
}
