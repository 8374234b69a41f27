//! What the pages of the example read: the language that is asked for, and their URL. Nothing that tells visitors apart.

use std::path::Path;

use super::{assert_reads, reads_of, request, usual};
use crate::apps::App;

#[test]
fn pages_of_the_example() {
    let app = App::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/blog/dist/server/index.js"));
    for (uri, expected) in [
        ("/", "header accept-language, query"),
        ("/?tag=svelte", "header accept-language, query"),
        ("/about", "header accept-language, query"),
        ("/missing", "header accept-language, query"),
        ("/api/posts", "parameter tag"),
        ("/api/posts?tag=svelte", "parameter tag"),
    ] {
        let (reads, answer) = reads_of(&app, || request(usual(uri)), uri);
        assert_reads(&reads, expected, uri, &answer);
    }
}
