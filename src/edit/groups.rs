//! Groups, and the policies that scale them.

use super::draft::{Draft, check_name};
use super::project::free;
use super::{EditError, references};
use crate::diag::Path;
use crate::model::{Map, Value};

const SCALING: &str = "cloudify.policies.scaling";

fn path(name: &str) -> Path {
    Path::of(["groups", name])
}

pub(super) fn group(
    draft: &mut Draft,
    lane: &str,
    name: &str,
    members: &[String],
    instances: Option<&Value>,
) -> Result<(), EditError> {
    check_name(name)?;
    let value = draft.value(lane)?;
    let taken = |section: &str| value.get(section).is_some_and(|all| all.get(name).is_some());
    if taken("groups") || taken("node_templates") {
        return Err(EditError::Taken(name.to_owned()));
    }
    let list = members.iter().map(|member| member.as_str().into()).collect();
    draft.set(lane, path(name).key("members"), Value::List(list))?;
    let Some(instances) = instances else { return Ok(()) };
    let policies = value.get("policies").cloned().unwrap_or_default();
    let policy = free(&format!("{name}_scaling"), |name| policies.get(name).is_some());
    let properties = Map::from_iter([("default_instances".to_owned(), instances.clone())]);
    let scaling = Map::from_iter([
        ("type".to_owned(), SCALING.into()),
        ("targets".to_owned(), Value::List(vec![name.into()])),
        ("properties".to_owned(), Value::Map(properties)),
    ]);
    draft.set(lane, Path::of(["policies", &policy]), Value::Map(scaling))
}

pub(super) fn ungroup(draft: &mut Draft, lane: &str, name: &str) -> Result<(), EditError> {
    let value = draft.value(lane)?;
    if value.get("groups").is_none_or(|groups| groups.get(name).is_none()) {
        return Err(EditError::Unknown { lane: lane.to_owned(), name: name.to_owned() });
    }
    leave_all(draft, lane, name)?;
    let policies: Vec<(String, usize, usize)> = references::entries(&value, "policies")
        .filter_map(|(policy, value)| {
            let targets = value.get("targets")?.as_list()?;
            let position = targets.iter().position(|target| target.as_str() == Some(name))?;
            Some((policy.clone(), position, targets.len()))
        })
        .collect();
    for (policy, position, targets) in policies {
        let at = Path::of(["policies", &policy]);
        if targets == 1 {
            draft.prune(lane, &at)?;
        } else {
            draft.unset(lane, at.key("targets").index(position))?;
        }
    }
    draft.prune(lane, &path(name))
}

pub(super) fn member(
    draft: &mut Draft,
    lane: &str,
    group: &str,
    member: &str,
    joins: bool,
) -> Result<(), EditError> {
    let value = draft.value(lane)?;
    let found = value.get("groups").and_then(|groups| groups.get(group));
    let found = found.ok_or_else(|| EditError::Unknown { lane: lane.to_owned(), name: group.to_owned() })?;
    let members = found.get("members").and_then(Value::as_list).unwrap_or_default();
    let position = members.iter().position(|one| one.as_str() == Some(member));
    let at = path(group).key("members");
    match (position, joins) {
        (None, true) => draft.set(lane, at.index(members.len()), member.into()),
        (Some(_), false) if members.len() == 1 => ungroup(draft, lane, group),
        (Some(position), false) => draft.unset(lane, at.index(position)),
        _ => Ok(()),
    }
}

/// Takes `name` out of every group; a group that has no other member goes.
pub(super) fn leave_all(draft: &mut Draft, lane: &str, name: &str) -> Result<(), EditError> {
    let value = draft.value(lane)?;
    let groups: Vec<String> = references::entries(&value, "groups")
        .filter(|(_, group)| {
            let members = group.get("members").and_then(Value::as_list).unwrap_or_default();
            members.iter().any(|member| member.as_str() == Some(name))
        })
        .map(|(group, _)| group.clone())
        .collect();
    groups.iter().try_for_each(|group| member(draft, lane, group, name, false))
}
