//! The arrows of the rooms as a fact: who may use whom, who alone may name a library, and what the pure rooms leave out.
//!
//! Judged on the answer of `cargo metadata` (what cargo would build, not what a grep finds) and, for paths into the
//! standard library, on the parsed sources. If either cannot be read, the test fails.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test at the edge")]

mod rooms;
mod sources;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use rooms::{OWNED, PURE, PURE_WITHOUT, PURE_WITHOUT_BELOW, Rooms};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn workspace() -> Metadata {
    MetadataCommand::new()
        .manifest_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml"))
        .other_options(vec!["--locked".into()])
        .exec()
        .expect("cargo metadata answers")
}

/// The names that a package's manifest lists, of the kinds asked for.
fn listed(package: &Package, kinds: &[DependencyKind]) -> BTreeSet<String> {
    package.dependencies.iter().filter(|d| kinds.contains(&d.kind)).map(|d| d.name.clone()).collect()
}

const BUILT_IN: &[DependencyKind] = &[DependencyKind::Normal, DependencyKind::Build];

#[test]
fn every_member_is_a_known_room_in_the_folder_of_its_name() {
    let metadata = workspace();
    let known = Rooms::drawn();
    let members = metadata.workspace_packages();
    assert!(members.len() > 10, "cargo metadata lists the rooms");
    for package in members {
        let name = package.name.as_str();
        assert!(
            known.contains(name),
            "`{name}` is no room of the design: draw it in tests/architecture/rooms.rs first"
        );
        let folder = package.manifest_path.parent().expect("a manifest lies in a folder");
        let expected = if name == "simpul-tests" { "tests" } else { name };
        assert_eq!(folder.file_name(), Some(expected), "`{name}` lies in the folder of its name");
        let manifest = std::fs::read_to_string(&package.manifest_path).expect("the manifest can be read");
        assert!(manifest.contains("[lints]\nworkspace = true"), "`{name}` takes the lints of the workspace");
    }
}

#[test]
fn rooms_use_only_what_the_design_draws() {
    let metadata = workspace();
    let rooms = Rooms::drawn();
    let mut broken = Vec::new();
    for package in metadata.workspace_packages() {
        for used in listed(package, BUILT_IN) {
            if let Some(reason) = rooms.refuses(&package.name, &used) {
                broken.push(reason);
            }
        }
        // Tests may reach for a neighbour, yet never for a room that stands on this one.
        for used in listed(package, &[DependencyKind::Development]) {
            if rooms.reaches(&used, &package.name) {
                broken.push(format!("the tests of `{}` use `{used}`, which stands on it", package.name));
            }
        }
    }
    assert!(broken.is_empty(), "arrows that the design does not draw:\n{}", broken.join("\n"));
}

#[test]
fn each_library_of_the_edge_has_one_room() {
    let metadata = workspace();
    let mut broken = Vec::new();
    for package in metadata.workspace_packages().into_iter().filter(|p| !rooms::TESTS.contains(&p.name.as_str())) {
        for used in listed(package, BUILT_IN) {
            for (library, owners) in OWNED {
                if used == *library && !owners.contains(&package.name.as_str()) {
                    broken.push(format!("`{}` uses `{library}`; only {owners:?} may", package.name));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn pure_rooms_bring_no_runtime_socket_or_file() {
    let metadata = workspace();
    let (graph, rooms) = (Graph::of(&metadata), Rooms::drawn());
    let mut broken = Vec::new();
    for package in metadata.workspace_packages().into_iter().filter(|p| PURE.contains(&p.name.as_str())) {
        let listed = listed(package, BUILT_IN);
        for library in PURE_WITHOUT.iter().filter(|library| listed.contains(**library)) {
            broken.push(format!("`{}` uses `{library}`", package.name));
        }
        let below = graph.below(&package.id);
        let (name, stands_on_it) = (package.name.as_str(), below.contains("identity"));
        assert_eq!(stands_on_it, rooms.reaches(name, "identity"), "the graph has the edges of the picture");
        for library in PURE_WITHOUT_BELOW.iter().filter(|library| below.contains(**library)) {
            broken.push(format!("`{library}` comes into `{}` through its dependencies", package.name));
        }
    }
    assert!(broken.is_empty(), "pure rooms:\n{}", broken.join("\n"));
}

#[test]
fn pure_rooms_name_no_file_socket_or_clock() {
    let metadata = workspace();
    let mut broken = Vec::new();
    for package in metadata.workspace_packages().into_iter().filter(|p| PURE.contains(&p.name.as_str())) {
        let folder = package.manifest_path.parent().expect("a manifest lies in a folder").join("src");
        broken.extend(sources::impure_paths_below(folder.as_std_path()));
    }
    assert!(broken.is_empty(), "time, randomness, files and sockets are inputs of a pure room:\n{}", broken.join("\n"));
}

#[test]
fn an_arrow_up_or_past_the_one_way_in_is_refused() {
    let rooms = Rooms::drawn();
    for (from, to, allowed) in [
        ("sync", "journal", true),
        ("driver", "identity", true),
        ("node", "service", true),
        ("web", "identity", true),
        ("web", "service", true),
        ("journal", "store", false),
        ("identity", "journal", false),
        ("transport", "sync", false),
        ("store", "transport", false),
        ("views", "driver", false),
        ("web", "store", false),
        ("node", "driver", false),
        ("journal", "blake3", true),
    ] {
        assert_eq!(rooms.refuses(from, to).is_none(), allowed, "{from} → {to}");
    }
    assert!(rooms.reaches("service", "identity") && !rooms.reaches("identity", "service"));
}

/// What cargo would build below each package, development dependencies left out.
struct Graph<'a> {
    names: BTreeMap<&'a PackageId, &'a str>,
    edges: BTreeMap<&'a PackageId, Vec<&'a PackageId>>,
}

impl<'a> Graph<'a> {
    fn of(metadata: &'a Metadata) -> Self {
        let names = metadata.packages.iter().map(|p| (&p.id, p.name.as_str())).collect();
        let resolve = metadata.resolve.as_ref().expect("cargo metadata resolves the graph");
        let built = |node: &'a cargo_metadata::Node| {
            let deps = node.deps.iter();
            deps.filter(|d| d.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal)).map(|d| &d.pkg).collect()
        };
        Self { names, edges: resolve.nodes.iter().map(|node| (&node.id, built(node))).collect() }
    }

    fn below(&self, from: &'a PackageId) -> BTreeSet<&'a str> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(self.edges[id].iter().copied());
            }
        }
        seen.into_iter().filter(|id| *id != from).map(|id| self.names[id]).collect()
    }
}
