// Keeps the counts of the page fresh. The body says where they are (`data-conteggi`): JSON of names and
// numbers; every `[data-conteggio="nome"]` shows one.
const EVERY_MS = 60_000;
const address = document.body.dataset.conteggi;

async function refresh() {
  if (document.hidden) return;
  const reply = await fetch(address, { headers: { Accept: 'application/json' } }).catch(() => null);
  if (!reply?.ok || reply.redirected) return;
  for (const [name, count] of Object.entries(await reply.json())) {
    for (const place of document.querySelectorAll(`[data-conteggio="${CSS.escape(name)}"]`)) {
      place.textContent = typeof count === 'string' ? count : count.toLocaleString('it-IT');
    }
  }
}

if (address) {
  setInterval(refresh, EVERY_MS);
  document.addEventListener('visibilitychange', refresh);
}
