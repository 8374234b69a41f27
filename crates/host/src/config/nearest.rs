//! What somebody may have meant who wrote a name that is not known.

/// The known name that is nearest to `written`, when one is near enough to be worth telling.
pub(super) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(written);
    // A third of it may be wrong: `heder_timout` is near to `header_timeout`, `port` is not near to `host`.
    let most = (plain.chars().count() / 3).max(1);
    let scored = known.into_iter().map(|name| (strsim::osa_distance(&plain, &self::plain(name)), name));
    scored.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// Without what people spell differently: `headerTimeout`, `header-timeout` and `header_timeout` are one.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known = ["host", "port", "header_timeout", "idle_timeout", "queue", "queue_timeout", "max_headers"];
        let cases = [
            ("header_timout", Some("header_timeout")),
            ("headerTimeout", Some("header_timeout")),
            ("HEADER-TIMEOUT", Some("header_timeout")),
            ("hots", Some("host")),
            ("queue_timeot", Some("queue_timeout")),
            ("max_header", Some("max_headers")),
            ("colour", None),
            ("x", None),
        ];
        for (written, expected) in cases {
            assert_eq!(nearest(written, known), expected, "{written}");
        }
    }
}
