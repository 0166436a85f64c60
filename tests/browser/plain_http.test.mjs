//! A server in clear, on another machine in the shop's network: what browsers allow over TLS only is not offered, and
//! the page says why; all the rest works as ever.
import assert from 'node:assert/strict';
import { FAR } from './harness/browser.mjs';
import { flow, openConsole } from './harness/flow.mjs';
import { scan } from './harness/scanner.mjs';

const SAYS = {
  ja: {
    kept: 'この接続は暗号化されていない(http)ため、電波のない場所で使うコードを端末に置けません', camera: 'この接続は暗号化されていない(http)ため、ここではカメラを使えません', passkey: 'この接続は暗号化されていないため、パスキーは使えません',
    another: '別のコードにする', email: 'メールアドレス', password: 'パスワード', save: '保存', way: 'メールアドレスとパスワード', out: 'サインアウト', enter: 'サインイン', welcome: '買ったものが、ことばで残る',
  },
  en: {
    kept: 'This connection is not encrypted (http), so no codes can be kept on this phone', camera: 'This connection is not encrypted (http), and so the camera cannot be used here', passkey: 'This connection is not encrypted, so that passkeys cannot be used',
    another: 'Another code', email: 'E-mail address', password: 'Password', save: 'Save', way: 'E-mail address and password', out: 'Sign out', enter: 'Sign in', welcome: 'What you bought, in words',
  },
};
const [EMAIL, PASSWORD] = ['hanako@example.test', 'みどり町の四つ葉 2026'];

for (const [lang, size, scheme] of [['ja', 'phone', 'light'], ['en', 'desktop', 'dark']]) {
  const says = SAYS[lang];

  flow('in clear the book works, and what cannot work says why', { lang, size, scheme, host: FAR, scale: 2 }, async (world) => {
    const { page, context, orihon, town, visit, inspect, goBack, foresee } = world;
    // The browser tells of headers that only a safe origin may send, and passes them over.
    foresee(/Cross-Origin-Opener-Policy header has been ignored/);
    foresee(/Clear-Site-Data header on .*: Not supported for insecure origins/);
    const shop = await town.shop('corner', { name: 'コーナー商店' });
    await visit('/start');
    await page.waitForURL('**/code');
    assert.equal(new URL(page.url()).hostname, FAR);
    assert.equal(await page.evaluate(() => isSecureContext), false, 'the control: here the browser trusts nobody');

    // The code is shown and read, its buttons work, and a sale arrives; none are kept on the phone.
    await page.locator('#kept').getByText(says.kept).waitFor();
    const digits = async () => (await page.locator('.face .digits').innerText()).replaceAll(/\s/g, '');
    const first = await digits();
    assert.deepEqual(await scan(page.locator('.face')), [['CODE-128', first], ['QR-Code', first]]);
    await inspect();
    await page.getByRole('button', { name: says.another }).click();
    await page.waitForFunction((first) => document.querySelector('.face .digits')?.innerText.replaceAll(/\s/g, '') !== first, first);
    const now = new Date(Date.now() + 9 * 3_600_000).toISOString().replace('Z', '+09:00');
    const id = await town.file(shop, { ...town.sale(shop, undefined, [['4901234567894', 248]], now), user: { member_code: await digits() } });
    await page.locator('.arrival').getByText('¥248').waitFor();
    const cookies = await context.cookies();
    assert.ok(cookies.some(({ name }) => name === 'orihon'), JSON.stringify(cookies));
    assert.deepEqual(cookies.filter(({ name, secure, httpOnly }) => name.startsWith('__') || secure || !httpOnly), []);

    await visit('/claim');
    await page.getByText(says.camera).waitFor();
    assert.equal(await page.locator('#scan').isVisible(), false);
    await inspect();

    // A password is set, and lets in again; of passkeys there is the reason, and no button.
    await visit('/account');
    await page.locator('#means').getByText(says.passkey).waitFor();
    assert.equal(await page.locator('#passkey').count(), 0);
    await inspect();
    await visit('/account/password');
    await page.getByLabel(says.email, { exact: true }).fill(EMAIL);
    await page.getByLabel(says.password, { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: says.save }).click();
    await page.locator('#means strong').getByText(says.way).waitFor();
    await page.locator('#leaving').getByRole('button', { name: says.out }).click();
    await page.getByRole('heading', { level: 1, name: says.welcome }).waitFor();
    assert.deepEqual(await context.cookies(), []);
    // Though nothing was cleared by that header, going back shows nothing of the account.
    const asked = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/account');
    await goBack();
    assert.equal((await asked).status(), 303);
    await page.getByRole('heading', { level: 1, name: says.welcome }).waitFor();
    assert.equal(await page.locator('#means, .entry').count(), 0);
    await visit('/sign-in');
    await page.getByText(says.passkey).waitFor();
    assert.equal(await page.locator('#passkey').count(), 0);
    await inspect();
    await page.getByLabel(says.email, { exact: true }).fill(EMAIL);
    await page.getByLabel(says.password, { exact: true }).fill(PASSWORD);
    await page.locator('form[action="/sign-in"]').getByRole('button', { name: says.enter }).click();
    await page.waitForURL('**/book');
    await page.locator(`#${id}`).waitFor();

    // The console as well.
    await openConsole(world, orihon.operator);
    const all = await context.cookies();
    assert.equal(all.length, 2, JSON.stringify(all));
    assert.deepEqual(all.filter(({ name }) => name.startsWith('__')), []);
  });
}
