//! One try of one operation: told, evaluated, done by its provider, in time.
//!
//! Does not decide whether there is another try (`executor`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::executor::Run;
use super::scrub::Scrubber;
use super::surroundings::Surroundings;
use super::{Context, EventKind, Failure, Outcome, Reporter};
use crate::model::Map;
use crate::plan::{Edition, Operation, OperationId, Work, fingerprint, short_operation_name};

/// How long an operation may take to end once it is told to.
const GRACE: Duration = Duration::from_secs(5);

/// Far enough away to mean never, near enough for the clock.
const NEVER: Duration = Duration::from_hours(365 * 24);

/// How a try ended.
pub(super) enum End {
    /// The provider did it.
    Done { outcome: Outcome, rehearsed: bool },
    /// May succeed later.
    Retry { after: Option<Duration>, why: String },
    /// Will not succeed.
    Fatal(String),
    /// A person stopped it.
    Stopped,
    /// Its beginning could not be journaled, so it was not begun.
    NotJournaled(String),
}

/// What an operation has said and nobody has journaled yet. Later words take the place of earlier ones; what was made is kept.
#[derive(Default)]
struct Said {
    message: Option<String>,
    made: Map,
    last: Option<String>,
}

#[derive(Clone, Default)]
struct Voice {
    said: Arc<Mutex<Said>>,
    heard: Arc<Notify>,
}

impl Voice {
    fn reporter(&self) -> Reporter {
        let voice = self.clone();
        Reporter::new(move |message, made| {
            let mut said = voice.said.lock().unwrap_or_else(PoisonError::into_inner);
            if made.is_empty() && said.last.as_ref() == Some(&message) {
                return;
            }
            said.last = Some(message.clone());
            said.message = Some(message);
            said.made.extend(made);
            drop(said);
            voice.heard.notify_one();
        })
    }

    fn take(&self) -> Option<(String, Map)> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let message = said.message.take()?;
        Some((message, std::mem::take(&mut said.made)))
    }
}

/// Tries `id` for the `attempt`th time.
pub(super) async fn attempt(run: Arc<Run>, id: OperationId, attempt: u32) -> (OperationId, End, Scrubber) {
    let scrubber = Scrubber::default();
    let end = match run.plan().operation(id) {
        Some(operation) => try_it(&run, operation, attempt, &scrubber).await,
        None => End::Fatal(format!("{id} is not in the plan")),
    };
    (id, end, scrubber)
}

async fn try_it(run: &Arc<Run>, operation: &Operation, attempt: u32, scrubber: &Scrubber) -> End {
    let provider = run.providers.provider(operation.platform, &operation.target);
    let rehearsed = provider.as_ref().is_ok_and(|provider| provider.is_rehearsal());
    let started = EventKind::OperationStarted {
        operation: operation.id,
        instance: operation.instance.clone(),
        name: operation.name.clone(),
        attempt,
        entering: operation.entering,
        rehearsed,
    };
    if let Err(why) = run.stored(started).await {
        return End::NotJournaled(why);
    }
    let provider = match provider {
        Ok(provider) => provider,
        Err(error) => return End::Fatal(error.told()),
    };
    let voice = Voice::default();
    let cancel = run.hard.child_token();
    let context = match context(run, operation, attempt, scrubber, &voice, cancel.clone()).await {
        Ok(context) => context,
        Err(why) => return End::Fatal(scrubber.text(&why)),
    };
    let mut work = provider.execute(operation, &context);
    let limit = Duration::try_from_secs_f64(operation.retry.timeout_secs).unwrap_or(Duration::MAX);
    let deadline = tokio::time::sleep(limit.min(NEVER));
    let grace = tokio::time::sleep(NEVER);
    tokio::pin!(deadline, grace);
    let (mut late, mut stopping) = (false, false);
    let result = loop {
        tokio::select! {
            // What was said is stored before the work goes on: it may be what a crash is survived by.
            biased;
            () = voice.heard.notified() => tell(run, operation, &voice, scrubber).await,
            result = &mut work => break Some(result),
            () = cancel.cancelled(), if !stopping => {
                stopping = true;
                grace.as_mut().reset(tokio::time::Instant::now() + GRACE);
            }
            () = &mut deadline, if !late && !stopping => {
                late = true;
                cancel.cancel();
            }
            () = &mut grace, if stopping => break None,
        }
    };
    drop(work);
    tell(run, operation, &voice, scrubber).await;
    match result {
        Some(Ok(outcome)) => {
            let rehearsed = rehearsed || outcome.rehearsed;
            End::Done { outcome, rehearsed }
        }
        _ if run.hard.is_cancelled() => End::Stopped,
        result if late => {
            let last = match result {
                Some(Err(failure)) => format!(" ({failure})"),
                _ => String::new(),
            };
            let why = scrubber.text(&format!("took longer than {} s{last}", operation.retry.timeout_secs));
            if operation.retry.after_timeout { End::Retry { after: None, why } } else { End::Fatal(why) }
        }
        Some(Err(Failure::Retry { after, why })) => End::Retry { after, why: scrubber.text(&why) },
        Some(Err(Failure::Fatal { why })) => End::Fatal(scrubber.text(&why)),
        None => End::Stopped,
    }
}

