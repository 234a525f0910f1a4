//! What is dropped and pasted: compose files, manifests, folders and archives become lanes and nodes, each as one step.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Event, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::{App, Options};
use gantry::session::Rehearsing;

use super::creating::fill;
use super::drawing::until;
use super::{Desk, Settle as _, click, wait};

const COMPOSE: &str = "services:
  web:
    image: nginx:1.27
    ports: ['8080:80']
    healthcheck: { test: [CMD, 'true'] }
";

const MANIFEST: &str = "apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { a: b }
";

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the program reads it itself".to_owned())
    }
}

/// Lets a file or folder go over the window.
pub(super) fn drop_file(harness: &mut Harness<'_, App>, path: &Path) {
    harness.input_mut().dropped_files.push(Arc::new(Dropped(path.to_owned())));
    harness.step();
}

fn file(desk: &Desk, name: &str, content: &[u8]) -> PathBuf {
    let path = desk.folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    path
}

fn press_save(harness: &mut Harness<'_, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.settle(3);
}

/// Presses the dialog's button, once the dialog stands still.
fn import(harness: &mut Harness<'_, App>) {
    harness.settle(4);
    click(harness, "Import");
}

fn is_closed(harness: &Harness<'_, App>) -> bool {
    harness.query_by_label("Import").is_none()
}

/// The window on `path`, or on nothing.
pub(super) fn open_at(desk: &Desk, path: Option<PathBuf>) -> Harness<'static, App> {
    let options =
        Options { path, data_dir: Some(desk.folder.path().join("data")), rehearsal: Rehearsing::at_once() };
    let mut harness =
        Harness::builder().with_size(vec2(1600.0, 1000.0)).build_eframe(move |_| App::new(options));
    harness.settle(4);
    harness
}

#[test]
fn a_dropped_compose_file_says_what_has_no_place_and_becomes_a_lane_that_is_saved() {
    let desk = Desk::new();
    let before = desk.files();
    let compose = file(&desk, "shop/compose.yaml", COMPOSE.as_bytes());
    let mut harness = desk.open();
    drop_file(&mut harness, &compose);
    wait(&mut harness, "4 nodes from shop/compose.yaml");
    wait(&mut harness, "services.web.healthcheck: the Swarm types have no check of health");
    assert_eq!(desk.files(), before, "nothing is written before it is asked for");
    import(&mut harness);
    wait(&mut harness, "lane shop");
    wait(&mut harness, "node web_container");
    assert!(is_closed(&harness));
    // The keys work again once the dialog is gone.
    press_save(&mut harness);
    let blueprint = desk.project().join("shop/blueprint.yaml");
    until(&mut harness, "the blueprint", || blueprint.exists());
    let text = std::fs::read_to_string(&blueprint).unwrap();
    assert!(text.contains("services.web.healthcheck:\n      test: [ CMD, 'true' ]"), "{text}");
    let manifest = || std::fs::read_to_string(desk.project().join("gantry.yaml")).unwrap();
    until(&mut harness, "the manifest", || manifest().contains("shop:\n    blueprint: shop/blueprint.yaml"));

    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    press_save(&mut harness);
    until(&mut harness, "the manifest as it was", || !manifest().contains("shop"));
    let after = desk.files();
    assert!(before.iter().all(|file| after.contains(file)), "one step brings everything back");
}

#[test]
fn a_dropped_blueprint_folder_becomes_a_lane_with_its_files() {
    let desk = Desk::new();
    let from = desk.folder.path().join("elsewhere");
    super::copy(&desk.project().join("kubernetes-cluster"), &from);
    let mut harness = desk.open();
    drop_file(&mut harness, &from);
    wait(&mut harness, "1 lane from elsewhere");
    import(&mut harness);
    wait(&mut harness, "lane elsewhere");
    press_save(&mut harness);
    for name in ["blueprint.yaml", "scripts/apache/start.sh", "resources/http2/index.html"] {
        let made = desk.project().join("elsewhere").join(name);
        until(&mut harness, name, || made.exists());
        assert_eq!(std::fs::read(&made).unwrap(), std::fs::read(from.join(name)).unwrap(), "{name}");
    }
    harness.get_by_label("lane kubernetes-cluster");
}

