//! What the steps of undo are called.

use super::Edit;
use crate::diag::{Path, Segment, counted};

impl Edit {
    /// What the undo step is called.
    pub fn label(&self) -> String {
        match self {
            Self::AddNode { name, .. } => format!("add {name}"),
            Self::RemoveNodes { names, .. } => format!("delete {}", these(names)),
            Self::Rename { at, to, .. } => format!("rename {} to {to}", last(at)),
            Self::Connect { from, to, .. } => format!("connect {from} → {to}"),
            Self::Disconnect { from, .. } => format!("disconnect {from}"),
            Self::Reconnect { from, to, .. } => format!("reconnect {from} → {to}"),
            Self::Set { at, .. } => format!("set {}", short(at)),
            Self::Unset { at, .. } => format!("remove {}", short(at)),
            Self::Share { from, to } => format!("share {} with {}", short(&from.1), short(&to.1)),
            Self::Unshare { at } => format!("unshare {}", short(&at.1)),
            Self::Group { name, .. } => format!("group {name}"),
            Self::Ungroup { name, .. } => format!("ungroup {name}"),
            Self::Member { group, member, joins: true, .. } => format!("add {member} to {group}"),
            Self::Member { group, member, .. } => format!("take {member} out of {group}"),
            Self::Move { nodes, .. } => {
                format!("move {}", named(nodes.iter().map(|(name, _)| name.as_str())))
            }
            Self::MoveLane { lane, .. } => format!("move lane {lane}"),
            Self::Fold { names, folded, .. } => {
                format!("{} {}", if *folded { "fold" } else { "open" }, these(names))
            }
            Self::Lock { lane, names, locked } => {
                let what = names.as_deref().map_or_else(|| format!("lane {lane}"), these);
                format!("{} {what}", if *locked { "lock" } else { "unlock" })
            }
            Self::Bend { from, to, .. } => format!("bend {from} → {to}"),
            Self::Text { lane, .. } => format!("type in {lane}"),
            Self::ManifestText(_) => "type in gantry.yaml".to_owned(),
            Self::File { path, text: Some(_) } => format!("edit {path}"),
            Self::File { path, text: None } => format!("delete {path}"),
            Self::Configure { at, .. } => format!("set {}", short(at)),
            Self::AddLane(new) => format!("add lane {}", new.name),
            Self::RemoveLane { lane } => format!("remove lane {lane}"),
            Self::RenameLane { lane, to } => format!("rename lane {lane} to {to}"),
            Self::All { label, .. } => label.clone(),
        }
    }
}

/// What a step is done to: the one node by its name, or how many.
pub fn named<'a>(nodes: impl ExactSizeIterator<Item = &'a str>) -> String {
    let mut nodes = nodes;
    match (nodes.len(), nodes.next()) {
        (1, Some(name)) => name.to_owned(),
        (many, _) => counted(many, "node"),
    }
}

/// As [`named`].
pub(super) fn these(names: &[String]) -> String {
    named(names.iter().map(String::as_str))
}

fn last(at: &Path) -> String {
    at.segments().last().map_or_else(String::new, segment)
}

fn segment(segment: &Segment) -> String {
    match segment {
        Segment::Key(key) => key.to_string(),
        Segment::Index(index) => index.to_string(),
    }
}

/// A place as a person says it: `web.port` of `node_templates.web.properties.port`.
fn short(at: &Path) -> String {
    match at.segments() {
        [] => "everything".to_owned(),
        [only] => segment(only),
        [_, name] => segment(name),
        [_, name, .., last] => format!("{}.{}", segment(name), segment(last)),
    }
}
