//! Shapes of inputs, outputs and capabilities (DSL reference, "inputs").

use super::{ANYTHING, BOOLEAN, INTEGER, MAP, Shape, TEXT, field, required};

static GIVEN_CONSTRAINT: Shape = Shape::GivenOr("TypeError", &MAP);
static CONSTRAINTS: Shape = Shape::Each(&GIVEN_CONSTRAINT);
static DISPLAY: Shape = Shape::Fields(&[field("rows", &INTEGER)]);

/// A parameter with all that an input may say.
static INPUT: Shape = Shape::Fields(&[
    field("required", &BOOLEAN),
    field("default", &ANYTHING),
    field("description", &TEXT),
    field("type", &TEXT),
    field("item_type", &TEXT),
    field("constraints", &CONSTRAINTS),
    field("display_label", &TEXT),
    field("hidden", &BOOLEAN),
    field("display", &DISPLAY),
]);

/// Inputs of a blueprint, and of an operation of a type.
pub(super) static INPUTS: Shape = Shape::Named(&INPUT);

/// A parameter of a workflow.
static PARAMETER: Shape = Shape::Fields(&[
    field("required", &BOOLEAN),
    field("default", &ANYTHING),
    field("description", &TEXT),
    field("type", &TEXT),
    field("item_type", &TEXT),
    field("constraints", &CONSTRAINTS),
]);

pub(super) static PARAMETERS: Shape = Shape::Named(&PARAMETER);

static OUTPUT: Shape = Shape::Fields(&[field("description", &TEXT), required("value", &ANYTHING)]);

pub(super) static OUTPUTS: Shape = Shape::Named(&OUTPUT);
