//! Random projects: two or three lanes that read each other's outputs, with groups, policies, functions and texts in
//! several styles.

use std::sync::Arc;

use gantry::diag::Path;
use gantry::edit::{Document, Project};
use gantry::model::{Layout, Map, Point, Value};

use super::hand::Hand;
use super::laws::Comments;
use crate::generate::Random;

pub const NAMES: &[&str] =
    &["web", "db", "host", "net-1", "wëb", "数据库", "a.b", "on", "x", "queue_2", "Null_", "1st"];
pub const TYPES: &[&str] = &[
    "cloudify.nodes.Compute",
    "cloudify.nodes.WebServer",
    "cloudify.nodes.Network",
    "cloudify.swarm.Container",
    "my.Type",
];
pub const KINDS: &[&str] = &[
    "cloudify.relationships.contained_in",
    "cloudify.relationships.connected_to",
    "cloudify.relationships.depends_on",
];
pub const KEYS: &[&str] = &["port", "ip", "env", "tags", "note", "a b", "deep"];
pub const OUTPUTS: &[&str] = &["info", "url", "data"];

/// One of a list.
pub fn pick<'a, T>(random: &mut Random, all: &'a [T]) -> &'a T {
    &all[random.below(all.len())]
}

/// One of some words.
pub fn word(random: &mut Random, all: &[&'static str]) -> &'static str {
    all[random.below(all.len())]
}

pub fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

pub fn call(name: &str, arguments: &[&str]) -> Value {
    map([(name, Value::List(arguments.iter().map(|text| Value::string(*text)).collect()))])
}

const TEXTS: &[&str] = &[
    "x",
    "a: b",
    "yes",
    "0x1F",
    "12:30",
    "#no",
    "- a",
    "it's",
    "\"q\"",
    "über",
    "",
    " lead",
    "tail ",
    "a\tb",
    "{",
    "*x",
    "line\nline\n",
    "two\n\nparts",
    "~",
    "1e3",
    "014",
    "null",
    "a # b",
    "%",
    "@at",
    "[1",
    "\\",
    "long words that go on and on",
];

/// A value of any kind.
pub fn value(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 6 } else { 9 }) {
        0 => Value::Int(random.below(9000) as i64 - 40),
        1 => Value::Bool(random.below(2) == 0),
        2 if random.below(3) == 0 => Value::Null,
        2 => Value::Float(random.below(100) as f64 / 8.0),
        3..=5 => Value::string(word(random, TEXTS)),
        6 => match random.below(3) {
            0 => map([("get_input", Value::string("size"))]),
            1 => call("get_attribute", &[word(random, NAMES), "ip"]),
            _ => map([(
                "concat",
                Value::List(vec![
                    Value::string("http://"),
                    call("get_property", &[word(random, NAMES), "port"]),
                ]),
            )]),
        },
        7 => Value::List((0..random.below(4)).map(|_| value(random, depth - 1)).collect()),
        _ => {
            let keys = (0..random.below(4)).map(|_| word(random, KEYS).to_owned()).collect::<Vec<_>>();
            Value::Map(keys.into_iter().map(|key| (key, value(random, depth - 1))).collect())
        }
    }
}

fn node(random: &mut Random, others: &[String]) -> Value {
    let mut all = Map::from_iter([("type".to_owned(), Value::string(word(random, TYPES)))]);
    if random.below(4) > 0 {
        let properties: Map =
            (0..random.below(5)).map(|_| (word(random, KEYS).to_owned(), value(random, 2))).collect();
        all.insert("properties".into(), Value::Map(properties));
    }
    let mut relationships = Vec::new();
    for _ in 0..random.below(4) {
        if let Some(target) = (!others.is_empty()).then(|| pick(random, others)) {
            relationships.push(map([
                ("type", Value::string(word(random, KINDS))),
                ("target", Value::string(target.as_str())),
            ]));
        }
    }
    if !relationships.is_empty() {
        all.insert("relationships".into(), Value::List(relationships));
    }
    if random.below(5) == 0 {
        let inputs = map([("a", value(random, 1))]);
        let create = map([("implementation", Value::string("scripts/a.sh")), ("inputs", inputs)]);
        all.insert("interfaces".into(), map([("cloudify.interfaces.lifecycle", map([("create", create)]))]));
    }
    Value::Map(all)
}

