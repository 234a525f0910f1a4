//! Names that were meant to be others: misspelt, given twice, under a wrong namespace, marked by an editor of prose.

use super::text::{Texts, last_key};
use crate::diag::{Diagnostic, Fix, Path, Place, Segment, meant as near};
use crate::model::Value;

/// Codes that are about a key, not about its value.
const KEYS: &[&str] = &["undefined-property", "unknown-key", "unknown-property-key"];

/// "Did you mean …?": the name that was meant, over the one that stands there.
pub(super) fn meant(diagnostic: &Diagnostic, texts: &Texts<'_>) -> Option<Fix> {
    let near = diagnostic.hints.iter().find_map(|hint| near(hint))?;
    let path = &diagnostic.path;
    if KEYS.contains(&diagnostic.code) {
        if let Some(fix) = undamaged(path, texts) {
            return Some(fix);
        }
        let place = texts.key(path)?;
        return texts.over(&place, format!("rename to `{near}`"), near);
    }
    match texts.reading.blueprint.at(path) {
        Some(value) if value.as_str().is_none() => {
            // Inside of a function.
            let wrong = quoted(&diagnostic.message).filter_map(|name| name_in(value, path, name)).last()?;
            texts.replace(&wrong, near)
        }
        _ => texts.replace(path, near),
    }
}

/// What stands between backticks.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}

/// Where the text `name` stands in the argument of a function, not deeper.
fn name_in(value: &Value, path: &Path, name: &str) -> Option<Path> {
    let call = value.call()?;
    let path = path.key(call.name);
    match call.argument {
        Value::String(text) if text == name => Some(path),
        Value::List(list) => {
            list.iter().position(|item| item.as_str() == Some(name)).map(|index| path.index(index))
        }
        _ => None,
    }
}

/// The second of two entities of one name gets another.
pub(super) fn second(diagnostic: &Diagnostic, texts: &Texts<'_>) -> Option<Fix> {
    let place = diagnostic.place.as_ref()?;
    let name = texts.at(place)?.trim_matches(['"', '\'']);
    // A section can't be called otherwise.
    let [Segment::Key(section), Segment::Key(_)] = diagnostic.path.segments() else { return None };
    let mut free = (2..1_000).map(|number| format!("{name}_{number}"));
    let free = free.find(|free| texts.reading.blueprint.entity(section, free).is_none())?;
    texts.over(place, format!("rename this one to `{free}`"), free.as_str())
}

/// `get_attribute` instead of `get_property`, for what is there at run time only.
pub(super) fn attribute(diagnostic: &Diagnostic, texts: &Texts<'_>) -> Option<Fix> {
    diagnostic.hints.iter().find(|hint| hint.contains("`get_attribute`"))?;
    let place = texts.key(&diagnostic.path.key("get_property"))?;
    texts.over(&place, "read it with `get_attribute`".to_owned(), "get_attribute")
}

/// The address of an import without its namespace.
pub(super) fn without_namespace(path: &Path, texts: &Texts<'_>) -> Option<Fix> {
    let address = texts.reading.blueprint.at(path)?.as_str()?;
    let (_, plain) = address.rsplit_once("--")?;
    texts.replace(path, plain)
}

/// The address of a blueprint's import under a namespace of its own name.
pub(super) fn with_namespace(path: &Path, texts: &Texts<'_>) -> Option<Fix> {
    let address = texts.reading.blueprint.at(path)?.as_str()?;
    let id = address.strip_prefix("blueprint:")?;
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
    let namespace: String = id.chars().map(plain).collect();
    texts.replace(path, &format!("{namespace}--{address}"))
}

/// `privileged: true` of `_privileged: true_`, which an editor of prose made slanted.
pub(super) fn undamaged(path: &Path, texts: &Texts<'_>) -> Option<Fix> {
    let (key, value) = (texts.key(path)?, texts.value(path)?);
    let name = last_key(path)?.strip_prefix('_')?;
    let text = texts.at(&value)?.trim_end();
    let plain = text.strip_suffix('_').filter(|plain| !plain.is_empty() && !plain.contains('\n'))?;
    if key.file != value.file || name.is_empty() {
        return None;
    }
    let span =
        crate::diag::Span { end: value.span.start + text.len(), end_line: value.span.end_line, ..key.span };
    let place = Place { file: key.file, span };
    texts.over(&place, format!("write `{name}: {plain}`"), format!("{name}: {plain}"))
}
