//! The executor: runs a stored plan, many operations at a time, and journals all that happens.
//!
//! Takes no decision that the plan leaves open: order, retries and time-outs stand in the plan. A failed operation
//! takes with it only those that need it. Cancelled once, it starts nothing new; twice, it stops what runs.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use indexmap::IndexMap;
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use super::attempt::{End, attempt};
use super::evaluate::Secrets;
use super::folders::Folders;
use super::journal::Journal;
use super::schedule::Schedule;
use super::scrub::Scrubber;
use super::{EventKind, ExecutionOutcome, Providers, outputs};
use crate::plan::{DeploymentStatus, Edition, Goal, Operation, OperationId, Plan, State, Work};

/// No wait between tries is longer, whatever a target asks for.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// One execution: the plan and all that it needs.
pub(super) struct Run {
    pub plan: Arc<Plan>,
    pub edition: Arc<Edition>,
    pub made_from: IndexMap<String, Arc<Edition>>,
    /// The execution whose frozen files belong to `edition`.
    pub files_of: String,
    pub execution: String,
    pub journal: Journal,
    pub providers: Arc<dyn Providers>,
    pub secrets: Arc<dyn Secrets>,
    pub folders: Folders,
    /// Stops what runs.
    pub hard: CancellationToken,
    pub parallel: usize,
    pub parallel_per_provider: usize,
}

impl Run {
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub fn deployment(&self) -> &str {
        &self.plan.deployment
    }

    /// The blueprint that says what `operation` does.
    pub fn edition(&self, operation: &Operation) -> Arc<Edition> {
        let made_from = operation.edition.as_ref().and_then(|name| self.made_from.get(name));
        Arc::clone(made_from.unwrap_or(&self.edition))
    }

    /// The folder of that blueprint.
    pub async fn folder(&self, operation: &Operation) -> Result<PathBuf, String> {
        self.folders.of(operation.edition.as_ref().unwrap_or(&self.files_of)).await
    }

    pub async fn append(&self, kind: EventKind) {
        self.journal.append(self.deployment(), Some(&self.execution), kind).await;
    }

    pub async fn stored(&self, kind: EventKind) -> Result<(), String> {
        self.journal.stored(self.deployment(), Some(&self.execution), kind).await
    }

    /// Evaluates the outputs and journals them if they differ from what is known.
    async fn tell_outputs(&self) {
        self.journal.settled().await;
        let told = changed_outputs(&self.journal, self.deployment(), &self.edition, &*self.secrets);
        if let Some(told) = told {
            self.append(told).await;
        }
    }
}

/// The outputs and capabilities of a deployment as an event, if they are not those that are journaled.
pub(super) fn changed_outputs(
    journal: &Journal,
    deployment: &str,
    edition: &Edition,
    secrets: &dyn Secrets,
) -> Option<EventKind> {
    journal.states.with(|states| {
        let state = states.get(deployment)?;
        let (outputs, capabilities) = outputs::evaluate(edition, state, states, secrets);
        let changed = outputs != state.outputs || capabilities != state.capabilities;
        changed.then_some(EventKind::OutputsEvaluated { outputs, capabilities })
    })
}

/// How often a person has pressed cancel.
pub(super) type Presses = watch::Receiver<u32>;

/// Runs the plan to its end, which is journaled. Gives how it ended.
pub(super) async fn execute(run: Arc<Run>, presses: Presses) -> ExecutionOutcome {
    let mut executor = Executor {
        schedule: Schedule::new(run.plan(), run.parallel, run.parallel_per_provider),
        tries: JoinSet::new(),
        whose: HashMap::new(),
        attempts: HashMap::new(),
        sleeping: FuturesUnordered::new(),
        stopping: false,
        cancelled: false,
        error: None,
        sources: outputs::sources(&run.edition),
        run,
    };
    executor.work(presses).await;
    executor.end().await
}

struct Executor {
    run: Arc<Run>,
    schedule: Schedule,
    tries: JoinSet<(OperationId, End, Scrubber)>,
    whose: HashMap<Id, OperationId>,
    attempts: HashMap<OperationId, u32>,
    sleeping: FuturesUnordered<futures::future::BoxFuture<'static, OperationId>>,
    /// Nothing new is started.
    stopping: bool,
    cancelled: bool,
    /// The first failure.
    error: Option<String>,
    /// Nodes that the outputs show; all if none.
    sources: Option<HashSet<String>>,
}

impl Executor {
    async fn work(&mut self, mut presses: Presses) {
        // Cancel may have been pressed before there was anything to cancel.
        self.pressed(*presses.borrow_and_update());
        loop {
            while !self.stopping
                && let Some(id) = self.schedule.next()
            {
                self.begin(id).await;
            }
            if self.tries.is_empty() && (self.stopping || self.sleeping.is_empty()) {
                return;
            }
            tokio::select! {
                Some(ended) = self.tries.join_next_with_id() => match ended {
                    Ok((task, (id, end, scrubber))) => {
                        self.whose.remove(&task);
                        self.ended(id, end, &scrubber).await;
                    }
                    Err(error) => {
                        if let Some(id) = self.whose.remove(&error.id()) {
                            let why = "the provider crashed; this is a fault of the program".to_owned();
                            self.ended(id, End::Fatal(why), &Scrubber::default()).await;
                        }
                    }
                },
                Some(id) = self.sleeping.next(), if !self.stopping => self.schedule.resume(id),
                pressed = presses.changed(), if !self.run.hard.is_cancelled() => {
                    // Whoever could press has gone: that is the end of the program.
                    let count = if pressed.is_err() { u32::MAX } else { *presses.borrow_and_update() };
                    self.pressed(count);
                }
            }
        }
    }

