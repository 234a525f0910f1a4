//! The version of the DSL: which one it is, and what came too late for it (DSL reference, "version gates").

use std::fmt;

use crate::check::Checker;
use crate::diag::{Diagnostic, Path, Trail};
use crate::model::{Blueprint, Map, Value};

const LOGIC: &str = "DSLParsingLogicException";
const SUPPORTED: u32 = 5;

/// `4` of `cloudify_dsl_1_4`; none if the version is missing or wrong.
pub(in crate::check) fn minor(blueprint: &Blueprint) -> Option<u32> {
    let minor = blueprint.version()?.strip_prefix("cloudify_dsl_1_")?;
    let plain = minor.len() == 1;
    minor.parse().ok().filter(|minor| plain && *minor <= SUPPORTED)
}

/// Tells a missing or wrong version, and every use of something newer.
pub(in crate::check) fn check(cx: &mut Checker<'_>) {
    let path = Path::of(["tosca_definitions_version"]);
    let newest = "the newest is `cloudify_dsl_1_5`";
    match cx.blueprint.sections.get("tosca_definitions_version") {
        None | Some(Value::Null) => {
            // A text that could not be read may have had one.
            if !cx.blueprint.incomplete || !cx.blueprint.sections.is_empty() {
                cx.diagnostics.push(
                    Diagnostic::error(
                        "missing-version",
                        Path::root(),
                        "the key `tosca_definitions_version` is missing",
                    )
                    .with_hint(format!("begin with `tosca_definitions_version: cloudify_dsl_1_3`; {newest}"))
                    .with_reference(LOGIC, Some(27)),
                );
            }
        }
        Some(Value::String(text)) if minor(cx.blueprint).is_none() => {
            cx.diagnostics.push(
                Diagnostic::error(
                    "unknown-version",
                    path,
                    format!("there is no version `{text}` of the DSL"),
                )
                .with_hint(format!("versions are `cloudify_dsl_1_0` … `cloudify_dsl_1_5`; {newest}"))
                .with_reference(LOGIC, Some(29)),
            );
        }
        Some(_) => {}
    }
    if minor(cx.blueprint).is_some() && cx.minor < SUPPORTED {
        Gates { cx }.all();
    }
}

struct Gates<'c, 'b> {
    cx: &'c mut Checker<'b>,
}

impl Gates<'_, '_> {
    fn gate(&mut self, since: u32, what: fmt::Arguments<'_>, path: &Trail<'_>) {
        if self.cx.minor < since {
            let version = self.cx.minor;
            let message = format!(
                "{what} came with `cloudify_dsl_1_{since}`, and the blueprint is `cloudify_dsl_1_{version}`"
            );
            self.cx.diagnostics.push(
                Diagnostic::error("version-gate", path.path(), message)
                    .with_hint(format!("set `tosca_definitions_version: cloudify_dsl_1_{since}`"))
                    .with_reference(LOGIC, Some(102)),
            );
        }
    }

    /// A key of a map, if it says something.
    fn key(&mut self, value: &Value, key: &str, since: u32, path: &Trail<'_>) {
        if value.get(key).is_some_and(|value| !value.is_null()) {
            self.gate(since, format_args!("`{key}`"), &path.key(key));
        }
    }

    fn all(&mut self) {
        let blueprint = self.cx.blueprint;
        for (section, since) in [
            ("dsl_definitions", 2),
            ("description", 2),
            ("data_types", 2),
            ("policies", 3),
            ("resource_tags", 3),
        ] {
            if blueprint.sections.get(section).is_some_and(|value| !value.is_null()) {
                self.gate(since, format_args!("`{section}`"), &Trail::section(section));
            }
        }
        let entities = |section: &'static str| {
            blueprint.section(section).into_iter().flatten().map(move |(name, value)| (value, section, name))
        };
        self.schemas(blueprint.sections.get("inputs"), &Trail::section("inputs"));
        for (value, section, name) in entities("data_types") {
            let path = Trail::section(section);
            let path = path.key(name);
            self.schemas(value.get("properties"), &path.key("properties"));
        }
        for (value, section, name) in entities("node_types").chain(entities("relationships")) {
            let path = Trail::section(section);
            let path = path.key(name);
            self.schemas(value.get("properties"), &path.key("properties"));
            self.schemas(value.get("runtime_properties"), &path.key("runtime_properties"));
            for key in ["interfaces", "source_interfaces", "target_interfaces"] {
                self.interfaces(value.get(key), &path.key(key), true);
            }
        }
        for (value, section, name) in entities("node_templates") {
            let path = Trail::section(section);
            let path = path.key(name);
            self.key(value, "capabilities", 3, &path);
            self.interfaces(value.get("interfaces"), &path.key("interfaces"), false);
            let list = value.get("relationships").and_then(Value::as_list).unwrap_or_default();
            let path = path.key("relationships");
            for (index, relationship) in list.iter().enumerate() {
                let path = path.index(index);
                for key in ["source_interfaces", "target_interfaces"] {
                    self.interfaces(relationship.get(key), &path.key(key), false);
                }
            }
        }
        for (value, section, name) in entities("plugins") {
            let path = Trail::section(section);
            let path = path.key(name);
            self.key(value, "install_arguments", 1, &path);
            for key in [
                "package_name",
                "package_version",
                "supported_platform",
                "distribution",
                "distribution_version",
                "distribution_release",
            ] {
                self.key(value, key, 2, &path);
            }
            self.key(value, "properties_description", 5, &path);
            self.key(value, "properties", 5, &path);
        }
        for (value, section, name) in entities("workflows") {
            let path = Trail::section(section);
            let path = path.key(name);
            self.schemas(value.get("parameters"), &path.key("parameters"));
            self.key(value, "availability_rules", 4, &path);
        }
        for (value, section, name) in entities("policy_types") {
            let path = Trail::section(section);
            let path = path.key(name);
            self.schemas(value.get("properties"), &path.key("properties"));
        }
        for (value, section, name) in entities("policy_triggers") {
            let path = Trail::section(section);
            let path = path.key(name);
            self.schemas(value.get("parameters"), &path.key("parameters"));
        }
    }

    fn schemas(&mut self, schemas: Option<&Value>, path: &Trail<'_>) {
        for (name, schema) in schemas.and_then(Value::as_map).into_iter().flatten() {
            let path = path.key(name);
            self.key(schema, "required", 2, &path);
            self.key(schema, "display_label", 3, &path);
            self.key(schema, "hidden", 3, &path);
            self.key(schema, "item_type", 4, &path);
            match schema.get("type").and_then(Value::as_str) {
                Some("operation_name") => {
                    self.gate(5, format_args!("the type `operation_name`"), &path.key("type"));
                }
                Some(kind) if crate::check::constraints::OBJECT_TYPES.contains(&kind) => {
                    self.gate(4, format_args!("the type `{kind}`"), &path.key("type"));
                }
                _ => {}
            }
        }
    }

    fn interfaces(&mut self, interfaces: Option<&Value>, path: &Trail<'_>, schemas: bool) {
        let empty = Map::new();
        for (interface, operations) in interfaces.and_then(Value::as_map).unwrap_or(&empty) {
            for (name, operation) in operations.as_map().unwrap_or(&empty) {
                let path = path.key(interface);
                let path = path.key(name);
                self.key(operation, "max_retries", 1, &path);
                self.key(operation, "retry_interval", 1, &path);
                if schemas {
                    self.schemas(operation.get("inputs"), &path.key("inputs"));
                }
            }
        }
    }
}
