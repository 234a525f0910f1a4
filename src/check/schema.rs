//! Property schemas: defaults, inheritance, and whether a value fits its type (DSL reference, "properties, types,
//! data types").
//!
//! A function is not judged: its value is not known yet. Does not know node types or nodes.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Diagnostics, Path, Trail, did_you_mean};
use crate::dsl::PRIMITIVES;
use crate::model::{Map, Value};

/// Schema of one property.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Schema {
    pub kind: Option<String>,
    /// With the defaults of its data type filled in. `Some(Null)` is a default that says null.
    pub default: Option<Value>,
    /// As written, to merge with an inherited one.
    pub written: Option<Value>,
    pub required: bool,
    /// `required` as written.
    pub required_written: Option<Value>,
    pub description: Option<Value>,
}

/// Schemas by property name.
pub(super) type Schemas = IndexMap<String, Schema>;

/// Data types by name, each with the properties that it has and inherits.
pub(super) type DataTypes = IndexMap<String, Schemas>;

impl Schema {
    /// The schema as the plan shows it.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        if let Some(kind) = &self.kind {
            map.insert("type".into(), kind.clone().into());
        }
        if let Some(default) = &self.default {
            map.insert("default".into(), default.clone());
        }
        if let Some(description) = &self.description {
            map.insert("description".into(), description.clone());
        }
        if let Some(required) = &self.required_written {
            map.insert("required".into(), required.clone());
        }
        Value::Map(map)
    }
}

/// Whether `kind` is a type that needs no definition.
pub(super) fn is_primitive(kind: &str) -> bool {
    PRIMITIVES.contains(&kind)
}

/// Whether `text`, written without quotes, is a number or a truth value of that kind.
pub(super) fn reads_as(text: &str, kind: &str) -> bool {
    match kind {
        "integer" => text.parse::<i64>().is_ok(),
        "float" => text.parse::<f64>().is_ok_and(f64::is_finite),
        "boolean" => matches!(text, "true" | "false"),
        _ => false,
    }
}

/// Whether a value is of a primitive type. Text types accept anything, as the reference parser does.
pub(crate) fn is_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "integer" => matches!(value, Value::Int(_) | Value::BigInt(_)),
        "float" => matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Float(_)),
        "boolean" => matches!(value, Value::Bool(_)),
        "list" => matches!(value, Value::List(_)),
        "dict" => matches!(value, Value::Map(_)),
        "regex" => value.as_str().is_some_and(super::pattern::is_pattern),
        _ => is_primitive(kind),
    }
}

/// What the values of a blueprint may come to with all defaults in place: a few lines of data types that hold each
/// other twice ask for any number.
#[derive(Debug)]
pub(super) struct Room(Cell<Option<usize>>);

impl Room {
    /// Enough for a blueprint of so many nodes.
    pub fn new(nodes: usize) -> Self {
        Self(Cell::new(Some(100_000 + 500 * nodes)))
    }

    /// Whether there is room for so many more values. Where there is not, there is none from then on.
    fn take(&self, values: usize) -> bool {
        self.0.set(self.0.get().and_then(|left| left.checked_sub(values)));
        !self.is_full()
    }

    /// Takes room for so many more values if there is as much; whether there is.
    pub fn take_if_free(&self, values: usize) -> bool {
        let rest = self.0.get().and_then(|left| left.checked_sub(values));
        if rest.is_some() {
            self.0.set(rest);
        }
        rest.is_some()
    }

    /// What is left of it.
    fn left(&self) -> Option<usize> {
        self.0.get()
    }

    /// Whether more was asked for than there is; told where that was.
    fn is_full(&self) -> bool {
        self.0.get().is_none()
    }
}

/// Who asks, and how a problem is told.
pub(super) struct Fitting<'a> {
    pub data_types: &'a DataTypes,
    pub room: &'a Room,
    pub diagnostics: &'a mut Diagnostics,
    /// "node `web`".
    pub owner: fmt::Arguments<'a>,
    /// Whether a mandatory property without a value is a problem.
    pub complete: bool,
}

