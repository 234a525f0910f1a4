//! Node types, relationships and data types with all that they inherit.
//!
//! Owns the hierarchy: unknown parents and cycles are told here. Does not know node templates.

use std::sync::OnceLock;

use indexmap::IndexMap;

use super::Checker;
use super::inherit::{Definitions, Own};
use super::interfaces;
use super::mapping::Of;
use super::schema::{self, DataTypes, Fitting, Schema, Schemas};
use crate::dag::Dag;
use crate::diag::{Diagnostic, Path, Trail, closest, did_you_mean};
use crate::model::{Map, Value};

/// Properties (and names of types above) that all data types, or all relationships, may have together: each is shown with
/// all that it inherits, and a few lines that build on each other come to any number.
const INHERITED: usize = 200_000;

/// All types of a blueprint.
#[derive(Debug, Default)]
pub(super) struct Types {
    pub data: DataTypes,
    pub nodes: Definitions,
    pub relationships: Definitions,
}

/// The entities of a section in an order in which parents come first; parents in a circle are told and left out.
fn ordered<'b>(
    cx: &mut Checker<'b>,
    section: &'static str,
    uses: impl Fn(&'b Value) -> Vec<&'b str>,
) -> Vec<(&'b str, &'b Value)> {
    let Some(entities) = cx.blueprint.section(section) else { return Vec::new() };
    let mut rest: IndexMap<&str, &Value> =
        entities.iter().map(|(name, value)| (name.as_str(), value)).collect();
    loop {
        let mut dag = Dag::new();
        for (name, entity) in &rest {
            dag.add(*name);
            for used in uses(entity) {
                if rest.contains_key(used) {
                    dag.need(*name, used);
                }
            }
        }
        match dag.order() {
            Ok(order) => {
                return order
                    .into_iter()
                    .filter_map(|name| rest.get(name).map(|value| (name, *value)))
                    .collect();
            }
            Err(cycle) => {
                let Some(first) = cycle.first() else { return Vec::new() };
                cx.diagnostics.push(
                    Diagnostic::error(
                        "type-cycle",
                        Path::of([section, first]),
                        format!("types build on each other in a circle: {}", cycle.join(" → ")),
                    )
                    .with_reference("DSLParsingLogicException", Some(100)),
                );
                for name in &cycle {
                    rest.shift_remove(name);
                }
            }
        }
    }
}

fn parent(entity: &Value) -> Option<&str> {
    entity.get("derived_from").and_then(Value::as_str)
}

/// Schemas as written, without defaults of data types.
pub(super) fn own_schemas(value: Option<&Value>) -> Schemas {
    let map = value.and_then(Value::as_map);
    map.into_iter()
        .flatten()
        .map(|(name, schema)| {
            let default = schema.get("default").cloned();
            let schema = Schema {
                kind: schema.get("type").and_then(Value::as_str).map(str::to_owned),
                written: default.clone(),
                default,
                required: schema.get("required").and_then(Value::as_bool).unwrap_or(true),
                required_written: schema.get("required").cloned(),
                description: schema.get("description").cloned(),
            };
            (name.clone(), schema)
        })
        .collect()
}

impl<'b> Checker<'b> {
    /// Resolves every type.
    pub(super) fn types(&mut self) -> Types {
        let mut types = Types::default();
        self.data_types(&mut types);
        types.nodes = self.definitions("node_types", "node type", &types.data);
        types.relationships = self.definitions("relationships", "relationship", &types.data);
        types
    }

    /// Type names of schemas that mean nothing.
    pub(super) fn schema_types(&mut self, schemas: Option<&Value>, path: &Path) {
        let known = self.blueprint.section("data_types");
        for (name, schema) in schemas.and_then(Value::as_map).into_iter().flatten() {
            let Some(kind) = schema.get("type").and_then(Value::as_str) else { continue };
            if kind.is_empty()
                || schema::is_primitive(kind)
                || known.is_some_and(|types| types.contains_key(kind))
            {
                continue;
            }
            if self.blueprint.incomplete {
                continue;
            }
            let candidates = crate::dsl::PRIMITIVES
                .iter()
                .copied()
                .chain(known.into_iter().flat_map(Map::keys).map(String::as_str));
            let mut diagnostic = Diagnostic::error(
                "unknown-type",
                path.key(name).key("type"),
                format!("there is no type `{kind}`"),
            )
            .with_reference("DSLParsingLogicException", Some(103));
            if let Some(near) = closest(kind, candidates) {
                diagnostic = diagnostic.with_hint(did_you_mean(near));
            }
            self.diagnostics.push(diagnostic);
        }
    }

