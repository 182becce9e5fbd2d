//! What an office says in a document of coordination: from what was typed to the fact, checked against everything that
//! stands there. What will stand for good can be looked at first.

use documents::Edit;
use driver::{Target, What, Write};
use identity::{Coordinate, EntryHash, Officer};
use records::{
    Content, Digest, FactDraft, PartialDate, RecordError, RecordKind, Typed,
    coordination::{
        Acceptance, According, AdReferendum, Agenda, Agreement, Answer, Attached, Attendance, Calendar, Closing,
        Coming, Comment, Commitment, Confirmation, Coordination, Disposition, DraftStand, Event, Feedback,
        FinalOptions, Initials, InternalDraft, Invitation, Invitee, Letter, Mandate, Meeting, Minutes, Paper, Party,
        Programmed, Progress, Relation, Release, Sanction, Signature, Signing, SourceKind, Stand, VersionHash,
        Versions, Word, read_docx,
    },
};

use super::{
    HeldDocument,
    begin::coordination_in,
    choices::{PUBLISH, REWRITE, agenda_of, may_say},
    office_name,
    tables::text_panel,
    text,
};
use crate::{
    Service,
    both::Both,
    composed::Composed,
    panel::{Panel, PanelRow, both, same, shown},
    participants::parse_officer,
    problem::{Code, Problem},
    sheet_write::{Saying, TextChange, today},
    shown::Shown,
};

fn lost() -> Problem {
    Problem::bad_input("something that this asks for is missing", "fill in what the form asks for")
}

fn must<T: serde::de::DeserializeOwned>(typed: &Typed, key: &str) -> Result<T, Problem> {
    typed.get(key).ok_or_else(|| Problem { field: Some(key.to_owned()), ..lost() })
}

/// Where another party said it; none where it is the office's own word.
fn according(typed: &Typed) -> Option<According> {
    let source = typed.get::<SourceKind>("source")?;
    let date = typed.get("source_date").unwrap_or(PartialDate::Unknown);
    Some(According { source, number: typed.get("number"), date, scan: None })
}

fn plain(draft: Result<FactDraft, RecordError>) -> Result<Composed, Problem> {
    Ok(Composed { draft: draft?, look: Vec::new() })
}

impl Service {
    /// Says several things in a document of coordination, as one change.
    ///
    /// # Errors
    /// Which of them was not taken, and why; nothing is written then.
    pub(crate) async fn say_in_document(
        &self,
        officer: &str,
        held: &HeldDocument,
        said: &[Saying],
    ) -> Result<(), (usize, Problem)> {
        let first = |problem| (0, problem);
        let officer = parse_officer(officer).map_err(first)?;
        if let ([one], Coordination::Agenda(agenda)) = (said, &held.document)
            && one.fact == PUBLISH
        {
            return self.publish(&officer, agenda, &one.inputs).await.map_err(first);
        }
        if let ([one], Coordination::Agenda(agenda)) = (said, &held.document)
            && one.fact == REWRITE
        {
            let (_, edits) = self.rewriting(held, agenda, &one.inputs).map_err(first)?;
            return self.edit(&officer, &held.row.doc, edits).await.map_err(first);
        }
        let mut writes = Vec::new();
        for (index, said) in said.iter().enumerate() {
            let of_this = |problem| (index, problem);
            let draft = self.drafted_in(held, said).await.map_err(of_this)?.draft;
            if said.fact == Invitation::KEY {
                self.let_party_in(held, &said.inputs).await.map_err(of_this)?;
            }
            if let (Coordination::InternalDraft(draft), Release::KEY) = (&held.document, said.fact.as_str()) {
                // With the release the stand goes to the agenda, and nothing else of the draft.
                let (_, stand) = self.released(held, draft, &said.inputs).map_err(of_this)?;
                let what = What::Fact { key: stand.key.to_owned(), bytes: stand.bytes };
                let target = Target::Document(draft.agenda.what.agenda.clone());
                writes.push(Write { target, officer: officer.clone(), what });
            }
            let what = What::Fact { key: draft.key.to_owned(), bytes: draft.bytes };
            writes.push(Write { target: Target::Document(held.row.doc.clone()), officer: officer.clone(), what });
        }
        if writes.is_empty() {
            return Err(first(Problem::bad_input("nothing is said", "name something that the record asks for")));
        }
        self.write(writes).await.map(drop).map_err(first)
    }

