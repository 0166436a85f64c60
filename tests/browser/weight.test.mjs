//! What a visit costs: bytes on the way, in a browser that has nothing yet, and how far things jump while a page is
//! loaded. It tells nothing of time. `ORIHON_WEIGHT=1` prints what it finds.
import assert from 'node:assert/strict';
import { flow, street } from './harness/flow.mjs';

/** Page, stylesheet, scripts and what a phone keeps, together. */
const BYTES_MAX = 50_000;

/** Makes a browser count what comes to its page, and how far things on it jump. */
async function weigh({ page, context }, visit) {
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  let bytes = 0;
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.addInitScript(() => {
    globalThis.jumped = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { globalThis.jumped += entry.value; }))
      .observe({ type: 'layout-shift', buffered: true });
  });
  await visit();
  // Two frames later all of it has its place, and a jump was told.
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  return { bytes, jumped: await page.evaluate(() => globalThis.jumped) };
}

for (const size of ['phone', 'desktop']) {
  const look = { size, lang: 'ja' };
  flow('a first visit is light, and nothing jumps', look, async (world) => {
    const { page, town, orihon, visit, another } = world;
    const { person, bought } = await street(town);
    // A browser of its own for each, which has nothing yet.
    const check = async (path, enter = () => {}) => {
      const guest = await another(look);
      await enter(guest);
      const { bytes, jumped } = await weigh(guest, async () => {
        await guest.visit(path);
        // The account that is made at once leads to the code, and the phone fetches codes to keep.
        if (path === '/start') await guest.page.waitForURL('**/code');
        if (['/start', '/code'].includes(path)) await guest.page.locator('#kept:not([hidden])').waitFor();
      });
      if (process.env.ORIHON_WEIGHT) console.log(`${size} ${path}: ${bytes} bytes, ${jumped}`);
      assert.ok(bytes > 1_000 && bytes < BYTES_MAX, `${path}: ${bytes} bytes`);
      assert.equal(jumped, 0, `${path} jumps`);
      await guest.context.close();
    };
    for (const path of ['/', '/sign-in', '/claim', '/start']) await check(path);
    for (const path of ['/book', `/book/${bought[3]}`, '/code', '/months/2026-11', '/household', '/account']) {
      await check(path, ({ context }) => town.signIn(context, person));
    }
    await check('/console', async ({ context }) => {
      const form = { key: orihon.operator };
      const entered = await context.request.post(`${orihon.base}/console/sign-in`, { form, maxRedirects: 0 });
      assert.equal(entered.status(), 303);
    });
    // The control: what comes in above what is there is seen to push it down.
    const { jumped } = await weigh(world, async () => {
      await visit('/');
      await page.waitForTimeout(600); // What moves within half a second of a person's doing counts as wanted.
      await page.evaluate(() => document.body.prepend(Object.assign(document.createElement('p'), { textContent: 'late' })));
    });
    assert.ok(jumped > 0, 'the control: it jumps');
  });
}
