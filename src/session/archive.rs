//! Blueprint archives (`zip`, CSAR, `tar`, `tar.gz`) read into memory: nothing of them is ever written by reading.
//!
//! An archive is a stranger's: names that lead out of it, links, devices, and contents beyond any blueprint's size are
//! refused as a whole, with the entry's name, and never mended silently. Knows no blueprints but for which file to open.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use indexmap::IndexMap;

use super::files;
use crate::diag::{Diagnostic, Path as Address, Place, Source, Span, escape};
use crate::dsl::{FileError, Files};

/// Larger archives are not opened.
pub const MAX_ARCHIVE: u64 = 32 * 1024 * 1024;
/// All that an archive may hold.
pub const MAX_CONTENT: u64 = 48 * 1024 * 1024;
/// More entries are not read.
pub const MAX_ENTRIES: usize = 10_000;
/// Content may be so many times larger than the archive, once it is over 4 MiB.
pub const MAX_RATIO: u64 = 100;
/// Content that may be packed as tightly as it will.
const FREE_CONTENT: u64 = 4 * 1024 * 1024;
/// Longer names are refused.
const MAX_NAME: usize = 512;

/// One file of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Whether it may be executed.
    pub executable: bool,
}

/// The files of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// Name without its ending, as a name for the blueprint.
    pub name: String,
    /// The blueprint's file, one of `files`.
    pub blueprint: String,
    /// Files by their path with `/`, in the order of the archive. A single folder around all of them is taken off.
    pub files: IndexMap<String, Entry>,
}

/// Whether `path` is named like an archive that [`open`] reads.
pub fn is_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    ENDINGS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
}

const ENDINGS: &[&str] = &[".zip", ".csar", ".tar", ".tar.gz", ".tgz"];

/// Reads the archive at `path`. The problem names the archive and the entry at fault.
pub fn open(path: &Path) -> Result<Archive, Diagnostic> {
    let shown = path.to_string_lossy();
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let wrong = |refusal: Refusal| refusal.told(&shown);
    let handle = files::open_regular(path).map_err(|error| wrong(Refusal::unreadable(error.to_string())))?;
    let size = handle.metadata().map_err(|error| wrong(Refusal::unreadable(error.to_string())))?.len();
    if size > MAX_ARCHIVE {
        return Err(wrong(Refusal::large(format!("it has {size} bytes; at most {MAX_ARCHIVE} are read"))));
    }
    let files = read(handle, size).map_err(wrong)?;
    let lower = file.to_lowercase();
    let ending = ENDINGS.iter().filter(|ending| lower.ends_with(*ending)).map(|ending| ending.len()).max();
    let name = file.get(..file.len() - ending.unwrap_or(0)).unwrap_or(&file).to_owned();
    let files = without_folder(files);
    let blueprint = main_file(&files).map_err(wrong)?;
    Ok(Archive { name, blueprint, files })
}

/// Why an archive is refused.
struct Refusal {
    code: &'static str,
    message: String,
    hint: &'static str,
}

impl Refusal {
    fn unreadable(message: String) -> Self {
        let hint = "zip, CSAR, tar and tar.gz archives are read";
        Self { code: "unreadable-archive", message, hint }
    }

    fn outside(message: String) -> Self {
        let hint = "nothing of it was read or written; pack it again from inside the blueprint's folder";
        Self { code: "archive-outside", message, hint }
    }

    fn large(message: String) -> Self {
        let hint = "unpack it yourself if you trust it, and open the folder";
        Self { code: "archive-too-large", message, hint }
    }

    fn told(self, archive: &str) -> Diagnostic {
        let diagnostic = match self.code {
            "archive-outside" => Diagnostic::error("archive-outside", Address::root(), self.message),
            "archive-too-large" => Diagnostic::error("archive-too-large", Address::root(), self.message),
            _ => Diagnostic::error("unreadable-archive", Address::root(), self.message),
        };
        let span = Span { line: 1, column: 1, end_line: 1, ..Span::default() };
        diagnostic.at(Place { file: archive.into(), span }).with_hint(self.hint)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::unreadable(format!("it can't be read: {error}"))
    }
}

