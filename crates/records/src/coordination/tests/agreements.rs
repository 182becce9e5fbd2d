//! Final texts and their ratification.

use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::{Digest, PartialDate};

fn terms() -> Terms {
    Terms {
        agenda: format!("{AGENDA_SCOPE}:{}:0101010101010101:1", secret(1).node_key()).parse().unwrap(),
        number: 1,
        title: "Desa Migran Produktif".into(),
        from: day("2017-05-30"),
        until: Some(day("2022-05-29")),
        relation: None,
        heads: Digest([5; 32]),
        parties: MINISTRIES
            .iter()
            .zip(1..)
            .map(|(name, number)| TermsParty { party: party(number), name: (*name).into(), required: true })
            .collect(),
        attachments: vec![Attachment { name: "Daftar desa.pdf".into(), bytes: 18_233, hash: Digest([6; 32]) }],
        articles: vec![TermsArticle {
            heading: "Ruang lingkup".into(),
            paragraphs: SCOPE_ITEMS.map(str::to_owned).to_vec(),
        }],
    }
}

/// Golden: a text that was signed must have the same hash for ever.
#[test]
fn the_canonical_text_and_its_hash_stay_as_they_are() {
    let mut terms = terms();
    terms.parties.truncate(2);
    let (text, hash) = terms.freeze().unwrap();
    assert_eq!(text, include_str!("canonical.golden.txt"));
    assert_eq!(hash.to_string(), include_str!("canonical.golden.hash").trim());
    assert_eq!(Terms::read(&text), Ok(terms));
}

#[test]
fn a_text_in_another_form_of_unicode_is_the_same_text() {
    let mut decomposed = terms();
    decomposed.title = "Cafe\u{301}".into();
    let mut composed = terms();
    composed.title = "Café".into();
    assert_eq!(decomposed.freeze(), composed.freeze());
}

#[test]
fn no_paragraph_passes_for_a_party_or_an_article() {
    let mut sly = terms();
    sly.articles[0].paragraphs = vec![format!("Satu.\nPihak wajib: {} Lain\nPasal 2: Lain\n(1)", party(30))];
    let (text, _) = sly.freeze().unwrap();
    let read = Terms::read(&text).unwrap();
    assert_eq!(read, sly);
    assert_eq!((read.required().count(), read.articles.len()), (8, 1));
}

#[test]
fn what_is_no_canonical_text_is_refused() {
    let broken: [fn(&mut Terms); 12] = [
        |t| t.title = String::new(),
        |t| t.title = "Judul\nPihak wajib: x".into(),
        |t| t.number = 0,
        |t| t.until = Some(day("2017-05-29")),
        |t| t.parties.iter_mut().for_each(|party| party.required = false),
        |t| t.parties[1].party = t.parties[0].party,
        |t| t.parties[1].name = "Kementerian\u{202e}".into(),
        |t| t.parties[1].party = Party::Outside([1; 16]),
        |t| t.articles.clear(),
        |t| t.articles[0].paragraphs = vec!["a\n\nb".into()],
        |t| t.articles[0].paragraphs = vec!["Tiga\u{200b}juta".into()],
        |t| t.articles[0].paragraphs = vec!["x".repeat(TEXT_BYTES_MAX)],
    ];
    for (number, breaks) in broken.into_iter().enumerate() {
        let mut terms = terms();
        breaks(&mut terms);
        assert_eq!(terms.freeze(), Err(Unfit::Layout), "{number}");
    }
    let (text, _) = terms().freeze().unwrap();
    for (from, to) in [
        ("Versi: 1\n", "Versi: 01\n"),
        ("Pasal 1:", "Pasal 2:"),
        ("(2)", "(3)"),
        ("\n(1)", "\n\n(1)"),
        ("Kedudukan: baru", "Kedudukan: lama"),
        ("SIMPUL KESEPAKATAN 1", "SIMPUL KESEPAKATAN 2"),
        ("Berlaku: 2017-05-30", "Berlaku: 20170530"),
        ("Café", "x"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_eq!(Terms::read(&changed).is_err(), changed != text, "{from:?} {to:?}");
    }
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        assert!(
            Terms::read(&text[..cut]).is_err() || text[cut..].starts_with('\n') || text[..cut].ends_with('\n'),
            "{cut}"
        );
    }
}

