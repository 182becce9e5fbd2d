use identity::NodeKey;

use super::*;

/// 21 November 2025, 18:33:20 UTC.
const NOW: i64 = 1_763_750_000_000;
const HERE: OfficeId = OfficeId([1; 16]);
const THERE: OfficeId = OfficeId([2; 16]);

fn check(office: OfficeId, what: &What, as_of_ms: i64, id: &str, en: &str) {
    let name = |office: &OfficeId| if *office == HERE { "Disnaker Wonosobo" } else { "Desa Kuripan" }.to_owned();
    let speaker = Speaker { own: HERE, now_ms: NOW, utc_offset_minutes: 420, name: &name };
    assert_eq!(speaker.sentence(&office, what, as_of_ms), say(id, en));
}

#[test]
fn what_is_only_here_is_said_as_it_is_and_of_others_as_at_least() {
    let what = What::OnlyHere { changes: 214, oldest: Since::At(NOW - 3 * DAY) };
    let id = "214 perubahan hanya ada di sini (paling lama 3 hari).";
    check(HERE, &what, NOW, id, "214 changes are nowhere else (oldest 3 days).");
    check(
        THERE,
        &what,
        NOW - 3 * DAY,
        "Desa Kuripan: sedikitnya 214 perubahan hanya ada di sana (paling lama 3 hari) (keadaan 19 Nov 01.33).",
        "Desa Kuripan: at least 214 changes are nowhere else (oldest 3 days) (as of 19 Nov 01:33).",
    );
}

#[test]
fn a_silence_says_since_when_and_what_is_usual() {
    let what = What::Silent { since_ms: NOW - 400 * DAY, usual_ms: 16 * HOUR, away_until_ms: None };
    check(
        THERE,
        &what,
        NOW,
        "Desa Kuripan tidak tersambung sejak 18 Okt 2024 01.33 (biasanya paling lama 16 jam).",
        "Desa Kuripan has not been connected since 18 Oct 2024 01:33 (usually 16 hours at most).",
    );
}

#[test]
fn what_was_never_backed_up_says_so() {
    let what = What::ByRule { changes: 1, backup_ms: None };
    check(
        HERE,
        &what,
        NOW,
        "Disnaker Wonosobo: 1 perubahan menurut aturan hanya disimpan di kantor itu; belum pernah dicadangkan.",
        "Disnaker Wonosobo: 1 change kept at that office alone, by rule; never backed up.",
    );
}

/// One of each.
fn every_what() -> Vec<What> {
    let (changes, oldest, node) = (5, Since::Unknown, NodeKey([3; 32]));
    vec![
        What::Damage { parts: 1 },
        What::Full,
        What::LittleRoom { free_permille: 120 },
        What::ShowsOther { scopes: 2 },
        What::TrailCut { had: 120, has: 3 },
        What::Forked { node },
        What::Revoked,
        What::RemovedCalls { node, at_ms: NOW },
        What::OnlyHere { changes, oldest },
        What::MaybeLost { changes },
        What::Growing { today: 500, usual: 20 },
        What::NotAtMinistries { changes, oldest, lacking: vec![THERE] },
        What::ByRule { changes, backup_ms: Some(NOW) },
        What::OldBackup { backup_ms: None },
        What::BackupFailed { tried_ms: NOW },
        What::Stuck { since_ms: NOW, lacks: 5 },
        What::Refused { items: 5 },
        What::Waiting { items: 5, since_ms: NOW },
        What::Silent { since_ms: NOW, usual_ms: DAY, away_until_ms: Some(NOW) },
        What::Alone { since_ms: None },
        What::ProvinceSilent { region: "33".parse().unwrap(), silent: 4, of: 9, since_ms: NOW },
        What::NeverSeen,
        What::CatchingUp { lacks: 5 },
        What::OldVersion { version: "0.1.0".to_owned(), newest: "0.2.0".to_owned() },
        What::Clock { ahead_ms: -HOUR },
        What::NoReport,
        What::InSync,
    ]
}

/// Words that people at a counter do not use (the list of the pages), and the machinery's own.
const NOT_SAID: [&str; 10] =
    ["luring", "selaras", "tertahan", "bercabang", "rekam", "posisi", "membekukan", "journal", "scope", "incarnation"];

#[test]
fn every_finding_has_its_sentence_its_reason_and_its_remedy_in_plain_words() {
    let name = |_: &OfficeId| "Desa Kuripan".to_owned();
    let speaker = Speaker { own: HERE, now_ms: NOW, utc_offset_minutes: 420, name: &name };
    for what in every_what() {
        for (office, own) in [(HERE, true), (THERE, false)] {
            for said in [speaker.sentence(&office, &what, NOW), why(&what), action(&what, own)] {
                for text in [&said.id, &said.en] {
                    assert!(text.ends_with('.') && text.len() > 8, "{what:?}: {text}");
                    let words = text.to_lowercase();
                    let said = words.split(|c: char| !c.is_alphanumeric()).find(|word| NOT_SAID.contains(word));
                    assert_eq!(said, None, "{text}");
                }
                assert_ne!(said.id, said.en, "{what:?}");
            }
        }
    }
}
