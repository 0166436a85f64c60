//! The console: how things are, and the stores.

use super::Town;
use crate::call::{form, put};
use crate::reports::unwell;

#[tokio::test]
async fn an_empty_console_reads_well() {
    let town = Town::quiet().await;
    insta::assert_snapshot!(town.ja("", "/console").await, @"
    管理画面にサインイン
    # 管理画面にサインイン
    運用者の鍵を貼りつけてください。このブラウザーだけで、12時間有効です。
    鍵 (oro_…) [__]
    [サインイン]
    鍵がお手もとにないときは、サーバーで「orihon key setup-link」を実行すると、一度だけ使えるリンクが出ます。
    ");
    insta::assert_snapshot!(town.en("", "/console").await, @"
    Sign in to the console
    # Sign in to the console
    Paste an operator's key. It lets this browser in for 12 hours.
    Key (oro_…) [__]
    [Sign in]
    Without a key at hand, run “orihon key setup-link” on the server: it prints a link that works once.
    ");
    town.world.close().await;
}

#[tokio::test]
async fn the_console_reads_well() {
    let town = Town::busy().await;
    insta::assert_snapshot!(town.ja(&town.desk, "/console").await, @r#"
    ようす
    # ようす
    - 2 今日の件数
    - 1 品名待ちの行
    - 0 食い違い
    - 0 レシートの問い合わせ
    - 0 7日間売上のない店舗
    - 0 連絡のない端末
    - 0 端末で止まった売上
    - 0 食い違う日
    - サーバー 順調です
    ## 気をつけたい店舗
    - スーパーふじの木 緑町店 1 品名待ちの行
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/readyz'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/counts?by=store'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/drug/days/2026-04-10'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/drug/pending'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/drug/missing'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/drug/conflicts'
    食い違いのコマンドは、伏せられた品もそのまま出します。読んだことは操作の記録に残ります。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console").await, @r#"
    Overview
    # Overview
    - 2 sales today
    - 1 waiting for a name
    - 0 conflicts
    - 0 missing receipts asked for
    - 0 stores silent for 7 days
    - 0 devices silent
    - 0 sales stuck on devices
    - 0 days that disagree
    - server well
    ## Stores to look at
    - スーパーふじの木 緑町店 1 waiting for a name
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/readyz'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/counts?by=store'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/drug/days/2026-04-10'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/drug/pending'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/drug/missing'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/drug/conflicts'
    The command for conflicts shows private items as well. That they were read is written into the audit log.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores").await, @r#"
    店舗
    # 店舗
    店舗ごとのようすと、今日の件数です。
    - ドラッグはなみずき 緑町店 drug 0 今日の件数
    - スーパーふじの木 緑町店 mart 2 今日の件数
    ## 店舗を追加
    店の名前 (レシートに載ります) [__]
    店舗ID (小文字・数字・-) [__]
    時間帯 [_Asia/Tokyo_]
    通貨 [_JPY_]
    チェーンID (あれば) [__]
    [追加して接続コードを出す]
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/drug/days/2026-04-10'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores' -d '{"store_id": "s-1", "name": "Corner Shop", "timezone": "Asia/Tokyo", "currency": "JPY"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/s-1/pairings' -d '{"name": "till 1"}'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores").await, @r#"
    Stores
    # Stores
    Each store, and how many sales it has today.
    - ドラッグはなみずき 緑町店 drug 0 sales today
    - スーパーふじの木 緑町店 mart 2 sales today
    ## Add a store
    Name, as on receipts [__]
    Store id (a-z, 0-9 and -) [__]
    Time zone [_Asia/Tokyo_]
    Currency [_JPY_]
    Chain id (if any) [__]
    [Add it and show a pairing code]
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/drug/days/2026-04-10'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores' -d '{"store_id": "s-1", "name": "Corner Shop", "timezone": "Asia/Tokyo", "currency": "JPY"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/s-1/pairings' -d '{"name": "till 1"}'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart").await, @r#"
    スーパーふじの木 緑町店
    ← 店舗
    # スーパーふじの木 緑町店
    mart
    2 今日の件数 1 品名待ちの行 0 食い違い 0 レシートの問い合わせ 0 注意のある売上（7日間） → 商品
    ## 端末
    端末 | 最後の連絡 | バージョン | 送信待ち | レジ
    till 1 dev_… | 2026年4月10日 12:00 | まだありません | |
    連絡の時刻は、このサーバーが起動してからのものです。
    鍵を無効にする
    - till 1 dev_…
    鍵を無効にする
    この端末は、もう何も送れなくなります。
    [鍵を無効にする]
    端末の名前 [_till_]
    [接続コードを出す]
    ## 貼り紙
    お店に貼ってください。読みとった人には、この店で前に買ったものが出ます。アカウントがまだない人は、はじめにつくります。
    {お店のリンクのQRコード}
    http://orihon/at/mart
    印刷する貼り紙をひらく
    ## 店の情報
    住所: 緑町1-2-3
    電話: 03-0000-0000
    発行者: ふじの木商事
    登録番号: T1234567890123
    時間帯: Asia/Tokyo
    通貨: JPY
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/devices'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/pending'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/missing'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/conflicts'
    食い違いのコマンドは、伏せられた品もそのまま出します。読んだことは操作の記録に残ります。
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/pairings' -d '{"name": "till 1"}'
    curl -H "Authorization: Bearer $KEY" -X DELETE 'http://orihon/v1/stores/mart/devices/dev_…'
    端末が知らせてきたことと、最後の連絡の時刻を読むコマンドはありません。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart").await, @r#"
    スーパーふじの木 緑町店
    ← Stores
    # スーパーふじの木 緑町店
    mart
    2 sales today 1 waiting for a name 0 conflicts 0 missing receipts asked for 0 sales with warnings in 7 days → Items
    ## Devices
    Device | Last contact | Version | Waiting | Tills
    till 1 dev_… | 10 April 2026 12:00 | not yet | |
    Times of contact are since this server's start.
    Revoke a key
    - till 1 dev_…
    Revoke its key
    This device will not be able to send anything any more.
    [Revoke its key]
    Name of the device [_till_]
    [Make a pairing code]
    ## Poster
    Hang it up in the shop. Whoever scans it sees what they bought here before; whoever has no account yet makes one first.
    {QR code of the shop's link}
    http://orihon/at/mart
    Open the poster to print it
    ## Identity
    Address: 緑町1-2-3
    Telephone: 03-0000-0000
    Issuer: ふじの木商事
    Registration number: T1234567890123
    Time zone: Asia/Tokyo
    Currency: JPY
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/devices'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/pending'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/missing'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/conflicts'
    The command for conflicts shows private items as well. That they were read is written into the audit log.
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/pairings' -d '{"name": "till 1"}'
    curl -H "Authorization: Bearer $KEY" -X DELETE 'http://orihon/v1/stores/mart/devices/dev_…'
    No command reads what devices say of themselves, nor when they were heard of.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    let pair = || form("/console/stores/mart/pair", "name=till+2");
    let of = |lang: &str| format!("{}; lang={lang}", town.desk);
    insta::assert_snapshot!(town.look(pair(), &of("ja")).await, @r#"
    接続コード
    ← スーパーふじの木 緑町店
    # 接続コード
    …
    {接続コード}
    一度だけ使えます。端末でこのコードを入れてください。
    2026年4月10日 12:15 まで有効です
    orihon-device join … --server http://orihon
    端末を待っています…
    もう一度見る
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/pairings' -d '{"name": "till 1"}'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/devices'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.look(pair(), &of("en")).await, @r#"
    Pairing code
    ← スーパーふじの木 緑町店
    # Pairing code
    …
    {Pairing code}
    It works once. Enter it at the device.
    Good until 10 April 2026 12:15
    orihon-device join … --server http://orihon
    Waiting for the device…
    Look again
    The same with curl
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/pairings' -d '{"name": "till 1"}'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/devices'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    town.world.close().await;
}

#[tokio::test]
async fn a_machine_that_is_not_well_reads_well() {
    let town = Town::busy().await;
    let report = put(town.mart.path("/report"), unwell(&town.mart)).by(&town.mart.key);
    town.world.ask(report).await.is(200);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart").await, @r#"
    スーパーふじの木 緑町店
    ← 店舗
    # スーパーふじの木 緑町店
    mart
    2 今日の件数 1 品名待ちの行 0 食い違い 0 レシートの問い合わせ 0 注意のある売上（7日間） → 商品
    ## 端末
    端末 | 最後の連絡 | バージョン | 送信待ち | レジ
    till 1 dev_… | 2026年4月10日 12:00 | 0.0.1 | 12 最も古いもの 2026年4月10日 11:58 | 1
    端末が自分で知らせてきたことです。数分ごとに変わります。
    ### この店の端末で気をつけること
    - till 1
    確認が必要な売上が 3 件、端末で止まっています。
    - レジ 1 ・ 2026年4月10日 ・ 番号 <b>31</b> line_sum
    端末の「確認が必要な売上」で、直すか、もう一度送ってください。
    ほかに 2 件あります。端末で orihon-device refused を実行すると、すべて見られます。
    この日は、端末とサーバーで記録が食い違っています。端末で orihon-device days を実行すると、どの売上かがわかります。
    - 2026年4月10日(金) 端末 4 件、サーバー 2 件
    ディスクの空きが 70 MB しかありません。
    時計が 4 分遅れています。直してください。
    鍵を無効にする
    - till 1 dev_…
    鍵を無効にする
    この端末は、もう何も送れなくなります。
    [鍵を無効にする]
    端末の名前 [_till_]
    [接続コードを出す]
    ## 貼り紙
    お店に貼ってください。読みとった人には、この店で前に買ったものが出ます。アカウントがまだない人は、はじめにつくります。
    {お店のリンクのQRコード}
    http://orihon/at/mart
    印刷する貼り紙をひらく
    ## 店の情報
    住所: 緑町1-2-3
    電話: 03-0000-0000
    発行者: ふじの木商事
    登録番号: T1234567890123
    時間帯: Asia/Tokyo
    通貨: JPY
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/devices'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/pending'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/missing'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/conflicts'
    食い違いのコマンドは、伏せられた品もそのまま出します。読んだことは操作の記録に残ります。
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/pairings' -d '{"name": "till 1"}'
    curl -H "Authorization: Bearer $KEY" -X DELETE 'http://orihon/v1/stores/mart/devices/dev_…'
    端末が知らせてきたことと、最後の連絡の時刻を読むコマンドはありません。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart").await, @r#"
    スーパーふじの木 緑町店
    ← Stores
    # スーパーふじの木 緑町店
    mart
    2 sales today 1 waiting for a name 0 conflicts 0 missing receipts asked for 0 sales with warnings in 7 days → Items
    ## Devices
    Device | Last contact | Version | Waiting | Tills
    till 1 dev_… | 10 April 2026 12:00 | 0.0.1 | 12 the oldest since 10 April 2026 11:58 | 1
    This is what devices say of themselves, every few minutes.
    ### Look at these devices
    - till 1
    3 sales are stuck on it and need a person.
    - till 1 · 10 April 2026 · number <b>31</b> line_sum /lines/0: <i>2 × 50</i> is 100
    Correct it or send it again under “Sales to look at” on the device.
    There are 2 more; orihon-device refused shows them all on the device.
    Device and server have different records of this day. On the device, orihon-device days says which sales differ.
    - Friday, 10 April 2026 4 on the device, 2 on the server
    Only 70 MB are free on its disk.
    Its clock is 4 minutes behind. Set it right.
    Revoke a key
    - till 1 dev_…
    Revoke its key
    This device will not be able to send anything any more.
    [Revoke its key]
    Name of the device [_till_]
    [Make a pairing code]
    ## Poster
    Hang it up in the shop. Whoever scans it sees what they bought here before; whoever has no account yet makes one first.
    {QR code of the shop's link}
    http://orihon/at/mart
    Open the poster to print it
    ## Identity
    Address: 緑町1-2-3
    Telephone: 03-0000-0000
    Issuer: ふじの木商事
    Registration number: T1234567890123
    Time zone: Asia/Tokyo
    Currency: JPY
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/devices'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/pending'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/missing'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/conflicts'
    The command for conflicts shows private items as well. That they were read is written into the audit log.
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/pairings' -d '{"name": "till 1"}'
    curl -H "Authorization: Bearer $KEY" -X DELETE 'http://orihon/v1/stores/mart/devices/dev_…'
    No command reads what devices say of themselves, nor when they were heard of.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    town.world.close().await;
}
