//! [`compare`]: two texts line by line: what went, what came, and a little of what stayed around it.
//!
//! Finds the shortest way from one to the other (Myers); where that would take too long, everything between the first and
//! the last line that differ is told as replaced. Does not know what the lines mean.

use std::collections::HashMap;

/// Lines that are shown around what differs.
const AROUND: usize = 2;
/// Lines that may differ before the search for the shortest way is given up.
const FAR: usize = 500;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// In both texts.
    Stayed,
    /// Only in the older one.
    Went,
    /// Only in the newer one.
    Came,
}

/// A line of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedLine {
    /// What it is.
    pub fate: Fate,
    /// Its number in the older text, from 1.
    pub old: Option<u32>,
    /// Its number in the newer text, from 1.
    pub new: Option<u32>,
    /// Without its end.
    pub text: String,
}

/// How two texts differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What differs with what is around it, in order. Numbers that don't follow each other mean lines that are left out.
    pub lines: Vec<ComparedLine>,
    /// Lines that came.
    pub added: usize,
    /// Lines that went.
    pub removed: usize,
}

/// How `new` differs from `old`.
pub fn compare(old: &str, new: &str) -> Comparison {
    let fates = fates(old, new);
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let mut all: Vec<ComparedLine> = Vec::new();
    let (mut a, mut b) = (0, 0);
    for fate in fates {
        let text = if fate == Fate::Came { new[b] } else { old[a] };
        all.push(ComparedLine {
            fate,
            old: (fate != Fate::Came).then_some(a as u32 + 1),
            new: (fate != Fate::Went).then_some(b as u32 + 1),
            text: text.trim_end_matches(['\n', '\r']).to_owned(),
        });
        a += usize::from(fate != Fate::Came);
        b += usize::from(fate != Fate::Went);
    }
    let count = |fate| all.iter().filter(|line| line.fate == fate).count();
    let (added, removed) = (count(Fate::Came), count(Fate::Went));
    let mut near = vec![false; all.len()];
    for (at, _) in all.iter().enumerate().filter(|(_, line)| line.fate != Fate::Stayed) {
        near[at.saturating_sub(AROUND)..(at + AROUND + 1).min(all.len())].fill(true);
    }
    let mut keep = near.into_iter();
    all.retain(|_| keep.next().unwrap_or_default());
    Comparison { lines: all, added, removed }
}

/// What becomes of each line between `old` and `new`; all that went before all that came.
pub(super) fn fates(old: &str, new: &str) -> Vec<Fate> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = (old.len() - head).min(new.len() - head);
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let middle = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    std::iter::repeat_n(Fate::Stayed, head)
        .chain(shortest(middle.0, middle.1))
        .chain(std::iter::repeat_n(Fate::Stayed, tail))
        .collect()
}

/// The fates of all lines on the shortest way from `old` to `new`; all that went before all that came.
fn shortest<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Fate> {
    let replaced = || {
        let went = std::iter::repeat_n(Fate::Went, old.len());
        went.chain(std::iter::repeat_n(Fate::Came, new.len())).collect()
    };
    if old.is_empty() || new.is_empty() {
        return replaced();
    }
    // Numbers are compared faster than lines.
    let mut known: HashMap<&str, u32> = HashMap::new();
    let mut number = |line: &&'t str| {
        let next = known.len() as u32;
        *known.entry(line).or_insert(next)
    };
    let (a, b): (Vec<u32>, Vec<u32>) =
        (old.iter().map(&mut number).collect(), new.iter().map(&mut number).collect());
    let far = (a.len() + b.len()).min(FAR);
    let at = |diagonal: isize| (diagonal + far as isize + 1) as usize;
    let mut reach = vec![0_usize; 2 * far + 3];
    let mut trace: Vec<Vec<usize>> = Vec::new();
    for steps in 0..=far as isize {
        trace.push(reach[at(-steps - 1)..=at(steps + 1)].to_vec());
        for diagonal in (-steps..=steps).step_by(2) {
            let down =
                diagonal == -steps || diagonal != steps && reach[at(diagonal - 1)] < reach[at(diagonal + 1)];
            let mut x = if down { reach[at(diagonal + 1)] } else { reach[at(diagonal - 1)] + 1 };
            while let Some(y) = usize::try_from(x as isize - diagonal).ok()
                && x < a.len()
                && y < b.len()
                && a[x] == b[y]
            {
                x += 1;
            }
            reach[at(diagonal)] = x;
            if x >= a.len() && x as isize - diagonal >= b.len() as isize {
                return in_order(back(&trace, a.len(), b.len()));
            }
        }
    }
    replaced()
}

