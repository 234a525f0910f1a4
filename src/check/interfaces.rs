//! Interfaces and operations: what a type says, what a node template says over it, what comes out (DSL reference,
//! "interfaces and operations", the merge table).
//!
//! Does not know where an operation runs; [`super::mapping`] finds its plugin.

use std::fmt;
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;

use super::Checker;
use super::operations::Operations;
use super::schema::DataTypes;
use crate::diag::{Diagnostic, Path};
use crate::model::{Map, Value};

/// An operation as written, in one form for all the forms there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Operation {
    pub implementation: String,
    /// Schemas in a type, values in a node template and in what is merged.
    pub inputs: Map,
    pub executor: Option<String>,
    pub max_retries: Option<i64>,
    pub retry_interval: Option<f64>,
    pub timeout: Option<f64>,
    pub timeout_recoverable: Option<bool>,
}

/// Interface → operation → what it is.
pub(super) type TypeInterfaces = IndexMap<String, IndexMap<String, Arc<Operation>>>;

/// The interfaces of a node type, or of one side of a relationship.
#[derive(Debug, Default)]
pub(super) struct Side {
    pub all: TypeInterfaces,
    /// What a template has that says nothing of its own; none where there is something to tell each of them. Found when
    /// the first template asks.
    pub plain: OnceLock<Option<Operations>>,
}

impl From<TypeInterfaces> for Side {
    fn from(all: TypeInterfaces) -> Self {
        Self { all, plain: OnceLock::new() }
    }
}

impl Operation {
    /// Of an operation's text or map; nothing is an operation that does nothing.
    fn read(value: &Value) -> Self {
        match value {
            Value::String(implementation) => {
                Self { implementation: implementation.clone(), ..Self::default() }
            }
            Value::Map(map) => {
                let text = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
                let number = |key: &str| match map.get(key) {
                    Some(Value::Int(number)) => Some(*number as f64),
                    Some(Value::Float(number)) => Some(*number),
                    _ => None,
                };
                Self {
                    implementation: text("implementation").unwrap_or_default(),
                    inputs: map.get("inputs").and_then(Value::as_map).cloned().unwrap_or_default(),
                    executor: text("executor"),
                    max_retries: map.get("max_retries").and_then(Value::as_int),
                    retry_interval: number("retry_interval"),
                    timeout: number("timeout"),
                    timeout_recoverable: map.get("timeout_recoverable").and_then(Value::as_bool),
                }
            }
            _ => Self::default(),
        }
    }

    fn is_noop(&self) -> bool {
        *self == Self::default()
    }
}

/// The interfaces of a type (or, with values for inputs, of a node template).
pub(super) fn of_type(value: Option<&Value>) -> TypeInterfaces {
    value
        .and_then(Value::as_map)
        .into_iter()
        .flatten()
        .map(|(name, interface)| {
            let operations = interface
                .as_map()
                .into_iter()
                .flatten()
                .map(|(name, operation)| (name.clone(), Arc::new(Operation::read(operation))))
                .collect();
            (name.clone(), operations)
        })
        .collect()
}

/// Interfaces as the plan shows them.
pub(super) fn to_value(interfaces: &TypeInterfaces) -> Value {
    let number = |number: Option<f64>| match number {
        Some(whole) if whole.fract() == 0.0 && whole.abs() < 1e15 => Value::Int(whole as i64),
        Some(number) => Value::Float(number),
        None => Value::Null,
    };
    let shown = interfaces.iter().map(|(name, operations)| {
        let operations = operations.iter().map(|(name, operation)| {
            let map = Map::from_iter([
                ("implementation".to_owned(), operation.implementation.as_str().into()),
                ("inputs".to_owned(), Value::Map(operation.inputs.clone())),
                ("executor".to_owned(), operation.executor.as_deref().map_or(Value::Null, Value::from)),
                ("max_retries".to_owned(), operation.max_retries.map_or(Value::Null, Value::Int)),
                ("retry_interval".to_owned(), number(operation.retry_interval)),
                ("timeout".to_owned(), number(operation.timeout)),
                (
                    "timeout_recoverable".to_owned(),
                    operation.timeout_recoverable.map_or(Value::Null, Value::Bool),
                ),
            ]);
            (name.clone(), Value::Map(map))
        });
        (name.clone(), Value::Map(operations.collect()))
    });
    Value::Map(shown.collect())
}

/// A derived type's interfaces: its own operations replace inherited ones whole.
pub(super) fn put_over(above: &mut TypeInterfaces, own: &TypeInterfaces) {
    for (name, operations) in own {
        let operations = operations.iter().map(|(name, operation)| (name.clone(), operation.clone()));
        above.entry(name.clone()).or_default().extend(operations);
    }
}

/// An input of an operation that has no value: the operation's path and the inputs' names.
pub(super) struct Missing {
    pub interface: String,
    pub operation: String,
    pub inputs: Vec<String>,
}

