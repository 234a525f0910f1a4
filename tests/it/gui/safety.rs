//! Nothing that was drawn is lost: crashes, other programs, read-only files, folders that vanish, two windows.

use std::path::PathBuf;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::{App, Purpose};

use super::drawing::until;
use super::{Desk, Settle as _, choosing, click, wait};

const ALL: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

fn service(desk: &Desk) -> PathBuf {
    desk.project().join("service/blueprint.yaml")
}

fn read(path: &PathBuf) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn save(harness: &mut Harness<'_, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.settle(3);
}

/// Draws something that is not saved: a second quagga.
fn draw(harness: &mut Harness<'_, App>) {
    click(harness, "node quagga");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    wait(harness, "node quagga_2");
}

/// Answers a question, once its dialog stands still.
fn answer(harness: &mut Harness<'_, App>, label: &str) {
    wait(harness, label);
    harness.settle(4);
    click(harness, label);
}

/// What a window keeps in the data folder, by name.
fn kept(desk: &Desk) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = desk.folder.path().join("data/recovery");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let files = entries.map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

#[test]
fn what_was_not_saved_is_there_after_a_crash_and_not_after_an_orderly_end() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    draw(&mut harness);
    until(&mut harness, "what is kept", || !kept(&desk).is_empty());
    let left = kept(&desk);
    drop(harness);
    assert!(kept(&desk).is_empty(), "an orderly end leaves nothing");
    // As it is after a crash: the files are there, and nobody holds the lock.
    for (path, content) in &left {
        std::fs::write(path, content).unwrap();
        std::fs::write(path.with_extension("lock"), "").unwrap();
    }
    let mut again = desk.open();
    wait(&mut again, "Restore what was not saved?");
    wait(&mut again, "service/blueprint.yaml");
    answer(&mut again, "Restore");
    wait(&mut again, "node quagga_2");
    assert_eq!(desk.files(), before, "restoring writes nothing");
    save(&mut again);
    until(&mut again, "the file", || read(&service(&desk)).contains("quagga_2"));
    again.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    save(&mut again);
    until(&mut again, "one step", || desk.files() == before);
    until(&mut again, "nothing kept", || kept(&desk).is_empty());
}

#[test]
fn what_was_left_behind_can_be_forgotten() {
    let desk = Desk::new();
    let mut harness = desk.open();
    draw(&mut harness);
    until(&mut harness, "what is kept", || !kept(&desk).is_empty());
    let left = kept(&desk);
    drop(harness);
    for (path, content) in &left {
        std::fs::write(path, content).unwrap();
        std::fs::write(path.with_extension("lock"), "").unwrap();
    }
    let mut again = desk.open();
    answer(&mut again, "Forget it");
    assert!(again.query_by_label("node quagga_2").is_none());
    drop(again);
    let again = desk.open();
    assert!(again.query_by_label("Restore what was not saved?").is_none());
}

#[test]
fn changes_of_another_program_in_other_places_are_merged() {
    let desk = Desk::new();
    let before = read(&service(&desk));
    let mut harness = desk.open();
    draw(&mut harness);
    let theirs = before.replace("Port at which the load balancer answers", "Where the load balancer answers");
    assert_ne!(theirs, before);
    std::fs::write(service(&desk), &theirs).unwrap();
    wait(&mut harness, "was merged with what changed on disk");
    wait(&mut harness, "node quagga_2");
    save(&mut harness);
    until(&mut harness, "both changes", || {
        let now = read(&service(&desk));
        now.contains("quagga_2") && now.contains("Where the load balancer answers")
    });
}

#[test]
fn a_file_that_was_changed_and_not_drawn_on_is_taken_over() {
    let desk = Desk::new();
    let before = read(&service(&desk));
    let mut harness = desk.open();
    std::fs::write(
        service(&desk),
        before.replace("  nginx_port:", "  entry_port:").replace("target: nginx_port", "target: entry_port"),
    )
    .unwrap();
    wait(&mut harness, "node entry_port");
    assert!(harness.query_by_label("node nginx_port").is_none());
    assert!(harness.query_all_by_label_contains("not saved").next().is_none());
}

#[test]
fn changes_in_the_same_lines_are_asked_about() {
    for (button, mine) in [("Keep what is drawn", true), ("Take what is on disk", false)] {
        let desk = Desk::new();
        let before = read(&service(&desk));
        let mut harness = desk.open();
        click(&mut harness, "node quagga");
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Delete);
        let begun = std::time::Instant::now();
        while harness.query_by_label("node quagga").is_some() {
            assert!(begun.elapsed().as_secs() < 30);
            harness.step();
        }
        let theirs = before.replace("      name: quagga\n", "      name: router\n");
        std::fs::write(service(&desk), &theirs).unwrap();
        answer(&mut harness, button);
        save(&mut harness);
        if mine {
            until(&mut harness, "what was drawn", || !read(&service(&desk)).contains("\n  quagga:"));
        } else {
            wait(&mut harness, "node quagga");
            assert_eq!(read(&service(&desk)), theirs);
        }
    }
}

#[test]
fn a_read_only_file_is_told_and_what_is_drawn_stays() {
    let desk = Desk::new();
    let path = service(&desk);
    let before = read(&path);
    let mut harness = desk.open();
    draw(&mut harness);
    let mut rights = std::fs::metadata(&path).unwrap().permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(&path, rights).unwrap();
    save(&mut harness);
    wait(&mut harness, "the file is read-only; make it writable, or save elsewhere");
    assert_eq!(read(&path), before);
    harness.get_by_label("node quagga_2");
    harness.get_by_label_contains("not saved");
}

#[test]
fn a_project_whose_folder_vanishes_is_kept_in_the_window_and_saved_elsewhere() {
    let desk = Desk::new();
    let to = desk.folder.path().join("rescued");
    let mut harness = choosing(&desk, Purpose::SaveAs, to.clone());
    draw(&mut harness);
    std::fs::remove_dir_all(desk.project()).unwrap();
    wait(&mut harness, "is gone: what is drawn is kept in this window");
    harness.get_by_label("node quagga_2");
    harness.key_press_modifiers(ALL, Key::S);
    wait(&mut harness, "Saved in");
    let text = std::fs::read_to_string(to.join("service/blueprint.yaml")).unwrap();
    assert!(text.contains("quagga_2"));
    harness.get_by_label("node quagga_2");
}

#[test]
fn save_as_copies_every_file_and_leaves_the_first_project_as_it_was() {
    let desk = Desk::new();
    let before = desk.files();
    let to = desk.folder.path().join("copy");
    let mut harness = choosing(&desk, Purpose::SaveAs, to.clone());
    draw(&mut harness);
    harness.key_press_modifiers(ALL, Key::S);
    wait(&mut harness, "Saved in");
    assert_eq!(desk.files(), before);
    for (path, content) in &before {
        let name = path.strip_prefix(desk.project()).unwrap();
        let copied = std::fs::read(to.join(name)).unwrap();
        if name.ends_with("service/blueprint.yaml") {
            assert!(String::from_utf8(copied).unwrap().contains("quagga_2"));
        } else {
            assert_eq!(&copied, content, "{}", name.display());
        }
    }
}

#[test]
fn two_windows_on_one_project_know_of_each_other_and_follow() {
    let desk = Desk::new();
    let mut first = desk.open();
    let mut second = desk.open();
    wait(&mut second, "This project is open in another window, too");
    draw(&mut first);
    save(&mut first);
    wait(&mut second, "node quagga_2");
}
