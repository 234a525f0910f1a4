//! What only the text shows: functions without braces in a list, and traces of an editor of prose. Our own findings.

use crate::diag::{Diagnostic, Diagnostics, Inside, Mark, Path, Source, Trail};
use crate::dsl::Reading;
use crate::model::{Map, Value};

/// Looks at the blueprint's own text.
pub(in crate::check) fn check(reading: &Reading, diagnostics: &mut Diagnostics) {
    let Some(source) = reading.sources.first() else { return };
    let (functions, slanted) =
        (source.text.contains(": ["), source.text.contains("_:") || source.text.contains(" _"));
    if !functions && !slanted {
        return;
    }
    let Inside::Map(marks) = &reading.source_map.root().inside else { return };
    let mut look = Look { source, diagnostics };
    for (section, value) in &reading.blueprint.sections {
        if let Some(mark) = marks.get(section) {
            look.value(value, mark, &Trail::section(section), false);
        }
    }
}

struct Look<'a> {
    source: &'a Source,
    diagnostics: &'a mut Diagnostics,
}

impl Look<'_> {
    fn value(&mut self, value: &Value, mark: &Mark, path: &Trail<'_>, in_brackets: bool) {
        match (value, &mark.inside) {
            (Value::List(list), Inside::List(marks)) => {
                let brackets = mark.file == 0 && self.starts_with(mark, '[');
                for (index, (item, mark)) in list.iter().zip(marks).enumerate() {
                    self.value(item, mark, &path.index(index), brackets);
                }
            }
            (Value::Map(map), Inside::Map(marks)) => {
                if in_brackets && mark.file == 0 && value.call().is_some() && !self.starts_with(mark, '{') {
                    self.bare(map, &path.path());
                }
                for (key, inner) in map {
                    let Some(mark) = marks.get(key) else { continue };
                    if mark.file == 0
                        && key.starts_with('_')
                        && key.len() > 1
                        && inner.as_str().is_some_and(|text| text.len() > 1 && text.ends_with('_'))
                    {
                        self.slanted(key, &path.key(key).path());
                    }
                    self.value(inner, mark, &path.key(key), false);
                }
            }
            _ => {}
        }
    }

    fn starts_with(&self, mark: &Mark, bracket: char) -> bool {
        mark.value().is_none_or(|span| {
            self.source.text.get(span.start..).is_none_or(|text| text.starts_with(bracket))
        })
    }

    fn bare(&mut self, map: &Map, path: &Path) {
        let name = map.keys().next().map_or("", String::as_str);
        let message = format!("`{name}` stands in a list without braces of its own");
        self.diagnostics
            .push(Diagnostic::hint("bare-function", path.clone(), message).with_hint(
                "YAML takes what stands between two commas for a map of one entry; braces say so",
            ));
    }

    fn slanted(&mut self, key: &str, path: &Path) {
        let message = format!("`{key}` and its value look like slanted text of a document, not like YAML");
        self.diagnostics.push(
            Diagnostic::warning("markdown-damage", path.clone(), message)
                .with_hint("take the underscores at both ends away"),
        );
    }
}