#[test]
fn a_manifest_dropped_on_a_lane_becomes_nodes_of_it() {
    let desk = Desk::new();
    let path = desk.project().join("swarm-cluster/blueprint.yaml");
    let before = std::fs::read_to_string(&path).unwrap();
    let manifest = file(&desk, "settings.yaml", MANIFEST.as_bytes());
    let mut harness = desk.open();
    let lane = harness.get_by_label("lane swarm-cluster").rect();
    harness.hover_at(lane.center_top() + vec2(0.0, 8.0));
    harness.step();
    drop_file(&mut harness, &manifest);
    wait(&mut harness, "1 node from settings.yaml");
    wait(&mut harness, "Everything has its place.");
    import(&mut harness);
    wait(&mut harness, "node settings");
    press_save(&mut harness);
    let text = || std::fs::read_to_string(&path).unwrap();
    until(&mut harness, "the node", || {
        text().contains("\n  settings:\n    type: cloudify.kubernetes.resources.ConfigMap")
    });
    assert!(text().contains("  - plugin:swarm\n  - plugin:kubernetes-modern\n"), "{}", text());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    press_save(&mut harness);
    until(&mut harness, "the text as it was", || text() == before);
}

#[test]
fn a_pasted_docker_run_line_becomes_nodes_under_the_pointer_without_a_question() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let lane = harness.get_by_label("lane swarm-cluster").rect();
    harness.hover_at(lane.center_top() + vec2(0.0, 8.0));
    harness.step();
    harness
        .input_mut()
        .events
        .push(Event::Paste("docker run -d --name cache -p 6379:6379 redis:7".to_owned()));
    wait(&mut harness, "node cache_container");
    assert_eq!(harness.get_by_label("node cache").accesskit_node().is_selected(), Some(true));
    press_save(&mut harness);
    let path = desk.project().join("swarm-cluster/blueprint.yaml");
    let text = || std::fs::read_to_string(&path).unwrap();
    until(&mut harness, "the service", || text().contains("image: redis:7"));
    assert!(text().contains("microservice_contained_in_manager\n        target: manager\n"), "{}", text());
    // What is rubbish is answered, and changes nothing.
    harness.input_mut().events.push(Event::Paste("a: [b\n  }".to_owned()));
    wait(&mut harness, "no node templates");
}

/// A zip whose only entry has a name.
fn zip_with(name: &str, link: bool) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    if link {
        zip.add_symlink(name, "/etc/passwd", options).unwrap();
    } else {
        zip.start_file(name, options).unwrap();
        zip.write_all(b"x").unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn hostile_archives_and_rubbish_are_refused_with_a_reason_and_the_picture_stays() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    bomb.start_file("blueprint.yaml", zip::write::SimpleFileOptions::default()).unwrap();
    bomb.write_all(&vec![b' '; 20 * 1024 * 1024]).unwrap();
    let bomb = bomb.finish().unwrap().into_inner();
    for (name, content, told) in [
        ("out.zip", zip_with("../../outside.yaml", false), "leads out of the archive"),
        ("link.zip", zip_with("blueprint.yaml", true), "is a link or a device"),
        ("bomb.zip", bomb, "times the archive's size"),
        ("cut.zip", b"PK\x03\x04 nothing".to_vec(), "can't be read"),
        ("rubbish.yaml", b"a: [".to_vec(), "rubbish.yaml:"),
        ("image.bin", vec![0, 159, 146, 150], "not UTF-8"),
    ] {
        let path = file(&desk, name, &content);
        drop_file(&mut harness, &path);
        wait(&mut harness, told);
        loop {
            let Some(()) = harness.query_all_by_label("Close message").next().map(|close| close.click())
            else {
                break;
            };
            harness.settle(3);
        }
    }
    harness.get_by_label("node nginx");
    assert_eq!(desk.files(), before);
    assert!(!desk.folder.path().join("outside.yaml").exists());
}

#[test]
fn without_a_project_what_is_dropped_becomes_one() {
    let desk = Desk::new();
    let compose = file(&desk, "shop/compose.yaml", COMPOSE.as_bytes());
    let mut harness = open_at(&desk, None);
    drop_file(&mut harness, &compose);
    wait(&mut harness, "New project from what was dropped");
    fill(&mut harness, "Folder", &desk.folder.path().to_string_lossy());
    // The folder of the compose file is there already.
    harness.settle(4);
    click(&mut harness, "Create");
    wait(&mut harness, "shop is there already and not empty");
    fill(&mut harness, "Name", "mine");
    click(&mut harness, "Create");
    wait(&mut harness, "node web_container");
    let text = std::fs::read_to_string(desk.folder.path().join("mine/gantry.yaml")).unwrap();
    assert_eq!(text, "lanes:\n  shop:\n    blueprint: shop/blueprint.yaml\n");
}
