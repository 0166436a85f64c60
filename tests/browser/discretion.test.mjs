//! What is private, and shops from which somebody wants nothing: on the pages of the person and at the console.
import assert from 'node:assert/strict';
import { flow, LANGS, openConsole, street, LATELY } from './harness/flow.mjs';

const SAYS = {
  ja: {
    item: '伏せた品', keep: '品名を伏せる', here: 'このレシートだけ伏せる', always: 'この品をいつも伏せる', show: 'この品をいつも出す', plain: 'このレシートだけ出す', marked: '伏せています',
    gift: '値段なしで見る', block: 'このお店の買いものを記録しない', begin: '記録しない', end: 'また記録する', since: /から記録していません/,
    none: /^ありません。/, shop: 'この店', chain: 'チェーン全体',
  },
  en: {
    item: 'private item', keep: 'Keep something private', here: 'Private here', always: 'Always private', show: 'Always show', plain: 'Show here', marked: 'Private',
    gift: 'Without prices', block: 'File nothing more from this shop', begin: 'File nothing', end: 'File again',
    since: /Nothing has been filed since/, none: /^None\. /, shop: 'this shop', chain: 'the whole chain',
  },
};
const MILK = '明治の牛乳 1L';
const NATTO = '極小粒納豆 3個組';

for (const lang of LANGS) {
  const says = SAYS[lang];

  flow('an item is kept private, seen folded, and opened', { lang }, async ({ page, context, town, visit, inspect }) => {
    const { market, person, bought } = await street(town);
    await town.signIn(context, person);
    await visit(`/book/${bought[0]}`);
    const form = page.locator('#private');
    const row = (name) => form.locator('li').filter({ hasText: name });
    await form.getByText(says.keep).click();
    await row(MILK).getByRole('button', { name: says.here }).click();
    await page.locator('.receipt .tag').waitFor();
    // One is back where one pressed: the browser unfolds what the address leads to.
    await row(NATTO).getByRole('button', { name: says.always }).click();
    await page.locator('.receipt .tag').nth(1).waitFor();
    assert.equal(await page.locator('.receipt .tag').count(), 2);
    await inspect();
    // The view for others has the third item only.
    await page.getByRole('link', { name: says.gift }).click();
    await page.locator('.receipt').getByText(says.item).first().waitFor();
    assert.equal(await page.getByText(says.item).count(), 2);
    const gift = await page.locator('main').innerText();
    assert.ok(!gift.includes(MILK) && !gift.includes(NATTO) && gift.includes('手巻おにぎり'), gift);
    await inspect();
    // In the book both are folded, and one opens by a tap. The other purchase with the milk says its name.
    await visit('/book');
    const entry = page.locator(`#${bought[0]}`);
    await entry.locator(':scope > details > summary').click();
    const names = await entry.locator('.names').innerText();
    assert.ok(names.includes(says.item) && !names.includes(MILK), names);
    const hidden = entry.locator('.private').first();
    assert.equal(await hidden.getByText(MILK).isVisible(), false);
    await hidden.locator('summary').click();
    await hidden.getByText(MILK).waitFor();
    await inspect();
    const other = page.locator(`#${bought[3]}`);
    const others = await other.locator('.names').innerText();
    assert.ok(others.includes(MILK), others);
    await other.locator(':scope > details > summary').click();
    assert.equal(await other.locator('.private').count(), 1);
    // What arrives live is folded as well: the item follows.
    const id = await town.sell(market, person, [['4902345678905', 98]]);
    await page.locator(`#${id}`).getByText(says.item).first().waitFor();
    assert.ok(!(await page.locator(`#${id} summary`).first().innerText()).includes(NATTO));
    // And taken back.
    await visit(`/book/${id}`);
    await form.getByText(says.keep).click();
    await row(NATTO).getByRole('button', { name: says.show }).click();
    await page.waitForURL(/#line-1$/);
    assert.equal(await page.locator('.receipt .tag').count(), 0);
  });

  flow('a blocked shop files nothing, until it is taken back', { lang }, async ({ page, context, orihon, town, visit, inspect }) => {
    const { market, cafe, person } = await street(town);
    await town.signIn(context, person);
    const buy = async (shop, lines) => {
      await visit('/code');
      const member_code = (await page.locator('.digits').innerText()).replace(/\D/g, '');
      const sale = { ...town.sale(shop, null, lines, new Date().toISOString()), user: { member_code } };
      const told = await orihon.ask('POST', '/v1/settlements', sale, shop.key);
      if (told.filed) await page.locator('.arrival').waitFor();
      return told;
    };
    const milk = [['4901234567894', 248]];
    assert.equal((await buy(market, milk)).filed, true);
    await visit(`/shops/${market.id}`);
    const form = page.locator('#blocked');
    await form.getByText(says.block).click();
    await inspect();
    await form.getByRole('button', { name: says.begin }).click();
    await form.getByText(says.since).waitFor();
    await inspect();
    const unfiled = await buy(market, milk);
    assert.equal(unfiled.filed, false);
    assert.match(unfiled.claim_code, /^\d{20}$/);
    assert.equal(await page.locator('.arrival').count(), 0);
    // Another shop files as ever.
    assert.equal((await buy(cafe, [['blend', 480]])).filed, true);
    await visit('/book');
    assert.equal(await page.locator(`#${unfiled.purchase_id}`).count(), 0);
    // The account lists it, and gives it back.
    await visit('/account');
    const list = page.locator('#blocks');
    await list.getByText('スーパーふじの木 緑町店').waitFor();
    await inspect();
    await list.getByRole('button', { name: says.end }).click();
    await list.getByText(says.none).waitFor();
    assert.equal((await buy(market, milk)).filed, true);
    // What was not filed meanwhile is brought by its slip.
    await visit(`/c/${unfiled.claim_code}`);
    await page.locator('main form button').first().click();
    await page.locator('.receipt').waitFor();
  });
  flow('what the shop marked as private is shown again, here or always', { lang }, async ({ page, context, town, visit, inspect }) => {
    const { market, person } = await street(town);
    await town.signIn(context, person);
    const buy = (at) => {
      const sale = town.sale(market, person, [['4901234567894', 248], ['4902345678905', 98]], at);
      sale.lines[1].sensitive = true;
      return town.file(market, sale);
    };
    const [first, second] = [await buy(`${LATELY}T11:00:00+09:00`), await buy(`${LATELY}T12:00:00+09:00`)];
    const isPrivate = async (id) => (await page.locator(`#${id} .names`).innerText()).includes(says.item);
    const inBook = async (...ids) => {
      await visit('/book');
      return Promise.all(ids.map(isPrivate));
    };
    assert.deepEqual(await inBook(first, second), [true, true]);
    await visit(`/book/${first}`);
    assert.equal(await page.locator('.receipt .tag').innerText(), says.marked);
    const form = page.locator('#private');
    await form.getByText(says.keep).click();
    await inspect();
    await form.getByRole('button', { name: says.plain }).click();
    await page.waitForURL(/#line-2$/);
    assert.equal(await page.locator('.receipt .tag').count(), 0);
    assert.deepEqual(await inBook(first, second), [false, true], 'the other receipt is as the shop sent it');
    await visit(`/book/${second}`);
    await form.getByText(says.keep).click();
    await form.getByRole('button', { name: says.show }).click();
    await page.waitForURL(/#line-2$/);
    // What is sold from now on is shown as well, though the shop goes on marking it.
    const third = await buy(`${LATELY}T13:00:00+09:00`);
    assert.deepEqual(await inBook(first, second, third), [false, false, false]);
  });

  flow('a chain is blocked with all its shops', { lang, size: 'desktop' }, async ({ page, context, orihon, town, visit, inspect }) => {
    const { market, cafe, person } = await street(town);
    await orihon.ask('POST', '/v1/chains', { chain_id: 'midori', name: 'みどり商店会' });
    const sister = await town.shop('fujinoki-2', { name: 'スーパーふじの木 駅前店', chain_id: 'midori' });
    await orihon.ask('PATCH', '/v1/stores/fujinoki', { chain_id: 'midori' });
    await town.signIn(context, person);
    const buy = (shop, lines) => town.sell(shop, person, lines, new Date().toISOString());
    const milk = [['4901234567894', 248]];
    await visit(`/shops/${market.id}`);
    const row = (kind) => page.locator('#blocked li').filter({ hasText: kind });
    await page.locator('#blocked').getByText(says.block).click();
    await row(says.shop).getByText('スーパーふじの木 緑町店').waitFor();
    await row(says.chain).getByText('みどり商店会').waitFor();
    await row(says.chain).getByRole('button', { name: says.begin }).click();
    await row(says.chain).getByText(says.since).waitFor();
    assert.equal(await row(says.shop).getByText(says.since).count(), 0, 'the shop alone is not blocked besides');
    await inspect();
    const unfiled = [await buy(market, milk), await buy(sister, milk)];
    const filed = await buy(cafe, [['blend', 480]]);
    await visit('/book');
    await page.locator(`#${filed}`).waitFor();
    for (const id of unfiled) assert.equal(await page.locator(`#${id}`).count(), 0);
    // The page of the other shop says so, too; and the account gives the chain back.
    await visit(`/shops/${sister.id}`);
    await row(says.chain).getByText(says.since).waitFor();
    await visit('/account');
    const list = page.locator('#blocks');
    await list.getByText('みどり商店会').waitFor();
    await list.getByText(says.chain).waitFor();
    await inspect();
    await list.getByRole('button', { name: says.end }).click();
    await list.getByText(says.none).waitFor();
    const again = [await buy(market, milk), await buy(sister, milk)];
    await visit('/book');
    for (const id of again) await page.locator(`#${id}`).waitFor();
  });
}

flow('without scripts all of it works', { lang: 'en', scripts: 'off' }, async ({ page, context, town, visit }) => {
  const { person, bought } = await street(town);
  await town.signIn(context, person);
  await visit(`/book/${bought[0]}`);
  await page.locator('#private summary').click();
  await page.locator('#private').getByRole('button', { name: 'Private here' }).first().click();
  await page.locator('.receipt .tag').waitFor();
  await page.locator('#blocked summary').click();
  await page.locator('#blocked').getByRole('button', { name: 'File nothing' }).click();
  await page.locator('#blocked').getByText(/Nothing has been filed since/).waitFor();
  await visit('/book');
  const entry = page.locator(`#${bought[0]}`);
  await entry.locator(':scope > details > summary').click();
  await entry.locator('.private summary').click();
  await entry.locator('.private').getByText(MILK).waitFor();
});

flow('at the console a private item is opened by a button, which is noted', { lang: 'en', size: 'desktop' }, async ({ page, orihon, town, visit, inspect }) => {
  const shop = await town.shop('corner', { name: 'Corner' });
  const sale = town.sale(shop, null, [['4901234567894', 248], ['4902345678905', 98]]);
  sale.lines[1].sensitive = true;
  await town.file(shop, sale);
  await openConsole({ page, visit }, orihon.operator);
  await visit('/console/receipts');
  await page.locator('input[name=store_id]').first().fill('corner');
  await page.locator('input[name=date]').first().fill(LATELY);
  await page.locator('input[name=number]').first().fill(sale.transaction);
  await page.getByRole('button', { name: 'Find' }).click();
  await page.locator('.receipt').getByText('private item').waitFor();
  const hidden = await page.locator('.receipt').innerText();
  assert.ok(!hidden.includes(NATTO) && hidden.includes(MILK), hidden);
  await inspect();
  await page.getByRole('button', { name: 'Open private items' }).click();
  await page.locator('.receipt').getByText(NATTO).waitFor();
  await inspect();
  await visit('/console/audit');
  await page.getByText('opened private items of a receipt').waitFor();
});