    /// What would be said, looked at before it stands.
    pub(crate) async fn look_in_document(&self, held: &HeldDocument, said: &Saying) -> Result<Vec<Panel>, Problem> {
        if said.fact == PUBLISH {
            return Ok(Vec::new());
        }
        if let (Coordination::Agenda(agenda), REWRITE) = (&held.document, said.fact.as_str()) {
            return Ok(self.rewriting(held, agenda, &said.inputs)?.0);
        }
        Ok(self.drafted_in(held, said).await?.look)
    }

    /// What the draft would say as it stands in a file, what that changes, and the edits that make it so. Where somebody
    /// changes the draft meanwhile, what is looked at is another.
    fn rewriting(
        &self,
        held: &HeldDocument,
        agenda: &Agenda,
        inputs: &[(String, String)],
    ) -> Result<(Vec<Panel>, Vec<Edit>), Problem> {
        if !may_say(held, REWRITE, self.node().office()) {
            return Err(Problem::said(
                Code::NoRight,
                None,
                "naskah agenda ini tidak dapat diganti sekarang: buka agendanya lagi",
                "the text of this agenda cannot be replaced now: open the agenda again",
            ));
        }
        let of_file = |problem: Problem| Problem { field: Some("file".to_owned()), ..problem };
        let hash = inputs.iter().find(|(key, _)| key == "file").map_or("", |(_, hash)| hash.trim());
        let file = self.kept_scan("file", hash)?;
        let articles = read_docx(&file.bytes).map_err(|error| of_file(error.into()))?;
        let edits = agenda.edits_from(&articles, std::iter::from_fn(|| text::drawn().ok()));
        let edits = edits.map_err(|error| of_file(error.into()))?;
        if edits.is_empty() {
            return Err(Problem::said(
                Code::BadInput,
                Some("file"),
                "berkas itu berisi naskah yang sama dengan yang ada di sini: tidak ada yang perlu diganti",
                "that file says what the text says already: nothing has to be replaced",
            ));
        }
        let mut panel = Panel::new(both("Naskah baru", "New text"), [both("Bagian", "Part"), both("Bunyi", "Wording")]);
        for (index, article) in articles.iter().enumerate() {
            panel.rows.push(PanelRow::new(super::article_name(index + 1, Some(&article.heading)), [Both::default()]));
            let paragraphs = article.paragraphs.iter().enumerate();
            panel
                .rows
                .extend(paragraphs.map(|(place, text)| PanelRow::new(same(&format!("({})", place + 1)), [same(text)])));
        }
        let columns = [both("Naskah sekarang", "The text now"), both("Berkas", "File")];
        let now = agenda.articles_now().unwrap_or_default();
        let changed = super::tables::difference(columns, &now, &articles);
        Ok((std::iter::once(panel).chain(changed).collect(), edits))
    }

