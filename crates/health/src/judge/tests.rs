//! Looks at a small programme, as tables.

use std::collections::BTreeMap;

use identity::{Incarnation, NodeKey};
use sync::{Beacon, PeerState, PeerStatus, Receipt, SessionId};

use super::*;
use crate::{
    Absence, Away, Behind, Level, Own, Room, Shows, figure, lacking,
    limits::{DAY, HOUR},
    only_here, report,
    testing::{Told, World, point},
};

const NOW: i64 = 1_763_750_000_000;
const PARTICIPATION: &str = "participation/33.07.10.2004";
const CARE: &str = "care/33.07.10.2004";
const MONEY: &str = "money/33.07.10.2004";

/// What a node knows, to be changed one thing at a time.
struct Case {
    world: World,
    me: &'static str,
    own: Own,
    held: Vec<(JournalId, Point)>,
    receipts: Vec<(NodeKey, Receipt)>,
    beacons: Vec<(NodeKey, Beacon)>,
    peers: Vec<PeerStatus>,
    turned_away: BTreeMap<NodeKey, i64>,
    forked: Vec<JournalId>,
    absences: Vec<Absence>,
    shown: Vec<Shows>,
    now_ms: i64,
    written_ms: Option<i64>,
    on_chain: bool,
    memory: Memory,
}

impl Case {
    /// A node that runs, with room and a fresh backup, connected to nobody yet.
    fn of(me: &'static str) -> Self {
        let room = Some(Room { free_bytes: 800, total_bytes: 1000, reserve_bytes: 10 });
        let own = Own {
            version: "0.1.0".to_owned(),
            incarnation: Some(Incarnation([1; 8])),
            room,
            last_backup_ms: Some(NOW - HOUR),
            ..Own::default()
        };
        Self {
            world: World::programme(),
            me,
            own,
            held: Vec::new(),
            receipts: Vec::new(),
            beacons: Vec::new(),
            peers: Vec::new(),
            turned_away: BTreeMap::new(),
            forked: Vec::new(),
            absences: Vec::new(),
            shown: Vec::new(),
            now_ms: NOW,
            written_ms: Some(NOW - HOUR),
            on_chain: true,
            memory: Memory::default(),
        }
    }

    /// Kuripan after it wrote five entries.
    fn kuripan_wrote(scope: &str) -> Self {
        let mut case = Self::of("kuripan");
        case.held = vec![(case.world.journal("kuripan", scope, 1), point(5))];
        case
    }

    fn told(mut self, told: &[Told]) -> Self {
        let journal = self.held[0].0.clone();
        self.receipts.extend(told.iter().map(|told| self.world.receipt(&journal, told)));
        self
    }

    fn reports(mut self, of: &str, number: u64, time_ms: i64, figures: &[(&str, i64)]) -> Self {
        self.beacons.retain(|(node, _)| *node != self.world.key(of));
        self.beacons.push(self.world.beacon(of, number, time_ms, figures));
        self
    }

    fn connected(mut self, of: &str, state: PeerState, behind: usize) -> Self {
        self.peers.retain(|peer| peer.node != self.world.key(of));
        let (node, office) = (self.world.key(of), self.world.charter.node(&self.world.key(of)).map(|node| node.office));
        self.peers.push(PeerStatus { session: SessionId(1), node, office, state, behind });
        self
    }

    fn at(mut self, now_ms: i64) -> Self {
        self.now_ms = now_ms;
        self
    }

    fn known<'a>(&'a self) -> Known<'a> {
        Known {
            charter: &self.world.charter,
            me: self.world.key(self.me),
            office: self.world.charter.node(&self.world.key(self.me)).map_or(OfficeId([0; 16]), |node| node.office),
            held: &self.held,
            to_be_held: &[],
            receipts: &self.receipts,
            beacons: &self.beacons,
            peers: &self.peers,
            turned_away: &self.turned_away,
            forked: &self.forked,
            absences: &self.absences,
            shown: &self.shown,
            own: &self.own,
            now_ms: self.now_ms,
        }
    }

    fn look(&mut self) -> Health {
        let mut memory = std::mem::take(&mut self.memory);
        let health = judge(&self.known(), &mut memory, |_, _| self.on_chain, |_, _| self.written_ms);
        self.what_is_listed_is_what_is_counted(&health, &memory);
        self.memory = memory;
        health
    }

    fn what_is_listed_is_what_is_counted(&self, health: &Health, memory: &Memory) {
        let alone = only_here(&self.known(), memory, |_, _| self.on_chain);
        let listed = |by_rule: bool| -> u64 {
            alone.iter().filter(|alone| alone.by_rule == by_rule).map(|alone| alone.behind.changes()).sum()
        };
        assert_eq!((listed(false), listed(true)), (health.figures.only_here, health.figures.by_rule));
        // Of who was never seen, or said that it is away, nothing is counted as lacking.
        for office in health.offices.iter().filter(|office| office.lacks > 0) {
            let behind = lacking(&self.known(), office.office, |_, _| self.on_chain);
            assert_eq!(behind.iter().map(Behind::changes).sum::<u64>(), office.lacks);
        }
    }

    fn state(&mut self, of: &str) -> State {
        let office = self.world.office(of);
        self.look().office(&office).map(|office| office.state).unwrap()
    }

    fn alerts(&mut self) -> Vec<String> {
        self.look().alerts.iter().map(|alert| alert.key.0.split(':').next().unwrap_or_default().to_owned()).collect()
    }
}

