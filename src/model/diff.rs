//! [`diff`]: which [`Path`]s of a value differ in another. What an edit is checked against.
//!
//! Two maps with the same entries are the same whatever their order; two lists are not.

use super::Value;
use crate::diag::Path;

/// The paths at which `new` is not what `old` was, each as deep as it can be told: an entry that came or went, a
/// scalar that changed. Of lists whose lengths differ, the elements from the first difference on.
pub fn diff(old: &Value, new: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    compare(old, new, &Path::root(), &mut found);
    found
}

/// Whether they mean the same: no path differs. Unlike `==`, "not a number" is itself.
pub fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Map(old), Value::Map(new)) => {
            old.len() == new.len()
                && old.iter().all(|(key, value)| new.get(key).is_some_and(|other| same(value, other)))
        }
        (Value::List(old), Value::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        }
        (Value::Float(old), Value::Float(new)) => old.total_cmp(new).is_eq(),
        (old, new) => old == new,
    }
}

fn compare(old: &Value, new: &Value, path: &Path, found: &mut Vec<Path>) {
    match (old, new) {
        (Value::Map(old), Value::Map(new)) => {
            for (key, value) in old {
                match new.get(key) {
                    Some(other) => compare(value, other, &path.key(key), found),
                    None => found.push(path.key(key)),
                }
            }
            found.extend(new.keys().filter(|key| !old.contains_key(key)).map(|key| path.key(key)));
        }
        (Value::List(old), Value::List(new)) => {
            for position in 0..old.len().max(new.len()) {
                match (old.get(position), new.get(position)) {
                    (Some(old), Some(new)) => compare(old, new, &path.index(position), found),
                    _ => found.push(path.index(position)),
                }
            }
        }
        (old, new) if same(old, new) => {}
        _ => found.push(path.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(old: &str, new: &str) -> Vec<String> {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        diff(&value(old), &value(new)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn differences_are_told_as_deep_as_they_go() {
        assert_eq!(
            paths(r#"{"a":{"b":1,"c":[1,2]}}"#, r#"{"a":{"c":[1,3],"d":0}}"#),
            ["a.b", "a.c[1]", "a.d"]
        );
        assert_eq!(paths(r#"{"a":[1]}"#, r#"{"a":[1,2]}"#), ["a[1]"]);
        assert_eq!(paths(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#), Vec::<String>::new());
        assert_eq!(paths("1", "{}"), [""]);
    }

    #[test]
    fn not_a_number_is_itself() {
        assert!(same(&Value::Float(f64::NAN), &Value::Float(f64::NAN)));
        assert!(diff(&Value::Float(f64::NAN), &Value::Float(f64::NAN)).is_empty());
    }
}
