//! `gantry explain CODE`: what a problem means and what to do about it.

use clap::Args;

use super::output::{self, exit};
use crate::check::examples::{Example, Kind, Moment, example};
use crate::check::explain::{CODES, explanation};
use crate::diag::{closest, did_you_mean};

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
        if let Some(example) = example(code) {
            show(&example);
        }
        return exit::OK;
    }
    let near = closest(code, CODES.iter().map(|(code, _)| *code));
    let hint = near.map(|near| format!("; {}", did_you_mean(near))).unwrap_or_default();
    output::note(format!("error: there is no code `{}`{hint}", crate::diag::escape(code)));
    exit::USAGE
}

/// The example of a code: what the reference parser calls it, the wrong text and the right one.
fn show(example: &Example) {
    match &example.reference {
        Some(reference) => output::line(format!("\nCloudify's own parser calls it {reference}.")),
        None => output::line("\nCloudify's own parser does not tell it."),
    }
    let of = match example.kind {
        Kind::Blueprint | Kind::Project => "",
        Kind::Archive => " (what is in the archive)",
        Kind::Evaluation => " (a state and an expression)",
        Kind::State => " (instances)",
    };
    let found = match example.moment {
        Moment::Reading => "",
        Moment::Plan => ", found when a plan is made",
        Moment::Deployment => ", found when a deployment is made",
    };
    for (name, text) in &example.library {
        output::line(format!("\nWith a file `{name}`:\n\n{}", indented(text)));
    }
    for (word, texts) in
        [(format!("Wrong{of}{found}:"), &example.wrong), (format!("Right{of}:"), &example.right)]
    {
        output::line(format!("\n{word}"));
        for (name, text) in texts {
            let head = if name.is_empty() { String::new() } else { format!("  {name}\n") };
            output::line(format!("\n{head}{}", indented(text)));
        }
    }
}

fn indented(text: &str) -> String {
    let lines = text.trim_end().lines().map(|line| format!("    {line}"));
    lines.collect::<Vec<_>>().join("\n")
}