#[test]
fn eight_ministries_ratify_while_two_are_away_at_different_times() {
    let mut net = mou();
    let version = net.freeze(1);
    net.meet(1..=8);
    for node in 1..=6 {
        net.sign(node, version, WordKind::Ratify);
    }
    net.meet(1..=6);
    let VersionState::Open { ratified, required } = net.state(1, version) else { panic!() };
    assert_eq!((ratified.len(), required), (6, 8));
    net.sign(7, version, WordKind::Ratify);
    net.meet([1, 7]);
    // The eighth has heard of nobody's signature but knows the text.
    net.sign(8, version, WordKind::Ratify);
    assert_ne!(net.state(8, version), VersionState::Ratified);
    net.meet(1..=8);
    for node in 1..=8 {
        assert_eq!(net.state(node, version), VersionState::Ratified);
        assert_eq!(net.agenda(node).stage(), AgendaStage::Ratified);
        assert!(net.agenda(node).publishable(version).is_ok());
        assert_eq!(net.notices(node), [""; 0]);
    }
}

#[test]
fn a_later_edit_is_a_new_draft_and_moves_nobodys_signature() {
    let mut net = mou();
    let first = net.freeze(1);
    net.meet(1..=8);
    (1..=7).for_each(|node| {
        net.sign(node, first, WordKind::Ratify);
    });
    net.meet(1..=8);
    let edit = net.agenda(8).text.change_paragraph(id(1), id(1), "Pertukaran data saja.").unwrap();
    net.edit(8, &[edit]);
    net.meet(1..=8);
    let agenda = net.agenda(1);
    assert_ne!(agenda.articles_now().as_ref(), Some(&agenda.versions.get(first).unwrap().terms.articles));
    let second = net.freeze(1);
    net.meet(1..=8);
    let VersionState::Open { ratified, .. } = net.state(1, first) else { panic!() };
    assert_eq!(ratified.len(), 7, "version 1 stays at 7 of 8");
    assert_eq!(net.state(1, second), VersionState::Open { ratified: Vec::new(), required: 8 });
    let agenda = net.agenda(1);
    let states = agenda.versions.numbered();
    assert_eq!(agenda.versions.words.party_state(office(2), &states), PartyState::RatifiedOlder(first));
    assert_eq!(agenda.versions.words.party_state(office(8), &states), PartyState::NotYet);
    // The eighth may still sign version 1, which then is in force beside the draft.
    net.sign(8, first, WordKind::Ratify);
    net.meet([1, 8]);
    assert_eq!(net.state(1, first), VersionState::Ratified);
    // Whoever signs version 2 knowing version 1 leaves it in force.
    net.sign(1, second, WordKind::Ratify);
    assert_eq!(net.state(1, first), VersionState::Ratified);
    let agenda = net.agenda(1);
    assert_eq!(agenda.versions.words.party_state(office(1), &states), PartyState::Ratified(second));
}

#[test]
fn two_officials_who_sign_different_versions_have_signed_neither_until_one_is_withdrawn() {
    let mut net = mou();
    let first = net.freeze(1);
    let edit = net.agenda(1).text.change_paragraph(id(1), id(1), "Pertukaran data saja.").unwrap();
    net.edit(1, &[edit]);
    let second = net.freeze(1);
    net.meet((1..=8).chain([2 + SECOND]));
    (1..=8).filter(|node| *node != 2).for_each(|node| {
        net.sign(node, first, WordKind::Ratify);
    });
    net.sign(2, first, WordKind::Ratify);
    net.sign(2 + SECOND, second, WordKind::Ratify);
    net.meet(1..=8);
    assert_eq!(net.state(1, first), VersionState::Ratified, "nobody has heard of the other official yet");
    net.meet((1..=8).chain([2 + SECOND]));
    for node in [1, 2, 2 + SECOND] {
        let VersionState::Open { ratified, .. } = net.state(node, first) else { panic!("node {node}") };
        assert_eq!(ratified.len(), 7);
        let versions = net.agenda(node).versions;
        let state = versions.words.party_state(office(2), &versions.numbered());
        assert_eq!(state, PartyState::SignedTwo(vec![first, second]));
    }
    net.sign(2, second, WordKind::Withdraw);
    net.meet([1, 2]);
    assert_eq!(net.state(1, first), VersionState::Ratified);
    let versions = net.agenda(1).versions;
    assert_eq!(versions.words.vote(office(2), second), Vote::Withdrawn);
}

