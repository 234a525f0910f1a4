//! Bringing things in: what is dropped on the window, pasted or chosen becomes lanes or nodes, as one step of undo.

use std::path::PathBuf;

use egui::{Context, Rect};

use super::app::App;
use super::elsewhere::{Answer, Arrival, arrival};
use super::view::Leave;
use crate::edit::Edit;
use crate::ingest;
use crate::model::Point;
use crate::session::importing::{self, Content, Destination, Incoming};

/// Longer texts are looked at on a thread of their own.
const SHORT: usize = 200_000;

/// What is about to be brought in, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportForm {
    /// What comes.
    pub incoming: Vec<Incoming>,
    /// Position of the lane that nodes go into; a new one if none.
    pub into: Option<usize>,
    /// Name of the new lane, where there is but one.
    pub name: String,
    /// Position of the lane that it was let go over, and the place in it if that is known.
    pub place: Option<(usize, Option<Point>)>,
    /// A project folder that could be opened instead.
    pub project: Option<PathBuf>,
    /// Why it can't be brought in there.
    pub refused: Option<String>,
}

impl ImportForm {
    /// Whether anything of it is nodes, which may go into a lane that is there.
    pub fn has_nodes(&self) -> bool {
        self.incoming.iter().any(|incoming| matches!(incoming.content, Content::Nodes(_)))
    }

    /// Whether it is one thing that becomes one lane: that can be named.
    pub fn has_name(&self) -> bool {
        self.into.is_none()
            && match self.incoming.as_slice() {
                [one] => match &one.content {
                    Content::Nodes(_) => true,
                    Content::Lanes(lanes) => lanes.len() == 1,
                },
                _ => false,
            }
    }
}

impl App {
    /// Takes what was let go over the window.
    pub(super) fn take_dropped(&mut self, ctx: &Context) {
        let paths: Vec<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        if paths.is_empty() {
            return;
        }
        if self.view.asks() {
            let hint = "drop it again when the question is answered";
            self.view.toast(false, "Something is asked first", Some(hint.to_owned()));
            return;
        }
        let place = self.under_pointer(ctx).map(|(lane, at)| (lane, Some(at)));
        self.ask_elsewhere(move || Answer::Incoming(arrival(&paths, place)));
    }

    /// The lane under the pointer and the place in it.
    fn under_pointer(&self, ctx: &Context) -> Option<(usize, Point)> {
        let canvas = Rect::from_min_size(self.view.canvas_corner, self.view.canvas_size);
        let place = ctx.pointer_latest_pos().filter(|place| canvas.contains(*place))?;
        let point = self.view.camera.to_canvas(canvas.min, place);
        let lane = self.board.scene.lanes.iter().position(|lane| lane.frame.contains(point))?;
        Some((lane, self.in_lane(lane, point)))
    }

    /// Takes a text that is no node templates: a compose file, a manifest, a `docker run` line. False if it is none.
    pub(super) fn paste_foreign(&mut self, ctx: &Context, text: &str) -> bool {
        if text.len() < SHORT && ingest::format_of(text).is_none() {
            return false;
        }
        let shown = self.view.selection.last().map(|key| key.lane).or(self.view.lane);
        let lanes = self.board.lanes.len();
        let beside = shown.filter(|lane| *lane < lanes).map(|lane| (lane, None));
        let under = self.under_pointer(ctx).map(|(lane, at)| (lane, Some(at))).or(beside);
        let text = text.to_owned();
        self.ask_elsewhere(move || {
            let mut arrival = Arrival {
                incoming: Vec::new(),
                refused: Vec::new(),
                project: None,
                place: under,
                pasted: true,
            };
            match importing::text("clipboard", &text) {
                Ok(incoming) => arrival.incoming.push(incoming),
                Err(error) => arrival.refused.push((error.to_string(), error.hint())),
            }
            Answer::Incoming(arrival)
        });
        true
    }

    /// Asks what becomes of what has come.
    pub(super) fn arrived(&mut self, ctx: &Context, arrival: Arrival) {
        for (why, hint) in arrival.refused {
            self.view.toast(true, why, hint);
        }
        if arrival.incoming.is_empty() {
            return;
        }
        let Some(session) = &self.session else {
            match (arrival.project, arrival.incoming.into_iter().next()) {
                (Some(path), _) => self.leave(ctx, Leave::Open(path)),
                (None, Some(incoming)) => self.ask_project_for(incoming),
                (None, None) => {}
            }
            return;
        };
        let alone = session.documents().manifest.is_none();
        let place = arrival.place.filter(|(lane, _)| *lane < self.board.lanes.len());
        let mut form = ImportForm {
            name: arrival.incoming.first().map(|incoming| incoming.name().to_owned()).unwrap_or_default(),
            incoming: arrival.incoming,
            into: None,
            place,
            project: arrival.project,
            refused: None,
        };
        if form.has_nodes() {
            form.into = place.map(|(lane, _)| lane).or(alone.then_some(0));
        }
        let complete = form.incoming.iter().all(|incoming| incoming.left_out.is_empty());
        if arrival.pasted && complete && form.into.is_some() {
            self.import(form);
        } else {
            self.view.import = Some(form);
        }
    }

    /// Brings in what the form says.
    pub(super) fn import(&mut self, mut form: ImportForm) {
        match self.import_edit(&form) {
            Ok(edit) => {
                if self.edit(&edit) {
                    self.view.fit |= form.into.is_none();
                }
                self.view.import = None;
            }
            Err(why) => {
                form.refused = Some(why);
                self.view.import = Some(form);
            }
        }
    }

    fn import_edit(&self, form: &ImportForm) -> Result<Edit, String> {
        let session = self.session.as_ref().ok_or("no project is open")?;
        let root = &session.project().root;
        let mut drawn = session.documents().clone();
        let mut edits = Vec::new();
        for incoming in &form.incoming {
            let into = form.into.and_then(|lane| self.board.lanes.get(lane)).map(|shown| &shown.lane);
            let at = form.place.filter(|(lane, _)| Some(*lane) == form.into);
            let to = Destination {
                into: into.map(|lane| lane.name.clone()),
                imports: into.map(|lane| incoming.missing(lane)).unwrap_or_default(),
                name: form.has_name().then(|| form.name.trim().to_owned()).filter(|name| !name.is_empty()),
                at: at.and_then(|(_, at)| at),
            };
            let edit = incoming.edit(&drawn, root, &to).map_err(|error| error.to_string())?;
            drawn = edit.apply(&drawn).map_err(|error| error.to_string())?;
            edits.push(edit);
        }
        let label = match edits.as_slice() {
            [edit] => edit.label(),
            edits => format!("import {} files", edits.len()),
        };
        Ok(Edit::All { label, edits })
    }
}
