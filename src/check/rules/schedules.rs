//! Schedules of `deployment_settings`: times, weekdays, recurrences, and parameters that are known in advance.
//!
//! Times are written down in UTC for the plan. A time without a date means a day that is not known here: it stays as
//! written.

use std::sync::LazyLock;

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZoneDatabase;
use regex::Regex;

use crate::check::Checker;
use crate::diag::{Diagnostic, Path};
use crate::model::{Blueprint, Map, Value};

const WEEKDAYS: &[&str] = &["su", "mo", "tu", "we", "th", "fr", "sa"];

type Pattern = LazyLock<Option<Regex>>;

/// `2 weeks`, `1d`.
static PERIOD: Pattern = LazyLock::new(|| {
    Regex::new(r"^([0-9]+) ?(min(ute)?|h(our)?|d(ay)?|w(eek)?|mo(nth)?|y(ear)?)s?\n?$").ok()
});

/// Each step of `+1w+2d`, as far as it is read.
static STEP: Pattern = LazyLock::new(|| Regex::new(r"\+([0-9]+ ?[a-z]+ ?)").ok());

/// `2020-01-01 07:40`, with a date or without.
static TIME: Pattern = LazyLock::new(|| {
    Regex::new(
        r"^(?:([0-9]{4})-(1[0-2]|0[1-9]|[1-9])-(3[01]|[12][0-9]|0[1-9]|[1-9]| [1-9])\s+)?(2[0-3]|[01][0-9]|[0-9]):([0-5][0-9]|[0-9])$",
    )
    .ok()
});

/// The time zones of this program, not those of the machine.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

fn is(pattern: &Pattern, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// What is wrong with a schedule: the key, what, and under which class and number the reference parser tells it.
struct Fault {
    path: Path,
    message: String,
    class: &'static str,
    code: Option<i32>,
}

/// Tells schedules that could never run as they are written.
pub(super) fn check(cx: &mut Checker<'_>) {
    let schedules =
        cx.blueprint.section("deployment_settings").and_then(|settings| settings.get("default_schedules"));
    for (name, schedule) in schedules.and_then(Value::as_map).into_iter().flatten() {
        let path = Path::of(["deployment_settings", "default_schedules", name]);
        for Fault { path, message, class, code } in faults(schedule, &path) {
            cx.diagnostics.push(Diagnostic::error("schedule", path, message).with_reference(class, code));
        }
    }
}

fn faults(schedule: &Value, path: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut tell = |path: Path, message: String, class: &'static str, code: Option<i32>| {
        faults.push(Fault { path, message, class, code });
    };
    if let Some(parameters) = schedule.get("workflow_parameters").and_then(Value::as_map) {
        let runtime = parameters.contains_key("get_attribute")
            || parameters.values().any(|value| value.get("get_attribute").is_some());
        if runtime {
            let message =
                "parameters of a schedule are fixed when the deployment is made: no attribute is known then";
            tell(path.key("workflow_parameters"), message.into(), "DSLParsingException", Some(1));
        }
    }
    for (index, day) in
        schedule.get("weekdays").and_then(Value::as_list).unwrap_or_default().iter().enumerate()
    {
        if day.is_null() {
            let message = "a weekday is missing: nothing stands behind the dash".to_owned();
            tell(path.key("weekdays").index(index), message, "AttributeError", None);
        }
        let Some(text) = day.as_str() else { continue };
        let lower = text.to_lowercase();
        if !WEEKDAYS.iter().any(|weekday| lower.ends_with(weekday)) {
            let message =
                format!("`{text}` is no weekday: su, mo, tu, we, th, fr, sa, with an ordinal before it");
            tell(path.key("weekdays").index(index), message, "DSLParsingException", Some(1));
        }
    }
    let text = |key: &str| schedule.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(recurrence) = text("recurrence").filter(|recurrence| !is(&PERIOD, recurrence)) {
        let message = format!("`{recurrence}` is no period such as `2 weeks` or `1d`");
        tell(path.key("recurrence"), message, "NonRecoverableError", None);
    }
    for key in ["since", "until"] {
        if let Some(Err(message)) = text(key).map(|time| utc(time, text("timezone"))) {
            tell(path.key(key), message, "NonRecoverableError", None);
        }
    }
    faults
}

