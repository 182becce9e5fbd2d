//! What an office may write about an agenda, checked against what it shows: drafts, or what is wrong and what to do.

use identity::{Coordinate, OfficeId};

use super::{
    agenda::Agenda,
    canon::{Attachment, Final, Relation, Terms, TermsArticle, TermsParty, VersionHash},
    mandate::Mandate,
    ratify::{Vote, Word, WordKind},
    stand::Stand,
    version::{VersionState, Versions},
};
use crate::{Date, Digest, FactDraft, Known, PartialDate, RecordError, content::refuse, facts::Content};

/// What goes into a final text beside the draft itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FinalOptions {
    /// Its attachments.
    pub attachments: Vec<Attachment>,
    /// What it is to another agreement.
    pub relation: Option<Relation>,
}

/// A word that an official is about to sign.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// The office that says it.
    pub office: OfficeId,
    /// For which party; none: for itself, or for the one party that it carries on for.
    pub party: Option<OfficeId>,
    /// About which version.
    pub version: VersionHash,
    /// What is said.
    pub says: WordKind,
    /// What entitles the official.
    pub mandate: &'a Mandate,
    /// The day.
    pub day: Date,
    /// The node's clock in Unix milliseconds.
    pub time_ms: i64,
}

impl Agenda {
    /// The articles as they stand; `None` while somebody has to read something again.
    pub fn articles_now(&self) -> Option<Vec<TermsArticle>> {
        let article = |article: &super::text::Article| {
            let paragraphs = article.paragraphs.iter().map(|p| p.text().map(str::to_owned)).collect::<Option<_>>()?;
            Some(TermsArticle { heading: article.heading()?.to_owned(), paragraphs })
        };
        self.text.articles.iter().map(article).collect()
    }

    /// A stand by this office: its own, or, by the convener, one recorded for another party. The wording that the
    /// article has now is noted with it.
    ///
    /// # Errors
    /// When the office may not say it, the article is not there, or the stand does not say what such a stand has to.
    pub fn draft_stand(&self, office: OfficeId, mut stand: Stand) -> Result<FactDraft, RecordError> {
        let own = self.party_of(office, stand.party);
        if own.is_none() {
            let known = stand.party.is_some_and(|party| self.seats.contains_key(&party));
            if !known {
                return refuse(
                    ("kantor ini bukan pihak", "a stand of an office that is no party"),
                    ("minta penyelenggara mengundangnya", "ask the convener to invite it"),
                );
            }
            if !self.convenes(office) || stand.according_to.is_none() {
                return refuse(
                    ("tanggapan ini milik pihak lain", "a stand for another party"),
                    (
                        "hanya penyelenggara yang mencatatnya, dengan surat atau rapatnya",
                        "only the convener records it, and names the letter or the meeting",
                    ),
                );
            }
        }
        if let Some(id) = stand.article {
            let Some(article) = self.text.article(id) else {
                return refuse(
                    ("pasalnya tidak ada lagi", "a stand on an article that is not there"),
                    ("buka naskahnya lagi", "show the text again"),
                );
            };
            stand.wording = Some(article.digest());
        }
        stand.draft_checked()
    }

