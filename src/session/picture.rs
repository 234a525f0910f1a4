//! The picture of the whole project as a file, and the project out of such a file.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::desk;
use super::files::{self, FileProblem};
use super::project::{MANIFEST, OpenProject};
use crate::edit;
use crate::render::diagram::{self, DARK, LIGHT, Picture, PngError};
use crate::scene::{LaneInput, Scene};

/// What a picture carries at most, in bytes.
const MAX_CARRIED: usize = 8 * 1024 * 1024;
/// Files of a lane's folder that are looked at.
const MAX_FILES: usize = 2_000;

/// In which form a picture is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines and letters, with the project inside.
    Svg,
    /// Pixels.
    Png,
    /// A graph for Graphviz.
    Dot,
}

impl Form {
    /// By the ending of a file's name; an SVG where there is none.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).as_deref() {
            None | Some("svg") => Some(Self::Svg),
            Some("png") => Some(Self::Png),
            Some("dot" | "gv") => Some(Self::Dot),
            Some(_) => None,
        }
    }
}

/// Why a picture was not written.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Not by that ending.
    #[error("{path}: a picture is an .svg, a .png or a .dot", path = .0.display())]
    Form(PathBuf),
    /// No pixels.
    #[error(transparent)]
    Png(#[from] PngError),
    /// The disk said no.
    #[error(transparent)]
    File(#[from] FileProblem),
}

/// All that a picture is made of, to be written by any thread.
pub struct Sketch {
    /// Where everything stands.
    pub scene: Scene,
    /// The project's name.
    pub title: String,
    /// For dark pages.
    pub dark: bool,
    /// Pixels for each point.
    pub scale: f32,
    /// What an SVG carries; none if nothing.
    pub files: Option<IndexMap<String, String>>,
}

impl Sketch {
    /// The picture of a project as it was opened, in the form of its lanes' layouts.
    pub fn of(project: &OpenProject) -> Self {
        let files = carried(project, &project.documents());
        Self {
            scene: scene(project),
            title: project.name.clone(),
            dark: false,
            scale: 2.0,
            files: Some(files),
        }
    }

    /// The picture's bytes.
    pub fn bytes(&self, form: Form) -> Result<Vec<u8>, PictureError> {
        let palette = if self.dark { &DARK } else { &LIGHT };
        let picture = Picture { scene: &self.scene, title: &self.title, palette, files: self.files.as_ref() };
        Ok(match form {
            Form::Svg => diagram::svg(&picture).into_bytes(),
            Form::Png => diagram::png(&diagram::svg(&Picture { files: None, ..picture }), self.scale)?,
            Form::Dot => diagram::dot(&picture).into_bytes(),
        })
    }

    /// Writes the picture to `path`, in the form that its ending says; gives the path, with `.svg` if it had no ending.
    pub fn write(&self, path: &Path) -> Result<PathBuf, PictureError> {
        let form = Form::of(path).ok_or_else(|| PictureError::Form(path.to_owned()))?;
        let path = if path.extension().is_none() { path.with_extension("svg") } else { path.to_owned() };
        files::write_atomically(&path, &self.bytes(form)?)?;
        Ok(path)
    }
}

/// The picture of all lanes, folded as their layouts say.
fn scene(project: &OpenProject) -> Scene {
    let lanes: Vec<LaneInput<'_>> = project
        .lanes
        .values()
        .map(|lane| LaneInput {
            name: &lane.name,
            deployment: lane.deployment(),
            topology: &lane.topology,
            layout: &lane.layout,
            inputs: &lane.inputs,
        })
        .collect();
    Scene::new(&lanes)
}

/// What a picture of the project carries: the manifest, blueprints and layouts as they are drawn, and the text files that
/// the blueprints name, but for keys: a picture is shown to everybody.
pub fn carried(project: &OpenProject, drawn: &edit::Project) -> IndexMap<String, String> {
    let mut found: IndexMap<String, String> = IndexMap::new();
    for (path, text) in desk::files(drawn) {
        if let Some(text) = text.filter(|text| !is_key(text)) {
            found.insert(path, text.to_string());
        }
    }
    for (name, lane) in &project.lanes {
        let Some(document) = drawn.documents.get(name) else { continue };
        let prefix = document.file.rfind('/').map(|end| &document.file[..=end]).unwrap_or_default();
        let listed = files::list_at_most(&lane.folder, MAX_FILES).ok().flatten().unwrap_or_default();
        for file in listed.iter().filter(|file| document.text.contains(file.as_str())) {
            let path = format!("{prefix}{file}");
            let known = found.contains_key(&path) || path == MANIFEST;
            let source = (!known).then(|| files::read_source(&lane.folder.join(file), file).ok()).flatten();
            if let Some(source) = source.filter(|source| !is_key(&source.text)) {
                found.insert(path, source.text.to_string());
            }
        }
    }
    // The blueprints come first: what is too much is left out from the end.
    let mut total = 0;
    found.retain(|path, text| {
        total += path.len() + text.len();
        total <= MAX_CARRIED
    });
    found
}

fn is_key(text: &str) -> bool {
    ["PRIVATE KEY-----", "client-key-data:", "BEGIN PGP PRIVATE"].iter().any(|mark| text.contains(mark))
}
