//! Formats read as people write them, and as they should not.

use super::*;

fn read_all(text: &str) -> Ingested {
    read("file.yaml", text).unwrap()
}

fn properties<'a>(found: &'a Ingested, node: &str) -> &'a Value {
    found.nodes[node].get("properties").unwrap()
}

fn targets(found: &Ingested, node: &str) -> Vec<String> {
    let all = found.nodes[node].get("relationships").and_then(Value::as_list).unwrap_or_default();
    all.iter().map(|one| one.get("target").unwrap().to_string()).collect()
}

fn why<'a>(found: &'a Ingested, at: &str) -> &'a str {
    let one = found.left_out.iter().find(|one| one.at == at);
    &one.unwrap_or_else(|| panic!("nothing of {at} in {:?}", found.left_out)).why
}

#[test]
fn a_compose_service_is_a_microservice_with_its_parts() {
    let found = read_all(
        "x-base: &base { restart: always }
services:
  web:
    <<: *base
    image: \"nginx:${TAG:-1.27}\"
    ports: ['8080:80', '53:53/udp', { target: 9000, published: 9001, mode: host }, '3000-3001:4000-4001']
    volumes: ['data:/data:ro', './here:/there', '/etc/hosts:/etc/hosts']
    environment: [A=b, EMPTY]
    deploy: { replicas: 2, resources: { limits: { cpus: '0.5', memory: 1.5g } } }
    depends_on: { db: { condition: service_healthy } }
  db: { image: postgres, command: postgres -c fsync=off }
volumes: { data: { name: real } }
",
    );
    assert_eq!(found.format, Format::Compose);
    let image = serde_json::to_string(properties(&found, "web_container").get("image").unwrap()).unwrap();
    assert_eq!(image, r#"{"concat":["nginx:",{"get_input":"TAG"}]}"#);
    assert_eq!(found.inputs["TAG"].get("default"), Some(&"1.27".into()));
    let web = properties(&found, "web");
    assert_eq!(web.get("replicas"), Some(&Value::Int(2)));
    assert_eq!(web.get("limits").unwrap().get("memory"), Some(&Value::Int(1_610_612_736)));
    assert_eq!(properties(&found, "web_port_53").get("protocol"), Some(&"udp".into()));
    assert_eq!(properties(&found, "web_port_9000").get("mode"), Some(&"host".into()));
    assert_eq!(properties(&found, "web_port_4001").get("published_port"), Some(&Value::Int(3001)));
    assert_eq!(properties(&found, "web_real").get("readonly"), Some(&Value::Bool(true)));
    assert_eq!(properties(&found, "web_hosts").get("type"), Some(&"bind".into()));
    assert_eq!(properties(&found, "db_container").get("args"), Some(&"postgres -c fsync=off".into()));
    assert!(
        targets(&found, "web").contains(&"db".to_owned())
            && targets(&found, "web").contains(&"swarm".to_owned())
    );
    assert!(why(&found, "services.web.volumes[1]").contains("./here"));
    assert!(why(&found, "services.web.depends_on.db").contains("health"));
    assert!(why(&found, "services.web.environment.EMPTY").contains("no value"));
    assert!(!found.left_out.iter().any(|one| one.at.ends_with("restart")), "Swarm restarts anyway");
}

#[test]
fn services_alone_are_a_compose_file_and_templates_of_nodes_are_not() {
    assert_eq!(format_of("web:\n  image: nginx\n"), Some(Format::Compose));
    assert_eq!(format_of("web:\n  type: cloudify.nodes.Root\n  image: x\n"), None);
    assert_eq!(format_of("node_templates: {}\n"), None);
    assert_eq!(format_of("just text"), None);
}

#[test]
fn services_that_wait_for_each_other_and_strange_names_still_make_a_picture() {
    let found = read_all(
        "services:
  a b/c: { image: x, depends_on: [swarm] }
  swarm: { image: y, depends_on: ['a b/c', nobody] }
  swarm_container: { image: z }
",
    );
    assert!(why(&found, "services.swarm.depends_on.a b/c").contains("wait for each other"));
    assert!(why(&found, "services.swarm.depends_on.nobody").contains("no service"));
    assert!(found.nodes.contains_key("a_b_c") && found.nodes.contains_key("swarm_container_2"));
    let kind = |name: &str| found.nodes[name].get("type").unwrap().to_string();
    assert_eq!(kind("swarm"), "cloudify.swarm.Microservice");
    assert_eq!(kind("swarm_2"), "cloudify.swarm.Manager");
}

#[test]
fn objects_are_related_to_what_they_name() {
    let found = read_all(
        "apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Service, metadata: { name: db }, spec: { clusterIP: None, selector: { app: db } } }
  - apiVersion: apps/v1
    kind: StatefulSet
    metadata: { name: db }
    spec:
      serviceName: db
      template:
        metadata: { labels: { app: db } }
        spec:
          containers: [ { name: db, image: db, envFrom: [ { configMapRef: { name: conf } } ] } ]
          volumes: [ { name: c, configMap: { name: conf, defaultMode: 0644 } } ]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: conf }
data: { a: b }
binaryData: { x: AAAA }
---
apiVersion: example.com/v1
kind: Thing
metadata: { name: thing }
spec: { a: 1 }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.com }
spec: { group: example.com, names: { kind: Thing } }
",
    );
    assert_eq!(targets(&found, "db"), ["conf", "db_service"], "a headless service is there before its pods");
    assert!(targets(&found, "db_service").is_empty());
    assert_eq!(targets(&found, "thing"), ["things_example_com"]);
    let text = serde_json::to_string(&found.nodes["db"]).unwrap();
    assert!(text.contains(r#""defaultMode":420"#), "{text}");
    // A definition has no `binaryData`: the object stays a file, as it was.
    assert_eq!(
        found.nodes["conf"].get("type"),
        Some(&"cloudify.kubernetes.resources.FileDefinedResource".into())
    );
    let (path, text) = &found.files[0];
    assert_eq!(path, "resources/conf.yaml");
    assert!(text.contains("binaryData: { x: AAAA }") && !text.contains("---"), "{text}");
}

#[test]
fn values_of_secrets_are_written_nowhere() {
    let found = read_all(
        "apiVersion: v1
kind: Secret
metadata:
  name: login
  annotations: { kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{\"password\":\"czNjcjN0\"}}' }
data: { password: czNjcjN0 }
stringData: { user: canary }
immutable: true
",
    );
    let all = format!("{found:?}{}", found.blueprint().unwrap());
    assert!(!all.contains("czNjcjN0") && !all.contains("canary"), "{all}");
    assert!(all.contains("login_password") && all.contains("login_user"), "{all}");
    assert!(why(&found, "Secret login, password").contains("set the secret `login_password`"));
}

#[test]
fn a_broken_document_costs_itself() {
    let found = read_all(
        "a: [\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: x }\n---\nkind: Pod\napiVersion: v1\n",
    );
    assert_eq!(found.nodes.len(), 1);
    assert!(found.left_out.iter().any(|one| one.why.contains("no YAML")));
    assert!(found.left_out.iter().any(|one| one.why.contains("metadata.name")));
}

#[test]
fn a_docker_run_line_is_read_as_a_shell_reads_it() {
    let found = read(
        "clipboard",
        "$ sudo docker run -itd --name web -p8080:80 -e 'PRICE=$5' --env=B=\"two words\" \\\n  --memory 64m -v data:/data --mount type=tmpfs,target=/run nginx:1.27 nginx -g 'daemon off;'",
    )
    .unwrap();
    assert_eq!((found.format, found.name.as_str()), (Format::DockerRun, "web"));
    let container = properties(&found, "web_container");
    assert_eq!(container.get("env").unwrap().get("PRICE"), Some(&"$5".into()));
    assert_eq!(container.get("env").unwrap().get("B"), Some(&"two words".into()));
    let args: Vec<String> =
        container.get("args").unwrap().as_list().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(args, ["nginx", "-g", "daemon off;"]);
    assert_eq!(properties(&found, "web_port").get("published_port"), Some(&Value::Int(8080)));
    assert_eq!(properties(&found, "web_data").get("target"), Some(&"/data".into()));
    assert_eq!(properties(&found, "web_run").get("type"), Some(&"tmpfs".into()));
    for (line, wanted) in [
        ("docker run", "no image"),
        ("docker run -p", "has no value"),
        ("docker run 'nginx", "quote"),
        ("docker run --name", "has no value"),
    ] {
        let told = read("clipboard", line).unwrap_err().to_string();
        assert!(told.contains(wanted), "{line}: {told}");
    }
}

#[test]
fn hostile_files_are_answered() {
    let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (from, to) in ["ab", "bc", "cd", "de", "ef", "fg", "gh", "hi"].iter().map(|two| two.split_at(1)) {
        bomb.push_str(&format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 10].join(",")));
    }
    let mut many = String::new();
    for number in 0..=MAX_NODES {
        many.push_str(&format!("---\napiVersion: v1\nkind: Namespace\nmetadata: {{ name: n{number} }}\n"));
    }
    for (text, wanted) in [
        (format!("services: {{ web: {{ image: x }} }}\n{bomb}"), "repetition"),
        (format!("{}{}", "[".repeat(5000), "]".repeat(5000)), "recursion"),
        (String::new(), "neither"),
        ("services: []\n".into(), "neither"),
        ("services: {}\n".into(), "no services"),
        ("apiVersion: v1\nkind: Pod\n".into(), "metadata.name"),
        ("{{- if .Values.x }}\nkind: Pod\n".into(), "file.yaml:"),
        (many, "at most 5000"),
    ] {
        let told = read("file.yaml", &text).map(|found| found.nodes.len()).unwrap_err();
        assert!(told.to_string().contains(wanted) && !told.hint.is_empty(), "{wanted}: {told}");
    }
    // Whatever a name holds, the blueprint can be written, and a remark stays one line.
    let odd = "services:\n  \"we\\nb: [\": { image: \"a b\", \"k\\n# x: y\": { \"\\u2028\": 1 }, ports: [\"x:y\", \"1-9999:1-9999\"] }\n";
    let found = read_all(odd);
    let text = found.blueprint().unwrap();
    assert!(text.lines().take_while(|line| !line.is_empty()).all(|line| line.starts_with("# ")), "{text}");
}
