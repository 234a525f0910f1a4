//! [`OpenProject`]: a project read from disk and everything that follows from its text.
//!
//! Knows neither deployments nor the engine; [`super::Session`] adds them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use super::archive;
use super::files::{self, FileProblem};
use super::imports::Overlay;
use super::lane::{self, Lane, Material};
use crate::check::Catalog;
use crate::dag::Dag;
use crate::diag::{Diagnostic, Diagnostics, Path as Address, Source};
use crate::dsl;
use crate::edit;
use crate::model::{Lane as LaneSpec, Manifest, Map, Platform, TargetSpec, Value};

/// Name of the file that makes a folder a project.
pub const MANIFEST: &str = "gantry.yaml";

/// A project, read.
#[derive(Clone)]
pub struct OpenProject {
    /// Its folder.
    pub root: PathBuf,
    /// Its name.
    pub name: String,
    /// Lanes in the order of `gantry.yaml`.
    pub lanes: IndexMap<String, Lane>,
    /// Problems of `gantry.yaml` and between lanes.
    pub diagnostics: Diagnostics,
    /// `gantry.yaml` itself, where there is one.
    pub manifest: Option<Source>,
    /// What was asked for this time.
    pub(super) overrides: Overrides,
}

/// Why a project can't be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is nothing.
    #[error("{path} does not exist; give a project folder, PROJECT/LANE or a blueprint file", path = path.display())]
    Missing {
        /// What was asked for.
        path: PathBuf,
    },
    /// A folder without a blueprint.
    #[error(
        "{path} is no project: it has neither a {MANIFEST} nor a blueprint.yaml; name a project folder, or a blueprint file",
        path = path.display()
    )]
    NoProject {
        /// The folder.
        path: PathBuf,
    },
    /// An archive, which has no folder to work in.
    #[error(
        "{path} is an archive: `gantry check` and `gantry topology` read it as it is; unpack it and name the folder to plan or deploy it",
        path = path.display()
    )]
    Archive {
        /// The archive.
        path: PathBuf,
    },
    /// A picture, which has no folder to work in.
    #[error(
        "{path} is a picture: `gantry import {path} --to FOLDER` makes a project of what it carries",
        path = path.display()
    )]
    Picture {
        /// The picture.
        path: PathBuf,
    },
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] FileProblem),
}

/// What was asked for this time, on top of `gantry.yaml`.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Targets for one platform, or for all that the target serves.
    pub targets: Vec<(Option<Platform>, TargetSpec)>,
    /// Inputs by lane; none for every lane that declares the input.
    pub inputs: Vec<(Option<String>, String, Value)>,
}

/// Opens `path`: a project folder, PROJECT/LANE, or a blueprint file. Gives the project and, if one was named, the lane.
///
/// Problems of the text are diagnostics of the project, not errors: it is opened and drawn all the same.
pub fn open(path: &Path, overrides: &Overrides) -> Result<(OpenProject, Option<String>), OpenError> {
    if path.is_file() && path.file_name().is_some_and(|name| name == MANIFEST) {
        let root = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return Ok((open_folder(root, overrides)?, None));
    }
    let is_a_file = path.exists() && !path.is_dir();
    if is_a_file && archive::is_archive(path) {
        return Err(OpenError::Archive { path: path.to_owned() });
    }
    if is_a_file && super::importing::is_picture(path) {
        return Err(OpenError::Picture { path: path.to_owned() });
    }
    // What is no regular file is told as a blueprint that can't be read.
    if is_a_file {
        return Ok((open_blueprint(path, overrides), None));
    }
    if path.join(MANIFEST).is_file() {
        return Ok((open_folder(path, overrides)?, None));
    }
    if let (Some(parent), Some(lane)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        if parent.join(MANIFEST).is_file() {
            let project = open_folder(parent, overrides)?;
            if project.lanes.contains_key(lane) {
                return Ok((project, Some(lane.to_owned())));
            }
        }
    }
    if path.join("blueprint.yaml").is_file() {
        return Ok((open_blueprint(&path.join("blueprint.yaml"), overrides), None));
    }
    if path.is_dir() {
        return Err(OpenError::NoProject { path: path.to_owned() });
    }
    Err(OpenError::Missing { path: path.to_owned() })
}

