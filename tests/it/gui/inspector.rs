//! The inspector: each field as the text before and after it.

use std::path::PathBuf;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use gantry::gui::App;

use super::{Desk, Settle as _, click, wait, wait_named};

/// A blueprint whose type has a property of every kind.
const TYPES: &str = "tosca_definitions_version: cloudify_dsl_1_5

imports:
  - cloudify/types/types.yaml

data_types:
  my.Limits:
    properties:
      memory: { type: integer, default: 256, description: Megabytes. }
      cpu: { type: float, default: 0.5 }

node_types:
  my.Web:
    derived_from: cloudify.nodes.Root
    properties:
      name: { type: string, description: What it is called. }
      port: { type: integer, default: 80, constraints: [ { in_range: [ 1, 65535 ] } ] }
      mode: { type: string, default: host, constraints: [ { valid_values: [ host, ingress ] } ] }
      debug: { type: boolean, default: false }
      tags: { type: list, default: [] }
      env: { type: dict, default: {} }
      limits: { type: my.Limits, required: false }
    interfaces:
      cloudify.interfaces.lifecycle:
        create: { implementation: '' }

inputs:
  image: { type: string, default: 'nginx:1' }

node_templates:
  web:
    type: my.Web   # the one that answers
    properties:
      name: 'front'   # quoted on purpose
      tags: [ a, b ]
      env:
        HOME: /root
  db:
    type: my.Web
    properties:
      name: db
";

/// The window with that blueprint, and its file.
fn typed() -> (Desk, PathBuf, Harness<'static, App>) {
    let desk = Desk::new();
    let file = desk.project().join("service/blueprint.yaml");
    std::fs::write(&file, TYPES).unwrap();
    let manifest = desk.project().join("gantry.yaml");
    std::fs::write(&manifest, "lanes:\n  service:\n    blueprint: service/blueprint.yaml\n").unwrap();
    let mut harness = desk.open();
    // The whole inspector is to be seen.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    harness.settle(3);
    (desk, file, harness)
}

/// Saves, and gives the file as it is then.
fn saved(harness: &mut Harness<'_, App>, file: &PathBuf) -> String {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.settle(2);
    until_saved(harness);
    std::fs::read_to_string(file).unwrap()
}

fn until_saved(harness: &mut Harness<'_, App>) {
    for _ in 0..2000 {
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
        if harness.query_by_label_contains("not saved").is_none() {
            return;
        }
    }
    panic!("it is never saved");
}

