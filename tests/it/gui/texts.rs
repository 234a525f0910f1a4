//! The editor of texts: typing as the text before and after it, and what the picture makes of it.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::drawing::until;
use super::{Desk, Settle as _, click, wait};

pub(super) const SERVICE: &str = "text of service/blueprint.yaml";

/// A line of the service's blueprint that no other has.
const BEFORE: &str = "inherit_outputs: [ swarm_info ]";

/// Puts the caret at the end of the first line that holds `part`, as a person would: find it, then click.
pub(super) fn caret_behind(harness: &mut Harness<'_, App>, part: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.settle(3);
    let field = harness.get_by_label("Find text");
    field.focus();
    harness.settle(1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.settle(1);
    harness.get_by_label("Find text").type_text(part);
    harness.settle(4);
    click(harness, "Close find");
    let line = |node: &egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        let told = node.label().or(node.value()).unwrap_or_default();
        told.starts_with("line ") && told.contains(part)
    };
    harness.get_all_by_label_contains(part).find(line).unwrap().click();
    harness.settle(2);
    harness.key_press(Key::End);
    harness.settle(2);
}

fn saved(harness: &mut Harness<'_, App>, file: &std::path::Path, before: &str) -> String {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    until(harness, "the file", || std::fs::read_to_string(file).unwrap() != before);
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn what_is_typed_is_a_node_on_the_canvas_and_one_step_of_undo() {
    let desk = Desk::new();
    let file = desk.project().join("service/blueprint.yaml");
    let before = std::fs::read_to_string(&file).unwrap();
    let mut harness = desk.open();
    click(&mut harness, "lane service");
    caret_behind(&mut harness, BEFORE);
    harness.key_press(Key::Enter);
    for _ in 0..2 {
        harness.key_press(Key::Backspace);
    }
    harness.get_by_label(SERVICE).type_text("typed:");
    harness.key_press(Key::Enter);
    harness.get_by_label(SERVICE).type_text("type: cloudify.nodes.WebServer");
    wait(&mut harness, "node typed");
    let after = saved(&mut harness, &file, &before);
    let added = "  typed:\n    type: cloudify.nodes.WebServer";
    assert_eq!(after, before.replace(BEFORE, &format!("{BEFORE}\n{added}")));

    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(&mut harness, "the undone text", || true);
    for _ in 0..600 {
        if harness.query_by_label("node typed").is_none() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
    assert!(harness.query_by_label("node typed").is_none(), "one key takes all the typing back");
    assert_eq!(saved(&mut harness, &file, &after), before);
}

#[test]
fn the_caret_selects_its_node_and_the_selection_shows_its_lines() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    click(&mut harness, "lane service");
    caret_behind(&mut harness, "nginx_port:");
    assert_eq!(harness.get_by_label("node nginx_port").accesskit_node().is_selected(), Some(true));
    click(&mut harness, "node quagga");
    let line = harness.get_by_label_contains(":   quagga:");
    assert_eq!(line.accesskit_node().is_selected(), Some(true));
    assert_eq!(desk.files(), before, "looking changes nothing");
}

#[test]
fn a_broken_text_keeps_the_last_picture_and_says_where_it_broke() {
    let desk = Desk::new();
    let mut harness = desk.open();
    click(&mut harness, "lane service");
    caret_behind(&mut harness, BEFORE);
    harness.key_press(Key::Enter);
    for _ in 0..2 {
        harness.key_press(Key::Backspace);
    }
    harness.get_by_label(SERVICE).type_text("oops: [ 'never closed");
    wait(&mut harness, "The picture is the last one that could be read");
    harness.get_by_label("node quagga");
    harness.get_by_label("node nginx");
    harness.get_all_by_label_contains("mark on line ").next().expect("the line is marked");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    let told = "The picture is the last one that could be read";
    for _ in 0..600 {
        if harness.query_by_label_contains(told).is_none() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
    assert!(harness.query_by_label_contains(told).is_none());
}

#[test]
fn a_mend_is_offered_where_the_problem_stands() {
    let desk = Desk::new();
    let file = desk.project().join("service/blueprint.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let broken = text.replacen("type: cloudify.swarm.Container", "type: cloudify.swarm.Contaner", 1);
    assert_ne!(broken, text);
    std::fs::write(&file, &broken).unwrap();
    let mut harness = desk.open();
    click(&mut harness, "lane service");
    caret_behind(&mut harness, "cloudify.swarm.Contaner");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Period);
    harness.settle(3);
    wait(&mut harness, "offer mend");
    harness.key_press(Key::Enter);
    harness.settle(3);
    let after = saved(&mut harness, &file, &broken);
    let lines: Vec<(&str, &str)> = broken.lines().zip(after.lines()).filter(|(a, b)| a != b).collect();
    assert_eq!(lines.len(), 1, "one line differs");
    assert!(lines[0].1.contains("type: cloudify.swarm.Con"), "{lines:?}");
    assert!(!after.contains("Contaner"));
}

#[test]
fn a_descriptor_opens_in_the_same_editor() {
    let desk = Desk::new();
    let mut harness = desk.open();
    click(&mut harness, "lane service");
    click(&mut harness, "File service/blueprint.yaml");
    click(&mut harness, "service/resources/kubernetes/pod.yaml");
    wait(&mut harness, "text of service/resources/kubernetes/pod.yaml");
    let file = desk.project().join("service/resources/kubernetes/pod.yaml");
    let before = std::fs::read_to_string(&file).unwrap();
    harness.get_by_label("text of service/resources/kubernetes/pod.yaml").focus();
    harness.settle(2);
    harness.get_by_label("text of service/resources/kubernetes/pod.yaml").type_text("# mine");
    harness.key_press(Key::Enter);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &file, &before), format!("# mine\n{before}"));
}
