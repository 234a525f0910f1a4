//! The Changes tab: every step as one line that opens into what it changed, file by file; a click walks there.
//!
//! Knows no texts: what differs comes from the session, and is remembered for each step until the step is another.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use egui::{
    Align2, Color32, FontId, Key, Modifiers, Rect, Response, RichText, ScrollArea, Sense, Ui, WidgetInfo,
    WidgetType, pos2, vec2,
};

use super::events::clock;
use crate::edit::compare::{ComparedLine, Fate};
use crate::gui::status::Status;
use crate::gui::theme::{Tokens, tokens};
use crate::gui::view::{View, Wish};
use crate::session::{FileChange, Session, StepView};

/// Height of a row.
const ROW: f32 = 19.0;
/// Where the name of a step begins.
const NAME: f32 = 104.0;

/// What the tab remembers.
#[derive(Default)]
pub struct Changes {
    /// The rows that are open, by number of their step; 0 for what is not saved.
    open: HashSet<u64>,
    /// What steps changed, by number and edition.
    known: HashMap<(u64, u64), Known>,
}

type Known = Rc<Vec<FileChange>>;

/// What stands in a row.
enum Row<'s> {
    /// What differs from the saved files.
    Unsaved(Known),
    /// A step; how many are done when it is the last one.
    Step(StepView<'s>, usize),
    /// A file of the row above.
    File(Known, usize),
    /// A line of that file; whether lines are left out before it.
    Line(Known, usize, usize),
    /// How it was at first.
    Opened,
}

/// The list, the newest step first.
pub fn changes_ui(ui: &mut Ui, changes: &mut Changes, view: &mut View, session: &Session) {
    let steps = session.steps();
    if steps.is_empty() {
        ui.add_space(8.0);
        ui.weak("Nothing was changed yet. Every gesture becomes a line here that opens into its diff.");
        return;
    }
    let rows = rows(changes, session, &steps);
    let done = steps.iter().filter(|step| !step.undone).count();
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().auto_shrink(false).id_salt("changes").show_rows(
        ui,
        ROW,
        rows.len(),
        |ui, range| {
            for row in &rows[range.start..range.end.min(rows.len())] {
                row_ui(ui, changes, view, session, row, done);
            }
        },
    );
}

/// All rows, of which few are in sight.
fn rows<'s>(changes: &mut Changes, session: &Session, steps: &[StepView<'s>]) -> Vec<Row<'s>> {
    let mut rows = Vec::new();
    let inside = |rows: &mut Vec<Row<'s>>, known: &Known| {
        for (number, change) in known.iter().enumerate() {
            rows.push(Row::File(known.clone(), number));
            rows.extend(
                (0..change.comparison.lines.len()).map(|line| Row::Line(known.clone(), number, line)),
            );
        }
    };
    let unsaved = changes.unsaved(session);
    if !unsaved.is_empty() {
        rows.push(Row::Unsaved(unsaved.clone()));
        if changes.open.contains(&0) {
            inside(&mut rows, &unsaved);
        }
    }
    for (position, step) in steps.iter().enumerate().rev() {
        rows.push(Row::Step(*step, position + 1));
        if changes.open.contains(&step.number) {
            let known = changes.of(session, step);
            inside(&mut rows, &known);
        }
    }
    rows.push(Row::Opened);
    rows
}

impl Changes {
    fn of(&mut self, session: &Session, step: &StepView<'_>) -> Known {
        let key = (step.number, step.edition);
        if !self.known.contains_key(&key) {
            // An older edition of the step is of no use any more.
            self.known.retain(|(number, _), _| *number != step.number);
        }
        self.known.entry(key).or_insert_with(|| Rc::new(session.changes(step))).clone()
    }

    fn unsaved(&mut self, session: &Session) -> Known {
        let key = (0, session.revision());
        if !self.known.contains_key(&key) {
            self.known.retain(|(number, _), _| *number != 0);
        }
        self.known.entry(key).or_insert_with(|| Rc::new(session.unsaved_changes())).clone()
    }
}

