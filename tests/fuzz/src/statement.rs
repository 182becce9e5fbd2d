//! Statements of the charter.

use charter::{Body, Charter, CheckedStatement, Statement, StatementError};
use identity::{Domain, Signed};

use crate::{
    Ends, Target,
    ends::ends,
    signed::{SIGNED_ERRORS, sign, signed, signed_error},
    world::{WORLD, secret},
};

pub(crate) const STATEMENT: Target = Target {
    name: "statement",
    run: statement,
    ends: &[STATEMENT_ERRORS, SIGNED_ERRORS, BODIES, &["no signed value"]],
    unreached: &[],
};

ends!(statement_error, STATEMENT_ERRORS: StatementError {
    Signed, Request, TooLarge, TooMany, NotASet, Text, KindAndRegion, Network, Contradiction,
});
ends!(body, BODIES: Body {
    Found, Admit, Adopt, Remove, CutOff, Rename, Succeed, Roster, Erase, Suspend, Lift, Majority,
});

/// By the first byte: as it came (0), signed here and now (1), or as the request in an admission that is (2 and more).
fn statement(bytes: &[u8]) -> Ends {
    let said = match bytes.split_first() {
        Some((2.., bytes)) => {
            let body = Body::Admit { request: sign(bytes, Domain::Request) };
            Some(Signed::new(&secret("kemnaker"), Domain::Statement, &Statement { network: Some(WORLD.network), body }))
        }
        _ => signed::<Statement>(bytes, Domain::Statement),
    };
    let Some(said) = said else { return Ends::from(["no signed value"]) };
    match CheckedStatement::check(said) {
        Ok(checked) => {
            let end = body(&checked.statement().body);
            folds(checked);
            Ends::from([end])
        }
        Err(error) => said_wrong(&error),
    }
}

pub(crate) fn said_wrong(error: &StatementError) -> Ends {
    let mut ends = Ends::from([statement_error(error)]);
    if let StatementError::Signed(inner) | StatementError::Request(inner) = error {
        ends.insert(signed_error(inner));
    }
    ends
}

/// The charter takes it in, whatever it says, and says the same when it comes again.
fn folds(checked: CheckedStatement) {
    let mut statements = WORLD.statements.clone();
    statements.insert_checked(checked.clone());
    let charter = Charter::fold(&statements, WORLD.network);
    assert!(charter.is_founded());
    assert!(!statements.insert_checked(checked.clone()), "the same again is not new");
    let again = charter::CheckedStatement::check(checked.signed().clone()).map(|again| again.hash());
    assert_eq!(again, Ok(checked.hash()));
}
