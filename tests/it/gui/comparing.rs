//! What differs from what is deployed or saved, shown while a key is held.

use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::App;

use super::{Desk, Settle as _, click, deploy, wait};

const LEGEND: &str = "compared with";

fn hears(harness: &Harness<'_, App>, label: &str) -> bool {
    harness.query_all_by_label_contains(label).next().is_some()
}

#[test]
fn what_differs_from_what_is_saved_shows_as_long_as_the_key_is_held() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    harness.key_down(Key::Backtick);
    wait(&mut harness, "Nothing differs, compared with what is saved");
    harness.key_up(Key::Backtick);
    until_gone(&mut harness);

    click(&mut harness, "node swarm_proxy");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    wait(&mut harness, "node swarm_proxy_2");
    harness.settle(2);
    click(&mut harness, "node quagga");
    harness.key_press(Key::Delete);
    harness.settle(2);
    harness.key_down(Key::Backtick);
    wait(&mut harness, "gone quagga");
    harness.get_by_label("added swarm_proxy_2");
    harness.get_by_label("gone line quagga → kubernetes_proxy");
    harness.get_by_label("gone value ROUTES → quagga");
    assert!(hears(&harness, "gone, compared with what is saved"));
    harness.key_up(Key::Backtick);
    until_gone(&mut harness);
    assert!(!hears(&harness, "gone quagga"));
    assert_eq!(desk.files(), before, "looking changes nothing");
}

fn until_gone(harness: &mut Harness<'_, App>) {
    harness.settle(2);
    assert!(!hears(harness, LEGEND) && !hears(harness, "Comparing…"));
}

#[test]
fn a_lane_that_is_deployed_is_compared_with_that_and_each_change_is_told() {
    let desk = Desk::new();
    let mut harness = desk.open();
    deploy(&mut harness);
    drop(harness);
    let file = desk.project().join("service/blueprint.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = text.replace("default: quagga:1", "default: quagga:2");
    assert_ne!(text, changed);
    std::fs::write(&file, changed).unwrap();

    let mut harness = desk.open();
    harness.key_down(Key::Backtick);
    wait(&mut harness, "compared with what is deployed");
    harness.get_by_label("changed quagga: inputs.router_image: quagga:1 → quagga:2");
    assert!(!hears(&harness, "changed nginx"), "nothing else is");
    // With Shift it is compared with the files, and those are as drawn.
    harness.event(Event::ModifiersChanged(Modifiers::SHIFT));
    wait(&mut harness, "Nothing differs, compared with what is saved");
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    wait(&mut harness, "compared with what is deployed");
    harness.key_up(Key::Backtick);
    until_gone(&mut harness);
}

#[test]
fn typed_into_a_field_the_key_is_a_letter_and_from_the_menu_it_stays_until_escape() {
    let desk = Desk::new();
    let mut harness = desk.open();
    harness.key_press(Key::Slash);
    harness.settle(2);
    harness.key_down(Key::Backtick);
    harness.settle(3);
    assert!(!hears(&harness, LEGEND) && !hears(&harness, "Comparing…"));
    harness.key_up(Key::Backtick);
    harness.key_press(Key::Escape);
    harness.settle(2);
    super::arranging::command(&mut harness, "Differences");
    wait(&mut harness, "Nothing differs");
    harness.settle(3);
    assert!(hears(&harness, LEGEND), "nothing is held, and it stays");
    harness.key_press(Key::Escape);
    until_gone(&mut harness);
}
