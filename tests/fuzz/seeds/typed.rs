//! What people and programs of this machine write: tables, and questions to the local API.

use service::{
    Ask, Code, Command, Find, FindSheets, GrantView, MarkChange, PersonPart, Problem, Progress, Proposal, Query, Reply,
    Role, Saying, TableOf, TextChange, TokenScope,
};
use web::Line;

use crate::{Seed, seed};

const VILLAGE: u8 = 1;
const REGENCY: u8 = 0;
const CHOSEN: u8 = 2;

pub(crate) fn tables() -> Vec<Seed> {
    let head = "kode_desa;nama;nik;tanggal_lahir;jenis_kelamin;keputusan;nomor_keputusan;tanggal_keputusan\n";
    let rows = |rows: &str| format!("{head}{rows}");
    let table: [(&str, u8, String); 15] = [
        ("template", REGENCY, records::template()),
        ("good", REGENCY, rows("33.07.10.2004;Turyati;3307104512780001;05-12-1978;P;ditetapkan;141/7;12-03-2022\n")),
        (
            "commas and quotes",
            VILLAGE,
            "nama,dusun,negara\n\"Siti, binti A\",\"Krajan \"\"B\"\"\",Malaysia\n".to_owned(),
        ),
        ("a row twice", VILLAGE, "sep=;\nnama;no\r\nTuryati;7\r\nTuryati;7\r\n".to_owned()),
        ("a NIK that does not fit", REGENCY, rows("33.07.10.2004;Turyati;3307104512780001;01-01-1990;L;;;\n")),
        ("no name", VILLAGE, "nama;dusun\n;Krajan\n".to_owned()),
        ("no date", VILLAGE, "nama;tanggal_lahir\nTuryati;kemarin\n".to_owned()),
        ("a NIK that was a number", VILLAGE, "nama;nik\nTuryati;3,30710E+15\n".to_owned()),
        ("another village", REGENCY, rows("32.01.01.2001;Turyati;;;;;;\n")),
        ("half a decision", REGENCY, rows("33.07.10.2004;Turyati;;;;ditetapkan;;\n")),
        ("too many cells", VILLAGE, "nama;dusun\nTuryati;x;y\n".to_owned()),
        ("a formula", VILLAGE, "nama;tanggal_lahir\n=1+1;=2\n".to_owned()),
        ("no village", REGENCY, "nama\nTuryati\n".to_owned()),
        ("two names", VILLAGE, "nama;name\nA;B\n".to_owned()),
        ("empty", VILLAGE, String::new()),
    ];
    let mut seeds: Vec<Seed> = table.iter().map(|(name, first, text)| seed(name, *first, text.as_bytes())).collect();
    for (name, chosen, text) in [
        // The line of the header, how many columns, and which: 2 is the name.
        ("chosen", &[2, 2, 0, 2][..], "Daftar\nNo;Warga\n1;Turyati\n"),
        ("chosen twice", &[1, 2, 2, 2], "A;B\nTuryati;x\n"),
        ("more chosen than there are", &[1, 3, 2, 0, 0], "A;B\nTuryati;x\n"),
        ("no header so far below", &[9, 1, 2], "A;B\nTuryati;x\n"),
        ("no column for the name", &[1, 2, 0, 0], "A;B\nTuryati;x\n"),
    ] {
        seeds.push(seed(name, CHOSEN | VILLAGE, &[chosen, text.as_bytes()].concat()));
    }
    seeds.push(seed("a long line", VILLAGE, format!("nama\n{}\n", "x".repeat(5_000)).as_bytes()));
    seeds.push(seed("in Latin-1", VILLAGE, b"nama\nAnd\xe9\n"));
    seeds.push(seed("a workbook", VILLAGE, b"PK\x03\x04"));
    seeds.push(seed("zeros", VILLAGE, b"n\0a\0m\0a\0"));
    seeds
}

const ASKED: u8 = 0;
const TOLD: u8 = 1;
const GRANTS: u8 = 2;

