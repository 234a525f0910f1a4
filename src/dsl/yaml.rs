//! YAML text → values and their places, with limits: the one place that knows the YAML parser.
//!
//! Anchors, merges (`<<`), YAML 1.1 scalars, duplicate keys (both places), and bounds on depth, expanded nodes
//! and digits, so that no text of a few hundred bytes can cost more than it is worth. Stops at the first syntax
//! error; [`super::islands`] goes on behind it. Does not know blueprints.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Tag};

use super::scalar;
use super::tree::{Frame, Parts, Stack, Tree};
use crate::diag::{Diagnostic, Inside, Mark, Path, Place, Source, Span};
use crate::model::Value;

/// Lists and maps may be nested this deep.
const DEPTH: usize = 200;
/// Values that aliases may add to those that stand in the text.
const EXPANSION: usize = 200_000;
/// Digits of a whole number.
const DIGITS: usize = 4_300;

/// A key that stands twice in one map.
#[derive(Clone, Debug)]
pub(super) struct Duplicate {
    pub key: String,
    pub first: Span,
    pub second: Span,
    /// Maps and lists around it: 0 for a section, 1 for a name in a section.
    pub depth: usize,
}

/// The text that stopped the parser.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    /// Line from 1.
    pub line: usize,
    pub diagnostic: Diagnostic,
}

/// What was read of one text.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    pub tree: Tree,
    pub duplicates: Vec<Duplicate>,
    /// Problems with a place but no path.
    pub problems: Vec<Diagnostic>,
    /// Places of text that is not plain ASCII.
    pub non_ascii: Vec<Span>,
    /// Some key is no text.
    pub odd_keys: bool,
    /// Some value has an anchor, to be repeated elsewhere.
    pub anchors: bool,
}

/// Reads one YAML document. `file` is the index that marks carry.
pub(super) fn parse(source: &Source, text: &str, file: u32) -> Result<Document, Box<Broken>> {
    let mut reader = Reader {
        source,
        text,
        file,
        events: Parser::new_from_str(text),
        anchors: HashMap::new(),
        open: Vec::new(),
        expanded: 0,
        kept: 0,
        stack: Stack::default(),
        names: Names::default(),
        lines: lines_of(text),
        document: Document::default(),
    };
    reader.run()?;
    reader.document.odd_keys = reader.stack.odd_keys;
    Ok(reader.document)
}

struct Reader<'a> {
    source: &'a Source,
    text: &'a str,
    file: u32,
    events: Parser<'a, granit_parser::StrInput<'a>>,
    anchors: HashMap<usize, Tree>,
    /// Anchors of values that are not finished.
    open: Vec<usize>,
    expanded: usize,
    /// Values copied for anchors.
    kept: usize,
    stack: Stack,
    names: Names,
    /// See [`lines_of`].
    lines: Option<Vec<usize>>,
    document: Document,
}

/// Keys that were met lately, to be shared: few different ones make up most of a text. One place for each hash, so that
/// it never grows.
#[derive(Default)]
struct Names(Vec<Option<Arc<str>>>);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        let hash = name.bytes().fold(name.len(), |hash, byte| hash.wrapping_mul(31) ^ usize::from(byte));
        self.0.resize(256, None);
        let slot = &mut self.0[hash % 256];
        match slot {
            Some(known) if **known == *name => known.clone(),
            _ => slot.insert(name.into()).clone(),
        }
    }
}

