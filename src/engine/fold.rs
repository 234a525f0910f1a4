//! [`fold`]: how an event changes the state of its deployment. Total: any event, in any state, gives a state.
//!
//! The one place where [`State`] changes. Does not judge events: an event that makes no sense changes what it can.

use indexmap::IndexMap;

use super::{Event, EventKind, ExecutionOutcome};
use crate::model::{Map, Value};
use crate::plan::{
    DeploymentStatus, Execution, Goal, InstanceRecord, InstanceState, OperationId, OperationRecord,
    OperationState, PlannedInstance, State, short_operation_name,
};

/// Applies `event` to the state of its deployment. An event that was applied already changes nothing.
pub fn fold(state: &mut State, event: &Event) {
    if event.sequence <= state.sequence {
        return;
    }
    state.sequence = event.sequence;
    if state.deployment.is_empty() {
        state.deployment.clone_from(&event.deployment);
    }
    if is_planned_with(&event.kind) {
        state.revision = event.sequence;
    }
    match &event.kind {
        EventKind::ExecutionStarted { goal, operations, instances, inputs, targets, depends_on, scaled } => {
            state.status = match goal {
                Goal::Deploy | Goal::Heal => DeploymentStatus::Deploying,
                Goal::Undeploy => DeploymentStatus::Undeploying,
            };
            state.execution = Some(Execution {
                id: event.execution.clone().unwrap_or_default(),
                goal: *goal,
                operations: *operations,
                started_ms: event.time_ms,
                ended_ms: None,
                error: None,
            });
            state.operations = IndexMap::new();
            state.planned.clone_from(instances);
            if *goal == Goal::Deploy {
                state.inputs.clone_from(inputs);
                state.depends_on.clone_from(depends_on);
                state.scaled.clone_from(scaled);
            }
            for (node, target) in targets {
                state.targets.insert(node.clone(), target.clone());
            }
            plan_instances(state, instances, event.execution.as_deref());
        }
        EventKind::ExecutionEnded { outcome, error } => end(state, *outcome, error.as_ref(), event.time_ms),
        EventKind::OperationStarted { operation, instance, name, attempt, entering, rehearsed } => {
            let record = operation_record(state, *operation, instance);
            record.name.clone_from(name);
            record.state = OperationState::Started;
            record.attempts = *attempt;
            record.message = None;
            if let Some(record) = state.instances.get_mut(instance) {
                if let Some(entering) = entering {
                    record.state = *entering;
                }
                record.rehearsed |= *rehearsed;
                state.rehearsed |= *rehearsed;
            }
        }
        EventKind::OperationProgress { operation, instance, message, runtime } => {
            operation_record(state, *operation, instance).message = Some(message.clone());
            if let Some(record) = state.instances.get_mut(instance) {
                set(&mut record.runtime, runtime);
                record.reason = Some(message.clone());
            }
        }
        EventKind::OperationRetrying { operation, instance, why, .. } => {
            let record = operation_record(state, *operation, instance);
            record.state = OperationState::Retrying;
            record.message = Some(why.clone());
            if let Some(record) = state.instances.get_mut(instance) {
                record.reason = Some(why.clone());
            }
        }
        EventKind::OperationSucceeded {
            operation,
            instance,
            name,
            step,
            runtime,
            reached,
            message,
            rehearsed,
        } => {
            let record = operation_record(state, *operation, instance);
            record.name.clone_from(name);
            record.state = OperationState::Succeeded;
            record.message.clone_from(message);
            for (id, changed) in runtime {
                if let Some(record) = state.instances.get_mut(id) {
                    set(&mut record.runtime, changed);
                }
            }
            succeed(state, instance, step, *reached, *rehearsed);
            if *reached == Some(InstanceState::Started) {
                changed_in_place(state, instance, name, event.execution.as_deref());
            }
        }
        EventKind::OperationFailed { operation, instance, name, why } => {
            let record = operation_record(state, *operation, instance);
            record.name.clone_from(name);
            record.state = OperationState::Failed;
            record.message = Some(why.clone());
            if let Some(record) = state.instances.get_mut(instance) {
                record.health = crate::plan::Health::Failed;
                record.reason = Some(why.clone());
                record.differences.clear();
            }
        }
        EventKind::OperationSkipped { operation, instance, name } => {
            let record = operation_record(state, *operation, instance);
            record.name.clone_from(name);
            record.state = OperationState::Skipped;
        }
        EventKind::OutputsEvaluated { outputs, capabilities } => {
            state.outputs.clone_from(outputs);
            state.capabilities.clone_from(capabilities);
        }
        EventKind::Observed { instance, health, reason, differences, ready, runtime } => {
            if let Some(record) = state.instances.get_mut(instance) {
                record.health = *health;
                record.reason.clone_from(reason);
                record.differences.clone_from(differences);
                record.ready = *ready;
                set(&mut record.runtime, runtime);
            }
        }
        EventKind::Log { .. } => {}
    }
}

