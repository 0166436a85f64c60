//! What was spent: months, years, items and shops.

use super::Town;

#[tokio::test]
async fn months_and_years_read_well() {
    let town = Town::busy().await;
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/months/2026-04").await, @"
    2026年4月
    {2026年3月} ‹
    # 2026年4月
    {2026年5月} › 2026年
    使った金額
    ¥1,876
    買いもの2回
    前の月: ¥508 (+¥1,368)
    2026年の月平均: ¥1,192
    ## 日ごと
    日ごとのグラフ いちばん多いのは2026年4月9日(木)の¥1,378です。数字は下の表にあります。 ¥0 ¥500 ¥1,000 ¥1,500 1 8 2026年4月9日(木): ¥1,378 2026年4月10日(金): ¥498 15 22 29
    表で見る
    日 | 金額
    2026年4月9日(木) | ¥1,378
    2026年4月10日(金) | ¥498
    合計 | ¥1,876
    ## お店ごと
    お店 | 回数 | 割合 | 金額
    ドラッグはなみずき 緑町店 | 1 | 73% | ¥1,378
    スーパーふじの木 緑町店 | 1 | 27% | ¥498
    合計 | | | ¥1,876
    ## 分類ごと
    分類 | 割合 | 金額
    分類なし | 83% | ¥1,558
    食品 | 20% | ¥368
    クーポン | | −¥50
    合計 | | ¥1,876
    ## 品ごと
    品名 | 回数 | 割合 | 金額
    目薬 | 1 | 52% | ¥980
    ティッシュペーパー 5箱 | 1 | 21% | ¥398
    おいしい牛乳 1L | 1 | 13% | ¥238
    2199032729580 | 1 | 10% | ¥180
    ごはん 200g | 1 | 7% | ¥130
    クーポン | | | −¥50
    合計 | | | ¥1,876
    返品は差し引き、取り消した買いものは数えません。
    よく行くお店
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/months/2026-04").await, @"
    April 2026
    {March 2026} ‹
    # April 2026
    {May 2026} › 2026
    Spent
    ¥1,876
    2 purchases
    The month before: ¥508 (+¥1,368)
    Average month of 2026: ¥1,192
    ## By day
    By day: chart The most was ¥1,378, Thursday, 9 April 2026. The table below has the numbers. ¥0 ¥500 ¥1,000 ¥1,500 1 8 Thursday, 9 April 2026: ¥1,378 Friday, 10 April 2026: ¥498 15 22 29
    As a table
    Day | Amount
    Thursday, 9 April 2026 | ¥1,378
    Friday, 10 April 2026 | ¥498
    Total | ¥1,876
    ## By shop
    Shop | Times | Share | Amount
    ドラッグはなみずき 緑町店 | 1 | 73% | ¥1,378
    スーパーふじの木 緑町店 | 1 | 27% | ¥498
    Total | | | ¥1,876
    ## By category
    Category | Share | Amount
    No category | 83% | ¥1,558
    食品 | 20% | ¥368
    Coupons | | −¥50
    Total | | ¥1,876
    ## By item
    Item | Times | Share | Amount
    目薬 | 1 | 52% | ¥980
    ティッシュペーパー 5箱 | 1 | 21% | ¥398
    おいしい牛乳 1L | 1 | 13% | ¥238
    2199032729580 | 1 | 10% | ¥180
    ごはん 200g | 1 | 7% | ¥130
    Coupons | | | −¥50
    Total | | | ¥1,876
    Returns are taken off; what was voided does not count.
    Your shops
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/months/2026-05").await, @"
    2026年5月
    {2026年4月} ‹
    # 2026年5月
    {2026年6月} › 2026年
    使った金額
    ¥0
    買いもの0回
    前の月: ¥1,876 (−¥1,876)
    2026年の月平均: ¥1,192
    ## 買いものはありません
    この期間の買いものは、まだ記録されていません。
    記録を見る
    よく行くお店
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/months/2026-05").await, @"
    May 2026
    {April 2026} ‹
    # May 2026
    {June 2026} › 2026
    Spent
    ¥0
    0 purchases
    The month before: ¥1,876 (−¥1,876)
    Average month of 2026: ¥1,192
    ## Nothing bought
    Nothing was recorded for this time yet.
    To the book
    Your shops
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/years/2026").await, @"
    2026年
    {2025年} ‹
    # 2026年
    {2027年} ›
    使った金額
    ¥2,384
    買いもの3回
    前の年: ¥0 (+¥2,384)
    2026年の月平均: ¥1,192
    ## 月ごと
    月ごとのグラフ いちばん多いのは2026年4月の¥1,876です。数字は下の表にあります。 ¥0 ¥1,000 ¥2,000 1 2 2026年3月: ¥508 3 2026年4月: ¥1,876 4 5 6 7 8 9 10 11 12
    表で見る
    月 | 金額
    2026年3月 | ¥508
    2026年4月 | ¥1,876
    合計 | ¥2,384
    ## お店ごと
    お店 | 回数 | 割合 | 金額
    ドラッグはなみずき 緑町店 | 1 | 58% | ¥1,378
    スーパーふじの木 緑町店 | 2 | 42% | ¥1,006
    合計 | | | ¥2,384
    ## 分類ごと
    分類 | 割合 | 金額
    分類なし | 65% | ¥1,558
    食品 | 37% | ¥876
    クーポン | | −¥50
    合計 | | ¥2,384
    ## 品ごと
    品名 | 回数 | 割合 | 金額
    目薬 | 1 | 41% | ¥980
    おいしい牛乳 1L | 2 | 20% | ¥486
    ティッシュペーパー 5箱 | 1 | 17% | ¥398
    ごはん 200g | 2 | 16% | ¥390
    2199032729580 | 1 | 8% | ¥180
    クーポン | | | −¥50
    合計 | | | ¥2,384
    返品は差し引き、取り消した買いものは数えません。
    よく行くお店
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/years/2026").await, @"
    2026
    {2025} ‹
    # 2026
    {2027} ›
    Spent
    ¥2,384
    3 purchases
    The year before: ¥0 (+¥2,384)
    Average month of 2026: ¥1,192
    ## By month
    By month: chart The most was ¥1,876, April 2026. The table below has the numbers. 0 1k 2k 1 2 March 2026: ¥508 3 April 2026: ¥1,876 4 5 6 7 8 9 10 11 12
    As a table
    Month | Amount
    March 2026 | ¥508
    April 2026 | ¥1,876
    Total | ¥2,384
    ## By shop
    Shop | Times | Share | Amount
    ドラッグはなみずき 緑町店 | 1 | 58% | ¥1,378
    スーパーふじの木 緑町店 | 2 | 42% | ¥1,006
    Total | | | ¥2,384
    ## By category
    Category | Share | Amount
    No category | 65% | ¥1,558
    食品 | 37% | ¥876
    Coupons | | −¥50
    Total | | ¥2,384
    ## By item
    Item | Times | Share | Amount
    目薬 | 1 | 41% | ¥980
    おいしい牛乳 1L | 2 | 20% | ¥486
    ティッシュペーパー 5箱 | 1 | 17% | ¥398
    ごはん 200g | 2 | 16% | ¥390
    2199032729580 | 1 | 8% | ¥180
    Coupons | | | −¥50
    Total | | | ¥2,384
    Returns are taken off; what was voided does not count.
    Your shops
    ");
    town.world.close().await;
}

