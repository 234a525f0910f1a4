//! [`read`]: a blueprint's text and all that it imports → [`Blueprint`], places and problems. Never fails.
//!
//! Owns the order of the steps: YAML, imports, namespaces, merging, shapes. Does not judge names or values.

use std::sync::Arc;

use super::imports::{Imported, Unit};
use super::merge::Merger;
use super::{FileError, Files, islands, namespace, sections};
use crate::diag::{Diagnostic, Diagnostics, Inside, Mark, Path, Place, Source, SourceMap, Span};
use crate::model::{Blueprint, Map, Value};

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// What the text says, merged with all that it imports.
    pub blueprint: Blueprint,
    /// Where each value of the blueprint stands.
    pub source_map: SourceMap,
    /// The blueprint's own text first, then each imported file once.
    pub sources: Vec<Source>,
    /// Problems of form: YAML, imports, merging, shape. Located, in the order of their finding.
    pub diagnostics: Diagnostics,
    /// Problems that the reference parser has and this program doesn't: text that is not plain ASCII. Told as
    /// warnings, or as errors where its judgement is asked for.
    pub foreign: Diagnostics,
}

/// Reads a blueprint and what it imports.
pub fn read(source: &Source, files: &dyn Files) -> Reading {
    whole(source, files, false)
}

/// Like [`read`], for a text that is being edited: of what was read of it a moment ago only the entity that differs is read
/// again. The result is the same.
pub fn read_edited(source: &Source, files: &dyn Files) -> Reading {
    whole(source, files, true)
}

fn whole(source: &Source, files: &dyn Files, edited: bool) -> Reading {
    let mut imported = Imported::default();
    imported.edited = edited;
    let (main, mut mark) = imported.load(source);
    let version = main.get("tosca_definitions_version").and_then(Value::as_str).map(str::to_owned);
    let minor = version.as_deref().and_then(minor_of);
    imported.follow(source, &main, &mark, minor, files);
    let units = std::mem::take(&mut imported.units);
    let mut blueprint = Blueprint::default();
    let mut root = Mark::new(0, mark.value(), Inside::Nothing);
    let mut own = main;
    take_over(&mut own, &mut mark, &mut blueprint, &mut root);
    let names = imported.files.clone();
    let mut merger = Merger {
        blueprint: &mut blueprint,
        mark: &mut root,
        files: &names,
        diagnostics: &mut imported.diagnostics,
        minor: minor.unwrap_or(5),
    };
    let basic = own.get("node_types").is_some_and(|types| types.get("cloudify.nodes.Root").is_some());
    let mut misnamed = sections::misnamed(&own);
    merger.add(own, mark, basic);
    for mut unit in units {
        misnamed.extend(sections::misnamed(&unit.sections));
        check_version(&unit, version.as_deref(), minor, merger.diagnostics);
        plugin_properties(&mut unit, minor, merger.diagnostics);
        if let Some(namespace) = &unit.namespace {
            namespace::apply(namespace, &mut unit.sections, &mut unit.mark);
        }
        merger.add(unit.sections, unit.mark, unit.basic);
    }
    blueprint.blueprints = std::mem::take(&mut imported.blueprints);
    // What a section would define that is no map, or goes by another name, is not missed again, wherever it is used.
    let defines = ["plugins", "data_types", "node_types", "relationships", "node_templates"];
    let unreadable = |section: &&str| {
        blueprint.sections.get(section).is_some_and(|value| !value.is_null() && value.as_map().is_none())
    };
    let brings = |section: &&str| {
        defines.contains(section) || ["imports", "policy_types", "policy_triggers"].contains(section)
    };
    blueprint.incomplete |=
        imported.incomplete || defines.iter().any(unreadable) || misnamed.iter().any(brings);
    blueprint.misnamed = misnamed;
    find_scripts(&mut blueprint, files);
    let source_map = SourceMap::new(imported.files.clone(), root);
    let mut diagnostics = std::mem::take(&mut imported.diagnostics);
    duplicates(&imported, &source_map, &mut diagnostics);
    sections::check(&blueprint, &source_map, imported.odd_keys, &mut diagnostics);
    diagnostics.locate(&source_map);
    let foreign = non_ascii(&imported);
    Reading { blueprint, source_map, sources: imported.sources, diagnostics, foreign }
}

/// Reads one YAML or JSON value, for inputs and states: with places, limits and YAML 1.1 scalars, without
/// imports.
pub fn read_value(source: &Source) -> (Value, SourceMap, Diagnostics) {
    let (document, errors) = islands::parse(source, 0);
    let mut diagnostics: Diagnostics = errors.into_iter().collect();
    diagnostics.extend(document.problems);
    for duplicate in document.duplicates {
        diagnostics.push(duplicate_key(&source.name, &duplicate, false));
    }
    (document.tree.value, SourceMap::new(vec![source.name.clone()], document.tree.mark), diagnostics)
}

