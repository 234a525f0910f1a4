//! Automatic placement: boxes in rows under the networks they hang from, or in columns by what they need first;
//! frames around what they hold.
//!
//! Positions are relative to the lane's origin. Knows nothing of lines.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::sizes::{BUS_HEIGHT, bus_width, card_width};
use super::{CARD_HEIGHT, GRID, GROUP_TAB, NodeBox, Shape};
use crate::dag::Dag;
use crate::model::Frame;

/// Height of a frame's head.
pub(super) const HEAD: f32 = 56.0;
/// Space between a frame's edge and what it holds.
pub(super) const PAD: f32 = 16.0;
/// Space between boxes side by side, and between a bus and what hangs from it.
const GAP: f32 = 40.0;
/// Space between columns when values flow between them: room for a chip.
const FLOW_GAP: f32 = 200.0;

/// What placement must know of a lane beside its boxes.
#[derive(Default)]
pub(super) struct Ties {
    /// What each box needs first: relationships between boxes, ports and buses left out.
    pub needs: Vec<Vec<usize>>,
    /// Legs: (host, bus).
    pub legs: Vec<(usize, usize)>,
    /// Values flow to it, from a proxy.
    pub fed: HashSet<usize>,
    /// In a group: its tab stands above them.
    pub grouped: HashSet<usize>,
}

/// Places `boxes` (numbered from `base`), each frame around what it holds; ports are left to `route`.
pub(super) fn arrange(boxes: &mut [NodeBox], base: usize, ties: &Ties) {
    let mut order: Vec<usize> = (0..boxes.len()).collect();
    order.sort_by_key(|&position| std::cmp::Reverse(boxes[position].depth));
    // Innermost first: a frame's size follows from what it holds.
    for position in order {
        let held: Vec<usize> = boxes[position].children.iter().map(|child| child - base).collect();
        let (width, height) = match boxes[position].shape {
            Shape::Card => (card_width(&boxes[position].name), CARD_HEIGHT),
            Shape::Bus => (bus_width(&boxes[position].name), BUS_HEIGHT),
            Shape::Port => (super::PORT, super::PORT),
            Shape::Frame => {
                let (width, height) = columns(boxes, base, &held, ties, 3);
                (width.max(card_width(&boxes[position].name)) + 2.0 * PAD, height + HEAD + PAD)
            }
        };
        boxes[position].frame = Frame { width, height, ..Frame::default() };
    }
    let top: Vec<usize> = (0..boxes.len()).filter(|&position| boxes[position].parent.is_none()).collect();
    among(boxes, base, &top, ties);
    // Frames were filled at their own corner: now everything moves to where its frame stands.
    let mut outer: Vec<usize> = (0..boxes.len()).collect();
    outer.sort_by_key(|&position| boxes[position].depth);
    for position in outer {
        let Some(parent) = boxes[position].parent.map(|parent| parent - base) else { continue };
        if boxes[parent].shape == Shape::Frame {
            let corner = boxes[parent].frame.corner();
            boxes[position].frame = boxes[position].frame.shifted(corner.x + PAD, corner.y + HEAD);
        }
    }
}

/// Places boxes of one size each among themselves, from zero on: in rows under buses, else in columns.
pub(super) fn among(boxes: &mut [NodeBox], base: usize, group: &[usize], ties: &Ties) {
    if group.iter().any(|&position| boxes[position].shape == Shape::Bus) {
        rows(boxes, base, group, ties);
    } else {
        let most = ((group.len() as f32).sqrt() * 1.3).ceil() as usize;
        columns(boxes, base, group, ties, most.max(6));
    }
}

/// The member of `group` that `position` is, or lies in.
fn holder(boxes: &[NodeBox], base: usize, group: &HashSet<usize>, position: usize) -> Option<usize> {
    let mut current = position;
    loop {
        if group.contains(&current) {
            return Some(current);
        }
        current = boxes[current].parent? - base;
    }
}

/// What ties members of a group to each other, themselves or by what lies in them.
struct Among {
    /// Members, and what each needs first.
    needs: BTreeMap<usize, Vec<usize>>,
    /// Members to which values flow.
    fed: HashSet<usize>,
}

impl Among {
    /// Looks only at what lies in the members: a lane has as many groups as frames.
    fn of(boxes: &[NodeBox], base: usize, group: &[usize], ties: &Ties) -> Self {
        let members: HashSet<usize> = group.iter().copied().collect();
        let mut among = Self { needs: BTreeMap::new(), fed: HashSet::new() };
        for &member in group {
            let mut needs = Vec::new();
            let mut inside = vec![member];
            while let Some(position) = inside.pop() {
                if ties.fed.contains(&position) {
                    among.fed.insert(member);
                }
                let needed = ties.needs.get(position).into_iter().flatten();
                let needed = needed.filter_map(|&target| holder(boxes, base, &members, target));
                needs.extend(needed.filter(|target| *target != member));
                // What lies in a member that is in the group itself is that one's business.
                let below = boxes[position].children.iter().map(|child| child - base);
                inside.extend(below.filter(|child| !members.contains(child)));
            }
            among.needs.insert(member, needs);
        }
        among
    }

