//! `gantry new`: a project or lane from a template.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::output::{BOLD, exit, failed, line, paint};
use crate::session::project::{self, MANIFEST};
use crate::session::templates::{self, Template, TemplateError};
use crate::session::{Overrides, Session, Settings};

/// `gantry new`.
#[derive(Debug, Args)]
pub struct NewArguments {
    /// Folder of the new project, or PROJECT/LANE for a lane of one that is there; without it the templates are listed
    pub path: Option<PathBuf>,

    /// What it begins with
    #[arg(long, value_name = "NAME", default_value = "empty")]
    pub template: String,

    /// A parameter of the template
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub values: Vec<String>,
}

/// Runs the verb.
pub fn run(arguments: &NewArguments, data_dir: Option<PathBuf>) -> u8 {
    let Some(path) = &arguments.path else {
        templates::all().iter().for_each(tell);
        return exit::OK;
    };
    let mut values = Vec::new();
    for text in &arguments.values {
        let Some(value) = templates::value(text) else {
            return failed(format!("`--set {text}`: KEY=VALUE is expected"), exit::USAGE);
        };
        values.push(value);
    }
    let made =
        templates::named(&arguments.template).and_then(|template| make(&template, path, &values, data_dir));
    match made {
        Ok(made) => {
            line(made);
            exit::OK
        }
        Err(error @ (TemplateError::Unknown(..) | TemplateError::NoParameter { .. })) => {
            failed(error, exit::USAGE)
        }
        Err(error) => failed(error, exit::PROBLEMS),
    }
}

fn tell(template: &Template) {
    line(format!("{}  {}", paint(BOLD, template.name), template.title));
    line(format!("    {}", template.description));
    for parameter in &template.parameters {
        line(format!("    --set {}={}  {}", parameter.name, parameter.default, parameter.description));
    }
}

/// Makes it; gives the sentence that says so.
fn make(
    template: &Template,
    path: &Path,
    values: &[(String, String)],
    data_dir: Option<PathBuf>,
) -> Result<String, TemplateError> {
    let around =
        path.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent });
    let (root, lane) = if path.join(MANIFEST).is_file() {
        (path.to_owned(), template.lane_name().to_owned())
    } else {
        match (around.filter(|around| around.join(MANIFEST).is_file()), path.file_name()) {
            (Some(around), Some(name)) => (around.to_owned(), name.to_string_lossy().into_owned()),
            _ => {
                template.create(path, values)?;
                return Ok(format!("{}: a new project, {}", path.display(), template.title));
            }
        }
    };
    let taken = |error: &dyn std::fmt::Display| TemplateError::Taken(format!("{}: {error}", root.display()));
    let (opened, _) = project::open(&root, &Overrides::default()).map_err(|error| taken(&error))?;
    if opened.lanes.contains_key(&lane) && path != root {
        return Err(TemplateError::Taken(format!("the lane {lane}")));
    }
    let mut session =
        Session::new(opened, Settings { data_dir, ..Settings::default() }).map_err(|error| taken(&error))?;
    let (name, edit) = template.lane(session.documents(), &root, &lane, values)?;
    session.edit(&edit)?;
    session.save();
    session.settle(Duration::from_mins(1));
    match session.saved() {
        Some(Err(error)) => Err(taken(&error)),
        _ => Ok(format!("{}/{name}: a new lane, {}", root.display(), template.title)),
    }
}
