//! Kubernetes objects of a node: what `export` writes is what `deploy` applies.
//!
//! Pure: a node's type and evaluated properties, descriptor files through [`Files`], other nodes through
//! [`Surroundings`]. Does not know clusters, connections or the order in which objects are sent.

mod microservice;
mod object;
mod overrides;
mod resource;
mod substitute;

pub use object::{DEPLOYMENT_LABEL, INSTANCE_LABEL, Object, ObjectRef, Owner, SPEC_ANNOTATION, label};
pub use overrides::{Override, Step};
pub use resource::version_before;

use crate::check::Node;
use crate::model::{Map, Value};

/// The type of the plugin of the article's time.
pub const MICROSERVICE: &str = "cloudify.kubernetes.Microservice";

/// Why a node gives no objects. Holds no property values, which may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}; {hint}")]
pub struct RenderError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl RenderError {
    /// What is wrong and what to do about it.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

/// Descriptor files of a blueprint.
pub trait Files {
    /// The text of `path`, relative to the blueprint.
    fn read(&self, path: &str) -> Result<String, RenderError>;
}

/// What substitutions may ask for.
pub trait Surroundings {
    /// Properties and runtime properties of the first instance of `node`.
    fn node(&self, node: &str) -> Option<(Map, Map)>;

    /// `deployment.id`, `node.id`, `node.name`, `instance.id`.
    fn context(&self, name: &str) -> Option<String>;
}

/// Whether `node` stands for objects.
pub fn has_objects(node: &Node) -> bool {
    node.is_a(MICROSERVICE) || node.type_hierarchy.iter().any(|name| name.starts_with(resource::PREFIX))
}

/// The objects of `node`, with evaluated `properties`, marked as owned; in the order of the blueprint, but for what
/// others need, which goes first (namespaces, definitions, accounts, settings).
pub fn objects(
    node: &Node,
    properties: &Map,
    owner: &Owner,
    files: &dyn Files,
    around: &dyn Surroundings,
) -> Result<Vec<Object>, RenderError> {
    let mut objects = if node.is_a(MICROSERVICE) {
        microservice::objects(properties, files, around)?
    } else {
        resource::objects(&node.type_hierarchy, properties, files)?
    };
    let mut seen = Vec::new();
    for object in &mut objects {
        let reference = object.reference();
        if seen.contains(&reference) {
            return Err(RenderError::new(
                format!("{reference} is described twice"),
                "give one of the two another name",
            ));
        }
        seen.push(reference);
        // What exists already and is only used stays as it is.
        if !is_external(properties) {
            object.mark(owner);
        }
    }
    objects.sort_by_key(|object| rank(&object.reference().kind));
    Ok(objects)
}

/// What others need goes first; the rest in the order of the blueprint.
fn rank(kind: &str) -> u8 {
    match kind {
        "Namespace" | "CustomResourceDefinition" | "StorageClass" | "PriorityClass" => 0,
        "ServiceAccount" | "Secret" | "ConfigMap" | "PersistentVolume" | "PersistentVolumeClaim" => 1,
        "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => 2,
        _ => 3,
    }
}

/// Whether the node only uses objects that exist already (or are to, by `create_if_missing`) and outlive the deployment.
pub fn is_external(properties: &Map) -> bool {
    properties.get("use_external_resource").and_then(Value::as_bool).unwrap_or(false)
}

/// Objects as one YAML file of several documents.
pub fn to_yaml(objects: &[Object]) -> String {
    let mut yaml = String::new();
    for object in objects {
        yaml.push_str("---\n");
        yaml.push_str(&object.to_yaml());
    }
    yaml
}

#[cfg(test)]
mod tests;
