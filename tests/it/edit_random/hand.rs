//! A hand that writes YAML in a style of its own: indentation, quotes, brackets, blank lines, comments, anchors, ends of
//! lines. It knows to which thing each comment belongs.

use gantry::diag::Path;
use gantry::model::Value;

use crate::generate::Random;

/// Where a comment is and what it belongs to.
pub type Owned = (String, Path);

pub struct Hand<'r> {
    random: &'r mut Random,
    step: usize,
    deeper: bool,
    roomy: bool,
    flowing: usize,
    chatty: usize,
    out: String,
    pub comments: Vec<Owned>,
    /// Anchors set so far, with the paths of what they stand for.
    anchors: Vec<String>,
    anchoring: bool,
    mark: String,
}

impl<'r> Hand<'r> {
    /// `mark` begins every comment of this hand.
    pub fn new(random: &'r mut Random, mark: &str) -> Self {
        let step = [2, 2, 2, 4, 3][random.below(5)];
        let (deeper, roomy) = (random.below(3) > 0, random.below(3) > 0);
        let (flowing, chatty) = (random.below(5), random.below(4));
        let anchoring = random.below(4) == 0;
        Self {
            random,
            step,
            deeper,
            roomy,
            flowing,
            chatty,
            out: String::new(),
            comments: Vec::new(),
            anchors: Vec::new(),
            anchoring,
            mark: mark.to_owned(),
        }
    }

    fn dice(&mut self, sides: usize) -> bool {
        self.random.below(sides) == 0
    }

    fn comment(&mut self, owner: &Path) -> String {
        let id = format!("{}c{}.", self.mark, self.comments.len());
        self.comments.push((id.clone(), owner.clone()));
        let tail =
            ["", " wörds", " a: b", "\twith a tab", " [ # {", " - x", " 'open", "   "][self.random.below(8)];
        format!("# {id}{tail}")
    }

    /// The whole text, with its beginning and end.
    pub fn write(mut self, value: &Value) -> (String, Vec<Owned>) {
        match self.random.below(8) {
            0 => self.out.push_str("---\n"),
            1 => self.out.push_str("%YAML 1.2\n---\n"),
            2 => self.out.push_str("\n\n"),
            3 => {
                let head = self.comment(&Path::root());
                self.out.push_str(&format!("{head}\n\n"));
            }
            _ => {}
        }
        self.entries(value, 0, &Path::root());
        match self.random.below(8) {
            0 => self.out.push_str("...\n"),
            1 => {
                let tail = self.comment(&Path::root());
                self.out.push_str(&format!("{tail}\n"));
            }
            2 => self.out.push_str("\n\n"),
            3 | 4 => drop(self.out.pop()),
            _ => {}
        }
        let out = if self.dice(5) { self.out.replace('\n', "\r\n") } else { self.out };
        (out, self.comments)
    }

    fn pad(&mut self, column: usize) {
        self.out.extend(std::iter::repeat_n(' ', column));
    }

    /// Blank lines and comments above an entry.
    fn above(&mut self, column: usize, path: &Path, spaced: bool) {
        if spaced || self.dice(9) {
            self.out.push('\n');
        }
        if self.chatty > 0 && self.dice(7) {
            for _ in 0..=self.random.below(2) {
                let comment = self.comment(path);
                self.pad(column);
                self.out.push_str(&comment);
                self.out.push('\n');
            }
        }
    }

    /// Ends the line, sometimes with a comment beside.
    fn end(&mut self, path: &Path) {
        if self.chatty > 0 && self.dice(7) {
            let blanks = [" ", "  ", "      "][self.random.below(3)];
            let comment = self.comment(path);
            self.out.push_str(blanks);
            self.out.push_str(&comment);
        } else if self.dice(25) {
            self.out.push_str("  ");
        }
        self.out.push('\n');
    }

    fn entries(&mut self, value: &Value, column: usize, path: &Path) {
        let Some(map) = value.as_map() else { return };
        let spaced = column <= self.step && self.dice(2);
        for (position, (key, value)) in map.iter().enumerate() {
            let own = path.key(key);
            self.above(column, &own, spaced && position > 0);
            self.pad(column);
            let key = self.scalar(&Value::string(key.as_str()), true);
            self.out.push_str(&key);
            self.out.push(':');
            self.after(value, column, &own);
        }
        if self.chatty > 1 && self.dice(14) {
            let comment = self.comment(path);
            self.pad(column);
            self.out.push_str(&comment);
            self.out.push('\n');
        }
    }

