//! Copy, cut, paste and duplicate: the clipboard holds YAML.

use egui::{Event, Key, Modifiers, OutputCommand, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::naming::saved;
use super::{Desk, Settle as _, click, wait};

/// Gives the window an event of the system's clipboard; what it copied then.
fn clipboard(harness: &mut Harness<'_, App>, event: Event) -> Option<String> {
    harness.input_mut().events.push(event);
    harness.step();
    let copied = harness.output().platform_output.commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    harness.settle(3);
    copied
}

fn read(desk: &Desk, lane: &str) -> String {
    std::fs::read_to_string(desk.project().join(lane).join("blueprint.yaml")).unwrap()
}

#[test]
fn nodes_go_over_the_clipboard_into_another_lane_with_their_links_and_imports() {
    let desk = Desk::new();
    let before = read(&desk, "kubernetes-cluster");
    let mut harness = desk.open();
    click(&mut harness, "node nginx_container");
    for name in ["nginx_port", "nginx"] {
        let head = harness.get_by_label(&format!("node {name}")).rect().center_top() + vec2(0.0, 6.0);
        harness.event(Event::ModifiersChanged(Modifiers::SHIFT));
        harness.hover_at(head);
        harness.drag_at(head);
        harness.drop_at(head);
        harness.settle(3);
        harness.event(Event::ModifiersChanged(Modifiers::NONE));
    }
    for name in ["node nginx", "node nginx_port", "node nginx_container"] {
        assert_eq!(harness.get_by_label(name).accesskit_node().is_selected(), Some(true), "{name}");
    }
    let copied = clipboard(&mut harness, Event::Copy).expect("something is copied");
    assert!(copied.starts_with("node_templates:\n"), "{copied}");
    assert!(copied.contains("        target: nginx_port\n"), "{copied}");

    let lane = harness.get_by_label("lane kubernetes-cluster").rect().center();
    harness.hover_at(lane);
    harness.settle(2);
    clipboard(&mut harness, Event::Paste(copied));
    wait(&mut harness, "there is no `swarm_proxy` here: a relationship to it was left out");
    let after = saved(&mut harness, &desk, "kubernetes-cluster");
    assert!(after.contains("  - plugin:kubernetes\n  - plugin:swarm\n"), "{after}");
    for name in ["nginx", "nginx_container", "nginx_port"] {
        assert!(after.contains(&format!("\n  {name}:\n    type: cloudify.swarm.")), "{after}");
    }
    assert!(!after.contains("swarm_proxy"), "{after}");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &desk, "kubernetes-cluster"), before, "one step");
}

#[test]
fn a_duplicate_stands_beside_and_is_selected() {
    let desk = Desk::new();
    let before = read(&desk, "service");
    let mut harness = desk.open();
    click(&mut harness, "node quagga");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    wait(&mut harness, "node quagga_2");
    assert_eq!(harness.get_by_label("node quagga_2").accesskit_node().is_selected(), Some(true));
    let after = saved(&mut harness, &desk, "service");
    let at = after.find("\n  quagga_2:\n").unwrap();
    let new = &after[at..at + after[at..].find("\noutputs:").unwrap()];
    assert!(new.contains("target: kubernetes_proxy"), "{new}");
    assert_eq!(after.replace(new, ""), before);
}

#[test]
fn cutting_removes_and_pasting_rubbish_says_what_is_wanted() {
    let desk = Desk::new();
    let before = read(&desk, "service");
    let mut harness = desk.open();
    click(&mut harness, "node quagga");
    let copied = clipboard(&mut harness, Event::Cut).expect("something is copied");
    assert!(copied.contains("  quagga:\n"), "{copied}");
    assert!(!saved(&mut harness, &desk, "service").contains("cloudify.kubernetes.Microservice"));
    for rubbish in
        ["Dear Sir or Madam", "{ [ }", "kind: Pod\nspec: {}\n", "- 1\n- 2\n", "\u{0}\u{1}", "a: &a [*a, *a]"]
    {
        clipboard(&mut harness, Event::Paste(rubbish.to_owned()));
        wait(&mut harness, "what is on the clipboard is no node templates");
        wait(&mut harness, "Hint: nodes are YAML");
        click(&mut harness, "Close message");
    }
    clipboard(&mut harness, Event::Paste("cache:\n  type: cloudify.nodes.DBMS\n".to_owned()));
    wait(&mut harness, "node cache");
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.settle(3);
    }
    assert_eq!(saved(&mut harness, &desk, "service"), before);
}

/// Drags with Ctrl held from its beginning; still held.
fn drag_a_copy(harness: &mut Harness<'_, App>, from: egui::Pos2, by: egui::Vec2) {
    harness.event(Event::ModifiersChanged(Modifiers::COMMAND));
    super::nesting::drag(harness, from, from + by);
}

