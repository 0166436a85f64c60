//! A small authority of the server's own: made once, kept with the keys, and good for nothing but this server.
//!
//! It may vouch for addresses of private networks and the hosts that the server had when it was made, and for
//! no others: whoever trusts it cannot be deceived about any site in the internet. Its key is private to the
//! folder's owner; the server's own certificates live in memory only.

use door::tls::{Certificate, Identity, IdentityError};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ledger::keyring::{hex, write_private};
use purchase::time::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use ring::digest::{SHA256, digest};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use std::fs;
use std::io;
use std::net::IpAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// How long an authority holds. Devices trust it once for all of that.
const YEARS: i16 = 10;
/// How long a certificate of the server's holds. Browsers take none that is longer than 398 days.
const LEAF_DAYS: i64 = 395;
/// How long before its end another one is made.
const RENEWAL_DAYS: i64 = 30;
/// Names that no authority in the internet gives out.
const PRIVATE_NAMES: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "lan"];
/// Networks that are not the internet: this machine, private ones, those of carriers and of one link.
const PRIVATE_NETWORKS: [(&str, u8); 9] = [
    ("127.0.0.0", 8),
    ("10.0.0.0", 8),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("169.254.0.0", 16),
    ("100.64.0.0", 10),
    ("::1", 128),
    ("fc00::", 7),
    ("fe80::", 10),
];
const CERTIFICATE: &str = "ca.crt";
const KEY: &str = "ca.key";

/// Why an authority does not serve.
#[derive(Debug, Error)]
pub enum AuthorityError {
    /// The folder or a file of it.
    #[error("the local authority in {} cannot be read or made: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// One file is there and the other is not, or one was changed.
    #[error(
        "the local authority in {} is not whole: {why}. Put both files back from a copy of the keys, or move \
         the folder away and start again: another one is made, which every device has to be told to trust",
        path.display()
    )]
    Broken {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// It has ended.
    #[error(
        "the local authority in {} ended on {ended}. Move the folder away and start again: another one is made, \
         which every device has to be told to trust", path.display()
    )]
    Ended {
        /// The folder.
        path: PathBuf,
        /// When.
        ended: String,
    },
    /// It may not vouch for a host.
    #[error(
        "the local authority in {} was made for other addresses, and does not vouch for {host}. Go back to an \
         address that it was made for, or move the folder away and start again: another one is made, which every \
         device has to be told to trust", path.display()
    )]
    NotFor {
        /// The folder.
        path: PathBuf,
        /// The host.
        host: String,
    },
    /// A host is a name without a dot.
    #[error(
        "the local authority vouches for no name without a dot: with {0} it could vouch for all of *.{0}, which may \
         be a domain in the internet. In --public-url name the server as {0}.local, or by its IP address"
    )]
    Bare(String),
    /// A host is none.
    #[error(
        "{0} cannot stand in a certificate; name the server by a host name or an IP address in --public-url"
    )]
    Host(String),
    /// The cipher library.
    #[error("a certificate could not be made: {0}")]
    Made(#[from] rcgen::Error),
    /// What was made does not serve.
    #[error("a certificate that was made does not serve: {0}")]
    Identity(#[from] IdentityError),
}

/// An authority, ready to vouch.
pub struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    der: CertificateDer<'static>,
    ends_s: i64,
    /// Its certificate, as devices are given it.
    pub pem: String,
    /// What devices show as its name.
    pub name: String,
}

impl std::fmt::Debug for Authority {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Authority({})", self.name)
    }
}

