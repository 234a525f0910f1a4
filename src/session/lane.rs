//! [`Lane`]: one blueprint of an open project, read from disk or from what edits have made of it, and everything that
//! follows from its text.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::files::{self, FileProblem};
use super::imports::{LaneFiles, Overlay};
use super::project::{MANIFEST, Overrides};
use super::resources;
use crate::check::{self, Catalog, Library, Topology};
use crate::diag::{Diagnostic, Diagnostics, Path as Address, Source};
use crate::dsl::{self, Reading};
use crate::edit::Document;
use crate::model::{Lane as LaneSpec, Layout, Map, Platform, TargetSpec};
use crate::plan::{self, Edition};

/// One blueprint of an open project and what follows from its text.
#[derive(Clone)]
pub struct Lane {
    /// Name in the project.
    pub name: String,
    /// What `gantry.yaml` says of it, changed by what was asked for this time.
    pub spec: LaneSpec,
    /// Main file of the blueprint.
    pub file: PathBuf,
    /// Folder of the blueprint: resources are relative to it.
    pub folder: PathBuf,
    /// The main file's text; empty if it can't be read.
    pub source: Source,
    /// What the text says.
    pub reading: Arc<Reading>,
    /// What it means.
    pub topology: Arc<Topology>,
    /// Inputs bound: given ones and defaults.
    pub inputs: Map,
    /// Where things stand on the canvas.
    pub layout: Arc<Layout>,
    /// Problems of this lane, sorted.
    pub diagnostics: Diagnostics,
    /// What `gantry.yaml` says of it.
    pub(super) asked: LaneSpec,
    /// Whether the text is broken, so that [`Self::topology`] is the last one that could be read.
    pub is_stale: bool,
    /// Other files of the project as edits have left them, saved or not.
    pub(super) overlay: Overlay,
    /// The types that it knows, once somebody has asked.
    pub(super) library: Arc<OnceLock<Arc<Library>>>,
}

impl Lane {
    /// The types that its text knows. Found out once; where an edit leaves them as they were, they are the same.
    pub fn library(&self) -> Arc<Library> {
        let found = || Arc::new(check::library(&self.reading, &Catalog::built_in()));
        self.library.get_or_init(found).clone()
    }

    /// Finds out its types now, on this thread, if somebody asked `before` for them.
    pub(super) fn with_types(mut self, before: &Self) -> Self {
        if let Some(known) = before.library.get()
            && !Arc::ptr_eq(&self.library, &before.library)
            && self.library() == *known
        {
            self.library = Arc::clone(&before.library);
        }
        self
    }

    /// What an edit changes of it.
    pub fn document(&self) -> Document {
        Document {
            file: self.spec.blueprint.as_str().into(),
            text: self.source.text.clone(),
            layout: Arc::clone(&self.layout),
        }
    }

    /// What `gantry.yaml` gives it for its inputs.
    pub fn given(&self) -> &Map {
        &self.asked.inputs
    }

    /// Whether reading `document` would give this lane again, but for its layout.
    pub(super) fn is_of(&self, document: &Document, spec: &LaneSpec, overlay: &Overlay) -> bool {
        self.source.text == document.text && self.asked == *spec && self.overlay == *overlay && !self.is_stale
    }

    /// With the picture of `before` if the text is broken: a picture does not vanish because a bracket is missing.
    pub(super) fn or_stale(mut self, before: Option<&Self>) -> Self {
        let broken = self.diagnostics.iter().any(|problem| {
            matches!(problem.code, "syntax" | "nested-too-deep" | "alias-bomb")
                && problem.place.as_ref().is_none_or(|place| place.file == self.source.name)
        });
        if let Some(before) = before.filter(|before| broken && !before.topology.nodes.is_empty()) {
            self.topology = Arc::clone(&before.topology);
            self.inputs.clone_from(&before.inputs);
            self.is_stale = true;
        }
        self
    }

    /// The deployment's name.
    pub fn deployment(&self) -> &str {
        &self.spec.deployment
    }

    /// The sidecar file of its layout: `blueprint.layout.yaml` beside `blueprint.yaml`.
    pub fn layout_file(&self) -> PathBuf {
        self.file.with_extension("layout.yaml")
    }

    /// Names of the deployments whose outputs its proxies inherit, as far as they are known before deploying.
    pub fn uses(&self) -> Vec<String> {
        let edition = Edition {
            topology: Arc::clone(&self.topology),
            inputs: self.inputs.clone(),
            ..Edition::default()
        };
        plan::foreign_deployments(&edition)
    }
}

/// What a lane is read from.
pub(super) struct Material<'a> {
    /// The project's folder.
    pub root: &'a Path,
    /// Types that come with the program.
    pub catalog: &'a Catalog,
    /// What was asked for this time.
    pub overrides: &'a Overrides,
    /// Files as edits have left them.
    pub overlay: Overlay,
}

