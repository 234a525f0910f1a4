//! The canvas: our own painter over [`crate::scene::Scene`], in screen coordinates, culled, with less detail from far.
//!
//! Every visible node, tag and chip is a widget with a name, a role and a description, for pointer, keyboard, screen reader
//! and tests alike.

mod bending;
mod boxes;
mod differences;
mod dragging;
mod ends;
mod far;
mod folding;
mod groups;
mod lanes;
mod lines;
mod measuring;
mod minimap;
mod nesting;
mod pen;
mod picking;
mod pulling;

use egui::{
    EventFilter, PointerButton, Rect, Response, Sense, Shape as Drawn, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, WidgetType, accesskit, vec2,
};

use super::board::Board;
use super::connecting::Attached;
use super::entering::Inside;
use super::status::NodeStatus;
use super::theme::tokens;
use super::view::{Camera, Mode, NodeKey, TypeName, View, Wish};
use crate::model::{Frame, Point};
use crate::scene::{Detail, NodeBox, NodeIndex, Shape, TITLE, snap};
pub use bending::{Bending, edit as bend};
pub use dragging::{Drag, Reach, keys_rest};
pub use nesting::{Hovered, Landing, outermost};
use pen::Pen;
pub use picking::Line;
pub use pulling::Pull;

/// The whole canvas, in what is left of `ui`.
pub fn canvas_ui(ui: &mut Ui, board: &Board, view: &mut View) {
    let area = ui.available_rect_before_wrap();
    (view.canvas_corner, view.canvas_size) = (area.min, area.size());
    if view.fit {
        view.camera.fit(&board.scene.bounds, area.size());
    }
    if std::mem::take(&mut view.show_selection) {
        bring_into_view(board, view, area.size());
        ui.ctx().request_repaint();
    }
    let background = ui.interact(area, ui.id().with("canvas"), Sense::click_and_drag());
    background.widget_info(|| WidgetInfo::labeled(WidgetType::Other, true, "canvas"));
    navigate(ui, view, area);
    let pen = Pen {
        painter: ui.painter_at(area),
        corner: area.min,
        camera: view.camera,
        tokens: tokens(ui.ctx()),
        detail: Detail::at(view.camera.zoom),
        chosen: chosen(board, view),
        quiet: view.asks(),
    };
    pen.painter.rect_filled(area, 0, pen.tokens.canvas);
    if !view.no_grid {
        pen.dots(area);
    }
    let seen = view.camera.seen(area.size());
    for (number, lane) in board.scene.lanes.iter().enumerate() {
        if lane.frame.overlaps(&seen) {
            lane_ui(ui, &pen, board, view, number);
        }
    }
    groups::frames(&pen, board, view, &seen);
    let visible = board.scene.visible(&seen);
    // From very far only a screen reader needs a widget for each node: the pointer is served by the background.
    let listening = ui.ctx().accesskit_node_builder(background.id, |_| ()).is_some();
    let widgets = pen.detail > Detail::Block || listening;
    let responses: Vec<Option<Response>> = visible
        .iter()
        .map(|&index| widgets.then(|| node_response(ui, &pen, board, view, index)).flatten())
        .collect();
    let focused = responses.iter().position(|response| response.as_ref().is_some_and(Response::has_focus));
    view.focused = focused.map(|position| key(board, visible[position]));
    if pen.detail <= Detail::Outline {
        far::boxes(&pen, board, view, &visible, true);
        far::lines(&pen, board, &seen);
        far::boxes(&pen, board, view, &visible, false);
    } else {
        let holds = |index: NodeIndex| matches!(board.scene.nodes[index].shape, Shape::Frame | Shape::Bus);
        let hovered = |position: usize| responses[position].as_ref().is_some_and(Response::hovered);
        for (position, &index) in visible.iter().enumerate().filter(|(_, index)| holds(**index)) {
            boxes::node(&pen, board, view, index, hovered(position));
        }
        lines::links_ui(&pen, board, &seen);
        lines::flows_ui(&pen, board, view, &seen);
        for (position, &index) in visible.iter().enumerate().filter(|(_, index)| !holds(**index)) {
            boxes::node(&pen, board, view, index, hovered(position));
        }
    }
    picking::lines_ui(ui, &pen, board, view, &seen);
    lines::tags_ui(ui, &pen, board, view, &seen);
    lines::chips_ui(ui, &pen, board, view, &seen);
    for (position, response) in responses.into_iter().enumerate() {
        if let Some(response) = response {
            gestures(&response, board, view, visible[position]);
        }
    }
    groups::tabs_ui(ui, &pen, board, view, &seen);
    differences::differences_ui(ui, &pen, board, view, &seen, area);
    for &index in &visible {
        folding::sign_ui(ui, &pen, board, view, index);
    }
    bending::ghost(&pen, board, view);
    dragging::ghost(ui, &pen, board, view);
    pulling::handle_ui(ui, &pen, board, view);
    pulling::pull_ui(ui, &pen, board, view);
    background_gestures(ui, &pen, &background, board, view);
    dropped(ui, &pen, board, view, area);
    stripe(&pen, board, view, area);
    folding::crumbs_ui(ui, &pen, board, view, area);
    minimap::minimap_ui(ui, &pen, board, view, area);
}

