//! Namespaces of imports: `NS--file.yaml` prefixes every name that the file defines and every reference to one.
//!
//! Names that begin with `cloudify.` and primitive type names keep their name (DSL reference, "imports and
//! namespaces"). Works on a file's sections before they are merged.

use crate::diag::{Inside, Mark};
use crate::model::{Map, Value};

/// What stands between a namespace and a name.
pub(crate) const DELIMITER: &str = "--";

/// Types that every blueprint knows without defining them.
pub(crate) const PRIMITIVES: &[&str] = &[
    "string",
    "integer",
    "float",
    "boolean",
    "list",
    "dict",
    "regex",
    "textarea",
    "blueprint_id",
    "deployment_id",
    "capability_value",
    "scaling_group",
    "node_id",
    "node_type",
    "node_instance",
    "secret_key",
    "operation_name",
];

/// Prefixes all names and references of a file's sections.
pub(super) fn apply(namespace: &str, sections: &mut Map, mark: &mut Mark) {
    let scope = Scope { namespace };
    for (section, value) in sections.iter_mut() {
        if !matches!(value, Value::Map(_)) {
            continue;
        }
        match section.as_str() {
            "dsl_definitions" | "imports" => continue,
            _ => {}
        }
        scope.section(section, value);
        if let Some(mark) = mark.get_mut(section) {
            scope.rename_marks(mark);
        }
    }
}

struct Scope<'a> {
    namespace: &'a str,
}

