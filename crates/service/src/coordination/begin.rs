//! Beginning an agenda, a commitment or a calendar: what the form asks, and the entries that it makes.

use documents::Edit;
use driver::{Target, What, Write};
use identity::{Class, OfficeId, Region, ScopeName};
use records::{
    Content, Date, Escalated, FactDraft, FieldType, PartialDate, RecordKind,
    coordination::{
        AgendaStep, CalendarYear, DraftFor, GRACE_DAYS, Invitation, Opening, Origin, OriginKind, Party, Promise,
        Silence, StepDue, Superior, TakenUp, VersionHash,
    },
};
use views::sheet_id;

use super::{Begun, YEARS, office_name};
use crate::{
    Service,
    both::Both,
    inputs::InputKind,
    panel::both,
    participants::{parse_officer, parse_region},
    problem::{Code, Problem},
    sheet_kinds::SheetInput,
    sheet_write::today,
};

/// The input for each step's last day.
const STEPS: [(&str, AgendaStep); 4] = [
    ("stands_by", AgendaStep::Stands),
    ("discussion_by", AgendaStep::Discussion),
    ("text_by", AgendaStep::Text),
    ("ratification_by", AgendaStep::Ratification),
];

/// The most parties without a node that a form takes.
const OUTSIDE_MAX: usize = 40;

fn input(field: &str, label: Both, kind: InputKind, required: bool) -> SheetInput {
    SheetInput { field: field.to_owned(), label, kind, required }
}

/// The codes of a type, each with its words.
fn codes<T: FieldType>() -> InputKind {
    crate::inputs::input_kind(T::TYPE)
}

type Fields = [(String, String)];

fn get<'a>(fields: &'a Fields, key: &str) -> &'a str {
    fields.iter().find(|(known, _)| known == key).map_or("", |(_, text)| text.trim())
}

fn wrong(field: &str, id: &str, en: &str) -> Problem {
    Problem::said(Code::BadInput, Some(field), id, en)
}

/// A day that has to be exact; none where nothing was typed.
fn exact(fields: &Fields, key: &str) -> Result<Option<Date>, Problem> {
    match PartialDate::from_input(get(fields, key)) {
        _ if get(fields, key).is_empty() => Ok(None),
        Some(PartialDate::Day(day)) => Ok(Some(day)),
        Some(PartialDate::Month(..) | PartialDate::Year(_) | PartialDate::Unknown) | None => Err(wrong(
            key,
            "tanggalnya belum tepat: isi tanggal lengkap",
            "the day is not exact: fill in the whole date",
        )),
    }
}

fn required<'a>(fields: &'a Fields, key: &str) -> Result<&'a str, Problem> {
    let text = get(fields, key);
    if text.is_empty() { Err(wrong(key, "masih kosong: isi dahulu", "it is empty: fill it in")) } else { Ok(text) }
}

fn office(fields: &Fields, key: &str) -> Result<Option<OfficeId>, Problem> {
    let text = get(fields, key);
    if text.is_empty() {
        return Ok(None);
    }
    let id = text.parse::<OfficeId>();
    id.map(Some)
        .map_err(|_| wrong(key, "kantor itu tidak dikenal: pilih dari daftar", "no such office: choose from the list"))
}

