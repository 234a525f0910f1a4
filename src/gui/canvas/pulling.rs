//! Pulling a line: the handle it begins at, the line under the pointer, what it may end at and why not.

use std::collections::HashMap;

use egui::{
    Align2, Color32, CursorIcon, PointerButton, Rect, Response, Sense, Shape as Drawn, Stroke, StrokeKind,
    Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use super::pen::Pen;
use crate::gui::ask::Ask;
use crate::gui::board::Board;
use crate::gui::connecting::Offer;
use crate::gui::rereading::{Reading, ValueEnd};
use crate::gui::rewiring::{End, Wire};
use crate::gui::sharing::Origin;
use crate::gui::status::Status;
use crate::gui::view::{NodeKey, View, Wish};
use crate::model::Point;
use crate::scene::{Detail, NodeIndex, Shape};

/// Radius of a handle on the screen.
const HANDLE: f32 = 6.0;
/// How far from a node its handle still shows.
const NEAR: f32 = 18.0;

/// Where a line begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// At a node.
    Node(NodeKey),
    /// At an output of a lane.
    Output {
        /// Position of the lane.
        lane: usize,
        /// Output and keys in it.
        path: Vec<String>,
    },
    /// At an end of a line that is there: the other one stays.
    End {
        /// The line.
        wire: Wire,
        /// The end that is pulled.
        end: End,
        /// Where the other one is, on the canvas.
        fixed: Point,
    },
    /// At an end of a line of values.
    Value {
        /// What the line stands for.
        readings: Vec<Reading>,
        /// The end that is pulled.
        end: ValueEnd,
        /// Where the other one is, on the canvas.
        fixed: Point,
    },
}

/// A line that is being pulled.
#[derive(Clone, Debug)]
pub struct Pull {
    /// Where it begins.
    pub from: Start,
    /// What it may not end at, and why.
    refused: HashMap<NodeKey, String>,
    /// What it may end at, and what it is then.
    allowed: HashMap<NodeKey, Offer>,
}

impl Pull {
    /// Begins somewhere.
    pub fn new(board: &Board, from: Start) -> Self {
        let judged = match &from {
            Start::Node(key) => board.targets(key),
            Start::End { wire, end, .. } => board.rewirings(wire, *end),
            Start::Value { readings, end, .. } => board.rereadings(readings, *end),
            Start::Output { lane, .. } => {
                board.each_by_lane(|reader| board.may_read(reader, *lane).map(|()| Offer::Value))
            }
        };
        let mut pull = Self { from, refused: HashMap::new(), allowed: HashMap::new() };
        for (key, judged) in judged {
            match judged {
                Ok(offer) => drop(pull.allowed.insert(key, offer)),
                Err(why) => drop(pull.refused.insert(key, why)),
            }
        }
        pull
    }

    /// Where it leaves what it begins at, on the screen.
    fn start(&self, pen: &Pen, board: &Board) -> Option<egui::Pos2> {
        match &self.from {
            Start::Node(key) => {
                let node = &board.scene.nodes[board.scene.find(key.lane, &key.name)?];
                let rect = pen.rect(&node.frame);
                Some(if node.shape == Shape::Port { rect.center() } else { rect.right_center() })
            }
            Start::Output { lane, path } => {
                let tag = board.scene.tags.iter().find(|tag| tag.lane == *lane && tag.path == *path)?;
                Some(pen.rect(&tag.frame).right_center())
            }
            Start::End { fixed, .. } | Start::Value { fixed, .. } => Some(pen.pos(*fixed)),
        }
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
        view.handle = match &pull.from {
            Start::Node(key) => Some(key.clone()),
            Start::Output { .. } | Start::End { .. } | Start::Value { .. } => None,
        };
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
    begin(&response, board, view, Start::Node(key));
    pen.tip(response, "Drag to connect");
}

/// Begins a line where a drag of `response` begins.
pub fn begin(response: &Response, board: &Board, view: &mut View, from: Start) {
    if response.drag_started_by(PointerButton::Primary) {
        view.fit = false;
        view.pull = Some(Pull::new(board, from));
    }
}

/// The line that is pulled, and what becomes of it when it is let go.
pub fn pull_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View) {
    pointed_at(pen, board, view);
    let Some(pull) = view.pull.take() else { return };
    let Some(place) = ui.ctx().pointer_latest_pos() else { return };
    let Some(start) = pull.start(pen, board) else { return };
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
    let own = match &pull.from {
        Start::Node(key) => Some(key),
        Start::Output { .. } | Start::End { .. } | Start::Value { .. } => None,
    };
    let under = over.as_ref().map(|(_, key)| key).filter(|key| Some(*key) != own);
    let tag = tag_at(board, &pull, point);
    let told = match under {
        _ if tag.is_some() => tag.as_ref().map(|tag| tag.told.clone()),
        Some(key) => match (pull.refused.get(key), pull.allowed.get(key)) {
            (Some(why), _) => Some((why.clone(), true)),
            (_, Some(offer)) => Some((format!("{} → {}", offer.word(), key.name), false)),
            _ => None,
        },
        None if own.is_some() => Some(("let go to add a node".to_owned(), false)),
        None => None,
    };
    if let Some((text, bad)) = told {
        tell(ui, pen, place, &text, bad);
    }
    if ui.input(|input| input.pointer.any_released()) {
        match tag {
            Some(tag) => tag.let_go(view, pull),
            None => let_go(board, view, pull, over, place),
        }
        return;
    }
    view.pull = Some(pull);
}

