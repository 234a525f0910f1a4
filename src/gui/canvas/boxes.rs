//! Lanes and nodes of the canvas, painted: cards, frames, buses, ports.

use egui::{Align2, Color32, Pos2, Rect, Shape as Drawn, Stroke, StrokeKind, pos2, vec2};

use super::pen::Pen;
use crate::gui::board::Board;
use crate::gui::icons;
use crate::gui::status::{self, Status};
use crate::gui::view::{Mode, NodeKey, View};
use crate::model::Value;
use crate::scene::{Detail, FRAME_HEAD, Family, NodeBox, NodeIndex, Shape};

/// A node, whatever its shape.
pub fn node(pen: &Pen, board: &Board, view: &View, index: NodeIndex, hovered: bool) {
    let node = &board.scene.nodes[index];
    let rect = pen.rect(&node.frame);
    let chosen = pen.is_chosen(index);
    match node.shape {
        Shape::Card => card(pen, board, view, node, rect, chosen, hovered),
        Shape::Frame => frame(pen, board, view, node, rect, chosen),
        Shape::Bus => bus(pen, board, view, node, rect, chosen),
        Shape::Port => port(pen, board, node, rect, chosen || hovered),
    }
    if node.locked && pen.detail > Detail::Outline && node.shape != Shape::Port {
        lock(pen, rect);
    }
    if pen.detail == Detail::Full && view.mode == Mode::Plan && node.shape != Shape::Port {
        badge(pen, board, node, rect);
    }
}

/// A closed lock, at the lower right of what no gesture moves.
pub fn lock(pen: &Pen, rect: Rect) {
    let size = pen.len(9.0).max(6.0);
    let body =
        Rect::from_min_size(rect.right_bottom() - vec2(size * 1.7, size * 1.2), vec2(size, size * 0.75));
    let color = pen.tokens.weak;
    pen.painter.rect_filled(body, 1, color);
    let bow = egui::epaint::EllipseShape::stroke(
        body.center_top(),
        vec2(size * 0.3, size * 0.5),
        Stroke::new((size * 0.16).max(1.0), color),
    );
    pen.painter.add(bow);
}

fn outline(pen: &Pen, rect: Rect, radius: f32) {
    let ring = rect.expand(pen.len(3.0).max(2.0));
    let stroke = Stroke::new(2.0, pen.tokens.accent);
    pen.painter.rect_stroke(ring, pen.radius(radius + 3.0), stroke, StrokeKind::Middle);
}

/// The shape of a card says its family, beside icon and colour.
fn ground(pen: &Pen, node: &NodeBox, rect: Rect, hovered: bool) {
    let tokens = pen.tokens;
    let fill = if hovered { tokens.chosen } else { tokens.card };
    let border = Stroke::new(1.0, tokens.border);
    let cut = pen.len(11.0);
    match node.family {
        Family::Swarm | Family::Config => {
            let corner = [rect.right_top() - vec2(cut, 0.0), rect.right_top() + vec2(0.0, cut)];
            let points = vec![rect.left_top(), corner[0], corner[1], rect.right_bottom(), rect.left_bottom()];
            pen.painter.add(Drawn::convex_polygon(points, fill, border));
            if node.family == Family::Config {
                let fold = vec![corner[0], corner[0] + vec2(0.0, cut), corner[1]];
                pen.painter.add(Drawn::convex_polygon(fold, tokens.border, border));
            }
        }
        Family::Host => {
            pen.painter.rect(rect, pen.radius(2.0), fill, border, StrokeKind::Inside);
        }
        Family::Proxy => {
            let purple = tokens.family(Family::Proxy);
            let ring = rect.expand(pen.len(3.0));
            pen.painter.rect_stroke(ring, pen.radius(10.0), Stroke::new(1.0, purple), StrokeKind::Middle);
            pen.painter.rect(rect, pen.radius(8.0), fill, Stroke::new(1.2, purple), StrokeKind::Inside);
        }
        _ => {
            pen.painter.rect(rect, pen.radius(7.0), fill, border, StrokeKind::Inside);
        }
    }
}

