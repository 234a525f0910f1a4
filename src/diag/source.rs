//! Where text stands: a [`Source`] is one file's text, a [`Span`] a stretch of it, a [`SourceMap`] says
//! which span a [`Path`] was read from.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::Path;

/// One text and the name under which messages show it (a path relative to the project, as a rule).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name shown in messages.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
}

impl Source {
    /// A source from its name and text.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// The text of line `line` (from 1) without its line end; empty when there is no such line.
    pub fn line(&self, line: u32) -> &str {
        self.text.lines().nth((line as usize).saturating_sub(1)).unwrap_or_default()
    }
}

/// A stretch of a text. Lines and columns count from 1, columns in characters; bytes from 0, end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last one.
    pub end: usize,
    /// Line of the first byte.
    pub line: u32,
    /// Column of the first byte.
    pub column: u32,
    /// Line of the last byte.
    pub end_line: u32,
}

/// A [`Span`] in a named file: what `file:line:column` is printed from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// [`Source::name`] of the file.
    pub file: Arc<str>,
    /// Where in it.
    pub span: Span,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.span.line, self.span.column)
    }
}

/// Which text each [`Path`] of a blueprint was read from: key and value each have a place.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    entries: HashMap<Path, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    key: Option<Place>,
    value: Place,
}

impl SourceMap {
    /// Records where the key (if it has one) and the value of `path` stand; a later record wins.
    pub fn insert(&mut self, path: Path, key: Option<Place>, value: Place) {
        self.entries.insert(path, Entry { key, value });
    }

    /// Where the value of `path` stands.
    pub fn value(&self, path: &Path) -> Option<&Place> {
        self.entries.get(path).map(|entry| &entry.value)
    }

    /// Where the key of `path` stands, or its value if it has no key (an element of a list).
    pub fn key(&self, path: &Path) -> Option<&Place> {
        self.entries.get(path).map(|entry| entry.key.as_ref().unwrap_or(&entry.value))
    }

    /// The place of `path`, or of its nearest ancestor that has one.
    pub fn nearest(&self, path: &Path) -> Option<&Place> {
        let mut path = path.clone();
        loop {
            if let Some(place) = self.key(&path) {
                return Some(place);
            }
            path = path.parent()?;
        }
    }

    /// The lines (from, to; from 1, inclusive) of `path` with its key, in the file where it stands.
    pub fn lines(&self, path: &Path) -> Option<(Arc<str>, u32, u32)> {
        let entry = self.entries.get(path)?;
        let first = entry.key.as_ref().unwrap_or(&entry.value);
        Some((first.file.clone(), first.span.line, entry.value.span.end_line.max(first.span.line)))
    }

    /// The deepest path in `file` whose key or value covers `line` (from 1).
    pub fn at_line(&self, file: &str, line: u32) -> Option<&Path> {
        self.entries
            .iter()
            .filter(|(_, entry)| {
                let first = entry.key.as_ref().unwrap_or(&entry.value);
                &*first.file == file && first.span.line <= line && line <= entry.value.span.end_line
            })
            .map(|(path, _)| path)
            .max_by(|a, b| (a.segments().len(), *a).cmp(&(b.segments().len(), *b)))
    }

    /// Takes over every record of `other`.
    pub fn extend(&mut self, other: Self) {
        self.entries.extend(other.entries);
    }
}
