//! Taking a purchase by the code on its receipt: before any account, once, and also when the sale is late.
import assert from 'node:assert/strict';
import { flow, LANGS } from './harness/flow.mjs';

const SAYS = {
  ja: {
    found: 'このレシートですか？', start: '記録をつくって入れる', take: '自分の記録に入れる', unknown: 'まだ届いていません', wait: '届くのを待つ',
    waiting: '届くのを待っているレシート', justNow: 'たったいまから', look: 'レシートを見る', wrong: '20桁の数字になっていません', member: 'これは22桁の会員コードです',
    banner: 'この記録をなくさないように',
  },
  en: {
    found: 'Is it this receipt?', start: 'Start a book with it', take: 'Put it into my book', unknown: 'Not here yet', wait: 'Wait for it',
    waiting: 'Receipts you are waiting for', justNow: 'since just now', look: 'See the receipt', wrong: 'That is not 20 digits', member: 'That is a member code',
    banner: 'So that you do not lose this book',
  },
};
const LATE = '31415926535897932384';
const GOODS = [['4901234567894', 248], ['4905678901238', 150, 2]];

const full = (digits) => digits.replaceAll(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
const heading = (page, name) => page.getByRole('heading', { level: 1, name });

/** A shop, and what it answered to a sale to nobody it knows. */
async function sold({ orihon, town }) {
  const shop = await town.shop('corner', { name: 'コーナー商店' });
  return orihon.ask('POST', '/v1/settlements', town.sale(shop, undefined, GOODS), shop.key);
}

for (const lang of LANGS) {
  const says = SAYS[lang];

  flow('whoever has the paper sees the receipt first, and takes it with one button', { lang }, async (world) => {
    const { page, context, visit, inspect, another } = world;
    const { claim_code: code, purchase_id: id } = await sold(world);
    assert.match(code, /^\d{20}$/);
    await visit(`/c/${code}`);
    await heading(page, says.found).waitFor();
    await page.locator('.receipt').getByText('明治の牛乳 1L').waitFor();
    await page.locator('.receipt').getByText('¥548').first().waitFor();
    await inspect();
    // A look makes no account.
    assert.deepEqual(await context.cookies(), []);
    await page.getByRole('button', { name: says.start }).click();
    await page.waitForURL(`**/book/${id}`);
    await page.locator('.receipt').getByText('明治の牛乳 1L').waitFor();
    await visit('/book');
    await page.locator(`#${id}`).waitFor();
    await page.getByRole('heading', { name: says.banner }).waitFor();

    // For everybody else the code is like one that nobody knows.
    const second = await another({ lang });
    const seen = async (code) => {
      await second.visit(`/c/${code}`);
      await heading(second.page, says.unknown).waitFor();
      assert.equal(await second.page.locator('.receipt').count(), 0);
      return (await second.page.locator('main').innerText()).replace(code, 'CODE');
    };
    const used = await seen(code);
    assert.ok(used.includes('CODE'), used);
    assert.equal(used, await seen(LATE));
    await second.inspect();
  });

  flow('a code whose sale comes later completes by itself', { lang }, async ({ page, orihon, town, visit, inspect }) => {
    const shop = await town.shop('corner', { name: 'コーナー商店' });
    await visit(`/c/${LATE}`);
    await heading(page, says.unknown).waitFor();
    await page.getByRole('button', { name: says.wait }).click();
    await page.waitForURL('**/claim');
    await page.getByRole('heading', { name: says.waiting }).waitFor();
    await page.getByText(says.justNow).waitFor();
    assert.equal(await page.locator('.waiting li').count(), 1);
    await inspect();
    // Sent twice, it waits once.
    await visit(`/c/${LATE}`);
    await page.getByRole('button', { name: says.wait }).click();
    await page.waitForURL('**/claim');
    assert.equal(await page.locator('.waiting li').count(), 1);
    await visit('/book');
    await page.locator('.empty').waitFor();
    const message = { ...town.sale(shop, undefined, GOODS), claim_code: LATE };
    const { purchase_id: id } = await orihon.ask('POST', '/v1/settlements', message, shop.key);
    // The open book shows it, and nothing waits any longer.
    await page.locator(`#${id}`).getByText('¥548').first().waitFor();
    await visit('/claim');
    assert.equal(await page.locator('.waiting').count(), 0);
  });

  for (const scripts of ['on', 'off']) {
    flow('the digits of a Japanese keyboard are as good as any', { lang, scripts }, async (world) => {
      const { page, visit } = world;
      const { claim_code: code } = await sold(world);
      await visit('/claim');
      const typed = full(code).replace(/^(.{4})(.{4})/, '$1－$2　');
      await page.locator('#claim-code').fill(typed);
      await page.getByRole('button', { name: says.look }).click();
      await page.waitForURL(`**/c/${code}`);
      await heading(page, says.found).waitFor();
    });
  }

  flow('what is no claim code is told so, beside what was typed', { lang }, async ({ page, visit, inspect, foresee }) => {
    foresee(/422/);
    await visit('/claim');
    for (const [typed, told] of [['1234', says.wrong], ['9000000000000000000003', says.member]]) {
      await page.locator('#claim-code').fill(typed);
      await page.getByRole('button', { name: says.look }).click();
      await page.getByRole('alert').getByText(told).waitFor();
      assert.equal(await page.locator('#claim-code').inputValue(), typed);
      await inspect();
    }
  });

  flow('who has a book puts it into that one', { lang }, async (world) => {
    const { page, context, town, visit } = world;
    const { claim_code: code, purchase_id: id } = await sold(world);
    const person = await town.person();
    await town.signIn(context, person);
    await visit(`/c/${code}`);
    await page.getByRole('button', { name: says.take }).click();
    await page.waitForURL(`**/book/${id}`);
    const { purchases } = await world.orihon.ask('GET', '/v1/me/purchases', undefined, person.token);
    assert.deepEqual(purchases.map(({ purchase_id }) => purchase_id), [id]);
  });
}

flow('the button pressed twice files it once, for the same person', { lang: 'en' }, async (world) => {
  const { page, visit, goBack } = world;
  const { claim_code: code, purchase_id: id } = await sold(world);
  await visit(`/c/${code}`);
  await page.getByRole('button', { name: SAYS.en.start }).click();
  await page.waitForURL(`**/book/${id}`);
  // Whoever goes back finds the code used, and presses once more what there is to press.
  await goBack();
  await heading(page, SAYS.en.unknown).waitFor();
  await page.getByRole('button', { name: SAYS.en.wait }).click();
  await page.waitForURL(`**/book/${id}`);
  await visit('/book');
  assert.equal(await page.locator('.entry').count(), 1);
});