#[test]
fn what_nobody_signed_for_is_only_here() {
    let table: [(&[Told], u64); 5] = [
        (&[], 5),
        (&[("wonosobo", 3)], 2),
        (&[("wonosobo", 3), ("jateng", 4)], 1),
        (&[("kemnaker", 5)], 0),
        (&[("kuripan again", 5), ("removed", 5), ("stranger", 5), ("garung", 5)], 5),
    ];
    for (told, expected) in table {
        let mut case = Case::kuripan_wrote(PARTICIPATION).told(told);
        assert_eq!(case.look().figures.only_here, expected, "{told:?}");
    }
    let mut forged = Case::kuripan_wrote(PARTICIPATION).told(&[("wonosobo", 3), ("jateng", 9)]);
    forged.on_chain = false;
    assert_eq!(forged.look().figures.only_here, 5);
}

#[test]
fn copies_are_counted_by_office_and_never_above_what_was_signed_for() {
    let mut case = Case::kuripan_wrote(PARTICIPATION).told(&[("wonosobo", 5), ("wonosobo again", 5), ("jateng", 2)]);
    let figures = case.look().figures;
    assert_eq!(figures.copies, [5, 2]);
    assert_eq!(figures.below_target, BTreeMap::from([(2, 3)]));
}

#[test]
fn the_target_is_who_was_ever_seen_and_the_ministries_are_all_there_are() {
    let mut case = Case::kuripan_wrote(PARTICIPATION).told(&[("wonosobo", 5), ("jateng", 5), ("kemnaker", 5)]);
    let figures = case.look().figures;
    assert_eq!(figures.below_target, BTreeMap::new(), "one ministry was never seen");
    let ministries = figures.ministries.unwrap();
    assert_eq!((ministries.holding, ministries.of), (1, 2));
    let figures = case.reports("kemendesa", 1, NOW, &[]).look().figures;
    assert_eq!(figures.below_target, BTreeMap::from([(4, 5)]), "now it was");
}

#[test]
fn an_only_copy_is_a_risk_after_a_day_and_at_a_ministry_after_an_hour() {
    let table = [
        (Some(NOW - DAY), State::InSync),
        (Some(NOW - DAY - 1), State::AtRisk),
        // Written under a clock that was ahead: nobody can tell how old it is.
        (Some(NOW + DAY), State::AtRisk),
        (None, State::AtRisk),
    ];
    for (written, expected) in table {
        let mut case = Case::kuripan_wrote(PARTICIPATION);
        case.written_ms = written;
        assert_eq!(case.state("kuripan"), expected, "{written:?}");
    }
    let mut case = Case::of("kemnaker");
    case.held = vec![(case.world.journal("kemnaker", "coordination/id", 1), point(1))];
    case.written_ms = Some(NOW - HOUR - 1);
    assert_eq!(case.state("kemnaker"), State::AtRisk);
}

#[test]
fn an_only_copy_does_not_get_younger_when_the_clock_that_wrote_it_is_set_back() {
    let mut case = Case::kuripan_wrote(PARTICIPATION);
    case.written_ms = Some(NOW - HOUR);
    case.look();
    let mut later = case.at(NOW + 3 * DAY);
    later.written_ms = Some(NOW + 3 * DAY);
    assert_eq!(later.look().figures.only_here_oldest, Some(Since::At(NOW)), "it was noticed then");
    assert_eq!(later.state("kuripan"), State::AtRisk);
}

