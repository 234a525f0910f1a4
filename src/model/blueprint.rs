//! [`Blueprint`]: what the text of a blueprint and of all that it imports says, merged into one document.
//!
//! Plain values under the section names of the DSL; nothing is inherited, bound or judged yet. Does not know
//! where a value was read from: see [`crate::diag::SourceMap`], whose paths are those of this document.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::{Map, Value};
use crate::diag::{Path, Segment};

/// A blueprint and its imports, merged (DSL reference, "imports and namespaces").
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blueprint {
    /// Sections by name: `inputs`, `node_templates` …; unknown ones too.
    pub sections: Map,
    /// Names in sections that come from the basic types, as `section` → names: they may be imported again and
    /// carry no namespace.
    pub basic_types: IndexMap<String, BTreeSet<String>>,
    /// Blueprints imported with `blueprint:ID`, by namespace.
    pub blueprints: IndexMap<String, String>,
    /// Script files that operations and workflows name and that exist beside the blueprint.
    pub scripts: BTreeSet<String>,
    /// Whether something is missing from the document (an import that was not found, lines that could not be
    /// read): names that are unknown may be defined in the missing part.
    pub incomplete: bool,
    /// Sections that a file lacks, and that one of an unknown name in it was probably meant to be.
    pub misnamed: BTreeSet<&'static str>,
}

impl Blueprint {
    /// A section, if it is a map.
    pub fn section(&self, name: &str) -> Option<&Map> {
        self.sections.get(name)?.as_map()
    }

    /// An entity of a section: `entity("node_templates", "web")`.
    pub fn entity(&self, section: &str, name: &str) -> Option<&Value> {
        self.section(section)?.get(name)
    }

    /// What stands at an address.
    pub fn at(&self, path: &Path) -> Option<&Value> {
        let (first, rest) = path.segments().split_first()?;
        let Segment::Key(section) = first else { return None };
        rest.iter().try_fold(self.sections.get(section)?, |value, step| match step {
            Segment::Key(key) => value.get(key),
            Segment::Index(index) => value.as_list()?.get(*index),
        })
    }

    /// `tosca_definitions_version` as written.
    pub fn version(&self) -> Option<&str> {
        self.sections.get("tosca_definitions_version")?.as_str()
    }

    /// Whether `name` of `section` is one of the basic types.
    pub fn is_basic_type(&self, section: &str, name: &str) -> bool {
        self.basic_types.get(section).is_some_and(|names| names.contains(name))
    }
}
