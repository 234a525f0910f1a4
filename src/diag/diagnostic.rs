//! [`Diagnostic`]: one problem, told to a person: code, severity, message, place, hints.

use serde::{Deserialize, Serialize};

use super::{Path, Place, SourceMap};

/// The word code of a rule, for example `unknown-node-type`; explained by `gantry explain CODE`.
pub type Code = &'static str;

/// How bad it is. Only [`Severity::Error`] stops a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The blueprint means nothing, or not what it says.
    Error,
    /// It can be deployed, but is probably not what was meant.
    Warning,
    /// A suggestion.
    Hint,
}

/// The class and number that the reference parser gives the same error (DSL reference, error table).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Exception class, for example `DSLParsingLogicException`.
    pub class: &'static str,
    /// Its number, where it has one.
    pub code: Option<i32>,
}

/// Another place that belongs to a problem: the first of two definitions, say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// What is there.
    pub message: String,
    /// Where.
    pub place: Place,
}

/// A mechanical mend: what to write where. Applied as an edit, never silently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the mend does: "rename to `cloudify.nodes.Compute`".
    pub label: String,
    /// The stretch of text to replace.
    pub place: Place,
    /// What to write there.
    pub replacement: String,
}

/// One problem of a blueprint or project.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// The rule that found it.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence, without the place.
    pub message: String,
    /// What it is about; the root if it is about the whole document.
    pub path: Path,
    /// Where the text stands; filled in by [`Diagnostics::locate`] when the finder knew only the path.
    pub place: Option<Place>,
    /// What to do about it.
    pub hints: Vec<String>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// What the reference parser calls it; none for findings that are ours alone.
    pub reference: Option<Reference>,
    /// A mechanical mend, where there is one.
    pub fix: Option<Fix>,
}

/// Longest message or hint; what is quoted in one may be of any length.
const LONGEST: usize = 2_000;

fn shortened(mut text: String) -> String {
    if text.len() > LONGEST {
        let end = text.floor_char_boundary(LONGEST - 3);
        text.truncate(end);
        text.push('…');
    }
    text
}

impl Diagnostic {
    fn new(severity: Severity, code: Code, path: Path, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: shortened(message.into()),
            path,
            place: None,
            hints: Vec::new(),
            related: Vec::new(),
            reference: None,
            fix: None,
        }
    }

    /// An error at `path`.
    pub fn error(code: Code, path: Path, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, path, message)
    }

    /// A warning at `path`.
    pub fn warning(code: Code, path: Path, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, path, message)
    }

    /// A hint at `path`.
    pub fn hint(code: Code, path: Path, message: impl Into<String>) -> Self {
        Self::new(Severity::Hint, code, path, message)
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(shortened(hint.into()));
        self
    }

    /// Sets the exact place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Adds another place that belongs to it.
    #[must_use]
    pub fn with_related(mut self, message: impl Into<String>, place: Place) -> Self {
        self.related.push(Related { message: shortened(message.into()), place });
        self
    }

    /// Says what the reference parser calls it.
    #[must_use]
    pub fn with_reference(mut self, class: &'static str, code: Option<i32>) -> Self {
        self.reference = Some(Reference { class, code });
        self
    }

    /// Adds a mechanical mend.
    #[must_use]
    pub fn with_fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// All problems that were found, in the order of their finding until [`Diagnostics::sort`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None found.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(other);
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Those that the reference parser tells too, as errors: it knows nothing else.
    #[must_use]
    pub fn as_the_reference_sees_them(self) -> Self {
        let told = self.0.into_iter().filter(|diagnostic| diagnostic.reference.is_some());
        told.map(|diagnostic| Diagnostic { severity: Severity::Error, ..diagnostic }).collect()
    }

    /// The first error, if there is one.
    pub fn first_error(&self) -> Option<&Diagnostic> {
        self.0.iter().find(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many are of `severity`.
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// In order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// In order, to change them.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.0.iter_mut()
    }

    /// Gives every diagnostic that has none the place of its path, or of the nearest ancestor that has one.
    pub fn locate(&mut self, map: &SourceMap) {
        for diagnostic in &mut self.0 {
            if diagnostic.place.is_none() {
                diagnostic.place = map.nearest(&diagnostic.path);
            }
        }
    }

    /// Errors first, then by file and place, then by code: the order in which they are shown.
    pub fn sort(&mut self) {
        self.0.sort_by(|a, b| {
            (a.severity, &a.place, &a.path, a.code).cmp(&(b.severity, &b.place, &b.path, b.code))
        });
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a mut Diagnostics {
    type Item = &'a mut Diagnostic;
    type IntoIter = std::slice::IterMut<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter_mut()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}