pub(crate) fn api() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = commands()
        .into_iter()
        .map(Ask::from)
        .chain(queries().into_iter().map(Ask::from))
        .enumerate()
        .map(|(number, ask)| seed(&format!("asked {number}"), ASKED, &json(&ask)))
        .collect();
    use Code::{BadInput, Conflict, InUse, Internal, NoRight, NotFound, Storage};
    for (number, code) in [BadInput, NotFound, NoRight, Conflict, InUse, Storage, Internal].into_iter().enumerate() {
        let problem = Problem::new(code, "it is not so", "make it so");
        seeds.push(seed(&format!("problem {number}"), TOLD, &json(&Line::Problem(problem))));
    }
    seeds.push(seed("progress", TOLD, &json(&Line::Progress(Progress { done: 3, total: 9 }))));
    seeds.push(seed("reply", TOLD, &json(&Line::Reply(Reply::Carry { file: vec![1, 2], line: "x".to_owned() }))));
    seeds.push(seed("grants", GRANTS, &json(&vec![grant()])));
    seeds.push(seed("other grants", GRANTS, b"[{\"holder\":7}]"));
    seeds.push(seed("cut short", ASKED, b"{\"query\":"));
    seeds.push(seed("no JSON", ASKED, b"query=status"));
    seeds.push(seed("another question", ASKED, b"{\"query\":\"weather\"}"));
    seeds.push(seed("deep", ASKED, &[b'['; 200]));
    seeds
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn grant() -> GrantView {
    let [holder, class, within, reach, access] = ["village", "participation", "id", "own", "write"].map(str::to_owned);
    GrantView { holder, class, within, reach, access }
}

fn commands() -> Vec<Command> {
    let text = |text: &str| text.to_owned();
    let (officer, id) = (|| text("petugas"), || text("12/33.07.10.2004"));
    let fields = || vec![(text("dusun"), text("Krajan"))];
    vec![
        Command::Sign { draft: vec![1, 2] },
        Command::Enact { draft: vec![1], signatures: vec![vec![2], vec![]] },
        Command::Join { file: vec![0x89] },
        Command::Approve { request: b"simpul-request:AA".to_vec() },
        Command::Remove { node: "ab".repeat(32), reason: text("hilang") },
        Command::Succeed { from: vec![text("Desa Garung")], to: text("Desa Kuripan") },
        Command::CutOff { node: "ab".repeat(32), scope: Some(text("care/33.07.10.2004")), at: None, void: true },
        Command::Add { officer: officer(), name: text("Turyati"), village: None, fields: fields() },
        Command::Set { officer: officer(), id: id(), fields: fields(), shown: None },
        Command::Choose {
            officer: officer(),
            id: id(),
            field: text("dusun"),
            value: text("Krajan"),
            shown: Some("2=".to_owned()),
        },
        Command::Tell {
            officer: officer(),
            id: id(),
            said: Saying { fact: text("decision"), inputs: vec![(text("outcome"), text("cadangan"))] },
        },
        Command::BeginPart {
            officer: officer(),
            id: id(),
            part: PersonPart::Trip,
            of: None,
            fields: vec![(text("country"), text("Taiwan"))],
        },
        Command::ChangePart {
            officer: officer(),
            id: id(),
            part: text("7"),
            fields: vec![(text("until"), text("2024"))],
            shown: Some("32=".to_owned()),
        },
        Command::Import { officer: officer(), file: "people.csv".into(), decided: Some((text("1"), text("2022"))) },
        Command::ExportBundle { office: text("Desa Kuripan"), out: "bundle".into() },
        Command::ImportBundle { file: "bundle".into() },
        Command::BackUp { out: "backup".into() },
        Command::AddOfficer { handle: text("siti"), name: text("Siti"), roles: vec![Role::Petugas, Role::Admin] },
        Command::ResetOfficer { handle: text("siti") },
        Command::RemoveOfficer { handle: text("siti") },
        Command::AddToken {
            by: officer(),
            name: text("rekap"),
            scopes: vec![TokenScope::Read, TokenScope::Personal],
            until: text("2027-03-31"),
        },
        Command::WithdrawToken { name: text("rekap") },
        Command::MarkRead,
        Command::CallNow,
        Command::TryAlerts,
        Command::NoteOffice { office: id(), by: text("Sari"), text: text("listrik padam"), spoke: true },
        Command::SetAddress { address: text("Jalan Raya Watumalang 1") },
        Command::Erase { id: text("abc"), ground: text("permintaan orangnya") },
        Command::BeginSheet {
            officer: officer(),
            kind: text("pengaduan"),
            place: None,
            fields: fields(),
            texts: vec![(text("story"), text("Hilang kontak"))],
        },
        Command::ChangeSheet {
            officer: officer(),
            id: id(),
            fields: fields(),
            texts: vec![TextChange { field: text("story"), was: text("Hilang"), now: text("Hilang kontak") }],
            shown: None,
        },
        Command::ChooseSheet {
            officer: officer(),
            id: id(),
            field: text("phone"),
            value: text("0812"),
            shown: Some(text("13=")),
        },
        Command::Say { officer: officer(), id: id(), fact: text("handling"), inputs: fields() },
        Command::SayAll {
            officer: officer(),
            id: id(),
            said: vec![Saying { fact: text("product"), inputs: fields() }],
        },
        Command::OpenRound { officer: officer(), id: id() },
        Command::Attend {
            officer: officer(),
            id: id(),
            marks: vec![MarkChange { person: id(), day: text("2016-04-25"), was: String::new(), now: text("hadir") }],
        },
        Command::Visit { officer: officer(), inputs: vec![(text("purpose"), text("complaint"))] },
        Command::HandleAlert { key: text("never backed up"), by: text("petugas-1"), until_ms: 1_763_750_000_000 },
    ]
}

