//! [`Rollout`]: one goal for several lanes, each started when those it waits for have reached it.
//!
//! Pure bookkeeping: the session starts executions and tells how they ended.

use indexmap::IndexMap;

use crate::model::{Platform, TargetSpec};
use crate::plan::Goal;

/// How a rollout ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RolloutEnd {
    /// Every lane has reached the goal.
    Reached {
        /// Whether anything had to be done.
        changed: bool,
    },
    /// A lane failed; those that wait for it were not started.
    Failed {
        /// Which.
        lane: String,
        /// Why.
        error: String,
        /// Whether anything of it was begun; else it was refused.
        begun: bool,
    },
    /// A person cancelled it.
    Cancelled {
        /// The lane that ran.
        lane: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Waiting,
    Running { execution: String },
    Done,
    Failed(String),
    Refused(String),
    Cancelled,
}

/// A goal for several lanes.
#[derive(Clone, Debug)]
pub struct Rollout {
    /// What is to be reached.
    pub goal: Goal,
    /// Whether dependents were overruled.
    pub force: bool,
    lanes: IndexMap<String, (Step, Vec<String>)>,
    changed: bool,
    targets: Vec<(Platform, TargetSpec)>,
}

impl Rollout {
    /// A rollout of lanes, each with the lanes that must have reached the goal before it.
    pub fn new(goal: Goal, force: bool, lanes: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        let lanes: IndexMap<_, _> =
            lanes.into_iter().map(|(lane, after)| (lane, (Step::Waiting, after))).collect();
        Self { goal, force, lanes, changed: false, targets: Vec::new() }
    }

    /// The targets of all lanes, to be asked before the first one begins.
    #[must_use]
    pub fn asking(self, targets: Vec<(Platform, TargetSpec)>) -> Self {
        Self { targets, ..self }
    }

    /// Targets to ask along with those of the lanes that begin now: all, while nothing has begun.
    pub fn asked_first(&self) -> Vec<(Platform, TargetSpec)> {
        if self.changed { Vec::new() } else { self.targets.clone() }
    }

    /// Lanes that may start now. None once one has failed or was cancelled.
    pub fn ready(&self) -> Vec<String> {
        let over = |step: &Step| matches!(step, Step::Failed(_) | Step::Refused(_) | Step::Cancelled);
        if self.lanes.values().any(|(step, _)| over(step)) {
            return Vec::new();
        }
        let done = |lane: &String| self.lanes.get(lane).is_none_or(|(step, _)| *step == Step::Done);
        self.lanes
            .iter()
            .filter(|(_, (step, after))| *step == Step::Waiting && after.iter().all(done))
            .map(|(lane, _)| lane.clone())
            .collect()
    }

    /// `lane` runs as `execution`.
    pub fn started(&mut self, lane: &str, execution: impl Into<String>) {
        self.changed = true;
        self.set(lane, Step::Running { execution: execution.into() });
    }

    /// `lane` has reached the goal.
    pub fn done(&mut self, lane: &str) {
        self.set(lane, Step::Done);
    }

    /// `lane` has failed.
    pub fn failed(&mut self, lane: &str, error: impl Into<String>) {
        self.set(lane, Step::Failed(error.into()));
    }

    /// `lane` was not begun.
    pub fn refused(&mut self, lane: &str, error: impl Into<String>) {
        self.set(lane, Step::Refused(error.into()));
    }

    /// `lane` was cancelled, or everything that had not begun if there is no lane.
    pub fn cancelled(&mut self, lane: &str) {
        self.set(lane, Step::Cancelled);
    }

    /// Gives up what has not begun.
    pub fn give_up(&mut self) {
        for (step, _) in self.lanes.values_mut() {
            if *step == Step::Waiting {
                *step = Step::Cancelled;
            }
        }
    }

    fn set(&mut self, lane: &str, step: Step) {
        if let Some((current, _)) = self.lanes.get_mut(lane) {
            *current = step;
        }
    }

    /// The lane that runs as `execution`.
    pub fn lane_of(&self, execution: &str) -> Option<&str> {
        self.lanes.iter().find_map(|(lane, (step, _))| match step {
            Step::Running { execution: running } if running == execution => Some(lane.as_str()),
            _ => None,
        })
    }

    /// Lanes that run now.
    pub fn running(&self) -> impl Iterator<Item = &str> {
        self.lanes
            .iter()
            .filter(|(_, (step, _))| matches!(step, Step::Running { .. }))
            .map(|(lane, _)| lane.as_str())
    }

    /// How it ended; none while a lane runs or may start.
    pub fn end(&self) -> Option<RolloutEnd> {
        if self.running().next().is_some() || !self.ready().is_empty() {
            return None;
        }
        for (lane, (step, _)) in &self.lanes {
            if let Step::Failed(error) | Step::Refused(error) = step {
                let begun = matches!(step, Step::Failed(_));
                return Some(RolloutEnd::Failed { lane: lane.clone(), error: error.clone(), begun });
            }
        }
        let cancelled = self.lanes.iter().find(|(_, (step, _))| *step == Step::Cancelled);
        Some(match cancelled {
            Some((lane, _)) => RolloutEnd::Cancelled { lane: lane.clone() },
            None => RolloutEnd::Reached { changed: self.changed },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rollout() -> Rollout {
        Rollout::new(
            Goal::Deploy,
            false,
            [
                ("kube".to_owned(), vec![]),
                ("swarm".to_owned(), vec![]),
                ("service".to_owned(), vec!["kube".to_owned(), "swarm".to_owned()]),
            ],
        )
    }

    #[test]
    fn a_lane_starts_when_those_it_waits_for_are_done() {
        let mut rollout = rollout();
        assert_eq!(rollout.ready(), ["kube", "swarm"]);
        rollout.started("kube", "e1");
        rollout.done("swarm");
        assert!(rollout.ready().is_empty());
        assert_eq!(rollout.lane_of("e1"), Some("kube"));
        rollout.done("kube");
        assert_eq!(rollout.ready(), ["service"]);
        rollout.started("service", "e2");
        assert_eq!(rollout.end(), None);
        rollout.done("service");
        assert_eq!(rollout.end(), Some(RolloutEnd::Reached { changed: true }));
    }

    #[test]
    fn nothing_starts_after_a_failure() {
        let mut rollout = rollout();
        rollout.started("kube", "e1");
        rollout.started("swarm", "e2");
        rollout.failed("kube", "no room");
        assert_eq!(rollout.end(), None, "swarm still runs");
        rollout.done("swarm");
        let end = RolloutEnd::Failed { lane: "kube".into(), error: "no room".into(), begun: true };
        assert_eq!((rollout.ready(), rollout.end()), (Vec::<String>::new(), Some(end)));
    }
}
