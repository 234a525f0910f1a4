//! The shape of every section: which keys, which kinds of value (DSL reference, "top-level keys" ff.).
//!
//! One table a section, one walker. A shape is about form alone; what names mean is judged in [`crate::check`].

mod deployment;
mod groups;
mod known;
mod nodes;
mod plugins;
mod types;
mod values;
mod workflows;

pub use known::{Holds, KnownKey, known_keys, known_value};

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Diagnostics, Inside, SourceMap, Trail, closest, did_you_mean};
use crate::model::{Blueprint, Map, Value};

/// What a value must look like. `null` stands for "not given" everywhere.
pub(super) enum Shape {
    /// A value of one of these kinds.
    Leaf(&'static [Kind]),
    /// A map with these keys only.
    Fields(&'static [Field]),
    /// A map of names to values of one shape.
    Named(&'static Shape),
    /// A list of values of one shape.
    Each(&'static Shape),
    /// Text, or something of another shape.
    TextOr(&'static Shape),
    /// Something that must be given.
    Given(&'static Shape),
    /// Something that must be given, for want of which the reference parser fails with this class.
    GivenOr(&'static str, &'static Shape),
}

/// A key of a [`Shape::Fields`].
pub(super) struct Field {
    pub key: &'static str,
    pub required: bool,
    pub shape: &'static Shape,
}

/// Kinds of leaves, as the reference parser tells them apart (where a boolean is a number too).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    List,
    Map,
}

impl Kind {
    fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Text => matches!(value, Value::String(_)),
            Self::Integer => matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Bool(_)),
            Self::Number => {
                matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Bool(_))
            }
            Self::Boolean => matches!(value, Value::Bool(_)),
            Self::List => matches!(value, Value::List(_)),
            Self::Map => matches!(value, Value::Map(_)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::List => "a list",
            Self::Map => "a map",
        }
    }
}

pub(super) const fn field(key: &'static str, shape: &'static Shape) -> Field {
    Field { key, required: false, shape }
}

pub(super) const fn required(key: &'static str, shape: &'static Shape) -> Field {
    Field { key, required: true, shape }
}

pub(super) static TEXT: Shape = Shape::Leaf(&[Kind::Text]);
pub(super) static INTEGER: Shape = Shape::Leaf(&[Kind::Integer]);
pub(super) static NUMBER: Shape = Shape::Leaf(&[Kind::Number]);
pub(super) static BOOLEAN: Shape = Shape::Leaf(&[Kind::Boolean]);
pub(super) static LIST: Shape = Shape::Leaf(&[Kind::List]);
pub(super) static MAP: Shape = Shape::Leaf(&[Kind::Map]);
pub(super) static ANYTHING: Shape =
    Shape::Leaf(&[Kind::Text, Kind::Number, Kind::Boolean, Kind::List, Kind::Map]);
static TEXTS: Shape = Shape::Each(&TEXT);
static DEFINITIONS: Shape = Shape::Leaf(&[Kind::Map, Kind::List]);
static IMPORT: Shape = Shape::TextOr(&MAP);
static IMPORTS: Shape = Shape::Each(&IMPORT);

/// The sections of a blueprint.
static BLUEPRINT: Shape = Shape::Fields(&[
    field("tosca_definitions_version", &TEXT),
    field("description", &TEXT),
    field("imports", &IMPORTS),
    field("dsl_definitions", &DEFINITIONS),
    field("metadata", &MAP),
    field("inputs", &values::INPUTS),
    field("plugins", &plugins::PLUGINS),
    field("node_types", &types::NODE_TYPES),
    field("relationships", &types::RELATIONSHIPS),
    field("node_templates", &nodes::NODE_TEMPLATES),
    field("policy_types", &groups::POLICY_TYPES),
    field("policy_triggers", &groups::POLICY_TRIGGERS),
    field("groups", &groups::GROUPS),
    field("policies", &groups::POLICIES),
    field("workflows", &workflows::WORKFLOWS),
    field("outputs", &values::OUTPUTS),
    field("data_types", &types::DATA_TYPES),
    field("capabilities", &values::OUTPUTS),
    field("imported_blueprints", &TEXTS),
    field("namespaces_mapping", &MAP),
    field("labels", &deployment::LABELS),
    field("blueprint_labels", &deployment::LABELS),
    field("deployment_settings", &deployment::SETTINGS),
    field("resource_tags", &deployment::TAGS),
]);

/// Sections that the reference parser refuses when they say nothing.
const SAYING: &[&str] = &["metadata", "node_types", "plugins"];

/// What is missing in a file of these sections, and one of an unknown name was probably meant to be.
pub(super) fn misnamed(sections: &Map) -> BTreeSet<&'static str> {
    let Shape::Fields(fields) = &BLUEPRINT else { return BTreeSet::new() };
    meant(sections, fields).filter(|section| !sections.contains_key(section)).collect()
}

/// The fields that the unknown keys of a map were probably meant to be.
fn meant<'m>(map: &'m Map, fields: &'m [Field]) -> impl Iterator<Item = &'static str> + 'm {
    let known = || fields.iter().map(|field| field.key);
    let unknown = map.keys().filter(move |key| known().all(|known| known != key.as_str()));
    unknown.filter_map(move |key| closest(key, known()))
}

