//! Measures what a first visit costs, and prints it: bytes on the wire and how far things jump while a page is
//! loaded. It judges nothing. Run by `npm run measure`.
import { test } from 'node:test';
import { street, walk } from './flow.mjs';

test('measured', async () => {
  for (const size of ['phone', 'desktop']) {
    for (const path of ['/', '/start', '/book', '/book/RECEIPT']) {
      await walk({ size, lang: 'ja' }, async ({ page, context, town, visit }) => {
        const { person, bought } = await street(town);
        if (path.startsWith('/book')) await town.signIn(context, person);
        const wire = await context.newCDPSession(page);
        await wire.send('Network.enable');
        let bytes = 0, requests = 0;
        wire.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; requests += 1; });
        await page.addInitScript(() => {
          globalThis.jumped = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((entry) => { globalThis.jumped += entry.value; }))
            .observe({ type: 'layout-shift', buffered: true });
        });
        await visit(path.replace('RECEIPT', bought[3]));
        await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
        await page.waitForTimeout(500);
        const jumped = await page.evaluate(() => globalThis.jumped);
        console.log(`${size.padEnd(8)} ${path.padEnd(14)} ${String(bytes).padStart(7)} bytes in ${requests} requests, layout shift ${jumped}`);
      });
    }
  }
});
