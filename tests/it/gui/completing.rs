//! Completion in the editor of texts, and going where a name is defined.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::texts::{SERVICE, caret_behind};
use super::{Desk, Settle as _, click, wait};

/// A line of the service's blueprint that no other has, at the end of a node.
const END: &str = "inherit_outputs: [ swarm_info ]";

/// The editor with the caret on a new line behind the last node, `spaces` in.
fn new_line(desk: &Desk, spaces: usize) -> Harness<'static, App> {
    let mut harness = desk.open();
    click(&mut harness, "lane service");
    caret_behind(&mut harness, END);
    harness.key_press(Key::Enter);
    // It stands six in.
    for _ in 0..(6 - spaces) / 2 {
        harness.key_press(Key::Backspace);
    }
    harness.settle(1);
    harness
}

fn write(harness: &mut Harness<'_, App>, text: &str) {
    harness.get_by_label(SERVICE).type_text(text);
    harness.settle(3);
}

fn key(harness: &mut Harness<'_, App>, key: Key) {
    harness.key_press(key);
    harness.settle(3);
}

fn ask(harness: &mut Harness<'_, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Space);
    harness.settle(3);
}

/// The text that is shown, as its lines are heard.
fn lines(harness: &Harness<'_, App>) -> Vec<String> {
    let spoken = |node: egui_kittest::Node<'_>| {
        let text = node.accesskit_node().value().unwrap_or_default();
        text.strip_prefix("line ").and_then(|rest| Some(rest.split_once(": ")?.1.to_owned()))
    };
    harness.query_all_by_label_contains("line ").filter_map(spoken).collect()
}

fn has(harness: &Harness<'_, App>, line: &str) -> bool {
    lines(harness).iter().any(|known| known == line)
}

#[test]
fn a_node_is_written_from_offers_alone() {
    let desk = Desk::new();
    let mut harness = new_line(&desk, 2);
    write(&mut harness, "cache:");
    key(&mut harness, Key::Enter);
    write(&mut harness, "ty");
    wait(&mut harness, "offer required key: type");
    key(&mut harness, Key::Tab);
    assert!(has(&harness, "    type:"), "{:?}", lines(&harness));
    // The types are listed at once; some letters choose among them.
    write(&mut harness, "swarm.Contai");
    harness.get_by_label("offer node type: cloudify.swarm.Container");
    key(&mut harness, Key::Enter);
    assert!(has(&harness, "    type: cloudify.swarm.Container"), "{:?}", lines(&harness));
    key(&mut harness, Key::Enter);
    write(&mut harness, "prop");
    key(&mut harness, Key::Tab);
    assert!(has(&harness, "    properties:"), "{:?}", lines(&harness));
    write(&mut harness, "im");
    harness.get_by_label_contains("property: image");
    key(&mut harness, Key::Tab);
    write(&mut harness, "{ get_in");
    key(&mut harness, Key::Tab);
    write(&mut harness, "ngi");
    key(&mut harness, Key::Tab);
    assert!(has(&harness, "      image: { get_input: nginx_image }"), "{:?}", lines(&harness));
    wait(&mut harness, "node cache");
}

#[test]
fn targets_are_offered_with_what_they_are_and_escape_leaves_the_text() {
    let desk = Desk::new();
    let mut harness = new_line(&desk, 4);
    write(&mut harness, "relationships:");
    key(&mut harness, Key::Enter);
    write(&mut harness, "- target: kuber");
    harness.get_by_label("offer node: kubernetes_proxy");
    let doc = harness.query_all_by_label_contains("cloudify.nodes.DeploymentProxy");
    assert!(doc.count() > 0, "what it is stands below the list");
    key(&mut harness, Key::Escape);
    assert!(harness.query_by_label("offer node: kubernetes_proxy").is_none());
    assert!(has(&harness, "      - target: kuber"), "{:?}", lines(&harness));
    ask(&mut harness);
    key(&mut harness, Key::Enter);
    assert!(has(&harness, "      - target: kubernetes_proxy"), "{:?}", lines(&harness));
    key(&mut harness, Key::Enter);
    assert!(has(&harness, "      - target: kubernetes_proxy"), "a whole word keeps Enter for the line");
}

#[test]
fn enter_after_a_whole_word_is_a_new_line() {
    let desk = Desk::new();
    let mut harness = new_line(&desk, 2);
    write(&mut harness, "typed:");
    key(&mut harness, Key::Enter);
    write(&mut harness, "type: cloudify.nodes.Root");
    key(&mut harness, Key::Enter);
    write(&mut harness, "x");
    assert!(
        has(&harness, "    type: cloudify.nodes.Root") && has(&harness, "    x"),
        "{:?}",
        lines(&harness)
    );
}

#[test]
fn a_click_with_ctrl_goes_to_what_is_named() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    click(&mut harness, "lane service");
    let go = |harness: &mut Harness<'_, App>, line: &str| {
        caret_behind(harness, line);
        harness.key_press(Key::F12);
        harness.settle(4);
    };
    go(&mut harness, "{ get_input: nginx_image");
    // The end of that line is a bracket: nothing is named there.
    harness.key_press(Key::ArrowLeft);
    harness.key_press(Key::ArrowLeft);
    harness.key_press(Key::ArrowLeft);
    harness.key_press(Key::F12);
    harness.settle(4);
    let told = harness.get_by_label(SERVICE).accesskit_node().value().unwrap_or_default();
    assert_eq!(told.trim(), "nginx_image:", "the caret stands where the input is defined");
    go(&mut harness, "target: nginx_container");
    assert_eq!(harness.get_by_label("node nginx_container").accesskit_node().is_selected(), Some(true));
    go(&mut harness, "type: cloudify.swarm.Container");
    wait(&mut harness, "text of built-in:");
    let told = harness.get_by_label_contains("text of built-in:").accesskit_node().value();
    assert_eq!(told.unwrap_or_default().trim(), "cloudify.swarm.Container:");
    harness.get_by_label_contains("text of built-in:").type_text("nobody writes here");
    harness.settle(3);
    assert!(harness.query_by_label_contains("nobody writes here").is_none());
    assert_eq!(desk.files(), before);
}
