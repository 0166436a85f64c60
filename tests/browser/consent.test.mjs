//! Somebody gives a partner what was bought: by the partner's link, through signing in and back, until it is taken
//! back. The partner is a program, and asks as one.
import assert from 'node:assert/strict';
import { flow, LANGS, LATELY } from './harness/flow.mjs';

const SAYS = {
  ja: {
    signIn: 'サインイン', email: 'メールアドレス', password: 'パスワード', save: '保存', everything: 'これまでの分もすべて', month: '1か月', give: '同意して渡す',
    given: '記録を渡しています。', received: '買いものの記録を受け取りました', revoke: '渡すのをやめる', nobody: 'いまは、だれにも渡していません', gone: 'このリンクの相手は見つかりません', never: 'まだ受け取っていません',
    partners: '記録の受け取り先', name: '名前', purpose: '使いみち', add: '追加', added: '追加しました', remove: 'なくす', none: 'まだありません',
  },
  en: {
    signIn: 'Sign in', email: 'E-mail address', password: 'Password', save: 'Save', everything: 'Earlier ones as well', month: 'a month', give: 'Agree and share',
    given: 'You are sharing your purchases.', received: 'received purchases', revoke: 'Stop sharing', nobody: 'Nothing is handed over unless you agree', gone: 'Nobody is behind this link', never: 'not read yet',
    partners: 'Partners', name: 'Name', purpose: 'Purpose', add: 'Add', added: 'Added', remove: 'Remove', none: 'None yet',
  },
};
const PARTNER = '家計簿 <b>Kakeibo</b> حساب';

for (const lang of LANGS) {
  const says = SAYS[lang];

  flow('a partner reads what was consented to, and nothing afterwards', { lang, size: 'phone' }, async (world) => {
    const { page, context, orihon, town, visit, inspect, another } = world;
    const shop = await town.shop('corner', { name: 'コーナー商店' });
    const hana = await town.person();
    await town.sell(shop, hana, [['4901234567894', 248]]);
    const message = town.sale(shop, hana, [['4906789012349', 540]], `${LATELY}T19:05:00+09:00`);
    message.lines[0].sensitive = true;
    await town.file(shop, message);
    await town.signIn(context, hana);
    await visit('/account/password');
    await page.getByLabel(says.email).fill('hana@example.jp');
    await page.getByLabel(says.password, { exact: true }).fill('correct horse');
    await page.getByRole('button', { name: says.save }).click();
    await page.waitForURL('**/account#means');

    const partner = await orihon.ask('POST', '/v1/partners', { name: PARTNER, purpose: 'to <i>keep</i> accounts', url: 'https://kakeibo.example/' });
    const path = new URL(partner.consent_url).pathname;
    const people = async () => (await orihon.ask('GET', '/v1/partners/me/people', undefined, partner.key)).people;
    const bought = (person) => orihon.ask('GET', `/v1/partners/me/people/${person}/purchases`, undefined, partner.key);

    // The link leads a browser that knows nobody through signing in, and back.
    const phone = await another({ lang, size: 'phone' });
    await phone.visit(path);
    await phone.page.getByRole('heading', { level: 1 }).getByText('<b>Kakeibo</b>').waitFor();
    await phone.inspect();
    await phone.page.getByRole('link', { name: says.signIn, exact: true }).click();
    await phone.page.waitForURL(/\/sign-in\?next=\/consent\//);
    await phone.page.getByLabel(says.email).fill('hana@example.jp');
    await phone.page.getByLabel(says.password, { exact: true }).fill('correct horse');
    await phone.inspect();
    await phone.page.locator('form[action="/sign-in"] button').click();
    await phone.page.waitForURL(`**${path}`);
    await phone.page.getByLabel(says.everything).check();
    await phone.page.getByLabel(says.month).check();
    await phone.inspect();
    assert.deepEqual(await people(), []);
    await phone.page.getByRole('button', { name: says.give }).click();
    await phone.page.getByText(says.given).waitFor();
    await phone.page.getByText(says.never).waitFor();
    await phone.inspect();

    // The partner reads, and the person sees who did.
    const [given] = await people();
    const read = await bought(given.person);
    assert.equal(read.purchases.length, 2);
    assert.deepEqual(read.purchases.map(({ total }) => total).sort(), [248, 540]);
    const hidden = read.purchases.find(({ total }) => total === 540);
    assert.equal(hidden.private, true);
    assert.equal(hidden.lines, undefined);
    await phone.visit('/account');
    const entry = phone.page.locator('#accesses li').filter({ hasText: says.received });
    await entry.getByText('<b>Kakeibo</b>').waitFor();
    await phone.inspect();

    // Taken back, it is over with the next request.
    await phone.page.locator('#consents').getByRole('button', { name: says.revoke }).click();
    await phone.page.locator('#consents').getByText(says.nobody).waitFor();
    await assert.rejects(bought(given.person), / 404/);
    assert.deepEqual(await people(), []);
  });

  flow('an operator adds a partner in the console, and removes it', { lang }, async (world) => {
    const { page, context, orihon, visit, inspect } = world;
    const { url } = await orihon.ask('POST', '/v1/console/links');
    await visit(new URL(url).pathname);
    await page.locator('main form button').click();
    await page.waitForURL('**/console');
    await visit('/console/keys');
    await page.locator('main').getByRole('link', { name: says.partners }).click();
    await page.waitForURL('**/console/partners');
    await page.getByText(says.none).waitFor();
    await inspect();
    await page.getByLabel(says.name).fill(PARTNER);
    await page.getByLabel(says.purpose).fill('accounts');
    await page.getByRole('button', { name: says.add, exact: true }).click();
    await page.getByRole('heading', { name: says.added }).waitFor();
    const [key, link] = await page.locator('.secret').allInnerTexts();
    assert.match(key, /^orp_[0-9a-f]{72}$/);
    await inspect();
    assert.deepEqual((await orihon.ask('GET', '/v1/partners/me/people', undefined, key)).people, []);
    const path = new URL(link).pathname;
    await visit('/console/partners');
    assert.equal(await page.locator('.secret').count(), 0);
    await page.locator('main li summary').click();
    await inspect();
    await page.locator('main li form button').click();
    await page.getByText(says.none).waitFor();
    await assert.rejects(orihon.ask('GET', '/v1/partners/me/people', undefined, key), / 401/);
    world.foresee(/404/);
    await visit(path);
    await page.getByRole('heading', { name: says.gone }).waitFor();
    await inspect();
  });
}
