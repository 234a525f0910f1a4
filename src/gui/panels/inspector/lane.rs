//! A lane: how it does, where it is deployed, what it takes and gives.

use egui::{Button, RichText, Ui, vec2};

use super::parameters::{Parameters, parameters_ui};
use super::{head, scrolled_ui};
use crate::gui::board::{Board, LaneView};
use crate::gui::command::{Command, Situation};
use crate::gui::panels::tabs;
use crate::gui::theme::tokens;
use crate::gui::view::{LaneSection, View, Wish};
use crate::model::Platform;
use crate::scene::Family;

/// The lane.
pub fn lane_ui(
    ui: &mut Ui,
    board: &Board,
    view: &mut View,
    number: usize,
    shown: &LaneView,
    situation: Situation,
) {
    let tokens = tokens(ui.ctx());
    let name = shown.lane.name.clone();
    let state = &shown.state;
    head(ui, Family::Other, &name, &format!("deployment {}", state.deployment), shown.status.status);
    let rehearsed = if state.rehearsed { " · rehearsed" } else { "" };
    ui.label(RichText::new(format!("{}{rehearsed} · on {}", shown.status.word, shown.targets)).size(11.5));
    let error = state.execution.as_ref().and_then(|execution| execution.error.clone());
    if let Some(why) = error.or_else(|| shown.status.reason.clone()) {
        ui.add(egui::Label::new(why).wrap());
    }
    tabs::row_ui(ui, |ui| {
        for (section, label) in [
            (LaneSection::Deployment, "Lane"),
            (LaneSection::Inputs, "Inputs"),
            (LaneSection::Outputs, "Outputs"),
            (LaneSection::Capabilities, "Capabilities"),
        ] {
            let button = tabs::tab_ui(ui, label, view.lane_section == section);
            let spoken = format!("section {label}");
            let chosen = view.lane_section == section;
            button
                .widget_info(|| egui::WidgetInfo::selected(egui::WidgetType::Button, true, chosen, &spoken));
            if button.clicked() {
                view.lane_section = section;
            }
        }
    });
    scrolled_ui(ui, |ui| {
        let which = match view.lane_section {
            LaneSection::Deployment => None,
            LaneSection::Inputs => Some(Parameters::Inputs),
            LaneSection::Outputs => Some(Parameters::Outputs),
            LaneSection::Capabilities => Some(Parameters::Capabilities),
        };
        if let Some(which) = which {
            super::node::broken_ui(ui, shown);
            if shown.lane.is_stale {
                ui.disable();
            }
            return parameters_ui(ui, board, view, number, which);
        }
        ui.strong("Targets");
        for platform in [Platform::Kubernetes, Platform::Swarm, Platform::Host] {
            if shown.lane.topology.nodes.values().any(|node| node.platform == Some(platform)) {
                target_ui(ui, view, number, shown, platform);
            }
        }
        ui.add_space(8.0);
        if let Some(text) = &shown.lane.topology.description {
            ui.add(egui::Label::new(RichText::new(text.trim()).size(12.0).color(tokens.weak)).wrap());
        }
        ui.add_space(14.0);
        let free = !situation.running;
        let deploy = Button::new(format!("Deploy {name}"));
        let whole = shown.hindrance.is_none();
        let size = vec2(ui.available_width(), 28.0);
        if ui.add_enabled_ui(free && whole, |ui| ui.add_sized(size, deploy)).inner.clicked() {
            view.wish(Wish::DeployLane(number));
        }
        if let Some(whose) = &shown.hindrance {
            let told = if *whose == name {
                "It has errors: see Problems.".to_owned()
            } else {
                format!("{whose} has errors: see Problems.")
            };
            ui.add(egui::Label::new(RichText::new(told).size(11.5).color(tokens.weak)).wrap());
        }
        ui.add_space(40.0);
        let there = state.is_there();
        let undeploy = Button::new(format!("Undeploy {name}…"));
        if ui.add_enabled(free && there, undeploy).on_hover_text("Asks first").clicked() {
            view.wish(Wish::AskUndeploy(number));
        }
        ui.add_space(14.0);
        let remove = Button::new(format!("Remove {name}"));
        let hover = Command::RemoveLane.spec().tooltip;
        if ui.add_enabled(free && !there, remove).on_hover_text(hover).clicked() {
            view.wish(Wish::Run(Command::RemoveLane));
        }
    });
}

/// A target by its address, typed; Enter takes it.
fn address_ui(ui: &mut Ui, view: &mut View, number: usize, platform: Platform) {
    let example = match platform {
        Platform::Kubernetes => "kubernetes:CONTEXT",
        _ => "docker:CONTEXT, unix://…, tcp://…, ssh://…",
    };
    let id = ui.make_persistent_id(("address", number, platform.name()));
    let mut text: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let field = ui.add(egui::TextEdit::singleline(&mut text).hint_text(example).desired_width(f32::INFINITY));
    field.widget_info(|| {
        egui::WidgetInfo::labeled(
            egui::WidgetType::TextEdit,
            true,
            format!("Address of the {} target", platform.name()),
        )
    });
    if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) && !text.trim().is_empty()
    {
        view.wish(Wish::Retarget { lane: number, platform, target: text.trim().to_owned() });
        text.clear();
    }
    ui.data_mut(|data| data.insert_temp(id, text));
}

fn target_ui(ui: &mut Ui, view: &mut View, number: usize, shown: &LaneView, platform: Platform) {
    let current = shown.lane.spec.target(platform).to_string();
    let choices: &[&str] = match platform {
        Platform::Kubernetes => &["rehearsal", "kubernetes"],
        Platform::Swarm | Platform::Host => &["rehearsal", "docker"],
        Platform::Proxy => &[],
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(platform.name()).size(12.0));
        let id = ("target", number, platform.name());
        egui::ComboBox::from_id_salt(id).selected_text(&current).show_ui(ui, |ui| {
            for choice in choices {
                if ui.selectable_label(current == *choice, *choice).clicked() {
                    view.wish(Wish::Retarget { lane: number, platform, target: (*choice).to_owned() });
                }
            }
        });
    });
    address_ui(ui, view, number, platform);
    ui.add_space(4.0);
}
