//! Groups: made of what is selected, renamed, joined, left, scaled together, taken away.

use indexmap::{IndexMap, IndexSet};

use super::app::App;
use super::ask::{Ask, Choice, Choosing, Named, Naming};
use super::canvas::outermost;
use super::command::Command;
use super::view::{GroupKey, NodeKey, Wish};
use crate::diag::Path;
use crate::edit::{Edit, named};
use crate::model::{Frame, Map, Point, Value};
use crate::scene::{GroupBox, NodeIndex, Shape};

impl App {
    fn group(&self, key: &GroupKey) -> Option<&GroupBox> {
        self.board.scene.groups.iter().find(|group| group.lane == key.lane && group.name == key.name)
    }

    /// The outermost of what is selected, if that is in one lane.
    fn grouped(&self) -> Option<(usize, Vec<NodeIndex>)> {
        let scene = &self.board.scene;
        let found: Vec<NodeIndex> =
            self.view.selection.iter().filter_map(|key| scene.find(key.lane, &key.name)).collect();
        let outer = outermost(&self.board, &found);
        let lane = scene.nodes[*outer.first()?].lane;
        outer.iter().all(|index| scene.nodes[*index].lane == lane).then_some((lane, outer))
    }

    /// Does what a command of this file's kind asks for.
    pub(super) fn group_by(&mut self, command: Command) {
        match (command, self.view.group.clone()) {
            (Command::Group, _) => self.ask_group(false),
            (Command::ScaleGroup, Some(key)) => self.scale_group(&key),
            (Command::ScaleGroup, None) => self.ask_group(true),
            (Command::Ungroup, Some(key)) => self.ungroup(&key),
            (Command::Ungroup, None) => self.ungroup_selected(),
            (Command::JoinGroup, _) => self.ask_join(),
            (Command::LeaveGroup, _) => self.leave_groups(),
            _ => {}
        }
    }

    /// Asks for the name of a group of what is selected.
    fn ask_group(&mut self, scaled: bool) {
        let Some((number, outer)) = self.grouped() else {
            let hint = "a group is made of nodes of one lane".to_owned();
            return self.view.toast(false, "These nodes can't be a group", Some(hint));
        };
        let (Some(lane), Some(session)) = (self.lane_name(number), &self.session) else { return };
        let scene = &self.board.scene;
        let members = outer.iter().map(|index| scene.nodes[*index].name.clone()).collect();
        let frames = outer.iter().map(|index| scene.nodes[*index].frame);
        let corner = frames.reduce(|all, frame| all.union(&frame)).unwrap_or_default().corner();
        let place = Point { x: corner.x, y: corner.y - 40.0 };
        let of = Named::Group { lane: lane.clone(), members, scaled };
        let place = self.view.camera.to_screen(self.view.canvas_corner, place);
        let text = session.documents().free_name(&lane, "groups", "group");
        self.view.ask = Some(Ask::Name(Naming::new("Name of the group", place, text, of)));
    }

    /// Asks for another name of a group, on its tab.
    pub(super) fn ask_group_name(&mut self, key: &GroupKey) {
        let (Some(lane), Some(frame)) = (self.lane_name(key.lane), self.group(key).map(|group| group.frame))
        else {
            return;
        };
        let title = format!("New name of {}", key.name);
        let place = self.view.camera.to_screen(self.view.canvas_corner, frame.corner());
        let of = Named::Other { lane, at: Path::of(["groups", &key.name]) };
        self.view.ask = Some(Ask::Name(Naming::new(title, place, &key.name, of)));
    }

    /// A group goes, its members stay.
    pub(super) fn ungroup(&mut self, key: &GroupKey) {
        let Some(lane) = self.lane_name(key.lane) else { return };
        if self.edit(&Edit::Ungroup { lane, name: key.name.clone() }) {
            self.view.group = None;
        }
    }

    /// The groups that what is selected is in, with their lanes; of what lies in others the outermost counts.
    fn groups_of_selected(&self) -> Vec<(GroupKey, String)> {
        let scene = &self.board.scene;
        let in_it =
            |key: &NodeKey, group: &GroupBox| group.lane == key.lane && group.members.contains(&key.name);
        let mut found = Vec::new();
        for key in &self.view.selection {
            let groups = scene.groups.iter().filter(|group| in_it(key, group));
            found
                .extend(groups.map(|group| {
                    (GroupKey { lane: group.lane, name: group.name.clone() }, key.name.clone())
                }));
        }
        found
    }

    fn ungroup_selected(&mut self) {
        let mut groups: Vec<GroupKey> = self.groups_of_selected().into_iter().map(|(key, _)| key).collect();
        groups.dedup();
        match groups.as_slice() {
            [] => self.view.toast(false, "Nothing that is selected is in a group", None),
            [only] => {
                let only = only.clone();
                self.ungroup(&only);
            }
            many => {
                let edits = many
                    .iter()
                    .filter_map(|key| {
                        Some(Edit::Ungroup { lane: self.lane_name(key.lane)?, name: key.name.clone() })
                    })
                    .collect();
                let label = format!("ungroup {} groups", many.len());
                self.edit(&Edit::All { label, edits });
            }
        }
    }

    /// A group gets a policy that scales it as a whole.
    pub(super) fn scale_group(&mut self, key: &GroupKey) {
        if self.group(key).is_none_or(|group| group.instances.is_some()) {
            return self.view.toast(false, format!("{} is scaled together already", key.name), None);
        }
        let (Some(lane), Some(session)) = (self.lane_name(key.lane), &self.session) else { return };
        let policy = session.documents().free_name(&lane, "policies", &format!("{}_scaling", key.name));
        let properties = Map::from_iter([("default_instances".to_owned(), Value::Int(1))]);
        let scaling = Map::from_iter([
            ("type".to_owned(), "cloudify.policies.scaling".into()),
            ("targets".to_owned(), Value::List(vec![key.name.as_str().into()])),
            ("properties".to_owned(), Value::Map(properties)),
        ]);
        let set = Edit::Set { lane, at: Path::of(["policies", &policy]), value: Value::Map(scaling) };
        let label = format!("scale {} together", key.name);
        self.edit(&Edit::All { label, edits: vec![set] });
    }

