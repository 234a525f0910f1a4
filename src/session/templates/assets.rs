//! The files of the templates, built into the program; a test holds the list against the folder.

/// A file of a template: its path in the template, and its text.
macro_rules! files {
    ($folder:literal: $($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $folder, "/", $file)))),*]
    };
}

/// A file of the example project, which is a template, too.
macro_rules! example {
    ($file:literal) => {
        ($file, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/blueprints/hybrid-vnf/", $file)))
    };
}

/// Name and files of each template, in the order in which they are shown.
pub(super) const TEMPLATES: &[(&str, &[(&str, &str)])] = &[
    (
        "hybrid-vnf",
        &[
            (
                "template.yaml",
                include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/assets/templates/hybrid-vnf/template.yaml"
                )),
            ),
            example!("gantry.yaml"),
            example!("kubernetes-cluster/blueprint.yaml"),
            example!("kubernetes-cluster/resources/http1/index.html"),
            example!("kubernetes-cluster/resources/http2/index.html"),
            example!("kubernetes-cluster/scripts/apache/configure.sh"),
            example!("kubernetes-cluster/scripts/apache/create.sh"),
            example!("kubernetes-cluster/scripts/apache/start.sh"),
            example!("kubernetes-cluster/scripts/apache/stop.sh"),
            example!("service/blueprint.yaml"),
            example!("service/resources/kubernetes/pod.yaml"),
            example!("service/resources/kubernetes/service.yaml"),
            example!("service/resources/nginx/Dockerfile"),
            example!("service/resources/nginx/start.sh"),
            example!("service/resources/quagga/Dockerfile"),
            example!("service/resources/quagga/start.sh"),
            example!("swarm-cluster/blueprint.yaml"),
        ],
    ),
    (
        "kubernetes-existing",
        files!["assets/templates/kubernetes-existing": "blueprint.yaml", "template.yaml"],
    ),
    (
        "k3s-cluster",
        files!["assets/templates/k3s-cluster": "blueprint.yaml", "scripts/agent.sh", "scripts/prepare.sh", "scripts/remove.sh", "scripts/server.sh", "template.yaml"],
    ),
    ("swarm-cluster", files!["assets/templates/swarm-cluster": "blueprint.yaml", "template.yaml"]),
    ("hosts", files!["assets/templates/hosts": "blueprint.yaml", "template.yaml"]),
    ("kubernetes-service", files!["assets/templates/kubernetes-service": "blueprint.yaml", "template.yaml"]),
    ("swarm-service", files!["assets/templates/swarm-service": "blueprint.yaml", "template.yaml"]),
    ("empty", files!["assets/templates/empty": "blueprint.yaml", "template.yaml"]),
];
