//! The top bar: project, commands, mode, and the one filled button.

use egui::{Align, Button, Color32, Layout, RichText, Stroke, Ui, vec2};

use crate::gui::board::Board;
use crate::gui::command::{Command, Group, Situation};
use crate::gui::theme::tokens;
use crate::gui::view::{Mode, View, Wish};

/// The bar.
pub fn top_bar_ui(ui: &mut Ui, board: &Board, view: &mut View, situation: Situation) {
    let tokens = tokens(ui.ctx());
    ui.horizontal_centered(|ui| {
        ui.menu_button("☰", |ui| menu(ui, view, situation)).response.on_hover_text("Menu");
        let name = if board.name.is_empty() { "Gantry" } else { &board.name };
        ui.label(RichText::new(name).strong().size(15.0));
        ui.separator();
        command_button(ui, view, situation, Command::Undo, Button::new("⟲"));
        command_button(ui, view, situation, Command::Redo, Button::new("⟳"));
        ui.separator();
        command_button(ui, view, situation, Command::Fit, Button::new("Fit"));
        let zoom = format!("{:.0} %", view.camera.zoom * 100.0);
        if ui.add(Button::new(zoom).frame(false)).on_hover_text("Back to 100 %").clicked() {
            view.wish(Wish::Run(Command::ZoomReset));
        }
        let wide = ui.ctx().content_rect().width() > 1180.0;
        if wide {
            let hint = format!("Find a node or command…   {}", keys(ui, Command::Palette));
            let search = Button::new(RichText::new(hint).color(tokens.weak)).min_size(vec2(230.0, 26.0));
            command_button(ui, view, situation, Command::Palette, search);
        }
        ui.separator();
        for (mode, command, label) in [
            (Mode::Design, Command::Design, "Design"),
            (Mode::Plan, Command::PlanView, "Plan"),
            (Mode::Live, Command::Live, "Live"),
        ] {
            let usable = command.usable(situation).is_ok();
            let spoken = format!("{label} mode");
            let chosen = view.mode == mode;
            let fill = if chosen { tokens.chosen } else { tokens.panel };
            let stroke = Stroke::new(1.0, if chosen { tokens.accent } else { tokens.border });
            let button = Button::new(label).fill(fill).stroke(stroke).min_size(vec2(58.0, 26.0));
            let response = ui.add_enabled(usable, button);
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::WidgetType::Button, usable, chosen, &spoken)
            });
            if response.on_hover_text(command.hover(ui.ctx(), situation)).clicked() {
                view.wish(Wish::Run(command));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if situation.running {
                let cancel = Button::new("■ Cancel").min_size(vec2(96.0, 28.0));
                command_button(ui, view, situation, Command::Cancel, cancel);
            } else {
                let usable = Command::Deploy.usable(situation).is_ok();
                let (fill, ink) =
                    if usable { (tokens.accent, tokens.on_accent) } else { (tokens.border, tokens.weak) };
                let text = RichText::new("▶ Deploy").color(ink).strong();
                let deploy = Button::new(text).fill(fill).stroke(Stroke::NONE).min_size(vec2(96.0, 28.0));
                command_button(ui, view, situation, Command::Deploy, deploy);
            }
            let plan = Button::new("Plan").fill(Color32::TRANSPARENT).stroke(Stroke::new(1.0, tokens.weak));
            command_button(ui, view, situation, Command::Plan, plan.min_size(vec2(64.0, 28.0)));
            ui.separator();
            let theme = if tokens.dark { "☀" } else { "🌙" };
            let response = ui.add(Button::new(theme).frame(false));
            response
                .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, "Switch theme"));
            if response.on_hover_text(Command::Theme.hover(ui.ctx(), situation)).clicked() {
                view.wish(Wish::Run(Command::Theme));
            }
        });
    });
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
