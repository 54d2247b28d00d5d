//! Looking ahead in a text that is read from left to right, without looking at the same part again for each place: a text
//! may be all keys or all URLs, and then a search to its end for each would take hours.

/// Where something is found next, as long as that lies ahead.
#[derive(Default)]
pub(super) struct Ahead(Option<(usize, Option<usize>)>);

impl Ahead {
    /// The first place from `from` on; `find` looks for it and says how far away it is.
    pub fn next(&mut self, from: usize, find: impl FnOnce(usize) -> Option<usize>) -> Option<usize> {
        match self.0 {
            Some((known, at)) if known <= from && at.is_none_or(|at| from <= at) => at,
            _ => {
                let at = find(from).map(|distance| from + distance);
                self.0 = Some((from, at));
                at
            }
        }
    }
}
