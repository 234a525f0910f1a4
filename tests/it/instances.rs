//! Instances of a deployment: containment, scaling groups, connection types, limits.

use gantry::check::{Catalog, Instance, check, read};
use gantry::diag::{Diagnostics, Source};
use gantry::dsl::NoFiles;
use gantry::model::Map;
use gantry::plan::expand;

fn instances(text: &str) -> Result<Vec<Instance>, Diagnostics> {
    let text =
        format!("tosca_definitions_version: cloudify_dsl_1_3\nimports: [cloudify/types/types.yaml]\n{text}");
    let catalog = Catalog::built_in();
    let (topology, problems) = check(&read(&Source::new("b.yaml", text), &NoFiles, &catalog), &catalog);
    assert!(!problems.has_errors(), "{problems:?}");
    expand("d", &topology, &Map::new())
}

const NESTED: &str = "node_templates:\n  host: {type: cloudify.nodes.Compute, instances: {deploy: 2}}\n  app:\n    \
    type: cloudify.nodes.Root\n    instances: {deploy: 3}\n    relationships:\n      - {type: \
    cloudify.relationships.contained_in, target: host}\n  user:\n    type: cloudify.nodes.Root\n    \
    relationships:\n      - {type: cloudify.relationships.connected_to, target: app}\n";

#[test]
fn containment_multiplies_and_connections_meet_all() {
    let all = instances(NESTED).unwrap();
    let of = |node: &str| all.iter().filter(|i| i.node == node).collect::<Vec<_>>();
    assert_eq!((of("host").len(), of("app").len(), of("user").len()), (2, 6, 1));
    assert_eq!(of("user")[0].relationships.len(), 6);
    assert!(of("app").iter().all(|app| app.relationships.len() == 1));
    assert_eq!(all, instances(NESTED).unwrap());
    assert!(all.iter().all(|i| i.id.len() == i.node.len() + 7));
}

#[test]
fn members_of_a_group_stay_together() {
    let text = "node_templates:\n  a:\n    type: cloudify.nodes.Root\n    relationships:\n      - {type: \
        cloudify.relationships.connected_to, target: b}\n  b: {type: cloudify.nodes.Root}\ngroups:\n  g: {members: [a, \
        b]}\npolicies:\n  p: {type: cloudify.policies.scaling, targets: [g], properties: {default_instances: 3}}\n";
    let all = instances(text).unwrap();
    assert_eq!(all.len(), 6);
    assert!(
        all.iter()
            .filter(|i| i.node == "a")
            .all(|i| i.relationships.len() == 1 && i.scaling_groups.len() == 1)
    );
}

#[test]
fn too_many_are_refused() {
    let text = "node_templates:\n  a: {type: cloudify.nodes.Root, instances: {deploy: 2000000000}}\n";
    let problems = instances(text).unwrap_err();
    assert_eq!(problems.iter().next().map(|p| p.code), Some("too-many-instances"));
}
