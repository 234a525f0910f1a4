//! Dropping into containers and dragging out of them, each as the text before and after it.

use egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::naming::saved;
use super::{Desk, Settle as _, click, description, wait};

/// Drags from one place to another; still held.
pub(super) fn drag(harness: &mut Harness<'_, App>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.step();
    harness.drag_at(from);
    harness.step();
    for step in 1..=8u8 {
        harness.hover_at(from + (to - from) * (f32::from(step) / 8.0));
        harness.step();
    }
    harness.settle(2);
}

fn head(harness: &Harness<'_, App>, node: &str) -> Pos2 {
    harness.get_by_label(&format!("node {node}")).rect().center_top() + vec2(30.0, 8.0)
}

fn read(desk: &Desk, lane: &str) -> String {
    std::fs::read_to_string(desk.project().join(lane).join("blueprint.yaml")).unwrap()
}

#[test]
fn a_server_moves_from_one_host_into_another_and_back_by_undo() {
    let desk = Desk::new();
    let before = read(&desk, "kubernetes-cluster");
    let mut harness = desk.open();
    let (from, to) = (harness.get_by_label("node http1").rect().center(), head(&harness, "apache2"));
    drag(&mut harness, from, to);
    harness.get_by_label("http1 in apache2 (hold O: only move)");
    harness.drop_at(to);
    harness.settle(3);
    let after = saved(&mut harness, &desk, "kubernetes-cluster");
    assert_eq!(after, before.replace("target: apache1\n", "target: apache2\n"));
    assert!(description(&harness, "node http1").contains("in apache2"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &desk, "kubernetes-cluster"), before);
}

#[test]
fn a_part_that_is_dragged_out_is_a_part_no_more() {
    let desk = Desk::new();
    let before = read(&desk, "service");
    let mut harness = desk.open();
    let from = harness.get_by_label("node nginx_port").rect().center();
    let lane = harness.get_by_label("lane service").rect();
    let to = lane.center_bottom() + vec2(-20.0, 8.0);
    drag(&mut harness, from, to);
    harness.get_by_label("nginx_port out of its container (hold O: only move)");
    harness.drop_at(to);
    harness.settle(3);
    let gone = "      - type: cloudify.swarm.relationships.port_attached_to_microservice\n        target: nginx_port\n";
    let after = saved(&mut harness, &desk, "service");
    assert_eq!(after, before.replace(gone, ""));
    assert!(!description(&harness, "node nginx_port").contains("in nginx"));

    // And back into it.
    let (from, to) = (harness.get_by_label("node nginx_port").rect().center(), head(&harness, "nginx"));
    drag(&mut harness, from, to);
    harness.drop_at(to);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &desk, "service"), before);
}

#[test]
fn what_can_not_lie_there_says_why_and_stays() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    let from = harness.get_by_label("node worker").rect().center();
    for (to, why) in [
        (head(&harness, "manager_host"), "a Compute can't be contained in a Compute"),
        (harness.get_by_label("lane service").rect().center(), "a node stays in its lane"),
    ] {
        drag(&mut harness, from, to);
        assert!(harness.query_by_label_contains(why).is_some(), "{why}");
        harness.drop_at(to);
        wait(&mut harness, why);
        harness.settle(3);
    }
    assert_eq!(desk.files(), before);
    assert!(harness.get_by_label("node worker").rect().contains(from));
}

#[test]
fn holding_o_only_moves() {
    let desk = Desk::new();
    let before = read(&desk, "kubernetes-cluster");
    let mut harness = desk.open();
    let (from, to) = (harness.get_by_label("node http1").rect().center(), head(&harness, "apache2"));
    drag(&mut harness, from, to);
    harness.key_down(Key::O);
    harness.settle(2);
    harness.drop_at(to);
    harness.settle(3);
    harness.key_up(Key::O);
    assert_eq!(saved(&mut harness, &desk, "kubernetes-cluster"), before);
}

#[test]
fn a_type_that_is_dropped_into_a_container_is_contained() {
    let desk = Desk::new();
    let before = read(&desk, "kubernetes-cluster");
    let mut harness = desk.open();
    click(&mut harness, "Palette");
    harness.key_press(Key::Slash);
    harness.settle(3);
    harness.get_by_label("Filter the types").type_text("cloudify.nodes.DBMS");
    harness.settle(3);
    let from = harness.get_all_by_label("type cloudify.nodes.DBMS").next().unwrap().rect().center();
    let to = head(&harness, "apache1");
    drag(&mut harness, from, to);
    harness.get_by_label("in apache1");
    harness.drop_at(to);
    wait(&mut harness, "node dbms");
    assert_eq!(harness.get_by_label("node dbms").accesskit_node().is_selected(), Some(true));
    let after = saved(&mut harness, &desk, "kubernetes-cluster");
    let new = "\n  dbms:\n    type: cloudify.nodes.DBMS\n    relationships:\n      - type: cloudify.relationships.contained_in\n        target: apache1\n";
    assert!(after.contains(new), "{after}");
    assert_eq!(after.replace(new, ""), before);
}
