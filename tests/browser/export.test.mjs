//! The book as files, taken from the account page as people take them: by a click. What programs make of the
//! files is tried elsewhere.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { flow, LANGS, street } from './harness/flow.mjs';

const NAMES = ['明治の牛乳 1L', '極小粒納豆 3個組', 'トイレットペーパー ダブル 12ロール', 'Earl Grey tea', 'ブレンドコーヒー'];
const SHOPS = ['スーパーふじの木 緑町店', '喫茶こもれび'];
const SPENT = 646 + 860 + 698 + 1272 + 480;

/** Clicks on a file; gives its name and its bytes. */
async function download({ page, foresee }, label) {
  // Chromium stops going to another page when what comes is a file.
  foresee(/\/account\/exports\/\S+: net::ERR_ABORTED/);
  const coming = page.waitForEvent('download');
  await page.locator('#exports a').filter({ has: page.locator('strong', { hasText: label }) }).click();
  const file = await coming;
  assert.equal(await file.failure(), null);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

const text = (bytes, encoding = 'utf-8') => new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);

/** The rows of a CSV file, each with its columns by name. */
function rows(csv) {
  const cells = [...csv.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g)];
  const lines = [[]];
  for (const [, cell, end] of cells) {
    lines.at(-1).push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end !== ',') lines.push([]);
  }
  const [head, ...rest] = lines.filter((line) => line.length > 1);
  return rest.map((line) => Object.fromEntries(head.map((name, at) => [name, line[at]])));
}

for (const lang of LANGS) {
  flow('each file is there with every name', { lang }, async (world) => {
    const { page, context, town, visit, inspect } = world;
    const { person, bought } = await street(town);
    await town.signIn(context, person);
    await visit('/account');
    await inspect();
    for (const [label, name, encoding] of [
      [/^CSV$/, 'orihon.csv'],
      [/^CSV ?\(Shift_JIS\)$/, 'orihon.csv', 'shift_jis'],
      [/^NDJSON$/, 'orihon.ndjson'],
      [/^hledger$/, 'orihon.journal'],
      [/^Beancount$/, 'orihon.beancount'],
    ]) {
      const file = await download(world, label);
      assert.equal(file.name, name);
      const read = text(file.bytes, encoding);
      for (const word of [...NAMES, ...SHOPS]) assert.ok(read.includes(word), `${word} is missing in ${name} (${encoding ?? 'utf-8'})`);
      if (!name.endsWith('.csv')) continue;
      const items = rows(read.replace(/^\ufeff/, ''));
      assert.equal(items.length, 11);
      assert.equal(items.reduce((sum, { amount }) => sum + Number(amount), 0), SPENT);
    }
    // The last line of the whole copy says that it is whole.
    const { bytes } = await download(world, /^NDJSON$/);
    const last = JSON.parse(text(bytes).trim().split('\n').at(-1));
    assert.deepEqual(last, { purchases: bought.length, total_by_currency: { JPY: SPENT } });
    // All of it in one file, and what was taken stands on the page.
    const whole = await download(world, /\(ZIP\)$/);
    assert.equal(whole.name, 'orihon.zip');
    assert.equal(text(whole.bytes.subarray(0, 2)), 'PK');
    await page.reload();
    for (const form of ['bundle', 'ndjson', 'csv']) await page.locator('#accesses').getByText(form, { exact: false }).first().waitFor();
    // The page is still there, and so is the account.
    assert.equal(new URL(page.url()).pathname, '/account');
  });
}

flow('a name that poses as a formula is none in the file', { lang: 'en' }, async (world) => {
  const { context, town, visit } = world;
  const formula = '=HYPERLINK("http://evil.test","Milk")';
  const shop = await town.shop('corner', { name: 'Corner', goods: [['4901234567894', formula, 248, '8']] });
  const person = await town.person();
  await town.signIn(context, person);
  await town.sell(shop, person, [['4901234567894', 248]]);
  await visit('/account');
  const { bytes } = await download(world, /^CSV$/);
  // Spreadsheets of Windows know the letters by the mark at the beginning.
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const [item] = rows(text(bytes).slice(1));
  assert.ok(Object.values(item).includes(`'${formula}`), JSON.stringify(item));
  assert.ok(!Object.values(item).some((cell) => cell.startsWith('=')));
});

flow('an empty book is a file as well', { lang: 'en' }, async (world) => {
  const { page, visit } = world;
  await visit('/start');
  await page.waitForURL('**/code');
  await visit('/account');
  const { bytes } = await download(world, /^CSV$/);
  assert.deepEqual(rows(text(bytes).slice(1)), []);
  assert.ok(bytes.length > 3);
});
