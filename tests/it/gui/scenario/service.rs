//! The service of the example: the template's service becomes the load balancer, the router is added, and both read
//! what they need from the other lanes.

use egui::Key;

use super::hands::Hands;
use super::{BASIC, WANTED};

const LANE: &str = "service";

pub fn draw(hands: &mut Hands) {
    hands.enter(LANE);
    hands.ctrl(Key::J);
    hands.retype_line(BASIC, WANTED);
    hands.ctrl(Key::J);
    inputs(hands);
    names(hands);
    pull(hands);
    proxies(hands);
    load_balancer(hands);
    router(hands);
    outputs(hands);
}

fn inputs(hands: &mut Hands) {
    hands.pick_lane(LANE);
    hands.click("section Inputs");
    for (name, to) in [("image", "nginx_image"), ("port", "http_port")] {
        hands.click(name);
        hands.click(&format!("rename input {name}"));
        hands.ctrl(Key::A);
        hands.text(to);
        hands.key(Key::Enter);
        hands.settle();
    }
    hands.input("router_image", Some("string"), Some("quagga:1"));
    hands.input("kubernetes_deployment", Some("string"), None);
    hands.input("swarm_deployment", Some("string"), None);
    for (name, lane) in
        [("kubernetes_deployment", "kubernetes-cluster"), ("swarm_deployment", "swarm-cluster")]
    {
        hands.click(name);
        hands.fill(&format!("field {name} given"), lane);
        hands.click(name);
    }
}

fn names(hands: &mut Hands) {
    for (name, to) in [("web", "nginx"), ("web_container", "nginx_container"), ("web_port", "nginx_port")] {
        hands.select(LANE, name);
        hands.rename(name, to);
    }
    hands.select(LANE, "nginx");
    hands.fill("field name", "nginx");
    hands.select(LANE, "nginx_container");
    hands.fill("field entry_point", "[ /usr/local/bin/start.sh ]");
    hands.select(LANE, "nginx_port");
    hands.fill("field mode", "host");
}

/// The addresses of the Apache hosts: pulled from the output of the one lane into the environment of the other, which
/// brings the proxy, its import and its relationship.
fn pull(hands: &mut Hands) {
    hands.fit();
    let tag = hands.harness_rect("output vm_info.ips");
    let to = hands.head(LANE, "nginx_container");
    hands.drag(tag.right_center() - egui::vec2(8.0, 0.0), to);
    hands.choose("Where does nginx_container read it?", "env.…");
    hands.ctrl(Key::A);
    hands.text("SERVERS");
    hands.key(Key::Enter);
    hands.settle();
    assert!(hands.has("node kubernetes_proxy"), "no proxy came with the value");
}

fn proxies(hands: &mut Hands) {
    hands.select(LANE, "kubernetes_proxy");
    hands.function("deployment_id", "get_input", "kubernetes_deployment");
    hands.fill("field inherit_outputs[0]", "kubernetes_info");
    hands.fill("add to inherit_outputs", "vm_info");
    hands.pick_lane(LANE);
    hands.add_type("cloudify.nodes.DeploymentProxy", "deployment_proxy", "swarm_proxy");
    hands.function("deployment_id", "get_input", "swarm_deployment");
    hands.fill("add to inherit_outputs", "swarm_info");
}

/// The service lies in the swarm of the other lane, not in one of its own.
fn load_balancer(hands: &mut Hands) {
    hands.select(LANE, "nginx");
    hands.click("Relations");
    hands.fill("target of relationship 1", "swarm_proxy");
    hands.click("Properties");
    hands.select(LANE, "swarm");
    hands.key(Key::Delete);
    hands.settle();
    assert!(!hands.has("node swarm"), "the swarm of its own is still there");
}

fn router(hands: &mut Hands) {
    hands.quick_add("cloudify.kubernetes.Microservice", "microservice", "quagga");
    hands.fill("field name", "quagga");
    hands.as_yaml("config_files", CONFIG_FILES);
    hands.connect(LANE, "quagga", "kubernetes_proxy", "connected_to_master");
    hands.fit();
    let tag = hands.harness_rect("output vm_info.apache_subnet");
    let to = hands.head(LANE, "quagga");
    hands.drag(tag.right_center() - egui::vec2(8.0, 0.0), to);
    hands.choose("Where does quagga read it?", "env.…");
    hands.ctrl(Key::A);
    hands.text("ROUTES");
    hands.key(Key::Enter);
    hands.settle();
    hands.select(LANE, "quagga");
    hands.fill("Filter the fields", "env");
    hands.click("expression of env.ROUTES");
    hands.click("concat");
    hands.settle();
    hands.fill("add to env.ROUTES.concat", "' dev eth1'");
    hands.fill("Filter the fields", "");
}

const CONFIG_FILES: &str = "- file: resources/kubernetes/pod.yaml
  overrides:
    - { concat: [ \"['spec']['template']['spec']['containers'][0]['image'] = '\", { get_input: router_image }, \"'\" ] }
- file: resources/kubernetes/service.yaml
";

fn outputs(hands: &mut Hands) {
    hands.pick_lane(LANE);
    hands.click("section Outputs");
    hands.click("service_port");
    hands.click("remove output service_port");
    hands.settle();
    hands.output("service_info", SERVICE_INFO);
}

const SERVICE_INFO: &str = "port: { get_input: http_port }
servers: { get_attribute: [ kubernetes_proxy, vm_info, ips ] }
routes: { concat: [ { get_attribute: [ kubernetes_proxy, vm_info, apache_subnet ] }, ' dev eth1' ] }
";
