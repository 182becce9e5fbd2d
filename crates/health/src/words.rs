//! Every word of this room that a person reads, in Indonesian and English.
//!
//! Plain words, as an officer speaks. What is known of others says as of when. Words of the machinery (of journals, say)
//! do not appear here; a test holds that.

use identity::OfficeId;
use jiff::{
    Timestamp, Zoned,
    tz::{Offset, TimeZone},
};
use serde::{Deserialize, Serialize};

use crate::{
    alert::Level,
    judge::Health,
    limits::{DAY, HOUR},
    state::{Since, State, What},
};

/// One thing said in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// In Indonesian.
    pub id: String,
    /// In English.
    pub en: String,
}

fn say(id: impl Into<String>, en: impl Into<String>) -> Said {
    Said { id: id.into(), en: en.into() }
}

/// Who speaks, and what they have to know for it.
pub struct Speaker<'a> {
    /// The own office: of it one says "here".
    pub own: OfficeId,
    /// Now, in Unix milliseconds.
    pub now_ms: i64,
    /// How far the clock on the wall is ahead of UTC, in minutes: 420 for WIB.
    pub utc_offset_minutes: i32,
    /// The name of an office.
    pub name: &'a dyn Fn(&OfficeId) -> String,
}

const MONTHS_ID: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sep", "Okt", "Nov", "Des"];
const MONTHS_EN: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// How long something has been: in days from two days on, in hours from two hours on.
fn duration(ms: i64) -> Said {
    let (days, hours, minutes) = (ms / DAY, ms / HOUR, ms / 60_000);
    let one_or_more = |number: i64, unit: &str| format!("{number} {unit}{}", if number == 1 { "" } else { "s" });
    if days >= 2 {
        say(format!("{days} hari"), one_or_more(days, "day"))
    } else if hours >= 2 {
        say(format!("{hours} jam"), one_or_more(hours, "hour"))
    } else {
        say(format!("{} menit", minutes.max(0)), one_or_more(minutes.max(0), "minute"))
    }
}

fn changes(number: u64) -> Said {
    say(format!("{number} perubahan"), if number == 1 { "1 change".to_owned() } else { format!("{number} changes") })
}

fn items(number: u64) -> Said {
    say(format!("{number} catatan"), if number == 1 { "1 item".to_owned() } else { format!("{number} items") })
}