    /// `type: ""`, where the reference parser fails.
    fn kinds_without_name(&mut self, schemas: Option<&Value>, path: &Path) {
        for (name, schema) in schemas.and_then(Value::as_map).into_iter().flatten() {
            if schema.get("type").and_then(Value::as_str) == Some("") {
                let message = format!("the type of `{name}` is an empty text");
                self.diagnostics.push(
                    Diagnostic::error("unknown-type", path.key(name).key("type"), message)
                        .with_hint("remove `type`, or name one")
                        .with_reference("RuntimeError", None),
                );
            }
        }
    }

    /// Properties that say nothing at all, not even `{}`: only the reference parser minds.
    fn empty_schemas(&mut self, schemas: Option<&Value>, path: &Path) {
        for (name, _) in
            schemas.and_then(Value::as_map).into_iter().flatten().filter(|(_, schema)| schema.is_null())
        {
            let message = format!("the property `{name}` says nothing");
            self.diagnostics.push(
                Diagnostic::warning("missing-key", path.key(name), message)
                    .with_hint("write `{}`: Cloudify refuses nothing at all")
                    .with_reference("DSLParsingElementMatchException", None),
            );
        }
    }

    /// Schemas with the defaults that their data types bring, told where a default does not fit.
    pub(super) fn schemas(
        &mut self,
        value: Option<&Value>,
        data: &DataTypes,
        owner: &str,
        path: &Path,
        complete: bool,
    ) -> Schemas {
        self.schema_types(value, path);
        self.kinds_without_name(value, path);
        let mut schemas = own_schemas(value);
        for (name, schema) in &mut schemas {
            let Some(kind) = schema.kind.as_deref() else { continue };
            let custom = !schema::is_primitive(kind);
            let empty = Value::Map(Map::new());
            let value = match &schema.written {
                None | Some(Value::Null) if custom && !complete => &empty,
                None | Some(Value::Null) => continue,
                Some(value) => value,
            };
            let mut fitting = Fitting {
                data_types: data,
                room: &self.room,
                diagnostics: &mut self.diagnostics,
                owner: format_args!("the default of {owner}"),
                complete,
            };
            let at = Trail::from(path);
            let at = at.key(name);
            schema.default = Some(fitting.value(value, Some(kind), None, &at.key("default")));
        }
        schemas
    }

    fn unknown_parent(&mut self, section: &str, name: &str, parent: &str, word: &str) {
        if self.blueprint.incomplete {
            return;
        }
        let known = self.blueprint.section(section).into_iter().flat_map(Map::keys).map(String::as_str);
        let mut diagnostic = Diagnostic::error(
            "unknown-parent-type",
            Path::of([section, name, "derived_from"]),
            format!("the {word} `{name}` derives from `{parent}`, which is not defined"),
        )
        .with_reference("DSLParsingLogicException", Some(103));
        if let Some(address) = self.catalog.address_of(parent) {
            diagnostic = diagnostic.with_hint(format!("import `{address}`, which defines it"));
        } else if let Some(near) = closest(parent, known) {
            diagnostic = diagnostic.with_hint(did_you_mean(near));
        }
        self.diagnostics.push(diagnostic);
    }

    fn inherit_too_much(&mut self, section: &'static str, name: &str) {
        let message =
            format!("what these types inherit from each other comes to more than {INHERITED} properties");
        self.diagnostics.push(
            Diagnostic::error("value-too-large", Path::of([section, name]), message)
                .with_hint("from here on they are left out; let fewer types derive from each other"),
        );
    }

