//! [`Request`]: what a plan is made from: a goal, a blueprint with all that belongs to it, and what exists.
//!
//! Does not know how the goal is reached.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{Goal, Scaled, State};
use crate::check::{Instance, Topology};
use crate::model::{Map, Platform, TargetSpec};

/// A blueprint with all that decides what its operations do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edition {
    /// The resolved blueprint.
    pub topology: Arc<Topology>,
    /// Inputs as given; a topology's defaults count where one is not.
    pub inputs: Map,
    /// Fingerprint of each file beside the blueprint that operations may use, by its relative path.
    pub files: IndexMap<String, String>,
    /// How many of a node or scaling group were asked for, where that is not what the blueprint says. No part of what
    /// operations do.
    pub scaled: IndexMap<String, Scaled>,
}

/// What [`super::plan()`] is asked.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What is to be reached.
    pub goal: Goal,
    /// The deployment.
    pub deployment: &'a str,
    /// The blueprint as it is now. To undeploy or heal, the one that was deployed.
    pub edition: &'a Edition,
    /// Its instances, those that exist under the ids that they have in `state`. Unused to undeploy.
    pub instances: &'a [Instance],
    /// Where each platform's operations run; a platform without a target is rehearsed.
    pub targets: &'a IndexMap<Platform, TargetSpec>,
    /// What exists.
    pub state: &'a State,
    /// To heal: nodes or instances that are put right however they look; none for all that are not well.
    pub only: &'a [String],
    /// The blueprints that existing instances were made from, by [`super::InstanceRecord::execution`]. They are taken apart
    /// as these say; `edition` stands in for one that is missing.
    pub made_from: &'a IndexMap<String, Arc<Edition>>,
}
