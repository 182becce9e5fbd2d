//! Bad input for each command: exit code, `error:`, `hint:`, and nothing changed.

use std::{fs, path::Path};

use simpul_tests::harness::{Answer, Network, simpul};

use crate::KURIPAN;

/// What stands in a table for files and keys of the story.
fn filled(net: &Network, words: &str) -> Vec<String> {
    let key = |label: &str| net[label].key.clone();
    let files = net.folder().to_str().unwrap();
    words
        .split_whitespace()
        .map(|word| {
            word.replace('_', " ")
                .replace("{files}", files)
                .replace("{kuripan}", &key("kuripan"))
                .replace("{wonosobo}", &key("wonosobo"))
        })
        .collect()
}

/// Runs a line of a table; at a node, unless it names its data folder or needs none.
#[track_caller]
fn check(net: &Network, at: &str, words: &str, code: i32, told: &str) {
    let mut command = simpul(filled(net, words));
    if !at.is_empty() {
        command.arg("--data").arg(&net[at].folder);
    }
    let answer = Answer::of(&mut command);
    assert_eq!(answer.code, Some(code), "{answer}");
    let error = answer.err.lines().find_map(|line| line.strip_prefix("error: "));
    let error = error.unwrap_or_else(|| panic!("an error is told as one: {answer}"));
    assert!(answer.err.contains(told), "{told:?} is not told: {answer}");
    if code == 1 {
        let hint = answer.err.lines().find_map(|line| line.strip_prefix("hint: "));
        assert!(hint.is_some_and(|hint| hint.len() > 5), "there is a hint: {answer}");
        assert!(!error.contains("panicked") && !error.ends_with('.'), "{answer}");
        assert_eq!(answer.out, "", "{answer}");
    }
}

/// One village with one participant, its regency, the line above it, and files of every sort.
fn small() -> Network {
    let net = Network::small();
    net.stop_all();
    net["kuripan"].register("Turyati", KURIPAN, &["address=Dusun Sigaok"]);
    let files = net.folder();
    let write = |name: &str, bytes: &[u8]| fs::write(files.join(name), bytes).unwrap();
    write("garbage", &[0xff, 0, 1, 2, 3, b'\n', 7]);
    write("empty", b"");
    write("table.csv", b"this,is,another\ntable,of,words\n");
    write("typo.toml", b"wbe = \"127.0.0.1:0\"\n");
    let cut = fs::read(net["garung"].file("invite")).unwrap();
    write("cut-short", &cut[..cut.len() / 2]);
    fs::copy(net["garung"].file("request"), files.join("garung.request")).unwrap();
    fs::copy(net["garung"].file("invite"), files.join("garung.invite")).unwrap();
    fs::copy(net["jateng"].file("request"), files.join("jateng.request")).unwrap();
    net
}

const INIT: &str = "init --data {files}/new";

#[test]
fn bad_input_for_a_new_node() {
    let net = small();
    check(&net, "kuripan", "init --name Desa_Kuripan --kind village --region 33.07.10.2004", 1, "holds a node already");
    for (words, code, told) in [
        ("--name Desa --kind hamlet --region 33.07.10.2004", 1, "\"hamlet\" is no kind of office"),
        ("--name Desa --kind village --region 33.7", 1, "\"33.7\" is no region"),
        ("--name Desa --kind village --region 33", 1, "a village does not stand for region 33"),
        ("--name _ --kind village --region 33.07.10.2004", 1, "name"),
        ("--kind village --region 33.07.10.2004", 2, "--name"),
        ("--of zz", 1, "hex digits"),
        ("--of zz --name Desa", 2, "cannot be used with"),
    ] {
        check(&net, "", &format!("{INIT} {words}"), code, told);
    }
    assert!(!net.folder().join("new").exists(), "nothing was begun");
    for words in [
        "request --out {files}/out",
        "join {files}/founding",
        "charter show",
        "status",
        "verify",
        "doctor",
        "run",
        "participant list",
        "participant add --name Turyati",
        "bundle import {files}/garbage",
    ] {
        check(&net, "", &format!("{words} --data {{files}}/none"), 1, "holds no node");
    }
    assert!(!net.folder().join("none").exists(), "nothing was begun");
}

