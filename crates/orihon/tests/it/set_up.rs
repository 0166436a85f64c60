//! The link that opens the console of a new server: shown to whoever sits at its terminal, made anew by the command,
//! and good for one browser.

use crate::program::{Server, run, soon};
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, SET_COOKIE};
use reqwest::redirect::Policy;

/// A browser that follows nothing by itself.
fn browser() -> Client {
    let builder = Client::builder().no_proxy().redirect(Policy::none());
    builder.build().unwrap()
}

/// The link in what was said, if there is one.
fn link_in(said: &str) -> Option<String> {
    let mut words = said.split_whitespace();
    let found = words.find(|word| word.contains("/console/link/"));
    found.map(str::to_owned)
}

/// Opens a link as people do; whether it let in.
async fn lets_in(link: &str) -> bool {
    let page = soon(browser().get(link).send()).await.unwrap();
    assert_eq!(page.status(), 200, "looking uses nothing up");
    let (path, word) = link.rsplit_once('/').unwrap();
    let sent = browser().post(path).body(format!("word={word}"));
    let sent = sent.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = soon(sent.send()).await.unwrap();
    answer.status() == 303 && answer.headers().contains_key(SET_COOKIE)
}

#[tokio::test]
async fn a_first_start_shows_a_link_to_a_terminal_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at_terminal = folder.path().join("terminal");
    let server = Server::start_at_terminal(&at_terminal).await;
    let link = link_in(&server.said()).expect("a first start shows it");
    for is_first in [true, false] {
        assert_eq!(lets_in(&link).await, is_first);
    }
    assert!(server.stop().await.contains("within 15 minutes"));
    let again = Server::start_at_terminal(&at_terminal).await;
    assert_eq!(link_in(&again.stop().await), None, "it is no first start");
    // What is written into a file may be read by others, and much later.
    let logged = Server::start(&folder.path().join("logged")).await;
    assert_eq!(link_in(&logged.stop().await), None);
}

#[tokio::test]
async fn a_command_makes_another_link() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).await;
    let key = server.operator();
    let at = format!("http://{}", server.address());
    let make = ["key", "setup-link", "--server", &at, "--operator-key"];
    let made = run(&[&make[..], &[&key]].concat()).await;
    assert_eq!(made.status, 0, "{}", made.err);
    let link = link_in(&made.out).expect("it is shown");
    for is_first in [true, false] {
        assert_eq!(lets_in(&link).await, is_first);
    }
    let wrong = run(&[&make[..], &["oro_nonsense"]].concat()).await;
    assert_eq!((wrong.status, link_in(&wrong.out)), (2, None));
    server.stop().await;
}
