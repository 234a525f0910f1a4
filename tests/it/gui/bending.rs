//! Bending lines: pulled, pulled elsewhere, straight again; the sidecar before and after.

use egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::App;

use super::arranging::{command, pick, sidecar};
use super::drawing::until;
use super::naming::double_click;
use super::nesting::drag;
use super::{Desk, Settle as _, click};

const LINE: &str = "line quagga → kubernetes_proxy";

/// Pulls the knob of the line aside; where to.
fn bend(harness: &mut Harness<'_, App>) -> Pos2 {
    click(harness, "node quagga");
    let knob = harness.get_by_label(LINE).rect().center();
    let to = knob + vec2(30.0, 90.0);
    drag(harness, knob, to);
    harness.drop_at(to);
    harness.settle(3);
    to
}

#[test]
fn a_line_is_bent_by_its_knob_and_straight_again_by_a_double_click() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    let to = bend(&mut harness);
    let key = "bends:\n  quagga -> kubernetes_proxy:\n    - x: ";
    until(&mut harness, "the bend", || sidecar(&desk, "service").contains(key));
    harness.get_by_label_contains("undo: bend quagga → kubernetes_proxy");
    let bent = sidecar(&desk, "service");
    // Picked, it shows its bend, and a grip on each part beside it.
    click(&mut harness, LINE);
    let bend = harness.get_by_label(&format!("bend 1 of {LINE}")).rect().center();
    assert!(bend.distance(to) < 12.0, "{bend:?} {to:?}");
    drag(&mut harness, bend, bend + vec2(0.0, 60.0));
    harness.drop_at(bend + vec2(0.0, 60.0));
    harness.settle(3);
    until(&mut harness, "the bend elsewhere", || sidecar(&desk, "service") != bent);
    let moved = harness.get_by_label(&format!("bend 1 of {LINE}")).rect().center();
    assert!(moved.y > bend.y + 30.0);
    double_click(&mut harness, moved);
    until(&mut harness, "no bend", || !sidecar(&desk, "service").contains("bends"));
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.settle(3);
    }
    until(&mut harness, "the first bend", || sidecar(&desk, "service") == bent);
    click(&mut harness, LINE);
    command(&mut harness, "Straighten line");
    until(&mut harness, "no bend", || !sidecar(&desk, "service").contains("bends"));
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.settle(3);
    }
    until(&mut harness, "the files as they were", || desk.files() == before);
}

#[test]
fn bends_go_along_with_both_ends_and_keep_their_line_when_it_is_renamed() {
    let desk = Desk::new();
    let mut harness = desk.open();
    bend(&mut harness);
    click(&mut harness, LINE);
    let bend = harness.get_by_label(&format!("bend 1 of {LINE}")).rect().center();
    let node = harness.get_by_label("node quagga").rect().center();
    pick(&mut harness, &["quagga", "kubernetes_proxy"]);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.settle(4);
    click(&mut harness, "node quagga");
    click(&mut harness, LINE);
    let (way, gone) = (
        harness.get_by_label("node quagga").rect().center() - node,
        harness.get_by_label(&format!("bend 1 of {LINE}")).rect().center() - bend,
    );
    assert!(way.y > 20.0 && (way - gone).length() < 2.0, "{way:?} {gone:?}");
    click(&mut harness, "node quagga");
    harness.key_press(Key::F2);
    harness.settle(3);
    super::naming::type_over(&mut harness, "New name of quagga", "router");
    harness.key_press(Key::Enter);
    super::wait(&mut harness, "node router");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    until(&mut harness, "the line's new name", || {
        sidecar(&desk, "service").contains("router -> kubernetes_proxy")
    });
    assert!(!sidecar(&desk, "service").contains("quagga"));
}
