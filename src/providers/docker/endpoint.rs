//! Which Docker Engine a target means: the current context, a named one, or an address.
//!
//! Follows the `docker` command: `DOCKER_HOST`, `DOCKER_CONTEXT`, then `currentContext` of the client's `config.json`; TLS
//! files from the context or `DOCKER_CERT_PATH`. Reads files, but does not connect.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::engine::ProviderError;
use crate::model::TargetSpec;

/// How an engine is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `unix://…`, `tcp://…` or `ssh://…`.
    pub address: String,
    /// Folder with `ca.pem`, `cert.pem` and `key.pem`, when the address is spoken to over TLS.
    pub certificates: Option<PathBuf>,
    /// Where the address comes from, for a person: `context lab`, `DOCKER_HOST`.
    pub origin: Option<String>,
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.address)?;
        self.origin.as_ref().map_or(Ok(()), |origin| write!(f, " ({origin})"))
    }
}

impl Endpoint {
    /// The engine's machine as the address names it; none for a socket of this machine.
    pub fn host(&self) -> Option<String> {
        let (scheme, rest) = self.address.split_once("://")?;
        let authority = rest.split('/').next()?.rsplit('@').next()?;
        let host = match authority.strip_prefix('[') {
            Some(inside) => inside.split(']').next()?,
            None => authority.split(':').next()?,
        };
        (scheme != "unix" && !host.is_empty()).then(|| host.to_owned())
    }
}

/// What the `docker` command would look at.
pub struct Surroundings<'a> {
    /// A variable of the environment; an empty one counts as absent.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The home folder.
    pub home: Option<PathBuf>,
}

/// The engine that `target` means for the person who runs this program.
pub fn endpoint(target: &TargetSpec) -> Result<Endpoint, ProviderError> {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    Surroundings { variable: &variable, home: std::env::home_dir() }.endpoint(target)
}

impl Surroundings<'_> {
    /// The engine that `target` means here.
    pub fn endpoint(&self, target: &TargetSpec) -> Result<Endpoint, ProviderError> {
        match target {
            TargetSpec::DockerAddress(address) => self.address(address, None),
            TargetSpec::DockerContext(name) => self.context(name),
            TargetSpec::Docker => {
                if let Some(host) = (self.variable)("DOCKER_HOST") {
                    return self.address(&host, Some("DOCKER_HOST".into()));
                }
                let named = (self.variable)("DOCKER_CONTEXT").or_else(|| self.current_context());
                self.context(named.as_deref().unwrap_or("default"))
            }
            other => Err(ProviderError {
                message: format!("`{other}` is no Docker Engine"),
                hint: Some(
                    "give `docker`, `docker:CONTEXT` or an address for the swarm and host platforms".into(),
                ),
            }),
        }
    }

    fn config_folder(&self) -> Option<PathBuf> {
        let named = (self.variable)("DOCKER_CONFIG").map(PathBuf::from);
        named.or_else(|| Some(self.home.as_ref()?.join(".docker")))
    }

    fn current_context(&self) -> Option<String> {
        let config = read_json(&self.config_folder()?.join("config.json")).ok()?;
        config.get("currentContext")?.as_str().map(str::to_owned).filter(|name| !name.is_empty())
    }

    fn address(&self, address: &str, origin: Option<String>) -> Result<Endpoint, ProviderError> {
        let (scheme, rest) = address.split_once("://").unwrap_or(("tcp", address));
        let wrong = |message: String| ProviderError {
            message,
            hint: Some("unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host".into()),
        };
        if rest.is_empty() {
            return Err(wrong(format!("`{address}` names no engine")));
        }
        let plain = |secure: bool| format!("tcp://{}", with_port(rest, if secure { 2376 } else { 2375 }));
        let secure = scheme == "https"
            || (scheme == "tcp"
                && ((self.variable)("DOCKER_TLS_VERIFY").is_some()
                    || rest.trim_end_matches('/').ends_with(":2376")));
        match scheme {
            "unix" | "ssh" => Ok(Endpoint { address: address.to_owned(), certificates: None, origin }),
            "tcp" | "http" | "https" if secure => {
                let folder =
                    (self.variable)("DOCKER_CERT_PATH").map(PathBuf::from).or_else(|| self.config_folder());
                let folder = folder
                    .ok_or_else(|| wrong("there is no home folder to look for certificates in".into()))?;
                complete(&folder, &plain(true))?;
                Ok(Endpoint { address: plain(true), certificates: Some(folder), origin })
            }
            "tcp" | "http" => Ok(Endpoint { address: plain(false), certificates: None, origin }),
            other => Err(wrong(format!("`{other}://` is no way to reach a Docker Engine"))),
        }
    }

    /// A context of the client, as `docker context create` writes it.
    fn context(&self, name: &str) -> Result<Endpoint, ProviderError> {
        if name == "default" {
            return Ok(Endpoint {
                address: "unix:///var/run/docker.sock".into(),
                certificates: None,
                origin: None,
            });
        }
        let contexts = self.config_folder().map(|folder| folder.join("contexts"));
        let mut known = Vec::new();
        for folder in
            contexts.iter().flat_map(|folder| std::fs::read_dir(folder.join("meta"))).flatten().flatten()
        {
            let Ok(meta) = read_json(&folder.path().join("meta.json")) else { continue };
            let Some(found) = meta.get("Name").and_then(Json::as_str) else { continue };
            if found != name {
                known.push(found.to_owned());
                continue;
            }
            let origin = Some(format!("context {name}"));
            let host = meta.pointer("/Endpoints/docker/Host").and_then(Json::as_str).unwrap_or_default();
            let tls = contexts
                .as_ref()
                .map(|contexts| contexts.join("tls").join(folder.file_name()).join("docker"));
            return match tls.filter(|tls| host.starts_with("tcp://") && tls.join("ca.pem").exists()) {
                Some(tls) => {
                    complete(&tls, host)?;
                    Ok(Endpoint { address: host.to_owned(), certificates: Some(tls), origin })
                }
                None => self.address(host, origin),
            };
        }
        known.sort();
        Err(ProviderError {
            message: format!("there is no Docker context `{name}`"),
            hint: Some(if known.is_empty() {
                "`docker context ls` shows them; an address such as ssh://user@host needs none".into()
            } else {
                format!("there are: default, {}", known.join(", "))
            }),
        })
    }
}

