//! Apps with Fastify.

use http::{HeaderValue, Version};
use isolate::{Client, Request};

use super::{QUERY, assert_reads, reads_of, request, usual};
use crate::apps::App;

/// An app whose n-th route is `snippets[n]`, the body of an async handler.
fn app(before: &str, options: &str, snippets: &[(&str, &str)]) -> App {
    let routes: String = snippets
        .iter()
        .enumerate()
        .map(|(n, (snippet, _))| format!("app.get('/{n}', async function (request, reply) {{ {snippet} }});\n"))
        .collect();
    App::source(&format!(
        "import Fastify from 'fastify';\nimport * as util from 'node:util';\nconst app = Fastify({options});\n{before}\n{routes}
         await app.listen({{ port: 0 }});"
    ))
}

/// Every snippet reads exactly what stands beside it.
fn table(before: &str, options: &str, snippets: &[(&str, &str)]) {
    let app = app(before, options, snippets);
    for (n, (snippet, expected)) in snippets.iter().enumerate() {
        let (reads, answer) = reads_of(&app, || request(usual(&format!("/{n}?{QUERY}"))), snippet);
        assert!(!answer.contains("\"statusCode\":500"), "{snippet}: {answer}");
        assert_reads(&reads, expected, snippet, &answer);
    }
}

#[test]
fn nothing_is_read_by_the_facade() {
    let snippets = [
        ("return 'x'", ""),
        ("return { a: [1, { b: 2 }] }", ""),
        ("return [request.method, request.params, request.is404, request.routeOptions.url, request.body]", ""),
        ("return reply.redirect('/')", ""),
        ("return Buffer.from('x')", ""),
        ("request.log.info('x'); request.log.info({ req: request, q: request.raw }, 'x'); return 'x'", ""),
        ("request.log.child({ req: request }).info('x'); return 'x'", ""),
        ("throw Object.assign(new Error('x'), { statusCode: 400 })", ""),
        ("return reply.code(404).send()", ""),
        ("return (await app.inject('/0?a=1')).body", ""),
    ];
    table("", "{}", &snippets);
    table("", "{ logger: { stream: { write() {} } } }", &snippets);
    let logger = "{ logger: { stream: { write() {} }, serializers: {
        req: (r) => ({ url: r.url, h: r.headers, q: r.query, ip: r.ip, id: r.id, c: r.headers.cookie, all: { ...r.headers, ...r.query } }) } },
        genReqId: (raw) => raw.headers['user-agent'] + raw.url }";
    table("", logger, &snippets);
}

#[test]
fn what_was_read_for_the_log_is_still_to_be_read() {
    let logger = "{ logger: { stream: { write() {} }, serializers: { req: (r) => ({ h: { ...r.headers }, q: { ...r.query }, ip: r.ip, id: r.id,
        n: [r.hostname, r.protocol, r.ips, r.raw.url, r.raw.httpVersion, r.raw.rawHeaders, r.socket.remotePort] }) } }, genReqId: (raw) => raw.headers['x-id'] ?? 'one' }";
    table(
        "",
        logger,
        &[
            ("return request.headers.accept ?? 'none'", "header accept"),
            ("return { ...request.headers }", "headers"),
            ("return request.query.a", "parameter a"),
            ("return Object.keys(request.query)", "query"),
            ("return request.ip", "client"),
            ("return request.hostname", "host"),
            ("return request.protocol", "scheme"),
            ("return request.raw.url", "query"),
            ("return request.id", "unique"),
            ("return request.log.bindings()", "unique"),
        ],
    );
}

