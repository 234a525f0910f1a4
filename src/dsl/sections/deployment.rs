//! Shapes of labels, tags and deployment settings with their schedules.

use super::{ANYTHING, BOOLEAN, INTEGER, Kind, LIST, MAP, Shape, TEXT, TEXTS, field, required};

static LABEL: Shape = Shape::Fields(&[required("values", &LIST)]);

static GIVEN_LABEL: Shape = Shape::GivenOr("TypeError", &LABEL);

pub(super) static LABELS: Shape = Shape::Named(&GIVEN_LABEL);

pub(super) static TAGS: Shape = Shape::Named(&ANYTHING);

static ARGUMENTS: Shape = Shape::Fields(&[
    field("force", &BOOLEAN),
    field("is_dry_run", &BOOLEAN),
    field("wait_after_fail", &INTEGER),
    field("allow_custom_parameters", &BOOLEAN),
]);

static SCHEDULE: Shape = Shape::Fields(&[
    required("workflow", &TEXT),
    field("execution_arguments", &ARGUMENTS),
    field("workflow_parameters", &MAP),
    required("since", &TEXT),
    field("until", &TEXT),
    field("recurrence", &TEXT),
    field("timezone", &TEXT),
    field("weekdays", &TEXTS),
    field("count", &INTEGER),
    field("default_enabled", &BOOLEAN),
    field("stop_after_fail", &BOOLEAN),
    field("slip", &INTEGER),
]);
static SCHEDULES: Shape = Shape::Named(&SCHEDULE);
static NAME: Shape = Shape::Leaf(&[Kind::Text, Kind::Map]);

pub(super) static SETTINGS: Shape = Shape::Fields(&[
    field("default_schedules", &SCHEDULES),
    field("default_groups", &LIST),
    field("id_template", &TEXT),
    field("display_name", &NAME),
]);
