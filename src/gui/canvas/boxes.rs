//! Lanes and nodes of the canvas, painted: cards, frames, buses, ports.

use egui::{Align2, Color32, Pos2, Rect, Shape as Drawn, Stroke, StrokeKind, pos2, vec2};

use super::pen::Pen;
use crate::gui::board::{Board, LaneView};
use crate::gui::status::{self, Status};
use crate::gui::view::{Mode, NodeKey, View};
use crate::gui::{icons, values};
use crate::model::Value;
use crate::scene::{Detail, FRAME_HEAD, Family, LaneBox, NodeBox, Shape, TITLE};

/// The family that most nodes of a lane belong to, hosts and networks apart: the colour of its title.
pub fn lane_family(view: &LaneView) -> Family {
    let families: Vec<Family> = view.lane.topology.nodes.values().map(|node| Family::of(node)).collect();
    let has = |family: Family| families.contains(&family);
    if has(Family::Proxy) {
        return Family::Proxy;
    }
    [Family::Kubernetes, Family::Swarm, Family::Host, Family::Network]
        .into_iter()
        .find(|family| has(*family))
        .unwrap_or(Family::Other)
}

/// Where a lane is deployed, in a few words.
pub fn lane_targets(view: &LaneView) -> String {
    let mut targets: Vec<String> = Vec::new();
    for node in view.lane.topology.nodes.values() {
        let platform = node.platform.filter(|platform| *platform != crate::model::Platform::Proxy);
        if let Some(target) = platform.map(|platform| view.lane.spec.target(platform).to_string())
            && !targets.contains(&target)
        {
            targets.push(target);
        }
    }
    if targets.is_empty() { "rehearsal".to_owned() } else { targets.join(" + ") }
}

/// A lane: its frame and title bar.
pub fn lane(pen: &Pen, board: &Board, view: &View, number: usize, lane: &LaneBox) {
    let rect = pen.rect(&lane.frame);
    let tokens = pen.tokens;
    let Some(shown) = board.lanes.get(number) else { return };
    let family = tokens.family(lane_family(shown));
    let chosen = view.lane == Some(number) && view.selection.is_empty();
    let outline = if chosen { Stroke::new(1.5, tokens.accent) } else { Stroke::new(1.0, tokens.border) };
    pen.painter.rect(rect, pen.radius(10.0), tokens.lane, outline, StrokeKind::Inside);
    if pen.detail <= Detail::Outline {
        return;
    }
    let bar = Rect::from_min_size(rect.min, vec2(rect.width(), pen.len(TITLE)));
    pen.painter.hline(bar.x_range(), bar.bottom(), Stroke::new(1.0, tokens.border.gamma_multiply(0.7)));
    let middle = bar.center().y;
    let left = bar.left() + pen.len(14.0);
    let stripe = Rect::from_center_size(pos2(left, middle), vec2(pen.len(4.0), pen.len(16.0)));
    pen.painter.rect_filled(stripe, pen.radius(2.0), family);
    let at = pos2(left + pen.len(12.0), middle);
    let name =
        pen.strong(at, Align2::LEFT_CENTER, &lane.name, pen.font(14.0), tokens.text, bar.width() * 0.5);
    let (status, word) = lane_word(shown, board, view, number);
    let right = pos2(bar.right() - pen.len(14.0), middle);
    let word = pen.text(right, Align2::RIGHT_CENTER, &word, pen.font(11.5), tokens.weak, bar.width() * 0.4);
    status::glyph(&pen.painter, pos2(word.left() - pen.len(13.0), middle), pen.len(6.0), status, tokens);
    let rest = word.left() - pen.len(30.0) - name.right();
    if rest > pen.len(40.0) {
        let at = pos2(name.right() + pen.len(14.0), middle);
        let targets = format!("on {}", lane_targets(shown));
        pen.text(at, Align2::LEFT_CENTER, &targets, pen.font(11.5), tokens.weak, rest - pen.len(14.0));
    }
}

fn lane_word(shown: &LaneView, board: &Board, view: &View, number: usize) -> (Status, String) {
    let state = &shown.state;
    if view.mode == Mode::Plan
        && let Some(waves) = &board.waves
    {
        let count: usize =
            waves.waves.iter().filter(|wave| wave.lane == number).map(|wave| wave.operations).sum();
        let word =
            if count == 0 { "nothing to do".to_owned() } else { format!("{count} operations planned") };
        return (Status::of_deployment(state.status), word);
    }
    let mut word = state.status.name().to_owned();
    if state.status.is_running() {
        let (done, all) = state.progress();
        word = format!("{word} {done}/{all}");
    }
    if state.rehearsed {
        word += " · rehearsed";
    }
    (Status::of_deployment(state.status), word)
}

