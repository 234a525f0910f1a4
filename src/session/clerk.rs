//! [`Clerk`]: a thread that reads, checks and writes, so that the window's never waits for a blueprint or a disk.
//!
//! Of several requests to read only the newest is worked off: what was typed meanwhile is read once. Decides nothing.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::desk::Files;
use super::files::{self, FileProblem};
use super::project::{self, OpenProject};
use super::recovery::Recovered;
use super::texts::FileText;
use super::watch::Watch;
use crate::edit::Project;

/// How often files are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Reports that wait to be looked at.
const REPORTS: usize = 64;

/// Something to write: the files, and what each must hold at the moment for that.
pub(super) struct Writing {
    pub root: PathBuf,
    pub files: Files,
    /// As this program knows them. A file that holds something else was changed by somebody else.
    pub known: Files,
    /// What is drawn, with which everything is saved then; none for a copy elsewhere.
    pub project: Project,
}

/// Something to read.
pub(super) struct Reading {
    pub revision: u64,
    pub project: Project,
    pub before: OpenProject,
}

/// What is kept for the next start, or that nothing is.
pub(super) struct Keeping {
    pub file: PathBuf,
    pub content: Option<Box<Recovered>>,
}

/// What was done.
pub(super) enum Report {
    /// Somebody else has changed a file: its text now, none if it is gone.
    Changed {
        file: String,
        text: Option<Arc<str>>,
    },
    /// The project's folder is gone.
    Vanished,
    Read {
        revision: u64,
        project: Box<OpenProject>,
    },
    /// A file's text, or why it can't be read.
    Opened {
        file: String,
        text: FileText,
    },
    /// With what stood in the files before.
    Written {
        project: Box<Project>,
        before: Files,
        result: Result<(), SaveError>,
    },
}

/// Why something is not saved, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The file was changed by somebody else since it was read.
    #[error("{0} was changed by another program since it was read")]
    Conflict(String),
    /// It could not be written.
    #[error("{problem}{}", if .written.is_empty() { String::new() } else { format!(" (already saved: {})", .written.join(", ")) })]
    File {
        /// Files that are saved.
        written: Vec<String>,
        /// What happened.
        problem: FileProblem,
    },
}

#[derive(Default)]
struct Todo {
    read: Option<Reading>,
    write: VecDeque<Writing>,
    open: VecDeque<(PathBuf, String)>,
    keep: Option<Keeping>,
    watch: Option<Watch>,
    busy: bool,
    leave: bool,
}

/// The thread's other end.
pub(super) struct Clerk {
    todo: Arc<(Mutex<Todo>, Condvar)>,
    reports: Receiver<Report>,
}

impl Clerk {
    /// Starts the thread; `ring` is called with every report.
    pub fn start(ring: Arc<dyn Fn() + Send + Sync>) -> std::io::Result<Self> {
        let todo: Arc<(Mutex<Todo>, Condvar)> = Arc::default();
        let (send, reports) = sync_channel(REPORTS);
        let shared = Arc::clone(&todo);
        std::thread::Builder::new().name("clerk".to_owned()).spawn(move || work(&shared, &send, &*ring))?;
        Ok(Self { todo, reports })
    }

