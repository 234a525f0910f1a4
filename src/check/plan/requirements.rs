//! What a deployment needs of its surroundings, as the plan lists it: secrets and capabilities of the environment.

use super::map;
use crate::model::{Map, Value};

#[derive(Default)]
struct Needs {
    capabilities: Vec<Value>,
    secrets: Vec<Value>,
}

impl Needs {
    fn value(&mut self, value: &Value) {
        if let Some(call) = value.call() {
            match (call.name, call.argument) {
                ("get_secret", name) => self.secrets.push(name.clone()),
                ("get_environment_capability", Value::List(path)) => {
                    self.capabilities.push(Value::List(path.clone()));
                }
                ("get_environment_capability", name) => {
                    self.capabilities.push(Value::List(vec![name.clone()]));
                }
                _ => {}
            }
        }
        match value {
            Value::List(list) => list.iter().for_each(|item| self.value(item)),
            Value::Map(map) => map.values().for_each(|item| self.value(item)),
            _ => {}
        }
    }

    /// What stands in each entity of a section under `key`, or all of it.
    fn section(&mut self, plan: &Map, section: &str, key: Option<&str>) {
        for entity in plan.get(section).and_then(Value::as_map).into_iter().flat_map(Map::values) {
            match key {
                Some(key) => self.inside(entity.get(key)),
                None => self.inside(Some(entity)),
            }
        }
    }

    fn inside(&mut self, value: Option<&Value>) {
        value.and_then(Value::as_map).into_iter().flat_map(Map::values).for_each(|value| self.value(value));
    }

    fn operations(&mut self, operations: Option<&Value>) {
        for operation in operations.and_then(Value::as_map).into_iter().flat_map(Map::values) {
            self.inside(operation.get("inputs"));
        }
    }
}

/// The plan's `requirements`, in the order in which the plan names them.
pub(super) fn of(plan: &Map) -> Value {
    let mut needs = Needs::default();
    for node in plan.get("nodes").and_then(Value::as_list).unwrap_or_default() {
        needs.inside(node.get("properties"));
        let counts = node.get("capabilities").and_then(|all| all.get("scalable")?.get("properties"));
        needs.inside(counts);
        needs.operations(node.get("operations"));
        for relationship in node.get("relationships").and_then(Value::as_list).unwrap_or_default() {
            needs.operations(relationship.get("source_operations"));
            needs.operations(relationship.get("target_operations"));
        }
    }
    needs.section(plan, "outputs", None);
    needs.section(plan, "policies", Some("properties"));
    needs.section(plan, "scaling_groups", Some("properties"));
    needs.section(plan, "capabilities", None);
    needs.section(plan, "labels", None);
    needs.inside(plan.get("deployment_settings"));
    Value::Map(map([
        ("parent_capabilities", Value::List(needs.capabilities)),
        ("secrets", Value::List(needs.secrets)),
    ]))
}
