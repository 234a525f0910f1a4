//! [`Project`] and [`Document`]: the texts that edits change. Immutable and shared: a copy costs next to nothing.

use std::sync::Arc;

use indexmap::IndexMap;

use super::EditError;
use crate::diag::Source;
use crate::dsl;
use crate::model::{Layout, Manifest, Value};

/// One blueprint file: its text and where its nodes stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The file, relative to the project folder, with `/`.
    pub file: Arc<str>,
    /// The blueprint, byte for byte.
    pub text: Arc<str>,
    /// Its sidecar.
    pub layout: Arc<Layout>,
}

impl Document {
    /// What the blueprint's own text says (without its imports); what can't be read is left out.
    pub fn value(&self) -> Value {
        dsl::read_edited_value(&self.text)
    }
}

/// The documents open together, by lane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Project {
    /// `gantry.yaml`; none where a single blueprint is open.
    pub manifest: Option<Arc<str>>,
    /// In the order of `gantry.yaml`.
    pub documents: IndexMap<String, Document>,
    /// Other text files that edits have made or changed (descriptors, scripts), relative to the project folder; none for
    /// one that was taken away.
    pub files: IndexMap<String, Option<Arc<str>>>,
}

impl Project {
    /// The document of a lane.
    pub fn document(&self, lane: &str) -> Result<&Document, EditError> {
        self.documents.get(lane).ok_or_else(|| EditError::UnknownLane(lane.to_owned()))
    }

    pub(super) fn document_mut(&mut self, lane: &str) -> Result<&mut Document, EditError> {
        self.documents.get_mut(lane).ok_or_else(|| EditError::UnknownLane(lane.to_owned()))
    }

    /// What `gantry.yaml` says; an empty manifest where there is none.
    pub fn settings(&self) -> Manifest {
        let text = self.manifest.clone().unwrap_or_default();
        if text.is_empty() {
            Manifest::default()
        } else {
            dsl::manifest::read(&Source::new("gantry.yaml", text)).0
        }
    }

    /// The name under which a lane is deployed.
    pub fn deployment(&self, lane: &str) -> String {
        self.settings().lanes.get(lane).map_or_else(|| lane.to_owned(), |lane| lane.deployment.clone())
    }

    /// `wish`, or with a number behind it, so that it is no name of `section` in the lane's text.
    pub fn free_name(&self, lane: &str, section: &str, wish: &str) -> String {
        let value = self.documents.get(lane).map(Document::value).unwrap_or_default();
        let taken = value.get(section).and_then(Value::as_map);
        free(wish, |name| taken.is_some_and(|taken| taken.contains_key(name)))
    }
}

/// `wish`, or the first of `wish_2`, `wish_3` … that is not taken.
pub(super) fn free(wish: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(wish) {
        return wish.to_owned();
    }
    let stem = wish
        .rsplit_once('_')
        .filter(|(_, number)| number.parse::<u32>().is_ok())
        .map_or(wish, |(stem, _)| stem);
    (2..u32::MAX).map(|number| format!("{stem}_{number}")).find(|name| !taken(name)).unwrap_or_default()
}
