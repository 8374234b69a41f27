//! The walk that takes out of a parsed document what the policy does not allow.
//!
//! Follows dompurify/src/purify.ts step by step, because the same input must give the same bytes: the order of
//! removals, the adjacent text nodes that stay apart, the trimmed attribute values. No hooks, no in-place mode.

use std::borrow::Cow;

use html5ever::{Attribute, LocalName, QualName, ns};

use super::dom::{Data, Dom, Id};
use super::policy::{MATHML_ELEMENTS, Policy, SVG_ELEMENTS};
use super::serialize::{InnerHtml, is_raw_text, prefix, write_children};

/// Sanitises what `body` contains, template contents included.
pub(super) fn purify(dom: &mut Dom, body: Id, policy: &Policy) {
    let mut roots = vec![body];
    while let Some(root) = roots.pop() {
        // The walk root itself cannot be removed: what DOMPurify does to it never shows in the output.
        let mut at = dom.nodes[root].first;
        while let Some(id) = at {
            at = match judge(dom, id, policy) {
                Verdict::Keep => {
                    sanitize_attributes(dom, id, policy);
                    roots.extend(dom.element(id).and_then(|element| element.content));
                    dom.nodes[id].first.or_else(|| dom.following(root, id))
                }
                Verdict::Unwrap => {
                    let next = dom.nodes[id].first.or_else(|| dom.following(root, id));
                    dom.unwrap(id);
                    next
                }
                Verdict::Remove => {
                    let next = dom.following(root, id);
                    dom.unlink(id);
                    next
                }
            };
        }
    }
}

enum Verdict {
    Keep,
    /// Remove the element and keep what it contains.
    Unwrap,
    Remove,
}

/// `_sanitizeElements`
fn judge(dom: &Dom, id: Id, policy: &Policy) -> Verdict {
    let tag = match &dom.nodes[id].data {
        Data::Root { .. } => return Verdict::Remove,
        Data::Text(_) => Cow::Borrowed("#text"),
        Data::Comment(_) => Cow::Borrowed("#comment"),
        Data::Element(element) => lower(&element.name.local),
    };
    if is_unsafe(dom, id, &tag) {
        return Verdict::Remove;
    }
    if !policy.allows_tag(&tag) {
        let keep = policy.options.keep_content && !policy.forbidden_contents.contains(&tag);
        return if keep { Verdict::Unwrap } else { Verdict::Remove };
    }
    if !has_valid_namespace(dom, id, &tag) || closes_fallback(dom, id, &tag) {
        return Verdict::Remove;
    }
    Verdict::Keep
}

fn lower(name: &LocalName) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
        Cow::Owned(name.to_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// `_isUnsafeNode`: text that looks like markup in an element without elements, where a second parser may see elements;
/// raw text that holds markup; comments that do.
fn is_unsafe(dom: &Dom, id: Id, tag: &str) -> bool {
    match &dom.nodes[id].data {
        Data::Comment(text) => looks_like_markup(text, b"/"),
        Data::Element(element) => {
            let html = element.name.ns == ns!(html);
            let has_element = dom.children(id).any(|child| dom.element(child).is_some());
            let literal = html && (is_raw_text(&element.name.local) || tag == "noscript");
            if has_element {
                return literal;
            }
            if dom.nodes[id].first.is_none() || !looks_like_markup(&text_content(dom, id), b"/!") {
                return false;
            }
            // The markup shows in `innerHTML` only where text is written as it is, or as a comment.
            literal || dom.children(id).any(|child| matches!(dom.nodes[child].data, Data::Comment(_)))
        }
        _ => false,
    }
}

/// Whether `<` stands before a word character or one of `others`.
fn looks_like_markup(text: &str, others: &[u8]) -> bool {
    text.as_bytes()
        .windows(2)
        .any(|pair| pair[0] == b'<' && (pair[1].is_ascii_alphanumeric() || pair[1] == b'_' || others.contains(&pair[1])))
}

fn text_content(dom: &Dom, id: Id) -> Cow<'_, str> {
    let mut texts = dom.children(id).filter_map(|child| match &dom.nodes[child].data {
        Data::Text(text) => Some(&**text),
        _ => None,
    });
    let first = texts.next().unwrap_or_default();
    texts.fold(Cow::Borrowed(first), |all, text| all + text)
}

