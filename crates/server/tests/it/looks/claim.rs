//! Codes: shown to a till, printed on a receipt, and receipts that are missed.

use super::{PRINTED, Town, file};
use crate::call::{cookie_of, form};
use crate::goods::And;
use serde_json::json;

#[tokio::test]
async fn the_code_reads_well() {
    let town = Town::quiet().await;
    let card = "/code/card";
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/code").await, @"
    会員コード
    # 会員コード
    お会計のときに、レジで見せてください。
    {QR}
    (…)
    [紙のレシートはいりません]
    [別のコードにする]
    1回のお買いものに1つ使います。使うと次のコードに替わります。
    届きました
    レシートを見る
    [次のコードを出す]
    - レシートから受け取る
    - カードを印刷する
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/code").await, @"
    Member code
    # Member code
    Show it at the till when you pay.
    {QR}
    (…)
    [No paper receipt, please]
    [Another code]
    One code for one purchase. The next one takes its place.
    Just arrived
    See the receipt
    [Next code]
    - Add from a receipt
    - Print a card
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, card).await, @"
    印刷するカード
    ← コードにもどる
    # 印刷するカード
    スマートフォンを出せないときのための、紙の会員コードです。5年間使えます。
    ## ご注意ください
    カードのコードはいつも同じです。お店どうしが照らし合わせれば、同じ人の買いものだと分かります。気になるときは、毎回替わるスマートフォンのコードをお使いください。
    [カードをつくる]
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, card).await, @"
    A card to print
    ← Back to the code
    # A card to print
    A member code on paper, for when the phone stays in the bag. It is good for five years.
    ## Good to know
    The code on a card is always the same. Shops that compare notes can tell that purchases are by the same person. If you mind, use the code on the phone, which changes every time.
    [Make a card]
    ");
    let made = form("/code/card", "of=0").with("cookie", &town.ann.cookie);
    let kept = cookie_of(&town.world.ask(made).await.is(303));
    let holder = format!("{}; {kept}", town.ann.cookie);
    insta::assert_snapshot!(town.ja(&holder, card).await, @"
    印刷するカード
    ← コードにもどる
    # 印刷するカード
    スマートフォンを出せないときのための、紙の会員コードです。5年間使えます。
    Orihon 会員カード
    お会計のときに見せてください
    2031年4月9日まで
    {QR}
    (…)
    [印刷する] 印刷して、枠に沿って切り取ってください。カードが見られるのは、つくってから30分だけです。
    ## ご注意ください
    カードのコードはいつも同じです。お店どうしが照らし合わせれば、同じ人の買いものだと分かります。気になるときは、毎回替わるスマートフォンのコードをお使いください。
    新しいカードに替える
    いまのカードはすぐに使えなくなります。これまでの記録はそのままです。
    [新しいカードに替える]
    カードをやめる
    カードはすぐに使えなくなります。これまでの記録はそのままです。
    [カードをやめる]
    ");
    insta::assert_snapshot!(town.en(&holder, card).await, @"
    A card to print
    ← Back to the code
    # A card to print
    A member code on paper, for when the phone stays in the bag. It is good for five years.
    Orihon Member card
    Please scan at the till
    until 9 April 2031
    {QR}
    (…)
    [Print] Print it and cut along the frame. The card is shown for 30 minutes after it is made.
    ## Good to know
    The code on a card is always the same. Shops that compare notes can tell that purchases are by the same person. If you mind, use the code on the phone, which changes every time.
    Replace the card
    The present card stops working at once. What it brought into your book stays.
    [Replace the card]
    Stop the card
    The card stops working at once. What it brought into your book stays.
    [Stop the card]
    ");
    town.world.close().await;
}

#[tokio::test]
async fn a_printed_code_reads_well() {
    let town = Town::quiet().await;
    let sale = town.mart.sale("1", 248).and("/claim_code", json!(PRINTED));
    file(&town.world, &town.mart, sale).await;
    town.press(&town.ann.cookie, "/claim", "code=00000000000000000000")
        .await;
    let found = format!("/c/{PRINTED}");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/claim").await, @"
    レシートから受け取る
    # レシートから受け取る
    レシートに印刷された受取コードを入れると、その買いものが記録に入ります。
    受取コード [__]
    数字20桁です。全角でも、空白やハイフンが入っていても大丈夫です。
    [レシートを見る] [カメラで読み取る]
    この接続は暗号化されていない(http)ため、ここではカメラを使えません。数字を入れるか、https のアドレスで開いてください。
    カメラを使えませんでした。数字を入れてください。
    ## 届くのを待っているレシート
    - たったいまから
    届きしだい、自動で記録に入ります。このページを開いておく必要はありません。
    受取コードがないときは、お店に問い合わせる
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/claim").await, @"
    Add from a receipt
    # Add from a receipt
    Type the claim code that is printed on a receipt, and the purchase comes into your book.
    Claim code [__]
    20 digits; spaces and dashes do not matter.
    [See the receipt] [Scan with the camera]
    This connection is not encrypted (http), and so the camera cannot be used here. Type the digits, or open the https address.
    The camera could not be used. Please type the digits.
    ## Receipts you are waiting for
    - since just now
    They come into your book by themselves. There is no need to keep this page open.
    No claim code? Ask the shop
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, &found).await, @"
    このレシートですか？
    # このレシートですか？
    # スーパーふじの木 緑町店
    緑町1-2-3
    03-0000-0000
    ふじの木商事
    登録番号 T1234567890123
    2026年4月10日(金) 12:00
    - milk 品名待ち ¥248 お店がこのコードの品名をまだ届けていません。届きしだい、ここに入ります。金額は確かです。
    合計: ¥248
    [自分の記録に入れる]
    受け取れるのは一度だけです。入れたあとは、ほかの人には見えません。
    別のコードを入れる
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, &found).await, @"
    Is it this receipt?
    # Is it this receipt?
    # スーパーふじの木 緑町店
    緑町1-2-3
    03-0000-0000
    ふじの木商事
    Registration no. T1234567890123
    Friday, 10 April 2026 12:00
    - milk name to come ¥248 The shop has not sent the name of this code yet. It will appear here as soon as it does. The amount is certain.
    Total: ¥248
    [Put it into my book]
    It can be taken once. After that nobody else can see it.
    Another code
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/c/11111111111111111111").await, @"
    まだ届いていません
    # まだ届いていません
    お店からまだ届いていないか、すでに受け取られたコードです。待つことにすると、届いたときに自動で記録に入ります。
    …
    [届くのを待つ]
    別のコードを入れる
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/c/11111111111111111111").await, @"
    Not here yet
    # Not here yet
    The shop has not sent it yet, or it was taken already. If you wait for it, it comes into your book by itself as soon as it arrives.
    …
    [Wait for it]
    Another code
    ");
    town.world.close().await;
}

