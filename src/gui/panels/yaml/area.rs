//! The lines of a text as they are seen: only those in view are laid out, however long the text is.
//!
//! Owns painting and the mouse. Does not change the text.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, Color32, CursorIcon, EventFilter, FontId, Galley, Id, Pos2, Rect, ScrollArea, Sense, Stroke, Ui,
    WidgetInfo, WidgetType, pos2, vec2,
};

use super::buffer::Motion;
use super::lexer::{self, Kind};
use super::marks::{self, Marked};
use super::pane::TextPane;
use crate::gui::status;
use crate::gui::theme::{Tokens, tokens};

/// Height of a line.
pub const LINE: f32 = 17.0;
const SIZE: f32 = 12.0;
/// Where the text begins, right of numbers and marks.
const GUTTER: f32 = 58.0;

/// What is shown beside the text itself.
pub struct Around<'a> {
    /// Lines of what is selected, from 1, inclusive.
    pub chosen: &'a [(u32, u32)],
    /// Problems, by line.
    pub marks: &'a [Marked<'a>],
    /// What is looked for, in small letters; nothing if empty.
    pub wanted: &'a str,
    /// Bring this line into view, from 1.
    pub show: Option<u32>,
    /// What a screen reader calls the text.
    pub name: &'a str,
    /// Whether it can't be changed.
    pub locked: bool,
    /// What there is to say of the word at a byte.
    pub told: &'a dyn Fn(usize) -> Option<String>,
}

/// What the mouse asked for.
#[derive(Default)]
pub struct Asked {
    /// The mends of a line, from 0.
    pub mend: Option<usize>,
    /// Where it is defined what stands at a byte.
    pub definition: Option<usize>,
    /// Where the caret is on the screen, if it is in view.
    pub caret: Option<Pos2>,
}

/// The text.
pub fn area_ui(ui: &mut Ui, pane: &mut TextPane, around: &Around<'_>) -> Asked {
    let mut asked = Asked::default();
    let height = ui.available_height();
    pane.page = (height / LINE) as usize;
    pane.colours.follow(&pane.buffer);
    let letter = ui.fonts_mut(|fonts| fonts.glyph_width(&FontId::monospace(SIZE), '0'));
    let mut scroll = ScrollArea::both().auto_shrink(false).id_salt(("text", &pane.file));
    let id = ui.make_persistent_id("text offset");
    let offset: f32 = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    if let Some(line) = around.show {
        let lines = around.chosen.iter().find(|(first, _)| *first == line);
        let last = lines.map_or(line, |(_, last)| *last);
        let (top, bottom) = ((line.max(1) - 1) as f32 * LINE, last as f32 * LINE);
        if top < offset || bottom > offset + height {
            scroll = scroll.vertical_scroll_offset((top - 3.0 * LINE).max(0.0));
        }
    }
    let output = scroll.show_viewport(ui, |ui, viewport| {
        let lines = pane.buffer.lines();
        let size = vec2(
            (pane.colours.widest as f32 * letter + GUTTER + 40.0).max(viewport.width()),
            (lines as f32 * LINE + 6.0).max(viewport.height()),
        );
        let (whole, _) = ui.allocate_exact_size(size, Sense::hover());
        let seen = Rect::from_min_size(whole.min + viewport.min.to_vec2(), viewport.size());
        let response = ui.interact(seen, TextPane::id(), Sense::click_and_drag());
        let focused = response.has_focus();
        response.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, !around.locked, around.name));
        let caret_line = pane.buffer.line_of(pane.buffer.caret());
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(egui::accesskit::Role::MultilineTextInput);
            node.set_value(pane.buffer.line(caret_line).to_owned());
        });
        if focused {
            keep_keys(ui, response.id, pane);
        }
        let first = (viewport.min.y / LINE).max(0.0) as usize;
        let last = ((viewport.max.y / LINE) as usize + 1).min(lines);
        let painted = paint(ui, pane, around, whole.min, seen, first..last, focused, &mut asked);
        if response.hovered() {
            let follows = ui.input(|input| input.modifiers.command);
            ui.ctx().set_cursor_icon(if follows { CursorIcon::PointingHand } else { CursorIcon::Text });
            if let Some(place) = ui.input(|input| input.pointer.hover_pos()) {
                let at = place_of(&painted, pane, whole.min, place);
                let under: Vec<&Marked<'_>> =
                    around.marks.iter().filter(|mark| mark.range.contains(&at)).collect();
                if !under.is_empty() {
                    response.clone().on_hover_ui_at_pointer(|ui| {
                        for mark in under {
                            marks::problem_ui(ui, mark.diagnostic);
                        }
                    });
                } else if is_over_text(&painted, pane, whole.min, place)
                    && let Some(told) = (around.told)(at)
                {
                    response.clone().on_hover_ui_at_pointer(|ui| {
                        ui.set_max_width(420.0);
                        ui.label(told);
                    });
                }
            }
        }
        asked.definition = mouse(ui, pane, &response, &painted, whole.min);
        if let Some(at) = caret_place(&painted, pane, whole.min) {
            asked.caret = Some(at);
            if focused {
                let rect = Rect::from_min_size(at, vec2(1.0, LINE));
                ui.ctx().output_mut(|output| {
                    output.ime = Some(egui::output::IMEOutput {
                        purpose: egui::IMEPurpose::Normal,
                        rect: seen,
                        cursor_rect: rect,
                        should_interrupt_composition: false,
                    });
                });
            }
        }
        if std::mem::take(&mut pane.reveal) {
            let column =
                pane.buffer.caret() - pane.buffer.range(pane.buffer.line_of(pane.buffer.caret())).start;
            let at = whole.min
                + vec2(
                    GUTTER + column as f32 * letter,
                    pane.buffer.line_of(pane.buffer.caret()) as f32 * LINE,
                );
            let rect = Rect::from_min_size(at - vec2(GUTTER, 0.0), vec2(GUTTER + 20.0, LINE));
            ui.scroll_to_rect_animation(rect, None, egui::style::ScrollAnimation::none());
            ui.ctx().request_repaint();
        }
    });
    ui.data_mut(|data| data.insert_temp(id, output.state.offset.y));
    asked
}

