//! Inline scripts and styles of a template, found as a browser finds them.
//!
//! The text is parsed by html5ever, so what counts is what the HTML standard says: raw text, comments, `<noscript>`, the
//! content of `<template>`, foreign elements, the ends of lines. The tree itself is not kept: an element is its name, its
//! attributes and the text directly in it, which is all that a hash needs.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use html5ever::interface::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, ParseOpts, QualName, local_name, ns};

/// What was found: texts, as the browser hashes them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) scripts: Vec<String>,
    pub(super) styles: Vec<String>,
    /// Values of `style` attributes.
    pub(super) style_attributes: Vec<String>,
    /// Event handlers in attributes, such as `onclick` of `<button>`, which no policy of ours lets run.
    pub(super) handlers: Vec<String>,
}

/// Reads a template. It is read twice, because what is in a `<noscript>` is text to a browser that runs scripts and elements to
/// one that does not. Only the former runs scripts, both have styles.
pub(super) fn scan(html: &str) -> Found {
    let mut found = Found::default();
    for scripting in [true, false] {
        for element in elements(html, scripting) {
            found.add(&element, scripting);
        }
    }
    found
}

impl Found {
    fn add(&mut self, element: &Element, scripting: bool) {
        let text = element.text.borrow();
        let texts = match element.kind() {
            // A script without text does not run; a style without rules is checked all the same.
            Kind::Script if scripting && !text.is_empty() => Some(&mut self.scripts),
            Kind::Style => Some(&mut self.styles),
            _ => None,
        };
        if let Some(texts) = texts {
            add_once(texts, &text);
        }
        for attribute in element.attributes.borrow().iter().filter(|attribute| attribute.name.ns == ns!()) {
            let name = &*attribute.name.local;
            if name == "style" {
                add_once(&mut self.style_attributes, &attribute.value);
            } else if name.starts_with("on") && scripting {
                add_once(&mut self.handlers, &format!("{name} of <{}>", element.name.local));
            }
        }
    }
}

fn add_once(texts: &mut Vec<String>, text: &str) {
    if texts.iter().all(|known| known != text) {
        texts.push(text.to_owned());
    }
}

enum Kind {
    /// Inline, and of a type that CSP has a say in.
    Script,
    Style,
    Other,
}

/// An element: what of it is needed.
struct Element {
    name: QualName,
    attributes: RefCell<Vec<Attribute>>,
    text: RefCell<String>,
    annotation_integration_point: bool,
}

impl Element {
    fn kind(&self) -> Kind {
        let svg = match self.name.ns {
            ns!(html) => false,
            ns!(svg) => true,
            _ => return Kind::Other,
        };
        match self.name.local {
            local_name!("script") if !self.is_external(svg) && self.is_governed() => Kind::Script,
            local_name!("style") if self.attribute("type").is_none_or(|value| is_css(&value)) => Kind::Style,
            _ => Kind::Other,
        }
    }

    /// Whether the script is somewhere else. An empty address is one, too.
    fn is_external(&self, svg: bool) -> bool {
        let address = if svg { "href" } else { "src" };
        self.attributes.borrow().iter().any(|attribute| &*attribute.name.local == address)
    }

    /// Whether a browser takes the element for a script, and not for a block of data (HTML, "prepare the script element").
    fn is_governed(&self) -> bool {
        let kind = match (self.attribute("type"), self.attribute("language")) {
            (Some(kind), _) if kind.is_empty() => return true,
            (Some(kind), _) => kind.trim_ascii().to_ascii_lowercase(),
            (None, Some(language)) if !language.is_empty() => format!("text/{}", language.to_ascii_lowercase()),
            (None, _) => return true,
        };
        JAVASCRIPT.contains(&&*kind) || matches!(&*kind, "module" | "importmap" | "speculationrules")
    }

    fn attribute(&self, name: &str) -> Option<StrTendril> {
        let attributes = self.attributes.borrow();
        let found = attributes.iter().find(|attribute| attribute.name.ns == ns!() && &*attribute.name.local == name);
        found.map(|attribute| attribute.value.clone())
    }
}

fn is_css(kind: &str) -> bool {
    kind.is_empty() || kind.eq_ignore_ascii_case("text/css")
}