impl Fitting<'_> {
    fn tell(
        &mut self,
        code: &'static str,
        number: i32,
        path: &Trail<'_>,
        message: String,
        hint: Option<String>,
    ) {
        let mut diagnostic = Diagnostic::error(code, path.path(), message)
            .with_reference("DSLParsingLogicException", Some(number));
        if let Some(hint) = hint {
            diagnostic = diagnostic.with_hint(hint);
        }
        self.diagnostics.push(diagnostic);
    }

    /// The value with the defaults of its data type; told where it does not fit.
    pub fn value(
        &mut self,
        value: &Value,
        kind: Option<&str>,
        inherited: Option<&Value>,
        path: &Trail<'_>,
    ) -> Value {
        let Some(kind) = kind else { return self.copy(value, path) };
        if value.call().is_some() {
            return self.copy(value, path);
        }
        if is_primitive(kind) {
            if !is_kind(value, kind) {
                self.mismatch(value, kind, path);
            }
            return self.copy(value, path);
        }
        // An unknown type is told where it is written.
        let data_types = self.data_types;
        let Some(schemas) = data_types.get(kind) else { return self.copy(value, path) };
        let Value::Map(map) = value else {
            self.mismatch(value, kind, path);
            return value.clone();
        };
        let inherited = inherited.and_then(Value::as_map).filter(|map| !map.is_empty());
        Value::Map(self.properties(map, schemas, inherited, path))
    }

    /// The value, if there is room for it; told once if not.
    fn copy(&mut self, value: &Value, path: &Trail<'_>) -> Value {
        if self.room.is_full() {
            return Value::Null;
        }
        if self.room.take(value.weight()) {
            return value.clone();
        }
        self.diagnostics.push(
            Diagnostic::error(
                "value-too-large",
                path.path(),
                format!("{} comes to more than any value may, with all defaults in place", self.owner),
            )
            .with_hint("data types that hold each other double with each step")
            .with_reference("EvaluationRecursionLimitReached", None),
        );
        Value::Null
    }

    fn mismatch(&mut self, value: &Value, kind: &str, path: &Trail<'_>) {
        let shown = value.to_string();
        let shown: String = shown.chars().take(60).collect();
        let hint = match (kind, value) {
            ("integer" | "float" | "boolean", Value::String(text)) if reads_as(text, kind) => Some(format!(
                "`\"{text}\"` in quotes is text; write it without them, if it is meant as {kind}"
            )),
            ("integer", _) => Some("write a whole number, such as `3`".to_owned()),
            ("float", _) => Some("write a number, such as `0.5`".to_owned()),
            ("boolean", _) => Some("write `true` or `false`".to_owned()),
            ("list", _) => Some("write a list: `[ a, b ]`, or each element on a line after `- `".to_owned()),
            ("dict", _) => {
                Some("write a map: `{ name: value }`, or each entry on a line of its own".to_owned())
            }
            _ => None,
        };
        let is = value.a_kind();
        let message = format!("{} wants a value of type {kind} here, and `{shown}` is {is}", self.owner);
        self.tell("value-type-mismatch", 105, path, message, hint);
    }

    /// A map of properties against its schemas: defaults filled in, order of the schemas.
    pub fn properties<'s>(
        &mut self,
        given: &'s Map,
        schemas: &'s Schemas,
        inherited: Option<&'s Map>,
        path: &Trail<'_>,
    ) -> Map {
        for key in given.keys().filter(|key| !schemas.contains_key(*key)) {
            let near = crate::diag::closest(key, schemas.keys().map(String::as_str));
            let hint = near.map_or_else(
                || {
                    let known: Vec<&str> = schemas.keys().map(String::as_str).collect();
                    if known.is_empty() {
                        "it has no properties".into()
                    } else {
                        format!("known: {}", known.join(", "))
                    }
                },
                did_you_mean,
            );
            let message = format!("{} has no property `{key}`", self.owner);
            self.tell("undefined-property", 106, &path.key(key), message, Some(hint));
        }
        if self.room.is_full() {
            return Map::new();
        }
        let default = |key: &str, schema: &'s Schema| -> Option<&'s Value> {
            inherited.and_then(|map| map.get(key)).or(schema.default.as_ref())
        };
        let external = given.get("use_external_resource").or_else(|| {
            schemas.get("use_external_resource").and_then(|schema| default("use_external_resource", schema))
        });
        if external.is_some_and(|value| value.call().is_some()) {
            let message = "`use_external_resource` is true or false, never a function".to_owned();
            let path = path.key("use_external_resource");
            self.tell("function-not-permitted", 219, &path, message, None);
        }
        let external = external.is_some_and(truthy);
        let mut result = Map::with_capacity(schemas.len());
        for (key, schema) in schemas {
            let inner = default(key, schema);
            let Some(value) = given.get(key).or(inner) else {
                if schema.required && !external && self.complete {
                    let message = format!("{} needs a value for `{key}`", self.owner);
                    self.tell("missing-property", 107, path, message, None);
                }
                continue;
            };
            let at = path.key(key);
            let value = self.value(value, schema.kind.as_deref(), inner, &at);
            result.insert(key.clone(), value);
        }
        result
    }
}