/// `_checkValidNamespace`: whether a parser could have put the element there. HTML in SVG never stays, in MathML only
/// inside the five text elements.
fn has_valid_namespace(dom: &Dom, id: Id, tag: &str) -> bool {
    let Some(element) = dom.element(id) else {
        return true;
    };
    let parent = dom.nodes[id].parent.and_then(|parent| dom.element(parent));
    let (parent_ns, parent_tag) = match parent {
        Some(parent) => (parent.name.ns.clone(), lower(&parent.name.local)),
        None => (ns!(html), Cow::Borrowed("template")),
    };
    let text_point = matches!(&*parent_tag, "mi" | "mo" | "mn" | "ms" | "mtext");
    match element.name.ns {
        ns!(svg) => match parent_ns {
            ns!(html) => tag == "svg",
            ns!(mathml) => tag == "svg" && (parent_tag == "annotation-xml" || text_point),
            _ => SVG_ELEMENTS.contains(tag),
        },
        ns!(mathml) => match parent_ns {
            ns!(html) => tag == "math",
            ns!(svg) => tag == "math" && parent_tag == "annotation-xml",
            _ => MATHML_ELEMENTS.contains(tag),
        },
        ns!(html) => {
            (parent_ns != ns!(svg) || parent_tag == "annotation-xml")
                && (parent_ns != ns!(mathml) || text_point)
                && !MATHML_ELEMENTS.contains(tag)
                && (matches!(tag, "title" | "style" | "font" | "a" | "script") || !SVG_ELEMENTS.contains(tag))
        }
        _ => false,
    }
}

/// `FALLBACK_TAG_CLOSE`: `/<\/no(script|embed|frames)/i` inside an element of that kind.
fn closes_fallback(dom: &Dom, id: Id, tag: &str) -> bool {
    if !matches!(tag, "noscript" | "noembed" | "noframes") {
        return false;
    }
    let mut inner = String::new();
    write_children(dom, id, &InnerHtml, &mut inner);
    inner.make_ascii_lowercase();
    ["</noscript", "</noembed", "</noframes"].iter().any(|end| inner.contains(end))
}

/// `_sanitizeAttributes`: from the last attribute to the first, so that removals do not move those still to come.
fn sanitize_attributes(dom: &mut Dom, id: Id, policy: &Policy) {
    let Some(element) = dom.element_mut(id) else {
        return;
    };
    if element.attrs.is_empty() {
        return;
    }
    let name = element.name.clone();
    let tag = lower(&name.local);
    for at in (0..element.attrs.len()).rev() {
        let attr = &element.attrs[at];
        let qualified = qualified(&attr.name);
        let value = js_trim(&attr.value);
        // `value` counts as it stands; all others without the white space around them.
        let mut value = if qualified == "value" { Cow::Borrowed(&*attr.value) } else { Cow::Borrowed(value) };
        let renamed =
            policy.options.sanitize_named_props && matches!(&*qualified, "id" | "name") && !value.starts_with("user-content-");
        if renamed {
            value = Cow::Owned(format!("user-content-{value}"));
        }
        let kept = policy.allows_attr(&tag, &qualified.to_lowercase(), &value);
        let changed = *value != *attr.value;
        let writable = !changed || is_xml_name(&qualified);
        let value = value.into_owned();
        if !kept || !writable || renamed {
            let is_attribute = qualified == "is";
            let name = element.attrs.remove(at).name;
            if kept && writable {
                element.attrs.push(Attribute { name, value: value.into() });
            } else if is_attribute {
                // DOMPurify cannot take `is` away from an element that has been created with it, and empties it.
                let name = QualName::new(None, ns!(), LocalName::from("is"));
                element.attrs.push(Attribute { name, value: "".into() });
            }
        } else if changed {
            element.attrs[at].value = value.into();
        }
    }
}

/// An attribute's name as the DOM gives it: with its prefix.
pub(super) fn qualified(name: &QualName) -> Cow<'_, str> {
    match prefix(name) {
        "" => Cow::Borrowed(&name.local),
        prefix => Cow::Owned(format!("{prefix}{}", name.local)),
    }
}

/// `String.prototype.trim`
fn js_trim(value: &str) -> &str {
    // Rust's white space has U+0085 and lacks U+FEFF.
    value.trim_matches(|c: char| c.is_whitespace() && c != '\u{85}' || c == '\u{feff}')
}

/// Whether `setAttribute` accepts the name (xml-name-validator, `name`). The HTML parser accepts nearly any.
fn is_xml_name(name: &str) -> bool {
    let start = |c: char| {
        c.is_ascii_alphabetic()
            || matches!(c, ':' | '_' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
                | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
                | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
    };
    let rest = |c: char| {
        start(c) || c.is_ascii_digit() || matches!(c, '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
    };
    name.starts_with(start) && name.chars().all(rest)
}
