//! [`Writer`]: the one thread that numbers, stores, folds and only then forwards every event.
//!
//! Everything that waits is written in one transaction (group commit). Events that other processes wrote are noticed, folded and
//! forwarded alike. The front end's inbox is bounded: what does not fit is read again from the store later,
//! so that a window that sleeps holds nobody up. Does not know when an execution may begin (`begin`).

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use rusqlite::{Transaction, TransactionBehavior, params};
use tokio::sync::{mpsc, watch};

use super::begin::{self, clear_frozen, forget, interrupt, is_held};
use super::journal::{Append, Begin, QUEUE, Request, States, now_ms};
use super::{Event, EventKind, Notice, Refusal, Store, StoreError, fold};
use crate::plan::{State, fingerprint};

/// How often other processes' events are looked for.
const POLL: Duration = Duration::from_millis(250);
/// How often leases are renewed and others' looked at.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// Notices that may wait for room in the inbox.
const NOTICES: usize = 64;

/// What is in the journal, folded.
pub(super) struct Memory {
    pub states: States,
    /// Number of the last event that is folded.
    cursor: u64,
    changed: watch::Sender<u64>,
}

impl Memory {
    fn take_in(&mut self, events: &[Event]) {
        self.states.with(|states| {
            for event in events {
                let state =
                    states.entry(event.deployment.clone()).or_insert_with(|| State::new(&event.deployment));
                fold(state, event);
            }
        });
        if let Some(last) = events.last() {
            self.cursor = last.sequence;
            self.changed.send_modify(|count| *count += 1);
        }
    }

    /// The state of `deployment`, empty if nothing is known of it.
    pub fn state(&self, deployment: &str) -> State {
        self.states.with(|states| states.get(deployment).cloned()).unwrap_or_else(|| State::new(deployment))
    }
}

/// New events of one transaction, numbered as they come.
pub(super) struct Pen<'a> {
    pub transaction: &'a Transaction<'a>,
    next: u64,
    events: Vec<Event>,
}

impl Pen<'_> {
    /// Stores an event under the next number.
    pub fn write(
        &mut self,
        deployment: &str,
        execution: Option<&str>,
        kind: EventKind,
    ) -> rusqlite::Result<()> {
        let execution = execution.map(str::to_owned);
        let event = Event {
            sequence: self.next,
            time_ms: now_ms(),
            deployment: deployment.to_owned(),
            execution,
            kind,
        };
        let body = to_json(&event)?;
        self.transaction.prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(
            params![
                i64::try_from(self.next).unwrap_or(i64::MAX),
                event.time_ms,
                deployment,
                event.execution,
                body,
                fingerprint(body.as_bytes())
            ],
        )?;
        self.next += 1;
        self.events.push(event);
        Ok(())
    }
}

/// As text for the store.
pub(super) fn to_json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// The front end's inbox, and how far it has been told.
struct Front {
    cursor: u64,
    notices: VecDeque<Notice>,
    forward: Box<dyn Fn(Notice) -> Option<Notice> + Send>,
    wake: Box<dyn Fn() + Send>,
}

impl Front {
    /// Forwards the notices that wait; false if the inbox is full.
    fn flush(&mut self) -> bool {
        while let Some(notice) = self.notices.pop_front() {
            if let Some(notice) = (self.forward)(notice) {
                self.notices.push_front(notice);
                return false;
            }
        }
        true
    }

    /// Forwards the events that follow its cursor.
    fn offer(&mut self, events: &[Event]) {
        let mut told = false;
        for event in events {
            if event.sequence != self.cursor + 1 || (self.forward)(Notice::Event(event.clone())).is_some() {
                break;
            }
            self.cursor = event.sequence;
            told = true;
        }
        if told {
            (self.wake)();
        }
    }
}

/// The writer, before and while it runs.
pub(super) struct Writer {
    store: Store,
    memory: Memory,
    /// Deployments whose lease is ours, with the execution.
    mine: HashMap<String, String>,
    front: Front,
    data_version: i64,
}

