//! The device gets a new key pair. At every moment the folder holds a key by which the server knows the
//! device: the new one is written down before the server hears of it, and the old one goes when the
//! server has said that it knows the new one.

use crate::courier::said;
use crate::credential::{Credential, NewPair, Purpose};
use crate::link::{Link, Request};
use anyhow::bail;
use reqwest::Method;
use serde_json::json;
use std::path::Path;

/// Gives the device in `folder` a new key pair. An attempt that was interrupted is brought to its end.
/// Gives the new public key.
///
/// # Errors
/// What went wrong, with the fix. The device is known by one of its keys all the same.
pub async fn rotate(folder: &Path, link: &Link) -> anyhow::Result<String> {
    let Credential::Signer(signer) = link.credential() else {
        bail!("this device has a key that an operator made; join by a code to have a key pair");
    };
    let pair = NewPair::of(folder, Purpose::Rotate)?;
    let path = format!(
        "/v1/stores/{}/devices/{}/key",
        signer.store_id(),
        signer.device_id()
    );
    let message = json!({"public_key": pair.public_key}).to_string();
    let answer = link.ask(Request::json(Method::POST, path, message)).await?;
    if !(200..300).contains(&answer.status) {
        bail!(
            "{} says: {}; the key is as it was",
            link.base(),
            said(&answer.body)
        );
    }
    pair.keep(folder, signer.device_id(), signer.store_id())?;
    pair.forget(folder)?;
    Ok(pair.public_key)
}
