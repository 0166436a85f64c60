'use strict';
// What opens over the till: questions, receipts, the lists of sales, and the bar below that says how
// the device is. Native dialogs keep the focus inside of them, so that a scanner never rings up
// behind one.

// Called when a dialog has closed and none is left; the till takes the focus back.
let whenClosed = () => {};

function opened(dialog, result) {
  document.body.append(dialog);
  dialog.addEventListener('close', () => {
    dialog.remove();
    result();
    if (!document.querySelector('dialog[open]')) whenClosed();
  });
  dialog.showModal();
}

// A sheet with a title, anything, and a way out.
function sheet(title, content, ...buttons) {
  const dialog = el('dialog', { className: 'sheet' });
  const close = el('button', { type: 'button', textContent: t('close'), onclick: () => dialog.close() });
  const heading = el('h2', { id: `sheet-${Date.now()}`, textContent: title });
  dialog.setAttribute('aria-labelledby', heading.id);
  dialog.append(heading, content, el('p', { className: 'buttons' }, ...buttons, close));
  opened(dialog, () => {});
  return dialog;
}

// A number pad for tills that are touched. It leaves the focus where it is, and replaces what is
// selected, as typing would.
function pad(target) {
  const press = (key) => {
    const input = target();
    if (!input) return;
    const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const before = all ? '' : input.value;
    input.value = key === '⌫' ? before.slice(0, -1) : before + key;
    input.setSelectionRange(input.value.length, input.value.length);
  };
  const keys = ['7', '8', '9', '4', '5', '6', '1', '2', '3', '0', fractionDigits() ? '.' : '00', '⌫'];
  return el('div', { className: 'pad', 'aria-hidden': 'true' }, ...keys.map((key) => el('button', {
    type: 'button', tabIndex: -1, textContent: key,
    onpointerdown: (event) => event.preventDefault(), onclick: () => press(key),
  })));
}

// A field of a question, with its label and its ready answers.
function field(spec, noteUse) {
  const input = spec.options
    ? el('select', {}, ...spec.options.map(([value, text]) => el('option', { value, textContent: text })))
    : el('input', { type: spec.type ?? 'text', autocomplete: spec.type === 'password' ? 'one-time-code' : 'off', maxLength: spec.longest ?? 128, inputMode: spec.pad ? 'none' : 'text' });
  if (spec.value !== undefined && spec.value !== null) input.value = spec.value;
  input.addEventListener('focus', () => {
    if (spec.pad) noteUse(input);
    if (input.select) input.select();
  });
  const chips = (spec.chips ?? []).map((text) => el('button', {
    type: 'button', className: 'chip', textContent: text, onclick: () => { input.value = text; input.focus(); },
  }));
  const box = el('div', { className: 'field' }, el('label', {}, el('span', { textContent: spec.label }), input));
  if (chips.length) box.append(el('div', { className: 'chips' }, ...chips));
  return { spec, input, box };
}

