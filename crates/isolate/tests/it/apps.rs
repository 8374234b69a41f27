//! Small apps in pools of one isolate.
//!
//! V8 wants to be initialised before the threads that use it exist, and a test is such a thread: one thread does that, and
//! everything that concerns a pool happens on it.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, LazyLock, Mutex};

use futures_util::future::BoxFuture;
use http_body_util::BodyExt as _;
use isolate::{Body, Config, Fetch, FetchError, Hit, Host, Limiter, Lookup, Pool, Purge, Reads, Request, RequestBody, Rule};
use tokio::runtime::Handle;

static POOLS: LazyLock<Handle> = LazyLock::new(|| {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        Pool::init_v8("");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        sender.send(runtime.handle().clone()).unwrap();
        runtime.block_on(std::future::pending::<()>());
    });
    receiver.recv().unwrap()
});

/// Runs `future` where pools live.
fn run<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let (sender, receiver) = channel();
    POOLS.spawn(async move { sender.send(future.await).unwrap() });
    receiver.recv().expect("it does not panic")
}

/// What the app has asked of its host.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) for_cache: Mutex<u32>,
    pub(crate) purges: Mutex<Vec<Purge>>,
    pub(crate) backend: Mutex<Option<Backend>>,
}

/// Answers the app's own requests.
pub(crate) type Backend = Arc<dyn Fn(Fetch) -> Fetched + Send + Sync>;

/// The answer to one.
pub(crate) type Fetched = BoxFuture<'static, Result<http::Response<RequestBody>, FetchError>>;

impl Host for Asked {
    fn mount(&self, _: &serde_json::Value) -> Result<u32, String> {
        Ok(0)
    }
    fn lookup(&self, _: u32, _: &str) -> Lookup {
        Lookup::File
    }
    fn file_type(&self, _: u32, _: &str) -> Option<String> {
        None
    }
    fn limiter(&self, _: &Limiter, _: u32) -> Result<u32, String> {
        Ok(0)
    }
    fn hit(&self, _: u32, _: &str, _: Rule, now_ms: u64) -> Hit {
        Hit { count: 1, reset_ms: now_ms + 1000, refused: false, banned: false }
    }
    fn trust_proxy(&self, _: &serde_json::Value) -> Result<bool, String> {
        Ok(false)
    }
    fn cache_asked(&self) {
        *self.for_cache.lock().unwrap() += 1;
    }
    fn purge(&self, purge: Purge) -> BoxFuture<'static, Result<(), String>> {
        let refused = purge.selector == isolate::Selector::Tag("refused".into());
        self.purges.lock().unwrap().push(purge);
        Box::pin(async move { if refused { Err("the cache does not answer".into()) } else { Ok(()) } })
    }

    fn upstream(&self, _: &serde_json::Value) -> Result<u32, String> {
        unreachable!()
    }

    fn fetch(&self, fetch: Fetch) -> Fetched {
        let backend = self.backend.lock().unwrap().clone();
        backend.expect("the test has a backend")(fetch)
    }
}

/// A running app.
pub(crate) struct App {
    pub(crate) pool: Pool,
    pub(crate) asked: Arc<Asked>,
    pub(crate) directory: Option<tempfile::TempDir>,
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) body: String,
    pub(crate) reads: Option<Reads>,
}

impl App {
    /// An app in one ES module.
    pub(crate) fn source(text: &str) -> App {
        App::configured(text, |_| ())
    }

    /// The same in a pool that `configure` has seen the configuration of.
    pub(crate) fn configured(text: &str, configure: impl FnOnce(&mut Config)) -> App {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("package.json"), r#"{ "type": "module" }"#).unwrap();
        std::fs::write(directory.path().join("server.js"), text).unwrap();
        let mut config = Config::new(directory.path().join("server.js"));
        configure(&mut config);
        let mut app = App::start(config);
        app.directory = Some(directory);
        app
    }

    /// The app at `entry`.
    pub(crate) fn at(entry: &Path) -> App {
        App::start(Config::new(entry.to_owned()))
    }

    fn start(config: Config) -> App {
        let asked = Arc::new(Asked::default());
        let host: Arc<dyn Host> = asked.clone();
        let pool = run(async move {
            let (pool, _) = Pool::start(config, host).await.unwrap_or_else(|error| panic!("{error}"));
            pool.bound("http://127.0.0.1:3000");
            pool
        });
        App { pool, asked, directory: None }
    }

    /// Asks it; the answer as the pool gives it.
    pub(crate) fn answer(&self, request: Request) -> isolate::Answer {
        self.asking(request).recv().expect("it does not panic")
    }

    /// Waits until every isolate waits for a request.
    pub(crate) fn wait_until_idle(&self) {
        while self.pool.view().isolates.iter().any(|isolate| isolate.busy) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }

    /// Asks it without waiting.
    pub(crate) fn asking(&self, request: Request) -> Receiver<isolate::Answer> {
        let pool = self.pool.clone();
        let (sender, receiver) = channel();
        POOLS.spawn(async move { sender.send(pool.handle(request).await) });
        receiver
    }

    /// Asks it, and reads the answer to its end.
    pub(crate) fn ask(&self, request: Request) -> Answer {
        let pool = self.pool.clone();
        run(async move {
            let answer = pool.handle(request).await.result.unwrap_or_else(|error| panic!("{error}"));
            let body = match answer.body {
                Body::Full(bytes) => bytes.to_vec(),
                Body::Stream(stream) => stream.collect().await.unwrap().to_bytes().to_vec(),
                Body::Empty | Body::File { .. } | Body::Passed(_) => Vec::new(),
            };
            Answer { body: String::from_utf8(body).unwrap(), reads: answer.reads }
        })
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let pool = self.pool.clone();
        run(async move { pool.close(std::time::Duration::from_secs(5)).await });
    }
}
