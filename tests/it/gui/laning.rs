//! Lanes of the project: taken out, brought back, renamed, deployed one by one.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::arranging::command;
use super::drawing::until;
use super::naming::{saved, type_over};
use super::{Desk, Settle as _, click, deploy, description, wait_named};

fn manifest(desk: &Desk) -> String {
    std::fs::read_to_string(desk.project().join("gantry.yaml")).unwrap()
}

#[test]
fn a_lane_is_taken_out_of_the_project_its_files_stay_and_undo_brings_it_back() {
    let desk = Desk::new();
    let (before, files) = (manifest(&desk), desk.files());
    let mut harness = desk.open();
    click(&mut harness, "lane swarm-cluster");
    click(&mut harness, "Remove swarm-cluster");
    for _ in 0..400 {
        if harness.query_by_label("lane swarm-cluster").is_none() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
    assert!(harness.query_by_label("lane swarm-cluster").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    let lane = "  swarm-cluster:\n    blueprint: swarm-cluster/blueprint.yaml\n";
    until(&mut harness, "the manifest without it", || manifest(&desk) == before.replace(lane, ""));
    assert!(desk.project().join("swarm-cluster/blueprint.yaml").exists());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    wait_named(&mut harness, "lane swarm-cluster");
    saved(&mut harness, &desk, "service");
    assert_eq!(desk.files(), files);
}

#[test]
fn a_lane_that_is_deployed_stays_in_the_project() {
    let desk = Desk::new();
    let before = manifest(&desk);
    let mut harness = desk.open();
    deploy(&mut harness);
    click(&mut harness, "lane swarm-cluster");
    command(&mut harness, "Remove lane");
    super::wait(&mut harness, "swarm-cluster is deployed");
    harness.get_by_label("lane swarm-cluster");
    assert_eq!(manifest(&desk), before);
}

#[test]
fn a_lane_is_deployed_and_undeployed_by_commands_too() {
    let desk = Desk::new();
    let mut harness = desk.open();
    let comes_to = |harness: &mut Harness<'_, App>, words: &str| {
        let begun = std::time::Instant::now();
        while !description(harness, "lane kubernetes-cluster").contains(words) {
            let now = description(harness, "lane kubernetes-cluster");
            assert!(begun.elapsed().as_secs() < 50, "{now}");
            std::thread::sleep(std::time::Duration::from_millis(5));
            harness.step();
        }
    };
    click(&mut harness, "lane kubernetes-cluster");
    command(&mut harness, "Undeploy lane");
    super::wait(&mut harness, "Nothing of kubernetes-cluster is deployed");
    command(&mut harness, "Deploy lane");
    comes_to(&mut harness, ", deployed");
    command(&mut harness, "Undeploy lane");
    click(&mut harness, "Undeploy kubernetes-cluster");
    comes_to(&mut harness, "not deployed");
}

#[test]
fn a_lane_gets_another_name_and_stays_deployed_under_the_old_one() {
    let desk = Desk::new();
    let before = manifest(&desk);
    let mut harness = desk.open();
    click(&mut harness, "lane swarm-cluster");
    harness.key_press(Key::F2);
    harness.settle(3);
    type_over(&mut harness, "New name of swarm-cluster", "service");
    harness.get_by_label_contains("there is a `service` already");
    type_over(&mut harness, "New name of swarm-cluster", "swarm");
    harness.key_press(Key::Enter);
    wait_named(&mut harness, "lane swarm");
    saved(&mut harness, &desk, "service");
    let lane = "  swarm-cluster:\n    blueprint: swarm-cluster/blueprint.yaml\n";
    let renamed = "  swarm:\n    blueprint: swarm-cluster/blueprint.yaml\n    deployment: swarm-cluster\n";
    assert_eq!(manifest(&desk), before.replace(lane, renamed));
}

#[test]
fn a_lane_without_errors_is_deployed_by_itself_and_one_that_needs_a_broken_one_is_not() {
    let desk = Desk::new();
    let file = desk.project().join("swarm-cluster/blueprint.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("type: cloudify.swarm.Manager", "type: cloudify.swarm.Manger"))
        .unwrap();
    let mut harness = desk.open();
    let disabled =
        |harness: &Harness<'_, App>, label: &str| harness.get_by_label(label).accesskit_node().is_disabled();
    assert!(disabled(&harness, "Deploy"), "all lanes can't be deployed");
    for (lane, why) in [("swarm-cluster", "It has errors"), ("service", "swarm-cluster has errors")] {
        click(&mut harness, &format!("lane {lane}"));
        assert!(disabled(&harness, &format!("Deploy {lane}")), "{lane}");
        assert!(harness.query_by_label_contains(why).is_some(), "{lane}: {why}");
    }
    click(&mut harness, "lane kubernetes-cluster");
    click(&mut harness, "Deploy kubernetes-cluster");
    let begun = std::time::Instant::now();
    while !description(&harness, "lane kubernetes-cluster").contains(", deployed") {
        assert!(begun.elapsed().as_secs() < 50, "{}", description(&harness, "lane kubernetes-cluster"));
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
    for lane in ["swarm-cluster", "service"] {
        assert!(description(&harness, &format!("lane {lane}")).contains("not deployed"), "{lane}");
    }
}
