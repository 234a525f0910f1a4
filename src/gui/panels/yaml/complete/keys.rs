//! Keys that may stand at the caret: those of the DSL, properties of types, interfaces and operations, functions.

use std::collections::BTreeSet;

use super::{Around, Idea, property_doc};
use crate::check::PropertyInfo;
use crate::dsl::{Holds, known_keys};
use crate::model::FUNCTIONS;

/// What a key of the DSL is for.
fn told(key: &str) -> &'static str {
    match key {
        "tosca_definitions_version" => "Which edition of the language the file is written in.",
        "imports" => "Files and plugins whose types are used here.",
        "inputs" => "What is asked for when it is deployed; read by get_input.",
        "node_types" => "Types of nodes that this file defines.",
        "relationships" => "What a node needs of others; at the top: types of relationships.",
        "node_templates" => "The nodes.",
        "outputs" => "What a deployment tells others, by name.",
        "capabilities" => "What other deployments may read by get_capability; of a node: how it scales.",
        "groups" => "Nodes that belong together.",
        "policies" => "How groups scale.",
        "data_types" => "Types of values with named parts.",
        "plugins" => "Programs that carry out operations.",
        "workflows" => "What can be run besides install and uninstall.",
        "labels" => "Labels of the deployment.",
        "dsl_definitions" => "A place for anchors that are used further below.",
        "type" => "Which type it is of.",
        "target" => "The node that is needed.",
        "derived_from" => "The type whose properties and operations it inherits.",
        "properties" => "What is known of it before anything runs.",
        "runtime_properties" => "What is known of it once it runs.",
        "interfaces" => "What it runs, and when.",
        "source_interfaces" => "What runs at the source when both are there.",
        "target_interfaces" => "What runs at the target when both are there.",
        "implementation" => "A script of the folder, or what a plugin runs.",
        "executor" => "Where it runs: beside this program, or on the node's host.",
        "max_retries" => "Tries after the first; -1 for ever.",
        "retry_interval" => "Seconds between tries.",
        "timeout" => "Seconds until it is given up.",
        "default" => "What it is if nothing is given.",
        "required" => "Whether a value has to be given.",
        "description" => "What it is for, in words.",
        "constraints" => "What the value must keep: in_range, valid_values, pattern …",
        "value" => "What is told.",
        "members" => "Nodes and groups that belong to it.",
        "targets" => "The groups that it is for.",
        "display_label" => "What a form calls it.",
        "hidden" => "Whether forms leave it out.",
        "item_type" => "Of what type each element of the list is.",
        "default_instances" => "How many there are at first.",
        "min_instances" => "Never fewer.",
        "max_instances" => "Never more; -1 without limit.",
        _ => "",
    }
}

/// All that fits, without the keys that stand beside already.
pub(super) fn keys(around: &Around<'_>) -> Vec<Idea> {
    let way = around.spot.keys();
    let mut found: Vec<Idea> = Vec::new();
    if let Some((properties, path)) = around.properties(&way) {
        let known = match path {
            [] => Some(properties),
            path => {
                let kind = around.schema(properties, path).and_then(|info| info.kind.as_deref());
                kind.and_then(|kind| around.board.library.data.get(kind)).map(|data| &data.properties)
            }
        };
        found.extend(known.into_iter().flatten().map(|(name, info)| property(around, name, info)));
        if around.spot.in_flow && !path.is_empty() {
            found.extend(functions(around, ""));
        }
    } else if let Some(names) = interfaces(around, &way) {
        found.extend(names);
    } else if let Some(known) = known_keys(&way) {
        let key = |it: crate::dsl::KnownKey| {
            let what = if it.required { "required key" } else { "key" };
            Idea { with: Some(opened(around, it.key, it.holds)), ..Idea::new(it.key, what, told(it.key)) }
        };
        found.extend(known.into_iter().map(key));
    } else if around.spot.in_flow {
        found.extend(functions(around, ""));
    }
    found.retain(|idea| !around.spot.beside.contains(&idea.text));
    found
}

/// A key with what it takes to write its value.
fn opened(around: &Around<'_>, key: &str, holds: Holds) -> String {
    let deeper = " ".repeat(around.spot.column + 2);
    match holds {
        Holds::Value | Holds::Truth => format!("{key}: "),
        _ if around.spot.in_flow => format!("{key}: "),
        Holds::Map => format!("{key}:\n{deeper}"),
        Holds::List => format!("{key}:\n{deeper}- "),
    }
}

fn property(around: &Around<'_>, name: &str, info: &PropertyInfo) -> Idea {
    let holds = match info.kind.as_deref() {
        Some("list") => Holds::List,
        Some("dict") => Holds::Map,
        Some(kind) if around.board.library.data.contains_key(kind) => Holds::Map,
        None if info.default.as_ref().is_some_and(|value| value.as_map().is_some()) => Holds::Map,
        _ => Holds::Value,
    };
    let what = if info.required { "required property" } else { "property" };
    Idea { with: Some(opened(around, name, holds)), ..Idea::new(name, what, property_doc(info)) }
}

/// Interfaces and operations of a node's type.
fn interfaces(around: &Around<'_>, way: &[&str]) -> Option<Vec<Idea>> {
    let (node, rest) = match way {
        ["node_templates", node, "interfaces", rest @ ..] if rest.len() < 2 => (*node, rest),
        _ => return None,
    };
    let kind = around.node_type(node)?;
    let operations = around.type_info(&kind)?.operations.iter().filter_map(|name| name.rsplit_once('.'));
    let (names, what, holds): (BTreeSet<&str>, _, _) = match rest {
        [interface] => {
            let own = operations.filter(|(of, _)| of == interface);
            (own.map(|(_, name)| name).collect(), "operation", Holds::Map)
        }
        _ => (operations.map(|(interface, _)| interface).collect(), "interface", Holds::Map),
    };
    let idea = |name| Idea { with: Some(opened(around, name, holds)), ..Idea::new(name, what, "") };
    Some(names.into_iter().map(idea).collect())
}

/// Functions, each ready for its arguments; `before` and its counterpart are written around it.
pub(super) fn functions(around: &Around<'_>, before: &str) -> Vec<Idea> {
    // A bracket that nothing closes on its line is closed with the function.
    let rest = around.text[around.spot.word.end..].lines().next().unwrap_or_default();
    let is_open = around.spot.typed == super::Typed::Key && around.spot.in_flow && rest.trim().is_empty();
    let idea = |name: &&str| {
        let list = matches!(*name, "concat" | "merge") || name.starts_with("string_");
        let (open, close) = if list { ("[ ", " ]") } else { ("", "") };
        let end = if before.is_empty() && !is_open { "" } else { " }" };
        Idea {
            with: Some(format!("{before}{name}: {open}{close}{end}")),
            back: close.len() + end.len(),
            ..Idea::new(*name, "function", crate::gui::panels::inspector::told_of_function(name))
        }
    };
    FUNCTIONS.iter().map(idea).collect()
}
