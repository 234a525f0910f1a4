//! Lanes of the project: taken out, brought back, renamed.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::drawing::until;
use super::naming::{saved, type_over};
use super::{Desk, click, deploy, wait_named};

fn manifest(desk: &Desk) -> String {
    std::fs::read_to_string(desk.project().join("gantry.yaml")).unwrap()
}

#[test]
fn a_lane_is_taken_out_of_the_project_its_files_stay_and_undo_brings_it_back() {
    let desk = Desk::new();
    let (before, files) = (manifest(&desk), desk.files());
    let mut harness = desk.open();
    click(&mut harness, "lane swarm-cluster");
    click(&mut harness, "Remove swarm-cluster from the project");
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
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    harness.get_by_label("Find command or node").type_text("Remove lane");
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    super::wait(&mut harness, "swarm-cluster is deployed");
    harness.get_by_label("lane swarm-cluster");
    assert_eq!(manifest(&desk), before);
}

#[test]
fn a_lane_gets_another_name_and_stays_deployed_under_the_old_one() {
    let desk = Desk::new();
    let before = manifest(&desk);
    let mut harness = desk.open();
    click(&mut harness, "lane swarm-cluster");
    harness.key_press(Key::F2);
    harness.run_steps(3);
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
