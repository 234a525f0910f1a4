//! Templates: what a new lane or project begins with. They come with the program (`assets/templates`).
//!
//! A template is a blueprint with its files and a `template.yaml` that says what it is and which parameters it has;
//! `{{ name }}` in any of its files is the value of a parameter. Knows no window.

mod assets;

use std::path::Path;
use std::sync::Arc;

use super::files::{self, FileProblem};
use super::importing;
use super::project::MANIFEST;
use crate::diag::Source;
use crate::dsl;
use crate::edit::{Edit, EditError, NewLane, Project};
use crate::model::{Map, Value};

/// What a new lane or project begins with.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its name for people.
    pub title: String,
    /// What comes of it.
    pub description: String,
    /// What it asks for.
    pub parameters: Vec<Parameter>,
    /// Whether it is a project of several lanes; else it is one lane.
    pub project: bool,
    files: &'static [(&'static str, &'static str)],
}

/// Something that a template asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// What stands in the template's files.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Whether it is a whole number; else it is text.
    pub whole: bool,
    /// What it is unless somebody says otherwise.
    pub default: String,
}

impl Parameter {
    /// Why `text` can't be its value.
    pub fn refuse(&self, text: &str) -> Option<String> {
        if self.whole {
            return match text.trim().parse::<u32>() {
                Ok(number) if number <= 65_535 => None,
                _ => Some(format!("`{text}` is no whole number from 0 to 65535")),
            };
        }
        if text.chars().any(char::is_control) {
            return Some("it holds signs that can't be written".to_owned());
        }
        // What comes out of quotes would be something else than a value.
        text.contains("{{").then(|| "`{{` can't stand in it".to_owned())
    }
}

