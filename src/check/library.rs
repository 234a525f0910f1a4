//! [`Library`]: the types that a blueprint can use, with all that they inherit, for palettes, forms and completion.
//!
//! Owns the public view of what [`super::types`] resolves for itself. Does not judge: what is wrong with a type is
//! told by the check.

use indexmap::IndexMap;

use super::catalog::Catalog;
use super::inherit::TypeDefinition;
use super::resolve::Checker;
use super::schema::Room;
use super::{constraints, schema};
use crate::diag::{Diagnostics, Path, Place, Severity, Source};
use crate::dsl::{NoFiles, Reading};
use crate::model::{Blueprint, Map, Value};

/// All types by name, in the order in which parents come first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Library {
    /// Node types.
    pub nodes: IndexMap<String, TypeInfo>,
    /// Relationship types.
    pub relationships: IndexMap<String, TypeInfo>,
    /// Data types.
    pub data: IndexMap<String, TypeInfo>,
}

/// One type with all that it inherits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TypeInfo {
    /// Its name.
    pub name: String,
    /// Its own description.
    pub description: Option<String>,
    /// The root type first, itself last. A data type names only itself.
    pub hierarchy: Vec<String>,
    /// Properties, inherited ones too.
    pub properties: IndexMap<String, PropertyInfo>,
    /// Operations as `interface.operation`, inherited ones too; for a relationship those of its source side.
    pub operations: Vec<String>,
    /// The file that defines it: `built-in:types-7.yaml`, or a file of the project.
    pub file: String,
    /// What a blueprint that does not know the type imports to know it; none where it knows it.
    pub import: Option<String>,
}

/// What a type says of one property.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PropertyInfo {
    /// Its type: a primitive, a data type, or none if anything goes.
    pub kind: Option<String>,
    /// Its default, that of its data type filled in.
    pub default: Option<Value>,
    /// Whether a node without a value is refused.
    pub required: bool,
    /// What it is for.
    pub description: Option<String>,
    /// Constraints as written.
    pub constraints: Vec<Value>,
}

impl TypeInfo {
    /// The name without the namespace: `Microservice` of `cloudify.swarm.Microservice`.
    pub fn short(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }

    /// Whether it is, or derives from, `ancestor`.
    pub fn is_a(&self, ancestor: &str) -> bool {
        self.hierarchy.iter().any(|name| name == ancestor)
    }
}

impl PropertyInfo {
    /// Why `value` is none for a property of this kind, as far as that can be said without its data type: its kind or
    /// its constraints. Functions are not judged.
    pub fn refusal(&self, name: &str, value: &Value) -> Option<String> {
        if value.has_calls() {
            return None;
        }
        let kind = self.kind.as_deref().unwrap_or_default();
        if schema::is_primitive(kind) && !schema::is_kind(value, kind) {
            return Some(format!("`{name}` is of type {kind}, and `{value}` is of type {}", value.kind()));
        }
        let mut declaration = Map::from([("constraints".to_owned(), Value::List(self.constraints.clone()))]);
        declaration.insert("type".to_owned(), kind.into());
        let found = constraints::violation(name, &Value::Map(declaration), value, &Path::root())
            .filter(|found| found.severity == Severity::Error)?;
        // What is judged may be a property.
        Some(found.message.replacen("for input ", "for ", 1))
    }

    /// The only values that it takes, if its constraints list them.
    pub fn choices(&self) -> Option<&[Value]> {
        self.constraints.iter().find_map(|constraint| constraint.get("valid_values")?.as_list())
    }
}

/// The types that `reading` defines and imports.
pub fn library(reading: &Reading, catalog: &Catalog) -> Library {
    let mut checker = Checker {
        blueprint: &reading.blueprint,
        source_map: &reading.source_map,
        catalog,
        diagnostics: Diagnostics::new(),
        minor: 5,
        room: Room::new(0),
    };
    let types = checker.types();
    let look = |section: &str, definition: Option<&TypeDefinition>, name: &str| {
        let chain: Vec<String> =
            definition.map_or_else(|| vec![name.to_owned()], |definition| definition.hierarchy.to_vec());
        let entity = reading.blueprint.entity(section, name);
        let place = reading.source_map.key(&crate::diag::Path::of([section, name]));
        let operations = definition.into_iter().flat_map(|definition| &definition.interfaces.all);
        TypeInfo {
            name: name.to_owned(),
            description: entity
                .and_then(|entity| text(entity.get("description")?))
                .or_else(|| comment_above(reading, place.as_ref()?)),
            hierarchy: chain,
            properties: IndexMap::new(),
            operations: operations
                .flat_map(|(interface, all)| all.keys().map(move |name| format!("{interface}.{name}")))
                .collect(),
            file: place.map(|place| place.file.to_string()).unwrap_or_default(),
            import: None,
        }
    };
    let fill = |section: &str, info: &mut TypeInfo, schemas: &super::schema::Schemas| {
        for (name, schema) in schemas {
            let property = PropertyInfo {
                kind: schema.kind.clone(),
                default: schema.default.clone(),
                required: schema.required && schema.default.is_none(),
                description: schema.description.as_ref().and_then(text),
                constraints: constraints_of(&reading.blueprint, section, &info.hierarchy, name),
            };
            info.properties.insert(name.clone(), property);
        }
    };
    let mut all = Library::default();
    for (name, definition) in types.nodes.all(&types.data) {
        let mut info = look("node_types", Some(&definition), name);
        fill("node_types", &mut info, &definition.properties);
        all.nodes.insert(name.to_owned(), info);
    }
    for (name, definition) in types.relationships.all(&types.data) {
        let mut info = look("relationships", Some(&definition), name);
        fill("relationships", &mut info, &definition.properties);
        all.relationships.insert(name.to_owned(), info);
    }
    for (name, schemas) in &types.data {
        let mut info = look("data_types", None, name);
        fill("data_types", &mut info, schemas);
        all.data.insert(name.clone(), info);
    }
    all
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(|text| text.trim().to_owned())
}

