// Small manners of controls: menus close, disabled commands stay still, filters apply themselves, the
// summary of errors takes the focus.
function closeMenus(except) {
  for (const menu of document.querySelectorAll('details.pr-menu[open]')) if (menu !== except) menu.open = false;
}

document.addEventListener('click', (event) => {
  closeMenus(event.target.closest('details.pr-menu'));
  if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const menu = document.querySelector('details.pr-menu[open]');
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});

// A filter applies itself: who chooses with the keyboard meets the next choice where this one was.
const FILTER = 'percorsi.filtro';

document.addEventListener('change', (event) => {
  if (event.target.matches('form[data-filtri] select')) event.target.form.requestSubmit();
});
document.addEventListener('submit', ({ target }) => {
  const at = document.activeElement;
  if (target.matches('form[data-filtri]') && at?.id && target.contains(at)) sessionStorage.setItem(FILTER, `${target.action}#${at.id}`);
});

const [page, id] = sessionStorage.getItem(FILTER)?.split('#') ?? [];
sessionStorage.removeItem(FILTER);
if (id && page.split('?')[0] === location.href.split(/[?#]/)[0]) document.getElementById(id)?.focus();

document.querySelector('.pr-riassunto')?.focus();
