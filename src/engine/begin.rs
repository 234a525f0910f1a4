//! When an execution may begin, and what is stored when it does and when it ends.
//!
//! Works inside a transaction of the writer, so that of two processes that want the same deployment one is refused.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Transaction, params};

use super::journal::Begin;
use super::lease::{Lease, alive};
use super::writer::{Memory, Pen, to_json};
use super::{EventKind, ExecutionOutcome, Store};
use crate::plan::{Goal, State};

/// Why an execution does not begin. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One runs.
    #[error("an execution of this deployment runs already (process {pid})")]
    Running {
        /// Its name.
        execution: String,
        /// The process that runs it.
        pid: u32,
    },
    /// The plan was made from a state that is not the present one.
    #[error(
        "the plan is out of date: something has happened since it was made (event {planned} then, {now} now)"
    )]
    Outdated {
        /// The state that it was made from.
        planned: u64,
        /// The state now.
        now: u64,
    },
    /// Others use its values.
    #[error("{} still uses it", .dependents.join(", "))]
    Needed {
        /// The deployments that do.
        dependents: Vec<String>,
    },
    /// A target does not answer, or does not take us for who we are.
    #[error("the target {target} can't be used: {why}")]
    Target {
        /// As `gantry.yaml` or `--target` names it.
        target: String,
        /// What is wrong, and what to do about it.
        why: String,
    },
    /// The request queue is full, or the engine ends.
    #[error("the engine is too busy to take the request")]
    Busy,
    /// The journal can't be written.
    #[error("{why}")]
    Journal {
        /// Why.
        why: String,
    },
}

impl Refusal {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Running { .. } => "wait until it ends, or cancel it there".into(),
            Self::Outdated { .. } => "plan again".into(),
            Self::Needed { dependents } => format!("undeploy {} first", dependents.join(", ")),
            Self::Target { .. } => "choose another target, or deploy again once it is there".into(),
            Self::Busy => "try again".into(),
            Self::Journal { .. } => "see that the data directory is writable and its disk not full".into(),
        }
    }
}

/// Stores that an execution begins, unless it is refused.
pub(super) fn begin(
    store: &Store,
    memory: &Memory,
    pen: &mut Pen<'_>,
    begin: &Begin,
) -> rusqlite::Result<Option<Refusal>> {
    let name = &begin.plan.deployment;
    if is_held(store, name)? {
        let lease = store.lease(name)?;
        return Ok(lease.map(|lease| Refusal::Running { execution: lease.execution, pid: lease.pid }));
    }
    let state = memory.state(name);
    if state.revision != begin.plan.based_on {
        return Ok(Some(Refusal::Outdated { planned: begin.plan.based_on, now: state.revision }));
    }
    if begin.plan.goal == Goal::Undeploy && !begin.force {
        let dependents = dependents(memory, name);
        if !dependents.is_empty() {
            return Ok(Some(Refusal::Needed { dependents }));
        }
    }
    if state.status.is_running() {
        interrupt(pen, &state)?;
    }
    keep(pen.transaction, begin)?;
    pen.write(name, Some(&begin.execution), begin.started.clone())?;
    Ok(None)
}

/// Existing deployments that use values of `name`, in alphabetical order.
fn dependents(memory: &Memory, name: &str) -> Vec<String> {
    let mut dependents: Vec<String> = memory.states.with(|states| {
        let others = states.values().filter(|other| other.deployment != name);
        others
            .filter(|other| other.depends_on.iter().any(|used| used == name))
            .filter(|other| other.exists() || other.status.is_running())
            .map(|other| other.deployment.clone())
            .collect()
    });
    dependents.sort();
    dependents
}

/// Whether a living process runs an execution of `deployment`. This process only counts if it knows that it does.
pub(super) fn is_held(store: &Store, deployment: &str) -> rusqlite::Result<bool> {
    let lease = store.lease(deployment)?;
    Ok(lease.is_some_and(|lease| {
        alive(&lease) && (lease.pid != std::process::id() || runs_here(&lease.execution))
    }))
}

/// Ends an execution whose process has died.
pub(super) fn interrupt(pen: &mut Pen<'_>, state: &State) -> rusqlite::Result<()> {
    let execution = state.execution.as_ref().map(|execution| execution.id.as_str());
    pen.transaction.execute("DELETE FROM leases WHERE deployment = ?1", [&state.deployment])?;
    let error = Some("the program ended in the middle of it".into());
    let kind = EventKind::ExecutionEnded { outcome: ExecutionOutcome::Interrupted, error };
    pen.write(&state.deployment, execution, kind)
}

/// Forgets blueprints that nothing which exists was made from.
pub(super) fn clear_frozen(
    store: &Store,
    state: &State,
    transaction: &Transaction<'_>,
    execution: Option<&str>,
    outcome: ExecutionOutcome,
) -> rusqlite::Result<()> {
    let undeployed = outcome == ExecutionOutcome::Succeeded
        && state.execution.as_ref().is_some_and(|execution| execution.goal == Goal::Undeploy);
    let mut needed: HashSet<String> = HashSet::new();
    if !undeployed {
        needed.extend(state.instances.values().map(|record| record.execution.clone()));
        needed.extend(execution.map(str::to_owned));
        // The last one deployed tells the outputs, even when it changed no instance.
        needed.extend(store.last_deploy(&state.deployment).ok().flatten());
    }
    let mut statement =
        transaction.prepare_cached("SELECT execution FROM blueprints WHERE deployment = ?1")?;
    let known = statement.query_map([&state.deployment], |row| row.get::<_, String>(0))?;
    for old in known.collect::<rusqlite::Result<Vec<_>>>()?.iter().filter(|old| !needed.contains(*old)) {
        transaction.execute("DELETE FROM files WHERE execution = ?1", [old])?;
        transaction.execute("DELETE FROM blueprints WHERE execution = ?1", [old])?;
    }
    Ok(())
}

/// Stores plan, blueprint and lease of an execution that begins.
fn keep(transaction: &Transaction<'_>, begin: &Begin) -> rusqlite::Result<()> {
    let deployment = &begin.plan.deployment;
    let plan = to_json(&*begin.plan)?;
    transaction
        .execute("INSERT INTO plans VALUES (?1, ?2, ?3)", params![begin.execution, deployment, plan])?;
    if let Some(frozen) = &begin.frozen {
        transaction.execute(
            "INSERT INTO blueprints VALUES (?1, ?2, ?3, ?4)",
            params![begin.execution, deployment, frozen.main, to_json(&frozen.inputs)?],
        )?;
        for (path, content) in &frozen.files {
            transaction
                .execute("INSERT INTO files VALUES (?1, ?2, ?3)", params![begin.execution, path, content])?;
        }
    }
    let lease = Lease::mine(&begin.execution);
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(begin.execution.clone());
    transaction.execute(
        "INSERT OR REPLACE INTO leases VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![deployment, lease.execution, lease.pid, lease.started, lease.scope, lease.heartbeat_ms],
    )?;
    Ok(())
}

/// Executions that engines of this process run: a lease in this process's name is worth nothing without.
static RUNNING: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn runs_here(execution: &str) -> bool {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|running| running == execution)
}

/// Takes note that an execution of this process has ended.
pub(super) fn forget(execution: &str) {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|running| running != execution);
}
