//! Money and groups as tables.

use identity::EntryHash;

use super::*;
use crate::{
    Content, Date, FactDraft, FieldType, Figures, RecordKind, Sheet,
    fixtures::{Doc, KURIPAN, WONOSOBO, at, date, person},
    group::*,
    programme::ProgrammeRecord,
};

fn day(typed: &str) -> Date {
    date(typed).span().first
}

fn book(doc: &Doc) -> Ledger {
    let ProgrammeRecord::Ledger(found) = doc.programme() else { panic!() };
    found
}

fn group_doc() -> identity::Coordinate {
    at(identity::Class::Participation, KURIPAN, 1)
}

fn ledger() -> Doc {
    Doc::new(RecordKind::Ledger, 5).field("group", &group_doc().to_string()).field("year", "2017")
}

fn line(kind: EntryKind, amount: i64, on: &str) -> LedgerEntry {
    let person = matches!(kind, EntryKind::Savings | EntryKind::SavingsBack | EntryKind::Share).then(|| person(1));
    let loan = matches!(kind, EntryKind::PaidOut | EntryKind::Instalment).then(loan_doc);
    LedgerEntry { kind, amount: Rupiah(amount), date: date(on), receipt: None, person, loan, run: None }
}

fn entry(kind: EntryKind, amount: i64, on: &str) -> FactDraft {
    line(kind, amount, on).draft().unwrap()
}

fn reversal(number: u8) -> FactDraft {
    Reversal { of: EntryHash([number; 32]), date: date("2017"), why: None }.draft().unwrap()
}

#[test]
fn an_amount_is_read_as_it_is_typed_and_grouped_as_it_is_written() {
    for (typed, read) in [
        ("8000000", Some(8_000_000)),
        ("8.000.000", Some(8_000_000)),
        ("Rp 8.000.000,00", Some(8_000_000)),
        ("Rp. 500", Some(500)),
        ("0", Some(0)),
        ("8.5", None),
        ("8,000,000", None),
        ("1234.567", None),
        ("-5", None),
        ("", None),
        ("9999999999999999", None),
    ] {
        assert_eq!(Rupiah::from_input(typed).map(|amount| amount.0), read, "{typed:?}");
    }
    for (amount, written) in [(0, "Rp 0"), (950, "Rp 950"), (8_000_000, "Rp 8.000.000"), (-1500, "Rp -1.500")] {
        assert_eq!(Rupiah(amount).to_string(), written);
    }
}

#[test]
fn a_village_grants_to_each_group_once_a_year() {
    let granted = |days: &[&str]| {
        let mut doc = ledger();
        for (number, day) in (1..).zip(days) {
            doc = doc.fact(KURIPAN, number, entry(EntryKind::VillageGrant, 2_000_000, day));
        }
        book(&doc)
    };
    let table: [(&[&str], i64, usize, &[&str]); 4] = [
        (&[], 0, 0, &[]),
        (&["10-01-2017"], 2_000_000, 1, &[]),
        (&["10-01-2017", "10-01-2018"], 2_000_000, 1, &[]),
        (&["10-01-2017", "01-03-2017"], 4_000_000, 1, &["01-03-2017"]),
    ];
    for (days, total, groups, again) in table {
        let found = village_grants(&[&granted(days)], 2017);
        let again = again.iter().map(|on| day(on)).collect();
        assert_eq!(found, VillageGrants { total: Rupiah(total), groups, again }, "{days:?}");
    }
}

#[test]
fn a_balance_is_what_the_lines_say_and_a_reversal_takes_one_out() {
    let doc = ledger()
        .field("opening", "100.000")
        .fact(KURIPAN, 1, entry(EntryKind::VillageGrant, 2_000_000, "10-01-2017"))
        .fact(KURIPAN, 2, entry(EntryKind::Cost, 350_000, "11-01-2017"))
        .fact(KURIPAN, 3, entry(EntryKind::Cost, 350_000, "01-03-2017"));
    assert_eq!(book(&doc).balance(), Some(Rupiah(1_400_000)));
    assert_eq!(book(&doc).balance_on(day("31-01-2017")), Some(Rupiah(1_750_000)));
    let doc = doc.fact(KURIPAN, 4, reversal(3)).fact(KURIPAN, 5, reversal(3));
    assert_eq!(book(&doc).balance(), Some(Rupiah(1_750_000)), "reversed twice is reversed once");
    assert_eq!(book(&doc).totals()[&EntryKind::Cost], Rupiah(350_000));
    assert!(has_capital(&[&book(&doc)]) && !has_capital(&[&book(&ledger())]));
    let two = doc.field_by(WONOSOBO, "opening", "200000");
    assert_eq!(book(&two).balance(), None, "nobody picks between two opening balances");
    let by_regency = ledger().fact(WONOSOBO, 1, entry(EntryKind::Sale, 5, "10-01-2017"));
    assert_eq!(by_regency.notices(), ["may_not_say entry"]);
}

