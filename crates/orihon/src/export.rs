//! `orihon export`: a person's book as a file, over HTTP with that person's token. The file is there
//! whole or not at all; what the forms mean is the server's business.

use crate::client::{Client, Request, ServerArgs};
use anyhow::Context;
use indicatif::{HumanBytes, ProgressBar};
use reqwest::Url;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wire::account::export::{Encoding, Taken};

/// What to save, and where.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The form: complete (ndjson), a row per item (csv), a journal (hledger, beancount), or all of them with
    /// everything else that the account holds, as a ZIP file (bundle)
    #[arg(long, default_value = "ndjson", env = "ORIHON_FORMAT",
        value_parser = Taken::ALL.map(Taken::name))]
    format: String,
    /// The file, or - for standard output [default: orihon.ndjson, orihon.csv, …]
    #[arg(long, value_name = "FILE", env = "ORIHON_OUT")]
    out: Option<PathBuf>,
    /// Not before this date (of the stores' days) or time
    #[arg(long, value_name = "DATE", env = "ORIHON_FROM")]
    from: Option<String>,
    /// Up to and including this date, or before this time
    #[arg(long, value_name = "DATE", env = "ORIHON_TO")]
    to: Option<String>,
    /// The characters of a CSV file [default: utf-8-bom]
    #[arg(long, env = "ORIHON_ENCODING", value_parser = Encoding::ALL.map(Encoding::name))]
    encoding: Option<String>,
    /// The person's token (oru_…); better in the environment, where others do not read it
    #[arg(
        long,
        value_name = "TOKEN",
        env = "ORIHON_TOKEN",
        hide_env_values = true
    )]
    token: String,
    /// The server to talk to
    #[arg(
        long,
        value_name = "URL",
        env = "ORIHON_SERVER",
        default_value = "http://127.0.0.1:8470"
    )]
    server: String,
    /// Certificates (PEM) to trust besides those of this machine
    #[arg(long, value_name = "FILE", env = "ORIHON_CA_FILE")]
    ca_file: Option<PathBuf>,
}

/// Saves the book.
///
/// # Errors
/// If the server does not hand it out whole, or it cannot be kept. Then there is no file, or still
/// the one that was there before.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let server = ServerArgs {
        server: args.server.clone(),
        operator_key: None,
        data: None,
        ca_file: args.ca_file.clone(),
    };
    let client = Client::of_person(&server, &args.token)?;
    let request = Request::get(asked(&args)?);
    let format = Taken::parse(&args.format).context("there is no such format")?;
    let out = args.out.unwrap_or_else(|| format.file_name().into());
    let byte_count = if out == Path::new("-") {
        to(&client, &request, &mut std::io::stdout().lock()).await?
    } else {
        to_file(&client, &request, &out).await?
    };
    eprintln!("{}: {}", out.display(), HumanBytes(byte_count));
    Ok(ExitCode::SUCCESS)
}

/// The path of the book, with what was said about it.
fn asked(args: &Args) -> anyhow::Result<String> {
    let path = format!("/v1/me/exports/{}", args.format);
    let parameters = [
        ("from", &args.from),
        ("to", &args.to),
        ("encoding", &args.encoding),
    ];
    let said = parameters
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let url = Url::parse_with_params("http://localhost", said)?;
    match url.query() {
        Some(query) if !query.is_empty() => Ok(format!("{path}?{query}")),
        Some(_) | None => Ok(path),
    }
}

/// Writes beside the file and takes its place at the end, so that no part of a book poses as one.
async fn to_file(client: &Client, request: &Request, out: &Path) -> anyhow::Result<u64> {
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let keeping = || format!("keeping {}", out.display());
    let mut part = tempfile::Builder::new()
        .prefix(".orihon-export-")
        .tempfile_in(folder)
        .with_context(keeping)?;
    let byte_count = to(client, request, part.as_file_mut()).await?;
    part.as_file().sync_all().with_context(keeping)?;
    part.persist(out).with_context(keeping)?;
    Ok(byte_count)
}

/// Writes it as it comes, and tells how long it was.
async fn to(client: &Client, request: &Request, place: &mut impl Write) -> anyhow::Result<u64> {
    // Nobody knows how long the book is. Without a terminal the bar shows nothing.
    let shown = ProgressBar::no_length();
    let take = |piece: &[u8]| -> anyhow::Result<()> {
        place.write_all(piece).context("writing the book")?;
        shown.inc(u64::try_from(piece.len())?);
        Ok(())
    };
    client.download(request, take).await?;
    place.flush().context("writing the book")?;
    shown.finish_and_clear();
    Ok(shown.position())
}
