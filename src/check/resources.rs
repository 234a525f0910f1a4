//! Files of the blueprint's folder that nodes name: manifests, compose files, scripts.

use super::topology::Topology;
use crate::diag::Path;
use crate::model::Value;

/// A file that a node names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Relative to the blueprint's folder.
    pub file: String,
    /// Where it is named.
    pub path: Path,
}

/// Files that the operations of a topology will want, as far as they are known without a deployment.
pub fn resources(topology: &Topology) -> Vec<Resource> {
    let mut all = Vec::new();
    let mut add = |value: Option<&Value>, path: Path| {
        if let Some(Value::String(file)) = value
            && !file.is_empty()
            && !file.contains("://")
        {
            all.push(Resource { file: file.clone(), path });
        }
    };
    for node in topology.nodes.values() {
        let path = Path::of(["node_templates", &node.name, "properties"]);
        if node.is_a("cloudify.kubernetes.Microservice") {
            let list = node.properties.get("config_files").and_then(Value::as_list).unwrap_or_default();
            for (index, item) in list.iter().enumerate() {
                let at = path.key("config_files").index(index);
                match item {
                    Value::String(_) => add(Some(item), at),
                    _ => add(item.get("file"), at.key("file")),
                }
            }
        }
        if node.is_a("cloudify.kubernetes.resources.FileDefinedResource") {
            let file = node.properties.get("file");
            add(file.and_then(|file| file.get("resource_path")), path.key("file").key("resource_path"));
        }
        if node.is_a("cloudify.kubernetes.resources.MultipleFileDefinedResources") {
            let list = node.properties.get("files").and_then(Value::as_list).unwrap_or_default();
            for (index, item) in list.iter().enumerate() {
                let at = path.key("files").index(index);
                match item {
                    Value::String(_) => add(Some(item), at),
                    _ => add(item.get("resource_path"), at.key("resource_path")),
                }
            }
        }
        if node.is_a("cloudify.swarm.Microservice") {
            add(node.properties.get("compose_file"), path.key("compose_file"));
        }
    }
    all
}
