//! Another name for something, everywhere it is named: in its blueprint, in `gantry.yaml`, and in the lanes that read it
//! through a deployment proxy.

use super::draft::{Draft, check_name};
use super::share::proxies_of;
use super::{EditError, references};
use crate::diag::{Path, Segment};
use crate::dsl::patch::Change;
use crate::model::Value;

pub(super) fn rename(draft: &mut Draft, lane: &str, at: &Path, to: &str) -> Result<(), EditError> {
    if at.segments().len() > 2 {
        return rename_key(draft, lane, at, to);
    }
    check_name(to)?;
    let value = draft.value(lane)?;
    let missing = || EditError::Unknown { lane: lane.to_owned(), name: at.to_string() };
    let [Segment::Key(section), Segment::Key(name)] = at.segments() else { return Err(missing()) };
    if references::value_at(&value, at).is_none() {
        return Err(missing());
    }
    if **name == *to {
        return Ok(());
    }
    let taken = |section: &str| value.get(section).is_some_and(|all| all.get(to).is_some());
    let also = match &**section {
        "node_templates" => taken("groups"),
        "groups" => taken("node_templates"),
        _ => false,
    };
    if taken(section) || also {
        return Err(EditError::Taken(to.to_owned()));
    }
    let found = match &**section {
        "node_templates" => references::to_node(&value, name),
        "groups" => references::to_group(&value, name),
        "inputs" => references::to_input(&value, name),
        _ => Vec::new(),
    };
    let mut changes: Vec<Change> =
        found.into_iter().map(|one| Change::Set { at: one.at, value: to.into() }).collect();
    changes.push(Change::Rename { at: at.clone(), to: to.to_owned() });
    draft.patch(lane, &changes)?;
    match &**section {
        "node_templates" => {
            super::placing::renamed(draft, lane, name, to)?;
            super::share::renamed(draft, lane, name, to)
        }
        "inputs" => {
            let given = Path::of(["lanes", lane, "inputs", name]);
            let settings = draft.project.settings();
            if settings.lanes.get(lane).is_some_and(|lane| lane.inputs.contains_key(name)) {
                draft.manifest(&[Change::Rename { at: given, to: to.to_owned() }])?;
            }
            Ok(())
        }
        "outputs" => in_other_lanes(draft, lane, name, to),
        _ => Ok(()),
    }
}

/// A key of a map that is a value: an entry of an environment. Functions that read through it follow, in lanes that read an
/// output, too.
fn rename_key(draft: &mut Draft, lane: &str, at: &Path, to: &str) -> Result<(), EditError> {
    if to.trim().is_empty() || to.chars().any(char::is_control) {
        return Err(EditError::BadName(to.to_owned()));
    }
    let value = draft.value(lane)?;
    let missing = || EditError::Unknown { lane: lane.to_owned(), name: at.to_string() };
    let (Some(map), Some(Segment::Key(name))) = (at.parent(), at.segments().last()) else {
        return Err(missing());
    };
    if references::value_at(&value, at).is_none() {
        return Err(missing());
    }
    if **name == *to {
        return Ok(());
    }
    let new = map.key(to);
    if references::value_at(&value, &new).is_some() {
        return Err(EditError::Taken(to.to_owned()));
    }
    let read = references::to_key(&value, at).into_iter();
    let mut changes: Vec<Change> = read.map(|at| Change::Set { at, value: to.into() }).collect();
    changes.push(Change::Rename { at: at.clone(), to: to.to_owned() });
    draft.patch(lane, &changes)?;
    super::share::moved(draft, lane, at, &new)?;
    match at.segments() {
        [Segment::Key(section), Segment::Key(output), Segment::Key(value), keys @ ..]
            if &**section == "outputs" && &**value == "value" =>
        {
            key_in_other_lanes(draft, lane, output, keys, to)
        }
        _ => Ok(()),
    }
}

/// Lanes with a proxy of this one read a part of the output by its keys.
fn key_in_other_lanes(
    draft: &mut Draft,
    lane: &str,
    output: &str,
    keys: &[Segment],
    to: &str,
) -> Result<(), EditError> {
    in_readers(draft, lane, |value, proxy| {
        let read = references::to_attribute(value, proxy, output).into_iter();
        let key = |name: references::Reference| {
            let arguments = name.at.parent()?;
            let list = references::value_at(value, &arguments).and_then(Value::as_list);
            let rest = list.and_then(|list| list.get(2..)).unwrap_or_default();
            references::leads_through(rest, keys).then(|| arguments.index(1 + keys.len()))
        };
        read.filter_map(key).map(|at| Change::Set { at, value: to.into() }).collect()
    })
}

/// Lanes with a proxy of this one inherit the output by its name.
fn in_other_lanes(draft: &mut Draft, lane: &str, name: &str, to: &str) -> Result<(), EditError> {
    in_readers(draft, lane, |value, proxy| {
        let list = Path::of(["node_templates", proxy, "properties", "inherit_outputs"]);
        let inherited = references::value_at(value, &list).and_then(Value::as_list).unwrap_or_default();
        let named = inherited.iter().enumerate().filter(|(_, one)| one.as_str() == Some(name));
        let inherited = named.map(|(position, _)| list.index(position));
        let read = references::to_attribute(value, proxy, name).into_iter().map(|reference| reference.at);
        inherited.chain(read).map(|at| Change::Set { at, value: to.into() }).collect()
    })?;
    super::share::output_renamed(draft, lane, name, to);
    Ok(())
}

/// Makes `changes` in every other lane, of what it says and the name of each of its proxies of this one.
fn in_readers(
    draft: &mut Draft,
    lane: &str,
    changes: impl Fn(&Value, &str) -> Vec<Change>,
) -> Result<(), EditError> {
    let deployment = draft.project.deployment(lane);
    let others: Vec<String> =
        draft.project.documents.keys().filter(|other| *other != lane).cloned().collect();
    for other in others {
        let value = draft.value(&other)?;
        let proxies = proxies_of(&draft.project, &other, &value, &deployment);
        let changes: Vec<Change> = proxies.iter().flat_map(|proxy| changes(&value, proxy)).collect();
        if !changes.is_empty() {
            draft.patch(&other, &changes)?;
        }
    }
    Ok(())
}
