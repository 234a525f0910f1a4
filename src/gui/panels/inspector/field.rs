//! [`Field`]: one value of a blueprint in a form: its name, what it may be, what it is, and where it is written.
//!
//! Draws what all fields have: label, mark of a required one, reset, remove, function, problems, and what the value comes
//! to. How the value itself is edited is in [`super::value`].

use egui::{RichText, Sense, Ui, WidgetInfo, WidgetType, vec2};

use super::{function, value};
use crate::check::PropertyInfo;
use crate::diag::{Diagnostic, Path, Segment};
use crate::edit::Edit;
use crate::gui::ask::{Ask, Named, Naming};
use crate::gui::board::Board;
use crate::gui::editor::Entry;
use crate::gui::status::{self, Status};
use crate::gui::theme::tokens;
use crate::gui::view::{View, Wish};
use crate::model::Value;

/// One value in a form.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Position of the lane in which it is evaluated.
    pub lane: usize,
    /// The node in which it is evaluated.
    pub node: Option<String>,
    /// Where it is written: lane and path. More than one where several nodes are edited together.
    pub places: Vec<(String, Path)>,
    /// What it is called: `env.SERVERS`.
    pub label: String,
    /// What it may be.
    pub info: PropertyInfo,
    /// What the text says; none if it says nothing.
    pub written: Option<Value>,
    /// What it is then: a default.
    pub default: Option<Value>,
    /// Whether the places say different things.
    pub mixed: bool,
    /// Whether it can be taken away: an element, an entry.
    pub may_go: bool,
    /// Whether its name is a person's own: the key of an entry.
    pub named: bool,
    /// Whether what it is a part of stands above it: only the last word of its name is shown.
    pub brief: bool,
    /// Whether it is written in `gantry.yaml`, not in the lane's blueprint.
    pub in_manifest: bool,
}

impl Field {
    /// A value of a lane's text that no type describes.
    pub fn plain(board: &Board, lane: usize, at: Path, label: &str, kind: Option<&str>) -> Self {
        let shown = board.lanes.get(lane);
        let written = shown.and_then(|shown| shown.lane.reading.blueprint.at(&at)).cloned();
        Self {
            lane,
            places: shown.map(|shown| (shown.lane.name.clone(), at)).into_iter().collect(),
            label: label.to_owned(),
            info: PropertyInfo { kind: kind.map(str::to_owned), ..PropertyInfo::default() },
            written,
            ..Self::default()
        }
    }

    /// Its name among all fields of the window.
    pub fn key(&self) -> String {
        let places = self.places.iter().map(|(lane, at)| format!("{lane}:{at}"));
        places.collect::<Vec<_>>().join(" ")
    }

    /// The edit that writes `value` to all places.
    pub fn set(&self, value: &Value) -> Edit {
        let edit = |(lane, at): &(String, Path)| {
            let (lane, at, value) = (lane.clone(), at.clone(), value.clone());
            if self.in_manifest {
                Edit::Configure { at, value: Some(value) }
            } else {
                Edit::Set { lane, at, value }
            }
        };
        self.together("set", self.places.iter().map(edit).collect())
    }

    /// The edit that takes the value away.
    pub fn unset(&self) -> Edit {
        let edit = |(lane, at): &(String, Path)| {
            if self.in_manifest {
                Edit::Configure { at: at.clone(), value: None }
            } else {
                Edit::Unset { lane: lane.clone(), at: at.clone() }
            }
        };
        self.together("remove", self.places.iter().map(edit).collect())
    }

    fn together(&self, verb: &str, mut edits: Vec<Edit>) -> Edit {
        match edits.len() {
            1 => edits.swap_remove(0),
            many => Edit::All { label: format!("{verb} {} of {many} nodes", self.label), edits },
        }
    }

