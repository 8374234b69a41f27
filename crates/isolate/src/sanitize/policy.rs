//! The options in the form in which the walk needs them: sets to look up in, and the rule for one attribute.
//!
//! Follows dompurify/src/purify.ts, `_parseConfig` and `_isValidAttribute`. It does not touch the tree.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use super::uri::{UriRule, compact, is_script_or_data};
use super::{Error, Options, Profiles, lists};

pub(super) type Names = HashSet<Cow<'static, str>>;

#[derive(Debug)]
pub(super) struct Policy {
    pub(super) tags: Names,
    pub(super) forbidden_tags: Names,
    pub(super) forbidden_contents: Names,
    pub(super) attrs: Names,
    forbidden_attrs: Names,
    uri_safe_attrs: Names,
    data_uri_tags: Names,
    uri: UriRule,
    pub(super) options: Flags,
}

/// The options that are a plain yes or no; their meaning is DOMPurify's.
#[derive(Debug)]
pub(super) struct Flags {
    pub(super) keep_content: bool,
    pub(super) force_body: bool,
    pub(super) sanitize_named_props: bool,
    pub(super) allow_data_attr: bool,
    pub(super) allow_aria_attr: bool,
    allow_unknown_protocols: bool,
    allow_self_close_in_attr: bool,
    sanitize_dom: bool,
}

impl Policy {
    pub(super) fn new(options: &Options) -> Result<Self, Error> {
        let (mut tags, mut attrs) = allowed(options);
        extend(&mut tags, options.add_tags.as_deref());
        extend(&mut attrs, options.add_attr.as_deref());
        let mut forbidden_contents = replace(options.forbid_contents.as_deref(), &[lists::FORBID_CONTENTS]);
        extend(&mut forbidden_contents, options.add_forbid_contents.as_deref());
        let mut forbidden_tags = replace(options.forbid_tags.as_deref(), &[]);
        if options.keep_content {
            tags.insert("#text".into());
        }
        if tags.contains("table") {
            tags.insert("tbody".into());
            forbidden_tags.remove("tbody");
        }
        let mut uri_safe_attrs = set(&[lists::URI_SAFE_ATTRS]);
        extend(&mut uri_safe_attrs, options.add_uri_safe_attr.as_deref());
        let mut data_uri_tags = set(&[lists::DATA_URI_TAGS]);
        extend(&mut data_uri_tags, options.add_data_uri_tags.as_deref());
        Ok(Self {
            tags,
            forbidden_tags,
            forbidden_contents,
            attrs,
            forbidden_attrs: replace(options.forbid_attr.as_deref(), &[]),
            uri_safe_attrs,
            data_uri_tags,
            uri: UriRule::new(options.allowed_uri_regexp.as_ref())?,
            options: Flags {
                keep_content: options.keep_content,
                force_body: options.force_body,
                sanitize_named_props: options.sanitize_named_props,
                allow_data_attr: options.allow_data_attr,
                allow_aria_attr: options.allow_aria_attr,
                allow_unknown_protocols: options.allow_unknown_protocols,
                allow_self_close_in_attr: options.allow_self_close_in_attr,
                sanitize_dom: options.sanitize_dom,
            },
        })
    }

    pub(super) fn allows_tag(&self, tag: &str) -> bool {
        self.tags.contains(tag) && !self.forbidden_tags.contains(tag)
    }

    /// Whether an element may keep an attribute: names in lower case, the value as it will be written.
    pub(super) fn allows_attr(&self, tag: &str, name: &str, value: &str) -> bool {
        !breaks_out(name, value)
            && (self.options.allow_self_close_in_attr || !value.contains("/>"))
            && !self.refuses_name(tag, name, value)
            && (self.options.allow_data_attr && is_data_attr(name)
                || self.options.allow_aria_attr && is_aria_attr(name)
                || self.attrs.contains(name) && (self.uri_safe_attrs.contains(name) || self.allows_uri(tag, name, value)))
    }

    fn refuses_name(&self, tag: &str, name: &str, value: &str) -> bool {
        self.forbidden_attrs.contains(name)
            // `_isPatchLinkageAttribute`: attributes by which one element may change another one
            || name == "patchsrc"
            || name == "for" && !matches!(tag, "label" | "output")
            || self.options.sanitize_dom && matches!(name, "id" | "name") && DOM_PROPERTIES.contains(value)
    }

