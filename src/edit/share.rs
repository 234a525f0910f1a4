//! Values that cross lanes: an output there, a deployment proxy here, and the `get_attribute` that reads it.
//!
//! What was written for a line is remembered in the layout of the lane that reads ([`Shared`]), so that taking the line
//! away takes exactly that away, and never what a person wrote by hand or another line still uses.

use super::draft::Draft;
use super::project::free;
use super::references::{self, value_at};
use super::{EditError, Project};
use crate::diag::{Path, Segment};
use crate::model::{Made, Map, Shared, Value};

const PROXY: &str = "cloudify.nodes.DeploymentProxy";
const RELATIONSHIP: &str = "cloudify.relationships.depends_on";
const IMPORT: &str = "plugin:proxy";

/// Names of the proxies in a lane's text that stand for `deployment`.
pub fn proxies_of(project: &Project, lane: &str, value: &Value, deployment: &str) -> Vec<String> {
    let settings = project.settings();
    let given = settings.lanes.get(lane).map(|lane| &lane.inputs);
    references::entries(value, "node_templates")
        .filter(|(_, node)| is_proxy(value, node))
        .filter(|(_, node)| {
            let id = node.get("properties").and_then(|all| all.get("deployment_id"));
            let named = id.and_then(|id| match id.call() {
                Some(call) if call.name == "get_input" => {
                    let input = call.argument.as_str()?;
                    let default = || value.get("inputs")?.get(input)?.get("default")?.as_str();
                    given.and_then(|given| given.get(input)?.as_str()).or_else(default)
                }
                _ => id.as_str(),
            });
            named == Some(deployment)
        })
        .map(|(name, _)| name.clone())
        .collect()
}

fn is_proxy(value: &Value, node: &Value) -> bool {
    let mut kind = node.get("type").and_then(Value::as_str);
    // Types may derive from each other in a circle; no chain is that long.
    for _ in 0..32 {
        match kind {
            Some(PROXY) => return true,
            Some(name) => {
                let types = value.get("node_types");
                kind = types.and_then(|types| types.get(name)?.get("derived_from")?.as_str());
            }
            None => return false,
        }
    }
    false
}

/// The output of a lane that gives a value, and the keys to it; and whether it has to be written.
struct Source {
    output: String,
    keys: Vec<Segment>,
    new: Option<Value>,
}

fn source(project: &Project, lane: &str, at: &Path) -> Result<Source, EditError> {
    let value = project.document(lane)?.value();
    let no_value =
        || EditError::NotShared(format!("`{at}` of {lane} is no value that another lane can read"));
    match at.segments() {
        [Segment::Key(section), Segment::Key(output), rest @ ..] if &**section == "outputs" => {
            if value_at(&value, &Path::of(["outputs", output])).is_none() {
                return Err(EditError::Unknown { lane: lane.to_owned(), name: at.to_string() });
            }
            let keys = match rest {
                [Segment::Key(value), keys @ ..] if &**value == "value" => keys,
                keys => keys,
            };
            Ok(Source { output: output.to_string(), keys: keys.to_vec(), new: None })
        }
        [Segment::Key(section), Segment::Key(node), Segment::Key(what), keys @ ..]
            if &**section == "node_templates" && !keys.is_empty() =>
        {
            let function = match &**what {
                "properties" => "get_property",
                "attributes" => "get_attribute",
                _ => return Err(no_value()),
            };
            let step = |segment: &Segment| match segment {
                Segment::Key(key) => Value::string(&**key),
                Segment::Index(index) => Value::Int(*index as i64),
            };
            let argument = std::iter::once(Value::string(&**node)).chain(keys.iter().map(step)).collect();
            let call = Value::Map(Map::from_iter([(function.to_owned(), Value::List(argument))]));
            if let Some((output, keys)) = existing(&value, &call) {
                return Ok(Source { output, keys, new: None });
            }
            let last = keys.iter().rev().find_map(|segment| match segment {
                Segment::Key(key) => Some(key.to_string()),
                Segment::Index(_) => None,
            });
            let wish = format!("{node}_{}", last.unwrap_or_else(|| "value".into()));
            let outputs = value.get("outputs").cloned().unwrap_or_default();
            let output = free(&wish, |name| outputs.get(name).is_some());
            Ok(Source { output, keys: Vec::new(), new: Some(call) })
        }
        _ => Err(no_value()),
    }
}

/// The output, or the entry of an output's map, that is this call already.
fn existing(blueprint: &Value, call: &Value) -> Option<(String, Vec<Segment>)> {
    references::entries(blueprint, "outputs").find_map(|(name, output)| {
        let value = output.get("value")?;
        if value == call {
            return Some((name.clone(), Vec::new()));
        }
        let map = value.as_map().filter(|_| value.call().is_none())?;
        let (key, _) = map.iter().find(|(_, inner)| *inner == call)?;
        Some((name.clone(), vec![Segment::Key(key.as_str().into())]))
    })
}

