//! What contents say beyond what a person typed: answers, questions, figures and shares, each as a part of what is told.

use super::{Asks, ToldPart};
use crate::{
    coordination::{
        According, Confirmation, DraftStand, Final, Opening, Promise, Release, Sanction, Signature, SourceKind, Stand,
        Terms,
    },
    counter::Escalated,
    empowerment::{Questionnaire, Response, Submitted},
    facts::{Content, decode},
    money::{Closing, Rupiah, ShareStatement},
    value::{FieldType, ValueType},
    village::ReportSubmitted,
    words::{Lang, Words},
};

/// For a content that says nothing beyond its inputs that a person reads.
pub(super) fn nothing(_: &[u8]) -> Vec<ToldPart> {
    Vec::new()
}

/// The questions of a questionnaire, each under its code.
pub(super) fn questions(bytes: &[u8]) -> Vec<ToldPart> {
    let question = |question: crate::Question| told(&question.code, same(&question.code), same(&question.text));
    read::<Questionnaire>(bytes).map_or_else(Vec::new, |found| found.questions.into_iter().map(question).collect())
}

/// Answers, each under the code of its question.
pub(super) fn answers(bytes: &[u8]) -> Vec<ToldPart> {
    let answer = |(code, text): (String, String)| told(&code, same(&code), same(&text));
    read::<Response>(bytes).map_or_else(Vec::new, |found| found.answers.into_iter().map(answer).collect())
}

/// The quadrant of a filled-in instrument, and the points of each question.
pub(super) fn points(bytes: &[u8]) -> Vec<ToldPart> {
    const QUADRANT: Words = Words { id: "Kuadran", en: "Quadrant" };
    const INSTRUMENT: Words = Words { id: "Instrumen", en: "Instrument" };
    let Some(Submitted { instrument, answers, quadrant, .. }) = read(bytes) else { return Vec::new() };
    let mut parts = vec![
        told("quadrant", both(QUADRANT), both(quadrant.words())),
        told("instrument", both(INSTRUMENT), same(&instrument)),
    ];
    parts.extend(answers.iter().map(|(code, points)| told(code, same(code), same(&points.to_string()))));
    parts
}

/// The figures of a report.
pub(super) fn figures(bytes: &[u8]) -> Vec<ToldPart> {
    let figure = |(code, count): (String, i64)| {
        let label = crate::village::figure_words(&code).map_or_else(|| same(&code), both);
        told(&code, label, same(&count.to_string()))
    };
    read::<ReportSubmitted>(bytes).map_or_else(Vec::new, |found| found.tables.figures.into_iter().map(figure).collect())
}

/// The sums of a statement; who gets what stands beside it as a table.
pub(super) fn shares(bytes: &[u8]) -> Vec<ToldPart> {
    const PROFIT: Words = Words { id: "Laba", en: "Profit" };
    const RUNS: Words = Words { id: "Jumlah produksi", en: "Production runs" };
    const REST: Words = Words { id: "Sisa untuk kelompok", en: "Rest for the group" };
    let amount = |amount: Rupiah| [Lang::Id, Lang::En].map(|lang| amount.shown(lang));
    read::<ShareStatement>(bytes).map_or_else(Vec::new, |found| {
        vec![
            told("runs", both(RUNS), same(&found.runs.to_string())),
            told("profit", both(PROFIT), amount(found.profit)),
            told("rest", both(REST), amount(found.rest)),
        ]
    })
}

/// What was in the cash box when a period was closed.
pub(super) fn closed(bytes: &[u8]) -> Vec<ToldPart> {
    const BALANCE: Words = Words { id: "Saldo", en: "Balance" };
    const LINES: Words = Words { id: "Jumlah baris", en: "Lines" };
    read::<Closing>(bytes).map_or_else(Vec::new, |found| {
        vec![
            told("lines", both(LINES), same(&found.lines.to_string())),
            told("balance", both(BALANCE), [Lang::Id, Lang::En].map(|lang| found.balance.shown(lang))),
        ]
    })
}

