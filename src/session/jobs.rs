//! Plans of the session's lanes: what is drawn, or was deployed, against what exists.
//!
//! Does not run them: that is the session's rollout.

use std::sync::Arc;

use super::refusal::Refusal;
use super::{Planned, Session, recall, targets};
use crate::diag::Diagnostics;
use crate::engine::Job;
use crate::model::Value;
use crate::plan::{self, Edition, Goal, Modification, Scalings, State, Wanted};
use indexmap::IndexMap;

impl Session {
    /// From the next deploy of `lane` on, as many instances as `scalings` say. They are kept by later deploys, until the
    /// blueprint itself says another number or the deployment is taken down.
    pub fn scale(&mut self, lane: &str, scalings: Scalings) {
        self.scalings.insert(lane.to_owned(), scalings);
    }

    /// What reaching `goal` for `lane` would do. Touches nothing.
    pub fn plan(&self, lane: &str, goal: Goal) -> Result<Planned, Refusal> {
        let (job, diagnostics) = self.job(lane, goal, false)?;
        let modification = match goal {
            Goal::Deploy => modification(&self.state(lane), &job),
            Goal::Heal | Goal::Undeploy => Value::Null,
        };
        Ok(Planned { plan: (*job.plan).clone(), modification, diagnostics })
    }

    pub(super) fn job(&self, name: &str, goal: Goal, force: bool) -> Result<(Job, Diagnostics), Refusal> {
        let state = self.state(name);
        let store = self.store()?;
        let made_from = store.as_ref().map(|store| recall::made_from(store, &state)).unwrap_or_default();
        let lane = self.lane(name);
        let deployed = || {
            let store = store.as_ref()?;
            let execution = store.last_deploy(&state.deployment).ok().flatten()?;
            store.frozen(&execution).ok().flatten()
        };
        let (frozen, mut edition) = match (goal, lane) {
            (Goal::Deploy, Some(lane)) => {
                let frozen = recall::freeze(lane)?;
                let edition = recall::edition(lane, &frozen);
                (frozen, edition)
            }
            _ => deployed().map(|frozen| (frozen.clone(), recall::thaw(&frozen))).unwrap_or_default(),
        };
        let mut diagnostics = Diagnostics::new();
        let wanted = self.wanted(name, goal, &mut edition, &state)?;
        let instances = if goal == Goal::Undeploy {
            Vec::new()
        } else {
            let existing = state.existing();
            match plan::modify(&state.deployment, &edition.topology, &edition.inputs, &existing, &wanted) {
                Ok(instances) => instances,
                Err(found) => {
                    diagnostics.extend(found);
                    Vec::new()
                }
            }
        };
        let targets = lane.map(|lane| lane.spec.targets.clone()).unwrap_or_default();
        let request = plan::Request {
            goal,
            deployment: &state.deployment,
            edition: &edition,
            instances: &instances,
            targets: &targets,
            state: &state,
            only: &self.healing,
            made_from: &made_from,
        };
        let (plan, found) = plan::plan(&request);
        diagnostics.extend(found);
        if goal == Goal::Deploy {
            diagnostics.extend(targets::problems(&plan, &edition.topology, &*self.registry));
        }
        if let Some(lane) = lane {
            diagnostics.locate(&lane.reading.source_map);
        }
        diagnostics.sort();
        let (plan, edition) = (Arc::new(plan), Arc::new(edition));
        let job = Job { plan, edition, made_from, targets, frozen, force, also: Vec::new() };
        Ok((job, diagnostics))
    }

    /// How many of what are wanted, which `edition` is told.
    fn wanted(
        &self,
        lane: &str,
        goal: Goal,
        edition: &mut Edition,
        state: &State,
    ) -> Result<IndexMap<String, Wanted>, Refusal> {
        let asked = self.scalings.get(lane).filter(|_| goal == Goal::Deploy);
        let none = Scalings::default();
        let scaled = plan::scale(&edition.topology, &edition.inputs, state, asked.unwrap_or(&none));
        let (scaled, wanted) = scaled.map_err(|error| Refusal::Scale { lane: lane.to_owned(), error })?;
        edition.scaled = scaled;
        Ok(wanted)
    }
}

/// What differs between the instances that exist and those that are planned.
fn modification(state: &State, job: &Job) -> Value {
    let before = state.existing();
    let after: Vec<_> = job.plan.instances.iter().map(|(id, planned)| planned.to_instance(id)).collect();
    Modification::between(&before, &after).to_value(&before, &after, &job.edition.topology)
}
