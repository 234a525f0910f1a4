//! Foreign formats → nodes: compose files, Kubernetes manifests and `docker run` lines become node templates of the types
//! that Gantry deploys.
//!
//! What has no place in those types is never dropped in silence: it is a [`LeftOut`], told with its reason and kept as it
//! was in the blueprint, under `dsl_definitions.not_mapped`. Touches no disk and fetches nothing: what a file names (build
//! folders, environment files) is told, not read.
//!
//! ```
//! let compose = "services:\n  web:\n    image: nginx:1.27\n    ports: ['8080:80']\n    tty: true\n";
//! let found = gantry::ingest::read("compose.yaml", compose).unwrap();
//! assert_eq!(found.nodes.keys().collect::<Vec<_>>(), ["web", "web_container", "web_port", "swarm"]);
//! assert_eq!(found.left_out[0].at, "services.web.tty");
//! ```

mod compose;
mod docker_run;
mod documents;
mod kubernetes;
mod lane;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::model::{Map, Value};

/// More nodes are not made of one file.
pub const MAX_NODES: usize = 5_000;

/// A format that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A compose file, or services of one.
    Compose,
    /// Kubernetes manifests, any number of documents.
    Kubernetes,
    /// `docker run …`, any number of lines.
    DockerRun,
}

impl Format {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compose => "compose file",
            Self::Kubernetes => "Kubernetes manifest",
            Self::DockerRun => "docker run",
        }
    }

    /// What a blueprint with its nodes imports.
    pub fn imports(self) -> [&'static str; 2] {
        let plugin = match self {
            Self::Compose | Self::DockerRun => "plugin:swarm",
            Self::Kubernetes => "plugin:kubernetes-modern",
        };
        ["cloudify/types/types.yaml", plugin]
    }
}

/// Something that has no place in the nodes, or not as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// Where it stood: `services.web.healthcheck`, `Secret shop/login`.
    pub at: String,
    /// Why, and what to do.
    pub why: String,
    /// What stood there, to be kept; none where it was taken over otherwise, or is a secret.
    pub value: Option<Value>,
}

/// What a file comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Ingested {
    /// What it was.
    pub format: Format,
    /// A name for its lane.
    pub name: String,
    /// The file that it was read from, for the description.
    pub origin: String,
    /// Inputs that the nodes read, by name.
    pub inputs: Map,
    /// Node templates by name, with their relationships.
    pub nodes: Map,
    /// Files that the nodes name, by path relative to the blueprint.
    pub files: Vec<(String, Arc<str>)>,
    /// What could not be mapped.
    pub left_out: Vec<LeftOut>,
    /// Names of nodes that come later.
    reserved: Vec<String>,
}

impl Ingested {
    fn new(format: Format, origin: &str) -> Self {
        Self {
            format,
            name: lane_name(origin),
            origin: origin.to_owned(),
            inputs: Map::new(),
            nodes: Map::new(),
            files: Vec::new(),
            left_out: Vec::new(),
            reserved: Vec::new(),
        }
    }

    fn leave(&mut self, at: impl Into<String>, why: impl Into<String>, value: Option<&Value>) {
        let (at, why) = (at.into(), why.into());
        self.left_out.push(LeftOut { at, why, value: value.cloned() });
    }

    /// `wish`, made a name that no node has, without signs that a name can't have.
    fn free(&self, wish: &str) -> String {
        let clean = clean(wish);
        let taken = |name: &String| self.nodes.contains_key(name) || self.reserved.contains(name);
        if !taken(&clean) {
            return clean;
        }
        let mut numbered = (2..usize::MAX).map(|number| format!("{clean}_{number}"));
        numbered.find(|name| !taken(name)).unwrap_or(clean)
    }

    /// Refuses what is too much for a picture.
    fn bounded(self) -> Result<Self, IngestError> {
        if self.nodes.len() > MAX_NODES {
            let message = format!("it comes to {} nodes; at most {MAX_NODES} are made", self.nodes.len());
            return Err(IngestError::new(&self.origin, None, message, "import a part of it"));
        }
        Ok(self)
    }
}

/// Why nothing can be made of a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}{}: {message}", line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct IngestError {
    /// The file.
    pub origin: String,
    /// Line from 1, if one is at fault.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl IngestError {
    fn new(origin: &str, line: Option<usize>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { origin: origin.to_owned(), line, message: message.into(), hint: hint.into() }
    }
}

/// What `text` is, if it is anything that [`read`] understands.
pub fn format_of(text: &str) -> Option<Format> {
    if docker_run::is_one(text) {
        return Some(Format::DockerRun);
    }
    let documents = documents::split(text);
    // Of several documents a broken one may be the first.
    documents.iter().take(20).find_map(|document| {
        let value = documents::parse(document).ok()?;
        if kubernetes::is_object(&value) {
            return Some(Format::Kubernetes);
        }
        (documents.len() == 1 && compose::services(&value).is_some()).then_some(Format::Compose)
    })
}

/// Reads a compose file, Kubernetes manifests or `docker run` lines; `origin` names the file in messages.
pub fn read(origin: &str, text: &str) -> Result<Ingested, IngestError> {
    match format_of(text) {
        Some(Format::DockerRun) => docker_run::read(origin, text)?.bounded(),
        Some(Format::Compose) => compose::read(origin, text)?.bounded(),
        Some(Format::Kubernetes) => kubernetes::read(origin, text)?.bounded(),
        None => Err(unknown(origin, text)),
    }
}

fn unknown(origin: &str, text: &str) -> IngestError {
    let broken = documents::split(text).iter().find_map(|document| documents::parse(document).err());
    if let Some(problem) = broken {
        let hint = if text.contains("{{") {
            "is it a template of a chart? Render it first: `helm template …`"
        } else {
            "mend the YAML at that place"
        };
        return IngestError::new(origin, Some(problem.line), problem.message, hint);
    }
    IngestError::new(
        origin,
        None,
        "it is neither a compose file, nor a Kubernetes manifest, nor a `docker run` line",
        "a compose file has `services`, a manifest `apiVersion` and `kind`",
    )
}

/// A lane's name from that of a file: `shop` from `shop.yaml`.
fn lane_name(origin: &str) -> String {
    let file = origin.rsplit(['/', '\\']).next().unwrap_or(origin);
    let stem = file.split('.').next().unwrap_or_default();
    let name = clean(stem);
    if name.is_empty() { "imported".to_owned() } else { name }
}

/// Letters, digits, `-` and `_` stay, anything else becomes `_`.
fn clean(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' };
    let name: String = name.chars().take(100).map(kept).collect();
    let name = name.trim_matches(['_', '-']);
    if name.is_empty() { "node".to_owned() } else { name.to_owned() }
}

/// A relationship.
fn relationship(kind: &str, target: &str) -> Value {
    Value::Map(Map::from_iter([("type".to_owned(), kind.into()), ("target".to_owned(), target.into())]))
}

/// A node template.
fn template(kind: &str, properties: Map, relationships: Vec<Value>) -> Value {
    let mut template = Map::from_iter([("type".to_owned(), Value::from(kind))]);
    if !properties.is_empty() {
        template.insert("properties".to_owned(), Value::Map(properties));
    }
    if !relationships.is_empty() {
        template.insert("relationships".to_owned(), Value::List(relationships));
    }
    Value::Map(template)
}

/// A scalar as text; none for lists, maps and nothing.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::List(_) | Value::Map(_) | Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
