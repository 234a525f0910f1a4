//! The picture as a file, and the project out of it.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use gantry::gui::Purpose;

use super::bringing::{drop_file, open_at};
use super::creating::fill;
use super::drawing::until;
use super::{Desk, Settle as _, choosing, click, wait};

#[test]
fn the_picture_is_exported_and_dropped_on_an_empty_window_it_is_the_project_again() {
    let desk = Desk::new();
    let to = desk.folder.path().join("picture.svg");
    let mut harness = choosing(&desk, Purpose::Picture, to.clone());
    // What is drawn and not saved is in the picture, too.
    click(&mut harness, "node quagga");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    wait(&mut harness, "node quagga_2");
    harness.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::E);
    wait(&mut harness, "The picture is in");
    assert!(std::fs::read_to_string(&to).unwrap().contains(">quagga_2<"));
    drop(harness);

    let mut empty = open_at(&desk, None);
    drop_file(&mut empty, &to);
    wait(&mut empty, "3 lanes from picture.svg");
    empty.settle(4);
    fill(&mut empty, "Folder", &desk.folder.path().to_string_lossy());
    fill(&mut empty, "Name", "again");
    click(&mut empty, "Create");
    wait(&mut empty, "node quagga_2");
    let again = desk.folder.path().join("again/swarm-cluster/blueprint.yaml");
    until(&mut empty, "the file", || again.exists());
    let was = std::fs::read(desk.project().join("swarm-cluster/blueprint.yaml")).unwrap();
    assert_eq!(std::fs::read(again).unwrap(), was);
    assert!(empty.query_by_label("lane kubernetes-cluster").is_some());
}
