//! `gantry export`: the blueprints with their resources, as folders and archives; or their Kubernetes objects.

use std::path::PathBuf;

use super::args::{ExportArguments, Format, Selection};
use super::output::{exit, line, note};
use super::start::start;
use crate::diag::escape;
use crate::session::export::{Exported, export};
use crate::session::picture::{Form, PictureError, Sketch};
use crate::session::{OpenProject, Overrides, files, manifests, project};

/// Runs the verb.
pub fn run(arguments: &ExportArguments, data_dir: Option<PathBuf>) -> u8 {
    if arguments.kubernetes {
        return kubernetes(arguments, data_dir);
    }
    let (project, lane) = match project::open(&arguments.path, &Overrides::default()) {
        Ok(opened) => opened,
        Err(error) => {
            note(format!("error: {error}"));
            return exit::PROBLEMS;
        }
    };
    if let Err(error) = pictures(arguments, &project) {
        note(format!("error: {}", escape(&error.to_string())));
        return exit::PROBLEMS;
    }
    let Some(to) = &arguments.to else { return exit::OK };
    let lanes: Vec<_> = project
        .lanes
        .values()
        .filter(|candidate| lane.as_ref().is_none_or(|lane| *lane == candidate.name))
        .collect();
    let blueprints: Vec<Exported<'_>> =
        lanes.iter().map(|lane| Exported { name: &lane.name, folder: &lane.folder }).collect();
    match export(&blueprints, to) {
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

/// Writes the pictures that are asked for.
fn pictures(arguments: &ExportArguments, project: &OpenProject) -> Result<(), PictureError> {
    let wanted = [(&arguments.svg, Form::Svg), (&arguments.png, Form::Png), (&arguments.dot, Form::Dot)];
    if wanted.iter().all(|(path, _)| path.is_none()) {
        return Ok(());
    }
    let mut sketch = Sketch::of(project);
    sketch.dark = arguments.dark;
    sketch.scale = if arguments.scale.is_finite() { arguments.scale.clamp(0.1, 20.0) } else { 2.0 };
    if arguments.without_project {
        sketch.files = None;
    }
    for (path, form) in wanted {
        let Some(path) = path else { continue };
        files::write_atomically(path, &sketch.bytes(form)?)?;
        line(path.display().to_string());
    }
    Ok(())
}

/// Writes the objects of all nodes that are on Kubernetes; fails if those of one are not known.
fn kubernetes(arguments: &ExportArguments, data_dir: Option<PathBuf>) -> u8 {
    let selection = Selection {
        path: arguments.path.clone(),
        targets: Vec::new(),
        inputs: arguments.inputs.clone(),
        format: Format::Text,
    };
    let (session, lanes) = match start(&selection, data_dir, None) {
        Ok(started) => started,
        Err(code) => return code,
    };
    let problems = session.project().problems(&lanes);
    if problems.has_errors() {
        return super::refuse(session.project(), &problems, selection.format);
    }
    let mut all = Vec::new();
    for lane in lanes {
        match session.manifests(&lane, arguments.with_secrets) {
            Ok(manifests) => all.push((lane, manifests)),
            Err(error) => {
                note(format!("error: {}", escape(&error.to_string())));
                return exit::PROBLEMS;
            }
        }
    }
    let Some(to) = &arguments.to else { return exit::OK };
    let mut code = exit::OK;
    for (lane, manifests) in &all {
        for manifest in manifests {
            if let Err(why) = &manifest.yaml {
                note(format!("error: {}", escape(&format!("{lane}: {}: {why}", manifest.node))));
                code = exit::PROBLEMS;
            }
        }
    }
    match manifests::write(&all, to) {
        Ok(written) => {
            if written.is_empty() {
                note("no node of these lanes has objects on Kubernetes");
            }
            for path in written {
                line(path.display().to_string());
            }
            code
        }
        Err(error) => {
            note(format!("error: {error}"));
            exit::PROBLEMS
        }
    }
}
