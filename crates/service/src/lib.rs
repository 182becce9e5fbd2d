//! Service: everything that one can ask of a node ([`Ask`]), and the answers ([`Reply`]).
//!
//! The one way in for the command line, the pages and the API: they know nothing of documents, journals or tables. Every
//! refusal is a [`Problem`]: what is wrong, and what to do.
//!
//! # Invariants
//! - An answer to a command comes after what it changed is durable here and shown by the next question.
//! - Nothing is written with a rule broken that `records` knows; what only looks wrong is warned of and written.

#![allow(clippy::disallowed_methods, reason = "an edge: the clock enters here")]

mod address;
mod ask;
mod attendance;
mod backup;
mod backup_now;
mod backup_plan;
mod block;
mod both;
mod cases;
mod changes;
mod check;
mod clock;
mod composed;
mod contacts;
mod coordination;
mod course;
mod drafts;
mod due;
mod erase;
mod find;
mod founders;
mod glance;
mod group_panels;
mod handed;
mod health;
mod import;
mod indicators;
mod inputs;
mod joining;
mod kept;
mod lost;
mod money;
mod named;
mod needs;
mod network;
mod office_health;
mod officers;
mod offices;
mod panel;
mod panels;
mod participants;
mod person_panels;
mod places;
mod problem;
mod quadrant;
mod reading;
mod record;
mod reference;
mod refused;
pub mod reply;
mod report;
mod rounds;
mod rules;
mod scans;
mod security;
mod setup;
mod sheet_kinds;
mod sheet_write;
mod sheets;
mod shown;
mod shows;
mod status;
mod storage;
mod table;
mod table_in;
mod timing;
mod tokens;
mod told;
mod trail;

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

pub use ::health::QuietHours;
use charter::Charter;
use driver::Node;
pub use driver::{Address, Meters, NetworkOptions};
pub use health::Noticed;
use journal::Kind;
use records::RecordKind;

use crate::{
    address::PostalAddress,
    backup_now::BackupNow,
    backup_plan::BackupRuns,
    clock::Clock,
    contacts::OfficeNotes,
    coordination::Seen,
    drafts::Drafts,
    handed::Handed,
    health::Looking,
    named::Named,
    officers::Officers,
    reading::{Known, Reading},
    reply::{OfficerView, TokenView},
    tokens::Tokens,
    trail::Trail,
};

pub use ask::{Ask, Command, Progress, Query};
pub use attendance::MarkChange;
pub use backup::restore;
pub use backup_now::BackupStep;
pub use backup_plan::BackupPlan;
pub use clock::ClockDoubt;
pub use coordination::verify_agreement;
pub use course::{PersonPart, course_fault};
pub use drafts::Draft;
pub use find::{FOUND_ROWS_MAX, Find, FindStage};
pub use founders::{GrantView, POLICY_BYTES_MAX, Proposal, read_grants};
pub use handed::{HANDED_BYTES_MAX, HandedIn, HandedStep};
pub use inputs::{Fault, Input, InputKind, fault, inputs};
pub use joining::{Asking, Carried, NotTaken};
pub use officers::{NotLetIn, PASSWORD_CHARS_MIN, PIN_DIGITS, Role};
pub use places::{Letterhead, PLACES_MAX, PlaceView, find_offices, letterhead, office_at};
pub use problem::{Code, Problem};
pub use reply::Reply;
pub use scans::{SCAN_BYTES_MAX, Scan};
pub use setup::{CARRIED_BYTES_MAX, create, draft, fields, found, holds_node, subject, template};
pub use sheet_kinds::{SheetInput, SheetKind, fact_fault, fact_inputs, sheet_fault, sheet_inputs, sheet_kinds};
pub use sheet_write::{Saying, TextChange};
pub use sheets::FindSheets;
pub use store::{MachineKeySource, Options as StoreOptions, write_file};
pub use table::{TableFormat, TableOf};
pub use table_in::{TableIn, table_columns};
pub use tokens::{TOKEN_DAYS_MAX, TOKEN_NAME_BYTES_MAX, TOKEN_PREFIX, TokenScope};
pub use told::{Outbox, Outgoing, Told, ToldAs};