impl Scope<'_> {
    fn prefixed(&self, name: &str) -> String {
        if name.starts_with("cloudify.") {
            name.to_owned()
        } else {
            format!("{}{DELIMITER}{name}", self.namespace)
        }
    }

    fn rename_marks(&self, mark: &mut Mark) {
        if let Inside::Map(map) = std::mem::take(&mut mark.inside) {
            mark.inside = Inside::Map(
                map.into_iter().map(|(name, inner)| (self.prefixed(&name).into(), inner)).collect(),
            );
        }
    }

    fn rename(&self, value: &mut Value) {
        if let Value::Map(map) = value {
            *map =
                std::mem::take(map).into_iter().map(|(name, inner)| (self.prefixed(&name), inner)).collect();
        }
    }

    /// A reference to a name of the file.
    fn reference(&self, value: &mut Value) {
        if let Value::String(text) = value
            && !text.is_empty()
            && !PRIMITIVES.contains(&text.as_str())
        {
            *text = self.prefixed(text);
        }
    }

    fn references(&self, value: &mut Value) {
        if let Value::List(list) = value {
            list.iter_mut().for_each(|item| self.reference(item));
        }
    }

    fn section(&self, section: &str, value: &mut Value) {
        each(value, |entity| match section {
            "inputs" => self.schema(entity),
            "node_types" => {
                field(entity, "derived_from", |parent| self.reference(parent));
                field(entity, "properties", |schemas| each(schemas, |schema| self.schema(schema)));
                field(entity, "interfaces", |interfaces| self.interfaces(interfaces, true));
            }
            "relationships" => {
                field(entity, "derived_from", |parent| self.reference(parent));
                field(entity, "properties", |schemas| each(schemas, |schema| self.schema(schema)));
                for side in ["source_interfaces", "target_interfaces"] {
                    field(entity, side, |interfaces| self.interfaces(interfaces, true));
                }
            }
            "data_types" => {
                field(entity, "derived_from", |parent| self.reference(parent));
                field(entity, "properties", |schemas| each(schemas, |schema| self.schema(schema)));
            }
            "node_templates" => self.node(entity),
            "workflows" => {
                self.reference(entity);
                field(entity, "mapping", |mapping| self.reference(mapping));
                field(entity, "parameters", |schemas| each(schemas, |schema| self.schema(schema)));
            }
            "groups" => self.group(entity),
            "policies" => {
                field(entity, "properties", |counts| self.functions(counts));
                field(entity, "targets", |targets| self.references(targets));
            }
            "policy_types" => {
                field(entity, "properties", |schemas| each(schemas, |schema| self.schema(schema)));
            }
            "policy_triggers" => {
                field(entity, "parameters", |schemas| each(schemas, |schema| self.schema(schema)));
            }
            "outputs" | "capabilities" => field(entity, "value", |output| {
                self.reference(output);
                self.unless_list(output);
            }),
            "resource_tags" => self.reference(entity),
            _ => {}
        });
        self.rename(value);
    }

    fn schema(&self, schema: &mut Value) {
        field(schema, "type", |name| self.reference(name));
        field(schema, "default", |default| self.unless_list(default));
    }

    /// The functions of a value; those of a list stay as they are, as the reference parser has it.
    fn unless_list(&self, value: &mut Value) {
        if value.as_list().is_none() {
            self.functions(value);
        }
    }

    fn node(&self, node: &mut Value) {
        field(node, "type", |name| self.reference(name));
        field(node, "properties", |properties| self.functions(properties));
        field(node, "capabilities", |capabilities| self.functions(capabilities));
        field(node, "interfaces", |interfaces| self.interfaces(interfaces, false));
        field(node, "relationships", |relationships| {
            if let Value::List(list) = relationships {
                for relationship in list {
                    field(relationship, "type", |name| self.reference(name));
                    field(relationship, "target", |name| self.reference(name));
                    field(relationship, "properties", |properties| self.functions(properties));
                    for side in ["source_interfaces", "target_interfaces"] {
                        field(relationship, side, |interfaces| self.interfaces(interfaces, false));
                    }
                }
            }
        });
    }

    fn group(&self, group: &mut Value) {
        field(group, "members", |members| self.references(members));
        field(group, "policies", |policies| {
            each(policies, |policy| {
                field(policy, "type", |name| self.reference(name));
                field(policy, "properties", |properties| self.functions(properties));
                field(policy, "triggers", |triggers| {
                    each(triggers, |trigger| {
                        field(trigger, "type", |name| self.reference(name));
                        field(trigger, "parameters", |parameters| self.functions(parameters));
                    });
                });
            });
        });
    }

    fn interfaces(&self, interfaces: &mut Value, schemas: bool) {
        each(interfaces, |interface| {
            each(interface, |operation| {
                self.reference(operation);
                field(operation, "implementation", |implementation| self.reference(implementation));
                field(operation, "inputs", |inputs| {
                    if schemas {
                        each(inputs, |schema| self.schema(schema));
                    } else {
                        self.functions(inputs);
                    }
                });
            });
        });
    }

    /// The functions that name inputs and nodes of the file, at any depth.
    fn functions(&self, value: &mut Value) {
        match value {
            Value::List(list) => list.iter_mut().for_each(|item| self.functions(item)),
            Value::Map(map) => {
                for (key, inner) in map.iter_mut() {
                    match (key.as_str(), &mut *inner) {
                        ("get_input", Value::String(name)) => *name = self.prefixed(name),
                        ("get_input", Value::List(list)) => {
                            if let Some(Value::String(name)) = list.first_mut() {
                                *name = self.prefixed(name);
                            }
                        }
                        ("get_property" | "get_attribute", Value::List(list)) => {
                            if let Some(Value::String(name)) = list.first_mut()
                                && !matches!(name.as_str(), "SELF" | "SOURCE" | "TARGET")
                            {
                                *name = self.prefixed(name);
                            }
                        }
                        _ => {}
                    }
                    self.functions(inner);
                }
            }
            _ => {}
        }
    }
}

fn each(value: &mut Value, change: impl FnMut(&mut Value)) {
    if let Value::Map(map) = value {
        map.values_mut().for_each(change);
    }
}

fn field(value: &mut Value, key: &str, change: impl FnOnce(&mut Value)) {
    if let Value::Map(map) = value
        && let Some(inner) = map.get_mut(key)
    {
        change(inner);
    }
}
