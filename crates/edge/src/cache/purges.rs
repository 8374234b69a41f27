use super::{Moment, Purge, Stored};
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Valid,
    Stale,
    Gone,
}
#[derive(Default)]
pub(super) struct Purges(parking_lot::Mutex<Vec<(Purge, Moment)>>);
impl Purges {
    pub(super) fn apply(&self, purge: &Purge, at: Moment) {
        self.0.lock().push((purge.clone(), at));
    }
    pub(super) fn version(&self) -> u64 {
        1 + self.0.lock().len() as u64
    }
    pub(super) fn verdict(&self, stored: &Stored) -> Standing {
        use super::Selector::*;
        let mut standing = Standing::Valid;
        for (purge, at) in self.0.lock().iter() {
            if *at < stored.born {
                continue;
            }
            let url = format!("{}?{}", stored.path, stored.query);
            let hit = match &purge.selector {
                All => true,
                Tag(t) => stored.tags.iter().any(|x| **x == **t),
                Url(u) => **u == *stored.path || **u == *url,
                Prefix(p) => stored.path.starts_with(p.as_str()),
            };
            if hit {
                if purge.soft { standing = Standing::Stale } else { return Standing::Gone }
            }
        }
        standing
    }
}
