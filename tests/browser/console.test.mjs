//! The console: in by the operator's key, a store from nothing to its first sale, and every place of the bar.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { flow, LANGS, openConsole, street } from './harness/flow.mjs';
import { scan } from './harness/scanner.mjs';

const SAYS = {
  ja: {
    signIn: '管理画面にサインイン', enter: 'サインイン', wrong: 'この鍵は使えません', overview: 'ようす', stores: '店舗', empty: '店舗がまだありません',
    name: '店の名前', storeId: '店舗ID', add: '追加して接続コードを出す', pairing: '接続コード', device: '端末を待っています', sale: '最初の売上を待っています', seen: '最初の売上が届きました', pair: '接続コードを出す', name2: '端末の名前', joined: '端末がつながりました',
    well: '順調です', out: 'サインアウト', faults: '次のところを直してください', timezone: '時間帯', find: 'さがす', number: 'レシート番号か取引番号', date: '日付',
    poster: '印刷する貼り紙をひらく', before: 'ここで買ったもの', warned: '注意のある売上', clock: 'レジの時計が10分以上進んでいました', apart: '端末 4 件、サーバー 1 件',
  },
  en: {
    signIn: 'Sign in to the console', enter: 'Sign in', wrong: 'This key does not open the console', overview: 'Overview', stores: 'Stores', empty: 'There is no store yet',
    name: 'Name, as on receipts', storeId: 'Store id', add: 'Add it and show a pairing code', pairing: 'Pairing code', device: 'Waiting for the device', sale: 'Waiting for the first sale', seen: 'The first sale has arrived', pair: 'Make a pairing code', name2: 'Name of the device', joined: 'The device has joined',
    well: 'well', out: 'Sign out', faults: 'Please put this right', timezone: 'Time zone', find: 'Find', number: 'Receipt or transaction number', date: 'Date',
    poster: 'Open the poster to print it', before: 'Bought here before', warned: 'sales with warnings', clock: 'the till\'s clock was over ten minutes ahead', apart: '4 on the device, 1 on the server',
  },
};
const GOODS = [['4901234567894', '明治の牛乳 1L', 248, '8']];

/** Opens the console by the operator's key. */
async function enter(world, lang) {
  await openConsole(world, world.orihon.operator);
  await world.page.getByRole('heading', { level: 1, name: SAYS[lang].overview }).waitFor();
}

/** Fills the form of a new store, and sends it. */
async function add({ page, visit }, lang, { id, name, timezone = 'Asia/Tokyo' }) {
  await visit('/console/stores');
  await page.getByLabel(SAYS[lang].name).fill(name);
  await page.getByLabel(SAYS[lang].storeId).fill(id);
  await page.getByLabel(SAYS[lang].timezone).fill(timezone);
  await page.getByRole('button', { name: SAYS[lang].add }).click();
}

/** A machine with this code joins, as it does in a shop. */
async function join(orihon, code) {
  const { publicKey } = generateKeyPairSync('ed25519');
  const public_key = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url').toString('hex');
  const answer = await fetch(`${orihon.base}/v1/join`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code, public_key }),
  });
  assert.ok(answer.ok, await answer.text());
}