pub(super) fn share(draft: &mut Draft, from: &(String, Path), to: &(String, Path)) -> Result<(), EditError> {
    let ((source_lane, from), (lane, at)) = (from, to);
    if source_lane == lane {
        return Err(EditError::NotShared("both ends are in one lane: no output is needed there".into()));
    }
    if at.segments().len() < 3 {
        return Err(EditError::NotShared(format!("`{at}` has no place for a value")));
    }
    if draft.project.document(lane)?.layout.shares.contains_key(&at.to_string()) {
        unshare(draft, to)?;
    }
    let Source { output, keys, new } = source(&draft.project, source_lane, from)?;
    let mut made = Vec::new();
    if let Some(call) = new {
        draft.set(source_lane, Path::of(["outputs", &output, "value"]), call)?;
        made.push(Made::Output);
    }
    let deployment = draft.project.deployment(source_lane);
    let value = draft.value(lane)?;
    let mut known = proxies_of(&draft.project, lane, &value, &deployment).into_iter();
    let proxy = match known.next() {
        Some(proxy) => {
            let list = Path::of(["node_templates", &proxy, "properties", "inherit_outputs"]);
            let inherited = value_at(&value, &list).and_then(Value::as_list).unwrap_or_default();
            if !inherited.iter().any(|one| one.as_str() == Some(&output)) {
                draft.set(lane, list.index(inherited.len()), output.as_str().into())?;
                made.push(Made::Inherited);
            }
            proxy
        }
        None => {
            import(draft, lane, &value, &mut made)?;
            let name: String =
                source_lane.chars().map(|c| if c == '-' || c == '.' { '_' } else { c }).collect();
            let name = format!("{}_proxy", name.trim_end_matches("_cluster"));
            let taken = value.get("node_templates").cloned().unwrap_or_default();
            let name = free(&name, |name| taken.get(name).is_some());
            let properties = Map::from_iter([
                ("deployment_id".to_owned(), deployment.as_str().into()),
                ("inherit_outputs".to_owned(), Value::List(vec![output.as_str().into()])),
            ]);
            let template = Map::from_iter([
                ("type".to_owned(), PROXY.into()),
                ("properties".to_owned(), Value::Map(properties)),
            ]);
            draft.set(lane, Path::of(["node_templates", &name]), Value::Map(template))?;
            made.extend([Made::Proxy, Made::Inherited]);
            name
        }
    };
    if let Some(node) = at.node().filter(|node| *node != proxy) {
        let pointing = references::relationships_to(&draft.value(lane)?, &proxy);
        if !pointing.iter().any(|one| one.at.node() == Some(node)) {
            super::nodes::connect(draft, lane, node, &proxy, RELATIONSHIP)?;
            made.push(Made::Relationship);
        }
    }
    let argument = [Value::string(&*proxy), Value::string(&*output)].into_iter().chain(keys.iter().map(
        |key| match key {
            Segment::Key(key) => Value::string(&**key),
            Segment::Index(index) => Value::Int(*index as i64),
        },
    ));
    let call = Map::from_iter([("get_attribute".to_owned(), Value::List(argument.collect()))]);
    draft.set(lane, at.clone(), Value::Map(call))?;
    let shared = Shared { lane: source_lane.clone(), output, proxy, made };
    draft.layout(lane)?.shares.insert(at.to_string(), shared);
    Ok(())
}

/// The proxy type has to come from somewhere.
fn import(draft: &mut Draft, lane: &str, value: &Value, made: &mut Vec<Made>) -> Result<(), EditError> {
    let imports = value.get("imports").and_then(Value::as_list).unwrap_or_default();
    let there = imports.iter().any(|import| import.to_string().contains("proxy"))
        || value.get("node_types").is_some_and(|types| types.get(PROXY).is_some())
        || references::entries(value, "node_templates").any(|(_, node)| is_proxy(value, node));
    if !there {
        draft.set(lane, Path::of(["imports"]).index(imports.len()), IMPORT.into())?;
        made.push(Made::Import);
    }
    Ok(())
}

pub(super) fn unshare(draft: &mut Draft, at: &(String, Path)) -> Result<(), EditError> {
    let (lane, at) = at;
    let key = at.to_string();
    let shared = draft.project.document(lane)?.layout.shares.get(&key).cloned();
    let Some(shared) = shared else {
        let value = draft.value(lane)?;
        let by_hand =
            value_at(&value, at).and_then(Value::call).is_some_and(|call| call.name == "get_attribute");
        if !by_hand {
            return Err(EditError::NotShared(format!("`{at}` of {lane} is read from no other lane")));
        }
        // Written by hand: what else belongs to it is nobody's to guess.
        return draft.unset(lane, at.clone());
    };
    if value_at(&draft.value(lane)?, at).is_some() {
        draft.prune(lane, at)?;
    }
    forget(draft, lane, at, &shared)
}

