//! The server as callers find it: there, ready, with a clock that agrees, over a way that phones accept, and behind
//! a proxy that tells the truth. What was answered and what is thought of it are apart.

use super::check::{Check, State};
use super::{check, peer};
use crate::client::{ServerArgs, address, connections_that_stay, is_local};
use anyhow::Context;
use door::tls::Certificate;
use reqwest::header::{DATE, ORIGIN, SET_COOKIE};
use reqwest::{Response, Url};
use server::clock::Clock;
use std::net::ToSocketAddrs;
use std::time::Duration;

/// Signatures of devices are refused when clocks are five minutes apart.
const SKEW_S_WRONG: i64 = 300;
const SKEW_S_DOUBTFUL: i64 = 10;
const DAY_S: i64 = 86_400;
const LEFT_DAYS_WRONG: i64 = 3;
const LEFT_DAYS_DOUBTFUL: i64 = 21;
/// Until an answer is there.
const PATIENCE: Duration = Duration::from_secs(10);

/// Everything about the server.
pub(super) async fn look(args: &ServerArgs) -> anyhow::Result<Vec<Check>> {
    let url = address(&args.server)?;
    let base = url.as_str().trim_end_matches('/').to_owned();
    let host = url
        .host_str()
        .context("an address without a host")?
        .to_owned();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut checks = vec![way("way", &url)];
    let now_s = || Clock::system().now().ms().div_euclid(1_000);
    if url.scheme() == "https"
        && let Some(port) = url.port_or_known_default()
    {
        let shown = peer::shown(host, port).await;
        checks.extend(shown.map(|chain| certificate(&chain, host, now_s())));
    }
    // The cookie of a form comes before the page that it leads to.
    let http = connections_that_stay(args, &url)?;
    let alive = http
        .get(format!("{base}/healthz"))
        .timeout(PATIENCE)
        .send()
        .await;
    let alive = match alive {
        Ok(alive) => alive,
        Err(error) => {
            let cause = crate::client::error::innermost(&error);
            let state = match args.data {
                // Whoever asks about a folder may have stopped its server on purpose.
                Some(_) => State::Doubtful,
                None => State::Wrong,
            };
            let advice = "start it, or name another with --server; if its certificate is not trusted here, with \
                --ca-file";
            checks.push(check(
                "server",
                state,
                format!("{base} did not answer: {cause}"),
                advice,
            ));
            checks.extend(is_local(&url).then(|| port(&url)).flatten());
            return Ok(checks);
        }
    };
    checks.push(clock(date_s(&alive), now_s()));
    let ready = http
        .get(format!("{base}/readyz"))
        .timeout(PATIENCE)
        .send()
        .await?;
    let status = ready.status().as_u16();
    let told = ready.text().await.unwrap_or_default();
    checks.push(readiness(status, &told));
    checks.push(proxy(&http, &url, &base).await?);
    Ok(checks)
}

/// How people get there.
pub(super) fn way(name: &'static str, url: &Url) -> Check {
    let place = url.as_str().trim_end_matches('/');
    match (url.scheme(), is_local(url)) {
        ("https", _) => check(name, State::Well, format!("{place}, encrypted"), ""),
        // Whether others come in clear as well cannot be told from here; `serve` says it when it starts.
        (_, true) => check(
            name,
            State::Well,
            format!("{place}, from this machine; for others ask with --public-url"),
            "",
        ),
        (_, false) => check(
            name,
            State::Wrong,
            format!(
                "{place} is plain HTTP: others can read it, and browsers have no passkeys, no camera and no codes kept for where there is no signal"
            ),
            "serve with --tls-cert and --tls-key, with --tls-local in a network of one's own, or behind a proxy with \
             TLS and --public-url https://…",
        ),
    }
}

/// The server's own certificate and those that it shows with it.
fn certificate(chain: &[Certificate], host: &str, now_s: i64) -> Check {
    let name = "certificate";
    let Some(own) = chain.first() else {
        return check(
            name,
            State::Wrong,
            "none is shown",
            "look at the server's log",
        );
    };
    let left_days = (own.not_after_s - now_s).div_euclid(DAY_S);
    let found = format!("for {}, until {}", own.hosts.join(", "), own.ends());
    if !own.is_for(host) {
        let advice = format!("get one for {host}, or reach the server by a host that it is for");
        return check(name, State::Wrong, found, &advice);
    }
    if now_s < own.not_before_s {
        let advice = format!("it begins on {}: set the clocks, or wait", own.begins());
        return check(name, State::Wrong, found, &advice);
    }
    let is_alone = chain.len() == 1 && !own.is_its_own_issuer();
    match left_days {
        ..LEFT_DAYS_WRONG => check(
            name,
            State::Wrong,
            found,
            "renew it now; the server takes the new files by itself within a minute",
        ),
        LEFT_DAYS_WRONG..LEFT_DAYS_DOUBTFUL => check(
            name,
            State::Doubtful,
            found,
            "see why it was not renewed; the server takes new files by itself within a minute",
        ),
        _ if is_alone => check(
            name,
            State::Doubtful,
            found,
            "only the server's own certificate is shown: put those that vouch for it behind it (fullchain.pem), or \
             some phones will not trust it",
        ),
        _ => check(name, State::Well, found, ""),
    }
}

