//! The Kubernetes objects of a lane, as `export --kubernetes` writes them: the bytes that a deploy sends.
//!
//! Owns looking at a lane as if it were about to be deployed. What the objects are is rendering's business.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::export::ExportError;
use super::files::{self, FileProblem};
use super::{Refusal, Session};
use crate::engine::{EnvironmentSecrets, Event, EventKind, Outlook, Secrets, fold};
use crate::model::Map;
use crate::plan::{Edition, Goal, State};
use crate::providers::kubernetes::Folder;
use crate::render::kubernetes::{self, Owner, Surroundings, has_objects, is_external};

/// The objects of one instance, or why they are not known.
pub struct Manifest {
    /// The node.
    pub node: String,
    /// The instance.
    pub instance: String,
    /// One YAML document for each object, in the order in which they are applied.
    pub yaml: Result<String, String>,
}

/// Stands in for every secret.
struct Masked;

impl Secrets for Masked {
    fn secret(&self, _: &str) -> Option<String> {
        Some("***".into())
    }
}

impl Session {
    /// The Kubernetes objects of `lane` as a deploy would apply them now. Secrets are masked unless `reveal` says
    /// otherwise.
    pub fn manifests(&self, lane: &str, reveal: bool) -> Result<Vec<Manifest>, Refusal> {
        let (job, _) = self.job(lane, Goal::Deploy, false)?;
        let others: HashMap<String, State> =
            self.running.iter().flat_map(|running| running.engine.states()).collect();
        let mut state = (*self.state(lane)).clone();
        // As it will be when its first operation runs.
        let event = Event {
            sequence: state.sequence + 1,
            time_ms: 0,
            deployment: state.deployment.clone(),
            execution: None,
            kind: EventKind::ExecutionStarted {
                goal: Goal::Deploy,
                operations: 0,
                instances: job.plan.instances.clone(),
                inputs: job.edition.inputs.clone(),
                targets: indexmap::IndexMap::new(),
                depends_on: Vec::new(),
                scaled: indexmap::IndexMap::new(),
            },
        };
        fold(&mut state, &event);
        let secrets: &dyn Secrets = if reveal { &EnvironmentSecrets } else { &Masked };
        let outlook = Outlook { edition: &job.edition, state: &state, others: &others, secrets };
        let folder = self.lane(lane).map(|lane| lane.folder.clone()).unwrap_or_default();
        let mut manifests = Vec::new();
        for (instance, planned) in &job.plan.instances {
            let Some(node) = job.edition.topology.nodes.get(&planned.node).filter(|node| has_objects(node))
            else {
                continue;
            };
            let render = |properties: Map| {
                let owner = Owner {
                    deployment: state.deployment.clone(),
                    instance: instance.clone(),
                    spec: planned.spec.clone(),
                };
                let around = Around { outlook: &outlook, edition: &job.edition, instance, node: &node.name };
                kubernetes::objects(node, &properties, &owner, &Folder(&folder), &around)
                    .map(|objects| kubernetes::to_yaml(&objects))
                    .map_err(|error| error.to_string())
            };
            let yaml = match outlook.properties(instance) {
                // It is only used, never applied.
                Ok(properties) if is_external(&properties) => continue,
                Ok(properties) => render(properties),
                Err(why) => Err(why),
            };
            manifests.push(Manifest { node: node.name.clone(), instance: instance.clone(), yaml });
        }
        Ok(manifests)
    }
}

struct Around<'a> {
    outlook: &'a Outlook<'a>,
    edition: &'a Edition,
    instance: &'a str,
    node: &'a str,
}

impl Surroundings for Around<'_> {
    fn node(&self, node: &str) -> Option<(Map, Map)> {
        self.edition.topology.nodes.get(node)?;
        self.outlook.first(node)
    }

    fn context(&self, name: &str) -> Option<String> {
        match name {
            "deployment.id" => Some(self.outlook.state.deployment.clone()),
            "node.id" | "node.name" => Some(self.node.to_owned()),
            "instance.id" => Some(self.instance.to_owned()),
            _ => None,
        }
    }
}

/// Writes `DIR/LANE/NODE.yaml` for each manifest that is known (`INSTANCE.yaml` where a node has several instances);
/// gives the paths written. `to` must be new or empty.
pub fn write(lanes: &[(String, Vec<Manifest>)], to: &Path) -> Result<Vec<PathBuf>, ExportError> {
    let io = |source| ExportError::File(FileProblem::Io { path: to.to_owned(), source });
    if to.exists() && std::fs::read_dir(to).map_err(io)?.next().is_some() {
        return Err(ExportError::NotEmpty { path: to.to_owned() });
    }
    let mut written = Vec::new();
    for (lane, manifests) in lanes {
        for manifest in manifests {
            let Ok(yaml) = &manifest.yaml else { continue };
            let several = manifests.iter().filter(|other| other.node == manifest.node).count() > 1;
            let name = if several { &manifest.instance } else { &manifest.node };
            let folder = to.join(lane);
            std::fs::create_dir_all(&folder).map_err(io)?;
            let path = folder.join(format!("{}.yaml", name.replace('/', "-")));
            files::write_atomically(&path, yaml.as_bytes())?;
            written.push(path);
        }
    }
    Ok(written)
}
