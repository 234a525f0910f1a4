//! What can go wrong around an open project: a clear message, what was drawn stays, and nothing on disk is lost.

use gantry::edit::Edit;
use gantry::session::SaveError;

use super::edit::{Desk, desk, open, port};

const SERVICE: &str = "service/blueprint.yaml";

fn patience() -> std::time::Duration {
    std::time::Duration::from_mins(2)
}

/// What was drawn is still there, and can still be taken back.
fn assert_kept(desk: &mut Desk, drawn: &str) {
    assert_eq!(desk.text("service"), drawn);
    assert_eq!(desk.session.unsaved(), [SERVICE]);
}

#[test]
fn a_read_only_file_is_left_alone() {
    let mut desk = desk();
    let before = desk.on_disk(SERVICE);
    let file = desk.folder.path().join("project").join(SERVICE);
    let mut permissions = std::fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&file, permissions).unwrap();
    desk.session.edit(&port(9090)).unwrap();
    let drawn = desk.text("service");
    let refused = desk.save().unwrap_err().to_string();
    assert!(refused.contains("blueprint.yaml: the file is read-only; make it writable"), "{refused}");
    assert_eq!(desk.on_disk(SERVICE), before);
    assert_kept(&mut desk, &drawn);
}

#[test]
fn of_two_windows_on_one_project_the_second_overwrites_nothing() {
    let mut first = desk();
    let mut second = open(first.folder.path());
    first.session.edit(&port(9090)).unwrap();
    let edit = Edit::Unset { lane: "service".into(), at: "inputs.http_port.description".parse().unwrap() };
    second.edit(&edit).unwrap();
    first.save().unwrap();
    let saved = first.on_disk(SERVICE);
    second.save();
    assert!(second.settle(patience()));
    let refused = second.saved().unwrap().unwrap_err();
    assert!(matches!(&refused, SaveError::Conflict(file) if file == SERVICE), "{refused}");
    assert_eq!(first.on_disk(SERVICE), saved, "what the first window saved stays");
    assert_eq!(second.unsaved(), [SERVICE], "and what the second drew, too");
    assert!(second.undo());
}

#[test]
fn an_edit_that_a_text_has_no_place_for_is_refused_with_the_line_to_mend() {
    let mut desk = desk();
    let text = desk.text("service").replacen("node_templates:", "node_templates: {", 1);
    let line = text.lines().position(|line| line.contains("node_templates: {")).unwrap();
    desk.session.edit(&Edit::Text { lane: "service".into(), text: text.as_str().into() }).unwrap();
    let refused = desk.session.edit(&port(9090)).unwrap_err().to_string();
    assert!(refused.starts_with("service: line ") && refused.ends_with("; mend the text first"), "{refused}");
    let told: usize = refused["service: line ".len()..].split(' ').next().unwrap().parse().unwrap();
    assert!(told > line, "{refused}");
    assert_eq!(desk.text("service"), text, "nothing was changed");
    let other = Edit::Rename {
        lane: "swarm-cluster".into(),
        at: "node_templates.worker".parse().unwrap(),
        to: "helper".into(),
    };
    assert_eq!(desk.session.edit(&other), Ok(true), "other lanes are drawn on");
    for _ in 0..2 {
        assert!(desk.session.undo());
    }
    assert!(desk.session.unsaved().is_empty());
}

#[test]
fn many_documents_in_one_file_are_shown_and_not_changed() {
    let mut desk = desk();
    let text = format!("{}---\nanother: document\n", desk.text("service"));
    desk.session.edit(&Edit::Text { lane: "service".into(), text: text.as_str().into() }).unwrap();
    assert!(desk.session.settle(patience()));
    let refused = desk.session.edit(&port(9090)).unwrap_err().to_string();
    assert!(refused.contains("a single document"), "{refused}");
    assert_eq!(desk.text("service"), text);
}
