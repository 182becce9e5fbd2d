//! One participant in a list, as every list shows one.

use service::reply::FoundRow;

use crate::words::Words;

/// A participant, in words.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) href: String,
    /// Of the link: who stands on it stays there when the list is shown anew.
    pub(crate) id: String,
    /// The name, or the register number where this office may not see one.
    pub(crate) name: String,
    pub(crate) no_name: Option<String>,
    /// Dusun, RT and year of birth: they tell people of one name apart.
    pub(crate) beside: String,
    pub(crate) register: String,
    pub(crate) group: String,
    pub(crate) village: String,
    pub(crate) stage: String,
    pub(crate) contested: u32,
}

pub(crate) fn row(words: Words, found: &FoundRow) -> Row {
    let mut beside = Vec::new();
    beside.extend(found.dusun.clone());
    beside.extend(found.rt.as_ref().map(|rt| words.about("row-rt", "rt", rt.as_str())));
    beside.extend(found.birth_year.map(|year| words.about("row-born", "year", year.to_string())));
    let group = match (&found.group, found.number) {
        (Some(group), Some(number)) => format!("{group} {number}"),
        (Some(group), None) => group.clone(),
        (None, _) => String::new(),
    };
    let register = found.register.clone().unwrap_or_default();
    Row {
        href: format!("/peserta/{}", found.person),
        id: format!("p-{}", found.person),
        name: found
            .name
            .clone()
            .unwrap_or_else(|| if register.is_empty() { words.say("row-no-register") } else { register.clone() }),
        no_name: found.no_name.as_ref().map(|why| words.of_both(why).to_owned()),
        beside: beside.join(" · "),
        register,
        group,
        village: found.village_name.clone().unwrap_or_else(|| found.village.clone()),
        stage: words.stage(&found.stage),
        contested: found.contested,
    }
}
