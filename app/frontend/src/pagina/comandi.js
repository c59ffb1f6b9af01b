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

document.addEventListener('change', (event) => {
  if (event.target.matches('form[data-filtri] select')) event.target.form.requestSubmit();
});

document.querySelector('.pr-riassunto')?.focus();
