//! The pages of understanding: what months and years cost, what an item cost in each shop, what was bought at a
//! shop before, and somebody's own words beside the shop's. On screens and on paper.
import assert from 'node:assert/strict';
import { flow, LANGS, street } from './harness/flow.mjs';

const SAYS = {
  ja: {
    november: '2026年11月', october: '2026年10月', year: '2026年', spent: '買いもの7回', before: '前の月', table: '表で見る', byDay: '日ごと', byMonth: '月ごと', shop: 'お店ごと', category: '分類ごと',
    item: '品ごと', none: '分類なし', dairy: '乳製品', coupons: 'クーポン', prices: '値段のうつりかわり', lowest: 'いちばん安い', each: '買った記録', shops: 'よく行くお店', here: 'ここで買ったもの', present: 'いまいるお店',
    latest: '最近買った順', never: 'このお店での買いものは、まだありません', own: '自分だけの呼び名', save: '保存する', note: 'メモ', nothing: '買いものはありません', empty: 'この品の買いものはありません',
  },
  en: {
    november: 'November 2026', october: 'October 2026', year: '2026', spent: '7 purchases', before: 'The month before', table: 'As a table', byDay: 'By day', byMonth: 'By month', shop: 'By shop', category: 'By category',
    item: 'By item', none: 'No category', dairy: '乳製品', coupons: 'Coupons', prices: 'Price over time', lowest: 'Lowest', each: 'Each purchase', shops: 'Your shops', here: 'Bought here before', present: 'The shop you are at',
    latest: 'Latest', never: 'You have not bought anything here yet', own: 'Your own name for it', save: 'Save', note: 'Note', nothing: 'Nothing bought', empty: 'No purchases of this item',
  },
};
const MILK = '4901234567894';
const LEGAL = '明治の牛乳 1L';
const OWN = 'いつもの牛乳';
/** As it is typed, and as it is kept: a note is one paragraph. */
const [TYPED, NOTE] = ['賞味期限が近い。\n早めに飲む', '賞味期限が近い。 早めに飲む'];
/** What November comes to, of the street's week and of what is bought in `months`. */
const NOVEMBER = '¥4,344';

/** The street, where a chemist sells the milk too, dearer; and purchases of the month before. */
async function months(town) {
  const { market, cafe, person, bought } = await street(town);
  const chemist = await town.shop('hanamizuki', { name: 'ドラッグはなみずき', goods: [[MILK, LEGAL, 258, '8']] });
  await town.sell(market, person, [[MILK, 238]], '2026-10-15T10:00:00+09:00');
  const dear = town.sale(chemist, person, [[MILK, 258]], '2026-11-28T17:20:00+09:00');
  dear.lines[0].category = '乳製品';
  const dearer = await town.file(chemist, dear);
  const cheap = town.sale(market, person, [['4905678901238', 150]], '2026-11-28T18:00:00+09:00');
  cheap.adjustments = [{ kind: 'coupon', label: '20円引', amount: -20 }];
  cheap.total -= 20;
  cheap.tenders[0].amount -= 20;
  await town.file(market, cheap);
  return { market, cafe, chemist, person, bought, dearer };
}

/** The rows of a table below a heading, each as its cells' texts; what stands under a bar is left out. */
const rows = (page, id) => page.locator(`section[aria-labelledby="${id}"] tbody tr`).evaluateAll((all) => all.map(
  (row) => [...row.cells].filter((cell) => cell.checkVisibility()).map((cell) => cell.innerText.trim()),
));

/** An amount of yen as a number. */
const yen = (text) => Number(text.replace('\u2212', '-').replaceAll(/[^\d-]/g, ''));

/** Every way that a table is cut comes to the total. */
async function addsUp(page, total) {
  for (const id of ['by-time', 'by-shop', 'by-category', 'by-item']) {
    const sum = (await rows(page, id)).reduce((all, row) => all + yen(row.at(-1)), 0);
    assert.equal(sum, yen(total), id);
    const told = await page.locator(`section[aria-labelledby="${id}"] tfoot td`).last().innerText();
    assert.equal(told, total, id);
  }
}

/** What of the page is too pale for white paper: each as what it is, with its colour. */
const paleOnPaper = (page) => page.evaluate(() => {
  const part = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const contrast = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).map((value) => part(Number(value) / 255));
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
  };
  const pale = [];
  const judge = (element, colour, least) => {
    if (contrast(colour) < least) pale.push(`${element.tagName} ${element.className.baseVal ?? element.className} ${colour} ${element.textContent.trim().slice(0, 40)}`);
  };
  const seen = [...document.querySelectorAll('main *')].filter((element) => element.checkVisibility());
  for (const element of seen) {
    const style = getComputedStyle(element);
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
    const isShape = /^(?:rect|circle|path)$/.test(element.tagName);
    if (isShape) judge(element, style.fill, 3);
    else if (element.closest('svg') === null && hasText) judge(element, style.color, 4.5);
  }
  const shapes = seen.filter((element) => element.matches('svg rect, svg circle')).length;
  return { pale, shapes };
});

