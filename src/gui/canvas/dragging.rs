//! Dragging nodes: what moves, how far, along which guides, and what that would come to.
//!
//! A drag changes nothing before it ends: until then outlines show where things would stand.

use std::collections::HashSet;

use egui::{Modifiers, PointerButton, Response, Stroke, StrokeKind, Ui, Vec2};

use super::measuring;
use super::nesting::{self, Landing};
use super::pen::Pen;
use crate::edit::named;
use crate::gui::board::Board;
use crate::gui::view::{NodeKey, View, Wish};
use crate::model::{Frame, Point};
use crate::scene::{GRID, Gap, NodeIndex, Places, Shape, gaps, guides, move_to};

/// How near an edge must come to another to be drawn to it, on the screen.
const REACH: f32 = 6.0;
/// More outlines than these are drawn whole, not dashed.
const DASHED: usize = 12;

/// What is being moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Drag {
    /// Which nodes.
    pub moved: Vec<NodeKey>,
    /// The one under the hand: it comes to the grid, the others keep their places beside it.
    pub held: NodeKey,
    /// Where it was taken, on the canvas.
    pub from: Point,
    /// How far it was pulled, in points of the canvas.
    pub pulled: Vec2,
    /// Whether it is moved by keys: as far as they say, and into nothing.
    pub by_keys: bool,
    /// Whether copies are dragged; decided when it begins.
    pub copies: bool,
}

/// How far a drag comes, and the lines that things lie on then.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// To the right.
    pub dx: f32,
    /// Down.
    pub dy: f32,
    /// Guides, on the canvas.
    pub lines: Vec<(Point, Point)>,
    /// Distances to neighbours, on the canvas.
    pub gaps: Vec<Gap>,
}

impl Drag {
    /// Of `key`, or of all that is selected with it. None if that is locked.
    pub fn new(board: &Board, view: &View, key: &NodeKey) -> Option<Self> {
        let moved =
            if view.is_selected(key.lane, &key.name) { view.selection.clone() } else { vec![key.clone()] };
        let free = |key: &NodeKey| {
            let node = board.scene.find(key.lane, &key.name).and_then(|index| board.scene.nodes.get(index));
            node.is_some_and(|node| !node.locked)
        };
        if !free(key) {
            return None;
        }
        let moved = moved.into_iter().filter(free).collect();
        Some(Self {
            moved,
            held: key.clone(),
            from: Point::default(),
            pulled: Vec2::ZERO,
            by_keys: false,
            copies: false,
        })
    }

    fn found(&self, board: &Board) -> Vec<NodeIndex> {
        let found: Vec<NodeIndex> =
            self.moved.iter().filter_map(|key| board.scene.find(key.lane, &key.name)).collect();
        nesting::outermost(board, &found)
    }

    /// How far it comes: to guides, else to the grid; with Shift along one direction, with Alt just as far as pulled.
    pub fn reach(&self, board: &Board, view: &View, modifiers: Modifiers) -> Reach {
        let mut pulled = self.pulled;
        if self.by_keys {
            return Reach { dx: pulled.x, dy: pulled.y, ..Reach::default() };
        }
        let level = modifiers.shift && pulled.x.abs() >= pulled.y.abs();
        let upright = modifiers.shift && !level;
        if level {
            pulled.y = 0.0;
        } else if upright {
            pulled.x = 0.0;
        }
        let plain = Reach { dx: pulled.x, dy: pulled.y, ..Reach::default() };
        let scene = &board.scene;
        let Some(held) = scene.find(self.held.lane, &self.held.name) else { return plain };
        if modifiers.alt || view.free {
            return plain;
        }
        let moved = self.found(board);
        let frames = moved.iter().map(|index| scene.nodes[*index].frame);
        let around = frames.reduce(|all, frame| all.union(&frame)).unwrap_or_default();
        let others = self.others(board, view, &moved);
        let pulled_to = around.shifted(pulled.x, pulled.y);
        let mut found = guides(&pulled_to, &others, REACH / view.camera.zoom);
        // Along one direction only what lies across it can be met.
        if level && found.dy.take().is_some() {
            found.lines.retain(|(from, to)| (from.y - to.y).abs() > (from.x - to.x).abs());
        }
        if upright && found.dx.take().is_some() {
            found.lines.retain(|(from, to)| (from.x - to.x).abs() > (from.y - to.y).abs());
        }
        let node = &scene.nodes[held];
        let origin = scene.lanes[node.lane].origin;
        let on_grid = |edge: f32, origin: f32, pulled: f32| {
            ((edge - origin + pulled) / GRID).round() * GRID - (edge - origin)
        };
        let dx = match found.dx {
            Some(more) => pulled.x + more,
            None if upright => 0.0,
            None => on_grid(node.frame.x, origin.x, pulled.x),
        };
        let dy = match found.dy {
            Some(more) => pulled.y + more,
            None if level => 0.0,
            None => on_grid(node.frame.y, origin.y, pulled.y),
        };
        let upright = |(from, to): &(Point, Point)| (from.x - to.x).abs() < 0.1;
        let in_column = found.lines.iter().any(upright);
        let in_row = !found.lines.iter().all(upright);
        let gaps = gaps(&around.shifted(dx, dy), &others, in_row, in_column);
        Reach { dx, dy, lines: found.lines, gaps }
    }