async fn tell(run: &Run, operation: &Operation, voice: &Voice, scrubber: &Scrubber) {
    let Some((message, made)) = voice.take() else { return };
    let is_made = !made.is_empty();
    let progress = EventKind::OperationProgress {
        operation: operation.id,
        instance: operation.instance.clone(),
        message: scrubber.text(&message),
        runtime: scrubber.map(&made),
    };
    if is_made {
        // What can't be stored is told by the writer, and the end of the operation will not be stored either.
        let _ = run.stored(progress).await;
    } else {
        run.append(progress).await;
    }
}

async fn context(
    run: &Arc<Run>,
    operation: &Operation,
    attempt: u32,
    scrubber: &Scrubber,
    voice: &Voice,
    cancel: CancellationToken,
) -> Result<Context, String> {
    let edition: Arc<Edition> = run.edition(operation);
    let world = Surroundings {
        deployment: run.deployment().to_owned(),
        edition: Arc::clone(&edition),
        journal: run.journal.clone(),
        secrets: Arc::clone(&run.secrets),
        scrubber: scrubber.clone(),
        seen: std::sync::Mutex::default(),
        files: None,
    };
    let node = edition.topology.nodes.get(&operation.node);
    let node = Arc::clone(node.ok_or_else(|| format!("the blueprint has no node {}", operation.node))?);
    let ends = match &operation.work {
        Work::Relationship { target, .. } => Some((operation.instance.as_str(), target.as_str())),
        _ => None,
    };
    let id = operation.instance.as_str();
    let (properties, runtime, inputs, spec) = world.look(Some(id), ends, |evaluator| {
        let record = evaluator.state.instances.get(id);
        Ok((
            evaluator.map(&node.properties)?,
            record.map(|record| record.runtime.clone()).unwrap_or_default(),
            evaluator.operation_inputs(&operation.inputs)?,
            match run.plan().instances.get(id) {
                // It is about to become this.
                Some(plan) if short_operation_name(&operation.name) == "update" => plan.spec.clone(),
                _ => record.map(|record| record.spec.clone()).unwrap_or_default(),
            },
        ))
    })?;
    let key = [run.deployment(), id, &operation.step(), &spec].join("\0");
    Ok(Context {
        deployment: run.deployment().to_owned(),
        execution: run.execution.clone(),
        key: fingerprint(key.as_bytes()),
        attempt,
        instance: operation.instance.clone(),
        node,
        properties,
        runtime,
        inputs,
        spec,
        folder: run.folder(operation).await?,
        cancel,
        report: voice.reporter(),
        world: Arc::new(world),
    })
}
