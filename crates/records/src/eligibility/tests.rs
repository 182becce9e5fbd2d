//! The rules as tables, then as stories.

use super::*;
use crate::{
    Content, Decision, Known, Outcome, RecordKind,
    fixtures::{Doc, KURIPAN, WONOSOBO, circumstances},
};

fn participation() -> Doc {
    Doc::new(RecordKind::Participation, 1)
        .person("person", 1)
        .field("programme", DESMIGRATIF)
        .field("resident", "ya")
        .field("productive", "ya")
        .field("willing", "ya")
}

/// A journey from what an officer types; an empty text is an empty field.
fn trip(seq: u64, who: u8, departure: &str, returned: &str) -> Doc {
    let mut doc = Doc::new(RecordKind::Trip, seq).person("person", who);
    for (key, typed) in [("departure", departure), ("returned", returned)] {
        if !typed.is_empty() {
            doc = doc.field(key, typed);
        }
    }
    doc
}

fn tie(seq: u64, relation: &str, since: &str, until: &str) -> Doc {
    let mut doc = Doc::new(RecordKind::Tie, seq).person("person", 1).field("relation", relation).person("other", 2);
    for (key, typed) in [("since", since), ("until", until)] {
        if !typed.is_empty() {
            doc = doc.field(key, typed);
        }
    }
    doc
}

fn decision(outcome: Outcome, date: &str) -> Decision {
    let date = date.parse().unwrap();
    Decision { outcome, number: None, date, day: None, replaces: Vec::new(), basis: None, scan: None }
}

fn judge_docs(docs: &[Doc], day: &str) -> Eligibility {
    eligibility(&circumstances(1, docs, true), day.parse().unwrap(), &RuleBook::default())
}

/// The categories that are not "no", and the answer.
fn summary(found: &Eligibility) -> String {
    let categories = found.categories.iter().filter(|(_, answer)| *answer != Answer::No).map(|(category, answer)| {
        let sign = match answer {
            Answer::Yes => "",
            Answer::Undecided => "?",
            Answer::No | Answer::Depends => "!",
        };
        format!("{}{sign}", category.code())
    });
    let categories: Vec<_> = categories.collect();
    format!("{}: {}", found.answer.code(), categories.join(" "))
}

fn check(docs: &[Doc], day: &str, expected: &str) {
    let mut all = vec![participation()];
    all.extend_from_slice(docs);
    let found = judge_docs(&all, day);
    let reasons: Vec<_> = found.reasons.iter().map(|reason| reason.text(Lang::Id)).collect();
    assert_eq!(summary(&found), expected, "on {day}: {reasons:#?}");
    assert!(!found.reasons.is_empty(), "an answer without a reason on {day}");
}

#[test]
fn somebody_back_counts_for_three_years_by_the_calendar() {
    for (departure, returned, day, expected) in [
        ("2019", "12-03-2022", "12-03-2022", "yes: tki_purna"),
        ("2019", "12-03-2022", "12-03-2025", "yes: tki_purna"),
        ("2019", "12-03-2022", "13-03-2025", "no: "),
        // The day before the return they are still abroad.
        ("2019", "12-03-2022", "11-03-2022", "no: tki_aktif"),
        // A year without 29 February ends the window on the 28th.
        ("2017", "29-02-2020", "28-02-2023", "yes: tki_purna"),
        ("2017", "29-02-2020", "01-03-2023", "no: "),
        // A month or a year answers only where all its days agree.
        ("2019", "03-2022", "01-03-2025", "yes: tki_purna"),
        ("2019", "03-2022", "15-03-2025", "undecided: tki_purna?"),
        ("2019", "03-2022", "31-03-2025", "undecided: tki_purna?"),
        ("2019", "03-2022", "01-04-2025", "no: "),
        ("2019", "03-2022", "15-03-2022", "undecided: tki_aktif? tki_purna?"),
        ("2019", "2022", "31-12-2022", "yes: tki_purna"),
        ("2019", "2022", "02-01-2025", "undecided: tki_purna?"),
        ("2019", "2022", "01-01-2026", "no: "),
        // Back since nobody knows when, or never heard of a departure.
        ("2019", "?", "01-01-2021", "undecided: tki_aktif? tki_purna?"),
        ("", "12-03-2022", "01-01-2023", "yes: tki_purna"),
        ("?", "12-03-2022", "01-01-2023", "yes: tki_purna"),
        ("?", "12-03-2022", "01-01-2020", "undecided: calon_tki? tki_aktif?"),
        // A return before the departure has to be corrected first.
        ("2023", "2022", "01-01-2024", "undecided: calon_tki? tki_aktif? tki_purna?"),
    ] {
        check(&[trip(2, 1, departure, returned)], day, expected);
    }
}

