//! Where text stands: a [`Source`] is one file's text, a [`Span`] a stretch of it, a [`SourceMap`] says
//! which span a [`Path`] was read from.

use std::sync::Arc;

use serde::Serialize;

use super::{Inside, Mark, Path};

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

impl Span {
    /// The same so many bytes and lines further down.
    #[must_use]
    pub fn moved(self, bytes: isize, lines: i64) -> Self {
        let lower = |line: u32| u32::try_from(i64::from(line) + lines).unwrap_or(line);
        Self {
            start: self.start.saturating_add_signed(bytes),
            end: self.end.saturating_add_signed(bytes),
            line: lower(self.line),
            end_line: lower(self.end_line),
            ..self
        }
    }
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
    files: Vec<Arc<str>>,
    root: Mark,
}

impl SourceMap {
    /// A map from the names of its files and the marks of the document.
    pub fn new(files: Vec<Arc<str>>, root: Mark) -> Self {
        Self { files, root }
    }

    /// The mark of the whole document.
    pub fn root(&self) -> &Mark {
        &self.root
    }

    fn place(&self, mark: &Mark, span: Option<Span>) -> Option<Place> {
        Some(Place { file: self.files.get(mark.file as usize)?.clone(), span: span? })
    }

    /// The mark of `path`.
    pub fn mark(&self, path: &Path) -> Option<&Mark> {
        path.segments().iter().try_fold(&self.root, |mark, segment| mark.get(segment))
    }

    /// Where the value of `path` stands.
    pub fn value(&self, path: &Path) -> Option<Place> {
        let mark = self.mark(path)?;
        self.place(mark, mark.value())
    }

    /// Where the key of `path` stands, or its value if it has no key (an element of a list).
    pub fn key(&self, path: &Path) -> Option<Place> {
        let mark = self.mark(path)?;
        self.place(mark, mark.key().or(mark.value()))
    }

    /// The place of `path`, or of its nearest ancestor that has one: of the value where `path` itself has one and
    /// it is short, else of the key.
    pub fn nearest(&self, path: &Path) -> Option<Place> {
        let mut mark = &self.root;
        let mut place = self.place(mark, mark.value());
        for segment in path.segments() {
            let Some(next) = mark.get(segment) else { break };
            mark = next;
            if let Some(found) = self.place(mark, mark.key().or(mark.value())) {
                place = Some(found);
            }
        }
        place
    }

    /// The lines (from, to; from 1, inclusive) of `path` with its key, in the file where it stands.
    pub fn lines(&self, path: &Path) -> Option<(Arc<str>, u32, u32)> {
        let mark = self.mark(path)?;
        let (first, last) = mark.lines()?;
        Some((self.files.get(mark.file as usize)?.clone(), first, last))
    }

    /// The deepest path in `file` whose key or value covers `line` (from 1).
    pub fn at_line(&self, file: &str, line: u32) -> Option<Path> {
        let file = u32::try_from(self.files.iter().position(|name| &**name == file)?).ok()?;
        let (mut mark, mut path) = (&self.root, Path::root());
        let covers = |mark: &Mark| {
            mark.file == file && mark.lines().is_some_and(|(first, last)| first <= line && line <= last)
        };
        // What a section holds may come from other files than the section itself.
        loop {
            let step = match &mark.inside {
                Inside::Nothing => None,
                Inside::List(list) => list
                    .iter()
                    .enumerate()
                    .find(|(_, inner)| covers(inner))
                    .map(|(index, inner)| (path.index(index), inner)),
                Inside::Map(map) => map
                    .iter()
                    .find(|(_, inner)| {
                        covers(inner)
                            || path.segments().is_empty()
                                && matches!(&inner.inside, Inside::Map(names) if names.values().any(covers))
                    })
                    .map(|(key, inner)| (path.key(key), inner)),
            };
            let Some((deeper, inner)) = step else { break };
            (path, mark) = (deeper, inner);
        }
        (!path.segments().is_empty()).then_some(path)
    }
}