impl Writer {
    pub fn new(
        store: Store,
        states: States,
        changed: watch::Sender<u64>,
        forward: Box<dyn Fn(Notice) -> Option<Notice> + Send>,
        wake: Box<dyn Fn() + Send>,
    ) -> Self {
        Self {
            store,
            memory: Memory { states, cursor: 0, changed },
            mine: HashMap::new(),
            front: Front { cursor: 0, notices: VecDeque::new(), forward, wake },
            data_version: 0,
        }
    }

    /// Reads all that was journaled before.
    pub fn load(&mut self) -> Result<(), StoreError> {
        let events = self.store.events(None, 0, usize::MAX)?;
        self.memory.take_in(&events);
        self.front.cursor = self.memory.cursor;
        self.bury_the_dead()
    }

    /// Works until nobody can ask any more, and gives up the leases of what still runs.
    pub async fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        let mut batch = Vec::with_capacity(QUEUE);
        let mut heartbeat = Instant::now();
        loop {
            let wait = if self.front.cursor < self.memory.cursor || !self.front.notices.is_empty() {
                Duration::from_millis(20)
            } else {
                POLL
            };
            match tokio::time::timeout(wait, queue.recv_many(&mut batch, QUEUE)).await {
                Ok(0) => break,
                Ok(_) => self.write(std::mem::take(&mut batch)).await,
                Err(_) => {}
            }
            let mut looked = self.look_abroad();
            if heartbeat.elapsed() >= HEARTBEAT {
                heartbeat = Instant::now();
                looked = looked.and_then(|()| self.beat()).and_then(|()| self.bury_the_dead());
            }
            if let Err(error) = looked {
                self.trouble(&error);
            }
            self.catch_up_front();
        }
        for (deployment, execution) in &self.mine {
            forget(execution);
            // What can't be given up now is found stale later.
            let _ = self
                .store
                .connection
                .execute("UPDATE leases SET pid = 0 WHERE deployment = ?1", [deployment]);
        }
    }

    fn trouble(&mut self, error: &StoreError) {
        let notice = Notice::Trouble { message: error.to_string(), hint: Some(error.hint()) };
        if self.front.notices.back() != Some(&notice) && self.front.notices.len() < NOTICES {
            self.front.notices.push_back(notice);
        }
    }

    /// Lets the front end have what did not fit into its inbox before.
    fn catch_up_front(&mut self) {
        if !self.front.flush() || self.front.cursor >= self.memory.cursor {
            return;
        }
        match self.store.events(None, self.front.cursor, 256) {
            Ok(events) => self.front.offer(&events),
            Err(error) => self.trouble(&error),
        }
    }

    /// Takes in what other processes wrote.
    fn look_abroad(&mut self) -> Result<(), StoreError> {
        let version = self
            .store
            .connection
            .query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0))
            .map_err(|error| StoreError::of(&self.store.path, &error))?;
        if version != self.data_version {
            let events = self.store.events(None, self.memory.cursor, usize::MAX)?;
            self.data_version = version;
            self.memory.take_in(&events);
            self.front.offer(&events);
        }
        Ok(())
    }

    fn beat(&mut self) -> Result<(), StoreError> {
        for deployment in self.mine.keys() {
            self.store
                .connection
                .execute(
                    "UPDATE leases SET heartbeat_ms = ?2 WHERE deployment = ?1",
                    params![deployment, now_ms()],
                )
                .map_err(|error| StoreError::of(&self.store.path, &error))?;
        }
        Ok(())
    }

    /// Journals the end of executions whose process has died.
    fn bury_the_dead(&mut self) -> Result<(), StoreError> {
        let mut running: Vec<String> = self.memory.states.with(|states| {
            let running = states.values().filter(|state| state.status.is_running());
            running.map(|state| state.deployment.clone()).collect()
        });
        running.retain(|name| !self.mine.contains_key(name));
        for deployment in running {
            self.transact(|store, memory, pen| {
                let state = memory.state(&deployment);
                if state.status.is_running() && !is_held(store, &deployment)? {
                    interrupt(pen, &state)?;
                }
                Ok(())
            })
            .map_err(|error| StoreError::of(&self.store.path, &error))?;
        }
        Ok(())
    }

    /// One transaction, begun by taking in what others wrote, so that numbers follow on and what is decided in it is
    /// decided on what is there.
    fn transact<T>(
        &mut self,
        write: impl FnOnce(&Store, &Memory, &mut Pen<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let Self { store, memory, front, .. } = self;
        let transaction = Transaction::new_unchecked(&store.connection, TransactionBehavior::Immediate)?;
        let foreign = store.events(None, memory.cursor, usize::MAX).map_err(|error| to_sqlite(&error))?;
        memory.take_in(&foreign);
        front.offer(&foreign);
        let mut pen = Pen { transaction: &transaction, next: memory.cursor + 1, events: Vec::new() };
        let done = write(store, memory, &mut pen)?;
        let events = pen.events;
        transaction.commit()?;
        memory.take_in(&events);
        front.offer(&events);
        Ok(done)
    }

    async fn write(&mut self, requests: Vec<Request>) {
        let mut appends = Vec::new();
        for request in requests {
            match request {
                Request::Append(append) => appends.push(*append),
                Request::Begin(begin, answer) => {
                    self.write_appends(std::mem::take(&mut appends)).await;
                    let _ = answer.send(self.begin(&begin));
                }
                Request::Settle(done) => {
                    self.write_appends(std::mem::take(&mut appends)).await;
                    let _ = done.send(());
                }
                Request::Tell(notice) => {
                    self.write_appends(std::mem::take(&mut appends)).await;
                    self.front.notices.push_back(*notice);
                    self.catch_up_front();
                    self.front.flush();
                    (self.front.wake)();
                }
            }
        }
        self.write_appends(appends).await;
    }

    async fn write_appends(&mut self, appends: Vec<Append>) {
        if appends.is_empty() {
            return;
        }
        let mut tries = 0;
        let result = loop {
            tries += 1;
            match self.store_appends(&appends) {
                Ok(()) => break Ok(()),
                // A full disk or a busy file may pass; what was done must not be forgotten lightly.
                Err(_) if tries < 4 => tokio::time::sleep(Duration::from_millis(200 * tries)).await,
                Err(error) => break Err(StoreError::of(&self.store.path, &error)),
            }
        };
        let answer = match result {
            Ok(()) => Ok(()),
            Err(error) => {
                self.trouble(&error);
                Err(format!("{error}; {}", error.hint()))
            }
        };
        for append in appends {
            if matches!(append.kind, EventKind::ExecutionEnded { .. })
                && let Some(execution) = self.mine.remove(&append.deployment)
            {
                forget(&execution);
            }
            if let Some(ack) = append.ack {
                let _ = ack.send(answer.clone());
            }
        }
    }

    fn begin(&mut self, begin: &Begin) -> Result<(), Refusal> {
        let answer = self.transact(|store, memory, pen| begin::begin(store, memory, pen, begin));
        match answer {
            Ok(None) => {
                self.mine.insert(begin.plan.deployment.clone(), begin.execution.clone());
                Ok(())
            }
            Ok(Some(refusal)) => Err(refusal),
            Err(error) => {
                forget(&begin.execution);
                Err(Refusal::Journal { why: StoreError::of(&self.store.path, &error).to_string() })
            }
        }
    }

    fn store_appends(&mut self, appends: &[Append]) -> rusqlite::Result<()> {
        self.transact(|store, memory, pen| {
            for append in appends {
                let (deployment, execution) = (&append.deployment, append.execution.as_deref());
                pen.write(deployment, execution, append.kind.clone())?;
                if let EventKind::ExecutionEnded { outcome, .. } = append.kind {
                    pen.transaction.execute("DELETE FROM leases WHERE deployment = ?1", [deployment])?;
                    clear_frozen(store, &memory.state(deployment), pen.transaction, execution, outcome)?;
                }
            }
            Ok(())
        })
    }
}

fn to_sqlite(error: &StoreError) -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    rusqlite::Error::SqliteFailure(code, Some(error.to_string()))
}
