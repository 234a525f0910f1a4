//! What could come next: names of functions, inputs, nodes, properties, attributes and deployments, read from the graph
//! and from what the last run left behind.
//!
//! Works on the text before the cursor alone, so that it serves a field of the inspector and the whole blueprint alike.

use crate::gui::board::{Board, LaneView};
use crate::model::{FUNCTIONS, Map, Value};
use crate::scene::{FlowStart, Scene};

/// One thing that could be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What is shown, and what is looked for.
    pub name: String,
    /// What is written.
    pub insert: String,
    /// What it is.
    pub detail: String,
}

impl Suggestion {
    /// A name that is written as it is.
    pub fn plain(name: impl Into<String>, detail: impl Into<String>) -> Self {
        let name = name.into();
        Self { insert: name.clone(), name, detail: detail.into() }
    }
}

/// Suggestions for the word that ends at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// Bytes of that word before the cursor.
    pub typed: usize,
    /// What fits, the best first.
    pub list: Vec<Suggestion>,
}

impl Suggestions {
    /// Those of `all` that fit `word`: names that begin so, then names that hold it. A word that is whole needs nothing.
    pub fn fitting(word: &str, all: Vec<Suggestion>) -> Self {
        let wanted = word.to_lowercase();
        let rank = |it: &Suggestion| {
            let name = it.name.to_lowercase();
            if name.starts_with(&wanted) { Some(0) } else { name.contains(&wanted).then_some(1) }
        };
        let mut list: Vec<(u8, Suggestion)> =
            all.into_iter().filter_map(|it| Some((rank(&it)?, it))).collect();
        list.sort_by_key(|(rank, _)| *rank);
        let mut list: Vec<Suggestion> = list.into_iter().map(|(_, it)| it).collect();
        if list.len() == 1 && list[0].insert == word {
            list.clear();
        }
        list.truncate(40);
        Self { typed: word.len(), list }
    }
}

/// The part of `text` that is being typed: letters that names are made of, at its end.
pub fn word(text: &str) -> &str {
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        .last()
        .map_or(text.len(), |(at, _)| at);
    &text[start..]
}

/// Suggestions inside a function, if `before` (all text before the cursor) ends in one; none where it doesn't.
pub fn in_function(board: &Board, lane: usize, before: &str) -> Option<Suggestions> {
    let shown = board.lanes.get(lane)?;
    let word = word(before);
    let head = &before[..before.len() - word.len()];
    // A function stands on one line, or in a list below its name: the last few lines are enough.
    let from = head.char_indices().rev().nth(400).map_or(0, |(at, _)| at);
    let near = &head[from..];
    let (name, rest) = FUNCTIONS
        .iter()
        .filter_map(|name| {
            let at = near.rfind(&format!("{name}:"))?;
            Some((at, *name, &near[at + name.len() + 1..]))
        })
        .max_by_key(|(at, _, _)| *at)
        .map(|(_, name, rest)| (name, rest))?;
    let inside = rest.trim_start();
    if inside.contains(['}', ']']) || rest.contains('\n') && !inside.starts_with('[') {
        return None;
    }
    let list = inside.strip_prefix('[');
    let given: Vec<String> = list.map_or_else(Vec::new, |list| {
        list.split(',').map(|part| part.trim().trim_matches(['\'', '"']).to_owned()).collect()
    });
    let given = given.strip_suffix(&[String::new()]).unwrap_or(&given).to_vec();
    let all = arguments(board, lane, shown, name, list.is_some(), &given)?;
    Some(Suggestions::fitting(word, all))
}

/// What the next argument of a function can be, after those `given`.
fn arguments(
    board: &Board,
    lane: usize,
    shown: &LaneView,
    name: &str,
    in_list: bool,
    given: &[String],
) -> Option<Vec<Suggestion>> {
    let bracket = |mut all: Vec<Suggestion>| {
        if !in_list {
            for it in &mut all {
                it.insert = format!("[ {}, ", it.insert);
            }
        }
        all
    };
    Some(match (name, given) {
        ("get_input", []) => inputs(shown),
        ("get_attribute" | "get_property" | "get_attributes_list", []) => bracket(nodes(shown)),
        ("get_attribute" | "get_attributes_list", [node, path @ ..]) => attributes(board, lane, node, path),
        ("get_property", [node, path @ ..]) => properties(shown, node, path),
        ("get_capability", []) => bracket(deployments(board)),
        ("get_capability", [deployment]) => capabilities(board, deployment),
        ("get_secret", []) => secrets(board),
        _ => return None,
    })
}

