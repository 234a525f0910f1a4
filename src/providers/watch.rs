//! Looking again and again: the stream of observations of a platform that has to be asked.
//!
//! Does not know what is looked at.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};

use crate::engine::{Observation, Scope};

/// Between two looks at a target.
const LOOK: Duration = Duration::from_secs(2);

/// Calls `look` every two seconds and passes on what differs from the last time.
pub fn watch(
    scope: Scope,
    look: impl Fn(Scope) -> BoxFuture<'static, Vec<Observation>> + Send + 'static,
) -> BoxStream<'static, Observation> {
    let start = (scope, look, HashMap::<String, Observation>::new(), VecDeque::new(), false);
    stream::unfold(start, |(scope, look, mut seen, mut news, mut looked)| async move {
        loop {
            if let Some(next) = news.pop_front() {
                return Some((next, (scope, look, seen, news, looked)));
            }
            if looked {
                tokio::time::sleep(LOOK).await;
            }
            looked = true;
            for observation in look(scope.clone()).await {
                let last = seen.insert(observation.instance.clone(), observation.clone());
                if last.as_ref() != Some(&observation) {
                    news.push_back(observation);
                }
            }
        }
    })
    .boxed()
}
