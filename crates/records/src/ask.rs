//! What a form asks for a fact: typed inputs, and from what was typed to the content that is checked and written.
//!
//! Where a content is flat, the form makes it alone ([`FactForm::draft`]). Where it also holds what its record says or a
//! rule computes (answers to the questions that were asked, a digest, figures), the form asks what a person knows
//! ([`FactForm::typed`]) and the one who has the record makes the content.

use documents::{Fact, Snapshot};
use identity::{Coordinate, EntryHash, JournalId, NodeKey, OfficeId, Region};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    PartialDate, RecordError,
    author::{Authors, By},
    content::unfit,
    facts::{Content, FactDraft, decode},
    heard::Heard,
    kinds::{FactSpec, RecordKind},
    value::{Digest, FieldType, ValueType},
    words::{Lang, Words},
};

/// The longest text of several lines that is part of a fact, in characters.
const LINES_CHARS_MAX: usize = 4_000;

mod beyond;
mod coordination;
mod table;

/// One input of a fact's form.
#[derive(Debug, Clone, Copy)]
pub struct InputSpec {
    /// The member of the content, and the name in forms and the API.
    pub key: &'static str,
    /// What it is called on a page.
    pub label: Words,
    /// What is asked for.
    pub asks: Asks,
    /// Whether it may stay empty.
    pub optional: bool,
    parse: fn(&str) -> Option<Value>,
    show: fn(&Value, Lang) -> Option<(String, String)>,
}

/// What an input asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// A value that is typed or picked.
    Value(ValueType),
    /// Any number of these codes, with commas between them.
    Several(ValueType),
    /// One of the papers that the programme asks for, by its code.
    Paper,
    /// An earlier fact of the same document, of one of these keys; none: of any key.
    Fact(&'static [&'static str]),
    /// A computer of an office, by its key: the journal that it writes here may spend places.
    Node,
    /// One of those that the record lists, by its code: a party, an article, a version.
    Listed,
    /// A text of several lines.
    Lines,
    /// A scan, by its hash.
    Scan,
}

/// The form of a fact.
#[derive(Debug, Clone, Copy)]
pub struct FactForm {
    /// The key of the fact.
    pub key: &'static str,
    /// Its inputs, in the order of the form.
    pub inputs: &'static [InputSpec],
    /// None where the content also holds what its record says.
    draft: Option<Draft>,
    readable: fn(&[u8]) -> bool,
    /// What the content says beyond its inputs.
    beyond: fn(&[u8]) -> Vec<ToldPart>,
}

/// Makes a fact of what was typed.
type Draft = fn(Map<String, Value>) -> Result<FactDraft, RecordError>;

/// What a person typed for the form of a fact, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed(Map<String, Value>);

impl Typed {
    /// What was typed for an input; `None` where it stayed empty.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.0.get(key).and_then(|value| serde_json::from_value(value.clone()).ok())
    }

    /// The content that these inputs make up, where each input is a member of it; others are passed over.
    ///
    /// # Errors
    /// When they make up no such content: an input is called otherwise than the member, or one is missing.
    pub fn content<T: Content>(&self) -> Result<T, RecordError> {
        serde_json::from_value(Value::Object(self.0.clone())).map_err(|_| NOT_ALONE)
    }
}

const fn input<T: FieldType + Serialize + DeserializeOwned>(
    key: &'static str,
    id: &'static str,
    en: &'static str,
) -> InputSpec {
    InputSpec {
        key,
        label: Words { id, en },
        asks: Asks::Value(T::TYPE),
        optional: false,
        parse: |text| T::from_input(text).and_then(|value| serde_json::to_value(value).ok()),
        show: |value, lang| {
            let value: T = serde_json::from_value(value.clone()).ok()?;
            Some((value.to_text(), value.shown(lang)))
        },
    }
}

