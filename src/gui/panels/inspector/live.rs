//! What exists of a node, and the one answer to "why is it not green?".

use egui::{RichText, Ui};

use super::mono;
use crate::gui::board::{Board, LaneView};
use crate::gui::status::Status;
use crate::gui::theme::{strong, tokens};
use crate::gui::view::{Mode, NodeKey, View};
use crate::plan::{OperationState, short_operation_name};

/// Instances with their runtime properties.
pub fn runtime_ui(ui: &mut Ui, shown: &LaneView, key: &NodeKey) {
    let tokens = tokens(ui.ctx());
    let mut none = true;
    for (id, record) in shown.state.instances_of(&key.name) {
        none = false;
        ui.horizontal(|ui| {
            ui.label(strong(id, 12.5));
            ui.label(RichText::new(record.state.name()).size(11.5).color(tokens.weak));
        });
        for (name, value) in &record.runtime {
            ui.label(RichText::new(name).size(11.0).color(tokens.weak));
            ui.add(egui::Label::new(mono(value.to_string())).wrap());
        }
        ui.add_space(6.0);
    }
    if none {
        ui.weak("Nothing of it exists. Runtime properties appear when it is deployed.");
    }
}

/// One answer to why a node is not up, or why it is in the plan.
pub fn why_ui(ui: &mut Ui, board: &Board, view: &View, key: &NodeKey) {
    let Some(shown) = board.lanes.get(key.lane) else { return };
    if view.mode == Mode::Plan
        && let Some(causes) = board.waves.as_ref().and_then(|waves| waves.causes.get(key))
    {
        ui.label(strong("Why these steps?", 12.5));
        for cause in causes.iter().take(12) {
            ui.add(egui::Label::new(RichText::new(cause).size(12.0)).wrap());
        }
        return;
    }
    let Some(known) = shown.statuses.get(&key.name) else { return };
    if known.status == Status::Running {
        return;
    }
    ui.label(strong("Why is it not green?", 12.5));
    let text = reason(shown, key).unwrap_or_else(|| known.word.clone());
    ui.add(egui::Label::new(text).wrap());
}

fn reason(shown: &LaneView, key: &NodeKey) -> Option<String> {
    let state = &shown.state;
    if !state.exists() && !state.status.is_running() {
        return Some(format!("Nothing of deployment {} exists. Plan, then Deploy.", state.deployment));
    }
    if let Some(reason) = shown.statuses.get(&key.name).and_then(|known| known.reason.clone()) {
        return Some(reason);
    }
    let pending = |operation: &&crate::plan::OperationRecord| {
        matches!(operation.state, OperationState::Started | OperationState::Retrying | OperationState::Failed)
    };
    let instances: Vec<&str> = state.instances_of(&key.name).map(|(id, _)| id).collect();
    let own = state.operations.values().filter(pending).find(|it| instances.contains(&it.instance.as_str()));
    if let Some(own) = own {
        return Some(format!("{} runs now.", short_operation_name(&own.name)));
    }
    let first = state.operations.values().find(pending)?;
    Some(format!("It waits: {} of {} comes first.", short_operation_name(&first.name), first.instance))
}
