//! Patterns as Cloudify's own engine (Python's `re`) reads them, told to ours, which matches in linear time.
//!
//! The two differ in small things that people do write: a `{` that counts nothing is a plain sign there, `\Z` ends a
//! text, brackets within brackets mean nothing, and `**` is a mistake. What ours has no machine for (looking around,
//! referring back) is a pattern nevertheless, and lets every text pass.

use regex::RegexBuilder;

/// Bytes that a pattern may come to where only its form is looked at: as soon as it is more, it has one.
const FORM: usize = 16 << 10;
/// Bytes that a pattern may come to where a value is compared with it; a larger one lets everything pass.
const MATCHED: usize = 1 << 20;

/// Whether a text is a pattern.
pub(super) fn is_pattern(pattern: &str) -> bool {
    let Some(pattern) = translated(pattern) else { return false };
    match RegexBuilder::new(&pattern).size_limit(FORM).build() {
        Ok(_) => true,
        // Patterns that this engine refuses for their cost or their look-around are patterns nevertheless.
        Err(regex::Error::CompiledTooBig(_)) => true,
        Err(error) => {
            let text = error.to_string();
            text.contains("look-around") || text.contains("backreference")
        }
    }
}

/// Whether a text begins with what a pattern means: anchored at the beginning only, as the reference parser matches. Text
/// without signs beyond ASCII needs no classes of all the world's letters, which make large machines of small patterns.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let Some(pattern) = translated(pattern) else { return true };
    let anchored = format!("^(?:{pattern})");
    let plain = text
        .is_ascii()
        .then(|| regex::bytes::RegexBuilder::new(&anchored).unicode(false).size_limit(MATCHED).build().ok());
    if let Some(regex) = plain.flatten() {
        return regex.is_match(text.as_bytes());
    }
    let whole = RegexBuilder::new(&anchored).size_limit(MATCHED).build();
    whole.map_or(true, |regex| regex.is_match(text))
}

/// What stands before a sign that repeats.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// Nothing that can be repeated: the beginning, an anchor, a bar.
    Nothing,
    Item,
    /// A repetition, which is not repeated again.
    Repetition,
}

/// A pattern in the words of our engine; none where it is a mistake there that our engine would not see.
fn translated(pattern: &str) -> Option<String> {
    let signs: Vec<char> = pattern.chars().collect();
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut before = Before::Nothing;
    let mut at = 0;
    while let Some(&sign) = signs.get(at) {
        at += 1;
        let rest = signs.get(at..).unwrap_or_default();
        match sign {
            '\\' => {
                let escaped = *rest.first()?;
                at += 1;
                before = if "AZbB".contains(escaped) { Before::Nothing } else { Before::Item };
                match escaped {
                    'Z' => out.push_str(r"\z"),
                    'A' | 'b' | 'B' => out.extend(['\\', escaped]),
                    _ => escape(escaped, &mut out)?,
                }
            }
            '[' => {
                at += class(rest, &mut out)?;
                before = Before::Item;
            }
            '{' if count(rest).is_none() => {
                out.push_str(r"\{");
                before = Before::Item;
            }
            '*' | '+' | '?' | '{' => {
                if before != Before::Item {
                    return None;
                }
                out.push(sign);
                if sign == '{' {
                    let (length, counted) = count(rest)?;
                    at += length;
                    out.push_str(&counted);
                }
                // As little as possible; or without giving back, for which there is no word in ours.
                match signs.get(at) {
                    Some('?') => {
                        out.push('?');
                        at += 1;
                    }
                    Some('+') => at += 1,
                    _ => {}
                }
                before = Before::Repetition;
            }
            '(' => {
                let begins = |signs: &[char]| rest.starts_with(signs);
                if begins(&['?', '#']) {
                    at += rest.iter().position(|sign| *sign == ')')? + 1;
                } else if begins(&['?', 'P', '=']) || begins(&['?', '(']) {
                    // Both look at what was found before: ours knows `\1` for that, and has no machine for it.
                    at += rest.iter().position(|sign| *sign == ')')? + 1;
                    out.push_str(if begins(&['?', '(']) { r"\1(?:" } else { r"\1" });
                    before = Before::Item;
                } else if begins(&['?', '<']) && !matches!(rest.get(2), Some('=' | '!')) {
                    return None;
                } else {
                    let (group, length) = match rest {
                        ['?', '>', ..] => ("(?:", 2),
                        ['?', ..] => ("(?", 1),
                        _ => ("(", 0),
                    };
                    out.push_str(group);
                    at += length;
                    before = Before::Nothing;
                }
            }
            '^' | '$' | '|' => {
                out.push(sign);
                before = Before::Nothing;
            }
            _ => {
                out.push(sign);
                before = Before::Item;
            }
        }
    }
    Some(out)
}