#[test]
fn a_line_that_cannot_be_is_refused_and_says_what_to_do() {
    let good = || line(EntryKind::Savings, 1000, "10-01-2017");
    for (bad, what) in [
        (LedgerEntry { amount: Rupiah(0), ..good() }, "amount"),
        (LedgerEntry { amount: Rupiah(-5), ..good() }, "amount"),
        (LedgerEntry { amount: Rupiah(i64::MAX), ..good() }, "amount"),
        (LedgerEntry { date: date("01-2017"), ..good() }, "day"),
        (LedgerEntry { person: None, ..good() }, "member"),
        (LedgerEntry { loan: Some(group_doc()), ..good() }, "loan"),
        (LedgerEntry { loan: None, ..line(EntryKind::Instalment, 5, "10-01-2017") }, "loan"),
    ] {
        assert!(bad.draft().unwrap_err().to_string().contains(what), "{bad:?}");
    }
    assert!(good().draft().is_ok());
}

#[test]
fn a_receipt_typed_by_two_officers_is_flagged_and_never_merged() {
    let with = |receipt: Option<&str>, amount, on| LedgerEntry {
        receipt: receipt.map(str::to_owned),
        ..line(EntryKind::Savings, amount, on)
    };
    for (one, other, flagged) in [
        (with(Some("17"), 1000, "10-01-2017"), with(Some("17"), 2000, "11-01-2017"), Some(true)),
        (with(None, 1000, "10-01-2017"), with(None, 1000, "10-01-2017"), Some(false)),
        (with(Some("17"), 1000, "10-01-2017"), with(None, 1000, "10-01-2017"), Some(false)),
        (with(Some("17"), 1000, "10-01-2017"), with(Some("18"), 1000, "10-01-2017"), None),
        (with(None, 1000, "10-01-2017"), with(None, 1000, "11-01-2017"), None),
    ] {
        let doc = ledger().fact(KURIPAN, 1, one.draft().unwrap()).fact(KURIPAN, 2, other.draft().unwrap());
        let found = book(&doc).possible_doubles();
        assert_eq!(found.first().map(|pair| pair.same_receipt), flagged, "{one:?} {other:?}");
        assert_eq!(book(&doc).balance(), Some(Rupiah(one.amount.0 + other.amount.0)));
        assert_eq!(book(&doc.fact(KURIPAN, 3, reversal(2))).possible_doubles(), []);
    }
}

#[test]
fn a_closed_period_stands_and_late_lines_are_shown() {
    let doc = ledger().fact(KURIPAN, 1, entry(EntryKind::Sale, 500, "10-01-2017")).fact(
        KURIPAN,
        2,
        entry(EntryKind::Sale, 700, "10-02-2017"),
    );
    let closing = book(&doc).close(day("31-01-2017")).unwrap();
    assert_eq!((closing.balance, closing.lines), (Rupiah(500), 1));
    let doc = doc.fact(KURIPAN, 3, closing.draft().unwrap()).saw(&[1, 2]);
    assert!(book(&doc).close(day("15-01-2017")).is_err());
    let late = doc.fact(KURIPAN, 4, entry(EntryKind::Sale, 50, "20-01-2017"));
    let found = book(&late);
    let closing = &found.events.closings[0];
    assert!(found.is_sound(closing), "what came later does not change what was closed");
    assert_eq!(found.late(closing).iter().map(|said| said.hash.0[0]).collect::<Vec<_>>(), [4]);
    let mut forged = late.clone();
    forged.0.facts[2].saw.pop();
    forged.0.facts[2].saw.pop();
    let found = book(&forged);
    assert!(!found.is_sound(&found.events.closings[0]), "a closing over lines that its author had not seen");
}

