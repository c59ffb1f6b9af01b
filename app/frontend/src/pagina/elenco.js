// Keys of a list of tasks, while the focus is inside it: J K move, X choose, A assign, P take. J and K also enter
// it, while nothing else has the focus.
import { isWriting, singleKeysOn } from './tasti.js';

const LIST = 'table.pr-lista--att';
const ROW = 'tbody tr:has(.pr-titolo a)';

function move(table, row, step) {
  const rows = [...table.querySelectorAll(ROW)];
  const at = rows[Math.min(Math.max(rows.indexOf(row) + step, 0), rows.length - 1)];
  at?.querySelector('.pr-titolo a').focus();
  at?.scrollIntoView({ block: 'nearest' });
}

function choose(row, always) {
  const box = row.querySelector('.pr-spunta');
  if (box && !(always && box.checked)) box.click();
}

const KEYS = {
  j: (table, row) => move(table, row, 1),
  k: (table, row) => move(table, row, -1),
  x: (table, row) => choose(row, false),
  a: (table, row) => { choose(row, true); table.form?.querySelector('.pr-massa select')?.focus(); },
  p: (table, row) => { choose(row, true); table.form?.querySelector('.pr-massa [data-tasto="p"]')?.click(); },
};

document.addEventListener('keydown', (event) => {
  const action = KEYS[event.key.toLowerCase()];
  const row = event.target instanceof Element ? event.target.closest('tr') : null;
  const enters = event.target === document.body && (action === KEYS.j || action === KEYS.k) && !document.querySelector('dialog[open]');
  const table = enters ? document.querySelector(LIST) : row?.closest(LIST);
  if (!action || !table || event.ctrlKey || event.metaKey || event.altKey || isWriting(event) || !singleKeysOn()) return;
  event.preventDefault();
  action(Object.assign(table, { form: table.closest('form') }), row);
});
