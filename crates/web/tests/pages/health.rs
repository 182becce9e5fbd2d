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
    let none = kuripan.get("/kesehatan?cari=tidak+ada").await.body;
    assert!(none.contains("Tidak ada kantor dengan nama itu"), "{none}");

    let mut officer = Kuripan::with(&[Role::Petugas]).await;
    assert_eq!(officer.get("/kesehatan").await.status, StatusCode::FORBIDDEN);
    assert!(!officer.get("/").await.body.contains("/kesehatan"));
}
