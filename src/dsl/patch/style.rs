//! How this text is written (indentation, ends of lines, brackets), and new values written the same way.
//!
//! What is not decided by the text is written as blueprints usually are: calls and short lists of scalars on one line
//! in brackets, everything else as a block.

use super::syntax::{Kind, Node};
use crate::diag::{Inside, Mark};
use crate::dsl::writer;
use crate::model::Value;

/// Longest list or call that is written on one line.
const WIDTH: usize = 100;

/// How a text is written.
#[derive(Clone, Debug)]
pub(super) struct Style {
    /// End of a line.
    pub newline: &'static str,
    /// Blanks of one level.
    pub step: usize,
    /// Whether the dashes of a list stand deeper than its key.
    pub dashes_deeper: bool,
    /// Whether brackets have blanks inside: `[ a ]`.
    pub roomy: bool,
}

impl Style {
    pub fn of(text: &str, root: Option<&Node>) -> Self {
        let mut seen = Seen { text, step: None, deeper: None };
        if let Some(root) = root {
            seen.look(root);
        }
        Self::seen(&seen)
    }

    /// The same of a text without anchors and merges, of whose values only the places are known.
    pub fn by_marks(text: &str, root: &Mark) -> Self {
        let mut seen = Seen { text, step: None, deeper: None };
        seen.look_at_marks(root);
        Self::seen(&seen)
    }

    fn seen(seen: &Seen<'_>) -> Self {
        let text = seen.text;
        let newline = match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        };
        let count = |open: &str| text.matches(open).count();
        let tight = count("{g") + count("[g") + count("{ ") + count("[ ");
        let spaced = count("{ ") + count("[ ");
        let closed = count("[") + count("{") - count("{}") - count("[]");
        Self {
            newline,
            step: seen.step.unwrap_or(2),
            dashes_deeper: seen.deeper.unwrap_or(true),
            roomy: closed == 0 || spaced * 2 >= closed.max(tight),
        }
    }

    /// `value` on one line; `flow` if brackets are around it. None if it can't stand on one line.
    pub fn inline(&self, value: &Value, flow: bool) -> String {
        let mut out = String::new();
        self.write_inline(&mut out, value, flow);
        out
    }

    fn write_inline(&self, out: &mut String, value: &Value, flow: bool) {
        let pad = if self.roomy { " " } else { "" };
        match value {
            Value::List(list) if !list.is_empty() => {
                out.push('[');
                out.push_str(pad);
                for (position, item) in list.iter().enumerate() {
                    if position > 0 {
                        out.push_str(", ");
                    }
                    self.write_inline(out, item, true);
                }
                out.push_str(pad);
                out.push(']');
            }
            Value::Map(map) if !map.is_empty() => {
                out.push('{');
                out.push_str(pad);
                for (position, (key, item)) in map.iter().enumerate() {
                    if position > 0 {
                        out.push_str(", ");
                    }
                    writer::one_line(out, key, true);
                    out.push_str(": ");
                    self.write_inline(out, item, true);
                }
                out.push_str(pad);
                out.push('}');
            }
            Value::String(text) => writer::one_line(out, text, flow),
            other => writer::scalar(out, other),
        }
    }

    /// Whether `value` is written on one line where there is room for a block.
    pub fn is_inline(&self, value: &Value) -> bool {
        match value {
            Value::Map(map) if !map.is_empty() => {
                value.call().is_some() && self.inline(value, false).len() <= WIDTH
            }
            Value::List(list) if !list.is_empty() => {
                let plain = |item: &Value| {
                    item.call().is_some() || !matches!(item, Value::List(_) | Value::Map(_)) && !is_long(item)
                };
                list.iter().all(plain) && self.inline(value, false).len() <= WIDTH
            }
            Value::String(text) => !text.trim_end_matches('\n').contains('\n') || !writer::is_literal(text),
            _ => true,
        }
    }

    /// What stands behind a key or dash whose column is `column`: ` value`, or lines that each begin with an end of
    /// line. No end of line at the end.
    pub fn after_key(&self, value: &Value, column: usize) -> String {
        let mut out = String::new();
        self.nested(&mut out, value, column);
        out
    }

    fn nested(&self, out: &mut String, value: &Value, column: usize) {
        if self.is_inline(value) {
            out.push(' ');
            self.write_inline(out, value, false);
            return;
        }
        match value {
            Value::Map(_) => {
                self.line(out, column + self.step);
                self.block(out, value, column + self.step);
            }
            Value::List(_) => {
                let column = if self.dashes_deeper { column + self.step } else { column };
                self.line(out, column);
                self.block(out, value, column);
            }
            Value::String(text) => {
                out.push(' ');
                self.literal(out, text, column + self.step);
            }
            _ => {}
        }
    }

    /// A collection as a block whose first character stands at `column` already.
    pub fn block(&self, out: &mut String, value: &Value, column: usize) {
        match value {
            Value::Map(map) if !map.is_empty() && !self.is_inline(value) => {
                for (position, (key, item)) in map.iter().enumerate() {
                    if position > 0 {
                        self.line(out, column);
                    }
                    writer::one_line(out, key, false);
                    out.push(':');
                    self.nested(out, item, column);
                }
            }
            Value::List(list) if !list.is_empty() && !self.is_inline(value) => {
                for (position, item) in list.iter().enumerate() {
                    if position > 0 {
                        self.line(out, column);
                    }
                    self.item(out, item, column);
                }
            }
            Value::String(text) if !self.is_inline(value) => self.literal(out, text, column),
            other => self.write_inline(out, other, false),
        }
    }

    /// A dash at `column` and its value.
    pub fn item(&self, out: &mut String, value: &Value, column: usize) {
        out.push_str("- ");
        match value {
            Value::String(text) if !self.is_inline(value) => self.literal(out, text, column + self.step),
            value => self.block(out, value, column + 2),
        }
    }

    fn line(&self, out: &mut String, column: usize) {
        out.push_str(self.newline);
        out.extend(std::iter::repeat_n(' ', column));
    }

    /// `|` and its lines, without an end of line at the end.
    pub fn literal(&self, out: &mut String, text: &str, column: usize) {
        let body = text.trim_end_matches('\n');
        let ends = text.len() - body.len();
        out.push('|');
        match ends {
            0 => out.push('-'),
            1 => {}
            _ => out.push('+'),
        }
        for line in body.split('\n') {
            if line.is_empty() {
                out.push_str(self.newline);
            } else {
                self.line(out, column.max(1));
                out.push_str(line);
            }
        }
        out.extend(std::iter::repeat_n(self.newline, ends.saturating_sub(1)));
    }
}

