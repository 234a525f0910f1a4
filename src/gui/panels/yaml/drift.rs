//! [`Drift`]: where a place of an older text is in a newer one, when one stretch between them was replaced.
//!
//! Places of nodes and problems come from the text that was read last; what is typed since then moves them. Knows nothing
//! of lines or YAML.

/// What differs between two texts: everything before and behind it is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// Where the difference begins, in both.
    pub start: usize,
    /// Where it ends in the older one.
    pub old_end: usize,
    /// Where it ends in the newer one.
    pub new_end: usize,
}

impl Drift {
    /// The smallest stretch that differs. Its ends are ends of characters.
    pub fn between(old: &str, new: &str) -> Self {
        if old == new {
            return Self { start: new.len(), old_end: old.len(), new_end: new.len() };
        }
        let mut start = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
        while !(old.is_char_boundary(start) && new.is_char_boundary(start)) {
            start -= 1;
        }
        let rest = (old.len() - start).min(new.len() - start);
        let ends = old.as_bytes().iter().rev().zip(new.as_bytes().iter().rev()).take(rest);
        let mut same = ends.take_while(|(a, b)| a == b).count();
        while !(old.is_char_boundary(old.len() - same) && new.is_char_boundary(new.len() - same)) {
            same -= 1;
        }
        Self { start, old_end: old.len() - same, new_end: new.len() - same }
    }

    /// Whether nothing differs.
    pub fn is_none(self) -> bool {
        self.start == self.old_end && self.start == self.new_end
    }

    /// The place of `at` in the newer text; the end of what replaced it if it is not there any more.
    pub fn forward(self, at: usize) -> usize {
        if at <= self.start {
            at
        } else if at >= self.old_end {
            at - self.old_end + self.new_end
        } else {
            self.new_end
        }
    }

    /// Whether the stretch of the older text is still as it was.
    pub fn keeps(self, start: usize, end: usize) -> bool {
        self.is_none() || end <= self.start || start >= self.old_end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_a_change_moves_with_it() {
        let drift = Drift::between("a: 1\nb: 2\n", "a: 100\nb: 2\n");
        assert_eq!((drift.forward(0), drift.forward(5)), (0, 7));
        assert!(drift.keeps(5, 9) && drift.keeps(0, 2));
        assert!(Drift::between("same", "same").is_none());
        assert!(!Drift::between("b: 2\nc", "b: 3\nc").keeps(0, 4));
    }

    #[test]
    fn ends_are_ends_of_characters() {
        let (old, new) = ("é", "è");
        let drift = Drift::between(old, new);
        assert!(old.is_char_boundary(drift.start) && new.is_char_boundary(drift.new_end));
        assert_eq!(&new[drift.start..drift.new_end], "è");
    }
}
