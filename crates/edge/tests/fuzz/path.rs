//! `edge::path`: a pattern in the first line, a path after it.

use edge::path::{Pattern, decoded};

pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (pattern, path) = text.split_once('\n').unwrap_or(("/*", &text));
    let plain = decoded(path);
    assert!(plain.len() <= path.len());
    let Ok(pattern) = pattern.parse::<Pattern>() else { return };
    // A path can be written in many ways; a rule that one of them gets past is none.
    let escaped: String = plain.bytes().map(|byte| format!("%{byte:02X}")).collect();
    assert_eq!(decoded(&escaped), plain);
    assert_eq!(pattern.matches(path), pattern.matches(&escaped), "{} {path}", pattern.as_str());
    assert!("/*".parse::<Pattern>().unwrap().matches(path));
    if !pattern.as_str().contains(['%', ':', '*']) {
        assert!(pattern.matches(pattern.as_str()));
        assert_eq!(
            pattern.matches(path),
            plain.strip_prefix('/').unwrap_or(&plain) == &pattern.as_str()[1..],
            "{} {path}",
            pattern.as_str()
        );
    }
}
