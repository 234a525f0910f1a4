//! Two projects side by side: what each lane means must be the same.

use std::collections::BTreeSet;
use std::path::Path;

use gantry::check::{self, Topology};
use gantry::model::Value;
use gantry::session::project::{self, Overrides};

/// Lists of the plan that are sets: in which order they stand comes from the order of the nodes.
const SETS: &[&str] = &[
    "plugins",
    "plugins_to_install",
    "deployment_plugins_to_install",
    "host_agent_plugins_to_install",
    "workflow_plugins_to_install",
];

/// Takes away what is written for people alone, the texts of `description`, and orders what is a set.
fn simplify(value: &mut Value) {
    match value {
        Value::Map(map) => {
            map.shift_remove("description");
            for (key, value) in map {
                simplify(value);
                if let (Value::List(list), true) = (value, SETS.contains(&key.as_str())) {
                    list.sort_by_cached_key(ToString::to_string);
                }
            }
        }
        Value::List(list) => list.iter_mut().for_each(simplify),
        _ => {}
    }
}

/// The resolved plan, as `gantry topology` prints it, without what does not matter: prose, and the order and names that
/// mean nothing (of nodes among each other, of the policies, which the window names itself).
fn plan(topology: &Topology) -> Value {
    let mut plan = check::resolved_plan(topology);
    let nodes = plan.shift_remove("nodes").unwrap();
    let by_name = nodes.as_list().unwrap().iter();
    let by_name = by_name.map(|node| (node.get("name").unwrap().to_string(), node.clone()));
    plan.insert("nodes".into(), Value::Map(by_name.collect()));
    let policies = plan.shift_remove("policies").unwrap();
    let policies = policies.as_map().into_iter().flat_map(|map| map.values().cloned()).collect();
    plan.insert("policies".into(), Value::List(policies));
    let mut plan = Value::Map(plan);
    simplify(&mut plan);
    plan
}

/// Where two values differ, for whoever has to find out why.
fn differences(at: &str, wanted: &Value, found: &Value, told: &mut Vec<String>) {
    match (wanted, found) {
        (Value::Map(a), Value::Map(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => differences(&format!("{at}.{key}"), a, b, told),
                    (a, b) => told.push(format!("{at}.{key}: wanted {a:?}, found {b:?}")),
                }
            }
        }
        (Value::List(a), Value::List(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differences(&format!("{at}[{index}]"), a, b, told);
            }
        }
        _ if wanted != found => told.push(format!("{at}: wanted {wanted}, found {found}")),
        _ => {}
    }
}

/// The lanes of both mean the same: all of the resolved plan (nodes with types, properties, operations and relationships
/// in their order, outputs, inputs, workflows, groups, policies), what the inputs are bound to, and who uses whom.
pub fn same(example: &Path, drawn: &Path) {
    let open = |path: &Path| project::open(path, &Overrides::default()).unwrap().0;
    let (example, drawn) = (open(example), open(drawn));
    let names = |project: &project::OpenProject| project.lanes.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&example), names(&drawn));
    let mut told = Vec::new();
    for (name, wanted) in &example.lanes {
        let found = &drawn.lanes[name];
        differences(name, &plan(&wanted.topology), &plan(&found.topology), &mut told);
        let bound = |map: &gantry::model::Map| Value::Map(map.clone());
        differences(
            &format!("{name}: bound inputs"),
            &bound(&wanted.inputs),
            &bound(&found.inputs),
            &mut told,
        );
        assert_eq!((wanted.deployment(), wanted.uses()), (found.deployment(), found.uses()), "{name}");
    }
    assert!(told.is_empty(), "{} differences:\n{}", told.len(), told.join("\n"));
}
