//! [`Difference`]: in what a project as it is drawn differs from what was deployed of it, or from what is saved.
//!
//! Asked for on the session's thread, found on any other one ([`Comparing::compare`]): blueprints of earlier have to be read
//! again. Knows nodes and what operations see of them; where things stand is no difference.

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::project::{self, OpenProject};
use super::{Lane, Session, recall};
use crate::check::{Node, Topology};
use crate::edit::Project;
use crate::engine::Frozen;
use crate::model::{Layout, Map, Value};
use crate::plan::{self, Edition};

/// Longer values are cut.
const LENGTH: usize = 40;

/// What a drawing is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Base {
    /// The blueprint that was deployed last; what is saved for a lane of which nothing is there.
    #[default]
    Deployed,
    /// The files as they are saved.
    Saved,
}

impl Base {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployed => "what is deployed",
            Self::Saved => "what is saved",
        }
    }
}

/// How a node differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeChange {
    /// It was not there.
    Added,
    /// It is there no more.
    Gone,
    /// What is said of it is something else, each in a few words: `port: 80 → 81`.
    Changed(Vec<String>),
}

/// How one lane differs.
#[derive(Clone, Debug)]
pub struct LaneDifference {
    /// From what.
    pub base: Base,
    /// What it meant then.
    pub before: Arc<Topology>,
    /// Its inputs then, bound.
    pub inputs: Map,
    /// Where things stood when it was saved.
    pub layout: Arc<Layout>,
    /// Nodes that differ, in the order of the text, those that are gone at the end.
    pub nodes: IndexMap<String, NodeChange>,
}

/// How a project differs, by lane: every lane of the project.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// In the order of the project.
    pub lanes: IndexMap<String, LaneDifference>,
}

/// Everything that finding a [`Difference`] needs.
pub struct Comparing {
    now: OpenProject,
    saved: Project,
    deployed: IndexMap<String, Frozen>,
}

impl Session {
    /// Begins to compare what is drawn with `base`.
    pub fn comparing(&self, base: Base) -> Comparing {
        let store = self.store().ok().flatten().filter(|_| base == Base::Deployed);
        let frozen = |lane: &Lane| {
            let state = self.state(&lane.name);
            let store = store.as_ref().filter(|_| state.is_there())?;
            let execution = store.last_deploy(&state.deployment).ok().flatten()?;
            store.frozen(&execution).ok().flatten()
        };
        let lanes = self.project().lanes.values();
        let deployed = lanes.filter_map(|lane| Some((lane.name.clone(), frozen(lane)?))).collect();
        Comparing { now: self.project().clone(), saved: self.desk.saved.clone(), deployed }
    }
}

impl Comparing {
    /// Finds it. Takes as long as reading the blueprints does.
    pub fn compare(self) -> Difference {
        let saved = project::derive(&self.saved, &self.now);
        let lanes = self.now.lanes.values().map(|lane| {
            let of_saved = saved.lanes.get(&lane.name);
            let layout = of_saved.map(|saved| saved.layout.clone()).unwrap_or_default();
            let (base, before) = match (self.deployed.get(&lane.name), of_saved) {
                (Some(frozen), _) => (Base::Deployed, recall::thaw(frozen)),
                (None, Some(saved)) => (Base::Saved, edition(saved)),
                (None, None) => (Base::Saved, Edition::default()),
            };
            let nodes = nodes(&before, &edition(lane));
            let Edition { topology: before, inputs, .. } = before;
            (lane.name.clone(), LaneDifference { base, before, inputs, layout, nodes })
        });
        Difference { lanes: lanes.collect() }
    }
}

/// A lane with its files; without those that can't be read.
fn edition(lane: &Lane) -> Edition {
    recall::edition(lane, &recall::freeze(lane).unwrap_or_default())
}

fn nodes(before: &Edition, now: &Edition) -> IndexMap<String, NodeChange> {
    let mut found = IndexMap::new();
    for (name, node) in &now.topology.nodes {
        let change = match before.topology.nodes.get(name) {
            None => Some(NodeChange::Added),
            Some(old) => {
                let told = changes((old, before), (node, now));
                (!told.is_empty()).then_some(NodeChange::Changed(told))
            }
        };
        found.extend(change.map(|change| (name.clone(), change)));
    }
    let gone = before.topology.nodes.keys().filter(|name| !now.topology.nodes.contains_key(*name));
    found.extend(gone.map(|name| (name.clone(), NodeChange::Gone)));
    found
}

