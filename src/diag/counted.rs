//! `1 node`, `3 nodes`: how many of something there are, in words.

/// `number` of what one of is called `word`, for words that take an s.
pub fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_is_not_many_and_none_is() {
        let told: Vec<_> = [0, 1, 2].iter().map(|number| counted(*number, "node")).collect();
        assert_eq!(told, ["0 nodes", "1 node", "2 nodes"]);
    }
}
