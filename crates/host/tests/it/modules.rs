//! Module loading as Node does it: each tree of files runs under Node and in an isolate, and must print the same. CommonJS has
//! a file of its own.

use std::path::Path;
use std::process::Command;

use crate::host::{App, Ended};

/// Files by path; `-> target` makes a link. The entry is `index.js`.
pub(crate) type Tree = &'static [(&'static str, &'static str)];

/// Writes `tree` and runs it in both.
#[track_caller]
pub(crate) fn compare(tree: Tree) {
    let files: Vec<_> = tree.iter().copied().filter(|(_, text)| !text.starts_with("-> ")).collect();
    let app = App::files("index.js", &files);
    for (path, text) in tree {
        if let Some(target) = text.strip_prefix("-> ") {
            let link = app.directory().join(path);
            std::fs::create_dir_all(link.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink(target, link).unwrap();
        }
    }
    let node = node(app.directory());
    assert_eq!(node.code, Some(0), "under Node: {}", node.stderr);
    let host = app.run("run-js");
    assert_eq!(host.stdout, node.stdout, "left: ssr-host, right: Node\n{}", host.stderr);
    assert_eq!(host.code, Some(0), "{}", host.stderr);
    assert!(!host.stdout.is_empty());
}

fn node(directory: &Path) -> Ended {
    let mut command = Command::new("node");
    Ended::of({
        command.current_dir(directory.canonicalize().unwrap()).args(["--no-warnings", "index.js"]);
        command
    })
}

pub(crate) const MODULE: (&str, &str) = ("package.json", r#"{ "type": "module" }"#);

#[test]
fn specifiers() {
    compare(&[
        MODULE,
        (
            "index.js",
            "import './a.js';
            import { name } from './deep/b.js';
            import { name as again } from './deep/../deep/b.js';
            import * as query from './a.js?x=1';
            import { pathToFileURL } from 'node:url';
            import path from 'path';
            const here = import.meta.dirname;
            const absolute = await import(path.join(here, 'deep/b.js'));
            const url = await import(pathToFileURL(path.join(here, 'deep/b.js')).href);
            console.log(name, again, absolute === url, absolute.name, query.count);
            for (const bad of ['./deep', './deep/b', './missing.js', 'bare', '#none', 'https://example.com/x.js']) {
                await import(bad).then(() => console.log('loaded', bad), (error) => console.log(bad, error instanceof Error));
            }",
        ),
        ("a.js", "globalThis.count = (globalThis.count ?? 0) + 1; export const count = globalThis.count;"),
        ("deep/b.js", "export const name = 'b';"),
        ("deep/index.js", "export const name = 'index';"),
    ]);
}

/// Specifiers are URLs.
#[test]
fn encoded_specifiers() {
    compare(&[
        MODULE,
        (
            "index.js",
            "import { name } from './with%20space.js'; import { name as hash } from './a%23b.js'; console.log(name, hash, await import('./c.js#d').then((m) => m.name));",
        ),
        ("with space.js", "export const name = import.meta.url.split('/').at(-1);"),
        ("a#b.js", "export const name = import.meta.filename.split('/').at(-1);"),
        ("c.js", "export const name = import.meta.url.split('/').at(-1);"),
    ]);
}

#[test]
fn import_meta() {
    compare(&[
        MODULE,
        (
            "index.js",
            "import deep from './deep/a.mjs';
            import { fileURLToPath } from 'node:url';
            for (const meta of [import.meta, deep]) {
                console.log(meta.url.split('/').at(-1), fileURLToPath(meta.url) === meta.filename, meta.dirname === meta.filename.replace(/\\/[^/]*$/, ''));
                console.log(meta.resolve('node:fs'), meta.resolve('fs'));
            }
            console.log(import.meta.resolve('./deep/a.mjs').split('/').slice(-2).join('/'));
            console.log(Object.keys(import.meta).filter((key) => key !== 'main').sort().join(), typeof require, typeof module, typeof __filename, this);",
        ),
        ("deep/a.mjs", "export default import.meta;"),
    ]);
}

/// `import.meta.resolve` does not look whether a relative file is there.
#[test]
fn import_meta_resolve_of_what_is_absent() {
    compare(&[
        MODULE,
        (
            "index.js",
            "console.log(import.meta.resolve('./none.js').endsWith('/none.js'), import.meta.resolve('./none').endsWith('/none'), import.meta.resolve('https://x.example/y'));
            try { import.meta.resolve('no-such-package'); } catch (error) { console.log(error instanceof Error); }",
        ),
    ]);
}

/// A package without a package.json: the app's does not reach into node_modules.
#[test]
fn a_package_without_package_json() {
    compare(&[
        MODULE,
        ("index.js", "import dep from 'dep'; import file from 'dep/file.js'; console.log(dep, file);"),
        ("node_modules/dep/index.js", "module.exports = 'dep';"),
        ("node_modules/dep/file.js", "exports.x = 'x';"),
    ]);
}

#[test]
fn exports_conditions() {
    compare(&[
        MODULE,
        (
            "index.js",
            "import { createRequire } from 'node:module';
            const require = createRequire(import.meta.url);
            for (const name of ['both', 'both/part', 'both/features/x.js', 'browser', 'fallback', 'nested', 'sugar', 'main', 'index', '@scope/a', '@scope/a/deep']) {
                console.log(name, (await import(name)).default, require(name).default ?? require(name));
            }
            for (const name of ['both/hidden.js', 'both/features/private/x.js', 'both/none', 'none', 'onlyimport']) {
                await import(name).then((m) => console.log(name, m.default), (error) => console.log(name, error instanceof Error));
                try { console.log(name, require(name)); } catch (error) { console.log(name, error.code); }
            }",
        ),
        (
            "node_modules/both/package.json",
            r#"{ "name": "both", "exports": {
                ".": { "import": "./index.mjs", "require": "./index.cjs" },
                "./part": { "require": "./part.cjs", "default": "./part.mjs" },
                "./features/*.js": "./src/*.js", "./features/private/*": null } }"#,
        ),
        ("node_modules/both/index.mjs", "export default 'import';"),
        ("node_modules/both/index.cjs", "module.exports = 'require';"),
        ("node_modules/both/part.mjs", "export default 'part default';"),
        ("node_modules/both/part.cjs", "module.exports = 'part require';"),
        ("node_modules/both/hidden.js", "module.exports = 'hidden';"),
        ("node_modules/both/src/x.js", "module.exports = 'feature';"),
        (
            "node_modules/browser/package.json",
            r#"{ "exports": { "browser": "./browser.js", "development": "./development.js", "node": "./node.js", "default": "./default.js" } }"#,
        ),
        ("node_modules/browser/node.js", "module.exports = 'node';"),
        ("node_modules/browser/browser.js", "module.exports = 'browser';"),
        ("node_modules/browser/development.js", "module.exports = 'development';"),
        ("node_modules/browser/default.js", "module.exports = 'default';"),
        ("node_modules/fallback/package.json", r#"{ "exports": ["./index.js"] }"#),
        ("node_modules/fallback/index.js", "module.exports = 'fallback';"),
        ("node_modules/nested/package.json", r#"{ "exports": { "node": { "import": "./i.mjs", "require": "./r.js" }, "default": "./d.js" } }"#),
        ("node_modules/nested/i.mjs", "export default 'node import';"),
        ("node_modules/nested/r.js", "module.exports = 'node require';"),
        ("node_modules/sugar/package.json", r#"{ "exports": "./lib.js", "main": "./not-this.js" }"#),
        ("node_modules/sugar/lib.js", "module.exports = 'sugar';"),
        ("node_modules/main/package.json", r#"{ "main": "./lib", "module": "./esm.js", "browser": "./esm.js" }"#),
        ("node_modules/main/lib.js", "module.exports = 'main';"),
        ("node_modules/index/package.json", "{}"),
        ("node_modules/index/index.js", "module.exports = 'index';"),
        ("node_modules/@scope/a/package.json", r#"{ "exports": { ".": "./a.js", "./deep": "./deep/a.js" } }"#),
        ("node_modules/@scope/a/a.js", "module.exports = 'scoped';"),
        ("node_modules/@scope/a/deep/a.js", "module.exports = 'scoped deep';"),
        ("node_modules/onlyimport/package.json", r#"{ "exports": { "import": "./a.mjs" } }"#),
        ("node_modules/onlyimport/a.mjs", "export default 'only import';"),
    ]);
}

#[test]
fn imports_of_the_package_itself() {
    compare(&[
        (
            "package.json",
            r##"{ "name": "self", "type": "module", "exports": { ".": "./index.js", "./other": "./lib/other.js" },
                "imports": { "#internal": "./lib/internal.js", "#lib/*": "./lib/*.js",
                    "#dep": { "node": "dep", "default": "./lib/none.js" } } }"##,
        ),
        (
            "index.js",
            "import internal from '#internal';
            import other from '#lib/other';
            import dep from '#dep';
            import self from 'self/other';
            console.log(internal, other, dep, self === other);
            for (const bad of ['#missing', '#lib/missing']) await import(bad).catch((error) => console.log(bad, error instanceof Error));",
        ),
        ("lib/internal.js", "export default 'internal';"),
        ("lib/other.js", "import internal from '#internal'; export default `other of ${internal}`;"),
        ("node_modules/dep/package.json", "{}"),
        ("node_modules/dep/index.js", "module.exports = 'dep';"),
    ]);
}

#[test]
fn json() {
    compare(&[
        MODULE,
        (
            "index.js",
            "import data from './data.json' with { type: 'json' };
            import { createRequire } from 'node:module';
            const dynamic = await import('./data.json', { with: { type: 'json' } });
            console.log(data, dynamic.default === data, Object.keys(dynamic).join(), createRequire(import.meta.url)('./data.json'));
            await import('./data.json?x').catch((error) => console.log(error.name));
            await import('./bad.json', { with: { type: 'json' } }).catch((error) => console.log(error.name));",
        ),
        ("data.json", r#"{ "text": "ü", "list": [1, 2] }"#),
        ("bad.json", "{ bad"),
    ]);
}

/// Each package sees its own dependencies, through links, and a file reached in two ways is one module.
#[test]
fn a_tree_of_pnpm() {
    compare(&[
        MODULE,
        (
            "index.js",
            "import a, { instance } from 'a';
            import { instance as sameInstance } from 'b/state';
            import { createRequire } from 'node:module';
            console.log(a, instance === sameInstance, import.meta.resolve('a').split('/').slice(-5).join('/'));
            console.log(createRequire(import.meta.url)('c'));
            await import('hidden').catch((error) => console.log(error.code));",
        ),
        (
            "node_modules/.pnpm/a@1.0.0/node_modules/a/package.json",
            r#"{ "name": "a", "type": "module", "exports": "./index.js" }"#,
        ),
        (
            "node_modules/.pnpm/a@1.0.0/node_modules/a/index.js",
            "import b from 'b'; export { instance } from 'b/state'; import hidden from 'hidden'; export default `a with ${b} and ${hidden}`;",
        ),
        ("node_modules/.pnpm/a@1.0.0/node_modules/b", "-> ../../b@2.0.0/node_modules/b"),
        ("node_modules/.pnpm/a@1.0.0/node_modules/hidden", "-> ../../hidden@3.0.0/node_modules/hidden"),
        (
            "node_modules/.pnpm/b@2.0.0/node_modules/b/package.json",
            r#"{ "name": "b", "exports": { ".": "./index.cjs", "./state": "./state.mjs" } }"#,
        ),
        ("node_modules/.pnpm/b@2.0.0/node_modules/b/index.cjs", "module.exports = 'b';"),
        ("node_modules/.pnpm/b@2.0.0/node_modules/b/state.mjs", "export const instance = {};"),
        ("node_modules/.pnpm/c@1.0.0/node_modules/c/package.json", "{}"),
        ("node_modules/.pnpm/c@1.0.0/node_modules/c/index.js", "module.exports = 'c with ' + require('hidden');"),
        ("node_modules/.pnpm/c@1.0.0/node_modules/hidden", "-> ../../hidden@3.0.0/node_modules/hidden"),
        ("node_modules/.pnpm/hidden@3.0.0/node_modules/hidden/package.json", "{}"),
        ("node_modules/.pnpm/hidden@3.0.0/node_modules/hidden/index.js", "module.exports = 'hidden';"),
        ("node_modules/a", "-> .pnpm/a@1.0.0/node_modules/a"),
        ("node_modules/b", "-> .pnpm/b@2.0.0/node_modules/b"),
        ("node_modules/c", "-> .pnpm/c@1.0.0/node_modules/c"),
    ]);
}

/// Apps look at the code of a failed import to tell "not installed" from "broken".
/// deno_core gives every failed `import()` the code ERR_MODULE_NOT_FOUND, so the codes are not compared.
#[test]
fn failed_imports() {
    compare(&[
        ("package.json", r##"{ "type": "module", "imports": { "#a": "./a.js" } }"##),
        (
            "index.js",
            "for (const bad of ['bare', '@a/bare', './missing.js', './folder', '#none', 'strict/hidden.js', 'https://example.com/x.js', './data.json', 'node:nothing']) {
                await import(bad).catch((error) => console.log(bad, error instanceof Error));
            }",
        ),
        ("folder/index.js", ""),
        ("data.json", "{}"),
        ("node_modules/strict/package.json", r#"{ "exports": "./index.js" }"#),
        ("node_modules/strict/hidden.js", ""),
    ]);
}

/// Packages in the wild forget the "type".
#[test]
fn esm_syntax_without_a_type() {
    compare(&[
        ("package.json", "{}"),
        (
            "index.js",
            "import value from './lib.js'; import cjs from './cjs.js'; console.log(value, cjs, import.meta.filename.endsWith('index.js'));",
        ),
        ("lib.js", "export default 'esm by its syntax';"),
        ("cjs.js", "module.exports = 'commonjs by its syntax';"),
    ]);
}

#[test]
fn order_of_evaluation() {
    compare(&[
        MODULE,
        (
            "index.js",
            "import './a.js';
            import './b.js';
            import './c.cjs';
            console.log('index', globalThis.order.join());
            try { await import('./throws.js'); } catch (error) { console.log(error.message); }
            try { await import('./throws.js'); } catch (error) { console.log(error.message, globalThis.runs); }
            const [x, y] = await Promise.all([import('./late.js'), import('./late.js')]);
            console.log(x === y, x.value);
            setTimeout(() => console.log('timer'), 5);
            const cleared = setTimeout(() => console.log('cleared'), 5);
            process.nextTick(() => { console.log('tick'); clearTimeout(cleared); });
            queueMicrotask(() => console.log('microtask'));
            for (const end = Date.now() + 20; Date.now() < end; );",
        ),
        (
            "a.js",
            "import './cycle.js'; globalThis.order ??= []; await new Promise((resolve) => setTimeout(resolve, 10)); order.push('a'); export const a = 'a';",
        ),
        ("b.js", "globalThis.order ??= []; order.push('b');"),
        ("c.cjs", "order.push('c');"),
        ("cycle.js", "import { a } from './a.js'; globalThis.order ??= []; try { a; } catch (error) { order.push(error.name); }"),
        ("throws.js", "globalThis.runs = (globalThis.runs ?? 0) + 1; throw new Error('thrown once');"),
        ("late.js", "await null; export const value = 'late';"),
    ]);
}

#[test]
fn top_level_await_before_and_after_listen() {
    let app = "import Fastify from 'fastify';
        const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
        await sleep(50);
        const app = Fastify();
        let state = 'listening';
        app.get('/', async () => state);
        console.log('before');
        await app.listen({ port: 0 });
        console.log('after');
        await sleep(300);
        state = 'later';
        console.log('end');";
    let host = App::source(app).isolates(1).start();
    host.stdout.wait_for("after");
    host.get("/").assert_ok("listening");
    host.stdout.wait_for("end");
    host.get("/").assert_ok("later");
    assert_eq!(host.stdout.text(), "before\nafter\nend\n");
}

/// What throws after `listen` is logged; the app serves on.
#[test]
fn top_level_throw_after_listen() {
    let app = "import Fastify from 'fastify';
        const app = Fastify();
        app.get('/', async () => 'ok');
        await app.listen({ port: 0 });
        throw new Error('too late');";
    let host = App::source(app).isolates(1).start();
    host.stderr.wait_for("too late");
    host.get("/").assert_ok("ok");
}

/// A module that a handler imports for the first time.
#[test]
fn dynamic_import_in_a_handler() {
    let files = [
        MODULE,
        (
            "server.js",
            "export default { fetch: async () => new Response((await import('./page.js')).default + (await import('dep')).default) };",
        ),
        ("page.js", "export default 'page ';"),
        ("node_modules/dep/package.json", "{}"),
        ("node_modules/dep/index.js", "module.exports = 'dep';"),
    ];
    let host = App::files("server.js", &files).isolates(1).start();
    for answer in host.get_all(["/"; 10]) {
        answer.assert_ok("page dep");
    }
}

/// Several requests wait for the same module, and go on to import another one when it is there.
#[test]
fn requests_that_wait_for_a_module_together() {
    let files = [
        MODULE,
        (
            "server.js",
            "export default { fetch: async () => new Response((await import('./page.js')).default + (await import('./part.js')).default) };",
        ),
        ("page.js", "await new Promise((resolve) => setTimeout(resolve, 200)); export default 'page ';"),
        ("part.js", "await null; export default 'part';"),
    ];
    let host = App::files("server.js", &files).isolates(1).start();
    for answer in host.get_all(["/"; 10]) {
        answer.assert_ok("page part");
    }
}
