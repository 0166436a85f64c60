'use strict';
// The desk behind the till: who is signed on, whose approval is needed, the key of a till elsewhere,
// goods that come back without a receipt, cash beside the sales, and the day close.

// --- Who serves ---

let deskAsks = false;
let lastUsed = Date.now();

const signsOn = () => ['number', 'pin'].includes(shop.sign_on);

// Locks the page while nobody is signed on, and signs off whoever has gone.
function guardDesk() {
  renderStaff();
  if (!signsOn()) return;
  const minutes = Number(shop.rules?.lock_minutes ?? 0);
  if (session.get() && minutes > 0 && Date.now() - lastUsed > minutes * 60000) signOff();
  else if (!session.get()) lock();
}

function renderStaff() {
  const on = signsOn();
  $('staff-field').hidden = on;
  $('sign-off').hidden = !on;
  $('sign-off').textContent = session.get() ? `${session.get().staff} ${session.get().name}・${t('sign_off')}` : t('sign_on');
}

async function lock() {
  if (deskAsks) return;
  deskAsks = true;
  document.body.classList.add('locked');
  while (!session.get()) {
    const values = await ask({
      title: t('sign_on'), note: shop.name, ok: t('sign_on'), locked: true,
      fields: [{ name: 'staff', label: t('staff_number'), required: true, longest: 16, pad: true },
        ...(shop.sign_on === 'pin' ? [{ name: 'pin', label: t('pin'), type: 'password', longest: 8, pad: true }] : [])],
    });
    if (!values) continue;
    try {
      session.set(await api('POST', '/api/sign-on', { staff: values.staff, ...(values.pin ? { pin: values.pin } : {}) }));
      calm();
    } catch (problem) {
      await tell(problem);
    }
  }
  lastUsed = Date.now();
  deskAsks = false;
  document.body.classList.remove('locked');
  renderStaff();
  rest();
}

// A fault that has to be read before the next question.
function tell(problem) {
  beep();
  return ask({ title: t('error_other'), note: problem.words?.() ?? problem.message, ok: t('close'), locked: true });
}

function signedOff() {
  sessionStorage.removeItem('orihon.session');
  lock();
}

async function signOff() {
  try {
    await api('DELETE', '/api/sign-on');
  } catch {
    // The device forgets it by itself.
  }
  signedOff();
}

// --- A manager's approval ---

// Orders something; where the shop wants a manager's approval, one is asked for, until it is given
// or given up.
async function order(path, body) {
  let sent = body;
  for (;;) {
    try {
      return await api('POST', path, sent);
    } catch (problem) {
      if (!['approval_needed', 'pin_wrong', 'pin_wait', 'no_manager'].includes(problem.code)) throw problem;
      if (problem.code !== 'approval_needed') await tell(problem);
      const approval = await askApproval(problem.params?.act);
      if (!approval) throw new Problem(403, 'not_approved', t('e_not_approved'));
      sent = { ...body, approval };
    }
  }
}

async function askApproval(act) {
  const values = await ask({
    title: t('approval_title'), note: act ? t(`act_${act}`) : null, ok: t('approve'),
    fields: [{ name: 'staff', label: t('manager_number'), required: true, longest: 16, pad: true },
      { name: 'pin', label: t('pin'), type: 'password', required: true, longest: 8, pad: true }],
  });
  return values && { staff: values.staff, pin: values.pin };
}

// --- The key of a till on another machine ---

async function askKey() {
  if (deskAsks) return;
  deskAsks = true;
  const values = await ask({ title: t('key_title'), note: t('key_note'), locked: true, fields: [{ name: 'key', label: t('key'), required: true, longest: 80 }] });
  if (values) localStorage.setItem('orihon.key', values.key);
  deskAsks = false;
  await refreshStatus();
}

// --- Goods that come back without a receipt ---

function toggleReturn() {
  if (training) return complain(new Problem(0, 'training', t('training_no')));
  if (basket.back) return say(t('exchange_first'));
  basket.mode = basket.mode === 'return' ? 'sale' : 'return';
  changed();
  renderFrame();
  rest();
}

const askReason = (title) => ask({ title, fields: [{ name: 'reason', label: t('reason'), required: true, chips: t('reasons_back').split('|') }] });

