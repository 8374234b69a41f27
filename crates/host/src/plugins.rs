//! What the host does for the app's plug-ins: [`isolate::Host`], put together from the parts that do it.
//!
//! Numbers are handed out here, because every isolate registers the same things: what is equal gets the number it already has.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use edge::compression::{Choice, Encoding, Levels};
use edge::files;
use edge::rate_limit::windows::{self, Windows};
use futures_util::future::BoxFuture;
use isolate::{Coding, Compression, Counting, Fetch, FetchError, Hit, Limiter, Lookup, Purge, Rule};
use serde_json::Value;

use crate::assets::Assets;
use crate::backends::{self, Backends};
use crate::fly::Machine;
use crate::render_cache::RenderCache;

/// What the host has been told besides.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The host has been told whom to trust, and the app's `trustProxy` is without effect.
    pub trusts: bool,
    /// The machine of Fly.io that this is, if it is one.
    pub fly: Option<Machine>,
    /// Keys that a limiter remembers when its options do not say.
    pub max_keys: usize,
    /// What is added to what the app says about its static files.
    pub files: files::Host,
}

/// Everything that plug-ins of one app have registered.
#[derive(Default)]
pub struct Plugins {
    /// Static files.
    pub assets: Arc<Assets>,
    /// What the app asks of the render cache.
    pub cache: RenderCache,
    /// By number.
    limiters: RwLock<Vec<Registered>>,
    config: Config,
    trust_proxy: OnceLock<Value>,
    /// Whom the app may ask; `None`: nobody.
    backends: Option<Arc<Backends>>,
}

/// What the app is told that has nobody to ask.
const NO_BACKENDS: &str = "this process makes no requests";

/// A limiter of the app.
struct Registered {
    limiter: Limiter,
    /// Tells equal ones of one isolate apart.
    nth: u32,
    windows: Arc<Windows>,
}

/// What the app's plug-ins have become, for the start-up lines.
pub fn notes(app: &isolate::App) -> impl Iterator<Item = &str> {
    let lists = ["takenOver", "notTakenOver"].map(|name| app.description[name].as_array());
    lists.into_iter().flatten().flatten().filter_map(Value::as_str)
}

impl Plugins {
    /// No plug-ins yet.
    pub fn new(config: Config) -> Plugins {
        Plugins { assets: Arc::new(Assets::new(config.files.clone())), config, ..Plugins::default() }
    }

    /// The same; the app asks these.
    #[must_use]
    pub fn with_backends(self, backends: Arc<Backends>) -> Plugins {
        Plugins { backends: Some(backends), ..self }
    }

    /// The machine has been asleep.
    pub fn wake(&self) {
        if let Some(backends) = &self.backends {
            backends.wake();
        }
    }

    /// The app's own `trustProxy`, if it has one: boolean, number or list; `null` for a function.
    pub fn app_trust(&self) -> Option<&Value> {
        self.trust_proxy.get()
    }
}

/// What the app's plug-in has decided about compressing a response; `None`: nothing.
pub fn choice(compression: Compression) -> Option<Choice> {
    let (coding, level) = match compression {
        Compression::Default => return None,
        Compression::Never => return Some(Choice::Never),
        Compression::Encode { coding, level } => (coding, level.map(i32::from)),
    };
    let (encoding, default) = match coding {
        Coding::Brotli => (Encoding::Brotli, Levels::default().br),
        Coding::Gzip => (Encoding::Gzip, Levels::default().gzip),
        Coding::Deflate => (Encoding::Deflate, Levels::default().gzip),
    };
    // JavaScript has asked everything already: type, length, and what the client takes.
    Some(Choice::encode(encoding, level.unwrap_or(default)))
}

impl isolate::Host for Plugins {
    fn mount(&self, options: &Value) -> Result<u32, String> {
        self.assets.mount(options)
    }

    fn lookup(&self, mount: u32, path: &str) -> Lookup {
        self.assets.lookup(mount, path)
    }

    fn file_type(&self, mount: u32, path: &str) -> Option<String> {
        self.assets.mount_of(mount)?.content_type(path)
    }

