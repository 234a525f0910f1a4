//! [`Files`]: how the reader asks for the files that a blueprint imports or names.
//!
//! Does not know disks or networks: the session answers from the project folder, tests from memory.

use crate::diag::Source;

/// Why a file could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// There is none.
    #[error("no such file")]
    NotFound,
    /// It lies outside the folder that may be read.
    #[error("it lies outside the project folder")]
    Outside,
    /// The address is of a kind that is not fetched.
    #[error("{0}")]
    Unsupported(String),
    /// It exists, but could not be read.
    #[error("{0}")]
    Unreadable(String),
}

/// The files that a blueprint may reach.
pub trait Files {
    /// The file at `address` as written in the file named `from`: relative to that file first, then to the
    /// blueprint's folder. [`Source::name`] of the answer identifies the file: reached twice, it has the same name.
    fn read(&self, address: &str, from: &str) -> Result<Source, FileError>;

    /// Like [`Self::read`], for a blueprint of `cloudify_dsl_1_MINOR`: `x_1_4.yaml` is preferred to `x.yaml`.
    fn read_for(&self, address: &str, from: &str, minor: Option<u32>) -> Result<Source, FileError> {
        let remote = address.contains(':');
        if let (Some(minor), false, Some(stem)) = (minor, remote, address.strip_suffix(".yaml"))
            && let Ok(source) = self.read(&format!("{stem}_1_{minor}.yaml"), from)
        {
            return Ok(source);
        }
        self.read(address, from)
    }

    /// Whether there is a file at `path`, relative to the blueprint's folder: for scripts that operations name.
    fn exists(&self, path: &str) -> bool {
        let _ = path;
        false
    }
}

/// `4` of `types_1_4.yaml`: the version of the DSL that a file is for, where its name says so.
pub fn edition_of(address: &str) -> Option<u32> {
    let (_, minor) = address.strip_suffix(".yaml")?.rsplit_once("_1_")?;
    (minor.len() == 1).then(|| minor.parse().ok())?
}

/// No files at all: a blueprint that must stand alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _address: &str, _from: &str) -> Result<Source, FileError> {
        Err(FileError::NotFound)
    }
}
