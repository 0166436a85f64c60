//! What a visit costs: bytes on the way, in a browser that has nothing yet, and how far things jump while a page is
//! loaded. It tells nothing of time.
import assert from 'node:assert/strict';
import { flow, openConsole, street } from './harness/flow.mjs';

/** Page, stylesheet, scripts and what a phone keeps, together. */
const BYTES_MAX = 50_000;

/** Makes a browser count what comes to its page, and how far things on it jump. */
async function scales({ page, context }) {
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  // Each page is met as if it were the first.
  await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
  let bytes = 0;
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.addInitScript(() => {
    globalThis.jumped = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { globalThis.jumped += entry.value; }))
      .observe({ type: 'layout-shift', buffered: true });
  });
  return async (visit) => {
    bytes = 0;
    await visit();
    // Two frames later all of it has its place, and a jump was told.
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    return { bytes, jumped: await page.evaluate(() => globalThis.jumped) };
  };
}

for (const size of ['phone', 'desktop']) {
  flow('a first visit is light, and nothing jumps', { size, lang: 'ja' }, async (world) => {
    const { page, context, town, orihon, visit } = world;
    const { person, bought } = await street(town);
    const weigh = await scales(world);
    const check = async (path) => {
      const { bytes, jumped } = await weigh(async () => {
        await visit(path);
        // The account that is made at once leads to the code, and the phone fetches codes to keep.
        if (path === '/start') await page.waitForURL('**/code');
        if (['/start', '/code'].includes(path)) await page.locator('#kept:not([hidden])').waitFor();
      });
      assert.ok(bytes > 1_000 && bytes < BYTES_MAX, `${path}: ${bytes} bytes`);
      assert.equal(jumped, 0, `${path} jumps`);
    };
    for (const path of ['/', '/sign-in', '/claim', '/start']) await check(path);
    await context.clearCookies();
    await town.signIn(context, person);
    for (const path of ['/book', `/book/${bought[3]}`, '/code', '/months/2026-11', '/household', '/account']) await check(path);
    await openConsole(world, orihon.operator);
    for (const path of ['/console', '/console/stores', '/console/people']) await check(path);
    // The control: what comes in above what is there is seen to push it down.
    const { jumped } = await weigh(async () => {
      await visit('/');
      await page.waitForTimeout(600); // What moves within half a second of a person's doing counts as wanted.
      await page.evaluate(() => document.body.prepend(Object.assign(document.createElement('p'), { textContent: 'late' })));
    });
    assert.ok(jumped > 0, 'the control: it jumps');
  });
}
