//! The project folder on disk: reading sources for `dsl`, writing files so that a crash leaves the old or the new one.
//!
//! Nothing outside the folder of a blueprint is ever read for it.

use std::io::{Read as _, Write as _};
use std::path::{Component, Path, PathBuf};

use crate::diag::Source;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// The system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not text.
    #[error("{path}:{line}: this is not UTF-8 text (byte {at} of the file)", path = path.display())]
    NotText {
        /// Which file.
        path: PathBuf,
        /// Line of that byte, from 1.
        line: usize,
        /// First byte that is not.
        at: usize,
    },
    /// Larger than any blueprint.
    #[error("{path} has {bytes} bytes; at most {limit} are read", path = path.display(), limit = MAX_BYTES)]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The path leads out of the folder.
    #[error("`{address}` leads out of the blueprint's folder")]
    Outside {
        /// As written.
        address: String,
    },
}

/// Larger files are not read as blueprints: ten thousand nodes have half of it.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The text of `path`, under `name` in messages.
pub fn read_source(path: &Path, name: &str) -> Result<Source, FileProblem> {
    let io = |source| FileProblem::Io { path: path.to_owned(), source };
    let file = open_regular(path).map_err(io)?;
    let bytes = file.metadata().map_err(io)?.len();
    let large = |bytes| FileProblem::TooLarge { path: path.to_owned(), bytes };
    if bytes > MAX_BYTES {
        return Err(large(bytes));
    }
    let mut content = Vec::with_capacity(bytes as usize);
    // A file may say that it is empty and never end.
    file.take(MAX_BYTES + 1).read_to_end(&mut content).map_err(io)?;
    if content.len() as u64 > MAX_BYTES {
        return Err(large(content.len() as u64));
    }
    let text = String::from_utf8(content).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        FileProblem::NotText { path: path.to_owned(), line, at: good.len() }
    })?;
    Ok(Source::new(name, text))
}

/// Opens a file that is one: a folder, pipe, socket or device is refused before it can block or never end.
pub fn open_regular(path: &Path) -> std::io::Result<std::fs::File> {
    let refuse = |kind: std::fs::FileType| {
        let what = if kind.is_dir() { "it is a folder" } else { "it is no regular file" };
        Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, what))
    };
    let meta = std::fs::metadata(path)?;
    if !meta.is_file() {
        return refuse(meta.file_type());
    }
    std::fs::File::open(path)
}

/// `address` below `folder`, if it does not lead out of it by `..`, an absolute path or a link.
pub fn inside(folder: &Path, address: &str) -> Result<PathBuf, FileProblem> {
    let outside = || FileProblem::Outside { address: address.to_owned() };
    let relative = Path::new(address);
    if relative.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        // `a/../b` may stay inside: decided on the cleaned path, before the disk is asked.
        let mut depth = 0i32;
        for part in relative.components() {
            match part {
                Component::Normal(_) => depth += 1,
                Component::ParentDir => depth -= 1,
                Component::CurDir => {}
                Component::RootDir | Component::Prefix(_) => return Err(outside()),
            }
            if depth < 0 {
                return Err(outside());
            }
        }
    }
    let path = folder.join(relative);
    // What is not there yet lies where the deepest folder lies that is.
    let there = path.ancestors().find_map(|ancestor| ancestor.canonicalize().ok());
    match (there, folder.canonicalize()) {
        (Some(real), Ok(root)) if !real.starts_with(&root) => Err(outside()),
        _ => Ok(path),
    }
}

/// Writes `content` to `path` by a temporary file and a rename: a crash leaves the old content or the new. A link stays
/// one, and what it leads to is written; a file that is marked as read-only is left alone.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<(), FileProblem> {
    let io = |source| FileProblem::Io { path: path.to_owned(), source };
    // A rename would replace either without being asked.
    if std::fs::metadata(path).is_ok_and(|meta| meta.permissions().readonly()) {
        let told = "the file is read-only; make it writable, or save elsewhere";
        return Err(io(std::io::Error::new(std::io::ErrorKind::PermissionDenied, told)));
    }
    let real = path.canonicalize();
    let path = real.as_deref().unwrap_or(path);
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let write = || {
        let mut file = std::fs::File::create(&temporary)?;
        file.write_all(content)?;
        file.sync_all()?;
        if let Ok(old) = std::fs::metadata(path) {
            std::fs::set_permissions(&temporary, old.permissions())?;
        }
        std::fs::rename(&temporary, path)
    };
    write().map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        io(error)
    })
}

/// Marks a file that begins like a script as one that can be run.
pub fn mark_script(path: &Path, text: &str) -> std::io::Result<()> {
    #[cfg(unix)]
    if text.starts_with("#!") {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// All files below `folder`, as paths relative to it with `/`, sorted; links and hidden files are left out.
pub fn list(folder: &Path) -> Result<Vec<String>, FileProblem> {
    Ok(list_at_most(folder, usize::MAX)?.unwrap_or_default())
}

/// As [`list`]; none if there are more files, or far more folders, than `most`.
pub fn list_at_most(folder: &Path, most: usize) -> Result<Option<Vec<String>>, FileProblem> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    let mut looked = 0;
    while let Some(current) = folders.pop() {
        looked += 1;
        let io = |source| FileProblem::Io { path: current.clone(), source };
        for entry in std::fs::read_dir(&current).map_err(io)? {
            let entry = entry.map_err(io)?;
            let kind = entry.file_type().map_err(io)?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file()
                && let Ok(relative) = entry.path().strip_prefix(folder)
            {
                let parts: Vec<_> = relative
                    .components()
                    .map(|part| part.as_os_str().to_string_lossy().into_owned())
                    .collect();
                found.push(parts.join("/"));
            }
            if found.len() > most || looked + folders.len() > most.saturating_add(1) {
                return Ok(None);
            }
        }
    }
    found.sort();
    Ok(Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_is_read() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc", folder.path().join("link")).unwrap();
        for address in ["../x", "/etc/passwd", "a/../../x", "link/passwd"] {
            assert!(inside(folder.path(), address).is_err(), "{address}");
        }
        assert!(inside(folder.path(), "a/../b.yaml").is_ok());
        assert!(inside(folder.path(), "link/new/file.yaml").is_err(), "nor written");
        assert!(inside(folder.path(), "new/folder/file.yaml").is_ok());
    }

    #[test]
    fn links_stay_links_and_what_is_read_only_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.yaml"), folder.path().join("link.yaml"));
        std::fs::write(&real, "one").unwrap();
        std::os::unix::fs::symlink("real.yaml", &link).unwrap();
        write_atomically(&link, b"two").unwrap();
        assert_eq!(std::fs::read(&real).unwrap(), b"two");
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        let mut permissions = std::fs::metadata(&real).unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&real, permissions).unwrap();
        let refused = write_atomically(&link, b"three").unwrap_err().to_string();
        assert!(refused.contains("link.yaml: the file is read-only"), "{refused}");
        assert_eq!(std::fs::read(&real).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no litter");
    }

    #[test]
    fn writing_replaces_whole_and_leaves_no_litter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(list(folder.path()).unwrap(), ["a.yaml"]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
