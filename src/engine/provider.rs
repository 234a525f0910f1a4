//! [`Provider`]: the only door to the outside.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use indexmap::IndexMap;
use tokio_util::sync::CancellationToken;

use super::Prospect;
use crate::check::Node;
use crate::diag::Diagnostics;
use crate::model::{Map, Platform, TargetSpec, Value};
use crate::plan::{Health, Operation, State};

/// A platform, reached at one target: does operations there and watches what they made.
///
/// An operation may be tried again after a crash of this program, in any state of the target: a provider finds what it
/// made by its labels (deployment, instance, spec) and never makes it twice.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Name for people: `swarm at unix:///var/run/docker.sock`.
    fn name(&self) -> String;

    /// Whether nothing outside the program is touched.
    fn is_rehearsal(&self) -> bool {
        false
    }

    /// Whether what leads to the target is there, as far as that is seen without reaching it: a context of that name.
    fn known(&self) -> Result<(), ProviderError> {
        Ok(())
    }

    /// Problems of `node` that can be seen without reaching the target. Asked when a deployment is planned.
    fn check(&self, node: &Node) -> Diagnostics;

    /// Whether the target answers and takes us for who we are. Asked before a deployment begins; changes nothing there.
    /// A target that only the deployment itself leads to is none that can be asked for yet: what is known of the way
    /// there is in `prospect`.
    async fn reach(&self, _prospect: &Prospect) -> Result<(), Failure> {
        Ok(())
    }

    /// Does `operation`. Must end soon after [`Context::cancel`] is cancelled.
    async fn execute(&self, operation: &Operation, cx: &Context) -> Result<Outcome, Failure>;

    /// What becomes of the instances in `scope`, until the stream is dropped. Says nothing twice.
    fn observe(&self, scope: Scope) -> BoxStream<'static, Observation>;
}

/// Finds the provider of a platform at a target.
pub trait Providers: Send + Sync {
    /// The provider, which need not be reachable yet.
    fn provider(&self, platform: Platform, target: &TargetSpec) -> Result<Arc<dyn Provider>, ProviderError>;
}

/// Why there is no provider for a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ProviderError {
    /// What is wrong with the target.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl ProviderError {
    /// What is wrong and what to do, in one sentence.
    pub fn told(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{}; {hint}", self.message),
            None => self.message.clone(),
        }
    }
}

/// What an operation can see and say.
pub struct Context {
    /// The deployment.
    pub deployment: String,
    /// The execution.
    pub execution: String,
    /// Same for every try of the same operation on the same instance and spec: to find again what was made.
    pub key: String,
    /// From 1.
    pub attempt: u32,
    /// The instance that the operation works on.
    pub instance: String,
    /// Its node.
    pub node: Arc<Node>,
    /// Its properties, functions evaluated. May hold secrets: never log them whole.
    pub properties: Map,
    /// Its runtime properties.
    pub runtime: Map,
    /// Inputs of the operation, functions evaluated. May hold secrets.
    pub inputs: Map,
    /// Fingerprint of what the blueprint says about the node.
    pub spec: String,
    /// Folder of the blueprint: paths of resources are relative to it and must not leave it.
    pub folder: PathBuf,
    /// Cancelled when a person presses cancel a second time or the operation's time is up.
    pub cancel: CancellationToken,
    /// Where to say what is going on.
    pub report: Reporter,
    /// The rest of the deployment, and other deployments.
    pub world: Arc<dyn World>,
}

/// An instance at the far end of a relationship, or any other of the deployment.
#[derive(Clone, Debug)]
pub struct Related {
    /// The instance.
    pub instance: String,
    /// Its node.
    pub node: Arc<Node>,
    /// Its properties, functions evaluated.
    pub properties: Map,
    /// Its runtime properties.
    pub runtime: Map,
    /// Type of the relationship that leads there and its ancestors, the root first; empty for instances found otherwise.
    pub relationship: Vec<String>,
    /// Properties of that relationship.
    pub relationship_properties: Map,
}

