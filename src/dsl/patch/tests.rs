//! What patches do to texts of every style: before, change, after, byte for byte.

use super::*;
use crate::model::Map;

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn set(text: &str, at: &str, to: &str) -> String {
    patch(text, &[Change::Set { at: at.parse().unwrap(), value: value(to) }]).unwrap()
}

fn unset(text: &str, at: &str) -> String {
    patch(text, &[Change::Unset { at: at.parse().unwrap() }]).unwrap()
}

#[test]
fn a_scalar_changes_in_place_and_keeps_its_quotes() {
    let text = "# head\na: 1 # one\nb: 'x'   # two\nc: \"y\"\nd:   [ p, q ]\n";
    assert_eq!(set(text, "a", "2"), text.replace("a: 1", "a: 2"));
    assert_eq!(set(text, "b", "\"it's\""), text.replace("'x'", "'it''s'"));
    assert_eq!(set(text, "c", "\"z\""), text.replace("\"y\"", "\"z\""));
    assert_eq!(set(text, "d[1]", "\"a: b\""), text.replace("q ]", "'a: b' ]"));
    assert_eq!(set(text, "d", "5"), text.replace("[ p, q ]", "5"));
    assert_eq!(set(text, "a", "\"yes\""), text.replace("a: 1", "a: 'yes'"));
}

