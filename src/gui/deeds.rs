//! What wishes and commands come to: the only place where the window changes anything.

use egui::{Context, Theme, ThemePreference};

use super::app::App;
use super::command::Command;
use super::elsewhere::Purpose;
use super::panels::{Inspection, NodeDeed};
use super::view::{Finder, Leave, Left, Mode, NodeKey, Tab, View, Wish};
use super::{dialogs, panels};
use crate::edit::Edit;
use crate::model::TargetSpec;
use crate::plan::Goal;
use crate::session::{RolloutEnd, project};

impl App {
    /// Takes over what the engine, the dialogs and the disk have to say.
    pub(super) fn hear(&mut self, ctx: &Context) {
        self.hear_answers(ctx);
        self.follow_edits(ctx);
        let Some(session) = &mut self.session else { return };
        let events = session.poll();
        if !events.is_empty() {
            // What is left over comes in the next frame.
            ctx.request_repaint();
        }
        let (end, trouble) = (session.rollout_end(), session.trouble());
        if !events.is_empty() || end.is_some() || self.board.running.is_some() {
            self.board.follow(session);
        }
        if let Some(trouble) = trouble {
            self.view.toast(true, trouble, None);
        }
        match end {
            Some(RolloutEnd::Failed { lane, error, begun }) => {
                let what = if begun { "see Events for what happened" } else { "nothing of it was begun" };
                self.view.toast(true, format!("{lane}: {error}"), Some(what.to_owned()));
            }
            Some(RolloutEnd::Cancelled { lane }) => {
                self.view.toast(false, format!("{lane}: cancelled"), None);
            }
            Some(RolloutEnd::Reached { changed: false }) => {
                self.view.toast(false, "Nothing to do: everything is as the blueprints say", None);
            }
            Some(RolloutEnd::Reached { .. }) | None => {}
        }
        self.hear_disk();
    }

