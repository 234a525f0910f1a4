//! Lines across lanes: both files before and after, and what deleting the line leaves.

use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::App;

use super::connecting::pull;
use super::naming::saved;
use super::nesting::drag;
use super::{Desk, Settle as _, click, wait};

fn texts(harness: &mut Harness<'_, App>, desk: &Desk) -> Vec<String> {
    let lanes = ["kubernetes-cluster", "swarm-cluster", "service"];
    lanes.iter().map(|lane| saved(harness, desk, lane)).collect()
}

#[test]
fn an_output_pulled_into_another_lane_brings_its_proxy_and_deleting_the_line_takes_it_away() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let before = texts(&mut harness, &desk);
    let tag = harness.get_by_label("output kubernetes_info.url").rect();
    let to = harness.get_by_label("node worker").rect().center();
    drag(&mut harness, tag.right_center() - vec2(8.0, 0.0), to);
    harness.get_by_label("read a value → worker");
    harness.drop_at(to);
    harness.settle(3);
    harness.get_by_label("Where does worker read it?");
    harness.get_by_label("Find a choice").type_text("ip");
    harness.settle(3);
    harness.key_press(Key::Enter);
    let begun = std::time::Instant::now();
    while harness.query_by_label("ip unknown yet").is_none() {
        assert!(begun.elapsed().as_secs() < 20, "the line never came");
        harness.step();
    }
    let after = texts(&mut harness, &desk);
    assert_eq!(after[0], before[0], "the output was there");
    assert_eq!(after[2], before[2]);
    let proxy = "\n  kubernetes_proxy:\n    type: cloudify.nodes.DeploymentProxy\n    properties:\n      deployment_id: kubernetes-cluster\n      inherit_outputs: [ kubernetes_info ]\n";
    let read = "ip: { get_attribute: [ kubernetes_proxy, kubernetes_info, url ] }";
    for new in [proxy, read, "  - plugin:proxy\n", "        target: kubernetes_proxy\n"] {
        assert!(after[1].contains(new), "{new}\n{}", after[1]);
    }

    click(&mut harness, "ip unknown yet");
    harness.key_press(Key::Delete);
    harness.settle(3);
    assert_eq!(texts(&mut harness, &desk), before, "what the line made is gone, and nothing else");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(texts(&mut harness, &desk), after);
}

#[test]
fn a_value_of_a_node_becomes_an_output_and_an_entry_of_the_environment_in_one_step() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let before = texts(&mut harness, &desk);
    let to = harness.get_by_label("node nginx_container").rect().center();
    // The head: its middle belongs to what it holds.
    pull_head(&mut harness, "manager_host", to);
    harness.drop_at(to);
    harness.settle(3);
    harness.get_by_label("Which value of manager_host does nginx_container read?");
    click(&mut harness, "ip (at run time)");
    harness.get_by_label("Where does nginx_container read it?");
    click(&mut harness, "env.…");
    harness.get_by_label("New entry of env").type_text("MANAGER");
    harness.settle(3);
    harness.key_press(Key::Enter);
    harness.settle(3);
    let after = texts(&mut harness, &desk);
    assert_eq!(after[0], before[0]);
    assert!(after[2].contains("MANAGER: { get_attribute: [ swarm_proxy, "), "{}", after[2]);
    assert!(after[1].contains("{ get_attribute: [ manager_host, ip ] }"), "{}", after[1]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(texts(&mut harness, &desk), before, "both files in one step");
}

fn pull_head(harness: &mut Harness<'_, App>, node: &str, to: egui::Pos2) {
    let head = harness.get_by_label(&format!("node {node}")).rect().center_top() + vec2(0.0, 8.0);
    harness.hover_at(head);
    harness.settle(2);
    let from = harness.get_by_label(&format!("connect from {node}")).rect().center();
    drag(harness, from, to);
}

#[test]
fn a_lane_that_is_read_does_not_read_its_reader() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    let to = harness.get_by_label("node worker").rect().center();
    pull(&mut harness, "quagga", to);
    let why = "`service` needs `swarm-cluster` already: each would wait for the other";
    assert!(harness.query_by_label_contains(why).is_some());
    harness.drop_at(to);
    wait(&mut harness, why);
    assert_eq!(desk.files(), before);
}

#[test]
fn a_line_that_is_picked_is_deleted_alone() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let before = texts(&mut harness, &desk);
    click(&mut harness, "node quagga");
    click(&mut harness, "line quagga → kubernetes_proxy");
    harness.key_press(Key::Delete);
    harness.settle(3);
    harness.get_by_label("node quagga");
    let gone = "    relationships:\n      - type: cloudify.kubernetes.relationships.connected_to_master\n        target: kubernetes_proxy\n";
    assert_eq!(texts(&mut harness, &desk)[2], before[2].replace(gone, ""));
}

#[test]
fn an_output_is_read_elsewhere_by_keyboard_alone_as_by_mouse() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let before = texts(&mut harness, &desk);
    harness.get_by_label("output kubernetes_info.url").focus();
    harness.settle(2);
    harness.key_press(Key::Enter);
    harness.settle(3);
    harness.get_by_label("Who reads kubernetes_info.url?");
    harness.get_by_label("Find a choice").type_text("worker");
    harness.settle(3);
    harness.key_press(Key::Enter);
    harness.settle(3);
    harness.get_by_label("Where does worker read it?");
    harness.get_by_label("Find a choice").type_text("ip");
    harness.settle(3);
    harness.key_press(Key::Enter);
    harness.settle(3);
    let after = texts(&mut harness, &desk);
    assert_eq!((&after[0], &after[2]), (&before[0], &before[2]));
    let read = "ip: { get_attribute: [ kubernetes_proxy, kubernetes_info, url ] }";
    assert!(after[1].contains(read), "{}", after[1]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(texts(&mut harness, &desk), before, "one step");
}

#[test]
fn a_field_takes_a_value_of_another_lane_and_gives_all_of_it_back() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let before = texts(&mut harness, &desk);
    click(&mut harness, "node nginx_container");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    harness.settle(3);
    harness.get_by_label("add to env").focus();
    harness.settle(2);
    harness.get_by_label("add to env").type_text("MANAGER");
    harness.settle(2);
    harness.key_press(Key::Enter);
    harness.settle(3);
    wait(&mut harness, "field env.MANAGER");
    let named = texts(&mut harness, &desk);
    click(&mut harness, "expression of env.MANAGER");
    click(&mut harness, "from another lane…");
    harness.get_by_label("Which value of another lane?");
    harness.get_by_label("Find a choice").type_text("manager_host.ip");
    harness.settle(3);
    harness.key_press(Key::Enter);
    harness.settle(3);
    wait(&mut harness, "get_attribute of env.MANAGER");
    let after = texts(&mut harness, &desk);
    assert!(after[2].contains("MANAGER: { get_attribute: [ swarm_proxy, "), "{}", after[2]);
    assert!(after[1].contains("{ get_attribute: [ manager_host, ip ] }"), "{}", after[1]);
    assert_ne!(named, after);
    click(&mut harness, "remove env.MANAGER");
    assert_eq!(texts(&mut harness, &desk), before, "the output, the relationship and the entry are gone");
}