fn with_port(rest: &str, port: u16) -> String {
    let rest = rest.trim_end_matches('/');
    let host_end = rest.rfind(']').map_or(0, |at| at + 1);
    if rest[host_end..].contains(':') { rest.to_owned() } else { format!("{rest}:{port}") }
}

fn complete(folder: &Path, address: &str) -> Result<(), ProviderError> {
    let missing: Vec<_> =
        ["ca.pem", "cert.pem", "key.pem"].into_iter().filter(|name| !folder.join(name).exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(ProviderError {
        message: format!(
            "{address} is spoken to over TLS, but {} has no {}",
            folder.display(),
            missing.join(", ")
        ),
        hint: Some("DOCKER_CERT_PATH names the folder with ca.pem, cert.pem and key.pem".into()),
    })
}

fn read_json(file: &Path) -> std::io::Result<Json> {
    serde_json::from_str(&std::fs::read_to_string(file)?).map_err(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(home: &Path, variables: &[(&str, &str)], target: &str) -> Result<Endpoint, ProviderError> {
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Surroundings { variable: &variable, home: Some(home.into()) }.endpoint(&target.parse().unwrap())
    }

    #[test]
    fn finds_what_the_docker_command_would_find() {
        let home = tempfile::tempdir().unwrap();
        let found = |variables: &[(&str, &str)], target: &str| find(home.path(), variables, target);
        assert_eq!(found(&[], "docker").unwrap().address, "unix:///var/run/docker.sock");
        assert_eq!(
            found(&[("DOCKER_HOST", "ssh://me@lab")], "docker").unwrap().to_string(),
            "ssh://me@lab (DOCKER_HOST)"
        );
        assert_eq!(found(&[], "tcp://lab").unwrap().address, "tcp://lab:2375");

        let meta = home.path().join(".docker/contexts/meta/0123");
        std::fs::create_dir_all(&meta).unwrap();
        let text =
            r#"{"Name":"lab","Endpoints":{"docker":{"Host":"tcp://10.0.0.9:2376","SkipTLSVerify":false}}}"#;
        std::fs::write(meta.join("meta.json"), text).unwrap();
        std::fs::write(home.path().join(".docker/config.json"), r#"{"currentContext":"lab"}"#).unwrap();
        let missing = found(&[], "docker").unwrap_err();
        assert!(missing.message.contains("has no ca.pem, cert.pem, key.pem"), "{missing}");

        let tls = home.path().join(".docker/contexts/tls/0123/docker");
        std::fs::create_dir_all(&tls).unwrap();
        for name in ["ca.pem", "cert.pem", "key.pem"] {
            std::fs::write(tls.join(name), "").unwrap();
        }
        let lab = Endpoint {
            address: "tcp://10.0.0.9:2376".into(),
            certificates: Some(tls.clone()),
            origin: Some("context lab".into()),
        };
        assert_eq!(found(&[], "docker").unwrap(), lab);
        assert_eq!(found(&[("DOCKER_CONTEXT", "default")], "docker").unwrap().certificates, None);
        let unknown = found(&[], "docker:nope").unwrap_err();
        assert_eq!(unknown.hint.as_deref(), Some("there are: default, lab"));
        let path = tls.to_string_lossy().into_owned();
        assert_eq!(found(&[("DOCKER_CERT_PATH", &path)], "https://lab").unwrap().certificates, Some(tls));
    }

    #[test]
    fn what_is_no_engine_is_told() {
        let home = tempfile::tempdir().unwrap();
        assert!(
            find(home.path(), &[("DOCKER_HOST", "ftp://x")], "docker")
                .unwrap_err()
                .message
                .contains("ftp://")
        );
        assert!(find(home.path(), &[], "kubernetes").unwrap_err().message.contains("no Docker Engine"));
    }
}
