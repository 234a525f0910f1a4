//! Inputs: their declarations, and [`bind_inputs`], which gives a deployment its values (DSL reference, "inputs").

use indexmap::IndexMap;

use super::Checker;
use super::constraints;
use super::schema::{self, DataTypes, Fitting, Room};
use super::topology::{Input, Topology};
use super::types;
use crate::diag::{Diagnostic, Diagnostics, Path, Trail, closest, did_you_mean};
use crate::model::{Map, Value};

impl Checker<'_> {
    /// Declarations of inputs (of the blueprint, or of an operation): types, defaults, constraints.
    pub(super) fn input_schemas(
        &mut self,
        inputs: Option<&Value>,
        data: &DataTypes,
        owner: &str,
        path: &Path,
    ) -> Map {
        self.schema_types(inputs, path);
        let mut all = Map::new();
        for (name, declaration) in inputs.and_then(Value::as_map).into_iter().flatten() {
            let at = path.key(name);
            let parsed = self.declaration(name, declaration, data, owner, &at);
            all.insert(name.clone(), parsed);
        }
        all
    }

    fn declaration(
        &mut self,
        name: &str,
        declaration: &Value,
        data: &DataTypes,
        owner: &str,
        at: &Path,
    ) -> Value {
        let Value::Map(map) = declaration else {
            return if declaration.is_null() { Value::Map(Map::new()) } else { declaration.clone() };
        };
        let kind = map.get("type").and_then(Value::as_str);
        let mut tell = |code: &'static str, class: &'static str, number: i32, at: Path, message: String| {
            self.diagnostics.push(Diagnostic::error(code, at, message).with_reference(class, Some(number)));
        };
        let logic = "DSLParsingLogicException";
        let required = map.get("required").and_then(Value::as_bool).unwrap_or(true);
        let hidden = map.get("hidden").and_then(Value::as_bool).unwrap_or(false);
        if required && hidden && !map.contains_key("default") {
            let message = format!("input `{name}` is hidden and required, and has no default");
            tell("hidden-required-input", logic, 215, at.clone(), message);
        }
        if map.get("display").is_some_and(|display| display.get("rows").is_some()) && kind != Some("textarea")
        {
            let message = format!("input `{name}` has `display`, which is for `type: textarea` only");
            tell("display-not-textarea", "DSLParsingInputTypeException", 216, at.key("display"), message);
        }
        if let Some(item) = map.get("item_type").and_then(Value::as_str) {
            if kind != Some("list") {
                let message = format!("input `{name}` has `item_type`, which is for `type: list` only");
                tell("item-type-without-list", logic, 218, at.key("item_type"), message);
            } else if !schema::is_primitive(item) {
                let message = format!("`{item}` is no type for the elements of a list");
                tell("invalid-item-type", logic, 217, at.key("item_type"), message);
            }
        }
        if kind == Some("") && map.get("default").is_some_and(|default| !default.is_null()) {
            let message = format!("the type of input `{name}` is an empty text");
            let at = at.key("type");
            self.diagnostics
                .push(Diagnostic::error("unknown-type", at, message).with_reference("RuntimeError", None));
        }
        let list = map.get("constraints").and_then(Value::as_list).unwrap_or_default();
        let mut malformed = false;
        for (index, constraint) in list.iter().enumerate() {
            let at = at.key("constraints").index(index);
            if let Some(problem) = constraints::malformed(constraint, self.minor, &at) {
                self.diagnostics.push(problem);
                malformed = true;
            }
        }
        let mut parsed = map.clone();
        if let Some(default) = map.get("default").filter(|default| !default.is_null()) {
            let mut fitting = Fitting {
                data_types: data,
                room: &self.room,
                diagnostics: &mut self.diagnostics,
                owner: format_args!("the default of `{name}` of {owner}"),
                complete: true,
            };
            let value = fitting.value(default, kind, None, &Trail::from(at).key("default"));
            parsed.insert("default".into(), value);
        }
        // Only the blueprint's own inputs are held against their constraints.
        let own = at.segments().len() == 2;
        if let Some(default) = parsed.get("default").filter(|_| own && !malformed)
            && let Some(problem) = constraints::violation(name, declaration, default, &at.key("default"))
        {
            self.diagnostics.push(problem);
        }
        Value::Map(parsed)
    }

    /// The inputs of the blueprint.
    pub(super) fn inputs(&mut self, data: &DataTypes) -> (IndexMap<String, Input>, Map) {
        let declared = self.input_schemas(
            self.blueprint.sections.get("inputs"),
            data,
            "the blueprint",
            &Path::of(["inputs"]),
        );
        let inputs = declared
            .iter()
            .map(|(name, declaration)| {
                let text = |key: &str| declaration.get(key).and_then(Value::as_str).map(str::to_owned);
                let input = Input {
                    type_name: text("type"),
                    default: declaration.get("default").cloned(),
                    description: text("description"),
                    required: declaration.get("required").and_then(Value::as_bool).unwrap_or(true),
                    constraints: declaration
                        .get("constraints")
                        .and_then(Value::as_list)
                        .map(<[Value]>::to_vec)
                        .unwrap_or_default(),
                };
                (name.clone(), input)
            })
            .collect();
        (inputs, declared)
    }
}

