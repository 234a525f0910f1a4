//! Export: the blueprints of a project with their resources, as folders and as Cloudify-style archives.
//!
//! What is written is byte for byte what is in the project. The layout sidecar and hidden files stay behind: they are no
//! part of a blueprint.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::files::{self, FileProblem};

/// Why an export did not come about.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileProblem),
    /// An archive could not be written.
    #[error("{path}: {message}", path = path.display())]
    Archive {
        /// Which.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// Something else is there already.
    #[error("{path} exists and is not empty; name a new folder, or empty this one first", path = path.display())]
    NotEmpty {
        /// Which folder.
        path: PathBuf,
    },
}

/// A blueprint to export: its name and its folder.
pub struct Exported<'a> {
    /// Name of the folder and archive to write.
    pub name: &'a str,
    /// Folder of the blueprint.
    pub folder: &'a Path,
}

/// Writes `DIR/<name>/…` and `DIR/<name>.zip` for each blueprint; gives the paths written, in order.
///
/// An archive holds one folder of the blueprint's name, as Cloudify expects of an uploaded archive. `to` must be new or
/// empty: nothing is overwritten.
pub fn export(blueprints: &[Exported<'_>], to: &Path) -> Result<Vec<PathBuf>, ExportError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| ExportError::File(FileProblem::Io { path, source })
    };
    if to.exists() && std::fs::read_dir(to).map_err(io(to))?.next().is_some() {
        return Err(ExportError::NotEmpty { path: to.to_owned() });
    }
    let mut written = Vec::new();
    for blueprint in blueprints {
        let content = content(blueprint)?;
        for (name, bytes, executable) in &content {
            let path = to.join(blueprint.name).join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(io(parent))?;
            }
            files::write_atomically(&path, bytes)?;
            set_executable(&path, *executable).map_err(io(&path))?;
            written.push(path);
        }
        let path = to.join(format!("{}.zip", blueprint.name));
        let archive = archive(blueprint.name, &content)
            .map_err(|message| ExportError::Archive { path: path.clone(), message })?;
        files::write_atomically(&path, &archive)?;
        written.push(path);
    }
    Ok(written)
}

type File = (String, Vec<u8>, bool);

/// The files of a blueprint: relative name, bytes, whether it may be executed.
fn content(blueprint: &Exported<'_>) -> Result<Vec<File>, ExportError> {
    let mut content = Vec::new();
    for name in files::list(blueprint.folder)? {
        if name.ends_with(".layout.yaml") {
            continue;
        }
        let path = blueprint.folder.join(&name);
        let bytes = std::fs::read(&path).map_err(|source| FileProblem::Io { path: path.clone(), source })?;
        content.push((name, bytes, is_executable(&path)));
    }
    Ok(content)
}

/// A zip with everything under one folder, in order, without times: same input, same bytes.
fn archive(name: &str, content: &[File]) -> Result<Vec<u8>, String> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (file, bytes, executable) in content {
        let options = zip::write::SimpleFileOptions::default()
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(if *executable { 0o755 } else { 0o644 });
        zip.start_file(format!("{name}/{file}"), options).map_err(|error| error.to_string())?;
        zip.write_all(bytes).map_err(|error| error.to_string())?;
    }
    Ok(zip.finish().map_err(|error| error.to_string())?.into_inner())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    false
}

#[cfg(unix)]
fn set_executable(path: &Path, executable: bool) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))
}

#[cfg(not(unix))]
fn set_executable(_: &Path, _: bool) -> std::io::Result<()> {
    Ok(())
}
