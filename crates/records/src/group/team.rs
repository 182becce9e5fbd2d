//! A production group: members as joinings and leavings, products, permits as steps, equipment, ways to sell.

use identity::{Class, EntryHash};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::{line, must, optional_line, unfit},
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec},
    participation::Said,
    sheet::{Hear, Sheet},
    value::{PersonId, codes},
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

codes! {
    /// A permit for food from the house. (S0, S2)
    PermitKind {
        /// Home industry food.
        Pirt = "pirt", "PIRT", "PIRT (home industry food)", [];
        /// Halal label.
        Halal = "halal", "label halal", "halal label", [];
        /// Health label.
        Health = "health", "label kesehatan", "health label", [];
    }
}

codes! {
    /// How far a permit is.
    PermitStep {
        /// Asked for.
        Applied = "applied", "diajukan", "applied for", [];
        /// Given.
        Granted = "granted", "terbit", "granted", [];
        /// Refused.
        Refused = "refused", "ditolak", "refused", [];
        /// Ran out.
        Expired = "expired", "habis masa berlaku", "expired", [];
    }
}

codes! {
    /// A way to sell. (S2)
    Channel {
        /// WhatsApp.
        WhatsApp = "whatsapp", "WhatsApp", "WhatsApp", [];
        /// Instagram.
        Instagram = "instagram", "Instagram", "Instagram", [];
        /// Facebook.
        Facebook = "facebook", "Facebook", "Facebook", [];
        /// The village's web site.
        Web = "web", "web desa", "village web site", [];
        /// YouTube.
        YouTube = "youtube", "YouTube", "YouTube", [];
        /// The stall of the village.
        Stall = "stall", "kios desa", "village stall", ["kios"];
        /// Anything else.
        Other = "other", "lainnya", "other", ["lain"];
    }
}

record_fields! {
    /// What people edit of a group.
    GroupFields {
        /// What it is called.
        name: String, "Nama kelompok", "Group";
        /// What it works with, e.g. salak: decides when profit is shared.
        line: String, "Bahan pokok", "Raw product";
        /// When it was formed.
        formed: PartialDate, "Dibentuk", "Formed";
        /// Who leads it.
        leader: PersonId, "Kode ketua", "Leader's code";
        /// When it became part of a cooperative.
        cooperative: PartialDate, "Menjadi koperasi", "Became a cooperative";
    }
}

/// Somebody joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Who.
    pub person: PersonId,
    /// When.
    pub date: PartialDate,
}

impl Content for Joined {
    const KEY: &'static str = "joined";
}

/// Somebody left: it ends the joinings that its author had seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftGroup {
    /// Who.
    pub person: PersonId,
    /// When.
    pub date: PartialDate,
}

impl Content for LeftGroup {
    const KEY: &'static str = "left";
}

/// Something that the group makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// What, e.g. dodol.
    pub name: String,
}

impl Content for Product {
    const KEY: &'static str = "product";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.name)
    }
}

/// Something that it no longer makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// What.
    pub name: String,
}

impl Content for Dropped {
    const KEY: &'static str = "product_dropped";
}

/// A step on the way to a permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// Which.
    pub kind: PermitKind,
    /// For which product; none: for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// How far it is.
    pub step: PermitStep,
    /// Its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Since when.
    pub date: PartialDate,
}

impl Content for Permit {
    const KEY: &'static str = "permit";

    fn check(&self) -> Result<(), RecordError> {
        optional_line(self.product.as_ref())?;
        optional_line(self.number.as_ref())
    }
}

/// Equipment came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equipment {
    /// What, e.g. a vacuum fryer.
    pub what: String,
    /// How many.
    pub count: u32,
    /// From whom.
    pub from: String,
    /// When.
    pub date: PartialDate,
}

impl Content for Equipment {
    const KEY: &'static str = "equipment";

    fn check(&self) -> Result<(), RecordError> {
        must((1..=100_000).contains(&self.count), NO_COUNT)?;
        line(&self.what)?;
        line(&self.from)
    }
}

/// The group sells through this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldThrough {
    /// Which way.
    pub channel: Channel,
    /// Since when.
    pub date: PartialDate,
}

impl Content for SoldThrough {
    const KEY: &'static str = "channel";
}

const NO_COUNT: RecordError =
    unfit(("jumlahnya tidak masuk akal", "the number makes no sense"), ("isi mulai dari 1", "fill in 1 or more"));