fn loan_doc() -> identity::Coordinate {
    at(identity::Class::Money, KURIPAN, 9)
}

fn loan(doc: &Doc) -> Loan {
    let ProgrammeRecord::Loan(found) = doc.programme() else { panic!() };
    found
}

fn loan_of(principal: &str) -> Doc {
    Doc::new(RecordKind::Loan, 9)
        .field("group", &group_doc().to_string())
        .field("principal", principal)
        .field("applied", "01-01-2017")
}

#[test]
fn a_loan_is_paid_back_in_three_months_and_arrears_count_from_the_first_missing_rupiah() {
    let figures = Figures::desmigratif();
    let held = loan(&loan_of("1.000.000"));
    let arrears = |amount, since: &str| LoanState::Arrears { amount: Rupiah(amount), since: day(since) };
    for (paid, on, state) in [
        (&[][..], "28-02-2017", LoanState::Running),
        (&[], "01-03-2017", arrears(333_333, "28-02-2017")),
        (&[], "01-05-2017", arrears(1_000_000, "28-02-2017")),
        (&[(333_333, "28-02-2017")], "31-03-2017", LoanState::Running),
        (&[(300_000, "28-02-2017")], "01-03-2017", arrears(33_333, "28-02-2017")),
        (&[(333_333, "28-02-2017")], "01-04-2017", arrears(333_333, "31-03-2017")),
        (&[(1_000_000, "15-02-2017")], "16-02-2017", LoanState::Repaid),
        (&[(333_333, "28-02-2017"), (666_667, "30-04-2017")], "30-04-2017", LoanState::Repaid),
    ] {
        let mut doc = ledger().fact(KURIPAN, 1, entry(EntryKind::PaidOut, 1_000_000, "31-01-2017"));
        for (number, (amount, when)) in (2..).zip(paid) {
            doc = doc.fact(KURIPAN, number, entry(EntryKind::Instalment, *amount, when));
        }
        let ledger = book(&doc);
        let account = LoanAccount::new(&held, &[&ledger], &figures);
        assert_eq!(account.state(day(on)), state, "{paid:?} on {on}");
        let schedule: Vec<_> = account.schedule().iter().map(|i| format!("{} {}", i.due, i.amount.0)).collect();
        assert_eq!(schedule, ["2017-02-28 333333", "2017-03-31 333333", "2017-04-30 333334"]);
    }
}

#[test]
fn only_the_treasurers_office_approves_a_loan() {
    let figures = Figures::desmigratif();
    let approval = |principal| Approval { date: date("2017"), principal: Rupiah(principal), cash_seen: Rupiah(5) };
    let refused = LoanRefused { date: date("2017"), why: None }.draft().unwrap();
    let own = identity::OfficeId([KURIPAN; 16]).to_string();
    let other = identity::OfficeId([7; 16]).to_string();
    for (treasurer, facts, state, ignored) in [
        (None, vec![], LoanState::Applied, 0),
        (None, vec![approval(500).draft().unwrap()], LoanState::Approved, 0),
        (Some(&own), vec![approval(500).draft().unwrap()], LoanState::Approved, 0),
        (Some(&other), vec![approval(500).draft().unwrap()], LoanState::Applied, 1),
        (None, vec![approval(400).draft().unwrap()], LoanState::Contested, 0),
        (None, vec![refused.clone()], LoanState::Refused, 0),
        (None, vec![approval(500).draft().unwrap(), refused], LoanState::Contested, 0),
    ] {
        let mut doc = loan_of("500");
        for (number, fact) in (1..).zip(facts) {
            doc = doc.fact(KURIPAN, number, fact);
        }
        let held = loan(&doc);
        let ledger = treasurer.map_or_else(ledger, |treasurer| ledger().field("treasurer", treasurer));
        let ledger = book(&ledger);
        let account = LoanAccount::new(&held, &[&ledger], &figures);
        assert_eq!(account.state(day("01-02-2017")), state);
        assert_eq!(account.not_by_treasurer().len(), ignored);
        assert!(account.exceeds(Rupiah(499)) && !account.exceeds(Rupiah(500)));
    }
}