/// What a template has that gives no properties, for all templates of a type, and how many values that is; none where
/// there is something to tell each of them.
pub(super) fn plain(schemas: &Schemas, data_types: &DataTypes) -> Option<(Arc<Map>, usize)> {
    let (room, mut told, nowhere) = (Room::new(0), Diagnostics::new(), Path::root());
    let before = room.left()?;
    let owner = format_args!("");
    let mut fitting = Fitting { data_types, room: &room, diagnostics: &mut told, owner, complete: true };
    let all = fitting.properties(&Map::new(), schemas, None, &(&nowhere).into());
    let values = before - room.left()?;
    told.is_empty().then(|| (Arc::new(all), values))
}

/// What Python takes for true.
pub(super) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Int(number) => *number != 0,
        Value::Float(number) => *number != 0.0,
        Value::BigInt(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
    }
}

/// The schemas of a data type: its own over its parent's.
pub(super) fn inherit(parent: &Schemas, own: Schemas, data_types: &DataTypes) -> Schemas {
    let mut merged = own;
    for (key, above) in parent {
        match merged.get_mut(key) {
            Some(schema) => build_on(schema, above, data_types),
            None => {
                merged.insert(key.clone(), above.clone());
            }
        }
    }
    merged
}

/// A schema that stands over one of the same name: of the same data type it keeps the defaults above where it says nothing
/// else.
pub(super) fn build_on(schema: &mut Schema, above: &Schema, data_types: &DataTypes) {
    let same = schema.kind.is_some() && schema.kind == above.kind;
    let custom =
        schema.kind.as_deref().is_some_and(|kind| !is_primitive(kind) && data_types.contains_key(kind));
    let Some(default) = above.default.as_ref().filter(|default| same && custom && !default.is_null()) else {
        return;
    };
    let empty = Value::Map(Map::new());
    let written = schema.written.as_ref().filter(|value| !value.is_null()).unwrap_or(&empty);
    let mut ignored = Diagnostics::new();
    let room = Room::new(0);
    let mut fitting = Fitting {
        data_types,
        room: &room,
        diagnostics: &mut ignored,
        owner: format_args!(""),
        complete: false,
    };
    let nowhere = Path::root();
    let value = fitting.value(written, schema.kind.as_deref(), Some(default), &(&nowhere).into());
    if truthy(&value) {
        schema.default = Some(value);
    }
}
