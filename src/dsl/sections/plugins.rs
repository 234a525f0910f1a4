//! Shape of plugins (DSL reference, "plugins, workflows, groups, policies, schedules").

use super::{ANYTHING, BOOLEAN, Shape, TEXT, field, required};

static PROPERTY: Shape = Shape::Fields(&[
    field("description", &TEXT),
    field("type", &TEXT),
    field("display_label", &TEXT),
    field("value", &ANYTHING),
]);
static GIVEN_PROPERTY: Shape = Shape::GivenOr("ValueError", &PROPERTY);
static PROPERTIES: Shape = Shape::Named(&GIVEN_PROPERTY);

static PLUGIN: Shape = Shape::Fields(&[
    field("source", &TEXT),
    required("executor", &TEXT),
    field("install", &BOOLEAN),
    field("install_arguments", &TEXT),
    field("package_name", &TEXT),
    field("package_version", &TEXT),
    field("supported_platform", &TEXT),
    field("distribution", &TEXT),
    field("distribution_version", &TEXT),
    field("distribution_release", &TEXT),
    field("properties_description", &TEXT),
    field("properties", &PROPERTIES),
]);

static GIVEN_PLUGIN: Shape = Shape::GivenOr("ValueError", &PLUGIN);

pub(super) static PLUGINS: Shape = Shape::Named(&GIVEN_PLUGIN);
