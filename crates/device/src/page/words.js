'use strict';
// Every text of the till page, one table per language. A text that is missing in one of them would
// show its key, so that it is noticed.

const WORDS = {
  ja: {
    other_language: 'English', staff: '担当', till: 'レジ', training: '練習', training_sign: '練習中：売上になりません',
    scan: 'コード', ring_up: '登録', lines: '登録した商品', item: '商品', price: '単価', quantity: '数量',
    amount: '金額', remove: '取消', no_lines: '商品のバーコードを読み取るか、コードを入力してください。',
    total: '合計', pieces: '{n}点', tax_in: '{p}%対象 {s}（内消費税 {x}）', tax_out: '{p}%対象 {s}（外消費税 {x}）',
    due: 'あと {m}', change: 'お釣り', cash: '現金', card: 'カード', emoney: '電子マネー', qr: 'QR決済',
    points: 'ポイント', voucher: '商品券', credit: '掛売', exchange: '交換', other: 'その他', member: '会員', member_code: '会員コード（22桁）または usr_ の番号',
    finish_again: 'もう一度会計する', business_day: '営業日 {d}',
    k_sales: '売上一覧', k_quantity: '数量', k_search: '検索', k_discount: '割引', k_price: '価格変更', k_receipt: '小計割引',
    k_hold: '保留', k_recall: '呼出', k_cancel: '行取消', k_bag: 'レジ袋', k_member: '会員',
    minus_of: '{name} を減らす', plus_of: '{name} を増やす', remove_of: '{name} を取り消す', select_of: '{name} を選ぶ', undo: '元に戻す',
    removed: '取り消しました：{name}', rang: '{name} {m}', ok: '確定', cancel: 'やめる', close: '閉じる', none_selected: '商品がありません。',
    unknown_title: '登録のないコードです', unknown_note: 'コード {code} は商品にありません。名前と値段を入れて登録できます。',
    name: '商品名', tax_percent: '税率（%）', no_price_title: '{name} の値段', reason: '理由',
    reasons_price: '値札違い|傷・汚れ|他店対抗|店長承認', reasons_back: '打ち間違い|お客様都合|不良品',
    missing: '{label} を入力してください。', bad_amount: '{label} は金額で入力してください。',
    bad_quantity: '数量は 1 や 0.348 のように入力してください。', too_long_amount: '桁が多すぎます。バーコードが入っていませんか。',
    bad_percent: '割合は 1 から 100 の数字で入力してください。',
    discount_title: '{name} の割引', half: '半額', percent_off: '{n}%引き', off: '値引き', no_discount: '割引をやめる', off_amount: '値引き額',
    off_percent: '割引（%）', label: 'レシートの表示', too_much_off: '{m} より多くは引けません。', give_one: '金額か割合のどちらかを入力してください。',
    receipt_title: '小計への割引・クーポン', kind: '種類', coupon: 'クーポン', discount: '割引', fee: '手数料', search_title: '商品を検索', search_for: '名前・読み・コード',
    search: '検索', nothing_found: '見つかりません。', search_more: '最初の50件です。言葉を足してください。', price_title: '{name} の価格変更', new_price: '新しい単価',
    price_reason_needed: '登録の値段と違うときは理由が必要です。', quantity_title: '{name} の数量', per_unit: '単位：{u}',
    cash_title: '現金のお支払い', pay_title: '{kind}のお支払い', to_pay: 'お支払い {m}', tendered: 'お預かり金額', exact: 'ちょうど',
    too_much: '現金のほかは {m} までです。', negative_total: '合計がマイナスです。割引を減らしてください。',
    done_sale: 'ありがとうございました', done_void: '売上を取り消しました', done_return: '返品しました', refund: 'ご返金',
    print: '印刷（Ctrl+P）', next: '次のお客様（Enter）', differs: '表示していた合計は {m} でした。商品の登録が変わっています。',
    till_number: 'レジ番号', receipt_number: 'レシート番号', receipt: '領収書', receipt_return: '返品レシート', receipt_void: '取消レシート', copy: '再発行',
    of_receipt: '元のレシート {n}', reduced_note: '※は軽減税率対象', claim: '受取コード', claim_note: 'このコードで購入記録を受け取れます', claim_spare: '購入記録に届かないときは、このコードで受け取れます',
    holds_title: '保留中のお会計', no_holds: '保留はありません。', held: '保留しました。', recall: '呼び出す', hold_first: '呼び出す前に、いまのお会計を保留しました。',
    delete_hold: '削除', sales_title: '売上一覧', date: '営業日', no_sales: 'この日の売上はありません。', time: '時刻', state: '送信',
    waiting: '送信待ち', filed: '送信済み', refused: '要確認', sale: '売上', return: '返品', void: '取消', voided: '取消済', day_total: '{n}件 差引合計 {m}',
    reprint: '再印刷', void_it: '取り消す', return_it: '返品', void_title: 'レシート {n} を取り消す', return_title: 'レシート {n} の返品', return_note: '戻す数量を入力してください。空欄は戻しません。',
    refund_by: '返金方法', no_return_lines: '戻す商品の数量を入力してください。', of_sold: '{name}（{q}）', training_no: '練習中はできません。練習を終えてから行ってください。',
    refused_title: '確認が必要な売上', again: 'もう一度送る', sent_again: 'もう一度送ります。', no_refused: '確認が必要な売上はありません。', problem: '理由',
    waits: '送信待ち {n}件', oldest: '最も古いもの {a}前', all_sent: '送信待ちなし', refused_n: '要確認 {n}件', untold_n: '商品の問題 {n}件', wanted_n: '品名の依頼 {n}件', items_behind: '商品の変更を送信中',
    untold_title: 'サーバーに伝えられない商品', wanted_title: '品名を頼まれている商品', wanted_note: '売れた商品に、まだ名前がありません。商品台帳に登録すると、お客様のレシートにも名前が入ります。', wanted_lines: '待っている行', device_down: 'この端末の装置が応答しません。電源とプログラムを確認してください。会計は確定できません。',
    age_s: '{n}秒', age_min: '{n}分', age_h: '{n}時間', age_d: '{n}日', settings_title: '設定', paper: 'レシート幅', auto_print: '会計のあと自動で印刷', yes: 'する', no: 'しない',
    bag_code: 'レジ袋の商品コード', no_bag: '設定でレジ袋の商品コードを入れてください。', prices_changed: '商品の値段が変わりました。合計を確認してください。',
    lost_answer: '装置の返事が届きませんでした。会計が済んだかどうか、売上一覧（F1）で確認してからやり直してください。',
    error_clock: '時計が正しくありません', error_disk_full: 'ディスクがいっぱいです。会計は記録されていません', error_database: 'データベースの問題です。会計は記録されていません',
    error_number_taken: 'レシート番号が使われています', error_other: 'できませんでした', error_item: '商品を調べられません', kept: '登録した内容はそのまま残っています。',
    member_set: '会員を登録しました。', delete: '削除', points_note: 'ポイント利用',
    sign_on: 'サインオン', sign_off: 'サインオフ', staff_number: '担当番号', pin: '暗証番号', approval_title: '責任者の承認', approve: '承認する', manager_number: '責任者の番号',
    touch_keys: '商品キー', send_now: 'いますぐ送る', act_void: '売上の取消', act_return: '返品', 'act_return-without-receipt': 'レシートなしの返品', act_price: '価格変更', act_discount: '上限をこえる割引',
    key_title: 'レジの鍵', key_note: '装置で「orihon-device till add 名前」を実行し、表示された鍵を入れてください。', key: '鍵',
    k_part: 'セット', k_back: '返品', k_close: '点検・精算', part_first: 'セットの本体を先に登録してください。',
    mode_return: '返品（レシートなし）', mode_exchange: '交換', loose_title: '{m} を返金する', refund_of: '{kind}で返金', exchange_it: '交換', exchange_title: '交換',
    exchange_begun: '返す商品は {m} です。次に渡す商品を登録してください。', exchange_first: '交換の途中です。', exchanged: '返す商品：{n}', due_back: 'お返し {m}', done_exchange: '交換しました', of_exchange: '交換の相手 {n}',
    invoice_number: '登録番号', subtotal: '小計', tax_on_top: '外税 {p}%', no_paper: '会員の希望により、レシートは印刷しません。', print_anyway: 'それでも印刷する',
    close_title: '点検・精算', look: '点検', print_look: '点検を印刷', close_day: '精算する', close_number: '精算 {n}', all_tills: '全レジ', number: '番号', net: '差引売上', times: '{n}件', untaxed: '税なし {s}', unsaid: '支払方法なし',
    cash_float: '釣銭準備金', cash_in: '入金', cash_out: '出金', cash_sold: '現金売上', cash_expected: '計算在高', cash_counted: '実際在高', cash_difference: '過不足', count_note: '引き出しの現金を数えて入力してください。',
    not_closed: '精算していない日があります：{d}', reasons_cash: '両替|経費|銀行入金|釣銭補充',
    e_item_unknown: '{line}行目：コード {item} は商品にありません。名前と値段を入れてください。', e_price_unknown: '{line}行目：{item} の値段がありません。', e_reason_missing: '{line}行目：登録の値段 {listed} と違います。理由を入れてください。',
    e_number: '{line}行目：数字が正しくありません。', e_discount_too_large: '{line}行目：値引き {off} が値段 {price} をこえています。', e_unpaid: '{total} のうち、あと {missing} 足りません。',
    e_overpaid: '{over} 多く受け取っています。お釣りが出せるのは現金 {cash} までです。', e_negative_total: '合計が {total} です。割引を減らしてください。', e_too_large: '金額が大きすぎます。',
    e_sale_unknown: 'この装置に、レジ {terminal} の {business_date} の {transaction} 番はありません。レシートなしの返品にしてください。',
    e_sale_pruned: 'レジ {terminal} の {business_date} の {transaction} 番は {days} 日を過ぎ、この装置にはもうありません。レシートなしの返品にしてください。',
    e_sale_renumbered: 'レジ {terminal} の {business_date} の {transaction} 番は、今は {number} 番です。その番号で戻してください。', e_back_reason_missing: '理由を入れてください。', e_no_sale: '売上ではありません。', e_no_lines: '戻す商品を選んでください。',
    e_no_such_line: '{line}行目はありません。', e_too_much_back: '{line}行目：戻せるのは {left} までです（{wanted} は戻せません）。', e_has_returns: '一部が返品済みです。残りは行ごとに返品してください。', e_voided: 'この売上は取消済みです。',
    e_cash_amount: '金額が正しくありません。', e_cash_reason_missing: '理由を入れてください。', e_nothing_to_close: '前の精算のあと、売上も入出金もありません。', e_approval_needed: '責任者の承認が必要です。', e_not_approved: '承認されませんでした。',
    e_pin_wrong: '番号か暗証番号が違います。', e_pin_wait: '暗証番号の間違いが続きました。{seconds}秒待ってください。', e_no_manager: '承認できるのは、暗証番号のある責任者だけです。', e_signed_off: 'サインオンしてください。', e_rung_up: '登録中の商品があります。会計か保留をしてから交換してください。',
  },
  en: {
    other_language: '日本語', staff: 'Staff', till: 'Till', training: 'Training', training_sign: 'Training: nothing is sold',
    scan: 'Code', ring_up: 'Ring up', lines: 'Rung up', item: 'Item', price: 'Price', quantity: 'Quantity',
    amount: 'Amount', remove: 'Remove', no_lines: 'Scan a barcode or type a code.',
    total: 'Total', pieces: 'Pieces: {n}', tax_in: '{p}% on {s} (contains tax {x})', tax_out: '{p}% on {s} (plus tax {x})',
    due: '{m} to pay', change: 'Change', cash: 'Cash', card: 'Card', emoney: 'E-money', qr: 'QR payment',
    points: 'Points', voucher: 'Voucher', credit: 'Credit', exchange: 'Exchange', other: 'Other', member: 'Member', member_code: 'Member code (22 digits) or usr_ id',
    finish_again: 'Finish again', business_day: 'Trading day {d}',
    k_sales: 'Sales', k_quantity: 'Count', k_search: 'Search', k_discount: 'Discount', k_price: 'Price', k_receipt: 'Coupon',
    k_hold: 'Hold', k_recall: 'Recall', k_cancel: 'Line off', k_bag: 'Bag', k_member: 'Member',
    minus_of: 'One less of {name}', plus_of: 'One more of {name}', remove_of: 'Remove {name}', select_of: 'Select {name}', undo: 'Undo',
    removed: 'Removed: {name}', rang: '{name} {m}', ok: 'OK', cancel: 'Cancel', close: 'Close', none_selected: 'Nothing is rung up.',
    unknown_title: 'Unknown code', unknown_note: 'No item has the code {code}. Enter a name and a price to sell it.',
    name: 'Name', tax_percent: 'Tax rate (%)', no_price_title: 'Price of {name}', reason: 'Reason',
    reasons_price: 'Wrong price tag|Damaged|Price match|Manager', reasons_back: 'Mistyped|Customer’s wish|Defective',
    missing: 'Enter: {label}', bad_amount: '{label} must be an amount.',
    bad_quantity: 'Enter a quantity such as 1 or 0.348.', too_long_amount: 'Too many digits. Is that a barcode?',
    bad_percent: 'Enter a percentage from 1 to 100.',
    discount_title: 'Discount on {name}', half: 'Half price', percent_off: '{n}% off', off: 'Discount', no_discount: 'No discount', off_amount: 'Amount off',
    off_percent: 'Percent off', label: 'Text on the receipt', too_much_off: 'No more than {m} can be taken off.', give_one: 'Enter an amount or a percentage.',
    receipt_title: 'Discount or coupon on the receipt', kind: 'Kind', coupon: 'Coupon', discount: 'Discount', fee: 'Fee', search_title: 'Find an item', search_for: 'Name, reading or code',
    search: 'Search', nothing_found: 'Nothing found.', search_more: 'These are the first 50. Add a word.', price_title: 'Price of {name}', new_price: 'New unit price',
    price_reason_needed: 'A price other than the listed one needs a reason.', quantity_title: 'Quantity of {name}', per_unit: 'Unit: {u}',
    cash_title: 'Cash', pay_title: '{kind}', to_pay: '{m} to pay', tendered: 'Amount given', exact: 'Exact',
    too_much: 'Only cash may be more than {m}.', negative_total: 'The total is below nothing. Take less off.',
    done_sale: 'Thank you', done_void: 'The sale is void', done_return: 'Returned', refund: 'Refund',
    print: 'Print (Ctrl+P)', next: 'Next customer (Enter)', differs: 'The total shown was {m}. An item has changed meanwhile.',
    till_number: 'Till number', receipt_number: 'Receipt number', receipt: 'Receipt', receipt_return: 'Return', receipt_void: 'Void', copy: 'Copy',
    of_receipt: 'Of receipt {n}', reduced_note: '※ reduced tax rate', claim: 'Claim code', claim_note: 'Take this purchase with the code', claim_spare: 'If it does not arrive in your book, take it with this code',
    holds_title: 'On hold', no_holds: 'Nothing is on hold.', held: 'Put on hold.', recall: 'Recall', hold_first: 'What was rung up is on hold now.',
    delete_hold: 'Delete', sales_title: 'Sales', date: 'Trading day', no_sales: 'No sales on this day.', time: 'Time', state: 'Sending',
    waiting: 'waiting', filed: 'sent', refused: 'look at it', sale: 'Sale', return: 'Return', void: 'Void', voided: 'void', day_total: '{n} receipts, together {m}',
    reprint: 'Print again', void_it: 'Void', return_it: 'Return', void_title: 'Void receipt {n}', return_title: 'Return of receipt {n}', return_note: 'Enter how much comes back. Empty: nothing.',
    refund_by: 'Refund by', no_return_lines: 'Enter how much comes back.', of_sold: '{name} ({q})', training_no: 'Not while training. End the training first.',
    refused_title: 'Sales to look at', again: 'Send again', sent_again: 'It is sent again.', no_refused: 'There is no sale to look at.', problem: 'Reason',
    waits: '{n} waiting', oldest: 'oldest for {a}', all_sent: 'All sent', refused_n: '{n} to look at', untold_n: '{n} items with problems', wanted_n: '{n} names asked for', items_behind: 'Sending item changes',
    untold_title: 'Items that the server was not told of', wanted_title: 'Names that you are asked for', wanted_note: 'These were sold and have no name yet. Add them to the items, and customers’ receipts get the name as well.', wanted_lines: 'lines that wait', device_down: 'The device does not answer. Look at its power and its program. Nothing can be finished.',
    age_s: '{n} s', age_min: '{n} min', age_h: '{n} h', age_d: '{n} days', settings_title: 'Settings', paper: 'Receipt width', auto_print: 'Print after each sale', yes: 'Yes', no: 'No',
    bag_code: 'Item code of a bag', no_bag: 'Enter the item code of a bag in the settings.', prices_changed: 'Prices of items have changed. Look at the total.',
    lost_answer: 'The answer of the device was lost. Look into the sales (F1) whether it is finished before trying again.',
    error_clock: 'The clock is wrong', error_disk_full: 'The disk is full. The sale is not recorded', error_database: 'The database has a problem. The sale is not recorded',
    error_number_taken: 'The receipt number is taken', error_other: 'That did not work', error_item: 'The item cannot be looked up', kept: 'Everything rung up is kept.',
    member_set: 'The member is noted.', delete: 'Delete', points_note: 'Points used',
    sign_on: 'Sign on', sign_off: 'Sign off', staff_number: 'Staff number', pin: 'PIN', approval_title: 'A manager’s approval', approve: 'Approve', manager_number: 'Manager’s number',
    touch_keys: 'Item keys', send_now: 'Send now', act_void: 'Voiding a sale', act_return: 'A return', 'act_return-without-receipt': 'A return without a receipt', act_price: 'Another price', act_discount: 'A discount above the limit',
    key_title: 'Key of this till', key_note: 'At the device, run “orihon-device till add NAME” and enter the key that it shows.', key: 'Key',
    k_part: 'Set part', k_back: 'Return', k_close: 'Day close', part_first: 'Ring up the main item of the set first.',
    mode_return: 'Return without receipt', mode_exchange: 'Exchange', loose_title: 'Pay out {m}', refund_of: 'Refund: {kind}', exchange_it: 'Exchange', exchange_title: 'Exchange',
    exchange_begun: 'What comes back is worth {m}. Ring up what is taken along.', exchange_first: 'An exchange is under way.', exchanged: 'Comes back: {n}', due_back: '{m} to give back', done_exchange: 'Exchanged', of_exchange: 'Exchange with {n}',
    invoice_number: 'Registration no.', subtotal: 'Subtotal', tax_on_top: 'Tax {p}%', no_paper: 'The member wants no paper. Nothing is printed.', print_anyway: 'Print anyway',
    close_title: 'Day close', look: 'X report', print_look: 'Print X report', close_day: 'Close the day', close_number: 'Close {n}', all_tills: 'All tills', number: 'Number', net: 'Net sales', times: '× {n}', untaxed: 'Without tax {s}', unsaid: 'Payment not said',
    cash_float: 'Opening float', cash_in: 'Paid in', cash_out: 'Paid out', cash_sold: 'Cash sales', cash_expected: 'Cash expected', cash_counted: 'Cash counted', cash_difference: 'Difference', count_note: 'Count the cash in the drawer and enter it.',
    not_closed: 'Days without a close: {d}', reasons_cash: 'Change|Expenses|To the bank|More change',
    e_item_unknown: 'Line {line}: no item has the code {item}. Enter a name and a price.', e_price_unknown: 'Line {line}: {item} has no price.', e_reason_missing: 'Line {line}: the price differs from {listed}. Say why.',
    e_number: 'Line {line}: a number is wrong.', e_discount_too_large: 'Line {line}: {off} is taken off, but it costs {price}.', e_unpaid: '{missing} is still to be paid of {total}.',
    e_overpaid: '{over} too much was paid; only cash gives change, of at most {cash}.', e_negative_total: 'The receipt comes to {total}. Take less off.', e_too_large: 'The amount is too large.',
    e_sale_unknown: 'This device has no sale {transaction} of till {terminal} on {business_date}. Make it a return without receipt.',
    e_sale_pruned: 'Sale {transaction} of till {terminal} on {business_date} is older than {days} days and no longer on this device. Make it a return without receipt.',
    e_sale_renumbered: 'Sale {transaction} of till {terminal} on {business_date} has the number {number} now. Take it back under that.', e_back_reason_missing: 'Say why.', e_no_sale: 'This is not a sale.', e_no_lines: 'Choose what comes back.',
    e_no_such_line: 'There is no line {line}.', e_too_much_back: 'Line {line}: {left} can come back, not {wanted}.', e_has_returns: 'Something of it came back before. Return the rest line by line.', e_voided: 'This sale was voided before.',
    e_cash_amount: 'The amount is wrong.', e_cash_reason_missing: 'Say why.', e_nothing_to_close: 'Nothing was sold or moved since the last close.', e_approval_needed: 'A manager has to approve this.', e_not_approved: 'It was not approved.',
    e_pin_wrong: 'The number or the PIN is wrong.', e_pin_wait: 'Too many wrong PINs. Wait {seconds} seconds.', e_no_manager: 'Only a manager with a PIN can approve.', e_signed_off: 'Sign on.', e_rung_up: 'Something is rung up. Finish or hold it before an exchange.',
  },
};

// As it was chosen here, else as the browser speaks.
let lang = localStorage.getItem('orihon.lang') ?? navigator.language;
lang = lang.startsWith('ja') ? 'ja' : 'en';

// The text of a key, with its places filled in.
function t(key, places = {}) {
  const text = WORDS[lang][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, place) => places[place] ?? whole);
}

// Writes the texts into the page's fixed elements.
function translate() {
  document.documentElement.lang = lang;
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', t(node.dataset.label));
}

// A duration in words a cashier would use: the largest unit is enough.
function ageWords(seconds) {
  if (seconds < 60) return t('age_s', { n: seconds });
  if (seconds < 3600) return t('age_min', { n: Math.floor(seconds / 60) });
  if (seconds < 86400) return t('age_h', { n: Math.floor(seconds / 3600) });
  return t('age_d', { n: Math.floor(seconds / 86400) });
}
