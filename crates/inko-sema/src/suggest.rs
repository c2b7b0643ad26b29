//! Similar names for misspelled ones.

use inko_syntax::Name;

/// The candidate that is most likely meant: the one with the smallest edit distance, if that is at most
/// a third of the name's length (at least 1). Ties go to the alphabetically first, to be deterministic.
pub(crate) fn closest<'n>(name: &str, candidates: impl Iterator<Item = &'n Name>) -> Option<Name> {
    let limit = (name.chars().count() / 3).max(1);
    candidates
        .filter(|candidate| candidate.as_str() != name)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate.clone())
}

/// The number of insertions, removals, replacements and swaps of neighbours between two names
/// (optimal string alignment; Boytsov, "Indexing methods for approximate dictionary searching", 2011).
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for i in 1..=left.len() {
        let mut row = vec![i];
        for j in 1..=right.len() {
            let same = left[i - 1] == right[j - 1];
            let mut best = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + usize::from(!same));
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (left, right, expected) in
            [("a", "a", 0), ("abc", "acb", 1), ("lenght", "length", 1), ("", "ab", 2), ("push", "puhs", 1)]
        {
            assert_eq!(distance(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn suggestions() {
        let names: Vec<Name> = ["length", "push", "pop"].map(Name::from).to_vec();
        assert_eq!(closest("lenght", names.iter()), Some("length".into()));
        assert_eq!(closest("clear", names.iter()), None);
    }
}