/// Any number of codes.
const fn several<T: FieldType + Serialize + DeserializeOwned>(
    key: &'static str,
    id: &'static str,
    en: &'static str,
) -> InputSpec {
    InputSpec {
        key,
        label: Words { id, en },
        asks: Asks::Several(T::TYPE),
        optional: true,
        parse: |text| {
            let codes = text.split(',').map(str::trim).filter(|code| !code.is_empty());
            let all: Option<Vec<T>> = codes.map(T::from_input).collect();
            all.and_then(|all| serde_json::to_value(all).ok())
        },
        show: |value, lang| {
            let all: Vec<T> = serde_json::from_value(value.clone()).ok()?;
            let join = |say: &dyn Fn(&T) -> String| all.iter().map(say).collect::<Vec<_>>().join(", ");
            Some((join(&T::to_text), join(&|one| one.shown(lang))))
        },
    }
}

/// An earlier fact, by its hash.
const fn earlier(key: &'static str, id: &'static str, en: &'static str, of: &'static [&'static str]) -> InputSpec {
    InputSpec {
        key,
        label: Words { id, en },
        asks: Asks::Fact(of),
        optional: false,
        parse: |text| text.trim().parse::<EntryHash>().ok().and_then(|hash| serde_json::to_value(hash).ok()),
        show: |value, _| value.as_str().map(|hash| (hash.to_owned(), hash.to_owned())),
    }
}

/// Who writes a journal of this document: what stands in the content is the journal.
const fn writer(key: &'static str, id: &'static str, en: &'static str) -> InputSpec {
    InputSpec {
        key,
        label: Words { id, en },
        asks: Asks::Node,
        optional: false,
        parse: |text| text.trim().parse::<NodeKey>().ok().and_then(|node| serde_json::to_value(node).ok()),
        show: |value, _| {
            let journal: JournalId = serde_json::from_value(value.clone()).ok()?;
            Some((journal.node.to_string(), journal.node.short()))
        },
    }
}

/// One of those that the record lists.
const fn listed(key: &'static str, id: &'static str, en: &'static str) -> InputSpec {
    InputSpec {
        key,
        label: Words { id, en },
        asks: Asks::Listed,
        optional: false,
        parse: |text| Some(Value::String(text.trim().to_owned())),
        show: |value, _| value.as_str().map(|code| (code.to_owned(), code.to_owned())),
    }
}

/// A day, which has to be exact.
const fn exact(key: &'static str, id: &'static str, en: &'static str) -> InputSpec {
    let day = input::<PartialDate>(key, id, en);
    InputSpec {
        parse: |text| {
            let day = PartialDate::from_input(text).filter(|date| matches!(date, PartialDate::Day(_)))?;
            serde_json::to_value(day).ok()
        },
        ..day
    }
}

/// A text of several lines.
const fn lines(key: &'static str, id: &'static str, en: &'static str) -> InputSpec {
    InputSpec {
        key,
        label: Words { id, en },
        asks: Asks::Lines,
        optional: false,
        parse: |text| {
            let text = text.replace("\r\n", "\n");
            let fits = text.chars().count() <= LINES_CHARS_MAX && !text.chars().any(|c| c.is_control() && c != '\n');
            fits.then(|| Value::String(text.trim().to_owned()))
        },
        show: |value, _| value.as_str().map(|text| (text.to_owned(), text.to_owned())),
    }
}

/// A scan.
const fn scan(key: &'static str, id: &'static str, en: &'static str) -> InputSpec {
    InputSpec {
        key,
        label: Words { id, en },
        asks: Asks::Scan,
        optional: true,
        parse: |text| text.trim().parse::<Digest>().ok().and_then(|hash| serde_json::to_value(hash).ok()),
        show: |value, _| value.as_str().map(|hash| (hash.to_owned(), hash.to_owned())),
    }
}

impl InputSpec {
    const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    const fn required(self) -> Self {
        Self { optional: false, ..self }
    }

    const fn paper(self) -> Self {
        Self { asks: Asks::Paper, ..self }
    }

    fn read(&self, text: &str) -> Result<Option<Value>, RecordError> {
        if text.trim().is_empty() {
            return if self.optional { Ok(None) } else { Err(RecordError::Required { field: self.key }) };
        }
        let expected = match self.asks {
            Asks::Value(value) | Asks::Several(value) => RecordError::expected(value),
            Asks::Paper | Asks::Fact(_) | Asks::Node | Asks::Listed => "one from the list".to_owned(),
            Asks::Lines => format!("at most {LINES_CHARS_MAX} characters"),
            Asks::Scan => "a file".to_owned(),
        };
        let given = text.chars().take(64).collect();
        (self.parse)(text).map(Some).ok_or(RecordError::Value { field: self.key, given, expected })
    }

    /// What is wrong with a text for this input.
    ///
    /// # Errors
    /// [`RecordError`] says whether it is missing or what would fit.
    pub fn check(&self, text: &str) -> Result<(), RecordError> {
        self.read(text).map(drop)
    }
}

const fn form<T: Content>(key: &'static str, inputs: &'static [InputSpec]) -> FactForm {
    FactForm {
        key,
        inputs,
        draft: Some(|map| match serde_json::from_value::<T>(Value::Object(map)) {
            Ok(content) => content.draft(),
            // Each input fits its member: the test of the table holds that.
            Err(_) => Err(RecordError::FactTooLong { key: T::KEY, limit: T::BYTES_MAX }),
        }),
        readable: |bytes| decode::<T>(bytes).is_ok(),
        beyond: |_| Vec::new(),
    }
}

/// The form of a fact whose content also holds what its record says or a rule computes.
const fn made<T: Content>(
    key: &'static str,
    inputs: &'static [InputSpec],
    beyond: fn(&[u8]) -> Vec<ToldPart>,
) -> FactForm {
    FactForm { key, inputs, draft: None, readable: |bytes| decode::<T>(bytes).is_ok(), beyond }
}

const NOT_ALONE: RecordError = unfit(
    ("isian ini tidak dapat disimpan tanpa catatannya", "this cannot be said without its record"),
    ("buka catatannya dan isi dari sana", "open the record and fill it in there"),
);

impl FactForm {
    /// Whether what is typed alone makes the fact.
    pub fn is_flat(&self) -> bool {
        self.draft.is_some()
    }

    /// Whether it names one person and says nothing more: that can be said of several at once.
    pub fn is_of_one_person(&self) -> bool {
        matches!(self.inputs, [InputSpec { asks: Asks::Value(ValueType::Person), .. }])
    }

    /// The fact that these inputs make, checked.
    ///
    /// # Errors
    /// [`RecordError`] names the input that is missing or does not fit, or says what cannot be. Nothing is written.
    pub fn draft<'a>(&self, typed: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<FactDraft, RecordError> {
        let Typed(map) = self.typed(typed)?;
        self.draft.map_or(Err(NOT_ALONE), |draft| draft(map))
    }

    /// What was typed, read: for a content that also holds what its record says.
    ///
    /// # Errors
    /// As [`FactForm::draft`].
    pub fn typed<'a>(&self, typed: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Typed, RecordError> {
        let typed: Vec<(&str, &str)> = typed.into_iter().collect();
        if let Some((given, _)) = typed.iter().find(|(key, _)| self.inputs.iter().all(|input| input.key != *key)) {
            let known: Vec<&str> = self.inputs.iter().map(|input| input.key).collect();
            return Err(RecordError::NoField { given: given.chars().take(64).collect(), known: known.join(", ") });
        }
        let mut map = Map::new();
        for input in self.inputs {
            let text = typed.iter().find(|(key, _)| *key == input.key).map_or("", |(_, text)| text);
            if let Some(value) = input.read(text)? {
                map.insert(input.key.to_owned(), value);
            }
        }
        Ok(Typed(map))
    }
}

