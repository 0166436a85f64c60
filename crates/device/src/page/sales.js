'use strict';
// The sales of a day, and what can still be done with one: print it again, take it back, exchange it;
// what a person has to look at.

// The sales of a day; opening one offers what can still be done with it.
async function salesSheet() {
  const date = el('input', { type: 'date', value: shop.business_date ?? '' });
  const list = el('div', { className: 'scroll' });
  const load = async () => {
    try {
      const query = date.value ? `?business_date=${date.value}` : '';
      const { sales } = await api('GET', `/api/sales${query}`);
      list.replaceChildren(salesTable(sales, load));
    } catch (problem) {
      list.replaceChildren(el('p', { className: 'fault', textContent: problem.words() }));
    }
  };
  date.addEventListener('change', load);
  await load();
  sheet(t('sales_title'), el('div', {}, el('label', {}, `${t('date')} `, date), list));
}

function keyOf(sale) {
  return `${sale.terminal} ${sale.business_date} ${sale.transaction}`;
}

function salesTable(sales, load) {
  if (!sales.length) return el('p', { textContent: t('no_sales') });
  const voided = new Set(sales.filter(({ settlement }) => settlement.kind === 'void').map(({ settlement }) => keyOf(settlement.of)));
  const signs = { sale: 1, return: -1, void: -1 };
  const sum = sales.reduce((all, { settlement }) => all + signs[settlement.kind] * settlement.total, 0);
  const rows = sales.map((sale) => {
    const s = sale.settlement;
    const gone = voided.has(keyOf(s));
    const time = clockTime(s.purchased_at, { hour: '2-digit', minute: '2-digit' });
    const node = cells(button(s.receipt_number ?? s.transaction, () => saleSheet(sale, gone, load)), time,
      gone ? `${t(s.kind)}・${t('voided')}` : t(s.kind), money(signs[s.kind] * s.total), t(sale.state));
    if (gone) node.className = 'gone';
    return node;
  });
  return el('div', {}, el('p', { className: 'day-total', textContent: t('day_total', { n: sales.length, m: money(sum) }) }),
    table(['receipt_number', 'time', 'kind', 'total', 'state'], rows));
}

function closeAll() {
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
}

async function saleSheet(sale, gone, load) {
  const { names } = sale;
  const article = await drawn(slip(sale.settlement, names, { copy: true }));
  const buttons = [button(t('reprint'), () => printSlip(article))];
  if (sale.settlement.kind === 'sale' && !gone) {
    const away = (work) => async () => {
      if (training) return complain(new Problem(0, 'training', t('training_no')));
      if (await work(sale.settlement, names)) {
        dialog.close();
        await load();
      }
    };
    buttons.push(button(t('return_it'), away(giveBack)), button(t('exchange_it'), away(async (...of) => { if (await exchange(...of)) closeAll(); })), button(t('void_it'), away(voidSale), { className: 'danger' }));
  }
  const problem = sale.problem ? el('p', { className: 'fault', textContent: sale.problem }) : null;
  toPaper(article);
  const dialog = sheet(`${t(sale.settlement.kind)} ${sale.settlement.receipt_number ?? ''}`, el('div', { className: 'scroll' }, problem, article), ...buttons);
}

function orderFor(settlement, reason) {
  const { terminal, business_date, transaction } = settlement;
  const order = { terminal: terminalNumber(), reason, of: { terminal, business_date, transaction } };
  if (staffNumber()) order.staff = staffNumber();
  return order;
}

async function takeBack(path, body, title) {
  try {
    const finished = await order(path, body);
    const article = await drawn(slip(finished.settlement, finished.names));
    finishedSheet({ title, big: money(finished.settlement.total), bigLabel: t('refund'), articles: [article], paper: finished.paper, onKey: () => {} });
    refreshStatus();
    return true;
  } catch (problem) {
    complain(problem);
    return false;
  }
}

