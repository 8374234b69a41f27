//! The tree that `html5ever` builds for the sanitiser: an arena of linked nodes, cheap to walk, to unlink and to drop.
//!
//! It holds what a sanitised fragment needs and no more: no ranges, no events, no live collections.

use std::borrow::Cow;
use std::cell::{Ref, RefCell, RefMut};
use std::rc::Rc;

use html5ever::interface::TokenizerResult;
use html5ever::interface::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, ParseOpts, QualName, local_name, ns};

use super::select::SelectFilter;

/// Index of a node in its [`Dom`].
pub(super) type Id = usize;

pub(super) enum Data {
    /// The document, or the content of a `<template>`, whose `host` is that element.
    Root {
        host: Option<Id>,
    },
    Text(StrTendril),
    Comment(StrTendril),
    Element(Element),
}

pub(super) struct Element {
    pub(super) name: Rc<QualName>,
    pub(super) attrs: Vec<Attribute>,
    /// The content of an HTML `<template>`.
    pub(super) content: Option<Id>,
    annotation_integration_point: bool,
}

pub(super) struct Node {
    pub(super) data: Data,
    pub(super) parent: Option<Id>,
    pub(super) previous: Option<Id>,
    pub(super) next: Option<Id>,
    pub(super) first: Option<Id>,
    pub(super) last: Option<Id>,
    depth: usize,
}

/// How deeply elements may be nested. What follows the first that is nested deeper is dropped: for every tag the parser looks
/// through the elements that are open, so that a few kilobytes of `<div>` would keep it busy for seconds.
/// (Chromium nests no deeper than 512.)
const MAX_DEPTH: usize = 1_000;

/// Whose tree is built where they differ.
#[derive(Clone, Copy, PartialEq)]
enum Flavour {
    /// As the HTML standard says.
    Standard,
    /// As jsdom does, so as `isomorphic-dompurify` sees it on Node: text in a table but outside its cells goes to the end of the
    /// table's parent, unless text stands before the table (jsdom/lib/jsdom/browser/parser/html.js, `insertTextBefore`).
    Jsdom,
}

pub(super) struct Dom {
    pub(super) nodes: Vec<Node>,
    /// Something is nested deeper than `MAX_DEPTH`.
    pub(super) too_deep: bool,
    flavour: Flavour,
}

impl Dom {
    pub(super) const DOCUMENT: Id = 0;

    fn new(flavour: Flavour) -> Self {
        let mut dom = Self { nodes: Vec::with_capacity(64), too_deep: false, flavour };
        dom.create(Data::Root { host: None });
        dom
    }

    fn create(&mut self, data: Data) -> Id {
        self.nodes.push(Node { data, parent: None, previous: None, next: None, first: None, last: None, depth: 0 });
        self.nodes.len() - 1
    }

