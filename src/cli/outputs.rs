//! `gantry outputs`: the outputs of the deployments, and the values that flow between them.

use super::args::{Format, Selection};
use super::output::{self, BOLD, DIM, exit, line, mark, paint};
use super::start::start;
use crate::diag::escape;
use crate::model::Value;
use crate::session::Session;

/// Runs the verb.
pub fn run(selection: &Selection, data_dir: Option<std::path::PathBuf>) -> u8 {
    let (session, lanes) = match start(selection, data_dir, None) {
        Ok(started) => started,
        Err(code) => return code,
    };
    match selection.format {
        Format::Json => {
            let deployments: Vec<_> = lanes
                .iter()
                .map(|lane| {
                    let state = session.state(lane);
                    serde_json::json!({
                        "lane": lane,
                        "deployment": state.deployment,
                        "status": state.status,
                        "rehearsed": state.rehearsed,
                        "outputs": state.outputs,
                        "inherited": inherited(&session, lane),
                    })
                })
                .collect();
            output::json(&serde_json::json!({ "deployments": deployments }));
        }
        Format::Text => print(&session, &lanes),
    }
    exit::OK
}

/// Outputs and proxied values of `lanes`, for people.
pub fn print(session: &Session, lanes: &[String]) {
    for lane in lanes {
        let state = session.state(lane);
        line(format!("{}{}", paint(BOLD, escape(lane)), mark(state.rehearsed && state.exists())));
        let declared = session.project().lanes.get(lane).map(|lane| lane.topology.outputs.keys().cloned());
        if state.outputs.is_empty() {
            for name in declared.into_iter().flatten() {
                line(paint(DIM, format!("  {} = known once it is deployed", escape(&name))));
            }
        }
        for (name, value) in &state.outputs {
            match value {
                Value::Map(map) => {
                    for (key, value) in map {
                        line(escape(&format!("  {name}.{key} = {value}")));
                    }
                }
                value => line(escape(&format!("  {name} = {value}"))),
            }
        }
        for flow in inherited(session, lane) {
            line(escape(&format!(
                "  ⇠ {}.{} through {}: {}",
                flow.from, flow.output, flow.proxy, flow.value
            )));
        }
        line("");
    }
}

/// A value that a deployment has inherited.
#[derive(serde::Serialize)]
struct Inherited {
    proxy: String,
    from: String,
    output: String,
    value: Value,
}

fn inherited(session: &Session, lane: &str) -> Vec<Inherited> {
    let state = session.state(lane);
    let mut found = Vec::new();
    for (id, instance) in &state.instances {
        let names = instance.runtime.get("inherit_outputs").and_then(Value::as_list).unwrap_or_default();
        let from = instance.runtime.get("deployment_id").map(ToString::to_string).unwrap_or_default();
        for name in names.iter().filter_map(Value::as_str) {
            found.push(Inherited {
                proxy: id.clone(),
                from: from.clone(),
                output: name.to_owned(),
                value: instance.runtime.get(name).cloned().unwrap_or_default(),
            });
        }
    }
    found
}
