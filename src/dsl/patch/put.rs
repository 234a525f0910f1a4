//! Writing values: over one that stands there, as a new entry, as a new element.

use granit_parser::ScalarStyle;

use super::style::{Style, column};
use super::syntax::{Item, Kind, Node};
use super::{Found, PatchError, Slot, expect, lines, look, splice, walk};
use crate::diag::{Path, Segment};
use crate::dsl::writer;
use crate::model::{Map, Value};

/// Puts `value` at `at`; `before` is what the text says.
pub(super) fn set(
    text: &str,
    before: &Value,
    at: &[Segment],
    value: &Value,
    style: Option<&Style>,
) -> Result<String, PatchError> {
    let (root, style) = look(text, style)?;
    let no_place = || PatchError::NoPlace(expect::path(at));
    let Some(root) = root else {
        let whole = expect::wrapped(at, value.clone()).ok_or_else(no_place)?;
        return Ok(document(text, &style, &whole));
    };
    let Found { slot, depth, .. } = walk(text, &root, at);
    let (here, rest) = at.split_at(depth);
    let Some((step, deeper)) = rest.split_first() else { return replace(text, &style, slot, value) };
    match (&slot.node.kind, step) {
        // The rest of the way is not this text's own: an alias is written out, a merged entry is given its own value.
        (Kind::Alias, _) => {
            let mut whole = expect::find(before, here).cloned().unwrap_or_default();
            expect::set(&mut whole, rest, value.clone()).ok_or_else(no_place)?;
            replace(text, &style, slot, &whole)
        }
        (Kind::Map { .. }, Segment::Key(key)) => {
            let mut whole = expect::find(before, &at[..=depth]).cloned().unwrap_or_default();
            expect::set(&mut whole, deeper, value.clone()).ok_or_else(no_place)?;
            entry(text, &style, slot, key, &whole)
        }
        (Kind::List { items, .. }, Segment::Index(index)) if *index == items.len() => {
            let whole = expect::wrapped(deeper, value.clone()).ok_or_else(no_place)?;
            element(text, &style, slot, *index, &whole)
        }
        _ if slot.node.is_empty() || is_null(text, slot.node) => {
            let whole = expect::wrapped(rest, value.clone()).ok_or_else(no_place)?;
            replace(text, &style, slot, &whole)
        }
        _ => Err(no_place()),
    }
}

/// Puts `value` before element `index` of the list at `at`.
pub(super) fn insert(
    text: &str,
    at: &Path,
    index: usize,
    value: &Value,
    style: Option<&Style>,
) -> Result<String, PatchError> {
    let (root, style) = look(text, style)?;
    let missing = || PatchError::Missing(at.clone());
    let root = root.ok_or_else(missing)?;
    let found = walk(text, &root, at.segments());
    if found.depth < at.segments().len() {
        return Err(missing());
    }
    element(text, &style, found.slot, index, value)
}

fn is_null(text: &str, node: &Node) -> bool {
    matches!(node.kind, Kind::Scalar(ScalarStyle::Plain))
        && crate::dsl::scalar::resolve(&text[node.start..node.end]).is_null()
}

/// A text that says nothing yet, with something to say.
fn document(text: &str, style: &Style, value: &Value) -> String {
    let mut out = text.to_owned();
    if !out.is_empty() && !out.ends_with('\n') {
        out.push_str(style.newline);
    }
    style.block(&mut out, value, 0);
    out.push_str(style.newline);
    out
}

