//! Lines of the canvas: legs, relationships, and values that flow, each value in a chip.

use egui::{Align2, Color32, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, vec2};

use super::pen::Pen;
use super::pulling::Start;
use crate::gui::board::Board;
use crate::gui::freshness;
use crate::gui::status::Status;
use crate::gui::values;
use crate::gui::view::{Mode, View, Wish};
use crate::model::{Frame, Value};
use crate::scene::{Detail, Family, Flow, FlowStart, LinkKind, NodeIndex, Tag};

/// Legs and relationships.
pub fn links_ui(pen: &Pen, board: &Board, seen: &Frame) {
    for link in board.scene.links_in(seen).into_iter().map(|number| &board.scene.links[number]) {
        let chosen = pen.is_chosen(link.source) || pen.is_chosen(link.target);
        let points = pen.points(&link.course);
        let color = match (link.kind, chosen) {
            (LinkKind::Leg, _) => pen.tokens.family(Family::Network),
            (_, true) => pen.tokens.accent,
            (_, false) => pen.tokens.weak.gamma_multiply(0.75),
        };
        let width = if link.kind == LinkKind::Leg { 1.6 } else { 1.3 };
        let stroke = Stroke::new(pen.len(width).clamp(0.7, 3.0), color);
        match link.kind {
            LinkKind::Dependency => {
                let dash = pen.len(6.0).max(3.0);
                pen.painter.extend(Shape::dashed_line(&points, stroke, dash, dash * 0.8));
            }
            _ => {
                pen.painter.line(points.clone(), stroke);
            }
        }
        if link.kind != LinkKind::Leg {
            pen.arrow(&points, color);
        }
    }
}

/// Flows, without their chips.
pub fn flows_ui(pen: &Pen, board: &Board, view: &View, seen: &Frame) {
    for flow in board.scene.flows_in(seen).into_iter().map(|number| &board.scene.flows[number]) {
        let chosen = ends(board, flow).any(|index| pen.is_chosen(index));
        let color = pen.tokens.family(Family::Proxy);
        let color = if chosen || view.selection.is_empty() { color } else { color.gamma_multiply(0.7) };
        let points = pen.points(&flow.course);
        let radius = pen.len(if chosen { 1.5 } else { 1.1 }).max(0.6);
        pen.painter.extend(Shape::dotted_line(&points, color, pen.len(5.5).max(2.5), radius));
        pen.arrow(&points, color);
    }
}

fn ends(board: &Board, flow: &Flow) -> impl Iterator<Item = NodeIndex> {
    let start = match flow.start {
        FlowStart::Tag(tag) => board.scene.tags.get(tag).and_then(|tag| tag.source),
        FlowStart::Proxy(node) => Some(node),
    };
    start.into_iter().chain([flow.end])
}

/// Chips on the flows: the name of what flows, and its value once it is known.
pub fn chips_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, seen: &Frame) {
    if pen.detail < Detail::Name {
        return;
    }
    let mut taken: Vec<Rect> = Vec::new();
    for number in board.scene.flows_in(seen) {
        let flow = &board.scene.flows[number];
        let value = board.flowing(flow);
        let told = value.as_ref().map(values::short);
        let from_tag = matches!(flow.start, FlowStart::Tag(_));
        let newer = board.newer(flow);
        let mark = if newer.is_some() { " · stale" } else { "" };
        let text = match (&told, from_tag) {
            (Some(told), true) => format!("{told}{mark}"),
            (Some(told), false) => format!("{} = {told}{mark}", flow.label),
            (None, true) if view.mode == Mode::Design => String::new(),
            (None, true) => "unknown yet".to_owned(),
            (None, false) => flow.label.clone(),
        };
        let spoken = match &value {
            Some(value) => format!("{} = {value}", flow.label),
            None => format!("{} unknown yet", flow.label),
        };
        let galley = pen.fitted(&text, pen.mono(10.5), pen.tokens.text, pen.len(190.0));
        let size = galley.size() + vec2(pen.len(16.0), pen.len(7.0));
        let mut rect = Rect::from_center_size(pen.pos(flow.course.at(0.5)), size);
        // Chips that would cover each other move along their own line.
        for share in [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78] {
            let there = Rect::from_center_size(pen.pos(flow.course.at(share)), size);
            if !taken.iter().any(|other| other.expand(2.0).intersects(there)) {
                rect = there;
                break;
            }
        }
        if !text.is_empty() {
            taken.push(rect);
            let stale = pen.tokens.status(Status::Changed);
            let color = if newer.is_some() { stale } else { pen.tokens.family(Family::Proxy) };
            let fill = if value.is_some() { pen.tokens.card } else { pen.tokens.raised };
            let text_color = if value.is_some() { pen.tokens.text } else { pen.tokens.weak };
            let radius = (rect.height() / 2.0) as u8;
            pen.painter.rect(rect, radius, fill, Stroke::new(1.1, color), StrokeKind::Middle);
            let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size()).min;
            pen.painter.galley_with_override_text_color(at, galley, text_color);
        }
        let visible = rect.intersect(pen.painter.clip_rect());
        if visible.is_positive() {
            let response = ui.interact(visible, ui.id().with(("chip", number)), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &spoken));
            if response.clicked() {
                view.wish(Wish::Pick(super::picking::flow(board, number)));
            }
            if let Some(now) = newer {
                let told = format!("stale: the source says {now} by now");
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(told));
            }
            if !pen.quiet {
                response.on_hover_ui(|ui| chip_told_ui(ui, board, flow, &spoken, newer));
            }
        }
    }
}