#[test]
fn bad_input_for_founding_and_admission() {
    let net = small();
    for (words, told) in [
        ("charter draft --out {files}/out {files}/missing", "cannot read"),
        ("charter draft --out {files}/out {files}/garbage", "no file of Simpul's"),
        ("charter draft --out {files}/out {files}/empty", "no file of Simpul's"),
        ("charter draft --out {files}/out {files}/founding", "this is a founding; a request was expected"),
        ("charter draft --out {files}/out {files}/garung.request", "practice"),
        ("charter found --out {files}/out {files}/draft {files}/garung.request", "this is a request"),
        ("charter found --out {files}/out {files}/garung.invite {files}/garung.request", "this is an invite"),
    ] {
        check(&net, "", words, 1, told);
    }
    check(&net, "", "charter draft --out {files}/out", 2, "REQUEST");
    check(&net, "", "charter found --out {files}/out {files}/draft", 2, "SIGNATURE");
    assert!(!net.folder().join("out").exists());
    for (at, words, told) in [
        ("kuripan", "charter sign {files}/draft --out {files}/out", "none of the founders"),
        ("kuripan", "join {files}/garung.invite", "this invite is for node"),
        ("kuripan", "join {files}/garbage", "no file of Simpul's"),
        ("kuripan", "join {files}/cut-short", "damaged or not complete"),
        ("kuripan", "join {files}/missing", "cannot read"),
        ("kuripan", "join simpul-invite:ABC", "damaged or not complete"),
        ("kuripan", "join {files}/garung.request", "this is a request"),
        ("kuripan", "approve {files}/garung.invite --out {files}/out", "this is an invite"),
        ("kuripan", "approve {files}/missing --out {files}/out", "cannot read"),
    ] {
        check(&net, at, words, 1, told);
    }
    // A village admits nobody but its own nodes; nobody is admitted by somebody of another region.
    let mut other = Network::empty(true);
    other.init("wonosobo");
    other.init("bp3tki");
    for label in ["wonosobo", "bp3tki"] {
        let request = net.folder().join(format!("other-{label}.request"));
        other[label].ask(&["request", "--out", request.to_str().unwrap()]).done();
    }
    for (at, request) in [("kuripan", "wonosobo"), ("garung", "bp3tki"), ("wonosobo", "bp3tki")] {
        let words = format!("approve {{files}}/other-{request}.request --out {{files}}/out");
        check(&net, at, &words, 1, "this statement would be");
    }
    assert!(!net.folder().join("out").exists());
}

#[test]
fn a_founding_that_somebody_has_not_signed_names_who() {
    let mut net = Network::empty(true);
    let founders = ["kemnaker", "kemenkes"];
    let path = |name: &str| net_file(net.folder(), name);
    let (draft, out) = (path("draft"), path("out"));
    for short in founders {
        net.init(short);
        net[short].ask(&["request", "--out", &net[short].file("request")]).done();
    }
    let requests = founders.map(|short| net[short].file("request"));
    let command = ["charter", "draft", "--practice", "--out", &draft, &requests[0], &requests[1]];
    Answer::of(&mut simpul(command)).done();
    let signature = net["kemnaker"].file("signature");
    net["kemnaker"].ask(&["charter", "sign", &draft, "--out", &signature]).done();
    let told = Answer::of(&mut simpul(["charter", "found", "--out", &out, &draft, &signature])).failed();
    assert!(told.contains("Kementerian Kesehatan") && !told.contains("Ketenagakerjaan"), "{told}");
    assert!(!Path::new(&out).exists());
}

