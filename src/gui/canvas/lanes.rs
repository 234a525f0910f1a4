//! Lanes of the canvas, painted: a frame with a title bar.

use egui::{Align2, Rect, Stroke, StrokeKind, pos2, vec2};

use super::pen::Pen;
use crate::diag::counted;
use crate::gui::board::{Board, LaneView};
use crate::gui::status::{self, Status};
use crate::gui::view::{Mode, View};
use crate::scene::{Detail, LaneBox, TITLE};

/// A lane: its frame and title bar.
pub fn lane(pen: &Pen, board: &Board, view: &View, number: usize, lane: &LaneBox) {
    let rect = pen.rect(&lane.frame);
    let tokens = pen.tokens;
    let Some(shown) = board.lanes.get(number) else { return };
    let family = tokens.family(shown.family);
    let chosen = view.lane == Some(number) && view.selection.is_empty();
    let outline = if chosen { Stroke::new(1.5, tokens.accent) } else { Stroke::new(1.0, tokens.border) };
    pen.painter.rect(rect, pen.radius(10.0), tokens.lane, outline, StrokeKind::Inside);
    if pen.detail <= Detail::Outline {
        return;
    }
    let bar = Rect::from_min_size(rect.min, vec2(rect.width(), pen.len(TITLE)));
    pen.painter.hline(bar.x_range(), bar.bottom(), Stroke::new(1.0, tokens.border.gamma_multiply(0.7)));
    if shown.lane.topology.nodes.is_empty() {
        empty(pen, rect, bar);
    }
    let middle = bar.center().y;
    let left = bar.left() + pen.len(14.0);
    let stripe = Rect::from_center_size(pos2(left, middle), vec2(pen.len(4.0), pen.len(16.0)));
    pen.painter.rect_filled(stripe, pen.radius(2.0), family);
    let at = pos2(left + pen.len(12.0), middle);
    let name = pen.text(at, Align2::LEFT_CENTER, &lane.name, pen.heavy(14.0), tokens.text, bar.width() * 0.5);
    let (status, word) = lane_word(shown, board, view, number);
    let right = pos2(bar.right() - pen.len(14.0), middle);
    let word = pen.text(right, Align2::RIGHT_CENTER, &word, pen.font(11.5), tokens.weak, bar.width() * 0.4);
    status::glyph(&pen.painter, pos2(word.left() - pen.len(13.0), middle), pen.len(6.0), status, tokens);
    let rest = word.left() - pen.len(30.0) - name.right();
    if rest > pen.len(40.0) {
        let at = pos2(name.right() + pen.len(14.0), middle);
        let targets = format!("on {}", shown.targets);
        pen.text(at, Align2::LEFT_CENTER, &targets, pen.font(11.5), tokens.weak, rest - pen.len(14.0));
    }
}

/// What to do with a lane that holds nothing.
fn empty(pen: &Pen, rect: Rect, bar: Rect) {
    let room = Rect::from_min_max(bar.left_bottom(), rect.max);
    let told = "Drag a type here, or press Tab and name one";
    let wide = room.width() - pen.len(24.0);
    pen.text(room.center(), Align2::CENTER_CENTER, told, pen.font(12.5), pen.tokens.weak, wide);
}

fn lane_word(shown: &LaneView, board: &Board, view: &View, number: usize) -> (Status, String) {
    if view.mode == Mode::Plan
        && let Some(waves) = &board.waves
    {
        let count: usize =
            waves.waves.iter().filter(|wave| wave.lane == number).map(|wave| wave.operations).sum();
        let word = match count {
            0 => "nothing to do".to_owned(),
            count => format!("{} planned", counted(count, "operation")),
        };
        return (shown.status.status, word);
    }
    let mut word = shown.status.word.clone();
    if shown.status.rehearsed {
        word += " · rehearsed";
    }
    (shown.status.status, word)
}