impl Service {
    /// What a form asks to begin a document of coordination.
    pub(crate) async fn coordination_form(&self, begun: Begun) -> Result<Vec<SheetInput>, Problem> {
        let own = self.node().office();
        let offices = self.offices_to_pick(&self.known());
        let others: Vec<_> = offices.iter().filter(|(id, _)| *id != own.to_string()).cloned().collect();
        let date = |key: &str, id: &str, en: &str| input(key, both(id, en), InputKind::Date, false);
        Ok(match begun {
            Begun::Agenda => vec![
                input("title", both("Judul", "Title"), InputKind::Text, true),
                input("purpose", both("Tujuan", "Purpose"), InputKind::Text, false),
                input(
                    "offices",
                    both("Kantor yang diajak", "Offices that take part"),
                    InputKind::Several(others),
                    false,
                ),
                input(
                    "outside",
                    both("Pihak tanpa Simpul, satu per baris", "Parties without a node, one a line"),
                    InputKind::Lines,
                    false,
                ),
                input("region", both("Kode wilayah", "Code of the region"), InputKind::Place, false),
                date("stands_by", "Tanggapan paling lambat", "Stands by"),
                date("discussion_by", "Pembahasan paling lambat", "Discussion by"),
                date("text_by", "Naskah akhir paling lambat", "Final text by"),
                date("ratification_by", "Penetapan paling lambat", "Ratification by"),
                input(
                    "silence",
                    both("Jika pihak tidak menjawab", "If a party does not answer"),
                    codes::<Silence>(),
                    true,
                ),
                input("from", both("Berasal dari catatan", "Comes from the record"), InputKind::Document, false),
            ],
            Begun::Commitment => {
                let agreements = self.agreements_to_pick().await?;
                vec![
                    input("deliverable", both("Hasil", "Deliverable"), InputKind::Text, true),
                    input("owner", both("Pemilik", "Owner"), InputKind::Choice(offices.clone()), false),
                    input("outside", both("Pemilik tanpa Simpul", "Owner without a node"), InputKind::Text, false),
                    input("due", both("Paling lambat", "Due"), InputKind::Date, true),
                    input("grace", both("Hari tenggang", "Days of grace"), InputKind::Number, false),
                    input("superior", both("Atasan pemilik", "Superior of the owner"), InputKind::Text, true),
                    input(
                        "superior_office",
                        both("Kantor atasan", "Office of the superior"),
                        InputKind::Choice(offices),
                        false,
                    ),
                    input("agreement", both("Kesepakatan", "Agreement"), InputKind::Choice(agreements), false),
                    input("article", both("Nomor pasal", "Number of the article"), InputKind::Number, false),
                    input("region", both("Kode wilayah", "Code of the region"), InputKind::Place, false),
                ]
            }
            Begun::Draft => {
                let agendas = super::choices::agendas_to_answer(&self.shelf().await?, own);
                vec![input("from", both("Agenda", "Agenda"), InputKind::Choice(agendas), true)]
            }
            Begun::Calendar => vec![
                input("year", both("Tahun", "Year"), InputKind::Number, true),
                input("region", both("Kode wilayah", "Code of the region"), InputKind::Place, false),
            ],
        })
    }

    /// Begins a document of coordination and gives its name in addresses.
    pub(crate) async fn begin_coordination(
        &self,
        officer: &str,
        begun: Begun,
        fields: &Fields,
        texts: &Fields,
    ) -> Result<String, Problem> {
        let fields: Vec<(String, String)> = fields.iter().chain(texts).cloned().collect();
        let region = || match get(&fields, "region") {
            "" => self.own_region(),
            text => parse_region(text).map_err(|problem| Problem { field: Some("region".to_owned()), ..problem }),
        };
        match begun {
            Begun::Agenda => self.open_agenda(officer, &fields, region()?).await,
            Begun::Commitment => self.promise(officer, &fields, &region()?).await,
            Begun::Calendar => self.open_calendar(officer, &fields, &region()?).await,
            Begun::Draft => self.begin_draft(officer, &fields).await,
        }
    }

    async fn open_agenda(&self, officer: &str, fields: &Fields, region: Region) -> Result<String, Problem> {
        let officer = parse_officer(officer)?;
        let (own, known) = (self.node().office(), self.known());
        let title = required(fields, "title")?.to_owned();
        let mut members = vec![own];
        let invited = |party, name: &str, required| Invitation { party, name: name.to_owned(), required, left: false };
        let mut parties = vec![invited(Party::Office(own), &self.office_name(), true)];
        for id in get(fields, "offices").split(',').map(str::trim).filter(|id| !id.is_empty()) {
            let id: OfficeId = id.parse().map_err(|_| {
                wrong(
                    "offices",
                    "ada kantor yang tidak dikenal: pilih dari daftar",
                    "an office is not known: choose from the list",
                )
            })?;
            if !members.contains(&id) {
                members.push(id);
                parties.push(invited(Party::Office(id), &office_name(&id, &known), true));
            }
        }
        for name in lines(get(fields, "outside")).take(OUTSIDE_MAX) {
            let mut id = [0; 16];
            getrandom::fill(&mut id).map_err(|error| Problem::new(Code::Internal, error, "try again"))?;
            parties.push(invited(Party::Outside(id), &name, false));
        }
        let mut steps = Vec::new();
        for (key, step) in STEPS {
            steps.extend(exact(fields, key)?.map(|by| StepDue { step, by }));
        }
        let (origin, taken_up) = self.origin(get(fields, "from")).await?;
        let silence = Silence::from_input(get(fields, "silence")).unwrap_or(Silence::NoAnswer);
        let opening = Opening { origin, region, parties, steps, silence };
        let draft =
            opening.draft_checked().map_err(|error| Problem { field: Some("offices".to_owned()), ..error.into() })?;
        let scope = self.open_roster(Class::Agenda, members).await?;
        let document = self.created(&officer, scope, RecordKind::Agenda, draft).await?;
        let mut edits = vec![records::edit_from_input(RecordKind::Agenda, "title", &title)?];
        let purpose = get(fields, "purpose");
        if !purpose.is_empty() {
            edits.push(records::edit_from_input(RecordKind::Agenda, "purpose", purpose)?);
        }
        self.edit(&officer, &document, edits).await?;
        if let (OriginKind::Case, Some(case)) = (opening.origin.kind, &opening.origin.of)
            && let Ok(agenda) = document.journal.scope.as_str().rsplit('/').next().unwrap_or_default().parse()
        {
            let said = Escalated { agenda, date: PartialDate::Day(today()) }.draft()?;
            self.say_fact(&officer, case, said).await?;
        }
        if let Some((commitment, feedback)) = taken_up {
            let said = TakenUp { feedback, agenda: document.clone() }.draft()?;
            self.say_fact(&officer, &commitment, said).await?;
        }
        Ok(sheet_id(&document))
    }

