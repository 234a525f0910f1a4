//! Adding a node where the hand is: a list of types to type into.
//!
//! Knows which types there are and in what order a person wants them; what adding one writes is `editing`'s matter.

use egui::{Context, Key, Modifiers, Pos2, Rect};

use super::app::App;
use super::ask::{Ask, Choice, Choosing};
use super::view::Wish;
use crate::check::TypeInfo;
use crate::model::Point;
use crate::scene::snap;

impl App {
    /// Tab over the canvas asks which type to add, unless something else has the keyboard.
    pub(super) fn tab_adds(&mut self, ctx: &Context) {
        let canvas = Rect::from_min_size(self.view.canvas_corner, self.view.canvas_size);
        let over = ctx.pointer_latest_pos().is_some_and(|place| canvas.contains(place));
        let free = ctx.memory(|memory| memory.focused().is_none());
        if over
            && free
            && self.session.is_some()
            && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Tab))
        {
            ctx.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
            self.ask_new(ctx.pointer_latest_pos());
        }
    }

    /// Asks for a node to add, connected to the selected one if one is.
    pub(super) fn ask_new(&mut self, place: Option<Pos2>) {
        match self.view.selection.as_slice() {
            [only] => self.ask_attached(&only.clone(), None),
            _ => self.ask_type(place),
        }
    }

    /// Asks which type of node to add at a place of the screen, in the middle of the canvas if there is none.
    pub(super) fn ask_type(&mut self, place: Option<Pos2>) {
        let canvas = Rect::from_min_size(self.view.canvas_corner, self.view.canvas_size);
        let at = place.filter(|place| canvas.contains(*place)).unwrap_or(canvas.center());
        let point = self.view.camera.to_canvas(canvas.min, at);
        let lane = self.board.scene.lanes.iter().position(|lane| lane.frame.contains(point));
        let place = lane.map(|lane| (lane, self.in_lane(lane, point)));
        let choices = self.types().into_iter().map(|info| Choice {
            name: info.short().to_owned(),
            hint: info.name.clone(),
            refused: None,
            wish: Wish::AddNode { kind: info.name.clone(), place },
        });
        self.view.ask = Some(Ask::Choice(Choosing::new("Which type?", at, choices.collect())));
    }

    /// A point of the canvas as a place in a lane, on the grid.
    pub(super) fn in_lane(&self, lane: usize, point: Point) -> Point {
        let origin = self.board.scene.lanes.get(lane).map(|lane| lane.origin).unwrap_or_default();
        snap(Point { x: point.x - origin.x, y: point.y - origin.y })
    }

    /// All types of nodes: marked ones first, then those used lately, then the rest.
    pub(super) fn types(&self) -> Vec<&TypeInfo> {
        let mut all: Vec<&TypeInfo> = self.board.library.nodes.values().collect();
        let position = |list: &[String], info: &TypeInfo| {
            list.iter().position(|name| *name == info.name).unwrap_or(usize::MAX)
        };
        all.sort_by_key(|info| {
            let (liked, recent) = (position(&self.view.favourites, info), position(&self.view.recent, info));
            // What others are made from is drawn least.
            let bare = matches!(info.name.as_str(), "cloudify.nodes.Root" | "cloudify.nodes.Tier");
            (liked, recent, info.import.is_some(), bare)
        });
        all
    }
}