/// Why nothing is made of a template.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// There is none of that name.
    #[error("there is no template `{0}`; there are: {1}")]
    Unknown(String, String),
    /// It has no such parameter.
    #[error("the template `{template}` has no parameter `{name}`; it has: {known}")]
    NoParameter {
        /// The template.
        template: String,
        /// What was given.
        name: String,
        /// What it has.
        known: String,
    },
    /// A value that can't be.
    #[error("{title}: {why}")]
    Value {
        /// The parameter.
        title: String,
        /// Why not.
        why: String,
    },
    /// A project can't be a lane.
    #[error("`{0}` is a whole project; name a folder that is not there yet")]
    Project(String),
    /// Something is there.
    #[error("{0} is there already and not empty; name a new folder")]
    Taken(String),
    /// The disk said no.
    #[error(transparent)]
    File(#[from] FileProblem),
    /// The text said no.
    #[error(transparent)]
    Edit(#[from] EditError),
}

/// All templates, the one that shows most first and the empty one last.
pub fn all() -> Vec<Template> {
    assets::TEMPLATES.iter().map(|(name, files)| describe(name, files)).collect()
}

/// The template of a name.
pub fn named(name: &str) -> Result<Template, TemplateError> {
    let all = all();
    let names: Vec<&str> = all.iter().map(|template| template.name).collect();
    let unknown = || TemplateError::Unknown(name.to_owned(), names.join(", "));
    all.iter().find(|template| template.name == name).cloned().ok_or_else(unknown)
}

fn describe(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Template {
    let about = files.iter().find(|(file, _)| *file == "template.yaml").map_or("", |(_, text)| text);
    let about = dsl::read_value(&Source::new("template.yaml", about)).0;
    let text = |value: &Value, key: &str| {
        value.get(key).map(|text| text.to_string().trim().to_owned()).unwrap_or_default()
    };
    let parameter = |value: &Value| Parameter {
        name: text(value, "name"),
        title: text(value, "title"),
        description: text(value, "description"),
        whole: text(value, "type") == "integer",
        default: text(value, "default"),
    };
    let parameters = about.get("parameters").and_then(Value::as_list).unwrap_or_default();
    Template {
        name,
        title: text(&about, "title"),
        description: text(&about, "description"),
        parameters: parameters.iter().map(parameter).collect(),
        project: files.iter().any(|(file, _)| *file == MANIFEST),
        files,
    }
}

impl Template {
    /// Its files with `values` for its parameters, defaults for those that are not given.
    pub fn fill(&self, values: &[(String, String)]) -> Result<Vec<(String, Arc<str>)>, TemplateError> {
        let known: Vec<&str> = self.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        if let Some((name, _)) = values.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            return Err(TemplateError::NoParameter {
                template: self.name.to_owned(),
                name: name.clone(),
                known: if known.is_empty() { "none".to_owned() } else { known.join(", ") },
            });
        }
        let mut given = Vec::new();
        for parameter in &self.parameters {
            let value = values.iter().rev().find(|(name, _)| *name == parameter.name);
            let value = value.map_or(parameter.default.as_str(), |(_, value)| value.trim());
            if let Some(why) = parameter.refuse(value) {
                return Err(TemplateError::Value { title: parameter.title.clone(), why });
            }
            // Text stands in single quotes in the files.
            let written = if parameter.whole { value.to_owned() } else { value.replace('\'', "''") };
            given.push((format!("{{{{ {} }}}}", parameter.name), written));
        }
        let fill =
            |text: &str| given.iter().fold(text.to_owned(), |text, (mark, value)| text.replace(mark, value));
        let own = self.files.iter().filter(|(file, _)| *file != "template.yaml");
        Ok(own.map(|(file, text)| ((*file).to_owned(), fill(text).into())).collect())
    }

    /// The edit that adds it to `project`, whose folder is `root`, as a lane of that name or of one with a number.
    pub fn lane(
        &self,
        project: &Project,
        root: &Path,
        name: &str,
        values: &[(String, String)],
    ) -> Result<(String, Edit), TemplateError> {
        if self.project {
            return Err(TemplateError::Project(self.name.to_owned()));
        }
        let taken = |path: &str| root.join(path).exists();
        let name = importing::free(project, &taken, name);
        let mut lane = NewLane { name: name.clone(), ..NewLane::default() };
        for (file, text) in self.fill(values)? {
            let path = format!("{name}/{file}");
            if file == "blueprint.yaml" {
                (lane.file, lane.text) = (path, text);
            } else {
                lane.files.push((path, text));
            }
        }
        let label = format!("new lane {name}");
        Ok((name, Edit::All { label, edits: vec![Edit::AddLane(Box::new(lane))] }))
    }

    /// Writes a new project into `root`, which must be new or empty. A template of one lane becomes the project's only one.
    pub fn create(&self, root: &Path, values: &[(String, String)]) -> Result<(), TemplateError> {
        let io = |source| FileProblem::Io { path: root.to_owned(), source };
        let there = root.exists();
        if there && (!root.is_dir() || std::fs::read_dir(root).map_err(io)?.next().is_some()) {
            return Err(TemplateError::Taken(root.display().to_string()));
        }
        let mut all = self.fill(values)?;
        if !self.project {
            let empty = Project { manifest: Some("lanes:\n".into()), ..Project::default() };
            let (name, edit) = self.lane(&empty, root, self.lane_name(), values)?;
            let made = edit.apply(&empty)?;
            for (path, _) in &mut all {
                *path = format!("{name}/{path}");
            }
            all.extend(made.manifest.map(|manifest| (MANIFEST.to_owned(), manifest)));
        }
        for (file, text) in all {
            let path = files::inside(root, &file)?;
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(io)?;
            }
            files::write_atomically(&path, text.as_bytes())?;
            files::mark_script(&path, &text).map_err(io)?;
        }
        Ok(())
    }

    /// What its lane is called unless somebody says otherwise.
    pub fn lane_name(&self) -> &'static str {
        if self.name == "empty" { "main" } else { self.name }
    }
}

/// `KEY=VALUE`, as on the command line.
pub fn value(text: &str) -> Option<(String, String)> {
    text.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.to_owned()))
}

/// The values as they go into [`Template::fill`], from those that a form holds.
pub fn values(map: &Map) -> Vec<(String, String)> {
    map.iter().map(|(key, value)| (key.clone(), value.to_string())).collect()
}
