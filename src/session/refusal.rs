//! Why a session can't begin, or does not begin what it is asked.

use crate::diag::Diagnostics;
use crate::engine::{self, StoreError};
use crate::plan::ScaleError;

use super::files::FileProblem;

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The store can't be used.
    #[error("{0}\n  hint: {hint}", hint = .0.hint())]
    Store(#[from] StoreError),
    /// There is no user's data folder.
    #[error("no folder for the store is known\n  hint: name one with `--data-dir` or GANTRY_DATA_DIR")]
    NoDataFolder,
}

/// Why something does not begin. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The blueprint has errors, or can't be planned.
    #[error("the blueprint of `{lane}` has problems: {first}")]
    Problems {
        /// Which lane.
        lane: String,
        /// The first error.
        first: String,
        /// All of them.
        diagnostics: Diagnostics,
    },
    /// Others use its values.
    #[error("`{deployment}` is used by {}", .dependents.join(", "))]
    Needed {
        /// What was to go.
        deployment: String,
        /// Deployments that use it.
        dependents: Vec<String>,
    },
    /// There can't be so many instances.
    #[error("{error} (lane `{lane}`)")]
    Scale {
        /// Which lane.
        lane: String,
        /// Why.
        error: ScaleError,
    },
    /// Something runs already.
    #[error("{0} is running already")]
    Running(String),
    /// The engine refused.
    #[error("`{deployment}`: {refusal}")]
    Engine {
        /// For which deployment.
        deployment: String,
        /// Why.
        refusal: engine::Refusal,
    },
    /// A file of the blueprint can't be read.
    #[error(transparent)]
    File(#[from] FileProblem),
    /// The store can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    /// Refuses `lane` if there is an error among `diagnostics`.
    pub(super) fn of(lane: &str, diagnostics: Diagnostics) -> Result<(), Self> {
        let Some(first) = diagnostics.first_error().map(|first| first.message.clone()) else { return Ok(()) };
        Err(Self::Problems { lane: lane.to_owned(), first, diagnostics })
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Problems { diagnostics, .. } => diagnostics.iter().find_map(|it| it.hints.first().cloned()),
            Self::Needed { dependents, .. } => {
                Some(format!("undeploy {} first, or force it", dependents.join(", ")))
            }
            Self::Scale { error, .. } => error.hint(),
            Self::Running(_) => Some("wait until it ends, or cancel it".to_owned()),
            Self::Engine { refusal, .. } => Some(refusal.hint()),
            Self::File(_) => None,
            Self::Store(error) => Some(error.hint()),
        }
    }
}
