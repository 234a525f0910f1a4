//! Shapes of node types, relationships and data types (DSL reference, "properties, types, data types").

use super::{ANYTHING, BOOLEAN, INTEGER, NUMBER, Shape, TEXT, field, values};

static PROPERTY: Shape = Shape::Fields(&[
    field("required", &BOOLEAN),
    field("default", &ANYTHING),
    field("description", &TEXT),
    field("type", &TEXT),
]);

/// Schemas of properties.
pub(super) static PROPERTIES: Shape = Shape::Named(&PROPERTY);

static OPERATION: Shape = Shape::Fields(&[
    field("implementation", &TEXT),
    field("inputs", &values::INPUTS),
    field("executor", &TEXT),
    field("max_retries", &INTEGER),
    field("retry_interval", &NUMBER),
    field("timeout", &NUMBER),
    field("timeout_recoverable", &BOOLEAN),
]);
static OPERATION_FORMS: Shape = Shape::TextOr(&OPERATION);
static INTERFACE: Shape = Shape::Named(&OPERATION_FORMS);
static INTERFACES: Shape = Shape::Named(&INTERFACE);

static NODE_TYPE: Shape = Shape::Fields(&[
    field("derived_from", &TEXT),
    field("interfaces", &INTERFACES),
    field("properties", &PROPERTIES),
    field("runtime_properties", &PROPERTIES),
]);

pub(super) static NODE_TYPES: Shape = Shape::Named(&NODE_TYPE);

static RELATIONSHIP: Shape = Shape::Fields(&[
    field("derived_from", &TEXT),
    field("properties", &PROPERTIES),
    field("source_interfaces", &INTERFACES),
    field("target_interfaces", &INTERFACES),
]);

pub(super) static RELATIONSHIPS: Shape = Shape::Named(&RELATIONSHIP);

static DATA_TYPE: Shape = Shape::Fields(&[
    field("properties", &PROPERTIES),
    field("description", &TEXT),
    field("derived_from", &TEXT),
    field("version", &TEXT),
]);

pub(super) static DATA_TYPES: Shape = Shape::Named(&DATA_TYPE);
