//! Giving the picture its shape: lining up, distances, moving by keys. Where things stand is all that changes.

use egui::{Context, Vec2};

use super::app::App;
use super::arranging::How;
use super::ask::{Ask, Choice, Choosing};
use super::board::Board;
use super::canvas::{Drag, Line, Reach, keys_rest, outermost};
use super::command::Command;
use super::view::{NodeKey, Wish};
use crate::edit::Edit;
use crate::model::{Frame, Point};
use crate::scene::{Alignment, GRID, LaneInput, NodeIndex, Places, Shape, Way, align, move_to};

/// Ways to line up, each under the letter that its name begins with.
const ALIGNMENTS: &[(Command, &str)] = &[
    (Command::AlignLeft, "Left edges"),
    (Command::AlignRight, "Right edges"),
    (Command::AlignTop, "Top edges"),
    (Command::AlignBottom, "Bottom edges"),
    (Command::AlignCenter, "Centres below each other"),
    (Command::AlignMiddle, "Middles beside each other"),
    (Command::SpreadAcross, "Horizontal distances"),
    (Command::SpreadDown, "Vertical distances"),
];

impl Board {
    /// The lanes as the scene is drawn from them.
    pub fn inputs(&self) -> Vec<LaneInput<'_>> {
        let input = |view| {
            let view: &super::board::LaneView = view;
            LaneInput {
                name: &view.lane.name,
                deployment: view.lane.deployment(),
                topology: &view.lane.topology,
                layout: &view.layout,
                inputs: &view.lane.inputs,
            }
        };
        self.lanes.iter().map(input).collect()
    }

    /// Places of nodes, by their names.
    pub fn keyed(&self, places: Places) -> Vec<(NodeKey, Point)> {
        let key = |(index, to): (NodeIndex, Point)| {
            let node = &self.scene.nodes[index];
            (NodeKey { lane: node.lane, name: node.name.clone() }, to)
        };
        places.nodes.into_iter().map(key).collect()
    }
}

impl App {
    /// Does what a command asks for that gives the picture its shape, or leads through it.
    pub(super) fn shape(&mut self, ctx: &Context, command: Command) {
        match command {
            Command::Arrange => self.arrange(ctx, How::Layers),
            Command::ArrangeByForces => self.arrange(ctx, How::Forces),
            Command::NudgeLeft => self.nudge(Way::Left),
            Command::NudgeRight => self.nudge(Way::Right),
            Command::NudgeUp => self.nudge(Way::Up),
            Command::NudgeDown => self.nudge(Way::Down),
            Command::Differences => self.compare(ctx),
            Command::CloneLeft => self.clone_beside(Way::Left),
            Command::CloneRight => self.clone_beside(Way::Right),
            Command::CloneUp => self.clone_beside(Way::Up),
            Command::CloneDown => self.clone_beside(Way::Down),
            Command::GoLeft => self.go_along(Way::Left),
            Command::GoRight => self.go_along(Way::Right),
            Command::GoUp => self.go_along(Way::Up),
            Command::GoDown => self.go_along(Way::Down),
            Command::Enter
            | Command::Back
            | Command::Forward
            | Command::Fold
            | Command::Unfold
            | Command::FoldAll
            | Command::UnfoldAll => self.go(command),
            Command::Group
            | Command::ScaleGroup
            | Command::Ungroup
            | Command::JoinGroup
            | Command::LeaveGroup => self.group_by(command),
            Command::Lock => self.lock_selected(),
            Command::Align => self.ask_alignment(),
            Command::AlignLeft => self.line_up(command, Alignment::Left),
            Command::AlignRight => self.line_up(command, Alignment::Right),
            Command::AlignTop => self.line_up(command, Alignment::Top),
            Command::AlignBottom => self.line_up(command, Alignment::Bottom),
            Command::AlignCenter => self.line_up(command, Alignment::Center),
            Command::AlignMiddle => self.line_up(command, Alignment::Middle),
            Command::SpreadAcross => self.line_up(command, Alignment::Across),
            Command::SpreadDown => self.line_up(command, Alignment::Down),
            Command::Snap => {
                self.view.free = !self.view.free;
                let told = if self.view.free {
                    "Nodes come to rest anywhere"
                } else {
                    "Nodes come to guides and grid"
                };
                self.view.toast(false, told, None);
            }
            Command::Straighten => {
                if let Some(Line::Link { from, to, .. }) = self.view.line.clone()
                    && let Some(edit) = super::canvas::bend(&self.board, &from, &to, &[])
                    && !self.edit(&edit)
                {
                    self.view.toast(false, "The line has no bends", None);
                }
            }
            Command::Grid => self.view.no_grid = !self.view.no_grid,
            _ => {}
        }
    }