#[test]
fn a_withdrawal_and_a_rejection_are_words_of_their_own() {
    let mut net = mou();
    let version = net.freeze(1);
    net.meet(1..=8);
    (1..=8).for_each(|node| {
        net.sign(node, version, WordKind::Ratify);
    });
    net.meet(1..=8);
    net.sign(4, version, WordKind::Withdraw);
    net.sign(4, version, WordKind::Reject);
    net.meet([1, 4]);
    let versions = net.agenda(1).versions;
    assert_eq!(versions.words.party_state(office(4), &versions.numbered()), PartyState::Rejected(version));
    assert!(matches!(net.state(1, version), VersionState::Open { ratified, .. } if ratified.len() == 7));
    net.sign(4, version, WordKind::Ratify);
    assert_eq!(net.state(4, version), VersionState::Ratified);
    assert_eq!(net.agenda(4).versions.words.given().count(), 11, "nothing that was said disappears");
}

#[test]
fn nothing_but_an_own_signature_under_a_mandate_ratifies() {
    let mut net = mou();
    let version = net.freeze(1);
    net.meet(1..=8);
    (1..=7).for_each(|node| {
        net.sign(node, version, WordKind::Ratify);
    });
    net.meet(1..=8);
    let own = mandate(&official(8));
    let on = day("2017-05-30");
    assert!(net.agenda(8).word(signing(8, version, WordKind::Ratify, &own)).is_err(), "no mandate is recorded");
    // A stand recorded by letter, ad referendum, a word without its mandate, another's key, a day outside the mandate.
    let good = net.agenda(7).versions.words.given().next().unwrap().word.clone();
    let word = Word { party: office(8), office: office(8), official: official(8), mandate: own.clone(), ..good };
    let according =
        According { source: SourceKind::Letter, number: Some("1".into()), date: "2017".parse().unwrap(), scan: None };
    let stand = Stand {
        article: None,
        stance: Stance::Support,
        why: None,
        proposes: None,
        wording: None,
        party: Some(party(8)),
        according_to: Some(according),
    };
    net.say(1, stand.draft().unwrap());
    let until = AdReferendum {
        official: official(8),
        date: PartialDate::Day(on),
        awaiting: "Direktur Jenderal".into(),
        until: day("2017-06-30"),
    };
    net.say(8, until.draft_checked().unwrap());
    net.say(8, Signature::sign(&secret(8), &word).unwrap().draft().unwrap());
    net.say(1, Signature::sign(&secret(1), &word).unwrap().draft().unwrap());
    net.say(1, Signature::sign(&secret(8), &word).unwrap().draft().unwrap());
    net.say(8, own.draft_checked().unwrap());
    let mut forged = Signature::sign(&secret(8), &word).unwrap();
    forged.word = forged.word.replace("menetapkan", "menolak");
    net.say(8, forged.draft().unwrap());
    let mut late = word.clone();
    late.mandate.until = Some(day("2017-05-29"));
    assert!(Signature::sign(&secret(8), &late).is_err());
    let other = Word { mandate: Mandate { position: "Menteri".into(), ..own.clone() }, ..word.clone() };
    net.say(8, Signature::sign(&secret(8), &other).unwrap().draft().unwrap());
    net.meet(1..=8);
    assert!(matches!(net.state(1, version), VersionState::Open { ratified, .. } if ratified.len() == 7));
    let mut notices = net.notices(1);
    notices.sort();
    assert_eq!(
        notices,
        [
            "ignored no_mandate ratification",
            "ignored no_mandate ratification",
            "ignored other_node ratification",
            "ignored signature ratification",
            "ignored signature ratification",
        ]
    );
    net.say(8, Signature::sign(&secret(8), &word).unwrap().draft().unwrap());
    assert_eq!(net.state(8, version), VersionState::Ratified, "the same word counts once the mandate stands before it");
}

#[test]
fn a_mandate_that_was_taken_back_binds_no_longer_but_what_was_signed_stays() {
    let mut net = mou();
    let version = net.freeze(1);
    net.meet(1..=8);
    (1..=8).for_each(|node| {
        net.sign(node, version, WordKind::Ratify);
    });
    net.meet(1..=8);
    let given = net.agenda(8).mandates.iter().find(|said| said.by.office == Some(office(8))).unwrap().hash;
    net.say(8, crate::Annulment { of: given }.draft().unwrap());
    assert_eq!(net.state(8, version), VersionState::Ratified);
    let agenda = net.agenda(8);
    let own = mandate(&official(8));
    assert!(agenda.word(signing(8, version, WordKind::Withdraw, &own)).is_err());
    let word = Word {
        says: WordKind::Withdraw,
        knows: agenda.versions.words.known_to(office(8)),
        ..agenda.versions.words.given().find(|given| given.word.party == office(8)).unwrap().word.clone()
    };
    net.say(8, Signature::sign(&secret(8), &word).unwrap().draft().unwrap());
    assert_eq!(net.state(8, version), VersionState::Ratified);
    assert_eq!(net.notices(8), ["ignored no_mandate ratification"]);
}

