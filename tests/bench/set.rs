//! The standard set: participation documents as six offices write them in a year, seeded, so that runs compare.

use documents::{Edit, Scalar};
use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha20Rng;

/// How many offices change each document: one registers, five update.
pub(crate) const WRITERS: usize = 6;

/// What `--describe` prints.
pub(crate) const DESCRIPTION: &str = "\
The standard set: N documents of kind 3 in participation/33.07.10.2004, all fields flat keys of one Automerge document.
Registration, by the village: id (16 random bytes in base32), name (two or three words out of 30 x 20), nik (16 digits),
village, status (out of 7), country (out of 9), returned and birth (days), sex, address, phone, education (out of 7),
group (out of 4,000), quadrant (1 to 4), note (about 60 characters out of 25 words), attend:DAY for six days (yes or no),
visit:DAY for two visits (a turnover). Then five updates, each by another node (BP3TKI, regency, province, ministry, and a
second node of the village) that had seen the one before: a new status and one more visit. One change each, six in all.";

const STATUSES: [&str; 7] = ["terdata", "disurvei", "disaring", "diseleksi", "ditetapkan", "cadangan", "ditolak"];
const COUNTRIES: [&str; 9] = ["MY", "SA", "TW", "HK", "SG", "BN", "KR", "JP", "QA"];
const EDUCATIONS: [&str; 7] = ["TS", "SD", "SMP", "SMA", "SMK", "D3", "S1"];
const FIRST: [&str; 30] = [
    "Adi", "Agus", "Ani", "Bawon", "Budi", "Dewi", "Dwi", "Eko", "Endang", "Fitri", "Giyanti", "Hadi", "Indah", "Joko",
    "Kartini", "Lestari", "Muji", "Nur", "Painem", "Ratna", "Rubiyati", "Sari", "Slamet", "Sri", "Suryati", "Tri",
    "Turyati", "Wahyu", "Wanti", "Yuni",
];
const LAST: [&str; 20] = [
    "Astuti",
    "Handayani",
    "Hartati",
    "Kurniawan",
    "Lestari",
    "Mulyani",
    "Ningsih",
    "Nugroho",
    "Prasetyo",
    "Purwanti",
    "Rahayu",
    "Rahmawati",
    "Santoso",
    "Setiawan",
    "Suryani",
    "Susanti",
    "Utami",
    "Wahyuni",
    "Wibowo",
    "Widodo",
];
const WORDS: [&str; 25] = [
    "pernah", "bekerja", "di", "kebun", "rumah", "tangga", "pulang", "dengan", "tabungan", "untuk", "usaha", "kecil",
    "ingin", "belajar", "membatik", "salak", "ternak", "kambing", "anak", "sekolah", "butuh", "modal", "alat", "pasar",
    "kelompok",
];

/// A name of two words or three.
pub(crate) fn name(rng: &mut ChaCha20Rng) -> String {
    let mut name = format!("{} {}", one(rng, &FIRST), one(rng, &LAST));
    if rng.random_bool(0.3) {
        name = format!("{} {name}", one(rng, &FIRST));
    }
    name
}

fn one<'a>(rng: &mut ChaCha20Rng, of: &[&'a str]) -> &'a str {
    of.choose(rng).copied().unwrap_or_default()
}

/// One document of the set.
pub(crate) struct Person {
    rng: ChaCha20Rng,
    status: String,
}

impl Person {
    /// The document with this number of the set.
    pub(crate) fn new(number: u64) -> Self {
        Self { rng: ChaCha20Rng::seed_from_u64(0x51_4d50_554c ^ number), status: String::new() }
    }

    fn one(&mut self, of: &[&str]) -> String {
        one(&mut self.rng, of).to_owned()
    }

    /// A status that is another one than before.
    fn new_status(&mut self) -> Scalar {
        let before = std::mem::take(&mut self.status);
        while self.status.is_empty() || self.status == before {
            self.status = self.one(&STATUSES);
        }
        Scalar::Text(self.status.clone())
    }

