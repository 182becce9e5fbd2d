//! What stands beside a cash book and a loan: what is in the box, and which instalments are paid, due or late.

use records::{
    ActionPlan, Figures, Ledger, Loan, LoanAccount, LoanState, PartialDate, Rupiah, VillageGrants, village_grants,
};

use crate::{
    Service,
    both::Both,
    panel::{Panel, PanelRow, both, shown},
    problem::Problem,
    sheet_write::today,
};

impl Service {
    /// How a loan stands today by the cash books of its group.
    pub(crate) async fn loan_panel(&self, loan: &Loan) -> Result<Panel, Problem> {
        let place = loan.place.clone();
        let mut ledgers: Vec<Ledger> = self.reading().look(move |views| views.all(place)).await?;
        ledgers.retain(|ledger| ledger.fields.group.one() == loan.fields.group.one());
        let rules = self.rules().await?;
        Ok(instalments(loan, &ledgers, &rules.figures))
    }
}

impl Service {
    /// What the village granted to its groups in the year of a plan, where the cash books are read.
    pub(crate) async fn grants_panel(&self, plan: &ActionPlan) -> Result<Option<Panel>, Problem> {
        let year = plan.fields.year.one().copied().and_then(PartialDate::year);
        let (Some(year), Some(village)) = (year, plan.place.clone()) else { return Ok(None) };
        let ledgers: Vec<Ledger> = self.reading().look(move |views| views.all(Some(village))).await?;
        if ledgers.is_empty() {
            return Ok(None);
        }
        Ok(Some(grants(&village_grants(&ledgers.iter().collect::<Vec<_>>(), year), year)))
    }
}

fn grants(found: &VillageGrants, year: i16) -> Panel {
    let mut panel = Panel::new(both("Bantuan desa", "The village's grant"), []);
    let (total, groups) = (shown(&found.total), found.groups);
    panel.lines.push(match groups {
        0 => both(
            format!("Tahun {year}: belum ada bantuan desa di buku kas kelompok."),
            format!("{year}: no grant of the village stands in the groups' cash books yet."),
        ),
        _ => both(
            format!("Tahun {year}: {} untuk {groups} kelompok.", total.id),
            format!("{year}: {} to {groups} groups.", total.en),
        ),
    });
    panel.lines.extend(found.again.iter().map(|day| {
        let day = day.strftime("%d-%m-%Y");
        both(
            format!("{day}: satu kelompok menerima lebih dari sekali, padahal setahun sekali."),
            format!("{day}: a group was given more than once, though it is once a year."),
        )
    }));
    panel
}

fn instalments(loan: &Loan, ledgers: &[Ledger], figures: &Figures) -> Panel {
    let ledgers: Vec<&Ledger> = ledgers.iter().collect();
    let (account, today) = (LoanAccount::new(loan, &ledgers, figures), today());
    let columns = [both("Tanggal", "Date"), both("Jumlah", "Amount"), both("Keadaan", "State")];
    let mut panel = Panel::new(both("Angsuran", "Instalments"), columns);
    let owed = shown(&account.owed(today));
    let still = both(format!("Sisa {}.", owed.id), format!("{} is still owed.", owed.en));
    panel.lines.extend(match account.state(today) {
        LoanState::Approved => vec![both(
            "Belum dicairkan. Catat pencairannya di buku kas kelompok.",
            "Not paid out yet. Note the payout in the group's cash book.",
        )],
        LoanState::Running => vec![still],
        LoanState::Arrears { amount, since } => {
            let (amount, day) = (shown(&amount), since.strftime("%d-%m-%Y"));
            vec![
                both(
                    format!("Menunggak {} sejak {day}.", amount.id),
                    format!("{} has been overdue since {day}.", amount.en),
                ),
                still,
            ]
        }
        LoanState::Repaid => vec![both("Lunas.", "Paid back.")],
        LoanState::Applied | LoanState::Contested | LoanState::Refused => Vec::new(),
    });
    let cash = ledgers.iter().filter_map(|ledger| ledger.balance()).max();
    let undecided = matches!(account.state(today), LoanState::Applied | LoanState::Approved);
    if let Some(cash) = cash.filter(|cash| undecided && account.exceeds(*cash)) {
        let cash = shown(&cash);
        panel.lines.push(both(
            format!("Lebih besar daripada kas kelompok: {}. Bendahara yang memutuskan.", cash.id),
            format!("More than the group has in cash: {}. The treasurer decides.", cash.en),
        ));
    }
    let others = account.not_by_treasurer().len();
    if others > 0 {
        panel.lines.push(both(
            format!("{others} persetujuan ditulis kantor yang tidak memegang kas kelompok, jadi tidak dihitung."),
            format!("{others} approvals are by an office that does not keep the group's money, and do not count."),
        ));
    }
    let (mut so_far, paid) = (Rupiah::default(), account.paid_back(today));
    for one in account.schedule() {
        so_far = [so_far, one.amount].into_iter().sum();
        let state = match (so_far <= paid, one.due < today) {
            (true, _) => both("sudah dibayar", "paid"),
            (false, true) => both("terlambat", "late"),
            (false, false) => both("belum jatuh tempo", "not due yet"),
        };
        let day = one.due.strftime("%d-%m-%Y").to_string();
        panel.rows.push(PanelRow::new(both(day.clone(), day), [shown(&one.amount), state]));
    }
    panel
}

/// What is in the cash box, and what came in and went out.
pub(crate) fn cash_panel(ledger: &Ledger) -> Panel {
    let mut panel = Panel::new(both("Kas", "Cash"), [both("Jenis", "Kind"), both("Jumlah", "Amount")]);
    panel.lines.push(match ledger.balance() {
        Some(balance) => {
            let balance: Both = shown(&balance);
            both(format!("Saldo {}.", balance.id), format!("The balance is {}.", balance.en))
        }
        None => {
            both("Saldo awalnya dua: pilih dahulu yang benar.", "There are two opening balances: choose one first.")
        }
    });
    let doubles = ledger.possible_doubles().len();
    if doubles > 0 {
        panel.lines.push(both(
            format!("{doubles} pasang baris mungkin satu bukti yang diketik dua kali: lihat, lalu balik yang satu."),
            format!("{doubles} pairs of lines may be one receipt typed twice: look, and reverse one."),
        ));
    }
    for closing in &ledger.events.closings {
        let (what, late) = (&closing.said.what, ledger.late(closing).len());
        let (until, balance) = (shown(&what.until), shown(&what.balance));
        panel.lines.push(match (ledger.is_sound(closing), late) {
            (false, _) => both(
                format!("Tutup buku sampai {}: angkanya tidak cocok dengan barisnya.", until.id),
                format!("Closed until {}: its figures do not fit its lines.", until.en),
            ),
            (true, 0) => both(
                format!("Tutup buku sampai {}: saldo {}.", until.id, balance.id),
                format!("Closed until {}: a balance of {}.", until.en, balance.en),
            ),
            (true, late) => both(
                format!(
                    "Tutup buku sampai {}: saldo {}; {late} baris masuk sesudahnya dan terhitung kemudian.",
                    until.id, balance.id
                ),
                format!(
                    "Closed until {}: a balance of {}; {late} lines came in afterwards and count later.",
                    until.en, balance.en
                ),
            ),
        });
    }
    panel.rows = ledger.totals().iter().map(|(kind, total)| PanelRow::new(shown(kind), [shown(total)])).collect();
    panel
}
