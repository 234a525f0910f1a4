//! Folding frames and going into them: the sidecar and the picture before and after.

use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::arranging::{command, sidecar};
use super::drawing::until;
use super::naming::double_click;
use super::{Desk, Settle as _, click};

fn there(harness: &Harness<'_, App>, name: &str) -> bool {
    harness.query_by_label(&format!("node {name}")).is_some()
}

#[test]
fn a_frame_is_folded_to_a_card_and_opened_again_and_the_sidecar_keeps_it() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    let wide = harness.get_by_label("node apache1").rect();
    click(&mut harness, "fold apache1");
    until(&mut harness, "the sidecar", || {
        sidecar(&desk, "kubernetes-cluster").contains("folded:\n  - apache1")
    });
    harness.settle(3);
    assert!(!there(&harness, "http1"));
    assert!(harness.get_by_label("node apache1").rect().width() < wide.width());
    harness.get_by_label_contains("undo: fold apache1");
    drop(harness);
    // Another start shows it folded, too.
    let mut harness = desk.open();
    assert!(!there(&harness, "http1"));
    click(&mut harness, "node apache1");
    harness.key_press(Key::CloseBracket);
    harness.settle(4);
    assert!(there(&harness, "http1"));
    until(&mut harness, "the sidecar without it", || {
        !sidecar(&desk, "kubernetes-cluster").contains("apache1")
    });
    let blueprints = |files: Vec<(std::path::PathBuf, Vec<u8>)>| -> Vec<_> {
        files.into_iter().filter(|(path, _)| !path.to_string_lossy().ends_with("layout.yaml")).collect()
    };
    assert_eq!(blueprints(desk.files()), blueprints(before));
}

#[test]
fn a_key_folds_the_frame_around_a_node_and_all_of_them_open_at_once() {
    let desk = Desk::new();
    let mut harness = desk.open();
    click(&mut harness, "node http1");
    harness.key_press(Key::OpenBracket);
    harness.settle(4);
    assert!(!there(&harness, "http1"));
    command(&mut harness, "Fold all");
    assert!(!there(&harness, "http2") && !there(&harness, "master"));
    command(&mut harness, "Open all");
    harness.settle(4);
    assert!(there(&harness, "http1") && there(&harness, "http2") && there(&harness, "master"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(4);
    assert!(!there(&harness, "http1"));
}

#[test]
fn one_goes_into_a_frame_sees_the_way_and_looks_back_and_forward() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    let small = harness.get_by_label("node apache1").rect();
    // Beside its name, where nothing stands.
    double_click(&mut harness, small.center_bottom() - vec2(0.0, 4.0));
    let large = harness.get_by_label("node apache1").rect();
    assert!(large.width() > small.width() * 1.2, "{small:?} {large:?}");
    harness.get_by_label("go to hybrid-vnf");
    harness.get_by_label("go to apache1");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::OpenBracket);
    harness.settle(3);
    assert_eq!(harness.get_by_label("node apache1").rect(), small);
    assert!(harness.query_by_label("go to apache1").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::CloseBracket);
    harness.settle(3);
    assert_eq!(harness.get_by_label("node apache1").rect(), large);
    click(&mut harness, "go to kubernetes-cluster");
    assert!(harness.query_by_label("go to apache1").is_none());
    // Escape ends the selection first, then goes out.
    for _ in 0..2 {
        harness.key_press(Key::Escape);
        harness.settle(3);
    }
    assert!(harness.query_by_label("go to hybrid-vnf").is_none());
    assert_eq!(desk.files(), before, "looking changes no byte");
}

#[test]
fn enter_goes_into_what_is_selected_and_opens_what_is_folded() {
    let desk = Desk::new();
    let mut harness = desk.open();
    click(&mut harness, "fold apache1");
    harness.settle(3);
    harness.key_press(Key::Enter);
    harness.settle(4);
    harness.get_by_label("go to apache1");
    assert!(there(&harness, "http1"));
    harness.key_press(Key::Escape);
    harness.settle(3);
    click(&mut harness, "node http1");
    assert_eq!(harness.get_by_label("node http1").accesskit_node().is_selected(), Some(true));
    harness.key_press(Key::Enter);
    harness.settle(3);
    harness.get_by_label_contains("holds nothing to go into");
}

#[test]
fn shift_and_1_fit_whether_the_keyboard_calls_that_a_digit_or_a_sign() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let fitted = harness.get_by_label("node quagga").rect();
    for key in [Key::Num1, Key::Exclamationmark] {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Num0);
        harness.settle(3);
        assert_ne!(harness.get_by_label("node quagga").rect(), fitted);
        harness.key_press_modifiers(Modifiers::SHIFT, key);
        harness.settle(3);
        assert_eq!(harness.get_by_label("node quagga").rect(), fitted, "{key:?}");
    }
}
