//! The inspector: everything that is known of what is selected, and forms to change it.
//!
//! Each part draws one thing. What a person types becomes one [`crate::edit::Edit`] when they are done with it; nothing is
//! changed here.

mod constraints;
mod field;
mod forms;
mod function;
mod group;
mod lane;
mod live;
mod node;
mod operations;
mod parameters;
mod properties;
mod relations;
mod scaling;
mod value;

use egui::{Align, Layout, RichText, ScrollArea, Ui, vec2};

use crate::gui::board::Board;
use crate::gui::command::Situation;
use crate::gui::icons;
use crate::gui::status::{self, Status};
use crate::gui::theme::{strong, tokens};
use crate::gui::view::{NodeKey, View, Wish};
use crate::scene::Family;

pub use forms::Forms;
pub use function::told as told_of_function;

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
            node::node_ui(ui, board, view, &key);
        }
        [] if view.group.is_some() => {
            if let Some(key) = view.group.clone() {
                group::group_ui(ui, board, view, &key);
            }
        }
        [] => match view.lane.and_then(|lane| Some((lane, board.lanes.get(lane)?))) {
            Some((number, lane)) => lane::lane_ui(ui, board, view, number, lane, situation),
            None => {
                ui.weak("Select a node or a lane to see what it is, what it runs and how it does.");
            }
        },
        many => {
            let many = many.to_vec();
            node::nodes_ui(ui, board, view, &many);
        }
    }
    view.forms.drawn();
}

/// What can be longer than the panel: scrolled, and kept clear of the bar.
fn scrolled_ui(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - 10.0);
        content(ui);
        ui.add_space(12.0);
    });
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
                ui.add(egui::Label::new(strong(name, 15.0)).truncate());
                ui.add(egui::Label::new(RichText::new(kind).size(11.0).color(tokens.weak)).truncate());
            });
        });
    });
}
