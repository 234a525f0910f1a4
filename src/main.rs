//! Chooses a front end: a verb goes to the command line, everything else to the window, or, where there is no display, to the
//! terminal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use gantry::cli;

/// A blueprint is a million small pieces: this one makes and forgets them sooner than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    let near = || {
        let found = [(".", "gantry.yaml"), (".", "blueprint.yaml"), (EXAMPLE, "gantry.yaml")];
        found
            .iter()
            .find(|(folder, file)| Path::new(folder).join(file).exists())
            .map(|(folder, _)| PathBuf::from(folder))
    };
    let path = path.or_else(near);
    match window(path.as_deref(), data_dir) {
        Ok(()) => 0,
        Err(why) => {
            let path = path.unwrap_or_else(|| PathBuf::from("."));
            cli::output::note(format!("{why}; planning and rehearsing {} here instead", path.display()));
            cli::rehearse(&path)
        }
    }
}

/// Runs the window until it is closed; the reason if there can be none.
#[cfg(feature = "gui")]
fn window(path: Option<&Path>, data_dir: Option<PathBuf>) -> Result<(), String> {
    gantry::gui::run(path, data_dir).map_err(|error| error.to_string())
}

#[cfg(not(feature = "gui"))]
fn window(_: Option<&Path>, _: Option<PathBuf>) -> Result<(), String> {
    Err("this build has no window".to_owned())
}
