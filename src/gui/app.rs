//! [`App`]: holds the session and the view, draws, and does what was asked for.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};

use egui::{CentralPanel, Context, Frame, Panel, Ui};

use super::board::Board;
use super::command::{self, Situation};
use super::elsewhere::{Answer, FilePicker, NativePicker, arrival};
use super::panels::{self, Tabs, Texts};
use super::preferences::Preferences;
use super::view::{Leave, View};
use super::{canvas, dialogs, theme};
use crate::session::project::open;
use crate::session::{Overrides, Rehearsing, Session, Settings};
use crate::session::{importing, recent};

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
    /// What is asked of others, dialogs and threads.
    pub(super) picked: Vec<Receiver<Answer>>,
    pub(super) waker: Arc<Mutex<Option<Context>>>,
    /// What is held beside the key of the command that runs.
    pub(super) held: egui::Modifiers,
    /// An arrangement that is being thought out.
    pub(super) arranging: Option<super::arranging::Arranging>,
    /// What differs, as long as that is being found out.
    pub(super) comparing: Option<super::comparing::Moment>,
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
            picked: Vec::new(),
            held: egui::Modifiers::NONE,
            arranging: None,
            comparing: None,
            waker: Arc::default(),
            preferences: Preferences::default(),
            themed: false,
            lettered: false,
            typed: false,
        };
        match app.options.path.clone() {
            Some(path) => app.open(&path),
            None => app.recall_projects(),
        }
        app
    }

    /// Uses another way to ask for paths.
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

    /// Opens the project at `path` instead of the one that is open. What is no project, but can become one, is asked about.
    pub(super) fn open(&mut self, path: &Path) {
        if importing::is_foreign(path) {
            self.recall_projects();
            let path = path.to_owned();
            return self.ask_elsewhere(move || Answer::Incoming(arrival(&[path], None)));
        }
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
                self.remember_project();
                self.guard();
            }
            Err(error) if self.session.is_some() => self.view.toast(true, error, None),
            Err(error) => {
                self.failure = Some(error);
                self.recall_projects();
            }
        }
    }

    /// Which projects were opened lately, for the start screen.
    fn recall_projects(&mut self) {
        let data_dir = recent::data_dir(self.options.data_dir.as_deref());
        self.view.projects = data_dir.map(|folder| recent::projects(&folder)).unwrap_or_default();
    }

    /// Remembers the open project, without waiting for the disk.
    fn remember_project(&mut self) {
        let data_dir = recent::data_dir(self.options.data_dir.as_deref());
        if let (Some(data_dir), Some(session)) = (data_dir, &self.session) {
            let root = session.project().root.clone();
            self.ask_elsewhere(move || {
                recent::remember(&data_dir, &root);
                Answer::Nothing
            });
        }
    }

    /// Derives documents and board from the session.
    pub(super) fn take_over(&mut self) {
        let Some(session) = &self.session else { return };
        self.seen = session.revision();
        let (waves, gliding) = (self.board.waves.take(), self.board.gliding.take());
        self.board = Board::new(session, &self.board);
        self.board.waves = waves;
        self.board.glide_on(gliding);
    }

    /// Whether the window is dark now.
    pub(super) fn is_dark(&self) -> bool {
        let ctx = self.waker.lock().ok().and_then(|ctx| ctx.clone());
        ctx.is_none_or(|ctx| ctx.theme() == egui::Theme::Dark)
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
            group: self.view.group.is_some(),
            lane: self.picked_lane().is_some(),
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
        self.board.follow_glide(ctx);
        self.view.follow_flight(ctx);
        self.hear(ctx);
        self.follow_arranging(ctx);
        if !self.view.asks() {
            self.type_keys(ctx);
            self.tab_adds(ctx);
            self.follow_clipboard(ctx, self.typed);
            let elsewhere = ctx.memory(egui::Memory::focused).is_some() && self.view.focused.is_none();
            for (command, held) in command::pressed(ctx, self.typed, elsewhere) {
                self.held = held;
                self.run(ctx, command);
            }
            self.held = egui::Modifiers::NONE;
        }
        self.take_dropped(ctx);
        if ctx.input(|input| input.viewport().close_requested()) && !self.abandoned && self.unsaved() > 0 {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.view.leave = Some(Leave::Close);
        }
        self.leave_vanished_fields();
        for wish in std::mem::take(&mut self.view.wishes) {
            self.grant(ctx, wish);
        }
        self.follow_nudge(ctx);
        self.follow_comparing(ctx);
        if let Some(before) = self.view.begin_glide.take() {
            self.board.glide(ctx, before);
        }
        self.read_shown();
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
        dialogs::left_behind_ui(&ctx, &mut self.view);
        dialogs::clash_ui(&ctx, &mut self.view);
        dialogs::new_ui(&ctx, &mut self.view);
        dialogs::import_ui(&ctx, &self.board, &mut self.view);
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

/// Opens the window on the project at `path`, or where one can be chosen, and returns when it is closed.
pub fn run(path: Option<&Path>, data_dir: Option<PathBuf>) -> Result<(), StartError> {
    let options = Options { path: path.map(Path::to_owned), data_dir, ..Options::default() };
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
