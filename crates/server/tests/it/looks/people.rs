//! The console: people, keys, partners and the log.

use super::Town;
use crate::call::{form, post};
use serde_json::json;

#[tokio::test]
async fn people_read_well() {
    let town = Town::busy().await;
    let one = format!("/console/people/{}", town.ann.id);
    let book = format!("{one}/book");
    insta::assert_snapshot!(town.ja(&town.desk, "/console/people").await, @r#"
    利用者
    # 利用者
    だれが何を買ったかは、理由をつけたときだけ見られ、そのことは本人に表示されます。
    - 1 利用者
    ## 利用者をさがす・登録する
    参照名 (ref)、メールアドレス、または ID [__]
    参照名は、お使いの台帳での番号などです。同じ参照名は、いつも同じ人です。メールアドレスは、その人がサインインに使うものです。
    [確認する] [登録する]
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/counts?by=user'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users' -d '{"ref": "h-1"}'
    登録せずにさがすコマンドはありません。登録のコマンドは、登録ずみの参照名には、その人のIDを答えます。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/people").await, @r#"
    People
    # People
    Who bought what is seen here only for a reason, and the person sees that you looked.
    - 1 people
    ## Find or add somebody
    Reference (ref), e-mail address or id [__]
    A reference is your own number for the person; the same one is always the same person. An e-mail address is the one by which the person signs in.
    [Look up] [Add]
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/counts?by=user'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users' -d '{"ref": "h-1"}'
    No command finds somebody without adding. The one that adds answers a reference that is known with the person's id.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    insta::assert_snapshot!(town.ja(&town.desk, &one).await, @r#"
    利用者
    ← 利用者
    # 利用者
    usr_…
    はじまり: 2026年4月10日 03:00 UTC
    状態: 使えます
    サインインの方法の数: 0
    ここでしたことと理由は、本人のアカウントのページに表示されます。
    ## 買いものの記録を見る
    このブラウザーだけで15分間、読むだけです。開くたびに、理由といっしょに本人の記録に残ります。店または本人が伏せた品目は表示しません。
    理由(本人に表示されます) [__]
    [理由をつけて見る]
    ## サインイン用のリンクをつくる
    入れなくなった人が、一度だけ、24時間以内にサインインできるリンクです。本人だと確かめてから渡してください。
    理由(本人に表示されます) [__]
    [リンクをつくる]
    ## アカウントを止める
    本人は理由だけを見られます。記録の持ち出しと削除の申し込みはできます。買いものは、いままでどおり記録されます。
    理由(本人に表示されます) [__]
    [止める]
    ## 二つのアカウントを一つにする
    同じ人の別のアカウントを、このアカウントに入れます。次の画面で、件数を見てから決められます。
    なくなるほうのアカウント(参照名、メールアドレス、ID) [__]
    理由(本人に表示されます) [__]
    [件数を見る]
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/look' -d '{"reason": "…"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/recovery-link' -d '{"reason": "…"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/suspend' -d '{"reason": "…"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/merge' -d '{"from": "usr_…", "reason": "…"}'
    アカウントの状態だけを読むコマンドはありません。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, &one).await, @r#"
    Person
    ← People
    # Person
    usr_…
    Since: 10 April 2026 03:00 UTC
    State: open
    Ways in: 0
    What you do here and why is shown to the person, on the page of the account.
    ## Look at purchases
    For 15 minutes, in this browser alone, only to be read. Each page that you open is written into the person's own log with your reason. What the shop or the person calls private stays hidden.
    Reason (the person sees it) [__]
    [Look for this reason]
    ## Make a link to sign in
    Lets somebody who cannot sign in any more do so once, within 24 hours. Make sure who it is before you hand it over.
    Reason (the person sees it) [__]
    [Make the link]
    ## Suspend the account
    The person sees nothing but your reason, and can still take the data along and ask to be deleted. What is bought is still recorded.
    Reason (the person sees it) [__]
    [Suspend]
    ## Make one account of two
    Moves another account of the same person into this one. You see the counts on the next page, before anything is done.
    The account that goes (reference, e-mail address or id) [__]
    Reason (the person sees it) [__]
    [See the counts]
    The same with curl
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/look' -d '{"reason": "…"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/recovery-link' -d '{"reason": "…"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/suspend' -d '{"reason": "…"}'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/merge' -d '{"from": "usr_…", "reason": "…"}'
    No command reads how the account stands.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    town.press(
        &town.desk,
        &format!("{one}/look"),
        "reason=asked+on+the+phone",
    )
    .await;
    insta::assert_snapshot!(town.ja(&town.desk, &book).await, @r#"
    買いものの記録
    ← 利用者
    # 買いものの記録
    usr_…
    このページを開いたことは、本人に表示されています。 理由: asked on the phone
    ## スーパーふじの木 緑町店
    2026年4月10日 11:50
    返品
    - おいしい牛乳 1L ¥238
    合計: ¥238
    ## スーパーふじの木 緑町店
    2026年4月10日 11:30
    売上
    - おいしい牛乳 1L ¥476
    - 2199032729580 品名待ち ¥180
    - 伏せられた品 ¥130
    合計: ¥736
    ## ドラッグはなみずき 緑町店
    2026年4月9日 18:30
    売上
    - 伏せられた品 ¥980
    - ティッシュペーパー 5箱 ¥398
    合計: ¥1,378
    ## スーパーふじの木 緑町店
    2026年3月3日 10:15
    売上
    - おいしい牛乳 1L ¥248
    - ごはん 200g ¥260
    合計: ¥508
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/look?limit=20' -d '{"reason":"asked on the phone"}'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, &book).await, @r#"
    Purchases
    ← People
    # Purchases
    usr_…
    The person sees that you opened this page. Reason: asked on the phone
    ## スーパーふじの木 緑町店
    10 April 2026 11:50
    return
    - おいしい牛乳 1L ¥238
    Total: ¥238
    ## スーパーふじの木 緑町店
    10 April 2026 11:30
    sale
    - おいしい牛乳 1L ¥476
    - 2199032729580 no name yet ¥180
    - private item ¥130
    Total: ¥736
    ## ドラッグはなみずき 緑町店
    9 April 2026 18:30
    sale
    - private item ¥980
    - ティッシュペーパー 5箱 ¥398
    Total: ¥1,378
    ## スーパーふじの木 緑町店
    3 March 2026 10:15
    sale
    - おいしい牛乳 1L ¥248
    - ごはん 200g ¥260
    Total: ¥508
    The same with curl
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/look?limit=20' -d '{"reason":"asked on the phone"}'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    let bob = town.world.person("bob").await;
    let fields = format!("from={}&reason=one+person", bob.id);
    let merge = || form(&format!("{one}/merge"), &fields);
    let of = |lang: &str| format!("{}; lang={lang}", town.desk);
    insta::assert_snapshot!(town.look(merge(), &of("ja")).await, @r#"
    二つのアカウントを一つにする
    ← 利用者
    # 二つのアカウントを一つにする
    なくなるほう: usr_… · 買いもの 0 件
    残るほう: usr_… · 買いもの 4 件
    理由: one person
    - 買いもの、品名、メモ、会員コード、受け取り待ちのレシートが、すべて残るほうに移ります。同じ品の名前やメモは、残るほうのものを使います。
    - なくなるほうでサインインしているブラウザーは、すぐにサインアウトされます。そのサインインの方法は移りません。
    - なくなるほうの参照名、ID、カードは、これからは残るほうを指します。
    - どちらの本人にも、理由といっしょに表示されます。
    元に戻すことはできません。同じ人だと確かめましたか。
    「一つにする」と入力してください [__]
    [一つにする] やめる
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/merge' -d '{"from":"usr_…","reason":"one person"}'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.look(merge(), &of("en")).await, @r#"
    Make one account of two
    ← People
    # Make one account of two
    Goes: usr_… · 0 purchases
    Stays: usr_… · 4 purchases
    Reason: one person
    - Purchases, own names, notes, member codes and receipts that are waited for all go to the account that stays. Of what both have, that account's stays.
    - Browsers that are signed in to the account that goes are signed out at once. Its ways in do not go along.
    - Its reference, its id and its cards lead to the account that stays from now on.
    - Both are told, with your reason.
    This cannot be undone. Did you make sure that it is one person?
    Type “merge” [__]
    [Make them one] Leave it
    The same with curl
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/users/usr_…/merge' -d '{"from":"usr_…","reason":"one person"}'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    town.world.close().await;
}

#[tokio::test]
async fn keys_partners_and_the_log_read_well() {
    let town = Town::quiet().await;
    let kim = json!({"label": "Kim", "store_id": "mart"});
    town.world.order(post("/v1/operators", kim)).await.is(201);
    let partner = json!({"name": "家計簿", "purpose": "家計簿をつけるため", "url": "https://kakeibo.example/"});
    town.world
        .order(post("/v1/partners", partner))
        .await
        .is(201);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/keys").await, @r#"
    鍵
    # 鍵
    鍵は作ったときに一度だけ表示されます。店舗の人には、その店舗だけの鍵を渡せます。
    - Kim tok_… 範囲: 店舗 mart 作成 2026年4月10日 03:00 UTC
    [無効にする]
    - tok_… 範囲: すべて 作成 2026年4月10日 03:00 UTC いま使っている鍵
    ## 鍵をつくる
    使う人 [__]
    店舗ID [__]
    チェーンID [__]
    空欄ならすべて。店舗かチェーンのIDを、どちらか一方だけ入れます。
    [鍵をつくる]
    ## サインイン中のブラウザー
    - tok_… 範囲: すべて 作成 2026年4月10日 03:00 UTC 有効期限 2026年4月10日 15:00 UTC このブラウザー
    記録の受け取り先
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/operators'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/operators' -d '{"label": "Kim"}'
    curl -H "Authorization: Bearer $KEY" -X DELETE 'http://orihon/v1/tokens/tok_…'
    サインイン中のブラウザーの一覧を出すコマンドはありません。ブラウザーのIDは、このページに出ています。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/keys").await, @r#"
    Keys
    # Keys
    A key is shown once, when it is made. People of a store get a key for that store only.
    - Kim tok_… For: store mart made 10 April 2026 03:00 UTC
    [Revoke]
    - tok_… For: everything made 10 April 2026 03:00 UTC the key in use here
    ## Make a key
    Who uses it [__]
    Store id [__]
    Chain id [__]
    Leave both empty for everything, or name one store or one chain.
    [Make a key]
    ## Browsers that are signed in
    - tok_… For: everything made 10 April 2026 03:00 UTC until 10 April 2026 15:00 UTC this browser
    Partners
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/operators'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/operators' -d '{"label": "Kim"}'
    curl -H "Authorization: Bearer $KEY" -X DELETE 'http://orihon/v1/tokens/tok_…'
    No command lists the browsers that are signed in; their ids are on this page.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/partners").await, @r#"
    記録の受け取り先
    ← 鍵
    # 記録の受け取り先
    利用者が同意したときだけ、買いものの記録を受け取れる相手です。だれが同意したかは、ここには出ません。
    - 家計簿 家計簿をつけるため https://kakeibo.example/ http://orihon/consent/par_… 追加 2026年4月10日 03:00 UTC
    なくす
    鍵はすぐに使えなくなり、利用者の同意もすべて消えます。元には戻せません。
    [なくす]
    ## 受け取り先を追加
    名前 [__]
    使いみち [__]
    説明のページ(なくてもよい) [__]
    名前と使いみちは、同意の前に利用者がそのまま読みます。
    [追加]
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/partners'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/partners' -d '{"name": "Kakeibo", "purpose": "to keep your household accounts"}'
    curl -H "Authorization: Bearer $KEY" -X DELETE 'http://orihon/v1/partners/par_…'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/partners").await, @r#"
    Partners
    ← Keys
    # Partners
    Whoever is here receives purchases of people who consented, and of nobody else. Who consented is not shown to you.
    - 家計簿 家計簿をつけるため https://kakeibo.example/ http://orihon/consent/par_… added 10 April 2026 03:00 UTC
    Remove
    Its key stops at once, and all that people consented to is taken away. There is no way back.
    [Remove]
    ## Add a partner
    Name [__]
    Purpose [__]
    Page that says more (optional) [__]
    People read name and purpose, word for word, before they consent.
    [Add]
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/partners'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/partners' -d '{"name": "Kakeibo", "purpose": "to keep your household accounts"}'
    curl -H "Authorization: Bearer $KEY" -X DELETE 'http://orihon/v1/partners/par_…'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/audit").await, @r#"
    操作の記録
    # 操作の記録
    運用者がしたことを、新しい順に並べています。消すことはできません。
    いつ | だれ | 何を | 対象
    2026年4月10日 03:00 UTC | tok_…… | 記録の受け取り先を追加した | par_… 家計簿
    2026年4月10日 03:00 UTC | tok_…… | 運用者の鍵をつくった | tok_… Kim
    2026年4月10日 03:00 UTC | tok_…… | サインインした |
    2026年4月10日 03:00 UTC | tok_…… | 利用者のサインイン用リンクをつくった | usr_…
    2026年4月10日 03:00 UTC | tok_…… | 利用者を登録した |
    2026年4月10日 03:00 UTC | tok_…… | 端末を追加した | mart till 1
    2026年4月10日 03:00 UTC | tok_…… | 店舗を追加した | mart
    前の30日
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/audit'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/audit?before=2026-03-11T03%3A00%3A00.001Z'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/audit").await, @r#"
    Audit log
    # Audit log
    What operators did, newest first. Nobody can take anything out of it.
    When | Who | What | About
    10 April 2026 03:00 UTC | tok_…… | added a partner | par_… 家計簿
    10 April 2026 03:00 UTC | tok_…… | made an operator's key | tok_… Kim
    10 April 2026 03:00 UTC | tok_…… | signed in |
    10 April 2026 03:00 UTC | tok_…… | made a link by which a person signs in | usr_…
    10 April 2026 03:00 UTC | tok_…… | added a person |
    10 April 2026 03:00 UTC | tok_…… | added a device | mart till 1
    10 April 2026 03:00 UTC | tok_…… | added a store | mart
    The 30 days before
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/audit'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/audit?before=2026-03-11T03%3A00%3A00.001Z'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    town.world.close().await;
}
