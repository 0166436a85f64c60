//! The pages of whoever is not signed in.

use super::Town;

#[tokio::test]
async fn the_way_in_reads_well() {
    let town = Town::quiet().await;
    insta::assert_snapshot!(town.ja("", "/").await, @"
    買ったものが、ことばで残る
    # 買ったものが、ことばで残る
    どの店で買っても、レシートは一冊の記録にまとまります。品名は、買ったときのまま変わりません。
    [このスマートフォンではじめる]
    登録はいりません。メールアドレスも聞きません。
    前から使っている方はこちら
    - ## 見せるだけ
    レジで会員コードを見せると、買ったものがこのスマートフォンに届きます。
    - ## お店をまたいで
    スーパーも薬局も喫茶店も、同じ一冊に並びます。
    - ## 自分だけのもの
    内容は暗号化され、あなたの鍵でしか開きません。持ち出すのも、消すのも自由です。
    ");
    insta::assert_snapshot!(town.en("", "/").await, @"
    What you bought, in words
    # What you bought, in words
    Receipts of all shops in one book. The name of each item stays as it was when you bought it.
    [Start on this phone]
    No registration. You are not asked for an e-mail address.
    I have a book already
    - ## Just show it
    Show your member code at the till, and what you bought arrives on this phone.
    - ## Across all shops
    Supermarket, drugstore and café stand in the same book.
    - ## Yours alone
    It is encrypted under your own key. Take it with you, or delete it, whenever you like.
    ");
    insta::assert_snapshot!(town.ja("", "/start").await, @"
    このスマートフォンではじめる
    # 買ったものが、ことばで残る
    [このスマートフォンではじめる]
    登録はいりません。メールアドレスも聞きません。
    ");
    insta::assert_snapshot!(town.en("", "/start").await, @"
    Start on this phone
    # What you bought, in words
    [Start on this phone]
    No registration. You are not asked for an e-mail address.
    ");
    insta::assert_snapshot!(town.ja("", "/sign-in").await, @"
    サインイン
    # サインイン
    前に決めた方法のどれかで、自分の記録を開けます。
    ## パスキー
    この接続は暗号化されていないため、パスキーは使えません。https のアドレスで開くと使えます。
    ## メールアドレスとパスワード
    メールアドレス [__]
    パスワード [__]
    [サインイン]
    ## 復旧シートのコード
    コード(30文字) [__]
    大文字・小文字、ハイフンや空白の有無は問いません。
    [サインイン]
    ## どれも使えないとき
    お店かサーバーの管理者に、サインイン用のリンクをお願いしてください。リンクを使ったことは、アカウントのページに残ります。
    ");
    insta::assert_snapshot!(town.en("", "/sign-in").await, @"
    Sign in
    # Sign in
    Open your book in one of the ways that you chose before.
    ## Passkey
    This connection is not encrypted, so that passkeys cannot be used. They work under an https address.
    ## E-mail address and password
    E-mail address [__]
    Password [__]
    [Sign in]
    ## Code from your recovery sheet
    Code (30 characters) [__]
    Capitals, dashes and blanks make no difference.
    [Sign in]
    ## If none of these works
    Ask the shop or whoever runs this server for a link to sign in. Your account page will show that it was used.
    ");
    insta::assert_snapshot!(town.ja("", "/sign-in?left=2026-05-10").await, @"
    サインイン
    # サインイン
    前に決めた方法のどれかで、自分の記録を開けます。
    アカウントは2026年5月10日に消えます。その日より前にサインインすると、消えずに残ります。
    ## パスキー
    この接続は暗号化されていないため、パスキーは使えません。https のアドレスで開くと使えます。
    ## メールアドレスとパスワード
    メールアドレス [__]
    パスワード [__]
    [サインイン]
    ## 復旧シートのコード
    コード(30文字) [__]
    大文字・小文字、ハイフンや空白の有無は問いません。
    [サインイン]
    ## どれも使えないとき
    お店かサーバーの管理者に、サインイン用のリンクをお願いしてください。リンクを使ったことは、アカウントのページに残ります。
    ");
    insta::assert_snapshot!(town.en("", "/sign-in?left=2026-05-10").await, @"
    Sign in
    # Sign in
    Open your book in one of the ways that you chose before.
    Your account will be deleted on 10 May 2026. Sign in before that day, and it stays as it is.
    ## Passkey
    This connection is not encrypted, so that passkeys cannot be used. They work under an https address.
    ## E-mail address and password
    E-mail address [__]
    Password [__]
    [Sign in]
    ## Code from your recovery sheet
    Code (30 characters) [__]
    Capitals, dashes and blanks make no difference.
    [Sign in]
    ## If none of these works
    Ask the shop or whoever runs this server for a link to sign in. Your account page will show that it was used.
    ");
    town.world.close().await;
}

#[tokio::test]
async fn what_is_nowhere_reads_well() {
    let town = Town::quiet().await;
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/book/nothing").await, @"
    見つかりません
    # 見つかりません
    ページがないか、ほかの人のものです。アドレスをもう一度お確かめください。
    はじめのページへ
    req_…
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/book/nothing").await, @"
    Not found
    # Not found
    There is no such page, or it is somebody else's. Please check the address.
    To the first page
    req_…
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/recover/nothing").await, @"
    このリンクは使えません
    # このリンクは使えません
    一度使われたか、24時間を過ぎています。新しいリンクをお願いしてください。
    サインイン
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/recover/nothing").await, @"
    This link no longer works
    # This link no longer works
    It was used before, or it is older than 24 hours. Please ask for a new one.
    Sign in
    ");
    town.world.close().await;
}
