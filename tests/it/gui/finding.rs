//! Finding one's way: palette of commands, go to node, text search, types, the map.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::{Desk, Settle as _, click, description, wait_named};

const SHIFT: Modifiers = Modifiers::SHIFT;

#[test]
fn a_node_is_gone_to_by_typing_and_escape_leaves_all_as_it_was() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let before = harness.get_by_label("node quagga").rect();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.settle(3);
    harness.get_by_label("Go to node").type_text("quag");
    harness.settle(3);
    assert_ne!(harness.get_by_label("node quagga").rect(), before, "the canvas shows it at once");
    harness.key_press(Key::Escape);
    harness.settle(4);
    assert_eq!(harness.get_by_label("node quagga").rect(), before);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.settle(3);
    harness.get_by_label("Go to node").type_text("nginx");
    harness.settle(3);
    harness.key_press(Key::ArrowDown);
    harness.settle(2);
    harness.key_press(Key::Enter);
    harness.settle(4);
    assert_eq!(harness.get_by_label("node nginx_container").accesskit_node().is_selected(), Some(true));
}

#[test]
fn text_is_found_in_every_blueprint() {
    let desk = Desk::new();
    let mut harness = desk.open();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.settle(3);
    harness.get_by_label("Find text").type_text("nginx_port");
    harness.settle(4);
    assert!(harness.query_all_by_label_contains("1 of 2").next().is_some());
    harness.key_press(Key::F3);
    harness.settle(4);
    harness.get_by_label("2 of 2");
    assert_eq!(harness.get_by_label("node nginx_port").accesskit_node().is_selected(), Some(true));
    harness.key_press_modifiers(SHIFT, Key::F3);
    harness.settle(4);
    harness.get_by_label("1 of 2");
    harness.key_press(Key::Escape);
    harness.settle(3);
    assert!(harness.query_by_label("Find text").is_none());
}

#[test]
fn the_palette_has_the_types_of_project_and_catalog() {
    let desk = Desk::new();
    let mut harness = desk.open();
    click(&mut harness, "Palette");
    let service = harness.get_all_by_label("type cloudify.swarm.Microservice").count();
    assert_eq!(service, 1);
    harness.get_by_label("type cloudify.nodes.WebServer");
    // It may be below what is in view.
    harness.get_by_label("favourite cloudify.swarm.Port").scroll_to_me();
    harness.settle(8);
    click(&mut harness, "favourite cloudify.swarm.Port");
    assert_eq!(harness.get_all_by_label("type cloudify.swarm.Port").count(), 2, "once more as a favourite");
    harness.key_press(Key::Slash);
    harness.settle(3);
    harness.get_by_label("Filter the types").type_text("proxy");
    harness.settle(3);
    harness.get_by_label("type cloudify.nodes.DeploymentProxy");
    assert!(harness.query_by_label("type cloudify.nodes.WebServer").is_none());
}

#[test]
fn the_map_shows_what_a_change_would_reach_and_then_rests() {
    let desk = Desk::new();
    let mut harness = desk.open();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::M);
    harness.settle(4);
    click(&mut harness, "map apache1");
    for (node, role) in [
        ("map nginx_container", "needs the selected node"),
        ("map kubernetes_proxy", "needs the selected node"),
        ("map swarm_proxy", ""),
    ] {
        assert_eq!(description(&harness, node), role, "{node}");
    }
    let mut drawn = 0;
    while harness.ctx.has_requested_repaint() {
        drawn += 1;
        assert!(drawn < 1000, "{:?}", harness.ctx.repaint_causes());
        harness.step();
    }
}

#[test]
fn all_panels_go_and_come_back_and_the_sheet_lists_every_command() {
    let desk = Desk::new();
    let mut harness = desk.open();
    harness.key_press_modifiers(Modifiers::ALT, Key::Z);
    harness.settle(3);
    assert!(harness.query_by_label("outline nginx").is_none());
    harness.key_press_modifiers(Modifiers::ALT, Key::Z);
    harness.settle(3);
    harness.get_by_label("outline nginx");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Slash);
    harness.settle(3);
    harness.get_by_label("Filter the shortcuts").type_text("ctrl+p");
    harness.settle(3);
    harness.get_by_label("Go to node…");
    assert!(harness.query_by_label("Fit selection").is_none());
}

#[test]
fn one_walks_from_node_to_node_by_keys_and_backspace_deletes() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let chosen = |harness: &Harness<'_, App>, name: &str| {
        harness.get_by_label(&format!("node {name}")).accesskit_node().is_selected() == Some(true)
    };
    click(&mut harness, "outline apache1");
    for (key, name) in [(Key::ArrowRight, "apache2"), (Key::ArrowUp, "data"), (Key::ArrowUp, "master")] {
        let before = desk.files();
        harness.key_press_modifiers(Modifiers::ALT, key);
        harness.settle(3);
        assert!(chosen(&harness, name), "{key:?} leads to {name}");
        assert_eq!(desk.files(), before, "walking changes no byte");
    }
    click(&mut harness, "outline apache1");
    harness.key_press_modifiers(Modifiers::ALT | Modifiers::SHIFT, Key::ArrowRight);
    harness.settle(3);
    assert!(
        chosen(&harness, "apache1") && chosen(&harness, "apache2"),
        "with Shift beside what was selected"
    );
    click(&mut harness, "node http2");
    harness.key_press(Key::Backspace);
    harness.settle(4);
    assert!(harness.query_by_label("node http2").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    wait_named(&mut harness, "node http2");
}

#[test]
fn every_row_of_the_list_is_one_line_however_much_there_is_to_say() {
    let desk = Desk::new();
    let mut harness = desk.open();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.settle(3);
    let field = harness.get_by_label("Find command or node").rect();
    for name in ["Reload", "Export picture…"] {
        let rows: Vec<_> = harness.query_all_by_label(name).map(|row| row.rect()).collect();
        let row = rows.iter().find(|row| row.top() > field.bottom() && row.left() < field.right());
        let row = row.unwrap_or_else(|| panic!("{name}: {rows:?}"));
        assert!(row.height() < 30.0 && row.width() <= field.width() + 1.0, "{name}: {row:?} {field:?}");
    }
}