    /// What stands behind a key at `column`.
    fn after(&mut self, value: &Value, column: usize, path: &Path) {
        let calm = value.call().is_some() || value.as_list().is_some();
        let flow = self.random.below(if calm { 3 } else { 6 }) < self.flowing;
        match value {
            Value::Map(map) if !map.is_empty() && !flow => {
                let anchor = self.anchor(path);
                self.end(path);
                let column = column + self.step;
                self.merge(column, path);
                self.entries(value, column, path);
                // Only now: what repeats itself has no end.
                self.anchors.extend(anchor);
            }
            Value::List(list) if !list.is_empty() && !flow => {
                self.end(path);
                let column = if self.deeper { column + self.step } else { column };
                self.items(list, column, path);
            }
            Value::List(list) if list.len() > 1 && self.dice(6) => {
                // Brackets over several lines.
                self.out.push_str(" [\n");
                for (position, item) in list.iter().enumerate() {
                    self.pad(column + self.step + 1);
                    let item = self.inline(item);
                    self.out.push_str(&item);
                    let comma = position + 1 < list.len() || self.dice(2);
                    self.out.push_str(if comma { ",\n" } else { "\n" });
                }
                self.pad(column + 1);
                self.out.push(']');
                self.end(path);
            }
            Value::String(text) if text.contains('\n') => self.literal(text, column),
            value => {
                let text = if self.dice(30) && value.is_null() { String::new() } else { self.inline(value) };
                self.out.push(' ');
                if self.dice(12) {
                    self.out.push_str("  ");
                }
                self.out.push_str(&text);
                self.end(path);
            }
        }
    }

    fn literal(&mut self, text: &str, column: usize) {
        self.out.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
        for line in text.trim_end_matches('\n').split('\n') {
            if !line.is_empty() {
                self.pad(column + self.step);
            }
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    fn items(&mut self, list: &[Value], column: usize, path: &Path) {
        for (position, item) in list.iter().enumerate() {
            let own = path.index(position);
            self.above(column, &own, false);
            self.pad(column);
            self.out.push('-');
            match item {
                Value::Map(map) if !map.is_empty() && item.call().is_none() && !self.dice(5) => {
                    self.out.push(' ');
                    for (nth, (key, value)) in map.iter().enumerate() {
                        if nth > 0 {
                            self.pad(column + 2);
                        }
                        let name = self.scalar(&Value::string(key.as_str()), true);
                        self.out.push_str(&name);
                        self.out.push(':');
                        self.after(value, column + 2, &own.key(key));
                    }
                }
                Value::String(text) if text.contains('\n') => self.literal(text, column),
                item => {
                    let text = self.inline(item);
                    self.out.push(' ');
                    self.out.push_str(&text);
                    self.end(&own);
                }
            }
        }
    }

    /// An anchor behind the key of a map.
    fn anchor(&mut self, path: &Path) -> Option<String> {
        if !self.anchoring || path.segments().len() != 3 || !self.dice(3) {
            return None;
        }
        let name = format!("a{}", self.anchors.len());
        self.out.push_str(&format!(" &{name}"));
        Some(name)
    }

    /// What an anchor stands for is merged into a map that begins here.
    fn merge(&mut self, column: usize, path: &Path) {
        if path.segments().len() == 3 && !self.anchors.is_empty() && self.dice(3) {
            let at = self.random.below(self.anchors.len());
            self.pad(column);
            self.out.push_str(&format!("<<: *{}\n", self.anchors[at]));
        }
    }

    /// On one line. What is null may repeat an anchor instead.
    fn inline(&mut self, value: &Value) -> String {
        let pad = if self.roomy { " " } else { "" };
        match value {
            Value::Map(map) if !map.is_empty() => {
                let all: Vec<String> = map
                    .iter()
                    .map(|(key, value)| {
                        format!(
                            "{}: {}",
                            self.scalar(&Value::string(key.as_str()), false),
                            self.inline(value)
                        )
                    })
                    .collect();
                format!("{{{pad}{}{pad}}}", all.join(", "))
            }
            Value::List(list) if !list.is_empty() => {
                let all: Vec<String> = list.iter().map(|item| self.inline(item)).collect();
                format!("[{pad}{}{pad}]", all.join(if self.dice(4) { "," } else { ", " }))
            }
            Value::Null if self.dice(2) && !self.anchors.is_empty() => {
                let at = self.random.below(self.anchors.len());
                format!("*{} ", self.anchors[at]).trim_end().to_owned()
            }
            value => self.scalar(value, false),
        }
    }

    fn scalar(&mut self, value: &Value, key: bool) -> String {
        let Value::String(text) = value else { return value.to_string() };
        let plain = !text.is_empty()
            && text.chars().all(|c| c.is_alphanumeric() || "_./-".contains(c))
            && text.chars().next().is_some_and(char::is_alphabetic)
            && !["yes", "no", "on", "off", "true", "false", "null", "y", "n"].contains(&text.as_str());
        match self.random.below(if key { 30 } else { 6 }) {
            _ if text.contains('\n') => format!("{text:?}"),
            0 => format!("'{}'", text.replace('\'', "''")),
            1 => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")),
            _ if plain => text.clone(),
            _ => format!("'{}'", text.replace('\'', "''")),
        }
    }
}
