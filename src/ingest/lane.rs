//! What was read, as edits: a lane of its own, or nodes of a lane that is there.

use std::sync::Arc;

use super::Ingested;
use crate::diag::Path;
use crate::edit::{Document, Edit, EditError, NewLane, Project, clipboard};
use crate::model::{Map, Point, Value};

/// Where a blueprint keeps what could not be mapped.
const KEPT: [&str; 2] = ["dsl_definitions", "not_mapped"];
/// Things left out that the head of a new blueprint names one by one.
const NAMED: usize = 40;

impl Ingested {
    /// A new lane `name` with the nodes, and what could not be mapped as comments and under `dsl_definitions`.
    pub fn lane(&self, name: &str) -> Result<NewLane, EditError> {
        let text = self.blueprint()?;
        let file = format!("{name}/blueprint.yaml");
        let files = self.files.iter().map(|(path, text)| (format!("{name}/{path}"), text.clone())).collect();
        Ok(NewLane { name: name.to_owned(), file, text, files, ..NewLane::default() })
    }

    /// The blueprint of a lane of its own.
    pub fn blueprint(&self) -> Result<Arc<str>, EditError> {
        let [basic, plugin] = self.format.imports();
        let mut head = String::new();
        for line in self.remarks() {
            head.push_str(&format!("# {line}\n"));
        }
        let origin = one_line(&self.origin);
        head.push_str(&format!(
            "tosca_definitions_version: cloudify_dsl_1_3\n\ndescription: '{} {}'\n\nimports:\n  - {basic}\n  - {plugin}\n",
            match self.format {
                super::Format::Compose => "From the compose file",
                super::Format::Kubernetes => "From the Kubernetes manifest",
                super::Format::DockerRun => "From docker run:",
            },
            origin.replace('\'', "''"),
        ));
        let lane = "new".to_owned();
        let document = Document { file: "blueprint.yaml".into(), text: head.into(), ..Document::default() };
        let project = Project { documents: [(lane.clone(), document)].into(), ..Project::default() };
        let mut edits = Vec::new();
        let mut set = |at: Path, map: Map| {
            if !map.is_empty() {
                edits.push(Edit::Set { lane: lane.clone(), at, value: Value::Map(map) });
            }
        };
        set(Path::of(["inputs"]), self.inputs.clone());
        set(Path::of(["node_templates"]), self.nodes.clone());
        set(Path::of(KEPT), self.kept());
        let drawn = Edit::All { label: String::new(), edits }.apply(&project)?;
        Ok(spaced(&drawn.document(&lane)?.text).into())
    }

    /// The nodes as nodes of a lane that is there, as one step: under free names, below the manager that the lane has,
    /// with `imports` that it lacks. The leftmost topmost stands at `at`. Files are written beside the lane's blueprint, under names for which `taken`
    /// says no.
    pub fn nodes(
        &self,
        project: &Project,
        lane: &str,
        at: Option<Point>,
        imports: &[&str],
        taken: &dyn Fn(&str) -> bool,
    ) -> Result<Edit, EditError> {
        let document = project.document(lane)?;
        let value = document.value();
        let folder = document.file.rfind('/').map(|end| &document.file[..=end]).unwrap_or_default();
        let mut edits = Vec::new();
        let there = value.get("imports").and_then(Value::as_list).unwrap_or_default();
        let new = imports.iter().filter(|import| !there.iter().any(|one| one.as_str() == Some(import)));
        for (position, import) in new.enumerate() {
            let at = Path::of(["imports"]).index(there.len() + position);
            edits.push(Edit::Set { lane: lane.to_owned(), at, value: (*import).into() });
        }
        let own = value.get("inputs").and_then(Value::as_map);
        for (name, input) in
            self.inputs.iter().filter(|(name, _)| own.is_none_or(|own| !own.contains_key(name)))
        {
            let at = Path::of(["inputs", name]);
            edits.push(Edit::Set { lane: lane.to_owned(), at, value: input.clone() });
        }
        let mut nodes = self.nodes.clone();
        join_manager(&mut nodes, &value);
        for (path, text) in &self.files {
            let free = free_file(path, |path| {
                let path = format!("{folder}{path}");
                project.files.contains_key(&path) || taken(&path)
            });
            for node in nodes.values_mut() {
                rename_file(node, path, &free);
            }
            edits.push(Edit::File { path: format!("{folder}{free}"), text: Some(text.clone()) });
        }
        let pasted = clipboard::place(project, lane, &nodes, at)?;
        let label = match pasted.names.as_slice() {
            [name] => format!("import {name}"),
            names => format!("import {} nodes", names.len()),
        };
        edits.push(pasted.edit);
        let kept = value.get(KEPT[0]);
        let keeps = kept.is_none_or(|kept| kept.as_map().is_some());
        let there = kept.and_then(|kept| kept.get(KEPT[1])).and_then(Value::as_map);
        for (key, value) in self.kept().into_iter().filter(|_| keeps) {
            let mut free = key.clone();
            while there.is_some_and(|there| there.contains_key(&free)) {
                free.push('\'');
            }
            edits.push(Edit::Set { lane: lane.to_owned(), at: Path::of(KEPT).key(&free), value });
        }
        Ok(Edit::All { label, edits })
    }

