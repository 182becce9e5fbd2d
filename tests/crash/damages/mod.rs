//! Damages: a bit flipped, a block zeroed, a file cut short, deleted, or replaced by an older copy of itself; then the
//! node is opened, looked at, written to, and led to a peer that holds what it held.

mod hit;
mod office;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    ops::Range,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use rand::RngExt;
use service::{Command, Query, Reply};

use self::{
    hit::{Hit, How, Part},
    office::{Running, Shown, lay},
};
use crate::chance::{self, Chance};

/// How many people the village registers before the first image, and again before each other.
const PEOPLE: usize = 30;

/// How many older images there are.
const STALE: usize = 2;

/// How many people nobody but the village knows of.
const ONLY_HERE: usize = 5;

/// One whole node in so many meets its peer all the same.
const MEETS_ONE_IN: u32 = 10;

/// How long the peer has to bring everything back.
const SOON: Duration = Duration::from_secs(60);

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// For each part and kind of damage: opened whole, opened with something missing, refused.
    kinds: BTreeMap<(Part, How), [usize; 3]>,
    /// Where others held it, and it did not come back.
    lost: usize,
    /// Times that a peer brought back what was missing.
    fetched: usize,
    /// Damages that only a look through everything found, and the start after that repaired.
    found_by_looking: usize,
    /// Times that what nobody else held was gone, and was said to be.
    gone: usize,
    /// What refusals said.
    refusals: BTreeSet<String>,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((part, how), [whole, missing, refused]) in &self.kinds {
            let kind = format!("{part:?} {how:?}");
            writeln!(f, "  {kind:<18} {whole:>6} opened whole {missing:>6} with cuts {refused:>6} refused")?;
        }
        let counts = [
            (self.fetched, "times a peer brought back what was missing"),
            (self.found_by_looking, "times only looking through everything found it"),
            (self.gone, "times something was gone that nobody else held, and that was said"),
            (self.lost, "lost while another held it"),
        ];
        crate::lines(f, &counts)?;
        self.refusals.iter().try_for_each(|refusal| writeln!(f, "          refused: {refusal}"))
    }
}

/// The node that is damaged, its peer, and what is true of them.
struct World {
    village: PathBuf,
    ministry: PathBuf,
    /// The village at last, and the ministry, which holds all of it but what is only here.
    image: PathBuf,
    ministry_image: PathBuf,
    stale: Vec<PathBuf>,
    /// What was ever shown.
    known: Known,
    /// What the village showed at last, and of that, what the ministry held.
    last: Shown,
    elsewhere: Shown,
    fingerprints: BTreeSet<(String, String, String)>,
    invite: Vec<u8>,
}

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Counts the panics of all threads, but those inside sled, which are caught.
fn count_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let inside = panic.location().is_some_and(|at| at.file().contains("sled-0.34"));
            if !inside {
                PANICS.fetch_add(1, Ordering::Relaxed);
                before(panic);
            }
        }));
    });
}

/// Damages a node so often; each case draws from its own number.
pub(crate) fn run(which: Range<usize>, seed: u64) -> Result<Counts, String> {
    count_panics();
    let folder = tempfile::Builder::new().prefix("simpul-damages-").tempdir().map_err(|error| error.to_string())?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let world = World::make(folder.path()).await;
        let mut counts = Counts::default();
        for case in which {
            let mut chance = chance::of(seed, case as u64);
            lay(&world.image, &world.village).map_err(|error| error.to_string())?;
            let hit = hit::hit(&world.village, &world.stale, &mut chance).map_err(|error| error.to_string())?;
            let panics = PANICS.load(Ordering::Relaxed);
            let mut end = world.open(&hit, case, &mut chance, &mut counts).await;
            if PANICS.load(Ordering::Relaxed) > panics {
                end = Err("a thread panicked".to_owned());
            }
            if let Err(why) = end {
                return Err(format!("damage {case}, {hit}: {why} (it is run again alone with --damage {case})"));
            }
        }
        Ok(counts)
    })
}

