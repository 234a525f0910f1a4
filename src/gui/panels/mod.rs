//! What stands around the canvas: bars, outline, inspector, and the tabs below.

mod bottom;
mod changes;
mod events;
mod inspector;
mod left;
mod map;
mod node_menu;
pub(super) mod outline;
mod outputs;
mod plan;
mod problems;
mod status_bar;
mod tabs;
mod top_bar;
mod types;
mod yaml;

pub use bottom::{Tabs, bottom_ui};
pub use inspector::{Forms, inspector_ui};
pub use left::left_ui;
pub use node_menu::{Inspection, NodeDeed, inspection_ui, node_menu};
pub use problems::go_to;
pub use status_bar::status_bar_ui;
pub use top_bar::top_bar_ui;
pub use yaml::{Pressed, Texts, file_in, file_of, stale_ui};
