//! What clerks do at the console besides adding stores: look at two settlements under one number, and at what an
//! item was called; say that a late name is the right one; give out keys that open some stores only, and end them.
import assert from 'node:assert/strict';
import { flow, GOODS, LANGS, openConsole, street, LATELY } from './harness/flow.mjs';

const SAYS = {
  ja: {
    conflicts: '食い違い', recorded: '記録されているもの', later: 'あとから届いたもの', total: '合計', same: /違いは、支払いなど/, none: '食い違いはありません', item: '伏せられた品', open: '伏せられた品を開く', opened: '操作の記録に残りました',
    history: 'これまでの名前', gone: '取扱終了', find: 'さがす', nothing: '見つかりませんでした',
    ask: '第1版の「冬限定 ゆず大福」と同じ商品ですか', confirm: 'この品名でよい', empty: '品名を待っている商品はありません',
    holder: '使う人', storeId: '店舗ID', chainId: 'チェーンID', make: '鍵をつくる', made: '鍵ができました', faults: '店舗IDとチェーンIDの両方が入っています。どちらか一方だけにしてください。', revoke: '無効にする', reach: '範囲: 店舗 fujinoki', chain: '範囲: チェーン midori', signIn: '管理画面にサインイン',
  },
  en: {
    conflicts: 'conflicts', recorded: 'Recorded', later: 'Came later', total: 'Total', same: /They differ only in parts/, none: 'There are no conflicts', item: 'private item', open: 'Open private items', opened: 'written into the audit log',
    history: 'Its names so far', gone: 'discontinued', find: 'Find', nothing: 'Nothing was found',
    ask: 'Is it “冬限定 ゆず大福” of revision 1?', confirm: 'This is its name', empty: 'No item waits for a name',
    holder: 'Who uses it', storeId: 'Store id', chainId: 'Chain id', make: 'Make a key', made: 'The key is made', faults: 'Both a store and a chain are named. Please name only one of them.', revoke: 'Revoke', reach: 'For: store fujinoki', chain: 'For: chain midori', signIn: 'Sign in to the console',
  },
};
const MILK = '4901234567894';
const FORGOTTEN = '2199032729580';
/** Longer ago than names are found by themselves: 31 days. */
const LONG_AGO = new Date(Date.now() - 40 * 24 * 3_600_000).toISOString();

