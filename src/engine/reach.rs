//! Whether the targets of a plan answer, asked before its first operation.
//!
//! A target that is not there, or does not know us, is told while nothing is changed yet; so are those of the lanes that
//! come after it. Does not say what is done
//! about one that goes away later: that is the providers' patience and the plan's retries.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use indexmap::IndexMap;

use super::evaluate::parts;
use super::fold::plan_instances;
use super::scrub::Scrubber;
use super::{Job, Outlook, Providers, Refusal, Related, Secrets};
use crate::check::Node;
use crate::model::{Map, Platform, TargetSpec};
use crate::plan::{Goal, State};

/// How long a target may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is about to be done at a target, for a provider whose way there stands in the blueprint.
#[derive(Clone, Debug, Default)]
pub struct Prospect {
    /// Instances that are about to be worked on, of which all is known already.
    pub ahead: Vec<Ahead>,
    /// The states of all deployments.
    pub deployments: Arc<HashMap<String, State>>,
    /// The blueprint's files, by path.
    pub files: Arc<IndexMap<String, Vec<u8>>>,
}

/// An instance that is about to be worked on.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// Its node.
    pub node: Arc<Node>,
    /// Its properties, functions evaluated.
    pub properties: Map,
    /// Its runtime properties, where there is something of it already.
    pub runtime: Map,
    /// Targets of its relationships; what is not made yet has no runtime properties.
    pub related: Vec<Related>,
}

/// Targets that are asked before a job begins.
pub(super) struct Doors {
    doors: Vec<(Platform, TargetSpec, Prospect)>,
    /// What a target says may quote what it was given.
    scrubber: Scrubber,
}

/// Secrets, each one that is used remembered so that it can be struck out.
struct Heard<'a> {
    secrets: &'a dyn Secrets,
    scrubber: Scrubber,
}

impl Secrets for Heard<'_> {
    fn secret(&self, name: &str) -> Option<String> {
        let secret = self.secrets.secret(name)?;
        self.scrubber.learn(parts(&secret));
        Some(secret)
    }
}

impl Doors {
    /// Platforms and targets that are asked before `job` begins, in the order in which its plan comes to them. Only for
    /// what makes something: what is taken away is taken away wherever that is possible.
    pub fn of(job: &Job, states: &HashMap<String, State>, secrets: &dyn Secrets) -> Self {
        let mut found: IndexMap<(Platform, TargetSpec), Vec<&str>> = IndexMap::new();
        for operation in job.plan.operations.iter().filter(|operation| operation.calls_target()) {
            if job.plan.goal != Goal::Deploy || operation.target == TargetSpec::Rehearsal {
                continue;
            }
            let instances = found.entry((operation.platform, operation.target.clone())).or_default();
            // What an earlier blueprint made is taken down as that one said.
            if operation.edition.is_none() && !instances.contains(&operation.instance.as_str()) {
                instances.push(&operation.instance);
            }
        }
        for door in job.also.iter().filter(|(_, target)| *target != TargetSpec::Rehearsal) {
            found.entry(door.clone()).or_default();
        }
        let scrubber = Scrubber::default();
        if found.is_empty() {
            return Self { doors: Vec::new(), scrubber };
        }
        let heard = Heard { secrets, scrubber: scrubber.clone() };
        let name = &job.plan.deployment;
        let mut state = states.get(name).cloned().unwrap_or_else(|| State::new(name));
        plan_instances(&mut state, &job.plan.instances, None);
        let outlook = Outlook { edition: &job.edition, state: &state, others: states, secrets: &heard };
        let (deployments, files) = (Arc::new(states.clone()), Arc::new(job.frozen.files.clone()));
        let prospect = |instances: Vec<&str>| Prospect {
            ahead: instances.into_iter().filter_map(|instance| ahead(&outlook, instance)).collect(),
            deployments: Arc::clone(&deployments),
            files: Arc::clone(&files),
        };
        let doors = found
            .into_iter()
            .map(|((platform, target), instances)| (platform, target, prospect(instances)))
            .collect();
        Self { doors, scrubber }
    }

    /// Whether nobody is asked.
    pub fn is_empty(&self) -> bool {
        self.doors.is_empty()
    }

    /// Asks all at once; why the first one that does not open does not.
    pub async fn reach(self, providers: &dyn Providers) -> Option<Refusal> {
        let mut asked: FuturesUnordered<_> = self
            .doors
            .iter()
            .map(|(platform, target, prospect)| async move {
                let why = match providers.provider(*platform, target) {
                    Err(error) => Some(error.told()),
                    Ok(provider) => match tokio::time::timeout(PATIENCE, provider.reach(prospect)).await {
                        Ok(Ok(())) => None,
                        Ok(Err(failure)) => Some(failure.to_string()),
                        Err(_) => Some(format!("no answer for {} s", PATIENCE.as_secs())),
                    },
                };
                why.map(|why| (target.to_string(), why))
            })
            .collect();
        while let Some(found) = asked.next().await {
            if let Some((target, why)) = found {
                return Some(Refusal::Target { target, why: self.scrubber.text(&why) });
            }
        }
        None
    }
}

/// What is known of `instance`; none if something of it, or of what it is related to, is known only later.
fn ahead(outlook: &Outlook<'_>, instance: &str) -> Option<Ahead> {
    let record = outlook.state.instances.get(instance)?;
    let related = outlook.related(instance);
    (related.len() == record.relationships.len()).then_some(())?;
    Some(Ahead {
        node: Arc::clone(outlook.edition.topology.nodes.get(&record.node)?),
        properties: outlook.properties(instance).ok()?,
        runtime: record.runtime.clone(),
        related,
    })
}
