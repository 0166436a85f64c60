//! A browser in a few words, from what it says of itself: enough for a person to tell one's own phone
//! from one's own computer. Nothing more of it is kept.

use purchase::limits::TEXT_CHARS_MAX;
use purchase::text::Text;

/// Browsers by a word that the others do not send; those that pose as another stand before it.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Line/", "LINE"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// What stands for a browser that none of these words names.
pub(crate) const UNKNOWN: &str = "Browser";

/// What a browser is called in the list of sessions, such as `Chrome, Android`.
pub(super) fn label(user_agent: &str) -> Text {
    let known = |list: &[(&str, &'static str)]| {
        list.iter()
            .find(|(word, _)| user_agent.contains(word))
            .map(|(_, name)| *name)
    };
    let browser = known(&BROWSERS).unwrap_or(UNKNOWN);
    let name = match known(&SYSTEMS) {
        Some(system) => format!("{browser}, {system}"),
        None => browser.to_owned(),
    };
    Text::new(&name, TEXT_CHARS_MAX).expect("the names above are short and printable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_by_its_own_name() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (sent, name) in [
            (
                format!("Mozilla/5.0 (Linux; Android 16; K) {webkit} Chrome/142.0.0.0 Mobile Safari/537.36"),
                "Chrome, Android",
            ),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"),
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1".to_owned(),
                "Safari, iPhone",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".to_owned(),
                "Firefox, Linux",
            ),
            ("curl/8".to_owned(), "Browser"),
            ("<script>\u{202e}".to_owned(), "Browser"),
            (String::new(), "Browser"),
        ] {
            assert_eq!(label(&sent).as_str(), name, "{sent}");
        }
    }
}
