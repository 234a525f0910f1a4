//! Texts that are being edited, as they were read last: of the next state of one only the entity that differs is read
//! again, and the rest is taken over with its places moved.
//!
//! That gives what reading the whole text would give, or nothing: it is done only where the entity stands by itself (no
//! anchors, no brackets around it, nothing to tell of the text), and a few texts of moderate size are kept.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::yaml::{self, Document};
use crate::diag::{Inside, Mark, Segment, Source, Span};
use crate::model::Value;

/// Bytes of text that are kept: of a few large blueprints, or of all of a project's.
const KEPT: usize = 4 << 20;
/// Larger texts are read anew each time.
const LARGEST: usize = 2 << 20;
/// Keys of what stands around an entity that is read alone, and of what comes behind it, as in its text.
const AROUND: &str = "section";
const BEHIND: &str = "what-comes-next";

/// A text and what was read of it.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub text: Arc<str>,
    pub document: Document,
}

/// The newest last.
static TEXTS: Mutex<Vec<Arc<Parsed>>> = Mutex::new(Vec::new());

/// What a text says, from what was read of it or of its last state if that can be; none where the text is to be read as
/// any other.
pub(super) fn parsed(text: &Arc<str>) -> Option<Arc<Parsed>> {
    if text.len() > LARGEST {
        return None;
    }
    if let Some(known) = take(|known| known.text == *text) {
        return Some(keep(known));
    }
    if let Some((near, entity)) = take_near(text)
        && let Some(next) = next(near, &entity, text)
    {
        return Some(next);
    }
    let document = yaml::parse(&Source::new("", text.clone()), text, 0).ok()?;
    let whole = Parsed { text: text.clone(), document };
    whole.is_plain().then(|| keep(Arc::new(whole)))
}

/// What a text says that was `before` a moment ago, if only one entity differs.
pub(super) fn followed(before: &str, text: &Arc<str>) -> Option<Arc<Parsed>> {
    let known = take(|known| *known.text == *before)?;
    let entity = entity_that_differs(&known, text);
    match entity {
        Some(entity) => next(known, &entity, text),
        None => {
            keep(known);
            None
        }
    }
}

/// Takes the newest text that is `wanted` from those that are kept.
fn take(wanted: impl Fn(&Parsed) -> bool) -> Option<Arc<Parsed>> {
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let at = texts.iter().rposition(|known| wanted(known))?;
    Some(texts.remove(at))
}

fn take_near(text: &str) -> Option<(Arc<Parsed>, Entity)> {
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let near = |(at, known): (usize, &Arc<Parsed>)| Some((at, entity_that_differs(known, text)?));
    let (at, entity) = texts.iter().enumerate().rev().find_map(near)?;
    Some((texts.remove(at), entity))
}

fn keep(parsed: Arc<Parsed>) -> Arc<Parsed> {
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    texts.push(parsed.clone());
    while texts.iter().map(|known| known.text.len()).sum::<usize>() > KEPT {
        texts.remove(0);
    }
    parsed
}

impl Parsed {
    /// Whether there is nothing to tell of the text, and nothing in it reaches beyond its own lines.
    fn is_plain(&self) -> bool {
        is_clean(&self.document)
            && self.document.tree.value.as_map().is_some()
            && !reaches_beyond(without_first_marker(&self.text))
            && !opens_bracket(&self.text, &self.document.tree.mark)
    }

    /// The lines of an entity, up to the next one or the next section.
    pub fn lines(&self, section: &str, name: &str) -> Option<Range<usize>> {
        let Inside::Map(sections) = &self.document.tree.mark.inside else { return None };
        let section = sections.get_index_of(section)?;
        let (_, all) = sections.get_index(section).filter(|(_, all)| !opens_bracket(&self.text, all))?;
        let Inside::Map(entities) = &all.inside else { return None };
        let entity = entities.get_index_of(name)?;
        let start = line_of(&self.text, entities.get_index(entity)?.1)?;
        let end = match entities.get_index(entity + 1).or_else(|| sections.get_index(section + 1)) {
            Some((_, next)) => line_of(&self.text, next)?,
            None => self.text.len(),
        };
        Some(start..end)
    }
}

/// Whether there is nothing to tell, and nothing is repeated elsewhere.
fn is_clean(document: &Document) -> bool {
    document.problems.is_empty() && document.duplicates.is_empty() && !document.odd_keys && !document.anchors
}

/// Whether a text has what means something beyond its lines: several documents, directives, merges, a mark of the order
/// of bytes, or lines that end in another way.
fn reaches_beyond(text: &str) -> bool {
    let begins = |sign: &str| text.starts_with(sign) || text.contains(&format!("\n{sign}"));
    begins("---")
        || begins("...")
        || begins("%")
        || text.contains("<<")
        || text.contains('\u{feff}')
        || yaml::lines_of(text).is_some()
}