    async fn drafted_in(&self, held: &HeldDocument, said: &Saying) -> Result<Composed, Problem> {
        let kind = held.row.kind;
        let asked = kind.fact_forms().find(|(spec, form)| spec.key == said.fact && !form.inputs.is_empty());
        let (spec, form) = asked.ok_or_else(|| {
            Problem::bad_input(
                format!("{:?} is nothing that is said here by a form", said.fact),
                "take one that the record asks for",
            )
        })?;
        if !may_say(held, &said.fact, self.node().office()) {
            return Err(Problem::said(
                Code::NoRight,
                None,
                format!("kantor ini tidak dapat mencatat {} di sini sekarang: buka catatannya lagi", spec.label.id),
                format!("this office cannot note {:?} here now: open the record again", spec.label.en),
            ));
        }
        let typed = said.inputs.iter().map(|(key, text)| (key.as_str(), text.as_str()));
        if form.is_flat() {
            return plain(form.draft(typed));
        }
        let typed = form.typed(typed)?;
        match &held.document {
            Coordination::Agenda(agenda) => self.in_agenda(held, agenda, &said.fact, &typed).await,
            Coordination::Commitment(commitment) => self.in_commitment(commitment, &said.fact, &typed),
            Coordination::Calendar(calendar) => self.in_calendar(calendar, &said.fact, &typed),
            Coordination::InternalDraft(draft) => self.in_draft(held, draft, said, &typed),
            Coordination::Agreement(Agreement { versions, .. }) => {
                let mandate = typed.content::<Mandate>()?;
                mandate.draft_checked()?;
                self.ratification(versions, &typed, &mandate, |signing| versions.word(signing))
            }
        }
    }

    fn in_draft(
        &self,
        held: &HeldDocument,
        draft: &InternalDraft,
        said: &Saying,
        typed: &Typed,
    ) -> Result<Composed, Problem> {
        match said.fact.as_str() {
            DraftStand::KEY => {
                let stand = stand(typed)?;
                // What it would be refused for once it is released is said now.
                stand.draft_checked()?;
                plain(DraftStand { stand }.draft())
            }
            Disposition::KEY => plain(typed.content::<Disposition>()?.draft_checked()),
            Initials::KEY => {
                let stand = draft.stand().ok_or_else(lost)?;
                let draft = InternalDraft::digest(stand);
                plain(Initials { level: must(typed, "level")?, draft, date: must(typed, "date")? }.draft())
            }
            Release::KEY => {
                let (release, _) = self.released(held, draft, &said.inputs)?;
                let mut look = Panel::new(both("Yang menjadi resmi", "What becomes official"), []);
                if let Some(stand) = draft.stand() {
                    look.lines.push(shown(&stand.stance));
                    look.lines.extend(stand.why.iter().chain(&stand.proposes).map(|text| same(text)));
                }
                look.lines.push(both(
                    "Tanggapan ini dikirim ke semua pihak. Disposisi dan paraf tetap di kantor ini.",
                    "This stand goes to all parties. Dispositions and initials stay at this office.",
                ));
                Ok(Composed { draft: release, look: vec![look] })
            }
            _ => Err(lost()),
        }
    }

    /// What releases a draft, and the stand for its agenda.
    fn released(
        &self,
        held: &HeldDocument,
        draft: &InternalDraft,
        inputs: &[(String, String)],
    ) -> Result<(FactDraft, FactDraft), Problem> {
        let agenda = agenda_of(held, draft).ok_or_else(lost)?;
        let code = inputs.iter().find(|(key, _)| key == "mandate").map_or("", |(_, code)| code.trim());
        Ok(draft.release(agenda, mandate(agenda, code)?, today())?)
    }

