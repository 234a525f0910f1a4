//! Addresses, places and messages: how a problem is told to a person.
//!
//! Owns [`Path`], [`Span`], [`Source`] and [`Diagnostic`]. Knows nothing about blueprints: what is *wrong* is
//! decided elsewhere, here is only how it is said, where it points and how it prints.

mod counted;
mod diagnostic;
mod mark;
mod path;
mod render;
mod source;
mod suggest;
mod trail;

pub use counted::counted;
pub use diagnostic::{Code, Diagnostic, Diagnostics, Fix, Reference, Related, Severity};
pub use mark::{Inside, Mark, Marks};
pub use path::{ParsePathError, Path, Segment};
pub use render::{escape, escape_json, is_deceptive, render};
pub use source::{Place, Source, SourceMap, Span};
pub use suggest::{closest, did_you_mean, meant};
pub use trail::Trail;