/// The text behind the line that says that a document begins.
fn without_first_marker(text: &str) -> &str {
    text.strip_prefix("---").filter(|rest| rest.starts_with(['\n', '\r'])).unwrap_or(text)
}

/// Whether a value stands in brackets, or not in the text at all.
fn opens_bracket(text: &str, mark: &Mark) -> bool {
    mark.value().is_none_or(|span| text[span.start..].starts_with(['{', '[']))
}

/// Where the line of a key begins, if nothing stands before it.
fn line_of(text: &str, mark: &Mark) -> Option<usize> {
    let key = mark.key()?;
    let begins = text[..key.start].rfind('\n').map_or(0, |at| at + 1);
    text[begins..key.start].bytes().all(|byte| byte == b' ').then_some(begins)
}

/// An entity of a text.
struct Entity {
    section: String,
    name: String,
    lines: Range<usize>,
}

/// The only entity of `known` in which `text` differs.
fn entity_that_differs(known: &Parsed, text: &str) -> Option<Entity> {
    let (old, new) = (known.text.as_bytes(), text.as_bytes());
    let most = old.len().min(new.len());
    let head = same(old[..most].iter().zip(&new[..most]));
    let tail = same(old[head..].iter().rev().zip(new[head..].iter().rev()));
    let differs = head..old.len() - tail;
    let begins = |mark: &Mark| mark.key().is_some_and(|key| key.start <= differs.start);
    let Inside::Map(sections) = &known.document.tree.mark.inside else { return None };
    let (section, entities) = sections.iter().take_while(|(_, mark)| begins(mark)).last()?;
    let Inside::Map(entities) = &entities.inside else { return None };
    let (name, _) = entities.iter().take_while(|(_, mark)| begins(mark)).last()?;
    let lines = known.lines(section, name)?;
    (lines.start <= differs.start && differs.end <= lines.end).then(|| Entity {
        section: section.to_string(),
        name: name.to_string(),
        lines,
    })
}

/// How many pairs are equal before the first that is not.
fn same<'t>(pairs: impl Iterator<Item = (&'t u8, &'t u8)>) -> usize {
    pairs.take_while(|(old, new)| old == new).count()
}

/// The next state of a text, in which only `entity` differs; keeps it. None, and `known` is kept, if that entity can't be
/// read alone.
fn next(known: Arc<Parsed>, entity: &Entity, text: &Arc<str>) -> Option<Arc<Parsed>> {
    let Some(alone) = alone(&known, entity, text) else {
        keep(known);
        return None;
    };
    // Nobody else holds it, most of the time.
    let Parsed { text: before, mut document } = Arc::unwrap_or_clone(known);
    let grown = text.len() as isize - before.len() as isize;
    let count = |text: &str| text.bytes().filter(|&byte| byte == b'\n').count() as i64;
    let end = entity.lines.end.saturating_add_signed(grown);
    let lines = count(&text[entity.lines.start..end]) - count(&before[entity.lines.clone()]);
    if let Value::Map(sections) = &mut document.tree.value
        && let Some(Value::Map(entities)) = sections.get_mut(&entity.section)
        && let Some(value) = entities.get_mut(&entity.name)
    {
        *value = alone.value;
    }
    document.non_ascii = {
        let (before, behind): (Vec<Span>, Vec<Span>) =
            document.non_ascii.into_iter().partition(|span| span.start < entity.lines.start);
        let behind = behind.into_iter().filter(|span| span.start >= entity.lines.end);
        before.into_iter().chain(alone.non_ascii).chain(behind.map(|span| span.moved(grown, lines))).collect()
    };
    let root = &mut document.tree.mark;
    root.move_behind(&entity.section, grown, lines);
    if let Some(section) = root.get_mut(&entity.section) {
        section.move_behind(&entity.name, grown, lines);
        if let Some(mark) = section.get_mut(&entity.name) {
            *mark = alone.mark;
        }
        section.end_with_last();
    }
    root.end_with_last();
    Some(keep(Arc::new(Parsed { text: text.clone(), document })))
}

/// An entity that was read alone.
struct Alone {
    value: Value,
    mark: Mark,
    non_ascii: Vec<Span>,
}

