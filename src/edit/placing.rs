//! What a layout keeps beside places: folded frames, locks, bends of lines; and what becomes of it when nodes get other
//! names or go.

use super::EditError;
use super::draft::Draft;
use crate::model::{Layout, Point};

/// The name under which a layout keeps the bends of a line from one box to another of its lane.
fn bend_key(source: &str, target: &str) -> String {
    format!("{source} -> {target}")
}

pub(super) fn fold(draft: &mut Draft, lane: &str, names: &[String], folded: bool) -> Result<(), EditError> {
    let known = &mut draft.layout(lane)?.folded;
    for name in names {
        if folded {
            known.insert(name.clone());
        } else {
            known.shift_remove(name);
        }
    }
    Ok(())
}

pub(super) fn lock(
    draft: &mut Draft,
    lane: &str,
    names: Option<&[String]>,
    locked: bool,
) -> Result<(), EditError> {
    let layout = draft.layout(lane)?;
    let Some(names) = names else {
        layout.locked_lane = locked;
        return Ok(());
    };
    for name in names {
        if locked {
            layout.locked.insert(name.clone());
        } else {
            layout.locked.shift_remove(name);
        }
    }
    Ok(())
}

pub(super) fn bend(
    draft: &mut Draft,
    lane: &str,
    from: &str,
    to: &str,
    bends: &[Point],
) -> Result<(), EditError> {
    let known = &mut draft.layout(lane)?.bends;
    if bends.is_empty() {
        known.shift_remove(&bend_key(from, to));
    } else {
        known.insert(bend_key(from, to), bends.to_vec());
    }
    Ok(())
}

/// A node has another name.
pub(super) fn renamed(draft: &mut Draft, lane: &str, name: &str, to: &str) -> Result<(), EditError> {
    if !knows(&draft.project.document(lane)?.layout, name) {
        return Ok(());
    }
    let layout = draft.layout(lane)?;
    if let Some(place) = layout.nodes.shift_remove(name) {
        layout.nodes.insert(to.to_owned(), place);
    }
    for set in [&mut layout.folded, &mut layout.locked] {
        if set.shift_remove(name) {
            set.insert(to.to_owned());
        }
    }
    layout.bends = std::mem::take(&mut layout.bends)
        .into_iter()
        .map(|(line, bends)| {
            let end = |end: &str| if end == name { to.to_owned() } else { end.to_owned() };
            let line = line.split_once(" -> ").map_or(line.clone(), |(a, b)| bend_key(&end(a), &end(b)));
            (line, bends)
        })
        .collect();
    Ok(())
}

/// Nodes are gone.
pub(super) fn removed(draft: &mut Draft, lane: &str, names: &[String]) -> Result<(), EditError> {
    if !names.iter().any(|name| draft.project.document(lane).is_ok_and(|known| knows(&known.layout, name))) {
        return Ok(());
    }
    let layout = draft.layout(lane)?;
    layout.nodes.retain(|name, _| !names.contains(name));
    layout.folded.retain(|name| !names.contains(name));
    layout.locked.retain(|name| !names.contains(name));
    layout.bends.retain(|line, _| !names.iter().any(|name| ends_at(line, name)));
    Ok(())
}

fn ends_at(line: &str, name: &str) -> bool {
    line.split_once(" -> ").is_some_and(|(from, to)| from == name || to == name)
}

fn knows(layout: &Layout, name: &str) -> bool {
    layout.nodes.contains_key(name)
        || layout.folded.contains(name)
        || layout.locked.contains(name)
        || layout.bends.keys().any(|line| ends_at(line, name))
}
