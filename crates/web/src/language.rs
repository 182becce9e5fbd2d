//! Which language a page speaks: what was chosen (`?lang=`), what was chosen before (a cookie), what the browser asks
//! for, else Indonesian.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::convert::Infallible;

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Bahasa Indonesia, the first language of the programme.
    Indonesian,
    /// English, in full.
    English,
}

impl Language {
    /// Both, in the order that pages offer them.
    pub const ALL: [Self; 2] = [Self::Indonesian, Self::English];

    /// The BCP 47 tag: `id` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    /// What the language calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Indonesian => "Bahasa Indonesia",
            Self::English => "English",
        }
    }

    /// From a tag with or without a region; `in` is what old Java browsers call Indonesian.
    fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase();
        match primary.as_str() {
            "id" | "in" => Some(Self::Indonesian),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    fn chosen(query: Option<&str>) -> Option<Self> {
        query?.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Self::from_tag)
    }

    fn remembered(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .find_map(|pair| pair.trim().strip_prefix("lang="))
            .and_then(Self::from_tag)
    }

    /// The language with the greatest weight; of equals the first (RFC 9110 §12.5.4).
    fn accepted(headers: &HeaderMap) -> Option<Self> {
        let lines = headers.get_all(header::ACCEPT_LANGUAGE).into_iter().filter_map(|value| value.to_str().ok());
        let mut best = None;
        for range in lines.flat_map(|line| line.split(',')) {
            let (tag, weight) = range.split_once(";").unwrap_or((range, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).unwrap_or(0.0);
            if let Some(language) = Self::from_tag(tag)
                && weight > best.map_or(0.0, |(_, heaviest)| heaviest)
            {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }

    pub(crate) fn of(query: Option<&str>, headers: &HeaderMap) -> Self {
        Self::chosen(query)
            .or_else(|| Self::remembered(headers))
            .or_else(|| Self::accepted(headers))
            .unwrap_or(Self::Indonesian)
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts.uri.query(), &parts.headers))
    }
}

/// Keeps a choice made by `?lang=` for the pages that follow, for a year.
pub(crate) async fn remember(request: Request, next: Next) -> Response {
    let cookie = Language::chosen(request.uri().query()).map(|language| match language {
        Language::Indonesian => "lang=id; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict",
        Language::English => "lang=en; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict",
    });
    let mut response = next.run(request).await;
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static(cookie));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, Indonesian};

    #[test]
    fn what_was_chosen_beats_what_was_kept_beats_what_the_browser_asks() {
        check("", "", "", Indonesian);
        check("", "", "en-US,en;q=0.9", English);
        check("", "lang=id", "en-US", Indonesian);
        check("lang=en", "lang=id", "id", English);
        check("x=1&lang=en", "", "", English);
    }

    #[test]
    fn the_browser_is_read_by_weight() {
        check("", "", "en;q=0.5, id;q=0.8", Indonesian);
        check("", "", "id;q=0.5, en;q=0.8", English);
        check("", "", "de, en;q=0.2", English);
        check("", "", "in-ID, en", Indonesian);
        check("", "", "id;q=0, en;q=0.1", English);
    }

    #[test]
    fn nonsense_is_passed_over() {
        check("lang=", "lang=", ";;q=,,", Indonesian);
        check("lang=xx", "other=1; lang=en", "", English);
        check("lang=%%%", "lang", "en;q=nan", Indonesian);
    }

    fn check(query: &str, cookie: &str, accept: &str, expected: Language) {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
        assert_eq!(Language::of(Some(query), &headers), expected, "?{query}, cookie {cookie}, accept {accept}");
    }
}