    /// Asks which group what is selected joins.
    fn ask_join(&mut self) {
        let Some((number, outer)) = self.grouped() else { return };
        let scene = &self.board.scene;
        let nodes: Vec<String> = outer.iter().map(|index| scene.nodes[*index].name.clone()).collect();
        let around = outer.iter().map(|index| scene.nodes[*index].frame);
        let around: Frame = around.reduce(|all, frame| all.union(&frame)).unwrap_or_default();
        let choices: Vec<Choice> = scene
            .groups
            .iter()
            .filter(|group| group.lane == number)
            .map(|group| Choice {
                name: group.name.clone(),
                hint: group.members.join(", "),
                refused: nodes
                    .iter()
                    .all(|name| group.members.contains(name))
                    .then(|| "they are in it already".to_owned()),
                wish: Wish::Regroup {
                    lane: number,
                    joins: Some(group.name.clone()),
                    leaves: Vec::new(),
                    nodes: nodes.clone(),
                },
            })
            .collect();
        if choices.is_empty() {
            let hint = "Ctrl+G makes one of what is selected".to_owned();
            return self.view.toast(false, "There is no group in this lane", Some(hint));
        }
        let place = self.view.camera.to_screen(self.view.canvas_corner, around.corner());
        self.view.ask = Some(Ask::Choice(Choosing::new("Which group?", place, choices)));
    }

    fn leave_groups(&mut self) {
        let found = self.groups_of_selected();
        let Some(lane) = found.first().map(|(key, _)| key.lane) else {
            return self.view.toast(false, "Nothing that is selected is in a group", None);
        };
        let here: Vec<(String, String)> = found
            .into_iter()
            .filter(|(key, _)| key.lane == lane)
            .map(|(key, node)| (key.name, node))
            .collect();
        let (leaves, nodes): (IndexSet<String>, Vec<String>) = here.into_iter().unzip();
        let leaves: Vec<String> = leaves.into_iter().collect();
        self.regroup(lane, None, &leaves, &nodes, Vec::new());
    }

    /// Nodes join a group and leave others, as one step with where they stand.
    pub(super) fn regroup(
        &mut self,
        lane: usize,
        joins: Option<&str>,
        leaves: &[String],
        nodes: &[String],
        moves: Vec<(NodeKey, Point)>,
    ) {
        let Some(name) = self.lane_name(lane) else { return };
        let is_in = |group: &str, node: &String| {
            let key = GroupKey { lane, name: group.to_owned() };
            self.group(&key).is_some_and(|group| group.members.contains(node))
        };
        let member = |group: &str, node: &str, joins: bool| Edit::Member {
            lane: name.clone(),
            group: group.to_owned(),
            member: node.to_owned(),
            joins,
        };
        let mut edits: Vec<Edit> = Vec::new();
        for group in leaves {
            let leaving = nodes.iter().filter(|node| is_in(group, node));
            edits.extend(leaving.map(|node| member(group, node, false)));
        }
        if let Some(group) = joins {
            let joining = nodes.iter().filter(|node| !is_in(group, node));
            edits.extend(joining.map(|node| member(group, node, true)));
        }
        edits.dedup();
        edits.extend(self.moves(moves));
        let what = named(nodes.iter().map(String::as_str));
        let label = match (joins, leaves.first()) {
            (Some(group), _) => format!("add {what} to {group}"),
            (None, Some(group)) => format!("take {what} out of {group}"),
            (None, None) => format!("move {what}"),
        };
        self.edit(&Edit::All { label, edits });
    }

    /// Locks what is selected, or the lane if nothing is; what is locked already is freed.
    pub(super) fn lock_selected(&mut self) {
        if self.view.selection.is_empty() {
            let Some((lane, locked)) = self.view.lane.and_then(|number| {
                let shown = self.board.lanes.get(number)?;
                Some((shown.lane.name.clone(), shown.layout.locked_lane))
            }) else {
                return;
            };
            self.edit(&Edit::Lock { lane, names: None, locked: !locked });
            return;
        }
        let scene = &self.board.scene;
        let kept = |key: &&NodeKey| {
            let index = scene.find(key.lane, &key.name);
            index.is_some_and(|index| scene.nodes[index].shape != Shape::Port)
        };
        let is_locked = |key: &NodeKey| {
            self.board.lanes.get(key.lane).is_some_and(|shown| shown.layout.locked.contains(&key.name))
        };
        let keys: Vec<NodeKey> = self.view.selection.iter().filter(kept).cloned().collect();
        let locked = !keys.iter().all(is_locked);
        let mut lanes: IndexMap<usize, Vec<String>> = IndexMap::new();
        for key in keys {
            lanes.entry(key.lane).or_default().push(key.name);
        }
        let mut edits: Vec<Edit> = lanes
            .into_iter()
            .filter_map(|(number, names)| {
                Some(Edit::Lock { lane: self.lane_name(number)?, names: Some(names), locked })
            })
            .collect();
        let edit = match edits.len() {
            0 => return,
            1 => edits.swap_remove(0),
            _ => {
                let label = if locked { "lock the selection" } else { "unlock the selection" };
                Edit::All { label: label.to_owned(), edits }
            }
        };
        self.edit(&edit);
    }
}
