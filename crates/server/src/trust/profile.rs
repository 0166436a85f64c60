//! The authority as a configuration profile, in the form that iPhones and Macs install by themselves: an Apple
//! property list with one certificate in it, and nothing that changes a setting.

use crate::tls::Authority;
use base64ct::{Base64, Encoding};
use ring::digest::{SHA256, digest};

/// The profile.
pub(super) fn profile(authority: &Authority, base: &str) -> String {
    let certificate = Base64::encode_string(authority.der());
    let name = escaped(&authority.name);
    let about = escaped(&format!(
        "Lets this device trust the server at {base}. It vouches for addresses in private networks and for this \
         server only. Remove it when you no longer use the server."
    ));
    let (whole, part) = (id(authority, "profile"), id(authority, "certificate"));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">
<plist version=\"1.0\">
<dict>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadCertificateFileName</key><string>orihon.crt</string>
      <key>PayloadContent</key><data>{certificate}</data>
      <key>PayloadDisplayName</key><string>{name}</string>
      <key>PayloadIdentifier</key><string>orihon.authority.{part}</string>
      <key>PayloadType</key><string>com.apple.security.root</string>
      <key>PayloadUUID</key><string>{part}</string>
      <key>PayloadVersion</key><integer>1</integer>
    </dict>
  </array>
  <key>PayloadDescription</key><string>{about}</string>
  <key>PayloadDisplayName</key><string>{name}</string>
  <key>PayloadIdentifier</key><string>orihon.profile.{whole}</string>
  <key>PayloadRemovalDisallowed</key><false/>
  <key>PayloadType</key><string>Configuration</string>
  <key>PayloadUUID</key><string>{whole}</string>
  <key>PayloadVersion</key><integer>1</integer>
</dict>
</plist>
"
    )
}

/// An id that is the same for the same authority, so that a profile takes the place of itself.
fn id(authority: &Authority, of: &str) -> String {
    let mut told = of.as_bytes().to_vec();
    told.extend_from_slice(authority.der());
    let sum = digest(&SHA256, &told);
    let mut bytes = [0_u8; 16];
    for (slot, byte) in bytes.iter_mut().zip(sum.as_ref()) {
        *slot = *byte;
    }
    let number = u128::from_be_bytes(bytes);
    // Version 8, made as its maker likes (RFC 9562, 5.8).
    let number = number & !(0xf << 76) & !(0b11 << 62) | (0x8 << 76) | (0b10 << 62);
    let text = format!("{number:032X}");
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let parts = parts.map(|(from, to)| text.get(from..to).unwrap_or_default());
    parts.join("-")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
