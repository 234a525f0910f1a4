//! [`App`]: holds the session and the view, draws, and does what was asked for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use egui::{CentralPanel, Context, Frame, Panel, Ui};

use super::board::Board;
use super::command::{self, Situation};
use super::panels::{self, Tabs, Texts};
use super::preferences::Preferences;
use super::view::{Leave, View};
use super::{canvas, dialogs, theme};
use crate::session::export::{Exported, export};
use crate::session::project::open;
use crate::session::{Overrides, Rehearsing, Session, Settings};

/// How the window starts.
#[derive(Clone, Default)]
pub struct Options {
    /// The project to open.
    pub path: Option<PathBuf>,
    /// Where deployments are remembered; the user's data folder if none.
    pub data_dir: Option<PathBuf>,
    /// How rehearsals go.
    pub rehearsal: Rehearsing,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No display can be reached, or it can't show a window.
    #[error("there is no display ({0})")]
    NoDisplay(String),
}

/// What a folder is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To open the project in it.
    Open,
    /// To write the blueprints to it.
    Export,
}

impl Purpose {
    /// Title of the dialog.
    pub fn title(self) -> &'static str {
        match self {
            Self::Open => "Open project",
            Self::Export => "Export blueprints to an empty folder",
        }
    }
}

/// What came of asking for a folder.
pub(super) enum Answer {
    /// The person chose none.
    Nothing,
    /// A project to open.
    Open(PathBuf),
    /// The blueprints were written to a folder, or why not.
    Exported(Result<PathBuf, String>),
}

/// Asks a person for a folder. Called on a thread of its own: it may take as long as the person does.
pub trait FilePicker: Send + Sync {
    /// The folder; none if the person chose none.
    fn folder(&self, purpose: Purpose) -> Option<PathBuf>;
}

struct NativePicker;

impl FilePicker for NativePicker {
    fn folder(&self, purpose: Purpose) -> Option<PathBuf> {
        rfd::FileDialog::new().set_title(purpose.title()).pick_folder()
    }
}

/// The window's content.
pub struct App {
    pub(super) options: Options,
    pub(super) overrides: Overrides,
    pub(super) session: Option<Session>,
    pub(super) failure: Option<String>,
    pub(super) board: Board,
    pub(super) view: View,
    pub(super) tabs: Tabs,
    /// The session's revision that the board shows.
    pub(super) seen: u64,
    /// What comes after everything is saved.
    pub(super) leaving: Option<Leave>,
    /// Whether the person has decided to close the window, saved or not.
    pub(super) abandoned: bool,
    pub(super) inspection: Option<panels::Inspection>,
    pub(super) picker: Arc<dyn FilePicker>,
    pub(super) picked: Option<Receiver<Answer>>,
    waker: Arc<Mutex<Option<Context>>>,
    pub(super) preferences: Preferences,
    /// Whether `ctx` was given themes and letters.
    themed: bool,
    /// Whether it has them already.
    lettered: bool,
    /// Whether a text field had the keyboard in the last frame.
    typed: bool,
}

impl App {
    /// The application with its project opened. Problems are shown in the window.
    pub fn new(options: Options) -> Self {
        let mut app = Self {
            options,
            overrides: Overrides::default(),
            session: None,
            failure: None,
            board: Board::default(),
            view: View::default(),
            tabs: Tabs::default(),
            seen: 0,
            leaving: None,
            abandoned: false,
            inspection: None,
            picker: Arc::new(NativePicker),
            picked: None,
            waker: Arc::default(),
            preferences: Preferences::default(),
            themed: false,
            lettered: false,
            typed: false,
        };
        if let Some(path) = app.options.path.clone() {
            app.open(&path);
        }
        app
    }

    /// Uses another way to ask for folders.
    #[must_use]
    pub fn with_picker(mut self, picker: Arc<dyn FilePicker>) -> Self {
        self.picker = picker;
        self
    }

    /// Takes over what a person wanted of the window before.
    #[must_use]
    pub fn with_preferences(mut self, preferences: Preferences) -> Self {
        self.preferences = preferences;
        self
    }

    /// Gives themes and letters to `ctx`, once: they are there from the next frame on.
    fn dress(&mut self, ctx: &Context) {
        if std::mem::replace(&mut self.themed, true) {
            return;
        }
        theme::install(ctx, self.preferences.high_contrast);
        self.preferences.apply(ctx);
        if let Ok(mut waker) = self.waker.lock() {
            *waker = Some(ctx.clone());
        }
    }

    /// Changes what a person wants of the window.
    pub(super) fn prefer(&mut self, ctx: &Context, change: impl FnOnce(&mut Preferences)) {
        change(&mut self.preferences);
        self.preferences.apply(ctx);
    }

