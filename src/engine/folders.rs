//! [`Folders`]: where the files of frozen blueprints lie while an execution uses them.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use tokio::sync::Mutex;

use super::{Frozen, Store};

/// Folder for all unpacked blueprints, in the data directory.
const NAME: &str = "work";

/// The unpacked blueprints of one execution.
pub(super) struct Folders {
    data: PathBuf,
    root: PathBuf,
    unpacked: Mutex<HashMap<String, PathBuf>>,
}

impl Folders {
    /// For `execution`, in the data directory `data`.
    pub fn new(data: &Path, execution: &str) -> Self {
        let root = data.join(NAME).join(execution);
        Self { data: data.to_owned(), root, unpacked: Mutex::default() }
    }

    /// The folder of the blueprint that `edition` (an execution) deployed, unpacked at the first call.
    pub async fn of(&self, edition: &str) -> Result<PathBuf, String> {
        let mut unpacked = self.unpacked.lock().await;
        if let Some(folder) = unpacked.get(edition) {
            return Ok(folder.clone());
        }
        let (data, folder, name) = (self.data.clone(), self.root.join(edition), edition.to_owned());
        let done = tokio::task::spawn_blocking(move || -> Result<PathBuf, String> {
            let store = Store::open(&data).map_err(|error| error.to_string())?;
            let frozen = store.frozen(&name).map_err(|error| error.to_string())?.unwrap_or_default();
            unpack(&frozen, &folder).map_err(|error| format!("can't unpack the blueprint: {error}"))?;
            Ok(folder)
        });
        let folder = done.await.map_err(|error| error.to_string())??;
        unpacked.insert(edition.to_owned(), folder.clone());
        Ok(folder)
    }

    /// Removes them: the execution is about to end.
    pub fn remove(&self) {
        // What stays is removed when the engine is opened next.
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

fn unpack(frozen: &Frozen, folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (path, content) in &frozen.files {
        let relative = Path::new(path);
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        if !inside {
            return Err(std::io::Error::other(format!("{path} leaves the blueprint's folder")));
        }
        let file = folder.join(relative);
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(file, content)?;
    }
    Ok(())
}

/// Removes what executions that have died left.
pub(super) fn clear(data: &Path, store: &Store) {
    for entry in std::fs::read_dir(data.join(NAME)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|execution| !store.runs(execution)) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
