//! The text as a tree of byte ranges: where each key, value, dash and colon stands, and in which style.
//!
//! Nothing is resolved here: an alias is an alias, a merge key a key. Knows the YAML parser, not what a value means.

use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle};

use super::PatchError;
use crate::dsl::scalar;

/// A value as it is written.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// First byte, of its anchor or tag if it has one.
    pub outer: usize,
    /// First byte of the value itself.
    pub start: usize,
    /// Byte after the last one.
    pub end: usize,
    pub anchor: bool,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Scalar(ScalarStyle),
    Alias,
    List { flow: bool, items: Vec<Item> },
    Map { flow: bool, entries: Vec<Entry> },
}

/// An element of a list.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Where its dash stands; its first byte in a flow list.
    pub dash: usize,
    pub node: Node,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub name: String,
    pub key: Node,
    /// `<<`, written plainly.
    pub merge: bool,
    /// Byte after the colon; none in `{ a }`, or where the key is marked with `?`.
    pub colon: Option<usize>,
    pub node: Node,
}

impl Node {
    pub fn is_empty(&self) -> bool {
        matches!(self.kind, Kind::Scalar(ScalarStyle::Plain)) && self.start == self.end
    }

    pub fn is_block_collection(&self) -> bool {
        matches!(self.kind, Kind::List { flow: false, .. } | Kind::Map { flow: false, .. })
    }

    /// Whether it is the scalar of a `|` or `>`.
    pub fn is_block_scalar(&self) -> bool {
        matches!(self.kind, Kind::Scalar(ScalarStyle::Literal | ScalarStyle::Folded))
    }

    /// The entry with this key; of a key that stands twice, the last.
    pub fn entry(&self, name: &str) -> Option<(usize, &Entry)> {
        match &self.kind {
            Kind::Map { entries, .. } => {
                entries.iter().enumerate().rev().find(|(_, entry)| entry.name == name && !entry.merge)
            }
            _ => None,
        }
    }

    /// The value that stands last in it.
    pub fn last(&self) -> &Node {
        match &self.kind {
            Kind::List { flow: false, items } => items.last().map_or(self, |item| item.node.last()),
            Kind::Map { flow: false, entries } => entries.last().map_or(self, |entry| entry.node.last()),
            _ => self,
        }
    }
}

/// The tree of `text`, none if it holds no value at all.
pub(super) fn parse(text: &str) -> Result<Option<Node>, PatchError> {
    let mut options = Options::default();
    options.emit_anchor_events = true;
    let mut reader = Reader { text, events: Parser::new_from_str_with_options(text, options).peekable() };
    let mut root = None;
    while let Some((event, span)) = reader.next()? {
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => {}
            event if root.is_none() => root = reader.node(event, span)?,
            _ => return Err(PatchError::Shape("the file holds more than one document".into())),
        }
    }
    Ok(root.filter(|node| !node.is_empty()))
}

struct Reader<'a> {
    text: &'a str,
    events: std::iter::Peekable<Parser<'a, granit_parser::StrInput<'a>>>,
}

type Spanned<'a> = (Event<'a>, granit_parser::Span);