/// A type that is let go over the canvas becomes a node of the lane below it, or of the one that is shown.
fn dropped(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, area: Rect) {
    let Some(at) = ui.ctx().pointer_interact_pos().filter(|at| area.contains(*at)) else { return };
    let Some(kind) = egui::DragAndDrop::payload::<TypeName>(ui.ctx()) else { return };
    let point = view.camera.to_canvas(area.min, at);
    let holder = nesting::holder_for(board, &kind.0, point);
    if let Some((outer, _)) = &holder {
        pulling::glow(pen, board, outer, true);
        pulling::tell(ui, pen, at, &format!("in {}", outer.name), false);
    }
    if !ui.input(|input| input.pointer.any_released()) {
        return;
    }
    egui::DragAndDrop::clear_payload(ui.ctx());
    if let Some((from, made)) = holder {
        let (kind, relationship) = (kind.0.clone(), made.kind);
        let attached = Attached { from, kind, relationship, backwards: !made.part, at: None };
        return view.wish(Wish::Attach(Box::new(attached)));
    }
    let lane = board.scene.lanes.iter().position(|lane| lane.frame.contains(point));
    let place = lane.map(|lane| {
        let origin = board.scene.lanes[lane].origin;
        (lane, Point { x: point.x - origin.x, y: point.y - origin.y })
    });
    view.wish(Wish::AddNode { kind: kind.0.clone(), place });
}

fn chosen(board: &Board, view: &View) -> Vec<bool> {
    if view.selection.is_empty() {
        return Vec::new();
    }
    let mut chosen = vec![false; board.scene.nodes.len()];
    for index in view.selection.iter().filter_map(|key| board.scene.find(key.lane, &key.name)) {
        chosen[index] = true;
    }
    chosen
}

/// Panning by middle, right or space-drag and by the wheel; zooming by Ctrl and the wheel, or a pinch.
fn navigate(ui: &Ui, view: &mut View, area: Rect) {
    if !ui.rect_contains_pointer(area) {
        return;
    }
    let typing = ui.ctx().text_edit_focused();
    let (delta, pans, scroll, zoom, at) = ui.input(|input| {
        let pointer = &input.pointer;
        let space = !typing && input.key_down(egui::Key::Space) && pointer.primary_down();
        let pans = space || pointer.middle_down() || pointer.secondary_down();
        (pointer.delta(), pans, input.smooth_scroll_delta(), input.zoom_delta(), pointer.hover_pos())
    });
    if (pans && delta != Vec2::ZERO) || scroll != Vec2::ZERO || (zoom - 1.0).abs() > f32::EPSILON {
        view.fit = false;
    }
    if pans {
        view.camera.look -= delta / view.camera.zoom;
    }
    if let (true, Some(at)) = ((zoom - 1.0).abs() > f32::EPSILON, at) {
        view.camera.zoom_at(at - area.min, zoom);
    } else if scroll != Vec2::ZERO {
        view.camera.look -= scroll / view.camera.zoom;
    }
}

fn bring_into_view(board: &Board, view: &mut View, size: Vec2) {
    let chosen = view.selection.iter().filter_map(|key| board.scene.find(key.lane, &key.name));
    let around = chosen.map(|index| board.scene.nodes[index].frame).reduce(|all, frame| all.union(&frame));
    if let Some(around) = around
        && !view.camera.seen(size).encloses(&around)
    {
        let center = around.center();
        let look = vec2(center.x, center.y) - size / 2.0 / view.camera.zoom;
        view.fly(Camera { look, ..view.camera });
    }
}