    async fn in_agenda(
        &self,
        held: &HeldDocument,
        agenda: &Agenda,
        fact: &str,
        typed: &Typed,
    ) -> Result<Composed, Problem> {
        let own = self.node().office();
        match fact {
            Stand::KEY => plain(agenda.draft_stand(own, stand(typed)?)),
            Comment::KEY => plain(typed.content::<Comment>()?.draft_checked()),
            Mandate::KEY => plain(typed.content::<Mandate>()?.draft_checked()),
            AdReferendum::KEY => plain(typed.content::<AdReferendum>()?.draft_checked()),
            Meeting::KEY => plain(typed.content::<Meeting>()?.draft_checked()),
            Minutes::KEY => plain(typed.content::<Minutes>()?.draft_checked()),
            Letter::KEY => plain(typed.content::<Letter>()?.draft_checked()),
            Paper::KEY => plain(typed.content::<Paper>()?.draft_checked()),
            Attached::KEY => {
                let scan: Digest = must(typed, "scan")?;
                let bytes = self.kept_scan("scan", &scan.to_string())?.bytes.len() as u64;
                plain(Attached { name: must(typed, "name")?, scan, bytes }.draft_checked())
            }
            Invitation::KEY => {
                let invitation = self.invitation(agenda, typed)?;
                invitation.check().map_err(|error| Problem { field: Some("name".to_owned()), ..error.into() })?;
                plain(invitation.draft())
            }
            "final" => {
                let heads = self.snapshot(&held.row.doc).await?.heads;
                let kind = typed.get("relation");
                let relation = match (kind, typed.get::<String>("to")) {
                    (None, _) => None,
                    (Some(kind), Some(to)) => Some(Relation { kind, to: version(&to, "to")? }),
                    (Some(_), None) => {
                        return Err(Problem::said(
                            Code::BadInput,
                            Some("to"),
                            "kesepakatan lainnya belum dipilih: pilih dari daftar",
                            "the other agreement is not chosen: choose it from the list",
                        ));
                    }
                };
                let attachments = agenda.attachments.iter().map(|said| said.what.attachment()).collect();
                let options = FinalOptions { attachments, relation };
                let (draft, hash) = agenda.draft_final(own, &heads, options)?;
                let mut look = text_panel(agenda, &self.known());
                look.title = both("Naskah akhir", "Final text");
                look.lines.push(both(
                    format!("Naskah ini tidak dapat diubah lagi. Sidiknya {}.", hash.short()),
                    format!("This text cannot be changed any more. Its fingerprint is {}.", hash.short()),
                ));
                Ok(Composed { draft, look: vec![look] })
            }
            Signature::KEY => {
                let mandate = mandate(agenda, &must::<String>(typed, "mandate")?)?;
                self.ratification(&agenda.versions, typed, mandate, |signing| agenda.word(signing))
            }
            Closing::KEY => plain(typed.content::<Closing>()?.draft()),
            _ => Err(lost()),
        }
    }

    /// The invitation of an office of the network, of a party that is there, or of somebody without a node.
    fn invitation(&self, agenda: &Agenda, typed: &Typed) -> Result<Invitation, Problem> {
        let known = self.known();
        let (party, name) = match (typed.get::<String>("party"), typed.get::<String>("name")) {
            (Some(code), given) => {
                let party: Party = code.parse().map_err(|error| Problem {
                    field: Some("party".to_owned()),
                    ..Problem::bad_input(error, "choose one from the list")
                })?;
                let name = super::party_name(Some(agenda), &party, &known);
                (party, given.unwrap_or(name))
            }
            (None, Some(name)) => {
                let mut id = [0; 16];
                getrandom::fill(&mut id).map_err(|error| Problem::new(Code::Internal, error, "try again"))?;
                (Party::Outside(id), name)
            }
            (None, None) => {
                return Err(Problem::said(
                    Code::BadInput,
                    Some("party"),
                    "belum jelas siapa yang diundang: pilih kantornya, atau tulis nama pihak tanpa Simpul",
                    "nobody is invited: choose the office, or write the name of a party without a node",
                ));
            }
        };
        let required = typed.get("required").unwrap_or(party.office().is_some());
        Ok(Invitation { party, name, required, left: typed.get("left").unwrap_or(false) })
    }

