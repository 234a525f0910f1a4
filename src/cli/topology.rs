//! `gantry topology`: the resolved plan of a blueprint, or of a deployment of it, under the reference plan's names.

use std::path::{Path, PathBuf};

use clap::Args;

use super::args::Format;
use super::blueprint::{self, Blueprint, ReadOptions};
use super::output::{self, exit};
use crate::check::{self, Preview};
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::dsl;
use crate::model::{Map, Value};
use crate::plan;
use crate::session::files;

/// `gantry topology`.
#[derive(Debug, Args)]
pub struct TopologyArguments {
    /// Blueprint file
    pub file: PathBuf,

    /// How it is read.
    #[command(flatten)]
    pub read: ReadOptions,

    /// Inputs as a YAML or JSON file: the plan is that of a deployment; repeatable, later ones win
    #[arg(long, value_name = "FILE")]
    pub inputs: Vec<PathBuf>,

    /// An input: `KEY=VALUE` (VALUE as YAML); the plan is that of a deployment
    #[arg(short = 'i', long = "input", value_name = "KEY=VALUE")]
    pub input: Vec<String>,

    /// Name of the deployment, from which instance ids are made
    #[arg(long, default_value = "deployment", value_name = "NAME")]
    pub deployment: String,

    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Runs the verb. Exit 1 if the blueprint (or the inputs) have errors.
pub fn run(arguments: &TopologyArguments) -> u8 {
    let blueprint = match blueprint::load(&arguments.file, &arguments.read, arguments.format) {
        Ok(blueprint) => blueprint,
        Err(code) => return code,
    };
    if blueprint.problems.has_errors() {
        return refuse(&blueprint.problems, &blueprint, arguments.format);
    }
    let deployment = !arguments.inputs.is_empty() || !arguments.input.is_empty();
    let given = match inputs(arguments) {
        Ok(given) => given,
        Err(message) => return output::failed(message, exit::USAGE),
    };
    let plan = if deployment {
        match deployed(&arguments.deployment, &blueprint, &given, arguments.read.strict_compat) {
            Ok(plan) => plan,
            Err(mut problems) => {
                problems.locate(&blueprint.reading.source_map);
                problems.sort();
                return refuse(&problems, &blueprint, arguments.format);
            }
        }
    } else {
        check::resolved_plan(&blueprint.topology)
    };
    match arguments.format {
        Format::Json => output::value_json(&Value::Map(plan)),
        Format::Text => output::line(dsl::write(&Value::Map(plan)).trim_end()),
    }
    exit::OK
}

/// The plan of a deployment: inputs bound, functions of deploy time evaluated, instances.
fn deployed(name: &str, blueprint: &Blueprint, given: &Map, strict: bool) -> Result<Map, Diagnostics> {
    let topology = &blueprint.topology;
    let (bound, problems) = check::bind_inputs(topology, given);
    let problems = if strict { problems.as_the_reference_sees_them() } else { problems };
    if problems.has_errors() {
        return Err(problems);
    }
    let world = Preview::of_deployment(topology, &bound);
    let evaluated = check::evaluated(topology, &world).map_err(|(path, error)| {
        let diagnostic = Diagnostic::error(error.code, path, error.message).with_reference(error.class, None);
        [diagnostic].into_iter().collect::<Diagnostics>()
    })?;
    let instances = plan::expand(name, &evaluated, &bound)?;
    let mut plan = check::resolved_plan(&evaluated);
    // What it needs is what the blueprint asks for, before anything of it is known.
    if let Some(requirements) = check::resolved_plan(topology).shift_remove("requirements") {
        plan.insert("requirements".into(), requirements);
    }
    plan.insert("inputs".into(), Value::Map(bound));
    plan.insert("node_instances".into(), check::instances_of_plan(&instances, &evaluated));
    Ok(plan)
}

fn inputs(arguments: &TopologyArguments) -> Result<Map, String> {
    let mut given = Map::new();
    for file in &arguments.inputs {
        match value_of(file)? {
            Value::Map(map) => given.extend(map),
            Value::Null => {}
            other => return Err(format!("{}: inputs are a map, not a {}", file.display(), other.kind())),
        }
    }
    for entry in &arguments.input {
        let (key, text) = entry.split_once('=').ok_or_else(|| format!("`{entry}` is no KEY=VALUE"))?;
        given.insert(key.to_owned(), parse("-i", text)?);
    }
    Ok(given)
}

/// A YAML or JSON file as a value.
pub(super) fn value_of(file: &Path) -> Result<Value, String> {
    let name = file.to_string_lossy();
    let source = files::read_source(file, &name).map_err(|problem| problem.to_string())?;
    parse(&name, &source.text)
}

/// A YAML or JSON text as a value.
pub(super) fn parse(name: &str, text: &str) -> Result<Value, String> {
    let (value, _, problems) = dsl::read_value(&Source::new(name, text));
    match problems.iter().find(|problem| problem.severity == crate::diag::Severity::Error) {
        Some(problem) => {
            let place = problem.place.as_ref().map_or_else(|| name.to_owned(), ToString::to_string);
            Err(format!("{place}: {}", problem.message))
        }
        None => Ok(value),
    }
}

fn refuse(problems: &Diagnostics, blueprint: &Blueprint, format: Format) -> u8 {
    match format {
        Format::Json => output::json(&output::problems_json(problems)),
        Format::Text => {
            blueprint::tell(problems, &blueprint.reading);
            output::note(output::tally(problems));
        }
    }
    exit::PROBLEMS
}
