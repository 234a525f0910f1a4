//! The gallery of templates with their parameters: a new project, or a new lane.

use egui::{Button, Context, RichText, ScrollArea, TextEdit, Ui, WidgetInfo, WidgetType, vec2};

use super::modal;
use crate::gui::creating::NewForm;
use crate::gui::status::Status;
use crate::gui::theme::tokens;
use crate::gui::view::{View, Wish};

/// The form, if it is open.
pub fn new_ui(ctx: &Context, view: &mut View) {
    let Some(mut form) = view.creation.take() else { return };
    let mut open = true;
    let response = modal(ctx, "new").show(ctx, |ui| {
        ui.set_width(620.0_f32.min(ctx.content_rect().width() - 60.0));
        ui.heading(match (&form.incoming, form.lane) {
            (Some(_), _) => "New project from what was dropped",
            (None, true) => "New lane",
            (None, false) => "New project",
        });
        ui.add_space(6.0);
        match &form.incoming {
            Some(incoming) => drop(ui.label(format!("{} from {}", incoming.told(), incoming.origin))),
            None => gallery_ui(ui, &mut form),
        }
        ui.add_space(8.0);
        where_ui(ui, view, &mut form);
        let wrong = form.wrong();
        let told = wrong.as_ref().or(form.refused.as_ref());
        let color = tokens(ui.ctx()).status(Status::Failed);
        match told {
            Some(why) => drop(ui.add(egui::Label::new(RichText::new(why).color(color)).wrap())),
            None => drop(ui.label(RichText::new(" ").size(11.0))),
        }
        ui.horizontal(|ui| {
            let text = RichText::new("Create").color(tokens(ui.ctx()).on_accent);
            let button = Button::new(text).fill(tokens(ui.ctx()).accent).min_size(vec2(110.0, 28.0));
            if ui.add_enabled(wrong.is_none(), button).clicked() {
                form.refused = None;
                view.wish(Wish::Create);
            }
            if ui.button("Cancel").clicked() {
                open = false;
            }
        });
    });
    if open && !response.should_close() {
        view.creation = Some(form);
    }
}

/// What there is to choose from, and what the chosen one asks for.
fn gallery_ui(ui: &mut Ui, form: &mut NewForm) {
    let weak = tokens(ui.ctx()).weak;
    // Of one height, whatever is chosen: nothing jumps under the hand.
    let room = vec2(ui.available_width(), 300.0);
    let layout = egui::Layout::left_to_right(egui::Align::Min);
    ui.allocate_ui_with_layout(room, layout, |ui| {
        ui.set_min_height(300.0);
        ui.vertical(|ui| {
            ui.set_width(200.0);
            let mut chosen = form.chosen;
            for (position, template) in form.templates.iter().enumerate() {
                let text = (template.title.as_str(), egui::Atom::grow());
                let button = Button::selectable(position == form.chosen, text).truncate();
                let response = ui.add_sized(vec2(200.0, 24.0), button).on_hover_text(&template.description);
                let spoken = format!("template {}", template.title);
                response.widget_info(|| {
                    WidgetInfo::selected(WidgetType::Button, true, position == form.chosen, &spoken)
                });
                if response.clicked() {
                    chosen = position;
                }
            }
            if chosen != form.chosen {
                form.refused = None;
                form.choose(chosen);
            }
        });
        ui.add_space(10.0);
        ui.vertical(|ui| {
            let Some(template) = form.templates.get(form.chosen).cloned() else { return };
            ui.add(egui::Label::new(RichText::new(&template.description).color(weak)).wrap());
            ui.add_space(6.0);
            ScrollArea::vertical().max_height(240.0).show(ui, |ui| {
                for parameter in &template.parameters {
                    ui.label(&parameter.title);
                    let mut text = form.value(&parameter.name);
                    let field = ui.add(TextEdit::singleline(&mut text).desired_width(f32::INFINITY));
                    field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, &parameter.title));
                    if field.on_hover_text(&parameter.description).changed() {
                        form.values.insert((form.chosen, parameter.name.clone()), text);
                    }
                }
            });
        });
    });
}

/// Name, and for a project the folder around it.
fn where_ui(ui: &mut Ui, view: &mut View, form: &mut NewForm) {
    let weak = tokens(ui.ctx()).weak;
    ui.horizontal(|ui| {
        ui.label("Called");
        let field = ui.add(TextEdit::singleline(&mut form.name).desired_width(200.0));
        field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Name"));
        if std::mem::take(&mut form.fresh) {
            field.request_focus();
        }
        if field.changed() {
            form.named = true;
            form.refused = None;
        }
        if !form.lane {
            ui.label("in");
            let field = ui.add(TextEdit::singleline(&mut form.folder).desired_width(220.0));
            field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Folder"));
            if field.changed() {
                form.refused = None;
            }
            if ui.button("Choose…").on_hover_text("Chooses the folder around the project").clicked() {
                view.wish(Wish::PickAround);
            }
        }
    });
    if !form.lane {
        let path = form.path();
        ui.label(RichText::new(format!("makes {}", path.display())).color(weak).size(11.0));
    }
}
