//! Shops, people and sales for a flow, furnished through the interface of its server. Everything here is the
//! same on every run; whoever needs other goods changes the message that is made here.

/** What the shops sell: code, name, price with tax inside, rate. */
export const GOODS = [
  ['4901234567894', '明治の牛乳 1L', 248, '8'],
  ['4902345678905', '極小粒納豆 3個組', 98, '8'],
  ['4903456789016', '絹ごし豆腐 3連', 138, '8'],
  ['4904567890127', 'トイレットペーパー ダブル 12ロール', 698, '10'],
  ['4905678901238', '手巻おにぎり 鮭', 150, '8'],
  ['4906789012349', 'Earl Grey tea, 25 bags', 540, '8'],
];
/** The last day that is over in Tokyo: what a flow sells is young, whenever it runs. */
export const LATELY = new Date(Date.now() + (9 - 24) * 3_600_000).toISOString().slice(0, 10);
const NAMED_FROM = '2020-01-01T00:00:00+09:00';

/** Opens the console by `key`, and waits until it is there: whoever goes on before stops the browser on its way. */
export async function openConsole({ page, visit }, key) {
  await visit('/console');
  await page.locator('input[name=key]').fill(key);
  await page.locator('form[action="/console/sign-in"] button').click();
  await page.locator('form[action="/console/sign-out"]').waitFor();
}

export class Town {
  #sales = 0;

  constructor(orihon) {
    this.orihon = orihon;
  }

  /** A shop with a device, which has said what it sells. */
  async shop(id, { name, goods = GOODS, ...about }) {
    const { orihon } = this;
    await orihon.ask('POST', '/v1/stores', { store_id: id, name, timezone: 'Asia/Tokyo', currency: 'JPY', ...about });
    const { key } = await orihon.ask('POST', `/v1/stores/${id}/devices`, { name: 'till 1' });
    const shop = { id, key, revision: 0 };
    if (goods.length > 0) await this.name(shop, goods);
    return shop;
  }

  /** The shop says what codes mean. */
  async name(shop, goods) {
    const changes = goods.map(([code, name, unit_price, tax_percent]) => ({
      code, name, unit_price, tax_percent, effective_from: NAMED_FROM,
    }));
    const update = { base_revision: shop.revision, revision: shop.revision + 1, changes };
    await this.orihon.ask('PUT', `/v1/stores/${shop.id}/catalogue`, update, shop.key);
    shop.revision += 1;
  }

  /** Somebody with an account, and the secret that opens it. */
  async person(ref = 'customer-1') {
    const { user_id: id, token } = await this.orihon.ask('POST', '/v1/users', { ref });
    return { id, token };
  }

  /** The message of a sale of `[code, price, quantity]`, paid in cash; tax is inside. */
  sale(shop, person, lines, at = `${LATELY}T18:05:00+09:00`) {
    this.#sales += 1;
    const rows = lines.map(([code, unit_price, quantity = 1]) => ({
      code, quantity: String(quantity), unit_price, amount: unit_price * quantity,
    }));
    const total = rows.reduce((sum, row) => sum + row.amount, 0);
    return {
      store_id: shop.id, terminal: '1', business_date: at.slice(0, 10),
      transaction: String(this.#sales).padStart(4, '0'), kind: 'sale', purchased_at: at, currency: 'JPY',
      ...(person && { user: { id: person.id } }),
      lines: rows, tenders: [{ kind: 'cash', amount: total }], total,
    };
  }

  /** Files a message as the shop's device does; gives the purchase's id. */
  async file(shop, message) {
    return (await this.orihon.ask('POST', '/v1/settlements', message, shop.key)).purchase_id;
  }

  /** Sells something and files it; gives the purchase's id. */
  async sell(shop, person, lines, at) {
    return this.file(shop, this.sale(shop, person, lines, at));
  }

  /** Files many messages, in as few requests as the server takes. */
  async fileAll(shop, messages) {
    for (let from = 0; from < messages.length; from += 1000) {
      const part = messages.slice(from, from + 1000);
      const answers = await this.orihon.ask('POST', '/v1/settlements/batch', part, shop.key);
      const refused = answers.find((answer) => answer.outcome !== 'recorded');
      if (refused) throw new Error(`not recorded: ${JSON.stringify(refused)}`);
    }
  }

  /** Opens the person's account in a browser context, by a link. */
  async signIn(context, person) {
    const { url } = await this.orihon.ask('POST', `/v1/users/${person.id}/recovery-link`, { reason: 'asked for at the desk' });
    // The context keeps the cookie that the answer sets.
    const entered = await context.request.post(this.orihon.base + new URL(url).pathname, { form: { next: '/book' }, maxRedirects: 0 });
    if (entered.status() !== 303) throw new Error(`signing in was answered with ${entered.status()}`);
  }
}

/** Two shops in one street, and a person with a week of purchases: what most pages begin from. */
export async function street(town) {
  const [market, cafe, person] = await Promise.all([
    town.shop('fujinoki', {
      name: 'スーパーふじの木 緑町店', address: '東京都武蔵野市緑町2-3-4', phone: '0422-00-1234',
      receipt_footer: 'またのお越しをお待ちしています',
    }),
    town.shop('kissa', {
      name: '喫茶こもれび', goods: [['blend', 'ブレンドコーヒー', 480, '10'], ['toast', '厚切りトースト', 380, '10']],
    }),
    town.person(),
  ]);
  const week = [
    [market, [['4901234567894', 248], ['4902345678905', 98], ['4905678901238', 150, 2]], '2026-11-22T10:12:00+09:00'],
    [cafe, [['blend', 480], ['toast', 380]], '2026-11-23T15:30:00+09:00'],
    [market, [['4904567890127', 698]], '2026-11-25T19:02:00+09:00'],
    [market, [['4901234567894', 248, 2], ['4903456789016', 138], ['4906789012349', 540], ['4902345678905', 98]], '2026-11-27T18:41:00+09:00'],
    [cafe, [['blend', 480]], '2026-11-28T09:08:00+09:00'],
  ];
  const bought = [];
  for (const [shop, lines, at] of week) bought.push(await town.sell(shop, person, lines, at));
  return { market, cafe, person, bought };
}
