//! [`merge`]: two changes of one text, put together where they are in different places.

use super::compare::{Fate, fates};

/// Lines `from..to` of the common text become other lines.
#[derive(Clone, Debug, PartialEq)]
struct Hunk<'t> {
    from: usize,
    to: usize,
    lines: Vec<&'t str>,
}

/// The text with what `mine` and `theirs` each changed of `base`; none where both changed the same lines, or lines beside
/// each other, and not to the same.
pub fn merge(base: &str, mine: &str, theirs: &str) -> Option<String> {
    let lines: Vec<&str> = base.split_inclusive('\n').collect();
    let (mine, theirs) = (hunks(base, mine), hunks(base, theirs));
    let mut all: Vec<Hunk<'_>> = Vec::new();
    for hunk in mine.iter().chain(&theirs) {
        if !all.contains(hunk) {
            all.push(hunk.clone());
        }
    }
    all.sort_by_key(|hunk| (hunk.from, hunk.to));
    // Lines beside each other belong together: what one says may hang on what the other says.
    if all.windows(2).any(|pair| pair[1].from <= pair[0].to) {
        return None;
    }
    let mut out = String::with_capacity(base.len() + 256);
    let mut at = 0;
    for hunk in all {
        lines[at..hunk.from].iter().for_each(|line| out.push_str(line));
        hunk.lines.iter().for_each(|line| out.push_str(line));
        at = hunk.to;
    }
    lines[at..].iter().for_each(|line| out.push_str(line));
    Some(out)
}

fn hunks<'t>(base: &str, changed: &'t str) -> Vec<Hunk<'t>> {
    let mut new = changed.split_inclusive('\n');
    let mut found: Vec<Hunk<'t>> = Vec::new();
    let (mut at, mut open) = (0, false);
    for fate in fates(base, changed) {
        if fate == Fate::Stayed {
            (at, open) = (at + 1, false);
            new.next();
            continue;
        }
        if !open {
            found.push(Hunk { from: at, to: at, lines: Vec::new() });
            open = true;
        }
        let Some(last) = found.last_mut() else { continue };
        if fate == Fate::Came {
            last.lines.extend(new.next());
        } else {
            at += 1;
            last.to = at;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn changes_in_different_places_are_put_together_and_others_are_not() {
        let base = "a\nb\nc\nd\ne\nf\n";
        assert_eq!(
            merge(base, "a\nB\nc\nd\ne\nf\n", "a\nb\nc\nd\nE\nf\ng\n").as_deref(),
            Some("a\nB\nc\nd\nE\nf\ng\n")
        );
        assert_eq!(merge(base, "a\nB\nc\nd\ne\nf\n", "a\nX\nc\nd\ne\nf\n"), None);
        assert_eq!(merge(base, "a\nB\nc\nd\ne\nf\n", "a\nb\nX\nd\ne\nf\n"), None, "beside each other");
        let same = "a\nB\nc\nd\ne\nf\n";
        assert_eq!(merge(base, same, same).as_deref(), Some(same), "the same change is one");
    }

    proptest! {
        #[test]
        fn a_change_of_one_side_alone_is_taken_as_it_is(base in "[abc\n]{0,60}", other in "[abc\n]{0,60}") {
            prop_assert_eq!(merge(&base, &other, &base), Some(other.clone()));
            prop_assert_eq!(merge(&base, &base, &other), Some(other));
        }
    }
}
