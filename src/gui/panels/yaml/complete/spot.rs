//! [`Spot`]: where in the YAML the caret stands: in which keys, and whether a key or a value is typed there.
//!
//! Goes by indentation and brackets alone, so that it works on a text that can't be read: one that is being typed. Does not
//! know what keys mean.

use std::ops::Range;

/// Lines that a bracket may be open for before the caret.
const OPEN: usize = 60;

/// One step on the way to the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key of a map.
    Key(String),
    /// An element of a list.
    Item,
}

/// What is typed at the caret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A key of the last map on the way.
    Key,
    /// The value of the last key, or an element of the last list.
    Value,
    /// An element of the last list: a value, or the first key of a map.
    Item,
}

/// Where the caret stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The way there, from the top.
    pub steps: Vec<Step>,
    /// First byte of the line and column of each step, as far as it stands outside of brackets.
    pub places: Vec<(usize, usize)>,
    /// What is typed.
    pub typed: Typed,
    /// The word at the caret.
    pub word: Range<usize>,
    /// Whether it stands in brackets.
    pub in_flow: bool,
    /// Column of the keys beside it.
    pub column: usize,
    /// Keys that stand beside it already.
    pub beside: Vec<String>,
    /// Arguments before it in the innermost list, if that is in brackets.
    pub before: Vec<String>,
}

impl Spot {
    /// The way there as keys; `*` for an element of a list.
    pub fn keys(&self) -> Vec<&str> {
        self.steps
            .iter()
            .map(|step| match step {
                Step::Key(key) => key.as_str(),
                Step::Item => "*",
            })
            .collect()
    }
}

/// Letters that a name is made of.
pub fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':' | '/' | '+')
}

/// A line as YAML sees it: dashes and the key with which it begins.
struct Line<'t> {
    /// Columns of the dashes.
    dashes: Vec<usize>,
    /// Column of what comes after them.
    column: usize,
    /// The key, and what stands behind its colon.
    entry: Option<(&'t str, &'t str)>,
}

fn line(text: &str) -> Option<Line<'_>> {
    let text = text.trim_end();
    let begin = text.trim_start_matches(' ');
    if begin.is_empty() || begin.starts_with('#') {
        return None;
    }
    let (dashes, column, rest) = dashed(text);
    Some(Line { dashes, column, entry: entry(rest) })
}

/// Columns of the dashes that a line begins with; the column behind them, and what stands there.
fn dashed(text: &str) -> (Vec<usize>, usize, &str) {
    let mut rest = text.trim_start_matches(' ');
    let mut dashes = Vec::new();
    while rest == "-" || rest.starts_with("- ") {
        dashes.push(text.len() - rest.len());
        rest = rest[1..].trim_start_matches(' ');
    }
    (dashes, text.len() - rest.len(), rest)
}

/// `key: rest` of a text that begins with a key.
fn entry(text: &str) -> Option<(&str, &str)> {
    if text.starts_with(['[', '{', '&', '*', '!', '|', '>']) {
        return None;
    }
    let quote = text.chars().next().filter(|first| matches!(first, '\'' | '"'));
    let (end, skip) = match quote {
        Some(quote) => (text[1..].find(quote)? + 2, 1),
        None => {
            let at = text.match_indices(':').map(|(at, _)| at);
            let end =
                at.into_iter().find(|at| text[at + 1..].is_empty() || text[at + 1..].starts_with(' '))?;
            (end, 0)
        }
    };
    let rest = text[end..].strip_prefix(':')?;
    Some((text[skip..end - skip].trim(), rest.trim()))
}

/// Where `caret` stands; none inside comments, quotes over several lines, and texts of several lines.
pub fn spot(text: &str, caret: usize) -> Option<Spot> {
    let start = text[..caret].rfind('\n').map_or(0, |at| at + 1);
    let head = &text[start..caret];
    if head.trim_start().starts_with('#') || head.contains(" #") {
        return None;
    }
    let above: Vec<&str> = text[..start].lines().collect();
    if let Some(flow) = in_brackets(&above, head) {
        return flow_spot(text, caret, &above, flow);
    }
    let word = word_at(text, caret, head);
    let (dashes, column, rest) = dashed(head);
    let own = entry(rest).filter(|_| rest.contains(": "));
    let way = way(&above, dashes.first().copied().unwrap_or(column), !dashes.is_empty())?;
    let (mut steps, mut places) = walked(text, way);
    steps.extend(dashes.iter().map(|_| Step::Item));
    places.extend(dashes.iter().map(|dash| (start, *dash)));
    let typed = match (&own, dashes.is_empty()) {
        (Some((key, _)), _) => {
            steps.push(Step::Key((*key).to_owned()));
            places.push((start, column));
            Typed::Value
        }
        (None, false) => Typed::Item,
        (None, true) => Typed::Key,
    };
    let below = text[caret..].lines().skip(1);
    let beside = beside(&above, below, column, dashes.is_empty());
    Some(Spot { steps, places, typed, word, in_flow: false, column, beside, before: Vec::new() })
}

