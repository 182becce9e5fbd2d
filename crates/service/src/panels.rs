//! The panels of each kind of record: what its rules say beyond its fields and what happened.

use records::{
    ActionPlan, Activity, Bimtek, CaseEvents, Child, Complaint, ConsentState, Consultation, Criterion, FieldType,
    Identification, Known as Value, MonitoringRound, PartialDate, PersonId, PlaceState, Places, ProgrammeRecord, Rank,
    ResponseKind, ResponseState, ShareProposal, ShareState, TrainingSubject, VillageProfile, waiting_order,
};

use crate::{
    Service,
    both::Both,
    composed::asked,
    money::cash_panel,
    panel::{Called, Panel, PanelRow, RowAsk, both, same, shown},
    problem::Problem,
    reading::Known,
    record::who_said,
    sheet_write::today,
};

impl Service {
    /// What the rules say of a record. `may_say` tells which facts this office may say in it.
    pub(crate) async fn panels(
        &self,
        record: &ProgrammeRecord,
        known: &Known,
        may_say: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Vec<Panel>, Problem> {
        if let ProgrammeRecord::MonitoringRound(round) = record {
            self.monitoring(round, may_say("response")).await
        } else if let ProgrammeRecord::Places(places) = record {
            self.places(places, known, may_say("freed")).await
        } else if let ProgrammeRecord::ActionPlan(plan) = record {
            let mut panels = plan_panels(plan);
            panels.extend(self.grants_panel(plan).await?);
            Ok(panels)
        } else if let ProgrammeRecord::Group(group) = record {
            self.group_panels(group).await
        } else if let ProgrammeRecord::Mentoring(mentoring) = record {
            Ok(self.mentoring_panel(mentoring).await?.into_iter().collect())
        } else if let ProgrammeRecord::Ledger(ledger) = record {
            Ok(vec![cash_panel(ledger)])
        } else if let ProgrammeRecord::Loan(loan) = record {
            Ok(vec![self.loan_panel(loan).await?])
        } else if let ProgrammeRecord::Bimtek(bimtek) = record {
            let needs = self.needs_panel(bimtek.place.as_ref()).await?;
            Ok([contents_panel(bimtek)].into_iter().chain(needs).collect())
        } else if let ProgrammeRecord::Activity(activity) = record {
            Ok(vec![self.activity_panel(activity).await?])
        } else if let ProgrammeRecord::VillageProfile(profile) = record {
            let needs = self.needs_panel(profile.place.as_ref()).await?;
            Ok(profile_panels(profile).into_iter().chain(needs).collect())
        } else if let ProgrammeRecord::CardApplication(card) = record {
            let figures = self.rules().await?.figures;
            Ok(card.printed_incomplete(&figures).then(printed_panel).into_iter().collect())
        } else if let ProgrammeRecord::Child(child) = record {
            Ok(vec![child_panel(child)])
        } else if let ProgrammeRecord::Settings(settings) = record {
            self.figures_panel(settings).await
        } else if let ProgrammeRecord::Report(report) = record {
            Ok(self.report_panel(report).await?.into_iter().collect())
        } else if let ProgrammeRecord::ShareProposal(share) = record {
            self.share(share).await
        } else if let ProgrammeRecord::Complaint(Complaint { events, .. })
        | ProgrammeRecord::Consultation(Consultation { events, .. }) = record
        {
            Ok(self.joint_meetings(events, may_say("joint_decision")).await?.into_iter().collect())
        } else {
            Ok(Vec::new())
        }
    }

    /// Who was at an activity, by name and as counted.
    async fn activity_panel(&self, activity: &Activity) -> Result<Panel, Problem> {
        let people = self.people(activity.people()).await?;
        let mut panel = Panel::new(both("Yang hadir", "Who was there"), [both("Orang", "Person")]);
        let named = activity.people().len();
        panel.lines.push(match activity.present() {
            Value::Unknown => both("Belum ada yang dicatat hadir.", "Nobody is noted as having been there."),
            Value::One(all) => both(
                format!("{all} orang hadir, {named} dengan nama."),
                format!("{all} people were there, {named} of them by name."),
            ),
            Value::Several(_) => both("Dua kantor menghitung berbeda.", "Two offices counted differently."),
        });
        if activity.counted_too_few() {
            panel.lines.push(both(
                "Nama yang dicatat lebih banyak daripada jumlahnya: salah satunya keliru.",
                "More names are noted than people were counted: one of both is a mistake.",
            ));
        }
        panel.rows = people.by_name().into_iter().map(|person| PanelRow::of(&people.called(&person), [])).collect();
        Ok(panel)
    }

    /// Who was asked what, and who is still to be asked.
    async fn monitoring(&self, round: &MonitoringRound, may_say: bool) -> Result<Vec<Panel>, Problem> {
        let people = self.people(round.people()).await?;
        let columns = [both("Orang", "Person"), both("Hasil", "How it went"), both("Tanggal", "Date")];
        let mut panel = Panel::new(both("Yang ditanyai", "Who is asked"), columns);
        let (open, all) = (round.open().len(), round.people().len());
        panel.lines.push(match (all, open) {
            (0, _) => both(
                "Belum ada orang dalam putaran ini. Catat dulu siapa yang akan ditanyai.",
                "Nobody is in this round yet. Note first who is to be asked.",
            ),
            (_, 0) => both(format!("Semua {all} orang sudah ditutup."), format!("All {all} people are closed.")),
            (_, _) => both(
                format!("{open} dari {all} orang belum ditanyai."),
                format!("{open} of {all} people are still to be asked."),
            ),
        });
        if asked(round).is_none() {
            panel.lines.push(both(
                "Kuesionernya belum ada: tulis pertanyaannya, lalu jawaban dapat dicatat.",
                "There is no questionnaire yet: write its questions, then answers can be noted.",
            ));
        }
        let mut panels = Vec::new();
        for person in people.by_name() {
            let state = round.state(person);
            let cells = match &state {
                ResponseState::Open => [both("belum ditanyai", "not asked yet"), Both::default()],
                ResponseState::Closed(said) => [shown(&said.what.how), shown(&said.what.date)],
                ResponseState::Different(all) => {
                    let how = |lang| all.iter().map(|said| said.what.how.shown(lang)).collect::<Vec<_>>().join(" / ");
                    let words = Both::of(how);
                    [
                        both(
                            format!("dua keterangan berbeda: {}", words.id),
                            format!("two statements differ: {}", words.en),
                        ),
                        Both::default(),
                    ]
                }
            };
            let open = !matches!(state, ResponseState::Closed(_));
            let ask = (may_say && open).then(|| RowAsk {
                fact: "response".to_owned(),
                label: both("Catat hasil", "Note the result"),
                fills: vec![("person".to_owned(), person.to_string())],
                begins: false,
            });
            panel.rows.push(PanelRow { ask, ..PanelRow::of(&people.called(&person), cells) });
        }
        panels.push(panel);
        panels.extend(counted_answers(round));
        Ok(panels)
    }

    /// *50 tempat · 48 pasti · 3 belum pasti · 2 menunggu*, each with what its office had seen.
    async fn places(&self, places: &Places, known: &Known, may_free: bool) -> Result<Vec<Panel>, Problem> {
        let account = places.account();
        let goes_on = |journal: &identity::JournalId| self.goes_on(journal);
        let bar = account.bar(goes_on);
        let columns = [
            both("Orang", "Person"),
            both("Tempat", "Place"),
            both("Dicatat oleh", "Noted by"),
            both("Jumlah yang diketahui saat itu", "Places known then"),
        ];
        let mut panel = Panel::new(both("Tempat", "Places"), columns);
        let number = |value: &Value<u32>| {
            let all: Vec<String> = value.values().iter().map(u32::to_string).collect();
            if all.is_empty() { "?".to_owned() } else { all.join(" / ") }
        };
        let limit = number(&bar.limit);
        panel.lines.push(both(
            format!("{limit} tempat · {} pasti · {} belum pasti · {} menunggu", bar.sure, bar.unsure, bar.waiting),
            format!("{limit} places · {} sure · {} not sure yet · {} waiting", bar.sure, bar.unsure, bar.waiting),
        ));
        if bar.over > 0 {
            panel.lines.push(both(
                format!("{} orang lebih dari jumlah tempat. Hanya pemberi tempat yang menambah; tidak ada yang dikeluarkan.", bar.over),
                format!("{} people more than there are places. Only the owner adds places; nobody is removed.", bar.over),
            ));
        }
        if bar.frozen > 0 {
            panel.lines.push(both(
                format!(
                    "{} tempat ada di komputer yang tidak dipakai lagi: pemberi tempat memberikannya lagi.",
                    bar.frozen
                ),
                format!(
                    "{} places lie with a computer that is no longer used: the owner grants them anew.",
                    bar.frozen
                ),
            ));
        }
        let own = self.own_journal(places.doc.journal.scope.clone()).await;
        if let Some(own) = own.filter(|own| account.blocks.iter().any(|block| block.holder == *own)) {
            let left = account.left(&own);
            panel.lines.push(both(
                format!("Kantor ini masih dapat memberikan {left} tempat pasti, juga tanpa sambungan."),
                format!("This office can still give {left} sure places, without a connection too."),
            ));
        }
        for over in &account.overdrawn {
            let who = who_said(&over.by, known);
            panel.lines.push(both(
                format!(
                    "{}, {} menyerahkan {} tempat yang tidak dimilikinya: tidak ada yang diserahkan.",
                    who.officer, who.office, over.what.places
                ),
                format!(
                    "{}, {} handed over {} places that were not theirs: nothing was handed over.",
                    who.officer, who.office, over.what.places
                ),
            ));
        }
        let people = self.people(account.claims.iter().map(|claim| claim.person)).await?;
        for person in people.by_name() {
            for claim in account.claims.iter().filter(|claim| claim.person == person) {
                let state = match claim.state {
                    PlaceState::Sure => both("tempat pasti", "sure place"),
                    PlaceState::Unsure => both("belum pasti", "not sure yet"),
                    PlaceState::Waiting => both("daftar tunggu", "waiting list"),
                };
                let who = who_said(&claim.said.by, known);
                let cells =
                    [state, same(&format!("{}, {}", who.officer, who.office)), same(&number(&claim.limit_seen))];
                let ask = may_free.then(|| RowAsk {
                    fact: "freed".to_owned(),
                    label: both("Tempat kembali", "Give back"),
                    fills: vec![("person".to_owned(), person.to_string())],
                    begins: false,
                });
                panel.rows.push(PanelRow { ask, ..PanelRow::of(&people.called(&person), cells) });
            }
        }
        let waiting = account.claims.iter().filter(|claim| claim.state == PlaceState::Waiting);
        let order = self.waiting_panel(waiting.map(|claim| claim.person).collect()).await?;
        Ok([panel].into_iter().chain(order).collect())
    }

    /// The order in which the waiting list is proposed to go on, with the reasons; nothing while nobody waits.
    async fn waiting_panel(&self, waiting: Vec<PersonId>) -> Result<Option<Panel>, Problem> {
        if waiting.is_empty() {
            return Ok(None);
        }
        let (rules, day) = (self.rules().await?, PartialDate::Day(today()));
        let columns = [both("Orang", "Person"), both("Alasan", "Why")];
        let mut panel = Panel::new(both("Usulan urutan daftar tunggu", "Proposed order of the waiting list"), columns);
        let of_them = (waiting.clone(), rules.clone());
        let ranks = self.reading().look(move |views| {
            let (waiting, rules) = of_them;
            let mut ranks = Vec::new();
            for person in waiting {
                for participation in views.participations_of(&person)? {
                    // Only where journeys and family are read the order is the one that every such office has.
                    let held = views.get(&participation.doc)?.filter(|held| held.person.is_some());
                    ranks.extend(held.map(|held| Rank::of(person, &held.circumstances, day, &rules)));
                }
            }
            ranks.dedup_by_key(|rank| rank.person);
            Ok(ranks)
        });
        let ranks = ranks.await?;
        if ranks.len() < waiting.len() {
            panel.lines.push(both(
                "Urutan tidak lengkap: kantor ini tidak membaca data semua orang yang menunggu.",
                "The order is not complete: this office does not read everybody who waits.",
            ));
        }
        panel.lines.push(both(
            "Menurut kategori, kelengkapan data, dan tanggal verifikasi; bukan menurut siapa yang datang lebih dahulu. \
             Kepala Desa yang memutuskan.",
            "By category, completeness and date of verification; not by who came first. The Kepala Desa decides.",
        ));
        let people = self.people(waiting).await?;
        for (number, rank) in (1..).zip(waiting_order(ranks, &rules.figures)) {
            let called = people.called(&rank.person);
            let called = Called { name: format!("{number}. {}", called.name), ..called };
            let row = PanelRow::of(&called, [Both::of(|lang| rank.reason(lang))]);
            panel.rows.push(row.of_person(&rank.person));
        }
        Ok(Some(panel))
    }

    /// The meetings that took a case up, and what they decided.
    async fn joint_meetings(&self, case: &CaseEvents, may_say: bool) -> Result<Option<Panel>, Problem> {
        if case.escalated.is_empty() {
            return Ok(None);
        }
        let shelf = self.shelf().await?;
        let columns = [both("Agenda", "Agenda"), both("Keadaan", "State"), both("Keputusan", "Decision")];
        let mut panel = Panel::new(both("Rapat bersama", "Joint meetings"), columns);
        for said in &case.escalated {
            let agenda = shelf.agendas.iter().find(|agenda| agenda.is_called(&said.what.agenda));
            let line = agenda.map(|agenda| crate::coordination::agenda_line(agenda, false));
            let (title, state) = match line {
                Some(line) => (line.title, line.state),
                None => (both("Agenda yang tidak dibaca di sini", "An agenda that is not read here"), both("", "")),
            };
            let mut decided = case.decisions(&said.hash).map(|said| said.what.text.clone()).peekable();
            let open = decided.peek().is_none();
            let decision = match open {
                true => both("belum dicatat", "not noted yet"),
                false => same(&decided.collect::<Vec<_>>().join(" / ")),
            };
            let ask = (may_say && open).then(|| RowAsk {
                fact: "joint_decision".to_owned(),
                label: both("Catat keputusan", "Note the decision"),
                fills: vec![
                    ("of".to_owned(), said.hash.to_string()),
                    ("text".to_owned(), agenda.and_then(crate::coordination::outcome).unwrap_or_default()),
                ],
                begins: false,
            });
            panel.rows.push(PanelRow { ask, ..PanelRow::new(title, [state, decision]) });
        }
        Ok(Some(panel))
    }

    /// The statements of a proposal, and who agreed.
    async fn share(&self, share: &ShareProposal) -> Result<Vec<Panel>, Problem> {
        let mut panels = Vec::new();
        for said in &share.events.statements {
            panels.push(self.shares(&said.what).await?);
        }
        let names = |people: Vec<records::PersonId>| async move {
            let found = self.people(people).await?;
            Ok::<_, Problem>(
                found.by_name().iter().map(|person| found.called(person).name).collect::<Vec<_>>().join(", "),
            )
        };
        let line = match share.state() {
            ShareState::Empty => both(
                "Belum dihitung. Perhitungan dibuat dari produksi dan buku kas kelompok.",
                "Not computed yet. The statement is made from the group's runs and ledgers.",
            ),
            ShareState::Different => both(
                "Dua perhitungan dibuat tanpa saling tahu: tarik kembali salah satunya.",
                "Two statements were made without knowledge of each other: take one of them back.",
            ),
            ShareState::Waiting(people) => {
                let names = names(people).await?;
                both(format!("Belum menyetujui: {names}."), format!("Have not agreed yet: {names}."))
            }
            ShareState::Rejected(people) => {
                let names = names(people).await?;
                both(format!("Tidak setuju: {names}."), format!("Do not agree: {names}."))
            }
            ShareState::Agreed => both("Semua anggota setuju.", "Every member agreed."),
        };
        match panels.first_mut() {
            Some(first) => first.lines.push(line),
            None => panels.push(Panel { lines: vec![line], ..Panel::new(both("Perhitungan", "Statement"), []) }),
        }
        Ok(panels)
    }
}

/// The questions with the answers that stand, without saying whose they are: what a round is for.
fn counted_answers(round: &MonitoringRound) -> Vec<Panel> {
    let of = |said: &records::Said<records::Questionnaire>| {
        let columns = [both("Pertanyaan", "Question"), both("Jawaban", "Answers")];
        let mut panel = Panel::new(same(&said.what.title), columns);
        for question in &said.what.questions {
            let answers = round.events.responses.iter().filter(|response| response.what.asked == Some(said.hash));
            let answers: Vec<&str> =
                answers.filter_map(|response| response.what.answers.get(&question.code)).map(String::as_str).collect();
            panel.rows.push(PanelRow::new(same(&question.text), [same(&answers.join(" · "))]));
        }
        panel
    };
    let mut panels: Vec<Panel> = round.events.questionnaires.iter().map(of).collect();
    let closed = |how: ResponseKind| round.events.responses.iter().filter(|said| said.what.how == how).count();
    if let Some(last) = panels.last_mut() {
        let told = |lang| {
            let kinds = ResponseKind::ALL.iter().map(|how| format!("{} {}", closed(*how), how.shown(lang)));
            kinds.collect::<Vec<_>>().join(" · ")
        };
        last.lines.push(Both::of(told));
    }
    panels
}

/// How complete a plan is, whether it still is as it was approved, and which steps are open.
/// The contents of a Bimtek, and on which days each was given.
fn contents_panel(bimtek: &Bimtek) -> Panel {
    let columns = [both("Materi", "Content"), both("Diberikan", "Given on")];
    let mut panel = Panel::new(both("Materi Bimtek", "Contents of the Bimtek"), columns);
    let missing = bimtek.contents_missing().len();
    panel.lines.push(match missing {
        0 => both("Semua materi sudah diberikan.", "Every content was given."),
        _ => both(format!("{missing} materi belum diberikan."), format!("{missing} contents were not given yet.")),
    });
    panel.rows = TrainingSubject::ALL
        .iter()
        .map(|subject| {
            let given = bimtek.events.contents.iter().filter(|said| said.what.subject == *subject);
            let mut days: Vec<&PartialDate> = given.map(|said| &said.what.day).collect();
            days.sort_unstable();
            days.dedup();
            let days = Both::of(|lang| days.iter().map(|day| day.shown(lang)).collect::<Vec<_>>().join(", "));
            PanelRow::new(shown(subject), [days])
        })
        .collect();
    panel
}

/// How far a village is: which identifications were made, and which criteria it meets.
fn profile_panels(profile: &VillageProfile) -> Vec<Panel> {
    let columns = [both("Hal", "What"), both("Tanggal", "Date")];
    let mut identified = Panel::new(both("Identifikasi desa", "Identification of the village"), columns);
    let missing = profile.not_identified().len();
    identified.lines.push(match missing {
        0 => both("Kesepuluh hal sudah diidentifikasi.", "All ten were identified."),
        _ => both(format!("{missing} hal belum diidentifikasi."), format!("{missing} are still to be identified.")),
    });
    identified.rows = Identification::ALL
        .iter()
        .map(|what| {
            let made = profile.events.identified.iter().filter(|said| said.what.what == *what);
            let last = made.map(|said| &said.what.date).max();
            let day = last.map_or_else(|| both("belum", "not yet"), shown);
            PanelRow::new(shown(what), [day])
        })
        .collect();
    let columns = [both("Kriteria", "Criterion"), both("Keadaan", "State")];
    let mut criteria = Panel::new(both("Kriteria pemilihan desa", "Criteria for choosing a village"), columns);
    criteria.rows = Criterion::ALL
        .iter()
        .map(|criterion| {
            let state = match profile.criterion(*criterion) {
                Value::Unknown => both("belum dinilai", "not judged yet"),
                Value::One(true) => both("terpenuhi", "met"),
                Value::One(false) => both("tidak terpenuhi", "not met"),
                Value::Several(_) => both("dua keterangan berbeda", "two statements differ"),
            };
            PanelRow::new(shown(criterion), [state])
        })
        .collect();
    vec![identified, criteria]
}

fn printed_panel() -> Panel {
    let mut panel = Panel::new(both("Kartu yang sudah dicetak", "The card that was printed"), []);
    panel.lines.push(both(
        "Kartu ini sudah dicetak, tetapi ada berkas yang belum ada atau diperdebatkan.",
        "This card was printed, and a paper is missing or told differently by two offices.",
    ));
    panel
}

/// Whether a guardian consented, and on how many days the child was there.
fn child_panel(child: &Child) -> Panel {
    let mut panel = Panel::new(both("Persetujuan wali", "The guardian's consent"), []);
    panel.lines.push(match child.consent() {
        ConsentState::NotAsked => both(
            "Wali belum ditanya: anak ini dihitung tanpa nama.",
            "No guardian was asked yet: the child is counted without a name.",
        ),
        ConsentState::Given => {
            both("Wali menyetujui: namanya boleh dicatat.", "A guardian consents: the name may be noted.")
        }
        ConsentState::NotGiven => both(
            "Wali tidak menyetujui: anak ini dihitung tanpa nama.",
            "A guardian does not consent: the child is counted without a name.",
        ),
    });
    if child.names_without_consent() {
        panel.lines.push(both(
            "Catatan ini menyebut anak itu. Hapus catatan ini untuk selamanya, lalu catat lagi tanpa nama.",
            "This record names the child. Erase the record for good, and begin another one without a name.",
        ));
    }
    let days = child.days();
    panel.lines.push(both(format!("Hadir {days} hari."), format!("There on {days} days.")));
    panel
}

fn plan_panels(plan: &ActionPlan) -> Vec<Panel> {
    let mut state = Panel::new(both("Persetujuan", "Approval"), []);
    let missing = plan.missing_parts();
    if !missing.is_empty() {
        let names = |pick: fn(records::Words) -> &'static str| {
            missing.iter().map(|part| pick(part.label)).collect::<Vec<_>>().join(", ")
        };
        state.lines.push(both(
            format!("Masih kosong: {}.", names(|words| words.id)),
            format!("Still empty: {}.", names(|words| words.en)),
        ));
    }
    match plan.events.approved.as_slice() {
        [] => state.lines.push(both("Belum disetujui.", "Not approved yet.")),
        [one] if plan.is_as_approved(&one.what) => state.lines.push(Both::of(|lang| {
            let date = one.what.date.shown(lang);
            match lang {
                records::Lang::Id => format!("Disetujui {date}; isinya masih seperti yang disetujui."),
                records::Lang::En => format!("Approved {date}; it still says what was approved."),
            }
        })),
        [_] => state.lines.push(both(
            "Isinya ditulis lagi setelah disetujui: setujui sekali lagi, atau kembalikan isinya.",
            "It was written in after it was approved: approve it again, or put the text back.",
        )),
        [_, _, ..] => state.lines.push(both(
            "Dua persetujuan dicatat tanpa saling tahu: setujui sekali lagi untuk menggantikan keduanya.",
            "Two approvals were noted without knowledge of each other: approve once more to replace both.",
        )),
    }
    let mut panels = vec![state];
    let open = plan.open_steps();
    if !open.is_empty() {
        let columns = [both("Langkah", "Step"), both("Pelaksana", "By whom"), both("Paling lambat", "Due")];
        let mut steps = Panel::new(both("Langkah yang belum selesai", "Steps that are not done"), columns);
        let row = |said: &&records::Said<records::PlanStep>| {
            PanelRow::new(same(&said.what.what), [same(&said.what.who), shown(&said.what.due)])
        };
        steps.rows.extend(open.iter().map(row));
        panels.push(steps);
    }
    panels
}
