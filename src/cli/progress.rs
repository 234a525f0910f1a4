//! Live progress of a deployment: bars on a terminal, plain lines otherwise.

use indexmap::IndexMap;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::output::{BAD, event_line, event_text, line, mark, note, paint};
use crate::diag::escape;
use crate::engine::{Event, EventKind};
use crate::plan::State;

/// What is shown while a deployment runs.
pub struct Progress {
    bars: Option<MultiProgress>,
    lanes: IndexMap<String, ProgressBar>,
}

impl Progress {
    /// Bars if `terminal`, else lines.
    pub fn new(terminal: bool) -> Self {
        Self { bars: terminal.then(MultiProgress::new), lanes: IndexMap::new() }
    }

    /// Shows an event; `state` is the deployment's state after it.
    pub fn event(&mut self, event: &Event, state: Option<&State>) {
        let Some(bars) = &self.bars else {
            line(event_line(event));
            return;
        };
        let bar = self.lanes.entry(event.deployment.clone()).or_insert_with(|| {
            let style =
                ProgressStyle::with_template("{prefix:<20} {bar:30.green/dim} {pos:>3}/{len:<3} {wide_msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar());
            bars.add(ProgressBar::new(0).with_style(style).with_prefix(escape(&event.deployment)))
        });
        if let Some(state) = state {
            let (done, all) = state.progress();
            bar.set_length(all as u64);
            bar.set_position(done as u64);
            let (place, text) = event_text(&event.kind);
            let place = place.unwrap_or_default();
            match &event.kind {
                EventKind::ExecutionEnded { .. } => {
                    bar.finish_with_message(format!("{}{}", state.status, mark(state.rehearsed)));
                }
                EventKind::OperationFailed { .. } => {
                    let _ =
                        bars.println(format!("{} {}", paint(BAD, "✖"), escape(&format!("{place} {text}"))));
                }
                EventKind::OutputsEvaluated { .. } => {}
                _ => bar.set_message(escape(&format!("{place} {text}"))),
            }
        }
    }

    /// Says something above the bars.
    pub fn say(&self, text: &str) {
        match &self.bars {
            Some(bars) => {
                let _ = bars.println(text);
            }
            None => note(text),
        }
    }

    /// Leaves the bars as they are.
    pub fn finish(&mut self) {
        for bar in self.lanes.values() {
            if !bar.is_finished() {
                bar.abandon();
            }
        }
    }
}
