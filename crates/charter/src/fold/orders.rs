//! What is said about scopes and names: rosters, cut-offs, renamings, successions, erasures, suspensions. And of every
//! statement, why it counts or does not.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Class, Incarnation, NodeKey, OfficeId, Point, ScopeName, StatementHash};

use super::{Effects, Index, Saying, founders::Founders};
use crate::{
    Access, Body, Charter, Cut, CutOffs, Effect, Node, NodeState, Office, Order, RosterView, Subject, VoidReason,
    WaitReason, charter::Rank, roster_scope,
};

const NO_AUTHORITY: Effect = Effect::Void(VoidReason::NoAuthority);
const NO_SUBJECT: Effect = Effect::Waiting(WaitReason::Subject);

pub(super) fn judge(charter: &mut Charter, founders: &Founders, index: &Index, effects: &mut Effects) {
    rosters(charter, index, effects);

    let mut cut_offs = CutOffTable::default();
    for ((node, scope), act) in &founders.cut_offs {
        let line = CutOffLine { level: Level::Founders, at: act.at, cites: &[] };
        cut_offs.entry((*node, (*scope).clone())).or_default().insert(act.vote, line);
    }
    let mut found = Found::default();
    for saying in &index.all {
        if matches!(saying.body(), Body::Roster { .. }) {
            continue;
        }
        let judged = verdict(charter, saying, &mut cut_offs, &mut found);
        effects.say(saying, judged.err().unwrap_or(Effect::Counts));
    }

    charter.cut_offs = cut_offs.into_iter().map(|(key, lines)| (key, resolve_cut_offs(&lines, effects))).collect();
    resolve_names(charter, found.renamings, effects);
    for (from, to) in found.successions {
        if let Some(office) = charter.offices.get_mut(&from) {
            office.succeeded_by.insert(to);
        }
    }
    resolve_orders(charter, &found.orders, &found.lifted, effects);
}

impl Effects {
    /// Records what was found of one saying, under the content and under the adoption that says it.
    fn say(&mut self, saying: &Saying, effect: Effect) {
        self.record(saying.by, effect);
        if !saying.is_own() && effect == Effect::Counts {
            self.record(saying.content.hash(), effect);
        }
    }

    fn replaced(&mut self, hash: StatementHash) {
        self.0.insert(hash, Effect::Void(VoidReason::Replaced));
    }
}

/// What was said with authority and waits to be resolved against what else was said.
#[derive(Default)]
struct Found<'a> {
    renamings: BTreeMap<OfficeId, BTreeMap<StatementHash, Renaming<'a>>>,
    successions: BTreeSet<(OfficeId, OfficeId)>,
    orders: BTreeMap<StatementHash, &'a Saying<'a>>,
    lifted: BTreeSet<(&'a ScopeName, StatementHash)>,
}

struct Renaming<'a> {
    rank: Rank,
    name: &'a str,
    cites: &'a [StatementHash],
}

/// Whether one saying has authority; what is to be resolved later is put into `cut_offs` and `found`.
fn verdict<'a>(
    charter: &Charter,
    saying: &'a Saying<'a>,
    cut_offs: &mut CutOffTable<'a>,
    found: &mut Found<'a>,
) -> Result<(), Effect> {
    let (signer, speaker) = speaker(charter, saying)?;
    let above = |lower: &Office| speaker.was_above(lower.rank, &lower.region, &saying.by);
    let office = |id: &OfficeId| charter.offices.get(id).ok_or(NO_SUBJECT);
    let node = |key: &NodeKey| charter.nodes.get(key).ok_or(NO_SUBJECT);
    match saying.body() {
        Body::Admit { .. } => admission(charter, saying, speaker),
        Body::Remove { node: key, .. } => {
            let target = office(&node(key)?.office)?;
            if target.rank == Rank::Founder {
                Err(Effect::Void(VoidReason::MajorityOnly))
            } else {
                allowed(above(target))
            }
        }
        Body::CutOff { node: key, scope, at, cites, .. } => {
            let target = office(&node(key)?.office)?;
            let level = if above(target) && charter.ever_allowed(speaker, scope, Access::Read) {
                Level::Above(speaker.rank)
            } else {
                let sibling = speaker.id == target.id && signer.key != *key;
                allowed(sibling && !has_reader_above(charter, target, scope))?;
                Level::Sibling
            };
            let lines = cut_offs.entry((*key, scope.clone())).or_default();
            let line = lines.entry(saying.content.hash()).or_insert(CutOffLine { level, at, cites });
            line.level = line.level.min(level);
            Ok(())
        }
        Body::Rename { office: id, name, cites } => {
            let target = office(id)?;
            allowed(speaker.id == *id || above(target))?;
            let rank = speaker.rank;
            let lines = found.renamings.entry(*id).or_default();
            let line = lines.entry(saying.content.hash()).or_insert(Renaming { rank, name, cites });
            line.rank = line.rank.min(rank);
            Ok(())
        }
        Body::Succeed { from, to } => {
            office(to)?;
            for id in from {
                allowed(above(office(id)?) || from[..] == [speaker.id])?;
            }
            found.successions.extend(from.iter().map(|id| (*id, *to)));
            Ok(())
        }
        Body::Erase { scope, .. } | Body::Suspend { scope, .. } => {
            orders_in(charter, speaker, scope)?;
            found.orders.entry(saying.content.hash()).or_insert(saying);
            Ok(())
        }
        Body::Lift { scope, suspensions, .. } => {
            orders_in(charter, speaker, scope)?;
            found.lifted.extend(suspensions.iter().map(|hash| (scope, *hash)));
            Ok(())
        }
        Body::Found { .. } | Body::Adopt { .. } | Body::Roster { .. } | Body::Majority { .. } => {
            Err(Effect::Void(VoidReason::NotSuch))
        }
    }
}

