//! Bringing in what lies elsewhere: blueprints (folders, archives, files) as lanes, foreign formats as lanes or nodes.
//!
//! Reading changes nothing and decides nothing; the edit that follows is one step of undo. Nothing of a stranger's archive
//! is written before the person saves.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{self, FileProblem};
use super::lane::Lane;
use super::project::MANIFEST;
use super::{archive, project};
use crate::diag::{Diagnostic, Source};
use crate::dsl;
use crate::edit::{Edit, EditError, NewLane, Project};
use crate::ingest::{self, Ingested, LeftOut};
use crate::model::{Layout, Map, Point};

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

/// Reads what lies at `path`: a project or blueprint folder, an archive, a blueprint, a compose file, a manifest or a file
/// with `docker run` lines. May take as long as the disk does.
pub fn read(path: &Path) -> Result<Incoming, ImportError> {
    if path.is_dir() {
        return folder(path);
    }
    if archive::is_archive(path) {
        return packed(path);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let source = files::read_source(path, &name)?;
    if is_blueprint(&source) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // A file that is named as they all are is called what its folder is.
        let around = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let name = around.filter(|_| stem == "blueprint").unwrap_or(stem);
        let blueprint =
            Blueprint { name, file: "blueprint.yaml".into(), text: source.text, ..Blueprint::default() };
        return Ok(Incoming {
            origin: shown(path),
            content: Content::Lanes(vec![blueprint]),
            left_out: Vec::new(),
        });
    }
    // The folder's name says more than `compose.yaml` does.
    let around = path
        .canonicalize()
        .ok()
        .and_then(|path| Some(path.parent()?.file_name()?.to_string_lossy().into_owned()));
    let told = around
        .filter(|_| name.contains("compose"))
        .map_or_else(|| name.clone(), |folder| format!("{folder}/{name}"));
    text(&told, &source.text)
}

/// Reads a text, pasted or piped: a compose file, manifests, `docker run` lines.
pub fn text(origin: &str, text: &str) -> Result<Incoming, ImportError> {
    let found = ingest::read(origin, text)?;
    let left_out = found.left_out.clone();
    Ok(Incoming { origin: origin.to_owned(), content: Content::Nodes(Box::new(found)), left_out })
}

fn shown(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Whether there is a project or blueprint folder at `path`, which can be opened.
pub fn is_project(path: &Path) -> bool {
    path.join(MANIFEST).is_file() || path.join("blueprint.yaml").is_file()
}

/// Whether `path` is a file that is no project, but that one can be made of: an archive, a compose file, a manifest.
pub fn is_foreign(path: &Path) -> bool {
    if !path.is_file() || path.file_name().is_some_and(|name| name == MANIFEST) {
        return false;
    }
    archive::is_archive(path)
        || files::read_source(path, "")
            .is_ok_and(|source| !is_blueprint(&source) && ingest::format_of(&source.text).is_some())
}

/// Whether a text calls itself a blueprint.
fn is_blueprint(source: &Source) -> bool {
    source.text.lines().any(|line| line.starts_with("tosca_definitions_version"))
        || (source.text.lines().any(|line| line.starts_with("node_templates:"))
            && dsl::read_value(source).0.get("node_templates").is_some())
}

fn packed(path: &Path) -> Result<Incoming, ImportError> {
    let packed = archive::open(path).map_err(ImportError::Archive)?;
    let mut left_out = Vec::new();
    let (folder, file) = packed.blueprint.rsplit_once('/').unwrap_or(("", &packed.blueprint));
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut blueprint =
        Blueprint { name: packed.name.clone(), file: file.to_owned(), ..Blueprint::default() };
    for (name, entry) in &packed.files {
        let Some(inside) = name.strip_prefix(&prefix) else {
            leave(&mut left_out, name, "it lies outside the blueprint's folder");
            continue;
        };
        match std::str::from_utf8(&entry.bytes) {
            Ok(text) if *name == packed.blueprint => blueprint.text = text.into(),
            Ok(text) => blueprint.files.push((inside.to_owned(), text.into())),
            Err(_) => leave(&mut left_out, name, NOT_TEXT),
        }
    }
    Ok(Incoming { origin: shown(path), content: Content::Lanes(vec![blueprint]), left_out })
}

const NOT_TEXT: &str = "it is no text: copy it into the lane's folder yourself";

fn leave(left_out: &mut Vec<LeftOut>, at: &str, why: &str) {
    left_out.push(LeftOut { at: at.to_owned(), why: why.to_owned(), value: None });
}

fn folder(path: &Path) -> Result<Incoming, ImportError> {
    let mut left_out = Vec::new();
    if path.join(MANIFEST).is_file() || path.join("blueprint.yaml").is_file() {
        let (opened, _) =
            project::open(path, &project::Overrides::default()).map_err(|error| match error {
                project::OpenError::File(problem) => ImportError::File(problem),
                _ => ImportError::Nothing { path: path.to_owned() },
            })?;
        let mut budget = Budget { root: path, files: 0, bytes: 0 };
        let mut blueprints = Vec::new();
        for lane in opened.lanes.values() {
            let main = lane.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let named = opened.manifest.is_some();
            blueprints.push(Blueprint {
                files: budget.texts(&lane.folder, &main, &mut left_out)?,
                name: lane.name.clone(),
                file: main,
                text: lane.source.text.clone(),
                deployment: named.then(|| lane.deployment().to_owned()).filter(|name| *name != lane.name),
                inputs: lane.given().clone(),
                layout: Arc::clone(&lane.layout),
            });
        }
        return Ok(Incoming { origin: shown(path), content: Content::Lanes(blueprints), left_out });
    }
    for name in ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"] {
        if path.join(name).is_file() {
            return read(&path.join(name));
        }
    }
    manifests(path)
}

