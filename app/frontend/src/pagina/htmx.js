// htmx under our strict Content-Security-Policy. Its options that must be known at start (no style of
// its own) stand in the <meta name="htmx-config"> of base.html.
import htmx from 'htmx.org';
import { announce } from './avviso.js';

const csrf = document.querySelector('meta[name="csrf-token"]')?.content;

document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
  if (csrf && ctx.request.method !== 'GET') ctx.request.headers['X-CSRF-Token'] = csrf;
});

// A page that fails must not take the place of what was being written.
document.addEventListener('htmx:response:error', ({ detail: { ctx } }) => {
  const status = ctx.response.status;
  if (status === 401) announce('La sessione è scaduta. Entra di nuovo in un’altra scheda: quello che hai scritto resta qui.');
  else if (status >= 500) announce('Qualcosa non ha funzionato. Quello che hai scritto resta qui: riprova tra poco.');
});
document.addEventListener('htmx:error', ({ detail }) => {
  if (detail.ctx) announce(navigator.onLine ? 'Il server non risponde. Riprova tra poco.' : 'Sei senza rete. Quello che hai scritto resta qui.');
});

export default htmx;
