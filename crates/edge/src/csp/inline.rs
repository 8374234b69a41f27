//! The inline scripts and styles that a policy allows.

use std::path::Path;

use super::{directive, hash, template};

/// Hashes of what may stand in a page: from templates and settings, which only who runs the server writes. There is no way in
/// for a page that was rendered.
#[derive(Debug, Clone, Default)]
pub struct Inline {
    pub(super) scripts: Vec<String>,
    pub(super) styles: Vec<String>,
    pub(super) style_attributes: Vec<String>,
    handlers: Vec<String>,
}

impl Inline {
    /// Allows the scripts, styles and `style` attributes of a template. A script with a placeholder in it will not be the same
    /// in a page, so its hash allows nothing; have it read its data from a `<script type="application/json">`, which needs
    /// none.
    pub fn add_template(&mut self, html: &str) {
        let found = template::scan(html);
        add(&mut self.scripts, found.scripts.iter().map(|text| hash::source(text)));
        add(&mut self.styles, found.styles.iter().map(|text| hash::source(text)));
        add(&mut self.style_attributes, found.style_attributes.iter().map(|text| hash::source(text)));
        add(&mut self.handlers, found.handlers.into_iter());
    }

    /// The same of a file.
    ///
    /// # Errors
    /// It cannot be read, or is not UTF-8.
    pub fn add_template_file(&mut self, path: &Path) -> Result<(), String> {
        let bytes = std::fs::read(path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
        let html =
            String::from_utf8(bytes).map_err(|_| format!("`{}` is not UTF-8, so its scripts have no hash", path.display()))?;
        self.add_template(&html);
        Ok(())
    }

    /// Allows the text of a script, which is what stands between `<script>` and `</script>`, spaces included.
    pub fn add_script(&mut self, text: &str) {
        add(&mut self.scripts, [hash::source_of_text(text)].into_iter());
    }

    /// Allows a script by its hash: `sha256-…`, `sha384-…` or `sha512-…`, with or without quotes.
    ///
    /// # Errors
    /// It is none.
    pub fn add_script_hash(&mut self, text: &str) -> Result<(), String> {
        let quoted = format!("'{}'", text.trim_matches('\''));
        if !quoted.starts_with("'sha") {
            return Err(format!("`{text}` is no hash: expected such as `sha256-…` in base64"));
        }
        directive::check(directive::Kind::Sources, std::slice::from_ref(&quoted))?;
        add(&mut self.scripts, [quoted].into_iter());
        Ok(())
    }

    /// Event handlers in attributes of the templates (`onclick of <button>`), for a warning: they will not run. CSP can allow
    /// them by `'unsafe-hashes'` only, and then an injected element may have the same handler.
    pub fn event_handlers(&self) -> &[String] {
        &self.handlers
    }
}

fn add(known: &mut Vec<String>, more: impl Iterator<Item = String>) {
    for one in more {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";

    #[test]
    fn reads_templates_texts_and_hashes_alike() {
        let mut inline = Inline::default();
        inline.add_template("<script>alert('Hello, world.');</script>");
        inline.add_script("alert('Hello, world.');");
        inline.add_script_hash(HASH).unwrap();
        inline.add_script_hash(HASH.trim_matches('\'')).unwrap();
        assert_eq!(inline.scripts, [HASH]);
        for text in ["abc", "'self'", "'nonce-abc'", "sha256-abc", "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=;"] {
            assert!(inline.add_script_hash(text).is_err(), "{text}");
        }
    }

    #[test]
    fn reads_files() {
        let directory = tempfile::tempdir().unwrap();
        let (good, bad) = (directory.path().join("a.html"), directory.path().join("b.html"));
        std::fs::write(&good, "<script>alert('Hello, world.');</script><a onclick=x>").unwrap();
        std::fs::write(&bad, b"<script>\xff</script>").unwrap();
        let mut inline = Inline::default();
        inline.add_template_file(&good).unwrap();
        assert_eq!(
            (inline.scripts.as_slice(), inline.event_handlers()),
            (&[HASH.to_owned()][..], &["onclick of <a>".to_owned()][..])
        );
        assert!(inline.add_template_file(&bad).unwrap_err().contains("is not UTF-8"));
        assert!(inline.add_template_file(&directory.path().join("c.html")).unwrap_err().contains("cannot be read"));
    }
}
