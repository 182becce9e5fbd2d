//! Lists of participants: filtered, ordered by name, a page at a time.

use identity::{Coordinate, Region};
use records::{Course, Date, FieldType, Outcome, PartialDate, PersonId};
use rusqlite::types::Value;

use crate::{
    Reader, ViewsError,
    apply::DIFFERENT,
    read::{Name, PLACE, PLACED, place},
};

/// Which participants a list shows. What is not set does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of this region.
    pub region: Option<Region>,
    /// Those whose name has words that begin like these words, or whose register number begins so.
    pub text: Option<String>,
    /// Those of this person.
    pub person: Option<PersonId>,
    /// Those of this programme.
    pub programme: Option<String>,
    /// Those of this production group.
    pub group: Option<String>,
    /// Those whose decision says so.
    pub decided: Option<Decided>,
    /// Those who left (`true`), or those who did not.
    pub left: Option<bool>,
    /// Those who are so far since they were accepted.
    pub course: Option<Course>,
    /// The day that it is: who has not begun by now is [`Course::NotBegun`]. Without it nobody is.
    pub today: Option<Date>,
    /// Those of whom something has to be chosen, in the participation or the identity.
    pub contested: bool,
}

/// How a decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// Nothing is decided.
    Undecided,
    /// This was decided.
    As(Outcome),
    /// Two decisions differ.
    Different,
}

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many come before, counted from where the part begins.
    pub offset: usize,
    /// How many at most.
    pub limit: usize,
    /// Begin behind this row, given by [`ParticipantRow::row`]: what is added or taken before it moves nothing. A row that
    /// is gone begins at the start.
    pub after: Option<i64>,
}

impl Page {
    /// Everything.
    pub const ALL: Self = Self { offset: 0, limit: usize::MAX, after: None };

    pub(crate) fn sql_limit(self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }

    pub(crate) fn sql_offset(self) -> i64 {
        i64::try_from(self.offset).unwrap_or(i64::MAX)
    }

