//! Overrides of a descriptor: `['spec']['containers'][0]['image'] = 'web:2'`, read as data and never executed.
//!
//! Owns the grammar (an index path, `=`, a literal) and its application. Does not know where the values come from.

use std::fmt::Write as _;

use serde_json::{Map as JsonMap, Value as Json};

use super::RenderError;

/// Lists and maps in a literal nest no deeper.
const MAX_DEPTH: usize = 32;

/// One step of an index path.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// `['key']`
    Key(String),
    /// `[0]`
    Index(usize),
}

/// An override, read: where, and what is written there.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// The index path, never empty.
    pub path: Vec<Step>,
    /// The literal.
    pub value: Json,
}

impl Override {
    /// Reads `text`. The literal is a string in single or double quotes, a number, `True`, `False`, `None` (in either
    /// spelling), or a list or map of these.
    pub fn parse(text: &str) -> Result<Self, RenderError> {
        let mut reader = Reader { text, at: 0 };
        let wrong = |reader: &Reader<'_>, expected: &str| {
            RenderError::new(
                format!("override `{text}`: {expected} expected at character {}", reader.characters() + 1),
                "an override looks like `['spec']['replicas'] = 2`",
            )
        };
        let mut path = Vec::new();
        while reader.take('[') {
            let step = match reader.peek() {
                Some('\'' | '"') => reader.quoted().map(Step::Key),
                _ => reader.word().parse().ok().map(Step::Index),
            };
            path.push(step.ok_or_else(|| wrong(&reader, "a quoted key or a number"))?);
            if !reader.take(']') {
                return Err(wrong(&reader, "`]`"));
            }
        }
        if path.is_empty() {
            return Err(wrong(&reader, "`[`"));
        }
        if !reader.take('=') {
            return Err(wrong(&reader, "`=`"));
        }
        let value = reader.literal(0).ok_or_else(|| wrong(&reader, "a literal"))?;
        if reader.peek().is_some() {
            return Err(wrong(&reader, "the end"));
        }
        Ok(Self { path, value })
    }

    /// Writes the value into `document`. Every step but the last must exist; the last key of a map may be new.
    pub fn apply(&self, document: &mut Json) -> Result<(), RenderError> {
        let missing = |count: usize, what: &str| {
            RenderError::new(
                format!("override of {}: {what}", self.path_text(count)),
                "the path must exist in the descriptor, except for a new last key",
            )
        };
        let last = self.path.len().saturating_sub(1);
        let mut at = document;
        for (count, step) in self.path.iter().enumerate() {
            at = match (step, at) {
                (Step::Key(key), Json::Object(map)) => {
                    if count == last {
                        map.entry(key.clone()).or_insert(Json::Null);
                    }
                    map.get_mut(key).ok_or_else(|| missing(count + 1, "there is no such key"))?
                }
                (Step::Index(index), Json::Array(list)) => {
                    let length = list.len();
                    list.get_mut(*index)
                        .ok_or_else(|| missing(count + 1, &format!("the list has {length} items")))?
                }
                (Step::Key(_), _) => return Err(missing(count, "this is not a map")),
                (Step::Index(_), _) => return Err(missing(count, "this is not a list")),
            };
        }
        *at = self.value.clone();
        Ok(())
    }

    fn path_text(&self, count: usize) -> String {
        let mut text = String::from("`");
        for step in self.path.iter().take(count.max(1)) {
            // Writing to text can't fail.
            let _ = match step {
                Step::Key(key) => write!(text, "['{key}']"),
                Step::Index(index) => write!(text, "[{index}]"),
            };
        }
        text + "`"
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn characters(&self) -> usize {
        self.text.get(..self.at).unwrap_or_default().chars().count()
    }

    /// The next character that is not a space.
    fn peek(&mut self) -> Option<char> {
        self.at += self.rest().len() - self.rest().trim_start().len();
        self.rest().chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn word(&mut self) -> String {
        self.peek();
        let word: String =
            self.rest().chars().take_while(|c| c.is_ascii_alphanumeric() || "+-._".contains(*c)).collect();
        self.at += word.len();
        word
    }

    /// Text in quotes of either kind, with the escapes that Python and JSON share.
    fn quoted(&mut self) -> Option<String> {
        let quote = self.peek()?;
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((offset, character)) = characters.next() {
            match character {
                _ if character == quote => {
                    self.at += offset + quote.len_utf8();
                    return Some(text);
                }
                '\\' => match characters.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    'u' => {
                        let digits: String = characters.by_ref().take(4).map(|(_, digit)| digit).collect();
                        text.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                    }
                    same @ ('\\' | '\'' | '"' | '/') => text.push(same),
                    _ => return None,
                },
                _ => text.push(character),
            }
        }
        None
    }

    fn literal(&mut self, depth: usize) -> Option<Json> {
        if depth > MAX_DEPTH {
            return None;
        }
        match self.peek()? {
            '\'' | '"' => self.quoted().map(Json::String),
            '[' => {
                self.take('[');
                let mut list = Vec::new();
                while !self.take(']') {
                    list.push(self.literal(depth + 1)?);
                    if !self.take(',') && self.peek() != Some(']') {
                        return None;
                    }
                }
                Some(Json::Array(list))
            }
            '{' => {
                self.take('{');
                let mut map = JsonMap::new();
                while !self.take('}') {
                    let key = match self.peek()? {
                        '\'' | '"' => self.quoted()?,
                        _ => return None,
                    };
                    if !self.take(':') {
                        return None;
                    }
                    map.insert(key, self.literal(depth + 1)?);
                    if !self.take(',') && self.peek() != Some('}') {
                        return None;
                    }
                }
                Some(Json::Object(map))
            }
            _ => match self.word().as_str() {
                "True" | "true" => Some(Json::Bool(true)),
                "False" | "false" => Some(Json::Bool(false)),
                "None" | "null" => Some(Json::Null),
                number => match number.parse::<i64>() {
                    Ok(whole) => Some(Json::from(whole)),
                    Err(_) if number.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                        number.parse::<f64>().ok().filter(|float| float.is_finite()).map(Json::from)
                    }
                    Err(_) => None,
                },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_override_changes_one_place() {
        let mut document = json!({"spec": {"containers": [{"image": "a"}]}});
        for text in [
            "['spec']['containers'][0]['image'] = 'it\\'s \"b\"'",
            "[\"spec\"][\"replicas\"]=-2",
            " [ 'spec' ] [ 'args' ] = [1, 'x', {'a': True}, None, 1.5,] ",
        ] {
            Override::parse(text).unwrap().apply(&mut document).unwrap();
        }
        assert_eq!(
            document,
            json!({"spec": {"containers": [{"image": "it's \"b\""}], "replicas": -2, "args": [1, "x", {"a": true}, null, 1.5]}})
        );
    }

    #[test]
    fn what_is_not_an_assignment_of_a_literal_is_refused() {
        for text in [
            "",
            "['a']",
            "['a'] = ",
            "['a'] = __import__('os').system('true')",
            "['a'] = 'x'; import os",
            "['a'] += 1",
            "['a'][-1] = 1",
            "['a'] = 'open",
            "['a'] = inf",
            "a = 1",
            "['ä'] = é",
        ] {
            assert!(Override::parse(text).is_err(), "{text}");
        }
        let deep = format!("['a'] = {}", "[".repeat(100_000));
        assert!(Override::parse(&deep).is_err());
    }

    #[test]
    fn a_path_that_does_not_exist_is_named() {
        let mut document = json!({"spec": {"list": [1]}});
        for (text, part) in [
            ("['spec']['other']['x'] = 1", "['spec']['other']"),
            ("['spec']['list'][1] = 1", "the list has 1 items"),
            ("['spec'][0] = 1", "not a list"),
            ("['spec']['list']['x'] = 1", "not a map"),
        ] {
            let error = Override::parse(text).unwrap().apply(&mut document).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