#[test]
fn headers() {
    table(
        "",
        "{}",
        &[
            ("return [request.headers['accept-language']]", "header accept-language"),
            ("return [request.headers['x-absent']]", "header x-absent"),
            ("return ['accept' in request.headers]", "header accept"),
            ("const { host, accept } = request.headers; return [host, accept]", "header host, header accept"),
            ("return request.headers.cookie", "cookies"),
            ("return request.headers['Cookie'] ?? ''", "cookies"),
            ("return { ...request.headers }", "headers"),
            ("return JSON.stringify(request.headers)", "headers"),
            ("return Object.keys(request.headers)", "headers"),
            ("for (const name in request.headers) return name", "headers"),
            ("return Object.hasOwn(request.headers, 'accept')", "headers"),
            ("request.headers.extra = '1'; return request.headers.extra", "headers"),
            ("delete request.headers.accept; return 'x'", "headers"),
            ("return util.inspect(request.headers)", "headers"),
            (
                "return util.inspect(request.headers, { customInspect: false, showProxy: true }).length > 0",
                "client, headers, host, query, scheme, unique, version",
            ),
            ("request.headers = { x: '1' }; return request.headers", "headers"),
            ("return request.raw.headers['accept-language']", "header accept-language"),
            ("return request.raw.headers.cookie", "cookies"),
            ("return request.raw.rawHeaders", "headers"),
            ("return reply.raw.req.headers.host", "header host"),
            (
                "return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Object.getPrototypeOf(request)), 'headers').get.call(request).via ?? ''",
                "header via",
            ),
            ("await null; return request.headers.accept ?? 'x'", "header accept"),
            ("return new Promise((resolve) => setTimeout(() => resolve(request.headers.accept ?? 'x'), 1))", "header accept"),
        ],
    );
}

#[test]
fn queries() {
    table(
        "",
        "{}",
        &[
            ("return [request.query.a]", "parameter a"),
            ("return [request.query.z]", "parameter z"),
            ("const { a, b } = request.query; return [a, b]", "parameter a, parameter b"),
            ("return [request.query['c d']]", "parameter c d"),
            ("return ['a' in request.query]", "parameter a"),
            ("request.query.a = 'mine'; return 'x'", ""),
            ("request.query.a = 'mine'; return request.query.a", "parameter a"),
            ("request.query = { a: 'mine' }; return request.query", ""),
            ("return request.query", "query"),
            ("return JSON.stringify(request.query)", "query"),
            ("return { ...request.query }", "query"),
            ("const { a, ...rest } = request.query; return rest", "query"),
            ("return Object.keys(request.query)", "query"),
            ("for (const name in request.query) return name", "query"),
            ("return [Object.hasOwn(request.query, 'a')]", "query"),
            ("return [request.query.hasOwnProperty === undefined]", "query"),
            ("return [request.query.toString === undefined, request.query[Symbol.iterator] === undefined]", "query"),
            ("return [Object.getPrototypeOf(request.query) === Object.prototype]", "query"),
            ("return [request.query instanceof Object]", "query"),
            ("return Object.freeze(request.query).a", "query"),
            ("return [Object.create(request.query).a]", "parameter a"),
            ("return util.inspect(request.query)", "query"),
            ("return util.format('%o', { nested: [request.query] })", "query"),
            ("console.log(request.query); return 'x'", "query"),
            ("return [request.query['%61'] ?? 'none']", "query"),
            ("return [request.query['\\u00fc'] ?? 'none']", "query"),
            ("return request.url", "query"),
            ("return request.originalUrl", "query"),
            ("return request.raw.url", "query"),
            ("return { ...request.raw }.url", "query"),
            ("return Object.assign({}, request.raw).url", "query"),
            ("return util.inspect(request.raw).includes('c+d')", "query"),
            ("request.raw.url = '/mine'; return request.raw.url", ""),
            ("return reply.callNotFound()", "query"),
        ],
    );
    table("", "{ querystringParser: (text) => ({ text }) }", &[("return [request.query.text]", "query"), ("return 'x'", "")]);
    let logger = "{ querystringParser: (text) => ({ text }), logger: { stream: { write() {} }, serializers: { req: (r) => ({ q: r.query }) } } }";
    table("", logger, &[("return [request.query.text]", "query")]);
}

/// What the app takes for the query is not always what follows the first `?`.
#[test]
fn queries_of_other_urls() {
    let snippets = [("return [request.query.a ?? 'none', request.query.hasOwn === undefined]", "")];
    let app = app("", "{ rewriteUrl: (raw) => (raw.headers['x-rewrite'] ? '/0?a=9' : raw.url) }", &snippets);
    let plain = self::app("", "{}", &snippets);
    for (app, uri, rewrite, expected) in [
        (&plain, "/0", false, "parameter a, parameter hasOwn"),
        (&plain, "/0?", false, "parameter a, parameter hasOwn"),
        (&plain, "/0;a=1?a=2", false, "query"),
        (&plain, "/0;a=1", false, "query"),
        (&app, "/0?a=1", false, "header x-rewrite, query"),
        (&app, "/other", true, "header x-rewrite, query"),
    ] {
        let ask = || {
            let mut asked = request(usual(uri));
            if rewrite {
                asked.parts.headers.insert("x-rewrite", HeaderValue::from_static("1"));
            }
            asked
        };
        let (reads, answer) = reads_of(app, ask, uri);
        assert_reads(&reads, expected, uri, &answer);
    }
    for (uri, expected) in [("/missing?a=1", "query"), ("/%zz?a=1", "query")] {
        let (reads, answer) = reads_of(&plain, || request(usual(uri)), uri);
        assert_reads(&reads, expected, uri, &answer);
    }
}

