//! The console: what was sold, what disagrees, and what is missed.

use super::{Town, line, sold};
use crate::call::{form, post};

#[tokio::test]
async fn days_and_receipts_read_well() {
    let town = Town::busy().await;
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart/days").await, @r#"
    日ごとの売上
    ← スーパーふじの木 緑町店
    # 日ごとの売上
    日付 | 件数 | 合計 | 照合値
    2026年4月10日 | 2 | ¥498 | ……
    端末の締めと照合値が同じなら、その日の記録は一致しています。食い違う日は、端末が知らせてくると、ここと店舗のページに出ます。
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10'
    端末が知らせてきたことと、最後の連絡の時刻を読むコマンドはありません。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart/days").await, @r#"
    Days
    ← スーパーふじの木 緑町店
    # Days
    Date | Count | Total | Digest
    10 April 2026 | 2 | ¥498 | ……
    A day agrees if the device's closing shows the same digest. Days that a device finds to disagree are marked here and on the page of the store.
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10'
    No command reads what devices say of themselves, nor when they were heard of.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart/days/2026-04-10").await, @r#"
    2026年4月10日(金)
    ← スーパーふじの木 緑町店
    # 2026年4月10日(金)
    レジ | 取引 | | 合計 | 注意
    1 | 113000 | 売上 | ¥736 |
    1 | 115000 | 返品 | ¥238 |
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10/settlements'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/settlements/1/2026-04-10/113000'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart/days/2026-04-10").await, @r#"
    Friday, 10 April 2026
    ← スーパーふじの木 緑町店
    # Friday, 10 April 2026
    Till | Transaction | | Total | Warnings
    1 | 113000 | sale | ¥736 |
    1 | 115000 | return | ¥238 |
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10/settlements'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/settlements/1/2026-04-10/113000'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/receipts").await, @r#"
    番号からレシートをさがす
    # 番号からレシートをさがす
    何が売れたかだけがわかります。だれが買ったかは出ません。調べたことは操作の記録に残ります。
    店舗ID [__]
    日付 [__]
    レシート番号か取引番号 [__]
    [さがす]
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/STORE/days/YYYY-MM-DD/settlements'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/STORE/settlements/TILL/YYYY-MM-DD/NUMBER'
    印字されたレシート番号でさがすコマンドはありません。その日の一覧でレジの取引番号をみつけ、その番号で1件を読みます。
    レシートの品名を出すコマンドも、伏せられた品を開くコマンドもありません。上のコマンドは、合計と、あと何点返品できるかを答えます。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/receipts").await, @r#"
    Find a receipt by its number
    # Find a receipt by its number
    You see what was sold, never who bought it. The look-up is written into the audit log.
    Store id [__]
    Date [__]
    Receipt or transaction number [__]
    [Find]
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/STORE/days/YYYY-MM-DD/settlements'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/STORE/settlements/TILL/YYYY-MM-DD/NUMBER'
    No command looks for a printed number. The list of the day has the numbers of the tills, and by one of those a sale is read.
    No command shows the items of a receipt, nor opens private ones: the one above tells the total, and how much may still come back.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    town.world.close().await;
}

