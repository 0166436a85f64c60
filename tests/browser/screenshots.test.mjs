//! The pictures in the README, made of the pages as they are. They are written anew only when
//! `ORIHON_SCREENSHOTS=1` asks for it; otherwise this sees that the pages can be shown and the pictures are
//! there and small.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { visitor } from './harness/browser.mjs';
import { Demo } from './harness/demo.mjs';
import { flow, street } from './harness/flow.mjs';
import { withFewColours } from './harness/picture.mjs';

const FOLDER = new URL('../../docs/screenshots/', import.meta.url);
const BYTES_MAX = 60_000;

// The file, what the browser is like, and the way to what it shows.
const PICTURES = [
  ['book-phone.png', { size: 'phone', scheme: 'light', lang: 'ja', scale: 2 }, async ({ page, visit, bought }) => {
    await visit('/book');
    await page.locator(`#${bought[3]} summary`).click();
  }],
  ['receipt-phone.png', { size: 'phone', scheme: 'light', lang: 'ja', scale: 2 }, ({ visit, bought }) => visit(`/book/${bought[3]}`)],
  ['book-desktop-dark.png', { size: 'desktop', scheme: 'dark', lang: 'en' }, async ({ page, visit, bought }) => {
    await visit('/book');
    await page.locator(`#${bought[3]} summary`).click();
  }],
  ['code-phone.png', { size: 'phone', scheme: 'light', lang: 'en', scale: 2 }, async ({ page, visit }) => {
    await visit('/code');
    await page.locator('.face svg').first().waitFor();
  }],
];

// Of the demo, whose town has more to show: the place, and the way to what is shown of it.
const DEMO_PICTURES = [
  ['months-phone.png', { size: 'phone', scheme: 'dark', lang: 'ja', scale: 2 }, async ({ page, demo }) => {
    await page.goto(await demo.wayTo('/go/book'));
    await page.locator('form button').first().click();
    await page.waitForURL('**/book');
    await page.goto(`${demo.base}/months`);
  }],
  ['till-desktop.png', { size: 'desktop', scheme: 'light', lang: 'ja' }, async ({ page, demo }) => {
    await page.goto(demo.till);
    for (const nth of [0, 4, 8]) await page.locator('#touch button').nth(nth).click();
    await page.locator('#lines tr').nth(2).waitFor();
  }],
  ['console-desktop.png', { size: 'desktop', scheme: 'light', lang: 'en' }, async ({ page, demo }) => {
    await page.goto(await demo.wayTo('/go/console'));
    await page.locator('form button.main').first().click();
    await page.locator('#tiles').waitFor();
  }],
];

for (const [file, look, show] of PICTURES) {
  flow(`the picture ${file}`, look, async (world) => {
    const { page, context, town } = world;
    const { person, bought } = await street(town);
    await town.signIn(context, person);
    await show({ ...world, bought });
    await take(page, file);
  });
}

test('pictures of the demo', { timeout: 120_000 }, async () => {
  const demo = await Demo.start();
  try {
    for (const [file, look, show] of DEMO_PICTURES) {
      const context = await visitor(look);
      const page = await context.newPage();
      await show({ page, demo });
      await take(page, file);
      await context.close();
    }
  } finally {
    await demo.stop();
  }
});

/** Takes a picture of what is shown, and holds the one that is kept against it. */
async function take(page, file) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.mouse.move(0, 0);
  const picture = withFewColours(await page.screenshot());
  assert.ok(picture.length < BYTES_MAX, `${file} would have ${picture.length} bytes`);
  const place = new URL(file, FOLDER);
  if (process.env.ORIHON_SCREENSHOTS === '1') await writeFile(place, picture);
  const kept = await readFile(place);
  assert.ok(kept.length < BYTES_MAX, `${file} has ${kept.length} bytes`);
  assert.deepEqual(kept.subarray(16, 24), picture.subarray(16, 24), `${file} has another size: make it anew`);
}
