//! The words of the pages: one file a language under `words/`, read by Fluent.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use service::reply::{Both, Said};

use crate::language::Language;

type Bundle = FluentBundle<FluentResource>;

const INDONESIAN: &str = include_str!("../words/id.ftl");
const ENGLISH: &str = include_str!("../words/en.ftl");

static BUNDLES: LazyLock<[Bundle; 2]> =
    LazyLock::new(|| [bundle(Language::Indonesian, INDONESIAN), bundle(Language::English, ENGLISH)]);

fn bundle(language: Language, text: &str) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
    // The marks that isolate text of another direction are nothing for these two languages, and stand in the way of a search.
    bundle.set_use_isolating(false);
    let grouped: fn(&FluentValue<'_>, &_) -> Option<String> = match language {
        Language::Indonesian => |value, _| grouped(value, '.'),
        Language::English => |value, _| grouped(value, ','),
    };
    bundle.set_formatter(Some(grouped));
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, errors)| {
        tracing::error!(?errors, "a file of page words is damaged");
        partial
    });
    if let Err(errors) = bundle.add_resource(resource) {
        tracing::error!(?errors, "a word is said twice");
    }
    bundle
}

/// A whole number with its thousands apart; Fluent's own way knows no Indonesian grouping.
fn grouped(value: &FluentValue<'_>, separator: char) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let digits = format!("{:.0}", number.value);
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && digits.as_bytes()[index - 1].is_ascii_digit() {
            text.push(separator);
        }
        text.push(digit);
    }
    Some(text)
}

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words(Language);

impl Words {
    pub(crate) fn of(language: Language) -> Self {
        Self(language)
    }

    /// What a key says.
    pub(crate) fn say(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// How far a trail is written.
    pub(crate) fn trail(self, lines: u64, digest: &str) -> String {
        self.with("trail-told", &[("n", lines.into()), ("digest", digest.into())])
    }

    /// What a key says about one thing.
    pub(crate) fn about<'a>(self, key: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        self.with(key, &[(name, value.into())])
    }