#[tokio::test]
async fn a_receipt_that_is_sought_reads_well() {
    let town = Town::busy().await;
    let asked = "store_id=mart&date=2026-04-10&number=R-1002";
    let sought = |lang: &str| {
        (
            form("/console/receipts", asked),
            format!("{}; lang={lang}", town.desk),
        )
    };
    let (ask, cookie) = sought("ja");
    insta::assert_snapshot!(town.look(ask, &cookie).await, @r#"
    番号からレシートをさがす
    # 番号からレシートをさがす
    何が売れたかだけがわかります。だれが買ったかは出ません。調べたことは操作の記録に残ります。
    店舗ID [_mart_]
    日付 [_2026-04-10_]
    レシート番号か取引番号 [_R-1002_]
    [さがす]
    ## スーパーふじの木 緑町店
    2026年4月10日 11:30
    売上 · レジ 1 · 取引 113000
    - おいしい牛乳 1L ¥476 2 × ¥248
    - 2199032729580 品名待ち ¥180 1 × ¥180
    - 伏せられた品 ¥130
    合計: ¥736
    レシート番号 R-1002
    お店か買った人が伏せた品があります。開いたことは操作の記録に残ります。
    [伏せられた品を開く]
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10/settlements'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/settlements/1/2026-04-10/113000'
    印字されたレシート番号でさがすコマンドはありません。その日の一覧でレジの取引番号をみつけ、その番号で1件を読みます。
    レシートの品名を出すコマンドも、伏せられた品を開くコマンドもありません。上のコマンドは、合計と、あと何点返品できるかを答えます。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    let (ask, cookie) = sought("en");
    insta::assert_snapshot!(town.look(ask, &cookie).await, @r#"
    Find a receipt by its number
    # Find a receipt by its number
    You see what was sold, never who bought it. The look-up is written into the audit log.
    Store id [_mart_]
    Date [_2026-04-10_]
    Receipt or transaction number [_R-1002_]
    [Find]
    ## スーパーふじの木 緑町店
    10 April 2026 11:30
    sale · till 1 · transaction 113000
    - おいしい牛乳 1L ¥476 2 × ¥248
    - 2199032729580 no name yet ¥180 1 × ¥180
    - private item ¥130
    Total: ¥736
    receipt number R-1002
    The shop or the buyer marked something as private. Opening it is written into the audit log.
    [Open private items]
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/days/2026-04-10/settlements'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/settlements/1/2026-04-10/113000'
    No command looks for a printed number. The list of the day has the numbers of the tills, and by one of those a sale is read.
    No command shows the items of a receipt, nor opens private ones: the one above tells the total, and how much may still come back.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    town.world.close().await;
}

#[tokio::test]
async fn conflicts_read_well() {
    let town = Town::busy().await;
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart/conflicts").await, @r#"
    食い違い
    ← スーパーふじの木 緑町店
    # 食い違い
    食い違いはありません。
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/conflicts'
    食い違いのコマンドは、伏せられた品もそのまま出します。読んだことは操作の記録に残ります。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart/conflicts").await, @r#"
    Conflicts
    ← スーパーふじの木 緑町店
    # Conflicts
    There are no conflicts.
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/conflicts'
    The command for conflicts shows private items as well. That they were read is written into the audit log.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    let other = sold(
        &town.mart,
        &town.ann,
        "2026-04-10T11:30:00+09:00",
        &[&line("2000001", 3, 130)],
    );
    let other = post("/v1/settlements", other).by(&town.mart.key);
    town.world.ask(other).await.is(409);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart/conflicts").await, @r#"
    食い違い
    ← スーパーふじの木 緑町店
    # 食い違い
    同じ取引番号で、内容のちがうものが届きました。先に届いたほうが記録されています。
    ## 2026年4月10日 · レジ 1 · 取引 113000
    ### 記録されているもの
    受信 2026年4月10日 12:00
    品名 | 数量 | 金額
    おいしい牛乳 1L 4901234567894 | 2 | ¥476
    2199032729580 | 1 | ¥180
    伏せられた品 | | ¥130
    合計 | | ¥736
    ### あとから届いたもの
    受信 2026年4月10日 12:00
    品名 | 数量 | 金額
    伏せられた品 | | ¥390
    合計 | | ¥390
    お店か買った人が伏せた品があります。開いたことは操作の記録に残ります。
    [伏せられた品を開く]
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/conflicts'
    食い違いのコマンドは、伏せられた品もそのまま出します。読んだことは操作の記録に残ります。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart/conflicts").await, @r#"
    Conflicts
    ← スーパーふじの木 緑町店
    # Conflicts
    Something else came under a number already taken. What came first is recorded.
    ## 10 April 2026 · till 1 · transaction 113000
    ### Recorded
    received 10 April 2026 12:00
    Name | Quantity | Amount
    おいしい牛乳 1L 4901234567894 | 2 | ¥476
    2199032729580 | 1 | ¥180
    private item | | ¥130
    Total | | ¥736
    ### Came later
    received 10 April 2026 12:00
    Name | Quantity | Amount
    private item | | ¥390
    Total | | ¥390
    The shop or the buyer marked something as private. Opening it is written into the audit log.
    [Open private items]
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/conflicts'
    The command for conflicts shows private items as well. That they were read is written into the audit log.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    town.world.close().await;
}

#[tokio::test]
async fn missing_requests_read_well() {
    let town = Town::quiet().await;
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart/missing").await, @r#"
    レシートの問い合わせ
    ← スーパーふじの木 緑町店
    # レシートの問い合わせ
    レシートが届かないお客さまからの問い合わせです。だれからかは出ません。候補に出るのは、まだだれのものでもない売上だけです。
    返事を待っている問い合わせはありません。
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/missing'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart/missing").await, @r#"
    Missing receipts
    ← スーパーふじの木 緑町店
    # Missing receipts
    Customers ask for receipts that did not arrive. Who asks is not shown, and only sales that are nobody's yet are offered.
    Nobody waits for an answer.
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/missing'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    let unclaimed = post("/v1/settlements", town.mart.sale("1", 248)).by(&town.mart.key);
    town.world.ask(unclaimed).await.is(201);
    let said = "store=mart&date=2026-04-10&number=&words=milk&time=12:00&total";
    for total in ["248", "999"] {
        town.press(
            &town.ann.cookie,
            "/claim/missing",
            &format!("{said}={total}"),
        )
        .await;
    }
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart/missing").await, @r#"
    レシートの問い合わせ
    ← スーパーふじの木 緑町店
    # レシートの問い合わせ
    レシートが届かないお客さまからの問い合わせです。だれからかは出ません。候補に出るのは、まだだれのものでもない売上だけです。
    返事を待っている問い合わせ: 2 件
    ## 2026年4月10日 · ¥248
    問い合わせ 2026年4月10日 12:00
    だいたいの時刻: 12:00
    お客さまのひとこと: milk
    ### 候補
    - 2026年4月10日 12:00 · ¥248
    レジ 1 · 取引 1 · 行数 1
    [これを渡す (1)]
    見つからないと答える
    理由
    ( ) その日に、合う売上がない ( ) 時刻やレシート番号も教えてほしい ( ) 電子の記録がないので、紙のレシートを持ってきてほしい ( ) 下に書いたとおり
    お客さまへのひとこと (200文字まで) [__]
    [答える]
    ## 2026年4月10日 · ¥999
    問い合わせ 2026年4月10日 12:00
    だいたいの時刻: 12:00
    お客さまのひとこと: milk
    前後の日も含めて、合う売上はありません。
    見つからないと答える
    理由
    ( ) その日に、合う売上がない ( ) 時刻やレシート番号も教えてほしい ( ) 電子の記録がないので、紙のレシートを持ってきてほしい ( ) 下に書いたとおり
    お客さまへのひとこと (200文字まで) [__]
    [答える]
    [ ] まとめて答える
    ## 印をつけた問い合わせに、まとめて答える
    理由
    ( ) その日に、合う売上がない ( ) 時刻やレシート番号も教えてほしい ( ) 電子の記録がないので、紙のレシートを持ってきてほしい
    [印をつけたものに答える]
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/missing'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/missing/sgt_…/give' -d '{"business_date":"2026-04-10","terminal":"1","transaction":"1"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/missing/sgt_…/refuse' -d '{"why": "tell_more"}'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart/missing").await, @r#"
    Missing receipts
    ← スーパーふじの木 緑町店
    # Missing receipts
    Customers ask for receipts that did not arrive. Who asks is not shown, and only sales that are nobody's yet are offered.
    Waiting for an answer: 2
    ## 10 April 2026 · ¥248
    asked 10 April 2026 12:00
    About when: 12:00
    The customer says: milk
    ### It may be
    - 10 April 2026 12:00 · ¥248
    till 1 · transaction 1 · Lines 1
    [This is it (1)]
    Not found
    Why
    ( ) no sale of that day fits ( ) please tell the time or the receipt number ( ) there is no electronic record, please bring the paper receipt ( ) as written below
    A few words to the customer (up to 200 characters) [__]
    [Answer]
    ## 10 April 2026 · ¥999
    asked 10 April 2026 12:00
    About when: 12:00
    The customer says: milk
    No sale of that day, or of the days beside it, fits.
    Not found
    Why
    ( ) no sale of that day fits ( ) please tell the time or the receipt number ( ) there is no electronic record, please bring the paper receipt ( ) as written below
    A few words to the customer (up to 200 characters) [__]
    [Answer]
    [ ] Answer together
    ## Answer all that are ticked together
    Why
    ( ) no sale of that day fits ( ) please tell the time or the receipt number ( ) there is no electronic record, please bring the paper receipt
    [Answer the ticked ones]
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/missing'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/missing/sgt_…/give' -d '{"business_date":"2026-04-10","terminal":"1","transaction":"1"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/missing/sgt_…/refuse' -d '{"why": "tell_more"}'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart/missing?told=given").await, @r#"
    レシートの問い合わせ
    ← スーパーふじの木 緑町店
    # レシートの問い合わせ
    渡しました。お客さまの記録に入りました。
    レシートが届かないお客さまからの問い合わせです。だれからかは出ません。候補に出るのは、まだだれのものでもない売上だけです。
    返事を待っている問い合わせ: 2 件
    ## 2026年4月10日 · ¥248
    問い合わせ 2026年4月10日 12:00
    だいたいの時刻: 12:00
    お客さまのひとこと: milk
    ### 候補
    - 2026年4月10日 12:00 · ¥248
    レジ 1 · 取引 1 · 行数 1
    [これを渡す (1)]
    見つからないと答える
    理由
    ( ) その日に、合う売上がない ( ) 時刻やレシート番号も教えてほしい ( ) 電子の記録がないので、紙のレシートを持ってきてほしい ( ) 下に書いたとおり
    お客さまへのひとこと (200文字まで) [__]
    [答える]
    ## 2026年4月10日 · ¥999
    問い合わせ 2026年4月10日 12:00
    だいたいの時刻: 12:00
    お客さまのひとこと: milk
    前後の日も含めて、合う売上はありません。
    見つからないと答える
    理由
    ( ) その日に、合う売上がない ( ) 時刻やレシート番号も教えてほしい ( ) 電子の記録がないので、紙のレシートを持ってきてほしい ( ) 下に書いたとおり
    お客さまへのひとこと (200文字まで) [__]
    [答える]
    [ ] まとめて答える
    ## 印をつけた問い合わせに、まとめて答える
    理由
    ( ) その日に、合う売上がない ( ) 時刻やレシート番号も教えてほしい ( ) 電子の記録がないので、紙のレシートを持ってきてほしい
    [印をつけたものに答える]
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/missing'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/missing/sgt_…/give' -d '{"business_date":"2026-04-10","terminal":"1","transaction":"1"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/missing/sgt_…/refuse' -d '{"why": "tell_more"}'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart/missing?told=given").await, @r#"
    Missing receipts
    ← スーパーふじの木 緑町店
    # Missing receipts
    Given. It is in the customer's book.
    Customers ask for receipts that did not arrive. Who asks is not shown, and only sales that are nobody's yet are offered.
    Waiting for an answer: 2
    ## 10 April 2026 · ¥248
    asked 10 April 2026 12:00
    About when: 12:00
    The customer says: milk
    ### It may be
    - 10 April 2026 12:00 · ¥248
    till 1 · transaction 1 · Lines 1
    [This is it (1)]
    Not found
    Why
    ( ) no sale of that day fits ( ) please tell the time or the receipt number ( ) there is no electronic record, please bring the paper receipt ( ) as written below
    A few words to the customer (up to 200 characters) [__]
    [Answer]
    ## 10 April 2026 · ¥999
    asked 10 April 2026 12:00
    About when: 12:00
    The customer says: milk
    No sale of that day, or of the days beside it, fits.
    Not found
    Why
    ( ) no sale of that day fits ( ) please tell the time or the receipt number ( ) there is no electronic record, please bring the paper receipt ( ) as written below
    A few words to the customer (up to 200 characters) [__]
    [Answer]
    [ ] Answer together
    ## Answer all that are ticked together
    Why
    ( ) no sale of that day fits ( ) please tell the time or the receipt number ( ) there is no electronic record, please bring the paper receipt
    [Answer the ticked ones]
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/missing'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/missing/sgt_…/give' -d '{"business_date":"2026-04-10","terminal":"1","transaction":"1"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/missing/sgt_…/refuse' -d '{"why": "tell_more"}'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    town.world.close().await;
}