    /// Runs a command, if it can be used now.
    pub(super) fn run(&mut self, ctx: &Context, command: Command) {
        if let Err(why) = command.usable(self.situation()) {
            if !matches!(command, Command::Undo | Command::Redo) {
                self.view.toast(false, format!("{}: {why}", command.spec().name), None);
            }
            return;
        }
        if matches!(
            command,
            Command::Save
                | Command::Plan
                | Command::Deploy
                | Command::DeployLane
                | Command::Reload
                | Command::Quit
        ) {
            self.finish_typing();
        }
        let view = &mut self.view;
        view.arrive();
        let middle = view.canvas_size / 2.0;
        match command {
            Command::New => self.ask_creation(false, None),
            Command::NewLane => self.ask_creation(true, None),
            Command::RemoveLane => self.remove_lane(),
            Command::Open => self.pick(Purpose::Open),
            Command::Import => self.pick(Purpose::Import),
            Command::Export => self.pick(Purpose::Export),
            Command::Picture => self.pick(Purpose::Picture),
            Command::Reload => self.leave(ctx, Leave::Reload),
            Command::Save => self.save(),
            Command::SaveAs => self.save_as(),
            Command::Delete if view.group.is_some() => {
                if let Some(key) = view.group.clone() {
                    self.ungroup(&key);
                }
            }
            Command::Delete if view.line.is_some() => self.remove_line(),
            Command::Delete => self.remove_selected(false),
            Command::DeleteReconnect => self.remove_selected(true),
            Command::Add => self.ask_new(ctx.pointer_latest_pos()),
            Command::Connect => self.ask_target(),
            Command::Cut => self.cut(ctx),
            Command::Copy => drop(self.copy(ctx)),
            Command::Paste => Self::ask_clipboard(ctx),
            Command::Duplicate => self.duplicate(),
            Command::Rename => self.rename_selected(),
            Command::Plan => self.plan(),
            Command::Deploy => {
                let lanes =
                    self.session.as_ref().map(|session| session.project().order()).unwrap_or_default();
                self.start(&lanes, Goal::Deploy);
            }
            Command::DeployLane => self.deploy_lane(),
            Command::UndeployLane => self.undeploy_lane(),
            Command::Cancel => {
                if let Some(session) = &mut self.session {
                    session.cancel();
                }
            }
            Command::Design => view.mode = Mode::Design,
            Command::PlanView if self.board.waves.is_none() => self.plan(),
            Command::PlanView => view.mode = Mode::Plan,
            Command::Live => view.mode = Mode::Live,
            Command::Undo | Command::Redo => self.step(command == Command::Undo),
            Command::Fit => {
                view.leave_look();
                view.inside = None;
                view.fly_to_all(&self.board.scene.bounds);
            }
            Command::FitSelection => {
                let chosen =
                    view.selection.iter().filter_map(|key| self.board.scene.find(key.lane, &key.name));
                let frames = chosen.map(|index| self.board.scene.nodes[index].frame);
                if let Some(around) = frames.reduce(|all, frame| all.union(&frame)) {
                    view.leave_look();
                    let mut camera = view.camera;
                    camera.fit(&around.grown(20.0), view.canvas_size);
                    view.fly(camera);
                }
            }
            Command::ZoomIn | Command::ZoomOut | Command::ZoomReset => {
                let factor = match command {
                    Command::ZoomIn => 1.25,
                    Command::ZoomOut => 0.8,
                    _ => 1.0 / view.camera.zoom,
                };
                view.fit = false;
                view.camera.zoom_at(middle, factor);
            }
            Command::SelectAll => {
                let nodes = self.board.scene.nodes.iter();
                view.selection =
                    nodes.map(|node| NodeKey { lane: node.lane, name: node.name.clone() }).collect();
            }
            Command::SelectNone => {
                let nothing = view.selection.is_empty() && view.line.is_none() && view.group.is_none();
                let busy = view.drag.is_some()
                    || view.bending.is_some()
                    || view.band.is_some()
                    || view.drag_lane.is_some()
                    || view.pull.is_some();
                if self.end_comparing()
                    || (nothing && !busy && self.arranging.is_none() && self.leave_inside())
                {
                    return ctx.request_repaint();
                }
                let view = &mut self.view;
                self.arranging = None;
                // What is given up is the gesture; what it was for stays selected.
                if !busy {
                    view.selection.clear();
                    (view.line, view.group) = (None, None);
                }
                view.dragged_group = None;
                (view.drag, view.band, view.drag_lane, view.pull) = (None, None, None, None);
                view.bending = None;
            }
            Command::Theme => {
                let dark = ctx.theme() == Theme::Dark;
                let other = if dark { ThemePreference::Light } else { ThemePreference::Dark };
                self.prefer(ctx, |wanted| wanted.theme = other);
            }
            Command::Contrast => self.prefer(ctx, |wanted| wanted.high_contrast = !wanted.high_contrast),
            Command::Larger => self.prefer(ctx, |wanted| wanted.step(true)),
            Command::Smaller => self.prefer(ctx, |wanted| wanted.step(false)),
            Command::UsualSize => self.prefer(ctx, |wanted| wanted.scale = 100),
            Command::Still => {
                self.prefer(ctx, |wanted| wanted.still = !wanted.still);
                let told =
                    if self.preferences.still { "Nothing moves by itself now" } else { "Things glide again" };
                self.view.toast(false, told.to_owned(), None);
            }
            Command::FullScreen => {
                let full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(!full));
            }
            Command::Palette => view.finder = Some(Finder::default()),
            Command::GoTo => {
                let before = Some((view.camera, view.fit));
                view.finder = Some(Finder { nodes_only: true, before, ..Finder::default() });
            }
            Command::Find => {
                view.find.open = true;
                view.find.focus = true;
                if let Some(text) = self.tabs.text.sought(ctx) {
                    (view.find.text, view.find.at) = (text, 0);
                }
            }
            Command::FindNext => self.find(1),
            Command::FindPrevious => self.find(-1),
            Command::Types => {
                view.no_outline = false;
                (view.left, view.focus_types) = (Left::Palette, true);
            }
            Command::CheatSheet => view.cheat_sheet = !view.cheat_sheet,
            Command::Outline => view.no_outline = !view.no_outline,
            Command::Inspector => view.no_inspector = !view.no_inspector,
            Command::Bottom => view.no_bottom = !view.no_bottom,
            Command::Problems => self.show(Tab::Problems),
            Command::Zen => {
                let hide = !(view.no_outline && view.no_inspector && view.no_bottom);
                (view.no_outline, view.no_inspector, view.no_bottom) = (hide, hide, hide);
            }
            Command::Map => self.show(Tab::Map),
            Command::Changes => self.show(Tab::Changes),
            Command::NextProblem => self.problem(1),
            Command::PreviousProblem => self.problem(-1),
            Command::Quit => self.leave(ctx, Leave::Close),
            shaping => self.shape(ctx, shaping),
        }
        ctx.request_repaint();
    }

    /// Does what was asked for while drawing.
    pub(super) fn grant(&mut self, ctx: &Context, wish: Wish) {
        self.view.arrive();
        match wish {
            Wish::Run(command) => self.run(ctx, command),
            Wish::Edit(edit) => drop(self.edit(&edit)),
            Wish::New(template) => self.ask_creation(false, template.as_deref()),
            Wish::Create => self.create(),
            Wish::Recover(wanted) => self.recover(wanted),
            Wish::SettleClash(mine) => self.settle_clash(mine),
            Wish::PickAround => self.pick(Purpose::Around),
            Wish::OpenPath(path) => self.leave(ctx, Leave::Open(path)),
            Wish::Import(form) => self.import(*form),
            Wish::Mend(fix) => self.mend(&fix),
            Wish::AskType(place) => self.ask_type(Some(place)),
            Wish::Connect { from, to, place } => self.connect(&from, &to, place),
            Wish::CopyTo { dragged, places, by } => self.copy_to(&dragged, &places, by),
            Wish::Rewire { wire, end, onto } => self.rewire(&wire, end, &onto),
            Wish::AskAttached { from, place } => self.ask_attached(&from, place),
            Wish::Attach(attached) => self.attach(&attached),
            Wish::Pick(line) => {
                self.view.selection.clear();
                (self.view.line, self.view.group) = (Some(line), None);
            }
            Wish::Share { origin, to, place } => self.ask_place(&origin, &to, place),
            Wish::MoveReading { reading, to, place } => self.ask_reading_place(&reading, &to, place),
            Wish::Reread { readings, origin } => self.reread(&readings, &origin),
            Wish::AskOtherOrigin { readings, from, place } => self.ask_other_origin(&readings, &from, place),
            Wish::AskReader { lane, path, place } => self.ask_reader(lane, &path, place),
            Wish::AskSource { to, place } => self.ask_source(&to, place),
            Wish::Ask(ask) => self.view.ask = Some(*ask),
            Wish::Rename(key) => self.ask_name(&key),
            Wish::Walk(done) => self.walk(done),
            Wish::Find(by) => self.find(by),
            Wish::Node { key, deed } => self.inside(ctx, &key, deed),
            Wish::Select { nodes, add, show } => self.select(nodes, add, show),
            Wish::SelectByText(key) => self.select_by_text(key),
            Wish::ShowFile(file) => self.show_file(file),
            Wish::ShowPlace { file, line } => {
                self.tabs.text.jump_next();
                self.show_file(file);
                self.view.scroll_to = Some(line);
            }
            Wish::OpenFile { lane, file } => self.open_file(lane, &file),
            Wish::Typed { apart, label } => self.typed(apart, label),
            Wish::SelectLane(lane) => {
                self.view.file = None;
                self.view.selection.clear();
                (self.view.line, self.view.group) = (None, None);
                self.view.lane = Some(lane);
                self.view.scroll_to = Some(1);
            }
            Wish::ShowLine { lane, line } => {
                self.tabs.text.jump_next();
                self.view.file = None;
                self.view.lane = Some(lane);
                self.view.scroll_to = Some(line);
                self.tabs.open(Tab::Yaml);
            }
            Wish::Land { moved, nodes, landing } => self.land(&moved, nodes, &landing),
            Wish::Enter(None) => self.run(ctx, Command::Fit),
            Wish::MoveLane { lane, to } => {
                if let Some(name) = self.lane_name(lane) {
                    self.edit(&Edit::MoveLane { lane: name, to });
                }
            }
            Wish::AddNode { kind, place } => self.add_node(&kind, place),
            Wish::Fill { edit, field } => self.fill_in(&edit, &field),
            Wish::SaveAndLeave(how) => self.save_and_leave(how),
            Wish::Abandon(how) => {
                self.left(ctx, how);
            }
            Wish::DeployLane(lane) => {
                let lanes: Vec<String> = self.lane_name(lane).into_iter().collect();
                self.start(&lanes, Goal::Deploy);
            }
            Wish::AskUndeploy(lane) => self.ask_undeploy(lane),
            Wish::Undeploy(lane) => {
                let lanes: Vec<String> = self.lane_name(lane).into_iter().collect();
                self.start(&lanes, Goal::Undeploy);
            }
            Wish::Retarget { lane, platform, target } => {
                let Some(name) = self.lane_name(lane) else { return };
                match target.parse::<TargetSpec>() {
                    Ok(target) if target.serves(platform) => self.retarget(&name, platform, &target),
                    Ok(target) => {
                        let why = format!("`{target}` can't be the target of the platform `{platform}`");
                        self.view.toast(true, why, None);
                    }
                    Err(error) => self.view.toast(true, error.to_string(), None),
                }
            }
            shaping => self.grant_shape(shaping),
        }
        ctx.request_repaint();
    }

    /// Looks into a node that runs, or puts it right.
    fn inside(&mut self, ctx: &Context, key: &NodeKey, deed: NodeDeed) {
        let Some(lane) = self.lane_name(key.lane) else { return };
        let Some(session) = &mut self.session else { return };
        if deed == NodeDeed::Heal {
            session.heal_only(vec![key.name.clone()]);
            self.start(&[lane], Goal::Heal);
            return;
        }
        match session.inside(&lane, &key.name) {
            Ok(instances) => self.inspection = Some(Inspection::new(ctx, key.name.clone(), deed, instances)),
            Err(error) => self.view.toast(true, error.to_string(), None),
        }
    }

    pub(super) fn lane_name(&self, lane: usize) -> Option<String> {
        self.board.lanes.get(lane).map(|shown| shown.lane.name.clone())
    }

    fn show(&mut self, tab: Tab) {
        self.view.no_bottom = false;
        self.view.tab = tab;
        self.tabs.open(tab);
    }

    /// Goes to the problem `by` places after the one shown last.
    fn problem(&mut self, by: isize) {
        let count = self.board.problems.len() as isize;
        if count > 0 {
            let next = self.view.problem.map_or(if by > 0 { 0 } else { count - 1 }, |at| at as isize + by);
            let next = next.rem_euclid(count) as usize;
            self.view.problem = Some(next);
            if let Some(problem) = self.board.problems.iter().nth(next).cloned() {
                panels::go_to(&self.board, &mut self.view, &problem);
            }
        }
        self.show(Tab::Problems);
    }

    /// Goes to the place `by` after the one found last.
    fn find(&mut self, by: isize) {
        let places = dialogs::places(&self.board, &self.view.find.text);
        let count = places.len() as isize;
        let next = (self.view.find.at as isize + by).rem_euclid(count.max(1)) as usize;
        let Some((lane, line, node)) = places.into_iter().nth(next) else { return };
        self.view.find.at = next;
        if let Some(node) = node.filter(|key| self.board.scene.find(key.lane, &key.name).is_some()) {
            self.select(vec![node], false, true);
        }
        self.view.lane = Some(lane);
        self.view.file = None;
        self.view.scroll_to = Some(line);
        self.tabs.open(Tab::Yaml);
    }

    pub(super) fn select(&mut self, nodes: Vec<NodeKey>, add: bool, show: bool) {
        let view: &mut View = &mut self.view;
        (view.line, view.group) = (None, None);
        if !add {
            view.selection.clear();
        }
        for key in nodes {
            match view.selection.iter().position(|known| *known == key) {
                Some(known) if add => drop(view.selection.remove(known)),
                Some(_) => {}
                None => view.selection.push(key),
            }
        }
        if show && !view.show_selection {
            view.leave_look();
        }
        view.show_selection |= show;
        if let Some(key) = view.selection.last() {
            view.lane = Some(key.lane);
            view.file = None;
            view.scroll_to = self.board.lines(key).map(|(_, first, _)| first);
        }
    }

    pub(super) fn reload(&mut self) {
        let (Some(session), Some(path)) = (&mut self.session, &self.options.path) else { return };
        match project::open(path, &self.overrides) {
            Ok((project, _)) => {
                session.replace_project(project);
                self.take_over();
                self.board.waves = None;
            }
            Err(error) => {
                self.view.toast(true, error.to_string(), Some("the picture shows what was read last".into()));
            }
        }
    }

    fn plan(&mut self) {
        let Some(session) = &self.session else { return };
        let mut plans = Vec::new();
        for name in session.project().order() {
            let Some(lane) = session.project().lanes.get_index_of(&name) else { continue };
            match session.plan(&name, Goal::Deploy) {
                Ok(planned) if planned.diagnostics.has_errors() => {
                    let first = planned.diagnostics.iter().next();
                    let message = first.map_or_else(String::new, |problem| problem.message.clone());
                    let hint = first.and_then(|problem| problem.hints.first().cloned());
                    self.view.toast(true, format!("{name}: {message}"), hint);
                    return;
                }
                Ok(planned) => plans.push((lane, planned.plan)),
                Err(refusal) => {
                    let hint = refusal.hint();
                    self.view.toast(true, refusal.to_string(), hint);
                    return;
                }
            }
        }
        self.board.set_plans(&plans);
        self.view.mode = Mode::Plan;
        self.show(Tab::Plan);
    }

    pub(super) fn start(&mut self, lanes: &[String], goal: Goal) {
        let Some(session) = &mut self.session else { return };
        match session.start(lanes, goal, false) {
            Ok(()) => {
                self.view.toasts.retain(|toast| toast.bad);
                self.view.mode = Mode::Live;
                self.board.waves = None;
                self.board.follow(session);
                self.show(Tab::Events);
            }
            Err(refusal) => {
                let hint = refusal.hint();
                self.view.toast(true, refusal.to_string(), hint);
            }
        }
    }

    /// Refuses at once while others need it; else the dialog asks.
    pub(super) fn ask_undeploy(&mut self, lane: usize) {
        let (Some(name), Some(session)) = (self.lane_name(lane), &self.session) else { return };
        match session.may_undeploy(&[name], false) {
            Ok(()) => self.view.undeploy = Some(lane),
            Err(refusal) => {
                let hint = refusal.hint();
                self.view.toast(true, refusal.to_string(), hint);
            }
        }
    }

    fn retarget(&mut self, lane: &str, platform: crate::model::Platform, target: &crate::model::TargetSpec) {
        let Some(session) = &mut self.session else { return };
        let mut project = session.project().clone();
        if let Some(lane) = project.lanes.get_mut(lane) {
            lane.spec.targets.insert(platform, target.clone());
        }
        session.replace_project(project);
        self.take_over();
        self.board.waves = None;
    }
}
