//! Pictures of hostile names and of nothing; projects in and out.

use indexmap::IndexMap;

use super::*;

fn picture<'a>(scene: &'a Scene, files: Option<&'a IndexMap<String, String>>) -> Picture<'a> {
    Picture { scene, title: "a <b> & \"c\"\u{7}", palette: &LIGHT, files }
}

#[test]
fn what_goes_into_a_picture_comes_out_of_it_byte_for_byte() {
    let scene = Scene::default();
    let nasty = "a: \"<x>\" & 'y' ]]> </gantry:project> &amp; &#13;\r\n\ttab \u{7} é \u{2028} 🚢\n";
    let files: IndexMap<String, String> =
        [("gantry.yaml".to_owned(), nasty.to_owned()), ("a/blueprint.yaml".to_owned(), String::new())].into();
    let text = svg(&picture(&scene, Some(&files)));
    assert_eq!(carried(&text).unwrap(), files);
    assert!(text.contains("<title>a &lt;b&gt; &amp; &quot;c&quot;</title>"), "{text}");
    assert!(!text.contains('\u{7}'));
    assert_eq!(carried(&svg(&picture(&scene, None))), Err(CarryError::None));
}

#[test]
fn a_strangers_picture_writes_nothing_elsewhere() {
    for path in ["../x", "/etc/passwd", "a/../../x", "c:x", "a\\b", "a//b", "", "a\nb"] {
        let json = serde_json::to_string(&IndexMap::from([(path, "x")])).unwrap();
        let svg = format!("<svg><metadata><gantry:project>{}</gantry:project>", escaped(&json));
        assert!(matches!(carried(&svg), Err(CarryError::Outside(_))), "{path}");
    }
    for broken in [
        "<gantry:project",
        "<gantry:project>{",
        "<gantry:project>[1]</gantry:project>",
        "<gantry:project>{}</gantry:project>",
    ] {
        assert!(carried(broken).is_err(), "{broken}");
    }
}

#[test]
fn texts_fit_their_room() {
    assert_eq!(fitted("web", 13.0, 100.0), "web");
    let cut = fitted("a_very_long_name_of_a_node_template", 13.0, 100.0);
    assert!(cut.ends_with('…') && width(&cut) * 13.0 <= 100.0, "{cut}");
}

#[test]
fn nothing_drawn_is_still_a_picture_in_pixels() {
    let bytes = png(&svg(&picture(&Scene::default(), None)), 2.0).unwrap();
    assert!(bytes.starts_with(b"\x89PNG"));
    assert!(dot(&picture(&Scene::default(), None)).starts_with("digraph \"a <b> & \\\"c\\\" \" {"));
}
