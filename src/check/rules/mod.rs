//! Rules that judge the blueprint as a whole, one a file; each tells its findings with a code of its own.

mod counts;
mod keys;
mod labels;
mod networks;
mod operations;
pub(super) mod plugins;
pub(super) mod schedules;
mod shadows;
pub(super) mod texts;
mod unused;
pub(super) mod version;
mod workflows;

use super::Checker;
use super::topology::Topology;

/// Applies every rule that needs the resolved topology or no order.
pub(super) fn run(cx: &mut Checker<'_>, topology: &Topology) {
    operations::check(cx);
    workflows::check(cx);
    labels::check(cx);
    schedules::check(cx);
    unused::check(cx, topology);
    networks::check(cx, topology);
    counts::check(cx);
    keys::check(cx, topology);
    shadows::check(cx);
}
