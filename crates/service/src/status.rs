//! What a node holds, of whom, and what is nowhere else; and whether what is shown is what the journals say.

use std::path::Path;

use charter::{Charter, Subject};
use sync::PeerState;

use crate::{
    Service,
    both::Both,
    glance::changes_of,
    problem::{Code, Problem},
    reply::{BundleDone, OwnOffice, PeerView, ScopeView, StatusView, VerifyView},
};

impl Service {
    pub(crate) async fn status(&self) -> Result<StatusView, Problem> {
        let node = self.node();
        let charter = node.charter();
        let mut scopes = Vec::new();
        for (scope, journals) in node.held()? {
            let name = scope.clone();
            let (state, counts) =
                self.reading().look(move |views| Ok((views.fingerprint(&name)?, views.counts(&name)?))).await?;
            scopes.push(ScopeView {
                name: scope.to_string(),
                held: node.held_fingerprint(scope.clone()).await.unwrap_or_default(),
                state: state.to_string(),
                documents: counts.documents.values().sum(),
                entries: journals.iter().map(|(_, point)| point.seq).sum(),
                waiting: counts.waiting,
                refused: counts.refused,
                frozen: !node.frozen(journals.iter().map(|(journal, _)| journal.clone()).collect()).await.is_empty(),
            });
        }
        let alone = self.alone().await?;
        let (udp, tcp) = node.addresses();
        let (peers, knocking) = self.peers(charter.as_deref());
        Ok(StatusView {
            office: self.office(),
            node: node.key().to_string(),
            network: node.network().map(|network| network.to_string()),
            practice: node.profile().1,
            listen: udp.map(|address| address.to_string()),
            tcp: tcp.map(|address| address.to_string()),
            scopes,
            peers,
            knocking,
            only_here: changes_of(&alone, false),
            by_rule: changes_of(&alone, true),
            damage: self.damage(|_| true).into_iter().map(|damage| damage.en).collect(),
        })
    }

    /// What the last start found damaged or not whole, of the cuts those that are wanted.
    pub(crate) fn damage(&self, wanted: impl Fn(&store::Cut) -> bool) -> Vec<Both> {
        let node = self.node();
        node.cuts()
            .iter()
            .filter(|cut| wanted(cut))
            .map(damage)
            .chain(node.unreadable().iter().map(unreadable))
            .collect()
    }

    /// Calls whoever is not connected.
    pub(crate) fn call_now(&self) -> Result<(), Problem> {
        if !self.node().calls() {
            return Err(Problem::said(
                Code::Conflict,
                None,
                "komputer ini bekerja tanpa jaringan: jalankan dengan `simpul run`",
                "this node runs without a network: start it with `simpul run`",
            ));
        }
        self.node().call_now();
        Ok(())
    }

    /// The office that this node speaks for.
    pub fn office(&self) -> OwnOffice {
        let node = self.node();
        let charter = node.charter();
        let id = node.office();
        let admitted = charter.as_ref().is_some_and(|charter| charter.is_active(&node.key()));
        if let Some(office) = charter.as_ref().and_then(|charter| charter.office(&id)) {
            return OwnOffice {
                id: id.to_string(),
                name: office.name.clone(),
                kind: office.kind.to_string(),
                region: office.region.to_string(),
                admitted,
            };
        }
        let (name, kind, region) = match node.profile().0 {
            Subject::NewOffice { name, kind, region } => (name.clone(), kind.to_string(), region.to_string()),
            Subject::FurtherNode { .. } => (String::new(), String::new(), String::new()),
        };
        OwnOffice { id: id.to_string(), name, kind, region, admitted }
    }

    /// The office of an id or a name.
    pub(crate) fn office_named(&self, id_or_name: &str) -> Result<charter::Office, Problem> {
        let charter = self.charter()?;
        let wanted = id_or_name.parse().ok();
        let mut found = charter.offices().filter(|known| Some(known.id) == wanted || known.name == id_or_name);
        match (found.next(), found.next()) {
            (Some(office), None) => Ok(office.clone()),
            _ => Err(Problem::not_found(
                format!("{id_or_name:?} names no office, or several"),
                "give the office's id: `simpul charter show` lists them",
            )),
        }
    }

