//! What a person placed: entries of the layout win over automatic placement, frames grow around what they hold, and
//! what was placed automatically makes room.

use super::arrange::{HEAD, PAD};
use super::{GRID, NodeBox, Shape};
use crate::model::{Frame, Layout};

/// Applies `layout` to automatically placed `boxes` (numbered from `base`).
pub(super) fn apply(boxes: &mut [NodeBox], base: usize, layout: &Layout) {
    if layout.nodes.is_empty() {
        return;
    }
    let mut order: Vec<usize> = (0..boxes.len()).collect();
    order.sort_by_key(|&position| boxes[position].depth);
    let mut fixed = vec![false; boxes.len()];
    for &position in &order {
        if boxes[position].shape == Shape::Port {
            continue;
        }
        if let Some(place) = layout.nodes.get(&boxes[position].name) {
            let frame = boxes[position].frame;
            let (dx, dy) = (place.x - frame.x, place.y - frame.y);
            if dx.is_finite() && dy.is_finite() {
                shift(boxes, base, position, dx, dy);
                fixed[position] = true;
            }
        }
    }
    for &position in &order {
        if boxes[position].folded && !fixed[position] {
            // It stands where the frame stood.
            let held = boxes[position]
                .children
                .iter()
                .filter_map(|child| layout.nodes.get(&boxes[child - base].name));
            let corner = held.map(|place| Frame::at(*place, 0.0, 0.0)).reduce(|all, place| all.union(&place));
            if let Some(corner) = corner {
                let frame = boxes[position].frame;
                shift(boxes, base, position, corner.x - PAD - frame.x, corner.y - HEAD - frame.y);
                fixed[position] = true;
            }
        }
    }
    for &position in order.iter().rev() {
        if boxes[position].hidden {
            continue;
        }
        let children = boxes[position].children.clone();
        make_room(boxes, base, &children, &fixed);
        // A frame that holds what a person placed stands where that is.
        fixed[position] |= children.iter().any(|child| fixed[child - base]);
        if boxes[position].shape == Shape::Frame {
            enclose(boxes, base, position);
        }
    }
    let top: Vec<usize> =
        (0..boxes.len()).filter(|&at| boxes[at].parent.is_none()).map(|at| at + base).collect();
    make_room(boxes, base, &top, &fixed);
}

/// Moves a box with all that it holds.
fn shift(boxes: &mut [NodeBox], base: usize, position: usize, dx: f32, dy: f32) {
    boxes[position].frame = boxes[position].frame.shifted(dx, dy);
    for child in boxes[position].children.clone() {
        shift(boxes, base, child - base, dx, dy);
    }
}

fn enclose(boxes: &mut [NodeBox], base: usize, position: usize) {
    let inner =
        boxes[position].children.iter().map(|child| boxes[child - base].frame).reduce(|a, b| a.union(&b));
    if let Some(inner) = inner {
        let around = Frame {
            x: inner.x - PAD,
            y: inner.y - HEAD,
            width: inner.width + 2.0 * PAD,
            height: inner.height + HEAD + PAD,
        };
        let corner = boxes[position].frame;
        boxes[position].frame = around.union(&Frame { width: 1.0, height: 1.0, ..corner });
        let least = super::CARD_WIDTH + 2.0 * PAD;
        boxes[position].frame.width = boxes[position].frame.width.max(least);
    }
}

/// Moves what was placed automatically below what is in its way. What a person placed stays.
fn make_room(boxes: &mut [NodeBox], base: usize, group: &[usize], fixed: &[bool]) {
    let (mut placed, loose): (Vec<usize>, Vec<usize>) =
        group.iter().map(|index| index - base).partition(|&position| fixed[position]);
    if placed.is_empty() {
        return;
    }
    for position in loose {
        if boxes[position].shape == Shape::Port {
            continue;
        }
        while let Some(&in_the_way) = placed
            .iter()
            .find(|&&other| boxes[other].frame.grown(GRID / 2.0).overlaps(&boxes[position].frame))
        {
            let dy = boxes[in_the_way].frame.bottom() + GRID - boxes[position].frame.y;
            shift(boxes, base, position, 0.0, dy);
        }
        placed.push(position);
    }
}
