//! The book and its receipts.

use super::Town;

#[tokio::test]
async fn an_empty_book_reads_well() {
    let town = Town::quiet().await;
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/book").await, @"
    買いものの記録
    # 買いものの記録
    さがす
    [_品名・店・日付・金額_] [さがす]
    ## まだ何もありません
    - ### コードを見せる
    お会計のときに、レジで会員コードを見せてください。
    - ### レシートから
    レシートの受取コードを読み取ると、その買いものがここに入ります。
    - ### お店に頼む
    届かないレシートは、お店に問い合わせできます。
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/book").await, @"
    What you bought
    # What you bought
    Search
    [_Item, shop, date or amount_] [Search]
    ## Nothing here yet
    - ### Show your code
    Show your member code at the till when you pay.
    - ### From a receipt
    Scan the claim code on a receipt, and the purchase comes here.
    - ### Ask the shop
    You can ask a shop for a receipt that did not arrive.
    ");
    town.world.close().await;
}

#[tokio::test]
async fn a_book_reads_well() {
    let town = Town::busy().await;
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/book").await, @"
    買いものの記録
    # 買いものの記録
    さがす
    [_品名・店・日付・金額_] [さがす]
    ## この記録をなくさないように
    いまは、このブラウザーだけで開けます。スマートフォンをなくしても開けるように、方法を一つ決めておきませんか。
    方法を決める
    [いまはしない]
    ## 2026年4月10日(金)
    - 11:50 スーパーふじの木 緑町店 −¥238 おいしい牛乳 1L 返品
    - おいしい牛乳 1L ¥238
    レシートを見る
    - 11:30 スーパーふじの木 緑町店 ¥736 おいしい牛乳 1L、品名待ち、伏せた品
    - おいしい牛乳 1L × 2 ¥476
    - 2199032729580 品名待ち ¥180
    - 伏せた品
    ごはん 200g
    ¥130
    レシートを見る
    ## 2026年4月9日(木)
    - 18:30 ドラッグはなみずき 緑町店 ¥1,378 伏せた品、ティッシュペーパー 5箱
    - 伏せた品
    目薬
    ¥980
    - ティッシュペーパー 5箱 ¥398
    レシートを見る
    ## 2026年3月3日(火)
    - 10:15 スーパーふじの木 緑町店 ¥508 おいしい牛乳 1L、ごはん 200g
    - おいしい牛乳 1L ¥248
    - ごはん 200g × 2 ¥260
    レシートを見る
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/book").await, @"
    What you bought
    # What you bought
    Search
    [_Item, shop, date or amount_] [Search]
    ## So that you do not lose this book
    Only this browser can open it now. Choose a way to open it even if you lose the phone.
    Choose a way
    [Not now]
    ## Friday, 10 April 2026
    - 11:50 スーパーふじの木 緑町店 −¥238 おいしい牛乳 1L Return
    - おいしい牛乳 1L ¥238
    See the receipt
    - 11:30 スーパーふじの木 緑町店 ¥736 おいしい牛乳 1L, name to come, private item
    - おいしい牛乳 1L × 2 ¥476
    - 2199032729580 name to come ¥180
    - private item
    ごはん 200g
    ¥130
    See the receipt
    ## Thursday, 9 April 2026
    - 18:30 ドラッグはなみずき 緑町店 ¥1,378 private item, ティッシュペーパー 5箱
    - private item
    目薬
    ¥980
    - ティッシュペーパー 5箱 ¥398
    See the receipt
    ## Tuesday, 3 March 2026
    - 10:15 スーパーふじの木 緑町店 ¥508 おいしい牛乳 1L, ごはん 200g
    - おいしい牛乳 1L ¥248
    - ごはん 200g × 2 ¥260
    See the receipt
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/book?q=nothing").await, @"
    買いものの記録
    # 買いものの記録
    さがす
    [_nothing_] [さがす]
    ## 見つかりませんでした
    ことばを短くするか、別の言いかたでお試しください。
    届かないレシートを問い合わせる
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/book?q=nothing").await, @"
    What you bought
    # What you bought
    Search
    [_nothing_] [Search]
    ## Nothing found
    Try fewer or other words.
    Ask for a missing receipt
    ");
    town.world.close().await;
}

