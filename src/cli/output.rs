//! How the command line prints: events as lines, states as words, problems as snippets; nothing hostile reaches a terminal.

use std::io::{IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};

use crate::diag::{Diagnostic, Diagnostics, Severity, counted, escape, escape_json, render};
use crate::engine::{Event, EventKind, ExecutionOutcome};
use crate::model::{Value, pretty};
use crate::plan::short_operation_name;
use crate::session::OpenProject;

/// Exit codes (see `gantry --help`).
pub mod exit {
    /// All is well.
    pub const OK: u8 = 0;
    /// The blueprints have errors.
    pub const PROBLEMS: u8 = 1;
    /// The command line makes no sense.
    pub const USAGE: u8 = 2;
    /// A deployment failed.
    pub const FAILED: u8 = 3;
    /// A person (or the lack of one) said no, or cancelled.
    pub const CANCELLED: u8 = 4;
}

/// Bold.
pub const BOLD: Style = Style::new().bold();
/// What went well.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// What went wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What wants attention.
pub const CARE: Style = AnsiColor::Yellow.on_default();
/// What may be skipped.
pub const DIM: Style = Style::new().dimmed();

/// Writes a line to stdout. A closed pipe (`| head`) is no error worth telling.
pub fn line(text: impl AsRef<str>) {
    let _ = writeln!(anstream::stdout(), "{}", text.as_ref());
}

/// Writes a line to stderr.
pub fn note(text: impl AsRef<str>) {
    let _ = writeln!(anstream::stderr(), "{}", text.as_ref());
}

/// Tells `error` on stderr as one line without control characters; gives `code`, to end the program with.
pub fn failed(error: impl std::fmt::Display, code: u8) -> u8 {
    note(format!("{}: {}", paint(BAD, "error"), escape(&error.to_string())));
    code
}

/// `text` in `style`.
pub fn paint(style: Style, text: impl AsRef<str>) -> String {
    format!("{style}{}{style:#}", text.as_ref())
}

/// One JSON document on stdout.
pub fn json(value: &impl serde::Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => line(escape_json(&text)),
        Err(error) => note(format!("error: the result can't be printed as JSON: {error}")),
    }
}

/// A value as JSON on stdout, its numbers exactly.
pub fn value_json(value: &Value) {
    line(escape_json(&pretty(value)));
}

/// One JSON document as one line on stdout.
pub fn json_line(value: &impl serde::Serialize) {
    line(escape_json(&serde_json::to_string(value).unwrap_or_default()));
}

/// Asks a question of which the safe answer is no. Without a terminal the answer is no.
pub fn confirmed(question: &str, yes: bool) -> bool {
    if yes {
        return true;
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        note(format!("{question} — no terminal to ask at, so the answer is no; `--yes` answers yes"));
        return false;
    }
    let _ = write!(anstream::stderr(), "{question} [y/N] ");
    let _ = anstream::stderr().flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).is_ok()
        && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// All problems with their snippets on stderr, and how many there are.
pub fn problems(project: &OpenProject, diagnostics: &Diagnostics) {
    for diagnostic in diagnostics {
        let text = render(diagnostic, |name| project.source(name));
        let style = match diagnostic.severity {
            Severity::Error => BAD,
            Severity::Warning => CARE,
            Severity::Hint => DIM,
        };
        match text.split_once(": ") {
            Some((head, rest)) => note(format!("{}: {}", paint(style, head), rest.trim_end())),
            None => note(text.trim_end()),
        }
    }
}

/// `2 errors, 1 warning`.
pub fn tally(diagnostics: &Diagnostics) -> String {
    let count = |severity, word: &str| {
        let number = diagnostics.count(severity);
        (number > 0).then(|| counted(number, word))
    };
    let parts: Vec<String> =
        [count(Severity::Error, "error"), count(Severity::Warning, "warning"), count(Severity::Hint, "hint")]
            .into_iter()
            .flatten()
            .collect();
    if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") }
}

