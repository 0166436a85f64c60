//! Who reads, and how: in another language, in the dark, with the keyboard alone, and names that mean harm.
import assert from 'node:assert/strict';
import { SIZES } from './harness/browser.mjs';
import { flow, openConsole, street } from './harness/flow.mjs';

for (const [from, to, button, title] of [['ja', 'en', 'English', 'What you bought'], ['en', 'ja', '日本語', '買いものの記録']]) {
  for (const scripts of ['on', 'off']) {
    flow(`the language is changed where one is reading, to ${to}`, { lang: from, scripts }, async ({ page, context, town, visit }) => {
      const { person, bought } = await street(town);
      await town.signIn(context, person);
      await visit(`/book/${bought[0]}?view=gift`);
      await page.getByRole('button', { name: button }).click();
      await page.locator(`html[lang=${to}]`).waitFor();
      assert.equal(page.url(), `${town.orihon.base}/book/${bought[0]}?view=gift`);
      // It is kept, and stands above what the browser asks for.
      await visit('/book');
      assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), title);
      assert.equal(await page.getByRole('button', { name: button }).getAttribute('aria-pressed'), 'true');
    });
  }
}

/** Pages that anybody sees, that somebody with purchases sees, and that clerks see. */
const OPEN = ['/', '/sign-in', '/c/31415926535897932384'];
const OWN = (receipt) => [
  '/book', '/book?q=nothing-like-it', `/book/${receipt}`, `/book/${receipt}?view=gift`, '/months/2026-11', '/months/2025-01', '/years/2026',
  '/items/gtin/4901234567894', '/shops', '/shops/fujinoki', '/at/kissa', '/account', '/account/password', '/account/leave',
  '/household', '/household/book', '/code', '/code/card', '/claim', '/claim/missing', '/claim/missing?store=fujinoki',
];
const DESK = [
  '', '/stores', '/receipts', '/people', '/keys', '/partners', '/audit',
  ...['', '/items', '/item?code=4901234567894', '/pending', '/days', '/days/2026-11-27', '/conflicts', '/missing'].map((place) => `/stores/fujinoki${place}`),
].map((place) => `/console${place}`);
const OTHER = { light: 'dark', dark: 'light', phone: 'desktop', desktop: 'phone' };

/** Reads pages in the light and at the size of the visitor's browser, and once more in the other light and at the other
 * size, where nothing but colours and widths is new. */
async function readAll({ page, visit, inspect }, { size, scheme }, paths) {
  const ground = async (path, scheme) => {
    const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const isLight = colour.match(/\d+/g).reduce((sum, part) => sum + Number(part), 0) > 380;
    assert.equal(isLight, scheme === 'light', `${path} is ${colour}`);
  };
  for (const path of paths) {
    await visit(path);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    // What is folded must be readable, too.
    await page.evaluate(() => document.querySelectorAll('main details').forEach((details) => { details.open = true; }));
    await ground(path, scheme);
    await inspect();
    await page.emulateMedia({ colorScheme: OTHER[scheme] });
    await page.setViewportSize(SIZES[OTHER[size]]);
    await ground(path, OTHER[scheme]);
    await inspect(['color-contrast']);
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize(SIZES[size]);
  }
}

for (const look of [{ lang: 'ja', size: 'phone', scheme: 'dark' }, { lang: 'en', size: 'desktop', scheme: 'light' }]) {
  flow('every page of a person can be read, in any light and on any screen', look, async (world) => {
    const { market, person, bought } = await street(world.town);
    await world.town.sell(market, person, [['2199032729580', 181]]);
    await readAll(world, look, OPEN);
    await world.town.signIn(world.context, person);
    await readAll(world, look, OWN(bought[3]));
  });

  flow('every page of the console can be read, in any light and on any screen', look, async (world) => {
    const { market } = await street(world.town);
    await world.town.sell(market, undefined, [['2199032729580', 181]]);
    await openConsole(world, world.orihon.operator);
    await readAll(world, look, DESK);
  });
}