    /// What a key says about several things.
    pub(crate) fn with(self, key: &str, about: &[(&str, FluentValue<'_>)]) -> String {
        let bundle = &BUNDLES[match self.0 {
            Language::Indonesian => 0,
            Language::English => 1,
        }];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, "there is no such word");
            return key.to_owned();
        };
        let args: FluentArgs<'_> = about.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "a word lacks what it is about");
        }
        text
    }

    /// The text of this language.
    pub(crate) fn of_both(self, both: &Both) -> &str {
        match self.0 {
            Language::Indonesian => &both.id,
            Language::English => &both.en,
        }
    }

    /// What the rules of health say, in the words of the page.
    pub(crate) fn of_said(self, said: &Said) -> &str {
        match self.0 {
            Language::Indonesian => &said.id,
            Language::English => &said.en,
        }
    }

    /// A date and time of the wall clock here: the time alone today, else as far back as it takes.
    pub(crate) fn when(self, time_ms: i64) -> String {
        self.when_seen_at(time_ms, &jiff::Zoned::now())
    }

    fn clock(self, time: &jiff::Zoned) -> String {
        match self.0 {
            Language::Indonesian => format!("{:02}.{:02}", time.hour(), time.minute()),
            Language::English => format!("{:02}:{:02}", time.hour(), time.minute()),
        }
    }

    /// A moment with its day, where the day itself may be wrong.
    pub(crate) fn moment(self, time_ms: i64) -> String {
        let Ok(time) = jiff::Timestamp::from_millisecond(time_ms) else { return self.say("time-unknown") };
        let time = time.to_zoned(jiff::tz::TimeZone::system());
        format!("{} {}", time.strftime("%d-%m-%Y"), self.clock(&time))
    }

    fn when_seen_at(self, time_ms: i64, now: &jiff::Zoned) -> String {
        let Ok(time) = jiff::Timestamp::from_millisecond(time_ms) else { return self.say("time-unknown") };
        let time = time.to_zoned(now.time_zone().clone());
        let clock = self.clock(&time);
        if time.date() == now.date() {
            clock
        } else if now.date().yesterday().is_ok_and(|yesterday| yesterday == time.date()) {
            self.about("time-yesterday", "time", clock)
        } else {
            format!("{:02}-{:02}-{:04} {clock}", time.day(), time.month(), time.year())
        }
    }

    /// What a stage of the programme is called.
    pub(crate) fn stage(self, code: &str) -> String {
        self.say(&format!("stage-{}", code.replace(':', "-")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::{Zoned, civil::date, tz::TimeZone};

    use super::*;

    /// Words of ours, and Indonesian words that an officer does not use for it (`ui.md`, principle 5).
    const NOT_ON_A_PAGE: &[&str] = &[
        "bercabang",
        "charter",
        "commit",
        "fork",
        "head",
        "heads",
        "incarnation",
        "journal",
        "jurnal",
        "luring",
        "membekukan",
        "node",
        "peer",
        "posisi",
        "rekam",
        "scope",
        "selaras",
        "sinkron",
        "sync",
        "tertahan",
    ];

    /// Key and text of each message; comments begin with #.
    fn messages(text: &str) -> BTreeMap<&str, String> {
        let mut messages: BTreeMap<&str, String> = BTreeMap::new();
        let mut last = "";
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            if line.starts_with(' ') {
                messages.entry(last).or_default().push_str(line);
            } else {
                let (key, value) = line.split_once('=').expect("a message is KEY = TEXT");
                last = key.trim();
                let former = messages.insert(last, value.to_owned());
                assert!(former.is_none(), "{last} is said twice");
            }
        }
        messages
    }

    /// Every text in templates and pages that looks like a key of a family that there is, such as `list-`.
    fn asked(known: &BTreeSet<String>) -> BTreeSet<String> {
        let families: BTreeSet<&str> = known.iter().filter_map(|key| key.split('-').next()).collect();
        let root = env!("CARGO_MANIFEST_DIR");
        let mut asked = BTreeSet::new();
        for folder in ["src", "templates"] {
            for entry in std::fs::read_dir(format!("{root}/{folder}")).unwrap() {
                let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
                asked.extend(text.split('"').map(str::to_owned));
            }
        }
        asked.retain(|key| {
            let plain = key.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !key.ends_with('-');
            plain && families.contains(key.split('-').next().unwrap()) && (key.contains('-') || known.contains(key))
        });
        asked
    }

    /// Keys that are put together: each family with its members.
    fn families() -> Vec<String> {
        let stages = [
            "terdata",
            "teridentifikasi",
            "wawancara",
            "diseleksi",
            "ditetapkan",
            "cadangan",
            "ditolak",
            "different",
            "bimtek",
            "praktek",
            "belum_mulai",
            "usaha",
            "mandiri",
            "left-withdrew",
            "left-departed",
            "left-moved",
            "left-died",
            "left-other",
        ];
        let mut keys: Vec<String> = stages.iter().map(|code| format!("stage-{code}")).collect();
        for reason in crate::problem::Reason::ALL {
            keys.extend([format!("problem-{}", reason.key()), format!("problem-{}-hint", reason.key())]);
        }
        keys.extend(service::TokenScope::ALL.iter().map(|scope| format!("token-{}", scope.name())));
        keys.extend(service::Role::ALL.iter().map(|role| format!("role-{}", role.name())));
        keys.extend(
            service::inputs()
                .iter()
                .map(|input| input.field.clone())
                .filter_map(|field| crate::form::HINTED.contains(&field.as_str()).then(|| format!("hint-{field}"))),
        );
        keys.extend(crate::find::STAGES.iter().map(|(code, _)| format!("filter-{code}")));
        keys.extend(["yes", "no", "undecided"].map(|answer| format!("eligible-{answer}")));
        keys.extend(service::reply::Did::ALL.iter().map(|did| format!("trail-{}", did.as_str())));
        keys.extend(["spool", "mail", "webhook"].map(|way| format!("health-way-{way}")));
        keys.extend(service::reply::State::ALL.iter().map(|state| format!("health-{}", state.as_str())));
        keys.extend(crate::coordination::LEVELS.map(|(code, _)| crate::coordination::level_key(code)));
        keys
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let (id, en) = (messages(INDONESIAN), messages(ENGLISH));
        let keys =
            |messages: &BTreeMap<&str, String>| messages.keys().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(keys(&id), keys(&en));
        for (key, text) in &id {
            let named = |text: &str| {
                text.split('$')
                    .skip(1)
                    .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("").to_owned())
                    .collect::<BTreeSet<_>>()
            };
            assert_eq!(named(text), named(&en[key]), "{key} is about the same in both");
        }
    }

    #[test]
    fn every_word_that_is_asked_for_is_there_and_none_is_left_over() {
        let known: BTreeSet<String> = messages(INDONESIAN).keys().map(|key| (*key).to_owned()).collect();
        let mut asked = asked(&known);
        assert!(asked.len() > 100, "the pages are read: {}", asked.len());
        asked.extend(families());
        let missing: Vec<_> = asked.difference(&known).collect();
        assert!(missing.is_empty(), "no words for {missing:?}");
        let unused: Vec<_> = known.difference(&asked).collect();
        assert!(unused.is_empty(), "nobody says {unused:?}");
    }

    #[test]
    fn no_word_that_an_officer_does_not_use() {
        for text in [INDONESIAN, ENGLISH] {
            for (key, text) in messages(text) {
                for word in text.to_lowercase().split(|c: char| !c.is_alphabetic()) {
                    assert!(!NOT_ON_A_PAGE.contains(&word), "{key} says {word}");
                }
            }
        }
    }

    #[test]
    fn numbers_are_grouped_as_people_write_them() {
        for (n, id, en) in
            [(0, "0", "0"), (999, "999", "999"), (1000, "1.000", "1,000"), (1_234_567, "1.234.567", "1,234,567")]
        {
            let value = FluentValue::from(n);
            assert_eq!((grouped(&value, '.').unwrap(), grouped(&value, ',').unwrap()), (id.into(), en.into()));
        }
    }

    #[test]
    fn times_are_said_as_far_back_as_it_takes() {
        let jakarta = TimeZone::fixed(jiff::tz::offset(7));
        let at = |d, h, m| date(2026, 11, d).at(h, m, 0, 0).to_zoned(jakarta.clone()).unwrap();
        let now: Zoned = at(29, 12, 0);
        let when = |zoned: Zoned, language| Words::of(language).when_seen_at(zoned.timestamp().as_millisecond(), &now);
        assert_eq!(when(at(29, 10, 14), Language::Indonesian), "10.14");
        assert_eq!(when(at(29, 10, 14), Language::English), "10:14");
        assert_eq!(when(at(28, 17, 20), Language::Indonesian), "kemarin 17.20");
        assert_eq!(when(at(3, 9, 5), Language::English), "03-11-2026 09:05");
    }
}
