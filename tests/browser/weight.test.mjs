//! What a visit costs: bytes on the way, in a browser that has nothing yet, and how far things jump while a page is
//! loaded. It tells nothing of time.
import assert from 'node:assert/strict';
import { flow, openConsole, street } from './harness/flow.mjs';

/** Page, stylesheet, scripts and pictures together. */
const BYTES_MAX = 50_000;

/** Counts what comes to the page, and how far things on it jump. */
async function weigh({ page, context }) {
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
    await page.waitForLoadState('load');
    // Two frames later all of it has its place.
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    return { bytes, jumped: await page.evaluate(() => globalThis.jumped) };
  };
}

for (const size of ['phone', 'desktop']) {
  flow('a first visit is light, and nothing jumps', { size, lang: 'ja' }, async (world) => {
    const { page, context, town, orihon, visit } = world;
    const { person, bought } = await street(town);
    const weighed = await weigh(world);
    const check = async (path, go = () => visit(path)) => {
      const { bytes, jumped } = await weighed(go);
      assert.ok(bytes > 1_000 && bytes < BYTES_MAX, `${path}: ${bytes} bytes`);
      assert.equal(jumped, 0, path);
    };
    for (const path of ['/', '/start', '/sign-in', '/claim']) await check(path);
    await town.signIn(context, person);
    for (const path of ['/book', `/book/${bought[3]}`, '/code', '/months/2026-11', '/household', '/account']) await check(path);
    await openConsole(world, orihon.operator);
    for (const path of ['/console', '/console/stores', '/console/people']) await check(path);
    // The control: a page that jumps is seen to jump.
    const { jumped } = await weighed(async () => {
      await visit('/');
      await page.evaluate(() => document.querySelector('h1').insertAdjacentHTML('beforebegin', '<div>x</div>'));
      await page.evaluate(() => { document.querySelector('main div').append(...Array.from({ length: 9 }, () => document.createElement('br'))); });
    });
    assert.ok(jumped > 0);
  });
}
