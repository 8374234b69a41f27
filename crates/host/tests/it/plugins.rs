//! The app's plug-ins, executed by the host: counted once for all isolates, recognised in a bundle, refused where they cannot
//! be had. That they answer as the originals do is tested in `tests/parity`.

use crate::client::{Connection, Response};
use crate::host::{App, Ended, TestHost};

/// `ssr/middleware/rate-limiting.js` of `@composable-svelte/core`, as a bundler leaves it.
const LIBRARY: &str = r#"
class RateLimiter {
  constructor(config) { this.config = config; this.requests = new Map(); setInterval(() => this.cleanup(), 60000).unref?.(); }
  check(key) {
    const now = Date.now();
    const record = this.requests.get(key);
    if (!record || now > record.resetTime) {
      const resetTime = now + this.config.windowMs;
      this.requests.set(key, { count: 1, resetTime });
      return { allowed: true, remaining: this.config.max - 1, resetTime };
    }
    if (record.count < this.config.max) {
      record.count++;
      return { allowed: true, remaining: this.config.max - record.count, resetTime: record.resetTime };
    }
    return { allowed: false, remaining: 0, resetTime: record.resetTime, retryAfter: Math.ceil((record.resetTime - now) / 1000) };
  }
  cleanup() {}
}
function fastifyRateLimit(fastify, config) {
  const limiter = new RateLimiter(config);
  const keyGen = config.keyGenerator || ((req) => req.ip);
  fastify.addHook("onRequest", async (request, reply) => {
    const key = keyGen(request);
    const result = limiter.check(key);
    reply.header("X-RateLimit-Limit", config.max);
    reply.header("X-RateLimit-Remaining", result.remaining);
    reply.header("X-RateLimit-Reset", new Date(result.resetTime).toISOString());
    if (!result.allowed) {
      reply.header("Retry-After", result.retryAfter);
      reply.status(config.statusCode || 429).send({
        error: "Too Many Requests",
        message: config.message || "Rate limit exceeded. Please try again later.",
        retryAfter: result.retryAfter,
      });
    }
  });
}
"#;

fn app(body: &str) -> App {
    App::source(&format!(
        "import fastify from 'fastify';\n{LIBRARY}\nconst app = fastify();\n{body}\napp.get('/', () => 'page');\nawait app.listen({{ port: 3000 }});"
    ))
}

/// Many requests at once, over connections that stay open: all answers.
fn storm(host: &TestHost, connections: usize, each: usize) -> Vec<Response> {
    let port = host.port;
    let run = move || {
        let mut connection = Connection::open(port);
        (0..each).map(|_| connection.get("/")).collect::<Vec<_>>()
    };
    let threads: Vec<_> = (0..connections).map(|_| std::thread::spawn(run)).collect();
    threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
}

fn statuses(answers: &[Response], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[track_caller]
fn assert_exact(host: &TestHost, max: usize) {
    let answers = storm(host, 30, 10);
    assert_eq!((statuses(&answers, 200), statuses(&answers, 429)), (max, 300 - max), "{:?}", answers.last());
    let mut remaining: Vec<usize> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| answer.header("x-ratelimit-remaining").unwrap().parse().unwrap())
        .collect();
    remaining.sort_unstable();
    assert_eq!(remaining, (0..max).collect::<Vec<_>>(), "each number once");
}

