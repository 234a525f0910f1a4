//! What takes as long as a person or a disk does: native dialogs, and work on threads of its own. The window's thread only
//! asks, and hears the [`Answer`]s.

use std::path::PathBuf;
use std::sync::mpsc::channel;

use futures::executor::block_on;
use futures::future::BoxFuture;

use super::app::App;
use super::view::Leave;
use crate::model::Point;
use crate::session::export::{Exported, export};
use crate::session::importing::{self, Incoming};
use crate::session::picture::{self, Sketch};

/// What a path is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A folder: the project in it is opened.
    Open,
    /// A folder: the blueprints are written to it.
    Export,
    /// A folder: a new project is made in it.
    Around,
    /// A folder: a copy of the project is written to it.
    SaveAs,
    /// A file: it is brought into the project.
    Import,
    /// A file: the picture is written to it.
    Picture,
}

impl Purpose {
    /// Title of the dialog.
    pub fn title(self) -> &'static str {
        match self {
            Self::Open => "Open project",
            Self::Export => "Export blueprints to an empty folder",
            Self::Picture => "Export the picture: .svg, .png or .dot",
            Self::SaveAs => "Save a copy in an empty folder",
            Self::Around => "Folder around the new project",
            Self::Import => "Import a compose file, manifest, archive, blueprint or picture",
        }
    }
}

/// A path that comes when the person has chosen; none if the person chose none.
pub type Picking = BoxFuture<'static, Option<PathBuf>>;

/// Asks a person for a path.
pub trait FilePicker: Send + Sync {
    /// Opens the dialog. Called on the window's thread, where some systems want it; awaited on another.
    fn pick(&self, purpose: Purpose) -> Picking;
}

pub(super) struct NativePicker;

impl FilePicker for NativePicker {
    fn pick(&self, purpose: Purpose) -> Picking {
        let dialog = rfd::AsyncFileDialog::new().set_title(purpose.title());
        let path = |chosen: Option<rfd::FileHandle>| chosen.map(|chosen| chosen.path().to_owned());
        // The dialog opens here, not where the future is awaited.
        match purpose {
            Purpose::Import => {
                let picking = dialog.pick_file();
                Box::pin(async move { path(picking.await) })
            }
            Purpose::Picture => {
                let dialog =
                    dialog.set_file_name("picture.svg").add_filter("Pictures", &["svg", "png", "dot"]);
                let picking = dialog.save_file();
                Box::pin(async move { path(picking.await) })
            }
            Purpose::Open | Purpose::Export | Purpose::Around | Purpose::SaveAs => {
                let picking = dialog.pick_folder();
                Box::pin(async move { path(picking.await) })
            }
        }
    }
}

/// What came of something that took its time.
pub(super) enum Answer {
    /// The person chose none.
    Nothing,
    /// A project to open.
    Open(PathBuf),
    /// The blueprints were written to a folder, or why not.
    Exported(Result<PathBuf, String>),
    /// The picture was written to a file, or why not.
    Pictured(Result<PathBuf, String>),
    /// A copy of the project, or why there is none.
    Copied(Result<PathBuf, String>),
    /// The folder around a new project.
    Around(PathBuf),
    /// A new project, or why there is none.
    Made(Result<PathBuf, String>),
    /// What differs from what was deployed or saved at a moment.
    Compared(super::comparing::Moment, Box<crate::session::Difference>),
    /// What can be brought in, and why the rest can't.
    Incoming(Arrival),
}

/// Things that were dropped, pasted or chosen, read.
pub(super) struct Arrival {
    /// What can be brought in.
    pub incoming: Vec<Incoming>,
    /// What can't, with hints.
    pub refused: Vec<(String, Option<String>)>,
    /// The one project folder among them that could be opened instead.
    pub project: Option<PathBuf>,
    /// Position of the lane that it was let go over, and the place in it if that is known.
    pub place: Option<(usize, Option<Point>)>,
    /// Whether it was pasted: then nothing is asked unless something is left out.
    pub pasted: bool,
}

