//! CommonJS as Node does it, alone and together with ES modules.

use crate::host::App;
use crate::modules::{MODULE, compare};

/// `if (require.main === module) start()`: the entry may be CommonJS.
#[test]
fn a_commonjs_entry() {
    compare(&[
        ("package.json", "{}"),
        (
            "index.js",
            "console.log(require.main === module, module.id, module.parent, require('./lib'), module.children.length);
            exports.x = 1;",
        ),
        ("lib.js", "module.exports = [require.main === module, module.parent.id, require.main.exports];"),
    ]);
}

#[test]
fn commonjs_from_esm() {
    compare(&[
        MODULE,
        (
            "index.js",
            "import whole, { a, b, nested } from './lib.cjs';
            import * as all from './lib.cjs';
            import * as babel from './babel.cjs';
            import { one, two } from './reexport.cjs';
            import fn, { property } from './function.cjs';
            import dynamic from './dynamic.cjs';
            console.log(a, b, nested, whole.a, whole.computed, Object.keys(all).sort().join(), all.default === whole);
            console.log(babel.default, babel.default.default, babel.named, Object.keys(babel).sort().join());
            console.log(one, two, fn(), property, dynamic.late);
            const again = await import('./lib.cjs');
            console.log(again === all, (await import('./function.cjs')).default === fn);",
        ),
        (
            "lib.cjs",
            "exports.a = 'a'; module.exports.b = 'b'; Object.defineProperty(exports, 'nested', { enumerable: true, value: 'n' });
            exports['comp' + 'uted'] = 'c'; exports.class = 'reserved word';",
        ),
        (
            "babel.cjs",
            "'use strict'; Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'd'; exports.named = 'n';",
        ),
        ("reexport.cjs", "module.exports = { ...require('./one.cjs'), two }; var two = 2;"),
        ("one.cjs", "exports.one = 1;"),
        ("function.cjs", "module.exports = () => 'called'; module.exports.property = 'p';"),
        ("dynamic.cjs", "for (const name of ['late']) exports[name] = name;"),
    ]);
}

#[test]
fn commonjs_from_commonjs() {
    compare(&[
        ("package.json", "{}"),
        (
            "index.js",
            "const path = require('path');
            console.log(require('./data.json').list, require('./data').list === require('./data.json').list, require('./folder'), require('./folder/'), require('.').x);
            console.log(require('node:path') === path, require('pkg'), require('pkg/lib/x'));
            console.log(path.basename(__filename), __dirname === path.dirname(__filename), this === module.exports);
            console.log(require('./a').done, require('./b').done, require('./a').sawB);
            console.log(require.resolve('./data').endsWith('data.json'), require.resolve('fs'), typeof require.cache[__filename], module.loaded);
            for (const bad of ['./none', 'none', 'pkg/none', '', 5]) try { require(bad); } catch (error) { console.log(bad, error.code, error.message.split('\\n')[0]); }
            try { require('./throws'); } catch (error) { console.log(error.message); }
            try { require('./throws'); } catch (error) { console.log(error.message); }
            try { require('./bad.json'); } catch (error) { console.log(error.name, /bad\\.json/.test(error.message)); }
            import('./esm.mjs').then(async (m) => console.log(m.default, (await import('./a.js')).default.done, (await import('fs')).default === require('fs')));
            exports.x = 'x';",
        ),
        ("data.json", r#"{ "list": [1, { "a": null }] }"#),
        ("folder/index.js", "module.exports = 'folder index';"),
        ("a.js", "exports.done = false; const b = require('./b'); exports.sawB = b.done; exports.done = true;"),
        ("b.js", "exports.done = false; exports.sawA = require('./a').done; exports.done = true;"),
        ("throws.js", "globalThis.n = (globalThis.n ?? 0) + 1; throw new Error('thrown ' + globalThis.n);"),
        ("bad.json", "{ bad"),
        ("esm.mjs", "export default 'esm';"),
        ("node_modules/pkg/package.json", r#"{ "main": "lib" }"#),
        ("node_modules/pkg/lib/index.js", "module.exports = 'pkg main';"),
        ("node_modules/pkg/lib/x.js", "module.exports = 'pkg x';"),
    ]);
}

#[test]
fn create_require() {
    compare(&[
        MODULE,
        (
            "index.js",
            "import module, { createRequire } from 'node:module';
            import { fileURLToPath } from 'node:url';
            for (const from of [import.meta.url, new URL(import.meta.url), fileURLToPath(import.meta.url), new URL('./deep/x.js', import.meta.url)]) {
                const require = createRequire(from);
                console.log(require('dep'), require.resolve('dep').split('/').slice(-3).join('/'), require('node:module') === module);
            }
            console.log(createRequire(import.meta.url)('./cjs.cjs').fromEsm);",
        ),
        ("cjs.cjs", "exports.fromEsm = require('dep'); exports.type = typeof require('module').createRequire;"),
        ("node_modules/dep/package.json", "{}"),
        ("node_modules/dep/index.js", "module.exports = 'outer';"),
        ("deep/node_modules/dep/package.json", "{}"),
        ("deep/node_modules/dep/index.js", "module.exports = 'inner';"),
    ]);
}

/// Node 20.19 and later can require an ES module that does not wait; ssr-host refuses all of them, with the code that older ones use.
#[test]
fn an_es_module_cannot_be_required() {
    let files = [
        ("package.json", "{}"),
        ("index.js", "try { require('./esm.mjs'); } catch (error) { console.log(error.code, error.message); }"),
        ("esm.mjs", "export default 1;"),
    ];
    let ended = App::files("index.js", &files).run("run-js");
    assert!(ended.stdout.starts_with("ERR_REQUIRE_ESM "), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("esm.mjs") && ended.stdout.contains("import()"), "{}", ended.stdout);
}