for (const lang of LANGS) {
  const says = SAYS[lang];

  // Each look in one language; `reading.test.mjs` has the others.
  const [size, scheme] = lang === 'ja' ? ['phone', 'light'] : ['desktop', 'dark'];

  flow('a month and its year are understood', { lang, size, scheme }, async ({ page, context, town, visit, inspect }) => {
    const { person } = await months(town);
    await town.signIn(context, person);
    await visit('/months');
    await page.waitForURL('**/months/2026-11');
    await page.getByRole('heading', { level: 1, name: says.november }).waitFor();
    const whole = page.locator('.card.whole');
    assert.equal(await whole.locator('.large').innerText(), NOVEMBER);
    await whole.getByText(says.spent).waitFor();
    assert.match(await whole.locator('.sums').innerText(), new RegExp(`${says.before}\\s+¥238 \\(\\+¥4,106\\)`));
    // A bar for each day with a purchase, and the same numbers beside it.
    assert.equal(await page.locator('#by-time ~ .chart .bar').count(), 5);
    assert.equal(await page.locator('section[aria-labelledby="by-time"] table').isVisible(), false);
    await inspect();
    await page.getByText(says.table).click();
    assert.deepEqual((await rows(page, 'by-time')).map((row) => row[1]), ['¥646', '¥860', '¥698', '¥1,272', '¥868']);
    assert.deepEqual((await rows(page, 'by-shop')).map(([name, times, ...rest]) => [name, times, rest.at(-1)]), [
      ['スーパーふじの木 緑町店', '4', '¥2,746'], ['喫茶こもれび', '2', '¥1,340'], ['ドラッグはなみずき', '1', '¥258'],
    ]);
    assert.deepEqual((await rows(page, 'by-category')).map(([name, ...rest]) => [name, rest.at(-1)]), [
      [says.none, '¥4,106'], [says.dairy, '¥258'], [says.coupons, '\u2212¥20'],
    ]);
    const items = await rows(page, 'by-item');
    assert.deepEqual([items[0][0], items[0].at(-1)], [LEGAL, '¥1,002'], 'the milk of both shops is one item');
    await addsUp(page, NOVEMBER);
    await inspect();

    await page.locator('.spans').getByRole('link', { name: says.october }).click();
    await page.getByRole('heading', { level: 1, name: says.october }).waitFor();
    await page.locator('.spans [rel=prev]').click();
    await page.getByRole('heading', { name: says.nothing }).waitFor();
    await inspect();
    await page.locator('.spans .whole').click();
    await page.waitForURL('**/years/2026');
    await page.getByRole('heading', { level: 1, name: says.year, exact: true }).waitFor();
    assert.equal(await page.locator('#by-time ~ .chart .bar').count(), 2);
    await page.getByText(says.table).click();
    assert.deepEqual((await rows(page, 'by-time')).map((row) => row[1]), ['¥238', NOVEMBER]);
    await addsUp(page, '¥4,582');
    await inspect();
    await visit('/years');
    await page.waitForURL('**/years/2026');
    // A month of the table leads to its page.
    await page.getByText(says.table).click();
    await page.getByRole('link', { name: says.october }).click();
    await page.waitForURL('**/months/2026-10?currency=JPY');
  });

  flow('an item and the shops that sell it', { lang, size, scheme }, async ({ page, context, town, visit, inspect, another }) => {
    const { person } = await months(town);
    await town.signIn(context, person);
    await visit('/months/2026-11');
    await page.locator('section[aria-labelledby="by-item"]').getByRole('link', { name: LEGAL }).click();
    await page.waitForURL(`**/items/gtin/${MILK}`);
    await page.getByRole('heading', { level: 1, name: LEGAL }).waitFor();
    assert.equal(await page.locator('.card.whole .large').innerText(), '¥258');
    assert.match(await page.locator('.card.whole .sums').innerText(), new RegExp(`${says.lowest}\\s+¥238`));
    // One line for each shop, told apart by its sign, and the table beside.
    await page.getByRole('heading', { name: says.prices }).waitFor();
    assert.equal(await page.locator('.chart .line').count(), 2);
    assert.deepEqual(await rows(page, 'prices-1'), [['ドラッグはなみずき', '1', '¥258', '¥258'], ['スーパーふじの木 緑町店', '3', '¥238', '¥248']]);
    assert.deepEqual((await rows(page, 'each-1')).map((row) => row.slice(1)), [
      ['1', '¥258', '¥258'], ['2', '¥248', '¥496'], ['1', '¥248', '¥248'], ['1', '¥238', '¥238'],
    ]);
    await inspect();
    await visit('/items/gtin/4906789012356');
    await page.getByRole('heading', { name: says.empty }).waitFor();
    await inspect();

    await visit('/shops');
    await page.getByRole('heading', { level: 1, name: says.shops }).waitFor();
    assert.deepEqual(await page.locator('.shops .shop').allInnerTexts(), ['スーパーふじの木 緑町店', 'ドラッグはなみずき', '喫茶こもれび']);
    await inspect();
    await page.getByRole('link', { name: 'スーパーふじの木 緑町店' }).click();
    await page.waitForURL('**/shops/fujinoki');
    await page.getByText(says.here).waitFor();
    const names = page.locator('.before .name');
    assert.deepEqual([await names.first().innerText(), await names.count()], [LEGAL, 6]);
    assert.equal(await page.locator('.before .amount').first().innerText(), '¥248', 'the latest price of this shop');
    await inspect();

    // The link of a poster leads to the same, and whoever is new comes back to it.
    await visit('/at/fujinoki');
    await page.getByText(says.present).waitFor();
    await page.getByRole('link', { name: says.latest }).click();
    await page.waitForURL('**/at/fujinoki?order=latest');
    assert.equal(await names.first().innerText(), '手巻おにぎり 鮭');
    await inspect();
    const stranger = await another({ lang, size, scheme });
    await stranger.visit('/at/fujinoki');
    await stranger.page.waitForURL('**/at/fujinoki');
    await stranger.page.getByRole('heading', { name: says.never }).waitFor();
    await stranger.inspect();
  });

  flow('an own name stands before the shop\u2019s, which the receipt keeps', { lang, ...(lang === 'ja' ? { size: 'desktop', scheme: 'dark' } : {}) }, async ({ page, context, town, visit, inspect }) => {
    const { person, dearer } = await months(town);
    await town.signIn(context, person);
    await visit(`/items/gtin/${MILK}`);
    const call = async (name) => {
      await page.getByLabel(says.own).fill(name);
      await page.getByRole('button', { name: says.save }).click();
    };
    await call(OWN);
    await page.getByRole('heading', { level: 1, name: OWN }).waitFor();
    assert.equal(await page.locator('header.item .legal').innerText(), LEGAL);
    await inspect();
    for (const path of ['/months/2026-11', '/shops/hanamizuki']) {
      await visit(path);
      await page.locator('main').getByText(`${OWN} (${LEGAL})`).first().waitFor();
      await inspect();
    }
    await visit(`/book/${dearer}`);
    const line = page.locator('.receipt .lines li');
    assert.equal(await line.locator('.name').innerText(), LEGAL);
    assert.equal(await line.locator('.detail').innerText(), OWN);
    await page.getByLabel(says.note).fill(TYPED);
    await page.getByRole('button', { name: says.save }).click();
    await page.waitForURL(`**/book/${dearer}`);
    await visit(`/book/${dearer}`);
    assert.equal(await page.getByLabel(says.note).inputValue(), NOTE);
    assert.ok(!(await page.locator('.receipt').innerText()).includes('賞味期限'), 'a note is no part of the receipt');
    await inspect();
    // An empty name takes the own one away.
    await visit(`/items/gtin/${MILK}`);
    await call('');
    await page.getByRole('heading', { level: 1, name: LEGAL }).waitFor();
    await visit(`/book/${dearer}`);
    assert.equal(await line.locator('.detail').count(), 0);
  });
}

flow('on paper the pictures have their tables, and nothing is pale', { lang: 'ja', size: 'desktop', scheme: 'dark' }, async ({ page, context, town, visit }) => {
  const { person } = await months(town);
  await town.signIn(context, person);
  for (const path of ['/months/2026-11', '/years/2026', `/items/gtin/${MILK}`, '/shops', '/shops/fujinoki', '/book']) {
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    await visit(path);
    // The control: on white paper the colours of the dark would be too pale.
    assert.notDeepEqual((await paleOnPaper(page)).pale, [], path);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const { pale, shapes } = await paleOnPaper(page);
    assert.deepEqual(pale, [], path);
    for (const chart of await page.locator('section:has(> .chart)').all()) {
      assert.ok(shapes > 1, `${path} has a picture`);
      assert.ok(await chart.locator('table').first().isVisible(), `${path} has no table beside its picture`);
      assert.ok((await chart.locator('tbody tr').first().boundingBox()).height > 10, path);
    }
  }
});