#[test]
fn a_departure_makes_somebody_a_candidate_and_then_a_worker_abroad() {
    for (departure, day, expected) in [
        ("01-06-2026", "31-05-2026", "yes: calon_tki"),
        ("01-06-2026", "01-06-2026", "no: tki_aktif"),
        ("06-2026", "15-06-2026", "undecided: calon_tki? tki_aktif?"),
        ("2026", "31-12-2025", "yes: calon_tki"),
        ("", "01-01-2026", "undecided: calon_tki? tki_aktif? tki_purna?"),
    ] {
        check(&[trip(2, 1, departure, "")], day, expected);
    }
}

#[test]
fn who_was_heard_of_from_abroad_had_departed_by_then() {
    let heard =
        Doc::new(RecordKind::Trip, 2).person("person", 1).field("departure", "?").field("last_contact", "05-2024");
    check(std::slice::from_ref(&heard), "01-06-2024", "no: tki_aktif");
    check(&[heard], "01-05-2024", "undecided: calon_tki? tki_aktif?");
}

#[test]
fn a_claim_alone_names_the_fact_that_is_missing() {
    for (claim, expected, missing) in [
        ("claim_calon_tki", "yes: calon_tki", "menyatakan akan berangkat"),
        ("claim_tki_purna", "undecided: tki_purna?", "tanggal pulang"),
        ("claim_keluarga_tki", "undecided: keluarga_tki?", "siapa keluarganya"),
        ("claim_keluarga_tki_purna", "undecided: keluarga_tki_purna?", "siapa keluarganya"),
    ] {
        let found = judge_docs(&[participation().field(claim, "ya")], "01-01-2026");
        assert_eq!(summary(&found), expected);
        let text: String = found.reasons.iter().map(|reason| reason.text(Lang::Id)).collect();
        assert!(text.contains(missing), "{claim}: {text}");
    }
    // Nothing on record is no "no".
    let found = judge_docs(&[participation()], "01-01-2026");
    assert_eq!(found.answer, Answer::Undecided);
    assert_eq!(found.reasons[0].clue, Clue::Missing(Missing::Category));
}

#[test]
fn a_claimed_return_without_a_date_is_not_a_stay_abroad() {
    let docs = [participation().field("claim_tki_purna", "ya"), trip(2, 1, "2019", "")];
    assert_eq!(summary(&judge_docs(&docs, "01-01-2026")), "undecided: tki_aktif? tki_purna?");
}

#[test]
fn a_relative_counts_by_what_they_are_and_while_they_are() {
    let abroad = trip(3, 2, "10-01-2024", "");
    let back = trip(3, 2, "2019", "10-01-2024");
    for (relation, since, until, journey, day, expected) in [
        ("istri", "", "", &abroad, "01-02-2024", "yes: keluarga_tki"),
        ("anak", "", "", &abroad, "01-02-2024", "yes: keluarga_tki"),
        ("ibu", "", "", &abroad, "01-02-2024", "yes: keluarga_tki"),
        ("wali", "", "", &abroad, "01-02-2024", "no: "),
        ("istri", "", "", &abroad, "09-01-2024", "no: "),
        ("istri", "", "", &back, "01-02-2024", "yes: keluarga_tki_purna"),
        ("istri", "", "", &back, "11-01-2027", "no: "),
        ("istri", "", "15-01-2024", &abroad, "14-01-2024", "yes: keluarga_tki"),
        ("istri", "", "15-01-2024", &abroad, "15-01-2024", "no: "),
        ("istri", "02-2024", "", &abroad, "10-02-2024", "undecided: keluarga_tki?"),
        ("istri", "02-2024", "", &abroad, "01-03-2024", "yes: keluarga_tki"),
    ] {
        check(&[tie(2, relation, since, until), journey.clone()], day, expected);
    }
}