/// A lane: its title bar is what is clicked and dragged.
fn lane_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, number: usize) {
    let Some(lane) = board.scene.lanes.get(number) else { return };
    lanes::lane(pen, board, view, number, lane);
    let bar = Frame { height: TITLE, ..lane.frame };
    let rect = pen.rect(&bar).intersect(pen.painter.clip_rect());
    if !rect.is_positive() {
        return;
    }
    let response = ui.interact(rect, ui.id().with(("lane", &lane.name)), Sense::click_and_drag());
    let label = format!("lane {}", lane.name);
    response
        .widget_info(|| WidgetInfo::selected(WidgetType::Button, true, view.lane == Some(number), &label));
    if let Some(shown) = board.lanes.get(number) {
        let rehearsed = if shown.state.rehearsed { ", rehearsed" } else { "" };
        let mut told = format!("deployment {}, {}{rehearsed}", shown.lane.deployment(), shown.state.status);
        if let Some(why) = shown.status.told() {
            told = format!("{told}; {why}");
            pen.tip(response.clone(), format!("{}\n{why}", shown.status.word));
        }
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(told));
    }
    if response.clicked() {
        view.wish(Wish::SelectLane(number));
    }
    if response.double_clicked() {
        view.wish(Wish::Enter(Some(Inside::Lane(number))));
    }
    let free = !board.lanes.get(number).is_some_and(|shown| shown.layout.locked_lane);
    if response.drag_started_by(PointerButton::Primary) && !space(ui) && free {
        view.fit = false;
        view.drag_lane = Some((number, Vec2::ZERO));
    }
    if let Some((dragged, pulled)) = &mut view.drag_lane
        && *dragged == number
    {
        *pulled += response.drag_delta() / pen.camera.zoom;
        if response.drag_stopped() {
            let to = snap(Point { x: lane.origin.x + pulled.x, y: lane.origin.y + pulled.y });
            view.drag_lane = None;
            view.wish(Wish::MoveLane { lane: number, to });
        }
    }
}

fn space(ui: &Ui) -> bool {
    ui.input(|input| input.key_down(egui::Key::Space))
}

/// Registers a node as a widget. From very far only what is selected is one: there the outline serves.
fn node_response(ui: &mut Ui, pen: &Pen, board: &Board, view: &View, index: NodeIndex) -> Option<Response> {
    let node = board.scene.nodes.get(index)?;
    let rect = pen.rect(&node.frame).intersect(pen.painter.clip_rect());
    if !rect.is_positive() {
        return None;
    }
    let id = ui.id().with(("node", node.lane, &node.name));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let chosen = pen.is_chosen(index);
    if response.has_focus() {
        // Arrows move it, instead of leading the keyboard elsewhere.
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    }
    response.widget_info(|| {
        WidgetInfo::selected(WidgetType::Button, true, chosen, format!("node {}", node.name))
    });
    ui.ctx().accesskit_node_builder(response.id, |built| {
        built.set_role(accesskit::Role::GraphicsObject);
        built.set_selected(chosen);
        built.set_description(describe(board, view, index));
    });
    let known = board.status(node).filter(|_| view.mode == Mode::Live);
    if let Some((known, why)) = known.and_then(|known| Some((known, known.told()?))) {
        pen.tip(response.clone(), format!("{}: {}\n{why}", node.name, known.word));
    }
    Some(response)
}

/// Type, state and holder of a node in words.
fn describe(board: &Board, view: &View, index: NodeIndex) -> String {
    let node = &board.scene.nodes[index];
    let lane = board.scene.lanes.get(node.lane).map_or("", |lane| lane.name.as_str());
    let status = board.status(node);
    let word = status.map_or("not deployed", |known| known.word.as_str());
    let rehearsed = status.filter(|known| known.rehearsed).map_or("", |_| ", rehearsed");
    let holder = node.parent.and_then(|parent| board.scene.nodes.get(parent));
    let inside = holder.map(|holder| format!(", in {}", holder.name)).unwrap_or_default();
    let key = NodeKey { lane: node.lane, name: node.name.clone() };
    let wave =
        board.waves.as_ref().filter(|_| view.mode == Mode::Plan).and_then(|waves| waves.first.get(&key));
    let wave = wave.map(|wave| format!(", wave {wave}")).unwrap_or_default();
    let locked = if node.locked { ", locked" } else { "" };
    let changed =
        status.and_then(NodeStatus::changed).map(|changed| format!(": {changed}")).unwrap_or_default();
    format!("{}, {word}{changed}{rehearsed}{locked}{inside}, lane {lane}{wave}", node.type_name)
}

fn key(board: &Board, index: NodeIndex) -> NodeKey {
    let node = &board.scene.nodes[index];
    NodeKey { lane: node.lane, name: node.name.clone() }
}

