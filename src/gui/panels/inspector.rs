//! The inspector: everything that is known of the selected node or lane, and the one answer to "why is it not green?".

use egui::{Align, Button, Layout, RichText, ScrollArea, Stroke, Ui, vec2};

use crate::check::Node;
use crate::gui::board::{Board, LaneView};
use crate::gui::command::Situation;
use crate::gui::icons;
use crate::gui::status::{self, Status};
use crate::gui::theme::tokens;
use crate::gui::view::{Mode, NodeKey, Section, View, Wish};
use crate::model::{Platform, Value};
use crate::plan::{OperationState, short_operation_name};
use crate::scene::Family;

/// Text as it is read: a value of several words on one line.
fn mono(text: impl Into<String>) -> RichText {
    RichText::new(text).monospace().size(11.5)
}

/// What is selected.
pub fn inspector_ui(ui: &mut Ui, board: &Board, view: &mut View, situation: Situation) {
    ui.add_space(8.0);
    match view.selection.as_slice() {
        [key] => {
            let key = key.clone();
            node_ui(ui, board, view, &key);
        }
        [] => match view.lane.and_then(|lane| Some((lane, board.lanes.get(lane)?))) {
            Some((number, lane)) => lane_ui(ui, view, number, lane, situation),
            None => {
                ui.weak("Select a node or a lane to see what it is, what it runs and how it does.");
            }
        },
        many => {
            ui.heading(format!("{} nodes", many.len()));
            let many = many.to_vec();
            for key in many.iter().take(50) {
                link(ui, view, key);
            }
        }
    }
}

fn link(ui: &mut Ui, view: &mut View, key: &NodeKey) {
    if ui.link(&key.name).clicked() {
        view.wish(Wish::Select { nodes: vec![key.clone()], add: false, show: true });
    }
}

fn head(ui: &mut Ui, family: Family, name: &str, kind: &str, status: Status) {
    let tokens = tokens(ui.ctx());
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(24.0, 34.0), egui::Sense::hover());
        icons::family(ui.painter(), rect.center(), 20.0, family, tokens.family(family));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(20.0, 34.0), egui::Sense::hover());
            status::glyph(ui.painter(), rect.center(), 7.0, status, tokens);
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.add(egui::Label::new(RichText::new(name).strong().size(15.0)).truncate());
                ui.add(egui::Label::new(RichText::new(kind).size(11.0).color(tokens.weak)).truncate());
            });
        });
    });
}

fn node_ui(ui: &mut Ui, board: &Board, view: &mut View, key: &NodeKey) {
    let Some(node) = board.node(key).cloned() else { return };
    let Some(shown) = board.lanes.get(key.lane) else { return };
    let status = shown.statuses.get(&key.name);
    head(
        ui,
        Family::of(&node),
        &key.name,
        &node.type_name,
        status.map_or(Status::Absent, |known| known.status),
    );
    if let Some(known) = status {
        let rehearsed = if known.rehearsed { " · rehearsed" } else { "" };
        ui.label(RichText::new(format!("{}{rehearsed}", known.word)).size(11.5));
    }
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (section, label) in [
            (Section::Properties, "Properties"),
            (Section::Relationships, "Relations"),
            (Section::Operations, "Operations"),
            (Section::Live, "Runtime"),
        ] {
            if ui.selectable_label(view.section == section, RichText::new(label).size(12.0)).clicked() {
                view.section = section;
            }
        }
    });
    ui.separator();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        match view.section {
            Section::Properties => properties_ui(ui, board, key, &node),
            Section::Relationships => relationships_ui(ui, board, view, key, &node),
            Section::Operations => operations_ui(ui, &node),
            Section::Live => runtime_ui(ui, shown, key),
        }
        ui.add_space(8.0);
        why_ui(ui, board, view, key);
        ui.add_space(12.0);
    });
}

/// Name, the value as written in a box, and what it comes to when it holds functions.
fn properties_ui(ui: &mut Ui, board: &Board, key: &NodeKey, node: &Node) {
    if node.properties.is_empty() {
        ui.weak("This type has no properties.");
    }
    for (name, value) in &node.properties {
        match value.as_map().filter(|map| value.call().is_none() && !map.is_empty() && map.len() <= 8) {
            Some(map) => {
                for (inner, value) in map {
                    property_ui(ui, board, key, &format!("{name}.{inner}"), value);
                }
            }
            None => property_ui(ui, board, key, name, value),
        }
    }
}

fn property_ui(ui: &mut Ui, board: &Board, key: &NodeKey, name: &str, value: &Value) {
    let tokens = tokens(ui.ctx());
    ui.label(RichText::new(name).size(11.0).color(tokens.weak));
    let calls = value.has_calls();
    egui::Frame::new()
        .fill(tokens.raised)
        .stroke(Stroke::new(1.0, tokens.border))
        .corner_radius(5)
        .inner_margin(egui::Margin::symmetric(8, 4))
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.horizontal(|ui| {
                if calls {
                    ui.label(RichText::new("ƒ").color(tokens.accent).strong());
                }
                let empty = value.is_null() || value.as_str() == Some("");
                let text = if empty { "empty".to_owned() } else { value.to_string() };
                let text = if empty { mono(text).color(tokens.weak) } else { mono(text) };
                ui.add(egui::Label::new(text).truncate()).on_hover_text(value.to_string());
            });
        });
    if calls {
        let known = board.known(key.lane).and_then(|known| known.evaluate(&key.name, value));
        let text = known.map_or_else(|| "= not known yet".to_owned(), |known| format!("= {known}"));
        ui.add(egui::Label::new(mono(text).color(tokens.weak)).wrap());
    }
    ui.add_space(2.0);
}

