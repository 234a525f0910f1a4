//! `gantry plan`: what deploying would do, wave by wave, and why.

use super::args::{Format, PlanArguments};
use super::output::{self, BOLD, DIM, exit, line, paint};
use super::start::start;
use crate::diag::{counted, escape};
use crate::model::Platform;
use crate::plan::{Goal, Operation, Plan, Work, short_operation_name};
use crate::session::Planned;

/// Runs the verb. Touches nothing: neither a target nor the store.
pub fn run(arguments: &PlanArguments, data_dir: Option<std::path::PathBuf>) -> u8 {
    let (mut session, lanes) = match start(&arguments.selection, data_dir, None) {
        Ok(started) => started,
        Err(code) => return code,
    };
    let goal = match (arguments.undeploy, arguments.heal) {
        (true, _) => Goal::Undeploy,
        (_, true) => Goal::Heal,
        _ => Goal::Deploy,
    };
    if goal == Goal::Heal {
        super::heal::look(&mut session, &lanes);
    }
    let lanes: Vec<String> = if arguments.undeploy { lanes.into_iter().rev().collect() } else { lanes };
    let problems = session.project().problems(&lanes);
    if problems.has_errors() && goal == Goal::Deploy {
        return super::refuse(session.project(), &problems, arguments.selection.format);
    }
    if let Err(code) = super::scale::apply(&mut session, &lanes, &arguments.scaling) {
        return code;
    }
    let mut plans = Vec::new();
    for lane in &lanes {
        match session.plan(lane, goal) {
            Ok(planned) => plans.push((lane.clone(), planned)),
            Err(error) => {
                return super::deploy::refused(&error);
            }
        }
    }
    if plans.iter().any(|(_, planned)| planned.diagnostics.has_errors()) {
        let found = plans.into_iter().flat_map(|(_, planned)| planned.diagnostics).collect();
        return super::refuse(session.project(), &found, arguments.selection.format);
    }
    match arguments.selection.format {
        Format::Json => {
            let plans: Vec<_> = plans.iter().map(|(lane, planned)| plan_json(lane, planned)).collect();
            output::json(&serde_json::json!({ "plans": plans }));
        }
        Format::Text => {
            output::problems(session.project(), &problems);
            for (lane, Planned { plan, .. }) in &plans {
                print(lane, plan);
            }
        }
    }
    exit::OK
}

/// The plan of one lane, for people: numbered waves, each operation with its cause.
pub fn print(lane: &str, plan: &Plan) {
    let summary = plan.summary();
    line(format!(
        "{} {}",
        paint(BOLD, escape(lane)),
        paint(DIM, format!("(deployment {})", escape(&plan.deployment)))
    ));
    if plan.is_empty() {
        line("  nothing to do");
        line("");
        return;
    }
    let rows: Vec<Vec<[String; 4]>> =
        plan.waves().iter().map(|wave| wave.iter().map(|operation| row(plan, operation)).collect()).collect();
    let width = |column: usize| {
        rows.iter().flatten().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let (instance_width, verb_width, target_width) = (width(0), width(1), width(2));
    for (number, wave) in rows.iter().enumerate() {
        for (position, [instance, verb, target, cause]) in wave.iter().enumerate() {
            let wave = if position == 0 { (number + 1).to_string() } else { String::new() };
            line(format!(
                "{wave:>3}  {instance:<instance_width$}  {verb:<verb_width$}  {target:<target_width$}  {}",
                paint(DIM, cause)
            ));
        }
    }
    let update =
        if summary.update == 0 { String::new() } else { format!("{} to update · ", summary.update) };
    line(format!(
        "  {} · {} · {} to create · {update}{} to replace · {} to delete",
        counted(summary.operations, "operation"),
        counted(plan.waves().len(), "wave"),
        summary.create,
        summary.replace,
        summary.delete
    ));
    if plan.is_rehearsed() {
        line(paint(DIM, "  rehearsal: nothing outside this program is touched"));
    }
    line("");
}

/// Instance, what is done, where, and why.
fn row(plan: &Plan, operation: &Operation) -> [String; 4] {
    let short = short_operation_name(&operation.name);
    let verb = match &operation.work {
        Work::Nothing => "ready".to_owned(),
        Work::Relationship { target, .. } => format!("{short} → {target}"),
        _ => short.to_owned(),
    };
    let target = match operation.work {
        Work::Nothing => String::new(),
        _ if operation.platform == Platform::Proxy => "this program".to_owned(),
        _ => operation.target.to_string(),
    };
    let mut first: Vec<&str> = operation
        .after
        .iter()
        .filter_map(|id| plan.operation(*id))
        .map(|before| before.node.as_str())
        .collect();
    first.retain(|node| *node != operation.node);
    first.dedup();
    let cause = match first.as_slice() {
        [] => format!("because {}", operation.cause),
        nodes => format!("because {}; after {}", operation.cause, nodes.join(", ")),
    };
    [operation.instance.as_str(), &verb, &target, &cause].map(escape)
}

fn plan_json(lane: &str, planned: &Planned) -> serde_json::Value {
    let plan = &planned.plan;
    let waves: Vec<Vec<u32>> =
        plan.waves().iter().map(|wave| wave.iter().map(|operation| operation.id.0).collect()).collect();
    serde_json::json!({
        "lane": lane,
        "deployment": plan.deployment,
        "goal": plan.goal,
        "rehearsed": plan.is_rehearsed(),
        "summary": plan.summary(),
        "waves": waves,
        "operations": plan.operations,
        "modification": planned.modification,
    })
}
