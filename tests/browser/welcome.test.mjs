//! The first minutes: what somebody sees who comes here for the first time, and the step into an account.
import assert from 'node:assert/strict';
import { flow, LANGS } from './harness/flow.mjs';

const SAYS = {
  ja: { title: '買ったものが、ことばで残る', start: 'このスマートフォンではじめる', empty: 'まだ何もありません', ways: 'コードを見せる' },
  en: { title: 'What you bought, in words', start: 'Start on this phone', empty: 'Nothing here yet', ways: 'Show your code' },
};

for (const lang of LANGS) {
  for (const [size, scheme] of [['phone', 'light'], ['desktop', 'dark']]) {
    flow('the welcome leads to the code, and beside it is an empty book that says what to do', { lang, size, scheme }, async ({ page, context, visit, inspect }) => {
      const says = SAYS[lang];
      await visit('/');
      await page.getByRole('heading', { level: 1, name: says.title }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), lang);
      await inspect();
      await page.getByRole('button', { name: says.start }).click();
      await page.waitForURL('**/code');
      await page.locator('.face svg').first().waitFor();
      await inspect();
      await visit('/book');
      await page.getByRole('heading', { name: says.empty }).waitFor();
      await page.getByRole('heading', { name: says.ways }).waitFor();
      await inspect();
      // Scripts cannot read what opens the account.
      const [cookie] = (await context.cookies()).filter(({ name }) => name === 'orihon');
      assert.ok(cookie.httpOnly);
      assert.equal(await page.evaluate(() => document.cookie), '');
    });
  }

  flow('the link makes an account at once', { lang }, async ({ page, visit }) => {
    await visit('/start');
    await page.waitForURL('**/code');
    await page.locator('.face svg').first().waitFor();
  });

  flow('without scripts the button of the link does it', { lang, scripts: 'off' }, async ({ page, context, visit }) => {
    await visit('/start');
    // A look at the link has made nothing.
    assert.deepEqual(await context.cookies(), []);
    await page.getByRole('button', { name: SAYS[lang].start }).click();
    await page.waitForURL('**/code');
    await page.locator('.face svg').first().waitFor();
  });
}

flow('whoever has an account here keeps it', {}, async ({ page, context, visit }) => {
  const secret = async () => (await context.cookies()).find(({ name }) => name === 'orihon').value;
  await visit('/start');
  await page.waitForURL('**/code');
  const first = await secret();
  for (const [path, leads] of [['/start', '**/code'], ['/', '**/code']]) {
    await visit(path);
    await page.waitForURL(leads);
  }
  assert.equal(await secret(), first);
});

flow('going back from the new account makes no second one', { lang: 'en' }, async ({ page, context, visit, goBack }) => {
  await visit('/');
  await page.getByRole('button', { name: SAYS.en.start }).click();
  await page.waitForURL('**/code');
  const secrets = async () => (await context.cookies()).filter(({ name }) => name === 'orihon').map(({ value }) => value);
  const first = await secrets();
  // Before it was the welcome, which leads whoever has an account on.
  const again = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/code');
  await goBack();
  await (await again).finished();
  await page.locator('.face svg').first().waitFor();
  assert.deepEqual(await secrets(), first);
});

flow('nobody sees a book without an account', { lang: 'en' }, async ({ page, visit, inspect, foresee }) => {
  await visit('/book');
  await page.getByRole('heading', { name: SAYS.en.title }).waitFor();
  foresee(/404/);
  await visit('/no-such-page');
  await page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor();
  await inspect();
});