// Pays out what was rung up in a return.
async function payOut(kind) {
  const values = await askReason(t('loose_title', { m: money(reckon(basket).total) }));
  if (!values) return;
  const body = { terminal: terminalNumber(), reason: values.reason, tender: kind, lines: looseOf(basket), request: null };
  if (staffNumber()) body.staff = staffNumber();
  if (basket.buyer) body.buyer = basket.buyer;
  delete body.request;
  body.request = requestOf(basket, JSON.stringify(body));
  await finishBack(async () => {
    const finished = await order('/api/returns', body);
    const article = await drawn(slip(finished.settlement, finished.names, { claim: finished.claim_code }));
    return { title: t('done_return'), big: money(finished.settlement.total), bigLabel: t('refund'), articles: [article], paper: finished.paper };
  });
}

// --- Exchange ---

// What was rung up in a return goes against what is taken along.
async function exchangeLoose() {
  if (!basket.lines.length) return say(t('none_selected'));
  const names = basket.lines.map((of) => of.name);
  await beginExchange({ lines: looseOf(basket) }, names);
}

// Begins an exchange: asks why, and what comes back is worth.
async function beginExchange(back, names, given) {
  const values = given ?? await askReason(t('exchange_title'));
  if (!values) return false;
  try {
    const weighed = await api('POST', '/api/exchanges/preview', { terminal: terminalNumber(), reason: values.reason, back, sale: { lines: [] } });
    basket = { ...emptyBasket(), back: { order: back, names, reason: values.reason, returned: weighed.returned } };
    chosen = -1;
    changed();
    renderFrame();
    say(t('exchange_begun', { m: money(weighed.returned) }));
    return true;
  } catch (problem) {
    complain(problem);
    return false;
  }
}

// Finishes an exchange; `kind` is how the rest is given back, if there is one.
async function finishExchange(kind) {
  const { back } = basket;
  const body = { terminal: terminalNumber(), reason: back.reason, back: back.order, sale: soldOf(basket), tender: kind };
  if (staffNumber()) body.staff = staffNumber();
  body.request = requestOf(basket, JSON.stringify(body));
  await finishBack(async () => {
    const done = await order('/api/exchanges', body);
    const articles = [await drawn(slip(done.return.settlement, done.return.names, { claim: done.return.claim_code })),
      await drawn(slip(done.sale.settlement, done.sale.names, { claim: done.sale.claim_code }))];
    const refund = done.balance.to_refund;
    return { title: t('done_exchange'), articles, paper: done.sale.paper,
      big: money(refund || done.sale.settlement.change || 0), bigLabel: t(refund ? 'refund' : 'change') };
  });
}

async function finishBack(work) {
  if (busy) return;
  busy = true;
  try {
    const shown = await work();
    clear();
    finishedSheet({ ...shown, onKey: rest });
    say('');
  } catch (problem) {
    complain(problem);
  } finally {
    busy = false;
  }
  refreshStatus();
}

// --- Cash beside the sales, and the day close ---

const requestId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

async function moveCash(kind) {
  const values = await ask({
    title: t(`cash_${kind}`), check: (given) => amountFault(given.amount, t('amount')),
    fields: [{ name: 'amount', label: t('amount'), required: true, pad: true, longest: 14 },
      ...(kind === 'float' ? [] : [{ name: 'reason', label: t('reason'), required: true, chips: t('reasons_cash').split('|') }])],
  });
  if (!values) return false;
  const body = { terminal: terminalNumber(), kind, amount: readAmount(values.amount), reason: values.reason ?? '', request: requestId() };
  if (staffNumber()) body.staff = staffNumber();
  return api('POST', '/api/cash', body).then(() => true, (problem) => complain(problem) ?? false);
}

