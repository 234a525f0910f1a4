//! Following `imports`: which files, in which order, under which namespace (DSL reference, "imports and
//! namespaces").
//!
//! Breadth first; a file that is reached twice under the same namespace is read once, so files may import each
//! other. Gets files through [`Files`] only.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::namespace::DELIMITER;
use super::tree::Tree;
use super::{FileError, Files, islands, memory, recent};
use crate::diag::{Diagnostic, Diagnostics, Mark, Path, Place, Source, Span};
use crate::model::{Map, Value};

/// Files that one blueprint may pull in.
const FILES: usize = 500;
/// Namespaces in each other: a file that imports itself under one would go on for ever.
const NAMESPACES: usize = 16;

/// One imported file, parsed.
pub(super) struct Unit {
    pub sections: Map,
    pub mark: Mark,
    pub namespace: Option<String>,
    /// It holds the basic types: it keeps its names.
    pub basic: bool,
    /// Properties that the import gives to the file's plugins.
    pub properties: Option<Map>,
    /// Where the import stands.
    pub place: Option<Place>,
    source: Arc<str>,
}

/// What following the imports gave.
#[derive(Default)]
pub(super) struct Imported {
    pub units: Vec<Unit>,
    pub sources: Vec<Source>,
    pub files: Vec<Arc<str>>,
    /// Namespace → blueprint id, of `blueprint:` imports.
    pub blueprints: indexmap::IndexMap<String, String>,
    pub diagnostics: Diagnostics,
    pub duplicates: Vec<(u32, super::yaml::Duplicate)>,
    pub non_ascii: Vec<(u32, Span)>,
    pub incomplete: bool,
    /// Some key is no text.
    pub odd_keys: bool,
    /// The file that is being edited.
    pub edited: bool,
    parsed: HashMap<Arc<str>, (Map, Mark)>,
    seen: HashMap<(Arc<str>, Option<String>), bool>,
}

struct Wanted {
    address: String,
    properties: Option<Value>,
    place: Option<Place>,
    path: Path,
    from: Arc<str>,
    namespace: Option<String>,
}

impl Imported {
    /// Parses a file and keeps its source; gives the index of the file and what stands in it.
    pub fn load(&mut self, source: &Source) -> (Map, Mark) {
        let file = self.files.len() as u32;
        self.files.push(source.name.clone());
        self.sources.push(source.clone());
        if let Some(known) = memory::recall(source, file) {
            return known;
        }
        if self.edited
            && file == 0
            && let Some(known) = recent::parsed(&source.text)
            && let Tree { value: Value::Map(sections), mark, .. } = known.document.tree.clone()
        {
            self.non_ascii.extend(known.document.non_ascii.iter().map(|span| (file, *span)));
            return (sections, mark);
        }
        let (document, errors) = islands::parse(source, file);
        if errors.is_empty() {
            memory::keep(source, &document);
        }
        self.incomplete |= !errors.is_empty();
        self.odd_keys |= document.odd_keys;
        self.diagnostics.extend(errors);
        self.diagnostics.extend(document.problems);
        self.duplicates.extend(document.duplicates.into_iter().map(|duplicate| (file, duplicate)));
        self.non_ascii.extend(document.non_ascii.into_iter().map(|span| (file, span)));
        let mark = document.tree.mark;
        let sections = match document.tree.value {
            Value::Map(map) => map,
            Value::Null => Map::new(),
            other => {
                let message = format!("a blueprint is a map of sections, not {}", other.a_kind());
                let mut diagnostic = Diagnostic::error("wrong-kind", Path::root(), message)
                    .with_reference("DSLParsingFormatException", Some(1));
                if let Some(span) = mark.value() {
                    diagnostic = diagnostic.at(Place { file: source.name.clone(), span });
                }
                self.diagnostics.push(diagnostic);
                self.incomplete = true;
                Map::new()
            }
        };
        (sections, mark)
    }

    /// Like [`Self::load`], once for each file.
    fn load_once(&mut self, source: &Source) -> (Map, Mark) {
        if let Some(known) = self.parsed.get(&source.name) {
            return known.clone();
        }
        let loaded = self.load(source);
        self.parsed.insert(source.name.clone(), loaded.clone());
        loaded
    }

    /// Follows the imports of the main file, which is of `cloudify_dsl_1_MINOR`.
    pub fn follow(
        &mut self,
        main: &Source,
        sections: &Map,
        mark: &Mark,
        minor: Option<u32>,
        files: &dyn Files,
    ) {
        self.seen.insert((main.name.clone(), None), false);
        self.says_nothing(sections, mark, &main.name);
        self.listed_twice(sections, mark, &main.name);
        let mut queue: VecDeque<Wanted> = self.wanted(sections, mark, &main.name, None).into();
        while let Some(wanted) = queue.pop_front() {
            if self.units.len() >= FILES {
                self.refuse(
                    &wanted,
                    "too-many-imports",
                    format!("more than {FILES} files are imported"),
                    None,
                );
                return;
            }
            let Some(unit) = self.fetch(&wanted, minor, files) else { continue };
            queue.extend(self.wanted(&unit.sections, &unit.mark, &unit.source, unit.namespace.as_deref()));
            self.units.push(unit);
        }
    }

