//! Groups, policies and scaling groups (DSL reference, "instances, scaling groups, expansion").

use std::collections::HashSet;
use std::fmt;

use indexmap::{IndexMap, IndexSet};

use super::Checker;
use super::schema::{DataTypes, Fitting, Schemas};
use super::topology::{Node, ScalingGroup};
use super::types::Types;
use crate::dag::Dag;
use crate::diag::{Diagnostic, Path, closest, did_you_mean};
use crate::model::{Map, Value};

const LOGIC: &str = "DSLParsingLogicException";
const SCALING: &str = "cloudify.policies.scaling";

type Nodes = IndexMap<String, std::sync::Arc<Node>>;

/// What the sections about groups come to.
#[derive(Default)]
pub(super) struct Groups {
    pub groups: Map,
    pub policies: Map,
    pub policy_types: Map,
    pub policy_triggers: Map,
    pub scaling: IndexMap<String, ScalingGroup>,
}

impl Checker<'_> {
    fn tell(&mut self, code: &'static str, number: i32, path: Path, message: String) {
        self.diagnostics.push(Diagnostic::error(code, path, message).with_reference(LOGIC, Some(number)));
    }

    /// Groups and policies of the blueprint.
    pub(super) fn groups(&mut self, types: &Types, nodes: &Nodes) -> Groups {
        let mut all = Groups::default();
        let kinds = self.kinds("policy_types", "properties", &types.data, &mut all.policy_types);
        let triggers = self.kinds("policy_triggers", "parameters", &types.data, &mut all.policy_triggers);
        let mut members: IndexMap<String, Vec<String>> = IndexMap::new();
        for (name, group) in self.blueprint.section("groups").into_iter().flatten() {
            let path = Path::of(["groups", name]);
            if nodes.contains_key(name) {
                self.tell(
                    "group-named-like-node",
                    211,
                    path.clone(),
                    format!("a group and a node are both named `{name}`"),
                );
            }
            let own = self.members(name, group, nodes, &path);
            let policies = self.group_policies(name, group, &kinds, &triggers, &types.data, &path);
            let list = own.iter().map(|member| Value::string(member.as_str())).collect();
            let map = Map::from_iter([
                ("members".to_owned(), Value::List(list)),
                ("policies".to_owned(), Value::Map(policies)),
            ]);
            all.groups.insert(name.clone(), Value::Map(map));
            members.insert(name.clone(), own);
        }
        self.policies(&members, &mut all);
        self.scaling_groups(&mut all.scaling, nodes);
        all
    }

    fn kinds(
        &mut self,
        section: &str,
        field: &str,
        data: &DataTypes,
        plan: &mut Map,
    ) -> IndexMap<String, Schemas> {
        let mut all = IndexMap::new();
        for (name, kind) in self.blueprint.section(section).into_iter().flatten() {
            let owner = format!("`{name}`");
            let at = Path::of([section, name, field]);
            let schemas = self.schemas(kind.get(field), data, &owner, &at, false);
            let mut map = kind.as_map().cloned().unwrap_or_default();
            let shown = schemas.iter().map(|(key, schema)| (key.clone(), schema.to_value())).collect();
            map.insert(field.to_owned(), Value::Map(shown));
            plan.insert(name.clone(), Value::Map(map));
            all.insert(name.clone(), schemas);
        }
        all
    }

    fn members(&mut self, name: &str, group: &Value, nodes: &Nodes, path: &Path) -> Vec<String> {
        let groups = self.blueprint.section("groups");
        let mut members = IndexSet::new();
        let Some(list) = group.get("members").and_then(Value::as_list) else { return Vec::new() };
        if list.is_empty() {
            self.diagnostics.push(
                Diagnostic::error(
                    "no-members",
                    path.key("members"),
                    format!("group `{name}` has no members"),
                )
                .with_reference("DSLParsingFormatException", Some(1)),
            );
        }
        for (index, member) in list.iter().enumerate() {
            let Some(member) = member.as_str() else { continue };
            let known = nodes.contains_key(member)
                || self.blueprint.entity("node_templates", member).is_some()
                || groups.is_some_and(|groups| groups.contains_key(member))
                || self.blueprint.misnamed.contains("node_templates");
            if known {
                members.insert(member.to_owned());
                continue;
            }
            let message = format!("member `{member}` of group `{name}` is no node and no group");
            let mut diagnostic =
                Diagnostic::error("unknown-member", path.key("members").index(index), message)
                    .with_reference(LOGIC, Some(40));
            if let Some(near) = closest(member, nodes.keys().map(String::as_str)) {
                diagnostic = diagnostic.with_hint(did_you_mean(near));
            }
            self.diagnostics.push(diagnostic);
        }
        members.into_iter().collect()
    }

    fn group_policies(
        &mut self,
        group: &str,
        value: &Value,
        kinds: &IndexMap<String, Schemas>,
        triggers: &IndexMap<String, Schemas>,
        data: &DataTypes,
        path: &Path,
    ) -> Map {
        let mut all = Map::new();
        for (name, policy) in value.get("policies").and_then(Value::as_map).into_iter().flatten() {
            let at = path.key("policies").key(name);
            // That it has none is told where its shape is judged; an empty one is a name like any other.
            let kind = policy.get("type").and_then(Value::as_str);
            let mut map = policy.as_map().cloned().unwrap_or_default();
            match (kind.and_then(|kind| kinds.get(kind)), kind) {
                (Some(schemas), _) => {
                    let owner = format_args!("policy `{name}` of group `{group}`");
                    let properties =
                        self.fit(policy.get("properties"), schemas, data, owner, &at.key("properties"));
                    map.insert("properties".into(), Value::Map(properties));
                }
                (None, Some(kind)) if !self.blueprint.incomplete => {
                    let message = format!(
                        "policy `{name}` of group `{group}` has the type `{kind}`, which is not defined"
                    );
                    self.tell("unknown-policy-type", 41, at.key("type"), message);
                }
                (None, _) => {}
            }
            let mut parsed = Map::new();
            for (trigger, value) in policy.get("triggers").and_then(Value::as_map).into_iter().flatten() {
                let at = at.key("triggers").key(trigger);
                let kind = value.get("type").and_then(Value::as_str);
                let mut map = value.as_map().cloned().unwrap_or_default();
                match (kind.and_then(|kind| triggers.get(kind)), kind) {
                    (Some(schemas), _) => {
                        let owner = format_args!("trigger `{trigger}` of group `{group}`");
                        let parameters =
                            self.fit(value.get("parameters"), schemas, data, owner, &at.key("parameters"));
                        map.insert("parameters".into(), Value::Map(parameters));
                    }
                    (None, Some(kind)) if !self.blueprint.incomplete => {
                        let message =
                            format!("trigger `{trigger}` has the type `{kind}`, which is not defined");
                        self.tell("unknown-policy-trigger", 42, at.key("type"), message);
                    }
                    (None, _) => {}
                }
                parsed.insert(trigger.clone(), Value::Map(map));
            }
            map.insert("triggers".into(), Value::Map(parsed));
            all.insert(name.clone(), Value::Map(map));
        }
        all
    }

    fn fit(
        &mut self,
        value: Option<&Value>,
        schemas: &Schemas,
        data: &DataTypes,
        owner: fmt::Arguments<'_>,
        path: &Path,
    ) -> Map {
        let nothing = Map::new();
        let given = value.and_then(Value::as_map).unwrap_or(&nothing);
        let mut fitting = Fitting {
            data_types: data,
            room: &self.room,
            diagnostics: &mut self.diagnostics,
            owner,
            complete: true,
        };
        fitting.properties(given, schemas, None, &path.into())
    }

    fn policies(&mut self, members: &IndexMap<String, Vec<String>>, all: &mut Groups) {
        for (name, policy) in self.blueprint.section("policies").into_iter().flatten() {
            let path = Path::of(["policies", name]);
            let kind = policy.get("type").and_then(Value::as_str).unwrap_or(SCALING);
            if kind != SCALING {
                let message =
                    format!("`{kind}` is no policy that works on groups as a whole; only `{SCALING}` is");
                self.tell("unsupported-policy", 204, path.key("type"), message);
            }
            let counts = self.counts(policy.get("properties"), &path.key("properties"));
            let targets = policy.get("targets").and_then(Value::as_list);
            if targets.is_some_and(<[Value]>::is_empty) {
                self.tell(
                    "policy-without-target",
                    206,
                    path.key("targets"),
                    format!("policy `{name}` has no targets"),
                );
            }
            for (index, target) in targets.unwrap_or_default().iter().enumerate() {
                let Some(target) = target.as_str() else { continue };
                match members.get(target) {
                    Some(members) if kind == SCALING => {
                        let group = ScalingGroup { members: members.clone(), scalable: counts.clone() };
                        all.scaling.insert(target.to_owned(), group);
                    }
                    Some(_) => {}
                    None if self.blueprint.misnamed.contains("groups") => {}
                    None => {
                        let message = format!("the target `{target}` of policy `{name}` is no group");
                        let at = path.key("targets").index(index);
                        let mut diagnostic = Diagnostic::error("policy-target-no-group", at, message)
                            .with_reference(LOGIC, Some(205));
                        if let Some(near) = closest(target, members.keys().map(String::as_str)) {
                            diagnostic = diagnostic.with_hint(did_you_mean(near));
                        }
                        self.diagnostics.push(diagnostic);
                    }
                }
            }
            let mut map = policy.as_map().cloned().unwrap_or_default();
            map.insert("properties".into(), super::plan::counts(&counts));
            all.policies.insert(name.clone(), Value::Map(map));
        }
    }

    /// Scaling groups: no circles, one group a member, members that can be multiplied together.
    fn scaling_groups(&mut self, scaling: &mut IndexMap<String, ScalingGroup>, nodes: &Nodes) {
        let mut group_of: IndexMap<&str, Vec<&str>> = IndexMap::new();
        let mut dag = Dag::new();
        for (name, group) in scaling.iter() {
            for member in &group.members {
                group_of.entry(member).or_default().push(name);
                dag.need(member.as_str(), name.as_str());
            }
        }
        if let Err(cycle) = dag.waves() {
            let first = cycle.first().copied().unwrap_or_default();
            let message = format!("groups are members of each other in a circle: {}", cycle.join(" → "));
            self.tell("group-cycle", 200, Path::of(["groups", first]), message);
            scaling.clear();
            return;
        }
        for (member, groups) in &group_of {
            if groups.len() > 1 {
                let message =
                    format!("`{member}` is a member of several scaling groups: {}", groups.join(", "));
                let first = groups.first().copied().unwrap_or_default();
                self.tell("member-of-several-groups", 201, Path::of(["groups", first]), message);
                return;
            }
        }
        let groups: IndexMap<&str, Vec<String>> =
            scaling.keys().map(|name| (name.as_str(), leaves(name, scaling, nodes))).collect();
        for (name, leaves) in &groups {
            let mut outermost = *name;
            while let Some(around) = group_of.get(outermost).and_then(|around| around.first()) {
                outermost = around;
            }
            if let Some((a, b)) = not_together(leaves, &groups[outermost], nodes) {
                let message = format!(
                    "`{a}` and `{b}` are both in group `{name}`, but they are not contained in a node that both share"
                );
                self.tell("members-not-together", 202, Path::of(["groups", name]), message);
                return;
            }
        }
        drop_contained(scaling, nodes);
    }
}

