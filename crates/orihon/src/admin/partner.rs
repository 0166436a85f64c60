//! `orihon partner`: to whom people may consent to give what they bought.

use crate::admin::{Asking, Desk, columns, list, object, text};
use crate::client::Content;
use purchase::id::PartnerId;
use reqwest::Method;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Options of `partner`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    asking: Asking,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Adds a partner; its key is shown this once.
    Add {
        /// What people know it by.
        #[arg(long, env = "ORIHON_PARTNER_NAME")]
        name: String,
        /// What it wants purchases for, as people read it before they consent.
        #[arg(long, env = "ORIHON_PARTNER_PURPOSE")]
        purpose: String,
        /// Where it says more of itself.
        #[arg(long, env = "ORIHON_PARTNER_URL")]
        url: Option<String>,
    },
    /// Lists the partners.
    List,
    /// Removes a partner with all that people consented to give it.
    Remove {
        /// The partner, as `partner list` shows it.
        #[arg(value_parser = partner_id)]
        partner_id: String,
    },
}

/// Does it.
///
/// # Errors
/// If the server does not.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(&args.asking)?;
    match args.action {
        Action::Add { name, purpose, url } => {
            let members = [
                ("name", Some(name)),
                ("purpose", Some(purpose)),
                ("url", url),
            ];
            let content = Content::json(&object(members));
            let partner = desk.make("/v1/partners", content).await?;
            Ok(desk.show(&partner, told))
        }
        Action::List => {
            let partners = desk.get("/v1/partners").await?;
            Ok(desk.show(&partners, |partners| table(list(partners, "partners"))))
        }
        Action::Remove { partner_id } => {
            let path = format!("/v1/partners/{partner_id}");
            desk.change(Method::DELETE, &path, Content::Nothing).await?;
            let gone = json!({"partner_id": partner_id, "removed": true});
            Ok(desk.show(&gone, |_| {
                format!("{partner_id} gets nothing more; what people consented to is taken away")
            }))
        }
    }
}

/// An id, proven before it becomes part of a path.
fn partner_id(given: &str) -> Result<String, String> {
    match PartnerId::parse(given) {
        Ok(proven) => Ok(proven.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

fn told(answer: &Value) -> String {
    format!(
        "{}\n\nkey, shown this once:\n{}\n\nthe link that it shows to people:\n{}",
        text(answer, "partner_id"),
        text(answer, "key"),
        text(answer, "consent_url")
    )
}

fn table(partners: &[Value]) -> String {
    if partners.is_empty() {
        return "no partners yet; add one with: orihon partner add --name NAME --purpose PURPOSE"
            .to_owned();
    }
    let rows: Vec<_> = partners
        .iter()
        .map(|partner| {
            let ended = match text(partner, "ended_at") {
                "" => "",
                _ => "being taken away",
            };
            [
                text(partner, "partner_id").to_owned(),
                text(partner, "name").to_owned(),
                text(partner, "purpose").to_owned(),
                ended.to_owned(),
            ]
        })
        .collect();
    columns(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partners_are_shown_in_columns() {
        assert!(table(&[]).contains("orihon partner add"));
        let partner = json!({"partner_id": "par_1", "name": "家計簿", "purpose": "accounts"});
        let ended = json!({"partner_id": "par_2", "name": "K", "purpose": "x", "ended_at": "now"});
        assert_eq!(
            table(&[partner, ended]),
            "par_1  家計簿  accounts\npar_2  K       x         being taken away"
        );
        assert!(partner_id("par_../x").is_err());
    }
}
