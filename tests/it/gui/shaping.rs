//! Lining up, distances, guides, one direction, moving by keys: where things stand before and after.

use egui::{Event, Key, Modifiers, Pos2, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::App;

use super::arranging::{command, pick, place, places, sidecar};
use super::drawing::until;
use super::{Desk, Settle as _};

fn before() -> String {
    places(&[("quagga", 0, 0), ("nginx", 330, 240), ("kubernetes_proxy", 40, 600)])
}

fn placed() -> Desk {
    let desk = Desk::new();
    std::fs::write(desk.project().join("service/blueprint.layout.yaml"), before()).unwrap();
    desk
}

fn rect(harness: &Harness<'_, App>, name: &str) -> Rect {
    harness.get_by_label(&format!("node {name}")).rect()
}

fn near(a: f32, b: f32) -> bool {
    (a - b).abs() < 1.0
}

#[test]
fn a_letter_lines_up_what_is_selected_and_undo_puts_it_back() {
    let desk = placed();
    let mut harness = desk.open();
    pick(&mut harness, &["quagga", "nginx", "kubernetes_proxy"]);
    harness.key_press_modifiers(Modifiers::ALT, Key::A);
    harness.settle(3);
    harness.get_by_label("Left edges");
    harness.get_by_label("Find a choice").type_text("l");
    harness.settle(3);
    until(&mut harness, "the left edges", || sidecar(&desk, "service") != before());
    harness.settle(3);
    let lefts: Vec<f32> =
        ["quagga", "nginx", "kubernetes_proxy"].iter().map(|name| rect(&harness, name).left()).collect();
    assert!(near(lefts[0], lefts[1]) && near(lefts[1], lefts[2]), "{lefts:?}");
    harness.get_by_label_contains("undo: align left edges");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(&mut harness, "the places before", || sidecar(&desk, "service") == before());
}

#[test]
fn distances_become_even_and_one_node_alone_is_told_to_be_too_few() {
    let desk = placed();
    let mut harness = desk.open();
    pick(&mut harness, &["quagga"]);
    command(&mut harness, "Even vertical distances");
    harness.get_by_label_contains("3 nodes are needed");
    pick(&mut harness, &["quagga", "nginx", "kubernetes_proxy"]);
    command(&mut harness, "Even vertical distances");
    until(&mut harness, "the distances", || sidecar(&desk, "service") != before());
    harness.settle(3);
    let [a, b, c] = ["quagga", "nginx", "kubernetes_proxy"].map(|name| rect(&harness, name));
    assert!(near(b.top() - a.bottom(), c.top() - b.bottom()), "{a:?} {b:?} {c:?}");
}

#[test]
fn arrows_move_what_is_selected_and_holding_one_is_one_step() {
    let desk = placed();
    let mut harness = desk.open();
    pick(&mut harness, &["kubernetes_proxy"]);
    for _ in 0..3 {
        harness.key_down(Key::ArrowRight);
        harness.step();
    }
    harness.key_up(Key::ArrowRight);
    harness.settle(3);
    until(&mut harness, "the new place", || {
        sidecar(&desk, "service").contains(&place("kubernetes_proxy", 100, 600))
    });
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowUp);
    harness.settle(3);
    until(&mut harness, "five steps", || {
        sidecar(&desk, "service").contains(&place("kubernetes_proxy", 100, 500))
    });
    let fine = Modifiers { shift: true, ..Modifiers::COMMAND };
    harness.key_press_modifiers(fine, Key::ArrowLeft);
    harness.settle(3);
    until(&mut harness, "one point", || {
        sidecar(&desk, "service").contains(&place("kubernetes_proxy", 99, 500))
    });
    for _ in 0..3 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.settle(3);
    }
    until(&mut harness, "the places before", || sidecar(&desk, "service") == before());
}