#[test]
fn what_lives_at_one_office_by_rule_says_so_and_is_no_risk_while_it_is_backed_up() {
    let mut case = Case::kuripan_wrote(CARE);
    case.written_ms = Some(NOW - 40 * DAY);
    let health = case.look();
    assert_eq!((health.figures.by_rule, health.figures.only_here), (5, 0));
    let rule = What::ByRule { changes: 5, backup_ms: Some(NOW - HOUR) };
    assert!(health.offices.iter().any(|office| office.findings.iter().any(|finding| finding.what == rule)));
    let beside_never_seen = |case: &mut Case| {
        let mut alerts = case.alerts();
        alerts.retain(|alert| alert != "never-seen");
        alerts
    };
    assert_eq!(beside_never_seen(&mut case), Vec::<String>::new());
    case.own.last_backup_ms = Some(NOW - 27 * HOUR);
    assert_eq!(beside_never_seen(&mut case), ["backup"]);
}

#[test]
fn a_villages_money_lives_there_alone_until_its_regency_was_seen() {
    let mut case = Case::kuripan_wrote(MONEY);
    let figures = case.look().figures;
    assert_eq!((figures.by_rule, figures.only_here), (5, 0));
    let mut case = case.reports("wonosobo", 1, NOW, &[]);
    let figures = case.look().figures;
    assert_eq!((figures.by_rule, figures.only_here), (0, 5));
}

#[test]
fn a_village_lacks_what_its_regency_wrote_of_it_once_it_gives_receipts_of_that() {
    let mut case = Case::of("wonosobo").reports("kuripan", 1, NOW, &[]).reports("garung", 1, NOW, &[]);
    let journal = case.world.journal("wonosobo", PARTICIPATION, 1);
    case.held = vec![(journal.clone(), point(5))];
    let lacks = |case: &mut Case, of: &str| {
        let office = case.world.office(of);
        case.look().office(&office).unwrap().lacks
    };
    assert_eq!(lacks(&mut case, "kuripan"), 0, "an earlier version gives no receipts of it");
    case.receipts = vec![case.world.receipt(&journal, &("kuripan", 2))];
    assert_eq!((lacks(&mut case, "kuripan"), lacks(&mut case, "garung")), (3, 0), "another village does not read it");
    assert_eq!(case.look().figures.only_here, 3, "and what it holds is not only here");
}

#[test]
fn a_trail_that_was_longer_is_told_of_and_one_that_grows_is_not() {
    let trail = |lines: i64, head: i64| [(figure::TRAIL, lines), (figure::TRAIL_HEAD, head)];
    let told = |case: &mut Case| {
        case.look().offices.iter().find_map(|office| {
            let of = |finding: &Finding| {
                if let What::TrailCut { had, has } = finding.what { Some((had, has)) } else { None }
            };
            office.findings.iter().find_map(of)
        })
    };
    let mut case = Case::of("wonosobo");
    let reports = [
        (Some(trail(10, 7)), None),
        (Some(trail(10, 7)), None),
        (Some(trail(12, 8)), None),
        // A report without it, such as the first after a start, takes nothing back.
        (None, None),
        (Some(trail(12, 9)), Some((12, 12))),
        (Some(trail(3, 1)), Some((12, 3))),
        (Some(trail(90, 2)), Some((12, 3))),
    ];
    for (number, (figures, expected)) in (1..).zip(reports) {
        let figures: Vec<_> = figures.into_iter().flatten().collect();
        case = case.reports("kuripan", number, NOW, &figures);
        assert_eq!(told(&mut case), expected, "report {number}");
    }
    assert_eq!(case.state("kuripan"), State::Damaged);
    assert_eq!(told(&mut case.at(NOW + 91 * DAY)), None);
}

#[test]
fn nothing_is_by_rule_before_the_office_is_admitted_or_its_readers_were_seen() {
    let mut case = Case::of("stranger");
    case.held = vec![(case.world.journal("stranger", CARE, 1), point(5))];
    assert_eq!(case.look().figures.only_here, 5);
    assert_eq!(Case::kuripan_wrote(PARTICIPATION).look().figures.only_here, 5);
}

#[test]
fn a_healthy_network_in_which_one_ministry_never_started_tells_of_that_one_alone() {
    let mut case = Case::kuripan_wrote(PARTICIPATION)
        .told(&[("wonosobo", 5), ("jateng", 5), ("kemnaker", 5)])
        .connected("wonosobo", PeerState::Equal, 0);
    for of in ["wonosobo", "jateng", "kemnaker"] {
        case = case.reports(of, 1, NOW - HOUR / 12, &[(figure::ONLY_HERE, 0)]);
    }
    case.own.networked = true;
    let health = case.look();
    let keys: Vec<String> = health.alerts.iter().map(|alert| alert.key.to_string()).collect();
    assert_eq!(keys, [format!("never-seen:{}", case.world.office("kemendesa"))]);
    assert_eq!(health.figures.in_state(State::InSync), 4, "{:?}", health.offices);
}

