//! A missing receipt: the person asks the shop, the shop's clerk gives it or says why not, and the person sees it.
import assert from 'node:assert/strict';
import { flow, LANGS, openConsole, street } from './harness/flow.mjs';

/** A receipt is asked for by a day that is not long ago. */
const TODAY = `${new Date().toISOString().slice(0, 10)}T00:30:00+09:00`;

const SAYS = {
  ja: {
    title: '届かないレシートを問い合わせる', name: '店の名前', find: 'さがす', date: '買った日', total: '合計金額', number: 'レシート番号か取引番号', words: 'ひとこと', send: 'お店に問い合わせる',
    open: 'お店の返事を待っています', found: '見つかりました', receipt: 'レシートを見る', why: '時刻やレシート番号を添えて', says: 'お店から', wrong: '合計金額を数字で入れてください', withdraw: '取り下げる',
    tile: 'レシートの問い合わせ', give: 'これを渡す', given: '渡しました', refuse: '見つからないと答える', reason: '理由', own: 'お客さまへのひとこと', answer: '答える', answered: '答えました', empty: '返事を待っている問い合わせはありません',
    link: 'お店に問い合わせる',
  },
  en: {
    title: 'Ask for a missing receipt', name: 'Name of the shop', find: 'Find', date: 'Day of the purchase', total: 'Total', number: 'Receipt or transaction number', words: 'A few words', send: 'Ask the shop',
    open: 'Waiting for the shop', found: 'Found', receipt: 'See the receipt', why: 'ask again with the time', says: 'The shop says', wrong: 'give the total in digits', withdraw: 'Withdraw',
    tile: /missing receipts? asked for/, give: 'This is it', given: 'Given.', refuse: 'Not found', reason: 'Why', own: 'A few words to the customer', answer: 'Answer', answered: 'Answered.', empty: 'Nobody waits for an answer',
    link: 'Ask the shop',
  },
};

/** A clerk of one store, in a browser of their own. */
async function clerk({ orihon, another }, lang, store_id) {
  const { token } = await orihon.ask('POST', '/v1/operators', { label: 'Kim', store_id });
  const kim = await another({ lang, size: 'desktop' });
  await openConsole(kim, token);
  return kim;
}

/** Fills the form of a shop, and sends it. */
async function ask(page, says, { date, total, number = '', words = '' }) {
  await page.getByLabel(says.date).fill(date);
  await page.getByLabel(says.total).fill(total);
  await page.getByLabel(says.number).fill(number);
  await page.getByLabel(says.words).fill(words);
  await page.getByRole('button', { name: says.send }).click();
}

for (const lang of LANGS) {
  const says = SAYS[lang];

  flow('a shop gives one receipt and has not the other', { lang }, async (world) => {
    const { page, context, town, visit, inspect, foresee } = world;
    const { market, person } = await street(town);
    const message = town.sale(market, undefined, [['4901234567894', 248, 3]], TODAY);
    const id = await town.file(market, message);
    await town.sell(market, person, [['4904567890127', 744]], TODAY);
    await town.signIn(context, person);

    await visit('/claim');
    await page.getByRole('link', { name: says.link }).click();
    await page.getByRole('heading', { level: 1, name: says.title }).waitFor();
    await inspect();
    await page.getByLabel(says.name).fill('ふじの');
    await page.getByRole('button', { name: says.find }).click();
    await page.getByRole('link', { name: 'スーパーふじの木 緑町店' }).first().click();
    await page.waitForURL('**/claim/missing?store=fujinoki');
    await inspect();
    foresee(/422/);
    await ask(page, says, { date: message.business_date, total: 'many', words: '牛乳を三本' });
    await page.getByRole('alert').getByText(says.wrong).waitFor();
    assert.equal(await page.getByLabel(says.words).inputValue(), '牛乳を三本');
    await inspect();
    // The book has one of that shop and total on the day already: it is asked all the same.
    await ask(page, says, { date: message.business_date, total: '￥７４４', words: '牛乳を三本' });
    await page.getByRole('alert').waitFor();
    await inspect();
    await page.locator('button.main').click();
    await page.locator('#asked').getByText(says.open).waitFor();
    await visit('/claim/missing?store=fujinoki');
    await ask(page, says, { date: message.business_date, total: '31', number: 'A-9' });
    await page.waitForURL('**/claim/missing');
    assert.equal(await page.locator('#asked li').count(), 2);
    await inspect();

    const kim = await clerk(world, lang, market.id);
    await kim.inspect();
    await kim.visit(`/console/stores/${market.id}`);
    await kim.page.getByRole('link', { name: says.tile }).click();
    await kim.page.waitForURL('**/missing');
    await kim.page.getByText('牛乳を三本').waitFor();
    await kim.page.getByText('A-9').waitFor();
    const seen = await kim.page.content();
    for (const hidden of [person.id, 'customer-1', '明治の牛乳', 'トイレット']) assert.ok(!seen.includes(hidden), hidden);
    assert.equal(await kim.page.getByRole('button', { name: says.give }).count(), 1);
    await kim.inspect();
    // The person's book is open meanwhile, and hears of it.
    await visit('/book');
    await kim.page.getByRole('button', { name: says.give }).click();
    await kim.page.getByRole('status').getByText(says.given).waitFor();
    await page.locator(`#${id}`).getByText('¥744').first().waitFor();
    await kim.page.locator('summary', { hasText: says.refuse }).click();
    const card = kim.page.locator('details[open]').first();
    await card.getByLabel(says.reason).selectOption('tell-more');
    await card.getByLabel(says.own).fill('Till 2 or 3?');
    await kim.inspect();
    await card.getByRole('button', { name: says.answer, exact: true }).click();
    await kim.page.getByRole('status').getByText(says.answered).waitFor();
    await kim.page.getByText(says.empty).waitFor();
    await kim.inspect();

    await visit('/claim/missing');
    await page.getByText(says.why).waitFor();
    await page.getByText('Till 2 or 3?').waitFor();
    await inspect();
    await page.locator('#asked').getByRole('link', { name: says.receipt }).click();
    await page.waitForURL(`**/book/${id}`);
    await page.locator('.receipt').getByText('明治の牛乳 1L').waitFor();
  });
}

flow('without scripts it is asked and taken back all the same', { lang: 'en', scripts: 'off' }, async (world) => {
  const { page, context, town, visit } = world;
  const { person } = await street(town);
  await town.signIn(context, person);
  const says = SAYS.en;
  await visit('/claim/missing?store=kissa');
  await ask(page, says, { date: TODAY.slice(0, 10), total: '1,000' });
  await page.locator('#asked').getByText(says.open).waitFor();
  await page.getByRole('button', { name: says.withdraw }).click();
  await page.waitForURL('**/claim/missing');
  assert.equal(await page.locator('#asked').count(), 0);
});
