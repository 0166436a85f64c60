//! `orihon user`: people and the keys to their accounts.

use crate::admin::{Asking, Desk, object, text};
use crate::client::Content;
use purchase::id::{TokenId, UserId};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Options of `user`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    asking: Asking,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Registers a person; the token to the account is shown this once.
    Add {
        /// Your own name for the person; the same one again is the same person.
        #[arg(long = "ref", value_name = "REF", env = "ORIHON_USER_REF")]
        reference: Option<String>,
        /// The person's name.
        #[arg(long, env = "ORIHON_USER_NAME")]
        name: Option<String>,
        /// The person's e-mail address.
        #[arg(long, env = "ORIHON_USER_EMAIL")]
        email: Option<String>,
    },
    /// Makes a further token to a person's account; the person sees that you did.
    Token {
        /// The person (usr_…).
        #[arg(value_parser = user_id)]
        user_id: String,
        /// Why; the person sees it.
        #[arg(long, env = "ORIHON_USER_TOKEN_REASON")]
        reason: Option<String>,
    },
    /// Makes a link by which a person signs in once, within a day; the person sees that you did.
    Link {
        /// The person (usr_…).
        #[arg(value_parser = user_id)]
        user_id: String,
        /// Why; the person sees it.
        #[arg(long, env = "ORIHON_USER_LINK_REASON")]
        reason: String,
        /// The page that the person comes to then, such as /code.
        #[arg(long, value_name = "PATH", env = "ORIHON_USER_LINK_NEXT")]
        next: Option<String>,
    },
    /// Closes an account to its person for a while; what is bought is still filed.
    Suspend {
        /// The person (usr_…).
        #[arg(value_parser = user_id)]
        user_id: String,
        /// Why; the person sees it.
        #[arg(long, env = "ORIHON_USER_SUSPEND_REASON")]
        reason: String,
    },
    /// Opens a suspended account again.
    Resume {
        /// The person (usr_…).
        #[arg(value_parser = user_id)]
        user_id: String,
        /// Why; the person sees it.
        #[arg(long, env = "ORIHON_USER_RESUME_REASON")]
        reason: String,
    },
    /// Makes one account of two: all of --from goes into the person's. It cannot be undone.
    Merge {
        /// The person whose account stays (usr_…).
        #[arg(value_parser = user_id)]
        user_id: String,
        /// The account that goes (usr_…).
        #[arg(long, value_name = "USER_ID", value_parser = user_id, env = "ORIHON_USER_MERGE_FROM")]
        from: String,
        /// Why; the person sees it.
        #[arg(long, env = "ORIHON_USER_MERGE_REASON")]
        reason: String,
    },
    /// Takes a token away.
    RevokeToken {
        /// The token's id (tok_…), not the token itself.
        #[arg(value_parser = token_id)]
        token_id: String,
    },
}

/// Does it.
///
/// # Errors
/// If the server does not.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(&args.asking)?;
    match args.action {
        Action::Add {
            reference,
            name,
            email,
        } => {
            let message = object([("ref", reference), ("name", name), ("email", email)]);
            let user = desk.make("/v1/users", Content::json(&message)).await?;
            Ok(desk.show(&user, told))
        }
        Action::Token { user_id, reason } => {
            let path = format!("/v1/users/{user_id}/tokens");
            let message = object([("reason", reason)]);
            let token = desk.make(&path, Content::json(&message)).await?;
            Ok(desk.show(&token, token_told))
        }
        Action::Link {
            user_id,
            reason,
            next,
        } => {
            let path = format!("/v1/users/{user_id}/recovery-link");
            let message = object([("reason", Some(reason)), ("next", next)]);
            let link = desk.make(&path, Content::json(&message)).await?;
            Ok(desk.show(&link, |link| text(link, "url").to_owned()))
        }
        Action::Suspend { user_id, reason } => turn(&desk, (&user_id, "suspend"), reason).await,
        Action::Resume { user_id, reason } => turn(&desk, (&user_id, "resume"), reason).await,
        Action::Merge {
            user_id,
            from,
            reason,
        } => {
            merge(
                &desk,
                &user_id,
                &object([("from", Some(from)), ("reason", Some(reason))]),
            )
            .await
        }
        Action::RevokeToken { token_id } => revoke(&desk, &token_id).await,
    }
}

/// Suspends an account or opens it again.
async fn turn(
    desk: &Desk,
    (user_id, way): (&str, &str),
    reason: String,
) -> anyhow::Result<ExitCode> {
    let path = format!("/v1/users/{user_id}/{way}");
    let message = object([("reason", Some(reason))]);
    let answer = desk.ask(&path, Content::json(&message)).await?;
    Ok(desk.show(&answer, |answer| {
        let user_id = text(answer, "user_id");
        match text(answer, "suspended_since") {
            "" => format!("{user_id} is open to its person"),
            since => format!("{user_id} is suspended since {since}"),
        }
    }))
}

/// Asks until all has moved; each asking moves some.
async fn merge(desk: &Desk, user_id: &str, message: &Value) -> anyhow::Result<ExitCode> {
    let path = format!("/v1/users/{user_id}/merge");
    loop {
        let content = Content::json(message);
        let answer = desk.ask(&path, content).await?;
        if answer.get("done") == Some(&Value::Bool(true)) {
            return Ok(desk.show(&answer, |answer| {
                let (from, user_id) = (text(answer, "from"), text(answer, "user_id"));
                let purchases = answer.get("purchases").unwrap_or(&Value::Null);
                format!("{purchases} purchases of {from} are in the book of {user_id} now, and its id leads there")
            }));
        }
    }
}

/// Takes a token away, a person's or an operator's.
pub(super) async fn revoke(desk: &Desk, token_id: &str) -> anyhow::Result<ExitCode> {
    let path = format!("/v1/tokens/{token_id}");
    desk.change(Method::DELETE, &path, Content::Nothing).await?;
    let answer = json!({"token_id": token_id, "revoked": true});
    Ok(desk.show(&answer, |_| format!("{token_id} no longer opens anything")))
}

fn told(user: &Value) -> String {
    let user_id = text(user, "user_id");
    match text(user, "token") {
        "" => format!(
            "user {user_id} was registered before, and the token is not shown again; make a further one with: orihon user token {user_id}"
        ),
        _ => format!("user   {user_id}\n{}", token_told(user)),
    }
}

/// A new token, for a person or an operator.
pub(super) fn token_told(answer: &Value) -> String {
    let (token_id, token) = (text(answer, "token_id"), text(answer, "token"));
    format!(
        "token  {token}\nid     {token_id}\n\nthe token is shown this once; the id is for taking it away"
    )
}

fn user_id(given: &str) -> Result<String, String> {
    match UserId::parse(given) {
        Ok(proven) => Ok(proven.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// A token's id, proven before it becomes part of a path.
pub(super) fn token_id(given: &str) -> Result<String, String> {
    match TokenId::parse(given) {
        Ok(proven) => Ok(proven.to_string()),
        // The token itself is easily taken for its id, and must not be told any further.
        Err(_) => {
            Err("the id of a token begins with tok_; it was shown below the token".to_owned())
        }
    }
}
