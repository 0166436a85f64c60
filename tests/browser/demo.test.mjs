//! The demo as a newcomer plays it: a sale at the till that reaches the phone, a line that is cut and healed, an
//! item with another name, and one that the shop forgot to list.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visitor } from './harness/browser.mjs';
import { Demo } from './harness/demo.mjs';
import { LANGS } from './harness/flow.mjs';
import { inspect } from './harness/inspect.mjs';
import { Watch } from './harness/watch.mjs';

const PATIENCE_MS = 120_000;

/** The digits that stand below the code. */
const digits = async (page) => (await page.locator('.face .digits').innerText()).replaceAll(/\s/g, '');
const trimmed = (text) => text.replace(/[\u2068\u2069]/g, '').trim();

/** Touches the first key of the till, names the buyer by what a scanner reads off the phone, and takes the money. */
async function sell(till, code) {
  await till.locator('#touch button').first().click();
  await till.locator('#lines tr').first().waitFor();
  await till.locator('#scan').fill(code);
  await till.locator('#scan').press('Enter');
  await till.locator('#message').getByText(/会員を登録しました|The member is noted/).waitFor();
  await till.locator('#pay button').first().click();
  await till.locator('dialog[open] button[type=submit]').click();
  await till.locator('#lines tr').first().waitFor({ state: 'detached' });
  await till.keyboard.press('Enter');
}

/** The stage's card of the shop whose till is open, with what can be done to it. */
function fate(stage) {
  const card = stage.locator('article.card').first();
  const press = async (deed) => {
    await card.locator(`form[action$="/${deed}"] button`).click();
    await card.locator('[role=status]').waitFor();
  };
  return { card, press };
}

for (const lang of LANGS) {
  test(`the demo is played from its stage (${lang})`, { timeout: PATIENCE_MS }, async () => {
    const demo = await Demo.start();
    const watches = [];
    const contexts = [];
    const enter = async (base, look) => {
      const context = await visitor({ lang, ...look });
      contexts.push(context);
      watches.push(new Watch(context, base));
      return context.newPage();
    };
    try {
      const stage = await enter(demo.stage, { size: 'desktop' });
      await stage.goto(demo.stage);
      const ways = await stage.locator('nav.places a').evaluateAll((links) => links.map((link) => new URL(link.href).href));
      assert.deepEqual(ways, [`${demo.stage}/go/book`, `${demo.stage}/go/code`, `${demo.till}/`, `${demo.stage}/go/console`]);
      await inspect(stage);
      const { card, press } = fate(stage);

      const phone = await enter(demo.base, { size: 'phone' });
      await phone.goto(await demo.wayTo('/go/code'));
      await phone.locator('form button').first().click();
      await phone.waitForURL('**/code');
      await phone.locator('.face svg').first().waitFor();
      const till = await enter(demo.till, { size: 'desktop' });
      await till.goto(demo.till);
      const keys = till.locator('#touch button');
      await keys.first().waitFor();
      assert.ok(await keys.count() >= 12, 'a dozen keys to touch');

      // The phone hears of it by itself.
      const first = trimmed(await keys.first().locator('span').innerText());
      await sell(till, await digits(phone));
      await phone.locator('.arrival').waitFor();
      const receipt = await phone.locator('.arrival a[href^="/book/"]').getAttribute('href');
      await phone.goto(demo.base + receipt);
      assert.match(trimmed(await phone.locator('main').innerText()), new RegExp(first));
      await inspect(phone);

      // Without a line the till sells on, and nothing arrives until the line is whole again.
      await press('cut');
      await phone.goto(`${demo.base}/code`);
      await phone.locator('.face svg').first().waitFor();
      await sell(till, await digits(phone));
      await till.locator('#status').getByText(lang === 'ja' ? '送信待ち 1件' : '1 waiting').waitFor();
      assert.equal(await phone.locator('.arrival').count(), 0);
      await press('heal');
      await phone.locator('.arrival').waitFor();

      // Another name from now on; the receipt from before keeps the one that it had.
      const other = `${first} 2`;
      await card.locator('form[action$="/rename"] input[name=name]').fill(other);
      const renamed = await card.locator('form[action$="/rename"] bdi').innerText();
      await press('rename');
      assert.equal(trimmed(renamed), first, 'the item under the first key is the one that can be renamed');
      await till.locator('#touch').getByText(other).waitFor();
      await phone.goto(`${demo.base}/code`);
      await phone.locator('.face svg').first().waitFor();
      await sell(till, await digits(phone));
      await phone.locator('.arrival a[href^="/book/"]').click();
      await phone.locator('main').getByText(other).first().waitFor();
      await phone.goto(demo.base + receipt);
      assert.doesNotMatch(await phone.locator('main').innerText(), new RegExp(other));

      // What the shop forgot to list is in the book at once, and gets its name while one looks at it.
      await phone.goto(`${demo.base}/book`);
      const before = await phone.locator('.entry').first().getAttribute('id');
      await press('forget');
      const entry = phone.locator(`.entry:not([id="${before}"])`).first();
      await entry.locator(`text=${lang === 'ja' ? '品名待ち' : 'name to come'}`).first().waitFor();
      await card.locator('form[action$="/remember"] input[name=name]').fill('冬限定 ゆず大福');
      await press('remember');
      await phone.locator('.entry').first().getByText('冬限定 ゆず大福').first().waitFor();

      const clerk = await enter(demo.base, { size: 'desktop' });
      await clerk.goto(await demo.wayTo('/go/console'));
      await clerk.locator('form button.main').first().click();
      await clerk.locator('#tiles').waitFor();
      await inspect(clerk);
      for (const watch of watches) watch.judge();
    } catch (error) {
      const said = watches.flatMap(({ troubles }) => troubles);
      error.message += `\n  meanwhile:\n  ${said.join('\n  ')}\n  the demo said:\n  ${demo.said.join('\n  ')}`;
      throw error;
    } finally {
      for (const context of contexts) await context.close();
      await demo.stop();
    }
  });
}
