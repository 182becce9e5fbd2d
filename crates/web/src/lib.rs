//! Pages of a node, for the officers who work at it, and `/api/v1` for their scripts.
//!
//! A page is HTML that reads without script; style and script come from files under names that change with their
//! content. The caller passes the listener, the shutdown and the node ([`App`]); everything is asked of `service`.
//!
//! # Invariants
//! - Every answer, errors included, carries the strict content policy and a request id (`security`); a PDF one that also
//!   lets the viewer of the browser show it.
//! - Nothing is bound beyond this machine ([`listen`]), and a page answers only under a name of this machine, so that a
//!   site from outside cannot reach it through the browser of the one who works here.
//! - Every page but the log-in is for an officer who is logged in; every write names that officer (`session`). While there
//!   is no officer, only whoever knows the key that the node told at its start begins it (`start`).
//! - Every post carries the token of a form of ours; a request of the API one of a session, or a token of its own.
//! - Every word on a page comes from `words/`, in both languages. No name stands in an address.

#![allow(clippy::disallowed_methods, reason = "an edge: the clock enters here")]

mod api;
mod api_coordination;
mod api_course;
mod api_facts;
mod api_health;
mod api_import;
mod api_office;
mod api_sheets;
mod app;
mod assets;
mod attendance;
mod beside;
mod blank;
mod carry;
mod chart;
mod coordination;
mod course;
mod drafts;
mod erase;
mod field;
mod files;
mod find;
mod form;
mod frame;
mod health;
mod health_more;
mod import;
mod indicators;
mod language;
mod local;
mod login;
mod lost;
mod metrics;
mod month;
mod mulai;
mod nameless;
mod office_health;
mod officers;
mod only_here;
mod openapi;
mod own;
mod panels;
mod paper;
mod paper_api;
mod paper_list;
mod paper_sheet;
mod person;
mod problem;
mod quadrant;
mod requests;
mod rows;
mod security;
mod session;
mod sessions;
mod sheet_form;
mod sheets;
mod start;
mod storage;
mod switch;
mod table;
mod timeline;
mod today;
mod tokens;
mod trail;
mod words;

pub use app::App;
pub use assets::MARK_SVG;
pub use language::Language;
pub use local::{Line, local_router};
pub use start::{Start, StartKey, first_router};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Why the pages cannot be served. Nothing is served after one of these.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Pages carry personal data in the clear and may be opened on this machine alone. Nothing was bound.
    #[error("{address} is not an address of this machine alone; use 127.0.0.1 or [::1]")]
    NotLoopback {
        /// What was asked for.
        address: SocketAddr,
    },
    /// The address is taken or not to be had. Nothing was bound.
    #[error("cannot listen on {address}")]
    Bind {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The listener failed while serving. Pages are down; the node goes on.
    #[error("the pages stopped")]
    Serve {
        /// What the system said.
        source: io::Error,
    },
}

/// Binds the pages to an address of this machine; port 0 takes a free one.
///
/// # Errors
/// [`WebError::NotLoopback`] for any other address, [`WebError::Bind`] when the system refuses.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, WebError> {
    if !address.ip().is_loopback() {
        return Err(WebError::NotLoopback { address });
    }
    TcpListener::bind(address).await.map_err(|source| WebError::Bind { address, source })
}