fn allowed(is: bool) -> Result<(), Effect> {
    if is { Ok(()) } else { Err(NO_AUTHORITY) }
}

/// The node that says it and its office, if its word counts at all.
fn speaker<'c>(charter: &'c Charter, saying: &Saying) -> Result<(&'c Node, &'c Office), Effect> {
    let (node, office) = author(charter, saying)?;
    node.speaks(&saying.by)?;
    Ok((node, office))
}

/// The node that says it and its office, whatever its word is worth.
fn author<'c>(charter: &'c Charter, saying: &Saying) -> Result<(&'c Node, &'c Office), Effect> {
    let unknown = Effect::Waiting(WaitReason::Author);
    let node = charter.nodes.get(&saying.signer).ok_or(unknown)?;
    Ok((node, charter.offices.get(&node.office).ok_or(unknown)?))
}

/// Why an admission counts or not; the tree has decided, this only says so.
fn admission(charter: &Charter, saying: &Saying, speaker: &Office) -> Result<(), Effect> {
    let candidate = saying.candidate().ok_or(NO_SUBJECT)?;
    if candidate.request.practice != charter.practice {
        return Err(Effect::Void(VoidReason::OtherSort));
    }
    let known = charter.offices.get(&candidate.office);
    let may = match (&candidate.request.subject, known) {
        (_, Some(office)) => {
            let own = speaker.id == office.id && matches!(candidate.request.subject, Subject::FurtherNode { .. });
            own || speaker.was_above(office.rank, &office.region, &saying.by)
        }
        (Subject::NewOffice { kind, region, .. }, None) => speaker.was_above(Rank::of_kind(*kind), region, &saying.by),
        (Subject::FurtherNode { .. }, None) => return Err(NO_SUBJECT),
    };
    allowed(may)?;
    if matches!(candidate.request.subject, Subject::FurtherNode { .. }) && known.is_some_and(|office| !office.admitted)
    {
        return Err(NO_SUBJECT);
    }
    match charter.nodes.get(&candidate.node) {
        Some(node) if node.office == candidate.office && node.state != NodeState::Fallen => Ok(()),
        Some(node) if node.office == candidate.office => Err(NO_SUBJECT),
        Some(_) | None => Err(Effect::Void(VoidReason::OtherOffice)),
    }
}

/// Whether an office other than the node's own, of those that may cut it off, reads the scope or once did.
fn has_reader_above(charter: &Charter, target: &Office, scope: &ScopeName) -> bool {
    let reads = |upper: &Office| {
        // Nobody is above a founder: there it is the other founders who can act together.
        let above = upper.is_above(target) || (upper.is_founder() && target.is_founder() && upper.id != target.id);
        above && charter.ever_allowed(upper, scope, Access::Read)
    };
    match scope.class() {
        Class::Internal => false,
        Class::Agenda | Class::Case => charter
            .rosters
            .get(scope)
            .is_some_and(|roster| roster.ever.iter().filter_map(|id| charter.offices.get(id)).any(reads)),
        Class::Coordination | Class::Participation | Class::Identity | Class::Money | Class::Care | Class::Board => {
            charter.uppers_of(&target.region).any(reads)
        }
    }
}

/// Orders on documents come from offices that may write in the scope, and from founders that may read it; or once
/// might, for taking a right away undoes no order.
fn orders_in(charter: &Charter, speaker: &Office, scope: &ScopeName) -> Result<(), Effect> {
    let reads = speaker.is_founder() && charter.ever_allowed(speaker, scope, Access::Read);
    allowed(reads || charter.ever_allowed(speaker, scope, Access::Write))
}

// Cut-offs.

type CutOffTable<'a> = BTreeMap<(NodeKey, ScopeName), BTreeMap<StatementHash, CutOffLine<'a>>>;

