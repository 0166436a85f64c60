//! Searching: while somebody types, also with an input method, by name, shop, day and amount; and in a book
//! with ten thousand purchases.
import assert from 'node:assert/strict';
import { flow, LANGS, street } from './harness/flow.mjs';

const SAYS = {
  ja: { nothing: '見つかりませんでした', older: 'もっと前を見る', search: 'さがす' },
  en: { nothing: 'Nothing found', older: 'Earlier purchases', search: 'Search' },
};
const ids = (page) => page.locator('.entry').evaluateAll((entries) => entries.map((entry) => entry.id));

/** Waits until just these purchases are shown, in this order. */
async function shows(page, expected) {
  await page.waitForFunction((expected) => {
    const shown = [...document.querySelectorAll('.entry')].map((entry) => entry.id);
    return shown.join() === expected.join();
  }, expected);
}

for (const lang of LANGS) {
  flow('what is typed is found: items, shops, days and amounts', { lang }, async ({ page, context, town, visit, inspect }) => {
    const { person, bought } = await street(town);
    const [first, toast, paper, big, coffee] = bought;
    await town.signIn(context, person);
    await visit('/book');
    const field = page.getByRole('searchbox');
    for (const [typed, found] of [
      ['牛乳', [big, first]],
      ['豆腐', [big]],
      ['earl grey', [big]],
      ['ＥＡＲＬ', [big]], // As an input method may leave it.
      ['トースト', [toast]],
      ['こもれび', [coffee, toast]],
      ['緑町 牛乳', [big, first]], // Every word must be there.
      ['698', [paper]],
      ['¥1,272', [big]],
      ['2026-11-25', [paper]],
      ['11/23', [toast]],
      ['2026年11月28日', [coffee]],
    ]) {
      await field.fill(typed);
      await page.waitForURL((url) => url.searchParams.get('q') === typed);
      await shows(page, found);
    }
    await inspect();
    await field.fill('なし<b>');
    await page.getByRole('heading', { name: SAYS[lang].nothing }).waitFor();
    await inspect();
    await field.fill('');
    await shows(page, [...bought].reverse());
    await page.waitForURL((url) => url.pathname + url.search === '/book');
  });

  flow('a search can be kept, sent on and loaded again', { lang }, async ({ page, context, town, visit }) => {
    const { person, bought } = await street(town);
    await town.signIn(context, person);
    await visit(`/book?q=${encodeURIComponent('豆腐')}`);
    assert.deepEqual(await ids(page), [bought[3]]);
    assert.equal(await page.getByRole('searchbox').inputValue(), '豆腐');
    await page.getByRole('searchbox').fill('牛乳');
    await page.getByRole('searchbox').press('Enter');
    await shows(page, [bought[3], bought[0]]);
    await page.reload();
    await shows(page, [bought[3], bought[0]]);
  });
}

// Tells composing from typing: the first half would search for every step if nobody listened to the input
// method, as plain typing in the second half shows.
flow('nothing is searched for while an input method is still choosing', {}, async ({ page, context, town, visit }) => {
  const { person, bought } = await street(town);
  await town.signIn(context, person);
  await page.clock.install();
  await visit('/book');
  const asked = [];
  page.on('request', (request) => {
    const query = new URL(request.url()).searchParams.get('q');
    if (query !== null) asked.push(query);
  });
  await page.getByRole('searchbox').focus();
  const keys = await context.newCDPSession(page);
  for (const text of ['t', 'と', 'とう', 'とうf', 'とうふ', '豆腐']) {
    await keys.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await page.clock.runFor(1_000);
  }
  assert.equal(await page.getByRole('searchbox').inputValue(), '豆腐');
  assert.deepEqual(asked, []);
  await keys.send('Input.insertText', { text: '豆腐' });
  await page.clock.runFor(1_000);
  await shows(page, [bought[3]]);
  assert.deepEqual(asked, ['豆腐']);

  await page.getByRole('searchbox').fill('');
  await page.clock.runFor(1_000);
  await shows(page, [...bought].reverse());
  for (const letter of 'tea') {
    await page.keyboard.press(letter);
    await page.clock.runFor(1_000);
  }
  await shows(page, [bought[3]]);
  assert.deepEqual(asked, ['豆腐', 't', 'te', 'tea']);
});

flow('a slow answer does not undo a newer one', {}, async ({ page, context, town, visit }) => {
  const { person, bought } = await street(town);
  await town.signIn(context, person);
  await visit('/book');
  let letGo;
  const held = new Promise((go) => { letGo = go; });
  await context.route(/q=%E8%B1%86%E8%85%90/, async (route) => {
    await held;
    await route.continue();
  });
  const field = page.getByRole('searchbox');
  const slow = page.waitForRequest(/q=%E8%B1%86%E8%85%90/);
  await field.fill('豆腐');
  await slow;
  await field.fill('トースト');
  await shows(page, [bought[1]]);
  const late = page.waitForResponse(/q=%E8%B1%86%E8%85%90/);
  letGo();
  await (await late).finished();
  // Asked once more after the late answer, so that it had its chance.
  await field.fill('コーヒー');
  await shows(page, [bought[4], bought[1]]);
  await field.fill('トースト');
  await shows(page, [bought[1]]);
});

const MANY = 10_000;

flow(`a book with ${MANY} purchases is still a book`, {}, async ({ page, context, town, visit, inspect }) => {
  page.setDefaultTimeout(60_000);
  const shop = await town.shop('corner', { name: '角の店' });
  const person = await town.person();
  const from = Date.parse('2020-01-01T09:00:00+09:00');
  const when = (number) => new Date(from + number * 6 * 3_600_000).toISOString();
  const messages = Array.from({ length: MANY }, (_, number) => town.sale(
    shop, person, [number === 7 ? ['4906789012349', 540] : ['4901234567894', 248]], when(number),
  ));
  await town.fileAll(shop, messages);
  await town.signIn(context, person);
  await visit('/book');
  const perPage = 30;
  const first = await ids(page);
  assert.equal(first.length, perPage);
  // Page by page into the past, nothing twice.
  const seen = new Set(first);
  for (let step = 0; step < 3; step += 1) {
    await page.getByRole('link', { name: SAYS.ja.older }).click();
    await page.waitForURL(/cursor=/);
    await page.waitForFunction((last) => document.getElementById(last) === null, [...seen].at(-1));
    for (const id of await ids(page)) seen.add(id);
  }
  assert.equal(seen.size, 4 * perPage);
  await inspect();
  // The one that lies deepest is found, from a page of older ones, and a new one arrives all the same.
  await page.getByRole('searchbox').fill('earl grey');
  await page.waitForFunction(() => document.querySelectorAll('.entry').length === 1);
  await page.locator('.entry').getByText('Earl Grey tea, 25 bags').first().waitFor();
  await page.getByRole('searchbox').fill('');
  await page.waitForFunction((first) => document.getElementById(first) !== null, first[0]);
  const id = await town.sell(shop, person, [['4904567890127', 698]]);
  await page.locator(`#${id}`).waitFor();
});
