//! Pulling a line: the handle it begins at, the line under the pointer, what it may end at and why not.

use std::collections::HashMap;

use egui::{
    Align2, Color32, CursorIcon, PointerButton, Rect, Response, Sense, Shape as Drawn, Stroke, StrokeKind,
    Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use super::pen::Pen;
use crate::gui::ask::Ask;
use crate::gui::board::Board;
use crate::gui::status::Status;
use crate::gui::view::{NodeKey, View, Wish};
use crate::scene::{Detail, NodeIndex, Shape};

/// Radius of a handle on the screen.
const HANDLE: f32 = 6.0;
/// How far from a node its handle still shows.
const NEAR: f32 = 18.0;

/// A line that is being pulled.
#[derive(Clone, Debug, Default)]
pub struct Pull {
    /// The node it begins at.
    pub from: Option<NodeKey>,
    /// What it may not end at, and why; what is not in it is allowed if `allowed` has it.
    refused: HashMap<NodeKey, String>,
    allowed: HashMap<NodeKey, String>,
}

impl Pull {
    /// Begins at a node.
    pub fn new(board: &Board, from: &NodeKey) -> Self {
        let mut pull = Self { from: Some(from.clone()), ..Self::default() };
        for (key, judged) in board.targets(from) {
            match judged {
                Ok(kinds) => drop(pull.allowed.insert(key, kinds.into_iter().next().unwrap_or_default())),
                Err(why) => drop(pull.refused.insert(key, why)),
            }
        }
        pull
    }
}

/// The handle at the edge of the node that the pointer is near, to pull a line from.
pub fn handle_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View) {
    if pen.detail <= Detail::Outline || view.drag.is_some() || view.ask.is_some() {
        return;
    }
    let pointer = ui.ctx().pointer_latest_pos().filter(|place| pen.painter.clip_rect().contains(*place));
    let hovered = pointer.and_then(|place| board.scene.hit(view.camera.to_canvas(pen.corner, place)));
    let key_of = |index: NodeIndex| {
        let node = &board.scene.nodes[index];
        NodeKey { lane: node.lane, name: node.name.clone() }
    };
    let near = |key: &NodeKey| {
        let rect =
            board.scene.find(key.lane, &key.name).map(|index| pen.rect(&board.scene.nodes[index].frame));
        rect.zip(pointer).is_some_and(|(rect, place)| rect.expand(NEAR).contains(place))
    };
    let before = view.handle.take().filter(near);
    // Over the empty part of a frame the handle of a node in it stays, else it could not be reached.
    let on_frame = hovered.is_some_and(|index| board.scene.nodes[index].shape == Shape::Frame);
    let found = match before {
        Some(before) if on_frame || hovered.is_none() => Some(before),
        before => hovered.map(key_of).or(before),
    };
    view.handle = found.or_else(|| match view.selection.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    });
    if let Some(pull) = &view.pull {
        view.handle = pull.from.clone();
    }
    let Some(key) = view.handle.clone() else { return };
    let Some(node) = board.scene.find(key.lane, &key.name).map(|index| &board.scene.nodes[index]) else {
        return;
    };
    if node.shape == Shape::Port || node.hidden {
        return;
    }
    let rect = pen.rect(&node.frame);
    let center = pos2(rect.right(), rect.center().y);
    let around = Rect::from_center_size(center, vec2(HANDLE, HANDLE) * 3.0);
    if !pen.painter.clip_rect().intersects(around) {
        return;
    }
    let response = ui.interact(around, ui.id().with("handle"), Sense::drag());
    let spoken = format!("connect from {}", key.name);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Other, true, &spoken));
    let color = pen.tokens.accent;
    let radius = if response.hovered() { HANDLE + 2.0 } else { HANDLE };
    pen.painter.circle(center, radius, pen.tokens.panel, Stroke::new(2.0, color));
    pen.painter.circle_filled(center, 2.0, color);
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    }
    begin(&response, board, view, &key);
    response.on_hover_text("Drag to connect");
}

/// Begins a line where a drag of `response` begins.
pub fn begin(response: &Response, board: &Board, view: &mut View, key: &NodeKey) {
    if response.drag_started_by(PointerButton::Primary) {
        view.fit = false;
        view.pull = Some(Pull::new(board, key));
    }
}

