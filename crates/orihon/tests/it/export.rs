//! A book saved as a file: whole, or not at all.

use crate::program::{Server, run, soon, text};
use crate::shop::Shop;
use serde_json::json;
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server with a person who bought one thing; the person's token.
async fn served(data: &Path) -> (Server, String) {
    let server = Server::start(data).await;
    let shop = Shop::open(&server, "mart").await;
    let operator = server.operator();
    let person = json!({"ref": "ann"}).to_string();
    let person = server.ask(&operator, "POST", "/v1/users", person).await;
    let person = person.is(201);
    let mut sale = shop.sale("t-1", 250);
    sale["user"] = json!({"id": person["user_id"]});
    assert_eq!(shop.send(&server, &sale).await.0, 201);
    (server, person["token"].as_str().unwrap().to_owned())
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_book_is_saved_as_the_server_hands_it_out() {
    let folder = tempfile::tempdir().unwrap();
    let (server, token) = served(&folder.path().join("data")).await;
    let url = format!("http://{}", server.address());
    let books = folder.path().join("books");
    std::fs::create_dir(&books).unwrap();
    let who = ["export", "--server", &url, "--token", &token];
    for (format, more, file, part) in [
        ("ndjson", &[][..], "a", "\"total\":250"),
        ("csv", &["--encoding", "cp932"][..], "b", "250"),
        ("hledger", &[][..], "c", "Expenses:Uncategorized  250 JPY"),
        (
            "beancount",
            &["--from", "2026-04-10T12:00:00+09:00"][..],
            "d",
            "250 JPY",
        ),
        ("hledger", &["--to", "2026-04-09"][..], "e", "decimal-mark"),
    ] {
        let out = books.join(file);
        let how = ["--format", format, "--out", text(&out)];
        let said = run(&[&who[..], &how[..], more].concat()).await;
        assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
        assert!(said.err.contains(text(&out)), "{}", said.err);
        let book = std::fs::read(&out).unwrap();
        let book = String::from_utf8_lossy(&book);
        assert!(book.contains(part), "{format} {more:?}: {book}");
        assert_eq!(
            file != "e",
            book.contains("250"),
            "{format} {more:?}: {book}"
        );
    }
    assert_eq!(names(&books), ["a", "b", "c", "d", "e"]);
    let said = run(&[&who[..], &["--out", "-"]].concat()).await;
    let saved = std::fs::read_to_string(books.join("a")).unwrap();
    assert_eq!((said.status, said.out), (0, saved));
    server.stop().await;
}

#[tokio::test]
async fn a_refusal_leaves_the_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (server, token) = served(&folder.path().join("data")).await;
    let url = format!("http://{}", server.address());
    let out = folder.path().join("book");
    std::fs::write(&out, "the one before").unwrap();
    let operator = server.operator();
    for (token, more, fragment) in [
        (
            token.as_str(),
            &["--encoding", "cp932"][..],
            "only csv has a choice",
        ),
        (
            token.as_str(),
            &["--from", "yesterday"][..],
            "must be a date",
        ),
        (operator.as_str(), &[][..], "is not a key"),
        ("oru_wrong", &[][..], "--token or ORIHON_TOKEN"),
    ] {
        let who = [
            "export",
            "--server",
            &url,
            "--token",
            token,
            "--out",
            text(&out),
        ];
        let said = run(&[&who[..], more].concat()).await;
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{}", said.err);
        assert!(said.err.contains(fragment), "{}", said.err);
    }
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "the one before");
    assert_eq!(names(folder.path()), ["book", "data", "data.keys"]);
    server.stop().await;
}

#[tokio::test]
async fn a_part_of_a_book_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut line, _) = listener.accept().await.unwrap();
        let mut asked = [0; 1_024];
        assert!(line.read(&mut asked).await.unwrap() > 0);
        let part = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n";
        line.write_all(part.as_bytes()).await.unwrap();
    });
    let out = folder.path().join("book");
    let who = [
        "export",
        "--server",
        &url,
        "--token",
        "oru_x",
        "--out",
        text(&out),
    ];
    let said = run(&who).await;
    assert_eq!((said.status, said.out.as_str()), (2, ""), "{}", said.err);
    soon(server).await.unwrap();
    assert_eq!(names(folder.path()), [""; 0]);
}