#[test]
fn bad_input_for_removal_and_cut_off() {
    let net = small();
    for (at, words, told) in [
        ("wonosobo", "remove --node zz", "hex digits"),
        ("wonosobo", "remove --node 0000000000000000000000000000000000000000000000000000000000000000", "no statement"),
        ("kuripan", "remove --node {wonosobo}", "this statement would be"),
        ("garung", "remove --node {kuripan}", "has no say here"),
        ("wonosobo", "cutoff --node zz", "hex digits"),
        ("wonosobo", "cutoff --node {kuripan} --scope participation", "is no scope"),
        ("wonosobo", "cutoff --node {kuripan} --at soon", "is no point"),
        ("wonosobo", "cutoff --node {kuripan}", "nothing of node"),
        ("kuripan", "cutoff --node {wonosobo} --scope participation/33.07.10.2004", "this statement would be"),
    ] {
        check(&net, at, words, 1, told);
    }
    check(&net, "wonosobo", "remove", 2, "--node");
}

#[test]
fn bad_input_for_participants() {
    let net = small();
    let register = net["kuripan"].list()[0].register.clone().unwrap();
    for (words, told) in [
        ("add --name Farida --village 33.07", "village"),
        ("add --name Farida --village nowhere", "is no region"),
        ("add --name Farida --village 33.07.12.2007", "may not write"),
        ("add --name Farida colour=red", "there is no field \"colour\""),
        ("add --name Farida birth=yesterday", "yesterday"),
        ("add --name _", "name"),
        ("add --name Farida --officer Ibu_Farida", "no officer's handle"),
        ("add --name Farida address", "is not FIELD=VALUE"),
        ("set KRP-1900-0001 address=x", "no participant"),
        ("set {id} colour=red", "there is no field \"colour\""),
        ("set {id}", "no field is named"),
        ("set {id} birth=31-02-2000", "31-02-2000"),
        ("show nobody", "no participant nobody"),
        ("show {id} --on someday", "someday"),
        ("list --village x", "is no region"),
        ("import {files}/missing", "cannot read"),
        ("import {files}/garbage", "table"),
        ("import {files}/empty", "table"),
        ("import {files}/table.csv", "column"),
        ("import {files}/table.csv --decided 141", "NUMBER:DATE"),
        ("import {files}/table.csv --decided 141:someday", "someday"),
        ("export --out {files}/none/out.csv", "cannot write"),
        ("choose {id} colour red", "there is no field \"colour\""),
        ("decide {id} maybe --number 1 --date 2017-03-01", "maybe"),
        ("decide {id} ditetapkan --number 1 --date someday", "someday"),
        ("leave {id} bored", "bored"),
        ("leave {id} moved --date someday", "someday"),
    ] {
        check(&net, "kuripan", &format!("participant {}", words.replace("{id}", &register)), 1, told);
    }
    for (words, told) in [("add", "--name"), ("set", "<ID>"), ("decide x", "<OUTCOME>"), ("fly", "unrecognized")] {
        check(&net, "", &format!("participant {words}"), 2, told);
    }
    assert_eq!(net["kuripan"].names(), ["Turyati"]);
    assert_eq!(net["kuripan"].status().scopes.iter().map(|scope| scope.entries).sum::<u64>(), 2);
    net["kuripan"].verify();
}

#[test]
fn bad_input_for_running_and_carrying() {
    let net = small();
    let regency = net["wonosobo"].status().office.id;
    for (words, told) in [
        ("run --config {files}/missing", "cannot read"),
        ("run --config {files}/typo.toml", "unknown field `wbe`"),
        ("run --web 0.0.0.0:0", "not an address of this machine alone"),
        ("run --listen 192.0.2.1:7707", "192.0.2.1"),
        ("bundle export --out {files}/out --for Desa_Nowhere", "names no office"),
        ("bundle export --out {files}/none/out --for {regency}", "cannot write"),
        ("bundle import {files}/missing", "cannot read"),
        ("bundle import {files}/garbage", "no bundle"),
        ("bundle import {files}/empty", "no bundle"),
        ("status --machine-key {files}/garbage", "key"),
    ] {
        check(&net, "kuripan", &words.replace("{regency}", &regency), 1, told);
    }
    for words in
        ["run --listen nowhere", "run --peer nobody@127.0.0.1:1", "run --peer 127.0.0.1:1", "fly", "status --jason"]
    {
        check(&net, "", words, 2, "");
    }
    // A node that belongs to no network yet.
    let mut alone = Network::empty(true);
    alone.init("garung");
    for words in ["bundle export --out x --for y", "bundle import {files}/garbage"] {
        let words: Vec<String> = filled(&net, words);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let told = alone["garung"].ask(&words).failed();
        assert!(told.contains("no network yet") && told.contains("hint: "), "{told}");
    }
}