#[test]
fn of_others_at_least_what_they_said_is_only_there_as_of_when_they_said_it() {
    let figures = [(figure::ONLY_HERE, 214), (figure::ONLY_HERE_SINCE, NOW - 3 * DAY)];
    let mut case = Case::of("wonosobo").reports("kuripan", 1, NOW - 2 * HOUR, &figures);
    let office = case.world.office("kuripan");
    let health = case.look();
    let kuripan = health.office(&office).unwrap();
    assert_eq!((kuripan.state, kuripan.as_of_ms), (State::AtRisk, NOW - 2 * HOUR));
    let expected = What::OnlyHere { changes: 214, oldest: Since::At(NOW - 3 * DAY) };
    assert_eq!(kuripan.findings[0].what, expected);
    // It starts again, and its first report does not speak of it.
    let mut case = case.reports("kuripan", 2, NOW, &[]);
    let health = case.look();
    let kuripan = health.office(&office).unwrap();
    assert_eq!((&kuripan.findings[0].what, kuripan.as_of_ms), (&expected, NOW - 2 * HOUR));
    let mut case = case.reports("kuripan", 3, NOW, &[(figure::ONLY_HERE, 0)]);
    assert_eq!(case.state("kuripan"), State::InSync);
}

#[test]
fn what_an_author_vouched_for_stays_until_somebody_holds_it_whatever_it_says_later() {
    let mut case = Case::of("wonosobo");
    let journal = case.world.journal("kuripan", PARTICIPATION, 1);
    case.held = vec![(journal.clone(), point(5))];
    case.receipts = vec![case.world.receipt(&journal, &("kuripan", 9))];
    let at_least = |case: &mut Case| {
        let office = case.world.office("kuripan");
        let health = case.look();
        let changes =
            |finding: &Finding| if let What::OnlyHere { changes, .. } = finding.what { Some(changes) } else { None };
        health.office(&office).unwrap().findings.iter().find_map(changes).unwrap_or(0)
    };
    assert_eq!(at_least(&mut case), 4);
    // Its store went back, and says less; it claims that all is well; an old receipt comes again.
    case.receipts = vec![case.world.receipt(&journal, &("kuripan", 2))];
    let mut case = case.reports("kuripan", 1, NOW, &[(figure::ONLY_HERE, 0)]);
    assert_eq!(at_least(&mut case), 4);
    case.held[0].1 = point(8);
    assert_eq!(at_least(&mut case), 1);
    case.held[0].1 = point(9);
    assert_eq!(at_least(&mut case), 0);
    assert_eq!(case.memory.claimed, []);
}

#[test]
fn an_office_that_went_on_under_another_incarnation_answers_for_what_was_only_there_before() {
    let first = i64::from_be_bytes([1; 8]);
    let second = i64::from_be_bytes([2; 8]);
    let table = [
        // The same machine: what was only there still is.
        (vec![(figure::ONLY_HERE, 214), (figure::ONLY_HERE_EARLIER, 214)], None),
        (vec![(figure::ONLY_HERE, 300), (figure::ONLY_HERE_EARLIER, 14)], Some(200)),
        // As much as before, but all of it new.
        (vec![(figure::ONLY_HERE, 214)], Some(214)),
        (vec![(figure::ONLY_HERE, 0), (figure::ONLY_HERE_EARLIER, -7)], Some(214)),
    ];
    for (mut figures, expected) in table {
        let before = [(figure::ONLY_HERE, 214), (figure::INCARNATION, first)];
        let mut case = Case::of("wonosobo").reports("kuripan", 1, NOW - DAY, &before);
        case.look();
        figures.push((figure::INCARNATION, second));
        let mut case = case.reports("kuripan", 2, NOW, &figures);
        // Replays of the report before change nothing.
        case.look();
        let mut case = case.reports("kuripan", 1, NOW - DAY, &before);
        let office = case.world.office("kuripan");
        let health = case.look();
        let lost =
            |finding: &Finding| if let What::MaybeLost { changes } = finding.what { Some(changes) } else { None };
        assert_eq!(health.office(&office).unwrap().findings.iter().find_map(lost), expected, "{figures:?}");
    }
}

