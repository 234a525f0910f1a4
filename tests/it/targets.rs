//! Targets are looked at before anything is done there: what can't be used is told while nothing is changed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use gantry::check::Node;
use gantry::diag::Diagnostics;
use gantry::engine::{
    Context, ExecutionOutcome, Failure, Job, Observation, Outcome, Prospect, Provider, ProviderError,
    Providers, Refusal, Scope,
};
use gantry::model::{Platform, TargetSpec};
use gantry::plan::{DeploymentStatus, Edition, Goal, InstanceState, Operation};
use tokio::sync::watch;

use crate::topologies::{Bench, edition, node};

/// What every target answers: nothing yet, that all is well, or why it is not.
type Answer = Option<Result<(), Failure>>;

#[derive(Clone)]
struct Doors(watch::Receiver<Answer>);

impl Providers for Doors {
    fn provider(&self, _: Platform, target: &TargetSpec) -> Result<Arc<dyn Provider>, ProviderError> {
        if *target == TargetSpec::DockerContext("none".into()) {
            return Err(ProviderError { message: "no context `none`".into(), hint: Some("choose".into()) });
        }
        Ok(Arc::new(self.clone()))
    }
}

#[async_trait]
impl Provider for Doors {
    fn name(&self) -> String {
        "door".into()
    }

    fn check(&self, _: &Node) -> Diagnostics {
        Diagnostics::new()
    }

    async fn reach(&self, _: &Prospect) -> Result<(), Failure> {
        let mut answer = self.0.clone();
        let given = answer.wait_for(Option::is_some).await;
        given.map_or(Ok(()), |given| given.clone().unwrap_or(Ok(())))
    }

    async fn execute(&self, _: &Operation, _: &Context) -> Result<Outcome, Failure> {
        Ok(Outcome::default())
    }

    fn observe(&self, _: Scope) -> BoxStream<'static, Observation> {
        stream::pending().boxed()
    }
}

fn bench(answer: Answer) -> (Bench, watch::Sender<Answer>, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let (tell, told) = watch::channel(answer);
    (Bench::open(directory.path(), Arc::new(Doors(told))), tell, directory)
}

fn blueprint() -> Edition {
    edition(vec![node("a", "cloudify.nodes.Root", Platform::Host, &["create"])], "{}")
}

fn job(bench: &Bench, goal: Goal, target: &TargetSpec) -> Job {
    let mut job = bench.job(goal, "d", &blueprint());
    for operation in &mut Arc::make_mut(&mut job.plan).operations {
        operation.target = target.clone();
    }
    job
}

#[test]
fn a_target_that_is_not_there_is_told_before_anything_begins() {
    let (mut bench, tell, _directory) = bench(Some(Err(Failure::retry("there is no socket"))));
    bench.engine.run(job(&bench, Goal::Deploy, &TargetSpec::Docker)).unwrap();
    let refusal = bench.refused();
    assert_eq!(refusal.to_string(), "the target docker can't be used: there is no socket");
    assert!(bench.events.is_empty(), "nothing was journaled: {:?}", bench.events);
    assert_eq!(bench.state("d").status, DeploymentStatus::Absent);

    bench.engine.run(job(&bench, Goal::Deploy, &TargetSpec::DockerContext("none".into()))).unwrap();
    let Refusal::Target { why, .. } = bench.refused() else { panic!("another refusal") };
    assert_eq!(why, "no context `none`; choose");

    // Refused is not running: the next one may.
    tell.send_replace(Some(Ok(())));
    bench.engine.run(job(&bench, Goal::Deploy, &TargetSpec::Docker)).unwrap();
    assert_eq!(bench.end(), (ExecutionOutcome::Succeeded, None));
}

#[test]
fn what_is_taken_away_asks_nobody_first() {
    let (mut bench, tell, _directory) = bench(Some(Ok(())));
    bench.engine.run(job(&bench, Goal::Deploy, &TargetSpec::Docker)).unwrap();
    assert_eq!(bench.end().0, ExecutionOutcome::Succeeded);
    tell.send_replace(Some(Err(Failure::fatal("away"))));
    bench.engine.run(job(&bench, Goal::Undeploy, &TargetSpec::Docker)).unwrap();
    assert_eq!(bench.end().0, ExecutionOutcome::Succeeded);
}

#[test]
fn cancelled_while_the_target_is_asked_it_does_nothing() {
    let (mut bench, tell, _directory) = bench(None);
    bench.engine.run(job(&bench, Goal::Deploy, &TargetSpec::Docker)).unwrap();
    bench.engine.cancel("d").unwrap();
    // Others do not wait for that answer.
    let other = bench.job(Goal::Deploy, "other", &blueprint());
    bench.engine.run(other).unwrap();
    assert_eq!(bench.end().0, ExecutionOutcome::Succeeded);
    std::thread::sleep(Duration::from_millis(20));
    tell.send_replace(Some(Ok(())));
    assert_eq!(bench.end().0, ExecutionOutcome::Cancelled);
    let begun = bench.state("d").instances;
    assert!(begun.values().all(|record| record.state == InstanceState::Uninitialized), "{begun:?}");
}
