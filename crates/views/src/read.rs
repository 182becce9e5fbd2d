//! Questions about one participant, one scope, or what somebody has to look at.

use std::collections::BTreeMap;

use identity::{Coordinate, Incarnation, JournalId, NodeKey, Region, ScopeName};
use records::{
    By, Candidate, Circumstances, Conflict, ConflictValue, FamilyCircle, FieldType, Fields, Held, Lang, Notice,
    NoticeState, Participation, ParticipationFields, Person, PersonFields, PersonId, RecordKind, StateSum, Tie,
    TieFields, Trip, TripFields,
};
use rusqlite::{OptionalExtension, Row, params};

use crate::{
    Reader, ViewsError, Watermark,
    apply::{HAS_CONFLICTS, sql_seq},
    list::Page,
    schema, words,
};

/// How somebody is called here, or why they are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// By this name.
    Known(String),
    /// This office does not read the identities of that village.
    NotReadHere,
    /// The identity has not arrived or was erased.
    NotHere,
}

impl Name {
    /// The name, if it is known.
    pub fn known(&self) -> Option<&str> {
        match self {
            Name::Known(name) => Some(name),
            Name::NotReadHere | Name::NotHere => None,
        }
    }

    /// The name, or why there is none.
    pub fn text(&self, lang: Lang) -> &str {
        match self {
            Name::Known(name) => name,
            Name::NotReadHere => words::NAME_NOT_READ.of(lang),
            Name::NotHere => words::NAME_NOT_HERE.of(lang),
        }
    }
}

/// Everything held about one participation.
#[derive(Debug, Clone, PartialEq)]
pub struct Participant {
    /// The name, or why there is none.
    pub name: Name,
    /// Who the person is, where that is held.
    pub person: Option<Person>,
    /// The participation, the journeys and the family: what the rules read.
    pub circumstances: Circumstances,
    /// Fields with several values, in the participation, the identity, the journeys and the ties.
    pub conflicts: Vec<HeldConflict>,
    /// What does not count there.
    pub notices: Vec<HeldNotice>,
}

/// A field with several values and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldConflict {
    /// The document.
    pub doc: Coordinate,
    /// Its kind.
    pub kind: RecordKind,
    /// The field and its values.
    pub conflict: Conflict,
}

/// Something that does not count and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldNotice {
    /// The document.
    pub doc: Coordinate,
    /// The number of its kind; this version need not know it.
    pub kind: u16,
    /// What and why.
    pub notice: Notice,
}

/// How many items do not count, by how they stand and why, each as its code.
pub type NotCounting = BTreeMap<(String, String), u64>;

/// How many there are in a scope.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Documents of each kind, by its number.
    pub documents: BTreeMap<u16, u64>,
    /// Fields with several values.
    pub conflicts: u64,
    /// Items that wait.
    pub waiting: u64,
    /// Items that were refused.
    pub refused: u64,
    /// Values and facts that were read and mean nothing.
    pub ignored: u64,
}

/// What an earlier import made of a row: what is missing is made when the row comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The person's document.
    pub person_doc: Coordinate,
    /// The person.
    pub person: PersonId,
    /// The participation, if it was made.
    pub participation: Option<Participation>,
    /// The journeys that were made.
    pub trips: Vec<Coordinate>,
}

impl Reader {
    /// Up to where a scope's rows are made; `None` for a scope that was never written here.
    pub fn watermark(&self, scope: &ScopeName) -> Result<Option<Watermark>, ViewsError> {
        let mut select = self.db.prepare_cached("SELECT points, statements FROM scope WHERE name = ?1")?;
        let found = select.query_row([scope.as_str()], |row| {
            Ok((row.get::<_, Option<Vec<u8>>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?))
        });
        Ok(match found.optional()? {
            Some((Some(points), Some(statements))) => Some(Watermark { scope: scope.clone(), points, statements }),
            Some(_) | None => None,
        })
    }

