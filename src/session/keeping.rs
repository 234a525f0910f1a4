//! Keeping what is drawn safe: recovery after a crash, copies elsewhere.

use std::path::{Path, PathBuf};

use super::clerk::Keeping;
use super::desk::{self, Desk, Files};
use super::files::{self, FileProblem};
use super::importing::CreateError;
use super::recovery::{self, Found, Keeper, Recovered};
use super::session::Session;

/// More files are not copied.
const MAX_FILES: usize = 20_000;

/// A copy of a project as it is drawn, to be written elsewhere.
pub struct Copy {
    root: PathBuf,
    drawn: Files,
}

impl Copy {
    /// Writes it into `to`, which must be new or empty: every file of the project's folder, hidden ones aside, as it is
    /// drawn. May take as long as the disk does.
    pub fn write(&self, to: &Path) -> Result<(), CreateError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| FileProblem::Io { path, source }
        };
        if to.exists() && (!to.is_dir() || std::fs::read_dir(to).map_err(io(to))?.next().is_some()) {
            return Err(CreateError::Taken(to.to_owned()));
        }
        std::fs::create_dir_all(to).map_err(io(to))?;
        let inside = to.canonicalize().ok().zip(self.root.canonicalize().ok());
        if inside.is_some_and(|(to, root)| to.starts_with(root)) {
            return Err(CreateError::Inside(to.to_owned()));
        }
        // A folder that has vanished has no files left; what is drawn is there all the same.
        let listed =
            if self.root.is_dir() { files::list_at_most(&self.root, MAX_FILES)? } else { Some(Vec::new()) };
        let listed = listed.ok_or_else(|| CreateError::TooMuch(self.root.clone()))?;
        for name in listed.iter().filter(|name| !self.drawn.contains_key(*name)) {
            let target = to.join(name);
            std::fs::create_dir_all(target.parent().unwrap_or(to)).map_err(io(&target))?;
            std::fs::copy(self.root.join(name), &target).map_err(io(&target))?;
        }
        for (name, text) in &self.drawn {
            let Some(text) = text else { continue };
            let target = files::inside(to, name)?;
            std::fs::create_dir_all(target.parent().unwrap_or(to)).map_err(io(&target))?;
            files::write_atomically(&target, text.as_bytes())?;
            files::mark_script(&target, text).map_err(io(&target))?;
        }
        Ok(())
    }
}

impl Session {
    /// The project as it is drawn, for a copy elsewhere.
    pub fn copy(&self) -> Copy {
        Copy { root: self.project().root.clone(), drawn: desk::files(&self.desk.project) }
    }

    /// Keeps what is not saved from now on, so that it survives the program; gives what an earlier one left behind.
    pub fn guard(&mut self) -> std::io::Result<Found> {
        let (keeper, found) = Keeper::open(&self.directory, &self.project().root)?;
        self.keeper = Some(keeper);
        self.watch();
        Ok(found)
    }

    /// Draws what was left behind again, as one step. False if it is what is drawn.
    pub fn restore(&mut self, file: &Path, recovered: &Recovered) -> bool {
        let done = self.desk.replace("restore what was not saved", recovered.project());
        recovery::forget(file);
        if done {
            self.follow();
        }
        done
    }

    /// Forgets what was left behind.
    pub fn discard(&mut self, file: &Path) {
        recovery::forget(file);
    }

    /// Has what is not saved kept.
    pub(super) fn keep(&mut self) {
        let Some(keeper) = &self.keeper else { return };
        let file = keeper.file().to_owned();
        let unsaved = self.desk.unsaved();
        let nothing = unsaved.is_empty() || Desk::only_layouts(&unsaved);
        let content = (!nothing).then(|| {
            let root = &self.project().root;
            let now = desk::now_ms();
            Box::new(Recovered::of(root, &self.desk.project, &unsaved, &self.desk.known(), now))
        });
        self.with_clerk(|clerk| clerk.keep(Keeping { file, content }));
    }
}