    /// Where an agenda comes from, and the feedback that it takes up.
    async fn origin(
        &self,
        from: &str,
    ) -> Result<(Origin, Option<(identity::Coordinate, identity::EntryHash)>), Problem> {
        if from.is_empty() {
            return Ok((Origin { kind: OriginKind::Proposal, of: None }, None));
        }
        if let Some(held) = self.held_document(from).await? {
            let commitment = held.shelf.commitments.iter().find(|known| known.doc == held.row.doc);
            let origin = commitment.and_then(|commitment| commitment.origin(today()));
            let feedback = commitment.and_then(|commitment| commitment.open_feedback().next()).map(|said| said.hash);
            return origin.map(|origin| (origin, feedback.map(|hash| (held.row.doc, hash)))).ok_or_else(|| {
                wrong(
                    "from",
                    "komitmen itu belum ingkar dan tidak punya umpan balik: kosongkan saja",
                    "that commitment is not broken and has no feedback: leave it empty",
                )
            });
        }
        let Ok((row, _)) = self.held_sheet(from).await else {
            return Err(wrong(
                "from",
                "catatan itu tidak ada di sini: buka catatannya, lalu bawa ke agenda dari sana",
                "no such record here: open it, and take it to an agenda from there",
            ));
        };
        let kind = if matches!(row.kind, RecordKind::Consultation | RecordKind::Complaint) {
            OriginKind::Case
        } else if row.kind == RecordKind::Places {
            OriginKind::Places
        } else {
            return Err(wrong(
                "from",
                "agenda tidak dibuka dari catatan seperti ini: kosongkan saja",
                "no agenda is opened from such a record: leave it empty",
            ));
        };
        Ok((Origin { kind, of: Some(row.doc) }, None))
    }

    async fn promise(&self, officer: &str, fields: &Fields, region: &Region) -> Result<String, Problem> {
        let officer = parse_officer(officer)?;
        let known = self.known();
        let (owner, name) = match (office(fields, "owner")?, get(fields, "outside")) {
            (Some(office), _) => (Party::Office(office), office_name(&office, &known)),
            (None, "") => {
                let own = self.node().office();
                (Party::Office(own), self.office_name())
            }
            (None, name) => {
                let mut id = [0; 16];
                getrandom::fill(&mut id).map_err(|error| Problem::new(Code::Internal, error, "try again"))?;
                (Party::Outside(id), name.to_owned())
            }
        };
        let due = exact(fields, "due")?;
        let due =
            due.ok_or_else(|| wrong("due", "tanggalnya masih kosong: isi dahulu", "the day is empty: fill it in"))?;
        let number = |key: &str| match get(fields, key) {
            "" => Ok(None),
            text => text
                .parse::<u16>()
                .map(Some)
                .map_err(|_| wrong(key, "bukan angka: tulis angka", "no number: write one")),
        };
        let agreement = match get(fields, "agreement") {
            "" => None,
            text => Some(text.parse::<VersionHash>().map_err(|_| {
                wrong(
                    "agreement",
                    "kesepakatan itu tidak ada di sini: pilih dari daftar",
                    "no such agreement here: choose one",
                )
            })?),
        };
        let promise = Promise {
            owner,
            name,
            deliverable: required(fields, "deliverable")?.to_owned(),
            due,
            grace_days: number("grace")?.unwrap_or(GRACE_DAYS),
            agreement,
            article: number("article")?.map(u32::from),
            superior: Superior {
                name: required(fields, "superior")?.to_owned(),
                office: office(fields, "superior_office")?,
            },
        };
        let scope = coordination_in(region)?;
        let document = self.created(&officer, scope, RecordKind::Commitment, promise.draft_checked()?).await?;
        Ok(sheet_id(&document))
    }

