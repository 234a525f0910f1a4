//! A topology as a deployment gets it: every function evaluated that is known when it is made.

use std::collections::HashMap;
use std::sync::Arc;

use crate::check::evaluate::{EvaluationError, Here, World, evaluate};
use crate::check::operations::Operations;
use crate::check::topology::{Mapping, Topology};
use crate::diag::Path;
use crate::model::{Map, Value};

/// A topology with every function evaluated that is known when a deployment is made; the others stay as written.
///
/// # Errors
/// The first call that can't be evaluated, with the path of the value.
pub fn evaluated(topology: &Topology, world: &dyn World) -> Result<Topology, (Path, EvaluationError)> {
    let mut result = topology.clone();
    let fill = |values: &mut Map, here: &Here, path: &dyn Fn(&str) -> Path| {
        for (key, value) in values.iter_mut().filter(|(_, value)| value.has_calls()) {
            *value = evaluate(value, here, world).map_err(|error| (path(key), error))?.value;
        }
        Ok(())
    };
    // Operations that call nothing are the same for all that share them.
    let mut done: HashMap<*const Mapping, Arc<Mapping>> = HashMap::new();
    let mut run = |operations: &mut Operations, here: &Here, path: &dyn Fn(&str) -> Path| {
        operations.changed(|name, mapping| {
            if let Some(known) = done.get(&Arc::as_ptr(mapping)) {
                return Ok(Some(known.clone()));
            }
            let mut new = Mapping { evaluated: true, ..(**mapping).clone() };
            fill(&mut new.inputs, here, &|_| path(name))?;
            let new = Arc::new(new);
            if !mapping.inputs.values().any(Value::has_calls) {
                done.insert(Arc::as_ptr(mapping), new.clone());
            }
            Ok(Some(new))
        })
    };
    for (name, shared) in &mut result.nodes {
        let mut node = (**shared).clone();
        let here = Here::at(name.as_str());
        let at = Path::of(["node_templates", name]);
        fill(&mut node.properties, &here, &|key| at.key("properties").key(key))?;
        for count in [
            &mut node.scalable.default_instances,
            &mut node.scalable.min_instances,
            &mut node.scalable.max_instances,
        ] {
            *count = evaluate(count, &here, world).map_err(|error| (at.key("capabilities"), error))?.value;
        }
        let path = |operation: &str| at.key("interfaces").key(operation);
        run(&mut node.operations, &here, &path)?;
        for (index, relationship) in node.relationships.iter_mut().enumerate() {
            let here = Here::between(name.as_str(), relationship.target.as_str());
            let at = at.key("relationships").index(index);
            run(&mut relationship.source_operations, &here, &|operation| at.key(operation))?;
            run(&mut relationship.target_operations, &here, &|operation| at.key(operation))?;
        }
        *shared = Arc::new(node);
    }
    let here = Here::default();
    for (section, outputs) in [("outputs", &mut result.outputs), ("capabilities", &mut result.capabilities)] {
        for (name, output) in outputs {
            output.value = evaluate(&output.value, &here, world)
                .map_err(|error| (Path::of([section, name]), error))?
                .value;
        }
    }
    for (name, group) in &mut result.scaling_groups {
        for count in [
            &mut group.scalable.default_instances,
            &mut group.scalable.min_instances,
            &mut group.scalable.max_instances,
        ] {
            *count =
                evaluate(count, &here, world).map_err(|error| (Path::of(["groups", name]), error))?.value;
        }
    }
    for section in ["labels", "deployment_settings", "policies"] {
        if let Some(value) = result.sections.get_mut(section) {
            *value = evaluate(value, &here, world).map_err(|error| (Path::of([section]), error))?.value;
        }
    }
    Ok(result)
}