    /// Cancel was pressed `count` times so far.
    fn pressed(&mut self, count: u32) {
        if count > 0 {
            self.stopping = true;
            self.cancelled = true;
        }
        if count > 1 {
            self.run.hard.cancel();
        }
    }

    async fn begin(&mut self, id: OperationId) {
        let Some(operation) = self.run.plan().operation(id) else { return };
        if operation.work == Work::Nothing {
            let event = EventKind::OperationSucceeded {
                operation: id,
                instance: operation.instance.clone(),
                name: operation.name.clone(),
                step: operation.step(),
                runtime: IndexMap::new(),
                reached: operation.reached,
                message: None,
                rehearsed: false,
            };
            let shown = self.is_shown(&operation.node);
            self.run.append(event).await;
            if shown {
                self.run.tell_outputs().await;
            }
            self.schedule.done(id);
            return;
        }
        let count = self.attempts.entry(id).or_default();
        *count += 1;
        let handle = self.tries.spawn(attempt(Arc::clone(&self.run), id, *count));
        self.whose.insert(handle.id(), id);
    }

    fn is_shown(&self, node: &str) -> bool {
        self.sources.as_ref().is_none_or(|sources| sources.contains(node))
    }

    async fn ended(&mut self, id: OperationId, end: End, scrubber: &Scrubber) {
        let run = Arc::clone(&self.run);
        let Some(operation) = run.plan().operation(id) else { return };
        match end {
            End::Done { outcome, rehearsed } => {
                let mut runtime = IndexMap::new();
                let own = Some((operation.instance.clone(), outcome.runtime));
                for (instance, changed) in own.into_iter().chain(outcome.others) {
                    if !changed.is_empty() {
                        runtime.insert(instance, scrubber.map(&changed));
                    }
                }
                let shown = self.is_shown(&operation.node) || runtime.len() > 1;
                let message = outcome.message.map(|message| scrubber.text(&message));
                run.append(EventKind::OperationSucceeded {
                    operation: id,
                    instance: operation.instance.clone(),
                    name: operation.name.clone(),
                    step: operation.step(),
                    runtime,
                    reached: operation.reached,
                    message,
                    rehearsed,
                })
                .await;
                if shown {
                    run.tell_outputs().await;
                }
                self.schedule.done(id);
            }
            End::Retry { after, why } => {
                let tried = self.attempts.get(&id).copied().unwrap_or_default();
                if operation.retry.max_retries.is_some_and(|most| tried > most) {
                    let tries = if tried == 1 { String::new() } else { format!(" (tried {tried} times)") };
                    self.give_up(operation, format!("{why}{tries}")).await;
                    return;
                }
                let interval = Duration::try_from_secs_f64(operation.retry.interval_secs).unwrap_or_default();
                let wait = after.unwrap_or(interval).min(LONGEST_WAIT);
                run.append(EventKind::OperationRetrying {
                    operation: id,
                    instance: operation.instance.clone(),
                    why,
                    after_secs: wait.as_secs_f64(),
                })
                .await;
                self.schedule.pause(id);
                self.sleeping.push(Box::pin(async move {
                    tokio::time::sleep(wait).await;
                    id
                }));
            }
            End::Fatal(why) => self.give_up(operation, why).await,
            End::Stopped => self.give_up(operation, "cancelled".into()).await,
            End::NotJournaled(why) => {
                // What can't be remembered is not done.
                self.stopping = true;
                self.error.get_or_insert(why);
                self.schedule.pause(id);
            }
        }
    }

    async fn give_up(&mut self, operation: &Operation, why: String) {
        if !self.cancelled {
            let name = crate::plan::short_operation_name(&operation.name);
            self.error.get_or_insert_with(|| format!("{} {name}: {why}", operation.instance));
        }
        self.run
            .append(EventKind::OperationFailed {
                operation: operation.id,
                instance: operation.instance.clone(),
                name: operation.name.clone(),
                why,
            })
            .await;
        for id in self.schedule.failed(operation.id) {
            self.skip(id).await;
        }
    }

    async fn skip(&mut self, id: OperationId) {
        if let Some(operation) = self.run.plan().operation(id) {
            self.run
                .append(EventKind::OperationSkipped {
                    operation: id,
                    instance: operation.instance.clone(),
                    name: operation.name.clone(),
                })
                .await;
        }
    }

    async fn end(mut self) -> ExecutionOutcome {
        for id in self.schedule.unsettled() {
            self.skip(id).await;
        }
        let outcome = match (self.cancelled, &self.error) {
            (_, Some(_)) => ExecutionOutcome::Failed,
            (true, None) => ExecutionOutcome::Cancelled,
            (false, None) => ExecutionOutcome::Succeeded,
        };
        if self.run.plan.goal != Goal::Undeploy || outcome != ExecutionOutcome::Succeeded {
            self.run.tell_outputs().await;
        }
        self.run.folders.remove();
        let ended = EventKind::ExecutionEnded { outcome, error: self.error };
        // If this can't be stored, the writer has told so, and the execution shows as interrupted.
        let _ = self.run.stored(ended).await;
        outcome
    }
}

/// Whether the instances of `state` are worth watching.
pub(super) fn is_up(state: &State) -> bool {
    !state.status.is_running() && state.status != DeploymentStatus::Absent && state.exists()
}
