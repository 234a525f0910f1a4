//! Looking into what runs: logs, commands and forwarded ports of a node's pods, for front ends that have no runtime.
//!
//! Owns finding the instance that a person means. Blocks its caller; a window calls it from a thread of its own.

use std::collections::HashMap;
use std::future::Future;
use std::io::{Read as _, Write};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::Session;
use crate::engine::{EnvironmentSecrets, Failure, Outlook};
use crate::model::Map;
use crate::plan::{Edition, State};
pub use crate::providers::kubernetes::session::{LogLine, LogOptions};
use crate::providers::kubernetes::session::{Pods, Said};

/// Between two questions whether anybody still wants what goes on.
const GLANCE: Duration = Duration::from_millis(200);

/// Why nothing can be looked into.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InsideError(String);

impl From<Failure> for InsideError {
    fn from(failure: Failure) -> Self {
        Self(failure.to_string())
    }
}

impl From<std::io::Error> for InsideError {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// An instance that runs on a Kubernetes cluster.
#[derive(Clone, Debug)]
pub struct Inside {
    deployment: String,
    instance: String,
    runtime: Map,
    /// What the blueprint says of it now; none if it does not know it any more.
    said: Option<Said>,
}

impl Session {
    /// Instances of `node` of `lane` (or the one instance called so), to look into.
    pub fn inside(&self, lane: &str, node: &str) -> Result<Vec<Inside>, InsideError> {
        let state = self.state(lane);
        let mut found = instances(&state, node)?;
        let Some(lane) = self.lane(lane) else { return Ok(found) };
        let edition = Edition {
            topology: Arc::clone(&lane.topology),
            inputs: lane.inputs.clone(),
            ..Edition::default()
        };
        let others: HashMap<String, State> =
            self.running.iter().flat_map(|running| running.engine.states()).collect();
        let outlook =
            Outlook { edition: &edition, state: &state, others: &others, secrets: &EnvironmentSecrets };
        for inside in &mut found {
            inside.said = outlook.properties(&inside.instance).ok().map(|properties| Said {
                properties,
                related: outlook.related(&inside.instance),
                folder: lane.folder.clone(),
            });
        }
        Ok(found)
    }
}

/// Instances of `node` (or the one instance called so) of the deployment that `state` tells of.
fn instances(state: &State, node: &str) -> Result<Vec<Inside>, InsideError> {
    let meant = || {
        let is = |id: &str, of: &str| id == node || of == node;
        state.instances.iter().filter(move |(id, record)| is(id, &record.node) && !record.state.is_absent())
    };
    if meant().next().is_some() && meant().all(|(_, record)| state.is_rehearsed(record)) {
        return Err(InsideError(format!(
            "`{node}` is only rehearsed: nothing runs that could be looked into"
        )));
    }
    let found: Vec<Inside> = meant()
        .filter(|(_, record)| !state.is_rehearsed(record))
        .map(|(id, record)| Inside {
            deployment: state.deployment.clone(),
            instance: id.clone(),
            runtime: record.runtime.clone(),
            said: None,
        })
        .collect();
    if found.is_empty() {
        return Err(InsideError(format!("nothing of `{node}` is deployed; `gantry status` lists what is")));
    }
    Ok(found)
}

/// Hands every line of the logs of `instances` to `print`, or why a container's can't be read, until they end or,
/// following, for ever. Whether all could be read.
pub fn logs(
    instances: &[Inside],
    options: &LogOptions,
    print: impl FnMut(Result<LogLine, InsideError>),
) -> Result<bool, InsideError> {
    logs_while(instances, options, print, || true)
}

/// [`logs`], for as long as somebody wants them: `wanted` is asked a few times a second.
pub fn logs_while(
    instances: &[Inside],
    options: &LogOptions,
    mut print: impl FnMut(Result<LogLine, InsideError>),
    wanted: impl Fn() -> bool,
) -> Result<bool, InsideError> {
    blocking(async {
        let mut all = futures::stream::SelectAll::new();
        for inside in instances {
            all.push(inside.pods().await?.logs(options).await?);
        }
        let mut whole = true;
        while wanted() {
            tokio::select! {
                line = all.next() => match line {
                    Some(line) => {
                        whole &= line.is_ok();
                        print(line.map_err(InsideError::from));
                    }
                    None => break,
                },
                () = tokio::time::sleep(GLANCE) => {}
            }
        }
        Ok(whole)
    })
}

impl Inside {
    async fn pods(&self) -> Result<Pods, Failure> {
        Pods::of(&self.deployment, &self.instance, &self.runtime, self.said.as_ref()).await
    }

    /// Runs `command` in a container of the first running pod, with this program's output and, if wanted, its input;
    /// gives the exit code.
    pub fn exec(&self, command: &[String], container: Option<&str>, input: bool) -> Result<u8, InsideError> {
        self.exec_while(command, container, input, (std::io::stdout(), std::io::stderr()), || true)
    }

