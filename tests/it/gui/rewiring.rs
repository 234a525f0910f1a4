//! Ends of lines dragged to other nodes: the text before and after, what is refused, what Escape leaves.

use egui::{Key, Modifiers, Pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::App;

use super::naming::saved;
use super::nesting::drag;
use super::{Desk, Settle as _, click};

const LINE: &str = "line quagga → kubernetes_proxy";
const MASTER: &str = "      - type: cloudify.kubernetes.relationships.connected_to_master\n        target: ";

/// The window with that line picked.
fn picked(desk: &Desk) -> Harness<'static, App> {
    let mut harness = desk.open();
    click(&mut harness, "node quagga");
    click(&mut harness, LINE);
    harness
}

fn knob(harness: &Harness<'_, App>, which: &str) -> Pos2 {
    harness.get_by_label(&format!("{which} of {LINE}")).rect().center()
}

fn head(harness: &Harness<'_, App>, node: &str) -> Pos2 {
    harness.get_by_label(&format!("node {node}")).rect().center_top() + egui::vec2(0.0, 10.0)
}

fn service(desk: &Desk) -> String {
    std::fs::read_to_string(desk.project().join("service/blueprint.yaml")).unwrap()
}

#[test]
fn the_end_of_a_line_is_dragged_to_another_node_and_undo_brings_it_back() {
    let desk = Desk::new();
    let before = service(&desk);
    let mut harness = picked(&desk);
    let (from, to) = (knob(&harness, "end"), head(&harness, "swarm_proxy"));
    drag(&mut harness, from, to);
    harness.get_by_label("connected_to_master → swarm_proxy");
    harness.drop_at(to);
    harness.settle(3);
    harness.get_by_label_contains("undo: reconnect quagga → swarm_proxy");
    let wanted = before.replace(&format!("{MASTER}kubernetes_proxy"), &format!("{MASTER}swarm_proxy"));
    assert_eq!(saved(&mut harness, &desk, "service"), wanted);
    // It is the picked line still.
    harness.get_by_label("end of line quagga → swarm_proxy");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &desk, "service"), before);
}

#[test]
fn the_start_of_a_line_is_dragged_to_the_node_that_has_it_from_then_on() {
    let desk = Desk::new();
    let before = service(&desk);
    let mut harness = picked(&desk);
    let (from, to) = (knob(&harness, "start"), head(&harness, "nginx"));
    drag(&mut harness, from, to);
    harness.drop_at(to);
    harness.settle(3);
    harness.get_by_label_contains("undo: reconnect nginx → kubernetes_proxy");
    let after = saved(&mut harness, &desk, "service");
    let own = format!("    relationships:\n{MASTER}kubernetes_proxy\n");
    assert!(before.contains(&own) && !after.contains(&own), "{after}");
    let last = "        target: nginx_port\n";
    let kind = after.split_once(last).unwrap().1.lines().next().unwrap();
    let moved = format!("{last}{kind}\n        target: kubernetes_proxy\n");
    assert_eq!(after, before.replace(&own, "").replace(last, &moved), "nothing else differs");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &desk, "service"), before, "one step");
}

#[test]
fn an_end_that_can_not_be_there_says_why_and_escape_leaves_the_line_as_it_is() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = picked(&desk);
    for (which, node, why) in [
        ("end", "worker", "a relationship stays in its lane"),
        ("end", "quagga", "a node can't have a relationship to itself"),
        ("start", "kubernetes_proxy", "a node can't have a relationship to itself"),
        ("start", "nginx_container", "`nginx_container` has a relationship to `kubernetes_proxy` already"),
    ] {
        let (from, to) = (knob(&harness, which), head(&harness, node));
        drag(&mut harness, from, to);
        assert!(harness.query_by_label_contains(why).is_some(), "{which} {node}: {why}");
        harness.drop_at(to);
        harness.settle(3);
        super::wait(&mut harness, why);
        click(&mut harness, "Close message");
    }
    let (from, to) = (knob(&harness, "end"), head(&harness, "swarm_proxy"));
    drag(&mut harness, from, to);
    harness.get_by_label("connected_to_master → swarm_proxy");
    harness.key_press(Key::Escape);
    harness.settle(2);
    assert!(harness.query_by_label("connected_to_master → swarm_proxy").is_none());
    harness.drop_at(to);
    harness.settle(3);
    assert!(harness.query_by_label_contains("not saved").is_none());
    assert_eq!(desk.files(), before);
}
