//! Changing a project: an [`Edit`] is one finished gesture, [`History`] what undo moves through.
//!
//! Knows documents, not files: who saves them is somebody else. Knows names and places, not types: whether a connection
//! makes sense is judged by [`crate::check`] and told before the edit is made.
//!
//! # How to use it
//!
//! ```
//! use gantry::edit::{Edit, History, Project, Document};
//! use gantry::model::Value;
//!
//! let text = "node_templates:\n  # the load balancer\n  web:\n    type: cloudify.nodes.WebServer\n";
//! let document = Document { file: "blueprint.yaml".into(), text: text.into(), ..Document::default() };
//! let mut project = Project { documents: [("service".to_owned(), document)].into(), ..Project::default() };
//! let mut history = History::default();
//!
//! let edit = Edit::Set {
//!     lane: "service".into(),
//!     at: "node_templates.web.properties.port".parse().unwrap(),
//!     value: Value::Int(80),
//! };
//! history.apply(&mut project, &edit).unwrap(); // one gesture, one edit, one named step
//! assert_eq!(&*project.documents["service"].text, format!("{text}    properties:\n      port: 80\n"));
//! assert_eq!(history.undo_label(), Some("set web.port"));
//! history.undo(&mut project); // the first bytes exactly
//! assert_eq!(&*project.documents["service"].text, text);
//! ```
//!
//! A front end goes through [`crate::session::Session::edit`], which applies, remembers the step and has everything that
//! follows from the text read again off the window's thread. Every text is changed by [`crate::dsl::patch`], which reads
//! what it wrote and refuses what is not exactly what was meant; [`Edit::touches`] says what that may be.

pub mod clipboard;
pub mod compare;
mod draft;
mod groups;
mod history;
mod labels;
mod lanes;
pub mod merge;
mod nodes;
mod placing;
mod project;
pub mod references;
mod rename;
mod share;

use std::sync::Arc;

use crate::diag::Path;
use crate::dsl::patch::PatchError;
use crate::model::{Point, Value};

use draft::Draft;
pub use history::{History, Step};
pub use labels::named;
pub use lanes::NewLane;
pub use project::{Document, Project};

/// Which text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `gantry.yaml`.
    Manifest,
    /// The blueprint of a lane.
    Lane(String),
}

/// What to do with functions that name what is to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum References {
    /// Nothing goes while something names it; the error says what.
    #[default]
    Refuse,
    /// The property, input or output in which the function stands goes, too.
    Remove,
    /// They stay, and are problems from then on.
    Leave,
}

