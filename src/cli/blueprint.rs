//! One blueprint file for the verbs that judge files alone (`check FILE`, `topology`): where its imports come from.
//!
//! An archive stands for the blueprint in it. Imports are answered by `--import-map`, then by the built-in types, then by files beside the blueprint and in
//! `--resources`. Nothing outside those folders is read, nothing is fetched.

use std::path::{Component, Path, PathBuf};

use clap::Args;

use super::args::Format;
use super::output::{self, exit};
use crate::check::{self, Catalog, Options, Topology};
use crate::diag::{Diagnostic, Diagnostics, Path as Address, Place, Source, Span, render};
use crate::dsl::{self, FileError, Files, Reading};
use crate::session::archive;
use crate::session::files::{self, FileProblem};

/// How a blueprint file is read.
#[derive(Debug, Clone, Default, Args)]
pub struct ReadOptions {
    /// Answer imports of ADDRESS (or of what begins with it, if PATH is a folder) with a local file; repeatable
    #[arg(long = "import-map", value_name = "ADDRESS=PATH")]
    pub import_map: Vec<String>,

    /// A folder in which relative imports and scripts are looked for too; repeatable
    #[arg(long, value_name = "DIR")]
    pub resources: Vec<PathBuf>,

    /// Judge as the reference parser does: leave this program's own findings out
    #[arg(long)]
    pub strict_compat: bool,
}

/// A blueprint file, read and judged.
pub struct Blueprint {
    /// What was read.
    pub reading: Reading,
    /// What it means.
    pub topology: Topology,
    /// Everything that is wrong with it.
    pub problems: Diagnostics,
}

/// Files on this machine, in the folders that may be read.
struct Disk<'a> {
    options: &'a ReadOptions,
    folder: PathBuf,
}

/// What `--import-map` says, before anything else.
struct Mapped<'a> {
    options: &'a ReadOptions,
    files: &'a dyn Files,
}

fn inside(folder: &Path, address: &str) -> Result<PathBuf, FileError> {
    let relative = Path::new(address);
    let mut depth = 0i32;
    for component in relative.components() {
        depth += match component {
            Component::Normal(_) => 1,
            Component::CurDir => 0,
            Component::ParentDir => -1,
            Component::RootDir | Component::Prefix(_) => return Err(FileError::Outside),
        };
        if depth < 0 {
            return Err(FileError::Outside);
        }
    }
    let path = folder.join(relative);
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // A link may lead out where the name does not.
    match (path.canonicalize(), here.canonicalize()) {
        (Ok(real), Ok(root)) if real.starts_with(&root) => Ok(path),
        (Ok(_), _) => Err(FileError::Outside),
        (Err(error), _) => Err(error.into()),
    }
}

fn text_of(path: &Path) -> Result<Source, FileError> {
    files::read_source(path, &path.to_string_lossy()).map_err(|problem| match problem {
        FileProblem::Io { source, .. } => source.into(),
        problem => FileError::Unreadable(problem.to_string()),
    })
}

impl Mapped<'_> {
    fn mapped(&self, address: &str) -> Option<PathBuf> {
        self.options.import_map.iter().find_map(|entry| {
            let (from, to) = entry.rsplit_once('=')?;
            let rest = address.strip_prefix(from)?;
            let path = PathBuf::from(to);
            // `plugin:NAME?version=…`: any version is that file's.
            if rest.is_empty() || rest.starts_with('?') {
                return Some(path);
            }
            path.is_dir().then(|| path.join(rest.trim_start_matches('/')))
        })
    }
}

impl Files for Mapped<'_> {
    fn read(&self, address: &str, from: &str) -> Result<Source, FileError> {
        self.read_for(address, from, None)
    }

    fn read_for(&self, address: &str, from: &str, minor: Option<u32>) -> Result<Source, FileError> {
        match self.mapped(address) {
            Some(path) => text_of(&path),
            None => self.files.read_for(address, from, minor),
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.files.exists(path)
    }
}

impl Disk<'_> {
    fn folders(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(self.folder.as_path()).chain(self.options.resources.iter().map(PathBuf::as_path))
    }
}

