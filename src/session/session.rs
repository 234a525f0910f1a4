//! [`Session`]: a project and its deployments, for one front end.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indexmap::{IndexMap, IndexSet};

use super::clerk::{Clerk, SaveError};
use super::desk::Desk;
use super::following::Clash;
use super::lane::Lane;
use super::project::OpenProject;
use super::recall;
use super::recovery::Keeper;
use super::refusal::{Refusal, SessionError};
use super::rollout::{Rollout, RolloutEnd};
use crate::diag::Diagnostics;
use crate::engine::{
    self, Engine, EnvironmentSecrets, Event, EventKind, ExecutionOutcome, Inbox, Notice, Store, StoreError,
};
use crate::model::{Platform, TargetSpec, Value};
use crate::plan::{DeploymentStatus, Goal, Plan, Scalings, State};
use crate::providers::{Registry, rehearsal::Rehearsing};

/// Messages that one [`Session::poll`] works off, and how long it takes at most: the window has a frame to draw.
const MESSAGES: usize = 256;
const PATIENCE: Duration = Duration::from_millis(4);
/// Events that are kept for looking at.
const KEPT: usize = 20_000;

/// Called, on any thread, when [`Session::poll`] has something new to give.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// How a session works.
#[derive(Clone, Default)]
pub struct Settings {
    /// Where deployments are remembered; the user's data folder if none.
    pub data_dir: Option<PathBuf>,
    /// How rehearsals go.
    pub rehearsal: Rehearsing,
    /// Whom to wake.
    pub wake: Option<Wake>,
}

/// A plan and what was noticed while it was made.
pub struct Planned {
    /// What would be done.
    pub plan: Plan,
    /// Which instances come, go, or relate to others than before; only for a deploy.
    pub modification: Value,
    /// Problems; with an error among them the plan is not to be run.
    pub diagnostics: Diagnostics,
}

pub(super) struct Running {
    pub(super) engine: Engine<Notice>,
    inbox: Inbox<Notice>,
}

/// A project, its deployments and what runs.
pub struct Session {
    pub(super) project: OpenProject,
    settings: Settings,
    pub(super) directory: PathBuf,
    pub(super) registry: Arc<Registry>,
    pub(super) running: Option<Running>,
    states: IndexMap<String, Arc<State>>,
    events: Vec<Event>,
    rollout: Option<Rollout>,
    ended: Option<RolloutEnd>,
    pub(super) trouble: Option<String>,
    /// Nodes or instances that healing is for; none for all that are not well.
    pub(super) healing: Vec<String>,
    /// How many of what is wanted from the next deploy on, by lane.
    pub(super) scalings: IndexMap<String, Scalings>,
    bell: Arc<(Mutex<bool>, Condvar)>,
    pub(super) desk: Desk,
    pub(super) clerk: Option<Clerk>,
    /// Revision of the desk that [`Self::project`] follows from, and how often it was replaced.
    pub(super) checked: u64,
    pub(super) derived: u64,
    pub(super) save_result: Option<Result<(), SaveError>>,
    /// Where what is not saved is kept, for a session that follows the disk.
    pub(super) keeper: Option<Keeper>,
    /// Files that somebody else changed in the same lines.
    pub(super) clashes: Vec<Clash>,
    /// What there is to tell of the disk.
    pub(super) news: Vec<String>,
}

impl Session {
    /// A session on `project`. The store is opened if there is one, and made with the first deployment, or at once for
    /// a front end that wants to be woken.
    pub fn new(project: OpenProject, settings: Settings) -> Result<Self, SessionError> {
        let directory = match &settings.data_dir {
            Some(directory) => directory.clone(),
            None => directories::ProjectDirs::from("", "", "gantry")
                .map(|folders| folders.data_dir().to_owned())
                .ok_or(SessionError::NoDataFolder)?,
        };
        let mut session = Self {
            desk: Desk::new(&project),
            clerk: None,
            checked: 0,
            derived: 0,
            save_result: None,
            keeper: None,
            clashes: Vec::new(),
            news: Vec::new(),
            project,
            registry: Arc::new(Registry::new(settings.rehearsal.clone())),
            settings,
            directory,
            running: None,
            states: IndexMap::new(),
            events: Vec::new(),
            rollout: None,
            ended: None,
            trouble: None,
            healing: Vec::new(),
            scalings: IndexMap::new(),
            bell: Arc::default(),
        };
        // Who wants to be woken watches what other processes do, too, and so needs the store from the beginning.
        if session.settings.wake.is_some() || session.directory.join(engine::FILE_NAME).exists() {
            session.engine()?;
            session.refresh();
            session.events = session.history()?;
            session.observe();
        }
        Ok(session)
    }

