//! The sign on a frame that folds it, that on a folded card that opens it, and the way to where one has gone into.

use egui::{
    Button, Rect, RichText, Sense, Shape as Drawn, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, WidgetType,
    vec2,
};

use super::pen::Pen;
use crate::gui::board::Board;
use crate::gui::entering::Inside;
use crate::gui::view::{NodeKey, View, Wish};
use crate::scene::{Detail, FRAME_HEAD, NodeIndex, Shape};

/// Edge of the sign, on the screen.
pub const SIGN: f32 = 18.0;

/// The sign of a frame or folded card.
pub fn sign_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, index: NodeIndex) {
    let node = &board.scene.nodes[index];
    if pen.detail <= Detail::Outline || !(node.shape == Shape::Frame || node.folded) {
        return;
    }
    let rect = pen.rect(&node.frame);
    let center = if node.folded {
        rect.right_bottom() - vec2(SIGN / 2.0 + 2.0, SIGN / 2.0 + 2.0)
    } else {
        egui::pos2(rect.right() - SIGN / 2.0 - 4.0, rect.top() + pen.len(FRAME_HEAD) / 2.0)
    };
    let place = Rect::from_center_size(center, vec2(SIGN, SIGN));
    if !pen.painter.clip_rect().contains_rect(place) || rect.width() < 3.0 * SIGN {
        return;
    }
    let response = ui.interact(place, ui.id().with(("fold", node.lane, &node.name)), Sense::click());
    let spoken = if node.folded { format!("open {}", node.name) } else { format!("fold {}", node.name) };
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    let color = if response.hovered() || response.has_focus() { pen.tokens.accent } else { pen.tokens.weak };
    let half = SIGN * 0.22;
    let points = if node.folded {
        vec![center + vec2(-half, -half * 1.2), center + vec2(half, 0.0), center + vec2(-half, half * 1.2)]
    } else {
        vec![center + vec2(-half * 1.2, -half), center + vec2(half * 1.2, -half), center + vec2(0.0, half)]
    };
    pen.painter.add(Drawn::convex_polygon(points, color, Stroke::NONE));
    if response.clicked() {
        let key = NodeKey { lane: node.lane, name: node.name.clone() };
        view.wish(Wish::Fold { key, folded: !node.folded });
    }
    pen.tip(response, if node.folded { "Open it ( ] )" } else { "Fold it to a card ( [ )" });
}

/// Project, lane and frames that one has gone into, each to go back to.
pub fn crumbs_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, area: Rect) {
    let Some(inside) = view.inside.clone() else { return };
    let (lane, mut frames) = match &inside {
        Inside::Lane(lane) => (*lane, Vec::new()),
        Inside::Frame(key) => {
            let Some(index) = board.scene.find(key.lane, &key.name) else {
                view.inside = None;
                return;
            };
            let above = std::iter::successors(Some(index), |at| board.scene.nodes[*at].parent);
            (key.lane, above.map(|at| board.scene.nodes[at].name.clone()).collect())
        }
    };
    let Some(shown) = board.scene.lanes.get(lane) else { return };
    frames.reverse();
    let mut ways = vec![(board.name.clone(), None), (shown.name.clone(), Some(Inside::Lane(lane)))];
    ways.extend(frames.into_iter().map(|name| (name.clone(), Some(Inside::Frame(NodeKey { lane, name })))));
    let place = Rect::from_min_size(area.min + vec2(12.0, 12.0), vec2(area.width() - 24.0, 26.0));
    let mut builder = ui
        .new_child(UiBuilder::new().max_rect(place).layout(egui::Layout::left_to_right(egui::Align::Center)));
    let ui = &mut builder;
    let ground = pen.painter.add(Drawn::Noop);
    ui.spacing_mut().item_spacing.x = 2.0;
    ui.add_space(4.0);
    let last = ways.len() - 1;
    for (position, (name, way)) in ways.into_iter().enumerate() {
        if position > 0 {
            ui.weak("›");
        }
        let text = RichText::new(&name).size(12.0);
        let text = if position == last { text.strong() } else { text };
        let response = ui.add(Button::new(text).frame(false));
        let spoken = format!("go to {name}");
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
        if response.clicked() {
            view.wish(Wish::Enter(way));
        }
    }
    let around = ui.min_rect().expand2(vec2(4.0, 2.0));
    pen.painter.set(
        ground,
        Drawn::Rect(egui::epaint::RectShape::new(
            around,
            6,
            pen.tokens.panel,
            Stroke::new(1.0, pen.tokens.border),
            StrokeKind::Inside,
        )),
    );
}