    /// Who was let in, and the keys that knock. A key that was removed knocks too, until it is told.
    fn peers(&self, charter: Option<&Charter>) -> (Vec<PeerView>, Vec<String>) {
        let name = |office| Some(charter?.office(&office)?.name.clone());
        let (mut peers, mut knocking) = (Vec::new(), Vec::new());
        for peer in self.node().peers() {
            let node = peer.node.to_string();
            let state = match peer.state {
                PeerState::Greeting | PeerState::Proving => {
                    knocking.push(node);
                    continue;
                }
                PeerState::Statements => "statements",
                PeerState::Catching => "catching up",
                PeerState::Equal => "equal",
                PeerState::Gone => "gone",
            };
            peers.push(PeerView { node, office: peer.office.and_then(name), state: state.to_owned() });
        }
        (peers, knocking)
    }

    /// A bundle for an office: everything that it may read and is not known to hold, sealed to its computers. With the
    /// office's name.
    ///
    /// # Errors
    /// When the office is not known, or has no computer that could open it.
    pub async fn bundle_for(&self, office: &str) -> Result<(String, Vec<u8>), Problem> {
        let office = self.office_named(office)?;
        let bytes = self.node().export(office.id).await.map_err(|error| bundle_problem(&error))?;
        Ok((office.name, bytes))
    }

    pub(crate) async fn export_bundle(&self, office: &str, out: &Path) -> Result<BundleDone, Problem> {
        let (office, bytes) = self.bundle_for(office).await?;
        tokio::fs::write(out, &bytes).await.map_err(|error| {
            Problem::new(
                Code::Storage,
                format!("cannot write {}: {error}", out.display()),
                "is the stick full or read-only?",
            )
        })?;
        Ok(BundleDone { office, bytes: bytes.len() as u64, entries: 0 })
    }

    pub(crate) async fn import_bundle(&self, file: &Path) -> Result<BundleDone, Problem> {
        let bytes = tokio::fs::read(file).await.map_err(|error| {
            Problem::bad_input(
                format!("cannot read {}: {error}", file.display()),
                "check the path, and whether the stick is in",
            )
        })?;
        self.take_bundle(&bytes).await
    }

    /// Takes in a bundle. When it is answered, what it brought is durable. The same one again does nothing.
    ///
    /// # Errors
    /// When it is no bundle for this office, is damaged, or nothing is known of who made it. Nothing was changed then.
    pub async fn take_bundle(&self, bytes: &[u8]) -> Result<BundleDone, Problem> {
        // A node that belongs to no network can open no bundle, whatever the file is.
        self.charter()?;
        let (from, entries) = self.node().import(bytes).await.map_err(|error| bundle_problem(&error))?;
        let charter = self.charter()?;
        let office = charter.node(&from).and_then(|node| charter.office(&node.office));
        let office = office.map_or_else(|| from.short(), |office| office.name.clone());
        Ok(BundleDone { office, bytes: bytes.len() as u64, entries })
    }

    pub(crate) async fn verify(&self) -> Result<VerifyView, Problem> {
        let recomputed = self.node().recompute().await?;
        let mut differences = recomputed.damaged;
        let mut documents = 0;
        for (scope, sum) in recomputed.states {
            let name = scope.clone();
            let (shown, summed) = self
                .reading()
                .look(move |views| Ok((views.fingerprint(&name)?, views.recomputed_fingerprint(&name)?)))
                .await?;
            let mut state = records::StateSum::default();
            for (document, hash) in &sum {
                state.add(document, hash);
            }
            documents += sum.len() as u64;
            if shown != summed {
                differences.push(format!("{scope}: the running fingerprint of the views is not the sum of their rows"));
            }
            if state != shown {
                differences.push(format!("{scope}: the views show something else than the journals say"));
            }
        }
        Ok(VerifyView { entries: recomputed.entries, documents, differences })
    }
}