// Asks, and answers with the values by name, or null. `check` says what is wrong with them, or
// returns nothing; `quick` are answers of one touch: whole ones, or `add` to the first field until
// it is `enough`.
function ask({ title, note, fields = [], quick = [], check = () => null, enough = () => true, ok = t('ok'), locked = false }) {
  return new Promise((resolve) => {
    const dialog = el('dialog', { className: 'ask' });
    let used = null;
    let answer = null;
    const all = fields.map((spec) => field(spec, (input) => { used = input; }));
    const fault = el('p', { className: 'fault', role: 'alert' });
    const submit = (extra = {}) => {
      const values = { ...Object.fromEntries(all.map(({ spec, input }) => [spec.name, plain(input.value)])), ...extra };
      const empty = all.find(({ spec }) => spec.required && !values[spec.name]);
      const wrong = empty ? t('missing', { label: empty.spec.label }) : check(values);
      fault.textContent = wrong ?? '';
      if (wrong) (empty ?? all[0])?.input.focus();
      else {
        answer = values;
        dialog.close();
      }
    };
    const touch = ({ values, add }) => {
      if (values) {
        submit(values);
        return;
      }
      const [{ input }] = all;
      const selected = input.selectionStart === 0 && input.selectionEnd === input.value.length;
      const sum = (selected ? 0 : readAmount(input.value) ?? 0) + add;
      input.value = typed(sum);
      input.setSelectionRange(input.value.length, input.value.length);
      if (enough(sum)) submit();
    };
    const quicks = quick.map((one) => el('button', {
      type: 'button', textContent: one.label, onpointerdown: (event) => event.preventDefault(), onclick: () => touch(one),
    }));
    const form = el('form', { noValidate: true, onsubmit: (event) => { event.preventDefault(); submit(); } },
      el('h2', { id: 'ask-title', textContent: title }), note ? el('p', { textContent: note }) : null,
      ...all.map(({ box }) => box), fault,
      quicks.length ? el('div', { className: 'quick' }, ...quicks) : null,
      all.some(({ spec }) => spec.pad) ? pad(() => used) : null,
      el('p', { className: 'buttons' },
        el('button', { type: 'submit', className: 'main', textContent: ok }),
        locked ? null : el('button', { type: 'button', textContent: t('cancel'), onclick: () => dialog.close() })));
    if (locked) {
      // A browser lets a second Escape through; so it does not hear of the first.
      dialog.addEventListener('keydown', (event) => { if (event.key === 'Escape') event.preventDefault(); });
      dialog.addEventListener('cancel', (event) => event.preventDefault());
    }
    dialog.setAttribute('aria-labelledby', 'ask-title');
    dialog.append(form);
    opened(dialog, () => resolve(answer));
    (all[0]?.input ?? form.querySelector('button')).focus();
  });
}

function row(left, right, className = '') {
  return el('p', { className: `row ${className}` }, el('span', { textContent: left }), el('span', { textContent: right }));
}

function slipLines(settlement, names) {
  const reduced = (line) => currency === 'JPY' && line.tax_percent === '8';
  return (settlement.lines ?? []).flatMap((line, nth) => {
    const off = (line.discounts ?? []).filter((discount) => discount.amount > 0);
    const full = line.amount + off.reduce((sum, discount) => sum + discount.amount, 0);
    const name = `${line.part_of ? '　└ ' : ''}${names[nth] ?? line.name ?? line.code}${reduced(line) ? '※' : ''}`;
    const many = line.quantity !== '1';
    return [
      row(name, many ? '' : money(full)),
      many ? row(`　${line.quantity}${line.unit ? ` ${line.unit}` : ''} × ${money(line.unit_price)}`, money(full)) : null,
      ...off.map((discount) => row(`　${discount.label}`, money(-discount.amount))),
    ];
  });
}

// What a shop, and a registered issuer, has to say of itself.
function head() {
  const { issuer, address, phone, invoice_number: number } = shop.rules ?? {};
  return [
    ...[issuer, address, phone].filter(Boolean).map((text) => el('p', { className: 'head', textContent: text })),
    ...(number ? [row(t('invoice_number'), number)] : []),
  ];
}

// Where the tax comes on top, the customer reads how the total comes about.
function onTop(s) {
  const outside = (s.taxes ?? []).filter((tax) => !tax.included);
  if (!outside.length || !s.lines?.length) return [];
  const sum = [...s.lines, ...(s.adjustments ?? [])].reduce((all, one) => all + one.amount, 0);
  return [row(t('subtotal'), money(sum)), ...outside.map((tax) => row(t('tax_on_top', { p: tax.percent }), money(tax.tax)))];
}

