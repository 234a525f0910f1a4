//! From PATH, `--target` and `-i` to a project and the lanes that are meant.

use super::args::Selection;
use super::output::{exit, failed};
use crate::diag::Source;
use crate::dsl;
use crate::model::{Platform, TargetSpec, UnknownTarget, Value};
use crate::session::files;
use crate::session::{OpenError, OpenProject, Overrides, project};

/// A project, and the lanes that were asked for, in the order of their dependencies.
pub struct Opened {
    /// The whole project.
    pub project: OpenProject,
    /// Names of the lanes asked for.
    pub lanes: Vec<String>,
}

/// Opens what `selection` names; tells what is wrong and gives the exit code otherwise.
pub fn open(selection: &Selection) -> Result<Opened, u8> {
    let overrides = overrides(selection).map_err(|message| failed(message, exit::USAGE))?;
    let (project, lane) = project::open(&selection.path, &overrides).map_err(|error| {
        let code = match error {
            OpenError::Missing { .. } => exit::USAGE,
            OpenError::NoProject { .. }
            | OpenError::Archive { .. }
            | OpenError::Picture { .. }
            | OpenError::File(_) => exit::PROBLEMS,
        };
        failed(error, code)
    })?;
    let lanes = lane.map_or_else(|| project.order(), |lane| vec![lane]);
    Ok(Opened { project, lanes })
}

/// What `--target` and `-i` ask for.
pub fn overrides(selection: &Selection) -> Result<Overrides, String> {
    let mut overrides = Overrides::default();
    for text in &selection.targets {
        let (platform, target) = match text.split_once('=') {
            Some((name, target)) if !name.contains(':') => {
                let platform = Platform::ALL
                    .into_iter()
                    .filter(|platform| *platform != Platform::Proxy)
                    .find(|platform| platform.name() == name)
                    .ok_or_else(|| {
                        format!("`{name}` names no platform; platforms are `kubernetes`, `swarm`, `host`")
                    })?;
                (Some(platform), target)
            }
            _ => (None, text.as_str()),
        };
        let target: TargetSpec = target.parse().map_err(|error: UnknownTarget| error.to_string())?;
        if let Some(platform) = platform
            && !target.serves(platform)
        {
            return Err(format!("`{target}` can't be the target of the platform `{platform}`"));
        }
        overrides.targets.push((platform, target));
    }
    for text in &selection.inputs {
        match text.split_once('=') {
            Some((key, value)) => {
                let (lane, key) = match key.split_once('.') {
                    Some((lane, key)) => (Some(lane.to_owned()), key),
                    None => (None, key),
                };
                overrides.inputs.push((lane, key.to_owned(), scalar(value)?));
            }
            None => overrides.inputs.extend(file(text)?),
        }
    }
    Ok(overrides)
}

/// VALUE of `KEY=VALUE`, read as YAML: `8080` is a number, `[a, b]` a list.
fn scalar(text: &str) -> Result<Value, String> {
    let (value, _, problems) = dsl::read_value(&Source::new("-i", text));
    match problems.first_error() {
        Some(problem) => Err(format!("`{text}` is no YAML value: {}", problem.message)),
        None => Ok(value),
    }
}

/// Inputs from a YAML or JSON file: a map.
fn file(path: &str) -> Result<Vec<(Option<String>, String, Value)>, String> {
    let source = files::read_source(std::path::Path::new(path), path)
        .map_err(|error| format!("`-i {path}` is neither KEY=VALUE nor a file that can be read: {error}"))?;
    let (value, _, problems) = dsl::read_value(&source);
    if let Some(problem) = problems.first_error() {
        let place = problem.place.as_ref().map_or_else(|| path.to_owned(), ToString::to_string);
        return Err(format!("{place}: {}", problem.message));
    }
    match value {
        Value::Map(map) => Ok(map.into_iter().map(|(key, value)| (None, key, value)).collect()),
        other => Err(format!("{path}: a map of inputs expected, found a {}", other.kind())),
    }
}
