//! Values between lanes: who reads them, since when they are told, and what is stale.

use std::time::{Duration, Instant};

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::{Desk, Settle as _, click, deploy, description, wait};

const SERVERS: &str = "SERVERS = 10.100.102.11,10.100.102.12";

fn until(harness: &mut Harness<'_, App>, what: &str, done: impl Fn(&Harness<'_, App>) -> bool) {
    let begun = Instant::now();
    while !done(harness) {
        assert!(begun.elapsed() < Duration::from_secs(50), "{what} never came");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
}

#[test]
fn a_value_that_changed_at_its_source_is_stale_until_its_reader_is_deployed() {
    let desk = Desk::new();
    let mut harness = desk.open();
    deploy(&mut harness);
    wait(&mut harness, SERVERS);
    assert_eq!(description(&harness, SERVERS), "", "it is fresh");

    click(&mut harness, "lane kubernetes-cluster");
    click(&mut harness, "section Inputs");
    click(&mut harness, "apache_ips");
    // The bottom panel makes way for the form.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    harness.settle(3);
    harness.get_by_label("field apache_ips.default[0]").focus();
    harness.settle(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.settle(1);
    harness.get_by_label("field apache_ips.default[0]").type_text("10.100.102.13");
    harness.settle(2);
    harness.key_press(Key::Enter);
    harness.settle(3);
    wait(&mut harness, "undo: set apache_ips");
    click(&mut harness, "section Lane");
    until(&mut harness, "the new blueprint", |harness| {
        !harness.get_by_label("Deploy kubernetes-cluster").accesskit_node().is_disabled()
    });
    click(&mut harness, "Deploy kubernetes-cluster");
    until(&mut harness, "the stale value", |harness| {
        let told = harness.query_by_label(SERVERS).and_then(|chip| chip.accesskit_node().description());
        told.is_some_and(|told| told.contains("the source says 10.100.102.13"))
    });
    until(&mut harness, "the end", |harness| {
        description(harness, "lane kubernetes-cluster").contains(", deployed")
    });

    // The lane that has it is not green either, wherever it is shown, and says why; so does the node with its mark.
    let why = "kubernetes_proxy: vm_info";
    until(&mut harness, "the reason at the lane", |harness| {
        description(harness, "lane service").contains(why)
    });
    assert!(description(&harness, "lane service").contains(", deployed"), "it still is");
    assert!(description(&harness, "node kubernetes_proxy").contains("changed: vm_info"));
    click(&mut harness, "Outline");
    let told = description(&harness, "outline service");
    assert!(told.starts_with("deployed · kubernetes_proxy changed: kubernetes_proxy: vm_info"), "{told}");
    assert_eq!(description(&harness, "outline kubernetes-cluster"), "deployed");
    click(&mut harness, "outline kubernetes_proxy");
    wait(&mut harness, "vm_info.ips changed in");

    click(&mut harness, "Outputs");
    harness.get_by_label("reader quagga.env.ROUTES");
    wait(&mut harness, "stale: deploy the reader to hand it on");
    click(&mut harness, "reader nginx_container.env.SERVERS");
    assert_eq!(harness.get_by_label("node nginx_container").accesskit_node().is_selected(), Some(true));
}
