//! Copy, cut, paste and duplicate: nodes are YAML on the system's clipboard.
//!
//! What such a text looks like is [`crate::edit::clipboard`]'s matter; here it is fetched and given, and placed.

use egui::{Context, Event, Rect, ViewportCommand};
use indexmap::IndexMap;

use super::app::App;
use super::command::Command;
use super::view::NodeKey;
use crate::edit::{Edit, clipboard, named};
use crate::model::{Point, Value};
use crate::scene::NodeIndex;

/// What to say when the clipboard holds no nodes.
const HINT: &str = "nodes are YAML: a name with `type: …` below it, or a whole `node_templates`; a compose file, a Kubernetes manifest \
     or a `docker run` line becomes nodes, too";

impl App {
    /// Takes what the system says of its clipboard, unless a text field has the keyboard.
    pub(super) fn follow_clipboard(&mut self, ctx: &Context, typing: bool) {
        if typing || ctx.text_edit_focused() {
            return;
        }
        let wanted = |event: &Event| matches!(event, Event::Copy | Event::Cut | Event::Paste(_));
        let events: Vec<Event> =
            ctx.input(|input| input.events.iter().filter(|event| wanted(event)).cloned().collect());
        for event in events {
            match event {
                // With nothing selected it is some text that is copied.
                Event::Copy if !self.view.selection.is_empty() => self.run(ctx, Command::Copy),
                Event::Cut if !self.view.selection.is_empty() => self.run(ctx, Command::Cut),
                Event::Paste(text) => {
                    let nodes = self.session.is_some() && clipboard::is_nodes(&text);
                    if nodes || !self.paste_foreign(ctx, &text) {
                        self.paste(ctx, &text);
                    }
                }
                _ => {}
            }
        }
    }

    /// Puts the selected nodes on the clipboard; false if that can't be.
    pub(super) fn copy(&mut self, ctx: &Context) -> bool {
        let selected = self.selected_by_lane();
        let (Some(session), Some((number, names))) = (&self.session, selected.last()) else { return false };
        let Some(lane) = self.lane_name(*number) else { return false };
        match clipboard::copy(session.documents(), &lane, names) {
            Ok(text) => ctx.copy_text(text),
            Err(error) => {
                self.view.toast(true, error.to_string(), None);
                return false;
            }
        }
        if selected.len() > 1 {
            let told = format!("Only the nodes of {lane} were copied");
            self.view.toast(false, told, Some("a text on the clipboard is of one lane".to_owned()));
            return false;
        }
        true
    }

    /// Copies, then removes.
    pub(super) fn cut(&mut self, ctx: &Context) {
        if self.copy(ctx) {
            self.remove_selected(false);
        }
    }

    /// Asks the system for what is on its clipboard; it comes with a later frame.
    pub(super) fn ask_clipboard(ctx: &Context) {
        ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
    }

    /// Makes nodes of a text, under the pointer if that is over a lane.
    pub(super) fn paste(&mut self, ctx: &Context, text: &str) {
        let canvas = Rect::from_min_size(self.view.canvas_corner, self.view.canvas_size);
        let place = ctx.pointer_latest_pos().filter(|place| canvas.contains(*place));
        let point = place.map(|place| self.view.camera.to_canvas(canvas.min, place));
        let under = point.and_then(|point| {
            let lane = self.board.scene.lanes.iter().position(|lane| lane.frame.contains(point))?;
            Some((lane, self.in_lane(lane, point)))
        });
        let shown = self.view.selection.last().map(|key| key.lane).or(self.view.lane).unwrap_or(0);
        let (number, at) = under.map_or((shown, None), |(lane, at)| (lane, Some(at)));
        self.add_copies(vec![(number, text.to_owned(), at)], None);
    }

    /// Copies of the selected nodes beside them.
    pub(super) fn duplicate(&mut self) {
        let Some(session) = &self.session else { return };
        let mut copies = Vec::new();
        for (number, names) in self.selected_by_lane() {
            let Some(lane) = self.lane_name(number) else { continue };
            match clipboard::copy(session.documents(), &lane, &names) {
                Ok(text) => copies.push((number, text, None)),
                Err(error) => return self.view.toast(true, error.to_string(), None),
            }
        }
        let label = format!("duplicate {}", named(self.view.selection.iter().map(|key| key.name.as_str())));
        self.add_copies(copies, Some(label));
    }

