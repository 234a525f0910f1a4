//! Bringing in what lies elsewhere: blueprints (folders, archives, files) as lanes, foreign formats as lanes or nodes.
//!
//! Reading changes nothing and decides nothing; the edit that follows is one step of undo. Nothing of a stranger's archive
//! is written before the person saves.

mod reading;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

pub use reading::{is_foreign, is_picture, is_project, read, text};

use super::files::{self, FileProblem};
use super::lane::Lane;
use crate::diag::{Diagnostic, counted};
use crate::edit::{Edit, EditError, NewLane, Project};
use crate::ingest::{self, Ingested, LeftOut};
use crate::model::{Layout, Map, Point};
use crate::render::diagram::CarryError;

/// More files are not taken over with a blueprint, nor more bytes in all.
pub const MAX_FILES: usize = 2_000;
/// All that is taken over with a blueprint, in bytes.
pub const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Something that can be brought into a project.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// Where it comes from, for people.
    pub origin: String,
    /// What it is.
    pub content: Content,
    /// What was not taken over, or not as it was.
    pub left_out: Vec<LeftOut>,
    /// The files of a whole project, which a new project takes as they are.
    pub whole: Option<IndexMap<String, String>>,
}

/// What can be brought in.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Nodes, for a lane of their own or one that is there.
    Nodes(Box<Ingested>),
    /// Blueprints with their files, each a lane.
    Lanes(Vec<Blueprint>),
}

/// A blueprint with its files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blueprint {
    /// A name for its lane.
    pub name: String,
    /// Name of its main file.
    pub file: String,
    /// The main file.
    pub text: Arc<str>,
    /// Other files, by path relative to the main one's folder.
    pub files: Vec<(String, Arc<str>)>,
    /// The name under which it was deployed elsewhere.
    pub deployment: Option<String>,
    /// Inputs that it was given elsewhere.
    pub inputs: Map,
    /// Where its nodes stood.
    pub layout: Arc<Layout>,
}

/// Why nothing can be brought in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] FileProblem),
    /// An archive is refused.
    #[error("{}: {}", .0.place.as_ref().map(|place| place.file.to_string()).unwrap_or_default(), .0.message)]
    Archive(Diagnostic),
    /// A picture that carries no project, or none that can be read.
    #[error("{path}: {source}", path = path.display())]
    Picture {
        /// The picture.
        path: PathBuf,
        /// Why.
        source: CarryError,
    },
    /// Nothing can be made of it.
    #[error(transparent)]
    Foreign(#[from] ingest::IngestError),
    /// It is too much.
    #[error("{path} holds more than {MAX_FILES} files or {MAX_BYTES} bytes; name the blueprint's own folder", path = path.display())]
    TooMuch {
        /// The folder.
        path: PathBuf,
    },
    /// There is nothing in it.
    #[error("{path} holds no blueprint, compose file or Kubernetes manifest", path = path.display())]
    Nothing {
        /// The folder.
        path: PathBuf,
    },
}

/// Why no new project was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Something is there.
    #[error("{path} is there already and not empty; name a new folder", path = .0.display())]
    Taken(PathBuf),
    /// A copy can't lie in what is copied.
    #[error("{path} lies in the project itself; name a folder elsewhere", path = .0.display())]
    Inside(PathBuf),
    /// It is too much.
    #[error("{path} holds too many files to be copied", path = .0.display())]
    TooMuch(PathBuf),
    /// The disk said no.
    #[error(transparent)]
    File(#[from] FileProblem),
    /// The text said no.
    #[error(transparent)]
    Edit(#[from] EditError),
}

impl ImportError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Archive(problem) => problem.hints.first().cloned(),
            Self::Foreign(problem) => Some(problem.hint.clone()),
            _ => None,
        }
    }
}

/// Where something is brought in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Destination {
    /// An existing lane for nodes; a new one if none.
    pub into: Option<String>,
    /// Name of the new lane, where there is but one; what it suggests itself if none.
    pub name: Option<String>,
    /// Where nodes go in an existing lane, or the first new lane on the canvas.
    pub at: Option<Point>,
    /// Imports that the existing lane needs for them; see [`Incoming::missing`].
    pub imports: Vec<&'static str>,
}

impl Incoming {
    /// What a new lane would be called.
    pub fn name(&self) -> &str {
        match &self.content {
            Content::Nodes(nodes) => &nodes.name,
            Content::Lanes(lanes) => lanes.first().map_or("lane", |lane| &lane.name),
        }
    }

    /// How many nodes or lanes come, in words.
    pub fn told(&self) -> String {
        match &self.content {
            Content::Nodes(nodes) => counted(nodes.nodes.len(), "node"),
            Content::Lanes(lanes) => counted(lanes.len(), "lane"),
        }
    }