    /// [`Self::exec`], with what the command says written elsewhere, for as long as somebody wants it: `wanted` is asked a
    /// few times a second.
    pub fn exec_while(
        &self,
        command: &[String],
        container: Option<&str>,
        input: bool,
        (out, err): (impl Write, impl Write),
        wanted: impl Fn() -> bool,
    ) -> Result<u8, InsideError> {
        blocking(async {
            let mut process = self.pods().await?.exec(command, container, input, false).await?;
            if let Some(mut far) = process.stdin() {
                let mut typed = typed();
                tokio::spawn(async move {
                    while let Some(bytes) = typed.recv().await {
                        if far.write_all(&bytes).await.is_err() {
                            return;
                        }
                    }
                    // Tells the command that the input has ended.
                    let _ = far.shutdown().await;
                });
            }
            let (said, complained) = (process.stdout(), process.stderr());
            let status = process.take_status();
            let passing = async { tokio::try_join!(pass(said, out), pass(complained, err)) };
            tokio::pin!(passing);
            loop {
                tokio::select! {
                    passed = &mut passing => { passed?; break }
                    () = tokio::time::sleep(GLANCE) => if !wanted() {
                        return Err(InsideError("stopped, since nobody looks any more".into()));
                    }
                }
            }
            let Some(status) = status else { return Ok(0) };
            let Some(status) = status.await else { return Ok(0) };
            let causes = status.details.and_then(|details| details.causes).unwrap_or_default();
            let code = causes.iter().find(|cause| cause.reason.as_deref() == Some("ExitCode"));
            match (code.and_then(|cause| cause.message.as_ref()), status.message) {
                (Some(code), _) => Ok(code.parse().unwrap_or(1)),
                (None, Some(message)) if !message.is_empty() => Err(InsideError(message)),
                _ => Ok(0),
            }
        })
    }

    /// Answers connections to port `near` of this machine's loopback from port `far` of the first running pod, for as long
    /// as somebody wants it: `wanted` is asked a few times a second. Says by `listening` at which port (`near` may be 0),
    /// and by `complain` what goes wrong with a connection.
    pub fn forward_while(
        &self,
        near: u16,
        far: u16,
        listening: impl FnOnce(u16),
        complain: impl Fn(String) + Clone + Send + 'static,
        wanted: impl Fn() -> bool,
    ) -> Result<(), InsideError> {
        blocking(async {
            let forwarding = async {
                let pods = self.pods().await?;
                // Told before anybody connects: that there is a pod at all.
                pods.list().await?;
                let listener = TcpListener::bind(("127.0.0.1", near)).await.map_err(|error| {
                    let hint = "choose another, or 0 for one that is free";
                    InsideError(format!("port {near} of this machine can't be opened: {error}; {hint}"))
                })?;
                listening(listener.local_addr()?.port());
                Ok(pods.forward(listener, far, complain).await?)
            };
            tokio::pin!(forwarding);
            while wanted() {
                tokio::select! {
                    ended = &mut forwarding => return ended,
                    () = tokio::time::sleep(GLANCE) => {}
                }
            }
            Ok(())
        })
    }
}

fn blocking<T>(work: impl Future<Output = Result<T, InsideError>>) -> Result<T, InsideError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work)
}

/// What comes in at this program's input; a thread reads it, since such a read can't be cancelled.
fn typed() -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel(8);
    let read = move || {
        let mut buffer = vec![0; 8192];
        while let Ok(count @ 1..) = std::io::stdin().read(&mut buffer) {
            let bytes = buffer.get(..count).unwrap_or_default().to_vec();
            if send.blocking_send(bytes).is_err() {
                return;
            }
        }
    };
    // Without the thread the command sees an input that has ended.
    let _ = std::thread::Builder::new().name("input".into()).spawn(read);
    receive
}

/// Writes what comes from `far` as it comes.
async fn pass(far: Option<impl AsyncRead + Unpin>, mut near: impl Write) -> std::io::Result<()> {
    let Some(mut far) = far else { return Ok(()) };
    let mut buffer = vec![0; 8192];
    loop {
        match far.read(&mut buffer).await? {
            0 => return Ok(()),
            count => {
                near.write_all(buffer.get(..count).unwrap_or_default())?;
                near.flush()?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{InstanceRecord, InstanceState};

    #[test]
    fn instances_are_found_by_node_or_by_id() {
        let mut state = State::new("service");
        for (id, node) in [("web_1", "web"), ("web_2", "web"), ("other_1", "other")] {
            let record = InstanceRecord {
                node: node.into(),
                state: InstanceState::Started,
                ..InstanceRecord::default()
            };
            state.instances.insert(id.into(), record);
        }
        let ids = |name: &str| {
            instances(&state, name)
                .map(|found| found.iter().map(|inside| inside.instance.clone()).collect::<Vec<_>>())
        };
        assert_eq!(ids("web").unwrap(), ["web_1", "web_2"]);
        assert_eq!(ids("web_2").unwrap(), ["web_2"]);
        assert!(ids("none").unwrap_err().to_string().contains("`none`"));
        let mut rehearsed = state.clone();
        for record in rehearsed.instances.values_mut() {
            record.rehearsed = true;
        }
        assert!(instances(&rehearsed, "web").unwrap_err().to_string().contains("rehearsed"));
    }
}
