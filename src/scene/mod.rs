//! How a project looks: lanes, boxes, ports, tags and the courses of lines; what is visible, what is under the cursor.
//!
//! Pure geometry of [`crate::check::Topology`]s and [`crate::model::Layout`]s, in points at 100 % zoom. Knows no colours, no fonts, no
//! window; and no [`crate::plan::State`] either: words and values are laid over the picture by whoever paints it, so that
//! an event moves nothing.

mod align;
mod around;
mod arrange;
mod bends;
mod beside;
mod between;
mod boxes;
mod build;
mod connect;
mod course;
mod detail;
mod family;
mod flow;
mod gaps;
mod grid;
mod groups;
mod guide;
mod layered;
mod manual;
mod nest;
mod route;
mod sizes;
mod snap;
mod then;

pub use align::{Alignment, align};
pub use bends::{bent, grips};
pub use beside::{Way, beside, unplaced_around};
pub use boxes::{Flow, FlowStart, LaneBox, Link, LinkKind, NodeBox, NodeIndex, Shape, Tag};
pub use connect::bend_key;
pub use course::Course;
pub use detail::Detail;
pub use family::Family;
pub use gaps::{Gap, gaps};
pub use grid::Grid;
pub use groups::{GROUP_TAB, GroupBox};
pub use guide::{Guides, guides};
pub use layered::{Places, apart, layered, layered_among, move_to, siblings};
pub use sizes::{BUS_HEIGHT, CARD_HEIGHT, CARD_WIDTH};
pub use snap::snap;
pub use then::{LineDifference, lines_apart, then};

use std::collections::HashMap;

use crate::check::Topology;
use crate::model::{Frame, Layout, Map, Point};

/// Distance between points of the snapping grid.
pub const GRID: f32 = 20.0;
/// Diameter of a port.
pub const PORT: f32 = 12.0;
/// Height of a lane's title bar.
pub const TITLE: f32 = 40.0;
/// Height of a frame's head.
pub const FRAME_HEAD: f32 = arrange::HEAD;

/// What a lane is drawn from.
#[derive(Clone, Copy)]
pub struct LaneInput<'a> {
    /// The lane's name.
    pub name: &'a str,
    /// Name of its deployment: what proxies of other lanes call it.
    pub deployment: &'a str,
    /// What it means.
    pub topology: &'a Topology,
    /// Where a person put things.
    pub layout: &'a Layout,
    /// Inputs, bound: a proxy's deployment is often one.
    pub inputs: &'a Map,
}

/// The picture of a project.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// In the order of the project.
    pub lanes: Vec<LaneBox>,
    /// Lane by lane, in the order of the text.
    pub nodes: Vec<NodeBox>,
    /// Groups, outer ones before those in them.
    pub groups: Vec<GroupBox>,
    /// Outputs, lane by lane.
    pub tags: Vec<Tag>,
    /// Relationships.
    pub links: Vec<Link>,
    /// Values that flow.
    pub flows: Vec<Flow>,
    /// Around everything.
    pub bounds: Frame,
    grid: Grid,
    names: Vec<HashMap<String, NodeIndex>>,
    link_grid: Grid,
    flow_grid: Grid,
}

impl Scene {
    /// The picture of `lanes`. What their layouts don't place is placed automatically.
    pub fn new(lanes: &[LaneInput<'_>]) -> Self {
        build::build(lanes)
    }

    /// Position of node `name` of lane number `lane`.
    pub fn find(&self, lane: usize, name: &str) -> Option<NodeIndex> {
        self.names.get(lane)?.get(name).copied()
    }

    /// Where the corner of a node is in its lane, as layouts keep it.
    pub fn place(&self, index: NodeIndex) -> Point {
        let node = &self.nodes[index];
        let origin = self.lanes.get(node.lane).map(|lane| lane.origin).unwrap_or_default();
        Point { x: node.frame.x - origin.x, y: node.frame.y - origin.y }
    }

    /// Nodes that touch `area`, holders before what they hold: the order in which they are painted.
    pub fn visible(&self, area: &Frame) -> Vec<NodeIndex> {
        let mut found = self.grid.near(area);
        found.retain(|&index| {
            let node = &self.nodes[index];
            !node.hidden && node.frame.grown(1.0).overlaps(area)
        });
        found.sort_by_key(|&index| (self.nodes[index].depth, index));
        found
    }

    /// Positions of the links that may cross `area`, ascending.
    pub fn links_in(&self, area: &Frame) -> Vec<usize> {
        self.link_grid.near(area)
    }

    /// Positions of the flows that may cross `area`, ascending.
    pub fn flows_in(&self, area: &Frame) -> Vec<usize> {
        self.flow_grid.near(area)
    }

    /// What is drawn for `index`: itself, or the folded card that it lies in.
    pub fn shown(&self, index: NodeIndex) -> NodeIndex {
        let mut shown = index;
        while let Some(node) = self.nodes.get(shown).filter(|node| node.hidden) {
            let Some(parent) = node.parent else { break };
            shown = parent;
        }
        shown
    }

    /// The innermost node under `point`.
    pub fn hit(&self, point: Point) -> Option<NodeIndex> {
        let near = self.grid.near(&Frame::at(point, 0.0, 0.0));
        near.into_iter()
            .filter(|&index| !self.nodes[index].hidden && self.nodes[index].frame.contains(point))
            .max_by_key(|&index| (self.nodes[index].depth, index))
    }

    /// A node with everything that it holds, at any depth.
    pub fn with_content(&self, index: NodeIndex) -> Vec<NodeIndex> {
        let mut all = vec![index];
        let mut next = 0;
        while let Some(&current) = all.get(next) {
            all.extend(self.nodes.get(current).into_iter().flat_map(|node| &node.children));
            next += 1;
        }
        all
    }
}
