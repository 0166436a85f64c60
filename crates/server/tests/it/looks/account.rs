//! The account, and what secures it.

use super::Town;
use crate::call::{form, post};
use serde_json::json;

#[tokio::test]
async fn a_new_account_reads_well() {
    let town = Town::quiet().await;
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/account").await, @"
    アカウント
    # アカウント
    ## サインインの方法
    まだ何も決まっていません。いまはこのブラウザーだけで開けるので、スマートフォンをなくすと記録も開けなくなります。
    - ### パスキー
    指紋や顔、画面ロックで開きます。いちばん簡単で安全です。
    この接続は暗号化されていないため、パスキーは使えません。https のアドレスで開くと使えます。
    - ### メールアドレスとパスワード
    どの機器からでも開けます。メールは送りません。
    メールアドレスとパスワードを決める
    - ### 復旧シート
    コードを紙に印刷して、しまっておきます。
    [復旧シートを作る]
    ## サインイン中のブラウザー
    - ブラウザー このブラウザー
    最後に開いた日 2026年4月10日
    ## 記録を読めるプログラム
    次の鍵を持つプログラムは、サインインしなくてもあなたの記録をすべて読めます。心当たりのない鍵は無効にしてください。
    - 2026年4月10日に作られた鍵
    tok_…
    [無効にする]
    ## 記録を見た人・受け取った人
    - あなた · リンクでサインインしました
    2026年4月10日
    - サーバーの管理者 · サインイン用のリンクを作りました
    2026年4月10日 · tok_… · 理由: lost the phone
    ## 記録を渡している相手
    いまは、だれにも渡していません。あなたが同意しないかぎり、だれにも渡りません。
    ## 記録しないお店
    記録しないことにしたお店では、会員コードを見せても、買いものはここに入りません。お店に理由は伝わりません。レシートの受取コードからは、いつでも入れられます。
    ありません。お店のページやレシートから選べます。
    ## 家族
    家族や一緒に暮らす人と、買いものの記録を見せ合えます。何を見せるかは、一人ひとりが自分で決めます。
    家族
    ## 持ち出す
    すべての買いものを一つのファイルで保存できます。
    CSV Excel などの表計算で開く CSV(Shift_JIS) 古い表計算・会計ソフト向け まるごと (ZIP) すべての形式と、アカウントにあるものすべて NDJSON 省略のない完全な写し hledger テキストの家計簿 Beancount テキストの家計簿
    ## 表示する言語
    [日本語] [English]
    ## サインアウトと削除
    サインアウト
    サインインの方法がまだないため、サインアウトするとこの記録は二度と開けません。先に方法を決めてください。
    [それでもサインアウトする]
    アカウントを削除
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/account").await, @"
    Account
    # Account
    ## Ways to sign in
    There is none yet. Only this browser can open your book: if you lose the phone, you lose the book.
    - ### Passkey
    Opens with your finger, face or screen lock. The easiest way, and the safest.
    This connection is not encrypted, so that passkeys cannot be used. They work under an https address.
    - ### E-mail address and password
    Opens on any device. No mail is sent.
    Set an e-mail address and a password
    - ### Recovery sheet
    A code on paper, for you to put away.
    [Make a recovery sheet]
    ## Where you are signed in
    - Browser this browser
    last opened on 10 April 2026
    ## Programs that can read your book
    Whatever program holds one of these keys can read all of your book without signing in. End a key that you do not know.
    - key made on 10 April 2026
    tok_…
    [End]
    ## Who saw or received your data
    - You · signed in by a link
    10 April 2026
    - Whoever runs this server · made a link to sign in
    10 April 2026 · tok_… · Reason: lost the phone
    ## Whom you share with
    Nobody. Nothing is handed over unless you agree to it.
    ## Blocked shops
    What you buy at a blocked shop does not come here, even if you show your code. The shop is not told why. The claim code on a receipt still brings it.
    None. A shop is blocked on its page, or on one of its receipts.
    ## Household
    Show each other what you buy, with your family or whoever you live with. Everybody decides for themselves what the others see.
    Household
    ## Take it with you
    All your purchases in one file.
    CSV for spreadsheets CSV (Shift_JIS) for older Japanese software Everything (ZIP) all forms, and all that the account holds NDJSON a complete copy hledger plain text accounting Beancount plain text accounting
    ## Language
    [日本語] [English]
    ## Sign out or delete
    Sign out
    There is no way to sign in yet: if you sign out, nobody can open this book again. Please choose a way first.
    [Sign out all the same]
    Delete the account
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/account/password").await, @"
    メールアドレスとパスワード
    ← アカウント
    # メールアドレスとパスワード
    メールアドレス [__]
    サインインのときの名前として使います。メールを送ることはありません。
    パスワード [__]
    8文字以上。文字の種類は自由です。
    [保存]
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/account/password").await, @"
    E-mail address and password
    ← Account
    # E-mail address and password
    E-mail address [__]
    It is your name for signing in. No mail is sent to it.
    Password [__]
    At least 8 characters, of any kind.
    [Save]
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/account/leave").await, @"
    アカウントを削除
    ← アカウント
    # アカウントを削除
    記録もふくめ、すべて2026年5月10日に消えます。消えたあとは、だれにも元に戻せません。
    サインインの方法がないため、このブラウザーではサインインしたままになります。その日より前なら、ここで取りやめられます。
    残しておきたい記録は、先に保存してください。 持ち出す
    [削除する]
    やめる
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/account/leave").await, @"
    Delete the account
    ← Account
    # Delete the account
    Everything, with all purchases, will be deleted on 10 May 2026. After that nobody can bring it back.
    As there is no way to sign in, you stay signed in in this browser, where you can change your mind until that day.
    Save first what you want to keep. Take it with you
    [Delete it]
    Do not delete
    ");
    let sheet = || form("/account/sheet", "");
    let of = |lang: &str| format!("{}; lang={lang}", town.ann.cookie);
    insta::assert_snapshot!(town.look(sheet(), &of("ja")).await, @"
    復旧シート
    # Orihon 復旧シート
    このコードがあれば、どの機器からでも記録を開けます。印刷するか書き写して、人に見られない場所にしまってください。
    (…)
    {復旧シートのQRコード}
    使うとき: http://orihon/sign-in を開いてコードを入れるか、QRコードを読み取ります。
    2026年4月10日に作成
    コードが表示されるのは、今回だけです。新しく作ると、前のシートは使えなくなります。
    しまいました
    ");
    insta::assert_snapshot!(town.look(sheet(), &of("en")).await, @"
    Recovery sheet
    # Orihon Recovery sheet
    This code opens your book on any device. Print it or write it down, and keep it where nobody else looks.
    (…)
    {QR code of the recovery sheet}
    To use it: open http://orihon/sign-in and type the code, or scan the square.
    Made on 10 April 2026
    The code is shown this once. A new sheet makes the one before it worthless.
    I have put it away
    ");
    town.world.close().await;
}

#[tokio::test]
async fn an_account_with_everything_reads_well() {
    let town = Town::quiet().await;
    let added = json!({"name": "家計簿", "purpose": "家計簿をつけるため"});
    let added = town.world.order(post("/v1/partners", added)).await.is(201);
    let consent = format!("/consent/{}", added.text("/partner_id"));
    insta::assert_snapshot!(town.ja(&town.ann.cookie, &consent).await, @"
    家計簿
    # 家計簿が、買いものの記録を受け取りたいと言っています
    ## 使いみち
    家計簿をつけるため
    名前と使いみちは、相手が自分で書いたものです。
    - ## 渡すもの
    店、日時、品名と金額、合計。伏せた品のある買いものは、店と日時と合計だけです。
    - ## 渡さないもの
    あなたの名前と連絡先、カードの番号、メモ、自分でつけた品名。あなたのことは、相手ごとに別の番号で伝わります。
    - ## いつでもやめられます
    受け取るたびに、アカウントの記録に残ります。やめると、その場で渡らなくなります。すでに渡ったものは取り戻せません。
    渡す買いもの
    (•) これからの買いもの いまより前のものは渡しません
    ( ) これまでの分もすべて 記録にあるすべての買いもの
    渡す期間
    (•) 1年
    ( ) 1か月
    ( ) やめるまで(長くて5年)
    [同意して渡す] 渡さない
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, &consent).await, @"
    家計簿
    # 家計簿 asks for your purchases
    ## What for
    家計簿をつけるため
    Name and purpose are in their own words.
    - ## What they get
    Shop, time, items with their prices, and the total. Of a purchase with something private in it: shop, time and total only.
    - ## What they do not get
    Your name and address, card numbers, notes, and your own names for things. They know you by a number that nobody else has.
    - ## You can stop at any time
    Your account shows whenever they read. When you stop, they get nothing more at once. What they have they keep.
    Which purchases
    (•) Those from now on nothing that you bought before
    ( ) Earlier ones as well every purchase in your book
    For how long
    (•) a year
    ( ) a month
    ( ) until I stop it (five years at most)
    [Agree and share] Do not share
    ");
    town.press(&town.ann.cookie, &consent, "reach=now&until=year")
        .await;
    town.press(
        &town.ann.cookie,
        "/blocks",
        "what=store&id=mart&back=/account",
    )
    .await;
    town.world.sign_in(&town.ann).await;
    insta::assert_snapshot!(town.ja(&town.ann.cookie, &consent).await, @"
    家計簿
    # 家計簿が、買いものの記録を受け取りたいと言っています
    ## 使いみち
    家計簿をつけるため
    名前と使いみちは、相手が自分で書いたものです。
    - ## 渡すもの
    店、日時、品名と金額、合計。伏せた品のある買いものは、店と日時と合計だけです。
    - ## 渡さないもの
    あなたの名前と連絡先、カードの番号、メモ、自分でつけた品名。あなたのことは、相手ごとに別の番号で伝わります。
    - ## いつでもやめられます
    受け取るたびに、アカウントの記録に残ります。やめると、その場で渡らなくなります。すでに渡ったものは取り戻せません。
    記録を渡しています。
    2026年4月10日から2027年4月10日まで · 2026年4月10日からの買いもの · まだ受け取っていません
    [渡すのをやめる]
    アカウントを見る
    渡すものや期間を変える
    渡す買いもの
    (•) これからの買いもの いまより前のものは渡しません
    ( ) これまでの分もすべて 記録にあるすべての買いもの
    渡す期間
    (•) 1年
    ( ) 1か月
    ( ) やめるまで(長くて5年)
    [この内容に変える] 渡さない
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, &consent).await, @"
    家計簿
    # 家計簿 asks for your purchases
    ## What for
    家計簿をつけるため
    Name and purpose are in their own words.
    - ## What they get
    Shop, time, items with their prices, and the total. Of a purchase with something private in it: shop, time and total only.
    - ## What they do not get
    Your name and address, card numbers, notes, and your own names for things. They know you by a number that nobody else has.
    - ## You can stop at any time
    Your account shows whenever they read. When you stop, they get nothing more at once. What they have they keep.
    You are sharing your purchases.
    from 10 April 2026 until 10 April 2027 · purchases from 10 April 2026 on · not read yet
    [Stop sharing]
    See your account
    Change what is shared, or for how long
    Which purchases
    (•) Those from now on nothing that you bought before
    ( ) Earlier ones as well every purchase in your book
    For how long
    (•) a year
    ( ) a month
    ( ) until I stop it (five years at most)
    [Share this instead] Do not share
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/account").await, @"
    アカウント
    # アカウント
    ## サインインの方法
    まだ何も決まっていません。いまはこのブラウザーだけで開けるので、スマートフォンをなくすと記録も開けなくなります。
    - ### パスキー
    指紋や顔、画面ロックで開きます。いちばん簡単で安全です。
    この接続は暗号化されていないため、パスキーは使えません。https のアドレスで開くと使えます。
    - ### メールアドレスとパスワード
    どの機器からでも開けます。メールは送りません。
    メールアドレスとパスワードを決める
    - ### 復旧シート
    コードを紙に印刷して、しまっておきます。
    [復旧シートを作る]
    ## サインイン中のブラウザー
    - ブラウザー
    最後に開いた日 2026年4月10日
    [サインアウト]
    - ブラウザー このブラウザー
    最後に開いた日 2026年4月10日
    [ほかをすべてサインアウト]
    ## 記録を読めるプログラム
    次の鍵を持つプログラムは、サインインしなくてもあなたの記録をすべて読めます。心当たりのない鍵は無効にしてください。
    - 2026年4月10日に作られた鍵
    tok_…
    [無効にする]
    ## 記録を見た人・受け取った人
    - あなた · リンクでサインインしました
    2026年4月10日
    - サーバーの管理者 · サインイン用のリンクを作りました
    2026年4月10日 · tok_… · 理由: lost the phone
    - あなた · リンクでサインインしました
    2026年4月10日
    - サーバーの管理者 · サインイン用のリンクを作りました
    2026年4月10日 · tok_… · 理由: lost the phone
    ## 記録を渡している相手
    - 家計簿
    家計簿をつけるため
    2026年4月10日から2027年4月10日まで · 2026年4月10日からの買いもの · まだ受け取っていません
    [渡すのをやめる]
    ## 記録しないお店
    記録しないことにしたお店では、会員コードを見せても、買いものはここに入りません。お店に理由は伝わりません。レシートの受取コードからは、いつでも入れられます。
    - スーパーふじの木 緑町店 店舗
    2026年4月10日から記録していません
    [また記録する]
    ## 家族
    家族や一緒に暮らす人と、買いものの記録を見せ合えます。何を見せるかは、一人ひとりが自分で決めます。
    家族
    ## 持ち出す
    すべての買いものを一つのファイルで保存できます。
    CSV Excel などの表計算で開く CSV(Shift_JIS) 古い表計算・会計ソフト向け まるごと (ZIP) すべての形式と、アカウントにあるものすべて NDJSON 省略のない完全な写し hledger テキストの家計簿 Beancount テキストの家計簿
    ## 表示する言語
    [日本語] [English]
    ## サインアウトと削除
    サインアウト
    サインインの方法がまだないため、サインアウトするとこの記録は二度と開けません。先に方法を決めてください。
    [それでもサインアウトする]
    アカウントを削除
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/account").await, @"
    Account
    # Account
    ## Ways to sign in
    There is none yet. Only this browser can open your book: if you lose the phone, you lose the book.
    - ### Passkey
    Opens with your finger, face or screen lock. The easiest way, and the safest.
    This connection is not encrypted, so that passkeys cannot be used. They work under an https address.
    - ### E-mail address and password
    Opens on any device. No mail is sent.
    Set an e-mail address and a password
    - ### Recovery sheet
    A code on paper, for you to put away.
    [Make a recovery sheet]
    ## Where you are signed in
    - Browser
    last opened on 10 April 2026
    [Sign out]
    - Browser this browser
    last opened on 10 April 2026
    [Sign out everywhere else]
    ## Programs that can read your book
    Whatever program holds one of these keys can read all of your book without signing in. End a key that you do not know.
    - key made on 10 April 2026
    tok_…
    [End]
    ## Who saw or received your data
    - You · signed in by a link
    10 April 2026
    - Whoever runs this server · made a link to sign in
    10 April 2026 · tok_… · Reason: lost the phone
    - You · signed in by a link
    10 April 2026
    - Whoever runs this server · made a link to sign in
    10 April 2026 · tok_… · Reason: lost the phone
    ## Whom you share with
    - 家計簿
    家計簿をつけるため
    from 10 April 2026 until 10 April 2027 · purchases from 10 April 2026 on · not read yet
    [Stop sharing]
    ## Blocked shops
    What you buy at a blocked shop does not come here, even if you show your code. The shop is not told why. The claim code on a receipt still brings it.
    - スーパーふじの木 緑町店 shop
    Nothing has been filed since 10 April 2026
    [File again]
    ## Household
    Show each other what you buy, with your family or whoever you live with. Everybody decides for themselves what the others see.
    Household
    ## Take it with you
    All your purchases in one file.
    CSV for spreadsheets CSV (Shift_JIS) for older Japanese software Everything (ZIP) all forms, and all that the account holds NDJSON a complete copy hledger plain text accounting Beancount plain text accounting
    ## Language
    [日本語] [English]
    ## Sign out or delete
    Sign out
    There is no way to sign in yet: if you sign out, nobody can open this book again. Please choose a way first.
    [Sign out all the same]
    Delete the account
    ");
    town.press(&town.ann.cookie, "/account/leave", "").await;
    town.world.close().await;
}

#[tokio::test]
async fn a_suspended_account_reads_well() {
    let town = Town::quiet().await;
    let path = format!("/v1/users/{}/suspend", town.ann.id);
    let suspended = town
        .world
        .order(post(path, json!({"reason": "盗まれた電話"})));
    suspended.await.is(200);
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/suspended").await, @"
    このアカウントは止められています
    # このアカウントは止められています
    2026年4月10日に、サーバーの管理者が止めました。
    理由: 盗まれた電話
    くわしくは、このサーバーの管理者にお問い合わせください。
    買いものは、いままでどおり記録されます。会員コードやカードもそのまま使えます。記録の持ち出しと、アカウントの削除は、いまもできます。
    ## 持ち出す
    すべての買いものを一つのファイルで保存できます。
    CSV Excel などの表計算で開く CSV(Shift_JIS) 古い表計算・会計ソフト向け まるごと (ZIP) すべての形式と、アカウントにあるものすべて NDJSON 省略のない完全な写し hledger テキストの家計簿 Beancount テキストの家計簿
    ## サインアウトと削除
    サインアウト
    サインインの方法がまだないため、サインアウトするとこの記録は二度と開けません。先に方法を決めてください。
    [それでもサインアウトする]
    アカウントを削除
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/suspended").await, @"
    This account is suspended
    # This account is suspended
    The operator of this server suspended it on 10 April 2026.
    Reason: 盗まれた電話
    Ask whoever runs this server about it.
    What you buy is still recorded, and your member code and card stay good. You can still take your data along, and ask to have the account deleted.
    ## Take it with you
    All your purchases in one file.
    CSV for spreadsheets CSV (Shift_JIS) for older Japanese software Everything (ZIP) all forms, and all that the account holds NDJSON a complete copy hledger plain text accounting Beancount plain text accounting
    ## Sign out or delete
    Sign out
    There is no way to sign in yet: if you sign out, nobody can open this book again. Please choose a way first.
    [Sign out all the same]
    Delete the account
    ");
    town.world.close().await;
}
