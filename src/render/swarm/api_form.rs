//! The form of plugin 1.0: `task_template`, `mode`, `update_config`, `networks`, `endpoint_spec` hold the API's own structure
//! in snake case. Keys become the API's spelling at every depth; keys under `labels` and `env` are the user's own.

use bollard::models::ServiceSpec;
use serde_json::{Map as JsonMap, Value as Json};

use super::Taker;
use crate::model::Value;

const SECTIONS: [&str; 4] = ["task_template", "mode", "update_config", "endpoint_spec"];

/// What the sections say; an empty spec where there are none. A key that the API doesn't know is a problem.
pub(super) fn service_spec(take: &mut Taker<'_>) -> ServiceSpec {
    let mut whole = JsonMap::new();
    for section in SECTIONS {
        let body = take.optional(section, |value| match value {
            Value::Map(map) if map.is_empty() => Ok(None),
            Value::Map(_) => api_keys(value).map(Some),
            _ => Err(format!("a map expected, not {}", value.a_kind())),
        });
        let Some(body) = body.flatten() else { continue };
        let key = api_key(section);
        let one = Json::Object(JsonMap::from_iter([(key.clone(), body.clone())]));
        match serde_json::from_value::<ServiceSpec>(one.clone()) {
            Err(error) => take.wrong(section, format!("the Docker API takes no such value: {error}")),
            Ok(understood) => match unknown(&one, &serde_json::to_value(understood).unwrap_or_default()) {
                Some(unknown) => take.wrong(section, format!("the Docker API knows no `{unknown}`")),
                None => drop(whole.insert(key, body)),
            },
        }
    }
    serde_json::from_value(Json::Object(whole)).unwrap_or_default()
}

/// `task_template` → `TaskTemplate`. A key that has a capital letter is in the API's spelling already.
fn api_key(key: &str) -> String {
    match key {
        "nano_cpus" => return "NanoCPUs".into(),
        _ if key.contains(|letter: char| letter.is_ascii_uppercase()) => return key.into(),
        _ => {}
    }
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    key.split('_').map(capital).collect()
}

fn api_keys(value: &Value) -> Result<Json, String> {
    match value {
        Value::Map(map) => {
            let mut out = JsonMap::new();
            for (key, value) in map {
                let own = matches!(key.to_lowercase().as_str(), "labels" | "options");
                let inner = match value {
                    Value::Map(_) if own => value.to_json(),
                    _ => api_keys(value)?,
                };
                if out.insert(api_key(key), inner).is_some() {
                    return Err(format!("`{key}` is given twice, in two spellings"));
                }
            }
            Ok(Json::Object(out))
        }
        Value::List(list) => list.iter().map(api_keys).collect::<Result<_, _>>().map(Json::Array),
        other => Ok(other.to_json()),
    }
}

/// The first key of `given` that is not in `understood`.
fn unknown(given: &Json, understood: &Json) -> Option<String> {
    match (given, understood) {
        (Json::Object(given), Json::Object(understood)) => {
            given.iter().find_map(|(key, value)| match understood.get(key) {
                Some(inner) => unknown(value, inner).map(|deeper| format!("{key}.{deeper}")),
                None if value.is_null() => None,
                None => Some(key.clone()),
            })
        }
        (Json::Array(given), Json::Array(understood)) => {
            given.iter().zip(understood).find_map(|(given, understood)| unknown(given, understood))
        }
        _ => None,
    }
}