    /// The field of something inside this value.
    pub fn inner(&self, step: &Segment, info: PropertyInfo) -> Self {
        let label = match step {
            Segment::Key(key) => format!("{}.{key}", self.label),
            Segment::Index(index) => format!("{}[{index}]", self.label),
        };
        let deeper = |at: &Path| match step {
            Segment::Key(key) => at.key(key),
            Segment::Index(index) => at.index(*index),
        };
        let find = |value: &Value| match step {
            Segment::Key(key) => value.get(key).cloned(),
            Segment::Index(index) => value.as_list()?.get(*index).cloned(),
        };
        Self {
            lane: self.lane,
            node: self.node.clone(),
            places: self.places.iter().map(|(lane, at)| (lane.clone(), deeper(at))).collect(),
            label,
            written: self.written.as_ref().and_then(find),
            default: self.default.as_ref().and_then(find).or_else(|| info.default.clone()),
            info,
            mixed: false,
            may_go: false,
            named: false,
            // What it is a part of stands above it.
            brief: matches!(step, Segment::Key(_)),
            in_manifest: self.in_manifest,
        }
    }

    /// What it is now.
    pub fn current(&self) -> Option<&Value> {
        self.written.as_ref().or(self.default.as_ref())
    }
}

/// The whole field.
pub fn field_ui(ui: &mut Ui, board: &Board, view: &mut View, field: &Field) {
    let shown = ui.push_id(field.key(), |ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        head_ui(ui, board, view, field);
        if view.forms.is_text(&field.key()) {
            value::yaml_ui(ui, view, field);
        } else if !function::function_ui(ui, board, view, field) {
            value::value_ui(ui, board, view, field);
        }
        problems_ui(ui, board, view, field);
        let told = |value: &&Value| {
            (value.call().is_some() || view.forms.is_text(&field.key()) && value.has_calls())
                && !inside_a_call(field)
        };
        let written = field.written.as_ref().filter(told);
        if let Some(value) = written {
            comes_to_ui(ui, board, field, value);
        }
    });
    reveal_ui(ui, view, field, shown.response.rect);
    ui.add_space(2.0);
}

/// Brings the field of a problem into view and marks it, until a person clicks somewhere.
fn reveal_ui(ui: &mut Ui, view: &mut View, field: &Field, rect: egui::Rect) {
    let key = field.key();
    let missing = |lane: &String, at: &Path| {
        let wanted = view.forms.wanted.as_ref();
        wanted.is_some_and(|(known, wanted)| known == lane && at.parent().as_ref() == Some(wanted))
            && field.info.required
            && field.current().is_none()
    };
    if field.places.iter().any(|(lane, at)| view.forms.wants(lane, at) || missing(lane, at)) {
        ui.scroll_to_rect(rect, Some(egui::Align::Center));
        view.forms.wanted = None;
        view.forms.found = Some(key.clone());
    }
    if view.forms.found.as_ref() == Some(&key) {
        let stroke = egui::Stroke::new(1.5, tokens(ui.ctx()).accent);
        ui.painter().rect_stroke(rect.expand(2.0), 4, stroke, egui::StrokeKind::Outside);
        if ui.input(|input| input.pointer.any_click()) {
            view.forms.found = None;
        }
    }
}

/// Whether the field is an argument: what it comes to is told by the whole.
fn inside_a_call(field: &Field) -> bool {
    let at = field.places.first().map(|(_, at)| at.segments());
    at.into_iter().flatten().rev().skip(1).any(|step| match step {
        Segment::Key(key) => crate::model::FUNCTIONS.contains(&&**key),
        Segment::Index(_) => false,
    })
}

/// `[0]` of an argument: the whole is named above it.
fn last_step(field: &Field) -> String {
    match field.places.first().and_then(|(_, at)| at.segments().last()) {
        Some(Segment::Index(index)) => format!("[{index}]"),
        Some(Segment::Key(key)) => key.to_string(),
        None => field.label.clone(),
    }
}

