//! [`Surroundings`]: what an operation sees around itself, from the journaled states.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::evaluate::{Evaluator, Secrets};
use super::frozen_file::FrozenFiles;
use super::journal::Journal;
use super::scrub::Scrubber;
use super::{Failure, Related, World};
use crate::plan::{Edition, State};

/// The rest of the deployment and other deployments, as one operation sees them.
pub(super) struct Surroundings {
    pub deployment: String,
    pub edition: Arc<Edition>,
    pub journal: Journal,
    pub secrets: Arc<dyn Secrets>,
    pub scrubber: Scrubber,
    /// The last state of each other deployment that was handed out: what is newer is a change.
    pub seen: Mutex<HashMap<String, u64>>,
    /// Where there is no execution that has them unpacked.
    pub files: Option<FrozenFiles>,
}

impl Surroundings {
    /// Looks at the deployment with an evaluator for `instance`.
    pub fn look<T>(
        &self,
        instance: Option<&str>,
        ends: Option<(&str, &str)>,
        look: impl FnOnce(&Evaluator<'_>) -> Result<T, String>,
    ) -> Result<T, String> {
        self.journal.states.with(|states| {
            let empty = State::default();
            let evaluator = Evaluator {
                topology: &self.edition.topology,
                inputs: &self.edition.inputs,
                state: states.get(&self.deployment).unwrap_or(&empty),
                others: states,
                secrets: &*self.secrets,
                instance,
                ends,
                strict: false,
                used: RefCell::default(),
            };
            let result = look(&evaluator);
            self.scrubber.learn(evaluator.used.take());
            result
        })
    }

    fn describe(
        &self,
        evaluator: &Evaluator<'_>,
        id: &str,
        link: Option<(&str, usize)>,
    ) -> Result<Option<Related>, String> {
        let Some(record) = evaluator.state.instances.get(id) else { return Ok(None) };
        let Some(node) = self.edition.topology.nodes.get(&record.node) else { return Ok(None) };
        let inner = Evaluator { instance: Some(id), ends: None, used: RefCell::default(), ..*evaluator };
        let properties = inner.map(&node.properties);
        evaluator.used.borrow_mut().extend(inner.used.take());
        let relationship = link.and_then(|(source, index)| {
            let record = evaluator.state.instances.get(source)?;
            self.edition.topology.nodes.get(&record.node)?.relationships.get(index)
        });
        Ok(Some(Related {
            instance: id.to_owned(),
            node: Arc::clone(node),
            properties: properties.map_err(|why| format!("{id}: {why}"))?,
            runtime: record.runtime.clone(),
            relationship: relationship.map(|found| found.type_hierarchy.to_vec()).unwrap_or_default(),
            relationship_properties: match relationship {
                Some(found) => evaluator.map(&found.properties)?,
                None => crate::model::Map::new(),
            },
        }))
    }

    fn gather(
        &self,
        pick: impl Fn(&State) -> Vec<(String, Option<(String, usize)>)>,
    ) -> Result<Vec<Related>, Failure> {
        self.look(None, None, |evaluator| {
            let mut found = Vec::new();
            for (id, link) in pick(evaluator.state) {
                let link = link.as_ref().map(|(source, index)| (source.as_str(), *index));
                found.extend(self.describe(evaluator, &id, link)?);
            }
            Ok(found)
        })
        .map_err(|why| Failure::fatal(self.scrubber.text(&why)))
    }
}

#[async_trait]
impl World for Surroundings {
    fn related(&self, instance: &str) -> Result<Vec<Related>, Failure> {
        self.gather(|state| {
            let record = state.instances.get(instance);
            let links = record.into_iter().flat_map(|record| &record.relationships);
            links.map(|(index, target)| (target.clone(), Some((instance.to_owned(), *index)))).collect()
        })
    }

    fn related_to(&self, instance: &str) -> Result<Vec<Related>, Failure> {
        self.gather(|state| {
            let mut found = Vec::new();
            for (id, record) in &state.instances {
                let links = record.relationships.iter().filter(|(_, target)| target == instance);
                found.extend(links.map(|(index, _)| (id.clone(), Some((id.clone(), *index)))));
            }
            found
        })
    }

    fn instances(&self, node: &str) -> Result<Vec<Related>, Failure> {
        self.gather(|state| state.instances_of(node).map(|(id, _)| (id.to_owned(), None)).collect())
    }

    fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.files.as_ref()?.read(path)
    }

    fn deployment(&self, name: &str) -> Option<Arc<State>> {
        let state = self.journal.states.with(|states| states.get(name).cloned());
        let sequence = state.as_ref().map_or(0, |state| state.sequence);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), sequence);
        state.map(Arc::new)
    }

    async fn changed(&self, name: &str) {
        let seen = || self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(name).copied();
        let now = || self.journal.states.with(|states| states.get(name).map_or(0, |state| state.sequence));
        let before = seen().unwrap_or_else(now);
        let mut changes = self.journal.changes.clone();
        // A closed channel says that the engine ends; the operation is cancelled then.
        while now() <= before && changes.changed().await.is_ok() {}
    }
}
