//! `gantry deploy` and `gantry undeploy`: run the plans, with live progress, and tell how it went.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Duration;

use super::args::{DeployArguments, Format, Selection, UndeployArguments};
use super::output::{self, BAD, CARE, GOOD, confirmed, exit, failed, json_line, line, note, paint};
use super::progress::Progress;
use super::start::start;
use crate::diag::escape;
use crate::model::TargetSpec;
use crate::plan::Goal;
use crate::session::{Refusal, RolloutEnd, Session};

/// Runs `gantry deploy`.
pub fn deploy(arguments: &DeployArguments, data_dir: Option<PathBuf>) -> u8 {
    let (mut session, lanes) = match start(&arguments.selection, data_dir, Some(&arguments.rehearsal)) {
        Ok(started) => started,
        Err(code) => return code,
    };
    let problems = session.project().problems(&lanes);
    if problems.has_errors() {
        return super::refuse(session.project(), &problems, arguments.selection.format);
    }
    output::problems(session.project(), &problems);
    if let Err(code) = super::scale::apply(&mut session, &lanes, &arguments.scaling) {
        return code;
    }
    if let Some(refusal) = refused_scaling(&session, &lanes) {
        return refused(&refusal);
    }
    let real = real_targets(&session, &lanes);
    if !real.is_empty()
        && !confirmed(&format!("Deploy {} to {}?", lanes.join(", "), real.join(", ")), arguments.yes)
    {
        note("nothing was changed");
        return exit::CANCELLED;
    }
    run(&mut session, &lanes, Goal::Deploy, false, &arguments.selection)
}

/// Runs `gantry undeploy`.
pub fn undeploy(arguments: &UndeployArguments, data_dir: Option<PathBuf>) -> u8 {
    let (mut session, lanes) = match start(&arguments.selection, data_dir, Some(&arguments.rehearsal)) {
        Ok(started) => started,
        Err(code) => return code,
    };
    let lanes: Vec<String> = lanes.into_iter().rev().collect();
    let existing: Vec<&str> =
        lanes.iter().filter(|lane| session.state(lane).exists()).map(String::as_str).collect();
    if existing.is_empty() {
        note(format!("nothing of {} is deployed", lanes.join(", ")));
        return exit::OK;
    }
    if let Err(refusal) = session.may_undeploy(&lanes, arguments.force) {
        return refused(&refusal);
    }
    if !confirmed(&format!("Undeploy {}?", existing.join(", ")), arguments.yes) {
        note("nothing was changed");
        return exit::CANCELLED;
    }
    run(&mut session, &lanes, Goal::Undeploy, arguments.force, &arguments.selection)
}

/// Why what is asked for can't be scaled so; said before anything is asked or begun.
fn refused_scaling(session: &Session, lanes: &[String]) -> Option<Refusal> {
    let plans = lanes.iter().filter_map(|lane| session.plan(lane, Goal::Deploy).err());
    plans.into_iter().find(|refusal| matches!(refusal, Refusal::Scale { .. }))
}

/// Targets of `lanes` that are not the rehearsal, as printed.
fn real_targets(session: &Session, lanes: &[String]) -> Vec<String> {
    let mut targets: Vec<String> = lanes
        .iter()
        .filter_map(|lane| session.plan(lane, Goal::Deploy).ok())
        .flat_map(|planned| planned.plan.operations)
        .filter(|operation| operation.calls_target() && operation.target != TargetSpec::Rehearsal)
        .map(|operation| operation.target.to_string())
        .collect();
    targets.sort();
    targets.dedup();
    targets
}

/// Tells why nothing begins, and what to do.
pub fn refused(refusal: &Refusal) -> u8 {
    let code = failed(refusal, exit::PROBLEMS);
    if let Some(hint) = refusal.hint() {
        note(format!("  hint: {}", escape(&hint)));
    }
    code
}

/// Runs `goal` for `lanes` and follows it to its end.
pub fn run(session: &mut Session, lanes: &[String], goal: Goal, force: bool, selection: &Selection) -> u8 {
    if let Err(refusal) = session.start(lanes, goal, force) {
        return refused(&refusal);
    }
    let people = selection.format == Format::Text;
    let mut progress = Progress::new(people && std::io::stderr().is_terminal());
    let cancel = super::interrupt::presses();
    let mut seen = 0;
    loop {
        let presses = cancel.count();
        if presses > seen {
            seen = presses;
            session.cancel();
            progress.say(if presses == 1 {
                "cancelling: what runs may finish; press Ctrl-C again to abort it"
            } else {
                "aborting"
            });
        }
        for event in session.wait(Duration::from_millis(100)) {
            match selection.format {
                Format::Json => json_line(&event),
                Format::Text => progress.event(&event, session.state_of(&event.deployment).as_deref()),
            }
        }
        if let Some(end) = session.rollout_end() {
            progress.finish();
            return told(session, lanes, goal, &end, people);
        }
    }
}

/// Tells the end, and gives its exit code.
fn told(session: &Session, lanes: &[String], goal: Goal, end: &RolloutEnd, people: bool) -> u8 {
    match end {
        RolloutEnd::Reached { changed } => {
            if people {
                if !changed && goal != Goal::Heal {
                    line("nothing to do: all of it is as the blueprints say");
                } else if goal == Goal::Undeploy {
                    line(paint(GOOD, format!("undeployed: {}", lanes.join(", "))));
                }
                if goal == Goal::Heal {
                    line(paint(GOOD, format!("healed: {}", lanes.join(", "))));
                }
                if goal == Goal::Deploy {
                    line(paint(GOOD, format!("deployed: {}", lanes.join(", "))));
                    line("");
                    super::outputs::print(session, lanes);
                }
            }
            exit::OK
        }
        RolloutEnd::Failed { lane, error, begun: false } => {
            note(format!("{}: {}: {}", paint(BAD, "error"), escape(lane), escape(error)));
            note(format!("  nothing of {} was begun", escape(lane)));
            exit::PROBLEMS
        }
        RolloutEnd::Failed { lane, error, begun: true } => {
            note(format!(
                "{}: {} of {} failed: {}",
                paint(BAD, "error"),
                goal.verb(),
                escape(lane),
                escape(error)
            ));
            note("  hint: `gantry status` shows how far it came; deploying again goes on from there");
            exit::FAILED
        }
        RolloutEnd::Cancelled { lane } => {
            note(paint(CARE, format!("cancelled: {} of {}", goal.verb(), escape(lane))));
            exit::CANCELLED
        }
    }
}
