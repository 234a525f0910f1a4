//! The command line: one file a verb. Knows the session, not the window.

pub mod args;
pub mod blueprint;
mod check;
mod deploy;
pub mod evaluate;
mod events;
mod exec;
pub mod explain;
mod export;
mod heal;
pub mod import;
mod interrupt;
mod logs;
pub mod new;
mod open;
pub mod output;
mod outputs;
mod plan;
mod port_forward;
mod progress;
mod scale;
mod start;
mod status;
mod terminal;
pub mod topology;

use std::path::PathBuf;

use clap::Parser as _;

use args::Format;
pub use args::{Arguments, Verb};
pub use terminal::rehearse;

use crate::diag::Diagnostics;
use crate::session::OpenProject;

/// The command line of this process. A wrong one is told on stderr and ends the program with code 2; `--help` and
/// `--version` are told on stdout and end it with 0.
pub fn arguments() -> Arguments {
    Arguments::parse()
}

/// Runs a verb; gives the exit code.
pub fn run(verb: &Verb, data_dir: Option<PathBuf>) -> u8 {
    match verb {
        Verb::Check(arguments) => check::run(arguments),
        Verb::Plan(arguments) => plan::run(arguments, data_dir),
        Verb::Deploy(arguments) => deploy::deploy(arguments, data_dir),
        Verb::Heal(arguments) => heal::run(arguments, data_dir),
        Verb::Status(selection) => status::run(selection, data_dir),
        Verb::Outputs(selection) => outputs::run(selection, data_dir),
        Verb::Events(arguments) => events::run(arguments, data_dir),
        Verb::Undeploy(arguments) => deploy::undeploy(arguments, data_dir),
        Verb::Export(arguments) => export::run(arguments, data_dir),
        Verb::New(arguments) => new::run(arguments, data_dir),
        Verb::Import(arguments) => import::run(arguments, data_dir),
        Verb::Topology(arguments) => topology::run(arguments),
        Verb::Evaluate(arguments) => evaluate::run(arguments),
        Verb::Explain(arguments) => explain::run(arguments),
        Verb::Logs(arguments) => logs::run(arguments, data_dir),
        Verb::Exec(arguments) => exec::run(arguments, data_dir),
        Verb::PortForward(arguments) => port_forward::run(arguments, data_dir),
    }
}

/// Tells why nothing can be planned; gives the exit code.
fn refuse(project: &OpenProject, problems: &Diagnostics, format: Format) -> u8 {
    match format {
        Format::Json => output::json(&output::problems_json(problems)),
        Format::Text => {
            output::problems(project, problems);
            output::note(format!("{}; nothing was changed", output::tally(problems)));
        }
    }
    output::exit::PROBLEMS
}
