//! Style and picture files, built into the binary and served under a name that changes with their content.

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
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("simpul", "css", "text/css; charset=utf-8", include_bytes!("../assets/simpul.css")));
static MARK: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("mark", "svg", "image/svg+xml", include_bytes!("../assets/mark.svg")));

/// Where the style sheet lies.
pub(crate) fn style_path() -> String {
    format!("/assets/{}", STYLE.name)
}

/// Where the mark, the knot in the top bar, lies.
pub(crate) fn mark_path() -> String {
    format!("/assets/{}", MARK.name)
}

pub(crate) async fn serve(language: Language, Path(name): Path<String>, parts: Parts) -> Response {
    let Some(asset) = [&*STYLE, &*MARK].into_iter().find(|asset| asset.name == name) else {
        return Problem::new(Reason::NotFound, &parts, language).into_response();
    };
    let headers = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.bytes).into_response()
}
