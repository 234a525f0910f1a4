//! `cargo bench --bench canvas`: what a frame of the window costs, without a window.
//!
//! Drives the real [`App`] over generated projects: an egui context, tessellation included, no GPU. One line a case: name,
//! nodes, edges, median and 95th percentile in milliseconds of CPU time, the budget, and `egui_graphs`' own widget (of the
//! same number of nodes and edges, in the same process) as a ratio. A budget that isn't kept ends the program with 1.

// A benchmark may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, Vec2, pos2, vec2};
use gantry::gui::{App, Options};
use gantry::session::Rehearsing;
use rustix::time::{ClockId, clock_gettime};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// CPU time of this thread in milliseconds: what other programs do at the same time doesn't count.
fn cpu() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
}

/// CPU time of all threads of this program in milliseconds.
fn process() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
}

/// A project of one lane whose picture is about as high as it is wide: layers of nodes, each connected to one or two of
/// the next layer.
fn project(folder: &Path, nodes: usize, edges: usize) -> PathBuf {
    let mut text = String::from(
        "tosca_definitions_version: cloudify_dsl_1_3\n\nimports:\n  - cloudify/types/types.yaml\n\nnode_templates:\n",
    );
    let layer = (nodes as f64 * 1.5).sqrt().ceil() as usize;
    let mut left = edges;
    for number in 0..nodes {
        let kind = if number % 4 == 0 { "Compute" } else { "SoftwareComponent" };
        text += &format!("  # Number {number}.\n  node_{number}:\n    type: cloudify.nodes.{kind}\n");
        if kind == "Compute" {
            text += &format!("    properties:\n      ip: 10.0.{}.{}\n", number / 256 % 256, number % 256);
        }
        let targets: Vec<usize> = [number + layer, number + layer + 1]
            .into_iter()
            .filter(|target| *target < nodes)
            .take(1 + usize::from(left + layer > nodes.saturating_sub(number)))
            .take(left)
            .collect();
        left -= targets.len();
        if !targets.is_empty() {
            text += "    relationships:\n";
        }
        for target in targets {
            text += &format!(
                "      - type: cloudify.relationships.connected_to\n        target: node_{target}\n"
            );
        }
    }
    let lane = folder.join("lane");
    std::fs::create_dir_all(&lane).expect("a folder");
    std::fs::write(
        folder.join("gantry.yaml"),
        "name: bench\nlanes:\n  lane:\n    blueprint: lane/blueprint.yaml\n",
    )
    .expect("a manifest");
    std::fs::write(lane.join("blueprint.yaml"), text).expect("a blueprint");
    folder.to_owned()
}

/// Frames without a window.
struct Desk {
    ctx: egui::Context,
    time: f64,
    size: Vec2,
}

impl Desk {
    fn new() -> Self {
        Self { ctx: egui::Context::default(), time: 0.0, size: vec2(1600.0, 1000.0) }
    }

    /// One frame; gives its milliseconds and after how long the next is wanted.
    fn frame(&mut self, events: Vec<Event>, mut show: impl FnMut(&mut egui::Ui)) -> (f64, Duration) {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            time: Some(self.time),
            predicted_dt: 1.0 / 60.0,
            events,
            focused: true,
            ..RawInput::default()
        };
        let start = cpu();
        let mut output = self.ctx.run_ui(input, &mut show);
        let shapes = std::mem::take(&mut output.shapes);
        let primitives = self.ctx.tessellate(shapes, output.pixels_per_point);
        let spent = cpu() - start;
        std::hint::black_box(&primitives);
        let next =
            output.viewport_output.values().map(|view| view.repaint_delay).min().unwrap_or(Duration::MAX);
        output.drop_without_applying_deltas();
        (spent, next)
    }

    fn app(&mut self, app: &mut App, events: Vec<Event>) -> (f64, Duration) {
        self.frame(events, |ui| {
            let ctx = ui.ctx().clone();
            app.logic(&ctx);
            app.ui(ui);
        })
    }

    /// Frames in which nothing happens.
    fn rest(&mut self, app: &mut App, frames: usize) {
        for _ in 0..frames {
            self.app(app, Vec::new());
        }
    }

    /// A click, then rest.
    fn click(&mut self, app: &mut App, pos: Pos2) {
        self.app(app, vec![Event::PointerMoved(pos)]);
        for pressed in [true, false] {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            self.app(app, vec![Event::PointerButton { pos, button, pressed, modifiers }]);
        }
        self.rest(app, 5);
    }

    /// Presses keys, then lets things come to rest.
    fn keys(&mut self, app: &mut App, modifiers: Modifiers, key: Key) {
        for pressed in [true, false] {
            let event = Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
            self.app(app, vec![event]);
        }
        self.rest(app, 30);
    }
}

