//! The menu of a node: what runs is put right from it, and what is only rehearsed can't be looked into.

use egui_kittest::kittest::Queryable as _;

use super::{Desk, Settle as _, click, deploy, wait};

#[test]
fn a_node_is_healed_from_its_menu_and_a_rehearsed_one_has_no_logs() {
    let desk = Desk::new();
    let mut harness = desk.open();
    deploy(&mut harness);
    harness.get_by_label("node quagga").click_secondary();
    harness.settle(3);
    click(&mut harness, "Logs");
    wait(&mut harness, "only rehearsed");
    harness.get_by_label("node quagga").click_secondary();
    harness.settle(3);
    click(&mut harness, "Heal");
    wait(&mut harness, "heal done (rehearsed)");
}
