//! Colours of YAML, line by line: keys, values, comments, functions.
//!
//! A line is cut into pieces by what it says and the state in which the line before left off; cheap enough for every
//! keystroke, and never wrong about anything but a colour. What a text means is read by `dsl`.

use std::ops::Range;

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A key.
    Key,
    /// The name of an intrinsic function.
    Call,
    /// A value.
    Value,
    /// A number, truth value or null.
    Number,
    /// A comment.
    Comment,
    /// Brackets, dashes, commas.
    Sign,
    /// An anchor, alias or tag.
    Anchor,
}

/// How a line leaves off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    quote: Option<char>,
    /// Lines that stand deeper than this column are the text of a block scalar.
    block: Option<u16>,
    flow: u8,
}

/// Cuts a line; `sink` gets each piece, in order. Blanks between pieces are told of to nobody.
pub fn lex(line: &str, mut state: State, mut sink: impl FnMut(Kind, Range<usize>)) -> State {
    let spaces = line.len() - line.trim_start_matches(' ').len();
    if let Some(column) = state.block {
        if line.trim().is_empty() {
            return state;
        }
        if spaces > column as usize {
            sink(Kind::Value, spaces..line.len());
            return state;
        }
        state.block = None;
    }
    let mut at = 0;
    if let Some(quote) = state.quote {
        let end = closing(line, 0, quote);
        sink(Kind::Value, 0..end.unwrap_or(line.len()));
        let Some(end) = end else { return state };
        state.quote = None;
        at = end;
    }
    let mut owner = spaces;
    // A value goes on to the end of the line, a key may follow a sign.
    while at < line.len() {
        let rest = &line[at..];
        let Some(first) = rest.chars().next() else { break };
        if first == ' ' || first == '\t' {
            at += 1;
            continue;
        }
        let alone = at == 0 || line[..at].ends_with([' ', '\t']);
        if first == '#' && alone {
            sink(Kind::Comment, at..line.len());
            break;
        }
        if matches!(first, '[' | '{') || state.flow > 0 && matches!(first, ']' | '}' | ',') {
            state.flow = match first {
                '[' | '{' => state.flow.saturating_add(1),
                ',' => state.flow,
                _ => state.flow - 1,
            };
            sink(Kind::Sign, at..at + 1);
            at += 1;
            continue;
        }
        if first == '-' && state.flow == 0 && rest[1..].chars().next().is_none_or(|next| next == ' ') {
            owner = at;
            sink(Kind::Sign, at..at + 1);
            at += 1;
            continue;
        }
        if matches!(first, '\'' | '"') {
            let end = closing(line, at + 1, first);
            let stop = end.unwrap_or(line.len());
            let key = end.is_some() && ends_key(&line[stop..]);
            sink(if key { Kind::Key } else { Kind::Value }, at..stop + usize::from(key));
            if key {
                owner = at;
            }
            at = stop + usize::from(key);
            if end.is_none() {
                state.quote = Some(first);
            }
            continue;
        }
        if matches!(first, '&' | '*' | '!') {
            let end = rest.find([' ', ',', ']', '}']).map_or(line.len(), |end| at + end.max(1));
            sink(Kind::Anchor, at..end);
            at = end;
            continue;
        }
        if matches!(first, '|' | '>') && state.flow == 0 {
            let head = rest.split(" #").next().unwrap_or(rest).trim_end();
            if head[1..].chars().all(|letter| matches!(letter, '+' | '-' | '0'..='9')) {
                sink(Kind::Sign, at..at + head.len());
                at += head.len();
                state.block = Some(owner.min(usize::from(u16::MAX)) as u16);
                continue;
            }
        }
        let (length, key) = plain(rest, state.flow > 0);
        let text = rest[..length].trim_end();
        let name = text.trim_end_matches(':');
        let kind = match key {
            true if is_function(name) => Kind::Call,
            true => Kind::Key,
            false if text.parse::<f64>().is_ok() => Kind::Number,
            false if matches!(text, "true" | "false" | "null" | "~" | "yes" | "no" | "True" | "False") => {
                Kind::Number
            }
            false => Kind::Value,
        };
        if key && state.flow == 0 {
            owner = at;
        }
        sink(kind, at..at + text.len());
        at += length.max(1);
    }
    state
}

