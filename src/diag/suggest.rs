//! "Did you mean …?": the known name nearest to one that is not known.

/// The candidate nearest to `name`, if it is near enough to be a slip: at most a third of its letters differ, or
/// the part after the last dot is the same.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer names are no slips of the keyboard.
    if name.is_empty() || name.len() > 200 {
        return None;
    }
    let last = |text: &str| text.rsplit('.').next().unwrap_or_default().to_lowercase();
    let (wanted, short) = (name.to_lowercase(), last(name));
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .filter_map(|candidate| {
            let limit = (name.chars().count() / 3).max(1);
            let whole = distance(&wanted, &candidate.to_lowercase(), limit);
            let tail = (short.len() > 2 && last(candidate) == short).then_some(limit);
            whole.or(tail).map(|distance| (distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The hint that names what was meant.
pub fn did_you_mean(name: &str) -> String {
    format!("did you mean `{name}`?")
}

/// The name in a hint of [`did_you_mean`].
pub fn meant(hint: &str) -> Option<&str> {
    hint.strip_prefix("did you mean `")?.strip_suffix("`?")
}

/// Letters to insert, remove, change or swap with a neighbour to make `b` of `a`; none if more than `limit`.
fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut next = vec![i + 1];
        for j in 0..b.len() {
            let mut best = (row[j] + usize::from(a[i] != b[j])).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before[j - 1] + 1);
            }
            next.push(best);
        }
        before = row;
        row = next;
    }
    row.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_short_names_only() {
        let known = ["cloudify.nodes.Compute", "cloudify.nodes.Container", "properties"];
        assert_eq!(closest("cloudify.nodes.Copmute", known), Some("cloudify.nodes.Compute"));
        assert_eq!(closest("Compute", known), Some("cloudify.nodes.Compute"));
        assert_eq!(closest("propertys", known), Some("properties"));
        assert_eq!(closest("elephant", known), None);
    }
}
