//! Golden specs, and what is refused.

use super::*;

fn map(json: serde_json::Value) -> Map {
    Value::from(json).as_map().cloned().unwrap_or_default()
}

fn render(
    service: serde_json::Value,
    container: serde_json::Value,
    ports: serde_json::Value,
) -> Result<String, Vec<String>> {
    let (service, container, ports) = (map(service), map(container), map(ports));
    let ports: Vec<(&str, &Map)> =
        ports.iter().map(|(name, port)| (name.as_str(), port.as_map().unwrap())).collect();
    let service =
        Service { properties: &service, container: Some(("c", &container)), ports, volumes: Vec::new() };
    service_spec(&service)
        .map(|spec| service_json(&spec).to_string())
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

#[test]
fn the_load_balancer_of_the_hybrid_service() {
    let spec = render(
        serde_json::json!({ "name": "nginx", "replicas": 1, "placement": {}, "limits": {}, "labels": {}, "compose_file": "" }),
        serde_json::json!({ "image": "nginx-lb:1", "entry_point": ["/usr/local/bin/start.sh"],
            "env": { "SERVERS": ["10.100.102.11", "10.100.102.12"], "DEBUG": true } }),
        serde_json::json!({ "p": { "protocol": "tcp", "published_port": 8080, "target_port": "80", "mode": "host" } }),
    );
    assert_eq!(
        spec.unwrap(),
        r#"{"EndpointSpec":{"Mode":"vip","Ports":[{"Protocol":"tcp","PublishMode":"host","PublishedPort":8080,"TargetPort":80}]},"Mode":{"Replicated":{"Replicas":1}},"Name":"nginx","TaskTemplate":{"ContainerSpec":{"Command":["/usr/local/bin/start.sh"],"Env":["SERVERS=10.100.102.11,10.100.102.12","DEBUG=true"],"Image":"nginx-lb:1"}}}"#
    );
}

#[test]
fn resources_placement_and_mounts() {
    let service = map(serde_json::json!({
        "name": "db", "replicas": 3, "labels": { "tier": "data" },
        "placement": { "constraints": ["node.role==worker"], "preferences": [{ "spread": "node.labels.zone" }] },
        "limits": { "cpus": 0.5, "memory": "64m" }, "reservations": { "MemoryBytes": 1024, "NanoCPUs": 7 },
    }));
    let container = map(serde_json::json!({ "image": "db", "entry_point": "run --name 'two words'" }));
    let volume = map(
        serde_json::json!({ "type": "volume", "source": "data", "target": "/data", "readonly": true, "user": "" }),
    );
    let service = Service {
        properties: &service,
        container: Some(("c", &container)),
        ports: Vec::new(),
        volumes: vec![("v", &volume)],
    };
    assert_eq!(
        service_json(&service_spec(&service).unwrap()).to_string(),
        r#"{"Labels":{"tier":"data"},"Mode":{"Replicated":{"Replicas":3}},"Name":"db","TaskTemplate":{"ContainerSpec":{"Command":["run","--name","two words"],"Image":"db","Mounts":[{"ReadOnly":true,"Source":"data","Target":"/data","Type":"volume"}]},"Placement":{"Constraints":["node.role==worker"],"Preferences":[{"Spread":{"SpreadDescriptor":"node.labels.zone"}}]},"Resources":{"Limits":{"MemoryBytes":67108864,"NanoCPUs":500000000},"Reservations":{"MemoryBytes":1024,"NanoCPUs":7}}}}"#
    );
}

#[test]
fn the_form_of_plugin_1_0() {
    let service = map(serde_json::json!({
        "name": "web", "mode": { "replicated": { "replicas": 2 } },
        "task_template": { "container_spec": { "image": "web:2", "env": ["A=1"], "labels": { "my_key": "x" } } },
        "endpoint_spec": { "ports": [{ "protocol": "tcp", "target_port": 80, "published_port": 81 }] },
    }));
    assert_eq!(
        service_json(&service_spec(&Service::default_of(&service)).unwrap()).to_string(),
        r#"{"EndpointSpec":{"Ports":[{"Protocol":"tcp","PublishedPort":81,"TargetPort":80}]},"Mode":{"Replicated":{"Replicas":2}},"Name":"web","TaskTemplate":{"ContainerSpec":{"Env":["A=1"],"Image":"web:2","Labels":{"my_key":"x"}}}}"#
    );
    let wrong = map(
        serde_json::json!({ "name": "web", "task_template": { "container_spec": { "image": "w", "imgae": "x" } } }),
    );
    assert_eq!(
        service_spec(&Service::default_of(&wrong)).unwrap_err()[0].to_string(),
        "`task_template`: the Docker API knows no `TaskTemplate.ContainerSpec.Imgae`"
    );
}

#[test]
fn every_problem_is_told_at_once_and_nothing_is_dropped() {
    let wrong = render(
        serde_json::json!({ "name": "not a name", "replicas": "many", "limits": { "disk": 1 }, "compose_file": "c.yml" }),
        serde_json::json!({ "image": "", "env": { "A=B": 1 }, "entry_point": "say 'hi" }),
        serde_json::json!({ "p": { "published_port": 70000, "target_port": 80, "protocol": "icmp" } }),
    )
    .unwrap_err();
    let told = wrong.join("\n");
    for expected in [
        "`name`: `not a name` is no service name",
        "`replicas`: a whole number expected, not `many`",
        "`limits`: `disk` is no limit",
        "`compose_file`",
        "c, `image`: is empty",
        "c, `env`: `A=B` is no name",
        "c, `entry_point`: a quote is not closed",
        "p, `published_port`: 70000 is no port",
        "p, `protocol`: `icmp` is no protocol",
    ] {
        assert!(told.contains(expected), "{expected} is not in\n{told}");
    }
}

#[test]
fn a_service_without_a_container_is_refused() {
    let service = map(serde_json::json!({ "name": "web" }));
    let problems = service_spec(&Service::default_of(&service)).unwrap_err();
    assert!(problems[0].message.contains("has no container"), "{problems:?}");
}

#[test]
fn offline_only_literals_are_judged() {
    let hierarchy = vec!["cloudify.nodes.Root".to_owned(), "cloudify.swarm.Port".to_owned()];
    let port = map(serde_json::json!({ "published_port": { "get_input": "port" }, "target_port": 0 }));
    let found: Vec<String> = problems(&hierarchy, &port).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["`target_port`: 0 is no port: 1 to 65535"]);
}

impl<'a> Service<'a> {
    fn default_of(properties: &'a Map) -> Self {
        Self { properties, container: None, ports: Vec::new(), volumes: Vec::new() }
    }
}