/// A diagnostic in the stable machine form of `gantry check --format json`.
pub fn problem_json(diagnostic: &Diagnostic) -> serde_json::Value {
    let place = diagnostic.place.as_ref();
    serde_json::json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "file": place.map(|place| &place.file),
        "line": place.map(|place| place.span.line),
        "column": place.map(|place| place.span.column),
        "path": diagnostic.path.to_string(),
        "hint": (!diagnostic.hints.is_empty()).then(|| diagnostic.hints.join("; ")),
        "reference": diagnostic.reference,
    })
}

/// The report of `gantry check --format json`.
pub fn problems_json(diagnostics: &Diagnostics) -> serde_json::Value {
    serde_json::json!({ "problems": diagnostics.iter().map(problem_json).collect::<Vec<_>>() })
}

/// `2026-11-23 12:06:41.207`, UTC.
pub fn time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map(|time| time.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string())
        .unwrap_or_default()
}

/// An event as one line, in the form of Cloudify's own event lines:
/// `2026-11-23 12:06:41.207  CFY <service> [nginx_ab12cd.start] Task succeeded (rehearsed)`.
pub fn event_line(event: &Event) -> String {
    let (place, text) = event_text(&event.kind);
    let place = place.map(|place| format!("[{place}] ")).unwrap_or_default();
    escape(&format!("{}  CFY <{}> {place}{text}", time(event.time_ms), event.deployment))
}

/// What an event is about (`instance.operation`), and what it says.
pub fn event_text(kind: &EventKind) -> (Option<String>, String) {
    let at = |instance: &str, name: &str| Some(format!("{instance}.{}", short_operation_name(name)));
    match kind {
        EventKind::ExecutionStarted { goal, operations, .. } => {
            (None, format!("Starting '{}' workflow execution ({operations} operations)", goal.workflow()))
        }
        EventKind::ExecutionEnded { outcome, error } => {
            let word = match outcome {
                ExecutionOutcome::Succeeded => "succeeded",
                ExecutionOutcome::Failed => "failed",
                ExecutionOutcome::Cancelled => "cancelled",
                ExecutionOutcome::Interrupted => "interrupted",
            };
            let error = error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
            (None, format!("Workflow execution {word}{error}"))
        }
        EventKind::OperationStarted { instance, name, attempt, rehearsed, .. } => {
            let again = if *attempt > 1 { format!(" (try {attempt})") } else { String::new() };
            (at(instance, name), format!("Task started{again}{}", mark(*rehearsed)))
        }
        EventKind::OperationProgress { instance, message, .. } => (Some(instance.clone()), message.clone()),
        EventKind::OperationRetrying { instance, why, after_secs, .. } => {
            (Some(instance.clone()), format!("Task rescheduled in {after_secs:.1} s -> {why}"))
        }
        EventKind::OperationSucceeded { instance, name, message, rehearsed, .. } => {
            let message = message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
            (at(instance, name), format!("Task succeeded{message}{}", mark(*rehearsed)))
        }
        EventKind::OperationFailed { instance, name, why, .. } => {
            (at(instance, name), format!("Task failed -> {why}"))
        }
        EventKind::OperationSkipped { instance, name, .. } => (at(instance, name), "Task skipped".to_owned()),
        EventKind::OutputsEvaluated { outputs, .. } => {
            let outputs: Vec<String> =
                outputs.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            (None, format!("Outputs: {}", outputs.join(", ")))
        }
        EventKind::Observed { instance, health, reason, ready, .. } => {
            let health = format!("{health:?}").to_lowercase();
            let ready = ready.map(|(ready, of)| format!(" {ready}/{of} ready")).unwrap_or_default();
            let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            (Some(instance.clone()), format!("{health}{ready}{reason}"))
        }
        EventKind::Log { instance, message } => (instance.clone(), message.clone()),
    }
}

/// The mark of everything that was not done for real.
pub fn mark(rehearsed: bool) -> &'static str {
    if rehearsed { " (rehearsed)" } else { "" }
}