    /// Every scope with rows or a watermark, by name.
    pub fn scopes(&self) -> Result<Vec<ScopeName>, ViewsError> {
        let mut select = self.db.prepare_cached("SELECT name FROM scope ORDER BY name")?;
        let names = select.query_map([], |row| row.get::<_, String>(0))?;
        names.map(|name| name?.parse().map_err(|_| ViewsError::Row { table: "scope" })).collect()
    }

    /// The state fingerprint of a scope; of one that holds nothing it is zero.
    pub fn fingerprint(&self, scope: &ScopeName) -> Result<StateSum, ViewsError> {
        let mut select = self.db.prepare_cached("SELECT state FROM scope WHERE name = ?1")?;
        let state = select.query_row([scope.as_str()], |row| row.get::<_, [u8; 32]>(0)).optional()?;
        Ok(StateSum(state.unwrap_or_default()))
    }

    /// The state fingerprint summed up anew from every document: equal, or the running sum is wrong.
    pub fn recomputed_fingerprint(&self, scope: &ScopeName) -> Result<StateSum, ViewsError> {
        let mut sum = StateSum::default();
        let mut select =
            self.db.prepare_cached(&format!("SELECT {PLACE}, d.state FROM {PLACED} WHERE s.name = ?1",))?;
        let mut rows = select.query([scope.as_str()])?;
        while let Some(row) = rows.next()? {
            sum.add(&place(row)?, &row.get::<_, [u8; 32]>(4)?);
        }
        Ok(sum)
    }