/// What becomes of a line that is let go over a node, or over none.
fn let_go(board: &Board, view: &mut View, pull: Pull, over: Option<(NodeIndex, NodeKey)>, place: egui::Pos2) {
    match (pull.from, over) {
        (Start::Node(from), Some((_, key))) if key == from => {}
        // Between the nodes in a frame that holds the node already there is room for another one.
        (Start::Node(from), Some((index, key)))
            if !pull.allowed.contains_key(&key) && board.scene.nodes[index].shape == Shape::Frame =>
        {
            view.wish(Wish::AskAttached { from, place: Some(place) });
        }
        (Start::Node(from), Some((_, to))) => view.wish(Wish::Connect { from, to, place }),
        (Start::Node(from), None) => view.wish(Wish::AskAttached { from, place: Some(place) }),
        (Start::Output { lane, path }, Some((_, to))) => match pull.refused.get(&to) {
            Some(why) => view.toast(false, why.clone(), None),
            None => {
                if let Some(origin) = board.origin(lane, &path) {
                    view.wish(Wish::Share { origin, to, place });
                }
            }
        },
        (Start::End { wire, end, .. }, Some((_, onto))) => view.wish(Wish::Rewire { wire, end, onto }),
        (Start::Value { readings, end: ValueEnd::Source, .. }, Some((_, from))) => {
            view.wish(Wish::AskOtherOrigin { readings, from, place });
        }
        (Start::Value { readings, end: ValueEnd::Reader, .. }, Some((_, to))) => {
            if let Some(reading) = readings.into_iter().next() {
                view.wish(Wish::MoveReading { reading, to, place });
            }
        }
        (Start::Output { .. } | Start::End { .. } | Start::Value { .. }, None) => {}
    }
}

/// An output that the source of a line of values is held over.
struct OverTag {
    told: (String, bool),
    origin: Option<Origin>,
}

impl OverTag {
    fn let_go(self, view: &mut View, pull: Pull) {
        match (self.origin, pull.from) {
            (Some(origin), Start::Value { readings, .. }) => view.wish(Wish::Reread { readings, origin }),
            _ => view.toast(false, self.told.0, None),
        }
    }
}

fn tag_at(board: &Board, pull: &Pull, point: Point) -> Option<OverTag> {
    let Start::Value { readings, end: ValueEnd::Source, .. } = &pull.from else { return None };
    let tag = board.scene.tags.iter().find(|tag| tag.frame.contains(point))?;
    let reader = readings.first()?.node.lane;
    Some(match board.may_read(reader, tag.lane) {
        Ok(()) => {
            let told = (format!("read {}", tag.label()), false);
            OverTag { told, origin: board.origin(tag.lane, &tag.path) }
        }
        Err(why) => OverTag { told: (why, true), origin: None },
    })
}

/// Words beside the pointer.
pub fn tell(ui: &mut Ui, pen: &Pen, place: egui::Pos2, text: &str, bad: bool) {
    let color = if bad { pen.tokens.status(Status::Failed) } else { pen.tokens.accent };
    let galley = pen.fitted(text, egui::FontId::proportional(12.0), pen.tokens.text, 420.0);
    let at = Align2::LEFT_TOP.anchor_size(place + vec2(14.0, 14.0), galley.size() + vec2(14.0, 8.0));
    // At the edges of the canvas it stands on the other side of the pointer, not out of sight.
    let seen = pen.painter.clip_rect();
    let over = vec2((at.right() - seen.right()).max(0.0), (at.bottom() - seen.bottom()).max(0.0));
    let at = at.translate(-over);
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
