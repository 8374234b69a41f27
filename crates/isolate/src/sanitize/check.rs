//! The last filter: ammonia reads the sanitised HTML as a browser would and must find nothing to take out.
//!
//! When it finds nothing, the HTML is returned as it is; when it does, what ammonia left is returned instead.
//! ammonia's own serialisation cannot be returned always, because it is that of a tree parsed a second time:
//! `<p>` in `<p>`, say, is what DOMPurify returns for `<p><x><p>`, and no parser makes it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ammonia::{Builder, Url, url};
use html5ever::{Attribute, local_name, ns};

use super::dom::{Data, Dom, Element, Id, parse_fragment};
use super::lists;
use super::policy::Policy;
use super::serialize::{InnerHtml, Style, write_children};

/// What makes a URL relative for ammonia.
const MARK: &str = "./";

/// What ammonia leaves out of an attribute's name.
const PREFIXES: [&str; 3] = ["xlink:", "xml:", "xmlns:"];

/// Schemes that ammonia lets through; the policy decides again, and where.
const SCHEMES: [&str; 12] = ["http", "https", "ftp", "ftps", "mailto", "tel", "callto", "sms", "cid", "xmpp", "matrix", "data"];

/// Returns the children of `body` as HTML, after ammonia has seen them.
pub(super) fn checked_html(dom: &Dom, body: Id, builder: &Builder<'_>) -> String {
    let mut html = String::new();
    write_children(dom, body, &InnerHtml, &mut html);
    if fragments(dom, body).into_iter().all(|root| passes(dom, root, builder)) { html } else { builder.clean(&html).to_string() }
}

/// `body` and the content of every template in it. ammonia drops what templates contain, so each is checked by itself.
fn fragments(dom: &Dom, body: Id) -> Vec<Id> {
    let mut roots = vec![body];
    let mut looked = 0;
    while let Some(&root) = roots.get(looked) {
        looked += 1;
        let mut at = dom.nodes[root].first;
        while let Some(id) = at {
            roots.extend(dom.element(id).and_then(|element| element.content));
            at = dom.nodes[id].first.or_else(|| dom.following(root, id));
        }
    }
    roots
}

/// Whether ammonia finds nothing to remove: its result is what parsing and writing alone would give.
fn passes(dom: &Dom, root: Id, builder: &Builder<'_>) -> bool {
    let mut html = String::new();
    let (open, close) = surroundings(dom, root);
    html.push_str(open);
    write_children(dom, root, &ForAmmonia, &mut html);
    html.push_str(close);
    let cleaned = builder.clean(&html).to_string();
    cleaned == html || cleaned == reparsed(&html)
}

fn reparsed(html: &str) -> String {
    let (dom, root) = parse_fragment(html);
    let mut again = String::new();
    write_children(&dom, root, &LikeAmmonia, &mut again);
    again
}

/// What the content of a template needs around it to be read as it stands: a template may hold parts of a table.
fn surroundings(dom: &Dom, root: Id) -> (&'static str, &'static str) {
    let in_template = matches!(dom.nodes[root].data, Data::Root { .. });
    let first = dom.children(root).find_map(|id| dom.element(id)).filter(|_| in_template);
    match first.map(|element| &element.name.local) {
        Some(&local_name!("tr")) => ("<table><tbody>", "</tbody></table>"),
        Some(&(local_name!("td") | local_name!("th"))) => ("<table><tbody><tr>", "</tr></tbody></table>"),
        Some(&local_name!("col")) => ("<table><colgroup>", "</colgroup></table>"),
        Some(
            &(local_name!("tbody")
            | local_name!("thead")
            | local_name!("tfoot")
            | local_name!("caption")
            | local_name!("colgroup")),
        ) => ("<table>", "</table>"),
        _ => ("", ""),
    }
}

/// HTML for ammonia to check. Differs from the HTML that is returned where ammonia would refuse what is harmless:
/// a URL that it cannot parse or whose scheme it does not know is marked as relative (never a script's or `data:`), and
/// SVG elements that it does not know, or knows as animations, are written as `<g>`, which is parsed alike.
struct ForAmmonia;

/// SVG elements that DOMPurify allows and ammonia does not know, or knows as animations.
const UNKNOWN_SVG: [&str; 12] = [
    "animateColor",
    "animateMotion",
    "animateTransform",
    "altGlyph",
    "altGlyphDef",
    "altGlyphItem",
    "font",
    "glyph",
    "glyphRef",
    "hkern",
    "vkern",
    "tref",
];

