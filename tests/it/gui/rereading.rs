//! Ends of lines of values dragged elsewhere: both files before and after, as one step, and what is refused.

use egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::App;

use super::naming::saved;
use super::nesting::drag;
use super::{Desk, Settle as _, click, wait};

fn texts(harness: &mut Harness<'_, App>, desk: &Desk) -> Vec<String> {
    let lanes = ["kubernetes-cluster", "swarm-cluster", "service"];
    lanes.iter().map(|lane| saved(harness, desk, lane)).collect()
}

fn knob(harness: &Harness<'_, App>, label: &str) -> Pos2 {
    harness.get_by_label(label).rect().center()
}

fn undo(harness: &mut Harness<'_, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
}

/// Chooses a new entry of the environment, and names it.
fn new_entry(harness: &mut Harness<'_, App>, name: &str) {
    harness.get_by_label("Find a choice").type_text("env.…");
    harness.settle(3);
    harness.key_press(Key::Enter);
    harness.settle(3);
    harness.get_by_label("New entry of env").type_text(name);
    harness.settle(3);
    harness.key_press(Key::Enter);
}

/// A line of values from the head of `manager_host` to a new entry of `nginx_container`, drawn and picked; the texts
/// before it and with it.
fn drawn(desk: &Desk) -> (Harness<'static, App>, Vec<String>, Vec<String>) {
    let mut harness = desk.open();
    let before = texts(&mut harness, desk);
    let head = harness.get_by_label("node manager_host").rect().center_top() + vec2(0.0, 8.0);
    harness.hover_at(head);
    harness.settle(2);
    let from = knob(&harness, "connect from manager_host");
    let to = harness.get_by_label("node nginx_container").rect().center();
    drag(&mut harness, from, to);
    harness.drop_at(to);
    harness.settle(3);
    click(&mut harness, "ip (at run time)");
    new_entry(&mut harness, "MANAGER");
    wait(&mut harness, "MANAGER unknown yet");
    harness.settle(3);
    let after = texts(&mut harness, desk);
    click(&mut harness, "MANAGER unknown yet");
    (harness, before, after)
}

#[test]
fn the_reading_end_of_a_drawn_line_goes_to_another_node_with_all_that_was_made_for_it() {
    let desk = Desk::new();
    let (mut harness, before, after) = drawn(&desk);
    let (from, to) = (
        knob(&harness, "end of value MANAGER → nginx_container"),
        harness.get_by_label("node quagga").rect().center(),
    );
    drag(&mut harness, from, to);
    harness.get_by_label("read a value → quagga");
    harness.drop_at(to);
    harness.settle(3);
    harness.get_by_label("Where does quagga read it?");
    new_entry(&mut harness, "SWARM");
    wait(&mut harness, "SWARM unknown yet");
    harness.settle(3);
    harness.get_by_label_contains("undo: read nginx_container.env.MANAGER at quagga.env.SWARM");
    let moved = texts(&mut harness, &desk);
    assert_eq!(moved[1], after[1], "the output is read still");
    assert!(!moved[2].contains("MANAGER"), "{}", moved[2]);
    assert!(moved[2].contains("SWARM: { get_attribute: [ swarm_proxy, "), "{}", moved[2]);
    let container = |text: &str| text.split("\n  nginx_container:\n").nth(1).unwrap().to_owned();
    assert_eq!(container(&moved[2]), container(&before[2]), "nothing of the line is left there");

    // Deleted there, everything is as before the line was drawn.
    click(&mut harness, "SWARM unknown yet");
    harness.key_press(Key::Delete);
    harness.settle(3);
    assert_eq!(texts(&mut harness, &desk), before);
    undo(&mut harness);
    assert_eq!(texts(&mut harness, &desk), moved);
    undo(&mut harness);
    assert_eq!(texts(&mut harness, &desk), after, "one step, in both files");
}

#[test]
fn the_source_of_a_drawn_line_is_another_output_and_what_the_old_one_had_made_is_gone() {
    let desk = Desk::new();
    let (mut harness, before, after) = drawn(&desk);
    let (from, to) = (
        knob(&harness, "start of value MANAGER → nginx_container"),
        harness.get_by_label("output swarm_info.manager_port").rect().center(),
    );
    drag(&mut harness, from, to);
    harness.get_by_label("read swarm_info.manager_port");
    harness.drop_at(to);
    harness.settle(4);
    let read = "MANAGER: { get_attribute: [ swarm_proxy, swarm_info, manager_port ] }";
    let moved = texts(&mut harness, &desk);
    assert!(moved[2].contains(read), "{}", moved[2]);
    assert_eq!(moved[1], before[1], "the output that was made for the line is gone");
    undo(&mut harness);
    assert_eq!(texts(&mut harness, &desk), after, "one step, in both files");
}

#[test]
fn a_line_that_a_function_makes_something_of_moves_as_it_is_written() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let before = texts(&mut harness, &desk);
    click(&mut harness, "ROUTES unknown yet");
    let from = knob(&harness, "end of value ROUTES → quagga");
    let worker = harness.get_by_label("node worker").rect().center();
    drag(&mut harness, from, worker);
    harness.get_by_label("a function makes something of the value: that stays in its lane");
    harness.key_press(Key::Escape);
    harness.settle(2);
    harness.drop_at(worker);
    harness.settle(3);

    let from = knob(&harness, "end of value ROUTES → quagga");
    let to = harness.get_by_label("node nginx_container").rect().center();
    drag(&mut harness, from, to);
    harness.drop_at(to);
    harness.settle(3);
    new_entry(&mut harness, "WAYS");
    wait(&mut harness, "WAYS unknown yet");
    harness.settle(3);
    let moved = texts(&mut harness, &desk);
    let line = before[2].lines().find(|line| line.contains("ROUTES: ")).unwrap();
    assert!(!moved[2].contains("ROUTES:"), "{}", moved[2]);
    assert!(moved[2].contains(&line.replace("ROUTES", "WAYS")), "{}", moved[2]);
    assert_eq!(moved[2].matches("target: kubernetes_proxy").count(), 2, "both are tied to it already");
    undo(&mut harness);
    assert_eq!(texts(&mut harness, &desk), before);
}

#[test]
fn another_output_is_read_inside_of_a_function_and_its_own_lane_is_refused() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let before = texts(&mut harness, &desk);
    click(&mut harness, "ROUTES unknown yet");
    let from = knob(&harness, "start of value ROUTES → quagga");
    let own = harness.get_by_label("output service_info.port").rect().center();
    drag(&mut harness, from, own);
    harness.get_by_label("both ends are in one lane: no output is needed there");
    harness.key_press(Key::Escape);
    harness.settle(2);
    harness.drop_at(own);
    harness.settle(3);
    let from = knob(&harness, "start of value ROUTES → quagga");
    let to = harness.get_by_label("output swarm_info.manager_ip").rect().center();
    drag(&mut harness, from, to);
    harness.drop_at(to);
    harness.settle(4);
    let after = texts(&mut harness, &desk);
    assert_eq!(after[..2], before[..2]);
    let read =
        "ROUTES: { concat: [ { get_attribute: [ swarm_proxy, swarm_info, manager_ip ] }, ' dev eth1' ] }";
    assert!(after[2].contains(read), "{}", after[2]);
    undo(&mut harness);
    assert_eq!(texts(&mut harness, &desk), before);
}
