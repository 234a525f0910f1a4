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
    /// What somebody else changed: [`crate::plan::InstanceRecord::differences`] of all its instances.
    pub differences: Vec<String>,
    /// Whether it was only rehearsed.
    pub rehearsed: bool,
}

impl NodeStatus {
    /// What somebody else changed, the first and how many more: `spec.replicas changed by kubectl and 2 more`.
    pub fn changed(&self) -> Option<String> {
        let (first, rest) = self.differences.split_first()?;
        Some(if rest.is_empty() { first.clone() } else { format!("{first} and {} more", rest.len()) })
    }

    /// The same where there is little room: of a field's path only its end.
    pub fn changed_short(&self) -> Option<String> {
        let changed = self.changed()?;
        let (path, rest) = changed.split_once(' ').unwrap_or((&changed, ""));
        // Dots within brackets are those of a key.
        let (mut depth, mut end) = (0_i32, None);
        for (at, letter) in path.char_indices() {
            match letter {
                '[' => depth += 1,
                ']' => depth -= 1,
                '.' if depth == 0 => end = Some(at + 1),
                _ => {}
            }
        }
        Some(end.map_or_else(|| changed.clone(), |end| format!("…{} {rest}", &path[end..])))
    }

    /// What there is to say beside the word: what was changed, else why it is not well.
    pub fn told(&self) -> Option<String> {
        self.changed().or_else(|| self.reason.clone()).filter(|_| self.status > Status::Running)
    }
}

/// The status of a lane: the worst of its deployment's own and of what its nodes show, with whose that is.
pub fn of_lane<'a>(state: &State, nodes: impl Iterator<Item = (&'a str, &'a NodeStatus)>) -> NodeStatus {
    let own = Status::of_deployment(state.status);
    // While it is worked on, nodes on their way are no news.
    let well = if state.status.is_running() { Status::Busy } else { Status::Running };
    let mut unwell: Vec<(&str, &NodeStatus)> = nodes.filter(|(_, node)| node.status > well).collect();
    // Stable: of equals the first of the text stays the first.
    unwell.sort_by_key(|(_, node)| std::cmp::Reverse(node.status));
    let mut word = state.status.name().to_owned();
    if state.status.is_running() {
        let (done, all) = state.progress();
        word = format!("{word} {done}/{all}");
    }
    let worst = unwell.first();
    match (worst, unwell.len()) {
        (Some((name, node)), 1) => word = format!("{word} · {name} {}", node.word),
        (Some(_), count) => word = format!("{word} · {count} nodes not well"),
        (None, _) => {}
    }
    let error = || state.execution.as_ref().and_then(|execution| execution.error.clone());
    let reason = worst.map(|(name, node)| {
        let told = node.told().unwrap_or_else(|| node.word.clone());
        let more = match unwell.len() - 1 {
            0 => String::new(),
            1 => "\nand one more node".to_owned(),
            more => format!("\nand {more} more nodes"),
        };
        format!("{name}: {told}{more}")
    });
    NodeStatus {
        status: worst.map_or(own, |(_, node)| own.max(node.status)),
        word,
        reason: reason.or_else(error),
        differences: Vec::new(),
        rehearsed: state.rehearsed,
    }
}

/// The status of `node` by the instances it has: the worst of them.
pub fn of_node(state: &State, node: &str) -> NodeStatus {
    let mut worst: Option<(NodeStatus, Option<&str>)> = None;
    let (mut all, mut up) = (0, 0);
    let mut differences = Vec::new();
    for (id, record) in state.instances_of(node) {
        all += 1;
        up += usize::from(record.state == InstanceState::Started);
        differences.extend(record.differences.iter().cloned());
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
            differences: Vec::new(),
            rehearsed: state.is_rehearsed(record),
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
            differences,
            rehearsed: false,
        };
    };
    status.differences = differences;
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
    fn a_lane_shows_the_worst_of_its_nodes_and_whose_that_is() {
        let mut state = State::new("d");
        state.status = DeploymentStatus::Deployed;
        let nodes = ["db", "web", "cache"];
        let lane = |state: &State| {
            let of: Vec<NodeStatus> = nodes.iter().map(|node| of_node(state, node)).collect();
            of_lane(state, nodes.into_iter().zip(&of))
        };
        let record = |node: &str, health, reason: &str| InstanceRecord {
            node: node.into(),
            state: InstanceState::Started,
            health,
            reason: (!reason.is_empty()).then(|| reason.to_owned()),
            ..InstanceRecord::default()
        };
        state.instances.insert("db_1".into(), record("db", Health::Good, ""));
        state.instances.insert("web_1".into(), record("web", Health::Good, ""));
        let well = lane(&state);
        assert_eq!((well.status, well.word.as_str(), well.reason), (Status::Running, "deployed", None));

        let mut drifted = record("web", Health::Drifted, "Deployment default/web: …");
        drifted.differences =
            ["spec.replicas changed by kubectl", "data[a.b].c removed"].map(Into::into).into();
        state.instances.insert("web_1".into(), drifted);
        let changed = lane(&state);
        assert_eq!((changed.status, changed.word.as_str()), (Status::Changed, "deployed · web changed"));
        assert_eq!(changed.reason.as_deref(), Some("web: spec.replicas changed by kubectl and 1 more"));
        let web = of_node(&state, "web");
        assert_eq!(web.changed_short().as_deref(), Some("…replicas changed by kubectl and 1 more"));

        state.instances.insert("db_1".into(), record("db", Health::Failed, "it crashes"));
        let failed = lane(&state);
        assert_eq!((failed.status, failed.word.as_str()), (Status::Failed, "deployed · 2 nodes not well"));
        assert_eq!(failed.reason.as_deref(), Some("db: it crashes\nand one more node"));

        // What is worked on may be on its way, but not down.
        state.status = DeploymentStatus::Deploying;
        state.instances.insert("db_1".into(), record("db", Health::Progressing, "starts"));
        state.instances.insert("web_1".into(), record("web", Health::Good, ""));
        let busy = lane(&state);
        assert_eq!((busy.status, busy.word.as_str()), (Status::Busy, "deploying 0/0"));
    }

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
