//! Intrinsic functions at check time: form of their arguments, scope, and whether what they name exists.
//!
//! What can be known without a deployment is judged; values are left alone. The evaluator itself is
//! [`super::evaluate`].

use std::cell::Cell;

use super::Checker;
use super::evaluate::{Evaluated, EvaluationError, Here, Lookup, World, arguments, evaluate};
use super::operations::Operations;
use super::topology::Topology;
use crate::diag::{Diagnostic, Path, Trail, closest, did_you_mean};
use crate::model::{Call, Map, Value};

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope<'a> {
    Node(&'a str),
    Relationship(&'a str, &'a str),
    Outputs,
    Elsewhere,
}

/// Inputs and attributes wait, properties are known: what the reference parser can look at before a deployment.
struct Shallow<'a> {
    topology: &'a Topology,
    /// Values that may still be looked at, for all calls of the blueprint together.
    room: &'a Cell<Option<usize>>,
}

/// Values that the calls of a blueprint may come to, and how many more for each node.
const VALUES: usize = 1_000_000;
const VALUES_A_NODE: usize = 200;

impl World for Shallow<'_> {
    fn input(&self, name: &str) -> Lookup {
        Lookup::Later(name.to_owned())
    }

    fn properties(&self, node: &str) -> Option<&Map> {
        self.topology.nodes.get(node).map(|node| &node.properties)
    }

    fn spend(&self, values: usize) -> bool {
        self.room.set(self.room.get().and_then(|left| left.checked_sub(values)));
        self.room.get().is_some()
    }
}

/// Tells every call that can't be evaluated, whatever a deployment would say.
pub(super) fn validate(cx: &mut Checker<'_>, topology: &Topology) {
    let room = Cell::new(Some(VALUES + VALUES_A_NODE * topology.nodes.len()));
    let mut walker = Walker { cx, topology, told: std::collections::HashSet::new(), room };
    let templates = Trail::section("node_templates");
    for node in topology.nodes.values() {
        let path = templates.key(&node.name);
        let scope = Scope::Node(&node.name);
        let properties = path.key("properties");
        for (key, value) in &node.properties {
            walker.value(value, scope, &properties.key(key));
        }
        let counts = &node.scalable;
        for (key, value) in [
            ("default_instances", &counts.default_instances),
            ("min_instances", &counts.min_instances),
            ("max_instances", &counts.max_instances),
        ] {
            walker.value(value, scope, &path.key("capabilities").key("scalable").key("properties").key(key));
        }
        walker.operations(&node.operations, scope, &path.key("interfaces"));
        let relationships = path.key("relationships");
        for (index, relationship) in node.relationships.iter().enumerate() {
            let scope = Scope::Relationship(&node.name, &relationship.target);
            let path = relationships.index(index);
            walker.operations(&relationship.source_operations, scope, &path.key("source_interfaces"));
            walker.operations(&relationship.target_operations, scope, &path.key("target_interfaces"));
        }
    }
    for (section, outputs) in [("outputs", &topology.outputs), ("capabilities", &topology.capabilities)] {
        for (name, output) in outputs {
            let scope = if section == "outputs" { Scope::Outputs } else { Scope::Elsewhere };
            walker.value(&output.value, scope, &Trail::section(section).key(name).key("value"));
        }
    }
    for section in ["labels", "deployment_settings"] {
        if let Some(value) = topology.sections.get(section) {
            walker.value(value, Scope::Elsewhere, &Trail::section(section));
        }
    }
    for (name, policy) in topology.sections.get("policies").and_then(Value::as_map).into_iter().flatten() {
        if let Some(properties) = policy.get("properties") {
            walker.value(
                properties,
                Scope::Elsewhere,
                &Trail::section("policies").key(name).key("properties"),
            );
        }
    }
}

struct Walker<'c, 'b, 't> {
    cx: &'c mut Checker<'b>,
    topology: &'t Topology,
    /// A default of a type is told once, not for each node that has it.
    told: std::collections::HashSet<String>,
    /// See [`Shallow::room`].
    room: Cell<Option<usize>>,
}

