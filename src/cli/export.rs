//! `gantry export`: the blueprints with their resources, as folders and archives.

use super::args::ExportArguments;
use super::output::{exit, line, note};
use crate::session::export::{Exported, export};
use crate::session::{Overrides, project};

/// Runs the verb.
pub fn run(arguments: &ExportArguments) -> u8 {
    let (project, lane) = match project::open(&arguments.path, &Overrides::default()) {
        Ok(opened) => opened,
        Err(error) => {
            note(format!("error: {error}"));
            return exit::PROBLEMS;
        }
    };
    let lanes: Vec<_> = project
        .lanes
        .values()
        .filter(|candidate| lane.as_ref().is_none_or(|lane| *lane == candidate.name))
        .collect();
    let blueprints: Vec<Exported<'_>> =
        lanes.iter().map(|lane| Exported { name: &lane.name, folder: &lane.folder }).collect();
    match export(&blueprints, &arguments.to) {
        Ok(written) => {
            for path in written {
                line(path.display().to_string());
            }
            exit::OK
        }
        Err(error) => {
            note(format!("error: {error}"));
            exit::PROBLEMS
        }
    }
}
