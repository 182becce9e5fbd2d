//! Published agreements, and exported ones that somebody checks with nothing but the file.

use charter::{Body, Charter as RealCharter, Policy, Request, Statement, StatementSet, Subject, founding, office_id};
use identity::{NetworkId, Signed};

use super::*;
use crate::Digest;

/// A network founded by the eight ministries, and what they agreed.
struct Founded {
    set: StatementSet,
    network: NetworkId,
    offices: Vec<OfficeId>,
}

fn request(number: u8, subject: Subject) -> Signed<Request> {
    let secret = secret(number);
    Request { seal_key: secret.seal_key(), practice: false, nonce: [number; 16], subject }.sign(&secret).unwrap()
}

fn found() -> Founded {
    let subject =
        |name: &str| Subject::NewOffice { name: name.into(), kind: OfficeKind::Ministry, region: Region::national() };
    let requests: Vec<_> = MINISTRIES.iter().zip(1..).map(|(name, number)| request(number, subject(name))).collect();
    let offices: Vec<OfficeId> =
        requests.iter().map(|signed| office_id(signed, &Request::verify(signed).unwrap())).collect();
    let policy = Policy::default_programme(offices[0]);
    let (statement, network) = founding(false, requests, policy, [1; 16]).unwrap();
    let mut set = StatementSet::new();
    for number in 1..=8 {
        set.insert(statement.signed_by(&secret(number)).unwrap()).unwrap();
    }
    Founded { set, network, offices }
}

impl Founded {
    fn charter(&self) -> RealCharter {
        RealCharter::fold(&self.set, self.network)
    }

    fn say(&mut self, number: u8, body: Body) {
        self.set.insert(Statement::sign(&secret(number), self.network, body).unwrap()).unwrap();
    }

    fn version(&self) -> Version {
        let terms = Terms {
            agenda: format!("{AGENDA_SCOPE}:{}:0101010101010101:1", secret(1).node_key()).parse().unwrap(),
            number: 1,
            title: "Adendum Desa Migran Produktif".into(),
            from: day("2017-05-30"),
            until: None,
            relation: None,
            heads: Digest([5; 32]),
            parties: MINISTRIES
                .iter()
                .zip(&self.offices)
                .map(|(name, id)| TermsParty { party: Party::Office(*id), name: (*name).into(), required: true })
                .collect(),
            attachments: Vec::new(),
            articles: vec![TermsArticle {
                heading: "Ruang lingkup".into(),
                paragraphs: SCOPE_ITEMS.map(str::to_owned).to_vec(),
            }],
        };
        let (text, hash) = terms.freeze().unwrap();
        let officer = Officer::new("petugas").unwrap();
        let by = crate::By { at: terms.agenda.clone(), office: None, officer, time_ms: 0 };
        Version { hash, text, terms, by }
    }

    /// The word of office `of`, signed by node `number`.
    fn given(&self, version: &Version, of: usize, number: u8, says: WordKind, knows: Vec<WordId>) -> Given {
        let word = Word {
            v: Word::VERSION,
            agenda: version.terms.agenda.clone(),
            version: version.hash,
            says,
            party: self.offices[of],
            office: self.offices[of],
            official: official(number),
            mandate: mandate(&official(number)),
            day: day("2017-05-30"),
            time_ms: 0,
            knows,
        };
        let signature = Signature::sign(&secret(number), &word).unwrap();
        let (word, id) = signature.read().unwrap();
        Given { id, word, signature, by: None }
    }

    fn words(&self, version: &Version, parties: std::ops::RangeInclusive<u8>) -> Ratifications {
        let mut words = Ratifications::default();
        for number in parties {
            words.take(self.given(version, usize::from(number) - 1, number, WordKind::Ratify, Vec::new()));
        }
        words
    }

    fn export(&self, version: &Version, words: &Ratifications) -> Vec<u8> {
        AgreementFile::export(version, words, Some((&self.charter(), &self.set))).unwrap()
    }
}

