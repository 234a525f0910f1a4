//! How a person wants the window: larger, in strong colours, without motion.

use super::{Desk, Settle as _, click, wait};
use egui::{Key, Modifiers};

#[test]
fn the_window_grows_shrinks_and_takes_strong_colours() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let usual = harness.ctx.global_style().visuals.panel_fill;
    let keys = Modifiers { alt: true, command: true, ctrl: true, ..Modifiers::NONE };
    harness.key_press_modifiers(keys, Key::Equals);
    harness.settle(2);
    assert!((harness.ctx.zoom_factor() - 1.1).abs() < 0.001, "{}", harness.ctx.zoom_factor());
    harness.key_press_modifiers(keys, Key::Minus);
    harness.key_press_modifiers(keys, Key::Minus);
    harness.settle(2);
    assert!((harness.ctx.zoom_factor() - 0.9).abs() < 0.001);
    harness.key_press_modifiers(keys, Key::Num0);
    harness.settle(2);
    assert!((harness.ctx.zoom_factor() - 1.0).abs() < 0.001);
    harness.key_press_modifiers(Modifiers::ALT | Modifiers::SHIFT, Key::H);
    harness.settle(2);
    assert_ne!(harness.ctx.global_style().visuals.panel_fill, usual);
    harness.key_press_modifiers(Modifiers::ALT | Modifiers::SHIFT, Key::H);
    harness.settle(2);
    assert_eq!(harness.ctx.global_style().visuals.panel_fill, usual);
}

#[test]
fn nothing_moves_by_itself_if_so_wished() {
    let desk = Desk::new();
    let mut harness = desk.open();
    assert!(harness.ctx.global_style().animation_time > 0.0);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.settle(3);
    harness.event(egui::Event::Text("reduced motion".to_owned()));
    harness.settle(3);
    harness.key_press(Key::Enter);
    wait(&mut harness, "Nothing moves by itself now");
    assert!(harness.ctx.global_style().animation_time <= 0.0);
    click(&mut harness, "node nginx");
}
