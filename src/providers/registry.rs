//! [`Registry`]: finds the provider of a platform at a target, and makes it once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::docker::{DockerProvider, endpoint};
use super::kubernetes::KubernetesProvider;
use super::proxy::Proxy;
use super::rehearsal::{Rehearsal, Rehearsing};
use super::swarm::SwarmProvider;
use crate::engine::{Provider, ProviderError, Providers};
use crate::model::{Platform, TargetSpec};

/// Every provider of this program, by platform and target.
pub struct Registry {
    rehearsing: Rehearsing,
    made: Mutex<HashMap<(Platform, TargetSpec), Arc<dyn Provider>>>,
}

impl Registry {
    /// Providers that rehearse, where the target is [`TargetSpec::Rehearsal`], as `rehearsing` says.
    pub fn new(rehearsing: Rehearsing) -> Self {
        Self { rehearsing, made: Mutex::default() }
    }

    fn make(&self, platform: Platform, target: &TargetSpec) -> Result<Arc<dyn Provider>, ProviderError> {
        match (platform, target) {
            // The other deployment is in the journal, wherever it runs.
            (Platform::Proxy, _) => Ok(Arc::new(Proxy)),
            (_, TargetSpec::Rehearsal) => Ok(Arc::new(Rehearsal::new(platform, self.rehearsing.clone()))),
            (_, target) if !target.serves(platform) => Err(ProviderError {
                message: format!("target `{target}` does no {platform} operations"),
                hint: Some(format!("choose another target for {platform}")),
            }),
            (
                Platform::Swarm,
                TargetSpec::Docker | TargetSpec::DockerContext(_) | TargetSpec::DockerAddress(_),
            ) => Ok(Arc::new(SwarmProvider::new(endpoint(target)?))),
            (
                Platform::Host,
                TargetSpec::Docker | TargetSpec::DockerContext(_) | TargetSpec::DockerAddress(_),
            ) => Ok(Arc::new(DockerProvider::new(endpoint(target)?))),
            (Platform::Kubernetes, TargetSpec::Kubernetes(context)) => {
                Ok(Arc::new(KubernetesProvider::new(context.clone())))
            }
            (
                Platform::Swarm | Platform::Host | Platform::Kubernetes,
                TargetSpec::Docker
                | TargetSpec::DockerContext(_)
                | TargetSpec::DockerAddress(_)
                | TargetSpec::Kubernetes(_)
                | TargetSpec::Hosts(_),
            ) => Err(ProviderError {
                message: format!("{platform} operations at `{target}` are not there yet in this version"),
                hint: Some("use the target `rehearsal`".into()),
            }),
        }
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new(Rehearsing::default())
    }
}

impl Providers for Registry {
    fn provider(&self, platform: Platform, target: &TargetSpec) -> Result<Arc<dyn Provider>, ProviderError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (platform, target.clone());
        if let Some(provider) = made.get(&key) {
            return Ok(Arc::clone(provider));
        }
        let provider = self.make(platform, target)?;
        made.insert(key, Arc::clone(&provider));
        Ok(provider)
    }
}
