//! The six-monthly report of an office: figures computed from the records that it reads, looked at before they stand.

use std::collections::{BTreeMap, BTreeSet};

use identity::Region;
use records::{
    CaseEvents, Content, Date, Digest, Handled, Handling, MonitoringRound, PartialDate, ProgrammeRecord, RecordKind,
    Report, ReportState, ReportTables, ResponseKind, Said, figure_words,
};
use views::{Filter, Page, Reader, ViewsError};

use crate::{
    Service,
    composed::Composed,
    panel::{Panel, PanelRow, both, same},
    problem::{Code, Problem},
    rules::rules_in,
};

impl Service {
    /// The report as it stands now, ready to be sent. Only the office that reports sends it.
    pub(crate) async fn submission(&self, report: &Report, date: PartialDate) -> Result<Composed, Problem> {
        if report.fields.office.one() != Some(&self.node().office()) {
            return Err(Problem::said(
                Code::NoRight,
                None,
                "hanya kantor pelapor yang mengirim laporan ini: minta kantor itu mengirimnya",
                "only the office that reports sends this report: ask it to send it",
            ));
        }
        let tables = self.tables(report).await?;
        let look = figures(&tables);
        Ok(Composed { draft: report.submit(date, tables)?.draft()?, look: vec![look] })
    }

    /// How a report stands, and its figures: as they were sent, else as they would be now.
    pub(crate) async fn report_panel(&self, report: &Report) -> Result<Option<Panel>, Problem> {
        let office = report.fields.office.one();
        let own = office == Some(&self.node().office());
        let now = match own {
            true => self.tables(report).await.ok(),
            false => None,
        };
        // What another office would count from what it reads says nothing about the report.
        let sent = report.events.current.iter().find(|said| said.by.office.as_ref() == office);
        let sent = sent.map(|said| &said.what.tables);
        let sources = now.as_ref().or(sent).map_or(Digest([0; 32]), |tables| tables.sources);
        let (tables, line) = match report.state(sources) {
            ReportState::Draft => (
                now,
                both(
                    "Belum dikirim. Angka di bawah ini dihitung dari catatan sampai sekarang.",
                    "Not sent yet. The figures below are computed from the records as they are now.",
                ),
            ),
            ReportState::Submitted(said) => {
                (Some(said.what.tables.clone()), both("Naskah final, seperti saat dikirim.", "As it was sent."))
            }
            ReportState::ChangedSince { submitted, texts, data } => (
                Some(submitted.what.tables.clone()),
                match (texts, data) {
                    (true, false) => both(
                        "Isi laporan ditulis lagi setelah dikirim. Angkanya seperti saat dikirim.",
                        "Its text was written in after it was sent. The figures are as they were sent.",
                    ),
                    (_, true) | (false, false) => both(
                        "Data berubah setelah laporan. Angkanya seperti saat dikirim.",
                        "Data changed after the report. The figures are as they were sent.",
                    ),
                },
            ),
            ReportState::Different(all) => (
                all.first().map(|said| said.what.tables.clone()),
                both(
                    "Dua naskah dikirim tanpa saling tahu: kirim sekali lagi untuk menggantikan keduanya.",
                    "Two editions were sent without knowledge of each other: send it once more to replace both.",
                ),
            ),
        };
        Ok(tables.map(|tables| {
            let mut panel = figures(&tables);
            panel.lines.push(line);
            let others = report.not_by_owner().len();
            if others > 0 {
                panel.lines.push(both(
                    format!("{others} naskah dikirim kantor yang tidak melaporkan, jadi tidak dihitung."),
                    format!("{others} editions were sent by an office that does not report, and do not count."),
                ));
            }
            panel
        }))
    }

    async fn tables(&self, report: &Report) -> Result<ReportTables, Problem> {
        let figures = self.rules().await?.figures;
        let period = report.fields.from.one().map(|from| from.span().first).zip(report.until(&figures));
        let Some((from, until)) = period else {
            return Err(Problem::said(
                Code::BadInput,
                None,
                "masa laporan belum jelas: isi bulan pertamanya, misalnya 01-2026",
                "the period of the report is not clear: fill in its first month, for example 01-2026",
            ));
        };
        let region = report.place.clone().unwrap_or_else(Region::national);
        self.reading().look(move |views| tables(views, &region, from, until)).await
    }
}

/// The figures as a table.
fn figures(tables: &ReportTables) -> Panel {
    let mut panel = Panel::new(
        both("Angka laporan", "Figures of the report"),
        [both("Yang dihitung", "What"), both("Jumlah", "Count")],
    );
    for (code, count) in &tables.figures {
        let label = figure_words(code).map_or_else(|| same(code), Into::into);
        panel.rows.push(PanelRow::new(label, [same(&count.to_string())]));
    }
    panel
}

