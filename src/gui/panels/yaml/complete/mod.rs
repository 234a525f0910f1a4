//! What can be written at the caret: keys, types, targets, properties and functions, each with what there is to say of it.
//!
//! Where the caret stands is read from the text by [`spot`]; what there is comes from the types, the graph as it was read
//! last, and the names that the text itself has. Does not know keys nor lists on the screen.

mod keys;
mod spot;
mod values;

use super::offers::Offer;
use crate::check::{PropertyInfo, TypeInfo};
use crate::gui::board::{Board, LaneView};
use crate::gui::editor::suggest::{self, Suggestion};
use crate::gui::panels::types::summary;
use crate::model::FUNCTIONS;
use spot::{Spot, Typed};
pub use spot::{is_name, spot};

/// Offers that are listed at once.
const MOST: usize = 60;

/// What is known where the caret stands.
struct Around<'a> {
    board: &'a Board,
    lane: usize,
    shown: &'a LaneView,
    text: &'a str,
    spot: Spot,
}

/// One thing that could be written, before it is known where.
#[derive(Clone, Debug, Default)]
struct Idea {
    text: String,
    what: &'static str,
    doc: String,
    /// What is written; the text itself if none.
    with: Option<String>,
    /// How far the caret goes back then.
    back: usize,
}

impl Idea {
    fn new(text: impl Into<String>, what: &'static str, doc: impl Into<String>) -> Self {
        Self { text: text.into(), what, doc: doc.into(), ..Self::default() }
    }
}

/// What can be written at `caret` in the blueprint of a lane, the best first. Unless `asked`, only where something is being
/// written already.
pub fn complete(board: &Board, lane: usize, text: &str, caret: usize, asked: bool) -> Vec<Offer> {
    let Some(shown) = board.lanes.get(lane) else { return Vec::new() };
    let Some(spot) = spot(text, caret) else { return Vec::new() };
    let around = Around { board, lane, shown, text, spot };
    let typed = text[around.spot.word.start..caret].to_owned();
    let behind_a_sign = text[..around.spot.word.start].ends_with([' ', '[', '{', ',']);
    if !asked && typed.is_empty() && (around.spot.typed == Typed::Key || !behind_a_sign) {
        return Vec::new();
    }
    let mut ideas = in_function(&around, caret);
    if ideas.is_empty() {
        ideas = match around.spot.typed {
            Typed::Key => keys::keys(&around),
            Typed::Value => values::values(&around),
            Typed::Item => {
                let mut all = keys::keys(&around);
                all.extend(values::values(&around));
                all
            }
        };
    }
    // A whole word needs no list in its way.
    if !asked && ideas.iter().any(|idea| idea.text == typed) {
        return Vec::new();
    }
    offers(ideas, &typed, &around.spot, text)
}

