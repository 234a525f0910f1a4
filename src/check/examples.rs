//! Examples of problems: for each code a text that gives it and one that does not, from `assets/explain.yaml`.
//!
//! Text only: the tests try that they are what they say.

use std::sync::OnceLock;

use crate::diag::Source;
use crate::dsl::read_value;
use crate::model::{Map, Value};

/// What a blueprint begins with that an example does not show.
const HEAD: &str = "tosca_definitions_version: cloudify_dsl_1_3\nimports: [cloudify/types/types.yaml]\n";

/// What the texts of an example are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A blueprint.
    Blueprint,
    /// The files of a project.
    Project,
    /// The names in an archive.
    Archive,
    /// A state with an expression, as `gantry evaluate` takes them.
    Evaluation,
    /// Instances and what they depend on.
    State,
}

/// When a problem is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// When the text is read.
    Reading,
    /// When a plan is made.
    Plan,
    /// When a deployment is made.
    Deployment,
}

/// A wrong text and the right one.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// What they are.
    pub kind: Kind,
    /// When the wrong one is found out.
    pub moment: Moment,
    /// An input that the deployment is given.
    pub given: Option<String>,
    /// Whether the wrong one is shown in part: whole, it would be too long.
    pub shortened: bool,
    /// Class and number of the reference parser, where it has the same error.
    pub reference: Option<String>,
    /// Files beside them, by name.
    pub library: Vec<(String, String)>,
    /// Gives the problem. By name of the file; the name is empty where there is but one text.
    pub wrong: Vec<(String, String)>,
    /// Does not.
    pub right: Vec<(String, String)>,
    bare: bool,
}

impl Example {
    /// A blueprint of the example with the lines that are not shown.
    pub fn whole(&self, text: &str) -> String {
        let begins = self.bare || text.contains("tosca_definitions_version");
        if begins { text.to_owned() } else { format!("{HEAD}{text}") }
    }

    fn read(value: &Value) -> Self {
        let word = |key: &str| value.get(key).and_then(Value::as_str);
        let is = |key: &str| value.get(key) == Some(&Value::Bool(true));
        let texts = |key: &str| match value.get(key) {
            Some(Value::String(text)) => vec![(String::new(), text.clone())],
            Some(Value::Map(files)) => files
                .iter()
                .filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned())))
                .collect(),
            _ => Vec::new(),
        };
        let wrong = texts("wrong");
        let kind = match word("of") {
            Some("archive") => Kind::Archive,
            Some("evaluation") => Kind::Evaluation,
            Some("state") => Kind::State,
            _ if wrong.iter().any(|(name, _)| !name.is_empty()) => Kind::Project,
            _ => Kind::Blueprint,
        };
        let moment = match word("at") {
            Some("plan") => Moment::Plan,
            Some("deployment") => Moment::Deployment,
            _ => Moment::Reading,
        };
        Self {
            kind,
            moment,
            given: word("given").map(str::to_owned),
            shortened: is("shortened"),
            reference: word("reference").map(str::to_owned),
            library: texts("library"),
            wrong,
            right: texts("right"),
            bare: is("bare"),
        }
    }
}

/// The example of a code.
pub fn example(code: &str) -> Option<Example> {
    static ALL: OnceLock<Map> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let source = Source::new("explain.yaml", include_str!("../../assets/explain.yaml"));
        read_value(&source).0.as_map().cloned().unwrap_or_default()
    });
    all.get(code).map(Example::read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::explain::CODES;

    #[test]
    fn every_code_has_one_and_they_are_in_order() {
        let source = Source::new("explain.yaml", include_str!("../../assets/explain.yaml"));
        let (all, _, problems) = read_value(&source);
        assert!(problems.is_empty(), "{problems:?}");
        let codes: Vec<&str> = all.as_map().unwrap().keys().map(String::as_str).collect();
        assert_eq!(codes, CODES.iter().map(|(code, _)| *code).collect::<Vec<_>>());
        for code in codes {
            let example = example(code).unwrap();
            assert!(!example.wrong.is_empty() && !example.right.is_empty(), "{code}");
            assert_ne!(example.wrong, example.right, "{code}");
        }
    }
}
