//! What to do: from a goal, a topology and what exists, the operations that get there.
//!
//! Owns [`Plan`] (a DAG of [`Operation`]s, each with its cause) and [`State`] (what exists). Pure: a plan leaves
//! no decision open, and the executor takes none. Does not know how a platform is reached.

mod change;
mod instances;
mod lifecycle;
mod operation;
mod planner;
mod sight;
mod state;

pub use change::{fingerprint, foreign_deployments};
pub use instances::expand;
pub use operation::{
    Goal, Operation, OperationId, Plan, PlanSummary, PlannedInstance, Retry, Side, Work, short_operation_name,
};
pub use planner::{Edition, Request, plan};
pub use sight::instance_view;
pub use state::{
    DeploymentStatus, Execution, Health, InstanceRecord, InstanceState, OperationRecord, OperationState,
    State,
};
