//! What the page about trust says, in each language. Names of menus are those that makers of devices use, and
//! they change: each step says what to look for, too.

use crate::html::language::Lang;

const PROFILE: &str = "/trust/orihon.mobileconfig";
const FILE: &str = "/trust/orihon.crt";

/// The words of one language.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) why: &'static str,
    pub(super) compare: &'static str,
    pub(super) compare_how: &'static str,
    pub(super) called: &'static str,
    pub(super) devices: &'static str,
    pub(super) each: [Device; 5],
    pub(super) after: &'static str,
    pub(super) after_how: &'static str,
    pub(super) open: &'static str,
    pub(super) meaning: &'static str,
    pub(super) meaning_what: &'static str,
    pub(super) removing: &'static str,
}

/// One kind of device.
pub(super) struct Device {
    pub(super) name: &'static str,
    pub(super) file: &'static str,
    pub(super) label: &'static str,
    pub(super) steps: &'static [&'static str],
}

impl Words {
    pub(super) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Ja => &JA,
            Lang::En => &EN,
        }
    }
}

static JA: Words = Words {
    title: "このサーバーを信頼する",
    why: "このサーバーは、自分で作った認証局の証明書を使っています。端末に一度だけ登録すると、通信が暗号化され、パスキー・カメラ・電波のない場所で使うコードが使えるようになります。",
    compare: "はじめに、見比べてください",
    compare_how: "この数字が、サーバーを起動した画面に出ているものと同じことを確かめてください。端末が証明書の「SHA-256」として見せる数字も同じはずです。違っていたら登録せず、運用している人に知らせてください。",
    called: "名前:",
    devices: "お使いの端末を選んでください",
    each: [
        Device {
            name: "iPhone / iPad",
            file: PROFILE,
            label: "プロファイルをダウンロード",
            steps: &[
                "Safari でこのページを開き、上のボタンを押して「許可」を選びます。",
                "「設定」を開き、いちばん上の「プロファイルがダウンロード済み」から「インストール」します。",
                "「設定」→「一般」→「情報」→「証明書信頼設定」を開き、「Orihon local authority」をオンにします。",
            ],
        },
        Device {
            name: "Android",
            file: FILE,
            label: "証明書をダウンロード",
            steps: &[
                "上のボタンで orihon.crt を保存します。",
                "「設定」で「CA 証明書」を検索して開きます(「セキュリティ」→「暗号化と認証情報」→「証明書のインストール」の中にあります)。",
                "「インストールする」を選び、保存した orihon.crt を選びます。",
            ],
        },
        Device {
            name: "Windows",
            file: FILE,
            label: "証明書をダウンロード",
            steps: &[
                "保存した orihon.crt を開き、「証明書のインストール」を押します。",
                "「現在のユーザー」→「証明書をすべて次のストアに配置する」→「信頼されたルート証明機関」を選びます。",
                "拇印を確かめて「はい」を押し、ブラウザーを開き直します。",
            ],
        },
        Device {
            name: "Mac",
            file: PROFILE,
            label: "プロファイルをダウンロード",
            steps: &[
                "保存したファイルを開きます。",
                "「システム設定」→「一般」→「デバイス管理」(「プロファイル」)で「インストール」します。",
                "ブラウザーを開き直します。",
            ],
        },
        Device {
            name: "Linux / Firefox",
            file: FILE,
            label: "証明書をダウンロード",
            steps: &[
                "Firefox と Chromium: 設定で「証明書」を検索し、認証局の一覧に orihon.crt を読み込みます。",
                "システム全体 (Debian, Ubuntu): sudo cp orihon.crt /usr/local/share/ca-certificates/ && sudo update-ca-certificates",
                "お店の装置: orihon-device join コード --server アドレス --ca-file orihon.crt",
            ],
        },
    ],
    after: "登録したら",
    after_how: "次のアドレスを開きます。警告が出なければ、できあがりです。",
    open: "暗号化されたアドレスを開く",
    meaning: "登録すると、どうなりますか",
    meaning_what: "この端末は、この認証局が証明するサーバーを信頼するようになります。証明できるのは、家やお店の中のネットワークのアドレスと、このサーバーの名前だけです。インターネット上のほかのサイトになりすますことはできません。",
    removing: "使わなくなったら取り外してください。iPhone では「設定」→「一般」→「VPNとデバイス管理」、Android では「信頼できる認証情報」の「ユーザー」から消せます。",
};

static EN: Words = Words {
    title: "Trust this server",
    why: "This server has a certificate by an authority of its own. Once your device has been told to trust that, everything is encrypted on the way, and passkeys, the camera and codes without signal work.",
    compare: "First of all, compare",
    compare_how: "These digits have to be the same as those where the server was started. Your device shows the same ones as the certificate's SHA-256. If they differ, do not go on, and tell whoever runs the server.",
    called: "Its name:",
    devices: "Choose your device",
    each: [
        Device {
            name: "iPhone / iPad",
            file: PROFILE,
            label: "Download the profile",
            steps: &[
                "Open this page in Safari, press the button above, and choose Allow.",
                "Open Settings, then Profile Downloaded at the top, and Install.",
                "In Settings, General, About, Certificate Trust Settings, turn on Orihon local authority.",
            ],
        },
        Device {
            name: "Android",
            file: FILE,
            label: "Download the certificate",
            steps: &[
                "Save orihon.crt by the button above.",
                "In Settings, search for CA certificate (it is under Security, Encryption & credentials, Install a certificate).",
                "Choose Install anyway, and then the orihon.crt that you saved.",
            ],
        },
        Device {
            name: "Windows",
            file: FILE,
            label: "Download the certificate",
            steps: &[
                "Open the orihon.crt that you saved, and press Install Certificate.",
                "Choose Current User, then Place all certificates in the following store: Trusted Root Certification Authorities.",
                "Compare the thumbprint, press Yes, and start the browser again.",
            ],
        },
        Device {
            name: "Mac",
            file: PROFILE,
            label: "Download the profile",
            steps: &[
                "Open the file that you saved.",
                "In System Settings, General, Device Management (or Profiles), press Install.",
                "Start the browser again.",
            ],
        },
        Device {
            name: "Linux / Firefox",
            file: FILE,
            label: "Download the certificate",
            steps: &[
                "Firefox and Chromium: search for certificates in the settings, and import orihon.crt among the authorities.",
                "The whole system (Debian, Ubuntu): sudo cp orihon.crt /usr/local/share/ca-certificates/ && sudo update-ca-certificates",
                "A store's device: orihon-device join CODE --server ADDRESS --ca-file orihon.crt",
            ],
        },
    ],
    after: "When that is done",
    after_how: "Open this address. If the browser does not warn, all is well.",
    open: "Open the encrypted address",
    meaning: "What does it mean?",
    meaning_what: "Your device will trust servers for which this authority vouches. It can vouch for addresses in home and shop networks and for this server's name, and for nothing else: it cannot pass for any other site in the internet.",
    removing: "Remove it when you no longer need it: on an iPhone in Settings, General, VPN & Device Management; on Android in Trusted credentials, User.",
};
