//! Groups on the canvas: dashed frames around their members, each with a tab that is clicked, dragged and renamed; and
//! what dragging nodes into them and out of them comes to.

use egui::{Align2, PointerButton, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, WidgetType, vec2};

use super::dragging::{Drag, pull, taken};
use super::nesting::Landing;
use super::pen::Pen;
use crate::gui::board::Board;
use crate::gui::view::{GroupKey, NodeKey, View, Wish};
use crate::model::{Frame, Point, Value};
use crate::scene::{Detail, GROUP_TAB, GroupBox, NodeIndex};

fn key(group: &GroupBox) -> GroupKey {
    GroupKey { lane: group.lane, name: group.name.clone() }
}

/// The frames, behind the nodes.
pub fn frames(pen: &Pen, board: &Board, view: &View, seen: &Frame) {
    for group in board.scene.groups.iter().filter(|group| group.frame.overlaps(seen)) {
        let rect = pen.rect(&group.frame);
        let picked = view.group.as_ref().is_some_and(|known| *known == key(group));
        let color = if picked { pen.tokens.accent } else { pen.tokens.weak };
        pen.painter.rect_filled(rect, pen.radius(8.0), color.gamma_multiply(0.05));
        if pen.detail > Detail::Outline {
            pen.dashed(rect, Stroke::new(if picked { 2.0 } else { 1.2 }, color));
        } else {
            pen.painter.rect_stroke(rect, 0, Stroke::new(1.0, color), StrokeKind::Inside);
        }
    }
}

/// `×3` of a group that is scaled together; `×n` where an input decides.
fn times(group: &GroupBox) -> String {
    match &group.instances {
        None => String::new(),
        Some(Value::Int(number)) => format!("  ×{number}"),
        Some(_) => "  ×n".to_owned(),
    }
}

/// The tabs with the groups' names.
pub fn tabs_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, seen: &Frame) {
    if pen.detail <= Detail::Outline {
        return;
    }
    for group in board.scene.groups.iter().filter(|group| group.frame.overlaps(seen)) {
        let picked = view.group.as_ref().is_some_and(|known| *known == key(group));
        let text = format!("{}{}", group.name, times(group));
        let color = if picked { pen.tokens.accent } else { pen.tokens.weak };
        let room = pen.len(group.frame.width) - 12.0;
        let galley = pen.fitted(&text, pen.font(11.5), color, room);
        let frame = pen.rect(&group.frame);
        let height = pen.len(GROUP_TAB).max(galley.size().y);
        let tab = Rect::from_min_size(frame.min, vec2(galley.size().x + 14.0, height));
        let visible = tab.intersect(pen.painter.clip_rect());
        if !visible.is_positive() {
            continue;
        }
        let response =
            ui.interact(visible, ui.id().with(("group", group.lane, &group.name)), Sense::click_and_drag());
        response.widget_info(|| {
            WidgetInfo::selected(WidgetType::Button, true, picked, format!("group {}", group.name))
        });
        let scaled = if group.instances.is_some() { "scaled together; " } else { "" };
        let told = format!("{scaled}in it: {}", group.members.join(", "));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(told.clone()));
        // Legs of networks pass behind it.
        let fill =
            if response.hovered() || response.has_focus() { pen.tokens.chosen } else { pen.tokens.lane };
        pen.painter.rect_filled(tab.shrink(1.0), 4, fill);
        let at = Align2::LEFT_CENTER.anchor_size(tab.left_center() + vec2(7.0, 0.0), galley.size()).min;
        pen.painter.galley(at, galley, color);
        if response.clicked() {
            view.wish(Wish::PickGroup(key(group)));
        }
        if response.double_clicked() {
            view.wish(Wish::RenameGroup(key(group)));
        }
        drag(&response, board, view, group);
        menu(&response, view, group);
        pen.tip(response, format!("{told}\nDrag nodes in and out; F2 renames it, Delete takes it away"));
    }
}

/// A dragged tab moves all that is in the group.
fn drag(response: &egui::Response, board: &Board, view: &mut View, group: &GroupBox) {
    if response.drag_started_by(PointerButton::Primary) {
        let nodes = group.nodes.iter().map(|index| &board.scene.nodes[*index]);
        let moved: Vec<NodeKey> = nodes
            .filter(|node| !node.locked)
            .map(|node| NodeKey { lane: node.lane, name: node.name.clone() })
            .collect();
        if let Some(held) = moved.first().cloned() {
            view.fit = false;
            view.hovered = None;
            view.drag = Some(Drag {
                moved,
                held,
                from: taken(response, view),
                pulled: Vec2::ZERO,
                by_keys: false,
                copies: false,
            });
            view.dragged_group = Some(key(group));
        }
    }
    if view.dragged_group.as_ref() != Some(&key(group)) || !(response.dragged() || response.drag_stopped()) {
        return;
    }
    pull(response, view);
    if response.drag_stopped()
        && let Some(drag) = view.drag.take()
    {
        view.dragged_group = None;
        let modifiers = response.ctx.input(|input| input.modifiers);
        let nodes = drag.targets(board, &drag.reach(board, view, modifiers));
        if !nodes.is_empty() {
            view.wish(Wish::Land { moved: drag.moved, nodes, landing: Landing::Move });
        }
    }
}

fn menu(response: &egui::Response, view: &mut View, group: &GroupBox) {
    response.context_menu(|ui| {
        for (name, wish) in [
            ("Rename…", Wish::RenameGroup(key(group))),
            ("Scale together", Wish::ScaleGroup(key(group))),
            ("Ungroup", Wish::Ungroup(key(group))),
        ] {
            let usable = !matches!(wish, Wish::ScaleGroup(_)) || group.instances.is_none();
            if ui.add_enabled(usable, egui::Button::new(name)).clicked() {
                view.wish(wish);
                ui.close();
            }
        }
    });
}

/// What nodes that lie in no other of them come to at a point, as far as groups go.
pub fn grouping(board: &Board, outermost: &[NodeIndex], point: Point) -> Landing {
    let scene = &board.scene;
    let Some(lane) = outermost.first().map(|index| scene.nodes[*index].lane) else { return Landing::Move };
    let names: Vec<String> = outermost.iter().map(|index| scene.nodes[*index].name.clone()).collect();
    let own = |group: &&GroupBox| group.lane == lane;
    // A group that is moved whole stays what it is.
    let parted = |group: &&GroupBox| !group.nodes.iter().all(|index| outermost.contains(index));
    let all = || scene.groups.iter().filter(own).filter(parted);
    // The innermost; one that they stand in already they don't come into.
    let stood = |group: &GroupBox| {
        outermost.iter().all(|index| group.frame.contains(scene.nodes[*index].frame.center()))
    };
    let under = all().filter(|group| group.frame.contains(point)).max_by_key(|group| group.depth);
    let joins =
        under.filter(|group| !stood(group) && !outermost.iter().all(|index| group.nodes.contains(index)));
    let leaves: Vec<String> = all()
        .filter(|group| group.members.iter().any(|member| names.contains(member)))
        .filter(|group| !group.frame.contains(point))
        .map(|group| group.name.clone())
        .collect();
    if joins.is_none() && leaves.is_empty() {
        return Landing::Move;
    }
    Landing::Group { lane, joins: joins.map(|group| group.name.clone()), leaves, nodes: names }
}
