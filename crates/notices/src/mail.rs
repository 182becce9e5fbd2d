//! By e-mail.

use std::{net::IpAddr, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::authentication::Credentials,
};
use service::Told;

use crate::{
    Language, Mail, NotTaken, NoticesError,
    message::{body, subject},
};

/// How long a mail server may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
    language: Language,
}

fn wrong(setting: &'static str) -> impl Fn(&dyn std::fmt::Display) -> NoticesError {
    move |why| NoticesError::Mail { setting, why: why.to_string() }
}

/// Whether a server is spoken to without encryption, and is on another machine.
fn sends_in_the_clear(server: &str) -> bool {
    let Ok(server) = reqwest::Url::parse(server) else { return false };
    let host = server.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|host| host.is_loopback());
    let required = server.query_pairs().any(|(name, value)| name == "tls" && value == "required");
    server.scheme() == "smtp" && !here && !required
}

impl Mailer {
    pub(crate) fn new(mail: &Mail, language: Language) -> Result<Self, NoticesError> {
        let address = |setting, text: &String| text.parse::<Mailbox>().map_err(|error| wrong(setting)(&error));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&mail.server)
            .map_err(|error| wrong("server")(&error))?
            .timeout(Some(TIMEOUT));
        if let Some(user) = &mail.user {
            if sends_in_the_clear(&mail.server) {
                let why = "a password would cross the network in the clear: write smtps://, or add ?tls=required";
                return Err(wrong("server")(&why));
            }
            let file = mail.password_file.as_ref().ok_or_else(|| wrong("password_file")(&"it is missing"))?;
            let text = std::fs::read_to_string(file).map_err(|error| wrong("password_file")(&error))?;
            let password = text.lines().next().unwrap_or_default().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        let to: Vec<Mailbox> = mail.to.iter().map(|to| address("to", to)).collect::<Result<_, _>>()?;
        if to.is_empty() {
            return Err(wrong("to")(&"it names nobody"));
        }
        Ok(Self { transport: builder.build(), from: address("from", &mail.from)?, to, language })
    }

    pub(crate) fn to(&self) -> String {
        self.to.iter().map(|to| to.email.to_string()).collect::<Vec<_>>().join(", ")
    }

    pub(crate) async fn send(&self, told: &Told) -> Result<(), NotTaken> {
        let message = self.message(told).map_err(|error| NotTaken { why: error.to_string(), for_good: true })?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(NotTaken { for_good: is_about_the_message(&error), why: chain(&error) }),
        }
    }

    fn message(&self, told: &Told) -> Result<Message, lettre::error::Error> {
        let begun = Message::builder().from(self.from.clone()).subject(subject(told, self.language)).message_id(None);
        let addressed = self.to.iter().fold(begun, |message, to| message.to(to.clone()));
        addressed.header(ContentType::TEXT_PLAIN).body(body(told, self.language))
    }
}

/// Whether this message is refused, and not whoever sends it: a wrong password is mended, and what waits is sent then.
fn is_about_the_message(error: &lettre::transport::smtp::Error) -> bool {
    let code = error.status().map(u16::from);
    error.is_permanent() && !matches!(code, Some(530 | 534 | 535 | 538))
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}
