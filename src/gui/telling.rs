//! What tells most about a node, a port, a lane in a few words; worked out once per state, when somebody looks.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::values::{self, Known};
use crate::check::{Node, Topology};
use crate::model::Platform;
use crate::scene::Family;
use crate::session::Lane;

/// What is known to be told, by node.
#[derive(Default)]
pub struct Tellings {
    summaries: RefCell<HashMap<String, Option<Rc<str>>>>,
    ports: RefCell<HashMap<String, Option<Rc<str>>>>,
}

impl Tellings {
    /// Its image, address, range or port.
    pub fn summary(&self, node: &Node, known: &Known<'_>) -> Option<Rc<str>> {
        let cached = self.summaries.borrow().get(&node.name).cloned();
        cached.unwrap_or_else(|| {
            let told = summary(node, known).map(Rc::from);
            self.summaries.borrow_mut().insert(node.name.clone(), told.clone());
            told
        })
    }

    /// `.20 eth1` of a port with a fixed address in its network.
    pub fn port(&self, node: &Node, known: &Known<'_>) -> Option<Rc<str>> {
        let cached = self.ports.borrow().get(&node.name).cloned();
        cached.unwrap_or_else(|| {
            let told = port(node, known).map(Rc::from);
            self.ports.borrow_mut().insert(node.name.clone(), told.clone());
            told
        })
    }
}

fn summary(node: &Node, known: &Known<'_>) -> Option<String> {
    ["image", "ip", "cidr", "published_port", "deployment_id", "master_port", "port"].iter().find_map(|key| {
        node.properties.get(key)?;
        let value = known.attribute(&node.name, key)?;
        let text = values::short(&value);
        let given = !text.is_empty() && !value.is_null() && value.as_int().is_none_or(|number| number > 0);
        given.then(|| if key.ends_with("port") { format!("port {text}") } else { text })
    })
}

fn port(node: &Node, known: &Known<'_>) -> Option<String> {
    let property = |key: &str| known.evaluate(&node.name, node.properties.get(key)?);
    let address = summary(node, known).and_then(|text| text.rfind('.').map(|end| text[end..].to_owned()));
    let interface = property("interface").map(|value| value.to_string()).filter(|text| text != "eth0");
    let parts: Vec<String> = address.into_iter().chain(interface).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The family that most nodes of a lane belong to, hosts and networks apart: the colour of its title.
pub fn lane_family(topology: &Topology) -> Family {
    let families: Vec<Family> = topology.nodes.values().map(|node| Family::of(node)).collect();
    [Family::Proxy, Family::Kubernetes, Family::Swarm, Family::Host, Family::Network]
        .into_iter()
        .find(|family| families.contains(family))
        .unwrap_or(Family::Other)
}

/// Where a lane is deployed, in a few words.
pub fn lane_targets(lane: &Lane) -> String {
    let mut targets: Vec<String> = Vec::new();
    let mut platforms: Vec<Platform> = Vec::new();
    for platform in lane.topology.nodes.values().filter_map(|node| node.platform) {
        if platform == Platform::Proxy || platforms.contains(&platform) {
            continue;
        }
        platforms.push(platform);
        let target = lane.spec.target(platform).to_string();
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    if targets.is_empty() { "rehearsal".to_owned() } else { targets.join(" + ") }
}