/// Tells egui that the widget is a text field: arrows and Tab are its own.
fn keep_keys(ui: &Ui, id: Id, pane: &TextPane) {
    let filter = EventFilter {
        tab: true,
        horizontal_arrows: true,
        vertical_arrows: true,
        escape: pane.offers.is_open(),
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    egui::text_edit::TextEditState::default().store(ui.ctx(), id);
}

/// Lines that were painted, with their galleys.
type Painted = Vec<(usize, Arc<Galley>)>;

#[expect(clippy::too_many_arguments, reason = "one frame's geometry, handed on once")]
fn paint(
    ui: &Ui,
    pane: &TextPane,
    around: &Around<'_>,
    corner: Pos2,
    seen: Rect,
    rows: Range<usize>,
    focused: bool,
    asked: &mut Asked,
) -> Painted {
    let tokens = tokens(ui.ctx());
    let (selected, caret) = (pane.buffer.selection(), pane.buffer.caret());
    let caret_line = pane.buffer.line_of(caret);
    let mut painted = Vec::new();
    for index in rows {
        let text = pane.buffer.line(index);
        let start = pane.buffer.range(index).start;
        let top = corner.y + index as f32 * LINE;
        let row = Rect::from_min_size(pos2(seen.left(), top), vec2(seen.width(), LINE));
        let number = index as u32 + 1;
        let chosen = around.chosen.iter().any(|(first, last)| (*first..=*last).contains(&number));
        if chosen {
            ui.painter().rect_filled(row, 0, tokens.chosen.gamma_multiply(0.5));
            ui.painter().rect_filled(Rect::from_min_size(row.min, vec2(3.0, LINE)), 0, tokens.accent);
        }
        if focused && index == caret_line {
            ui.painter().rect_filled(row, 0, tokens.text.gamma_multiply(0.05));
        }
        let galley = galley(ui, text, pane.colours.states.get(index).copied().unwrap_or_default(), tokens);
        let left = corner.x + GUTTER;
        let x = |at: usize| left + column(&galley, text, at.saturating_sub(start));
        let wash = |range: Range<usize>, color: Color32| {
            let rect = Rect::from_x_y_ranges(x(range.start)..=x(range.end), top..=top + LINE);
            ui.painter().rect_filled(rect, 2, color);
        };
        for at in found(text, around.wanted) {
            wash(start + at.start..start + at.end, tokens.number.gamma_multiply(0.35));
        }
        let line_end = start + text.len();
        let part = selected.start.max(start)..selected.end.min(line_end);
        if !selected.is_empty()
            && selected.start <= line_end
            && selected.end > start
            && part.start <= part.end
        {
            wash(part.clone(), tokens.accent.gamma_multiply(0.3));
            if selected.end > line_end {
                let rest = Rect::from_min_size(pos2(x(line_end), top), vec2(5.0, LINE));
                ui.painter().rect_filled(rest, 0, tokens.accent.gamma_multiply(0.3));
            }
        }
        let at = pos2(left, top + (LINE - galley.size().y) / 2.0);
        ui.painter().galley(at, galley.clone(), tokens.text);
        for mark in around.marks.iter().filter(|mark| mark.line == index) {
            let color = tokens.status(marks::status(mark.diagnostic.severity));
            squiggle(
                ui,
                x(mark.range.start),
                x(mark.range.end).max(x(mark.range.start) + 6.0),
                top + LINE - 2.0,
                color,
            );
        }
        gutter(ui, around, row, number, tokens, asked);
        let spoken = format!("line {number}: {}", text.trim_end());
        let heard = ui.interact(row, TextPane::id().with(("line", index)), Sense::hover());
        heard.widget_info(|| WidgetInfo::selected(WidgetType::Label, true, chosen, &spoken));
        ui.ctx().accesskit_node_builder(heard.id, |node| node.set_selected(chosen));
        if focused && index == caret_line {
            let at = x(caret);
            ui.painter().vline(at, top + 1.0..=top + LINE - 1.0, Stroke::new(1.6, tokens.accent));
            if !pane.preedit.is_empty() {
                let place = pos2(at + 2.0, top);
                let rect = ui.painter().text(
                    place,
                    egui::Align2::LEFT_TOP,
                    &pane.preedit,
                    FontId::monospace(SIZE),
                    tokens.text,
                );
                ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, tokens.text));
            }
        }
        painted.push((index, galley));
    }
    painted
}

