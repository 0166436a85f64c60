//! A household.

use super::Town;
use crate::call::{cookie_of, form};

#[tokio::test]
async fn a_household_reads_well() {
    let town = Town::busy().await;
    let ann = &town.ann.cookie;
    insta::assert_snapshot!(town.ja(ann, "/household").await, @"
    家族
    # 家族
    家族や一緒に暮らす人と、買いものの記録を見せ合えます。何を見せるかは、一人ひとりが自分で決めます。
    - ## はじめは何も見えません
    選んだ買いものだけを見せることも、すべてを見せることもできます。
    - ## いつでもやめられます
    見せるのをやめたとき、抜けたときは、すぐに見えなくなります。
    - ## 見えるのはこの中だけ
    だれが家族かは、お店にも、ほかの人にも見えません。12人まで入れます。
    家族の中での呼び名 [__]
    家族と、招待された人に見えます。40文字まで。
    [家族をはじめる]
    ");
    insta::assert_snapshot!(town.en(ann, "/household").await, @"
    Household
    # Household
    Show each other what you buy, with your family or whoever you live with. Everybody decides for themselves what the others see.
    - ## At first nothing is seen
    Show only what you choose, or all of it.
    - ## Stop at any time
    What you stop showing is out of sight at once, and so is everything when you leave.
    - ## It stays in the household
    No shop and nobody else can see who is in it. Up to 12 people can be.
    What the others call you [__]
    Seen by the household and by whoever is invited. Up to 40 characters.
    [Begin a household]
    ");
    town.press(ann, "/household", "name=Ann").await;
    let invited = town
        .world
        .ask(form("/household/invite", "after=").with("cookie", ann))
        .await;
    let word = cookie_of(&invited.is(303));
    let both = format!("{ann}; {word}");
    insta::assert_snapshot!(town.ja(&both, "/household/invited").await, @"
    招待のリンク
    ← 家族にもどる
    # 招待のリンク
    招待したい人だけに渡してください。いま見えるこのリンクは、あとからは見られません。
    {招待のリンク}
    リンク [_http://orihon/household/join/…]
    招待のリンクは一度だけ、7日のあいだ使えます。入る人は、先に何が見えるかを読みます。
    ");
    insta::assert_snapshot!(town.en(&both, "/household/invited").await, @"
    Your invitation
    ← Back to the household
    # Your invitation
    Give it only to the person you invite. It is shown now and cannot be shown again later.
    {Your invitation}
    Link [_http://orihon/household/join/…]
    A link is good for one person and 7 days. Whoever opens it reads first what will be seen.
    ");
    let link = format!("/household/join/{}", word.trim_start_matches("invited="));
    let bob = town.world.person_in_browser("bob").await.cookie;
    insta::assert_snapshot!(town.ja(&bob, &link).await, @"
    Annさんの家族に招待されています
    # Annさんの家族に招待されています
    いま1人がいます。
    - ## あなたの買いもの
    はじめは何も見えません。見せるものを、あとから自分で選びます。
    - ## 家族の買いもの
    それぞれの人が見せているものが、あなたにも見えます。
    - ## 抜けるとき
    いつでも抜けられます。抜けるとすぐに、おたがいに見えなくなります。
    家族の中での呼び名 [__]
    家族と、招待された人に見えます。40文字まで。
    [家族に入る]
    ");
    insta::assert_snapshot!(town.en(&bob, &link).await, @"
    Ann invites you into a household
    # Ann invites you into a household
    One person is in it.
    - ## Your purchases
    At first nothing of yours is seen. You choose later what to show.
    - ## Theirs
    You see what each of them shows.
    - ## Leaving
    You can leave at any time. Then you see nothing of each other at once.
    What the others call you [__]
    Seen by the household and by whoever is invited. Up to 40 characters.
    [Join the household]
    ");
    town.press(&bob, &link, "name=Bob").await;
    town.press(ann, "/household/sharing", "sharing=everything")
        .await;
    insta::assert_snapshot!(town.ja(ann, "/household").await, @"
    家族
    # 家族
    家族の買いものを見る
    みんなが見せているものが、新しい順に並びます。
    ## 家族にいる人
    - Ann あなた
    すべての買いものを見せています · 2026年4月10日から
    - Bob
    選んだ買いものだけを見せています · 2026年4月10日から
    外す
    この人は、この家族の記録を見られなくなり、この人の記録も見えなくなります。
    [外す]
    いちばん長くいる人だけが、ほかの人を外せます。
    ## あなたが見せるもの
    家族にいる人だけに見えます。メモ、自分でつけた名前、ポイント、カードの番号は見えません。伏せた品のある買いものは、店と金額だけが見えます。
    あなたが見せるもの
    ( ) 選んだ買いものだけ レシートのページで、ひとつずつ選びます。
    ( ) これからの買いものをすべて いまより前の買いものは、選んだものだけです。
    (•) これまでの分もすべて これまでに記録された買いものが、すべて見えるようになります。
    [決める]
    ## 招待
    招待のリンクは一度だけ、7日のあいだ使えます。入る人は、先に何が見えるかを読みます。
    [招待のリンクを作る]
    家族の中での呼び名 [_Ann_]
    家族と、招待された人に見えます。40文字まで。
    [決める]
    家族から抜ける
    あなたの買いものはすぐに家族から見えなくなり、家族の買いものも見えなくなります。あなたの記録はそのまま残ります。
    [家族から抜ける]
    ");
    insta::assert_snapshot!(town.en(ann, "/household").await, @"
    Household
    # Household
    See what the household bought
    All that its members show, newest first.
    ## Who is in it
    - Ann you
    shows all purchases · since 10 April 2026
    - Bob
    shows only chosen purchases · since 10 April 2026
    Remove
    They see nothing of this household any more, and nothing of theirs is seen here.
    [Remove]
    Only who has been here longest can remove others.
    ## What you show
    Only the members see it. They never see your notes, your own names for items, points or card numbers. Of a purchase with something private they see the shop and the amount.
    What you show
    ( ) Only what I choose One by one, on the page of a receipt.
    ( ) All I buy from now on Of what was before, only what you choose.
    (•) Everything, the past as well Every purchase that was ever recorded for you is seen.
    [Save]
    ## Invitations
    A link is good for one person and 7 days. Whoever opens it reads first what will be seen.
    [Make an invitation]
    What the others call you [_Ann_]
    Seen by the household and by whoever is invited. Up to 40 characters.
    [Save]
    Leave the household
    Your purchases are out of the others' sight at once, and theirs out of yours. Your own book stays as it is.
    [Leave the household]
    ");
    insta::assert_snapshot!(town.ja(&bob, "/household/book").await, @"
    家族の買いもの
    ← 家族にもどる
    # 家族の買いもの
    家族が見せている買いものだけが並びます。
    ## 2026年4月10日(金)
    - 11:50 スーパーふじの木 緑町店 −¥238 Ann · 伏せた品をふくむ 返品
    伏せた品があるため、店と金額だけが見えます。
    レシートを見る
    - 11:30 スーパーふじの木 緑町店 ¥736 Ann · 伏せた品をふくむ
    伏せた品があるため、店と金額だけが見えます。
    レシートを見る
    ## 2026年4月9日(木)
    - 18:30 ドラッグはなみずき 緑町店 ¥1,378 Ann · 伏せた品をふくむ
    伏せた品があるため、店と金額だけが見えます。
    レシートを見る
    ## 2026年3月3日(火)
    - 10:15 スーパーふじの木 緑町店 ¥508 Ann · おいしい牛乳 1L、ごはん 200g
    - おいしい牛乳 1L ¥248
    - ごはん 200g × 2 ¥260
    レシートを見る
    ");
    insta::assert_snapshot!(town.en(&bob, "/household/book").await, @"
    What the household bought
    ← Back to the household
    # What the household bought
    Only what its members show.
    ## Friday, 10 April 2026
    - 11:50 スーパーふじの木 緑町店 −¥238 Ann · with something private Return
    As there is something private in it, only the shop and the amount are shown.
    See the receipt
    - 11:30 スーパーふじの木 緑町店 ¥736 Ann · with something private
    As there is something private in it, only the shop and the amount are shown.
    See the receipt
    ## Thursday, 9 April 2026
    - 18:30 ドラッグはなみずき 緑町店 ¥1,378 Ann · with something private
    As there is something private in it, only the shop and the amount are shown.
    See the receipt
    ## Tuesday, 3 March 2026
    - 10:15 スーパーふじの木 緑町店 ¥508 Ann · おいしい牛乳 1L, ごはん 200g
    - おいしい牛乳 1L ¥248
    - ごはん 200g × 2 ¥260
    See the receipt
    ");
    town.world.close().await;
}