/// The word around the caret; it does not go beyond the line.
fn word_at(text: &str, caret: usize, head: &str) -> Range<usize> {
    let before: usize = head.chars().rev().take_while(|letter| is_name(*letter)).map(char::len_utf8).sum();
    let behind: usize = text[caret..].chars().take_while(|letter| is_name(*letter)).map(char::len_utf8).sum();
    let word = &text[caret - before..caret + behind];
    // A colon at its end belongs to the key, not to its name.
    let colon = usize::from(word.ends_with(':') && behind > 0);
    caret - before..caret + behind - colon
}

/// Steps, each with the number of its line and its column.
type Way = Vec<(Step, usize, usize)>;

/// The steps to what stands at `column` below the lines `above`; none in a text of several lines.
fn way(above: &[&str], column: usize, is_item: bool) -> Option<Way> {
    let mut steps: Way = Vec::new();
    // A dash may stand right below the key that holds the list.
    let mut below = if is_item { column + 1 } else { column };
    let mut items = is_item.then_some(column);
    for (number, text) in above.iter().enumerate().rev() {
        if below == 0 {
            break;
        }
        let Some(line) = line(text) else { continue };
        if let Some((key, rest)) = line.entry
            && line.column < below
            && items
                .is_none_or(|item| line.column <= item && line.dashes.last().is_none_or(|dash| *dash < item))
        {
            if rest.starts_with(['|', '>']) {
                return None;
            }
            steps.push((Step::Key(key.to_owned()), number, line.column));
            below = line.column;
            items = None;
        }
        for dash in line.dashes.iter().rev() {
            if *dash < below && items.is_none_or(|item| *dash < item) {
                steps.push((Step::Item, number, *dash));
                below = dash + 1;
                items = Some(*dash);
            }
        }
    }
    steps.reverse();
    Some(steps)
}

/// The steps, and where in the text each stands.
fn walked(text: &str, way: Way) -> (Vec<Step>, Vec<(usize, usize)>) {
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let start = |line: usize| starts.get(line).copied().unwrap_or(text.len());
    way.into_iter().map(|(step, line, column)| (step, (start(line), column))).unzip()
}

/// The keys of the map that has its keys at `column`, around the caret.
fn beside<'t>(
    above: &[&'t str],
    below: impl Iterator<Item = &'t str>,
    column: usize,
    goes_up: bool,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |text: &'t str, up: bool| -> bool {
        let Some(line) = line(text) else { return true };
        let outer = line.dashes.first().copied().unwrap_or(line.column);
        if !up && !line.dashes.is_empty() && outer < column || line.column < column {
            return false;
        }
        if line.column == column
            && let Some((key, _)) = line.entry
        {
            found.push(key.to_owned());
        }
        // The first key of an element ends the map upward.
        line.dashes.is_empty() || line.column > column
    };
    if goes_up {
        let _ = above.iter().rev().all(|text| look(text, true));
    }
    let mut below = below;
    let _ = below.all(|text| look(text, false));
    found
}

/// The value of `key` beside the keys at `column` above and below the line of `at`.
pub fn sibling(text: &str, at: usize, column: usize, key: &str) -> Option<String> {
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let find = |text: &str| -> Option<Option<String>> {
        let line = line(text)?;
        if line.column < column {
            return Some(None);
        }
        let (own, rest) = line.entry.filter(|_| line.column == column)?;
        (own == key).then(|| Some(bare(rest)))
    };
    let ends = |text: &str| line(text).is_some_and(|line| !line.dashes.is_empty() && line.column == column);
    let mut above = text[..start].lines().rev();
    let mut first = true;
    let upward = std::iter::from_fn(|| above.next()).find_map(|text| {
        let found = find(text);
        let end = ends(text);
        match found {
            Some(found) => Some(found),
            None if end => Some(None),
            None => None,
        }
    });
    if let Some(Some(found)) = upward {
        return Some(found);
    }
    text[start..].lines().find_map(|text| {
        if !std::mem::take(&mut first) && ends(text) {
            return Some(None);
        }
        find(text)
    })?
}

