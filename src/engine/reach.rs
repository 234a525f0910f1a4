//! Whether the targets of a plan answer, asked before its first operation.
//!
//! A target that is not there, or does not know us, is told while nothing is changed yet. Does not say what is done
//! about one that goes away later: that is the providers' patience and the plan's retries.

use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};

use super::{Providers, Refusal};
use crate::model::{Platform, TargetSpec};
use crate::plan::{Goal, Plan};

/// How long a target may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Platforms and targets that are asked before `plan` begins, in the order in which it comes to them. Only for what
/// makes something: what is taken away is taken away wherever that is possible.
pub(super) fn doors(plan: &Plan) -> Vec<(Platform, TargetSpec)> {
    let mut doors = Vec::new();
    if plan.goal != Goal::Deploy {
        return doors;
    }
    for operation in plan.operations.iter().filter(|operation| operation.calls_target()) {
        let door = (operation.platform, operation.target.clone());
        if operation.target != TargetSpec::Rehearsal && !doors.contains(&door) {
            doors.push(door);
        }
    }
    doors
}

/// Asks all `doors` at once; why the first one that does not open does not.
pub(super) async fn reach(doors: Vec<(Platform, TargetSpec)>, providers: &dyn Providers) -> Option<Refusal> {
    let mut asked: FuturesUnordered<_> = doors
        .into_iter()
        .map(|(platform, target)| async move {
            let why = match providers.provider(platform, &target) {
                Err(error) => Some(error.told()),
                Ok(provider) => match tokio::time::timeout(PATIENCE, provider.reach()).await {
                    Ok(Ok(())) => None,
                    Ok(Err(failure)) => Some(failure.to_string()),
                    Err(_) => Some(format!("no answer for {} s", PATIENCE.as_secs())),
                },
            };
            why.map(|why| Refusal::Target { target: target.to_string(), why })
        })
        .collect();
    while let Some(found) = asked.next().await {
        if found.is_some() {
            return found;
        }
    }
    None
}
