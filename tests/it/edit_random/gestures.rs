//! Random gestures, as the window makes them: each one finished [`Edit`]. Some name what isn't there.

use std::sync::Arc;

use gantry::diag::Path;
use gantry::edit::{Edit, NewLane, Project, References, clipboard};
use gantry::model::{Point, Value};

use super::projects::{KEYS, KINDS, NAMES, OUTPUTS, TYPES, call, map, pick, places, value, word};
use crate::generate::Random;

struct Hand<'a> {
    random: &'a mut Random,
    project: &'a Project,
    lane: String,
    value: Value,
}

/// A gesture.
pub fn any(random: &mut Random, project: &Project, types: bool) -> Edit {
    let lanes: Vec<&String> = project.documents.keys().collect();
    let lane = if random.below(60) == 0 || lanes.is_empty() {
        "nowhere".to_owned()
    } else {
        (*pick(random, &lanes)).clone()
    };
    let value = project.documents.get(&lane).map(gantry::edit::Document::value).unwrap_or_default();
    Hand { random, project, lane, value }.gesture(types)
}

impl Hand<'_> {
    fn names(&self, section: &str) -> Vec<String> {
        let all = self.value.get(section).and_then(Value::as_map);
        all.map(|all| all.keys().cloned().collect()).unwrap_or_default()
    }

    /// A name of the section; now and then one that isn't there.
    fn name(&mut self, section: &str) -> String {
        let all = self.names(section);
        if all.is_empty() || self.random.below(25) == 0 {
            word(self.random, NAMES).to_owned()
        } else {
            pick(self.random, &all).clone()
        }
    }

    fn node(&mut self) -> String {
        self.name("node_templates")
    }

    /// A name for something new; now and then one that is taken, or none at all.
    fn new_name(&mut self) -> String {
        match self.random.below(12) {
            0 => self.node(),
            1 => ["", "a b", "x:", "[", "\u{7}", "no", "12"][self.random.below(7)].to_owned(),
            _ => {
                let wish = word(self.random, NAMES);
                self.project.free_name(&self.lane, "node_templates", wish)
            }
        }
    }

    fn point(&mut self) -> Point {
        Point { x: self.random.below(900) as f32, y: self.random.below(900) as f32 }
    }

    fn template(&mut self) -> Value {
        let mut template = map([("type", Value::string(word(self.random, TYPES)))]);
        if let Value::Map(map) = &mut template
            && self.random.below(2) == 0
        {
            map.insert("properties".into(), value(self.random, 2));
        }
        template
    }

    fn relationship(&mut self) -> (String, usize) {
        let from = self.node();
        let all = self.value.get("node_templates").and_then(|all| all.get(&from)?.get("relationships"));
        let count = all.and_then(Value::as_list).map_or(0, <[Value]>::len);
        let beyond = usize::from(self.random.below(9) == 0);
        (from, self.random.below(count + beyond))
    }

    /// A place of the text, or one that could be there.
    fn place(&mut self) -> Path {
        let all = places(&self.value);
        let at = pick(self.random, &all).clone();
        match self.random.below(6) {
            0 => at.key(word(self.random, KEYS)),
            1 => {
                let node = self.node();
                Path::of(["node_templates", &node, "properties", word(self.random, KEYS)])
            }
            2 => {
                let node = self.node();
                Path::of(["node_templates", &node, "properties", "env", word(self.random, KEYS)])
            }
            3 => at.index(self.random.below(3)),
            _ => at,
        }
    }

    fn other_lane(&mut self) -> String {
        let all: Vec<&String> = self.project.documents.keys().collect();
        if all.is_empty() { String::new() } else { (*pick(self.random, &all)).clone() }
    }

    fn origin(&mut self) -> (String, Path) {
        let lane = self.other_lane();
        let there = self.project.documents.get(&lane).map(gantry::edit::Document::value).unwrap_or_default();
        let nodes: Vec<String> = there
            .get("node_templates")
            .and_then(Value::as_map)
            .map(|all| all.keys().cloned().collect())
            .unwrap_or_default();
        let at = if nodes.is_empty() || self.random.below(2) == 0 {
            let output = Path::of(["outputs", word(self.random, OUTPUTS)]);
            if self.random.below(3) == 0 { output.key("value").key("port") } else { output }
        } else {
            let node = pick(self.random, &nodes).clone();
            let what = ["properties", "attributes"][self.random.below(2)];
            Path::of(["node_templates", &node, what, word(self.random, KEYS)])
        };
        (lane, at)
    }

    fn gesture(mut self, types: bool) -> Edit {
        let lane = self.lane.clone();
        match self.random.below(if types { 34 } else { 31 }) {
            0 | 1 => {
                let (name, template) = (self.new_name(), self.template());
                let at = (self.random.below(2) == 0).then(|| self.point());
                self.with_import(Edit::AddNode { lane, name, template, at })
            }
            2 | 3 => {
                let names: Vec<String> = (0..=self.random.below(3)).map(|_| self.node()).collect();
                let references =
                    [References::Refuse, References::Remove, References::Leave][self.random.below(3)];
                Edit::RemoveNodes { lane, names, references, reconnect: self.random.below(2) == 0 }
            }
            4 | 5 => {
                let section =
                    word(self.random, &["node_templates", "node_templates", "inputs", "outputs", "groups"]);
                let at = Path::of([section, &self.name(section)]);
                Edit::Rename { lane, at, to: self.new_name() }
            }
            6 | 7 => self.connect(),
            8 => {
                let (from, position) = self.relationship();
                Edit::Disconnect { lane, from, position }
            }
            9 => {
                let (from, position) = self.relationship();
                let kind = (self.random.below(2) == 0).then(|| word(self.random, KINDS).to_owned());
                Edit::Reconnect { lane, from, position, to: self.node(), kind }
            }
            10 => self.nest(),
            11..=14 => {
                let at = self.place();
                Edit::Set { lane, at, value: value(self.random, 2) }
            }
            15 | 16 => Edit::Unset { lane, at: self.place() },
            17..=19 => {
                let from = self.origin();
                let node = self.node();
                let mut at = Path::of(["node_templates", &node, "properties", word(self.random, KEYS)]);
                if self.random.below(2) == 0 {
                    at = at.key("SERVERS");
                }
                Edit::Share { from, to: (lane, at) }
            }
            20 | 21 => {
                let known: Vec<Path> = self.project.documents.get(&lane).map_or(Vec::new(), |document| {
                    document.layout.shares.keys().filter_map(|key| key.parse().ok()).collect()
                });
                let at = if known.is_empty() { self.place() } else { pick(self.random, &known).clone() };
                Edit::Unshare { at: (lane, at) }
            }
            22 => {
                let members = (0..=self.random.below(3)).map(|_| self.node()).collect();
                let instances = [None, Some(Value::Int(2)), Some(call("get_input", &["size"]))]
                    [self.random.below(3)]
                .clone();
                Edit::Group { lane, name: self.new_name(), members, instances }
            }
            23 => Edit::Ungroup { lane, name: self.name("groups") },
            24 => {
                let (group, member) = (self.name("groups"), self.node());
                Edit::Member { lane, group, member, joins: self.random.below(2) == 0 }
            }
            25 => {
                let name = self.node();
                match self.random.below(5) {
                    0 => Edit::Fold { lane, names: vec![name], folded: self.random.below(3) > 0 },
                    1 => {
                        let names = (self.random.below(4) > 0).then(|| vec![name]);
                        Edit::Lock { lane, names, locked: self.random.below(3) > 0 }
                    }
                    2 => {
                        let (from, to) = (name, self.node());
                        let bends = (0..self.random.below(3)).map(|_| self.point()).collect();
                        Edit::Bend { lane, from, to, bends }
                    }
                    _ => Edit::Move { lane, nodes: vec![(name, self.point())] },
                }
            }
            26 | 27 => self.paste(),
            28 => self.several(),
            29 => self.lanes(),
            30 => {
                let text: Option<Arc<str>> =
                    [None, Some("a: [\n".into()), Some("".into()), Some("x\r\n".into())]
                        [self.random.below(4)]
                    .clone();
                Edit::File { path: "service/resources/pod.yaml".into(), text }
            }
            _ => self.typing(),
        }
    }

    fn with_import(&mut self, edit: Edit) -> Edit {
        if self.random.below(3) > 0 {
            return edit;
        }
        let count = self.value.get("imports").and_then(Value::as_list).map_or(0, <[Value]>::len);
        let import = Edit::Set {
            lane: self.lane.clone(),
            at: Path::of(["imports"]).index(count),
            value: Value::string("plugin:swarm"),
        };
        Edit::All { label: edit.label(), edits: vec![import, edit] }
    }

    fn connect(&mut self) -> Edit {
        let (from, to) = (self.node(), self.node());
        let kind = word(self.random, KINDS).to_owned();
        let edit = Edit::Connect { lane: self.lane.clone(), from, to, kind };
        self.with_import(edit)
    }

    /// Out of one container and into another.
    fn nest(&mut self) -> Edit {
        let lane = self.lane.clone();
        let (from, position) = self.relationship();
        let (to, kind) = (self.node(), KINDS[0].to_owned());
        let edits = vec![
            Edit::Disconnect { lane: lane.clone(), from: from.clone(), position },
            Edit::Connect { lane: lane.clone(), from: from.clone(), to, kind },
            Edit::Move { lane, nodes: vec![(from, self.point())] },
        ];
        Edit::All { label: "put it in".into(), edits }
    }

    fn paste(&mut self) -> Edit {
        let (from, names) = (self.other_lane(), self.names("node_templates"));
        let some: Vec<String> = names.into_iter().filter(|_| self.random.below(2) == 0).collect();
        let copied = clipboard::copy(self.project, &from, &some).unwrap_or_default();
        let rubbish = [
            "",
            "x:\n  type: t\n  relationships: 3\n",
            "- a",
            "a: {type: my.Type, properties: [1]}",
            "{",
            "?",
        ];
        let text = if copied.is_empty() { rubbish[self.random.below(6)].to_owned() } else { copied };
        let at = (self.random.below(2) == 0).then(|| self.point());
        match clipboard::paste(self.project, &self.lane, &text, at) {
            Ok(paste) => paste.edit,
            Err(_) => Edit::All { label: "nothing".into(), edits: Vec::new() },
        }
    }

    /// One property of several nodes.
    fn several(&mut self) -> Edit {
        let (key, value) = (word(self.random, KEYS), value(self.random, 1));
        let nodes = self.names("node_templates");
        let edits = nodes.iter().take(3).map(|node| Edit::Set {
            lane: self.lane.clone(),
            at: Path::of(["node_templates", node, "properties", key]),
            value: value.clone(),
        });
        Edit::All { label: format!("set {key}"), edits: edits.collect() }
    }

    fn lanes(&mut self) -> Edit {
        let lane = self.lane.clone();
        match self.random.below(5) {
            0 => {
                let name = ["fresh", "cluster", "a b", "zwölf"][self.random.below(4)].to_owned();
                let file = format!("{name}/blueprint.yaml");
                let text =
                    "tosca_definitions_version: cloudify_dsl_1_3\nnode_templates:\n  a: {type: my.Type}\n";
                Edit::AddLane(Box::new(NewLane { name, file, text: text.into(), ..NewLane::default() }))
            }
            1 => Edit::RemoveLane { lane },
            2 => Edit::RenameLane { lane, to: ["other", "service", "x y"][self.random.below(3)].to_owned() },
            3 => {
                let at = Path::of(["lanes", &lane, "inputs", word(self.random, KEYS)]);
                let value = (self.random.below(4) > 0).then(|| value(self.random, 1));
                Edit::Configure { at, value }
            }
            _ => Edit::MoveLane { lane, to: self.point() },
        }
    }

    /// Some keys on a keyboard: what comes of it may be broken.
    fn typing(&mut self) -> Edit {
        let Some(document) = self.project.documents.get(&self.lane) else {
            return Edit::ManifestText("lanes: {".into());
        };
        let mut text: Vec<char> = document.text.chars().collect();
        for _ in 0..=self.random.below(3) {
            let at = self.random.below(text.len() + 1);
            match self.random.below(4) {
                0 => {
                    let to = (at + self.random.below(20)).min(text.len());
                    text.drain(at..to);
                }
                1 => {
                    let new =
                        ["\n", "  ", ": ", "- ", "{", "]", "'", "#", "\t", "&a ", "*a", "\n---\n", "|", "ü"];
                    text.splice(at..at, new[self.random.below(new.len())].chars());
                }
                2 => {
                    let line: Vec<char> = "\n  typed:\n    type: my.Type\n".chars().collect();
                    text.splice(at..at, line);
                }
                _ => text.truncate(at.max(1)),
            }
        }
        let text: String = text.into_iter().collect();
        if self.random.below(6) == 0 {
            return Edit::ManifestText(text.as_str().into());
        }
        Edit::Text { lane: self.lane.clone(), text: text.as_str().into() }
    }
}