/// The comment right above a key: types have no key for a description.
fn comment_above(reading: &Reading, place: &Place) -> Option<String> {
    let source = reading.sources.iter().find(|source| source.name == place.file)?;
    let before = source.text.get(..place.span.start)?;
    let above = before.lines().rev().skip(usize::from(!before.ends_with('\n')));
    let mut lines: Vec<&str> =
        above.map_while(|line| line.trim_start().strip_prefix('#')).map(str::trim).collect();
    lines.reverse();
    Some(lines.join(" ")).filter(|text| !text.is_empty())
}

/// Constraints of a property as the nearest type that names the property says them.
fn constraints_of(blueprint: &Blueprint, section: &str, hierarchy: &[String], name: &str) -> Vec<Value> {
    let says = |owner: &String| blueprint.entity(section, owner)?.get("properties")?.get(name);
    let schema = hierarchy.iter().rev().find_map(says);
    let list = schema.and_then(|schema| schema.get("constraints")?.as_list());
    list.map(<[Value]>::to_vec).unwrap_or_default()
}

impl Library {
    /// The types that come with the program, each with what to import for it. Where files of different ages define the
    /// same type, the newest counts.
    pub fn built_in(catalog: &Catalog) -> Self {
        let mut all = Self::default();
        for (name, import) in catalog.importable() {
            let main = catalog.basic_address();
            let text =
                format!("tosca_definitions_version: cloudify_dsl_1_5\nimports:\n  - {main}\n  - '{name}'\n");
            let reading = super::read(&Source::new("catalog", text), &NoFiles, catalog);
            let mut found = library(&reading, catalog);
            let sections = [
                (&mut all.nodes, &mut found.nodes),
                (&mut all.relationships, &mut found.relationships),
                (&mut all.data, &mut found.data),
            ];
            for (known, new) in sections {
                for (key, mut info) in std::mem::take(new) {
                    let own = info.file == name;
                    info.import = Some(if own { import.clone() } else { main.to_owned() });
                    known.entry(key).or_insert(info);
                }
            }
        }
        all
    }

    /// These types, and those of `others` that are not among them.
    #[must_use]
    pub fn with(mut self, others: &Self) -> Self {
        let add = |known: &mut IndexMap<String, TypeInfo>, more: &IndexMap<String, TypeInfo>| {
            for (name, info) in more {
                known.entry(name.clone()).or_insert_with(|| info.clone());
            }
        };
        add(&mut self.nodes, &others.nodes);
        add(&mut self.relationships, &others.relationships);
        add(&mut self.data, &others.data);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_types_come_with_what_they_inherit_and_what_to_import() {
        let all = Library::built_in(&Catalog::built_in());
        let service = &all.nodes["cloudify.swarm.Microservice"];
        assert_eq!(service.import.as_deref(), Some("plugin:swarm"));
        assert!(service.is_a("cloudify.nodes.SoftwareComponent"));
        assert_eq!(service.properties["replicas"].kind.as_deref(), Some("integer"));
        assert!(service.operations.contains(&"cloudify.interfaces.lifecycle.start".to_owned()));
        assert_eq!(service.short(), "Microservice");
        let compute = &all.nodes["cloudify.nodes.Compute"];
        assert_eq!(compute.import.as_deref(), Some("cloudify/types/types.yaml"));
        assert!(compute.description.as_deref().is_some_and(|text| text.starts_with("A host:")));
        assert_eq!(all.nodes["cloudify.kubernetes.Master"].import.as_deref(), Some("plugin:kubernetes"));
        assert!(all.relationships.contains_key("cloudify.relationships.contained_in"));
    }

    #[test]
    fn a_projects_own_types_are_told_with_their_constraints() {
        let text = "tosca_definitions_version: cloudify_dsl_1_3\nimports: [cloudify/types/types.yaml]\n\
                    node_types:\n  my.Web:\n    derived_from: cloudify.nodes.Root\n    description: A web server.\n    \
                    properties:\n      port: { type: integer, default: 80, constraints: [ { in_range: [ 1, 65535 ] } ] }\n      \
                    name: { description: What it is called. }\n";
        let catalog = Catalog::built_in();
        let reading = super::super::read(&Source::new("blueprint.yaml", text), &NoFiles, &catalog);
        let all = library(&reading, &catalog);
        let web = &all.nodes["my.Web"];
        assert_eq!(
            (web.description.as_deref(), web.file.as_str()),
            (Some("A web server."), "blueprint.yaml")
        );
        assert_eq!(web.import, None);
        assert_eq!(web.properties["port"].constraints.len(), 1);
        assert!(web.properties["name"].required && !web.properties["port"].required);
        let port = &web.properties["port"];
        assert_eq!(port.refusal("port", &Value::Int(443)), None);
        assert!(port.refusal("port", &Value::Int(0)).is_some_and(|why| why.contains("in_range")));
        assert!(port.refusal("port", &Value::string("80")).is_some_and(|why| why.contains("integer")));
    }
}
