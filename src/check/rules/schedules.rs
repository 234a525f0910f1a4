//! Schedules of `deployment_settings`: weekdays, recurrences, and parameters that are known in advance.

use crate::check::Checker;
use crate::diag::{Diagnostic, Path};
use crate::model::Value;

const WEEKDAYS: &[&str] = &["su", "mo", "tu", "we", "th", "fr", "sa"];
const UNITS: &[&str] = &[
    "seconds", "second", "sec", "secs", "s", "minutes", "minute", "min", "mins", "m", "hours", "hour", "h",
    "hr", "hrs", "days", "day", "d", "weeks", "week", "w", "months", "month", "mo", "years", "year", "y",
];

/// Tells schedules that could never run as they are written.
pub(super) fn check(cx: &mut Checker<'_>) {
    let schedules =
        cx.blueprint.section("deployment_settings").and_then(|settings| settings.get("default_schedules"));
    for (name, schedule) in schedules.and_then(Value::as_map).into_iter().flatten() {
        let path = Path::of(["deployment_settings", "default_schedules", name]);
        let mut tell = |path: Path, message: String, class: &'static str, code: Option<i32>| {
            cx.diagnostics.push(Diagnostic::error("schedule", path, message).with_reference(class, code));
        };
        if let Some(parameters) = schedule.get("workflow_parameters").and_then(Value::as_map) {
            let runtime = parameters.contains_key("get_attribute")
                || parameters.values().any(|value| value.get("get_attribute").is_some());
            if runtime {
                let message = "parameters of a schedule are fixed when the deployment is made: no attribute is known then";
                tell(path.key("workflow_parameters"), message.into(), "DSLParsingException", Some(1));
            }
        }
        for (index, day) in
            schedule.get("weekdays").and_then(Value::as_list).unwrap_or_default().iter().enumerate()
        {
            let Some(text) = day.as_str() else { continue };
            let lower = text.to_lowercase();
            if !WEEKDAYS.iter().any(|weekday| lower.ends_with(weekday)) {
                let message =
                    format!("`{text}` is no weekday: su, mo, tu, we, th, fr, sa, with an ordinal before it");
                tell(path.key("weekdays").index(index), message, "DSLParsingException", Some(1));
            }
        }
        if let Some(recurrence) = schedule.get("recurrence").and_then(Value::as_str)
            && !is_period(recurrence)
        {
            let message = format!("`{recurrence}` is no period such as `2 weeks` or `1d`");
            tell(path.key("recurrence"), message, "NonRecoverableError", None);
        }
    }
}

/// `2 weeks`, `1d`.
fn is_period(text: &str) -> bool {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    digits > 0 && UNITS.contains(&text[digits..].trim().to_lowercase().as_str())
}