for (const lang of LANGS) {
  const says = SAYS[lang];

  flow('a store is added, its machine joins, and its first sale is seen', { lang, size: 'desktop' }, async (world) => {
    const { page, orihon, town, visit, inspect } = world;
    await visit('/console');
    await page.getByRole('heading', { level: 1, name: says.signIn }).waitFor();
    await inspect();
    await enter(world, lang);
    await page.locator('#tiles').getByText(says.well, { exact: true }).waitFor();
    await page.getByText(says.empty).waitFor();
    await inspect();

    await add(world, lang, { id: 'corner', name: 'コーナー商店' });
    await page.getByRole('heading', { level: 1, name: says.pairing }).waitFor();
    const code = await page.locator('.pairing .secret').innerText();
    assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    // Scanned at the shop's machine, the square is the whole command.
    const square = page.locator('.pairing svg');
    assert.deepEqual(await scan(square), [['QR-Code', `orihon-device join ${code} --server ${orihon.base}`]]);
    const progress = page.locator('#seen');
    await progress.getByText(says.device).waitFor();
    await inspect();
    // The page notices by itself what happens in the shop.
    await join(orihon, code);
    await progress.getByText(says.sale).waitFor();
    const { key } = await orihon.ask('POST', '/v1/stores/corner/devices', { name: 'till 2' });
    const shop = { id: 'corner', key, revision: 0 };
    await town.name(shop, GOODS);
    const message = town.sale(shop, undefined, [['4901234567894', 248], ['0000000000017', 90]]);
    await town.file(shop, message);
    await progress.getByText(says.seen).waitFor();

    await visit('/console/stores');
    await page.getByRole('link', { name: 'コーナー商店' }).click();
    await page.waitForURL('**/console/stores/corner');
    await page.getByRole('heading', { level: 1, name: 'コーナー商店' }).waitFor();
    await page.getByRole('row', { name: 'till 1' }).waitFor();
    await inspect();
    for (const [path, told] of [
      ['items', '明治の牛乳 1L'], ['pending', '0000000000017'], [`days/${message.business_date}`, '¥338'],
    ]) {
      await visit(`/console/stores/corner/${path}`);
      await page.locator('main').getByText(told).first().waitFor();
      await inspect();
    }

    // One machine more: its page waits for it, whatever the others sell.
    await visit('/console/stores/corner');
    await page.getByLabel(says.name2).fill('till 3');
    await page.getByRole('button', { name: says.pair }).click();
    const more = await page.locator('.pairing .secret').innerText();
    await progress.getByText(says.device).waitFor();
    await join(orihon, more);
    await progress.getByText(says.joined).waitFor();
    await inspect();
  });

  for (const [size, scheme] of [['phone', 'light'], ['desktop', 'dark']]) {
    flow('each place of the bar can be looked at', { lang, size, scheme }, async (world) => {
      const { page, town, visit, inspect } = world;
      await street(town);
      await enter(world, lang);
      const places = await page.getByRole('navigation').first().getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      assert.deepEqual(places, ['/console', ...['stores', 'receipts', 'people', 'keys', 'audit'].map((place) => `/console/${place}`)]);
      for (const place of [...places, ...['', '/items', '/pending', '/missing', '/days', '/warnings', '/conflicts', '/poster'].map((rest) => `/console/stores/fujinoki${rest}`)]) {
        await visit(place);
        await page.locator('main h1').first().waitFor();
        // The commands are long, and must not make the page wider.
        await page.locator('details.curl summary').click();
        await inspect();
      }
    });
  }

  flow("the square of a shop's poster leads to what was bought there", { lang, size: 'desktop', scale: 2 }, async (world) => {
    const { page, orihon, town, visit, inspect, another } = world;
    const { market, person } = await street(town);
    await enter(world, lang);
    await visit(`/console/stores/${market.id}`);
    const address = `${orihon.base}/at/${market.id}`;
    assert.deepEqual(await scan(page.locator('main svg.square')), [['QR-Code', address]]);
    await page.getByRole('link', { name: says.poster }).click();
    await page.getByRole('article').getByRole('heading', { level: 1, name: 'スーパーふじの木 緑町店' }).waitFor();
    await inspect();
    // On paper there is nothing but the poster, whatever the theme.
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const [[kind, read], ...more] = await scan(page);
    assert.deepEqual([kind, read, more], ['QR-Code', address, []]);
    for (const gone of ['nav', 'footer', 'button', 'details']) assert.equal(await page.locator(gone).filter({ visible: true }).count(), 0, gone);
    const [paper, ink] = await page.locator('.poster').evaluate((poster) => [getComputedStyle(poster).backgroundColor, getComputedStyle(poster).color]);
    assert.deepEqual([paper, ink], ['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
    await page.emulateMedia({ media: null });

    const guest = await another({ lang, size: 'phone' });
    await town.signIn(guest.context, person);
    await guest.visit(new URL(read).pathname);
    await guest.page.getByRole('heading', { level: 1, name: 'スーパーふじの木 緑町店' }).waitFor();
    await guest.page.locator('main').getByText(says.before).first().waitFor();
    await guest.page.locator('.before').getByText('極小粒納豆 3個組').waitFor();
    await guest.inspect();
  });

  flow('a sale with a warning and a day that disagrees are found from the page of the store', { lang, size: 'phone' }, async (world) => {
    const { page, town, visit, inspect } = world;
    const shop = await town.shop('corner', { name: 'コーナー商店' });
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const message = { ...town.sale(shop, undefined, [['4901234567894', 248]]), purchased_at: ahead };
    await town.file(shop, message);
    await town.orihon.ask('PUT', '/v1/stores/corner/report', {
      version: '0.0.0', terminals: ['1'], queue: { waiting: 0 }, stuck: [], stuck_count: 0,
      days: [{ business_date: message.business_date, settlements: 4 }],
    }, shop.key);
    await enter(world, lang);
    await visit('/console/stores/corner');
    await page.getByRole('link', { name: says.warned }).click();
    await page.getByRole('row', { name: says.clock }).getByText('¥248').waitFor();
    await inspect();
    await visit('/console/stores/corner/days');
    await page.getByRole('row').getByText(says.apart).waitFor();
    await inspect();
  });

  flow('a key that opens nothing, and what is wrong in a form, are told on the page', { lang }, async (world) => {
    const { page, visit, inspect, foresee } = world;
    foresee(/403/);
    await visit('/console');
    await page.locator('input[name=key]').fill('oro_nothing');
    await page.getByRole('button', { name: says.enter }).click();
    await page.getByRole('alert').getByText(says.wrong).waitFor();
    await inspect();
    await enter(world, lang);
    foresee(/422/);
    await add(world, lang, { id: 'corner', name: 'コーナー商店', timezone: 'Mars/Olympus' });
    await page.getByRole('alert').getByText(says.faults).waitFor();
    assert.equal(await page.getByLabel(says.name).inputValue(), 'コーナー商店');
    await inspect();
  });

  flow('a receipt is found by its number, without its buyer', { lang }, async (world) => {
    const { page, town, visit, inspect } = world;
    const { market, person } = await street(town);
    const message = town.sale(market, person, [['4901234567894', 248, 3]]);
    await town.file(market, message);
    await enter(world, lang);
    await visit('/console/receipts');
    await page.locator('input[name=store_id]').fill(market.id);
    await page.getByLabel(says.date).fill(message.business_date);
    await page.getByLabel(says.number).fill(message.transaction);
    await page.getByRole('button', { name: says.find }).click();
    await page.locator('main').getByText('¥744').first().waitFor();
    const seen = await page.content();
    assert.ok(!seen.includes(person.id) && !seen.includes('customer-1'));
    await inspect();
  });
}

flow('signed out, going back shows nothing of the console', { lang: 'en', size: 'desktop' }, async (world) => {
  const { page, context, town, visit, goBack } = world;
  await street(town);
  await enter(world, 'en');
  await visit('/console/stores');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { level: 1, name: SAYS.en.signIn }).waitFor();
  assert.deepEqual(await context.cookies(), []);
  const asked = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/console/stores');
  await goBack();
  await asked;
  await page.getByRole('heading', { level: 1, name: SAYS.en.signIn }).waitFor();
  assert.equal(await page.locator('main').getByText('喫茶こもれび').count(), 0);
});
