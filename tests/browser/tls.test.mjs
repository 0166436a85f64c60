//! A server with a certificate of its own authority, in a browser that is told to trust it as people tell theirs:
//! in clear there is only the page about trust; over TLS there are passkeys and codes kept on the phone.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { FLAGS, PROGRAM } from './harness/browser.mjs';
import { inspect } from './harness/inspect.mjs';
import { Orihon } from './harness/orihon.mjs';

const PATIENCE_MS = 90_000;

/** A browser with a home of its own, which trusts the authority in `pem`, or nobody besides the usual ones. */
async function browserThatTrusts(pem) {
  const home = await mkdtemp(join(tmpdir(), 'orihon-home-'));
  const store = join(home, '.pki/nssdb');
  await mkdir(store, { recursive: true });
  execFileSync('certutil', ['-d', `sql:${store}`, '-N', '--empty-password']);
  if (pem) {
    await writeFile(join(home, 'ca.crt'), pem);
    execFileSync('certutil', ['-d', `sql:${store}`, '-A', '-t', 'C,,', '-n', 'orihon', '-i', join(home, 'ca.crt')]);
  }
  const browser = await chromium.launch({ executablePath: PROGRAM, args: FLAGS, env: { ...process.env, HOME: home } });
  const close = async () => {
    await browser.close();
    await rm(home, { recursive: true, force: true });
  };
  return { browser, close };
}

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'en-US' };

test('a phone learns to trust, and then has passkeys', { timeout: PATIENCE_MS }, async () => {
  const orihon = await Orihon.start('--tls-local');
  try {
    assert.match(orihon.base, /^https:\/\/localhost:\d+$/);
    const clear = orihon.base.replace('https', 'http');
    const said = orihon.said.join('\n');

    // In clear: the page about trust, in both languages, and the certificate that the terminal told of.
    const learner = await browserThatTrusts();
    let pem;
    try {
      const context = await learner.browser.newContext(phone);
      const page = await context.newPage();
      await page.goto(`${clear}/trust`);
      await page.getByRole('heading', { level: 1, name: 'Trust this server' }).waitFor();
      await inspect(page);
      const shown = (await page.locator('#fingerprint').textContent()).trim();
      await page.getByText('iPhone / iPad').click();
      await page.getByRole('link', { name: 'Download the profile' }).first().waitFor();
      await inspect(page);
      await page.getByRole('link', { name: '日本語' }).click();
      await page.getByRole('heading', { level: 1, name: 'このサーバーを信頼する' }).waitFor();
      await inspect(page);
      pem = await (await context.request.get(`${clear}/trust/orihon.crt`)).text();
      const sum = createHash('sha256').update(new X509Certificate(pem).raw).digest('hex').toUpperCase();
      assert.equal(shown, sum.match(/../g).join(':'));
      assert.ok(said.includes(shown), said);
      // The control: without trust the browser does not go there.
      const refused = await page.goto(`${orihon.base}/start`).catch((error) => error.message);
      assert.match(String(refused), /ERR_CERT_AUTHORITY_INVALID/);
      // In clear every other page leads to the address that is not trusted yet.
      const moved = await context.request.get(`${clear}/book`, { maxRedirects: 0 });
      assert.equal(moved.status(), 308);
      assert.equal(moved.headers().location, `${orihon.base}/book`);
    } finally {
      await learner.close();
    }

    const trusting = await browserThatTrusts(pem);
    try {
      const context = await trusting.browser.newContext(phone);
      const page = await context.newPage();
      const wire = await context.newCDPSession(page);
      await wire.send('WebAuthn.enable');
      await wire.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
          isUserVerified: true, automaticPresenceSimulation: true,
        },
      });
      // From the page in clear over to the safe address, as after trusting.
      await page.goto(`${clear}/trust`);
      await page.getByRole('link', { name: 'Open the encrypted address' }).click();
      await page.waitForURL(`${orihon.base}/**`);
      assert.equal(await page.evaluate(() => isSecureContext), true);
      await page.goto(`${orihon.base}/start`);
      await page.locator('main form button').first().click();
      await page.waitForURL(`${orihon.base}/code**`);
      const cookies = await context.cookies(orihon.base);
      assert.ok(cookies.some(({ name, secure }) => name === '__Host-orihon' && secure), JSON.stringify(cookies));
      await page.locator('#kept').getByText(/./).waitFor();
      await page.goto(`${orihon.base}/account`);
      await page.getByRole('button', { name: 'Add a passkey' }).click();
      await page.locator('#means').getByText('Passkey ·').waitFor();
      // And back in by it.
      await page.locator('#leaving').getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${orihon.base}/`);
      await page.goto(`${orihon.base}/sign-in`);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.waitForURL(`${orihon.base}/book**`);
      await page.getByRole('heading', { level: 1 }).waitFor();
    } finally {
      await trusting.close();
    }
  } finally {
    await orihon.stop();
  }
});
