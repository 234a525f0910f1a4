//! What a [`Change`] means for the value: what the patched text must read back as.

use super::{Change, PatchError};
use crate::diag::{Path, Segment};
use crate::model::{Map, Value};

/// Changes `value` as `change` says.
pub(super) fn apply(value: &mut Value, change: &Change) -> Result<(), PatchError> {
    match change {
        Change::Set { at, value: new } => {
            set(value, at.segments(), new.clone()).ok_or_else(|| PatchError::NoPlace(at.clone()))
        }
        Change::Unset { at } => {
            let missing = || PatchError::Missing(at.clone());
            let (last, parent) = at.segments().split_last().ok_or_else(missing)?;
            match (find_mut(value, parent).ok_or_else(missing)?, last) {
                (Value::Map(map), Segment::Key(key)) => map.shift_remove(key).map(|_| ()).ok_or_else(missing),
                (Value::List(list), Segment::Index(index)) if *index < list.len() => {
                    list.remove(*index);
                    Ok(())
                }
                _ => Err(missing()),
            }
        }
        Change::Insert { at, index, value: new } => match find_mut(value, at.segments()) {
            Some(Value::List(list)) if *index <= list.len() => {
                list.insert(*index, new.clone());
                Ok(())
            }
            _ => Err(PatchError::NoPlace(at.index(*index))),
        },
        Change::Rename { at, to } => {
            let missing = || PatchError::Missing(at.clone());
            let (last, parent) = at.segments().split_last().ok_or_else(missing)?;
            let (Some(Value::Map(map)), Segment::Key(key)) = (find_mut(value, parent), last) else {
                return Err(missing());
            };
            let position = map.get_index_of(key).ok_or_else(missing)?;
            if map.contains_key(to) {
                return Err(PatchError::Taken(to.clone()));
            }
            let mut renamed = Map::with_capacity(map.len());
            for (index, (name, value)) in std::mem::take(map).into_iter().enumerate() {
                renamed.insert(if index == position { to.clone() } else { name }, value);
            }
            *map = renamed;
            Ok(())
        }
    }
}

/// The value at `segments`.
pub(super) fn find<'v>(value: &'v Value, segments: &[Segment]) -> Option<&'v Value> {
    segments.iter().try_fold(value, |value, segment| match (value, segment) {
        (Value::Map(map), Segment::Key(key)) => map.get(key),
        (Value::List(list), Segment::Index(index)) => list.get(*index),
        _ => None,
    })
}

fn find_mut<'v>(value: &'v mut Value, segments: &[Segment]) -> Option<&'v mut Value> {
    segments.iter().try_fold(value, |value, segment| match (value, segment) {
        (Value::Map(map), Segment::Key(key)) => map.get_mut(key),
        (Value::List(list), Segment::Index(index)) => list.get_mut(*index),
        _ => None,
    })
}

/// Puts `new` at `segments`; maps that are not there are made, elements only behind the last one.
pub(super) fn set(value: &mut Value, segments: &[Segment], new: Value) -> Option<()> {
    let Some((first, rest)) = segments.split_first() else {
        *value = new;
        return Some(());
    };
    if value.is_null() {
        *value = match first {
            Segment::Key(_) => Value::Map(Map::new()),
            Segment::Index(_) => Value::List(Vec::new()),
        };
    }
    match (value, first) {
        (Value::Map(map), Segment::Key(key)) => {
            set(map.get_or_insert_with(key.to_string(), || Value::Null), rest, new)
        }
        (Value::List(list), Segment::Index(index)) if *index <= list.len() => {
            if *index == list.len() {
                list.push(Value::Null);
            }
            set(&mut list[*index], rest, new)
        }
        _ => None,
    }
}

/// `value` below the steps of `segments`, none of which exist.
pub(super) fn wrapped(segments: &[Segment], value: Value) -> Option<Value> {
    let mut whole = Value::Null;
    set(&mut whole, segments, value)?;
    Some(whole)
}

/// A path from its steps.
pub(super) fn path(segments: &[Segment]) -> Path {
    segments.iter().fold(Path::root(), |path, segment| match segment {
        Segment::Key(key) => path.key(key),
        Segment::Index(index) => path.index(*index),
    })
}
