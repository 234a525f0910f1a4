//! Scaling: the four sets of a modification, what stays under its id, limits; and deployments that are scaled through
//! the program, in rehearsal.

use std::collections::BTreeMap;

use gantry::check::{Catalog, Instance, Topology, check, read};
use gantry::diag::Source;
use gantry::dsl::NoFiles;
use gantry::model::Map;
use gantry::plan::{Modification, Modified, Wanted, expand, modify};
use indexmap::IndexMap;
use serde_json::Value;

use crate::cli::Lab;

const HEAD: &str = "tosca_definitions_version: cloudify_dsl_1_3\nimports: [cloudify/types/types.yaml]\n";

fn topology(text: &str) -> Topology {
    let catalog = Catalog::built_in();
    let source = Source::new("b.yaml", format!("{HEAD}{text}"));
    let (topology, problems) = check(&read(&source, &NoFiles, &catalog), &catalog);
    assert!(!problems.has_errors(), "{problems:?}");
    topology
}

fn wanted(counts: &[(&str, u64)]) -> IndexMap<String, Wanted> {
    let count = |instances: &u64| Wanted { instances: *instances, ..Wanted::default() };
    counts.iter().map(|(name, instances)| ((*name).to_owned(), count(instances))).collect()
}

fn scaled(topology: &Topology, before: &[Instance], counts: &[(&str, u64)]) -> Vec<Instance> {
    modify("d", topology, &Map::new(), before, &wanted(counts)).unwrap()
}

/// How many of each node.
fn counts(instances: &[Instance]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for instance in instances {
        *counts.entry(instance.node.as_str()).or_default() += 1;
    }
    counts
}

/// Node, what happened, and number of relationships shown, sorted.
fn said(set: &[(Instance, Modified)]) -> Vec<String> {
    let mut said: Vec<String> = set
        .iter()
        .map(|(instance, how)| format!("{} {} {}", instance.node, how.name(), instance.relationships.len()))
        .collect();
    said.sort();
    said
}

const NESTED: &str = "node_templates:
  host: {type: cloudify.nodes.Compute, instances: {deploy: 2}}
  app:
    type: cloudify.nodes.Root
    instances: {deploy: 2}
    relationships:
      - {type: cloudify.relationships.contained_in, target: host}
  user:
    type: cloudify.nodes.Root
    relationships:
      - {type: cloudify.relationships.connected_to, target: app}
  one:
    type: cloudify.nodes.Root
    instances: {deploy: 2}
    relationships:
      - {type: cloudify.relationships.connected_to, target: host, properties: {connection_type: all_to_one}}
";

#[test]
fn more_hosts_bring_what_they_contain_and_who_uses_it_is_extended() {
    let topology = topology(NESTED);
    let before = expand("d", &topology, &Map::new()).unwrap();
    let after = scaled(&topology, &before, &[("host", 3)]);
    assert_eq!(counts(&after), BTreeMap::from([("app", 6), ("host", 3), ("one", 2), ("user", 1)]));
    assert!(before.iter().all(|old| after.iter().any(|new| new.id == old.id)), "all stay under their ids");
    let change = Modification::between(&before, &after);
    assert_eq!(
        said(&change.added_and_related),
        ["app added 1", "app added 1", "host added 0", "user related 2"]
    );
    assert_eq!(said(&change.extended_and_related), ["user extended 2"]);
    assert!(change.reduced_and_related.is_empty() && change.removed_and_related.is_empty());
    // `all_to_one` keeps its target, whatever the new ids are.
    let ends = |instances: &[Instance]| -> Vec<String> {
        let of = instances.iter().filter(|instance| instance.node == "one");
        of.flat_map(|instance| instance.relationships.iter().map(|(_, id)| id.clone())).collect()
    };
    assert_eq!(ends(&before), ends(&after));
    assert_eq!(scaled(&topology, &after, &[("host", 3)]), after, "there is nothing more to do");
}

#[test]
fn fewer_of_a_contained_node_go_from_every_container() {
    let topology = topology(NESTED);
    let before = expand("d", &topology, &Map::new()).unwrap();
    let after = scaled(&topology, &before, &[("app", 1)]);
    assert_eq!(counts(&after)["app"], 2);
    let hosts: std::collections::BTreeSet<&str> = after
        .iter()
        .filter(|instance| instance.node == "app")
        .map(|instance| instance.relationships[0].1.as_str())
        .collect();
    assert_eq!(hosts.len(), 2, "one is left on each host");
    let change = Modification::between(&before, &after);
    assert_eq!(
        said(&change.removed_and_related),
        ["app removed 1", "app removed 1", "host related 0", "host related 0", "user related 2"]
    );
    assert_eq!(said(&change.reduced_and_related), ["user reduced 2"]);
    assert!(change.added_and_related.is_empty() && change.extended_and_related.is_empty());
}

