//! What the program prints about itself.

use crate::program::run;

#[tokio::test]
async fn the_document_in_the_repository_is_the_one_that_is_served() {
    let said = run(&["openapi"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let first = kept
        .lines()
        .zip(said.out.lines())
        .position(|(kept, now)| kept != now);
    assert!(
        kept == said.out,
        "docs/openapi.json is not what this program serves, from line {} on. If the change is \
         meant, renew it: cargo run -p orihon -- openapi > docs/openapi.json",
        first.map_or_else(
            || kept.lines().count().min(said.out.lines().count()),
            |at| at + 1
        )
    );
}

#[tokio::test]
async fn shells_get_their_completions() {
    for (shell, mark) in [
        ("bash", "_orihon()"),
        ("zsh", "#compdef orihon"),
        ("fish", "complete -c orihon"),
    ] {
        let said = run(&["completions", shell]).await;
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{shell}");
        assert!(
            said.out.contains(mark) && said.out.contains("accept-gap"),
            "{shell}"
        );
    }
}