/// What a start found of its files, in words.
fn damage(cut: &store::Cut) -> Both {
    let (id, en) = match cut.why {
        store::Why::TornTail => (
            "tulisan terakhirnya tidak utuh dan dipotong, seperti sesudah listrik padam",
            "its last write was not whole and was cut, as after a power cut",
        ),
        store::Why::Damaged => ("sebagian isinya rusak", "a part of it is damaged"),
        store::Why::NoEnd => ("ujungnya hilang", "its end is gone"),
        store::Why::NoHeader => ("tidak dapat dibaca", "it is unreadable"),
        store::Why::Foreign => (
            "ditulis dengan kunci lain atau untuk perangkat lain",
            "it was written under another key or for another node",
        ),
        store::Why::Missing => ("berkas sebelumnya hilang", "files before it are gone"),
        store::Why::Behind => ("yang ditulis terakhir hilang", "what was written last is gone"),
    };
    Both { id: format!("{}: {id}", cut.file), en: format!("{}: {en}", cut.file) }
}

fn unreadable(at: &store::Location) -> Both {
    Both {
        id: format!("berkas {}: bagian mulai bita {} tidak dapat dibaca", at.file, at.offset),
        en: format!("file {}: what stands at byte {} cannot be read", at.file, at.offset),
    }
}

fn bundle_problem(error: &driver::BundleError) -> Problem {
    use driver::BundleError as B;
    let code = match error {
        B::Foreign | B::Damaged | B::Version(_) | B::Content => Code::BadInput,
        B::OtherNetwork(_) | B::NotForUs | B::Stranger(_) => Code::NoRight,
        B::NoAddressee | B::Key => Code::Conflict,
    };
    let (id, en) = match error {
        B::Foreign => (
            "berkas ini bukan berkas Simpul dari kantor lain: pilih berkas yang disimpan di sana".to_owned(),
            "this file is no bundle: choose the one that the other office saved".to_owned(),
        ),
        B::Damaged => (
            "berkas ini rusak atau tidak lengkap: salin lagi dari kantor pembuatnya".to_owned(),
            "this bundle is damaged or not complete: copy it from its maker again".to_owned(),
        ),
        B::Version(version) => (
            format!("berkas ini dibuat oleh aplikasi yang lebih baru (versi berkas {version}): perbarui aplikasi di sini"),
            format!("this bundle has version {version}, of a newer program: bring this node's program up to date"),
        ),
        B::OtherNetwork(_) => (
            "berkas ini dari jaringan lain, misalnya latihan: minta dibuatkan lagi oleh kantor di jaringan ini".to_owned(),
            "this bundle belongs to another network, perhaps one for practice: have it made in this one".to_owned(),
        ),
        B::NotForUs => (
            "berkas ini dibuat untuk kantor lain: minta dibuatkan lagi untuk kantor ini".to_owned(),
            "this bundle is sealed to another office: have it made for this one, `simpul bundle export --for`".to_owned(),
        ),
        B::NoAddressee | B::Key => (
            "kantor itu belum mempunyai komputer yang dapat membukanya: pilih kantor lain".to_owned(),
            "that office has no computer that could open it: choose another; `simpul charter show` lists them".to_owned(),
        ),
        B::Stranger(_) => (
            "pembuat berkas ini belum dikenal di sini: tersambunglah sekali, atau ambil berkas dari kantor yang sudah dikenal"
                .to_owned(),
            "nothing held here admits the maker of this bundle: connect once, or take in one of an office that is known"
                .to_owned(),
        ),
        B::Content => (
            "isi berkas ini tidak diterima: minta dibuatkan lagi".to_owned(),
            "the content of this bundle is not accepted: have it made again; if it persists, look into the node's log"
                .to_owned(),
        ),
    };
    Problem::said(code, None, id, en)
}