/// All pages, and what scripts ask. Below `/api/` every answer is JSON.
pub fn router(app: App) -> Router {
    let (api, _) = openapi::routes().split_for_parts();
    let pages = Router::new()
        .route("/", get(today::today))
        .route("/masuk", get(login::ask_in).post(login::log_in))
        .route("/masuk/kode", get(login::ask_code).post(login::enrol))
        .route("/keluar", post(login::log_out))
        .route("/ganti", get(switch::show).post(switch::switch))
        .route("/ganti/kunci", get(switch::again).post(switch::lock))
        .route("/peserta", get(find::list).post(find::search))
        .route("/peserta/daftar", get(form::ask_new).post(form::register))
        .route("/peserta/periksa", post(form::check))
        .route("/peserta/tabel", get(table::again).post(table::participants))
        .route("/peserta/impor", get(import::show).post(import::hand_in))
        .route("/peserta/impor/contoh", get(import::blank_table))
        .route("/peserta/impor/kolom", get(import::again).post(import::look))
        .route("/peserta/impor/masukkan", get(import::again).post(import::bring_in))
        .route("/peserta/impor/henti", get(import::again).post(import::stop))
        .route("/peserta/impor/buang", get(import::again).post(import::put_away))
        .route("/peserta/impor/ditolak", get(import::rejected))
        .route("/peserta/kunjungan", get(paper_list::again).post(paper_list::participants))
        .route("/peserta/cetak-kosong", get(paper_sheet::blank_person))
        .route("/peserta/{id}", get(person::show))
        .route("/peserta/{id}/cetak", get(paper_sheet::of_person))
        .route("/peserta/{id}/hapus", get(erase::ask_person).post(erase::person))
        .route("/peserta/{id}/ubah", get(form::ask_change).post(form::change))
        .route("/peserta/{id}/berubah", post(form::changed_since))
        .route("/peserta/{id}/pilih", post(person::choose))
        .route("/peserta/{id}/catat/{fact}", get(course::ask_fact).post(course::say))
        .route("/peserta/{id}/tambah/{part}", get(course::ask_new).post(course::begin))
        .route("/peserta/{id}/bagian/{part}", get(course::ask_change).post(course::change))
        .route("/draf", get(drafts::show).post(drafts::keep))
        .route("/tamu", get(sheet_form::ask_visit).post(sheet_form::visit))
        .route("/catatan", get(sheets::kinds))
        .route("/catatan/{kind}", get(sheets::list).post(sheets::search))
        .route("/catatan/{kind}/baru", get(sheet_form::ask_new).post(sheet_form::begin))
        .route("/catatan/{kind}/tabel", get(table::again_records).post(table::records))
        .route("/catatan/{kind}/cetak", get(paper_list::again_records).post(paper_list::records))
        .route("/catatan/{kind}/cetak-kosong", get(paper_sheet::blank_sheet))
        .route("/catatan/{kind}/{id}", get(sheets::show))
        .route("/catatan/{kind}/{id}/cetak", get(paper_sheet::of_sheet))
        .route("/catatan/{kind}/{id}/daftar-hadir", get(paper_list::attendance))
        .route("/catatan/{kind}/{id}/poster", get(paper_sheet::poster))
        .route("/catatan/{kind}/{id}/slip/cetak", get(paper_sheet::slip))
        .route("/catatan/{kind}/{id}/slip", get(sheets::slip))
        .route("/catatan/{kind}/{id}/hapus", get(erase::ask_record).post(erase::record))
        .route("/catatan/{kind}/{id}/ubah", get(sheet_form::ask_change).post(sheet_form::change))
        .route("/catatan/{kind}/{id}/berubah", post(sheet_form::changed_since))
        .route("/catatan/{kind}/{id}/pilih", post(sheets::choose))
        .route("/catatan/{kind}/{id}/catat/{fact}", get(sheet_form::ask_fact).post(sheet_form::say))
        .route("/catatan/{kind}/{id}/hadir", get(attendance::ask_marks).post(attendance::mark))
        .route("/catatan/{kind}/{id}/hadir/berubah", post(attendance::changed_since))
        .route("/catatan/{kind}/{id}/monitoring", get(sheets::again).post(sheets::open_round))
        .route("/catatan/{kind}/{id}/berkas/{name}", get(files::of_page))
        .route("/catatan/{kind}/{id}/undangan/{event}", get(month::invitation))
        .route("/catatan/{kind}/{id}/hadirin/{event}", get(month::attendance))
        .route("/pindaian/{hash}", get(sheets::scan))
        .route("/koordinasi", get(coordination::show))
        .route("/koordinasi/dibaca", get(coordination::again).post(coordination::mark_read))
        .route("/koordinasi/rapor", get(coordination::scorecard))
        .route("/catatan/{kind}/{id}/nilai", get(indicators::ask_values).post(indicators::report))
        .route("/perlu-dilihat", get(find::look).post(find::look_on))
        .route("/hanya-di-sini", get(only_here::show))
        .route("/hanya-di-sini/hubungi", get(only_here::again).post(only_here::call))
        .route("/hanya-di-sini/simpan", get(only_here::again).post(only_here::carry))
        .route("/hanya-di-sini/ambil", get(only_here::again).post(only_here::take))
        .route("/jatuh-tempo", get(today::due))
        .route("/jatuh-tempo/tabel", get(table::again_due).post(table::due))
        .route("/jatuh-tempo/cetak", get(table::again_due).post(paper_list::due))
        .route("/kesehatan", get(health::show))
        .route("/kesehatan/tangani", get(health::again).post(health::handle))
        .route("/kesehatan/coba", get(health::again).post(health::try_alerts))
        .route("/kesehatan/peta", get(health_more::map))
        .route("/kesehatan/ditolak", get(health_more::refused))
        .route("/kesehatan/keamanan", get(health_more::security))
        .route("/kesehatan/penyimpanan", get(storage::show).post(storage::back_up))
        .route("/kesehatan/penyimpanan/henti", get(storage::again).post(storage::end))
        .route("/kesehatan/jejak", get(trail::show))
        .route("/kesehatan/komputer/{key}", get(lost::show).post(lost::remove))
        .route("/kesehatan/kantor/{id}", get(office_health::show))
        .route("/kesehatan/kantor/{id}/catat", get(office_health::show).post(office_health::note))
        .route("/petugas", get(officers::list).post(officers::add))
        .route("/petugas/kode", post(officers::reset))
        .route("/petugas/hapus", post(officers::remove))
        .route("/petugas/alamat", get(officers::list).post(officers::set_address))
        .route("/petugas/token", get(tokens::list).post(tokens::add))
        .route("/petugas/token/cabut", get(tokens::again).post(tokens::withdraw))
        .route("/mulai", get(mulai::begin))
        .route("/mulai/petugas", get(mulai::ask_first).post(mulai::first))
        .route("/mulai/jawaban", get(mulai::again).post(mulai::answer))
        .route("/mulai/permintaan", get(mulai::request_file))
        .route("/permintaan", get(requests::ask).post(requests::look))
        .route("/permintaan/setuju", get(requests::again).post(requests::approve))
        .route("/permintaan/tolak", get(requests::again).post(requests::refuse))
        .route("/permintaan/berkas", get(requests::again).post(requests::file))
        .route("/saya", get(own::show))
        .route("/saya/sandi", get(own::again).post(own::change_password))
        .route("/saya/pin", get(own::again).post(own::set_pin))
        .route("/saya/lembar", get(own::again).post(own::new_recovery_sheet))
        .route("/saya/lembar/simpan", get(own::again).post(own::on_paper))
        .route("/masuk/lembar", get(own::ask_recover).post(own::recover))
        .route("/keadaan", get(today::chip_part))
        .route("/kabar", get(today::news))
        .merge(api)
        .merge(metrics::metrics_router(app.service().clone()))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/assets/{name}", get(assets::serve))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .route_layer(from_fn_with_state(app.clone(), trail::note))
        .layer(from_fn_with_state(app.clone(), drafts::forget))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    guarded(pages).with_state(app)
}

/// What every page of ours stands behind, from the outermost: headers and request id, a name of this machine, no other
/// site, the chosen language.
fn guarded<S: Clone + Send + Sync + 'static>(pages: Router<S>) -> Router<S> {
    pages
        .layer(from_fn(language::remember))
        .layer(from_fn(security::only_this_site))
        .layer(from_fn(security::only_this_machine))
        .layer(from_fn_with_state(security::RequestIds::new(), security::guard))
}

/// The largest body of a request: a form with every field at its longest.
const BODY_BYTES_MAX: usize = 256 << 10;

/// Serves until `shutdown` resolves, then finishes the answers that are under way.
///
/// # Errors
/// [`WebError::Serve`] when the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), WebError> {
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await.map_err(|source| WebError::Serve { source })
}
