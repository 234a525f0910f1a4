//! How fresh the values are that flow between lanes: when they were told, who reads them, and whether a reader still has
//! an older one.

use super::board::Board;
use super::view::NodeKey;
use crate::engine::{Event, EventKind};
use crate::model::{Map, Value};
use crate::scene::{Flow, FlowStart, Tag};

impl Board {
    /// What the source says now where the reader of a flow still has something else.
    pub fn newer(&self, flow: &Flow) -> Option<&Value> {
        match flow.start {
            FlowStart::Tag(tag) => {
                let tag = self.scene.tags.get(tag)?;
                let proxy = self.scene.nodes.get(flow.end)?;
                self.outdated(&NodeKey { lane: proxy.lane, name: proxy.name.clone() }, tag)
            }
            FlowStart::Proxy(proxy) => {
                let (proxy, end) = (self.scene.nodes.get(proxy)?, self.scene.nodes.get(flow.end)?);
                let node = self.lanes.get(end.lane)?.lane.topology.nodes.get(&end.name)?;
                let (first, rest) = flow.property.split_first()?;
                let written =
                    rest.iter().try_fold(node.properties.get(first)?, |value, key| value.get(key))?;
                let mut read: Vec<Vec<String>> = Vec::new();
                attributes_of(written, &proxy.name, &mut read);
                let key = NodeKey { lane: proxy.lane, name: proxy.name.clone() };
                let position = self.source_of(proxy.lane, &proxy.name)?;
                read.iter().find_map(|path| {
                    let tags = self.scene.tags.iter().filter(|tag| tag.lane == position);
                    // What is read may be the whole of what has tags for its parts, or a part of one.
                    let mut tags = tags.filter(|tag| tag.path.iter().zip(path).all(|(a, b)| a == b));
                    tags.find_map(|tag| self.outdated(&key, tag))
                })
            }
        }
    }

    /// What an output is now, if the proxy took over something else.
    fn outdated(&self, proxy: &NodeKey, tag: &Tag) -> Option<&Value> {
        let (first, rest) = tag.path.split_first()?;
        let (_, record) = self.lanes.get(proxy.lane)?.state.instances_of(&proxy.name).next()?;
        let taken = rest.iter().try_fold(record.runtime.get(first)?, |value, key| value.get(key))?;
        self.output(tag).filter(|now| *now != taken)
    }

    /// The lane that a proxy stands for.
    pub fn source_of(&self, lane: usize, proxy: &str) -> Option<usize> {
        self.scene.flows.iter().find_map(|flow| {
            let end = self.scene.nodes.get(flow.end)?;
            match flow.start {
                FlowStart::Tag(tag) if end.lane == lane && end.name == proxy => {
                    Some(self.scene.tags.get(tag)?.lane)
                }
                _ => None,
            }
        })
    }

    /// Since when an output is what it is now, in milliseconds since 1970.
    pub fn since(&self, tag: &Tag) -> Option<i64> {
        since(&self.lanes.get(tag.lane)?.told, &tag.path, self.output(tag)?)
    }

    /// Who reads an output: the nodes that read a proxy of it, and proxies that nobody reads.
    pub fn readers_of(&self, tag: usize) -> Vec<(NodeKey, String)> {
        let Some(output) = self.scene.tags.get(tag) else { return Vec::new() };
        let key = |index: usize| {
            let node = self.scene.nodes.get(index)?;
            Some(NodeKey { lane: node.lane, name: node.name.clone() })
        };
        let mut found = Vec::new();
        for flow in
            self.scene.flows.iter().filter(|flow| matches!(flow.start, FlowStart::Tag(it) if it == tag))
        {
            let Some(proxy) = key(flow.end) else { continue };
            let mut readers = Vec::new();
            for reading in self
                .scene
                .flows
                .iter()
                .filter(|it| matches!(it.start, FlowStart::Proxy(it) if it == flow.end))
            {
                let Some(reader) = key(reading.end) else { continue };
                if self.reads(&reader, &reading.property, &proxy.name, &output.path) {
                    readers.push((reader, reading.property.join(".")));
                }
            }
            if readers.is_empty() {
                readers.push((proxy, String::new()));
            }
            found.extend(readers);
        }
        found
    }

