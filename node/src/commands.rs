//! Every command but `run`: turns words into one question, asks it, prints the answer.
#![expect(clippy::wildcard_enum_match_arm, reason = "any answer but the one asked for is the same error")]

use std::path::{Path, PathBuf, absolute};

use anyhow::Context;
use clap::CommandFactory;
use indicatif::{ProgressBar, ProgressStyle};
use service::{Ask, Command as Do, Progress, Proposal, Query, Reply, Saying, Service};

use crate::{
    Hinted, ask,
    ask::Node,
    carry,
    cli::{
        Act, AgreementCommand, BundleCommand, CharterCommand, Cli, Command, Data, OfficerCommand, ParticipantCommand,
        ParticipantFields, Proposed, TokenCommand,
    },
    print,
};

/// No exported agreement is larger.
const AGREEMENT_BYTES_MAX: u64 = 4 << 20;

/// A date that nobody knows, as it is typed.
const UNKNOWN_DAY: &str = "?";

fn saying<const N: usize>(fact: &str, inputs: [(&str, String); N]) -> Saying {
    Saying { fact: fact.to_owned(), inputs: inputs.map(|(key, text)| (key.to_owned(), text)).to_vec() }
}

/// What a command logs, on stderr: errors, or what `SIMPUL_LOG` says.
pub(crate) fn log() {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("SIMPUL_LOG").unwrap_or_else(|_| "error".into()))
        .with_writer(std::io::stderr)
        .init();
}

pub(crate) fn run(command: Command) -> anyhow::Result<()> {
    log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(carry_out(command))
}

async fn carry_out(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Run(_) | Command::Desk(_) | Command::Health(_) | Command::Upgrade(_) => Ok(()),
        Command::Init { data, name, kind, region, of, practice } => init(&data, name, kind, region, of, practice),
        Command::Request { data, out } => match put(&data, Query::Request).await? {
            Reply::Carry { file, line } => carry::write(&out, &file, &line),
            other => unexpected(&other),
        },
        Command::Agreement(command) => agreement(command).await,
        Command::Charter(command) => charter(command).await,
        Command::Approve { data, request, out } => {
            match put(&data, Do::Approve { request: carry::given(&request)? }).await? {
                Reply::Approved(approved) => {
                    carry::write(&out, &approved.file, &approved.line)?;
                    if out.as_os_str() != "-" {
                        print::reply(&Reply::Approved(approved));
                    }
                    Ok(())
                }
                other => unexpected(&other),
            }
        }
        Command::Join { data, file } => tell(&data, Do::Join { file: carry::given(&file)? }).await,
        Command::Remove { data, node, reason } => tell(&data, Do::Remove { node, reason }).await,
        Command::Cutoff { data, node, scope, at, void } => tell(&data, Do::CutOff { node, scope, at, void }).await,
        Command::Participant(command) => participant(command).await,
        Command::Officer(command) => officer(command).await,
        Command::Token(command) => token(command).await,
        Command::Status { data, print } => look(&data, Query::Status, print.json).await,
        Command::Call { data } => tell(&data, Do::CallNow).await,
        Command::Bundle(BundleCommand::Export { data, out, office }) => {
            tell(&data, Do::ExportBundle { office, out: whole(&out)? }).await
        }
        Command::Bundle(BundleCommand::Import { data, file }) => {
            tell(&data, Do::ImportBundle { file: whole(&file)? }).await
        }
        Command::Backup { data, out, print } => show(&put(&data, Do::BackUp { out: whole(&out)? }).await?, print.json),
        Command::Restore { data, file, key, sibling, print } => {
            let mut bar = Bar::new()?;
            let done = service::restore(&data.store(), &file, key.as_deref(), sibling, |at| bar.show(at));
            bar.clear();
            show(&Reply::Restored(done.map_err(|problem| ask::hinted(&problem))?), print.json)
        }
        Command::Doctor { data, network: true, print, .. } => look(&data, Query::Network, print.json).await,
        Command::Doctor { data, rebuild, print, .. } => {
            let service = Service::start(service::Options { rebuild, ..service::Options::offline(data.store()) });
            let service = service.await.map_err(|problem| ask::hinted(&problem))?;
            let found = service.ask(Query::Verify.into(), |_| ()).await.map_err(|problem| ask::hinted(&problem));
            service.stop().await;
            verified(found?, print.json)
        }
        Command::Verify { data, print } => verified(put(&data, Query::Verify).await?, print.json),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "simpul", &mut std::io::stdout());
            Ok(())
        }
    }
}