/// Reads one lane from disk. A file that can't be read is a diagnostic of the lane.
pub(super) fn load(material: &Material<'_>, name: String, spec: LaneSpec) -> Lane {
    let text = files::inside(material.root, &spec.blueprint)
        .and_then(|path| files::read_source(&path, &spec.blueprint));
    let mut diagnostics = Diagnostics::new();
    let layout =
        read_layout(&material.root.join(&spec.blueprint).with_extension("layout.yaml"), &mut diagnostics);
    read(material, name, spec, text, (Arc::new(layout), diagnostics), check::read)
}

/// Reads one lane as edits have left it.
pub(super) fn derive(material: &Material<'_>, name: String, spec: LaneSpec, document: &Document) -> Lane {
    let source = Source::new(spec.blueprint.as_str(), document.text.clone());
    let layout = (Arc::clone(&document.layout), Diagnostics::new());
    read(material, name, spec, Ok(source), layout, check::read_edited)
}

fn read(
    material: &Material<'_>,
    name: String,
    mut spec: LaneSpec,
    text: Result<Source, FileProblem>,
    (layout, mut diagnostics): (Arc<Layout>, Diagnostics),
    reader: impl Fn(&Source, &dyn dsl::Files, &Catalog) -> Reading,
) -> Lane {
    let mut unreadable = false;
    let source = text.unwrap_or_else(|problem| {
        unreadable = true;
        diagnostics.push(
            Diagnostic::error(
                "unreadable-file",
                Address::of(["lanes", &name, "blueprint"]),
                format!("the blueprint can't be read: {problem}"),
            )
            .with_hint(format!("lane `{name}` of {MANIFEST} names `{}`", spec.blueprint)),
        );
        Source::new(spec.blueprint.as_str(), "")
    });
    let file = material.root.join(&spec.blueprint);
    let folder = file.parent().map_or_else(|| material.root.to_owned(), Path::to_owned);
    let loader = LaneFiles::new(material.root, &spec.blueprint).with(material.overlay.clone());
    let reading = reader(&source, &loader, material.catalog);
    let (topology, found) = check::check(&reading, material.catalog);
    if !unreadable {
        diagnostics.extend(found);
        diagnostics.extend(resources::missing(&topology, &loader));
        diagnostics.locate(&reading.source_map);
    }
    let asked = spec.clone();
    apply(&mut spec, &name, &topology, material.overrides);
    let (inputs, unbound) = check::bind_inputs(&topology, &spec.inputs);
    if !unreadable {
        diagnostics.extend(unbound);
        diagnostics.locate(&reading.source_map);
    }
    diagnostics.sort();
    Lane {
        name,
        spec,
        asked,
        file,
        folder,
        source,
        reading: Arc::new(reading),
        topology: Arc::new(topology),
        inputs,
        layout,
        diagnostics,
        is_stale: false,
        overlay: material.overlay.clone(),
        library: Arc::default(),
    }
}

fn read_layout(file: &Path, diagnostics: &mut Diagnostics) -> Layout {
    if !file.exists() {
        return Layout::default();
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match files::read_source(file, &name) {
        Ok(source) => {
            let (layout, found) = dsl::layout::read(&source);
            diagnostics.extend(found);
            layout
        }
        Err(problem) => {
            diagnostics.push(
                Diagnostic::warning(
                    "unreadable-layout",
                    Address::root(),
                    format!("positions are lost: {problem}"),
                )
                .with_hint("everything is placed automatically; moving a node writes a new layout file"),
            );
            Layout::default()
        }
    }
}

/// Takes over what was asked for this time. A target without a platform is for the platforms that it serves; for hosts only
/// where the blueprint makes a Swarm, so that a Docker Engine isn't asked for machines that have nothing to do with it.
fn apply(spec: &mut LaneSpec, name: &str, topology: &Topology, overrides: &Overrides) {
    let makes_swarm = topology.nodes.values().any(|node| node.is_a("cloudify.swarm.Manager"));
    for (platform, target) in &overrides.targets {
        for candidate in Platform::ALL {
            let wanted = platform.map_or_else(
                || {
                    let elsewhere = matches!(
                        target,
                        TargetSpec::Docker | TargetSpec::DockerContext(_) | TargetSpec::DockerAddress(_)
                    ) && candidate == Platform::Host
                        && !makes_swarm;
                    target.serves(candidate) && !elsewhere
                },
                |platform| platform == candidate,
            );
            if wanted && candidate != Platform::Proxy {
                spec.targets.insert(candidate, target.clone());
            }
        }
    }
    for (lane, key, value) in &overrides.inputs {
        let here = lane.as_ref().is_none_or(|lane| lane == name);
        if here && (topology.inputs.contains_key(key) || lane.is_some()) {
            spec.inputs.insert(key.clone(), value.clone());
        }
    }
}
