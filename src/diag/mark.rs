//! [`Mark`]: where one value stands, with its key and all that it holds: a tree beside the value's own.
//!
//! A blueprint of ten thousand nodes has a third of a million marks, so they are kept small: places as 32-bit numbers,
//! keys shared. Does not know files or paths; see [`super::SourceMap`].

use std::sync::Arc;

use super::{Segment, Span};
use crate::ordered::Ordered;

/// Where one value stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Index of the file in the [`super::SourceMap`] that holds the mark.
    pub file: u32,
    key: Packed,
    value: Packed,
    /// Boxed, because hardly any key has one.
    #[expect(
        clippy::redundant_allocation,
        reason = "rare, and a mark is kept for every value: a pointer instead of two words"
    )]
    odd_key: Option<Box<&'static str>>,
    /// What it holds.
    pub inside: Inside,
}

/// A [`Span`] in 20 bytes; line 0 stands for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Packed {
    start: u32,
    end: u32,
    line: u32,
    column: u32,
    end_line: u32,
}

impl Packed {
    fn of(span: Option<Span>) -> Self {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        span.map_or_else(Self::default, |span| Self {
            start: small(span.start),
            end: small(span.end),
            line: span.line,
            column: span.column,
            end_line: span.end_line,
        })
    }

    fn move_by(&mut self, bytes: isize, lines: i64) {
        *self = Self::of(self.span().map(|span| span.moved(bytes, lines)));
    }

    fn span(self) -> Option<Span> {
        (self.line > 0).then_some(Span {
            start: self.start as usize,
            end: self.end as usize,
            line: self.line,
            column: self.column,
            end_line: self.end_line,
        })
    }
}

/// What a marked value holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Inside {
    /// Nothing: a scalar.
    #[default]
    Nothing,
    /// Elements.
    List(Vec<Mark>),
    /// Values by key.
    Map(Marks),
}

impl Mark {
    /// The mark of a value in `file`; `value` is none for a map that exists only because something in it does.
    pub fn new(file: u32, value: Option<Span>, inside: Inside) -> Self {
        Self { file, value: Packed::of(value), inside, ..Self::default() }
    }

    /// Where the key stands; none for an element of a list.
    pub fn key(&self) -> Option<Span> {
        self.key.span()
    }

    /// Where the value stands.
    pub fn value(&self) -> Option<Span> {
        self.value.span()
    }

    /// What kind of value the key is, where it is no text (`integer`, `boolean` …).
    pub fn odd_key(&self) -> Option<&'static str> {
        self.odd_key.as_deref().copied()
    }

    /// Says where the key stands.
    pub fn set_key(&mut self, key: Span) {
        self.key = Packed::of(Some(key));
    }

    /// Says that the key is no text but of this kind.
    pub fn set_odd_key(&mut self, kind: &'static str) {
        self.odd_key = Some(Box::new(kind));
    }

    /// Says that it, and all in it, stands in another file.
    pub fn move_to(&mut self, file: u32) {
        self.file = file;
        match &mut self.inside {
            Inside::Nothing => {}
            Inside::List(list) => list.iter_mut().for_each(|mark| mark.move_to(file)),
            Inside::Map(map) => map.values_mut().for_each(|mark| mark.move_to(file)),
        }
    }

    /// Says that it, and all in it, stands so many bytes and lines further down.
    pub fn move_by(&mut self, bytes: isize, lines: i64) {
        self.key.move_by(bytes, lines);
        self.value.move_by(bytes, lines);
        match &mut self.inside {
            Inside::Nothing => {}
            Inside::List(list) => list.iter_mut().for_each(|mark| mark.move_by(bytes, lines)),
            Inside::Map(map) => map.values_mut().for_each(|mark| mark.move_by(bytes, lines)),
        }
    }

    /// Moves what a map holds behind `key`.
    pub fn move_behind(&mut self, key: &str, bytes: isize, lines: i64) {
        let Inside::Map(map) = &mut self.inside else { return };
        let behind = map.get_index_of(key).map_or(usize::MAX, |position| position + 1);
        map.values_mut().skip(behind).for_each(|mark| mark.move_by(bytes, lines));
    }

    /// Says that a map ends with the last of what it holds.
    pub fn end_with_last(&mut self) {
        let Inside::Map(map) = &self.inside else { return };
        let all = map.values().flat_map(|mark| [mark.key, mark.value]);
        let last = all.filter(|place| place.line > 0).max_by_key(|place| place.end);
        if let Some(last) = last {
            (self.value.end, self.value.end_line) = (last.end, last.end_line);
        }
    }

    /// The mark of the value at `segment`.
    pub fn get(&self, segment: &Segment) -> Option<&Mark> {
        match (&self.inside, segment) {
            (Inside::List(list), Segment::Index(index)) => list.get(*index),
            (Inside::Map(map), Segment::Key(key)) => map.get(key),
            _ => None,
        }
    }

    /// Puts the mark of a value into a map; whatever was no map becomes one.
    pub fn insert(&mut self, key: &str, mark: Mark) {
        if !matches!(self.inside, Inside::Map(_)) {
            self.inside = Inside::Map(Marks::default());
        }
        if let Inside::Map(map) = &mut self.inside {
            map.insert(key.into(), mark);
        }
    }

    /// The mark of the value at `key`, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Mark> {
        match &mut self.inside {
            Inside::Map(map) => map.get_mut(key),
            Inside::Nothing | Inside::List(_) => None,
        }
    }

    /// First and last line, with the key.
    pub(super) fn lines(&self) -> Option<(u32, u32)> {
        let first = self.key().or(self.value())?;
        Some((first.line, self.value().map_or(first.end_line, |value| value.end_line.max(first.line))))
    }
}

/// Marks by key, in the order of the text.
pub type Marks = Ordered<Arc<str>, Mark>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_small() {
        assert!(size_of::<Mark>() <= 96, "{}", size_of::<Mark>());
    }
}
