//! What a plan's targets say of it before it is run, as far as that is seen without reaching them.
//!
//! Whether they answer is asked by the engine, right before it begins.

use std::collections::HashSet;

use crate::check::Topology;
use crate::diag::{Diagnostic, Diagnostics, Path};
use crate::engine::Providers;
use crate::plan::{Plan, Work};

/// Problems of the nodes that `plan` works on, each looked at by the provider that is to do it; of a target that can't be
/// used at all once, at the first of its nodes.
pub(super) fn problems(plan: &Plan, topology: &Topology, providers: &dyn Providers) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut seen = HashSet::new();
    for operation in plan.operations.iter().filter(|operation| operation.work != Work::Nothing) {
        // What an earlier blueprint made is taken down as that one said.
        let Some(node) = topology.nodes.get(&operation.node).filter(|_| operation.edition.is_none()) else {
            continue;
        };
        let door = (operation.platform, operation.target.clone());
        let provider = providers.provider(operation.platform, &operation.target);
        let usable = provider.and_then(|provider| provider.known().map(|()| provider));
        match usable {
            Ok(provider) => {
                if seen.insert((door, Some(node.name.clone()))) {
                    found.extend(provider.check(node));
                }
            }
            Err(error) => {
                if seen.insert((door, None)) {
                    let message = format!("target `{}`: {}", operation.target, error.message);
                    let path = Path::of(["node_templates", &node.name]);
                    let diagnostic = Diagnostic::error("unusable-target", path, message);
                    found.push(match error.hint {
                        Some(hint) => diagnostic.with_hint(hint),
                        None => diagnostic,
                    });
                }
            }
        }
    }
    found
}