    pub(super) fn element(&self, id: Id) -> Option<&Element> {
        match &self.nodes[id].data {
            Data::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(super) fn element_mut(&mut self, id: Id) -> Option<&mut Element> {
        match &mut self.nodes[id].data {
            Data::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.nodes[id].first, |&child| self.nodes[child].next)
    }

    /// The `<body>` of a parsed document; `None` when the input made a `<frameset>`.
    pub(super) fn body(&self) -> Option<Id> {
        let is = |id: &Id, name| self.element(*id).is_some_and(|element| element.name.local == name);
        let html = self.children(Self::DOCUMENT).find(|id| is(id, local_name!("html")))?;
        self.children(html).find(|id| is(id, local_name!("body")))
    }

    /// The node after `id` in document order under `root`, leaving out what `id` contains.
    pub(super) fn following(&self, root: Id, id: Id) -> Option<Id> {
        let mut at = id;
        while at != root {
            if let Some(next) = self.nodes[at].next {
                return Some(next);
            }
            at = self.nodes[at].parent?;
        }
        None
    }

    pub(super) fn unlink(&mut self, id: Id) {
        let Node { parent, previous, next, .. } = self.nodes[id];
        let Some(parent) = parent else { return };
        match previous {
            Some(previous) => self.nodes[previous].next = next,
            None => self.nodes[parent].first = next,
        }
        match next {
            Some(next) => self.nodes[next].previous = previous,
            None => self.nodes[parent].last = previous,
        }
        let node = &mut self.nodes[id];
        (node.parent, node.previous, node.next) = (None, None, None);
    }

    /// Puts an unlinked node before `sibling`, or at the end of `parent` when that is `None`.
    pub(super) fn insert(&mut self, parent: Id, id: Id, sibling: Option<Id>) {
        let previous = match sibling {
            Some(sibling) => self.nodes[sibling].previous.replace(id),
            None => self.nodes[parent].last.replace(id),
        };
        match previous {
            Some(previous) => self.nodes[previous].next = Some(id),
            None => self.nodes[parent].first = Some(id),
        }
        let depth = self.nodes[parent].depth + 1;
        self.too_deep |= depth > MAX_DEPTH;
        self.nodes[id].depth = depth;
        if let Some(content) = self.element(id).and_then(|element| element.content) {
            self.nodes[content].depth = depth;
        }
        let node = &mut self.nodes[id];
        (node.parent, node.previous, node.next) = (Some(parent), previous, sibling);
    }

    /// Puts what `id` contains in its place, and unlinks it.
    pub(super) fn unwrap(&mut self, id: Id) {
        if let Some(parent) = self.nodes[id].parent {
            while let Some(child) = self.nodes[id].first {
                self.unlink(child);
                self.insert(parent, child, Some(id));
            }
        }
        self.unlink(id);
    }

    pub(super) fn prepend_text(&mut self, parent: Id, text: &str) {
        let id = self.create(Data::Text(text.into()));
        self.insert(parent, id, self.nodes[parent].first);
    }

    fn append_text(&mut self, parent: Id, text: StrTendril, sibling: Option<Id>) {
        let before = match sibling {
            Some(sibling) => self.nodes[sibling].previous,
            None => self.nodes[parent].last,
        };
        if let Some(Data::Text(present)) = before.map(|id| &mut self.nodes[id].data) {
            present.push_tendril(&text);
            return;
        }
        let id = self.create(Data::Text(text));
        let sibling = sibling.filter(|_| self.flavour == Flavour::Standard);
        self.insert(parent, id, sibling);
    }
}

/// Parses as `new DOMParser().parseFromString(html, "text/html")` does in jsdom: a whole document, scripting disabled.
pub(super) fn parse_document(html: &str) -> Dom {
    let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
    let builder = TreeBuilder::new(Sink::new(Flavour::Jsdom), options);
    let tokenizer = Tokenizer::new(SelectFilter::new(builder), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(html.into());
    // The tokenizer stops at every `</script>`, for scripts to run; none does here.
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.inner.sink.finish()
}

/// Parses as ammonia does (ammonia/src/lib.rs, `make_parser`): a fragment inside a `<div>`.
/// What it holds are the children of the returned node.
pub(super) fn parse_fragment(html: &str) -> (Dom, Id) {
    let context = QualName::new(None, ns!(html), local_name!("div"));
    let sink = Sink::new(Flavour::Standard);
    let dom = html5ever::parse_fragment(sink, ParseOpts::default(), context, Vec::new(), false).one(html);
    let root = dom.nodes[Dom::DOCUMENT].first.unwrap_or(Dom::DOCUMENT);
    (dom, root)
}

/// What `html5ever` holds of a node. The name travels with it because the parser asks for it all the time,
/// also while it changes the tree.
#[derive(Clone)]
pub(super) struct Handle {
    id: Id,
    name: Option<Rc<QualName>>,
}

pub(super) struct Sink(RefCell<Dom>);

impl Sink {
    fn new(flavour: Flavour) -> Self {
        Self(RefCell::new(Dom::new(flavour)))
    }

    pub(super) fn dom(&self) -> Ref<'_, Dom> {
        self.0.borrow()
    }

    fn dom_mut(&self) -> RefMut<'_, Dom> {
        self.0.borrow_mut()
    }

    fn place(&self, parent: Id, child: NodeOrText<Handle>, sibling: Option<Id>) {
        let mut dom = self.dom_mut();
        match child {
            NodeOrText::AppendText(text) => dom.append_text(parent, text, sibling),
            NodeOrText::AppendNode(node) => {
                dom.unlink(node.id);
                dom.insert(parent, node.id, sibling);
            }
        }
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Dom;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> Dom {
        self.0.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn get_document(&self) -> Handle {
        Handle { id: Dom::DOCUMENT, name: None }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a QualName {
        target.name.as_ref().expect("the parser asks only elements for their name")
    }

    fn create_element(&self, mut name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Handle {
        let mut dom = self.dom_mut();
        if dom.flavour == Flavour::Jsdom && name.local == local_name!("feDropShadow") {
            // The only SVG element whose spelling parse5 leaves alone (parse5/dist/common/foreign-content.js).
            name.local = "fedropshadow".into();
        }
        let content = flags.template.then(|| dom.create(Data::Root { host: None }));
        let name = Rc::new(name);
        let id = dom.create(Data::Element(Element {
            name: Rc::clone(&name),
            attrs,
            content,
            annotation_integration_point: flags.mathml_annotation_xml_integration_point,
        }));
        if let Some(content) = content {
            dom.nodes[content].data = Data::Root { host: Some(id) };
        }
        Handle { id, name: Some(name) }
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        Handle { id: self.dom_mut().create(Data::Comment(text)), name: None }
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> Handle {
        // The HTML parser makes comments of processing instructions; only an XML parser calls this.
        self.create_comment(format!("?{target} {data}").into())
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.place(parent.id, child, None);
    }

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        let parent = self.dom().nodes[sibling.id].parent;
        self.place(parent.expect("the parser names a sibling that has a parent"), child, Some(sibling.id));
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        let parent = self.dom().nodes[element.id].parent;
        match parent {
            Some(parent) => self.place(parent, child, Some(element.id)),
            None => self.place(previous.id, child, None),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        let dom = self.dom();
        let content = dom.element(target.id).and_then(|element| element.content);
        Handle { id: content.expect("the parser asks only templates for their content"), name: None }
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        if let Some(element) = self.dom_mut().element_mut(target.id) {
            for attr in attrs {
                if element.attrs.iter().all(|present| present.name != attr.name) {
                    element.attrs.push(attr);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.dom_mut().unlink(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut dom = self.dom_mut();
        while let Some(child) = dom.nodes[node.id].first {
            dom.unlink(child);
            dom.insert(new_parent.id, child, None);
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, handle: &Handle) -> bool {
        self.dom().element(handle.id).is_some_and(|element| element.annotation_integration_point)
    }

    fn allow_declarative_shadow_roots(&self, _: &Handle) -> bool {
        false
    }
}