/// Writes `value` over what stands in `slot`.
pub(super) fn replace(
    text: &str,
    style: &Style,
    slot: Slot<'_>,
    value: &Value,
) -> Result<String, PatchError> {
    let node = slot.node;
    // An anchor stays: aliases that repeat the value would be left hanging.
    let from = if node.anchor { node.start } else { node.outer };
    if slot.in_flow {
        return Ok(match slot.sign {
            _ if !node.is_empty() => splice(text, from, node.end, &like(text, style, node, value, true)),
            Some(sign) => splice(text, sign, sign, &format!(" {}", style.inline(value, true))),
            None => splice(text, node.end, node.end, &format!(": {}", style.inline(value, true))),
        });
    }
    let Some(sign) = slot.sign else {
        let shape = "a key that is marked with `?` is not changed here; change it in the text".to_owned();
        return Err(PatchError::Shape(shape));
    };
    let end = lines::content_end(text, node);
    // The comment beside the last line of what goes would stand beside something else.
    let end = if node.is_block_collection() { lines::line_end(text, end) } else { end };
    if slot.item {
        let old_is_line = !node.is_block_collection() && !node.is_block_scalar();
        let new = if old_is_line && style.is_inline(value) {
            like(text, style, node, value, false)
        } else {
            let mut new = String::new();
            match value {
                Value::String(text) if !style.is_inline(value) => {
                    style.literal(&mut new, text, slot.column + style.step);
                }
                value => style.block(&mut new, value, slot.column + 2),
            }
            new
        };
        let (from, blank) = if node.is_empty() { (sign, " ") } else { (from.max(sign), "") };
        let to = end.max(from);
        return Ok(splice(text, from, to, &format!("{blank}{new}")));
    }
    if node.is_block_scalar()
        && let Value::String(new) = value
        && let Some(lines) = same_block(text, style, node, new, slot.column)
    {
        return Ok(splice(text, node.start, end, &lines));
    }
    let body = if style.is_inline(value) && !node.is_block_collection() && !node.is_block_scalar() {
        format!(" {}", like(text, style, node, value, false))
    } else {
        style.after_key(value, slot.column)
    };
    if node.is_block_scalar() || node.outer != node.start && node.is_block_collection() {
        return Ok(splice(text, sign, end, &body));
    }
    // A comment beside the key stays beside it.
    let head = body.find(['\r', '\n']).unwrap_or(body.len());
    let (head, rest) = body.split_at(head);
    if node.is_block_collection() {
        let key_line = lines::line_end(text, sign);
        let out = splice(text, key_line, end, rest);
        return Ok(splice(&out, sign, sign, head));
    }
    let line = lines::line_end(text, end);
    let out = splice(text, line, line, rest);
    if node.is_empty() || head.is_empty() {
        return Ok(splice(&out, sign, if node.is_empty() { sign } else { end }, head));
    }
    // The blanks between colon and value may line up with those of other entries.
    Ok(splice(&out, from, end, &head[1..]))
}

/// `value` on one line; text quoted as the text that it replaces, where that is enough.
fn like(text: &str, style: &Style, node: &Node, value: &Value, flow: bool) -> String {
    if let Value::String(new) = value {
        return quoted_like(text, node, new, flow);
    }
    style.inline(value, flow)
}

/// Text on one line, quoted as `node` is.
pub(super) fn quoted_like(text: &str, node: &Node, new: &str, flow: bool) -> String {
    let mut out = String::new();
    match node.kind {
        Kind::Scalar(ScalarStyle::SingleQuoted) if node.outer == node.start && writer::is_one_line(new) => {
            out = format!("'{}'", new.replace('\'', "''"));
        }
        Kind::Scalar(ScalarStyle::DoubleQuoted) if text[node.outer..].starts_with('"') => {
            writer::quoted(&mut out, new);
        }
        _ => writer::one_line(&mut out, new, flow),
    }
    out
}

/// `new` in the `|` or `>` that stands there: as deep as the old lines, folded if it has but one line.
fn same_block(text: &str, style: &Style, node: &Node, new: &str, key: usize) -> Option<String> {
    let raw = &text[node.start..node.end];
    let deep = raw
        .lines()
        .skip(1)
        .find(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len());
    let deep = deep.filter(|deep| *deep > key).unwrap_or(key + style.step);
    let body = new.trim_end_matches('\n');
    let head = raw.lines().next().unwrap_or_default();
    if raw.starts_with('>') && !body.contains('\n') && writer::is_literal(&format!("{body}\n\n")) {
        let ends = new.len() - body.len();
        let chomp = match ends {
            0 => "-",
            1 => "",
            _ => return None,
        };
        let comment = head.find('#').map(|at| format!(" {}", &head[at..])).unwrap_or_default();
        return Some(format!(">{chomp}{comment}{}{}{body}", style.newline, " ".repeat(deep)));
    }
    if !writer::is_literal(new) && !writer::is_literal(&format!("{new}\n")) {
        return None;
    }
    let mut out = String::new();
    style.literal(&mut out, new, deep);
    if let Some(at) = head.find('#') {
        let line = out.find(['\r', '\n']).unwrap_or(out.len());
        out.insert_str(line, &format!(" {}", &head[at..]));
    }
    Some(out)
}

