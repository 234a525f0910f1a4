//! Taking entries and elements away, and giving keys another name.

use super::style::{Style, column};
use super::syntax::{Kind, Node};
use super::{Found, PatchError, Slot, lines, look, put, splice, walk};
use crate::diag::{Path, Segment};
use crate::model::{Map, Value};

/// Takes the entry or element at `at` away, with the comments that are its own.
pub(super) fn remove(text: &str, at: &Path, style: Option<&Style>) -> Result<String, PatchError> {
    let (root, style) = look(text, style)?;
    let missing = || PatchError::Missing(at.clone());
    let root = root.ok_or_else(missing)?;
    let steps = at.segments();
    let Found { parent, depth, .. } = walk(text, &root, steps);
    let parent = match parent {
        Some(parent) if depth == steps.len() => parent,
        _ => return Err(foreign(at)),
    };
    let last = steps.last().ok_or_else(missing)?;
    match (&parent.node.kind, last) {
        (Kind::Map { flow, entries }, Segment::Key(key)) => {
            let (index, entry) = parent.node.entry(key).ok_or_else(missing)?;
            if entries.len() == 1 {
                return empty(text, &style, parent, &Value::Map(Map::new()));
            }
            let whole = |index: usize| {
                entries.get(index).map(|entry| (entry.key.outer, entry.node.end.max(entry.key.end)))
            };
            if *flow {
                return Ok(from_brackets(text, index, whole));
            }
            let next = entries.get(index + 1).map(|next| next.key.outer);
            Ok(from_lines(text, entry.key.outer, &entry.node, index == 0, next))
        }
        (Kind::List { flow, items }, Segment::Index(index)) => {
            let item = items.get(*index).ok_or_else(missing)?;
            if items.len() == 1 {
                return empty(text, &style, parent, &Value::List(Vec::new()));
            }
            if *flow {
                let whole = |index: usize| items.get(index).map(|item| (item.node.outer, item.node.end));
                return Ok(from_brackets(text, *index, whole));
            }
            let next = items.get(index + 1).map(|next| next.dash);
            Ok(from_lines(text, item.dash, &item.node, *index == 0, next))
        }
        _ => Err(missing()),
    }
}

/// Why something that the text says, but not here, can't be taken away.
fn foreign(at: &Path) -> PatchError {
    PatchError::Shape(format!("`{at}` comes from another place by `<<` or an alias; take it away there"))
}

/// The last entry goes: empty brackets stay.
fn empty(text: &str, style: &Style, parent: Slot<'_>, nothing: &Value) -> Result<String, PatchError> {
    if parent.sign.is_none() && !parent.in_flow {
        let end = lines::own_end(text, parent.node, 0);
        let brackets = style.inline(nothing, false);
        return Ok(splice(text, parent.node.outer, end, &brackets));
    }
    if parent.in_flow || !parent.node.is_block_collection() {
        return Ok(splice(text, parent.node.start, parent.node.end, &style.inline(nothing, false)));
    }
    put::replace(text, style, parent, nothing)
}

fn from_brackets(text: &str, index: usize, whole: impl Fn(usize) -> Option<(usize, usize)>) -> String {
    let (from, to) = match (index.checked_sub(1).and_then(&whole), whole(index), whole(index + 1)) {
        (_, Some((start, _)), Some((next, _))) => (start, next),
        (Some((_, before)), Some((_, end)), None) => (before, end),
        (_, Some((start, end)), None) => (start, end),
        (_, None, _) => (0, 0),
    };
    splice(text, from, to, "")
}

/// Takes whole lines, from the comments above that stand as deep as the key on.
fn from_lines(text: &str, at: usize, node: &Node, is_first: bool, next: Option<usize>) -> String {
    if !lines::is_first_on_line(text, at) {
        // Behind a dash: what comes next takes its place there.
        return splice(text, at, next.unwrap_or_else(|| lines::content_end(text, node)), "");
    }
    let deep = column(text, at);
    let end = if lines::keeps_ends(text, node) { node.last().end } else { lines::own_end(text, node, deep) };
    let head = is_first && deep == 0;
    let start = if head { at } else { lines::comments_above(text, at) };
    let mut to = if lines::keeps_ends(text, node) { end } else { lines::after_line(text, end) };
    let mut from = start;
    if is_first {
        to = lines::blanks_below(text, to);
        if next.is_some_and(|next| to > next) {
            to = lines::after_line(text, end);
        }
    } else {
        from = lines::blanks_above(text, start);
        if to == text.len() && !text.ends_with('\n') {
            from = text[..from].trim_end_matches(['\r', '\n']).len();
        }
    }
    splice(text, from, to, "")
}

/// Gives the key at `at` another name, quoted as it was.
pub(super) fn rename(text: &str, at: &Path, to: &str) -> Result<String, PatchError> {
    let (root, _) = look(text, None)?;
    let missing = || PatchError::Missing(at.clone());
    let root = root.ok_or_else(missing)?;
    let steps = at.segments();
    let found = walk(text, &root, steps);
    let parent = found.parent.filter(|_| found.depth == steps.len()).ok_or_else(|| foreign(at))?;
    let (Kind::Map { flow, .. }, Some(Segment::Key(key))) = (&parent.node.kind, steps.last()) else {
        return Err(missing());
    };
    let (_, entry) = parent.node.entry(key).ok_or_else(missing)?;
    let new = put::quoted_like(text, &entry.key, to, *flow || parent.in_flow);
    Ok(splice(text, entry.key.outer, entry.key.end, &new))
}