#[test]
fn a_target_of_all_to_one_that_goes_is_replaced_by_one_that_stays() {
    let topology = topology(NESTED);
    let before = expand("d", &topology, &Map::new()).unwrap();
    let target = before.iter().find(|instance| instance.node == "one").unwrap().relationships[0].1.clone();
    let want = Wanted { instances: 1, include: vec![target.clone()], ..Wanted::default() };
    let wanted = IndexMap::from([("host".to_owned(), want)]);
    let after = modify("d", &topology, &Map::new(), &before, &wanted).unwrap();
    let left = &after.iter().find(|instance| instance.node == "host").unwrap().id;
    assert_ne!(*left, target);
    let ones = || after.iter().filter(|instance| instance.node == "one");
    assert!(ones().count() == 2 && ones().all(|one| one.relationships == [(0, left.clone())]));
}

#[test]
fn hints_say_which_go_and_which_stay() {
    let topology = topology("node_templates:\n  web: {type: cloudify.nodes.Root, instances: {deploy: 4}}\n");
    let before = expand("d", &topology, &Map::new()).unwrap();
    let ids: Vec<&str> = before.iter().map(|instance| instance.id.as_str()).collect();
    let left = |want: Wanted| {
        let wanted = IndexMap::from([("web".to_owned(), want)]);
        let after = modify("d", &topology, &Map::new(), &before, &wanted).unwrap();
        after.into_iter().map(|instance| instance.id).collect::<Vec<_>>()
    };
    let named = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let plain = Wanted { instances: 2, ..Wanted::default() };
    assert_eq!(left(plain.clone()), ids[..2], "the latest go first");
    assert_eq!(left(Wanted { include: named(&ids[..1]), ..plain.clone() }), ids[1..3]);
    assert_eq!(left(Wanted { exclude: named(&ids[2..]), ..plain.clone() }), ids[2..]);
    assert_eq!(left(Wanted { include: named(&ids), ..plain.clone() }), ids[..2], "no more than must");
    assert_eq!(left(Wanted { exclude: named(&ids), ..plain }), ids[..2], "as many as must all the same");
    // Ids of those that went are free again for those that come.
    let fewer = scaled(&topology, &before, &[("web", 1)]);
    assert_eq!(scaled(&topology, &fewer, &[("web", 4)]), before);
}

const GROUP: &str = "node_templates:
  host: {type: cloudify.nodes.Compute}
  vol:
    type: cloudify.nodes.Root
    relationships:
      - {type: cloudify.relationships.connected_to, target: host}
  app:
    type: cloudify.nodes.Root
    relationships:
      - {type: cloudify.relationships.contained_in, target: host}
groups:
  g: {members: [host, vol]}
policies:
  p: {type: cloudify.policies.scaling, targets: [g], properties: {default_instances: 2}}
";

#[test]
fn a_group_is_scaled_with_its_members_and_what_they_contain() {
    let topology = topology(GROUP);
    let before = expand("d", &topology, &Map::new()).unwrap();
    let after = scaled(&topology, &before, &[("g", 3)]);
    assert_eq!(counts(&after), BTreeMap::from([("app", 3), ("host", 3), ("vol", 3)]));
    let change = Modification::between(&before, &after);
    assert_eq!(said(&change.added_and_related), ["app added 1", "host added 0", "vol added 1"]);
    for vol in after.iter().filter(|instance| instance.node == "vol") {
        let host = after.iter().find(|host| host.id == vol.relationships[0].1).unwrap();
        assert_eq!(host.scaling_groups, vol.scaling_groups, "members meet within their group instance");
    }
    // A hint may name a member: then its group instance goes.
    let first = before.iter().find(|instance| instance.node == "vol").unwrap();
    let want = Wanted { instances: 1, include: vec![first.id.clone()], ..Wanted::default() };
    let wanted = IndexMap::from([("g".to_owned(), want)]);
    let one = modify("d", &topology, &Map::new(), &before, &wanted).unwrap();
    assert_eq!(counts(&one), BTreeMap::from([("app", 1), ("host", 1), ("vol", 1)]));
    assert!(one.iter().all(|instance| instance.id != first.id));
}

