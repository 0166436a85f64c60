//! Product lists as shops have them: files made here byte for byte, as a register, a spreadsheet or
//! an exhausted person would leave them.
//!
//! Nothing is read from a disk.

mod columns;
mod files;
mod random;
mod rows;
mod values;

use device::import::{Choice, ImportError, Plan};
use purchase::money::Currency;

/// Reads a list of a shop that counts in yen.
fn read(bytes: impl AsRef<[u8]>, choices: &[&str]) -> Result<Plan, ImportError> {
    read_in("JPY", bytes, choices)
}

fn read_in(currency: &str, bytes: impl AsRef<[u8]>, choices: &[&str]) -> Result<Plan, ImportError> {
    let choices: Vec<Choice> = choices
        .iter()
        .map(|choice| Choice::parse(choice).unwrap())
        .collect();
    let currency = Currency::parse(currency).unwrap();
    device::import::read(bytes.as_ref(), currency, &choices)
}

/// The bytes of `text` as a Japanese Windows writes them.
fn cp932(text: &str) -> Vec<u8> {
    let (bytes, _, lost) = encoding_rs::SHIFT_JIS.encode(text);
    assert!(!lost, "{text:?} has characters that CP932 lacks");
    bytes.into_owned()
}

/// The faults of a plan as a person reads them.
fn faults(plan: &Plan) -> Vec<String> {
    plan.errors.iter().map(ToString::to_string).collect()
}
