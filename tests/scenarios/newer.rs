//! A node's folder in the hands of a newer version, which knows more kinds of records than ours: while no process runs
//! on it, the driver writes and reads there as that version would.

use std::path::Path;

use documents::{Edit, Scalar, Snapshot};
use driver::{Node, Options, Target, What, Write};
use identity::{Coordinate, Officer};
use tokio::runtime::Runtime;

/// A kind of record that no version of ours will know.
const TOMORROW: u16 = 60_000;

/// Registers something of a kind that is not known yet, with one field.
pub(crate) fn write(folder: &Path, scope: &str, field: &str, value: &str) -> Coordinate {
    let edits = vec![Edit::Put { key: field.to_owned(), value: Scalar::Text(value.to_owned()) }];
    let write = Write {
        target: Target::New { scope: scope.parse().unwrap(), kind: TOMORROW, predecessor: None },
        officer: Officer::new("petugas").unwrap(),
        what: What::Change { shown: Vec::new(), edits },
    };
    with(folder, async |node| node.write(vec![write]).await.unwrap().remove(0).document)
}

/// What it shows of a document.
pub(crate) fn shown(folder: &Path, document: &Coordinate) -> Option<Snapshot> {
    with(folder, async |node| node.snapshot(document.clone()).await.unwrap())
}

fn with<T>(folder: &Path, work: impl AsyncFnOnce(&Node) -> T) -> T {
    Runtime::new().unwrap().block_on(async {
        let store = store::Options::new(folder);
        let options = Options { store, known_kind: |_| true, network: None, rebuild: false };
        let (node, mut updates) = Node::open(options).await.unwrap();
        // Nobody makes tables of them here, but they must be read.
        let read = tokio::spawn(async move { while updates.recv().await.is_some() {} });
        let done = work(&node).await;
        node.stop().await;
        read.abort();
        done
    })
}