fn relationships_ui(ui: &mut Ui, board: &Board, view: &mut View, key: &NodeKey, node: &Node) {
    let tokens = tokens(ui.ctx());
    let mut row = |ui: &mut Ui, word: &str, other: &str| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(word).size(11.5).color(tokens.weak));
            link(ui, view, &NodeKey { lane: key.lane, name: other.to_owned() });
        });
    };
    ui.strong("Needs");
    for relationship in &node.relationships {
        row(ui, relationship.type_name.rsplit('.').next().unwrap_or_default(), &relationship.target);
    }
    if node.relationships.is_empty() {
        ui.weak("nothing");
    }
    ui.add_space(6.0);
    ui.strong("Needed by");
    let mut none = true;
    for other in board.lanes.get(key.lane).iter().flat_map(|shown| shown.lane.topology.nodes.values()) {
        for relationship in other.relationships.iter().filter(|relationship| relationship.target == key.name)
        {
            none = false;
            row(ui, relationship.type_name.rsplit('.').next().unwrap_or_default(), &other.name);
        }
    }
    if none {
        ui.weak("nothing");
    }
}

fn operations_ui(ui: &mut Ui, node: &Node) {
    let tokens = tokens(ui.ctx());
    let mut none = true;
    for (name, mapping) in node.operations.iter().filter(|(_, mapping)| !mapping.is_noop()) {
        none = false;
        ui.label(RichText::new(short_operation_name(name)).strong().size(12.0)).on_hover_text(name);
        let runs = if mapping.plugin.is_empty() {
            mapping.operation.clone()
        } else {
            format!("{}.{}", mapping.plugin, mapping.operation)
        };
        ui.add(egui::Label::new(mono(runs).color(tokens.weak)).wrap());
    }
    if none {
        ui.weak("The target realises this type; the blueprint runs nothing of its own.");
    }
}

fn runtime_ui(ui: &mut Ui, shown: &LaneView, key: &NodeKey) {
    let tokens = tokens(ui.ctx());
    let mut none = true;
    for (id, record) in shown.state.instances_of(&key.name) {
        none = false;
        ui.horizontal(|ui| {
            ui.strong(id);
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
fn why_ui(ui: &mut Ui, board: &Board, view: &View, key: &NodeKey) {
    let Some(shown) = board.lanes.get(key.lane) else { return };
    if view.mode == Mode::Plan
        && let Some(causes) = board.waves.as_ref().and_then(|waves| waves.causes.get(key))
    {
        ui.strong("Why these steps?");
        for cause in causes.iter().take(12) {
            ui.add(egui::Label::new(RichText::new(cause).size(12.0)).wrap());
        }
        return;
    }
    let Some(known) = shown.statuses.get(&key.name) else { return };
    if known.status == Status::Running {
        return;
    }
    ui.strong("Why is it not green?");
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

fn lane_ui(ui: &mut Ui, view: &mut View, number: usize, shown: &LaneView, situation: Situation) {
    let tokens = tokens(ui.ctx());
    let name = shown.lane.name.clone();
    let state = &shown.state;
    head(
        ui,
        Family::Other,
        &name,
        &format!("deployment {}", state.deployment),
        Status::of_deployment(state.status),
    );
    let rehearsed = if state.rehearsed { " · rehearsed" } else { "" };
    ui.label(RichText::new(format!("{}{rehearsed} · on {}", state.status, shown.targets)).size(11.5));
    if let Some(error) = state.execution.as_ref().and_then(|execution| execution.error.clone()) {
        ui.add(egui::Label::new(error).wrap());
    }
    ui.separator();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.strong("Targets");
        for platform in [Platform::Kubernetes, Platform::Swarm, Platform::Host] {
            if shown.lane.topology.nodes.values().any(|node| node.platform == Some(platform)) {
                target_ui(ui, view, number, shown, platform);
            }
        }
        ui.add_space(8.0);
        ui.strong("Inputs");
        for (input, value) in &shown.lane.inputs {
            ui.label(RichText::new(input).size(11.0).color(tokens.weak));
            ui.add(egui::Label::new(mono(value.to_string())).wrap());
        }
        ui.add_space(8.0);
        if let Some(text) = &shown.lane.topology.description {
            ui.add(egui::Label::new(RichText::new(text.trim()).size(12.0).color(tokens.weak)).wrap());
        }
        ui.add_space(14.0);
        let free = !situation.running;
        let deploy = Button::new(format!("Deploy {name}")).min_size(vec2(ui.available_width(), 28.0));
        if ui.add_enabled(free && !situation.errors, deploy).clicked() {
            view.wish(Wish::DeployLane(number));
        }
        ui.add_space(40.0);
        let there = state.exists() || state.status != crate::plan::DeploymentStatus::Absent;
        let undeploy = Button::new(format!("Undeploy {name}…"));
        if ui.add_enabled(free && there, undeploy).on_hover_text("Asks first").clicked() {
            view.wish(Wish::AskUndeploy(number));
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
        address_ui(ui, view, number, platform);
    });
}
