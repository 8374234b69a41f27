//! deno_core's view of a bundle: specifiers in, sources out.

use std::borrow::Cow;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use deno_core::error::ModuleLoaderError;
use deno_core::{
    ModuleLoadOptions, ModuleLoadReferrer, ModuleLoadResponse, ModuleLoader, ModuleSource, ModuleSourceCode, ModuleSpecifier,
    ModuleType, RequestedModuleType, ResolutionKind, SourceCodeCacheInfo,
};
use deno_error::JsErrorBox;

use super::{Bundle, Format, Importer, Target, cjs, code_cache};

/// The module loader of one isolate.
pub(crate) struct Loader {
    pub(crate) bundle: Arc<Bundle>,
    /// Set once a file is imported dynamically.
    pub(crate) dynamic_imports: Rc<Cell<bool>>,
}

impl Loader {
    fn load_file(&self, specifier: &ModuleSpecifier, requested: &RequestedModuleType) -> Result<ModuleSource, ModuleLoaderError> {
        let path = specifier
            .to_file_path()
            .map_err(|()| JsErrorBox::type_error(format!("Only file: and node: modules can be imported, not `{specifier}`")))?;
        let bytes =
            std::fs::read(&path).map_err(|e| JsErrorBox::generic(format!("Cannot read module {}: {e}", path.display())))?;
        let source = String::from_utf8(bytes).map_err(|_| JsErrorBox::type_error(format!("{} is not UTF-8", path.display())))?;
        let (kind, code) = match (requested, self.bundle.format(&path, &source)) {
            (RequestedModuleType::Json, _) => (ModuleType::Json, source),
            (_, Format::Json) => {
                return Err(JsErrorBox::type_error(format!(
                    "Module \"{specifier}\" needs an import attribute of \"type: json\""
                )));
            }
            (_, Format::CommonJs) => (ModuleType::JavaScript, cjs::facade(&self.bundle, &path, &source)),
            (_, Format::Esm) => (ModuleType::JavaScript, source),
        };
        let cache = (kind == ModuleType::JavaScript).then(|| self.cache_info(specifier, code.as_bytes()));
        Ok(ModuleSource::new(kind, ModuleSourceCode::String(code.into()), specifier, cache))
    }

    fn cache_info(&self, specifier: &ModuleSpecifier, code: &[u8]) -> SourceCodeCacheInfo {
        let hash = code_cache::hash(specifier.as_str(), code);
        SourceCodeCacheInfo { hash, data: self.bundle.code_cache.get(hash).map(|data| Cow::Owned(data.to_vec())) }
    }
}

impl ModuleLoader for Loader {
    fn resolve(&self, specifier: &str, referrer: &str, kind: ResolutionKind) -> Result<ModuleSpecifier, ModuleLoaderError> {
        if kind == ResolutionKind::MainModule || is_internal(referrer) && is_internal(specifier) {
            return ModuleSpecifier::parse(specifier).map_err(|e| JsErrorBox::type_error(format!("`{specifier}`: {e}")));
        }
        let importer = ModuleSpecifier::parse(referrer).ok().and_then(|url| url.to_file_path().ok());
        let importer = importer.unwrap_or_else(|| self.bundle.entry.clone());
        match self.bundle.resolve(specifier, &importer, Importer::Import).map_err(JsErrorBox::from_err)? {
            Target::Provided(name) => ModuleSpecifier::parse(&name).map_err(|e| JsErrorBox::type_error(format!("`{name}`: {e}"))),
            Target::File(path) => Ok(to_url(&path, specifier)),
        }
    }

    /// As in Node: what is relative is not looked for.
    fn import_meta_resolve(&self, specifier: &str, referrer: &str) -> Result<ModuleSpecifier, ModuleLoaderError> {
        match deno_core::resolve_import(specifier, referrer) {
            Ok(url) => Ok(url),
            Err(_) => self.resolve(specifier, referrer, ResolutionKind::DynamicImport),
        }
    }

    fn load(
        &self,
        specifier: &ModuleSpecifier,
        _: Option<&ModuleLoadReferrer>,
        options: ModuleLoadOptions,
    ) -> ModuleLoadResponse {
        if let Some(source) = crate::runtime::source_of(specifier.as_str()) {
            let code = ModuleSourceCode::String(deno_core::FastString::from_static(source));
            return ModuleLoadResponse::Sync(Ok(ModuleSource::new(ModuleType::JavaScript, code, specifier, None)));
        }
        if options.is_dynamic_import {
            self.dynamic_imports.set(true);
        }
        ModuleLoadResponse::Sync(self.load_file(specifier, &options.requested_module_type))
    }

    fn code_cache_ready(&self, _: ModuleSpecifier, hash: u64, code_cache: &[u8]) -> Pin<Box<dyn Future<Output = ()>>> {
        self.bundle.code_cache.put(hash, code_cache);
        Box::pin(std::future::ready(()))
    }

    fn purge_and_prevent_code_cache(&self, specifier: &str) {
        if let Some(source) = ModuleSpecifier::parse(specifier).ok().and_then(|url| std::fs::read(url.to_file_path().ok()?).ok())
        {
            self.bundle.code_cache.remove(code_cache::hash(specifier, &source));
        }
    }

    /// The map beside the bundle (`//# sourceMappingURL=index.js.map`); read when a stack is first shown.
    fn load_external_source_map(&self, url: &str) -> Option<Cow<'_, [u8]>> {
        let path = ModuleSpecifier::parse(url).ok()?.to_file_path().ok()?;
        std::fs::read(path).ok().map(Cow::Owned)
    }

    fn source_map_source_exists(&self, _: &str) -> Option<bool> {
        // Containers ship the bundle and its map, not the sources: the name is still the right one to show.
        Some(true)
    }
}

fn is_internal(specifier: &str) -> bool {
    specifier.starts_with("ext:") || specifier.starts_with("node:")
}

fn to_url(path: &Path, specifier: &str) -> ModuleSpecifier {
    let mut url = ModuleSpecifier::from_file_path(PathBuf::from(path)).expect("the resolver gives absolute paths");
    // `./x.js?a` and `./x.js?b` are two modules, and so are `#a` and `#b`, as in Node.
    if specifier.starts_with(['.', '/']) || specifier.starts_with("file:") {
        let asked = url.join(specifier).expect("the resolver took it");
        url.set_query(asked.query());
        url.set_fragment(asked.fragment());
    }
    url
}
