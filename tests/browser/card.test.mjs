//! The card: one code on paper for years. It is made, read by a scanner from the screen and from paper, used at
//! sales, and replaced; and it says of itself what the code on the phone need not say.
import assert from 'node:assert/strict';
import { flow } from './harness/flow.mjs';
import { scan } from './harness/scanner.mjs';

const SAYS = {
  ja: {
    link: 'カードを印刷する', title: '印刷するカード', linkable: 'お店どうしが照らし合わせれば、同じ人の買いものだと分かります', make: 'カードをつくる', print: '印刷する', until: /\d{4}年\d+月\d+日まで/,
    hidden: 'もう一度出すことはできません', replace: '新しいカードに替える', sure: 'いまのカードはすぐに使えなくなります', end: 'カードをやめる',
  },
  en: {
    link: 'Print a card', title: 'A card to print', linkable: 'Shops that compare notes can tell that purchases are by the same person', make: 'Make a card', print: 'Print', until: /until \d+ \w+ \d{4}/,
    hidden: 'it cannot be shown again', replace: 'Replace the card', sure: 'The present card stops working at once', end: 'Stop the card',
  },
};

/** A till that read these digits just now files a sale; gives what it was answered. */
function buy({ orihon, town }, shop, member_code) {
  const now = new Date(Date.now() + 9 * 3_600_000).toISOString().replace('Z', '+09:00');
  const sale = { ...town.sale(shop, undefined, [['4901234567894', 248]], now), user: { member_code } };
  return orihon.ask('POST', '/v1/settlements', sale, shop.key);
}

for (const [lang, size, scheme] of [['ja', 'phone', 'dark'], ['en', 'desktop', 'light']]) {
  const says = SAYS[lang];

  flow('a card is made, used for two purchases, and replaced', { lang, size, scheme, scale: 2 }, async (world) => {
    const { page, context, town, visit, inspect, another } = world;
    const shop = await town.shop('corner', { name: 'コーナー商店' });
    await visit('/start');
    await page.waitForURL('**/code');
    await page.getByRole('link', { name: says.link }).click();
    await page.getByRole('heading', { level: 1, name: says.title }).waitFor();
    // Before it is made one knows what it gives away.
    await page.getByText(says.linkable).waitFor();
    assert.equal(await page.locator('.card-sheet').count(), 0);
    await inspect();
    await page.getByRole('button', { name: says.make }).click();
    const card = page.locator('.card-sheet');
    await card.getByText(says.until).waitFor();
    await page.getByText(says.linkable).waitFor();
    const digits = async () => (await card.locator('.digits').innerText()).replaceAll(/\s/g, '');
    const first = await digits();
    assert.match(first, /^910\d{19}$/);
    assert.deepEqual(await scan(card), [['CODE-128', first], ['QR-Code', first]]);
    await inspect();
    // On paper there is the card and nothing else, and it is read there as well.
    await page.getByRole('button', { name: says.print, exact: true }).waitFor();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    assert.deepEqual(await page.locator('main > *').evaluateAll((parts) => parts.filter((part) => part.checkVisibility()).map((part) => part.className)), ['card-sheet']);
    assert.deepEqual(await scan(card), [['CODE-128', first], ['QR-Code', first]]);
    await page.emulateMedia({ media: null, colorScheme: scheme });

    // The same code again and again, and both purchases are in the book.
    const bought = [await buy(world, shop, first), await buy(world, shop, first)].map(({ purchase_id: id }) => id);
    await visit('/book');
    for (const id of bought) await page.locator(`#${id}`).waitFor();

    // Elsewhere the card cannot be seen; the page of this browser shows it a while longer.
    const elsewhere = await another({ lang, size, scheme });
    await elsewhere.context.addCookies((await context.cookies()).filter(({ name }) => name === 'orihon'));
    await elsewhere.visit('/code/card');
    await elsewhere.page.getByText(says.hidden).waitFor();
    assert.equal(await elsewhere.page.locator('.card-sheet').count(), 0);
    await elsewhere.inspect();
    await visit('/code/card');
    assert.equal(await digits(), first);
    await page.getByText(says.replace, { exact: true }).first().click();
    await page.getByText(says.sure).waitFor();
    await inspect();
    await page.getByRole('button', { name: says.replace }).click();
    await page.waitForFunction((first) => {
      const shown = document.querySelector('.card-sheet .digits')?.innerText.replaceAll(/\s/g, '');
      return shown !== undefined && shown !== first;
    }, first);
    const second = await digits();
    const [lost, kept] = [await buy(world, shop, first), await buy(world, shop, second)];
    await visit('/book');
    await page.locator(`#${kept.purchase_id}`).waitFor();
    assert.equal(await page.locator(`#${lost.purchase_id}`).count(), 0, 'the lost card brings nothing any more');
    // And without a card.
    await visit('/code/card');
    await page.getByText(says.end, { exact: true }).first().click();
    await page.getByRole('button', { name: says.end }).click();
    await page.getByRole('button', { name: says.make }).waitFor();
    assert.equal(await card.count(), 0);
  });
}