#[test]
fn a_removed_nodes_signature_counts_before_its_cut_off_and_not_beyond() {
    let mut net = mou();
    let version = net.freeze(1);
    net.meet(1..=8);
    (1..=8).for_each(|node| {
        net.sign(node, version, WordKind::Ratify);
    });
    net.meet(1..=8);
    let last = net.seq(8);
    for (cut, counts) in [(last, true), (last - 1, false), (0, false)] {
        let agenda = agenda_of(net.read_cut(1, 8, cut));
        let state = agenda.versions.state(agenda.versions.get(version).unwrap());
        assert_eq!(state == VersionState::Ratified, counts, "cut at {cut}");
    }
}

#[test]
fn signed_on_paper_is_a_state_of_its_own_and_confirmed_one_by_one() {
    let mut net = mou();
    let version = net.freeze(1);
    let paper = Paper { version, date: PartialDate::Day(day("2017-05-30")), scan: None, certified: None };
    assert!(paper.draft_checked().is_err(), "without the paper");
    let own = mandate(&official(1));
    net.say(1, own.draft_checked().unwrap());
    let early = net.agenda(1).word(signing(1, version, WordKind::ConfirmPaper, &own));
    assert!(early.is_err(), "there is nothing to confirm yet");
    net.say(1, Paper { scan: Some(Digest([1; 32])), ..paper }.draft_checked().unwrap());
    net.meet(1..=8);
    for node in 1..=8 {
        let VersionState::OnPaper { dates, confirmed, required } = net.state(1, version) else { panic!() };
        assert_eq!((confirmed.len(), required), (usize::from(node) - 1, 8));
        assert_eq!(dates, [PartialDate::Day(day("2017-05-30"))]);
        net.sign(node, version, WordKind::ConfirmPaper);
        net.meet([1, node]);
    }
    let VersionState::OnPaper { confirmed, .. } = net.state(1, version) else { panic!("paper is never ditetapkan") };
    assert_eq!(confirmed.len(), 8);
    assert_eq!(net.agenda(1).stage(), AgendaStage::OnPaper);
}

#[test]
fn offices_that_carry_on_sign_for_the_one_of_old_all_of_them() {
    for (after, signers, done) in [
        (vec![7], vec![7], true),
        (vec![7, 6], vec![7], false),
        (vec![7, 6], vec![7, 6], true),
        (vec![], vec![], false),
    ] {
        let mut net = mou();
        let version = net.freeze(1);
        net.meet(1..=8);
        (1..=7).for_each(|node| {
            net.sign(node, version, WordKind::Ratify);
        });
        net.meet(1..=8);
        net.charter.successors.insert(8, after.clone());
        for node in signers {
            let own = mandate(&official(node));
            let signing = Signing { party: Some(office(8)), ..signing(node, version, WordKind::Ratify, &own) };
            let word = net.agenda(node).word(signing).unwrap();
            net.say(node, Signature::sign(&secret(node), &word).unwrap().draft().unwrap());
        }
        net.meet(1..=8);
        assert_eq!(net.state(1, version) == VersionState::Ratified, done, "{after:?}");
        if !done {
            // What the office of old signed itself counts as well.
            net.sign(8, version, WordKind::Ratify);
            assert_eq!(net.state(8, version), VersionState::Ratified);
        }
    }
}

#[test]
fn only_the_convener_makes_a_text_final_and_the_same_text_twice_is_one_version() {
    let mut net = mou();
    let heads = net.heads(1);
    let agenda = net.agenda(1);
    assert!(agenda.draft_final(office(2), &heads, FinalOptions::default()).is_err());
    let (draft, hash) = agenda.draft_final(office(1), &heads, FinalOptions::default()).unwrap();
    net.say(1, draft.clone());
    net.say(1, draft.clone());
    net.say(2, draft);
    let mut other = agenda.versions.clone();
    other.versions.clear();
    let elsewhere = Terms { agenda: format!("{}2", terms().agenda).parse().unwrap(), ..terms() }.freeze().unwrap().0;
    net.say(1, Final { text: elsewhere }.draft().unwrap());
    net.say(1, Final { text: "SIMPUL KESEPAKATAN 1\n".into() }.draft().unwrap());
    net.meet([1, 2]);
    let versions = net.agenda(1).versions;
    assert_eq!(versions.numbered(), [(1, hash)]);
    let mut notices = net.notices(1);
    notices.sort();
    assert_eq!(notices, ["ignored layout final", "ignored not_convener final", "ignored other_agenda final"]);
}

