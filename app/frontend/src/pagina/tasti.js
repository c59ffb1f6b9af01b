// Keys of the page: `/` search, `?` all keys, `G` and a letter to go, Ctrl+Enter to complete.
// Keys of one character can be turned off (WCAG 2.1.4), here for this browser or in the profile.
const STORED = 'percorsi.tasti';

export function singleKeysOn() {
  return document.body.dataset.tasti !== 'spenti' && localStorage.getItem(STORED) !== 'spenti';
}

/** True when the key belongs to what is being written, not to us. */
export function isWriting(event) {
  const at = event.target;
  if (!(at instanceof Element)) return false;
  if (at.closest('[contenteditable], textarea, select')) return true;
  return at.matches('input') && !['checkbox', 'radio', 'button', 'submit'].includes(at.type);
}

const dialog = document.getElementById('tasti');
let going = 0;

function goTo(letter) {
  document.querySelector(`a[data-vai="${CSS.escape(letter)}"]`)?.click();
}

function pressed(event) {
  if (event.key === 'Enter' && event.ctrlKey) {
    const button = document.querySelector('[aria-keyshortcuts="Control+Enter"]:not([aria-disabled="true"])');
    if (button) { event.preventDefault(); button.click(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event) || document.querySelector('dialog[open]')) return;
  if (!singleKeysOn()) return;
  if (Date.now() < going && /^[a-z]$/i.test(event.key)) { going = 0; event.preventDefault(); goTo(event.key.toLowerCase()); return; }
  if (event.key === 'g' || event.key === 'G') going = Date.now() + 1500;
  else if (event.key === '/') { const box = document.getElementById('cerca'); if (box) { event.preventDefault(); box.focus(); box.select(); } }
  else if (event.key === '?' && dialog) { event.preventDefault(); dialog.showModal(); }
}

document.addEventListener('keydown', pressed);

const off = dialog?.querySelector('input[type="checkbox"]');
if (off) {
  off.checked = localStorage.getItem(STORED) === 'spenti';
  off.addEventListener('change', () => {
    if (off.checked) localStorage.setItem(STORED, 'spenti');
    else localStorage.removeItem(STORED);
  });
}
for (const opener of document.querySelectorAll('[data-apri-tasti]')) opener.addEventListener('click', () => dialog?.showModal());
