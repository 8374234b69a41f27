//! `Accept-Encoding` by RFC 9110 section 12.5.3.
//!
//! The client's weights decide; where they are equal, the server's order does. A coding that is not listed has the weight of `*`, and is
//! not acceptable without one. `identity` is acceptable unless it (or `*`) has weight 0, and is then still what is sent when nothing
//! else is acceptable: the RFC allows it, and a page is worth more to a client than 406.
//!
//! An element that does not follow the grammar is ignored, and so is a coding that was listed before.

use super::Encoding;

/// Weights in thousandths, as the client gave them.
#[derive(Debug, Default)]
struct Weights {
    listed: [Option<u16>; Encoding::ALL.len()],
    any: Option<u16>,
}

/// The encoding to send; `None` is "as it is".
pub(crate) fn choose(header: Option<&[u8]>, encodings: &[Encoding]) -> Option<Encoding> {
    let weights = Weights::parse(header?);
    let mut best: Option<(Encoding, u16)> = None;
    for &encoding in encodings {
        let weight = weights.of(encoding).unwrap_or(0);
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((encoding, weight));
        }
    }
    let (encoding, weight) = best?;
    let identity = weights.of(Encoding::Identity).unwrap_or(0);
    (encoding != Encoding::Identity && weight >= identity).then_some(encoding)
}

impl Weights {
    fn parse(header: &[u8]) -> Self {
        let mut weights = Weights::default();
        for (coding, weight) in header.split(|byte| *byte == b',').filter_map(element) {
            let slot = match Encoding::ALL.iter().position(|encoding| is_name_of(coding, *encoding)) {
                Some(index) => &mut weights.listed[index],
                None if coding == b"*" => &mut weights.any,
                None => continue,
            };
            slot.get_or_insert(weight);
        }
        weights
    }

    fn of(&self, encoding: Encoding) -> Option<u16> {
        let index = Encoding::ALL.iter().position(|known| *known == encoding)?;
        self.listed[index].or(self.any)
    }
}

/// `x-gzip` is the same as `gzip` (RFC 9110 section 8.4.1.3).
fn is_name_of(coding: &[u8], encoding: Encoding) -> bool {
    coding.eq_ignore_ascii_case(encoding.name().as_bytes())
        || encoding == Encoding::Gzip && coding.eq_ignore_ascii_case(b"x-gzip")
}

/// `coding [ OWS ";" OWS "q=" qvalue ]`.
fn element(text: &[u8]) -> Option<(&[u8], u16)> {
    let mut parts = text.splitn(2, |byte| *byte == b';').map(trim);
    let coding = parts.next().filter(|coding| !coding.is_empty())?;
    let weight = match parts.next() {
        None => 1000,
        Some([b'q' | b'Q', b'=', value @ ..]) => qvalue(value)?,
        Some(_) => return None,
    };
    Some((coding, weight))
}

