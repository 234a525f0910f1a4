//! The top bar: project, commands, mode, and the one filled button.

use egui::{
    Align, Align2, Button, Color32, FontId, Layout, Rect, RichText, Sense, Stroke, StrokeKind, Ui, vec2,
};

use crate::gui::board::Board;
use crate::gui::command::{Command, Group, Situation};
use crate::gui::theme::{semibold, strong, tokens};
use crate::gui::view::{Mode, View, Wish};

/// The bar.
pub fn top_bar_ui(ui: &mut Ui, board: &Board, view: &mut View, situation: Situation) {
    let tokens = tokens(ui.ctx());
    ui.horizontal_centered(|ui| {
        ui.menu_button("☰", |ui| menu(ui, view, situation)).response.on_hover_text("Menu");
        let name = if board.name.is_empty() { "Gantry" } else { &board.name };
        ui.label(strong(name, 15.0));
        // What has keys and a place in the menu gives way first where there is little room.
        let room = ui.ctx().content_rect().width();
        if room > 760.0 {
            ui.separator();
            command_button(ui, view, situation, Command::Undo, Button::new("⟲"));
            command_button(ui, view, situation, Command::Redo, Button::new("⟳"));
        }
        if room > 900.0 {
            ui.separator();
            command_button(ui, view, situation, Command::Fit, Button::new("Fit"));
            let zoom = format!("{:.0} %", view.camera.zoom * 100.0);
            if ui.add(Button::new(zoom).frame(false)).on_hover_text("Back to 100 %").clicked() {
                view.wish(Wish::Run(Command::ZoomReset));
            }
        }
        if room > 1180.0 {
            let hint = format!("Find a node or command…   {}", keys(ui, Command::Palette));
            let search = Button::new(RichText::new(hint).color(tokens.weak)).min_size(vec2(230.0, 26.0));
            command_button(ui, view, situation, Command::Palette, search);
        }
        ui.separator();
        modes_ui(ui, view, situation);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if situation.running {
                let cancel = Button::new("■ Cancel").min_size(vec2(96.0, 28.0));
                command_button(ui, view, situation, Command::Cancel, cancel);
            } else {
                let usable = Command::Deploy.usable(situation).is_ok();
                let (fill, ink) =
                    if usable { (tokens.accent, tokens.on_accent) } else { (tokens.border, tokens.weak) };
                let text = strong("▶ Deploy", 13.0).color(ink);
                let deploy = Button::new(text).fill(fill).stroke(Stroke::NONE).min_size(vec2(96.0, 28.0));
                command_button(ui, view, situation, Command::Deploy, deploy);
            }
            let plan = Button::new("Plan").fill(Color32::TRANSPARENT).stroke(Stroke::new(1.0, tokens.weak));
            command_button(ui, view, situation, Command::Plan, plan.min_size(vec2(64.0, 28.0)));
            ui.separator();
            let response = ui.add(Button::new("☀").frame(false));
            response
                .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, "Switch theme"));
            if response.on_hover_text(Command::Theme.hover(ui.ctx(), situation)).clicked() {
                view.wish(Wish::Run(Command::Theme));
            }
        });
    });
}

/// The three modes as one control.
fn modes_ui(ui: &mut Ui, view: &mut View, situation: Situation) {
    let tokens = tokens(ui.ctx());
    let wide = ui.ctx().content_rect().width() > 760.0;
    let size = vec2(if wide { 64.0 } else { 52.0 }, 26.0);
    let (all, _) = ui.allocate_exact_size(vec2(size.x * 3.0, size.y), Sense::hover());
    ui.painter().rect(all, 7, tokens.raised, Stroke::new(1.0, tokens.border), StrokeKind::Inside);
    let modes = [
        (Mode::Design, Command::Design, "Design"),
        (Mode::Plan, Command::PlanView, "Plan"),
        (Mode::Live, Command::Live, "Live"),
    ];
    for (number, (mode, command, label)) in modes.into_iter().enumerate() {
        let rect = Rect::from_min_size(all.min + vec2(size.x * number as f32, 0.0), size);
        let usable = command.usable(situation).is_ok();
        let chosen = view.mode == mode;
        let sense = if usable { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, ui.id().with(("mode", label)), sense);
        let spoken = format!("{label} mode");
        response
            .widget_info(|| egui::WidgetInfo::selected(egui::WidgetType::Button, usable, chosen, &spoken));
        if chosen {
            ui.painter().rect(rect, 7, tokens.chosen, Stroke::new(1.5, tokens.accent), StrokeKind::Inside);
        } else if response.has_focus() || (usable && response.hovered()) {
            ui.painter().rect_filled(rect.shrink(2.0), 6, tokens.card);
        }
        let font = if chosen { semibold(12.5) } else { FontId::proportional(12.5) };
        let ink = if usable { tokens.text } else { tokens.weak };
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, label, font, ink);
        if response.on_hover_text(command.hover(ui.ctx(), situation)).clicked() {
            view.wish(Wish::Run(command));
        }
    }
}

fn keys(ui: &Ui, command: Command) -> String {
    command.spec().shortcuts.first().map(|keys| ui.ctx().format_shortcut(keys)).unwrap_or_default()
}

/// A button of a command, named as in the registry.
fn command_button(ui: &mut Ui, view: &mut View, situation: Situation, command: Command, button: Button<'_>) {
    let usable = command.usable(situation).is_ok();
    let response = ui.add_enabled(usable, button);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, usable, command.spec().name));
    let hover = command.hover(ui.ctx(), situation);
    let response = response.on_hover_text(&hover).on_disabled_hover_text(hover);
    if response.clicked() {
        view.wish(Wish::Run(command));
    }
}

/// Every command, group by group.
fn menu(ui: &mut Ui, view: &mut View, situation: Situation) {
    ui.set_min_width(200.0);
    for group in Group::ALL {
        ui.menu_button(group.title(), |ui| {
            ui.set_min_width(260.0);
            for command in Command::ALL.iter().copied().filter(|command| command.spec().group == group) {
                let usable = command.usable(situation).is_ok();
                let button = Button::new(command.spec().name).shortcut_text(keys(ui, command)).frame(false);
                let hover = command.hover(ui.ctx(), situation);
                if ui
                    .add_enabled(usable, button)
                    .on_hover_text(&hover)
                    .on_disabled_hover_text(hover)
                    .clicked()
                {
                    view.wish(Wish::Run(command));
                    ui.close();
                }
            }
        });
    }
}
