//! [`GivenState`]: a state that somebody wrote down, as a [`World`]: what `gantry evaluate` answers from.
//!
//! Its form is told by the command's help: lists of `nodes` and `node_instances`, maps of `inputs`, `secrets` and the rest.

use super::{InstanceView, Lookup, World};
use crate::model::{Map, Value};

/// The label that names the deployment whose capabilities `get_environment_capability` reads.
const PARENT: &str = "csys-obj-parent";

/// Properties of a node that has none.
static NONE: std::sync::OnceLock<Map> = std::sync::OnceLock::new();

/// A state file as a [`World`].
#[derive(Debug)]
pub struct GivenState<'s> {
    state: &'s Value,
    nodes: indexmap::IndexMap<&'s str, (&'s Map, &'s Value)>,
    instances: indexmap::IndexMap<&'s str, &'s Value>,
    empty: Map,
}

impl<'s> GivenState<'s> {
    /// Of what the file says; what has another form than that is as if it were not there.
    pub fn new(state: &'s Value) -> Self {
        let list = |key: &str| state.get(key).and_then(Value::as_list).unwrap_or_default();
        let id = |value: &'s Value| value.get("id").or_else(|| value.get("name")).and_then(Value::as_str);
        let none = NONE.get_or_init(Map::new);
        let nodes = list("nodes")
            .iter()
            .filter_map(|node| {
                Some((id(node)?, (node.get("properties").and_then(Value::as_map).unwrap_or(none), node)))
            })
            .collect();
        let instances =
            list("node_instances").iter().filter_map(|instance| Some((id(instance)?, instance))).collect();
        Self { state, nodes, instances, empty: Map::new() }
    }

    fn named(&self, section: &str, name: &str) -> Lookup {
        self.state.get(section).and_then(|section| section.get(name)).cloned().into()
    }
}

impl World for GivenState<'_> {
    fn input(&self, name: &str) -> Lookup {
        self.named("inputs", name)
    }

    fn properties(&self, node: &str) -> Option<&Map> {
        self.nodes.get(node).map(|(properties, _)| *properties)
    }

    fn instances(&self, node: &str) -> Option<Vec<String>> {
        let of = |instance: &&Value| instance.get("node_id").and_then(Value::as_str) == Some(node);
        Some(
            self.instances
                .iter()
                .filter(|(_, instance)| of(instance))
                .map(|(id, _)| (*id).to_owned())
                .collect(),
        )
    }

    fn instance(&self, id: &str) -> Option<InstanceView<'_>> {
        let instance = self.instances.get(id)?;
        let node = instance.get("node_id")?.as_str()?;
        let relationships: Vec<(&str, &str)> = instance
            .get("relationships")
            .and_then(Value::as_list)
            .unwrap_or_default()
            .iter()
            .filter_map(|relationship| {
                Some((relationship.get("target_name")?.as_str()?, relationship.get("target_id")?.as_str()?))
            })
            .collect();
        // The container is the target of the node's contained_in relationship.
        let contained = |relationship: &&Value| {
            let hierarchy = relationship.get("type_hierarchy").and_then(Value::as_list).unwrap_or_default();
            let kind = relationship.get("type");
            hierarchy
                .iter()
                .chain(kind)
                .any(|kind| kind.as_str() == Some("cloudify.relationships.contained_in"))
        };
        let container = self
            .nodes
            .get(node)
            .and_then(|(_, node)| {
                node.get("relationships")?.as_list()?.iter().find(contained)?.get("target_id")?.as_str()
            })
            .and_then(|name| relationships.iter().find(|(target, _)| *target == name))
            .map(|(_, id)| *id);
        let groups = instance.get("scaling_groups").and_then(Value::as_list).unwrap_or_default();
        let scaling_groups = groups
            .iter()
            .filter_map(|group| Some((group.get("name")?.as_str()?, group.get("id")?.as_str()?)))
            .collect();
        let index = if let Some(index) = instance.get("index").and_then(Value::as_int) {
            usize::try_from(index).unwrap_or_default()
        } else {
            let same = |other: &&Value| other.get("node_id").and_then(Value::as_str) == Some(node);
            let before = self.instances.get_index_of(id).unwrap_or_default();
            self.instances.values().take(before).filter(|other| same(other)).count()
        };
        let runtime = instance.get("runtime_properties").and_then(Value::as_map).unwrap_or(&self.empty);
        Some(InstanceView { node, index, runtime: Some(runtime), relationships, container, scaling_groups })
    }

    fn secret(&self, name: &str) -> Lookup {
        self.named("secrets", name)
    }

    fn capability(&self, deployment: &str, name: &str) -> Lookup {
        let found = self.state.get("capabilities").and_then(|all| all.get(deployment)?.get(name));
        found.cloned().into()
    }

    fn group_capability(&self, group: &str, names: &[String]) -> Lookup {
        let Some(group) = self.state.get("group_capabilities").and_then(|all| all.get(group)) else {
            return Lookup::Missing;
        };
        match names {
            [name] => group.get(name).cloned().into(),
            names => names
                .iter()
                .map(|name| group.get(name).cloned())
                .collect::<Option<Vec<_>>>()
                .map(Value::List)
                .into(),
        }
    }

    fn environment_capability(&self, name: &str) -> Lookup {
        let parent = self.state.get("labels").and_then(|labels| labels.get(PARENT));
        match parent.and_then(|parent| parent.as_list().map_or(Some(parent), <[Value]>::first)?.as_str()) {
            Some(parent) => self.capability(parent, name),
            None => Lookup::Missing,
        }
    }

    fn label(&self, key: &str) -> Lookup {
        self.named("labels", key)
    }

    fn sys(&self, entity: &str, property: &str) -> Lookup {
        self.named(entity, property)
    }

    fn consumers(&self, what: &str) -> Lookup {
        let empty = Map::new();
        let consumers = self.state.get("consumers").and_then(Value::as_map).unwrap_or(&empty);
        Lookup::Known(match what {
            "count" => Value::Int(consumers.len() as i64),
            "ids" => Value::List(consumers.keys().map(|id| Value::string(id.as_str())).collect()),
            _ => Value::List(consumers.values().cloned().collect()),
        })
    }
}