fn open_folder(root: &Path, overrides: &Overrides) -> Result<OpenProject, OpenError> {
    let source = files::read_source(&root.join(MANIFEST), MANIFEST)?;
    let (manifest, diagnostics) = dsl::manifest::read(&source);
    let mut project = assemble(root, manifest, overrides);
    project.manifest = Some(source);
    project.diagnostics.extend(diagnostics);
    project.locate();
    project.diagnostics.sort();
    Ok(project)
}

/// A single blueprint is a project of one lane, named after its folder.
fn open_blueprint(file: &Path, overrides: &Overrides) -> OpenProject {
    let root = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = folder_name(root);
    let spec = LaneSpec {
        blueprint: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        deployment: name.clone(),
        targets: IndexMap::new(),
        inputs: Map::new(),
    };
    let manifest = Manifest { name: Some(name.clone()), lanes: IndexMap::from([(name, spec)]) };
    assemble(root, manifest, overrides)
}

fn folder_name(folder: &Path) -> String {
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    real.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn assemble(root: &Path, manifest: Manifest, overrides: &Overrides) -> OpenProject {
    let catalog = &Catalog::built_in();
    let material = Material { root, catalog, overrides, overlay: Overlay::default() };
    let mut diagnostics = Diagnostics::new();
    let mut lanes = IndexMap::new();
    for (name, spec) in manifest.lanes {
        lanes.insert(name.clone(), lane::load(&material, name, spec));
    }
    for (lane, key, _) in &overrides.inputs {
        let known = lanes.values().any(|known: &Lane| {
            lane.as_ref().is_none_or(|lane| *lane == known.name) && known.topology.inputs.contains_key(key)
        });
        if !known {
            let inputs: Vec<&str> =
                lanes.values().flat_map(|lane| lane.topology.inputs.keys().map(String::as_str)).collect();
            diagnostics.push(
                Diagnostic::error(
                    "unknown-input",
                    Address::of(["inputs", key]),
                    format!("no lane has an input `{key}`, which was given on the command line"),
                )
                .with_hint(format!("inputs are: {}", inputs.join(", "))),
            );
        }
    }
    let mut project = OpenProject {
        root: root.to_owned(),
        name: manifest.name.unwrap_or_else(|| folder_name(root)),
        lanes,
        diagnostics,
        manifest: None,
        overrides: overrides.clone(),
    };
    project.check_between_lanes();
    project
}

/// What follows from a project as edits have left it; lanes that `before` has from the same texts are taken from there.
pub(super) fn derive(edited: &edit::Project, before: &OpenProject) -> OpenProject {
    let manifest_text = edited.manifest.as_ref().map(|text| Source::new(MANIFEST, text.clone()));
    let (manifest, found) = match &manifest_text {
        Some(source) => dsl::manifest::read(source),
        None => {
            let lanes = before.lanes.values().map(|lane| (lane.name.clone(), lane.asked.clone())).collect();
            (Manifest { name: Some(before.name.clone()), lanes }, Diagnostics::new())
        }
    };
    let overlay = Arc::new(edited.files.clone());
    let catalog = &Catalog::built_in();
    let material = Material { root: &before.root, catalog, overrides: &before.overrides, overlay };
    let mut lanes = IndexMap::new();
    for (name, spec) in manifest.lanes {
        let old = before.lanes.get(&name);
        let lane = match (edited.documents.get(&name), old) {
            (Some(document), Some(old)) if old.is_of(document, &spec, &material.overlay) => {
                Lane { layout: Arc::clone(&document.layout), ..old.clone() }
            }
            (Some(document), old) => lane::derive(&material, name.clone(), spec, document).or_stale(old),
            // Somebody has just written its name into the manifest.
            (None, _) => lane::load(&material, name.clone(), spec),
        };
        let lane = match old {
            Some(old) => lane.with_types(old),
            None => lane,
        };
        lanes.insert(name, lane);
    }
    let mut project = OpenProject {
        root: before.root.clone(),
        name: manifest.name.unwrap_or_else(|| folder_name(&before.root)),
        lanes,
        diagnostics: found,
        manifest: manifest_text,
        overrides: before.overrides.clone(),
    };
    project.check_between_lanes();
    project.locate();
    project.diagnostics.sort();
    project
}

impl OpenProject {
    /// The texts that edits change.
    pub fn documents(&self) -> edit::Project {
        edit::Project {
            manifest: self.manifest.as_ref().map(|source| source.text.clone()),
            documents: self.lanes.values().map(|lane| (lane.name.clone(), lane.document())).collect(),
            files: IndexMap::new(),
        }
    }

    /// Lanes so that each comes after those whose outputs it uses.
    pub fn order(&self) -> Vec<String> {
        self.graph().order().unwrap_or_else(|_| self.lanes.keys().cloned().collect())
    }

    /// Lanes that `lane` uses, directly.
    pub fn used_by(&self, lane: &Lane) -> Vec<&Lane> {
        let uses = lane.uses();
        self.lanes.values().filter(|other| uses.iter().any(|name| name == other.deployment())).collect()
    }

    /// What keeps a lane from being deployed by itself: `gantry.yaml`, or the first of itself and the lanes that it uses,
    /// directly or not, whose blueprint has errors. None if nothing does.
    pub fn hindrance(&self, lane: &str) -> Option<String> {
        if self.diagnostics.has_errors() {
            return Some(MANIFEST.to_owned());
        }
        let mut todo: Vec<&Lane> = self.lanes.get(lane).into_iter().collect();
        let mut seen: Vec<&str> = Vec::new();
        while let Some(next) = todo.pop() {
            if seen.contains(&next.name.as_str()) {
                continue;
            }
            if next.diagnostics.has_errors() {
                return Some(next.name.clone());
            }
            seen.push(&next.name);
            todo.extend(self.used_by(next));
        }
        None
    }

    fn graph(&self) -> Dag<String> {
        let mut graph = Dag::new();
        for lane in self.lanes.values() {
            graph.add(lane.name.clone());
        }
        for lane in self.lanes.values() {
            for used in self.used_by(lane) {
                graph.need(lane.name.clone(), used.name.clone());
            }
        }
        graph
    }

    fn check_between_lanes(&mut self) {
        if let Err(cycle) = self.graph().waves() {
            self.diagnostics.push(
                Diagnostic::error(
                    "lane-cycle",
                    cycle.first().map_or_else(Address::root, |first| Address::of(["lanes", first])),
                    format!("lanes wait for each other: {}", cycle.join(" → ")),
                )
                .with_hint(
                    "a deployment proxy waits until the other deployment is up; take one of them away",
                ),
            );
        }
        let mut seen: IndexMap<&str, &str> = IndexMap::new();
        for lane in self.lanes.values() {
            if let Some(other) = seen.insert(lane.deployment(), &lane.name) {
                self.diagnostics.push(Diagnostic::error(
                    "duplicate-deployment",
                    Address::of(["lanes", &lane.name, "deployment"]),
                    format!(
                        "lanes `{other}` and `{}` are both deployed as `{}`",
                        lane.name,
                        lane.deployment()
                    ),
                ));
            }
        }
    }

    /// Gives problems between lanes, and of files that can't be had, their place in the manifest.
    fn locate(&mut self) {
        let Some(manifest) = &self.manifest else { return };
        let (_, map, _) = dsl::read_value(manifest);
        self.diagnostics.locate(&map);
        for lane in self.lanes.values_mut() {
            for problem in lane.diagnostics.iter_mut().filter(|problem| problem.code == "unreadable-file") {
                problem.place = problem.place.take().or_else(|| map.nearest(&problem.path));
            }
        }
    }

    /// Problems of the project and of `lanes` (all if none are named), sorted.
    pub fn problems(&self, lanes: &[String]) -> Diagnostics {
        let mut all = self.diagnostics.clone();
        for lane in self.lanes.values().filter(|lane| lanes.is_empty() || lanes.contains(&lane.name)) {
            all.extend(lane.diagnostics.clone());
        }
        all.sort();
        all
    }

    /// The source of a file by the name that messages use.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.manifest.iter().find(|source| &*source.name == name).or_else(|| {
            self.lanes
                .values()
                .flat_map(|lane| lane.reading.sources.iter())
                .find(|source| &*source.name == name)
        })
    }
}