fn row_ui(
    ui: &mut Ui,
    changes: &mut Changes,
    view: &mut View,
    session: &Session,
    row: &Row<'_>,
    done: usize,
) {
    match row {
        Row::Unsaved(known) => {
            let name = match known.len() {
                1 => "since the last save: one file".to_owned(),
                many => format!("since the last save: {many} files"),
            };
            let head = Head { number: 0, name: &name, time: "", weak: false, now: false };
            head_ui(ui, changes, &head, known);
        }
        Row::Step(step, position) => {
            let known = changes.of(session, step);
            let time = clock(step.time_ms);
            let time = time.split('.').next().unwrap_or_default();
            let now = *position == done;
            let head = Head { number: step.number, name: step.label, time, weak: step.undone, now };
            let response = head_ui(ui, changes, &head, &known);
            if response.clicked() {
                view.wish(Wish::Walk(*position));
            }
            response.on_hover_ui(|ui| {
                ui.label(step.label);
                let told = match (now, step.undone) {
                    (true, _) => "This is how it is now.",
                    (_, true) => "Undone. A click does it again, and all before it.",
                    _ => "A click takes back all that came after it.",
                };
                ui.label(RichText::new(told).size(11.5).color(tokens(ui.ctx()).weak));
            });
        }
        Row::Opened => {
            let head =
                Head { number: u64::MAX, name: "as it was opened", time: "", weak: false, now: done == 0 };
            if head_ui(ui, changes, &head, &Known::default()).clicked() {
                view.wish(Wish::Walk(0));
            }
        }
        Row::File(known, number) => file_ui(ui, view, &known[*number]),
        Row::Line(known, file, line) => line_ui(ui, &known[*file], *line),
    }
}

/// The first row of a step.
struct Head<'a> {
    number: u64,
    name: &'a str,
    time: &'a str,
    weak: bool,
    /// Whether it is the last step that is done.
    now: bool,
}

/// Name, time, files and numbers of lines, with the arrow that opens it.
fn head_ui(ui: &mut Ui, changes: &mut Changes, head: &Head<'_>, known: &Known) -> Response {
    let tokens = tokens(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let is_open = changes.open.contains(&head.number);
    let body = Rect::from_min_max(pos2(rect.left() + 20.0, rect.top()), rect.max);
    let response = ui.interact(body, ui.id().with(("step", head.number)), Sense::click());
    let told = summary(known);
    let undone = if head.weak { "undone " } else { "" };
    let spoken = format!("{undone}step {}: {told}", head.name);
    response.widget_info(|| {
        WidgetInfo::selected(WidgetType::Button, true, head.now, spoken.trim_end_matches(": "))
    });
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(head.now));
    let fill = match (head.now, response.hovered() || response.has_focus()) {
        (true, _) => tokens.chosen,
        (_, true) => tokens.raised,
        _ => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, 3, fill);
    let mut toggle = false;
    if !known.is_empty() {
        let arrow = Rect::from_min_size(rect.min, vec2(20.0, ROW));
        let knob = ui.interact(arrow, ui.id().with(("open", head.number)), Sense::click());
        let verb = if is_open { "fold" } else { "open" };
        knob.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("{verb} {}", head.name)));
        arrow_ui(ui, arrow, is_open, if knob.hovered() { tokens.text } else { tokens.weak });
        toggle |= knob.clicked();
    }
    if response.has_focus() {
        let key = if is_open { Key::ArrowLeft } else { Key::ArrowRight };
        toggle |= ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    }
    if toggle && !changes.open.remove(&head.number) {
        changes.open.insert(head.number);
    }
    let middle = rect.left_center();
    let color = if head.weak { tokens.weak } else { tokens.text };
    put(ui, middle + vec2(24.0, 0.0), 70.0, head.time, FontId::monospace(10.5), tokens.weak);
    let (added, removed) = lines(known);
    let mut right = rect.right() - 6.0;
    if added + removed > 0 {
        for (text, color) in
            [(format!("−{removed}"), removed_color(tokens)), (format!("+{added}"), tokens.value)]
        {
            let galley = ui.painter().layout_no_wrap(text, FontId::monospace(11.0), color);
            right -= galley.size().x;
            ui.painter().galley(pos2(right, middle.y - galley.size().y / 2.0), galley, color);
            right -= 7.0;
        }
    }
    let files: Vec<&str> = known.iter().map(|change| change.file.as_str()).collect();
    let files = files.join(", ");
    let room = ((right - rect.left() - NAME) * 0.45).max(20.0);
    let font = FontId::proportional(11.0);
    let galley = fitted(ui, &files, room, font, tokens.weak);
    right -= galley.size().x;
    ui.painter().galley(pos2(right, middle.y - galley.size().y / 2.0), galley, tokens.weak);
    let room = right - rect.left() - NAME - 10.0;
    let name = if head.weak { format!("{}   undone", head.name) } else { head.name.to_owned() };
    put(ui, middle + vec2(NAME, 0.0), room, &name, FontId::proportional(12.5), color);
    if head.now {
        let bar = Rect::from_min_size(rect.min, vec2(2.5, ROW));
        ui.painter().rect_filled(bar, 0, tokens.accent);
    }
    response
}

