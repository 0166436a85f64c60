//! Where people reach this server, and what follows from it: over TLS cookies carry the prefix that
//! binds them to this host, and what needs a secure context can be offered.

use std::net::SocketAddr;

/// Whether what people send is hidden from others on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TLS, here or at a proxy in front.
    Secure,
    /// Plain HTTP.
    Plain,
}

/// How the address of a server is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// The operator said so, and it may stand on paper.
    Told,
    /// It is where the server listens, which may be this machine alone.
    Guessed,
}

/// The address under which people reach this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Without a slash at its end, such as `https://book.example`.
    base: Box<str>,
    known: Known,
    contact: Option<Box<str>>,
}

impl Site {
    /// A site at `base`, which begins with `http://` or `https://`, as the operator says.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let base = base.trim_end_matches('/').into();
        let known = Known::Told;
        Self {
            base,
            known,
            contact: None,
        }
    }

    /// A site of which nobody said anything: where the server listens.
    #[must_use]
    pub fn listening(address: SocketAddr) -> Self {
        Self::guessed(&format!("http://{address}"))
    }

    /// A site at `base`, of which nobody said anything.
    #[must_use]
    pub fn guessed(base: &str) -> Self {
        let known = Known::Guessed;
        Self {
            known,
            ..Self::new(base)
        }
    }

    /// The same, where people ask `contact` if they do not get on.
    #[must_use]
    pub fn asking(self, contact: Option<&str>) -> Self {
        let contact = contact.map(Into::into);
        Self { contact, ..self }
    }

    /// Whom people ask: an address or a few words, as the operator says.
    #[must_use]
    pub fn contact(&self) -> Option<&str> {
        self.contact.as_deref()
    }

    /// Its address, if it may stand on receipts: people anywhere reach it.
    #[must_use]
    pub fn public_url(&self) -> Option<&str> {
        match self.known {
            Known::Told => Some(&self.base),
            Known::Guessed => None,
        }
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// How people's requests travel.
    #[must_use]
    pub fn transport(&self) -> Transport {
        match self.base.starts_with("https://") {
            true => Transport::Secure,
            false => Transport::Plain,
        }
    }

    /// The name of the cookie called `name`. Browsers take the prefix only over TLS.
    #[must_use]
    pub fn cookie(&self, name: &str) -> String {
        match self.transport() {
            Transport::Secure => format!("__Host-{name}"),
            Transport::Plain => name.to_owned(),
        }
    }

    /// What follows the value of each of its cookies.
    #[must_use]
    pub fn attributes(&self) -> &'static str {
        match self.transport() {
            Transport::Secure => "; Path=/; HttpOnly; SameSite=Lax; Secure",
            Transport::Plain => "; Path=/; HttpOnly; SameSite=Lax",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_have_the_prefix_over_tls_only() {
        let secure = Site::new("https://book.example/");
        assert_eq!(secure.base(), "https://book.example");
        assert_eq!(secure.cookie("orihon"), "__Host-orihon");
        assert!(secure.attributes().ends_with("; Secure"));
        assert_eq!(secure.public_url(), Some("https://book.example"));
        let guessed = Site::listening(([127, 0, 0, 1], 8470).into());
        assert_eq!(guessed.base(), "http://127.0.0.1:8470");
        assert_eq!(guessed.public_url(), None);
        let plain = Site::new("http://192.0.2.7:8470");
        assert_eq!(plain.cookie("orihon"), "orihon");
        assert!(!plain.attributes().contains("Secure"));
    }
}