/// Name, what it may be on hover, and what can be done with it.
fn head_ui(ui: &mut Ui, board: &Board, view: &mut View, field: &Field) {
    let tokens = tokens(ui.ctx());
    let away = || away(board, field);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().button_padding = vec2(4.0, 0.0);
            ui.spacing_mut().interact_size.y = 16.0;
            if field.may_go && small_ui(ui, "×", &format!("remove {}", field.label), "Takes it away") {
                view.change(away());
            }
            rename_ui(ui, view, field);
            let has_default = field.default.is_some() || !field.info.required;
            if field.written.is_some() && has_default && !field.may_go {
                let told = field.default.as_ref().map_or_else(
                    || "Takes the value away: the property is not set then".to_owned(),
                    |default| format!("Back to the default: {default}"),
                );
                if small_ui(ui, "↺", &format!("reset {}", field.label), &told) {
                    view.forms.forget(&field.key());
                    view.change(away());
                }
            }
            function::menu_ui(ui, board, view, field);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let color = if field.written.is_some() { tokens.text } else { tokens.weak };
                let name = if inside_a_call(field) {
                    last_step(field)
                } else if field.brief {
                    field.label.rsplit(['.', ' ']).next().unwrap_or_default().to_owned()
                } else {
                    field.label.clone()
                };
                let text = RichText::new(name).size(11.5).color(color);
                let label = ui.add(egui::Label::new(text).truncate().sense(Sense::hover()));
                if let Some(name) = function::named(view, field) {
                    function::chip_ui(ui, &name);
                }
                let limits = field.limits();
                if !limits.is_empty() && field.info.choices().is_none() {
                    ui.label(RichText::new(limits).size(10.5).color(tokens.weak));
                }
                let needed = field.info.required && field.current().is_none();
                if needed {
                    ui.label(RichText::new("required").size(10.5).color(tokens.number));
                }
                label.on_hover_ui(|ui| {
                    ui.set_max_width(340.0);
                    ui.label(RichText::new(&field.label).strong());
                    if let Some(text) = &field.info.description {
                        ui.label(text);
                    }
                    let told = told(&field.info);
                    if !told.is_empty() {
                        ui.label(RichText::new(told).size(11.5).color(tokens.weak));
                    }
                });
            });
        });
    });
}

/// Asks for another key of an entry.
fn rename_ui(ui: &mut Ui, view: &mut View, field: &Field) {
    let [(lane, at)] = field.places.as_slice() else { return };
    let Some(Segment::Key(name)) = at.segments().last().filter(|_| field.named) else { return };
    let place = ui.cursor().right_bottom();
    if small_ui(ui, "Aa", &format!("rename {}", field.label), "Gives it another name") {
        let of = Named::Other { lane: lane.clone(), at: at.clone() };
        let naming = Naming::new(format!("New name of {name}"), place, &**name, of);
        view.wish(Wish::Ask(Box::new(Ask::Name(naming))));
    }
}

/// The edit that takes a value away; with all that was written to read it, if it is one of another lane.
fn away(board: &Board, field: &Field) -> Edit {
    match field.places.as_slice() {
        [(lane, at)] if board.is_shared(field.lane, at) => Edit::Unshare { at: (lane.clone(), at.clone()) },
        _ => field.unset(),
    }
}

/// Kind, default and constraints in one line.
fn told(info: &PropertyInfo) -> String {
    let mut parts: Vec<String> = info.kind.clone().into_iter().collect();
    if info.required {
        parts.push("required".to_owned());
    }
    parts.extend(
        info.default.as_ref().filter(|value| !value.is_null()).map(|value| format!("default {value}")),
    );
    parts.extend(info.constraints.iter().map(ToString::to_string));
    parts.join(" · ")
}

/// A small button without a frame.
pub fn small_ui(ui: &mut Ui, text: &str, spoken: &str, hover: &str) -> bool {
    let weak = tokens(ui.ctx()).weak;
    let button = egui::Button::new(RichText::new(text).size(12.0).color(weak)).frame_when_inactive(false);
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, spoken));
    response.on_hover_text(hover).clicked()
}