/// Median and 95th percentile.
fn middle(mut all: Vec<f64>) -> (f64, f64) {
    all.sort_by(f64::total_cmp);
    (all[all.len() / 2], all[(all.len() * 95 / 100).min(all.len() - 1)])
}

struct Report {
    broken: bool,
}

impl Report {
    fn line(
        &mut self,
        name: &str,
        nodes: usize,
        edges: usize,
        times: Vec<f64>,
        budget: f64,
        peer: Option<f64>,
    ) {
        let (median, high) = middle(times);
        let kept = median <= budget;
        self.broken |= !kept;
        let peer = peer.map_or(String::new(), |peer| {
            format!("  egui_graphs {peer:.2} ms = {:.1} ×", peer / median.max(1e-6))
        });
        let kept = if kept { "ok" } else { "OVER" };
        println!("{name:<34} {nodes:>6} {edges:>6}  {median:>8.2} {high:>8.2}  ≤ {budget:>5}  {kept}{peer}");
    }
}

/// `egui_graphs`' own widget over a graph of the same size, the pointer moving: its median.
fn peer(nodes: usize, edges: usize, zoomed: bool) -> f64 {
    let mut graph: petgraph::stable_graph::StableGraph<(), ()> = petgraph::stable_graph::StableGraph::new();
    let all: Vec<_> = (0..nodes).map(|_| graph.add_node(())).collect();
    for edge in 0..edges {
        graph.add_edge(all[edge % nodes], all[(edge * 7 + 1) % nodes], ());
    }
    let mut graph = egui_graphs::Graph::<(), ()>::from(&graph);
    let mut desk = Desk::new();
    let interactions = egui_graphs::SettingsInteraction::new()
        .with_hover_enabled(true)
        .with_dragging_enabled(true)
        .with_node_selection_enabled(true);
    let navigation = egui_graphs::SettingsNavigation::new()
        .with_fit_to_screen_enabled(!zoomed)
        .with_zoom_and_pan_enabled(true);
    let mut times = Vec::new();
    for step in 0..24u16 {
        let at = pos2(500.0 + f32::from(step) * 3.0, 400.0);
        let mut events = vec![Event::PointerMoved(at)];
        if zoomed && step < 8 {
            events.push(Event::Zoom(1.6));
        }
        let (spent, _) = desk.frame(events, |ui| {
            let view = egui_graphs::DefaultGraphView::new()
                .with_interactions(&interactions)
                .with_navigations(&navigation);
            view.show(ui, &mut graph);
        });
        if step >= 10 {
            times.push(spent);
        }
    }
    middle(times).0
}

const WHEEL: fn(f32) -> Event = |up| Event::MouseWheel {
    unit: MouseWheelUnit::Point,
    delta: vec2(0.0, up),
    modifiers: Modifiers::COMMAND,
    phase: egui::TouchPhase::Move,
};

fn app(folder: &Path, data: &Path) -> App {
    App::new(Options {
        path: Some(folder.to_owned()),
        data_dir: Some(data.to_owned()),
        rehearsal: Rehearsing::at_once(),
    })
}

/// Frames in which the pointer moves over the picture.
fn moving(desk: &mut Desk, app: &mut App, frames: u16) -> Vec<f64> {
    (0..frames)
        .map(|step| {
            let at = pos2(420.0 + f32::from(step % 40) * 11.0, 300.0 + f32::from(step % 7) * 20.0);
            desk.app(app, vec![Event::PointerMoved(at)]).0
        })
        .collect()
}