/// One finished gesture: one undo step.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A new node template.
    AddNode {
        /// The lane.
        lane: String,
        /// Its name; see [`Project::free_name`].
        name: String,
        /// The template: `type`, and what else it has from the beginning.
        template: Value,
        /// Where it stands, relative to the lane's corner; placed automatically if none.
        at: Option<Point>,
    },
    /// Node templates go, with the relationships that point to them and their memberships.
    RemoveNodes {
        /// The lane.
        lane: String,
        /// Which.
        names: Vec<String>,
        /// What happens to functions that name them.
        references: References,
        /// Whether what pointed to one of them then points to what it pointed to.
        reconnect: bool,
    },
    /// Something gets another name, everywhere: node templates, inputs, outputs, capabilities and groups.
    Rename {
        /// The lane.
        lane: String,
        /// What: `node_templates.web`, `inputs.port`, `outputs.info`, `groups.workers`; or the key of an entry of a map,
        /// `node_templates.web.properties.env.HOME`, and what functions that read it call it.
        at: Path,
        /// Its new name.
        to: String,
    },
    /// A relationship. Nothing happens if there is one of that type between them already.
    Connect {
        /// The lane.
        lane: String,
        /// The node that has it.
        from: String,
        /// The node it points to.
        to: String,
        /// Its type, for example `cloudify.relationships.contained_in`.
        kind: String,
    },
    /// A relationship goes.
    Disconnect {
        /// The lane.
        lane: String,
        /// The node that has it.
        from: String,
        /// Its position among the node's relationships, from 0.
        position: usize,
    },
    /// A relationship points elsewhere, or is of another type; what else it has stays.
    Reconnect {
        /// The lane.
        lane: String,
        /// The node that has it.
        from: String,
        /// Its position among the node's relationships, from 0.
        position: usize,
        /// The node that it points to from now on.
        to: String,
        /// Its type from now on; as it was if none.
        kind: Option<String>,
    },
    /// A value of a blueprint: a property, environment entry, input, output, operation input … Maps on the way to it are
    /// made; one behind the last element of a list is added. Over a value that was read from another lane it takes away what
    /// [`Self::Share`] made for that.
    Set {
        /// The lane.
        lane: String,
        /// Where.
        at: Path,
        /// What.
        value: Value,
    },
    /// A value goes, with its key.
    Unset {
        /// The lane.
        lane: String,
        /// Which.
        at: Path,
    },
    /// A value of one lane is read in another: the output (if there is none), the deployment proxy (if there is none), its
    /// relationship and the `get_attribute` are written.
    Share {
        /// Lane and place of the value: `outputs.info`, `outputs.info.value.ip`, `node_templates.n.properties.p` or
        /// `node_templates.n.attributes.a` for a runtime attribute.
        from: (String, Path),
        /// Lane and place where it is read.
        to: (String, Path),
    },
    /// A value is read from another lane no more: what [`Edit::Share`] made for it goes, nothing else.
    Unshare {
        /// Lane and place where it is read.
        at: (String, Path),
    },
    /// A group of nodes and groups. Scaled together if `instances` is given.
    Group {
        /// The lane.
        lane: String,
        /// Its name.
        name: String,
        /// Nodes and groups.
        members: Vec<String>,
        /// How many instances the whole group has at first, a number or a function.
        instances: Option<Value>,
    },
    /// A group goes, with the policies that are for it alone; its members stay.
    Ungroup {
        /// The lane.
        lane: String,
        /// Its name.
        name: String,
    },
    /// A node or group joins a group, or leaves it.
    Member {
        /// The lane.
        lane: String,
        /// The group.
        group: String,
        /// The node or group.
        member: String,
        /// Whether it joins.
        joins: bool,
    },
    /// Nodes of a lane are put somewhere, relative to the lane's corner.
    Move {
        /// The lane.
        lane: String,
        /// Where each node goes.
        nodes: Vec<(String, Point)>,
    },
    /// A lane is put somewhere on the canvas.
    MoveLane {
        /// The lane.
        lane: String,
        /// Where to.
        to: Point,
    },
    /// Frames are folded to cards, or opened.
    Fold {
        /// The lane.
        lane: String,
        /// The nodes whose frames they are.
        names: Vec<String>,
        /// Whether they are folded.
        folded: bool,
    },
    /// Something is moved by no gesture, or may be moved again.
    Lock {
        /// The lane.
        lane: String,
        /// Which nodes; the lane itself, with all that is in it, if none.
        names: Option<Vec<String>>,
        /// Whether it is locked.
        locked: bool,
    },
    /// The line from one node to another takes a way of its own.
    Bend {
        /// The lane.
        lane: String,
        /// Where the line begins.
        from: String,
        /// Where it ends.
        to: String,
        /// The points that it passes, relative to the lane's corner; as it would by itself if there are none.
        bends: Vec<Point>,
    },
    /// A lane's whole text, as somebody typed it: it may be broken.
    Text {
        /// The lane.
        lane: String,
        /// The text.
        text: Arc<str>,
    },
    /// `gantry.yaml` as somebody typed it.
    ManifestText(Arc<str>),
    /// Another file of the project: a descriptor, a script.
    File {
        /// Relative to the project folder, with `/`.
        path: String,
        /// Its text; none if it goes.
        text: Option<Arc<str>>,
    },
    /// A value of `gantry.yaml`: `lanes.service.target`, `lanes.service.inputs.port`.
    Configure {
        /// Where.
        at: Path,
        /// What; none if it goes.
        value: Option<Value>,
    },
    /// A new lane with its files.
    AddLane(Box<NewLane>),
    /// A lane goes from `gantry.yaml`. Its files stay where they are.
    RemoveLane {
        /// The lane.
        lane: String,
    },
    /// A lane gets another name. It stays deployed under the old one.
    RenameLane {
        /// The lane.
        lane: String,
        /// Its new name.
        to: String,
    },
    /// Several edits as one step.
    All {
        /// What the step is called.
        label: String,
        /// In order.
        edits: Vec<Edit>,
    },
}

