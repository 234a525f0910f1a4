//! Groups: made, renamed, joined and left by dragging, scaled, taken away; and locks. The text and the sidecar before
//! and after.

use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::arranging::{command, pick, place, places, sidecar};
use super::drawing::until;
use super::naming::{saved, type_over};
use super::nesting::drag;
use super::{Desk, Settle as _, click, description, wait};

fn placed() -> Desk {
    let desk = Desk::new();
    let text = places(&[
        ("quagga", 0, 0),
        ("nginx", 0, 300),
        ("kubernetes_proxy", 600, 0),
        ("swarm_proxy", 600, 300),
    ]);
    std::fs::write(desk.project().join("service/blueprint.layout.yaml"), text).unwrap();
    desk
}

fn blueprint(desk: &Desk) -> String {
    std::fs::read_to_string(desk.project().join("service/blueprint.yaml")).unwrap()
}

/// Draws until something is called exactly so: the step of undo has the group's name, too.
fn there(harness: &mut Harness<'_, App>, label: &str) {
    let begun = std::time::Instant::now();
    while harness.query_by_label(label).is_none() {
        assert!(begun.elapsed().as_secs() < 30, "`{label}` never came");
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
}

/// Makes a group of two nodes; gives the text with it.
fn group(harness: &mut Harness<'_, App>, desk: &Desk, name: &str) -> String {
    pick(harness, &["quagga", "nginx"]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
    harness.settle(3);
    type_over(harness, "Name of the group", name);
    harness.key_press(Key::Enter);
    there(harness, &format!("group {name}"));
    saved(harness, desk, "service")
}

fn block(name: &str, members: &[&str]) -> String {
    format!("  {name}:\n    members: [ {} ]\n", members.join(", "))
}

#[test]
fn a_group_is_made_renamed_and_taken_away_and_nothing_else_in_the_text_changes() {
    let desk = placed();
    let before = blueprint(&desk);
    let mut harness = desk.open();
    let after = group(&mut harness, &desk, "frontend");
    assert!(after.contains(&block("frontend", &["quagga", "nginx"])), "{after}");
    let added = format!("\ngroups:\n{}", block("frontend", &["quagga", "nginx"]));
    assert_eq!(after.replace(&added, ""), before);
    assert!(description(&harness, "group frontend").contains("quagga, nginx"));
    let tab = harness.get_by_label("group frontend").rect();
    let inside = harness.get_by_label("node quagga").rect();
    assert!(tab.bottom() <= inside.top() && tab.left() < inside.left());

    click(&mut harness, "group frontend");
    harness.key_press(Key::F2);
    harness.settle(3);
    type_over(&mut harness, "New name of frontend", "edge");
    harness.key_press(Key::Enter);
    wait(&mut harness, "group edge");
    assert_eq!(saved(&mut harness, &desk, "service"), after.replace("frontend", "edge"));
    there(&mut harness, "group edge");
    click(&mut harness, "group edge");
    harness.key_press(Key::Delete);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &desk, "service"), before);
    for _ in 0..3 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.settle(3);
    }
    assert_eq!(saved(&mut harness, &desk, "service"), before);
}

#[test]
fn nodes_join_a_group_by_being_dragged_in_and_leave_it_by_being_dragged_out() {
    let desk = placed();
    let mut harness = desk.open();
    let after = group(&mut harness, &desk, "frontend");
    let node = harness.get_by_label("node kubernetes_proxy").rect().center();
    let between = harness.get_by_label("node quagga").rect().center_bottom() + vec2(0.0, 50.0);
    drag(&mut harness, node, between);
    harness.get_by_label_contains("into the group frontend");
    harness.drop_at(between);
    harness.settle(3);
    let joined = saved(&mut harness, &desk, "service");
    let (old, new) = (
        block("frontend", &["quagga", "nginx"]),
        block("frontend", &["quagga", "nginx", "kubernetes_proxy"]),
    );
    assert_eq!(joined, after.replace(&old, &new));
    harness.get_by_label_contains("undo: add kubernetes_proxy to frontend");
    while !description(&harness, "group frontend").contains("kubernetes_proxy") {
        harness.step();
    }
    harness.settle(3);
    let node = harness.get_by_label("node kubernetes_proxy").rect().center();
    let out = harness.get_by_label("node swarm_proxy").rect().center_top() - vec2(0.0, 60.0);
    drag(&mut harness, node, out);
    harness.get_by_label_contains("out of the group frontend");
    harness.drop_at(out);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &desk, "service"), after);
}

