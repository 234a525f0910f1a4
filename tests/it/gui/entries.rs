//! Entries of maps in the inspector: renamed; and typed over where their value came from another lane.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::App;

use super::arranging::sidecar;
use super::naming::{saved, type_over};
use super::{Desk, Settle as _, click, wait, wait_named};

fn texts(harness: &mut Harness<'_, App>, desk: &Desk) -> Vec<String> {
    ["swarm-cluster", "service"].iter().map(|lane| saved(harness, desk, lane)).collect()
}

/// The window with an entry `MANAGER` of `nginx_container`, fed from the Swarm's lane; the texts before it and with it.
fn fed(desk: &Desk) -> (Harness<'static, App>, Vec<String>, Vec<String>) {
    let mut harness = desk.open();
    click(&mut harness, "node nginx_container");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    harness.settle(3);
    harness.get_by_label("add to env").focus();
    harness.settle(2);
    harness.get_by_label("add to env").type_text("MANAGER");
    harness.settle(2);
    harness.key_press(Key::Enter);
    wait(&mut harness, "field env.MANAGER");
    let before = texts(&mut harness, desk);
    click(&mut harness, "expression of env.MANAGER");
    click(&mut harness, "from another lane…");
    harness.get_by_label("Find a choice").type_text("manager_host.ip");
    harness.settle(3);
    harness.key_press(Key::Enter);
    wait(&mut harness, "get_attribute of env.MANAGER");
    let after = texts(&mut harness, desk);
    assert_ne!(before, after);
    (harness, before, after)
}

#[test]
fn a_plain_value_typed_over_one_of_another_lane_takes_away_what_that_made() {
    let desk = Desk::new();
    let (mut harness, before, after) = fed(&desk);
    click(&mut harness, "expression of env.MANAGER");
    click(&mut harness, "value");
    harness.get_by_label("field env.MANAGER").focus();
    harness.settle(2);
    harness.get_by_label("field env.MANAGER").type_text("here");
    harness.settle(2);
    harness.key_press(Key::Enter);
    harness.settle(3);
    let typed = texts(&mut harness, &desk);
    assert_eq!(typed[0], before[0], "the output that was made for it is gone");
    let line = before[1].lines().find(|line| line.contains("MANAGER:")).unwrap();
    assert_eq!(typed[1], before[1].replace(line, "        MANAGER: here"), "and its relationship, too");
    assert!(!sidecar(&desk, "service").contains("MANAGER"), "{}", sidecar(&desk, "service"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(texts(&mut harness, &desk), after, "one step");
}

#[test]
fn a_value_of_another_lane_inside_a_function_keeps_what_it_needs() {
    let desk = Desk::new();
    let (mut harness, before, after) = fed(&desk);
    click(&mut harness, "expression of env.MANAGER");
    click(&mut harness, "concat");
    wait(&mut harness, "add to env.MANAGER.concat");
    let wrapped = texts(&mut harness, &desk);
    assert_eq!(wrapped[0], after[0], "the output is read still");
    assert!(sidecar(&desk, "service").contains("MANAGER"), "{}", sidecar(&desk, "service"));
    click(&mut harness, "remove env.MANAGER");
    let gone = texts(&mut harness, &desk);
    assert_eq!(gone[0], before[0]);
    assert!(!gone[1].contains("MANAGER"), "{}", gone[1]);
}

#[test]
fn an_entry_gets_another_name_and_keeps_its_place_and_its_line() {
    let desk = Desk::new();
    let (mut harness, _, after) = fed(&desk);
    click(&mut harness, "rename env.MANAGER");
    type_over(&mut harness, "New name of MANAGER", "SERVERS");
    harness.get_by_label_contains("there is a `SERVERS` already");
    type_over(&mut harness, "New name of MANAGER", "SWARM");
    harness.key_press(Key::Enter);
    wait_named(&mut harness, "get_attribute of env.SWARM");
    let renamed = texts(&mut harness, &desk);
    assert_eq!(renamed[1], after[1].replace("MANAGER:", "SWARM:"));
    assert_eq!(renamed[0], after[0]);
    assert!(
        sidecar(&desk, "service").contains("env.SWARM") && !sidecar(&desk, "service").contains("MANAGER"),
        "{}",
        sidecar(&desk, "service")
    );
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(texts(&mut harness, &desk), after);
}

#[test]
fn what_reads_an_entry_in_other_nodes_and_outputs_follows_its_new_name() {
    let desk = Desk::new();
    let file = desk.project().join("service/blueprint.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let reading = text
        .replace(
            "      target_port: 80\n",
            "      target_port: { get_property: [ nginx_container, env, PORT ] }\n",
        )
        .replace("        SERVERS: ", "        PORT: 80\n        SERVERS: ")
        .replace(
            "      port: { get_input: http_port }\n",
            "      port: { get_property: [ nginx_container, env, PORT ] }\n",
        );
    std::fs::write(&file, &reading).unwrap();
    let mut harness = desk.open();
    click(&mut harness, "node nginx_container");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    harness.settle(3);
    click(&mut harness, "rename env.PORT");
    type_over(&mut harness, "New name of PORT", "INSIDE");
    harness.key_press(Key::Enter);
    wait_named(&mut harness, "field env.INSIDE");
    harness.get_by_label_contains("undo: rename");
    let wanted = reading.replace("PORT: 80", "INSIDE: 80").replace("env, PORT ]", "env, INSIDE ]");
    assert_eq!(saved(&mut harness, &desk, "service"), wanted);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &desk, "service"), reading, "one step");
}