/// What was written at `at`, or above or below it, may have gone over values of other lanes: what was made for those that are
/// read there no more goes.
pub(super) fn overwritten(draft: &mut Draft, lane: &str, at: &Path) -> Result<(), EditError> {
    let shares = &draft.project.document(lane)?.layout.shares;
    let near = |key: &String| {
        let path = key.parse::<Path>().ok()?;
        (path.contains(at) || at.contains(&path)).then_some(path)
    };
    let near: Vec<(Path, Shared)> =
        shares.iter().filter_map(|(key, shared)| Some((near(key)?, shared.clone()))).collect();
    for (path, shared) in near {
        let value = draft.value(lane)?;
        let read = references::to_attribute(&value, &shared.proxy, &shared.output);
        if !read.into_iter().any(|one| path.contains(&one.at)) {
            forget(draft, lane, &path, &shared)?;
        }
    }
    Ok(())
}

/// Takes away what was made for a line whose value is not read any more.
fn forget(draft: &mut Draft, lane: &str, at: &Path, shared: &Shared) -> Result<(), EditError> {
    draft.layout(lane)?.shares.shift_remove(&at.to_string());
    // What leans on another goes before it.
    let order = [Made::Relationship, Made::Proxy, Made::Inherited, Made::Import, Made::Output];
    for made in order.into_iter().filter(|made| shared.made.contains(made)) {
        if !hand_over(draft, lane, at, shared, made)? {
            withdraw(draft, lane, at, shared, made)?;
        }
    }
    Ok(())
}

