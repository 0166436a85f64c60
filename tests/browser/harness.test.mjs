//! The harness itself: a flow must fail when something goes wrong in the browser, or the other files prove
//! nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flow, walk } from './harness/flow.mjs';

const NOWHERE = 'http://192.0.2.1/';
const inPage = (work, told) => async ({ page, visit }) => {
  await visit('/');
  const heard = page.waitForEvent(told);
  await page.evaluate(work);
  await heard;
};

// What goes wrong, and the words with which the flow fails.
const WRONG = [
  ['an error on the console', inPage(() => console.error('broken'), 'console'), /console error: broken/],
  ['an exception', inPage(() => { setTimeout(() => { throw new Error('lost'); }); }, 'pageerror'), /page error: Error: lost/],
  ['a promise that nobody keeps', inPage(() => { Promise.reject(new Error('forgotten')); }, 'pageerror'), /forgotten/],
  ['a page that is missing', ({ visit }) => visit('/book-of-nobody'), /answered 404/],
  ['a style in the page, which the policy forbids', inPage(() => { document.body.setAttribute('style', 'color: red'); }, 'console'), /Content Security Policy/],
  ['a request to another host', ({ page }) => page.goto(NOWHERE).catch(() => {}), /request to another host: http:..192/],
  ['a server that is away', async ({ orihon, page }) => {
    orihon.child.kill('SIGTERM');
    await new Promise((ended) => orihon.child.once('exit', ended));
    await page.goto(orihon.base).catch(() => {});
  }, /request failed: GET/],
  ['trouble with a second visitor', async ({ another }) => {
    const { visit } = await another({});
    await visit('/book-of-nobody');
  }, /answered 404/],
  ['foreseen trouble that does not come', ({ foresee }) => foresee(/404/), /did not happen/],
  ['a picture without words', async ({ page, visit, inspect }) => {
    await visit('/');
    await page.evaluate(() => document.querySelector('main').append(new Image()));
    await inspect();
  }, /image-alt/],
  ['letters that cannot be read', async ({ page, visit, inspect }) => {
    await visit('/');
    await page.evaluate(() => { document.querySelector('h1').style.color = '#dddddd'; });
    await inspect();
  }, /color-contrast/],
  ['a page that is too wide', async ({ page, visit, inspect }) => {
    await visit('/');
    await page.evaluate(() => { document.querySelector('h1').style.width = '500px'; });
    await inspect();
  }, /wide on a screen of 390/],
];

for (const [what, body, words] of WRONG) {
  test(`a flow fails by ${what}`, { timeout: 60_000 }, async () => {
    await assert.rejects(walk({}, body), words);
  });
}

flow('a flow passes when nothing goes wrong', {}, async ({ visit, inspect }) => {
  await visit('/');
  await inspect();
});

flow('foreseen trouble is let pass', {}, async ({ visit, foresee }) => {
  foresee(/404/);
  await visit('/book-of-nobody');
});
