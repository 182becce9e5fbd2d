//! What the command line prints: sentences and tables for people, JSON for programs.
#![expect(clippy::print_stdout, reason = "what a command line answers")]

use comfy_table::{Table, presets::NOTHING};
use service::reply::{
    AgreementReport, BackupDone, CharterView, ConflictRow, CutDone, FieldView, GrantView, ImportDone, LostReport,
    NetworkView, OfficerView, ParticipantRow, ParticipantView, Reply, RestoreDone, SignedBy, StatusView, TokenView,
    VerifyView,
};

/// Prints the content of an answer as JSON.
pub(crate) fn json(reply: &Reply) -> anyhow::Result<()> {
    let content = serde_json::to_value(reply)?;
    let content = content.get("value").unwrap_or(&serde_json::Value::Bool(true));
    println!("{}", serde_json::to_string_pretty(content)?);
    Ok(())
}

/// What a file of an agreement proves.
pub(crate) fn agreement(report: &AgreementReport, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(report)?);
        return Ok(());
    }
    line(format!("{} (version {}, {})", report.title, report.number, report.version));
    let (from, until) = (&report.term.0, report.term.1.as_deref().unwrap_or("no end"));
    line(format!("in force from {from} until {until}"));
    match (&report.network, report.practice) {
        (Some(network), false) => line(format!("network {network}: compare it with the one that you know")),
        (Some(network), true) => line(format!("practice network (LATIHAN) {network}: worth nothing")),
        (None, _) => line("the file shows no network, so no key is shown to be anybody's"),
    }
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(["PARTY", "SAYS", "OFFICIAL", "DAY", "KEY"]);
    for party in &report.parties {
        let all = |pick: fn(&SignedBy) -> &str| party.signers.iter().map(pick).collect::<Vec<_>>().join("\n");
        table.add_row([
            party.name.clone(),
            party.vote.en.clone(),
            all(|signer| &signer.official),
            all(|signer| &signer.day),
            all(|signer| &signer.key.en),
        ]);
    }
    println!("{table}");
    Ok(())
}

/// What a lost computer held at most.
fn lost(report: &LostReport) {
    line(format!("{} of {}: at most {} people with name and identity", report.node, report.office, report.people));
    for kind in &report.kinds {
        line(format!("  {}: {}", kind.label.en, kind.records));
    }
}

/// Prints one line.
pub(crate) fn line(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
}

/// Prints an answer for people.
pub(crate) fn reply(reply: &Reply) {
    match reply {
        Reply::Done => line("done"),
        Reply::Carry { line: text, .. } => line(text),
        Reply::Joined(joined) => {
            line(format!("this node belongs to network {}", joined.network));
            for peer in &joined.peers {
                line(format!("call first: --peer {peer}"));
            }
        }
        Reply::Approved(approved) => line(format!("{} is admitted", approved.name)),
        Reply::CutOff(cuts) => cut_off(cuts),
        Reply::Enacted(vote) => line(format!("{} of {} signatures: {}", vote.votes, vote.needed, vote.effect)),
        Reply::Policy(grants) => policy(grants),
        Reply::Network(network) => self::network(network),
        Reply::Charter(charter) => self::charter(charter),
        Reply::Status(status) => self::status(status),
        Reply::Health(health) => crate::health::print(health, crate::cli::Lang::En),
        Reply::OfficeHealth(_)
        | Reply::NotCounting(_)
        | Reply::Storage(_)
        | Reply::Security(_)
        | Reply::Trail(_)
        | Reply::AlertsTried(_) => {
            crate::health::print_one(reply, crate::cli::Lang::En);
        }
        Reply::LostNode(report) => lost(report),
        Reply::Added(row) => line(format!(
            "registered {} as {}",
            row.name.as_deref().unwrap_or(&row.person),
            row.register.as_deref().unwrap_or(&row.person)
        )),
        Reply::Imported(done) => imported(done),
        Reply::Participants(rows) => participants(rows),
        Reply::Participant(one) => participant(one),
        Reply::Conflicts(rows) => conflicts(rows),
        Reply::Bundle(bundle) => {
            line(format!("{}: {} bytes, {} entries", bundle.office, bundle.bytes, bundle.entries));
        }
        Reply::BackedUp(done) => backed_up(done),
        Reply::Restored(done) => restored(done),
        Reply::Officers(officers) => self::officers(officers),
        Reply::OfficerCode(code) => {
            line(format!("code {}", code.code));
            line(format!("{} logs in with it once, within {} days, and sets a password", code.handle, code.days));
        }
        Reply::Tokens(tokens) => self::tokens(tokens),
        Reply::NewToken(made) => {
            line(format!("secret {}", made.secret));
            line(format!(
                "{} writes as {}, until {}; nobody is told the secret again",
                made.token.name, made.token.officer, made.token.until
            ));
        }
        // What pages ask for; no command does.
        Reply::Coordination(_)
        | Reply::Scorecard(_)
        | Reply::Glance(_)
        | Reply::Found(_)
        | Reply::Record(_)
        | Reply::Checked(_)
        | Reply::OnlyHere(_)
        | Reply::Begun(_)
        | Reply::Sheets(_)
        | Reply::Sheet(_)
        | Reply::SheetForm(_)
        | Reply::Preview(_)
        | Reply::Table(_) => {
            line(serde_json::to_string_pretty(reply).unwrap_or_default());
        }
        Reply::Verified(found) => verified(found),
    }
}