/// All manifests of a folder as one.
fn manifests(path: &Path) -> Result<Incoming, ImportError> {
    let mut all = String::new();
    let mut left_out = Vec::new();
    let mut budget = Budget { root: path, files: 0, bytes: 0 };
    for (name, text) in budget.texts(path, "", &mut left_out)? {
        let is_yaml = [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending));
        match ingest::format_of(&text) {
            Some(ingest::Format::Kubernetes) if is_yaml => {
                all.push_str("\n---\n");
                all.push_str(&text);
            }
            _ => leave(&mut left_out, &name, "it is no Kubernetes manifest"),
        }
    }
    if all.is_empty() {
        return Err(ImportError::Nothing { path: path.to_owned() });
    }
    let found = ingest::read(&shown(path), &all)?;
    left_out.extend(found.left_out.clone());
    Ok(Incoming { origin: shown(path), content: Content::Nodes(Box::new(found)), left_out })
}

/// What may still be read.
struct Budget<'a> {
    root: &'a Path,
    files: usize,
    bytes: u64,
}

impl Budget<'_> {
    /// The text files below `folder`, without hidden ones, links, layouts and `main`.
    fn texts(
        &mut self,
        folder: &Path,
        main: &str,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Vec<(String, Arc<str>)>, ImportError> {
        let much = || ImportError::TooMuch { path: self.root.to_owned() };
        let listed = files::list_at_most(folder, MAX_FILES - self.files)?.ok_or_else(much)?;
        self.files += listed.len();
        let mut found = Vec::new();
        for name in listed {
            if name == main || name.ends_with(".layout.yaml") {
                continue;
            }
            let path = folder.join(&name);
            self.bytes += std::fs::metadata(&path).map_or(0, |meta| meta.len());
            if self.bytes > MAX_BYTES {
                return Err(ImportError::TooMuch { path: self.root.to_owned() });
            }
            match files::read_source(&path, &name) {
                Ok(source) => found.push((name, source.text)),
                Err(FileProblem::NotText { .. }) => leave(left_out, &name, NOT_TEXT),
                Err(problem) => return Err(problem.into()),
            }
        }
        Ok(found)
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
        let many = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        match &self.content {
            Content::Nodes(nodes) => many(nodes.nodes.len(), "node"),
            Content::Lanes(lanes) => many(lanes.len(), "lane"),
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
        let made = self.edit(&empty, root, &Destination::default())?.apply(&empty)?;
        for (file, text) in super::desk::files(&made) {
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