    /// How many documents of which something counts, conflicts and other items a scope has.
    pub fn counts(&self, scope: &ScopeName) -> Result<Counts, ViewsError> {
        let mut counts = Counts::default();
        let mut select = self.db.prepare_cached(
            "SELECT d.kind, count(*) FROM document d JOIN scope s ON s.id = d.scope \
             WHERE s.name = ?1 AND d.state <> zeroblob(32) GROUP BY d.kind",
        )?;
        let mut rows = select.query([scope.as_str()])?;
        while let Some(row) = rows.next()? {
            counts.documents.insert(row.get(0)?, row.get(1)?);
        }
        let of = "document IN (SELECT d.id FROM document d JOIN scope s ON s.id = d.scope \
                  WHERE s.name = ?1 AND d.extra <> 0)";
        let mut select = self.db.prepare_cached(&format!(
            "SELECT (SELECT count(*) FROM conflict WHERE place = 0 AND {of}), \
             (SELECT count(*) FROM notice WHERE state = 'waiting' AND {of}), \
             (SELECT count(*) FROM notice WHERE state = 'refused' AND {of}), \
             (SELECT count(*) FROM notice WHERE state = 'ignored' AND {of})"
        ))?;
        (counts.conflicts, counts.waiting, counts.refused, counts.ignored) =
            select.query_row([scope.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        Ok(counts)
    }

    /// How many items of everything that is held do not count, by how they stand and why, each as its code; and how many
    /// fields have several values.
    pub fn not_counting(&self) -> Result<(NotCounting, u64), ViewsError> {
        let mut select = self.db.prepare_cached("SELECT state, code, count(*) FROM notice GROUP BY state, code")?;
        let rows = select.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
        let notices = rows.collect::<Result<_, _>>()?;
        let mut select = self.db.prepare_cached("SELECT count(*) FROM conflict WHERE place = 0")?;
        Ok((notices, select.query_row([], |row| row.get(0))?))
    }

    /// Everything held about a participation; `None` if this document is none.
    pub fn get(&self, doc: &Coordinate) -> Result<Option<Participant>, ViewsError> {
        let Some(id) = self.row_of(doc)? else { return Ok(None) };
        let Some(participation) = self.participation(id)? else { return Ok(None) };
        let mut involved = vec![id];
        let persons: Vec<PersonId> = participation.fields.person.values().to_vec();
        let mut person = None;
        for candidate in &persons {
            for row in self.rows_where(RecordKind::Person, "person = ?1", &candidate.to_string())? {
                involved.push(row);
                person = match person {
                    Some(found) => Some(found),
                    None => self.held::<PersonFields>(RecordKind::Person, row)?,
                };
            }
        }
        let name = match person.as_ref().and_then(|p: &Person| p.fields.name.first()) {
            Some(name) => Name::Known(name.clone()),
            None => self.why_no_name(&participation.village)?,
        };
        let trips = self.trips(&persons, &mut involved)?;
        let mut family = None;
        if person.is_some() {
            let mut ties: Vec<Tie> = Vec::new();
            for me in &persons {
                // A tie whose field holds several values is found by any of them, not by the first alone.
                let condition = "person = ?1 OR other = ?1 OR document IN \
                                 (SELECT document FROM conflict WHERE field IN ('person', 'other') AND stored = ?1)";
                for row in self.rows_where(RecordKind::Tie, condition, &me.to_string())? {
                    if !involved.contains(&row) {
                        involved.push(row);
                        ties.extend(self.held::<TieFields>(RecordKind::Tie, row)?);
                    }
                }
            }
            let mut relatives: Vec<PersonId> = ties
                .iter()
                .flat_map(|tie| tie.fields.person.values().iter().chain(tie.fields.other.values()))
                .copied()
                .collect();
            relatives.sort();
            relatives.dedup();
            relatives.retain(|relative| !persons.contains(relative));
            let trips = self.trips(&relatives, &mut involved)?;
            family = Some(FamilyCircle { ties, trips });
        }
        let mut conflicts = Vec::new();
        let mut notices = Vec::new();
        for id in involved {
            conflicts.extend(self.conflicts_where("d.id = ?1", params![id])?);
            notices.extend(self.notices_where("d.id = ?1", params![id])?);
        }
        Ok(Some(Participant {
            name,
            person,
            circumstances: Circumstances { participation, trips, family },
            conflicts,
            notices,
        }))
    }

    /// Fields with several values, in every scope or in one, in one order.
    pub fn conflicts(&self, scope: Option<&ScopeName>, page: Page) -> Result<Vec<HeldConflict>, ViewsError> {
        let condition = "(c.document, c.field) IN (SELECT c.document, c.field FROM conflict c \
                         JOIN document d ON d.id = c.document JOIN scope s ON s.id = d.scope \
                         WHERE c.place = 0 AND (?1 IS NULL OR s.name = ?1) \
                         ORDER BY c.document, c.field LIMIT ?2 OFFSET ?3)";
        self.conflicts_where(condition, params![scope.map(ScopeName::as_str), page.sql_limit(), page.sql_offset()])
    }

    /// What does not count, in every scope or in one.
    pub fn notices(
        &self,
        scope: Option<&ScopeName>,
        state: Option<NoticeState>,
        page: Page,
    ) -> Result<Vec<HeldNotice>, ViewsError> {
        let condition = "(n.document, n.place) IN (SELECT n.document, n.place FROM notice n \
                         JOIN document d ON d.id = n.document JOIN scope s ON s.id = d.scope \
                         WHERE (?1 IS NULL OR s.name = ?1) AND (?2 IS NULL OR n.state = ?2) \
                         ORDER BY n.document, n.place LIMIT ?3 OFFSET ?4)";
        let (scope, state) = (scope.map(ScopeName::as_str), state.map(NoticeState::code));
        self.notices_where(condition, params![scope, state, page.sql_limit(), page.sql_offset()])
    }

    /// What an import made before of the row with this source, with the participation in this programme.
    pub fn imported(&self, village: &Region, source: &str, programme: &str) -> Result<Option<Imported>, ViewsError> {
        for row in self.rows_where(RecordKind::Person, "source = ?1", source)? {
            let Some(found) = self.held::<PersonFields>(RecordKind::Person, row)? else { continue };
            let (true, Some(person)) = (found.village == *village, found.fields.person.first().copied()) else {
                continue;
            };
            let mut involved = Vec::new();
            let trips = self.trips(&[person], &mut involved)?.into_iter().map(|trip| trip.doc).collect();
            let mut all = self.participations_of(&person)?.into_iter();
            let participation = all.find(|p| p.fields.programme.values().iter().any(|known| known == programme));
            return Ok(Some(Imported { person_doc: found.doc, person, participation, trips }));
        }
        Ok(None)
    }

    /// Everybody of a village, as the search for possible duplicates takes them.
    pub fn candidates(&self, village: &Region) -> Result<Vec<Candidate>, ViewsError> {
        let mut found = Vec::new();
        for row in self.rows_where(RecordKind::Person, "village = ?1", village.as_str())? {
            found.extend(self.held::<PersonFields>(RecordKind::Person, row)?.map(|person| Candidate::of(&person)));
        }
        Ok(found)
    }

    /// The same of a region with all of its villages; `None` where there are more people than that.
    pub fn candidates_within(&self, region: &Region, at_most: usize) -> Result<Option<Vec<Candidate>>, ViewsError> {
        let condition = "?1 = 'id' OR village = ?1 OR (village >= ?1 || '.' AND village < ?1 || '/')";
        let count = format!("SELECT count(*) FROM (SELECT 1 FROM person WHERE {condition} LIMIT ?2)");
        let limit = i64::try_from(at_most).unwrap_or(i64::MAX - 1) + 1;
        let mut select = self.db.prepare_cached(&count)?;
        if select.query_row(params![region.as_str(), limit], |row| row.get::<_, i64>(0))? == limit {
            return Ok(None);
        }
        let mut found = Vec::new();
        for row in self.rows_where(RecordKind::Person, condition, region.as_str())? {
            found.extend(self.held::<PersonFields>(RecordKind::Person, row)?.map(|person| Candidate::of(&person)));
        }
        Ok(Some(found))
    }

    /// The participations of a person.
    pub fn participations_of(&self, person: &PersonId) -> Result<Vec<Participation>, ViewsError> {
        let rows = self.rows_where(RecordKind::Participation, "person = ?1", &person.to_string())?;
        self.participations(rows)
    }

    /// The participations of a village.
    pub fn participations_in(&self, village: &Region) -> Result<Vec<Participation>, ViewsError> {
        let rows = self.rows_where(RecordKind::Participation, "village = ?1", village.as_str())?;
        self.participations(rows)
    }

    /// The participations of a region, with all of its villages, in which a business was begun.
    pub fn begun_in(&self, region: &Region) -> Result<Vec<Participation>, ViewsError> {
        let condition = "(?1 = 'id' OR village = ?1 OR (village >= ?1 || '.' AND village < ?1 || '/')) \
                         AND instr(events, '\"started\":') > 0";
        let rows = self.rows_where(RecordKind::Participation, condition, region.as_str())?;
        self.participations(rows)
    }

    /// The participations of a village that say what training is needed.
    pub fn needing_in(&self, village: &Region) -> Result<Vec<Participation>, ViewsError> {
        let condition = "village = ?1 AND instr(events, '\"needs\":') > 0";
        let rows = self.rows_where(RecordKind::Participation, condition, village.as_str())?;
        self.participations(rows)
    }

    fn participations(&self, rows: Vec<i64>) -> Result<Vec<Participation>, ViewsError> {
        let found = rows.into_iter().map(|row| self.participation(row));
        Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// The participations of a region whose people move, and those that took somebody on who moved.
    pub fn moving_in(&self, region: &Region) -> Result<Vec<Participation>, ViewsError> {
        let (from, to) = (format!("{region}."), format!("{region}/"));
        let mut select = self.db.prepare_cached(
            "SELECT document FROM participation WHERE village >= ?1 AND village < ?2 \
             AND person IN (SELECT person FROM participation WHERE instr(events, '\"moving\":') > 0)",
        )?;
        let rows = select.query_map([from, to], |row| row.get(0))?.collect::<Result<_, _>>()?;
        self.participations(rows)
    }

    /// The person's document and what it says.
    pub fn person(&self, person: &PersonId) -> Result<Option<Person>, ViewsError> {
        match self.rows_where(RecordKind::Person, "person = ?1", &person.to_string())?.first() {
            Some(row) => self.held::<PersonFields>(RecordKind::Person, *row),
            None => Ok(None),
        }
    }

    /// The person that a document is about: its own, or the first of several.
    pub fn person_of(&self, doc: &Coordinate) -> Result<Option<PersonId>, ViewsError> {
        let Some(id) = self.row_of(doc)? else { return Ok(None) };
        let tables = schema::OF_PERSONS.map(schema::table).into_iter().chain(["sheet_person"]);
        for table in tables {
            let sql = format!("SELECT person FROM {table} WHERE document = ?1 LIMIT 1");
            let found: Option<Option<String>> =
                self.db.prepare_cached(&sql)?.query_row([id], |row| row.get(0)).optional()?;
            if let Some(person) = found.flatten().as_deref().and_then(PersonId::from_text) {
                return Ok(Some(person));
            }
        }
        Ok(None)
    }

    /// Every register number that begins with this prefix.
    pub fn registers(&self, prefix: &str) -> Result<Vec<String>, ViewsError> {
        let mut select = self.db.prepare_cached(
            "SELECT register FROM participation WHERE register >= ?1 AND register < ?2 ORDER BY register",
        )?;
        // The last character there is sorts after whatever follows the prefix.
        let beyond = format!("{}\u{10ffff}", prefix);
        let found = select.query_map([prefix, &beyond], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    pub(crate) fn why_no_name(&self, village: &Region) -> Result<Name, ViewsError> {
        let mut select = self.db.prepare_cached("SELECT 1 FROM scope WHERE name = 'identity/' || ?1")?;
        Ok(if select.exists([village.as_str()])? { Name::NotHere } else { Name::NotReadHere })
    }

    fn trips(&self, persons: &[PersonId], involved: &mut Vec<i64>) -> Result<Vec<Trip>, ViewsError> {
        let mut trips = Vec::new();
        for person in persons {
            let condition =
                "person = ?1 OR document IN (SELECT document FROM conflict WHERE field = 'person' AND stored = ?1)";
            for row in self.rows_where(RecordKind::Trip, condition, &person.to_string())? {
                if !involved.contains(&row) {
                    involved.push(row);
                    trips.extend(self.held::<TripFields>(RecordKind::Trip, row)?);
                }
            }
        }
        Ok(trips)
    }

    pub(crate) fn row_of(&self, doc: &Coordinate) -> Result<Option<i64>, ViewsError> {
        let mut select = self.db.prepare_cached(
            "SELECT d.id FROM document d JOIN journal j ON j.id = d.journal JOIN scope s ON s.id = j.scope \
             WHERE s.name = ?1 AND j.node = ?2 AND j.incarnation = ?3 AND d.seq = ?4",
        )?;
        let key = params![doc.journal.scope.as_str(), doc.journal.node.0, doc.journal.incarnation.0, sql_seq(doc)];
        Ok(select.query_row(key, |row| row.get(0)).optional()?)
    }

    fn rows_where(&self, kind: RecordKind, condition: &str, value: &str) -> Result<Vec<i64>, ViewsError> {
        let sql = format!("SELECT document FROM {} WHERE {condition} ORDER BY document", schema::table(kind));
        let mut select = self.db.prepare_cached(&sql)?;
        Ok(select.query_map([value], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    pub(crate) fn participation(&self, id: i64) -> Result<Option<Participation>, ViewsError> {
        let Some(held) = self.held::<ParticipationFields>(RecordKind::Participation, id)? else { return Ok(None) };
        let mut select = self.db.prepare_cached("SELECT events FROM participation WHERE document = ?1")?;
        let events: Option<String> = select.query_row([id], |row| row.get(0))?;
        let events = events.map(|json| serde_json::from_str(&json)).transpose();
        let events = events.map_err(|_| ViewsError::Row { table: "participation" })?.unwrap_or_default();
        Ok(Some(Participation { doc: held.doc, village: held.village, fields: held.fields, events }))
    }

    /// One row of a kind's table, with all the values of a field that has several.
    fn held<F: Fields>(&self, kind: RecordKind, id: i64) -> Result<Option<Held<F>>, ViewsError> {
        let table = schema::table(kind);
        let sql = format!(
            "SELECT {PLACE}, d.extra, r.village, {} FROM {PLACED} JOIN {table} r ON r.document = d.id WHERE d.id = ?1",
            schema::select_fields(kind)
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query([id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let mut fields = F::default();
        for (index, spec) in F::SPECS.iter().enumerate() {
            if let Some(text) = row.get::<_, Option<String>>(index + 6)? {
                fields.set_texts(spec.key, &[text]);
            }
        }
        if row.get::<_, i64>(4)? & HAS_CONFLICTS != 0 {
            let mut several: BTreeMap<String, Vec<String>> = BTreeMap::new();
            let mut select = self.db.prepare_cached(
                "SELECT field, stored FROM conflict WHERE document = ?1 AND stored IS NOT NULL ORDER BY field, place",
            )?;
            let mut rows = select.query([id])?;
            while let Some(row) = rows.next()? {
                several.entry(row.get(0)?).or_default().push(row.get(1)?);
            }
            several.iter().for_each(|(field, texts)| fields.set_texts(field, texts));
        }
        let village = row.get::<_, String>(5)?.parse().map_err(|_| ViewsError::Row { table })?;
        Ok(Some(Held { doc: place(row)?, village, fields }))
    }

    fn conflicts_where(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<HeldConflict>, ViewsError> {
        let sql = format!(
            "SELECT {PLACE}, d.kind, c.field, c.stored, c.id, c.en, c.\"by\" \
             FROM {PLACED} JOIN conflict c ON c.document = d.id WHERE {condition} \
             ORDER BY c.document, c.field, c.place"
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query(values)?;
        let mut found: Vec<HeldConflict> = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(kind) = RecordKind::from_number(row.get(4)?) else { continue };
            let (doc, field) = (place(row)?, row.get::<_, String>(5)?);
            let by = by(row.get(9)?, "conflict")?;
            let value = ConflictValue { stored: row.get(6)?, id: row.get(7)?, en: row.get(8)?, by };
            match found.last_mut() {
                Some(last) if last.doc == doc && last.conflict.field == field => last.conflict.values.push(value),
                _ => found.push(HeldConflict { doc, kind, conflict: Conflict { field, values: vec![value] } }),
            }
        }
        Ok(found)
    }

    fn notices_where(&self, condition: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<HeldNotice>, ViewsError> {
        let sql = format!(
            "SELECT {PLACE}, d.kind, n.state, n.what, n.code, n.id, n.en, n.at, n.\"by\" \
             FROM {PLACED} JOIN notice n ON n.document = d.id WHERE {condition} ORDER BY n.document, n.place"
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query(values)?;
        let mut found = Vec::new();
        let bad = || ViewsError::Row { table: "notice" };
        while let Some(row) = rows.next()? {
            let said: Option<String> = row.get(11)?;
            let notice = Notice {
                state: NoticeState::from_text(&row.get::<_, String>(5)?).ok_or_else(bad)?,
                what: row.get(6)?,
                code: row.get(7)?,
                id: row.get(8)?,
                en: row.get(9)?,
                at: row.get::<_, String>(10)?.parse().map_err(|_| bad())?,
                by: said.map(|said| by(said, "notice")).transpose()?,
            };
            found.push(HeldNotice { doc: place(row)?, kind: row.get(4)?, notice });
        }
        Ok(found)
    }
}

fn by(json: String, table: &'static str) -> Result<By, ViewsError> {
    serde_json::from_str(&json).map_err(|_| ViewsError::Row { table })
}

/// The columns that make a document's name; they come first in a SELECT.
pub(crate) const PLACE: &str = "s.name, j.node, j.incarnation, d.seq";

/// The tables that they come from.
pub(crate) const PLACED: &str = "document d JOIN journal j ON j.id = d.journal JOIN scope s ON s.id = j.scope";

/// Reads a document's name from the first four columns.
pub(crate) fn place(row: &Row<'_>) -> Result<Coordinate, ViewsError> {
    let scope = row.get::<_, String>(0)?.parse().map_err(|_| ViewsError::Row { table: "scope" })?;
    let journal = JournalId { scope, node: NodeKey(row.get(1)?), incarnation: Incarnation(row.get(2)?) };
    Ok(Coordinate { journal, seq: u64::from_le_bytes(row.get::<_, i64>(3)?.to_le_bytes()) })
}
