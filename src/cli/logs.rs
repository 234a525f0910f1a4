//! `gantry logs`: what a node's containers have written.

use std::path::PathBuf;

use super::args::{LogsArguments, Running};
use super::output::{CARE, DIM, exit, failed, line, note, paint};
use super::start::start;
use crate::diag::escape;
use crate::session::inside::{self, Inside, InsideError, LogLine, LogOptions};

/// Runs the verb.
pub fn run(arguments: &LogsArguments, data_dir: Option<PathBuf>) -> u8 {
    let instances = match running(&arguments.running, data_dir) {
        Ok(instances) => instances,
        Err(code) => return code,
    };
    let options = LogOptions {
        follow: arguments.follow,
        previous: arguments.previous,
        container: arguments.container.clone(),
        tail: arguments.tail,
    };
    let print = |said: Result<LogLine, InsideError>| match said {
        Ok(said) => {
            line(format!(
                "{} {}",
                paint(DIM, format!("{}/{}:", said.pod, said.container)),
                escape(&said.text)
            ));
        }
        Err(why) => note(paint(CARE, escape(&why.to_string()))),
    };
    match inside::logs(&instances, &options, print) {
        Ok(true) => exit::OK,
        // What can't be read was told.
        Ok(false) => exit::PROBLEMS,
        Err(error) => refuse(&error),
    }
}

/// The instances that are meant; or the exit code, the reason told.
pub fn running(wanted: &Running, data_dir: Option<PathBuf>) -> Result<Vec<Inside>, u8> {
    let (session, lanes) = start(&wanted.selection(), data_dir, None)?;
    let has =
        |lane: &&String| session.state(lane).instances.values().any(|record| record.node == wanted.node);
    // An instance's own name may be given too; then every lane is asked.
    let lanes: Vec<&String> = match lanes.iter().find(has) {
        Some(lane) => vec![lane],
        None => lanes.iter().collect(),
    };
    let mut refusal = None;
    for lane in lanes {
        match session.inside(lane, &wanted.node) {
            Ok(instances) => return Ok(instances),
            Err(error) => refusal = Some(error),
        }
    }
    Err(refusal.map_or(exit::PROBLEMS, |error| refuse(&error)))
}

/// Tells why nothing can be looked into.
pub fn refuse(error: &InsideError) -> u8 {
    failed(error, exit::PROBLEMS)
}