    fn ask(&self, change: impl FnOnce(&mut Todo)) {
        change(&mut self.todo.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.todo.1.notify_all();
    }

    pub fn read(&self, reading: Reading) {
        self.ask(|todo| todo.read = Some(reading));
    }

    /// Reads a file of the folder.
    pub fn open(&self, root: PathBuf, file: String) {
        self.ask(|todo| todo.open.push_back((root, file)));
    }

    pub fn write(&self, writing: Writing) {
        self.ask(|todo| todo.write.push_back(writing));
    }

    /// Keeps what is not saved; of several requests only the newest matters.
    pub fn keep(&self, keeping: Keeping) {
        self.ask(|todo| todo.keep = Some(keeping));
    }

    /// Looks from time to time whether files hold something else than `known`.
    pub fn watch(&self, root: PathBuf, known: Files) {
        self.ask(|todo| todo.watch = Some(Watch::new(root, known, todo.watch.take())));
    }

    /// The next report, if there is one.
    pub fn report(&self) -> Option<Report> {
        self.reports.try_recv().ok()
    }

    /// The next report, for at most as long as `patience`; none if nothing is being done.
    pub fn wait(&self, patience: Duration) -> Option<Report> {
        let until = Instant::now() + patience;
        loop {
            if let Some(report) = self.report() {
                return Some(report);
            }
            let todo = self.todo.0.lock().unwrap_or_else(PoisonError::into_inner);
            let idle = !todo.busy
                && todo.keep.is_none()
                && todo.read.is_none()
                && todo.write.is_empty()
                && todo.open.is_empty();
            drop(todo);
            if idle {
                return self.report();
            }
            let left = until.checked_duration_since(Instant::now())?;
            if let Ok(report) = self.reports.recv_timeout(left.min(Duration::from_millis(50))) {
                return Some(report);
            }
        }
    }
}

impl Drop for Clerk {
    fn drop(&mut self) {
        // What is to be written is written; nobody waits for it.
        self.ask(|todo| todo.leave = true);
    }
}

fn work(shared: &(Mutex<Todo>, Condvar), send: &SyncSender<Report>, ring: &dyn Fn()) {
    enum Task {
        Read(Reading),
        Write(Writing),
        Open(PathBuf, String),
        Keep(Keeping),
        Look(Watch),
    }
    loop {
        let task = {
            let mut todo = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                todo.busy = false;
                if let Some(writing) = todo.write.pop_front() {
                    todo.busy = true;
                    break Task::Write(writing);
                }
                if todo.leave {
                    return;
                }
                if let Some((root, file)) = todo.open.pop_front() {
                    todo.busy = true;
                    break Task::Open(root, file);
                }
                if let Some(reading) = todo.read.take() {
                    todo.busy = true;
                    break Task::Read(reading);
                }
                if let Some(keeping) = todo.keep.take() {
                    todo.busy = true;
                    break Task::Keep(keeping);
                }
                if todo.watch.is_none() {
                    todo = shared.1.wait(todo).unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
                let waited = shared.1.wait_timeout(todo, LOOK).unwrap_or_else(PoisonError::into_inner);
                todo = waited.0;
                if waited.1.timed_out()
                    && let Some(watch) = todo.watch.take()
                {
                    break Task::Look(watch);
                }
            }
        };
        let report = match task {
            Task::Read(Reading { revision, project, before }) => {
                Report::Read { revision, project: Box::new(project::derive(&project, &before)) }
            }
            Task::Open(root, file) => {
                let text = files::inside(&root, &file).and_then(|path| files::read_source(&path, &file));
                let text = text.map(|source| source.text).map_err(|problem| problem.to_string().into());
                Report::Opened { file, text }
            }
            Task::Keep(Keeping { file, content }) => {
                // What can't be kept is no reason to stop: the disk may be full, and saving will say so.
                let _ = match content {
                    Some(content) => serde_json::to_string(&content)
                        .map(|text| files::write_atomically(&file, text.as_bytes()).is_ok()),
                    None => Ok(std::fs::remove_file(&file).is_ok()),
                };
                continue;
            }
            Task::Look(mut watch) => {
                let found = watch.look();
                let mut todo = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
                // Told meanwhile what to look at, it is that.
                todo.watch.get_or_insert(watch);
                drop(todo);
                for report in found {
                    let _ = send.send(report);
                    ring();
                }
                continue;
            }
            Task::Write(Writing { root, files, known, project }) => {
                let mut before = Files::new();
                let result = write(&root, &files, &known, &mut before);
                Report::Written { project: Box::new(project), before, result }
            }
        };
        // Nobody listens any more: what is left to write is written all the same.
        let _ = send.send(report);
        ring();
    }
}

/// Writes all files or, if somebody has changed one of them, none.
fn write(root: &Path, changed: &Files, known: &Files, before: &mut Files) -> Result<(), SaveError> {
    for path in changed.keys() {
        let now = std::fs::read_to_string(root.join(path)).ok().map(Arc::from);
        let is_known = known.get(path).is_none_or(|known| now.is_none() || now == *known);
        if !is_known && !path.ends_with(".layout.yaml") {
            return Err(SaveError::Conflict(path.clone()));
        }
        before.insert(path.clone(), now);
    }
    let mut written: Vec<String> = Vec::new();
    for (path, text) in changed {
        let fail = |problem| SaveError::File { written: written.clone(), problem };
        let file = files::inside(root, path).map_err(fail)?;
        let done = match text {
            Some(text) => {
                let made = file.parent().map_or(Ok(()), std::fs::create_dir_all);
                made.map_err(|source| FileProblem::Io { path: file.clone(), source }).and_then(|()| {
                    let new = !file.exists();
                    files::write_atomically(&file, text.as_bytes())?;
                    let mark = || files::mark_script(&file, text);
                    if new { mark() } else { Ok(()) }
                        .map_err(|source| FileProblem::Io { path: file.clone(), source })
                })
            }
            None => match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(FileProblem::Io { path: file, source: error })
                }
                _ => Ok(()),
            },
        };
        done.map_err(fail)?;
        written.push(path.clone());
    }
    Ok(())
}
