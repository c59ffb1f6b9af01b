// Saves the draft of a form while it is written. The form says where (`data-bozza`); the server answers
// {"salvata_alle": "10:42"}; `[data-bozza-stato]` says how it went. Other scripts may ask for a save now
// with the event `percorsi:bozza` on the form.
const WAIT_MS = 2000;
const csrf = document.querySelector('meta[name="csrf-token"]')?.content;

class Draft {
  constructor(form) {
    this.form = form;
    this.place = document.querySelector('[data-bozza-stato]');
    form.addEventListener('input', () => this.later());
    form.addEventListener('percorsi:bozza', () => this.save());
    form.addEventListener('submit', () => { clearTimeout(this.timer); this.dirty = false; });
    document.addEventListener('visibilitychange', () => { if (document.hidden && this.dirty) this.save(); });
    window.addEventListener('online', () => { if (this.dirty) this.save(); });
  }

  say(text) { if (this.place && this.place.textContent !== text) this.place.textContent = text; }

  later() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT_MS);
  }

  async save() {
    clearTimeout(this.timer);
    if (this.saving) { this.again = true; return; }
    this.saving = true;
    this.dirty = false;
    const slow = setTimeout(() => this.say('Salvo…'), 400);
    const reply = await this.send().catch(() => null);
    clearTimeout(slow);
    this.saving = false;
    await this.tell(reply);
    if (this.again) { this.again = false; this.save(); }
  }

  send() {
    return fetch(this.form.dataset.bozza, {
      method: 'POST',
      body: new URLSearchParams(new FormData(this.form)),
      headers: { Accept: 'application/json', 'X-CSRFToken': csrf ?? '' },
      keepalive: document.hidden,
      redirect: 'manual',
    });
  }

  async tell(reply) {
    if (reply?.ok) {
      const { salvata_alle: at } = await reply.json();
      this.say(`Bozza salvata alle ${at}`);
      return;
    }
    if (reply?.status === 409) { this.say('Non salvata: intanto l’attività è cambiata. Ricarica la pagina.'); return; }
    if (reply && (reply.type === 'opaqueredirect' || reply.status === 401)) { this.say('Non salvata: la sessione è scaduta. Entra di nuovo in un’altra scheda.'); return; }
    this.dirty = true;
    this.say(navigator.onLine ? 'Non salvata. Riproviamo tra poco.' : 'Non salvata: sei senza rete.');
    if (navigator.onLine) this.timer = setTimeout(() => this.save(), 10 * WAIT_MS);
  }
}

for (const form of document.querySelectorAll('form[data-bozza]')) new Draft(form);