/// What differs of one node, in words.
fn changes(before: (&Node, &Edition), now: (&Node, &Edition)) -> Vec<String> {
    let (old, new) = (before.0, now.0);
    let mut told: Vec<String> = Vec::new();
    let ties = |node: &Node| -> IndexSet<(String, String)> {
        let pair = |one: &crate::check::Relationship| (one.target.clone(), one.type_name.clone());
        node.relationships.iter().map(pair).collect()
    };
    let (then, today) = (ties(old), ties(new));
    let short = |kind: &str| kind.rsplit('.').next().unwrap_or(kind).to_owned();
    told.extend(today.difference(&then).map(|(target, kind)| format!("{} {target} added", short(kind))));
    told.extend(then.difference(&today).map(|(target, kind)| format!("{} {target} gone", short(kind))));
    for part in plan::changed_parts(before, now) {
        if part == "type" {
            told.push(format!("type: {} → {}", old.type_name, new.type_name));
        } else if let Some(name) = part.strip_prefix("properties.") {
            values(name, old.properties.get(name), new.properties.get(name), &mut told);
        } else if let Some(input) = part.strip_prefix("inputs.") {
            let given = |edition: &Edition| {
                let default = || edition.topology.inputs.get(input)?.default.clone();
                edition.inputs.get(input).cloned().or_else(default)
            };
            values(&part, given(before.1).as_ref(), given(now.1).as_ref(), &mut told);
        } else if !part.starts_with("relationships[") {
            told.push(part);
        } else if then == today && !told.iter().any(|known| known == "relationships") {
            told.push("relationships".to_owned());
        }
    }
    let (then, today) = (&old.scalable.default_instances, &new.scalable.default_instances);
    if then != today {
        told.push(format!("instances: {} → {}", cut(then), cut(today)));
    }
    told
}

/// A value that differs; of maps only the entries that do.
fn values(name: &str, old: Option<&Value>, new: Option<&Value>, told: &mut Vec<String>) {
    if old == new {
        return;
    }
    fn map(value: Option<&Value>) -> Option<&Map> {
        value.filter(|value| value.call().is_none()).and_then(Value::as_map)
    }
    match (old, new, map(old), map(new)) {
        (_, _, Some(then), Some(today)) => {
            for (key, value) in today {
                values(&format!("{name}.{key}"), then.get(key), Some(value), told);
            }
            for (key, value) in then.iter().filter(|(key, _)| !today.contains_key(key)) {
                values(&format!("{name}.{key}"), Some(value), None, told);
            }
        }
        (None, Some(new), ..) => told.push(format!("{name}: {} added", cut(new))),
        (Some(old), None, ..) => told.push(format!("{name}: {} gone", cut(old))),
        (old, new, ..) => {
            let text = |value: Option<&Value>| value.map(cut).unwrap_or_default();
            told.push(format!("{name}: {} → {}", text(old), text(new)));
        }
    }
}

fn cut(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= LENGTH {
        return text;
    }
    text.chars().take(LENGTH - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{self, Catalog};
    use crate::diag::Source;
    use crate::dsl::NoFiles;

    fn edition(text: &str, inputs: &str) -> Edition {
        let catalog = Catalog::built_in();
        let reading = check::read(&Source::new("blueprint.yaml", text), &NoFiles, &catalog);
        let (topology, problems) = check::check(&reading, &catalog);
        assert!(!problems.has_errors(), "{problems:?}");
        let inputs: Value = serde_json::from_str(inputs).unwrap();
        Edition {
            topology: Arc::new(topology),
            inputs: inputs.as_map().cloned().unwrap_or_default(),
            ..Edition::default()
        }
    }

    const BEFORE: &str = "tosca_definitions_version: cloudify_dsl_1_3
imports: [ http://www.getcloudify.org/spec/cloudify/3.4/types.yaml, plugin:swarm ]
inputs: { port: { default: 80 } }
node_templates:
  web:
    type: cloudify.swarm.Container
    properties: { image: nginx, env: { A: one, B: two } }
  db:
    type: cloudify.nodes.WebServer
    properties: { port: { get_input: port } }
  old: { type: cloudify.nodes.WebServer }
";

    #[test]
    fn nodes_are_added_gone_or_changed_and_each_change_is_told() {
        let tie = "    relationships: [ { type: cloudify.relationships.depends_on, target: web } ]\n  new:";
        let after = BEFORE.replace("A: one, B: two", "A: three, C: four").replace("  old:", tie);
        let found = nodes(&edition(BEFORE, "{}"), &edition(&after, r#"{"port": 81}"#));
        let names: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["web", "db", "new", "old"]);
        assert_eq!((&found["new"], &found["old"]), (&NodeChange::Added, &NodeChange::Gone));
        let told = |name: &str| match &found[name] {
            NodeChange::Changed(told) => told.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(told("web"), ["env.A: one → three", "env.C: four added", "env.B: two gone"]);
        assert_eq!(told("db"), ["depends_on web added", "inputs.port: 80 → 81"]);
        assert!(nodes(&edition(BEFORE, "{}"), &edition(BEFORE, "{}")).is_empty());
    }
}