fn card(pen: &Pen, board: &Board, view: &View, node: &NodeBox, rect: Rect, chosen: bool, hovered: bool) {
    let tokens = pen.tokens;
    if node.folded || (node.instances.is_some() && pen.detail == Detail::Full) {
        // More than one: a second card behind.
        let behind = rect.translate(vec2(pen.len(5.0), pen.len(5.0)));
        pen.painter.rect(
            behind,
            pen.radius(6.0),
            tokens.lane,
            Stroke::new(1.0, tokens.border),
            StrokeKind::Inside,
        );
    }
    ground(pen, node, rect, hovered && !chosen);
    let color = tokens.family(node.family);
    let stripe = Rect::from_min_size(rect.min, vec2(pen.len(4.0).max(1.5), rect.height()));
    pen.painter.rect_filled(stripe.shrink2(vec2(0.0, pen.len(5.0))), pen.radius(2.0), color);
    if view.mode == Mode::Plan && planned(board, node).is_some() {
        pen.dashed(rect, Stroke::new(1.4, tokens.family(Family::Network)));
    }
    if chosen {
        outline(pen, rect, 7.0);
    }
    if pen.detail <= Detail::Outline {
        return;
    }
    if node.folded {
        folded(pen, board, node, rect);
    }
    let rows = Rows::of(pen, rect, 13.5, 3);
    let icon = rows.count > 1 && rect.width() > 76.0;
    let left = rect.left() + if icon { pen.len(38.0).max(24.0) } else { pen.len(12.0).max(7.0) };
    if icon {
        let center = pos2(rect.left() + pen.len(22.0).max(14.0), rows.at(0));
        icons::family(&pen.painter, center, pen.len(17.0).max(11.0), node.family, color);
    }
    let room = rect.right() - pen.len(8.0).max(3.0) - left;
    let badge = node.instances.as_ref().filter(|_| rows.count > 1);
    let badge = badge.and_then(|instances| {
        times(pen, board, node, instances, pos2(rect.right() - pen.len(8.0), rows.at(0)))
    });
    let name_room = badge.map_or(room, |badge| badge.left() - left - pen.len(4.0));
    pen.text(
        pos2(left, rows.at(0)),
        Align2::LEFT_CENTER,
        &node.name,
        pen.heavy(13.5),
        tokens.text,
        name_room,
    );
    // The line that changes is worth more than the type.
    if rows.count == 3 || (rows.count == 2 && view.mode == Mode::Design) {
        pen.first_fitting(
            pos2(left, rows.at(1)),
            Align2::LEFT_CENTER,
            &[node.short_type(), node.shortest_type()],
            pen.font(10.5),
            tokens.weak,
            room,
        );
    }
    match (rows.count, view.mode) {
        (3, _) => line(pen, board, view, node, pos2(left, rows.at(2)), room),
        (2, Mode::Plan | Mode::Live) => line(pen, board, view, node, pos2(left, rows.at(1)), room),
        _ => {}
    }
}

/// Lines of text in a card or a frame's head: as many as can be read there.
struct Rows {
    /// At least one.
    count: usize,
    first: f32,
    step: f32,
}

impl Rows {
    fn of(pen: &Pen, rect: Rect, name: f32, most: u8) -> Self {
        let (name, detail) = (pen.size(name) * 1.2, pen.size(10.5) * 1.2);
        let fits = |count: f32| name + detail * (count - 1.0) <= rect.height() - 2.0;
        let count = (1..=most).rev().find(|count| fits(f32::from(*count))).unwrap_or(1);
        let rest = f32::from(count - 1);
        let spare = (rect.height() - name - detail * rest).max(0.0);
        let step = detail + (spare / (rest + 2.0)).min(pen.len(4.0));
        let first = rect.center().y - step * rest / 2.0 - if count > 1 { (name - detail) / 4.0 } else { 0.0 };
        Self { count: usize::from(count), first, step }
    }

    fn at(&self, row: usize) -> f32 {
        self.first + self.step * row as f32
    }
}

/// A folded frame: cards behind it, and how many nodes it holds.
fn folded(pen: &Pen, board: &Board, node: &NodeBox, rect: Rect) {
    let inside = board.scene.nodes.iter().filter(|other| other.hidden && other.lane == node.lane);
    let held = inside.filter(|other| other.frame == node.frame).count();
    let text = format!("+{held}");
    let galley = pen.fitted(&text, pen.font(10.5), pen.tokens.on_accent, 60.0);
    let size = galley.size() + vec2(8.0, 2.0);
    let place = Rect::from_center_size(rect.left_bottom() + vec2(size.x / 2.0, 0.0), size);
    pen.painter.rect_filled(place, (size.y / 2.0) as u8, pen.tokens.accent);
    pen.painter.galley(place.center() - galley.size() / 2.0, galley, pen.tokens.on_accent);
}

