//! The Kubernetes cluster of the example: two networks, the cluster's node with a leg in each, two Apache hosts.

use egui::Key;

use super::hands::Hands;
use super::{BASIC, TYPES, WANTED};

const LANE: &str = "kubernetes-cluster";

pub fn draw(hands: &mut Hands) {
    hands.enter(LANE);
    hands.retype_line(BASIC, WANTED);
    hands.append("kubernetes-cluster/blueprint.yaml", TYPES);
    // The whole inspector is to be seen from here on.
    hands.ctrl(Key::J);
    inputs(hands);
    networks(hands);
    cluster(hands);
    hosts(hands);
    outputs(hands);
}

fn inputs(hands: &mut Hands) {
    hands.pick_lane(LANE);
    hands.click("section Inputs");
    for (name, kind, default) in [
        ("management_cidr", Some("string"), "10.100.101.0/24"),
        ("data_cidr", Some("string"), "10.100.102.0/24"),
        ("master_ip", Some("string"), "10.100.101.20"),
        ("router_ip", Some("string"), "10.100.102.20"),
        ("apache_ips", None, "[ 10.100.102.11, 10.100.102.12 ]"),
        ("master_port", Some("integer"), "8080"),
    ] {
        hands.input(name, kind, Some(default));
    }
}

/// Networks from the palette; their ports are dropped into them.
fn networks(hands: &mut Hands) {
    for (name, cidr) in [("management", "management_cidr"), ("data", "data_cidr")] {
        hands.add_type("hybrid.nodes.Network", "network", name);
        hands.function("cidr", "get_input", cidr);
    }
    for (network, name, ip) in [
        ("management", "cluster_management_port", "{ get_input: master_ip }"),
        ("data", "cluster_data_port", "{ get_input: router_ip }"),
        ("data", "apache1_port", "{ get_input: [ apache_ips, 0 ] }"),
    ] {
        let head = hands.head(LANE, network);
        hands.drop_type("hybrid.nodes.Port", head, "port", name);
        hands.fill("field ip", ip);
    }
    hands.select(LANE, "cluster_data_port");
    hands.fill("field interface", "eth1");
}

/// The cluster's node: one leg by a pulled line, the other by keys; what runs on it is dropped into it.
fn cluster(hands: &mut Hands) {
    hands.quick_add("cloudify.nodes.Compute", "compute", "cluster_host");
    hands.fill("field ip", "{ get_property: [ cluster_management_port, ip ] }");
    let port = hands.node(LANE, "cluster_management_port").center();
    hands.pull(LANE, "cluster_host", port);
    hands.as_kind("cluster_host", "cluster_management_port", "connected_to");
    hands.connect(LANE, "cluster_host", "cluster_data_port", "connected_to");
    let head = hands.head(LANE, "cluster_host");
    hands.drop_type("cloudify.kubernetes.Master", head, "master", "master");
    hands.fill("field master_port", "{ get_input: master_port }");
    assert!(hands.told("master").contains("in cluster_host"));
}

/// One Apache host is drawn, the other one is a copy of it with its port and what runs on it.
fn hosts(hands: &mut Hands) {
    hands.quick_add("cloudify.nodes.Compute", "compute", "apache1");
    hands.fill("field ip", "{ get_property: [ apache1_port, ip ] }");
    let port = hands.node(LANE, "apache1_port").center();
    hands.pull(LANE, "apache1", port);
    hands.as_kind("apache1", "apache1_port", "connected_to");
    let head = hands.head(LANE, "apache1");
    hands.drop_type("cloudify.nodes.WebServer", head, "web_server", "http1");
    hands.click("Operations");
    hands.click("Operations that do nothing");
    for operation in ["create", "configure", "start", "stop"] {
        hands.click(operation);
        let script = format!("scripts/apache/{operation}.sh");
        hands.fill(&format!("field {operation}.implementation"), &script);
        if operation == "configure" {
            hands.fill("add to configure.inputs", "index_page: resources/http1/index.html");
        }
        // Folded again: the others stay in sight.
        hands.click(operation);
    }
    hands.click("Properties");

    hands.select(LANE, "apache1_port");
    hands.select_too(LANE, "apache1");
    hands.select_too(LANE, "http1");
    hands.ctrl(Key::D);
    hands.settle();
    for (made, name) in [("apache1_2", "apache2"), ("http1_2", "http2"), ("apache1_port_2", "apache2_port")] {
        hands.select(LANE, made);
        hands.rename(made, name);
    }
    hands.select(LANE, "apache2_port");
    hands.fill("get_input of ip", "apache_ips, 1");
    hands.select(LANE, "http2");
    hands.click("Operations");
    hands.click("configure");
    hands.fill("field configure.inputs.index_page", "resources/http2/index.html");
    hands.click("Properties");
}

fn outputs(hands: &mut Hands) {
    hands.pick_lane(LANE);
    hands.click("section Outputs");
    hands.output(
        "kubernetes_info",
        "url: { concat: [ 'http://', { get_attribute: [ cluster_host, ip ] }, ':', { get_property: [ master, master_port ] } ] }",
    );
    hands.output(
        "vm_info",
        "apache_subnet: { get_property: [ data, cidr ] }\nips: { concat: [ { get_attribute: [ apache1, ip ] }, ',', { get_attribute: [ apache2, ip ] } ] }",
    );
}
