//! [`write`]: values → YAML text that every reader, old or new, reads back as the same values.
//!
//! Quotes whatever a YAML 1.1 reader (`PyYAML`, kubectl) would take for something else. Writes new text only;
//! existing text is patched, not written anew.

use std::fmt::Write as _;

use super::scalar;
use crate::diag::is_deceptive;
use crate::model::Value;

/// `value` as a YAML document, in block style, ending in a line end.
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    block(&mut out, value, 0);
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Map(map) if !map.is_empty() => {
            for (position, (key, item)) in map.iter().enumerate() {
                if position > 0 {
                    pad(out, indent);
                }
                text(out, key, indent, true);
                out.push(':');
                nested(out, item, indent);
            }
        }
        Value::List(list) if !list.is_empty() => {
            for (position, item) in list.iter().enumerate() {
                if position > 0 {
                    pad(out, indent);
                }
                out.push_str("- ");
                block(out, item, indent + 2);
                end(out);
            }
        }
        _ => inline(out, value, indent),
    }
}

/// What follows a key: on the same line, or a deeper block.
fn nested(out: &mut String, item: &Value, indent: usize) {
    match item {
        Value::Map(map) if !map.is_empty() => {
            out.push('\n');
            pad(out, indent + 2);
            block(out, item, indent + 2);
        }
        Value::List(list) if !list.is_empty() => {
            out.push('\n');
            pad(out, indent + 2);
            block(out, item, indent + 2);
        }
        _ => {
            out.push(' ');
            inline(out, item, indent + 2);
        }
    }
    end(out);
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn end(out: &mut String) {
    if !out.ends_with('\n') {
        out.push('\n');
    }
}

fn inline(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Value::BigInt(digits) => out.push_str(digits),
        Value::Float(number) => out.push_str(&float(*number)),
        Value::String(string) => text(out, string, indent, false),
        Value::List(_) => out.push_str("[]"),
        Value::Map(_) => out.push_str("{}"),
    }
}

/// A scalar that is no text.
pub(super) fn scalar(out: &mut String, value: &Value) {
    inline(out, value, 0);
}

/// Text on one line, plain or quoted; `flow` if brackets are around it, where fewer texts may stand plain.
pub(super) fn one_line(out: &mut String, string: &str, flow: bool) {
    if flow && string.contains([':', '?']) && is_plain(string) {
        out.push('\'');
        out.push_str(&string.replace('\'', "''"));
        out.push('\'');
    } else {
        text(out, string, 0, true);
    }
}

/// Whether text of several lines can be written as it is, behind a `|`.
pub(super) fn is_literal(text: &str) -> bool {
    is_printable(text)
        && text.contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && !text.lines().any(|line| line.trim().is_empty() && !line.is_empty())
}

/// Whether text can stand on one line as it is.
pub(super) fn is_one_line(text: &str) -> bool {
    is_printable(text) && !text.contains('\n')
}

fn is_printable(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || !is_odd(c))
}

/// A float that YAML 1.1 reads as one: with a dot, and a sign in its exponent.
fn float(number: f64) -> String {
    if number.is_nan() {
        return ".nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { ".inf".into() } else { "-.inf".into() };
    }
    let mut text = format!("{number:?}");
    if let Some(at) = text.find('e') {
        if !text[..at].contains('.') {
            text.insert_str(at, ".0");
        }
        let at = text.find('e').unwrap_or_default();
        if !text[at + 1..].starts_with('-') {
            text.insert(at + 1, '+');
        }
    }
    text
}

fn text(out: &mut String, text: &str, indent: usize, key: bool) {
    let printable = is_printable(text);
    if !key && is_literal(text) {
        return literal(out, text, indent);
    }
    if is_plain(text) {
        out.push_str(text);
    } else if printable && !text.contains('\n') {
        let _ = write!(out, "'{}'", text.replace('\'', "''"));
    } else {
        quoted(out, text);
    }
}

/// What is written as an escape: controls, ends of lines that YAML 1.1 knows, and what could fool who reads the text.
fn is_odd(c: char) -> bool {
    c.is_control() || is_deceptive(c)
}

/// `|`, with the number of line ends at the end kept.
fn literal(out: &mut String, text: &str, indent: usize) {
    let body = text.trim_end_matches('\n');
    let ends = text.len() - body.len();
    out.push('|');
    match ends {
        0 => out.push('-'),
        1 => {}
        _ => out.push('+'),
    }
    out.push('\n');
    for line in body.split('\n') {
        if !line.is_empty() {
            pad(out, indent.max(2));
            out.push_str(line);
        }
        out.push('\n');
    }
    out.extend(std::iter::repeat_n('\n', ends.saturating_sub(1)));
}

/// Text in double quotes.
pub(super) fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_odd(c) => {
                let _ = match u32::from(c) {
                    small @ ..=0xffff => write!(out, "\\u{small:04X}"),
                    large => write!(out, "\\U{large:08X}"),
                };
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let opener = matches!(
        first,
        '-' | '?'
            | ':'
            | ','
            | '['
            | ']'
            | '{'
            | '}'
            | '#'
            | '&'
            | '*'
            | '!'
            | '|'
            | '>'
            | '\''
            | '"'
            | '%'
            | '@'
            | '`'
            | '='
    );
    !opener
        && !scalar::is_ambiguous(text)
        && !text.starts_with(' ')
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.chars().any(|c| matches!(c, ',' | '[' | ']' | '{' | '}') || is_odd(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;
    use crate::model::Map;

    fn round_trip(value: &Value) -> Value {
        let (back, _, problems) = super::super::read_value(&Source::new("x", write(value)));
        assert!(problems.is_empty(), "{problems:?}\n{}", write(value));
        back
    }

    #[test]
    fn nasty_strings_survive() {
        for text in [
            "",
            " ",
            "yes",
            "014",
            "12:30",
            "=",
            "<<",
            "null",
            "~",
            "a: b",
            "a #b",
            "- x",
            "#x",
            "it's",
            "\"q\"",
            "a\nb",
            "a\n",
            "a\n\n",
            "\na",
            " a\nb",
            "tab\there",
            "bell\u{7}",
            "é",
            "x:",
            "[a]",
            "{a}",
            "1e3",
            "2024-01-01",
            "@x",
            "a\n \nb",
            "\u{2028}",
            "a\r\nb",
            "!x",
            "%x",
            "key,",
            "-",
            "?",
        ] {
            let value = Value::string(text);
            assert_eq!(round_trip(&value), value);
            let map =
                Value::Map(Map::from_iter([(text.to_owned(), Value::List(vec![value.clone(), value]))]));
            assert_eq!(round_trip(&map), map);
        }
    }

    #[test]
    fn nesting_and_numbers_survive() {
        let json =
            r#"{"a":[[1,[2,{"b":{}}]],[],{"c":[{"d":1.5,"e":null}]}],"f":true,"g":-1,"h":1e300,"i":1e-7}"#;
        let value: Value = serde_json::from_str(json).unwrap();
        assert_eq!(round_trip(&value), value);
    }
}
