//! The ends of a line of values put elsewhere: another place that reads the value, or another value that is read there.
//!
//! What was drawn is taken away with all that it had made; what was written by hand stays, but for the value itself.

use egui::Pos2;

use super::app::App;
use super::ask::{Ask, Choice, Choosing, Named, Naming};
use super::board::Board;
use super::connecting::Offer;
use super::sharing::Origin;
use super::view::{NodeKey, Wish};
use crate::diag::{Path, Segment};
use crate::edit::Edit;
use crate::model::Value;

/// A place that reads a value of another lane through a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The node.
    pub node: NodeKey,
    /// Keys of its property: `env`, `SERVERS`.
    pub property: Vec<String>,
    /// The proxy, of the same lane.
    pub proxy: String,
}

/// An end of a line of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueEnd {
    /// Where it comes from.
    Source,
    /// Where it is read.
    Reader,
}

/// What is put to another place.
#[derive(Clone, Debug, PartialEq)]
pub enum Moving {
    /// A value of another lane, read there from then on and not where it was.
    Value {
        /// The value.
        origin: Origin,
        /// Where it was read.
        from: Origin,
    },
    /// What a function makes of it: it stands there as it stood here.
    Function {
        /// As written.
        value: Value,
        /// Where it was.
        from: Origin,
        /// The proxy that it reads, if the node that gets it has no relationship to that.
        proxy: Option<String>,
    },
}

impl Moving {
    /// The edit that puts it to a place of a lane.
    pub fn edit(&self, lane: &str, at: &Path) -> Edit {
        let to = (lane.to_owned(), at.clone());
        let (Self::Value { from, .. } | Self::Function { from, .. }) = self;
        let label = format!("read {} at {}", tail(&from.1), tail(at));
        let edits = match self {
            _ if *from == to => Vec::new(),
            // First there, then no more here: what both need is not taken away between the two.
            Self::Value { origin, from } => {
                vec![Edit::Share { from: origin.clone(), to }, Edit::Unshare { at: from.clone() }]
            }
            Self::Function { value, from, proxy } => {
                let tie = at.node().zip(proxy.as_ref()).map(|(node, proxy)| Edit::Connect {
                    lane: lane.to_owned(),
                    from: node.to_owned(),
                    to: proxy.clone(),
                    kind: "cloudify.relationships.depends_on".to_owned(),
                });
                let set = Edit::Set { lane: lane.to_owned(), at: to.1, value: value.clone() };
                let unset = Edit::Unset { lane: from.0.clone(), at: from.1.clone() };
                tie.into_iter().chain([set, unset]).collect()
            }
        };
        Edit::All { label, edits }
    }
}

/// `web.env.PORT` of a place in a node.
fn tail(at: &Path) -> String {
    let words = at.segments().iter().filter_map(|segment| match segment {
        Segment::Key(key) => Some(key.to_string()),
        Segment::Index(_) => None,
    });
    let words: Vec<String> = words.skip(1).filter(|word| word != "properties").collect();
    words.join(".")
}

/// The first function in `value` that reads an attribute of `proxy`: its path from there, and the keys that it reads.
fn reads(value: &Value, proxy: &str, at: &Path) -> Option<(Path, Vec<Value>)> {
    if let Some(call) = value.call() {
        let list = call.argument.as_list().unwrap_or_default();
        if call.name == "get_attribute" && list.first().and_then(Value::as_str) == Some(proxy) {
            return Some((at.clone(), list.get(1..).unwrap_or_default().to_vec()));
        }
    }
    match value {
        Value::Map(map) => map.iter().find_map(|(key, value)| reads(value, proxy, &at.key(key))),
        Value::List(list) => {
            list.iter().enumerate().find_map(|(index, value)| reads(value, proxy, &at.index(index)))
        }
        _ => None,
    }
}

/// What a reading is in its text.
struct Written {
    /// Lane and property.
    at: Origin,
    /// The value of the property.
    value: Value,
    /// The function that reads the proxy.
    function: Path,
    /// What it reads, in the lane that the proxy stands for.
    origin: Origin,
}

impl Board {
    /// The readings that a line of values stands for: its own, or those of all that read an output through a proxy.
    pub fn readings(&self, flow: &crate::scene::Flow) -> Vec<Reading> {
        use crate::scene::FlowStart;
        let Some(end) = self.scene.nodes.get(flow.end) else { return Vec::new() };
        let key = |index: usize| {
            let node = &self.scene.nodes[index];
            NodeKey { lane: node.lane, name: node.name.clone() }
        };
        match flow.start {
            FlowStart::Proxy(proxy) => {
                let proxy = key(proxy).name;
                vec![Reading { node: key(flow.end), property: flow.property.clone(), proxy }]
            }
            FlowStart::Tag(tag) => {
                let all = self.readers_of(tag).into_iter();
                let own = all.filter(|(node, property)| node.lane == end.lane && !property.is_empty());
                let reading = |(node, property): (NodeKey, String)| {
                    let flows = self.scene.flows.iter();
                    let mut same = flows.filter(|one| {
                        one.start == FlowStart::Proxy(flow.end) && one.property.join(".") == property
                    });
                    let found = same.find(|one| key(one.end) == node)?;
                    Some(Reading { node, property: found.property.clone(), proxy: end.name.clone() })
                };
                own.filter_map(reading).collect()
            }
        }
    }