// A receipt as paper shows it.
function slip(settlement, names, { claim, training, copy } = {}) {
  const s = settlement;
  const title = { sale: 'receipt', return: 'receipt_return', void: 'receipt_void' }[s.kind] ?? 'receipt';
  const code = claim ?? s.claim_code;
  const taxes = (s.taxes ?? []).map((tax) => el('p', {
    className: 'tax', textContent: t(tax.included ? 'tax_in' : 'tax_out', { p: tax.percent, s: money(tax.taxable), x: money(tax.tax) }),
  }));
  const member = s.user?.member_code ?? s.user?.id;
  const hasReduced = currency === 'JPY' && (s.lines ?? []).some((line) => line.tax_percent === '8');
  return el('article', { className: `slip${training ? ' practice' : ''}` },
    training ? el('p', { className: 'watermark', textContent: '練習' }) : null,
    el('h3', { textContent: shop.name || '' }),
    ...head(),
    el('h4', { textContent: copy ? `${t(title)}（${t('copy')}）` : t(title) }),
    row(clockTime(s.purchased_at), `No. ${s.receipt_number ?? s.transaction}`),
    row(`${t('till')} ${s.terminal}`, s.staff ? `${t('staff')} ${s.staff}` : ''),
    s.of ? row(t('of_receipt', { n: `${s.of.business_date} ${s.of.terminal}-${s.of.transaction}` }), '') : null,
    el('hr'), ...slipLines(s, names),
    ...(s.adjustments ?? []).map((one) => row(one.label, money(one.amount))),
    s.lines?.length ? el('hr') : null, ...onTop(s), row(t(s.kind === 'sale' ? 'total' : 'refund'), money(s.total), 'sum'), ...taxes,
    ...(s.tenders ?? []).map((tender) => row(tender.label ?? t(tender.kind), money(tender.amount))),
    s.change ? row(t('change'), money(s.change)) : null,
    hasReduced ? el('p', { className: 'tax', textContent: t('reduced_note') }) : null,
    member ? row(t('member'), `…${member.slice(-4)}`) : null,
    s.with ? row(t('of_exchange', { n: `${s.with.terminal}-${s.with.transaction}` }), '') : null,
    ...(s.notes ?? []).map((note) => el('p', { textContent: note })),
    shop.rules?.receipt_footer ? el('p', { className: 'footer', textContent: shop.rules.receipt_footer }) : null,
    // The place of the square code; the digits say the same.
    code ? el('div', { className: member ? 'claim spare' : 'claim' }, el('div', { className: 'square', 'data-claim': code, 'aria-hidden': 'true' }),
      el('p', { textContent: t('claim') }), el('p', { className: 'digits', textContent: code.replace(/(\d{4})(?=\d)/g, '$1 ') }),
      el('p', { textContent: t(member ? 'claim_spare' : 'claim_note') })) : null);
}

// Puts the square codes into a slip.
async function drawn(article) {
  for (const place of article.querySelectorAll('[data-claim]')) {
    const source = await squareOf(place.dataset.claim);
    if (source) place.replaceChildren(el('img', { src: source, alt: '' }));
  }
  return article;
}

// Paper gets its own copy, because a dialog is not printed.
function toPaper(...articles) {
  document.getElementById('slip').replaceChildren(...articles.map((article) => article.cloneNode(true)));
}

async function printSlip(...articles) {
  toPaper(...articles);
  const pictures = [...document.querySelectorAll('#slip img')];
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
  window.print();
}

