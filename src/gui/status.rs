//! [`Status`]: how a node does, as colour, shape and word together, so that none of them is needed alone.

use egui::{Color32, Painter, Pos2, Shape, Stroke, vec2};

use super::theme::Tokens;
use crate::plan::{DeploymentStatus, Health, InstanceState, OperationState, State};

/// How something does. The order is that of urgency, the most urgent last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Nothing of it is there.
    Absent,
    /// Up.
    Running,
    /// On its way.
    Busy,
    /// Not what the blueprint says any more.
    Changed,
    /// Up in part.
    Warning,
    /// Down, or given up.
    Failed,
}

impl Status {
    /// The glyph of a problem.
    pub fn of_severity(severity: crate::diag::Severity) -> Self {
        match severity {
            crate::diag::Severity::Error => Self::Failed,
            crate::diag::Severity::Warning => Self::Warning,
            crate::diag::Severity::Hint => Self::Busy,
        }
    }

    /// All of them.
    #[cfg(test)]
    pub const ALL: [Self; 6] =
        [Self::Absent, Self::Running, Self::Busy, Self::Changed, Self::Warning, Self::Failed];

    /// How a deployment does.
    pub fn of_deployment(status: DeploymentStatus) -> Self {
        match status {
            DeploymentStatus::Absent => Self::Absent,
            DeploymentStatus::Deploying | DeploymentStatus::Undeploying => Self::Busy,
            DeploymentStatus::Deployed => Self::Running,
            DeploymentStatus::Failed => Self::Failed,
            DeploymentStatus::Cancelled | DeploymentStatus::Interrupted => Self::Warning,
        }
    }
}

/// The status of a node with the words that say it.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeStatus {
    /// Shape and colour.
    pub status: Status,
    /// The state's own word: `started`, `creating`, `2/3 started`.
    pub word: String,
    /// Why it is not well, or what it waits for.
    pub reason: Option<String>,
    /// Whether it was only rehearsed.
    pub rehearsed: bool,
}

/// The status of `node` by the instances it has: the worst of them.
pub fn of_node(state: &State, node: &str) -> NodeStatus {
    let mut worst: Option<(NodeStatus, Option<&str>)> = None;
    let (mut all, mut up) = (0, 0);
    for (id, record) in state.instances_of(node) {
        all += 1;
        up += usize::from(record.state == InstanceState::Started);
        let last = state.operations.values().rfind(|operation| operation.instance == id);
        let failed = last.filter(|operation| operation.state == OperationState::Failed);
        let lifecycle = match record.state {
            InstanceState::Uninitialized | InstanceState::Deleted => Status::Absent,
            InstanceState::Started => match record.health {
                // Nobody can look: what was green may be anything by now.
                Health::Unknown if record.reason.is_some() => Status::Warning,
                Health::Unknown | Health::Good => Status::Running,
                Health::Progressing => Status::Busy,
                Health::Degraded => Status::Warning,
                Health::Failed => Status::Failed,
                Health::Drifted => Status::Changed,
            },
            _ if state.status.is_running() => Status::Busy,
            _ => Status::Warning,
        };
        let running = state.operations.values().rfind(|operation| {
            operation.instance == id
                && matches!(operation.state, OperationState::Started | OperationState::Retrying)
        });
        let reason = failed
            .or(running)
            .and_then(|operation| operation.message.clone())
            .or_else(|| record.reason.clone());
        let ready = record.ready.map(|(ready, wanted)| format!(" · {ready}/{wanted} ready"));
        let word = match (failed, record.state) {
            (Some(_), _) => "failed".to_owned(),
            (None, InstanceState::Started) => record.health.word(record.reason.as_deref()).to_owned(),
            (None, state) => state.name().to_owned(),
        };
        let is_up = failed.is_none() && record.state == InstanceState::Started;
        let found = NodeStatus {
            status: if failed.is_some() { Status::Failed } else { lifecycle },
            word: word + &ready.unwrap_or_default(),
            reason,
            rehearsed: record.rehearsed,
        };
        if worst.as_ref().is_none_or(|(known, _)| known.status < found.status) {
            let health = record.health.word(record.reason.as_deref());
            worst = Some((found, is_up.then_some(health)));
        }
    }
    let Some((mut status, health)) = worst else {
        return NodeStatus {
            status: Status::Absent,
            word: "not deployed".to_owned(),
            reason: None,
            rehearsed: false,
        };
    };
    if all > 1 {
        let unwell = health.filter(|health| *health != "started");
        status.word = unwell
            .map_or_else(|| format!("{up}/{all} started"), |health| format!("{up}/{all} started · {health}"));
    }
    status
}

