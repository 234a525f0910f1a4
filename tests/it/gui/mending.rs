//! The Problems tab: what is wrong, mended by a button, as the file before and after it.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::drawing::until;
use super::{Desk, Settle as _, wait};

#[test]
fn a_problem_is_mended_by_its_button_as_one_step() {
    let desk = Desk::new();
    let file = desk.project().join("service/blueprint.yaml");
    let good = std::fs::read_to_string(&file).unwrap();
    let bad = good.replacen("type: cloudify.swarm.Port", "type: cloudify.swarm.Prot", 1);
    assert_ne!(bad, good);
    std::fs::write(&file, &bad).unwrap();
    let mut harness = desk.open();
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    harness.settle(3);
    wait(&mut harness, "problem unknown-node-type");

    harness.get_by_label_contains("Fix: ").click();
    harness.settle(3);
    wait(&mut harness, "No problems.");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    until(&mut harness, "the mended file", || std::fs::read_to_string(&file).unwrap() == good);

    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    wait(&mut harness, "problem unknown-node-type");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    until(&mut harness, "the file as it was", || std::fs::read_to_string(&file).unwrap() == bad);
}

/// What has no mend has no button.
#[test]
fn only_what_can_be_mended_has_a_button() {
    let desk = Desk::new();
    let file = desk.project().join("service/blueprint.yaml");
    let good = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, good.replacen("node_templates:", "node_templates: [", 1)).unwrap();
    let mut harness = desk.open();
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    harness.settle(3);
    wait(&mut harness, "problem syntax");
    assert!(harness.query_all_by_label_contains("Fix: ").next().is_none());
}
