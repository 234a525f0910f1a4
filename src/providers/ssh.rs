//! An SSH connection: who the host is, who we are.
//!
//! A host is trusted when `known_hosts` names its key, and never otherwise. We are who the SSH agent says, or the key
//! files of `~/.ssh` without a passphrase. Does not read `~/.ssh/config`, and does not know what the connection is for.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh::client::{self, AuthResult, Handle};
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::AgentClient;
use russh::keys::{PrivateKeyWithHashAlg, PublicKeyOrCertificate};

/// Where to and as whom: of `ssh://user@host:port/path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SshAddress {
    /// The account there.
    pub user: String,
    /// Name or address of the host, without brackets.
    pub host: String,
    /// 22 unless given.
    pub port: u16,
    /// What follows the host, without its slash at the end; empty for none.
    pub path: String,
}

impl SshAddress {
    /// Reads `ssh://[user@]host[:port][/path]`; `default_user` where none is named.
    pub fn parse(text: &str, default_user: &str) -> Result<Self, String> {
        let rest =
            text.strip_prefix("ssh://").ok_or_else(|| format!("`{text}` does not begin with `ssh://`"))?;
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (user, host) = authority.rsplit_once('@').unwrap_or((default_user, authority));
        if user.contains(':') {
            return Err("a password does not belong in an address; use a key".into());
        }
        let (host, port) = match host.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Ok(22), |port| port.parse().map_err(|_| format!("`{port}` is no port")))?;
        if host.is_empty() || user.is_empty() {
            return Err(format!("`{text}` names no {}", if host.is_empty() { "host" } else { "user" }));
        }
        Ok(Self { user: user.into(), host: host.into(), port, path: path.trim_end_matches('/').into() })
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum SshError {
    /// Nobody listens, no route, no such name, or the connection broke.
    #[error("no SSH connection to {host}: {why}")]
    Unreachable {
        /// The host.
        host: String,
        /// What the network said.
        why: String,
    },
    /// The host's key is not in `known_hosts`, or is another one there.
    #[error("{0}")]
    HostKey(String),
    /// The host takes none of our keys.
    #[error("{0}")]
    Refused(String),
}

/// The folder with keys and `known_hosts`, and the agent's socket.
#[derive(Clone, Debug, Default)]
pub struct SshIdentity {
    /// `~/.ssh`; none when there is no home.
    pub folder: Option<PathBuf>,
    /// Socket of the SSH agent.
    pub agent: Option<PathBuf>,
}

impl SshIdentity {
    /// That of the person who runs this program.
    pub fn of_this_user() -> Self {
        let folder = std::env::home_dir().map(|home| home.join(".ssh"));
        Self {
            folder,
            agent: std::env::var_os("SSH_AUTH_SOCK").filter(|path| !path.is_empty()).map(Into::into),
        }
    }
}

/// Judges the host's key; a verdict against it is left in `refusal`.
pub struct HostKeys {
    address: SshAddress,
    files: Vec<PathBuf>,
    refusal: Arc<Mutex<Option<String>>>,
}

impl HostKeys {
    fn judge(&self, key: &russh::keys::PublicKey) -> Result<(), String> {
        let SshAddress { host, port, .. } = &self.address;
        let shown = if *port == 22 { host.clone() } else { format!("[{host}]:{port}") };
        for file in self.files.iter().filter(|file| file.exists()) {
            match russh::keys::check_known_hosts_path(host, *port, key, file) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(russh::keys::Error::KeyChanged { line }) => {
                    return Err(format!(
                        "the key of {shown} is not the one in {}:{line}: somebody may be in between. If the host was set \
                         up anew, remove the old key with `ssh-keygen -R '{shown}'`",
                        file.display()
                    ));
                }
                Err(error) => return Err(format!("{} can't be read: {error}", file.display())),
            }
        }
        let port = if *port == 22 { String::new() } else { format!("-p {port} ") };
        Err(format!(
            "the key of {shown} ({}) is not in known_hosts. Check it and add it, for example by `ssh {port}{}@{host}`",
            key.fingerprint(russh::keys::HashAlg::Sha256),
            self.address.user
        ))
    }
}

