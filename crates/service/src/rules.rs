//! The rules of the programme as they hold now: by its sources, and by what was set otherwise in the records.

use identity::Region;
use records::{RecordKind, Rules, Settings};
use views::{Reader, ViewsError};

use crate::{
    Service,
    panel::{Panel, PanelRow, both, same},
    problem::{Code, Problem},
};

/// The rules by what is read here.
pub(crate) fn rules_in(views: &Reader) -> Result<Rules, ViewsError> {
    let settings: Vec<Settings> = views.all::<Box<Settings>>(None)?.into_iter().map(|one| *one).collect();
    Ok(Rules::set_by(&settings))
}

impl Service {
    pub(crate) async fn rules(&self) -> Result<Rules, Problem> {
        self.reading().look(rules_in).await
    }

    /// Whether this office sets the figures of the programme: an office of the whole country.
    pub(crate) fn sets_figures(&self) -> bool {
        self.office().region == Region::national().as_str()
    }

    /// Refuses what would set nothing: a document of one region, or a second one beside the first.
    pub(crate) async fn only_one_sets(&self) -> Result<(), Problem> {
        if !self.sets_figures() {
            return Err(Problem::said(
                Code::NoRight,
                None,
                "angka program ditetapkan kementerian: usulkan lewat agenda",
                "the ministries set the figures of the programme: propose it in an agenda",
            ));
        }
        let there = self.reading().look(|views| Ok(!views.records(RecordKind::Settings, None)?.is_empty())).await?;
        if there {
            return Err(Problem::said(
                Code::Conflict,
                None,
                "angka program sudah ada: ubah yang itu",
                "the figures of the programme are there already: change those",
            ));
        }
        Ok(())
    }

    /// What holds now, beside where it is written.
    pub(crate) async fn figures_panel(&self, settings: &Settings) -> Result<Vec<Panel>, Problem> {
        let rules = self.rules().await?;
        let columns = [both("Angka", "Figure"), both("Yang berlaku", "What holds"), both("Sumber", "Source")];
        let mut panel = Panel::new(both("Angka yang berlaku", "Figures that hold"), columns);
        for figure in rules.listed() {
            let [id, en] = figure.shown;
            panel.rows.push(PanelRow::new(figure.label.into(), [both(id, en), same(&figure.source)]));
        }
        if !settings.texts.get(records::ITEMS).is_none_or(|text| text.trim().is_empty()) {
            panel.lines.push(match settings.instrument() {
                Ok(made) => both(
                    format!("Instrumen kuadran: {} pertanyaan.", made.items.len()),
                    format!("The quadrant instrument has {} questions.", made.items.len()),
                ),
                Err(error) => both(
                    format!("Instrumen kuadran belum dapat dipakai: {}.", error.text(records::Lang::Id)),
                    format!("The quadrant instrument cannot be used yet: {}.", error.text(records::Lang::En)),
                ),
            });
        }
        for key in [records::CARD_PAPERS, records::CANDIDATE_PAPERS] {
            let text = settings.texts.get(key).map(String::as_str).unwrap_or_default();
            if let Err(error) = records::Document::listed(text, &[]) {
                panel.lines.push(both(
                    format!("Daftar berkas belum dapat dipakai: {}.", error.text(records::Lang::Id)),
                    format!("The list of papers cannot be used yet: {}.", error.text(records::Lang::En)),
                ));
            }
        }
        Ok(vec![panel])
    }
}