impl World {
    async fn make(under: &Path) -> Self {
        let path = |name: &str| under.join(name);
        let (village_folder, ministry_folder) = (path("village"), path("ministry"));
        office::make(&ministry_folder, "Kemnaker", "ministry", "id");
        office::make(&village_folder, "Desa Kuripan", "village", "33.07.10.2004");
        let ministry = Running::start(&ministry_folder, &[]).await.expect("a new node starts");
        let mut village = Running::start(&village_folder, &[&ministry]).await.expect("a new node starts");
        let request = ministry.carried(Query::Request).await;
        let (draft, _) = service::draft(&[request], true).expect("a draft");
        let signature = ministry.carried(Command::Sign { draft: draft.clone() }).await;
        let (file, _) = service::found(&draft, &[signature]).expect("a founding");
        ministry.ask(Command::Join { file }).await.expect("the founder joins");
        let request = village.carried(Query::Request).await;
        let invite = ministry.carried(Command::Approve { request }).await;
        village.ask(Command::Join { file: invite.clone() }).await.expect("the village joins");

        let (mut stale, mut known): (Vec<PathBuf>, Known) = Default::default();
        for round in 0..=STALE {
            register(&village, under, round, &mut known).await;
            until_equal(&village, &ministry).await.expect("both are whole");
            remember(&mut known, &village.shown().await.expect("a list"));
            if round < STALE {
                village.stop().await;
                let image = path(&format!("image-{round}"));
                lay(&village_folder, &image).expect("an image");
                stale.push(image);
                village = Running::start(&village_folder, &[&ministry]).await.expect("it starts again");
            }
        }
        let elsewhere = village.shown().await.expect("a list");
        ministry.stop().await;
        for number in 0..ONLY_HERE {
            village.add(&format!("Hanya Sini {number}")).await.expect("it is written");
        }
        let last = village.shown().await.expect("a list");
        remember(&mut known, &last);
        let fingerprints = village.fingerprints().await.expect("a status");
        assert_eq!(village.differences().await.expect("a verdict"), Vec::<String>::new());
        village.stop().await;
        let (image, ministry_image) = (path("image"), path("ministry-image"));
        lay(&village_folder, &image).expect("an image");
        lay(&ministry_folder, &ministry_image).expect("an image");
        Self {
            village: village_folder,
            ministry: ministry_folder,
            image,
            ministry_image,
            stale,
            known,
            last,
            elsewhere,
            fingerprints,
            invite,
        }
    }

    async fn open(&self, hit: &Hit, case: usize, chance: &mut Chance, counts: &mut Counts) -> Result<(), String> {
        let kind = counts.kinds.entry((hit.part, hit.how)).or_default();
        let village = match Running::start(&self.village, &[]).await {
            Ok(village) => village,
            Err(problem) => {
                kind[2] += 1;
                // Without its key a node is nobody's; and what says whose it is stands at the beginning of the first file.
                let may = hit.part == Part::Key || problem.message.contains("for which office");
                counts.refusals.insert(problem.message.split('/').next().unwrap_or_default().to_owned());
                return if may { Ok(()) } else { Err(format!("refused: {problem:?}")) };
            }
        };
        let said = |problem: service::Problem| format!("it is open and does not answer: {problem:?}");
        let status = village.status().await.map_err(said)?;
        self.look(&village.shown().await.map_err(said)?)?;
        let differences = village.differences().await.map_err(said)?;
        let whole = village.fingerprints().await.map_err(said)? == self.fingerprints && differences.is_empty();
        if whole && village.shown().await.map_err(said)? != self.last {
            return Err("it takes itself for whole and shows something else".to_owned());
        }
        if !whole && status.damage.is_empty() && differences.is_empty() && hit.part == Part::Journal {
            return Err("something is missing and nobody says so".to_owned());
        }
        kind[usize::from(!whole)] += 1;
        if whole && chance.random_range(0..MEETS_ONE_IN) != 0 {
            village.add(&format!("Sesudah {case}")).await.map_err(said)?;
            village.stop().await;
            return Ok(());
        }
        let mut village = village;
        if !differences.is_empty() {
            // What only looking through everything found is given up at the next start.
            counts.found_by_looking += 1;
            village.stop().await;
            village = Running::start(&self.village, &[]).await.map_err(said)?;
            self.look(&village.shown().await.map_err(said)?)?;
        }
        let end = self.meet(village, case, counts).await;
        if !whole && end.is_ok() {
            counts.fetched += 1;
        }
        end
    }