async function voidSale(settlement) {
  const values = await ask({
    title: t('void_title', { n: settlement.receipt_number ?? settlement.transaction }),
    note: `${t('total')} ${money(settlement.total)}`, ok: t('void_it'),
    fields: [{ name: 'reason', label: t('reason'), required: true, chips: t('reasons_back').split('|') }],
  });
  return values !== null && takeBack('/api/voids', orderFor(settlement, values.reason), t('done_void'));
}

// Asks which lines come back, how much of each, and why.
async function askBack(settlement, names, title, ...more) {
  const chosen = (values) => settlement.lines
    .map((_, nth) => ({ line: nth + 1, text: values[`line${nth}`] }))
    .filter(({ text }) => text && readParts(text, 6) !== 0n);
  const values = await ask({
    title, note: t('return_note'),
    fields: [
      ...settlement.lines.map((line, nth) => ({
        name: `line${nth}`, label: t('of_sold', { name: names[nth] ?? line.code, q: line.quantity }), chips: [line.quantity], longest: 10,
      })),
      { name: 'reason', label: t('reason'), required: true, chips: t('reasons_back').split('|') }, ...more,
    ],
    check: (given) => {
      const lines = chosen(given);
      if (!lines.length) return t('no_return_lines');
      return lines.every(({ text }) => readQuantity(text)) ? null : t('bad_quantity');
    },
  });
  return values && { ...values, lines: chosen(values).map(({ line, text }) => ({ line, quantity: readQuantity(text) })) };
}

async function giveBack(settlement, names) {
  const kinds = ['cash', 'card', 'emoney', 'qr', 'points'].map((kind) => [kind, t(kind)]);
  const title = t('return_title', { n: settlement.receipt_number ?? settlement.transaction });
  const values = await askBack(settlement, names, title, { name: 'tender', label: t('refund_by'), options: kinds });
  if (!values) return false;
  const body = orderFor(settlement, values.reason);
  return takeBack('/api/returns', { ...body, lines: values.lines, tender: values.tender }, t('done_return'));
}

// Lines of a sale go against what is rung up next.
async function exchange(settlement, names) {
  if (basket.lines.length || basket.back) return complain(new Problem(0, 'rung_up', t('e_rung_up')));
  const values = await askBack(settlement, names, t('exchange_title'));
  if (!values) return false;
  const { of } = orderFor(settlement, values.reason);
  return beginExchange({ of, lines: values.lines }, values.lines.map(({ line }) => names[line - 1]), values);
}

// Sales that the server refused, each with its reason.
async function refusedSheet() {
  const list = el('div', { className: 'scroll' });
  const again = async (id) => {
    try {
      await api('POST', `/api/refused/${id}/again`);
      say(t('sent_again'));
    } catch (problem) {
      complain(problem);
    }
    refreshStatus();
    await load();
  };
  const load = async () => {
    try {
      const { sales } = await api('GET', '/api/refused');
      const rows = sales.map((sale) => cells(sale.settlement.receipt_number ?? sale.settlement.transaction,
        sale.settlement.business_date, money(sale.settlement.total), sale.problem, button(t('again'), () => again(sale.id))));
      list.replaceChildren(sales.length
        ? table(['receipt_number', 'date', 'total', 'problem', 'again'], rows)
        : el('p', { textContent: t('no_refused') }));
    } catch (problem) {
      list.replaceChildren(el('p', { className: 'fault', textContent: problem.words() }));
    }
  };
  await load();
  sheet(t('refused_title'), list);
}

// Codes whose names somebody at the server asks the shop for.
async function wantedSheet() {
  const { wishes } = await api('GET', '/api/wishes');
  const rows = wishes.map((wish) => cells(wish.code, String(wish.lines)));
  const list = el('div', { className: 'scroll' }, table(['scan', 'wanted_lines'], rows));
  sheet(t('wanted_title'), el('div', {}, el('p', { textContent: t('wanted_note') }), list));
}

function untoldSheet() {
  const rows = (shop.items_untold ?? []).map((item) => cells(item.code, item.problem));
  sheet(t('untold_title'), el('div', { className: 'scroll' }, table(['scan', 'problem'], rows)));
}

