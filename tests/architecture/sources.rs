//! Reads a room's sources as Rust and lists the paths that a pure room may not name. Code under `#[cfg(test)]`
//! is free, and so is a module of its own file that is called `tests`.

use std::path::Path;
use syn::visit::Visit;

/// Beginnings of paths, after `use` trees are unfolded. `Instant` as a type is fine, reading it is not.
const IMPURE: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io::stderr",
    "std::io::stdin",
    "std::io::stdout",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant::now",
    "std::time::SystemTime",
    "std::time::UNIX_EPOCH",
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "OsRng",
];

/// Each impure path below `folder`, with the file that names it. Panics on a file that cannot be read or parsed.
pub(crate) fn impure_paths_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut files = 0;
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("the folder can be listed").path();
            if path.file_stem().is_some_and(|stem| stem == "tests") {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files += 1;
                let source = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                found.extend(impure_paths(&source).into_iter().map(|name| format!("{}: {name}", path.display())));
            }
        }
    }
    assert!(files > 0, "{} holds sources", folder.display());
    found
}

fn impure_paths(source: &str) -> Vec<String> {
    let mut reader = Reader { found: Vec::new() };
    reader.visit_file(&syn::parse_file(source).unwrap_or_else(|e| panic!("does not parse: {e}")));
    reader.found
}

struct Reader {
    found: Vec<String>,
}

impl Reader {
    fn judge(&mut self, path: &str) {
        let starts = |part: &&&str| path == **part || path.starts_with(&format!("{part}::"));
        // A type from elsewhere may be imported first and called by its short name.
        let ends = |part: &&&str| !part.starts_with("std") && path.ends_with(&format!("::{part}"));
        if IMPURE.iter().any(|part| starts(&part) || ends(&part)) {
            self.found.push(path.to_owned());
        }
    }

    fn unfold(&mut self, before: &str, tree: &syn::UseTree) {
        let joined = |name: &syn::Ident| if before.is_empty() { name.to_string() } else { format!("{before}::{name}") };
        match tree {
            syn::UseTree::Path(path) => self.unfold(&joined(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.judge(joined(&name.ident).trim_end_matches("::self")),
            syn::UseTree::Rename(name) => self.judge(joined(&name.ident).trim_end_matches("::self")),
            syn::UseTree::Glob(_) => self.judge(before),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.unfold(before, tree)),
        }
    }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_for_tests(&item.attrs) {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_for_tests(&item.attrs) {
            syn::visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_for_tests(&item.attrs) {
            self.unfold("", &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.judge(&path.segments.iter().map(|s| s.ident.to_string()).collect::<Vec<_>>().join("::"));
        syn::visit::visit_path(self, path);
    }

    /// What stands inside a macro call is only tokens: look for the path as it would be written there.
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let tokens = call.tokens.to_string().replace(' ', "");
        for part in IMPURE.iter().filter(|part| part.contains("::") && tokens.contains(**part)) {
            self.found.push((*part).to_owned());
        }
        syn::visit::visit_macro(self, call);
    }
}

#[test]
fn impure_paths_are_found_however_they_are_written() {
    check("use std::fs;", &["std::fs"]);
    check("use std::{collections::BTreeMap, net::{self, TcpStream}};", &["std::net", "std::net::TcpStream"]);
    check("use std::fs::*;", &["std::fs"]);
    check("use std::fs as disk;", &["std::fs"]);
    check("fn f() { let _ = std::time::Instant::now(); }", &["std::time::Instant::now"]);
    check("use std::time::Instant; fn f() -> Instant { Instant::now() }", &["Instant::now"]);
    check(
        "fn f() { println!(\"{:?}\", std::time::SystemTime::now()); }",
        &["std::time::SystemTime", "SystemTime::now"],
    );
    check("fn f() { rand::rngs::OsRng; }", &["rand::rngs::OsRng"]);
}

#[test]
fn what_a_pure_room_needs_is_left_alone() {
    check("use std::time::{Duration, Instant}; fn f(now: Instant) -> Instant { now + Duration::ZERO }", &[]);
    check("//! Opens no std::fs file.\n/// Nor `std::net`.\nfn f() {}", &[]);
    check("#[cfg(test)] mod tests { use std::fs; }", &[]);
    check("use crate::fs; mod net {} fn f() { net::connect(); }", &[]);
}

fn check(source: &str, expected: &[&str]) {
    assert_eq!(impure_paths(source), expected, "in {source}");
}
