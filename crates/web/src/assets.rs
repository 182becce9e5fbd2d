//! Style, script and picture files, built into the binary and served under a name that changes with their content.

use crate::language::Language;
use crate::problem::{Problem, Reason};
use axum::extract::Path;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

struct Asset {
    /// `simpul-0123456789abcdef.css`
    name: String,
    kind: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, extension: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let hash = blake3::hash(bytes).to_hex();
        Self { name: format!("{stem}-{}.{extension}", &hash[..16]), kind, bytes }
    }

    fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// The mark of the program, for a tab and for the menu of a desktop.
pub const MARK_SVG: &str = include_str!("../assets/mark.svg");

const SCRIPT: &str = "text/javascript; charset=utf-8";

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("simpul", "css", "text/css; charset=utf-8", include_bytes!("../assets/simpul.css")));
static MARK: LazyLock<Asset> = LazyLock::new(|| Asset::new("mark", "svg", "image/svg+xml", MARK_SVG.as_bytes()));
static HTMX: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("htmx", "js", SCRIPT, include_bytes!("../assets/vendor/htmx-2.0.6.min.js")));
static SSE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("sse", "js", SCRIPT, include_bytes!("../assets/vendor/htmx-ext-sse-2.2.3.min.js")));
static OWN: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("simpul", "js", SCRIPT, include_bytes!("../assets/simpul.js")));

/// Where the style sheet lies.
pub(crate) fn style_path() -> String {
    STYLE.path()
}

/// Where the mark, the knot in the top bar, lies.
pub(crate) fn mark_path() -> String {
    MARK.path()
}

/// Where the scripts lie, in the order in which they are loaded.
pub(crate) fn script_paths() -> [String; 3] {
    [HTMX.path(), OWN.path(), SSE.path()]
}

pub(crate) async fn serve(language: Language, Path(name): Path<String>, parts: Parts) -> Response {
    let assets = [&*STYLE, &*MARK, &*HTMX, &*OWN, &*SSE];
    let Some(asset) = assets.into_iter().find(|asset| asset.name == name) else {
        return Problem::new(Reason::NotFound, &parts, language).into_response();
    };
    let headers = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.bytes).into_response()
}