    /// What it can lie in line with: what is seen and neither moves nor holds what moves.
    fn others(&self, board: &Board, view: &View, moved: &[NodeIndex]) -> Vec<Frame> {
        let scene = &board.scene;
        let mut out: HashSet<NodeIndex> = moved.iter().flat_map(|index| scene.with_content(*index)).collect();
        for index in moved {
            out.extend(std::iter::successors(scene.nodes[*index].parent, |at| scene.nodes[*at].parent));
        }
        let seen = view.camera.seen(view.canvas_size);
        let nodes = scene.visible(&seen).into_iter().filter(|index| !out.contains(index));
        nodes
            .map(|index| &scene.nodes[index])
            .filter(|node| node.shape != Shape::Port && node.lane == self.held.lane)
            .map(|node| node.frame)
            .collect()
    }

    /// Where it puts what it moves, relative to lanes: what lies in a frame goes with it by itself, unless a person
    /// placed it.
    pub fn targets(&self, board: &Board, reach: &Reach) -> Vec<(NodeKey, Point)> {
        if reach.dx.abs() + reach.dy.abs() < 0.5 {
            return Vec::new();
        }
        let (inputs, scene) = (board.inputs(), &board.scene);
        let mut places = Places::default();
        for index in self.found(board) {
            let corner = scene.nodes[index].frame.corner();
            let to = Point { x: corner.x + reach.dx, y: corner.y + reach.dy };
            move_to(&inputs, scene, index, to, &mut places);
        }
        board.keyed(places)
    }
}

/// Begins, follows and ends the drag of a node.
pub fn drag(response: &Response, board: &Board, view: &mut View, index: NodeIndex) {
    let node = &board.scene.nodes[index];
    let key = NodeKey { lane: node.lane, name: node.name.clone() };
    let spaced = response.ctx.input(|input| input.key_down(egui::Key::Space));
    if response.drag_started_by(PointerButton::Primary) && !spaced && node.shape != Shape::Port {
        match Drag::new(board, view, &key) {
            Some(drag) => {
                if !view.is_selected(key.lane, &key.name) {
                    view.wish(Wish::Select { nodes: vec![key.clone()], add: false, show: false });
                }
                // What is being moved must not run away under the pointer.
                view.fit = false;
                let copies = response.ctx.input(|input| input.modifiers.command);
                view.drag = Some(Drag { from: taken(response, view), copies, ..drag });
                view.hovered = None;
            }
            None => {
                view.toast(false, format!("{} is locked", key.name), Some("Ctrl+Shift+L frees it".into()));
            }
        }
    }
    let held = view.drag.as_ref().is_some_and(|drag| !drag.by_keys && drag.held == key);
    if !held || view.dragged_group.is_some() || !(response.dragged() || response.drag_stopped()) {
        return;
    }
    pull(response, view);
    if response.drag_stopped()
        && let Some(drag) = view.drag.take()
    {
        let modifiers = response.ctx.input(|input| input.modifiers);
        let reach = drag.reach(board, view, modifiers);
        let nodes = drag.targets(board, &reach);
        if drag.copies {
            let by = Point { x: reach.dx, y: reach.dy };
            if !nodes.is_empty() {
                view.wish(Wish::CopyTo { dragged: drag.moved, places: nodes, by });
            }
            return;
        }
        let landing = landing(&response.ctx, board, view, &drag.moved);
        if !nodes.is_empty() {
            view.wish(Wish::Land { moved: drag.moved, nodes, landing });
        }
    }
}

