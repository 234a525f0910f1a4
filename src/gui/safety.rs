//! What is drawn is not lost: restoring after a crash, changes of other programs, copies elsewhere.

use std::path::PathBuf;

use super::app::App;
use super::elsewhere::{Answer, Purpose};
use crate::session::Recovered;

/// What an earlier window left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftBehind {
    /// Where it is kept.
    pub file: PathBuf,
    /// What it is.
    pub recovered: Recovered,
    /// Files that were changed on disk since.
    pub changed: Vec<String>,
}

impl App {
    /// Keeps what is drawn from now on, and asks about what an earlier window left behind.
    pub(super) fn guard(&mut self) {
        let Some(session) = &mut self.session else { return };
        match session.guard() {
            Ok(found) => {
                self.view.left_behind = found.left.map(|(file, recovered)| {
                    let changed = recovered.changed_since();
                    LeftBehind { file, recovered, changed }
                });
                if found.shared {
                    let hint = "what one of them saves, the other takes over";
                    self.view.toast(
                        false,
                        "This project is open in another window, too",
                        Some(hint.to_owned()),
                    );
                }
            }
            Err(error) => {
                let hint = "what is drawn and not saved would be lost with the window";
                let told = format!("Nothing can be kept in the data folder: {error}");
                self.view.toast(true, told, Some(hint.to_owned()));
            }
        }
    }

    /// Draws again what was left behind, or forgets it.
    pub(super) fn recover(&mut self, wanted: bool) {
        let (Some(left), Some(session)) = (self.view.left_behind.take(), &mut self.session) else { return };
        if wanted {
            session.restore(&left.file, &left.recovered);
            self.view.toast(false, "Restored; nothing of it is saved yet", None);
            self.drawn();
        } else {
            session.discard(&left.file);
        }
    }

    /// Ends a clash with another program.
    pub(super) fn settle_clash(&mut self, mine: bool) {
        let Some(session) = &mut self.session else { return };
        if let Some(file) = session.clash().map(|clash| clash.file.clone()) {
            session.settle_clash(&file, mine);
            self.drawn();
        }
    }

    /// Tells what the disk has to tell, and asks about clashes.
    pub(super) fn hear_disk(&mut self) {
        let Some(session) = &mut self.session else { return };
        for told in session.news() {
            self.view.toast(false, told, None);
        }
        self.view.clash = session.clash().map(|clash| clash.file.clone());
    }

    /// Writes a copy of the project elsewhere and goes on there.
    pub(super) fn save_as(&mut self) {
        self.finish_typing();
        let Some(session) = &self.session else { return };
        let copy = session.copy();
        let picking = self.picker.pick(Purpose::SaveAs);
        self.ask_elsewhere(move || {
            let Some(path) = futures::executor::block_on(picking) else { return Answer::Nothing };
            Answer::Copied(copy.write(&path).map(|()| path).map_err(|error| error.to_string()))
        });
    }
}
