//! From a selection to a [`Session`]: the store opened, the states read.

use std::path::PathBuf;
use std::time::Duration;

use super::args::{RehearsalOptions, Selection};
use super::open::{Opened, open};
use super::output::{exit, failed};
use crate::session::{Rehearsing, Session, Settings};

/// A session on what `selection` names, and the lanes that are meant; or the exit code, the reason told.
pub fn start(
    selection: &Selection,
    data_dir: Option<PathBuf>,
    rehearsal: Option<&RehearsalOptions>,
) -> Result<(Session, Vec<String>), u8> {
    let Opened { project, lanes } = open(selection)?;
    let rehearsal = match rehearsal.map(settings).transpose() {
        Ok(settings) => settings.unwrap_or_default(),
        Err(message) => return Err(failed(message, exit::USAGE)),
    };
    let session = Session::new(project, Settings { data_dir, rehearsal, wake: None });
    session.map(|session| (session, lanes)).map_err(|error| failed(error, exit::PROBLEMS))
}

/// The rehearsal that was asked for.
pub fn settings(options: &RehearsalOptions) -> Result<Rehearsing, String> {
    let number = |text: &str| {
        text.trim().parse::<u64>().map_err(|_| {
            format!(
                "`--rehearsal-latency {}`: expected milliseconds, `MIN..MAX` or one number",
                options.rehearsal_latency
            )
        })
    };
    let (least, most) = match options.rehearsal_latency.split_once("..") {
        Some((least, most)) => (number(least)?, number(most)?),
        None => (number(&options.rehearsal_latency)?, number(&options.rehearsal_latency)?),
    };
    if !(0.0..=1.0).contains(&options.rehearsal_failures) {
        return Err("`--rehearsal-failures` is a share from 0 to 1".to_owned());
    }
    Ok(Rehearsing {
        seed: options.rehearsal_seed,
        latency: (Duration::from_millis(least), Duration::from_millis(most.max(least))),
        failure_rate: options.rehearsal_failures,
        failing: options.rehearsal_fail.clone(),
    })
}
