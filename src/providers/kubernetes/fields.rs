//! Which fields of a live object are ours, from its `managedFields`; pure.
//!
//! A field that somebody else changes leaves our set (server-side apply, "field management"): what was in it after we
//! applied and is no longer, has drifted. No value is kept or compared, so no secret can leak.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

/// The name under which we apply.
pub const MANAGER: &str = "gantry";

/// A field that was ours, and who has it now; none where it was removed.
pub type Drift = (String, Option<String>);

/// Paths of all fields that we own: `spec.replicas`, `spec.template.spec.containers[name=web].image`.
pub fn ours(object: &Json) -> BTreeSet<String> {
    sets(object)
        .filter(|(manager, operation, _)| *manager == MANAGER && *operation == "Apply")
        .flat_map(|(_, _, paths)| paths)
        .collect()
}

/// Fields that we owned after applying, given as `recorded`, and own no longer.
pub fn drift(object: &Json, recorded: &BTreeSet<String>) -> Vec<Drift> {
    let now = ours(object);
    let mut others: BTreeMap<String, String> = BTreeMap::new();
    for (manager, _, paths) in sets(object).filter(|(manager, _, _)| *manager != MANAGER) {
        others.extend(paths.into_iter().map(|path| (path, manager.to_owned())));
    }
    recorded.difference(&now).map(|path| (path.clone(), others.get(path).cloned())).collect()
}

fn sets(object: &Json) -> impl Iterator<Item = (&str, &str, BTreeSet<String>)> {
    object.pointer("/metadata/managedFields").and_then(Json::as_array).into_iter().flatten().map(|entry| {
        let field = |key: &str| entry.get(key).and_then(Json::as_str).unwrap_or_default();
        let mut paths = BTreeSet::new();
        if let Some(fields) = entry.get("fieldsV1") {
            collect(fields, "", &mut paths);
        }
        (field("manager"), field("operation"), paths)
    })
}

/// Leaves of a `fieldsV1` tree (`f:name`, `k:{"key":…}`, `v:value`, `i:index`, `.` for the thing itself).
fn collect(fields: &Json, at: &str, paths: &mut BTreeSet<String>) {
    for (key, below) in fields.as_object().into_iter().flatten() {
        let Some((kind, name)) = key.split_once(':') else { continue };
        let path = match kind {
            "f" if at.is_empty() => name.to_owned(),
            "f" => format!("{at}.{name}"),
            "k" => format!("{at}[{}]", key_text(name)),
            _ => format!("{at}[{name}]"),
        };
        let is_leaf = below.as_object().is_none_or(|map| map.keys().all(|key| key == "."));
        if is_leaf {
            paths.insert(path);
        } else {
            collect(below, &path, paths);
        }
    }
}

/// `name=web` of `{"name":"web"}`.
fn key_text(json: &str) -> String {
    let Ok(Json::Object(map)) = serde_json::from_str::<Json>(json) else { return json.to_owned() };
    let pair = |(key, value): (&String, &Json)| {
        format!("{key}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    map.iter().map(pair).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_that_somebody_took_has_drifted() {
        let ours_at_first = json!({"f:spec": {"f:replicas": {}, "f:template": {"f:spec": {"f:containers":
            {"k:{\"name\":\"web\"}": {".": {}, "f:image": {}}}}}}});
        let applied = json!({"metadata": {"managedFields": [
            {"manager": "gantry", "operation": "Apply", "fieldsV1": ours_at_first}]}});
        let recorded = ours(&applied);
        assert_eq!(
            recorded.iter().map(String::as_str).collect::<Vec<_>>(),
            ["spec.replicas", "spec.template.spec.containers[name=web].image"]
        );
        assert_eq!(drift(&applied, &recorded), []);
        let edited = json!({"metadata": {"managedFields": [
            {"manager": "gantry", "operation": "Apply", "fieldsV1": {"f:spec": {"f:template": {"f:spec": {"f:containers":
                {"k:{\"name\":\"web\"}": {".": {}}}}}}}},
            {"manager": "kubectl", "operation": "Update", "subresource": "scale", "fieldsV1": {"f:spec": {"f:replicas": {}}}}]}});
        assert_eq!(
            drift(&edited, &recorded),
            [
                ("spec.replicas".into(), Some("kubectl".into())),
                ("spec.template.spec.containers[name=web].image".into(), None)
            ]
        );
    }
}