    /// Does what was asked for while drawing, as far as it gives the picture its shape.
    pub(super) fn grant_shape(&mut self, wish: Wish) {
        match wish {
            Wish::Bend { from, to, bends } => {
                if let Some(edit) = super::canvas::bend(&self.board, &from, &to, &bends) {
                    self.edit(&edit);
                }
            }
            Wish::Fold { key, folded } => self.fold(&[key], folded),
            Wish::Enter(Some(inside)) => self.enter(&inside),
            Wish::PickGroup(key) => {
                self.view.selection.clear();
                self.view.lane = Some(key.lane);
                (self.view.line, self.view.group) = (None, Some(key));
            }
            Wish::RenameGroup(key) => self.ask_group_name(&key),
            Wish::ScaleGroup(key) => self.scale_group(&key),
            Wish::Ungroup(key) => self.ungroup(&key),
            Wish::Regroup { lane, joins, leaves, nodes } => {
                self.regroup(lane, joins.as_deref(), &leaves, &nodes, Vec::new());
            }
            _ => {}
        }
    }

    /// Asks how to line up what is selected: a letter is enough.
    fn ask_alignment(&mut self) {
        let chosen = self.view.selection.iter().filter_map(|key| self.board.scene.find(key.lane, &key.name));
        let around = chosen.map(|index| self.board.scene.nodes[index].frame);
        let corner = around.reduce(|all, frame| all.union(&frame)).unwrap_or_default().corner();
        let place = self.view.camera.to_screen(self.view.canvas_corner, corner);
        let choice = |(command, name): &(Command, &str)| Choice {
            name: (*name).to_owned(),
            hint: command.spec().tooltip.to_owned(),
            refused: None,
            wish: Wish::Run(*command),
        };
        let choices = ALIGNMENTS.iter().map(choice).collect();
        let asked = Choosing { by_letter: true, ..Choosing::new("Line up what?", place, choices) };
        self.view.ask = Some(Ask::Choice(asked));
    }

    /// Lines up what is selected, or gives it the same distances. What is locked is lined up with, and stays.
    fn line_up(&mut self, command: Command, how: Alignment) {
        let scene = &self.board.scene;
        let chosen: Vec<NodeIndex> =
            self.view.selection.iter().filter_map(|key| scene.find(key.lane, &key.name)).collect();
        let drawn =
            |index: &NodeIndex| !scene.nodes[*index].hidden && scene.nodes[*index].shape != Shape::Port;
        let chosen: Vec<NodeIndex> = outermost(&self.board, &chosen).into_iter().filter(drawn).collect();
        let least = if matches!(how, Alignment::Across | Alignment::Down) { 3 } else { 2 };
        if chosen.len() < least {
            let hint = "a port hangs from its network; of what lies in something selected only that counts";
            let why = format!("{}: {least} nodes are needed", command.spec().name);
            return self.view.toast(false, why, Some(hint.to_owned()));
        }
        let frames: Vec<Frame> = chosen.iter().map(|index| scene.nodes[*index].frame).collect();
        let inputs = self.board.inputs();
        let mut places = Places::default();
        for ((index, to), frame) in chosen.iter().zip(align(&frames, how)).zip(&frames) {
            let moved = (to.x - frame.x).abs() + (to.y - frame.y).abs() > 0.05;
            if moved && !scene.nodes[*index].locked {
                move_to(&inputs, scene, *index, to, &mut places);
            }
        }
        let nodes = self.board.keyed(places);
        let before = self.board.scene.clone();
        let label = command.spec().name.to_lowercase();
        let edits = self.moves(nodes);
        if self.edit(&Edit::All { label, edits }) {
            self.view.begin_glide = Some(before);
        }
    }