/// `×3`, or the number of an input.
fn times(pen: &Pen, board: &Board, node: &NodeBox, instances: &Value, right: Pos2) -> Option<Rect> {
    let count = board.known(node.lane).and_then(|known| known.evaluate(&node.name, instances));
    if count == Some(Value::Int(1)) {
        return None;
    }
    let text = count.map_or_else(|| "×n".to_owned(), |count| format!("×{count}"));
    let galley = pen.fitted(&text, pen.font(10.5), pen.tokens.text, pen.len(40.0));
    let size = galley.size() + vec2(pen.len(8.0), pen.len(3.0));
    let rect = Align2::RIGHT_CENTER.anchor_size(right, size);
    pen.painter.rect_filled(rect, (rect.height() / 2.0) as u8, pen.tokens.raised);
    pen.painter.galley(rect.center() - galley.size() / 2.0, galley, pen.tokens.text);
    Some(rect)
}

/// The third line of a card: what it does (plan), how it is (live), what it is (design).
fn line(pen: &Pen, board: &Board, view: &View, node: &NodeBox, at: Pos2, room: f32) {
    let tokens = pen.tokens;
    let key = NodeKey { lane: node.lane, name: node.name.clone() };
    let (glyph, text) = match view.mode {
        Mode::Design => (None, board.summary(node).map(|text| text.to_string()).unwrap_or_default()),
        Mode::Plan => {
            let steps = planned(board, node).map(|_| work(board, &key));
            (Some(Status::Absent), steps.unwrap_or_else(|| "nothing to do".to_owned()))
        }
        Mode::Live => board.status(node).map_or((None, String::new()), |known| {
            let detail = board.summary(node).filter(|_| known.status == Status::Running);
            let detail = detail.map(|text| format!(" · {text}")).unwrap_or_default();
            let word = known.changed_short().unwrap_or_else(|| known.word.clone());
            (Some(known.status), format!("{word}{detail}"))
        }),
    };
    // That something is well says its sign: where there is no room the word goes before what is told of it.
    let detail = text.split_once(" · ").filter(|_| glyph == Some(Status::Running)).map(|(_, detail)| detail);
    let texts: Vec<&str> = [text.as_str()].into_iter().chain(detail).collect();
    let mut x = at.x;
    if let Some(status) = glyph {
        let radius = pen.len(5.0).max(3.5);
        status::glyph(&pen.painter, pos2(at.x + radius, at.y), radius, status, tokens);
        x += radius * 3.0;
    }
    let color = if view.mode == Mode::Design { tokens.weak } else { tokens.text };
    let room = room - (x - at.x);
    pen.first_fitting(pos2(x, at.y), Align2::LEFT_CENTER, &texts, pen.font(10.5), color, room);
}

fn planned(board: &Board, node: &NodeBox) -> Option<usize> {
    let key = NodeKey { lane: node.lane, name: node.name.clone() };
    board.waves.as_ref()?.first.get(&key).copied()
}

fn work(board: &Board, key: &NodeKey) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for wave in board.waves.iter().flat_map(|waves| &waves.waves) {
        if wave.lane == key.lane && wave.nodes.contains(&key.name) {
            for step in &wave.work {
                if !steps.contains(&step.as_str()) {
                    steps.push(step);
                }
            }
        }
    }
    steps.join(" · ")
}

fn frame(pen: &Pen, board: &Board, view: &View, node: &NodeBox, rect: Rect, chosen: bool) {
    let tokens = pen.tokens;
    let color = tokens.family(node.family);
    pen.painter.rect_filled(rect, pen.radius(8.0), tokens.card.gamma_multiply(0.35));
    let width = if view.mode == Mode::Plan && planned(board, node).is_some() { 1.8 } else { 1.2 };
    pen.dashed(rect, Stroke::new(width, color.gamma_multiply(0.85)));
    if chosen {
        outline(pen, rect, 8.0);
    }
    if pen.detail <= Detail::Outline {
        return;
    }
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), pen.len(FRAME_HEAD)));
    let rows = Rows::of(pen, head.shrink2(vec2(0.0, pen.len(6.0))), 13.0, 2);
    // The sign that folds it stands at the right.
    let right = rect.right() - super::folding::SIGN - 8.0;
    let mut left = rect.left() + pen.len(40.0).max(25.0);
    // From afar the name needs the icon's place; the frame has its colour.
    if rows.count > 1 || !pen.fitted(&node.name, pen.heavy(13.0), tokens.text, right - left).elided {
        let center = pos2(rect.left() + pen.len(22.0).max(14.0), head.center().y);
        icons::family(&pen.painter, center, pen.len(17.0).max(11.0), node.family, color);
    } else {
        left = rect.left() + pen.len(12.0).max(6.0);
    }
    let room = right - left;
    // Where nothing stands below the name it is beside its icon.
    let below = rows.count > 1 && (view.mode != Mode::Design || board.summary(node).is_some());
    let middle = if below { rows.at(0) } else { head.center().y };
    let name =
        pen.text(pos2(left, middle), Align2::LEFT_CENTER, &node.name, pen.heavy(13.0), tokens.text, room);
    let kind = name.right() + pen.len(8.0);
    let rest = left + room - kind;
    if rows.count > 1 {
        let at = pos2(kind, name.center().y + pen.len(0.5));
        // Its colour and icon say it, too: better nothing than some letters of it.
        let kinds = [node.short_type(), node.shortest_type(), ""];
        pen.first_fitting(at, Align2::LEFT_CENTER, &kinds, pen.font(10.0), tokens.weak, rest);
    }
    if below {
        line(pen, board, view, node, pos2(left, rows.at(1)), room);
    }
}

