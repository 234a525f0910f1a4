//! Shape of node templates (DSL reference, "node templates", "interfaces and operations").

use super::{BOOLEAN, INTEGER, Kind, MAP, NUMBER, Shape, TEXT, field, required};

static OPERATION: Shape = Shape::Fields(&[
    field("implementation", &TEXT),
    field("inputs", &MAP),
    field("executor", &TEXT),
    field("max_retries", &INTEGER),
    field("retry_interval", &NUMBER),
    field("timeout", &NUMBER),
    field("timeout_recoverable", &BOOLEAN),
]);
static OPERATION_FORMS: Shape = Shape::TextOr(&OPERATION);
static INTERFACE: Shape = Shape::Named(&OPERATION_FORMS);
static INTERFACES: Shape = Shape::Named(&INTERFACE);

static RELATIONSHIP: Shape = Shape::Fields(&[
    required("type", &TEXT),
    required("target", &TEXT),
    field("properties", &MAP),
    field("source_interfaces", &INTERFACES),
    field("target_interfaces", &INTERFACES),
]);
static GIVEN_RELATIONSHIP: Shape = Shape::Given(&RELATIONSHIP);
static RELATIONSHIPS: Shape = Shape::Each(&GIVEN_RELATIONSHIP);

static INSTANCES: Shape = Shape::Fields(&[required("deploy", &INTEGER)]);

static COUNT: Shape = Shape::Leaf(&[Kind::Integer, Kind::Map]);
static LIMIT: Shape = Shape::Leaf(&[Kind::Integer, Kind::Text, Kind::Map]);

/// Counts of a node or scaling group.
pub(super) static SCALABLE: Shape = Shape::Fields(&[
    field("min_instances", &COUNT),
    field("max_instances", &LIMIT),
    field("default_instances", &COUNT),
]);
static SCALABLE_CAPABILITY: Shape = Shape::Fields(&[field("properties", &SCALABLE)]);
static CAPABILITIES: Shape = Shape::Fields(&[field("scalable", &SCALABLE_CAPABILITY)]);

static NODE_TEMPLATE: Shape = Shape::Fields(&[
    required("type", &TEXT),
    field("instances", &INSTANCES),
    field("capabilities", &CAPABILITIES),
    field("interfaces", &INTERFACES),
    field("relationships", &RELATIONSHIPS),
    field("properties", &MAP),
]);
static GIVEN_NODE: Shape = Shape::Given(&NODE_TEMPLATE);

pub(super) static NODE_TEMPLATES: Shape = Shape::Named(&GIVEN_NODE);
