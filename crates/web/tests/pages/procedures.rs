//! What the village does beside the counter, each from its form to what the page says: who is to depart, loans and their
//! instalments, mentoring, children, notices.

use service::Role;

use crate::Kuripan;

impl Kuripan {
    /// What the main part of a page says, without its marks.
    async fn reads(&mut self, path: &str) -> String {
        let body = self.get(path).await.body;
        let main = body.split("<main").nth(1).unwrap_or(&body).split("</main>").next().unwrap_or_default();
        let mut text = String::new();
        let mut inside = false;
        for c in main.chars() {
            match c {
                '<' => inside = true,
                '>' => (inside, text) = (false, text + " "),
                c if !inside => text.push(c),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    async fn group(&mut self) -> String {
        self.begins("kelompok", &[("name", "Salak Makmur")]).await;
        let form = self.get("/catatan/pinjaman/baru").await.body;
        let group = form.split("name=\"group\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        group.replace("&#61;", "=").replace("&#58;", ":")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn explore() {
    let mut kuripan = Kuripan::with(&[Role::Petugas, Role::Verifikator]).await;
    kuripan.register(&[("name", "Turyati")]).await;
    let file = [("person", "Turyati"), ("country", "Taiwan"), ("begun", "01-02-2026")];
    let file = kuripan.begins("berkas-calon", &file).await;
    println!("FILE {}", kuripan.reads(&file).await);
    kuripan.says(&file, "document", &[("document", "ktp"), ("there", "yes"), ("date", "02-02-2026")]).await;
    println!("FILE2 {}", kuripan.reads(&file).await);
    let group = kuripan.group().await;
    let loan = [("group", group.as_str()), ("person", "Turyati"), ("principal", "300.000"), ("applied", "01-02-2026")];
    let loan = kuripan.begins("pinjaman", &loan).await;
    println!("LOAN {}", kuripan.reads(&loan).await);
    let approval = [("date", "02-02-2026"), ("principal", "300.000"), ("cash_seen", "600.000")];
    kuripan.says(&loan, "approval", &approval).await;
    println!("LOAN2 {}", kuripan.reads(&loan).await);
    let ledger = [("group", group.as_str()), ("year", "2026"), ("opening", "600.000")];
    let ledger = kuripan.begins("buku-kas", &ledger).await;
    println!("LEDGERFORM {}", kuripan.reads(&format!("{ledger}/catat/entry")).await);
    let mentoring = [("person", "Turyati"), ("year", "2026"), ("begun", "01-01-2026")];
    let mentoring = kuripan.begins("pendampingan", &mentoring).await;
    println!("MENTOR {}", kuripan.reads(&mentoring).await);
    println!("MENTORFORM {}", kuripan.reads(&format!("{mentoring}/catat/mentoring")).await);
    println!("CHILDFORM {}", kuripan.get("/catatan/anak/baru").await.body.split("<main").nth(1).unwrap());
    println!("BOARDFORM {}", kuripan.reads("/catatan/pengumuman/baru").await);
    println!("DUE {}", kuripan.reads("/jatuh-tempo").await);
    panic!();
}