/// What a sign means behind a backslash; no letters but those that mean something.
fn escape(sign: char, out: &mut String) -> Option<()> {
    if "afnrtvxuUdDsSwW".contains(sign) || sign.is_ascii_digit() {
        out.extend(['\\', sign]);
    } else if sign.is_ascii_alphabetic() {
        return None;
    } else {
        out.push_str(&regex::escape(sign.encode_utf8(&mut [0; 4])));
    }
    Some(())
}

/// `2}`, `2,}`, `,3}` and `2,3}`: how many signs, and how ours writes it.
fn count(signs: &[char]) -> Option<(usize, String)> {
    let end = signs.iter().position(|sign| *sign == '}')?;
    let inside: String = signs.get(..end)?.iter().collect();
    let (low, high) = match inside.split_once(',') {
        Some((low, high)) => (low, Some(high)),
        None => (inside.as_str(), None),
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if inside.is_empty() || !is_number(low) || !high.is_none_or(is_number) {
        return None;
    }
    let low = if low.is_empty() { "0" } else { low };
    Some((end + 1, high.map_or_else(|| format!("{low}}}"), |high| format!("{low},{high}}}"))))
}

/// The signs between brackets, of which only a backslash, a hyphen and the closing bracket mean anything.
fn class(signs: &[char], out: &mut String) -> Option<usize> {
    out.push('[');
    let mut at = 0;
    if signs.first() == Some(&'^') {
        out.push('^');
        at = 1;
    }
    let first = at;
    loop {
        let sign = *signs.get(at)?;
        at += 1;
        match sign {
            ']' if at > first + 1 => {
                out.push(']');
                return Some(at);
            }
            '\\' => {
                let escaped = *signs.get(at)?;
                at += 1;
                match escaped {
                    'b' => out.push_str(r"\x08"),
                    _ => escape(escaped, out)?,
                }
            }
            // Between two signs it makes a range, at either end it is itself.
            '-' if at > first + 1 && signs.get(at).is_some_and(|next| *next != ']') => out.push('-'),
            '[' | ']' | '&' | '~' | '^' | '-' => out.extend(['\\', sign]),
            _ => out.push(sign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_read_as_cloudify_reads_them() {
        for pattern in [
            "",
            "^a+$",
            "${a}",
            "a{",
            "{a}",
            "a{}",
            "a{2}",
            "a{,3}",
            "a{2,}",
            "{",
            "}",
            r"^[\w.-]+\Z",
            r"\A\d+",
            r"a\/b",
            r"\<a\>",
            "[[a-z]",
            "[]a]",
            "[^]a]",
            "[a&&b]",
            "[a~~b]",
            r"[\b]",
            "[a-]",
            "[-a]",
            "(?P<n>a)(?P=n)",
            "(?#x)a",
            "(?=a)",
            "(?!a)",
            "(?<=a)b",
            "(?<!a)b",
            r"(a)\1",
            "(?i)abc",
            "a*?",
            "a*+",
            "[0-9]{1,3}(\\.[0-9]{1,3}){3}",
            r"\-\_\@\ \#",
            "a|b|",
            "()",
            "(a)(?(1)b|c)",
            "(?>a)b",
            r"^\S+@\S+\.\S+$",
            "[+--]",
            r"[\]]",
            "ä+",
        ] {
            assert!(is_pattern(pattern), "{pattern}");
        }
        for pattern in [
            "*", "a**", "a{2}{3}", "^*", "(", ")", "[", "[]", r"\", r"\p{L}", r"\z", r"\h", r"[\w-a]",
            "(?<n>a)", "[b-a]", "a{3,2}", "(?z)", "|*", r"[\A]", "+a", "a+*", "(*a)",
        ] {
            assert!(!is_pattern(pattern), "{pattern}");
        }
        for (pattern, text, wanted) in [
            ("${a}", "${a}", false),
            ("x{a}", "x{a}", true),
            (r"a\Z", "a", true),
            (r"a\Z", "ab", false),
            ("[[a]+$", "[a[", true),
            ("[a&&b]+$", "a&b", true),
            ("a{,2}$", "aa", true),
            ("a{,2}$", "aaa", false),
            (r"[\w.-]+$", "a-b.c", true),
            ("[]a]+$", "]a", true),
            (r"\<a", "<a", true),
        ] {
            assert_eq!(matches(pattern, text), wanted, "{pattern} {text}");
        }
    }
}
