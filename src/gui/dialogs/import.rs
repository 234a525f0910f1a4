//! What is about to be brought in: where it goes, and what could not be mapped.

use egui::{Button, ComboBox, Context, Label, RichText, ScrollArea, TextEdit, WidgetInfo, WidgetType, vec2};

use super::modal;
use crate::gui::board::Board;
use crate::gui::bringing::ImportForm;
use crate::gui::status::Status;
use crate::gui::theme::tokens;
use crate::gui::view::{View, Wish};

/// Remarks that are listed.
const LISTED: usize = 500;

/// The form, if it is open.
pub fn import_ui(ctx: &Context, board: &Board, view: &mut View) {
    let Some(mut form) = view.import.take() else { return };
    let mut open = true;
    let response = modal(ctx, "import").show(ctx, |ui| {
        ui.set_width(560.0_f32.min(ctx.content_rect().width() - 60.0));
        ui.heading("Bring into this project");
        for incoming in &form.incoming {
            ui.label(format!("{} from {}", incoming.told(), incoming.origin));
        }
        ui.add_space(6.0);
        if form.has_nodes() {
            where_ui(ui, board, &mut form);
        }
        if form.has_name() {
            ui.horizontal(|ui| {
                ui.label("called");
                let field = ui.add(TextEdit::singleline(&mut form.name).desired_width(220.0));
                field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Name of the lane"));
            });
        }
        left_out_ui(ui, &form);
        if let Some(why) = &form.refused {
            let color = tokens(ui.ctx()).status(Status::Failed);
            ui.add(Label::new(RichText::new(why).color(color)).wrap());
        }
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let text = RichText::new("Import").color(tokens(ui.ctx()).on_accent);
            let button = Button::new(text).fill(tokens(ui.ctx()).accent).min_size(vec2(110.0, 28.0));
            if ui.add(button).clicked() {
                view.wish(Wish::Import(Box::new(form.clone())));
                open = false;
            }
            if ui.button("Cancel").clicked() {
                open = false;
            }
            if let Some(path) = form.project.clone() {
                ui.add_space(40.0);
                let hint = "Leaves this project and opens that one";
                if ui.button("Open it instead").on_hover_text(hint).clicked() {
                    view.wish(Wish::OpenPath(path));
                    open = false;
                }
            }
        });
    });
    if open && !response.should_close() {
        view.import = Some(form);
    }
}

fn where_ui(ui: &mut egui::Ui, board: &Board, form: &mut ImportForm) {
    ui.horizontal(|ui| {
        ui.label("Into");
        let name =
            |lane: usize| board.lanes.get(lane).map(|shown| shown.lane.name.clone()).unwrap_or_default();
        let shown = form.into.map_or_else(|| "a new lane".to_owned(), name);
        let response = ComboBox::from_id_salt("into").selected_text(&shown).show_ui(ui, |ui| {
            if board.has_manifest {
                ui.selectable_value(&mut form.into, None, "a new lane");
            }
            for lane in 0..board.lanes.len() {
                ui.selectable_value(&mut form.into, Some(lane), format!("lane {}", name(lane)));
            }
        });
        response.response.widget_info(|| WidgetInfo::labeled(WidgetType::ComboBox, true, "Into which lane"));
    });
}

fn left_out_ui(ui: &mut egui::Ui, form: &ImportForm) {
    let all: Vec<_> = form.incoming.iter().flat_map(|incoming| &incoming.left_out).collect();
    if all.is_empty() {
        ui.label(RichText::new("Everything has its place.").color(tokens(ui.ctx()).weak));
        return;
    }
    ui.add_space(4.0);
    ui.strong(format!("Not taken over as it was: {}", all.len()));
    ScrollArea::vertical().max_height(260.0).auto_shrink([false, true]).show(ui, |ui| {
        for one in all.iter().take(LISTED) {
            ui.add(Label::new(RichText::new(format!("{}: {}", one.at, one.why)).size(11.5)).wrap());
        }
        if all.len() > LISTED {
            ui.label(format!("and {} more", all.len() - LISTED));
        }
    });
    if all.iter().any(|one| one.value.is_some()) {
        let text = "What stood there is kept in the blueprint, under dsl_definitions.";
        ui.label(RichText::new(text).color(tokens(ui.ctx()).weak).size(11.5));
    }
}
