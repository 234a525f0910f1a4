//! Editing text: fields with suggestions, what is typed in them and not yet taken, values as text.
//!
//! Owns how text is typed. What a finished text means to the project is an [`crate::edit::Edit`], made by whoever shows the
//! field.

mod drafts;
mod entry;
mod flow;
pub mod suggest;

pub use drafts::{Drafts, Made};
pub use entry::{Entry, entry_ui};
pub use flow::{flow, parse, parse_entry};
