use std::sync::mpsc as heard;

use service::{ToldAs, reply::Level, reply::Said};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use super::*;

fn told(key: &str) -> Box<Told> {
    let said = |id: &str, en: &str| Said { id: id.to_owned(), en: en.to_owned() };
    Box::new(Told {
        notice: ToldAs::Raised,
        key: key.to_owned(),
        level: Level::Critical,
        from: "Disnaker Wonosobo".to_owned(),
        office: "Desa Kuripan".to_owned(),
        sentence: said("3 perubahan hanya ada di sana.", "3 changes are nowhere else."),
        why: said("Bila cakramnya rusak, hilang.", "If its disk broke, they would be gone."),
        action: said("Hubungi kantor itu.", "Call that office."),
        call: vec!["Sekretaris Desa, 0286 555 0101".to_owned()],
        at_ms: 1_763_750_000_000,
    })
}

/// Takes mail as a server does, and hands on what it took: receivers and text.
async fn take_mail(stream: TcpStream, taken: &heard::Sender<(Vec<String>, String)>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.example.org\r\n").await?;
    let (mut to, mut line) = (Vec::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let word = line.split([' ', ':', '\r']).next().unwrap_or_default().to_uppercase();
        let answer = match word.as_str() {
            "EHLO" | "HELO" | "MAIL" => "250 ok",
            "RCPT" => {
                to.push(line.trim().to_owned());
                "250 ok"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                while !text.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut text).await?;
                }
                taken.send((std::mem::take(&mut to), text)).unwrap();
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "502 what?",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// Answers one request after the other with these, in turn, and hands on the bodies.
async fn take_posts(listener: TcpListener, answers: Vec<u16>, taken: heard::Sender<String>) {
    for status in answers {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).await.unwrap();
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
        taken.send(format!("{status} {}", String::from_utf8(body).unwrap())).unwrap();
    }
}

async fn on_loopback() -> (TcpListener, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

async fn hear<T: Send + 'static>(heard: heard::Receiver<T>) -> (T, heard::Receiver<T>) {
    let wait = move || {
        let first = heard.recv_timeout(Duration::from_secs(60)).expect("a message arrives");
        (first, heard)
    };
    tokio::task::spawn_blocking(wait).await.unwrap()
}

#[tokio::test]
async fn a_mail_says_what_is_wrong_what_to_do_and_whom_to_call() {
    let folder = tempfile::tempdir().unwrap();
    let (listener, address) = on_loopback().await;
    let (tx, rx) = heard::channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            take_mail(stream, &tx).await.unwrap();
        }
    });
    let mail = Mail {
        server: format!("smtp://{address}"),
        user: None,
        password_file: None,
        from: "Simpul <simpul@example.org>".to_owned(),
        to: vec!["Ani <ani@example.org>".to_owned(), "budi@example.org".to_owned()],
    };
    let ways = Ways { mail: Some(mail), language: Language::En, ..Ways::default() };
    let outbox = start(&ways, folder.path()).unwrap();
    outbox.send(Outgoing::Send(told("only-copy:kuripan"))).unwrap();
    let ((to, text), _) = hear(rx).await;
    assert!(to[0].contains("ani@example.org") && to[1].contains("budi@example.org"), "{to:?}");
    for expected in [
        "Subject: [Simpul] URGENT: 3 changes are nowhere else.",
        "If its disk broke, they would be gone.",
        "What to do: Call that office.",
        "Call Desa Kuripan: Sekretaris Desa, 0286 555 0101",
        "Said by Disnaker Wonosobo",
        "Key: only-copy:kuripan",
    ] {
        assert!(text.contains(expected), "{expected:?} in {text}");
    }
    // And as a file, whatever else there is.
    let file = std::fs::read_to_string(folder.path().join("alerts/00000001.json")).unwrap();
    assert!(file.contains("only-copy:kuripan"), "{file}");
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_in_its_order_and_what_is_refused_for_good_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (listener, address) = on_loopback().await;
    let (tx, rx) = heard::channel();
    tokio::spawn(take_posts(listener, vec![503, 403, 200, 400, 200], tx));
    let ways = Ways { webhook: Some(format!("http://{address}/a-secret")), ..Ways::default() };
    assert!(!format!("{ways:?}").contains("a-secret"));
    let outbox = start(&ways, folder.path()).unwrap();
    for key in ["first", "second", "third"] {
        outbox.send(Outgoing::Send(told(key))).unwrap();
    }
    let (mut got, mut rx) = (Vec::new(), rx);
    for _ in 0..5 {
        let (one, rest) = hear(rx).await;
        let (status, body) = one.split_once(' ').unwrap();
        let body: Told = serde_json::from_str(body).unwrap();
        got.push(format!("{status} {}", body.key));
        rx = rest;
    }
    assert_eq!(got, ["503 first", "403 first", "200 first", "400 second", "200 third"]);
}