fn init(
    data: &Data,
    name: Option<String>,
    kind: Option<String>,
    region: Option<String>,
    of: Option<String>,
    practice: bool,
) -> anyhow::Result<()> {
    let subject = service::subject(name.as_deref(), kind.as_deref(), region.as_deref(), of.as_deref())
        .map_err(|problem| ask::hinted(&problem))?;
    let key = service::create(&data.store(), subject, practice).map_err(|problem| ask::hinted(&problem))?;
    print::line(format!("node {key}"));
    Ok(())
}

async fn agreement(command: AgreementCommand) -> anyhow::Result<()> {
    match command {
        AgreementCommand::Export { data, id, agreement_version, out } => {
            let name = format!("{agreement_version}.json");
            match put(&data, Query::RecordFile { id, name, english: false }).await? {
                Reply::Carry { file, line } => carry::write(&out, &file, &line),
                other => unexpected(&other),
            }
        }
        AgreementCommand::Verify { file, print } => {
            let bytes = carry::read_up_to(&file, AGREEMENT_BYTES_MAX)?;
            let report = service::verify_agreement(&bytes).map_err(|problem| ask::hinted(&problem))?;
            print::agreement(&report, print.json)?;
            if report.ratified {
                return Ok(());
            }
            Err(Hinted::error(
                "not every required party ratified this version",
                "ask the parties that are missing above",
            ))
        }
    }
}

async fn charter(command: CharterCommand) -> anyhow::Result<()> {
    match command {
        CharterCommand::Draft { out, practice, requests } => {
            let requests = requests.iter().map(|file| carry::read(file)).collect::<anyhow::Result<Vec<_>>>()?;
            let (file, line) = service::draft(&requests, practice).map_err(|problem| ask::hinted(&problem))?;
            carry::write(&out, &file, &line)
        }
        CharterCommand::Sign { data, draft, out } => {
            match put(&data, Do::Sign { draft: carry::read(&draft)? }).await? {
                Reply::Carry { file, line } => carry::write(&out, &file, &line),
                other => unexpected(&other),
            }
        }
        CharterCommand::Found { out, draft, signatures } => {
            let signatures = signatures.iter().map(|file| carry::read(file)).collect::<anyhow::Result<Vec<_>>>()?;
            let (file, line) =
                service::found(&carry::read(&draft)?, &signatures).map_err(|problem| ask::hinted(&problem))?;
            carry::write(&out, &file, &line)
        }
        CharterCommand::Propose { data, out, proposed } => {
            match put(&data, Query::Propose(proposal(proposed)?)).await? {
                Reply::Carry { file, line } => carry::write(&out, &file, &line),
                other => unexpected(&other),
            }
        }
        CharterCommand::Enact { data, draft, signatures, print } => {
            let signatures = signatures.iter().map(|file| carry::read(file)).collect::<anyhow::Result<Vec<_>>>()?;
            show(&put(&data, Do::Enact { draft: carry::read(&draft)?, signatures }).await?, print.json)
        }
        CharterCommand::Succeed { data, from, to } => tell(&data, Do::Succeed { from, to }).await,
        CharterCommand::Policy { data, print } => look(&data, Query::Policy, print.json).await,
        CharterCommand::Show { data, print } => look(&data, Query::Charter, print.json).await,
    }
}