impl Speaker<'_> {
    fn local(&self, at_ms: i64) -> Zoned {
        let offset = Offset::from_seconds(self.utc_offset_minutes.saturating_mul(60)).unwrap_or(Offset::UTC);
        Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned(TimeZone::fixed(offset))
    }

    /// A moment: `18 Nov 14.02`, with the year where it is another one.
    fn moment(&self, at_ms: i64) -> Said {
        let (at, now) = (self.local(at_ms), self.local(self.now_ms));
        let month = usize::try_from(at.month() - 1).unwrap_or(0);
        let year = if at.year() == now.year() { String::new() } else { format!(" {}", at.year()) };
        let (day, hour, minute) = (at.day(), at.hour(), at.minute());
        say(
            format!("{day} {}{year} {hour:02}.{minute:02}", MONTHS_ID.get(month).unwrap_or(&"")),
            format!("{day} {}{year} {hour:02}:{minute:02}", MONTHS_EN.get(month).unwrap_or(&"")),
        )
    }

    fn ago(&self, at_ms: i64) -> Said {
        duration(self.now_ms.saturating_sub(at_ms))
    }

    fn oldest(&self, oldest: Since) -> Said {
        match oldest {
            Since::At(at) => {
                let ago = self.ago(at);
                say(format!("paling lama {}", ago.id), format!("oldest {}", ago.en))
            }
            Since::Unknown => say("umurnya tidak diketahui", "of unknown age"),
        }
    }

    fn backup(&self, backup_ms: Option<i64>) -> Said {
        match backup_ms {
            Some(at) => {
                let at = self.moment(at);
                say(format!("cadangan terakhir {}", at.id), format!("newest backup {}", at.en))
            }
            None => say("belum pernah dicadangkan", "never backed up"),
        }
    }

    fn names(&self, offices: &[OfficeId]) -> String {
        offices.iter().map(self.name).collect::<Vec<_>>().join(", ")
    }

    /// What was found about an office, in one sentence that says as of when.
    pub fn sentence(&self, office: &OfficeId, what: &What, as_of_ms: i64) -> Said {
        let name = (self.name)(office);
        let own = *office == self.own;
        let said = self.what(&name, own, what);
        if own || matches!(what, What::NeverSeen | What::Silent { .. } | What::ProvinceSilent { .. } | What::Revoked) {
            return say(format!("{}.", said.id), format!("{}.", said.en));
        }
        let as_of = self.moment(as_of_ms);
        say(format!("{} (keadaan {}).", said.id, as_of.id), format!("{} (as of {}).", said.en, as_of.en))
    }

    fn what(&self, name: &str, own: bool, what: &What) -> Said {
        match what {
            What::Damage { parts } => say(
                format!("{name}: {parts} bagian penyimpanan rusak"),
                format!("{name}: {parts} parts of the storage are damaged"),
            ),
            What::Full => say(
                format!("{name}: cakram penuh atau gagal, tidak ada yang dapat disimpan"),
                format!("{name}: the disk is full or failed, nothing can be saved"),
            ),
            What::LittleRoom { free_permille } => say(
                format!("{name}: ruang cakram tinggal {}%", free_permille / 10),
                format!("{name}: only {}% of the disk is free", free_permille / 10),
            ),
            What::ShowsOther { scopes } => say(
                format!("{name}: {scopes} kelompok catatan tampil lain daripada di sini, padahal isinya sama"),
                format!("{name}: {scopes} scopes show something else than here, although both hold the same"),
            ),
            What::TrailCut { had, has } => say(
                format!("{name}: dari jejak siapa membuka data siapa ada baris yang hilang, dahulu {had}, lalu {has}"),
                format!("{name}: lines of the trail of who opened which record are gone, {had} before, then {has}"),
            ),
            What::Forked { node } => say(
                format!("{name}: ada dua salinan dari satu perangkat ({})", node.short()),
                format!("{name}: there are two copies of one device ({})", node.short()),
            ),
            What::Revoked => say(
                format!("{name}: semua perangkatnya sudah dicabut haknya"),
                format!("{name}: all of its devices were removed"),
            ),
            What::RemovedCalls { node, at_ms } => {
                let (at, node) = (self.moment(*at_ms), node.short());
                say(
                    format!("Perangkat yang sudah dicabut haknya ({node}) menghubungi {name}, terakhir {}", at.id),
                    format!("A removed device ({node}) called {name}, last on {}", at.en),
                )
            }
            What::OnlyHere { changes: number, oldest } => {
                let (number, oldest) = (changes(*number), self.oldest(*oldest));
                if own {
                    say(
                        format!("{} hanya ada di sini ({})", number.id, oldest.id),
                        format!("{} are nowhere else ({})", number.en, oldest.en),
                    )
                } else {
                    say(
                        format!("{name}: sedikitnya {} hanya ada di sana ({})", number.id, oldest.id),
                        format!("{name}: at least {} are nowhere else ({})", number.en, oldest.en),
                    )
                }
            }
            What::MaybeLost { changes: number } => {
                let number = changes(*number);
                say(
                    format!("{name}: perangkatnya kembali ke keadaan lama; sampai {} mungkin hilang", number.id),
                    format!("{name}: its device went back to an earlier state; up to {} may be lost", number.en),
                )
            }
            What::Growing { today, usual } => say(
                format!("Perubahan yang hanya ada di sini bertambah {today} hari ini, biasanya {usual}"),
                format!("Changes that are nowhere else grew by {today} today, usually {usual}"),
            ),
            What::NotAtMinistries { changes: number, oldest, lacking } => {
                let (number, oldest, lacking) = (changes(*number), self.oldest(*oldest), self.names(lacking));
                say(
                    format!("{} belum sampai di {lacking} ({})", number.id, oldest.id),
                    format!("{} have not reached {lacking} ({})", number.en, oldest.en),
                )
            }
            What::ByRule { changes: number, backup_ms } => {
                let (number, backup) = (changes(*number), self.backup(*backup_ms));
                say(
                    format!("{name}: {} menurut aturan hanya disimpan di kantor itu; {}", number.id, backup.id),
                    format!("{name}: {} kept at that office alone, by rule; {}", number.en, backup.en),
                )
            }
            What::OldBackup { backup_ms } => {
                let backup = self.backup(*backup_ms);
                say(format!("{name}: {}", backup.id), format!("{name}: {}", backup.en))
            }
            What::BackupFailed { tried_ms } => {
                let at = self.moment(*tried_ms);
                say(
                    format!("{name}: cadangan terjadwal gagal pada {}", at.id),
                    format!("{name}: the scheduled backup failed on {}", at.en),
                )
            }
            What::Stuck { since_ms, lacks } => {
                let (since, number) = (self.moment(*since_ms), changes(*lacks));
                say(
                    format!("{name} tersambung tetapi tidak maju sejak {}; kurang {}", since.id, number.id),
                    format!("{name} is connected but nothing has moved since {}; it lacks {}", since.en, number.en),
                )
            }
            What::Refused { items: number } => {
                let number = items(*number);
                say(format!("{name}: {} ditolak", number.id), format!("{name}: {} refused", number.en))
            }
            What::Waiting { items: number, since_ms } => {
                let (number, since) = (items(*number), self.moment(*since_ms));
                say(
                    format!("{name}: {} menunggu sejak {}", number.id, since.id),
                    format!("{name}: {} waiting since {}", number.en, since.en),
                )
            }
            What::Silent { since_ms, usual_ms, away_until_ms } => {
                let (since, usual) = (self.moment(*since_ms), duration(*usual_ms));
                let (id, en) = (
                    format!("{name} tidak tersambung sejak {}", since.id),
                    format!("{name} has not been connected since {}", since.en),
                );
                match away_until_ms.map(|until| self.moment(until)) {
                    Some(until) => say(
                        format!("{id}; sudah memberi tahu sampai {}", until.id),
                        format!("{en}; it said so, until {}", until.en),
                    ),
                    None => say(
                        format!("{id} (biasanya paling lama {})", usual.id),
                        format!("{en} (usually {} at most)", usual.en),
                    ),
                }
            }
            What::Alone { since_ms: Some(since) } => {
                let since = self.moment(*since);
                say(
                    format!("Kantor ini tidak tersambung ke kantor lain sejak {}", since.id),
                    format!("This office has not been connected to any other since {}", since.en),
                )
            }
            What::Alone { since_ms: None } => say(
                "Kantor ini belum pernah tersambung ke kantor lain",
                "This office has never been connected to any other",
            ),
            What::ProvinceSilent { region, silent, of, since_ms } => {
                let since = self.moment(*since_ms);
                say(
                    format!("{silent} dari {of} kantor di provinsi {region} tidak tersambung sejak {}", since.id),
                    format!("{silent} of {of} offices of province {region} have not been connected since {}", since.en),
                )
            }
            What::NeverSeen => {
                say(format!("{name} belum pernah terdengar di kantor ini"), format!("{name} was never heard of here"))
            }
            What::CatchingUp { lacks } => {
                let number = changes(*lacks);
                say(
                    format!("{name} sedang menyusul; kurang {}", number.id),
                    format!("{name} is catching up; it lacks {}", number.en),
                )
            }
            What::OldVersion { version, newest } => say(
                format!("{name} memakai aplikasi versi {version}; yang terbaru {newest}"),
                format!("{name} runs version {version}; the newest is {newest}"),
            ),
            What::Clock { ahead_ms } => {
                let by = duration(ahead_ms.saturating_abs());
                let (id, en) = if *ahead_ms > 0 { ("terlalu cepat", "ahead") } else { ("terlambat", "behind") };
                say(format!("{name}: jamnya {id} {}", by.id), format!("{name}: its clock is {} {en}", by.en))
            }
            What::NoReport => {
                say("Perangkat ini tidak mengirim laporan tentang dirinya", "This device does not report on itself")
            }
            What::InSync if own => say("Semua di sini sudah ada juga di kantor lain", "All of this is elsewhere too"),
            What::InSync => say(format!("{name} sudah sama"), format!("{name} has everything")),
        }
    }

    /// The sentence about this office that stands first: what is only here, or that nothing is.
    pub fn headline(&self, health: &Health) -> Said {
        let figures = &health.figures;
        match figures.only_here_oldest {
            Some(oldest) => {
                self.sentence(&self.own, &What::OnlyHere { changes: figures.only_here, oldest }, self.now_ms)
            }
            None => {
                let at = self.moment(self.now_ms);
                say(
                    format!("Tidak ada perubahan yang hanya ada di sini ({}).", at.id),
                    format!("No change is only here ({}).", at.en),
                )
            }
        }
    }

    /// How far own changes have come among the ministries; none where no ministry is to have them.
    pub fn ministries(&self, health: &Health) -> Option<Said> {
        let ministries = health.figures.ministries.as_ref()?;
        let (holding, of) = (ministries.holding, ministries.of);
        Some(say(
            format!("Semua perubahan kantor ini ada di {holding} dari {of} kementerian."),
            format!("All changes of this office are held by {holding} of {of} ministries."),
        ))
    }
}