    /// The first ones.
    pub fn first(limit: usize) -> Self {
        Self { offset: 0, limit, after: None }
    }
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantRow {
    /// The row's number in this file, for [`Page::after`]; another after a rebuild.
    pub row: i64,
    /// The participation.
    pub doc: Coordinate,
    /// Who takes part.
    pub person: Option<PersonId>,
    /// The village.
    pub village: Region,
    /// The name, or why there is none.
    pub name: Name,
    /// The hamlet: it tells people of one name apart.
    pub dusun: Option<String>,
    /// The neighbourhood.
    pub rt: Option<String>,
    /// Date of birth, as far as known.
    pub birth: Option<PartialDate>,
    /// The programme.
    pub programme: Option<String>,
    /// The register number.
    pub register: Option<String>,
    /// The production group.
    pub group: Option<String>,
    /// The number in the group's list.
    pub group_number: Option<u32>,
    /// How far they are, as [`records::Stage::code`] gives it.
    pub stage: String,
    /// How the decision stands.
    pub decided: Decided,
    /// Its number.
    pub decision_number: Option<String>,
    /// Its date.
    pub decision_date: Option<PartialDate>,
    /// How many fields have several values, in the participation and the identity.
    pub contested: u32,
    /// How many items do not count there.
    pub notices: u32,
}

impl ParticipantRow {
    /// The name with what tells people of one name apart; none where there is no name.
    pub fn called(&self) -> Option<String> {
        let name = self.name.known()?;
        let group = self.group.as_deref();
        Some(told_apart(name, self.dusun.as_deref(), self.rt.as_deref(), self.birth, group))
    }
}

/// A name, and behind it hamlet, neighbourhood, year of birth and group, as far as they are known.
pub(crate) fn told_apart(
    name: &str,
    dusun: Option<&str>,
    rt: Option<&str>,
    birth: Option<PartialDate>,
    group: Option<&str>,
) -> String {
    let year = birth.and_then(PartialDate::year).map(|year| year.to_string());
    let rt = rt.map(|rt| format!("RT {rt}"));
    let beside: Vec<&str> = [dusun, rt.as_deref(), year.as_deref(), group].into_iter().flatten().collect();
    if beside.is_empty() { name.to_owned() } else { format!("{name} ({})", beside.join(", ")) }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// How many there are in all.
    pub total: u64,
    /// Those of this page: by name, those without one last, then by register number.
    pub rows: Vec<ParticipantRow>,
}

/// Behind a row in the order of the list, or anywhere if that row is gone. What is missing comes first within a name, and
/// NULL in a comparison would drop the row.
const BEHIND: &str = "AND coalesce((p.shown_name IS NULL, ifnull(p.shown_name, ''), ifnull(p.register, ''), p.document) > \
    (SELECT k.shown_name IS NULL, ifnull(k.shown_name, ''), ifnull(k.register, ''), k.document \
     FROM participation k WHERE k.document = ?), 1) ";

/// One of several numbers, which are given as a list in JSON.
const FOUND: &str = "p.document IN (SELECT value FROM json_each(?))";

/// How far somebody of `participation p` is, given [`day_of`].
fn stage() -> String {
    format!("CASE WHEN p.not_begun_after < ? THEN '{}' ELSE p.stage END", Course::NotBegun.code())
}

/// The day that it is, as [`stage`] takes it; nothing lies before an empty text.
fn day_of(filter: &Filter) -> Value {
    filter.today.map(|day| day.to_string()).unwrap_or_default().into()
}

impl Filter {
    /// Whether names are searched.
    fn has_text(&self) -> bool {
        self.text.as_deref().is_some_and(|text| !text.trim().is_empty())
    }
}

impl Reader {
    /// Lists participants.
    pub fn list(&self, filter: &Filter, page: Page) -> Result<Listed, ViewsError> {
        let (mut condition, mut values) = condition(filter);
        let total = if filter.has_text() {
            // What a search finds is looked up once: for the count, and for the page out of it.
            let found = self.documents(&condition, &values)?;
            (condition, values) = (FOUND.to_owned(), vec![Value::Text(format!("{found:?}"))]);
            found.len() as u64
        } else {
            let count = format!("SELECT count(*) FROM participation p WHERE {condition}");
            self.db.prepare_cached(&count)?.query_row(rusqlite::params_from_iter(&values), |row| row.get(0))?
        };
        let involved = "(SELECT p.document UNION ALL SELECT i.document FROM person i WHERE i.person = p.person)";
        let behind = page.after.map_or("", |_| BEHIND);
        let sql = format!(
            "SELECT {PLACE}, p.person, p.village, p.shown_name, p.programme, p.register, p.\"group\", p.group_number, \
             {}, p.decided, p.decision_number, p.decision_date, \
             (SELECT count(*) FROM conflict WHERE place = 0 AND document IN {involved}), \
             (SELECT count(*) FROM notice WHERE document IN {involved}), \
             p.document, i.dusun, i.rt, i.birth \
             FROM {PLACED} JOIN (SELECT p.* FROM participation p WHERE {condition} {behind}\
                   ORDER BY p.shown_name IS NULL, p.shown_name, p.register, p.document LIMIT ? OFFSET ?) p \
             ON d.id = p.document \
             LEFT JOIN person i ON i.document = (SELECT min(document) FROM person WHERE person = p.person) \
             ORDER BY p.shown_name IS NULL, p.shown_name, p.register, p.document",
            stage()
        );
        values.insert(0, day_of(filter));
        if let Some(after) = page.after {
            values.push(Value::Integer(after));
        }
        values.extend([Value::Integer(page.sql_limit()), Value::Integer(page.sql_offset())]);
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query(rusqlite::params_from_iter(values))?;
        let mut found = Vec::new();
        let text = |row: &rusqlite::Row<'_>, index| row.get::<_, Option<String>>(index);
        while let Some(row) = rows.next()? {
            let village: Region =
                row.get::<_, String>(5)?.parse().map_err(|_| ViewsError::Row { table: "participation" })?;
            let name = match text(row, 6)? {
                Some(name) => Name::Known(name),
                None => self.why_no_name(&village)?,
            };
            let decided = match text(row, 12)?.as_deref() {
                None => Decided::Undecided,
                Some(DIFFERENT) => Decided::Different,
                Some(code) => Decided::As(Outcome::from_text(code).ok_or(ViewsError::Row { table: "participation" })?),
            };
            found.push(ParticipantRow {
                doc: place(row)?,
                person: text(row, 4)?.as_deref().and_then(PersonId::from_text),
                village,
                name,
                programme: text(row, 7)?,
                register: text(row, 8)?,
                group: text(row, 9)?,
                group_number: text(row, 10)?.as_deref().and_then(u32::from_text),
                stage: row.get(11)?,
                decided,
                decision_number: text(row, 13)?,
                decision_date: text(row, 14)?.as_deref().and_then(PartialDate::from_iso),
                contested: row.get(15)?,
                notices: row.get(16)?,
                row: row.get(17)?,
                dusun: text(row, 18)?,
                rt: text(row, 19)?,
                birth: text(row, 20)?.as_deref().and_then(PartialDate::from_iso),
            });
        }
        Ok(Listed { total, rows: found })
    }
}

impl Reader {
    /// The participations of which a condition holds, by their numbers in this file.
    fn documents(&self, condition: &str, values: &[Value]) -> Result<Vec<i64>, ViewsError> {
        let sql = format!("SELECT p.document FROM participation p WHERE {condition}");
        let mut select = self.db.prepare_cached(&sql)?;
        let found = select.query_map(rusqlite::params_from_iter(values), |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The production groups and how many participations each has, by name.
    pub fn groups(&self) -> Result<Vec<(String, u64)>, ViewsError> {
        let mut select = self.db.prepare_cached(
            "SELECT \"group\", count(*) FROM participation WHERE \"group\" IS NOT NULL GROUP BY 1 ORDER BY 1",
        )?;
        let groups = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(groups.collect::<Result<_, _>>()?)
    }
}

/// The condition on `participation p` and its values, in order.
fn condition(filter: &Filter) -> (String, Vec<Value>) {
    let mut parts: Vec<&str> = vec!["1"];
    let mut values = Vec::new();
    let mut add = |part, new: Vec<Value>| {
        parts.push(part);
        values.extend(new);
    };
    match &filter.region {
        Some(region) if region.is_village() => add("p.village = ?", vec![region.to_string().into()]),
        Some(region) if region.level() > 0 => {
            // '/' is the character after '.'. The plus keeps the order by name in its index: a region is most of a list.
            add("+p.village >= ? AND +p.village < ?", vec![format!("{region}.").into(), format!("{region}/").into()]);
        }
        Some(_) | None => {}
    }
    if let Some(text) = filter.text.as_deref().filter(|_| filter.has_text()) {
        let register = text.trim().to_uppercase();
        let beyond = format!("{register}\u{10ffff}");
        match words_query(text) {
            Some(query) => add(
                "(p.person IN (SELECT person FROM person WHERE document IN \
                 (SELECT rowid FROM name_search WHERE name_search MATCH ?)) OR (p.register >= ? AND p.register < ?))",
                vec![query.into(), register.into(), beyond.into()],
            ),
            None => add("0", Vec::new()),
        }
    }
    if let Some(person) = &filter.person {
        add("p.person = ?", vec![person.to_string().into()]);
    }
    if let Some(programme) = &filter.programme {
        add("p.programme = ?", vec![programme.clone().into()]);
    }
    if let Some(group) = &filter.group {
        add("p.\"group\" = ?", vec![group.clone().into()]);
    }
    match filter.decided {
        Some(Decided::Undecided) => add("p.decided IS NULL", Vec::new()),
        Some(Decided::As(outcome)) => add("p.decided = ?", vec![outcome.code().to_owned().into()]),
        Some(Decided::Different) => add("p.decided = ?", vec![DIFFERENT.to_owned().into()]),
        None => {}
    }
    match filter.left {
        Some(true) => add("p.stage LIKE 'left:%'", Vec::new()),
        Some(false) => add("p.stage NOT LIKE 'left:%'", Vec::new()),
        None => {}
    }
    let stage = format!("{} = ?", stage());
    if let Some(course) = filter.course {
        add(&stage, vec![day_of(filter), course.code().to_owned().into()]);
    }
    if filter.contested {
        add(
            "(p.document IN (SELECT document FROM conflict) OR p.person IN \
             (SELECT i.person FROM conflict c JOIN person i ON i.document = c.document))",
            Vec::new(),
        );
    }
    (parts.join(" AND "), values)
}

/// The full-text question for words that names begin with; quoted, so that nothing typed is an operator.
fn words_query(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .map(|word| format!("\"{}\"*", word.chars().take(40).collect::<String>()))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}