#[test]
fn a_lying_report_adds_and_takes_nothing_away() {
    let honest = Case::of("wonosobo").reports("kuripan", 1, NOW - 10 * DAY, &[]).state("kuripan");
    assert_eq!(honest, State::Lost);
    // From tomorrow, and then again and again: it counts once, as of when it was noticed.
    let mut case = Case::of("wonosobo").reports("kuripan", 7, NOW + 400 * DAY, &[(figure::ONLY_HERE, i64::MIN)]);
    assert_eq!(case.state("kuripan"), State::InSync);
    let mut case = case.at(NOW + 8 * DAY);
    assert_eq!(case.state("kuripan"), State::Lost);
    // Receipts from tomorrow are no better.
    let journal = case.world.journal("kuripan", PARTICIPATION, 1);
    let (holder, receipt) = case.world.receipt(&journal, &("kuripan", 1));
    case.receipts = vec![(holder, Receipt { time_ms: NOW + 400 * DAY, ..receipt })];
    case.held = vec![(journal, point(1))];
    assert_eq!(case.state("kuripan"), State::InSync);
    assert_eq!(case.at(NOW + 16 * DAY).state("kuripan"), State::Lost);
}

#[test]
fn who_shows_something_else_while_it_holds_the_same_is_told_of_at_the_second_look_until_it_does_not() {
    let shows = |held, state| Shows { scope: 7, held, state };
    let says = |case: Case, number, says: Shows| {
        let figures: Vec<(String, i64)> = says.figures().collect();
        let figures: Vec<(&str, i64)> = figures.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        case.reports("kuripan", number, NOW, &figures)
    };
    let here = |held, state| Case { shown: vec![shows(held, state)], ..Case::of("wonosobo") };
    // The same, something else of which it holds something else, and what nobody looked up here.
    for (ours, theirs) in [(shows(1, 1), shows(1, 1)), (shows(1, 1), shows(2, 2))] {
        let mut case = says(here(ours.held, ours.state), 1, theirs);
        for _ in 0..3 {
            assert_eq!(case.state("kuripan"), State::InSync, "{ours:?} {theirs:?}");
        }
    }
    let mut case = says(Case::of("wonosobo"), 1, shows(1, 2));
    assert_eq!((case.state("kuripan"), case.state("kuripan")), (State::InSync, State::InSync));

    let mut case = says(here(1, 1), 1, shows(1, 2));
    assert_eq!(case.look().figures.mismatches, 0, "once may be a moment between two writes");
    assert_eq!(case.look().figures.mismatches, 1);
    assert_eq!((case.state("kuripan"), case.look().figures.mismatches), (State::Damaged, 0));
    assert!(case.alerts().contains(&"shows-other".to_owned()));
    // While it holds something else nobody can tell; then it shows the same again.
    let mut case = says(case, 2, shows(3, 2));
    assert_eq!(case.state("kuripan"), State::Damaged);
    let mut case = says(case, 3, shows(1, 1));
    assert_eq!(case.state("kuripan"), State::InSync);
    // Another version may know kinds of records that this one does not.
    let mut case = says(here(1, 1), 1, shows(1, 2));
    case.own.version = "0.2.0".to_owned();
    assert_eq!((case.state("kuripan"), case.state("kuripan")), (State::OldVersion, State::OldVersion));
}

#[test]
fn each_state_has_what_shows_it() {
    let beacon = |figures: &[(&str, i64)]| Case::of("wonosobo").reports("kuripan", 1, NOW, figures);
    assert_eq!(beacon(&[]).state("kuripan"), State::InSync);
    assert_eq!(beacon(&[(figure::DAMAGE, 1)]).state("kuripan"), State::Damaged);
    assert_eq!(beacon(&[(figure::FULL, 1)]).state("kuripan"), State::Damaged);
    assert_eq!(beacon(&[(figure::REFUSED, 1)]).state("kuripan"), State::Refused);
    assert_eq!(beacon(&[]).state("garung"), State::NeverSeen);
    assert_eq!(beacon(&[]).state("removed"), State::Revoked);
    // As of when it says that it reported, however late that arrives.
    assert_eq!(beacon(&[]).at(NOW + HOUR).state("kuripan"), State::Offline);
    let mut forked = beacon(&[]);
    forked.forked = vec![forked.world.journal("kuripan", PARTICIPATION, 1)];
    assert_eq!(forked.state("kuripan"), State::Forked);
    let mut old = beacon(&[]);
    old.own.version = "0.2.0".to_owned();
    assert_eq!(old.state("kuripan"), State::OldVersion);
    let mut full = Case::of("kuripan");
    full.own.room = Some(Room { free_bytes: 10, total_bytes: 1000, reserve_bytes: 10 });
    assert_eq!(full.state("kuripan"), State::Damaged);
    let mut refused = Case::of("kuripan");
    refused.own.refused = 1;
    assert_eq!(refused.state("kuripan"), State::Refused);
}