/// How a node is to run.
#[derive(Clone)]
pub struct Options {
    /// Its data folder.
    pub store: StoreOptions,
    /// Where and whom to call; `None` to work without a network.
    pub network: Option<NetworkOptions>,
    /// Throw index and views away and build them again from the journals.
    pub rebuild: bool,
    /// What the node does by itself.
    pub upkeep: Upkeep,
}

impl Options {
    /// Opens a store for one command, without a network.
    pub fn offline(store: StoreOptions) -> Self {
        Self { store, network: None, rebuild: false, upkeep: Upkeep::default() }
    }
}

/// What a node that runs with a network does by itself, beside keeping in sync; nothing unless somebody asks for it.
#[derive(Debug, Clone, Default)]
pub struct Upkeep {
    /// Whom alerts are handed to.
    pub outbox: Option<Outbox>,
    /// When nobody is woken for what is not urgent.
    pub quiet: Option<QuietHours>,
    /// When backups are made.
    pub backups: Option<BackupPlan>,
}

/// A running node that can be asked. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    node: Node,
    reading: Reading,
    /// The data folder.
    folder: PathBuf,
    advertise: Vec<String>,
    looking: Looking,
    upkeep: Upkeep,
    backup_now: BackupNow,
    backup_runs: BackupRuns,
    office_notes: OfficeNotes,
    handed: Handed,
    /// Held while a table is brought in.
    importing: tokio::sync::Mutex<()>,
    /// Held from when a number is taken until the record that carries it is shown: nobody else is given the same one.
    numbering: tokio::sync::Mutex<()>,
    /// What was due when it was last asked.
    due: Mutex<due::LastDue>,
    /// What was found about this office at the last look, and whether its report said what it shows.
    said: Mutex<(Vec<std::mem::Discriminant<::health::What>>, bool)>,
    officers: Officers,
    tokens: Tokens,
    drafts: Drafts,
    /// What of coordination was read here.
    seen: Seen,
    address: PostalAddress,
    trail: Trail,
    named: Named,
    clock: Clock,
}

impl Service {
    /// Opens a data folder and starts its node.
    pub async fn start(options: Options) -> Result<Self, Problem> {
        let folder = options.store.folder.clone();
        let views = folder.join("views.sqlite");
        let networked = options.network.is_some();
        let advertise = options.network.as_ref().map(|network| network.advertise.clone()).unwrap_or_default();
        let known_kind = |kind: Kind| RecordKind::from_number(kind.record).is_some();
        let Options { store, mut network, rebuild, upkeep } = options;
        if let Some(network) = &mut network {
            joining::add_known(&folder, &mut network.peers);
        }
        let (node, updates) = Node::open(driver::Options { store, known_kind, network, rebuild })
            .await
            .map_err(|error| setup::problem(&error))?;
        // The folder is locked from here on: nobody else has the views open. They would go on showing what is lost.
        if rebuild || node.lost_entries() {
            Reading::throw_away(&views)?;
        }
        let reading = Reading::start(views, node.clone(), updates).await?;
        let looking = Looking::open(&folder, networked, upkeep.quiet);
        // Read only once the folder is locked: nobody else changes it from here on.
        let (officers, tokens, drafts) = (Officers::open(&folder)?, Tokens::open(&folder)?, Drafts::open(&folder)?);
        let (seen, address) = (Seen::open(&folder)?, PostalAddress::open(&folder)?);
        let clock = Clock::open(&node)?;
        let (trail, named) = (Trail::open(&folder)?, Named::open(&folder)?);
        let (backup_runs, office_notes) = (BackupRuns::open(&folder)?, OfficeNotes::open(&folder)?);
        let plan = upkeep.backups.clone();
        let inner = Inner {
            node,
            reading,
            folder,
            advertise,
            looking,
            upkeep,
            backup_runs,
            office_notes,
            handed: Handed::default(),
            backup_now: BackupNow::default(),
            importing: tokio::sync::Mutex::default(),
            numbering: tokio::sync::Mutex::default(),
            due: Mutex::default(),
            said: Mutex::default(),
            officers,
            tokens,
            drafts,
            seen,
            address,
            trail,
            named,
            clock,
        };
        let service = Self(Arc::new(inner));
        if networked {
            tokio::spawn(Self::keep_looking(Arc::downgrade(&service.0)));
            if let Some(plan) = plan {
                tokio::spawn(Self::keep_backing_up(Arc::downgrade(&service.0), plan));
            }
        }
        Ok(service)
    }