/// Counts what a region's records give for a period.
fn tables(views: &Reader, region: &Region, from: Date, until: Date) -> Result<ReportTables, ViewsError> {
    let figures = rules_in(views)?.figures;
    let inside = |date: &PartialDate| from <= date.span().first && date.span().last <= until;
    let mut hasher = blake3::Hasher::new_derive_key("simpul report sources v1");
    let mut counted = BTreeMap::<&str, i64>::new();
    let mut count =
        |code, number: usize| *counted.entry(code).or_default() += i64::try_from(number).unwrap_or(i64::MAX);
    // None is counted, not unmeasured: these records are read here.
    for code in ["activities", "groups", "runs", "mentoring_visits", "monitored", "village_activities"] {
        count(code, 0);
    }
    for code in ["consultations", "complaints", "settled", "cards", "businesses"] {
        count(code, 0);
    }
    let filter = Filter { region: Some(region.clone()), left: Some(false), ..Filter::default() };
    let participants = views.list(&filter, Page::first(0))?.total;
    hasher.update(&participants.to_le_bytes());
    count("participants", usize::try_from(participants).unwrap_or(usize::MAX));
    let (mut trained, mut producing) = (BTreeSet::new(), BTreeSet::new());
    let mut participations = views.begun_in(region)?;
    participations.sort_by(|a, b| a.doc.cmp(&b.doc));
    for participation in &participations {
        let begun: Vec<_> = participation.events.started.iter().filter(|said| inside(&said.what.date)).collect();
        if !begun.is_empty() {
            hasher.update(&serde_json::to_vec(&begun).unwrap_or_default());
            count("businesses", 1);
        }
    }
    for kind in COUNTED {
        let mut records = views.records(kind, Some(region.clone()))?;
        records.sort_by(|a, b| a.doc().cmp(b.doc()));
        for record in &records {
            // What a record says, in its one written form: the same records give the same hash.
            hasher.update(&serde_json::to_vec(record).unwrap_or_default());
            if let ProgrammeRecord::Bimtek(bimtek) = record
                && bimtek.fields.start.one().is_some_and(inside)
            {
                count("activities", 1);
                trained.extend(bimtek.people().into_iter().filter(|person| bimtek.days_present(*person, &figures) > 0));
            } else if let ProgrammeRecord::Group(_) = record {
                count("groups", 1);
            } else if let ProgrammeRecord::Run(run) = record
                && run.fields.date.one().is_some_and(inside)
            {
                count("runs", 1);
                producing.extend(run.fields.group.one().cloned());
            } else if let ProgrammeRecord::Mentoring(mentoring) = record {
                count(
                    "mentoring_visits",
                    mentoring.events.visits.iter().filter(|said| inside(&said.what.date)).count(),
                );
            } else if let ProgrammeRecord::Activity(activity) = record
                && activity.fields.date.one().is_some_and(inside)
            {
                count("village_activities", 1);
            } else if let ProgrammeRecord::Consultation(case) = record {
                count("consultations", usize::from(case.fields.received.one().is_some_and(inside)));
                count("settled", usize::from(settled(&case.events, &inside)));
            } else if let ProgrammeRecord::Complaint(case) = record {
                count("complaints", usize::from(case.fields.received.one().is_some_and(inside)));
                count("settled", usize::from(settled(&case.events, &inside)));
            } else if let ProgrammeRecord::CardApplication(card) = record
                && card.fields.applied.one().is_some_and(inside)
            {
                count("cards", 1);
            } else if let ProgrammeRecord::MonitoringRound(round) = record {
                count("monitored", monitored(round, &inside));
            }
        }
    }
    count("trained", trained.len());
    count("producing_groups", producing.len());
    let figures = counted.into_iter().map(|(code, number)| (code.to_owned(), number)).collect();
    Ok(ReportTables { figures, sources: Digest(*hasher.finalize().as_bytes()) })
}

/// The kinds whose records are counted.
const COUNTED: [RecordKind; 9] = [
    RecordKind::Bimtek,
    RecordKind::Group,
    RecordKind::Run,
    RecordKind::Mentoring,
    RecordKind::MonitoringRound,
    RecordKind::Activity,
    RecordKind::Consultation,
    RecordKind::Complaint,
    RecordKind::CardApplication,
];

/// Whether a case was settled within the period.
fn settled(events: &CaseEvents, inside: &dyn Fn(&PartialDate) -> bool) -> bool {
    let last = |said: &&Said<Handled>| said.what.step == Handling::Settled && inside(&said.what.date);
    events.is_settled() && events.handled.iter().any(|said| last(&said))
}

fn monitored(round: &MonitoringRound, inside: &dyn Fn(&PartialDate) -> bool) -> usize {
    let answered = round.events.responses.iter().filter(|said| said.what.how == ResponseKind::Answered);
    answered.filter(|said| inside(&said.what.date)).map(|said| said.what.person).collect::<BTreeSet<_>>().len()
}
