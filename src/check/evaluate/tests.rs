//! The evaluator against a small world.

use super::*;

struct Small {
    properties: Map,
    instances: Map,
    deployed: bool,
}

impl Small {
    fn new(deployed: bool) -> Self {
        let json = r#"{
            "db": {"port": {"get_input": "port"}, "list": [1, {"a": 2}], "me": {"get_property": ["SELF", "port"]}},
            "a": {"x": {"get_property": ["b", "x"]}},
            "b": {"x": {"get_property": ["a", "x"]}}
        }"#;
        let instances = r#"{"db_1": {"node": "db", "ip": "1.2.3.4"}, "w_1": {"node": "w", "ip": "a"}, "w_2": {"node": "w"}}"#;
        let map = |text: &str| match serde_json::from_str(text).unwrap() {
            Value::Map(map) => map,
            _ => Map::new(),
        };
        let mut properties = map(json);
        properties.insert("w".into(), Value::Map(Map::new()));
        Self { properties, instances: map(instances), deployed }
    }
}

impl World for Small {
    fn input(&self, name: &str) -> Lookup {
        (name == "port").then_some(Value::Int(80)).into()
    }

    fn properties(&self, node: &str) -> Option<&Map> {
        self.properties.get(node)?.as_map()
    }

    fn instances(&self, node: &str) -> Option<Vec<String>> {
        self.deployed.then(|| {
            self.instances
                .iter()
                .filter(|(_, instance)| instance.get("node").and_then(Value::as_str) == Some(node))
                .map(|(id, _)| id.clone())
                .collect()
        })
    }

    fn instance(&self, id: &str) -> Option<InstanceView<'_>> {
        let map = self.instances.get(id).filter(|_| self.deployed)?.as_map()?;
        Some(InstanceView { node: map.get("node")?.as_str()?, runtime: Some(map), ..InstanceView::default() })
    }
}

fn run(json: &str, deployed: bool) -> Result<Evaluated, EvaluationError> {
    evaluate(&serde_json::from_str(json).unwrap(), &Here::default(), &Small::new(deployed))
}

fn known(json: &str) -> String {
    let evaluated = run(json, true).unwrap();
    assert!(evaluated.waits.is_empty(), "{:?}", evaluated.waits);
    evaluated.value.to_json().to_string()
}

#[test]
fn values_are_looked_up_and_joined() {
    assert_eq!(known(r#"{"get_property": ["db", "port"]}"#), "80");
    assert_eq!(known(r#"{"get_property": ["db", "me"]}"#), "80");
    assert_eq!(known(r#"{"get_property": ["db", "list", 1, "a"]}"#), "2");
    assert_eq!(known(r#"{"get_attribute": ["db", "ip"]}"#), r#""1.2.3.4""#);
    assert_eq!(known(r#"{"get_attribute": ["db", "port"]}"#), "80");
    assert_eq!(known(r#"{"get_attribute": ["db", "none"]}"#), "null");
    assert_eq!(
        known(r#"{"concat": ["a", 1, true, null, ["x"], {"get_input": "port"}]}"#),
        r#""a1TrueNone['x']80""#
    );
    assert_eq!(known(r#"{"get_attributes_list": ["w", "ip"]}"#), r#"["a",null]"#);
    assert_eq!(known(r#"{"string_split": ["a,b", ",", -1]}"#), r#""b""#);
    assert_eq!(known(r#"{"string_split": ["a,b", ",", null]}"#), r#"["a","b"]"#);
    assert_eq!(known(r#"{"get_attributes_dict": ["w"]}"#), r#"{"w_1":{},"w_2":{}}"#);
    assert_eq!(known(r#"{"merge": [{"a": 1, "b": 1}, {"b": 2}]}"#), r#"{"a":1,"b":2}"#);
    assert_eq!(known(r#"{"get_input": "port", "other": 1}"#), r#"{"get_input":"port","other":1}"#);
}

#[test]
fn what_waits_stays_with_its_arguments_evaluated() {
    let evaluated =
        run(r#"{"concat": [{"get_input": "port"}, {"get_attribute": ["db", "ip"]}]}"#, false).unwrap();
    assert_eq!(evaluated.value.to_json().to_string(), r#"{"concat":[80,{"get_attribute":["db","ip"]}]}"#);
    assert_eq!(evaluated.waits, ["`ip` of `db`"]);
}

#[test]
fn errors_have_a_reason() {
    let error = |json: &str| run(json, true).unwrap_err();
    assert_eq!(error(r#"{"get_property": ["a", "x"]}"#).code, "function-cycle");
    assert!(
        error(r#"{"get_property": ["a", "x"]}"#)
            .message
            .contains("a.properties.x → b.properties.x → a.properties.x")
    );
    assert_eq!(error(r#"{"get_property": ["nope", "x"]}"#).class, "KeyError");
    assert_eq!(error(r#"{"get_input": "nope"}"#).class, "UnknownInputError");
    assert_eq!(error(r#"{"get_attribute": ["w", "ip"]}"#).class, "FunctionEvaluationError");
    assert_eq!(error(r#"{"get_property": "x"}"#).class, "ValueError");
    assert_eq!(error(r#"{"string_lower": [1]}"#).class, "FunctionValidationError");
    assert_eq!(error(r#"{"string_lower": {"a": 1}}"#).class, "FunctionEvaluationError");
}