fn main() {
    // `cargo test` runs benches too, with this argument: nothing to do then.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let only: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|part| name.contains(part.as_str()));
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let made = |nodes: usize, edges: usize| {
        let path = folder.path().join(format!("p{nodes}"));
        if path.exists() { path } else { project(&path, nodes, edges) }
    };
    let mut report = Report { broken: false };
    println!("{:<34} {:>6} {:>6}  {:>8} {:>8}  budget", "case", "nodes", "edges", "median", "p95");
    for (nodes, edges, budget) in [(1_000, 1_500, 2.0), (10_000, 15_000, 8.0)] {
        if !wanted("fit") && !wanted("zoomed in") && !wanted("panning") {
            continue;
        }
        let mut desk = Desk::new();
        let mut app = app(&made(nodes, edges), &data);
        desk.rest(&mut app, 30);
        let times = moving(&mut desk, &mut app, 60);
        report.line("fit", nodes, edges, times, budget, Some(peer(nodes, edges, false)));
        desk.ctx.enable_accesskit();
        let times = moving(&mut desk, &mut app, 60);
        report.line("fit, a screen reader listening", nodes, edges, times, budget * 2.0, None);
        desk.ctx.disable_accesskit();
        desk.keys(&mut app, Modifiers::COMMAND, Key::Num0);
        let times = moving(&mut desk, &mut app, 60);
        report.line("zoomed in", nodes, edges, times, 1.0, Some(peer(nodes, edges, true)));
        let times = (0..60)
            .map(|step| {
                let wheel = Event::MouseWheel {
                    unit: MouseWheelUnit::Point,
                    delta: vec2(0.0, if step % 20 < 10 { 12.0 } else { -12.0 }),
                    modifiers: Modifiers::NONE,
                    phase: egui::TouchPhase::Move,
                };
                desk.app(&mut app, vec![Event::PointerMoved(pos2(700.0, 400.0)), wheel]).0
            })
            .collect();
        report.line("panning, zoomed in", nodes, edges, times, 1.5, None);
        let times = (0..60)
            .map(|step| {
                let wheel = WHEEL(if step % 20 < 10 { -20.0 } else { 20.0 });
                desk.app(&mut app, vec![Event::PointerMoved(pos2(700.0, 400.0)), wheel]).0
            })
            .collect();
        report.line("zooming", nodes, edges, times, if nodes > 5_000 { 8.0 } else { 4.0 }, None);
    }
    if wanted("drag") {
        drag(&mut report, &made(1_000, 1_500), &data);
    }
    if wanted("open") {
        let path = made(2_000, 3_000);
        let times = (0..5)
            .map(|_| {
                let start = cpu();
                let mut app = app(&path, &data);
                let mut desk = Desk::new();
                // The first frame only brings the letters.
                desk.rest(&mut app, 2);
                cpu() - start
            })
            .collect();
        report.line("open, to the first picture", 2_000, 3_000, times, 400.0, None);
    }
    if wanted("edit") {
        edit(&mut report, &made(500, 750), &data);
    }
    if wanted("arrange") {
        for (name, command) in [("arrange in layers", None), ("arrange by forces", Some("Arrange by forces"))]
        {
            arrange(&mut report, &made(500, 750), &data, name, command);
        }
    }
    if wanted("idle") {
        idle(&mut report, &made(1_000, 1_500), &data);
    }
    if report.broken {
        std::process::exit(1);
    }
}

/// Everything on the screen that begins with `start`, with what follows and its outline, as a screen reader is told it.
fn on_screen(desk: &mut Desk, app: &mut App, start: &str) -> Vec<(String, Rect)> {
    desk.ctx.enable_accesskit();
    let input = RawInput {
        screen_rect: Some(Rect::from_min_size(Pos2::ZERO, desk.size)),
        time: Some(desk.time),
        ..RawInput::default()
    };
    let mut output = desk.ctx.run_ui(input, |ui| {
        let ctx = ui.ctx().clone();
        app.logic(&ctx);
        app.ui(ui);
    });
    desk.ctx.disable_accesskit();
    let tree = output.platform_output.accesskit_update.take();
    output.drop_without_applying_deltas();
    let mut found = Vec::new();
    for (_, node) in tree.into_iter().flat_map(|tree| tree.nodes) {
        if let (Some(name), Some(bounds)) =
            (node.label().and_then(|label| label.strip_prefix(start)), node.bounds())
        {
            let rect = Rect::from_min_max(
                pos2(bounds.x0 as f32, bounds.y0 as f32),
                pos2(bounds.x1 as f32, bounds.y1 as f32),
            );
            found.push((name.to_owned(), rect));
        }
    }
    found
}

