//! Opening the journal: made whole or not at all, and refused when it can't be trusted.
//!
//! An empty or foreign file is never taken for a new journal: a new one appears under its name only when it is complete.
//! Does not know what is in the tables (`store`).

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

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
        /// What the database says.
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

/// Opens the journal in `directory`, and gives its path as well.
pub(super) fn open(directory: &Path) -> Result<(PathBuf, Connection), StoreError> {
    let path = directory.join(FILE_NAME);
    let unusable =
        |error: std::io::Error| StoreError::Unusable { path: path.clone(), why: error.to_string() };
    create_private_directory(directory).map_err(unusable)?;
    match std::fs::metadata(&path) {
        Ok(found) if found.len() == 0 => {
            return Err(StoreError::Corrupt { path, why: "it is empty".into() });
        }
        Ok(found) if found.len() < 512 => {
            return Err(StoreError::Corrupt { path, why: "it is too short".into() });
        }
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => create(directory, &path)?,
        Err(error) => return Err(unusable(error)),
    }
    let fail = |error: rusqlite::Error| StoreError::of(&path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&path, flags).map_err(fail)?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(fail)?;
    trust(&path, &connection)?;
    settle(&connection).map_err(fail)?;
    Ok((path, connection))
}

/// Refuses what is not ours, too new, or damaged.
fn trust(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    let fail = |error: rusqlite::Error| StoreError::of(path, &error);
    let corrupt = |why: String| StoreError::Corrupt { path: path.to_owned(), why };
    let number = |name: &str| {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0)).map_err(fail)
    };
    if number("application_id")? != APPLICATION {
        return Err(corrupt("it is a database, but not a journal of Gantry".into()));
    }
    let version = number("user_version")?;
    if version > VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), found: version });
    }
    let verdict: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(fail)?;
    if verdict == "ok" { Ok(()) } else { Err(corrupt(verdict)) }
}

fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// Makes a journal beside its place and then puts it there, unless another process was faster.
fn create(directory: &Path, path: &Path) -> Result<(), StoreError> {
    let unusable =
        |error: std::io::Error| StoreError::Unusable { path: path.to_owned(), why: error.to_string() };
    let draft = directory.join(format!("{FILE_NAME}.{}", unique()));
    let made = create_private_file(&draft).map_err(unusable).and_then(|()| {
        let fill = || {
            let connection = Connection::open_with_flags(&draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            connection.execute_batch(TABLES)?;
            connection.pragma_update(None, "application_id", APPLICATION)?;
            connection.pragma_update(None, "user_version", VERSION)
        };
        fill().map_err(|error| StoreError::of(path, &error))?;
        match std::fs::hard_link(&draft, path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(unusable(error)),
            _ => Ok(()),
        }
    });
    // A draft that stays behind does no harm.
    let _ = std::fs::remove_file(&draft);
    made
}

/// A name that no other draft has.
fn unique() -> String {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    format!("{}-{count}", std::process::id())
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

/// `SQLite` gives its companion files the mode of the main one.
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