/// Nodes in a group, through groups in it.
fn leaves(group: &str, scaling: &IndexMap<String, ScalingGroup>, nodes: &Nodes) -> Vec<String> {
    let mut found = IndexSet::new();
    let mut open = vec![group.to_owned()];
    let mut seen = IndexSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        for member in scaling.get(&name).map(|group| group.members.as_slice()).unwrap_or_default() {
            if nodes.contains_key(member) {
                found.insert(member.clone());
            } else {
                open.push(member.clone());
            }
        }
    }
    found.into_iter().collect()
}

/// The nodes that contain `name`, the nearest first.
fn containers<'n>(name: &str, nodes: &'n Nodes) -> Vec<&'n str> {
    let mut found: Vec<&str> = Vec::new();
    let mut current = nodes.get(name);
    while let Some(container) = current.and_then(|node| node.container()) {
        if found.contains(&container) || container == name {
            break;
        }
        found.push(container);
        current = nodes.get(container);
    }
    found
}

/// Two nodes of a group that are contained in different places. Nodes that are contained nowhere go together; so do
/// a node and one that contains it, two that some node contains both, and two whose outermost containers are members of
/// `all` as well, which are the nodes of the outermost group around this one.
fn not_together<'n>(leaves: &'n [String], all: &[String], nodes: &Nodes) -> Option<(&'n str, &'n str)> {
    let chains: Vec<Vec<&str>> = leaves.iter().map(|name| containers(name, nodes)).collect();
    let all: HashSet<&str> = all.iter().map(String::as_str).collect();
    let rooted: Vec<bool> =
        chains.iter().map(|chain| chain.last().is_none_or(|outermost| all.contains(outermost))).collect();
    let together = |a: usize, b: usize| {
        let (first, second) = (&chains[a], &chains[b]);
        rooted[a] && rooted[b]
            || first.contains(&leaves[b].as_str())
            || second.contains(&leaves[a].as_str())
            || first.iter().any(|name| second.contains(name))
    };
    for a in 0..leaves.len() {
        for b in a + 1..leaves.len() {
            if !together(a, b) {
                return Some((&leaves[a], &leaves[b]));
            }
        }
    }
    None
}

/// A member whose container is in the same group comes with its container: it is no member of its own.
fn drop_contained(scaling: &mut IndexMap<String, ScalingGroup>, nodes: &Nodes) {
    let parents: IndexMap<String, String> = scaling
        .iter()
        .flat_map(|(name, group)| group.members.iter().map(move |member| (member.clone(), name.clone())))
        .collect();
    let chain = |name: &str| {
        let mut found: Vec<String> = Vec::new();
        let mut current = name.to_owned();
        while let Some(parent) = parents.get(&current).filter(|parent| !found.contains(parent)) {
            found.push(parent.clone());
            current.clone_from(parent);
        }
        found
    };
    for member in parents.keys().filter(|member| nodes.contains_key(*member)) {
        let own = chain(member);
        for container in containers(member, nodes) {
            let theirs = chain(container);
            let Some(shared) = own.iter().find(|group| theirs.contains(group)) else { continue };
            let direct = own.first() == Some(shared);
            let removed = if direct {
                Some(member.clone())
            } else {
                own.iter().rev().find(|group| !theirs.contains(group)).cloned()
            };
            if let (Some(removed), Some(group)) = (removed, scaling.get_mut(shared)) {
                group.members.retain(|name| *name != removed);
            }
        }
    }
}