/// Behind the quote that ends what began before `from`.
fn closing(line: &str, from: usize, quote: char) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let byte = bytes[at];
        if quote == '"' && byte == b'\\' {
            at += 2;
            continue;
        }
        if byte == quote as u8 {
            if quote == '\'' && bytes.get(at + 1) == Some(&b'\'') {
                at += 2;
                continue;
            }
            return Some(at + 1);
        }
        at += 1;
    }
    None
}

fn ends_key(rest: &str) -> bool {
    rest.strip_prefix(':').is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// Length of the plain text at the beginning of `rest` (with its colon), and whether it is a key.
fn plain(rest: &str, flow: bool) -> (usize, bool) {
    let mut before = ' ';
    for (at, letter) in rest.char_indices() {
        if letter == ':' && (ends_key(&rest[at..]) || flow && rest[at + 1..].starts_with([',', ']', '}'])) {
            return (at + 1, true);
        }
        if letter == '#' && before.is_whitespace() || flow && matches!(letter, ',' | ']' | '}' | '[' | '{') {
            return (at, false);
        }
        before = letter;
    }
    (rest.len(), false)
}

/// Names that begin like the intrinsic functions of the DSL.
fn is_function(name: &str) -> bool {
    name.starts_with("get_") || name.starts_with("string_") || matches!(name, "concat" | "merge")
}

/// The state in which each line of a text begins.
pub fn states<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<State> {
    let mut state = State::default();
    let begun = |line| {
        let begun = state;
        state = lex(line, begun, |_, _| {});
        begun
    };
    lines.map(begun).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<(Kind, &str)> {
        let states = states(text.lines());
        let mut found = Vec::new();
        for (line, state) in text.lines().zip(states) {
            lex(line, state, |kind, range| found.push((kind, &line[range])));
        }
        found
    }

    #[test]
    fn a_line_is_cut_by_what_it_says() {
        use Kind::{Anchor, Call, Comment, Key, Number, Sign, Value};
        assert_eq!(
            pieces("  - type: a.b # why"),
            [(Sign, "-"), (Key, "type:"), (Value, "a.b"), (Comment, "# why")]
        );
        assert_eq!(
            pieces("x: { get_input: 'a: b' , n: 3 }"),
            [
                (Key, "x:"),
                (Sign, "{"),
                (Call, "get_input:"),
                (Value, "'a: b'"),
                (Sign, ","),
                (Key, "n:"),
                (Number, "3"),
                (Sign, "}")
            ]
        );
        assert_eq!(pieces("url: http://a:80/#x"), [(Key, "url:"), (Value, "http://a:80/#x")]);
        assert_eq!(pieces("a: &x !!str y"), [(Key, "a:"), (Anchor, "&x"), (Anchor, "!!str"), (Value, "y")]);
        assert_eq!(pieces("\"k\": 'it''s'"), [(Key, "\"k\":"), (Value, "'it''s'")]);
    }

    #[test]
    fn block_scalars_quotes_and_brackets_go_on_over_lines() {
        use Kind::{Key, Sign, Value};
        assert_eq!(
            pieces("- a: |\n    b: 1\n\n  c: d\n"),
            [(Sign, "-"), (Key, "a:"), (Sign, "|"), (Value, "b: 1"), (Key, "c:"), (Value, "d")]
        );
        assert_eq!(
            pieces("a: 'x\n  y: z'\nb:"),
            [(Key, "a:"), (Value, "'x"), (Value, "  y: z'"), (Key, "b:")]
        );
        assert_eq!(
            pieces("a: [b,\n  c]\nd: e"),
            [
                (Key, "a:"),
                (Sign, "["),
                (Value, "b"),
                (Sign, ","),
                (Value, "c"),
                (Sign, "]"),
                (Key, "d:"),
                (Value, "e")
            ]
        );
    }

    #[test]
    fn rubbish_ends() {
        for text in ["'", "\"\\", "[[[[", "]", "}{", ": :", "- - -", "é: ü # ß", "|", "a: >-x", "\t#"] {
            pieces(text);
        }
    }
}
