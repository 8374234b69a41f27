//! Whether a file name holds a hash of the file's content, as bundlers write it: `index-BhTnlnIm.js`, `main.3f2a1b9c.css`.
//!
//! A name that is taken for one by mistake is cached for a year and cannot be changed: the rule would rather miss a hash than take a word
//! for one. The hash is what stands between the last `-` or `.` of the name and its extension (and `.map`), after a name. Documents
//! (`.html`) never count.
//!
//! - **Hexadecimal**: an even number of digits, 8 to 64, in which digits and letters change at least twice. Not the end of a UUID.
//! - **base64url**, as Vite and Rollup write it: 8 characters, also with `-` and `_` among them, and longer ones without. There must be a
//!   capital, and it must not look like words: signs of that are syllables without a vowel (`Bh`, `Tnln`), digits between letters, and
//!   `-` or `_` inside. Three such signs are needed; with capitals and small letters alternating three times, two; without small
//!   letters, four. About four in five of Vite's hashes pass; `HomePage`, `SemiBold`, `NavBarV2` and `Web3Auth` do not.

/// The hash of Vite and Rollup.
const ROLLUP_LENGTH: usize = 8;

const LENGTHS: std::ops::RangeInclusive<usize> = 8..=64;

/// Whether the name of a file (with directories in front or not) holds a hash.
pub fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, extension)) = name.strip_suffix(".map").unwrap_or(name).rsplit_once('.') else { return false };
    if matches!(extension.to_ascii_lowercase().as_str(), "html" | "htm" | "xhtml") {
        return false;
    }
    let last = stem.rsplit_once(['-', '.']).filter(|(name, _)| !name.is_empty());
    if last.is_some_and(|(name, hash)| is_hexadecimal(hash) && !is_uuid(name, hash) || is_base64url(hash)) {
        return true;
    }
    let Some((name, hash)) = stem.len().checked_sub(ROLLUP_LENGTH).and_then(|at| stem.split_at_checked(at)) else { return false };
    name.len() > 1 && name.ends_with(['-', '.']) && is_base64url(hash)
}

fn is_hexadecimal(text: &str) -> bool {
    let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let changes = text.as_bytes().windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    LENGTHS.contains(&text.len()) && text.len().is_multiple_of(2) && text.bytes().all(hexadecimal) && changes >= 2
}

/// `550e8400-e29b-41d4-a716-446655440000`: a name like any other.
fn is_uuid(before: &str, last: &str) -> bool {
    let mut groups = before.rsplit('-');
    last.len() == 12 && (0..3).all(|_| groups.next().is_some_and(|group| group.len() == 4))
}

fn is_base64url(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !LENGTHS.contains(&text.len()) || !text.bytes().all(known) || !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return false;
    }
    let syllables = syllables(text.as_bytes());
    let inner = 1..syllables.len().saturating_sub(1);
    let strange = syllables.iter().enumerate().filter(|(at, syllable)| match syllable[0] {
        b'-' | b'_' => true,
        // At the end digits are a version; at the start no name has them.
        b'0'..=b'9' => *at == 0 || inner.contains(at),
        _ => syllable.len() < 2 || !syllable.iter().any(|letter| b"aeiouy".contains(&letter.to_ascii_lowercase())),
    });
    let needed = match text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        false => 4,
        true if alternations(text.as_bytes()) >= 3 => 2,
        true => 3,
    };
    strange.count() >= needed
}

/// How often a capital follows a small letter or the other way round.
fn alternations(text: &[u8]) -> usize {
    let letters = |pair: &&[u8]| pair.iter().all(u8::is_ascii_alphabetic);
    text.windows(2).filter(letters).filter(|pair| pair[0].is_ascii_uppercase() != pair[1].is_ascii_uppercase()).count()
}

/// As a reader of camel case would cut it: `XMLHttp2` is `XML`, `Http`, `2`.
fn syllables(text: &[u8]) -> Vec<&[u8]> {
    let mut syllables = Vec::new();
    let mut start = 0;
    for at in 1..=text.len() {
        if at == text.len() || cuts(text, at) {
            syllables.push(&text[start..at]);
            start = at;
        }
    }
    syllables
}

/// Whether a syllable begins at `at`.
fn cuts(text: &[u8], at: usize) -> bool {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'-' | b'_' => 1,
        _ => 2,
    };
    let (before, here, after) = (text[at - 1], text[at], text.get(at + 1));
    kind(before) != kind(here)
        || here.is_ascii_uppercase() && (before.is_ascii_lowercase() || after.is_some_and(u8::is_ascii_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_hash_from_a_word() {
        let hashed = [
            // Vite; the last ones from the build of the example.
            "index-BhTnlnIm.js",
            "assets/index-BhTnlnIm.js",
            "index-BhTnlnIm.js.map",
            "index-BhTnlnIm.css",
            "index-B-dx_9aK.js",
            "my-component-C3x_Zq9f.css",
            "en-DeZ_CqWp.js",
            "es-_SRnOEGw.js",
            "fr-YOddZ07a.js",
            "index-D8L5OZT_.js",
            "index-DRqRE7p6.css",
            "inter-v13-C0x2KpTz.woff2",
            // SvelteKit, webpack, Parcel.
            "start.Dk3e_2sB.js",
            "main.3f2a1b9c.js",
            "main.3f2a1b9c8d7e6f5a4b3c.css",
            "index.0a1b2c3d.svg",
        ];
        let plain = [
            "index.js",
            "index-homepage.js",
            "my-component.css",
            "my-navigation.js",
            "index-HomePage.js",
            "Inter-SemiBold.woff2",
            "Inter-DemiBold.woff2",
            "Roboto-BoldItalic.ttf",
            "OpenSans-ExtraLight.woff2",
            "menu-NavBarV2.js",
            "menu-NavBarUI.js",
            "login-Web3Auth.js",
            "shop-S3Bucket.js",
            "a-PdfViewer.js",
            "a-HtmlView.js",
            "icon-UserList.svg",
            "icon-My_Image.svg",
            "icon-UI-Kit20.svg",
            "site-README_2.txt",
            "photo-DSC_0001.jpg",
            "report-20240101.pdf",
            "report-2024-01-01.pdf",
            "report-20240101a.pdf",
            "photo-12345678.jpg",
            "a-deadbeef.js",
            "a-face2face.js",
            "a-decade2020.css",
            "jquery-3.7.1.min.js",
            "a-550e8400-e29b-41d4-a716-44665544ab0c.jpg",
            // No name, no extension, too short, a document.
            "BhTnlnIm.js",
            "-BhTnlnIm.js",
            ".BhTnlnIm.js",
            "index-BhTnlnIm",
            "index-BhTnln.js",
            "index-BhTnlnIm.html",
            "caf\u{e9}-\u{e9}\u{e9}\u{e9}\u{e9}.js",
            "",
            ".map",
        ];
        for name in hashed {
            assert!(is_hashed(name), "{name}");
        }
        for name in plain {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