#[test]
fn the_sets_have_the_reference_names_and_hosts() {
    let topology = topology(NESTED);
    let before = expand("d", &topology, &Map::new()).unwrap();
    let after = scaled(&topology, &before, &[("host", 1)]);
    let sets = Modification::between(&before, &after).to_value(&before, &after, &topology);
    let sets = serde_json::to_value(sets).unwrap();
    let keys: Vec<&String> = sets.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["added_and_related", "extended_and_related", "reduced_and_related", "removed_and_related"]
    );
    let app =
        sets["removed_and_related"].as_array().unwrap().iter().find(|it| it["node_id"] == "app").unwrap();
    assert_eq!(app["modification"], "removed");
    assert_eq!(app["host_id"], app["relationships"][0]["target_id"]);
    assert_eq!(app["relationships"][0]["target_name"], "host");
    let user = &sets["reduced_and_related"][0];
    assert_eq!(
        (&user["modification"], user["relationships"].as_array().unwrap().len()),
        (&"reduced".into(), 2)
    );
}

/// Hosts with an app on each, and a client that is told of each app that comes or goes.
const SHOP: &str = "plugins:
  p: {executor: central_deployment_agent, install: false}
node_types:
  app:
    derived_from: cloudify.nodes.Root
    interfaces:
      cloudify.interfaces.lifecycle: {create: p.tasks.create, start: p.tasks.start, stop: p.tasks.stop, delete: p.tasks.delete}
relationships:
  uses:
    derived_from: cloudify.relationships.connected_to
    source_interfaces:
      cloudify.interfaces.relationship_lifecycle: {establish: p.tasks.add, unlink: p.tasks.drop}
node_templates:
  host:
    type: cloudify.nodes.Compute
    capabilities: {scalable: {properties: {default_instances: 2, min_instances: 1, max_instances: 4}}}
  app:
    type: app
    relationships:
      - {type: cloudify.relationships.contained_in, target: host}
  client:
    type: app
    relationships:
      - {type: uses, target: app}
";

fn shop() -> Lab {
    let lab = Lab::hybrid_vnf();
    std::fs::write(lab.project().join("shop.yaml"), format!("{HEAD}{SHOP}")).unwrap();
    lab
}

const QUICK: &[&str] = &["--rehearsal-latency", "0", "--target", "rehearsal", "--yes"];
const FILE: &str = "hybrid-vnf/shop.yaml";

fn deploy(lab: &Lab, code: i32, more: &[&str]) -> String {
    lab.expect(code, &[&["deploy", FILE], QUICK, more].concat())
}

/// The one deployment's state.
fn state(lab: &Lab) -> Value {
    lab.json(0, &["status", FILE, "--format", "json"])["deployments"][0]["state"].clone()
}

/// Ids of the instances of `node`, all of them started.
fn ids(lab: &Lab, node: &str) -> Vec<String> {
    let state = state(lab);
    let instances = state["instances"].as_object().unwrap();
    assert!(instances.values().all(|record| record["state"] == "started"), "{state:#}");
    instances.iter().filter(|(_, record)| record["node"] == node).map(|(id, _)| id.clone()).collect()
}

/// Operations of the last execution, as `node verb`, in the order in which they were done.
fn done(lab: &Lab) -> Vec<String> {
    let told = lab.expect(0, &["events", FILE, "--format", "json"]);
    let mut done = Vec::new();
    for line in told.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        match event["event"].as_str() {
            Some("execution_started") => done.clear(),
            Some("operation_succeeded") => {
                let instance = event["instance"].as_str().unwrap();
                let verb = event["name"].as_str().unwrap().rsplit('.').next().unwrap();
                done.push(format!("{} {verb}", &instance[..instance.len() - 7]));
            }
            _ => {}
        }
    }
    done
}

