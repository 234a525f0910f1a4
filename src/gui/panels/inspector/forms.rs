//! [`Forms`]: what the inspector remembers of its fields: what is typed, which are shown as YAML, functions begun.

use std::collections::{HashMap, HashSet};

use crate::diag::Path;
use crate::gui::editor::Drafts;

/// What the inspector's forms remember. Nothing of it is in a file.
#[derive(Debug, Default)]
pub struct Forms {
    /// What is typed and not yet taken.
    pub drafts: Drafts,
    /// Only fields whose names hold this are shown.
    pub filter: String,
    /// The place of a problem whose field is brought into view: lane and path.
    pub wanted: Option<(String, Path)>,
    /// Frames in which that may still turn up.
    patience: u8,
    /// The field that was brought into view, until a person clicks somewhere.
    pub found: Option<String>,
    /// The field that is given the keyboard in the next frame.
    pub focus: Option<String>,
    /// Fields that are shown as YAML, by name.
    texts: HashSet<String>,
    /// Functions that were chosen for a field and have no arguments yet, by the field's name.
    begun: HashMap<String, String>,
}

impl Forms {
    /// Has the field of a place brought into view.
    pub fn reveal(&mut self, lane: &str, at: &Path) {
        self.wanted = Some((lane.to_owned(), at.clone()));
        self.patience = 4;
        self.found = None;
        self.filter.clear();
    }

    /// All fields are drawn: what did not turn up for some frames has no field.
    pub fn drawn(&mut self) {
        self.patience = self.patience.saturating_sub(1);
        if self.patience == 0 {
            self.wanted = None;
        }
    }

    /// Whether what is wanted stands in `at` of a lane.
    pub fn wants(&self, lane: &str, at: &Path) -> bool {
        self.wanted.as_ref().is_some_and(|(known, wanted)| known == lane && at.contains(wanted))
    }

    /// Whether a field is shown as YAML.
    pub fn is_text(&self, key: &str) -> bool {
        self.texts.contains(key)
    }

    /// Shows a field as YAML, or as a form.
    pub fn show_text(&mut self, key: &str, text: bool) {
        self.forget(key);
        if text {
            self.texts.insert(key.to_owned());
        }
    }

    /// The function that was chosen for a field and has no arguments yet.
    pub fn begun(&self, key: &str) -> Option<&str> {
        self.begun.get(key).map(String::as_str)
    }

    /// Begins a function.
    pub fn begin(&mut self, key: &str, function: &str) {
        self.forget(key);
        self.begun.insert(key.to_owned(), function.to_owned());
    }

    /// The function that was begun is in the blueprint, or not wanted any more.
    pub fn end(&mut self, key: &str) {
        self.begun.remove(key);
    }

    /// The field is as at first.
    pub fn forget(&mut self, key: &str) {
        self.drafts.forget(key);
        self.texts.remove(key);
        self.begun.remove(key);
    }
}
