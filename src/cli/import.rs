//! `gantry import`: compose files, Kubernetes manifests, `docker run` lines, blueprint folders and archives into a project.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::args::Format;
use super::output::{self, exit, failed, line, note};
use crate::diag::escape;
use crate::edit::Edit;
use crate::session::importing::{self, Destination, ImportError, Incoming};
use crate::session::project::{self, MANIFEST, OpenError};
use crate::session::{Overrides, Session, Settings, files};

/// How long saving may take.
const PATIENCE: Duration = Duration::from_mins(2);
/// What is read from stdin at most.
const MAX_INPUT: u64 = 16 * 1024 * 1024;

/// `gantry import`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// Compose file, Kubernetes manifest, file with `docker run` lines, blueprint, its folder or archive; `-` is stdin
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Project; made if it is not there. With LANE: the lane to add to, or the name of the new one
    #[arg(long, value_name = "PROJECT[/LANE]")]
    pub to: PathBuf,

    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Runs the verb. What could not be mapped is told and kept; that alone is no failure.
pub fn run(arguments: &ImportArguments, data_dir: Option<PathBuf>) -> u8 {
    // Everything is read before anything is made.
    let mut all = Vec::new();
    for file in &arguments.files {
        match read(file) {
            Ok(incoming) => all.push(incoming),
            Err(error) => {
                let code = failed(&error, exit::PROBLEMS);
                if let Some(hint) = error.hint() {
                    note(format!("  hint: {}", escape(&hint)));
                }
                return code;
            }
        }
    }
    // A whole project stays as it is, byte for byte.
    if let ([alone], false) = (all.as_slice(), arguments.to.exists())
        && alone.whole.is_some()
        && !arguments.to.parent().is_some_and(|around| around.join(MANIFEST).is_file())
    {
        return match alone.create(&arguments.to) {
            Ok(()) => {
                line(escape(&format!("{}: {} from {}", arguments.to.display(), alone.told(), alone.origin)));
                exit::OK
            }
            Err(error) => failed(error, exit::PROBLEMS),
        };
    }
    let (root, lane) = match destination(&arguments.to) {
        Ok(found) => found,
        Err(why) => return failed(why, exit::PROBLEMS),
    };
    let opened = match project::open(&root, &Overrides::default()) {
        Ok((opened, _)) => opened,
        Err(error) => return failed(error, exit::PROBLEMS),
    };
    let root = opened.root.clone();
    let mut session = match Session::new(opened, Settings { data_dir, ..Settings::default() }) {
        Ok(session) => session,
        Err(error) => return failed(error, exit::PROBLEMS),
    };
    let mut told = Vec::new();
    for incoming in all {
        let known = |name: &String| session.documents().documents.contains_key(name);
        let to = Destination {
            into: lane.clone().filter(known),
            name: lane.clone().filter(|name| !known(name)),
            at: None,
            imports: lane
                .as_ref()
                .and_then(|lane| session.lane(lane))
                .map(|lane| incoming.missing(lane))
                .unwrap_or_default(),
        };
        let before: Vec<String> = session.documents().documents.keys().cloned().collect();
        let done = incoming.edit(session.documents(), &root, &to).and_then(|edit| {
            session.edit(&edit)?;
            Ok(edit)
        });
        let edit = match done {
            Ok(edit) => edit,
            Err(error) => return failed(error, exit::PROBLEMS),
        };
        let new: Vec<String> =
            session.documents().documents.keys().filter(|name| !before.contains(name)).cloned().collect();
        told.push((incoming, to.into.map_or(new, |lane| vec![lane]), edit));
    }
    session.save();
    session.settle(PATIENCE);
    if let Some(Err(error)) = session.saved() {
        return failed(error, exit::PROBLEMS);
    }
    tell(&session, &told, arguments.format)
}

fn read(file: &Path) -> Result<Incoming, ImportError> {
    if file != Path::new("-") {
        return importing::read(file);
    }
    let io = |source| ImportError::File(files::FileProblem::Io { path: file.to_owned(), source });
    let mut bytes = Vec::new();
    std::io::stdin().take(MAX_INPUT).read_to_end(&mut bytes).map_err(io)?;
    importing::text("stdin", &String::from_utf8_lossy(&bytes))
}

/// The project to open, made if there is none, and the lane that is named behind it.
fn destination(to: &Path) -> Result<(PathBuf, Option<String>), String> {
    if to.join(MANIFEST).is_file() {
        return Ok((to.to_owned(), None));
    }
    let name = to.file_name().map(|name| name.to_string_lossy().into_owned());
    let around =
        to.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent });
    if let (Some(around), Some(name)) = (around, &name)
        && around.join(MANIFEST).is_file()
    {
        return Ok((around.to_owned(), Some(name.clone())));
    }
    if to.join("blueprint.yaml").is_file() {
        // A single blueprint is its project's only lane.
        let opened =
            project::open(to, &Overrides::default()).map_err(|error: OpenError| error.to_string())?.0;
        return Ok((to.to_owned(), opened.lanes.keys().next().cloned()));
    }
    let io = |error: std::io::Error| format!("{}: {error}", to.display());
    if to.exists() && (!to.is_dir() || std::fs::read_dir(to).map_err(io)?.next().is_some()) {
        return Err(format!(
            "{} is there and is no project: it has no {MANIFEST}; name a new folder",
            to.display()
        ));
    }
    std::fs::create_dir_all(to).map_err(io)?;
    files::write_atomically(&to.join(MANIFEST), b"lanes:\n").map_err(|problem| problem.to_string())?;
    Ok((to.to_owned(), None))
}

fn tell(session: &Session, told: &[(Incoming, Vec<String>, Edit)], format: Format) -> u8 {
    let lanes: Vec<String> = told.iter().flat_map(|(_, lanes, _)| lanes.clone()).collect();
    let problems = session.project().problems(&lanes);
    if format == Format::Json {
        let one = |(incoming, lanes, _): &(Incoming, Vec<String>, Edit)| {
            let left_out: Vec<_> = incoming
                .left_out
                .iter()
                .map(|one| serde_json::json!({ "at": one.at, "why": one.why, "kept": one.value.is_some() }))
                .collect();
            serde_json::json!({ "from": incoming.origin, "lanes": lanes, "left_out": left_out })
        };
        output::json(&told.iter().map(one).collect::<Vec<_>>());
    } else {
        for (incoming, lanes, _) in told {
            line(escape(&format!("{}: {} from {}", lanes.join(", "), incoming.told(), incoming.origin)));
            for one in &incoming.left_out {
                note(escape(&format!("  {}: {}", one.at, one.why)));
            }
        }
        output::problems(session.project(), &problems);
    }
    if problems.has_errors() { exit::PROBLEMS } else { exit::OK }
}