#[test]
fn the_rest_of_a_request() {
    table(
        "",
        "{}",
        &[
            ("return request.ip", "client"),
            ("return [request.ips]", "client"),
            ("return request.hostname", "host"),
            ("return request.protocol", "scheme"),
            ("return request.id && 'x'", "unique"),
            ("return [request.socket.remoteAddress]", "client"),
            (
                "return [request.raw.socket.remotePort, request.raw.connection.remoteFamily, reply.raw.socket.remoteAddress]",
                "client",
            ),
            ("return [request.socket.encrypted]", "scheme"),
            ("return request.raw.httpVersion", "version"),
            ("return [request.raw.httpVersionMajor]", "version"),
            ("return [request.raw.method, request.raw.aborted]", ""),
            ("return util.inspect(request).length > 0", "client, headers, host, query, scheme, unique, version"),
            ("return util.inspect(reply, { depth: 0 }).length > 0", "client, headers, host, query, scheme, unique, version"),
            (
                "return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Object.getPrototypeOf(request)), 'ip').get.call(request)",
                "client",
            ),
        ],
    );
}

#[test]
fn clients_that_the_host_has_worked_out() {
    let snippets = [
        ("return request.ip", "client"),
        ("return request.ips", "client"),
        ("return request.hostname", "host"),
        ("return request.protocol", "scheme"),
    ];
    let app = app("", "{ trustProxy: true }", &snippets);
    let client = Client {
        ip: Some([203, 0, 113, 1].into()),
        ips: Some(vec![[203, 0, 113, 1].into()]),
        host: Some("h".into()),
        https: true,
    };
    for (n, (snippet, expected)) in snippets.iter().enumerate() {
        let ask = || Request { client: Some(client.clone()), ..request(usual(&format!("/{n}"))) };
        let (reads, answer) = reads_of(&app, ask, snippet);
        assert_reads(&reads, expected, snippet, &answer);
    }
}

#[test]
fn clients_that_the_app_works_out() {
    for trust in ["true", "1", "['192.0.2.7']"] {
        table(
            "",
            &format!("{{ trustProxy: {trust} }}"),
            &[
                ("return request.ip", "client, header x-forwarded-for"),
                ("return request.ips", "client, header x-forwarded-for"),
                ("return request.hostname", "host, header x-forwarded-host"),
                ("return request.protocol", "scheme, header x-forwarded-proto"),
                ("return 'x'", ""),
            ],
        );
    }
    table(
        "",
        "{ trustProxy: (address) => address !== '' }",
        &[
            ("return request.ip", "client, header x-forwarded-for"),
            ("return request.hostname", "client, host, header x-forwarded-host"),
            ("return request.protocol", "client, scheme, header x-forwarded-proto"),
        ],
    );
}

#[test]
fn hooks_are_the_app() {
    for hook in ["onRequest", "preParsing", "preValidation", "preHandler", "onSend", "preSerialization"] {
        let hooks = format!("app.addHook('{hook}', async (request) => {{ request.headers.accept; }});");
        table(&hooks, "{}", &[("return { a: 1 }", "header accept")]);
    }
    table("app.addHook('onResponse', async (request) => { request.headers.accept; });", "{}", &[("return 'x'", "")]);
}

