//! Who refers to what in a blueprint's text: relationships, functions, groups, policies. Where a name is written, as
//! [`Path`]s, so that a rename or a removal finds all of them.

use crate::diag::{Path, Segment};
use crate::model::{Map, Value};

/// Why a place names something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// `target` of a relationship.
    Relationship,
    /// Argument of a function.
    Function,
    /// Member of a group.
    Member,
    /// Target of a policy.
    PolicyTarget,
}

/// One place where a name is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where the name itself stands.
    pub at: Path,
    /// Why.
    pub kind: ReferenceKind,
}

/// Functions whose first argument is a node.
const OF_NODES: &[&str] = &["get_property", "get_attribute", "get_attributes_list", "get_attributes_dict"];

/// Everything in `blueprint` that names the node template `node`.
pub fn to_node(blueprint: &Value, node: &str) -> Vec<Reference> {
    let mut found = relationships_to(blueprint, node);
    found.extend(functions(blueprint, |name, argument| {
        let first = argument.as_list().and_then(<[Value]>::first).and_then(Value::as_str);
        (OF_NODES.contains(&name) && first == Some(node)).then_some(0)
    }));
    found.extend(members(blueprint, node));
    found
}

/// Everything that names the group `group`.
pub fn to_group(blueprint: &Value, group: &str) -> Vec<Reference> {
    let mut found = members(blueprint, group);
    for (name, policy) in entries(blueprint, "policies") {
        let targets = policy.get("targets").and_then(Value::as_list).unwrap_or_default();
        for (position, _) in targets.iter().enumerate().filter(|(_, target)| target.as_str() == Some(group)) {
            let at = Path::of(["policies", name, "targets"]).index(position);
            found.push(Reference { at, kind: ReferenceKind::PolicyTarget });
        }
    }
    found.extend(functions(blueprint, |name, argument| {
        let first = argument.as_list().and_then(<[Value]>::first).and_then(Value::as_str);
        (name == "get_group_capability" && first == Some(group)).then_some(0)
    }));
    found
}

/// Everything that names the input `input`.
pub fn to_input(blueprint: &Value, input: &str) -> Vec<Reference> {
    let named = functions(blueprint, |name, argument| {
        let first = argument.as_list().and_then(<[Value]>::first).and_then(Value::as_str);
        (name == "get_input" && first == Some(input)).then_some(0)
    });
    let alone = calls(blueprint, |name, argument| name == "get_input" && argument.as_str() == Some(input));
    named
        .into_iter()
        .chain(alone.into_iter().map(|at| Reference { at, kind: ReferenceKind::Function }))
        .collect()
}

/// Every `get_attribute` of `node` whose attribute is `attribute`: the places of the attribute's name.
pub fn to_attribute(blueprint: &Value, node: &str, attribute: &str) -> Vec<Reference> {
    functions(blueprint, |name, argument| {
        let list = argument.as_list()?;
        let is = |at: usize, text: &str| list.get(at).and_then(Value::as_str) == Some(text);
        (OF_NODES.contains(&name) && is(0, node) && is(1, attribute)).then_some(1)
    })
}

/// Every function that reads through the key at `at`, an entry of a property of a node or of an input's default: the places
/// of the key's name. A node may be named by `SELF`, `SOURCE` or `TARGET` where those mean it.
pub fn to_key(blueprint: &Value, at: &Path) -> Vec<Path> {
    let [Segment::Key(section), Segment::Key(owner), Segment::Key(what), keys @ ..] = at.segments() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    each_call(blueprint, &mut |path, name, argument| {
        let Some([first, rest @ ..]) = argument.as_list() else { return };
        let means = first.as_str().is_some_and(|first| match (&**section, &**what) {
            ("node_templates", "properties") => {
                OF_NODES.contains(&name) && meant(blueprint, path, first).as_deref() == Some(owner)
            }
            ("inputs", "default") => name == "get_input" && *first == **owner,
            _ => false,
        });
        if means && leads_through(rest, keys) {
            found.push(path.index(keys.len()));
        }
    });
    found
}

/// The node that the first argument of a function at `path` means.
fn meant(blueprint: &Value, path: &Path, word: &str) -> Option<String> {
    match word {
        "SELF" | "SOURCE" => path.node().map(str::to_owned),
        "TARGET" => match path.segments() {
            [section, node, list, position @ Segment::Index(_), ..] => {
                let own = Path::from(vec![section.clone(), node.clone(), list.clone(), position.clone()]);
                value_at(blueprint, &own.key("target"))?.as_str().map(str::to_owned)
            }
            _ => None,
        },
        name => Some(name.to_owned()),
    }
}