impl Style for ForAmmonia {
    const TEMPLATES: bool = false;

    fn tag<'e>(&self, element: &'e Element) -> &'e str {
        let local = &*element.name.local;
        if element.name.ns != ns!(svg) || !UNKNOWN_SVG.contains(&local) {
            return local;
        }
        // `<font>` with one of these attributes ends the SVG when it is parsed.
        let ends_svg = |attr: &Attribute| matches!(&*attr.name.local, "color" | "face" | "size");
        if local == "font" && element.attrs.iter().any(ends_svg) { local } else { "g" }
    }

    fn value_prefix(&self, attr: &Attribute) -> &'static str {
        if !matches!(&*attr.name.local, "href" | "xlink:href" | "src" | "action" | "data" | "formaction" | "ping" | "poster") {
            return "";
        }
        match Url::parse(&attr.value) {
            Ok(url) if SCHEMES.contains(&url.scheme()) || is_script(url.scheme()) => "",
            Err(url::ParseError::RelativeUrlWithoutBase) => "",
            _ => MARK,
        }
    }
}

fn is_script(scheme: &str) -> bool {
    matches!(scheme, "javascript" | "vbscript" | "livescript" | "mocha" | "data")
}

/// Writes a tree as ammonia does.
struct LikeAmmonia;

impl Style for LikeAmmonia {
    const SCRIPTING: bool = true;
    const TEMPLATES: bool = false;
}

/// ammonia with the policy's lists, and with the policy's rule for every attribute.
pub(super) fn builder(policy: &Arc<Policy>) -> Builder<'_> {
    let spelled = |lower: &HashSet<Cow<'static, str>>, spellings: &'static str| {
        let mixed = spellings.split_ascii_whitespace().filter(|name| lower.contains(&*name.to_ascii_lowercase()));
        mixed.collect::<Vec<_>>()
    };
    let mut tags: HashSet<&str> = policy.tags.iter().map(|tag| &**tag).filter(|tag| policy.allows_tag(tag)).collect();
    tags.extend(spelled(&policy.tags, lists::SVG_TAG_SPELLINGS).into_iter().filter(|tag| allows_spelled(policy, tag)));
    tags.extend(policy.allows_tag("fedropshadow").then_some("feDropShadow"));
    if UNKNOWN_SVG.iter().any(|tag| policy.allows_tag(&tag.to_ascii_lowercase())) {
        tags.insert("g");
    }
    let mut attrs: HashSet<&str> = policy.attrs.iter().map(|attr| attr.rsplit(':').next().unwrap_or(attr)).collect();
    attrs.extend(policy.attrs.iter().map(|attr| &**attr));
    attrs.extend(spelled(&policy.attrs, lists::SVG_ATTR_SPELLINGS));
    attrs.insert("is");
    let prefixes = [("data-", policy.options.allow_data_attr), ("aria-", policy.options.allow_aria_attr)];
    let clean = policy.forbidden_contents.iter().map(|tag| &**tag).filter(|tag| !tags.contains(tag)).collect();

    let mut builder = Builder::empty();
    builder
        .strip_comments(!tags.contains("#comment"))
        .clean_content_tags(clean)
        .tags(tags)
        .tag_attributes(HashMap::new())
        .generic_attributes(attrs)
        .generic_attribute_prefixes(prefixes.into_iter().filter(|(_, allowed)| *allowed).map(|(prefix, _)| prefix).collect())
        .url_schemes(SCHEMES.into_iter().collect())
        .link_rel(None);
    let policy = Arc::clone(policy);
    builder.attribute_filter(move |tag, attr, value| keeps_attr(&policy, tag, attr, value).then(|| value.into()));
    builder
}

fn allows_spelled(policy: &Policy, spelled: &str) -> bool {
    policy.allows_tag(&spelled.to_ascii_lowercase())
}

/// The policy's rule for an attribute as ammonia gives it: without its prefix, a marked URL with its mark.
fn keeps_attr(policy: &Policy, tag: &str, attr: &str, value: &str) -> bool {
    let (tag, attr) = (tag.to_lowercase(), attr.to_lowercase());
    let allows = |value: &str| {
        policy.allows_attr(&tag, &attr, value)
            || PREFIXES.iter().any(|prefix| policy.allows_attr(&tag, &format!("{prefix}{attr}"), value))
    };
    attr == "is" && value.is_empty() || allows(value) || value.strip_prefix(MARK).is_some_and(allows)
}