/// Suggestions for the last of the arguments that stand in `before`, with commas between them; `node` is where `SELF` is.
pub fn in_arguments(board: &Board, lane: usize, node: Option<&str>, name: &str, before: &str) -> Suggestions {
    let Some(shown) = board.lanes.get(lane) else { return Suggestions::default() };
    let (head, typed) = before.rsplit_once(',').unwrap_or(("", before));
    let word = typed.trim_start();
    let mut given: Vec<String> =
        head.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    if let (Some(first), Some(node)) = (given.first_mut().filter(|first| *first == "SELF"), node) {
        node.clone_into(first);
    }
    let mut all = arguments(board, lane, shown, name, true, &given).unwrap_or_default();
    if given.is_empty() && !matches!(name, "get_input" | "get_secret") {
        // More follows.
        for it in &mut all {
            it.insert.push_str(", ");
        }
    }
    Suggestions::fitting(word, all)
}

/// Inputs of a lane.
pub fn inputs(shown: &LaneView) -> Vec<Suggestion> {
    let all = shown.lane.topology.inputs.iter();
    all.map(|(name, input)| {
        let kind = input.type_name.as_deref().unwrap_or("input");
        Suggestion::plain(name, input.description.clone().unwrap_or_else(|| kind.to_owned()))
    })
    .collect()
}

/// Nodes of a lane.
pub fn nodes(shown: &LaneView) -> Vec<Suggestion> {
    let word = |name: &str| Suggestion::plain(name, "the node itself");
    let all = shown.lane.topology.nodes.values();
    std::iter::once(word("SELF"))
        .chain(all.map(|node| Suggestion::plain(&node.name, &node.type_name)))
        .collect()
}

/// Properties of a node, or keys of the value at `path` in them.
pub fn properties(shown: &LaneView, node: &str, path: &[String]) -> Vec<Suggestion> {
    let Some(node) = shown.lane.topology.nodes.get(node) else {
        // SELF may be any of them.
        let all = shown.lane.topology.nodes.values().flat_map(|node| node.properties.keys());
        let mut names: Vec<&String> = all.collect();
        names.sort_unstable();
        names.dedup();
        return if path.is_empty() {
            names.into_iter().map(|name| Suggestion::plain(name, "property")).collect()
        } else {
            Vec::new()
        };
    };
    match path.split_first() {
        None => node.properties.iter().map(|(name, value)| described(name, value)).collect(),
        Some((first, rest)) => node.properties.get(first).map(|value| keys(value, rest)).unwrap_or_default(),
    }
}

/// Attributes of a node: what the last run left, what a proxy inherits, then its properties.
pub fn attributes(board: &Board, lane: usize, node: &str, path: &[String]) -> Vec<Suggestion> {
    let Some(shown) = board.lanes.get(lane) else { return Vec::new() };
    let runtime = shown.state.instances_of(node).next().map(|(_, record)| &record.runtime);
    let mut found: Vec<Suggestion> = match path.split_first() {
        None => {
            let all = runtime.into_iter().flatten();
            all.map(|(name, value)| described(name, value)).collect()
        }
        Some((first, rest)) => {
            runtime.and_then(|all| all.get(first)).map(|value| keys(value, rest)).unwrap_or_default()
        }
    };
    if path.is_empty() {
        found.extend(declared(shown, node));
    }
    for tag in inherited(&board.scene, lane, node) {
        let mut parts = tag.iter();
        if path.iter().all(|key| parts.next() == Some(key))
            && let Some(next) = parts.next()
        {
            found.push(Suggestion::plain(next, "inherited output"));
        }
    }
    found.extend(properties(shown, node, path));
    let mut seen = Vec::new();
    found.retain(|it| {
        !seen.contains(&it.name) && {
            seen.push(it.name.clone());
            true
        }
    });
    found
}