/// Every place where the merged document has not the shape that the DSL gives it.
/// `odd_keys`: some key of it is no text.
pub(super) fn check(blueprint: &Blueprint, map: &SourceMap, odd_keys: bool, diagnostics: &mut Diagnostics) {
    let mut walker = Walker { map: odd_keys.then_some(map), diagnostics };
    let Shape::Fields(fields) = &BLUEPRINT else { return };
    for (section, value) in &blueprint.sections {
        let path = Trail::section(section);
        match fields.iter().find(|field| field.key == section) {
            Some(_) if value.is_null() && SAYING.contains(&section.as_str()) => {
                let message = format!("the section `{section}` is empty");
                walker.diagnostics.push(
                    Diagnostic::warning("wrong-kind", path.path(), message)
                        .with_hint("remove it: Cloudify refuses it")
                        .with_reference("ValueError", None),
                );
            }
            Some(field) => walker.walk(value, field.shape, &path),
            // Old versions had it, and it says nothing about the topology.
            None if section == "upload_resources" => {
                let hint = "it steered uploads to the manager of old versions; remove it";
                walker.diagnostics.push(
                    Diagnostic::warning("obsolete-section", path.path(), "`upload_resources` has no effect")
                        .with_hint(hint)
                        .with_reference("DSLParsingFormatException", Some(1)),
                );
            }
            None => walker.unknown(section, fields, &path, "section of a blueprint"),
        }
    }
}

struct Walker<'a> {
    /// Where keys are looked at that are no text; none where there are none.
    map: Option<&'a SourceMap>,
    diagnostics: &'a mut Diagnostics,
}

impl Walker<'_> {
    fn format(&mut self, code: &'static str, path: &Trail<'_>, message: String) {
        self.diagnostics.push(
            Diagnostic::error(code, path.path(), message)
                .with_reference("DSLParsingFormatException", Some(1)),
        );
    }

    fn unknown(&mut self, key: &str, fields: &[Field], path: &Trail<'_>, of: &str) {
        let keys = || fields.iter().map(|field| field.key);
        let mut diagnostic = Diagnostic::error("unknown-key", path.path(), format!("`{key}` is no {of}"))
            .with_reference("DSLParsingFormatException", Some(1));
        diagnostic = if let Some(near) = closest(key, keys()) {
            diagnostic.with_hint(did_you_mean(near))
        } else {
            let known: Vec<&str> = keys().collect();
            diagnostic.with_hint(format!("known keys: {}", known.join(", ")))
        };
        self.diagnostics.push(diagnostic);
    }

    fn wrong_kind(&mut self, path: &Trail<'_>, expected: &str, value: &Value) {
        let message = format!("{expected} is expected here, not {}", value.a_kind());
        self.format("wrong-kind", path, message);
    }

    /// Keys that are no text: only a shape with keys minds them.
    fn odd_keys(&mut self, path: &Trail<'_>) {
        let Some(map) = self.map else { return };
        let path = path.path();
        let Some(Inside::Map(marks)) = map.mark(&path).map(|mark| &mark.inside) else { return };
        let odd: Vec<(String, &str)> = marks
            .iter()
            .filter_map(|(key, mark)| mark.odd_key().map(|kind| (key.to_string(), kind)))
            .collect();
        for (key, kind) in odd {
            let message = format!("a key must be text, and `{key}` reads as {kind}");
            self.diagnostics.push(
                Diagnostic::error("key-not-text", path.key(&key), message)
                    .with_hint(format!("write \"{key}\""))
                    .with_reference("DSLParsingFormatException", Some(1)),
            );
        }
    }

    fn walk(&mut self, value: &Value, shape: &Shape, path: &Trail<'_>) {
        if let Shape::Given(inner) | Shape::GivenOr(_, inner) = shape {
            if !value.is_null() {
                return self.walk(value, inner, path);
            }
            let message = "nothing is said here, and something must be";
            let missing = Diagnostic::error("missing-key", path.path(), message);
            self.diagnostics.push(match shape {
                Shape::GivenOr(class, _) => missing.with_reference(class, None),
                _ => missing.with_reference("DSLParsingFormatException", Some(1)),
            });
            return;
        }
        if value.is_null() {
            return;
        }
        match shape {
            Shape::Leaf(kinds) => {
                if !kinds.iter().any(|kind| kind.accepts(value)) {
                    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
                    self.wrong_kind(path, &names.join(" or "), value);
                }
            }
            Shape::Fields(fields) => {
                let Value::Map(map) = value else { return self.wrong_kind(path, "a map", value) };
                for (key, inner) in map {
                    match fields.iter().find(|field| field.key == key) {
                        Some(field) => self.walk(inner, field.shape, &path.key(key)),
                        None => self.unknown(key, fields, &path.key(key), "known key here"),
                    }
                }
                let missing = fields
                    .iter()
                    .filter(|field| field.required && map.get(field.key).is_none_or(Value::is_null));
                // One that is there under a name near to its own is told by that.
                for field in missing.filter(|field| meant(map, fields).all(|key| key != field.key)) {
                    let message = format!("the key `{}` is missing", field.key);
                    self.format("missing-key", path, message);
                }
                self.odd_keys(path);
            }
            Shape::Named(inner) => {
                let Value::Map(map) = value else { return self.wrong_kind(path, "a map", value) };
                for (key, item) in map {
                    self.walk(item, inner, &path.key(key));
                }
                self.odd_keys(path);
            }
            Shape::Each(inner) => {
                let Value::List(list) = value else { return self.wrong_kind(path, "a list", value) };
                for (index, item) in list.iter().enumerate() {
                    self.walk(item, inner, &path.index(index));
                }
            }
            Shape::TextOr(inner) => {
                if let Value::Map(_) = value {
                    self.walk(value, inner, path);
                } else if value.as_str().is_none() {
                    self.wrong_kind(path, "text or a map", value);
                }
            }
            Shape::Given(_) | Shape::GivenOr(..) => {}
        }
    }
}