fn run(seq: u64, on: &str, people: &[u8]) -> ProductionRun {
    let mut doc = Doc::new(RecordKind::Run, seq)
        .field("group", &group_doc().to_string())
        .field("date", on)
        .field("product", "dodol");
    for (number, who) in (1..).zip(people) {
        doc = doc.fact(KURIPAN, number, TookPart { person: person(*who) }.draft().unwrap());
    }
    let ProgrammeRecord::Run(found) = doc.programme() else { panic!() };
    found
}

#[test]
fn profit_is_split_equally_among_those_who_took_part() {
    let ledger = book(
        &ledger()
            .fact(KURIPAN, 1, entry(EntryKind::Sale, 1_000, "10-01-2017"))
            .fact(KURIPAN, 2, entry(EntryKind::Cost, 300, "11-01-2017"))
            .fact(KURIPAN, 3, entry(EntryKind::Savings, 9_000, "11-01-2017"))
            .fact(KURIPAN, 4, entry(EntryKind::Sale, 9_000, "10-07-2017")),
    );
    let runs = [run(1, "05-01-2017", &[1, 2]), run(2, "20-01-2017", &[2, 3, 3]), run(3, "2017", &[9])];
    let runs: Vec<&ProductionRun> = runs.iter().collect();
    let statement = propose_share(day("01-01-2017"), day("30-06-2017"), &runs, &[&ledger]).unwrap();
    let lines: Vec<_> = statement.lines.iter().map(|l| (l.person.0[0], l.runs, l.amount.0)).collect();
    assert_eq!(lines, [(1, 1, 233), (2, 2, 233), (3, 1, 233)]);
    assert_eq!((statement.profit, statement.rest, statement.runs), (Rupiah(700), Rupiah(1), 2));
    assert!(statement.draft().is_ok());
    let forged = ShareStatement { rest: Rupiah(2), ..statement };
    assert!(forged.draft().is_err());
    assert!(propose_share(day("01-01-2018"), day("30-06-2018"), &runs, &[&ledger]).is_err());
}

#[test]
fn members_agree_to_exactly_one_statement() {
    let lines = [1, 2].map(|who| ShareLine { person: person(who), runs: 4, amount: Rupiah(50) }).to_vec();
    let statement = ShareStatement {
        from: date("01-01-2017"),
        until: date("30-06-2017"),
        runs: 4,
        profit: Rupiah(100),
        lines,
        rest: Rupiah(0),
    };
    let word = |of: u8, who, agrees| {
        let of = EntryHash([of; 32]);
        ShareApproval { of, person: person(who), agrees, date: date("2017") }.draft().unwrap()
    };
    let base = || {
        Doc::new(RecordKind::ShareProposal, 1).field("group", &group_doc().to_string()).fact(
            KURIPAN,
            1,
            statement.draft().unwrap(),
        )
    };
    for (words, state) in [
        (vec![], ShareState::Waiting(vec![person(1), person(2)])),
        (vec![word(1, 1, true)], ShareState::Waiting(vec![person(2)])),
        (vec![word(1, 1, true), word(1, 2, true)], ShareState::Agreed),
        (vec![word(1, 1, true), word(1, 2, false)], ShareState::Rejected(vec![person(2)])),
        // Yes and no side by side is neither.
        (vec![word(1, 1, true), word(1, 2, true), word(1, 2, false)], ShareState::Waiting(vec![person(2)])),
        // Agreeing to another statement means nothing for this one.
        (vec![word(1, 1, true), word(7, 2, true)], ShareState::Waiting(vec![person(2)])),
        (vec![word(1, 1, true), statement.draft().unwrap()], ShareState::Different),
    ] {
        let mut doc = base();
        for (number, fact) in (2..).zip(words) {
            doc = doc.fact(KURIPAN, number, fact);
        }
        let ProgrammeRecord::ShareProposal(found) = doc.programme() else { panic!() };
        assert_eq!(found.state(), state);
    }
}

