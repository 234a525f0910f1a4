//! DOT, the language of Graphviz: lanes and frames as clusters, relationships and flows as edges.

use std::fmt::Write as _;

use super::Picture;
use crate::scene::{FlowStart, LinkKind, NodeIndex, Scene};

/// The project as a graph for `dot`.
pub fn dot(picture: &Picture<'_>) -> String {
    let scene = picture.scene;
    let mut out = format!(
        "digraph {} {{\n  compound=true; rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n",
        quoted(picture.title)
    );
    for (number, lane) in scene.lanes.iter().enumerate() {
        let _ = write!(out, "  subgraph cluster_{number} {{\n    label={};\n", quoted(&lane.name));
        let own =
            |&index: &NodeIndex| scene.nodes[index].lane == number && scene.nodes[index].parent.is_none();
        for index in (0..scene.nodes.len()).filter(own) {
            node(&mut out, picture, index, 2);
        }
        for (position, tag) in scene.tags.iter().enumerate().filter(|(_, tag)| tag.lane == number) {
            let _ = writeln!(out, "    tag_{position} [label={}, shape=cds];", quoted(&tag.label()));
        }
        out.push_str("  }\n");
    }
    for link in &scene.links {
        let style = match link.kind {
            LinkKind::Dependency => ", style=dashed",
            LinkKind::Leg => ", dir=none",
            LinkKind::Connection | LinkKind::Containment => "",
        };
        let (from, to) = (end(scene, link.source), end(scene, link.target));
        let _ = writeln!(out, "  {from} -> {to} [label={}{style}];", quoted(&link.label));
    }
    for flow in &scene.flows {
        let from = match flow.start {
            FlowStart::Tag(tag) => format!("tag_{tag}"),
            FlowStart::Proxy(proxy) => end(scene, proxy),
        };
        let to = end(scene, flow.end);
        let _ = writeln!(out, "  {from} -> {to} [label={}, style=dotted];", quoted(&flow.label));
    }
    out.push_str("}\n");
    out
}

/// Frames are clusters with a point in them at which edges end.
fn node(out: &mut String, picture: &Picture<'_>, index: NodeIndex, depth: usize) {
    let Some(node_box) = picture.scene.nodes.get(index) else { return };
    let pad = "  ".repeat(depth.min(40));
    let label = format!("{}\n{}", node_box.name, node_box.short_type());
    let color = picture.palette.family(node_box.family);
    if node_box.children.is_empty() {
        let _ = writeln!(out, "{pad}n{index} [label={}, color=\"{color}\"];", quoted(&label));
        return;
    }
    let _ = write!(
        out,
        "{pad}subgraph cluster_n{index} {{\n{pad}  label={}; color=\"{color}\";\n{pad}  n{index} [shape=point, width=0];\n",
        quoted(&label)
    );
    for child in &node_box.children {
        node(out, picture, *child, depth + 1);
    }
    let _ = writeln!(out, "{pad}}}");
}

fn end(scene: &Scene, index: NodeIndex) -> String {
    format!("n{}", index.min(scene.nodes.len()))
}

/// A quoted identifier: quotes and backslashes are kept from meaning anything.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