fn bus(pen: &Pen, board: &Board, view: &View, node: &NodeBox, rect: Rect, chosen: bool) {
    let tokens = pen.tokens;
    let color = tokens.family(Family::Network);
    let radius = (rect.height() / 2.0).clamp(0.0, 120.0) as u8;
    let fill = tokens.card.lerp_to_gamma(color, 0.16);
    pen.painter.rect(
        rect,
        radius,
        fill,
        Stroke::new(pen.len(1.5).clamp(1.0, 3.0), color),
        StrokeKind::Inside,
    );
    if chosen {
        let ring = rect.expand(pen.len(3.0).max(2.0));
        pen.painter.rect_stroke(ring, radius, Stroke::new(2.0, tokens.accent), StrokeKind::Middle);
    }
    if pen.detail <= Detail::Outline {
        return;
    }
    let dot = pos2(rect.left() + pen.len(15.0).max(8.0), rect.center().y);
    match (view.mode, board.status(node)) {
        (Mode::Live, Some(known)) => status::glyph(&pen.painter, dot, pen.len(5.0), known.status, tokens),
        _ => {
            pen.painter.circle_filled(dot, pen.len(4.0), color);
        }
    }
    let at = pos2(rect.left() + pen.len(27.0).max(15.0), rect.center().y);
    let name =
        pen.text(at, Align2::LEFT_CENTER, &node.name, pen.heavy(12.0), tokens.text, rect.width() * 0.5);
    if let Some(range) = board.summary(node).filter(|_| pen.detail == Detail::Full) {
        let right = pos2(rect.right() - pen.len(14.0), rect.center().y);
        let room = right.x - name.right() - pen.len(10.0);
        if room > 24.0 {
            pen.text(right, Align2::RIGHT_CENTER, &range, pen.mono(10.5), tokens.weak, room);
        }
    }
}

fn port(pen: &Pen, board: &Board, node: &NodeBox, rect: Rect, chosen: bool) {
    let tokens = pen.tokens;
    let color = if chosen { tokens.accent } else { tokens.family(Family::Network) };
    let width = pen.len(if chosen { 2.4 } else { 1.6 }).max(1.0);
    pen.painter.circle(rect.center(), pen.len(5.0).max(2.0), tokens.lane, Stroke::new(width, color));
    if pen.detail < Detail::Full {
        return;
    }
    let Some(text) = board.port_text(node) else { return };
    // Above the bus the label stands above the dot, below it below: beside the leg.
    let bus = node.parent.and_then(|bus| board.scene.nodes.get(bus));
    let below = bus.is_none_or(|bus| node.frame.center().y > bus.frame.center().y);
    let dy = if below { pen.len(13.0) } else { -pen.len(13.0) };
    let room = (text.chars().count() as f32 * pen.size(9.5) * 0.61).min(pen.len(90.0));
    // At the right of the leg, or at its left where an output's tag stands there.
    for (side, align) in [(1.0, Align2::LEFT_CENTER), (-1.0, Align2::RIGHT_CENTER)] {
        let at = rect.center() + vec2(side * pen.len(7.0), dy);
        let label = align.anchor_size(at, vec2(room, pen.size(9.5)));
        if !super::lines::is_under_a_tag(pen, board, node.lane, label) {
            pen.text(at, align, &text, pen.mono(9.5), tokens.weak, pen.len(90.0));
            return;
        }
    }
}

/// The number of the node's first wave.
fn badge(pen: &Pen, board: &Board, node: &NodeBox, rect: Rect) {
    let Some(number) = planned(board, node) else { return };
    let center = rect.right_top() + vec2(-pen.len(2.0), pen.len(2.0));
    pen.painter.circle(center, pen.len(10.0), pen.tokens.accent, Stroke::new(1.5, pen.tokens.lane));
    let ink: Color32 = pen.tokens.on_accent;
    pen.text(center, Align2::CENTER_CENTER, &number.to_string(), pen.heavy(11.0), ink, pen.len(20.0));
}
