//! New projects and lanes from templates: what the form holds, and what becomes of it.

use std::path::PathBuf;

use indexmap::IndexMap;

use super::app::App;
use super::elsewhere::Answer;
use crate::session::importing::Incoming;
use crate::session::recent;
use crate::session::templates::{self, Template};

/// The form for a new project or lane.
#[derive(Clone, Debug, PartialEq)]
pub struct NewForm {
    /// The templates that fit.
    pub templates: Vec<Template>,
    /// Position of the chosen one.
    pub chosen: usize,
    /// Values of parameters as typed, by template and parameter.
    pub values: IndexMap<(usize, String), String>,
    /// Whether it is a lane of the open project; else it is a project.
    pub lane: bool,
    /// Name of the lane, or of the project's folder. Follows the template until somebody types.
    pub name: String,
    /// Whether somebody typed the name.
    pub named: bool,
    /// The folder around the new project.
    pub folder: String,
    /// What the new project begins with instead of a template.
    pub incoming: Option<Box<Incoming>>,
    /// Why it could not be made.
    pub refused: Option<String>,
    /// Whether it is shown for the first time.
    pub fresh: bool,
}

impl NewForm {
    fn new(lane: bool, folder: String) -> Self {
        let templates: Vec<Template> =
            templates::all().into_iter().filter(|template| !(lane && template.project)).collect();
        let mut form = Self {
            templates,
            chosen: 0,
            values: IndexMap::new(),
            lane,
            name: String::new(),
            named: false,
            folder,
            incoming: None,
            refused: None,
            fresh: true,
        };
        form.choose(0);
        form
    }

    /// Chooses a template.
    pub fn choose(&mut self, template: usize) {
        self.chosen = template.min(self.templates.len().saturating_sub(1));
        if let Some(template) = self.templates.get(self.chosen).filter(|_| !self.named) {
            let name = if self.lane { template.lane_name() } else { template.name };
            self.name = if name == "empty" { "my-project".to_owned() } else { name.to_owned() };
        }
    }

    /// What a parameter of the chosen template is.
    pub fn value(&self, parameter: &str) -> String {
        let typed = self.values.get(&(self.chosen, parameter.to_owned()));
        let all = self.templates.get(self.chosen).map(|template| template.parameters.as_slice());
        let default = all.unwrap_or_default().iter().find(|known| known.name == parameter);
        typed.cloned().or_else(|| default.map(|known| known.default.clone())).unwrap_or_default()
    }

    /// Why it can't be made as it is.
    pub fn wrong(&self) -> Option<String> {
        let name = self.name.trim();
        if name.is_empty() || matches!(name, "." | "..") {
            return Some("a name is missing".to_owned());
        }
        if name.contains(['/', '\\']) || name.chars().any(char::is_control) {
            return Some("a name is no path: it has no `/`".to_owned());
        }
        if self.incoming.is_some() {
            return None;
        }
        let template = self.templates.get(self.chosen)?;
        template
            .parameters
            .iter()
            .find_map(|known| Some(format!("{}: {}", known.title, known.refuse(&self.value(&known.name))?)))
    }

    /// The values that were typed for the chosen template.
    fn given(&self) -> Vec<(String, String)> {
        let own = self.values.iter().filter(|((template, _), _)| *template == self.chosen);
        own.map(|((_, name), value)| (name.clone(), value.clone())).collect()
    }

    /// The folder of the new project.
    pub fn path(&self) -> PathBuf {
        PathBuf::from(self.folder.trim()).join(self.name.trim())
    }
}

impl App {
    /// Asks for a new project or lane, beginning with the template of a name.
    pub(super) fn ask_creation(&mut self, lane: bool, template: Option<&str>) {
        let around = self.session.as_ref().and_then(|session| {
            let root = session.project().root.canonicalize().ok()?;
            Some(root.parent()?.to_owned())
        });
        let here = std::env::current_dir().ok().filter(|folder| folder.parent().is_some());
        let folder = around.or(here).or_else(recent::home).unwrap_or_default();
        let mut form = NewForm::new(lane, folder.to_string_lossy().into_owned());
        let wanted = template.and_then(|name| form.templates.iter().position(|known| known.name == name));
        form.choose(wanted.unwrap_or(0));
        self.view.creation = Some(form);
    }

    /// Makes what the form says.
    pub(super) fn create(&mut self) {
        let Some(form) = self.view.creation.clone() else { return };
        let Some(template) = form.templates.get(form.chosen).cloned() else { return };
        let values = form.given();
        if !form.lane {
            let (path, incoming) = (form.path(), form.incoming.clone());
            self.ask_elsewhere(move || {
                let made = match incoming {
                    Some(incoming) => incoming.create(&path).map_err(|error| error.to_string()),
                    None => template.create(&path, &values).map_err(|error| error.to_string()),
                };
                Answer::Made(made.map(|()| path))
            });
            return;
        }
        let Some(session) = &self.session else { return };
        let root = session.project().root.clone();
        match template.lane(session.documents(), &root, form.name.trim(), &values) {
            Ok((_, edit)) => {
                if self.edit(&edit) {
                    self.view.creation = None;
                    self.view.fit = true;
                }
            }
            Err(error) => self.refuse_creation(error.to_string()),
        }
    }

    /// Asks where a project is made of something that was dropped or opened.
    pub(super) fn ask_project_for(&mut self, incoming: Incoming) {
        self.ask_creation(false, None);
        if let Some(form) = &mut self.view.creation {
            incoming.name().clone_into(&mut form.name);
            form.named = true;
            form.incoming = Some(Box::new(incoming));
        }
    }

    pub(super) fn refuse_creation(&mut self, why: String) {
        match &mut self.view.creation {
            Some(form) => form.refused = Some(why),
            None => self.view.toast(true, why, None),
        }
    }
}