/// The way that was found, from its end to its beginning.
fn back(trace: &[Vec<usize>], old: usize, new: usize) -> Vec<Fate> {
    let mut fates = Vec::with_capacity(old + new);
    let (mut x, mut y) = (old as isize, new as isize);
    for (steps, reach) in trace.iter().enumerate().rev() {
        let steps = steps as isize;
        let at = |diagonal: isize| reach[(diagonal + steps + 1) as usize] as isize;
        let diagonal = x - y;
        let down = diagonal == -steps || diagonal != steps && at(diagonal - 1) < at(diagonal + 1);
        let before = if down { diagonal + 1 } else { diagonal - 1 };
        let (from_x, from_y) = if steps == 0 { (0, 0) } else { (at(before), at(before) - before) };
        while x > from_x && y > from_y {
            fates.push(Fate::Stayed);
            (x, y) = (x - 1, y - 1);
        }
        if steps > 0 {
            fates.push(if down { Fate::Came } else { Fate::Went });
            (x, y) = (from_x, from_y);
        }
    }
    fates.reverse();
    fates
}

/// What went before what came, wherever they stand together.
fn in_order(mut fates: Vec<Fate>) -> Vec<Fate> {
    for run in fates.chunk_by_mut(|a, b| (*a == Fate::Stayed) == (*b == Fate::Stayed)) {
        run.sort_by_key(|fate| *fate == Fate::Came);
    }
    fates
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(old: &str, new: &str) -> Vec<String> {
        let sign = |fate| match fate {
            Fate::Stayed => ' ',
            Fate::Went => '-',
            Fate::Came => '+',
        };
        let number = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
        let lines = compare(old, new).lines;
        lines
            .iter()
            .map(|it| format!("{}{}:{} {}", sign(it.fate), number(it.old), number(it.new), it.text))
            .collect()
    }

    #[test]
    fn a_changed_line_is_told_with_what_is_around_it() {
        let found = told("a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nD\nd2\ne\nf\ng\n");
        assert_eq!(found, [" 2:2 b", " 3:3 c", "-4: d", "+:4 D", "+:5 d2", " 5:6 e", " 6:7 f"]);
        assert_eq!(compare("same\n", "same\n"), Comparison::default());
    }

    #[test]
    fn two_places_far_apart_stay_two() {
        let old = (0..40).map(|line| line.to_string()).collect::<Vec<_>>().join("\n") + "\n";
        let new = old.replace("\n5\n", "\nfive\n").replace("\n30\n", "\n");
        let comparison = compare(&old, &new);
        assert_eq!((comparison.added, comparison.removed), (1, 2));
        assert!(comparison.lines.len() < 14);
    }

    #[test]
    fn a_text_that_is_all_new_is_told_without_searching() {
        let text = |word: &str| (0..4000).map(|line| format!("{word} {line}\n")).collect::<Vec<_>>().concat();
        let comparison = compare(&text("old"), &text("new"));
        assert_eq!((comparison.added, comparison.removed), (4000, 4000));
    }

    proptest! {
        #[test]
        fn what_came_and_went_is_the_whole_difference(old in "[ab\n]{0,60}", new in "[ab\n]{0,60}") {
            let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
            let fates = shortest(
                &lines(&old).iter().map(String::as_str).collect::<Vec<_>>(),
                &lines(&new).iter().map(String::as_str).collect::<Vec<_>>(),
            );
            let (mut a, mut b) = (lines(&old).into_iter(), lines(&new).into_iter());
            let mut made = String::new();
            for fate in fates {
                match fate {
                    Fate::Stayed => {
                        let (one, other) = (a.next().unwrap(), b.next().unwrap());
                        prop_assert_eq!(&one, &other);
                        made.push_str(&one);
                    }
                    Fate::Went => drop(a.next().unwrap()),
                    Fate::Came => made.push_str(&b.next().unwrap()),
                }
            }
            prop_assert_eq!(made, new);
            prop_assert_eq!(a.next(), None);
        }
    }
}
