//! Ways into an account and out of it: the password, the sheet, passkeys, the list of browsers, and going for
//! good. What was signed out shows nothing any more, whichever button is pressed.
import assert from 'node:assert/strict';
import { flow, LANGS, street } from './harness/flow.mjs';
import { scan } from './harness/scanner.mjs';

const SAYS = {
  ja: {
    welcome: '買ったものが、ことばで残る', banner: 'この記録をなくさないように', secure: '方法を決める', later: 'いまはしない', set: 'メールアドレスとパスワードを決める',
    email: 'メールアドレス', password: 'パスワード', save: '保存', short: 'パスワードは8文字以上', way: 'メールアドレスとパスワード', out: 'サインアウト', enter: 'サインイン',
    wrong: 'メールアドレスかパスワードが違います', make: '復旧シートを作る', again: '新しいシートを作る', addKey: 'パスキーを追加', useKey: 'パスキーで開く', key: 'パスキー ·',
    here: 'このブラウザー', erase: '削除する', stay: '消さずに残す', stayed: 'おかえりなさい', goes: 'に消えます',
  },
  en: {
    welcome: 'What you bought, in words', banner: 'So that you do not lose this book', secure: 'Choose a way', later: 'Not now', set: 'Set an e-mail address and a password',
    email: 'E-mail address', password: 'Password', save: 'Save', short: 'The password needs at least 8 characters', way: 'E-mail address and password', out: 'Sign out', enter: 'Sign in',
    wrong: 'The e-mail address or the password is wrong', make: 'Make a recovery sheet', again: 'Make a new sheet', addKey: 'Add a passkey', useKey: 'Sign in with a passkey', key: 'Passkey ·',
    here: 'this browser', erase: 'Delete it', stay: 'Keep the account', stayed: 'Welcome back', goes: 'will be deleted on',
  },
};
const EMAIL = 'hanako@example.test';
const PASSWORD = 'みどり町の四つ葉 2026';

const isWelcome = (page, lang) => page.getByRole('heading', { level: 1, name: SAYS[lang].welcome }).waitFor();

/** Gives the open account a password. */
async function secure({ page, visit }, says) {
  await visit('/account/password');
  await page.getByLabel(says.email, { exact: true }).fill(EMAIL);
  await page.getByLabel(says.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: says.save }).click();
  await page.locator('#means strong').getByText(says.way).waitFor();
}

async function signOut({ page, visit }, lang) {
  await visit('/account');
  await page.locator('#leaving').getByRole('button', { name: SAYS[lang].out }).click();
  await isWelcome(page, lang);
}

async function byPassword({ page, visit }, says, password = PASSWORD) {
  await visit('/sign-in');
  await page.getByLabel(says.email, { exact: true }).fill(EMAIL);
  await page.getByLabel(says.password, { exact: true }).fill(password);
  await page.locator('form[action="/sign-in"]').getByRole('button', { name: says.enter }).click();
}

/** Gives the phone a screen lock which says yes by itself, and room for passkeys. */
async function withScreenLock({ page, context, foresee }) {
  const wire = await context.newCDPSession(page);
  await wire.send('WebAuthn.enable');
  await wire.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  // Chromium would like RSA to be offered as well, which the server leaves out on purpose.
  foresee(/pubKeyCredParams is missing/);
}

/** Makes a sheet for the open account; gives the address that its square leads to. */
async function sheet({ page, visit }, name) {
  await visit('/account');
  await page.getByRole('button', { name }).click();
  const square = page.locator('.sheet svg');
  await square.waitFor();
  const [[kind, address]] = await scan(square);
  assert.equal(kind, 'QR-Code');
  return address;
}