    /// Asks one thing. `progress` hears how far a long command is.
    pub async fn ask(&self, ask: Ask, mut progress: impl FnMut(Progress) + Send) -> Result<Reply, Problem> {
        match ask {
            Ask::Command(command) => self.command(command, &mut progress).await,
            Ask::Query(query) => self.query(query).await,
        }
    }

    async fn command(&self, command: Command, progress: &mut (impl FnMut(Progress) + Send)) -> Result<Reply, Problem> {
        Ok(match command {
            Command::Sign { draft } => {
                let (file, line) = self.sign(&draft)?;
                Reply::Carry { file, line }
            }
            Command::Enact { draft, signatures } => Reply::Enacted(self.enact(&draft, &signatures).await?),
            Command::Join { file } => Reply::Joined(self.join(&file).await?),
            Command::Approve { request } => Reply::Approved(self.approve(&request).await?),
            Command::Remove { node, reason } => {
                self.remove(&node, &reason).await?;
                Reply::Done
            }
            Command::Succeed { from, to } => {
                self.succeed(&from, &to).await?;
                Reply::Done
            }
            Command::CutOff { node, scope, at, void } => {
                Reply::CutOff(self.cut_off(&node, scope.as_deref(), at.as_deref(), void).await?)
            }
            Command::Add { officer, name, village, fields } => {
                Reply::Added(self.add(&officer, &name, village.as_deref(), &fields).await?)
            }
            Command::Set { officer, id, fields, shown } => {
                self.set(&officer, &id, &fields, shown.as_deref()).await?;
                Reply::Done
            }
            Command::Choose { officer, id, field, value, shown } => {
                self.choose(&officer, &id, &field, &value, shown.as_deref()).await?;
                Reply::Done
            }
            Command::Tell { officer, id, said } => {
                self.tell(&officer, &id, &said).await?;
                Reply::Done
            }
            Command::BeginPart { officer, id, part, of, fields } => {
                self.begin_part(&officer, &id, part, of.as_deref(), &fields).await?;
                Reply::Done
            }
            Command::ChangePart { officer, id, part, fields, shown } => {
                self.change_part(&officer, &id, &part, &fields, shown.as_deref()).await?;
                Reply::Done
            }
            Command::BeginSheet { officer, kind, place, fields, texts } => {
                Reply::Begun(self.begin_sheet(&officer, &kind, place.as_deref(), &fields, &texts).await?)
            }
            Command::ChangeSheet { officer, id, fields, texts, shown } => {
                self.change_sheet(&officer, &id, &fields, &texts, shown.as_deref()).await?;
                Reply::Done
            }
            Command::ChooseSheet { officer, id, field, value, shown } => {
                self.choose_sheet(&officer, &id, &field, &value, shown.as_deref()).await?;
                Reply::Done
            }
            Command::Say { officer, id, fact, inputs } => {
                self.say_in_sheet(&officer, &id, &fact, &inputs).await?;
                Reply::Done
            }
            Command::SayAll { officer, id, said } => {
                let done = self.say_all(&officer, &id, &said).await;
                done.map_err(|(index, problem)| problem.of_several(index))?;
                Reply::Done
            }
            Command::Attend { officer, id, marks } => {
                self.attend(&officer, &id, &marks).await?;
                Reply::Done
            }
            Command::OpenRound { officer, id } => Reply::Begun(self.open_round(&officer, &id).await?),
            Command::Visit { officer, inputs } => Reply::Begun(self.visit(&officer, &inputs).await?),
            Command::Import { officer, file, decided } => {
                Reply::Imported(self.import(&officer, &file, decided, progress).await?)
            }
            Command::AddOfficer { handle, name, roles } => {
                Reply::OfficerCode(self.0.officers.add(&handle, &name, &roles)?)
            }
            Command::ResetOfficer { handle } => Reply::OfficerCode(self.0.officers.reset(&handle)?),
            Command::RemoveOfficer { handle } => {
                self.0.officers.remove(&handle)?;
                self.0.drafts.drop_all(&handle)?;
                Reply::Done
            }
            Command::AddToken { by, name, scopes, until } => {
                Reply::NewToken(self.0.tokens.add(&by, &name, &scopes, &until)?)
            }
            Command::WithdrawToken { name } => {
                self.0.tokens.withdraw(&name)?;
                Reply::Done
            }
            Command::CallNow => {
                self.call_now()?;
                Reply::Done
            }
            Command::ExportBundle { office, out } => Reply::Bundle(self.export_bundle(&office, &out).await?),
            Command::BackUp { out } => Reply::BackedUp(self.back_up(&out, progress).await?),
            Command::HandleAlert { key, by, until_ms } => {
                self.handle_alert(&key, &by, until_ms).await?;
                Reply::Done
            }
            Command::Erase { id, ground } => {
                self.erase(&id, &ground).await?;
                Reply::Done
            }
            Command::TryAlerts => Reply::AlertsTried(self.try_alerts().await?),
            Command::NoteOffice { office, by, text, spoke } => {
                self.note_office(&office, &by, &text, spoke)?;
                Reply::Done
            }
            Command::SetAddress { address } => {
                self.set_address(&address)?;
                Reply::Done
            }
            Command::MarkRead => {
                self.mark_read().await?;
                Reply::Done
            }
            Command::ImportBundle { file } => Reply::Bundle(self.import_bundle(&file).await?),
        })
    }