    /// Writes with the cable out, and then meets the ministry.
    async fn meet(&self, village: Running, case: usize, counts: &mut Counts) -> Result<(), String> {
        let said = |problem: service::Problem| format!("it does not answer: {problem:?}");
        let after = format!("Sesudah {case}");
        let belongs = village.status().await.map_err(said)?.network.is_some();
        if !belongs {
            village.ask(Command::Join { file: self.invite.clone() }).await.map_err(said)?;
        }
        village.add(&after).await.map_err(said)?;
        lay(&self.ministry_image, &self.ministry).map_err(|error| error.to_string())?;
        let ministry = Running::start(&self.ministry, &[&village]).await.map_err(said)?;
        until_equal(&village, &ministry).await?;
        self.judge(village, ministry, &after, counts).await
    }

    async fn judge(&self, village: Running, ministry: Running, after: &str, counts: &mut Counts) -> Result<(), String> {
        let said = |problem: service::Problem| format!("it does not answer: {problem:?}");
        for (name, office) in [("village", &village), ("ministry", &ministry)] {
            let differences = office.differences().await.map_err(said)?;
            if !differences.is_empty() {
                return Err(format!("the {name} still has {differences:?}"));
            }
            if office.status().await.map_err(said)?.scopes.iter().any(|scope| scope.frozen) {
                return Err(format!("the {name} has seen two histories"));
            }
            let shown = office.shown().await.map_err(said)?;
            if !shown.values().any(|[_, name, ..]| name == after) {
                return Err(format!("the {name} does not show what was written after the damage"));
            }
            let missing: Vec<_> = self.elsewhere.iter().filter(|(id, row)| shown.get(*id) != Some(*row)).collect();
            if let Some((person, row)) = missing.first() {
                counts.lost += missing.len();
                let now = shown.get(*person);
                return Err(format!("the {name} lacks {}: {person} was {row:?} and is {now:?}", missing.len()));
            }
            if name == "village" && self.last.keys().any(|person| !shown.contains_key(person)) {
                counts.gone += 1;
            }
        }
        village.stop().await;
        ministry.stop().await;
        Ok(())
    }

    /// Whether nothing is shown that was never so.
    fn look(&self, shown: &Shown) -> Result<(), String> {
        for (person, cells) in shown {
            // A participation may be there without the person.
            let Some(known) = self.known.get(person) else { return Err(format!("{person} was never so")) };
            for (cell, known) in cells.iter().zip(known) {
                if !cell.is_empty() && !known.contains(cell) {
                    return Err(format!("{person} shows {cell:?}, which was never so"));
                }
            }
        }
        Ok(())
    }
}

/// What was ever shown, as [`Shown`] is: the values of each cell.
type Known = BTreeMap<String, [BTreeSet<String>; 5]>;

fn remember(known: &mut Known, shown: &Shown) {
    for (person, cells) in shown {
        let known = known.entry(person.clone()).or_default();
        for (known, cell) in known.iter_mut().zip(cells) {
            known.insert(cell.clone());
        }
    }
}

/// Registers people from a table, and then changes some of them, one by one.
async fn register(village: &Running, under: &Path, round: usize, known: &mut Known) {
    let table = under.join(format!("table-{round}.csv"));
    let mut text = "village_code,group,number,name\n".to_owned();
    for number in 0..PEOPLE {
        text.push_str(&format!("33.07.10.2004,salak,{number},Orang {round} {number}\n"));
    }
    fs::write(&table, text).expect("a table");
    let decided = Some(("141/12/2017".to_owned(), "2017-03-01".to_owned()));
    let import = Command::Import { officer: "petugas".to_owned(), file: table, decided };
    let Ok(Reply::Imported(_)) = village.ask(import).await else { panic!("the table is taken") };
    let shown = village.shown().await.expect("a list");
    remember(known, &shown);
    for (number, person) in shown.into_keys().enumerate() {
        if number % 4 == 0 {
            let group = ["batik", "kopi", "gula"][round % 3];
            village.set(&person, "group", group).await;
        }
    }
}

/// Waits until both hold and show the same.
async fn until_equal(village: &Running, ministry: &Running) -> Result<(), String> {
    let began = Instant::now();
    loop {
        let said = |problem: service::Problem| format!("it does not answer: {problem:?}");
        let (here, there) = (village.fingerprints().await.map_err(said)?, ministry.fingerprints().await.map_err(said)?);
        if here == there && !here.is_empty() {
            return Ok(());
        }
        if began.elapsed() > SOON {
            let peers = village.status().await.map_err(said)?.peers;
            return Err(format!("it does not come back: {peers:?}\n{here:#?}\n{there:#?}"));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
