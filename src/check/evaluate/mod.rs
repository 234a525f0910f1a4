//! Intrinsic functions: values with calls in them → values (DSL reference, "intrinsic functions").
//!
//! One evaluator for every time: what is known is asked of a [`World`], so that the same code serves the
//! inspector (before anything is deployed), the creation of a deployment and an operation at run time. A call
//! that waits for something stays as written, with all of its arguments evaluated that can be, and what it waits
//! for is told. Cycles are named. Pure: a world answers from what it has.

pub(in crate::check) mod arguments;
mod attributes;
mod call;
mod given;
mod path;
mod text;

use std::fmt;

use crate::model::{Map, Value};

pub use given::GivenState;
pub use path::walk;

/// Where a value stands: which instances `SELF`, `SOURCE` and `TARGET` mean.
///
/// Before there are instances, node names stand for them: a world answers for either.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Here {
    /// The instance (or node) that has the value.
    pub self_: Option<String>,
    /// The source of the relationship that has the value.
    pub source: Option<String>,
    /// Its target.
    pub target: Option<String>,
}

impl Here {
    /// A value of an instance (or node).
    pub fn at(instance: impl Into<String>) -> Self {
        Self { self_: Some(instance.into()), ..Self::default() }
    }

    /// A value that an end of a relationship has.
    fn of(self, instance: &str) -> Self {
        Self { self_: Some(instance.to_owned()), ..self }
    }

    /// A value of a relationship.
    pub fn between(source: impl Into<String>, target: impl Into<String>) -> Self {
        Self { self_: None, source: Some(source.into()), target: Some(target.into()) }
    }
}

/// What a [`World`] says about a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Lookup {
    /// It is this. May hold calls: they are evaluated too.
    Known(Value),
    /// It is not known yet: what is waited for, for a person.
    Later(String),
    /// There is none.
    Missing,
}

impl From<Option<Value>> for Lookup {
    fn from(value: Option<Value>) -> Self {
        value.map_or(Self::Missing, Self::Known)
    }
}

/// An instance as the evaluator sees it.
#[derive(Clone, Debug, Default)]
pub struct InstanceView<'a> {
    /// Its node.
    pub node: &'a str,
    /// Its number among the node's instances, from 0.
    pub index: usize,
    /// Runtime properties.
    pub runtime: Option<&'a Map>,
    /// Related instances as (node, instance id).
    pub relationships: Vec<(&'a str, &'a str)>,
    /// The instance that contains it.
    pub container: Option<&'a str>,
    /// Scaling groups that it is in, as (group, group instance), the innermost first.
    pub scaling_groups: Vec<(&'a str, &'a str)>,
}

/// What values are evaluated against.
///
/// Every answer but [`World::input`] and [`World::properties`] defaults to "not known yet".
pub trait World {
    /// The value of an input.
    fn input(&self, name: &str) -> Lookup;

    /// Properties of a node, calls as written; none when there is no such node.
    fn properties(&self, node: &str) -> Option<&Map>;

    /// Ids of a node's instances; none before there are any.
    fn instances(&self, node: &str) -> Option<Vec<String>> {
        let _ = node;
        None
    }

    /// One instance.
    fn instance(&self, id: &str) -> Option<InstanceView<'_>> {
        let _ = id;
        None
    }

    /// A secret's text.
    fn secret(&self, name: &str) -> Lookup {
        Lookup::Later(format!("the secret `{name}`"))
    }

    /// A capability of another deployment.
    fn capability(&self, deployment: &str, name: &str) -> Lookup {
        Lookup::Later(format!("the capability `{name}` of deployment `{deployment}`"))
    }

    /// A capability of every deployment of a group, by deployment.
    fn group_capability(&self, group: &str, names: &[String]) -> Lookup {
        Lookup::Later(format!("the capabilities `{}` of group `{group}`", names.join("`, `")))
    }

    /// A capability of the environment that this deployment runs in.
    fn environment_capability(&self, name: &str) -> Lookup {
        Lookup::Later(format!("the environment's capability `{name}`"))
    }

    /// The values of a label of this deployment.
    fn label(&self, key: &str) -> Lookup {
        Lookup::Later(format!("the label `{key}`"))
    }

    /// Something about the deployment itself: `[deployment, id]`, `[tenant, name]` …
    fn sys(&self, entity: &str, property: &str) -> Lookup {
        Lookup::Later(format!("the {property} of the {entity}"))
    }

    /// Who uses this deployment: `ids`, `names` or `count`.
    fn consumers(&self, what: &str) -> Lookup {
        Lookup::Later(format!("the {what} of the deployment's consumers"))
    }

    /// Whether a deployment is being made: what is evaluated then takes no argument that waits for run time.
    fn is_for_deployment(&self) -> bool {
        false
    }

    /// Called with what an evaluation gives, in values; false when it is more than may be looked at.
    fn spend(&self, values: usize) -> bool {
        let _ = values;
        true
    }

    /// Whether outputs are evaluated: there an ambiguous `get_attribute` becomes a text that says so.
    fn is_for_outputs(&self) -> bool {
        false
    }
}

