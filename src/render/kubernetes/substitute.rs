//! Substitutions in overrides: `@{node,property,…}` and `%{deployment.id}` (Kubernetes plugin of the article's time).
//!
//! Owns the grammar. What nodes have is asked from a [`Surroundings`]; does not know deployments or state.

use super::{RenderError, Surroundings};
use crate::model::{Map, Value};

/// Substituted text may hold further substitutions, this many times.
const MAX_ROUNDS: usize = 16;

/// Replaces every substitution in `text`. Unknown nodes and malformed patterns are errors.
pub fn substitute(text: &str, around: &dyn Surroundings) -> Result<String, RenderError> {
    let mut text = text.to_owned();
    for _ in 0..MAX_ROUNDS {
        let Some((start, sigil)) = next(&text) else { return Ok(text) };
        let rest = text.get(start + 2..).unwrap_or_default();
        let Some(length) = rest.find('}') else {
            return Err(RenderError::new(
                format!("`{}` has no closing brace", text.get(start..).unwrap_or_default()),
                "substitutions look like `@{node,property}` or `%{deployment.id}`",
            ));
        };
        let inner = rest.get(..length).unwrap_or_default();
        let value = if sigil == '@' { attribute(inner, around)? } else { context(inner, around)? };
        text.replace_range(start..=start + 2 + length, &value);
    }
    match next(&text) {
        None => Ok(text),
        Some(_) => Err(RenderError::new(
            "a substitution gives a text that holds another one, without end",
            "look at the runtime properties that it reads",
        )),
    }
}

/// Where the next substitution begins, and which it is.
fn next(text: &str) -> Option<(usize, char)> {
    text.char_indices()
        .filter(|(_, character)| matches!(character, '@' | '%'))
        .find(|(at, _)| text.get(at + 1..).is_some_and(|rest| rest.starts_with('{')))
}

/// `node,property,…`: a runtime property of the node's first instance, else its property.
fn attribute(inner: &str, around: &dyn Surroundings) -> Result<String, RenderError> {
    let words: Vec<&str> = inner.split(',').map(str::trim).collect();
    if let ["get_service", node, field] = words.as_slice() {
        return service(node, field, around);
    }
    let [node, path @ ..] = words.as_slice() else { return Err(malformed(inner)) };
    if path.is_empty() || words.iter().any(|word| word.is_empty()) {
        return Err(malformed(inner));
    }
    let (properties, runtime) = around.node(node).ok_or_else(|| unknown_node(node))?;
    descend(&runtime, path).or_else(|| descend(&properties, path)).map(as_text).ok_or_else(|| {
        RenderError::new(
            format!("`{node}` has no property `{}`", path.join(".")),
            "runtime properties exist once the node has started: relate this node to it",
        )
    })
}

/// `get_service,node,clusterIP|port` of the service that a microservice made.
fn service(node: &str, field: &str, around: &dyn Surroundings) -> Result<String, RenderError> {
    let (_, runtime) = around.node(node).ok_or_else(|| unknown_node(node))?;
    let found = match field {
        "port" => runtime
            .get("service")
            .and_then(|service| service.get("ports"))
            .and_then(Value::as_list)
            .and_then(|ports| ports.first())
            .and_then(|port| port.get("port")),
        _ => runtime.get("service").and_then(|service| service.get(field)),
    };
    found.map(as_text).ok_or_else(|| {
        RenderError::new(
            format!("`{node}` has no service with `{field}`"),
            "`clusterIP` and `port` are known once the node has started: relate this node to it",
        )
    })
}

/// `deployment.id`, `node.id`, `node.name`, `instance.id`.
fn context(inner: &str, around: &dyn Surroundings) -> Result<String, RenderError> {
    around.context(inner.trim()).ok_or_else(|| {
        RenderError::new(
            format!("`%{{{inner}}}` is not known"),
            "there are `%{deployment.id}`, `%{node.id}`, `%{node.name}` and `%{instance.id}`",
        )
    })
}

fn descend<'a>(map: &'a Map, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(map.get(first)?, |at, key| match at {
        Value::List(list) => list.get(key.parse::<usize>().ok()?),
        other => other.get(key),
    })
}

fn as_text(value: &Value) -> String {
    match value {
        Value::List(_) | Value::Map(_) => value.to_json().to_string(),
        other => other.to_string(),
    }
}

fn malformed(inner: &str) -> RenderError {
    RenderError::new(
        format!("`@{{{inner}}}` is malformed"),
        "it names a node and a property: `@{node,property}`",
    )
}

fn unknown_node(node: &str) -> RenderError {
    RenderError::new(format!("there is no node `{node}`"), "substitutions name a node of the same blueprint")
}

#[cfg(test)]
mod tests {
    use super::super::tests::Around;
    use super::*;

    #[test]
    fn nodes_and_context_are_substituted_again_and_again() {
        let around = Around::new(serde_json::json!({
            "db": {"ip": "10.0.0.1", "info": {"ports": [5432]}, "nested": "@{db,ip}", "loop": "@{db,loop}",
                   "service": {"clusterIP": "10.96.0.9", "ports": [{"port": 80}]}}
        }));
        for (text, expected) in [
            ("x=@{db,ip}:@{db,info,ports,0} %{deployment.id}", "x=10.0.0.1:5432 test"),
            ("@{db,nested}", "10.0.0.1"),
            ("@{get_service,db,clusterIP}:@{get_service,db,port}", "10.96.0.9:80"),
            ("100% of a@b", "100% of a@b"),
        ] {
            assert_eq!(substitute(text, &around).unwrap(), expected);
        }
        for text in ["@{db}", "@{db,}", "@{other,ip}", "@{db,nothing}", "%{secret}", "@{db,ip", "@{db,loop}"]
        {
            assert!(substitute(text, &around).is_err(), "{text}");
        }
    }
}
