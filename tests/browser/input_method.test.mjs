//! Japanese keyboards: digits in full width, and what is still being composed, in the fields where codes and numbers
//! are typed: the till's, the one of a receipt's code, and the console's search for a receipt.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visitor } from './harness/browser.mjs';
import { Demo } from './harness/demo.mjs';
import { flow, LANGS, openConsole, street } from './harness/flow.mjs';
import { Watch } from './harness/watch.mjs';

const SAYS = {
  ja: { look: 'レシートを見る', found: 'このレシートですか？', find: 'さがす', date: '日付', number: 'レシート番号か取引番号', none: 'この番号のレシートはありません' },
  en: { look: 'See the receipt', found: 'Is it this receipt?', find: 'Find', date: 'Date', number: 'Receipt or transaction number', none: 'There is no receipt of this number' },
};
const PATIENCE_MS = 60_000;

/** As an input method writes it: every character that can be as wide as a kanji. */
const wide = (text) => text.replaceAll(/[!-~]/g, (it) => String.fromCharCode(it.charCodeAt(0) + 0xfee0));

/** An input method at the keyboard of a page: composes in steps, which `end` makes text. */
async function inputMethod(page) {
  const wire = await page.context().newCDPSession(page);
  return {
    compose: (text) => wire.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length }),
    /** Enter, as a page hears it while something is composed. */
    enter: () => wire.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229 }),
    end: (text) => wire.send('Input.insertText', { text }),
  };
}

for (const lang of LANGS) {
  const says = SAYS[lang];

  flow('the code of a receipt is left alone while it is composed', { lang }, async ({ page, orihon, town, visit }) => {
    const shop = await town.shop('corner', { name: 'コーナー商店' });
    const { claim_code: code } = await orihon.ask('POST', '/v1/settlements', town.sale(shop, undefined, [['4901234567894', 248]]), shop.key);
    await visit('/claim');
    const field = page.locator('#claim-code');
    await field.focus();
    const keys = await inputMethod(page);
    await keys.compose(wide(code.slice(0, 4)));
    await keys.compose(wide(code));
    assert.equal(await field.inputValue(), wide(code), 'what is composed is not touched');
    await keys.end(wide(code));
    assert.equal(await field.inputValue(), code);
    // The control: where nothing is composed it is narrow at once.
    await field.fill(wide(code));
    assert.equal(await field.inputValue(), code);
    await page.getByRole('button', { name: says.look }).click();
    await page.getByRole('heading', { level: 1, name: says.found }).waitFor();
  });

  flow('the console finds a receipt by a number in full width', { lang }, async (world) => {
    const { page, orihon, town, visit, inspect } = world;
    const { market, person } = await street(town);
    const message = { ...town.sale(market, person, [['4901234567894', 248, 3]]), receipt_number: 'R-0042' };
    await town.file(market, message);
    await openConsole(world, orihon.operator);
    for (const [number, isThere] of [[message.transaction, true], ['R-0042', true], ['R-0043', false]]) {
      await visit('/console/receipts');
      await page.locator('input[name=store_id]').fill(market.id);
      await page.getByLabel(says.date).fill(message.business_date);
      await page.getByLabel(says.number).focus();
      const keys = await inputMethod(page);
      await keys.compose(wide(number));
      await keys.end(wide(number));
      await page.getByRole('button', { name: says.find }).click();
      await page.locator('main').getByText(isThere ? '¥744' : says.none).first().waitFor();
      assert.equal(await page.locator('.receipt').count(), isThere ? 1 : 0, number);
      // It stands there as it was typed.
      assert.equal(await page.getByLabel(says.number).inputValue(), wide(number));
    }
    await inspect();
  });
}

test('a scanner behind an input method rings up each code once', { timeout: PATIENCE_MS }, async () => {
  const demo = await Demo.start();
  const context = await visitor({ lang: 'ja', size: 'desktop' });
  const watch = new Watch(context, demo.till);
  try {
    const page = await context.newPage();
    await page.goto(demo.till);
    await page.locator('#touch button').first().waitFor();
    const all = await page.evaluate(async () => (await (await fetch('/api/touch')).json()).keys.map(({ code }) => code));
    const [first, second, third] = all.filter((code) => /^\d{8,13}$/.test(code));
    const keys = await inputMethod(page);
    const field = page.locator('#scan');
    const lines = page.locator('#lines tr');
    await field.focus();

    // The Enter behind the code ends the composition, and is the only one that the scanner sends.
    for (const end of [4, 8, first.length]) await keys.compose(wide(first.slice(0, end)));
    assert.equal(await field.inputValue(), wide(first));
    await keys.enter();
    assert.equal(await lines.count(), 0, 'what is composed is not rung up');
    await keys.end(wide(first));
    await lines.first().waitFor();
    assert.equal(await field.inputValue(), '');

    // Ended otherwise it waits for an Enter of its own.
    await keys.compose(wide(second));
    await keys.end(wide(second));
    assert.equal(await field.inputValue(), wide(second));
    await page.keyboard.press('Enter');
    await lines.nth(1).waitFor();

    // A word that somebody composes is no code: the Enter at its end rings up nothing.
    await keys.compose('ぎゅうにゅう');
    await keys.enter();
    await keys.end('牛乳');
    assert.equal(await field.inputValue(), '牛乳');
    // What is rung up next comes behind whatever the word would have done.
    await field.fill(wide(third));
    await page.keyboard.press('Enter');
    await lines.nth(2).waitFor();
    assert.equal(await lines.count(), 3);
    assert.equal(await page.locator('dialog[open]').count(), 0);
    watch.judge();
  } finally {
    await context.close();
    await demo.stop();
  }
});