#[test]
fn with_ctrl_a_copy_is_dragged_and_stands_where_it_is_let_go() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    let (card, by) = (harness.get_by_label("node quagga").rect(), vec2(0.0, -70.0));
    drag_a_copy(&mut harness, card.center(), by);
    harness.get_by_label("copy of quagga");
    harness.key_press(Key::Escape);
    harness.settle(2);
    assert!(harness.query_by_label("copy of quagga").is_none(), "Escape gives it up");
    harness.drop_at(card.center() + by);
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    harness.settle(3);
    assert!(harness.query_by_label("node quagga_2").is_none());
    assert_eq!(desk.files(), before);

    drag_a_copy(&mut harness, card.center(), by);
    harness.drop_at(card.center() + by);
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    wait(&mut harness, "node quagga_2");
    harness.get_by_label_contains("undo: duplicate quagga");
    // The lane may have grown: they stand to each other as they were let go, to the next line of the grid.
    let (own, copy) =
        (harness.get_by_label("node quagga").rect(), harness.get_by_label("node quagga_2").rect());
    assert!((own.center() + by).distance(copy.center()) < 14.0, "{own:?} {copy:?}");
    let text = saved(&mut harness, &desk, "service");
    assert!(text.split("\n  quagga_2:\n").nth(1).unwrap().contains("target: kubernetes_proxy"), "{text}");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    saved(&mut harness, &desk, "service");
    assert_eq!(desk.files(), before, "one step, with its place");
}

#[test]
fn a_copy_of_a_container_brings_what_lies_in_it() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let head = harness.get_by_label("node apache2").rect().center_top() + vec2(0.0, 6.0);
    drag_a_copy(&mut harness, head, vec2(0.0, 60.0));
    harness.drop_at(head + vec2(0.0, 60.0));
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    wait(&mut harness, "node http2_2");
    let told = super::description(&harness, "node http2_2");
    assert!(told.contains("in apache2_2"), "{told}");
}

/// Where nodes stand on the screen, relative to one of them.
fn around(harness: &Harness<'_, App>, of: &str, names: &[&str]) -> Vec<egui::Vec2> {
    let place = |name: &str| harness.get_by_label(&format!("node {name}")).rect().min;
    names.iter().map(|name| place(name) - place(of)).collect()
}

#[test]
fn what_nobody_placed_stays_where_it_is_when_a_copy_comes() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let others = ["nginx", "nginx_container", "kubernetes_proxy", "swarm_proxy"];
    let before = around(&harness, "quagga", &others);
    let (card, by) = (harness.get_by_label("node quagga").rect(), vec2(-30.0, -70.0));
    drag_a_copy(&mut harness, card.center(), by);
    harness.drop_at(card.center() + by);
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    wait(&mut harness, "node quagga_2");
    harness.settle(4);
    for ((name, before), after) in others.iter().zip(&before).zip(around(&harness, "quagga", &others)) {
        assert!((*before - after).length() < 1.0, "{name}: {before:?} {after:?}");
    }
}

#[test]
fn ctrl_and_an_arrow_copy_the_node_beside_it_with_a_line_in_one_step() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    click(&mut harness, "node quagga");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::ArrowDown);
    wait(&mut harness, "node quagga_2");
    harness.settle(4);
    harness.get_by_label_contains("undo: copy quagga and connect it");
    harness.get_by_label("line quagga → quagga_2");
    assert_eq!(harness.get_by_label("node quagga_2").accesskit_node().is_selected(), Some(true));
    let (own, copy) =
        (harness.get_by_label("node quagga").rect(), harness.get_by_label("node quagga_2").rect());
    assert!(copy.top() > own.bottom() + 10.0, "{own:?} {copy:?}");
    assert!((copy.left() - own.left()).abs() < 2.0 || copy.left() > own.right(), "{own:?} {copy:?}");

    // It goes on from the copy: it is selected.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::ArrowRight);
    wait(&mut harness, "node quagga_3");
    harness.settle(4);
    harness.get_by_label("line quagga_2 → quagga_3");
    let text = saved(&mut harness, &desk, "service");
    let copy = text.split("\n  quagga_2:\n").nth(1).unwrap();
    assert!(copy.contains("target: kubernetes_proxy"), "tied as the first one: {text}");
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.settle(4);
    }
    saved(&mut harness, &desk, "service");
    assert_eq!(desk.files(), before, "each is one step");
}

#[test]
fn ctrl_and_an_arrow_do_nothing_for_many_nodes_and_say_why() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    super::arranging::pick(&mut harness, &["quagga", "swarm_proxy"]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::ArrowRight);
    harness.settle(4);
    harness.get_by_label_contains("select a single one");
    assert_eq!(desk.files(), before);
}