    /// How many steps each member comes after those it needs. A cycle counts as no steps: `check` reports it.
    fn depths(&self, group: &[usize]) -> HashMap<usize, usize> {
        let mut dag = Dag::new();
        for &position in group {
            dag.add(position);
        }
        for (source, needs) in &self.needs {
            for target in needs {
                dag.need(*source, *target);
            }
        }
        match dag.waves() {
            Ok(waves) => waves
                .into_iter()
                .enumerate()
                .flat_map(|(depth, wave)| wave.into_iter().map(move |position| (position, depth)))
                .collect(),
            Err(_) => group.iter().map(|&position| (position, 0)).collect(),
        }
    }
}

/// Columns from left to right by depth, at most `most` boxes high. Gives the size of the whole.
fn columns(boxes: &mut [NodeBox], base: usize, group: &[usize], ties: &Ties, most: usize) -> (f32, f32) {
    let among = Among::of(boxes, base, group, ties);
    let depths = among.depths(group);
    let mut layers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &position in group {
        layers.entry(depths.get(&position).copied().unwrap_or(0)).or_default().push(position);
    }
    let proxies = group.iter().any(|&position| boxes[position].family == super::Family::Proxy);
    let mut x = 0.0;
    let mut bottom: f32 = 0.0;
    let mut placed: HashMap<usize, f32> = HashMap::new();
    let mut tallest: f32 = 0.0;
    let mut all: Vec<Vec<usize>> = Vec::new();
    for layer in layers.values_mut() {
        // Beside what they need: fewer lines cross.
        let beside = |position: usize| {
            let needs = among.needs.get(&position).into_iter().flatten();
            let near: Vec<f32> = needs.filter_map(|target| placed.get(target).copied()).collect();
            if near.is_empty() { f32::MAX } else { near.iter().sum::<f32>() / near.len() as f32 }
        };
        let keys: HashMap<usize, f32> = layer.iter().map(|&position| (position, beside(position))).collect();
        layer.sort_by(|a, b| keys[a].total_cmp(&keys[b]));
        for (row, position) in layer.iter().enumerate() {
            placed.insert(*position, row as f32);
        }
        all.extend(layer.chunks(most.max(1)).map(<[usize]>::to_vec));
    }
    for (number, column) in all.iter().enumerate() {
        if number > 0 {
            x += if proxies && column.iter().any(|position| among.fed.contains(position)) {
                FLOW_GAP
            } else {
                GAP
            };
        }
        let mut y = 0.0;
        let mut width: f32 = 0.0;
        for &position in column {
            let frame = &mut boxes[position].frame;
            (frame.x, frame.y) = (x, y);
            y += frame.height + GAP;
            width = width.max(frame.width);
        }
        tallest = tallest.max(y - GAP);
        x += width;
    }
    // Columns are centred against the tallest.
    for column in &all {
        let Some(&last) = column.last() else { continue };
        let spare = ((tallest - boxes[last].frame.bottom()) / 2.0 / GRID).floor() * GRID;
        for &position in column {
            boxes[position].frame.y += spare.max(0.0);
            bottom = bottom.max(boxes[position].frame.bottom());
        }
    }
    (x.max(0.0), bottom)
}

/// Each bus with a row of what hangs from it; a host between the first two networks that it has legs in.
fn rows(boxes: &mut [NodeBox], base: usize, group: &[usize], ties: &Ties) {
    let members: HashSet<usize> = group.iter().copied().collect();
    let depths = Among::of(boxes, base, group, ties).depths(group);
    let buses: Vec<usize> =
        group.iter().copied().filter(|&position| boxes[position].shape == Shape::Bus).collect();
    let mut hangs: HashMap<usize, usize> = HashMap::new();
    let legs = ties.legs.iter().filter_map(|&(host, bus)| Some((holder(boxes, base, &members, host)?, bus)));
    let legs: Vec<(usize, usize)> = legs.collect();
    for &(host, bus) in &legs {
        if let Some(row) = buses.iter().position(|&known| known == bus) {
            hangs.entry(host).and_modify(|known| *known = (*known).min(row)).or_insert(row);
        }
    }
    let mut under: Vec<Vec<usize>> = vec![Vec::new(); buses.len() + 1];
    for &position in group.iter().filter(|position| !buses.contains(position)) {
        under[hangs.get(&position).copied().unwrap_or(buses.len())].push(position);
    }
    let most = ((group.len() as f32).sqrt() * 1.3).ceil().max(4.0) as usize;
    let mut y = 0.0;
    for (row, hanging) in under.iter_mut().enumerate() {
        if let Some(&bus) = buses.get(row) {
            boxes[bus].frame.y = y;
            y += BUS_HEIGHT + GAP;
        }
        hanging.sort_by_key(|position| depths.get(position).copied().unwrap_or(0));
        for chunk in hanging.chunks(most) {
            // Room for the tab of a group, below the labels of the legs.
            if chunk.iter().any(|position| ties.grouped.contains(position)) {
                y += GROUP_TAB;
            }
            let mut x = GRID;
            let mut height: f32 = 0.0;
            for &position in chunk {
                let frame = &mut boxes[position].frame;
                (frame.x, frame.y) = (x, y);
                x += frame.width + GAP;
                height = height.max(frame.height);
            }
            y += height + GAP;
        }
    }
    // A bus is as long as what hangs from it.
    let right_of = |boxes: &[NodeBox], bus: usize| {
        let hosts = legs.iter().filter(|(_, other)| *other == bus);
        let least = bus_width(&boxes[bus].name);
        hosts.map(|(host, _)| boxes[*host].frame.right() + GRID).fold(least, f32::max)
    };
    for bus in buses {
        boxes[bus].frame.width = right_of(boxes, bus);
    }
}
