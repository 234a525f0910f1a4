//! Changes within one entity of a large text: only its lines are looked at and read again.
//!
//! Gives what changing the whole text would give, or nothing; how the text is written is still asked of the whole.

use super::style::Style;
use super::{Change, changed, splice, within};
use crate::diag::{Path, Segment};
use crate::dsl::recent;
use crate::model::{Map, Value, same};

/// Section and name of the only entity in which all of `changes` are.
fn entity(changes: &[Change]) -> Option<(&str, &str)> {
    fn of(change: &Change) -> Option<(&str, &str)> {
        match change.at().segments() {
            [Segment::Key(section), Segment::Key(name), _, ..] => Some((section, name)),
            _ => None,
        }
    }
    let first = of(changes.first()?)?;
    changes.iter().all(|change| of(change) == Some(first)).then_some(first)
}

/// `text` with `changes`, if they are all in one entity that can be read alone.
pub(super) fn patch(text: &str, changes: &[Change]) -> Option<String> {
    let (section, name) = entity(changes)?;
    let parsed = recent::parsed(&text.into())?;
    let lines = parsed.lines(section, name)?;
    let value = parsed.document.tree.value.get(section)?.get(name)?.clone();
    let style = Style::by_marks(text, &parsed.document.tree.mark);
    // Held by nobody else, it is changed in place.
    drop(parsed);
    let first = Value::Map(Map::from_iter([(name.to_owned(), value)]));
    let inner: Vec<Change> = changes.iter().map(below_section).collect();
    let (lines_now, expected) = changed(&text[lines.clone()], &first, &inner, Some(&style)).ok()?;
    let now = splice(text, lines.start, lines.end, &lines_now);
    if now == text {
        return same(&first, &expected).then_some(now);
    }
    let after = recent::followed(text, &now.as_str().into())?;
    let value = after.document.tree.value.get(section)?.get(name)?;
    let stands = same(value, expected.get(name)?);
    (stands && within(&first, &expected, &inner)).then_some(now)
}

/// The change as the lines of the entity see it: without the section.
fn below_section(change: &Change) -> Change {
    let below = |at: &Path| super::expect::path(at.segments().get(1..).unwrap_or_default());
    let mut change = change.clone();
    match &mut change {
        Change::Set { at, .. }
        | Change::Unset { at }
        | Change::Insert { at, .. }
        | Change::Rename { at, .. } => {
            *at = below(at);
        }
    }
    change
}
