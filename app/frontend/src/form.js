// Forms (templates/forms/form.html). Without script every button posts and the page comes back; with it
// htmx asks for the same page and puts in only the form. Here: nothing typed while an answer is on its way
// is lost, and focus goes where the work goes on.
const FORM = 'form[data-modulo]';
const ACTION = '_azione';

// Controls changed since the last request left, by key; their state when its answer arrives.
const changed = new Set();
let kept = new Map();

const key = (control) => (['radio', 'checkbox'].includes(control.type) ? `${control.name}\n${control.value}` : control.name);
const formOf = (ctx) => (ctx?.request?.method === 'GET' ? null : ctx?.sourceElement?.closest?.(FORM));

function note({ target }) {
  if (!target.name || !target.form?.matches(FORM)) return;
  const group = target.type === 'radio' ? target.form.elements[target.name] : target;
  for (const control of group instanceof RadioNodeList ? group : [group]) changed.add(key(control));
}
document.addEventListener('input', note);
document.addEventListener('change', note);

// Enter where a person is searched searches her; elsewhere it sends the form.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.ctrlKey || !event.target.matches('.pr-cerca-persona input')) return;
  event.preventDefault();
  event.target.closest('.pr-cerca-persona').querySelector('button').click();
});

// A form sent whole is on its way to the next page: what was asked of it before must not send it again.
let sent = new WeakSet();
document.addEventListener('submit', ({ target, defaultPrevented }) => {
  if (!defaultPrevented && target.matches(FORM)) sent.add(target);
});
window.addEventListener('pageshow', () => { sent = new WeakSet(); });

// A request may have waited for another: it must carry the form as it is now.
document.addEventListener('htmx:before:request', (event) => {
  const { ctx } = event.detail;
  const form = formOf(ctx);
  if (!form) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  const action = ctx.request.body.get(ACTION);
  const body = new FormData(form);
  body.set(ACTION, action ?? 'aggiorna');
  ctx.request.body = form.enctype === 'multipart/form-data' ? body : new URLSearchParams(body);
  ctx.percorsiAction = body.get(ACTION);
  changed.clear();
});

/** Where the rows of a list went: the new name of a control after an action, null if its row is gone. */
function renamed(name, action) {
  const [verb, path] = action.split(':');
  const [, list, row] = path?.match(/^(.*)\.(\d+)$/) ?? [];
  const [, index, rest] = list === undefined || !name.startsWith(`${list}.`) ? [] : (name.slice(list.length + 1).match(/^(\d+)(.*)$/s) ?? []);
  if (index === undefined || !['togli', 'su', 'giu'].includes(verb)) return name;
  const at = Number(index);
  const moved = Number(row);
  if (verb === 'togli') return at === moved ? null : `${list}.${at > moved ? at - 1 : at}${rest}`;
  const other = verb === 'su' ? moved - 1 : moved + 1;
  const to = { [moved]: other, [other]: moved }[at] ?? at;
  return `${list}.${to}${rest}`;
}

/** An answer without the form (somebody else completed the step, say) is a page of its own. */
function leave(form, action) {
  const field = Object.assign(document.createElement('input'), { type: 'hidden', name: ACTION, value: action });
  form.append(field);
  HTMLFormElement.prototype.submit.call(form);
}

document.addEventListener('htmx:before:swap', (event) => {
  const { ctx } = event.detail;
  const form = formOf(ctx);
  if (!form) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  if (!ctx.text?.includes(`id="${form.id}"`)) {
    event.preventDefault();
    leave(form, 'aggiorna');
    return;
  }
  kept = new Map();
  for (const control of form.elements) {
    const name = control.name && changed.has(key(control)) ? renamed(key(control), ctx.percorsiAction) : null;
    if (name !== null) kept.set(name, { value: control.value, checked: control.checked });
  }
});

/** What the server sent stands in attributes; a control that was touched before does not look at them. */
function settle(control) {
  const own = control.name ? kept.get(key(control)) : undefined;
  if (control.type === 'radio' || control.type === 'checkbox') {
    control.checked = own ? own.checked : control.defaultChecked;
  } else if (control.tagName === 'SELECT') {
    for (const option of control.options) option.selected = own ? option.value === own.value : option.defaultSelected;
  } else if (control.type === 'file') {
    if (!own && control.value) control.value = ''; // already stored: its id came back in a hidden field
  } else if (control.type !== 'hidden' && 'defaultValue' in control) {
    const value = own ? own.value : control.defaultValue;
    if (control.value !== value) control.value = value;
  }
}

document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
  if (!ctx?.percorsiAction) return;
  const form = document.querySelector(FORM);
  for (const control of form?.elements ?? []) settle(control);
  kept = new Map();
  focus(ctx.percorsiAction);
  // Nobody wrote, but the answers are others: what was taken away must not come back with the draft.
  if (ctx.percorsiAction !== 'aggiorna') form?.dispatchEvent(new CustomEvent('percorsi:bozza', { bubbles: true }));
});

/** After a row was added, its first control; after one was removed, the button that adds; after a file, its control;
 * after a search, the first that was found. */
function focus(action) {
  const [verb, path = ''] = action.split(':');
  const id = `c-${path.replaceAll('.', '-')}`;
  if (verb === 'aggiungi') {
    const rows = document.querySelectorAll(`[id^="${id}-"][id$="-riga"]`);
    const own = [...rows].filter((row) => new RegExp(`^${id}-\\d+-riga$`).test(row.id));
    own.at(-1)?.querySelector('input:not([type=hidden]), select, textarea')?.focus();
  } else if (verb === 'togli') {
    (document.getElementById(`${id.replace(/-\d+$/, '')}-aggiungi`) ?? document.getElementById(id))?.focus();
  } else if (verb === 'cerca') {
    (document.getElementById(`${id}-p0`) ?? document.getElementById(`${id}-t`))?.focus();
  } else if (verb === 'nuova') {
    document.getElementById(id)?.querySelector('input:not([type=hidden]), select, textarea')?.focus();
  } else if (['su', 'giu'].includes(verb) && document.activeElement === document.body) {
    document.getElementById(`${id}-${verb === 'su' ? 'giu' : 'su'}`)?.focus();
  }
}

document.querySelector(`${FORM} .pr-riassunto`)?.focus();