#[test]
fn the_reminder_comes_ninety_days_before_the_end_and_an_extension_moves_it() {
    let terms = terms();
    for (on, expected) in [
        ("2017-05-29", Term::NotYet),
        ("2017-05-30", Term::Running),
        ("2022-02-27", Term::Running),
        ("2022-02-28", Term::Ending(90)),
        ("2022-05-29", Term::Ending(0)),
        ("2022-05-30", Term::Over),
    ] {
        assert_eq!(terms.term(day(on)), expected, "{on}");
    }
    let hash = terms.freeze().unwrap().1;
    let other = |kind, from, until: &str, to| Terms {
        relation: Some(Relation { kind, to }),
        from: day(from),
        until: Some(day(until)),
        ..self::terms()
    };
    let extension = other(RelationKind::Extension, "2022-05-30", "2024-05-29", hash);
    let extension_hash = extension.freeze().unwrap().1;
    let further = other(RelationKind::Extension, "2024-05-30", "2026-05-29", extension_hash);
    let addendum = other(RelationKind::Addendum, "2020-01-01", "2030-01-01", hash);
    let successor = other(RelationKind::Successor, "2023-01-01", "2030-01-01", hash);
    let hash_of = |terms: &Terms| terms.freeze().unwrap().1;
    for (in_force, on, expected) in [
        (vec![], "2023-06-01", Term::Over),
        (vec![&addendum], "2023-06-01", Term::Over),
        (vec![&extension], "2023-06-01", Term::Running),
        (vec![&extension], "2024-05-29", Term::Ending(0)),
        (vec![&further, &extension], "2025-06-01", Term::Running),
        (vec![&extension, &successor], "2022-12-31", Term::Running),
        (vec![&extension, &successor], "2023-01-01", Term::Over),
    ] {
        let in_force: Vec<_> = in_force.into_iter().map(|terms| (hash_of(terms), terms)).collect();
        assert_eq!(term_with_others(&terms, hash, &in_force, day(on)), expected, "{on}");
    }
}

#[test]
fn two_texts_made_final_at_once_share_a_number_and_neither_is_the_newest() {
    let mut net = mou();
    net.take(1 + SECOND, 1);
    let first = net.freeze(1);
    assert_eq!(net.agenda(1).versions.newest().map(|version| version.hash), Some(first));
    let edit = net.agenda(1 + SECOND).text.change_paragraph(id(1), id(1), "Pertukaran data saja.").unwrap();
    net.edit(1 + SECOND, &[edit]);
    let second = net.freeze(1 + SECOND);
    net.meet([1, 1 + SECOND, 2]);
    let versions = net.agenda(1).versions;
    let numbers: Vec<u32> = versions.versions.iter().map(|version| version.terms.number).collect();
    assert_eq!((numbers, versions.newest()), (vec![1, 1], None));
    net.sign(2, first, WordKind::Ratify);
    let versions = net.agenda(2).versions;
    assert_eq!(versions.words.party_state(office(2), &versions.numbered()), PartyState::Ratified(first));
    let third = net.freeze(1);
    let versions = net.agenda(1).versions;
    assert_eq!(versions.newest().map(|version| (version.terms.number, version.hash)), Some((2, third)));
    assert_ne!(first, second);
}

#[test]
fn a_paper_is_recorded_by_a_party_or_whoever_convenes() {
    let mut net = mou();
    let version = net.freeze(1);
    net.meet([1, 2, LAMPUNG]);
    let paper = Paper { version, date: PartialDate::Unknown, scan: Some(Digest([1; 32])), certified: None };
    net.say(LAMPUNG, paper.draft_checked().unwrap());
    net.say(2, paper.draft_checked().unwrap());
    net.say(2, Paper { version: VersionHash(Digest([9; 32])), ..paper }.draft().unwrap());
    net.meet([1, 2, LAMPUNG]);
    let mut notices = net.notices(1);
    notices.sort();
    assert_eq!(notices, ["ignored no_such paper", "ignored not_party paper"]);
    assert_eq!(net.agenda(1).versions.papers.len(), 1);
}

