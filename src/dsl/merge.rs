//! Merging the sections of imported files into one document (DSL reference, "top-level keys").
//!
//! Which sections merge depends on the version; a name that two files define is an error, but for the basic
//! types (which may be given again), workflows (missing fields are filled in), labels (the importing file's are
//! kept) and node templates that only add relationships. Knows nothing about what the sections mean.

use crate::diag::{Diagnostic, Diagnostics, Inside, Mark, Path, Place, Severity};
use crate::model::{Blueprint, Map, Value};

const ALWAYS: &[&str] = &[
    "interfaces",
    "node_types",
    "plugins",
    "workflows",
    "relationships",
    "policy_types",
    "groups",
    "policy_triggers",
    "data_types",
];
const FROM_1_3: &[&str] =
    &["inputs", "outputs", "node_templates", "capabilities", "blueprint_labels", "labels", "resource_tags"];
const KEPT: &[&str] = &["labels", "blueprint_labels", "resource_tags"];

/// The document under construction.
pub(super) struct Merger<'a> {
    pub blueprint: &'a mut Blueprint,
    pub mark: &'a mut Mark,
    pub files: &'a [std::sync::Arc<str>],
    pub diagnostics: &'a mut Diagnostics,
    /// Minor number of the main file's version.
    pub minor: u32,
}

