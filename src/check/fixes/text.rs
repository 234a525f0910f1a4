//! [`Texts`]: the smallest stretch of text for a small change, at a path of a blueprint.

use crate::diag::{Diagnostic, Fix, Path, Place, Segment, Source, Span};
use crate::dsl::Reading;

/// The texts of a blueprint and of what it imports.
pub(super) struct Texts<'r> {
    pub reading: &'r Reading,
}

impl Texts<'_> {
    /// The text of a file that is not built in.
    pub fn source(&self, file: &str) -> Option<&Source> {
        let own = !file.starts_with("built-in:");
        self.reading.sources.iter().find(|source| own && *source.name == *file)
    }

    /// The text at a place.
    pub fn at(&self, place: &Place) -> Option<&str> {
        self.source(&place.file)?.text.get(place.span.start..place.span.end)
    }

    /// Where the value of a path stands, as written: without the blanks and comments behind it.
    pub fn value(&self, path: &Path) -> Option<Place> {
        self.reading.source_map.value(path).filter(|place| self.source(&place.file).is_some())
    }

    /// Where the key of a path stands; none for an element of a list.
    pub fn key(&self, path: &Path) -> Option<Place> {
        let mark = self.reading.source_map.mark(path)?;
        mark.key()?;
        self.reading.source_map.key(path).filter(|place| self.source(&place.file).is_some())
    }

    /// Writes `with` over a stretch.
    pub fn over(&self, place: &Place, label: String, with: impl Into<String>) -> Option<Fix> {
        self.at(place)?;
        Some(Fix { label, place: place.clone(), replacement: with.into() })
    }

    /// Writes `with` over the value at `path`.
    pub fn replace(&self, path: &Path, with: &str) -> Option<Fix> {
        let place = self.value(path)?;
        // A value of several lines is no name.
        self.at(&place).filter(|text| !text.contains('\n'))?;
        self.over(&place, format!("change to `{with}`"), with)
    }

    /// An empty stretch before byte `at`.
    fn before(&self, place: &Place, at: usize) -> Place {
        let text = self.source(&place.file).map_or("", |source| &source.text);
        let head = text.get(..at).unwrap_or_default();
        let line = head.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1;
        let column = head.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
        Place { file: place.file.clone(), span: Span { start: at, end: at, line, column, end_line: line } }
    }

    /// Writes `with` at byte `at` of the file of `place`.
    pub fn write(&self, place: &Place, at: usize, label: String, with: String) -> Option<Fix> {
        let place = self.before(place, at);
        self.over(&place, label, with)
    }

    /// Puts what is at `place` in quotes.
    pub fn quote(&self, place: &Place) -> Option<Fix> {
        let text = self.at(place)?;
        let plain = !text.is_empty() && !text.contains(['"', '\'', '\\', '\n']) && !text.starts_with('!');
        let short: String = text.chars().take(20).collect();
        let label = format!("put `{short}{}` in quotes", if short.len() < text.len() { "…" } else { "" });
        plain.then(|| self.over(place, label, format!("\"{text}\"")))?
    }

    /// Puts the key at `path` in quotes.
    pub fn quote_key(&self, path: &Path) -> Option<Fix> {
        self.quote(&self.key(path)?)
    }

    /// Puts braces around a map of one entry that stands in a list without them.
    pub fn brace(&self, path: &Path) -> Option<Fix> {
        let place = self.value(path)?;
        let text = self.at(&place)?.trim_end();
        let mut place = place.clone();
        place.span.end = place.span.start + text.len();
        self.over(&place, "put braces around it".to_owned(), format!("{{ {text} }}"))
    }

    /// Takes the entry at `path` away: its lines, or its stretch between commas.
    pub fn remove(&self, path: &Path, label: &str) -> Option<Fix> {
        let value = self.value(path)?;
        let first = self
            .key(path)
            .filter(|key| key.file == value.file)
            .map_or(value.span.start, |key| key.span.start);
        let text = &self.source(&value.file)?.text;
        let (start, end) = entry(text, first, value.span.end.max(first))?;
        let mut place = self.before(&value, start);
        place.span.end = end;
        place.span.end_line = value.span.end_line;
        self.over(&place, label.to_owned(), "")
    }

    /// Takes the first of two equal keys away, which does not count: the value stays what it was.
    pub fn remove_duplicate(&self, diagnostic: &Diagnostic) -> Option<Fix> {
        let (first, second) = (&diagnostic.related.first()?.place, diagnostic.place.as_ref()?);
        let text = &self.source(&first.file)?.text;
        let (from, to) = (first.span.start, second.span.start);
        // It ends before the next key: the second one, or whatever stands between them.
        let own_line = line_start(text, from).is_some_and(|start| text[start..from].trim().is_empty());
        let end = if own_line {
            let indent = from - line_start(text, from)?;
            let mut at = from;
            for line in text.get(from..to)?.split_inclusive('\n') {
                let begun = at > from;
                let blanks = line.len() - line.trim_start_matches(' ').len();
                if begun && !line.trim().is_empty() && blanks <= indent {
                    break;
                }
                at += line.len();
            }
            at.min(line_start(text, to)?)
        } else {
            let mut depth = 0usize;
            let stretch = text.get(from..to)?;
            let comma = stretch.char_indices().find(|(_, character)| {
                match character {
                    '[' | '{' => depth += 1,
                    ']' | '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                *character == ',' && depth == 0
            });
            let after = from + comma?.0 + 1;
            after + text.get(after..)?.len() - text.get(after..)?.trim_start_matches(' ').len()
        };
        let start = if own_line { line_start(text, from)? } else { from };
        let mut place = self.before(first, start);
        place.span.end = end;
        place.span.end_line = second.span.line.max(place.span.line);
        self.over(&place, format!("remove the first one, on line {}", first.span.line), "")
    }

    /// Adds an entry to the map at `path`.
    pub fn insert(&self, path: &Path, key: &str, value: &str) -> Option<Fix> {
        let label = format!("add `{key}: {value}`");
        let place = self.value(path)?;
        let text = self.at(&place)?;
        if let Some(rest) = text.strip_prefix('{') {
            let empty = rest.trim_start().starts_with('}');
            let with = if empty { format!(" {key}: {value} ") } else { format!(" {key}: {value},") };
            let with = if empty || rest.starts_with(' ') { with } else { format!("{with} ") };
            return self.write(&place, place.span.start + 1, label, with);
        }
        let crate::diag::Inside::Map(marks) = &self.reading.source_map.mark(path)?.inside else {
            return None;
        };
        let first = marks.values().filter_map(crate::diag::Mark::key).min_by_key(|span| span.start)?;
        let indent = " ".repeat(first.column.saturating_sub(1) as usize);
        self.write(&place, first.start, label, format!("{key}: {value}\n{indent}"))
    }

    /// Adds an entry behind another one of the same map.
    pub fn insert_after(&self, sibling: &Path, key: &str, value: &str) -> Option<Fix> {
        let label = format!("add `{key}: {value}`");
        let (own, place) = (self.key(sibling)?, self.value(sibling)?);
        let text = &self.source(&place.file)?.text;
        let inside = line_start(text, own.span.start).map(|start| &text[start..own.span.start])?;
        // Inside braces there is a bracket or a comma before the key.
        let with = if inside.trim().trim_start_matches("- ").is_empty() || inside.trim() == "-" {
            format!("\n{}{key}: {value}", " ".repeat(own.span.column.saturating_sub(1) as usize))
        } else {
            format!(", {key}: {value}")
        };
        self.write(&place, place.span.end, label, with)
    }
}

