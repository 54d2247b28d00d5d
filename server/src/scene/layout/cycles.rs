//! Finds the links that close a cycle, so that the rest can be layered. It changes nothing itself.

use super::Link;

/// Outgoing links of each card in one array: `list[start[card]..start[card + 1]]`.
pub(super) struct Outgoing {
    start: Vec<usize>,
    list: Vec<usize>,
}

impl Outgoing {
    /// Groups the given links by source, keeping their order.
    pub(super) fn new(count: usize, links: &[Link], chosen: &[usize]) -> Self {
        let mut start = vec![0; count + 1];
        for &link in chosen {
            start[links[link].from + 1] += 1;
        }
        for card in 0..count {
            start[card + 1] += start[card];
        }
        let mut next = start.clone();
        let mut list = vec![0; chosen.len()];
        for &link in chosen {
            let from = links[link].from;
            list[next[from]] = link;
            next[from] += 1;
        }
        Self { start, list }
    }

    /// The links that leave `card`.
    pub(super) fn of(&self, card: usize) -> &[usize] {
        &self.list[self.start[card]..self.start[card + 1]]
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Visit {
    New,
    Open,
    Done,
}

/// Marks, for every link, whether it points back into the path that a depth-first walk came along.
///
/// The walk starts at cards that nothing points to: from the middle of a graph it would call honest links backward.
pub(super) fn backward(count: usize, links: &[Link], sound: &[usize]) -> Vec<bool> {
    let outgoing = Outgoing::new(count, links, sound);
    let mut pointed_to = vec![false; count];
    for &link in sound {
        pointed_to[links[link].to] = true;
    }
    let mut walk = Walk { visit: vec![Visit::New; count], back: vec![false; links.len()] };
    for sources in [true, false] {
        for (card, &target) in pointed_to.iter().enumerate() {
            if target != sources && walk.visit[card] == Visit::New {
                walk.from(card, links, &outgoing);
            }
        }
    }
    walk.back
}

struct Walk {
    visit: Vec<Visit>,
    back: Vec<bool>,
}

impl Walk {
    fn from(&mut self, root: usize, links: &[Link], outgoing: &Outgoing) {
        self.visit[root] = Visit::Open;
        let mut path = vec![(root, 0)];
        while let Some((card, next)) = path.last_mut() {
            let Some(&link) = outgoing.of(*card).get(*next) else {
                self.visit[*card] = Visit::Done;
                path.pop();
                continue;
            };
            *next += 1;
            let to = links[link].to;
            match self.visit[to] {
                Visit::Open => self.back[link] = true,
                Visit::Done => {}
                Visit::New => {
                    self.visit[to] = Visit::Open;
                    path.push((to, 0));
                }
            }
        }
    }
}