/// Paints the glyph of `status`, `radius` points around `center`.
pub fn glyph(painter: &Painter, center: Pos2, radius: f32, status: Status, tokens: &Tokens) {
    let color = tokens.status(status);
    let ink = if tokens.dark { Color32::from_rgb(11, 20, 16) } else { Color32::WHITE };
    let mark = Stroke::new((radius * 0.3).max(1.0), ink);
    let at = |x: f32, y: f32| center + vec2(x, y) * radius;
    let polygon = |points: Vec<Pos2>| {
        painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
    };
    match status {
        Status::Absent => {
            painter.circle_stroke(center, radius * 0.85, Stroke::new((radius * 0.28).max(1.0), tokens.weak));
        }
        Status::Running => {
            painter.circle_filled(center, radius, color);
            painter.line(vec![at(-0.45, 0.05), at(-0.1, 0.4), at(0.48, -0.35)], mark);
        }
        Status::Busy => {
            painter.circle_stroke(
                center,
                radius * 0.85,
                Stroke::new((radius * 0.28).max(1.0), color.gamma_multiply(0.35)),
            );
            let arc = (0..=10u8).map(|step| {
                let angle = f32::from(step) / 10.0 * std::f32::consts::PI - std::f32::consts::FRAC_PI_2;
                at(angle.cos() * 0.85, angle.sin() * 0.85)
            });
            painter.line(arc.collect(), Stroke::new((radius * 0.32).max(1.2), color));
        }
        Status::Changed => {
            polygon(vec![at(0.0, -1.1), at(1.1, 0.0), at(0.0, 1.1), at(-1.1, 0.0)]);
            painter.line(
                vec![at(0.0, -0.4), at(0.4, 0.35), at(-0.4, 0.35), at(0.0, -0.4)],
                Stroke::new((radius * 0.18).max(0.8), Color32::WHITE),
            );
        }
        Status::Warning => {
            polygon(vec![at(0.0, -1.05), at(1.1, 0.9), at(-1.1, 0.9)]);
            painter.line_segment([at(0.0, -0.4), at(0.0, 0.3)], mark);
            painter.circle_filled(at(0.0, 0.62), radius * 0.14, ink);
        }
        Status::Failed => {
            let corners = (0..8u8).map(|corner| {
                let angle = (f32::from(corner) + 0.5) * std::f32::consts::FRAC_PI_4;
                at(angle.cos() * 1.05, angle.sin() * 1.05)
            });
            let outline = if tokens.dark { Stroke::new(1.0, Color32::from_gray(220)) } else { Stroke::NONE };
            painter.add(Shape::convex_polygon(corners.collect(), color, outline));
            let cross = Stroke::new((radius * 0.26).max(1.0), Color32::WHITE);
            painter.line_segment([at(-0.38, -0.38), at(0.38, 0.38)], cross);
            painter.line_segment([at(0.38, -0.38), at(-0.38, 0.38)], cross);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::InstanceRecord;

    #[test]
    fn the_worst_instance_is_shown_and_all_are_counted() {
        let mut state = State::new("d");
        assert_eq!(of_node(&state, "web").status, Status::Absent);
        let record = |health| InstanceRecord {
            node: "web".into(),
            state: InstanceState::Started,
            health,
            reason: Some("slow".into()),
            ..InstanceRecord::default()
        };
        state.instances.insert("web_1".into(), record(Health::Good));
        assert_eq!(of_node(&state, "web").word, "started");
        state.instances.insert("web_2".into(), record(Health::Degraded));
        let status = of_node(&state, "web");
        assert_eq!((status.status, status.word.as_str()), (Status::Warning, "2/2 started · degraded"));
        assert_eq!(status.reason.as_deref(), Some("slow"));
        state.instances.shift_remove("web_2");
        state.instances.insert("web_1".into(), record(Health::Unknown));
        let status = of_node(&state, "web");
        assert_eq!((status.status, status.word.as_str()), (Status::Warning, "not seen"));
    }
}