    /// The edits for lines of a lane whose both ends are put elsewhere: their bends go along, or go if the ends part.
    pub(super) fn carry_bends(&self, number: usize, nodes: &[(String, Point)]) -> Vec<Edit> {
        let (scene, Some(lane)) = (&self.board.scene, self.lane_name(number)) else { return Vec::new() };
        let Some(origin) = scene.lanes.get(number).map(|lane| lane.origin) else { return Vec::new() };
        let way = |index: NodeIndex| {
            let node = &scene.nodes[index];
            let (_, to) = nodes.iter().find(|(name, _)| *name == node.name)?;
            Some((to.x + origin.x - node.frame.x, to.y + origin.y - node.frame.y))
        };
        let bent = scene
            .links
            .iter()
            .filter(|link| !link.bends.is_empty() && scene.nodes[link.source].lane == number);
        let mut edits: Vec<Edit> = Vec::new();
        for link in bent {
            let (Some(a), Some(b)) = (way(link.source), way(link.target)) else { continue };
            let together = (a.0 - b.0).abs() + (a.1 - b.1).abs() < 0.5;
            let moved = |bend: &Point| Point { x: bend.x - origin.x + a.0, y: bend.y - origin.y + a.1 };
            let (from, to) = (scene.nodes[link.source].name.clone(), scene.nodes[link.target].name.clone());
            let bends = if together { link.bends.iter().map(moved).collect() } else { Vec::new() };
            edits.push(Edit::Bend { lane: lane.clone(), from, to, bends });
        }
        edits
    }

    /// Moves what is selected by keys; with nothing selected the picture.
    pub(super) fn nudge(&mut self, way: Way) {
        let step = match (self.held.command, self.held.shift) {
            (true, _) => 1.0,
            (_, true) => 5.0 * GRID,
            _ => GRID,
        };
        let by = step * Vec2::from(way.step());
        let Some(last) = self.view.selection.last().cloned() else {
            self.view.fit = false;
            self.view.camera.look += by * 2.0 / self.view.camera.zoom;
            return;
        };
        if self.view.drag.as_ref().is_some_and(|drag| !drag.by_keys) {
            return;
        }
        if self.view.drag.is_none() {
            let movable =
                self.view.selection.iter().rev().find_map(|key| Drag::new(&self.board, &self.view, key));
            let Some(drag) = movable else {
                return self.view.toast(false, format!("{} is locked", last.name), None);
            };
            self.view.fit = false;
            self.view.drag = Some(Drag { by_keys: true, ..drag });
        }
        if let Some(drag) = &mut self.view.drag {
            drag.pulled += by;
        }
    }

    /// What was moved by keys has come to where it goes once they are let go: one step, however often they were pressed.
    pub(super) fn follow_nudge(&mut self, ctx: &Context) {
        if !keys_rest(ctx) || !self.view.drag.as_ref().is_some_and(|drag| drag.by_keys) {
            return;
        }
        let Some(drag) = self.view.drag.take() else { return };
        let reach = Reach { dx: drag.pulled.x, dy: drag.pulled.y, ..Reach::default() };
        let nodes = drag.targets(&self.board, &reach);
        if !nodes.is_empty() {
            self.shift(nodes);
        }
    }
}
