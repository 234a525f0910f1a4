//! One text field: shows a text, keeps what a person types, gives back what it comes to when they are done; suggestions
//! while they type.
//!
//! Does not know what the text means. Escape leaves everything as it was; Enter or leaving the field takes the text.

use egui::text::{CCursor, CCursorRange};
use egui::{
    Area, Context, FontSelection, Frame, Id, Key, Margin, Modifiers, Order, Pos2, Rect, RichText, ScrollArea,
    TextEdit, TextStyle, Ui, WidgetInfo, WidgetType, text_edit::TextEditState, vec2,
};

use super::drafts::{Drafts, Made};
use super::suggest::{Suggestion, Suggestions};
use crate::edit::Edit;
use crate::gui::theme::tokens;

/// A field.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entry<'a> {
    /// Its name among all fields: where its text stands.
    pub key: &'a str,
    /// What stands there now.
    pub current: &'a str,
    /// What a screen reader says.
    pub spoken: &'a str,
    /// Shown while it is empty.
    pub hint: &'a str,
    /// Several lines.
    pub multiline: bool,
}

impl Entry<'_> {
    /// The widget's id.
    pub fn id(&self) -> Id {
        Id::new(("entry", self.key))
    }
}

/// What the list of suggestions under a field remembers between frames.
#[derive(Clone, Debug, Default)]
struct Popup {
    open: bool,
    chosen: Option<usize>,
    /// Where it was drawn.
    rect: Option<Rect>,
}

/// The keys that belong to an open list of suggestions, taken before the field sees them.
#[derive(Clone, Copy, Debug, Default)]
struct Taken {
    up: usize,
    down: usize,
    accept: bool,
}

fn popup(ctx: &Context, id: Id) -> Popup {
    ctx.data(|data| data.get_temp(id.with("suggestions"))).unwrap_or_default()
}

/// Takes the arrows if the list was open in the last frame, Enter and Tab only if one of its rows is chosen: else they do
/// what they do in any field.
fn take_keys(ctx: &Context, id: Id) -> Taken {
    let popup = popup(ctx, id);
    if !popup.open || !ctx.memory(|memory| memory.has_focus(id)) {
        return Taken::default();
    }
    ctx.input_mut(|input| Taken {
        up: input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp),
        down: input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown),
        accept: popup.chosen.is_some()
            && (input.consume_key(Modifiers::NONE, Key::Tab)
                || input.consume_key(Modifiers::NONE, Key::Enter)),
    })
}

/// Shows the suggestions at `at` and gives the one that was taken.
fn suggestions_ui(ctx: &Context, id: Id, at: Pos2, taken: Taken, found: &Suggestions) -> Option<Suggestion> {
    let mut popup = popup(ctx, id);
    popup.open = !found.list.is_empty();
    let mut result = None;
    if popup.open {
        let last = found.list.len() - 1;
        for _ in 0..taken.down {
            popup.chosen = Some(popup.chosen.map_or(0, |chosen| (chosen + 1).min(last)));
        }
        for _ in 0..taken.up {
            popup.chosen = popup.chosen.and_then(|chosen| chosen.checked_sub(1));
        }
        popup.chosen = popup.chosen.map(|chosen| chosen.min(last));
        if taken.accept {
            result = popup.chosen.and_then(|chosen| found.list.get(chosen)).cloned();
        }
        let area = Area::new(id.with("list"))
            .order(Order::Foreground)
            .fixed_pos(at + vec2(0.0, 2.0))
            .constrain(true);
        let shown = area.show(ctx, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width(380.0);
                let moved = taken.up + taken.down > 0;
                let clicked = list_ui(ui, found, popup.chosen, moved);
                result = result.take().or(clicked);
            });
        });
        popup.rect = Some(shown.response.rect);
    }
    if !popup.open || result.is_some() {
        popup = Popup::default();
    }
    ctx.data_mut(|data| data.insert_temp(id.with("suggestions"), popup));
    result
}