/// `( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`, in thousandths.
pub(crate) fn qvalue(text: &[u8]) -> Option<u16> {
    let (whole, fraction) = match text {
        [whole] => (whole, &[][..]),
        [whole, b'.', fraction @ ..] if fraction.len() <= 3 => (whole, fraction),
        _ => return None,
    };
    let digit = |at: usize| match fraction.get(at) {
        None => Some(0),
        Some(digit @ b'0'..=b'9') => Some(u16::from(digit - b'0')),
        Some(_) => None,
    };
    let thousandths = digit(0)? * 100 + digit(1)? * 10 + digit(2)?;
    match whole {
        b'0' => Some(thousandths),
        b'1' if thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// OWS is spaces and tabs only.
pub(crate) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// What holds for every header, for fuzzing: panics when it does not.
#[doc(hidden)]
pub fn check(header: &[u8]) {
    let ours = [Encoding::Zstd, Encoding::Brotli, Encoding::Gzip];
    let lower = header.to_ascii_lowercase();
    let names = |name: &str| memchr::memmem::find(&lower, name.as_bytes()).is_some();
    if let Some(chosen) = choose(Some(header), &ours) {
        assert!(names(chosen.name()) || names("*"), "{chosen} was not asked for");
        let refused = [format!("{chosen};q=0,").as_bytes(), header].concat();
        assert_ne!(choose(Some(&refused), &ours), Some(chosen), "{chosen} was refused");
    }
    let wanted = [b"zstd , ", header].concat();
    assert_eq!(choose(Some(&wanted), &ours), Some(Encoding::Zstd), "nothing outweighs our first choice at weight 1");
    let plain = [b"identity,zstd;q=0.9,br;q=0.9,gzip;q=0.9,", header].concat();
    assert_eq!(choose(Some(&plain), &ours), None, "identity outweighs the others");
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: [Encoding; 3] = [Encoding::Zstd, Encoding::Brotli, Encoding::Gzip];

    #[test]
    fn follows_the_weights_then_our_order() {
        let cases = [
            // The examples of RFC 9110 section 12.5.3.
            ("compress, gzip", "gzip"),
            ("", "identity"),
            ("*", "zstd"),
            ("compress;q=0.5, gzip;q=1.0", "gzip"),
            ("gzip;q=1.0, identity; q=0.5, *;q=0", "gzip"),
            // What browsers send.
            ("gzip, deflate, br, zstd", "zstd"),
            ("gzip, deflate, br", "br"),
            ("gzip, deflate", "gzip"),
            // Weights.
            ("gzip;q=0.9, br;q=0.8", "gzip"),
            ("gzip;q=0.001", "gzip"),
            ("gzip;q=0", "identity"),
            ("gzip;q=0.0, br;q=0.000", "identity"),
            ("zstd;q=0, *", "br"),
            ("*;q=0.5, gzip", "gzip"),
            ("*;q=0", "identity"),
            ("*;q=0, gzip", "gzip"),
            ("identity, gzip", "gzip"),
            ("identity;q=1, gzip;q=0.5", "identity"),
            ("identity;q=0.5, gzip;q=0.5", "gzip"),
            ("identity;q=0, gzip;q=0.1", "gzip"),
            // Nothing is acceptable.
            ("identity;q=0", "identity"),
            ("compress, identity;q=0", "identity"),
            // Names.
            ("GZIP", "gzip"),
            ("X-Gzip", "gzip"),
            ("gzip;Q=0.5", "gzip"),
            ("gzipped, xbr", "identity"),
            // OWS.
            (" \tgzip \t;\t q=1 \t, ", "gzip"),
            (",,gzip,,", "gzip"),
            // Malformed elements are ignored, the others hold.
            ("gzip;q=2", "identity"),
            ("gzip;q=1.001", "identity"),
            ("gzip;q=0.1234", "identity"),
            ("gzip;q=-1", "identity"),
            ("gzip;q=", "identity"),
            ("gzip;q = 1", "identity"),
            ("gzip;level=9", "identity"),
            ("gzip;q=1;level=9", "identity"),
            ("gzip q=1", "identity"),
            ("br;q=x, gzip;q=0.1", "gzip"),
            (";q=1", "identity"),
            // The first one counts.
            ("gzip;q=0, gzip", "identity"),
            ("br;q=0.1, gzip;q=0.5, br", "gzip"),
        ];
        for (header, expected) in cases {
            let chosen = choose(Some(header.as_bytes()), &OURS).map_or("identity", Encoding::name);
            assert_eq!(chosen, expected, "{header}");
        }
        assert_eq!(choose(None, &OURS), None);
    }

    #[test]
    fn identity_may_have_a_place_in_our_order() {
        let ours = [Encoding::Brotli, Encoding::Identity, Encoding::Gzip];
        for (header, expected) in [("br, gzip", Some(Encoding::Brotli)), ("gzip", Some(Encoding::Gzip)), ("gzip, identity", None)]
        {
            assert_eq!(choose(Some(header.as_bytes()), &ours), expected, "{header}");
        }
        assert_eq!(choose(Some(b"gzip"), &[]), None);
    }

    #[test]
    fn properties_hold_for_noise() {
        let parts = [
            "gzip", "br", "zstd", "*", "identity", ";", ";q=", "0", "1", ".", "0.5", ",", " ", "\t", "x-gzip", "q", "\u{e9}", "=",
        ];
        let mut state = 1_u64;
        for _ in 0..20_000 {
            let mut header = Vec::new();
            for _ in 0..state % 12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                header.extend_from_slice(parts[(state >> 33) as usize % parts.len()].as_bytes());
            }
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            check(&header);
        }
    }
}
