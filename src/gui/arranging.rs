//! Arranging: nodes are put in layers, or where forces between them come to rest. Thought out on a thread of its own,
//! then one step of undo; things glide to where they come to.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use egui::Context;

use super::app::App;
use super::board::Board;
use super::view::NodeKey;
use super::{forces, theme};
use crate::check::Topology;
use crate::edit::Edit;
use crate::model::{Layout, Map, Point};
use crate::scene::{LaneInput, NodeIndex, Places, Scene, Shape, layered, layered_among, move_to, siblings};

/// By what nodes are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// In layers, by what they need.
    Layers,
    /// By forces between them.
    Forces,
}

/// New places, by names: the picture may be another when they are there.
#[derive(Debug, Default)]
struct Arranged {
    lanes: Vec<(String, Point)>,
    nodes: Vec<(NodeKey, Point)>,
}

/// What is being thought out.
#[derive(Debug)]
pub struct Arranging {
    answer: Receiver<Arranged>,
    label: String,
}

/// A lane as a thread may keep it.
struct Lane {
    name: String,
    deployment: String,
    topology: Arc<Topology>,
    layout: Arc<Layout>,
    inputs: Map,
}

impl Lane {
    fn input<'a>(&'a self, layout: &'a Layout) -> LaneInput<'a> {
        LaneInput {
            name: &self.name,
            deployment: &self.deployment,
            topology: &self.topology,
            layout,
            inputs: &self.inputs,
        }
    }
}

/// Things on their way from one picture to another.
pub struct Glide {
    before: Scene,
    after: Scene,
    began: f64,
}

impl App {
    /// Begins to arrange what is selected, or everything.
    pub(super) fn arrange(&mut self, ctx: &Context, how: How) {
        let chosen: Vec<NodeIndex> =
            self.view.selection.iter().filter_map(|key| self.board.scene.find(key.lane, &key.name)).collect();
        let whole = chosen.is_empty();
        if !whole && siblings(&self.board.scene, &chosen).is_empty() {
            let hint = "select several nodes side by side, a frame that holds several, or nothing for all";
            return self.view.toast(false, "Nothing to arrange among what is selected", Some(hint.into()));
        }
        let lanes: Vec<Lane> = self
            .board
            .lanes
            .iter()
            .map(|view| Lane {
                name: view.lane.name.clone(),
                deployment: view.lane.deployment().to_owned(),
                topology: view.lane.topology.clone(),
                layout: view.layout.clone(),
                inputs: view.lane.inputs.clone(),
            })
            .collect();
        let scene = self.board.scene.clone();
        let (sender, answer) = channel();
        let ctx = ctx.clone();
        let spawned = std::thread::Builder::new().name("arrange".to_owned()).spawn(move || {
            // Nobody may be waiting any more.
            let _ = sender.send(think(&lanes, &scene, &chosen, how));
            ctx.request_repaint();
        });
        let what = if whole { "everything" } else { "the selection" };
        let by = if how == How::Forces { " by forces" } else { "" };
        match spawned {
            Ok(_) => {
                self.arranging = Some(Arranging { answer, label: format!("arrange {what}{by}") });
                self.view.fit |= whole;
            }
            Err(error) => self.view.toast(true, format!("no thread can be started: {error}"), None),
        }
    }

    /// Takes over what was thought out.
    pub(super) fn follow_arranging(&mut self, ctx: &Context) {
        let answered = self.arranging.as_ref().map(|arranging| arranging.answer.try_recv());
        let arranged = match answered {
            None | Some(Err(TryRecvError::Empty)) => return,
            Some(Ok(arranged)) => arranged,
            Some(Err(TryRecvError::Disconnected)) => {
                self.arranging = None;
                return self.view.toast(true, "No arrangement was found: nothing is moved", None);
            }
        };
        let label = self.arranging.take().map(|arranging| arranging.label).unwrap_or_default();
        // An edit may have come between.
        let there = |key: &NodeKey| self.board.scene.find(key.lane, &key.name).is_some();
        let nodes = arranged.nodes.into_iter().filter(|(key, _)| there(key)).collect();
        let named: Vec<(String, Point)> = arranged.lanes;
        let known = |edit: &Edit| match edit {
            Edit::MoveLane { lane, .. } => !named.iter().any(|(name, _)| name == lane),
            _ => true,
        };
        let moves = self.moves(nodes).into_iter().filter(known);
        let lanes =
            named.iter().filter(|(name, _)| self.board.lanes.iter().any(|view| view.lane.name == *name));
        let mut edits: Vec<Edit> =
            lanes.map(|(lane, to)| Edit::MoveLane { lane: lane.clone(), to: *to }).collect();
        edits.extend(moves);
        let before = self.board.scene.clone();
        if self.edit(&Edit::All { label, edits }) {
            self.board.glide(ctx, before);
        } else {
            self.view.toast(false, "It is arranged like that already", None);
        }
    }
}