/// Whether another line uses what this one made; it is that line's from then on.
fn hand_over(draft: &mut Draft, lane: &str, at: &Path, gone: &Shared, made: Made) -> Result<bool, EditError> {
    let lanes: Vec<String> = draft.project.documents.keys().cloned().collect();
    for other in lanes {
        let uses = |key: &String, one: &Shared| match made {
            Made::Output => one.lane == gone.lane && one.output == gone.output,
            Made::Inherited => other == *lane && one.proxy == gone.proxy && one.output == gone.output,
            Made::Proxy | Made::Import => other == *lane && one.proxy == gone.proxy,
            Made::Relationship => {
                let node = key.parse::<Path>().ok().and_then(|path| path.node().map(str::to_owned));
                other == *lane && one.proxy == gone.proxy && node.as_deref() == at.node()
            }
        };
        let found = draft.project.document(&other)?.layout.shares.iter().find(|(key, one)| uses(key, one));
        if let Some(key) = found.map(|(key, _)| key.clone()) {
            if let Some(one) = draft.layout(&other)?.shares.get_mut(&key) {
                one.made.push(made);
            }
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes away what the line made, unless somebody uses it by hand.
fn withdraw(draft: &mut Draft, lane: &str, at: &Path, shared: &Shared, made: Made) -> Result<(), EditError> {
    let value = draft.value(lane)?;
    let proxy = &shared.proxy;
    match made {
        Made::Inherited => {
            let list = Path::of(["node_templates", proxy, "properties", "inherit_outputs"]);
            let inherited = value_at(&value, &list).and_then(Value::as_list).unwrap_or_default();
            let position = inherited.iter().position(|one| one.as_str() == Some(&shared.output));
            match position {
                Some(position) if references::to_attribute(&value, proxy, &shared.output).is_empty() => {
                    draft.unset(lane, list.index(position))
                }
                _ => Ok(()),
            }
        }
        Made::Relationship => {
            let node = at.node().unwrap_or_default();
            let mut calls = references::to_node(&value, proxy).into_iter();
            let reads = calls
                .any(|one| one.kind == references::ReferenceKind::Function && one.at.node() == Some(node));
            let position = references::relationships_to(&value, proxy).into_iter().find_map(|one| {
                let kind = one.at.parent().map(|relationship| relationship.key("type"))?;
                let ours = value_at(&value, &kind).and_then(Value::as_str) == Some(RELATIONSHIP);
                match one.at.segments() {
                    [_, Segment::Key(name), _, Segment::Index(position), ..] if **name == *node && ours => {
                        Some(*position)
                    }
                    _ => None,
                }
            });
            match position {
                Some(position) if !reads => super::nodes::disconnect(draft, lane, node, position),
                _ => Ok(()),
            }
        }
        Made::Proxy => {
            let inherits =
                value_at(&value, &Path::of(["node_templates", proxy, "properties", "inherit_outputs"]));
            let idle = inherits
                .and_then(Value::as_list)
                .is_none_or(|list| list.iter().all(|one| one.as_str() == Some(&shared.output)));
            let there = value_at(&value, &Path::of(["node_templates", proxy])).is_some();
            let pointing = references::to_node(&value, proxy).into_iter();
            if !there || !idle || pointing.count() > 0 {
                return Ok(());
            }
            draft.prune(lane, &Path::of(["node_templates", proxy]))?;
            if draft.project.document(lane)?.layout.nodes.contains_key(proxy) {
                draft.layout(lane)?.nodes.shift_remove(proxy);
            }
            Ok(())
        }
        Made::Import => {
            let imports = value.get("imports").and_then(Value::as_list).unwrap_or_default();
            let position = imports.iter().position(|import| import.as_str() == Some(IMPORT));
            let used = references::entries(&value, "node_templates").any(|(_, node)| is_proxy(&value, node));
            match position {
                Some(position) if !used => draft.prune(lane, &Path::of(["imports"]).index(position)),
                _ => Ok(()),
            }
        }
        Made::Output => {
            let Ok(document) = draft.project.document(&shared.lane) else { return Ok(()) };
            let output = Path::of(["outputs", &shared.output]);
            if value_at(&document.value(), &output).is_none() || is_inherited(draft, shared)? {
                return Ok(());
            }
            draft.prune(&shared.lane, &output)
        }
    }
}

/// Whether a proxy in any lane still inherits the output.
fn is_inherited(draft: &Draft, shared: &Shared) -> Result<bool, EditError> {
    let deployment = draft.project.deployment(&shared.lane);
    for other in draft.project.documents.keys().filter(|other| **other != shared.lane) {
        let value = draft.value(other)?;
        let inherits = proxies_of(&draft.project, other, &value, &deployment).into_iter().any(|proxy| {
            let list = Path::of(["node_templates", &proxy, "properties", "inherit_outputs"]);
            let all = value_at(&value, &list).and_then(Value::as_list).unwrap_or_default();
            all.iter().any(|one| one.as_str() == Some(&shared.output))
        });
        if inherits {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What was at `from` in `lane` is at `to`.
pub(super) fn moved(draft: &mut Draft, lane: &str, from: &Path, to: &Path) -> Result<(), EditError> {
    if draft.project.document(lane)?.layout.shares.is_empty() {
        return Ok(());
    }
    let shares = std::mem::take(&mut draft.layout(lane)?.shares);
    let named = shares.into_iter().map(|(key, shared)| {
        let path = key.parse::<Path>().ok().filter(|path| from.contains(path));
        let key = path.map_or(key, |path| {
            let rest = path.segments().iter().skip(from.segments().len());
            rest.fold(to.clone(), |path, segment| match segment {
                Segment::Key(key) => path.key(key),
                Segment::Index(index) => path.index(*index),
            })
            .to_string()
        });
        (key, shared)
    });
    draft.layout(lane)?.shares = named.collect();
    Ok(())
}

/// A node of `lane` has another name.
pub(super) fn renamed(draft: &mut Draft, lane: &str, name: &str, to: &str) -> Result<(), EditError> {
    if draft.project.document(lane)?.layout.shares.is_empty() {
        return Ok(());
    }
    let shares = std::mem::take(&mut draft.layout(lane)?.shares);
    let named = shares.into_iter().map(|(key, mut shared)| {
        if shared.proxy == name {
            to.clone_into(&mut shared.proxy);
        }
        let path = key.parse::<Path>().ok().filter(|path| path.node() == Some(name));
        let key = path.map_or(key, |path| {
            let start = Path::of(["node_templates", to]);
            let moved = path.segments().iter().skip(2).fold(start, |path, segment| match segment {
                Segment::Key(key) => path.key(key),
                Segment::Index(index) => path.index(*index),
            });
            moved.to_string()
        });
        (key, shared)
    });
    draft.layout(lane)?.shares = named.collect();
    Ok(())
}

/// An output of `lane` has another name.
pub(super) fn output_renamed(draft: &mut Draft, lane: &str, name: &str, to: &str) {
    each(draft, |shared| {
        if shared.lane == lane && shared.output == name {
            to.clone_into(&mut shared.output);
        }
    });
}

/// A lane has another name.
pub(super) fn lane_renamed(draft: &mut Draft, lane: &str, to: &str) {
    each(draft, |shared| {
        if shared.lane == lane {
            to.clone_into(&mut shared.lane);
        }
    });
}

fn each(draft: &mut Draft, change: impl Fn(&mut Shared)) {
    for document in draft.project.documents.values_mut() {
        if !document.layout.shares.is_empty() {
            std::sync::Arc::make_mut(&mut document.layout).shares.values_mut().for_each(&change);
        }
    }
}
