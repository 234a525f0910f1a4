//! Typing in the editor of texts, and which file it shows.
//!
//! Gives what was typed to the session, one step of undo a stretch. Does not know what a key does to a text; see
//! [`super::panels::TextPane`].

use egui::Context;

use super::app::App;
use super::panels::{self, Pressed};
use super::view::{NodeKey, Tab};
use crate::diag::Fix;
use crate::edit::Edit;

impl App {
    /// Gives keys to the text that has the keyboard.
    pub(super) fn type_keys(&mut self, ctx: &Context) {
        for event in self.tabs.text.claim(ctx) {
            match self.tabs.text.press(ctx, &event) {
                Pressed::Nothing => {}
                Pressed::Typed { apart, label } => self.typed(apart, label),
                Pressed::Run(command) => {
                    self.tabs.text.follow_next();
                    self.run(ctx, command);
                }
                Pressed::Mend => self.tabs.text.ask_mends(),
            }
            ctx.request_repaint();
        }
    }

    /// Gives the text as it stands in the editor to the session.
    pub(super) fn typed(&mut self, apart: bool, label: Option<String>) {
        let (file, text) = (self.tabs.text.file().to_owned(), self.tabs.text.text().clone());
        let Some(session) = &mut self.session else { return };
        let done = match label {
            None => session.type_text(&file, text, apart),
            Some(label) => {
                let edit = session.retype(&file, text);
                session.edit(&Edit::All { label, edits: vec![edit] })
            }
        };
        match done {
            Ok(_) => self.drawn(),
            Err(error) => self.view.toast(true, error.to_string(), Some("the text is as it was".to_owned())),
        }
    }

    /// Mends a problem as one step of undo.
    pub(super) fn mend(&mut self, fix: &Fix) {
        let Some(session) = &mut self.session else { return };
        match session.mend(fix) {
            Ok(true) => self.drawn(),
            Ok(false) => {
                let hint = "the problems are told again as soon as it is read".to_owned();
                self.view.toast(false, "The text is another by now".to_owned(), Some(hint));
            }
            Err(error) => self.view.toast(true, error.to_string(), Some("the text is as it was".to_owned())),
        }
    }

    /// Selects a node because the caret is in its lines: the text stays where it is.
    pub(super) fn select_by_text(&mut self, key: NodeKey) {
        if self.board.scene.find(key.lane, &key.name).is_some() {
            self.select(vec![key], false, true);
            self.view.scroll_to = None;
        }
    }

    /// Shows a file of the project, by its path relative to the folder.
    pub(super) fn show_file(&mut self, file: String) {
        let lane = self.board.lanes.iter().position(|shown| *shown.lane.source.name == *file);
        self.view.lane = lane.or(self.view.lane);
        self.view.file = lane.is_none().then_some(file);
        self.view.no_bottom = false;
        self.tabs.open(Tab::Yaml);
    }

    /// Shows a file that a node of a lane names, relative to the lane's folder.
    pub(super) fn open_file(&mut self, lane: usize, file: &str) {
        let Some(shown) = self.board.lanes.get(lane) else { return };
        match panels::file_in(shown, file) {
            Some(path) => {
                self.view.lane = Some(lane);
                self.show_file(path);
            }
            None => self.view.toast(true, format!("`{file}` leads out of the project folder"), None),
        }
    }

    /// Has the file read that is to be shown, if nobody has yet.
    pub(super) fn read_shown(&mut self) {
        let file = panels::file_of(&self.board, &self.view);
        if let (Some(session), Some(file)) = (&mut self.session, file) {
            session.open_text(&file);
        }
    }
}
