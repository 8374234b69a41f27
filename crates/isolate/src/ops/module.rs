//! `require()` and `createRequire()`: resolution and reading; running is JavaScript's (`js-runtime/module/require.js`).

use std::path::Path;
use std::sync::Arc;

use deno_core::{ModuleSpecifier, OpState, op2, v8};
use serde::Serialize;

use crate::bundle::{Bundle, Format, Importer, ResolveError, Target};

#[derive(Serialize)]
struct Resolved {
    kind: &'static str,
    path: String,
    source: Option<String>,
}

/// Where `require(specifier)` leads from the file (path or `file:` URL) `referrer`, with the file's text.
#[op2]
#[serde]
pub(crate) fn op_require_resolve(
    state: &mut OpState,
    #[string] specifier: &str,
    #[string] referrer: &str,
) -> Result<Resolved, ResolveError> {
    let bundle = state.borrow::<Arc<Bundle>>();
    let from_url = ModuleSpecifier::parse(referrer).ok().and_then(|url| url.to_file_path().ok());
    let importer = from_url.unwrap_or_else(|| Path::new(referrer).to_path_buf());
    match bundle.resolve(specifier, &importer, Importer::Require)? {
        Target::Provided(path) => Ok(Resolved { kind: "builtin", path, source: None }),
        Target::File(path) => {
            let text = std::fs::read_to_string(&path).map_err(|e| ResolveError {
                message: format!("Cannot read module {}: {e}", path.display()),
                code: "MODULE_NOT_FOUND",
            })?;
            let kind = match bundle.format(&path, &text) {
                _ if path.extension().is_some_and(|e| e == "node") => "addon",
                Format::Esm => "esm",
                Format::CommonJs => "cjs",
                Format::Json => "json",
            };
            Ok(Resolved { kind, path: path.to_string_lossy().into_owned(), source: Some(text) })
        }
    }
}

/// Where `source` does not compile: `file:///app/a.cjs:3:7`, or null when it does. The wrapper that CommonJS adds stands in front of
/// the first line and is not counted.
#[op2]
#[string]
pub(crate) fn op_cjs_location(scope: &mut v8::PinScope<'_, '_>, #[string] source: &str, #[string] url: &str) -> Option<String> {
    const WRAPPER: &str = "(function (exports, require, module, __filename, __dirname) { ";
    v8::tc_scope!(let scope, scope);
    let code = v8::String::new(scope, source)?;
    if v8::Script::compile(scope, code, None).is_some() {
        return None;
    }
    let message = scope.message()?;
    let line = message.get_line_number(scope)?;
    let column = message.get_start_column() + 1;
    let column = if line == 1 { column.saturating_sub(WRAPPER.len()) } else { column };
    Some(format!("{url}:{line}:{column}"))
}
