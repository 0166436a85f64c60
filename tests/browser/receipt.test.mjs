//! The receipt of one purchase: as the shop would print it, as a gift, and on paper.
import assert from 'node:assert/strict';
import { flow, LANGS, street, LATELY } from './harness/flow.mjs';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const SAYS = {
  ja: { total: '合計', cash: '現金', change: 'お釣り', reduced: '※は軽減税率対象', gift: '値段なしで見る', prices: '値段を表示する', back: '記録にもどる', returned: '返品済み 1', pending: '品名待ち', explained: 'お店がこのコードの品名をまだ届けていません。届きしだい、ここに入ります。金額は確かです。', named: (year, month, day) => `${year}年${month}月${day}日に品名が届きました` },
  en: { total: 'Total', cash: 'Cash', change: 'Change', reduced: '※ reduced tax rate', gift: 'Without prices', prices: 'With prices', back: 'Back to the book', returned: 'returned: 1', pending: 'name to come', explained: 'The shop has not sent the name of this code yet. It will appear here as soon as it does. The amount is certain.', named: (year, month, day) => `the name came on ${day} ${MONTHS[month - 1]} ${year}` },
};

/** A sale with everything that a receipt can show. */
async function furnished(town) {
  const { market, person } = await street(town);
  const sale = {
    ...town.sale(market, person, [], `${LATELY}T18:05:00+09:00`),
    lines: [
      { code: '4901234567894', quantity: '2', unit_price: 248, amount: 496, tax_percent: '8', tax_included: true },
      { code: '4904567890127', quantity: '1', unit_price: 698, discount: 100, discounts: [{ label: '会員割引', amount: 100 }], amount: 598, tax_percent: '10', tax_included: true },
      { name: '鮭の切り身', quantity: '0.348', unit: 'kg', unit_price: 1280, amount: 445, tax_percent: '8', tax_included: true },
      { code: '2199032729580', quantity: '1', unit_price: 181, amount: 181, tax_percent: '8', tax_included: true },
    ],
    adjustments: [{ kind: 'coupon', label: '50円引クーポン', amount: -50 }],
    taxes: [
      { percent: '8', included: true, taxable: 1122, tax: 83, reduced: true },
      { percent: '10', included: true, taxable: 598, tax: 54 },
    ],
    tenders: [{ kind: 'cash', amount: 2000 }], change: 330, total: 1670, receipt_number: 'R-0042',
    notes: ['レジ袋はご入用ではありませんでした'],
  };
  return { market, person, sale, id: await town.file(market, sale) };
}