/// Gives a field the keyboard if it is the one that is to have it.
pub fn focus(ui: &Ui, view: &mut View, entry: &Entry<'_>) {
    // A click takes the keyboard from every field in the frame in which it happens.
    let clicked = ui.input(|input| input.pointer.any_click());
    if view.forms.focus.as_deref() == Some(entry.key) && !clicked {
        view.forms.focus = None;
        ui.memory_mut(|memory| memory.request_focus(entry.id()));
    }
}

/// Takes over an edit that a field has made.
pub fn done(view: &mut View, key: &str, edit: Option<Edit>) {
    if let Some(edit) = edit {
        view.wish(Wish::Fill { edit: Box::new(edit), field: key.to_owned() });
    }
}

/// Why what is typed in a field without a value of its own can't be taken.
pub fn wrong_ui(ui: &mut Ui, view: &View, key: &str) {
    if let Some(why) = view.forms.drafts.wrong(key) {
        problem_ui(ui, Status::Failed, why);
    }
}

/// Why what is typed can't be taken, and what is wrong with what is written.
fn problems_ui(ui: &mut Ui, board: &Board, view: &View, field: &Field) {
    let mut told: Vec<(Status, String)> = Vec::new();
    if let Some(why) = view.forms.drafts.wrong(&field.key()) {
        told.push((Status::Failed, why.to_owned()));
    }
    told.extend(
        problems_of(board, field)
            .map(|problem| (Status::of_severity(problem.severity), problem.message.clone())),
    );
    for (status, text) in told {
        problem_ui(ui, status, &text);
    }
}

/// A problem in a line or more.
pub fn problem_ui(ui: &mut Ui, status: Status, text: &str) {
    let tokens = tokens(ui.ctx());
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(12.0, 14.0), Sense::hover());
        status::glyph(ui.painter(), rect.center(), 4.5, status, tokens);
        ui.add(egui::Label::new(RichText::new(text).size(11.5)).wrap());
    });
}

/// The problems that are told at this field: of its value, or of something in it that has no field.
fn problems_of<'a>(board: &'a Board, field: &'a Field) -> impl Iterator<Item = &'a Diagnostic> {
    let file = board.lanes.get(field.lane).map(|shown| shown.lane.source.name.clone());
    board.problems.iter().filter(move |problem| {
        let here = problem.place.as_ref().is_none_or(|place| file.as_ref() == Some(&place.file));
        let name = field.label.rsplit('.').next().unwrap_or_default();
        here && field.places.iter().any(|(_, at)| {
            let missing = problem.code == "missing-property"
                && at.parent().as_ref() == Some(&problem.path)
                && problem.message.ends_with(&format!("`{name}`"));
            missing || problem.path == *at || at.contains(&problem.path) && !value::is_nested(field)
        })
    })
}

/// What the value comes to with what is known now.
fn comes_to_ui(ui: &mut Ui, board: &Board, field: &Field, value: &Value) {
    let tokens = tokens(ui.ctx());
    let Some(known) = board.known(field.lane) else { return };
    let (text, hover) = match known.masked(field.node.as_deref().unwrap_or_default(), value) {
        Ok(found) if found.waits.is_empty() => (format!("= {}", found.value), None),
        Ok(found) => {
            let waits = found.waits.join(", ");
            ("= not known yet".to_owned(), Some(format!("known once there is {waits}")))
        }
        Err(error) => ("= not known yet".to_owned(), Some(error.message)),
    };
    let text = RichText::new(text).monospace().size(11.5).color(tokens.weak);
    ui.add(egui::Label::new(text).wrap());
    if let Some(why) = hover {
        ui.add(egui::Label::new(RichText::new(why).size(11.0).color(tokens.weak)).wrap());
    }
}
