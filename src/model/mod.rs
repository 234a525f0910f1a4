//! Plain values: what the text of a project says, before anything is judged.
//!
//! Owns [`Value`], [`Blueprint`] (what the text says), [`Layout`] (where things stand on the canvas) and [`Manifest`] (`gantry.yaml`). Does not
//! read or write text (`dsl`) and does not know types or rules (`check`).

mod blueprint;
mod diff;
mod json;
mod layout;
mod manifest;
mod value;

pub use blueprint::Blueprint;
pub use diff::{diff, same};
pub use json::pretty;
pub use layout::{Frame, Layout, Made, Point, Shared};
pub use manifest::{Lane, Manifest, Platform, TargetSpec, UnknownTarget};
pub use value::{Call, FUNCTIONS, Map, Value};