for (const lang of LANGS) {
  for (const [size, scheme] of [['phone', 'light'], ['desktop', 'dark']]) {
    flow('a receipt shows everything that the shop sent', { lang, size, scheme }, async ({ page, context, town, visit, inspect }) => {
      const says = SAYS[lang];
      const { person, id } = await furnished(town);
      await town.signIn(context, person);
      await visit('/book');
      await page.locator(`#${id} summary`).click();
      await page.locator(`#${id}`).getByRole('link').click();
      await page.waitForURL(`**/book/${id}`);
      const receipt = page.locator('.receipt');
      await receipt.getByRole('heading', { level: 1, name: 'スーパーふじの木 緑町店' }).waitFor();
      for (const text of [
        '東京都武蔵野市緑町2-3-4', '明治の牛乳 1L', '0.348 kg', '会員割引', '\u2212¥100', '2199032729580', says.pending,
        '50円引クーポン', '\u2212¥50', says.total, '¥1,670', says.cash, '¥2,000', says.change, '¥330', says.reduced,
        'R-0042', 'レジ袋はご入用ではありませんでした', 'またのお越しをお待ちしています',
      ]) {
        assert.ok((await receipt.innerText()).includes(text), `${text} is not on the receipt`);
      }
      await inspect();
      await page.getByRole('link', { name: says.back }).click();
      await page.waitForURL('**/book');
    });
  }

  flow('a gift has no prices, and a way back to them', { lang }, async ({ page, context, town, visit, inspect }) => {
    const { person, id } = await furnished(town);
    await town.signIn(context, person);
    await visit(`/book/${id}`);
    await page.getByRole('link', { name: SAYS[lang].gift }).click();
    await page.waitForURL(/view=gift/);
    await page.locator('.receipt').getByText('明治の牛乳 1L').waitFor();
    const text = await page.locator('main').innerText();
    assert.ok(!/¥|1,670|2,000|クーポン/.test(text), text);
    await inspect();
    await page.getByRole('link', { name: SAYS[lang].prices }).click();
    await page.locator('.receipt').getByText('¥1,670').waitFor();
  });

  flow('a code without a name is explained, and the name says when it came', { lang }, async ({ page, context, town, visit, inspect }) => {
    const { market, person, id } = await furnished(town);
    await town.signIn(context, person);
    await visit(`/book/${id}`);
    const line = page.locator('.receipt .lines li').filter({ hasText: '¥181' });
    assert.equal(await line.locator('.code').innerText(), '2199032729580');
    assert.equal(await line.locator('.detail').innerText(), SAYS[lang].explained);
    // The lines that have a name need no explaining.
    assert.equal(await page.locator('.receipt').getByText(SAYS[lang].explained).count(), 1);
    await town.name(market, [['2199032729580', '冬限定 ゆず大福', 181, '8']]);
    // By the shop's clock, like everything on a receipt.
    const [year, month, day] = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10).split('-').map(Number);
    await page.reload();
    assert.equal(await line.locator('.name').innerText(), '冬限定 ゆず大福 ※');
    assert.equal(await line.locator('.detail').innerText(), SAYS[lang].named(year, month, day));
    assert.equal(await page.locator('.receipt .code').count(), 0);
    await inspect();
  });

  flow('what came back is shown on the original', { lang }, async ({ page, context, town, visit, inspect }) => {
    const { market, person, sale, id } = await furnished(town);
    const back = town.sale(market, person, [['4901234567894', 248]], `${LATELY}T19:00:00+09:00`);
    const { store_id, terminal, business_date, transaction } = sale;
    back.kind = 'return';
    back.of = { store_id, terminal, business_date, transaction, lines: [{ line: 1, quantity: '1' }] };
    const returned = await town.file(market, back);
    await town.signIn(context, person);
    await visit(`/book/${id}`);
    await page.locator('.receipt').getByText(SAYS[lang].returned).waitFor();
    await inspect();
    await visit('/book');
    await page.locator(`#${returned} .total`).getByText('\u2212¥248').waitFor();
    await inspect();
  });
}

flow('on paper there is the receipt and nothing else', {}, async ({ page, context, town, visit }) => {
  const { person, id } = await furnished(town);
  await town.signIn(context, person);
  await visit(`/book/${id}`);
  const around = page.locator('.top, body > footer, .aside, .skip');
  const shown = () => around.evaluateAll((parts) => parts.filter((part) => part.checkVisibility()).length);
  assert.ok(await shown() > 0, 'on the screen there is more');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  assert.equal(await shown(), 0);
  assert.ok(await page.locator('.receipt').isVisible());
  // Black on white, whatever the theme.
  const colours = await page.locator('.receipt').evaluate((receipt) => {
    const { color, backgroundColor } = getComputedStyle(receipt);
    return [color, backgroundColor];
  });
  assert.deepEqual(colours, ['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
  const paper = await page.pdf({ format: 'A5' });
  assert.equal(paper.toString('latin1').match(/\/Type \/Page\b/g).length, 1, 'one sheet is enough');
});

flow('the book on paper has no search field and no links around it', {}, async ({ page, context, town, visit }) => {
  const { person, bought } = await street(town);
  await town.signIn(context, person);
  await visit('/book');
  await page.emulateMedia({ media: 'print' });
  assert.ok(!(await page.getByRole('searchbox').isVisible()));
  assert.equal(await page.locator('.entry').count(), bought.length);
});

flow('a receipt of somebody else is not there', { lang: 'en' }, async ({ page, context, town, visit, inspect, foresee }) => {
  const { bought } = await street(town);
  await town.signIn(context, await town.person('customer-2'));
  foresee(/404/);
  await visit(`/book/${bought[0]}`);
  await page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor();
  await inspect();
});