#[test]
fn conditions_decide_beside_the_category() {
    let back = trip(2, 1, "2019", "12-03-2022");
    for (resident, answer, says) in [
        (Some("ya"), Answer::Yes, "TKI purna: pulang 12-03-2022, masih dalam batas sampai 12-03-2025"),
        (Some("tidak"), Answer::No, "warga desa: tidak"),
        (None, Answer::Undecided, "warga desa: belum ditanyakan"),
    ] {
        let mut doc = Doc::new(RecordKind::Participation, 1).person("person", 1);
        doc = doc.field("productive", "ya").field("willing", "ya");
        if let Some(typed) = resident {
            doc = doc.field("resident", typed);
        }
        let found = judge_docs(&[doc, back.clone()], "01-01-2024");
        assert_eq!(found.answer, answer);
        assert!(found.reasons[0].text(Lang::Id).starts_with(says), "{:?}", found.reasons[0].text(Lang::Id));
    }
}

#[test]
fn a_reason_names_rule_dates_and_source_in_both_languages() {
    let found = judge_docs(&[participation(), trip(2, 1, "2019", "12-03-2022")], "01-04-2025");
    let [reason] = found.reasons.as_slice() else { panic!("{:?}", found.reasons) };
    assert_eq!(
        reason.text(Lang::Id),
        "TKI purna: pulang 12-03-2022, batasnya 12-03-2025 sudah lewat \
         (aturan Desmigratif v1, Pedoman Desmigratif 2017 (S4))"
    );
    assert_eq!(
        reason.text(Lang::En),
        "returned TKI: returned 12-03-2022, past the limit of 12-03-2025 \
         (rule Desmigratif v1, Pedoman Desmigratif 2017 (S4))"
    );
    assert_eq!(reason.doc, Some(trip(2, 1, "", "").0.id));
}

#[test]
fn two_values_that_lead_apart_make_the_answer_depend() {
    let journey = trip(2, 1, "2019", "12-03-2022").field_by(WONOSOBO, "returned", "12-03-2021");
    let docs = [participation(), journey];
    // Both values say yes: nothing depends on the choice.
    assert_eq!(summary(&judge_docs(&docs, "01-01-2023")), "yes: tki_purna");
    let found = judge_docs(&docs, "01-01-2025");
    assert_eq!(summary(&found), "depends: tki_purna!");
    assert_eq!(found.reasons[0].text(Lang::Id), "ada isian berbeda untuk Tanggal pulang; pilih dulu salah satu");
}

#[test]
fn more_contested_fields_than_can_be_tried_depend() {
    let mut docs = vec![participation()];
    for seq in 2..12 {
        docs.push(trip(seq, 1, "2019", "2020").field_by(WONOSOBO, "returned", "2021"));
    }
    assert_eq!(judge_docs(&docs, "01-01-2023").answer, Answer::Depends);
}

#[test]
fn an_office_that_sees_no_family_says_so() {
    let docs = [participation(), trip(2, 1, "2010", "2012")];
    let found = eligibility(&circumstances(1, &docs, false), "01-01-2024".parse().unwrap(), &RuleBook::default());
    assert_eq!(found.answer, Answer::Undecided);
    assert!(found.reasons.iter().any(|reason| reason.clue == Clue::Missing(Missing::FamilyHidden)));
    assert_eq!(judge_docs(&docs, "01-01-2024").answer, Answer::No);
}

#[test]
fn a_programme_without_rules_here_needs_a_decision() {
    let doc = participation();
    let mut other = circumstances(1, &[doc], true);
    other.participation.fields.programme = Known::One("lainnya".into());
    let found = eligibility(&other, "01-01-2024".parse().unwrap(), &RuleBook::default());
    assert_eq!((found.answer, &found.reasons[0].clue), (Answer::Undecided, &Clue::Missing(Missing::Rules)));
}

#[test]
fn a_shorter_window_is_a_setting() {
    let mut rules = RuleBook::default();
    rules.0.get_mut(DESMIGRATIF).unwrap().returned_months_max.value = 12;
    let docs = circumstances(1, &[participation(), trip(2, 1, "2019", "12-03-2022")], true);
    for (day, answer) in [("12-03-2023", Answer::Yes), ("13-03-2023", Answer::No)] {
        assert_eq!(eligibility(&docs, day.parse().unwrap(), &rules).answer, answer);
    }
}

