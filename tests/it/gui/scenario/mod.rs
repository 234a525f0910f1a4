//! The scenario of the example, drawn from an empty project by gestures alone: it ends in the same topology as
//! `blueprints/hybrid-vnf`, lane by lane.
//!
//! Everything is drawn on the canvas or filled in beside it, but for what no gesture is for: two lines that say which
//! types are imported, and the two types that the example defines itself, are typed and pasted in the YAML tab. Scripts
//! and descriptors are no part of the picture: they are copied beside the blueprints, as a person does it.

mod comparing;
mod hands;
mod kubernetes;
mod service;
mod swarm;

use std::path::Path;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::bringing::open_at;
use super::creating::fill;
use super::{Desk, Settle as _};
use hands::Hands;

/// The types of the networks and ports, which the clusters define themselves.
const TYPES: &str = "
node_types:

  hybrid.nodes.Network:
    derived_from: cloudify.nodes.Network
    properties:
      cidr:
        type: string
      use_external_resource:
        type: boolean
        default: false

  hybrid.nodes.Port:
    derived_from: cloudify.nodes.Port
    properties:
      ip:
        type: string
        default: ''
      interface:
        type: string
        default: eth0
";

const BASIC: &str = "cloudify/types/types.yaml";
const WANTED: &str = "  - http://www.getcloudify.org/spec/cloudify/3.4/types.yaml";

/// A new lane from a template, with its parameters.
fn lane(hands: &mut Hands, template: &str, name: &str, parameters: &[(&str, &str)]) {
    let harness = &mut hands.harness;
    harness.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::N);
    harness.settle(3);
    super::click(harness, &format!("template {template}"));
    fill(harness, "Name", name);
    for (title, value) in parameters {
        fill(harness, title, value);
    }
    super::click(harness, "Create");
    hands.wait(&format!("lane {name}"));
    hands.settle();
}

#[test]
fn the_example_is_drawn_from_an_empty_project_by_gestures_alone() {
    let desk = Desk::new();
    let mut harness = open_at(&desk, None);
    super::click(&mut harness, "New project…");
    super::click(&mut harness, "template Empty");
    fill(&mut harness, "Folder", &desk.folder.path().to_string_lossy());
    fill(&mut harness, "Name", "drawn");
    super::click(&mut harness, "Create");
    let mut hands = Hands { harness, root: desk.folder.path().join("drawn") };
    hands.wait("lane main");
    lane(&mut hands, "Empty", "kubernetes-cluster", &[]);
    lane(&mut hands, "Swarm cluster", "swarm-cluster", &[("Workers", "1")]);
    let parameters = [("Image", "nginx-lb:1"), ("Replicas", "1")];
    lane(&mut hands, "Service on Docker Swarm", "service", &parameters);
    // The lane that an empty project begins with is not needed.
    hands.click("lane main");
    hands.click("Remove main");
    hands.settle();
    assert!(!hands.has("lane main"));
    hands.save();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints/hybrid-vnf");
    for folder in ["kubernetes-cluster/scripts", "kubernetes-cluster/resources", "service/resources"] {
        super::copy(&example.join(folder), &hands.root.join(folder));
    }

    kubernetes::draw(&mut hands);
    swarm::draw(&mut hands);
    service::draw(&mut hands);
    hands.save();
    assert!(hands.harness.query_by_label_contains("error").is_none());
    comparing::same(&example, &hands.root);
}
