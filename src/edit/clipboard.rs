//! Copies of nodes as YAML text, and text back to nodes: what is on the clipboard pastes into any editor, and what was
//! written in any editor pastes onto the canvas.

use indexmap::IndexMap;

use super::labels::these;
use super::project::free;
use super::references;
use super::{Edit, EditError, Project};
use crate::diag::{Path, Source};
use crate::dsl::{self, patch::Change, patch::patch};
use crate::model::{Map, Point, Value};

/// Comment before the place of a node.
const PLACE: &str = "# at ";

/// The nodes of a lane as YAML: their templates under `node_templates`, their places as comments.
pub fn copy(project: &Project, lane: &str, names: &[String]) -> Result<String, EditError> {
    let document = project.document(lane)?;
    let value = document.value();
    let mut templates = Map::new();
    for (name, template) in
        references::entries(&value, "node_templates").filter(|(name, _)| names.contains(name))
    {
        templates.insert(name.clone(), template.clone());
    }
    if let Some(name) = names.iter().find(|name| !templates.contains_key(name)) {
        return Err(EditError::Unknown { lane: lane.to_owned(), name: name.clone() });
    }
    // Written into an empty text, as an edit would write it.
    let changes: Vec<Change> = templates
        .iter()
        .map(|(name, value)| Change::Set { at: Path::of(["node_templates", name]), value: value.clone() })
        .collect();
    let mut text = patch("", &changes)
        .map_err(|source| EditError::Text { subject: super::Subject::Lane(lane.to_owned()), source })?;
    for (name, place) in document.layout.nodes.iter().filter(|(name, _)| templates.contains_key(name)) {
        text.push_str(&format!("{PLACE}{name} {} {}\n", place.x, place.y));
    }
    Ok(text)
}

/// What a text on the clipboard comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Paste {
    /// The nodes, as one step.
    pub edit: Edit,
    /// Their names in the lane.
    pub names: Vec<String>,
    /// What could not be taken over, as sentences.
    pub left_out: Vec<String>,
}

/// Whether a text on the clipboard is nodes at all.
pub fn is_nodes(text: &str) -> bool {
    !templates(text).is_empty()
}

/// Node templates in a text: under `node_templates`, or a map of them alone.
fn templates(text: &str) -> Map {
    let (value, _, problems) = dsl::read_value(&Source::new("clipboard", text));
    if problems.has_errors() {
        return Map::new();
    }
    let all = value.get("node_templates").unwrap_or(&value);
    let is_template = |value: &Value| value.get("type").and_then(Value::as_str).is_some();
    let all = all.as_map().cloned().unwrap_or_default();
    if all.values().all(is_template) { all } else { Map::new() }
}

