//! Variables of compose files (`$NAME`, `${NAME:-default}`) as inputs of the blueprint.

use super::super::Ingested;
use crate::model::{Map, Value};

/// A part of a text.
#[derive(Debug, PartialEq)]
enum Part {
    Text(String),
    /// Name and default.
    Variable(String, Option<String>),
}

/// `text` as a value: itself, or the function that puts it together from inputs, which are declared.
pub(super) fn value(text: &str, at: &str, out: &mut Ingested) -> Value {
    let mut parts: Vec<Value> = Vec::new();
    for part in parts_of(text) {
        match part {
            Part::Text(text) => parts.push(text.into()),
            Part::Variable(name, default) => {
                declare(&name, default.as_deref(), at, out);
                parts.push(Value::Map(Map::from_iter([("get_input".to_owned(), name.into())])));
            }
        }
    }
    match parts.len() {
        0 => "".into(),
        1 => parts.swap_remove(0),
        _ => Value::Map(Map::from_iter([("concat".to_owned(), Value::List(parts))])),
    }
}

/// `text` with the defaults of its variables, for places where no function fits.
pub(super) fn plain(text: &str) -> String {
    let part = |part| match part {
        Part::Text(text) => text,
        Part::Variable(_, default) => default.unwrap_or_default(),
    };
    parts_of(text).into_iter().map(part).collect()
}

/// The input for a variable.
pub(super) fn declare(name: &str, default: Option<&str>, at: &str, out: &mut Ingested) {
    if out.inputs.contains_key(name) {
        return;
    }
    if default.is_none() {
        let why = format!("the variable `{name}` has no value here: it is the input `{name}`, empty so far");
        out.leave(at, why, None);
    }
    let input = [
        ("description".to_owned(), format!("The variable {name} of {}.", out.origin).into()),
        ("type".to_owned(), Value::from("string")),
        ("default".to_owned(), default.unwrap_or_default().into()),
    ];
    out.inputs.insert(name.to_owned(), Value::Map(Map::from_iter(input)));
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// `$$` is a `$`; what is no variable stays as it is.
fn parts_of(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        plain.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(next) = after.strip_prefix('$') {
            plain.push('$');
            rest = next;
            continue;
        }
        let found = match after.strip_prefix('{') {
            Some(inner) => braces(inner).map(|end| (&inner[..end], &inner[end + 1..])),
            None => {
                let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
                (end > 0).then(|| (&after[..end], &after[end..]))
            }
        };
        let variable = found.and_then(|(inside, next)| Some((variable(inside)?, next)));
        match variable {
            Some((variable, next)) => {
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(variable);
                rest = next;
            }
            None => {
                plain.push('$');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    parts
}

/// Where the brace that is open ends.
fn braces(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn variable(inside: &str) -> Option<Part> {
    let end = inside.find(|c| !is_name(c)).unwrap_or(inside.len());
    let (name, how) = inside.split_at(end);
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let how = how.strip_prefix(':').unwrap_or(how);
    let default = match how.chars().next() {
        None => None,
        // A default may name variables, too: their defaults are taken.
        Some('-') => Some(plain(&how[1..])),
        // `?message` asks for a value, `+other` stands for one that is set.
        Some('?' | '+') => None,
        Some(_) => return None,
    };
    Some(Part::Variable(name.to_owned(), default))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_and_nothing_else() {
        let text = |text: &str| Part::Text(text.into());
        let variable =
            |name: &str, default: Option<&str>| Part::Variable(name.into(), default.map(Into::into));
        assert_eq!(
            parts_of("a$B/${C}-${D:-x}${E-}z"),
            [
                text("a"),
                variable("B", None),
                text("/"),
                variable("C", None),
                text("-"),
                variable("D", Some("x")),
                variable("E", Some("")),
                text("z")
            ]
        );
        assert_eq!(parts_of("cost $$5 $ ${ $(pwd) ${9}"), [text("cost $5 $ ${ $(pwd) ${9}")]);
        assert_eq!(parts_of("${A:-${B:-deep}}"), [variable("A", Some("deep"))]);
        assert_eq!(parts_of("${A:?must be set}"), [variable("A", None)]);
    }
}
