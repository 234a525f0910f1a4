//! [`Engine`]: the way in for front ends: it owns the runtime, the journal and everything that runs.
//!
//! Requests go in over a bounded channel and never wait; what happens comes back over a bounded [`Inbox`]. Does not know
//! what a front end makes of it.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indexmap::IndexMap;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use super::evaluate::Secrets;
use super::executor::{Run, execute};
use super::folders::{self, Folders};
use super::journal::{Begin, Journal, now_ms};
use super::observer::{Observed, Watch, observe};
use super::reach::Doors;
use super::{Event, EventKind, ExecutionOutcome, Frozen, Providers, Refusal, Store, StoreError};
use crate::model::{Platform, TargetSpec};
use crate::plan::{Edition, Goal, Plan, State, fingerprint};

/// Messages that the inbox holds; more are read again from the journal later.
const INBOX: usize = 1024;
/// Requests that may wait.
const REQUESTS: usize = 64;

/// What the engine tells a front end.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly every notice is an event")]
pub enum Notice {
    /// Something happened, here or in another process. It is in the journal.
    Event(Event),
    /// An execution does not begin.
    Refused {
        /// Of this deployment.
        deployment: String,
        /// The name that [`Engine::run`] gave it.
        execution: String,
        /// Why.
        refusal: Refusal,
    },
    /// The journal can't be read or written.
    Trouble {
        /// What is wrong.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
}

/// How an engine works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The data directory, where the journal is.
    pub directory: PathBuf,
    /// Operations at once, in one execution.
    pub parallel: usize,
    /// Operations at once at one provider.
    pub parallel_per_provider: usize,
    /// Whether a deployment is watched once it is up.
    pub observe: bool,
}

impl Settings {
    /// The usual settings: 16 operations at once, 8 at one provider, watching.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), parallel: 16, parallel_per_provider: 8, observe: true }
    }
}

/// A plan to run, with all that its operations need.
#[derive(Clone, Debug)]
pub struct Job {
    /// What to do. Refused if the deployment has moved on since it was made.
    pub plan: Arc<Plan>,
    /// The blueprint that it was made from.
    pub edition: Arc<Edition>,
    /// As given to [`crate::plan::Request::made_from`].
    pub made_from: IndexMap<String, Arc<Edition>>,
    /// As given to [`crate::plan::Request::targets`].
    pub targets: IndexMap<Platform, TargetSpec>,
    /// All files of the lane, to deploy; unused to undeploy.
    pub frozen: Frozen,
    /// Undeploy though other deployments use its values.
    pub force: bool,
    /// Targets that will be needed once this is done: asked along, so that nothing is begun that can't be gone on with.
    pub also: Vec<(Platform, TargetSpec)>,
}

enum Command {
    Run {
        execution: String,
        job: Box<Job>,
    },
    /// Its targets were asked.
    Reached {
        execution: String,
        job: Box<Job>,
        refusal: Option<Refusal>,
    },
    Cancel {
        deployment: String,
    },
    Observe {
        deployment: String,
        edition: Arc<Edition>,
    },
    Ended {
        deployment: String,
        execution: String,
        edition: Arc<Edition>,
        outcome: ExecutionOutcome,
    },
}

/// Where the engine's messages arrive, as the front end's own type.
pub struct Inbox<M> {
    receive: mpsc::Receiver<M>,
}

impl<M> Inbox<M> {
    /// A message, if there is one. Never waits.
    pub fn try_next(&mut self) -> Option<M> {
        self.receive.try_recv().ok()
    }

    /// The next message; none once the engine has ended. Waits, and must not be called on the window's thread.
    pub fn wait(&mut self) -> Option<M> {
        self.receive.blocking_recv()
    }
}

/// The engine. Dropping it stops what runs; that can be gone on with later.
pub struct Engine<M> {
    settings: Settings,
    commands: Option<mpsc::Sender<Command>>,
    journal: Option<Journal>,
    runtime: Option<tokio::runtime::Runtime>,
    writer: Option<std::thread::JoinHandle<()>>,
    observed: Observed,
    message: std::marker::PhantomData<fn(M)>,
}

