//! The pieces of the resolved plan that other programs read, under the reference plan's key names.

use super::topology::Scalable;
use crate::model::{Map, Value};

/// Counts as `capabilities.scalable.properties` has them.
pub(super) fn counts(scalable: &Scalable) -> Value {
    let default = &scalable.default_instances;
    Value::Map(Map::from_iter([
        ("default_instances".to_owned(), default.clone()),
        ("min_instances".to_owned(), scalable.min_instances.clone()),
        ("max_instances".to_owned(), scalable.max_instances.clone()),
        ("current_instances".to_owned(), default.clone()),
        ("planned_instances".to_owned(), default.clone()),
    ]))
}
