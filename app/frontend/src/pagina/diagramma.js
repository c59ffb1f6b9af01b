// The server's picture of a wide diagram opens where the instance is.
for (const region of document.querySelectorAll('.pr-dia:not(.pr-dia--mini)')) {
  const here = region.querySelector('.is-ora');
  if (!here) continue;
  const box = here.getBoundingClientRect();
  const frame = region.getBoundingClientRect();
  region.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
  region.scrollTop += box.top + box.height / 2 - frame.top - frame.height / 2;
}