fn table<const N: usize>(head: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(head);
    table
}

fn backed_up(done: &BackupDone) {
    line(format!("{} bytes written, {} scans in them", done.bytes, done.scans));
    if let Some(file) = &done.key_file {
        line(format!("recovery key: {}", file.display()));
        line("keep it apart from the backup, on paper or another stick: without it nobody opens this office's backups");
    }
    if !done.nodes.is_empty() {
        line(format!("also opened by nodes {}", done.nodes.join(" ")));
    }
    if !done.admitted {
        line("this node is not admitted yet: keep its request beside the backup");
    }
}

fn restored(done: &RestoreDone) {
    line(format!("node {}", done.node));
    line(format!("holds what node {} held at {}, and {} scans", done.made_by, done.made, done.scans));
    if done.damaged > 0 {
        line(format!("{} pieces of the backup could not be read; connected nodes still have them", done.damaged));
    }
    line("next: `simpul request`, have it approved, and `simpul join` with the invite");
}

fn officers(officers: &[OfficerView]) {
    if officers.is_empty() {
        return line("nobody can log in yet: `simpul officer add`");
    }
    let mut table = table(["handle", "name", "roles", "state"]);
    for officer in officers {
        let roles: Vec<&str> = officer.roles.iter().map(|role| role.name()).collect();
        let state = match (officer.active, officer.waits_s) {
            (false, _) => "has a code, has not used it".to_owned(),
            (true, 0) => "can log in".to_owned(),
            (true, seconds) => format!("has to wait {seconds} s after wrong passwords"),
        };
        table.add_row([&officer.handle, &officer.name, &roles.join(", "), &state]);
    }
    line(table.to_string());
}

fn tokens(tokens: &[TokenView]) {
    if tokens.is_empty() {
        return line("no script has a token: `simpul token add`");
    }
    let mut table = table(["name", "may", "until", "used", "made by"]);
    for token in tokens {
        let may: Vec<&str> = token.scopes.iter().map(|scope| scope.name()).collect();
        let until = if token.ended { format!("{} (over)", token.until) } else { token.until.clone() };
        let used = if token.used_ms.is_some() { "yes" } else { "never" };
        table.add_row([&token.name, &may.join(", "), &until, used, &token.by]);
    }
    line(table.to_string());
}

fn policy(grants: &[GrantView]) {
    let mut table = table(["holder", "class", "within", "reach", "access"]);
    for grant in grants {
        table.add_row([&grant.holder, &grant.class, &grant.within, &grant.reach, &grant.access]);
    }
    line(table.to_string());
}

fn network(network: &NetworkView) {
    match network.listens.as_slice() {
        [] => line("this node listens nowhere: it only calls others"),
        listens => line(format!("listens on {}", listens.join(", "))),
    }
    if network.nodes.is_empty() {
        line("no other node is known: give one with --peer KEY@HOST:PORT, or in the config");
    }
    for node in &network.nodes {
        line(format!(
            "{} {}: {}",
            node.office.as_deref().unwrap_or("unknown office"),
            node.node,
            node.connected.as_ref().map_or_else(|| "not connected".to_owned(), |over| format!("connected over {over}"))
        ));
        for way in &node.ways {
            let over = way.over.as_deref().unwrap_or("?");
            match (&way.ms, &way.problem) {
                (Some(ms), _) => line(format!("  we reach it at {} over {over} in {ms} ms", way.address)),
                (None, problem) => {
                    let why = problem.as_deref().unwrap_or("no answer");
                    line(format!("  we do not reach it at {} over {over}: {why}", way.address));
                }
            }
        }
        match node.calls_us_over.as_slice() {
            [] => line("  it has not called this node since the start"),
            over => line(format!("  it called this node over {}", over.join(" and "))),
        }
    }
    for road in &network.no_road {
        line(format!("{}: no road to {}: not connected, and no receipt came back", road.scope, road.office));
    }
    for office in &network.never_seen {
        line(format!("{office} was never heard of: does its node run, and does it know whom to call?"));
    }
}

fn cut_off(cuts: &[CutDone]) {
    let mut table = table(["scope", "counts up to", "said again by others"]);
    for cut in cuts {
        let at: Vec<String> = cut.at.iter().map(|(incarnation, seq)| format!("{incarnation}:{seq}")).collect();
        table.add_row([cut.scope.clone(), at.join(" "), cut.hanging.to_string()]);
    }
    line(table.to_string());
}

