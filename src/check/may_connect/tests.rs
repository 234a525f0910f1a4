//! Each refusal with its reason, and what is offered first.

use super::*;
use crate::check::{Catalog, library};
use crate::diag::Source;
use crate::dsl::NoFiles;

const BLUEPRINT: &str = "\
tosca_definitions_version: cloudify_dsl_1_3
imports:
  - cloudify/types/types.yaml
  - plugin:kubernetes
  - plugin:swarm
  - plugin:proxy
node_types:
  my.Server: { derived_from: cloudify.nodes.Compute }
  my.Thing: { derived_from: cloudify.nodes.Root }
relationships:
  my.server_connected_to_port: { derived_from: cloudify.relationships.connected_to }
  my.watches: { derived_from: cloudify.relationships.depends_on }
node_templates:
  net: { type: cloudify.nodes.Network }
  other_net: { type: cloudify.nodes.Network }
  port: { type: cloudify.nodes.Port, relationships: [ { type: cloudify.relationships.contained_in, target: net } ] }
  host: { type: cloudify.nodes.Compute, relationships: [ { type: cloudify.relationships.connected_to, target: port } ] }
  server: { type: my.Server }
  web: { type: cloudify.nodes.WebServer, relationships: [ { type: cloudify.relationships.contained_in, target: host } ] }
  app: { type: cloudify.nodes.ApplicationModule, relationships: [ { type: cloudify.relationships.contained_in, target: web } ] }
  database: { type: cloudify.nodes.DBMS }
  thing: { type: my.Thing }
  proxy: { type: cloudify.nodes.DeploymentProxy, properties: { deployment_id: d } }
  manager: { type: cloudify.swarm.Manager, properties: { ip: 1.2.3.4 } }
  service: { type: cloudify.swarm.Microservice, properties: { name: n } }
  container: { type: cloudify.swarm.Container, properties: { image: i } }
  quagga: { type: cloudify.kubernetes.Microservice, properties: { name: q } }
";

fn with<T>(ask: impl FnOnce(&Topology, &IndexMap<String, TypeInfo>) -> T) -> T {
    let catalog = Catalog::built_in();
    let reading = crate::check::read(&Source::new("blueprint.yaml", BLUEPRINT), &NoFiles, &catalog);
    let (topology, _) = crate::check::check(&reading, &catalog);
    ask(&topology, &library(&reading, &catalog).relationships)
}

fn connect(source: &str, target: &str) -> Result<Vec<String>, String> {
    with(|topology, kinds| {
        may_connect(topology, kinds, source, target)
            .map(|all| all.into_iter().map(|kind| kind.replace("cloudify.", "")).collect())
            .map_err(|why| why.to_string())
    })
}

fn contain(inner: &str, outer: &str) -> Result<(String, String, String), String> {
    with(|topology, kinds| {
        may_contain(topology, kinds, inner, outer)
            .map(|one| (one.source, one.target, one.kind.replace("cloudify.", "")))
            .map_err(|why| why.to_string())
    })
}

#[test]
fn what_is_made_for_its_ends_is_offered_before_what_is_for_any() {
    let all = |names: &[&str]| Ok(names.iter().map(|name| (*name).to_owned()).collect());
    let proxy = all(&[
        "kubernetes.relationships.connected_to_master",
        "relationships.connected_to_proxy",
        "my.watches",
        "relationships.depends_on",
    ]);
    assert_eq!(connect("quagga", "proxy"), proxy);
    assert_eq!(
        connect("server", "port"),
        all(&["my.server_connected_to_port", "my.watches", "relationships.depends_on"])
    );
    assert_eq!(
        connect("service", "container"),
        all(&["swarm.relationships.container_contained_in_microservice"])
    );
    assert_eq!(
        connect("service", "proxy").unwrap()[0],
        "swarm.relationships.microservice_contained_in_manager"
    );
    assert_eq!(
        connect("database", "host"),
        all(&[
            "relationships.contained_in",
            "my.watches",
            "relationships.connected_to",
            "relationships.depends_on"
        ])
    );
    assert_eq!(connect("web", "database").unwrap()[1], "relationships.connected_to");
    assert!(!connect("web", "database").unwrap().contains(&"relationships.contained_in".to_owned()));
}

#[test]
fn each_refusal_says_why() {
    let refused = |source: &str, target: &str| connect(source, target).unwrap_err();
    assert_eq!(refused("web", "web"), "a node can't have a relationship to itself");
    assert_eq!(refused("web", "host"), "`web` has a relationship to `host` already");
    assert_eq!(refused("host", "app"), "that would be a circle: host → app → web → host");
    assert_eq!(refused("container", "service"), "the line goes the other way: from `service` to `container`");
    assert_eq!(refused("net", "server"), "the line goes the other way: from `server` to `net`");
    assert_eq!(refused("web", "gone"), "there is no node `gone`");
    let second = with(|topology, kinds| {
        let only: IndexMap<String, TypeInfo> = kinds
            .iter()
            .filter(|(name, _)| *name == CONTAINED_IN)
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        may_connect(topology, &only, "web", "server").unwrap_err().to_string()
    });
    assert_eq!(second, "`web` is contained in `host` already");
}

#[test]
fn a_node_goes_where_its_type_can_lie() {
    let made = |a: &str, b: &str, c: &str| Ok((a.to_owned(), b.to_owned(), c.to_owned()));
    assert_eq!(contain("web", "server"), made("web", "server", "relationships.contained_in"));
    assert_eq!(contain("port", "other_net"), made("port", "other_net", "relationships.contained_in"));
    assert_eq!(
        contain("container", "service"),
        made("service", "container", "swarm.relationships.container_contained_in_microservice")
    );
    assert_eq!(
        contain("service", "manager"),
        made("service", "manager", "swarm.relationships.microservice_contained_in_manager")
    );
    assert_eq!(contain("thing", "host"), made("thing", "host", "relationships.contained_in"));
    assert_eq!(contain("net", "host").unwrap_err(), "a Network can't be contained in a Compute");
    assert_eq!(contain("web", "port").unwrap_err(), "a WebServer can't be contained in a Port");
    assert_eq!(contain("web", "proxy").unwrap_err(), "a WebServer can't be contained in a DeploymentProxy");
    assert!(contain("web", "app").unwrap_err().contains("circle"));
}

#[test]
fn where_a_node_lies_now_is_known_by_the_relationship_that_says_so() {
    with(|topology, _| {
        assert_eq!(containment_of(topology, "web"), Some(("web", 0)));
        assert_eq!(containment_of(topology, "port"), Some(("port", 0)));
        assert_eq!(containment_of(topology, "host"), None);
    });
}
