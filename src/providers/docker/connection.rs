//! A connection to a Docker Engine, and what its errors mean to a person.
//!
//! Owns transports (unix socket, TCP with and without TLS, a channel of an SSH connection to the remote socket) and the API
//! version that both sides know. Does not know what is asked of the engine.

use std::sync::Arc;

use bollard::errors::Error;
use bollard::{API_DEFAULT_VERSION, BollardRequest, Docker};
use hyper::header::{HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use russh::client::Handle;
use tokio::sync::{Mutex, Semaphore};

use super::endpoint::Endpoint;
use crate::engine::Failure;
use crate::providers::ssh::{self, HostKeys, SshAddress, SshError, SshIdentity};

/// Seconds that one request may take; long operations ask again.
const REQUEST_SECS: u64 = 60;
/// Channels of one SSH connection at a time: `MaxSessions` of an unchanged sshd is 10.
const CHANNELS: usize = 8;

/// A client, and the SSH connection that it goes through, if it does.
type Open = (Docker, Option<Arc<Handle<HostKeys>>>);

/// An engine, connected when it is first needed and again when the connection broke.
#[derive(Clone)]
pub struct Connection {
    endpoint: Endpoint,
    identity: SshIdentity,
    open: Arc<Mutex<Option<Open>>>,
}

impl Connection {
    /// To the engine at `endpoint`, as `identity` if that is by SSH; nothing is reached yet.
    pub fn new(endpoint: Endpoint, identity: SshIdentity) -> Self {
        Self { endpoint, identity, open: Arc::default() }
    }

    /// Where the engine is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The engine, answering.
    pub async fn docker(&self) -> Result<Docker, Failure> {
        let mut open = self.open.lock().await;
        if let Some((docker, ssh)) = &*open
            && ssh.as_ref().is_none_or(|ssh| !ssh.is_closed())
        {
            return Ok(docker.clone());
        }
        let (docker, ssh) = self.connect().await?;
        let docker =
            docker.negotiate_version().await.map_err(|error| self.failure("is not reached", error))?;
        *open = Some((docker.clone(), ssh));
        Ok(docker)
    }

    /// Whether the engine answers.
    pub async fn reach(&self) -> Result<(), Failure> {
        let docker = self.docker().await?;
        docker.ping().await.map(|_| ()).map_err(|error| self.failure("is not reached", error))
    }

    async fn connect(&self) -> Result<Open, Failure> {
        let Endpoint { address, certificates, .. } = &self.endpoint;
        let unreached = |error| self.failure("is not reached", error);
        if address.starts_with("ssh://") {
            return self.over_ssh(address).await;
        }
        let docker = if address.starts_with("unix://") {
            Docker::connect_with_unix(address, REQUEST_SECS, API_DEFAULT_VERSION)
        } else if let Some(folder) = certificates {
            let file = |name: &str| folder.join(name);
            let (key, certificate, authority) = (file("key.pem"), file("cert.pem"), file("ca.pem"));
            Docker::connect_with_ssl(
                address,
                &key,
                &certificate,
                &authority,
                REQUEST_SECS,
                API_DEFAULT_VERSION,
            )
        } else {
            Docker::connect_with_http(address, REQUEST_SECS, API_DEFAULT_VERSION)
        };
        Ok((docker.map_err(unreached)?, None))
    }

    async fn over_ssh(&self, address: &str) -> Result<Open, Failure> {
        let user = std::env::var("USER").unwrap_or_else(|_| "root".into());
        let address = SshAddress::parse(address, &user).map_err(Failure::fatal)?;
        let handle = ssh::connect(&address, &self.identity).await.map_err(|error| match error {
            SshError::Unreachable { .. } => {
                Failure::retry(format!("Docker at {} is not reached: {error}", self.endpoint))
            }
            SshError::HostKey(_) | SshError::Refused(_) => {
                Failure::fatal(format!("Docker at {} is not reached: {error}", self.endpoint))
            }
        })?;
        let handle = Arc::new(handle);
        let socket: Arc<str> =
            if address.path.is_empty() { "/var/run/docker.sock".into() } else { address.path.into() };
        let (channels, shared) = (Arc::new(Semaphore::new(CHANNELS)), handle.clone());
        let transport = move |request: BollardRequest| {
            request_over_ssh(shared.clone(), channels.clone(), socket.clone(), request)
        };
        Docker::connect_with_custom_transport(
            transport,
            Some("http://docker"),
            REQUEST_SECS,
            API_DEFAULT_VERSION,
        )
        .map(|docker| (docker, Some(handle)))
        .map_err(|error| self.failure("is not reached", error))
    }

    /// What `error` means: whether trying again may help, and what a person can do about it.
    pub fn failure(&self, what: &str, error: Error) -> Failure {
        let at = &self.endpoint;
        match error {
            Error::DockerResponseServerError { status_code: 503, message } if message.contains("swarm") => {
                Failure::fatal(format!(
                    "Docker at {at} {what}: it is not a manager of a swarm. `docker swarm init` there makes it one, or `init: true` at the \
                     cloudify.swarm.Manager"
                ))
            }
            Error::DockerResponseServerError { status_code, message } => {
                let why = format!("Docker at {at} {what}: {}", message.trim());
                if status_code >= 500 && !message.contains("invalid") {
                    Failure::retry(why)
                } else {
                    Failure::fatal(why)
                }
            }
            Error::SocketNotFoundError(path) => Failure::retry(format!(
                "Docker at {at} {what}: there is no socket {path}. Is the engine running? `docker context ls` shows others"
            )),
            Error::RequestTimeoutError => {
                Failure::retry(format!("Docker at {at} {what}: no answer within {REQUEST_SECS} s"))
            }
            Error::JsonDataError { .. } => {
                Failure::fatal(format!("Docker at {at} {what}: its answer is not understood ({error})"))
            }
            other => {
                let why = chain(&other);
                let hint = if why.contains("denied") {
                    ". May this user use Docker? (group `docker`)"
                } else if why.contains("refused") {
                    ". Is the engine running?"
                } else if why.contains("ertificate") || why.contains("InvalidContentType") {
                    ". Do the TLS files belong to this engine?"
                } else {
                    ""
                };
                Failure::retry(format!("Docker at {at} {what}: {why}{hint}"))
            }
        }
    }
}

/// An error and what caused it, without saying anything twice.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}

async fn request_over_ssh(
    ssh: Arc<Handle<HostKeys>>,
    channels: Arc<Semaphore>,
    socket: Arc<str>,
    mut request: BollardRequest,
) -> Result<hyper::Response<hyper::body::Incoming>, Error> {
    let broken = |why: String| Error::IOError { err: std::io::Error::other(why) };
    let permit = channels.acquire_owned().await.map_err(|error| broken(error.to_string()))?;
    let channel = ssh
        .channel_open_direct_streamlocal(&*socket)
        .await
        .map_err(|error| broken(format!("the host gives no way to its {socket}: {error}")))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(channel.into_stream())).await?;
    tokio::spawn(async move {
        // The channel is in use until the answer was read, not only until it began.
        let _permit = permit;
        let _ = connection.await;
    });
    // The daemon is asked for a path, as on any socket, whatever name the connection goes by.
    if let Some(path) = request.uri().path_and_query().cloned() {
        *request.uri_mut() = path.into();
    }
    request.headers_mut().insert(HOST, HeaderValue::from_static("docker"));
    Ok(sender.send_request(request).await?)
}
