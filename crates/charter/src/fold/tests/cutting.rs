//! Freezing and cutting.

use identity::Incarnation;

use super::{
    World, each,
    world::{IDENTITY, PARTICIPATION, cut, point},
};
use crate::{Cut, FreezeReason, Standing, VoidReason};

const FROZEN: Standing = Standing::Frozen(FreezeReason::Removed);

fn at(seq: u64) -> Standing {
    Standing::CutOff(Some(point(seq)))
}

fn removed(w: &mut World) {
    w.remove("wonosobo", "kuripan", &[]);
}

#[test]
fn a_removal_freezes_and_a_cut_off_says_up_to_where() {
    each(|mut w| {
        assert_eq!(w.standing("kuripan", IDENTITY, 1), Standing::Open);
        removed(&mut w);
        assert_eq!(w.standing("kuripan", IDENTITY, 1), FROZEN);
        w.cut_off("wonosobo", "kuripan", IDENTITY, &[cut(1, 9)], &[]);
        assert_eq!(w.standing("kuripan", IDENTITY, 1), at(9));
        assert_eq!(w.standing("kuripan", IDENTITY, 2), Standing::CutOff(None), "a journal it had not opened");
        assert_eq!(w.standing("kuripan", PARTICIPATION, 1), FROZEN, "each scope has its own cut-off");
    });
}

#[test]
fn who_may_cut_whom_off_where() {
    let table = [
        ("wonosobo", IDENTITY, true),
        ("jateng", IDENTITY, true),
        ("kemnaker", IDENTITY, true),
        ("kemenkes", IDENTITY, false),
        ("bp3tki", IDENTITY, false),
        ("garung", IDENTITY, false),
        ("kuripan-2", IDENTITY, false),
        ("kemenkes", PARTICIPATION, true),
        ("wonosobo", "money/33.07.10.2004", true),
        ("jateng", "money/33.07.10.2004", false),
        ("kuripan-2", "money/33.07.10.2004", false),
        ("wonosobo", "care/33.07.10.2004", false),
        ("kuripan-2", "care/33.07.10.2004", true),
    ];
    for (by, scope, expected) in table {
        each(|mut w| {
            w.further("kuripan", "kuripan-2", "kuripan");
            let admission = w.charter().admission_proof(&w.key("kuripan-2")).unwrap();
            w.remove("wonosobo", "kuripan", &admission);
            let hash = w.cut_off(by, "kuripan", scope, &[cut(1, 9)], &[]);
            let expected_standing = if expected { at(9) } else { FROZEN };
            assert_eq!(w.standing("kuripan", scope, 1), expected_standing, "{by} cuts off in {scope}");
            if !expected {
                w.expect_void(hash, VoidReason::NoAuthority);
            }
        });
    }
}

#[test]
fn no_node_cuts_itself_off() {
    each(|mut w| {
        let hash = w.cut_off("kuripan", "kuripan", "care/33.07.10.2004", &[cut(1, 9)], &[]);
        w.expect_void(hash, VoidReason::NoAuthority);
    });
}

#[test]
fn one_that_cites_replaces_and_may_raise() {
    each(|mut w| {
        removed(&mut w);
        let first = w.cut_off("wonosobo", "kuripan", IDENTITY, &[cut(1, 9)], &[]);
        let second = w.cut_off("wonosobo", "kuripan", IDENTITY, &[cut(1, 12)], &[first]);
        assert_eq!(w.standing("kuripan", IDENTITY, 1), at(12));
        w.expect_void(first, VoidReason::Replaced);
        let charter = w.charter();
        let cut_offs = charter.cut_offs(&w.key("kuripan"), &IDENTITY.parse().unwrap()).unwrap();
        assert_eq!(cut_offs.heads, [second]);
    });
}

