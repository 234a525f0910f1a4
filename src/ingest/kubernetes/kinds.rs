//! Which node type is for which kind of object, and which keys its `definition` takes.

/// Kinds with a type of their own (`cloudify.kubernetes.resources.KIND`).
const KINDS: &[&str] = &[
    "Pod",
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
    "DaemonSet",
    "Service",
    "Ingress",
    "NetworkPolicy",
    "ConfigMap",
    "Secret",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "StorageClass",
    "Namespace",
    "ServiceAccount",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "Job",
    "CronJob",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
    "ResourceQuota",
    "LimitRange",
    "IngressClass",
];

/// The last part of the type's name; any other kind is an object that its definition says all of.
pub(super) fn of(kind: &str) -> &'static str {
    KINDS.iter().find(|known| **known == kind).copied().unwrap_or("BlueprintDefinedResource")
}

/// Whether the definition of a type takes a key, by the data types of the plugin.
pub(super) fn takes(kind: &str, key: &str) -> bool {
    let own: &[&str] = match kind {
        "ConfigMap" => &["spec", "data"],
        "Secret" => &["type", "data", "stringData"],
        "StorageClass" => &["parameters", "provisioner"],
        "ServiceAccount" => &["automountServiceAccountToken", "imagePullSecrets", "secrets"],
        "Role" | "ClusterRole" => &["rules"],
        "RoleBinding" | "ClusterRoleBinding" => &["roleRef", "subjects"],
        _ => &["spec"],
    };
    matches!(key, "apiVersion" | "kind" | "metadata") || own.contains(&key)
}