/// New places for `chosen`, or for everything if that is empty.
fn think(lanes: &[Lane], scene: &Scene, chosen: &[NodeIndex], how: How) -> Arranged {
    let inputs: Vec<LaneInput<'_>> = lanes.iter().map(|lane| lane.input(&lane.layout)).collect();
    let places = match how {
        How::Layers if chosen.is_empty() => layered(&inputs, scene),
        How::Layers => layered_among(&inputs, scene, chosen),
        How::Forces => forced(lanes, &inputs, scene, chosen),
    };
    let nodes = places.nodes.into_iter().map(|(index, to)| {
        let node = &scene.nodes[index];
        (NodeKey { lane: node.lane, name: node.name.clone() }, to)
    });
    let lanes = places.lanes.into_iter().map(|(number, to)| (lanes[number].name.clone(), to));
    Arranged { lanes: lanes.collect(), nodes: nodes.collect() }
}

fn forced(lanes: &[Lane], inputs: &[LaneInput<'_>], scene: &Scene, chosen: &[NodeIndex]) -> Places {
    let mut places = Places::default();
    let whole = chosen.is_empty();
    let groups: Vec<Vec<NodeIndex>> = if whole {
        let outer = |lane: usize| {
            let all = scene.nodes.iter().enumerate();
            let of = all.filter(move |(_, node)| node.lane == lane && node.parent.is_none());
            of.filter(|(_, node)| node.shape != Shape::Port).map(|(index, _)| index).collect()
        };
        (0..lanes.len()).map(outer).collect()
    } else {
        siblings(scene, chosen)
    };
    for group in groups {
        for (index, to) in group.iter().zip(forces::places(scene, &group)) {
            if !scene.nodes[*index].locked {
                move_to(inputs, scene, *index, to, &mut places);
            }
        }
    }
    if whole {
        // Lanes are as large as what is in them: they make room for each other anew.
        let layouts: Vec<Layout> = lanes
            .iter()
            .enumerate()
            .map(|(number, lane)| {
                let mut layout = (*lane.layout).clone();
                let moved = places.nodes.iter().filter(|(index, _)| scene.nodes[*index].lane == number);
                layout.nodes.extend(moved.map(|(index, to)| (scene.nodes[*index].name.clone(), *to)));
                layout.lane = layout.lane.filter(|_| layout.locked_lane);
                layout
            })
            .collect();
        let inputs: Vec<LaneInput<'_>> =
            lanes.iter().zip(&layouts).map(|(lane, layout)| lane.input(layout)).collect();
        let made = Scene::new(&inputs);
        places.lanes = made.lanes.iter().enumerate().map(|(number, lane)| (number, lane.origin)).collect();
    }
    places
}

impl Board {
    /// Lets things glide from where they stood in `before` to where they stand, unless a person wants no motion.
    pub fn glide(&mut self, ctx: &Context, before: Scene) {
        if theme::is_still(ctx) {
            return;
        }
        let after = std::mem::take(&mut self.scene);
        self.scene = after.from(&before, 0.0);
        self.gliding = Some(Glide { before, after, began: ctx.input(|input| input.time) });
        ctx.request_repaint();
    }

    /// Goes on with what glided in the picture before this one.
    pub fn glide_on(&mut self, glide: Option<Glide>) {
        if let Some(glide) = glide {
            self.gliding = Some(Glide { after: self.scene.clone(), ..glide });
        }
    }

    /// Draws the picture of this moment, as long as things glide.
    pub fn follow_glide(&mut self, ctx: &Context) {
        let Some(glide) = self.gliding.take() else { return };
        let share = ((ctx.input(|input| input.time) - glide.began) / theme::GLIDE) as f32;
        if share >= 1.0 {
            self.scene = glide.after;
            return;
        }
        self.scene = glide.after.from(&glide.before, theme::eased(share));
        self.gliding = Some(glide);
        ctx.request_repaint();
    }
}
