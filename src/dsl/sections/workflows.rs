//! Shape of workflows (DSL reference, "plugins, workflows, groups, policies, schedules").

use super::{BOOLEAN, LIST, Shape, TEXT, TEXTS, field, required, values};

static RULES: Shape = Shape::Fields(&[
    field("available", &BOOLEAN),
    field("node_instances_active", &LIST),
    field("node_types_required", &TEXTS),
]);

static WORKFLOW: Shape = Shape::Fields(&[
    required("mapping", &TEXT),
    field("parameters", &values::PARAMETERS),
    field("is_cascading", &BOOLEAN),
    field("availability_rules", &RULES),
]);
static FORMS: Shape = Shape::TextOr(&WORKFLOW);
static GIVEN: Shape = Shape::Given(&FORMS);

pub(super) static WORKFLOWS: Shape = Shape::Named(&GIVEN);
