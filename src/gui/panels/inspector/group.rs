//! The picked group: what is in it, and how many instances of the whole there are.

use egui::{RichText, Ui};

use super::field::small_ui;
use super::scaling::counts_ui;
use super::{head, link, scrolled_ui};
use crate::diag::{Path, counted};
use crate::gui::board::{Board, LaneView};
use crate::gui::command::Command;
use crate::gui::status::Status;
use crate::gui::theme::tokens;
use crate::gui::view::{GroupKey, NodeKey, View, Wish};
use crate::model::Value;
use crate::scene::Family;

const SCALING: &str = "cloudify.policies.scaling";

/// The policy that scales a group as a whole.
fn scaling_of(shown: &LaneView, group: &str) -> Option<String> {
    let policies = shown.lane.reading.blueprint.section("policies")?;
    let scales = |policy: &Value| {
        let targets = policy.get("targets").and_then(Value::as_list).unwrap_or_default();
        policy.get("type").and_then(Value::as_str) == Some(SCALING)
            && targets.iter().any(|target| target.as_str() == Some(group))
    };
    policies.iter().find(|(_, policy)| scales(policy)).map(|(name, _)| name.clone())
}

/// The group; nothing if it is not there any more.
pub fn group_ui(ui: &mut Ui, board: &Board, view: &mut View, key: &GroupKey) {
    let Some(shown) = board.lanes.get(key.lane) else { return };
    let drawn = board.scene.groups.iter().find(|group| group.lane == key.lane && group.name == key.name);
    let Some(drawn) = drawn else { return };
    let tokens = tokens(ui.ctx());
    let many = drawn.members.len();
    let told = format!("a group of {}", counted(many, "member"));
    head(ui, Family::Other, &key.name, &told, Status::Absent);
    scrolled_ui(ui, |ui| {
        ui.add_space(6.0);
        ui.strong("Members");
        for member in &drawn.members {
            let (group, lane, name) = (key.name.clone(), shown.lane.name.clone(), member.clone());
            ui.horizontal(|ui| {
                if shown.lane.topology.nodes.contains_key(member) {
                    link(ui, view, &NodeKey { lane: key.lane, name: member.clone() });
                } else {
                    ui.label(member);
                }
                let hover = "Takes it out of the group; it stays";
                if small_ui(ui, "×", &format!("take {member} out of {group}"), hover) {
                    view.change(crate::edit::Edit::Member { lane, group, member: name, joins: false });
                }
            });
        }
        ui.add_space(8.0);
        ui.strong("Instances");
        match scaling_of(shown, &key.name) {
            Some(policy) => {
                let text = "of the whole group: its members come and go together";
                ui.label(RichText::new(text).size(11.5).color(tokens.weak));
                let base = Path::of(["policies", &policy, "properties"]);
                let known = shown.lane.topology.scaling_groups.get(&key.name);
                let counts = known.map(|group| group.scalable.clone()).unwrap_or_default();
                counts_ui(ui, board, view, key.lane, &base, &counts, None);
            }
            None => {
                ui.label(RichText::new("each member has its own").size(11.5).color(tokens.weak));
                if ui.button("Scale together").on_hover_text(Command::ScaleGroup.spec().tooltip).clicked() {
                    view.wish(Wish::ScaleGroup(key.clone()));
                }
            }
        }
    });
}
