//! `placement`, `limits` and `reservations` of a service.
//!
//! Keys are taken in the API's spelling (`MemoryBytes`), in snake case (`memory_bytes`) and in the short form of
//! compose files (`memory: 64m`, `cpus: 0.5`).

use bollard::models::{
    Limit, ResourceObject, TaskSpecPlacement, TaskSpecPlacementPreferences, TaskSpecPlacementSpread,
};

use super::container::words;
use super::{text, whole};
use crate::model::{Map, Value};

fn map(value: &Value) -> Result<&Map, String> {
    value.as_map().ok_or_else(|| format!("a map expected, not {}", value.a_kind()))
}

fn plain(key: &str) -> String {
    key.to_lowercase().replace('_', "")
}

/// `constraints`, `preferences` (`spread` descriptors) and `max_replicas` per node.
pub(super) fn placement(value: &Value) -> Result<Option<TaskSpecPlacement>, String> {
    let map = map(value)?;
    let mut placement = TaskSpecPlacement::default();
    for (key, value) in map {
        match plain(key).as_str() {
            "constraints" => placement.constraints = Some(constraints(value)?),
            "preferences" => placement.preferences = Some(preferences(value)?),
            "maxreplicas" => placement.max_replicas = Some(whole(value)?),
            _ => {
                return Err(format!(
                    "`{key}` is no way to place tasks: constraints, preferences, max_replicas"
                ));
            }
        }
    }
    Ok((!map.is_empty()).then_some(placement))
}

/// A list of `node.role==worker`, or one of them.
fn constraints(value: &Value) -> Result<Vec<String>, String> {
    let list = if value.as_list().is_some() { words(value)? } else { vec![text(value)?] };
    match list.iter().find(|constraint| !constraint.contains("==") && !constraint.contains("!=")) {
        Some(wrong) => {
            Err(format!("`{wrong}` is no constraint: `node.role==worker` or `node.labels.zone!=a`, say"))
        }
        None => Ok(list),
    }
}

fn preferences(value: &Value) -> Result<Vec<TaskSpecPlacementPreferences>, String> {
    let list = value.as_list().ok_or("preferences are a list of `{ spread: node.labels.zone }`")?;
    let one = |preference: &Value| {
        let spread = preference
            .get("spread")
            .or_else(|| preference.get("Spread"))
            .ok_or("a preference has the key `spread`")?;
        let descriptor =
            spread.get("spread_descriptor").or_else(|| spread.get("SpreadDescriptor")).unwrap_or(spread);
        let spread = TaskSpecPlacementSpread { spread_descriptor: Some(text(descriptor)?) };
        Ok(TaskSpecPlacementPreferences { spread: Some(spread) })
    };
    list.iter().map(one).collect()
}

/// Never more than this.
pub(super) fn limits(value: &Value) -> Result<Option<Limit>, String> {
    let map = map(value)?;
    let mut limit = Limit::default();
    for (key, value) in map {
        match plain(key).as_str() {
            "nanocpus" => limit.nano_cpus = Some(whole(value)?),
            "cpus" => limit.nano_cpus = Some(cpus(value)?),
            "memorybytes" | "memory" => limit.memory_bytes = Some(bytes(value)?),
            "pids" => limit.pids = Some(whole(value)?),
            _ => return Err(format!("`{key}` is no limit: cpus, memory, pids")),
        }
    }
    Ok((!map.is_empty()).then_some(limit))
}

/// At least this, on the node that runs the task.
pub(super) fn reservations(value: &Value) -> Result<Option<ResourceObject>, String> {
    let map = map(value)?;
    let mut reservation = ResourceObject::default();
    for (key, value) in map {
        match plain(key).as_str() {
            "nanocpus" => reservation.nano_cpus = Some(whole(value)?),
            "cpus" => reservation.nano_cpus = Some(cpus(value)?),
            "memorybytes" | "memory" => reservation.memory_bytes = Some(bytes(value)?),
            _ => return Err(format!("`{key}` can't be reserved: cpus, memory")),
        }
    }
    Ok((!map.is_empty()).then_some(reservation))
}

/// `0.5` of a processor, in billionths.
fn cpus(value: &Value) -> Result<i64, String> {
    match text(value)?.trim().parse::<f64>() {
        Ok(count) if (0.0..=1e6).contains(&count) => Ok((count * 1e9).round() as i64),
        _ => Err(format!("`{value}` is no number of processors")),
    }
}

/// Bytes, or text with a unit as compose files have it: `b`, `k`, `m`, `g`, each also with `b` behind; 1 k is 1024.
fn bytes(value: &Value) -> Result<i64, String> {
    let written = text(value)?.trim().to_lowercase();
    let number = written.trim_end_matches(|unit: char| unit.is_ascii_alphabetic());
    let scale = match &written[number.len()..] {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        unit => return Err(format!("`{unit}` is no unit of memory: b, k, m or g")),
    };
    let wrong = || format!("`{value}` is no amount of memory: `64m`, say");
    let number: i64 = number.trim().parse().map_err(|_| wrong())?;
    number.checked_mul(scale).filter(|bytes| *bytes >= 0).ok_or_else(wrong)
}
