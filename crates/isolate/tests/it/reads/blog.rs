//! What the pages of the example read.

use std::path::Path;

use super::{reads_of, request, usual};
use crate::apps::App;

#[test]
fn pages_of_the_example() {
    let app = App::at(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/blog/dist/server/index.js"));
    for uri in ["/", "/?page=2", "/about", "/missing"] {
        let (reads, answer) = reads_of(&app, || request(usual(uri)), uri);
        println!("{uri}: {reads:?} {}", answer.len());
    }
}
