//! What a person does with the window, one gesture each: keys, clicks and drags by the names that a screen reader hears.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Pos2, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::super::Settle as _;

/// The window and where its project is.
pub struct Hands {
    pub harness: Harness<'static, App>,
    pub root: PathBuf,
}

impl Hands {
    fn steps(&mut self, n: usize) {
        self.harness.run_steps(n);
    }

    /// Waits until the picture shows all that was drawn.
    pub fn settle(&mut self) {
        self.harness.settle(1);
        self.steps(1);
    }

    pub fn has(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    /// Waits for something of that very name.
    pub fn wait(&mut self, label: &str) {
        super::super::wait_named(&mut self.harness, label);
    }

    pub fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.steps(1);
    }

    pub fn ctrl(&mut self, key: Key) {
        self.harness.key_press_modifiers(Modifiers::COMMAND, key);
        self.steps(1);
    }

    pub fn click(&mut self, label: &str) {
        assert!(self.has(label), "nothing is called `{label}`");
        self.harness.get_by_label(label).click();
        self.steps(2);
    }

    /// Clicks what stands below the edge of a panel, as a screen reader does: without scrolling to it.
    pub fn click_far_down(&mut self, label: &str) {
        assert!(self.has(label), "nothing is called `{label}`");
        self.harness.get_by_label(label).click_accesskit();
        self.steps(2);
    }

    /// Types into what has the keyboard.
    pub fn text(&mut self, text: &str) {
        self.harness.input_mut().events.push(Event::Text(text.to_owned()));
        self.steps(1);
    }

    /// Types over what a field holds, and takes it by Enter.
    pub fn fill(&mut self, label: &str, text: &str) {
        assert!(self.has(label), "there is no field `{label}`");
        self.harness.get_by_role_and_label(Role::TextInput, label).focus();
        self.steps(1);
        self.ctrl(Key::A);
        self.text(text);
        self.key(Key::Enter);
        self.settle();
    }

    /// Types several lines over what a field of a form holds; it takes them when it is left.
    pub fn fill_lines(&mut self, label: &str, text: &str) {
        self.harness.get_by_label(label).focus();
        self.steps(1);
        self.ctrl(Key::A);
        self.harness.input_mut().events.push(Event::Paste(text.to_owned()));
        self.steps(2);
        self.key(Key::Tab);
        self.settle();
    }

    /// Answers a question with choices.
    pub fn choose(&mut self, question: &str, answer: &str) {
        assert!(self.has(question), "nobody asks `{question}`");
        self.text(answer);
        self.key(Key::Enter);
        self.settle();
    }

    /// The node of a lane on the canvas: others may have a node of that name, too.
    pub fn node(&self, lane: &str, name: &str) -> Rect {
        self.find(lane, name).0
    }

    /// Where a node is, and whether it is selected.
    fn find(&self, lane: &str, name: &str) -> (Rect, bool) {
        let own = format!("lane {lane}");
        let label = format!("node {name}");
        let mut all = self.harness.query_all_by_label(&label);
        let found = all.find(|node| {
            let told = node.accesskit_node().description().unwrap_or_default();
            told.split(", ").any(|part| part == own)
        });
        let found = found.unwrap_or_else(|| panic!("{lane} has no node `{name}`"));
        (found.rect(), found.accesskit_node().is_selected() == Some(true))
    }

    /// Where something is on the screen.
    pub fn harness_rect(&self, label: &str) -> Rect {
        self.harness.get_by_label(label).rect()
    }

    /// A place of the canvas where nothing stands: what is added there finds its own place in the lane.
    pub fn open(&self) -> Pos2 {
        self.harness.get_by_label("canvas").rect().left_bottom() + vec2(40.0, -40.0)
    }

    /// What a screen reader says of a node.
    pub fn told(&self, name: &str) -> String {
        super::super::description(&self.harness, &format!("node {name}"))
    }

