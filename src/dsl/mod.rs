//! Text ⇄ model: reading blueprints, layouts and manifests, and writing YAML.
//!
//! Reading never fails: what can't be understood becomes a diagnostic with its place, and the rest is read on.
//! Other files are reached only through [`Files`]; this layer touches no disk. Does not know what a name means:
//! types, references and rules are the business of [`crate::check`].

mod files;
mod imports;
mod islands;
pub mod layout;
pub mod manifest;
mod memory;
mod merge;
mod namespace;
pub mod patch;
mod read;
mod recent;
mod scalar;
mod sections;
mod tree;
mod writer;
mod yaml;

pub use files::{FileError, Files, NoFiles, edition_of};
pub(crate) use namespace::{DELIMITER, PRIMITIVES};
pub use read::{Reading, read, read_edited, read_edited_value, read_value};
pub use sections::{Holds, KnownKey, known_keys, known_value};
pub use writer::write;
