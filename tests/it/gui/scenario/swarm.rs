//! The Swarm cluster of the example: what its template makes, in two networks, with a worker that is scaled with its ports.

use egui::Key;

use super::hands::Hands;
use super::{BASIC, TYPES, WANTED};

const LANE: &str = "swarm-cluster";

pub fn draw(hands: &mut Hands) {
    hands.enter(LANE);
    hands.ctrl(Key::J);
    hands.retype_line(BASIC, WANTED);
    hands.append("swarm-cluster/blueprint.yaml", TYPES);
    hands.ctrl(Key::J);
    inputs(hands);
    clear(hands);
    ports(hands);
    manager(hands);
    workers(hands);
}

fn inputs(hands: &mut Hands) {
    hands.pick_lane(LANE);
    hands.click("section Inputs");
    hands.input("edge_cidr", Some("string"), Some("10.100.100.0/24"));
    hands.input("management_cidr", Some("string"), Some("10.100.101.0/24"));
    hands.input("manager_port", Some("integer"), Some("2375"));
}

/// The template's network gives way to two networks of the example's own type.
fn clear(hands: &mut Hands) {
    hands.select(LANE, "network");
    hands.key(Key::Delete);
    hands.settle();
    assert!(!hands.has("node network"), "the network is still there");
    hands.select(LANE, "subnet");
    hands.key(Key::Delete);
    hands.settle();
    hands.select(LANE, "worker");
    hands.click("Relations");
    hands.click("remove relationship 1");
    hands.settle();
    hands.click("Properties");
    // It is its group that is scaled.
    hands.click_far_down("reset default_instances");
    hands.settle();
}

fn ports(hands: &mut Hands) {
    hands.pick_lane(LANE);
    hands.add_type("hybrid.nodes.Network", "network", "edge");
    hands.function("cidr", "get_input", "edge_cidr");
    hands.add_type("hybrid.nodes.Network", "network", "management");
    hands.function("cidr", "get_input", "management_cidr");
    hands.click("field use_external_resource");
    hands.settle();
    for (network, name) in [("edge", "manager_edge_port"), ("management", "manager_management_port")] {
        let head = hands.head(LANE, network);
        hands.drop_type("hybrid.nodes.Port", head, "port", name);
    }
    hands.fill("field interface", "eth1");
    hands.select(LANE, "manager_edge_port");
    hands.fill("field ip", "{ get_input: manager_ip }");
    // A worker's ports come and go with it: they are connected to the networks, not contained.
    for (network, name) in [("edge", "worker_edge_port"), ("management", "worker_management_port")] {
        hands.pick_lane(LANE);
        hands.add_type("hybrid.nodes.Port", "port", name);
        hands.connect(LANE, name, network, "connected_to");
    }
    hands.select(LANE, "worker_management_port");
    hands.fill("field interface", "eth1");
}

fn manager(hands: &mut Hands) {
    hands.connect(LANE, "manager_host", "manager_edge_port", "connected_to");
    hands.connect(LANE, "manager_host", "manager_management_port", "connected_to");
    hands.select(LANE, "manager_host");
    hands.function("ip", "get_property", "manager_edge_port, ip");
    hands.select(LANE, "manager");
    hands.fill("field port", "{ get_input: manager_port }");
}

fn workers(hands: &mut Hands) {
    for to in ["worker_edge_port", "worker_management_port", "manager"] {
        hands.connect(LANE, "worker", to, "connected_to");
    }
    hands.select(LANE, "worker");
    hands.select_too(LANE, "worker_edge_port");
    hands.select_too(LANE, "worker_management_port");
    hands.ctrl(Key::G);
    hands.ctrl(Key::A);
    hands.text("workers");
    hands.key(Key::Enter);
    hands.settle();
    hands.click("group workers");
    hands.click("Scale together");
    hands.settle();
    hands.fill("field default_instances", "{ get_input: workers }");
}
