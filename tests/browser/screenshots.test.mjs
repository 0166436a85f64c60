//! The pictures in the README, made of the pages as they are. They are written anew only when
//! `ORIHON_SCREENSHOTS=1` asks for it; otherwise this sees that the pages can be shown and the pictures are
//! there and small.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
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
];

for (const [file, look, show] of PICTURES) {
  flow(`the picture ${file}`, look, async (world) => {
    const { page, context, town } = world;
    const { person, bought } = await street(town);
    await town.signIn(context, person);
    await show({ ...world, bought });
    await page.evaluate(() => document.activeElement?.blur());
    await page.mouse.move(0, 0);
    const picture = withFewColours(await page.screenshot());
    assert.ok(picture.length < BYTES_MAX, `${file} would have ${picture.length} bytes`);
    const place = new URL(file, FOLDER);
    if (process.env.ORIHON_SCREENSHOTS === '1') await writeFile(place, picture);
    const kept = await readFile(place);
    assert.ok(kept.length < BYTES_MAX, `${file} has ${kept.length} bytes`);
    assert.deepEqual(kept.subarray(16, 24), picture.subarray(16, 24), `${file} has another size: make it anew`);
  });
}
