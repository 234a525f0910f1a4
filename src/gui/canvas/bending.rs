//! Bending lines: a knob in the middle of a line is pulled to bend it, a bend is pulled elsewhere, and goes by a double
//! click.

use egui::{
    Color32, CursorIcon, PointerButton, Rect, Response, Sense, Stroke, Ui, WidgetInfo, WidgetType, vec2,
};

use super::pen::Pen;
use super::picking::Line;
use crate::edit::Edit;
use crate::gui::board::Board;
use crate::gui::view::{NodeKey, View, Wish};
use crate::model::Point;
use crate::scene::{GRID, Link, LinkKind, bent, grips};

/// A line that is being bent.
#[derive(Clone, Debug, PartialEq)]
pub struct Bending {
    /// The node that the line begins at.
    pub from: NodeKey,
    /// The node that it ends at.
    pub to: NodeKey,
    /// All its bends as they would be, on the canvas.
    pub bends: Vec<Point>,
    /// Position of the one under the hand.
    pub held: usize,
}

/// Knobs of one line: to pick and to bend it.
pub fn knobs_ui(
    ui: &mut Ui,
    pen: &Pen,
    board: &Board,
    view: &mut View,
    number: usize,
    line: &Line,
    picked: bool,
) {
    let link = &board.scene.links[number];
    let Line::Link { from, to, .. } = line else { return };
    let spoken = format!("line {} → {}", from.name, to.name);
    let grips: Vec<(usize, Point)> =
        if link.kind == LinkKind::Leg { vec![(0, link.course.at(0.5))] } else { grips(link) };
    let middle = grips.len() / 2;
    for (order, (at, point)) in grips.into_iter().enumerate() {
        // Of a line that is not picked one knob is enough.
        if order != middle && !picked {
            continue;
        }
        let name = if order == middle { spoken.clone() } else { format!("part {} of {spoken}", order + 1) };
        let Some(response) = knob(ui, pen, point, ("link", number, order), &name, picked) else { continue };
        if response.clicked() {
            view.wish(Wish::Pick(line.clone()));
        }
        if link.kind != LinkKind::Leg && response.drag_started_by(PointerButton::Primary) {
            let mut bends = link.bends.clone();
            bends.insert(at, point);
            view.bending = Some(Bending { from: from.clone(), to: to.clone(), bends, held: at });
        }
        follow(&response, pen, board, view);
        let told = if link.kind == LinkKind::Leg {
            format!("{spoken}: click, then Delete takes it away")
        } else {
            format!("{spoken}: pull to bend it; click, then Delete takes it away")
        };
        pen.tip(response, told);
    }
    if !picked {
        return;
    }
    for (at, bend) in link.bends.iter().enumerate() {
        let name = format!("bend {} of {spoken}", at + 1);
        let Some(response) = knob(ui, pen, *bend, ("bend", number, at), &name, true) else { continue };
        if response.double_clicked() {
            let mut bends = link.bends.clone();
            bends.remove(at);
            view.bending = None;
            view.wish(Wish::Bend { from: from.clone(), to: to.clone(), bends });
        } else if response.drag_started_by(PointerButton::Primary) {
            let bends = link.bends.clone();
            view.bending = Some(Bending { from: from.clone(), to: to.clone(), bends, held: at });
        }
        follow(&response, pen, board, view);
        pen.tip(response, "Drag it; a double click takes it away");
    }
}

fn knob(
    ui: &mut Ui,
    pen: &Pen,
    point: Point,
    id: (&str, usize, usize),
    spoken: &str,
    full: bool,
) -> Option<Response> {
    let place = pen.pos(point);
    let rect = Rect::from_center_size(place, vec2(12.0, 12.0));
    if !pen.painter.clip_rect().contains_rect(rect) {
        return None;
    }
    let response = ui.interact(rect, ui.id().with(id), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, full, spoken));
    let bend = id.0 == "bend";
    let fill = if response.hovered() || (full && bend) { pen.tokens.accent } else { Color32::TRANSPARENT };
    let radius = if bend { 4.5 } else { 3.5 };
    pen.painter.circle(place, radius, fill, Stroke::new(1.2, pen.tokens.accent));
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Grab);
    }
    Some(response)
}

/// The bend under the hand follows it, on the grid unless Alt is held; let go, it stays there.
fn follow(response: &Response, pen: &Pen, board: &Board, view: &mut View) {
    if !(response.dragged() || response.drag_stopped()) {
        return;
    }
    let free = view.free || response.ctx.input(|input| input.modifiers.alt);
    let Some(bending) = view.bending.as_mut() else { return };
    let origin = board.scene.lanes.get(bending.from.lane).map(|lane| lane.origin).unwrap_or_default();
    if let (Some(place), Some(bend)) = (response.interact_pointer_pos(), bending.bends.get_mut(bending.held))
    {
        let point = pen.camera.to_canvas(pen.corner, place);
        let near = |edge: f32, origin: f32| {
            if free { edge } else { ((edge - origin) / (GRID / 2.0)).round() * (GRID / 2.0) + origin }
        };
        *bend = Point { x: near(point.x, origin.x), y: near(point.y, origin.y) };
    }
    if response.drag_stopped()
        && let Some(Bending { from, to, bends, .. }) = view.bending.take()
    {
        view.wish(Wish::Bend { from, to, bends });
    }
}

/// The line as it would be.
pub fn ghost(pen: &Pen, board: &Board, view: &View) {
    let Some(bending) = &view.bending else { return };
    let find = |key: &NodeKey| board.scene.find(key.lane, &key.name);
    let (Some(from), Some(to)) = (find(&bending.from), find(&bending.to)) else { return };
    let bendable = |link: &&Link| link.source == from && link.target == to && link.kind != LinkKind::Leg;
    if let Some(link) = board.scene.links.iter().find(bendable) {
        let points = pen.points(&bent(&link.course, &bending.bends));
        pen.painter.line(points, Stroke::new(1.5, pen.tokens.accent));
    }
}

/// The edit that gives a line its bends, from points of the canvas.
pub fn edit(board: &Board, from: &NodeKey, to: &NodeKey, bends: &[Point]) -> Option<Edit> {
    let lane = board.lanes.get(from.lane)?.lane.name.clone();
    let origin = board.scene.lanes.get(from.lane)?.origin;
    let bends = bends.iter().map(|bend| Point { x: bend.x - origin.x, y: bend.y - origin.y }).collect();
    Some(Edit::Bend { lane, from: from.name.clone(), to: to.name.clone(), bends })
}