fn charter(charter: &CharterView) {
    match &charter.network {
        None => {
            line("this node belongs to no network yet");
            return;
        }
        Some(network) => line(format!(
            "network {network}{}, founder set {}",
            if charter.practice { " (LATIHAN)" } else { "" },
            charter.founder_set_version
        )),
    }
    if !charter.founded {
        line("its founding is not held here yet: it comes with the first peer");
    }
    let mut offices = table(["office", "kind", "region", "id", "nodes"]);
    for office in &charter.offices {
        let nodes: Vec<String> = office
            .nodes
            .iter()
            .map(
                |node| if node.state == "active" { node.key.clone() } else { format!("{} ({})", node.key, node.state) },
            )
            .collect();
        let kind = if office.founder { format!("{}, founder", office.kind) } else { office.kind.clone() };
        offices.add_row([office.name.clone(), kind, office.region.clone(), office.id.clone(), nodes.join("\n")]);
    }
    line(offices.to_string());
    for statement in charter.statements.iter().filter(|statement| statement.effect != "counts") {
        line(format!("{} by {}: {}", statement.kind, statement.author, statement.effect));
    }
}

fn status(status: &StatusView) {
    let office = &status.office;
    line(format!("{} ({}, {})", office.name, office.kind, office.region));
    line(format!("node {}", status.node));
    match &status.network {
        Some(network) => line(format!(
            "network {network}{}{}",
            if status.practice { " (LATIHAN)" } else { "" },
            if office.admitted { "" } else { ", not yet admitted as far as this node knows" }
        )),
        None => line("no network yet: `simpul join` with a founding file or an invite"),
    }
    match status.only_here {
        0 => line("everything that others are to have of this node is held elsewhere too"),
        count => line(format!("{count} entries are only here")),
    }
    if status.by_rule > 0 {
        line(format!("{} entries stay at this office by rule: a backup alone keeps them", status.by_rule));
    }
    for damage in &status.damage {
        line(format!("damage: {damage}"));
    }
    if !status.scopes.is_empty() {
        let mut scopes = table(["scope", "documents", "entries", "waiting", "refused", "held", "state"]);
        for scope in &status.scopes {
            let short = |text: &str| text.chars().take(12).collect::<String>();
            scopes.add_row([
                if scope.frozen { format!("{} (waits for a cut-off)", scope.name) } else { scope.name.clone() },
                scope.documents.to_string(),
                scope.entries.to_string(),
                scope.waiting.to_string(),
                scope.refused.to_string(),
                short(&scope.held),
                short(&scope.state),
            ]);
        }
        line(scopes.to_string());
    }
    for peer in &status.peers {
        line(format!("peer {} {}: {}", peer.office.as_deref().unwrap_or("unknown office"), peer.node, peer.state));
    }
    for node in &status.knocking {
        line(format!("{node} calls, and has not shown yet that the charter admits it"));
    }
}

fn imported(done: &ImportDone) {
    line(format!(
        "{} added, {} were there already, {} may be somebody already registered, {} rejected",
        done.added, done.present, done.maybe_double, done.rejected
    ));
    if let Some(file) = &done.rejected_file {
        line(format!("the rejected rows, with reasons: {}", file.display()));
    }
}

fn participants(rows: &[ParticipantRow]) {
    if rows.is_empty() {
        line("no participants here yet: `simpul participant add` registers one, `import` a table");
        return;
    }
    let mut table = table(["register", "name", "village", "group", "stage", "to choose"]);
    for row in rows {
        table.add_row([
            row.register.clone().unwrap_or_else(|| row.person.clone()),
            row.name.clone().or_else(|| row.no_name.clone()).unwrap_or_default(),
            row.village.clone(),
            row.group.clone().unwrap_or_default(),
            row.stage.clone(),
            row.contested.join(", "),
        ]);
    }
    line(table.to_string());
}

fn field(field: &FieldView) {
    match field.values.as_slice() {
        [one] => line(format!("{}: {}", field.label, one.value)),
        several => {
            line(format!("{}: choose one of", field.label));
            for value in several {
                line(format!("  {} ({}, {})", value.value, value.office, value.officer));
            }
        }
    }
}

fn participant(one: &ParticipantView) {
    for shown in &one.fields {
        field(shown);
    }
    for trip in &one.trips {
        line("journey:");
        for shown in trip {
            field(shown);
        }
    }
    for event in &one.events {
        line(format!("{}: {} ({}, {})", event.what, event.text, event.office, event.officer));
    }
    line(format!("on {}: {}", one.on, one.categories.join(", ")));
    line(format!("eligible: {}", one.eligible));
    for (indonesian, english) in &one.reasons {
        line(format!("  {indonesian} / {english}"));
    }
    for notice in &one.notices {
        line(format!("note: {notice}"));
    }
}

fn conflicts(rows: &[ConflictRow]) {
    if rows.is_empty() {
        line("nothing to choose");
    }
    for row in rows {
        let who = row.register.as_deref().unwrap_or(&row.person);
        line(format!("{who} {}", row.name.as_deref().unwrap_or_default()));
        field(&row.field);
        line(format!("  simpul participant choose {who} {} VALUE", row.field.field));
    }
}

fn verified(found: &VerifyView) {
    line(format!("{} entries and {} documents recomputed", found.entries, found.documents));
    if found.differences.is_empty() {
        line("everything agrees");
    }
    for difference in &found.differences {
        line(difference);
    }
}
