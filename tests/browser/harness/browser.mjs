//! The real browser: one Chromium for each file of tests, and a context of its own for each visitor.
import { chromium } from 'playwright-core';
import { after } from 'node:test';

/** Debian's, unless told otherwise: the build without windows, which takes half as long, where nobody looks on. */
export const PROGRAM = process.env.ORIHON_CHROMIUM ?? (process.env.ORIHON_SEE ? '/usr/bin/chromium' : '/usr/bin/chromium-headless-shell');
/** The name by which a browser finds this machine, and nobody else does. */
export const FAR = 'shop.example';
export const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
  // Nothing outside of this machine can be found, whoever looks for it. By one name this machine is like another
  // one in the network of a shop: what comes from it in clear, the browser does not take for safe.
  `--host-resolver-rules=MAP ${FAR} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost`,
];
export const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1200, height: 900 } };
export const TAGS = { ja: 'ja-JP', en: 'en-US' };

let started;

/** Chromium, started when it is first needed. */
export function browser() {
  started ??= chromium.launch({
    executablePath: PROGRAM,
    args: FLAGS,
    headless: !process.env.ORIHON_SEE,
    // A visitor who takes long between two steps finds what a flow reads too early or too late.
    slowMo: Number(process.env.ORIHON_SLOW ?? (process.env.ORIHON_SEE ? 400 : 0)),
    // People's browsers keep the page that somebody left, and so does this one.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  return started;
}

after(async () => (await started)?.close());

/** A visitor with nothing kept: how large the screen is, in which language and light, with scripts or without. */
export async function visitor({ size = 'phone', lang = 'ja', scheme = 'light', scripts = 'on', scale = 1 } = {}) {
  const context = await (await browser()).newContext({
    viewport: SIZES[size],
    isMobile: size === 'phone',
    hasTouch: size === 'phone',
    locale: TAGS[lang],
    timezoneId: 'Asia/Tokyo',
    colorScheme: scheme,
    reducedMotion: 'reduce',
    javaScriptEnabled: scripts === 'on',
    deviceScaleFactor: scale,
  });
  context.setDefaultTimeout(10_000);
  return context;
}