    fn refuse(&mut self, wanted: &Wanted, code: &'static str, message: String, reference: Option<i32>) {
        let mut diagnostic = Diagnostic::error(code, wanted.path.clone(), message);
        if let Some(number) = reference {
            diagnostic = diagnostic.with_reference("DSLParsingLogicException", Some(number));
        }
        if let Some(place) = &wanted.place {
            diagnostic = diagnostic.at(place.clone());
        }
        self.incomplete = true;
        self.diagnostics.push(diagnostic);
    }

    /// `imports:` without a list: the reference parser stumbles over it.
    fn says_nothing(&mut self, sections: &Map, mark: &Mark, file: &Arc<str>) {
        if sections.get("imports").is_some_and(Value::is_null) {
            let mut diagnostic =
                Diagnostic::warning("wrong-kind", Path::of(["imports"]), "`imports` is empty")
                    .with_hint("remove it: Cloudify refuses it")
                    .with_reference("TypeError", None);
            let key = mark.get(&crate::diag::Segment::Key("imports".into())).and_then(Mark::key);
            if let Some(span) = key {
                diagnostic = diagnostic.at(Place { file: file.clone(), span });
            }
            self.diagnostics.push(diagnostic);
        }
    }

    fn listed_twice(&mut self, sections: &Map, mark: &Mark, file: &Arc<str>) {
        let mut seen = HashSet::new();
        for wanted in self.wanted(sections, mark, file, None) {
            if !seen.insert(wanted.address.clone()) {
                let message = format!("`{}` is imported twice", wanted.address);
                let mut diagnostic = Diagnostic::error("duplicate-import", wanted.path.clone(), message)
                    .with_hint("remove one of the two lines")
                    .with_reference("DSLParsingFormatException", Some(2));
                if let Some(place) = wanted.place {
                    diagnostic = diagnostic.at(place);
                }
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// What a file imports.
    fn wanted(
        &mut self,
        sections: &Map,
        mark: &Mark,
        from: &Arc<str>,
        namespace: Option<&str>,
    ) -> Vec<Wanted> {
        self.is_a_list(sections, mark, from);
        let list = sections.get("imports").and_then(Value::as_list).unwrap_or_default();
        let path = Path::of(["imports"]);
        let mut all = Vec::new();
        for (index, item) in list.iter().enumerate() {
            let item_mark = mark
                .get(&crate::diag::Segment::Key("imports".into()))
                .and_then(|mark| mark.get(&crate::diag::Segment::Index(index)));
            let place = item_mark.and_then(Mark::value).map(|span| Place { file: from.clone(), span });
            let path = path.index(index);
            let (address, properties) = match item {
                Value::String(address) => (address.clone(), None),
                Value::Map(map) if map.values().any(|value| !value.is_null() && value.as_map().is_none()) => {
                    self.tell_kind(path, "properties of an import are a map".to_owned(), place);
                    continue;
                }
                Value::Map(map) if map.len() == 1 => match map.first() {
                    Some((address, properties)) => (address.clone(), Some(properties.clone())),
                    None => continue,
                },
                Value::Map(_) | Value::Null => {
                    let message =
                        "an import is an address, or a map of one entry: the address and properties";
                    let mut diagnostic = Diagnostic::error("import-specification", path, message)
                        .with_reference("DSLParsingFormatException", Some(220));
                    if let Some(place) = place {
                        diagnostic = diagnostic.at(place);
                    }
                    self.tell_once(diagnostic);
                    continue;
                }
                // The main file's shape is judged with its other sections.
                _ if self.is_main(from) => {
                    self.incomplete = true;
                    continue;
                }
                other => {
                    let message = format!("text or a map is expected here, not {}", other.a_kind());
                    self.tell_kind(path, message, place);
                    continue;
                }
            };
            all.push(Wanted {
                address,
                properties,
                place,
                path,
                from: from.clone(),
                namespace: namespace.map(str::to_owned),
            });
        }
        all
    }

    fn is_main(&self, file: &Arc<str>) -> bool {
        self.files.first() == Some(file)
    }

    /// Imports of an imported file that are no list; those of the main file are judged with its other sections.
    fn is_a_list(&mut self, sections: &Map, mark: &Mark, file: &Arc<str>) {
        let Some(imports) = sections.get("imports") else { return };
        if imports.is_null() || imports.as_list().is_some() {
            return;
        }
        if self.is_main(file) {
            self.incomplete = true;
            return;
        }
        let mark = mark.get(&crate::diag::Segment::Key("imports".into()));
        let place = mark.and_then(Mark::value).map(|span| Place { file: file.clone(), span });
        let message = format!("a list is expected here, not {}", imports.a_kind());
        self.tell_kind(Path::of(["imports"]), message, place);
    }

    /// However often its file is imported.
    fn tell_once(&mut self, diagnostic: Diagnostic) {
        if !self.diagnostics.iter().any(|known| *known == diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Something in `imports` is of the wrong kind.
    fn tell_kind(&mut self, path: Path, message: String, place: Option<Place>) {
        let mut diagnostic = Diagnostic::error("wrong-kind", path, message)
            .with_reference("DSLParsingFormatException", Some(1));
        if let Some(place) = place {
            diagnostic = diagnostic.at(place);
        }
        self.tell_once(diagnostic);
        self.incomplete = true;
    }

    fn fetch(&mut self, wanted: &Wanted, minor: Option<u32>, files: &dyn Files) -> Option<Unit> {
        let (own, address) = match wanted.address.rsplit_once(DELIMITER) {
            Some((namespace, address)) if !namespace.is_empty() => (Some(namespace), address),
            Some((_, address)) => (None, address),
            None => (None, wanted.address.as_str()),
        };
        if own.is_some_and(|own| own.contains(DELIMITER)) {
            let message = format!("a namespace can't contain `{DELIMITER}`");
            self.refuse(wanted, "namespace-delimiter", message, Some(212));
            return None;
        }
        let namespace = match (&wanted.namespace, own) {
            (Some(parent), Some(own)) => Some(format!("{parent}{DELIMITER}{own}")),
            (parent, own) => parent.clone().or_else(|| own.map(str::to_owned)),
        };
        if namespace.as_ref().is_some_and(|namespace| namespace.matches(DELIMITER).count() >= NAMESPACES) {
            let message = format!("namespaces stand more than {NAMESPACES} deep in each other");
            self.refuse(wanted, "too-many-imports", message, None);
            return None;
        }
        if let Some(id) = address.strip_prefix("blueprint:") {
            let Some(namespace) = &namespace else {
                let message = format!("the blueprint `{id}` can be imported under a namespace only");
                self.refuse(wanted, "blueprint-without-namespace", message, Some(213));
                return None;
            };
            if self.blueprints.insert(namespace.clone(), id.to_owned()).is_some() {
                let message = format!("two blueprints are imported under the namespace `{namespace}`");
                self.refuse(wanted, "namespace-reused", message, Some(214));
                return None;
            }
        }
        let source = match files.read_for(address, &wanted.from, minor) {
            Ok(source) => source,
            Err(error) => {
                // Where imports of the blueprint have no properties yet, that is what is wrong with it.
                let gated = wanted.properties.is_some()
                    && minor.is_some_and(|minor| minor < 5)
                    && self.is_main(&wanted.from);
                if gated {
                    let message = "imports with properties came with `cloudify_dsl_1_5`".to_owned();
                    self.refuse(wanted, "import-properties", message, Some(102));
                } else {
                    self.not_found(wanted, address, &error);
                }
                return None;
            }
        };
        let key = (source.name.clone(), namespace.clone());
        if let Some(&basic) = self.seen.get(&key) {
            self.check_basic(wanted, namespace.as_deref(), basic);
            return None;
        }
        let (sections, mark) = self.load_once(&source);
        let basic =
            sections.get("node_types").is_some_and(|types| types.get("cloudify.nodes.Root").is_some());
        if !self.check_basic(wanted, namespace.as_deref(), basic) {
            return None;
        }
        let namespace = namespace.filter(|_| !basic);
        if self.seen.insert((source.name.clone(), namespace.clone()), basic).is_some() {
            return None;
        }
        self.seen.insert(key, basic);
        let properties = match &wanted.properties {
            Some(Value::Map(map)) => Some(map.clone()),
            _ => None,
        };
        let source = source.name;
        Some(Unit { sections, mark, namespace, basic, properties, place: wanted.place.clone(), source })
    }

    fn check_basic(&mut self, wanted: &Wanted, namespace: Option<&str>, basic: bool) -> bool {
        let refused = basic && namespace.is_some() && wanted.namespace.as_deref() != namespace;
        if refused {
            let message = "the basic types can't be imported under a namespace".to_owned();
            self.refuse(wanted, "namespace-on-basic-types", message, Some(214));
        }
        !refused
    }

    fn not_found(&mut self, wanted: &Wanted, address: &str, error: &FileError) {
        let code = if *error == FileError::Outside { "import-outside" } else { "import-not-found" };
        self.refuse(wanted, code, format!("`{address}` can't be imported: {error}"), Some(13));
    }
}