#[test]
fn bad_input_for_acts_of_the_founders() {
    let net = small();
    let propose = "charter propose --out {files}/out";
    for (at, words, told) in [
        ("kemnaker", "--remove-founder Kementerian_Keuangan", "names no office"),
        ("kemnaker", "--policy {files}/missing", "cannot read"),
        ("kemnaker", "--policy {files}/garbage", "policy"),
        ("kemnaker", "--add-founder {files}/missing", "cannot read"),
        ("kemnaker", "--add-founder {files}/garbage", "no file of Simpul's"),
        ("kemnaker", "--admit-node {files}/garung.invite", "this is an invite; a request was expected"),
        ("kemnaker", "--remove-node zz", "hex digits"),
        ("kemnaker", "--cutoff {kuripan} --scope participation", "is no scope"),
        ("kemnaker", "--cutoff {kuripan} --scope participation/33.07.10.2004 --at soon", "is no point"),
    ] {
        check(&net, at, &format!("{propose} {words}"), 1, told);
    }
    for (words, told) in [
        ("charter enact {files}/garbage {files}/garbage", "no file of Simpul's"),
        ("charter enact {files}/missing {files}/garbage", "cannot read"),
        ("charter enact {files}/founding {files}/garung.request", "this is a founding"),
        ("charter sign {files}/garbage --out {files}/out", "no file of Simpul's"),
    ] {
        check(&net, "kemnaker", words, 1, told);
    }
    for (words, told) in [
        ("charter propose --out x", "required"),
        ("charter propose --out x --remove-node a --remove-founder b", "cannot be used with"),
        ("charter propose --out x --cutoff a", "--scope"),
        ("charter enact x", "SIGNATURE"),
        ("charter sign x", "--out"),
    ] {
        check(&net, "kemnaker", words, 2, told);
    }
    assert!(!net.folder().join("out").exists());
}

#[test]
fn bad_input_for_backups_and_for_looking_after_a_node() {
    let net = small();
    for (at, words, told) in [
        ("kuripan", "request --out {files}/none/out", "cannot write"),
        ("wonosobo", "approve {files}/garung.request --out {files}/none/out", "cannot write"),
        ("kuripan", "backup --out {files}/none/out", "cannot write"),
        ("kuripan", "doctor --network", "does not run"),
    ] {
        check(&net, at, words, 1, told);
    }
    let restore = "restore --data {files}/new";
    for (words, told) in [
        ("{files}/missing --key simpul-recovery-key-1:_AAAA", "a letter of it is wrong"),
        ("{files}/missing --sibling {files}/kuripan", "missing"),
        ("{files}/garbage --sibling {files}/kuripan", "no backup"),
        ("{files}/empty --sibling {files}/kuripan", "no backup"),
        ("{files}/garung.invite --sibling {files}/kuripan", "no backup"),
        ("{files}/garbage", "none lies beside the backup"),
    ] {
        check(&net, "", &format!("{restore} {words}"), 1, told);
    }
    assert!(!net.folder().join("new").exists(), "nothing was begun");
    for (words, told) in [
        ("restore", "<FILE>"),
        ("restore {files}/garbage --key a --sibling b", "cannot be used with"),
        ("backup", "--out"),
        ("doctor --rebuild --network", "cannot be used with"),
        ("completions", "<SHELL>"),
        ("completions klingon", "invalid value"),
        ("bundle export --out x", "--for"),
        ("participant choose x", "<FIELD>"),
        ("participant leave x", "<REASON>"),
        ("participant import", "FILE"),
    ] {
        check(&net, "", words, 2, told);
    }
    net["kuripan"].verify();
}

fn net_file(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}
