//! The Events tab: the journal of the project's deployments, the newest first.

use egui::{Align2, FontId, ScrollArea, Sense, Ui, WidgetInfo, WidgetType, vec2};

use crate::diag::counted;
use crate::engine::{Event, EventKind, ExecutionOutcome};
use crate::gui::board::Board;
use crate::gui::status::{self, Status};
use crate::gui::theme::{semibold, tokens};
use crate::gui::view::{NodeKey, View, Wish};
use crate::plan::{Health, short_operation_name};

struct Line {
    status: Status,
    instance: Option<String>,
    text: String,
}

/// The list. `events` are oldest first.
pub fn events_ui(ui: &mut Ui, board: &Board, view: &mut View, events: &[Event]) {
    if events.is_empty() {
        ui.add_space(8.0);
        ui.weak("Nothing has happened yet.");
        return;
    }
    ScrollArea::vertical().auto_shrink(false).id_salt("events").show_rows(
        ui,
        21.0,
        events.len(),
        |ui, range| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for event in events.iter().rev().skip(range.start).take(range.len()) {
                event_ui(ui, board, view, event);
            }
        },
    );
}

fn event_ui(ui: &mut Ui, board: &Board, view: &mut View, event: &Event) {
    let tokens = tokens(ui.ctx());
    let line = describe(event);
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, 21.0), Sense::click());
    let lane = board.lanes.iter().position(|shown| shown.lane.deployment() == event.deployment);
    let node = line.instance.as_deref().and_then(|id| {
        let state = &board.lanes.get(lane?)?.state;
        state.instances.get(id).map(|record| record.node.clone())
    });
    let name = node.clone().or(line.instance.clone()).unwrap_or_default();
    let spoken = format!("event {} {} {name}: {}", event.sequence, event.deployment, line.text);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    let middle = rect.left_center();
    status::glyph(ui.painter(), middle + vec2(10.0, 0.0), 5.0, line.status, tokens);
    let put = |x: f32, room: f32, text: &str, font: FontId, color| {
        let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room.max(8.0));
        let galley = ui.painter().layout_job(job);
        let at = Align2::LEFT_CENTER.anchor_size(middle + vec2(x, 0.0), galley.size()).min;
        ui.painter().galley(at, galley, color);
    };
    let plain = FontId::proportional(12.0);
    put(24.0, 90.0, &clock(event.time_ms), FontId::monospace(10.5), tokens.weak);
    put(112.0, 116.0, &event.deployment, plain.clone(), tokens.weak);
    put(234.0, 120.0, &name, semibold(12.0), tokens.text);
    put(360.0, width - 366.0, &line.text, plain, tokens.text);
    if response.clicked()
        && let (Some(lane), Some(name)) = (lane, node)
    {
        view.wish(Wish::Select { nodes: vec![NodeKey { lane, name }], add: false, show: true });
    }
    response.on_hover_text(spoken);
}

/// Time of day in UTC with milliseconds.
pub(super) fn clock(time_ms: i64) -> String {
    let day = time_ms.rem_euclid(86_400_000);
    format!("{:02}:{:02}:{:02}.{:03}", day / 3_600_000, day / 60_000 % 60, day / 1000 % 60, day % 1000)
}

fn describe(event: &Event) -> Line {
    let (status, instance, text) = match &event.kind {
        EventKind::ExecutionStarted { goal, operations, .. } => {
            let word = goal.verb();
            (Status::Busy, None, format!("{word} begins: {}", counted(*operations as usize, "operation")))
        }
        EventKind::ExecutionEnded { outcome, error } => {
            let (status, word) = match outcome {
                ExecutionOutcome::Succeeded => (Status::Running, "succeeded"),
                ExecutionOutcome::Failed => (Status::Failed, "failed"),
                ExecutionOutcome::Cancelled => (Status::Warning, "cancelled"),
                ExecutionOutcome::Interrupted => (Status::Warning, "interrupted"),
            };
            let why = error.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            (status, None, format!("{word}{why}"))
        }
        EventKind::OperationStarted { instance, name, attempt, rehearsed, .. } => {
            let again = if *attempt > 1 { format!(", try {attempt}") } else { String::new() };
            let mark = if *rehearsed { " (rehearsed)" } else { "" };
            (Status::Busy, Some(instance), format!("{} begins{again}{mark}", short_operation_name(name)))
        }
        EventKind::OperationProgress { instance, message, .. } => {
            (Status::Busy, Some(instance), message.clone())
        }
        EventKind::OperationRetrying { instance, why, after_secs, .. } => {
            (Status::Warning, Some(instance), format!("{why}; again in {after_secs:.0} s"))
        }
        EventKind::OperationSucceeded { instance, name, message, rehearsed, .. } => {
            let told = message.as_ref().map(|told| format!(": {told}")).unwrap_or_default();
            let mark = if *rehearsed { " (rehearsed)" } else { "" };
            (Status::Running, Some(instance), format!("{} done{told}{mark}", short_operation_name(name)))
        }
        EventKind::OperationFailed { instance, name, why, .. } => {
            (Status::Failed, Some(instance), format!("{} failed: {why}", short_operation_name(name)))
        }
        EventKind::OperationSkipped { instance, name, .. } => {
            (Status::Absent, Some(instance), format!("{} not tried", short_operation_name(name)))
        }
        EventKind::OutputsEvaluated { outputs, .. } => (
            Status::Running,
            None,
            format!("outputs: {}", outputs.keys().cloned().collect::<Vec<_>>().join(", ")),
        ),
        EventKind::Observed { instance, health, reason, ready, .. } => {
            let (status, word) = match health {
                Health::Unknown => (Status::Absent, "seen"),
                Health::Good => (Status::Running, "seen well"),
                Health::Progressing => (Status::Busy, "seen on its way"),
                Health::Degraded => (Status::Warning, "seen up in part"),
                Health::Failed => (Status::Failed, "seen down"),
                Health::Drifted => (Status::Changed, "seen changed by somebody else"),
            };
            let ready = ready.map(|(ready, wanted)| format!(", {ready}/{wanted} ready")).unwrap_or_default();
            let why = reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            (status, Some(instance), format!("{word}{ready}{why}"))
        }
        EventKind::Log { instance, message } => (Status::Absent, instance.as_ref(), message.clone()),
    };
    Line { status, instance: instance.cloned(), text }
}
