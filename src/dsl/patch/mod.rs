//! [`patch`]: the smallest change of a text that makes it say something else: comments, quoting, order, brackets,
//! indentation, anchors and ends of lines that need not change stay byte for byte.
//!
//! Every patched text is read again and must say exactly what was asked for, else it is refused: no patch can damage a
//! file, however oddly it is written. Knows YAML, not blueprints.

mod cut;
mod expect;
mod inside;
mod lines;
mod put;
mod style;
mod syntax;
#[cfg(test)]
mod tests;

use crate::diag::{Path, Segment, Source};
use crate::model::{Value, diff, same};
use style::Style;
use syntax::{Kind, Node};

/// One change of what a text says.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The value at a path is this, whatever stood there. Maps on the way are made; an element one behind the last of
    /// a list is added to it. Of maps and lists only what differs is rewritten.
    Set {
        /// Where.
        at: Path,
        /// What.
        value: Value,
    },
    /// The entry or element is gone.
    Unset {
        /// Which.
        at: Path,
    },
    /// A list has one element more.
    Insert {
        /// The list.
        at: Path,
        /// Before which element.
        index: usize,
        /// What.
        value: Value,
    },
    /// The key of an entry is another; its place and value stay.
    Rename {
        /// The entry.
        at: Path,
        /// Its new key.
        to: String,
    },
}

impl Change {
    /// Where.
    fn at(&self) -> &Path {
        match self {
            Self::Set { at, .. } | Self::Unset { at } | Self::Insert { at, .. } | Self::Rename { at, .. } => {
                at
            }
        }
    }

    /// The paths that it may make differ.
    pub fn touches(&self) -> Vec<Path> {
        match self {
            Self::Set { at, .. } => vec![at.clone()],
            // What stands behind an element moves up.
            Self::Unset { at } if matches!(at.segments().last(), Some(Segment::Index(_))) => {
                at.parent().into_iter().collect()
            }
            Self::Unset { at } => vec![at.clone()],
            Self::Insert { at, .. } => vec![at.clone()],
            Self::Rename { at, to } => {
                vec![at.clone(), at.parent().unwrap_or_default().key(to)]
            }
        }
    }
}

/// Why a text can't be patched. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// The text itself can't be read.
    #[error("line {line} is no YAML ({message}); mend the text first")]
    Broken {
        /// Line from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// Nothing is there.
    #[error("there is no `{0}`")]
    Missing(Path),
    /// The way leads through something that is no map or list.
    #[error("`{0}` has no place: what it should stand in is no map or list")]
    NoPlace(Path),
    /// The name is used.
    #[error("`{0}` is there already")]
    Taken(String),
    /// A form of YAML that is not patched.
    #[error("{0}")]
    Shape(String),
    /// The value is used by others.
    #[error("`{0}` is repeated elsewhere by an alias, which would change too; change it in the text")]
    Shared(Path),
    /// The change came out otherwise than it was meant.
    #[error("the text could not be changed safely at `{0}`; change it there by hand")]
    Unsafe(Path),
}

/// `text` with `changes`, in order.
pub fn patch(text: &str, changes: &[Change]) -> Result<String, PatchError> {
    inside::patch(text, changes).map_or_else(|| whole(text, changes), Ok)
}

/// Looks at the whole text, and reads the whole of it again.
fn whole(text: &str, changes: &[Change]) -> Result<String, PatchError> {
    let first = read(text)?;
    let (current, expected) = changed(text, &first, changes, None)?;
    let unsafe_at = || {
        let last = changes.last().map(|change| change.touches().swap_remove(0)).unwrap_or_default();
        if shares(text) { PatchError::Shared(last) } else { PatchError::Unsafe(last) }
    };
    match read(&current) {
        Ok(value) if same(&value, &expected) && within(&first, &value, changes) => Ok(current),
        _ => Err(unsafe_at()),
    }
}

/// `text`, which says `first`, with `changes`, and what it should say then. Written in `style`, if one is given.
fn changed(
    text: &str,
    first: &Value,
    changes: &[Change],
    style: Option<&Style>,
) -> Result<(String, Value), PatchError> {
    let mut expected = first.clone();
    let mut current = text.to_owned();
    for change in changes {
        let before = expected.clone();
        expect::apply(&mut expected, change)?;
        if !same(&before, &expected) {
            current = one(&current, &before, change, style)?;
        }
    }
    Ok((current, expected))
}

/// Whether nothing differs but what the changes may touch: what was expected is checked, too.
fn within(old: &Value, new: &Value, changes: &[Change]) -> bool {
    let touched: Vec<Path> = changes.iter().flat_map(Change::touches).collect();
    // A map that is made on the way to a value differs as a whole.
    let covers = |path: &Path| touched.iter().any(|touched| touched.contains(path) || path.contains(touched));
    diff(old, new).iter().all(covers)
}

/// What the text says, if it can be read without fault.
fn read(text: &str) -> Result<Value, PatchError> {
    let (value, _, problems) = crate::dsl::read_value(&Source::new("", text));
    match problems.iter().find(|problem| matches!(problem.code, "syntax" | "nested-too-deep" | "alias-bomb"))
    {
        None => Ok(value),
        Some(problem) => Err(PatchError::Broken {
            line: problem.place.as_ref().map_or(1, |place| place.span.line as usize),
            message: problem.message.trim_start_matches("this is no YAML: ").to_owned(),
        }),
    }
}

/// Whether anything in the text is repeated by an alias.
fn shares(text: &str) -> bool {
    let mut todo: Vec<Node> = syntax::parse(text).ok().flatten().into_iter().collect();
    while let Some(node) = todo.pop() {
        match node.kind {
            Kind::Alias => return true,
            Kind::Map { entries, .. } => todo.extend(entries.into_iter().map(|entry| entry.node)),
            Kind::List { items, .. } => todo.extend(items.into_iter().map(|item| item.node)),
            Kind::Scalar(_) => {}
        }
    }
    false
}

