//! [`Schedule`]: which operations may run now. Pure bookkeeping; does not know time or providers.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::model::{Platform, TargetSpec};
use crate::plan::{OperationId, Plan, Work};

/// Operations on the same of these share its slots; operations without a provider need none.
type Door = Option<(Platform, TargetSpec)>;

/// What of a plan is done, waits or runs.
pub(super) struct Schedule {
    doors: Vec<Door>,
    missing: Vec<usize>,
    users: Vec<Vec<usize>>,
    settled: Vec<bool>,
    ready: BTreeMap<Door, VecDeque<usize>>,
    running: HashMap<Door, usize>,
    total: usize,
    limit: usize,
    limit_per_door: usize,
}

impl Schedule {
    /// At most `limit` operations run at once, `limit_per_door` of one provider.
    pub fn new(plan: &Plan, limit: usize, limit_per_door: usize) -> Self {
        let count = plan.operations.len();
        let mut schedule = Self {
            doors: Vec::with_capacity(count),
            missing: vec![0; count],
            users: vec![Vec::new(); count],
            settled: vec![false; count],
            ready: BTreeMap::new(),
            running: HashMap::new(),
            total: 0,
            limit: limit.max(1),
            limit_per_door: limit_per_door.max(1),
        };
        for (index, operation) in plan.operations.iter().enumerate() {
            let door =
                (operation.work != Work::Nothing).then(|| (operation.platform, operation.target.clone()));
            schedule.doors.push(door);
            // A plan lists operations after what they wait for; anything else would wait for ever, so it waits for nothing.
            for first in operation.after.iter().filter_map(|id| index_of(*id)).filter(|first| *first < index)
            {
                schedule.missing[index] += 1;
                schedule.users[first].push(index);
            }
            if schedule.missing[index] == 0 {
                schedule.make_ready(index);
            }
        }
        schedule
    }

    fn make_ready(&mut self, index: usize) {
        let door = self.doors.get(index).cloned().flatten();
        self.ready.entry(door).or_default().push_back(index);
    }

    /// An operation that may start now; it takes a slot until it is told about.
    pub fn next(&mut self) -> Option<OperationId> {
        if let Some(index) = self.ready.get_mut(&None).and_then(VecDeque::pop_front) {
            return Some(id_of(index));
        }
        if self.total >= self.limit {
            return None;
        }
        let running = &self.running;
        let limit = self.limit_per_door;
        let free = |door: &Door| running.get(door).copied().unwrap_or_default();
        let (door, queue) = self
            .ready
            .iter_mut()
            .filter(|(door, queue)| !queue.is_empty() && free(door) < limit)
            .min_by_key(|(door, _)| free(door))?;
        let index = queue.pop_front()?;
        *self.running.entry(door.clone()).or_default() += 1;
        self.total += 1;
        Some(id_of(index))
    }

    fn leave(&mut self, index: usize) {
        if let Some(door @ Some(_)) = self.doors.get(index)
            && let Some(count) = self.running.get_mut(door)
        {
            *count = count.saturating_sub(1);
            self.total = self.total.saturating_sub(1);
        }
    }

    /// It is done: what waited for it alone becomes ready.
    pub fn done(&mut self, id: OperationId) {
        let Some(index) = index_of(id) else { return };
        self.leave(index);
        self.settle(index);
        for user in self.users.get(index).cloned().unwrap_or_default() {
            if let Some(missing) = self.missing.get_mut(user) {
                *missing -= 1;
                if *missing == 0 && !self.settled.get(user).copied().unwrap_or(true) {
                    self.make_ready(user);
                }
            }
        }
    }

    /// It gives its slot back while it waits for another try.
    pub fn pause(&mut self, id: OperationId) {
        if let Some(index) = index_of(id) {
            self.leave(index);
        }
    }

    /// It may be tried again.
    pub fn resume(&mut self, id: OperationId) {
        if let Some(index) = index_of(id) {
            self.make_ready(index);
        }
    }

    /// It is given up. Gives those that needed it, directly or not: they will not be tried.
    pub fn failed(&mut self, id: OperationId) -> Vec<OperationId> {
        let Some(index) = index_of(id) else { return Vec::new() };
        self.leave(index);
        self.settle(index);
        let mut skipped = Vec::new();
        let mut queue = self.users.get(index).cloned().unwrap_or_default();
        while let Some(user) = queue.pop() {
            if self.settled.get(user) == Some(&false) {
                self.settle(user);
                skipped.push(id_of(user));
                queue.extend(self.users.get(user).into_iter().flatten());
            }
        }
        skipped.sort_unstable();
        skipped
    }

    fn settle(&mut self, index: usize) {
        if let Some(settled) = self.settled.get_mut(index) {
            *settled = true;
        }
    }

    /// Operations that are neither done nor given up, in the order of the plan.
    pub fn unsettled(&self) -> Vec<OperationId> {
        self.settled
            .iter()
            .enumerate()
            .filter(|(_, settled)| !**settled)
            .map(|(index, _)| id_of(index))
            .collect()
    }
}

fn index_of(id: OperationId) -> Option<usize> {
    (id.0 as usize).checked_sub(1)
}

fn id_of(index: usize) -> OperationId {
    OperationId(u32::try_from(index + 1).unwrap_or(u32::MAX))
}
