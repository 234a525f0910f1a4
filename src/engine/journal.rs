//! [`Journal`]: the way to the journal writer, and the states that it keeps.
//!
//! Cheap to clone; every part of the engine has one. Does not know how events are stored (`writer`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::{mpsc, oneshot, watch};

use super::writer::Writer;
use super::{EventKind, Frozen, Notice, Refusal, Store, StoreError};
use crate::plan::{Plan, State};

/// Requests that may wait.
pub(super) const QUEUE: usize = 1024;

/// Milliseconds since 1970, UTC.
pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// What the writer is asked.
pub(super) enum Request {
    Append(Box<Append>),
    Begin(Box<Begin>, oneshot::Sender<Result<(), Refusal>>),
    Tell(Box<Notice>),
    Settle(oneshot::Sender<()>),
}

/// A fact to be journaled.
pub(super) struct Append {
    pub deployment: String,
    pub execution: Option<String>,
    pub kind: EventKind,
    pub ack: Option<Ack>,
}

/// Answers when the event is stored and folded.
pub(super) type Ack = oneshot::Sender<Result<(), String>>;

/// An execution that wants to begin.
pub(super) struct Begin {
    pub execution: String,
    pub plan: Arc<Plan>,
    pub started: EventKind,
    pub frozen: Option<Frozen>,
    pub force: bool,
}

/// The states of all deployments, as journaled.
#[derive(Clone, Default)]
pub(super) struct States(Arc<Mutex<HashMap<String, State>>>);

impl States {
    /// Looks at them, shortly: the writer waits meanwhile.
    pub fn with<T>(&self, look: impl FnOnce(&mut HashMap<String, State>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where the rest of the engine reaches the writer.
#[derive(Clone)]
pub(super) struct Journal {
    requests: mpsc::Sender<Request>,
    pub states: States,
    /// Counts changes: seen by those who wait for one.
    pub changes: watch::Receiver<u64>,
}

impl Journal {
    /// Starts the writer. It ends when the last handle is dropped and all is written.
    pub fn start(
        store: Store,
        forward: impl Fn(Notice) -> Option<Notice> + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> Result<(Self, std::thread::JoinHandle<()>), StoreError> {
        let (requests, queue) = mpsc::channel(QUEUE);
        let (changed, changes) = watch::channel(0);
        let states = States::default();
        let path = store.path.clone();
        let unusable =
            |error: std::io::Error| StoreError::Unusable { path: path.clone(), why: error.to_string() };
        let mut writer = Writer::new(store, states.clone(), changed, Box::new(forward), Box::new(wake));
        writer.load()?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(unusable)?;
        let thread = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || runtime.block_on(writer.run(queue)))
            .map_err(unusable)?;
        Ok((Self { requests, states, changes }, thread))
    }

    /// Journals a fact; waits only while the writer's queue is full.
    pub async fn append(&self, deployment: &str, execution: Option<&str>, kind: EventKind) {
        self.send(deployment, execution, kind, None).await;
    }

    /// Journals a fact and waits until it is stored.
    pub async fn stored(
        &self,
        deployment: &str,
        execution: Option<&str>,
        kind: EventKind,
    ) -> Result<(), String> {
        let (ack, stored) = oneshot::channel();
        self.send(deployment, execution, kind, Some(ack)).await;
        stored.await.unwrap_or_else(|_| Err("the journal writer has ended".into()))
    }

    /// Waits until all that was journaled before is stored and folded.
    pub async fn settled(&self) {
        let (done, settled) = oneshot::channel();
        let _ = self.requests.send(Request::Settle(done)).await;
        let _ = settled.await;
    }

    async fn send(&self, deployment: &str, execution: Option<&str>, kind: EventKind, ack: Option<Ack>) {
        let execution = execution.map(str::to_owned);
        // A closed queue drops the acknowledgement, which tells who waits for it.
        let append = Append { deployment: deployment.to_owned(), execution, kind, ack };
        let _ = self.requests.send(Request::Append(Box::new(append))).await;
    }

    /// Asks to begin an execution.
    pub async fn begin(&self, begin: Begin) -> Result<(), Refusal> {
        let (ack, answer) = oneshot::channel();
        let _ = self.requests.send(Request::Begin(Box::new(begin), ack)).await;
        answer.await.unwrap_or_else(|_| Err(Refusal::Journal { why: "the journal writer has ended".into() }))
    }

    /// Tells the front end something that is no fact of a deployment.
    pub async fn tell(&self, notice: Notice) {
        let _ = self.requests.send(Request::Tell(Box::new(notice))).await;
    }
}