impl<'a> Reader<'a> {
    fn run(&mut self) -> Result<(), Box<Broken>> {
        let mut documents = 0;
        while let Some((event, span)) = self.next()? {
            match event {
                Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        return Err(self.broken(&span, "expected a single document", "ComposerError"));
                    }
                }
                event => self.document.tree = self.node(event, span)?,
            }
        }
        Ok(())
    }

    /// The next event. Its place is made small at once: the parser's own is large to be handed on.
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Box<Broken>> {
        loop {
            match self.events.next() {
                None => return Ok(None),
                Some(Ok((Event::Comment(..) | Event::Anchor(..), _))) => {}
                Some(Ok((event, span))) => return Ok(Some((event, self.span(&span)))),
                Some(Err(error)) => {
                    let marker = *error.marker();
                    let span = self.span(&granit_parser::Span::empty(marker));
                    // The parser has a limit of its own for brackets.
                    if *error.kind() == granit_parser::ErrorKind::RecursionLimitExceeded {
                        return Err(self.too_deep(&span));
                    }
                    let info = error.info();
                    return Err(self.broken(&span, &info, class_of(error.kind())));
                }
            }
        }
    }

    fn expect(&mut self, span: &Span) -> Result<(Event<'a>, Span), Box<Broken>> {
        self.next()?.ok_or_else(|| self.broken(span, "the text ends in the middle", "ParserError"))
    }

    fn broken(&self, span: &Span, message: &str, class: &'static str) -> Box<Broken> {
        // The reference parser turns one kind of YAML error into its own.
        let (class, code) =
            if class == "ParserError" { ("DSLParsingFormatException", Some(-1)) } else { (class, None) };
        let diagnostic = Diagnostic::error("syntax", Path::root(), format!("this is no YAML: {message}"))
            .at(self.place(*span))
            .with_reference(class, code);
        Box::new(Broken { line: span.line as usize, diagnostic })
    }

    fn too_deep(&self, span: &Span) -> Box<Broken> {
        let message = format!("nested more than {DEPTH} levels deep");
        let mut broken = self.broken(span, &message, "RecursionError");
        broken.diagnostic.code = "nested-too-deep";
        broken
    }

    fn problem(&mut self, code: &'static str, span: Span, message: String, class: &'static str) {
        self.document.problems.push(
            Diagnostic::error(code, Path::root(), message).at(self.place(span)).with_reference(class, None),
        );
    }

    fn place(&self, span: Span) -> Place {
        Place { file: self.source.name.clone(), span }
    }

    fn span(&self, span: &granit_parser::Span) -> Span {
        let start = span.start.byte_offset().unwrap_or(0);
        let end = span.end.byte_offset().unwrap_or(start).max(start);
        if let Some(lines) = &self.lines {
            return self.counted(lines, start, end.min(self.text.len()));
        }
        // An end at the first column belongs to the line before.
        let end_line = if span.end.col() == 0 && span.end.line() > span.start.line() {
            span.end.line() - 1
        } else {
            span.end.line()
        };
        Span {
            start,
            end: end.min(self.text.len()),
            line: span.start.line() as u32,
            column: span.start.col() as u32 + 1,
            end_line: end_line as u32,
        }
    }

    /// The span of some bytes, its lines counted anew.
    fn counted(&self, lines: &[usize], start: usize, end: usize) -> Span {
        let number = |byte: usize| lines.partition_point(|&line| line <= byte).max(1);
        let (line, last) = (number(start), number(end));
        let begins = lines.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(begins..start).unwrap_or_default();
        let before = if line == 1 { before.trim_start_matches('\u{feff}') } else { before };
        let at_beginning = last > line && lines.get(last - 1) == Some(&end);
        Span {
            start,
            end,
            line: line as u32,
            column: before.chars().count() as u32 + 1,
            end_line: (if at_beginning { last - 1 } else { last }) as u32,
        }
    }

    /// The value that begins with `event`. With a stack of its own: a hostile text must not decide how deep the
    /// program's goes.
    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Tree, Box<Broken>> {
        let mut frames: Vec<Frame> = Vec::new();
        let start = span;
        let mut next = (event, span);
        loop {
            let (event, span) = next;
            let plain = matches!(&event, Event::Scalar(_, ScalarStyle::Plain, _, None));
            let finished = match event {
                Event::Scalar(text, style, anchor, tag) => {
                    let value = self.scalar(&text, style, tag.as_deref(), span);
                    match frames.last_mut().filter(|frame| anchor == 0 && frame.awaits_key()) {
                        Some(frame) => {
                            frame.take_key(value, span, plain);
                            None
                        }
                        None => {
                            let tree = self.tree(value, span, Inside::Nothing, 1);
                            self.keep(anchor, &tree, &start)?;
                            Some(tree)
                        }
                    }
                }
                Event::Alias(anchor) => Some(self.alias(anchor, &span)?),
                Event::SequenceStart(style, anchor, tag) => {
                    self.unknown_tag(tag.as_deref(), &span, &["seq", "omap", "pairs"]);
                    self.begin(&mut frames, &span, style, anchor, false)?;
                    None
                }
                Event::MappingStart(style, anchor, tag) => {
                    self.unknown_tag(tag.as_deref(), &span, &["map", "set"]);
                    self.begin(&mut frames, &span, style, anchor, true)?;
                    None
                }
                Event::SequenceEnd | Event::MappingEnd => match frames.pop() {
                    Some(frame) => Some(self.finish(frame, &span, frames.len())?),
                    None => return Err(self.broken(&span, "a value is expected", "ParserError")),
                },
                _ => return Err(self.broken(&span, "a value is expected", "ParserError")),
            };
            if let Some(tree) = finished {
                match frames.last_mut() {
                    None => return Ok(tree),
                    Some(frame) => {
                        if let Some(problem) = frame.add(tree, plain, &mut self.stack) {
                            let (code, span, message) = problem;
                            self.problem(code, span, message, "ConstructorError");
                        }
                    }
                }
            }
            next = self.expect(&start)?;
        }
    }

    fn begin(
        &mut self,
        frames: &mut Vec<Frame>,
        span: &Span,
        style: granit_parser::StructureStyle,
        anchor: usize,
        map: bool,
    ) -> Result<(), Box<Broken>> {
        if frames.len() >= DEPTH {
            return Err(self.too_deep(span));
        }
        self.open.push(anchor);
        self.stack.open();
        frames.push(Frame {
            whole: *span,
            flow: style == granit_parser::StructureStyle::Flow,
            anchor,
            weight: 1,
            parts: if map { Parts::Map { key: None, merged: Vec::new() } } else { Parts::List },
        });
        Ok(())
    }

    fn finish(&mut self, frame: Frame, end: &Span, depth: usize) -> Result<Tree, Box<Broken>> {
        let mut whole = frame.whole;
        self.close(&mut whole, end, frame.flow);
        self.open.pop();
        let (value, inside) = match frame.parts {
            Parts::List => self.stack.list(),
            Parts::Map { merged, .. } => {
                let names = &mut self.names;
                let (value, inside, twice) = self.stack.map(merged, |name| names.shared(name));
                let twice = twice.into_iter();
                self.document.duplicates.extend(twice.map(|(key, first, second)| Duplicate {
                    key,
                    first,
                    second,
                    depth,
                }));
                (value, inside)
            }
        };
        let tree = self.tree(value, whole, inside, frame.weight);
        self.keep(frame.anchor, &tree, end)?;
        Ok(tree)
    }

    fn tree(&self, value: Value, span: Span, inside: Inside, weight: usize) -> Tree {
        Tree { value, mark: Mark::new(self.file, Some(span), inside), weight }
    }

    /// Keeps a copy for aliases. Anchors inside each other copy the same values again and again: that is counted too.
    fn keep(&mut self, anchor: usize, tree: &Tree, span: &Span) -> Result<(), Box<Broken>> {
        if anchor != 0 {
            self.document.anchors = true;
            self.kept += tree.weight;
            self.bounded(self.kept, span)?;
            self.anchors.insert(anchor, tree.clone());
        }
        Ok(())
    }

    fn bounded(&self, values: usize, span: &Span) -> Result<(), Box<Broken>> {
        if values > EXPANSION {
            let message = format!("anchors and aliases repeat more than {EXPANSION} values");
            let mut broken = self.broken(span, &message, "RecursionError");
            broken.diagnostic.code = "alias-bomb";
            return Err(broken);
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: &Span) -> Result<Tree, Box<Broken>> {
        let Some(tree) = self.anchors.get(&anchor) else {
            let message = if self.open.contains(&anchor) {
                "an alias stands inside the value that it repeats"
            } else {
                "an alias repeats no value that stands before it"
            };
            let class = if self.open.contains(&anchor) { "ConstructorError" } else { "ComposerError" };
            return Err(self.broken(span, message, class));
        };
        self.expanded += tree.weight;
        self.bounded(self.expanded, span)?;
        Ok(tree.clone())
    }

    /// A flow collection ends at its bracket, a block one with the last thing in it.
    fn close(&self, whole: &mut Span, end: &Span, flow: bool) {
        if flow {
            (whole.end, whole.end_line) = (end.end.max(whole.end), end.end_line.max(whole.end_line));
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Value {
        if !text.is_ascii() {
            self.document.non_ascii.push(span);
        }
        let value = match tag.and_then(Tag::core_suffix) {
            None if tag.is_some_and(|tag| tag.suffix() != "" || tag.handle() != "!") => {
                self.unknown_tag_at(tag, span);
                Value::string(text)
            }
            None if tag.is_some() || style != ScalarStyle::Plain => Value::string(text),
            None if text == "=" => {
                self.problem(
                    "unreadable-value",
                    span,
                    "`=` alone has a meaning of its own in YAML 1.1; write \"=\"".into(),
                    "ConstructorError",
                );
                Value::string(text)
            }
            None => scalar::resolve(text),
            Some("str" | "binary" | "timestamp") => Value::string(text),
            Some("null") => Value::Null,
            Some(kind @ ("bool" | "int" | "float")) => {
                let value = scalar::resolve(text);
                match (kind, &value) {
                    ("bool", Value::Bool(_))
                    | ("int", Value::Int(_) | Value::BigInt(_))
                    | ("float", Value::Float(_)) => value,
                    ("float", Value::Int(number)) => Value::Float(*number as f64),
                    _ => {
                        self.problem(
                            "unreadable-value",
                            span,
                            format!("`{text}` is no {kind}"),
                            "ValueError",
                        );
                        Value::Null
                    }
                }
            }
            Some(_) => {
                self.unknown_tag_at(tag, span);
                Value::string(text)
            }
        };
        if let Value::BigInt(digits) = &value
            && digits.len() > DIGITS
        {
            let message = format!("a number of {} digits; at most {DIGITS} are read", text.len());
            self.problem("number-too-long", span, message, "ValueError");
            return Value::Null;
        }
        value
    }

    fn unknown_tag(&mut self, tag: Option<&Tag>, span: &Span, known: &[&str]) {
        let fits = tag.is_none_or(|tag| tag.core_suffix().is_some_and(|suffix| known.contains(&suffix)));
        if !fits {
            self.unknown_tag_at(tag, *span);
        }
    }

    fn unknown_tag_at(&mut self, tag: Option<&Tag>, span: Span) {
        let written = tag.map(Tag::original).unwrap_or_default();
        let message = format!("the tag `{written}` has no meaning in a blueprint");
        self.problem("unknown-tag", span, message, "ConstructorError");
    }
}

/// Where each line begins, if there is a carriage return that ends none: the parser takes it for the end of a line, at most
/// places, and nobody else here does.
pub(super) fn lines_of(text: &str) -> Option<Vec<usize>> {
    let bytes = text.as_bytes();
    let alone = |at: usize| bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
    let ends = || (0..bytes.len()).filter(|&at| bytes[at] == b'\n').map(|at| at + 1);
    (0..bytes.len()).any(alone).then(|| std::iter::once(0).chain(ends()).collect())
}

/// The class of the YAML error that the reference parser's YAML reader raises for it: errors of structure are
/// `ParserError`, errors of characters and tokens `ScannerError`.
fn class_of(kind: &granit_parser::ErrorKind) -> &'static str {
    use granit_parser::ErrorKind as Kind;
    match kind {
        Kind::UnknownAnchor => "ComposerError",
        Kind::RecursionLimitExceeded => "RecursionError",
        Kind::UnexpectedEofFlowSequence
        | Kind::UnexpectedEofFlowMapping
        | Kind::UnexpectedEofImplicitFlowMapping
        | Kind::UnexpectedEofBlockSequence
        | Kind::UnexpectedEofBlockMapping
        | Kind::UnexpectedEof
        | Kind::ExpectedStreamStart
        | Kind::ExpectedDocumentStart
        | Kind::ExpectedNodeContent
        | Kind::ExpectedBlockMappingKey
        | Kind::ExpectedFlowMappingSeparator
        | Kind::ExpectedFlowSequenceSeparator
        | Kind::ExpectedBlockSequenceEntry
        | Kind::UndeclaredTagHandle
        | Kind::DuplicateVersionDirective
        | Kind::DuplicateTagDirective
        | Kind::UnclosedFlowCollection { .. }
        | Kind::MisplacedFlowCollectionEnd
        | Kind::MismatchedFlowCollectionEnd { .. }
        | Kind::InvalidIndentation => "ParserError",
        _ => "ScannerError",
    }
}
