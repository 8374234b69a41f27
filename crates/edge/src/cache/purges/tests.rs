use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::*;
use crate::cache::{Key, Lifetime, Spec};

fn stored(path: &str, query: &str, tags: &[&str], born: Moment) -> Stored {
    Stored {
        path: path.into(),
        query: query.into(),
        spec: Arc::new(Spec::default()),
        key: Key(path.as_bytes().into()),
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        own_etag: false,
        choice: None,
        route: None,
        body: Bytes::new(),
        lifetime: Lifetime { fresh: Duration::from_secs(60), ..Lifetime::default() },
        received: born,
        born,
        tags: tags.iter().map(|&tag| tag.into()).collect(),
    }
}

/// A fixed sequence of chances (Lehmer).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0 * 48271 % 2_147_483_647;
        self.0 as usize % end
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

const PATHS: [&str; 5] = ["/", "/a", "/a/b", "/ab", "/b"];
const QUERIES: [&str; 4] = ["", "x", "x=1", "?"];
const TAGS: [&str; 4] = ["a", "b", "/a", ""];

fn selector(chance: &mut Chance) -> Selector {
    match chance.below(10) {
        0 => Selector::All,
        1..4 => Selector::Tag(chance.pick(&TAGS).into()),
        4..6 => Selector::Url(chance.pick(&PATHS).into()),
        6..8 => Selector::Url(format!("{}?{}", chance.pick(&PATHS), chance.pick(&QUERIES))),
        _ => Selector::Prefix(chance.pick(&PATHS).into()),
    }
}

/// Whether the documentation of [`Selector`] says that this is about that.
fn is_about(selector: &Selector, stored: &Stored) -> bool {
    match selector {
        Selector::All => true,
        Selector::Tag(tag) => stored.tags.iter().any(|has| **has == **tag),
        Selector::Prefix(prefix) => stored.path.starts_with(&**prefix),
        Selector::Url(url) => {
            let (path, query) = url.split_once('?').unwrap_or((url, ""));
            path == &*stored.path && (query.is_empty() || query == &*stored.query)
        }
    }
}

fn naive(purges: &[(Purge, Moment)], stored: &Stored) -> Standing {
    let about = purges.iter().filter(|(purge, at)| stored.born <= *at && is_about(&purge.selector, stored));
    about.map(|(purge, _)| if purge.soft { Standing::Stale } else { Standing::Gone }).max().unwrap_or(Standing::Valid)
}

#[test]
fn is_what_a_list_of_all_purges_says() {
    let mut chance = Chance(1);
    let mut seen = [0; 3];
    for _ in 0..300 {
        let (purges, mut list) = (Purges::default(), Vec::new());
        for _ in 0..12 {
            let purge = Purge { selector: selector(&mut chance), soft: chance.below(2) == 0 };
            // Not in the order of their times: that of messages of several instances is any.
            let at = 1 + chance.below(50) as Moment;
            let version = purges.version();
            purges.apply(&purge, at);
            assert_ne!(purges.version(), version);
            list.push((purge, at));
            for _ in 0..8 {
                let tags = [chance.pick(&TAGS), chance.pick(&TAGS)];
                let stored = stored(chance.pick(&PATHS), chance.pick(&QUERIES), &tags, chance.below(60) as Moment);
                let verdict = purges.verdict(&stored);
                assert_eq!(verdict, naive(&list, &stored), "{list:?}, {stored:?}");
                seen[verdict as usize] += 1;
            }
        }
        let copy = Purges::default();
        copy.merge(purges.snapshot(usize::MAX));
        let stored = stored("/a", "x", &["a"], chance.below(50) as Moment);
        assert_eq!(copy.verdict(&stored), naive(&list, &stored));
    }
    assert!(seen.iter().all(|&count| count > 1000), "{seen:?}");
}

#[test]
fn what_is_forgotten_counts_as_purged() {
    let purges = Purges::default();
    for at in 1..=3 * MAX_SELECTORS as Moment {
        let name = format!("/{at}");
        let selector = if at % 2 == 0 { Selector::Tag(name) } else { Selector::Url(name) };
        purges.apply(&Purge { selector, soft: at % 3 == 0 }, at);
    }
    let known = purges.snapshot(usize::MAX);
    assert!(known.len() <= MAX_SELECTORS + 1 && known.len() > MAX_SELECTORS * 8 / 10, "{}", known.len());
    for at in 1..=3 * MAX_SELECTORS as Moment {
        let name = format!("/{at}");
        let verdict = |born| purges.verdict(&stored(&name, "", &[&name], born));
        assert_ne!(verdict(at), Standing::Valid, "{at}");
        assert_eq!(verdict(3 * MAX_SELECTORS as Moment + 1), Standing::Valid);
    }
    // The last ones are what they were, and others are not touched.
    assert_eq!(purges.verdict(&stored("/29997", "", &[], 29_000)), Standing::Stale);
    assert_eq!(purges.verdict(&stored("/other", "", &[], 29_000)), Standing::Valid);
}

#[test]
fn prefixes_are_few() {
    let purges = Purges::default();
    for at in 1..=MAX_PREFIXES as Moment + 10 {
        purges.apply(&Purge { selector: Selector::Prefix(format!("/{at}/")), soft: true }, at);
    }
    assert_eq!(purges.snapshot(usize::MAX).len(), MAX_PREFIXES + 1);
    assert_eq!(purges.verdict(&stored("/other", "", &[], 10)), Standing::Gone);
    assert_eq!(purges.verdict(&stored("/other", "", &[], 11)), Standing::Valid);
    assert_eq!(purges.verdict(&stored("/11/a", "", &[], 11)), Standing::Stale);
}