    /// Sentences on what could not be mapped.
    pub fn remarks(&self) -> Vec<String> {
        if self.left_out.is_empty() {
            return Vec::new();
        }
        let mut lines = vec![format!("From {}. What could not be mapped as it was:", one_line(&self.origin))];
        let told = |one: &super::LeftOut| one_line(&format!("- {}: {}", one.at, one.why));
        lines.extend(self.left_out.iter().take(NAMED).map(told));
        if self.left_out.len() > NAMED {
            lines.push(format!("- and {} more", self.left_out.len() - NAMED));
        }
        if self.left_out.iter().any(|one| one.value.is_some()) {
            lines.push("What stood there is kept at the end, under dsl_definitions.".to_owned());
        }
        lines
    }

    /// What could not be mapped, by where it stood.
    fn kept(&self) -> Map {
        let mut kept = Map::new();
        for one in &self.left_out {
            if let Some(value) = &one.value {
                kept.insert(one.at.clone(), value.clone());
            }
        }
        kept
    }
}

/// Text for a comment: without ends of lines and whatever else a terminal or parser takes for more.
fn one_line(text: &str) -> String {
    let plain = |c: char| {
        if c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}') { ' ' } else { c }
    };
    text.chars().take(300).map(plain).collect()
}

/// An empty line before each section and each of its entries: what was written in one go reads like what was written by
/// hand.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut section = "";
    for line in text.lines() {
        let top = !line.is_empty() && !line.starts_with([' ', '#', '-']);
        if top {
            section = line.split(':').next().unwrap_or_default();
        }
        let entry = section == "node_templates" && line.starts_with("  ") && !line.starts_with("   ");
        if (top || entry) && !out.is_empty() && !out.ends_with("\n\n") {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Services join the manager that is there, and no second one comes.
fn join_manager(nodes: &mut Map, lane: &Value) {
    const MANAGER: &str = "cloudify.swarm.Manager";
    let manager = |all: &Map| {
        all.iter()
            .find(|(_, node)| node.get("type").and_then(Value::as_str) == Some(MANAGER))
            .map(|(name, _)| name.clone())
    };
    let (Some(new), Some(old)) =
        (manager(nodes), lane.get("node_templates").and_then(Value::as_map).and_then(manager))
    else {
        return;
    };
    nodes.shift_remove(&new);
    for node in nodes.values_mut() {
        let Value::Map(node) = node else { continue };
        let Some(Value::List(relationships)) = node.get_mut("relationships") else { continue };
        for relationship in relationships {
            if let Value::Map(relationship) = relationship
                && relationship.get("target").and_then(Value::as_str) == Some(&new)
            {
                relationship.insert("target".into(), old.as_str().into());
            }
        }
    }
}

fn free_file(path: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(path) {
        return path.to_owned();
    }
    let (stem, ending) = path.rsplit_once('.').unwrap_or((path, "yaml"));
    (2..usize::MAX)
        .map(|number| format!("{stem}_{number}.{ending}"))
        .find(|path| !taken(path))
        .unwrap_or_default()
}

fn rename_file(node: &mut Value, from: &str, to: &str) {
    let Value::Map(node) = node else { return };
    let Some(Value::Map(properties)) = node.get_mut("properties") else { return };
    let Some(Value::Map(file)) = properties.get_mut("file") else { return };
    if file.get("resource_path").and_then(Value::as_str) == Some(from) {
        file.insert("resource_path".into(), to.into());
    }
}
