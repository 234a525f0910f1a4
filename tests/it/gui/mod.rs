//! The window, driven as a person would: by the names that a screen reader hears.

mod arranging;
mod bending;
mod bringing;
mod changes;
mod comparing;
mod completing;
mod connecting;
mod copying;
mod creating;
mod drawing;
mod entering;
mod entries;
mod finding;
mod freshness;
mod gliding;
mod grouping;
mod inspector;
mod laning;
mod looks;
mod mending;
mod naming;
mod nesting;
mod node_menu;
mod painter;
mod picture;
mod preferring;
mod random;
mod rereading;
mod rewiring;
mod safety;
mod scenario;
mod shaping;
mod sharing;
mod texts;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::{App, FilePicker, Options, Picking, Purpose};
use gantry::session::Rehearsing;

/// A copy of the example and a store of its own.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints/hybrid-vnf"), &desk.project());
        desk
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("hybrid-vnf")
    }

    fn open(&self) -> Harness<'static, App> {
        let options = Options {
            path: Some(self.project()),
            data_dir: Some(self.folder.path().join("data")),
            rehearsal: Rehearsing::at_once(),
        };
        let mut harness =
            Harness::builder().with_size(vec2(1600.0, 1000.0)).build_eframe(move |_| App::new(options));
        harness.settle(4);
        harness
    }

    /// Every file of the project with its bytes.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.project()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push((path.clone(), std::fs::read(path).unwrap()));
                }
            }
        }
        found.sort();
        found
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (from, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if from.is_dir() {
            copy(&from, &to.join(name));
        } else {
            std::fs::copy(&from, to.join(name)).unwrap();
        }
    }
}

/// Drawing until nothing of what was done is still thought about.
trait Settle {
    /// Draws `frames`, and more until what an edit asked for is in the picture: how long that takes is up to the machine.
    fn settle(&mut self, frames: usize);
}

impl Settle for Harness<'_, App> {
    fn settle(&mut self, frames: usize) {
        let begun = Instant::now();
        self.run_steps(frames);
        while !self.state().is_settled() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the picture never came");
            std::thread::sleep(Duration::from_millis(2));
            self.run_steps(1);
        }
    }
}

/// Draws until `label` is to be heard, for at most half a minute.
fn wait(harness: &mut Harness<'_, App>, label: &str) {
    let begun = Instant::now();
    while harness.query_all_by_label_contains(label).next().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(30), "`{label}` never came");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
}

/// As [`wait`], for exactly `label`: other words may have its letters in them.
fn wait_named(harness: &mut Harness<'_, App>, label: &str) {
    let begun = Instant::now();
    while harness.query_all_by_label(label).next().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(30), "`{label}` never came");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
}

fn click(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_label(label).click();
    harness.settle(3);
}

fn description(harness: &Harness<'_, App>, label: &str) -> String {
    harness.get_by_label(label).accesskit_node().description().unwrap_or_default()
}

fn deploy(harness: &mut Harness<'_, App>) {
    click(harness, "Deploy");
    let begun = Instant::now();
    while !description(harness, "lane service").contains(", deployed") {
        assert!(begun.elapsed() < Duration::from_secs(50), "{}", description(harness, "lane service"));
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.settle(3);
}

#[test]
fn the_project_opens_as_three_lanes_and_looking_changes_no_byte() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    for label in
        ["lane kubernetes-cluster", "lane swarm-cluster", "lane service", "node apache1", "outline nginx"]
    {
        harness.get_by_label(label);
    }
    assert!(description(&harness, "node master").contains("in cluster_host"));
    click(&mut harness, "node quagga");
    click(&mut harness, "Plan deployment");
    assert_eq!(desk.files(), before);
}

#[test]
fn a_selected_node_shows_its_values_and_its_lines() {
    let desk = Desk::new();
    let mut harness = desk.open();
    click(&mut harness, "node nginx_container");
    harness.get_by_label("SERVERS");
    harness.get_by_label("= not known yet");
    harness.get_by_label("= nginx-lb:1");
    let line = harness.get_by_label_contains(":   nginx_container:");
    let lines = harness
        .query_all_by_label_contains("line ")
        .filter(|node| node.accesskit_node().is_selected() == Some(true));
    assert_eq!(line.accesskit_node().is_selected(), Some(true));
    assert!(lines.count() > 3, "the whole template is marked");
}