/// "JavaScript MIME type" of the MIME Sniffing standard, without parameters.
const JAVASCRIPT: [&str; 16] = [
    "application/ecmascript",
    "application/javascript",
    "application/x-ecmascript",
    "application/x-javascript",
    "text/ecmascript",
    "text/javascript",
    "text/javascript1.0",
    "text/javascript1.1",
    "text/javascript1.2",
    "text/javascript1.3",
    "text/javascript1.4",
    "text/javascript1.5",
    "text/jscript",
    "text/livescript",
    "text/x-ecmascript",
    "text/x-javascript",
];

fn elements(html: &str, scripting: bool) -> Vec<Rc<Element>> {
    let tree_builder = TreeBuilderOpts { scripting_enabled: scripting, ..TreeBuilderOpts::default() };
    let options = ParseOpts { tree_builder, ..ParseOpts::default() };
    html5ever::parse_document(Elements::default(), options).one(html)
}

/// Takes the tree from the parser and keeps a list of its elements.
#[derive(Default)]
struct Elements {
    all: RefCell<Vec<Rc<Element>>>,
    /// The document, and what stands for nodes that are not elements.
    document: Cell<Option<Rc<Element>>>,
}

impl Elements {
    fn nothing(&self) -> Rc<Element> {
        let document = self.document.take().unwrap_or_else(|| {
            let name = QualName::new(None, ns!(), local_name!(""));
            Rc::new(Element {
                name,
                attributes: RefCell::default(),
                text: RefCell::default(),
                annotation_integration_point: false,
            })
        });
        self.document.set(Some(Rc::clone(&document)));
        document
    }
}

impl TreeSink for Elements {
    type Handle = Rc<Element>;
    type Output = Vec<Rc<Element>>;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> Vec<Rc<Element>> {
        self.all.into_inner()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> Rc<Element> {
        let element = Rc::new(Element {
            name,
            attributes: RefCell::new(attributes),
            text: RefCell::default(),
            annotation_integration_point: flags.mathml_annotation_xml_integration_point,
        });
        self.all.borrow_mut().push(Rc::clone(&element));
        element
    }

    /// Only text is of interest. What the parser moves later, to put a broken page right, is never the text of a script or a
    /// style.
    fn append(&self, parent: &Rc<Element>, child: NodeOrText<Rc<Element>>) {
        if let NodeOrText::AppendText(text) = child {
            parent.text.borrow_mut().push_str(&text);
        }
    }

    fn get_template_contents(&self, target: &Rc<Element>) -> Rc<Element> {
        Rc::clone(target)
    }

    fn add_attrs_if_missing(&self, target: &Rc<Element>, attributes: Vec<Attribute>) {
        let mut known = target.attributes.borrow_mut();
        for attribute in attributes {
            if known.iter().all(|other| other.name != attribute.name) {
                known.push(attribute);
            }
        }
    }

    fn get_document(&self) -> Rc<Element> {
        self.nothing()
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<Element>) -> &'a QualName {
        &target.name
    }

    fn same_node(&self, x: &Rc<Element>, y: &Rc<Element>) -> bool {
        Rc::ptr_eq(x, y)
    }

