//! The small questions: a field for a name, a list to choose from. They stand where the hand is, and go by Escape or by a
//! click elsewhere.

use egui::text::{CCursor, CCursorRange};
use egui::{
    Area, AtomExt as _, Button, Context, FontId, Frame, Key, Modifiers, Order, RichText, ScrollArea,
    TextEdit, Ui, WidgetInfo, WidgetType, vec2,
};

use crate::edit::Project;
use crate::gui::ask::{Ask, Choosing, Naming};
use crate::gui::status::Status;
use crate::gui::theme::tokens;
use crate::gui::view::{View, Wish};

/// The question, if there is one.
pub fn ask_ui(ctx: &Context, documents: Option<&Project>, view: &mut View) {
    let Some(asked) = view.ask.take() else { return };
    let (place, fresh, over) = match &asked {
        Ask::Name(naming) => (naming.over.map_or(naming.place, |over| over.min), naming.fresh, naming.over),
        Ask::Choice(choosing) => (choosing.place, false, None),
    };
    if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        return;
    }
    let mut kept = None;
    let area = Area::new(egui::Id::new("ask")).order(Order::Foreground).fixed_pos(place).constrain(true);
    let shown = area.show(ctx, |ui| {
        let ground = if over.is_some() { Frame::NONE } else { Frame::popup(ui.style()) };
        ground.show(ui, |ui| {
            kept = match asked {
                Ask::Name(naming) => naming_ui(ui, documents, view, naming).map(Ask::Name),
                Ask::Choice(choosing) => choosing_ui(ui, view, choosing).map(Ask::Choice),
            };
        });
    });
    // What opened it was a click elsewhere, too.
    if fresh || !shown.response.clicked_elsewhere() {
        view.ask = kept;
    }
}

/// A name with the reason why it can't be one; gives it back until it is given.
fn naming_ui(
    ui: &mut Ui,
    documents: Option<&Project>,
    view: &mut View,
    mut naming: Naming,
) -> Option<Naming> {
    ui.set_width(naming.over.map_or(260.0, |over| over.width()));
    let id = ui.id().with("name");
    let mut field = TextEdit::singleline(&mut naming.text).id(id).desired_width(f32::INFINITY);
    if let Some(over) = naming.over {
        field = field.font(FontId::proportional((over.height() * 0.5).clamp(11.5, 28.0)));
    }
    let field = field.show(ui);
    let response = field.response.response.clone();
    response.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, &naming.title));
    if std::mem::take(&mut naming.fresh) {
        response.request_focus();
        let mut state = field.state;
        let all = CCursorRange::two(CCursor::new(0), CCursor::new(naming.text.chars().count()));
        state.cursor.set_char_range(Some(all));
        state.store(ui.ctx(), id);
    }
    if naming.text.trim().is_empty() {
        naming.refused = Some("a name is missing".to_owned());
    } else if response.changed() {
        let judged = documents.map(|documents| naming.edit().apply(documents));
        naming.refused = judged.and_then(Result::err).map(|error| error.to_string());
    }
    let told = |ui: &mut Ui, why: &str| {
        let color = tokens(ui.ctx()).status(Status::Failed);
        ui.add(egui::Label::new(RichText::new(why).color(color)).wrap());
    };
    match &naming.refused {
        Some(why) if naming.over.is_some() => {
            // Below the field, over what stands there.
            Frame::popup(ui.style()).show(ui, |ui| told(ui, why));
        }
        Some(why) => told(ui, why),
        None if naming.over.is_some() => {}
        None => drop(ui.label(RichText::new("Enter to take it").color(tokens(ui.ctx()).weak).size(11.0))),
    }
    let done = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if done && naming.refused.is_none() {
        let edit = naming.edit();
        view.wish(Wish::Edit(Box::new(edit)));
        return None;
    }
    if done {
        response.request_focus();
    }
    Some(naming)
}

/// A list with a filter; gives it back until one is chosen.
fn choosing_ui(ui: &mut Ui, view: &mut View, mut choosing: Choosing) -> Option<Choosing> {
    ui.set_width(380.0);
    ui.strong(&choosing.title);
    let (up, down, enter) = ui.input_mut(|input| {
        let mut pressed = |key| input.count_and_consume_key(Modifiers::NONE, key);
        (pressed(Key::ArrowUp), pressed(Key::ArrowDown), pressed(Key::Enter) > 0)
    });
    let field = TextEdit::singleline(&mut choosing.text).hint_text("type to find");
    let field = ui.add(field.desired_width(f32::INFINITY));
    field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Find a choice"));
    field.request_focus();
    if field.changed() {
        choosing.chosen = 0;
    }
    let fitting = choosing.fitting();
    let chosen = (choosing.chosen + down).saturating_sub(up).min(fitting.len().saturating_sub(1));
    let mut taken: Option<Wish> = choosing.lettered().map(|choice| choice.wish.clone());
    ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
        for (position, choice) in fitting.iter().enumerate() {
            let allowed = choice.refused.is_none();
            // The name is read first: what is told of it gets what room is left.
            let told = RichText::new(choice.refused.as_ref().unwrap_or(&choice.hint)).size(11.5);
            let told = told.color(tokens(ui.ctx()).weak).atom_shrink(true);
            let name = choice.name.as_str();
            let button = Button::selectable(position == chosen, (name, egui::Atom::grow(), told));
            let size = vec2(ui.available_width(), 24.0);
            let response = ui.add_enabled_ui(allowed, |ui| ui.add_sized(size, button.truncate())).inner;
            let spoken = match &choice.refused {
                Some(why) => format!("{}: {why}", choice.name),
                None => choice.name.clone(),
            };
            response.widget_info(|| {
                WidgetInfo::selected(WidgetType::Button, allowed, position == chosen, &spoken)
            });
            let response = match &choice.refused {
                Some(why) => response.on_disabled_hover_text(why),
                None => response.on_hover_text(&choice.hint),
            };
            if position == chosen && up + down > 0 {
                response.scroll_to_me(None);
            }
            if response.clicked() || (enter && position == chosen && allowed) {
                taken = Some(choice.wish.clone());
            }
        }
        if fitting.is_empty() {
            ui.weak("Nothing has such a name.");
        }
    });
    choosing.chosen = chosen;
    match taken {
        Some(wish) => {
            view.wish(wish);
            None
        }
        None => Some(choosing),
    }
}
