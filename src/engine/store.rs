//! [`Store`]: everything that is remembered: events, plans, frozen blueprints and leases, in one `SQLite` file.
//!
//! Write-ahead log and full synchronisation: what was committed survives the loss of power. Opening refuses what it can't
//! trust; it never starts afresh over a file that it does not understand. Does not number or forward events (`journal`).

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use rusqlite::{Connection, OptionalExtension, params};

use super::lease::{Lease, alive};
use super::open::open;
use super::{Event, StoreError, fold};
use crate::model::Map;
use crate::plan::{DeploymentStatus, Plan, State, fingerprint};

/// A blueprint as it was when it was deployed: with it, what it made can be gone on with and removed, even when
/// the project has changed or is gone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frozen {
    /// The blueprint file, relative to the lane's folder.
    pub main: String,
    /// Inputs of the deployment.
    pub inputs: Map,
    /// Every file of the lane that the blueprint may use, by relative path with `/`.
    pub files: IndexMap<String, Vec<u8>>,
}

impl Frozen {
    /// What [`crate::plan::Edition::files`] is filled with.
    pub fn fingerprints(&self) -> IndexMap<String, String> {
        self.files.iter().map(|(path, content)| (path.clone(), fingerprint(content))).collect()
    }
}

/// One line of the list of deployments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The execution that runs.
    pub execution: String,
    /// The process that runs it.
    pub pid: u32,
}

/// The file, opened. Several processes may have it open; each write is one transaction.
pub struct Store {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
}

impl Store {
    /// Opens the journal in `directory`, making both if they are not there (readable by their owner only).
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        open(directory).map(|(path, connection)| Self { path, connection })
    }

    fn fail(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::of(&self.path, error)
    }

    /// Names of all deployments that something was ever journaled of, in alphabetical order.
    pub fn deployments(&self) -> Result<Vec<String>, StoreError> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self
                .connection
                .prepare_cached("SELECT DISTINCT deployment FROM events ORDER BY deployment")?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(|error| self.fail(&error))
    }

    /// At most `limit` events after number `sequence`, of one deployment or all.
    pub fn events(
        &self,
        deployment: Option<&str>,
        sequence: u64,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let read = || -> rusqlite::Result<Vec<(u64, String, String)>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT sequence, body, checksum FROM events
                 WHERE sequence > ?1 AND (?2 IS NULL OR deployment = ?2) ORDER BY sequence LIMIT ?3",
            )?;
            let rows = statement.query_map(
                params![
                    i64::try_from(sequence).unwrap_or(i64::MAX),
                    deployment,
                    i64::try_from(limit).unwrap_or(i64::MAX)
                ],
                |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?, row.get(2)?)),
            )?;
            rows.collect()
        };
        let rows = read().map_err(|error| self.fail(&error))?;
        rows.into_iter()
            .map(|(sequence, body, checksum)| {
                let why = |why: String| StoreError::Corrupt {
                    path: self.path.clone(),
                    why: format!("event {sequence} {why}"),
                };
                if fingerprint(body.as_bytes()) != checksum {
                    return Err(why("is not what was written".into()));
                }
                let event: Event =
                    serde_json::from_str(&body).map_err(|error| why(format!("can't be read: {error}")))?;
                if event.sequence == sequence {
                    Ok(event)
                } else {
                    Err(why("has the number of another".into()))
                }
            })
            .collect()
    }

    /// The state of `deployment`; none if nothing was ever journaled of it. An execution that ended with the
    /// program that ran it shows as interrupted.
    pub fn state(&self, deployment: &str) -> Result<Option<State>, StoreError> {
        let events = self.events(Some(deployment), 0, usize::MAX)?;
        if events.is_empty() {
            return Ok(None);
        }
        let mut state = State::new(deployment);
        for event in &events {
            fold(&mut state, event);
        }
        if state.status.is_running() && self.holder(deployment)?.is_none() {
            state.status = DeploymentStatus::Interrupted;
        }
        Ok(Some(state))
    }

    /// Who runs an execution of `deployment` now. A lease whose process has died does not count.
    pub fn holder(&self, deployment: &str) -> Result<Option<Holder>, StoreError> {
        let lease = self.lease(deployment).map_err(|error| self.fail(&error))?;
        Ok(lease.filter(alive).map(|lease| Holder { execution: lease.execution, pid: lease.pid }))
    }

    /// Whether a living process runs `execution`; told only as far as it can be told.
    pub(super) fn runs(&self, execution: &str) -> bool {
        let deployment = self.connection.query_row(
            "SELECT deployment FROM leases WHERE execution = ?1",
            [execution],
            |row| row.get::<_, String>(0),
        );
        match deployment {
            Ok(deployment) => self.holder(&deployment).is_ok_and(|holder| holder.is_some()),
            Err(rusqlite::Error::QueryReturnedNoRows) => false,
            Err(_) => true,
        }
    }

    pub(super) fn lease(&self, deployment: &str) -> rusqlite::Result<Option<Lease>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT execution, pid, started, scope, heartbeat_ms FROM leases WHERE deployment = ?1",
        )?;
        statement
            .query_row([deployment], |row| {
                Ok(Lease {
                    execution: row.get(0)?,
                    pid: row.get(1)?,
                    started: row.get(2)?,
                    scope: row.get(3)?,
                    heartbeat_ms: row.get(4)?,
                })
            })
            .optional()
    }

    /// The plan that `execution` runs or ran.
    pub fn plan(&self, execution: &str) -> Result<Option<Plan>, StoreError> {
        let body: Option<String> = self
            .connection
            .query_row("SELECT body FROM plans WHERE execution = ?1", [execution], |row| row.get(0))
            .optional()
            .map_err(|error| self.fail(&error))?;
        body.map(|body| {
            serde_json::from_str(&body).map_err(|error| StoreError::Corrupt {
                path: self.path.clone(),
                why: format!("the plan of {execution} can't be read: {error}"),
            })
        })
        .transpose()
    }

    /// The blueprint that `execution` deployed; none once nothing is left of what it made.
    pub fn frozen(&self, execution: &str) -> Result<Option<Frozen>, StoreError> {
        let read = || -> rusqlite::Result<Option<Frozen>> {
            let head: Option<(String, String)> = self
                .connection
                .query_row("SELECT main, inputs FROM blueprints WHERE execution = ?1", [execution], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            let Some((main, inputs)) = head else { return Ok(None) };
            let mut statement = self
                .connection
                .prepare_cached("SELECT path, content FROM files WHERE execution = ?1 ORDER BY path")?;
            let files = statement.query_map([execution], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let inputs = serde_json::from_str(&inputs).unwrap_or_default();
            Ok(Some(Frozen { main, inputs, files: files.collect::<rusqlite::Result<_>>()? }))
        };
        read().map_err(|error| self.fail(&error))
    }

    /// The last execution of `deployment` that deployed it.
    pub fn last_deploy(&self, deployment: &str) -> Result<Option<String>, StoreError> {
        self.connection
            .query_row(
                "SELECT execution FROM blueprints WHERE deployment = ?1 ORDER BY rowid DESC LIMIT 1",
                [deployment],
                |row| row.get(0),
            )
            .optional()
            .map_err(|error| self.fail(&error))
    }
}