impl client::Handler for HostKeys {
    type Error = russh::Error;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        let verdict = match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } => self.judge(key),
            PublicKeyOrCertificate::Certificate(_) => Err("host certificates are not supported".into()),
        };
        let trusted = verdict.is_ok();
        if let (Err(why), Ok(mut refusal)) = (verdict, self.refusal.lock()) {
            *refusal = Some(why);
        }
        Ok(trusted)
    }
}

/// Connects and logs in, within 15 s.
pub async fn connect(address: &SshAddress, identity: &SshIdentity) -> Result<Handle<HostKeys>, SshError> {
    let host = || format!("{}:{}", address.host, address.port);
    let unreachable = |why: String| SshError::Unreachable { host: host(), why };
    tokio::time::timeout(Duration::from_secs(15), log_in(address, identity))
        .await
        .unwrap_or_else(|_| Err(unreachable("no answer within 15 s".into())))
}

async fn log_in(address: &SshAddress, identity: &SshIdentity) -> Result<Handle<HostKeys>, SshError> {
    let unreachable =
        |why: String| SshError::Unreachable { host: format!("{}:{}", address.host, address.port), why };
    let config = client::Config {
        keepalive_interval: Some(Duration::from_secs(15)),
        nodelay: true,
        ..client::Config::default()
    };
    let refusal = Arc::new(Mutex::new(None));
    let personal = identity.folder.as_ref().map(|folder| folder.join("known_hosts"));
    let files = personal.into_iter().chain([PathBuf::from("/etc/ssh/ssh_known_hosts")]).collect();
    let keys = HostKeys { address: address.clone(), files, refusal: refusal.clone() };
    let mut handle = client::connect(Arc::new(config), (address.host.as_str(), address.port), keys)
        .await
        .map_err(|error| match refusal.lock().ok().and_then(|mut why| why.take()) {
            Some(why) => SshError::HostKey(why),
            None => unreachable(error.to_string()),
        })?;
    let broken = |error: russh::Error| unreachable(error.to_string());
    let hash = handle.best_supported_rsa_hash().await.map_err(broken)?.flatten();
    let mut tried = Vec::new();

    if let Some(socket) = &identity.agent
        && let Ok(mut agent) = AgentClient::connect_uds(socket).await
    {
        for known in agent.request_identities().await.unwrap_or_default() {
            let AgentIdentity::PublicKey { key, comment } = known else { continue };
            let hash = hash.filter(|_| key.algorithm().is_rsa());
            match handle.authenticate_publickey_with(&address.user, key, hash, &mut agent).await {
                Ok(AuthResult::Success) => return Ok(handle),
                Ok(AuthResult::Failure { .. }) | Err(_) => tried.push(format!("the agent's {comment}")),
            }
        }
    }
    for name in ["id_ed25519", "id_ecdsa", "id_rsa"] {
        let Some(file) =
            identity.folder.as_ref().map(|folder| folder.join(name)).filter(|file| file.exists())
        else {
            continue;
        };
        match russh::keys::load_secret_key(&file, None) {
            Ok(key) => {
                let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
                if matches!(
                    handle.authenticate_publickey(&address.user, key).await.map_err(broken)?,
                    AuthResult::Success
                ) {
                    return Ok(handle);
                }
                tried.push(file.display().to_string());
            }
            Err(error) => tried.push(format!("{} ({error}; load it into the SSH agent)", file.display())),
        }
    }
    let tried = if tried.is_empty() {
        "there is no key in the SSH agent or in ~/.ssh".into()
    } else {
        format!("tried: {}", tried.join(", "))
    };
    Err(SshError::Refused(format!("{} lets nobody in as {} ({tried})", address.host, address.user)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let full = SshAddress::parse("ssh://me@[fe80::1]:2222/run/docker.sock", "root").unwrap();
        assert_eq!((full.user.as_str(), full.host.as_str(), full.port), ("me", "fe80::1", 2222));
        assert_eq!(full.path, "/run/docker.sock");
        let short = SshAddress::parse("ssh://lab", "root").unwrap();
        assert_eq!((short.user.as_str(), short.host.as_str(), short.port), ("root", "lab", 22));
        for wrong in ["http://lab", "ssh://", "ssh://me:secret@lab", "ssh://lab:no"] {
            assert!(SshAddress::parse(wrong, "root").is_err(), "{wrong}");
        }
    }
}