/// What `entity` is in `text`: its lines are read as they stand there, below a section and before what comes next.
fn alone(known: &Parsed, entity: &Entity, text: &str) -> Option<Alone> {
    let Entity { section, name, lines } = entity;
    let grown = text.len() as isize - known.text.len() as isize;
    let end = lines.end.checked_add_signed(grown)?;
    let own = text.get(lines.start..end)?;
    let behind = &text[end..];
    if reaches_beyond(own) || (!behind.is_empty() && !own.ends_with('\n')) {
        return None;
    }
    // What comes next: another entity stands as deep as this one, another section at the beginning of its line.
    let deep = behind.len() - behind.trim_start_matches(' ').len();
    let next = if behind.is_empty() { String::new() } else { format!("{}{BEHIND}:\n", &behind[..deep]) };
    let head = format!("{AROUND}:\n");
    let read = [&head, own, &next].concat();
    let document = yaml::parse(&Source::new("", read.as_str()), &read, 0).ok()?;
    if !is_clean(&document) {
        return None;
    }
    let (entity_next, section_next) = (!behind.is_empty() && deep > 0, !behind.is_empty() && deep == 0);
    let keys = |first, next: bool| std::iter::once(first).chain(next.then_some(BEHIND));
    let Value::Map(mut sections) = document.tree.value else { return None };
    if !sections.keys().eq(keys(AROUND, section_next)) {
        return None;
    }
    let Some(Value::Map(entities)) = sections.get_mut(AROUND) else { return None };
    if !entities.keys().eq(keys(name, entity_next)) {
        return None;
    }
    let value = entities.get_mut(name).map(std::mem::take)?;
    let mut root = document.tree.mark;
    let mut mark = root.get_mut(AROUND)?.get_mut(name).map(std::mem::take)?;
    let stood = known.document.tree.mark.get(&Segment::Key(section.as_str().into()))?;
    let stood = stood.get(&Segment::Key(name.as_str().into()))?.key()?;
    let stands = mark.key()?;
    if (stands.column, stands.line) != (stood.column, 2) {
        return None;
    }
    let (bytes, down) = (lines.start as isize - head.len() as isize, i64::from(stood.line) - 2);
    mark.move_by(bytes, down);
    let non_ascii = document.non_ascii.into_iter().map(|span| span.moved(bytes, down)).collect();
    Some(Alone { value, mark, non_ascii })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What changes of a text may begin or end: quotes, brackets, blocks, comments, entries, documents.
    const PIECES: &[&str] = &[
        " ",
        "  ",
        "\n",
        "\n\n",
        ":",
        ": ",
        "'",
        "\"",
        "[",
        "]",
        "{",
        "}",
        "#",
        " # x\n",
        "- ",
        "\n  - a\n",
        "|\n",
        ">-\n",
        "|+\n",
        "a",
        "key: 1\n",
        "\n  new: {}\n",
        "\n    deep: x\n",
        "\nsection:\n",
        "&a ",
        "*a",
        "<<: ",
        "!!str ",
        "---\n",
        "...",
        "%",
        "\t",
        "\r",
        "\r\n",
        "é",
        "?",
        "~",
        "null",
        "12:30",
    ];

    fn texts() -> Vec<String> {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
        let folders = ["valid", "broken"].map(|folder| std::path::Path::new(corpus).join(folder));
        let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap().flatten());
        let mut texts: Vec<String> = files
            .filter_map(|file| std::fs::read_to_string(file.path()).ok())
            .filter(|text| text.len() < 20_000)
            .collect();
        texts.sort();
        texts.push(format!("---\n# a document of its own\n{}", texts[0]));
        texts.push(texts[0].replace("description: ", "description: größer "));
        texts
    }

    /// A sequence of numbers that look like chance.
    fn chance(seed: &mut u64, below: usize) -> usize {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) as usize % below.max(1)
    }

    /// `text` with a piece put in, taken out, or both.
    fn changed(text: &str, seed: &mut u64) -> String {
        let boundary =
            |at: usize| (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let from = boundary(chance(seed, text.len() + 1));
        let to = if chance(seed, 2) == 0 { from } else { boundary(from + chance(seed, 12)).max(from) };
        let piece = if chance(seed, 4) == 0 { "" } else { PIECES[chance(seed, PIECES.len())] };
        format!("{}{piece}{}", &text[..from], &text[to..])
    }

    #[test]
    fn what_is_taken_over_is_what_reading_anew_gives() {
        let (mut taken, mut seed) = (0, 1);
        let rounds =
            std::env::var("GANTRY_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(200);
        for mut text in texts() {
            for _ in 0..rounds {
                let Some(known) = parsed(&text.as_str().into()) else { break };
                let new: Arc<str> = changed(&text, &mut seed).into();
                let Some(entity) = entity_that_differs(&known, &new).filter(|_| *new != *known.text) else {
                    continue;
                };
                let Some(next) = next(known, &entity, &new) else { continue };
                let anew = yaml::parse(&Source::new("", new.clone()), &new, 0);
                let anew = anew.unwrap_or_else(|broken| panic!("{broken:?}\n{new}"));
                assert!(is_clean(&anew), "{new}");
                assert_eq!(
                    format!("{:?}", next.document.tree.value),
                    format!("{:?}", anew.tree.value),
                    "{new}"
                );
                assert_eq!(next.document.tree.mark, anew.tree.mark, "{new}");
                assert_eq!(next.document.non_ascii, anew.non_ascii, "{new}");
                taken += 1;
                text = new.to_string();
            }
        }
        assert!(taken > 300, "{taken}");
    }
}
