//! `get_attribute` and its kin: which instance is meant, and what it has.
//!
//! Runtime properties first, then `node_instance_id` and `node_instance_index`, then the node's properties; what
//! none of them has is null (DSL reference, "intrinsic functions").

use super::call::{Outcome, target};
use super::path::{Step, steps};
use super::{EvaluationError, Evaluator, Here, InstanceView, failed, illegal, text};
use crate::model::{Map, Value};

impl Evaluator<'_> {
    /// The instance (or node) that `SELF`, `SOURCE` or `TARGET` means, or why none.
    pub(super) fn scope(&self, word: &str, here: &Here) -> Result<String, String> {
        let found = match word {
            "SELF" => here.self_.clone(),
            "SOURCE" => here.source.clone(),
            _ => here.target.clone(),
        };
        found.ok_or_else(|| {
            if word == "SELF" && here.source.is_none() {
                "`SELF` means nothing here: no node has this value".to_owned()
            } else if word == "SELF" {
                "`SELF` means nothing in a relationship: SOURCE or TARGET is meant".to_owned()
            } else {
                format!("`{word}` means something in relationships only")
            }
        })
    }

    /// The node of an instance; a node's own name stands for itself.
    pub(super) fn node_of(&self, instance: &str) -> String {
        self.world.instance(instance).map_or_else(|| instance.to_owned(), |view| view.node.to_owned())
    }

    /// Where a value of another node stands: at the instance that is meant from here, else at the node.
    pub(super) fn at_node(&self, node: &str, here: &Here) -> Here {
        match self.instance_of(node, here) {
            Ok(Some(instance)) => Here::at(instance),
            _ => Here::at(node),
        }
    }

    /// The instance of `node` that is meant from here; none when there are no instances yet.
    fn instance_of(&self, node: &str, here: &Here) -> Result<Option<String>, EvaluationError> {
        if let Some(own) = &here.self_
            && self.world.instance(own).is_some_and(|view| view.node == node)
        {
            return Ok(Some(own.clone()));
        }
        let Some(instances) = self.world.instances(node) else { return Ok(None) };
        match instances.as_slice() {
            [] => Err(failed(format!("`{node}` has no instances"))),
            [only] => Ok(Some(only.clone())),
            all => {
                self.by_relationship(node, here).or_else(|| self.by_group(all, here)).map(Some).ok_or_else(
                    || {
                        failed(format!(
                            "`{node}` has {} instances, and nothing here says which one is meant",
                            all.len()
                        ))
                    },
                )
            }
        }
    }

    /// The instance to which the own instance is related.
    fn by_relationship(&self, node: &str, here: &Here) -> Option<String> {
        let view = self.world.instance(here.self_.as_deref()?)?;
        let mut targets: Vec<&str> =
            view.relationships.iter().filter(|(name, _)| *name == node).map(|(_, id)| *id).collect();
        targets.dedup();
        match targets.as_slice() {
            [only] => Some((*only).to_owned()),
            _ => None,
        }
    }

    /// The only instance that shares the smallest scaling group with the own one.
    fn by_group(&self, all: &[String], here: &Here) -> Option<String> {
        let from = match &here.self_ {
            Some(own) => vec![own],
            None => here.source.iter().chain(&here.target).collect(),
        };
        from.into_iter().find_map(|own| {
            let mine = self.groups(own, 0);
            let others = self.groups(all.first()?, 0);
            let shared = mine.iter().find(|(group, _)| others.iter().any(|(other, _)| other == group))?;
            let mut same = all.iter().filter(|id| self.groups(id, 0).contains(shared));
            match (same.next(), same.next()) {
                (Some(only), None) => Some(only.clone()),
                _ => None,
            }
        })
    }

    /// Groups of an instance and of those that contain it, the innermost first.
    fn groups(&self, id: &str, depth: usize) -> Vec<(String, String)> {
        let Some(view) = self.world.instance(id).filter(|_| depth < 100) else { return Vec::new() };
        let mut groups: Vec<(String, String)> =
            view.scaling_groups.iter().map(|(name, id)| ((*name).to_owned(), (*id).to_owned())).collect();
        if let Some(container) = view.container {
            for group in self.groups(container, depth + 1) {
                if !groups.contains(&group) {
                    groups.push(group);
                }
            }
        }
        groups
    }

    pub(super) fn attribute(
        &mut self,
        argument: &Value,
        here: &Here,
        depth: usize,
    ) -> Result<Outcome, EvaluationError> {
        let (word, path) = target("get_attribute", argument)?;
        let instance = match word {
            "SELF" | "SOURCE" | "TARGET" => Some(self.scope(word, here).map_err(failed)?),
            node => {
                // Where there are instances, a node without one is as good as no node.
                if self.world.instances(node).is_none() && self.world.properties(node).is_none() {
                    return Err(EvaluationError {
                        code: "unknown-node",
                        class: "KeyError",
                        message: format!("there is no node `{node}`"),
                    });
                }
                match self.instance_of(node, here) {
                    Ok(instance) => instance,
                    Err(error) if self.world.is_for_outputs() => {
                        return Ok(Outcome::Is(Value::String(format!("<ERROR: {error}>"))));
                    }
                    Err(error) => return Err(error),
                }
            }
        };
        let known = instance.as_deref().is_some_and(|id| self.world.instance(id).is_some());
        if let Some(id) = instance.filter(|_| known) {
            let relationship = matches!(word, "SOURCE" | "TARGET");
            let there = if relationship { here.clone().of(&id) } else { Here::at(&id) };
            self.of_instance(&id, &path, &there, depth).map(Outcome::Is)
        } else {
            self.wait(format!("`{}` of `{word}`", text::dotted(&path)));
            Ok(Outcome::Stays)
        }
    }

    /// An attribute of one instance.
    fn of_instance(
        &mut self,
        id: &str,
        path: &[Step],
        here: &Here,
        depth: usize,
    ) -> Result<Value, EvaluationError> {
        let world = self.world;
        let Some(view) = world.instance(id) else { return Ok(Value::Null) };
        let InstanceView { node, index, runtime, .. } = view;
        let empty = Map::new();
        let found = self.descend(id, runtime.unwrap_or(&empty), path, here, depth)?;
        if let Some(value) = found.filter(|value| !value.is_null()) {
            return Ok(value);
        }
        match path {
            [Step::Key(key)] if key == "node_instance_id" => return Ok(Value::string(id)),
            [Step::Key(key)] if key == "node_instance_index" => return Ok(Value::Int(index as i64)),
            _ => {}
        }
        let properties = world.properties(node).unwrap_or(&empty);
        let found = self.descend(&format!("{node}.properties"), properties, path, here, depth)?;
        Ok(found.unwrap_or_default())
    }

    /// The node of a call that takes all instances, and their ids.
    fn all_of(
        &mut self,
        name: &str,
        word: &str,
        here: &Here,
    ) -> Result<Option<Vec<String>>, EvaluationError> {
        let node = match word {
            "SELF" | "SOURCE" | "TARGET" => self.node_of(&self.scope(word, here).map_err(failed)?),
            node => node.to_owned(),
        };
        if self.world.properties(&node).is_none() {
            return Err(EvaluationError {
                code: "unknown-node",
                class: "KeyError",
                message: format!("there is no node `{node}`"),
            });
        }
        let instances = self.world.instances(&node);
        if instances.is_none() {
            self.wait(format!("the instances of `{node}`, for `{name}`"));
        }
        Ok(instances)
    }

    pub(super) fn attributes_list(
        &mut self,
        argument: &Value,
        here: &Here,
        depth: usize,
    ) -> Result<Outcome, EvaluationError> {
        let (word, path) = target("get_attributes_list", argument)?;
        let Some(ids) = self.all_of("get_attributes_list", word, here)? else { return Ok(Outcome::Stays) };
        let values: Result<Vec<Value>, _> =
            ids.iter().map(|id| self.of_instance(id, &path, &Here::at(id), depth)).collect();
        Ok(Outcome::Is(Value::List(values?)))
    }

    pub(super) fn attributes_dict(
        &mut self,
        argument: &Value,
        here: &Here,
        depth: usize,
    ) -> Result<Outcome, EvaluationError> {
        let name = "get_attributes_dict";
        let (word, paths) = match argument.as_list().and_then(<[Value]>::split_first) {
            Some((Value::String(node), rest)) => (node.as_str(), rest),
            _ => return Err(illegal(format!("`{name}` takes a node and names or paths"))),
        };
        let mut wanted: Vec<(String, Vec<Step>)> = Vec::new();
        for path in paths {
            let path = match path {
                Value::List(list) => steps(name, list)?,
                one => steps(name, std::slice::from_ref(one))?,
            };
            let key = path.iter().map(Step::to_string).collect::<Vec<_>>().join(".");
            if wanted.iter().any(|(known, _)| *known == key) {
                return Err(failed(format!("`{name}` asks for `{key}` twice")));
            }
            wanted.push((key, path));
        }
        let Some(ids) = self.all_of(name, word, here)? else { return Ok(Outcome::Stays) };
        let mut all = Map::new();
        for id in ids {
            let mut values = Map::new();
            for (key, path) in &wanted {
                values.insert(key.clone(), self.of_instance(&id, path, &Here::at(&id), depth)?);
            }
            all.insert(id, Value::Map(values));
        }
        Ok(Outcome::Is(Value::Map(all)))
    }
}