#[test]
fn an_entry_is_added_where_its_siblings_are() {
    let text =
        "nodes:\n\n  a:\n    x: 1\n    # own comment\n\n  # of b\n  b:\n    x: 2\n\n# of out\nout: {}\n";
    let added = set(text, "nodes.c", r#"{"type":"t","in":{"get_input":"i"}}"#);
    assert_eq!(
        added,
        text.replace("    x: 2\n", "    x: 2\n\n  c:\n    type: t\n    in: { get_input: i }\n")
    );
    // Apart from the comment: directly below it would go with what was added when that is taken away again.
    let inner = set(text, "nodes.a.v", "[1,2]");
    assert_eq!(inner, text.replace("comment\n", "comment\n\n    v: [ 1, 2 ]\n"));
    assert_eq!(unset(&inner, "nodes.a.v"), text);
    assert_eq!(set(text, "out.v", "1"), text.replace("out: {}", "out:\n  v: 1"));
    assert_eq!(set(text, "new.deep.v", "1"), format!("{text}\nnew:\n  deep:\n    v: 1\n"));
}

#[test]
fn a_comment_at_the_end_is_not_about_what_comes_behind_it() {
    let text = "nodes:\n  a:\n    l:\n      - x\n      # - y\n  # z: later\nout: 1\n";
    let node = set(text, "nodes.b", "1");
    assert_eq!(node, text.replace("later\n", "later\n\n  b: 1\n"));
    assert_eq!(unset(&node, "nodes.b"), text, "what was added goes alone");
    let item = set(text, "nodes.a.l[1]", "\"z\"");
    assert_eq!(item, text.replace("# - y\n", "# - y\n\n      - z\n"));
    assert_eq!(unset(&item, "nodes.a.l[1]"), text);
}

#[test]
fn brackets_stay_brackets() {
    let text = "a: { x: 1, y: [ p ] }\nb: [\n  one,\n  two\n]\nc: {x: 1,}\n";
    assert_eq!(
        set(text, "a.z", r#"{"get_input":"i"}"#),
        text.replace("[ p ] }", "[ p ], z: { get_input: i } }")
    );
    assert_eq!(set(text, "b[2]", "\"three\""), text.replace("  two\n", "  two,\n  three\n"));
    assert_eq!(set(text, "c.v", "2"), text.replace("{x: 1,}", "{x: 1, v: 2}"));
    assert_eq!(unset(text, "a.x"), text.replace("x: 1, y", "y"));
    assert_eq!(unset(text, "a.y"), text.replace(", y: [ p ]", ""));
    assert_eq!(unset(text, "a.y[0]"), text.replace("[ p ]", "[]"));
    assert_eq!(unset(text, "b[0]"), text.replace("  one,\n  two", "  two"));
}

#[test]
fn an_entry_goes_with_its_own_comments() {
    let text = "nodes:\n\n  a:\n    x: 1\n\n  # of b\n  b:\n    x: 2 # two\n    # deeper\n\n  # of c\n  c: {}\nout: 1\n";
    assert_eq!(unset(text, "nodes.b"), "nodes:\n\n  a:\n    x: 1\n\n  # of c\n  c: {}\nout: 1\n");
    assert_eq!(unset(text, "nodes.a"), text.replace("  a:\n    x: 1\n\n", ""));
    assert_eq!(unset(text, "nodes.c"), text.replace("\n  # of c\n  c: {}\n", ""));
    assert_eq!(unset(text, "nodes.a.x"), text.replace("  a:\n    x: 1\n", "  a: {}\n"));
    assert_eq!(unset(text, "out"), text.replace("out: 1\n", ""));
    assert_eq!(unset("# head\na: 1\nb: 2", "a"), "# head\nb: 2");
    assert_eq!(unset("a: 1\nb: 2", "b"), "a: 1");
}

#[test]
fn lists_of_maps_are_relationships() {
    let text = "web:\n  rel:\n    - type: a   # first\n      target: x\n    # second\n    - type: b\n      target: y\n  z: 1\n";
    assert_eq!(
        set(text, "web.rel[2]", r#"{"type":"c","target":"z"}"#),
        text.replace("target: y\n", "target: y\n    - type: c\n      target: z\n")
    );
    assert_eq!(unset(text, "web.rel[1]"), text.replace("    # second\n    - type: b\n      target: y\n", ""));
    assert_eq!(unset(text, "web.rel[0]"), text.replace("    - type: a   # first\n      target: x\n", ""));
    assert_eq!(unset(text, "web.rel[0].type"), text.replace("type: a   # first\n      ", ""));
    assert_eq!(set(text, "web.rel[0].target", "\"q\""), text.replace("target: x", "target: q"));
    let insert = Change::Insert { at: "web.rel".parse().unwrap(), index: 1, value: value(r#"{"type":"m"}"#) };
    assert_eq!(patch(text, &[insert]).unwrap(), text.replace("- type: b", "- type: m\n    - type: b"));
    assert_eq!(unset("a:\n- x\n- y\nb: 1\n", "a[1]"), "a:\n- x\nb: 1\n");
    assert_eq!(set("a:\n- x\nb:\n  c: 1\n", "b.d", r#"[{"k":1}]"#), "a:\n- x\nb:\n  c: 1\n  d:\n  - k: 1\n");
    assert_eq!(unset("a:\n  - x\nb: 1\n", "a[0]"), "a: []\nb: 1\n");
}

#[test]
fn only_what_differs_of_a_map_is_rewritten() {
    let text = "p:\n  a: 1 # keep\n  b: [ x, y ] # list\n  c: 3\n";
    assert_eq!(
        set(text, "p", r#"{"a":1,"b":["x","z","w"],"d":4}"#),
        "p:\n  a: 1 # keep\n  b: [ x, z, w ] # list\n  d: 4\n"
    );
}

#[test]
fn a_value_may_change_its_kind() {
    let text = "a: 1 # c\nb:\n  x: 1\n  y: 2\nc:\n  - 1\n";
    assert_eq!(set(text, "a", r#"{"k":{"l":1}}"#), text.replace("a: 1 # c", "a: # c\n  k:\n    l: 1"));
    assert_eq!(set(text, "b", "5"), "a: 1 # c\nb: 5\nc:\n  - 1\n");
    assert_eq!(set(text, "c[0]", r#"{"k":1,"l":2}"#), text.replace("- 1", "- k: 1\n    l: 2"));
    assert_eq!(set(text, "b", r#"{"get_input":"i"}"#), "a: 1 # c\nb: { get_input: i }\nc:\n  - 1\n");
    assert_eq!(set("a:\nb: 1\n", "a.x", "1"), "a:\n  x: 1\nb: 1\n");
    assert_eq!(set("a:   # why\nb: 1\n", "a", "1"), "a: 1   # why\nb: 1\n");
    assert_eq!(set("", "a.b", "1"), "a:\n  b: 1\n");
    assert_eq!(set("# only words\n", "a", "1"), "# only words\na: 1\n");
}

#[test]
fn text_of_several_lines() {
    let text = "a: |\n    one\n    two\n\nb: >-\n  folded\n  line\nc: 1\n";
    assert_eq!(set(text, "a", r#""one\nthree\n""#), text.replace("two", "three"));
    assert_eq!(set(text, "b", r#""short""#), "a: |\n    one\n    two\n\nb: >-\n  short\nc: 1\n");
    assert_eq!(set(text, "c", r#""x\ny\n""#), text.replace("c: 1", "c: |\n  x\n  y"));
    assert_eq!(set(text, "d", "1"), format!("{text}d: 1\n"));
    assert_eq!(unset(text, "a"), "b: >-\n  folded\n  line\nc: 1\n");
    assert_eq!(set("a: |+\n  x\n\n", "b", "1"), "a: |+\n  x\n\nb: 1\n");
}

#[test]
fn ends_of_lines_and_documents_stay() {
    let text = "---\r\na:\r\n    b: 1\r\n    c: 2\r\n...\r\n";
    assert_eq!(
        set(text, "a.d", r#"{"x":{"v":1}}"#),
        text.replace("c: 2\r\n", "c: 2\r\n    d:\r\n        x:\r\n            v: 1\r\n")
    );
    assert_eq!(unset(text, "a.c"), text.replace("    c: 2\r\n", ""));
    assert_eq!(set("a: 1", "b", "2"), "a: 1\nb: 2");
}

#[test]
fn keys_are_renamed_in_place() {
    let text = "nodes:\n  'a': 1\n  b: { c: 1 }\n";
    let rename =
        |at: &str, to: &str| patch(text, &[Change::Rename { at: at.parse().unwrap(), to: to.into() }]);
    assert_eq!(rename("nodes.a", "z").unwrap(), text.replace("'a'", "'z'"));
    assert_eq!(rename("nodes.b.c", "yes").unwrap(), text.replace("c:", "'yes':"));
    assert_eq!(rename("nodes.a", "b"), Err(PatchError::Taken("b".into())));
    assert!(rename("nodes.q", "b").is_err());
}

#[test]
fn aliases_and_merges_change_only_what_was_meant() {
    let text = "base: &b\n  x: 1\n  v: { z: 1 }\none:\n  <<: *b\n  w: 1\ntwo: *b\n";
    assert_eq!(set(text, "one.x", "2"), text.replace("w: 1", "w: 1\n  x: 2"));
    assert_eq!(set(text, "one.v.z", "2"), text.replace("w: 1", "w: 1\n  v:\n    z: 2"));
    assert_eq!(set(text, "two.x", "2"), text.replace("two: *b", "two:\n  x: 2\n  v:\n    z: 1"));
    let shared = patch(text, &[Change::Set { at: "base.x".parse().unwrap(), value: value("2") }]);
    assert!(matches!(shared, Err(PatchError::Shared(_))), "{shared:?}");
    assert!(patch(text, &[Change::Unset { at: "base".parse().unwrap() }]).is_err());
    assert!(patch(text, &[Change::Unset { at: "one.x".parse().unwrap() }]).is_err());
}

#[test]
fn what_is_broken_or_impossible_is_refused() {
    let at = |path: &str| vec![Change::Set { at: path.parse().unwrap(), value: Value::Null }];
    assert!(matches!(patch("a: [1\nb: 2\n", &at("b")), Err(PatchError::Broken { .. })));
    assert!(patch("a: 1\n", &at("a.b")).is_err());
    assert!(patch("a: [1]\n", &at("a[3]")).is_err());
    assert!(patch("? a\n: 1\nb: 2\n", &at("a")).is_err());
}

#[test]
fn every_value_of_the_blueprints_can_be_set_and_taken_away() {
    for text in [
        include_str!("../../../blueprints/hybrid-vnf/kubernetes-cluster/blueprint.yaml"),
        include_str!("../../../blueprints/hybrid-vnf/swarm-cluster/blueprint.yaml"),
        include_str!("../../../blueprints/hybrid-vnf/service/blueprint.yaml"),
        include_str!("../../../assets/types/kubernetes.yaml"),
    ] {
        let mut paths = Vec::new();
        let mut todo = vec![(Path::root(), read(text).unwrap())];
        while let Some((path, value)) = todo.pop() {
            match &value {
                Value::Map(map) => todo.extend(map.iter().map(|(key, value)| (path.key(key), value.clone()))),
                Value::List(list) => {
                    todo.extend(list.iter().enumerate().map(|(at, value)| (path.index(at), value.clone())));
                }
                _ => {}
            }
            paths.push(path);
        }
        for path in paths.into_iter().skip(1) {
            let others = [
                value("7"),
                value(r#""a: b""#),
                value(r#""l\nm\n""#),
                value(r#"{"get_input":"x"}"#),
                Value::Map(Map::from_iter([("k".to_owned(), value(r#"[{"a":[],"b":{"c":{"d":1}}}]"#))])),
            ];
            for other in others {
                let change = Change::Set { at: path.clone(), value: other };
                let result = patch(text, std::slice::from_ref(&change));
                assert!(result.is_ok(), "{change:?}: {result:?}");
            }
            let result = patch(text, &[Change::Unset { at: path.clone() }]);
            assert!(result.is_ok() || shares(text), "{path}: {result:?}");
        }
    }
}

/// Every place in an entity of a text, and what stands there.
fn places(value: &Value) -> Vec<(Path, Value)> {
    let mut todo = vec![(Path::root(), value)];
    let mut found = Vec::new();
    while let Some((at, value)) = todo.pop() {
        match value {
            Value::Map(map) => todo.extend(map.iter().map(|(key, value)| (at.key(key), value))),
            Value::List(list) => {
                todo.extend(list.iter().enumerate().map(|(index, value)| (at.index(index), value)));
            }
            _ => {}
        }
        if at.segments().len() >= 3 {
            found.push((at, value.clone()));
        }
    }
    found
}

#[test]
fn a_change_within_an_entity_is_what_it_is_in_the_whole_text() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/valid");
    let mut files: Vec<_> = std::fs::read_dir(corpus).unwrap().flatten().map(|file| file.path()).collect();
    files.sort();
    let values =
        ["1", "\"x: y\"", "[1, 2]", r#"{"a": {"get_input": "b"}}"#, r#"{"a": {"b": 1}}"#, r#""one\ntwo\n""#];
    let rounds = std::env::var("GANTRY_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(40);
    let (mut inside, mut all, mut seed) = (0, 0, 7_usize);
    let mut chance = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below.max(1)
    };
    for text in files.iter().filter_map(|file| std::fs::read_to_string(file).ok()) {
        let places = places(&read(&text).unwrap());
        for _ in 0..if places.is_empty() { 0 } else { rounds } {
            let (at, old) = &places[chance(places.len())];
            let new = value(values[chance(values.len())]);
            let change = match chance(5) {
                0 => Change::Unset { at: at.clone() },
                1 if old.as_map().is_some() => Change::Set { at: at.key("added"), value: new },
                2 if old.as_list().is_some() => Change::Insert { at: at.clone(), index: 0, value: new },
                3 if matches!(at.segments().last(), Some(Segment::Key(_))) => {
                    Change::Rename { at: at.clone(), to: "renamed".into() }
                }
                _ => Change::Set { at: at.clone(), value: new },
            };
            all += 1;
            let changes = [change];
            if let Some(now) = inside::patch(&text, &changes) {
                assert_eq!(whole(&text, &changes).as_deref(), Ok(&*now), "{changes:?}\n{text}");
                inside += 1;
            }
        }
    }
    assert!(inside * 2 > all && inside > 200, "{inside} of {all}");
}