    fn is_mathml_annotation_xml_integration_point(&self, element: &Rc<Element>) -> bool {
        element.annotation_integration_point
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Element> {
        self.nothing()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Element> {
        self.nothing()
    }

    fn append_before_sibling(&self, _: &Rc<Element>, _: NodeOrText<Rc<Element>>) {}
    fn append_based_on_parent_node(&self, _: &Rc<Element>, _: &Rc<Element>, _: NodeOrText<Rc<Element>>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn remove_from_parent(&self, _: &Rc<Element>) {}
    fn reparent_children(&self, _: &Rc<Element>, _: &Rc<Element>) {}
    fn parse_error(&self, _: Cow<'static, str>) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Template, and the scripts that Chromium hashes: the hashes in its console under `script-src 'none'; style-src 'none'`
    /// were those of these texts (Chromium 156). The one exception is `<template>`, whose scripts run only when a script puts
    /// them into the page.
    const SCRIPTS: [(&str, &[&str]); 23] = [
        ("<script>a()</script>", &["a()"]),
        ("<SCRIPT >a()</SCRIPT\n>", &["a()"]),
        ("<script>\n a() \n</script>", &["\n a() \n"]),
        ("<script>a()\r\nb()\rc()</script>", &["a()\nb()\nc()"]),
        ("<script>a('\0')</script>", &["a('\u{fffd}')"]),
        ("<script>'&lt;&amp;'</script>", &["'&lt;&amp;'"]),
        ("<script>a()</script><script>a()</script>", &["a()"]),
        ("<script><!-- <script>a()</script> -->\nb()</script>", &["<!-- <script>a()</script> -->\nb()"]),
        ("<!-- <script>a()</script> -->", &[]),
        ("<textarea><script>a()</script></textarea>", &[]),
        ("<title><script>a()</script></title>", &[]),
        ("<template><script>a()</script></template>", &["a()"]),
        ("<noscript><script>a()</script></noscript>", &[]),
        ("<script src=/a.js>a()</script><script src>b()</script>", &[]),
        ("<script></script>", &[]),
        (
            "<script type=module>a()</script><script type=' Text/JavaScript '>b()</script><script type>c()</script>",
            &["a()", "b()", "c()"],
        ),
        ("<script type=importmap>{}</script><script type=speculationrules>{ }</script>", &["{}", "{ }"]),
        (
            "<script type=application/json>1</script><script type=application/ld+json>2</script><script type=text/plain>3</script>",
            &[],
        ),
        ("<script type='text/javascript; charset=utf-8'>a()</script>", &[]),
        ("<script language=JavaScript>a()</script><script language=vbscript>b</script>", &["a()"]),
        ("<svg><script>a(&lt;)</script><script href=/a.js>b</script></svg>", &["a(<)"]),
        ("<table><tr><script>a()</script><b><td></b>x", &["a()"]),
        ("\u{feff}<script>a()</script>", &["a()"]),
    ];

    #[test]
    fn finds_the_scripts_that_run() {
        for (html, expected) in SCRIPTS {
            assert_eq!(scan(html).scripts, expected, "{html:?}");
        }
    }

    #[test]
    fn finds_styles_and_attributes() {
        let html = "<style>a{}</style><style type=text/css>b{}</style><style type=x>c{}</style><noscript><style>d{}</style></noscript>\
             <svg><style>e{}</style></svg><p style='color:red' onclick=f() ONLOAD=g()><p style=''><p style='color:red'>";
        let found = scan(html);
        assert_eq!(found.styles, ["a{}", "b{}", "e{}", "d{}"]);
        assert_eq!(found.style_attributes, ["color:red", ""]);
        assert_eq!(found.handlers, ["onclick of <p>", "onload of <p>"]);
    }

    /// Whatever a script says and stands in, it is found once and unchanged: a property over random templates.
    #[test]
    fn keeps_every_byte_of_a_script() {
        const PIECES: [&str; 22] = [
            "<",
            ">",
            "</",
            "</p>",
            "<p title=\"",
            "'",
            "\"",
            "=",
            "&lt;",
            "&#0;",
            "\n",
            "\t",
            " ",
            "\\",
            "\u{e9}",
            "\u{1f600}",
            "]]>",
            "--",
            "</scrip",
            "script>",
            "<svg>",
            "if (a < b && c > d) {}",
        ];
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed % below as u64).unwrap()
        };
        for _ in 0..3_000 {
            let script: String = (0..=next(12)).map(|_| PIECES[next(PIECES.len())]).collect();
            // With the end tag, or with a comment that hides it, the text is another one.
            if script.contains("</script") || script.contains("<!--") {
                continue;
            }
            let around = ["", "<div>", "<table><tr>", "<ul><li><b>", "<template>", "<p></b></i>"][next(6)];
            let html = format!("<!doctype html>{around}<script>{script}</script><p>{}", PIECES[next(PIECES.len())]);
            assert_eq!(scan(&html).scripts, [&*script], "{html:?}");
            assert_eq!(scan(&html.replace('\n', "\r\n")), scan(&html), "{html:?}");
            // Anything at all must be read to its end.
            let soup: String =
                (0..next(30)).map(|_| ["<script>", "</script>", "<style>", "<!--", "-->", PIECES[next(22)]][next(6)]).collect();
            scan(&soup);
        }
    }
}
