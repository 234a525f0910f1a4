//! `gantry events`: what happened, and with `--follow` what happens.

use std::path::PathBuf;
use std::time::Duration;

use super::args::{EventsArguments, Format};
use super::output::{event_line, exit, json_line, line};
use super::start::start;
use crate::engine::Event;

/// Runs the verb.
pub fn run(arguments: &EventsArguments, data_dir: Option<PathBuf>) -> u8 {
    let (mut session, lanes) = match start(&arguments.selection, data_dir, None) {
        Ok(started) => started,
        Err(code) => return code,
    };
    let print = |event: &Event| match arguments.selection.format {
        Format::Json => json_line(event),
        Format::Text => line(event_line(event)),
    };
    let events = match session.events(&lanes) {
        Ok(events) => events,
        Err(error) => {
            super::output::note(format!("error: {error}"));
            return exit::PROBLEMS;
        }
    };
    let skip = arguments.last.map_or(0, |last| events.len().saturating_sub(last));
    let mut seen = events.last().map_or(0, |event| event.sequence);
    events.iter().skip(skip).for_each(print);
    if !arguments.follow {
        return exit::OK;
    }
    let deployments: Vec<String> = lanes.iter().map(|lane| session.state(lane).deployment.clone()).collect();
    let cancel = super::interrupt::presses();
    while cancel.count() == 0 {
        for event in session.wait(Duration::from_millis(200)) {
            if event.sequence > seen && deployments.contains(&event.deployment) {
                seen = event.sequence;
                print(&event);
            }
        }
    }
    exit::OK
}
