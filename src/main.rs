//! Chooses a front end: a verb goes to the command line, everything else to the window, or, where there is no display, to the
//! terminal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use gantry::cli;

/// The example that opens when no project is named and the current folder is none.
const EXAMPLE: &str = "blueprints/hybrid-vnf";

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("GANTRY_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let arguments = cli::arguments();
    let data_dir = arguments.common.data_dir;
    let code = match &arguments.verb {
        Some(verb) => cli::run(verb, data_dir),
        None => open(arguments.path, data_dir),
    };
    ExitCode::from(code)
}

/// Opens the designer, or says why not and rehearses in the terminal.
fn open(path: Option<PathBuf>, data_dir: Option<PathBuf>) -> u8 {
    let path = path.unwrap_or_else(|| {
        let here = Path::new("gantry.yaml").exists() || !Path::new(EXAMPLE).exists();
        PathBuf::from(if here { "." } else { EXAMPLE })
    });
    match window(&path, data_dir) {
        Ok(()) => 0,
        Err(why) => {
            cli::output::note(format!("{why}; planning and rehearsing {} here instead", path.display()));
            cli::rehearse(&path)
        }
    }
}

/// Runs the window until it is closed; the reason if there can be none.
#[cfg(feature = "gui")]
fn window(path: &Path, data_dir: Option<PathBuf>) -> Result<(), String> {
    gantry::gui::run(path, data_dir).map_err(|error| error.to_string())
}

#[cfg(not(feature = "gui"))]
fn window(_: &Path, _: Option<PathBuf>) -> Result<(), String> {
    Err("this build has no window".to_owned())
}