    /// A place of a node that belongs to nothing in it.
    pub fn head(&self, lane: &str, name: &str) -> Pos2 {
        self.node(lane, name).center_top() + vec2(0.0, 6.0)
    }

    pub fn select(&mut self, lane: &str, name: &str) {
        let at = self.head(lane, name);
        self.press(at, Modifiers::NONE);
        assert!(self.find(lane, name).1, "{name} can't be selected");
    }

    /// Selects one more.
    pub fn select_too(&mut self, lane: &str, name: &str) {
        let at = self.head(lane, name);
        self.press(at, Modifiers::SHIFT);
    }

    fn press(&mut self, at: Pos2, modifiers: Modifiers) {
        self.harness.input_mut().events.push(Event::ModifiersChanged(modifiers));
        self.harness.hover_at(at);
        self.steps(1);
        for pressed in [true, false] {
            let button = egui::PointerButton::Primary;
            self.harness.input_mut().events.push(Event::PointerButton {
                pos: at,
                button,
                pressed,
                modifiers,
            });
            self.steps(1);
        }
        self.harness.input_mut().events.push(Event::ModifiersChanged(Modifiers::NONE));
        self.steps(1);
    }

    /// Drags from one place to another and lets go.
    pub fn drag(&mut self, from: Pos2, to: Pos2) {
        self.harness.hover_at(from);
        self.steps(2);
        self.harness.drag_at(from);
        self.steps(1);
        for step in 1..=3u8 {
            self.harness.hover_at(from + (to - from) * (f32::from(step) / 3.0));
            self.steps(1);
        }
        self.steps(1);
        self.harness.drop_at(to);
        self.settle();
    }

    /// Pulls a line from the handle of a node to another node.
    pub fn pull(&mut self, lane: &str, from: &str, to: Pos2) {
        let head = self.head(lane, from);
        self.harness.hover_at(head);
        self.steps(2);
        let handle = self.harness.get_by_label(&format!("connect from {from}")).rect().center();
        self.drag(handle, to);
    }

    /// Chooses the type of a line where several make sense.
    pub fn as_kind(&mut self, from: &str, to: &str, kind: &str) {
        let asked = format!("{from} → {to}");
        if self.has(&asked) {
            self.choose(&asked, kind);
        }
        let step = format!("undo: connect {from} → {to}");
        let made = self.harness.query_by_label_contains(&step).is_some();
        assert!(made, "{from} was not connected to {to}");
    }

    /// Connects two nodes of a lane by keys alone; `kind` where several make sense.
    pub fn connect(&mut self, lane: &str, from: &str, to: &str, kind: &str) {
        self.select(lane, from);
        self.key(Key::C);
        self.choose(&format!("Connect {from} to"), to);
        self.as_kind(from, to, kind);
    }

    pub fn fit(&mut self) {
        self.harness.key_press_modifiers(Modifiers::SHIFT, Key::Num1);
        self.steps(2);
    }

    /// Selects a lane by its title.
    pub fn pick_lane(&mut self, lane: &str) {
        self.fit();
        self.click(&format!("lane {lane}"));
    }

    /// Looks at one lane alone, as large as it fits.
    pub fn enter(&mut self, lane: &str) {
        self.pick_lane(lane);
        self.key(Key::Enter);
        self.steps(2);
    }

    pub fn rename(&mut self, name: &str, to: &str) {
        self.key(Key::F2);
        assert!(self.has(&format!("New name of {name}")), "{name} is not asked for another name");
        self.ctrl(Key::A);
        self.text(to);
        self.key(Key::Enter);
        self.settle();
    }

    /// A type from the palette into a lane or container, by drag; the node then has the given name.
    pub fn drop_type(&mut self, kind: &str, to: Pos2, made: &str, name: &str) {
        let label = format!("type {kind}");
        self.key(Key::Slash);
        self.ctrl(Key::A);
        self.text(kind);
        self.wait(&label);
        let from = self.harness.get_all_by_label(&label).next().unwrap().rect().center();
        self.drag(from, to);
        self.wait(&format!("node {made}"));
        self.steps(2);
        if made != name {
            self.rename(made, name);
        }
    }

