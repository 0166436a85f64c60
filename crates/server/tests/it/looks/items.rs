//! The console: catalogues, and lines that wait for a name.

use super::Town;

#[tokio::test]
async fn a_catalogue_reads_well() {
    let town = Town::busy().await;
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart/items").await, @r#"
    商品
    ← スーパーふじの木 緑町店
    # 商品
    2 品目 · 版 1
    コードか品名 [_コードか品名_]
    [さがす]
    コード | 品名 | 価格
    2000001 | ごはん 200g | ¥130
    4901234567894 | おいしい牛乳 1L | ¥248
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue/changes?after=0'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue/items/2000001'
    さがすコマンドはありません。変更の一覧を品名で絞りこんでください。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart/items").await, @r#"
    Items
    ← スーパーふじの木 緑町店
    # Items
    2 items · revision 1
    Code or name [_Code or name_]
    [Find]
    Code | Name | Price
    2000001 | ごはん 200g | ¥130
    4901234567894 | おいしい牛乳 1L | ¥248
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue/changes?after=0'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue/items/2000001'
    No command searches. Look through the list of changes for the name.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart/items?q=nothing").await, @r#"
    商品
    ← スーパーふじの木 緑町店
    # 商品
    2 品目 · 版 1
    コードか品名 [_nothing_]
    [さがす]
    見つかりませんでした。
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue/changes?after=0'
    さがすコマンドはありません。変更の一覧を品名で絞りこんでください。
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart/items?q=nothing").await, @r#"
    Items
    ← スーパーふじの木 緑町店
    # Items
    2 items · revision 1
    Code or name [_nothing_]
    [Find]
    Nothing was found.
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue'
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue/changes?after=0'
    No command searches. Look through the list of changes for the name.
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart/item?code=4901234567894").await, @r#"
    これまでの名前
    ← スーパーふじの木 緑町店
    # これまでの名前
    4901234567894
    いつから | 品名 | 価格 | 版
    2020年1月1日 00:00 | おいしい牛乳 1L | ¥248 | 1
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue/items/4901234567894'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart/item?code=4901234567894").await, @r#"
    Its names so far
    ← スーパーふじの木 緑町店
    # Its names so far
    4901234567894
    From | Name | Price | Revision
    1 January 2020 00:00 | おいしい牛乳 1L | ¥248 | 1
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/catalogue/items/4901234567894'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    insta::assert_snapshot!(town.ja(&town.desk, "/console/stores/mart/pending").await, @r#"
    品名待ち
    ← スーパーふじの木 緑町店
    # 品名待ち
    台帳にない商品が売れました。端末で品名を登録すると、過去のレシートにも自動で入ります。 頼むと、店の端末に表示されます。品名が入ると、自動で消えます。
    - 2199032729580 1 行 · 最後に売れた日 2026年4月10日 11:30
    [店に品名を頼む]
    curl で同じことをする
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/pending'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/pending/2199032729580/wish'
    $KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。
    [サインアウト]
    "#);
    insta::assert_snapshot!(town.en(&town.desk, "/console/stores/mart/pending").await, @r#"
    Waiting for a name
    ← スーパーふじの木 緑町店
    # Waiting for a name
    Items were sold that the catalogue does not know. Once the device names them, receipts get the name by themselves. What you ask for is shown on the store's device, and goes away by itself once the item has its name.
    - 2199032729580 1 line · last sold 10 April 2026 11:30
    [Ask the store for this name]
    The same with curl
    curl -H "Authorization: Bearer $KEY" 'http://orihon/v1/stores/mart/pending'
    curl -H "Authorization: Bearer $KEY" -X POST 'http://orihon/v1/stores/mart/pending/2199032729580/wish'
    $KEY stands for your key. Words in capitals, and “…”, are yours to fill in.
    [Sign out]
    "#);
    town.world.close().await;
}