    async fn open_calendar(&self, officer: &str, fields: &Fields, region: &Region) -> Result<String, Problem> {
        let officer = parse_officer(officer)?;
        let year = required(fields, "year")?.parse::<i16>().ok().filter(|year| YEARS.contains(year));
        let year =
            year.ok_or_else(|| wrong("year", "tahunnya tidak cocok: tulis seperti 2026", "no such year: write 2026"))?;
        let shelf = self.shelf().await?;
        // Two that were begun at the same time are one calendar together; a third is not needed.
        if let Some(known) = shelf.calendars.iter().find(|known| known.year == year && known.region == *region) {
            return Ok(sheet_id(&known.doc));
        }
        let draft = CalendarYear { year }.draft()?;
        let document = self.created(&officer, coordination_in(region)?, RecordKind::Calendar, draft).await?;
        Ok(sheet_id(&document))
    }

    /// Begins a stand inside this office.
    async fn begin_draft(&self, officer: &str, fields: &Fields) -> Result<String, Problem> {
        let officer = parse_officer(officer)?;
        let (from, shelf) = (required(fields, "from")?, self.shelf().await?);
        let agenda = super::choices::open_to(&shelf, self.node().office()).find(|agenda| sheet_id(&agenda.doc) == from);
        let agenda = agenda.map(|agenda| agenda.doc.clone()).ok_or_else(|| {
            wrong(
                "from",
                "agenda itu tidak terbuka bagi kantor ini: pilih dari daftar",
                "no such agenda is open to this office: choose from the list",
            )
        })?;
        let draft = DraftFor { agenda }.draft()?;
        let document = self.created(&officer, self.internal_scope()?, RecordKind::InternalDraft, draft).await?;
        Ok(sheet_id(&document))
    }

    /// Agreements that are in force or were, by the hash of their version.
    async fn agreements_to_pick(&self) -> Result<Vec<(String, Both)>, Problem> {
        let shelf = self.shelf().await?;
        Ok(super::choices::agreements(&shelf))
    }

    /// Creates a document by its first fact.
    async fn created(
        &self,
        officer: &identity::Officer,
        scope: ScopeName,
        kind: RecordKind,
        draft: FactDraft,
    ) -> Result<identity::Coordinate, Problem> {
        let what = What::Fact { key: draft.key.to_owned(), bytes: draft.bytes };
        let target = Target::New { scope, kind: kind.number(), predecessor: None };
        let written = self.write(vec![Write { target, officer: officer.clone(), what }]).await?;
        written.first().cloned().ok_or_else(crate::participants::lost)
    }

    /// Changes a document as it stands now.
    pub(super) async fn edit(
        &self,
        officer: &identity::Officer,
        document: &identity::Coordinate,
        edits: Vec<Edit>,
    ) -> Result<(), Problem> {
        let shown = self.snapshot(document).await?.heads;
        let (target, what) = (Target::Document(document.clone()), What::Change { shown, edits });
        self.write(vec![Write { target, officer: officer.clone(), what }]).await.map(drop)
    }

    /// Says a fact in a document.
    pub(super) async fn say_fact(
        &self,
        officer: &identity::Officer,
        document: &identity::Coordinate,
        draft: FactDraft,
    ) -> Result<(), Problem> {
        let what = What::Fact { key: draft.key.to_owned(), bytes: draft.bytes };
        let target = Target::Document(document.clone());
        self.write(vec![Write { target, officer: officer.clone(), what }]).await.map(drop)
    }
}

/// What stands on lines of its own, each without what is around it.
pub(super) fn lines(text: &str) -> impl Iterator<Item = String> + '_ {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().map(line).filter(|line| !line.is_empty())
}

pub(super) fn coordination_in(region: &Region) -> Result<ScopeName, Problem> {
    ScopeName::of_region(Class::Coordination, region)
        .map_err(|error| Problem::bad_input(error, "name the region by its code"))
}
