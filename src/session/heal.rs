//! Healing: what it is for, and looking at clusters before it is planned.
//!
//! What heals is decided by the plan; this only sees to it that it is made from what is there now.

use std::time::{Duration, Instant};

use super::Session;
use crate::plan::{InstanceRecord, InstanceState};

impl Session {
    /// Limits healing to these nodes or instances, which are put right however they look; none for all that are not well.
    pub fn heal_only(&mut self, nodes: Vec<String>) {
        self.healing = nodes;
    }

    /// Waits, up to `patience`, until what is up of `lanes` on real clusters has been looked at in this session.
    /// Instances that nobody answered for are given. Not for the window's thread.
    pub fn look(&mut self, lanes: &[String], patience: Duration) -> Vec<String> {
        let begun = Instant::now();
        loop {
            self.wait(Duration::from_millis(50));
            let mut unseen = Vec::new();
            for lane in lanes {
                let state = self.state(lane);
                let seen = self.running.as_ref().map(|running| running.engine.observed(&state.deployment));
                let seen = seen.unwrap_or_default();
                let up = state.instances.iter().filter(|(_, record)| record.state == InstanceState::Started);
                let real = up.filter(|(_, record)| !record.rehearsed && is_watched(record));
                unseen.extend(real.filter(|(id, _)| !seen.contains(*id)).map(|(id, _)| id.clone()));
            }
            if unseen.is_empty() || begun.elapsed() > patience {
                // What the last looks have changed is in the journal; it must be in the states as well.
                self.poll();
                self.refresh();
                return unseen;
            }
        }
    }
}

/// Whether what an instance has left in the world is watched there.
fn is_watched(record: &InstanceRecord) -> bool {
    ["kubernetes_resources", "service_id"].iter().any(|key| record.runtime.contains_key(key))
}
