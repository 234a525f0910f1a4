//! The relationship map: what depends on what, over all lanes, drawn by forces; the selected node's impact stands out.
//!
//! `egui_graphs` keeps the graph and its forces. Painting and pointing are our own, so that the map rests once it has
//! settled and every node can be heard and clicked. Read-only.

use std::collections::{HashMap, HashSet};

use egui::{
    Align2, Color32, FontId, Pos2, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_graphs::{ForceAlgorithm as _, FruchtermanReingold, FruchtermanReingoldState, Graph};
use petgraph::stable_graph::NodeIndex;

use crate::diag::counted;
use crate::gui::board::Board;
use crate::gui::theme::tokens;
use crate::gui::view::{NodeKey, View, Wish};
use crate::scene::FlowStart;

/// Steps after which the picture is taken as it is.
const STEPS: u32 = 400;
/// Mean movement in points below which it has settled.
const STILL: f32 = 0.15;
/// Milliseconds of one frame that go into forces.
const BUDGET_MS: u128 = 4;

/// The graph as it is drawn.
#[derive(Default)]
pub struct Map {
    graph: Option<Graph<NodeKey, bool>>,
    algorithm: FruchtermanReingold,
    nodes: HashMap<NodeKey, NodeIndex<u32>>,
    /// Who needs whom; true where a value flows between lanes.
    edges: Vec<(NodeKey, NodeKey, bool)>,
    steps: u32,
    settled: bool,
    pan: Vec2,
    zoom: f32,
}

/// Everything that needs something else, in the order of the picture.
fn edges(board: &Board) -> Vec<(NodeKey, NodeKey, bool)> {
    let scene = &board.scene;
    let key = |index: usize| {
        scene.nodes.get(index).map(|node| NodeKey { lane: node.lane, name: node.name.clone() })
    };
    let mut all: Vec<(NodeKey, NodeKey, bool)> = Vec::new();
    for (lane, shown) in board.lanes.iter().enumerate() {
        for node in shown.lane.topology.nodes.values() {
            for relationship in &node.relationships {
                let end = |name: &str| NodeKey { lane, name: name.to_owned() };
                all.push((end(&node.name), end(&relationship.target), false));
            }
        }
    }
    for flow in &scene.flows {
        let start = match flow.start {
            FlowStart::Tag(tag) => scene.tags.get(tag).and_then(|tag| tag.source),
            FlowStart::Proxy(node) => Some(node),
        };
        if let (Some(end), Some(start)) = (key(flow.end), start.and_then(key)) {
            let across = end.lane != start.lane;
            all.push((end, start, across));
        }
    }
    let mut seen = HashSet::new();
    all.retain(|edge| seen.insert((edge.0.clone(), edge.1.clone())));
    all
}

impl Map {
    /// Takes over what the board shows now; nodes that stay keep their places.
    fn follow(&mut self, board: &Board) {
        let edges = edges(board);
        let same =
            self.graph.is_some()
                && self.nodes.len() == board.scene.nodes.len()
                && self.edges == edges
                && board.scene.nodes.iter().all(|node| {
                    self.nodes.contains_key(&NodeKey { lane: node.lane, name: node.name.clone() })
                });
        if same {
            return;
        }
        let old: HashMap<NodeKey, Pos2> = self
            .nodes
            .iter()
            .filter_map(|(key, index)| Some((key.clone(), self.graph.as_ref()?.node(*index)?.location())))
            .collect();
        let mut graph: Graph<NodeKey, bool> = Graph::new();
        self.nodes.clear();
        for (position, node) in board.scene.nodes.iter().enumerate() {
            let key = NodeKey { lane: node.lane, name: node.name.clone() };
            // A sunflower: evenly spread, the same each time, no two in one place.
            let angle = position as f32 * 2.399_963;
            let radius = 26.0 * (position as f32 + 1.0).sqrt();
            let place = old.get(&key).copied().unwrap_or(Pos2::ZERO + Vec2::angled(angle) * radius);
            self.nodes.insert(key.clone(), graph.add_node_with_location(key, place));
        }
        for (from, to, flows) in &edges {
            if let (Some(from), Some(to)) = (self.nodes.get(from), self.nodes.get(to)) {
                graph.add_edge(*from, *to, *flows);
            }
        }
        let state = FruchtermanReingoldState { dt: 0.1, damping: 0.5, ..FruchtermanReingoldState::default() };
        self.algorithm = FruchtermanReingold::from_state(state);
        (self.graph, self.edges, self.steps, self.settled) = (Some(graph), edges, 0, false);
        if self.zoom <= 0.0 {
            self.zoom = 1.0;
        }
    }

    /// Lets the forces work for a moment.
    fn step(&mut self) {
        let Some(graph) = &mut self.graph else { return };
        let side = 90.0 * (self.nodes.len() as f32).sqrt().max(2.0);
        let view = Rect::from_center_size(Pos2::ZERO, vec2(side, side));
        let begun = std::time::Instant::now();
        while !self.settled && begun.elapsed().as_millis() < BUDGET_MS {
            self.algorithm.step(graph, view);
            self.steps += 1;
            let moved = self.algorithm.state().last_avg_displacement.unwrap_or(0.0);
            self.settled = self.steps >= STEPS || (self.steps > 30 && moved < STILL);
        }
    }

    /// Everything that `key` needs, and everything that needs it, at any distance.
    fn impact(&self, key: &NodeKey) -> (HashSet<NodeKey>, HashSet<NodeKey>) {
        let reach = |forward: bool| {
            let mut found: HashSet<NodeKey> = HashSet::new();
            let mut open = vec![key.clone()];
            while let Some(at) = open.pop() {
                for (from, to, _) in &self.edges {
                    let (here, there) = if forward { (from, to) } else { (to, from) };
                    if *here == at && there != key && found.insert(there.clone()) {
                        open.push(there.clone());
                    }
                }
            }
            found
        };
        (reach(true), reach(false))
    }
}

/// The map in what is left of `ui`.
pub fn map_ui(ui: &mut Ui, map: &mut Map, board: &Board, view: &mut View) {
    if board.scene.nodes.is_empty() {
        ui.add_space(8.0);
        ui.weak("Nothing is drawn yet. The map shows what depends on what.");
        return;
    }
    map.follow(board);
    if !map.settled {
        map.step();
        ui.ctx().request_repaint();
    }
    let tokens = tokens(ui.ctx());
    let chosen = match view.selection.as_slice() {
        [key] => Some(key.clone()),
        _ => None,
    };
    let (needs, needed) = chosen.as_ref().map(|key| map.impact(key)).unwrap_or_default();
    let told = match &chosen {
        Some(key) => format!(
            "{} needs {} and is needed by {}",
            key.name,
            counted(needs.len(), "node"),
            counted(needed.len(), "node")
        ),
        None => "Select a node to see what it needs and what would feel its change.".to_owned(),
    };
    ui.weak(told);
    let area = ui.available_rect_before_wrap();
    let background = ui.interact(area, ui.id().with("map"), Sense::click_and_drag());
    background.widget_info(|| WidgetInfo::labeled(WidgetType::Other, true, "relationship map"));
    if background.dragged() {
        map.pan += background.drag_delta();
    }
    if background.contains_pointer() {
        let zoom = ui.input(|input| input.zoom_delta() * (1.0 + input.smooth_scroll_delta().y / 400.0));
        map.zoom = (map.zoom * zoom).clamp(0.2, 4.0);
    }
    if background.double_clicked() {
        (map.pan, map.zoom) = (Vec2::ZERO, 1.0);
    }
    let Some(graph) = &map.graph else { return };
    let all = graph.nodes_iter().map(|(_, node)| node.location());
    let bounds = all.fold(Rect::NOTHING, |bounds, place| bounds.union(Rect::from_pos(place)));
    let fit = ((area.width() - 120.0) / bounds.width().max(1.0))
        .min((area.height() - 50.0) / bounds.height().max(1.0))
        .clamp(0.05, 1.6);
    let scale = fit * map.zoom;
    let place = |at: Pos2| area.center() + map.pan + (at - bounds.center()) * scale;
    let painter = ui.painter_at(area);
    let part = |key: &NodeKey| {
        chosen.is_none() || chosen.as_ref() == Some(key) || needs.contains(key) || needed.contains(key)
    };
    let at = |key: &NodeKey| Some(place(graph.node(*map.nodes.get(key)?)?.location()));
    for (from, to, flows) in &map.edges {
        let (Some(start), Some(end)) = (at(from), at(to)) else { continue };
        let lit = part(from) && part(to);
        let color = if *flows { tokens.family(crate::scene::Family::Proxy) } else { tokens.weak };
        let color = if lit { color } else { color.gamma_multiply(0.25) };
        arrow(&painter, start, end, Stroke::new(if lit { 1.4 } else { 1.0 }, color), *flows);
    }
    let mut clicked = None;
    for node in &board.scene.nodes {
        let key = NodeKey { lane: node.lane, name: node.name.clone() };
        let Some(center) = at(&key) else { continue };
        if !area.expand(20.0).contains(center) {
            continue;
        }
        let is_chosen = chosen.as_ref() == Some(&key);
        let lit = part(&key);
        let radius = if is_chosen { 8.5 } else { 6.5 };
        let color = tokens.family(node.family);
        let spot = Rect::from_center_size(center, vec2(22.0, 22.0));
        let response = ui.interact(spot, ui.id().with(("map", &key)), Sense::click());
        let spoken = format!("map {}", node.name);
        response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, is_chosen, &spoken));
        let role = match () {
            () if is_chosen => "selected",
            () if needs.contains(&key) => "is needed by the selected node",
            () if needed.contains(&key) => "needs the selected node",
            () => "",
        };
        ui.ctx().accesskit_node_builder(response.id, |built| built.set_description(role));
        let fade = |color: Color32| if lit { color } else { color.gamma_multiply(0.3) };
        painter.circle(center, radius, fade(color), Stroke::new(1.0, tokens.panel));
        if is_chosen || response.hovered() {
            painter.circle_stroke(center, radius + 3.0, Stroke::new(2.0, tokens.accent));
        }
        if scale > 0.35 || is_chosen || response.hovered() || (chosen.is_some() && lit) {
            let below = center + vec2(0.0, radius + 3.0);
            let font = FontId::proportional(11.0);
            painter.text(below, Align2::CENTER_TOP, &node.name, font, fade(tokens.text));
        }
        if response.clicked() {
            clicked = Some(key);
        }
        let lane = board.lanes.get(node.lane).map_or("", |shown| shown.lane.name.as_str());
        response.on_hover_text(format!("{}\n{}\nin {lane}", node.name, node.type_name));
    }
    if let Some(key) = clicked {
        view.wish(Wish::Select { nodes: vec![key], add: false, show: true });
    } else if background.clicked() {
        view.selection.clear();
    }
}

/// A line with its head at `to`; dotted where a value flows.
fn arrow(painter: &egui::Painter, from: Pos2, to: Pos2, stroke: Stroke, dotted: bool) {
    let direction = (to - from).normalized();
    let end = to - direction * 9.0;
    if dotted {
        painter.extend(egui::Shape::dashed_line(&[from, end], stroke, 4.0, 3.0));
    } else {
        painter.line_segment([from, end], stroke);
    }
    let side = vec2(-direction.y, direction.x) * 3.2;
    let back = end - direction * 7.0;
    let head = vec![end, pos2(back.x + side.x, back.y + side.y), pos2(back.x - side.x, back.y - side.y)];
    painter.add(egui::Shape::convex_polygon(head, stroke.color, Stroke::NONE));
}
