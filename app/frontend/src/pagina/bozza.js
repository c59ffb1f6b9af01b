// Saves the draft of a form while it is written. The form says where (`data-bozza`); the server answers
// {"salvata_alle": "10:42"}; `[data-bozza-stato]` says how it went. Other scripts may ask for a save now
// with the event `percorsi:bozza` on the form. Files are not part of a draft.
import { hold } from './rete.js';

const FORM = 'form[data-bozza]';
const WAIT_MS = 2000;
const csrf = document.querySelector('meta[name="csrf-token"]')?.content ?? '';

class Draft {
  dirty = false;
  saving = false;
  unheard = false; // the last time nobody answered

  constructor(form) {
    this.form = form;
  }

  later(wait = WAIT_MS) {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  stop() {
    clearTimeout(this.timer);
    this.dirty = false;
  }

  async save() {
    clearTimeout(this.timer);
    if (this.saving) { this.later(); return; }
    this.saving = true;
    this.dirty = false;
    const slow = setTimeout(() => say('Salvo…'), 400);
    const reply = await this.send().catch(() => null);
    clearTimeout(slow);
    this.saving = false;
    this.unheard = reply === null;
    await this.tell(reply);
  }

  send() {
    const written = [...new FormData(this.form)].filter(([, value]) => typeof value === 'string');
    return fetch(this.form.dataset.bozza, {
      method: 'POST',
      body: new URLSearchParams(written),
      headers: { Accept: 'application/json', 'X-CSRF-Token': csrf },
      keepalive: document.hidden,
      redirect: 'manual',
    });
  }

  async tell(reply) {
    if (reply?.ok) say(`Bozza salvata alle ${(await reply.json()).salvata_alle}`);
    else if (reply?.status === 409) say('Non salvata: l’attività non è più aperta. Premi Completa per vedere perché: quello che hai scritto resta.');
    else if (reply?.type === 'opaqueredirect' || reply?.status === 401) say('Non salvata: la sessione è finita. Entra di nuovo in un’altra scheda.');
    else {
      say(navigator.onLine ? 'Non salvata. Riproviamo tra poco.' : 'Non salvata: sei senza rete.');
      this.later(10 * WAIT_MS);
    }
  }
}

function say(text) {
  const place = document.querySelector('[data-bozza-stato]');
  if (place && place.textContent !== text) place.textContent = text;
}

// By element: a form that htmx puts anew in the page gets a draft of its own.
const drafts = new Map();

function draftOf(form) {
  if (!drafts.has(form)) drafts.set(form, new Draft(form));
  return drafts.get(form);
}

document.addEventListener('input', (event) => {
  const form = event.target.form ?? event.target.closest(FORM);
  if (form?.matches(FORM)) draftOf(form).later();
});
document.addEventListener('percorsi:bozza', (event) => { if (event.target.matches(FORM)) draftOf(event.target).save(); });
// While the server does not answer, the form waits until its draft could be saved; then it goes by itself.
document.addEventListener('submit', (event) => {
  const draft = event.target.matches(FORM) ? draftOf(event.target) : null;
  if (!draft?.unheard || !navigator.onLine) return;
  hold(event, 'il server non risponde');
  draft.save().then(() => { if (!draft.unheard) event.target.requestSubmit(event.submitter); });
}, true);
document.addEventListener('submit', (event) => { if (event.target.matches(FORM)) draftOf(event.target).stop(); });

function saveAll() {
  for (const draft of drafts.values()) if (draft.dirty && draft.form.isConnected) draft.save();
}
document.addEventListener('visibilitychange', () => { if (document.hidden) saveAll(); });
window.addEventListener('online', saveAll);
