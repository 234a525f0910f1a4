//! The main job without a window: plan the project, rehearse it with live progress, show outputs and proxied values.

use std::path::{Path, PathBuf};

use super::args::{Format, Selection};
use super::output::{exit, failed, line};
use super::{deploy, plan, refuse};
use crate::plan::Goal;
use crate::session::{Overrides, Rehearsing, Session, Settings, project};

/// Plans, rehearses and shows the project at `path`. Nothing outside the program is touched, whatever `gantry.yaml` says,
/// and nothing is remembered: the rehearsal has a store of its own, which is gone afterwards.
pub fn rehearse(path: &Path) -> u8 {
    let (mut project, lane) = match project::open(path, &Overrides::default()) {
        Ok(opened) => opened,
        Err(error) => return failed(error, exit::PROBLEMS),
    };
    for lane in project.lanes.values_mut() {
        lane.spec.targets.clear();
    }
    let lanes = lane.map_or_else(|| project.order(), |lane| vec![lane]);
    let problems = project.problems(&lanes);
    if problems.has_errors() {
        return refuse(&project, &problems, Format::Text);
    }
    let folder = match scratch() {
        Ok(folder) => folder,
        Err(error) => {
            return failed(format_args!("no folder for the rehearsal's store: {error}"), exit::PROBLEMS);
        }
    };
    let settings = Settings { data_dir: Some(folder.clone()), rehearsal: Rehearsing::default(), wake: None };
    let code = match Session::new(project, settings) {
        Ok(mut session) => {
            for lane in &lanes {
                if let Ok(planned) = session.plan(lane, Goal::Deploy) {
                    plan::print(lane, &planned.plan);
                }
            }
            line("Rehearsing: nothing outside this program is touched.");
            let selection = Selection {
                path: path.to_owned(),
                targets: Vec::new(),
                inputs: Vec::new(),
                format: Format::Text,
            };
            deploy::run(&mut session, &lanes, Goal::Deploy, false, &selection)
        }
        Err(error) => failed(error, exit::PROBLEMS),
    };
    let _ = std::fs::remove_dir_all(folder);
    code
}

/// A new folder that only this user can read.
fn scratch() -> std::io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("gantry-rehearsal-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder)?;
    Ok(folder)
}