fn gutter(ui: &Ui, around: &Around<'_>, row: Rect, line: u32, tokens: &Tokens, asked: &mut Asked) {
    let back = Rect::from_min_size(row.min + vec2(3.0, 0.0), vec2(GUTTER - 7.0, LINE));
    ui.painter().rect_filled(back, 0, tokens.panel);
    let place = pos2(row.left() + 36.0, row.center().y);
    ui.painter().text(
        place,
        egui::Align2::RIGHT_CENTER,
        line.to_string(),
        FontId::monospace(10.5),
        tokens.weak,
    );
    let own: Vec<&Marked<'_>> = around.marks.iter().filter(|mark| mark.line as u32 + 1 == line).collect();
    let Some(worst) = own.first() else { return };
    let center = pos2(row.left() + 46.0, row.center().y);
    status::glyph(ui.painter(), center, 5.0, marks::status(worst.diagnostic.severity), tokens);
    let id = TextPane::id().with(("mark", line));
    let response = ui.interact(Rect::from_center_size(center, vec2(14.0, LINE)), id, Sense::click());
    let spoken = format!("mark on line {line}: {}", worst.diagnostic.message);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_ui(|ui| {
        for mark in own {
            marks::problem_ui(ui, mark.diagnostic);
        }
    });
    if response.clicked() {
        asked.mend = Some(line as usize - 1);
    }
}

fn squiggle(ui: &Ui, from: f32, to: f32, y: f32, color: Color32) {
    let steps = (((to - from) / 3.0).ceil() as usize).clamp(1, 400);
    let points = (0..=steps).map(|step| {
        let x = (from + step as f32 * 3.0).min(to);
        pos2(x, if step % 2 == 0 { y } else { y + 2.0 })
    });
    ui.painter().line(points.collect(), Stroke::new(1.2, color));
}