/// The data types of a topology, as they were resolved.
pub(super) fn data_types(topology: &Topology) -> DataTypes {
    let section = topology.sections.get("data_types").and_then(Value::as_map);
    section
        .into_iter()
        .flatten()
        .map(|(name, data)| (name.clone(), types::own_schemas(data.get("properties"))))
        .collect()
}

/// The inputs of a deployment: given values over defaults, checked against their declarations.
///
/// Problems have the path `inputs.NAME`. The values are complete as far as they go: a deployment is made only when
/// there are no errors.
pub fn bind_inputs(topology: &Topology, given: &Map) -> (Map, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut bound = Map::new();
    let data = data_types(topology);
    let empty = Map::new();
    let declared = topology.sections.get("inputs").and_then(Value::as_map).unwrap_or(&empty);
    for (name, input) in &topology.inputs {
        let path = Path::of(["inputs", name]);
        let kind = input.type_name.as_deref();
        let value =
            match given.get(name).or_else(|| input.default.as_ref().filter(|default| !default.is_null())) {
                Some(value) => value.clone(),
                None => match from_data_type(kind, &data) {
                    Some(value) => value,
                    None if input.required => {
                        diagnostics.push(
                            Diagnostic::error(
                                "missing-input",
                                path,
                                format!("input `{name}` has no value and no default"),
                            )
                            .with_hint(format!("give it one: `-i {name}=VALUE`, or `inputs` in the manifest"))
                            .with_reference("MissingRequiredInputError", None),
                        );
                        continue;
                    }
                    None => {
                        bound.insert(name.clone(), Value::Null);
                        continue;
                    }
                },
            };
        if let Some(problem) = declared
            .get(name)
            .and_then(|declaration| constraints::violation(name, declaration, &value, &path))
        {
            diagnostics.push(problem);
        }
        let mut found = Diagnostics::new();
        let room = Room::new(0);
        let mut fitting = Fitting {
            data_types: &data,
            room: &room,
            diagnostics: &mut found,
            owner: format_args!("input `{name}`"),
            complete: true,
        };
        let value = fitting.value(&value, kind, None, &(&path).into());
        // At deployment all of them are one error of the input.
        diagnostics.extend(
            found.into_iter().map(|problem| problem.with_reference("DSLParsingException", Some(214))),
        );
        bound.insert(name.clone(), value);
    }
    for name in given.keys().filter(|name| !topology.inputs.contains_key(*name)) {
        let known = || topology.inputs.keys().map(String::as_str);
        let hint = closest(name, known()).map_or_else(
            || format!("inputs of the blueprint: {}", known().collect::<Vec<_>>().join(", ")),
            did_you_mean,
        );
        diagnostics.push(
            Diagnostic::error(
                "undeclared-input",
                Path::of(["inputs", name]),
                format!("the blueprint has no input `{name}`"),
            )
            .with_hint(hint)
            .with_reference("UnknownInputError", None),
        );
    }
    (bound, diagnostics)
}

/// What a data type's own defaults make of nothing, if they make anything.
fn from_data_type(kind: Option<&str>, data: &DataTypes) -> Option<Value> {
    let schemas = data.get(kind?)?;
    let mut problems = Diagnostics::new();
    let room = Room::new(0);
    let mut fitting = Fitting {
        data_types: data,
        room: &room,
        diagnostics: &mut problems,
        owner: format_args!(""),
        complete: true,
    };
    let nowhere = Path::root();
    let map = fitting.properties(&Map::new(), schemas, None, &(&nowhere).into());
    (problems.is_empty() && !map.is_empty()).then_some(Value::Map(map))
}