    /// Opens the project at `path` instead of the one that is open.
    pub(super) fn open(&mut self, path: &Path) {
        let waker = self.waker.clone();
        let wake = Arc::new(move || {
            if let Some(ctx) = waker.lock().ok().and_then(|ctx| ctx.clone()) {
                ctx.request_repaint();
            }
        });
        let settings = Settings {
            data_dir: self.options.data_dir.clone(),
            rehearsal: self.options.rehearsal.clone(),
            wake: Some(wake),
        };
        let session =
            open(path, &self.overrides).map_err(|error| error.to_string()).and_then(|(project, lane)| {
                Session::new(project, settings)
                    .map(|session| (session, lane))
                    .map_err(|error| error.to_string())
            });
        match session {
            Ok((session, lane)) => {
                self.options.path = Some(path.to_owned());
                self.view = View { fit: true, camera: self.view.camera, ..View::default() };
                self.view.lane =
                    lane.and_then(|lane| session.project().lanes.get_index_of(&lane)).or(Some(0));
                self.failure = None;
                self.session = Some(session);
                self.take_over();
            }
            Err(error) if self.session.is_some() => self.view.toast(true, error, None),
            Err(error) => self.failure = Some(error),
        }
    }

    /// Derives documents and board from the session.
    pub(super) fn take_over(&mut self) {
        let Some(session) = &self.session else { return };
        self.seen = session.revision();
        let waves = self.board.waves.take();
        self.board = Board::new(session, &HashMap::new());
        self.board.waves = waves;
    }

    /// What commands need to know.
    pub(super) fn situation(&self) -> Situation {
        Situation {
            project: self.session.is_some(),
            errors: self.board.errors() > 0,
            running: self.board.running.is_some(),
            undo: self.session.as_ref().is_some_and(|session| session.undo_label().is_some()),
            redo: self.session.as_ref().is_some_and(|session| session.redo_label().is_some()),
            selection: !self.view.selection.is_empty(),
            line: self.view.line.is_some(),
        }
    }

    /// Whether the picture shows all that was drawn: nothing is being read any more.
    pub fn is_settled(&self) -> bool {
        let seen = |session: &Session| !session.is_checking() && session.revision() == self.seen;
        self.session.as_ref().is_none_or(seen)
    }

