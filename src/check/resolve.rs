//! [`check`]: a blueprint that was read → a topology and everything that is wrong with it.
//!
//! Owns the order of the steps. The topology is built from what could be resolved even where there are errors, so
//! that it can be drawn; it is planned only where there are none.

use indexmap::IndexMap;

use super::schema::Room;
use super::topology::{Output, Topology, Workflow};
use super::types::Types;
use super::{Catalog, fixes, functions, interfaces, rules};
use crate::diag::{Diagnostics, Path, Source, SourceMap};
use crate::dsl::{Files, Reading};
use crate::model::{Blueprint, Map, Value};

/// How strictly is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Judge as the reference parser does: our own findings are left out, and what it alone refuses (text beyond
    /// ASCII) is an error.
    pub strict_compat: bool,
}

/// Problems behind which the reference parser does not look for others.
const STOPS: &[&str] = &[
    "alias-bomb",
    "blueprint-without-namespace",
    "duplicate-import",
    "import-newer-version",
    "import-not-found",
    "import-outside",
    "import-specification",
    "merge-conflict",
    "missing-version",
    "namespace-delimiter",
    "namespace-on-basic-types",
    "namespace-reused",
    "nested-too-deep",
    "not-ascii",
    "number-too-long",
    "section-not-mergeable",
    "syntax",
    "unknown-tag",
    "unknown-version",
    "unreadable-value",
];

/// A check under way.
pub(super) struct Checker<'b> {
    pub blueprint: &'b Blueprint,
    pub source_map: &'b SourceMap,
    pub catalog: &'b Catalog,
    pub diagnostics: Diagnostics,
    /// Minor number of the version; the newest where it is missing or wrong.
    pub minor: u32,
    /// What all values may come to.
    pub room: Room,
}

/// Reads a blueprint with the built-in types answering before `files`.
pub fn read(source: &Source, files: &dyn Files, catalog: &Catalog) -> Reading {
    crate::dsl::read(source, &catalog.before(files))
}

/// Like [`read`], for a text that is being edited; see [`crate::dsl::read_edited`].
pub fn read_edited(source: &Source, files: &dyn Files, catalog: &Catalog) -> Reading {
    crate::dsl::read_edited(source, &catalog.before(files))
}

/// What the blueprint means, and every problem of reading and meaning, located and sorted.
pub fn check(reading: &Reading, catalog: &Catalog) -> (Topology, Diagnostics) {
    check_with(reading, catalog, Options::default())
}

/// Like [`check`], as strictly as `options` say.
pub fn check_with(reading: &Reading, catalog: &Catalog, options: Options) -> (Topology, Diagnostics) {
    let minor = rules::version::minor(&reading.blueprint);
    let mut cx = Checker {
        blueprint: &reading.blueprint,
        source_map: &reading.source_map,
        catalog,
        diagnostics: reading.diagnostics.clone(),
        minor: minor.unwrap_or(5),
        room: Room::new(reading.blueprint.section("node_templates").map_or(0, Map::len)),
    };
    let topology = cx.topology();
    functions::validate(&mut cx, &topology);
    rules::run(&mut cx, &topology);
    let mut diagnostics = cx.diagnostics;
    rules::texts::check(reading, &mut diagnostics);
    diagnostics.locate(&reading.source_map);
    fixes::add(&mut diagnostics, reading, &topology);
    if options.strict_compat {
        // What the reference parser finds too, it refuses.
        let both = diagnostics.into_iter().chain(reading.foreign.iter().cloned());
        let both: Diagnostics = both.filter(|diagnostic| diagnostic.reference.is_some()).collect();
        // It reads no further than the files go together.
        let stops = both.iter().any(|diagnostic| STOPS.contains(&diagnostic.code));
        diagnostics = both
            .into_iter()
            .filter(|diagnostic| !stops || STOPS.contains(&diagnostic.code))
            .collect::<Diagnostics>()
            .as_the_reference_sees_them();
    } else {
        diagnostics.extend(reading.foreign.iter().cloned());
    }
    diagnostics.sort();
    (topology, diagnostics)
}

