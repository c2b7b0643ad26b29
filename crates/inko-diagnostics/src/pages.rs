//! The pages that explain the codes at length: one Markdown file each in `pages`, which is embedded here.
//!
//! A page is a heading with the code and its title, one sentence that sums it up, some prose, a program
//! with the mistake in a fence marked `inko,wrong`, and one without in a fence marked `inko,right`. Other
//! files that an example needs carry their name, as in `inko,wrong,file=shapes.inko`; a file without
//! `wrong` or `right` belongs to both examples.
//!
//! *Invariant:* every code has a page and every page a code. The tests of the compiler check that, and
//! that each example deserves its mark.

use crate::Code;

/// The names of the pages without their extension, and their texts, in the order of the names.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The names of all pages and their texts.
pub fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGES.iter().copied()
}

impl Code {
    /// The page that explains this code, in Markdown.
    pub fn page(self) -> &'static str {
        let name = self.to_string();
        pages().find(|(page, _)| *page == name).map_or("", |(_, text)| text)
    }

    /// The first sentence of the page.
    pub fn summary(self) -> String {
        let mut paragraphs = self.page().split("\n\n");
        paragraphs.nth(1).unwrap_or_default().lines().collect::<Vec<_>>().join(" ")
    }
}
