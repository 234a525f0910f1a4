//! The application without a face: a project, what follows from it, the engine and the states of its deployments.
//!
//! Front ends look at a [`Session`], ask it to deploy and let it work off what has happened. Knows neither windows nor
//! terminals.

pub mod archive;
mod changes;
mod clerk;
mod desk;
mod difference;
mod editing;
pub mod export;
pub mod files;
mod following;
mod heal;
pub mod importing;
mod imports;
pub mod inside;
mod interrupt;
mod jobs;
mod keeping;
mod lane;
pub mod manifests;
pub mod picture;
pub mod project;
mod recall;
pub mod recent;
mod recovery;
mod refusal;
mod resources;
mod rollout;
mod session;
mod targets;
pub mod templates;
mod texts;
mod watch;

pub use crate::providers::rehearsal::Rehearsing;
pub use changes::{FileChange, StepView};
pub use clerk::SaveError;
pub use difference::{Base, Comparing, Difference, LaneDifference, NodeChange};
pub use following::Clash;
pub use interrupt::on_interrupt;
pub use keeping::Copy;
pub use lane::Lane;
pub use project::{OpenError, OpenProject, Overrides};
pub use recovery::{Found, Recovered};
pub use refusal::{Refusal, SessionError};
pub use rollout::{Rollout, RolloutEnd};
pub use session::{Planned, Session, Settings};
pub use texts::FileText;
