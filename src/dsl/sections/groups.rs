//! Shapes of groups, policies, policy types and triggers.

use super::{MAP, Shape, TEXT, TEXTS, field, nodes, required, types};

static TRIGGER: Shape = Shape::Fields(&[required("type", &TEXT), field("parameters", &MAP)]);
static TRIGGERS: Shape = Shape::Named(&TRIGGER);
static GROUP_POLICY: Shape =
    Shape::Fields(&[required("type", &TEXT), field("properties", &MAP), field("triggers", &TRIGGERS)]);
static GROUP_POLICIES: Shape = Shape::Named(&GROUP_POLICY);
static GROUP: Shape = Shape::Fields(&[required("members", &TEXTS), field("policies", &GROUP_POLICIES)]);

pub(super) static GROUPS: Shape = Shape::Named(&GROUP);

static POLICY: Shape = Shape::Fields(&[
    required("type", &TEXT),
    field("properties", &nodes::SCALABLE),
    required("targets", &TEXTS),
]);

static GIVEN_POLICY: Shape = Shape::GivenOr("KeyError", &POLICY);

pub(super) static POLICIES: Shape = Shape::Named(&GIVEN_POLICY);

static POLICY_TYPE: Shape =
    Shape::Fields(&[field("properties", &types::PROPERTIES), required("source", &TEXT)]);

pub(super) static POLICY_TYPES: Shape = Shape::Named(&POLICY_TYPE);

static POLICY_TRIGGER: Shape =
    Shape::Fields(&[field("parameters", &types::PROPERTIES), required("source", &TEXT)]);

pub(super) static POLICY_TRIGGERS: Shape = Shape::Named(&POLICY_TRIGGER);