fn proposal(proposed: Proposed) -> anyhow::Result<Proposal> {
    let Proposed { act, reason, scope, at, void } = proposed;
    let Act { add_founder, remove_founder, policy, admit_node, remove_node, cutoff } = act;
    if let Some(request) = add_founder {
        Ok(Proposal::AddFounder { request: carry::given(&request)? })
    } else if let Some(office) = remove_founder {
        Ok(Proposal::RemoveFounder { office })
    } else if let Some(file) = policy {
        let grants = service::read_grants(&carry::read_up_to(&file, service::POLICY_BYTES_MAX)?);
        Ok(Proposal::Policy { grants: grants.map_err(|problem| ask::hinted(&problem))? })
    } else if let Some(request) = admit_node {
        Ok(Proposal::AdmitNode { request: carry::given(&request)? })
    } else if let Some(node) = remove_node {
        Ok(Proposal::RemoveNode { node, reason })
    } else {
        let (node, scope) = cutoff.zip(scope).context("nothing is proposed")?;
        Ok(Proposal::CutOff { node, scope, at, void })
    }
}

async fn participant(command: ParticipantCommand) -> anyhow::Result<()> {
    match command {
        ParticipantCommand::Add { data, by, name, village, fields, print } => {
            let fields = pairs(fields)?;
            let reply = put(&data, Do::Add { officer: by.officer, name, village, fields }).await?;
            show(&reply, print.json)
        }
        ParticipantCommand::Set { data, by, id, fields } => {
            let fields = pairs(fields)?;
            tell(&data, Do::Set { officer: by.officer, id, fields, shown: None }).await
        }
        ParticipantCommand::Show { data, id, on, print } => look(&data, Query::Show { id, on }, print.json).await,
        ParticipantCommand::List { data, village, search, print } => {
            look(&data, Query::List { village, search }, print.json).await
        }
        ParticipantCommand::Import { template: true, .. } => {
            print::line(service::template());
            Ok(())
        }
        ParticipantCommand::Import { data, by, file, decided, .. } => {
            let file = whole(&file.context("a table is needed")?)?;
            let decided = decided
                .map(|text| {
                    text.rsplit_once(':').map(|(number, date)| (number.to_owned(), date.to_owned())).ok_or_else(|| {
                        Hinted::error("--decided takes NUMBER:DATE", "for example --decided 141/12/2017:2017-03-01")
                    })
                })
                .transpose()?;
            tell(&data, Do::Import { officer: by.officer, file, decided }).await
        }
        ParticipantCommand::Export { data, out } => match put(&data, Query::Export).await? {
            Reply::Carry { file, line } => match out {
                Some(out) => carry::write(&out, &file, &line),
                None => {
                    print::line(line.trim_end());
                    Ok(())
                }
            },
            other => unexpected(&other),
        },
        ParticipantCommand::Conflicts { data, print } => look(&data, Query::Conflicts, print.json).await,
        ParticipantCommand::Choose { data, by, id, field, value } => {
            tell(&data, Do::Choose { officer: by.officer, id, field, value, shown: None }).await
        }
        ParticipantCommand::Decide { data, by, id, outcome, number, date } => {
            let inputs = [("outcome", outcome), ("number", number), ("date", date)];
            tell(&data, Do::Tell { officer: by.officer, id, said: saying("decision", inputs) }).await
        }
        ParticipantCommand::Leave { data, by, id, reason, date } => {
            let inputs = [("reason", reason), ("date", date.unwrap_or_else(|| UNKNOWN_DAY.to_owned()))];
            tell(&data, Do::Tell { officer: by.officer, id, said: saying("leaving", inputs) }).await
        }
        ParticipantCommand::Fields => {
            for (field, label, takes) in service::fields() {
                print::line(format!("{field}: {label} ({takes})"));
            }
            Ok(())
        }
    }
}

