//! What training is needed in a village: told by participants or found in an interview in depth, by what the place has, and
//! in the lists of each Bimtek; counted, so that a Bimtek is planned by it.

use std::collections::{BTreeMap, BTreeSet};

use identity::Region;
use records::{Bimtek, FieldType, Lang, Need, PersonId, Sector, VillageProfile};
use views::{Reader, ViewsError};

use crate::{
    Service,
    panel::{Panel, PanelRow, both, same, shown},
    problem::Problem,
};

/// One need with everybody who has it.
#[derive(Default)]
struct Counted {
    what: String,
    people: BTreeSet<PersonId>,
    by: BTreeSet<Need>,
}

impl Service {
    /// What is needed in a village; nothing where nobody noted anything.
    pub(crate) async fn needs_panel(&self, village: Option<&Region>) -> Result<Option<Panel>, Problem> {
        let Some(village) = village.cloned() else { return Ok(None) };
        let found = self.reading().look(move |views| needs(views, &village)).await?;
        Ok((!found.is_empty()).then(|| panel(&found)))
    }
}

fn needs(views: &Reader, village: &Region) -> Result<BTreeMap<(Sector, String), Counted>, ViewsError> {
    let mut found: BTreeMap<(Sector, String), Counted> = BTreeMap::new();
    let mut add = |sector: Sector, what: &str, by: Need, person: Option<PersonId>| {
        let counted = found.entry((sector, what.trim().to_lowercase())).or_default();
        if counted.what.is_empty() {
            what.trim().clone_into(&mut counted.what);
        }
        counted.people.extend(person);
        counted.by.insert(by);
    };
    for participation in views.needing_in(village)? {
        let person = participation.fields.person.one().copied();
        for said in &participation.events.needs {
            add(said.what.sector, &said.what.what, said.what.by, person);
        }
    }
    for bimtek in views.all::<Bimtek>(Some(village.clone()))? {
        for said in &bimtek.events.needs {
            add(said.what.sector, &said.what.what, said.what.by, said.what.person);
        }
    }
    for profile in views.all::<VillageProfile>(Some(village.clone()))? {
        for said in &profile.events.needs {
            add(said.what.sector, &said.what.what, said.what.by, None);
        }
    }
    Ok(found)
}

fn panel(needs: &BTreeMap<(Sector, String), Counted>) -> Panel {
    let columns =
        [both("Kebutuhan", "Need"), both("Bidang", "Sector"), both("Orang", "People"), both("Menurut", "According to")];
    let mut panel = Panel::new(both("Kebutuhan pelatihan di desa ini", "Training needed in this village"), columns);
    let people: BTreeSet<&PersonId> = needs.values().flat_map(|counted| &counted.people).collect();
    panel.lines.push(both(
        format!("{} kebutuhan, {} orang.", needs.len(), people.len()),
        format!("{} needs, {} people.", needs.len(), people.len()),
    ));
    let mut rows: Vec<_> = needs.iter().collect();
    rows.sort_by_key(|(key, counted)| (std::cmp::Reverse(counted.people.len()), *key));
    panel.rows = rows
        .into_iter()
        .map(|((sector, _), counted)| {
            let by = |lang: Lang| counted.by.iter().map(|by| by.shown(lang)).collect::<Vec<_>>().join(", ");
            let count = match counted.people.len() {
                0 => both("desa", "the place"),
                count => same(&count.to_string()),
            };
            PanelRow::new(same(&counted.what), [shown(sector), count, both(by(Lang::Id), by(Lang::En))])
        })
        .collect();
    panel
}