    /// The next final text, and its hash. `heads` are those of the draft that is shown.
    ///
    /// # Errors
    /// While a paragraph is *perlu dibaca ulang*, a field has two values, the title or the term is missing, or nobody
    /// has to ratify it; and for whoever does not convene.
    pub fn draft_final(
        &self,
        office: OfficeId,
        heads: &[Coordinate],
        options: FinalOptions,
    ) -> Result<(FactDraft, VersionHash), RecordError> {
        if !self.convenes(office) {
            return refuse(
                ("kantor ini bukan penyelenggara agenda", "a final text by an office that does not convene"),
                ("minta penyelenggara", "ask the convener"),
            );
        }
        if !self.text.reread().is_empty() {
            return refuse(
                ("ada ayat yang perlu dibaca ulang", "a final text with paragraphs that have to be read again"),
                (
                    "salah satu kantor yang menulisnya memilih yang berlaku",
                    "an office that wrote one of the wordings says which holds",
                ),
            );
        }
        let Some(articles) = self.articles_now().filter(|articles| !articles.is_empty()) else {
            return refuse(
                ("naskahnya masih kosong", "a final text without articles"),
                ("tulis naskahnya dahulu", "write the text first"),
            );
        };
        let Some(title) = self.fields.title.one() else {
            return refuse(
                ("judulnya kosong atau ada dua", "a final text without one title"),
                ("tulis judulnya, atau pilih salah satu", "write the title, or choose one of the two"),
            );
        };
        let (Some(PartialDate::Day(from)), until) = (self.fields.begins.one(), &self.fields.ends) else {
            return refuse(
                ("hari mulai berlakunya kosong atau tidak tepat", "a final text without its first day"),
                ("isi hari mulai berlaku", "write the day from which it is in force"),
            );
        };
        let until = match until {
            Known::Unknown => None,
            Known::One(PartialDate::Day(until)) => Some(*until),
            Known::One(_) | Known::Several(_) => {
                return refuse(
                    ("hari berakhirnya tidak tepat", "a final text without one last day"),
                    ("isi harinya, atau kosongkan", "write a day, or leave it empty"),
                );
            }
        };
        let mut parties = Vec::new();
        for (party, seat) in self.parties() {
            let Some(invited) = seat.invited.one() else {
                return refuse(
                    (
                        "ada pihak yang diundang dengan dua cara",
                        "a final text with a party that was invited in two ways",
                    ),
                    ("undang sekali lagi", "invite it once more"),
                );
            };
            if invited.required && party.office().is_none() {
                return refuse(
                    (
                        "pihak tanpa Simpul diwajibkan menetapkan",
                        "a final text that needs the signature of a party without a node",
                    ),
                    ("undang sebagai pihak yang tidak wajib menetapkan", "invite it as a party that is not required"),
                );
            }
            parties.push(TermsParty { party: *party, name: invited.name.clone(), required: invited.required });
        }
        let number = self.versions.versions.last().map_or(0, |version| version.terms.number) + 1;
        let terms = Terms {
            agenda: self.doc.clone(),
            number,
            title: title.clone(),
            from: *from,
            until,
            relation: options.relation,
            heads: digest_of(heads),
            parties,
            attachments: options.attachments,
            articles,
        };
        let Ok((text, hash)) = terms.freeze() else {
            return refuse(
                ("naskahnya tidak dapat dijadikan naskah akhir", "the text cannot be made final"),
                (
                    "periksa apakah ada pihak yang wajib menetapkan, apakah akhirnya sesudah awalnya, dan apakah tidak terlalu panjang",
                    "check that at least one party has to ratify it, that it ends after it begins, and that it is not too long",
                ),
            );
        };
        Ok((Final { text }.draft()?, hash))
    }

    /// What an official of a party signs about a version.
    ///
    /// # Errors
    /// When the mandate does not hold on that day or was not recorded here, and as [`Versions::word`].
    pub fn word(&self, signing: Signing<'_>) -> Result<Word, RecordError> {
        let recorded = self.mandates_of(signing.office, signing.day).any(|said| said.what == *signing.mandate);
        let word = self.versions.word(signing)?;
        if recorded {
            return Ok(word);
        }
        refuse(
            ("belum ada mandat untuk hari ini", "a word without a mandate for its day"),
            (
                "catat mandatnya dahulu, atau catat ad referendum keputusan siapa yang ditunggu",
                "record the mandate first, or say ad referendum whose word is awaited",
            ),
        )
    }