/// What a node (or relationship) has: the type's operations with the template's over them.
pub(super) fn instantiate(kind: &TypeInterfaces, own: &TypeInterfaces) -> (TypeInterfaces, Vec<Missing>) {
    let mut missing = Vec::new();
    let mut merged = TypeInterfaces::new();
    let interfaces = kind.keys().chain(own.keys().filter(|name| !kind.contains_key(*name)));
    for interface in interfaces {
        let (above, here) = (kind.get(interface), own.get(interface));
        let mut operations = IndexMap::new();
        let names = above.into_iter().flat_map(IndexMap::keys).chain(
            here.into_iter()
                .flat_map(IndexMap::keys)
                .filter(|name| !above.is_some_and(|a| a.contains_key(*name))),
        );
        for name in names {
            let (above, here) = (above.and_then(|a| a.get(name)), here.and_then(|h| h.get(name)));
            let Some((operation, lacks)) = instance_of(above, here) else { continue };
            if !lacks.is_empty() {
                missing.push(Missing {
                    interface: interface.clone(),
                    operation: name.clone(),
                    inputs: lacks,
                });
            }
            operations.insert(name.clone(), operation);
        }
        merged.insert(interface.clone(), operations);
    }
    (merged, missing)
}

/// One operation of a node (or relationship), and the inputs that it lacks a value for.
pub(super) fn instance_of(
    kind: Option<&Arc<Operation>>,
    own: Option<&Arc<Operation>>,
) -> Option<(Arc<Operation>, Vec<String>)> {
    Some(match (kind, own) {
        (None, Some(own)) => (own.clone(), Vec::new()),
        (Some(kind), None) if kind.inputs.is_empty() => (kind.clone(), Vec::new()),
        (Some(kind), None) => {
            let (inputs, lacks) = fill(&kind.inputs, &Map::new());
            (Arc::new(Operation { inputs, ..(**kind).clone() }), lacks)
        }
        (Some(_), Some(own)) if own.is_noop() => (own.clone(), Vec::new()),
        (Some(kind), Some(own)) if kind.is_noop() => (own.clone(), Vec::new()),
        (Some(kind), Some(own)) => overlay(kind, own),
        (None, None) => return None,
    })
}

/// A template's operation over its type's: the same implementation inherits, another one stands alone.
fn overlay(kind: &Operation, own: &Operation) -> (Arc<Operation>, Vec<String>) {
    let same = own.implementation.is_empty() || own.implementation == kind.implementation;
    if !same {
        return (Arc::new(own.clone()), Vec::new());
    }
    let (inputs, lacks) = fill(&kind.inputs, &own.inputs);
    let operation = Operation {
        implementation: kind.implementation.clone(),
        inputs,
        executor: own.executor.clone().or_else(|| kind.executor.clone()),
        max_retries: own.max_retries.or(kind.max_retries),
        retry_interval: own.retry_interval.or(kind.retry_interval),
        timeout: own.timeout.or(kind.timeout),
        timeout_recoverable: own.timeout_recoverable.or(kind.timeout_recoverable),
    };
    (Arc::new(operation), lacks)
}

/// Values of inputs: given ones over defaults; schemas without a value are named.
fn fill(schemas: &Map, given: &Map) -> (Map, Vec<String>) {
    let mut inputs = Map::new();
    let mut lacks = Vec::new();
    for (name, schema) in schemas {
        match given.get(name).or_else(|| schema.get("default")) {
            Some(value) => {
                let mut value = value.clone();
                // A map carries its declared type along, as the reference parser has it.
                if let (Value::Map(map), Some(kind)) =
                    (&mut value, schema.get("type").filter(|kind| !kind.is_null()))
                {
                    map.insert("type".into(), kind.clone());
                }
                inputs.insert(name.clone(), value);
            }
            None => lacks.push(name.clone()),
        }
    }
    for (name, value) in given {
        inputs.get_or_insert_with(name.clone(), || value.clone());
    }
    (inputs, lacks)
}

impl Checker<'_> {
    /// Inputs of a type's operations: their types and defaults, which are completed by their data types.
    pub(super) fn operation_schemas(
        &mut self,
        interfaces: Option<&Value>,
        read: &mut TypeInterfaces,
        data: &DataTypes,
        owner: &str,
        path: &Path,
    ) {
        for (interface, operations) in interfaces.and_then(Value::as_map).into_iter().flatten() {
            for (name, operation) in operations.as_map().into_iter().flatten() {
                let Some(inputs) = operation.get("inputs") else { continue };
                let at = path.key(interface).key(name).key("inputs");
                let schemas =
                    self.input_schemas(Some(inputs), data, &format!("operation `{name}` of {owner}"), &at);
                if let Some(operation) = read.get_mut(interface).and_then(|all| all.get_mut(name)) {
                    Arc::make_mut(operation).inputs = schemas;
                }
            }
        }
    }

    /// Tells operations whose inputs lack a value.
    pub(super) fn missing_inputs(&mut self, missing: Vec<Missing>, owner: fmt::Arguments<'_>, path: &Path) {
        for Missing { interface, operation, inputs } in missing {
            let message = format!(
                "operation `{interface}.{operation}` of {owner} needs a value for `{}`",
                inputs.join("`, `")
            );
            self.diagnostics.push(
                Diagnostic::error("missing-operation-input", path.key(&interface).key(&operation), message)
                    .with_hint(format!("give it under `interfaces.{interface}.{operation}.inputs`"))
                    .with_reference("DSLParsingLogicException", Some(107)),
            );
        }
    }
}