    /// Copies of nodes, and of what lies in them, where they were let go: one step. They are tied as those are, and nothing
    /// makes way for them.
    pub(super) fn copy_to(&mut self, dragged: &[NodeKey], places: &[(NodeKey, Point)], by: Point) {
        let Some(session) = &self.session else { return };
        let scene = &self.board.scene;
        let mut lanes: IndexMap<usize, Vec<String>> = IndexMap::new();
        for index in dragged.iter().filter_map(|key| scene.find(key.lane, &key.name)) {
            for inner in scene.with_content(index) {
                let names = lanes.entry(scene.nodes[inner].lane).or_default();
                if !names.contains(&scene.nodes[inner].name) {
                    names.push(scene.nodes[inner].name.clone());
                }
            }
        }
        let outermost: Vec<NodeIndex> =
            dragged.iter().filter_map(|key| scene.find(key.lane, &key.name)).collect();
        let mut edits = self.hold_around(&outermost);
        for (number, names) in lanes {
            let Some(shown) = self.board.lanes.get(number) else { continue };
            let mut at: IndexMap<String, Point> = IndexMap::new();
            for name in &names {
                let told = places.iter().find(|(key, _)| key.lane == number && key.name == *name);
                let own = shown.layout.nodes.get(name);
                let place =
                    told.map(|(_, to)| *to).or(own.map(|own| Point { x: own.x + by.x, y: own.y + by.y }));
                at.extend(place.map(|place| (name.clone(), place)));
            }
            match clipboard::duplicate_at(session.documents(), &shown.lane.name, &names, &at) {
                Ok(made) => edits.push(made.edit),
                Err(error) => return self.view.toast(true, error.to_string(), None),
            }
        }
        let label = format!("duplicate {}", named(dragged.iter().map(|key| key.name.as_str())));
        self.edit(&Edit::All { label, edits });
    }

    /// Nodes of texts, each into a lane, as one step, with the imports that they need.
    fn add_copies(&mut self, copies: Vec<(usize, String, Option<Point>)>, label: Option<String>) {
        let (mut edits, mut left_out, mut told) = (Vec::new(), Vec::new(), label);
        for (number, text, at) in copies {
            let (Some(session), Some(lane)) = (&self.session, self.lane_name(number)) else { return };
            let paste = match clipboard::paste(session.documents(), &lane, &text, at) {
                Ok(paste) => paste,
                Err(error) => return self.view.toast(true, error.to_string(), Some(HINT.to_owned())),
            };
            let kinds: Vec<String> = kinds(&paste.edit)
                .into_iter()
                // What no lane and no plugin knows is a problem of the text, told as such.
                .filter(|kind| self.board.imports_for(number, kind).is_ok())
                .collect();
            let Some(imports) = self.importing(number, kinds.iter().map(String::as_str)) else { return };
            told.get_or_insert_with(|| paste.edit.label());
            edits.extend(imports);
            edits.push(paste.edit);
            left_out.extend(paste.left_out);
        }
        let done = self.edit(&Edit::All { label: told.unwrap_or_default(), edits });
        if done && !left_out.is_empty() {
            self.view.toast(false, left_out.join("; "), None);
        }
    }

    /// The names of the selected nodes by lane, the lane of the one selected last at the end.
    fn selected_by_lane(&self) -> Vec<(usize, Vec<String>)> {
        let mut lanes: IndexMap<usize, Vec<String>> = IndexMap::new();
        for key in self.view.selection.iter().rev() {
            lanes.entry(key.lane).or_default().push(key.name.clone());
        }
        lanes.into_iter().rev().collect()
    }
}

/// The types that new nodes and their relationships are of.
fn kinds(edit: &Edit) -> Vec<String> {
    let of = |value: &Value| value.get("type").and_then(Value::as_str).map(str::to_owned);
    match edit {
        Edit::AddNode { template, .. } => {
            let all = template.get("relationships").and_then(Value::as_list).unwrap_or_default();
            of(template).into_iter().chain(all.iter().filter_map(of)).collect()
        }
        Edit::All { edits, .. } => edits.iter().flat_map(kinds).collect(),
        _ => Vec::new(),
    }
}