#[test]
fn a_connected_office_catches_up_as_long_as_something_moves_and_is_stuck_after_a_quarter_of_an_hour() {
    let mut case =
        Case::kuripan_wrote(PARTICIPATION).told(&[("wonosobo", 2)]).connected("wonosobo", PeerState::Equal, 0);
    assert_eq!(case.state("wonosobo"), State::CatchingUp);
    let mut case = case.at(NOW + HOUR / 4);
    assert_eq!(case.state("wonosobo"), State::CatchingUp);
    let mut case = case.at(NOW + HOUR / 4 + 1);
    assert_eq!(case.state("wonosobo"), State::Stuck);
    assert!(case.alerts().contains(&"stuck".to_owned()));
    let mut case = case.told(&[("wonosobo", 3)]);
    assert_eq!(case.state("wonosobo"), State::CatchingUp);
    let mut case = case.told(&[("wonosobo", 5)]);
    assert_eq!(case.state("wonosobo"), State::InSync);
}

#[test]
fn an_office_whose_session_compares_again_and_again_and_gets_nothing_is_stuck_all_the_same() {
    let mut case = Case::kuripan_wrote(PARTICIPATION).told(&[("wonosobo", 2)]);
    for minutes in 0..=16 {
        let state = if minutes % 2 == 0 { PeerState::Catching } else { PeerState::Equal };
        case = case.connected("wonosobo", state, 0).at(NOW + minutes * HOUR / 60);
        let expected = if minutes <= 15 { State::CatchingUp } else { State::Stuck };
        assert_eq!(case.state("wonosobo"), expected, "after {minutes} minutes");
    }
}

#[test]
fn nobody_is_said_to_have_everything_who_lacks_something() {
    let says_so = |case: &mut Case, of: &str| {
        let office = case.world.office(of);
        let health = case.look();
        health.office(&office).unwrap().findings.iter().any(|finding| finding.what == What::InSync)
    };
    let heard = |told: &[Told]| Case::kuripan_wrote(PARTICIPATION).told(told).reports("wonosobo", 1, NOW, &[]);
    assert!(says_so(&mut heard(&[("wonosobo", 5)]), "kuripan"));
    assert!(!says_so(&mut heard(&[]), "kuripan"), "five are only here, if not for long");
    assert!(!says_so(&mut Case::kuripan_wrote(CARE), "kuripan"), "five are here alone by rule");
    assert!(says_so(&mut heard(&[("wonosobo", 5)]), "wonosobo"));
    assert!(!says_so(&mut heard(&[("wonosobo", 4)]), "wonosobo"), "heard of through others, it lacks one");
}

#[test]
fn the_ministries_get_three_days() {
    for (age, expected) in [(72 * HOUR, vec![]), (72 * HOUR + 1, vec!["ministries"])] {
        let mut case = Case::kuripan_wrote(PARTICIPATION).told(&[("wonosobo", 5), ("kemnaker", 3)]).connected(
            "wonosobo",
            PeerState::Equal,
            0,
        );
        case.written_ms = Some(NOW - age);
        let mut alerts = case.alerts();
        alerts.retain(|alert| alert != "never-seen");
        assert_eq!(alerts, expected, "{age}");
    }
}

/// Looks every half hour, with the village heard of at these hours of each day; gives the case back at the end.
fn lived(mut case: Case, days: i64, hours: std::ops::Range<i64>) -> Case {
    let mut number = 0;
    for step in 0..days * 48 {
        let now = NOW + step * HOUR / 2;
        case = case.at(now).connected("wonosobo", PeerState::Equal, 0);
        if hours.contains(&((step / 2) % 24)) {
            number += 1;
            case = case.reports("kuripan", number, now, &[]);
        }
        case.look();
    }
    case
}

#[test]
fn an_office_that_closes_at_night_is_offline_as_usual_and_one_that_never_does_is_missed_the_next_day() {
    let silent_alert = |case: Case, after: i64| {
        let mut alerts = Vec::new();
        let mut case = case;
        let from = case.now_ms;
        for step in 1..=after / (HOUR / 2) {
            case = case.at(from + step * HOUR / 2).connected("wonosobo", PeerState::Equal, 0);
            alerts = case.alerts();
        }
        alerts.contains(&"silent".to_owned())
    };
    let village = || lived(Case::of("jateng"), 20, 8..16);
    let habit = village().memory.habit(&World::programme().office("kuripan"));
    assert!((15 * HOUR..=18 * HOUR).contains(&habit), "{habit}");
    assert!(!silent_alert(village(), 30 * HOUR));
    assert!(silent_alert(village(), 45 * HOUR));
    let server = || lived(Case::of("jateng"), 20, 0..24);
    assert!(!silent_alert(server(), 20 * HOUR));
    assert!(silent_alert(server(), 27 * HOUR));
}