impl RecordKind {
    /// The form of one of its facts; `None` where a fact is not asked for this way.
    pub fn fact_form(self, key: &str) -> Option<&'static FactForm> {
        table::forms(self).iter().find(|form| form.key == key)
    }

    /// The facts that have a form, in the order of the kind.
    pub fn fact_forms(self) -> impl Iterator<Item = (&'static FactSpec, &'static FactForm)> {
        self.facts().iter().filter_map(move |spec| Some((spec, self.fact_form(spec.key)?)))
    }
}

/// What a member of a fact's content says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldPart {
    /// The name of its input, or of what stands in the content beyond them.
    pub key: String,
    /// What it is called, in Indonesian and English.
    pub label: [String; 2],
    /// What it takes.
    pub asks: Asks,
    /// The stored text: an id stands for a name that the caller knows.
    pub stored: String,
    /// As a person reads it, in Indonesian and English.
    pub shown: [String; 2],
}

/// A fact that its office may say, read for a list of what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The fact.
    pub hash: EntryHash,
    /// Its key.
    pub key: String,
    /// Who said it.
    pub by: By,
    /// Its office took it back.
    pub taken_back: bool,
    /// What it says; empty for a fact that no form asks for.
    pub parts: Vec<ToldPart>,
}

/// Everything that was said in a document and may be said by who said it, in one order on every node.
pub fn told(snapshot: &Snapshot, kind: RecordKind, place: Option<&Region>, authors: &dyn Authors) -> Vec<Told> {
    let heard = Heard::new(snapshot, kind.facts(), place, authors);
    let told = |(fact, taken_back): (&Fact, bool)| {
        let parts = match kind.fact_form(&fact.key) {
            Some(form) if !(form.readable)(&fact.bytes) => return None,
            Some(form) => parts(form, &fact.bytes),
            None => Vec::new(),
        };
        Some(Told { hash: fact.hash, key: fact.key.clone(), by: By::new(&fact.by, authors), taken_back, parts })
    };
    heard.standing().filter_map(told).collect()
}