/// Whether a plan made before the event may be wrong after it.
fn is_planned_with(kind: &EventKind) -> bool {
    match kind {
        EventKind::ExecutionStarted { .. }
        | EventKind::OperationStarted { .. }
        | EventKind::OperationSucceeded { .. } => true,
        EventKind::ExecutionEnded { .. }
        | EventKind::OperationProgress { .. }
        | EventKind::OperationRetrying { .. }
        | EventKind::OperationFailed { .. }
        | EventKind::OperationSkipped { .. }
        | EventKind::OutputsEvaluated { .. }
        | EventKind::Observed { .. }
        | EventKind::Log { .. } => false,
    }
}

/// Adds the instances that a plan is to end with, before its first operation.
pub(super) fn plan_instances(
    state: &mut State,
    planned: &IndexMap<String, PlannedInstance>,
    execution: Option<&str>,
) {
    state.instances.retain(|id, record| !record.state.is_absent() || planned.contains_key(id));
    for (id, plan) in planned {
        match state.instances.get(id) {
            Some(record) if !record.state.is_absent() => {}
            _ => {
                state.instances.insert(id.clone(), fresh(plan, execution));
            }
        }
    }
}

/// An instance before its first operation.
fn fresh(plan: &PlannedInstance, execution: Option<&str>) -> InstanceRecord {
    InstanceRecord {
        node: plan.node.clone(),
        relationships: plan.relationships.clone(),
        scaling_groups: plan.scaling_groups.clone(),
        spec: plan.spec.clone(),
        execution: execution.unwrap_or_default().to_owned(),
        ..InstanceRecord::default()
    }
}

fn operation_record<'a>(state: &'a mut State, id: OperationId, instance: &str) -> &'a mut OperationRecord {
    let record = state.operations.entry(id).or_default();
    if record.instance != instance {
        instance.clone_into(&mut record.instance);
    }
    record
}

fn succeed(state: &mut State, instance: &str, step: &str, reached: Option<InstanceState>, rehearsed: bool) {
    let Some(record) = state.instances.get_mut(instance) else { return };
    record.reason = None;
    record.rehearsed |= rehearsed;
    state.rehearsed |= rehearsed;
    if record.health == crate::plan::Health::Failed {
        record.health = crate::plan::Health::Unknown;
    }
    if !record.done.iter().any(|done| done == step) {
        record.done.push(step.to_owned());
    }
    let Some(reached) = reached else { return };
    record.state = reached;
    match reached {
        InstanceState::Started => record.done.clear(),
        // Made anew by the same execution, or gone.
        InstanceState::Deleted => {
            let execution = state.execution.as_ref().map(|execution| execution.id.clone());
            match state.planned.get(instance) {
                Some(plan) => *record = fresh(plan, execution.as_deref()),
                None => {
                    state.instances.shift_remove(instance);
                }
            }
        }
        _ => {}
    }
}

/// After an update the instance is what its plan says, also in what it relates to; after healing, how it does is not known yet.
fn changed_in_place(state: &mut State, instance: &str, name: &str, execution: Option<&str>) {
    let Some(record) = state.instances.get_mut(instance) else { return };
    match short_operation_name(name) {
        "update" => {
            if let (Some(plan), Some(execution)) = (state.planned.get(instance), execution) {
                record.spec.clone_from(&plan.spec);
                execution.clone_into(&mut record.execution);
            }
        }
        "heal" => {
            record.health = crate::plan::Health::Unknown;
            record.differences.clear();
        }
        // What it relates to has come or gone; it stayed.
        "establish" => {
            if let Some(plan) = state.planned.get(instance) {
                record.relationships.clone_from(&plan.relationships);
            }
        }
        "unlink" => {
            if let Some(plan) = state.planned.get(instance) {
                record.relationships.retain(|it| plan.relationships.contains(it));
            }
        }
        _ => {}
    }
}

fn end(state: &mut State, outcome: ExecutionOutcome, error: Option<&String>, time_ms: i64) {
    let goal = state.execution.as_ref().map(|execution| execution.goal);
    state.status = match outcome {
        ExecutionOutcome::Succeeded if goal == Some(Goal::Undeploy) => DeploymentStatus::Absent,
        // What was not up before is not up after healing the rest.
        ExecutionOutcome::Succeeded
            if goal == Some(Goal::Heal)
                && state.instances.values().any(|record| record.state != InstanceState::Started) =>
        {
            DeploymentStatus::Failed
        }
        ExecutionOutcome::Succeeded => DeploymentStatus::Deployed,
        ExecutionOutcome::Failed => DeploymentStatus::Failed,
        ExecutionOutcome::Cancelled => DeploymentStatus::Cancelled,
        ExecutionOutcome::Interrupted => DeploymentStatus::Interrupted,
    };
    if let Some(execution) = &mut state.execution {
        execution.ended_ms = Some(time_ms);
        execution.error = error.cloned();
    }
    if state.status == DeploymentStatus::Absent {
        state.outputs.clear();
        state.capabilities.clear();
        state.scaled.clear();
        state.inputs.clear();
        state.targets.clear();
        state.depends_on.clear();
        state.planned.clear();
        state.rehearsed = false;
        state.instances.retain(|_, record| !record.state.is_absent());
    }
    for record in state.operations.values_mut() {
        if matches!(record.state, OperationState::Started | OperationState::Retrying) {
            record.state = OperationState::Failed;
        }
    }
}