#[tokio::test]
async fn an_item_reads_well() {
    let town = Town::busy().await;
    town.press(&town.ann.cookie, "/items/gtin/4901234567894", "own=Milk")
        .await;
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/items/gtin/4901234567894").await, @"
    Milk
    # Milk
    おいしい牛乳 1L
    4901234567894 · 2回
    最近の単価
    ¥238
    いちばん安い: ¥238
    いちばん高い: ¥248
    使った金額 (2回): ¥486
    ## 値段のうつりかわり
    値引のあとの、ひとつあたりの値段です。
    値段のうつりかわりのグラフ いちばん安い: ¥238。いちばん高い: ¥248。 ¥235 ¥240 ¥245 ¥250 2026年3月3日 スーパーふじの木 緑町店: ¥248 2026年4月10日 スーパーふじの木 緑町店: ¥238 2026年3月3日 2026年4月10日
    ### お店ごとの値段
    お店 | 回数 | いちばん安い | 最近の単価
    スーパーふじの木 緑町店 | 2 | ¥238 | ¥238
    ## 買った記録
    日付 · お店 | 数量 | 単価 | 支払い
    2026年4月10日 返品 スーパーふじの木 緑町店 | 1 | ¥238 | ¥238
    2026年4月10日 スーパーふじの木 緑町店 | 2 | ¥238 | ¥476
    2026年3月3日 スーパーふじの木 緑町店 | 1 | ¥248 | ¥248
    自分だけの呼び名
    [_Milk_] [保存する]
    レシートの品名はそのまま残ります。空にすると呼び名は消えます。
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/items/gtin/4901234567894").await, @"
    Milk
    # Milk
    おいしい牛乳 1L
    4901234567894 · twice
    Latest price
    ¥238
    Lowest: ¥238
    Highest: ¥248
    Spent (twice): ¥486
    ## Price over time
    What one came to, with discounts taken off.
    Price over time: chart Lowest: ¥238. Highest: ¥248. ¥235 ¥240 ¥245 ¥250 3 March 2026 スーパーふじの木 緑町店: ¥248 10 April 2026 スーパーふじの木 緑町店: ¥238 3 March 2026 10 April 2026
    ### Prices by shop
    Shop | Times | Lowest | Latest price
    スーパーふじの木 緑町店 | 2 | ¥238 | ¥238
    ## Each purchase
    Date · Shop | Quantity | Price of one | Paid
    10 April 2026 Return スーパーふじの木 緑町店 | 1 | ¥238 | ¥238
    10 April 2026 スーパーふじの木 緑町店 | 2 | ¥238 | ¥476
    3 March 2026 スーパーふじの木 緑町店 | 1 | ¥248 | ¥248
    Your own name for it
    [_Milk_] [Save]
    The name on the receipt stays as it is. Leave it empty to take yours away.
    ");
    town.world.close().await;
}