/// Why an edit can't be applied. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The project has no such lane.
    #[error("there is no lane `{0}`")]
    UnknownLane(String),
    /// The blueprint has nothing of that name (in its own text).
    #[error("`{name}` is not in the text of `{lane}`; what is imported is changed in its own file")]
    Unknown {
        /// The lane.
        lane: String,
        /// What was looked for.
        name: String,
    },
    /// The name is used.
    #[error("there is a `{0}` already")]
    Taken(String),
    /// The name can't be written or referred to.
    #[error(
        "`{0}` can't be a name: it needs a letter or digit, and neither blanks nor any of []{{}},:#&*!|>'\"%@`"
    )]
    BadName(String),
    /// Functions name what is to go.
    #[error("`{name}` is used at {}", list(.at))]
    Used {
        /// What was to go.
        name: String,
        /// The lane and the places that use it.
        at: Vec<(String, Path)>,
    },
    /// What stands there is no value that can be read in another lane, or was not written by [`Edit::Share`].
    #[error("{0}")]
    NotShared(String),
    /// The project is a single blueprint without a `gantry.yaml`.
    #[error("a single blueprint is open; a project with several lanes has a gantry.yaml")]
    NoManifest,
    /// The text can't be changed so.
    #[error("{}: {source}", match .subject { Subject::Manifest => "gantry.yaml", Subject::Lane(lane) => lane })]
    Text {
        /// Which text.
        subject: Subject,
        /// Why not.
        source: PatchError,
    },
}

fn list(places: &[(String, Path)]) -> String {
    let shown: Vec<String> = places.iter().take(3).map(|(lane, at)| format!("{lane}: {at}")).collect();
    let more = places.len().saturating_sub(shown.len());
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more places", shown.join(", ")) }
}

impl Edit {
    /// The project after the edit.
    pub fn apply(&self, project: &Project) -> Result<Project, EditError> {
        let mut draft = Draft::new(project);
        self.draw(&mut draft)?;
        Ok(draft.project)
    }

    /// The places whose meaning the edit may change; the root for a text that was typed. Nothing else differs after it.
    pub fn touches(&self, project: &Project) -> Result<Vec<(Subject, Path)>, EditError> {
        let mut draft = Draft::new(project);
        self.draw(&mut draft)?;
        Ok(draft.touched)
    }

    fn draw(&self, draft: &mut Draft) -> Result<(), EditError> {
        match self {
            Self::AddNode { lane, name, template, at } => nodes::add(draft, lane, name, template, *at),
            Self::RemoveNodes { lane, names, references, reconnect } => {
                nodes::remove(draft, lane, names, *references, *reconnect)
            }
            Self::Rename { lane, at, to } => rename::rename(draft, lane, at, to),
            Self::Connect { lane, from, to, kind } => nodes::connect(draft, lane, from, to, kind),
            Self::Disconnect { lane, from, position } => nodes::disconnect(draft, lane, from, *position),
            Self::Reconnect { lane, from, position, to, kind } => {
                nodes::reconnect(draft, lane, from, *position, to, kind.as_deref())
            }
            Self::Set { lane, at, value } => {
                draft.set(lane, at.clone(), value.clone())?;
                share::overwritten(draft, lane, at)
            }
            Self::Unset { lane, at } => {
                draft.unset(lane, at.clone())?;
                share::overwritten(draft, lane, at)
            }
            Self::Share { from, to } => share::share(draft, from, to),
            Self::Unshare { at } => share::unshare(draft, at),
            Self::Group { lane, name, members, instances } => {
                groups::group(draft, lane, name, members, instances.as_ref())
            }
            Self::Ungroup { lane, name } => groups::ungroup(draft, lane, name),
            Self::Member { lane, group, member, joins } => groups::member(draft, lane, group, member, *joins),
            Self::Move { lane, nodes } => {
                draft.layout(lane)?.nodes.extend(nodes.iter().cloned());
                Ok(())
            }
            Self::MoveLane { lane, to } => {
                draft.layout(lane)?.lane = Some(*to);
                Ok(())
            }
            Self::Fold { lane, names, folded } => placing::fold(draft, lane, names, *folded),
            Self::Lock { lane, names, locked } => placing::lock(draft, lane, names.as_deref(), *locked),
            Self::Bend { lane, from, to, bends } => placing::bend(draft, lane, from, to, bends),
            Self::Text { lane, text } => {
                draft.project.document_mut(lane)?.text = text.clone();
                draft.touched.push((Subject::Lane(lane.clone()), Path::root()));
                Ok(())
            }
            Self::ManifestText(text) => lanes::retype(draft, text),
            Self::File { path, text } => {
                draft.project.files.insert(path.clone(), text.clone());
                Ok(())
            }
            Self::Configure { at, value } => draft.configure(at, value.as_ref()),
            Self::AddLane(new) => lanes::add(draft, new),
            Self::RemoveLane { lane } => lanes::remove(draft, lane),
            Self::RenameLane { lane, to } => lanes::rename(draft, lane, to),
            Self::All { edits, .. } => edits.iter().try_for_each(|edit| edit.draw(draft)),
        }
    }

    /// Whether a step that follows another of the same name is one with it: typing, not a gesture.
    pub fn is_typing(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::ManifestText(_) | Self::File { text: Some(_), .. })
    }
}

#[cfg(test)]
mod tests;