impl Authority {
    /// Opens the authority in `folder`, or makes it, to vouch for `hosts` besides private networks.
    ///
    /// # Errors
    /// [`AuthorityError`] says what is wrong and what to do.
    pub fn open(folder: &Path, hosts: &[String], now: Timestamp) -> Result<Self, AuthorityError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| AuthorityError::Io { path, source }
        };
        let (certificate, key) = (folder.join(CERTIFICATE), folder.join(KEY));
        let broken = |why| AuthorityError::Broken {
            path: folder.to_owned(),
            why,
        };
        refuse_bare(hosts)?;
        match (certificate.exists(), key.exists()) {
            (false, false) => make(folder, hosts, now)?,
            // Devices may trust the certificate of this key: no other one takes its place by itself.
            (false, true) => return Err(broken("ca.crt is missing")),
            (true, _) => {}
        }
        let pem = fs::read_to_string(&certificate).map_err(at(&certificate))?;
        let key = match fs::read_to_string(&key) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(broken("ca.key is missing"));
            }
            read => read.map_err(at(&key))?,
        };
        let key = KeyPair::from_pem(&key).map_err(|_| broken("ca.key holds no key"))?;
        let der = CertificateDer::from_pem_slice(pem.as_bytes());
        let der = der.map_err(|_| broken("ca.crt holds no certificate"))?;
        let told = Certificate::read(&der).ok_or(broken("ca.crt holds no certificate"))?;
        let ended = told.not_after_s <= now.ms().div_euclid(1_000);
        if ended {
            let (path, ended) = (folder.to_owned(), told.ends());
            return Err(AuthorityError::Ended { path, ended });
        }
        let name = name(&key);
        Ok(Self {
            folder: folder.to_owned(),
            issuer: Issuer::new(params(&name)?, key),
            ends_s: told.not_after_s,
            der,
            pem,
            name,
        })
    }

    /// The file of its certificate, for programs of this machine.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.folder.join(CERTIFICATE)
    }

    /// Its certificate (DER).
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The SHA-256 of its certificate, as devices show it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let sum = digest(&SHA256, &self.der);
        let pairs: Vec<String> = sum
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        pairs.join(":")
    }

    /// Makes the server a key, and a certificate of it for these hosts.
    ///
    /// # Errors
    /// [`AuthorityError`]: one of the hosts is none, or one that it may not vouch for.
    pub fn identity(&self, hosts: &[String], now: Timestamp) -> Result<Identity, AuthorityError> {
        refuse_bare(hosts)?;
        let key = KeyPair::generate()?;
        let mut leaf = CertificateParams::default();
        for host in hosts {
            let named = CertificateParams::new(vec![host.clone()]);
            let named = named.map_err(|_| AuthorityError::Host(host.clone()))?;
            leaf.subject_alt_names.extend(named.subject_alt_names);
        }
        leaf.distinguished_name = rcgen::DistinguishedName::new();
        leaf.distinguished_name
            .push(DnType::CommonName, "Orihon server");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let [(year, month, yesterday), (last_year, last_month, last_day)] =
            [day(now, -1), day(now, LEAF_DAYS)];
        leaf.not_before = date_time_ymd(year, month, yesterday);
        leaf.not_after = date_time_ymd(last_year, last_month, last_day);
        let made = leaf.signed_by(&key, &self.issuer)?;
        self.prove(made.der(), hosts, now)?;
        let chain = format!("{}{}", made.pem(), self.pem);
        let now_s = now.ms().div_euclid(1_000);
        Ok(Identity::read(
            chain.as_bytes(),
            key.serialize_pem().as_bytes(),
            now_s,
        )?)
    }

    /// Looks at a certificate as somebody who connects would: one host too many would spoil it for all.
    fn prove(
        &self,
        leaf: &CertificateDer<'_>,
        hosts: &[String],
        now: Timestamp,
    ) -> Result<(), AuthorityError> {
        let broken = || AuthorityError::Broken {
            path: self.folder.clone(),
            why: "ca.crt is no authority's certificate",
        };
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).map_err(|_| broken())?;
        let provider = Arc::new(default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
        let verifier = verifier.build().map_err(|_| broken())?;
        let since = Duration::from_millis(u64::try_from(now.ms()).unwrap_or_default());
        let now = UnixTime::since_unix_epoch(since);
        for host in hosts {
            let name = ServerName::try_from(host.as_str());
            let name = name.map_err(|_| AuthorityError::Host(host.clone()))?;
            let proven = verifier.verify_server_cert(leaf, &[], &name, &[], now);
            if proven.is_err() {
                let at_fault = hosts.iter().filter(|host| !is_private(host));
                let at_fault: Vec<&str> = at_fault.map(String::as_str).collect();
                let host = at_fault.join(", ");
                let path = self.folder.clone();
                return Err(AuthorityError::NotFor { path, host });
            }
        }
        Ok(())
    }

    /// The day on which it ends.
    #[must_use]
    pub fn ends_s(&self) -> i64 {
        self.ends_s
    }
}

/// Does a certificate near its end, so that another one is due?
pub(super) fn is_ending(certificate: &Certificate, now: Timestamp) -> bool {
    let left_s = certificate.not_after_s - now.ms().div_euclid(1_000);
    left_s < RENEWAL_DAYS * 86_400
}

/// Makes an authority where neither of its files is. What was left beside them of one that was never finished
/// goes: nobody can have been told to trust it.
fn make(folder: &Path, hosts: &[String], now: Timestamp) -> Result<(), AuthorityError> {
    let key = KeyPair::generate()?;
    let mut told = params(&name(&key))?;
    let (year, month, yesterday) = day(now, -1);
    told.not_before = date_time_ymd(year, month, yesterday);
    let (year, month, today) = years(now);
    told.not_after = date_time_ymd(year, month, today);
    told.name_constraints = Some(NameConstraints {
        permitted_subtrees: permitted(hosts),
        excluded_subtrees: Vec::new(),
    });
    let pem = told.self_signed(&key)?.pem();
    let written = || {
        let mut folders = fs::DirBuilder::new();
        folders.recursive(true).mode(0o700).create(folder)?;
        let new = ["ca.key.new", "ca.crt.new"].map(|name| folder.join(name));
        for left in new.iter().filter(|left| left.exists()) {
            fs::remove_file(left)?;
        }
        let [new_key, new_certificate] = &new;
        write_private(new_key, &key.serialize_pem())?;
        fs::write(new_certificate, &pem)?;
        fs::File::open(new_certificate)?.sync_all()?;
        fs::rename(new_key, folder.join(KEY))?;
        fs::rename(new_certificate, folder.join(CERTIFICATE))?;
        fs::File::open(folder)?.sync_all()
    };
    let path = folder.to_owned();
    written().map_err(|source| AuthorityError::Io { path, source })
}