    async fn query(&self, query: Query) -> Result<Reply, Problem> {
        Ok(match query {
            Query::Request => {
                let (file, line) = self.request();
                Reply::Carry { file, line }
            }
            Query::Propose(proposal) => {
                let (file, line) = self.propose(proposal).await?;
                Reply::Carry { file, line }
            }
            Query::Policy => Reply::Policy(self.policy()?),
            Query::Network => Reply::Network(Box::new(self.network().await?)),
            Query::Charter => Reply::Charter(Box::new(self.charter_view().await)),
            Query::Health => Reply::Health(Box::new(self.health().await?)),
            Query::NotCounting => Reply::NotCounting(Box::new(self.not_counting().await?)),
            Query::Storage => Reply::Storage(Box::new(self.storage().await?)),
            Query::Trail { about } => Reply::Trail(Box::new(self.trail(about).await?)),
            Query::Security => Reply::Security(Box::new(self.security().await?)),
            Query::LostNode { node } => Reply::LostNode(Box::new(self.lost_node(&node).await?)),
            Query::OfficeHealth { office } => Reply::OfficeHealth(Box::new(self.office_health(&office).await?)),
            Query::Status => Reply::Status(Box::new(self.status().await?)),
            Query::List { village, search } => Reply::Participants(self.list(village, search).await?),
            Query::Show { id, on } => Reply::Participant(Box::new(self.show(&id, on.as_deref()).await?)),
            Query::Conflicts => Reply::Conflicts(self.conflicts().await?),
            Query::Coordination => Reply::Coordination(Box::new(self.coordination().await?)),
            Query::Scorecard { region, year, own } => {
                Reply::Scorecard(Box::new(self.scorecard(region.as_deref(), year, own).await?))
            }
            Query::RecordFile { id, name, english } => {
                let file = self.record_file(&id, &name, english).await?;
                let line = String::from_utf8_lossy(&file).into_owned();
                Reply::Carry { file, line }
            }
            Query::Glance => Reply::Glance(Box::new(self.glance().await?)),
            Query::Find(find) => Reply::Found(Box::new(self.found(find).await?)),
            Query::Record { id } => Reply::Record(Box::new(self.record(&id).await?)),
            Query::Sheets(find) => Reply::Sheets(Box::new(self.sheets(find).await?)),
            Query::Sheet { id } => Reply::Sheet(Box::new(self.sheet(&id).await?)),
            Query::Erasure { id } => Reply::Preview(self.erasure(&id).await?),
            Query::Preview { id, said } => Reply::Preview(self.preview(&id, &said).await?),
            Query::SheetForm { kind } => Reply::SheetForm(self.sheet_form(&kind).await?),
            Query::PartForm { id, part } => Reply::SheetForm(self.part_form(&id, part).await?),
            Query::Check { village, except, fields } => {
                Reply::Checked(Box::new(self.check(village.as_deref(), except.as_deref(), &fields).await?))
            }
            Query::OnlyHere => Reply::OnlyHere(self.only_here_view().await?),
            Query::Officers => Reply::Officers(self.0.officers.all()),
            Query::Table { of } => Reply::Table(Box::new(self.table(of).await?)),
            Query::Tokens => Reply::Tokens(self.0.tokens.all()),
            Query::Export => {
                let line = self.export().await?;
                Reply::Carry { file: line.clone().into_bytes(), line }
            }
            Query::Verify => Reply::Verified(self.verify().await?),
        })
    }

