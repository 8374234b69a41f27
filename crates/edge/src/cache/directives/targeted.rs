//! Targeted fields (RFC 9213): the directives of `Cache-Control` as a dictionary of structured fields (RFC 9651).

use http::{HeaderMap, HeaderName};
use sfv::{BareItem, Dictionary, ListEntry, Parser};

use super::{Argument, Directives};

/// `None`: the field is not there, empty, or no dictionary, and then it is ignored (section 2.1).
pub(super) fn parse(headers: &HeaderMap, name: &HeaderName) -> Option<Directives> {
    let mut lines = headers.get_all(name).iter().map(http::HeaderValue::as_bytes);
    let first = lines.next()?.to_vec();
    let text = lines.fold(first, |all, line| [&all, &b", "[..], line].concat());
    let dictionary: Dictionary = Parser::new(&text).parse().ok()?;
    if dictionary.is_empty() {
        return None;
    }
    let mut directives = Directives { targeted: true, ..Directives::default() };
    for (name, entry) in &dictionary {
        let argument = match entry {
            ListEntry::Item(item) => match &item.bare_item {
                BareItem::Boolean(false) => continue,
                BareItem::Boolean(true) => Argument::Text(None),
                BareItem::Integer(number) => Argument::Integer((*number).into()),
                BareItem::String(text) if names_fields(name.as_str()) => Argument::Text(Some(text.as_str().as_bytes())),
                BareItem::Token(text) if names_fields(name.as_str()) => Argument::Text(Some(text.as_str().as_bytes())),
                // A number is an integer here, and no text that looks like one.
                _ => Argument::Other,
            },
            ListEntry::InnerList(_) => Argument::Other,
        };
        directives.add(name.as_str().as_bytes(), argument);
    }
    Some(directives)
}

fn names_fields(directive: &str) -> bool {
    matches!(directive, "no-cache" | "private")
}
