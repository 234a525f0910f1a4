//! Which keys the DSL knows at a place, for editors: the same table that blueprints are checked by.

use super::{BLUEPRINT, Kind, Shape};

/// A key that may stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownKey {
    /// The key.
    pub key: &'static str,
    /// Whether it has to be there.
    pub required: bool,
    /// What its value is.
    pub holds: Holds,
}

/// What stands behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Something on one line, or anything.
    Value,
    /// True or false.
    Truth,
    /// A map.
    Map,
    /// A list.
    List,
}

/// The keys of the map at a place, given as the keys to it with anything for an element of a list; none where the DSL does
/// not say which.
pub fn known_keys(at: &[&str]) -> Option<Vec<KnownKey>> {
    let Shape::Fields(fields) = shape(at)? else { return None };
    let known = fields.iter().map(|field| KnownKey {
        key: field.key,
        required: field.required,
        holds: holds(field.shape),
    });
    Some(known.collect())
}

/// What the value at a place is; none where the DSL does not say.
pub fn known_value(at: &[&str]) -> Option<Holds> {
    shape(at).map(holds)
}

fn shape(at: &[&str]) -> Option<&'static Shape> {
    at.iter().try_fold(inner(&BLUEPRINT), |shape, step| {
        let next = match shape {
            Shape::Fields(fields) => fields.iter().find(|field| field.key == *step)?.shape,
            Shape::Named(next) | Shape::Each(next) => next,
            _ => return None,
        };
        Some(inner(next))
    })
}

/// Without what does not matter to what stands in it.
fn inner(shape: &'static Shape) -> &'static Shape {
    match shape {
        Shape::TextOr(other) | Shape::Given(other) | Shape::GivenOr(_, other) => inner(other),
        shape => shape,
    }
}

fn holds(shape: &'static Shape) -> Holds {
    match shape {
        Shape::Leaf([Kind::Boolean]) => Holds::Truth,
        Shape::Leaf([Kind::Map]) | Shape::Fields(_) | Shape::Named(_) => Holds::Map,
        Shape::Leaf([Kind::List]) | Shape::Each(_) => Holds::List,
        // An operation is most often one line.
        Shape::Leaf(_) | Shape::TextOr(_) => Holds::Value,
        Shape::Given(other) | Shape::GivenOr(_, other) => holds(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_at_their_place() {
        let keys = |at: &[&str]| -> Vec<&str> {
            known_keys(at).unwrap_or_default().into_iter().map(|known| known.key).collect()
        };
        assert!(keys(&[]).contains(&"node_templates"));
        assert_eq!(keys(&["outputs", "info"]), ["description", "value"]);
        let relationship = keys(&["node_templates", "web", "relationships", "*"]);
        assert_eq!(relationship[..2], ["type", "target"]);
        let operation = ["node_templates", "web", "interfaces", "i", "create"];
        assert!(keys(&operation).contains(&"implementation"));
        assert!(keys(&["node_templates", "web", "properties"]).is_empty());
        assert_eq!(known_value(&["inputs", "port", "required"]), Some(Holds::Truth));
    }
}