flow('the keyboard is enough', { lang: 'en', size: 'desktop' }, async ({ page, context, town, visit }) => {
  const { person, bought } = await street(town);
  await town.signIn(context, person);
  await visit('/book');
  const focused = () => page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    return { text: document.activeElement.textContent, id: document.activeElement.id, ring: `${outlineStyle} ${outlineWidth}` };
  });
  // Unseen until it is reached.
  const skip = page.getByRole('link', { name: 'Skip to content' });
  assert.ok((await skip.boundingBox()).x < 0);
  await page.keyboard.press('Tab');
  assert.deepEqual(await focused(), { text: 'Skip to content', id: '', ring: 'solid 3px' });
  assert.ok((await skip.boundingBox()).x >= 0);
  await page.keyboard.press('Enter');
  // Past the places at the top, to the first thing of the page itself.
  await page.keyboard.press('Tab');
  assert.equal((await focused()).id, 'q');
  await page.keyboard.type('toast');
  await page.waitForFunction(() => document.querySelectorAll('.entry').length === 0);
  await page.keyboard.press('Control+A');
  await page.keyboard.type('11/27');
  // The address is the last that changes when an answer is shown.
  await page.waitForURL((url) => url.searchParams.get('q') === '11/27');
  assert.equal(await page.locator('.entry').count(), 1);
  await page.keyboard.press('Tab'); // The button.
  await page.keyboard.press('Tab'); // The entry.
  assert.equal((await focused()).ring, 'solid 3px');
  await page.keyboard.press('Enter');
  await page.locator(`#${bought[3]} details[open]`).waitFor();
  await page.keyboard.press('Tab');
  assert.equal((await focused()).text, 'See the receipt');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/book/${bought[3]}`);
});

// What the interface takes as names, however unfriendly.
const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(2)</script>',
  "');alert(3);//",
  '</summary></details><h1>You won</h1>',
  '{{constructor.constructor("alert(4)")()}}',
  'javascript:alert(5)',
  'شاي أخضر ١٠٠ غ',
  'חלב 3%',
  `Ｗ${'w'.repeat(190)}`,
  `${'e\u0301\u0302\u0303\u0304\u0306'.repeat(20)}`,
  '👩‍👩‍👧‍👦'.repeat(12),
  '&lt;b&gt; &amp; &copy;',
];

for (const [size, lang] of [['phone', 'ja'], ['desktop', 'en']]) {
  flow('names that mean harm do none', { size, lang }, async ({ page, context, town, visit, inspect }) => {
    const person = await town.person();
    const goods = HOSTILE.map((name, at) => [`item-${at}`, name, 100 + at, '8']);
    const shop = await town.shop('corner', { name: HOSTILE[1], address: HOSTILE[0], receipt_footer: HOSTILE[3], goods });
    await town.signIn(context, person);
    await visit('/book');
    // By the live way as well as by the page itself.
    const id = await town.sell(shop, person, goods.map(([code, , price], at) => [code, price, 1 + at % 2]));
    const entry = page.locator(`#${id}`);
    await entry.waitFor();
    for (const load of [async () => {}, () => page.reload(), () => visit(`/book?q=${encodeURIComponent(HOSTILE[1])}`)]) {
      await load();
      await entry.locator('summary').click();
      assert.equal(await entry.locator('.shop').textContent(), HOSTILE[1]);
      assert.deepEqual(await entry.locator('.items .name').allTextContents(), HOSTILE);
      assert.equal(await page.locator('main img, main script, main h1:not(.unseen)').count(), 0);
      // Amounts stand where they stand, whichever way a name runs and however long it is.
      const ends = await entry.locator('.items .amount').evaluateAll((amounts) => amounts.map((amount) => Math.round(amount.getBoundingClientRect().right)));
      assert.equal(new Set(ends).size, 1, `the amounts end at ${ends}`);
      await inspect();
    }
    await visit(`/book/${id}`);
    assert.deepEqual((await page.locator('.receipt .lines .name bdi').allTextContents()), HOSTILE);
    assert.equal(await page.title(), `${HOSTILE[1]} · Orihon`);
    await inspect();
  });
}