#[test]
fn passing_time_changes_no_decision() {
    let docs = [participation(), trip(2, 1, "2019", "12-03-2022")];
    let decided = decision(Outcome::Accepted, "10-03-2025").draft().unwrap();
    let with_decision = [docs[0].clone().fact(KURIPAN, 1, decided), docs[1].clone()];
    assert_eq!(judge_docs(&docs, "01-01-2030").answer, Answer::No);
    let found = judge_docs(&with_decision, "01-01-2030");
    assert_eq!((found.answer, found.of_decision), (Answer::Yes, true));
    assert_eq!(found.day, "10-03-2025".parse().unwrap());
    // A place on the reserve list is judged anew each day.
    let reserve = decision(Outcome::Reserve, "10-03-2025").draft().unwrap();
    let docs = [docs[0].clone().fact(KURIPAN, 1, reserve), docs[1].clone()];
    assert_eq!(judge_docs(&docs, "01-01-2030").answer, Answer::No);
}

#[test]
fn facts_that_arrive_after_the_decision_are_said_and_reverse_nothing() {
    let before = circumstances(1, &[participation(), trip(2, 1, "2019", "12-03-2022")], true);
    let mut decided = decision(Outcome::Accepted, "10-03-2025");
    decided.basis = Some(before.basis());
    let doc = participation().fact(KURIPAN, 1, decided.draft().unwrap());
    let same =
        [doc.clone().field("register", "KRP-2026-0001"), trip(2, 1, "2019", "12-03-2022").field("country", "Taiwan")];
    let found = judge_docs(&same, "01-01-2026");
    assert_eq!((found.answer, found.changed_since_decision), (Answer::Yes, false), "a rule reads neither");
    let corrected = [doc.clone(), trip(2, 1, "2019", "12-03-2020")];
    let found = judge_docs(&corrected, "01-01-2026");
    assert_eq!((found.answer, found.changed_since_decision), (Answer::No, true));
    assert!(matches!(
        circumstances(1, &corrected, true).participation.events.standing(),
        Standing::Decided(said) if said.what.outcome == Outcome::Accepted
    ));
    // A tie that arrives changes the family's part; an office that cannot see it does not guess.
    let tied = [doc, trip(2, 1, "2019", "12-03-2022"), tie(3, "istri", "", "")];
    assert!(judge_docs(&tied, "01-01-2026").changed_since_decision);
    let blind = eligibility(&circumstances(1, &tied, false), "01-01-2026".parse().unwrap(), &RuleBook::default());
    assert!(!blind.changed_since_decision);
}

#[test]
fn two_decisions_that_differ_are_both_shown_until_one_replaces_them() {
    let journey = trip(2, 1, "2019", "12-03-2022");
    let first = decision(Outcome::Accepted, "10-03-2025");
    let second = decision(Outcome::Accepted, "10-05-2025");
    let doc = participation().fact(KURIPAN, 1, first.draft().unwrap()).fact(KURIPAN, 2, second.draft().unwrap());
    let found = judge_docs(&[doc.clone(), journey.clone()], "01-06-2025");
    assert_eq!(found.answer, Answer::Depends);
    assert_eq!(found.reasons[0].text(Lang::Id), "ada dua keputusan berbeda");
    let mut third = first;
    third.replaces = [1, 2].map(|n| identity::EntryHash([n; 32])).to_vec();
    let doc = doc.fact(KURIPAN, 3, third.draft().unwrap());
    let found = judge_docs(&[doc, journey], "01-06-2025");
    assert_eq!((found.answer, found.of_decision), (Answer::Yes, true));
}

/// Siti works in Taiwan, comes back, leaves again; Budi at home is her husband. What each of them is follows the days.
#[test]
fn a_couple_through_departure_return_and_departure() {
    let siti = [trip(2, 1, "01-02-2018", "12-03-2022"), trip(3, 1, "01-09-2023", "")];
    let seen_by_budi = [tie(4, "suami", "", ""), trip(2, 2, "01-02-2018", "12-03-2022"), trip(3, 2, "01-09-2023", "")];
    for (day, she, he) in [
        ("01-01-2018", "yes: calon_tki", "no: "),
        ("01-02-2018", "yes: calon_tki tki_aktif", "yes: keluarga_tki"),
        ("01-01-2020", "yes: calon_tki tki_aktif", "yes: keluarga_tki"),
        ("12-03-2022", "yes: calon_tki tki_purna", "yes: keluarga_tki_purna"),
        ("31-08-2023", "yes: calon_tki tki_purna", "yes: keluarga_tki_purna"),
        ("01-09-2023", "no: tki_aktif", "yes: keluarga_tki"),
        ("13-03-2025", "no: tki_aktif", "yes: keluarga_tki"),
    ] {
        check(&siti, day, she);
        check(&seen_by_budi, day, he);
    }
}
