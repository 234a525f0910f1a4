//! New projects and lanes from templates, and the start screen.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::App;

use super::bringing::open_at;
use super::drawing::until;
use super::{Desk, Settle as _, click, wait};

/// Types another text into a field.
pub(super) fn fill(harness: &mut Harness<'_, App>, label: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, label).focus();
    harness.settle(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, label).type_text(text);
    harness.settle(2);
}

#[test]
fn the_start_screen_teaches_and_a_new_project_is_made_and_remembered() {
    let desk = Desk::new();
    let mut harness = open_at(&desk, None);
    harness.get_by_label("Open project…");
    harness.get_by_label_contains("drop something here");
    click(&mut harness, "New project…");
    harness.get_by_label("template Hybrid example");
    click(&mut harness, "template Service on Kubernetes");
    fill(&mut harness, "Replicas", "many");
    wait(&mut harness, "Replicas: `many` is no whole number");
    fill(&mut harness, "Replicas", "5");
    fill(&mut harness, "Folder", &desk.folder.path().to_string_lossy());
    fill(&mut harness, "Name", "a/b");
    wait(&mut harness, "a name is no path");
    fill(&mut harness, "Name", "first");
    click(&mut harness, "Create");
    wait(&mut harness, "node web_service");
    let root = desk.folder.path().join("first");
    let text = std::fs::read_to_string(root.join("kubernetes-service/blueprint.yaml")).unwrap();
    assert!(text.contains("replicas: 5\n") && !text.contains("{{"), "{text}");
    let remembered = desk.folder.path().join("data/recent.json");
    until(&mut harness, "what is remembered", || remembered.exists());
    drop(harness);

    let mut again = open_at(&desk, None);
    click(&mut again, "recent project first");
    wait(&mut again, "node web_service");
}

#[test]
fn a_new_lane_begins_with_a_template_as_one_step() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    harness.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::N);
    wait(&mut harness, "New lane");
    assert!(harness.query_by_label("template Hybrid example").is_none(), "a project is no lane");
    click(&mut harness, "template Swarm cluster");
    fill(&mut harness, "Workers", "3");
    click(&mut harness, "Create");
    // There is a lane of that name already.
    wait(&mut harness, "lane swarm-cluster-2");
    assert_eq!(desk.files(), before, "nothing is written before it is asked for");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    let made = desk.project().join("swarm-cluster-2/blueprint.yaml");
    until(&mut harness, "the blueprint", || made.exists());
    assert!(std::fs::read_to_string(&made).unwrap().contains("default: 3\n"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    let gone = |harness: &Harness<'_, App>| harness.query_by_label("lane swarm-cluster-2").is_none();
    for _ in 0..400 {
        if gone(&harness) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
    assert!(gone(&harness));
}