#[tokio::test]
async fn a_missing_receipt_reads_well() {
    let town = Town::quiet().await;
    let asked = "store=mart&date=2026-04-09&time=12:00&total=248&number=&words=milk";
    town.press(&town.ann.cookie, "/claim/missing", asked).await;
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/claim/missing").await, @"
    届かないレシートを問い合わせる
    # 届かないレシートを問い合わせる
    受取コードがない、またはなくしたレシートを、お店に探してもらえます。見つかると、自動で記録に入ります。
    ## 問い合わせたレシート
    - スーパーふじの木 緑町店
    2026年4月9日 · ¥248
    お店の返事を待っています · 2026年6月9日まで待ちます
    [取り下げる]
    ## どのお店ですか
    店の名前 [__]
    [さがす]
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/claim/missing").await, @"
    Ask for a missing receipt
    # Ask for a missing receipt
    A shop can look for a receipt that has no claim code, or was lost. If it finds it, it comes into your book by itself.
    ## Receipts you asked for
    - スーパーふじの木 緑町店
    9 April 2026 · ¥248
    Waiting for the shop · until 9 June 2026
    [Withdraw]
    ## Which shop was it?
    Name of the shop [__]
    [Find]
    ");
    insta::assert_snapshot!(town.ja(&town.ann.cookie, "/claim/missing?store=mart").await, @"
    届かないレシートを問い合わせる
    ← 別の店
    # 届かないレシートを問い合わせる
    スーパーふじの木 緑町店
    買った日 [_2026-04-10_]
    だいたいの時刻 (わかれば) [__]
    合計金額 (JPY) [__]
    レシート番号か取引番号 (わかれば) [__]
    番号があると、いちばん早く見つかります。
    ひとこと (なくてもかまいません) [__]
    200文字まで。お名前やカード番号は書かないでください。
    お店には、ここに書いたことだけが見えます。あなたの名前や、ほかの買いものは見えません。
    [お店に問い合わせる]
    ## 問い合わせたレシート
    - スーパーふじの木 緑町店
    2026年4月9日 · ¥248
    お店の返事を待っています · 2026年6月9日まで待ちます
    [取り下げる]
    ");
    insta::assert_snapshot!(town.en(&town.ann.cookie, "/claim/missing?store=mart").await, @"
    Ask for a missing receipt
    ← Another shop
    # Ask for a missing receipt
    スーパーふじの木 緑町店
    Day of the purchase [_2026-04-10_]
    About what time (if you know) [__]
    Total (JPY) [__]
    Receipt or transaction number (if you know) [__]
    With a number it is found fastest.
    A few words (may be empty) [__]
    Up to 200 characters. Please no names and no card numbers.
    The shop sees what you write here and nothing else: not your name, and none of your other purchases.
    [Ask the shop]
    ## Receipts you asked for
    - スーパーふじの木 緑町店
    9 April 2026 · ¥248
    Waiting for the shop · until 9 June 2026
    [Withdraw]
    ");
    town.world.close().await;
}