for (const lang of LANGS) {
  const says = SAYS[lang];

  flow('the banner leads to a password, and the password back into the book', { lang }, async (world) => {
    const { page, context, town, visit, inspect, goBack, foresee } = world;
    const { person, bought } = await street(town);
    await town.signIn(context, person);
    await visit('/book');
    await page.getByRole('heading', { name: says.banner }).waitFor();
    await inspect();
    await page.getByRole('link', { name: says.secure }).click();
    await page.waitForURL('**/account#means');
    await inspect();
    await page.getByRole('link', { name: says.set }).click();
    await page.waitForURL('**/account/password');
    await inspect();
    await secure(world, says);
    await visit('/book');
    assert.equal(await page.getByRole('heading', { name: says.banner }).count(), 0);

    await signOut(world, lang);
    assert.deepEqual(await context.cookies(), []);
    // The page before is asked for again, and nobody is signed in.
    const asked = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/account');
    await goBack();
    assert.equal((await asked).status(), 303);
    await isWelcome(page, lang);
    assert.equal(await page.locator('#means, .entry').count(), 0);

    foresee(/422/);
    await byPassword(world, says, 'not the right one');
    await page.getByRole('alert').getByText(says.wrong).waitFor();
    assert.equal(await page.getByLabel(says.email, { exact: true }).inputValue(), EMAIL);
    await inspect();
    await byPassword(world, says);
    await page.waitForURL('**/book');
    assert.equal(await page.locator('.entry').count(), bought.length);
  });

  flow('the sheet has a code that opens the book elsewhere, until there is a newer one', { lang, scale: 2 }, async (world) => {
    const { page, context, orihon, town, inspect, another } = world;
    const { person, bought } = await street(town);
    await town.signIn(context, person);
    const address = await sheet(world, says.make);
    const code = (await page.locator('.sheet .groups').innerText()).trim().replaceAll(/\s+/g, '-');
    assert.equal(address, `${orihon.base}/sign-in#${code}`);
    await inspect();
    // On paper are the code and its square, and nothing of the bar.
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('.sheet .groups').isVisible());
    assert.deepEqual(await scan(page.locator('.sheet svg')), [['QR-Code', address]]);
    assert.equal(await page.getByRole('navigation').filter({ visible: true }).count(), 0);
    await page.emulateMedia({ media: null });

    // Scanned, it stands in its field, and no longer in the address.
    const other = await another({ lang });
    await other.visit(new URL(address).pathname + new URL(address).hash);
    await other.page.waitForFunction((code) => document.getElementById('code').value === code, code);
    assert.equal(new URL(other.page.url()).hash, '');
    const enter = other.page.locator('form[action="/sign-in/code"]').getByRole('button', { name: says.enter });
    await enter.click();
    await other.page.waitForURL('**/book');
    assert.equal(await other.page.locator('.entry').count(), bought.length);

    const newer = new URL(await sheet(world, says.again)).hash.slice(1);
    await signOut(other, lang);
    other.foresee(/422/);
    await other.visit('/sign-in');
    await other.page.locator('#code').fill(code);
    await enter.click();
    await other.page.getByRole('alert').waitFor();
    // However it is typed.
    await other.page.locator('#code').fill(newer.toLowerCase().replaceAll('-', ' '));
    await enter.click();
    await other.page.waitForURL('**/book');
  });

  flow('a passkey is registered, and opens the book without a name being typed', { lang, host: 'localhost' }, async (world) => {
    const { page, context, town, visit, inspect } = world;
    const { person, bought } = await street(town);
    await town.signIn(context, person);
    await withScreenLock(world);
    await visit('/account');
    await page.getByRole('button', { name: says.addKey }).click();
    await page.locator('#means strong').getByText(says.key).waitFor();
    await inspect();
    await signOut(world, lang);
    await visit('/sign-in');
    await inspect();
    await page.getByRole('button', { name: says.useKey }).click();
    await page.waitForURL('**/book');
    assert.equal(await page.locator('.entry').count(), bought.length);
  });

  flow('one browser signs the other one out', { lang }, async (world) => {
    const { page, context, town, visit, inspect, another } = world;
    const { person } = await street(town);
    const other = await another({ lang, size: 'desktop' });
    await town.signIn(context, person);
    await town.signIn(other.context, person);
    await other.visit('/book');
    await visit('/account');
    const list = page.locator('#sessions li');
    assert.equal(await list.count(), 2);
    assert.equal(await list.getByText(says.here).count(), 1);
    await inspect();
    await list.getByRole('button', { name: says.out }).click();
    await page.waitForURL('**/account#sessions');
    await page.waitForFunction(() => document.querySelectorAll('#sessions li').length === 1);
    await other.visit('/book');
    await isWelcome(other.page, lang);
    // This one is as it was.
    await visit('/book');
    await page.locator('.entry').first().waitFor();
  });

  flow('an account that is deleted waits for a month, and signing in keeps it', { lang }, async (world) => {
    const { page, context, town, visit, inspect } = world;
    const { person, bought } = await street(town);
    await town.signIn(context, person);
    await secure(world, says);
    await visit('/account/leave');
    await page.getByText(says.goes).first().waitFor();
    await inspect();
    await page.getByRole('button', { name: says.erase }).click();
    await page.waitForURL(/\/sign-in\?left=/);
    const left = new URL(page.url()).searchParams.get('left');
    const days = (Date.parse(left) - Date.now()) / 86_400_000;
    assert.ok(days > 28 && days < 31, left);
    await page.getByRole('status').getByText(lang === 'ja' ? 'アカウントは' : 'Your account will be deleted on').waitFor();
    await inspect();
    await visit('/book');
    await isWelcome(page, lang);
    await byPassword(world, says);
    await page.getByRole('status').getByText(says.stayed).waitFor();
    await visit('/account');
    assert.equal(await page.getByText(says.goes).count(), 0);
    await visit('/book');
    assert.equal(await page.locator('.entry').count(), bought.length);
  });

  flow('who has no way back changes their mind in the same browser', { lang }, async ({ page, context, town, visit, inspect }) => {
    const { person } = await street(town);
    await town.signIn(context, person);
    await visit('/account/leave');
    await page.getByRole('button', { name: says.erase }).click();
    await page.waitForURL('**/account');
    await page.locator('.fault').getByText(says.goes).waitFor();
    await inspect();
    await page.getByRole('button', { name: says.stay }).click();
    await page.getByText(says.goes).first().waitFor({ state: 'detached' });
    await visit('/book');
    await page.locator('.entry').first().waitFor();
  });
}

flow('the banner can be put off', { lang: 'en', scripts: 'off' }, async ({ page, context, town, visit }) => {
  const { person } = await street(town);
  await town.signIn(context, person);
  await visit('/book');
  await page.getByRole('button', { name: SAYS.en.later }).click();
  await page.waitForURL('**/book');
  await page.locator('.entry').first().waitFor();
  assert.equal(await page.getByRole('heading', { name: SAYS.en.banner }).count(), 0);
});

flow('a passkey that was taken away opens nothing, and says so', { lang: 'en', host: 'localhost' }, async (world) => {
  const { page, context, town, visit, foresee } = world;
  await town.signIn(context, await town.person());
  await secure(world, SAYS.en);
  await withScreenLock(world);
  await page.getByRole('button', { name: SAYS.en.addKey }).click();
  const passkey = page.locator('#means .list li').filter({ hasText: SAYS.en.key });
  await passkey.getByRole('button', { name: 'Remove' }).click();
  await passkey.waitFor({ state: 'detached' });
  await signOut(world, 'en');
  await visit('/sign-in');
  foresee(/404/);
  await page.getByRole('button', { name: SAYS.en.useKey }).click();
  await page.getByRole('alert').getByText('This passkey is not registered here.').waitFor();
});
