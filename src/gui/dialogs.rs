//! What stands over the window: the question before undeploying, the palette, the cheat sheet, messages, the empty state.

use egui::{
    Align2, Area, Button, Context, Grid, Key, Modal, Order, RichText, ScrollArea, Stroke, TextEdit, Ui, vec2,
};

use super::board::Board;
use super::command::{Command, Situation};
use super::theme::tokens;
use super::view::{NodeKey, View, Wish};

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
    let response = Modal::new(egui::Id::new("undeploy")).show(ctx, |ui| {
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

/// Commands and nodes by name.
pub fn palette_ui(ctx: &Context, board: &Board, view: &mut View, situation: Situation) {
    let Some(mut text) = view.palette.take() else { return };
    let mut chosen = None;
    let response = Modal::new(egui::Id::new("palette")).show(ctx, |ui| {
        ui.set_width(460.0);
        let field = TextEdit::singleline(&mut text)
            .hint_text("Name of a command or node")
            .desired_width(f32::INFINITY);
        let field = ui.add(field);
        field.widget_info(|| {
            egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, "Find command or node")
        });
        field.request_focus();
        let enter = ui.input(|input| input.key_pressed(Key::Enter));
        let found = matches(board, situation, &text);
        ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for (position, (name, hint, wish)) in found.iter().enumerate() {
                let button = Button::new(name.as_str()).shortcut_text(hint.as_str()).frame(position == 0);
                let response = ui.add_sized(vec2(ui.available_width(), 26.0), button);
                if response.clicked() || (enter && position == 0) {
                    chosen = Some(wish.clone());
                }
            }
            if found.is_empty() {
                ui.weak("Nothing has such a name.");
            }
        });
    });
    match chosen {
        Some(wish) => view.wish(wish),
        None if !response.should_close() => view.palette = Some(text),
        None => {}
    }
}

fn matches(board: &Board, situation: Situation, text: &str) -> Vec<(String, String, Wish)> {
    let wanted = text.trim().to_lowercase();
    let fits = |name: &str| wanted.split_whitespace().all(|word| name.to_lowercase().contains(word));
    let commands = Command::ALL.iter().filter(|command| {
        command.usable(situation).is_ok() && fits(command.spec().name) && **command != Command::Palette
    });
    let commands = commands.map(|command| {
        let name = command.spec().name.to_owned();
        (name, command.spec().tooltip.to_owned(), Wish::Run(*command))
    });
    let lanes = board.lanes.iter().enumerate().filter(|(_, shown)| fits(&shown.lane.name));
    let lanes =
        lanes.map(|(number, shown)| (shown.lane.name.clone(), "lane".to_owned(), Wish::SelectLane(number)));
    let nodes = board.scene.nodes.iter().filter(|node| !wanted.is_empty() && fits(&node.name)).map(|node| {
        let key = NodeKey { lane: node.lane, name: node.name.clone() };
        (
            node.name.clone(),
            node.short_type().to_owned(),
            Wish::Select { nodes: vec![key], add: false, show: true },
        )
    });
    commands.chain(lanes).chain(nodes).take(60).collect()
}

/// All commands with their keys.
pub fn cheat_sheet_ui(ctx: &Context, view: &mut View) {
    if !view.cheat_sheet {
        return;
    }
    let response = Modal::new(egui::Id::new("cheat sheet")).show(ctx, |ui| {
        ui.heading("Keyboard shortcuts");
        ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
            Grid::new("keys").num_columns(2).spacing([28.0, 4.0]).striped(true).show(ui, |ui| {
                for command in Command::ALL {
                    let spec = command.spec();
                    ui.label(spec.name).on_hover_text(spec.tooltip);
                    let keys: Vec<String> =
                        spec.shortcuts.iter().map(|keys| ctx.format_shortcut(keys)).collect();
                    ui.monospace(keys.join("   "));
                    ui.end_row();
                }
                for (what, how) in [
                    ("Pan", "wheel · middle drag · right drag · Space and drag"),
                    ("Zoom at the pointer", "Ctrl and wheel · pinch"),
                    ("Select several", "drag over them · Shift and click"),
                    ("Move", "drag a node or a lane's title"),
                ] {
                    ui.label(what);
                    ui.label(how);
                    ui.end_row();
                }
            });
        });
        ui.button("Close").clicked()
    });
    if response.inner || response.should_close() {
        view.cheat_sheet = false;
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
                    let close = ui.add(Button::new("✖").frame(false));
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

/// What to do when nothing is open.
pub fn empty_ui(ui: &mut Ui, view: &mut View, why: Option<&str>) {
    let tokens = tokens(ui.ctx());
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3).max(20.0));
        ui.label(RichText::new("Design and deploy across Kubernetes, Docker Swarm and plain hosts").size(20.0));
        ui.add_space(6.0);
        match why {
            Some(why) => ui.add(egui::Label::new(RichText::new(why).color(tokens.text)).wrap()),
            None => ui.label(RichText::new("No project is open.").color(tokens.weak)),
        };
        ui.add_space(16.0);
        let open = Button::new(RichText::new("Open project…").color(tokens.on_accent)).fill(tokens.accent);
        if ui.add(open.min_size(vec2(180.0, 34.0))).clicked() {
            view.wish(Wish::Run(Command::Open));
        }
        ui.add_space(8.0);
        let text = "A project is a folder with a gantry.yaml, or with one blueprint.yaml. It can also be dropped here.";
        ui.label(RichText::new(text).color(tokens.weak));
    });
}