#[tokio::test]
async fn a_receipt_reads_well() {
    let town = Town::busy().await;
    let (sale, back) = (
        format!("/book/{}", town.sale),
        format!("/book/{}", town.back),
    );
    town.press(&town.ann.cookie, &format!("{sale}/note"), "note=for+mother")
        .await;
    insta::assert_snapshot!(town.ja(&town.ann.cookie, &sale).await, @"
    スーパーふじの木 緑町店
    ← 記録にもどる
    # スーパーふじの木 緑町店
    緑町1-2-3
    03-0000-0000
    ふじの木商事
    登録番号 T1234567890123
    2026年4月10日(金) 11:30
    - おいしい牛乳 1L ※ ¥496 2 × ¥248 値引 −¥20 返品済み 1
    - 2199032729580 品名待ち ¥180 お店がこのコードの品名をまだ届けていません。届きしだい、ここに入ります。金額は確かです。
    - ごはん 200g ※ ¥130 伏せています
    小計: ¥786
    アプリクーポン: −¥50
    合計: ¥736
    内消費税 8%: ¥54
    現金: ¥1,000
    お釣り: ¥264
    ※は軽減税率対象
    獲得ポイント 7
    ポイント残高 120
    レシート番号 R-1002
    またお越しください
    値段なしで見る
    メモ
    [_for mother_]
    [保存する]
    自分だけに見えます。空にすると消えます。
    品名を伏せる
    伏せた品は、開くまで名前が出ません。記録の一覧、届いたときの知らせ、値段なしの表示、お店の人が調べる画面でも同じです。店名と金額は出ます。
    - おいしい牛乳 1L
    [このレシートだけ伏せる] [この品をいつも伏せる]
    - 2199032729580 品名待ち
    [このレシートだけ伏せる] [この品をいつも伏せる]
    - ごはん 200g
    伏せています
    [このレシートだけ出す] [この品をいつも出す]
    このお店の買いものを記録しない
    記録しないことにしたお店では、会員コードを見せても、買いものはここに入りません。お店に理由は伝わりません。レシートの受取コードからは、いつでも入れられます。
    - スーパーふじの木 緑町店 この店
    [記録しない]
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, &sale).await, @"
    スーパーふじの木 緑町店
    ← Back to the book
    # スーパーふじの木 緑町店
    緑町1-2-3
    03-0000-0000
    ふじの木商事
    Registration no. T1234567890123
    Friday, 10 April 2026 11:30
    - おいしい牛乳 1L ※ ¥496 2 × ¥248 Discount −¥20 returned: 1
    - 2199032729580 name to come ¥180 The shop has not sent the name of this code yet. It will appear here as soon as it does. The amount is certain.
    - ごはん 200g ※ ¥130 Private
    Subtotal: ¥786
    アプリクーポン: −¥50
    Total: ¥736
    Includes tax 8%: ¥54
    Cash: ¥1,000
    Change: ¥264
    ※ reduced tax rate
    Points earned 7
    Points balance 120
    Receipt no. R-1002
    またお越しください
    Without prices
    Note
    [_for mother_]
    [Save]
    Only you see it. Leave it empty to take it away.
    Keep something private
    A private item has no name until somebody opens it: in the book, where a purchase is announced, in the view without prices, and for whoever runs the shop. Shop and amount are shown.
    - おいしい牛乳 1L
    [Private here] [Always private]
    - 2199032729580 name to come
    [Private here] [Always private]
    - ごはん 200g
    Private
    [Show here] [Always show]
    File nothing more from this shop
    What you buy at a blocked shop does not come here, even if you show your code. The shop is not told why. The claim code on a receipt still brings it.
    - スーパーふじの木 緑町店 this shop
    [File nothing]
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, &format!("{sale}?view=gift")).await, @"
    スーパーふじの木 緑町店
    ← 記録にもどる
    # スーパーふじの木 緑町店
    緑町1-2-3
    03-0000-0000
    ふじの木商事
    登録番号 T1234567890123
    2026年4月10日(金) 11:30
    - おいしい牛乳 1L × 2 返品済み 1
    - 2199032729580 品名待ち お店がこのコードの品名をまだ届けていません。届きしだい、ここに入ります。金額は確かです。
    - 伏せた品
    レシート番号 R-1002
    値段を表示する
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, &format!("{sale}?view=gift")).await, @"
    スーパーふじの木 緑町店
    ← Back to the book
    # スーパーふじの木 緑町店
    緑町1-2-3
    03-0000-0000
    ふじの木商事
    Registration no. T1234567890123
    Friday, 10 April 2026 11:30
    - おいしい牛乳 1L × 2 returned: 1
    - 2199032729580 name to come The shop has not sent the name of this code yet. It will appear here as soon as it does. The amount is certain.
    - private item
    Receipt no. R-1002
    With prices
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, &back).await, @"
    スーパーふじの木 緑町店
    ← 記録にもどる
    # スーパーふじの木 緑町店
    緑町1-2-3
    03-0000-0000
    ふじの木商事
    登録番号 T1234567890123
    2026年4月10日(金) 11:50
    返品
    - おいしい牛乳 1L ¥248 値引 −¥10
    合計: ¥238
    もとのレシート 2026年4月10日 · 113000
    値段なしで見る
    メモ
    [__]
    [保存する]
    自分だけに見えます。空にすると消えます。
    品名を伏せる
    伏せた品は、開くまで名前が出ません。記録の一覧、届いたときの知らせ、値段なしの表示、お店の人が調べる画面でも同じです。店名と金額は出ます。
    - おいしい牛乳 1L
    [このレシートだけ伏せる] [この品をいつも伏せる]
    このお店の買いものを記録しない
    記録しないことにしたお店では、会員コードを見せても、買いものはここに入りません。お店に理由は伝わりません。レシートの受取コードからは、いつでも入れられます。
    - スーパーふじの木 緑町店 この店
    [記録しない]
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, &back).await, @"
    スーパーふじの木 緑町店
    ← Back to the book
    # スーパーふじの木 緑町店
    緑町1-2-3
    03-0000-0000
    ふじの木商事
    Registration no. T1234567890123
    Friday, 10 April 2026 11:50
    Return
    - おいしい牛乳 1L ¥248 Discount −¥10
    Total: ¥238
    Original receipt 10 April 2026 · 113000
    Without prices
    Note
    [__]
    [Save]
    Only you see it. Leave it empty to take it away.
    Keep something private
    A private item has no name until somebody opens it: in the book, where a purchase is announced, in the view without prices, and for whoever runs the shop. Shop and amount are shown.
    - おいしい牛乳 1L
    [Private here] [Always private]
    File nothing more from this shop
    What you buy at a blocked shop does not come here, even if you show your code. The shop is not told why. The claim code on a receipt still brings it.
    - スーパーふじの木 緑町店 this shop
    [File nothing]
    ");
    town.world.close().await;
}
