//! What devices tell of themselves, and names that a clerk asks a store for: seen on the console, heard by the
//! device, gone when the item has its name. The device is played through the interface.
import assert from 'node:assert/strict';
import { flow, LANGS, openConsole, LATELY } from './harness/flow.mjs';

const SAYS = {
  ja: {
    stuck: '端末で止まった売上', apart: '食い違う日', ask: '店に品名を頼む', asked: '店に頼みました', back: '取り消す',
    none: '品名を待っている商品はありません', well: '端末に気になることはありません', sales: '確認が必要な売上が 1 件', waiting: '送信待ち', never: 'まだありません',
  },
  en: {
    stuck: /sales? stuck on/, apart: /days? that disagrees?/, ask: 'Ask the store for this name', asked: 'the store was asked', back: 'Take back',
    none: 'No item waits for a name', well: 'The devices are well', sales: '1 sale is stuck', waiting: 'Waiting', never: 'not yet',
  },
};
const FORGOTTEN = '0000000000017';

/** What a device says of itself; `about` is what is not as it should be. */
const report = (about = {}) => ({
  version: '0.0.0', terminals: ['1'], queue: { waiting: 0 }, stuck: [], stuck_count: 0, days: [], ...about,
});

/** A store that has sold something whose code nobody named. */
async function forgetful(town) {
  const shop = await town.shop('corner', { name: 'コーナー商店' });
  await town.file(shop, town.sale(shop, undefined, [[FORGOTTEN, 90], ['4901234567894', 248]], `${LATELY}T12:00:00+09:00`));
  const tell = (about) => town.orihon.ask('PUT', '/v1/stores/corner/report', report(about), shop.key);
  return { shop, tell };
}

for (const lang of LANGS) {
  const says = SAYS[lang];

  flow('a name is asked for with one click, heard, and gone when it is there', { lang, size: 'phone' }, async (world) => {
    const { page, town, visit, inspect } = world;
    const { shop, tell } = await forgetful(town);
    await openConsole(world, town.orihon.operator);
    await visit('/console/stores/corner/pending');
    await page.getByText(FORGOTTEN).first().waitFor();
    await inspect();
    await page.getByRole('button', { name: says.ask }).click();
    await page.getByText(says.asked).waitFor();
    await inspect();
    const { wishes } = await tell();
    assert.deepEqual(wishes.map(({ code, lines }) => [code, lines]), [[FORGOTTEN, 1]]);
    // It can be taken back, and asked anew.
    await page.getByRole('button', { name: says.back }).click();
    await page.getByRole('button', { name: says.ask }).click();
    await page.getByText(says.asked).waitFor();
    await town.name(shop, [[FORGOTTEN, '手作りクッキー', 90, '8']]);
    assert.deepEqual((await tell()).wishes, []);
    await visit('/console/stores/corner/pending');
    await page.getByText(says.none).waitFor();
    await inspect();
  });

  flow('what is wrong on a device is told where one looks, by itself', { lang, size: 'desktop' }, async (world) => {
    const { page, town, visit, inspect } = world;
    const { tell } = await forgetful(town);
    await openConsole(world, town.orihon.operator);
    await visit('/console/stores/corner');
    const machines = page.locator('#machines');
    await machines.getByText(says.never, { exact: true }).waitFor();
    await inspect();
    const key = { store_id: 'corner', terminal: '1', business_date: LATELY, transaction: '<b>77</b>' };
    await tell({
      queue: { waiting: 12, oldest_at: `${LATELY}T11:58:00+09:00` },
      stuck: [{ key, code: 'line_sum', detail: '/lines/0: does not add up' }], stuck_count: 1,
      days: [{ business_date: LATELY, settlements: 4 }],
    });
    // The page looks again by itself.
    await machines.getByText(says.sales).waitFor();
    await machines.getByText('<b>77</b>').waitFor();
    // Only this cell: the hour of the contact beside it may well have the same digits.
    await machines.locator('td.number').filter({ hasText: /^12/ }).waitFor();
    await inspect();
    await visit('/console');
    const tile = (label) => page.locator('#tiles li').filter({ hasText: label }).first();
    await tile(says.stuck).getByText('1', { exact: true }).waitFor();
    await tile(says.apart).getByText('1', { exact: true }).waitFor();
    await inspect();
    // The line is whole again, and a person has looked.
    await tell();
    await tile(says.stuck).getByText('0', { exact: true }).waitFor();
    await visit('/console/stores/corner');
    await machines.getByText(says.well).waitFor();
    await inspect();
  });
}
