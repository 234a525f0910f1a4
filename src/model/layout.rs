//! [`Layout`]: where a person put things on the canvas. Kept in a sidecar file, never in the blueprint.

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

/// A point of the canvas, in points at 100 % zoom; x to the right, y down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// A rectangle of the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width, never negative.
    pub width: f32,
    /// Height, never negative.
    pub height: f32,
}

impl Frame {
    /// A rectangle from its top left corner and size.
    pub fn at(corner: Point, width: f32, height: f32) -> Self {
        Self { x: corner.x, y: corner.y, width, height }
    }

    /// Top left corner.
    pub fn corner(&self) -> Point {
        Point { x: self.x, y: self.y }
    }

    /// Right edge.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Its middle.
    pub fn center(&self) -> Point {
        Point { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    /// Whether `point` lies in it or on its edge.
    pub fn contains(&self, point: Point) -> bool {
        self.x <= point.x && point.x <= self.right() && self.y <= point.y && point.y <= self.bottom()
    }

    /// Whether `other` lies in it whole.
    pub fn encloses(&self, other: &Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.right() <= self.right()
            && other.bottom() <= self.bottom()
    }

    /// Whether they share more than an edge.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Larger by `by` on every side.
    #[must_use]
    pub fn grown(&self, by: f32) -> Self {
        Self { x: self.x - by, y: self.y - by, width: self.width + 2.0 * by, height: self.height + 2.0 * by }
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self {
            x,
            y,
            width: self.right().max(other.right()) - x,
            height: self.bottom().max(other.bottom()) - y,
        }
    }

    /// Moved.
    #[must_use]
    pub fn shifted(&self, dx: f32, dy: f32) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..*self }
    }
}

/// Where one blueprint and its nodes are drawn. What has no entry is placed automatically.
///
/// Kept beside the blueprint as `blueprint.layout.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layout {
    /// Top left corner of the lane, on the canvas.
    pub lane: Option<Point>,
    /// Top left corner of each node's box by node template name, relative to the lane's corner.
    pub nodes: IndexMap<String, Point>,
    /// Where a person bent lines, by `source -> target`, relative to the lane's corner.
    pub bends: IndexMap<String, Vec<Point>>,
    /// Nodes whose frames are folded: what they hold is not drawn.
    #[serde(skip_serializing_if = "IndexSet::is_empty")]
    pub folded: IndexSet<String>,
    /// Nodes that no gesture moves.
    #[serde(skip_serializing_if = "IndexSet::is_empty")]
    pub locked: IndexSet<String>,
    /// Whether no gesture moves the lane, nor what is in it.
    pub locked_lane: bool,
    /// What was written so that values of other lanes are read here, by the place that reads.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub shares: IndexMap<String, Shared>,
}

/// A line between lanes: where its value comes from and what was written for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// The lane that has the value.
    pub lane: String,
    /// Its output.
    pub output: String,
    /// The deployment proxy here that inherits it.
    pub proxy: String,
    /// What was not there before.
    pub made: Vec<Made>,
}

/// Something that was written for a line between lanes, and goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Made {
    /// The output.
    Output,
    /// The proxy.
    Proxy,
    /// The output's name among those that the proxy inherits.
    Inherited,
    /// The relationship to the proxy.
    Relationship,
    /// The import of the proxy's type.
    Import,
}

impl Made {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Output, Self::Proxy, Self::Inherited, Self::Relationship, Self::Import];

    /// Its word in the sidecar.
    pub fn name(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::Proxy => "proxy",
            Self::Inherited => "inherited",
            Self::Relationship => "relationship",
            Self::Import => "import",
        }
    }
}
