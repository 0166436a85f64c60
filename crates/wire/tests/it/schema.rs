//! Every message can be described: one name means one thing, and every reference leads somewhere.

use serde_json::Value;
use utoipa::{OpenApi, ToSchema};
use wire::account::message as account;
use wire::catalogue::{answer as told, message as catalogue};
use wire::operator::{self, answer, count, store};
use wire::settlement::message::SettlementMessage;

#[derive(OpenApi)]
#[openapi(components(schemas(
    SettlementMessage,
    wire::outcome::OutcomeMessage,
    wire::error::ProblemMessage,
    wire::limits::Limits,
    catalogue::UpdateMessage,
    catalogue::SnapshotMessage,
    catalogue::SnapshotHeader,
    catalogue::ItemMessage,
    told::CatalogueState,
    told::UpdateAnswer,
    told::ItemVersions,
    told::ChangesMessage,
    told::PendingCodes,
    operator::NewDeviceMessage,
    operator::NewUserMessage,
    operator::NewChainMessage,
    operator::ConfirmMessage,
    store::NewStoreMessage,
    store::StorePatchMessage,
    store::StoreMessage,
    store::Stores,
    answer::DeviceAnswer,
    answer::Chains,
    answer::ChainMessage,
    answer::Devices,
    answer::UserAnswer,
    answer::TokenAnswer,
    answer::Conflicts,
    answer::DaySettlements,
    answer::SettlementLookup,
    count::Counts,
    count::DayMessage,
    account::PurchasePage,
    wire::joining::NewPairingMessage,
    wire::joining::PairingAnswer,
    wire::joining::JoinMessage,
    wire::joining::JoinAnswer,
    wire::joining::NewKeyMessage,
    wire::joining::SettingsAnswer,
    wire::joining::Terminals,
    wire::report::ReportMessage,
    wire::report::ReportAnswer,
)))]
struct Document;

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref") {
                found.push(target.clone());
            }
            members
                .values()
                .for_each(|member| references(member, found));
        }
        Value::Array(elements) => elements
            .iter()
            .for_each(|element| references(element, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_reference_leads_to_a_schema() {
    let document = serde_json::to_value(Document::openapi()).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20, "{found:?}");
    for target in found {
        let pointer = target.strip_prefix('#').expect("references stay inside");
        assert!(document.pointer(pointer).is_some(), "{target}");
    }
}

#[test]
fn messages_say_what_they_require_and_refuse_the_rest() {
    let document = serde_json::to_value(Document::openapi()).unwrap();
    let schema = &document["components"]["schemas"][SettlementMessage::name().as_ref()];
    insta::assert_snapshot!(schema["required"].to_string(), @r#"["store_id","terminal","business_date","transaction","kind","purchased_at","currency","total"]"#);
    assert_eq!(schema["additionalProperties"], Value::Bool(false));
    assert_eq!(schema["properties"]["total"]["type"], "integer");
}

/// The examples of the documentation are read by the door itself.
#[test]
fn examples_are_true() {
    let document = serde_json::to_value(Document::openapi()).unwrap();
    let example = |name: &str| {
        let example = &document["components"]["schemas"][name]["example"];
        assert!(example.is_object(), "{name} has no example");
        example.to_string().into_bytes()
    };
    wire::settlement::read_settlement(&example("SettlementMessage")).unwrap();
    wire::catalogue::read_update(&example("UpdateMessage")).unwrap();
    wire::catalogue::read_snapshot(&example("SnapshotMessage")).unwrap();
    store::read_store(&example("NewStoreMessage")).unwrap();
    store::read_store_patch(&example("StorePatchMessage")).unwrap();
    operator::read_user(&example("NewUserMessage")).unwrap();
    operator::read_device(&example("NewDeviceMessage")).unwrap();
    operator::read_chain(&example("NewChainMessage")).unwrap();
    wire::joining::read_pairing(&example("NewPairingMessage")).unwrap();
    wire::joining::read_join(&example("JoinMessage")).unwrap();
    wire::joining::read_new_key(&example("NewKeyMessage")).unwrap();
    let store_id = purchase::id::StoreId::parse("s-1").unwrap();
    wire::report::read_report(&example("ReportMessage"), &store_id).unwrap();
    let heard = example("ReportAnswer");
    serde_json::from_slice::<wire::report::ReportAnswer>(&heard).unwrap();
    let outcome = example("OutcomeMessage");
    serde_json::from_slice::<wire::outcome::OutcomeMessage>(&outcome).unwrap();
}
