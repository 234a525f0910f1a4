//! [`Way`]: how a cluster is reached, and the kubeconfig or address that it stands for.
//!
//! Owns where credentials come from. Never prints them: a [`Way`] shows itself without.

use std::fmt;
use std::path::PathBuf;

use super::patience::client;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::json;

use super::failure::{connection_failure, connection_problem};
use crate::engine::{Failure, ProviderError};
use crate::model::{Map, Value};
use crate::render::kubernetes::{Files, RenderError};

/// How a cluster is reached.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// The current context of the user's kubeconfig (`KUBECONFIG`, `~/.kube/config`).
    #[default]
    CurrentContext,
    /// A named context of it.
    Context(String),
    /// An address, with what the blueprint gives to be let in.
    Address(Address),
    /// A kubeconfig in the blueprint, as JSON or YAML text, and the context to use.
    Inline(String, Option<String>),
    /// A kubeconfig file of this machine, and its current context.
    File(PathBuf),
}

/// An API server and the credentials for it. PEM texts, not files.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Address {
    pub url: String,
    pub token: Option<String>,
    pub authority: Option<String>,
    pub certificate: Option<String>,
    pub key: Option<String>,
    pub insecure: bool,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CurrentContext => f.write_str("the current kubeconfig context"),
            Self::Context(name) => write!(f, "kubeconfig context `{name}`"),
            Self::Address(address) => f.write_str(&address.url),
            Self::Inline(_, _) => f.write_str("the blueprint's kubeconfig"),
            Self::File(path) => write!(f, "kubeconfig {}", path.display()),
        }
    }
}

impl Way {
    /// What a `kubernetes_info` output says, or the runtime properties that this provider left: `context`, or `url`
    /// (`http://IP:PORT`, or `IP:PORT` as in the article's time) with `token`, `ca`, `certificate`, `key`.
    pub fn from_info(info: &Value) -> Option<Self> {
        if let Some(url) = info.as_str() {
            return Some(Self::Address(Address { url: with_scheme(url), ..Address::default() }));
        }
        let text = |keys: &[&str]| {
            keys.iter().find_map(|key| info.get(key).and_then(Value::as_str)).filter(|text| !text.is_empty())
        };
        if let Some(context) = text(&["context"]) {
            return Some(Self::Context(context.to_owned()));
        }
        if let Some(path) = text(&["file"]) {
            return Some(Self::File(path.into()));
        }
        if let Some(kubeconfig) = text(&["kubeconfig"]) {
            return Some(Self::Inline(kubeconfig.to_owned(), None));
        }
        let own = |keys: &[&str]| text(keys).map(str::to_owned);
        Some(Self::Address(Address {
            url: with_scheme(text(&["url", "host", "endpoint"])?),
            token: own(&["token", "api_key"]),
            authority: own(&["ca", "ssl_ca_cert"]),
            certificate: own(&["certificate", "cert_file"]),
            key: own(&["key", "key_file"]),
            // The plugin declares it as text.
            insecure: info
                .get("verify_ssl")
                .is_some_and(|verify| verify.to_string().to_lowercase() == "false"),
        }))
    }

    /// What `client_config` (or a `Master`'s `configuration`) of the modern plugin says. `files` are the blueprint's.
    pub fn from_configuration(configuration: &Value, files: &dyn Files) -> Result<Option<Self>, RenderError> {
        let text = |key: &str| configuration.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(options) = configuration
            .get("api_options")
            .filter(|options| options.get("host").is_some_and(|host| !host.is_null()))
        {
            let Some(Self::Address(mut address)) = Self::from_info(options) else { return Ok(None) };
            for pem in
                [&mut address.authority, &mut address.certificate, &mut address.key].into_iter().flatten()
            {
                if !pem.contains("-----BEGIN") {
                    *pem = files.read(pem)?;
                }
            }
            return Ok(Some(Self::Address(address)));
        }
        if let Some(path) = text("blueprint_file_name") {
            return Ok(Some(Self::Inline(files.read(path)?, None)));
        }
        if let Some(path) = text("manager_file_path") {
            return Ok(Some(Self::File(path.into())));
        }
        Ok(Self::from_content(configuration))
    }

    /// A kubeconfig written in the blueprint.
    fn from_content(configuration: &Value) -> Option<Self> {
        match configuration.get("file_content") {
            Some(Value::String(text)) if !text.is_empty() => Some(Self::Inline(text.clone(), None)),
            Some(map @ Value::Map(content)) if !content.is_empty() => {
                Some(Self::Inline(map.to_json().to_string(), None))
            }
            _ => None,
        }
    }

    /// What may be remembered of it in runtime properties: never a credential.
    pub fn to_runtime(&self) -> Value {
        let mut map = Map::new();
        match self {
            Self::CurrentContext => {}
            // Holds credentials: it is read from the blueprint again.
            Self::Inline(_, _) => {
                map.insert("blueprint".into(), Value::Bool(true));
            }
            Self::File(path) => {
                map.insert("file".into(), Value::string(path.display().to_string()));
            }
            Self::Context(name) => {
                map.insert("context".into(), Value::string(name));
            }
            Self::Address(address) => {
                map.insert("url".into(), Value::string(&address.url));
            }
        }
        Value::Map(map)
    }

