//! A household of two, each in a browser of their own: begun, joined by a link, shared a little and then all,
//! with something private in it, and over at once when somebody leaves.
import assert from 'node:assert/strict';
import { flow, LANGS, LATELY } from './harness/flow.mjs';

const SAYS = {
  ja: {
    begin: '家族をはじめる', name: '家族の中での呼び名', invite: '招待のリンクを作る', invited: 'ハナさんの家族に招待されています', join: '家族に入る',
    start: '記録をつくってつづける', nothing: 'まだ何も見せ合っていません', show: '家族に見せる', keepBack: '見せない', seen: '家族に見えています。', private: '伏せた品をふくむ',
    hint: '店と金額だけが見えます', everything: 'これまでの分もすべて', save: '決める', of: 'ハナの買いもの', leave: '家族から抜ける', gone: 'この招待は使えません', member: 'ハナ',
  },
  en: {
    begin: 'Begin a household', name: 'What the others call you', invite: 'Make an invitation', invited: 'ハナ invites you into a household', join: 'Join the household',
    start: 'Begin a book and go on', nothing: 'Nothing is shown yet', show: 'Show it to the household', keepBack: 'Keep it back', seen: 'The household sees this purchase.', private: 'with something private',
    hint: 'only the shop and the amount are shown', everything: 'Everything, the past as well', save: 'Save', of: 'Bought by ハナ', leave: 'Leave the household', gone: 'This invitation is not good', member: 'ハナ',
  },
};
const MILK = '明治の牛乳 1L';
const TEA = 'Earl Grey tea, 25 bags';

for (const lang of LANGS) {
  const says = SAYS[lang];

  flow('two people show each other what they chose, and then all', { lang, size: 'phone' }, async (world) => {
    const { page, context, town, visit, inspect, another } = world;
    const shop = await town.shop('corner', { name: 'コーナー商店' });
    const hana = await town.person();
    const milk = await town.sell(shop, hana, [['4901234567894', 248]]);
    const message = town.sale(shop, hana, [['4906789012349', 540]], `${LATELY}T19:05:00+09:00`);
    message.lines[0].sensitive = true;
    const tea = await town.file(shop, message);
    await town.signIn(context, hana);

    await visit('/household');
    await inspect();
    await page.getByLabel(says.name).fill('ハナ');
    await page.getByRole('button', { name: says.begin }).click();
    await page.locator('#members').getByText(says.member).waitFor();
    await inspect();
    await page.getByRole('button', { name: says.invite }).click();
    await page.locator('svg.square').waitFor();
    await inspect();
    const link = await page.locator('#link').inputValue();
    assert.match(link, /\/household\/join\/[0-9a-f]{32}$/);

    // Whoever is invited reads first, begins a book there and comes back.
    const second = await another({ lang, size: 'phone' });
    const path = new URL(link).pathname;
    await second.visit(path);
    await second.page.getByRole('heading', { level: 1, name: says.invited }).waitFor();
    await second.inspect();
    await second.page.getByRole('button', { name: says.start }).click();
    await second.page.waitForURL(`**${path}`);
    await second.page.getByLabel(says.name).fill('タロウ');
    await second.inspect();
    await second.page.getByRole('button', { name: says.join }).click();
    await second.page.waitForURL('**/household#sharing');
    await second.page.locator('#members').getByText('タロウ').waitFor();
    const sees = async (count) => {
      await second.visit('/household/book');
      await second.page.getByRole('heading', { level: 1 }).waitFor();
      assert.equal(await second.page.locator('.entry').count(), count);
    };
    await sees(0);
    await second.page.getByRole('heading', { name: says.nothing }).waitFor();

    // One is chosen.
    await visit(`/book/${milk}`);
    await page.getByRole('button', { name: says.show }).click();
    await page.getByText(says.seen).waitFor();
    await inspect();
    await sees(1);
    await second.page.locator(`#${milk} .names`).getByText(MILK).waitFor();
    await second.page.locator(`#${milk} .names`).getByText(says.member).waitFor();
    await second.inspect();
    await second.page.locator(`#${milk} summary`).click();
    await second.page.locator(`#${milk} a`).click();
    await second.page.getByText(says.of).waitFor();
    await second.page.locator('.receipt').getByText(MILK).waitFor();
    await second.inspect();
    const receipt = new URL(second.page.url()).pathname;

    // Everything is shared, and what is private stays so.
    await visit('/household');
    await page.getByLabel(says.everything).check();
    await page.locator('#sharing').getByRole('button', { name: says.save }).click();
    await page.waitForURL('**/household#sharing');
    await sees(2);
    await second.page.locator(`#${tea} .names`).getByText(says.private).waitFor();
    await second.page.locator(`#${tea} .total`).getByText('¥540').waitFor();
    assert.equal(await second.page.getByText(TEA).count(), 0);
    await second.page.locator(`#${tea} summary`).click();
    await second.page.locator(`#${tea} a`).click();
    await second.page.locator('.receipt').getByText(says.hint).waitFor();
    assert.equal(await second.page.getByText(TEA).count(), 0);
    await second.inspect();

    // Kept back, it is gone with the next look.
    await visit(`/book/${milk}`);
    await page.getByRole('button', { name: says.keepBack }).click();
    await page.getByRole('button', { name: says.show }).waitFor();
    second.foresee(/404/);
    await second.visit(receipt);
    assert.equal(await second.page.locator('.receipt').count(), 0);
    await sees(1);

    // The link was good for once, and leaving ends all of it.
    await visit(path);
    await page.getByRole('heading', { name: says.gone }).waitFor();
    world.foresee(/404/);
    await visit('/household');
    await page.locator('#leave summary').click();
    await page.getByRole('button', { name: says.leave }).click();
    await page.getByRole('button', { name: says.begin }).waitFor();
    await sees(0);
  });
}
