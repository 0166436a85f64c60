//! What operators do for people, as both sides see it: a link to sign in, a look for a reason, suspending and
//! opening, and two accounts that become one book.
import assert from 'node:assert/strict';
import { flow, LANGS, openConsole, street } from './harness/flow.mjs';

const SAYS = {
  ja: {
    find: '確認する', person: '利用者', link: '一度だけ使えるリンク', makeLink: 'リンクをつくる', come: 'サインインする',
    reason: '理由', seen: '買いものの記録を見ました', look: '理由をつけて見る', suspend: '止める', resume: '再開する', stopped: 'このアカウントは止められています',
    from: 'なくなるほうのアカウント', counts: '件数を見る', word: '一つにする', done: '一つになりました。', accesses: '記録を見た人・受け取った人',
  },
  en: {
    find: 'Look up', person: 'Person', link: 'A link that works once', makeLink: 'Make the link', come: 'Sign in',
    reason: 'Reason', seen: 'looked at your purchases', look: 'Look for this reason', suspend: 'Suspend', resume: 'Open again', stopped: 'This account is suspended',
    from: 'The account that goes', counts: 'See the counts', word: 'merge', done: 'They are one account now.', accesses: 'Who saw',
  },
};

/** Opens the page of a person in the console, by the operator's reference. */
async function find({ page, visit }, says, reference) {
  await visit('/console/people');
  await page.locator('input[name=reference]').fill(reference);
  await page.getByRole('button', { name: says.find }).click();
  await page.getByRole('heading', { level: 1, name: says.person, exact: true }).waitFor();
}

/** Fills the form of a deed with a reason, and sends it. */
async function deed(page, name, reason) {
  const form = page.locator(`form[action$="/${name}"]`);
  await form.locator('input[name=reason]').fill(reason);
  await form.getByRole('button').click();
}

for (const lang of LANGS) {
  const says = SAYS[lang];

  flow('a link, a look and a suspension, as both sides see them', { lang, size: 'phone' }, async (world) => {
    const { page, orihon, town, inspect, another } = world;
    await street(town);
    await openConsole(world, orihon.operator);
    await find(world, says, 'customer-1');
    await inspect();
    const own = new URL(page.url()).pathname;
    await deed(page, 'recover', 'showed an ID at the desk');
    await page.getByRole('heading', { name: says.link, exact: true }).waitFor();
    await page.locator('.pairing svg').waitFor();
    await inspect();
    const link = await page.locator('.pairing .link a').getAttribute('href');

    // The person comes in by the link.
    const person = await another({ lang, size: 'phone' });
    await person.page.goto(link);
    await person.page.locator('main form button').click();
    await person.page.waitForURL('**/book');
    await person.page.getByText('スーパーふじの木 緑町店').first().waitFor();

    await deed(page, 'look', 'a question about a bill');
    await page.waitForURL(`**${own}/book`);
    await page.getByText('スーパーふじの木 緑町店').first().waitFor();
    await inspect();
    await person.visit('/account');
    await person.page.locator('#accesses').getByText(says.seen).waitFor();
    await person.page.locator('#accesses').getByText('a question about a bill').waitFor();
    await person.page.locator('#accesses').getByText('showed an ID at the desk').waitFor();

    await page.goto(orihon.base + own);
    await deed(page, 'suspend', 'a stolen phone');
    await page.getByText('a stolen phone').waitFor();
    await person.visit('/book');
    await person.page.getByRole('heading', { level: 1, name: says.stopped }).waitFor();
    await person.page.getByText('a stolen phone').waitFor();
    await person.inspect();
    assert.ok(await person.page.locator('a[href="/account/exports/csv"]').isVisible());
    await deed(page, 'resume', 'it was found');
    await page.locator('form[action$="/suspend"]').waitFor();
    await person.visit('/book');
    await person.page.getByText('スーパーふじの木 緑町店').first().waitFor();
  });

  flow('two accounts become one book', { lang, size: 'desktop' }, async (world) => {
    const { page, orihon, town, inspect, another, foresee } = world;
    const { market, person } = await street(town);
    const old = await town.person('customer-2');
    await town.sell(market, old, [['4904567890127', 700]], '2026-11-20T09:00:00+09:00');
    const visitor = await another({ lang, size: 'phone' });
    await town.signIn(visitor.context, person);
    await openConsole(world, orihon.operator);
    await find(world, says, 'customer-1');
    const form = page.locator('form[action$="/merge"]');
    await form.locator('input[name=from]').fill('customer-2');
    await deed(page, 'merge', 'one person, two phones');
    await form.locator('input[name=word]').waitFor();
    await inspect();
    foresee(/answered 422/);
    foresee(/status of 422/);
    await form.locator('input[name=word]').fill('yes');
    await form.getByRole('button').click();
    await form.locator('input[name=word]').fill(says.word);
    await form.getByRole('button').click();
    await page.getByText(says.done).waitFor();
    await inspect();
    await visitor.visit('/book');
    const days = visitor.page.locator('section.day');
    await visitor.page.locator('section.day[data-day="2026-11-20"]').waitFor();
    assert.equal(await days.count(), 6);
    await visitor.visit('/account');
    await visitor.page.locator('#accesses').getByText('one person, two phones').waitFor();
  });
}
