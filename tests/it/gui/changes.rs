//! The list of changes: each gesture a line with its diff, and walking to any of them.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::naming::saved;
use super::{Desk, Settle as _, click, wait};

fn delete(harness: &mut Harness<'_, App>, node: &str) {
    click(harness, &format!("node {node}"));
    harness.key_press(Key::Delete);
    harness.settle(3);
    wait(harness, &format!("undo: delete {node}"));
}

fn step(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_label_contains(label).click();
    harness.settle(3);
}

#[test]
fn every_gesture_is_a_line_that_opens_into_its_diff_and_a_click_walks_there() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let first = saved(&mut harness, &desk, "service");
    delete(&mut harness, "nginx_port");
    let second = saved(&mut harness, &desk, "service");
    delete(&mut harness, "quagga");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::H);
    harness.settle(3);
    let gone = first.lines().count() - second.lines().count();
    harness.get_by_label(&format!("step delete nginx_port: +0 −{gone} in service/blueprint.yaml"));
    let now = harness.get_by_label_contains("step delete quagga: +0 −");
    assert_eq!(now.accesskit_node().is_selected(), Some(true), "the last step is how it is now");
    harness.get_by_label_contains("step since the last save: one file: +0 −");

    click(&mut harness, "open delete nginx_port");
    let gone = |harness: &Harness<'_, App>| -> Vec<String> {
        let lines = harness.query_all_by_label_contains("went line ");
        lines.filter_map(|line| line.accesskit_node().value()).collect()
    };
    let told = gone(&harness);
    assert!(!told.is_empty());
    for told in told {
        let (number, text) = told.strip_prefix("went line ").unwrap().split_once(": ").unwrap();
        let line = first.lines().nth(number.parse::<usize>().unwrap() - 1).unwrap();
        assert_eq!(line.trim(), text);
    }
    click(&mut harness, "fold delete nginx_port");
    assert!(gone(&harness).is_empty());

    step(&mut harness, "step delete nginx_port: ");
    wait(&mut harness, "node quagga");
    assert_eq!(saved(&mut harness, &desk, "service"), second);
    harness.get_by_label_contains("undone step delete quagga: ");
    click(&mut harness, "step as it was opened");
    assert_eq!(saved(&mut harness, &desk, "service"), first);
    step(&mut harness, "undone step delete quagga: ");
    let third = saved(&mut harness, &desk, "service");
    let gone = |node: &str| !third.contains(&format!("\n  {node}:\n"));
    assert!(gone("quagga") && gone("nginx_port"), "all of them are done again");
}

#[test]
fn what_is_typed_on_is_told_as_it_is_now() {
    let desk = Desk::new();
    let mut harness = desk.open();
    click(&mut harness, "lane service");
    super::texts::caret_behind(&mut harness, "inherit_outputs: [ swarm_info ]");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::H);
    harness.settle(2);
    let told = |harness: &Harness<'_, App>, text: &str| {
        let lines = harness.query_all_by_label_contains(text);
        lines
            .filter(|line| line.accesskit_node().value().unwrap_or_default().starts_with("came line"))
            .count()
    };
    // A pause of some frames would be another step: they are counted here, whatever is thought about meanwhile.
    harness.get_by_label(super::texts::SERVICE).type_text(" # one");
    harness.run_steps(1);
    harness.get_by_label("open type in service").click();
    harness.run_steps(2);
    assert_eq!(told(&harness, "# one"), 1);
    harness.get_by_label(super::texts::SERVICE).focus();
    harness.run_steps(1);
    harness.get_by_label(super::texts::SERVICE).type_text(", two");
    harness.settle(2);
    harness.get_by_label_contains("step type in service: +1 −1");
    assert_eq!(told(&harness, "# one, two"), 1);
}