/// Where the pointer took what it drags, on the canvas: some way before a drag is known to be one.
pub fn taken(response: &Response, view: &View) -> Point {
    let place = response.ctx.input(|input| input.pointer.press_origin()).or(response.interact_pointer_pos());
    place.map(|place| view.camera.to_canvas(view.canvas_corner, place)).unwrap_or_default()
}

/// Follows the pointer, also while the picture moves below it.
pub fn pull(response: &Response, view: &mut View) {
    if let (Some(place), Some(drag)) = (response.interact_pointer_pos(), view.drag.as_mut()) {
        let point = view.camera.to_canvas(view.canvas_corner, place);
        drag.pulled = egui::vec2(point.x - drag.from.x, point.y - drag.from.y);
    }
}

/// What the dragged nodes would come to where the pointer is.
fn landing(ctx: &egui::Context, board: &Board, view: &mut View, moved: &[NodeKey]) -> Landing {
    let (place, over) = ctx.input(|input| (input.pointer.latest_pos(), input.key_down(egui::Key::O)));
    match place {
        Some(place) if !over => {
            let point = view.camera.to_canvas(view.canvas_corner, place);
            nesting::landing(board, moved, point, &mut view.hovered)
        }
        _ => Landing::Move,
    }
}

/// Outlines of where a drag would put things, and the guides that they would lie on.
pub fn ghost(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View) {
    let stroke = Stroke::new(1.5, pen.tokens.accent);
    if let Some((lane, pulled)) = &view.drag_lane
        && let Some(lane) = board.scene.lanes.get(*lane)
    {
        pen.dashed(pen.rect(&lane.frame.shifted(pulled.x, pulled.y)), stroke);
    }
    let Some(drag) = view.drag.take() else { return };
    if drag.pulled.length() > 4.0 && !drag.by_keys {
        let names = named(drag.moved.iter().map(|key| key.name.as_str()));
        if drag.copies {
            if let Some(place) = ui.ctx().pointer_latest_pos() {
                super::pulling::tell(ui, pen, place, &format!("copy of {names}"), false);
            }
        } else {
            let landing = landing(ui.ctx(), board, view, &drag.moved);
            nesting::landing_ui(ui, pen, board, &landing, &names);
        }
    }
    let modifiers = ui.input(|input| input.modifiers);
    let reach = drag.reach(board, view, modifiers);
    let targets = drag.targets(board, &reach);
    for (key, to) in &targets {
        let (Some(index), Some(lane)) =
            (board.scene.find(key.lane, &key.name), board.scene.lanes.get(key.lane))
        else {
            continue;
        };
        let node = &board.scene.nodes[index];
        if node.hidden {
            continue;
        }
        let there = pen.rect(&Frame { x: to.x + lane.origin.x, y: to.y + lane.origin.y, ..node.frame });
        if targets.len() > DASHED {
            pen.painter.rect_stroke(there, 0, stroke, StrokeKind::Middle);
        } else {
            pen.dashed(there, stroke);
        }
    }
    if !targets.is_empty() {
        measuring::guides_ui(ui, pen, &reach);
    }
    view.drag = Some(drag);
}

/// Whether nodes are on the way by keys that are let go by now: then they have come to where they go.
pub fn keys_rest(ctx: &egui::Context) -> bool {
    use egui::Key;
    let arrows = [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown];
    !ctx.input(|input| arrows.into_iter().any(|key| input.key_down(key)))
}