/// What an authority is, besides from when until when and for whom.
fn params(name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

/// The name follows from the key, so that two authorities on one phone can be told apart.
fn name(key: &KeyPair) -> String {
    let sum = digest(&SHA256, key.public_key_raw());
    let marks = sum.as_ref().get(..4).unwrap_or_default();
    format!("Orihon local authority {}", hex(marks))
}

/// Refuses names without a dot. What is permitted for `shop` is permitted for every host under `.shop`.
fn refuse_bare(hosts: &[String]) -> Result<(), AuthorityError> {
    let is_bare = |host: &&String| {
        let name = host.trim_end_matches('.');
        name != "localhost" && host.parse::<IpAddr>().is_err() && !name.contains('.')
    };
    match hosts.iter().find(is_bare) {
        Some(host) => Err(AuthorityError::Bare(host.clone())),
        None => Ok(()),
    }
}

/// Private networks and names, and of these hosts, none of which is a name without a dot, those that are not among them.
fn permitted(hosts: &[String]) -> Vec<GeneralSubtree> {
    let names = PRIVATE_NAMES.map(str::to_owned).into_iter();
    let names = names.map(GeneralSubtree::DnsName);
    let networks = PRIVATE_NETWORKS.iter().filter_map(|(network, bits)| {
        let network = network.parse().ok()?;
        let network = CidrSubnet::from_addr_prefix(network, *bits);
        Some(GeneralSubtree::IpAddress(network))
    });
    let others = hosts.iter().filter(|host| !is_private(host));
    let others = others.map(|host| match host.parse::<IpAddr>() {
        Ok(own) => {
            let bits = if own.is_ipv4() { 32 } else { 128 };
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(own, bits))
        }
        Err(_) => GeneralSubtree::DnsName(host.clone()),
    });
    names.chain(networks).chain(others).collect()
}

/// Does this host lie where every authority of ours may vouch?
pub(super) fn is_private(host: &str) -> bool {
    let Ok(own) = host.parse::<IpAddr>() else {
        return PRIVATE_NAMES.iter().any(|name| {
            host == *name
                || host
                    .strip_suffix(name)
                    .is_some_and(|rest| rest.ends_with('.'))
        });
    };
    PRIVATE_NETWORKS.iter().any(|(network, bits)| {
        let network = network.parse::<IpAddr>();
        network.is_ok_and(|network| is_within(own, network, *bits))
    })
}

fn is_within(own: IpAddr, network: IpAddr, bits: u8) -> bool {
    match (own, network) {
        (IpAddr::V4(own), IpAddr::V4(network)) => {
            let differing = u32::from(own) ^ u32::from(network);
            differing.leading_zeros() >= u32::from(bits)
        }
        (IpAddr::V6(own), IpAddr::V6(network)) => {
            let differing = u128::from(own) ^ u128::from(network);
            differing.leading_zeros() >= u32::from(bits)
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

/// The day that is so many days from `now`, as year, month and day.
fn day(now: Timestamp, days: i64) -> (i32, u8, u8) {
    parts(today(now).saturating_add(days.days()))
}

/// The same day in as many years as an authority holds.
fn years(now: Timestamp) -> (i32, u8, u8) {
    parts(today(now).saturating_add(YEARS.years()))
}

fn today(now: Timestamp) -> Date {
    let instant = jiff::Timestamp::from_millisecond(now.ms()).unwrap_or(jiff::Timestamp::MAX);
    instant.to_zoned(TimeZone::UTC).date()
}

fn parts(date: Date) -> (i32, u8, u8) {
    let [month, day] = [date.month(), date.day()].map(|part| u8::try_from(part).unwrap_or(1));
    (i32::from(date.year()), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_certificate_is_due_thirty_days_before_the_end() {
        let home = tempfile::tempdir().unwrap();
        let at = |days: i64| Timestamp::from_ms(1_795_976_433_000 + days * 86_400_000).unwrap();
        let authority = Authority::open(home.path(), &[], at(0)).unwrap();
        let made = authority
            .identity(&["localhost".to_owned()], at(0))
            .unwrap();
        for (days, is_due) in [(0, false), (363, false), (365, true), (400, true)] {
            assert_eq!(is_ending(made.certificate(), at(days)), is_due, "{days}");
        }
    }
}
