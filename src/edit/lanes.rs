//! Lanes: add, remove, rename; `gantry.yaml` as somebody typed it.

use std::sync::Arc;

use super::draft::{Draft, check_name};
use super::{Document, EditError, Subject};
use crate::diag::Path;
use crate::dsl::patch::Change;
use crate::model::{Layout, Map, Point, Value};

/// A lane that is to be added, with its files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewLane {
    /// Its name.
    pub name: String,
    /// The blueprint file, relative to the project folder.
    pub file: String,
    /// The blueprint.
    pub text: Arc<str>,
    /// Other text files by path relative to the project folder.
    pub files: Vec<(String, Arc<str>)>,
    /// The name under which it is deployed, if that is not the lane's.
    pub deployment: Option<String>,
    /// Inputs in `gantry.yaml`.
    pub inputs: Map,
    /// Top left corner of the lane on the canvas; placed automatically if none.
    pub at: Option<Point>,
    /// Where its nodes stand, relative to the lane's corner.
    pub nodes: Vec<(String, Point)>,
    /// What else there is to say of its picture; places above go before those in it.
    pub layout: Layout,
}

pub(super) fn add(draft: &mut Draft, new: &NewLane) -> Result<(), EditError> {
    check_name(&new.name)?;
    if draft.project.documents.contains_key(&new.name) {
        return Err(EditError::Taken(new.name.clone()));
    }
    if draft.project.documents.values().any(|other| *other.file == *new.file) {
        return Err(EditError::Taken(new.file.clone()));
    }
    let mut spec = Map::from_iter([("blueprint".to_owned(), new.file.as_str().into())]);
    if let Some(deployment) = &new.deployment {
        spec.insert("deployment".into(), deployment.as_str().into());
    }
    if !new.inputs.is_empty() {
        spec.insert("inputs".into(), Value::Map(new.inputs.clone()));
    }
    let at = Path::of(["lanes", &new.name]);
    draft.manifest(&[Change::Set { at, value: Value::Map(spec) }])?;
    let mut layout = Layout { lane: new.at.or(new.layout.lane), ..new.layout.clone() };
    layout.nodes.extend(new.nodes.iter().cloned());
    let document =
        Document { file: new.file.as_str().into(), text: new.text.clone(), layout: Arc::new(layout) };
    draft.project.documents.insert(new.name.clone(), document);
    draft.project.files.extend(new.files.iter().map(|(path, text)| (path.clone(), Some(text.clone()))));
    draft.touched.push((Subject::Lane(new.name.clone()), Path::root()));
    Ok(())
}

pub(super) fn remove(draft: &mut Draft, lane: &str) -> Result<(), EditError> {
    draft.project.document(lane)?;
    draft.manifest(&[Change::Unset { at: Path::of(["lanes", lane]) }])?;
    draft.project.documents.shift_remove(lane);
    draft.touched.push((Subject::Lane(lane.to_owned()), Path::root()));
    Ok(())
}

/// What is deployed is known by the deployment's name: that stays.
pub(super) fn rename(draft: &mut Draft, lane: &str, to: &str) -> Result<(), EditError> {
    check_name(to)?;
    let position =
        draft.project.documents.get_index_of(lane).ok_or_else(|| EditError::UnknownLane(lane.to_owned()))?;
    if draft.project.documents.contains_key(to) {
        return Err(EditError::Taken(to.to_owned()));
    }
    let at = Path::of(["lanes", lane]);
    let mut changes = Vec::new();
    if draft.project.deployment(lane) == lane {
        changes.push(Change::Set { at: at.key("deployment"), value: lane.into() });
    }
    changes.push(Change::Rename { at, to: to.to_owned() });
    draft.manifest(&changes)?;
    if let Some(document) = draft.project.documents.shift_remove(lane) {
        draft.project.documents.shift_insert(position, to.to_owned(), document);
    }
    super::share::lane_renamed(draft, lane, to);
    draft.touched.extend([lane, to].map(|lane| (Subject::Lane(lane.to_owned()), Path::root())));
    Ok(())
}

/// Lanes that it names and that are open stay open.
pub(super) fn retype(draft: &mut Draft, text: &Arc<str>) -> Result<(), EditError> {
    if draft.project.manifest.is_none() {
        return Err(EditError::NoManifest);
    }
    draft.project.manifest = Some(text.clone());
    draft.touched.push((Subject::Manifest, Path::root()));
    Ok(())
}