/// Types over what a field holds.
fn type_over(harness: &mut Harness<'_, App>, label: &str, text: &str) {
    harness.get_by_label(label).focus();
    harness.settle(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.settle(1);
    harness.get_by_label(label).type_text(text);
    harness.settle(2);
}

fn enter(harness: &mut Harness<'_, App>) {
    harness.key_press(Key::Enter);
    harness.settle(3);
}

fn value(harness: &Harness<'_, App>, label: &str) -> String {
    harness.get_by_label(label).accesskit_node().value().unwrap_or_default()
}

#[test]
fn a_number_is_written_on_enter_and_a_default_comes_back_by_reset() {
    let (_desk, file, mut harness) = typed();
    click(&mut harness, "node web");
    assert_eq!(value(&harness, "field port"), "", "a default is a hint, not a value");
    assert!(harness.query_by_label("reset port").is_none());
    type_over(&mut harness, "field port", "8080");
    enter(&mut harness);
    wait(&mut harness, "reset port");
    assert_eq!(
        saved(&mut harness, &file),
        TYPES.replace("        HOME: /root\n", "        HOME: /root\n      port: 8080\n")
    );
    click(&mut harness, "reset port");
    assert_eq!(saved(&mut harness, &file), TYPES, "the first bytes");
}

#[test]
fn a_text_that_does_not_fit_stays_in_its_field_and_is_never_written() {
    let (_desk, file, mut harness) = typed();
    click(&mut harness, "node web");
    type_over(&mut harness, "field port", "eighty");
    enter(&mut harness);
    wait(&mut harness, "`eighty` is no integer");
    type_over(&mut harness, "field port", "70000");
    enter(&mut harness);
    wait(&mut harness, "it must keep `in_range: [1, 65535]`");
    assert_eq!(value(&harness, "field port"), "70000");
    assert_eq!(saved(&mut harness, &file), TYPES);
    type_over(&mut harness, "field port", "9");
    harness.key_press(Key::Escape);
    harness.settle(3);
    assert_eq!(value(&harness, "field port"), "", "Escape leaves it as it was");
    assert_eq!(saved(&mut harness, &file), TYPES);
}

#[test]
fn quotes_and_comments_stay_where_a_text_changes() {
    let (_desk, file, mut harness) = typed();
    click(&mut harness, "node web");
    assert_eq!(value(&harness, "field name"), "front");
    type_over(&mut harness, "field name", "back");
    // Another node is selected: the field is left.
    click(&mut harness, "node db");
    assert_eq!(saved(&mut harness, &file), TYPES.replace("'front'", "'back'"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &file), TYPES);
}

#[test]
fn lists_entries_and_data_types_are_changed_one_by_one() {
    let (_desk, file, mut harness) = typed();
    click(&mut harness, "node web");
    type_over(&mut harness, "field tags[1]", "z");
    enter(&mut harness);
    let changed = TYPES.replace("[ a, b ]", "[ a, z ]");
    assert_eq!(saved(&mut harness, &file), changed);
    type_over(&mut harness, "add to tags", "c");
    enter(&mut harness);
    let changed = changed.replace("[ a, z ]", "[ a, z, c ]");
    assert_eq!(saved(&mut harness, &file), changed);
    click(&mut harness, "remove tags[0]");
    let changed = changed.replace("[ a, z, c ]", "[ z, c ]");
    assert_eq!(saved(&mut harness, &file), changed);
    type_over(&mut harness, "add to env", "PORT: 80");
    enter(&mut harness);
    let changed = changed.replace("        HOME: /root\n", "        HOME: /root\n        PORT: 80\n");
    assert_eq!(saved(&mut harness, &file), changed);
    type_over(&mut harness, "field limits.memory", "512");
    enter(&mut harness);
    let changed =
        changed.replace("        PORT: 80\n", "        PORT: 80\n      limits:\n        memory: 512\n");
    assert_eq!(saved(&mut harness, &file), changed);
}

#[test]
fn a_choice_and_a_switch_are_written_at_once() {
    let (_desk, file, mut harness) = typed();
    click(&mut harness, "node db");
    click(&mut harness, "field mode");
    click(&mut harness, "ingress");
    let changed = TYPES.replace("      name: db\n", "      name: db\n      mode: ingress\n");
    assert_eq!(saved(&mut harness, &file), changed);
    click(&mut harness, "field debug");
    let changed = changed.replace("mode: ingress\n", "mode: ingress\n      debug: true\n");
    assert_eq!(saved(&mut harness, &file), changed);
}

#[test]
fn a_function_is_chosen_from_a_list_and_its_argument_completed() {
    let (_desk, file, mut harness) = typed();
    click(&mut harness, "node web");
    click(&mut harness, "expression of name");
    click(&mut harness, "get_input");
    assert_eq!(saved(&mut harness, &file), TYPES, "a function without an argument is not written");
    click(&mut harness, "suggestion image");
    enter(&mut harness);
    wait(&mut harness, "= nginx:1");
    let changed = TYPES.replace("name: 'front'", "name: { get_input: image }");
    assert_eq!(saved(&mut harness, &file), changed);

    click(&mut harness, "expression of name");
    click(&mut harness, "get_property");
    harness.settle(2);
    harness.get_by_label("get_property of name").type_text("db");
    harness.settle(2);
    click(&mut harness, "suggestion db");
    click(&mut harness, "suggestion name");
    assert_eq!(value(&harness, "get_property of name"), "db, name");
    enter(&mut harness);
    wait(&mut harness, "= db");
    let changed = TYPES.replace("name: 'front'", "name: { get_property: [ db, name ] }");
    assert_eq!(saved(&mut harness, &file), changed);
}

#[test]
fn free_yaml_is_always_possible_and_a_secret_is_never_shown() {
    let (_desk, file, mut harness) = typed();
    click(&mut harness, "node web");
    click(&mut harness, "expression of name");
    click(&mut harness, "as YAML");
    type_over(&mut harness, "YAML of name", "{ get_secret: ");
    click(&mut harness, "node db");
    assert_eq!(saved(&mut harness, &file), TYPES, "broken text is not written");
    click(&mut harness, "node web");
    assert_eq!(value(&harness, "YAML of name"), "{ get_secret: ", "and is kept");
    type_over(&mut harness, "YAML of name", "{ get_secret: password }");
    click(&mut harness, "node db");
    let changed = TYPES.replace("name: 'front'", "name: { get_secret: password }");
    assert_eq!(saved(&mut harness, &file), changed);
    click(&mut harness, "node web");
    harness.get_by_label("= ••••••");
}

#[test]
fn several_nodes_are_edited_in_one_step() {
    let (_desk, file, mut harness) = typed();
    click(&mut harness, "node web");
    harness.get_by_label("node db").click_modifiers(Modifiers::SHIFT);
    harness.settle(3);
    assert!(harness.query_all_by_label("2 nodes").next().is_some());
    type_over(&mut harness, "field port", "81");
    enter(&mut harness);
    let changed = TYPES
        .replace("        HOME: /root\n", "        HOME: /root\n      port: 81\n")
        .replace("      name: db\n", "      name: db\n      port: 81\n");
    assert_eq!(saved(&mut harness, &file), changed);
    harness.get_by_label_contains("set port of 2 nodes");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.settle(3);
    assert_eq!(saved(&mut harness, &file), TYPES);
}

#[test]
fn relationships_are_made_turned_and_taken_away() {
    let (_desk, file, mut harness) = typed();
    click(&mut harness, "node web");
    click(&mut harness, "Relations");
    type_over(&mut harness, "connect to", "web");
    enter(&mut harness);
    wait(&mut harness, "a node can't have a relationship to itself");
    assert_eq!(saved(&mut harness, &file), TYPES);
    type_over(&mut harness, "connect to", "db");
    enter(&mut harness);
    wait(&mut harness, "remove relationship 1");
    let made = "    relationships:\n      - type: cloudify.relationships.depends_on\n        target: db\n";
    let before = "        HOME: /root\n";
    let changed = saved(&mut harness, &file);
    let kind = changed.split("- type: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let made = made.replace("cloudify.relationships.depends_on", &kind);
    assert_eq!(changed, TYPES.replace(before, &format!("{before}{made}")));

    click(&mut harness, "field connection_type");
    click(&mut harness, "all_to_one");
    let typed = format!("{made}        properties:\n          connection_type: all_to_one\n");
    assert_eq!(saved(&mut harness, &file), TYPES.replace(before, &format!("{before}{typed}")));

    click(&mut harness, "type of relationship 1");
    let other = if kind.ends_with("depends_on") { "connected_to" } else { "depends_on" };
    click(&mut harness, other);
    let turned = typed.replace(&kind, &format!("cloudify.relationships.{other}"));
    assert_eq!(saved(&mut harness, &file), TYPES.replace(before, &format!("{before}{turned}")));

    click(&mut harness, "remove relationship 1");
    assert_eq!(saved(&mut harness, &file), TYPES);
}

#[test]
fn operations_and_counts_of_instances_are_written() {
    let (_desk, file, mut harness) = typed();
    click(&mut harness, "node db");
    type_over(&mut harness, "field max_instances", "-2");
    enter(&mut harness);
    wait(&mut harness, "it must keep `greater_or_equal: -1`");
    type_over(&mut harness, "field max_instances", "4");
    enter(&mut harness);
    let counts = "    capabilities:\n      scalable:\n        properties:\n          max_instances: 4\n";
    let changed = format!("{TYPES}{counts}");
    assert_eq!(saved(&mut harness, &file), changed);

    click(&mut harness, "Operations");
    click(&mut harness, "Operations that do nothing");
    click(&mut harness, "create");
    type_over(&mut harness, "field create.implementation", "scripts/create.sh");
    enter(&mut harness);
    let operation = "    interfaces:\n      cloudify.interfaces.lifecycle:\n        create:\n          implementation: scripts/create.sh\n";
    let changed = format!("{changed}{operation}");
    assert_eq!(saved(&mut harness, &file), changed);
}

#[test]
fn inputs_of_a_lane_are_made_changed_renamed_and_removed() {
    let (desk, file, mut harness) = typed();
    let manifest = || std::fs::read_to_string(desk.project().join("gantry.yaml")).unwrap();
    let first = manifest();
    click(&mut harness, "lane service");
    click(&mut harness, "section Inputs");
    type_over(&mut harness, "add input", "port");
    enter(&mut harness);
    wait_named(&mut harness, "port");
    let image = "  image: { type: string, default: 'nginx:1' }\n";
    let added = |rest: &str| TYPES.replace(image, &format!("{image}{rest}"));
    assert_eq!(saved(&mut harness, &file), added("  port:\n    type: string\n"));

    click(&mut harness, "port");
    click(&mut harness, "field port.type");
    harness.get_all_by_label("integer").last().unwrap().click();
    harness.settle(3);
    type_over(&mut harness, "add constraint of port", "in_range: [ 1, 9 ]");
    enter(&mut harness);
    wait(&mut harness, "constraint 1 of port");
    type_over(&mut harness, "field port.default", "80");
    enter(&mut harness);
    wait(&mut harness, "it must keep `in_range");
    type_over(&mut harness, "field port.default", "8");
    enter(&mut harness);
    type_over(&mut harness, "field port given", "9");
    enter(&mut harness);
    let text = saved(&mut harness, &file);
    let (_, rest) = text.split_once(image).unwrap();
    let port = rest.split_once("\nnode_templates:").unwrap().0;
    assert_eq!(text, added(port), "nothing else differs");
    for part in ["type: integer", "in_range: [ 1, 9 ]", "default: 8"] {
        assert!(port.contains(part), "{port}");
    }
    assert!(manifest().contains("inputs:") && manifest().contains("port: 9"), "{}", manifest());

    click(&mut harness, "rename input port");
    harness.get_by_label("New name of port").type_text("door");
    harness.settle(2);
    enter(&mut harness);
    wait_named(&mut harness, "door");
    assert_eq!(saved(&mut harness, &file), added(&port.replace("port:", "door:")));
    assert!(manifest().contains("door: 9"), "{}", manifest());
    for _ in 0..7 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.settle(2);
    }
    assert_eq!(saved(&mut harness, &file), TYPES);
    assert_eq!(manifest(), first);
}

#[test]
fn an_output_gets_a_function_and_tells_what_it_comes_to() {
    let (_desk, file, mut harness) = typed();
    click(&mut harness, "lane service");
    click(&mut harness, "section Outputs");
    type_over(&mut harness, "add output", "info");
    enter(&mut harness);
    wait_named(&mut harness, "info");
    click(&mut harness, "info");
    click(&mut harness, "expression of info.value");
    click(&mut harness, "get_property");
    harness.get_by_label("get_property of info.value").type_text("web, name");
    harness.settle(2);
    enter(&mut harness);
    wait(&mut harness, "= front");
    let text = saved(&mut harness, &file);
    assert_eq!(text, format!("{TYPES}\noutputs:\n  info:\n    value: {{ get_property: [ web, name ] }}\n"));
    click(&mut harness, "remove output info");
    assert_eq!(saved(&mut harness, &file), TYPES);
}

#[test]
fn a_secret_is_never_shown_in_what_a_value_comes_to() {
    let (_desk, file, mut harness) = typed();
    std::fs::write(
        &file,
        TYPES
            .replace("name: 'front'   # quoted on purpose", "name: { concat: [ 'u:', { get_secret: pw } ] }"),
    )
    .unwrap();
    harness.key_press(Key::F5);
    harness.settle(6);
    click(&mut harness, "node web");
    wait(&mut harness, "= u:••••••");
}

#[test]
fn f8_walks_from_problem_to_problem_to_node_line_and_field() {
    let (_desk, file, mut harness) = typed();
    let broken = TYPES.replace("name: 'front'", "port: '80'\n      name: 'front'");
    let broken = broken.replace("      name: db\n", "      name: db\n      debug: 3\n");
    std::fs::write(&file, broken).unwrap();
    harness.key_press(Key::F5);
    harness.settle(6);
    // Both panels are to be seen.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    harness.settle(3);
    let mut seen = Vec::new();
    for _ in 0..4 {
        harness.key_press(Key::F8);
        harness.settle(6);
        let line = harness.get_by_label("text of service/blueprint.yaml").accesskit_node().value();
        let line = line.unwrap_or_default().trim().to_owned();
        let (node, field) = match line.as_str() {
            "port: '80'" => ("node web", "field port"),
            "debug: 3" => ("node db", "field debug"),
            // The types have problems of their own.
            _ => continue,
        };
        assert_eq!(harness.get_by_label(node).accesskit_node().is_selected(), Some(true));
        let field = harness.get_by_label(field).rect();
        assert!(harness.ctx.content_rect().contains_rect(field), "{field:?}");
        seen.push(line);
    }
    seen.sort_unstable();
    assert_eq!(seen, ["debug: 3", "port: '80'"]);
}