/// Whether the arguments of a function begin with these keys.
pub(super) fn leads_through(arguments: &[Value], keys: &[Segment]) -> bool {
    let is = |(argument, key): (&Value, &Segment)| match key {
        Segment::Key(key) => {
            argument.as_str().map_or_else(|| argument.to_string() == **key, |text| *text == **key)
        }
        Segment::Index(index) => argument.as_int() == Some(*index as i64),
    };
    arguments.len() >= keys.len() && arguments.iter().zip(keys).all(is)
}

/// The relationships that point to `node`: the places of their targets.
pub fn relationships_to(blueprint: &Value, node: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    for (name, template) in entries(blueprint, "node_templates") {
        let all = template.get("relationships").and_then(Value::as_list).unwrap_or_default();
        for (position, relationship) in all.iter().enumerate() {
            if relationship.get("target").and_then(Value::as_str) == Some(node) {
                let at = Path::of(["node_templates", name, "relationships"]).index(position).key("target");
                found.push(Reference { at, kind: ReferenceKind::Relationship });
            }
        }
    }
    found
}

fn members(blueprint: &Value, member: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    for (name, group) in entries(blueprint, "groups") {
        let all = group.get("members").and_then(Value::as_list).unwrap_or_default();
        for (position, _) in all.iter().enumerate().filter(|(_, value)| value.as_str() == Some(member)) {
            let at = Path::of(["groups", name, "members"]).index(position);
            found.push(Reference { at, kind: ReferenceKind::Member });
        }
    }
    found
}

pub(super) fn entries<'v>(
    blueprint: &'v Value,
    section: &str,
) -> impl Iterator<Item = (&'v String, &'v Value)> {
    blueprint.get(section).and_then(Value::as_map).into_iter().flat_map(Map::iter)
}

/// The arguments of function calls for which `is` tells the position of the name in them.
fn functions(value: &Value, is: impl Fn(&str, &Value) -> Option<usize>) -> Vec<Reference> {
    let mut found = Vec::new();
    each_call(value, &mut |path, name, argument| {
        if let Some(at) = is(name, argument) {
            found.push(Reference { at: path.index(at), kind: ReferenceKind::Function });
        }
    });
    found
}

/// The paths of the arguments of calls for which `is` holds.
fn calls(value: &Value, is: impl Fn(&str, &Value) -> bool) -> Vec<Path> {
    let mut found = Vec::new();
    each_call(value, &mut |path, name, argument| {
        if is(name, argument) {
            found.push(path.clone());
        }
    });
    found
}

/// Calls `look` with the path of the argument, the name and the argument of each call, in the order of the text.
pub(super) fn each_call(value: &Value, look: &mut dyn FnMut(&Path, &str, &Value)) {
    let mut todo = vec![(Path::root(), value)];
    while let Some((path, value)) = todo.pop() {
        if let Some(call) = value.call() {
            look(&path.key(call.name), call.name, call.argument);
        }
        match value {
            Value::Map(map) => todo.extend(map.iter().rev().map(|(key, value)| (path.key(key), value))),
            Value::List(list) => {
                todo.extend(list.iter().enumerate().rev().map(|(at, value)| (path.index(at), value)));
            }
            _ => {}
        }
    }
}

/// The entry that has no meaning any more without the value at `at`: the property, environment entry, input of an
/// operation or output that it stands in.
pub fn owner(blueprint: &Value, at: &Path) -> Path {
    let mut owner = Path::root();
    let mut value = blueprint;
    for segment in at.segments() {
        let next = match (value, segment) {
            (Value::Map(map), Segment::Key(key)) if value.call().is_none() => {
                let Some(next) = map.get(key) else { break };
                owner = owner.key(key);
                next
            }
            _ => break,
        };
        value = next;
    }
    match owner.segments() {
        // An output, input or capability without its value is none.
        [_, _, Segment::Key(last)] if matches!(&**last, "value" | "default") => {
            owner.parent().unwrap_or_default()
        }
        _ => owner,
    }
}

/// The value at `at`.
pub fn value_at<'v>(value: &'v Value, at: &Path) -> Option<&'v Value> {
    at.segments().iter().try_fold(value, |value, segment| match (value, segment) {
        (Value::Map(map), Segment::Key(key)) => map.get(key),
        (Value::List(list), Segment::Index(index)) => list.get(*index),
        _ => None,
    })
}

/// The value at `at`, to change it.
pub(super) fn value_at_mut<'v>(value: &'v mut Value, at: &Path) -> Option<&'v mut Value> {
    at.segments().iter().try_fold(value, |value, segment| match (value, segment) {
        (Value::Map(map), Segment::Key(key)) => map.get_mut(key),
        (Value::List(list), Segment::Index(index)) => list.get_mut(*index),
        _ => None,
    })
}