/// The runtime properties that a node's type and its ancestors say it has.
fn declared(shown: &LaneView, node: &str) -> Vec<Suggestion> {
    let types = shown.lane.topology.nodes.get(node).map(|node| node.type_hierarchy.iter().rev());
    let blueprint = &shown.lane.reading.blueprint;
    let known = types
        .into_iter()
        .flatten()
        .filter_map(|name| blueprint.entity("node_types", name)?.get("runtime_properties")?.as_map());
    known.flat_map(Map::keys).map(|name| Suggestion::plain(name, "runtime property")).collect()
}

/// The secrets that the blueprints name anywhere. What they are is not looked up.
fn secrets(board: &Board) -> Vec<Suggestion> {
    fn collect(value: &Value, names: &mut Vec<String>) {
        match value {
            Value::List(list) => list.iter().for_each(|item| collect(item, names)),
            Value::Map(map) => {
                if let Some(name) = map.get("get_secret") {
                    let name = name.as_list().and_then(<[Value]>::first).unwrap_or(name);
                    names.extend(name.as_str().map(str::to_owned));
                }
                map.values().for_each(|item| collect(item, names));
            }
            _ => {}
        }
    }
    let mut names = Vec::new();
    for shown in &board.lanes {
        let sections = &shown.lane.reading.blueprint.sections;
        sections.get("node_templates").into_iter().for_each(|value| collect(value, &mut names));
        sections.get("outputs").into_iter().for_each(|value| collect(value, &mut names));
    }
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| Suggestion::plain(name, "secret")).collect()
}

/// The outputs that a proxy brings, by path.
fn inherited<'a>(scene: &'a Scene, lane: usize, proxy: &'a str) -> impl Iterator<Item = &'a [String]> {
    scene.flows.iter().filter_map(move |flow| {
        let end = scene.nodes.get(flow.end)?;
        match flow.start {
            FlowStart::Tag(tag) if end.lane == lane && end.name == proxy => {
                scene.tags.get(tag).map(|tag| tag.path.as_slice())
            }
            _ => None,
        }
    })
}

/// The deployments of the project.
fn deployments(board: &Board) -> Vec<Suggestion> {
    board.lanes.iter().map(|shown| Suggestion::plain(shown.lane.deployment(), "deployment")).collect()
}

/// The capabilities of a deployment.
pub fn capabilities(board: &Board, deployment: &str) -> Vec<Suggestion> {
    let lane = board.lanes.iter().find(|shown| shown.lane.deployment() == deployment);
    let all = lane.into_iter().flat_map(|shown| &shown.lane.topology.capabilities);
    all.map(|(name, it)| Suggestion::plain(name, it.description.clone().unwrap_or_default())).collect()
}

fn keys(value: &Value, path: &[String]) -> Vec<Suggestion> {
    let found = path.iter().try_fold(value, |value, key| value.get(key));
    let map = found.filter(|value| value.call().is_none()).and_then(Value::as_map);
    map.into_iter().flatten().map(|(name, value)| described(name, value)).collect()
}

fn described(name: &str, value: &Value) -> Suggestion {
    let text: String = value.to_string().chars().take(40).collect();
    Suggestion::plain(name, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_at_the_cursor_is_found() {
        assert_eq!(word("{ get_attribute: [ web, ip"), "ip");
        assert_eq!(word("type: cloudify.no"), "cloudify.no");
        assert_eq!(word("a: "), "");
    }

    #[test]
    fn names_that_begin_so_come_first_and_a_whole_word_needs_nothing() {
        let all = || ["my_port", "port", "image"].map(|name| Suggestion::plain(name, "")).to_vec();
        let names: Vec<String> =
            Suggestions::fitting("po", all()).list.into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["port", "my_port"]);
        assert!(Suggestions::fitting("image", all()).list.is_empty());
    }
}
