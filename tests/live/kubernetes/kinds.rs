//! One object of every kind that has a type of its own, made and taken back; descriptors from files.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gantry::plan::Health;
use gantry::providers::kubernetes::KubernetesProvider;
use serde_json::{Value as Json, json};

use super::bench::{Bench, kubectl, kubectl_may_fail};

/// Each kind with the rest of a small definition. `PodSecurityPolicy`, which has a type, ended with Kubernetes 1.25.
fn all(name: &str) -> Vec<(&'static str, Json)> {
    let labels = json!({ "app": name });
    let pod = json!({ "terminationGracePeriodSeconds": 1, "containers": [{ "name": "c",
        "image": "docker.io/local/pause:1", "imagePullPolicy": "IfNotPresent" }] });
    let template = |pod: &Json| json!({ "metadata": { "labels": labels }, "spec": pod });
    let workload = |more: Json| {
        let mut spec = json!({ "selector": { "matchLabels": labels }, "template": template(&pod) });
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "spec": spec })
    };
    let mut once = pod.clone();
    once["restartPolicy"] = json!("Never");
    once["containers"][0]["command"] = json!(["/bin/sh", "-c", "true"]);
    let job = json!({ "template": { "spec": once } });
    let group = format!("{name}.example.com");
    let binding = |kind: &str| {
        json!({ "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name },
            "subjects": [{ "kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "nobody-of-that-name" }] })
    };
    let rules = json!({ "rules": [{ "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] }] });
    vec![
        ("Namespace", json!({})),
        (
            "CustomResourceDefinition",
            json!({ "metadata": { "name": format!("things.{group}") }, "spec": { "group": group,
            "scope": "Namespaced", "names": { "plural": "things", "kind": "Thing" }, "versions": [{ "name": "v1",
            "served": true, "storage": true, "schema": { "openAPIV3Schema": { "type": "object" } } }] } }),
        ),
        ("ServiceAccount", json!({})),
        ("Secret", json!({ "stringData": { "a": "1" } })),
        ("ConfigMap", json!({ "data": { "a": "1" } })),
        ("ResourceQuota", json!({ "spec": { "hard": { "pods": "50" } } })),
        (
            "LimitRange",
            json!({ "spec": { "limits": [{ "type": "PersistentVolumeClaim", "max": { "storage": "1Gi" } }] } }),
        ),
        ("StorageClass", json!({ "provisioner": "example.com/none" })),
        (
            "PersistentVolume",
            json!({ "spec": { "capacity": { "storage": "1Mi" }, "accessModes": ["ReadWriteOnce"],
            "storageClassName": name, "hostPath": { "path": "/tmp" } } }),
        ),
        (
            "PersistentVolumeClaim",
            json!({ "spec": { "accessModes": ["ReadWriteOnce"], "storageClassName": "none-of-that-name",
            "resources": { "requests": { "storage": "1Mi" } } } }),
        ),
        ("PriorityClass", json!({ "value": 7 })),
        ("Role", rules.clone()),
        ("RoleBinding", binding("Role")),
        ("ClusterRole", rules),
        ("ClusterRoleBinding", binding("ClusterRole")),
        ("NetworkPolicy", json!({ "spec": { "podSelector": {} } })),
        ("IngressClass", json!({ "spec": { "controller": "example.com/none" } })),
        (
            "Ingress",
            json!({ "spec": { "defaultBackend": { "service": { "name": name, "port": { "number": 80 } } } } }),
        ),
        ("Service", json!({ "spec": { "selector": labels, "ports": [{ "port": 80 }] } })),
        (
            "PodDisruptionBudget",
            json!({ "spec": { "minAvailable": 0, "selector": { "matchLabels": labels } } }),
        ),
        (
            "HorizontalPodAutoscaler",
            json!({ "spec": { "maxReplicas": 2, "scaleTargetRef": { "apiVersion": "apps/v1",
            "kind": "Deployment", "name": "none-of-that-name" } } }),
        ),
        ("Pod", json!({ "spec": pod })),
        ("ReplicationController", json!({ "spec": { "selector": labels, "template": template(&pod) } })),
        ("ReplicaSet", workload(json!({}))),
        ("Deployment", workload(json!({}))),
        ("StatefulSet", workload(json!({ "serviceName": name }))),
        ("DaemonSet", workload(json!({}))),
        ("Job", json!({ "spec": job })),
        ("CronJob", json!({ "spec": { "schedule": "0 0 1 1 *", "jobTemplate": { "spec": job } } })),
    ]
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn every_type_of_its_own_comes_up_and_goes() {
    let mut bench = Bench::new("kinds");
    let provider = KubernetesProvider::new(Some("admin".into()));
    let mut made = Vec::new();
    for (kind, rest) in all(&bench.namespace) {
        // Each under labels of its own: several controllers take what carries theirs.
        let name = format!("{}-{}", bench.namespace, kind.to_lowercase());
        let named = rest
            .to_string()
            .replace(&format!("\"app\":\"{}\"", bench.namespace), &format!("\"app\":\"{name}\""));
        let mut definition: Json = serde_json::from_str(&named).unwrap();
        if definition.pointer("/metadata/name").is_none() {
            // Roles are bound by the name of the namespace.
            let name = if kind.ends_with("Role") { &bench.namespace } else { &name };
            definition["metadata"] = json!({ "name": name });
        }
        let properties = json!({ "definition": definition, "options": { "namespace": bench.namespace } });
        bench.set(kind, &format!("cloudify.kubernetes.resources.{kind}"), properties);
        let outcome =
            bench.run(&provider, kind, "create").await.unwrap_or_else(|why| panic!("{kind}: {why}"));
        let said = outcome.message.unwrap_or_default();
        assert!(said.starts_with(&format!("applied {kind} ")), "{said}");
        // A second time, as after a crash: nothing is made anew.
        bench.run(&provider, kind, "create").await.unwrap_or_else(|why| panic!("{kind} again: {why}"));
        made.push(kind);
    }
    let mut sight = bench.observe(&provider, &made);
    let mut well: BTreeSet<String> = BTreeSet::new();
    let mut last = None;
    let all_well = async {
        while well.len() < made.len() {
            let seen = sight.any().await.unwrap();
            if seen.health == Health::Good {
                well.insert(seen.instance.clone())
            } else {
                well.remove(&seen.instance)
            };
            last = Some(seen);
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(30), all_well).await;
    assert!(in_time.is_ok(), "only {well:?} are well; last: {last:?}");
    drop(sight);
    for kind in made.iter().rev() {
        let left = bench.runtime(kind)["kubernetes_resources"].as_list().unwrap()[0].clone();
        bench.run(&provider, kind, "delete").await.unwrap_or_else(|why| panic!("{kind}: {why}"));
        let name = left.get("name").unwrap().to_string();
        let (there, text) = kubectl_may_fail(&["-n", &bench.namespace, "get", kind, &name]);
        assert!(!there && text.contains("NotFound"), "{kind}: {text}");
    }
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn objects_come_from_files_with_their_variables() {
    let mut bench = Bench::new("fromfiles");
    let folder = tempfile::tempdir().unwrap();
    bench.folder = folder.path().to_owned();
    let settings =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: '{{ name }}'\ndata:\n  port: '{{ net.port }}'\n";
    std::fs::write(folder.path().join("one.yaml"), settings).unwrap();
    std::fs::write(
        folder.path().join("two.yaml"),
        format!("{}---\n{}", settings.replace("{{ name }}", "b"), settings.replace("{{ name }}", "c")),
    )
    .unwrap();
    let file = |path: &str, name: &str| json!({ "resource_path": path, "template_variables": { "name": name, "net": { "port": 8080 } } });
    let options = json!({ "namespace": bench.namespace });
    let provider = KubernetesProvider::new(Some("admin".into()));
    bench.set(
        "one",
        "cloudify.kubernetes.resources.FileDefinedResource",
        json!({ "file": file("one.yaml", "a"), "options": options }),
    );
    bench.set(
        "more",
        "cloudify.kubernetes.resources.MultipleFileDefinedResources",
        json!({ "files": [file("two.yaml", ""), file("one.yaml", "d")], "options": options }),
    );
    bench.set("defined", "cloudify.kubernetes.resources.BlueprintDefinedResource", json!({ "options": options,
        "definition": { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "e" }, "data": { "port": "8080" } } }));
    for node in ["one", "more", "defined"] {
        bench.run(&provider, node, "create").await.unwrap();
    }
    let ports = kubectl(&[
        "-n",
        &bench.namespace,
        "get",
        "configmaps",
        "-l",
        "gantry.deployment=fromfiles",
        "-o",
        "jsonpath={range .items[*]}{.metadata.name}={.data.port} {end}",
    ]);
    assert_eq!(ports, "a=8080 b=8080 c=8080 d=8080 e=8080");
    for node in ["defined", "more", "one"] {
        bench.run(&provider, node, "delete").await.unwrap();
    }
    let left = kubectl(&["-n", &bench.namespace, "get", "configmaps", "-l", "gantry.deployment=fromfiles"]);
    assert!(left.starts_with("No resources found"), "{left}");
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn options_say_how_it_is_deleted() {
    let mut bench = Bench::new("options");
    let provider = KubernetesProvider::new(Some("admin".into()));
    // Its first process takes no notice of being asked to end.
    let pod = json!({ "terminationGracePeriodSeconds": 100, "containers": [{ "name": "c",
        "image": "docker.io/local/pause:1", "imagePullPolicy": "IfNotPresent" }] });
    let of = |kind: &str, definition: Json, options: Json| {
        let mut options = options;
        options["namespace"] = json!(bench.namespace);
        (
            format!("cloudify.kubernetes.resources.{kind}"),
            json!({ "definition": definition, "options": options }),
        )
    };
    let (kind, properties) = of(
        "Pod",
        json!({ "metadata": { "name": "deaf" }, "spec": pod }),
        json!({ "grace_period_seconds": 1 }),
    );
    let labels = json!({ "app": "left" });
    let spec = json!({ "selector": { "matchLabels": labels }, "template": { "metadata": { "labels": labels }, "spec": pod } });
    let (set, left) = of(
        "Deployment",
        json!({ "metadata": { "name": "left" }, "spec": spec }),
        json!({ "propagation_policy": "Orphan" }),
    );
    bench.set("deaf", &kind, properties);
    bench.set("left", &set, left);
    for node in ["deaf", "left"] {
        bench.run(&provider, node, "create").await.unwrap();
    }
    let began = Instant::now();
    bench.run(&provider, "deaf", "delete").await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(30), "it was given its own time: {:?}", began.elapsed());
    bench.run(&provider, "left", "delete").await.unwrap();
    let there = kubectl(&["-n", &bench.namespace, "get", "deployments,replicasets,pods", "-o", "name"]);
    assert!(there.contains("replicaset.apps/left-") && there.contains("pod/left-"), "{there}");
    assert!(!there.contains("deployment") && !there.contains("deaf"), "{there}");
    kubectl(&["-n", &bench.namespace, "delete", "replicasets,pods", "--all", "--force", "--grace-period=0"]);
}
