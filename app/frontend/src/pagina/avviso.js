// Says a sentence in the page's live region, seen and heard; the next one replaces it.
export function announce(text) {
  const region = document.getElementById('avvisi');
  if (!region) return;
  const note = document.createElement('p');
  note.className = 'pr-nota pr-nota--ambra pr-nota--detta';
  note.textContent = text;
  region.replaceChildren(note);
}
