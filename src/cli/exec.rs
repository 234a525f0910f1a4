//! `gantry exec`: runs a command in a container of a node.

use std::path::PathBuf;

use super::args::ExecArguments;
use super::logs::{refuse, running};
use super::output::exit;

/// Runs the verb; gives the command's own exit code.
pub fn run(arguments: &ExecArguments, data_dir: Option<PathBuf>) -> u8 {
    let instances = match running(&arguments.running, data_dir) {
        Ok(instances) => instances,
        Err(code) => return code,
    };
    let Some(first) = instances.first() else { return exit::PROBLEMS };
    match first.exec(&arguments.command, arguments.container.as_deref(), arguments.stdin) {
        Ok(code) => code,
        Err(error) => refuse(&error),
    }
}