    /// A type from the palette by keys: it finds its own place.
    pub fn add_type(&mut self, kind: &str, made: &str, name: &str) {
        let label = format!("type {kind}");
        self.key(Key::Slash);
        self.ctrl(Key::A);
        self.text(kind);
        self.wait(&label);
        self.harness.get_all_by_label(&label).next().unwrap().focus();
        self.steps(1);
        self.key(Key::Enter);
        self.settle();
        self.wait(&format!("node {made}"));
        if made != name {
            self.rename(made, name);
        }
    }

    /// A node by typing its type.
    pub fn quick_add(&mut self, kind: &str, made: &str, name: &str) {
        self.key(Key::Escape);
        let at = self.open();
        self.harness.hover_at(at);
        self.steps(2);
        self.key(Key::Insert);
        self.choose("Which type?", kind);
        self.wait(&format!("node {made}"));
        self.steps(2);
        if made != name {
            self.rename(made, name);
        }
    }

    /// An input of the lane that is shown, with what it is unless something is given.
    pub fn input(&mut self, name: &str, kind: Option<&str>, default: Option<&str>) {
        self.fill("add input", name);
        self.wait(name);
        self.click(name);
        match kind {
            Some("string") => {}
            Some(kind) => {
                self.click(&format!("field {name}.type"));
                self.harness.get_all_by_label(kind).last().unwrap().click();
                self.steps(2);
                self.settle();
            }
            None => {
                self.click(&format!("reset {name}.type"));
                self.settle();
            }
        }
        if let Some(default) = default {
            self.fill(&format!("field {name}.default"), default);
        }
        self.click(name);
    }

    /// An output of the lane that is shown, its value as YAML.
    pub fn output(&mut self, name: &str, value: &str) {
        self.fill("add output", name);
        self.wait(name);
        self.click(name);
        self.as_yaml(&format!("{name}.value"), value);
        self.click(name);
    }

    /// Writes a field of the inspector as YAML.
    pub fn as_yaml(&mut self, field: &str, value: &str) {
        self.click(&format!("expression of {field}"));
        self.click("as YAML");
        self.fill_lines(&format!("YAML of {field}"), value);
    }

    /// Chooses a function for a field, and gives its arguments.
    pub fn function(&mut self, field: &str, function: &str, arguments: &str) {
        self.click(&format!("expression of {field}"));
        self.click(function);
        self.harness.get_by_label(&format!("{function} of {field}")).focus();
        self.steps(1);
        self.text(arguments);
        self.key(Key::Enter);
        self.settle();
    }

    /// Types over a line of the text of the lane that is shown.
    pub fn retype_line(&mut self, part: &str, line: &str) {
        super::super::texts::caret_behind(&mut self.harness, part);
        self.key(Key::Home);
        self.key(Key::Home);
        self.harness.key_press_modifiers(Modifiers::SHIFT, Key::End);
        self.steps(2);
        self.text(line);
        self.settle();
    }

    /// Pastes at the end of the text that is shown.
    pub fn append(&mut self, file: &str, text: &str) {
        self.harness.get_by_label(&format!("text of {file}")).focus();
        self.steps(2);
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::End);
        self.steps(2);
        self.harness.input_mut().events.push(Event::Paste(text.to_owned()));
        self.settle();
    }

    pub fn save(&mut self) {
        self.ctrl(Key::S);
        let begun = Instant::now();
        while self.harness.query_by_label_contains("not saved").is_some() {
            assert!(begun.elapsed() < Duration::from_secs(30), "saving never ended");
            std::thread::sleep(Duration::from_millis(5));
            self.steps(1);
        }
    }
}
