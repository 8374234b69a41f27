//! CommonJS seen from ESM: which names a file exports, found by Node's own lexer (`merve`), and the module that stands
//! for it.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use merve::LexerError;

use super::{Bundle, Format, Importer, Target};

/// Whether `source` can only be an ES module.
pub(crate) fn has_esm_syntax(source: &str) -> bool {
    matches!(
        merve::parse_commonjs(source).map_err(|e| e.kind),
        Err(LexerError::UnexpectedEsmImport | LexerError::UnexpectedEsmExport | LexerError::UnexpectedEsmImportMeta)
    )
}

/// An ES module that runs the CommonJS file at `path` and exports what it assigned.
pub(crate) fn facade(bundle: &Bundle, path: &Path, source: &str) -> String {
    let mut names = BTreeSet::new();
    collect(bundle, path, source, &mut names, &mut HashSet::new());
    names.remove("default");
    let mut code = format!(
        "import {{ requireFile }} from \"node:ssr-host/commonjs\";\nconst exports = requireFile({});\nexport default exports;\n",
        serde_json::Value::from(path.to_string_lossy())
    );
    for (index, name) in names.iter().enumerate() {
        let name = serde_json::Value::from(name.as_str());
        let _ = writeln!(code, "const $_{index} = exports?.[{name}];\nexport {{ $_{index} as {name} }};");
    }
    code
}

fn collect(bundle: &Bundle, path: &Path, source: &str, names: &mut BTreeSet<String>, seen: &mut HashSet<PathBuf>) {
    if !seen.insert(path.to_path_buf()) {
        return;
    }
    let Ok(analysis) = merve::parse_commonjs(source) else { return };
    names.extend(analysis.exports().map(|export| export.name.to_owned()));
    for reexport in analysis.reexports() {
        let Ok(Target::File(target)) = bundle.resolve(reexport.name, path, Importer::Require) else { continue };
        let Ok(text) = std::fs::read_to_string(&target) else { continue };
        if bundle.format(&target, &text) == Format::CommonJs {
            collect(bundle, &target, &text, names, seen);
        }
    }
}

/// What merve, which is C++, calls when a list would be longer than an address can say. It is compiled against libstdc++ and needs this one
/// function of it that V8's own C++ library has not: with it here the binary loads no libstdc++.so. Nothing catches what that would throw.
#[cfg(target_os = "linux")]
#[unsafe(export_name = "_ZSt20__throw_length_errorPKc")]
extern "C" fn throw_length_error(_what: *const std::ffi::c_char) -> ! {
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn esm_is_told_from_commonjs() {
        for (source, esm) in [
            ("import x from 'y'", true),
            ("export const a = 1", true),
            ("const x = require('y'); exports.a = 1", false),
            ("module.exports = () => import('x')", false),
            ("", false),
        ] {
            assert_eq!(has_esm_syntax(source), esm, "{source}");
        }
    }
}