/// Waits until a message lies in the spool.
async fn spooled(folder: &Path, number: u64) {
    let file = folder.join(format!("alerts/{number:08}.json"));
    let there = async {
        while !file.exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), there).await.unwrap();
}

#[test]
fn a_node_that_starts_again_goes_on_where_it_stood_and_a_new_way_begins_now() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // Each life of the node is a runtime: what was under way in it ends with it.
    let life = || tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    life().block_on(async {
        let outbox = start(&Ways::default(), folder).unwrap();
        outbox.send(Outgoing::Send(told("before there was a webhook"))).unwrap();
        spooled(folder, 1).await;
    });
    let address = life().block_on(async { on_loopback().await.1 });
    let ways = Ways { webhook: Some(format!("http://{address}/")), ..Ways::default() };
    // Nobody listens where the webhook points to: a trial says so, and a message stays.
    life().block_on(async {
        let outbox = start(&ways, folder).unwrap();
        let (reply, tried) = oneshot::channel();
        let trial = Box::new(Told { notice: ToldAs::Trial, ..*told("a trial") });
        outbox.send(Outgoing::Try(trial, reply)).unwrap();
        let tried = tried.await.unwrap();
        assert_eq!(tried.iter().map(|way| way.way.as_str()).collect::<Vec<_>>(), ["spool", "webhook"]);
        assert!(tried[0].problem.is_none() && tried[1].problem.is_some(), "{tried:?}");
        outbox.send(Outgoing::Send(told("while nobody listened"))).unwrap();
        spooled(folder, 3).await;
    });
    life().block_on(async {
        let (tx, rx) = heard::channel();
        let listener = TcpListener::bind(address).await.unwrap();
        tokio::spawn(take_posts(listener, vec![200, 200], tx));
        let outbox = start(&ways, folder).unwrap();
        let (got, rx) = hear(rx).await;
        assert!(got.contains("while nobody listened"), "{got}");
        outbox.send(Outgoing::Send(told("after that"))).unwrap();
        assert!(hear(rx).await.0.contains("after that"));
    });
}

#[test]
fn what_cannot_be_used_is_named_before_the_node_starts() {
    let folder = tempfile::tempdir().unwrap();
    let mail = |server: &str, from: &str, to: &[&str]| Ways {
        mail: Some(Mail {
            server: server.to_owned(),
            user: None,
            password_file: None,
            from: from.to_owned(),
            to: to.iter().map(|to| (*to).to_owned()).collect(),
        }),
        ..Ways::default()
    };
    let hook = |address: &str| Ways { webhook: Some(address.to_owned()), ..Ways::default() };
    let good = ("smtp://localhost:25", "simpul@example.org", "ani@example.org");
    for (ways, expected) in [
        (mail("mail.example.org", good.1, &[good.2]), "`server`"),
        (mail(good.0, "nobody", &[good.2]), "`from`"),
        (mail(good.0, good.1, &["nobody"]), "`to`"),
        (mail(good.0, good.1, &[]), "it names nobody"),
        (hook("hooks.example.org"), "webhook"),
        (hook("file:///etc/passwd"), "has to begin with https://"),
    ] {
        let told = start(&ways, folder.path()).unwrap_err().to_string();
        assert!(told.contains(expected), "{expected} in {told}");
    }
    let user = Mail { user: Some("simpul".to_owned()), ..mail(good.0, good.1, &[good.2]).mail.unwrap() };
    let told = start(&Ways { mail: Some(user), ..Ways::default() }, folder.path()).unwrap_err().to_string();
    assert!(told.contains("password_file"), "{told}");
}

#[test]
fn no_password_crosses_the_network_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("password"), "kopi pagi").unwrap();
    let with = |server: &str| {
        let mail = Mail {
            server: server.to_owned(),
            user: Some("simpul".to_owned()),
            password_file: Some(folder.path().join("password")),
            from: "simpul@example.org".to_owned(),
            to: vec!["ani@example.org".to_owned()],
        };
        crate::mail::Mailer::new(&mail, Language::Id).map(drop)
    };
    for server in [
        "smtp://mail.example.org:587",
        "smtp://mail.example.org:587?tls=opportunistic",
        "smtp://localhost.example.org",
        "smtp://127.example.org",
    ] {
        let told = with(server).unwrap_err().to_string();
        assert!(told.contains("in the clear"), "{server}: {told}");
    }
    for server in ["smtps://mail.example.org", "smtp://mail.example.org:587?tls=required", "smtp://localhost:25"] {
        with(server).unwrap();
    }
}