impl Walker<'_, '_, '_> {
    fn operations(&mut self, operations: &Operations, scope: Scope<'_>, path: &Trail<'_>) {
        for (name, mapping) in operations.iter() {
            if mapping.inputs.is_empty() {
                continue;
            }
            let (interface, operation) = name.rsplit_once('.').unwrap_or(("", name));
            let path = path.key(interface);
            let path = path.key(operation);
            let path = path.key("inputs");
            for (key, value) in &mapping.inputs {
                self.value(value, scope, &path.key(key));
            }
        }
    }

    fn value(&mut self, value: &Value, scope: Scope<'_>, path: &Trail<'_>) {
        match value {
            Value::List(list) => {
                for (index, item) in list.iter().enumerate() {
                    self.value(item, scope, &path.index(index));
                }
            }
            Value::Map(map) => {
                if let Some(call) = value.call()
                    && let Err(problem) = self.call(&call, value, scope)
                {
                    self.tell(problem, path.path());
                    return;
                }
                for (key, item) in map {
                    self.value(item, scope, &path.key(key));
                }
            }
            _ => {}
        }
    }

    fn tell(&mut self, problem: Problem, path: Path) {
        let about = if problem.code == "function-cycle" {
            // Once for the whole circle, wherever it is entered.
            let steps: std::collections::BTreeSet<&str> =
                problem.message.rsplit(": ").next().unwrap_or_default().split(" → ").collect();
            steps.into_iter().collect::<String>()
        } else {
            format!("{}{path}", problem.message)
        };
        if !self.told.insert(format!("{}{about}", problem.code)) {
            return;
        }
        let mut diagnostic = Diagnostic::error(problem.code, path, problem.message);
        if let Some((class, code)) = problem.reference {
            diagnostic = diagnostic.with_reference(class, code);
        }
        if let Some(hint) = problem.hint {
            diagnostic = diagnostic.with_hint(hint);
        }
        self.cx.diagnostics.push(diagnostic);
    }

    fn call(&mut self, call: &Call<'_>, whole: &Value, scope: Scope<'_>) -> Result<(), Problem> {
        let argument = call.argument;
        let list = argument.as_list();
        let path_arguments = |from: usize| arguments::is_path(argument, from);
        let wrong = |text: &str| {
            Err(Problem::of("function-arguments", "ValueError", format!("`{}` takes {text}", call.name)))
        };
        let invalid = |text: &str| {
            Err(Problem::of(
                "function-arguments",
                "FunctionValidationError",
                format!("`{}` takes {text}", call.name),
            ))
        };
        match call.name {
            "get_input" => {
                if !arguments::is_text(argument) && !path_arguments(1) {
                    return wrong("an input's name, or a list of it and a path");
                }
                self.input(list.and_then(<[Value]>::first).unwrap_or(argument))
            }
            "get_property" | "get_attribute" | "get_attributes_list" => {
                if !path_arguments(2) {
                    return wrong("a node and a path: [NODE, NAME, …]");
                }
                self.node_path(call.name, list.unwrap_or_default(), whole, scope)
            }
            "get_attributes_dict" => {
                arguments::fit(call.name, argument)?;
                let Some((node, paths)) = list.and_then(<[Value]>::split_first) else { return Ok(()) };
                let mut asked = std::collections::HashSet::new();
                for path in paths {
                    let path = path.as_list().unwrap_or(std::slice::from_ref(path));
                    if let Some(call) = path.iter().find(|step| step.call().is_some()) {
                        let message = format!("`get_attributes_dict` takes names and indexes, not `{call}`");
                        return Err(Problem::of("function-arguments", "TypeError", message));
                    }
                    let names: Vec<String> = path.iter().map(Value::to_string).collect();
                    if !asked.insert(names.join(".")) {
                        let message = format!("`{}` asks for `{}` twice", call.name, names.join("."));
                        return Err(Problem::of("function-failed", "FunctionEvaluationError", message));
                    }
                }
                self.reference(call.name, std::slice::from_ref(node), scope)
            }
            "concat" if list.is_none() => wrong("a list"),
            "concat" if self.cx.minor < 1 => invalid("part from `cloudify_dsl_1_1` on"),
            "merge" => {
                let Some(list) = list else { return wrong("a list of maps") };
                if self.cx.minor < 3 {
                    return invalid("part from `cloudify_dsl_1_3` on");
                }
                if list.iter().any(|item| item.as_map().is_none()) {
                    invalid("a list of maps")
                } else {
                    Ok(())
                }
            }
            "get_sys" => {
                arguments::fit(call.name, argument)?;
                self.sys(list)
            }
            "get_secret"
            | "get_capability"
            | "get_group_capability"
            | "get_environment_capability"
            | "get_label"
            | "get_consumers" => Ok(arguments::fit(call.name, argument)?),
            "string_find" => texts(call, list, 2..=2, &[true, true]),
            "string_replace" => texts(call, list, 3..=4, &[true, true, true, false]),
            "string_split" => texts(call, list, 2..=3, &[true, true, false]),
            "string_lower" | "string_upper" => {
                if argument.as_str().is_some()
                    || argument.as_map().is_some_and(|map| map.len() == 1 && argument.call().is_some())
                {
                    Ok(())
                } else {
                    invalid("one text")
                }
            }
            _ => Ok(()),
        }
    }

    fn input(&self, name: &Value) -> Result<(), Problem> {
        if name.call().is_some() {
            return Ok(());
        }
        let Some(name) = name.as_str() else {
            let message = format!("there is no input `{name}`");
            return Err(Problem::of("unknown-input", "UnknownInputError", message));
        };
        if self.topology.inputs.contains_key(name) || self.cx.blueprint.misnamed.contains("inputs") {
            return Ok(());
        }
        let mut problem =
            Problem::of("unknown-input", "UnknownInputError", format!("there is no input `{name}`"));
        problem.hint = closest(name, self.topology.inputs.keys().map(String::as_str)).map(did_you_mean);
        Err(problem)
    }

    fn sys(&self, list: Option<&[Value]>) -> Result<(), Problem> {
        let Some([entity, property, ..]) = list else { return Ok(()) };
        if entity.call().is_some() {
            return Ok(());
        }
        let properties: &[&str] = match entity.as_str() {
            Some("tenant") => &["name"],
            Some("deployment") => &["id", "name", "blueprint", "owner"],
            _ => {
                let message = format!("`get_sys` knows `tenant` and `deployment`, not `{entity}`");
                return Err(Problem::of("unknown-sys", "UnknownSysEntityError", message));
            }
        };
        if property.call().is_some()
            || property.as_str().is_some_and(|property| properties.contains(&property))
        {
            return Ok(());
        }
        let message = format!("`{entity}` has {}, not `{property}`", properties.join(", "));
        Err(Problem::of("unknown-sys", "UnknownSysPropertyError", message))
    }

    /// Scope words and node names.
    fn reference(&self, name: &str, list: &[Value], scope: Scope<'_>) -> Result<(), Problem> {
        if list.iter().any(|item| item.call().is_some()) {
            return Ok(());
        }
        let Some(node) = list.first().and_then(Value::as_str) else {
            let message = format!("`{name}` takes a node's name first");
            return Err(Problem::of("unknown-node", "KeyError", message));
        };
        // Outside of nodes, relationships and outputs the reference parser has no word for it.
        let class =
            if scope == Scope::Elsewhere && name != "get_property" { "KeyError" } else { "ValueError" };
        let wrong = |message: String| Err(Problem::of("function-scope", class, message));
        match (node, scope) {
            ("SELF", Scope::Relationship(..)) => wrong(format!(
                "`SELF` means nothing in a relationship; `{name}` takes SOURCE or TARGET there"
            )),
            ("SELF", Scope::Outputs | Scope::Elsewhere) => {
                wrong(format!("`SELF` means nothing here: `{name}` needs a node's name"))
            }
            ("SOURCE" | "TARGET", Scope::Node(_) | Scope::Outputs | Scope::Elsewhere) => {
                wrong(format!("`{node}` means something in relationships only"))
            }
            ("SELF" | "SOURCE" | "TARGET", _) => Ok(()),
            _ if self.known(node) || self.cx.blueprint.misnamed.contains("node_templates") => Ok(()),
            _ => {
                let mut problem = Problem::of(
                    "unknown-node",
                    "KeyError",
                    format!("`{name}` names `{node}`, which is no node"),
                );
                problem.hint =
                    closest(node, self.topology.nodes.keys().map(String::as_str)).map(did_you_mean);
                Err(problem)
            }
        }
    }

    fn known(&self, node: &str) -> bool {
        self.topology.nodes.contains_key(node) || self.cx.blueprint.entity("node_templates", node).is_some()
    }

    fn node_path(
        &mut self,
        name: &str,
        list: &[Value],
        whole: &Value,
        scope: Scope<'_>,
    ) -> Result<(), Problem> {
        self.reference(name, list, scope)?;
        let missing = self.cx.blueprint.misnamed.contains("node_templates");
        if missing || name != "get_property" || list.iter().any(|item| item.call().is_some()) {
            return Ok(());
        }
        let here = match scope {
            Scope::Node(node) => Here::at(node),
            Scope::Relationship(source, target) => Here::between(source, target),
            Scope::Outputs | Scope::Elsewhere => Here::default(),
        };
        let node = match (list.first().and_then(Value::as_str), scope) {
            (Some("SELF"), Scope::Node(node)) => node,
            (Some("SOURCE"), Scope::Relationship(source, _)) => source,
            (Some("TARGET"), Scope::Relationship(_, target)) => target,
            (Some(node), _) => node,
            (None, _) => return Ok(()),
        };
        // A node of an unknown type has whatever it has.
        let partial = self
            .topology
            .nodes
            .get(node)
            .is_none_or(|node| self.cx.blueprint.entity("node_types", &node.type_name).is_none());
        if partial {
            return Ok(());
        }
        // One that is too large is told; what else is then not looked at any more.
        if self.room.get().is_none() {
            return Ok(());
        }
        match evaluate(whole, &here, &Shallow { topology: self.topology, room: &self.room }) {
            Ok(Evaluated { .. }) => Ok(()),
            Err(error) if error.code == "value-too-large" => {
                self.room.set(None);
                let mut problem = Problem::from(error);
                problem.hint = Some("values that repeat each other double with each step".into());
                Err(problem)
            }
            Err(error) if error.code == "function-cycle" => {
                // The reference parser tells a circle only when it deploys (or never ends).
                let mut problem = Problem::from(error);
                problem.reference = None;
                problem.hint = Some("give one of them a value of its own".into());
                Err(problem)
            }
            Err(error) => {
                let mut problem = Problem::from(error);
                let inherits = self.topology.nodes.get(node).is_some_and(|node| {
                    node.properties
                        .get("inherit_outputs")
                        .and_then(Value::as_list)
                        .is_some_and(|outputs| list.get(1).is_some_and(|wanted| outputs.contains(wanted)))
                });
                if inherits {
                    problem.hint = Some(
                        "inherited outputs are runtime properties: read them with `get_attribute`".into(),
                    );
                } else if let Some(wanted) = list.get(1).and_then(Value::as_str)
                    && let Some(node) = self.topology.nodes.get(node)
                    && let Some(near) = closest(wanted, node.properties.keys().map(String::as_str))
                {
                    problem.hint = Some(did_you_mean(near));
                }
                Err(problem)
            }
        }
    }
}