/// The ideas that fit the word, those that begin with it first.
fn offers(ideas: Vec<Idea>, typed: &str, spot: &Spot, text: &str) -> Vec<Offer> {
    let wanted = typed.to_lowercase();
    let rank = |idea: &Idea| {
        let name = idea.text.to_lowercase();
        let last = name.rsplit('.').next().unwrap_or_default();
        match () {
            () if name.starts_with(&wanted) => Some(0),
            () if last.starts_with(&wanted) => Some(1),
            () => name.contains(&wanted).then_some(2),
        }
    };
    let mut found: Vec<(u8, Idea)> =
        ideas.into_iter().filter_map(|idea| Some((rank(&idea)?, idea))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    let mut seen = std::collections::HashSet::new();
    found.retain(|(_, idea)| seen.insert(idea.text.clone()));
    found.truncate(MOST);
    // A key that is there keeps its colon and what stands behind it.
    let rest = &text[spot.word.end..];
    let has_colon = rest.starts_with(':');
    let offer = |(_, idea): (u8, Idea)| {
        let mut with = idea.with.unwrap_or_else(|| idea.text.clone());
        let mut back = idea.back;
        if has_colon && let Some((key, _)) = with.split_once(':').filter(|(key, _)| *key == idea.text) {
            (with, back) = (key.to_owned(), 0);
        }
        Offer {
            text: idea.text,
            what: idea.what.to_owned(),
            doc: idea.doc,
            range: spot.word.clone(),
            with,
            back,
            step: None,
        }
    };
    found.into_iter().map(offer).collect()
}

/// Arguments, inside of a function.
fn in_function(around: &Around<'_>, caret: usize) -> Vec<Idea> {
    let keys = around.spot.keys();
    let node = match keys.as_slice() {
        ["node_templates", name, ..] => Some(*name),
        _ => None,
    };
    let idea = |it: Suggestion| Idea { with: Some(it.insert), ..Idea::new(it.name, "", it.detail) };
    match keys.as_slice() {
        [.., name, "*"] if FUNCTIONS.contains(name) && around.spot.in_flow => {
            let mut before = around.spot.before.clone();
            before.push(around.text[around.spot.word.start..caret].to_owned());
            let before = before.join(", ");
            let found = suggest::in_arguments(around.board, around.lane, node, name, &before);
            found.list.into_iter().map(idea).collect()
        }
        [.., name] if FUNCTIONS.contains(name) && around.spot.typed == Typed::Value => {
            let found = suggest::in_function(around.board, around.lane, &around.text[..caret]);
            let closing = |it: Suggestion| {
                let opens = it.insert.starts_with("[ ");
                let mut idea = idea(it);
                if opens {
                    idea.with = idea.with.map(|with| format!("{with} ]"));
                    idea.back = 2;
                }
                idea
            };
            found.unwrap_or_default().list.into_iter().map(closing).collect()
        }
        _ => Vec::new(),
    }
}

impl Around<'_> {
    /// The type of a node as the text says it, or as it was read last.
    fn node_type(&self, name: &str) -> Option<String> {
        let own = self.spot.places.get(2).and_then(|(at, column)| {
            spot::sibling(self.text, *at, *column, "type").filter(|kind| !kind.is_empty())
        });
        let at_node = || match self.spot.steps.len() {
            2 => spot::sibling(self.text, self.spot.word.start, self.spot.column, "type"),
            _ => None,
        };
        let read = || self.shown.lane.topology.nodes.get(name).map(|node| node.type_name.clone());
        own.or_else(at_node).or_else(read)
    }

    /// The type of the element of a list in which the caret stands, whose keys are the step at `depth`.
    fn kind_beside(&self, depth: usize) -> Option<String> {
        let (at, column) = *self.spot.places.get(depth)?;
        spot::sibling(self.text, at, column, "type")
    }

    fn type_info(&self, name: &str) -> Option<&TypeInfo> {
        self.board.library.nodes.get(name)
    }

    /// The schema of the value at the end of `path` in a map of properties.
    fn schema<'s>(
        &'s self,
        properties: &'s indexmap::IndexMap<String, PropertyInfo>,
        path: &[&str],
    ) -> Option<&'s PropertyInfo> {
        let (first, rest) = path.split_first()?;
        let info = properties.get(*first)?;
        if rest.is_empty() {
            return Some(info);
        }
        let data = self.board.library.data.get(info.kind.as_deref()?)?;
        self.schema(&data.properties, rest)
    }

    /// The properties that the caret stands among, and the way into them.
    fn properties<'s>(
        &'s self,
        keys: &'s [&'s str],
    ) -> Option<(&'s indexmap::IndexMap<String, PropertyInfo>, &'s [&'s str])> {
        match keys {
            ["node_templates", name, "properties", path @ ..] => {
                let kind = self.node_type(name)?;
                Some((&self.type_info(&kind)?.properties, path))
            }
            ["node_templates", _, "relationships", "*", "properties", path @ ..] => {
                let kind = self.kind_beside(4)?;
                Some((&self.board.library.relationships.get(&kind)?.properties, path))
            }
            _ => None,
        }
    }

    /// Names in a section: those of the text, then those that were read.
    fn names(&self, section: &str) -> Vec<String> {
        let mut names = spot::names_under(self.text, section);
        let read = self.shown.lane.reading.blueprint.section(section);
        names.extend(read.into_iter().flat_map(|map| map.keys().cloned()));
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names
    }
}

/// What a type is, in a few lines.
fn type_doc(info: &TypeInfo) -> String {
    let mut doc = info.description.clone().unwrap_or_default();
    if let [.., parent, _] = info.hierarchy.as_slice() {
        doc.push_str(&format!("{}a {parent}", if doc.is_empty() { "" } else { "\n" }));
    }
    if let Some(import) = &info.import {
        doc.push_str(&format!("\nneeds the import `{import}`"));
    }
    doc
}

/// What a property is, in a line.
fn property_doc(info: &PropertyInfo) -> String {
    let mut doc = summary(info);
    for constraint in &info.constraints {
        doc.push_str(&format!("\n{constraint}"));
    }
    doc
}
