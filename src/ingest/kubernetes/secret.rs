//! Values of Secrets are not written into blueprints: they become `get_secret`, by names that are told.

use super::super::Ingested;
use super::Object;
use crate::model::{Map, Value};

/// Takes the values out of a Secret's definition.
pub(super) fn hide(object: &Object, definition: &mut Map, out: &mut Ingested) {
    // What kubectl last applied holds them, too.
    if let Some(Value::Map(meta)) = definition.get_mut("metadata")
        && let Some(Value::Map(annotations)) = meta.get_mut("annotations")
    {
        annotations.shift_remove("kubectl.kubernetes.io/last-applied-configuration");
    }
    let mut hidden = Map::new();
    for section in ["data", "stringData"] {
        let Some(Value::Map(values)) = definition.shift_remove(section) else { continue };
        for key in values.keys() {
            let name =
                super::super::clean(&format!("{}_{key}", object.name)).replace('-', "_").to_lowercase();
            let call = Map::from_iter([("get_secret".to_owned(), Value::from(name.as_str()))]);
            if hidden.insert(key.clone(), Value::Map(call)).is_none() {
                let why =
                    format!("its value is not written into the blueprint: set the secret `{name}`, as text");
                out.leave(format!("{}, {key}", object.shown()), why, None);
            }
        }
    }
    if !hidden.is_empty() {
        definition.insert("stringData".to_owned(), Value::Map(hidden));
    }
}