    /// Lets an office that becomes a party read and write the agenda.
    async fn let_party_in(&self, held: &HeldDocument, inputs: &[(String, String)]) -> Result<(), Problem> {
        let given = |key: &str| inputs.iter().find(|(known, _)| known == key).map_or("", |(_, text)| text.trim());
        let leaves = matches!(<bool as records::FieldType>::from_input(given("left")), Some(true));
        match given("party").parse::<Party>() {
            Ok(Party::Office(office)) if !leaves => {
                self.let_into_case(&held.row.doc.journal.scope, &office.to_string()).await
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// A word of this office about a version, signed. `word` judges it by the rules of where it stands.
    fn ratification(
        &self,
        versions: &Versions,
        typed: &Typed,
        mandate: &Mandate,
        word: impl FnOnce(Signing<'_>) -> Result<Word, RecordError>,
    ) -> Result<Composed, Problem> {
        let hash = version(&must::<String>(typed, "version")?, "version")?;
        let word = word(Signing {
            office: self.node().office(),
            party: None,
            version: hash,
            says: must(typed, "says")?,
            mandate,
            day: today(),
            time_ms: jiff::Timestamp::now().as_millisecond(),
        })?;
        let signature = Signature::signed(self.node().key(), &word, |bytes| self.node().sign_ratification(bytes))?;
        let Some(found) = versions.get(hash) else { return Err(lost()) };
        let mut look = Panel::new(both("Yang ditandatangani", "What is signed"), []);
        let says = Both::of(|lang| records::FieldType::shown(&word.says, lang));
        let who = format!("{}, {}", word.official, word.mandate.title());
        look.lines = vec![
            both(format!("{who}: {}.", says.id), format!("{who}: {}.", says.en)),
            both(
                format!("Versi {} dengan sidik {hash}:", found.terms.number),
                format!("Version {} with the fingerprint {hash}:", found.terms.number),
            ),
        ];
        look.lines.extend(found.text.lines().filter(|line| !line.trim().is_empty()).map(same));
        Ok(Composed { draft: signature.draft()?, look: vec![look] })
    }

    fn in_commitment(&self, commitment: &Commitment, fact: &str, typed: &Typed) -> Result<Composed, Problem> {
        let own = self.node().office();
        match fact {
            Acceptance::KEY => plain(typed.content::<Acceptance>()?.draft()),
            Programmed::KEY => plain(typed.content::<Programmed>()?.draft_checked()),
            Progress::KEY => plain(commitment.draft_progress(own, &typed.content()?)),
            Sanction::KEY => plain(commitment.draft_sanction(
                own,
                &Sanction {
                    kind: must(typed, "kind")?,
                    date: must(typed, "date")?,
                    text: must(typed, "text")?,
                    according_to: according(typed),
                },
            )),
            Answer::KEY => plain(typed.content::<Answer>()?.draft()),
            Feedback::KEY => plain(typed.content::<Feedback>()?.draft()),
            _ => Err(lost()),
        }
    }

    fn in_calendar(&self, calendar: &Calendar, fact: &str, typed: &Typed) -> Result<Composed, Problem> {
        match fact {
            Event::KEY => {
                let known = self.known();
                let offices: Vec<identity::OfficeId> = typed.get("offices").unwrap_or_default();
                let mut invitees: Vec<Invitee> = Vec::new();
                for office in offices {
                    invitees.push(Invitee { party: Party::Office(office), name: office_name(&office, &known) });
                }
                for name in typed.get::<Vec<String>>("others").unwrap_or_default() {
                    let mut id = [0; 16];
                    getrandom::fill(&mut id).map_err(|error| Problem::new(Code::Internal, error, "try again"))?;
                    invitees.push(Invitee { party: Party::Outside(id), name });
                }
                let agenda = typed.get::<String>("agenda").map(|code| code.parse::<Coordinate>()).transpose();
                let agenda = agenda.map_err(|error| Problem {
                    field: Some("agenda".to_owned()),
                    ..Problem::bad_input(error, "choose one from the list")
                })?;
                let PartialDate::Day(day) = must(typed, "day")? else { return Err(lost()) };
                let event = Event {
                    title: must(typed, "title")?,
                    day,
                    place: must(typed, "place")?,
                    invitees,
                    agenda,
                    moves: typed.get("moves"),
                };
                plain(event.draft_checked(calendar.year))
            }
            Confirmation::KEY => {
                let answer: Coming = must(typed, "answer")?;
                let said = Confirmation {
                    event: must(typed, "event")?,
                    answer,
                    party: typed.get("party"),
                    according_to: according(typed),
                };
                plain(said.draft())
            }
            Attendance::KEY => plain(typed.content::<Attendance>()?.draft_checked()),
            _ => Err(lost()),
        }
    }

    /// Publishes a version in its region, with the signatures that make it so.
    async fn publish(&self, officer: &Officer, agenda: &Agenda, inputs: &[(String, String)]) -> Result<(), Problem> {
        let code = inputs.iter().find(|(key, _)| key == "version").map_or("", |(_, text)| text.as_str());
        let publication = agenda.publication(version(code, "version")?)?;
        let scope = coordination_in(&publication.region)?;
        let fact = |target, draft: FactDraft| Write {
            target,
            officer: officer.clone(),
            what: What::Fact { key: draft.key.to_owned(), bytes: draft.bytes },
        };
        let new = Target::New { scope, kind: RecordKind::Agreement.number(), predecessor: None };
        let mut writes = vec![fact(new, publication.create)];
        writes.extend(publication.then.into_iter().map(|draft| fact(Target::Batch(0), draft)));
        self.write(writes).await.map(drop)
    }

    /// Changes the fields and the text of an agenda.
    pub(crate) async fn change_document(
        &self,
        officer: &str,
        held: &HeldDocument,
        fields: &[(String, String)],
        texts: &[TextChange],
        shown: Option<&str>,
    ) -> Result<(), Problem> {
        let form = shown.map(str::parse::<Shown>).transpose()?;
        let officer = parse_officer(officer)?;
        let Coordination::Agenda(agenda) = &held.document else {
            return Err(Problem::said(
                Code::Conflict,
                None,
                "catatan ini tidak diubah: catat yang baru di bawahnya",
                "this record is not changed: note what is new beneath it",
            ));
        };
        let kind = held.row.kind;
        let edits = fields.iter().map(|(key, text)| records::edit_from_input(kind, key, text));
        let mut edits: Vec<documents::Edit> = edits.collect::<Result<_, _>>()?;
        edits.extend(text::edits(agenda, self.node().office(), texts)?);
        if edits.is_empty() {
            return Err(Problem::bad_input("nothing is changed", "change a field or a paragraph"));
        }
        let shown = self.heads_of_form(form.as_ref(), kind, &held.row.doc).await?;
        let (target, what) = (Target::Document(held.row.doc.clone()), What::Change { shown, edits });
        self.write(vec![Write { target, officer, what }]).await.map(drop)
    }
}

/// What was typed for a stand.
fn stand(typed: &Typed) -> Result<Stand, Problem> {
    Ok(Stand {
        article: typed.get("article"),
        stance: must(typed, "stance")?,
        why: typed.get("why"),
        proposes: typed.get("proposes"),
        wording: None,
        party: typed.get("party"),
        according_to: according(typed),
    })
}

/// A mandate that is recorded in an agenda, by the fact that gives it.
fn mandate<'a>(agenda: &'a Agenda, code: &str) -> Result<&'a Mandate, Problem> {
    let by = code.parse::<EntryHash>().ok();
    let found = by.and_then(|hash| agenda.mandates.iter().find(|said| said.hash == hash));
    found.map(|said| &said.what).ok_or_else(|| {
        Problem::said(
            Code::BadInput,
            Some("mandate"),
            "mandatnya tidak ada di agenda ini: pilih dari daftar",
            "no such mandate in this agenda: choose it from the list",
        )
    })
}

fn version(code: &str, field: &str) -> Result<VersionHash, Problem> {
    code.trim().parse().map_err(|_| {
        Problem::said(
            Code::BadInput,
            Some(field),
            "versi itu tidak ada di sini: pilih dari daftar",
            "no such version here: choose it from the list",
        )
    })
}