/// What there is to say of a value that flows: since when it is so, and what the source says by now.
fn chip_told_ui(ui: &mut Ui, board: &Board, flow: &Flow, spoken: &str, newer: Option<&Value>) {
    ui.set_max_width(420.0);
    ui.label(spoken);
    if let FlowStart::Tag(tag) = flow.start
        && let Some(since) = board.scene.tags.get(tag).and_then(|tag| board.since(tag))
    {
        ui.weak(format!("told {}", freshness::age(since)));
    }
    if let Some(now) = newer {
        ui.label(format!("Stale: the source says {now} by now."));
        ui.weak("Deploy the lane that reads it: the value is handed on then.");
    }
}

/// Where a tag is painted: from far it is wider to the left, so that its text stays readable.
fn tag_rect(pen: &Pen, tag: &Tag) -> Rect {
    let rect = pen.rect(&tag.frame);
    let characters = tag.label().chars().count() as f32;
    let width = (characters * pen.size(10.5) * 0.61 + 18.0).max(rect.width());
    let height = (pen.size(10.5) * 1.35).max(rect.height());
    Align2::RIGHT_CENTER.anchor_size(rect.right_center(), vec2(width, height))
}

/// Whether a tag of a lane is painted over `rect`.
pub fn is_under_a_tag(pen: &Pen, board: &Board, lane: usize, rect: Rect) -> bool {
    let mut tags = board.scene.tags.iter().filter(|tag| tag.lane == lane);
    tags.any(|tag| tag_rect(pen, tag).intersects(rect))
}

/// Output tags on the edges of lanes.
pub fn tags_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, seen: &Frame) {
    for (number, tag) in board.scene.tags.iter().enumerate() {
        if !tag.frame.overlaps(seen) || pen.detail < Detail::Name {
            continue;
        }
        let rect = tag_rect(pen, tag);
        let color = pen.tokens.family(Family::Proxy);
        let rest: Color32 = pen.tokens.raised;
        pen.painter.rect(rect, pen.radius(4.0), rest, Stroke::new(1.0, color), StrokeKind::Inside);
        let room = rect.width() - 14.0;
        let at = rect.left_center() + vec2(6.0, 0.0);
        pen.text(at, Align2::LEFT_CENTER, &tag.label(), pen.mono(10.5), pen.tokens.text, room);
        let dot = rect.right_center();
        pen.painter.circle(dot, pen.len(3.6), pen.tokens.panel, Stroke::new(pen.len(1.4).max(1.0), color));
        let value = board.output(tag);
        let spoken = match value {
            Some(value) => format!("output {} = {value}", tag.label()),
            None => format!("output {}", tag.label()),
        };
        let visible = rect.intersect(pen.painter.clip_rect());
        if visible.is_positive() {
            let response = ui.interact(visible, ui.id().with(("tag", number)), Sense::click_and_drag());
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
            if response.clicked() {
                let place = rect.right_center();
                view.wish(Wish::AskReader { lane: tag.lane, path: tag.path.clone(), place });
            }
            let start = Start::Output { lane: tag.lane, path: tag.path.clone() };
            super::pulling::begin(&response, board, view, start);
            if response.has_focus() {
                pen.painter.rect_stroke(
                    rect.expand(2.0),
                    pen.radius(5.0),
                    Stroke::new(1.5, pen.tokens.accent),
                    StrokeKind::Outside,
                );
            }
            pen.tip(
                response,
                format!("{spoken}\nDrag it to a node of another lane, or click, to have it read"),
            );
        }
    }
}
