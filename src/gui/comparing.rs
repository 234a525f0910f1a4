//! Comparing: what differs between the drawing and what is deployed, or saved, shown on the picture while a key is held.
//!
//! What differs is found by [`crate::session::Comparing`], on a thread of its own; which lines and where they ran, by
//! [`crate::scene`]. Here it is asked for, once for everything that it follows from, and laid beside the board.

use egui::{Context, Key};

use super::app::App;
use super::board::Board;
use super::elsewhere::Answer;
use crate::plan::DeploymentStatus;
use crate::scene::{LaneInput, LineDifference, Scene, lines_apart, then};
use crate::session::{Base, Difference, Session};

/// Whether the picture shows what differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compare {
    /// It does not.
    #[default]
    Off,
    /// As long as the key is held; with Shift compared with what is saved.
    Held,
    /// Until it is asked for again, or Escape.
    Kept,
}

/// What a difference follows from: with another of these it is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    revision: u64,
    base: Base,
    deployed: Vec<(DeploymentStatus, Option<String>)>,
}

impl Moment {
    fn of(session: &Session, base: Base) -> Self {
        let state = |lane: &crate::session::Lane| {
            let state = session.state(&lane.name);
            (state.status, state.execution.as_ref().map(|execution| execution.id.clone()))
        };
        let deployed = session.project().lanes.values().map(state).collect();
        Self { revision: session.revision(), base, deployed }
    }
}

/// What differs, as it is drawn.
pub struct Compared {
    moment: Moment,
    /// The nodes.
    pub difference: Difference,
    /// The picture of what was, on the places of what is.
    pub then: Scene,
    /// The lines.
    pub lines: LineDifference,
}

impl Compared {
    /// Lays the picture of what was under that of `board`.
    fn new(moment: Moment, difference: Difference, board: &Board) -> Self {
        let lanes = board.lanes.iter().filter_map(|view| {
            let old = difference.lanes.get(&view.lane.name)?;
            Some(LaneInput {
                name: &view.lane.name,
                deployment: view.lane.deployment(),
                topology: &old.before,
                layout: &old.layout,
                inputs: &old.inputs,
            })
        });
        let lanes: Vec<LaneInput<'_>> = lanes.collect();
        // Read anew meanwhile, the lanes may be others; then it is asked for again.
        let then =
            if lanes.len() == board.lanes.len() { then(&board.scene, &lanes) } else { Scene::default() };
        let lines = lines_apart(&board.scene, &then);
        Self { moment, difference, then, lines }
    }
}

impl App {
    /// Shows what differs, as long as the key is held; or, asked for otherwise, until it is asked for again.
    pub(super) fn compare(&mut self, ctx: &Context) {
        let held = ctx.input(|input| input.key_down(Key::Backtick));
        self.view.compare = match (self.view.compare, held) {
            (Compare::Kept, _) => Compare::Off,
            (_, true) => Compare::Held,
            (_, false) => Compare::Kept,
        };
    }

    /// Ends showing what differs, if that was asked to stay.
    pub(super) fn end_comparing(&mut self) -> bool {
        let kept = self.view.compare == Compare::Kept;
        if kept {
            self.view.compare = Compare::Off;
        }
        kept
    }

    /// Has found out what differs while that is shown.
    pub(super) fn follow_comparing(&mut self, ctx: &Context) {
        let (down, shift) = ctx.input(|input| (input.key_down(Key::Backtick), input.modifiers.shift));
        if self.view.compare == Compare::Held && !down {
            self.view.compare = Compare::Off;
            ctx.request_repaint();
        }
        let Some(session) = self.session.as_ref().filter(|session| !session.is_checking()) else { return };
        if self.view.compare == Compare::Off {
            return;
        }
        let base = if self.view.compare == Compare::Held && shift { Base::Saved } else { Base::Deployed };
        let moment = Moment::of(session, base);
        let known = self.board.compared.as_ref().map(|compared| &compared.moment);
        if known == Some(&moment) || self.comparing.as_ref() == Some(&moment) {
            return;
        }
        let comparing = session.comparing(base);
        self.comparing = Some(moment.clone());
        self.ask_elsewhere(move || Answer::Compared(moment, Box::new(comparing.compare())));
    }

    /// Takes over what differs.
    pub(super) fn compared(&mut self, moment: Moment, difference: Difference) {
        if self.comparing.as_ref() == Some(&moment) {
            self.comparing = None;
        }
        self.board.compared = Some(Compared::new(moment, difference, &self.board));
    }
}