/// What happened in a group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupEvents {
    /// Joinings that no leaving has ended.
    #[serde(default)]
    pub members: Vec<Said<Joined>>,
    /// Everybody who ever joined.
    #[serde(default)]
    pub joined: Vec<Said<Joined>>,
    /// Leavings.
    #[serde(default)]
    pub left: Vec<Said<LeftGroup>>,
    /// Products that are made.
    #[serde(default)]
    pub products: Vec<Said<Product>>,
    /// The steps of permits that no later one of the same permit follows.
    #[serde(default)]
    pub permits: Vec<Said<Permit>>,
    /// Equipment.
    #[serde(default)]
    pub equipment: Vec<Said<Equipment>>,
    /// Ways to sell.
    #[serde(default)]
    pub channels: Vec<Said<SoldThrough>>,
}

impl Hear for GroupEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        let joined = heard.take::<Joined>();
        let left = heard.take::<LeftGroup>();
        let ended = |who: PersonId, hash: &EntryHash| {
            left.iter().any(|said| said.what.person == who && heard.seen(&said.hash).contains(hash))
        };
        let members = joined.iter().filter(|said| !ended(said.what.person, &said.hash)).cloned().collect();
        let dropped = heard.take::<Dropped>();
        let gone: Vec<_> = dropped.iter().map(|said| (said.what.name.clone(), heard.seen(&said.hash))).collect();
        let mut products = heard.take::<Product>();
        products.retain(|said| !gone.iter().any(|(name, seen)| *name == said.what.name && seen.contains(&said.hash)));
        let permits = heard.take_latest::<Permit, _>(|permit| (permit.kind, permit.product.clone()));
        Self { members, joined, left, products, permits, equipment: heard.take(), channels: heard.take() }
    }
}

/// A production group.
pub type Group = Sheet<GroupFields, GroupEvents>;

pub(crate) const GROUP: KindSpec = KindSpec {
    number: 7,
    class: Class::Participation,
    label: Words { id: "Kelompok produksi", en: "Production group" },
    fields: GroupFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("joined", "Bergabung", "Joined", MaySay::CLOSE),
        FactSpec::new("left", "Keluar kelompok", "Left the group", MaySay::CLOSE),
        FactSpec::new("product", "Produk", "Product", MaySay::CLOSE),
        FactSpec::new("product_dropped", "Produk dihentikan", "No longer made", MaySay::CLOSE),
        FactSpec::new("permit", "Izin", "Permit", MaySay::CLOSE),
        FactSpec::new("equipment", "Peralatan", "Equipment", MaySay::WRITERS),
        FactSpec::new("channel", "Pemasaran", "Way to sell", MaySay::CLOSE),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::WRITERS },
    ],
    required: &["name"],
};

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Since when, by the first joining that stands.
    pub since: PartialDate,
    /// Whether it is the leader.
    pub leads: bool,
}

codes! {
    /// How far a group is: *dibentuk → bermodal → berproduksi → PIRT → koperasi*.
    GroupStage {
        /// It exists.
        Formed = "formed", "dibentuk", "formed", [];
        /// It has capital.
        Funded = "funded", "bermodal", "has capital", [];
        /// It has produced.
        Producing = "producing", "berproduksi", "produces", [];
        /// It has a PIRT permit.
        Permitted = "permitted", "punya PIRT", "has a PIRT permit", [];
        /// It is part of a cooperative.
        Cooperative = "cooperative", "menjadi koperasi", "part of a cooperative", [];
    }
}

impl Group {
    /// The members now, in the order of their ids.
    pub fn members(&self) -> Vec<Member> {
        let leader = self.fields.leader.one();
        let mut members: Vec<Member> = Vec::new();
        for said in &self.events.members {
            let person = said.what.person;
            if !members.iter().any(|member| member.person == person) {
                members.push(Member { person, since: said.what.date, leads: leader == Some(&person) });
            }
        }
        members.sort_by_key(|member| member.person);
        members
    }

    /// Whether a permit of this kind stands; granted and another step side by side are not granted.
    pub fn has_permit(&self, kind: PermitKind) -> bool {
        let mut of_kind = self.events.permits.iter().filter(|said| said.what.kind == kind).peekable();
        let all: Vec<_> = of_kind.by_ref().collect();
        all.iter().any(|one| {
            let same = all.iter().filter(|other| other.what.product == one.what.product);
            one.what.step == PermitStep::Granted && same.clone().all(|other| other.what.step == PermitStep::Granted)
        })
    }

    /// How far it is, given whether its ledgers show capital and how many runs it has had.
    pub fn stage(&self, has_capital: bool, runs: usize) -> GroupStage {
        if !self.fields.cooperative.is_unknown() {
            GroupStage::Cooperative
        } else if self.has_permit(PermitKind::Pirt) {
            GroupStage::Permitted
        } else if runs > 0 {
            GroupStage::Producing
        } else if has_capital {
            GroupStage::Funded
        } else {
            GroupStage::Formed
        }
    }
}
