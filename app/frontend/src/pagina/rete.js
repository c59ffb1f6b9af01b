// A form sent while nothing answers would leave its page, and what was written there, for the browser's own error.
import { announce } from './avviso.js';

const KEPT = 'Quello che hai scritto resta qui';

/** Keep a form in its page, and say so. */
export function hold(event, why) {
  event.preventDefault();
  event.stopImmediatePropagation(); // it was not sent: nobody else must believe so
  announce(`Non inviato: ${why}. ${KEPT}: invia di nuovo quando la rete torna.`);
}

document.addEventListener('submit', (event) => {
  if (!navigator.onLine && event.target.method === 'post') hold(event, 'sei senza rete');
}, true);