    fn data_types(&mut self, types: &mut Types) {
        let uses = |entity: &'b Value| {
            let properties = entity.get("properties").and_then(Value::as_map);
            let kinds = properties
                .into_iter()
                .flat_map(Map::values)
                .filter_map(|schema| schema.get("type")?.as_str());
            parent(entity).into_iter().chain(kinds).collect()
        };
        let mut inherited = 0;
        for (name, entity) in ordered(self, "data_types", uses) {
            let path = Path::of(["data_types", name]);
            if schema::is_primitive(name) {
                self.diagnostics.push(
                    Diagnostic::error("primitive-redefined", path, format!("`{name}` is a built-in type"))
                        .with_hint("give the data type another name")
                        .with_reference("DSLParsingLogicException", Some(104)),
                );
                continue;
            }
            if entity.is_null() {
                let message = format!("the data type `{name}` says nothing; write `{{}}`");
                self.diagnostics.push(
                    Diagnostic::error("missing-key", path, message).with_reference("AttributeError", None),
                );
                continue;
            }
            let owner = format!("data type `{name}`");
            self.empty_schemas(entity.get("properties"), &path.key("properties"));
            let mut schemas =
                self.schemas(entity.get("properties"), &types.data, &owner, &path.key("properties"), false);
            if let Some(above) = parent(entity) {
                match types.data.get(above) {
                    Some(above) => schemas = schema::inherit(above, schemas, &types.data),
                    None => self.unknown_parent("data_types", name, above, "data type"),
                }
            }
            inherited += schemas.len();
            if inherited > INHERITED {
                return self.inherit_too_much("data_types", name);
            }
            types.data.insert(name.to_owned(), schemas);
        }
    }

    fn definitions(&mut self, section: &'static str, word: &str, data: &DataTypes) -> Definitions {
        let mut all = Definitions::default();
        let (mut weights, mut inherited): (Vec<usize>, usize) = (Vec::new(), 0);
        for (name, entity) in ordered(self, section, |entity| parent(entity).into_iter().collect()) {
            let path = Path::of([section, name]);
            if entity.is_null() {
                self.diagnostics.push(
                    Diagnostic::error(
                        "missing-key",
                        path,
                        format!("the {word} `{name}` says nothing; write `{{}}`"),
                    )
                    .with_reference("KeyError", None),
                );
                continue;
            }
            let above = parent(entity);
            let parent = above.and_then(|above| all.position(above));
            if let (Some(above), None) = (above, parent)
                && self.blueprint.entity(section, above).is_none()
            {
                self.unknown_parent(section, name, above, word);
            }
            let owner = format!("{word} `{name}`");
            for key in ["properties", "runtime_properties"] {
                self.empty_schemas(entity.get(key), &path.key(key));
            }
            let properties =
                self.schemas(entity.get("properties"), data, &owner, &path.key("properties"), false);
            self.schema_types(entity.get("runtime_properties"), &path.key("runtime_properties"));
            let (own, target) = if section == "node_types" {
                (entity.get("interfaces"), None)
            } else {
                (entity.get("source_interfaces"), entity.get("target_interfaces"))
            };
            let mut interfaces = interfaces::of_type(own);
            let mut target_interfaces = interfaces::of_type(target);
            for key in ["interfaces", "source_interfaces", "target_interfaces"] {
                let read = if key == "target_interfaces" { &mut target_interfaces } else { &mut interfaces };
                self.operation_schemas(entity.get(key), read, data, &owner, &path.key(key));
            }
            // Relationships are judged whether a node uses them or not; inherited operations where they stand.
            if section == "relationships" {
                self.mappings(&interfaces, Of::Relationship, &path.key("source_interfaces"));
                self.mappings(&target_interfaces, Of::Relationship, &path.key("target_interfaces"));
            }
            let partial = above.is_some() && parent.is_none();
            let weight = properties.len() + 1 + parent.and_then(|at| weights.get(at)).unwrap_or(&0);
            weights.push(weight);
            inherited += weight;
            // Node types are put together as they are used.
            if section == "relationships" && inherited > INHERITED {
                self.inherit_too_much(section, name);
                break;
            }
            all.add(
                name,
                Own { parent, properties, interfaces, target_interfaces, partial, whole: OnceLock::new() },
            );
        }
        all
    }
}