    fn written(&self, reading: &Reading) -> Option<Written> {
        let view = self.lanes.get(reading.node.lane)?;
        let at = Path::of(["node_templates", &reading.node.name, "properties"]);
        let at = reading.property.iter().fold(at, |at, key| at.key(key));
        let template = view.lane.reading.blueprint.entity("node_templates", &reading.node.name)?;
        let value =
            reading.property.iter().try_fold(template.get("properties")?, |value, key| value.get(key))?;
        let (function, keys) = reads(value, &reading.proxy, &at)?;
        let source = self.lanes.get(self.source_of(reading.node.lane, &reading.proxy)?)?;
        let (output, keys) = keys.split_first()?;
        let start = Path::of(["outputs", output.as_str()?, "value"]);
        let from = keys.iter().fold(start, |path, key| match key.as_int() {
            Some(index) => path.index(usize::try_from(index).unwrap_or_default()),
            None => path.key(key.to_string()),
        });
        let lane = view.lane.name.clone();
        Some(Written {
            at: (lane, at),
            value: value.clone(),
            function,
            origin: (source.lane.name.clone(), from),
        })
    }

    /// Every node: whether an end of a line may be put to it, or why not.
    pub fn rereadings(&self, readings: &[Reading], end: ValueEnd) -> Vec<(NodeKey, Result<Offer, String>)> {
        let Some(reading) = readings.first() else { return Vec::new() };
        let Some(source) = self.source_of(reading.node.lane, &reading.proxy) else { return Vec::new() };
        let whole = self.written(reading).is_some_and(|written| written.function == written.at.1);
        let judge = |lane: usize| match end {
            ValueEnd::Source => self.may_read(reading.node.lane, lane).map(|()| Offer::Value),
            ValueEnd::Reader if lane != reading.node.lane && lane != source && !whole => {
                Err("a function makes something of the value: that stays in its lane".to_owned())
            }
            ValueEnd::Reader => self.may_read(lane, source).map(|()| Offer::Value),
        };
        self.each_by_lane(judge)
    }
}

impl App {
    /// The reading end of a line was let go over a node: where in it?
    pub(super) fn ask_reading_place(&mut self, reading: &Reading, to: &NodeKey, place: Pos2) {
        let judged = self.board.rereadings(std::slice::from_ref(reading), ValueEnd::Reader);
        if let Some((_, Err(why))) = judged.into_iter().find(|(key, _)| key == to) {
            return self.view.toast(false, why, None);
        }
        let (Some(written), Some(lane)) = (self.board.written(reading), self.lane_name(to.lane)) else {
            return self.view.toast(false, "That value is read in no property that can be moved", None);
        };
        let moving = if written.function == written.at.1 {
            Moving::Value { origin: written.origin, from: written.at.clone() }
        } else {
            let tied = self.board.node(to).is_some_and(|node| {
                node.relationships.iter().any(|relationship| relationship.target == reading.proxy)
            });
            let proxy = (!tied && to.name != reading.proxy).then(|| reading.proxy.clone());
            Moving::Function { value: written.value, from: written.at.clone(), proxy }
        };
        let choices = self.board.places(to).into_iter().filter_map(|(name, hint, at, new)| {
            if !new && written.at == (lane.clone(), at.clone()) {
                return None;
            }
            let wish = if new {
                let title = format!("New entry of {}", name.trim_end_matches(".…"));
                let of = Named::Moved { moving: moving.clone(), lane: lane.clone(), at };
                Wish::Ask(Box::new(Ask::Name(Naming::new(title, place, "", of))))
            } else {
                Wish::Edit(Box::new(moving.edit(&lane, &at)))
            };
            Some(Choice { name, hint, refused: None, wish })
        });
        let choices = choices.collect();
        let title = format!("Where does {} read it?", to.name);
        self.view.ask = Some(Ask::Choice(Choosing::new(title, place, choices)));
    }

    /// The source of a line was put to another value: it is read wherever the old one was.
    pub(super) fn reread(&mut self, readings: &[Reading], origin: &Origin) {
        if let Some(edit) = self.rereading(readings, origin)
            && self.edit(&edit)
        {
            self.view.line = None;
        }
    }

    fn rereading(&self, readings: &[Reading], origin: &Origin) -> Option<Edit> {
        let written: Vec<Written> =
            readings.iter().filter_map(|reading| self.board.written(reading)).collect();
        let first = written.first()?;
        let label = format!("read {} at {}", tail(&origin.1).trim_end_matches(".value"), tail(&first.at.1));
        let lane = |written: &Written| written.at.0.clone();
        let share = |written: &Written| Edit::Share {
            from: origin.clone(),
            to: (lane(written), written.function.clone()),
        };
        Some(Edit::All { label, edits: written.iter().map(share).collect() })
    }

    /// The source of a line was let go over a node: which of its values?
    pub(super) fn ask_other_origin(&mut self, readings: &[Reading], from: &NodeKey, place: Pos2) {
        let judged = self.board.rereadings(readings, ValueEnd::Source);
        if let Some((_, Err(why))) = judged.into_iter().find(|(key, _)| key == from) {
            return self.view.toast(false, why, None);
        }
        let choice = |(name, hint, origin): (String, String, Origin)| {
            let wish = Wish::Edit(Box::new(self.rereading(readings, &origin)?));
            Some(Choice { name, hint, refused: None, wish })
        };
        let choices = self.board.origins(from).into_iter().filter_map(choice).collect();
        let reader = readings.first().map_or("", |reading| reading.node.name.as_str());
        let title = format!("Which value of {} does {reader} read?", from.name);
        self.view.ask = Some(Ask::Choice(Choosing::new(title, place, choices)));
    }
}