/// What a text that is being edited says, as [`read_value`] would read it; see [`read_edited`].
pub fn read_edited_value(text: &Arc<str>) -> Value {
    match super::recent::parsed(text) {
        Some(known) => known.document.tree.value.clone(),
        None => read_value(&Source::new("", text.clone())).0,
    }
}

/// `4` of `cloudify_dsl_1_4`.
fn minor_of(version: &str) -> Option<u32> {
    let minor = version.strip_prefix("cloudify_dsl_1_")?.parse().ok()?;
    (minor <= 5).then_some(minor)
}

/// Sections that only the main file's word counts for.
fn take_over(sections: &mut Map, mark: &mut Mark, blueprint: &mut Blueprint, root: &mut Mark) {
    for section in ["tosca_definitions_version", "imports", "dsl_definitions"] {
        if let Some(value) = sections.shift_remove(section) {
            blueprint.sections.insert(section.to_owned(), value);
            root.insert(section, mark.get_mut(section).map(std::mem::take).unwrap_or_default());
        }
    }
}

fn check_version(unit: &Unit, main: Option<&str>, minor: Option<u32>, diagnostics: &mut Diagnostics) {
    let Some(version) = unit.sections.get("tosca_definitions_version") else { return };
    let (Some(main), Some(minor)) = (main, minor) else { return };
    let (class, code) = match version.as_str().and_then(minor_of) {
        Some(own) if own <= minor => return,
        Some(_) => ("DSLParsingLogicException", Some(28)),
        None => ("ValueError", None),
    };
    let (message, hint) = if code.is_some() {
        let message =
            format!("a file of version `{version}` is imported into a blueprint of version `{main}`");
        (message, format!("set `tosca_definitions_version: {version}` in the blueprint"))
    } else {
        let message = format!("a file is imported whose version is `{version}`, which is none of the DSL's");
        (message, format!("set it to `{main}` in that file, or leave it out there"))
    };
    let mut diagnostic = Diagnostic::error("import-newer-version", Path::of(["imports"]), message)
        .with_hint(hint)
        .with_reference(class, code);
    if let Some(place) = &unit.place {
        diagnostic = diagnostic.at(place.clone());
    }
    diagnostics.push(diagnostic);
}

/// Gives a plugin file's plugins the properties that stand beside the import.
fn plugin_properties(unit: &mut Unit, minor: Option<u32>, diagnostics: &mut Diagnostics) {
    let place = unit.place.clone();
    let mut tell = |class: &'static str, number: i32, message: String| {
        let mut diagnostic = Diagnostic::error("import-properties", Path::of(["imports"]), message)
            .with_reference(class, Some(number));
        if let Some(place) = &place {
            diagnostic = diagnostic.at(place.clone());
        }
        diagnostics.push(diagnostic);
    };
    if let Some(properties) = &unit.properties {
        if minor.is_some_and(|minor| minor < 5) {
            let message = "imports with properties came with `cloudify_dsl_1_5`".to_owned();
            tell("DSLParsingLogicException", 102, message);
        }
        for (name, value) in properties {
            if value.is_null() || value.as_map().is_some() && value.call().is_none() {
                let message =
                    format!("the property `{name}` of an import is a plain value, a list or a function");
                tell("DSLParsingFormatException", 220, message);
            }
        }
    }
    let given = unit.properties.take().unwrap_or_default();
    let Some(Value::Map(plugins)) = unit.sections.get_mut("plugins") else { return };
    for plugin in plugins.values_mut() {
        let Some(Value::Map(schemas)) = (match plugin {
            Value::Map(plugin) => plugin.get_mut("properties"),
            _ => None,
        }) else {
            continue;
        };
        if schemas.is_empty() {
            continue;
        }
        for (name, value) in &given {
            let Some(Value::Map(schema)) = schemas.get_mut(name) else {
                tell("DSLParsingLogicException", 221, format!("the plugin has no property `{name}`"));
                continue;
            };
            let fits = match schema.get("type").and_then(Value::as_str) {
                Some("string") => {
                    matches!(value, Value::String(_) | Value::Int(_) | Value::BigInt(_) | Value::Bool(_))
                }
                Some("integer") => matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Bool(_)),
                Some("float") => {
                    matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Bool(_))
                }
                Some("boolean") => matches!(value, Value::Bool(_)),
                Some("list") => matches!(value, Value::List(_)),
                _ => {
                    let message =
                        format!("the plugin's property `{name}` has a type that imports can't give");
                    tell("DSLParsingFormatException", 220, message);
                    continue;
                }
            };
            if fits || value.call().is_some() {
                schema.insert("value".into(), value.clone());
            } else {
                let message = format!("the plugin's property `{name}` can't be a {}", value.kind());
                tell("DSLParsingLogicException", 221, message);
            }
        }
    }
}