#[test]
fn a_plan_numbers_its_waves_and_says_why() {
    let desk = Desk::new();
    let mut harness = desk.open();
    click(&mut harness, "Plan deployment");
    assert!(
        harness
            .query_all_by_label_contains("wave 1: create management · data of kubernetes-cluster")
            .next()
            .is_some()
    );
    assert!(harness.query_all_by_label_contains("rehearsal: nothing outside").next().is_some());
    let wave = |label: &str| -> usize {
        let told = description(&harness, label);
        told.rsplit("wave ").next().unwrap().parse().unwrap_or_else(|_| panic!("{told}"))
    };
    assert!(wave("node kubernetes_proxy") > wave("node master"), "a proxy waits for the other lane");
    assert!(wave("node quagga") > wave("node kubernetes_proxy"));
}

#[test]
fn deploying_in_rehearsal_brings_the_values_onto_the_lines() {
    let desk = Desk::new();
    let mut harness = desk.open();
    harness.get_by_label("SERVERS unknown yet");
    deploy(&mut harness);
    wait(&mut harness, "SERVERS = 10.100.102.11,10.100.102.12");
    harness.get_by_label("ROUTES = 10.100.102.0/24 dev eth1");
    for node in ["node nginx", "node nginx_container", "node nginx_port", "node quagga", "node http1"] {
        let told = description(&harness, node);
        assert!(told.contains("started") && told.contains("rehearsed"), "{node}: {told}");
    }
    click(&mut harness, "node nginx_container");
    harness.get_by_label("= 10.100.102.11,10.100.102.12");
}

#[test]
fn undeploying_asks_and_is_refused_while_others_need_it() {
    let desk = Desk::new();
    let mut harness = desk.open();
    deploy(&mut harness);
    click(&mut harness, "lane kubernetes-cluster");
    click(&mut harness, "Undeploy kubernetes-cluster…");
    wait(&mut harness, "`kubernetes-cluster` is used by service");
    click(&mut harness, "Close message");
    click(&mut harness, "lane service");
    click(&mut harness, "Undeploy service…");
    harness.get_by_label("Undeploy service?");
    click(&mut harness, "Keep it");
    assert!(description(&harness, "lane service").contains("deployed"));
    click(&mut harness, "Undeploy service…");
    click(&mut harness, "Undeploy service");
    let begun = Instant::now();
    while !description(&harness, "lane service").contains("not deployed") {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", description(&harness, "lane service"));
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    assert!(description(&harness, "lane kubernetes-cluster").contains(", deployed"));
}

#[test]
fn dragging_a_node_writes_the_sidecar_only_and_can_be_undone() {
    let desk = Desk::new();
    let before = desk.files();
    let mut harness = desk.open();
    let from = harness.get_by_label("node quagga").rect().center();
    harness.hover_at(from);
    harness.step();
    harness.drag_at(from);
    harness.step();
    for step in 1..=6u8 {
        harness.hover_at(from + vec2(0.0, -10.0 * f32::from(step)));
        harness.step();
    }
    harness.drop_at(from + vec2(0.0, -60.0));
    harness.settle(4);
    let sidecar = desk.project().join("service/blueprint.layout.yaml");
    let written = || std::fs::read_to_string(&sidecar).unwrap_or_default();
    drawing::until(&mut harness, "the sidecar", || written().contains("quagga"));
    let others: Vec<_> = desk.files().into_iter().filter(|(path, _)| *path != sidecar).collect();
    assert_eq!(others, before);
    let moved = harness.get_by_label("node quagga").rect().center();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(4);
    let back = harness.get_by_label("node quagga").rect().center();
    assert!(moved.distance(back) > 10.0, "{moved:?} {back:?}");
    drawing::until(&mut harness, "the sidecar without it", || !written().contains("quagga"));
    drop(harness);
    let again = desk.open();
    assert!(again.get_by_label("node quagga").rect().center().distance(back) < 2.0, "undo is on disk too");
}

#[test]
fn a_broken_project_opens_and_its_problems_lead_to_the_line() {
    let desk = Desk::new();
    let file = desk.project().join("service/blueprint.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("type: cloudify.swarm.Container", "type: cloudify.swarm.Contaner"))
        .unwrap();
    let mut harness = desk.open();
    harness.get_by_label("lane service");
    harness.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::M);
    harness.settle(3);
    let problem = harness.query_all_by_label_contains("cloudify.swarm.Contaner").next();
    problem.expect("the unknown type is told").click();
    harness.settle(4);
    let shown = harness.query_all_by_label_contains("type: cloudify.swarm.Contaner");
    assert!(shown.count() > 0, "its line is shown");
    assert!(harness.get_by_label("Deploy").accesskit_node().is_disabled());
}

#[test]
fn nothing_to_do_means_no_repaint() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let settle = |harness: &mut Harness<'_, App>| {
        for _ in 0..60 {
            std::thread::sleep(Duration::from_millis(10));
            harness.step();
        }
        harness.ctx.has_requested_repaint()
    };
    assert!(!settle(&mut harness), "{:?}", harness.ctx.repaint_causes());
    deploy(&mut harness);
    assert!(!settle(&mut harness), "{:?}", harness.ctx.repaint_causes());
}