#[test]
fn a_group_moves_as_a_whole_by_its_tab_and_is_scaled_together() {
    let desk = placed();
    let mut harness = desk.open();
    let after = group(&mut harness, &desk, "frontend");
    let tab = harness.get_by_label("group frontend").rect().center();
    let (quagga, nginx) =
        (harness.get_by_label("node quagga").rect(), harness.get_by_label("node nginx").rect());
    drag(&mut harness, tab, tab + vec2(0.0, 80.0));
    harness.drop_at(tab + vec2(0.0, 80.0));
    harness.settle(3);
    let way = harness.get_by_label("node quagga").rect().top() - quagga.top();
    assert!(way > 40.0);
    assert!((harness.get_by_label("node nginx").rect().top() - nginx.top() - way).abs() < 1.0);
    click(&mut harness, "group frontend");
    command(&mut harness, "Scale together…");
    wait(&mut harness, "scale frontend together");
    let scaled = saved(&mut harness, &desk, "service");
    let policy = "  frontend_scaling:\n    type: cloudify.policies.scaling\n    targets: [ frontend ]\n    properties:\n      default_instances: 1\n";
    assert!(scaled.contains(policy), "{scaled}");
    assert_eq!(scaled.replace(&format!("\npolicies:\n{policy}"), ""), after);
}

#[test]
fn what_is_locked_does_not_move_and_says_why() {
    let desk = placed();
    let mut harness = desk.open();
    click(&mut harness, "node quagga");
    let key = Modifiers { shift: true, ..Modifiers::COMMAND };
    harness.key_press_modifiers(key, Key::L);
    until(&mut harness, "the lock", || sidecar(&desk, "service").contains("locked:\n  - quagga\n"));
    harness.settle(3);
    assert!(description(&harness, "node quagga").contains("locked"));
    let at = harness.get_by_label("node quagga").rect();
    drag(&mut harness, at.center(), at.center() + vec2(0.0, 90.0));
    harness.drop_at(at.center() + vec2(0.0, 90.0));
    harness.settle(3);
    harness.get_by_label_contains("quagga is locked");
    assert_eq!(harness.get_by_label("node quagga").rect(), at);
    // Arranging leaves it where it is, too.
    click(&mut harness, "node quagga");
    harness.key_press(Key::Escape);
    harness.settle(3);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    until(&mut harness, "the arrangement", || !sidecar(&desk, "service").contains(&place("nginx", 0, 300)));
    // What glides is clicked once it has come to rest.
    harness.settle(4);
    assert!(sidecar(&desk, "service").contains(&place("quagga", 0, 0)), "{}", sidecar(&desk, "service"));
    click(&mut harness, "node quagga");
    harness.key_press_modifiers(key, Key::L);
    until(&mut harness, "no lock", || !sidecar(&desk, "service").contains("locked"));
    assert_eq!(harness.get_by_label("node quagga").accesskit_node().is_selected(), Some(true));
}

#[test]
fn the_inspector_of_a_group_scales_it_and_takes_members_out() {
    let desk = placed();
    let before = blueprint(&desk);
    let mut harness = desk.open();
    let made = group(&mut harness, &desk, "edge");
    click(&mut harness, "group edge");
    click(&mut harness, "Scale together");
    there(&mut harness, "field default_instances");
    harness.get_by_label("field default_instances").focus();
    harness.settle(2);
    type_over(&mut harness, "field default_instances", "3");
    harness.key_press(Key::Enter);
    harness.settle(3);
    let policy = "  edge_scaling:\n    type: cloudify.policies.scaling\n    targets: [ edge ]\n    properties:\n      default_instances: 3\n";
    let after = saved(&mut harness, &desk, "service");
    assert!(after.contains(policy), "{after}");
    click(&mut harness, "take nginx out of edge");
    let after = saved(&mut harness, &desk, "service");
    assert!(after.contains(&block("edge", &["quagga"])), "{after}");
    for _ in 0..3 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.settle(2);
    }
    assert_eq!(saved(&mut harness, &desk, "service"), made);
    assert_ne!(made, before);
}
