//! Drawing: each gesture as the text before and after it.

use std::time::{Duration, Instant};

use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::{Desk, Settle as _, click, wait};

/// Draws until `done`, for at most half a minute.
pub(super) fn until(harness: &mut Harness<'_, App>, what: &str, done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what} never came");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
}

fn add(harness: &mut Harness<'_, App>, kind: &str) {
    let label = format!("type {kind}");
    harness.key_press(Key::Slash);
    harness.settle(3);
    harness.get_by_label("Filter the types").type_text(kind);
    harness.settle(3);
    harness.get_all_by_label(&label).next().unwrap().focus();
    harness.settle(2);
    harness.key_press(Key::Enter);
    harness.settle(2);
}

#[test]
fn a_type_of_the_palette_becomes_a_node_of_the_lane_and_saving_writes_it() {
    let desk = Desk::new();
    let file = desk.project().join("service/blueprint.yaml");
    let before = std::fs::read_to_string(&file).unwrap();
    let mut harness = desk.open();
    click(&mut harness, "Palette");
    click(&mut harness, "node quagga");
    add(&mut harness, "cloudify.nodes.WebServer");
    wait(&mut harness, "node web_server");
    assert_eq!(harness.get_by_label("node web_server").accesskit_node().is_selected(), Some(true));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before, "nothing is written before it is asked for");
    harness.get_by_label_contains("not saved");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    until(&mut harness, "the file", || std::fs::read_to_string(&file).unwrap() != before);
    let after = std::fs::read_to_string(&file).unwrap();
    let added = "\n  web_server:\n    type: cloudify.nodes.WebServer\n";
    assert!(after.contains(added), "{after}");
    assert_eq!(after.replace(added, ""), before, "every other line is as it was");

    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(&mut harness, "the undone node", || true);
    harness.settle(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    until(&mut harness, "the first text", || std::fs::read_to_string(&file).unwrap() == before);
}

#[test]
fn a_type_is_dragged_into_the_lane_where_it_is_let_go() {
    let desk = Desk::new();
    let file = desk.project().join("swarm-cluster/blueprint.yaml");
    let before = std::fs::read_to_string(&file).unwrap();
    let mut harness = desk.open();
    click(&mut harness, "Palette");
    harness.key_press(Key::Slash);
    harness.settle(3);
    harness.get_by_label("Filter the types").type_text("cloudify.nodes.Router");
    harness.settle(3);
    let from = harness.get_all_by_label("type cloudify.nodes.Router").next().unwrap().rect().center();
    // The lane's head: nothing else stands there.
    let lane = harness.get_by_label("lane swarm-cluster").rect();
    let to = lane.center_top() + vec2(0.0, 8.0);
    harness.hover_at(from);
    harness.step();
    harness.drag_at(from);
    harness.step();
    for step in 1..=8u8 {
        harness.hover_at(from + (to - from) * (f32::from(step) / 8.0));
        harness.step();
    }
    harness.drop_at(to);
    wait(&mut harness, "node router");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    until(&mut harness, "the file", || std::fs::read_to_string(&file).unwrap() != before);
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(after.contains("\n  router:\n    type: cloudify.nodes.Router\n"), "{after}");
    let sidecar = desk.project().join("swarm-cluster/blueprint.layout.yaml");
    until(&mut harness, "its place", || {
        std::fs::read_to_string(&sidecar).unwrap_or_default().contains("router")
    });
}

#[test]
fn what_is_named_by_others_is_not_deleted_and_what_is_not_goes_with_its_relationships() {
    let desk = Desk::new();
    let file = desk.project().join("service/blueprint.yaml");
    let before = std::fs::read_to_string(&file).unwrap();
    let mut harness = desk.open();
    click(&mut harness, "node kubernetes_proxy");
    harness.key_press(Key::Delete);
    wait(&mut harness, "is used at");
    harness.get_by_label("node kubernetes_proxy");

    click(&mut harness, "node nginx_port");
    harness.key_press(Key::Delete);
    let begun = Instant::now();
    while harness.query_by_label("node nginx_port").is_some() && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    until(&mut harness, "the file", || std::fs::read_to_string(&file).unwrap() != before);
    let node = "  nginx_port:\n    type: cloudify.swarm.Port\n    properties:\n      published_port: { get_input: http_port }\n      target_port: 80\n      mode: host\n\n";
    let relationship = "      - type: cloudify.swarm.relationships.port_attached_to_microservice\n        target: nginx_port\n";
    assert!(before.contains(node) && before.contains(relationship));
    let rest = before.replace(node, "").replace(relationship, "");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), rest);
}

#[test]
fn a_project_that_is_not_saved_is_not_left_without_a_question() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    click(&mut harness, "Palette");
    click(&mut harness, "node quagga");
    add(&mut harness, "cloudify.nodes.WebServer");
    wait(&mut harness, "node web_server");
    harness.key_press(Key::F5);
    harness.settle(3);
    harness.get_by_label("Save what was drawn?");
    click(&mut harness, "Stay");
    harness.get_by_label("node web_server");
    harness.key_press(Key::F5);
    harness.settle(3);
    click(&mut harness, "Don't save");
    harness.settle(3);
    assert!(harness.query_by_label("node web_server").is_none());
    assert_eq!(desk.files(), before);
}
