//! The local API: questions, answers, and the table of grants that an officer edits.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::error::Category;
use service::{Ask, Code, Command, Query, read_grants};
use web::Line;

use crate::{Ends, Target, ends::ends};

pub(crate) const API: Target = Target {
    name: "api",
    run: api,
    ends: &[CATEGORIES, COMMANDS, QUERIES, LINES, CODES, &["grants"]],
    unreached: &[("Category::Io", "the body is in memory by then")],
};

ends!(category, CATEGORIES: Category { Io, Syntax, Data, Eof });
ends!(command, COMMANDS: Command {
    Sign, Enact, Join, Approve, Remove, Succeed, CutOff, Add, Set, Choose, Tell, BeginPart, ChangePart, Import, ExportBundle, ImportBundle,
    BackUp, AddOfficer, ResetOfficer, RemoveOfficer, HandleAlert, BeginSheet, ChangeSheet, ChooseSheet, Say, SayAll,
    Attend, OpenRound, Visit, AddToken, WithdrawToken, MarkRead, Erase, SetAddress, TryAlerts, NoteOffice,
    CallNow,
});
ends!(query, QUERIES: Query {
    Request, Propose, Policy, Network, Charter, Status, List, Show, Conflicts, Export, Verify, Glance, Find, Record,
    Check, OnlyHere, Officers, Health, Sheets, Sheet, SheetForm, PartForm, Tokens, Table, Preview, Erasure, Coordination,
    RecordFile, Scorecard, OfficeHealth, LostNode, NotCounting, Security, Storage, Trail,
});
ends!(line, LINES: Line { Progress, Reply, Problem });
ends!(code, CODES: Code { BadInput, NotFound, NoRight, Conflict, InUse, Storage, Internal });

/// By the first byte: what is asked of a node (0), what it answers (1), or a table of grants (2 and more).
fn api(bytes: &[u8]) -> Ends {
    let Some((first, json)) = bytes.split_first() else { return Ends::new() };
    match first {
        0 => read::<Ask>(json, |ask| match ask {
            Ask::Command(asked) => Ends::from([command(asked)]),
            Ask::Query(asked) => Ends::from([query(asked)]),
        }),
        1 => read::<Line>(json, |told| {
            let mut ends = Ends::from([line(told)]);
            if let Line::Problem(problem) = told {
                ends.insert(code(&problem.code));
            }
            ends
        }),
        2.. => match read_grants(json) {
            Ok(_) => Ends::from(["grants"]),
            Err(problem) => Ends::from([code(&problem.code)]),
        },
    }
}

fn read<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(json: &[u8], name: fn(&T) -> Ends) -> Ends {
    match serde_json::from_slice::<T>(json) {
        Ok(value) => {
            let written = serde_json::to_vec(&value).unwrap();
            assert_eq!(serde_json::from_slice::<T>(&written).unwrap(), value);
            name(&value)
        }
        Err(error) => Ends::from([category(&error.classify())]),
    }
}