/// What lies around an operation.
#[async_trait]
pub trait World: Send + Sync {
    /// Targets of the relationships of `instance`, in their order.
    fn related(&self, instance: &str) -> Result<Vec<Related>, Failure>;

    /// Sources of relationships that point to `instance`.
    fn related_to(&self, instance: &str) -> Result<Vec<Related>, Failure>;

    /// Instances of `node`.
    fn instances(&self, node: &str) -> Result<Vec<Related>, Failure>;

    /// A file of the blueprint that the deployment was last made from, by its path in the blueprint's folder; for who
    /// has no [`Context::folder`]. None if there is no such file.
    fn file(&self, _path: &str) -> Option<Vec<u8>> {
        None
    }

    /// State of another deployment, as journaled; none if there is no such deployment.
    fn deployment(&self, name: &str) -> Option<Arc<State>>;

    /// Waits until something in the state of `name` changes. Cancel-safe.
    async fn changed(&self, name: &str);
}

/// Where an operation says what is going on. What it says is journaled.
#[derive(Clone)]
pub struct Reporter {
    send: Arc<dyn Fn(String, Map) + Send + Sync>,
}

impl Reporter {
    /// A reporter that hands what is said to `send`.
    pub fn new(send: impl Fn(String, Map) + Send + Sync + 'static) -> Self {
        Self { send: Arc::new(send) }
    }

    /// Tells what is done or waited for. The same message twice in a row is journaled once.
    pub fn progress(&self, message: impl Into<String>) {
        (self.send)(message.into(), Map::new());
    }

    /// Tells what was just made, or is about to be, and waits until that is stored: after a crash it is found by these
    /// runtime properties.
    pub async fn made(&self, message: impl Into<String>, runtime: Map) {
        (self.send)(message.into(), runtime);
        // Whoever runs the operation listens before it goes on with it.
        tokio::task::yield_now().await;
    }
}

/// What a successful operation leaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Runtime properties of the operation's instance to set; `null` removes one.
    pub runtime: Map,
    /// Runtime properties of other instances (the other end of a relationship) to set.
    pub others: IndexMap<String, Map>,
    /// What was done, for a person.
    pub message: Option<String>,
    /// Whether what it leaves comes from a rehearsal, though the provider is none (a proxy of a rehearsed deployment).
    pub rehearsed: bool,
}

impl Outcome {
    /// Nothing but a message.
    pub fn done(message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..Self::default() }
    }

    /// Sets a runtime property.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.runtime.insert(key.into(), value.into());
        self
    }
}

/// Why an operation did not succeed. Messages never hold a secret.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Failure {
    /// May succeed later.
    #[error("{why}")]
    Retry {
        /// When to try again; the operation's own interval if none.
        after: Option<Duration>,
        /// What is in the way.
        why: String,
    },
    /// Will not succeed without a person.
    #[error("{why}")]
    Fatal {
        /// What is wrong and what to do about it.
        why: String,
    },
}

impl Failure {
    /// May succeed later.
    pub fn retry(why: impl Into<String>) -> Self {
        Self::Retry { after: None, why: why.into() }
    }

    /// Will not succeed without a person.
    pub fn fatal(why: impl Into<String>) -> Self {
        Self::Fatal { why: why.into() }
    }
}

/// What to observe.
#[derive(Clone)]
pub struct Scope {
    /// The deployment.
    pub deployment: String,
    /// Instances on this provider's target: id, node, runtime properties, spec fingerprint.
    pub instances: Vec<(String, Arc<Node>, Map, String)>,
    /// The rest of the deployment, and other deployments.
    pub world: Arc<dyn World>,
}

/// What an instance was seen to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// Which.
    pub instance: String,
    /// How it does.
    pub health: Health,
    /// Why it is not well.
    pub reason: Option<String>,
    /// See [`crate::plan::InstanceRecord::differences`].
    pub differences: Vec<String>,
    /// Ready and desired parts.
    pub ready: Option<(u32, u32)>,
    /// Runtime properties that changed; `null` removes one.
    pub runtime: Map,
}
