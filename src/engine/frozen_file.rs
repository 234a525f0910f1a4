//! [`FrozenFiles`]: single files of the blueprint that a deployment was last made from, while no execution has them
//! unpacked.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::Store;

/// Files of one deployment's blueprint, each read from the store when it is first asked for.
pub(super) struct FrozenFiles {
    data: PathBuf,
    deployment: String,
    read: Mutex<HashMap<String, Option<Vec<u8>>>>,
}

impl FrozenFiles {
    /// Of `deployment`, in the data directory `data`. Reads nothing yet.
    pub fn new(data: &Path, deployment: &str) -> Self {
        Self { data: data.to_owned(), deployment: deployment.to_owned(), read: Mutex::default() }
    }

    /// The content of `path`, relative to the blueprint's folder; none if it has no such file.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        let path = frozen_name(path)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(&path) {
            return known.clone();
        }
        // A store that can't be read now may be readable later.
        let store = Store::open(&self.data).ok()?;
        let execution = store.last_deploy(&self.deployment).ok()??;
        let found = store.frozen(&execution).ok()??.files.swap_remove(&path);
        read.insert(path, found.clone());
        found
    }
}

/// `path` as frozen files are named; none for one that leaves the folder.
fn frozen_name(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_named_as_it_is_frozen() {
        assert_eq!(frozen_name("./lab//config.yaml").as_deref(), Some("lab/config.yaml"));
        assert_eq!(frozen_name("../config.yaml"), None);
        assert_eq!(frozen_name("/etc/passwd"), None);
    }
}