/// One change; `before` is what the text says.
fn one(text: &str, before: &Value, change: &Change, style: Option<&Style>) -> Result<String, PatchError> {
    match change {
        Change::Set { at, value } => set(text, before, at.segments(), value, style),
        Change::Unset { at } => cut::remove(text, at, style),
        Change::Insert { at, index, value } => match expect::find(before, at.segments()) {
            Some(Value::List(list)) if *index == list.len() => {
                set(text, before, at.index(*index).segments(), value, style)
            }
            _ => put::insert(text, at, *index, value, style),
        },
        Change::Rename { at, to } => cut::rename(text, at, to),
    }
}

/// Puts a value at a path: where both it and what stands there are maps or lists, only where they differ.
fn set(
    text: &str,
    before: &Value,
    at: &[Segment],
    value: &Value,
    style: Option<&Style>,
) -> Result<String, PatchError> {
    let old = expect::find(before, at);
    if old.is_some_and(|old| same(old, value)) {
        return Ok(text.to_owned());
    }
    match (old, value) {
        (Some(old), new) if old.call().is_some() != new.call().is_some() => {
            put::set(text, before, at, new, style)
        }
        (Some(Value::Map(old)), Value::Map(new))
            if old.keys().any(|key| new.contains_key(key)) || at.is_empty() =>
        {
            let path = expect::path(at);
            let gone = old
                .keys()
                .filter(|key| !new.contains_key(key))
                .map(|key| Change::Unset { at: path.key(key) });
            let come = new
                .iter()
                .filter(|(key, value)| old.get(key).is_none_or(|old| !same(old, value)))
                .map(|(key, value)| Change::Set { at: path.key(key), value: value.clone() });
            several(text, before, gone.chain(come), style)
        }
        (Some(Value::List(old)), Value::List(new)) if !old.is_empty() && !new.is_empty() => {
            let path = expect::path(at);
            let head = old.iter().zip(new).take_while(|(old, new)| same(old, new)).count();
            let tail = old[head..].iter().rev().zip(new[head..].iter().rev());
            let tail = tail.take_while(|(old, new)| same(old, new)).count();
            let (gone, come) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
            let both = gone.len().min(come.len());
            let changed = (0..both)
                .map(|index| Change::Set { at: path.index(head + index), value: come[index].clone() });
            let fewer = (both..gone.len()).rev().map(|index| Change::Unset { at: path.index(head + index) });
            let more = (both..come.len()).map(|index| Change::Insert {
                at: path.clone(),
                index: head + index,
                value: come[index].clone(),
            });
            several(text, before, changed.chain(fewer).chain(more), style)
        }
        (_, new) => put::set(text, before, at, new, style),
    }
}

fn several(
    text: &str,
    before: &Value,
    changes: impl Iterator<Item = Change>,
    style: Option<&Style>,
) -> Result<String, PatchError> {
    let (mut text, mut value) = (text.to_owned(), before.clone());
    for change in changes {
        let old = value.clone();
        expect::apply(&mut value, &change)?;
        text = one(&text, &old, &change, style)?;
    }
    Ok(text)
}

/// A value in the tree and what is around it.
#[derive(Clone, Copy)]
struct Slot<'t> {
    node: &'t Node,
    /// Whether brackets are around it.
    in_flow: bool,
    /// Column of its key or dash.
    column: usize,
    /// Byte after its colon or dash, where it has one.
    sign: Option<usize>,
    /// Whether it is an element of a block list.
    item: bool,
}

/// How far a path leads.
struct Found<'t> {
    slot: Slot<'t>,
    /// The slot of what holds it.
    parent: Option<Slot<'t>>,
    /// Steps that were walked.
    depth: usize,
}

/// Walks as far as the text has its own words for `at`.
fn walk<'t>(text: &str, root: &'t Node, at: &[Segment]) -> Found<'t> {
    let slot = Slot { node: root, in_flow: false, column: 0, sign: None, item: false };
    let mut found = Found { slot, parent: None, depth: 0 };
    for segment in at {
        let here = found.slot;
        let next = match (&here.node.kind, segment) {
            (Kind::Map { flow, .. }, Segment::Key(key)) => here.node.entry(key).map(|(_, entry)| Slot {
                node: &entry.node,
                in_flow: here.in_flow || *flow,
                column: style::column(text, entry.key.outer),
                sign: entry.colon,
                item: false,
            }),
            (Kind::List { flow, items }, Segment::Index(index)) => items.get(*index).map(|item| Slot {
                node: &item.node,
                in_flow: here.in_flow || *flow,
                column: style::column(text, item.dash),
                sign: (!*flow).then_some(item.dash + 1),
                item: !*flow,
            }),
            _ => None,
        };
        let Some(next) = next else { break };
        found = Found { slot: next, parent: Some(here), depth: found.depth + 1 };
    }
    found
}

/// The text's tree, and its style unless that is known.
fn look(text: &str, style: Option<&Style>) -> Result<(Option<Node>, Style), PatchError> {
    let root = syntax::parse(text)?;
    let style = style.cloned().unwrap_or_else(|| Style::of(text, root.as_ref()));
    Ok((root, style))
}

/// `text` with `from..to` replaced.
fn splice(text: &str, from: usize, to: usize, with: &str) -> String {
    let mut out = String::with_capacity(text.len() + with.len());
    out.push_str(&text[..from]);
    out.push_str(with);
    out.push_str(&text[to..]);
    out
}
