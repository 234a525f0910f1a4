//! Arranging everything, a selection, and by forces: the sidecar before and after, and the picture.

use egui::{Event, Key, Modifiers, PointerButton, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::{App, Options};
use gantry::session::Rehearsing;

use super::drawing::until;
use super::{Desk, Settle as _, wait};

const OUTER: [&str; 3] = ["quagga", "nginx", "kubernetes_proxy"];

/// A node's place, as a sidecar has it.
pub(super) fn place(name: &str, x: i32, y: i32) -> String {
    format!("  {name}:\n    x: {x}\n    'y': {y}\n")
}

/// A sidecar with these places.
pub(super) fn places(nodes: &[(&str, i32, i32)]) -> String {
    let nodes: String = nodes.iter().map(|(name, x, y)| place(name, *x, *y)).collect();
    format!("nodes:\n{nodes}")
}

fn heaped() -> String {
    places(&[("quagga", 0, 0), ("nginx", 10, 10), ("kubernetes_proxy", 5, 30)])
}

pub(super) fn sidecar(desk: &Desk, lane: &str) -> String {
    std::fs::read_to_string(desk.project().join(lane).join("blueprint.layout.yaml")).unwrap_or_default()
}

/// Runs a command by its name, from the palette of commands.
pub(super) fn command(harness: &mut Harness<'_, App>, name: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.settle(3);
    harness.get_by_label("Find command or node").type_text(name);
    harness.settle(3);
    harness.key_press(Key::Enter);
    harness.settle(3);
}

fn frames(harness: &Harness<'_, App>) -> Vec<Rect> {
    OUTER.iter().map(|name| harness.get_by_label(&format!("node {name}")).rect()).collect()
}

fn overlap(frames: &[Rect]) -> bool {
    frames.iter().enumerate().any(|(at, a)| frames[at + 1..].iter().any(|b| a.shrink(1.0).intersects(*b)))
}

fn heap() -> Desk {
    let desk = Desk::new();
    std::fs::write(desk.project().join("service/blueprint.layout.yaml"), heaped()).unwrap();
    desk
}

#[test]
fn a_heap_is_put_in_layers_as_one_step_that_only_the_sidecar_knows() {
    let desk = heap();
    let blueprint = std::fs::read(desk.project().join("service/blueprint.yaml")).unwrap();
    let mut harness = desk.open();
    assert!(overlap(&frames(&harness)));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    until(&mut harness, "the arrangement", || sidecar(&desk, "service") != heaped());
    harness.settle(4);
    assert!(!overlap(&frames(&harness)), "{:?}", frames(&harness));
    let written = sidecar(&desk, "service");
    assert!(written.contains("nginx_container:"), "what lies in a frame is placed, too: {written}");
    harness.get_by_label_contains("undo: arrange everything");
    // What it reads stands left of it.
    let left = |name: &str| harness.get_by_label(&format!("node {name}")).rect().left();
    assert!(left("kubernetes_proxy") < left("quagga"));
    assert_eq!(std::fs::read(desk.project().join("service/blueprint.yaml")).unwrap(), blueprint);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(&mut harness, "the heap", || sidecar(&desk, "service") == heaped());
}

/// Selects nodes by clicks on their upper left corners.
pub(super) fn pick(harness: &mut Harness<'_, App>, names: &[&str]) {
    for (number, name) in names.iter().enumerate() {
        let pos = harness.get_by_label(&format!("node {name}")).rect().left_top() + vec2(14.0, 8.0);
        let modifiers = if number == 0 { Modifiers::NONE } else { Modifiers::COMMAND };
        harness.hover_at(pos);
        harness.step();
        harness.input_mut().events.push(Event::ModifiersChanged(modifiers));
        harness.step();
        for pressed in [true, false] {
            let button = PointerButton::Primary;
            harness.input_mut().events.push(Event::PointerButton { pos, button, pressed, modifiers });
            harness.step();
        }
        harness.input_mut().events.push(Event::ModifiersChanged(Modifiers::NONE));
        harness.settle(2);
        let picked = harness.get_by_label(&format!("node {name}")).accesskit_node().is_selected();
        assert_eq!(picked, Some(true), "{name}");
    }
}

#[test]
fn a_selection_is_arranged_where_it_stands_and_the_rest_stays() {
    let desk = Desk::new();
    let before = places(&[("quagga", 0, 0), ("nginx", 150, 40), ("kubernetes_proxy", 600, 300)]);
    std::fs::write(desk.project().join("service/blueprint.layout.yaml"), &before).unwrap();
    let mut harness = desk.open();
    pick(&mut harness, &["quagga", "nginx"]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    until(&mut harness, "the arrangement", || sidecar(&desk, "service") != before);
    harness.settle(4);
    let now = frames(&harness);
    assert!(!overlap(&now[..2]), "{now:?}");
    let after = sidecar(&desk, "service");
    assert!(after.contains(&place("kubernetes_proxy", 600, 300)), "{after}");
    assert_eq!(sidecar(&desk, "kubernetes-cluster"), "");
}

#[test]
fn forces_keep_boxes_apart_and_give_the_same_picture_again() {
    let desk = heap();
    let mut harness = desk.open();
    command(&mut harness, "Arrange by forces");
    until(&mut harness, "the arrangement", || sidecar(&desk, "service") != heaped());
    harness.settle(4);
    assert!(!overlap(&frames(&harness)), "{:?}", frames(&harness));
    let written = sidecar(&desk, "service");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(&mut harness, "the heap", || sidecar(&desk, "service") == heaped());
    command(&mut harness, "Arrange by forces");
    until(&mut harness, "the arrangement again", || sidecar(&desk, "service") == written);
}

#[test]
fn things_glide_unless_a_person_wants_no_motion() {
    let pictures = |still: bool| {
        let desk = heap();
        let options = Options {
            path: Some(desk.project()),
            data_dir: Some(desk.folder.path().join("data")),
            rehearsal: Rehearsing::at_once(),
        };
        let mut harness = Harness::builder()
            .with_size(vec2(1600.0, 1000.0))
            .with_step_dt(0.03)
            .build_eframe(move |_| App::new(options));
        harness.settle(8);
        if still {
            command(&mut harness, "Reduced motion");
        }
        harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
        wait(&mut harness, "undo: arrange everything");
        let mut seen = Vec::new();
        for _ in 0..12 {
            seen.push(frames(&harness));
            harness.step();
        }
        seen.dedup();
        seen.len()
    };
    let glided = pictures(false);
    assert!(glided > 3, "{glided} pictures");
    assert_eq!(pictures(true), 1);
}
