//! The open book: purchases that arrive while somebody looks at it, and names that come later.
import assert from 'node:assert/strict';
import { flow, LANGS, street, LATELY } from './harness/flow.mjs';

const SAYS = {
  ja: { arrived: '届きました', pending: '品名待ち', title: '買いものの記録' },
  en: { arrived: 'Just arrived', pending: 'name to come', title: 'What you bought' },
};

for (const lang of LANGS) {
  flow('a sale appears in the open book with its names', { lang }, async ({ page, context, town, visit, inspect }) => {
    const { market, person } = await street(town);
    await town.signIn(context, person);
    await visit('/book');
    const id = await town.sell(market, person, [['4901234567894', 248], ['4905678901238', 150, 2]], `${LATELY}T18:05:00+09:00`);
    const entry = page.locator(`#${id}`);
    await entry.locator('.names').getByText(lang === 'ja' ? '明治の牛乳 1L、手巻おにぎり 鮭' : '明治の牛乳 1L, 手巻おにぎり 鮭').waitFor();
    await entry.locator('.total').getByText('¥548').waitFor();
    assert.equal(await entry.getAttribute('data-sign'), SAYS[lang].arrived);
    // It stands where it will stand when the page is loaded again: above the earlier one of its day.
    const order = () => page.locator('.entry').evaluateAll((entries) => entries.map((entry) => entry.id));
    const live = await order();
    await inspect();
    await page.reload();
    assert.deepEqual(await order(), live);
    assert.equal(live[0], id);
  });

  flow('the first purchase takes the place of the empty book', { lang }, async ({ page, context, town, visit }) => {
    const shop = await town.shop('corner', { name: 'Corner' });
    const person = await town.person();
    await town.signIn(context, person);
    await visit('/book');
    await page.locator('.empty').waitFor();
    const id = await town.sell(shop, person, [['4906789012349', 540]]);
    await page.locator(`#${id}`).waitFor();
    assert.equal(await page.locator('.empty').count(), 0);
  });

  flow('a name that comes later appears by itself', { lang }, async ({ page, context, town, visit, inspect }) => {
    const shop = await town.shop('corner', { name: 'Corner', goods: [] });
    const person = await town.person();
    await town.signIn(context, person);
    const id = await town.sell(shop, person, [['2199032729580', 181]]);
    await visit('/book');
    const entry = page.locator(`#${id}`);
    await entry.locator('summary').getByText(SAYS[lang].pending).waitFor();
    await entry.locator('summary').click();
    await entry.getByText('2199032729580').waitFor();
    await inspect();
    await town.name(shop, [['2199032729580', '冬限定 ゆず大福', 181, '8']]);
    await entry.locator('.items').getByText('冬限定 ゆず大福').waitFor();
    // Whoever had it open keeps it open.
    assert.ok(await entry.locator('details').evaluate((details) => details.open));
  });
}

flow('what is sold between the page and its listening is not missed', {}, async ({ page, context, town, visit }) => {
  const shop = await town.shop('corner', { name: 'Corner' });
  const person = await town.person();
  await town.signIn(context, person);
  // The page begins to listen only when the sale is filed already.
  let sold;
  await context.route('**/book/live*', async (route) => {
    sold ??= await town.sell(shop, person, [['4901234567894', 248]]);
    await route.continue();
  });
  await visit('/book');
  await page.locator('.entry').getByText('明治の牛乳 1L').first().waitFor();
  assert.equal(await page.locator('.entry').getAttribute('id'), sold);
});

flow('two open books both hear of it', { size: 'desktop' }, async ({ page, context, town, visit, another }) => {
  const { market, person } = await street(town);
  const phone = await another({ size: 'phone', lang: 'en' });
  await town.signIn(context, person);
  await town.signIn(phone.context, person);
  await visit('/book');
  await phone.visit('/book');
  const id = await town.sell(market, person, [['4904567890127', 698]]);
  await page.locator(`#${id}`).waitFor();
  await phone.page.locator(`#${id}`).waitFor();
});

flow('what somebody else buys appears nowhere', {}, async ({ page, context, town, visit }) => {
  const { market, person } = await street(town);
  const other = await town.person('customer-2');
  await town.signIn(context, person);
  await visit('/book');
  const theirs = await town.sell(market, other, [['4901234567894', 248]]);
  const own = await town.sell(market, person, [['4904567890127', 698]]);
  await page.locator(`#${own}`).waitFor();
  assert.equal(await page.locator(`#${theirs}`).count(), 0);
});

flow('a sale that comes while somebody searches is not mixed into what was found', {}, async ({ page, context, town, visit }) => {
  const { market, cafe, person } = await street(town);
  await town.signIn(context, person);
  await visit('/book');
  await page.getByRole('searchbox').fill('コーヒー');
  await page.waitForURL(/q=/);
  assert.equal(await page.locator('.entry').count(), 2);
  const other = await town.sell(market, person, [['4904567890127', 698]]);
  const found = await town.sell(cafe, person, [['blend', 480]]);
  await page.locator(`#${found}`).waitFor();
  assert.equal(await page.locator(`#${other}`).count(), 0);
  // With the search gone everything is there.
  await page.getByRole('searchbox').fill('');
  await page.locator(`#${other}`).waitFor();
});

flow('after a visit to a receipt the book is as new as it can be', { lang: 'en' }, async ({ page, context, town, visit, goBack }) => {
  const { market, person, bought } = await street(town);
  await town.signIn(context, person);
  await visit('/book');
  await page.locator(`#${bought.at(-1)} summary`).click();
  await page.locator(`#${bought.at(-1)}`).getByRole('link').click();
  await page.waitForURL(`**/book/${bought.at(-1)}`);
  const id = await town.sell(market, person, [['4904567890127', 698]]);
  await goBack();
  await page.locator(`#${id}`).waitFor();
});

flow('once the account is closed in this browser, going back shows nothing of it', { lang: 'en' }, async ({ page, context, town, visit, goBack }) => {
  const { person, bought } = await street(town);
  await town.signIn(context, person);
  await visit('/book');
  await visit(`/book/${bought[0]}`);
  await context.clearCookies();
  await visit('/');
  await page.getByRole('heading', { level: 1, name: 'What you bought, in words' }).waitFor();
  for (const path of [`/book/${bought[0]}`, '/book']) {
    const asked = page.waitForResponse((answer) => new URL(answer.url()).pathname === path);
    await goBack();
    await asked;
    await page.waitForURL('**/');
    await page.getByRole('heading', { level: 1, name: 'What you bought, in words' }).waitFor();
    assert.equal(await page.locator('.entry, .receipt').count(), 0);
  }
});

flow('without scripts the book is whole', { lang: 'en', scripts: 'off' }, async ({ page, context, town, visit }) => {
  const { person, bought } = await street(town);
  await town.signIn(context, person);
  await visit('/book');
  assert.equal(await page.locator('.entry').count(), bought.length);
  await page.getByRole('searchbox').fill('tea');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.waitForURL(/q=tea/);
  assert.equal(await page.locator('.entry').count(), 1);
  await page.locator('.entry summary').click();
  await page.getByRole('link', { name: 'See the receipt' }).click();
  await page.locator('.receipt').getByText('Earl Grey tea, 25 bags').waitFor();
});
