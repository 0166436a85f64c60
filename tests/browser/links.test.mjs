//! Links that open something once: a person's book, and the console. Looking uses none up; used or too old, the page
//! says so and where to go on.
import assert from 'node:assert/strict';
import { flow, street } from './harness/flow.mjs';

const SAYS = {
  ja: {
    own: '自分の記録を開く', enter: 'サインイン', gone: 'このリンクは使えません', hint: '一度使われたか、24時間を過ぎています', other: 'いま別のアカウントが開いています',
    console: '管理画面をひらく', deskGone: 'このリンクは、もう使えません', deskHint: '使われたか、15分が過ぎました', signIn: '管理画面にサインイン', ways: '前に決めた方法のどれかで',
  },
  en: {
    own: 'Open your book', enter: 'Sign in', gone: 'This link no longer works', hint: 'It was used before, or it is older than 24 hours', other: 'Another account is open in this browser',
    console: 'Open the console', deskGone: 'This link no longer works', deskHint: 'It was used, or 15 minutes have passed', signIn: 'Sign in to the console', ways: 'one of the ways',
  },
};
/** Well formed, and never given out. What is too old is forgotten, and so is like this one. */
const FORGOTTEN = 'ABCDEFGHJKMNPQRSTVWXYZ01234567';

const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true });

for (const [lang, size, scheme] of [['ja', 'phone', 'light'], ['en', 'desktop', 'dark']]) {
  const says = SAYS[lang];

  flow('the link to a book opens it once', { lang, size, scheme }, async (world) => {
    const { page, context, orihon, town, visit, inspect, another } = world;
    const { person, bought } = await street(town);
    const { url } = await orihon.ask('POST', `/v1/users/${person.id}/recovery-link`, { reason: 'asked for at the desk' });
    const path = new URL(url).pathname;
    // A look at it, by whatever program, uses nothing up.
    assert.equal((await context.request.get(orihon.base + path)).status(), 200);
    await visit(path);
    await heading(page, says.own).waitFor();
    await inspect();
    const late = await another({ lang, size, scheme });
    await late.visit(path);
    await heading(late.page, says.own).waitFor();
    await page.locator('main form button').click();
    await page.waitForURL('**/book');
    assert.equal(await page.locator('.entry').count(), bought.length);

    // Who had the page open and presses now is too late, and so is whoever comes by the link.
    late.foresee(/404/);
    await late.page.locator('main form button').click();
    for (const load of [async () => {}, () => late.visit(path), () => late.visit(`/recover/${FORGOTTEN}`)]) {
      await load();
      await heading(late.page, says.gone).waitFor();
      await late.page.getByText(says.hint).waitFor();
    }
    await late.inspect();
    assert.deepEqual(await late.context.cookies(), []);
    await late.page.locator('main').getByRole('link', { name: says.enter }).click();
    await late.page.waitForURL('**/sign-in');

    // Another one's link tells that the present account is closed here.
    const other = await town.person('customer-2');
    const second = await orihon.ask('POST', `/v1/users/${other.id}/recovery-link`, { reason: 'asked for at the desk' });
    await visit(new URL(second.url).pathname);
    await page.getByText(says.other).waitFor();
    await inspect();
  });

  flow('the link to the console opens it once', { lang, size, scheme }, async ({ page, orihon, visit, inspect, another }) => {
    const { url } = await orihon.ask('POST', '/v1/console/links', {});
    const path = new URL(url).pathname;
    await visit(path);
    await heading(page, says.console).waitFor();
    await inspect();
    await page.locator('main form button').click();
    await page.locator('form[action="/console/sign-out"]').waitFor();
    // Pressed twice in the same browser, one is in all the same.
    await visit(path);
    await page.locator('main form[action="/console/link"] button').click();
    await page.locator('form[action="/console/sign-out"]').waitFor();

    const late = await another({ lang, size, scheme });
    late.foresee(/410/);
    for (const gone of [path, `/console/link/${FORGOTTEN}`]) {
      await late.visit(gone);
      await late.page.locator('main form button').click();
      await heading(late.page, says.deskGone).waitFor();
      await late.page.getByText(says.deskHint).waitFor();
      await late.inspect();
    }
    assert.deepEqual(await late.context.cookies(), []);
    await late.page.locator('main').getByRole('link', { name: says.signIn }).click();
    await heading(late.page, says.signIn).waitFor();
  });
}