/// A value, evaluated as far as it can be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluated {
    /// The value; calls that wait stay as written.
    pub value: Value,
    /// What they wait for, for a person; empty when the value is known.
    pub waits: Vec<String>,
}

impl Evaluated {
    /// The value, if nothing is waited for.
    pub fn known(&self) -> Option<&Value> {
        self.waits.is_empty().then_some(&self.value)
    }
}

/// Why a value can't be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationError {
    /// Word code, as of a diagnostic.
    pub code: &'static str,
    /// The exception that the reference implementation raises.
    pub class: &'static str,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for EvaluationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EvaluationError {}

/// `FunctionEvaluationError`.
pub(super) fn failed(message: impl Into<String>) -> EvaluationError {
    EvaluationError { code: "function-failed", class: "FunctionEvaluationError", message: message.into() }
}

/// `ValueError`: arguments or scope that can't be.
pub(super) fn illegal(message: impl Into<String>) -> EvaluationError {
    EvaluationError { code: "function-arguments", class: "ValueError", message: message.into() }
}

/// Calls may lead through this many others.
const DEPTH: usize = 50;
/// One evaluation gives no more values than this: a few lines that double each other ask for any number.
const VALUES: usize = 200_000;
/// Text that one call may make, in bytes.
pub(super) const TEXT: usize = 8 * 1024 * 1024;

/// Evaluates every call in `value`.
///
/// # Errors
/// Wrong arguments, a path that leads nowhere, an ambiguous instance, a cycle (named).
pub fn evaluate(value: &Value, here: &Here, world: &dyn World) -> Result<Evaluated, EvaluationError> {
    let mut evaluator = Evaluator { world, open: Vec::new(), waits: Vec::new(), spent: 0 };
    let value = evaluator.value(value, here, 0)?;
    Ok(Evaluated { value, waits: evaluator.waits })
}

/// One evaluation under way.
pub(super) struct Evaluator<'a> {
    pub(super) world: &'a dyn World,
    /// Properties and attributes that are being evaluated, to name a cycle.
    open: Vec<String>,
    waits: Vec<String>,
    /// Values given so far.
    spent: usize,
}

/// What a value would come to is more than anything needs.
pub(super) fn too_large() -> EvaluationError {
    EvaluationError {
        code: "value-too-large",
        class: "EvaluationRecursionLimitReached",
        message: "what the functions come to is larger than any value may be".into(),
    }
}

impl Evaluator<'_> {
    /// A value with all its calls.
    pub(super) fn value(
        &mut self,
        value: &Value,
        here: &Here,
        depth: usize,
    ) -> Result<Value, EvaluationError> {
        if depth > 250 {
            return Err(self.too_deep());
        }
        self.spend(1)?;
        if let Some(call) = value.call() {
            return self.call(&call, value, here, depth);
        }
        Ok(match value {
            Value::List(list) => Value::List(
                list.iter().map(|item| self.value(item, here, depth + 1)).collect::<Result<_, _>>()?,
            ),
            Value::Map(map) => Value::Map(
                map.iter()
                    .map(|(key, item)| Ok((key.clone(), self.value(item, here, depth + 1)?)))
                    .collect::<Result<_, EvaluationError>>()?,
            ),
            plain => plain.clone(),
        })
    }

    /// Counts what is given.
    pub(super) fn spend(&mut self, values: usize) -> Result<(), EvaluationError> {
        self.spent = self.spent.saturating_add(values);
        if self.spent > VALUES || !self.world.spend(values) {
            return Err(too_large());
        }
        Ok(())
    }

    fn too_deep(&self) -> EvaluationError {
        EvaluationError {
            code: "function-recursion",
            class: "EvaluationRecursionLimitReached",
            message: "functions lead from one to the next without an end".into(),
        }
    }

    /// Evaluates what was found under `name` (a property, an attribute), unless it is being evaluated already.
    pub(super) fn found(
        &mut self,
        name: String,
        value: &Value,
        here: &Here,
        depth: usize,
    ) -> Result<Value, EvaluationError> {
        if !value.has_calls() {
            self.spend(value.weight())?;
            return Ok(value.clone());
        }
        if let Some(start) = self.open.iter().position(|open| *open == name) {
            let cycle: Vec<&str> =
                self.open[start..].iter().map(String::as_str).chain([name.as_str()]).collect();
            return Err(EvaluationError {
                code: "function-cycle",
                class: "EvaluationRecursionLimitReached",
                message: format!("values read each other in a circle: {}", cycle.join(" → ")),
            });
        }
        if self.open.len() >= DEPTH {
            return Err(self.too_deep());
        }
        self.open.push(name);
        let value = self.value(value, here, depth + 1);
        self.open.pop();
        value
    }

    /// Remembers what is waited for.
    pub(super) fn wait(&mut self, what: String) {
        if !self.waits.contains(&what) {
            self.waits.push(what);
        }
    }
}

#[cfg(test)]
mod tests;
