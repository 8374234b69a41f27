//! `edge::path`: a pattern in the first line, a path after it.

use edge::path::{Pattern, decoded};

pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (pattern, path) = text.split_once('\n').unwrap_or(("/*", &text));
    let plain = decoded(path);
    assert!(plain.len() <= path.len());
    let Ok(pattern) = pattern.parse::<Pattern>() else { return };
    // What holds in every reading holds in one.
    assert!(!pattern.surely_matches(path) || pattern.matches(path), "{} {path}", pattern.as_str());
    assert!("/*".parse::<Pattern>().unwrap().surely_matches(path));
    if plain.contains('%') {
        return;
    }
    // A path can be written in many ways; a rule that one of them gets past is none.
    let escape = |byte| if matches!(byte, b'/' | b';') { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    let escaped: String = plain.bytes().map(escape).collect();
    assert_eq!(decoded(&escaped), plain);
    assert_eq!(pattern.matches(&plain), pattern.matches(&escaped), "{} {plain}", pattern.as_str());
    assert_eq!(pattern.surely_matches(&plain), pattern.surely_matches(&escaped), "{} {plain}", pattern.as_str());
    // And so does one whose slashes are escaped too.
    let all: String = plain.bytes().map(|byte| format!("%{byte:02X}")).collect();
    assert!(!pattern.matches(&plain) || plain.contains(';') || pattern.matches(&all), "{} {plain}", pattern.as_str());
    if !pattern.as_str().contains(['%', ':', '*', ';']) && !path.contains([';', '%']) {
        assert!(pattern.matches(pattern.as_str()));
        let same = plain.strip_prefix('/').unwrap_or(&plain) == &pattern.as_str()[1..];
        assert_eq!(pattern.matches(path), same, "{} {path}", pattern.as_str());
    }
}