    /// The current context by its name, so that a later change of the kubeconfig does not lead to another cluster.
    pub fn settled(self) -> Self {
        match self {
            Self::CurrentContext => Kubeconfig::read()
                .ok()
                .and_then(|kubeconfig| kubeconfig.current_context)
                .filter(|name| !name.is_empty())
                .map_or(Self::CurrentContext, Self::Context),
            other => other,
        }
    }

    /// A client, and the namespace that objects without one go to. Reaches nothing yet.
    pub async fn client(&self) -> Result<(Client, String), Failure> {
        let options = |context: Option<&String>| KubeConfigOptions {
            context: context.cloned(),
            ..KubeConfigOptions::default()
        };
        let parsed = |text: &str| Kubeconfig::from_yaml(text);
        let config = match self {
            Self::CurrentContext => Config::from_kubeconfig(&options(None)).await,
            Self::Context(name) => Config::from_kubeconfig(&options(Some(name))).await,
            Self::File(path) => match Kubeconfig::read_from(path) {
                Ok(kubeconfig) => Config::from_custom_kubeconfig(kubeconfig, &options(None)).await,
                Err(error) => Err(error),
            },
            Self::Inline(text, context) => match parsed(text) {
                Ok(kubeconfig) => {
                    Config::from_custom_kubeconfig(kubeconfig, &options(context.as_ref())).await
                }
                Err(error) => Err(error),
            },
            Self::Address(address) => match parsed(&address.kubeconfig()) {
                Ok(kubeconfig) => Config::from_custom_kubeconfig(kubeconfig, &options(None)).await,
                Err(error) => Err(error),
            },
        }
        .map_err(|error| connection_failure(&error, self))?;
        let namespace = config.default_namespace.clone();
        let client = client(config).map_err(|error| Failure::fatal(format!("{self}: {error}")))?;
        Ok((client, namespace))
    }
}

/// Whether the user's kubeconfig has `context`.
pub(super) fn known(context: &str) -> Result<(), ProviderError> {
    let wrong = |message: String, hint: &str| Err(ProviderError { message, hint: Some(hint.to_owned()) });
    let kubeconfig = match Kubeconfig::read() {
        Ok(kubeconfig) => kubeconfig,
        Err(error) => {
            let way = Way::Context(context.to_owned());
            let (message, hint) = connection_problem(&error, &way);
            return wrong(message, hint);
        }
    };
    if kubeconfig.contexts.iter().any(|known| known.name == context) {
        return Ok(());
    }
    let mut names: Vec<&str> = kubeconfig.contexts.iter().map(|known| known.name.as_str()).collect();
    names.sort_unstable();
    let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    wrong(
        format!("the kubeconfig has no context `{context}` (it has: {there})"),
        "choose one of these, or set KUBECONFIG",
    )
}

impl Address {
    /// As a kubeconfig, which is JSON as well.
    fn kubeconfig(&self) -> String {
        let mut cluster = json!({ "server": self.url });
        if self.insecure {
            cluster["insecure-skip-tls-verify"] = json!(true);
        } else if let Some(authority) = &self.authority {
            cluster["certificate-authority-data"] = json!(base64(authority.as_bytes()));
        }
        let mut user = json!({});
        if let Some(token) = &self.token {
            user["token"] = json!(token);
        }
        for (key, pem) in [("client-certificate-data", &self.certificate), ("client-key-data", &self.key)] {
            if let Some(pem) = pem {
                user[key] = json!(base64(pem.as_bytes()));
            }
        }
        json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "blueprint",
            "clusters": [{ "name": "blueprint", "cluster": cluster }],
            "users": [{ "name": "blueprint", "user": user }],
            "contexts": [{ "name": "blueprint", "context": { "cluster": "blueprint", "user": "blueprint" } }],
        })
        .to_string()
    }
}

fn with_scheme(url: &str) -> String {
    if url.contains("://") { url.to_owned() } else { format!("http://{url}") }
}

/// Standard base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().enumerate().fold(0_u32, |word, (at, byte)| word | u32::from(*byte) << (16 - 8 * at));
        for digit in 0..4 {
            let value = (word >> (18 - 6 * digit)) & 63;
            text.push(if digit > chunk.len() {
                '='
            } else {
                DIGITS.get(value as usize).map_or('=', |d| char::from(*d))
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads() {
        for (text, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn an_output_leads_to_a_cluster_and_shows_no_credential() {
        let info = |json: serde_json::Value| Way::from_info(&Value::from(json));
        assert!(info(json!("10.0.0.1:8080")).unwrap().to_string() == "http://10.0.0.1:8080");
        assert!(info(json!({"context": "lab", "url": "x"})).unwrap() == Way::Context("lab".into()));
        assert!(info(json!({})).is_none());
        let secret = info(json!({"url": "https://k:6443", "token": "geheim"})).unwrap();
        assert!(!secret.to_string().contains("geheim"));
        assert!(!secret.to_runtime().to_string().contains("geheim"));
    }
}