/// A time in UTC: `2020-01-01 07:40:00`. One that counts from the start (`+2 days`), and one without a date, as
/// written.
fn utc(time: &str, zone: Option<&str>) -> Result<String, String> {
    if time.starts_with('+') {
        let steps = STEP.as_ref().into_iter().flat_map(|step| step.captures_iter(time));
        for step in steps.filter_map(|found| found.get(1)) {
            if !is(&PERIOD, step.as_str()) {
                return Err(format!("`+{}` is no period such as `+2 weeks` or `+1d`", step.as_str()));
            }
        }
        return Ok(time.to_owned());
    }
    let wrong = || format!("`{time}` is no time such as `2030-01-31 07:40` or `07:40`");
    let found = TIME.as_ref().and_then(|pattern| pattern.captures(time)).ok_or_else(wrong)?;
    let number = |group: usize| found.get(group).and_then(|text| text.as_str().trim().parse::<i16>().ok());
    let zone = match zone {
        None => None,
        // Names are as exact here as they are there.
        Some(name) => Some(
            ZONES
                .get(name)
                .ok()
                .filter(|zone| zone.iana_name() == Some(name))
                .ok_or_else(|| format!("`{name}` is no time zone such as `Europe/Madrid`"))?,
        ),
    };
    let small = |group: usize| number(group).and_then(|number| i8::try_from(number).ok()).unwrap_or_default();
    let clock = Time::new(small(4), small(5), 0, 0).map_err(|_| wrong())?;
    let Some(year) = number(1) else { return Ok(time.to_owned()) };
    let date = jiff::civil::Date::new(year, small(2), small(3)).map_err(|_| wrong())?;
    let local = DateTime::from_parts(date, clock);
    let moment = match zone {
        None => local,
        Some(zone) => {
            let moment = zone.to_ambiguous_timestamp(local).later().map_err(|_| wrong())?;
            moment.to_zoned(jiff::tz::TimeZone::UTC).datetime()
        }
    };
    Ok(moment.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// `deployment_settings` as the plan has them.
pub(in crate::check) fn settings(blueprint: &Blueprint) -> Value {
    let Some(written) = blueprint.section("deployment_settings") else { return Value::Map(Map::new()) };
    let mut settings: Map =
        written.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect();
    let schedules = settings.get("default_schedules").and_then(Value::as_map).cloned().unwrap_or_default();
    let shown = schedules.into_iter().map(|(name, mut schedule)| {
        if let Value::Map(map) = &mut schedule {
            let zone = map.shift_remove("timezone");
            for key in ["since", "until"] {
                if let Some(Value::String(time)) = map.get_mut(key)
                    && let Ok(moment) = utc(time, zone.as_ref().and_then(Value::as_str))
                {
                    *time = moment;
                }
            }
        }
        (name, schedule)
    });
    let shown = Value::Map(shown.collect());
    settings.insert("default_schedules".into(), shown);
    Value::Map(settings)
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn times_are_written_down_in_utc() {
        assert_eq!(utc("2020-1-1 7:40", None).as_deref(), Ok("2020-01-01 07:40:00"));
        assert_eq!(utc("2035-01-01 19:30", Some("EST")).as_deref(), Ok("2035-01-02 00:30:00"));
        assert_eq!(utc("2021-07-01 12:00", Some("Asia/Jerusalem")).as_deref(), Ok("2021-07-01 09:00:00"));
        // An hour that is there twice is the second one, as the reference parser has it.
        assert_eq!(utc("2021-10-31 02:30", Some("Europe/Madrid")).as_deref(), Ok("2021-10-31 01:30:00"));
        assert_eq!(utc("07:40", None).as_deref(), Ok("07:40"));
        assert_eq!(utc("+1w+2 days", None).as_deref(), Ok("+1w+2 days"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for (time, zone) in [
            ("2020-13-01 07:40", None),
            ("2020-02-30 07:40", None),
            ("7 o'clock", None),
            ("+3 fortnights", None),
            ("2020-01-01 07:40", Some("est")),
            ("2020-01-01 07:40", Some("Mars/Olympus")),
        ] {
            assert!(utc(time, zone).is_err(), "{time} {zone:?}");
        }
    }
}