/// Arguments of a text function: texts where `true`, whole numbers where not.
fn texts(
    call: &Call<'_>,
    list: Option<&[Value]>,
    count: std::ops::RangeInclusive<usize>,
    kinds: &[bool],
) -> Result<(), Problem> {
    let invalid =
        |message: String| Err(Problem::of("function-arguments", "FunctionValidationError", message));
    let Some(list) = list.filter(|list| count.contains(&list.len())) else {
        return invalid(format!("`{}` takes {} to {} arguments", call.name, count.start(), count.end()));
    };
    for (argument, text) in list.iter().zip(kinds) {
        let fits = argument.call().is_some()
            || if *text {
                argument.as_str().is_some()
            } else {
                matches!(argument, Value::Int(_) | Value::Bool(_) | Value::Null)
            };
        if !fits {
            let wanted = if *text { "text" } else { "a whole number" };
            return invalid(format!("`{}` takes {wanted} where `{argument}` stands", call.name));
        }
    }
    Ok(())
}

/// What is wrong with a call.
struct Problem {
    code: &'static str,
    reference: Option<(&'static str, Option<i32>)>,
    message: String,
    hint: Option<String>,
}

impl From<EvaluationError> for Problem {
    fn from(error: EvaluationError) -> Self {
        Self::of(error.code, error.class, error.message)
    }
}

impl Problem {
    fn of(code: &'static str, class: &'static str, message: String) -> Self {
        Self { code, reference: Some((class, None)), message, hint: None }
    }
}
