//! The window: a [`crate::session::Session`] on a screen.
//!
//! What draws reads a `Board` and queues `Wish`es; only `App::logic` changes anything. Knows nothing of the command line.

mod app;
mod arranging;
mod ask;
mod board;
mod bringing;
mod camera;
mod canvas;
mod clipboard;
mod cloning;
mod command;
mod comparing;
mod connecting;
mod containing;
mod creating;
mod deeds;
mod dialogs;
mod editing;
mod editor;
mod elsewhere;
mod entering;
mod filling;
mod flying;
mod forces;
mod freshness;
mod grouping;
mod icons;
mod laning;
mod panels;
mod preferences;
mod quick_add;
mod rereading;
mod rewiring;
mod safety;
mod shaping;
mod sharing;
mod status;
mod telling;
mod theme;
mod typing;
mod values;
mod view;
mod walking;
mod wish;

pub use app::{App, Options, StartError, run};
pub use elsewhere::{FilePicker, Picking, Purpose};
pub use preferences::Preferences;
