//! [`Store`]: everything that is remembered: events, plans, frozen blueprints and leases, in one SQLite file.
//!
//! Write-ahead log and full synchronisation: what was committed survives the loss of power. Opening refuses what it can't
//! trust; it never starts afresh over a file that it does not understand. Does not number or forward events (`journal`).

use std::path::{Path, PathBuf};
use std::time::Duration;

use indexmap::IndexMap;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::lease::{Lease, alive};
use super::{Event, fold};
use crate::model::Map;
use crate::plan::{DeploymentStatus, Plan, State, fingerprint};

/// Marks the file as ours ("Gntr").
const APPLICATION: i64 = 0x476e_7472;
/// Version of the tables below.
const VERSION: i64 = 1;
/// Name of the file in the data directory.
pub const FILE_NAME: &str = "gantry.db";

const TABLES: &str = "
CREATE TABLE events (sequence INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, deployment TEXT NOT NULL,
                     execution TEXT, body TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;
CREATE INDEX events_of ON events (deployment, sequence);
CREATE TABLE plans (execution TEXT PRIMARY KEY, deployment TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE blueprints (execution TEXT PRIMARY KEY, deployment TEXT NOT NULL, main TEXT NOT NULL, inputs TEXT NOT NULL) STRICT;
CREATE TABLE files (execution TEXT NOT NULL, path TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (execution, path)) STRICT;
CREATE TABLE leases (deployment TEXT PRIMARY KEY, execution TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,
                     scope TEXT NOT NULL, heartbeat_ms INTEGER NOT NULL) STRICT;
";

/// Why the store can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is damaged, or is none of ours.
    #[error("the journal {path} is damaged: {why}")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        why: String,
    },
    /// A newer version of the program wrote it.
    #[error(
        "the journal {path} was written by a newer Gantry (its format is {found}, this one knows up to {VERSION})"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// It can't be made, read or written.
    #[error("the journal {path} can't be used: {why}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
}

impl StoreError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Corrupt { path, .. } => format!(
                "nothing was changed; keep a copy of {0}, {0}-wal and {0}-shm, then restore a backup or move them away to start \
                 with an empty journal (deployed things stay, but are not known any more)",
                path.display()
            ),
            Self::Newer { .. } => "use that version, or another data directory (GANTRY_DATA_DIR)".into(),
            Self::Unusable { path, .. } => format!(
                "make {} writable and its disk not full, or choose another data directory (GANTRY_DATA_DIR)",
                path.parent().unwrap_or(path).display()
            ),
        }
    }

    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let why = error.to_string();
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                Self::Corrupt { path, why }
            }
            _ => Self::Unusable { path, why },
        }
    }
}

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
        let path = directory.join(FILE_NAME);
        let unusable =
            |error: std::io::Error| StoreError::Unusable { path: path.clone(), why: error.to_string() };
        create_private_directory(directory).map_err(unusable)?;
        create_private_file(&path).map_err(unusable)?;
        let connection = Connection::open_with_flags(
            &path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        );
        let mut store = match connection {
            Ok(connection) => Self { path: path.clone(), connection },
            Err(error) => return Err(StoreError::of(&path, &error)),
        };
        store.prepare()?;
        Ok(store)
    }

    fn fail(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::of(&self.path, error)
    }

    fn prepare(&mut self) -> Result<(), StoreError> {
        let corrupt = |why: String| StoreError::Corrupt { path: self.path.clone(), why };
        self.settle().map_err(|error| self.fail(&error))?;
        let number = |name: &str| {
            self.connection
                .query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
                .map_err(|error| self.fail(&error))
        };
        let (application, version, tables) =
            (number("application_id")?, number("user_version")?, self.tables()?);
        if application == 0 && version == 0 && tables == 0 {
            return self.create().map_err(|error| self.fail(&error));
        }
        if application != APPLICATION {
            return Err(corrupt("it is an SQLite database, but not a journal of Gantry".into()));
        }
        if version > VERSION {
            return Err(StoreError::Newer { path: self.path.clone(), found: version });
        }
        let verdict = self
            .connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))
            .map_err(|error| self.fail(&error))?;
        if verdict == "ok" { Ok(()) } else { Err(corrupt(verdict)) }
    }

    fn settle(&self) -> rusqlite::Result<()> {
        self.connection.busy_timeout(Duration::from_secs(10))?;
        self.connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        self.connection.pragma_update(None, "synchronous", "full")?;
        self.connection.set_prepared_statement_cache_capacity(32);
        Ok(())
    }

    fn tables(&self) -> Result<i64, StoreError> {
        self.connection
            .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
            .map_err(|error| self.fail(&error))
    }

    /// Another process may be making the same tables: who comes second finds them.
    fn create(&mut self) -> rusqlite::Result<()> {
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let there: i64 = transaction.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
        if there == 0 {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        transaction.commit()
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

#[cfg(unix)]
fn create_private_directory(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn create_private_directory(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)
}

/// SQLite gives its companion files the mode of the main one.
fn create_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}
