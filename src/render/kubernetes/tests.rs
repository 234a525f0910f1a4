//! Golden tests: a node's properties in, the objects out.

use serde_json::{Value as Json, json};

use super::*;

/// Nodes with runtime properties, from JSON.
pub struct Around(Json);

impl Around {
    pub fn new(nodes: Json) -> Self {
        Self(nodes)
    }
}

impl Surroundings for Around {
    fn node(&self, node: &str) -> Option<(Map, Map)> {
        let Value::Map(runtime) = Value::from(self.0.get(node)?.clone()) else { return None };
        Some((Map::new(), runtime))
    }

    fn context(&self, name: &str) -> Option<String> {
        (name == "deployment.id").then(|| "test".to_owned())
    }
}

struct OneFile(&'static str, &'static str);

impl Files for OneFile {
    fn read(&self, path: &str) -> Result<String, RenderError> {
        if path == self.0 {
            Ok(self.1.to_owned())
        } else {
            Err(RenderError::new(format!("{path} does not exist"), "correct the path"))
        }
    }
}

fn rendered(type_name: &str, properties: Json, files: &OneFile) -> Result<String, RenderError> {
    let node = Node {
        name: "quagga".into(),
        type_name: type_name.into(),
        type_hierarchy: ["cloudify.nodes.Root".into(), type_name.into()].into(),
        ..Node::default()
    };
    let Value::Map(properties) = Value::from(properties) else { panic!("properties are a map") };
    let owner = Owner { deployment: "service".into(), instance: "quagga_ab12cd".into(), spec: "s1".into() };
    let around = Around::new(json!({"proxy": {"vm_info": {"replicas": 3}}}));
    objects(&node, &properties, &owner, files, &around).map(|objects| to_yaml(&objects))
}

const ROUTER: OneFile = OneFile(
    "pod.yaml",
    "apiVersion: v1
kind: ReplicationController
metadata: { name: quagga }
spec:
  replicas: 1
  selector: { app: quagga }
  template:
    metadata: { labels: { app: quagga } }
    spec:
      hostNetwork: true
      containers:
        - { name: quagga, image: 'quagga:1', securityContext: { privileged: true } }
",
);

#[test]
fn the_router_of_the_article() {
    let properties = json!({
        "name": "quagga", "config": {}, "image": "",
        "config_files": [{"file": "pod.yaml", "overrides": [
            "['spec']['replicas'] = @{proxy,vm_info,replicas}",
            "['spec']['template']['spec']['containers'][0]['image'] = 'local/router:1'",
        ]}],
        "env": {"ROUTES": ["10.100.102.0/24 dev eth1"], "DEBUG": true},
    });
    assert_eq!(
        rendered(MICROSERVICE, properties, &ROUTER).unwrap(),
        "---
apiVersion: v1
kind: ReplicationController
metadata:
  name: quagga
  labels:
    gantry.deployment: service
    gantry.instance: quagga_ab12cd
  annotations:
    gantry.spec: s1
spec:
  replicas: 3
  selector:
    app: quagga
  template:
    metadata:
      labels:
        app: quagga
        gantry.deployment: service
        gantry.instance: quagga_ab12cd
    spec:
      hostNetwork: true
      containers:
        - name: quagga
          image: local/router:1
          securityContext:
            privileged: true
          env:
            - name: ROUTES
              value: 10.100.102.0/24 dev eth1
            - name: DEBUG
              value: 'true'
"
    );
}

#[test]
fn an_image_alone_gives_a_controller_and_a_service() {
    let properties = json!({
        "name": "web", "image": "web:1", "port": 80, "target_port": 8080, "protocol": "TCP", "replicas": 2,
        "config": {}, "config_files": [], "run_overrides": "{\"spec\": {\"minReadySeconds\": 1}}", "expose_overrides": "",
    });
    assert_eq!(
        rendered(MICROSERVICE, properties, &ROUTER).unwrap(),
        "---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web
    gantry.deployment: service
    gantry.instance: quagga_ab12cd
  annotations:
    gantry.spec: s1
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
        gantry.deployment: service
        gantry.instance: quagga_ab12cd
    spec:
      containers:
        - name: web
          image: web:1
          ports:
            - containerPort: 8080
              protocol: TCP
  minReadySeconds: 1
---
apiVersion: v1
kind: Service
metadata:
  name: web
  labels:
    app: web
    gantry.deployment: service
    gantry.instance: quagga_ab12cd
  annotations:
    gantry.spec: s1
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: 8080
      protocol: TCP
"
    );
}

#[test]
fn a_type_of_a_kind_completes_its_definition() {
    let properties = json!({
        "definition": {"apiVersion": "", "kind": "", "metadata": {"name": "settings"}, "data": {"a": "1"}, "spec": null},
        "options": {"namespace": "lab"},
    });
    assert_eq!(
        rendered("cloudify.kubernetes.resources.ConfigMap", properties, &ROUTER).unwrap(),
        "---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: lab
  labels:
    gantry.deployment: service
    gantry.instance: quagga_ab12cd
  annotations:
    gantry.spec: s1
data:
  a: '1'
"
    );
}

#[test]
fn a_file_is_filled_by_its_variables() {
    let files = OneFile(
        "map.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: '{{ name }}' }\ndata: { port: '{{ web.port }}' }\n",
    );
    let resource = "cloudify.kubernetes.resources.FileDefinedResource";
    let with = |variables: Json| {
        rendered(
            resource,
            json!({"file": {"resource_path": "map.yaml", "template_variables": variables}}),
            &files,
        )
    };
    assert!(with(json!({"name": "n", "web": {"port": 80}})).unwrap().contains("port: '80'"));
    assert!(with(json!({"name": "n"})).unwrap_err().to_string().contains("{{ web.port }}"));
}

#[test]
fn what_can_not_be_rendered_is_told() {
    for (properties, part) in [
        (json!({"name": "x"}), "set `config`, `config_files` or `image`"),
        (json!({"image": "x"}), "no `name`"),
        (json!({"config": {"kind": "Pod"}}), "no `apiVersion`"),
        (
            json!({"config": {"kind": "Pod", "apiVersion": "v1", "metadata": {"generateName": "x"}}}),
            "metadata.name",
        ),
        (json!({"config_files": [{"file": "none.yaml"}]}), "none.yaml does not exist"),
        (json!({"config_files": [{"overrides": []}]}), "names no `file`"),
        (json!({"config_files": ["pod.yaml", "pod.yaml"]}), "described twice"),
        (json!({"config_files": ["pod.yaml"], "env": ["A=1"]}), "`env` is of kind list"),
        (json!({"name": "x", "image": "y", "run_overrides": "{"}), "`run_overrides` is not JSON"),
    ] {
        let error = rendered(MICROSERVICE, properties, &ROUTER).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}