#[test]
fn a_file_alone_shows_that_all_eight_ratified() {
    let founded = found();
    let version = founded.version();
    let bytes = founded.export(&version, &founded.words(&version, 1..=8));
    let report = verify_agreement(&bytes).unwrap();
    assert!(report.is_ratified());
    assert_eq!((report.version, report.network), (version.hash, Some(founded.network)));
    assert_eq!((report.ratified(), report.day()), ((8, 8), Some(day("2017-05-30"))));
    let names: Vec<_> = report.parties.iter().map(|party| party.name.as_str()).collect();
    assert_eq!(names, MINISTRIES);
    for party in &report.parties {
        assert_eq!(party.signers[0].office_name.as_deref(), Some(party.name.as_str()));
        assert_eq!(party.signers[0].key, KeyProof::Shown);
    }
}

#[test]
fn one_changed_byte_is_refused() {
    let founded = found();
    let version = founded.version();
    let bytes = founded.export(&version, &founded.words(&version, 1..=8));
    // Every byte of the head and of a signature, and every 97th of the rest: the statements are long and all alike.
    for at in (0..bytes.len()).filter(|at| *at < 2500 || at % 97 == 0 || *at + 40 > bytes.len()) {
        for flip in [1, 0x20] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            let refused = verify_agreement(&changed);
            assert!(
                refused.is_err(),
                "byte {at} of {}: {:?}",
                bytes.len(),
                String::from_utf8_lossy(&changed[at..at + 8])
            );
        }
    }
    for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        assert_eq!(verify_agreement(&bytes[..cut]), Err(FileRefused::Foreign), "cut at {cut}");
    }
    let spaced = [&bytes[..], b"\n"].concat();
    assert_eq!(verify_agreement(&spaced), Err(FileRefused::Foreign), "a second spelling");
    let newer = String::from_utf8(bytes.clone()).unwrap().replace("\"simpul_agreement\": 1", "\"simpul_agreement\": 2");
    assert_eq!(verify_agreement(newer.as_bytes()), Err(FileRefused::Newer(2)));
    assert_eq!(
        verify_agreement(&vec![b' '; AGREEMENT_FILE_BYTES_MAX + 1]),
        Err(FileRefused::TooLarge(AGREEMENT_FILE_BYTES_MAX + 1))
    );
}

#[test]
fn what_the_signatures_do_not_cover_proves_nothing() {
    let founded = found();
    let version = founded.version();
    let seven = founded.export(&version, &founded.words(&version, 1..=7));
    let report = verify_agreement(&seven).unwrap();
    assert_eq!((report.is_ratified(), report.ratified()), (false, (7, 8)));
    // A key that the charter gives to another ministry, and one that it does not know.
    for signer in [7, 30] {
        let mut words = founded.words(&version, 1..=7);
        words.take(founded.given(&version, 7, signer, WordKind::Ratify, Vec::new()));
        let report = verify_agreement(&founded.export(&version, &words)).unwrap();
        assert!(!report.is_ratified(), "signed by node {signer}");
        assert_eq!(report.parties[7].signers[0].key, KeyProof::NotShown);
    }
    // Without the charter's statements the signatures fit, and nobody's they are.
    let bare = AgreementFile::export(&version, &founded.words(&version, 1..=8), None).unwrap();
    let report = verify_agreement(&bare).unwrap();
    assert_eq!((report.is_ratified(), report.network), (false, None));
    // A signature on another text does not come over.
    let mut other = version.clone();
    other.terms.title = "Adendum lain".into();
    (other.text, other.hash) = other.terms.freeze().unwrap();
    let report = verify_agreement(&founded.export(&other, &founded.words(&version, 1..=8))).unwrap();
    assert_eq!(report.ratified(), (0, 8));
}

#[test]
fn a_withdrawal_travels_with_the_signature_that_it_takes_back() {
    let founded = found();
    let version = founded.version();
    let mut words = founded.words(&version, 1..=8);
    let known = words.known_to(founded.offices[3]);
    words.take(founded.given(&version, 3, 4, WordKind::Withdraw, known));
    let report = verify_agreement(&founded.export(&version, &words)).unwrap();
    assert_eq!((report.parties[3].vote, report.parties[3].signers.len()), (Vote::Withdrawn, 2));
    assert!(!report.is_ratified());
}

