//! House rules that a compiler doesn't know: every file says what it is, none grows too long.

use crate::layers::files;

#[test]
fn every_file_says_what_it_owns() {
    let silent: Vec<String> = files()
        .into_iter()
        .filter(|(_, _, text)| !text.trim_start().starts_with("//!"))
        .map(|(file, _, _)| file)
        .collect();
    assert!(silent.is_empty(), "files without a `//!`: {silent:?}");
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = files()
        .into_iter()
        .filter_map(|(file, _, text)| {
            let lines = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().lines().count();
            (lines > 500).then(|| format!("{file}: {lines} lines"))
        })
        .collect();
    assert!(long.is_empty(), "files over 500 lines: {long:?}");
}

#[test]
fn no_drawer_for_odds_and_ends() {
    let drawers: Vec<String> = files()
        .into_iter()
        .map(|(file, _, _)| file)
        .filter(|file| {
            file.split(['/', '.'])
                .any(|part| matches!(part, "utils" | "util" | "helpers" | "helper" | "common" | "misc"))
        })
        .collect();
    assert!(drawers.is_empty(), "{drawers:?}");
}

#[test]
fn every_code_is_explained() {
    let said = regex::Regex::new(r#"Diagnostic::(?:error|warning|hint)\(\s*"([a-z0-9-]+)""#).unwrap();
    let mut unexplained: Vec<String> = files()
        .iter()
        .flat_map(|(_, _, text)| {
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            said.captures_iter(code).map(|found| found[1].to_owned()).collect::<Vec<_>>()
        })
        .filter(|code| gantry::check::explain::explanation(code).is_none())
        .collect();
    unexplained.sort();
    unexplained.dedup();
    assert!(unexplained.is_empty(), "codes without an explanation: {unexplained:?}");
}
