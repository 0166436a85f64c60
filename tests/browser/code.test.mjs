//! The member code: what a scanner reads on the screen, what happens to it when a purchase arrives, and what
//! the phone shows where there is no signal.
import assert from 'node:assert/strict';
import { flow, LANGS } from './harness/flow.mjs';
import { scan } from './harness/scanner.mjs';

const SAYS = {
  ja: { arrived: '届きました', next: '次のコードを出す', receipt: 'レシートを見る', noPaper: '紙のレシートはいりません', another: '別のコードにする', ready: '予備のコード 12 個', offline: 'つながりません。', usedUp: '予備のコードを使い切りました' },
  en: { arrived: 'Just arrived', next: 'Next code', receipt: 'See the receipt', noPaper: 'No paper receipt, please', another: 'Another code', ready: '12 codes kept on this phone', offline: 'No connection.', usedUp: 'All codes kept on this phone are used up' },
};
const WHITE = 'rgb(255, 255, 255)';

/** The digits that stand below the code. */
const digits = async (page) => (await page.locator('.face .digits').innerText()).replaceAll(/\s/g, '');

/** Opens an account on this phone, whose first page is the code; gives its digits. */
async function begin({ page, visit }) {
  await visit('/start');
  await page.waitForURL('**/code');
  await page.locator('.face svg').first().waitFor();
  return digits(page);
}

/** Waits for another code than this one, and gives its digits. */
async function nextAfter(page, before) {
  await page.waitForFunction((before) => {
    const shown = document.querySelector('.face .digits')?.innerText.replaceAll(/\s/g, '');
    return shown !== undefined && shown !== before;
  }, before);
  return digits(page);
}

/** A till that read these digits just now files a sale. */
function buy(town, shop, member_code, lines = [['4901234567894', 248]]) {
  // A code is judged by the time of the sale: before it was given out it was nobody's.
  const now = new Date(Date.now() + 9 * 3_600_000).toISOString().replace('Z', '+09:00');
  return town.file(shop, { ...town.sale(shop, undefined, lines, now), user: { member_code } });
}

for (const lang of LANGS) {
  for (const scheme of ['light', 'dark']) {
    flow('a scanner reads the code as a square and as bars', { lang, scheme, scale: 2 }, async ({ page, visit, inspect }) => {
      const shown = await begin({ page, visit });
      assert.match(shown, /^900\d{19}$/);
      assert.deepEqual(await scan(page), [['CODE-128', shown], ['QR-Code', shown]]);
      // Black on white, whatever the phone's theme is.
      const look = await page.locator('.face').evaluate((face) => {
        const { backgroundColor, color } = getComputedStyle(face);
        return { backgroundColor, color };
      });
      assert.deepEqual(look, { backgroundColor: WHITE, color: 'rgb(0, 0, 0)' });
      await inspect();
    });
  }

  flow('the code turns into what was bought, and then into another code', { lang }, async ({ page, town, visit, inspect }) => {
    const shop = await town.shop('corner', { name: 'コーナー商店' });
    const first = await begin({ page, visit });
    const id = await buy(town, shop, first, [['4901234567894', 248], ['4905678901238', 150, 2]]);
    await page.locator('.arrival').getByText(SAYS[lang].arrived).waitFor();
    assert.equal(await page.locator('.arrival .shop').innerText(), 'コーナー商店');
    assert.equal(await page.locator('.arrival .total').innerText(), '¥548');
    // Nothing that could be scanned a second time is left.
    assert.deepEqual(await scan(page), []);
    const receipt = await page.getByRole('link', { name: SAYS[lang].receipt }).getAttribute('href');
    assert.equal(receipt, `/book/${id}`);
    // By itself it turns back after a while.
    await page.getByRole('button', { name: SAYS[lang].next }).click();
    const second = await nextAfter(page, first);
    await buy(town, shop, second, [['4904567890127', 698]]);
    await page.locator('.arrival').getByText('¥698').waitFor();
    await inspect();
  });

  flow('who wants no paper says so by the code', { lang, scale: 2 }, async ({ page, town, visit, inspect }) => {
    const shop = await town.shop('corner', { name: 'Corner' });
    const paper = await begin({ page, visit });
    const wish = page.getByRole('switch', { name: SAYS[lang].noPaper });
    await wish.click();
    const none = await nextAfter(page, paper);
    // It is the same code with another wish, and another check digit.
    assert.equal(none.slice(0, -1), `901${paper.slice(3, -1)}`);
    assert.deepEqual(await scan(page), [['CODE-128', none], ['QR-Code', none]]);
    assert.equal(await wish.getAttribute('aria-checked'), 'true');
    await inspect();
    // It is remembered, and the same person's.
    await page.reload();
    assert.equal(await digits(page), none);
    await buy(town, shop, none);
    await page.locator('.arrival').getByText('¥248').waitFor();
  });

  flow('where there is no signal the phone shows codes that it kept, each once', { lang, scale: 2 }, async ({ page, context, town, visit, inspect, foresee }) => {
    const shop = await town.shop('corner', { name: 'Corner' });
    const online = await begin({ page, visit });
    await page.getByText(SAYS[lang].ready).waitFor();
    foresee(/ERR_INTERNET_DISCONNECTED/);
    await context.setOffline(true);
    await visit('/code');
    await page.getByText(SAYS[lang].offline).waitFor();
    await page.locator('.face svg').first().waitFor();
    const first = await digits(page);
    assert.notEqual(first, online);
    assert.deepEqual(await scan(page), [['CODE-128', first], ['QR-Code', first]]);
    await inspect();
    // Looked at again it is the same one, so that none are wasted; the wish is the phone's own affair.
    await visit('/code');
    await page.locator('.face svg').first().waitFor();
    assert.equal(await digits(page), first);
    await page.getByRole('switch', { name: SAYS[lang].noPaper }).click();
    assert.equal((await nextAfter(page, first)).slice(0, -1), `901${first.slice(3, -1)}`);
    const seen = new Set([online, first]);
    await page.getByRole('switch', { name: SAYS[lang].noPaper }).click();
    for (let left = 11; left > 0; left -= 1) {
      const before = await digits(page);
      await page.getByRole('button', { name: SAYS[lang].another }).click();
      const shown = await nextAfter(page, before);
      assert.ok(!seen.has(shown), `${shown} is shown twice`);
      seen.add(shown);
    }
    await page.getByRole('button', { name: SAYS[lang].another }).click();
    await page.getByText(SAYS[lang].usedUp).waitFor();
    // With the signal back the page shows a code from the server by itself, and what was sold meanwhile is in the book.
    const id = await buy(town, shop, first);
    await context.setOffline(false);
    await page.locator('#code[data-live] .face svg').first().waitFor();
    assert.equal(await digits(page), online);
    await visit('/book');
    await page.locator(`#${id}`).waitFor();
  });
}

