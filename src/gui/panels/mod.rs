//! What stands around the canvas: bars, outline, inspector, and the tabs below.

mod bottom;
mod events;
mod inspector;
mod left;
mod map;
mod outline;
mod outputs;
mod plan;
mod problems;
mod status_bar;
mod top_bar;
mod types;
mod yaml;

pub use bottom::{Tabs, bottom_ui};
pub use inspector::inspector_ui;
pub use left::left_ui;
pub use problems::go_to;
pub use status_bar::status_bar_ui;
pub use top_bar::top_bar_ui;
