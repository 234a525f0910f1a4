//! Judged and resolved as the reference parser does it, where that is less than obvious: what it refuses, under which
//! class and number, and what comes out of what it accepts.

use std::collections::BTreeMap;

use gantry::check::{self, Catalog, Options, Preview, Topology, bind_inputs, check_with, instances_of_plan};
use gantry::diag::{Diagnostics, Source};
use gantry::dsl::{FileError, Files, Reading};
use gantry::model::{Map, Value};
use gantry::plan::expand;

/// Files in memory.
struct Memory(BTreeMap<&'static str, &'static str>);

impl Files for Memory {
    fn read(&self, address: &str, _from: &str) -> Result<Source, FileError> {
        self.0.get(address).map(|text| Source::new(address, *text)).ok_or(FileError::NotFound)
    }

    fn exists(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}

const BASIC: &str = "
node_types:
  cloudify.nodes.Root: {}
  cloudify.nodes.Compute: {derived_from: cloudify.nodes.Root}
relationships:
  cloudify.relationships.depends_on: {properties: {connection_type: {default: all_to_all}}}
  cloudify.relationships.connected_to: {derived_from: cloudify.relationships.depends_on}
  cloudify.relationships.contained_in: {derived_from: cloudify.relationships.depends_on}
plugins:
  p: {executor: central_deployment_agent, install: false}
  script: {executor: central_deployment_agent, install: false}
";

fn reading(text: &str, more: &[(&'static str, &'static str)]) -> Reading {
    let imports: Vec<&str> = std::iter::once("basic.yml").chain(more.iter().map(|(name, _)| *name)).collect();
    let head = format!("tosca_definitions_version: cloudify_dsl_1_5\nimports: [{}]\n", imports.join(", "));
    let mut files = BTreeMap::from([("basic.yml", BASIC), ("start.sh", "echo")]);
    files.extend(more.iter().map(|(name, text)| (name.rsplit("--").next().unwrap_or(name), *text)));
    gantry::dsl::read(&Source::new("b.yaml", format!("{head}{text}")), &Memory(files))
}

fn judged(text: &str, more: &[(&'static str, &'static str)], strict: bool) -> (Topology, Diagnostics) {
    check_with(&reading(text, more), &Catalog::built_in(), Options { strict_compat: strict })
}

/// Class and number of the first error, `CLASS NUMBER`; empty if there is none.
fn first(problems: &Diagnostics) -> String {
    let error = problems.first_error();
    let reference = error.map(|error| error.reference.clone().unwrap_or_else(|| panic!("{error:?}")));
    reference.map_or_else(String::new, |reference| match reference.code {
        Some(code) => format!("{} {code}", reference.class),
        None => reference.class.to_owned(),
    })
}

fn refused(text: &str) -> String {
    first(&judged(text, &[], true).1)
}

fn together(text: &str, other: &'static str) -> String {
    first(&judged(text, &[("other.yml", other)], true).1)
}

fn accepted(text: &str) -> Topology {
    let (topology, problems) = judged(text, &[], false);
    assert!(!problems.has_errors(), "{text}\n{problems:#?}");
    topology
}

/// The deployment's plan, or the class of why there is none.
fn deployed(text: &str) -> Result<serde_json::Value, String> {
    let topology = accepted(text);
    let (bound, problems) = bind_inputs(&topology, &Map::new());
    if problems.has_errors() {
        return Err(first(&problems));
    }
    let world = Preview::of_deployment(&topology, &bound);
    let topology = check::evaluated(&topology, &world).map_err(|(_, error)| error.class.to_owned())?;
    let instances = expand("d", &topology, &bound).map_err(|problems| first(&problems))?;
    let mut plan = check::resolved_plan(&topology);
    plan.insert("node_instances".into(), instances_of_plan(&instances, &topology));
    Ok(Value::Map(plan).to_json())
}

/// How many instances of each node.
fn counts(plan: &serde_json::Value) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for instance in plan["node_instances"].as_array().unwrap() {
        *counts.entry(instance["node_id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn what_says_nothing_is_refused_where_the_reference_stumbles_over_it() {
    let no_imports = "tosca_definitions_version: cloudify_dsl_1_3\nimports:\n";
    let reading = gantry::dsl::read(&Source::new("b.yaml", no_imports), &gantry::dsl::NoFiles);
    let strict = check_with(&reading, &Catalog::built_in(), Options { strict_compat: true }).1;
    assert_eq!(first(&strict), "TypeError");
    assert!(!check_with(&reading, &Catalog::built_in(), Options::default()).1.has_errors());
    assert_eq!(refused("metadata:\n"), "ValueError");
    assert_eq!(refused("description:\n"), "");
    assert_eq!(refused("plugins: {q: }\n"), "ValueError");
    assert_eq!(refused("policies: {q: }\n"), "KeyError");
    assert_eq!(refused("labels: {l: }\n"), "TypeError");
    assert_eq!(refused("data_types: {d: }\n"), "AttributeError");
    assert_eq!(refused("node_types: {t: {properties: {x: }}}\n"), "DSLParsingElementMatchException");
    assert_eq!(refused("node_types: {t: {properties: {x: {type: ''}}}}\n"), "RuntimeError");
    assert_eq!(refused("node_templates: {n: {type: ''}}\n"), "DSLParsingLogicException 7");
    assert_eq!(refused("inputs: {i: }\nworkflows: {w: {mapping: p.a, parameters: {x: }}}\n"), "");
    assert_eq!(refused("inputs: {i: {constraints: [null]}}\n"), "TypeError");
    let group = |policy: &str| {
        let nodes = "node_templates: {n: {type: cloudify.nodes.Root}}\npolicy_types: {t: {source: x}}\n";
        refused(&format!("{nodes}groups: {{g: {{members: [n], policies: {{p: {policy}}}}}}}\n"))
    };
    assert_eq!(group("{type: ''}"), "DSLParsingLogicException 41");
    assert_eq!(group("{type: }"), "DSLParsingFormatException 1");
    assert_eq!(group("{type: t, triggers: {x: {type: ''}}}"), "DSLParsingLogicException 42");
    let policy = "groups: {g: {members: [n]}}\nnode_templates: {n: {type: cloudify.nodes.Root}}\n\
                  policies: {p: {type: '', targets: [g]}}\n";
    assert_eq!(refused(policy), "DSLParsingLogicException 204");
    let schedule = "{workflow: install, since: +1d, weekdays: [su, null]}";
    assert_eq!(
        refused(&format!("deployment_settings: {{default_schedules: {{s: {schedule}}}}}\n")),
        "AttributeError"
    );
}

#[test]
fn files_that_do_not_go_together_are_told_and_nothing_behind_them() {
    assert_eq!(together("inputs:\n", "inputs: {a: {}}\n"), "ValueError");
    assert!(!judged("inputs:\n", &[("other.yml", "inputs: {a: {}}\n")], false).1.has_errors());
    assert_eq!(together("policies:\n", "policies: {}\n"), "DSLParsingLogicException 3");
    assert_eq!(together("workflows: {w: p.a}\n", "workflows: {w: p.a}\n"), "");
    assert_eq!(together("workflows: {w: p.a}\n", "workflows: {w: p.b}\n"), "TypeError");
    assert_eq!(together("workflows: {w: p.a}\n", "workflows: {w: {parameters: {}}}\n"), "TypeError");
    // The unknown type is not reached.
    let both = "node_templates: {n: {type: nope}}\ninputs: {a: {}}\n";
    let (_, problems) = judged(both, &[("other.yml", "inputs: {a: {}}\n")], true);
    assert_eq!((first(&problems).as_str(), problems.len()), ("DSLParsingLogicException 4", 1));
    assert_eq!(
        judged(both, &[("other.yml", "inputs: {a: {}}\n")], false).1.count(gantry::diag::Severity::Error),
        2
    );
}

#[test]
fn namespaces_reach_what_the_reference_lets_them_reach() {
    let tags = "inputs: {i: {default: 1}}\nresource_tags: {k: i, f: {get_input: i}}\n";
    let (topology, problems) = judged("", &[("ns--other.yml", tags)], true);
    assert!(problems.is_empty(), "{problems:?}");
    let tags = topology.sections["resource_tags"].to_json().to_string();
    assert_eq!(tags, r#"{"ns--k":"ns--i","ns--f":{"get_input":"i"}}"#);
    let list = "inputs: {i: {default: 1}}\noutputs: {o: {value: [{get_input: i}]}}\n";
    assert_eq!(first(&judged("", &[("ns--other.yml", list)], true).1), "UnknownInputError");
    let settings = "deployment_settings: {id_template: x}\n";
    assert_eq!(first(&judged("", &[("ns--other.yml", settings)], true).1), "DSLParsingFormatException 1");
}

#[test]
fn constraints_are_kept_by_what_can_be_judged() {
    let of = |constraint: &str, default: &str| {
        refused(&format!(
            "inputs: {{j: {{default: 3}}, p: {{constraints: [{{{constraint}}}], default: {default}}}}}\n"
        ))
    };
    assert_eq!(of("max_length: {get_input: j}", "abc"), "ConstraintException");
    assert_eq!(of("labels: [a]", "abc"), "ConstraintException");
    assert_eq!(of("max_length: 3", "abc"), "");
    // Only a manager knows whether there is such a deployment: without one the reference refuses any.
    let deployment = "inputs: {d: {type: deployment_id, default: x}}\n";
    assert_eq!(refused(deployment), "ConstraintException");
    let (_, problems) = judged(deployment, &[], false);
    assert!(!problems.has_errors() && problems.iter().any(|problem| problem.code == "unchecked-input"));
}

#[test]
fn counts_of_a_deployment_are_taken_as_the_reference_takes_them() {
    let count = |default: &str| {
        let plan = deployed(&format!(
            "inputs: {{i: {{default: {default}, required: false}}}}\nnode_templates:\n  a: {{type: cloudify.nodes.Root, \
             capabilities: {{scalable: {{properties: {{default_instances: {{get_input: i}}}}}}}}}}\n"
        ))?;
        Ok(counts(&plan).get("a").copied().unwrap_or_default())
    };
    assert_eq!([count("2"), count("-1"), count("2.5"), count("true")], [Ok(2), Ok(0), Ok(2), Ok(1)]);
    assert_eq!(count("three"), Err("TypeError".to_owned()));
}

fn pair(relationships: &str) -> String {
    format!(
        "inputs: {{one: {{default: all_to_one}}}}\nnode_templates:\n  b: {{type: cloudify.nodes.Root, instances: {{deploy: 2}}}}\n  \
         a: {{type: cloudify.nodes.Root, relationships: [{relationships}]}}\n"
    )
}

#[test]
fn relationships_between_instances_are_those_of_the_reference() {
    let types = |text: &str| {
        let plan = deployed(&pair(text))?;
        let instances = plan["node_instances"].as_array().unwrap().clone();
        let a = instances.into_iter().find(|instance| instance["node_id"] == "a").unwrap();
        let types =
            a["relationships"].as_array().unwrap().iter().map(|to| to["type"].as_str().unwrap().to_owned());
        Ok::<_, String>(types.map(|name| name.rsplit('.').next().unwrap().to_owned()).collect::<Vec<_>>())
    };
    let to = |kind: &str, rest: &str| format!("{{type: cloudify.relationships.{kind}, target: b{rest}}}");
    assert_eq!(types(&to("connected_to", "")), Ok(vec!["connected_to".into(); 2]));
    // Of two to the same node the last one counts.
    let twice = format!("{}, {}", to("connected_to", ""), to("depends_on", ""));
    assert_eq!(types(&twice), Ok(vec!["depends_on".into(); 2]));
    let (_, problems) = judged(&pair(&twice), &[], false);
    assert!(problems.iter().any(|problem| problem.code == "relationship-repeated"));
    // What contains a node of a scaling group contains the group: nothing is repeated.
    let inside = format!("{}, {}", to("connected_to", ""), to("contained_in", ""));
    assert_eq!(types(&inside), Ok(vec!["contained_in".into()]));
    let grouped = format!(
        "{}groups: {{g: {{members: [a]}}}}\npolicies: {{p: {{type: cloudify.policies.scaling, targets: [g]}}}}\n",
        pair(&inside)
    );
    let (_, problems) = judged(&grouped, &[], false);
    assert!(!problems.iter().any(|problem| problem.code == "relationship-repeated"));
    let plan = deployed(&grouped).unwrap();
    let a = plan["node_instances"]
        .as_array()
        .unwrap()
        .iter()
        .find(|instance| instance["node_id"] == "a")
        .unwrap();
    assert_eq!(
        a["relationships"].as_array().unwrap().len(),
        3,
        "two that it is connected to, one that contains it"
    );
    // The kind of connection is no function's business.
    for kind in ["{get_input: one}", "null", "5", "some"] {
        let illegal = to("connected_to", &format!(", properties: {{connection_type: {kind}}}"));
        assert_eq!(types(&illegal), Err("IllegalConnectedToConnectionType".to_owned()), "{kind}");
    }
}

#[test]
fn groups_in_a_scaling_group_are_scaled_themselves() {
    let text = |targets: &str| {
        format!(
            "node_templates: {{a: {{type: cloudify.nodes.Root}}}}\ngroups: {{g: {{members: [h]}}, h: {{members: [a]}}}}\n\
             policies: {{p: {{type: cloudify.policies.scaling, targets: [{targets}], properties: {{default_instances: 2}}}}}}\n"
        )
    };
    assert_eq!(deployed(&text("g")).err().as_deref(), Some("KeyError"));
    assert_eq!(counts(&deployed(&text("g, h")).unwrap())["a"], 4);
}

#[test]
fn members_go_together_whose_outermost_containers_are_members_of_the_groups_around_them() {
    let text = |more: &str| {
        let policy = "{type: cloudify.policies.scaling, targets: [inner, outer]}";
        format!(
            "node_templates:\n  a: {{type: cloudify.nodes.Root}}\n  b: {{type: cloudify.nodes.Root}}\n  \
             on_a: {{type: cloudify.nodes.Root, relationships: [{{type: cloudify.relationships.contained_in, target: a}}]}}\n  \
             on_b: {{type: cloudify.nodes.Root, relationships: [{{type: cloudify.relationships.contained_in, target: b}}]}}\n\
             groups: {{inner: {{members: [on_a, on_b]}}, outer: {{members: [{more}]}}}}\npolicies: {{p: {policy}}}\n"
        )
    };
    accepted(&text("inner, a, b"));
    for missing in ["inner", "inner, a", "inner, b"] {
        assert_eq!(refused(&text(missing)), "DSLParsingLogicException 202", "{missing}");
    }
}

#[test]
fn the_outermost_host_hosts() {
    let plan = deployed(
        "node_templates:\n  host: {type: cloudify.nodes.Compute}\n  inner: {type: cloudify.nodes.Compute, relationships: \
         [{type: cloudify.relationships.contained_in, target: host}]}\n",
    )
    .unwrap();
    let instances = plan["node_instances"].as_array().unwrap();
    let outer = &instances.iter().find(|instance| instance["node_id"] == "host").unwrap()["id"];
    assert!(instances.iter().all(|instance| instance["host_id"] == *outer), "{instances:#?}");
    assert_eq!(plan["nodes"][1]["host_id"], "inner");
}

#[test]
fn functions_are_judged_and_evaluated_in_their_time() {
    let node = "node_templates: {n: {type: cloudify.nodes.Root}}\n";
    let output = |value: &str| {
        format!(
            "inputs: {{i: {{default: zz}}, l: {{default: [1]}}}}\n{node}outputs: {{o: {{value: {value}}}}}\n"
        )
    };
    assert_eq!(refused(&output("{get_attributes_dict: [n, {get_input: i}]}")), "TypeError");
    let value = |value: &str| deployed(&output(value)).map(|plan| plan["outputs"]["o"]["value"].to_string());
    // Run-time functions wait, even for a node that is not there.
    assert_eq!(
        value("{get_attribute: [{get_input: i}, x]}").as_deref(),
        Ok(r#"{"get_attribute":["zz","x"]}"#)
    );
    assert_eq!(value("{get_attribute: [n, {get_input: l}]}"), Err("ValueError".to_owned()));
    assert_eq!(value("{string_lower: {get_input: l}}"), Err("FunctionValidationError".to_owned()));
    // What is a function's argument only when the deployment is made is judged then.
    assert_eq!(value("{get_secret: {get_input: l}}"), Err("FunctionValidationError".to_owned()));
    assert_eq!(value("{get_label: {get_input: l}}"), Err("FunctionValidationError".to_owned()));
    for waits in ["{get_capability: [d, {get_input: l}]}", "{get_sys: [tenant, {get_input: l}]}"] {
        assert_eq!(value(waits), Err("ValueError".to_owned()), "{waits}");
    }
    assert_eq!(refused(&output("{get_sys: [[a], name]}")), "ValueError");
    assert_eq!(value("{string_replace: [aa, a, b, true]}").as_deref(), Ok(r#""ba""#));
}

#[test]
fn operations_keep_the_types_of_their_inputs() {
    let plan = deployed(
        "data_types: {d: {properties: {a: {type: integer, default: 1}, b: {default: 2}}}}\nnode_types:\n  t:\n    properties: {q: {default: 5}}\n    \
         interfaces:\n      i:\n        o: {implementation: p.a, inputs: {x: {type: d, default: {a: 7}}, y: {type: string, default: {get_property: [SELF, q]}}}}\n        \
         s: \"start.sh\\n\"\nnode_templates: {n: {type: t}}\n",
    )
    .unwrap();
    let operation = &plan["nodes"][0]["operations"]["o"];
    assert_eq!(operation["inputs"].to_string(), r#"{"x":{"a":7,"b":2,"type":"d"},"y":5}"#);
    assert_eq!(operation["inputs_types"].to_string(), r#"{"x":"d","y":"string"}"#);
    assert_eq!(plan["nodes"][0]["operations"]["s"]["inputs"]["script_path"], "start.sh\n");
}

#[test]
fn imports_of_an_imported_file_are_judged_as_those_of_the_blueprint() {
    let format = "DSLParsingFormatException 1";
    for imports in ["[[x.yml]]", "[5]", "x.yml", "{x.yml: }", "[{x.yml: y}]"] {
        let text = format!("imports: {imports}\n");
        let text: &'static str = Box::leak(text.into_boxed_str());
        assert_eq!(together("", text), format, "{imports}");
        let (_, problems) = judged("", &[("other.yml", text)], false);
        let problem = problems.first_error().unwrap();
        let place = problem.place.as_ref().unwrap();
        assert_eq!((&*place.file, place.span.line), ("other.yml", 1), "{imports}");
    }
    for version in ["[]", "0", "{a: b}", "cloudify_dsl_9"] {
        let text = format!("tosca_definitions_version: {version}\n");
        assert_eq!(together("", Box::leak(text.into_boxed_str())), "ValueError", "{version}");
    }
}

#[test]
fn a_version_that_is_none_is_told_before_what_can_not_be_imported() {
    let judge = |text: &str| {
        let reading = gantry::dsl::read(&Source::new("b.yaml", text), &gantry::dsl::NoFiles);
        first(&check_with(&reading, &Catalog::built_in(), Options { strict_compat: true }).1)
    };
    assert_eq!(judge("imports: [nowhere.yml]\n"), "DSLParsingLogicException 27");
    assert_eq!(
        judge("tosca_definitions_version: x\nimports: [nowhere.yml]\n"),
        "DSLParsingLogicException 29"
    );
    assert_eq!(
        judge("tosca_definitions_version: cloudify_dsl_1_5\ndescription: \u{e9}\nimports: [nowhere.yml]\n"),
        "DSLParsingInputTypeException 108"
    );
    let import = "imports: [{nowhere.yml: {a: 1}}]\n";
    let of = |version: &str| judge(&format!("tosca_definitions_version: {version}\n{import}"));
    assert_eq!(of("cloudify_dsl_1_4"), "DSLParsingLogicException 102");
    assert_eq!(of("cloudify_dsl_1_5"), "DSLParsingLogicException 13");
    // Imports of an imported file are looked for first.
    let text = "tosca_definitions_version: cloudify_dsl_1_4\nimports: [other.yml]\n";
    let files = Memory(BTreeMap::from([("other.yml", import)]));
    let reading = gantry::dsl::read(&Source::new("b.yaml", text), &files);
    let problems = check_with(&reading, &Catalog::built_in(), Options { strict_compat: true }).1;
    assert_eq!(first(&problems), "DSLParsingLogicException 13");
}

#[test]
fn one_mistake_is_told_once() {
    let errors = |text: &str| {
        let text = format!("tosca_definitions_version: cloudify_dsl_1_3\n{text}");
        let reading = gantry::dsl::read(&Source::new("b.yaml", text), &gantry::dsl::NoFiles);
        let (_, problems) = check_with(&reading, &Catalog::built_in(), Options::default());
        let errors = problems.iter().filter(|problem| problem.severity == gantry::diag::Severity::Error);
        errors.map(|problem| problem.message.clone()).collect::<Vec<_>>()
    };
    let uses = "node_templates: {n: {type: t, interfaces: {i: {o: p.f, s: \"a\\nb\"}}}}\n";
    let defines = "node_types: {t: {}}\n";
    // What imports, plugins and types would have brought is not missed wherever it is used.
    assert_eq!(errors(&format!("imports: x.yml\n{uses}")), ["a list is expected here, not a string"]);
    assert_eq!(errors(&format!("imports: [5]\n{uses}")), ["text or a map is expected here, not an integer"]);
    assert_eq!(errors(&format!("plugins: 5\n{defines}{uses}")), ["a map is expected here, not an integer"]);
    let types = "node_types: []\nnode_templates: {n: {type: t}}\n";
    assert_eq!(errors(types), ["a map is expected here, not a list"]);
    let nowhere = errors(&format!("imports: [x.yml]\n{uses}"));
    assert_eq!(nowhere.len(), 1, "{nowhere:?}");
    assert_eq!(errors("plugins: {p: {install: true}}\n"), ["the key `executor` is missing"]);
    assert_eq!(
        errors(
            "node_types: {t: {interfaces: {i: {o: p.f}}}}\nnode_templates: {a: {type: t}, b: {type: t}}\n"
        ),
        ["`p.f` of `i.o` is neither a plugin's function nor a file of the blueprint"]
    );
    // A key that is misspelt is not missed, nor is it told what follows from a value that is none.
    assert_eq!(errors("policy_types: {k: {sorce: x}}\n"), ["`sorce` is no known key here"]);
    assert_eq!(errors("plugins: {p: {exector: x}}\n"), ["`exector` is no known key here"]);
    let install = "plugins: {p: {executor: host_agent, install: fals}}\n";
    assert_eq!(errors(install), ["true or false is expected here, not a string"]);
    let counts = "{type: t, capabilities: {scalable: {properties: {default_instances: -2}}}}";
    assert_eq!(
        errors(&format!("{defines}node_templates: {{n: {counts}}}\n")),
        ["`default_instances` can't be negative"]
    );
    // A name that nothing brings is told.
    assert_eq!(
        errors(&format!("{defines}node_templates: {{n: {{type: u}}}}\n")),
        ["no node type is named `u`"]
    );
    // Nor what a section would have defined whose name is misspelt.
    let whole = "inputs: {a: {}}\nplugins: {p: {executor: central_deployment_agent, install: false}}\n\
                 data_types: {d: {}}\nnode_types: {t: {properties: {x: {type: d, default: {}}, y: {default: 1}}}}\n\
                 relationships: {r: {}}\nnode_templates: {n: {type: t}, m: {type: t, interfaces: {i: {o: p.f}}, relationships: [{type: r, target: n}]}}\n\
                 policy_types: {k: {source: x}}\ngroups: {g: {members: [n], policies: {l: {type: k}}}}\n\
                 policies: {s: {type: cloudify.policies.scaling, targets: [g]}}\n\
                 outputs: {o: {value: {concat: [{get_input: a}, {get_property: [n, y]}]}}}\n";
    assert_eq!(errors(whole), Vec::<String>::new());
    for line in whole.lines() {
        let section = line.split(':').next().unwrap();
        let slip = format!("{}{}", &section[..2], &section[3..]);
        let text = whole.replace(line, &line.replacen(section, &slip, 1));
        assert_eq!(errors(&text), [format!("`{slip}` is no section of a blueprint")], "{section}");
    }
}
