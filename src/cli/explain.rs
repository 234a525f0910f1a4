//! `gantry explain CODE`: what a problem means and what to do about it.

use clap::Args;

use super::output::{self, exit};
use crate::check::explain::{CODES, explanation};
use crate::diag::closest;

/// `gantry explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// Code of a problem, as it stands in brackets; without one, all codes are listed
    pub code: Option<String>,
}

/// Runs the verb. Exit 2 if there is no such code.
pub fn run(arguments: &ExplainArguments) -> u8 {
    let Some(code) = &arguments.code else {
        for (code, text) in CODES {
            let first = text.split_once(". ").map_or(*text, |(first, _)| first);
            output::line(format!("{code:28} {}", first.trim_end_matches('.')));
        }
        return exit::OK;
    };
    if let Some(text) = explanation(code) {
        output::line(format!("{code}\n\n{text}"));
        return exit::OK;
    }
    let near = closest(code, CODES.iter().map(|(code, _)| *code));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    output::note(format!("error: there is no code `{}`{hint}", crate::diag::escape(code)));
    exit::USAGE
}
