//! Apps that export `fetch`.

use super::{QUERY, assert_reads, reads_of, request, usual};
use crate::apps::App;

const URL: &str = "host, query, scheme";
const ALL: &str = "headers, host, query, scheme";

/// Every snippet, the body of an async function of `request`, reads exactly what stands beside it.
fn table(snippets: &[(&str, &str)]) {
    let handlers: String = snippets.iter().map(|(snippet, _)| format!("async function (request) {{ {snippet} }},\n")).collect();
    let app = App::source(&format!(
        "import * as util from 'node:util';\nlet next = 0;\nconst handlers = [{handlers}];
         const text = (answer) => (answer instanceof Response ? answer : new Response(JSON.stringify(answer) ?? 'undefined'));
         // Each is asked twice, untracked and tracked; which one it is, is not read off the request.
         export default {{ async fetch(request) {{ return text(await handlers[Math.floor(next++ / 2)](request)); }} }};"
    ));
    for (snippet, expected) in snippets {
        let (reads, answer) =
            reads_of(&app, || request(usual(&format!("/page?{QUERY}")).header("accept", "a").header("accept", "b")), snippet);
        assert_reads(&reads, expected, snippet, &answer);
    }
}

#[test]
fn one_header() {
    table(&[
        ("return 'x'", ""),
        ("return request.method", ""),
        ("return [request.bodyUsed, request.body, request.mode, request.redirect, request.referrer, request.signal.aborted]", ""),
        ("return request.headers.get('accept')", "header accept"),
        ("return request.headers.get('Accept-Language')", "header accept-language"),
        ("return request.headers.get('x-absent')", "header x-absent"),
        ("return request.headers.has('x-absent')", "header x-absent"),
        ("return request.headers.has('ACCEPT')", "header accept"),
        ("return request.headers.get('host')", "header host"),
        ("return request.headers.get('authorization')", "header authorization"),
        ("return request.headers.get('cookie')", "cookies"),
        ("return request.headers.has('Cookie')", "cookies"),
        ("return Headers.prototype.get.call(request.headers, 'accept')", "header accept"),
        ("return Headers.prototype.has.call(request.headers, 'accept')", "header accept"),
        ("try { request.headers.get('no name') } catch (error) { return error.message }", ""),
        ("return Object.getOwnPropertyDescriptor(Request.prototype, 'headers').get.call(request).get('accept')", "header accept"),
        ("await null; return request.headers.get('accept')", "header accept"),
        (
            "return new Response(new ReadableStream({ async pull(c) { await null; c.enqueue(new TextEncoder().encode(request.headers.get('accept'))); c.close(); } }))",
            "header accept",
        ),
    ]);
}

#[test]
fn all_headers() {
    table(&[
        ("return [...request.headers]", "headers"),
        ("return [...request.headers.keys()]", "headers"),
        ("const names = []; request.headers.forEach((value, name) => names.push(name)); return names", "headers"),
        ("return Object.fromEntries(request.headers)", "headers"),
        ("return request.headers.getSetCookie()", "headers"),
        ("return new Headers(request.headers).get('accept')", "headers"),
        ("return Object.fromEntries(new Response('', request).headers)", "headers"),
        ("return Object.fromEntries(new Response('', { headers: request.headers }).headers)", "headers"),
        ("return new Request('http://x/', request).headers.get('accept')", "headers"),
        ("request.headers.set('x', '1'); return request.headers.get('accept')", "headers"),
        ("request.headers.append('accept', 'c'); return request.headers.get('accept')", "headers"),
        ("request.headers.delete('accept'); return [...request.headers]", "headers"),
        ("return util.inspect(request.headers)", "headers"),
        ("return JSON.stringify(request.headers)", ""),
        ("try { structuredClone(request.headers) } catch (error) { return error.name }", ""),
        (
            "return Reflect.ownKeys(request.headers).map((key) => request.headers[key]).filter((value) => Array.isArray(value)).length >= 0",
            "",
        ),
    ]);
}

#[test]
fn urls() {
    table(&[
        ("return request.url", URL),
        ("return new URL(request.url).searchParams.get('a')", URL),
        ("return Object.getOwnPropertyDescriptor(Request.prototype, 'url').get.call(request)", URL),
        ("return JSON.stringify(request)", ""),
        ("try { structuredClone(request) } catch (error) { return error.name }", ""),
        ("return String(request)", ""),
    ]);
}

#[test]
fn the_whole_request() {
    table(&[
        ("return request.clone().method", ALL),
        ("return request.clone().headers.get('accept')", ALL),
        ("return Request.prototype.clone.call(request).url", ALL),
        ("return new Request(request).url", ALL),
        ("return new Request(request, { method: 'POST', body: '' }).headers.get('accept')", ALL),
        ("try { await fetch(request, { signal: AbortSignal.abort() }) } catch (error) { return error.name }", ALL),
        ("return util.inspect(request).includes('accept')", ALL),
        ("console.log(request); return 'x'", ALL),
        (
            "const inner = request[Reflect.ownKeys(request).find((key) => String(key) === 'Symbol(request)')];
             return [inner.url(), inner.currentUrl(), inner.headerList]",
            ALL,
        ),
    ]);
}
