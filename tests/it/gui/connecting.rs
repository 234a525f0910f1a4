//! Lines: pulled from a node, or by keys; each as the text before and after it.

use egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::App;

use super::naming::saved;
use super::{Desk, Settle as _, click, wait};

/// Hovers over a node until its handle shows, and pulls a line from it to `to`; the line is still held.
pub(super) fn pull(harness: &mut Harness<'_, App>, node: &str, to: Pos2) {
    let middle = harness.get_by_label(&format!("node {node}")).rect().center();
    harness.hover_at(middle);
    harness.settle(2);
    let from = harness.get_by_label(&format!("connect from {node}")).rect().center();
    harness.hover_at(from);
    harness.settle(2);
    harness.drag_at(from);
    harness.settle(2);
    for step in 1..=8u8 {
        harness.hover_at(from + (to - from) * (f32::from(step) / 8.0));
        harness.step();
    }
    harness.settle(2);
}

fn center(harness: &Harness<'_, App>, label: &str) -> Pos2 {
    harness.get_by_label(label).rect().center()
}

/// `after` is `before` with `new` behind the first place that is `anchor`.
fn assert_added(before: &str, after: &str, anchor: &str, new: &str) {
    let at = before.find(anchor).unwrap() + anchor.len();
    assert_eq!(after, format!("{}{new}{}", &before[..at], &before[at..]));
}

const QUAGGA: &str =
    "      - type: cloudify.kubernetes.relationships.connected_to_master\n        target: kubernetes_proxy\n";

#[test]
fn a_line_pulled_to_a_node_is_a_relationship_of_the_chosen_type() {
    let desk = Desk::new();
    let before = std::fs::read_to_string(desk.project().join("service/blueprint.yaml")).unwrap();
    let mut harness = desk.open();
    let to = center(&harness, "node swarm_proxy");
    pull(&mut harness, "quagga", to);
    harness.get_by_label("connected_to_master → swarm_proxy");
    harness.drop_at(to);
    harness.settle(3);
    harness.get_by_label("quagga → swarm_proxy");
    harness.get_by_label("depends_on");
    click(&mut harness, "connected_to_proxy");
    let after = saved(&mut harness, &desk, "service");
    let new = "      - type: cloudify.relationships.connected_to_proxy\n        target: swarm_proxy\n";
    assert_added(&before, &after, QUAGGA, new);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &desk, "service"), before);
}

#[test]
fn a_line_that_makes_no_sense_says_why_and_changes_nothing() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    for (from, to, why) in [
        (
            "kubernetes_proxy",
            "quagga",
            "that would be a circle: kubernetes_proxy → quagga → kubernetes_proxy",
        ),
        ("quagga", "kubernetes_proxy", "`quagga` has a relationship to `kubernetes_proxy` already"),
        ("nginx_container", "nginx", "the line goes the other way: from `nginx` to `nginx_container`"),
    ] {
        let frame = harness.get_by_label(&format!("node {to}")).rect();
        // The head of a frame: its middle belongs to what it holds.
        let place = frame.center_top() + vec2(0.0, 10.0);
        pull(&mut harness, from, place);
        assert!(harness.query_by_label_contains(why).is_some(), "{from} {to}: {why}");
        harness.drop_at(place);
        harness.settle(4);
    }
    assert!(harness.query_by_label_contains("not saved").is_none());
    assert_eq!(desk.files(), before);
}

#[test]
fn keys_alone_connect_two_nodes() {
    let desk = Desk::new();
    let before = std::fs::read_to_string(desk.project().join("service/blueprint.yaml")).unwrap();
    let mut harness = desk.open();
    click(&mut harness, "node quagga");
    harness.key_press(Key::C);
    harness.settle(3);
    harness.get_by_label("Connect quagga to");
    harness.get_by_label("kubernetes_proxy: `quagga` has a relationship to `kubernetes_proxy` already");
    harness.get_by_label("Find a choice").type_text("swarm_");
    harness.settle(3);
    harness.key_press(Key::Enter);
    harness.settle(3);
    harness.get_by_label("quagga → swarm_proxy");
    harness.key_press(Key::ArrowDown);
    harness.settle(2);
    harness.key_press(Key::ArrowDown);
    harness.settle(2);
    harness.key_press(Key::Enter);
    harness.settle(3);
    let after = saved(&mut harness, &desk, "service");
    let new = "      - type: cloudify.relationships.depends_on\n        target: swarm_proxy\n";
    assert_added(&before, &after, QUAGGA, new);
}

#[test]
fn a_line_let_go_in_the_open_adds_a_node_that_can_be_connected_in_one_step() {
    let desk = Desk::new();
    let before = std::fs::read_to_string(desk.project().join("service/blueprint.yaml")).unwrap();
    let mut harness = desk.open();
    let lane = harness.get_by_label("lane service").rect();
    let place = lane.center_bottom() + vec2(40.0, 6.0);
    pull(&mut harness, "swarm_proxy", place);
    harness.drop_at(place);
    harness.settle(3);
    harness.get_by_label("Add and connect to swarm_proxy");
    harness.get_by_label("Find a choice").type_text("webserver");
    harness.settle(3);
    harness.key_press(Key::Enter);
    wait(&mut harness, "node web_server");
    let after = saved(&mut harness, &desk, "service");
    let node = "\n  web_server:\n    type: cloudify.nodes.WebServer\n";
    assert!(after.contains(node), "{after}");
    let line =
        "    relationships:\n      - type: cloudify.relationships.connected_to\n        target: web_server\n";
    assert!(after.contains(line), "{after}");
    assert_eq!(after.replace(node, "").replace(line, ""), before);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &desk, "service"), before, "node and line are one step");
}

#[test]
fn tab_on_a_selected_node_adds_one_beside_it() {
    let desk = Desk::new();
    let mut harness = desk.open();
    // Its head: what it holds lies on its middle.
    let head = harness.get_by_label("node nginx").rect().center_top() + vec2(0.0, 8.0);
    harness.hover_at(head);
    harness.drag_at(head);
    harness.drop_at(head);
    harness.settle(3);
    harness.hover_at(head);
    harness.settle(2);
    harness.key_press(Key::Tab);
    harness.settle(3);
    harness.get_by_label("Add and connect to nginx");
    harness.get_by_label("Find a choice").type_text("swarm.port");
    harness.settle(3);
    harness.key_press(Key::Enter);
    wait(&mut harness, "node port");
    let after = saved(&mut harness, &desk, "service");
    let line =
        "      - type: cloudify.swarm.relationships.port_attached_to_microservice\n        target: port\n";
    assert!(after.contains(line), "{after}");
}
