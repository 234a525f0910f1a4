//! `gantry evaluate`: run-time functions over a given state, offline.

use std::path::PathBuf;

use clap::Args;

use super::args::Format;
use super::output::{self, exit};
use super::topology::{parse, value_of};
use crate::check::evaluate::{GivenState, Here, evaluate};
use crate::diag::{Diagnostic, Diagnostics, Path, escape, render};
use crate::model::{Map, Value};

/// `gantry evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArguments {
    /// State as YAML or JSON
    ///
    /// A map of `nodes: [{id, properties, relationships}]`, `node_instances: [{id, node_id, runtime_properties,
    /// relationships: [{type, target_name, target_id}], scaling_groups, index}]`, `inputs`, `secrets`,
    /// `capabilities: {DEPLOYMENT: {NAME: value}}`, `group_capabilities: {GROUP: {NAME: value}}`,
    /// `labels: {KEY: [values]}`, `deployment: {id, name, blueprint, owner}`, `tenant: {name}` and
    /// `consumers: {ID: name}`; each may be left out.
    #[arg(long, value_name = "FILE")]
    pub state: PathBuf,

    /// Instance that SELF means
    #[arg(long = "self", value_name = "INSTANCE")]
    pub self_: Option<String>,

    /// Instance that SOURCE means
    #[arg(long, value_name = "INSTANCE")]
    pub source: Option<String>,

    /// Instance that TARGET means
    #[arg(long, value_name = "INSTANCE")]
    pub target: Option<String>,

    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,

    /// What to evaluate, as YAML or JSON: any shape with functions inside
    #[arg(value_name = "EXPR")]
    pub expression: String,
}

/// Runs the verb. Exit 1 if it can't be evaluated.
pub fn run(arguments: &EvaluateArguments) -> u8 {
    let read =
        value_of(&arguments.state).and_then(|state| Ok((state, parse("EXPR", &arguments.expression)?)));
    let (state, expression) = match read {
        Ok(read) => read,
        Err(message) => return output::failed(message, exit::USAGE),
    };
    let here = Here {
        self_: arguments.self_.clone(),
        source: arguments.source.clone(),
        target: arguments.target.clone(),
    };
    let state = GivenState::new(&state);
    match evaluate(&expression, &here, &state) {
        Ok(evaluated) => {
            match arguments.format {
                Format::Json => {
                    output::value_json(&Value::Map(Map::from([("value".to_owned(), evaluated.value)])));
                }
                Format::Text => {
                    output::line(crate::dsl::write(&evaluated.value).trim_end());
                    for wait in evaluated.waits {
                        output::note(escape(&format!("waits for {wait}")));
                    }
                }
            }
            exit::OK
        }
        Err(error) => {
            let problem =
                Diagnostic::error(error.code, Path::root(), error.message).with_reference(error.class, None);
            match arguments.format {
                Format::Json => {
                    let problems: Diagnostics = [problem].into_iter().collect();
                    output::json(&output::problems_json(&problems));
                }
                Format::Text => output::note(render(&problem, |_| None).trim_end()),
            }
            exit::PROBLEMS
        }
    }
}
