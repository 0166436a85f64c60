//! The pictures in the README, made of the pages as they are: each main page on a phone and at a desk, by day and
//! in the dark. They are written anew only when `ORIHON_SCREENSHOTS=1` asks for it; otherwise this sees that each
//! page still looks like the picture that is kept of it.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { visitor } from './harness/browser.mjs';
import { Demo } from './harness/demo.mjs';
import { flow, openConsole } from './harness/flow.mjs';
import { unlike, withFewColours } from './harness/picture.mjs';
import { morning, pictured } from './harness/pictured.mjs';

const FOLDER = new URL('../../docs/screenshots/', import.meta.url);
const BYTES_MAX = 70_000;
/** The share of a picture that may differ: a day's date does; another page does not fit. */
const UNLIKE_MAX = 0.03;
/** A code is another one each time. */
const UNLIKE_CODE_MAX = 0.2;

const LOOKS = ['phone', 'desktop'].flatMap((size) => ['light', 'dark'].map((scheme) => ({
  size, scheme, ...(size === 'phone' ? { lang: 'ja', scale: 2 } : { lang: 'en' }),
})));
const file = (name, { size, scheme }) => `${name}-${size}-${scheme}.png`;

// The way to each page of the person's.
const PAGES = {
  book: async ({ page, visit, bought }) => {
    await visit('/book');
    await page.locator(`#${bought[3]} summary`).click();
  },
  receipt: ({ visit, bought }) => visit(`/book/${bought[3]}`),
  months: ({ visit }) => visit('/months/2026-10'),
  code: async ({ page, visit }) => {
    await visit('/code');
    await page.locator('.face svg').first().waitFor();
  },
};

for (const look of LOOKS) {
  flow('the pictures of the pages', look, async (world) => {
    const found = await pictured(world.town);
    await world.town.signIn(world.context, found.person);
    const taken = {};
    for (const [name, show] of Object.entries(PAGES)) {
      await show({ ...world, ...found });
      taken[name] = await take(world.page, file(name, look), name === 'code' ? UNLIKE_CODE_MAX : UNLIKE_MAX);
    }
    await morning(world.town, found);
    await openConsole(world, world.orihon.operator);
    await world.page.locator('#tiles').waitFor();
    taken.console = await take(world.page, file('console', look));
    // The control: no page looks like another.
    const { code, ...others } = taken;
    for (const [nth, one] of Object.values(others).entries()) {
      for (const other of Object.values(others).slice(nth + 1)) assert.ok(unlike(one, other) > UNLIKE_MAX);
    }
  });
}

test('the pictures of a till', { timeout: 120_000 }, async () => {
  const demo = await Demo.start();
  try {
    for (const look of LOOKS) {
      const context = await visitor(look);
      const page = await context.newPage();
      await page.goto(demo.till);
      for (const nth of [0, 4, 8]) await page.locator('#touch button').nth(nth).click();
      await page.locator('#lines tr').nth(2).waitFor();
      await take(page, file('till', look));
      await context.close();
    }
  } finally {
    await demo.stop();
  }
});

/** Takes a picture of what is shown, and holds the one that is kept against it. */
async function take(page, file, unlikeMax = UNLIKE_MAX) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.mouse.move(0, 0);
  const picture = withFewColours(await page.screenshot());
  assert.ok(picture.length < BYTES_MAX, `${file} would have ${picture.length} bytes`);
  const place = new URL(file, FOLDER);
  if (process.env.ORIHON_SCREENSHOTS === '1') await writeFile(place, picture);
  const share = unlike(await readFile(place), picture);
  if (process.env.ORIHON_SCREENSHOTS) console.log(`${file}: ${picture.length} bytes, ${share} differs`);
  assert.ok(share <= unlikeMax, `${file} shows something else (${share}): make it anew with ORIHON_SCREENSHOTS=1`);
  return picture;
}