#[test]
fn of_concurrent_ones_the_higher_office_counts() {
    each(|mut w| {
        removed(&mut w);
        w.cut_off("wonosobo", "kuripan", IDENTITY, &[cut(1, 3)], &[]);
        w.cut_off("kemnaker", "kuripan", IDENTITY, &[cut(1, 9)], &[]);
        w.cut_off("jateng", "kuripan", IDENTITY, &[cut(1, 5)], &[]);
        assert_eq!(w.standing("kuripan", IDENTITY, 1), at(9));
    });
}

#[test]
fn of_equals_the_lower_point_counts() {
    each(|mut w| {
        removed(&mut w);
        let nothing = Cut { incarnation: Incarnation([2; 8]), at: None };
        w.cut_off("kemnaker", "kuripan", PARTICIPATION, &[cut(1, 9), cut(2, 4), cut(3, 4)], &[]);
        w.cut_off("kemenkes", "kuripan", PARTICIPATION, &[cut(1, 5), nothing], &[]);
        assert_eq!(w.standing("kuripan", PARTICIPATION, 1), at(5));
        assert_eq!(w.standing("kuripan", PARTICIPATION, 2), Standing::CutOff(None));
        assert_eq!(w.standing("kuripan", PARTICIPATION, 3), Standing::CutOff(None), "one of the two does not name it");
    });
}

#[test]
fn a_lower_office_does_not_replace_a_higher_ones() {
    each(|mut w| {
        removed(&mut w);
        let high = w.cut_off("kemnaker", "kuripan", IDENTITY, &[cut(1, 9)], &[]);
        let low = w.cut_off("wonosobo", "kuripan", IDENTITY, &[cut(1, 20)], &[high]);
        assert_eq!(w.standing("kuripan", IDENTITY, 1), at(9));
        w.expect_void(low, VoidReason::Replaced);
    });
}

#[test]
fn a_cut_off_by_a_key_that_is_removed_itself_falls() {
    each(|mut w| {
        removed(&mut w);
        let first = w.cut_off("wonosobo", "kuripan", IDENTITY, &[cut(1, 9)], &[]);
        let removal = w.set.iter().find(|s| matches!(s.statement().body, crate::Body::Remove { .. })).unwrap().hash();
        let kuripan = w.charter().admission_proof(&w.key("kuripan")).unwrap();
        w.cut_off("wonosobo", "kuripan", IDENTITY, &[cut(1, 1)], &[first]);
        w.remove("jateng", "wonosobo", &[vec![removal, first], kuripan].concat());
        assert_eq!(w.standing("kuripan", IDENTITY, 1), at(9), "what the thief cited stands again");
    });
}

#[test]
fn a_fork_is_cut_and_the_node_goes_on_in_a_new_journal() {
    each(|mut w| {
        w.cut_off("wonosobo", "kuripan", IDENTITY, &[cut(1, 9)], &[]);
        assert!(w.is_active("kuripan"));
        assert_eq!(w.standing("kuripan", IDENTITY, 1), at(9));
        assert_eq!(w.standing("kuripan", IDENTITY, 2), Standing::Open);
    });
}

#[test]
fn an_office_that_cannot_read_the_scope_removes_and_another_cuts() {
    each(|mut w| {
        w.remove("kemenkes", "kuripan", &[]);
        assert_eq!(w.standing("kuripan", IDENTITY, 1), FROZEN);
        w.cut_off("wonosobo", "kuripan", IDENTITY, &[cut(1, 9)], &[]);
        assert_eq!(w.standing("kuripan", IDENTITY, 1), at(9));
    });
}

#[test]
fn a_right_that_never_was_is_not_frozen() {
    each(|mut w| {
        assert_eq!(w.standing("garung", IDENTITY, 1), Standing::NoRight);
        w.remove("wonosobo", "garung", &[]);
        assert_eq!(w.standing("garung", IDENTITY, 1), Standing::NoRight);
        assert!(!w.charter().may_read(&w.key("garung"), &"board/id".parse().unwrap()));
    });
}