fn places(text: &str) -> IndexMap<String, Point> {
    let place = |line: &str| {
        let mut words = line.strip_prefix(PLACE)?.split(' ');
        let (name, x, y) = (words.next()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some((name.to_owned(), Point { x, y }))
    };
    text.lines().filter_map(place).filter(|(_, place)| place.x.is_finite() && place.y.is_finite()).collect()
}

/// The nodes of `text` as new nodes of a lane: with free names, what they say of each other renamed with them. What
/// points to nodes that the lane does not have is left out. The leftmost topmost one stands at `at`; without it, all stand
/// a little beside where they were copied.
pub fn paste(project: &Project, lane: &str, text: &str, at: Option<Point>) -> Result<Paste, EditError> {
    let templates = templates(text);
    if templates.is_empty() {
        return Err(EditError::NotShared("what is on the clipboard is no node templates".into()));
    }
    settle(project, lane, &templates, &places(text), at)
}

/// New nodes of a lane from templates that were made elsewhere, as [`paste`] makes them of text.
pub fn place(project: &Project, lane: &str, templates: &Map, at: Option<Point>) -> Result<Paste, EditError> {
    settle(project, lane, templates, &IndexMap::new(), at)
}

fn settle(
    project: &Project,
    lane: &str,
    templates: &Map,
    places: &IndexMap<String, Point>,
    at: Option<Point>,
) -> Result<Paste, EditError> {
    let value = project.document(lane)?.value();
    let mut taken: Vec<String> =
        references::entries(&value, "node_templates").map(|(name, _)| name.clone()).collect();
    taken.extend(references::entries(&value, "groups").map(|(name, _)| name.clone()));
    let mut names: IndexMap<String, String> = IndexMap::new();
    for name in templates.keys() {
        let new = free(name, |name| taken.iter().any(|taken| taken == name));
        taken.push(new.clone());
        names.insert(name.clone(), new);
    }
    let corner = places.values().copied().reduce(|a, b| Point { x: a.x.min(b.x), y: a.y.min(b.y) });
    let shift = match (at, corner) {
        (Some(at), Some(corner)) => Point { x: at.x - corner.x, y: at.y - corner.y },
        _ => Point { x: 40.0, y: 40.0 },
    };
    let mut left_out = Vec::new();
    let mut edits = Vec::new();
    let known = |name: &str| references::entries(&value, "node_templates").any(|(known, _)| known == name);
    for (position, (name, template)) in templates.iter().enumerate() {
        let mut template = template.clone();
        rename_in(&mut template, &names);
        drop_relationships(
            &mut template,
            |target| names.values().any(|own| own == target) || known(target),
            &mut left_out,
        );
        let new = names[name].clone();
        let place = places.get(name).map(|place| Point { x: place.x + shift.x, y: place.y + shift.y });
        let spread = Point { x: 0.0, y: 84.0 * position as f32 };
        let place = place.or_else(|| at.map(|at| Point { x: at.x, y: at.y + spread.y }));
        edits.push(Edit::AddNode { lane: lane.to_owned(), name: new, template, at: place });
    }
    let names: Vec<String> = names.into_values().collect();
    let label = format!("paste {}", these(&names));
    Ok(Paste { edit: Edit::All { label, edits }, names, left_out })
}

/// Copies of nodes beside them, in the same lane.
pub fn duplicate(project: &Project, lane: &str, names: &[String]) -> Result<Paste, EditError> {
    let mut paste = paste(project, lane, &copy(project, lane, names)?, None)?;
    if let Edit::All { label, .. } = &mut paste.edit {
        *label = format!("duplicate {}", these(names));
    }
    Ok(paste)
}

/// Copies of nodes in the same lane, each where `places` says for the node that it is a copy of; placed automatically where
/// that says nothing.
pub fn duplicate_at(
    project: &Project,
    lane: &str,
    names: &[String],
    places: &IndexMap<String, Point>,
) -> Result<Paste, EditError> {
    let templates = templates(&copy(project, lane, names)?);
    let mut made = settle(project, lane, &templates, &IndexMap::new(), None)?;
    if let Edit::All { edits, .. } = &mut made.edit {
        for (edit, original) in edits.iter_mut().zip(templates.keys()) {
            if let Edit::AddNode { at, .. } = edit {
                *at = places.get(original).copied();
            }
        }
    }
    Ok(made)
}

/// Other names in what a template says of other nodes.
fn rename_in(template: &mut Value, names: &IndexMap<String, String>) {
    // Seen as the only node of a blueprint, its references are found as everywhere.
    let mut whole = Value::Map(Map::from_iter([(
        "node_templates".to_owned(),
        Value::Map(Map::from_iter([("it".to_owned(), std::mem::take(template))])),
    )]));
    let mut found = Vec::new();
    for (old, new) in names.iter().filter(|(old, new)| old != new) {
        found.extend(references::to_node(&whole, old).into_iter().map(|one| (one.at, new.clone())));
    }
    for (at, new) in found {
        if let Some(value) = references::value_at_mut(&mut whole, &at) {
            *value = new.into();
        }
    }
    if let Some(value) = references::value_at_mut(&mut whole, &Path::of(["node_templates", "it"])) {
        *template = std::mem::take(value);
    }
}

fn drop_relationships(template: &mut Value, known: impl Fn(&str) -> bool, left_out: &mut Vec<String>) {
    let Value::Map(map) = template else { return };
    let Some(Value::List(all)) = map.get_mut("relationships") else { return };
    all.retain(|relationship| {
        let target = relationship.get("target").and_then(Value::as_str).unwrap_or_default();
        let keep = known(target);
        if !keep {
            left_out.push(format!("there is no `{target}` here: a relationship to it was left out"));
        }
        keep
    });
    if all.is_empty() {
        map.shift_remove("relationships");
    }
}