fn parts(form: &FactForm, bytes: &[u8]) -> Vec<ToldPart> {
    let Ok(content) = serde_json::from_slice::<Map<String, Value>>(bytes) else { return Vec::new() };
    let part = |input: &InputSpec| {
        let value = content.get(input.key)?;
        let ((stored, id), (_, en)) = ((input.show)(value, Lang::Id)?, (input.show)(value, Lang::En)?);
        let label = [input.label.id, input.label.en].map(str::to_owned);
        Some(ToldPart { key: input.key.to_owned(), label, asks: input.asks, stored, shown: [id, en] })
    };
    let mut parts: Vec<ToldPart> = form.inputs.iter().filter_map(part).collect();
    parts.extend((form.beyond)(bytes));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{Doc, KURIPAN, authors, person};

    fn sample(kind: RecordKind, input: &InputSpec) -> String {
        // What its content asks beyond its type: a later day, and a line that is of a loan.
        match (kind, input.key) {
            (RecordKind::Indicators, "indicator") => return "C1".to_owned(),
            (_, "again") => return "12-04-2026".to_owned(),
            (RecordKind::Ledger, "kind") => return crate::EntryKind::PaidOut.code().to_owned(),
            _ => {}
        }
        match input.asks {
            Asks::Paper => "ktp".to_owned(),
            Asks::Fact(_) => EntryHash([7; 32]).to_string(),
            Asks::Node => NodeKey([7; 32]).to_string(),
            Asks::Listed => "7".to_owned(),
            Asks::Lines => "satu baris\ndan satu lagi".to_owned(),
            Asks::Scan => Digest([7; 32]).to_string(),
            Asks::Value(value) | Asks::Several(value) => match value {
                ValueType::Text => "satu baris".to_owned(),
                ValueType::Date => "12-03-2026".to_owned(),
                ValueType::YesNo => "ya".to_owned(),
                ValueType::Number => "12".to_owned(),
                ValueType::Person => person(3).to_string(),
                ValueType::Place => "33.07.10.2004".to_owned(),
                ValueType::Office => OfficeId([1; 16]).to_string(),
                ValueType::Document => crate::fixtures::at(kind.class(), KURIPAN, 1).to_string(),
                ValueType::Code(codes) => codes[0].0.to_owned(),
            },
        }
    }

    #[test]
    fn every_form_makes_the_fact_that_it_asks_for_and_says_it_again() {
        let mut forms = 0;
        for kind in RecordKind::ALL {
            for (spec, form) in kind.fact_forms().filter(|(_, form)| form.is_flat()) {
                forms += 1;
                let typed: Vec<(&str, String)> =
                    form.inputs.iter().map(|input| (input.key, sample(kind, input))).collect();
                let fact = form.draft(typed.iter().map(|(key, text)| (*key, text.as_str())));
                let fact = fact.unwrap_or_else(|error| panic!("{kind:?} {}: {error}", spec.key));
                assert_eq!(fact.key, spec.key, "{kind:?}");
                let said = parts(form, &fact.bytes);
                assert_eq!(said.len(), form.inputs.len(), "{kind:?} {}", spec.key);
                assert!((form.readable)(&fact.bytes), "{kind:?} {}", spec.key);
                for input in form.inputs.iter().filter(|input| !input.optional) {
                    let without = typed.iter().filter(|(key, _)| *key != input.key);
                    let refused = form.draft(without.map(|(key, text)| (*key, text.as_str()))).unwrap_err();
                    assert_eq!(refused, RecordError::Required { field: input.key }, "{kind:?} {}", spec.key);
                }
            }
        }
        assert!(forms > 40, "{forms}");
    }

    #[test]
    fn a_form_only_asks_what_its_kind_knows() {
        for kind in RecordKind::ALL {
            for form in table::forms(kind) {
                assert!(kind.facts().iter().any(|spec| spec.key == form.key), "{kind:?} {}", form.key);
            }
        }
    }

    #[test]
    fn what_cannot_be_is_refused_in_both_languages() {
        let visit = RecordKind::GuestBook.fact_form("visit").unwrap();
        let typed = [("date", "2026"), ("purpose", "pengaduan"), ("origin", "warga"), ("id_checked", "ya")];
        let nobody = visit.draft(typed).unwrap_err();
        assert!(nobody.text(Lang::Id).starts_with("hari kunjungan belum tepat"), "{nobody}");
        let nik = [("date", "12-03-2026"), ("name", "Ani 3307105203850001"), ("purpose", "ak1")];
        let nik = visit.draft(nik.into_iter().chain([("origin", "luar"), ("id_checked", "ya")])).unwrap_err();
        assert!(nik.text(Lang::En).contains("perhaps a NIK"), "{nik}");
        let kind = visit.draft([("purpose", "makan"), ("date", "12-03-2026")]).unwrap_err();
        assert!(matches!(kind, RecordError::Value { field: "purpose", .. }), "{kind}");
        assert!(matches!(visit.draft([("colour", "red")]), Err(RecordError::NoField { .. })));
    }

    #[test]
    fn what_was_said_is_told_with_its_words_and_whether_it_was_taken_back() {
        let visit = RecordKind::GuestBook.fact_form("visit").unwrap();
        let typed = [("date", "12-03-2026"), ("purpose", "pengaduan"), ("origin", "warga"), ("name", "Ani")];
        let visit = visit.draft(typed.into_iter().chain([("id_checked", "ya")])).unwrap();
        let doc = Doc::new(RecordKind::GuestBook, 1).fact(KURIPAN, 2, visit);
        let told = told(&doc.0, RecordKind::GuestBook, Some(&"33.07.10.2004".parse().unwrap()), &authors);
        assert_eq!(told.len(), 1);
        let purpose = told[0].parts.iter().find(|part| part.label[1] == "Purpose").unwrap();
        assert_eq!(purpose.shown, ["pengaduan".to_owned(), "complaint".to_owned()]);
        assert!(!told[0].taken_back);
    }
}