#[test]
fn plugins_of_the_host() {
    let limit = "await app.register((await import('@fastify/rate-limit')).default,";
    table(
        &format!("{limit} {{}});"),
        "{ trustProxy: true }",
        &[("return 'x'", ""), ("return request.ip", "client, header x-forwarded-for")],
    );
    let own = "{ keyGenerator: async (request) => { await null; return request.headers.cookie + request.ip },
        allowList: async (request) => { await 1; return request.headers['x-free'] !== undefined } });";
    table(&format!("{limit} {own}"), "{}", &[("return 'x'", ""), ("return request.headers.cookie", "cookies")]);
    // What it leaves on the request, a handler may use.
    let kept = "{ keyGenerator: async (request) => { await null; request.user = request.headers.authorization ?? 'nobody'; return request.user } });";
    table(&format!("{limit} {kept}"), "{}", &[("return request.user", "header authorization")]);
    // Other code of the same request is not silenced meanwhile.
    let others = "{ keyGenerator: async (request) => { await request.others; return request.ip } });";
    let hook = "app.addHook('onRequest', async (request) => { request.others = (async () => { await null; request.headers.accept })(); });";
    table(&format!("{hook} {limit} {others}"), "{}", &[("return 'x'", "header accept")]);
    let compress = "await app.register((await import('@fastify/compress')).default, { threshold: 0 });";
    table(
        compress,
        "{}",
        &[
            ("return { a: 1 }", "header accept-encoding, header x-no-compression"),
            ("reply.type('image/png'); return Buffer.from('x')", "header x-no-compression"),
        ],
    );
}

#[test]
fn cookies_one_by_one() {
    let register = "await app.register((await import('@fastify/cookie')).default, { secret: 'secret' });";
    let snippets = [
        ("return 'x'", ""),
        ("return request.cookies.theme", "cookie theme"),
        ("return [request.cookies.absent]", "cookie absent"),
        ("return ['sid' in request.cookies]", "cookie sid"),
        ("const { sid, ...rest } = request.cookies; return rest", "cookies"),
        ("return request.cookies", "cookies"),
        ("return Object.entries(request.cookies)", "cookies"),
        ("return util.inspect(request.cookies)", "cookies"),
        ("return request.unsignCookie(request.cookies.sid)", "cookie sid"),
        ("reply.setCookie('a', 'b', { signed: true }); return 'x'", ""),
        ("reply.setCookie('a', 'b', { secure: 'auto' }); return 'x'", "scheme"),
        ("reply.clearCookie('sid'); return 'x'", ""),
        ("return request.headers.cookie", "cookies"),
        ("return app.parseCookie(request.headers.cookie)", "cookies"),
    ];
    table(register, "{}", &snippets);
    let log = "{ logger: { stream: { write() {} }, serializers: { req: (r) => ({ c: { ...r.cookies } }) } } }";
    table(register, log, &snippets);
    // The package trims characters of a name that others do not.
    let app = app(register, "{}", &[("return request.cookies.sid ?? 'none'", "")]);
    for (header, expected) in
        [(&b"sid=1"[..], "cookie sid"), (b"", "cookie sid"), (b"\xa0sid=2; sid=1", "cookies"), (b"sid=\xe4", "cookies")]
    {
        let ask = || {
            let mut asked = request(usual("/0"));
            asked.parts.headers.insert("cookie", HeaderValue::from_bytes(header).unwrap());
            asked
        };
        let (reads, answer) = reads_of(&app, ask, "cookie");
        assert_reads(&reads, expected, &format!("{header:?}"), &answer);
    }
}

#[test]
fn streams_go_on_reading() {
    table(
        "import { Readable } from 'node:stream';",
        "{}",
        &[
            (
                "return Readable.from((async function* () { yield 'a'; await new Promise((r) => setTimeout(r, 5)); yield request.headers.accept ?? 'b'; })())",
                "header accept",
            ),
            (
                "return new ReadableStream({ async pull(c) { await null; c.enqueue(new TextEncoder().encode(request.hostname)); c.close(); } })",
                "host",
            ),
            (
                "reply.raw.writeHead(200); reply.raw.write(request.query['c d']); await null; reply.raw.end(request.ip); return reply",
                "client, parameter c d",
            ),
        ],
    );
}

#[test]
fn bodies_are_in_no_key() {
    let app = App::source(
        "import Fastify from 'fastify'; const app = Fastify(); app.get('/', async (request) => { let text = ''; for await (const part of request.raw) text += part; return text; });
         app.post('/', async (request) => request.body); await app.listen({ port: 0 });",
    );
    for method in ["GET", "POST"] {
        let ask = || {
            let mut asked =
                request(usual("/").method(method).header("content-type", "application/json").header("content-length", "7"));
            asked.parts.version = Version::HTTP_11;
            let body = http_body_util::BodyExt::map_err(http_body_util::Full::from("{\"a\":1}"), |never| match never {});
            asked.body = Some(Box::pin(body));
            asked
        };
        let (reads, answer) = reads_of(&app, ask, method);
        assert_eq!(answer, "{\"a\":1}");
        assert_reads(&reads, "unique", method, &answer);
    }
}