#[test]
fn who_said_that_they_would_be_away_is_neither_lost_nor_missed() {
    let mut case = lived(Case::of("jateng"), 3, 8..16);
    let region: Region = "33.07".parse().unwrap();
    let now = case.now_ms;
    for of in [Away::Office(case.world.office("kuripan")), Away::Region(region)] {
        case.absences = vec![Absence { of, from_ms: now, until_ms: now + 20 * DAY }];
        for day in 1..=10 {
            case = case.at(now + day * DAY).connected("wonosobo", PeerState::Equal, 0);
            case.look();
        }
        assert_eq!(case.state("kuripan"), State::Offline);
        case = case.at(now + 21 * DAY);
        assert_eq!(case.state("kuripan"), State::Lost);
        case.memory = lived(Case::of("jateng"), 3, 8..16).memory;
    }
}

#[test]
fn a_province_that_goes_silent_is_one_alert_and_who_was_off_or_alone_misses_nobody() {
    const MORE: [(&str, &str); 6] = [
        ("a", "33.07.10.2001"),
        ("b", "33.07.10.2002"),
        ("c", "33.07.10.2003"),
        ("d", "33.07.10.2005"),
        ("e", "33.07.10.2006"),
        ("f", "33.07.10.2007"),
    ];
    let silent = |heard: &[&str], missed: &[&str], alone: bool, watching: bool| {
        let mut case = Case::of("kemnaker");
        case.world = World::with_villages(&MORE);
        for of in heard.iter().chain(missed) {
            case = case.reports(of, 1, NOW, &[]);
        }
        case = case.connected("kemendesa", PeerState::Equal, 0);
        case.look();
        for step in 1..=5 * 48 {
            let now = NOW + step * HOUR / 2;
            case = case.at(now);
            for of in heard {
                case = case.reports(of, 1 + step as u64, now, &[]);
            }
            if alone && step > 1 {
                case.peers.clear();
            }
            if watching || step == 5 * 48 {
                case.look();
            }
        }
        let mut alerts = case.alerts();
        alerts.retain(|alert| alert.contains("silent"));
        alerts
    };
    let province: &[&str] = &["jateng", "wonosobo", "kuripan", "garung"];
    assert_eq!(silent(&["a", "b"], province, false, true), ["province-silent"]);
    assert_eq!(silent(&["a", "b", "jateng", "wonosobo"], &["kuripan", "garung"], false, true), ["silent", "silent"]);
    assert_eq!(silent(&["a", "b"], province, true, true), Vec::<String>::new());
    assert_eq!(silent(&["a", "b"], province, false, false), Vec::<String>::new());
}

