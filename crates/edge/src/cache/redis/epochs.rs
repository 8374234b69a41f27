//! Times of purges, as they are in Redis, and the script that keeps them.

use std::time::Instant;

use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, RedisError, RedisResult, Script};

use crate::cache::clock::Clock;
use crate::cache::purge::{Moment, Purge, Selector};
use crate::cache::purges::{MAX_SELECTORS, Times};

use super::names::Names;

/// More purges than these become one of everything.
pub(super) const MAX_PENDING: usize = 1000;

/// No clock says more.
const MAX_MOMENT: Moment = 1 << 53;

/// What is known of the hash in Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Heard {
    /// Its incarnation: when it was made. Purges before that may have been forgotten. Zero: nothing is known yet.
    pub(super) since: Moment,
    /// How many purges it has had.
    pub(super) count: u64,
}

/// A purge for Redis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) purge: Purge,
    /// `None`: when Redis hears of it.
    pub(super) at: Option<Moment>,
}

/// What the script says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    pub(super) now: Moment,
    /// After it.
    pub(super) heard: Heard,
    /// The count before.
    pub(super) before: u64,
    /// Whether all is written.
    pub(super) kept: bool,
}

/// Purges that could not be sent, or not be written: the last one of each selector.
#[derive(Debug, Default)]
pub(super) struct Pending(Vec<Change>);

impl Pending {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds these unless there are later ones.
    pub(super) fn add(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            let later = |at: Option<Moment>| at.unwrap_or(Moment::MAX);
            match self.0.iter_mut().find(|known| known.purge == change.purge) {
                Some(known) if later(known.at) >= later(change.at) => {}
                Some(known) => *known = change,
                None => self.0.push(change),
            }
        }
        // What is forgotten here would never be purged elsewhere.
        if self.0.len() > MAX_PENDING {
            self.0 = vec![Change { purge: Purge { selector: Selector::All, soft: false }, at: None }];
        }
    }

    pub(super) fn take(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.0)
    }
}

/// All scripts.
pub(super) struct Scripts {
    pub(super) epochs: Script,
    pub(super) store: Script,
    pub(super) lease: Script,
    pub(super) extend: Script,
    pub(super) release: Script,
}

impl Default for Scripts {
    fn default() -> Scripts {
        Scripts {
            epochs: Script::new(include_str!("epochs.lua")),
            store: Script::new(include_str!("store.lua")),
            lease: Script::new(include_str!("lease.lua")),
            extend: Script::new(include_str!("extend.lua")),
            release: Script::new(include_str!("release.lua")),
        }
    }
}

impl Scripts {
    /// So that calls take one round trip. A call loads its own when Redis has lost it.
    pub(super) async fn load(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        for script in [&self.epochs, &self.store, &self.lease, &self.extend, &self.release] {
            script.load_async(connection).await?;
        }
        Ok(())
    }

    /// Tells Redis of purges, sets the clock, and says what has happened there since `heard`. `least`: a moment that has been.
    pub(super) async fn epochs(
        &self,
        connection: &mut MultiplexedConnection,
        names: &Names,
        clock: &Clock,
        (least, heard): (Moment, Heard),
        changes: &[Change],
    ) -> RedisResult<Answer> {
        let mut call = self.epochs.key(&names.epochs);
        call.arg(&names.purges).arg(least).arg(heard.since).arg(heard.count).arg(MAX_SELECTORS);
        for Change { purge, at } in changes {
            let at = at.map(|at| at.to_string()).unwrap_or_default();
            call.arg(to_field(&purge.selector)).arg(if purge.soft { "s" } else { "h" }).arg(at);
        }
        let asked = Instant::now();
        let [now, since, before, count, kept]: [u64; 5] = call.invoke_async(connection).await?;
        if now.max(since) > MAX_MOMENT {
            return Err(RedisError::from((ErrorKind::UnexpectedReturnType, "a time that no clock tells")));
        }
        clock.set(now, asked, Instant::now());
        Ok(Answer { now, heard: Heard { since, count }, before, kept: kept == 1 })
    }
}