/// Whatever offices do, in whatever order it arrives: the state is the same at every node, and *ditetapkan* stands only on
/// signatures that check, of all required parties, over the same bytes.
#[test]
fn no_schedule_shows_ditetapkan_without_every_signature() {
    let mut ratified = 0;
    let mut open = 0;
    for seed in 0..24 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut net = mou();
        let nodes: Vec<u8> = (1..=8).chain([2 + SECOND]).collect();
        net.meet(nodes.iter().copied());
        net.freeze(1);
        if rng.random_bool(0.7) {
            net.meet(nodes.iter().copied());
        }
        for _ in 0..rng.random_range(20..60) {
            let node = *nodes.choose(&mut rng).unwrap();
            act(&mut net, node, &mut rng);
            if rng.random_bool(0.4) {
                let other = *nodes.choose(&mut rng).unwrap();
                net.take(other, node);
            }
            let seen = net.agenda(node);
            check_ratified(&seen);
        }
        net.meet(nodes.iter().copied());
        let expected = net.read(1);
        for node in &nodes {
            assert_eq!(net.read(*node), expected, "seed {seed}, node {node}");
        }
        for _ in 0..3 {
            assert_eq!(net.shuffled(1, &mut rng), expected, "seed {seed}");
        }
        let agenda = agenda_of(expected);
        check_ratified(&agenda);
        match agenda.versions.ratified().next() {
            Some(_) => ratified += 1,
            None => open += 1,
        }
    }
    assert!(ratified > 3 && open > 3, "both happen: {ratified} ditetapkan, {open} not");
}

fn act(net: &mut Net, node: u8, rng: &mut ChaCha8Rng) {
    let agenda = net.agenda(node);
    let versions = agenda.versions.numbered();
    match rng.random_range(0..20) {
        0 if node == 1 => {
            let heads = net.heads(1);
            if let Ok((draft, _)) = agenda.draft_final(office(1), &heads, FinalOptions::default()) {
                net.say(1, draft);
            }
        }
        1 => {
            let text = format!("Kalimat {}.", rng.random_range(0..9));
            let paragraph = id(rng.random_range(1..=3));
            let stands =
                agenda.text.articles[0].paragraphs.iter().any(|p| p.id == paragraph && p.text() == Some(&text));
            if let (Ok(edit), false) = (agenda.text.change_paragraph(id(1), paragraph, &text), stands) {
                net.edit(node, &[edit]);
            }
        }
        2 => {
            if let Some(reread) = agenda.text.reread().first()
                && let Ok(edit) = agenda.text.settle(&reread.key, office(node), &reread.wordings[0].text)
            {
                net.edit(node, &[edit]);
            }
        }
        3 => {
            // Somebody signs with a key that is not the party's.
            if let Some(given) = agenda.versions.words.given().next() {
                let word = Word { party: office(8), office: office(8), ..given.word.clone() };
                net.say(node, Signature::sign(&secret(node), &word).unwrap().draft().unwrap());
            }
        }
        4 => {
            if let Some((_, version)) = versions.choose(rng) {
                let _ = try_sign(net, node, *version, WordKind::Withdraw);
            }
        }
        5..=19 => {
            if let Some((_, version)) = versions.choose(rng) {
                let _ = try_sign(net, node, *version, WordKind::Ratify);
            }
        }
        _ => {}
    }
}

fn try_sign(net: &mut Net, node: u8, version: VersionHash, says: WordKind) -> Option<EntryHash> {
    let own = mandate(&official(node));
    let on = day("2017-05-30");
    if !net.agenda(node).mandates_of(office(node), on).any(|said| said.what == own) {
        net.say(node, own.draft_checked().unwrap());
    }
    let word = net.agenda(node).word(signing(node, version, says, &own)).ok()?;
    Some(net.say(node, Signature::sign(&secret(node), &word).unwrap().draft().unwrap()))
}

/// Checked apart from the fold: with nothing but the text, the keys and the signatures.
fn check_ratified(agenda: &Agenda) {
    for version in agenda.versions.ratified() {
        assert_eq!(VersionHash::of(&version.text), version.hash);
        for number in 1..=8 {
            let signed = agenda.versions.words.given().any(|given| {
                let keys = [secret(number).node_key(), secret(number + SECOND).node_key()];
                let Signature { node, word, signature } = &given.signature;
                keys.contains(node)
                    && identity::verify(*node, identity::Domain::Ratification, word.as_bytes(), signature)
                    && word.contains(&version.hash.to_string())
                    && word.contains("\"says\":\"menetapkan\"")
            });
            assert!(signed, "party {number} did not sign {:?}", version.hash);
        }
    }
}
