//! Reading on behind a syntax error: each costs the entity that it stands in, the rest is read.
//!
//! The lines of the broken entity are blanked (so that every other place stays true) and the text is read again,
//! a bounded number of times. Knows only indentation, nothing about blueprints.

use super::yaml::{self, Broken, Document};
use crate::diag::{Diagnostic, Source};

/// Errors that are read past.
const ERRORS: usize = 20;

/// What could be read of a text, and its syntax errors.
pub(super) fn parse(source: &Source, file: u32) -> (Document, Vec<Diagnostic>) {
    let mut errors = Vec::new();
    let mut text = source.text.to_string();
    loop {
        match yaml::parse(source, &text, file) {
            Ok(document) => return (document, errors),
            Err(broken) => {
                let Broken { line, diagnostic } = *broken;
                let bomb = diagnostic.code != "syntax";
                let costly = diagnostic.code == "alias-bomb";
                if errors.is_empty() || !bomb {
                    errors.push(diagnostic);
                }
                // Reading on would be as long once more, for each that is left.
                if costly {
                    return (Document::default(), errors);
                }
                if errors.len() > ERRORS || !blank(&mut text, line) {
                    return (Document::default(), errors);
                }
            }
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_content(line: &str) -> bool {
    let trimmed = line.trim_start();
    !trimmed.is_empty() && !trimmed.starts_with('#')
}

/// Chunks before the told one that are tried: an open bracket or quote is often told far behind it.
const BEFORE: usize = 12;

/// Whether a chunk is broken by itself. An alias of an anchor elsewhere is no fault of its own.
fn is_broken(text: &str) -> bool {
    let mut events = granit_parser::Parser::new_from_str(text);
    events.any(|event| event.is_err_and(|error| *error.kind() != granit_parser::ErrorKind::UnknownAnchor))
}

/// Blanks the entity at fault for an error that was told for line `number` (from 1). An entity begins at a line
/// that is indented at most one level: a section, or a name in one. False when nothing was left to blank.
fn blank(text: &mut String, number: usize) -> bool {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let Some(last) = lines.len().checked_sub(1) else { return false };
    let told = number.saturating_sub(1).min(last);
    let content = || lines.iter().filter(|line| is_content(line));
    let step = content().map(|line| indent(line)).filter(|&indent| indent > 0).min().unwrap_or(0);
    let starts: Vec<usize> =
        (0..lines.len()).filter(|&line| is_content(lines[line]) && indent(lines[line]) <= step).collect();
    let end = |chunk: usize| starts.get(chunk + 1).copied().unwrap_or(lines.len());
    let at = starts.partition_point(|&start| start <= told).saturating_sub(1);
    let fault = (at.saturating_sub(BEFORE)..=at)
        .rev()
        .filter(|&chunk| chunk < starts.len())
        .find(|&chunk| is_broken(&lines[starts[chunk]..end(chunk)].concat()));
    let (from, to) = match fault.or_else(|| starts.get(at).map(|_| at)) {
        Some(chunk) => (starts[chunk], end(chunk)),
        None => (told, told + 1),
    };
    let mut changed = false;
    let mut blanked = String::with_capacity(text.len());
    for (position, line) in lines.iter().enumerate() {
        if (from..to).contains(&position) && is_content(line) {
            changed = true;
            let blank = |byte: u8| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' };
            blanked.extend(line.bytes().map(blank));
        } else {
            blanked.push_str(line);
        }
    }
    *text = blanked;
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> (Vec<String>, Vec<u32>) {
        let (document, errors) = parse(&Source::new("b.yaml", text), 0);
        let names = document
            .tree
            .value
            .get("nodes")
            .and_then(|nodes| nodes.as_map())
            .map(|nodes| nodes.keys().cloned().collect())
            .unwrap_or_default();
        (names, errors.iter().filter_map(|error| error.place.as_ref()).map(|place| place.span.line).collect())
    }

    #[test]
    fn a_syntax_error_costs_one_entity() {
        let (names, lines) = names("nodes:\n  a:\n    x: 1\n  b:\n    x: [1\n  c:\n    x: 2\nrest: 1\n");
        assert_eq!(names, ["a", "c"]);
        assert_eq!(lines.len(), 1);
    }

    #[test]
    fn several_are_all_told() {
        let (names, lines) = names("nodes:\n  a: {x: 'un}\n  b:\n    x: 1\n  c: ]\n  d: {}\n");
        assert!(names.contains(&"d".to_owned()), "{names:?}");
        assert!(!lines.is_empty());
    }

    #[test]
    fn nothing_left_is_no_endless_loop() {
        assert_eq!(names("{{{{{{").0, Vec::<String>::new());
        assert_eq!(names("\t\t: :\n- ]").0, Vec::<String>::new());
    }
}