    /// The project.
    pub fn project(&self) -> &OpenProject {
        &self.project
    }

    /// Takes over the project as read again, with which it is as saved. What runs goes on.
    pub fn replace_project(&mut self, project: OpenProject) {
        self.desk = Desk { revision: self.desk.revision + 1, ..Desk::new(&project) };
        self.checked = self.desk.revision;
        self.clashes.clear();
        self.install(project);
        self.keep();
        self.watch();
    }

    pub(super) fn install(&mut self, project: OpenProject) {
        self.project = project;
        self.refresh();
    }

    /// A lane by name.
    pub fn lane(&self, name: &str) -> Option<&Lane> {
        self.project.lanes.get(name)
    }

    /// What wakes whoever waits for something to happen.
    pub(super) fn ring(&self) -> Wake {
        let (bell, wake) = (Arc::clone(&self.bell), self.settings.wake.clone());
        Arc::new(move || {
            *bell.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
            bell.1.notify_all();
            if let Some(wake) = &wake {
                wake();
            }
        })
    }

    /// The engine, started if it is not.
    fn engine(&mut self) -> Result<&Engine<Notice>, StoreError> {
        if self.running.is_none() {
            let ring = self.ring();
            let settings = engine::Settings::new(self.directory.clone());
            let (engine, inbox) =
                Engine::open(settings, self.registry.clone(), Arc::new(EnvironmentSecrets), move || ring())?;
            self.running = Some(Running { engine, inbox });
        }
        match &self.running {
            Some(running) => Ok(&running.engine),
            None => Err(StoreError::Unusable { path: self.directory.clone(), why: "it was closed".into() }),
        }
    }

    pub(super) fn store(&self) -> Result<Option<Store>, StoreError> {
        self.running.as_ref().map(|running| running.engine.store()).transpose()
    }

    fn history(&self) -> Result<Vec<Event>, StoreError> {
        let Some(store) = self.store()? else { return Ok(Vec::new()) };
        let mut all = store.events(None, 0, usize::MAX)?;
        let deployments: Vec<&str> = self.project.lanes.values().map(Lane::deployment).collect();
        all.retain(|event| deployments.contains(&event.deployment.as_str()));
        let surplus = all.len().saturating_sub(KEPT);
        all.drain(..surplus);
        Ok(all)
    }

    /// Reads the states of the project's deployments again.
    pub(super) fn refresh(&mut self) {
        let Some(running) = &self.running else { return };
        let deployments = self.project.lanes.values().map(|lane| lane.deployment().to_owned());
        self.states = deployments
            .filter_map(|name| running.engine.state(&name).map(|state| (name, Arc::new(state))))
            .collect();
    }

    /// Watches what is up, as the store remembers it.
    fn observe(&self) {
        let (Some(running), Ok(Some(store))) = (&self.running, self.store()) else { return };
        for (name, state) in &self.states {
            if state.status != DeploymentStatus::Deployed {
                continue;
            }
            let frozen =
                store.last_deploy(name).ok().flatten().and_then(|it| store.frozen(&it).ok().flatten());
            if let Some(frozen) = frozen {
                // A queue that is full means no more than that this deployment is not watched yet.
                let _ = running.engine.observe(name, Arc::new(recall::thaw(&frozen)));
            }
        }
    }

    /// The state of `lane`'s deployment; that of nothing if it was never deployed.
    pub fn state(&self, lane: &str) -> Arc<State> {
        let deployment = self.lane(lane).map_or(lane, Lane::deployment);
        self.state_of(deployment).unwrap_or_else(|| Arc::new(State::new(deployment)))
    }

    /// The state of a deployment of the project.
    pub fn state_of(&self, deployment: &str) -> Option<Arc<State>> {
        self.states.get(deployment).cloned()
    }

    /// The latest events of the project's deployments, oldest first.
    pub fn recent_events(&self) -> &[Event] {
        &self.events
    }