#[test]
fn the_limit_of_the_library_is_exact_over_all_isolates() {
    let host =
        app("fastifyRateLimit(app, { max: 100, windowMs: 600000, statusCode: 503, message: 'later' });").isolates(4).start();
    host.stderr.wait_for("ssr-host: rate limit of the app: 100 requests per 600s and client address, counted across isolates");
    let answers = storm(&host, 30, 10);
    assert_eq!((statuses(&answers, 200), statuses(&answers, 503)), (100, 200));
    let refused = host.get("/");
    let retry_after: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((590..=600).contains(&retry_after));
    assert_eq!(refused.text(), format!(r#"{{"error":"Too Many Requests","message":"later","retryAfter":{retry_after}}}"#));
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    assert_eq!(host.stderr.count("rate limit of the app"), 1, "one isolate speaks for all");
}

#[test]
fn two_limiters_with_equal_options_are_two() {
    let twice = "fastifyRateLimit(app, { max: 4, windowMs: 60000 }); fastifyRateLimit(app, { max: 4, windowMs: 60000 });";
    let host = app(twice).isolates(2).start();
    assert_eq!(statuses(&storm(&host, 1, 6), 200), 4, "each request counts once with either");
}

#[test]
fn the_limit_of_the_plug_in_is_exact_over_all_isolates() {
    let host = app("const { default: limit } = await import('@fastify/rate-limit'); await app.register(limit, { max: 100 });")
        .isolates(4)
        .start();
    assert_exact(&host, 100);
}

/// What a bundler makes of a package: its function with the name it gives itself.
#[test]
fn a_plug_in_inside_the_bundle_is_recognised() {
    let bundled = "
        const plugin = async () => { throw new Error('the package itself ran'); };
        plugin[Symbol.for('skip-override')] = true;
        plugin[Symbol.for('plugin-meta')] = { name: '@fastify/rate-limit', fastify: '4.x' };
        await app.register(plugin, { max: 3 });";
    let host = app(bundled).isolates(2).start();
    host.stderr.wait_for("@fastify/rate-limit: bundled into the app, executed by the host");
    assert_eq!(statuses(&storm(&host, 5, 2), 200), 3);
}

#[test]
fn what_is_not_the_librarys_limiter_is_left_alone() {
    let cases = [
        ("{ max: 5, windowMs: 60000, keyGenerator: (r) => r.headers['x-key'] ?? '' }", "its key is made from `request.headers`"),
        ("{ max: 5, windowMs: 60000, keyGenerator: (r) => r.ip.split(/[.:]/)[0] }", "its key stands for more than one address"),
        ("{ max: 20000, windowMs: 60000 }", "its limit is above 10000"),
        ("{ max: 5, windowMs: 60000, keyGenerator: async (r) => r.ip }", "its key is not the address"),
    ];
    for (options, reason) in cases {
        let Ended { code, stdout, stderr } = app(&format!("fastifyRateLimit(app, {options});")).run("check");
        assert_eq!(code, Some(0), "{stderr}");
        assert!(
            stdout.contains("not taken over  rate limit of the app (fastifyRateLimit): each isolate counts for itself"),
            "{stdout}"
        );
        assert!(stdout.contains(reason), "{stdout}");
    }
    let host =
        app("fastifyRateLimit(app, { max: 2, windowMs: 60000, keyGenerator: (r) => r.headers.host });").isolates(1).start();
    assert_eq!(statuses(&storm(&host, 1, 3), 200), 2, "and works as it did");
}

/// Its limit was not seen, but it reads the address for nothing else.
#[test]
fn a_limit_of_the_library_makes_no_page_private() {
    for max in [5, 20_000] {
        let app = app(&format!("fastifyRateLimit(app, {{ max: {max}, windowMs: 60000 }});"));
        let host = app.option("--set", "cache.rules=[{ path = '/*', ttl = '60s' }]").start();
        let first = host.get("/");
        assert!(first.header("x-ratelimit-limit").is_some());
        let second = host.get("/");
        assert!(second.header("cache-status").is_some_and(|said| said.starts_with("ssr-host; hit")), "{max}: {second:?}");
        assert_eq!(second.header("x-ratelimit-limit"), None);
    }
}

#[test]
fn check_shows_what_the_host_executes() {
    let body = "const compress = (await import('@fastify/compress')).default; app.register(compress);
        app.register(async (inner) => inner.register((await import('@fastify/rate-limit')).default, { global: false }));
        fastifyRateLimit(app, { max: 9, windowMs: 1500 });";
    let Ended { stdout, stderr, .. } = app(body).run("check");
    for line in [
        "  native plugins  @fastify/compress\n                  @fastify/rate-limit\n",
        "  taken over      rate limit of the app: 9 requests per 1500ms and client address, counted across isolates\n",
        "  not taken over  none\n",
    ] {
        assert!(stdout.contains(line), "{stdout}{stderr}");
    }
}

#[test]
fn options_that_cannot_be_had_stop_the_start() {
    let cases = [
        ("@fastify/rate-limit", "{ redis: {} }", "@fastify/rate-limit: option `redis` is not supported by ssr-host"),
        ("@fastify/rate-limit", "{ store: class {} }", "@fastify/rate-limit: option `store` is not supported"),
        ("@fastify/rate-limit", "{ maximum: 3 }", "@fastify/rate-limit: option `maximum` is not supported"),
        ("@fastify/compress", "{ inflateIfDeflated: true }", "@fastify/compress: option `inflateIfDeflated` is not supported"),
        ("@fastify/compress", "{ zlib: {} }", "@fastify/compress: option `zlib` is not supported"),
        ("@fastify/compress", "{ zlibOptions: { dictionary: 1 } }", "@fastify/compress, `zlibOptions`: option `dictionary`"),
        ("@fastify/compress", "{ encodings: ['zstd'] }", "None of the passed `encodings` were supported"),
    ];
    for (plugin, options, message) in cases {
        let body = format!("app.register((await import('{plugin}')).default, {options});");
        let Ended { code, stderr, .. } = app(&body).run("serve");
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains(message), "{stderr}");
    }
}

/// What the app compresses is repaired before that.
#[test]
fn a_compressed_page_is_a_repaired_page() {
    let body = r#"app.register((await import('@fastify/compress')).default, { threshold: 0, encodings: ['gzip'] });
        const state = '<script id="__COMPOSABLE_SVELTE_STATE__" type="application/json">{"a":"</script>"}</script>';
        app.register(async (inner) => inner.get('/page', (_, reply) => reply.type('text/html').send(state)));"#;
    let host = app(body).isolates(1).start();
    let mut connection = host.connect();
    connection.request("GET", "/page", "accept-encoding: gzip\r\n");
    let page = connection.response();
    assert_eq!(page.header("content-encoding"), Some("gzip"));
    let html = std::io::read_to_string(flate2::read::GzDecoder::new(&page.body[..])).unwrap();
    assert!(html.ends_with(r#">{"a":"\u003c/script>"}</script>"#), "{html}");
}
