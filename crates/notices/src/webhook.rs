//! By webhook: each message is posted as JSON.

use std::time::Duration;

use reqwest::{Client, StatusCode, Url};
use service::Told;

use crate::{NotTaken, NoticesError};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Webhook {
    client: Client,
    address: Url,
}

impl Webhook {
    pub(crate) fn new(address: &str) -> Result<Self, NoticesError> {
        let wrong = |why: &dyn std::fmt::Display| NoticesError::Webhook(format!("{address}: {why}"));
        let url = Url::parse(address).map_err(|error| wrong(&error))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(wrong(&"it has to begin with https:// or http:// and name a host"));
        }
        let client = Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build();
        Ok(Self { client: client.map_err(|error| wrong(&error))?, address: url })
    }

    /// Where to, without what may be a secret in the address.
    pub(crate) fn to(&self) -> String {
        format!("{}://{}", self.address.scheme(), self.address.host_str().unwrap_or_default())
    }

    pub(crate) async fn send(&self, told: &Told) -> Result<(), NotTaken> {
        let answer = match self.client.post(self.address.clone()).json(told).send().await {
            Ok(answer) => answer,
            // The address may hold a secret and stands in no log.
            Err(error) => return Err(NotTaken { why: error.without_url().to_string(), for_good: false }),
        };
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        // Whatever else it answers is about the address or its rights: that is mended, and what waits is sent then.
        let about_the_message = matches!(
            status,
            StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY
        );
        Err(NotTaken { why: format!("it answers {status}"), for_good: about_the_message })
    }
}
