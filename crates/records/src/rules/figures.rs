//! The figures of a programme: how many, how often, how long. Each has its source and can be set otherwise; where the
//! sources give none, that is said.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use super::Sourced;
use crate::{counter::ComplaintKind, date::PartialDate, participation::Category, words::Words};

/// A paper that somebody is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its code in marks.
    pub code: String,
    /// What it is called in Indonesian.
    pub id: String,
    /// And in English.
    pub en: String,
}

impl Document {
    fn new(code: &str, words: Words) -> Self {
        Self { code: code.to_owned(), id: words.id.to_owned(), en: words.en.to_owned() }
    }
}

/// The figures of one programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// How many whole months a guest book is kept after its own month.
    pub guest_book_months_kept: Sourced<u32>,
    /// Whether the complaint facility is for families that take part.
    pub complaints_of_participants_only: Sourced<bool>,
    /// Kinds of complaint that cannot wait.
    pub urgent_complaints: Sourced<Vec<ComplaintKind>>,
    /// Days from arrival to the answer.
    pub complaint_answer_days: Sourced<u32>,
    /// Days from arrival to the answer where it cannot wait.
    pub urgent_answer_days: Sourced<u32>,
    /// The papers for an AK-1 card.
    pub card_documents: Sourced<Vec<Document>>,
    /// Days that the data of an applicant from elsewhere is kept after the application ended.
    pub outsider_days_kept: Sourced<u32>,
    /// The papers of somebody who is to depart.
    pub candidate_documents: Sourced<Vec<Document>>,
    /// How many days a Bimtek has.
    pub bimtek_days: Sourced<u32>,
    /// How many people a Bimtek has, about.
    pub bimtek_people: Sourced<u32>,
    /// Calendar months after the end of a Bimtek until who has not begun is late.
    pub late_start_months: Sourced<u32>,
    /// How many monthly instalments a loan has.
    pub loan_months: Sourced<u32>,
    /// By what a group works with, in small letters: after how many runs profit is shared. Others share once a year
    /// before Lebaran.
    pub share_after_runs: Sourced<BTreeMap<String, u32>>,
    /// The first day of Lebaran, by year.
    pub lebaran: Sourced<BTreeMap<i16, PartialDate>>,
    /// Calendar months between two rounds of monitoring.
    pub monitoring_months: Sourced<u32>,
    /// Calendar months that mentoring takes at least until independence.
    pub mentoring_months_min: Sourced<u32>,
    /// And at most.
    pub mentoring_months_max: Sourced<u32>,
    /// Calendar months that one report covers.
    pub report_months: Sourced<u32>,
    /// Whether people are assessed by the quadrant model. It scores people, so a programme has to switch it on.
    pub quadrants: Sourced<bool>,
    /// How many days ahead the page of the day looks.
    pub due_days_ahead: Sourced<u32>,
    /// The categories in the order of the waiting list.
    pub waiting_order: Sourced<Vec<Category>>,
}

/// Where no source gives a figure.
const OURS: &str = "tidak ada dalam sumber; ditetapkan penyelenggara";

impl Figures {
    /// The first day of Lebaran in a year; `None` while nobody set it to the day.
    pub fn lebaran_of(&self, year: i16) -> Option<Date> {
        match self.lebaran.value.get(&year) {
            Some(PartialDate::Day(day)) => Some(*day),
            Some(PartialDate::Month(..) | PartialDate::Year(_) | PartialDate::Unknown) | None => None,
        }
    }

    /// The figures of Desmigratif as the sources give them.
    pub fn desmigratif() -> Self {
        let kuripan = "Kuripan 2017 (S2)";
        let s4 = "Pedoman Desmigratif 2017 (S4)";
        let s0 = "Kota Kupang (S0)";
        let s3 = "Model sakinah (S3)";
        let s1 = "Lampung Timur (S1)";
        let w = |id, en| Words { id, en };
        let (ktp, kk) = (w("KTP", "identity card (KTP)"), w("KK", "family card (KK)"));
        Self {
            guest_book_months_kept: Sourced::new(12, OURS),
            complaints_of_participants_only: Sourced::new(true, kuripan),
            urgent_complaints: Sourced::new(
                vec![ComplaintKind::LostContact, ComplaintKind::Abuse, ComplaintKind::Trafficking],
                OURS,
            ),
            complaint_answer_days: Sourced::new(14, OURS),
            urgent_answer_days: Sourced::new(3, OURS),
            card_documents: Sourced::new(
                vec![
                    Document::new("ktp", ktp),
                    Document::new("kk", kk),
                    Document::new("foto", w("foto", "photograph")),
                    Document::new("ijazah", w("ijazah terakhir", "last school certificate")),
                ],
                kuripan,
            ),
            outsider_days_kept: Sourced::new(0, OURS),
            candidate_documents: Sourced::new(
                vec![
                    Document::new("ktp", ktp),
                    Document::new("kk", kk),
                    Document::new("surat_keterangan", w("surat keterangan desa", "letter of the village")),
                ],
                s4,
            ),
            bimtek_days: Sourced::new(6, s0),
            bimtek_people: Sourced::new(25, s1),
            late_start_months: Sourced::new(1, s0),
            loan_months: Sourced::new(3, kuripan),
            share_after_runs: Sourced::new(BTreeMap::from([("salak".to_owned(), 4)]), kuripan),
            lebaran: Sourced::new(lebaran(), "SKB tiga menteri tentang hari libur nasional"),
            monitoring_months: Sourced::new(3, s0),
            mentoring_months_min: Sourced::new(12, s3),
            mentoring_months_max: Sourced::new(24, s3),
            report_months: Sourced::new(6, s0),
            quadrants: Sourced::new(false, OURS),
            due_days_ahead: Sourced::new(7, OURS),
            // The order in which S4 and, for the last, S2 list them: no source says who goes first.
            waiting_order: Sourced::new(
                vec![Category::Prospective, Category::FamilyOfActive, Category::Returned, Category::FamilyOfReturned],
                s4,
            ),
        }
    }
}

/// The first day of Lebaran as the government set it for each year; a later year is added when it is set.
fn lebaran() -> BTreeMap<i16, PartialDate> {
    [
        date(2016, 7, 6),
        date(2017, 6, 25),
        date(2018, 6, 15),
        date(2019, 6, 5),
        date(2020, 5, 24),
        date(2021, 5, 13),
        date(2022, 5, 2),
        date(2023, 4, 22),
        date(2024, 4, 10),
        date(2025, 3, 31),
        date(2026, 3, 21),
    ]
    .into_iter()
    .map(|day| (day.year(), PartialDate::Day(day)))
    .collect()
}