    fn allows_uri(&self, tag: &str, name: &str, value: &str) -> bool {
        let compact = compact(value);
        self.uri.allows(&compact)
            || matches!(name, "src" | "xlink:href" | "href")
                && tag != "script"
                && value.starts_with("data:")
                && self.data_uri_tags.contains(tag)
            || self.options.allow_unknown_protocols && !is_script_or_data(&compact)
            || value.is_empty()
    }
}

static DOM_PROPERTIES: LazyLock<HashSet<&str>> = LazyLock::new(|| lists::DOM_PROPERTIES.split_ascii_whitespace().collect());

pub(super) static SVG_ELEMENTS: LazyLock<Names> =
    LazyLock::new(|| set(&[lists::SVG_TAGS, lists::SVG_FILTER_TAGS, lists::SVG_REFUSED_TAGS]));

pub(super) static MATHML_ELEMENTS: LazyLock<Names> = LazyLock::new(|| set(&[lists::MATHML_TAGS, lists::MATHML_REFUSED_TAGS]));

/// The elements and attributes that are allowed before the app adds its own.
fn allowed(options: &Options) -> (Names, Names) {
    match &options.use_profiles {
        Some(profiles) => profile(profiles),
        None => (
            replace(
                options.allowed_tags.as_deref(),
                &["#text", lists::HTML_TAGS, lists::SVG_TAGS, lists::SVG_FILTER_TAGS, lists::MATHML_TAGS],
            ),
            replace(
                options.allowed_attr.as_deref(),
                &[lists::HTML_ATTRS, lists::SVG_ATTRS, lists::MATHML_ATTRS, lists::XML_ATTRS],
            ),
        ),
    }
}

fn profile(profiles: &Profiles) -> (Names, Names) {
    let table: [(bool, &[&'static str], &[&'static str]); 4] = [
        (profiles.html, &[lists::HTML_TAGS], &[lists::HTML_ATTRS]),
        (profiles.svg, &[lists::SVG_TAGS], &[lists::SVG_ATTRS, lists::XML_ATTRS]),
        (profiles.svg_filters, &[lists::SVG_FILTER_TAGS], &[lists::SVG_ATTRS, lists::XML_ATTRS]),
        (profiles.math_ml, &[lists::MATHML_TAGS], &[lists::MATHML_ATTRS, lists::XML_ATTRS]),
    ];
    let (mut tags, mut attrs) = (set(&["#text"]), Names::new());
    for (_, more_tags, more_attrs) in table.into_iter().filter(|(wanted, ..)| *wanted) {
        tags.extend(set(more_tags));
        attrs.extend(set(more_attrs));
    }
    (tags, attrs)
}

fn set(lists: &[&'static str]) -> Names {
    lists.iter().flat_map(|list| list.split_ascii_whitespace()).map(Cow::Borrowed).collect()
}

fn replace(own: Option<&[String]>, default: &[&'static str]) -> Names {
    own.map_or_else(|| set(default), |own| own.iter().map(|name| name.to_lowercase().into()).collect())
}

fn extend(names: &mut Names, more: Option<&[String]>) {
    names.extend(more.unwrap_or_default().iter().map(|name| name.to_lowercase().into()));
}

/// dompurify/src/regexp.ts, `DATA_ATTR`: `/^data-[\-\w.\u00B7-\uFFFF]+$/`
fn is_data_attr(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') || c >= '\u{b7}';
    name.strip_prefix("data-").is_some_and(|rest| !rest.is_empty() && rest.chars().all(allowed))
}

/// dompurify/src/regexp.ts, `ARIA_ATTR`: `/^aria-[\-\w]+$/`
fn is_aria_attr(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    name.strip_prefix("aria-").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(allowed))
}

/// Elements whose end tag in a value would end them if the value ever were read as their text.
const RAW_TEXT_ENDS: [&str; 9] = ["style", "script", "title", "xmp", "textarea", "noscript", "iframe", "noembed", "noframes"];

/// dompurify/src/purify.ts, `_isUnsafeAttributeValue`; dompurify/src/regexp.ts, `ATTR_VALUE_BREAKOUT`:
/// `/((--!?|])>)|<\/(style|script|title|xmp|textarea|noscript|iframe|noembed|noframes)/i`
fn breaks_out(name: &str, value: &str) -> bool {
    if name == "attributename" && value.contains("href") {
        return true;
    }
    value.contains('>') && ["-->", "--!>", "]>"].iter().any(|end| value.contains(end))
        || value.match_indices("</").any(|(at, _)| {
            let rest = &value.as_bytes()[at + 2..];
            RAW_TEXT_ENDS.iter().any(|tag| rest.len() >= tag.len() && rest[..tag.len()].eq_ignore_ascii_case(tag.as_bytes()))
        })
}
