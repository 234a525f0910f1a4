//! Files that a blueprint names (descriptors and the like; scripts are the reader's business): each must be there before anything is deployed.

use super::imports::LaneFiles;
use crate::check::{self, Resource, Topology};
use crate::diag::{Diagnostic, Diagnostics};

/// One diagnostic for each named file that is not among `files`.
pub fn missing(topology: &Topology, files: &LaneFiles) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for Resource { file, path } in check::resources(topology) {
        let problem = match files.look(&file) {
            Ok(true) => continue,
            Ok(false) => format!("there is no file `{file}` in the blueprint's folder"),
            Err(problem) => problem.to_string(),
        };
        diagnostics.push(
            Diagnostic::error("missing-resource", path, problem)
                .with_hint("paths are relative to the folder of the blueprint"),
        );
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Node;
    use crate::model::{Map, Value};
    use std::sync::Arc;

    #[test]
    fn a_missing_descriptor_is_told_at_its_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pod.yaml"), "").unwrap();
        let file = |name: &str| Value::Map(Map::from([("file".into(), name.into())]));
        let files = Value::List(vec![file("pod.yaml"), file("gone.yaml"), file("../../etc/passwd")]);
        let node = Node {
            name: "quagga".into(),
            type_hierarchy: ["cloudify.kubernetes.Microservice".into()].into(),
            properties: Map::from([("config_files".into(), files)]),
            ..Node::default()
        };
        let mut topology = Topology::default();
        topology.nodes.insert("quagga".into(), Arc::new(node));
        let found = missing(&topology, &LaneFiles::new(folder.path(), "blueprint.yaml"));
        let paths: Vec<String> = found.iter().map(|diagnostic| diagnostic.path.to_string()).collect();
        assert_eq!(
            paths,
            [
                "node_templates.quagga.properties.config_files[1].file",
                "node_templates.quagga.properties.config_files[2].file"
            ]
        );
    }
}