#[test]
fn salak_is_shared_after_four_runs_and_the_others_before_lebaran() {
    use ShareTiming::{Before, DoneFor, LebaranUnknown, Now, RunsMissing};
    let figures = Figures::desmigratif();
    for (line, runs, last, on, expected) in [
        (Some("Salak"), 3, None, "01-05-2017", RunsMissing(1)),
        (Some("salak"), 4, None, "01-05-2017", Now),
        (Some("batik"), 9, None, "01-05-2017", Before(day("25-06-2017"))),
        (None, 0, Some("20-06-2017"), "24-06-2017", DoneFor(day("25-06-2017"))),
        (Some("batik"), 9, Some("20-06-2017"), "26-06-2017", Before(day("15-06-2018"))),
        (Some("batik"), 9, Some("01-07-2017"), "26-08-2017", DoneFor(day("15-06-2018"))),
        (Some("batik"), 9, None, "01-01-1990", LebaranUnknown(1990)),
    ] {
        let found = share_timing(line, runs, last.map(day), day(on), &figures);
        assert_eq!(found, expected, "{line:?} {on}");
    }
}

fn team(doc: &Doc) -> Group {
    let ProgrammeRecord::Group(found) = doc.programme() else { panic!() };
    found
}

#[test]
fn a_leaving_ends_the_joinings_that_it_had_seen() {
    let joined = |who| Joined { person: person(who), date: date("2017") }.draft().unwrap();
    let left = |who| LeftGroup { person: person(who), date: date("2018") }.draft().unwrap();
    let group = || Doc::new(RecordKind::Group, 1).field("name", "Salak").person("leader", 2);
    let members = |doc: &Doc| team(doc).members().iter().map(|m| (m.person.0[0], m.leads)).collect::<Vec<_>>();
    let two = group().fact(KURIPAN, 1, joined(1)).fact(KURIPAN, 2, joined(2)).fact(WONOSOBO, 3, joined(2));
    assert_eq!(members(&two), [(1, false), (2, true)]);
    assert_eq!(members(&two.clone().fact(KURIPAN, 4, left(1)).saw(&[1])), [(2, true)]);
    assert_eq!(members(&two.clone().fact(KURIPAN, 4, left(1)).saw(&[2])).len(), 2, "it had not seen that joining");
    let back = two.fact(KURIPAN, 4, left(1)).saw(&[1]).fact(KURIPAN, 5, joined(1)).saw(&[4]);
    assert_eq!(members(&back).len(), 2);
}

#[test]
fn a_group_goes_from_formed_to_cooperative() {
    let permit = |step| {
        let number = None;
        Permit { kind: PermitKind::Pirt, product: None, step, number, date: date("2018") }.draft().unwrap()
    };
    let group = || Doc::new(RecordKind::Group, 1).field("name", "Salak");
    let applied = group().fact(KURIPAN, 1, permit(PermitStep::Applied));
    let granted = applied.clone().fact(KURIPAN, 2, permit(PermitStep::Granted)).saw(&[1]);
    let contested = applied.clone().fact(KURIPAN, 2, permit(PermitStep::Granted));
    let expired = granted.clone().fact(KURIPAN, 3, permit(PermitStep::Expired)).saw(&[2]);
    let cooperative = granted.clone().field("cooperative", "2019");
    for (doc, capital, runs, stage) in [
        (group(), false, 0, GroupStage::Formed),
        (group(), true, 0, GroupStage::Funded),
        (applied, true, 3, GroupStage::Producing),
        (granted, true, 3, GroupStage::Permitted),
        (contested, true, 3, GroupStage::Producing),
        (expired, true, 3, GroupStage::Producing),
        (cooperative, true, 3, GroupStage::Cooperative),
    ] {
        assert_eq!(team(&doc).stage(capital, runs), stage);
    }
    let product = |name: &str| Product { name: name.into() }.draft().unwrap();
    let dropped = Dropped { name: "kopi".into() }.draft().unwrap();
    let doc = group().fact(KURIPAN, 1, product("dodol")).fact(KURIPAN, 2, product("kopi"));
    let doc = doc.fact(KURIPAN, 3, dropped).saw(&[1, 2]);
    let Sheet { events, .. } = team(&doc);
    assert_eq!(events.products.iter().map(|said| said.what.name.as_str()).collect::<Vec<_>>(), ["dodol"]);
}
