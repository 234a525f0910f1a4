//! What an instance relates to, before and after: what is the same, what comes and what goes.
//!
//! A relationship is a position in [`Node::relationships`] and an instance; order means nothing here. Does not know
//! what is done about a difference.

use std::collections::HashSet;

use crate::check::Node;

/// Whether both lead to the same instances by the same relationships, in whatever order.
pub(super) fn same_ends(one: &[(usize, String)], other: &[(usize, String)]) -> bool {
    one == other || one.len() == other.len() && without(one, other).is_empty()
}

/// Those of `these` that are not among `others`.
pub(super) fn without(these: &[(usize, String)], others: &[(usize, String)]) -> Vec<(usize, String)> {
    let others: HashSet<&(usize, String)> = others.iter().collect();
    these.iter().filter(|it| !others.contains(it)).cloned().collect()
}

/// Whether both say the same of what contains the instance.
pub(super) fn same_container(node: &Node, one: &[(usize, String)], other: &[(usize, String)]) -> bool {
    let contained = |(index, _): &&(usize, String)| {
        let relationship = node.relationships.get(*index);
        relationship.is_some_and(|it| it.is_a("cloudify.relationships.contained_in"))
    };
    one.iter().find(contained) == other.iter().find(contained)
}