    /// Stops the node, with its folder free at the end. All other clones have to be gone, or soon to be.
    pub async fn stop(self) {
        self.keep_trail().await;
        let closing = self.node().close().await;
        self.reading().stop().await;
        drop(self);
        closing.free().await;
    }

    /// The officer of a handle, as they stand now.
    pub fn officer(&self, handle: &str) -> Option<OfficerView> {
        self.0.officers.get(handle)
    }

    /// The token of a secret that a script gave, if it can be used now.
    pub fn token(&self, secret: &str) -> Option<TokenView> {
        self.0.tokens.used(secret)
    }

    /// Whether anybody can log in or holds a code for it.
    pub fn has_officers(&self) -> bool {
        !self.0.officers.all().is_empty()
    }

    /// Lets an officer in by the password.
    pub async fn log_in(&self, handle: String, password: String) -> Result<OfficerView, NotLetIn> {
        self.of_officers(move |officers| officers.log_in(&handle, &password)).await
    }

    /// Lets an officer in by a one-time code, and keeps the password for the next time.
    pub async fn enrol(&self, handle: String, code: String, password: String) -> Result<OfficerView, NotLetIn> {
        self.of_officers(move |officers| officers.enrol(&handle, &code, &password)).await
    }

    /// Lets the first officer of this node in, with a password of their own.
    pub async fn begin(&self, handle: String, name: String, password: String) -> Result<OfficerView, NotLetIn> {
        self.of_officers(move |officers| officers.begin(&handle, &name, &password)).await
    }

    /// Sets another password.
    pub async fn change_password(&self, handle: String, old: String, new: String) -> Result<OfficerView, NotLetIn> {
        self.of_officers(move |officers| officers.change_password(&handle, &old, &new)).await
    }

    /// Sets the PIN of an officer, with the password.
    pub async fn set_pin(&self, handle: String, password: String, pin: String) -> Result<OfficerView, NotLetIn> {
        self.of_officers(move |officers| officers.set_pin(&handle, &password, &pin)).await
    }

    /// Whether a PIN is the officer's. Whoever asks counts how often.
    pub async fn is_pin(&self, handle: String, pin: String) -> Result<bool, NotLetIn> {
        self.of_officers(move |officers| Ok(officers.is_pin(&handle, &pin)?)).await
    }

    /// Makes a new recovery sheet and tells its code, once.
    pub async fn new_recovery_sheet(&self, handle: String, password: String) -> Result<String, NotLetIn> {
        self.of_officers(move |officers| officers.new_recovery_sheet(&handle, &password)).await
    }

    /// The officer has the recovery sheet on paper.
    pub fn recovery_sheet_on_paper(&self, handle: &str) -> Result<(), Problem> {
        self.0.officers.recovery_sheet_on_paper(handle)
    }

    /// Lets an officer in by the recovery sheet, and keeps the password for the next time.
    pub async fn recover(&self, handle: String, code: String, password: String) -> Result<OfficerView, NotLetIn> {
        self.of_officers(move |officers| officers.recover(&handle, &code, &password)).await
    }

