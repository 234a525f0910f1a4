//! What edits do to texts: before, gesture, after.

use indexmap::IndexMap;

use super::*;

fn project(text: &str) -> Project {
    let document = Document { file: "s/blueprint.yaml".into(), text: text.into(), ..Document::default() };
    Project { documents: IndexMap::from([("service".to_owned(), document)]), ..Project::default() }
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn after(text: &str, edit: &Edit) -> String {
    edit.apply(&project(text)).unwrap_or_else(|error| panic!("{error}")).documents["service"].text.to_string()
}

const WEB: &str = "\
node_templates:

  # the front
  web:
    type: t.Web
    properties:
      url: { concat: [ 'http://', { get_attribute: [ db, ip ] } ] } # where
    relationships:
      - type: r.contained_in
        target: host
      - type: r.uses
        target: db

  db:
    type: t.Db
    relationships:
      - type: r.contained_in
        target: host

  host:
    type: t.Host

groups:
  all: { members: [ web, db ] }
policies:
  scale:
    type: cloudify.policies.scaling
    targets: [ all ]
outputs:
  place:
    value: { get_attribute: [ db, ip ] }
";

fn lane() -> String {
    "service".to_owned()
}

#[test]
fn undo_and_redo_move_through_every_step() {
    let (first, mut now, mut history) = (project(WEB), project(WEB), History::default());
    let step = |x: f32| Edit::Move { lane: lane(), nodes: vec![("nginx".into(), Point { x, y: 0.0 })] };
    for x in [20.0, 40.0] {
        assert_eq!(history.apply(&mut now, &step(x)), Ok(true));
    }
    let last = now.clone();
    assert_eq!(history.apply(&mut now, &step(40.0)), Ok(false));
    assert_eq!(history.undo_label(), Some("move nginx"));
    while history.undo(&mut now) {}
    assert_eq!(now, first);
    while history.redo(&mut now) {}
    assert_eq!(now, last);
}

#[test]
fn an_edit_of_no_lane_changes_nothing() {
    let mut all = project("");
    let edit = Edit::MoveLane { lane: "nope".into(), to: Point::default() };
    assert_eq!(History::default().apply(&mut all, &edit), Err(EditError::UnknownLane("nope".into())));
    assert_eq!(all, project(""));
}

#[test]
fn a_node_is_added_in_the_style_of_the_others() {
    let template = value(r#"{"type":"t.Cache","properties":{"size":{"get_input":"size"}}}"#);
    let edit = Edit::AddNode { lane: lane(), name: "cache".into(), template, at: Some(Point::default()) };
    let expected =
        "    type: t.Host\n\n  cache:\n    type: t.Cache\n    properties:\n      size: { get_input: size }\n";
    assert_eq!(after(WEB, &edit), WEB.replace("    type: t.Host\n", expected));
    assert_eq!(edit.label(), "add cache");
    let taken = Edit::AddNode { lane: lane(), name: "db".into(), template: value("{}"), at: None };
    assert_eq!(taken.apply(&project(WEB)), Err(EditError::Taken("db".into())));
    let bad = Edit::AddNode { lane: lane(), name: "a b".into(), template: value("{}"), at: None };
    assert!(matches!(bad.apply(&project(WEB)), Err(EditError::BadName(_))));
}

#[test]
fn a_node_is_renamed_wherever_it_is_named() {
    let at: Path = "node_templates.db".parse().unwrap();
    let edit = Edit::Rename { lane: lane(), at, to: "store".into() };
    let expected = WEB
        .replace("  db:", "  store:")
        .replace("[ db, ip ]", "[ store, ip ]")
        .replace("target: db", "target: store")
        .replace("[ web, db ]", "[ web, store ]");
    assert_eq!(after(WEB, &edit), expected);
    let group = Edit::Rename { lane: lane(), at: "groups.all".parse().unwrap(), to: "every".into() };
    let expected = WEB.replace("  all: {", "  every: {").replace("[ all ]", "[ every ]");
    assert_eq!(after(WEB, &group), expected);
    let taken = Edit::Rename { lane: lane(), at: "groups.all".parse().unwrap(), to: "web".into() };
    assert_eq!(taken.apply(&project(WEB)), Err(EditError::Taken("web".into())));
}

#[test]
fn a_node_goes_with_what_points_to_it() {
    let remove = |references, reconnect| Edit::RemoveNodes {
        lane: lane(),
        names: vec!["db".into()],
        references,
        reconnect,
    };
    let refused = remove(References::Refuse, false).apply(&project(WEB)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`db` is used at service: node_templates.web.properties.url.concat[1].get_attribute[0], \
         service: outputs.place.value.get_attribute[0]"
    );
    let expected = WEB
        .replace("      - type: r.uses\n        target: db\n", "")
        .replace(
            "  db:\n    type: t.Db\n    relationships:\n      - type: r.contained_in\n        target: host\n\n",
            "",
        )
        .replace("[ web, db ]", "[ web ]");
    assert_eq!(after(WEB, &remove(References::Leave, false)), expected);
    let pruned = expected
        .replace(
            "    properties:\n      url: { concat: [ 'http://', { get_attribute: [ db, ip ] } ] } # where\n",
            "",
        )
        .replace("outputs:\n  place:\n    value: { get_attribute: [ db, ip ] }\n", "");
    assert_eq!(after(WEB, &remove(References::Remove, false)), pruned);
    let joined = after(
        WEB,
        &Edit::RemoveNodes {
            lane: lane(),
            names: vec!["host".into()],
            references: References::Refuse,
            reconnect: true,
        },
    );
    assert!(!joined.contains("host"), "{joined}");
    assert!(after(WEB, &remove(References::Leave, true)).contains("- type: r.uses\n        target: host"));
}

#[test]
fn relationships_come_and_go() {
    let connect = Edit::Connect { lane: lane(), from: "host".into(), to: "db".into(), kind: "r.x".into() };
    let expected = "    type: t.Host\n    relationships:\n      - type: r.x\n        target: db\n";
    assert_eq!(after(WEB, &connect), WEB.replace("    type: t.Host\n", expected));
    assert_eq!(connect.label(), "connect host → db");
    let disconnect = Edit::Disconnect { lane: lane(), from: "host".into(), position: 0 };
    assert_eq!(after(&after(WEB, &connect), &disconnect), WEB);
    let first = Edit::Disconnect { lane: lane(), from: "web".into(), position: 0 };
    assert_eq!(
        after(WEB, &first),
        WEB.replacen("      - type: r.contained_in\n        target: host\n", "", 1)
    );
    let other =
        Edit::Reconnect { lane: lane(), from: "web".into(), position: 1, to: "host".into(), kind: None };
    assert_eq!(after(WEB, &other), WEB.replace("target: db", "target: host"));
    let none = Edit::Disconnect { lane: lane(), from: "host".into(), position: 0 };
    assert!(none.apply(&project(WEB)).is_err());
}

#[test]
fn groups_come_and_go() {
    let group = Edit::Group {
        lane: lane(),
        name: "pair".into(),
        members: vec!["web".into(), "host".into()],
        instances: Some(Value::Int(2)),
    };
    let grouped = after(WEB, &group);
    assert!(
        grouped.contains("  all: { members: [ web, db ] }\n  pair:\n    members: [ web, host ]\n"),
        "{grouped}"
    );
    assert!(grouped.contains("  pair_scaling:\n    type: cloudify.policies.scaling\n    targets: [ pair ]\n    properties:\n      default_instances: 2\n"));
    assert_eq!(after(&grouped, &Edit::Ungroup { lane: lane(), name: "pair".into() }), WEB);
    let gone = after(WEB, &Edit::Ungroup { lane: lane(), name: "all".into() });
    assert!(!gone.contains("groups") && !gone.contains("policies"), "{gone}");
    let join = |joins| Edit::Member { lane: lane(), group: "all".into(), member: "host".into(), joins };
    let joined = after(WEB, &join(true));
    assert_eq!(joined, WEB.replace("[ web, db ]", "[ web, db, host ]"));
    assert_eq!(after(&joined, &join(false)), WEB);
}

#[test]
fn copies_have_names_of_their_own() {
    let paste = clipboard::duplicate(&project(WEB), "service", &["web".into(), "db".into()]).unwrap();
    assert_eq!(paste.names, ["web_2", "db_2"]);
    let text = after(WEB, &paste.edit);
    let copy = "  web_2:\n    type: t.Web\n    properties:\n      url: { concat: [ 'http://', { get_attribute: [ db_2, ip ] } ] }\n    relationships:\n      - type: r.contained_in\n        target: host\n      - type: r.uses\n        target: db_2\n";
    assert!(text.contains(copy), "{text}");
    let elsewhere = clipboard::paste(
        &project("node_templates: {}\n"),
        "service",
        &clipboard::copy(&project(WEB), "service", &["db".into()]).unwrap(),
        Some(Point { x: 5.0, y: 6.0 }),
    )
    .unwrap();
    assert_eq!(elsewhere.left_out, ["there is no `host` here: a relationship to it was left out"]);
    assert_eq!(after("node_templates: {}\n", &elsewhere.edit), "node_templates:\n  db:\n    type: t.Db\n");
    for rubbish in ["", "hello", "{", "a: 1", "- x", "node_templates: 3", "\u{0}"] {
        assert!(!clipboard::is_nodes(rubbish), "{rubbish}");
        assert!(clipboard::paste(&project(WEB), "service", rubbish, None).is_err());
    }
}

const MANIFEST: &str = "\
# two lanes
lanes:
  k8s-cluster:
    blueprint: k/b.yaml
  service:
    blueprint: s/b.yaml
    inputs: { k8s: k8s-cluster }
";
const CLUSTER: &str = "\
node_templates:
  host:
    type: t.Host
outputs:
  info:
    value: { port: { get_property: [ host, port ] } }
";

fn two() -> Project {
    let document =
        |file: &str, text: &str| Document { file: file.into(), text: text.into(), ..Document::default() };
    Project {
        manifest: Some(MANIFEST.into()),
        documents: IndexMap::from([
            ("k8s-cluster".to_owned(), document("k/b.yaml", CLUSTER)),
            ("service".to_owned(), document("s/b.yaml", WEB)),
        ]),
        ..Project::default()
    }
}

fn share(from: &str, to: &str) -> Edit {
    Edit::Share {
        from: ("k8s-cluster".into(), from.parse().unwrap()),
        to: ("service".into(), to.parse().unwrap()),
    }
}

#[test]
fn a_line_across_lanes_writes_both_ends_and_takes_them_back() {
    let shared = share("node_templates.host.attributes.ip", "node_templates.web.properties.env.IP")
        .apply(&two())
        .unwrap();
    assert_eq!(
        &*shared.documents["k8s-cluster"].text,
        format!("{CLUSTER}  host_ip:\n    value: {{ get_attribute: [ host, ip ] }}\n")
    );
    let text = &*shared.documents["service"].text;
    let parts = [
        "imports: [ 'plugin:proxy' ]\n",
        "      env:\n        IP: { get_attribute: [ k8s_proxy, host_ip ] }\n",
        "      - type: cloudify.relationships.depends_on\n        target: k8s_proxy\n",
        "  k8s_proxy:\n    type: cloudify.nodes.DeploymentProxy\n    properties:\n      deployment_id: k8s-cluster\n      inherit_outputs: [ host_ip ]\n",
    ];
    for part in parts {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    let at = ("service".to_owned(), "node_templates.web.properties.env.IP".parse().unwrap());
    assert_eq!(Edit::Unshare { at: at.clone() }.apply(&shared).unwrap(), two());

    // A second line uses what the first one made; whichever goes last takes it away.
    let second =
        share("outputs.info.value.port", "node_templates.db.properties.port").apply(&shared).unwrap();
    assert!(second.documents["service"].text.contains("port: { get_attribute: [ k8s_proxy, info, port ] }"));
    let other = ("service".to_owned(), "node_templates.db.properties.port".parse().unwrap());
    let without = Edit::Unshare { at }.apply(&second).unwrap();
    assert!(without.documents["service"].text.contains("inherit_outputs: [ info ]"));
    assert_eq!(&*without.documents["k8s-cluster"].text, CLUSTER);
    assert_eq!(Edit::Unshare { at: other }.apply(&without).unwrap(), two());
}

#[test]
fn an_output_is_renamed_in_the_lanes_that_read_it() {
    let shared =
        share("outputs.info.value.port", "node_templates.web.properties.port").apply(&two()).unwrap();
    let at = "outputs.info".parse().unwrap();
    let renamed = Edit::Rename { lane: "k8s-cluster".into(), at, to: "api".into() }.apply(&shared).unwrap();
    let text = &*renamed.documents["service"].text;
    assert!(text.contains("inherit_outputs: [ api ]") && text.contains("[ k8s_proxy, api, port ]"), "{text}");
    let at = ("service".to_owned(), "node_templates.web.properties.port".parse().unwrap());
    let gone = Edit::Unshare { at }.apply(&renamed).unwrap();
    assert_eq!(&*gone.documents["service"].text, WEB);
}

#[test]
fn lanes_come_and_go_and_keep_their_deployments() {
    let new = NewLane {
        name: "extra".into(),
        file: "extra/blueprint.yaml".into(),
        text: "node_templates: {}\n".into(),
        ..NewLane::default()
    };
    let added = Edit::AddLane(Box::new(new)).apply(&two()).unwrap();
    assert_eq!(
        added.manifest.as_deref(),
        Some(&*format!("{MANIFEST}  extra:\n    blueprint: extra/blueprint.yaml\n"))
    );
    assert_eq!(Edit::RemoveLane { lane: "extra".into() }.apply(&added).unwrap(), two());
    let renamed = Edit::RenameLane { lane: "k8s-cluster".into(), to: "kube".into() }.apply(&two()).unwrap();
    assert_eq!(renamed.deployment("kube"), "k8s-cluster");
    assert_eq!(renamed.documents.get_index_of("kube"), Some(0));
    let target =
        Edit::Configure { at: "lanes.service.target".parse().unwrap(), value: Some("docker".into()) };
    assert!(target.apply(&two()).unwrap().manifest.unwrap().ends_with("    target: docker\n"));
}

#[test]
fn what_the_layout_keeps_of_a_node_goes_with_its_name_and_with_the_node() {
    let bend = vec![Point { x: 1.0, y: 2.0 }];
    let edits = [
        Edit::Fold { lane: lane(), names: vec!["host".into()], folded: true },
        Edit::Lock { lane: lane(), names: Some(vec!["web".into(), "host".into()]), locked: true },
        Edit::Bend { lane: lane(), from: "web".into(), to: "host".into(), bends: bend.clone() },
        Edit::Bend { lane: lane(), from: "web".into(), to: "db".into(), bends: bend.clone() },
    ];
    let kept = edits.iter().fold(project(WEB), |project, edit| edit.apply(&project).unwrap());
    assert_eq!(&*kept.documents["service"].text, WEB, "the blueprint knows nothing of it");
    let rename = Edit::Rename { lane: lane(), at: "node_templates.host".parse().unwrap(), to: "box".into() };
    let renamed = rename.apply(&kept).unwrap();
    let layout = &renamed.documents["service"].layout;
    assert!(layout.folded.contains("box") && !layout.folded.contains("host"));
    assert_eq!(layout.locked.iter().collect::<Vec<_>>(), ["web", "box"]);
    assert_eq!(layout.bends.keys().collect::<Vec<_>>(), ["web -> box", "web -> db"]);
    let remove = Edit::RemoveNodes {
        lane: lane(),
        names: vec!["box".into()],
        references: References::Refuse,
        reconnect: false,
    };
    let gone = remove.apply(&renamed).unwrap();
    let layout = &gone.documents["service"].layout;
    assert!(layout.folded.is_empty());
    assert_eq!(layout.locked.iter().collect::<Vec<_>>(), ["web"]);
    assert_eq!(layout.bends.keys().collect::<Vec<_>>(), ["web -> db"]);
    let straight = Edit::Bend { lane: lane(), from: "web".into(), to: "db".into(), bends: Vec::new() };
    let free = Edit::Lock { lane: lane(), names: Some(vec!["web".into()]), locked: false };
    let end = free.apply(&straight.apply(&gone).unwrap()).unwrap();
    assert_eq!(*end.documents["service"].layout, crate::model::Layout::default());
}

#[test]
fn what_reads_an_entry_follows_its_new_name() {
    let text = "\
node_templates:
  web:
    type: t.Web
    properties:
      env: { A: one, B: { get_property: [ SELF, env, A ] } }
    relationships:
      - type: r.uses
        target: db
        source_interfaces:
          link:
            establish: { inputs: { a: { get_property: [ TARGET, env, A ] }, b: { get_property: [ SOURCE, env, A ] } } }
  db:
    type: t.Db
    properties:
      env: { A: { concat: [ { get_property: [ web, env, A ] }, x ] } }
outputs:
  all: { value: { get_attribute: [ web, env, A, more ] } }
  other: { value: { get_property: [ db, env, A ] } }
  whole: { value: { get_property: [ web, env ] } }
";
    let rename =
        |at: &str| after(text, &Edit::Rename { lane: lane(), at: at.parse().unwrap(), to: "NEW".into() });
    let wanted = text
        .replace("{ A: one", "{ NEW: one")
        .replace("[ SELF, env, A ]", "[ SELF, env, NEW ]")
        .replace("[ SOURCE, env, A ]", "[ SOURCE, env, NEW ]")
        .replace("[ web, env, A", "[ web, env, NEW");
    assert_eq!(rename("node_templates.web.properties.env.A"), wanted);
    let wanted = text
        .replace("{ A: { concat", "{ NEW: { concat")
        .replace("[ TARGET, env, A ]", "[ TARGET, env, NEW ]")
        .replace("[ db, env, A ]", "[ db, env, NEW ]");
    assert_eq!(rename("node_templates.db.properties.env.A"), wanted);
}

#[test]
fn other_lanes_follow_the_new_name_of_an_entry_of_an_output() {
    let shared =
        share("outputs.info.value.port", "node_templates.web.properties.port").apply(&two()).unwrap();
    let at = "outputs.info.value.port".parse().unwrap();
    let renamed = Edit::Rename { lane: "k8s-cluster".into(), at, to: "door".into() }.apply(&shared).unwrap();
    let (before, text) = (&*shared.documents["service"].text, &*renamed.documents["service"].text);
    assert_eq!(text, before.replace("[ k8s_proxy, info, port ]", "[ k8s_proxy, info, door ]"));
    assert_ne!(text, before);
    assert!(renamed.documents["k8s-cluster"].text.contains("{ door: { get_property: [ host, port ] } }"));
}