/// A list or map that is not finished.
struct Open {
    node: Node,
    key: Option<Node>,
    /// Where the next indicator is looked for.
    from: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Option<Spanned<'a>>, PatchError> {
        loop {
            match self.events.next() {
                None => return Ok(None),
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok(next)) => return Ok(Some(next)),
                Some(Err(error)) => {
                    return Err(PatchError::Broken {
                        line: error.marker().line(),
                        message: error.info().clone(),
                    });
                }
            }
        }
    }

    /// The anchor that stands before the node whose event was just read.
    fn anchor(&mut self) -> Option<usize> {
        match self.events.peek() {
            Some(Ok((Event::Anchor(..), span))) => {
                let at = span.start.byte_offset();
                self.events.next();
                at
            }
            _ => None,
        }
    }

    /// With a stack of its own, as the reader has: the text must not decide how deep the program's goes.
    fn node(&mut self, event: Event<'a>, span: granit_parser::Span) -> Result<Option<Node>, PatchError> {
        let mut open: Vec<Open> = Vec::new();
        let mut next = (event, span);
        loop {
            let (event, span) = next;
            let start = span.start.byte_offset().unwrap_or(0).min(self.text.len());
            let end = span.end.byte_offset().unwrap_or(start).clamp(start, self.text.len());
            let tag = span.tag_start.and_then(|marker| marker.byte_offset());
            let make = |reader: &mut Self, kind: Kind| {
                let anchor = reader.anchor();
                let outer = [anchor, tag].into_iter().flatten().fold(start, usize::min);
                Node { outer, start, end, anchor: anchor.is_some(), kind }
            };
            let finished = match event {
                Event::Scalar(text, style, ..) => {
                    let mut node = make(self, Kind::Scalar(style));
                    if matches!(style, ScalarStyle::Plain) && text.is_empty() {
                        node.end = node.start;
                        if let Some(open) = open.last_mut()
                            && node.outer == node.start
                        {
                            // Where nothing stands the parser tells the place of what comes next.
                            let at = self.nothing(open);
                            (node.outer, node.start, node.end) = (at, at, at);
                        }
                    }
                    Some(node)
                }
                Event::Alias(_) => Some(make(self, Kind::Alias)),
                Event::SequenceStart(style, ..) => {
                    let flow = style == StructureStyle::Flow;
                    let mut node = make(self, Kind::List { flow, items: Vec::new() });
                    if !flow && let Some(dash) = open.last().and_then(|open| self.first_dash(open)) {
                        // A list as deep as its key is told from behind its first dash.
                        node.outer = node.outer.min(dash);
                        node.start = dash;
                    }
                    let from = if flow { node.start + 1 } else { node.start };
                    open.push(Open { node, key: None, from });
                    None
                }
                Event::MappingStart(style, ..) => {
                    let flow = style == StructureStyle::Flow;
                    let node = make(self, Kind::Map { flow, entries: Vec::new() });
                    let from = if flow { node.start + 1 } else { node.start };
                    open.push(Open { node, key: None, from });
                    None
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some(mut done) = open.pop() else { return Ok(None) };
                    match &done.node.kind {
                        Kind::List { flow: true, .. } | Kind::Map { flow: true, .. } => done.node.end = end,
                        _ => done.node.end = done.from.max(done.node.start),
                    }
                    Some(done.node)
                }
                _ => return Ok(None),
            };
            if let Some(node) = finished {
                match open.last_mut() {
                    None => return Ok(Some(node)),
                    Some(parent) => self.add(parent, node),
                }
            }
            match self.next()? {
                Some(event) => next = event,
                None => return Ok(None),
            }
        }
    }

    /// Where a value that is not there would stand: behind the dash or colon.
    fn nothing(&self, open: &Open) -> usize {
        match &open.key {
            Some(key) => self.colon(key).unwrap_or(key.end),
            None => match &open.node.kind {
                Kind::List { flow: false, .. } => {
                    self.indicator(open.from, b'-').map_or(open.from, |at| at + 1)
                }
                _ => open.from,
            },
        }
    }

    /// The first dash of a list that stands in `open`.
    fn first_dash(&self, open: &Open) -> Option<usize> {
        let mut at = match &open.key {
            Some(key) => self.colon(key)?,
            None => self.indicator(open.from, b'-')? + 1,
        };
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(at)? {
                b'-' => return Some(at),
                b' ' | b'\t' | b'\r' | b'\n' => at += 1,
                b'#' => at += bytes[at..].iter().position(|byte| *byte == b'\n')?,
                b'&' | b'!' => at += bytes[at..].iter().position(u8::is_ascii_whitespace)?,
                _ => return None,
            }
        }
    }

    /// Where the `|` or `>` of a block scalar stands; the parser tells where its lines begin.
    fn header(&self, from: usize, node: &Node) -> usize {
        let head = &self.text[from..node.end.max(from)];
        let mut at = 0;
        for word in head.split_inclusive([' ', '\t', '\n', '\r']) {
            if word.starts_with(['|', '>']) {
                return from + at;
            }
            at += word.len();
        }
        node.start
    }

    fn add(&self, open: &mut Open, mut node: Node) {
        if node.is_block_scalar() {
            let from = match &open.key {
                Some(key) => self.colon(key).unwrap_or(open.from),
                None => self.indicator(open.from, b'-').map_or(open.from, |dash| dash + 1),
            };
            let start = self.header(from, &node);
            node.outer = if node.outer == node.start { start } else { node.outer };
            node.start = start;
        }
        let end = node.end;
        match &mut open.node.kind {
            Kind::List { flow, items } => {
                let dash = if *flow { None } else { self.indicator(open.from, b'-') };
                items.push(Item { dash: dash.unwrap_or(node.outer), node });
                open.from = end.max(open.from);
            }
            Kind::Map { entries, .. } => match open.key.take() {
                None => {
                    open.from = end.max(open.from);
                    open.key = Some(node);
                }
                Some(key) => {
                    let name = self.name(&key);
                    let merge = name == "<<" && matches!(key.kind, Kind::Scalar(ScalarStyle::Plain));
                    let colon = self.colon(&key);
                    open.from = end.max(colon.unwrap_or(0)).max(open.from);
                    entries.push(Entry { name, key, merge, colon, node });
                }
            },
            Kind::Scalar(_) | Kind::Alias => {}
        }
    }

    /// The byte after the colon behind a key on its line.
    fn colon(&self, key: &Node) -> Option<usize> {
        let rest = self.text.get(key.end..)?;
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        rest[blanks..].starts_with(':').then_some(key.end + blanks + 1)
    }

    /// The next `sign` from `from` on that stands in no comment; nothing but blanks, ends of lines and comments
    /// stands before it.
    fn indicator(&self, from: usize, sign: u8) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = from;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => at += 1,
                b'#' => at += bytes[at..].iter().position(|byte| *byte == b'\n')?,
                byte if byte == sign => return Some(at),
                _ => return None,
            }
        }
        None
    }

    /// The key as the reader names it.
    fn name(&self, key: &Node) -> String {
        let text = &self.text[key.start..key.end];
        match key.kind {
            Kind::Scalar(ScalarStyle::Plain) if key.outer == key.start => match scalar::resolve(text) {
                crate::model::Value::String(text) => text,
                other => other.to_string(),
            },
            _ => decoded(text),
        }
    }
}

/// A quoted or tagged key, decoded by the parser itself.
fn decoded(text: &str) -> String {
    Parser::new_from_str(text)
        .filter_map(Result::ok)
        .find_map(|(event, _)| match event {
            Event::Scalar(text, ..) => Some(text.into_owned()),
            _ => None,
        })
        .unwrap_or_else(|| text.to_owned())
}