#[tokio::test]
async fn shops_read_well() {
    let town = Town::busy().await;
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/shops").await, @"
    よく行くお店
    # よく行くお店
    - スーパーふじの木 緑町店 買いもの2回 · 2026年4月10日
    - ドラッグはなみずき 緑町店 買いもの1回 · 2026年4月9日
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/shops").await, @"
    Your shops
    # Your shops
    - スーパーふじの木 緑町店 2 purchases · 10 April 2026
    - ドラッグはなみずき 緑町店 1 purchase · 9 April 2026
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/shops/mart").await, @"
    スーパーふじの木 緑町店
    ← よく行くお店
    # スーパーふじの木 緑町店
    ここで買ったもの · 買いもの2回
    よく買う順 最近買った順
    - おいしい牛乳 1L ¥238 2回 · 2026年4月10日
    - ごはん 200g ¥130 2回 · 2026年4月10日
    - 2199032729580 ¥180 1回 · 2026年4月10日
    このお店の買いものを記録しない
    記録しないことにしたお店では、会員コードを見せても、買いものはここに入りません。お店に理由は伝わりません。レシートの受取コードからは、いつでも入れられます。
    - スーパーふじの木 緑町店 この店
    [記録しない]
    この店のレシートが届いていないとき
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/shops/mart").await, @"
    スーパーふじの木 緑町店
    ← Your shops
    # スーパーふじの木 緑町店
    Bought here before · 2 purchases
    Most often Latest
    - おいしい牛乳 1L ¥238 twice · 10 April 2026
    - ごはん 200g ¥130 twice · 10 April 2026
    - 2199032729580 ¥180 once · 10 April 2026
    File nothing more from this shop
    What you buy at a blocked shop does not come here, even if you show your code. The shop is not told why. The claim code on a receipt still brings it.
    - スーパーふじの木 緑町店 this shop
    [File nothing]
    A receipt of this shop is missing
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/at/drug").await, @"
    ドラッグはなみずき 緑町店
    ← よく行くお店
    いまいるお店
    # ドラッグはなみずき 緑町店
    ここで買ったもの · 買いもの1回
    よく買う順 最近買った順
    - 目薬 ¥980 1回 · 2026年4月9日
    - ティッシュペーパー 5箱 ¥398 1回 · 2026年4月9日
    このお店の買いものを記録しない
    記録しないことにしたお店では、会員コードを見せても、買いものはここに入りません。お店に理由は伝わりません。レシートの受取コードからは、いつでも入れられます。
    - ドラッグはなみずき 緑町店 この店
    [記録しない]
    この店のレシートが届いていないとき
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/at/drug").await, @"
    ドラッグはなみずき 緑町店
    ← Your shops
    The shop you are at
    # ドラッグはなみずき 緑町店
    Bought here before · 1 purchase
    Most often Latest
    - 目薬 ¥980 once · 9 April 2026
    - ティッシュペーパー 5箱 ¥398 once · 9 April 2026
    File nothing more from this shop
    What you buy at a blocked shop does not come here, even if you show your code. The shop is not told why. The claim code on a receipt still brings it.
    - ドラッグはなみずき 緑町店 this shop
    [File nothing]
    A receipt of this shop is missing
    ");
    town.world.close().await;
}
