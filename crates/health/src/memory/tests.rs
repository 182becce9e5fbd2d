use identity::{Incarnation, NodeKey};

use super::*;

fn memory(first_ms: i64, last_ms: i64, gaps: &[i64]) -> (Memory, OfficeId) {
    let office = OfficeId([1; 16]);
    let silence = |length: &i64| Span { first_ms: 0, last_ms: *length };
    let contact = Contact { heard: Span { first_ms, last_ms }, silences: gaps.iter().map(silence).collect() };
    (Memory { offices: [(office, contact)].into(), ..Memory::default() }, office)
}

#[test]
fn a_habit_is_the_longest_usual_silence_and_never_the_one_that_was_out_of_the_ordinary() {
    let nights = [16 * HOUR; 18];
    let table: [(&str, Vec<i64>, i64, i64); 6] = [
        ("nothing is known", vec![], DAY, WEEKEND),
        ("two are no habit", vec![16 * HOUR; 2], DAY, WEEKEND),
        ("nights", nights.to_vec(), 20 * DAY, 16 * HOUR),
        ("nights and a broken modem", [&nights[..], &[9 * DAY]].concat(), 20 * DAY, 16 * HOUR),
        ("never silent for long", vec![], 20 * DAY, GAP_MIN),
        ("away for a year each time", vec![400 * DAY; 5], 2000 * DAY, HABIT_MAX),
    ];
    for (what, gaps, known_for, expected) in table {
        let (memory, office) = memory(0, known_for, &gaps);
        assert_eq!(memory.habit(&office), expected, "{what}");
        assert!(memory.lost_after(&office) >= LOST, "{what}");
    }
}

#[test]
fn what_an_office_lacked_is_remembered_by_day_and_forgotten_after_thirty() {
    let office = OfficeId([1; 16]);
    let mut memory = Memory::default();
    for (lacks, now) in [(0, 0), (3, DAY), (7, DAY + HOUR), (2, DAY + 2 * HOUR), (0, 2 * DAY), (1, 3 * DAY)] {
        memory.lacked(office, lacks, now);
    }
    assert_eq!(memory.in_touch(&office).lag, [(1, 7), (3, 1)]);
    memory.lacked(office, 0, 31 * DAY);
    assert_eq!(memory.in_touch(&office).lag, [(3, 1)]);
    memory.lacked(office, 0, 40 * DAY);
    assert_eq!(memory.in_touch(&office).lag, []);
}

#[test]
fn an_only_copy_keeps_its_date_until_it_is_another_one() {
    let scope = "board/id".parse().unwrap();
    let journal = JournalId { scope, node: NodeKey([1; 32]), incarnation: Incarnation([1; 8]) };
    let mut memory = Memory::default();
    let table = [(3, 100, 100), (3, 200, 100), (5, 300, 300), (4, 400, 300), (4, 50, 50)];
    for (first, now, expected) in table {
        assert_eq!(memory.only_here_since(&journal, first, now), expected, "{first} at {now}");
    }
}

#[test]
fn a_day_is_set_against_the_days_before_once_there_is_a_week_of_them() {
    let mut memory = Memory::default();
    for day in 0..10 {
        let start = day * DAY;
        let (grown, usual) = memory.grown(100, start);
        assert_eq!((grown, usual), (0, (day >= 7).then_some(20)), "day {day}");
        assert_eq!(memory.grown(120, start + HOUR).0, 20, "day {day}");
    }
    assert_eq!(memory.grown(1000, 10 * DAY), (0, Some(20)));
    assert_eq!(memory.grown(1500, 10 * DAY + HOUR), (500, Some(20)));
    for day in 11..100 {
        memory.grown(0, day * DAY);
    }
    assert_eq!(memory.backlog.len(), DAYS_KEPT + 1);
}