flow('the screen stays on while the code is looked at', { lang: 'en' }, async ({ page, visit }) => {
  // A browser without windows has no screen to keep awake: what it is asked for is written down, and once refused.
  await page.addInitScript(() => {
    globalThis.asked = [];
    const request = async (kind) => {
      globalThis.asked.push(kind);
      if (globalThis.isLow) throw new DOMException('the battery is low', 'NotAllowedError');
      return new EventTarget();
    };
    Object.defineProperty(Navigator.prototype, 'wakeLock', { get: () => ({ request }) });
    globalThis.turn = (state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
      document.dispatchEvent(new Event('visibilitychange'));
    };
  });
  const shown = await begin({ page, visit });
  const asked = (count) => page.waitForFunction((count) => globalThis.asked.length === count, count);
  await asked(1);
  assert.deepEqual(await page.evaluate(() => globalThis.asked), ['screen']);
  // The browser lets go of the screen when the page is out of sight, and nobody asks there.
  await page.evaluate(() => globalThis.turn('hidden'));
  await page.evaluate(() => globalThis.turn('visible'));
  await asked(2);
  // Refused, the page is as it was.
  await page.evaluate(() => { globalThis.isLow = true; globalThis.turn('visible'); });
  await asked(3);
  assert.equal(await digits(page), shown);
});

flow('whoever signs out leaves no code in the browser', { lang: 'en' }, async ({ page, context, visit, foresee }) => {
  await begin({ page, visit });
  await page.getByText(SAYS.en.ready).waitFor();
  const kept = () => page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }));
  assert.deepEqual(await kept(), { databases: ['orihon'], caches: ['code'] });
  await visit('/account');
  await page.getByText('Sign out', { exact: true }).click();
  await page.getByRole('button', { name: 'Sign out all the same' }).click();
  await page.getByRole('heading', { level: 1, name: 'What you bought, in words' }).waitFor();
  assert.deepEqual(await kept(), { databases: [], caches: [] });
  assert.deepEqual(await context.cookies(), []);
  // Nor does it show one without a signal.
  foresee(/ERR_INTERNET_DISCONNECTED/);
  await context.setOffline(true);
  await visit('/code').catch(() => {});
  assert.equal(await page.locator('.face').count(), 0);
});

flow('without scripts the code is whole, and its buttons work', { lang: 'en', scripts: 'off', scale: 2 }, async ({ page, visit }) => {
  await visit('/start');
  await page.getByRole('button', { name: 'Start on this phone' }).click();
  await page.waitForURL('**/code');
  const first = await digits(page);
  assert.deepEqual(await scan(page), [['CODE-128', first], ['QR-Code', first]]);
  await page.getByRole('button', { name: SAYS.en.another }).click();
  await page.locator('.face').waitFor();
  const second = await digits(page);
  assert.notEqual(second, first);
  await page.getByRole('switch', { name: SAYS.en.noPaper }).click();
  await page.locator('[role=switch][aria-checked=true]').waitFor();
  assert.equal((await digits(page)).slice(0, -1), `901${second.slice(3, -1)}`);
});