/// Why it is told.
pub fn why(what: &What) -> Said {
    match what {
        What::Damage { .. } | What::Full | What::LittleRoom { .. } => {
            say("Yang tidak dapat disimpan tidak dapat dijaga.", "What cannot be stored cannot be kept safe.")
        }
        What::ShowsOther { .. } => {
            say("Salah satu dari keduanya menampilkan catatan yang salah.", "One of the two shows records wrongly.")
        }
        What::TrailCut { .. } => say(
            "Siapa membuka data siapa di sana tidak dapat dibuktikan lagi.",
            "Who opened which record there can no longer be shown.",
        ),
        What::Forked { .. } => say(
            "Perangkatnya disalin atau kuncinya dipakai orang lain; tulisan barunya tidak diterima sampai jelas.",
            "Its device was copied or its key is used by somebody else; nothing new of it is taken until that is clear.",
        ),
        What::Revoked => say("Tulisan barunya tidak diterima.", "Nothing new of it is taken."),
        What::RemovedCalls { .. } => {
            say("Mungkin perangkat yang hilang itu sedang dipakai.", "The lost device may be in use.")
        }
        What::OnlyHere { .. } | What::Growing { .. } => say(
            "Bila cakramnya rusak sekarang, perubahan itu hilang.",
            "If its disk broke now, these changes would be gone.",
        ),
        What::MaybeLost { .. } => say(
            "Waktu terakhir melapor, perubahan itu belum ada di tempat lain.",
            "When it last reported, these changes were nowhere else.",
        ),
        What::NotAtMinistries { .. } => {
            say("Kementerian harus menerimanya dalam tiga hari.", "The ministries are to have them within three days.")
        }
        What::ByRule { .. } | What::OldBackup { .. } | What::BackupFailed { .. } => {
            say("Sebagian data hanya aman lewat cadangan.", "Only a backup keeps part of the data safe.")
        }
        What::Stuck { .. } | What::CatchingUp { .. } => {
            say("Tersambung saja belum berarti datanya sampai.", "A connection alone does not mean that data arrives.")
        }
        What::Refused { .. } => {
            say("Catatan yang ditolak tidak ditampilkan di mana pun.", "What is refused is shown nowhere.")
        }
        What::Waiting { .. } => say(
            "Catatan itu menunggu sesuatu yang belum sampai atau versi yang lebih baru.",
            "It waits for something that has not arrived, or for a newer version.",
        ),
        What::Silent { .. } | What::ProvinceSilent { .. } | What::Alone { .. } => say(
            "Selama itu tidak ada yang sampai dari sana, dan tidak ada yang sampai ke sana.",
            "Meanwhile nothing arrives from there, and nothing arrives there.",
        ),
        What::NeverSeen => say(
            "Kantornya terdaftar; mungkin perangkatnya belum pernah berjalan.",
            "The office is admitted; perhaps its device never ran.",
        ),
        What::OldVersion { .. } => {
            say("Versi lama tidak menampilkan data jenis baru.", "An old version does not show new kinds of data.")
        }
        What::Clock { .. } => say("Tanggal pada catatan barunya salah.", "The dates on its new items are wrong."),
        What::NoReport => say(
            "Kantor lain tidak dapat melihat keadaan perangkat ini.",
            "Other offices cannot see how this device is.",
        ),
        What::InSync => say("Tidak ada yang perlu dilakukan.", "Nothing needs to be done."),
    }
}