    fn day(&mut self, years: std::ops::Range<u32>) -> String {
        let (year, month, day) =
            (self.rng.random_range(years), self.rng.random_range(1..=12), self.rng.random_range(1..=28));
        format!("{year}-{month:02}-{day:02}")
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.rng.random_range(0..10u8))).collect()
    }

    fn visit(&mut self) -> (String, Scalar) {
        (format!("visit:{}", self.day(2025..2027)), Scalar::Int(self.rng.random_range(1..80) * 25_000))
    }

    /// The fields of the registration.
    pub(crate) fn registration(&mut self) -> Vec<(String, Scalar)> {
        let text = |text: String| Scalar::Text(text);
        let name = name(&mut self.rng);
        let mut note = String::new();
        while note.len() < 56 {
            note = format!("{note} {}", self.one(&WORDS));
        }
        let id: [u8; 16] = self.rng.random();
        let address = format!("Dusun {} RT {} RW {}", self.one(&LAST), self.digits(2), self.digits(2));
        let mut fields = vec![
            ("id".to_owned(), text(data_encoding::BASE32_NOPAD.encode(&id))),
            ("name".to_owned(), text(name)),
            ("nik".to_owned(), text(format!("3307{}", self.digits(12)))),
            ("village".to_owned(), text("33.07.10.2004".to_owned())),
            ("status".to_owned(), self.new_status()),
            ("country".to_owned(), text(self.one(&COUNTRIES))),
            ("returned".to_owned(), text(self.day(2015..2026))),
            ("birth".to_owned(), text(self.day(1960..2005))),
            ("sex".to_owned(), text(self.one(&["L", "P"]))),
            ("address".to_owned(), text(address)),
            ("phone".to_owned(), text(format!("08{}", self.digits(10)))),
            ("education".to_owned(), text(self.one(&EDUCATIONS))),
            ("group".to_owned(), text(format!("kelompok-{:04}", self.rng.random_range(0..4000)))),
            ("quadrant".to_owned(), Scalar::Int(self.rng.random_range(1..=4))),
            ("note".to_owned(), text(note.trim().to_owned())),
        ];
        for day in 1..=6 {
            fields.push((format!("attend:2026-02-{day:02}"), Scalar::Bool(self.rng.random_bool(0.8))));
        }
        let first = self.visit();
        // Of another day.
        let mut second = self.visit();
        while second.0 == first.0 {
            second = self.visit();
        }
        fields.extend([first, second]);
        fields
    }

    /// The fields of the next update.
    pub(crate) fn update(&mut self) -> Vec<(String, Scalar)> {
        vec![("status".to_owned(), self.new_status()), self.visit()]
    }
}

pub(crate) fn puts(fields: Vec<(String, Scalar)>) -> Vec<Edit> {
    fields.into_iter().map(|(key, value)| Edit::Put { key, value }).collect()
}

/// The same data as JSON lines, registration and updates, and how long they are under `zstd -3`.
pub(crate) fn as_json_lines(documents: u64) -> std::io::Result<(u64, u64)> {
    let mut lines = Vec::new();
    for number in 0..documents {
        let mut person = Person::new(number);
        let mut say = |fields: Vec<(String, Scalar)>| -> std::io::Result<()> {
            let object: serde_json::Map<String, serde_json::Value> =
                fields.into_iter().map(|(key, value)| (key, json(value))).collect();
            serde_json::to_writer(&mut lines, &object)?;
            lines.push(b'\n');
            Ok(())
        };
        say(person.registration())?;
        for _ in 1..WRITERS {
            say(person.update())?;
        }
    }
    let compressed = zstd::stream::encode_all(&lines[..], 3)?;
    Ok((lines.len() as u64, compressed.len() as u64))
}

fn json(value: Scalar) -> serde_json::Value {
    match value {
        Scalar::Text(text) => text.into(),
        Scalar::Int(number) => number.into(),
        Scalar::Bool(yes) => yes.into(),
        other => format!("{other:?}").into(),
    }
}