    /// The events of `lanes`, oldest first.
    pub fn events(&self, lanes: &[String]) -> Result<Vec<Event>, StoreError> {
        let Some(store) = self.store()? else { return Ok(Vec::new()) };
        let deployments: Vec<&str> =
            lanes.iter().filter_map(|lane| self.lane(lane)).map(Lane::deployment).collect();
        let mut events = store.events(None, 0, usize::MAX)?;
        events.retain(|event| deployments.contains(&event.deployment.as_str()));
        Ok(events)
    }

    /// Whether `lanes` may be undeployed together: refused while a deployment that is not among them uses one of them.
    pub fn may_undeploy(&self, lanes: &[String], force: bool) -> Result<(), Refusal> {
        if force {
            return Ok(());
        }
        let Some(running) = &self.running else { return Ok(()) };
        let going: Vec<String> = lanes.iter().map(|lane| self.state(lane).deployment.clone()).collect();
        for deployment in &going {
            let dependents: Vec<String> = running
                .engine
                .states()
                .into_values()
                .filter(|other| !going.contains(&other.deployment) && other.deployment != *deployment)
                .filter(|other| {
                    other.depends_on.contains(deployment) && (other.exists() || other.status.is_running())
                })
                .map(|other| other.deployment)
                .collect();
            if !dependents.is_empty() {
                return Err(Refusal::Needed { deployment: deployment.clone(), dependents });
            }
        }
        Ok(())
    }

    /// Begins to reach `goal` for `lanes`, each after those it depends on (or, to undeploy, after those that depend on it).
    pub fn start(&mut self, lanes: &[String], goal: Goal, force: bool) -> Result<(), Refusal> {
        if let Some(lane) = self.rollout.as_ref().and_then(|rollout| rollout.running().next()) {
            return Err(Refusal::Running(lane.to_owned()));
        }
        let mut targets = IndexSet::new();
        if goal == Goal::Undeploy {
            self.may_undeploy(lanes, force)?;
        } else if goal == Goal::Deploy {
            for lane in lanes {
                Refusal::of(lane, self.project.problems(std::slice::from_ref(lane)))?;
            }
            // What can't be planned, or names a target that there is none of, is told before the first lane begins.
            for lane in lanes {
                let (job, problems) = self.job(lane, goal, force)?;
                Refusal::of(lane, problems)?;
                let real = job.plan.operations.iter().filter(|operation| operation.calls_target());
                targets.extend(real.map(|operation| (operation.platform, operation.target.clone())));
            }
        }
        self.engine()?;
        let steps: Vec<(String, Vec<String>)> = lanes
            .iter()
            .map(|name| {
                let after = lanes.iter().filter(|other| match goal {
                    Goal::Deploy | Goal::Heal => self.uses(name, other),
                    Goal::Undeploy => self.uses(other, name),
                });
                (name.clone(), after.cloned().collect())
            })
            .collect();
        self.ended = None;
        self.rollout = Some(Rollout::new(goal, force, steps).asking(targets.into_iter().collect()));
        self.advance();
        Ok(())
    }

    /// Whether `lane` uses values of `other`, by its blueprint or as deployed.
    fn uses(&self, lane: &str, other: &str) -> bool {
        let deployment = self.state(other).deployment.clone();
        lane != other
            && (self.lane(lane).is_some_and(|lane| lane.uses().contains(&deployment))
                || self.state(lane).depends_on.contains(&deployment))
    }

    /// Starts every lane that may start, and notices the end.
    fn advance(&mut self) {
        let Some(mut rollout) = self.rollout.take() else { return };
        loop {
            let ready = rollout.ready();
            if ready.is_empty() {
                break;
            }
            let also = rollout.asked_first();
            for lane in ready {
                match self.start_lane(&lane, rollout.goal, rollout.force, &also) {
                    Ok(Some(execution)) => rollout.started(&lane, execution),
                    Ok(None) => rollout.done(&lane),
                    Err(refusal) => rollout.refused(&lane, refusal.to_string()),
                }
            }
        }
        self.ended = rollout.end();
        self.rollout = Some(rollout).filter(|_| self.ended.is_none());
    }