/// Selecting and dragging a node.
fn gestures(response: &Response, board: &Board, view: &mut View, index: NodeIndex) {
    let node = &board.scene.nodes[index];
    let key = key(board, index);
    crate::gui::panels::node_menu(response, board, view, &key);
    if response.double_clicked() {
        if on_title(response, node, view.camera.zoom) {
            view.wish(Wish::Rename(key.clone()));
        } else if node.shape == Shape::Frame || node.folded {
            view.wish(Wish::Enter(Some(Inside::Frame(key.clone()))));
        }
    }
    let modifiers = response.ctx.input(|input| input.modifiers);
    let add = modifiers.shift || modifiers.command;
    if response.clicked() {
        view.wish(Wish::Select { nodes: vec![key.clone()], add, show: false });
    }
    if node.shape == Shape::Port {
        pulling::begin(response, board, view, pulling::Start::Node(key));
    }
    dragging::drag(response, board, view, index);
}

/// Where the name of a node stands in its outline on the screen; none where it is too small to type in.
pub fn title(node: &NodeBox, card: Rect, zoom: f32) -> Option<Rect> {
    let row = match node.shape {
        Shape::Card => node.frame.height * 0.45,
        Shape::Frame => crate::scene::FRAME_HEAD * 0.55,
        _ => node.frame.height,
    };
    let size = vec2((card.width() - 38.0 * zoom).min(260.0 * zoom.max(1.0)), (row * zoom).max(20.0));
    let place = Rect::from_min_size(card.min + vec2(34.0, 4.0) * zoom, size);
    (size.x > 90.0 && node.shape != Shape::Port).then_some(place)
}

/// Whether the pointer is where a node's name stands.
fn on_title(response: &Response, node: &NodeBox, zoom: f32) -> bool {
    let height = match node.shape {
        Shape::Card => node.frame.height * 0.45,
        Shape::Frame => crate::scene::FRAME_HEAD,
        _ => node.frame.height,
    };
    response
        .interact_pointer_pos()
        .is_some_and(|place| (place.y - response.interact_rect.top()) / zoom <= height)
}

/// A click on nothing ends the selection; a drag is a rubber band: what it touches is selected.
fn background_gestures(ui: &Ui, pen: &Pen, background: &Response, board: &Board, view: &mut View) {
    let point = background.interact_pointer_pos().map(|place| view.camera.to_canvas(pen.corner, place));
    if background.clicked() {
        let line = background.interact_pointer_pos().and_then(|at| picking::line_at(pen, board, view, at));
        match line {
            Some(line) => view.wish(Wish::Pick(line)),
            None => view.wish(Wish::Select { nodes: Vec::new(), add: false, show: false }),
        }
    }
    if background.double_clicked()
        && let Some(place) = background.interact_pointer_pos()
    {
        view.wish(Wish::AskType(place));
    }
    if background.drag_started_by(PointerButton::Primary) && !space(ui) {
        view.band = ui
            .input(|input| input.pointer.press_origin())
            .map(|place| view.camera.to_canvas(pen.corner, place));
    }
    let Some(start) = view.band else { return };
    let Some(end) = point else { return };
    let band = Frame {
        x: start.x.min(end.x),
        y: start.y.min(end.y),
        width: (end.x - start.x).abs(),
        height: (end.y - start.y).abs(),
    };
    let rect = pen.rect(&band);
    let fill = pen.tokens.accent.gamma_multiply(0.12);
    pen.painter.add(Drawn::rect_filled(rect, 2, fill));
    pen.painter.rect_stroke(rect, 2, Stroke::new(1.0, pen.tokens.accent), StrokeKind::Middle);
    if background.drag_stopped() {
        view.band = None;
        let touched = board.scene.visible(&band).into_iter().map(|index| &board.scene.nodes[index]);
        // A frame counts when the band holds the whole of it: else nothing inside could be chosen alone.
        let nodes = touched
            .filter(|node| {
                node.shape == Shape::Card || node.shape == Shape::Port || band.encloses(&node.frame)
            })
            .map(|node| NodeKey { lane: node.lane, name: node.name.clone() })
            .collect();
        let add = ui.input(|input| input.modifiers.shift);
        view.wish(Wish::Select { nodes, add, show: false });
    }
}

/// A line at the top edge that says the mode by its colour, and how far a deployment is by its length.
fn stripe(pen: &Pen, board: &Board, view: &View, area: Rect) {
    let (status, done, all) = board.progress();
    let line = Rect::from_min_size(area.min, vec2(area.width(), 3.0));
    let color = match view.mode {
        Mode::Design => pen.tokens.border,
        Mode::Plan => pen.tokens.accent,
        Mode::Live => pen.tokens.status(status),
    };
    if all > 0 {
        let share = done as f32 / all as f32;
        pen.painter.rect_filled(line, 0, pen.tokens.border);
        let part = Rect::from_min_size(line.min, vec2(line.width() * share, line.height()));
        pen.painter.rect_filled(part, 0, pen.tokens.accent);
    } else {
        pen.painter.rect_filled(line, 0, color);
    }
}