/// A selector as a field of the hash. Fields that begin with `@` are not of selectors.
pub(super) fn to_field(selector: &Selector) -> String {
    match selector {
        Selector::All => "a".to_owned(),
        Selector::Tag(tag) => format!("t{tag}"),
        Selector::Url(url) => format!("u{url}"),
        Selector::Prefix(prefix) => format!("p{prefix}"),
    }
}

/// A field of the hash with its value, if it is that of a selector.
pub(super) fn read(field: &[u8], value: &[u8]) -> Option<(Selector, Times)> {
    let field = std::str::from_utf8(field).ok()?;
    let kind = field.chars().next()?;
    let name = field[kind.len_utf8()..].to_owned();
    let selector = match kind {
        'a' if name.is_empty() => Selector::All,
        't' => Selector::Tag(name),
        'u' => Selector::Url(name),
        'p' => Selector::Prefix(name),
        _ => return None,
    };
    let (hard, soft) = std::str::from_utf8(value).ok()?.split_once(':')?;
    let moment = |text: &str| text.parse().ok().filter(|&moment: &Moment| moment <= MAX_MOMENT);
    Some((selector, Times { hard: moment(hard)?, soft: moment(soft)? }))
}

/// A message of the script: incarnation, count, value, field.
pub(super) fn read_message(message: &[u8]) -> Option<(Heard, Selector, Times)> {
    let mut parts = message.splitn(4, |&byte| byte == b' ');
    let mut next = || parts.next();
    let number = |bytes: &[u8]| std::str::from_utf8(bytes).ok()?.parse().ok();
    let heard = Heard { since: number(next()?)?, count: number(next()?)? };
    let (value, field) = (next()?, next()?);
    let (selector, times) = read(field, value)?;
    Some((heard, selector, times))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(tag: &str, soft: bool, at: Option<Moment>) -> Change {
        Change { purge: Purge { selector: Selector::Tag(tag.into()), soft }, at }
    }

    #[test]
    fn the_last_purge_of_each_selector_is_pending() {
        let mut pending = Pending::default();
        pending.add([
            change("a", true, Some(5)),
            change("a", true, Some(7)),
            change("a", true, Some(6)),
            change("b", true, None),
        ]);
        pending.add([change("b", true, Some(9)), change("a", false, Some(1))]);
        let all = [change("a", true, Some(7)), change("b", true, None), change("a", false, Some(1))];
        assert_eq!(pending.take(), all);
        assert_eq!(pending.len(), 0);
    }

    #[test]
    fn too_many_pending_are_everything() {
        let mut pending = Pending::default();
        pending.add((0..=MAX_PENDING).map(|number| change(&number.to_string(), true, None)));
        assert_eq!(pending.take(), [Change { purge: Purge { selector: Selector::All, soft: false }, at: None }]);
    }

    #[test]
    fn fields_are_read_back_and_others_are_not() {
        let selectors = [
            Selector::All,
            Selector::Tag("a b".into()),
            Selector::Tag(String::new()),
            Selector::Url("/ä?x= y".into()),
            Selector::Prefix("/".into()),
        ];
        for selector in selectors {
            let field = to_field(&selector);
            let times = Times { hard: 1_700_000_000_000_001, soft: 0 };
            assert_eq!(read(field.as_bytes(), b"1700000000000001:0"), Some((selector.clone(), times)));
            let message = format!("7 8 1700000000000001:0 {field}");
            assert_eq!(read_message(message.as_bytes()), Some((Heard { since: 7, count: 8 }, selector, times)));
        }
        for (field, value) in [
            ("", "1:1"),
            ("@count", "1:1"),
            ("ab", "1:1"),
            ("\u{e4}", "1:1"),
            ("a", "1"),
            ("a", "-1:1"),
            ("a", "1:99999999999999999"),
        ] {
            assert_eq!(read(field.as_bytes(), value.as_bytes()), None, "{field}");
        }
        assert_eq!(read(b"t\xff", b"1:1"), None);
        for message in ["", "1", "1 2 3:4", "x 2 3:4 a", "1 2 3 a"] {
            assert_eq!(read_message(message.as_bytes()), None);
        }
    }
}
