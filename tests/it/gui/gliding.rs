//! The camera glides to where it is to look, and rests there.

use egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::{App, Options};
use gantry::session::Rehearsing;

use super::arranging::{command, pick};
use super::{Desk, Settle as _};

/// The window, drawn fifty times a second.
fn window(desk: &Desk) -> Harness<'static, App> {
    let options = Options {
        path: Some(desk.project()),
        data_dir: Some(desk.folder.path().join("data")),
        rehearsal: Rehearsing::at_once(),
    };
    let builder = Harness::builder().with_size(vec2(1600.0, 1000.0)).with_step_dt(0.02);
    let mut harness = builder.build_eframe(move |_| App::new(options));
    harness.settle(30);
    harness
}

fn place(harness: &Harness<'_, App>) -> Rect {
    harness.get_by_label("node quagga").rect()
}

/// Where the node is in each of the frames that follow.
fn places(harness: &mut Harness<'_, App>) -> Vec<Rect> {
    let mut places = Vec::new();
    for _ in 0..30 {
        harness.step();
        places.push(place(harness));
    }
    places
}

fn on_the_way(places: &[Rect], from: Rect, to: Rect) -> usize {
    let apart = |a: Rect, b: Rect| a.center().distance(b.center()) + (a.width() - b.width()).abs();
    places.iter().filter(|place| apart(**place, from) > 2.0 && apart(**place, to) > 2.0).count()
}

#[test]
fn looking_at_the_selection_and_at_all_again_glides_and_then_nothing_is_drawn_any_more() {
    let desk = Desk::new();
    let mut harness = window(&desk);
    pick(&mut harness, &["quagga"]);
    harness.settle(30);
    let far = place(&harness);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Num2);
    let way = places(&mut harness);
    let near = place(&harness);
    assert!(near.width() > far.width() * 1.2, "{far:?} {near:?}");
    assert!(on_the_way(&way, far, near) >= 4, "{way:?}");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Num1);
    let way = places(&mut harness);
    assert!(on_the_way(&way, near, far) >= 4, "{way:?}");
    let back = place(&harness);
    assert!((back.center() - far.center()).length() < 1.0, "{far:?} {back:?}");
    for _ in 0..60 {
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
    assert!(!harness.ctx.has_requested_repaint(), "{:?}", harness.ctx.repaint_causes());
}

#[test]
fn with_reduced_motion_it_is_there_at_once() {
    let desk = Desk::new();
    let mut harness = window(&desk);
    command(&mut harness, "Reduced motion");
    pick(&mut harness, &["quagga"]);
    harness.settle(30);
    let far = place(&harness);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Num2);
    let way = places(&mut harness);
    let near = place(&harness);
    assert!(near.width() > far.width() * 1.2);
    assert_eq!(on_the_way(&way, far, near), 0, "{way:?}");
}

#[test]
fn what_is_told_of_the_picture_never_stands_over_a_dialog() {
    let desk = Desk::new();
    let mut harness = window(&desk);
    let told = "Drag it to a node of another lane";
    let tag = harness.get_by_label("output kubernetes_info.url").rect().center();
    harness.hover_at(tag);
    for _ in 0..60 {
        harness.step();
    }
    assert!(harness.query_by_label_contains(told).is_some(), "it is told");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    harness.get_by_label("Find command or node");
    assert!(harness.query_by_label_contains(told).is_none());
}