impl<M: From<Notice> + Send + 'static> Engine<M> {
    /// Opens the journal and starts. `wake` is called, on any thread, whenever there is something new in the inbox.
    pub fn open(
        settings: Settings,
        providers: Arc<dyn Providers>,
        secrets: Arc<dyn Secrets>,
        wake: impl Fn() + Send + 'static,
    ) -> Result<(Self, Inbox<M>), StoreError> {
        let store = Store::open(&settings.directory)?;
        folders::clear(&settings.directory, &store);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .thread_name("engine")
            .worker_threads(std::thread::available_parallelism().map_or(2, |count| count.get().clamp(2, 4)))
            .enable_all()
            .build()
            .map_err(|error| StoreError::Unusable {
                path: settings.directory.clone(),
                why: error.to_string(),
            })?;
        let (send, receive) = mpsc::channel::<M>(INBOX);
        let forward = move |notice: Notice| match send.try_reserve() {
            Ok(place) => {
                place.send(M::from(notice));
                None
            }
            Err(mpsc::error::TrySendError::Full(())) => Some(notice),
            // Nobody listens any more.
            Err(mpsc::error::TrySendError::Closed(())) => None,
        };
        let (journal, writer) = Journal::start(store, forward, wake)?;
        let (commands, queue) = mpsc::channel(REQUESTS);
        let observed = Observed::default();
        let dispatcher = Dispatcher {
            settings: settings.clone(),
            journal: journal.clone(),
            providers,
            secrets,
            commands: commands.downgrade(),
            running: HashMap::new(),
            watched: HashMap::new(),
            observed: observed.clone(),
        };
        runtime.spawn(dispatcher.work(queue));
        let engine = Self {
            settings,
            commands: Some(commands),
            journal: Some(journal),
            runtime: Some(runtime),
            writer: Some(writer),
            observed,
            message: std::marker::PhantomData,
        };
        Ok((engine, Inbox { receive }))
    }

    /// Asks to run a plan and gives the execution's name. Never waits; a refusal comes as [`Notice::Refused`].
    pub fn run(&self, job: Job) -> Result<String, Refusal> {
        let execution = new_execution(&job.plan.deployment);
        self.ask(Command::Run { execution: execution.clone(), job: Box::new(job) })?;
        Ok(execution)
    }

    /// Asks to cancel what runs of `deployment`: once to start nothing new, twice to stop what runs.
    pub fn cancel(&self, deployment: &str) -> Result<(), Refusal> {
        self.ask(Command::Cancel { deployment: deployment.to_owned() })
    }

    /// Asks to watch a deployment that is up. Watching ends with the next execution.
    pub fn observe(&self, deployment: &str, edition: Arc<Edition>) -> Result<(), Refusal> {
        self.ask(Command::Observe { deployment: deployment.to_owned(), edition })
    }

    fn ask(&self, command: Command) -> Result<(), Refusal> {
        let commands = self.commands.as_ref().ok_or(Refusal::Busy)?;
        commands.try_send(command).map_err(|_| Refusal::Busy)
    }

    /// The state of a deployment, as journaled; none if nothing was ever journaled of it.
    pub fn state(&self, deployment: &str) -> Option<State> {
        self.journal.as_ref()?.states.with(|states| states.get(deployment).cloned())
    }

    /// The states of all deployments, by name.
    pub fn states(&self) -> IndexMap<String, State> {
        let mut all: IndexMap<String, State> = self.journal.as_ref().map_or_else(IndexMap::new, |journal| {
            journal
                .states
                .with(|states| states.iter().map(|(name, state)| (name.clone(), state.clone())).collect())
        });
        all.sort_keys();
        all
    }

    /// Instances of a deployment that have been looked at on their targets since they are watched, whether or not
    /// anything had changed.
    pub fn observed(&self, deployment: &str) -> HashSet<String> {
        self.observed.of(deployment)
    }

    /// The journal, opened for reading: events, plans, frozen blueprints.
    pub fn store(&self) -> Result<Store, StoreError> {
        Store::open(&self.settings.directory)
    }
}

impl<M> Drop for Engine<M> {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
        self.journal = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// A name for a new execution: no two are the same.
fn new_execution(deployment: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let text =
        format!("{deployment} {} {} {count} {:?}", now_ms(), std::process::id(), std::time::Instant::now());
    format!("e{}", fingerprint(text.as_bytes()))
}

/// Takes requests, one after another.
struct Dispatcher {
    settings: Settings,
    journal: Journal,
    providers: Arc<dyn Providers>,
    secrets: Arc<dyn Secrets>,
    /// Weak, so that dropping the engine ends the queue.
    commands: mpsc::WeakSender<Command>,
    /// By deployment: the execution that runs or is about to, and where cancelling it is asked for.
    running: HashMap<String, (String, watch::Sender<u32>)>,
    watched: HashMap<String, AbortHandle>,
    observed: Observed,
}

impl Dispatcher {
    async fn work(mut self, mut queue: mpsc::Receiver<Command>) {
        while let Some(command) = queue.recv().await {
            match command {
                Command::Run { execution, job } => self.ask(execution, job).await,
                Command::Reached { execution, job, refusal: None } => self.run(execution, *job).await,
                Command::Reached { execution, job, refusal: Some(refusal) } => {
                    let deployment = job.plan.deployment.clone();
                    self.forget(&deployment, &execution);
                    self.journal.tell(super::Notice::Refused { deployment, execution, refusal }).await;
                }
                Command::Cancel { deployment } => {
                    if let Some((_, presses)) = self.running.get(&deployment) {
                        presses.send_modify(|count| *count += 1);
                    }
                }
                Command::Observe { deployment, edition } => {
                    if !self.running.contains_key(&deployment) {
                        self.watch(deployment, edition);
                    }
                }
                Command::Ended { deployment, execution, edition, outcome } => {
                    // The end was journaled before this came: the next execution may have begun already, and to drop
                    // where its cancelling is asked for would cancel it.
                    if !self.forget(&deployment, &execution) {
                        continue;
                    }
                    if self.settings.observe && outcome == ExecutionOutcome::Succeeded {
                        self.watch(deployment, edition);
                    }
                }
            }
        }
    }

