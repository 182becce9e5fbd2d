//! What stands beside a group: how far it is, who belongs to it, what it makes and with what, and the records about it.

use records::{Group, GroupStage, Ledger, PartialDate, PermitKind, ProductionRun, has_capital};
use views::sheet_id;

use crate::{
    Service,
    panel::{Panel, PanelRow, both, same, shown},
    problem::Problem,
    sheets::{line, title},
};

/// The most records of a kind that are named; the lists have them all.
const RECORDS_MAX: usize = 10;

impl Service {
    pub(crate) async fn group_panels(&self, group: &Group) -> Result<Vec<Panel>, Problem> {
        let (of, place) = (group.doc.clone(), group.place.clone());
        let (ledgers, runs, about) = self
            .reading()
            .look(move |views| {
                let (mut ledgers, mut runs): (Vec<Ledger>, Vec<ProductionRun>) =
                    (views.all(place.clone())?, views.all(place.clone())?);
                ledgers.retain(|one| one.fields.group.one() == Some(&of));
                runs.retain(|one| one.fields.group.one() == Some(&of));
                runs.sort_by_key(|run| std::cmp::Reverse(run.fields.date.one().map(|date| date.span().last)));
                let loans = views.all::<records::Loan>(place.clone())?.into_iter();
                let loans = loans.filter(|one| one.fields.group.one() == Some(&of)).map(|one| one.doc);
                let shares = views.all::<records::ShareProposal>(place)?.into_iter();
                let shares = shares.filter(|one| one.fields.group.one() == Some(&of)).map(|one| one.doc);
                let (newest, books) =
                    (runs.iter().map(|run| run.doc.clone()), ledgers.iter().map(|book| book.doc.clone()));
                let mut about = Vec::new();
                for doc in
                    newest.take(RECORDS_MAX).chain(books).chain(loans.take(RECORDS_MAX)).chain(shares.take(RECORDS_MAX))
                {
                    about.extend(views.sheet_row(&sheet_id(&doc))?);
                }
                Ok((ledgers, runs, about))
            })
            .await?;
        let mut panels = vec![how_far(group, &ledgers, &runs), self.members(group).await?];
        panels.extend(made_with(group));
        if !about.is_empty() {
            let columns =
                [both("Catatan", "Record"), both("Jenis", "Kind"), both("Keadaan", "State"), both("Tanggal", "Date")];
            let mut panel = Panel::new(both("Produksi, kas, dan pinjaman", "Production, cash and loans"), columns);
            for row in about {
                let (kind, doc) = (row.kind, row.doc.clone());
                let shown = line(row);
                let (state, day) = (shown.state.clone().unwrap_or_default(), shown.day.clone().unwrap_or_default());
                let cells = [shown.kind_label.clone(), state, day_text(&day)];
                panel.rows.push(PanelRow::new(title(&shown), cells).of_record(kind, &doc));
            }
            panels.push(panel);
        }
        panels.push(self.share_panel(group).await?);
        Ok(panels)
    }

    async fn members(&self, group: &Group) -> Result<Panel, Problem> {
        let members = group.members();
        let people = self.people(members.iter().map(|member| member.person)).await?;
        let columns = [both("Anggota", "Member"), both("Sejak", "Since"), both("Tugas", "Task")];
        let mut panel = Panel::new(both("Anggota", "Members"), columns);
        panel.lines.push(match members.len() {
            0 => both("Belum ada anggota yang dicatat.", "No member is noted yet."),
            count => both(format!("{count} anggota."), format!("{count} members.")),
        });
        if !members.is_empty() && !members.iter().any(|member| member.leads) {
            panel.lines.push(both("Ketuanya belum dicatat.", "Who leads it is not noted yet."));
        }
        for person in people.by_name() {
            let Some(member) = members.iter().find(|member| member.person == person) else { continue };
            let task = if member.leads { both("ketua", "leads") } else { both("anggota", "member") };
            let row = PanelRow::of(&people.called(&person), [shown(&member.since), task]);
            panel.rows.push(row.of_person(&person));
        }
        Ok(panel)
    }
}

