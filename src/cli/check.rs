//! `gantry check`: every problem, with its place and what to do.

use super::args::{CheckArguments, Format};
use super::open::{Opened, open};
use super::output::{self, exit};

/// Runs the verb. Exit 1 if there are errors; warnings and hints alone are fine.
pub fn run(arguments: &CheckArguments) -> u8 {
    let Opened { project, lanes } = match open(&arguments.selection) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let problems = project.problems(&lanes);
    match arguments.selection.format {
        Format::Json => output::json(&output::problems_json(&problems)),
        Format::Text => {
            output::problems(&project, &problems);
            let files = lanes.len();
            output::line(format!(
                "{files} blueprint{} checked: {}",
                if files == 1 { "" } else { "s" },
                output::tally(&problems)
            ));
        }
    }
    if problems.has_errors() { exit::PROBLEMS } else { exit::OK }
}
