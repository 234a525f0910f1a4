//! What was deployed, read again from the store: the blueprint as it was then, though the project may have changed or gone.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;

use super::files;
use super::lane::Lane;
use crate::check::{self, Catalog};
use crate::diag::Source;
use crate::dsl::{FileError, Files};
use crate::engine::{Frozen, Store};
use crate::plan::{Edition, State};

/// Everything of a lane that operations may use, as it is drawn now. The layout is no part of it.
pub(super) fn freeze(lane: &Lane) -> Result<Frozen, files::FileProblem> {
    let mut contents = IndexMap::new();
    let main = lane.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // A lane that was just drawn has no folder yet.
    let names = if lane.folder.exists() { files::list(&lane.folder)? } else { Vec::new() };
    for name in names {
        if !name.ends_with(".layout.yaml") && name != main {
            let path = lane.folder.join(&name);
            let content = std::fs::read(&path).map_err(|source| files::FileProblem::Io { path, source })?;
            contents.insert(name, content);
        }
    }
    // What is deployed is what is drawn, saved or not.
    let prefix = lane.spec.blueprint.rfind('/').map_or("", |end| &lane.spec.blueprint[..=end]);
    for (path, text) in lane.overlay.iter() {
        let Some(name) = path.strip_prefix(prefix) else { continue };
        match text {
            Some(text) => contents.insert(name.to_owned(), text.as_bytes().to_vec()),
            None => contents.shift_remove(name),
        };
    }
    contents.insert(main.clone(), lane.source.text.as_bytes().to_vec());
    contents.sort_keys();
    Ok(Frozen { main, inputs: lane.inputs.clone(), files: contents })
}

/// The edition of a lane as it is now.
pub(super) fn edition(lane: &Lane, frozen: &Frozen) -> Edition {
    Edition {
        topology: Arc::clone(&lane.topology),
        inputs: lane.inputs.clone(),
        files: frozen.fingerprints(),
        scaled: IndexMap::new(),
    }
}

/// The editions that the existing instances of `state` were made from, by execution.
pub(super) fn made_from(store: &Store, state: &State) -> IndexMap<String, Arc<Edition>> {
    let mut editions = IndexMap::new();
    for record in state.instances.values() {
        if !editions.contains_key(&record.execution)
            && let Ok(Some(frozen)) = store.frozen(&record.execution)
        {
            editions.insert(record.execution.clone(), Arc::new(thaw(&frozen)));
        }
    }
    editions
}

/// A frozen blueprint, read and checked again.
pub(super) fn thaw(frozen: &Frozen) -> Edition {
    let texts = FrozenFiles(
        frozen
            .files
            .iter()
            .filter_map(|(name, content)| Some((name.as_str(), std::str::from_utf8(content).ok()?)))
            .collect(),
    );
    let source =
        Source::new(frozen.main.as_str(), texts.0.get(frozen.main.as_str()).copied().unwrap_or_default());
    let catalog = Catalog::built_in();
    let reading = check::read(&source, &texts, &catalog);
    let (topology, _) = check::check(&reading, &catalog);
    Edition {
        topology: Arc::new(topology),
        inputs: frozen.inputs.clone(),
        files: frozen.fingerprints(),
        scaled: IndexMap::new(),
    }
}

struct FrozenFiles<'a>(HashMap<&'a str, &'a str>);

impl Files for FrozenFiles<'_> {
    fn read(&self, address: &str, from: &str) -> Result<Source, FileError> {
        let beside = Path::new(from).parent().map(|folder| folder.join(address));
        beside
            .iter()
            .filter_map(|path| path.to_str())
            .chain([address])
            .find_map(|name| self.0.get(name).map(|text| Source::new(name, *text)))
            .ok_or(FileError::NotFound)
    }

    fn exists(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}