/// The first byte of the line of byte `at`.
fn line_start(text: &str, at: usize) -> Option<usize> {
    Some(text.get(..at)?.rfind('\n').map_or(0, |end| end + 1))
}

/// The stretch that an entry takes: whole lines where it stands on its own, else as far as its comma.
fn entry(text: &str, first: usize, last: usize) -> Option<(usize, usize)> {
    let start = line_start(text, first)?;
    let head = text.get(start..first)?.trim();
    let rest = text.get(last..)?;
    if head.is_empty() || head == "-" {
        let end = rest.find('\n').map_or(text.len(), |end| last + end + 1);
        // What follows on its last line is a comment at most.
        let tail = rest.split('\n').next().unwrap_or_default().trim();
        return (tail.is_empty() || tail.starts_with('#')).then_some((start, end));
    }
    let blanks = rest.len() - rest.trim_start().len();
    if rest.trim_start().starts_with(',') {
        let after = last + blanks + 1;
        let more = text.get(after..)?;
        return Some((first, after + more.len() - more.trim_start_matches(' ').len()));
    }
    let before = text.get(..first)?.trim_end();
    Some((before.strip_suffix(',').map_or(first, str::len), last))
}

/// The key of the last step.
pub(super) fn last_key(path: &Path) -> Option<&str> {
    match path.segments().last()? {
        Segment::Key(key) => Some(key),
        Segment::Index(_) => None,
    }
}