fn day_text(iso: &str) -> crate::both::Both {
    PartialDate::from_iso(iso).map_or_else(|| same(iso), |day| shown(&day))
}

fn how_far(group: &Group, ledgers: &[Ledger], runs: &[ProductionRun]) -> Panel {
    let capital = has_capital(&ledgers.iter().collect::<Vec<_>>());
    let stage = shown(&group.stage(capital, runs.len()));
    let all = GroupStage::ALL.iter().map(shown);
    let (id, en): (Vec<String>, Vec<String>) = all.map(|both| (both.id, both.en)).unzip();
    let mut panel = Panel::new(both("Tahap kelompok", "How far the group is"), []);
    panel.lines.push(both(
        format!("{}. Urutannya: {}.", sentence(&stage.id), id.join(" → ")),
        format!("{}. In order: {}.", sentence(&stage.en), en.join(" → ")),
    ));
    panel.lines.push(match (capital, ledgers.is_empty()) {
        (true, _) => both("Buku kasnya mencatat modal.", "Its cash book shows capital."),
        (false, true) => both("Buku kasnya tidak ada di sini.", "Its cash book is not here."),
        (false, false) => both("Buku kasnya belum mencatat modal.", "Its cash book shows no capital yet."),
    });
    let last = runs.iter().find_map(|run| run.fields.date.one());
    panel.lines.push(match last.map(shown) {
        None => both("Belum ada produksi.", "No production yet."),
        Some(last) => both(
            format!("{} kali produksi, terakhir {}.", runs.len(), last.id),
            format!("Produced {} times, last on {}.", runs.len(), last.en),
        ),
    });
    panel
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Products, permits, equipment and ways to sell, as they stand.
fn made_with(group: &Group) -> Option<Panel> {
    let columns = [both("Hal", "What"), both("Jenis", "Kind"), both("Keterangan", "More")];
    let mut panel = Panel::new(both("Produk, izin, alat, pemasaran", "Products, permits, equipment, sales"), columns);
    let events = &group.events;
    panel.rows.extend(
        events
            .products
            .iter()
            .map(|said| PanelRow::new(same(&said.what.name), [both("produk", "product"), both("", "")])),
    );
    panel.rows.extend(events.permits.iter().map(|said| {
        let more = [said.what.product.clone(), said.what.number.clone()].into_iter().flatten();
        let more = same(&more.collect::<Vec<_>>().join(" · "));
        let step = shown(&said.what.step);
        let date = shown(&said.what.date);
        let more = both(
            [step.id.as_str(), date.id.as_str(), more.id.as_str()].join(" · ").trim_end_matches(" · "),
            [step.en.as_str(), date.en.as_str(), more.en.as_str()].join(" · ").trim_end_matches(" · "),
        );
        PanelRow::new(shown(&said.what.kind), [both("izin", "permit"), more])
    }));
    panel.rows.extend(events.equipment.iter().map(|said| {
        let (what, count, date) = (&said.what, said.what.count, shown(&said.what.date));
        let more = both(
            format!("{count}, dari {}, {}", what.from, date.id),
            format!("{count}, from {}, {}", what.from, date.en),
        );
        PanelRow::new(same(&what.what), [both("alat", "equipment"), more])
    }));
    panel.rows.extend(events.channels.iter().map(|said| {
        PanelRow::new(shown(&said.what.channel), [both("pemasaran", "way to sell"), shown(&said.what.date)])
    }));
    if panel.rows.is_empty() {
        return None;
    }
    let missing: Vec<PermitKind> = PermitKind::ALL.iter().copied().filter(|kind| !group.has_permit(*kind)).collect();
    if !events.products.is_empty() && !missing.is_empty() {
        let (id, en): (Vec<String>, Vec<String>) = missing.iter().map(shown).map(|both| (both.id, both.en)).unzip();
        panel.lines.push(both(
            format!("Izin yang belum ada: {}.", id.join(", ")),
            format!("Permits that are not there yet: {}.", en.join(", ")),
        ));
    }
    Some(panel)
}