/// A hundred of a thousand nodes under the pointer, guides and all.
fn drag(report: &mut Report, folder: &Path, data: &Path) {
    let mut desk = Desk::new();
    let mut app = app(folder, data);
    desk.rest(&mut app, 10);
    let all = on_screen(&mut desk, &mut app, "node ");
    let corner = all.iter().map(|(_, rect)| rect.min.to_vec2()).reduce(Vec2::min).expect("nodes");
    let from = corner.to_pos2() - vec2(3.0, 3.0);
    // The smallest square from the corner that touches a hundred.
    let touched = |size: f32| {
        let band = Rect::from_min_size(from, vec2(size, size));
        all.iter().filter(|(_, rect)| band.intersects(*rect)).collect::<Vec<_>>()
    };
    let size = (1..1000u16).map(f32::from).find(|size| touched(*size).len() >= 100).expect("a hundred nodes");
    let chosen = touched(size);
    let button = |pos: Pos2, pressed: bool| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    desk.app(&mut app, vec![Event::PointerMoved(from)]);
    desk.app(&mut app, vec![button(from, true)]);
    for step in 1..=10u8 {
        let at = from + vec2(size, size) * (f32::from(step) / 10.0);
        desk.app(&mut app, vec![Event::PointerMoved(at)]);
    }
    desk.app(&mut app, vec![button(from + vec2(size, size), false)]);
    desk.rest(&mut app, 3);
    let start = chosen[0].1.center();
    desk.app(&mut app, vec![Event::PointerMoved(start)]);
    desk.app(&mut app, vec![button(start, true)]);
    let mut end = start;
    let mut times = Vec::new();
    for step in 1..=60u8 {
        end = start + vec2(f32::from(step), f32::from(step % 9));
        let (spent, _) = desk.app(&mut app, vec![Event::PointerMoved(end)]);
        if step > 5 {
            times.push(spent);
        }
    }
    report.line(&format!("drag {}, with guides", chosen.len()), 1_000, 1_500, times, 4.0, None);
    let before = cpu();
    desk.app(&mut app, vec![button(end, false)]);
    desk.app(&mut app, Vec::new());
    report.line("drop them, to the new picture", 1_000, 1_500, vec![cpu() - before], 100.0, None);
    let moved = on_screen(&mut desk, &mut app, "node ");
    let place = |all: &[(String, Rect)], name: &str| {
        all.iter().find(|(known, _)| known == name).map(|(_, rect)| rect.min)
    };
    let last = &chosen[chosen.len() - 1].0;
    assert_ne!(place(&all, last), place(&moved, last), "the drag moved what was chosen");
}

/// A property of one node is typed, from Enter on: text, reading, check and the new picture, on all threads together.
fn edit(report: &mut Report, folder: &Path, data: &Path) {
    let mut desk = Desk::new();
    let mut app = app(folder, data);
    desk.rest(&mut app, 10);
    let node = on_screen(&mut desk, &mut app, "node node_0").swap_remove(0).1.center();
    desk.click(&mut app, node);
    let mut times = Vec::new();
    for number in 1..=20u8 {
        let field = on_screen(&mut desk, &mut app, "field ip").swap_remove(0).1.center();
        desk.click(&mut app, field);
        desk.keys(&mut app, Modifiers::COMMAND, Key::A);
        desk.app(&mut app, vec![Event::Text(format!("10.9.9.{number}"))]);
        let before = process();
        let enter = Event::Key {
            key: Key::Enter,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        desk.app(&mut app, vec![enter]);
        desk.app(&mut app, Vec::new());
        while !app.is_settled() {
            std::thread::sleep(Duration::from_millis(1));
            // What is done takes no time until it is there: only then a frame is drawn.
            let ctx = desk.ctx.clone();
            app.logic(&ctx);
        }
        desk.app(&mut app, Vec::new());
        times.push(process() - before);
        desk.rest(&mut app, 3);
    }
    report.line("edit of one property, to the picture", 500, 750, times, 30.0, None);
}

/// Everything is arranged, by the key or by a command of that name, until it is there: CPU of all threads together.
fn arrange(report: &mut Report, folder: &Path, data: &Path, case: &str, command: Option<&str>) {
    let mut times = Vec::new();
    for _ in 0..3 {
        let copy = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(copy.path().join("lane")).expect("a folder");
        for file in ["gantry.yaml", "lane/blueprint.yaml"] {
            std::fs::copy(folder.join(file), copy.path().join(file)).expect("a copy");
        }
        let mut desk = Desk::new();
        let mut app = app(copy.path(), data);
        desk.rest(&mut app, 10);
        if let Some(name) = command {
            desk.keys(&mut app, Modifiers::COMMAND, Key::K);
            desk.app(&mut app, vec![Event::Text(name.to_owned())]);
            desk.rest(&mut app, 3);
        }
        let (modifiers, key) =
            if command.is_some() { (Modifiers::NONE, Key::Enter) } else { (Modifiers::COMMAND, Key::L) };
        let before = process();
        let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        desk.app(&mut app, vec![event(true), event(false)]);
        let sidecar = copy.path().join("lane/blueprint.layout.yaml");
        while !sidecar.exists() {
            std::thread::sleep(Duration::from_millis(2));
            let ctx = desk.ctx.clone();
            app.logic(&ctx);
        }
        times.push(process() - before);
    }
    report.line(case, 500, 750, times, 1000.0, None);
}

/// With nothing changing no frame is asked for.
fn idle(report: &mut Report, folder: &Path, data: &Path) {
    let mut desk = Desk::new();
    let mut app = app(folder, data);
    desk.rest(&mut app, 60);
    let wanted = (0..20).filter(|_| desk.app(&mut app, Vec::new()).1 < Duration::from_secs(1)).count();
    println!("{:<34} {:>6} {:>6}  {wanted} of 20 frames ask for another", "idle", 1_000, 1_500);
    report.broken |= wanted > 0;
}