#[test]
fn a_clock_is_off_when_the_others_agree_against_it_and_of_two_nobody_can_tell() {
    let heard = |ahead: &[(&'static str, i64)]| {
        let mut case = Case::of("wonosobo");
        for (number, now) in [(1, NOW), (2, NOW + HOUR / 12)] {
            case = case.at(now);
            for (of, ahead) in ahead {
                case = case.reports(of, number, now + ahead, &[]).connected(of, PeerState::Equal, 0);
            }
            case.look();
        }
        let mut clocks = Vec::new();
        for office in case.look().offices {
            let ahead = |finding: &Finding| {
                if let What::Clock { ahead_ms } = finding.what { Some(ahead_ms / HOUR) } else { None }
            };
            let name = case.world.charter.office(&office.office).map(|office| office.name.clone()).unwrap();
            clocks.extend(office.findings.iter().find_map(ahead).map(|ahead| (name, ahead)));
        }
        clocks
    };
    let own = "wonosobo".to_owned();
    assert_eq!(heard(&[("kuripan", 0), ("jateng", 1000)]), []);
    assert_eq!(heard(&[("kuripan", 2 * HOUR)]), [("kuripan".to_owned(), 2)]);
    assert_eq!(heard(&[("kuripan", 2 * HOUR), ("jateng", 2 * HOUR)]), [(own, -2)]);
    assert_eq!(heard(&[("kuripan", 0), ("garung", -3 * HOUR), ("jateng", 0)]), [("garung".to_owned(), -3)]);
}

#[test]
fn a_report_fits_a_beacon_with_room_for_addresses() {
    let mut case = Case::kuripan_wrote(PARTICIPATION);
    case.held.push((case.world.journal("kuripan", CARE, 2), point(5)));
    case.own = Own {
        damage: u64::MAX,
        refused: u64::MAX,
        waiting: u64::MAX,
        disk_failed: true,
        last_backup_ms: Some(i64::MAX),
        incarnation: Some(Incarnation([0x80; 8])),
        ..case.own
    };
    let health = case.look();
    let figures = report(&case.known(), &health);
    assert_eq!(figures.len(), 11, "every figure is there: {figures:?}");
    let beacon = Beacon {
        number: u64::MAX,
        time_ms: i64::MAX,
        version: "1000.1000.1000".to_owned(),
        addresses: vec!["kabupaten-wonosobo.example.go.id:65535".to_owned(); 8],
        figures,
    };
    let secret = identity::NodeSecret::from_seed([1; 32]);
    let signed = identity::Signed::new(&secret, identity::Domain::Beacon, &beacon);
    assert!(signed.bytes().len() <= sync::BEACON_BYTES_MAX, "{}", signed.bytes().len());
}

#[test]
fn what_a_node_reports_of_itself_is_what_another_reads() {
    let mut kuripan = Case::kuripan_wrote(PARTICIPATION);
    kuripan.written_ms = Some(NOW - 3 * DAY);
    let health = kuripan.look();
    let figures = report(&kuripan.known(), &health);
    let figures: Vec<(&str, i64)> = figures.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let mut wonosobo = Case::of("wonosobo").reports("kuripan", 1, NOW, &figures);
    let office = wonosobo.world.office("kuripan");
    let seen = wonosobo.look();
    let only_here = What::OnlyHere { changes: 5, oldest: Since::At(NOW - 3 * DAY) };
    assert_eq!(seen.office(&office).unwrap().findings[0].what, only_here);
    assert_eq!(seen.alerts[0].level, Level::Critical);
}

#[test]
fn a_key_that_was_removed_and_still_calls_is_told_of() {
    let mut case = Case::of("wonosobo");
    case.turned_away.insert(case.world.key("removed"), NOW);
    // A key that lost its rights in other ways is no thief's.
    case.turned_away.insert(case.world.key("kuripan"), NOW);
    let called = |case: &mut Case| case.alerts().iter().filter(|kind| *kind == "removed-calls").count();
    assert_eq!(called(&mut case), 1);
    // Also after a restart, which knows nothing of calls; a day later it is over.
    case.turned_away.clear();
    assert_eq!(called(&mut case), 1);
    case.now_ms = NOW + DAY + 1;
    assert_eq!(called(&mut case), 0);
}

#[test]
fn what_is_remembered_comes_back_from_where_it_was_kept() {
    let case = lived(Case::of("jateng"), 3, 8..16);
    let kept = serde_json::to_string(&case.memory).unwrap();
    assert_eq!(serde_json::from_str::<Memory>(&kept).unwrap(), case.memory);
    assert_eq!(serde_json::from_str::<Memory>("{}").unwrap(), Memory::default());
}

/// What one look may take at a ministry with 4,000 offices below it: a twentieth of the minute between two looks, on a
/// machine that is busy and a program that is not optimised.
#[test]
fn a_ministry_with_many_offices_looks_in_a_blink() {
    let names: Vec<(String, String)> = (0..4000)
        .map(|at| {
            let region = format!("33.{:02}.{:02}.{}", 1 + at / 400, 1 + at % 40, 2001 + at / 40 % 10);
            (format!("desa {at}"), region)
        })
        .collect();
    let names: Vec<(&'static str, &str)> =
        names.iter().map(|(name, region)| (&*Box::leak(name.clone().into_boxed_str()), region.as_str())).collect();
    let mut case = Case::of("kemnaker");
    case.world = World::with_villages_of("jateng", &names);
    for (name, region) in &names {
        let journal = case.world.journal(name, &format!("participation/{region}"), 1);
        case.receipts.push(case.world.receipt(&journal, &("wonosobo", 3)));
        case.held.push((journal, point(5)));
        case.beacons.push(case.world.beacon(name, 1, NOW, &[(figure::ONLY_HERE, 0)]));
    }
    case.look();
    #[expect(clippy::disallowed_methods, reason = "how long it takes is what is measured")]
    let began = std::time::Instant::now();
    let health = case.look();
    #[expect(clippy::disallowed_methods, reason = "how long it takes is what is measured")]
    let took = began.elapsed();
    assert!(health.offices.len() > 4000);
    assert!(took < std::time::Duration::from_secs(3), "{took:?}");
    eprintln!("one look over {} offices took {took:?}", health.offices.len());
}