/// What the mouse does to caret and selection; gives the byte that was clicked with Ctrl.
fn mouse(
    ui: &Ui,
    pane: &mut TextPane,
    response: &egui::Response,
    painted: &Painted,
    corner: Pos2,
) -> Option<usize> {
    let (pressed, place, modifiers) =
        ui.input(|input| (input.pointer.primary_pressed(), input.pointer.interact_pos(), input.modifiers));
    let shift = modifiers.shift;
    let place = place?;
    let over = response.is_pointer_button_down_on();
    // Pressed and let go within one frame, it is a click alone.
    let tapped = response.clicked() && pressed;
    if pressed && over || tapped {
        response.request_focus();
        pane.offers.close();
        let at = place_of(painted, pane, corner, place);
        pane.buffer.go(Motion::To(at), shift);
        if modifiers.command {
            return Some(at);
        }
    } else if over && response.dragged() {
        let at = place_of(painted, pane, corner, place);
        if at != pane.buffer.caret() {
            pane.buffer.go(Motion::To(at), true);
            pane.reveal = true;
        }
    }
    if response.triple_clicked() {
        let line = pane.buffer.line_of(pane.buffer.caret());
        pane.buffer.select(pane.buffer.range(line));
    } else if response.double_clicked() {
        pane.buffer.select(pane.buffer.word(pane.buffer.caret()));
    }
    None
}

/// The byte at a place of the screen.
fn place_of(painted: &Painted, pane: &TextPane, corner: Pos2, place: Pos2) -> usize {
    let line = ((place.y - corner.y) / LINE).max(0.0) as usize;
    let line = line.min(pane.buffer.lines().saturating_sub(1));
    let Some((_, galley)) = painted.iter().find(|(index, _)| *index == line) else {
        return pane.buffer.range(line).start;
    };
    let letters = galley.cursor_from_pos(vec2(place.x - corner.x - GUTTER, galley.size().y / 2.0)).index;
    pane.buffer.at(line, letters.into())
}

/// Whether a place of the screen is on letters, not behind the end of a line.
fn is_over_text(painted: &Painted, pane: &TextPane, corner: Pos2, place: Pos2) -> bool {
    let line = pane.buffer.line_of(place_of(painted, pane, corner, place));
    let found = painted.iter().find(|(index, _)| *index == line);
    found.is_some_and(|(_, galley)| place.x - corner.x - GUTTER < galley.size().x)
}

/// Where the caret is on the screen, if its line was painted.
fn caret_place(painted: &Painted, pane: &TextPane, corner: Pos2) -> Option<Pos2> {
    let line = pane.buffer.line_of(pane.buffer.caret());
    let (_, galley) = painted.iter().find(|(index, _)| *index == line)?;
    let inside = pane.buffer.caret() - pane.buffer.range(line).start;
    let x = column(galley, pane.buffer.line(line), inside);
    Some(pos2(corner.x + GUTTER + x, corner.y + line as f32 * LINE))
}

/// How far right a byte of a line stands.
fn column(galley: &Galley, text: &str, at: usize) -> f32 {
    let letters = text.get(..at.min(text.len())).map_or(0, |before| before.chars().count());
    galley.pos_from_cursor(egui::text::CCursor::new(letters)).left()
}

/// Where `wanted` stands in a line, whatever its case.
fn found(text: &str, wanted: &str) -> Vec<Range<usize>> {
    if wanted.is_empty() || !text.is_ascii() && text.to_lowercase().len() != text.len() {
        return Vec::new();
    }
    let small = text.to_lowercase();
    small.match_indices(wanted).map(|(at, part)| at..at + part.len()).collect()
}

fn galley(ui: &Ui, text: &str, state: lexer::State, tokens: &Tokens) -> Arc<Galley> {
    let font = FontId::monospace(SIZE);
    let format =
        |color| TextFormat { font_id: font.clone(), color, valign: Align::Center, ..TextFormat::default() };
    let mut job = LayoutJob::default();
    let mut at = 0;
    let mut append = |range: Range<usize>, color| {
        if let Some(part) = text.get(range).filter(|part| !part.is_empty()) {
            job.append(part, 0.0, format(color));
        }
    };
    lexer::lex(text, state, |kind, range| {
        append(at..range.start, tokens.weak);
        append(range.clone(), color(kind, tokens));
        at = range.end;
    });
    append(at..text.len(), tokens.weak);
    job.wrap.max_width = f32::INFINITY;
    job.break_on_newline = false;
    ui.painter().layout_job(job)
}

fn color(kind: Kind, tokens: &Tokens) -> Color32 {
    match kind {
        Kind::Key => tokens.key,
        Kind::Value => tokens.value,
        Kind::Number | Kind::Call => tokens.number,
        Kind::Comment | Kind::Sign => tokens.weak,
        Kind::Anchor => tokens.accent,
    }
}