/// Who speaks, the highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Founders,
    Above(Rank),
    /// Another node of the same office, where nobody above reads the scope.
    Sibling,
}

struct CutOffLine<'a> {
    level: Level,
    at: &'a [Cut],
    cites: &'a [StatementHash],
}

/// One that cites another replaces it, unless the other is of higher rank; of the rest the highest rank counts; among
/// equals the lowest point, then the lower hash of the point.
fn resolve_cut_offs(lines: &BTreeMap<StatementHash, CutOffLine>, effects: &mut Effects) -> CutOffs {
    let mut replaced: BTreeSet<StatementHash> = BTreeSet::new();
    for line in lines.values() {
        let older = |hash: &&StatementHash| lines.get(*hash).is_some_and(|older| older.level >= line.level);
        replaced.extend(line.cites.iter().filter(older).copied());
    }
    let standing = || lines.iter().filter(|(hash, _)| !replaced.contains(hash));
    let highest = standing().map(|(_, line)| line.level).min();
    let heads: BTreeMap<_, _> = standing().filter(|(_, line)| Some(line.level) == highest).collect();
    for hash in lines.keys().filter(|hash| !heads.contains_key(hash)) {
        effects.replaced(*hash);
    }
    let mut named: BTreeMap<Incarnation, (Option<Point>, usize)> = BTreeMap::new();
    for cut in heads.values().flat_map(|line| line.at) {
        let (lowest, times) = named.entry(cut.incarnation).or_insert((cut.at, 0));
        *lowest = (*lowest).min(cut.at);
        *times += 1;
    }
    let at = named.into_iter().map(|(journal, (point, times))| (journal, (point, times == heads.len()))).collect();
    CutOffs { heads: heads.into_keys().copied().collect(), at }
}

// Names.

/// A renaming replaces those that it cites; of the rest the highest rank names the office, then the lower hash.
fn resolve_names(
    charter: &mut Charter,
    renamings: BTreeMap<OfficeId, BTreeMap<StatementHash, Renaming>>,
    effects: &mut Effects,
) {
    for (id, lines) in renamings {
        let Some(office) = charter.offices.get_mut(&id) else { continue };
        let replaced: BTreeSet<&StatementHash> = lines.values().flat_map(|line| line.cites).collect();
        let standing = lines.iter().filter(|(hash, _)| !replaced.contains(hash));
        let Some((stands, line)) = standing.min_by_key(|(hash, line)| (line.rank, **hash)) else { continue };
        office.former_names.insert(std::mem::replace(&mut office.name, line.name.to_owned()));
        office.former_names.extend(lines.values().map(|line| line.name.to_owned()));
        office.former_names.remove(&office.name);
        lines.keys().filter(|hash| *hash != stands).for_each(|hash| effects.replaced(*hash));
    }
}

// Erasures and suspensions.

fn resolve_orders(
    charter: &mut Charter,
    orders: &BTreeMap<StatementHash, &Saying>,
    lifted: &BTreeSet<(&ScopeName, StatementHash)>,
    effects: &mut Effects,
) {
    for (hash, saying) in orders {
        let (table, scope, documents, ground, deadline) = match saying.body() {
            Body::Erase { scope, documents, ground, deadline } => {
                (&mut charter.erased, scope, documents, ground, Some(*deadline))
            }
            Body::Suspend { scope, documents, ground } => {
                if lifted.contains(&(scope, *hash)) {
                    effects.replaced(*hash);
                    continue;
                }
                (&mut charter.suspended, scope, documents, ground, None)
            }
            Body::Found { .. }
            | Body::Admit { .. }
            | Body::Adopt { .. }
            | Body::Remove { .. }
            | Body::CutOff { .. }
            | Body::Rename { .. }
            | Body::Succeed { .. }
            | Body::Roster { .. }
            | Body::Lift { .. }
            | Body::Majority { .. } => continue,
        };
        let table = table.entry(scope.clone()).or_default();
        for document in documents {
            let order = Order { statement: *hash, by: saying.content.author(), ground: ground.clone(), deadline };
            match table.get(document) {
                Some(known) if (known.deadline, known.statement) <= (deadline, *hash) => {}
                Some(_) | None => {
                    table.insert(document.clone(), order);
                }
            }
        }
    }
}

// Rosters.

/// The rosters of every scope, the cited before the citing.
///
/// The first roster counts for a scope whose name its author made ([`roster_scope`]) and by the word of a member. A
/// later one counts by the word of the keeper of a roster that it cites.
fn rosters(charter: &mut Charter, index: &Index, effects: &mut Effects) {
    let mut scopes: BTreeMap<&ScopeName, BTreeMap<StatementHash, Vec<&Saying>>> = BTreeMap::new();
    for saying in &index.all {
        if let Body::Roster { scope, .. } = saying.body() {
            scopes.entry(scope).or_default().entry(saying.content.hash()).or_default().push(saying);
        }
    }
    for (scope, contents) in scopes {
        if let Some(view) = roster(charter, &contents, effects) {
            charter.rosters.insert(scope.clone(), view);
        }
    }
}