/// A node, whatever its shape.
pub fn node(pen: &Pen, board: &Board, view: &View, node: &NodeBox, hovered: bool) {
    let rect = pen.rect(&node.frame);
    let chosen = view.is_selected(node.lane, &node.name);
    if pen.detail == Detail::Block {
        let status = board.status(node).map_or(Status::Absent, |known| known.status);
        let fill =
            if status == Status::Absent { pen.tokens.family(node.family) } else { pen.tokens.status(status) };
        let fill = if chosen { pen.tokens.accent } else { fill };
        pen.painter.rect_filled(
            rect.shrink(0.5),
            0,
            fill.gamma_multiply(if node.children.is_empty() { 0.9 } else { 0.3 }),
        );
        return;
    }
    match node.shape {
        Shape::Card => card(pen, board, view, node, rect, chosen, hovered),
        Shape::Frame => frame(pen, board, view, node, rect, chosen),
        Shape::Bus => bus(pen, board, view, node, rect, chosen),
        Shape::Port => port(pen, board, node, rect, chosen || hovered),
    }
    if pen.detail == Detail::Full && view.mode == Mode::Plan && node.shape != Shape::Port {
        badge(pen, board, node, rect);
    }
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
    if node.instances.is_some() && pen.detail == Detail::Full {
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
    let at = |x: f32, y: f32| rect.min + vec2(pen.len(x), pen.len(y));
    let full = pen.detail == Detail::Full;
    if full {
        icons::family(&pen.painter, at(22.0, 22.0), pen.len(17.0), node.family, color);
    }
    let left = if full { 38.0 } else { 12.0 };
    let room = rect.width() - pen.len(left + 8.0);
    let name_room = if node.instances.is_some() { room - pen.len(28.0) } else { room };
    let (y, size) = if full { (18.0, 13.5) } else { (32.0, 17.0) };
    pen.strong(at(left, y), Align2::LEFT_CENTER, &node.name, pen.font(size), tokens.text, name_room);
    if !full {
        return;
    }
    pen.text(at(left, 34.5), Align2::LEFT_CENTER, node.short_type(), pen.font(10.5), tokens.weak, room);
    if let Some(instances) = &node.instances {
        times(pen, board, node, instances, at(172.0, 18.0));
    }
    line(pen, board, view, node, at(left, 50.5), room);
}

/// `×3`, or the number of an input.
fn times(pen: &Pen, board: &Board, node: &NodeBox, instances: &Value, right: Pos2) {
    let count = board.known(node.lane).and_then(|known| known.evaluate(&node.name, instances));
    if count == Some(Value::Int(1)) {
        return;
    }
    let text = count.map_or_else(|| "×n".to_owned(), |count| format!("×{count}"));
    let galley = pen.fitted(&text, pen.font(10.5), pen.tokens.text, pen.len(40.0));
    let size = galley.size() + vec2(pen.len(8.0), pen.len(3.0));
    let rect = Align2::RIGHT_CENTER.anchor_size(right, size);
    pen.painter.rect_filled(rect, (rect.height() / 2.0) as u8, pen.tokens.raised);
    pen.painter.galley(rect.center() - galley.size() / 2.0, galley, pen.tokens.text);
}

/// The third line of a card: what it does (plan), how it is (live), what it is (design).
fn line(pen: &Pen, board: &Board, view: &View, node: &NodeBox, at: Pos2, room: f32) {
    let tokens = pen.tokens;
    let key = NodeKey { lane: node.lane, name: node.name.clone() };
    let (glyph, text) = match view.mode {
        Mode::Design => (None, summary(board, node).unwrap_or_default()),
        Mode::Plan => {
            let steps = planned(board, node).map(|_| work(board, &key));
            (Some(Status::Absent), steps.unwrap_or_else(|| "nothing to do".to_owned()))
        }
        Mode::Live => board.status(node).map_or((None, String::new()), |known| {
            let detail = summary(board, node).filter(|_| known.status == Status::Running);
            let detail = detail.map(|text| format!(" · {text}")).unwrap_or_default();
            (Some(known.status), format!("{}{detail}", known.word))
        }),
    };
    let mut x = at.x;
    if let Some(status) = glyph {
        status::glyph(&pen.painter, pos2(at.x + pen.len(5.0), at.y), pen.len(5.0), status, tokens);
        x += pen.len(15.0);
    }
    let color = if view.mode == Mode::Design { tokens.weak } else { tokens.text };
    pen.text(pos2(x, at.y), Align2::LEFT_CENTER, &text, pen.font(10.5), color, room - (x - at.x));
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

/// What tells most about a node: its image, address, range or port.
fn summary(board: &Board, node: &NodeBox) -> Option<String> {
    let template = board.lanes.get(node.lane)?.lane.topology.nodes.get(&node.name)?;
    let known = board.known(node.lane)?;
    ["image", "ip", "cidr", "published_port", "deployment_id", "master_port", "port"].iter().find_map(|key| {
        template.properties.get(*key)?;
        let value = known.attribute(&node.name, key)?;
        let text = values::short(&value);
        let given = !text.is_empty() && !value.is_null() && value.as_int().is_none_or(|number| number > 0);
        given.then(|| if key.ends_with("port") { format!("port {text}") } else { text })
    })
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
    let at = |x: f32, y: f32| rect.min + vec2(pen.len(x), pen.len(y));
    let full = pen.detail == Detail::Full;
    icons::family(&pen.painter, at(22.0, FRAME_HEAD / 2.0), pen.len(17.0), node.family, color);
    let room = rect.width() - pen.len(50.0);
    let (y, size) = if full { (19.0, 13.0) } else { (FRAME_HEAD / 2.0, 16.0) };
    let name = pen.strong(at(40.0, y), Align2::LEFT_CENTER, &node.name, pen.font(size), tokens.text, room);
    if full {
        let left = name.right() + pen.len(8.0);
        let rest = rect.right() - pen.len(10.0) - left;
        if rest > pen.len(24.0) {
            let at = pos2(left, name.center().y + pen.len(0.5));
            pen.text(at, Align2::LEFT_CENTER, node.short_type(), pen.font(10.0), tokens.weak, rest);
        }
        line(pen, board, view, node, at(40.0, 37.0), room);
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
    let dot = pos2(rect.left() + pen.len(15.0), rect.center().y);
    match (view.mode, board.status(node)) {
        (Mode::Live, Some(known)) => status::glyph(&pen.painter, dot, pen.len(5.0), known.status, tokens),
        _ => {
            pen.painter.circle_filled(dot, pen.len(4.0), color);
        }
    }
    let at = pos2(rect.left() + pen.len(27.0), rect.center().y);
    let name =
        pen.strong(at, Align2::LEFT_CENTER, &node.name, pen.font(12.0), tokens.text, rect.width() * 0.5);
    if let Some(range) = summary(board, node).filter(|_| pen.detail == Detail::Full) {
        let right = pos2(rect.right() - pen.len(14.0), rect.center().y);
        let room = right.x - name.right() - pen.len(10.0);
        pen.text(right, Align2::RIGHT_CENTER, &range, pen.mono(10.5), tokens.weak, room);
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
    let Some(text) = port_text(board, node) else { return };
    // Above the bus the label stands above the dot, below it below: beside the leg.
    let bus = node.parent.and_then(|bus| board.scene.nodes.get(bus));
    let below = bus.is_none_or(|bus| node.frame.center().y > bus.frame.center().y);
    let dy = if below { pen.len(13.0) } else { -pen.len(13.0) };
    let at = rect.center() + vec2(pen.len(7.0), dy);
    pen.text(at, Align2::LEFT_CENTER, &text, pen.mono(9.5), tokens.weak, pen.len(90.0));
}

/// `.20 eth1` of a port with a fixed address in its network.
fn port_text(board: &Board, node: &NodeBox) -> Option<String> {
    let template = board.lanes.get(node.lane)?.lane.topology.nodes.get(&node.name)?;
    let known = board.known(node.lane)?;
    let property = |key: &str| known.evaluate(&node.name, template.properties.get(key)?);
    let address = summary(board, node).and_then(|text| text.rfind('.').map(|end| text[end..].to_owned()));
    let interface = property("interface").map(|value| value.to_string()).filter(|text| text != "eth0");
    let parts: Vec<String> = address.into_iter().chain(interface).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The number of the node's first wave.
fn badge(pen: &Pen, board: &Board, node: &NodeBox, rect: Rect) {
    let Some(number) = planned(board, node) else { return };
    let center = rect.right_top() + vec2(-pen.len(2.0), pen.len(2.0));
    pen.painter.circle(center, pen.len(10.0), pen.tokens.accent, Stroke::new(1.5, pen.tokens.lane));
    let ink: Color32 = pen.tokens.on_accent;
    pen.strong(center, Align2::CENTER_CENTER, &number.to_string(), pen.font(11.0), ink, pen.len(20.0));
}
