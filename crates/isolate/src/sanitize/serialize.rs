//! Writes a tree as HTML, as `innerHTML` does in jsdom (parse5/dist/serializer).

use html5ever::{Attribute, LocalName, QualName, local_name, ns};

use super::dom::{Data, Dom, Element, Id};

/// How one kind of output differs from plain `innerHTML`.
pub(super) trait Style {
    /// With scripting enabled, `<noscript>` holds text rather than elements.
    const SCRIPTING: bool = false;
    /// Whether the content of a `<template>` is written.
    const TEMPLATES: bool = true;
    /// The name in an element's tags.
    fn tag<'e>(&self, element: &'e Element) -> &'e str {
        &element.name.local
    }
    /// What to write in front of an attribute's value.
    fn value_prefix(&self, _: &Attribute) -> &'static str {
        ""
    }
}

/// Plain `innerHTML`.
pub(super) struct InnerHtml;
impl Style for InnerHtml {}

/// Appends what `root` contains to `out`.
pub(super) fn write_children<S: Style>(dom: &Dom, root: Id, style: &S, out: &mut String) {
    let mut next = dom.nodes[root].first;
    let mut parent = root;
    loop {
        let Some(id) = next else {
            // The end of a parent's children: close it and go on behind it.
            if parent == root {
                return;
            }
            let closing = host(dom, parent);
            if let Some(element) = dom.element(closing) {
                end_tag(element, style, out);
            }
            next = dom.nodes[closing].next;
            parent = dom.nodes[closing].parent.unwrap_or(root);
            continue;
        };
        let node = &dom.nodes[id];
        next = node.next;
        match &node.data {
            Data::Text(text) if holds_raw_text(dom, parent, S::SCRIPTING) => out.push_str(text),
            Data::Text(text) => escape(text, false, out),
            Data::Comment(text) => {
                out.push_str("<!--");
                out.push_str(text);
                out.push_str("-->");
            }
            Data::Root { .. } => {}
            Data::Element(element) => {
                start_tag(element, style, out);
                if is_void(&element.name) {
                    continue;
                }
                parent = element.content.unwrap_or(id);
                next = dom.nodes[parent].first.filter(|_| S::TEMPLATES || element.content.is_none());
            }
        }
    }
}

/// The element that a list of children belongs to: itself, or the template whose content it is.
fn host(dom: &Dom, parent: Id) -> Id {
    match dom.nodes[parent].data {
        Data::Root { host: Some(host) } => host,
        _ => parent,
    }
}

fn start_tag(element: &Element, style: &impl Style, out: &mut String) {
    out.push('<');
    out.push_str(style.tag(element));
    for attr in &element.attrs {
        out.push(' ');
        out.push_str(prefix(&attr.name));
        out.push_str(&attr.name.local);
        out.push_str("=\"");
        out.push_str(style.value_prefix(attr));
        escape(&attr.value, true, out);
        out.push('"');
    }
    out.push('>');
}

fn end_tag(element: &Element, style: &impl Style, out: &mut String) {
    out.push_str("</");
    out.push_str(style.tag(element));
    out.push('>');
}

/// The prefix that an attribute's qualified name has.
pub(super) fn prefix(name: &QualName) -> &'static str {
    match name.ns {
        ns!(xlink) => "xlink:",
        ns!(xml) => "xml:",
        ns!(xmlns) if name.local != local_name!("xmlns") => "xmlns:",
        _ => "",
    }
}

/// Escapes as the HTML standard says, `<` and `>` in attributes included.
fn escape(text: &str, in_attribute: bool, out: &mut String) {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let (escaped, length) = match byte {
            b'&' => ("&amp;", 1),
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'"' if in_attribute => ("&quot;", 1),
            0xC2 if text.as_bytes().get(at + 1) == Some(&0xA0) => ("&nbsp;", 2),
            _ => continue,
        };
        out.push_str(&text[written..at]);
        out.push_str(escaped);
        written = at + length;
    }
    out.push_str(&text[written..]);
}

fn holds_raw_text(dom: &Dom, parent: Id, scripting: bool) -> bool {
    dom.element(parent).is_some_and(|Element { name, .. }| {
        name.ns == ns!(html) && (is_raw_text(&name.local) || scripting && name.local == local_name!("noscript"))
    })
}

/// Elements whose text is written as it is.
pub(super) fn is_raw_text(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("style")
            | local_name!("script")
            | local_name!("xmp")
            | local_name!("iframe")
            | local_name!("noembed")
            | local_name!("noframes")
            | local_name!("plaintext")
    )
}

fn is_void(name: &QualName) -> bool {
    name.ns == ns!(html)
        && matches!(
            name.local,
            local_name!("area")
                | local_name!("base")
                | local_name!("basefont")
                | local_name!("bgsound")
                | local_name!("br")
                | local_name!("col")
                | local_name!("embed")
                | local_name!("frame")
                | local_name!("hr")
                | local_name!("img")
                | local_name!("input")
                | local_name!("keygen")
                | local_name!("link")
                | local_name!("meta")
                | local_name!("param")
                | local_name!("source")
                | local_name!("track")
                | local_name!("wbr")
        )
}
