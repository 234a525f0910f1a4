//! Where the lines of a value end, and which comments and blank lines belong to it.

use super::style::column;
use super::syntax::Node;

/// Byte after the last one that says something.
pub(super) fn content_end(text: &str, node: &Node) -> usize {
    let last = node.last();
    if last.is_block_scalar() {
        let raw = &text[last.start..last.end];
        if keeps_ends(text, last) {
            return last.start
                + raw.strip_suffix('\n').map_or(raw.len(), |raw| raw.trim_end_matches('\r').len());
        }
        return last.start + raw.trim_end().len();
    }
    last.end.max(node.start)
}

/// Whether the blank lines at its end are part of it (`|+`).
pub(super) fn keeps_ends(text: &str, node: &Node) -> bool {
    let last = node.last();
    last.is_block_scalar()
        && text[last.start..last.end]
            .lines()
            .next()
            .is_some_and(|head| head.split('#').next().unwrap_or_default().contains('+'))
}

/// Where the line of `at` ends, before its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
    if text[at..end].ends_with('\r') { end - 1 } else { end }
}

/// The line that begins at or after the line break at `end`; none at the end of the text.
fn next_line(text: &str, end: usize) -> Option<usize> {
    text[end..].find('\n').map(|length| end + length + 1).filter(|start| *start < text.len())
}

/// Where the line of `at` begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Whether nothing but blanks stands before `at` on its line.
pub(super) fn is_first_on_line(text: &str, at: usize) -> bool {
    text[line_start(text, at)..at].bytes().all(|byte| byte == b' ')
}

fn line(text: &str, start: usize) -> &str {
    &text[start..line_end(text, start)]
}

/// End of the last line of an entry at `column`: with the comment on that line, and with those below it that stand
/// deeper than the entry.
pub(super) fn own_end(text: &str, node: &Node, column: usize) -> usize {
    let mut end = line_end(text, content_end(text, node));
    let mut look = end;
    while let Some(start) = next_line(text, look) {
        let line = line(text, start);
        let trimmed = line.trim_start_matches(' ');
        if trimmed.starts_with('#') && line.len() - trimmed.len() > column {
            end = start + line.len();
        } else if !trimmed.trim().is_empty() {
            break;
        }
        look = line_end(text, start);
    }
    end
}

/// Where a new entry behind this one goes: below the comments that follow it without a blank line, too.
pub(super) fn room_below(text: &str, node: &Node, column: usize) -> usize {
    let mut end = own_end(text, node, column);
    while let Some(start) = next_line(text, end) {
        let line = line(text, start);
        let trimmed = line.trim_start_matches(' ');
        if !trimmed.starts_with('#') || line.len() - trimmed.len() < column {
            break;
        }
        end = start + line.len();
    }
    end
}

/// Where the comments begin that stand directly above the line of `at` and as deep as `at` itself.
pub(super) fn comments_above(text: &str, at: usize) -> usize {
    let deep = column(text, at);
    let mut from = line_start(text, at);
    while from > 0 {
        let start = line_start(text, from - 1);
        let line = line(text, start);
        let trimmed = line.trim_start_matches(' ');
        if !trimmed.starts_with('#') || line.len() - trimmed.len() != deep {
            break;
        }
        from = start;
    }
    from
}

/// Where the blank lines begin that stand directly above `start`, the beginning of a line.
pub(super) fn blanks_above(text: &str, start: usize) -> usize {
    let mut from = start;
    while from > 0 {
        let above = line_start(text, from - 1);
        if !line(text, above).trim().is_empty() {
            break;
        }
        from = above;
    }
    from
}

/// Where the first line begins at or after `start` that is not blank.
pub(super) fn blanks_below(text: &str, start: usize) -> usize {
    let mut from = start;
    while from < text.len() && line(text, from).trim().is_empty() {
        match next_line(text, line_end(text, from)) {
            Some(next) => from = next,
            None => return text.len(),
        }
    }
    from
}

/// Byte after the line break behind `end`.
pub(super) fn after_line(text: &str, end: usize) -> usize {
    text[end..].find('\n').map_or(text.len(), |length| end + length + 1)
}