/// Sets runtime properties; `null` removes one.
fn set(runtime: &mut Map, changed: &Map) {
    for (key, value) in changed {
        if matches!(value, Value::Null) {
            runtime.shift_remove(key);
        } else {
            runtime.insert(key.clone(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(sequence: u64, kind: EventKind) -> Event {
        Event { sequence, time_ms: 5, deployment: "d".into(), execution: Some("e1".into()), kind }
    }

    fn started(goal: Goal, ids: &[&str]) -> EventKind {
        EventKind::ExecutionStarted {
            goal,
            operations: 1,
            instances: ids
                .iter()
                .map(|id| {
                    (
                        (*id).to_owned(),
                        PlannedInstance { node: "n".into(), spec: "s".into(), ..Default::default() },
                    )
                })
                .collect(),
            inputs: Map::new(),
            targets: IndexMap::new(),
            depends_on: vec![],
            scaled: IndexMap::new(),
        }
    }

    fn succeeded(instance: &str, step: &str, reached: InstanceState) -> EventKind {
        EventKind::OperationSucceeded {
            operation: OperationId(1),
            instance: instance.into(),
            name: step.into(),
            step: step.into(),
            runtime: IndexMap::from([(instance.to_owned(), Map::from([("ip".into(), Value::from("x"))]))]),
            reached: Some(reached),
            message: None,
            rehearsed: true,
        }
    }

    #[test]
    fn a_deployment_from_plan_to_gone() {
        let mut state = State::default();
        fold(&mut state, &event(1, started(Goal::Deploy, &["a", "b"])));
        assert_eq!((state.status, state.instances.len()), (DeploymentStatus::Deploying, 2));
        assert!(!state.exists());
        fold(&mut state, &event(2, succeeded("a", "create", InstanceState::Created)));
        assert_eq!(state.instances["a"].done, ["create"]);
        fold(&mut state, &event(3, succeeded("a", "start", InstanceState::Started)));
        assert!(state.instances["a"].done.is_empty() && state.rehearsed);
        let end = EventKind::ExecutionEnded { outcome: ExecutionOutcome::Failed, error: Some("b".into()) };
        fold(&mut state, &event(4, end));
        assert_eq!(state.status, DeploymentStatus::Failed);
        assert_eq!(state.revision, 3, "an end changes nothing that a plan depends on");

        fold(&mut state, &event(5, started(Goal::Undeploy, &[])));
        assert_eq!(state.instances.keys().collect::<Vec<_>>(), ["a"], "b never came to be");
        fold(&mut state, &event(6, succeeded("a", "delete", InstanceState::Deleted)));
        let end = EventKind::ExecutionEnded { outcome: ExecutionOutcome::Succeeded, error: None };
        fold(&mut state, &event(7, end));
        assert_eq!((state.status, state.exists(), state.rehearsed), (DeploymentStatus::Absent, false, false));
    }

    #[test]
    fn an_instance_that_is_made_anew_starts_from_its_plan() {
        let mut state = State::default();
        fold(&mut state, &event(1, started(Goal::Deploy, &["a"])));
        fold(&mut state, &event(2, succeeded("a", "start", InstanceState::Started)));
        let mut again = event(3, started(Goal::Deploy, &["a"]));
        again.execution = Some("e2".into());
        fold(&mut state, &again);
        assert_eq!(state.instances["a"].execution, "e1", "still what the first execution made");
        fold(&mut state, &event(4, succeeded("a", "delete", InstanceState::Deleted)));
        let record = &state.instances["a"];
        assert_eq!((record.state, record.execution.as_str()), (InstanceState::Uninitialized, "e2"));
        assert!(record.runtime.is_empty() && record.done.is_empty());
    }

    #[test]
    fn folding_twice_or_without_sense_changes_nothing_more() {
        let mut state = State::default();
        let first = event(1, succeeded("nobody", "create", InstanceState::Created));
        fold(&mut state, &first);
        let once = state.clone();
        fold(&mut state, &first);
        assert_eq!(state, once);
        fold(
            &mut state,
            &event(2, EventKind::ExecutionEnded { outcome: ExecutionOutcome::Succeeded, error: None }),
        );
        assert_eq!(state.status, DeploymentStatus::Deployed);
    }
}