/// Begins with a capital letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What to do, at the office that it is about (`own`) or from another.
pub fn action(what: &What, own: bool) -> Said {
    let call = |id: &str, en: &str| {
        if own {
            say(sentence(id), sentence(en))
        } else {
            say(format!("Hubungi kantor itu: {id}"), format!("Call that office: {en}"))
        }
    };
    match what {
        What::Damage { .. } => call(
            "cadangkan sekarang (simpul backup), lalu periksa cakram (simpul verify).",
            "back up now (simpul backup), then check the disk (simpul verify).",
        ),
        What::Full | What::LittleRoom { .. } => call(
            "kosongkan ruang cakram; jangan hapus folder data.",
            "free room on the disk; do not touch the data folder.",
        ),
        What::ShowsOther { .. } => call(
            "periksa di kedua kantor (simpul verify); bangun ulang di kantor yang salah (simpul doctor --rebuild).",
            "check at both offices (simpul verify); rebuild where it is wrong (simpul doctor --rebuild).",
        ),
        What::TrailCut { .. } => call(
            "tanyakan siapa mengganti atau menghapus berkas jejak (trail.jsonl), dan simpan yang masih ada.",
            "ask who replaced or removed the trail (trail.jsonl), and keep what is left of it.",
        ),
        What::Forked { .. } => call(
            "tanyakan siapa memakai perangkat itu; bila tidak jelas, cabut haknya (simpul remove).",
            "ask who uses that device; if that is not clear, remove it (simpul remove).",
        ),
        What::Revoked => call("daftarkan perangkat baru (simpul request).", "enrol a new device (simpul request)."),
        What::RemovedCalls { .. } => say(
            "Catat waktunya dan lapor; perangkat itu tidak mendapat apa-apa.",
            "Note the time and report it; the device is given nothing.",
        ),
        What::OnlyHere { .. } | What::Growing { .. } => call(
            "sambungkan ke internet, atau salin lewat stik (simpul bundle export). Jangan matikan untuk dipasang ulang.",
            "connect to the internet, or carry it on a stick (simpul bundle export). Do not reinstall the machine.",
        ),
        What::MaybeLost { .. } => call(
            "cari perangkat atau cadangan lama; yang tidak ditemukan harus diketik ulang.",
            "look for the old device or a backup; what is not found has to be typed again.",
        ),
        What::NotAtMinistries { .. } => say(
            "Hubungi kementerian itu, atau periksa jalannya (simpul doctor --network).",
            "Call these ministries, or check the way there (simpul doctor --network).",
        ),
        What::ByRule { .. } | What::OldBackup { .. } => call(
            "buat cadangan di luar mesin ini (simpul backup).",
            "make a backup outside this machine (simpul backup).",
        ),
        What::BackupFailed { .. } => call(
            "lihat sebabnya di halaman Kesehatan, lalu cadangkan ke tempat lain (simpul backup).",
            "see why on the page Health, then back up to another place (simpul backup).",
        ),
        What::Stuck { .. } => call(
            "periksa ruang cakram dan versi aplikasinya; bila baik, nyalakan ulang aplikasinya.",
            "check its disk and its version; if both are well, restart the application.",
        ),
        What::Refused { .. } => call(
            "lihat alasannya pada catatan itu dan tulis ulang bila perlu.",
            "look at the reason beside each item and write it again where needed.",
        ),
        What::Waiting { .. } => call(
            "perbarui aplikasi; bila masih menunggu, hubungi kantor penulisnya.",
            "update the application; if they still wait, call the office that wrote them.",
        ),
        What::Silent { .. } => {
            call("nyalakan perangkat dan periksa jaringannya.", "switch the device on and check its network.")
        }
        What::Alone { .. } => say(
            "Periksa kabel dan jaringan; bila tidak ada, salin lewat stik (simpul bundle export).",
            "Check cable and network; where there is none, carry it on a stick (simpul bundle export).",
        ),
        What::ProvinceSilent { .. } => say(
            "Hubungi kantor provinsi: kemungkinan satu jaringan putus, bukan banyak perangkat.",
            "Call the province: one network is down rather than many devices.",
        ),
        What::NeverSeen => call("pasang dan jalankan aplikasinya.", "install and start the application."),
        What::OldVersion { .. } => call("perbarui aplikasi.", "update the application."),
        What::Clock { .. } => call("setel jam dan zona waktunya.", "set its clock and time zone."),
        What::NoReport => say("Nyalakan ulang aplikasi.", "Restart the application."),
        What::CatchingUp { .. } => say("Tunggu; tidak ada yang perlu dilakukan.", "Wait; nothing needs to be done."),
        What::InSync => say("Tidak ada yang perlu dilakukan.", "Nothing needs to be done."),
    }
}

/// What a state is called.
pub fn state(state: State) -> Said {
    match state {
        State::Damaged => say("penyimpanan rusak atau penuh", "storage damaged or full"),
        State::Forked => say("dua salinan dari satu perangkat", "two copies of one device"),
        State::Revoked => say("dicabut", "removed"),
        State::AtRisk => say("berisiko", "at risk"),
        State::Stuck => say("tersambung tetapi tidak maju", "connected but not moving"),
        State::Refused => say("ada yang ditolak", "has refused items"),
        State::Lost => say("lama tidak terdengar", "lost"),
        State::Offline => say("tidak tersambung", "not connected"),
        State::CatchingUp => say("sedang menyusul", "catching up"),
        State::OldVersion => say("versi lama", "old version"),
        State::NeverSeen => say("belum pernah terdengar", "never heard of"),
        State::InSync => say("sudah sama", "in sync"),
    }
}

/// What a level is called.
pub fn level(level: Level) -> Said {
    match level {
        Level::Ok => say("baik", "ok"),
        Level::Warning => say("perlu dilihat", "warning"),
        Level::Critical => say("mendesak", "critical"),
    }
}

#[cfg(test)]
mod tests;
