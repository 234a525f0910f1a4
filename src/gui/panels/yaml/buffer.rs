//! [`Buffer`]: a text with a caret and a selection, and what keys do to them.
//!
//! Pure: knows neither window nor project. Offsets are bytes at ends of characters, lines count from 0.

use std::ops::Range;
use std::sync::Arc;

use super::drift::Drift;

/// Spaces of one step in.
const STEP: usize = 2;

/// Where the caret goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// One character back.
    Left,
    /// One character on.
    Right,
    /// To the beginning of the word.
    WordLeft,
    /// To the end of the word.
    WordRight,
    /// That many lines down; up if negative.
    Lines(isize),
    /// To the first letter of the line; to its beginning if it is there.
    Home,
    /// To the end of the line.
    End,
    /// To the beginning of the text.
    Top,
    /// To its end.
    Bottom,
    /// To a place.
    To(usize),
}

/// A text that is being edited.
#[derive(Clone, Debug)]
pub struct Buffer {
    text: Arc<str>,
    /// First byte of each line.
    starts: Vec<usize>,
    caret: usize,
    anchor: usize,
    /// The column that a caret moving over shorter lines comes back to.
    column: Option<usize>,
}

impl Default for Buffer {
    fn default() -> Self {
        Self { text: "".into(), starts: vec![0], caret: 0, anchor: 0, column: None }
    }
}

fn starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
        .collect()
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

impl Buffer {
    /// The text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Takes over a text that was changed elsewhere, and says what differs: the caret stays where it was in it, or goes to
    /// the end of what differs if `follow`.
    pub fn set(&mut self, text: &Arc<str>, follow: bool) -> Drift {
        let drift = Drift::between(&self.text, text);
        if drift.is_none() {
            return drift;
        }
        self.text = Arc::clone(text);
        self.starts = starts(text);
        self.caret = if follow { drift.new_end } else { drift.forward(self.caret) };
        self.anchor = if follow { self.caret } else { drift.forward(self.anchor) };
        self.column = None;
        drift
    }

    /// Number of lines; at least one.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// A line without its end.
    pub fn line(&self, line: usize) -> &str {
        let range = self.range(line);
        self.text[range].trim_end_matches(['\n', '\r'])
    }

    /// The bytes of a line with its end.
    pub fn range(&self, line: usize) -> Range<usize> {
        let end = self.text.len();
        self.starts.get(line).copied().unwrap_or(end)..self.starts.get(line + 1).copied().unwrap_or(end)
    }

    /// The line of a place.
    pub fn line_of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Where the caret is.
    pub fn caret(&self) -> usize {
        self.caret
    }

    /// What is selected; empty at the caret if nothing is.
    pub fn selection(&self) -> Range<usize> {
        self.caret.min(self.anchor)..self.caret.max(self.anchor)
    }

    /// The selected text.
    pub fn selected(&self) -> &str {
        &self.text[self.selection()]
    }

    /// Selects everything.
    pub fn select_all(&mut self) {
        (self.anchor, self.caret) = (0, self.text.len());
    }

    /// Selects a stretch.
    pub fn select(&mut self, range: Range<usize>) {
        (self.anchor, self.caret) = (self.floor(range.start), self.floor(range.end));
        self.column = None;
    }

    /// The word at a place.
    pub fn word(&self, at: usize) -> Range<usize> {
        let at = self.floor(at);
        let before = self.text[..at]
            .chars()
            .rev()
            .take_while(|letter| is_word(*letter))
            .map(char::len_utf8)
            .sum::<usize>();
        let behind =
            self.text[at..].chars().take_while(|letter| is_word(*letter)).map(char::len_utf8).sum::<usize>();
        at - before..at + behind
    }