// Shows a finished sale until the next customer. A digit or letter closes it as well and goes into
// the scan field, so that a cashier can just scan on.
function finishedSheet({ title, big, bigLabel, note, articles, paper, onKey }) {
  const dialog = el('dialog', { className: 'done' });
  const next = el('button', { type: 'button', className: 'main', textContent: t('next'), onclick: () => dialog.close() });
  const unwanted = paper === 'unwanted';
  dialog.setAttribute('aria-label', title);
  dialog.append(
    el('div', { className: 'done-side' },
      el('h2', { textContent: title }),
      el('p', { className: 'big-label', textContent: bigLabel }),
      el('output', { className: 'big', textContent: big }),
      unwanted ? el('p', { className: 'no-paper', role: 'status', textContent: t('no_paper') }) : null,
      note ? el('p', { className: 'fault', textContent: note }) : null,
      el('p', { className: 'buttons' }, next, el('button', { type: 'button', textContent: t(unwanted ? 'print_anyway' : 'print'), onclick: () => printSlip(...articles) }))),
    el('div', { className: 'papers' }, ...articles));
  dialog.addEventListener('keydown', (event) => {
    if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      dialog.close();
      onKey();
    }
  });
  // What is not wanted on paper does not get there by the browser's own printing either.
  if (unwanted) toPaper();
  else toPaper(...articles);
  opened(dialog, () => {});
  next.focus();
  if (!unwanted && kept('autoPrint', 'no') === 'yes') printSlip(...articles);
}

function table(headings, rows) {
  return el('table', {}, el('thead', {}, el('tr', {}, ...headings.map((key) => el('th', { scope: 'col', textContent: t(key) })))),
    el('tbody', {}, ...rows));
}

function cells(...values) {
  return el('tr', {}, ...values.map((value) => el('td', {}, value ?? '')));
}

function button(text, onclick, properties = {}) {
  return el('button', { type: 'button', textContent: text, onclick, ...properties });
}

// --- The bar that is always there ---

let lastBar = '';

function renderStatus() {
  document.getElementById('store').textContent = shop.name;
  document.getElementById('day').textContent = shop.business_date ? t('business_day', { d: shop.business_date }) : '';
  document.title = `${training ? `${t('training')} ` : ''}${shop.name || 'Orihon'}`;
  const parts = alive === false ? [['down', t('device_down')]] : [
    [shop.waiting ? 'waiting' : 'fine', shop.waiting ? `${t('waits', { n: shop.waiting })}（${t('oldest', { a: ageWords(shop.oldest_s ?? 0) })}）` : t('all_sent')],
    ...(shop.refused ? [['bad', t('refused_n', { n: shop.refused }), refusedSheet]] : []),
    ...(shop.names_wanted ? [['bad', t('wanted_n', { n: shop.names_wanted }), wantedSheet]] : []),
    ...(shop.items_untold?.length ? [['bad', t('untold_n', { n: shop.items_untold.length }), untoldSheet]] : []),
    ...(shop.items_behind ? [['waiting', t('items_behind')]] : []),
    ...(shop.trouble ? [['trouble', shop.trouble], ['again', t('send_now'), sendNow]] : []),
  ];
  document.getElementById('status').classList.toggle('down', alive === false);
  // Only what is new is written, or a reader for the blind would never fall silent.
  const bar = JSON.stringify(parts.map(([kind, text]) => [kind, text]));
  if (bar === lastBar) return;
  lastBar = bar;
  document.getElementById('status').replaceChildren(...parts.map(([kind, text, work]) => (work
    ? button(text, work, { className: kind })
    : el('span', { className: kind, textContent: text, role: kind === 'down' ? 'alert' : null }))));
}

// The device waits longer after each failure; whoever knows that the line is whole again need not.
async function sendNow() {
  try {
    await api('POST', '/api/send');
  } catch (problem) {
    complain(problem);
  }
  setTimeout(refreshStatus, 500);
}

async function refreshStatus() {
  try {
    shop = await api('GET', '/api/status');
    guardDesk();
    const known = currency;
    currency = shop.currency;
    alive = true;
    if (known !== currency) {
      localStorage.setItem('orihon.currency', currency);
      render();
    }
  } catch (problem) {
    // An answer that is an error is still an answer.
    alive = problem.code !== 'silent';
    if (alive) shop = { ...shop, trouble: problem.words() };
  }
  renderStatus();
}

async function watch() {
  await refreshStatus();
  await refreshTouch();
  setTimeout(watch, 3000);
}
