//! Lets `html5ever` treat `<select>` as parse5 does: inside one, only options, their groups, rules, scripts and templates count.
//!
//! The HTML standard has since opened `<select>` to other elements, and `html5ever` follows it; jsdom does not yet, and its
//! reading is the stricter one. Works on tokens: what parse5 ignores never reaches the tree builder.

use std::cell::{Cell, RefCell};

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use html5ever::{LocalName, local_name};

use super::dom::{Dom, Handle, Id, Sink};

/// Stands between the tokenizer and the tree builder.
pub(super) struct SelectFilter {
    pub(super) inner: TreeBuilder<Handle, Sink>,
    /// Whether a `<select>` is open.
    open: Cell<bool>,
    /// The same of the templates around the current one: what a template holds is read for itself.
    outside: RefCell<Vec<bool>>,
}

impl SelectFilter {
    pub(super) fn new(inner: TreeBuilder<Handle, Sink>) -> Self {
        Self { inner, open: Cell::new(false), outside: RefCell::default() }
    }

    fn close(&self, line: u64) {
        self.open.set(false);
        let end = Tag {
            kind: TagKind::EndTag,
            name: local_name!("select"),
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        };
        // An end tag never asks the tokenizer for anything.
        let _ = self.inner.process_token(Token::TagToken(end), line);
    }

    /// Whether parse5 would act on the tag (parse5/dist/parser/index.js, `startTagInSelect`, `endTagInSelect`).
    fn admits(&self, tag: &Tag, line: u64) -> bool {
        let start = tag.kind == TagKind::StartTag;
        if self.inner.adjusted_current_node_present_but_not_in_html_namespace() {
            return true;
        }
        if tag.name == local_name!("template") {
            let outside = &mut *self.outside.borrow_mut();
            if start {
                outside.push(self.open.replace(false));
            } else if let Some(open) = outside.pop() {
                self.open.set(open);
            }
            return true;
        }
        if !self.open.get() {
            self.open.set(start && tag.name == local_name!("select"));
            return true;
        }
        match tag.name {
            local_name!("option") | local_name!("optgroup") | local_name!("script") => true,
            local_name!("hr") | local_name!("html") => start,
            local_name!("select") => {
                self.close(line);
                false
            }
            local_name!("input") | local_name!("keygen") | local_name!("textarea") if start => {
                self.close(line);
                true
            }
            _ if is_table_part(&tag.name) => {
                let around = open_table_parts(&self.inner.sink.dom());
                let ends = if start { !around.is_empty() } else { around.contains(&tag.name) };
                if ends {
                    self.close(line);
                }
                ends
            }
            _ => false,
        }
    }
}

/// The parts of a table in which the newest `<select>` stands, from the inside out to the table.
fn open_table_parts(dom: &Dom) -> Vec<LocalName> {
    let name = |id: Id| dom.element(id).map(|element| &element.name.local);
    let Some(select) = (0..dom.nodes.len()).rev().find(|&id| name(id) == Some(&local_name!("select"))) else {
        return Vec::new();
    };
    let is_table = |id: &Id| name(*id) == Some(&local_name!("table"));
    let mut parts = Vec::new();
    for id in std::iter::successors(Some(select), |&id| dom.nodes[id].parent) {
        // What stands between the cells of an open table is put before that table, whose last parts are then the open ones.
        if let Some(table) = dom.nodes[id].next.filter(is_table) {
            let last = |&id: &Id| dom.nodes[id].last.filter(|&last| name(last).is_some_and(is_table_part));
            return std::iter::successors(Some(table), last).filter_map(name).cloned().collect();
        }
        parts.extend(name(id).filter(|name| is_table_part(name)).cloned());
        if is_table(&id) {
            break;
        }
    }
    parts
}

fn is_table_part(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("caption")
            | local_name!("table")
            | local_name!("tbody")
            | local_name!("tfoot")
            | local_name!("thead")
            | local_name!("tr")
            | local_name!("td")
            | local_name!("th")
    )
}

impl TokenSink for SelectFilter {
    type Handle = Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Handle> {
        let too_deep = self.inner.sink.dom().too_deep;
        match &token {
            Token::EOFToken => self.inner.process_token(token, line),
            _ if too_deep => TokenSinkResult::Continue,
            Token::TagToken(tag) if !self.admits(tag, line) => TokenSinkResult::Continue,
            _ => self.inner.process_token(token, line),
        }
    }

    fn end(&self) {
        self.inner.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.inner.adjusted_current_node_present_but_not_in_html_namespace()
    }
}
