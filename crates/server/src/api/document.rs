//! The head of the interface's document: what it is, who may call what.

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// The head; routes add themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Orihon",
        description = "Integrated purchase record server. Shops send settlements; people get one book of everything they bought, in words.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "Store device", description = "Settlements in, catalogues, days"),
        (name = "Person", description = "One's own account"),
        (name = "Operator", description = "Stores, machines, people, counts"),
        (name = "Partner", description = "What people consented to give"),
        (name = "Everybody", description = "Health and limits")
    ),
    modifiers(&Keys)
)]
pub(super) struct Document;

/// What stands beside a device's bearer key.
const SIGNED: &str = "Or, instead of a key, an Ed25519 signature: the headers Orihon-Device, Orihon-Id, Orihon-Timestamp and Orihon-Signature. What is signed stands in docs/interface.md.";

/// The four kinds of bearer key.
struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        for (name, prefix) in [
            ("device", "ord_…"),
            ("person", "oru_…"),
            ("operator", "oro_…"),
            ("partner", "orp_…"),
        ] {
            let mut scheme = Http::builder()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format(prefix);
            if name == "device" {
                scheme = scheme.description(Some(SIGNED));
            }
            let scheme = scheme.build();
            components.add_security_scheme(name, SecurityScheme::Http(scheme));
        }
    }
}
