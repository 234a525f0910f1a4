//! Few, telling pictures of the window, compared pixel by pixel. `UPDATE_SNAPSHOTS=1` paints them anew; look at them then.

use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use gantry::gui::{App, Options};
use gantry::session::Rehearsing;

use super::painter::Painter;
use super::{Desk, Settle as _, click, deploy};

fn window(desk: &Desk) -> Harness<'static, App> {
    let options = Options {
        path: Some(desk.project()),
        data_dir: Some(desk.folder.path().join("data")),
        rehearsal: Rehearsing::at_once(),
    };
    let mut harness = Harness::builder()
        .with_size(vec2(1280.0, 720.0))
        .renderer(Painter::default())
        .build_eframe(move |_| App::new(options));
    harness.settle(6);
    harness
}

/// A little may differ: what is painted hangs on the order in which floating point numbers are added.
fn compare(harness: &mut Harness<'_, App>, name: &str) {
    let options = egui_kittest::SnapshotOptions::new().threshold(1.0).max_failed_pixels(40);
    harness.snapshot_options(name, &options);
}

#[test]
fn the_example_as_it_is_drawn() {
    let desk = Desk::new();
    let mut harness = window(&desk);
    click(&mut harness, "node nginx_container");
    click(&mut harness, "Palette");
    compare(&mut harness, "design_dark");
}

#[test]
fn the_example_planned_in_light_colours() {
    let desk = Desk::new();
    let mut harness = window(&desk);
    click(&mut harness, "Switch theme");
    click(&mut harness, "Plan deployment");
    harness.settle(6);
    compare(&mut harness, "plan_light");
}

#[test]
fn the_example_deployed() {
    let desk = Desk::new();
    let mut harness = window(&desk);
    deploy(&mut harness);
    // The journal has the time of day in it.
    click(&mut harness, "Changes");
    harness.settle(6);
    compare(&mut harness, "live_dark");
}

#[test]
fn larger_and_in_high_contrast() {
    let desk = Desk::new();
    let mut harness = window(&desk);
    harness.key_press_modifiers(Modifiers::ALT | Modifiers::SHIFT, Key::H);
    let keys = Modifiers { alt: true, command: true, ctrl: true, ..Modifiers::NONE };
    (0..3).for_each(|_| harness.key_press_modifiers(keys, Key::Equals));
    harness.settle(6);
    compare(&mut harness, "large_high_contrast");
}