    /// Starts one lane; none if there is nothing to do.
    fn start_lane(
        &mut self,
        lane: &str,
        goal: Goal,
        force: bool,
        also: &[(Platform, TargetSpec)],
    ) -> Result<Option<String>, Refusal> {
        let (mut job, diagnostics) = self.job(lane, goal, force)?;
        job.also = also.to_vec();
        Refusal::of(lane, diagnostics)?;
        if goal == Goal::Heal && job.plan.is_empty() {
            return Ok(None);
        }
        let reached = match goal {
            Goal::Deploy | Goal::Heal => DeploymentStatus::Deployed,
            Goal::Undeploy => DeploymentStatus::Absent,
        };
        let state = self.state(lane);
        if job.plan.is_empty()
            && state.status == reached
            && (goal != Goal::Deploy || job.edition.scaled == state.scaled)
        {
            return Ok(None);
        }
        let deployment = job.plan.deployment.clone();
        let started = self.engine()?.run(job);
        self.scalings.shift_remove(lane);
        started.map(Some).map_err(|refusal| Refusal::Engine { deployment, refusal })
    }

    /// Asks to cancel: once to start nothing new, twice to stop what runs.
    pub fn cancel(&mut self) {
        let Some(rollout) = &mut self.rollout else { return };
        rollout.give_up();
        let lanes: Vec<String> = rollout.running().map(str::to_owned).collect();
        for lane in lanes {
            let deployment = self.state(&lane).deployment.clone();
            if let Some(running) = &self.running {
                // A full queue takes the next press.
                let _ = running.engine.cancel(&deployment);
            }
        }
    }

    /// The goal and lanes that run now.
    pub fn rollout(&self) -> Option<&Rollout> {
        self.rollout.as_ref()
    }

    /// How the last rollout ended; none while it runs. Told once.
    pub fn rollout_end(&mut self) -> Option<RolloutEnd> {
        self.ended.take()
    }

    /// Something wrong with the store, told once.
    pub fn trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// Works off what has happened, a bounded amount at a time, and gives the events. Never waits.
    pub fn poll(&mut self) -> Vec<Event> {
        self.take_reports();
        let begun = Instant::now();
        let mut events = Vec::new();
        while events.len() < MESSAGES && begun.elapsed() < PATIENCE {
            let Some(notice) = self.running.as_mut().and_then(|running| running.inbox.try_next()) else {
                break;
            };
            match notice {
                Notice::Event(event) => events.push(event),
                Notice::Refused { execution, refusal, .. } => {
                    if let Some(rollout) = &mut self.rollout
                        && let Some(lane) = rollout.lane_of(&execution).map(str::to_owned)
                    {
                        rollout.refused(&lane, format!("{refusal}; {}", refusal.hint()));
                    }
                    self.advance();
                }
                Notice::Trouble { message, hint } => {
                    self.trouble = Some(hint.map_or(message.clone(), |hint| format!("{message} ({hint})")));
                }
            }
        }
        let mine =
            |event: &&Event| self.project.lanes.values().any(|lane| lane.deployment() == event.deployment);
        let own: Vec<Event> = events.iter().filter(mine).cloned().collect();
        if !own.is_empty() {
            self.refresh();
        }
        for event in &own {
            self.note(event);
        }
        self.events.extend(own);
        let surplus = self.events.len().saturating_sub(KEPT);
        self.events.drain(..surplus);
        events
    }

    /// Moves the rollout on when one of its executions ends.
    fn note(&mut self, event: &Event) {
        let (Some(rollout), EventKind::ExecutionEnded { outcome, error }) = (&mut self.rollout, &event.kind)
        else {
            return;
        };
        let execution = event.execution.as_deref().unwrap_or_default();
        let Some(lane) = rollout.lane_of(execution).map(str::to_owned) else { return };
        match outcome {
            ExecutionOutcome::Succeeded => rollout.done(&lane),
            ExecutionOutcome::Cancelled => rollout.cancelled(&lane),
            ExecutionOutcome::Failed | ExecutionOutcome::Interrupted => {
                rollout.failed(&lane, error.clone().unwrap_or_else(|| "it was interrupted".to_owned()));
            }
        }
        self.advance();
    }

    /// [`Session::poll`], but waits up to `patience` for something to happen. Not for the window's thread.
    pub fn wait(&mut self, patience: Duration) -> Vec<Event> {
        let events = self.poll();
        if !events.is_empty() || self.ended.is_some() {
            return events;
        }
        let rung = self.bell.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut rung, _) = self
            .bell
            .1
            .wait_timeout_while(rung, patience, |rung| !*rung)
            .unwrap_or_else(PoisonError::into_inner);
        *rung = false;
        drop(rung);
        self.poll()
    }
}
