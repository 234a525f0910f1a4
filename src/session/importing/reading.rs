//! Reading what can be brought in: folders, archives, pictures, blueprints and foreign formats.

use std::path::Path;
use std::sync::Arc;

use super::{Blueprint, Content, ImportError, Incoming, MAX_BYTES, MAX_FILES};
use crate::diag::Source;
use crate::dsl;
use crate::ingest::{self, LeftOut};
use crate::render::diagram::{self, CarryError};
use crate::session::files::{self, FileProblem};
use crate::session::project::MANIFEST;
use crate::session::{archive, project};

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
    if is_picture(path) {
        return pictured(path, &source.text);
    }
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
            whole: None,
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
    Ok(Incoming {
        origin: origin.to_owned(),
        content: Content::Nodes(Box::new(found)),
        left_out,
        whole: None,
    })
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
        || is_picture(path)
        || files::read_source(path, "")
            .is_ok_and(|source| !is_blueprint(&source) && ingest::format_of(&source.text).is_some())
}

/// Whether a text calls itself a blueprint.
fn is_blueprint(source: &Source) -> bool {
    source.text.lines().any(|line| line.starts_with("tosca_definitions_version"))
        || (source.text.lines().any(|line| line.starts_with("node_templates:"))
            && dsl::read_value(source).0.get("node_templates").is_some())
}

/// Whether a file is named like a picture that may carry a project.
pub fn is_picture(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"))
}

/// The project that a picture carries.
fn pictured(path: &Path, svg: &str) -> Result<Incoming, ImportError> {
    let wrong = |source| ImportError::Picture { path: path.to_owned(), source };
    let whole = diagram::carried(svg).map_err(wrong)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut lanes = Vec::new();
    let blueprint = |name: &str, file: &str| {
        let (folder, main) = file.rfind('/').map_or(("", file), |end| file.split_at(end + 1));
        let layout = Path::new(file).with_extension("layout.yaml").to_string_lossy().replace('\\', "/");
        let others = whole.iter().filter_map(|(path, text)| {
            let inside = path.strip_prefix(folder)?;
            let own =
                path != file && *path != layout && path != MANIFEST && !inside.ends_with(".layout.yaml");
            own.then(|| (inside.to_owned(), Arc::from(text.as_str())))
        });
        Some(Blueprint {
            name: name.to_owned(),
            file: main.to_owned(),
            text: whole.get(file)?.as_str().into(),
            files: others.collect(),
            layout: Arc::new(
                whole
                    .get(&layout)
                    .map(|text| dsl::layout::read(&Source::new("layout", text.as_str())).0)
                    .unwrap_or_default(),
            ),
            ..Blueprint::default()
        })
    };
    if let Some(text) = whole.get(MANIFEST) {
        let (manifest, _) = dsl::manifest::read(&Source::new(MANIFEST, text.as_str()));
        for (name, spec) in manifest.lanes {
            let deployment = Some(spec.deployment.clone()).filter(|deployment| *deployment != name);
            if let Some(made) = blueprint(&name, &spec.blueprint) {
                lanes.push(Blueprint { deployment, inputs: spec.inputs.clone(), ..made });
            }
        }
    } else {
        let main = whole.keys().find(|path| is_blueprint(&Source::new(path.as_str(), whole[*path].as_str())));
        lanes.extend(main.and_then(|main| blueprint(&stem, main)));
    }
    if lanes.is_empty() {
        return Err(wrong(CarryError::Broken("it has no blueprint".into())));
    }
    let whole = whole.contains_key(MANIFEST).then_some(whole);
    Ok(Incoming { origin: shown(path), content: Content::Lanes(lanes), left_out: Vec::new(), whole })
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
    Ok(Incoming { origin: shown(path), content: Content::Lanes(vec![blueprint]), left_out, whole: None })
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
        return Ok(Incoming {
            origin: shown(path),
            content: Content::Lanes(blueprints),
            left_out,
            whole: None,
        });
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
    Ok(Incoming { origin: shown(path), content: Content::Nodes(Box::new(found)), left_out, whole: None })
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
