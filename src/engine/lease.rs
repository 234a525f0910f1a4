//! [`Lease`]: the right of one process to run executions of one deployment.
//!
//! Knows how to tell whether the process that has it still lives: by its number and start time where the same process
//! table can be looked at, else by the age of its heartbeat.

use super::journal::now_ms;

/// A heartbeat older than this is a dead process's, where nothing better is known.
const STALE_MS: i64 = 15_000;

/// Who runs an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lease {
    pub execution: String,
    /// 0 when its owner gave it up in the middle of the execution.
    pub pid: u32,
    /// When the process began, in the terms of its system: process numbers are used again.
    pub started: String,
    /// The process table that `pid` is a number of.
    pub scope: String,
    pub heartbeat_ms: i64,
}

impl Lease {
    /// A lease of this process.
    pub fn mine(execution: &str) -> Self {
        let pid = std::process::id();
        Self {
            execution: execution.to_owned(),
            pid,
            started: started(pid).unwrap_or_default(),
            scope: scope(),
            heartbeat_ms: now_ms(),
        }
    }
}

/// Whether the process that has `lease` still runs.
pub(super) fn alive(lease: &Lease) -> bool {
    if lease.pid == 0 {
        return false;
    }
    let here = scope();
    if !here.is_empty() && lease.scope == here {
        return started(lease.pid).is_some_and(|started| started == lease.started);
    }
    (now_ms() - lease.heartbeat_ms).abs() < STALE_MS
}

/// Start time of a process that is no zombie, in clock ticks since the machine began.
#[cfg(target_os = "linux")]
fn started(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command, field 2, may hold blanks and brackets: count from its end.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    (state != "Z" && state != "X").then(|| fields.nth(18).map(str::to_owned)).flatten()
}

#[cfg(not(target_os = "linux"))]
fn started(_pid: u32) -> Option<String> {
    None
}

#[cfg(target_os = "linux")]
fn scope() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let table = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    if boot.is_empty() { String::new() } else { format!("{} {}", boot.trim(), table.display()) }
}

#[cfg(not(target_os = "linux"))]
fn scope() -> String {
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_lives_as_long_as_its_process() {
        let mine = Lease::mine("e");
        assert!(alive(&mine));
        assert!(!alive(&Lease { pid: 0, ..mine.clone() }));
        let child = std::process::Command::new("true").spawn().and_then(|mut child| {
            let pid = child.id();
            child.wait().map(|_| pid)
        });
        assert!(!alive(&Lease { pid: child.unwrap(), ..mine.clone() }), "that process has ended");
        let elsewhere = Lease { scope: "another machine".into(), ..mine };
        assert!(alive(&elsewhere));
        assert!(!alive(&Lease { heartbeat_ms: now_ms() - 60_000, ..elsewhere }));
    }
}