/// Drags by `by` with keys held, and lets go.
fn drag(harness: &mut Harness<'_, App>, from: Pos2, by: egui::Vec2, modifiers: Modifiers) {
    harness.hover_at(from);
    harness.step();
    harness.drag_at(from);
    harness.step();
    for step in 1..=8u8 {
        harness.input_mut().events.push(Event::ModifiersChanged(modifiers));
        harness.hover_at(from + by * (f32::from(step) / 8.0));
        harness.step();
    }
    harness.step();
}

#[test]
fn a_dragged_node_comes_in_line_with_others_and_says_so() {
    let desk = placed();
    let mut harness = desk.open();
    let (moved, other) = (rect(&harness, "kubernetes_proxy"), rect(&harness, "quagga"));
    // Almost below the other one: less than the reach of a guide is missing.
    let by = vec2(other.left() - moved.left() + 3.0, 11.0);
    drag(&mut harness, moved.center(), by, Modifiers::NONE);
    harness.get_by_label_contains("in a column");
    harness.drop_at(moved.center() + by);
    harness.settle(3);
    until(&mut harness, "the new place", || {
        sidecar(&desk, "service").contains("kubernetes_proxy:\n    x: 0\n    'y': 6")
    });
    assert!(near(rect(&harness, "kubernetes_proxy").left(), rect(&harness, "quagga").left()));
}

#[test]
fn shift_keeps_to_one_direction_and_alt_comes_to_no_grid() {
    let desk = placed();
    let mut harness = desk.open();
    let moved = rect(&harness, "kubernetes_proxy");
    drag(&mut harness, moved.center(), vec2(9.0, 60.0), Modifiers::SHIFT);
    harness.drop_at(moved.center() + vec2(9.0, 60.0));
    harness.settle(3);
    harness.input_mut().events.push(Event::ModifiersChanged(Modifiers::NONE));
    until(&mut harness, "the new place", || sidecar(&desk, "service") != before());
    assert!(
        sidecar(&desk, "service").contains("kubernetes_proxy:\n    x: 40\n    'y': "),
        "{}",
        sidecar(&desk, "service")
    );
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(&mut harness, "the places before", || sidecar(&desk, "service") == before());
    harness.settle(3);
    let moved = rect(&harness, "kubernetes_proxy");
    drag(&mut harness, moved.center(), vec2(7.0, 33.0), Modifiers::ALT);
    harness.drop_at(moved.center() + vec2(7.0, 33.0));
    harness.settle(3);
    until(&mut harness, "the new place", || sidecar(&desk, "service") != before());
    let after = rect(&harness, "kubernetes_proxy");
    assert!(
        near(after.left() - moved.left(), 7.0) && near(after.top() - moved.top(), 33.0),
        "{moved:?} {after:?}"
    );
}

#[test]
fn a_dragged_node_comes_to_even_distances_and_says_how_long_they_are() {
    let desk = Desk::new();
    let before = places(&[
        ("quagga", 0, 0),
        ("nginx", 700, 0),
        ("kubernetes_proxy", 0, 200),
        ("swarm_proxy", 60, 520),
    ]);
    std::fs::write(desk.project().join("service/blueprint.layout.yaml"), &before).unwrap();
    let mut harness = desk.open();
    let [a, b, moved] = ["quagga", "kubernetes_proxy", "swarm_proxy"].map(|name| rect(&harness, name));
    let zoom = (b.top() - a.top()) / 200.0;
    let apart = (200.0 - a.height() / zoom).round();
    // Almost in the column, almost as far as the other two are from each other.
    let to = vec2(b.left() - moved.left() + 2.0, b.bottom() + (b.top() - a.bottom()) - moved.top() + 3.0);
    drag(&mut harness, moved.center(), to, Modifiers::NONE);
    let told = format!("in a column, distances {apart}, {apart}");
    assert!(harness.query_by_label_contains(&told).is_some(), "{told}");
    harness.drop_at(moved.center() + to);
    harness.settle(3);
    until(&mut harness, "the new place", || {
        let text = sidecar(&desk, "service");
        text.contains(&place("swarm_proxy", 0, 400))
    });
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(&mut harness, "the places before", || sidecar(&desk, "service") == before);
}