/// How an agenda began.
pub(super) fn opening(bytes: &[u8]) -> Vec<ToldPart> {
    const ORIGIN: Words = Words { id: "Asal", en: "Where it comes from" };
    const REGION: Words = Words { id: "Wilayah", en: "Region" };
    const PARTIES: Words = Words { id: "Pihak", en: "Parties" };
    const SILENCE: Words = Words { id: "Jika tidak menjawab", en: "Without an answer" };
    let Some(found) = read::<Opening>(bytes) else { return Vec::new() };
    let parties: Vec<&str> = found.parties.iter().map(|party| party.name.as_str()).collect();
    let mut parts = vec![
        told("origin", both(ORIGIN), both(found.origin.kind.words())),
        told("region", both(REGION), same(found.region.as_str())),
        told("parties", both(PARTIES), same(&parties.join(", "))),
        told("silence", both(SILENCE), both(found.silence.words())),
    ];
    let step = |due: &crate::coordination::StepDue| {
        told(due.step.code(), both(due.step.words()), same(&due.by.strftime("%d-%m-%Y").to_string()))
    };
    parts.extend(found.steps.iter().map(step));
    parts
}

/// What was promised.
pub(super) fn promise(bytes: &[u8]) -> Vec<ToldPart> {
    const OWNER: Words = Words { id: "Pemilik", en: "Owner" };
    const WHAT: Words = Words { id: "Hasil", en: "Deliverable" };
    const DUE: Words = Words { id: "Paling lambat", en: "Due" };
    const SUPERIOR: Words = Words { id: "Atasan", en: "Superior" };
    let Some(found) = read::<Promise>(bytes) else { return Vec::new() };
    vec![
        told("owner", both(OWNER), same(&found.name)),
        told("deliverable", both(WHAT), same(&found.deliverable)),
        told("due", both(DUE), same(&found.due.strftime("%d-%m-%Y").to_string())),
        told("superior", both(SUPERIOR), same(&found.superior.name)),
    ]
}

/// Where another party said it: *menurut surat no. …*.
pub(super) fn source(bytes: &[u8]) -> Vec<ToldPart> {
    const SOURCE: Words = Words { id: "Menurut", en: "According to" };
    let stand = read::<Stand>(bytes).map(|found| found.according_to);
    let sanction = || read::<Sanction>(bytes).map(|found| found.according_to);
    let confirmation = || read::<Confirmation>(bytes).map(|found| found.according_to);
    let found = stand.or_else(sanction).or_else(confirmation).flatten();
    let words = |according: According| {
        let text = |lang: Lang| {
            let date = according.date.shown(lang);
            match (according.source, &according.number) {
                (SourceKind::Letter, Some(number)) => format!("{} {number}, {date}", according.source.shown(lang)),
                (SourceKind::Letter | SourceKind::Meeting, _) => format!("{} {date}", according.source.shown(lang)),
            }
        };
        told("according_to", both(SOURCE), [text(Lang::Id), text(Lang::En)])
    };
    found.map(words).into_iter().collect()
}

/// What a final text is.
pub(super) fn terms(bytes: &[u8]) -> Vec<ToldPart> {
    const NUMBER: Words = Words { id: "Versi", en: "Version" };
    const TITLE: Words = Words { id: "Judul", en: "Title" };
    let Some(found) = read::<Final>(bytes).and_then(|found| Terms::read(&found.text).ok()) else { return Vec::new() };
    vec![told("number", both(NUMBER), same(&found.number.to_string())), told("title", both(TITLE), same(&found.title))]
}

/// What an official signed.
pub(super) fn word(bytes: &[u8]) -> Vec<ToldPart> {
    const SAYS: Words = Words { id: "Pernyataan", en: "Word" };
    const OFFICIAL: Words = Words { id: "Pejabat", en: "Official" };
    const VERSION: Words = Words { id: "Versi", en: "Version" };
    let Some((word, _)) = read::<Signature>(bytes).and_then(|found| found.read().ok()) else { return Vec::new() };
    let official = format!("{}, {}", word.official, word.mandate.title());
    vec![
        told("says", both(SAYS), both(word.says.words())),
        told("official", both(OFFICIAL), same(&official)),
        told("version", both(VERSION), same(&word.version.short())),
    ]
}

