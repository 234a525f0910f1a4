//! Problems in the text that is shown: where each stands now, what is told of it and how it can be mended.

use std::ops::Range;
use std::sync::Arc;

use egui::{RichText, Ui};

use super::buffer::Buffer;
use super::drift::Drift;
use super::offers::Offer;
use crate::diag::{Diagnostic, Severity};
use crate::gui::board::Board;
use crate::gui::status::Status;
use crate::gui::theme::tokens;

/// A problem and the bytes that it is about, in the text as it is typed.
pub struct Marked<'a> {
    /// The problem.
    pub diagnostic: &'a Diagnostic,
    /// Where.
    pub range: Range<usize>,
    /// First line, from 0.
    pub line: usize,
}

/// The text of a file as it was read last.
pub fn as_read(board: &Board, file: &str) -> Option<Arc<str>> {
    board
        .lanes
        .iter()
        .find(|shown| &*shown.lane.source.name == file)
        .map(|shown| shown.lane.source.text.clone())
        .or_else(|| {
            let mut sources = board.lanes.iter().flat_map(|shown| &shown.lane.reading.sources);
            sources.find(|source| &*source.name == file).map(|source| source.text.clone())
        })
}

/// The problems of a file, by line, the worst of a line first.
pub fn marks<'a>(board: &'a Board, file: &str, buffer: &Buffer, drift: Drift) -> Vec<Marked<'a>> {
    let mut found = Vec::new();
    for diagnostic in &board.problems {
        let Some(place) = diagnostic.place.as_ref().filter(|place| &*place.file == file) else { continue };
        let (mut start, mut end) = (drift.forward(place.span.start), drift.forward(place.span.end));
        let line = buffer.line_of(start.min(buffer.text().len()));
        // A whole block is too much to underline: its first line says which.
        let range = buffer.range(line);
        let text = buffer.line(line);
        let last = range.start + text.len();
        end = end.min(last);
        if start >= end {
            start = (range.start + text.len() - text.trim_start().len()).min(start);
            end = last.max(start);
        }
        found.push(Marked { diagnostic, range: start..end, line });
    }
    found.sort_by_key(|mark| (mark.line, mark.diagnostic.severity, mark.range.start));
    found
}

/// The glyph of a severity.
pub fn status(severity: Severity) -> Status {
    match severity {
        Severity::Error => Status::Failed,
        Severity::Warning => Status::Warning,
        Severity::Hint => Status::Busy,
    }
}

/// What is told of a problem when it is pointed at.
pub fn problem_ui(ui: &mut Ui, diagnostic: &Diagnostic) {
    let tokens = tokens(ui.ctx());
    ui.set_max_width(460.0);
    ui.label(RichText::new(&diagnostic.message).size(12.5));
    for hint in &diagnostic.hints {
        ui.label(RichText::new(format!("Hint: {hint}")).size(11.5).color(tokens.weak));
    }
    for related in &diagnostic.related {
        let text = format!("{} ({})", related.message, related.place);
        ui.label(RichText::new(text).size(11.0).color(tokens.weak));
    }
    if let Some(fix) = &diagnostic.fix {
        ui.label(RichText::new(format!("Ctrl+. {}", fix.label)).size(11.5).color(tokens.accent));
    }
    ui.label(RichText::new(diagnostic.code).monospace().size(10.5).color(tokens.weak));
}

/// The mends of the problems on a line that still stand where they were read.
pub fn mends(marks: &[Marked<'_>], file: &str, line: usize, drift: Drift) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for mark in marks.iter().filter(|mark| mark.line == line) {
        let Some(fix) = mark.diagnostic.fix.as_ref().filter(|fix| &*fix.place.file == file) else { continue };
        let (start, end) = (fix.place.span.start, fix.place.span.end);
        if !drift.keeps(start, end) {
            continue;
        }
        let offer = Offer {
            text: fix.label.clone(),
            what: "mend".to_owned(),
            doc: String::new(),
            range: drift.forward(start)..drift.forward(start) + (end - start),
            with: fix.replacement.clone(),
            back: 0,
            step: Some(fix.label.clone()),
        };
        if !offers.contains(&offer) {
            offers.push(offer);
        }
    }
    offers
}
