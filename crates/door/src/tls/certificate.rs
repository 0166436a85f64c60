//! What a certificate says of itself (RFC 5280, 4.1): from when until when, for which hosts, and who issued it.
//!
//! It believes all of it and proves nothing: whether a signature is good is for whoever connects. Any
//! bytes may come; what is no certificate is none.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::date;

/// Names read of one certificate at most.
const NAMES_MAX: usize = 256;

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const OBJECT_ID: u8 = 0x06;
const BOOLEAN: u8 = 0x01;
const OCTETS: u8 = 0x04;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;
/// subjectAltName, 2.5.29.17.
const HOSTS: [u8; 3] = [0x55, 0x1d, 0x11];

/// What stands in a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// From when it holds, in seconds since 1970.
    pub not_before_s: i64,
    /// Until when.
    pub not_after_s: i64,
    /// The names and addresses that it is for.
    pub hosts: Vec<String>,
    pub(super) issuer: Vec<u8>,
    pub(super) subject: Vec<u8>,
}

impl Certificate {
    /// Reads a certificate (DER); none if the bytes are not one.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<Certificate> {
        let mut whole = Der(der).inside(SEQUENCE)?;
        let mut told = whole.inside(SEQUENCE)?;
        if told.0.first() == Some(&VERSION) {
            told.next()?;
        }
        let (_serial, _algorithm) = (told.next()?, told.next()?);
        let issuer = told.inside(SEQUENCE)?.0.to_vec();
        let mut validity = told.inside(SEQUENCE)?;
        let (not_before_s, not_after_s) = (validity.time()?, validity.time()?);
        let subject = told.inside(SEQUENCE)?.0.to_vec();
        let mut hosts = Vec::new();
        while let Some((tag, content)) = told.next() {
            if tag == EXTENSIONS {
                hosts = Der(content).inside(SEQUENCE)?.hosts()?;
            }
        }
        Some(Certificate {
            not_before_s,
            not_after_s,
            hosts,
            issuer,
            subject,
        })
    }

    /// The day on which it ends, as `2026-11-29`.
    #[must_use]
    pub fn ends(&self) -> String {
        date::shown(self.not_after_s)
    }

    /// The day on which it begins.
    #[must_use]
    pub fn begins(&self) -> String {
        date::shown(self.not_before_s)
    }

    /// Is it for this name or address? A star stands for one part, the first.
    #[must_use]
    pub fn is_for(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let after = host.split_once('.').map(|(_, after)| after);
        self.hosts.iter().any(|own| {
            let starred = own.strip_prefix("*.");
            own.eq_ignore_ascii_case(host)
                || starred
                    .is_some_and(|own| after.is_some_and(|host| own.eq_ignore_ascii_case(host)))
        })
    }

    /// Does it vouch for itself, as an authority does that nobody else vouches for?
    #[must_use]
    pub fn is_its_own_issuer(&self) -> bool {
        self.issuer == self.subject
    }
}

/// Bytes in DER, read from the front.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next value, as tag and content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            short @ 0..=0x7f => (usize::from(*short), rest),
            // Longer than 16 MiB no certificate is.
            long @ 0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                let length = digits
                    .iter()
                    .fold(0, |sum, digit| sum * 256 + usize::from(*digit));
                (length, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    /// What is inside the next value, which has to be of this kind.
    fn inside(&mut self, tag: u8) -> Option<Der<'a>> {
        let (found, content) = self.next()?;
        (found == tag).then_some(Der(content))
    }

    fn time(&mut self) -> Option<i64> {
        match self.next()? {
            (UTC_TIME, digits) => date::read(digits, 2),
            (GENERALIZED_TIME, digits) => date::read(digits, 4),
            _ => None,
        }
    }

    /// The hosts among extensions.
    fn hosts(&mut self) -> Option<Vec<String>> {
        while !self.0.is_empty() {
            let mut extension = self.inside(SEQUENCE)?;
            let id = extension.inside(OBJECT_ID)?;
            if id.0 != HOSTS {
                continue;
            }
            if extension.0.first() == Some(&BOOLEAN) {
                extension.next()?;
            }
            let mut names = extension.inside(OCTETS)?.inside(SEQUENCE)?;
            let mut hosts = Vec::new();
            while hosts.len() < NAMES_MAX
                && let Some((tag, content)) = names.next()
            {
                hosts.extend(host(tag, content));
            }
            return Some(hosts);
        }
        Some(Vec::new())
    }
}

fn host(tag: u8, content: &[u8]) -> Option<String> {
    match tag {
        DNS_NAME => {
            let is_plain = content.iter().all(u8::is_ascii_graphic);
            let name = is_plain.then(|| String::from_utf8_lossy(content));
            name.map(std::borrow::Cow::into_owned)
        }
        IP_ADDRESS => {
            let four = <[u8; 4]>::try_from(content).map(|four| IpAddr::V4(Ipv4Addr::from(four)));
            let sixteen = <[u8; 16]>::try_from(content).map(|all| IpAddr::V6(Ipv6Addr::from(all)));
            let address = four.or(sixteen).ok()?;
            Some(address.to_string())
        }
        _ => None,
    }
}
