//! The town that the pictures show: the street, an autumn of purchases, and a morning at the console with a few
//! things to look after. It is the same on every run, but for what the console calls today.
import { street } from './town.mjs';

const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const FOOD = [
  ['4911111111111', '食パン 6枚切', 178, '8', 'パン'], ['4911111111128', 'バナナ 4本', 198, '8', '青果'],
  ['4911111111135', 'トマト', 128, '8', '青果'], ['4911111111142', 'コシヒカリ 5kg', 2_480, '8', '米'],
  ['4911111111159', 'プレーンヨーグルト 400g', 188, '8', '乳製品'], ['4911111111166', '液体洗剤 詰替', 328, '10', '日用品'],
];
const DAYS = 91;

/** The street, and what its first person bought in three months before. */
export async function pictured(town) {
  const found = await street(town);
  const { market, cafe, person } = found;
  const changes = FOOD.map(([code, name, unit_price, tax_percent, category]) => ({
    code, name, unit_price, tax_percent, category, effective_from: '2020-01-01T00:00:00+09:00',
  }));
  const update = { base_revision: market.revision, revision: market.revision + 1, changes };
  await town.orihon.ask('PUT', `/v1/stores/${market.id}/catalogue`, update, market.key);
  market.revision += 1;
  const ofMarket = [];
  const ofCafe = [];
  for (let day = 0; day < DAYS; day += 1) {
    const date = new Date(Date.parse('2026-08-01') + day * 86_400_000).toISOString().slice(0, 10);
    if (day % 2 === 0) {
      const some = FOOD.filter((_, nth) => (day * 7 + nth * 5) % 4 < 2 && (nth !== 3 || day % 14 === 0));
      const lines = some.map(([code, , price], nth) => [code, price, 1 + ((day + nth) % 3 === 0 ? 1 : 0)]);
      if (lines.length > 0) ofMarket.push(town.sale(market, person, lines, `${date}T18:${10 + (day % 40)}:00+09:00`));
    }
    if (day % 5 === 1) ofCafe.push(town.sale(cafe, person, [['blend', 480], ...(day % 10 === 1 ? [['toast', 380]] : [])], `${date}T09:20:00+09:00`));
  }
  await town.fileAll(market, ofMarket);
  await town.fileAll(cafe, ofCafe);
  return found;
}

/** What waits for a clerk this morning. */
export async function morning(town, { market, cafe, person }) {
  const { orihon } = town;
  const now = `${TODAY}T00:00:00+09:00`;
  for (const lines of [[['4911111111135', 128, 3]], [['4901234567894', 248]], [['2000000000017', 580], ['2000000000024', 320]]]) {
    await town.sell(market, null, lines, now);
  }
  await town.sell(cafe, person, [['blend', 480]], now);
  const once = town.sale(cafe, null, [['toast', 380]], now);
  await town.file(cafe, once);
  const again = { ...once, lines: [{ ...once.lines[0], quantity: '2', amount: 760 }], tenders: [{ kind: 'cash', amount: 760 }], total: 760 };
  const told = await fetch(`${orihon.base}/v1/settlements`, {
    method: 'POST', body: JSON.stringify(again), headers: { authorization: `Bearer ${cafe.key}`, 'content-type': 'application/json' },
  });
  if (told.status !== 409) throw new Error(`a conflict was answered with ${told.status}`);
}