    /// Whether a property reads that part of a proxy.
    fn reads(&self, reader: &NodeKey, property: &[String], proxy: &str, path: &[String]) -> bool {
        let Some((node, (first, rest))) = self.node(reader).zip(property.split_first()) else { return false };
        let value = node.properties.get(first);
        let value = value.and_then(|value| rest.iter().try_fold(value, |value, key| value.get(key)));
        let mut read = Vec::new();
        if let Some(value) = value {
            attributes_of(value, proxy, &mut read);
        }
        read.iter().any(|read| read.iter().zip(path).all(|(a, b)| a == b))
    }
}

/// The paths that a value reads of a node's attributes.
fn attributes_of(value: &Value, node: &str, found: &mut Vec<Vec<String>>) {
    if let Some(call) = value.call().filter(|call| call.name.starts_with("get_attribute"))
        && let Some((first, path)) = call.argument.as_list().and_then(<[Value]>::split_first)
        && first.as_str() == Some(node)
    {
        found.push(path.iter().map(ToString::to_string).collect());
        return;
    }
    match value {
        Value::Map(map) => map.values().for_each(|inner| attributes_of(inner, node, found)),
        Value::List(list) => list.iter().for_each(|inner| attributes_of(inner, node, found)),
        _ => {}
    }
}

/// What a deployment told, each time its outputs were evaluated, oldest first.
pub type Told = Vec<(i64, Map)>;

/// Times that are kept.
const KEPT: usize = 40;

/// What `deployment` told, as its events say. `events` are oldest first.
pub fn told(events: &[Event], deployment: &str) -> Told {
    let outputs = |event: &Event| match &event.kind {
        EventKind::OutputsEvaluated { outputs, .. } if event.deployment == deployment => {
            Some((event.time_ms, outputs.clone()))
        }
        _ => None,
    };
    let mut told: Told = events.iter().rev().filter_map(outputs).take(KEPT).collect();
    told.reverse();
    told
}

/// Since when this value of an output is told, in milliseconds since 1970.
pub fn since(told: &Told, path: &[String], value: &Value) -> Option<i64> {
    let (first, rest) = path.split_first()?;
    let same = |outputs: &Map| {
        let then = outputs.get(first);
        then.and_then(|then| rest.iter().try_fold(then, |then, key| then.get(key))) == Some(value)
    };
    told.iter().rev().take_while(|(_, outputs)| same(outputs)).last().map(|(time, _)| *time)
}

/// How long ago, in one word or two: `just now`, `5 min`, `2 h`.
pub fn age(then_ms: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.map_or(then_ms, |since| since.as_millis() as i64);
    let secs = (now - then_ms).max(0) / 1000;
    match secs {
        0..10 => "just now".to_owned(),
        10..60 => format!("{secs} s ago"),
        60..3600 => format!("{} min ago", secs / 60),
        3600..172_800 => format!("{} h ago", secs / 3600),
        secs => format!("{} days ago", secs / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_as_old_as_the_first_event_that_told_it() {
        let one = |time, value: &str| (time, Map::from([("ip".to_owned(), Value::from(value))]));
        let told = vec![one(1, "x"), one(2, "y"), one(3, "x"), one(4, "x")];
        let path = ["ip".to_owned()];
        assert_eq!(since(&told, &path, &Value::from("x")), Some(3));
        assert_eq!(since(&told, &path, &Value::from("z")), None);
    }

    #[test]
    fn what_a_value_reads_of_a_node_is_found_wherever_it_stands() {
        let value: Value = serde_json::from_str(
            r#"{"concat":[{"get_attribute":["p","info","ip"]},{"get_attribute":["q","x"]}]}"#,
        )
        .unwrap();
        let mut found = Vec::new();
        attributes_of(&value, "p", &mut found);
        assert_eq!(found, [vec!["info".to_owned(), "ip".to_owned()]]);
    }
}