fn roster(
    charter: &Charter,
    contents: &BTreeMap<StatementHash, Vec<&Saying>>,
    effects: &mut Effects,
) -> Option<RosterView> {
    let cites = |hash: &StatementHash| match contents.get(hash).and_then(|sayings| sayings.first()).map(|s| s.body()) {
        Some(Body::Roster { cites, .. }) => &cites[..],
        Some(_) | None => &[],
    };
    // How many cited rosters each still waits for, and who waits for it. Hashes cannot cite in a circle.
    let mut waits: BTreeMap<StatementHash, usize> = BTreeMap::new();
    let mut citing: BTreeMap<StatementHash, Vec<StatementHash>> = BTreeMap::new();
    let mut ready = Vec::new();
    for hash in contents.keys() {
        let held = cites(hash).iter().filter(|cited| contents.contains_key(cited));
        let mut count = 0;
        for cited in held {
            citing.entry(*cited).or_default().push(*hash);
            count += 1;
        }
        if count == 0 {
            ready.push(*hash);
        } else {
            waits.insert(*hash, count);
        }
    }

    let nothing = BTreeMap::new();
    let opens = |saying: &&Saying| matches!(saying.body(), Body::Roster { opening: Some(_), .. });
    let mut openings = contents.values().flatten().copied().filter(opens);
    let abandoned = !openings.any(|saying| roster_verdict(charter, saying, &nothing, false).is_ok());
    let mut counted: BTreeMap<StatementHash, (OfficeId, &[OfficeId])> = BTreeMap::new();
    while let Some(hash) = ready.pop() {
        for saying in contents.get(&hash).into_iter().flatten() {
            let judged = roster_verdict(charter, saying, &counted, abandoned);
            effects.say(saying, judged.err().unwrap_or(Effect::Counts));
            if let (Ok(()), Body::Roster { keeper, members, .. }) = (judged, saying.body()) {
                counted.insert(hash, (*keeper, members));
            }
        }
        for waiting in citing.remove(&hash).into_iter().flatten() {
            let left = waits.entry(waiting).or_insert(1);
            *left -= 1;
            if *left == 0 {
                ready.push(waiting);
            }
        }
    }

    let replaced: BTreeSet<StatementHash> = counted.keys().flat_map(&cites).copied().collect();
    let heads: Vec<StatementHash> = counted.keys().filter(|hash| !replaced.contains(hash)).copied().collect();
    for hash in counted.keys().filter(|hash| replaced.contains(hash)) {
        effects.replaced(*hash);
    }
    let ever: BTreeSet<OfficeId> = counted.values().flat_map(|(_, members)| *members).copied().collect();
    let lines = || heads.iter().filter_map(|hash| counted.get(hash));
    let mut members: BTreeSet<OfficeId> = lines().next()?.1.iter().copied().collect();
    for (_, others) in lines() {
        let others: BTreeSet<OfficeId> = others.iter().copied().collect();
        members.retain(|member| others.contains(member));
    }
    let keepers = lines().map(|(keeper, _)| *keeper).collect();
    Some(RosterView { heads, members, keepers, ever })
}

/// `abandoned`: whoever opened the scope was removed by somebody who never heard of it. Nobody else could have made its
/// name, so its opening stands then: what lies there would be lost to the offices that hold it, and nothing new gets in,
/// for the journals of its author are frozen. Somebody else's word for it, said with a lost key, is no opening.
fn roster_verdict(
    charter: &Charter,
    saying: &Saying,
    counted: &BTreeMap<StatementHash, (OfficeId, &[OfficeId])>,
    abandoned: bool,
) -> Result<(), Effect> {
    let Body::Roster { scope, opening, members, cites, .. } = saying.body() else {
        return Err(Effect::Void(VoidReason::NotSuch));
    };
    if let Some(opening) = opening {
        let (node, office) = author(charter, saying)?;
        match node.speaks(&saying.by) {
            Ok(()) => {}
            Err(Effect::Void(VoidReason::AuthorRemoved)) if abandoned && saying.is_own() => {}
            Err(other) => return Err(other),
        }
        let opened = roster_scope(scope.class(), saying.content.author(), *opening);
        return allowed(opened.as_ref() == Some(scope) && members.contains(&office.id));
    }
    let (_, speaker) = speaker(charter, saying)?;
    let cited = || cites.iter().filter_map(|hash| counted.get(hash));
    if cited().next().is_none() {
        return Err(Effect::Waiting(WaitReason::Statement));
    }
    allowed(cited().any(|(keeper, _)| *keeper == speaker.id))
}