    fn watch(&mut self, deployment: String, edition: Arc<Edition>) {
        self.observed.begin(&deployment);
        let watch = Watch {
            deployment: deployment.clone(),
            data: self.settings.directory.clone(),
            edition,
            observed: self.observed.clone(),
        };
        let (journal, providers) = (self.journal.clone(), Arc::clone(&self.providers));
        let task = tokio::spawn(observe(watch, journal, providers, Arc::clone(&self.secrets)));
        if let Some(before) = self.watched.insert(deployment, task.abort_handle()) {
            before.abort();
        }
    }

    /// `execution` does not run, or no longer.
    fn forget(&mut self, deployment: &str, execution: &str) -> bool {
        let runs = self.running.get(deployment).is_some_and(|(running, _)| running == execution);
        if runs {
            self.running.remove(deployment);
        }
        runs
    }

    /// Asks the targets of `job`, if it has any, before it begins. Others' requests do not wait for their answers.
    async fn ask(&mut self, execution: String, job: Box<Job>) {
        let doors = self.journal.states.with(|states| Doors::of(&job, states, &*self.secrets));
        let deployment = job.plan.deployment.clone();
        // What runs already is refused by the journal, which knows of other processes as well.
        if doors.is_empty() || self.running.contains_key(&deployment) {
            return self.run(execution, *job).await;
        }
        self.running.insert(deployment, (execution.clone(), watch::channel(0).0));
        let (providers, commands) = (Arc::clone(&self.providers), self.commands.clone());
        tokio::spawn(async move {
            let refusal = doors.reach(&*providers).await;
            if let Some(commands) = commands.upgrade() {
                let _ = commands.send(Command::Reached { execution, job, refusal }).await;
            }
        });
    }

    async fn run(&mut self, execution: String, job: Job) {
        let deployment = job.plan.deployment.clone();
        let deploy = job.plan.goal == Goal::Deploy;
        let started = EventKind::ExecutionStarted {
            goal: job.plan.goal,
            operations: u32::try_from(job.plan.operations.len()).unwrap_or(u32::MAX),
            instances: job.plan.instances.clone(),
            inputs: job.edition.inputs.clone(),
            targets: if deploy { node_targets(&job) } else { IndexMap::new() },
            depends_on: job.plan.depends_on.clone(),
            scaled: job.edition.scaled.clone(),
        };
        let begin = Begin {
            execution: execution.clone(),
            plan: Arc::clone(&job.plan),
            started,
            frozen: deploy.then_some(job.frozen),
            force: job.force,
        };
        if let Err(refusal) = self.journal.begin(begin).await {
            self.forget(&deployment, &execution);
            self.journal.tell(super::Notice::Refused { deployment, execution, refusal }).await;
            return;
        }
        if let Some(watched) = self.watched.remove(&deployment) {
            watched.abort();
        }
        let last = job.made_from.last().map(|(name, _)| name.clone());
        let run = Run {
            files_of: if deploy { execution.clone() } else { last.unwrap_or_default() },
            plan: job.plan,
            edition: job.edition,
            made_from: job.made_from,
            folders: Folders::new(&self.settings.directory, &execution),
            execution,
            journal: self.journal.clone(),
            providers: Arc::clone(&self.providers),
            secrets: Arc::clone(&self.secrets),
            hard: CancellationToken::new(),
            parallel: self.settings.parallel,
            parallel_per_provider: self.settings.parallel_per_provider,
        };
        // Whoever pressed cancel while the targets were asked is heard now.
        let asked = self.running.remove(&deployment).filter(|(asked, _)| *asked == run.execution);
        let presses = asked.map_or_else(|| watch::channel(0).0, |(_, presses)| presses);
        let pressed = presses.subscribe();
        self.running.insert(deployment.clone(), (run.execution.clone(), presses));
        let commands = self.commands.clone();
        let (execution, edition) = (run.execution.clone(), Arc::clone(&run.edition));
        tokio::spawn(async move {
            let outcome = execute(Arc::new(run), pressed).await;
            if let Some(commands) = commands.upgrade() {
                let _ = commands.send(Command::Ended { deployment, execution, edition, outcome }).await;
            }
        });
    }
}

/// Where each node is deployed: the target of its platform.
fn node_targets(job: &Job) -> IndexMap<String, TargetSpec> {
    let nodes = job.edition.topology.nodes.values();
    nodes
        .filter_map(|node| {
            let platform = node.platform.filter(|platform| *platform != Platform::Proxy)?;
            Some((node.name.clone(), job.targets.get(&platform).cloned().unwrap_or(TargetSpec::Rehearsal)))
        })
        .collect()
}
