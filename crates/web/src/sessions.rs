//! Who is logged in at which browser, and who may come back to it by a PIN.
//!
//! # Invariants
//! - A cookie's value is kept as its hash, and a new one is given at each log-in and whenever somebody else sits down: a
//!   form that another officer left open cannot be sent in their name.
//! - An officer comes back by a PIN only where they gave their password the same day.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// An officer who does nothing for this long is logged out: a desk may be left for the midday prayer, not overnight.
const IDLE_MAX: Duration = Duration::from_secs(4 * 3600);

/// Nobody stays logged in longer than a working day.
const AGE_MAX: Duration = Duration::from_secs(14 * 3600);

/// More at one node are a fault: the oldest go.
const SESSIONS_MAX: usize = 500;

/// How many wrong PINs an officer may give at a desk; then it takes the password.
const PIN_TRIES_MAX: u32 = 5;

/// A browser at which somebody logged in.
struct Session {
    sits: Sits,
    /// The officers who gave their password here.
    present: Vec<Present>,
    seen: Instant,
}

/// Who sits at a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sits {
    /// Whoever begins a node that has no officers yet, and since when.
    Beginner(Instant),
    Officer(String),
    /// Nobody now: one of those who are present comes back by a PIN.
    Nobody,
}

struct Present {
    handle: String,
    /// When they gave their password.
    since: Instant,
    wrong_pins: u32,
}

/// Everybody who is logged in.
pub(crate) struct Sessions {
    secret: [u8; 32],
    open: Mutex<HashMap<[u8; 32], Session>>,
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Self { secret: random(), open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the session of an officer, or of whoever begins the node, and gives the value of its cookie. Who was present
    /// in the session before, which ends, stays so.
    pub(crate) fn begin(&self, before: &str, handle: Option<&str>) -> String {
        let now = Instant::now();
        let mut open = self.open();
        open.retain(|_, session| session.lasts(now));
        let mut present = open.remove(&key(before)).map(|session| session.present).unwrap_or_default();
        let sits = match handle {
            Some(handle) => {
                present.retain(|other| other.handle != handle);
                present.push(Present { handle: handle.to_owned(), since: now, wrong_pins: 0 });
                Sits::Officer(handle.to_owned())
            }
            None => Sits::Beginner(now),
        };
        Self::put(&mut open, Session { sits, present, seen: now })
    }

    fn put(open: &mut HashMap<[u8; 32], Session>, session: Session) -> String {
        if open.len() >= SESSIONS_MAX
            && let Some(oldest) = open.iter().min_by_key(|(_, session)| session.seen).map(|(key, _)| *key)
        {
            open.remove(&oldest);
        }
        let value = data_encoding::HEXLOWER.encode(&random::<32>());
        open.insert(key(&value), session);
        value
    }

    /// The officer who sits there gets up, and stays present or, at the end of their work, does not. Gives the new cookie
    /// if anybody is present still.
    pub(crate) fn get_up(&self, cookie: &str, stays: bool) -> Option<String> {
        let mut open = self.open();
        let mut session = open.remove(&key(cookie))?;
        if let Sits::Officer(handle) = std::mem::replace(&mut session.sits, Sits::Nobody)
            && !stays
        {
            session.present.retain(|present| present.handle != handle);
        }
        session.lasts(Instant::now()).then(|| Self::put(&mut open, session))
    }

    /// The officers who may come back to this browser by a PIN.
    pub(crate) fn present(&self, cookie: &str) -> Vec<String> {
        let now = Instant::now();
        let open = self.open();
        let session = open.get(&key(cookie)).filter(|session| session.lasts(now));
        let present = session.into_iter().flat_map(|session| &session.present);
        present.filter(|present| present.may_try(now)).map(|present| present.handle.clone()).collect()
    }

    /// Counts a PIN before it is checked; whether it may be checked at all.
    pub(crate) fn count_pin(&self, cookie: &str, handle: &str) -> bool {
        let now = Instant::now();
        let mut open = self.open();
        let session = open.get_mut(&key(cookie)).filter(|session| session.lasts(now));
        let present = session.and_then(|session| session.present.iter_mut().find(|present| present.handle == handle));
        let Some(present) = present.filter(|present| present.may_try(now)) else { return false };
        present.wrong_pins += 1;
        true
    }

    /// An officer whose PIN was right sits there now. Gives the new cookie.
    pub(crate) fn sit_down(&self, cookie: &str, handle: &str) -> Option<String> {
        let mut open = self.open();
        let mut session = open.remove(&key(cookie))?;
        session.present.iter_mut().find(|present| present.handle == handle)?.wrong_pins = 0;
        (session.sits, session.seen) = (Sits::Officer(handle.to_owned()), Instant::now());
        Some(Self::put(&mut open, session))
    }

    pub(crate) fn end(&self, cookie: &str) {
        self.open().remove(&key(cookie));
    }

    /// An officer is logged out wherever they are, and takes the password to come back.
    pub(crate) fn end_all(&self, handle: &str) {
        let now = Instant::now();
        self.open().retain(|_, session| {
            session.present.retain(|present| present.handle != handle);
            session.lasts(now)
        });
    }

    /// Who sits at the browser of a cookie; none if nobody is logged in there.
    pub(crate) fn sits(&self, cookie: &str) -> Option<Sits> {
        let now = Instant::now();
        let mut open = self.open();
        let session = open.get_mut(&key(cookie)).filter(|session| session.lasts(now))?;
        session.seen = now;
        Some(session.sits(now))
    }

    /// What a form of this browser gives back.
    pub(crate) fn token(&self, cookie: &str) -> String {
        let hash = blake3::keyed_hash(&self.secret, cookie.as_bytes());
        data_encoding::HEXLOWER.encode(&hash.as_bytes()[..16])
    }
}

impl Session {
    fn lasts(&self, now: Instant) -> bool {
        let somebody = match self.sits {
            Sits::Beginner(since) => now.duration_since(since) < AGE_MAX,
            Sits::Officer(_) | Sits::Nobody => self.present.iter().any(|present| present.lasts(now)),
        };
        somebody && now.duration_since(self.seen) < IDLE_MAX
    }

