//! `gantry heal`: puts right what has changed or failed since it was deployed, and nothing else.

use std::path::PathBuf;
use std::time::Duration;

use super::args::HealArguments;
use super::output::{CARE, confirmed, exit, line, note, paint};
use super::start::start;
use super::{deploy, plan};
use crate::diag::escape;
use crate::plan::Goal;
use crate::session::Session;

/// How long clusters may take to tell how things stand.
pub const LOOK: Duration = Duration::from_secs(20);

/// Runs the verb.
pub fn run(arguments: &HealArguments, data_dir: Option<PathBuf>) -> u8 {
    let (mut session, lanes) = match start(&arguments.selection, data_dir, Some(&arguments.rehearsal)) {
        Ok(started) => started,
        Err(code) => return code,
    };
    let lanes = match lanes_with(&session, &lanes, &arguments.nodes) {
        Ok(lanes) => lanes,
        Err(code) => return code,
    };
    look(&mut session, &lanes);
    session.heal_only(arguments.nodes.clone());
    let mut any = false;
    for lane in &lanes {
        let Ok(planned) = session.plan(lane, Goal::Heal) else { continue };
        if !planned.plan.is_empty() {
            any = true;
            plan::print(lane, &planned.plan);
        }
    }
    if !any {
        line("nothing to heal: all that is up is as it was deployed");
        return exit::OK;
    }
    if !confirmed(&format!("Heal {}?", lanes.join(", ")), arguments.yes) {
        note("nothing was changed");
        return exit::CANCELLED;
    }
    deploy::run(&mut session, &lanes, Goal::Heal, false, &arguments.selection)
}

/// Waits until the clusters have told how things stand; says what could not be looked at.
pub fn look(session: &mut Session, lanes: &[String]) {
    let unseen = session.look(lanes, LOOK);
    if !unseen.is_empty() {
        note(paint(
            CARE,
            format!("not looked at, since nobody answers for it: {}", escape(&unseen.join(", "))),
        ));
    }
}

/// The lanes in which something is deployed; if nodes are named, those that have one of them.
fn lanes_with(session: &Session, lanes: &[String], nodes: &[String]) -> Result<Vec<String>, u8> {
    let has = |lane: &&String, node: Option<&String>| {
        let state = session.state(lane);
        state.instances.iter().any(|(id, record)| node.is_none_or(|node| id == node || record.node == *node))
    };
    if let Some(unknown) = nodes.iter().find(|node| !lanes.iter().any(|lane| has(&lane, Some(node)))) {
        note(format!("nothing of `{}` is deployed; `gantry status` lists what is", escape(unknown)));
        return Err(exit::PROBLEMS);
    }
    let wanted = |lane: &&String| {
        if nodes.is_empty() { has(lane, None) } else { nodes.iter().any(|node| has(lane, Some(node))) }
    };
    Ok(lanes.iter().filter(wanted).cloned().collect())
}