/// The line that is pulled, and what becomes of it when it is let go.
pub fn pull_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View) {
    pointed_at(pen, board, view);
    let Some(pull) = view.pull.take() else { return };
    let Some(place) = ui.ctx().pointer_latest_pos() else { return };
    let Some(from) = pull.from.clone() else { return };
    let Some(start) = board.scene.find(from.lane, &from.name) else { return };
    let point = view.camera.to_canvas(pen.corner, place);
    let over = board.scene.hit(point).map(|index| {
        let node = &board.scene.nodes[index];
        (index, NodeKey { lane: node.lane, name: node.name.clone() })
    });
    for key in pull.allowed.keys() {
        glow(pen, board, key, over.as_ref().is_some_and(|(_, under)| under == key));
    }
    let dim: Color32 = pen.tokens.canvas.gamma_multiply(0.55);
    for key in pull.refused.keys() {
        let Some(index) = board.scene.find(key.lane, &key.name) else { continue };
        let node = &board.scene.nodes[index];
        if node.shape != Shape::Frame && !node.hidden {
            pen.painter.rect_filled(pen.rect(&node.frame), pen.radius(6.0), dim);
        }
    }
    let rect = pen.rect(&board.scene.nodes[start].frame);
    let start = if board.scene.nodes[start].shape == Shape::Port {
        rect.center()
    } else {
        pos2(rect.right(), rect.center().y)
    };
    let stroke = Stroke::new(2.0, pen.tokens.accent);
    let bow = ((place.x - start.x).abs() / 2.0).clamp(20.0, 90.0);
    let curve = [start, start + vec2(bow, 0.0), place - vec2(bow, 0.0), place];
    pen.painter.add(Drawn::CubicBezier(egui::epaint::CubicBezierShape::from_points_stroke(
        curve,
        false,
        Color32::TRANSPARENT,
        stroke,
    )));
    pen.painter.circle_filled(place, 3.5, pen.tokens.accent);
    let under = over.as_ref().map(|(_, key)| key).filter(|key| **key != from);
    let told = match under {
        Some(key) => match (pull.refused.get(key), pull.allowed.get(key)) {
            (Some(why), _) => Some((why.clone(), true)),
            (_, Some(kind)) => {
                Some((format!("{} → {}", kind.rsplit('.').next().unwrap_or(kind), key.name), false))
            }
            _ => None,
        },
        None => Some(("let go to add a node".to_owned(), false)),
    };
    if let Some((text, bad)) = told {
        tell(ui, pen, place, &text, bad);
    }
    if ui.input(|input| input.pointer.any_released()) {
        match over {
            Some((_, key)) if key == from => {}
            // Between the nodes in a frame that holds the node already there is room for another one.
            Some((index, key))
                if !pull.allowed.contains_key(&key) && board.scene.nodes[index].shape == Shape::Frame =>
            {
                view.wish(Wish::AskAttached { from, place: Some(place) });
            }
            Some((_, key)) => view.wish(Wish::Connect { from, to: key, place }),
            None => view.wish(Wish::AskAttached { from, place: Some(place) }),
        }
        return;
    }
    view.pull = Some(pull);
}

/// Words beside the pointer.
pub fn tell(ui: &mut Ui, pen: &Pen, place: egui::Pos2, text: &str, bad: bool) {
    let color = if bad { pen.tokens.status(Status::Failed) } else { pen.tokens.accent };
    let galley = pen.fitted(text, egui::FontId::proportional(12.0), pen.tokens.text, 420.0);
    let at = Align2::LEFT_TOP.anchor_size(place + vec2(14.0, 14.0), galley.size() + vec2(14.0, 8.0));
    pen.painter.rect(at, 4, pen.tokens.panel, Stroke::new(1.2, color), StrokeKind::Inside);
    pen.painter.galley(at.min + vec2(7.0, 4.0), galley, pen.tokens.text);
    let response = ui.interact(at, ui.id().with("told"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, text));
}

/// What a line may end at.
pub fn glow(pen: &Pen, board: &Board, key: &NodeKey, strong: bool) {
    let Some(node) = board.scene.find(key.lane, &key.name).map(|index| &board.scene.nodes[index]) else {
        return;
    };
    if node.hidden {
        return;
    }
    let rect = pen.rect(&node.frame).expand(3.0);
    let width = if strong { 3.0 } else { 1.5 };
    let color = if strong { pen.tokens.accent } else { pen.tokens.accent.gamma_multiply(0.6) };
    if strong {
        pen.painter.rect_filled(rect, pen.radius(8.0), pen.tokens.accent.gamma_multiply(0.12));
    }
    pen.painter.rect_stroke(rect, pen.radius(8.0), Stroke::new(width, color), StrokeKind::Middle);
}

/// The node that the list of targets is at.
fn pointed_at(pen: &Pen, board: &Board, view: &View) {
    let Some(Ask::Choice(choosing)) = &view.ask else { return };
    if let Some(Wish::Connect { to, .. }) = choosing.fitting().get(choosing.chosen).map(|choice| &choice.wish)
    {
        glow(pen, board, to, true);
    }
}