    /// Takes over what has happened and does what was asked for. Draws nothing.
    pub fn logic(&mut self, ctx: &Context) {
        self.lettered = self.themed;
        self.dress(ctx);
        self.hear(ctx);
        if !self.view.asks() {
            self.type_keys(ctx);
            self.tab_adds(ctx);
            self.follow_clipboard(ctx, self.typed);
            for command in command::pressed(ctx, self.typed) {
                self.run(ctx, command);
            }
        }
        let dropped: Option<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).next());
        if let Some(path) = dropped {
            self.leave(ctx, Leave::Open(path));
        }
        if ctx.input(|input| input.viewport().close_requested()) && !self.abandoned && self.unsaved() > 0 {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.view.leave = Some(Leave::Close);
        }
        self.leave_vanished_fields();
        for wish in std::mem::take(&mut self.view.wishes) {
            self.grant(ctx, wish);
        }
        self.read_shown();
    }

    /// Starts to ask for a folder.
    pub(super) fn pick(&mut self, ctx: &Context, purpose: Purpose) {
        let (sender, receiver) = channel();
        let (picker, ctx) = (self.picker.clone(), ctx.clone());
        let lanes: Vec<(String, PathBuf)> = self
            .session
            .iter()
            .flat_map(|session| session.project().lanes.values())
            .map(|lane| (lane.name.clone(), lane.folder.clone()))
            .collect();
        let spawned = std::thread::Builder::new().name("open dialog".to_owned()).spawn(move || {
            // The window may be gone when the person has chosen.
            let answer = match (picker.folder(purpose), purpose) {
                (None, _) => Answer::Nothing,
                (Some(path), Purpose::Open) => Answer::Open(path),
                (Some(path), Purpose::Export) => {
                    let blueprints: Vec<Exported<'_>> =
                        lanes.iter().map(|(name, folder)| Exported { name, folder }).collect();
                    let written = export(&blueprints, &path).map(|_| path).map_err(|error| error.to_string());
                    Answer::Exported(written)
                }
            };
            let _ = sender.send(answer);
            ctx.request_repaint();
        });
        match spawned {
            Ok(_) => self.picked = Some(receiver),
            Err(error) => self.view.toast(true, format!("no dialog can be opened: {error}"), None),
        }
    }

    /// Draws everything. Queues wishes, changes nothing else.
    pub fn ui(&mut self, ui: &mut Ui) {
        if !self.lettered {
            ui.ctx().request_repaint();
            return;
        }
        let situation = self.situation();
        let fill = theme::tokens(ui.ctx()).panel;
        let plain = |x: i8| Frame::new().fill(fill).inner_margin(egui::Margin::symmetric(x, 0));
        Panel::top("top bar").exact_size(46.0).frame(plain(10)).show(ui, |ui| {
            panels::top_bar_ui(ui, &self.board, &mut self.view, situation);
        });
        let undo = self.session.as_ref().and_then(Session::undo_label).map(str::to_owned);
        let unsaved = self.unsaved();
        Panel::bottom("status bar").exact_size(26.0).frame(plain(12)).show(ui, |ui| {
            panels::status_bar_ui(ui, &self.board, &self.view, undo.as_deref(), unsaved);
        });
        if self.session.is_some() {
            self.project_ui(ui, situation, fill);
        } else {
            let failure = self.failure.clone();
            CentralPanel::default().show(ui, |ui| dialogs::empty_ui(ui, &mut self.view, failure.as_deref()));
        }
        let ctx = ui.ctx().clone();
        dialogs::undeploy_ui(&ctx, &self.board, &mut self.view);
        dialogs::leave_ui(&ctx, unsaved, &mut self.view);
        dialogs::finder_ui(&ctx, &self.board, &mut self.view, situation);
        dialogs::find_ui(&ctx, &self.board, &mut self.view);
        dialogs::ask_ui(&ctx, self.session.as_ref().map(Session::documents), &mut self.view);
        dialogs::cheat_sheet_ui(&ctx, &mut self.view);
        panels::inspection_ui(&ctx, &mut self.inspection);
        dialogs::toasts_ui(&ctx, &mut self.view);
        self.typed = ctx.text_edit_focused();
        if !self.view.wishes.is_empty() {
            // They are granted before the next frame: that one must come.
            ctx.request_repaint();
        }
    }

    fn project_ui(&mut self, ui: &mut Ui, situation: Situation, fill: egui::Color32) {
        let side = Frame::new().fill(fill).inner_margin(egui::Margin::symmetric(10, 4));
        let height = ui.ctx().content_rect().height();
        if !self.view.no_bottom {
            let low = (height * 0.22).clamp(130.0, 240.0);
            Panel::bottom("bottom").resizable(true).default_size(low).frame(Frame::new().fill(fill)).show(
                ui,
                |ui| {
                    let texts = self.session.as_ref().map(|session| Texts {
                        project: session.documents(),
                        shown: panels::file_of(&self.board, &self.view).and_then(|file| session.text(&file)),
                    });
                    panels::bottom_ui(
                        ui,
                        &mut self.tabs,
                        &self.board,
                        &mut self.view,
                        self.session.as_ref(),
                        texts.as_ref(),
                    );
                },
            );
        }
        if !self.view.no_outline {
            Panel::left("outline")
                .resizable(true)
                .default_size(196.0)
                .size_range(150.0..=420.0)
                .frame(side)
                .show(ui, |ui| panels::left_ui(ui, &self.board, &mut self.view));
        }
        if !self.view.no_inspector {
            Panel::right("inspector")
                .resizable(true)
                .default_size(306.0)
                .size_range(230.0..=560.0)
                .frame(side)
                .show(ui, |ui| panels::inspector_ui(ui, &self.board, &mut self.view, situation));
        }
        CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
            canvas::canvas_ui(ui, &self.board, &mut self.view);
            let canvas = ui.max_rect();
            panels::stale_ui(ui.ctx(), &self.board, &mut self.view, canvas);
        });
    }
}

/// Where the preferences stand in the window's storage.
const PREFERENCES: &str = "preferences";

impl eframe::App for App {
    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, PREFERENCES, &self.preferences);
    }

    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        App::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        App::ui(self, ui);
    }
}

/// Opens the window on the project at `path` and returns when it is closed.
pub fn run(path: &Path, data_dir: Option<PathBuf>) -> Result<(), StartError> {
    let options = Options { path: Some(path.to_owned()), data_dir, ..Options::default() };
    let viewport = egui::ViewportBuilder::default()
        .with_title("Gantry")
        .with_app_id("gantry")
        .with_inner_size([1500.0, 940.0])
        .with_min_inner_size([1024.0, 640.0])
        .with_drag_and_drop(true);
    let native = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let start = eframe::run_native(
        "gantry",
        native,
        Box::new(|cc| {
            let kept = cc.storage.and_then(|storage| eframe::get_value(storage, PREFERENCES));
            let mut app = App::new(options).with_preferences(kept.unwrap_or_default());
            app.dress(&cc.egui_ctx);
            Ok(Box::new(app))
        }),
    );
    start.map_err(|error| StartError::NoDisplay(reason(&error.to_string())))
}

/// What the system said, without the place in a library's source where it was said.
fn reason(error: &str) -> String {
    let told =
        error.split_once(".rs:").and_then(|(_, rest)| rest.split_once(": ")).map_or(error, |(_, told)| told);
    told.trim_end_matches(['.', ')']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn a_reason_names_no_source_file() {
        let error = "winit EventLoopError: os error at /x/linux/mod.rs:765: neither WAYLAND_DISPLAY nor DISPLAY is set.";
        assert_eq!(reason(error), "neither WAYLAND_DISPLAY nor DISPLAY is set");
        assert_eq!(reason("no GL"), "no GL");
    }
}
