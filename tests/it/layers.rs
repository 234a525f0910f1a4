//! The arrows between layers point only downward, and each outside crate stays in its layer.
//!
//! Reads the `crate::` paths and the names of outside crates in `src`; the table is the one in the crate docs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Module, and what it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("ordered", &[]),
    ("diag", &["ordered"]),
    ("dag", &[]),
    ("model", &["diag", "ordered"]),
    ("dsl", &["model", "diag"]),
    ("check", &["dsl", "model", "diag", "dag"]),
    ("edit", &["dsl", "model", "diag"]),
    ("ingest", &["edit", "model", "diag"]),
    ("plan", &["check", "model", "diag", "dag"]),
    ("scene", &["check", "model", "dag"]),
    ("render", &["scene", "check", "plan", "model", "diag", "dsl"]),
    ("engine", &["plan", "check", "model", "diag", "dag"]),
    ("providers", &["engine", "render", "plan", "check", "model", "diag"]),
    ("session", BELOW_SESSION),
    // The front ends: everything, but not each other.
    ("gui", FRONT_END),
    ("cli", FRONT_END),
];

/// All that stands below the session.
const BELOW_SESSION: &[&str] = &[
    "providers",
    "engine",
    "render",
    "plan",
    "scene",
    "ingest",
    "edit",
    "check",
    "dsl",
    "model",
    "diag",
    "dag",
];

const FRONT_END: &[&str] = &[
    "session",
    "providers",
    "engine",
    "render",
    "plan",
    "scene",
    "ingest",
    "edit",
    "check",
    "dsl",
    "model",
    "diag",
    "dag",
];

/// Outside crate (as written in code), and the modules that may use it.
const CRATES: &[(&str, &[&str])] = &[
    ("egui", &["gui"]),
    ("eframe", &["gui"]),
    ("egui_tiles", &["gui"]),
    ("egui_graphs", &["gui"]),
    ("egui_extras", &["gui"]),
    ("petgraph", &["gui"]),
    ("rfd", &["gui"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("anstream", &["cli"]),
    ("granit_parser", &["dsl"]),
    ("yaml_edit", &["dsl"]),
    ("resvg", &["render"]),
    ("rusqlite", &["engine"]),
    ("zip", &["session"]),
    ("tar", &["session"]),
    ("flate2", &["session"]),
    ("kube", &["providers"]),
    ("russh", &["providers"]),
    ("bollard", &["providers", "render"]),
    ("tokio", &["engine", "providers", "session"]),
    ("notify", &["session"]),
    ("directories", &["session"]),
    ("anyhow", &["main"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every source file as (its path, the top-level module it belongs to, its text).
pub fn files() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let relative = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let module = relative.split(['/', '.']).next().unwrap_or_default().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            (relative, module, text)
        })
        .collect()
}

/// `text` without comments, whose links may point anywhere.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let uses = Regex::new(r"\bcrate::(?:\{([^}]*)\}|([a-z_]+))").unwrap();
    let mut wrong = Vec::new();
    for (file, module, text) in files() {
        if module == "lib" || module == "main" {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{file}: module `{module}` is in no layer"));
            continue;
        };
        for found in uses.captures_iter(&code(&text)) {
            let names = found.get(1).or(found.get(2)).map_or("", |names| names.as_str());
            for name in names.split(',').filter_map(|name| name.trim().split("::").next()) {
                let known = LAYERS.iter().any(|(layer, _)| *layer == name);
                if known && name != module && !allowed.contains(&name) {
                    wrong.push(format!("{file}: `{module}` must not use `{name}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outside_crates_stay_in_their_layer() {
    let mut wrong = Vec::new();
    for (file, module, text) in files() {
        let code = code(&text);
        for (name, allowed) in CRATES {
            let used = Regex::new(&format!(r"\b{name}::|\buse {name}\b")).unwrap();
            let own = Regex::new(&format!(r"(crate|super|self|gantry)::([a-z_]+::)*{name}::")).unwrap();
            if used.is_match(&code) && !own.is_match(&code) && !allowed.contains(&module.as_str()) {
                wrong.push(format!("{file}: `{name}` is not for `{module}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_is_one_egui() {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    let versions: BTreeSet<&str> = lock
        .split("[[package]]")
        .filter(|package| package.contains("name = \"egui\"\n"))
        .filter_map(|package| package.lines().find(|line| line.starts_with("version")))
        .collect();
    assert_eq!(versions.len(), 1, "{versions:?}");
}