    /// The version to publish in the region, once it is *ditetapkan* or signed on paper.
    ///
    /// # Errors
    /// Before that.
    pub fn publishable(&self, version: VersionHash) -> Result<&super::version::Version, RecordError> {
        let Some(found) = self.versions.get(version) else {
            return refuse(
                ("versinya tidak ada di sini", "a version that is not there"),
                ("buka agendanya lagi", "show the agenda again"),
            );
        };
        match self.versions.state(found) {
            VersionState::Ratified | VersionState::OnPaper { .. } => Ok(found),
            VersionState::Open { .. } => refuse(
                ("kesepakatan ini belum ditetapkan", "an agreement that is not ditetapkan"),
                ("tunggu sampai semua pihak wajib menetapkan", "wait until every required party has ratified it"),
            ),
        }
    }
}

impl Versions {
    /// What an official of a party signs about a version, wherever it stands: in its agenda or where it is published.
    ///
    /// # Errors
    /// When the version is not there, the office speaks for no party that it needs, the mandate does not hold on that
    /// day, or the word would change nothing.
    pub fn word(&self, signing: Signing<'_>) -> Result<Word, RecordError> {
        let Signing { office, party, version, says, mandate, day, time_ms } = signing;
        let Some(found) = self.get(version) else {
            return refuse(
                ("versinya tidak ada di sini", "a version that is not there"),
                ("buka agendanya lagi", "show the agenda again"),
            );
        };
        let speaks = |party: &OfficeId| *party == office || self.words.carriers_of(*party).contains(&office);
        let wanted = |of: &OfficeId| speaks(of) && party.is_none_or(|party| party == *of);
        // Its own word first.
        let own = found.terms.required().find(|of| *of == office && wanted(of));
        let Some(party) = own.or_else(|| found.terms.required().find(wanted)) else {
            return refuse(
                (
                    "versi ini tidak memerlukan penetapan kantor ini",
                    "a word of an office that this version does not need",
                ),
                ("hanya pihak yang wajib yang menetapkan", "only its required parties ratify"),
            );
        };
        if !mandate.covers(day) {
            return refuse(
                ("mandatnya tidak berlaku hari ini", "a mandate that does not hold on that day"),
                ("periksa tanggal mandatnya", "check the dates of the mandate"),
            );
        }
        let vote = self.words.vote(party, version);
        let unchanged = match says {
            WordKind::Ratify => vote == Vote::Ratified,
            WordKind::Reject => vote == Vote::Rejected,
            WordKind::ConfirmPaper => vote == Vote::OnPaper || vote == Vote::Ratified,
            WordKind::Withdraw => matches!(vote, Vote::None | Vote::Withdrawn),
        };
        if unchanged {
            return refuse(
                ("itu sudah ditetapkan", "a word that is said already"),
                ("tidak ada yang perlu ditandatangani", "nothing has to be signed"),
            );
        }
        let on_paper = self.papers.iter().any(|paper| paper.what.version == version);
        if says == WordKind::ConfirmPaper && !on_paper {
            return refuse(
                ("tanda tangan di kertas belum dicatat", "the confirmation of a paper that is not recorded"),
                ("catat dahulu penandatanganannya dengan pindaian", "record the signing with its scan first"),
            );
        }
        Ok(Word {
            v: Word::VERSION,
            agenda: found.terms.agenda.clone(),
            version,
            says,
            party,
            office,
            official: mandate.official.clone(),
            mandate: mandate.clone(),
            day,
            time_ms,
            knows: self.words.known_to(party),
        })
    }
}

/// A digest over the heads that a text was made from.
fn digest_of(heads: &[Coordinate]) -> Digest {
    let mut heads: Vec<String> = heads.iter().map(Coordinate::to_string).collect();
    heads.sort();
    let mut hasher = blake3::Hasher::new_derive_key("simpul agreement heads v1");
    for head in heads {
        hasher.update(head.as_bytes());
        hasher.update(b"\n");
    }
    Digest(*hasher.finalize().as_bytes())
}
