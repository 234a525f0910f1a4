//! What an instance has on its cluster, as its runtime properties remember it.
//!
//! Owns the names of those properties. It is journaled before anything is made, so that a crash forgets nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::connect::Way;
use crate::engine::Failure;
use crate::model::{Map, Value};
use crate::render::kubernetes::ObjectRef;

/// Runtime property: where objects are, in the order in which they were applied.
pub const RESOURCES: &str = "kubernetes_resources";
/// Runtime property: fields that were ours after applying, by object.
pub const FIELDS: &str = "kubernetes_fields";
/// Runtime property: the cluster, without credentials.
pub const CLUSTER: &str = "kubernetes_cluster";

/// Objects that `runtime` records.
pub fn resources(runtime: &Map) -> Vec<ObjectRef> {
    let list = runtime.get(RESOURCES).and_then(Value::as_list).unwrap_or_default();
    list.iter().filter_map(ObjectRef::from_value).collect()
}

/// `references` as a runtime property.
pub fn record(references: &[ObjectRef]) -> Value {
    Value::List(references.iter().map(ObjectRef::to_value).collect())
}

/// Fields that were ours after applying, by the text of the reference.
pub fn fields(runtime: &Map) -> BTreeMap<String, BTreeSet<String>> {
    let entries = runtime.get(FIELDS).and_then(Value::as_map);
    entries
        .into_iter()
        .flatten()
        .map(|(reference, paths)| {
            let paths = paths.as_list().unwrap_or_default();
            (reference.clone(), paths.iter().filter_map(|path| path.as_str().map(str::to_owned)).collect())
        })
        .collect()
}

/// The cluster that `runtime` names; the current context if it names none.
pub(super) fn way(runtime: &Map) -> Result<Way, Failure> {
    let info = runtime.get(CLUSTER);
    if info.is_some_and(|info| info.get("blueprint").is_some()) {
        return Err(Failure::fatal(
            "the kubeconfig of this cluster stands in the blueprint alone; choose its context by `--target kubernetes:CONTEXT`",
        ));
    }
    Ok(info.and_then(Way::from_info).unwrap_or_default())
}