fn date_s(answer: &Response) -> Option<i64> {
    let text = answer.headers().get(DATE)?.to_str().ok()?;
    let shown = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(shown.timestamp().as_second())
}

fn clock(theirs_s: Option<i64>, ours_s: i64) -> Check {
    let Some(theirs_s) = theirs_s else {
        return check("clocks", State::Doubtful, "the server shows no time", "");
    };
    let apart_s = theirs_s.abs_diff(ours_s);
    let apart_s = i64::try_from(apart_s).unwrap_or(i64::MAX);
    let found = format!("the server's and this machine's are {apart_s} s apart");
    let advice = "set both by a time server (timedatectl set-ntp true): sales are named and sorted by their time";
    let state = match (apart_s > SKEW_S_DOUBTFUL, apart_s > SKEW_S_WRONG) {
        (false, _) => State::Well,
        (true, false) => State::Doubtful,
        (true, true) => State::Wrong,
    };
    let advice = if state == State::Well { "" } else { advice };
    check("clocks", state, found, advice)
}

fn readiness(status: u16, told: &str) -> Check {
    let problem: Option<serde_json::Value> = serde_json::from_str(told).ok();
    let detail = problem
        .as_ref()
        .and_then(|problem| problem.get("detail")?.as_str());
    match (status, detail) {
        (200, _) => check("server", State::Well, "there, and ready to take sales", ""),
        (503, Some(detail)) => check("server", State::Wrong, detail, "its log says more"),
        (other, _) => check(
            "server",
            State::Wrong,
            format!("/readyz was answered {other}, which is no Orihon server's answer"),
            "name the server itself with --server, and let proxies pass every path on",
        ),
    }
}

/// A form as a browser would send it, which shows what a proxy does to it. It chooses a language for a browser
/// that is not there, and so changes nothing.
async fn proxy(http: &reqwest::Client, url: &Url, base: &str) -> anyhow::Result<Check> {
    let origin = url.origin().ascii_serialization();
    let sent = http
        .post(format!("{base}/language"))
        .header(ORIGIN, origin)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("lang=en&back=/trust")
        .timeout(PATIENCE)
        .send()
        .await?;
    let cookie = sent.headers().get(SET_COOKIE);
    let cookie = cookie
        .and_then(|cookie| cookie.to_str().ok())
        .map(str::to_owned);
    Ok(headers(
        url.scheme(),
        sent.status().as_u16(),
        cookie.as_deref(),
    ))
}

fn headers(scheme: &str, status: u16, cookie: Option<&str>) -> Check {
    let is_secure = cookie.is_some_and(|cookie| cookie.ends_with("; Secure"));
    match (scheme, status, cookie, is_secure) {
        (_, 403, _, _) => check(
            "proxy",
            State::Wrong,
            "a page's own form was refused: the proxy does not pass on the host that browsers ask for",
            "let it keep the header Host (nginx: proxy_set_header Host $http_host) and Origin",
        ),
        ("https", _, Some(_), false) => check(
            "proxy",
            State::Wrong,
            "the server does not know that it is reached over TLS",
            "start it with --public-url and this very address",
        ),
        ("http", _, Some(_), true) => check(
            "proxy",
            State::Doubtful,
            "the server thinks that it is reached over TLS; at this address nobody can sign in",
            "ask at its public address",
        ),
        (_, 200..400, Some(_), _) => check(
            "proxy",
            State::Well,
            "forms and cookies pass as they should",
            "",
        ),
        (_, other, _, _) => check(
            "proxy",
            State::Doubtful,
            format!("a form was answered {other}"),
            "let the proxy pass every path and method on as it is",
        ),
    }
}

/// Whether a server could listen where none answers.
fn port(url: &Url) -> Option<Check> {
    let place = (url.host_str()?, url.port_or_known_default()?);
    let place = place.to_socket_addrs().ok()?.next()?;
    Some(match door::bind(place) {
        Ok(_) => check("port", State::Well, format!("{place} is free"), ""),
        Err(error) => check("port", State::Wrong, error.to_string(), ""),
    })
}

#[cfg(test)]
mod tests;