#[test]
fn themes_switch_and_every_command_can_be_found() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let before = harness.ctx.theme();
    click(&mut harness, "Switch theme");
    assert_ne!(harness.ctx.theme(), before);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.settle(3);
    harness.get_by_label("Find command or node").type_text("quagga");
    harness.settle(3);
    harness.key_press(Key::Enter);
    harness.settle(4);
    assert_eq!(harness.get_by_label("node quagga").accesskit_node().is_selected(), Some(true));
}

#[test]
fn without_a_project_the_window_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        path: Some(folder.path().join("nowhere")),
        data_dir: Some(folder.path().to_owned()),
        rehearsal: Rehearsing::at_once(),
    };
    let mut harness =
        Harness::builder().with_size(vec2(1024.0, 640.0)).build_eframe(move |_| App::new(options));
    harness.settle(3);
    harness.get_by_label("Open project…");
    assert!(harness.query_all_by_label_contains("does not exist").next().is_some());
}

/// Chooses a path as a person would.
struct Choice(Purpose, PathBuf);

impl FilePicker for Choice {
    fn pick(&self, purpose: Purpose) -> Picking {
        assert_eq!(purpose, self.0);
        Box::pin(std::future::ready(Some(self.1.clone())))
    }
}

/// The window on the project, where a dialog for `purpose` is answered by `choice`.
fn choosing(desk: &Desk, purpose: Purpose, choice: PathBuf) -> Harness<'static, App> {
    let options = Options {
        path: Some(desk.project()),
        data_dir: Some(desk.folder.path().join("data")),
        rehearsal: Rehearsing::at_once(),
    };
    let choice = std::sync::Arc::new(Choice(purpose, choice));
    let mut harness = Harness::builder()
        .with_size(vec2(1600.0, 1000.0))
        .build_eframe(move |_| App::new(options).with_picker(choice));
    harness.settle(4);
    harness
}

#[test]
fn the_blueprints_are_exported_from_the_window() {
    let desk = Desk::new();
    let to = desk.folder.path().join("out");
    let mut harness = choosing(&desk, Purpose::Export, to.clone());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    let begun = Instant::now();
    while !to.join("swarm-cluster.zip").exists() && begun.elapsed() < Duration::from_secs(20) {
        harness.settle(1);
        std::thread::sleep(Duration::from_millis(20));
    }
    for lane in ["kubernetes-cluster", "swarm-cluster", "service"] {
        let file = format!("{lane}/blueprint.yaml");
        assert_eq!(
            std::fs::read(to.join(&file)).unwrap(),
            std::fs::read(desk.project().join(&file)).unwrap()
        );
    }
}

#[test]
fn a_target_is_typed_and_rubbish_is_refused() {
    let desk = Desk::new();
    let mut harness = desk.open();
    for (typed, wanted) in
        [("podman", "names no target"), ("kubernetes", "can't be the target of the platform")]
    {
        let fields: Vec<_> = harness.query_all_by_label("Address of the swarm target").collect();
        if fields.is_empty() {
            harness.get_all_by_label_contains("swarm-cluster").next().unwrap().click();
            harness.settle(4);
        }
        harness.get_by_label("Address of the swarm target").click();
        harness.settle(2);
        harness.get_by_label("Address of the swarm target").type_text(typed);
        harness.settle(2);
        harness.key_press(Key::Enter);
        harness.settle(4);
        assert!(harness.query_all_by_label_contains(wanted).next().is_some(), "{typed}");
    }
}
