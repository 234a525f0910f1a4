//! Where it is defined what a word of a blueprint names: a node, a type, an input, a file.

use super::complete::{is_name, spot};
use super::file_in;
use crate::check::TypeInfo;
use crate::diag::{Path, Segment};
use crate::gui::board::Board;
use crate::gui::panels::inspector::told_of_function;
use crate::gui::view::{NodeKey, View, Wish};
use crate::model::FUNCTIONS;

/// Sections in which a name may be defined.
const SECTIONS: [&str; 9] = [
    "node_templates",
    "node_types",
    "relationships",
    "data_types",
    "inputs",
    "groups",
    "plugins",
    "outputs",
    "capabilities",
];

/// Goes to what the word at `at` names; tells if that is nothing.
pub fn go_to(board: &Board, view: &mut View, lane: Option<usize>, text: &str, at: usize) {
    let word = word_at(text, at);
    if word.is_empty() {
        return;
    }
    let lane = lane.or(view.lane).unwrap_or(0);
    let Some(shown) = board.lanes.get(lane) else { return };
    let Some(path) = defined(board, lane, text, at, word) else {
        if let Some(file) = file_in(shown, word).filter(|_| word.contains(['/', '.'])) {
            return view.wish(Wish::ShowFile(file));
        }
        return view.toast(false, format!("`{word}` is defined nowhere"), None);
    };
    if let Some(name) = path.node().filter(|name| board.scene.find(lane, name).is_some()) {
        let key = NodeKey { lane, name: name.to_owned() };
        view.wish(Wish::Select { nodes: vec![key], add: false, show: true });
    }
    if let Some(place) = shown.lane.reading.source_map.key(&path) {
        view.wish(Wish::ShowPlace { file: place.file.to_string(), line: place.span.line });
    }
}

/// What there is to say of the word at `at`: a function, a type, a node, an input.
pub fn told(board: &Board, lane: usize, text: &str, at: usize) -> Option<String> {
    let word = word_at(text, at);
    if FUNCTIONS.contains(&word) {
        return Some(told_of_function(word).to_owned()).filter(|told| !told.is_empty());
    }
    let shown = board.lanes.get(lane)?;
    let path = defined(board, lane, text, at, word)?;
    let [Segment::Key(section), _] = path.segments() else { return None };
    let library = &board.library;
    let lines = match &**section {
        "node_templates" => vec![shown.lane.topology.nodes.get(word)?.type_name.clone()],
        "node_types" => type_lines(library.nodes.get(word)?),
        "relationships" => type_lines(library.relationships.get(word)?),
        "data_types" => type_lines(library.data.get(word)?),
        "inputs" => {
            let input = shown.lane.topology.inputs.get(word)?;
            let now = shown.lane.inputs.get(word).map(|value| format!("= {value}"));
            input.description.clone().into_iter().chain(input.type_name.clone()).chain(now).collect()
        }
        _ => return None,
    };
    Some(lines.join("\n")).filter(|told| !told.is_empty())
}

fn type_lines(info: &TypeInfo) -> Vec<String> {
    let parent = match info.hierarchy.as_slice() {
        [.., parent, _] => Some(format!("a {parent}")),
        _ => None,
    };
    let names: Vec<&str> = info.properties.keys().map(String::as_str).collect();
    let properties = (!names.is_empty()).then(|| format!("properties: {}", names.join(", ")));
    info.description.clone().into_iter().chain(parent).chain(properties).collect()
}

/// The path of what a word names, by where it stands.
fn defined(board: &Board, lane: usize, text: &str, at: usize, word: &str) -> Option<Path> {
    let shown = board.lanes.get(lane)?;
    let spot = spot(text, at);
    let keys = spot.as_ref().map(|spot| spot.keys()).unwrap_or_default();
    let function = keys.iter().rev().find(|key| FUNCTIONS.contains(*key)).copied();
    let first: &[&str] = match (function, keys.as_slice()) {
        (Some("get_input"), _) => &["inputs"],
        (Some(_), _) | (_, [.., "target"] | [.., "members", _]) => &["node_templates", "groups"],
        (_, [_, _, "relationships", _, "type"] | ["relationships", ..]) => &["relationships"],
        _ => &[],
    };
    let known = |section: &&&str| shown.lane.reading.blueprint.entity(section, word).is_some();
    let section = first.iter().find(known).or_else(|| SECTIONS.iter().find(known))?;
    Some(Path::of([*section, word]))
}

/// The name around a place of a text.
fn word_at(text: &str, at: usize) -> &str {
    let before: usize = text[..at].chars().rev().take_while(|it| is_name(*it)).map(char::len_utf8).sum();
    let behind: usize = text[at..].chars().take_while(|it| is_name(*it)).map(char::len_utf8).sum();
    text[at - before..at + behind].trim_matches([':', '-'])
}