impl Merger<'_> {
    /// Adds one file's sections. `basic`: it holds the basic types.
    pub fn add(&mut self, sections: Map, mut mark: Mark, basic: bool) {
        for (section, value) in sections {
            let inner = mark.get_mut(&section).map(std::mem::take).unwrap_or_default();
            if matches!(section.as_str(), "dsl_definitions" | "imports" | "tosca_definitions_version") {
                continue;
            }
            if basic && let Value::Map(map) = &value {
                self.blueprint.basic_types.entry(section.clone()).or_default().extend(map.keys().cloned());
            }
            let known = self.blueprint.sections.get(&section);
            let nothing = value.is_null() || known.is_some_and(Value::is_null);
            if known.is_none() {
                self.blueprint.sections.insert(section.clone(), value);
                self.mark.insert(&section, inner);
            } else if matches!(section.as_str(), "description" | "metadata") {
            } else if ALWAYS.contains(&section.as_str())
                || self.minor >= 3 && FROM_1_3.contains(&section.as_str())
            {
                if value.as_map().is_none() || known.is_some_and(|known| known.as_map().is_none()) {
                    self.no_maps(&section, &inner, nothing);
                    self.take_what_is_said(section, value, inner);
                } else {
                    self.merge(&section, value, inner, basic);
                }
            } else {
                self.refuse(&section, &inner, nothing);
                self.take_what_is_said(section, value, inner);
            }
        }
    }

    /// Where one of two says nothing, the other one counts.
    fn take_what_is_said(&mut self, section: String, value: Value, inner: Mark) {
        if self.blueprint.sections.get(&section).is_some_and(Value::is_null) {
            self.mark.insert(&section, inner);
            self.blueprint.sections.insert(section, value);
        }
    }

    fn place(&self, mark: &Mark) -> Option<Place> {
        Some(Place { file: self.files.get(mark.file as usize)?.clone(), span: mark.key().or(mark.value())? })
    }

    /// Two files have the section, and one of them not as a map; that is harmless where it says nothing at all.
    fn no_maps(&mut self, section: &str, inner: &Mark, nothing: bool) {
        let word = if nothing { "is empty" } else { "is no map" };
        let message = format!("the section `{section}` stands in two files, and in one of them it {word}");
        let mut diagnostic = Diagnostic::error("wrong-kind", Path::of([section]), message)
            .with_reference("ValueError", None)
            .with_hint("remove that one: Cloudify refuses it");
        if nothing {
            diagnostic.severity = Severity::Warning;
        } else {
            self.blueprint.incomplete = true;
        }
        if let Some(place) = self.place(inner) {
            diagnostic = diagnostic.at(place);
        }
        self.diagnostics.push(diagnostic);
    }

    fn refuse(&mut self, section: &str, inner: &Mark, nothing: bool) {
        let later = FROM_1_3.contains(&section);
        let mut diagnostic = Diagnostic::error(
            "section-not-mergeable",
            Path::of([section]),
            format!("the section `{section}` stands in two files and can't be merged"),
        )
        .with_reference("DSLParsingLogicException", Some(3))
        .with_hint(if later {
            "several files may share it from `cloudify_dsl_1_3` on"
        } else {
            "keep it in one file"
        });
        if nothing {
            diagnostic.severity = Severity::Warning;
        } else {
            self.blueprint.incomplete = true;
        }
        if let Some(place) = self.place(inner) {
            diagnostic = diagnostic.at(place);
        }
        if let Some(place) =
            self.mark.get_mut(section).map(|mark| mark.clone()).and_then(|mark| self.place(&mark))
        {
            diagnostic = diagnostic.with_related("the other one", place);
        }
        self.diagnostics.push(diagnostic);
    }

    fn merge(&mut self, section: &str, value: Value, inner: Mark, basic: bool) {
        let Value::Map(map) = value else { return };
        let Inside::Map(mut marks) = inner.inside else { return };
        for (name, value) in map {
            let mark = marks.get_mut(name.as_str()).map(std::mem::take).unwrap_or_default();
            let overwrites = basic || name.starts_with("cloudify.");
            let other = |known: &Value| !known.is_null() && *known != value;
            if overwrites && self.blueprint.entity(section, &name).is_some_and(other) {
                self.shadowed(section, &name, &mark);
            }
            let Some(Value::Map(into)) = self.blueprint.sections.get_mut(section) else { return };
            let known = into.get_mut(&name).filter(|value| !value.is_null());
            match known {
                Some(_) if overwrites => {}
                None => {}
                Some(_) if KEPT.contains(&section) => continue,
                Some(known) if section == "workflows" => {
                    match (known, value) {
                        (Value::Map(known), Value::Map(added)) => {
                            for (key, value) in added {
                                known.get_or_insert_with(key, || value);
                            }
                        }
                        (known, added) if *known == added => {}
                        _ => self.conflict(section, &name, &mark, ("TypeError", None)),
                    }
                    continue;
                }
                Some(known) => {
                    let present = self.mark.get_mut(section).and_then(|mark| mark.get_mut(&name));
                    let joined = section == "node_templates"
                        && present.is_some_and(|present| extend_node(known, present, &value, &mark));
                    if !joined {
                        self.conflict(section, &name, &mark, ("DSLParsingLogicException", Some(4)));
                    }
                    continue;
                }
            }
            into.insert(name.clone(), value);
            if let Some(section) = self.mark.get_mut(section) {
                section.insert(&name, mark);
            }
        }
    }

    /// One definition takes the place of another one without a word: told where the blueprint's own is lost.
    fn shadowed(&mut self, section: &str, name: &str, added: &Mark) {
        let present = self.mark.get_mut(section).and_then(|mark| mark.get_mut(name)).map(|mark| mark.clone());
        let Some(place) = present.and_then(|mark| self.place(&mark)) else { return };
        if place.file.starts_with("built-in:") {
            return;
        }
        let path = Path::of([section, name]);
        let message = format!("`{name}` is defined in an imported file too, and that definition counts");
        let mut diagnostic = Diagnostic::warning("shadowed-name", path, message)
            .at(place)
            .with_hint("give it a name of your own; names that begin with `cloudify.` are Cloudify's");
        if let Some(place) = self.place(added) {
            diagnostic = diagnostic.with_related("the definition that counts", place);
        }
        self.diagnostics.push(diagnostic);
    }

    fn conflict(&mut self, section: &str, name: &str, added: &Mark, reference: (&'static str, Option<i32>)) {
        let path = Path::of([section, name]);
        let mut diagnostic = Diagnostic::error(
            "merge-conflict",
            path,
            format!("`{name}` of `{section}` is defined in two files"),
        )
        .with_reference(reference.0, reference.1)
        .with_hint("rename one of them, or import the other file under a namespace: `NS--FILE`");
        let present = self.mark.get_mut(section).and_then(|mark| mark.get_mut(name)).map(|mark| mark.clone());
        if let Some(place) = self.place(added) {
            diagnostic = diagnostic.at(place);
        }
        if let Some(place) = present.and_then(|mark| self.place(&mark)) {
            diagnostic = diagnostic.with_related("the other definition", place);
        }
        self.diagnostics.push(diagnostic);
    }
}

/// Joins two halves of a node template, if one of them has relationships alone.
fn extend_node(into: &mut Value, into_mark: &mut Mark, from: &Value, from_mark: &Mark) -> bool {
    let (Value::Map(into), Value::Map(from)) = (into, from) else { return false };
    let only = |map: &Map| map.len() == 1 && map.contains_key("relationships");
    let no_list = |map: &Map| map.get("relationships").is_some_and(|list| list.as_list().is_none());
    if !into.contains_key("relationships") || no_list(into) || no_list(from) {
        return false;
    }
    let told_again = only(into) && from.contains_key("type");
    if !only(from) && !told_again {
        return false;
    }
    for (key, value) in from {
        let added =
            from_mark.get(&crate::diag::Segment::Key(key.as_str().into())).cloned().unwrap_or_default();
        if key != "relationships" {
            into.insert(key.clone(), value.clone());
            into_mark.insert(key, added);
            continue;
        }
        let (Some(Value::List(list)), Value::List(more)) = (into.get_mut(key), value) else { continue };
        list.extend(more.iter().cloned());
        if let (Some(Inside::List(marks)), Inside::List(more)) =
            (into_mark.get_mut(key).map(|mark| &mut mark.inside), added.inside)
        {
            marks.extend(more);
        }
    }
    true
}
