//! Editing a project that is open: what is drawn, what follows from it, what is saved.

use std::path::Path;
use std::time::Duration;

use gantry::edit::{Edit, References};
use gantry::model::{Point, Value};
use gantry::session::{Overrides, SaveError, Session, Settings, project};

use crate::cli::copy;

const PATIENCE: Duration = Duration::from_mins(2);

pub(super) struct Desk {
    pub folder: tempfile::TempDir,
    pub session: Session,
}

pub(super) fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints/hybrid-vnf");
    copy(&root, &folder.path().join("project"));
    let session = open(folder.path());
    Desk { folder, session }
}

pub(super) fn open(folder: &Path) -> Session {
    let (project, _) = project::open(&folder.join("project"), &Overrides::default()).unwrap();
    Session::new(project, Settings { data_dir: Some(folder.join("data")), ..Settings::default() }).unwrap()
}

impl Desk {
    pub fn text(&self, lane: &str) -> String {
        self.session.documents().documents[lane].text.to_string()
    }

    pub fn on_disk(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.path().join("project").join(file)).unwrap()
    }

    pub fn save(&mut self) -> Result<(), SaveError> {
        self.session.save();
        assert!(self.session.settle(PATIENCE));
        self.session.saved().unwrap()
    }
}

pub(super) fn port(value: i64) -> Edit {
    let at = "inputs.http_port.default".parse().unwrap();
    Edit::Set { lane: "service".into(), at, value: Value::Int(value) }
}

#[test]
fn what_follows_from_an_edit_is_read_and_checked() {
    let mut desk = desk();
    let revision = desk.session.revision();
    let edit = Edit::RemoveNodes {
        lane: "service".into(),
        names: vec!["nginx_port".into()],
        references: References::Refuse,
        reconnect: false,
    };
    assert_eq!(desk.session.edit(&edit), Ok(true));
    assert!(desk.session.revision() != revision && desk.session.is_checking());
    assert!(desk.session.settle(PATIENCE));
    let lane = desk.session.lane("service").unwrap();
    assert!(!lane.topology.nodes.contains_key("nginx_port") && !lane.diagnostics.has_errors());
    assert!(desk.session.undo());
    assert!(desk.session.settle(PATIENCE));
    assert!(desk.session.lane("service").unwrap().topology.nodes.contains_key("nginx_port"));
    assert!(desk.session.unsaved().is_empty());
}

#[test]
fn saving_writes_what_changed_and_nothing_else() {
    let mut desk = desk();
    let before = desk.on_disk("service/blueprint.yaml");
    desk.session.edit(&port(9090)).unwrap();
    assert_eq!(desk.session.unsaved(), ["service/blueprint.yaml"]);
    assert_eq!(desk.on_disk("service/blueprint.yaml"), before);
    desk.save().unwrap();
    assert_eq!(desk.on_disk("service/blueprint.yaml"), before.replace("default: 8080", "default: 9090"));
    assert!(desk.session.unsaved().is_empty());
    desk.session.undo();
    desk.save().unwrap();
    assert_eq!(desk.on_disk("service/blueprint.yaml"), before);
}

#[test]
fn where_things_stand_is_kept_without_being_asked() {
    let mut desk = desk();
    let edit =
        Edit::Move { lane: "service".into(), nodes: vec![("nginx".into(), Point { x: 20.0, y: 40.0 })] };
    desk.session.edit(&edit).unwrap();
    assert!(!desk.session.is_checking(), "a move changes no text");
    assert!(desk.session.settle(PATIENCE));
    assert!(desk.on_disk("service/blueprint.layout.yaml").contains("nginx"));
    assert!(desk.session.unsaved().is_empty());
}

#[test]
fn a_file_that_another_program_changed_is_not_overwritten() {
    let mut desk = desk();
    desk.session.edit(&port(9090)).unwrap();
    let file = desk.folder.path().join("project/service/blueprint.yaml");
    std::fs::write(&file, "# somebody else\n").unwrap();
    let refused = desk.save().unwrap_err();
    assert!(matches!(&refused, SaveError::Conflict(file) if file == "service/blueprint.yaml"), "{refused}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "# somebody else\n");
    assert!(desk.text("service").contains("9090"), "what was drawn stays");
}

#[test]
fn a_broken_text_keeps_the_last_picture() {
    let mut desk = desk();
    let text = desk.text("service").replacen("node_templates:", "node_templates: {", 1);
    desk.session.edit(&Edit::Text { lane: "service".into(), text: text.into() }).unwrap();
    assert!(desk.session.settle(PATIENCE));
    let lane = desk.session.lane("service").unwrap();
    assert!(lane.is_stale && lane.topology.nodes.contains_key("nginx") && lane.diagnostics.has_errors());
    desk.session.undo();
    assert!(desk.session.settle(PATIENCE));
    let lane = desk.session.lane("service").unwrap();
    assert!(!lane.is_stale && !lane.diagnostics.has_errors());
}
