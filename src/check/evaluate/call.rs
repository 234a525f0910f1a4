//! One call: its arguments, then its meaning. Which function does what.

use super::{
    EvaluationError, Evaluator, Here, Lookup, TEXT, arguments, failed, illegal, text, too_large, walk,
};
use crate::check::evaluate::path::{Step, steps};
use crate::check::schema;
use crate::model::{Call, Map, Value};

/// What is evaluated at run time and left alone before.
const RUN_TIME: &[&str] = &[
    "get_attribute",
    "get_attributes_list",
    "get_attributes_dict",
    "get_secret",
    "get_capability",
    "get_group_capability",
    "get_environment_capability",
    "get_label",
    "get_sys",
    "get_consumers",
];

/// What a call came to.
pub(super) enum Outcome {
    /// A value.
    Is(Value),
    /// It stays as written, with its arguments evaluated.
    Stays,
}

impl Evaluator<'_> {
    pub(super) fn call(
        &mut self,
        call: &Call<'_>,
        written: &Value,
        here: &Here,
        depth: usize,
    ) -> Result<Value, EvaluationError> {
        let argument = self.value(call.argument, here, depth + 1)?;
        let waiting = holds_call(&argument, call.name);
        let early = call.name.starts_with("string_") || matches!(call.name, "get_input" | "get_property");
        if waiting && early && self.world.is_for_deployment() {
            return Err(failed(format!(
                "`{}` is evaluated when the deployment is made, and `{argument}` is known at run time only",
                call.name
            )));
        }
        let later = self.world.is_for_deployment() && RUN_TIME.contains(&call.name);
        if later && !waiting {
            if matches!(call.name, "get_attribute" | "get_attributes_list") {
                target(call.name, &argument)?;
            }
            arguments::fit(call.name, &argument)?;
            self.wait(format!("`{}`", call.name));
        }
        let outcome =
            if waiting || later { Outcome::Stays } else { self.meaning(call.name, &argument, here, depth)? };
        match outcome {
            Outcome::Is(value) => {
                if let Some(kind) = call.result_type.and_then(Value::as_str)
                    && call.name == "get_input"
                    && !schema::is_kind(&value, kind)
                {
                    return Err(EvaluationError {
                        code: "input-evaluation",
                        class: "InputEvaluationError",
                        message: format!(
                            "the input's value is {}, and {kind} is declared here",
                            value.a_kind()
                        ),
                    });
                }
                Ok(value)
            }
            Outcome::Stays => {
                let mut map = match written {
                    Value::Map(map) => map.clone(),
                    _ => Map::new(),
                };
                map.insert(call.name.to_owned(), argument);
                Ok(Value::Map(map))
            }
        }
    }

    fn meaning(
        &mut self,
        name: &str,
        argument: &Value,
        here: &Here,
        depth: usize,
    ) -> Result<Outcome, EvaluationError> {
        match name {
            "concat" => {
                let mut whole = String::new();
                for part in list(name, argument)? {
                    whole.push_str(&text::python(part));
                    if whole.len() > TEXT {
                        return Err(too_large());
                    }
                }
                self.spend(whole.len() / 64)?;
                Ok(Outcome::Is(Value::String(whole)))
            }
            "merge" => text::merge(list(name, argument)?).map(Outcome::Is),
            "string_find" | "string_replace" | "string_split" | "string_lower" | "string_upper" => {
                self.spend(argument.weight())?;
                text::string(name, argument).map(Outcome::Is)
            }
            "get_input" => self.input(argument, here, depth),
            "get_property" => self.property(argument, here, depth),
            "get_attribute" => self.attribute(argument, here, depth),
            "get_attributes_list" => self.attributes_list(argument, here, depth),
            "get_attributes_dict" => self.attributes_dict(argument, here, depth),
            "get_secret" => self.secret(argument),
            "get_capability" => self.capability(argument),
            "get_group_capability" => self.group_capability(argument),
            "get_environment_capability" => self.environment_capability(argument),
            "get_label" => self.label(argument),
            "get_sys" => {
                let Some([Value::String(entity), Value::String(property), ..]) = argument.as_list() else {
                    return Err(illegal("`get_sys` takes an entity and a property: [deployment, id]"));
                };
                let found = self.world.sys(entity, property);
                self.answer(found, || format!("nothing is known of `{entity}.{property}`"))
            }
            "get_consumers" => {
                let what = argument.as_str().filter(|what| matches!(*what, "ids" | "names" | "count"));
                let what = what.ok_or_else(|| illegal("`get_consumers` takes `ids`, `names` or `count`"))?;
                let found = self.world.consumers(what);
                self.answer(found, || "the deployment has no consumers".into())
            }
            other => Err(illegal(format!("`{other}` is no function"))),
        }
    }

    pub(super) fn answer(
        &mut self,
        found: Lookup,
        missing: impl FnOnce() -> String,
    ) -> Result<Outcome, EvaluationError> {
        match found {
            Lookup::Known(value) => Ok(Outcome::Is(value)),
            Lookup::Later(what) => {
                self.wait(what);
                Ok(Outcome::Stays)
            }
            Lookup::Missing => Err(failed(missing())),
        }
    }

    fn input(&mut self, argument: &Value, here: &Here, depth: usize) -> Result<Outcome, EvaluationError> {
        let (name, path) = match argument {
            Value::String(name) => (name.as_str(), Vec::new()),
            Value::List(list) => match list.split_first() {
                Some((Value::String(name), rest)) => (name.as_str(), steps("get_input", rest)?),
                _ => {
                    return Err(illegal("`get_input` takes an input's name, or a list that begins with one"));
                }
            },
            _ => return Err(illegal("`get_input` takes an input's name, or a list that begins with one")),
        };
        let value = match self.world.input(name) {
            Lookup::Known(value) => value,
            Lookup::Later(what) => {
                self.wait(what);
                return Ok(Outcome::Stays);
            }
            Lookup::Missing => {
                return Err(EvaluationError {
                    code: "unknown-input",
                    class: "UnknownInputError",
                    message: format!("there is no input `{name}`"),
                });
            }
        };
        let value = self.found(format!("inputs.{name}"), &value, here, depth)?;
        let inside = walk(&value, &path).map_err(|fault| {
            let class = if fault.on_scalar { "FunctionEvaluationError" } else { "InputEvaluationError" };
            EvaluationError {
                code: "input-evaluation",
                class,
                message: format!("input `{name}` {}", fault.message),
            }
        })?;
        Ok(Outcome::Is(inside.clone()))
    }

    fn property(&mut self, argument: &Value, here: &Here, depth: usize) -> Result<Outcome, EvaluationError> {
        let (node, path) = target("get_property", argument)?;
        let name = match node {
            "SELF" | "SOURCE" | "TARGET" => {
                let instance = self.scope(node, here).map_err(illegal)?;
                self.node_of(&instance)
            }
            name => name.to_owned(),
        };
        let Some(properties) = self.world.properties(&name) else {
            return Err(EvaluationError {
                code: "unknown-node",
                class: "KeyError",
                message: format!("there is no node `{name}`"),
            });
        };
        let there = if matches!(node, "SELF" | "SOURCE" | "TARGET") {
            here.clone()
        } else {
            self.at_node(&name, here)
        };
        match self.descend(&format!("{name}.properties"), properties, &path, &there, depth)? {
            Some(value) => Ok(Outcome::Is(value)),
            None => Err(failed(format!("`{name}` has no property `{}`", text::dotted(&path)))),
        }
    }

    /// Walks into a map, evaluating what stands on the way; none where the path leads nowhere.
    pub(super) fn descend(
        &mut self,
        owner: &str,
        map: &Map,
        path: &[Step],
        here: &Here,
        depth: usize,
    ) -> Result<Option<Value>, EvaluationError> {
        let Some((Step::Key(first), rest)) = path.split_first().map(|(first, rest)| (first.clone(), rest))
        else {
            return Ok(None);
        };
        let Some(mut value) = map.get(&first).cloned() else { return Ok(None) };
        let mut name = format!("{owner}.{first}");
        let mut rest = rest.iter();
        loop {
            // What a call gives is evaluated whole; a plain map only as far as the path leads.
            if value.call().is_some() || rest.len() == 0 {
                value = self.found(name.clone(), &value, here, depth)?;
            }
            let Some(step) = rest.next() else { return Ok(Some(value)) };
            if value.call().is_some() {
                // A path into something that is waited for.
                return Ok(Some(value));
            }
            value = match (&value, step) {
                (Value::Map(map), Step::Key(key)) => match map.get(key) {
                    Some(inner) => inner.clone(),
                    None => return Ok(None),
                },
                (Value::Map(map), Step::Index(index)) => match map.get(&index.to_string()) {
                    Some(inner) => inner.clone(),
                    None => return Ok(None),
                },
                (Value::List(list), Step::Index(index)) => match super::path::index(list, *index) {
                    Some(inner) => inner.clone(),
                    None => return Ok(None),
                },
                (Value::List(_), Step::Key(key)) => {
                    return Err(failed(format!("`{name}` is a list: `{key}` is no index")));
                }
                _ => return Ok(None),
            };
            name = format!("{name}.{step}");
        }
    }

    fn secret(&mut self, argument: &Value) -> Result<Outcome, EvaluationError> {
        let (name, path) = match argument {
            Value::String(name) => (name.as_str(), None),
            Value::List(list) if list.len() > 1 => match list.split_first() {
                Some((Value::String(name), rest)) => (name.as_str(), Some(steps("get_secret", rest)?)),
                _ => return Err(illegal("`get_secret` takes a name, or a list that begins with one")),
            },
            _ => return Err(text::invalid("`get_secret` takes a name, or a list of at least two elements")),
        };
        let found = self.world.secret(name);
        if found == Lookup::Missing {
            return Err(EvaluationError {
                code: "unknown-secret",
                class: "UnknownSecretError",
                message: format!("there is no secret `{name}`"),
            });
        }
        let Some(path) = path else { return self.answer(found, String::new) };
        match found {
            Lookup::Known(Value::String(text)) => {
                // A secret's own text must never stand in a message.
                let value: Value = serde_json::from_str(&text).map_err(|_| {
                    failed(format!("the secret `{name}` is no JSON, and a key of it is asked for"))
                })?;
                let inside = walk(&value, &path)
                    .map_err(|_| failed(format!("the secret `{name}` has no `{}`", text::dotted(&path))))?;
                Ok(Outcome::Is(inside.clone()))
            }
            Lookup::Known(value) => {
                let inside = walk(&value, &path)
                    .map_err(|_| failed(format!("the secret `{name}` has no `{}`", text::dotted(&path))))?;
                Ok(Outcome::Is(inside.clone()))
            }
            found => self.answer(found, String::new),
        }
    }

    fn capability(&mut self, argument: &Value) -> Result<Outcome, EvaluationError> {
        let list = argument.as_list().filter(|list| list.len() >= 2);
        let list =
            list.ok_or_else(|| illegal("`get_capability` takes a deployment, a capability, and a path"))?;
        let (deployment, name) = (text::python(&list[0]), text::python(&list[1]));
        let path = steps("get_capability", &list[2..])?;
        match self.world.capability(&deployment, &name) {
            Lookup::Known(value) => {
                let inside = walk(&value, &path).map_err(|fault| {
                    failed(format!("capability `{name}` of deployment `{deployment}` {}", fault.message))
                })?;
                Ok(Outcome::Is(inside.clone()))
            }
            found => self.answer(found, || format!("deployment `{deployment}` has no capability `{name}`")),
        }
    }

    fn group_capability(&mut self, argument: &Value) -> Result<Outcome, EvaluationError> {
        let list = argument.as_list().filter(|list| list.len() >= 2);
        let list = list.ok_or_else(|| illegal("`get_group_capability` takes a group and a capability"))?;
        let group = text::python(&list[0]);
        let names: Vec<String> = match &list[1] {
            Value::List(names) => names.iter().map(text::python).collect(),
            name => vec![text::python(name)],
        };
        let found = self.world.group_capability(&group, &names);
        self.answer(found, || format!("there is no group `{group}`"))
    }

    fn environment_capability(&mut self, argument: &Value) -> Result<Outcome, EvaluationError> {
        let (name, path) = match argument {
            Value::String(name) => (name.clone(), Vec::new()),
            Value::List(list) if list.len() >= 2 => {
                (text::python(&list[0]), steps("get_environment_capability", &list[1..])?)
            }
            _ => {
                return Err(text::invalid("`get_environment_capability` takes a name, or a name and a path"));
            }
        };
        match self.world.environment_capability(&name) {
            Lookup::Known(value) => {
                let inside = walk(&value, &path).map_err(|fault| {
                    failed(format!("the environment's capability `{name}` {}", fault.message))
                })?;
                Ok(Outcome::Is(inside.clone()))
            }
            found => self.answer(found, || format!("the environment has no capability `{name}`")),
        }
    }

    fn label(&mut self, argument: &Value) -> Result<Outcome, EvaluationError> {
        let (key, index) = match argument {
            Value::String(key) => (key, None),
            Value::List(list) => match list.as_slice() {
                [Value::String(key), Value::Int(index)] => (key, Some(*index)),
                [Value::String(key), Value::String(index)] if index.parse::<u32>().is_ok() => {
                    (key, index.parse().ok())
                }
                _ => return Err(text::invalid("`get_label` takes a key, or a key and an index")),
            },
            _ => return Err(text::invalid("`get_label` takes a key, or a key and an index")),
        };
        match (self.world.label(key), index) {
            (Lookup::Known(Value::List(values)), Some(index)) => match super::path::index(&values, index) {
                Some(value) => Ok(Outcome::Is(value.clone())),
                None => Err(failed(format!("the label `{key}` has {} values", values.len()))),
            },
            (found, _) => self.answer(found, || format!("the deployment has no label `{key}`")),
        }
    }
}

/// Whether a call waits in the argument. `merge` and `concat` take lists whose elements may hold calls deeper
/// down: only their own elements count.
fn holds_call(argument: &Value, name: &str) -> bool {
    if argument.call().is_some() {
        return true;
    }
    let deep = matches!(name, "get_group_capability" | "get_attributes_dict");
    argument
        .as_list()
        .is_some_and(|list| list.iter().any(|item| item.call().is_some() || deep && item.has_calls()))
}

fn list<'v>(name: &str, argument: &'v Value) -> Result<&'v [Value], EvaluationError> {
    argument.as_list().ok_or_else(|| illegal(format!("`{name}` takes a list")))
}

/// The node and the path of `[node, path …]`.
pub(super) fn target<'v>(name: &str, argument: &'v Value) -> Result<(&'v str, Vec<Step>), EvaluationError> {
    match argument.as_list().and_then(<[Value]>::split_first) {
        Some((Value::String(node), rest)) if !rest.is_empty() => Ok((node, steps(name, rest)?)),
        _ => Err(illegal(format!("`{name}` takes a node and a path: [NODE, NAME, …]"))),
    }
}
