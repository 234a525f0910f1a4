//! Names and types asked for beside what they are about: renaming, adding by typing.

use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::arranging::pick;
use super::{Desk, Settle as _, click, wait};

/// Saves and gives the text of a lane.
pub(super) fn saved(harness: &mut Harness<'_, App>, desk: &Desk, lane: &str) -> String {
    let read = || std::fs::read_to_string(desk.project().join(lane).join("blueprint.yaml")).unwrap();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    let begun = std::time::Instant::now();
    while harness.query_by_label_contains("not saved").is_some() {
        assert!(begun.elapsed().as_secs() < 30, "saving never ended");
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
    read()
}

/// Clicks twice, fast.
pub(super) fn double_click(harness: &mut Harness<'_, App>, place: egui::Pos2) {
    harness.hover_at(place);
    harness.settle(2);
    let button = |pressed| egui::Event::PointerButton {
        pos: place,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    for _ in 0..2 {
        harness.input_mut().events.extend([button(true), button(false)]);
        harness.step();
    }
    harness.settle(3);
}

/// Types over all that a field holds.
pub(super) fn type_over(harness: &mut Harness<'_, App>, field: &str, text: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.settle(2);
    harness.get_by_label(field).type_text(text);
    harness.settle(3);
}

#[test]
fn a_node_gets_another_name_wherever_it_is_named() {
    let desk = Desk::new();
    let before = std::fs::read_to_string(desk.project().join("service/blueprint.yaml")).unwrap();
    let mut harness = desk.open();
    click(&mut harness, "node kubernetes_proxy");
    harness.key_press(Key::F2);
    harness.settle(3);
    // Taken, impossible, and the reason while it is typed.
    type_over(&mut harness, "New name of kubernetes_proxy", "quagga");
    harness.get_by_label_contains("there is a `quagga` already");
    type_over(&mut harness, "New name of kubernetes_proxy", "the cluster");
    harness.get_by_label_contains("can't be a name");
    harness.key_press(Key::Enter);
    harness.settle(3);
    type_over(&mut harness, "New name of kubernetes_proxy", "outside");
    harness.key_press(Key::Enter);
    wait(&mut harness, "node outside");
    assert_eq!(harness.get_by_label("node outside").accesskit_node().is_selected(), Some(true));
    let after = saved(&mut harness, &desk, "service");
    assert_eq!(after, before.replace("kubernetes_proxy", "outside"));

    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    wait(&mut harness, "node kubernetes_proxy");
    assert_eq!(saved(&mut harness, &desk, "service"), before);
}

#[test]
fn a_double_click_on_the_title_asks_for_a_name_and_escape_keeps_it() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let rect = harness.get_by_label("node quagga").rect();
    let title = rect.center_top() + vec2(0.0, 6.0);
    double_click(&mut harness, title);
    harness.settle(3);
    harness.get_by_label("New name of quagga");
    harness.key_press(Key::Escape);
    harness.settle(3);
    assert!(harness.query_by_label("New name of quagga").is_none());
    assert!(harness.query_by_label_contains("not saved").is_none());
}

#[test]
fn a_type_that_is_typed_becomes_a_node_and_its_plugin_is_imported_in_the_same_step() {
    let desk = Desk::new();
    let before = std::fs::read_to_string(desk.project().join("kubernetes-cluster/blueprint.yaml")).unwrap();
    let mut harness = desk.open();
    let lane = harness.get_by_label("lane kubernetes-cluster").rect().center();
    harness.hover_at(lane);
    harness.settle(2);
    harness.key_press(Key::Insert);
    harness.settle(3);
    harness.get_by_label("Which type?");
    harness.get_by_label("Find a choice").type_text("swarm.port");
    harness.settle(3);
    harness.get_by_label("Port");
    harness.key_press(Key::Enter);
    wait(&mut harness, "node port");
    let after = saved(&mut harness, &desk, "kubernetes-cluster");
    let import = "  - plugin:kubernetes\n  - plugin:swarm\n";
    let node = "\n  port:\n    type: cloudify.swarm.Port\n";
    assert!(after.contains(import) && after.contains(node), "{after}");
    assert_eq!(after.replace(import, "  - plugin:kubernetes\n").replace(node, ""), before);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &desk, "kubernetes-cluster"), before);
}

#[test]
fn a_name_is_typed_in_the_card_itself() {
    let desk = Desk::new();
    let mut harness = desk.open();
    for name in ["quagga", "apache1"] {
        pick(&mut harness, &[name]);
        let card = harness.get_by_label(&format!("node {name}")).rect();
        harness.key_press(Key::F2);
        harness.settle(3);
        let field = harness.get_by_label(&format!("New name of {name}")).rect();
        assert!(card.expand(3.0).contains_rect(field), "{name}: {field:?} in {card:?}");
        harness.key_press(Key::Escape);
        harness.settle(3);
    }
}