fn read(mut file: File, size: u64) -> Result<IndexMap<String, Entry>, Refusal> {
    let mut head = Vec::new();
    (&mut file).take(512).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let mut content = Content { size, total: 0, entries: 0, seen: HashSet::new(), files: IndexMap::new() };
    if head.starts_with(b"PK") {
        announced(&mut file, size)?;
        zip(file, &mut content)?;
    } else if head.starts_with(&[0x1f, 0x8b]) {
        let limit = MAX_CONTENT + 1024 * MAX_ENTRIES as u64;
        tar(flate2::read::GzDecoder::new(BufReader::new(file)).take(limit), &mut content)?;
    } else if head.get(257..262) == Some(b"ustar") {
        tar(BufReader::new(file), &mut content)?;
    } else {
        return Err(Refusal::unreadable("it is neither a zip nor a tar archive".into()));
    }
    Ok(content.files)
}

/// What was read so far, and the limits.
struct Content {
    size: u64,
    total: u64,
    entries: usize,
    /// Names of files and of the folders around them.
    seen: HashSet<String>,
    files: IndexMap<String, Entry>,
}

impl Content {
    /// Takes a name; the path to keep it under, none for a folder.
    fn enter(&mut self, raw: &[u8], folder: bool) -> Result<Option<String>, Refusal> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(Refusal::large(format!("it has more than {MAX_ENTRIES} entries")));
        }
        let path = path_of(raw)?;
        if folder || path.is_empty() {
            return Ok(None);
        }
        for (end, _) in path.match_indices('/') {
            if self.files.contains_key(&path[..end]) {
                return Err(Refusal::unreadable(format!("`{}` is a file and a folder", &path[..end])));
            }
            self.seen.insert(path[..end].to_owned());
        }
        if !self.seen.insert(path.clone()) {
            return Err(Refusal::unreadable(format!("`{path}` stands in it twice")));
        }
        Ok(Some(path))
    }

    fn add(&mut self, path: String, executable: bool, content: impl Read) -> Result<(), Refusal> {
        let left = MAX_CONTENT - self.total;
        let mut bytes = Vec::new();
        let read = content.take(left + 1).read_to_end(&mut bytes);
        read.map_err(|error| Refusal::unreadable(format!("`{path}` can't be read: {error}")))?;
        self.total += bytes.len() as u64;
        if self.total > MAX_CONTENT {
            return Err(Refusal::large(format!("it holds more than {MAX_CONTENT} bytes")));
        }
        if self.total > FREE_CONTENT && self.total / self.size.max(1) >= MAX_RATIO {
            let message = format!("`{path}` unpacks to more than {MAX_RATIO} times the archive's size");
            return Err(Refusal::large(message));
        }
        self.files.insert(path, Entry { bytes, executable });
        Ok(())
    }
}

/// The path of an entry with `/`, without `.`; refused where it leads anywhere else.
fn path_of(raw: &[u8]) -> Result<String, Refusal> {
    let shown = || escape(&String::from_utf8_lossy(&raw[..raw.len().min(80)]));
    let refuse = |why: &str| Err(Refusal::outside(format!("the entry `{}` {why}", shown())));
    let Ok(name) = std::str::from_utf8(raw) else { return refuse("has a name that is no UTF-8 text") };
    if name.len() > MAX_NAME {
        return refuse("has a name that is too long");
    }
    if name.starts_with('/') || name.get(1..2) == Some(":") {
        return refuse("has an absolute path");
    }
    if name.contains('\\') {
        return refuse("has a `\\` in its name, which is a folder's end on some systems");
    }
    if escape(name) != name {
        return refuse("has control characters in its name");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return refuse("leads out of the archive by `..`");
    }
    Ok(parts.join("/"))
}

/// Refuses a zip that announces too many entries before its directory is read into memory.
fn announced(file: &mut File, size: u64) -> Result<(), Refusal> {
    let tail = size.min(22 + 65_535);
    file.seek(SeekFrom::Start(size - tail))?;
    let mut bytes = Vec::new();
    (&mut *file).take(tail).read_to_end(&mut bytes)?;
    file.seek(SeekFrom::Start(0))?;
    let counts = bytes.windows(12).filter(|window| window.starts_with(b"PK\x05\x06"));
    let most = counts.map(|end| usize::from(u16::from_le_bytes([end[10], end[11]]))).max().unwrap_or(0);
    if most > MAX_ENTRIES {
        return Err(Refusal::large(format!("it has {most} entries; at most {MAX_ENTRIES} are read")));
    }
    Ok(())
}

