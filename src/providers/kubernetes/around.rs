//! What rendering asks for, answered from an operation's [`Context`]: descriptor files and other nodes.
//!
//! Owns keeping paths inside the blueprint's folder.

use std::path::{Component, Path as FilePath, PathBuf};

use crate::engine::Context;
use crate::model::Map;
use crate::render::kubernetes::{Files, RenderError, Surroundings};

/// Descriptors larger than this are refused.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The folder of a blueprint, as the place of descriptor files.
pub struct Folder<'a>(pub &'a FilePath);

impl Files for Context {
    fn read(&self, path: &str) -> Result<String, RenderError> {
        Folder(&self.folder).read(path)
    }
}

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Result<String, RenderError> {
        let refuse = |what: &str| {
            RenderError::new(format!("{path} {what}"), "name a file inside the blueprint's folder")
        };
        let inside = FilePath::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside {
            return Err(refuse("leads out of the blueprint"));
        }
        let full: PathBuf = self.0.join(path);
        let missing = |error: std::io::Error| refuse(&format!("can't be read: {error}"));
        // Links may lead anywhere: what counts is where they end.
        let (real, folder) = (full.canonicalize().map_err(missing)?, self.0.canonicalize().map_err(missing)?);
        if !real.starts_with(&folder) {
            return Err(refuse("leads out of the blueprint"));
        }
        if std::fs::metadata(&real).map_err(missing)?.len() > MAX_BYTES {
            return Err(refuse("is larger than 4 MiB"));
        }
        std::fs::read_to_string(&real).map_err(missing)
    }
}

impl Surroundings for Context {
    fn node(&self, node: &str) -> Option<(Map, Map)> {
        let first = self.world.instances(node).ok()?.into_iter().next()?;
        Some((first.properties, first.runtime))
    }

    fn context(&self, name: &str) -> Option<String> {
        match name {
            "deployment.id" => Some(self.deployment.clone()),
            "node.id" | "node.name" => Some(self.node.name.clone()),
            "instance.id" => Some(self.instance.clone()),
            _ => None,
        }
    }
}
