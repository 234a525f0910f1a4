//! What stands over the window: questions, finders, the cheat sheet, messages, the empty state.

mod ask;
mod find;
mod finder;
mod import;
mod new;
mod safety;
mod sheet;
mod start;

use egui::{Align2, Area, Button, Context, Frame, Modal, Order, RichText, Stroke, vec2};

pub use ask::ask_ui;
pub use find::{find_ui, places};
pub use finder::finder_ui;
pub use import::import_ui;
pub use new::new_ui;
pub use safety::{clash_ui, left_behind_ui};
pub use sheet::cheat_sheet_ui;
pub use start::empty_ui;

use super::board::Board;
use super::theme::tokens;
use super::view::{View, Wish};

/// A question over the window, with room around its words.
fn modal(ctx: &Context, name: &str) -> Modal {
    Modal::new(egui::Id::new(name)).frame(Frame::popup(&ctx.global_style()).inner_margin(16))
}

/// Asks before undeploying; the answer names the deployment.
pub fn undeploy_ui(ctx: &Context, board: &Board, view: &mut View) {
    let Some(number) = view.undeploy else { return };
    let Some(shown) = board.lanes.get(number) else {
        view.undeploy = None;
        return;
    };
    let state = &shown.state;
    let tokens = tokens(ctx);
    let mut open = true;
    let response = modal(ctx, "undeploy").show(ctx, |ui| {
        ui.set_width(380.0);
        ui.heading(format!("Undeploy {}?", state.deployment));
        let count = state.instances.values().filter(|record| !record.state.is_absent()).count();
        let what = if state.rehearsed { "rehearsed instances" } else { "instances" };
        ui.label(format!("{count} {what} will be stopped and deleted. The blueprint stays."));
        ui.add_space(10.0);
        ui.horizontal(|ui| {
            if ui.button("Keep it").clicked() {
                open = false;
            }
            ui.add_space(60.0);
            let text = RichText::new(format!("Undeploy {}", state.deployment)).strong();
            let red = Stroke::new(1.5, tokens.status(super::status::Status::Failed));
            if ui.add(Button::new(text).stroke(red)).clicked() {
                view.wishes.push(Wish::Undeploy(number));
                open = false;
            }
        });
    });
    if !open || response.should_close() {
        view.undeploy = None;
    }
}

/// Asks what becomes of files that are not saved before the project is left.
pub fn leave_ui(ctx: &Context, unsaved: usize, view: &mut View) {
    let Some(how) = view.leave.clone() else { return };
    let mut open = true;
    let response = modal(ctx, "leave").show(ctx, |ui| {
        ui.set_width(380.0);
        ui.heading("Save what was drawn?");
        let files =
            if unsaved == 1 { "One file differs".to_owned() } else { format!("{unsaved} files differ") };
        ui.label(format!("{files} from what is drawn. Without saving, that is lost."));
        ui.add_space(10.0);
        ui.horizontal(|ui| {
            if ui.button("Save").clicked() {
                view.wishes.push(Wish::SaveAndLeave(how.clone()));
                open = false;
            }
            if ui.button("Stay").clicked() {
                open = false;
            }
            ui.add_space(60.0);
            if ui.button("Don't save").clicked() {
                view.wishes.push(Wish::Abandon(how.clone()));
                open = false;
            }
        });
    });
    if !open || response.should_close() {
        view.leave = None;
    }
}

/// Messages above the status bar; each stays until it is closed, news until the next.
pub fn toasts_ui(ctx: &Context, view: &mut View) {
    let tokens = tokens(ctx);
    let mut closed = None;
    let place = Area::new(egui::Id::new("toasts"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -40.0));
    if view.toasts.is_empty() {
        return;
    }
    place.show(ctx, |ui| {
        for (position, toast) in view.toasts.iter().enumerate() {
            let color = if toast.bad { tokens.status(super::status::Status::Failed) } else { tokens.accent };
            egui::Frame::popup(ui.style()).stroke(Stroke::new(1.2, color)).show(ui, |ui| {
                ui.set_max_width(560.0);
                ui.horizontal_top(|ui| {
                    ui.vertical(|ui| {
                        ui.set_max_width(480.0);
                        ui.add(egui::Label::new(&toast.message).wrap());
                        if let Some(hint) = &toast.hint {
                            ui.add(
                                egui::Label::new(RichText::new(format!("Hint: {hint}")).color(tokens.weak))
                                    .wrap(),
                            );
                        }
                    });
                    let close = ui.add(Button::new("×").frame(false));
                    close.widget_info(|| {
                        egui::WidgetInfo::labeled(egui::WidgetType::Button, true, "Close message")
                    });
                    if close.clicked() {
                        closed = Some(position);
                    }
                });
            });
        }
    });
    if let Some(position) = closed {
        view.toasts.remove(position);
    }
}
