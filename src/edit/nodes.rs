//! Node templates and their relationships: add, remove, connect, disconnect.

use std::collections::BTreeMap;

use super::draft::{Draft, check_name};
use super::references::{self, ReferenceKind};
use super::{EditError, References, groups, placing};
use crate::diag::{Path, Segment};
use crate::dsl::patch::Change;
use crate::model::{Map, Point, Value};

fn template(name: &str) -> Path {
    Path::of(["node_templates", name])
}

fn unknown(lane: &str, name: impl Into<String>) -> EditError {
    EditError::Unknown { lane: lane.to_owned(), name: name.into() }
}

pub(super) fn add(
    draft: &mut Draft,
    lane: &str,
    name: &str,
    value: &Value,
    at: Option<Point>,
) -> Result<(), EditError> {
    check_name(name)?;
    if draft.value(lane)?.get("node_templates").and_then(|all| all.get(name)).is_some() {
        return Err(EditError::Taken(name.to_owned()));
    }
    draft.set(lane, template(name), value.clone())?;
    if let Some(at) = at {
        draft.layout(lane)?.nodes.insert(name.to_owned(), at);
    }
    Ok(())
}

/// The relationships of a node in the lane's own text.
fn relationships(value: &Value, lane: &str, node: &str) -> Result<Vec<Value>, EditError> {
    let found =
        value.get("node_templates").and_then(|all| all.get(node)).ok_or_else(|| unknown(lane, node))?;
    Ok(found.get("relationships").and_then(Value::as_list).map(<[Value]>::to_vec).unwrap_or_default())
}

pub(super) fn connect(
    draft: &mut Draft,
    lane: &str,
    from: &str,
    to: &str,
    kind: &str,
) -> Result<(), EditError> {
    let all = relationships(&draft.value(lane)?, lane, from)?;
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    if all
        .iter()
        .any(|one| text(one, "target").as_deref() == Some(to) && text(one, "type").as_deref() == Some(kind))
    {
        return Ok(());
    }
    let new = Map::from_iter([("type".to_owned(), kind.into()), ("target".to_owned(), to.into())]);
    draft.set(lane, template(from).key("relationships").index(all.len()), Value::Map(new))
}

pub(super) fn disconnect(
    draft: &mut Draft,
    lane: &str,
    from: &str,
    position: usize,
) -> Result<(), EditError> {
    let all = relationships(&draft.value(lane)?, lane, from)?;
    if position >= all.len() {
        return Err(unknown(lane, format!("relationship {position} of {from}")));
    }
    let list = template(from).key("relationships");
    draft.unset(lane, if all.len() == 1 { list } else { list.index(position) })
}

pub(super) fn reconnect(
    draft: &mut Draft,
    lane: &str,
    from: &str,
    position: usize,
    to: &str,
    kind: Option<&str>,
) -> Result<(), EditError> {
    if position >= relationships(&draft.value(lane)?, lane, from)?.len() {
        return Err(unknown(lane, format!("relationship {position} of {from}")));
    }
    let at = template(from).key("relationships").index(position);
    if let Some(kind) = kind {
        draft.set(lane, at.key("type"), kind.into())?;
    }
    draft.set(lane, at.key("target"), to.into())
}

/// A relationship that is written anew when what it pointed to goes.
struct Bridge {
    from: String,
    to: String,
    kind: String,
}

/// What pointed to `names` and what they pointed to, joined: containment by containment, anything else by anything.
fn bridges(value: &Value, names: &[String]) -> Vec<Bridge> {
    let is_containment =
        |kind: &str| kind.contains("contained_in") && !kind.ends_with("container_contained_in_microservice");
    let links = |node: &Value| -> Vec<(String, String)> {
        let all = node.get("relationships").and_then(Value::as_list).unwrap_or_default();
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        all.iter().filter_map(|one| Some((text(one, "type")?, text(one, "target")?))).collect()
    };
    let all: BTreeMap<&String, Vec<(String, String)>> =
        references::entries(value, "node_templates").map(|(name, node)| (name, links(node))).collect();
    let mut found: Vec<Bridge> = Vec::new();
    for (from, own) in references::entries(value, "node_templates").map(|(name, node)| (name, links(node))) {
        if names.contains(from) {
            continue;
        }
        for (kind, target) in own {
            // Through any number of nodes that go.
            let (mut todo, mut seen) = (vec![target], Vec::new());
            while let Some(node) = todo.pop() {
                if !names.contains(&node) || seen.contains(&node) {
                    continue;
                }
                for (next_kind, next) in all.get(&node).into_iter().flatten() {
                    if is_containment(&kind) != is_containment(next_kind) && is_containment(&kind) {
                        continue;
                    }
                    if names.contains(next) {
                        todo.push(next.clone());
                    } else if next != from {
                        found.push(Bridge { from: from.clone(), to: next.clone(), kind: kind.clone() });
                    }
                }
                seen.push(node);
            }
        }
    }
    found
}

pub(super) fn remove(
    draft: &mut Draft,
    lane: &str,
    names: &[String],
    choice: References,
    reconnect: bool,
) -> Result<(), EditError> {
    let value = draft.value(lane)?;
    let known = |name: &String| value.get("node_templates").and_then(|all| all.get(name)).is_some();
    if let Some(name) = names.iter().find(|name| !known(name)) {
        return Err(unknown(lane, name.clone()));
    }
    let bridges = if reconnect { bridges(&value, names) } else { Vec::new() };
    let inside = |at: &Path| at.node().is_some_and(|node| names.iter().any(|name| name == node));
    let mut functions = Vec::new();
    let mut pointing: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for name in names {
        for reference in references::to_node(&value, name).into_iter().filter(|one| !inside(&one.at)) {
            match (reference.kind, reference.at.segments()) {
                (ReferenceKind::Function, _) => functions.push(reference.at),
                (ReferenceKind::Relationship, [_, Segment::Key(node), _, Segment::Index(position), ..]) => {
                    pointing.entry(node.to_string()).or_default().push(*position);
                }
                _ => {}
            }
        }
    }
    if choice == References::Refuse && !functions.is_empty() {
        let at = functions.into_iter().map(|at| (lane.to_owned(), at)).collect();
        return Err(EditError::Used { name: names.join(", "), at });
    }
    for (node, mut positions) in pointing {
        positions.sort_unstable();
        for position in positions.into_iter().rev() {
            disconnect(draft, lane, &node, position)?;
        }
    }
    for name in names {
        groups::leave_all(draft, lane, name)?;
    }
    if choice == References::Remove {
        let mut owners: Vec<Path> = functions.iter().map(|at| references::owner(&value, at)).collect();
        // The outermost first: what lies in one of them goes with it.
        owners.sort_by_key(|owner| owner.segments().len());
        let mut gone: Vec<Path> = Vec::new();
        for owner in owners {
            if !gone.iter().any(|gone| gone.contains(&owner)) {
                draft.prune(lane, &owner)?;
                gone.push(owner);
            }
        }
    }
    let changes: Vec<Change> = names.iter().map(|name| Change::Unset { at: template(name) }).collect();
    draft.patch(lane, &changes)?;
    for Bridge { from, to, kind } in bridges {
        connect(draft, lane, &from, &to, &kind)?;
    }
    placing::removed(draft, lane, names)
}