/// The script files that operations and workflows name and that exist.
fn find_scripts(blueprint: &mut Blueprint, files: &dyn Files) {
    let mut named = std::collections::BTreeSet::new();
    let mut note = |value: Option<&Value>| {
        if let Some(Value::String(text)) = value
            && !text.is_empty()
            && text.len() < 4096
            && !without_last_line_end(text).contains('\n')
        {
            named.insert(text.clone());
        }
    };
    let mut interfaces = |entity: &Value, key: &str| {
        let Some(interfaces) = entity.get(key).and_then(Value::as_map) else { return };
        for operation in interfaces.values().filter_map(Value::as_map).flat_map(Map::values) {
            note(Some(operation));
            note(operation.get("implementation"));
        }
    };
    let entities = |section: &str| blueprint.section(section).into_iter().flat_map(Map::values);
    for entity in entities("node_types").chain(entities("node_templates")) {
        interfaces(entity, "interfaces");
        for relationship in entity.get("relationships").and_then(Value::as_list).unwrap_or_default() {
            interfaces(relationship, "source_interfaces");
            interfaces(relationship, "target_interfaces");
        }
    }
    for entity in entities("relationships") {
        interfaces(entity, "source_interfaces");
        interfaces(entity, "target_interfaces");
    }
    for workflow in entities("workflows") {
        note(Some(workflow));
        note(workflow.get("mapping"));
    }
    let plain = |name: &str| name.rsplit(namespace::DELIMITER).next().unwrap_or_default().to_owned();
    blueprint.scripts =
        named.into_iter().filter(|name| files.exists(&plain(without_last_line_end(name)))).collect();
}

/// A script's name that stands in a block of text ends with the line.
fn without_last_line_end(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

fn duplicate_key(file: &Arc<str>, duplicate: &super::yaml::Duplicate, entity: bool) -> Diagnostic {
    let place = |span: Span| Place { file: file.clone(), span };
    let message = format!(
        "`{}` is given twice, on lines {} and {}; the last one counts",
        duplicate.key, duplicate.first.line, duplicate.second.line
    );
    let diagnostic = if entity {
        Diagnostic::error("duplicate-name", Path::root(), message)
    } else {
        Diagnostic::warning("duplicate-key", Path::root(), message)
    };
    diagnostic
        .at(place(duplicate.second))
        .with_related("the first one", place(duplicate.first))
        .with_hint("rename or remove one of them")
}

fn duplicates(imported: &Imported, map: &SourceMap, diagnostics: &mut Diagnostics) {
    for (file, duplicate) in &imported.duplicates {
        let Some(name) = imported.files.get(*file as usize) else { continue };
        let mut diagnostic = duplicate_key(name, duplicate, duplicate.depth <= 1);
        diagnostic.path = path_of(map.root(), *file, duplicate.second).unwrap_or_default();
        diagnostics.push(diagnostic);
    }
}

/// The path of the key that stands at `span`.
fn path_of(root: &Mark, file: u32, span: Span) -> Option<Path> {
    fn find(mark: &Mark, file: u32, span: Span, path: &Path) -> Option<Path> {
        if mark.key() == Some(span) && mark.file == file {
            return Some(path.clone());
        }
        let covers = |mark: &Mark| {
            mark.file != file
                || mark.key().is_some_and(|key| key.start <= span.start && span.end <= key.end)
                || mark.value().is_some_and(|value| value.start <= span.start && span.end <= value.end)
        };
        match &mark.inside {
            Inside::Nothing => None,
            Inside::List(list) => list
                .iter()
                .enumerate()
                .filter(|(_, inner)| covers(inner))
                .find_map(|(index, inner)| find(inner, file, span, &path.index(index))),
            Inside::Map(map) => map
                .iter()
                .filter(|(_, inner)| path.segments().is_empty() || covers(inner))
                .find_map(|(key, inner)| find(inner, file, span, &path.key(key))),
        }
    }
    find(root, file, span, &Path::root())
}

/// Text that the reference parser refuses to read, once a file.
fn non_ascii(imported: &Imported) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut told = std::collections::HashSet::new();
    for (file, span) in &imported.non_ascii {
        let Some(name) = imported.files.get(*file as usize).filter(|_| told.insert(*file)) else { continue };
        found.push(
            Diagnostic::warning(
                "not-ascii",
                Path::root(),
                "text beyond ASCII, which Cloudify's own parser refuses",
            )
            .at(Place { file: name.clone(), span: *span })
            .with_reference("DSLParsingInputTypeException", Some(108)),
        );
    }
    found
}

impl From<std::io::Error> for FileError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::NotFound {
            Self::NotFound
        } else {
            Self::Unreadable(error.to_string())
        }
    }
}
