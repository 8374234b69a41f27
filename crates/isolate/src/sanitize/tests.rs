//! Small cases, one line each. The comparison with the real package is tests/sanitize/compare.mjs.

use super::{Error, Options, sanitize, sanitize_json};

/// What `sanitizeHTML` of `@composable-svelte/core/ssr` passes.
const RICH_TEXT: &str = r#"{
    "ALLOWED_TAGS": ["p","br","strong","em","u","s","a","ul","ol","li","blockquote","code","pre","h1","h2","h3","h4","h5","h6",
        "img","figure","figcaption"],
    "ALLOWED_ATTR": ["href","title","rel","src","alt","title","width","height"],
    "ALLOW_DATA_ATTR": false
}"#;

#[test]
fn defaults() {
    for (dirty, clean) in [
        ("", ""),
        ("a & b > c", "a & b > c"),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        (" \r\n<p>x</p>", " \r\n<p>x</p>"),
        ("<B CLASS=x>X</B>", "<b class=\"x\">X</b>"),
        ("<p title='\"&nbsp;<'>&nbsp;&amp;\"</p>", "<p title=\"&quot;&nbsp;&lt;\">&nbsp;&amp;\"</p>"),
        ("<script>alert(1)</script>x<style>p{}</style>", "x<style>p{}</style>"),
        ("<p onclick=x() id=\" a \">x</p>", "<p id=\"a\">x</p>"),
        ("<p id=body>x</p>", "<p>x</p>"),
        ("<x-y><p>kept</p></x-y>", "<p>kept</p>"),
        ("<a href=' java\nscript:x'>x</a><a href=s3://x>y</a>", "<a>x</a><a href=\"s3://x\">y</a>"),
        ("<a href='http://[x'>x</a>", "<a href=\"http://[x\">x</a>"),
        ("<img src=data:image/png;base64,A><a href=data:text/html,x>", "<img src=\"data:image/png;base64,A\"><a></a>"),
        ("<table>foo<tr><td>x</table>", "<table><tbody><tr><td>x</td></tr></tbody></table>foo"),
        ("<select><option><b>x</b></select>", "<select><option>x</option></select>"),
        ("<b is=x class=y>z</b>", "<b class=\"y\" is=\"\">z</b>"),
        ("x<template><tr onclick=y><td>z</template>", "x<template><tr><td>z</td></tr></template>"),
        ("<svg viewBox='0 0 1 1'><path d=M0/></svg>", "<svg viewBox=\"0 0 1 1\"><path d=\"M0/\"></path></svg>"),
        ("<p>a &lt;b&gt;<!-- c --></p>q", "q"),
        ("<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">", "<math><mi></mi></math>"),
        ("<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">", "<svg></svg><p></p><img src=\"1\">\"&gt;"),
    ] {
        assert_eq!(sanitize(dirty, &Options::default()).unwrap(), clean, "{dirty}");
    }
}

#[test]
fn rich_text_options() {
    for (dirty, clean) in [
        ("<script>alert(\"XSS\")</script><p>Hello</p>", "<p>Hello</p>"),
        ("<div><p data-x=1 class=y>a</p></div>", "<p>a</p>"),
        ("<p><x><p>b</p></x></p>", "<p></p><p>b</p><p></p>"),
        ("<a href=javascript:alert(1) rel=nofollow>x</a>", "<a rel=\"nofollow\">x</a>"),
        ("<svg><p>x</p></svg>y", "<p>x</p>y"),
    ] {
        assert_eq!(sanitize_json(dirty, RICH_TEXT).unwrap(), clean, "{dirty}");
    }
}

#[test]
fn options() {
    for (options, dirty, clean) in [
        (r#"{"KEEP_CONTENT":false}"#, "<x-y>a</x-y><b>b</b>", "<b>b</b>"),
        (r#"{"ALLOWED_TAGS":["b"],"KEEP_CONTENT":false}"#, "<b>b</b>c", "<b></b>"),
        (r#"{"USE_PROFILES":{"html":true}}"#, "<svg><path/></svg><b>b</b>", "<b>b</b>"),
        (r#"{"ADD_TAGS":["x-y"],"ADD_ATTR":["onx"]}"#, "<x-y onx=1>a</x-y>", "<x-y onx=\"1\">a</x-y>"),
        (r#"{"FORBID_TAGS":["b"],"FORBID_ATTR":["class"]}"#, "<b>b</b><i class=x>i</i>", "b<i>i</i>"),
        (r#"{"SANITIZE_NAMED_PROPS":true}"#, "<b id=x class=y>b</b>", "<b class=\"y\" id=\"user-content-x\">b</b>"),
        (
            r#"{"ALLOWED_URI_REGEXP":{"source":"^app:","flags":"i"}}"#,
            "<a href=APP:x>a</a><a href=/b>b</a>",
            "<a href=\"APP:x\">a</a><a>b</a>",
        ),
        (r#"{"FORCE_BODY":true}"#, "<style>p{}</style>x", "<style>p{}</style>x"),
    ] {
        assert_eq!(sanitize_json(dirty, options).unwrap(), clean, "{options} {dirty}");
    }
}

#[test]
fn refuses_what_it_cannot_keep_to() {
    for options in [
        r#"{"WHOLE_DOCUMENT":true}"#,
        r#"{"ALLOWED_URI_REGEXP":{"source":"^(?!x)"}}"#,
        r#"{"ALLOWED_URI_REGEXP":{"source":"(a)\\1"}}"#,
        "[",
    ] {
        assert!(matches!(sanitize_json("<b>", options), Err(Error::Options(_))), "{options}");
    }
}

#[test]
fn deep_nesting_is_cut_off() {
    for tag in ["b", "div", "template", "svg", "table><tr><td"] {
        let html = format!("x{}end", format!("<{tag}>").repeat(20_000));
        let clean = sanitize(&html, &Options::default()).unwrap();
        assert!(clean.starts_with("x<") || tag.starts_with("table"), "{tag}");
        assert!(clean.matches("</").count() < 2_000 && !clean.contains("end"), "{tag}");
    }
    let html = format!("{}end", "<div>".repeat(900));
    assert!(sanitize(&html, &Options::default()).unwrap().contains("end"));
}