/// A new entry, behind the others.
fn entry(text: &str, style: &Style, slot: Slot<'_>, key: &str, value: &Value) -> Result<String, PatchError> {
    let Kind::Map { flow, entries } = &slot.node.kind else {
        return Err(PatchError::NoPlace(Path::of([key])));
    };
    let mut name = String::new();
    writer::one_line(&mut name, key, *flow || slot.in_flow);
    let Some(last) = entries.last() else {
        let whole = Value::Map(Map::from_iter([(key.to_owned(), value.clone())]));
        if slot.sign.is_none() && !slot.in_flow {
            let mut out = String::new();
            style.block(&mut out, &whole, 0);
            return Ok(splice(text, slot.node.outer, slot.node.end, &out));
        }
        return replace(text, style, slot, &whole);
    };
    if *flow {
        let end = if last.colon.is_none() { last.key.end.max(last.node.end) } else { last.node.end };
        let new = format!("{name}: {}", style.inline(value, true));
        let before = entries.iter().rev().nth(1).map_or(slot.node.start, |entry| entry.node.end);
        return Ok(behind(text, style, (end, before, last.key.outer), &new));
    }
    let deep = column(text, last.key.outer);
    let new = format!("{name}:{}", style.after_key(value, deep));
    let spaced = is_spaced(text, entries.iter().map(|entry| entry.key.outer));
    Ok(below(text, style, &last.node, deep, spaced, &new))
}

/// A new element.
fn element(
    text: &str,
    style: &Style,
    slot: Slot<'_>,
    index: usize,
    value: &Value,
) -> Result<String, PatchError> {
    let Kind::List { flow, items } = &slot.node.kind else {
        return Err(PatchError::NoPlace(Path::root().index(index)));
    };
    let Some(last) = items.last() else {
        return replace(text, style, slot, &Value::List(vec![value.clone()]));
    };
    let next: Option<&Item> = items.get(index);
    if *flow {
        let new = style.inline(value, true);
        let before = items.iter().rev().nth(1).map_or(slot.node.start, |item| item.node.end);
        return Ok(match next {
            Some(next) => splice(text, next.node.outer, next.node.outer, &format!("{new}, ")),
            None => behind(text, style, (last.node.end, before, last.node.outer), &new),
        });
    }
    let deep = column(text, last.dash);
    let mut new = String::new();
    style.item(&mut new, value, deep);
    Ok(match next {
        Some(next) => {
            let line = format!("{new}{}{}", style.newline, " ".repeat(deep));
            splice(text, next.dash, next.dash, &line)
        }
        None => {
            let spaced = is_spaced(text, items.iter().map(|item| item.dash));
            below(text, style, &last.node, deep, spaced, &new)
        }
    })
}

/// Between brackets, behind what ends at `end`; on a line of its own if that (which begins at `start`) stands on another
/// line than what is before it.
fn behind(text: &str, style: &Style, (end, before, start): (usize, usize, usize), new: &str) -> String {
    let own_line = text[before.min(start)..start].contains('\n');
    let blank = if own_line {
        format!("{}{}", style.newline, " ".repeat(column(text, start)))
    } else {
        " ".to_owned()
    };
    let rest = &text[end..];
    let comma = rest.len() - rest.trim_start().len();
    if rest[comma..].starts_with(',') {
        let at = end + comma + 1;
        return splice(text, at, at, &format!("{blank}{new}"));
    }
    splice(text, end, end, &format!(",{blank}{new}"))
}

/// On lines of their own, below `last`.
fn below(text: &str, style: &Style, last: &Node, deep: usize, spaced: bool, new: &str) -> String {
    let pad = " ".repeat(deep);
    if lines::keeps_ends(text, last) {
        let at = last.last().end;
        return splice(text, at, at, &format!("{pad}{new}{}", style.newline));
    }
    let at = lines::room_below(text, last, deep);
    // Directly below a comment it would look as if that were about it, and go with it later.
    let apart = spaced || at > lines::own_end(text, last, deep);
    let gap = if apart { style.newline } else { "" };
    splice(text, at, at, &format!("{gap}{}{pad}{new}", style.newline))
}

/// Whether blank lines stand between entries: as between the last two, or above the only one.
fn is_spaced(text: &str, mut keys: impl DoubleEndedIterator<Item = usize>) -> bool {
    let Some(last) = keys.next_back() else { return false };
    if !lines::is_first_on_line(text, last) {
        return false;
    }
    let start = lines::comments_above(text, last);
    lines::blanks_above(text, start) < start && lines::blanks_above(text, start) > 0
}
