//! What a ministry sets otherwise than the sources of the programme holds at every office that hears of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

mod offices;

use offices::{ask, asked, begins, changes, first, joined, office, says, sheet, shows, tables};
use service::Command;

const ITEMS: &str = "usaha 5 Apakah usahanya berjalan?\nsosial 5 Apakah ikut kegiatan desa?";

#[tokio::test(flavor = "multi_thread")]
async fn figures_that_a_ministry_sets_hold_at_a_village_and_nobody_is_scored_before() {
    let folder = tempfile::tempdir().unwrap();
    let ministry = office(folder.path(), "Kemnaker", "ministry", "id", &[]).await;
    let village = office(folder.path(), "Desa Kuripan", "village", "33.07.10.2004", &[&ministry]).await;
    joined(&ministry, &village).await;

    let complaint = [("kind", "no_follow_up"), ("name", "Ani Lestari"), ("received", "01-03-2030")];
    let before = begins(&village, "pengaduan", &complaint).await.unwrap();
    assert!(sheet(&village, &before).await.line.due.is_none(), "nobody who takes part: a rujukan");
    let add = Command::Add { officer: "siti".to_owned(), name: "Wanti".to_owned(), village: None, fields: Vec::new() };
    ask(&village, add).await.unwrap();
    let scored = begins(&village, "penilaian", &[("person", "Wanti")]).await.unwrap_err();
    assert!(scored.message.contains("does not assess"), "{scored:?}");
    let local = begins(&village, "angka-program", &[("loan_months", "10")]).await.unwrap_err();
    assert!(local.message.contains("ministries"), "{local:?}");

    let basis = [("basis", "Kepmenaker 7/2026"), ("complaint_answer_days", "5")];
    let settings = begins(&ministry, "angka-program", &basis).await.unwrap();
    let second = begins(&ministry, "angka-program", &[("loan_months", "10")]).await.unwrap_err();
    assert!(second.message.contains("there already"), "{second:?}");
    let open = [("complaints_of_participants_only", "tidak"), ("quadrants", "ya")];
    let limits = [("business_high_from", "4"), ("social_high_from", "4")];
    changes(&ministry, &settings, &[open, limits].concat(), &[("items", ITEMS)]).await.unwrap();
    says(&ministry, &settings, "lebaran", &[("day", "10-03-2031")]).await.unwrap();
    let place = says(&ministry, &settings, "waiting_place", &[("category", "tki_aktif"), ("place", "1")]).await;
    assert!(place.is_err(), "who works abroad takes no part");
    let candidate = begins(&village, "berkas-calon", &[("person", "Wanti")]).await.unwrap();
    let papers = |sheet: &service::reply::SheetView| tables(sheet).contains("surat sehat");
    assert!(!papers(&sheet(&village, &candidate).await));
    for paper in ["ktp", "kk", "surat_keterangan"] {
        let there = [("document", paper), ("there", "ya"), ("date", "01-03-2030")];
        says(&village, &candidate, "document", &there).await.unwrap();
    }
    let complete = sheet(&village, &candidate).await.line;
    assert_eq!((complete.state.unwrap().en.as_str(), complete.open), ("papers complete", false));
    changes(&ministry, &settings, &[], &[("candidate_papers", "KTP\nSurat sehat / health certificate")]).await.unwrap();
    shows(&village, &settings, "the papers", |sheet| tables(sheet).contains("(KTP), health certificate")).await;
    let missing = |sheet: &service::reply::SheetView| {
        sheet.line.open && sheet.line.state.as_ref().is_some_and(|state| state.en == "papers missing")
    };
    shows(&village, &candidate, "that a paper is missing now, in its line as at its page", missing).await;
    let listed = asked(&sheet(&village, &candidate).await, "document").unwrap().inputs.clone();
    assert!(format!("{listed:?}").contains("Surat sehat"), "{listed:?}");
    let shown =
        shows(&village, &settings, "what the ministry set", |sheet| tables(sheet).contains("2 questions")).await;
    let told = tables(&shown);
    assert!(told.contains("Days until a complaint is answered: 5 | angka program: Kepmenaker 7/2026"), "{told}");
    assert!(told.contains("Monthly instalments of a loan: 3 | Kuripan 2017 (S2)"), "{told}");

    let after = begins(&village, "pengaduan", &complaint).await.unwrap();
    assert_eq!(sheet(&village, &after).await.line.due.as_deref(), Some("2030-03-06"));
    let urgent = [("kind", "no_follow_up"), ("urgent", "ya")];
    says(&ministry, &settings, "urgent_kind", &urgent).await.unwrap();
    shows(&village, &settings, "what is urgent", |sheet| {
        let told = tables(sheet);
        told.lines().any(|line| line.contains("cannot wait") && line.contains("no follow-up"))
    })
    .await;
    let urgent = begins(&village, "pengaduan", &complaint).await.unwrap();
    assert_eq!(sheet(&village, &urgent).await.line.due.as_deref(), Some("2030-03-04"));

    let assessment = begins(&village, "penilaian", &[("person", "Wanti")]).await.unwrap();
    let form = sheet(&village, &assessment).await;
    let inputs: Vec<&str> =
        asked(&form, "submitted").unwrap().inputs.iter().map(|input| input.field.as_str()).collect();
    assert_eq!(inputs, ["date", "answer-1", "answer-2"]);
    let points = |social: &'static str| [("date", "02-03-2030"), ("answer-1", "5"), ("answer-2", social)];
    let beyond = says(&village, &assessment, "submitted", &points("6")).await.unwrap_err();
    assert_eq!(beyond.field.as_deref(), Some("answer-2"));
    says(&village, &assessment, "submitted", &points("1")).await.unwrap();
    let form = sheet(&village, &assessment).await;
    assert!(form.quadrant.is_none(), "it counts once it is adopted");
    let of = first(asked(&form, "adopted").unwrap(), "of");
    says(&village, &assessment, "adopted", &[("of", &of), ("date", "03-03-2030")]).await.unwrap();
    let stands = sheet(&village, &assessment).await.quadrant.unwrap();
    assert_eq!((stands.quadrants, stands.materials.len()), (vec![2], 1));
    village.stop().await;
    ministry.stop().await;
}
