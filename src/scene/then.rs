//! The picture of what was, on the places of the one that is: what is still there stands where it stands now, what is gone
//! where it stood.

use std::collections::HashSet;

use super::{FlowStart, LaneInput, LinkKind, NodeBox, Scene, Shape};
use crate::model::Layout;

/// The picture of `before`, lane by lane as in `now`. What is gone stands where the layout of its lane says, else where
/// there is room.
pub fn then(now: &Scene, before: &[LaneInput<'_>]) -> Scene {
    let layouts: Vec<Layout> = before
        .iter()
        .enumerate()
        .map(|(number, lane)| {
            let origin = now.lanes.get(number).map(|lane| lane.origin).unwrap_or_default();
            let mut layout = Layout {
                lane: Some(origin),
                nodes: lane.layout.nodes.clone(),
                folded: now
                    .nodes
                    .iter()
                    .filter(|node| node.lane == number && node.folded)
                    .map(|node| node.name.clone())
                    .collect(),
                ..Layout::default()
            };
            let is_placed = |node: &NodeBox| node.lane == number && !node.hidden && node.shape != Shape::Port;
            for (index, node) in now.nodes.iter().enumerate().filter(|(_, node)| is_placed(node)) {
                layout.nodes.insert(node.name.clone(), now.place(index));
            }
            layout
        })
        .collect();
    let lanes: Vec<LaneInput<'_>> =
        before.iter().zip(&layouts).map(|(lane, layout)| LaneInput { layout, ..*lane }).collect();
    Scene::new(&lanes)
}

/// Lines that are in one of two pictures alone, by their positions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineDifference {
    /// Relationships of the one that is.
    pub links_added: Vec<usize>,
    /// Relationships of the one that was.
    pub links_gone: Vec<usize>,
    /// Values that flow in the one that is.
    pub flows_added: Vec<usize>,
    /// Values that flowed in the one that was.
    pub flows_gone: Vec<usize>,
}

/// In which lines two pictures of the same lanes differ.
pub fn lines_apart(now: &Scene, then: &Scene) -> LineDifference {
    let only = |these: &[Ends], others: &[Ends]| -> Vec<usize> {
        let known: HashSet<&Ends> = others.iter().collect();
        these.iter().enumerate().filter(|(_, line)| !known.contains(line)).map(|(number, _)| number).collect()
    };
    let (links, old_links) = (links(now), links(then));
    let (flows, old_flows) = (flows(now), flows(then));
    LineDifference {
        links_added: only(&links, &old_links),
        links_gone: only(&old_links, &links),
        flows_added: only(&flows, &old_flows),
        flows_gone: only(&old_flows, &flows),
    }
}

/// What makes a line the same one in both pictures: lanes and names of its ends, and what it means.
type Ends = (usize, String, usize, String, Option<LinkKind>);

fn links(scene: &Scene) -> Vec<Ends> {
    let ends = |link: &super::Link| {
        let (from, to) = (&scene.nodes[link.source], &scene.nodes[link.target]);
        (from.lane, from.name.clone(), to.lane, to.name.clone(), Some(link.kind))
    };
    scene.links.iter().map(ends).collect()
}

fn flows(scene: &Scene) -> Vec<Ends> {
    let ends = |flow: &super::Flow| {
        let end = &scene.nodes[flow.end];
        let (lane, start) = match flow.start {
            FlowStart::Tag(tag) => (scene.tags[tag].lane, scene.tags[tag].label()),
            FlowStart::Proxy(proxy) => (scene.nodes[proxy].lane, scene.nodes[proxy].name.clone()),
        };
        (lane, start, end.lane, format!("{} {}", end.name, flow.property.join(".")), None)
    };
    scene.flows.iter().map(ends).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::check::{Node, Relationship, Topology};
    use crate::model::Map;

    fn topology(nodes: &[(&str, &[&str])]) -> Topology {
        let node = |(name, targets): &(&str, &[&str])| {
            let tie = |target: &&str| Relationship {
                type_name: "cloudify.relationships.connected_to".to_owned(),
                type_hierarchy: ["cloudify.relationships.connected_to".to_owned()].into(),
                target: (*target).to_owned(),
                ..Relationship::default()
            };
            let made = Node {
                name: (*name).to_owned(),
                relationships: targets.iter().map(tie).collect(),
                ..Node::default()
            };
            ((*name).to_owned(), Arc::new(made))
        };
        Topology { nodes: nodes.iter().map(node).collect(), ..Topology::default() }
    }

    #[test]
    fn what_is_still_there_stands_where_it_is_and_lines_are_told_apart_by_their_ends() {
        let (layout, inputs) = (Layout::default(), Map::new());
        let lane =
            |topology| LaneInput { name: "a", deployment: "a", topology, layout: &layout, inputs: &inputs };
        let today = topology(&[("web", &["db"]), ("db", &[]), ("new", &["db"])]);
        let before = topology(&[("old", &["db"]), ("web", &["db", "old"]), ("db", &[])]);
        let now = Scene::new(&[lane(&today)]);
        let was = then(&now, &[lane(&before)]);
        for name in ["web", "db"] {
            let frame = |scene: &Scene| scene.nodes[scene.find(0, name).unwrap()].frame;
            assert_eq!(frame(&now), frame(&was), "{name}");
        }
        let old = was.nodes[was.find(0, "old").unwrap()].frame;
        assert!(["web", "db"].iter().all(|name| !now.nodes[now.find(0, name).unwrap()].frame.overlaps(&old)));
        let apart = lines_apart(&now, &was);
        let name = |scene: &Scene, link: usize| {
            let link = &scene.links[link];
            format!("{} {}", scene.nodes[link.source].name, scene.nodes[link.target].name)
        };
        let added: Vec<String> = apart.links_added.iter().map(|link| name(&now, *link)).collect();
        let mut gone: Vec<String> = apart.links_gone.iter().map(|link| name(&was, *link)).collect();
        gone.sort();
        assert_eq!(
            (added, gone),
            (vec!["new db".to_owned()], vec!["old db".to_owned(), "web old".to_owned()])
        );
    }
}
