//! The test of the `Content-Security-Policy`.

use std::collections::BTreeMap;

use super::{Site, html, rules};

/// What is more than what one wants to allow.
const BROAD: [&str; 8] = ["ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"];
/// What allows scripts that are in the page.
const INLINE: [&str; 2] = ["'unsafe-inline'", "data:"];
const HASHES: [&str; 4] = ["'sha256-", "'sha384-", "'sha512-", "'nonce-"];
const NOT_IN_META: [&str; 3] = ["frame-ancestors", "report-uri", "sandbox"];

/// Result, and the policy when it could be read.
pub(super) struct Outcome {
    pub(super) result: &'static str,
    pub(super) policy: Option<Policy>,
}

/// Several policies, as one that is as strict as all of them.
#[derive(Debug, Default)]
pub(super) struct Policy {
    directives: BTreeMap<String, Vec<String>>,
    duplicates: bool,
}

pub(super) fn test(site: &Site) -> Outcome {
    let sent = split(rules::values(site, "content-security-policy"));
    let metas = html::elements(&site.html, "meta");
    let is_policy = |name: &str| name.trim().eq_ignore_ascii_case("content-security-policy");
    let metas = metas.iter().filter(|meta| meta.attribute("http-equiv").is_some_and(is_policy));
    let in_page = split(metas.filter_map(|meta| meta.attribute("content")).filter(|text| !text.is_empty()));
    let all: Vec<_> = sent.iter().chain(&in_page).cloned().collect();
    let Ok(policy) = Policy::parse(&all) else { return Outcome { result: "csp-header-invalid", policy: None } };
    let mut of_page = Policy::parse(&in_page).unwrap_or_default();
    of_page.directives.retain(|name, _| !NOT_IN_META.contains(&&**name));
    let of_header = Policy::parse(&sent).unwrap_or_default();
    if of_header.directives.is_empty() && of_page.directives.is_empty() {
        let reports = site.headers.contains_key("content-security-policy-report-only");
        let result = if reports { "csp-not-implemented-but-reporting-enabled" } else { "csp-not-implemented" };
        return Outcome { result, policy: None };
    }
    let (policy, result) = policy.judge();
    Outcome { result, policy: Some(policy) }
}

/// A comma is never inside a policy.
fn split<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    values.flat_map(|value| value.split(',').map(|policy| policy.trim().to_owned())).collect()
}

impl Policy {
    fn parse(policies: &[String]) -> Result<Policy, ()> {
        let mut all = Policy::default();
        // "img-src" is the shortest that the test takes for a policy, without its last character.
        if policies.iter().any(|policy| policy.len() < "img-src".len() - 1) {
            return Err(());
        }
        for (index, policy) in policies.iter().enumerate() {
            let mut seen = Vec::new();
            for directive in policy.split(';') {
                let mut words = directive.split_whitespace().map(str::to_lowercase);
                let Some(name) = words.next() else { continue };
                if seen.contains(&name) {
                    if !matches!(&*name, "report-uri" | "report-to") {
                        return Err(());
                    }
                    all.duplicates = true;
                }
                seen.push(name.clone());
                let mut values: Vec<_> = words.collect();
                if values.is_empty() && name.ends_with("-src") {
                    values.push("'none'".to_owned());
                }
                all.add(name, values, index);
            }
        }
        Ok(all)
    }

    /// What a policy after the first says holds only as far as those before it say so, too.
    fn add(&mut self, name: String, mut values: Vec<String>, index: usize) {
        if index > 0 {
            let known = self.directives.get(&name).map(Vec::as_slice).unwrap_or_default();
            values.retain(|value| known.contains(value));
        }
        values.sort();
        values.dedup();
        if values.is_empty() {
            values.push("'none'".to_owned());
        }
        self.directives.insert(name, values);
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.directives.contains_key(name)
    }

    /// The directive that governs, of these.
    fn governing(&self, name: &'static str) -> &'static str {
        if self.has(name) { name } else { "default-src" }
    }

    fn sources(&self, name: &str) -> Vec<&str> {
        self.directives.get(name).map_or_else(|| vec!["*"], |sources| sources.iter().map(String::as_str).collect())
    }

    fn judge(mut self) -> (Policy, &'static str) {
        let script = self.governing("script-src");
        let style = self.governing("style-src");
        for name in [script, style] {
            let sources = self.directives.entry(name.to_owned()).or_insert_with(|| vec!["*".to_owned()]);
            if has_hash(sources) {
                sources.retain(|source| source != "'unsafe-inline'");
            }
        }
        let dynamic = self.sources(script).contains(&"'strict-dynamic'");
        let hashed = has_hash(&self.directives[script]);
        if dynamic && hashed {
            let ignored = |source: &str| source == "'self'" || BROAD.iter().any(|broad| source.starts_with(broad));
            self.directives.entry(script.to_owned()).and_modify(|sources| sources.retain(|source| !ignored(source)));
        }
        let result = if dynamic && !hashed { "csp-header-invalid" } else { self.result(script, style) };
        (self, result)
    }

    /// The first of these that is so.
    fn result(&self, script: &str, style: &str) -> &'static str {
        let object = self.sources(self.governing("object-src"));
        let (scripts, styles) = (self.sources(script), self.sources(style));
        let broad = |source: &&str| BROAD.contains(source);
        let inline = |source: &&str| INLINE.contains(source) || broad(source);
        let insecure = |source: &&str| source.starts_with("http:") || source.starts_with("ftp:");
        let passive = ["img-src", "media-src"].map(|name| self.governing(name));
        let passive = passive.iter().filter_map(|name| self.directives.get(*name)).flatten().map(String::as_str);
        let others = self.directives.iter().filter(|(name, _)| !matches!(&***name, "img-src" | "media-src" | "script-src"));
        let active = others.flat_map(|(_, sources)| sources.iter().map(String::as_str)).chain(scripts.iter().copied());
        if scripts.iter().any(inline) || object.iter().any(broad) {
            "csp-implemented-with-unsafe-inline"
        } else if active.into_iter().any(|source| insecure(&source)) {
            "csp-implemented-with-insecure-scheme"
        } else if scripts.iter().chain(&styles).any(|source| *source == "'unsafe-eval'") {
            "csp-implemented-with-unsafe-eval"
        } else {
            let result = if passive.into_iter().any(|source| insecure(&source)) {
                "csp-implemented-with-insecure-scheme-in-passive-content-only"
            } else if styles.iter().any(inline) {
                "csp-implemented-with-unsafe-inline-in-style-src-only"
            } else if self.has("default-src") && self.sources("default-src") == ["'none'"] {
                "csp-implemented-with-no-unsafe-default-src-none"
            } else {
                "csp-implemented-with-no-unsafe"
            };
            if self.duplicates { "csp-implemented-but-duplicate-directives" } else { result }
        }
    }
}

fn has_hash(sources: &[String]) -> bool {
    sources.iter().any(|source| HASHES.iter().any(|hash| source.starts_with(hash)))
}