    fn limiter(&self, limiter: &Limiter, nth: u32) -> Result<u32, String> {
        let mut limiters = self.limiters.write().unwrap_or_else(PoisonError::into_inner);
        let number = match limiters.iter().position(|known| known.limiter == *limiter && known.nth == nth) {
            Some(number) => number,
            None => {
                let keys = limiter.max_keys.map_or(self.config.max_keys, |keys| keys as usize);
                let windows = Arc::new(Windows::new(keys.max(1)));
                limiters.push(Registered { limiter: limiter.clone(), nth, windows });
                limiters.len() - 1
            }
        };
        u32::try_from(number).map_err(|_| "too many limiters".to_owned())
    }

    fn hit(&self, limiter: u32, key: &str, rule: Rule, now_ms: u64) -> Hit {
        let limiters = self.limiters.read().unwrap_or_else(PoisonError::into_inner);
        let Some(Registered { limiter, windows, .. }) = limiters.get(limiter as usize) else {
            return Hit { count: 0, reset_ms: now_ms, refused: false, banned: false };
        };
        // A negative `ban` is none.
        let ban = (rule.ban >= 0.0).then_some(rule.ban as u32);
        let counting = match limiter.counting {
            Counting::Every => windows::Counting::Fastify { continue_exceeding: false, ban },
            Counting::EveryAndExtend => windows::Counting::Fastify { continue_exceeding: true, ban },
            Counting::Allowed => windows::Counting::ComposableSvelte,
        };
        let limit = windows::Limit { window: Duration::from_millis(limiter.window_ms), max: rule.max, counting };
        let hit = windows.hit(key, i64::try_from(now_ms).unwrap_or(i64::MAX), &limit);
        let reset_ms = u64::try_from(hit.reset).unwrap_or(0);
        Hit { count: hit.count, reset_ms, refused: !hit.allowed, banned: hit.banned }
    }

    fn trust_proxy(&self, option: &Value) -> Result<bool, String> {
        self.trust_proxy.get_or_init(|| option.clone());
        Ok(self.config.trusts)
    }

    fn fly(&self) -> Option<isolate::Fly> {
        self.config.fly.as_ref().map(Machine::for_app)
    }

    fn cache_asked(&self) {
        self.cache.ask();
    }

    fn purge(&self, purge: Purge) -> BoxFuture<'static, Result<(), String>> {
        self.cache.purge(purge)
    }

    fn upstream(&self, options: &Value) -> Result<u32, String> {
        match &self.backends {
            Some(backends) => backends.register(options),
            // The app starts all the same, as for `ssr-host check`.
            None => backends::check_options(options).map(|()| 0),
        }
    }

    fn fetch(&self, fetch: Fetch) -> BoxFuture<'static, Result<http::Response<isolate::RequestBody>, FetchError>> {
        match &self.backends {
            Some(backends) => backends.fetch(fetch),
            None => Box::pin(async { Err(FetchError { code: "ENETUNREACH", status: 502, message: NO_BACKENDS.to_owned() }) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use isolate::{Counting, Host as _};

    use super::*;

    fn limiter(name: &str) -> Limiter {
        Limiter { name: name.to_owned(), counting: Counting::Every, window_ms: 1000, max_keys: None }
    }

    #[test]
    fn the_nth_limiter_of_each_isolate_is_the_same() {
        let plugins = Plugins::default();
        for _isolate in 0..3 {
            assert_eq!(plugins.limiter(&limiter("a"), 0), Ok(0));
            assert_eq!(plugins.limiter(&limiter("a"), 1), Ok(1), "equal options, and yet another limiter");
            assert_eq!(plugins.limiter(&limiter("b"), 0), Ok(2));
        }
        let rule = Rule { max: 1.0, ban: -1.0 };
        assert!(!plugins.hit(0, "x", rule, 0).refused);
        assert!(!plugins.hit(1, "x", rule, 0).refused);
        assert!(plugins.hit(0, "x", rule, 0).refused);
    }

    #[test]
    fn the_host_says_who_decides_about_proxies() {
        assert_eq!(Plugins::new(Config { trusts: true, ..Config::default() }).trust_proxy(&Value::Bool(true)), Ok(true));
        let plugins = Plugins::new(Config::default());
        assert_eq!(plugins.trust_proxy(&Value::from(2)), Ok(false));
        assert_eq!(plugins.app_trust(), Some(&Value::from(2)));
    }
}