async fn officer(command: OfficerCommand) -> anyhow::Result<()> {
    match command {
        OfficerCommand::Add { data, handle, name, roles } => {
            let roles = roles.iter().map(|role| role.parse()).collect::<Result<_, service::Problem>>();
            let roles = roles.map_err(|problem| ask::hinted(&problem))?;
            let name = name.unwrap_or_else(|| handle.clone());
            tell(&data, Do::AddOfficer { handle, name, roles }).await
        }
        OfficerCommand::Reset { data, handle } => tell(&data, Do::ResetOfficer { handle }).await,
        OfficerCommand::Remove { data, handle } => tell(&data, Do::RemoveOfficer { handle }).await,
        OfficerCommand::List { data, print } => look(&data, Query::Officers, print.json).await,
    }
}

async fn token(command: TokenCommand) -> anyhow::Result<()> {
    match command {
        TokenCommand::Add { data, by, name, scopes, until } => {
            let scopes = scopes.iter().map(|scope| scope.parse()).collect::<Result<_, service::Problem>>();
            let scopes = scopes.map_err(|problem| ask::hinted(&problem))?;
            tell(&data, Do::AddToken { by: by.officer, name, scopes, until }).await
        }
        TokenCommand::Withdraw { data, name } => tell(&data, Do::WithdrawToken { name }).await,
        TokenCommand::List { data, print } => look(&data, Query::Tokens, print.json).await,
    }
}

/// Tells what recomputing found; a difference is a failure.
fn verified(reply: Reply, json: bool) -> anyhow::Result<()> {
    show(&reply, json)?;
    match reply {
        Reply::Verified(found) if found.differences.is_empty() => Ok(()),
        Reply::Verified(found) => Err(Hinted::error(
            format!("{} differences between the journals and what is shown", found.differences.len()),
            "stop the node and run `simpul doctor --rebuild`: it builds the index and the views again",
        )),
        other => unexpected(&other),
    }
}

/// Asks a node one thing.
pub(crate) async fn put(data: &Data, what: impl Into<Ask>) -> anyhow::Result<Reply> {
    let node = Node::of(data).await?;
    let mut bar = Bar::new()?;
    let answer = node.ask(what.into(), |at| bar.show(at)).await;
    bar.clear();
    node.close().await;
    answer
}

/// How far a long command is; seen from its first word on.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> anyhow::Result<Self> {
        let bar = ProgressBar::hidden();
        bar.set_style(ProgressStyle::with_template("{wide_bar} {pos}/{len}")?);
        Ok(Self(bar))
    }

    fn show(&mut self, at: Progress) {
        if self.0.is_hidden() {
            self.0.set_draw_target(indicatif::ProgressDrawTarget::stderr());
        }
        self.0.set_length(at.total);
        self.0.set_position(at.done);
    }

    fn clear(&self) {
        self.0.finish_and_clear();
    }
}

async fn tell(data: &Data, what: Do) -> anyhow::Result<()> {
    show(&put(data, what).await?, false)
}

async fn look(data: &Data, what: Query, json: bool) -> anyhow::Result<()> {
    show(&put(data, what).await?, json)
}

fn show(reply: &Reply, json: bool) -> anyhow::Result<()> {
    if json {
        return print::json(reply);
    }
    print::reply(reply);
    Ok(())
}

/// A path that means the same in the running node's process.
fn whole(path: &Path) -> anyhow::Result<PathBuf> {
    absolute(path).with_context(|| format!("cannot use {}", path.display()))
}

fn pairs(fields: ParticipantFields) -> anyhow::Result<Vec<(String, String)>> {
    fields
        .fields
        .iter()
        .map(|text| {
            text.split_once('=').map(|(field, value)| (field.to_owned(), value.to_owned())).ok_or_else(|| {
                Hinted::error(format!("{text:?} is not FIELD=VALUE"), "`simpul participant fields` lists the fields")
            })
        })
        .collect()
}

fn unexpected(reply: &Reply) -> anyhow::Result<()> {
    anyhow::bail!("the node gave another answer than was asked for: {reply:?}")
}
