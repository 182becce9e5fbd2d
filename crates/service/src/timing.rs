//! When a group shares, and how long a mentoring has lasted, by the figures of the programme.

use records::{Date, Group, Mentoring, MentoringAge, PartialDate, Rules, ShareTiming, share_timing_of};

use crate::{
    Service,
    both::Both,
    panel::{Panel, both, shown},
    problem::Problem,
    rules::rules_in,
    sheet_write::today,
};

impl Service {
    /// When a group shares, by what it works with.
    pub(crate) async fn share_panel(&self, group: &Group) -> Result<Panel, Problem> {
        let group = group.clone();
        let (timing, since) = self
            .reading()
            .look(move |views| {
                let (shares, runs) = (views.all(group.place.clone())?, views.all(group.place.clone())?);
                let (shares, runs) = (shares.iter().collect::<Vec<_>>(), runs.iter().collect::<Vec<_>>());
                let figures = rules_in(views)?.figures;
                let (timing, since, _) = share_timing_of(&group, &shares, &runs, today(), &figures);
                Ok((timing, since))
            })
            .await?;
        let said = when_shared(timing, since);
        Ok(Panel { lines: vec![said], ..Panel::new(both("Bagi hasil", "Sharing the profit"), []) })
    }

    /// How long a mentoring has lasted, against what is usual; nothing once its participant is independent.
    pub(crate) async fn mentoring_panel(&self, mentoring: &Mentoring) -> Result<Option<Panel>, Problem> {
        let rules = self.rules().await?;
        let line = how_long(mentoring.age(today(), &rules.figures), &rules);
        let title = both("Lama pendampingan", "How long the mentoring has lasted");
        Ok(line.map(|line| Panel { lines: vec![line], ..Panel::new(title, []) }))
    }
}

fn when_shared(timing: ShareTiming, runs: u32) -> Both {
    let on = |day: Date| shown(&PartialDate::Day(day));
    match timing {
        ShareTiming::Now => both(
            format!("Sudah waktunya: {runs} produksi sejak bagi hasil terakhir."),
            format!("It is time: {runs} runs since the last share."),
        ),
        ShareTiming::RunsMissing(missing) => {
            both(format!("Sesudah {missing} produksi lagi."), format!("After {missing} more runs."))
        }
        ShareTiming::Before(day) => {
            let day = on(day);
            both(format!("Sebelum Lebaran, {}.", day.id), format!("Before Lebaran, {}.", day.en))
        }
        ShareTiming::DoneFor(day) => {
            let day = on(day);
            both(
                format!("Sudah dibagi; berikutnya sesudah Lebaran, {}.", day.id),
                format!("Shared already; the next one is after Lebaran, {}.", day.en),
            )
        }
        ShareTiming::LebaranUnknown(year) => both(
            format!("Hari Lebaran {year} belum ditetapkan: kementerian menulisnya di Angka program."),
            format!("The day of Lebaran {year} is not set: a ministry writes it in Figures of the programme."),
        ),
    }
}

fn how_long(age: MentoringAge, rules: &Rules) -> Option<Both> {
    let (min, max) = (rules.figures.mentoring_months_min.value, rules.figures.mentoring_months_max.value);
    Some(match age {
        MentoringAge::Independent => return None,
        MentoringAge::Unknown => {
            both("Hari mulainya belum cukup jelas untuk dihitung.", "When it began is not known well enough to count.")
        }
        MentoringAge::Early => both(
            format!("Belum {min} bulan; biasanya peserta mandiri dalam {min} sampai {max} bulan."),
            format!("Less than {min} months; participants are usually independent within {min} to {max}."),
        ),
        MentoringAge::Usual => both(
            format!("Sudah {min} bulan atau lebih: lihat apakah peserta sudah mandiri."),
            format!("{min} months or more: see whether the participant is independent."),
        ),
        MentoringAge::Beyond => both(
            format!("Sudah lebih dari {max} bulan: catat apa yang masih menghambat."),
            format!("More than {max} months: note what still stands in the way."),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_told_when_it_shares_and_why_it_cannot_be_told() {
        let day = "2027-03-10".parse().unwrap();
        for (timing, expected) in [
            (ShareTiming::Now, "It is time: 5 runs"),
            (ShareTiming::RunsMissing(2), "After 2 more runs."),
            (ShareTiming::Before(day), "Before Lebaran, "),
            (ShareTiming::DoneFor(day), "Shared already"),
            (ShareTiming::LebaranUnknown(2030), "The day of Lebaran 2030 is not set"),
        ] {
            let said = when_shared(timing, 5);
            assert!(said.en.starts_with(expected), "{said:?}");
            assert_ne!(said.id, said.en);
        }
    }

    #[test]
    fn a_mentoring_is_set_against_the_months_that_are_set() {
        let mut rules = Rules::desmigratif();
        rules.figures.mentoring_months_min.value = 9;
        let said = |age| how_long(age, &rules).map(|both| both.en);
        assert!(said(MentoringAge::Early).unwrap().contains("9 months"));
        assert!(said(MentoringAge::Unknown).is_some() && said(MentoringAge::Beyond).is_some());
        assert_eq!(said(MentoringAge::Independent), None);
    }
}