fn list_ui(ui: &mut Ui, found: &Suggestions, chosen: Option<usize>, moved: bool) -> Option<Suggestion> {
    let weak = tokens(ui.ctx()).weak;
    let mut result = None;
    ScrollArea::vertical().max_height(180.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (position, it) in found.list.iter().enumerate() {
            let is_chosen = chosen == Some(position);
            let detail: String = it.detail.chars().take(46).collect();
            let text = RichText::new(&it.name).monospace().size(12.0);
            let button = egui::Button::selectable(is_chosen, text)
                .shortcut_text(RichText::new(detail).color(weak).size(11.0));
            let response = ui.add(button.min_size(vec2(240.0, 20.0)));
            response.widget_info(|| {
                WidgetInfo::selected(WidgetType::Button, true, is_chosen, format!("suggestion {}", it.name))
            });
            if is_chosen && moved {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                result = Some(it.clone());
            }
        }
    });
    result
}

/// Writes `suggestion` into `text` in place of the word that ends at character `cursor`, and puts the cursor behind it.
fn accept(ctx: &Context, id: Id, text: &mut String, cursor: usize, typed: usize, suggestion: &Suggestion) {
    let end = text.char_indices().nth(cursor).map_or(text.len(), |(at, _)| at);
    let start = end.saturating_sub(typed);
    if !text.is_char_boundary(start) {
        return;
    }
    text.replace_range(start..end, &suggestion.insert);
    let after = text[..start].chars().count() + suggestion.insert.chars().count();
    let mut state = TextEditState::load(ctx, id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(after))));
    state.store(ctx, id);
    ctx.memory_mut(|memory| memory.request_focus(id));
}

/// Whether the pointer is over the suggestions of field `id`.
fn points_at_suggestions(ctx: &Context, id: Id) -> bool {
    let popup = popup(ctx, id);
    let pointer = ctx.input(|input| input.pointer.interact_pos());
    popup.open && popup.rect.zip(pointer).is_some_and(|(rect, at)| rect.contains(at))
}

/// The field. `suggest` is given the text before the cursor, `make` says what a text comes to. Gives the edit once a person
/// is done with it.
pub fn entry_ui(
    ui: &mut Ui,
    drafts: &mut Drafts,
    entry: Entry<'_>,
    suggest: Option<&dyn Fn(&str) -> Suggestions>,
    make: &dyn Fn(&str) -> Made,
) -> Option<Edit> {
    let ctx = ui.ctx().clone();
    let id = entry.id();
    drafts.drawn(entry.key);
    let mut text = drafts.text(entry.key).unwrap_or(entry.current).to_owned();
    let taken = if suggest.is_some() { take_keys(&ctx, id) } else { Taken::default() };
    let lines = text.lines().count();
    let edit = if entry.multiline { TextEdit::multiline(&mut text) } else { TextEdit::singleline(&mut text) };
    let output = edit
        .id(id)
        .font(FontSelection::Style(TextStyle::Monospace))
        .hint_text(entry.hint.to_owned())
        .margin(Margin::symmetric(6, 4))
        .desired_width(f32::INFINITY)
        .desired_rows(if entry.multiline { lines.clamp(2, 16) } else { 1 })
        .show(ui);
    let response = &output.response;
    let (spoken, value) = (entry.spoken.to_owned(), text.clone());
    response.widget_info(|| WidgetInfo {
        label: Some(spoken.clone()),
        current_text_value: Some(value.clone()),
        hint_text: Some(entry.hint.to_owned()),
        ..WidgetInfo::new(WidgetType::TextEdit)
    });
    let mut left = response.lost_focus();
    if left && points_at_suggestions(&ctx, id) {
        // A click on a suggestion takes the keyboard, for a moment only.
        response.request_focus();
        left = false;
    }
    if let Some(suggest) = suggest.filter(|_| response.has_focus() || response.lost_focus() && !left) {
        let end = text.chars().count();
        let cursor = output.cursor_range.map_or(end, |range| range.primary.index.0.min(end));
        let before: String = text.chars().take(cursor).collect();
        let found = suggest(&before);
        if let Some(suggestion) = suggestions_ui(&ctx, id, response.rect.left_bottom(), taken, &found) {
            accept(&ctx, id, &mut text, cursor, found.typed, &suggestion);
        }
    }
    if left && ctx.input(|input| input.key_pressed(Key::Escape)) {
        drafts.forget(entry.key);
    } else if drafts.text(entry.key).unwrap_or(entry.current) != text {
        let made = if text == entry.current { Made::Nothing } else { make(&text) };
        drafts.keep(entry.key, text, made);
    }
    if left {
        ctx.data_mut(|data| data.remove::<Popup>(id.with("suggestions")));
        return drafts.take(entry.key);
    }
    None
}