/// What is drafted.
pub(super) fn drafted(bytes: &[u8]) -> Vec<ToldPart> {
    const STANCE: Words = Words { id: "Tanggapan", en: "Stand" };
    const WHY: Words = Words { id: "Catatan atau alasan", en: "Note or reason" };
    const PROPOSES: Words = Words { id: "Rumusan yang diusulkan", en: "Wording that is proposed" };
    let Some(DraftStand { stand }) = read(bytes) else { return Vec::new() };
    let text = |key: &str, label, text: Option<String>| text.map(|text| told(key, both(label), same(&text)));
    let mut parts = vec![told("stance", both(STANCE), both(stand.stance.words()))];
    parts.extend(text("why", WHY, stand.why));
    parts.extend(text("proposes", PROPOSES, stand.proposes));
    parts
}

/// When a case was taken to a meeting.
pub(super) fn escalated(bytes: &[u8]) -> Vec<ToldPart> {
    const DATE: Words = Words { id: "Tanggal", en: "Date" };
    let date = |said: Escalated| told("date", both(DATE), [Lang::Id, Lang::En].map(|lang| said.date.shown(lang)));
    read::<Escalated>(bytes).map(date).into_iter().collect()
}

/// Who released a draft, and when.
pub(super) fn released(bytes: &[u8]) -> Vec<ToldPart> {
    const OFFICIAL: Words = Words { id: "Pejabat", en: "Official" };
    const DAY: Words = Words { id: "Tanggal", en: "Day" };
    let Some(Release { mandate, day, .. }) = read(bytes) else { return Vec::new() };
    vec![
        told("official", both(OFFICIAL), same(&format!("{}, {}", mandate.official, mandate.title()))),
        told("day", both(DAY), same(&day.strftime("%d-%m-%Y").to_string())),
    ]
}

fn read<T: Content>(bytes: &[u8]) -> Option<T> {
    decode::<T>(bytes).ok()
}

fn told(key: &str, label: [String; 2], shown: [String; 2]) -> ToldPart {
    let [stored, _] = shown.clone();
    ToldPart { key: key.to_owned(), label, asks: Asks::Value(ValueType::Text), stored, shown }
}

fn both(words: Words) -> [String; 2] {
    [words.id, words.en].map(str::to_owned)
}

fn same(text: &str) -> [String; 2] {
    [text, text].map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        Digest, PartialDate, Question, ReportTables, ResponseKind, ShareLine,
        fixtures::{date, person},
    };
    use identity::EntryHash;

    /// Label and text of each part, in Indonesian.
    fn check(parts: fn(&[u8]) -> Vec<ToldPart>, content: &impl Content, expected: &[(&str, &str)]) {
        let found = parts(&content.draft().unwrap().bytes);
        let found: Vec<_> = found.iter().map(|part| (part.label[0].as_str(), part.shown[0].as_str())).collect();
        assert_eq!(found, expected);
        assert_eq!(parts(b"{}"), Vec::new(), "what cannot be read says nothing");
    }

    #[test]
    fn what_a_content_says_beyond_what_was_typed_is_told() {
        let day: PartialDate = date("12-03-2026");
        let question = Question { code: "1".into(), text: "Apakah usaha sudah berjalan?".into() };
        check(
            questions,
            &Questionnaire { title: "Triwulan I".into(), questions: vec![question] },
            &[("1", "Apakah usaha sudah berjalan?")],
        );
        let answered = Response {
            person: person(1),
            how: ResponseKind::Answered,
            date: day,
            asked: Some(EntryHash([1; 32])),
            answers: BTreeMap::from([("1".into(), "sudah".into())]),
        };
        check(answers, &answered, &[("1", "sudah")]);
        let tables = ReportTables { figures: BTreeMap::from([("trained".into(), 25)]), sources: Digest([2; 32]) };
        let report = ReportSubmitted { date: day, texts: Digest([1; 32]), tables };
        check(figures, &report, &[("Orang mengikuti Bimtek", "25")]);
        let line = |number| ShareLine { person: person(number), runs: 4, amount: Rupiah(500) };
        let statement = ShareStatement {
            from: day,
            until: day,
            runs: 4,
            profit: Rupiah(1001),
            lines: vec![line(1), line(2)],
            rest: Rupiah(1),
        };
        check(shares, &statement, &[("Jumlah produksi", "4"), ("Laba", "Rp 1.001"), ("Sisa untuk kelompok", "Rp 1")]);
    }
}
