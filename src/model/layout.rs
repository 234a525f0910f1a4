//! [`Layout`]: where a person put things on the canvas. Kept in a sidecar file, never in the blueprint.

use indexmap::IndexMap;
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
}