    /// What a lane that is there must import before these nodes can be in it.
    pub fn missing(&self, lane: &Lane) -> Vec<&'static str> {
        let Content::Nodes(nodes) = &self.content else { return Vec::new() };
        let blueprint = &lane.reading.blueprint;
        let knows = |kind: &str| blueprint.entity("node_types", kind).is_some();
        let kind = match nodes.format {
            ingest::Format::Kubernetes => "cloudify.kubernetes.resources.BlueprintDefinedResource",
            ingest::Format::Compose | ingest::Format::DockerRun => "cloudify.swarm.Container",
        };
        let [basic, plugin] = nodes.format.imports();
        let basic = (!knows("cloudify.nodes.Root")).then_some(basic);
        basic.into_iter().chain((!knows(kind)).then_some(plugin)).collect()
    }

    /// A new project with it, in `root`, which must be new or empty.
    pub fn create(&self, root: &Path) -> Result<(), CreateError> {
        let io = |source| FileProblem::Io { path: root.to_owned(), source };
        if root.exists() && (!root.is_dir() || std::fs::read_dir(root).map_err(io)?.next().is_some()) {
            return Err(CreateError::Taken(root.to_owned()));
        }
        let empty = Project { manifest: Some("lanes:\n".into()), ..Project::default() };
        let made = match &self.whole {
            Some(whole) => {
                let text = |(path, text): (&String, &String)| (path.clone(), Some(Arc::from(text.as_str())));
                whole.iter().map(text).collect()
            }
            None => {
                crate::session::desk::files(&self.edit(&empty, root, &Destination::default())?.apply(&empty)?)
            }
        };
        for (file, text) in made {
            let Some(text) = text else { continue };
            let path = files::inside(root, &file)?;
            std::fs::create_dir_all(path.parent().unwrap_or(root)).map_err(io)?;
            files::write_atomically(&path, text.as_bytes())?;
            files::mark_script(&path, &text).map_err(io)?;
        }
        Ok(())
    }

    /// The edit that brings it into `project`, whose folder is `root`: one step. No file that is there is overwritten.
    pub fn edit(&self, project: &Project, root: &Path, to: &Destination) -> Result<Edit, EditError> {
        let taken = |path: &str| root.join(path).exists();
        match (&self.content, &to.into) {
            (Content::Nodes(nodes), Some(lane)) => nodes.nodes(project, lane, to.at, &to.imports, &taken),
            (Content::Nodes(nodes), None) => {
                let name = free(project, &taken, to.name.as_deref().unwrap_or(&nodes.name));
                let lane = NewLane { at: to.at, ..nodes.lane(&name)? };
                let label = format!("import {name}");
                Ok(Edit::All { label, edits: vec![Edit::AddLane(Box::new(lane))] })
            }
            (Content::Lanes(lanes), _) => {
                let mut edits = Vec::new();
                let mut names: Vec<String> = Vec::new();
                for lane in lanes {
                    let wish = to.name.as_deref().filter(|_| lanes.len() == 1).unwrap_or(&lane.name);
                    let name = free(
                        project,
                        &|path: &str| taken(path) || names.iter().any(|name| name == path),
                        wish,
                    );
                    let deployments: Vec<String> =
                        project.documents.keys().map(|lane| project.deployment(lane)).collect();
                    let deployment = lane.deployment.clone().filter(|name| !deployments.contains(name));
                    let path = |file: &str| format!("{name}/{file}");
                    edits.push(Edit::AddLane(Box::new(NewLane {
                        file: path(&lane.file),
                        text: lane.text.clone(),
                        files: lane.files.iter().map(|(file, text)| (path(file), text.clone())).collect(),
                        deployment,
                        inputs: lane.inputs.clone(),
                        at: to.at.filter(|_| names.is_empty()),
                        // Lanes that were placed elsewhere would lie on those that are here.
                        layout: Layout {
                            lane: lane.layout.lane.filter(|_| project.documents.is_empty()),
                            ..(*lane.layout).clone()
                        },
                        name: name.clone(),
                        ..NewLane::default()
                    })));
                    names.push(name);
                }
                let label = match names.as_slice() {
                    [name] => format!("import {name}"),
                    names => format!("import {} lanes", names.len()),
                };
                Ok(Edit::All { label, edits })
            }
        }
    }
}

/// `wish`, or with a number behind it: a name that neither a lane nor a folder has.
pub(super) fn free(project: &Project, taken: &dyn Fn(&str) -> bool, wish: &str) -> String {
    let bad = |c: char| c.is_whitespace() || c.is_control() || "[]{},:#&*!|>'\"%@`/\\".contains(c);
    let wish: String = wish.chars().map(|c| if bad(c) { '-' } else { c }).collect();
    let wish = wish.trim_matches(['-', '.']);
    let wish = if wish.chars().any(char::is_alphanumeric) { wish } else { "lane" };
    let used = |name: &str| {
        let folder = format!("{name}/");
        project.documents.contains_key(name)
            || project.documents.values().any(|document| document.file.starts_with(&folder))
            || taken(name)
    };
    if !used(wish) {
        return wish.to_owned();
    }
    (2..usize::MAX).map(|number| format!("{wish}-{number}")).find(|name| !used(name)).unwrap_or_default()
}
