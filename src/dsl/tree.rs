//! Values with their places while they are read: finished ones, and lists and maps that are not.
//!
//! Knows keys and merges (`<<`), not the YAML parser.

use crate::diag::{Inside, Mark, Span};
use crate::model::Value;

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
    /// A map's key that waits for its value, and whether it is written plainly.
    pub key: Option<(Tree, bool)>,
}

pub(super) enum Parts {
    List { values: Vec<Value>, marks: Vec<Mark> },
    Map { own: Vec<(String, Span, Tree)>, merged: Vec<Tree> },
}

impl Frame {
    /// Adds an element, a key or the value of the key before it; gives what is wrong with that.
    pub fn add(&mut self, mut tree: Tree, plain: bool) -> Option<(&'static str, Span, String)> {
        extend(&mut self.whole, &tree.mark);
        self.weight += tree.weight;
        let (own, merged) = match &mut self.parts {
            Parts::List { values, marks } => {
                values.push(tree.value);
                marks.push(tree.mark);
                return None;
            }
            Parts::Map { own, merged } => (own, merged),
        };
        let Some((before, plain)) = self.key.take() else {
            self.key = Some((tree, plain));
            return None;
        };
        let span = before.mark.value.unwrap_or_default();
        if plain && before.value.as_str() == Some("<<") {
            return merge(tree, merged, span);
        }
        let name = match before.value {
            Value::String(text) => text,
            Value::List(_) | Value::Map(_) => {
                return Some(("unreadable-value", span, "a list or a map can't be a key".into()));
            }
            other => {
                tree.mark.odd_key = Some(other.kind());
                other.to_string()
            }
        };
        tree.mark.key = Some(span);
        own.push((name, span, tree));
        None
    }
}

/// What `<<` merges: a map, or several of which the first wins.
fn merge(tree: Tree, merged: &mut Vec<Tree>, span: Span) -> Option<(&'static str, Span, String)> {
    match (&tree.value, &tree.mark.inside) {
        (Value::Map(_), _) => merged.push(tree),
        (Value::List(list), Inside::List(marks)) if list.iter().all(|item| item.as_map().is_some()) => {
            for (value, mark) in list.iter().zip(marks).rev() {
                merged.push(Tree { value: value.clone(), mark: mark.clone(), weight: 0 });
            }
        }
        _ => {
            let message = format!("`<<` merges a map or a list of maps, not a {}", tree.value.kind());
            return Some(("unreadable-value", span, message));
        }
    }
    None
}

fn extend(whole: &mut Span, mark: &Mark) {
    if let Some(value) = mark.value
        && value.end > whole.end
    {
        (whole.end, whole.end_line) = (value.end, value.end_line);
    }
}
