//! Inputs that nothing reads: our own finding, a warning.

use std::collections::HashSet;

use crate::check::Checker;
use crate::check::topology::Topology;
use crate::diag::{Diagnostic, Path};
use crate::model::Value;

/// Tells inputs of the blueprint's own file that no function reads.
pub(super) fn check(cx: &mut Checker<'_>, topology: &Topology) {
    if cx.blueprint.incomplete || topology.inputs.is_empty() {
        return;
    }
    let mut read = HashSet::new();
    for value in cx.blueprint.sections.values() {
        collect(value, &mut read);
    }
    // An input whose name is computed may be any.
    if read.contains("") {
        return;
    }
    for name in topology.inputs.keys().filter(|name| !read.contains(name.as_str())) {
        let path = Path::of(["inputs", name]);
        // Inputs of imported files are theirs.
        if cx.source_map.mark(&path).is_none_or(|mark| mark.file != 0) {
            continue;
        }
        cx.diagnostics.push(
            Diagnostic::warning("unused-input", path, format!("nothing reads the input `{name}`"))
                .with_hint("remove it, or read it with `{ get_input: … }`"),
        );
    }
}

fn collect<'v>(value: &'v Value, read: &mut HashSet<&'v str>) {
    match value {
        Value::List(list) => list.iter().for_each(|item| collect(item, read)),
        Value::Map(map) => {
            for (key, inner) in map {
                if key == "get_input" {
                    let name = match inner {
                        Value::List(list) => list.first(),
                        other => Some(other),
                    };
                    read.insert(name.and_then(Value::as_str).unwrap_or_default());
                }
                collect(inner, read);
            }
        }
        _ => {}
    }
}