fn is_long(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() > 40 || text.contains('\n'))
}

/// Looks for the first level of indentation and the first list below a key.
struct Seen<'a> {
    text: &'a str,
    step: Option<usize>,
    deeper: Option<bool>,
}

impl Seen<'_> {
    fn look(&mut self, node: &Node) {
        let mut todo = vec![node];
        while let Some(node) = todo.pop() {
            if self.step.is_some() && self.deeper.is_some() {
                return;
            }
            match &node.kind {
                Kind::Map { flow: false, entries } => {
                    for entry in entries {
                        let key = column(self.text, entry.key.outer);
                        match &entry.node.kind {
                            Kind::Map { flow: false, entries } => {
                                let inner = entries.first().map(|inner| column(self.text, inner.key.outer));
                                if self.step.is_none() {
                                    self.step = inner
                                        .and_then(|inner| inner.checked_sub(key))
                                        .filter(|step| *step > 0);
                                }
                            }
                            Kind::List { flow: false, items } => {
                                let dash = items.first().map(|item| column(self.text, item.dash));
                                if self.deeper.is_none() {
                                    self.deeper = dash.map(|dash| dash > key);
                                }
                            }
                            _ => {}
                        }
                    }
                    todo.extend(entries.iter().rev().map(|entry| &entry.node));
                }
                Kind::List { flow: false, items } => todo.extend(items.iter().rev().map(|item| &item.node)),
                _ => {}
            }
        }
    }

    /// The same by places alone.
    fn look_at_marks(&mut self, root: &Mark) {
        let text = self.text;
        let is_block =
            |mark: &Mark| mark.value().is_some_and(|span| !text[span.start..].starts_with(['{', '[']));
        let mut todo = vec![root];
        while let Some(mark) = todo.pop() {
            if self.step.is_some() && self.deeper.is_some() {
                return;
            }
            if !is_block(mark) {
                continue;
            }
            match &mark.inside {
                Inside::Map(entries) => {
                    for entry in entries.values().filter(|entry| is_block(entry)) {
                        let Some(key) = entry.key().map(|key| column(text, key.start)) else { continue };
                        match &entry.inside {
                            Inside::Map(inner) if self.step.is_none() => {
                                let inner = inner.values().next().and_then(Mark::key);
                                let inner = inner.map(|inner| column(text, inner.start));
                                self.step =
                                    inner.and_then(|inner| inner.checked_sub(key)).filter(|step| *step > 0);
                            }
                            // A block list begins at its first dash.
                            Inside::List(_) if self.deeper.is_none() => {
                                let dash = entry.value().map(|list| column(text, list.start));
                                self.deeper = dash.map(|dash| dash > key);
                            }
                            _ => {}
                        }
                    }
                    let all: Vec<&Mark> = entries.values().collect();
                    todo.extend(all.into_iter().rev());
                }
                Inside::List(items) => todo.extend(items.iter().rev()),
                Inside::Nothing => {}
            }
        }
    }
}

/// Bytes between the beginning of the line and `at`.
pub(super) fn column(text: &str, at: usize) -> usize {
    at - text[..at].rfind('\n').map_or(0, |end| end + 1)
}