    /// The nearest end of a character at or before `at`.
    fn floor(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// Moves the caret; the selection grows if `select`.
    pub fn go(&mut self, motion: Motion, select: bool) {
        let range = self.selection();
        let column = self.column.take();
        let to = match motion {
            Motion::Left if !select && !range.is_empty() => range.start,
            Motion::Right if !select && !range.is_empty() => range.end,
            Motion::Left | Motion::Right | Motion::WordLeft | Motion::WordRight => self.reach(motion),
            Motion::Home => {
                let line = self.range(self.line_of(self.caret));
                let text = &self.text[line.clone()];
                let first = line.start + text.len() - text.trim_start_matches(' ').len();
                if self.caret == first { line.start } else { first }
            }
            Motion::End => {
                let line = self.line_of(self.caret);
                self.range(line).start + self.line(line).len()
            }
            Motion::Top => 0,
            Motion::Bottom => self.text.len(),
            Motion::To(at) => self.floor(at),
            Motion::Lines(by) => {
                let line = self.line_of(self.caret);
                let own = self.text[self.range(line).start..self.caret].chars().count();
                let wished = column.unwrap_or(own);
                self.column = Some(wished);
                let last = self.lines() as isize - 1;
                let target = line as isize + by;
                if target < 0 {
                    0
                } else if target > last {
                    self.text.len()
                } else {
                    self.at(target as usize, wished)
                }
            }
        };
        self.caret = to;
        if !select {
            self.anchor = to;
        }
    }

    /// The place of a column, or the end of a line that is shorter.
    pub fn at(&self, line: usize, column: usize) -> usize {
        let text = self.line(line);
        self.range(line).start + text.char_indices().nth(column).map_or(text.len(), |(at, _)| at)
    }

    /// The place that many characters or words from the caret.
    fn reach(&self, motion: Motion) -> usize {
        let (before, behind) = self.text.split_at(self.caret);
        match motion {
            Motion::Left if before.ends_with("\r\n") => self.caret - 2,
            Motion::Left => before.chars().next_back().map_or(0, |letter| self.caret - letter.len_utf8()),
            Motion::Right if behind.starts_with("\r\n") => self.caret + 2,
            Motion::Right => {
                behind.chars().next().map_or(self.caret, |letter| self.caret + letter.len_utf8())
            }
            Motion::WordLeft => {
                let rest = before.trim_end_matches(|letter: char| !is_word(letter) && letter != '\n');
                let rest = if rest.len() == before.len() && rest.ends_with('\n') {
                    rest.trim_end_matches(['\n', '\r'])
                } else {
                    rest
                };
                rest.trim_end_matches(is_word).len()
            }
            _ => {
                let rest = behind.trim_start_matches(|letter: char| !is_word(letter) && letter != '\n');
                let rest = if rest.len() == behind.len() { rest.trim_start_matches('\n') } else { rest };
                self.text.len() - rest.trim_start_matches(is_word).len()
            }
        }
    }

    /// Writes `with` instead of a stretch; the caret stands behind it then.
    pub fn replace(&mut self, range: Range<usize>, with: &str) {
        let range = self.floor(range.start)..self.floor(range.end);
        let mut text = String::with_capacity(self.text.len() + with.len());
        text.push_str(&self.text[..range.start]);
        text.push_str(with);
        text.push_str(&self.text[range.end..]);
        self.text = text.into();
        self.starts = starts(&self.text);
        self.caret = range.start + with.len();
        self.anchor = self.caret;
        self.column = None;
    }

    /// Writes `with` instead of what is selected.
    pub fn insert(&mut self, with: &str) {
        self.replace(self.selection(), with);
    }

    /// Takes away what is selected, or what the caret would pass.
    pub fn delete(&mut self, motion: Motion) {
        let selected = self.selection();
        if !selected.is_empty() {
            return self.replace(selected, "");
        }
        let line = self.range(self.line_of(self.caret)).start;
        let before = &self.text[line..self.caret];
        let to = if motion == Motion::Left && !before.is_empty() && before.bytes().all(|byte| byte == b' ') {
            // Back over an indentation: one step out.
            self.caret - ((before.len() - 1) % STEP + 1)
        } else {
            self.reach(motion)
        };
        self.replace(to.min(self.caret)..to.max(self.caret), "");
    }

    /// A new line, indented as YAML goes on: like this one, deeper behind a key without a value.
    pub fn break_line(&mut self) {
        let start = self.selection().start;
        let line = self.range(self.line_of(start)).start;
        let head = &self.text[line..start];
        let spaces = head.len() - head.trim_start_matches(' ').len();
        let body = head.trim();
        let code = body.split(" #").next().unwrap_or_default().trim_end();
        let dashes = body.len() - body.trim_start_matches(['-', ' ']).len();
        let opens =
            code.ends_with(':') || code.ends_with('|') || code.ends_with('>') || code.ends_with(['[', '{']);
        let inside = if code == "-" || body.starts_with('#') { 0 } else { dashes };
        let depth = spaces + inside + if opens { STEP } else { 0 };
        let end =
            if self.text[..start].ends_with("\r\n") || self.text.contains("\r\n") { "\r\n" } else { "\n" };
        self.insert(&format!("{end}{}", " ".repeat(depth)));
    }

    /// One step in or out for every selected line; a step of spaces at the caret if nothing is selected.
    pub fn indent(&mut self, inward: bool) {
        let selected = self.selection();
        if inward && selected.is_empty() {
            let column = self.caret - self.range(self.line_of(self.caret)).start;
            return self.insert(&" ".repeat(STEP - column % STEP));
        }
        let (first, mut last) = (self.line_of(selected.start), self.line_of(selected.end));
        if last > first && self.range(last).start == selected.end {
            last -= 1;
        }
        let start = self.range(first).start;
        let end = self.range(last).end;
        let mut with = String::new();
        for line in first..=last {
            let text = &self.text[self.range(line)];
            if inward {
                let step = if text.trim().is_empty() { 0 } else { STEP };
                with.push_str(&" ".repeat(step));
                with.push_str(text);
            } else {
                let spaces = text.len() - text.trim_start_matches(' ').len();
                with.push_str(&text[spaces.min(STEP)..]);
            }
        }
        let (caret_line, behind) =
            (self.line_of(self.caret), self.range(self.line_of(self.caret)).end - self.caret);
        let single = selected.is_empty();
        self.replace(start..end, &with);
        if single {
            let end = self.range(caret_line).end;
            let at = end.saturating_sub(behind).max(self.range(caret_line).start);
            self.go(Motion::To(at), false);
        } else {
            self.select(start..start + with.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Buffer {
        let at = text.find('‸').unwrap();
        let mut buffer = Buffer::default();
        buffer.set(&text.replace('‸', "").into(), false);
        buffer.go(Motion::To(at), false);
        buffer
    }

    fn seen(buffer: &Buffer) -> String {
        let mut text = buffer.text().to_string();
        text.insert(buffer.caret(), '‸');
        text
    }

    #[test]
    fn a_new_line_is_indented_as_the_text_goes_on() {
        for (before, after) in [
            ("nodes:‸\n", "nodes:\n  ‸\n"),
            ("  a: 1‸", "  a: 1\n  ‸"),
            ("  - type: x‸", "  - type: x\n    ‸"),
            ("  - ‸", "  - \n  ‸"),
            ("a:\r\n  b: 1‸\r\n", "a:\r\n  b: 1\r\n  ‸\r\n"),
            ("  # so:‸", "  # so:\n    ‸"),
        ] {
            let mut buffer = with(before);
            buffer.break_line();
            assert_eq!(seen(&buffer), after);
        }
    }

    #[test]
    fn backspace_in_an_indentation_goes_one_step_out() {
        let mut buffer = with("a:\n    ‸b");
        buffer.delete(Motion::Left);
        assert_eq!(seen(&buffer), "a:\n  ‸b");
        let mut buffer = with("aé‸");
        buffer.delete(Motion::Left);
        assert_eq!(seen(&buffer), "a‸");
        buffer.delete(Motion::Right);
        assert_eq!(seen(&buffer), "a‸");
        let mut buffer = with("one two‸");
        buffer.delete(Motion::WordLeft);
        assert_eq!(seen(&buffer), "one ‸");
    }

    #[test]
    fn the_caret_keeps_its_column_over_short_lines() {
        let mut buffer = with("abcdef‸\nx\nabcdefgh");
        buffer.go(Motion::Lines(1), false);
        assert_eq!(seen(&buffer), "abcdef\nx‸\nabcdefgh");
        buffer.go(Motion::Lines(1), false);
        assert_eq!(seen(&buffer), "abcdef\nx\nabcdef‸gh");
        buffer.go(Motion::Lines(9), false);
        assert_eq!(seen(&buffer), "abcdef\nx\nabcdefgh‸");
    }

    #[test]
    fn selected_lines_go_in_and_out_together() {
        let mut buffer = with("‸a: 1\nb: 2\nc: 3\n");
        buffer.go(Motion::Lines(2), true);
        buffer.indent(true);
        assert_eq!(&**buffer.text(), "  a: 1\n  b: 2\nc: 3\n");
        buffer.indent(false);
        assert_eq!(&**buffer.text(), "a: 1\nb: 2\nc: 3\n");
    }

    #[test]
    fn home_goes_to_the_first_letter_and_then_to_the_margin() {
        let mut buffer = with("  key: v‸");
        buffer.go(Motion::Home, false);
        assert_eq!(seen(&buffer), "  ‸key: v");
        buffer.go(Motion::Home, false);
        assert_eq!(seen(&buffer), "‸  key: v");
        buffer.go(Motion::WordRight, false);
        assert_eq!(seen(&buffer), "  key‸: v");
    }

    #[test]
    fn a_change_from_elsewhere_leaves_the_caret_at_its_word() {
        let mut buffer = with("a: 1\nb: ‸2\n");
        buffer.set(&"a: 1\nnew: 0\nb: 2\n".into(), false);
        assert_eq!(seen(&buffer), "a: 1\nnew: 0\nb: ‸2\n");
        buffer.set(&"a: 1\nb: 2\n".into(), true);
        assert_eq!(buffer.line_of(buffer.caret()), 1);
    }
}
