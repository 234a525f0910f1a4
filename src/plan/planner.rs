//! [`plan`]: from a goal, a blueprint and what exists, the operations that get there.
//!
//! Decides the fate of each instance and the order between instances: the whole sub-graph of every target of an
//! instance's relationships comes before its own, and the reverse when they are removed. Does not know the steps of
//! one instance (`lifecycle`) nor what counts as a change (`change`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::change::{Parts, changed, foreign_deployments, parts, spec};
use super::lifecycle::{Step, Subject};
use super::neighbours::{same_container, same_ends, without};
use super::{
    DeploymentStatus, Edition, Goal, Health, InstanceRecord, InstanceState, Operation, OperationId, Plan,
    PlannedInstance, Request,
};
use crate::check::Instance;
use crate::dag::Dag;
use crate::diag::{Diagnostic, Diagnostics, Path};
use crate::model::{Platform, TargetSpec};

/// The operations that reach the goal. Empty when it is reached already; not to be run when there are errors.
///
/// Pure: the same request gives the same plan.
pub fn plan(request: &Request<'_>) -> (Plan, Diagnostics) {
    let mut planner = Planner {
        request,
        diagnostics: Diagnostics::new(),
        specs: HashMap::new(),
        operations: Vec::new(),
        torn: HashMap::new(),
        unlinked: HashMap::new(),
        set_up: HashMap::new(),
    };
    let fates = planner.fates();
    planner.remove(&fates);
    planner.make(&fates);
    let stays = request.goal != Goal::Undeploy;
    let instances = request.instances.iter().filter(|_| stays);
    let plan = Plan {
        deployment: request.deployment.to_owned(),
        goal: request.goal,
        based_on: request.state.revision,
        operations: planner.operations,
        instances: instances
            .map(|instance| {
                let spec =
                    planner.specs.get(&instance.node).map(|(spec, _)| spec.clone()).unwrap_or_default();
                (instance.id.clone(), PlannedInstance { spec, ..PlannedInstance::from(instance) })
            })
            .collect(),
        depends_on: if stays { foreign_deployments(request.edition) } else { Vec::new() },
    };
    (plan, planner.diagnostics)
}

/// What becomes of an instance, and why.
#[derive(Clone, Debug, PartialEq)]
enum Fate {
    Keep,
    Make(String),
    GoOn(String),
    /// Changed in place, by the operation of that name.
    Change(&'static str, String),
    /// Only what it relates to comes or goes.
    Relate(String),
    Replace(String),
    Remove(String),
}

struct Planner<'a> {
    request: &'a Request<'a>,
    diagnostics: Diagnostics,
    /// Spec and parts of the planned nodes.
    specs: HashMap<String, (String, Parts)>,
    operations: Vec<Operation>,
    /// Last operation of an instance's removal and of its making.
    torn: HashMap<String, OperationId>,
    /// Operations that end what stays relating to an instance that goes, by that instance.
    unlinked: HashMap<String, Vec<OperationId>>,
    set_up: HashMap<String, OperationId>,
}

