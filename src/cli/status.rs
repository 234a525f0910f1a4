//! `gantry status`: how the deployments stand.

use super::args::{Format, Selection};
use super::output::{self, BAD, BOLD, CARE, DIM, GOOD, exit, line, mark, paint};
use super::start::start;
use crate::diag::escape;
use crate::plan::{DeploymentStatus, Health, InstanceState, State};

/// Runs the verb.
pub fn run(selection: &Selection, data_dir: Option<std::path::PathBuf>) -> u8 {
    let (session, lanes) = match start(selection, data_dir, None) {
        Ok(started) => started,
        Err(code) => return code,
    };
    let states: Vec<_> = lanes.iter().map(|lane| (lane.clone(), session.state(lane))).collect();
    match selection.format {
        Format::Json => {
            let states: Vec<_> = states
                .iter()
                .map(|(lane, state)| serde_json::json!({ "lane": lane, "state": &**state }))
                .collect();
            output::json(&serde_json::json!({ "deployments": states }));
        }
        Format::Text => {
            for (lane, state) in &states {
                print(lane, state);
            }
        }
    }
    exit::OK
}

/// One deployment, for people.
pub fn print(lane: &str, state: &State) {
    line(format!(
        "{}  {}{}",
        paint(BOLD, escape(lane)),
        status(state.status),
        mark(state.rehearsed && state.exists())
    ));
    if let Some(error) = state.execution.as_ref().and_then(|execution| execution.error.as_ref()) {
        line(format!("  {}", paint(BAD, escape(error))));
    }
    if state.status == DeploymentStatus::Interrupted {
        let (done, all) = state.progress();
        line(paint(
            DIM,
            format!("  {done} of {all} operations were done; deploy (or undeploy) again to go on"),
        ));
    }
    for (id, instance) in &state.instances {
        let health = instance.health.word(instance.reason.as_deref());
        let (glyph, word) = match (instance.state, instance.health) {
            (InstanceState::Started, Health::Failed) => (paint(BAD, "✖"), health.to_owned()),
            (InstanceState::Started, Health::Degraded) => (paint(CARE, "▲"), health.to_owned()),
            (InstanceState::Started, Health::Drifted) => (paint(CARE, "◆"), health.to_owned()),
            (InstanceState::Started, Health::Progressing) => (paint(CARE, "◔"), health.to_owned()),
            (InstanceState::Started, _) if health == "started" => (paint(GOOD, "●"), health.to_owned()),
            (InstanceState::Started, _) => (paint(CARE, "?"), health.to_owned()),
            (state, _) if state.is_absent() => ("○".to_owned(), state.to_string()),
            (state, _) => (paint(CARE, "◔"), state.to_string()),
        };
        let ready = instance.ready.map(|(ready, of)| format!("{ready}/{of}")).unwrap_or_default();
        let address = ["ip", "url", "clusterIP"]
            .iter()
            .find_map(|key| instance.runtime.get(key))
            .map(ToString::to_string)
            .unwrap_or_default();
        let reason = instance.reason.clone().unwrap_or_default();
        let mut text = format!("  {glyph} {:<30} {word:<14}", escape(id));
        for part in [ready, escape(&address)] {
            if !part.is_empty() {
                text = format!("{text} {part}");
            }
        }
        let reason =
            if reason.is_empty() { String::new() } else { paint(DIM, format!(" {}", escape(&reason))) };
        line(format!("{}{reason}", text.trim_end()));
    }
    line("");
}

fn status(status: DeploymentStatus) -> String {
    let style = match status {
        DeploymentStatus::Deployed => GOOD,
        DeploymentStatus::Failed | DeploymentStatus::Interrupted => BAD,
        DeploymentStatus::Absent => DIM,
        _ => CARE,
    };
    paint(style, status.name())
}