impl Files for Disk<'_> {
    fn read(&self, address: &str, from: &str) -> Result<Source, FileError> {
        let plain =
            address.strip_prefix("file://").or_else(|| address.strip_prefix("file:")).unwrap_or(address);
        let plain = plain.strip_prefix("resource:").unwrap_or(plain);
        if let Some((scheme, _)) = plain.split_once(':').filter(|(scheme, _)| scheme.len() > 1) {
            return Err(FileError::Unsupported(format!(
                "addresses of `{scheme}:` are not fetched; answer it with `--import-map {address}=PATH`"
            )));
        }
        let mut problem = FileError::NotFound;
        // Relative to the importing file, as long as that stays in a folder that may be read.
        for folder in self.folders() {
            let beside = Path::new(from).strip_prefix(folder).ok().and_then(Path::parent);
            let near = beside.map(|beside| beside.join(plain).to_string_lossy().into_owned());
            let own =
                Path::new(plain).strip_prefix(folder).ok().map(|own| own.to_string_lossy().into_owned());
            for candidate in near.into_iter().chain(own).chain([plain.to_owned()]) {
                match inside(folder, &candidate).and_then(|path| text_of(&path)) {
                    Ok(source) => return Ok(source),
                    Err(FileError::NotFound) => {}
                    Err(error) => problem = error,
                }
            }
        }
        Err(problem)
    }

    fn exists(&self, path: &str) -> bool {
        self.folders().any(|folder| inside(folder, path).is_ok_and(|path| path.is_file()))
    }
}

/// Reads and judges a blueprint file, or the blueprint of an archive. An unreadable one is told, and gives the exit
/// code.
pub fn load(path: &Path, options: &ReadOptions, format: Format) -> Result<Blueprint, u8> {
    let catalog = Catalog::built_in();
    if archive::is_archive(path) {
        return archived(path, options, &catalog).map_err(|refused| unreadable(refused, format));
    }
    let source = match files::read_source(path, &path.to_string_lossy()) {
        Ok(source) => source,
        Err(problem) if path.is_dir() => return Err(output::failed(problem, exit::USAGE)),
        Err(problem) => {
            let refused = Diagnostic::error("unreadable-file", Address::root(), problem.to_string());
            let line = if let FileProblem::NotText { line, .. } = problem { line as u32 } else { 1 };
            let span = Span { line, column: 1, end_line: line, ..Span::default() };
            let place = Place { file: path.to_string_lossy().into(), span };
            return Err(unreadable(refused.at(place), format));
        }
    };
    // Empty for the current one, so that files of it have the names under which they were asked for.
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok(judge(&source, &Disk { options, folder }, options, &catalog))
}

/// Imports are answered by `--import-map`, by the built-in types and by `files`.
fn judge(source: &Source, files: &dyn Files, options: &ReadOptions, catalog: &Catalog) -> Blueprint {
    let reading = dsl::read(source, &Mapped { options, files: &catalog.before(files) });
    let judged = Options { strict_compat: options.strict_compat };
    let (topology, problems) = check::check_with(&reading, catalog, judged);
    Blueprint { reading, topology, problems }
}

/// Tells why there is nothing to judge.
fn unreadable(refused: Diagnostic, format: Format) -> u8 {
    match format {
        Format::Json => output::json(&output::problems_json(&[refused].into_iter().collect())),
        Format::Text => output::note(render(&refused, |_| None).trim_end()),
    }
    exit::PROBLEMS
}

/// The blueprint of an archive: what it imports is answered by `--import-map`, by the built-in types and by the archive
/// itself; nothing is unpacked.
fn archived(path: &Path, options: &ReadOptions, catalog: &Catalog) -> Result<Blueprint, Diagnostic> {
    let archive = archive::open(path)?;
    let source = archive.source(&archive.blueprint).map_err(|error| {
        let message = format!("`{}` in the archive can't be read: {error}", archive.blueprint);
        let span = Span { line: 1, column: 1, end_line: 1, ..Span::default() };
        Diagnostic::error("unreadable-file", Address::root(), message)
            .at(Place { file: path.to_string_lossy().into(), span })
    })?;
    Ok(judge(&source, &archive, options, catalog))
}

/// Tells problems as snippets on stderr.
pub fn tell(problems: &Diagnostics, reading: &Reading) {
    for problem in problems {
        output::note(
            render(problem, |name| reading.sources.iter().find(|source| &*source.name == name)).trim_end(),
        );
    }
}
