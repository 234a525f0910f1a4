//! `gantry check`: every problem, with its place and what to do.

use super::args::{CheckArguments, Format};
use super::blueprint;
use super::open::{Opened, open};
use super::output::{self, exit};
use crate::diag::counted;

/// Runs the verb. Exit 1 if there are errors; warnings and hints alone are fine.
pub fn run(arguments: &CheckArguments) -> u8 {
    let path = &arguments.selection.path;
    if path.exists() && !path.is_dir() {
        return file(arguments);
    }
    let Opened { project, lanes } = match open(&arguments.selection) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let problems = project.problems(&lanes);
    match arguments.selection.format {
        Format::Json => output::json(&output::problems_json(&problems)),
        Format::Text => {
            output::problems(&project, &problems);
            let files = counted(lanes.len(), "blueprint");
            output::line(format!("{files} checked: {}", output::tally(&problems)));
        }
    }
    if problems.has_errors() { exit::PROBLEMS } else { exit::OK }
}

/// A blueprint file alone, judged as the reference parser does: whether inputs have values is the deployment's
/// business.
fn file(arguments: &CheckArguments) -> u8 {
    let blueprint =
        match blueprint::load(&arguments.selection.path, &arguments.read, arguments.selection.format) {
            Ok(blueprint) => blueprint,
            Err(code) => return code,
        };
    match arguments.selection.format {
        Format::Json => output::json(&output::problems_json(&blueprint.problems)),
        Format::Text => {
            blueprint::tell(&blueprint.problems, &blueprint.reading);
            output::line(format!("1 blueprint checked: {}", output::tally(&blueprint.problems)));
        }
    }
    if blueprint.problems.has_errors() { exit::PROBLEMS } else { exit::OK }
}