    fn sits(&self, now: Instant) -> Sits {
        match &self.sits {
            // Their day is over, and another's is not.
            Sits::Officer(handle) if !self.present.iter().any(|here| here.handle == *handle && here.lasts(now)) => {
                Sits::Nobody
            }
            Sits::Beginner(_) | Sits::Officer(_) | Sits::Nobody => self.sits.clone(),
        }
    }
}

impl Present {
    fn lasts(&self, now: Instant) -> bool {
        now.duration_since(self.since) < AGE_MAX
    }

    fn may_try(&self, now: Instant) -> bool {
        self.lasts(now) && self.wrong_pins < PIN_TRIES_MAX
    }
}

fn key(cookie: &str) -> [u8; 32] {
    *blake3::hash(cookie.as_bytes()).as_bytes()
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("a running system gives randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sits(sessions: &Sessions, cookie: &str) -> Option<String> {
        match sessions.sits(cookie) {
            Some(Sits::Officer(handle)) => Some(handle),
            Some(Sits::Beginner(_) | Sits::Nobody) | None => None,
        }
    }

    #[test]
    fn a_session_ends_when_it_is_told_to_or_too_old() {
        let sessions = Sessions::new();
        let cookie = sessions.begin("", Some("siti"));
        assert_eq!(sits(&sessions, &cookie), Some("siti".to_owned()));
        assert_eq!(sessions.sits("guess"), None);
        let now = Instant::now();
        let session = |seen| {
            let present = vec![Present { handle: "siti".into(), since: now, wrong_pins: 0 }];
            Session { sits: Sits::Officer("siti".into()), present, seen }
        };
        assert!(session(now).lasts(now + IDLE_MAX / 2));
        assert!(!session(now).lasts(now + IDLE_MAX));
        assert!(!session(now + AGE_MAX - Duration::from_secs(1)).lasts(now + AGE_MAX));
        sessions.end(&cookie);
        assert_eq!(sessions.sits(&cookie), None);
    }

    #[test]
    fn two_officers_take_turns_and_each_turn_is_another_session() {
        let sessions = Sessions::new();
        let siti = sessions.begin("", Some("siti"));
        let agus = sessions.begin(&siti, Some("agus"));
        assert_eq!(sessions.sits(&siti), None, "the cookie of before opens nothing");
        assert_eq!(sessions.present(&agus), ["siti", "agus"]);
        assert!(sessions.count_pin(&agus, "siti"));
        let again = sessions.sit_down(&agus, "siti").unwrap();
        assert_eq!(sits(&sessions, &again), Some("siti".to_owned()));
        let locked = sessions.get_up(&again, true).unwrap();
        assert_eq!(sessions.sits(&locked), Some(Sits::Nobody));
        assert_eq!(sessions.present(&locked), ["siti", "agus"]);
        let agus = sessions.sit_down(&locked, "agus").unwrap();
        let left = sessions.get_up(&agus, false).unwrap();
        assert_eq!(sessions.present(&left), ["siti"]);
        assert!(!sessions.count_pin(&left, "agus"), "who went home takes the password");
        let siti = sessions.sit_down(&left, "siti").unwrap();
        assert_eq!(sessions.get_up(&siti, false), None, "the last one has gone home");
    }

    #[test]
    fn wrong_pins_cost_one_officer_the_tile_and_nobody_else() {
        let sessions = Sessions::new();
        let cookie = sessions.begin(&sessions.begin("", Some("siti")), Some("agus"));
        for _ in 0..PIN_TRIES_MAX {
            assert!(sessions.count_pin(&cookie, "siti"));
        }
        assert!(!sessions.count_pin(&cookie, "siti"));
        assert_eq!(sessions.present(&cookie), ["agus"]);
        assert!(sessions.count_pin(&cookie, "agus"));
        let cookie = sessions.begin(&cookie, Some("siti"));
        assert!(sessions.count_pin(&cookie, "siti"), "the password gives it back");
    }

    #[test]
    fn who_is_logged_out_everywhere_is_present_nowhere() {
        let sessions = Sessions::new();
        let alone = sessions.begin("", Some("siti"));
        let both = sessions.begin(&sessions.begin("", Some("agus")), Some("siti"));
        sessions.end_all("siti");
        assert_eq!(sessions.sits(&alone), None);
        assert_eq!(sessions.sits(&both), Some(Sits::Nobody));
        assert_eq!(sessions.present(&both), ["agus"]);
    }

    #[test]
    fn tokens_belong_to_one_browser_and_one_run() {
        let (one, other) = (Sessions::new(), Sessions::new());
        assert_eq!(one.token("a"), one.token("a"));
        assert_ne!(one.token("a"), one.token("b"));
        assert_ne!(one.token("a"), other.token("a"));
    }

    #[test]
    fn there_are_never_too_many() {
        let sessions = Sessions::new();
        for _ in 0..SESSIONS_MAX + 20 {
            sessions.begin("", Some("siti"));
        }
        assert!(sessions.open().len() <= SESSIONS_MAX);
    }
}