fn arrow_ui(ui: &Ui, rect: Rect, open: bool, color: Color32) {
    let at = rect.center();
    let points = if open {
        vec![at + vec2(-4.0, -2.5), at + vec2(4.0, -2.5), at + vec2(0.0, 3.5)]
    } else {
        vec![at + vec2(-2.5, -4.0), at + vec2(3.5, 0.0), at + vec2(-2.5, 4.0)]
    };
    ui.painter().add(egui::Shape::convex_polygon(points, color, egui::Stroke::NONE));
}

fn lines(known: &Known) -> (usize, usize) {
    known.iter().fold((0, 0), |(added, removed), change| {
        (added + change.comparison.added, removed + change.comparison.removed)
    })
}

/// `+1 −0 in service/blueprint.yaml`.
fn summary(known: &Known) -> String {
    if known.is_empty() {
        return String::new();
    }
    let (added, removed) = lines(known);
    let files: Vec<&str> = known.iter().map(|change| change.file.as_str()).collect();
    format!("+{added} −{removed} in {}", files.join(", "))
}

fn file_ui(ui: &mut Ui, view: &mut View, change: &FileChange) {
    let tokens = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let spoken = format!("show {}", change.file);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Link, true, &spoken));
    let color = if response.hovered() { tokens.accent } else { tokens.key };
    let room = rect.width() - 40.0;
    put(ui, rect.left_center() + vec2(28.0, 0.0), room, &change.file, FontId::proportional(11.5), color);
    let shows = !change.file.ends_with(".layout.yaml");
    if shows && response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        view.wish(Wish::ShowFile(change.file.clone()));
    }
}

/// A line with its numbers, before and after.
fn line_ui(ui: &mut Ui, change: &FileChange, number: usize) {
    let tokens = tokens(ui.ctx());
    let lines = &change.comparison.lines;
    let line = &lines[number];
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let (sign, color, wash) = match line.fate {
        Fate::Stayed => (" ", tokens.weak, Color32::TRANSPARENT),
        Fate::Came => ("+", tokens.text, tokens.value.gamma_multiply(0.18)),
        Fate::Went => ("−", tokens.text, tokens.status(Status::Failed).gamma_multiply(0.28)),
    };
    let body = Rect::from_min_max(pos2(rect.left() + 24.0, rect.top()), rect.max);
    ui.painter().rect_filled(body, 0, wash);
    let word = match line.fate {
        Fate::Stayed => "stayed",
        Fate::Came => "came",
        Fate::Went => "went",
    };
    let at = line.new.or(line.old).unwrap_or_default();
    let spoken = format!("{word} line {at}: {}", line.text.trim());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &spoken));
    let middle = rect.left_center();
    let font = FontId::monospace(10.5);
    for (place, number) in [(58.0, line.old), (92.0, line.new)] {
        let Some(number) = number else { continue };
        let place = middle + vec2(place, 0.0);
        ui.painter().text(place, Align2::RIGHT_CENTER, number.to_string(), font.clone(), tokens.weak);
    }
    ui.painter().text(
        middle + vec2(NAME - 4.0, 0.0),
        Align2::LEFT_CENTER,
        sign,
        FontId::monospace(12.0),
        color,
    );
    let room = rect.width() - NAME - 16.0;
    put(ui, middle + vec2(NAME + 10.0, 0.0), room, &line.text, FontId::monospace(12.0), color);
    if number.checked_sub(1).is_some_and(|before| !follows(&lines[before], line)) {
        let y = rect.top();
        let stroke = egui::Stroke::new(1.0, tokens.border);
        ui.painter().extend(egui::Shape::dashed_line(
            &[pos2(body.left(), y), pos2(body.right(), y)],
            stroke,
            4.0,
            4.0,
        ));
    }
}

/// Whether no lines are left out between two.
fn follows(before: &ComparedLine, line: &ComparedLine) -> bool {
    let next = |before: Option<u32>, now: Option<u32>| match (before, now) {
        (Some(before), Some(now)) => before + 1 == now,
        _ => true,
    };
    next(before.old, line.old) && next(before.new, line.new)
}

fn removed_color(tokens: &Tokens) -> Color32 {
    // The red of a failure is too dark to read on the dark panel.
    if tokens.dark { Color32::from_rgb(0xFF, 0x9B, 0x8A) } else { tokens.status(Status::Failed) }
}

fn fitted(ui: &Ui, text: &str, room: f32, font: FontId, color: Color32) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.max(8.0));
    ui.painter().layout_job(job)
}

fn put(ui: &Ui, at: egui::Pos2, room: f32, text: &str, font: FontId, color: Color32) {
    let galley = fitted(ui, text, room, font, color);
    let at = Align2::LEFT_CENTER.anchor_size(at, galley.size()).min;
    ui.painter().galley(at, galley, color);
}