/// A scalar without quotes and comment.
fn bare(text: &str) -> String {
    let text = text.split(" #").next().unwrap_or_default().trim();
    text.trim_matches(['\'', '"']).to_owned()
}

/// The lines from which brackets are open at the caret: position of the first one among those above, or that of the line
/// itself.
fn in_brackets(above: &[&str], head: &str) -> Option<usize> {
    let first = above.len().saturating_sub(OPEN);
    let mut depth = 0_usize;
    let mut opened = first;
    for (number, text) in above[first..].iter().copied().chain([head]).enumerate() {
        for (_, sign) in signs(text) {
            match sign {
                '[' | '{' => {
                    if depth == 0 {
                        opened = first + number;
                    }
                    depth += 1;
                }
                ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    (depth > 0).then_some(opened)
}

/// Brackets and commas outside of quotes and comments, and whatever else counts there.
fn signs(text: &str) -> Vec<(usize, char)> {
    let mut found = Vec::new();
    let mut quote: Option<char> = None;
    let mut last = ' ';
    for (at, letter) in text.char_indices() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if letter == '#' && last == ' ' => break,
            None if matches!(letter, '\'' | '"') && matches!(last, ' ' | '[' | '{' | ',' | ':') => {
                quote = Some(letter);
            }
            None if matches!(letter, '[' | ']' | '{' | '}' | ',') => found.push((at, letter)),
            None => {}
        }
        last = letter;
    }
    found
}

/// Where the caret stands in brackets that were opened on the line `opened`.
fn flow_spot(text: &str, caret: usize, above: &[&str], opened: usize) -> Option<Spot> {
    let ends = || text.match_indices('\n').map(|(at, _)| at + 1);
    let start = opened.checked_sub(1).and_then(|before| ends().nth(before)).unwrap_or_default();
    let inside = &text[start..caret];
    let first = line(inside.lines().next()?)?;
    let outer = first.dashes.first().copied().unwrap_or(first.column);
    let (mut steps, mut places) = walked(text, way(&above[..opened], outer, !first.dashes.is_empty())?);
    steps.extend(first.dashes.iter().map(|_| Step::Item));
    places.extend(first.dashes.iter().map(|dash| (start, *dash)));
    if let Some((key, _)) = first.entry {
        steps.push(Step::Key(key.to_owned()));
        places.push((start, first.column));
    }
    /// An open bracket: what opened it, where what it holds begins, and the elements before.
    struct Open {
        sign: char,
        steps: usize,
        begin: usize,
        parts: Vec<String>,
    }
    let mut open: Vec<Open> = Vec::new();
    let mut at_line = 0;
    for text in inside.split_inclusive('\n') {
        for (at, sign) in signs(text) {
            let at = at_line + at;
            match sign {
                '[' | '{' => {
                    if let Some(outer) = open.last() {
                        match (outer.sign, entry(inside[outer.begin..at].trim_start())) {
                            ('{', Some((key, _))) => steps.push(Step::Key(key.to_owned())),
                            ('{', None) => {}
                            _ => steps.push(Step::Item),
                        }
                    }
                    open.push(Open { sign, steps: steps.len(), begin: at + 1, parts: Vec::new() });
                }
                ',' => {
                    if let Some(inner) = open.last_mut() {
                        inner.parts.push(inside[inner.begin..at].trim().to_owned());
                        inner.begin = at + 1;
                        steps.truncate(inner.steps);
                    }
                }
                _ => {
                    open.pop();
                    if let Some(outer) = open.last() {
                        steps.truncate(outer.steps);
                    }
                }
            }
        }
        at_line += text.len();
    }
    let inner = open.last()?;
    let typed_text = inside[inner.begin..].trim_start();
    let head = &text[text[..caret].rfind('\n').map_or(0, |at| at + 1)..caret];
    let word = word_at(text, caret, head);
    let (typed, beside, before) = if inner.sign == '{' {
        let keys = inner.parts.iter().filter_map(|part| Some(entry(part)?.0.to_owned())).collect();
        match entry(typed_text).filter(|_| typed_text.contains(": ")) {
            Some((key, _)) => {
                steps.push(Step::Key(key.to_owned()));
                (Typed::Value, keys, Vec::new())
            }
            None => (Typed::Key, keys, Vec::new()),
        }
    } else {
        steps.push(Step::Item);
        let parts = inner.parts.iter().map(|part| bare(part)).collect();
        (Typed::Item, Vec::new(), parts)
    };
    Some(Spot { steps, places, typed, word, in_flow: true, column: first.column, beside, before })
}

/// The names directly below `section` at the top of a text.
pub fn names_under(text: &str, section: &str) -> Vec<String> {
    let mut inside = false;
    let mut column = None;
    let mut names = Vec::new();
    for text in text.lines() {
        let Some(line) = line(text) else { continue };
        if line.column == 0 && line.dashes.is_empty() {
            inside = line.entry.is_some_and(|(key, _)| key == section);
            column = None;
        } else if inside && line.dashes.is_empty() && *column.get_or_insert(line.column) == line.column {
            names.extend(line.entry.map(|(key, _)| key.to_owned()));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> (String, Spot) {
        let caret = text.find('‸').unwrap();
        let text = text.replace('‸', "");
        let spot = spot(&text, caret).unwrap();
        (format!("{} {:?}", spot.keys().join("."), spot.typed), spot)
    }

    #[test]
    fn the_way_to_the_caret_is_read_by_indentation() {
        for (text, told) in [
            ("‸", " Key"),
            ("inputs:\n  port:\n    ty‸", "inputs.port Key"),
            ("inputs:\n  port:\n    type: ‸", "inputs.port.type Value"),
            (
                "node_templates:\n  web:\n    type: x\n    relationships:\n      - ty‸",
                "node_templates.web.relationships.* Item",
            ),
            (
                "node_templates:\n  web:\n    relationships:\n      - type: a\n        tar‸",
                "node_templates.web.relationships.* Key",
            ),
            (
                "node_templates:\n  web:\n    relationships:\n    - type: a\n      target: d‸",
                "node_templates.web.relationships.*.target Value",
            ),
            (
                "node_templates:\n  web:\n    relationships:\n    - type: a\n    - ‸",
                "node_templates.web.relationships.* Item",
            ),
            ("a:\n  - b:\n      - c: 1\n        d‸", "a.*.b.* Key"),
            ("imports:\n- one\n- t‸", "imports.* Item"),
            ("a:\n  b: 1\n\n# said\n\nc‸", " Key"),
        ] {
            assert_eq!(at(text).0, told, "{text}");
        }
    }

    #[test]
    fn brackets_are_a_way_too() {
        for (text, told) in [
            ("a:\n  b: { ‸", "a.b Key"),
            ("a:\n  b: { get_input: p‸ }", "a.b.get_input Value"),
            ("a:\n  b: { get_attribute: [ web, ‸ ] }", "a.b.get_attribute.* Item"),
            ("a:\n  b: [ { x: 1 }, { concat: [ 'a, ]', { get_‸", "a.b.*.concat.* Key"),
            ("a:\n  - { type: x, target: ‸", "a.*.target Value"),
            ("a:\n  b: {\n    c: 1,\n    ‸", "a.b Key"),
        ] {
            assert_eq!(at(text).0, told, "{text}");
        }
        assert_eq!(at("a: { get_attribute: [ 'web', ips, ‸ ] }").1.before, ["web", "ips"]);
        assert_eq!(at("a: { x: 1, ‸ }").1.beside, ["x"]);
    }

    #[test]
    fn what_stands_beside_is_known() {
        let text = "node_templates:\n  web:\n    type: my.Web\n    ‸\n    properties:\n      port: 1\n  db:\n    type: my.Db\n";
        let (_, spot) = at(text);
        assert_eq!(spot.beside, ["type", "properties"]);
        let plain = text.replace('‸', "");
        let caret = text.find('‸').unwrap();
        assert_eq!(sibling(&plain, caret, 4, "type").as_deref(), Some("my.Web"));
        assert_eq!(names_under(&plain, "node_templates"), ["web", "db"]);
        let (_, spot) = at("r:\n  - type: a\n    target: b\n  - target: c\n    ‸\n  - type: d\n");
        assert_eq!(spot.beside, ["target"]);
    }

    #[test]
    fn comments_and_long_texts_are_no_place_for_names() {
        for text in ["# ‸", "a: 1 # ‸", "a: |\n  some ‸"] {
            let caret = text.find('‸').unwrap();
            assert_eq!(spot(&text.replace('‸', ""), caret), None, "{text}");
        }
    }

    #[test]
    fn the_word_at_the_caret_is_replaced_whole() {
        let (_, spot) = at("a:\n  type: cloudify.no‸des.Root\n");
        assert_eq!(&"a:\n  type: cloudify.nodes.Root\n"[spot.word], "cloudify.nodes.Root");
        let (_, spot) = at("  na‸me: x");
        assert_eq!(&"  name: x"[spot.word], "name");
    }
}
