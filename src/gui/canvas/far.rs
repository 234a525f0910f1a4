//! Boxes and lines from far, as plain triangles: thousands cost no more than a few cards from near.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Pos2, Rect, Shape as Drawn, pos2};

use super::pen::Pen;
use crate::gui::board::Board;
use crate::gui::status::{self, Status};
use crate::gui::view::{Mode, View};
use crate::model::Frame;
use crate::scene::{Detail, Family, LinkKind, NodeBox, NodeIndex, Shape};

/// More lines than these are no picture any more: from farthest away they are left out.
const LINES: usize = 3000;

/// Paints `mesh`, unless it is empty.
fn paint(pen: &Pen, mesh: Mesh) {
    if !mesh.is_empty() {
        pen.painter.add(Drawn::mesh(mesh));
    }
}

fn outline(mesh: &mut Mesh, rect: Rect, width: f32, color: Color32) {
    let (min, max) = (rect.min, rect.max);
    mesh.add_colored_rect(Rect::from_min_max(min, pos2(max.x, min.y + width)), color);
    mesh.add_colored_rect(Rect::from_min_max(pos2(min.x, max.y - width), max), color);
    mesh.add_colored_rect(Rect::from_min_max(min, pos2(min.x + width, max.y)), color);
    mesh.add_colored_rect(Rect::from_min_max(pos2(max.x - width, min.y), max), color);
}

/// A line that fades out at both sides, so that it is smooth.
fn line(mesh: &mut Mesh, from: Pos2, to: Pos2, color: Color32) {
    let side = (to - from).normalized().rot90();
    let first = mesh.vertices.len() as u32;
    for (at, color) in [
        (from + side, Color32::TRANSPARENT),
        (from, color),
        (from - side, Color32::TRANSPARENT),
        (to + side, Color32::TRANSPARENT),
        (to, color),
        (to - side, Color32::TRANSPARENT),
    ] {
        mesh.vertices.push(Vertex { pos: at, uv: WHITE_UV, color });
    }
    for [a, b, c] in [[0, 1, 3], [1, 4, 3], [1, 2, 4], [2, 5, 4]] {
        mesh.add_triangle(first + a, first + b, first + c);
    }
}

/// Whole points: edges that lie between them would be blurred.
fn sharp(rect: Rect) -> Rect {
    Rect::from_min_max(rect.min.round(), rect.max.round().max(rect.min.round() + egui::vec2(1.0, 1.0)))
}

/// Boxes that hold others, or those that don't.
pub fn boxes(pen: &Pen, board: &Board, view: &View, visible: &[NodeIndex], holding: bool) {
    let mut mesh = Mesh::default();
    for &index in visible {
        let node = &board.scene.nodes[index];
        if matches!(node.shape, Shape::Frame | Shape::Bus) != holding {
            continue;
        }
        let rect = sharp(pen.rect(&node.frame));
        let chosen = pen.is_chosen(index);
        if pen.detail == Detail::Block {
            block(&mut mesh, pen, board, node, rect, chosen);
        } else {
            sketch(&mut mesh, pen, node, rect, chosen);
        }
    }
    paint(pen, mesh);
    if view.mode == Mode::Live && pen.detail == Detail::Outline && !holding {
        for node in visible.iter().map(|&index| &board.scene.nodes[index]) {
            let known = board.status(node).filter(|known| known.status != Status::Absent);
            if let Some(known) = known.filter(|_| node.shape == Shape::Card) {
                let rect = pen.rect(&node.frame);
                status::glyph(&pen.painter, rect.center(), rect.height() * 0.3, known.status, pen.tokens);
            }
        }
    }
}

fn block(mesh: &mut Mesh, pen: &Pen, board: &Board, node: &NodeBox, rect: Rect, chosen: bool) {
    let status = board.status(node).map_or(Status::Absent, |known| known.status);
    let fill = if chosen {
        pen.tokens.accent
    } else if status == Status::Absent {
        pen.tokens.family(node.family)
    } else {
        pen.tokens.status(status)
    };
    let share = if node.children.is_empty() || node.folded { 0.85 } else { 0.3 };
    mesh.add_colored_rect(rect, fill.gamma_multiply(share));
}

fn sketch(mesh: &mut Mesh, pen: &Pen, node: &NodeBox, rect: Rect, chosen: bool) {
    let tokens = pen.tokens;
    let color = tokens.family(node.family);
    match node.shape {
        Shape::Card => {
            mesh.add_colored_rect(rect, tokens.card);
            outline(mesh, rect, 1.0, tokens.border);
            let stripe = Rect::from_min_max(rect.min, pos2(rect.left() + 3.0, rect.bottom()));
            mesh.add_colored_rect(stripe, color);
        }
        Shape::Frame => outline(mesh, rect, 1.0, color.gamma_multiply(0.8)),
        Shape::Bus => {
            mesh.add_colored_rect(rect, tokens.card.lerp_to_gamma(color, 0.3));
            outline(mesh, rect, 1.0, color);
        }
        Shape::Port => mesh.add_colored_rect(rect, color),
    }
    if chosen {
        outline(mesh, rect.expand(2.0), 2.0, tokens.accent);
    }
}

/// Relationships and values.
pub fn lines(pen: &Pen, board: &Board, seen: &Frame) {
    let (links, flows) = (board.scene.links_in(seen), board.scene.flows_in(seen));
    if pen.detail == Detail::Block && links.len() + flows.len() > LINES {
        return;
    }
    let share = if pen.detail == Detail::Block { 0.4 } else { 0.8 };
    let mut mesh = Mesh::default();
    for link in links.into_iter().map(|number| &board.scene.links[number]) {
        let chosen = pen.is_chosen(link.source) || pen.is_chosen(link.target);
        let color = match link.kind {
            _ if chosen => pen.tokens.accent,
            LinkKind::Leg => pen.tokens.family(Family::Network),
            _ => pen.tokens.weak.gamma_multiply(share),
        };
        for pair in link.course.points().windows(2) {
            line(&mut mesh, pen.pos(pair[0]), pen.pos(pair[1]), color);
        }
    }
    let color = pen.tokens.family(Family::Proxy).gamma_multiply(share);
    for flow in flows.into_iter().map(|number| &board.scene.flows[number]) {
        let points: Vec<Pos2> =
            (0..=6u8).map(|step| pen.pos(flow.course.at(f32::from(step) / 6.0))).collect();
        for pair in points.windows(2) {
            line(&mut mesh, pair[0], pair[1], color);
        }
    }
    paint(pen, mesh);
}