/// A blueprint; if it reads another deployment, by a proxy of that name.
pub fn blueprint(random: &mut Random, reads: Option<&str>) -> Value {
    let mut whole = Map::new();
    whole.insert("tosca_definitions_version".into(), Value::string("cloudify_dsl_1_3"));
    let imports = ["cloudify/types/types.yaml", "plugin:swarm", "plugin:proxy"];
    let imports = &imports[..=random.below(3)];
    whole.insert("imports".into(), Value::List(imports.iter().map(|name| Value::string(*name)).collect()));
    if random.below(3) > 0 {
        let size = map([("type", Value::string("integer")), ("default", Value::Int(3))]);
        whole.insert("inputs".into(), map([("size", size), ("zone", map([]))]));
    }
    let mut nodes = Map::new();
    let mut names: Vec<String> = Vec::new();
    for _ in 0..random.below(7) {
        let name = word(random, NAMES).to_owned();
        let template = node(random, &names);
        if !names.contains(&name) {
            nodes.insert(name.clone(), template);
            names.push(name);
        }
    }
    if let Some(deployment) = reads {
        let list = OUTPUTS[..random.below(3)].iter().map(|name| Value::string(*name)).collect();
        let properties =
            map([("deployment_id", Value::string(deployment)), ("inherit_outputs", Value::List(list))]);
        let proxy =
            map([("type", Value::string("cloudify.nodes.DeploymentProxy")), ("properties", properties)]);
        nodes.insert("old_proxy".into(), proxy);
    }
    whole.insert("node_templates".into(), Value::Map(nodes));
    if random.below(2) == 0 && names.len() > 1 {
        let members = names[..=random.below(names.len())].iter().map(|name| Value::string(name.as_str()));
        whole.insert("groups".into(), map([("all", map([("members", Value::List(members.collect()))]))]));
        if random.below(2) == 0 {
            let scaling = map([
                ("type", Value::string("cloudify.policies.scaling")),
                ("targets", Value::List(vec![Value::string("all")])),
                ("properties", map([("default_instances", Value::Int(2))])),
            ]);
            whole.insert("policies".into(), map([("scale", scaling)]));
        }
    }
    let outputs: Map = OUTPUTS[..random.below(4)]
        .iter()
        .map(|name| {
            ((*name).to_owned(), map([("description", Value::string("what")), ("value", value(random, 2))]))
        })
        .collect();
    if !outputs.is_empty() || random.below(3) == 0 {
        whole.insert("outputs".into(), Value::Map(outputs));
    }
    Value::Map(whole)
}

/// A project, and whose its comments are.
pub fn any(random: &mut Random) -> (Project, Comments) {
    let mut project = Project::default();
    let mut comments = Comments::default();
    let mut lanes = Map::new();
    let all = ["cluster", "service", "third-lane"];
    for (number, name) in all[..2 + random.below(2)].iter().enumerate() {
        let reads = (number > 0 && random.below(2) == 0).then_some("cluster");
        let value = blueprint(random, reads);
        let (text, owned) = Hand::new(random, &format!("{number}")).write(&value);
        comments.add(name, owned);
        let mut layout = Layout::default();
        for name in NAMES.iter().take(random.below(4)) {
            layout.nodes.insert((*name).to_owned(), Point { x: 20.0, y: 40.0 });
        }
        let file: Arc<str> = format!("{name}/blueprint.yaml").into();
        let document = Document { file: file.clone(), text: text.into(), layout: Arc::new(layout) };
        project.documents.insert((*name).to_owned(), document);
        let mut spec = Map::from_iter([("blueprint".to_owned(), Value::string(&*file))]);
        if random.below(3) == 0 {
            spec.insert("inputs".into(), map([("size", Value::Int(5))]));
        }
        lanes.insert((*name).to_owned(), Value::Map(spec));
    }
    let manifest = map([("name", Value::string("walk")), ("lanes", Value::Map(lanes))]);
    let (text, owned) = Hand::new(random, "m").write(&manifest);
    comments.add("gantry.yaml", owned);
    project.manifest = Some(text.into());
    (project, comments)
}

/// Every place of a value.
pub fn places(value: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    let mut todo = vec![(Path::root(), value)];
    while let Some((path, value)) = todo.pop() {
        match value {
            Value::Map(map) => todo.extend(map.iter().map(|(key, value)| (path.key(key), value))),
            Value::List(list) => {
                todo.extend(list.iter().enumerate().map(|(at, value)| (path.index(at), value)));
            }
            _ => {}
        }
        found.push(path);
    }
    found
}