#[test]
fn a_removed_key_counts_only_for_whoever_knows_its_cut_off() {
    let mut founded = found();
    let version = founded.version();
    // The ministry has a second node, which signs; then the founders remove it.
    let further = request(8 + SECOND, Subject::FurtherNode { office: founded.offices[7] });
    founded.say(8, Body::Admit { request: further });
    let mut words = founded.words(&version, 1..=7);
    words.take(founded.given(&version, 7, 8 + SECOND, WordKind::Ratify, Vec::new()));
    assert!(verify_agreement(&founded.export(&version, &words)).unwrap().is_ratified(), "a further node speaks too");
    let act = charter::Act::RemoveNode { node: secret(8 + SECOND).node_key(), reason: "hilang".into(), keep: vec![] };
    for number in 1..=5 {
        founded.say(number, Body::Majority { founder_set_version: 1, act: act.clone(), nonce: [3; 16] });
    }
    assert!(!founded.charter().is_active(&secret(8 + SECOND).node_key()));
    let bytes = founded.export(&version, &words);
    let report = verify_agreement(&bytes).unwrap();
    assert_eq!(report.parties[7].signers[0].key, KeyProof::Removed);
    assert!(!report.is_ratified());
    let id = words.given().find(|given| given.word.party == founded.offices[7]).unwrap().id;
    for (before, ratified) in [(true, true), (false, false)] {
        let report = verify_agreement_with(&bytes, |_, word| before && *word == id).unwrap();
        assert_eq!(report.is_ratified(), ratified);
    }
}

#[test]
fn an_office_that_carries_on_is_shown_by_the_file() {
    let mut founded = found();
    let version = founded.version();
    let body = Body::Succeed { from: vec![founded.offices[7]], to: founded.offices[6] };
    // As far as the charter lets a founder's succession be said: by the founder itself.
    founded.say(8, body);
    let succeeded = !founded.charter().office(&founded.offices[7]).unwrap().succeeded_by.is_empty();
    let mut words = founded.words(&version, 1..=7);
    let mut word = founded.given(&version, 6, 7, WordKind::Ratify, Vec::new()).word;
    word.party = founded.offices[7];
    let signature = Signature::sign(&secret(7), &word).unwrap();
    let (word, id) = signature.read().unwrap();
    words.take(Given { id, word, signature, by: None });
    let report = verify_agreement(&founded.export(&version, &words)).unwrap();
    assert_eq!(report.is_ratified(), succeeded);
    assert!(succeeded, "the succession counts");
}

fn agreement_of(folded: Folded) -> Agreement {
    let Coordination::Agreement(agreement) = shown_of(folded) else { panic!("no agreement") };
    agreement
}

#[test]
fn what_is_ditetapkan_is_published_with_its_signatures_and_judged_by_them() {
    let mut net = mou();
    let version = net.freeze(1);
    net.meet(1..=8);
    assert!(net.agenda(1).publication(version).is_err(), "not before");
    (1..=8).for_each(|node| {
        net.sign(node, version, WordKind::Ratify);
    });
    net.meet(1..=8);
    let publication = net.agenda(1).publication(version).unwrap();
    assert_eq!(publication.region, Region::national());
    let mut region = Net::new(RecordKind::Agreement, "coordination/id");
    region.create(1, publication.create.clone());
    for (brought, draft) in publication.then.iter().enumerate() {
        let VersionState::Open { ratified, .. } = agreement_of(region.read(1)).state().unwrap() else { panic!() };
        assert_eq!(ratified.len(), brought, "a text is not ditetapkan before its signatures are there");
        region.say(1, draft.clone());
    }
    let agreement = agreement_of(region.read(1));
    assert!(agreement.is_ratified() && agreement.concerns(office(8)) && !agreement.concerns(office(LAMPUNG)));
    assert_eq!(region.notices(1), [""; 0]);
    // A key of which the charter has since cut off what it signed.
    region.charter.cut = vec![8];
    assert!(!agreement_of(region.read(1)).is_ratified());
    assert_eq!(region.notices(1), ["ignored other_node copied"]);
}

