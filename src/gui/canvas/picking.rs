//! Lines that are picked: by a click on them, or on the chip of what flows; Delete takes them away.

use egui::{Pos2, Stroke, Ui};

use super::pen::Pen;
use super::{bending, ends};
use crate::gui::board::Board;
use crate::gui::view::{NodeKey, View};
use crate::model::Frame;
use crate::scene::{Detail, LinkKind};

/// How near to a line a click must be, on the screen.
const REACH: f32 = 6.0;

/// A line of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The relationships of one node to another.
    Link {
        /// The node that has them.
        from: NodeKey,
        /// The node they point to.
        to: NodeKey,
        /// What they mean.
        kind: LinkKind,
    },
    /// A value that is read in another lane.
    Flow {
        /// The node that reads it, or the proxy that inherits it.
        end: NodeKey,
        /// Keys of the property that reads it; none for a proxy.
        property: Vec<String>,
        /// What it is called.
        label: String,
    },
}

fn key(board: &Board, index: usize) -> NodeKey {
    let node = &board.scene.nodes[index];
    NodeKey { lane: node.lane, name: node.name.clone() }
}

/// The relationship line at a position of the scene.
fn link(board: &Board, number: usize) -> Line {
    let link = &board.scene.links[number];
    Line::Link { from: key(board, link.source), to: key(board, link.target), kind: link.kind }
}

/// The flow at a position of the scene.
pub fn flow(board: &Board, number: usize) -> Line {
    let flow = &board.scene.flows[number];
    Line::Flow { end: key(board, flow.end), property: flow.property.clone(), label: flow.label.clone() }
}

/// The line under a place of the screen.
pub fn line_at(pen: &Pen, board: &Board, view: &View, place: Pos2) -> Option<Line> {
    let point = view.camera.to_canvas(pen.corner, place);
    let reach = REACH / view.camera.zoom;
    let area = Frame::at(point, 0.0, 0.0).grown(reach);
    let scene = &board.scene;
    let near = |distance: f32| (distance <= reach).then_some(distance);
    let links = scene
        .links_in(&area)
        .into_iter()
        .filter_map(|number| Some((near(scene.links[number].course.distance(point))?, link(board, number))));
    let flows = scene
        .flows_in(&area)
        .into_iter()
        .filter_map(|number| Some((near(scene.flows[number].course.distance(point))?, flow(board, number))));
    links.chain(flows).min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, line)| line)
}

/// A knob in the middle of each line of the selected node, to pick it; and the picked line, marked.
pub fn lines_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, seen: &Frame) {
    if pen.detail <= Detail::Outline || (view.selection.len() != 1 && view.line.is_none()) {
        return;
    }
    for number in board.scene.links_in(seen) {
        let shown = &board.scene.links[number];
        let line = link(board, number);
        let picked = view.line.as_ref() == Some(&line);
        if !(picked || pen.is_chosen(shown.source) || pen.is_chosen(shown.target)) {
            continue;
        }
        if picked {
            mark(pen, &pen.points(&shown.course));
        }
        bending::knobs_ui(ui, pen, board, view, number, &line, picked);
        if picked {
            ends::ends_ui(ui, pen, board, view, shown, &line);
        }
    }
    if let Some(line @ Line::Flow { .. }) = view.line.clone() {
        for number in board.scene.flows_in(seen) {
            if line == flow(board, number) {
                mark(pen, &pen.points(&board.scene.flows[number].course));
                ends::value_ends_ui(ui, pen, board, view, number);
            }
        }
    }
}

fn mark(pen: &Pen, points: &[Pos2]) {
    pen.painter.line(points.to_vec(), Stroke::new(5.0, pen.tokens.accent.gamma_multiply(0.35)));
}

#[cfg(test)]
mod tests {
    use crate::model::Point;
    use crate::scene::Course;

    #[test]
    fn a_click_beside_a_line_is_near_it() {
        let course = Course::straight(Point { x: 0.0, y: 0.0 }, Point { x: 100.0, y: 0.0 });
        assert!(course.distance(Point { x: 50.0, y: 4.0 }) < super::REACH);
        assert!(course.distance(Point { x: 50.0, y: 9.0 }) > super::REACH);
    }
}