#[test]
fn a_deployment_is_scaled_out_and_in_and_leaves_nothing() {
    let lab = shop();
    deploy(&lab, 0, &[]);
    let (hosts, client) = (ids(&lab, "host"), ids(&lab, "client"));
    assert_eq!((hosts.len(), ids(&lab, "app").len(), client.len()), (2, 2, 1));

    let plan = lab.json(0, &["plan", FILE, "--scale", "host=4", "--format", "json"]);
    let sets = &plan["plans"][0]["modification"];
    assert_eq!(sets["added_and_related"].as_array().unwrap().len(), 5);
    assert_eq!(sets["extended_and_related"][0]["node_id"], "client");
    assert_eq!(plan["plans"][0]["summary"]["create"], 4);
    assert_eq!(plan["plans"][0]["summary"]["update"], 1);
    assert_eq!(plan["plans"][0]["summary"]["replace"], 0);

    deploy(&lab, 0, &["--scale", "host=4"]);
    assert_eq!(ids(&lab, "host")[..2], hosts, "those that were there are still there");
    assert_eq!((ids(&lab, "host").len(), ids(&lab, "app").len()), (4, 4));
    assert_eq!(ids(&lab, "client"), client);
    let all = done(&lab);
    assert_eq!(all.iter().filter(|it| *it == "client establish").count(), 2, "only to the new: {all:?}");
    assert!(all.iter().all(|it| !it.starts_with("client") || it == "client establish"), "{all:?}");
    assert_eq!(state(&lab)["instances"][&client[0]]["relationships"].as_array().unwrap().len(), 4);

    // A plain deploy keeps it so.
    assert!(deploy(&lab, 0, &[]).contains("nothing to do"));

    // In again: the latest go, after the client has let go of what was on them.
    deploy(&lab, 0, &["--scale", "host=-3"]);
    assert_eq!((ids(&lab, "host"), ids(&lab, "app").len()), (hosts[..1].to_vec(), 1));
    let all = done(&lab);
    assert_eq!(all.iter().filter(|it| *it == "client unlink").count(), 3, "{all:?}");
    let place = |what: &str| all.iter().position(|it| it == what).unwrap();
    let last = |what: &str| all.iter().rposition(|it| it == what).unwrap();
    assert!(
        place("client unlink") < place("app stop") && last("app delete") < last("host delete"),
        "{all:?}"
    );
    assert_eq!(state(&lab)["instances"][&client[0]]["relationships"].as_array().unwrap().len(), 1);
    assert!(deploy(&lab, 0, &[]).contains("nothing to do"));

    lab.expect(0, &["undeploy", FILE, "--rehearsal-latency", "0", "--yes"]);
    let left = state(&lab);
    assert_eq!(left["status"], "absent");
    assert!(left["instances"].as_object().unwrap().is_empty() && left.get("scaled").is_none());
    // What is deployed anew is what the blueprint says.
    deploy(&lab, 0, &[]);
    assert_eq!(ids(&lab, "host").len(), 2);
}

#[test]
fn limits_and_slips_are_refused_with_reasons() {
    let lab = shop();
    deploy(&lab, 0, &[]);
    let refused = |code: i32, words: &[&str], why: &[&str]| {
        let output = lab.gantry(&[&["deploy", FILE], QUICK, words].concat());
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {err}");
        assert!(why.iter().all(|why| err.contains(why)), "{words:?}: {err}");
    };
    refused(1, &["--scale", "host=5"], &["from 2 to 5", "its most is 4", "max_instances"]);
    refused(1, &["--scale", "host=-2"], &["from 2 to 0", "its least is 1"]);
    refused(1, &["--scale", "app=-2"], &["from 1 to -1", "no fewer than none"]);
    refused(1, &["--scale", "hots=3"], &["no node or scaling group `hots`", "did you mean `host`?"]);
    refused(2, &["--scale", "host"], &["expected NAME=COUNT"]);
    refused(1, &["--scale", "host=1", "--include-instances", "host_x"], &["no instance `host_x`"]);
    let app = &ids(&lab, "host")[0];
    refused(1, &["--scale", "host=3", "--include-instances", app], &["nothing is scaled in"]);
    refused(
        1,
        &["--scale", "host=1", "--include-instances", app, "--exclude-instances", app],
        &["both included and excluded"],
    );
    assert_eq!(ids(&lab, "host").len(), 2, "nothing was changed");
}

#[test]
fn the_host_of_a_node_is_scaled_and_chosen_instances_go() {
    let lab = shop();
    deploy(&lab, 0, &["--scale", "app=+1", "--scale-compute"]);
    assert_eq!((ids(&lab, "host").len(), ids(&lab, "app").len()), (3, 3));
    let first = ids(&lab, "host")[0].clone();
    deploy(&lab, 0, &["--scale", "host=2", "--include-instances", &first]);
    assert!(!ids(&lab, "host").contains(&first));
    // Asked for the blueprint's own number, or told another one by it, the deployment follows the blueprint again.
    deploy(&lab, 0, &["--scale", "host=4"]);
    deploy(&lab, 0, &["--scale", "host=default"]);
    assert_eq!(ids(&lab, "host").len(), 2);
    deploy(&lab, 0, &["--scale", "host=4"]);
    lab.edit("shop.yaml", "default_instances: 2", "default_instances: 3");
    deploy(&lab, 0, &[]);
    assert_eq!((ids(&lab, "host").len(), ids(&lab, "app").len()), (3, 3));
}