    /// Runs what stretches a password where that may block.
    async fn of_officers<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Officers) -> Result<T, NotLetIn> + Send + 'static,
    ) -> Result<T, NotLetIn> {
        let officers = self.0.officers.clone();
        let done = tokio::task::spawn_blocking(move || work(&officers)).await;
        done.map_err(|error| Problem::internal(&error))?
    }

    /// Keeps what an officer has typed into a form and not sent: its address, what it is called, field by field.
    pub async fn keep_draft(
        &self,
        officer: String,
        form: String,
        title: String,
        fields: Vec<(String, String)>,
    ) -> Result<(), Problem> {
        self.of_drafts(move |drafts| drafts.keep(&officer, &form, title, fields)).await
    }

    /// What an officer has typed into a form and not sent.
    pub fn draft(&self, officer: &str, form: &str) -> Option<Draft> {
        self.0.drafts.get(officer, form)
    }

    /// The forms that an officer has not sent, with their addresses; the newest first.
    pub fn drafts(&self, officer: &str) -> Vec<(String, Draft)> {
        self.0.drafts.of(officer)
    }

    /// The form was taken, or what was typed is thrown away.
    pub async fn drop_draft(&self, officer: String, form: String) -> Result<(), Problem> {
        self.of_drafts(move |drafts| drafts.drop(&officer, &form)).await
    }

    /// Writes the file of the drafts where that may block.
    async fn of_drafts(
        &self,
        work: impl FnOnce(&Drafts) -> Result<(), Problem> + Send + 'static,
    ) -> Result<(), Problem> {
        let drafts = self.0.drafts.clone();
        tokio::task::spawn_blocking(move || work(&drafts)).await.map_err(|error| Problem::internal(&error))?
    }

    /// This node's key.
    pub fn key(&self) -> identity::NodeKey {
        self.node().key()
    }

    /// Whether this node is for practice (LATIHAN).
    pub fn practice(&self) -> bool {
        self.node().profile().1
    }

    /// Whether this node belongs to a network, whether or not it has met anybody of it.
    pub fn has_network(&self) -> bool {
        self.node().network().is_some()
    }

    /// The villages whose people this office can register: code and name. None where there are too many to list.
    pub fn villages(&self) -> Vec<(String, String)> {
        let region = self.office().region.parse::<identity::Region>();
        region.ok().filter(|region| region.level() >= 2).map(|region| self.villages_of(&region)).unwrap_or_default()
    }

    fn villages_of(&self, region: &identity::Region) -> Vec<(String, String)> {
        match reference::village(region) {
            Some(name) => vec![(region.to_string(), name.to_owned())],
            None => reference::villages(region),
        }
    }

    /// Where this node listens: QUIC, and TLS over TCP.
    pub fn addresses(&self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        self.node().addresses()
    }

    pub(crate) fn node(&self) -> &Node {
        &self.0.node
    }

    pub(crate) fn reading(&self) -> &Reading {
        &self.0.reading
    }

    pub(crate) fn known(&self) -> Known {
        Known::of(&self.0.node)
    }

    pub(crate) fn charter(&self) -> Result<Arc<Charter>, Problem> {
        self.node().charter().ok_or_else(|| {
            Problem::new(
                Code::Conflict,
                "this node belongs to no network yet",
                "join first: `simpul join` with the founding file or an invite",
            )
        })
    }

    /// Where the nodes that an invite names can be reached: this one, as it says or else as it listens.
    pub(crate) fn invite_peers(&self) -> Vec<charter::file::Peer> {
        let node = self.node().key();
        let listens = || {
            let (udp, tcp) = self.addresses();
            udp.into_iter().chain(tcp).filter(|at| !at.ip().is_unspecified()).map(|at| at.to_string()).collect()
        };
        let addresses = if self.0.advertise.is_empty() { listens() } else { self.0.advertise.clone() };
        addresses.into_iter().map(|address| charter::file::Peer { node, address }).collect()
    }
}