fn zip(file: File, content: &mut Content) -> Result<(), Refusal> {
    let refuse = |error: zip::result::ZipError| Refusal::unreadable(format!("it can't be read: {error}"));
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(refuse)?;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(refuse)?;
        let mode = entry.unix_mode().unwrap_or(0o100_644);
        let raw = entry.name_raw().to_owned();
        let Some(path) = content.enter(&raw, entry.is_dir())? else { continue };
        let kind = mode & 0o170_000;
        if entry.is_symlink() || !matches!(kind, 0 | 0o100_000) {
            return Err(Refusal::outside(format!("the entry `{path}` is a link or a device")));
        }
        content.add(path, mode & 0o100 != 0, entry)?;
    }
    Ok(())
}

fn tar(input: impl Read, content: &mut Content) -> Result<(), Refusal> {
    let mut archive = tar::Archive::new(input);
    for entry in archive.entries()? {
        let entry = entry?;
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() {
            continue;
        }
        let raw = entry.path_bytes().into_owned();
        let Some(path) = content.enter(&raw, kind.is_dir())? else { continue };
        if !matches!(kind, tar::EntryType::Regular | tar::EntryType::Continuous) {
            return Err(Refusal::outside(format!("the entry `{path}` is a link or a device")));
        }
        let executable = entry.header().mode().is_ok_and(|mode| mode & 0o100 != 0);
        content.add(path, executable, entry)?;
    }
    Ok(())
}

/// As Cloudify packs them, all files stand in one folder: it is taken off.
fn without_folder(files: IndexMap<String, Entry>) -> IndexMap<String, Entry> {
    let folder = |path: &str| path.split_once('/').map(|(folder, _)| folder.to_owned());
    let Some(first) = files.keys().next().and_then(|path| folder(path)) else { return files };
    if !files.keys().all(|path| folder(path).as_deref() == Some(&first)) {
        return files;
    }
    files.into_iter().map(|(path, entry)| (path[first.len() + 1..].to_owned(), entry)).collect()
}

/// The file to open: what a CSAR's `Entry-Definitions` names, `blueprint.yaml`, or the only YAML file at the top.
fn main_file(files: &IndexMap<String, Entry>) -> Result<String, Refusal> {
    let meta = files.get("TOSCA-Metadata/TOSCA.meta").map(|entry| String::from_utf8_lossy(&entry.bytes));
    let named = meta.as_deref().and_then(|meta| {
        let line = meta.lines().find_map(|line| line.strip_prefix("Entry-Definitions:"))?;
        Some(line.trim().to_owned()).filter(|name| files.contains_key(name))
    });
    if let Some(named) = named {
        return Ok(named);
    }
    if files.contains_key("blueprint.yaml") {
        return Ok("blueprint.yaml".into());
    }
    let yaml = |path: &&String| {
        let ending = Path::new(path).extension();
        !path.contains('/') && ending.is_some_and(|ending| ending == "yaml" || ending == "yml")
    };
    match files.keys().filter(yaml).collect::<Vec<_>>().as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(Refusal::unreadable("there is no blueprint in it: no YAML file at its top".into())),
        several => Err(Refusal::unreadable(format!(
            "it has {} YAML files at its top and none is named blueprint.yaml",
            several.len()
        ))),
    }
}

impl Archive {
    /// The text of a file; its name in messages is its path in the archive.
    pub fn source(&self, path: &str) -> Result<Source, FileError> {
        let entry = self.files.get(path).ok_or(FileError::NotFound)?;
        let text = std::str::from_utf8(&entry.bytes);
        let text = text.map_err(|_| FileError::Unreadable("it is no UTF-8 text".into()))?;
        Ok(Source::new(path, text))
    }
}

/// `address` beside `from`, without `.` and `..`; none where it leads out.
fn beside(from: &str, address: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(address.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A blueprint of the archive imports files of the archive alone.
impl Files for Archive {
    fn read(&self, address: &str, from: &str) -> Result<Source, FileError> {
        let address = address.strip_prefix("file:").map_or(address, |path| path.trim_start_matches("//"));
        if address.contains("://") {
            return Err(FileError::Unsupported("nothing is fetched from a network".to_owned()));
        }
        if address.starts_with('/') {
            return Err(FileError::Outside);
        }
        let near = beside(from, address).filter(|path| self.files.contains_key(path));
        match near.or_else(|| beside(&self.blueprint, address)) {
            Some(path) => self.source(&path),
            None => Err(FileError::Outside),
        }
    }

    fn exists(&self, path: &str) -> bool {
        !path.starts_with('/')
            && beside(&self.blueprint, path).is_some_and(|path| self.files.contains_key(&path))
    }
}

#[cfg(test)]
mod tests;
