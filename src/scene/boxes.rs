//! The things that stand on a picture: [`LaneBox`], [`NodeBox`], [`Tag`], [`Link`], [`Flow`].
//!
//! Plain data; where they stand is decided in `arrange` and `route`.

use super::{Course, Family};
use crate::model::{Frame, Point, Value};

/// Position of a [`NodeBox`] in [`super::Scene::nodes`].
pub type NodeIndex = usize;

/// How a node is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A card of fixed size.
    Card,
    /// A frame around the nodes that it holds.
    Frame,
    /// A network: a long pill that ports hang from.
    Bus,
    /// A port: a dot on the edge of a bus.
    Port,
}

/// A blueprint on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneBox {
    /// Its name in the project.
    pub name: String,
    /// The deployment's name.
    pub deployment: String,
    /// Where positions of the layout count from.
    pub origin: Point,
    /// Its outline, title bar included.
    pub frame: Frame,
}

/// A node template on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeBox {
    /// Position of its lane in [`super::Scene::lanes`].
    pub lane: usize,
    /// Name of the node template.
    pub name: String,
    /// Its type, in full.
    pub type_name: String,
    /// What it is at first sight.
    pub family: Family,
    /// How it is drawn.
    pub shape: Shape,
    /// Where.
    pub frame: Frame,
    /// The frame that holds it.
    pub parent: Option<NodeIndex>,
    /// What it holds, if it is a frame; the ports of a bus.
    pub children: Vec<NodeIndex>,
    /// How many frames it lies in.
    pub depth: usize,
    /// Its frame is folded: it is drawn as a card, and what it holds is not drawn.
    pub folded: bool,
    /// It lies in something folded: it is not drawn, its lines end at the folded card.
    pub hidden: bool,
    /// A person locked it, or its lane: no gesture moves it.
    pub locked: bool,
    /// Number of instances, when it is not plainly 1; may be a function.
    pub instances: Option<Value>,
}

impl NodeBox {
    /// The last part of its type, with the part before it for the plugin types: `swarm.Microservice`, `Compute`.
    pub fn short_type(&self) -> &str {
        let name = self.type_name.strip_prefix("cloudify.").unwrap_or(&self.type_name);
        name.strip_prefix("nodes.").unwrap_or(name)
    }

    /// The last part of its type alone: `Microservice`.
    pub fn shortest_type(&self) -> &str {
        self.type_name.rsplit('.').next().unwrap_or(&self.type_name)
    }
}

/// An output of a lane: a tag on its edge, at which flows to other lanes begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    /// Position of its lane.
    pub lane: usize,
    /// Output and keys in it: `vm_info`, `ips`.
    pub path: Vec<String>,
    /// Where; its right edge is the lane's.
    pub frame: Frame,
    /// The node that its value is read from first.
    pub source: Option<NodeIndex>,
}

impl Tag {
    /// `vm_info.ips`.
    pub fn label(&self) -> String {
        self.path.join(".")
    }
}

/// What a relationship means on the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// `connected_to` and what derives from it: a solid arrow.
    Connection,
    /// `depends_on`: a dashed arrow.
    Dependency,
    /// `contained_in` something that is not drawn as a frame: a solid line.
    Containment,
    /// A leg of a host in a network: a straight line that ends in a dot on the bus.
    Leg,
}

/// A relationship that is drawn as a line, from source to target as in the DSL.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The node that has the relationship.
    pub source: NodeIndex,
    /// The node that it points to.
    pub target: NodeIndex,
    /// Short name of its type.
    pub label: String,
    /// How many relationships the line stands for: those between the same two boxes, of the same kind, are one line.
    pub count: usize,
    /// Where a person bent it, if anywhere.
    pub bends: Vec<Point>,
    /// How it is drawn.
    pub kind: LinkKind,
    /// Its course, source first.
    pub course: Course,
}

/// Where a flow begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlowStart {
    /// An output of another lane, by position in [`super::Scene::tags`].
    Tag(usize),
    /// A proxy of the same lane.
    Proxy(NodeIndex),
}

/// A value that flows from a lane's output to a proxy, or from a proxy to a property.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Where it begins.
    pub start: FlowStart,
    /// Where it ends.
    pub end: NodeIndex,
    /// Name of the value: `vm_info.ips`, or the property or environment entry that it ends in: `SERVERS`.
    pub label: String,
    /// Keys of the property that it ends in (`env`, `SERVERS`); empty for a flow into a proxy.
    pub property: Vec<String>,
    /// Its course.
    pub course: Course,
}