function reportRows(report) {
  const { cash } = report;
  const many = (word, sum) => row(`${t(word)} ${t('times', { n: sum.count })}`, money(sum.total));
  return [
    many('sale', report.sales), many('return', report.returns), many('void', report.voids),
    row(t('net'), money(report.net), 'sum'), el('hr'),
    ...report.taxes.map((tax) => el('p', { className: 'tax', textContent: tax.percent === null
      ? t('untaxed', { s: money(tax.taxable) })
      : t(tax.included ? 'tax_in' : 'tax_out', { p: tax.percent, s: money(tax.taxable), x: money(tax.tax) }) })), el('hr'),
    ...report.tenders.map((tender) => row(t(tender.kind), money(tender.amount))), el('hr'),
    row(t('cash_float'), money(cash.float)), row(t('cash_sold'), money(cash.sold)),
    row(t('cash_in'), money(cash.paid_in)), row(t('cash_out'), money(-cash.paid_out)),
    ...report.moves.filter((one) => one.kind !== 'float').map((one) => row(`　${one.reason}`, money(one.kind === 'out' ? -one.amount : one.amount))),
    row(t('cash_expected'), money(cash.expected), 'sum'),
    ...(cash.counted === undefined ? [] : [row(t('cash_counted'), money(cash.counted)), row(t('cash_difference'), money(cash.difference), 'sum')]),
  ];
}

// A close as paper shows it; without a number it is a look.
function reportSlip(report, { copy } = {}) {
  const title = report.number ? t('close_number', { n: report.number }) : t('look');
  return el('article', { className: 'slip' },
    el('h3', { textContent: shop.name || '' }), el('h4', { textContent: copy ? `${title}（${t('copy')}）` : title }),
    row(t('business_day', { d: report.business_date }), report.terminal ? `${t('till')} ${report.terminal}` : t('all_tills')),
    row(clockTime(report.at), report.staff ? `${t('staff')} ${report.staff}` : ''),
    el('hr'), ...reportRows(report));
}

async function closeSheet() {
  if (training) return complain(new Problem(0, 'training', t('training_no')));
  const date = el('input', { type: 'date', value: shop.business_date ?? '' });
  const of = el('select', {}, el('option', { value: terminalNumber(), textContent: `${t('till')} ${terminalNumber()}` }), el('option', { value: '', textContent: t('all_tills') }));
  const box = el('div', { className: 'scroll' });
  let report = null;
  const load = async () => {
    const query = new URLSearchParams({ ...(of.value ? { terminal: of.value } : {}), ...(date.value ? { business_date: date.value } : {}) });
    try {
      const [look, { closes, open }] = await Promise.all([api('GET', `/api/closes/preview?${query}`), api('GET', `/api/closes?business_date=${date.value}`)]);
      report = look;
      const again = closes.map((one) => cells(button(t('close_number', { n: one.number }), () => showReport(one, true)), one.terminal ? `${t('till')} ${one.terminal}` : t('all_tills'), money(one.net)));
      const left = [...new Set(open.map((one) => one.business_date))].filter((day) => day !== shop.business_date);
      box.replaceChildren(...(left.length ? [el('p', { className: 'fault', textContent: t('not_closed', { d: left.slice(0, 5).join(', ') }) })] : []),
        reportSlip(look), ...(again.length ? [table(['number', 'till', 'net'], again)] : []));
    } catch (problem) {
      box.replaceChildren(el('p', { className: 'fault', textContent: problem.words() }));
    }
  };
  const moved = (kind) => button(t(`cash_${kind}`), async () => { if (await moveCash(kind)) await load(); });
  date.addEventListener('change', load);
  of.addEventListener('change', load);
  await load();
  sheet(t('close_title'), el('div', {}, el('p', { className: 'choices' }, el('label', {}, `${t('date')} `, date), ' ', of), box),
    button(t('print_look'), () => report && printSlip(reportSlip(report))), moved('float'), moved('in'), moved('out'),
    button(t('close_day'), async () => { if (report && await closeDay(report)) await load(); }, { className: 'main' }));
}

function showReport(report, copy) {
  const article = reportSlip(report, { copy });
  toPaper(article);
  sheet(t('close_number', { n: report.number }), el('div', { className: 'scroll' }, article), button(t('print'), () => printSlip(article)));
}

async function closeDay(look) {
  const values = await ask({
    title: t('close_day'), note: t('count_note'), ok: t('close_day'), check: (given) => amountFault(given.counted, t('cash_counted')),
    fields: [{ name: 'counted', label: t('cash_counted'), required: true, pad: true, longest: 14 }],
  });
  if (!values) return false;
  const body = { business_date: look.business_date, counted_cash: readAmount(values.counted), request: requestId() };
  if (look.terminal) body.terminal = look.terminal;
  if (staffNumber()) body.staff = staffNumber();
  try {
    const report = await api('POST', '/api/closes', body);
    showReport(report, false);
    return true;
  } catch (problem) {
    complain(problem);
    return false;
  }
}