impl Checker<'_> {
    fn topology(&mut self) -> Topology {
        rules::version::check(self);
        self.plugins();
        let types = self.types();
        let (inputs, declared) = self.inputs(&types.data);
        let nodes = self.nodes(&types);
        let groups = self.groups(&types, &nodes);
        let workflows = self.workflows(&types);
        let text = |key: &str| self.blueprint.sections.get(key).and_then(Value::as_str).map(str::to_owned);
        let (version, description) =
            (text("tosca_definitions_version").unwrap_or_default(), text("description"));
        let mut sections = Map::new();
        sections.insert("inputs".into(), Value::Map(declared));
        sections.insert("groups".into(), Value::Map(groups.groups));
        sections.insert("policies".into(), Value::Map(groups.policies));
        sections.insert("policy_types".into(), Value::Map(groups.policy_types));
        sections.insert("policy_triggers".into(), Value::Map(groups.policy_triggers));
        sections.insert("data_types".into(), data_types(&types, self.blueprint));
        sections.insert("relationships".into(), relationships(&types));
        for key in ["labels", "blueprint_labels", "resource_tags"] {
            let value = self.blueprint.sections.get(key).filter(|value| value.as_map().is_some());
            sections.insert(key.into(), value.cloned().unwrap_or_else(|| Value::Map(Map::new())));
        }
        let metadata = self.blueprint.sections.get("metadata").cloned().unwrap_or_default();
        sections.insert("metadata".into(), metadata);
        sections.insert("deployment_settings".into(), rules::schedules::settings(self.blueprint));
        sections.insert("plugins".into(), super::plan::declared_plugins(self.blueprint.section("plugins")));
        let imported = &self.blueprint.blueprints;
        let own_ids = self.blueprint.sections.get("imported_blueprints").and_then(Value::as_list);
        let ids = imported.values().map(|id| Value::string(id.as_str()));
        sections.insert(
            "imported_blueprints".into(),
            Value::List(own_ids.into_iter().flatten().cloned().chain(ids).collect()),
        );
        let mut namespaces = self.blueprint.section("namespaces_mapping").cloned().unwrap_or_default();
        namespaces.extend(imported.iter().map(|(name, id)| (name.clone(), Value::string(id.as_str()))));
        sections.insert("namespaces_mapping".into(), Value::Map(namespaces));
        Topology {
            version,
            description,
            inputs,
            nodes,
            outputs: self.outputs("outputs"),
            capabilities: self.outputs("capabilities"),
            workflows,
            scaling_groups: groups.scaling,
            sections,
        }
    }

    fn outputs(&self, section: &str) -> IndexMap<String, Output> {
        let outputs = self.blueprint.section(section);
        outputs
            .into_iter()
            .flatten()
            .map(|(name, output)| {
                let output = Output {
                    description: output.get("description").and_then(Value::as_str).map(str::to_owned),
                    value: output.get("value").cloned().unwrap_or_default(),
                };
                (name.clone(), output)
            })
            .collect()
    }

    fn workflows(&mut self, types: &Types) -> IndexMap<String, Workflow> {
        let mut all = IndexMap::new();
        for (name, workflow) in self.blueprint.section("workflows").into_iter().flatten() {
            let path = Path::of(["workflows", name]);
            let mapping = workflow.as_str().or_else(|| workflow.get("mapping")?.as_str());
            let parameters = self.input_schemas(
                workflow.get("parameters"),
                &types.data,
                &format!("workflow `{name}`"),
                &path.key("parameters"),
            );
            let Some(mapping) = mapping else { continue };
            if let Some((plugin, operation, parameters)) = self.workflow(name, mapping, parameters, &path) {
                let is_cascading = workflow.get("is_cascading").is_some_and(super::schema::truthy);
                let availability_rules = workflow.get("availability_rules").cloned();
                let workflow = Workflow { plugin, operation, parameters, is_cascading, availability_rules };
                all.insert(name.clone(), workflow);
            }
        }
        all
    }

    fn plugins(&mut self) {
        rules::plugins::check(self);
    }
}

fn data_types(types: &Types, blueprint: &Blueprint) -> Value {
    let shown = types.data.iter().map(|(name, schemas)| {
        let properties = schemas.iter().map(|(key, schema)| (key.clone(), schema.to_value())).collect();
        let mut map = Map::from_iter([("properties".to_owned(), Value::Map(properties))]);
        let entity = blueprint.entity("data_types", name);
        for key in ["description", "derived_from", "version"] {
            let value = entity.and_then(|entity| entity.get(key)).cloned().unwrap_or_default();
            map.insert(key.to_owned(), value);
        }
        (name.clone(), Value::Map(map))
    });
    Value::Map(shown.collect())
}

fn relationships(types: &Types) -> Value {
    let shown = types.relationships.all(&types.data).map(|(name, kind)| {
        let properties =
            kind.properties.iter().map(|(key, schema)| (key.clone(), schema.to_value())).collect();
        let hierarchy = kind.hierarchy.iter().map(|name| Value::string(name.as_str())).collect();
        let mut map = Map::from_iter([
            ("name".to_owned(), Value::string(name)),
            ("type_hierarchy".to_owned(), Value::List(hierarchy)),
            ("properties".to_owned(), Value::Map(properties)),
            ("source_interfaces".to_owned(), interfaces::to_value(&kind.interfaces.all)),
            ("target_interfaces".to_owned(), interfaces::to_value(&kind.target_interfaces.all)),
        ]);
        if let Some(parent) = kind.hierarchy.len().checked_sub(2).and_then(|at| kind.hierarchy.get(at)) {
            map.insert("derived_from".into(), Value::string(parent.as_str()));
        }
        (name.to_owned(), Value::Map(map))
    });
    Value::Map(shown.collect())
}