#[test]
fn nobody_publishes_what_it_is_no_party_to_or_with_signatures_of_its_own_making() {
    let mut net = mou();
    let version = net.freeze(1);
    (1..=1).for_each(|node| {
        net.sign(node, version, WordKind::Ratify);
    });
    let agenda = net.agenda(1);
    let text = agenda.versions.get(version).unwrap().text.clone();
    let published = Published { text }.draft().unwrap();
    let mut region = Net::new(RecordKind::Agreement, "coordination/id");
    region.create(LAMPUNG, published.clone());
    assert_eq!(region.read(LAMPUNG).record, Record::Unread);
    assert_eq!(region.notices(LAMPUNG), ["ignored not_party published"]);
    let mut region = Net::new(RecordKind::Agreement, "coordination/id");
    region.create(1, published);
    let given = agenda.versions.words.given().next().unwrap();
    let word = Word { party: office(8), office: office(8), ..given.word.clone() };
    let forged = Signature::sign(&secret(1), &word).unwrap();
    let at = given.by.clone().unwrap().at;
    region.say(1, Copied { at: at.clone(), signature: forged }.draft().unwrap());
    let mut elsewhere = at.clone();
    elsewhere.journal.scope = "agenda/0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b".parse().unwrap();
    region.say(1, Copied { at: elsewhere, signature: given.signature.clone() }.draft().unwrap());
    let agreement = agreement_of(region.read(1));
    assert_eq!(agreement.versions.words.given().count(), 0);
    assert_eq!(region.notices(1), ["ignored signature copied", "ignored other_node copied"]);
}

#[test]
fn an_addendum_begins_with_the_text_of_the_agreement() {
    let mut net = mou();
    let version = net.freeze(1);
    let agenda = net.agenda(1);
    let articles = &agenda.versions.get(version).unwrap().terms.articles;
    let mut next = Net::new(RecordKind::Agenda, AGENDA_SCOPE);
    next.create(1, opening_of_ministries().draft_checked().unwrap());
    assert!(next.agenda(1).edits_from(articles, (1..=2).map(id)).is_err(), "too few ids");
    let edits = next.agenda(1).edits_from(articles, (1..=9).map(id)).unwrap();
    next.edit(1, &edits);
    assert_eq!(next.agenda(1).articles_now().as_ref(), Some(articles));
    assert_eq!(next.agenda(1).edits_from(articles, [].into_iter()).unwrap(), [], "what says the same stays");
}

#[test]
fn a_draft_that_was_written_elsewhere_changes_only_what_it_says_otherwise() {
    let article = |heading: &str, paragraphs: &[&str]| TermsArticle {
        heading: heading.to_owned(),
        paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
    };
    let mut net = Net::new(RecordKind::Agenda, AGENDA_SCOPE);
    net.create(1, opening_of_ministries().draft_checked().unwrap());
    let mut ids = (1..=99).map(id);
    let mut becomes = |net: &mut Net, text: &[TermsArticle]| {
        let edits = net.agenda(1).edits_from(text, &mut ids).unwrap();
        net.edit(1, &edits);
        assert_eq!(net.agenda(1).articles_now().as_deref(), Some(text));
        edits.len()
    };
    becomes(&mut net, &[article("Lingkup", &["Satu.", "Dua."]), article("", &["Tiga."])]);
    let one_word = [article("Lingkup", &["Satu.", "Dua lagi."]), article("", &["Tiga."])];
    assert_eq!(becomes(&mut net, &one_word), 1, "one paragraph is changed");
    becomes(&mut net, &[article("Ruang lingkup", &["Satu."])]);
    becomes(&mut net, &[article("Ruang lingkup", &["Satu.", "Dua."]), article("Biaya", &["Tiga.", "Empat."])]);
    let empty = net.agenda(1).edits_from(&[article("Biaya", &[""])], (50..).map(id));
    assert!(empty.is_err(), "an empty paragraph is none");
}
