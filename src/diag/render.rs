//! A [`Diagnostic`] as a terminal snippet: message, place, the line itself with a mark under it, hints.
//!
//! Plain text without colour; the command line adds that. Whatever comes from a blueprint is escaped, so
//! that a hostile name can't steer a terminal.

use std::fmt::Write as _;

use super::{Diagnostic, Severity, Source};

/// Whether a character could steer a terminal or fool a reader: controls (but the end of a line and the tab), overrides of
/// the direction of text, ends of lines that only some programs know, and what nobody sees. The joiners that some scripts
/// are written with are none.
pub fn is_deceptive(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}' => true,
        '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}' => true,
        other => other.is_control(),
    }
}

/// `text` with what [is deceptive](is_deceptive) written as `\u{…}`.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_deceptive(character) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

/// A JSON document with what [is deceptive](is_deceptive) in its strings written as `\uXXXX`: it says the same.
pub fn escape_json(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    for character in document.chars() {
        // Outside of strings there are no such characters but ends of lines.
        if is_deceptive(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// Characters that are quoted of a longer line, and how many of them stand before the place.
const QUOTED: usize = 240;
const QUOTED_BEFORE: usize = 80;

/// What is quoted of a line, escaped, and how many characters of that stand before `column` (from 0).
fn quoted(line: &str, column: usize) -> (String, usize) {
    let long = line.chars().nth(QUOTED).is_some();
    let skipped = if long { column.saturating_sub(QUOTED_BEFORE) } else { 0 };
    let mut characters = line.chars().skip(skipped);
    let clean = |text: String| escape(&text).replace('\t', " ");
    let head = if skipped > 0 { "… " } else { "" };
    let before = format!("{head}{}", clean(characters.by_ref().take(column - skipped).collect()));
    let count = before.chars().count();
    let after =
        clean(characters.by_ref().take(if long { QUOTED - QUOTED_BEFORE } else { usize::MAX }).collect());
    let tail = if characters.next().is_some() { " …" } else { "" };
    (format!("{before}{after}{tail}"), count)
}

/// The snippet of one diagnostic; `find` gives the source of a file by its name, for the quoted line.
pub fn render<'a>(diagnostic: &Diagnostic, find: impl Fn(&str) -> Option<&'a Source>) -> String {
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    let mut out = format!("{word}[{}]: {}\n", diagnostic.code, escape(&diagnostic.message));
    if let Some(place) = &diagnostic.place {
        let _ = writeln!(out, "  --> {}", escape(&place.to_string()));
        if let Some(source) = find(&place.file) {
            let (line, before) =
                quoted(source.line(place.span.line), (place.span.column as usize).saturating_sub(1));
            let number = place.span.line.to_string();
            let room = line.chars().count().saturating_sub(before).max(1);
            let length = if place.span.end_line > place.span.line {
                room
            } else {
                source.text.get(place.span.start..place.span.end).map_or(1, |text| text.chars().count())
            };
            let _ = writeln!(out, " {number} | {line}");
            let _ = writeln!(
                out,
                " {} | {}{}",
                " ".repeat(number.len()),
                " ".repeat(before),
                "^".repeat(length.clamp(1, room))
            );
        }
    } else if !diagnostic.path.segments().is_empty() {
        let _ = writeln!(out, "  --> {}", escape(&diagnostic.path.to_string()));
    }
    for related in &diagnostic.related {
        let _ = writeln!(out, "  note: {}: {}", escape(&related.place.to_string()), escape(&related.message));
    }
    for hint in &diagnostic.hints {
        let _ = writeln!(out, "  hint: {}", escape(hint));
    }
    if let Some(fix) = &diagnostic.fix {
        let _ = writeln!(out, "  fix: {} (line {})", escape(&fix.label), fix.place.span.line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Path, Place, Span};

    #[test]
    fn quotes_the_line_and_marks_the_place() {
        let source = Source::new("b.yaml", "node_templates:\n  web: { type: nope }\n");
        let start = source.text.find("nope").unwrap();
        let span = Span { start, end: start + 4, line: 2, column: 16, end_line: 2 };
        let diagnostic = Diagnostic::error("unknown-node-type", Path::root(), "no type is named `nope`")
            .at(Place { file: "b.yaml".into(), span })
            .with_hint("known types: a, b");
        let text = render(&diagnostic, |name| (name == "b.yaml").then_some(&source));
        assert_eq!(
            text,
            "error[unknown-node-type]: no type is named `nope`\n  --> b.yaml:2:16\n 2 |   web: { type: nope }\n   \
             |                ^^^^\n  hint: known types: a, b\n"
        );
    }

    #[test]
    fn of_a_long_line_only_what_is_near_is_quoted() {
        let source =
            Source::new("b.yaml", format!("a: [{}here{}]\n", "x, ".repeat(5_000), ", y".repeat(5_000)));
        let start = source.text.find("here").unwrap();
        let span = Span { start, end: start + 4, line: 1, column: start as u32 + 1, end_line: 1 };
        let diagnostic =
            Diagnostic::error("syntax", Path::root(), "no").at(Place { file: "b.yaml".into(), span });
        let text = render(&diagnostic, |_| Some(&source));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[2].starts_with(" 1 | … ") && lines[2].ends_with(" …"), "{text}");
        let marked = lines[3].find("^^^^").map(|at| lines[2].chars().skip(at).take(4).collect::<String>());
        assert!(marked.as_deref() == Some("here") && text.len() < 1_000, "{text}");
    }

    #[test]
    fn controls_and_bidi_are_escaped() {
        assert_eq!(escape("a\u{1b}[31m\u{202e}b\n"), "a\\u{1b}[31m\\u{202e}b\n");
    }

    #[test]
    fn escaped_json_says_the_same() {
        let text = "ä\u{1b}\u{7f}\u{9b}\u{202e}\u{2028}\u{200d}\u{e0041}\n";
        let document = serde_json::to_string_pretty(&[text]).unwrap();
        let escaped = escape_json(&document);
        assert!(!escaped.chars().any(is_deceptive) && escaped.contains("\\udb40\\udc41"), "{escaped}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&escaped).unwrap(), [text]);
    }
}