for (const lang of LANGS) {
  const says = SAYS[lang];
  const [size, scheme] = lang === 'ja' ? ['phone', 'light'] : ['desktop', 'dark'];

  flow('two settlements under one number stand side by side', { lang, size, scheme }, async (world) => {
    const { page, orihon, town, visit, inspect } = world;
    const { market, person } = await street(town);
    await openConsole(world, orihon.operator);
    await visit('/console/stores/fujinoki/conflicts');
    await page.getByText(says.none).waitFor();
    const first = town.sale(market, person, [[MILK, 248], ['4902345678905', 98], ['4905678901238', 150]]);
    const other = { ...town.sale(market, person, [[MILK, 248], ['4902345678905', 98, 2]]), transaction: first.transaction };
    other.lines[1].sensitive = true;
    await town.file(market, first);
    await assert.rejects(() => town.file(market, other), /answered 409.*key_conflict/);
    // Another one differs in nothing that is compared line by line.
    const paid = town.sale(market, person, [['4904567890127', 698]]);
    await town.file(market, paid);
    await assert.rejects(() => town.file(market, { ...paid, tenders: [{ kind: 'qr', amount: 698 }] }), /answered 409/);

    await visit('/console');
    await page.locator('#tiles li').filter({ hasText: says.conflicts }).first().getByText('2', { exact: true }).waitFor();
    await visit('/console/stores/fujinoki/conflicts');
    const pair = page.locator('.conflict').filter({ hasText: first.transaction });
    const sides = pair.locator('.sides > div');
    assert.deepEqual(await sides.locator('h3').allInnerTexts(), [says.recorded, says.later]);
    const told = (side) => sides.nth(side).locator('tbody tr').evaluateAll((rows) => rows.map((row) => [
      ...[...row.cells].map((cell) => cell.innerText), row.classList.contains('differs'),
    ]));
    // By name on both sides, as the store's catalogue had it at the sale.
    const [milk, natto, rice] = [MILK, '4902345678905', '4905678901238'].map((code) => `${GOODS.find(([known]) => known === code)[1]} ${code}`);
    assert.deepEqual(await told(0), [[milk, '1', '¥248', false], [natto, '1', '¥98', true], [rice, '1', '¥150', true], [says.total, '', '¥496', true]]);
    // What is private on one side only is hidden there, until somebody opens it.
    assert.deepEqual(await told(1), [[milk, '1', '¥248', false], [says.item, '', '¥196', true], [says.total, '', '¥444', true]]);
    assert.equal(await pair.locator('mark').count(), 5);
    const [left, right] = await sides.evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect()).map(({ x, y }) => ({ x, y })));
    assert.ok(size === 'phone' ? left.y < right.y : left.x < right.x && left.y === right.y, JSON.stringify([left, right]));
    await page.locator('.conflict').filter({ hasText: paid.transaction }).getByText(says.same).waitFor();
    assert.equal(await pair.getByText(says.same).count(), 0);
    const seen = await page.content();
    assert.ok(!seen.includes(person.id) && !seen.includes('customer-1'));
    await inspect();
    await pair.getByRole('button', { name: says.open }).click();
    await pair.getByRole('status').getByText(says.opened).waitFor();
    assert.deepEqual((await told(1))[1], [natto, '2', '¥196', true]);
    await inspect();
  });

  flow('an item tells what it was called, and a late name is confirmed', { lang, size, scheme }, async (world) => {
    const { page, orihon, town, visit, inspect } = world;
    const shop = await town.shop('corner', { name: 'コーナー商店', goods: [] });
    const person = await town.person();
    const id = await town.sell(shop, person, [[FORGOTTEN, 181]], LONG_AGO);
    await openConsole(world, orihon.operator);
    await town.name(shop, [[FORGOTTEN, '冬限定 ゆず大福', 181, '8']]);
    await visit('/console/stores/corner/pending');
    await page.getByText(says.ask).waitFor();
    await inspect();
    const name = async () => (await orihon.ask('GET', `/v1/me/purchases/${id}`, undefined, person.token)).lines[0].name ?? null;
    assert.equal(await name(), null, 'it is too long ago for a name to come by itself');
    await page.getByRole('button', { name: says.confirm }).click();
    await page.getByText(says.empty).waitFor();
    assert.equal(await name(), '冬限定 ゆず大福');

    // Renamed, and then sold no more.
    await town.name(shop, GOODS.slice(0, 2));
    const change = (revision, changes) => orihon.ask('PUT', '/v1/stores/corner/catalogue', { base_revision: revision - 1, revision, changes }, shop.key);
    await change(3, [{ code: MILK, name: '明治の牛乳 1L (新)', unit_price: 258, tax_percent: '8', effective_from: `${LATELY}T00:00:00+09:00` }]);
    await change(4, [{ code: MILK, discontinued: true, effective_from: `${LATELY}T12:00:00+09:00` }]);
    await visit('/console/stores/corner/items');
    await page.getByRole('searchbox').fill('納豆');
    await page.getByRole('button', { name: says.find }).click();
    await page.waitForURL(/q=/);
    assert.equal(await page.locator('tbody tr').count(), 1);
    await page.getByRole('searchbox').fill('ＭＩＬＫ');
    await page.getByRole('button', { name: says.find }).click();
    await page.getByText(says.nothing).waitFor();
    await visit('/console/stores/corner/items');
    await page.getByRole('link', { name: MILK }).click();
    await page.getByRole('heading', { level: 1, name: says.history }).waitFor();
    const rows = await page.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].slice(1).map((cell) => cell.innerText)));
    assert.deepEqual(rows, [[says.gone, '', '4'], ['明治の牛乳 1L (新)', '¥258', '3'], ['明治の牛乳 1L', '¥248', '2']]);
    await inspect();
  });

  flow('a key opens some stores only, until it is revoked', { lang, size, scheme }, async (world) => {
    const { page, orihon, town, visit, inspect, another } = world;
    await street(town);
    await orihon.ask('POST', '/v1/chains', { chain_id: 'midori', name: 'みどり商店会' });
    await orihon.ask('PATCH', '/v1/stores/kissa', { chain_id: 'midori' });
    await openConsole(world, orihon.operator);
    await visit('/console/keys');
    const make = async (holder, store, chain) => {
      await page.getByLabel(says.holder).fill(holder);
      await page.getByLabel(says.storeId).fill(store);
      await page.getByLabel(says.chainId).fill(chain);
      await page.getByRole('button', { name: says.make }).click();
    };
    world.foresee(/422/);
    await make('Kim', 'fujinoki', 'midori');
    await page.getByRole('alert').getByText(says.faults).waitFor();
    assert.equal(await page.getByLabel(says.holder).inputValue(), 'Kim');
    await inspect();
    await make('Kim', 'fujinoki', '');
    await page.getByRole('status').getByText(says.made).waitFor();
    const secret = await page.getByRole('status').locator('.secret').innerText();
    assert.match(secret, /^oro_/);
    await inspect();
    await make('Sato', '', 'midori');
    await page.getByRole('status').getByText(says.made).waitFor();
    const chained = await page.getByRole('status').locator('.secret').innerText();
    // Shown once, and never again.
    await visit('/console/keys');
    assert.equal(await page.locator('.secret').count(), 0);
    const row = (holder) => page.locator('main > .list').first().locator('li').filter({ hasText: holder });
    await row('Kim').getByText(says.reach).waitFor();
    await row('Sato').getByText(says.chain).waitFor();

    const sees = async (who, key, own, foreign) => {
      await openConsole(who, key);
      const places = await who.page.getByRole('navigation').first().getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      assert.deepEqual(places, ['/console', '/console/stores', '/console/receipts']);
      await who.visit('/console/stores');
      const stores = await who.page.locator('main a[href^="/console/stores/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      assert.deepEqual([...new Set(stores)], [`/console/stores/${own}`]);
      who.foresee(/403/);
      for (const path of [`/console/stores/${foreign}`, '/console/keys', '/console/people', '/console/audit']) {
        const answer = await who.visit(path);
        assert.equal(answer.status(), 403, path);
      }
      await who.inspect();
    };
    const kim = await another({ lang, size });
    await sees(kim, secret, 'fujinoki', 'kissa');
    const sato = await another({ lang, size });
    await sees(sato, chained, 'kissa', 'fujinoki');

    await page.reload();
    await row('Kim').getByRole('button', { name: says.revoke }).click();
    await row('Kim').waitFor({ state: 'detached' });
    // Whoever sat at the console by that key is out, and it lets nobody in again; the other one stays.
    await kim.visit('/console/stores');
    await kim.page.getByRole('heading', { level: 1, name: says.signIn }).waitFor();
    await kim.page.locator('input[name=key]').fill(secret);
    await kim.page.locator('form[action="/console/sign-in"] button').click();
    await kim.page.getByRole('alert').waitFor();
    await sato.visit('/console/stores');
    await sato.page.getByRole('link', { name: '喫茶こもれび' }).waitFor();
    await inspect();
  });
}