impl<'a> Planner<'a> {
    fn existing(&self) -> impl Iterator<Item = (&'a String, &'a InstanceRecord)> + use<'a> {
        self.request.state.instances.iter().filter(|(_, record)| !record.state.is_absent())
    }

    fn target(&self, platform: Platform) -> TargetSpec {
        self.request.targets.get(&platform).cloned().unwrap_or(TargetSpec::Rehearsal)
    }

    fn edition_of(&self, record: &InstanceRecord) -> &'a Edition {
        self.request.made_from.get(&record.execution).map_or(self.request.edition, Arc::as_ref)
    }

    fn fates(&mut self) -> IndexMap<&'a str, Fate> {
        let mut fates = IndexMap::new();
        let wanted: HashMap<&str, &Instance> = match self.request.goal {
            Goal::Deploy | Goal::Heal => {
                self.request.instances.iter().map(|instance| (instance.id.as_str(), instance)).collect()
            }
            Goal::Undeploy => HashMap::new(),
        };
        for node in wanted.values().map(|instance| &instance.node) {
            if !self.specs.contains_key(node)
                && let Some(template) = self.request.edition.topology.nodes.get(node)
            {
                let parts = parts(template, self.request.edition);
                self.specs.insert(node.clone(), (spec(&parts), parts));
            }
        }
        for (id, record) in self.existing() {
            let fate = match wanted.get(id.as_str()) {
                _ if self.request.goal == Goal::Heal => self.healed(id, record),
                Some(instance) => self.fate_of(instance, record),
                None if self.request.goal == Goal::Undeploy => Fate::Remove("undeploy".into()),
                None if self.request.edition.topology.nodes.contains_key(&record.node) => {
                    Fate::Remove("scaled in".into())
                }
                None => Fate::Remove("removed from the blueprint".into()),
            };
            fates.insert(id.as_str(), fate);
        }
        self.spread(&mut fates);
        if self.request.goal == Goal::Deploy {
            for instance in self.request.instances {
                fates.entry(instance.id.as_str()).or_insert_with(|| Fate::Make("not there yet".into()));
            }
        }
        fates
    }

    fn fate_of(&self, instance: &Instance, record: &InstanceRecord) -> Fate {
        use InstanceState::{Deleting, Started, Stopped, Stopping};
        let now = self.specs.get(&instance.node);
        let before = self.request.state.targets.get(&record.node);
        let node = self.request.edition.topology.nodes.get(&instance.node);
        let after = node.and_then(|node| node.platform).map(|platform| self.target(platform));
        let is_changed = now.is_some_and(|(spec, _)| *spec != record.spec);
        if is_changed
            && !(self.may_change(instance, record) && before.is_none_or(|it| Some(it) == after.as_ref()))
        {
            return Fate::Replace(self.change(instance, record));
        }
        if let (Some(before), Some(after)) = (before, after)
            && *before != after
            && node.and_then(|node| node.platform) != Some(Platform::Proxy)
        {
            return Fate::Replace(format!("target changed: {before} → {after}"));
        }
        if !same_ends(&instance.relationships, &record.relationships) {
            let cause = "instances that it relates to changed".to_owned();
            let stays = !is_changed
                && record.state == Started
                && node
                    .is_some_and(|node| same_container(node, &instance.relationships, &record.relationships));
            return if stays { Fate::Relate(cause) } else { Fate::Replace(cause) };
        }
        if is_changed {
            return Fate::Change("update", self.change(instance, record));
        }
        match record.state {
            Started => Fate::Keep,
            Stopping | Stopped | Deleting => Fate::Replace(self.stopped_while(record)),
            _ => Fate::GoOn(self.stopped_while(record)),
        }
    }

    /// What heals an instance that is up and not well, or that is asked for by its name.
    fn healed(&self, id: &str, record: &InstanceRecord) -> Fate {
        let named = self.request.only.iter().any(|name| name == id || *name == record.node);
        let ill = match record.health {
            Health::Drifted => Some("changed"),
            Health::Failed => Some("failed"),
            _ => None,
        };
        let how = match ill {
            _ if record.state != InstanceState::Started => return Fate::Keep,
            Some(how) if named || self.request.only.is_empty() => how,
            None if named => "asked for",
            _ => return Fate::Keep,
        };
        let cause = match &record.reason {
            Some(reason) => format!("{how}: {reason}"),
            None => how.to_owned(),
        };
        if self.step_in_place(record, self.edition_of(record), "heal").is_some() {
            Fate::Change("heal", cause)
        } else {
            Fate::Replace(cause)
        }
    }

    /// Whether what the blueprint now says otherwise can be changed without taking the instance apart.
    fn may_change(&self, instance: &Instance, record: &InstanceRecord) -> bool {
        let Some(old) = self.request.made_from.get(&record.execution) else { return false };
        let Some(before) = old.topology.nodes.get(&record.node) else { return false };
        let Some((_, after)) = self.specs.get(&instance.node) else { return false };
        let is_value = |name: &String| {
            let external = name == "properties.use_external_resource";
            !external && ["properties.", "inputs.", "file "].iter().any(|prefix| name.starts_with(prefix))
                || name.contains(".properties.") && !name.starts_with("relationships")
        };
        record.state == InstanceState::Started
            && changed(&parts(before, old), after).iter().all(is_value)
            && self.step_in_place(record, self.request.edition, "update").is_some()
    }

    fn step_in_place(&self, record: &InstanceRecord, edition: &Edition, verb: &str) -> Option<Step> {
        let node = edition.topology.nodes.get(&record.node)?;
        Subject { node, topology: &edition.topology, relationships: &record.relationships }.in_place(verb)
    }

    /// Why an instance is neither up nor gone.
    fn stopped_while(&self, record: &InstanceRecord) -> String {
        let how = match self.request.state.status {
            DeploymentStatus::Failed => "failed",
            DeploymentStatus::Cancelled => "cancelled",
            _ => "interrupted",
        };
        format!("{how} while {}", record.state)
    }

    fn change(&self, instance: &Instance, record: &InstanceRecord) -> String {
        let old = self.request.made_from.get(&record.execution);
        let old = old.and_then(|edition| Some(parts(edition.topology.nodes.get(&record.node)?, edition)));
        let new = self.specs.get(&instance.node).map(|(_, parts)| parts);
        let names = match (old, new) {
            (Some(old), Some(new)) => changed(&old, new),
            _ => Vec::new(),
        };
        match names.as_slice() {
            [] => "blueprint changed".into(),
            [name] => format!("blueprint changed: {name}"),
            [name, rest @ ..] => format!("blueprint changed: {name} and {} more", rest.len()),
        }
    }

    /// What depends on an instance that is made anew has used its values, so it is made anew as well.
    fn spread(&self, fates: &mut IndexMap<&'a str, Fate>) {
        let mut users: HashMap<&str, Vec<&'a str>> = HashMap::new();
        for (id, record) in self.existing() {
            for (_, target) in &record.relationships {
                users.entry(target).or_default().push(id);
            }
        }
        let mut queue: Vec<&str> =
            fates.iter().filter(|(_, fate)| matches!(fate, Fate::Replace(_))).map(|(id, _)| *id).collect();
        while let Some(id) = queue.pop() {
            for user in users.get(id).into_iter().flatten() {
                if let Some(fate @ (Fate::Keep | Fate::GoOn(_) | Fate::Change(..) | Fate::Relate(_))) =
                    fates.get_mut(user)
                {
                    *fate = Fate::Replace(format!("{id} is made anew"));
                    queue.push(user);
                }
            }
        }
    }

    /// Instances in an order in which each comes after all that it relates to.
    fn order(&mut self, graph: &Dag<&'a str>) -> Vec<&'a str> {
        graph.order().unwrap_or_else(|cycle| {
            let message = format!("instances need each other: {}", cycle.join(" → "));
            self.diagnostics.push(
                Diagnostic::error("relationship-cycle", Path::of(["node_templates"]), message)
                    .with_hint("remove one of the relationships"),
            );
            Vec::new()
        })
    }

    fn remove(&mut self, fates: &IndexMap<&'a str, Fate>) {
        let cause_of = |id: &str| match fates.get(id) {
            Some(Fate::Replace(cause) | Fate::Remove(cause)) => Some(cause),
            _ => None,
        };
        self.unlink(fates);
        let mut graph = Dag::new();
        let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
        for (id, record) in self.existing().filter(|(id, _)| cause_of(id).is_some()) {
            graph.add(id.as_str());
            for (_, target) in &record.relationships {
                if self.request.state.instances.contains_key(target) && cause_of(target).is_some() {
                    graph.need(id.as_str(), target.as_str());
                    users.entry(target).or_default().push(id);
                }
            }
        }
        for id in self.order(&graph).into_iter().rev() {
            let Some((record, cause)) = self.request.state.instances.get(id).zip(cause_of(id)) else {
                continue;
            };
            let edition = self.edition_of(record);
            let Some(node) = edition.topology.nodes.get(&record.node) else {
                self.diagnostics.push(
                    Diagnostic::error(
                        "unknown-instance",
                        Path::root(),
                        format!("{id} exists, but the blueprint that it was made from is not known any more"),
                    )
                    .with_hint("deploy the blueprint that has it again, then undeploy"),
                );
                continue;
            };
            let subject = Subject { node, topology: &edition.topology, relationships: &record.relationships };
            let mut after: Vec<OperationId> = users
                .get(id)
                .into_iter()
                .flatten()
                .filter_map(|user| self.torn.get(*user))
                .chain(self.unlinked.get(id).into_iter().flatten())
                .copied()
                .collect();
            after.sort_unstable();
            after.dedup();
            let made_by =
                Some(record.execution.clone()).filter(|name| self.request.made_from.contains_key(name));
            for step in subject.teardown(record) {
                let known = self
                    .request
                    .state
                    .targets
                    .get(&record.node)
                    .filter(|_| node.platform == Some(step.platform));
                let target = known.cloned().unwrap_or_else(|| self.target(step.platform));
                let number = self.push(step, id, &record.node, cause, target, after, made_by.clone());
                after = vec![number];
                self.torn.insert(id.to_owned(), number);
            }
        }
    }

    /// What stays stops relating to what goes, before that goes.
    fn unlink(&mut self, fates: &IndexMap<&'a str, Fate>) {
        let planned: HashMap<&str, &Instance> =
            self.request.instances.iter().map(|instance| (instance.id.as_str(), instance)).collect();
        for (id, record) in self.existing() {
            let fate = fates.get(id.as_str()).zip(planned.get(id.as_str()));
            let Some((Fate::Relate(cause), instance)) = fate else { continue };
            let gone = without(&record.relationships, &instance.relationships);
            let edition = self.edition_of(record);
            let Some(node) = edition.topology.nodes.get(&record.node) else { continue };
            let made_by =
                Some(record.execution.clone()).filter(|name| self.request.made_from.contains_key(name));
            let subject = Subject { node, topology: &edition.topology, relationships: &gone };
            let mut after = Vec::new();
            for step in subject.relate("unlink", &record.done) {
                let known = self.request.state.targets.get(&record.node);
                let known = known.filter(|_| node.platform == Some(step.platform));
                let target = known.cloned().unwrap_or_else(|| self.target(step.platform));
                let number = self.push(step, id, &record.node, cause, target, after, made_by.clone());
                after = vec![number];
                self.torn.insert(id.clone(), number);
            }
            for (_, target) in &gone {
                self.unlinked.entry(target.clone()).or_default().extend(self.torn.get(id));
            }
        }
    }

    fn make(&mut self, fates: &IndexMap<&'a str, Fate>) {
        let cause_of = |id: &str| match fates.get(id) {
            Some(
                Fate::Make(cause)
                | Fate::GoOn(cause)
                | Fate::Change(_, cause)
                | Fate::Relate(cause)
                | Fate::Replace(cause),
            ) => Some(cause),
            _ => None,
        };
        if self.request.goal == Goal::Undeploy {
            return;
        }
        let mut graph = Dag::new();
        let mut wanted: HashMap<&str, &'a Instance> = HashMap::new();
        for instance in self.request.instances.iter().filter(|instance| cause_of(&instance.id).is_some()) {
            graph.add(instance.id.as_str());
            wanted.insert(&instance.id, instance);
            for (_, target) in &instance.relationships {
                if cause_of(target).is_some() {
                    graph.need(instance.id.as_str(), target.as_str());
                }
            }
        }
        let mut misplaced = HashSet::new();
        for id in self.order(&graph) {
            let Some((instance, cause)) = wanted.get(id).copied().zip(cause_of(id)) else { continue };
            let topology = &self.request.edition.topology;
            let Some(node) = topology.nodes.get(&instance.node) else { continue };
            let subject = Subject { node, topology, relationships: &instance.relationships };
            let done = match (fates.get(id), self.request.state.instances.get(id)) {
                (Some(Fate::GoOn(_)), Some(record)) => record.done.as_slice(),
                _ => &[],
            };
            let targets = instance.relationships.iter().filter_map(|(_, target)| self.set_up.get(target));
            let mut after: Vec<OperationId> = targets.chain(self.torn.get(id)).copied().collect();
            after.sort_unstable();
            after.dedup();
            let (steps, edition) = match (fates.get(id), self.request.state.instances.get(id)) {
                (Some(Fate::Change(verb @ "heal", _)), Some(record)) => {
                    let made_by =
                        Some(record.execution.clone()).filter(|it| self.request.made_from.contains_key(it));
                    (self.step_in_place(record, self.edition_of(record), verb).into_iter().collect(), made_by)
                }
                (Some(Fate::Relate(_)), Some(record)) => {
                    let new = without(&instance.relationships, &record.relationships);
                    let subject = Subject { node, topology, relationships: &new };
                    (subject.relate("establish", &record.done), None)
                }
                (Some(Fate::Change(verb, _)), _) => (subject.in_place(verb).into_iter().collect(), None),
                _ => (subject.setup(done), None),
            };
            for step in steps {
                let known = self.request.state.targets.get(&instance.node);
                let known =
                    known.filter(|_| self.request.goal == Goal::Heal && node.platform == Some(step.platform));
                let target = known.cloned().unwrap_or_else(|| self.target(step.platform));
                if step.platform != Platform::Proxy
                    && !target.serves(step.platform)
                    && misplaced.insert((step.platform, target.clone()))
                {
                    self.misplaced(&instance.node, step.platform, &target);
                }
                let number = self.push(step, id, &instance.node, cause, target, after, edition.clone());
                after = vec![number];
                self.set_up.insert(id.to_owned(), number);
            }
        }
    }

    fn misplaced(&mut self, node: &str, platform: Platform, target: &TargetSpec) {
        self.diagnostics.push(
            Diagnostic::error(
                "target-does-not-serve",
                Path::of(["node_templates", node]),
                format!("target `{target}` does no {platform} operations, and {node} needs them"),
            )
            .with_hint(format!("choose another target for {platform}, or `rehearsal`")),
        );
    }

    #[expect(clippy::too_many_arguments, reason = "one call makes one operation of all its parts")]
    fn push(
        &mut self,
        step: Step,
        instance: &str,
        node: &str,
        cause: &str,
        target: TargetSpec,
        after: Vec<OperationId>,
        edition: Option<String>,
    ) -> OperationId {
        let id = OperationId(u32::try_from(self.operations.len() + 1).unwrap_or(u32::MAX));
        self.operations.push(Operation {
            id,
            instance: instance.to_owned(),
            node: node.to_owned(),
            name: step.name,
            work: step.work,
            platform: step.platform,
            target,
            inputs: step.inputs,
            entering: step.entering,
            reached: step.reached,
            retry: step.retry,
            cause: cause.to_owned(),
            after,
            edition,
        });
        id
    }
}
