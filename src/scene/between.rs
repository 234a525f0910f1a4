//! A picture on the way from one [`Scene`] to another: what glides when things are put elsewhere.

use std::collections::HashMap;

use super::{Course, Grid, NodeIndex, Scene};
use crate::model::{Frame, Point};

/// How far one thing still is from where it comes to.
#[derive(Clone, Copy, Default)]
struct Way {
    dx: f32,
    dy: f32,
    width: f32,
    height: f32,
}

impl Way {
    fn new(before: &Frame, after: &Frame, left: f32) -> Self {
        Self {
            dx: (before.x - after.x) * left,
            dy: (before.y - after.y) * left,
            width: (before.width - after.width) * left,
            height: (before.height - after.height) * left,
        }
    }

    fn of(self, frame: &Frame) -> Frame {
        Frame {
            x: frame.x + self.dx,
            y: frame.y + self.dy,
            width: (frame.width + self.width).max(0.0),
            height: (frame.height + self.height).max(0.0),
        }
    }
}

impl Scene {
    /// The picture between `before` and `self`; at `share` 0 everything stands where it stood, at 1 where it comes to.
    /// What `before` does not know stands where it comes to from the beginning.
    #[must_use]
    pub fn from(&self, before: &Self, share: f32) -> Self {
        let left = 1.0 - share.clamp(0.0, 1.0);
        let lanes: HashMap<&str, &Frame> =
            before.lanes.iter().map(|lane| (lane.name.as_str(), &lane.frame)).collect();
        let lane_ways: Vec<Way> = self
            .lanes
            .iter()
            .map(|lane| {
                lanes.get(lane.name.as_str()).map(|old| Way::new(old, &lane.frame, left)).unwrap_or_default()
            })
            .collect();
        let ways: Vec<Way> = self
            .nodes
            .iter()
            .map(|node| {
                let old = before.find(node.lane, &node.name).and_then(|index| before.nodes.get(index));
                old.map(|old| Way::new(&old.frame, &node.frame, left)).unwrap_or_default()
            })
            .collect();
        let mut made = self.clone();
        for (lane, way) in made.lanes.iter_mut().zip(&lane_ways) {
            lane.frame = way.of(&lane.frame);
        }
        for (node, way) in made.nodes.iter_mut().zip(&ways) {
            node.frame = way.of(&node.frame);
        }
        for group in &mut made.groups {
            let known = |other: &&super::GroupBox| other.lane == group.lane && other.name == group.name;
            if let Some(old) = before.groups.iter().find(known) {
                group.frame = Way::new(&old.frame, &group.frame, left).of(&group.frame);
            }
        }
        for tag in &mut made.tags {
            let way = lane_ways.get(tag.lane).copied().unwrap_or_default();
            tag.frame = tag.frame.shifted(way.dx + way.width, way.dy);
        }
        let way = |index: NodeIndex| ways.get(index).copied().unwrap_or_default();
        for link in &mut made.links {
            bend(&mut link.course, way(link.source), way(link.target));
        }
        for flow in &mut made.flows {
            let start = match flow.start {
                super::FlowStart::Tag(tag) => {
                    let lane = self.tags.get(tag).and_then(|tag| lane_ways.get(tag.lane)).copied();
                    let lane = lane.unwrap_or_default();
                    Way { dx: lane.dx + lane.width, ..lane }
                }
                super::FlowStart::Proxy(node) => way(node),
            };
            bend(&mut flow.course, start, way(flow.end));
        }
        made.grid = Grid::new(made.nodes.iter().map(|node| &node.frame));
        let courses: Vec<Frame> = made.links.iter().map(|link| link.course.bounds()).collect();
        made.link_grid = Grid::new(&courses);
        let courses: Vec<Frame> = made.flows.iter().map(|flow| flow.course.bounds()).collect();
        made.flow_grid = Grid::new(&courses);
        made.bounds = Way::new(&before.bounds, &self.bounds, left).of(&self.bounds);
        made
    }
}

/// Moves the points of a course: the first as its start goes, the last as its end goes, those between in between.
fn bend(course: &mut Course, start: Way, end: Way) {
    let points: &mut [Point] = match course {
        Course::Curve(points) => points,
        Course::Path(points) => points,
    };
    let last = points.len().saturating_sub(1).max(1) as f32;
    for (at, point) in points.iter_mut().enumerate() {
        let share = at as f32 / last;
        point.x += start.dx + (end.dx - start.dx) * share;
        point.y += start.dy + (end.dy - start.dy) * share;
    }
}
