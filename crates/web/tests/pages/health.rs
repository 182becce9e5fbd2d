//! How the sync stands, for an administrator.

use axum::http::StatusCode;
use service::Role;

use crate::Kuripan;

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_what_is_at_risk_and_says_that_somebody_deals_with_it() {
    let mut kuripan = Kuripan::with(&[Role::Petugas, Role::Admin]).await;
    kuripan.register(&[("name", "Turyati")]).await;
    let page = kuripan.get("/kesehatan").await.body;
    for said in ["Yang harus dilakukan", "Cadangan terakhir", "belum ada", "name=\"hours\""] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let english = kuripan.get("/kesehatan?lang=en").await.body;
    assert!(english.contains("What has to be done") && english.contains("are nowhere else"), "{english}");
    let key = |page: &str| {
        let begin = page.split("name=\"key\" value=\"").nth(1).unwrap();
        begin.split('"').next().unwrap().to_owned()
    };
    let token = kuripan.token("/kesehatan").await;
    let backup = key(&page);
    let handled = [("key", backup.as_str()), ("hours", "24")];
    assert_eq!(kuripan.post("/kesehatan/tangani", &token, &handled).await.status, StatusCode::SEE_OTHER);
    assert!(kuripan.get("/kesehatan?lang=id").await.body.contains("Ditangani Siti"));
    let over = kuripan.post("/kesehatan/tangani", &token, &[("key", "fork:tidak-ada"), ("hours", "24")]).await;
    assert_eq!(over.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(over.body.contains("Peringatan itu sudah lewat"), "{}", over.body);
    let nowhere = kuripan.post("/kesehatan/penyimpanan", &token, &[("folder", "stik saya")]).await;
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nowhere.body.contains("stik saya") && nowhere.body.contains("Tidak ada folder"), "{}", nowhere.body);
    let stick = tempfile::tempdir().unwrap();
    let folder = stick.path().display().to_string();
    let begun = kuripan.post("/kesehatan/penyimpanan", &token, &[("folder", folder.as_str())]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    let made = loop {
        let page = kuripan.get("/kesehatan/penyimpanan").await.body;
        if !page.contains("Cadangan sedang ditulis") {
            break page;
        }
        assert!(page.contains("id=\"stop\""), "it can be ended: {page}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert!(made.contains("Cadangan sudah dibuat") && made.contains("kunci pemulihannya"), "{made}");
    assert_eq!(std::fs::read_dir(stick.path()).unwrap().count(), 2);
    // Nobody sends anything from a store that is open for one command.
    let tried = kuripan.post("/kesehatan/coba", &token, &[]).await;
    assert!(tried.body.contains("simpul run"), "{}", tried.body);
    let none = kuripan.get("/kesehatan?cari=tidak+ada").await.body;
    assert!(none.contains("Tidak ada kantor dengan nama itu"), "{none}");

    let mut officer = Kuripan::with(&[Role::Petugas]).await;
    assert_eq!(officer.get("/kesehatan").await.status, StatusCode::FORBIDDEN);
    assert!(!officer.get("/").await.body.contains("/kesehatan"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_an_office_says_what_to_do_whom_to_call_and_what_was_noted() {
    let mut kuripan = Kuripan::with(&[Role::Petugas, Role::Admin]).await;
    kuripan.register(&[("name", "Turyati")]).await;
    let list = kuripan.get("/kesehatan").await.body;
    let at = list.split("href=\"/kesehatan/kantor/").nth(1).unwrap();
    let at = format!("/kesehatan/kantor/{}", at.split('"').next().unwrap());
    let page = kuripan.get(&at).await.body;
    for said in
        ["Desa Kuripan", "hanya ada di sini", "Yang harus dilakukan", "Belum ada yang menulis", "Belum ada catatan"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let token = kuripan.token(&at).await;
    let note = format!("{at}/catat");
    let empty = kuripan.post(&note, &token, &[("text", "  "), ("spoke", "ya")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("catatan, paling banyak 500 huruf") && empty.body.contains("checked"));
    let said = [("text", "Listrik <padam> sampai Jumat"), ("spoke", "ya")];
    assert_eq!(kuripan.post(&note, &token, &said).await.status, StatusCode::SEE_OTHER);
    let noted = kuripan.get(&at).await.body;
    assert!(noted.contains("Listrik &#60;padam&#62; sampai Jumat") && noted.contains("Siti"), "{noted}");

    let contact = [("name", "Sekretaris Desa"), ("phone", "0286 555 0101")];
    let form = kuripan.token("/catatan/kontak/baru").await;
    let begun = kuripan.post("/catatan/kontak/baru", &form, &contact).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    let page = kuripan.get(&at).await.body;
    assert!(page.contains("Sekretaris Desa, 0286 555 0101") && page.contains("/catatan/kontak/"), "{page}");
    assert!(kuripan.get("/kesehatan").await.body.contains("Hubungi: Sekretaris Desa, 0286 555 0101"));
    // Before there is a network there is no other office.
    assert_eq!(kuripan.get("/kesehatan/kantor/tidak-ada").await.status, StatusCode::CONFLICT);

    let mut officer = Kuripan::with(&[Role::Petugas]).await;
    assert_eq!(officer.get(&at).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opened_a_record_is_seen_by_who_administers_or_audits() {
    let mut kuripan = Kuripan::with(&[Role::Petugas, Role::Admin]).await;
    let at = kuripan.register(&[("name", "Turyati")]).await;
    let other = kuripan.register(&[("name", "Bawon")]).await;
    for path in [at.clone(), other.clone(), at.clone(), format!("{at}/tidak-ada")] {
        kuripan.get(&path).await;
    }
    let print = axum::http::Request::get(format!("{at}/cetak"));
    kuripan.send_for_bytes(print, axum::body::Body::empty()).await;
    let id = at.rsplit('/').next().unwrap();
    let page = kuripan.get(&at).await.body;
    assert!(page.contains(&format!("/kesehatan/jejak?tentang={id}")), "{page}");
    let trail = kuripan.get(&format!("/kesehatan/jejak?tentang={id}")).await.body;
    for (said, times) in [(format!("peserta/{id}</td>"), 2), ("siti".to_owned(), 2), ("membuka</td>".to_owned(), 1)] {
        assert_eq!(trail.matches(&said).count(), times, "{said}: {trail}");
    }
    assert!(trail.contains("mencetak atau menyimpan") && !trail.contains("Turyati"), "{trail}");
    let all = kuripan.get("/kesehatan/jejak?lang=en").await.body;
    assert!(all.contains("No line was altered") && all.contains(other.trim_start_matches('/')), "{all}");

    let mut auditor = Kuripan::with(&[Role::Auditor]).await;
    let page = auditor.get("/").await.body;
    assert!(page.contains("/kesehatan/jejak"), "{page}");
    let none = auditor.get("/kesehatan/jejak?lang=id").await;
    assert_eq!(none.status, StatusCode::OK);
    let mut officer = Kuripan::with(&[Role::Petugas]).await;
    assert_eq!(officer.get("/kesehatan/jejak").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_pages_of_health_do_the_api_does_for_an_administrator_in_a_session() {
    let mut kuripan = Kuripan::with(&[Role::Petugas, Role::Admin]).await;
    kuripan.register(&[("name", "Turyati")]).await;
    let token = kuripan.token("/kesehatan").await;
    for path in ["health", "health/refused", "health/security", "health/storage", "health/trail?about=peserta"] {
        let answer = kuripan.get(&format!("/api/v1/{path}")).await;
        let ends = if path == "health/security" { StatusCode::CONFLICT } else { StatusCode::OK };
        assert_eq!(answer.status, ends, "{path}: {}", answer.body);
    }
    let twice = kuripan.get("/api/v1/health/trail?about=a&about=b").await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.body.contains("\"hint\""), "{}", twice.body);
    let health: serde_json::Value = serde_json::from_str(&kuripan.get("/api/v1/health").await.body).unwrap();
    let (key, office) = (&health["alerts"][0]["key"], health["offices"][0]["id"].as_str().unwrap());
    let stick = tempfile::tempdir().unwrap();
    let folder = serde_json::json!({ "folder": stick.path() }).to_string();
    let handled = serde_json::json!({ "key": key, "hours": 24 }).to_string();
    let table = [
        ("/api/v1/alerts".to_owned(), handled.as_str(), StatusCode::NO_CONTENT),
        ("/api/v1/alerts".to_owned(), r#"{"key":"fork:none","hours":24}"#, StatusCode::NOT_FOUND),
        ("/api/v1/alerts/test".to_owned(), "", StatusCode::CONFLICT),
        (format!("/api/v1/health/{office}/notes"), r#"{"text":"Listrik padam","spoke":true}"#, StatusCode::NO_CONTENT),
        (format!("/api/v1/health/{office}/notes"), r#"{"text":" "}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/v1/backups".to_owned(), folder.as_str(), StatusCode::CREATED),
        ("/api/v1/backups".to_owned(), r#"{"folder":"/tidak/ada"}"#, StatusCode::INSUFFICIENT_STORAGE),
        ("/api/v1/computers/tidak-ada/remove".to_owned(), r#"{"reason":"hilang"}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/v1/requests/approve".to_owned(), r#"{"request":"bukan"}"#, StatusCode::UNPROCESSABLE_ENTITY),
    ];
    for (path, body, status) in table {
        let answer = kuripan.api("POST", &path, &token, &[], body).await;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.body);
    }
    assert_eq!(std::fs::read_dir(stick.path()).unwrap().count(), 2, "the backup and its key");
    let place = kuripan.api("PUT", "/api/v1/address", &token, &[], r#"{"address":"Jl. Raya Kuripan 1"}"#).await;
    assert_eq!(place.status, StatusCode::NO_CONTENT, "{}", place.body);

    let mut officer = Kuripan::with(&[Role::Petugas]).await;
    let token = officer.token("/peserta/daftar").await;
    for path in ["health/refused", "health/security", "health/storage", "health/trail"] {
        assert_eq!(officer.get(&format!("/api/v1/{path}")).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let none = officer.api("POST", "/api/v1/backups", &token, &[], &folder).await;
    assert_eq!(none.status, StatusCode::FORBIDDEN);
}
