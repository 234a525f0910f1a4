//! The files that come with the program are parsed once for a process: they are in nearly every blueprint, and larger than
//! most. Same text, same result; nothing else is remembered.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::yaml::Document;
use crate::diag::{Mark, Source};
use crate::model::{Map, Value};

/// How names of files begin that come with the program.
const BUILT_IN: &str = "built-in:";

struct Known {
    text: Arc<str>,
    sections: Map,
    mark: Mark,
}

static MEMORY: LazyLock<Mutex<HashMap<Arc<str>, Known>>> = LazyLock::new(Mutex::default);

/// What stands in a file that comes with the program, if it was parsed before; `file` is the index that its marks carry.
pub(super) fn recall(source: &Source, file: u32) -> Option<(Map, Mark)> {
    if !source.name.starts_with(BUILT_IN) {
        return None;
    }
    let memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    let known = memory.get(&source.name).filter(|known| known.text == source.text)?;
    let (sections, mut mark) = (known.sections.clone(), known.mark.clone());
    drop(memory);
    mark.move_to(file);
    Some((sections, mark))
}

/// Remembers a file that comes with the program, unless there is something to tell of it.
pub(super) fn keep(source: &Source, document: &Document) {
    let clean = document.problems.is_empty()
        && document.duplicates.is_empty()
        && document.non_ascii.is_empty()
        && !document.odd_keys;
    let Value::Map(sections) = &document.tree.value else { return };
    if !clean || !source.name.starts_with(BUILT_IN) {
        return;
    }
    let known =
        Known { text: source.text.clone(), sections: sections.clone(), mark: document.tree.mark.clone() };
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner).insert(source.name.clone(), known);
}
