//! Values with their places while they are read: finished ones, and lists and maps that are not.
//!
//! Knows keys and merges (`<<`), not the YAML parser.

use std::sync::Arc;

use crate::diag::{Inside, Mark, Marks, Span};
use crate::model::{Map, Value};

/// A value and where it stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub value: Value,
    pub mark: Mark,
    /// Values in it, itself included.
    pub weight: usize,
}

/// A list or map that is not finished.
pub(super) struct Frame {
    pub whole: Span,
    pub flow: bool,
    pub anchor: usize,
    pub weight: usize,
    pub parts: Parts,
}

/// What an unfinished list or map holds so far. Elements and values wait on a stack that all frames share (see
/// [`Stack`]): so each is moved once, into a list or map of the right size.
pub(super) enum Parts {
    List,
    Map {
        /// A key that waits for its value, and whether it is written plainly.
        key: Option<(Value, Span, bool)>,
        merged: Vec<Tree>,
    },
}

/// An element, or a value with its key.
pub(super) struct Item {
    /// Empty for an element.
    pub key: String,
    pub value: Value,
    pub mark: Mark,
}

/// The elements and values of all unfinished lists and maps, those of the innermost last.
#[derive(Default)]
pub(super) struct Stack {
    items: Vec<Item>,
    /// Where those of each unfinished list or map begin.
    starts: Vec<usize>,
    /// Some key was no text.
    pub odd_keys: bool,
}

/// A key that stands twice in one map: it, its first place and its second.
pub(super) type Twice = (String, Span, Span);

impl Stack {
    /// A list or map begins.
    pub fn open(&mut self) {
        self.starts.push(self.items.len());
    }

    fn close(&mut self) -> std::vec::Drain<'_, Item> {
        let start = self.starts.pop().unwrap_or_default();
        self.items.drain(start..)
    }

    /// The innermost list ends.
    pub fn list(&mut self) -> (Value, Inside) {
        let items = self.close();
        let (mut values, mut marks) = (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
        for item in items {
            values.push(item.value);
            marks.push(item.mark);
        }
        (Value::List(values), Inside::List(marks))
    }

    /// The innermost map ends: what is merged first, what is its own after it and over it; of a key that stands
    /// twice, the last.
    pub fn map(
        &mut self,
        merged: Vec<Tree>,
        mut shared: impl FnMut(&str) -> Arc<str>,
    ) -> (Value, Inside, Vec<Twice>) {
        let items = self.close();
        let (mut values, mut marks) = (Map::with_capacity(items.len()), Marks::with_capacity(items.len()));
        let mut twice = Vec::new();
        for Item { key, value, mark } in items {
            let name = shared(&key);
            let second = mark.key().unwrap_or_default();
            if let Some(first) = marks.insert(name, mark) {
                twice.push((key.clone(), first.key().unwrap_or_default(), second));
            }
            values.insert(key, value);
        }
        if merged.is_empty() {
            return (Value::Map(values), Inside::Map(marks), twice);
        }
        let (mut all, mut places) = (Map::new(), Marks::default());
        for tree in merged {
            if let (Value::Map(map), Inside::Map(inner)) = (tree.value, tree.mark.inside) {
                all.extend(map);
                for (key, mark) in inner {
                    places.insert(key, mark);
                }
            }
        }
        all.extend(values);
        for (key, mark) in marks {
            places.insert(key, mark);
        }
        (Value::Map(all), Inside::Map(places), twice)
    }
}

impl Frame {
    /// Whether what comes next is a key.
    pub fn awaits_key(&self) -> bool {
        matches!(self.parts, Parts::Map { key: None, .. })
    }

    /// Takes a key that is written as a scalar without an anchor.
    pub fn take_key(&mut self, value: Value, span: Span, plain: bool) {
        self.grow(span, 1);
        if let Parts::Map { key, .. } = &mut self.parts {
            *key = Some((value, span, plain));
        }
    }

    /// Reaches at least to the end of something in it.
    fn grow(&mut self, span: Span, weight: usize) {
        if span.end > self.whole.end {
            (self.whole.end, self.whole.end_line) = (span.end, span.end_line);
        }
        self.weight += weight;
    }

    /// Adds an element, a key or the value of the key before it; gives what is wrong with that.
    pub fn add(
        &mut self,
        mut tree: Tree,
        plain: bool,
        stack: &mut Stack,
    ) -> Option<(&'static str, Span, String)> {
        let span = tree.mark.value().unwrap_or_default();
        self.grow(span, tree.weight);
        let Parts::Map { key, merged } = &mut self.parts else {
            stack.items.push(Item { key: String::new(), value: tree.value, mark: tree.mark });
            return None;
        };
        let Some((before, span, plain)) = key.take() else {
            *key = Some((tree.value, span, plain));
            return None;
        };
        if plain && before.as_str() == Some("<<") {
            return merge(tree, merged, span);
        }
        let name = match before {
            Value::String(text) => text,
            Value::List(_) | Value::Map(_) => {
                return Some(("unreadable-value", span, "a list or a map can't be a key".into()));
            }
            other => {
                tree.mark.set_odd_key(other.kind());
                stack.odd_keys = true;
                other.to_string()
            }
        };
        tree.mark.set_key(span);
        stack.items.push(Item { key: name, value: tree.value, mark: tree.mark });
        None
    }
}

/// What `<<` merges: a map, or several of which the first wins.
fn merge(tree: Tree, merged: &mut Vec<Tree>, span: Span) -> Option<(&'static str, Span, String)> {
    match (tree.value, tree.mark.inside) {
        (value @ Value::Map(_), inside) => {
            merged.push(Tree { value, mark: Mark::new(0, None, inside), weight: 0 });
        }
        (Value::List(list), Inside::List(marks)) if list.iter().all(|item| item.as_map().is_some()) => {
            for (value, mark) in list.into_iter().zip(marks).rev() {
                merged.push(Tree { value, mark, weight: 0 });
            }
        }
        (other, _) => {
            let message = format!("`<<` merges a map or a list of maps, not {}", other.a_kind());
            return Some(("unreadable-value", span, message));
        }
    }
    None
}