impl App {
    /// Asks for a path and does with it what it is for.
    pub(super) fn pick(&mut self, purpose: Purpose) {
        let picking = self.picker.pick(purpose);
        let lanes: Vec<(String, PathBuf)> = self
            .session
            .iter()
            .flat_map(|session| session.project().lanes.values())
            .map(|lane| (lane.name.clone(), lane.folder.clone()))
            .collect();
        let sketch = (purpose == Purpose::Picture).then(|| self.sketch()).flatten();
        self.ask_elsewhere(move || {
            let Some(path) = block_on(picking) else { return Answer::Nothing };
            match purpose {
                Purpose::Open => Answer::Open(path),
                Purpose::Around => Answer::Around(path),
                // A copy is written by who asks for it.
                Purpose::SaveAs => Answer::Nothing,
                Purpose::Picture => sketch.map_or(Answer::Nothing, |sketch| {
                    Answer::Pictured(sketch.write(&path).map_err(|error| error.to_string()))
                }),
                Purpose::Import => Answer::Incoming(arrival(&[path], None)),
                Purpose::Export => {
                    let blueprints: Vec<Exported<'_>> =
                        lanes.iter().map(|(name, folder)| Exported { name, folder }).collect();
                    let written = export(&blueprints, &path).map(|_| path).map_err(|error| error.to_string());
                    Answer::Exported(written)
                }
            }
        });
    }

    /// The picture as it stands on the canvas, with the project as it is drawn.
    fn sketch(&self) -> Option<Sketch> {
        let session = self.session.as_ref()?;
        Some(Sketch {
            scene: self.board.scene.clone(),
            title: session.project().name.clone(),
            dark: self.is_dark(),
            scale: 2.0,
            files: Some(picture::carried(session.project(), session.documents())),
        })
    }

    /// Does something on a thread of its own and hears the answer in a later frame.
    pub(super) fn ask_elsewhere(&mut self, work: impl FnOnce() -> Answer + Send + 'static) {
        let (sender, receiver) = channel();
        let waker = self.waker.clone();
        let spawned = std::thread::Builder::new().name("elsewhere".to_owned()).spawn(move || {
            // The window may be gone by then.
            let _ = sender.send(work());
            if let Some(ctx) = waker.lock().ok().and_then(|ctx| ctx.clone()) {
                ctx.request_repaint();
            }
        });
        match spawned {
            Ok(_) => self.picked.push(receiver),
            Err(error) => self.view.toast(true, format!("no thread can be started: {error}"), None),
        }
    }

    /// Takes over what has come of it.
    pub(super) fn hear_answers(&mut self, ctx: &egui::Context) {
        let mut answers = Vec::new();
        self.picked.retain(|receiver| match receiver.try_recv() {
            Ok(answer) => {
                answers.push(answer);
                false
            }
            Err(error) => error == std::sync::mpsc::TryRecvError::Empty,
        });
        for answer in answers {
            match answer {
                Answer::Nothing => {}
                Answer::Open(path) => self.leave(ctx, Leave::Open(path)),
                Answer::Exported(Ok(path)) => {
                    self.view.toast(false, format!("The blueprints are in {}", path.display()), None);
                }
                Answer::Exported(Err(why)) => self.view.toast(true, why, None),
                Answer::Pictured(Ok(path)) => {
                    self.view.toast(false, format!("The picture is in {}", path.display()), None);
                }
                Answer::Pictured(Err(why)) => self.view.toast(true, why, None),
                Answer::Copied(Ok(path)) => {
                    self.open(&path);
                    self.view.toast(false, format!("Saved in {}", path.display()), None);
                }
                Answer::Copied(Err(why)) => self.view.toast(true, why, None),
                Answer::Around(path) => {
                    if let Some(form) = &mut self.view.creation {
                        form.folder = path.to_string_lossy().into_owned();
                    }
                }
                Answer::Made(Ok(path)) => {
                    self.view.creation = None;
                    self.leave(ctx, Leave::Open(path));
                }
                Answer::Made(Err(why)) => self.refuse_creation(why),
                Answer::Compared(moment, difference) => self.compared(moment, *difference),
                Answer::Incoming(arrival) => self.arrived(ctx, arrival),
            }
        }
    }
}

/// Reads what lies at `paths`.
pub(super) fn arrival(paths: &[PathBuf], place: Option<(usize, Option<Point>)>) -> Arrival {
    let mut arrival =
        Arrival { incoming: Vec::new(), refused: Vec::new(), project: None, place, pasted: false };
    for path in paths {
        match importing::read(path) {
            Ok(incoming) => arrival.incoming.push(incoming),
            Err(error) => arrival.refused.push((error.to_string(), error.hint())),
        }
    }
    if let [path] = paths
        && importing::is_project(path)
    {
        arrival.project = Some(path.clone());
    }
    arrival
}
