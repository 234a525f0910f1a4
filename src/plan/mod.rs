//! What to do: from a goal, a topology and what exists, the operations that get there.
//!
//! Owns [`Plan`] (a DAG of [`Operation`]s, each with its cause) and [`State`] (what exists). Pure: a plan leaves
//! no decision open, and the executor takes none. Does not know how a platform is reached.

mod change;
mod existing;
mod instances;
mod lifecycle;
mod modification;
mod neighbours;
mod operation;
mod planner;
mod request;
mod scale;
mod sight;
mod state;

pub use change::{changed_parts, fingerprint, foreign_deployments};
pub use instances::{expand, modify};
pub use modification::{Modification, Modified};
pub use operation::{
    Goal, Operation, OperationId, Plan, PlanSummary, PlannedInstance, Retry, Side, Work, short_operation_name,
};
pub use planner::plan;
pub use request::{Edition, Request};
pub use scale::{
    Amount, ScaleError, Scaled, ScaledCounts, Scaling, Scalings, Wanted, scale, still_scaled, wanted,
};
pub use sight::instance_view;
pub use state::{
    DeploymentStatus, Execution, Health, InstanceRecord, InstanceState, OperationRecord, OperationState,
    State,
};