fn queries() -> Vec<Query> {
    let text = |text: &str| text.to_owned();
    vec![
        Query::Request,
        Query::Propose(Proposal::AddFounder { request: vec![1] }),
        Query::Propose(Proposal::Policy { grants: vec![grant()] }),
        Query::Propose(Proposal::CutOff { node: text("x"), scope: text("care/id"), at: None, void: false }),
        Query::Policy,
        Query::Network,
        Query::Charter,
        Query::Status,
        Query::List { village: None, search: Some(text("tur")) },
        Query::Show { id: text("7"), on: None },
        Query::Conflicts,
        Query::Export,
        Query::Verify,
        Query::Glance,
        Query::Find(Find { search: Some(text("tur")), contested: true, after: Some(7), limit: 50, ..Find::default() }),
        Query::Record { id: text("7") },
        Query::Check { village: None, except: None, fields: vec![(text("nik"), text("123"))] },
        Query::Sheets(FindSheets { kind: Some(text("ak1")), open: Some(true), limit: 50, ..FindSheets::default() }),
        Query::Sheet { id: text("7") },
        Query::Erasure { id: text("abc") },
        Query::Preview { id: text("7"), said: Saying { fact: text("approved"), inputs: Vec::new() } },
        Query::SheetForm { kind: text("pinjaman") },
        Query::PartForm { id: text("KRP-2026-0001"), part: PersonPart::Tie },
        Query::OnlyHere,
        Query::Officers,
        Query::Tokens,
        Query::Table { of: TableOf::Participants(Find { group: Some(text("salak")), ..Find::default() }) },
        Query::Health,
        Query::NotCounting,
        Query::Security,
        Query::Trail { about: Some("KRP-0001".to_owned()) },
        Query::Storage,
        Query::LostNode { node: text("ab12") },
        Query::OfficeHealth { office: text("7") },
        Query::Coordination,
        Query::Scorecard { region: Some(text("18.07")), year: Some(2016), own: true },
        Query::RecordFile { id: text("7"), name: text("9ab3.json"), english: false },
    ]
}
