//! [`Scrubber`]: strikes secrets out of everything that an operation says or leaves.

use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{Map, Value};

/// What stands where a secret stood.
const STRUCK: &str = "***";

/// The secrets that an operation has seen.
#[derive(Clone, Default)]
pub(super) struct Scrubber(Arc<Mutex<Vec<String>>>);

impl Scrubber {
    /// Remembers secrets, longest first: one may be part of another.
    pub fn learn(&self, secrets: impl IntoIterator<Item = String>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in secrets {
            for form in [secret.clone(), secret.trim().to_owned()] {
                if !form.is_empty() && !known.contains(&form) {
                    known.push(form);
                }
            }
        }
        known.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    }

    /// Without secrets.
    pub fn text(&self, text: &str) -> String {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), STRUCK))
    }

    /// Without secrets, in keys and values.
    pub fn map(&self, map: &Map) -> Map {
        map.iter().map(|(key, value)| (self.text(key), self.value(value))).collect()
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::List(list) => Value::List(list.iter().map(|item| self.value(item)).collect()),
            Value::Map(map) => Value::Map(self.map(map)),
            Value::Null | Value::Bool(_) => value.clone(),
            plain => {
                let text = plain.to_string();
                let clean = self.text(&text);
                if clean == text { plain.clone() } else { Value::String(clean) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_struck_out_at_any_depth() {
        let scrubber = Scrubber::default();
        scrubber.learn(["hunter2\n".to_owned(), "4711".to_owned(), String::new()]);
        let map = Map::from([
            ("url".into(), Value::from("http://me:hunter2@host")),
            ("list".into(), Value::List(vec![Value::Int(4711), Value::Int(5)])),
        ]);
        let clean = Value::Map(scrubber.map(&map)).to_string();
        assert_eq!(clean, "{url: http://me:***@host, list: [***, 5]}");
    }
}
